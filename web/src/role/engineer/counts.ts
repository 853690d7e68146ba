// SPDX-License-Identifier: Apache-2.0
//
// counts.ts -- how many stand in each view of My work, the role's and the saved ones: one question for all of them, asked when
// the list itself is there and the browser has nothing better to do.  The server counts to 1,000 and then says "1000+"; a
// view that it cannot read has no number.
import { useQuery } from '@tanstack/react-query';
import { call } from '../../core/api';
import { idle } from '../../model/counts';
import type { SavedView } from '../../model/SavedViews';
import { askedBy, type WorkView } from './views';

type Counted = Map<string, number | string | undefined>;
/** What the server counts in one question. */
const MOST = 60;

/** By filter; undefined: not known, or not yet. */
export function useCounts(views: WorkView[], saved: SavedView[] | undefined, ready: boolean): (filter: string) => number | string | undefined {
  const filters = [...new Set([...views.map((v) => v.filter), ...(saved ?? []).map((v) => askedBy(views, new URLSearchParams(v.query ?? '')))])].slice(0, MOST);
  const found = useQuery<Counted>({
    queryKey: ['list', 'case', 'counts', filters], enabled: ready && !!saved, staleTime: 15_000, placeholderData: (before) => before,
    queryFn: async ({ signal }) => {
      await idle();
      const { counts } = await call<{ counts: { count?: number | string }[] }>('POST', '/case/count', { body: { filters }, signal });
      return new Map(filters.map((f, i) => [f, counts[i].count]));
    },
  });
  return (filter) => found.data?.get(filter);
}
