// SPDX-License-Identifier: Apache-2.0
//
// Trail.tsx -- who was told by one accident notice, how and when; read when it is opened.
import { useState } from 'react';
import type { Problem } from '../core/api';
import { useText } from '../core/i18n';
import { Loading, ProblemBanner } from '../kit/Banner';
import { useTold } from './data';
import { Line } from './Told';

export default function Trail({ entity, id, notice }: { entity: string; id: number; notice: string }) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const told = useTold(entity, id, open);
  const items = told.data?.items.filter((x) => x.notice === notice) ?? [];
  return (
    <details className="told trail" onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{t('inbox.told')}</summary>
      {told.error ? <ProblemBanner problem={told.error as unknown as Problem} />
        : !told.data ? open && <Loading />
          : items.length === 0 ? <p className="muted">{t('inbox.told_nobody')}</p>
            : <ul>{items.map((x) => <Line key={x.id} row={x} brief />)}</ul>}
    </details>
  );
}
