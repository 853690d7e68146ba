// SPDX-License-Identifier: Apache-2.0
//
// kept.ts -- a text being written that must not get lost: on this computer half a second after the last key (useKeptText,
// shelf.ts), on the server five seconds after it, under the person.
//
// What was found when the page opened is told (`found`), so that nobody sends old words unawares.  Each save on the server
// follows a version; when another window or computer wrote meanwhile, its text is offered and nothing is overwritten
// (`other`).  A refused save is told at once (`problem`).
import { useCallback, useEffect, useRef, useState } from 'react';
import { call, get, Problem, seg } from './api';
import { useKeptText } from './draft';
import { lay, look, useShelf, type ShelfState } from './shelf';

interface Saved {
  text: string;
  version: number;
  saved_at: string;
}
export interface KeptDraft {
  text: string;
  set(text: string): void;
  /** when the server has kept it last */
  savedAt: string | null;
  /** it stood here when the page opened: since when */
  found: string | null;
  /** somebody wrote this draft elsewhere */
  other: Saved | null;
  takeOther(): void;
  keepMine(): void;
  problem: Problem | null;
  /** the server could not be reached: since then it is on this computer alone */
  heldAt: string | null;
  /** what this computer makes of it (shelf.ts) */
  shelf: ShelfState;
}
type About = Pick<KeptDraft, 'savedAt' | 'found' | 'other' | 'problem' | 'heldAt'>;
const NEW: About = { savedAt: null, found: null, other: null, problem: null, heldAt: null };
const SERVER_MS = 5000;

/** `owner` is the person's id; `field` names the text within the record. */
export function useKeptDraft(owner: number, entity: string, id: number | 'new', field: string): KeptDraft {
  const name = `${owner}.${entity}.${id}.${field}`;
  const path = `/drafts/${seg(entity)}/${id}/${seg(field)}`;
  const [text, keep] = useKeptText(name);
  const [about, setAbout] = useState<{ name: string } & About>({ name, ...NEW });
  const say = useCallback((change: Partial<About>) => setAbout((a) => ({ ...(a.name === name ? a : NEW), ...change, name })), [name]);
  const now = useRef({ text, timer: 0, version: 0, busy: false, touched: false });
  now.current.text = text;

  const push = useCallback(async () => {
    const n = now.current;
    if (n.busy) return void (n.timer = window.setTimeout(push, 1000));
    n.busy = true;
    const sent = n.text;
    try {
      if (!sent.trim()) {
        if (n.version) await call('DELETE', path);
        n.version = 0;
        void lay(`draftv.${name}`, null);
        say({ savedAt: null, problem: null, heldAt: null });
      } else {
        const saved = await call<Saved>('PUT', path, { body: { text: sent, version: n.version } });
        n.version = saved.version;
        void lay(`draftv.${name}`, String(saved.version));
        say({ savedAt: saved.saved_at, problem: null, heldAt: null });
      }
    } catch (e) {
      if (e instanceof Problem && e.status === 412) await get<Saved>(path).then((other) => say({ other }), () => {});
      // Without a network or a session the copy on this computer is good enough; it goes up with the next key.
      else if (e instanceof Problem && e.status !== 0 && e.status !== 401) say({ problem: e });
      else say({ heldAt: new Date().toISOString(), savedAt: null });
    } finally {
      n.busy = false;
    }
  }, [name, path, say]);

  useEffect(() => {
    const n = now.current;
    Object.assign(n, { version: 0, touched: false, timer: 0 });
    const stop = new AbortController();
    const ask = (mine: string) => get<{ items: (Saved & { field: string })[] }>(`/drafts/${seg(entity)}/${id}`, undefined, stop.signal).then(({ items }) => {
      const there = items.find((d) => d.field === field);
      if (!there || n.touched) return;
      if (there.text === mine || !mine) {
        n.version = there.version;
        void lay(`draftv.${name}`, String(there.version));
        if (!mine) keep(there.text);
        say({ found: there.saved_at, savedAt: there.saved_at });
      } else if (there.version !== n.version) {
        say({ other: there });
      }
    }, () => {});
    void Promise.all([look(`draftv.${name}`), look(`draft.${name}`)]).then(([version, mine]) => {
      if (stop.signal.aborted) return;
      if (!n.version) n.version = Number(version) || 0;
      if (mine && !n.touched) say({ found: '' });
      void ask(mine ?? '');
    });
    return () => {
      stop.abort();
      if (n.timer) {
        clearTimeout(n.timer);
        void push();
      }
    };
  }, [name, entity, id, field, keep, push, say]);

  const set = useCallback((next: string) => {
    const n = now.current;
    // Who writes on has seen it.
    if (!n.touched && next) say({ found: null });
    n.touched = true;
    n.text = next;
    keep(next);
    clearTimeout(n.timer);
    n.timer = window.setTimeout(() => { n.timer = 0; void push(); }, next ? SERVER_MS : 0);
    if (!next) say({ found: null, other: null, problem: null });
  }, [keep, push, say]);

  const settle = (chosen: string, version: number) => {
    now.current.version = version;
    void lay(`draftv.${name}`, String(version));
    say({ other: null, found: null });
    set(chosen);
  };
  const mineNow = about.name === name;
  return {
    text, set, savedAt: mineNow ? about.savedAt : null, found: mineNow ? about.found : null, other: mineNow ? about.other : null,
    problem: mineNow ? about.problem : null, heldAt: mineNow ? about.heldAt : null, shelf: useShelf(),
    takeOther: () => about.other && settle(about.other.text, about.other.version),
    keepMine: () => about.other && settle(text, about.other.version),
  };
}
