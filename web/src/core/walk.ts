// SPDX-License-Identifier: Apache-2.0
//
// walk.ts -- the list that a record was opened from, so that [ and ] go to its neighbours; kept for this tab.
interface Walk {
  entity: string;
  ids: number[];
  /** where the list stands */
  at: string;
}
const KEY = 'openitr.walk';

export function keepWalk(entity: string, ids: number[]): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ entity, ids: ids.slice(0, 2000), at: location.pathname + location.search }));
  } catch { /* full or not allowed: then there is no walking */ }
}

/** Where a record stands in the list that it was opened from; null: it was not. */
export function walkOf(entity: string, id: number): { before?: number; after?: number; at: string; place: number; of: number } | null {
  try {
    const walk = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Walk | null;
    const i = walk?.entity === entity ? walk.ids.indexOf(id) : -1;
    return walk && i >= 0 ? { before: walk.ids[i - 1], after: walk.ids[i + 1], at: walk.at, place: i + 1, of: walk.ids.length } : null;
  } catch {
    return null;
  }
}
