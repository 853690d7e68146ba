// SPDX-License-Identifier: Apache-2.0
//
// live.ts -- what changes on the server shows on the screen, without polling.
//
// One EventSource per browser: the tab that holds the Web Lock `openitr.live` listens to /events and passes what it hears
// on to the other tabs by BroadcastChannel; when it closes, the next tab gets the lock.  (A browser opens six connections
// to a host; a stream in each tab would freeze the seventh.)  Where there are no locks (plain HTTP), each tab listens.
//
// A tab that takes over asks for what came after the last event that it heard of (?after=), so that nothing falls between.
// The server says its time each 15 seconds; a stream that is silent for longer is dead, whatever the browser thinks of it.
//
// Events may come twice, never not at all; they say only which record changed, and the queries that show it are read again.
import { firstHeard, heardTime } from './clock';
import type { QueryClient } from '@tanstack/react-query';

/** Who has a record open, as the server knew at `at`. */
export interface Present {
  e: string;
  id: number;
  at: string;
  who: { id: number; name: string; state: string; until: string }[];
}
/** Answers and events cross: the younger one holds. */
export function heardPresent(cache: QueryClient, p: Present): void {
  cache.setQueryData<Present>(['presence', p.e, p.id], (old) => (old && old.at > p.at ? old : p));
}
export interface Change {
  e: string;
  id: number;
  v?: number;
  kind?: string;
  name?: string;
}
type Heard = { type: 'change'; data: Change; id: string } | { type: 'now'; at: string } | { type: 'presence'; data: Present } | { type: 'model' } | { type: 'notice' } | { type: 'resync' } | { type: 'up' } | { type: 'down' };

/** Is the stream open? For the line "data as of …, connecting again". */
type Listener = (up: boolean) => void;

export function startLive(cache: QueryClient, onState: Listener): () => void {
  const stop = new AbortController();
  const channel = 'BroadcastChannel' in window ? new BroadcastChannel('openitr.live') : null;
  const hear = (h: Heard) => react(cache, h, onState);
  if (channel) channel.onmessage = (m) => hear(m.data as Heard);
  const tell = (h: Heard) => {
    hear(h);
    channel?.postMessage(h);
  };
  const lead = () => listen(stop.signal, tell);
  if (channel && navigator.locks)
    navigator.locks.request('openitr.live', { signal: stop.signal }, lead).catch(() => {});
  else void lead();
  return () => {
    stop.abort();
    channel?.close();
  };
}

const SILENT_MS = 45_000;
let lastId = '';
let heardAt = 0;

/** Listens until stopped; opens the stream again when the browser gives up on it. */
function listen(signal: AbortSignal, tell: (h: Heard) => void): Promise<void> {
  return new Promise((done) => {
    let wait = 2000;
    let timer = 0;
    let source: EventSource | null = null;
    const open = () => {
      heardAt = Date.now();
      // What the page shows was read before anybody listened; an answer's time is whole seconds.
      if (!lastId && firstHeard()) lastId = String((firstHeard() - 1000) * 1000);
      source = new EventSource('/api/v1/events' + (lastId ? `?after=${lastId}` : ''));
      source.onopen = () => {
        wait = 2000;
        tell({ type: 'up' });
      };
      source.addEventListener('change', (m) => tell({ type: 'change', data: JSON.parse(m.data) as Change, id: m.lastEventId }));
      source.addEventListener('now', (m) => tell({ type: 'now', at: (JSON.parse(m.data) as { now: string }).now }));
      source.addEventListener('presence', (m) => tell({ type: 'presence', data: JSON.parse(m.data) as Present }));
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
    const watch = window.setInterval(() => {
      if (Date.now() - heardAt < SILENT_MS || source?.readyState !== EventSource.OPEN) return;
      source.close();
      tell({ type: 'down' });
      open();
    }, 5000);
    signal.addEventListener('abort', () => {
      clearInterval(watch);
      clearTimeout(timer);
      source?.close();
      done();
    });
  });
}

/** One frame: what the server tells in one breath is read once. */
const FRAME_MS = 16;
/** After a reading the same thing rests so long. */
const REST_MS = 300;
/** A reading that hangs (no network) holds up the next ones no longer than this. */
const HANG_MS = 5000;

const asked = new Map<string, () => Promise<unknown>>();
const busy = new Set<string>();
/** Reads at once; what changes while it is being read, or within REST_MS after, makes one more reading.  No reading cuts off the one before. */
function soon(key: string, read: () => Promise<unknown>): void {
  asked.set(key, read);
  if (busy.has(key)) return;
  busy.add(key);
  const turn = async () => {
    const next = asked.get(key);
    asked.delete(key);
    if (!next) return void busy.delete(key);
    await Promise.race([next().catch(() => {}), new Promise((r) => setTimeout(r, HANG_MS))]);
    setTimeout(turn, REST_MS);
  };
  setTimeout(turn, FRAME_MS);
}

let wasDown = false;
function react(cache: QueryClient, h: Heard, onState: Listener): void {
  if (h.type !== 'down') heardAt = Date.now();
  switch (h.type) {
    case 'now':
      heardTime(h.at);
      return onState(true);
    case 'up':
      // What was said of presence while nobody listened is not told again: who is here says so once more.
      dispatchEvent(new Event('openitr-live'));
      // Another program may answer now, with another model.
      if (wasDown) void cache.invalidateQueries({ queryKey: ['model'] });
      wasDown = false;
      return onState(true);
    case 'down':
      wasDown = true;
      return onState(false);
    case 'model':
      // What a person may do belongs to the model, too.
      void cache.invalidateQueries({ queryKey: ['model'] });
      void cache.invalidateQueries({ queryKey: ['me'] });
      // New fields stand in records, and in what may be changed of them.
      void cache.invalidateQueries({ queryKey: ['rec'] });
      void cache.invalidateQueries({ queryKey: ['list'] });
      return;
    case 'notice':
      return soon('inbox', () => cache.invalidateQueries({ queryKey: ['inbox'] }));
    case 'resync':
      void cache.invalidateQueries({ predicate: (q) => q.queryKey[0] !== 'me' && q.queryKey[0] !== 'model' });
      return;
    case 'presence':
      heardPresent(cache, h.data);
      return;
    case 'change':
      if (h.id) lastId = h.id;
      changed(cache, h.data);
  }
}

function changed(cache: QueryClient, c: Change): void {
  const seen = cache.getQueryCache().find<{ id?: number; _v?: number }>({ queryKey: ['rec', c.e, String(c.id)] })?.state.data;
  // Our own change has been read already; only what belongs to the record (timeline, children) may be older.
  if (!(seen && c.v != null && (seen._v ?? 0) >= c.v))
    soon(`rec ${c.e} ${c.id}`, () => cache.invalidateQueries({
      predicate: (q) => q.queryKey[0] === 'rec' && q.queryKey[1] === c.e
        && (q.queryKey[2] === String(c.id) || (q.state.data as { id?: number } | undefined)?.id === c.id),
    }));
  soon(`of ${c.e} ${c.id}`, () => cache.invalidateQueries({ queryKey: ['of', c.e, String(c.id)] }));
  soon(`list ${c.e}`, () => cache.invalidateQueries({ queryKey: ['list', c.e] }));
  // Lists of cases of every kind, and of tasks.
  soon('list case', () => cache.invalidateQueries({ queryKey: ['list', 'case'] }));
}
