// SPDX-License-Identifier: Apache-2.0
//
// shelf.ts -- words that were typed and not sent, on this computer: in IndexedDB, which is large and survives a crash.
//
// What is there is read once at the start (`opened`) and held here, so that a text stands at once; what is laid down is
// written behind it.  Other tabs write too: `look` asks the disk.
//
// A browser may have no such store (private windows, policy) or refuse to write (full disk).  Then the small store of
// keep.ts takes the words, and `useShelf` says so, for it may end with the window.
//
// When the page goes, what is still to be written is left in the small store (`leave`), because nothing that takes time is
// sure to happen then; the next start puts it where it belongs.  So did versions before this one leave their drafts.
import { useSyncExternalStore } from 'react';
import { recall, recallAll, remember } from './keep';

/** By person and record; the portal's report of a fault is kept by handin.ts. */
const OURS = /^(draft|draftv|outbox)\.\d+\.(?!report$)/;
const OPEN_MS = 3000;
const held = new Map<string, string>();
/** How often each was laid down here: an answer of the disk that was asked for before that is old. */
const written = new Map<string, number>();
let disk: IDBDatabase | null = null;
/** '': all is well; 'none': there is no lasting store here; 'refused': it took the last words not */
export type ShelfState = '' | 'none' | 'refused';
let state: ShelfState = '';
const watchers = new Set<() => void>();

function say(next: ShelfState): void {
  if (state === next) return;
  state = next;
  watchers.forEach((f) => f());
}

function openDisk(): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    setTimeout(() => fail(new Error('timeout')), OPEN_MS);
    const ask = indexedDB.open('openitr', 1);
    ask.onupgradeneeded = () => void ask.result.createObjectStore('words');
    ask.onsuccess = () => done(ask.result);
    ask.onerror = ask.onblocked = () => fail(ask.error);
  });
}

function act<T>(mode: IDBTransactionMode, what: (words: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return new Promise((done, fail) => {
    const deed = disk!.transaction('words', mode);
    const ask = what(deed.objectStore('words'));
    deed.oncomplete = () => done(ask.result);
    deed.onerror = deed.onabort = () => fail(deed.error);
  });
}

async function begin(): Promise<void> {
  try {
    disk = await openDisk();
    disk.onclose = disk.onversionchange = () => {
      disk?.close();
      disk = null;
      say('none');
    };
    const [names, words] = await Promise.all([act('readonly', (s) => s.getAllKeys()), act('readonly', (s) => s.getAll())]);
    names.forEach((n, i) => held.has(String(n)) || held.set(String(n), String(words[i])));
  } catch {
    disk = null;
    say('none');
  }
  for (const [name, words] of recallAll(OURS)) {
    if (written.has(name)) continue;
    held.set(name, words);
    if (disk) void lay(name, words);
  }
}

/** What was kept is known. */
export const opened: Promise<void> = begin();

export const taken = (name: string): string | null => held.get(name) ?? null;

/** The same, as other tabs have left it by now. */
export async function look(name: string): Promise<string | null> {
  const before = written.get(name);
  await opened;
  if (!disk) return recall(name);
  try {
    const there: unknown = await act('readonly', (s) => s.get(name) as IDBRequest<unknown>);
    if (written.get(name) !== before) return taken(name);
    if (typeof there === 'string') held.set(name, there);
    else held.delete(name);
  } catch { /* then what is held is all that is known */ }
  return taken(name);
}

/** Keeps words; null or '' forgets them. */
export async function lay(name: string, words: string | null): Promise<void> {
  if (words) held.set(name, words);
  else held.delete(name);
  written.set(name, (written.get(name) ?? 0) + 1);
  // Nothing may come between: what is asked for after this finds it.
  if (!disk) await opened;
  if (!disk) return say(remember(name, words) ? 'none' : 'refused');
  try {
    await act('readwrite', (s) => (words ? s.put(words, name) : s.delete(name)) as IDBRequest);
    // What an earlier goodbye has left is older than this.
    remember(name, null);
    say('');
  } catch {
    remember(name, words);
    say('refused');
  }
}

/** The page goes: at once, where it can be done at once. */
export const leave = (name: string, words: string): void => void remember(name, words);

function watch(f: () => void) {
  watchers.add(f);
  return () => void watchers.delete(f);
}
export const useShelf = (): ShelfState => useSyncExternalStore(watch, () => state);
