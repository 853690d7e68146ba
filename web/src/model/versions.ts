// SPDX-License-Identifier: Apache-2.0
//
// versions.ts -- what a record's values were after each of its events, worked out backwards from what they are now.
import type { Event } from './data';
import type { Row } from './entity';

export interface Version {
  event: Event;
  state: string | null;
  /** the fields that this event changed, before and after */
  changes: [string, unknown, unknown][];
  values: Record<string, unknown>;
}

/** Newest first. Events that changed neither a field nor the state are left out. */
export function versionsOf(events: Event[], row: Row): Version[] {
  const values: Record<string, unknown> = { ...row };
  let state = row.state == null ? null : String(row.state);
  const all: Version[] = [];
  for (const event of [...events].reverse()) {
    const changes = Object.entries(event.data?.changes ?? {}).map(([name, [was, is]]): [string, unknown, unknown] => [name, was ?? null, is ?? null]);
    const moves = event.to != null && event.from !== event.to && (event.kind === 'transition' || event.kind === 'create');
    if (!changes.length && !moves && event.kind !== 'create') continue;
    all.push({ event, state, changes, values: { ...values } });
    for (const [name, was] of changes) values[name] = was;
    if (moves) state = event.from ?? null;
  }
  return all;
}

export interface Difference {
  name: string;
  before: unknown;
  after: unknown;
}
const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
/** What differs between two versions, in the order of `names`; the state stands first. */
export function differences(older: Version, newer: Version, names: string[]): Difference[] {
  const state: Difference[] = older.state !== newer.state ? [{ name: 'state', before: older.state, after: newer.state }] : [];
  return [...state, ...names.filter((n) => !same(older.values[n], newer.values[n])).map((n) => ({ name: n, before: older.values[n], after: newer.values[n] }))];
}
