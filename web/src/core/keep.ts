// SPDX-License-Identifier: Apache-2.0
//
// keep.ts -- small things kept in the browser between visits: language, what was open last. (Drafts: shelf.ts.)
//
// A browser may refuse storage (private windows, full disk, policy); then nothing is kept and nothing breaks.
const PREFIX = 'openitr.';

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** All that is kept under names of this form. */
export function recallAll(form: RegExp): [string, string][] {
  try {
    return Object.entries(localStorage).filter(([k]) => k.startsWith(PREFIX))
      .map(([k, v]): [string, string] => [k.slice(PREFIX.length), String(v)]).filter(([name]) => form.test(name));
  } catch {
    return [];
  }
}

/** Keeps a text; null or '' forgets it. False when the browser refused. */
export function remember(name: string, value: string | null): boolean {
  try {
    if (value) localStorage.setItem(PREFIX + name, value);
    else localStorage.removeItem(PREFIX + name);
    return true;
  } catch {
    return false;
  }
}
