// SPDX-License-Identifier: Apache-2.0
//
// urgent.ts -- what a screen reader must say at once (a P1 raised, a P1's promise broken), at most once in ten seconds; what
// comes sooner waits and is said together. Shown by nobody: the shell has the live region.
import { useSyncExternalStore } from 'react';

const EVERY_MS = 10_000;
let said = '';
let at = 0;
let waiting: string[] = [];
const watchers = new Set<() => void>();

function speak(): void {
  at = Date.now();
  said = waiting.join(' ');
  waiting = [];
  watchers.forEach((f) => f());
}
export function sayUrgent(words: string): void {
  waiting.push(words);
  if (waiting.length === 1) setTimeout(speak, Math.max(0, at + EVERY_MS - Date.now()));
}
function watch(f: () => void) {
  watchers.add(f);
  return () => void watchers.delete(f);
}
export const useUrgent = (): string => useSyncExternalStore(watch, () => said);
