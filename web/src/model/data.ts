// SPDX-License-Identifier: Apache-2.0
//
// data.ts -- the queries and changes of generic screens.
//
// Keys of the cache:  ['list', entity, …]   rows            ['rec', entity, key]       one record, by id or number
//                     ['of', entity, id, …] timeline and children of a record          (all three known to core/live.ts)
import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useQueries, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { call, get, seg, type CallOptions, type Query } from '../core/api';
import { serverTime } from '../core/clock';
import { WHOLE } from '../core/first';
import type { Label } from '../core/i18n';
import type { ClockData } from '../kit/ClockBadge';
import type { Entity, Row } from './entity';

export interface Page {
  items: Row[];
  next: string | null;
  count?: number | string;
}
export interface Event {
  seq: number;
  at: string;
  actor: number | null;
  actor_name?: string | null;
  kind: string;
  name?: string | null;
  from?: string | null;
  to?: string | null;
  /** changes of fields: [before, after]; the reason; the id of the child that an event of a child's kind is about */
  data?: { changes?: Record<string, [unknown, unknown]>; reason?: string; id?: number; text?: Label } | null;
}

export const askList = (entity: string, query: Query) => infiniteQueryOptions({
  queryKey: ['list', entity, query],
  queryFn: ({ pageParam, signal }) => get<Page>(`/${seg(entity)}`, { ...query, labels: true, cursor: pageParam }, signal),
  initialPageParam: '',
  getNextPageParam: (last) => last.next || undefined,
});
export const useList = (entity: string, query: Query, enabled = true) =>
  useInfiniteQuery({ ...askList(entity, query), placeholderData: (before) => before, enabled });

export interface Stats {
  group: string;
  groups: { value: string | null; count: number | string; filter: string }[];
}
/** How many there are of each state or option, and the filter behind each number. Under the key of lists: it changes with them. */
export function useStats(entity: string, group: string, filter: string | undefined, enabled = true) {
  return useQuery({
    queryKey: ['list', entity, 'stats', group, filter],
    queryFn: ({ signal }) => get<Stats>(`/${seg(entity)}/stats`, { group, filter }, signal),
    placeholderData: (before) => before, enabled,
  });
}

// The questions of a record's page stand apart from their hooks: some are asked before the page is there (ahead.ts).
export const askRecord = (entity: string, key: string) => queryOptions({
  queryKey: ['rec', entity, key],
  queryFn: ({ signal }) => get<Row>(`/${seg(entity)}/${seg(key)}`, WHOLE, signal),
});
/** The whole timeline, page by page, oldest first. */
export const askTimeline = (entity: string, id: number) => queryOptions({
  queryKey: ['of', entity, String(id), 'timeline'],
  queryFn: async ({ signal }) => {
    const all: Event[] = [];
    for (let after: number | null | undefined = 0; after != null;) {
      const page: { items: Event[]; next: number | null } =
        await get(`/${seg(entity)}/${id}/timeline`, { after: after || undefined, limit: 200 }, signal);
      all.push(...page.items);
      after = page.next && page.items.length ? page.next : null;
    }
    return all;
  },
});
/** The service clocks of a case. They count on by themselves (core/tick.ts); only a change of the case reads them again. */
export const askClocks = (entity: string, id: number) => queryOptions({
  queryKey: ['of', entity, String(id), 'clocks'],
  queryFn: async ({ signal }) => {
    const list = await get<Omit<ClockData, 'asOf'>[]>(`/${seg(entity)}/${id}/clocks`, undefined, signal);
    return list.map((c): ClockData => ({ ...c, asOf: serverTime() }));
  },
});
/** Children of a case, as far as one screen can show them. */
export const askChildren = (entity: string, id: number, child: string) => queryOptions({
  queryKey: ['of', entity, String(id), child],
  queryFn: async ({ signal }) => {
    const all: Row[] = [];
    let cursor: string | undefined;
    do {
      const page: Page = await get(`/${seg(entity)}/${id}/${child}`, { labels: true, limit: 200, cursor }, signal);
      all.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor && all.length < 2000);
    return all;
  },
});

/** `meanwhile`: what is shown until the server has answered. */
export const useRecord = (entity: string, key: string, enabled = true, meanwhile?: Row) =>
  useQuery({ ...askRecord(entity, key), enabled, placeholderData: meanwhile });
