// SPDX-License-Identifier: Apache-2.0
//
// keys.ts -- what can be done now: one registry that feeds the command palette (Ctrl/⌘ K), the keyboard and the `?` sheet.
//
// A screen says what it offers while it is on the page:
//
//     useActions([
//       { id: 'desk.take', label: t('desk.take'), key: 'n', when: free, run: takeCall },
//       { id: 'go.board', label: t('nav.board'), group: 'go', run: () => go('/board') },
//     ]);
//
//   id     stays the same for ever: under it a person's own key is kept.  Two screens on one page never share one.
//   label  in the reader's language, verb and object
//   key    'n'       one letter or sign: heard only while the focus is in a list or case (an element with `data-keys`, or
//                    nothing at all on a page that has one), never in inputs, dialogs or while an input method composes
//          'g w'    two of them, one soon after the other
//          'Alt+N' 'Mod+K'   heard everywhere but in dialogs; Mod is Ctrl, ⌘ on a Mac
//   when   false: not offered now; the palette leaves it out and the key sleeps
//   group  its heading in palette and sheet: 'case' (the record on the page), 'list', 'go', 'app' (the default)
//   hidden left out of the palette (moving in a list); stands in the sheet
//   run    what it does
//
// Invariants
//   1. Of two actions with one key, the one that came last on the page wins (a dialogless part above its page).
//   2. Keys that browsers and input methods need are never taken: F5, F6, F7, F11, F12, Ctrl+Space, Ctrl+. (NEVER).
//   3. Single keys can be changed one by one and switched off together (WCAG 2.1.4); kept with the person
//      (core/settings.ts), so that they go along to another computer.
import { useEffect, useLayoutEffect, useRef } from 'react';

export type ActionGroup = 'case' | 'list' | 'go' | 'app';
export interface Action {
  id: string;
  label: string;
  key?: string;
  when?: boolean;
  group?: ActionGroup;
  hidden?: boolean;
  run(): void;
}

export interface KeyChoices {
  /** single keys are switched off */
  off?: boolean;
  /** a person's own keys by action; '' is none */
  own?: Record<string, string>;
}

const NEVER = new Set(['F5', 'F6', 'F7', 'F11', 'F12', 'Mod+Space', 'Ctrl+Space', 'Mod+.', 'Ctrl+.']);
const offers: { current: Action[] }[] = [];
let choices: KeyChoices = {};
let listening = false;
/** The first of two keys has been pressed; so long the second is waited for. */
let first: { key: string; until: number } | null = null;
const SECOND_MS = 1500;

export const chooseKeys = (c: KeyChoices) => void (choices = c);
export const keyChoices = (): KeyChoices => choices;
/** The key that holds for an action: the person's own, else the screen's. */
export const keyOf = (a: Pick<Action, 'id' | 'key'>): string | undefined => choices.own?.[a.id] ?? a.key;
/** The same, of an action that has one: for a sign beside its button. */
export const ownKey = (a: { id: string; key: string }): string => keyOf(a) || a.key;
/** One letter or sign, or two of them in a row. */
export const isSingle = (key: string) => /^\S( \S)?$/u.test(key);
export const mayBeKey = (key: string) => !NEVER.has(key) && (isSingle(key) || /^(Mod|Alt)\+./.test(key));

/** What is offered now, the newest part of the page first. */
export function offered(): Action[] {
  const seen = new Set<string>();
  return [...offers].reverse().flatMap((o) => o.current).filter((a) => a.when !== false && !seen.has(a.id) && seen.add(a.id));
}

/** What a person pressed, as keys are written here. */
export function pressed(e: KeyboardEvent): string {
  const mod = e.ctrlKey || e.metaKey;
  // With Alt a Mac types other signs; the place of the key says which letter it is.
  const letter = e.altKey && /^(Key|Digit)/.test(e.code) ? e.code.slice(-1) : e.key === ' ' ? 'Space' : e.key;
  if (!mod && !e.altKey) return e.shiftKey && /^[a-z]$/i.test(letter) ? '' : letter;
  return (mod ? 'Mod+' : '') + (e.altKey ? 'Alt+' : '') + (e.shiftKey ? 'Shift+' : '') + (letter.length === 1 ? letter.toUpperCase() : letter);
}

const TYPING = 'input:not([type=checkbox],[type=radio],[type=button]),textarea,select,[contenteditable],[role=combobox],[role=menu],[role=listbox]';
const dialogOpen = () => !!document.querySelector('[role=dialog],[role=alertdialog],dialog[open]');

const onPage = (target: Element | null) => !target || target === document.body || target.id === 'main';
/** What single keys may do from where the focus is: everything in a list or case, the ways to other places from any page. */
function actsHere(target: Element | null): (a: Action) => boolean {
  const region = onPage(target) ? document.querySelector('[data-keys]') : !target!.closest(TYPING) && target!.closest('[data-keys]');
  return region ? () => true : onPage(target) ? (a) => a.group === 'go' || (a.group ?? 'app') === 'app' : () => false;
}

function hear(e: KeyboardEvent): void {
  if (e.defaultPrevented || e.isComposing || e.keyCode === 229) return;
  const key = pressed(e);
  const single = isSingle(key);
  if (dialogOpen() || (single && choices.off)) return;
  const all = single ? offered().filter(actsHere(e.target as Element | null)) : offered();
  const find = (keys: string) => all.find((a) => keyOf(a)?.toLowerCase() === keys.toLowerCase());
  const second = single && first && Date.now() < first.until ? find(`${first.key} ${key}`) : undefined;
  first = null;
  const action = second ?? find(key);
  if (!action && single && all.some((a) => keyOf(a)?.toLowerCase().startsWith(`${key} `.toLowerCase()))) {
    first = { key, until: Date.now() + SECOND_MS };
    return e.preventDefault();
  }
  if (!action || (e.repeat && !action.hidden)) return;
  e.preventDefault();
  action.run();
}

/** Offers actions while the caller is on the page. */
export function useActions(actions: Action[]): void {
  const offer = useRef<Action[]>([]);
  useLayoutEffect(() => {
    offer.current = actions.filter((a) => {
      if (!a.key || mayBeKey(a.key)) return true;
      console.error(`${a.id}: ${a.key} may not be a key`);
      return false;
    });
  });
  useEffect(() => {
    offers.push(offer);
    if (!listening) addEventListener('keydown', hear);
    listening = true;
    return () => void offers.splice(offers.indexOf(offer), 1);
  }, []);
}

const MAC = /Mac|iP(hone|ad)/.test(navigator.platform);
/** A key as people read it: "Ctrl K", "N". */
export const keyWords = (key: string): string =>
  key.split(/[+ ]/).map((k) => (k === 'Mod' ? (MAC ? '⌘' : 'Ctrl') : k.length === 1 ? k.toUpperCase() : k)).join(' ');
