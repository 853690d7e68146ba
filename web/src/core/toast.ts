// SPDX-License-Identifier: Apache-2.0
//
// toast.ts -- short words about what has just been done, with a way to take it back; shown by kit/Toasts.tsx.
import { useSyncExternalStore } from 'react';

export interface ToastAct {
  label: string;
  run(): void;
}
export interface Toast {
  id: number;
  text: string;
  /** seconds that are left, shown beside the text; its owner ends the toast */
  count?: () => number;
  acts: ToastAct[];
  bad?: boolean;
  /** how long it stands; absent: until it is closed */
  ms?: number;
}

let list: Toast[] = [];
let last = 0;
const watchers = new Set<() => void>();
function put(next: Toast[]): void {
  list = next;
  watchers.forEach((f) => f());
}

/** Long enough to read and to change one's mind. */
export const UNDO_MS = 8000;

/** Says something; returns how to take the words away. */
export function toast(text: string, o: Partial<Omit<Toast, 'id' | 'text'>> = {}): () => void {
  const id = ++last;
  // No more than three at once: the oldest that ends by itself goes first.
  const room = list.length < 3 ? list : list.filter((x) => x !== (list.find((y) => y.ms) ?? list[0]));
  put([...room, { id, text, acts: [], ms: o.count ? undefined : UNDO_MS, ...o }]);
  return () => dropToast(id);
}
export const dropToast = (id: number) => put(list.filter((x) => x.id !== id));
export const toasts = () => list;

function watch(f: () => void) {
  watchers.add(f);
  return () => void watchers.delete(f);
}
export const useToasts = () => useSyncExternalStore(watch, toasts);
