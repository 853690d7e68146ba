// SPDX-License-Identifier: Apache-2.0
//
// Clocks.tsx -- the service clocks of a case in a row, the most urgent first; each opens why its deadline is what it is.
//
// What passes 50, 75, 90 or 100 % of its time is said once, politely, all of one second together (ui.md 3.3).
import { useEffect, useRef, useState } from 'react';
import type { Problem } from '../core/api';
import { mayCreate, useUser } from '../core/auth';
import { useText } from '../core/i18n';
import { useTick } from '../core/tick';
import { sayUrgent } from '../core/urgent';
import { ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { byTimeLeft, ClockBadge, faceOf, type ClockData } from '../kit/ClockBadge';
import { ClockDetails } from '../kit/ClockDetails';
import { optionLabel } from './Cell';
import { useClocks } from './data';
import type { Entity, Row } from './entity';
import { MoveForm } from './Moves';

const MARKS = [100, 90, 75, 50];
/** The mark that a running clock has passed; 0: none. */
function markOf(c: ClockData, now: number): number {
  const { look, share } = faceOf(c, now);
  if (look === 'late') return 100;
  return look === 'ok' || look === 'warn' || look === 'hot' ? MARKS.find((m) => share * 100 >= m) ?? 0 : 0;
}

/** What has just passed a mark, in words. */
function usePassed(list: ClockData[], urgent: string): string {
  const text = useText();
  const [said, setSaid] = useState('');
  const before = useRef(new Map<string, number>());
  const marks = useTick((now) => list.map((c) => markOf(c, now)).join());
  useEffect(() => {
    const passed = marks.split(',').flatMap((m, i) => {
      const c = list[i], was = c && before.current.get(c.clock);
      if (!c) return [];
      before.current.set(c.clock, Number(m));
      return was !== undefined && Number(m) > was ? [text.t('clock.mark', { name: text.pick(c.label, c.clock), n: m })] : [];
    });
    // A P1 that is late cannot wait for the reader to come to rest.
    if (urgent && passed.length && marks.split(',').includes('100')) sayUrgent(`${urgent} ${passed.join(text.t('list.comma'))}`);
    else if (passed.length) setSaid(text.t('clock.passed', { clocks: passed.join(text.t('list.comma')) }));
  }, [marks, list, text, urgent]);
  return said;
}

const NONE: ClockData[] = [];
/** Nothing about it can be won or lost any more, and the customer was not promised it. */
const isOver = (c: ClockData) => c.state === 'cancelled' || (c.party !== 'sla' && (c.state === 'met' || (c.state === 'breached' && !!c.stopped)));

export function Clocks({ entity, row }: { entity: Entity; row: Row }) {
  const text = useText();
  const { t } = text;
  const clocks = useClocks(entity.name, row.id);
  const [open, setOpen] = useState('');
  const [all, setAll] = useState(false);
  const list = clocks.data ?? NONE;
  const said = usePassed(list, row.priority === 'P1' ? `P1 ${String(row.number ?? '')}` : '');
  const known = byTimeLeft(list.filter((c) => c.state !== 'none'));
  // Our own stages that have ended stand behind a button while others run.
  const ended = known.filter(isOver);
  const folds = ended.length > 1 && ended.length < known.length;
  const shown = folds && !all ? known.filter((c) => !isOver(c)) : known;
  const me = useUser();
  const [falseAt, setFalseAt] = useState('');
  const voids = row._can?.transitions?.some((x) => x.name === 'void_wait' && x.ok) ? entity.transitions.get('void_wait') : undefined;
  const details = list.find((c) => c.clock === open);
  const codes = entity.field.get('pause_code');
  const codeLabel = (code: string) => (codes ? optionLabel(codes, code, text) : code);
  if (clocks.error && !clocks.data)
    return <ProblemBanner problem={clocks.error as Problem} action={<Button small onClick={() => clocks.refetch()}>{t('act.retry')}</Button>} />;
  if (clocks.data && !known.length) return null;
  return (
    <section className="clocks" aria-label={t('clock.strip')}>
      <ul>
        {shown.map((c) => (
          <li key={c.clock}>
            {/* What working time has been used since, only the server knows: it is asked as somebody asks. */}
            <ClockBadge clock={c} codeLabel={codeLabel} onPress={() => { setOpen(c.clock); void clocks.refetch(); }} />
          </li>
        ))}
        {folds && <li><Button small look="quiet" aria-expanded={all} onClick={() => setAll(!all)}>{all ? t('clock.ended_hide') : t('clock.ended_n', { n: ended.length, late: ended.filter((c) => c.state === 'breached').length })}</Button></li>}
      </ul>
      <p className="hidden-label" role="status">{said}</p>
      {details && !falseAt && (
        <ClockDetails clock={details} codeLabel={codeLabel} onClose={() => setOpen('')} onFalseWait={voids && setFalseAt}
          exempt={details.promises.length && mayCreate(me, 'exemption')
            ? `/e/exemption/new?${new URLSearchParams({ parent: String(row.id), clock: details.clock, title: `${String(row.number ?? '')} ${text.pick(details.label, details.clock)}` })}` : undefined} />
      )}
      {falseAt && voids && (
        <MoveForm entity={entity} row={row} move={voids} given={{ false_wait_at: falseAt, false_wait_evidence: null }} onClose={() => setFalseAt('')}
          onMoved={() => { setFalseAt(''); void clocks.refetch(); }} />
      )}
    </section>
  );
}
