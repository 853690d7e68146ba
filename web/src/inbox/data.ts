// SPDX-License-Identifier: Apache-2.0
//
// data.ts -- the inbox, its count, and how a person wants to be told; all under the key ['inbox'], which a live event makes old.
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { call, get, seg } from '../core/api';
import type { Label } from '../core/i18n';

export interface Notice {
  id: number;
  at: string;
  read_at: string | null;
  about: number;
  entity: string;
  number: string;
  template: string;
  kind: string;
  critical: boolean;
  why_text: Label;
  subject?: Label;
  text?: Label;
}
export interface Told {
  id?: number;
  at: string;
  reader?: string | null;
  channel: string;
  address?: string | null;
  template: string;
  why_text?: Label;
  state: string;
  reason?: string | null;
  next_at: string | null;
  sent_at?: string | null;
  read_at?: string | null;
  tries: number;
  error?: string | null;
  /** the accident notice that was sent by it */
  notice?: string;
  subject?: Label;
}
export interface Habits {
  digest: string;
  quiet_from: string | null;
  quiet_until: string | null;
  kinds: { kind: string; label: Label; channel: string; preset: string; fixed: boolean }[];
}
interface Page { items: Notice[]; next: string | null }

/** How many are unread; the server counts to a hundred. */
export function useUnread() {
  const cache = useQueryClient();
  return useQuery({
    queryKey: ['inbox', 'count'], staleTime: 30_000,
    // Who has just signed in has been told already.
    initialData: () => cache.getQueryData<{ unread_notices?: number }>(['me'])?.unread_notices,
    initialDataUpdatedAt: () => cache.getQueryState(['me'])?.dataUpdatedAt,
    queryFn: async ({ signal }) => (await get<{ unread_notices: number }>('/me', undefined, signal)).unread_notices,
  });
}

export const useInbox = (unread: boolean) => useInfiniteQuery({
  queryKey: ['inbox', 'list', unread], initialPageParam: '',
  queryFn: ({ pageParam, signal }) => get<Page>('/me/notices', { limit: 30, unread: unread || undefined, cursor: pageParam }, signal),
  getNextPageParam: (p) => p.next ?? undefined,
});

export const useHabits = () => useQuery({ queryKey: ['inbox', 'habits'], queryFn: ({ signal }) => get<Habits>('/me/notice_preferences', undefined, signal) });

export const useTold = (entity: string, id: number, on: boolean) => useQuery({
  queryKey: ['of', entity, String(id), 'notices'], enabled: on,
  queryFn: ({ signal }) => get<{ items: Told[] }>(`/${seg(entity)}/${id}/notices`, undefined, signal),
});

export function useInboxActs() {
  const cache = useQueryClient();
  const old = () => cache.invalidateQueries({ queryKey: ['inbox'] });
  return {
    read: async (id: number) => { await call('POST', `/me/notices/${id}/read`); await old(); },
    readAll: async (until: string) => { await call('POST', '/me/notices/read', { body: { until } }); await old(); },
    habits: async (change: object) => { cache.setQueryData(['inbox', 'habits'], await call<Habits>('PATCH', '/me/notice_preferences', { body: change })); },
  };
}
