// SPDX-License-Identifier: Apache-2.0
//
// ahead.ts -- what a record's page needs, asked for when somebody is about to open it: the pointer rests on its link or its
// row, the focus comes there, or the button goes down.  On a slow network the answer is then under way, or here, when the
// page is drawn; and the record, its words and its clocks are asked together, not one after the other.
//
// Until the record is here its row of a list stands for it (rowOf): head, title and state.  A row has no `_can`, so nothing can
// be done with it.
import { useQueryClient, type InfiniteData, type QueryClient } from '@tanstack/react-query';
import { useRef, type SyntheticEvent } from 'react';
import { askChildren, askClocks, askRecord, askTimeline, type Page } from './data';
import { askEntity, type Entity, type Row } from './entity';
import { partsAhead } from './registry';

/** So long a pointer or the focus rests where it means it. */
const REST_MS = 80;

/** The youngest row of any list for which `is` holds. */
export function rowOf(cache: QueryClient, is: (row: Row, entity: string) => boolean): { entity: string; row: Row } | undefined {
  const lists = cache.getQueryCache().findAll({ queryKey: ['list'] }).sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt);
  for (const { queryKey, state } of lists) {
    const data = state.data as InfiniteData<Page> | Page | undefined;
    const pages = data && 'pages' in data ? data.pages : [data as Page | undefined];
    for (const row of pages.flatMap((p) => (Array.isArray(p?.items) ? p.items : []))) {
      const entity = String(row.entity ?? queryKey[1]);
      if (typeof row._v === 'number' && (row.title ?? row.name) != null && is(row, entity)) return { entity, row };
    }
  }
  return undefined;
}

/** A record by id or number, as its page is addressed. */
export const rowByKey = (cache: QueryClient, entity: string | null, key: string) =>
  rowOf(cache, (row, e) => (!entity || e === entity) && (String(row.id) === key || row.number === key));

export async function lookAhead(cache: QueryClient, entity: string, id: number): Promise<void> {
  partsAhead(entity);
  void cache.prefetchQuery(askRecord(entity, String(id)));
  await cache.prefetchQuery(askEntity(entity));
  const model = cache.getQueryData<Entity>(['model', entity]);
  if (model?.kind === 'case') void cache.prefetchQuery(askChildren(entity, id, 'message'));
  void cache.prefetchQuery(askTimeline(entity, id));
  if (model?.clocks) void cache.prefetchQuery(askClocks(entity, id));
}

/** The record that a link, or the row around it, leads to. */
function leadsTo(cache: QueryClient, at: EventTarget): { entity: string; id: number } | null {
  if (!(at instanceof Element)) return null;
  const link = at.closest('a[href]') ?? at.closest('tr[data-id]')?.querySelector('a.row-link');
  const [, root, first, id] = link?.getAttribute('href')?.split('/') ?? [];
  if (root === 'e' && /^\d+$/.test(id ?? '')) return { entity: first, id: Number(id) };
  const found = root === 'c' && first ? rowByKey(cache, null, decodeURIComponent(first)) : undefined;
  return found ? { entity: found.entity, id: found.row.id } : null;
}

/** For the element around all pages: what to listen to. */
export function useAhead() {
  const cache = useQueryClient();
  const rest = useRef({ name: '', timer: 0 });
  const at = (e: SyntheticEvent, ms: number) => {
    const to = leadsTo(cache, e.target);
    const name = to ? `${to.entity} ${to.id}` : '';
    if (ms && name === rest.current.name) return;
    clearTimeout(rest.current.timer);
    rest.current = { name, timer: 0 };
    if (!to) return;
    const look = () => void lookAhead(cache, to.entity, to.id);
    if (ms) rest.current.timer = window.setTimeout(look, ms);
    else look();
  };
  const soon = (e: SyntheticEvent) => at(e, REST_MS), now = (e: SyntheticEvent) => at(e, 0);
  return { onPointerOver: soon, onFocus: soon, onPointerDownCapture: now, onClickCapture: now };
}
