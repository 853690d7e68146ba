// SPDX-License-Identifier: Apache-2.0
//
// snooze.ts -- rows of My work that are put aside "not before" a time: kept on the server with the person (docs/api.md).
//
// The server says which are away and which have come back, and why; here the answer is read again when the next of them may
// come back by the clock, and whenever a case changes (its key is one of lists of cases: core/live.ts).
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { call, get, seg } from '../../core/api';
import { serverTime } from '../../core/clock';
import type { Item } from './rows';

export type Back = 'time' | 'late' | 'message';
export interface Snooze {
  entity: string;
  id: number;
  until: string;
  due_at: string | null;
  back: Back | null;
}
const KEY = ['list', 'case', 'snoozes'];
const NONE: Snooze[] = [];
/** Timers of browsers end at some 24 days. */
const LONGEST_MS = 86_400_000;

export function useSnoozes(): Snooze[] {
  const cache = useQueryClient();
  const found = useQuery({ queryKey: KEY, queryFn: ({ signal }) => get<{ items: Snooze[] }>('/me/snoozes', undefined, signal).then((x) => x.items) });
  const list = found.data ?? NONE;
  useEffect(() => {
    const now = serverTime();
    const next = Math.min(...list.filter((s) => !s.back).flatMap((s) => [s.until, s.due_at ?? '']).map((x) => Date.parse(x)).filter((x) => x > now));
    if (next === Infinity) return;
    const timer = setTimeout(() => void cache.invalidateQueries({ queryKey: KEY }), Math.min(next - now + 500, LONGEST_MS));
    return () => clearTimeout(timer);
  }, [list, cache]);
  return list;
}

/** A row, and what is folded into it: they go together. */
const partsOf = (i: Item): { entity: string; id: number }[] =>
  i.task ? [{ entity: 'task', id: i.task.id }] : [{ entity: i.entity, id: i.id }, ...i.below.map((r) => ({ entity: String(r.entity), id: r.id }))];

export function useSnoozing() {
  const cache = useQueryClient();
  const each = async (items: Item[], act: (path: string) => Promise<unknown>) => {
    try {
      for (const p of items.flatMap(partsOf)) await act(`/me/snoozes/${seg(p.entity)}/${p.id}`);
    } finally {
      await cache.invalidateQueries({ queryKey: KEY });
    }
  };
  return {
    away: (items: Item[], until: string) => each(items, (path) => call('PUT', path, { body: { until } })),
    back: (items: Item[]) => each(items, (path) => call('DELETE', path)),
  };
}

export const snoozeOf = (list: Snooze[], i: Item) => list.find((s) => (i.task ? s.entity === 'task' && s.id === i.task.id : s.entity === i.entity && s.id === i.id));

/** Times that one mostly means, in the reader's zone. */
export function proposed(now: Date): { name: 'hour' | 'tomorrow' | 'monday'; at: string }[] {
  const at = (days: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 9).toISOString();
  return [
    { name: 'hour', at: new Date(now.getTime() + 3600_000).toISOString() },
    { name: 'tomorrow', at: at(1) },
    { name: 'monday', at: at((8 - now.getDay()) % 7 || 7) },
  ];
}
