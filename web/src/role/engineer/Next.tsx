// SPDX-License-Identifier: Apache-2.0
//
// Next.tsx -- what happens to the case by itself next: the customer is reminded, the wait ends, an update is due, the tier's
// time is over (docs/timers.md).  Told are those an engineer acts on; marks of clocks stand in the clocks.
import { useQuery } from '@tanstack/react-query';
import { get, seg } from '../../core/api';
import { useText } from '../../core/i18n';
import type { DetailProps } from '../../model/registry';
import { Time } from '../../model/Cell';

interface Timer {
  name: string;
  due: string;
  step: number;
}
const TOLD = ['follow', 'wait_end', 'update', 'tier_up', 'offer'] as const;
type Told = (typeof TOLD)[number];

export function Next({ entity, row }: DetailProps) {
  const { t } = useText();
  const timers = useQuery({
    queryKey: ['of', entity.name, String(row.id), 'timers'], retry: false,
    queryFn: ({ signal }) => get<Timer[]>(`/${seg(entity.name)}/${row.id}/timers`, undefined, signal),
  });
  const told = (timers.data ?? []).filter((x): x is Timer & { name: Told } => (TOLD as readonly string[]).includes(x.name));
  if (!told.length) return null;
  return (
    <ul className="next" aria-label={t('case.next_by_itself')}>
      {told.map((x) => (
        <li key={x.name} data-timer={x.name}>
          <span className="muted">{x.name === 'follow' ? t('case.timer.follow', { n: x.step }) : t(`case.timer.${x.name}`)}</span> <Time iso={x.due} short />
        </li>
      ))}
    </ul>
  );
}
