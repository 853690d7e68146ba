// SPDX-License-Identifier: Apache-2.0
//
// counts.tsx -- how many records each view of a list has, beside its name.
//
// Views are counted one after the other, never all at once: when the list itself has come, the page is in sight and the browser
// has nothing better to do.  The server counts to 1,000 and then says "1000+".  A number may be half a minute old; a change that
// the live stream tells of has it counted again when that time is over, and only on the page that is open.
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { get, seg } from '../core/api';
import type { Page } from './data';

const FRESH_MS = 30_000;

export type Counts = Record<string, number | string | undefined>;

/** When the page is in sight and the browser has nothing better to do. */
export const idle = () => new Promise<void>((done) => ('requestIdleCallback' in window ? requestIdleCallback(() => done(), { timeout: 2000 }) : setTimeout(done, 200)));

/** Counted already and still fresh, or counted now; undefined when it cannot be. */
const countOf = (cache: QueryClient, entity: string, filter: string) =>
  cache.fetchQuery({
    queryKey: ['count', entity, filter], staleTime: FRESH_MS, retry: false,
    queryFn: async ({ signal }) => (await get<Page>(`/${seg(entity)}`, { filter, limit: 1, count: true, fields: 'id' }, signal)).count ?? null,
  }).catch(() => null);

/** The counts by filter, as they come. */
export function useCounts(entity: string, filters: string[]): Counts {
  const cache = useQueryClient();
  const [counts, setCounts] = useState<Counts>({});
  const all = [...new Set(filters)].join('\n');
  useEffect(() => {
    let over = false, busy = false, timer = 0;
    const reading = () => cache.isFetching({ queryKey: ['list', entity] }) > 0;
    const run = async () => {
      timer = 0;
      if (busy) return;
      busy = true;
      for (const filter of all ? all.split('\n') : []) {
        await idle();
        if (over || document.hidden || reading()) break;
        const n = await countOf(cache, entity, filter);
        if (over) break;
        if (n !== null) setCounts((old) => (old[filter] === n ? old : { ...old, [filter]: n }));
      }
      busy = false;
      // The list was read meanwhile, or something else came first: the others are counted after it.
      if (!over && !document.hidden && reading()) later(300);
    };
    const later = (ms: number) => {
      if (!timer) timer = window.setTimeout(run, ms);
    };
    // Each time that the list is read anew (at first, and after a change that was told) there may be other numbers.
    const stop = cache.getQueryCache().subscribe((e) => {
      if (e.type !== 'updated' || e.action.type !== 'success' || e.query.queryKey[0] !== 'list' || e.query.queryKey[1] !== entity) return;
      const oldest = Math.min(...(all ? all.split('\n') : []).map((f) => cache.getQueryState(['count', entity, f])?.dataUpdatedAt ?? 0));
      later(Math.max(200, oldest + FRESH_MS - Date.now()));
    });
    const seen = () => !document.hidden && later(200);
    document.addEventListener('visibilitychange', seen);
    later(200);
    return () => {
      over = true;
      clearTimeout(timer);
      stop();
      document.removeEventListener('visibilitychange', seen);
    };
  }, [cache, entity, all]);
  return counts;
}

export const Count = ({ of }: { of: number | string | undefined }) => (of === undefined ? null : <span className="view-count">{of}</span>);
