// SPDX-License-Identifier: Apache-2.0
//
// data.ts -- what the portal reads and sends. The keys of the cache are those that core/live.ts knows.
import { queryOptions, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { call, get, Problem, seg } from '../core/api';
import { OPEN_REQUESTS, WHOLE } from '../core/first';
import type { Label } from '../core/i18n';

export const REQUEST = 'technical_request';
export const CALLBACK = 'callback';

/** A promise to the customer and its time; a clock whose time the server does not tell has no `due` (docs/promises.md). */
export interface Clock {
  clock: string;
  state?: string;
  due?: string | null;
}
export interface Row {
  id: number;
  _v: number;
  number?: string;
  state: string;
  customer_state?: string;
  _labels?: Record<string, string>;
  _can?: { transitions: { name: string; ok: boolean; why?: Label }[] };
  [field: string]: unknown;
}
export interface Page {
  items: Row[];
  next: string | null;
  count?: number | string;
}

const CARD = OPEN_REQUESTS.fields;

/** Requests that are not closed, all of them. */
export const OPEN = queryOptions({
  queryKey: ['list', REQUEST, 'open'],
  queryFn: async ({ signal }) => (await get<Page>(`/${REQUEST}`, OPEN_REQUESTS, signal)).items,
});
export const useOpenRequests = () => useQuery(OPEN);

/** Closed ones, a few at a time. */
export function useClosedRequests() {
  return useInfiniteQuery({
    queryKey: ['list', REQUEST, 'closed'],
    queryFn: ({ pageParam, signal }) => get<Page>(`/${REQUEST}`,
      { filter: 'state.kind==closed', sort: '-reported_at', limit: 10, fields: CARD, labels: true, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next || undefined,
  });
}

/** Requests in whose words the text stands; the server searches all kinds, the portal shows requests. */
export function useFound(text: string) {
  return useQuery({
    queryKey: ['list', REQUEST, 'found', text],
    queryFn: async ({ signal }) => {
      const found = await get<{ items: { entity: string; id: number }[] }>('/search', { q: text, limit: 50 }, signal);
      const ids = found.items.filter((i) => i.entity === REQUEST).map((i) => i.id);
      if (!ids.length) return [];
      const rows = await get<Page>(`/${REQUEST}`, { filter: `id=in=(${ids.join()})`, limit: 50, fields: CARD, labels: true, can: true }, signal);
      return rows.items.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
    },
    enabled: text.length > 0,
    placeholderData: (before) => before,
  });
}

/** Questions about the service that wait for an answer, of all requests or of one. */
export function useRatings(request?: number) {
  return useQuery({
    queryKey: ['list', CALLBACK, request ?? 'mine'],
    queryFn: async ({ signal }) => (await get<Page>(`/${CALLBACK}`, {
      filter: 'state=in=(planned,attempt)' + (request ? `;parent==${request}` : ''),
      sort: '-reported_at', limit: 20, fields: 'title,parent,reported_at', labels: true, can: true,
    }, signal)).items.filter((r) => can(r, 'rate')),
  });
}

export function useRequest(reference: string) {
  return useQuery({
    queryKey: ['rec', REQUEST, reference],
    queryFn: ({ signal }) => get<Row>(`/${REQUEST}/${seg(reference)}`, WHOLE, signal),
  });
}

function useAll(id: number, child: string) {
  return useQuery({
    queryKey: ['of', REQUEST, String(id), child],
    queryFn: async ({ signal }) => {
      const all: Row[] = [];
      let cursor: string | undefined;
      do {
        const page: Page = await get(`/${REQUEST}/${id}/${child}`, { labels: true, limit: 200, cursor }, signal);
        all.push(...page.items);
        cursor = page.next ?? undefined;
      } while (cursor && all.length < 2000);
      return all;
    },
  });
}
export const useMessages = (id: number) => useAll(id, 'message');
export const useFiles = (id: number) => useAll(id, 'attachment');

export function useClocks(id: number, enabled = true) {
  return useQuery({
    queryKey: ['of', REQUEST, String(id), 'clocks'],
    queryFn: ({ signal }) => get<Clock[]>(`/${REQUEST}/${id}/clocks`, undefined, signal),
    enabled,
  });
}

export interface Step {
  seq: number;
  at: string;
  kind: string;
  from?: string | null;
  to?: string | null;
}
/** What happened to a request, oldest first; from and to are the plain states. */
export function useSteps(id: number) {
  return useQuery({
    queryKey: ['of', REQUEST, String(id), 'timeline'],
    queryFn: async ({ signal }) => {
      const all: Step[] = [];
      for (let after: number | null | undefined = 0; after != null;) {
        const page: { items: Step[]; next: number | null } = await get(`/${REQUEST}/${id}/timeline`, { after: after || undefined, limit: 200 }, signal);
        all.push(...page.items);
        after = page.next && page.items.length ? page.next : null;
      }
      return all.filter((s) => s.kind === 'transition');
    },
  });
}

/** A list of the person's company that is small: units, contracts, sites. */
export function useThings(entity: string, query: Record<string, string | number | boolean>, enabled = true) {
  return useQuery({
    queryKey: ['list', entity, query],
    queryFn: ({ signal }) => get<Page>(`/${entity}`, { ...query, labels: true }, signal),
    enabled,
    placeholderData: (before) => before,
  });
}
export function useThing(entity: string, id: number | null) {
  return useQuery({
    queryKey: ['rec', entity, String(id)],
    queryFn: ({ signal }) => get<Row>(`/${entity}/${id}`, { labels: true }, signal),
    enabled: id != null,
  });
}

export const can = (row: Row | undefined, move: string) => !!row?._can?.transitions.some((m) => m.name === move && m.ok);

/** Offered in this state, now or later: the server says when it is pressed. */
export const offered = (row: Row, move: string) => !!row._can?.transitions.some((m) => m.name === move);

export const asProblem = (e: unknown) => (e instanceof Problem ? e : new Problem(0, { title: String(e) }));

/** Takes a step. No version goes with it: what a customer does holds whatever else was noted meanwhile; the state decides. */
export function useMove(entity: string) {
  const cache = useQueryClient();
  return async (id: number, move: string, body: object = {}) => {
    await call('POST', `/${entity}/${id}/${move}`, { body });
    await Promise.all([
      cache.invalidateQueries({ queryKey: ['list'] }),
      cache.invalidateQueries({ queryKey: ['of', REQUEST] }),
      cache.invalidateQueries({ queryKey: ['rec', REQUEST] }),
    ]);
  };
}
