// SPDX-License-Identifier: Apache-2.0
//
// neighbours.ts -- the case before and after this one in the list that it was opened from, which the cache still has.
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import type { Page } from '../../model/data';
import type { Row } from '../../model/entity';

export function useNeighbours(cache: QueryClient, row: Row): { previous?(): void; next?(): void } {
  const [, go] = useLocation();
  const lists = cache.getQueryCache().findAll({ queryKey: ['list'] })
    .filter((q) => Array.isArray((q.state.data as InfiniteData<Page> | undefined)?.pages))
    .sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt);
  for (const list of lists) {
    const rows = (list.state.data as InfiniteData<Page>).pages.flatMap((p) => p.items ?? []);
    const at = rows.findIndex((r) => r.id === row.id);
    if (at < 0) continue;
    const to = (r: Row | undefined) => (r ? () => go(`/c/${String(r.number ?? r.id)}`) : undefined);
    return { previous: to(rows[at - 1]), next: to(rows[at + 1]) };
  }
  return {};
}
