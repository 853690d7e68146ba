// SPDX-License-Identifier: Apache-2.0
//
// SavedViews.tsx -- what people look at often in a list, as buttons over it: their own, those of their teams and roles. A view
// is the list's address (filter, words, sorting) under a name; the one that is open stands in it as `saved`.
//
// An open view whose address was changed is marked, and can be saved or left as it was.  A view that `opens first` is taken
// when the list is opened without any question.  Not here: how many records a view has (counts.tsx).
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { call, get, Problem, seg } from '../core/api';
import { useUser } from '../core/auth';
import { useText } from '../core/i18n';
import { useActions } from '../core/keys';
import { toast } from '../core/toast';
import { Button } from '../kit/Button';
import { Icon } from '../kit/Icon';
import { Menu, type Entry } from '../kit/Menu';
import { Count } from './counts';
import type { Page } from './data';
import type { Row } from './entity';

const ViewDialog = lazy(() => import('./ViewDialog'));

export interface SavedView extends Row {
  name_en: string;
  name_zh: string;
  query: string | null;
  share: 'personal' | 'team' | 'role';
  standard: boolean;
  owner: number;
}

/** The question of an address, in one order, without what is no part of it. */
export function questionOf(search: URLSearchParams): string {
  const pairs = [...search].filter(([k, v]) => v && k !== 'saved').sort(([a], [b]) => a.localeCompare(b));
  return new URLSearchParams(pairs).toString();
}
const NONE: SavedView[] = [];
const RANK = { personal: 0, team: 1, role: 2 };

/** Undefined: not known yet; empty, too, when they cannot be read. */
export function useSavedViews(listed: string): SavedView[] | undefined {
  const me = useUser();
  const teams = (me.teams ?? []).join();
  const filter = [`owner==me;share==personal`, teams && `share==team;team=in=(${teams})`, `share==role;role=in=(${me.roles.join()})`].filter(Boolean).map((x) => `(${x})`).join(',');
  const found = useQuery({
    queryKey: ['list', 'saved_view', listed, filter], retry: false, staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const { items } = await get<Page>('/saved_view', { filter: `listed==${listed};(${filter})`, limit: 50 }, signal);
      return (items as SavedView[]).sort((a, b) => RANK[a.share] - RANK[b.share] || a.id - b.id);
    },
  });
  return found.data ?? (found.isError ? NONE : undefined);
}

interface Props {
  listed: string;
  search: URLSearchParams;
  onTake(query: URLSearchParams): void;
  /** how many records a question has, once that is known */
  count?: (query: URLSearchParams) => number | string | undefined;
}

export function SavedViews({ listed, search, onTake, count }: Props) {
  const { t, lang } = useText();
  const me = useUser();
  const cache = useQueryClient();
  const views = useSavedViews(listed);
  const [asking, setAsking] = useState<SavedView | 'new' | null>(null);
  const question = questionOf(search);
  const open = views?.find((v) => String(v.id) === search.get('saved'));
  const dirty = !!open && questionOf(new URLSearchParams(open.query ?? '')) !== question;
  const mine = !!open && (open.owner === me.id || me.grants.saved_view?.write === 'all');
  const nameOf = (v: SavedView) => (lang === 'zh' ? v.name_zh : v.name_en);
  const take = (v: SavedView) => {
    const next = new URLSearchParams(v.query ?? '');
    next.set('saved', String(v.id));
    onTake(next);
  };
  const again = () => cache.invalidateQueries({ queryKey: ['list', 'saved_view'] });
  const change = async (act: () => Promise<unknown>, done: string) => {
    try {
      await act();
      await again();
      toast(done, { ms: 4000 });
    } catch (e) {
      toast(e instanceof Problem ? e.detail?.[lang] ?? e.message : String(e), { bad: true });
    }
  };
  const path = (v: SavedView) => `/saved_view/${seg(v.id)}`;

  // The list was opened without a question: the view that opens first, once.
  const asked = useRef(search.size > 0);
  useEffect(() => {
    if (asked.current || !views) return;
    asked.current = true;
    const first = views.find((v) => v.standard);
    if (first && !search.size) take(first);
  });
  useActions((views ?? []).map((v) => ({ id: `view.${v.id}`, label: t('view.open', { name: nameOf(v) }), group: 'list', run: () => take(v) })));

  const entries: Entry[] = open && mine ? [
    { id: 'edit', label: t('view.edit'), act: () => setAsking(open) },
    { id: 'remove', label: t('view.remove'), act: () => void change(async () => {
      await call('DELETE', path(open), { version: open._v });
      const next = new URLSearchParams(search);
      next.delete('saved');
      onTake(next);
    }, t('view.removed', { name: nameOf(open) })) },
  ] : [];
  if (!views || !me.grants.saved_view) return null;
  return (
    <>
      {views.map((v) => (
        <Button key={v.id} small look="quiet" className="saved-view" aria-pressed={v === open} onClick={() => take(v)}>
          {nameOf(v)}
          <Count of={count?.(new URLSearchParams(v.query ?? ''))} />
          {v === open && dirty && <span className="dirty" title={t('view.dirty')}>•<span className="hidden-label"> {t('view.dirty')}</span></span>}
        </Button>
      ))}
      {dirty && mine && (
        <Button small onClick={() => void change(() => call('PATCH', path(open), { body: { query: question || null }, version: open._v }), t('view.saved', { name: nameOf(open) }))}>
          {t('view.save')}
        </Button>
      )}
      {me.grants.saved_view.create && question && (!open || dirty) && <Button small look="quiet" onClick={() => setAsking('new')}><Icon name="plus" />{t('view.save_as')}</Button>}
      {entries.length > 0 && <Menu className="btn quiet small" entries={entries}><Icon name="more" /><span className="hidden-label">{t('view.more')}</span></Menu>}
      {asking && (
        <Suspense>
          <ViewDialog listed={listed} query={question} view={asking === 'new' ? undefined : asking} onClose={() => setAsking(null)}
            onSaved={async (id) => {
              setAsking(null);
              await again();
              const next = new URLSearchParams(search);
              next.set('saved', String(id));
              onTake(next);
            }} />
        </Suspense>
      )}
    </>
  );
}
