// SPDX-License-Identifier: Apache-2.0
//
// data.ts -- what the administrator's screens ask of the server.
//
// Keys of the cache begin with 'admin'; a changed model makes ['admin', '/model…'] stale too (useChanged).
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, type Query } from '../../core/api';
import type { Label } from '../../core/i18n';

export interface Fault {
  file: string;
  line: number | null;
  column: number | null;
  code: string;
  text: Label;
}
export interface Person {
  id: number;
  name: string;
}
export interface Patch {
  name: string;
  version: number;
  revision: number;
  removed: boolean;
  at: string;
  note: string;
  program: string;
  author: Person | null;
  text?: string;
  entity?: string | null;
  extends?: boolean;
  in_force?: boolean;
  aside?: Fault[];
}
export interface Patches {
  revision: number;
  model: string;
  items: Patch[];
}
export interface Checked {
  ok: boolean;
  faults: Fault[];
  plan: string[];
  hidden?: string[];
  name?: string;
  version?: number;
  revision?: number;
  entity?: Record<string, unknown> | null;
}
export interface Session {
  id: string;
  current: boolean;
  person: number;
  login: string;
  name: string;
  created_at: string;
  seen_at: string;
  address: string;
}
export interface Token {
  id: number;
  person: number;
  login: string;
  person_name: string;
  name: string;
  created_at: string;
  expires_at: string | null;
  used_at: string | null;
}
export interface Ways {
  login: string;
  active: boolean;
  password_changed_at: string | null;
  invited_until: string | null;
  sessions: Session[];
  tokens: Token[];
}

export const useAdmin = <T>(path: string, query?: Query, enabled = true) =>
  useQuery({ queryKey: ['admin', path, query ?? {}], queryFn: ({ signal }) => get<T>(path, query, signal), enabled });

/** After a deed: all administrator's pages are read again. */
export function useChanged() {
  const cache = useQueryClient();
  return () => cache.invalidateQueries({ queryKey: ['admin'] });
}

/** The lines of two texts side by side: kept, gone, new. */
export function diffLines(before: string, after: string): { mark: ' ' | '-' | '+'; text: string }[] {
  const a = before.split('\n');
  const b = after.split('\n');
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
  const out: { mark: ' ' | '-' | '+'; text: string }[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length)
    if (i < a.length && j < b.length && a[i] === b[j]) out.push({ mark: ' ', text: a[i++] }), j++;
    else if (j >= b.length || (i < a.length && common[i + 1][j] >= common[i][j + 1])) out.push({ mark: '-', text: a[i++] });
    else out.push({ mark: '+', text: b[j++] });
  return out;
}
