// SPDX-License-Identifier: Apache-2.0
//
// after.ts -- where a step leads, as the person likes it (Preferences.tsx): it stays at the record, goes on to the next one
// of the list that the record was opened from, or back to that list.
import { useLocation } from 'wouter';
import { useText } from '../core/i18n';
import { settings } from '../core/settings';
import { toast } from '../core/toast';
import { walkOf } from '../core/walk';
import { titleOf, type Entity, type Row } from './entity';

export const AFTER = ['stay', 'next', 'list'] as const;
export type After = (typeof AFTER)[number];
export const afterStep = (): After => AFTER.find((a) => a === settings().after) ?? 'stay';

/** Called when a step has been taken; `stay` when the page stays as it is. */
export function useAfterStep(entity: Entity, row: Row): (stay: () => void) => void {
  const { t } = useText();
  const [, go] = useLocation();
  return (stay) => {
    const wish = afterStep();
    const walk = wish === 'stay' ? null : walkOf(entity.name, row.id);
    if (!walk) return stay();
    const to = wish === 'next' ? walk.after : undefined;
    const what = String(row.number ?? titleOf(entity, row));
    toast(to ? t('after.went_on', { what, n: walk.place + 1, all: walk.of }) : t(wish === 'next' ? 'after.was_last' : 'after.went_back', { what }), { ms: 4000 });
    go(to ?? walk.at);
  };
}
