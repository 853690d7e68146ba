// SPDX-License-Identifier: Apache-2.0
//
// auth.ts -- who is signed in: /me, login, logout.
//
// `me` is the query ['me'] of the cache: undefined while unknown, null when nobody is signed in.
import { queryOptions, useQuery, type QueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { api, onSignedOut, Problem, setCsrf } from './api';
import { setZone } from './format';
import { setLang } from './i18n';
import { recall } from './keep';
import { setSessionOver } from './session';

export interface Grant {
  read?: string;
  write?: string;
  act?: string;
  create?: boolean;
  delete?: boolean;
}
export interface Me {
  id: number;
  login: string;
  name: string;
  roles: string[];
  tier?: number | null;
  team?: number | null;
  teams?: number[];
  account?: number | null;
  language?: string | null;
  zone?: string | null;
  csrf?: string;
  /** when this browser's session ends, however much it is used */
  session_ends?: string;
  /** the number to call at any hour */
  hotline?: string;
  grants: Record<string, Grant>;
}

/** A customer sees plain states and writes only to the open conversation. */
export const isCustomer = (me: Me) => me.roles.length > 0 && me.roles.every((r) => r.startsWith('customer'));
export const mayRead = (me: Me, entity: string) => {
  const g = me.grants[entity];
  return !!g && !!g.read && g.read !== 'none';
};
export const mayCreate = (me: Me, entity: string) => me.grants[entity]?.create === true;

function arrived(me: Me): Me {
  setCsrf(me.csrf);
  setZone(me.zone);
  // The person's own choice on this computer stands above the profile's.
  if (!recall('lang') && (me.language === 'zh' || me.language === 'en')) void setLang(me.language, false);
  return me;
}

async function fetchMe(): Promise<Me | null> {
  try {
    const { data } = await api.GET('/me');
    return arrived(data as unknown as Me);
  } catch (e) {
    if (e instanceof Problem && e.status === 401) return null;
    throw e;
  }
}

export const ME = queryOptions({ queryKey: ['me'], queryFn: fetchMe, staleTime: Infinity, gcTime: Infinity, retry: 1 });
export const useMe = () => useQuery(ME);

const Person = createContext<Me | null>(null);
/** Around all screens below the shell: a cell of a table asks who reads it, and five hundred of them must not watch the cache. */
export const PersonProvider = Person.Provider;
/** The signed-in person; only for screens below the shell, which is not drawn without one. */
export function useUser(): Me {
  const me = useContext(Person);
  if (!me) throw new Error('useUser outside the shell');
  return me;
}

export async function login(cache: QueryClient, name: string, password: string): Promise<void> {
  const { data } = await api.POST('/login', { body: { login: name, password } });
  const answer = data as unknown as { user: Me; csrf?: string };
  cache.clear();
  cache.setQueryData(['me'], arrived({ ...answer.user, csrf: answer.csrf ?? answer.user.csrf }));
}

export async function logout(cache: QueryClient): Promise<void> {
  await api.POST('/logout');
  leave(cache);
}

/** The same person once more, over the page: nothing on it is thrown away. Another person begins anew. */
export async function loginAgain(cache: QueryClient, me: Me, password: string): Promise<void> {
  const { data } = await api.POST('/login', { body: { login: me.login, password } });
  const answer = data as unknown as { user: Me; csrf?: string };
  if (answer.user.id !== me.id) return location.reload();
  cache.setQueryData(['me'], arrived({ ...answer.user, csrf: answer.csrf ?? answer.user.csrf }));
  setSessionOver(false);
  void cache.invalidateQueries({ predicate: (q) => q.queryKey[0] !== 'me' && q.queryKey[0] !== 'presence' });
}

/** Forgets what the person saw; drafts stay, they are kept under the person's id. */
export function leave(cache: QueryClient): void {
  setCsrf('');
  cache.setQueryData(['me'], null);
  cache.removeQueries({ predicate: (q) => q.queryKey[0] !== 'me' });
}

/** `stay`: the page stands while one logs in again over it. */
export function watchSession(cache: QueryClient, stay = false): void {
  onSignedOut(() => {
    if (!cache.getQueryData(['me'])) return;
    if (stay) setSessionOver(true);
    else leave(cache);
  });
}
