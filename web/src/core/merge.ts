// SPDX-License-Identifier: Apache-2.0
//
// merge.ts -- two people changed one record: what both changes together are, field by field.
//
// A field that only one of them touched is no conflict.  Where both touched it and came to different values, a person must
// choose; for texts there is a third way, both one after the other, so that no word is lost.
import type { Values } from './draft';

export interface Clash {
  name: string;
  base: unknown;
  theirs: unknown;
  mine: unknown;
}
export interface Merged {
  /** what may be sent on top of theirs */
  body: Values;
  clashes: Clash[];
}

export const same = (a: unknown, b: unknown): boolean =>
  a === b || ((a ?? null) === null && (b ?? null) === null) || JSON.stringify(a) === JSON.stringify(b);

/** `mine` holds only what I changed; `base` and `theirs` are whole records. */
export function merge(base: Values, mine: Values, theirs: Values): Merged {
  const body: Values = {};
  const clashes: Clash[] = [];
  for (const [name, value] of Object.entries(mine)) {
    if (same(value, base[name])) body[name] = theirs[name] ?? null; // said again, not changed
    else if (same(value, theirs[name])) continue;
    else if (same(base[name], theirs[name]) || !(name in theirs)) body[name] = value;
    else clashes.push({ name, base: base[name], theirs: theirs[name], mine: value });
  }
  return { body, clashes };
}

/** Both texts: theirs, and after it what I added to the text as it was, or else my whole text. */
export function bothTexts({ base, theirs, mine }: Clash): string {
  const [was, other, own] = [base, theirs, mine].map((v) => String(v ?? ''));
  const added = own.startsWith(was) ? own.slice(was.length) : own;
  return was && own.startsWith(was) && other.startsWith(was) ? other + (/^\s/.test(added) ? '' : '\n') + added : `${other}\n\n${added}`.trim();
}

/** The fields that somebody else changed, of those named. */
export const changedBy = (base: Values, theirs: Values, names: string[]): string[] => names.filter((n) => n in theirs && !same(base[n], theirs[n]));
