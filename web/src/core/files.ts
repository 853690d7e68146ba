// SPDX-License-Identifier: Apache-2.0
//
// files.ts -- files that wait to be sent, kept in the browser (IndexedDB): a photo taken for a report survives a crash and
// an expired login. Where the browser refuses, files live as long as the page.
export interface KeptFile {
  id: number;
  scope: string;
  name: string;
  bytes: Blob;
}

const memory = new Map<number, KeptFile>();
let last = 0;

function open(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const ask = indexedDB.open('openitr', 1);
    ask.onupgradeneeded = () => ask.result.createObjectStore('files', { keyPath: 'id' });
    ask.onsuccess = () => done(ask.result);
    ask.onerror = () => failed(ask.error);
  });
}

/** One step on the store; `fallback` when the browser has none. */
async function act<T>(mode: IDBTransactionMode, step: (s: IDBObjectStore) => IDBRequest<T>, fallback: T): Promise<T> {
  try {
    const db = await open();
    try {
      return await new Promise<T>((done, failed) => {
        const change = db.transaction('files', mode);
        const ask = step(change.objectStore('files'));
        change.oncomplete = () => done(ask.result);
        change.onerror = change.onabort = () => failed(change.error);
      });
    } finally {
      db.close();
    }
  } catch {
    return fallback;
  }
}

/** The files of a scope ("person and form"), oldest first. */
export async function keptFiles(scope: string): Promise<KeptFile[]> {
  const stored = await act('readonly', (s) => s.getAll() as IDBRequest<KeptFile[]>, []);
  const all = new Map([...memory.values(), ...stored].map((f) => [f.id, f]));
  return [...all.values()].filter((f) => f.scope === scope).sort((a, b) => a.id - b.id);
}

export async function keepFile(scope: string, file: File): Promise<KeptFile> {
  last = Math.max(Date.now(), last + 1);
  const kept: KeptFile = { id: last, scope, name: file.name || 'photo', bytes: new Blob([await file.arrayBuffer()], { type: file.type }) };
  memory.set(kept.id, kept);
  await act<IDBValidKey | undefined>('readwrite', (s) => s.put(kept) as IDBRequest<IDBValidKey | undefined>, undefined);
  return kept;
}

export async function dropFile(id: number): Promise<void> {
  memory.delete(id);
  await act('readwrite', (s) => s.delete(id) as IDBRequest<undefined>, undefined);
}
