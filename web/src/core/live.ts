// SPDX-License-Identifier: Apache-2.0
//
// live.ts -- what changes on the server shows on the screen, without polling.
//
// One EventSource per browser: the tab that holds the Web Lock `openitr.live` listens to /events and passes what it hears
// on to the other tabs by BroadcastChannel; when it closes, the next tab gets the lock.  (A browser opens six connections
// to a host; a stream in each tab would freeze the seventh.)  Where there are no locks (plain HTTP), each tab listens.
//
// Events may come twice, never not at all; they say only which record changed, and the queries that show it are read again.
import type { QueryClient } from '@tanstack/react-query';

export interface Change {
  e: string;
  id: number;
  v?: number;
  kind?: string;
  name?: string;
}
type Heard = { type: 'change'; data: Change } | { type: 'model' } | { type: 'notice' } | { type: 'resync' } | { type: 'up' } | { type: 'down' };

/** Is the stream open? For the line "data as of …, connecting again". */
type Listener = (up: boolean) => void;

export function startLive(cache: QueryClient, onState: Listener): () => void {
  const stop = new AbortController();
  const channel = 'BroadcastChannel' in window ? new BroadcastChannel('openitr.live') : null;
  const hear = (h: Heard) => react(cache, h, onState);
  if (channel) channel.onmessage = (m) => hear(m.data as Heard);
  const lead = () => listen(stop.signal, (h) => {
    hear(h);
    channel?.postMessage(h);
  });
  if (channel && navigator.locks)
    navigator.locks.request('openitr.live', { signal: stop.signal }, lead).catch(() => {});
  else void lead();
  return () => {
    stop.abort();
    channel?.close();
  };
}

/** Listens until stopped; opens the stream again when the browser gives up on it. */
function listen(signal: AbortSignal, tell: (h: Heard) => void): Promise<void> {
  return new Promise((done) => {
    let wait = 2000;
    let timer = 0;
    let source: EventSource | null = null;
    const open = () => {
      source = new EventSource('/api/v1/events');
      source.onopen = () => {
        wait = 2000;
        tell({ type: 'up' });
      };
      source.addEventListener('change', (m) => tell({ type: 'change', data: JSON.parse(m.data) as Change }));
      source.addEventListener('notice', () => tell({ type: 'notice' }));
      source.addEventListener('model', () => tell({ type: 'model' }));
      source.addEventListener('resync', () => tell({ type: 'resync' }));
      source.onerror = () => {
        tell({ type: 'down' });
        if (source?.readyState !== EventSource.CLOSED) return;
        timer = window.setTimeout(() => {
          open();
          tell({ type: 'resync' });
        }, wait);
        wait = Math.min(wait * 2, 60000);
      };
    };
    open();
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      source?.close();
      done();
    });
  });
}

const late = new Map<string, number>();
/** Several changes within 300 ms make one reading. */
function soon(key: string, act: () => void): void {
  clearTimeout(late.get(key));
  late.set(key, window.setTimeout(() => {
    late.delete(key);
    act();
  }, 300));
}

function react(cache: QueryClient, h: Heard, onState: Listener): void {
  switch (h.type) {
    case 'up':
    case 'down':
      return onState(h.type === 'up');
    case 'model':
      // What a person may do belongs to the model, too.
      void cache.invalidateQueries({ queryKey: ['model'] });
      void cache.invalidateQueries({ queryKey: ['me'] });
      return;
    case 'notice':
      return soon('inbox', () => void cache.invalidateQueries({ queryKey: ['inbox'] }));
    case 'resync':
      void cache.invalidateQueries({ predicate: (q) => q.queryKey[0] !== 'me' && q.queryKey[0] !== 'model' });
      return;
    case 'change':
      changed(cache, h.data);
  }
}

function changed(cache: QueryClient, c: Change): void {
  const seen = cache.getQueryCache().find<{ id?: number; _v?: number }>({ queryKey: ['rec', c.e, String(c.id)] })?.state.data;
  // Our own change has been read already; only what belongs to the record (timeline, children) may be older.
  if (!(seen && c.v != null && (seen._v ?? 0) >= c.v))
    soon(`rec ${c.e} ${c.id}`, () => void cache.invalidateQueries({
      predicate: (q) => q.queryKey[0] === 'rec' && q.queryKey[1] === c.e
        && (q.queryKey[2] === String(c.id) || (q.state.data as { id?: number } | undefined)?.id === c.id),
    }));
  soon(`of ${c.e} ${c.id}`, () => void cache.invalidateQueries({ queryKey: ['of', c.e, String(c.id)] }));
  soon(`list ${c.e}`, () => void cache.invalidateQueries({ queryKey: ['list', c.e] }));
  // Lists of cases of every kind, and of tasks.
  soon('list case', () => void cache.invalidateQueries({ queryKey: ['list', 'case'] }));
}
