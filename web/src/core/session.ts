// SPDX-License-Identifier: Apache-2.0
//
// session.ts -- has the session ended while the person is at work? Then the page stays as it is, and one logs in over it.
import { useSyncExternalStore } from 'react';

let over = false;
const watchers = new Set<() => void>();

export function setSessionOver(now: boolean): void {
  over = now;
  watchers.forEach((f) => f());
}
function watch(f: () => void) {
  watchers.add(f);
  return () => void watchers.delete(f);
}
export const useSessionOver = (): boolean => useSyncExternalStore(watch, () => over);