export const useTimeline = (entity: string, id: number, enabled: boolean) => useQuery({ ...askTimeline(entity, id), enabled });
export const useClocks = (entity: string, id: number, enabled = true) => useQuery({ ...askClocks(entity, id), enabled });
export const useChildren = (entity: string, id: number, child: string, enabled: boolean) => useQuery({ ...askChildren(entity, id, child), enabled });

/** Of changes [field, value...], the records that they name by id; added to those that are wanted already. */
export function linksOfChanges(entity: Entity, changes: [string, ...unknown[]][], wanted = new Map<string, Set<number>>()): Map<string, Set<number>> {
  for (const [name, ...values] of changes) {
    const f = entity.field.get(name);
    if (f?.to && f.to !== 'case' && f.type !== 'multi_link')
      for (const id of values) if (typeof id === 'number') wanted.set(f.to, (wanted.get(f.to) ?? new Set()).add(id));
  }
  return wanted;
}

/** The words of records that a timeline names only by id (a former handler), by entity and id: "user 34" → "Ben Carter". */
export function useNames(wanted: Map<string, Set<number>>): (entity: string, id: unknown) => string | undefined {
  const asked = [...wanted].map(([entity, ids]) => ({ entity, ids: [...ids].sort((a, b) => a - b).slice(0, 200) }));
  const found = useQueries({
    queries: asked.map(({ entity, ids }) => ({
      queryKey: ['names', entity, ids],
      queryFn: ({ signal }: { signal: AbortSignal }) => get<Page>(`/${seg(entity)}`, { filter: `id=in=(${ids.join()})`, limit: 200 }, signal),
      staleTime: Infinity, retry: false,
    })),
    combine: (results) => new Map(results.flatMap((r, i) => (r.data?.items ?? []).map((row): [string, string] =>
      [`${asked[i]?.entity} ${row.id}`, String(row.name ?? row.title ?? row.number ?? `#${row.id}`)]))),
  });
  return (entity, id) => found.get(`${entity} ${id}`);
}

/** After an own change: what shows the record is read again at once. */
export function refresh(cache: QueryClient, entity: string, id: number): Promise<unknown> {
  void cache.invalidateQueries({ queryKey: ['list', entity] });
  void cache.invalidateQueries({ queryKey: ['list', 'case'] });
  void cache.invalidateQueries({ queryKey: ['of', entity, String(id)] });
  return cache.invalidateQueries({
    predicate: (q) => q.queryKey[0] === 'rec' && q.queryKey[1] === entity
      && (q.queryKey[2] === String(id) || (q.state.data as Row | undefined)?.id === id),
  });
}

export function useChange(entity: string) {
  const cache = useQueryClient();
  return {
    create: async (body: object) => {
      const row = await call<Row>('POST', `/${seg(entity)}`, { body });
      void cache.invalidateQueries({ queryKey: ['list', entity] });
      return row;
    },
    update: async (row: Row, body: object) => {
      const kept = await call<Row>('PATCH', `/${seg(entity)}/${row.id}`, { body, version: row._v });
      await refresh(cache, entity, row.id);
      return kept;
    },
    move: async (row: Row, transition: string, body: object) => {
      await call<Row>('POST', `/${seg(entity)}/${row.id}/${seg(transition)}`, { body, version: row._v });
      await refresh(cache, entity, row.id);
    },
    addChild: async (id: number, child: string, body: object, how: Pick<CallOptions, 'key' | 'keepalive'> = {}) => {
      const made = await call<Row>('POST', `/${seg(entity)}/${id}/${child}`, { body, ...how });
      await refresh(cache, entity, id);
      return made;
    },
    removeChild: async (id: number, child: string, childId: number) => {
      await call('DELETE', `/${seg(entity)}/${id}/${child}/${childId}`);
      await refresh(cache, entity, id);
    },
    attach: async (id: number, file: File, visibility: 'public' | 'internal') => {
      const made = await call<Row>('POST', `/${seg(entity)}/${id}/attachment`, { query: { name: file.name || 'file', visibility }, file });
      await refresh(cache, entity, id);
      return made;
    },
    reload: (id: number) => refresh(cache, entity, id),
  };
}
