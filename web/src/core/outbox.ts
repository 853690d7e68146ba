// SPDX-License-Identifier: Apache-2.0
//
// outbox.ts -- words on their way: a message leaves some seconds after the button, so that a slip can be taken back.
//
// What waits survives leaving the page within the app (the timer is the app's, not the page's) and is sent at once when
// the window closes.  After a crash it is a draft again: the draft is dropped only when the server has the message.
import { useSyncExternalStore } from 'react';
import { Problem } from './api';

/** What customers see can be taken back for longer. */
export const DELAY_MS = { public: 10_000, internal: 8_000 };

export interface Waiting {
  id: number;
  /** entity and record that it belongs to */
  of: string;
  kind: 'public' | 'internal';
  body: string;
  due: number;
}
export interface Letter extends Omit<Waiting, 'id' | 'due'> {
  send(lastMoment?: boolean): Promise<unknown>;
  onSent(): void;
  onBack(problem?: Problem): void;
}

let list: (Waiting & { letter: Letter; timer: number })[] = [];
let shown: Waiting[] = [];
let last = 0;
const watchers = new Set<() => void>();
function put(next: typeof list): void {
  list = shown = next;
  watchers.forEach((f) => f());
}

export function post(letter: Letter): number {
  const id = ++last;
  const delay = DELAY_MS[letter.kind];
  const { of, kind, body } = letter;
  if (!list.length) addEventListener('pagehide', flush);
  put([...list, { id, of, kind, body, due: Date.now() + delay, letter, timer: window.setTimeout(() => void sendNow(id), delay) }]);
  return id;
}

function take(id: number) {
  const found = list.find((x) => x.id === id);
  if (found) clearTimeout(found.timer);
  put(list.filter((x) => x.id !== id));
  if (!list.length) removeEventListener('pagehide', flush);
  return found?.letter;
}

export async function sendNow(id: number): Promise<void> {
  const letter = take(id);
  try {
    await letter?.send();
    letter?.onSent();
  } catch (e) {
    letter?.onBack(e instanceof Problem ? e : new Problem(0, { title: String(e) }));
  }
}
export const takeBack = (id: number) => take(id)?.onBack();

function flush(): void {
  for (const { id } of [...list]) {
    const letter = take(id);
    void letter?.send(true).then(letter.onSent, () => {});
  }
}

function watch(f: () => void) {
  watchers.add(f);
  return () => void watchers.delete(f);
}
export const waitingOf = (of: string): Waiting[] => shown.filter((w) => w.of === of);
export const useWaiting = (of: string): Waiting[] => useSyncExternalStore(watch, () => shown).filter((w) => w.of === of);
