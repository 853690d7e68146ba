// SPDX-License-Identifier: Apache-2.0
//
// first.ts -- the first questions of a page, put while the program that asks them is still on its way.
//
// This is a script of its own, the first that the page names (vite.config.ts): small, so that it is there early.  It asks for
// the texts of the language, for who I am, and for what the address shows; core/api.ts finds the answers under way.  Without
// it a page waits for the server four times in a row (page, texts, who I am, what is shown), with it twice.
//
// An answer is used once, by the question with the same address, and only at the start: whatever changes the session or a
// record lets go of the rest.
import { AREAS } from '../locales/gen/areas';
import { recall } from './keep';

export type Lang = 'zh' | 'en';
export type Query = Record<string, string | number | boolean | null | undefined>;

export const TEXTS = { zh: () => import('../locales/gen/zh'), en: () => import('../locales/gen/en') };

/** The language chosen before on this computer, else the browser's. */
export function firstLang(): Lang {
  const kept = recall('lang');
  if (kept === 'zh' || kept === 'en') return kept;
  return (navigator.languages ?? [navigator.language]).some((l) => l.toLowerCase().startsWith('zh')) ? 'zh' : 'en';
}

export function address(path: string, query?: Query): string {
  const q = new URLSearchParams();
  for (const [k, v] of Object.entries(query ?? {})) if (v != null && v !== '') q.set(k, String(v));
  const text = q.toString();
  return '/api/v1' + path + (text ? '?' + text : '');
}

/** A record with all that its page needs. */
export const WHOLE: Query = { labels: true, can: true };
/** What the portal's first page shows: the requests that are not closed. */
export const OPEN_REQUESTS: Query = {
  filter: 'state.kind!=closed', sort: '-reported_at', limit: 200,
  fields: 'title,reported_at,info_needed,pause_code,waiting_until,last_urged_at,owner,told_customer,registered_at', labels: true, can: true,
};

/** So long after the start an answer is young enough. */
const YOUNG_MS = 10_000;
const coming = new Map<string, Promise<Response>>();

function ask(path: string, query?: Query): void {
  const answer = fetch(address(path, query), { headers: { Accept: 'application/json', 'Accept-Language': firstLang() } });
  // Who asks again hears of it.
  answer.catch(() => {});
  coming.set(new URL(address(path, query), location.href).href, answer);
}

/** The answer that is under way to this address; undefined: there is none. */
export function takeFirst(url: string): Promise<Response> | undefined {
  const answer = performance.now() < YOUNG_MS ? coming.get(url) : undefined;
  coming.delete(url);
  return answer;
}
export const forgetFirst = () => coming.clear();

function begin(): void {
  const [root, first = '', second = ''] = location.pathname.slice(1).split('/');
  void TEXTS[firstLang()]();
  ask('/me');
  if (root === 'p') {
    void AREAS.portal[firstLang()]();
    if (!first) ask('/technical_request', OPEN_REQUESTS);
    else if (first === 'r' && second) ask(`/technical_request/${second}`, WHOLE);
  } else if (root !== 'login' && root !== 'setup' && root !== 'invite') {
    ask('/model');
    if (root !== 'e') return;
    ask(`/model/${first}`);
    if (/^\d+$/.test(second)) ask(`/${first}/${second}`, WHOLE);
  }
}
begin();
