// SPDX-License-Identifier: Apache-2.0
//
// undo.ts -- taking back what has just been done: the words about it stand for some seconds with Undo.
//
// Only what can be restored is offered: fields that were changed, and steps that leave the state as it is and only say whose
// the record is (reassign).  A step on a one-way path has no undo; its dialog says so before.
//
// Invariants
//   1. Undo writes with the version that it read (If-Match) and only where what was done still stands: what somebody has
//      changed since stays, and is told.
//   2. Several records are taken back each for itself; those that are not are told with the reason.
import { get, Problem, seg } from '../core/api';
import type { Values } from '../core/draft';
import { useText } from '../core/i18n';
import { same } from '../core/merge';
import { toast } from '../core/toast';
import { useChange } from './data';
import type { Entity, Row, Transition } from './entity';
import { nameOf } from './columns';

/** What was done to one record: the fields as they were before and as they are after. */
export interface Deed {
  id: number;
  was: Values;
  is: Values;
  /** by this step, which restores too; absent: a plain change of fields */
  move?: Transition;
}

/** Fields that say whose a record is. */
const WHOSE = new Set(['person', 'team']);
/** Can the step be taken back by itself, with what was there before? */
export const reversible = (entity: Entity, move: Transition, before: Row): boolean =>
  !move.to && !move.oneway && move.needs.length > 0
  && move.needs.every((n) => WHOSE.has(entity.field.get(n)?.type ?? '') && before[n] != null);

/** The deed that a step on `before` was, by what it said. */
export const deedOf = (before: Row, names: string[], said: Values, move?: Transition): Deed => ({
  id: before.id, move, was: Object.fromEntries(names.map((n) => [n, before[n] ?? null])),
  is: Object.fromEntries(names.map((n) => [n, n in said ? said[n] : before[n] ?? null])),
});

export function useUndo(entity: Entity): (words: string, deeds: Deed[]) => void {
  const text = useText();
  const { t, pick } = text;
  const change = useChange(entity.name);
  const one = async (d: Deed): Promise<string> => {
    try {
      const now = await get<Row>(`/${seg(entity.name)}/${d.id}`);
      const others = Object.keys(d.is).filter((n) => !same(now[n], d.is[n]));
      if (others.length) return t('undo.changed', { fields: others.map((n) => nameOf(entity, n, text)).join(t('list.comma')) });
      if (d.move) await change.move(now, d.move.name, { ...d.was, ...(d.move.reason ? { reason: t('undo.reason') } : {}) });
      else await change.update(now, d.was);
      return '';
    } catch (e) {
      return e instanceof Problem ? [pick(e.detail) || e.message, ...e.errors.map((x) => pick(x.text))].filter(Boolean).join(' ') : String(e);
    }
  };
  const takeBack = async (deeds: Deed[]) => {
    const faults: string[] = [];
    for (const d of deeds) faults.push(...[await one(d)].filter(Boolean));
    if (!faults.length) return void toast(deeds.length > 1 ? t('undo.done_n', { n: deeds.length }) : t('toast.undone'));
    toast(deeds.length > 1 ? t('undo.some', { done: deeds.length - faults.length, failed: faults.length, why: faults[0] }) : t('undo.not', { why: faults[0] }), { bad: true });
  };
  return (words, deeds) => void toast(words, deeds.length ? { acts: [{ label: t('toast.undo'), run: () => void takeBack(deeds) }] } : {});
}
