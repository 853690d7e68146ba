// SPDX-License-Identifier: Apache-2.0
//
// walk.ts -- the list that a record was opened from, so that [ and ] go to its neighbours, and a step taken may lead to the
// next one or back (model/after.ts); kept for this tab.
interface Walk {
  /** entity/id, in the order of the list; a list may hold records of several kinds */
  of: string[];
  /** where the list stands */
  at: string;
}
const KEY = 'openitr.walk';

export interface Stand {
  /** paths of the neighbours */
  before?: string;
  after?: string;
  /** where the list stands */
  at: string;
  place: number;
  of: number;
}

export function keepMixedWalk(list: { entity: string; id: number }[]): void {
  try {
    const of = [...new Set(list.map((x) => `${x.entity}/${x.id}`))].slice(0, 2000);
    sessionStorage.setItem(KEY, JSON.stringify({ of, at: location.pathname + location.search }));
  } catch { /* full or not allowed: then there is no walking */ }
}
export const keepWalk = (entity: string, ids: number[]): void => keepMixedWalk(ids.map((id) => ({ entity, id })));

/** Where a record stands in the list that it was opened from; null: it was not, or stands beside its list. */
export function walkOf(entity: string, id: number): Stand | null {
  try {
    const walk = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Walk | null;
    const i = walk?.of?.indexOf(`${entity}/${id}`) ?? -1;
    if (!walk || i < 0 || location.pathname === walk.at.split('?')[0]) return null;
    const path = (key: string | undefined) => key && `/e/${key}`;
    return { before: path(walk.of[i - 1]), after: path(walk.of[i + 1]), at: walk.at, place: i + 1, of: walk.of.length };
  } catch {
    return null;
  }
}
