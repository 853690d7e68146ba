// SPDX-License-Identifier: Apache-2.0
//
// List.tsx -- the records of any entity: as a table, a board by state, a calendar, or a map of its states; live.
//
// What one looks at stands in the address, so that it can be sent to somebody and the browser's Back returns to it:
//     view  a view of the model          f      further conditions, in the filter language of the API
//     as    board, calendar, map         cols   the columns           state, q  the two quick filters
//     sort  fields, - descending         dense  loose: taller rows    by, day, span  of the calendar
// All but the table come in parts of their own, when they are first looked at.
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useSearchParams } from 'wouter';
import { mayCreate, useUser } from '../core/auth';
import type { Problem } from '../core/api';
import { inside, useText } from '../core/i18n';
import { recall } from '../core/keep';
import { useSettled } from '../core/settled';
import { useTitle } from '../core/title';
import { Loading, ProblemBanner } from '../kit/Banner';
import { Button, LinkButton } from '../kit/Button';
import { Icon } from '../kit/Icon';
import { PlainChoice } from '../kit/plain/Choice';
import { both, columnsOf, defaultSort, fieldsFor, filterOf, foundBy, nameOf, searchField } from './columns';
import { Count, useCounts } from './counts';
import { askList, useList } from './data';
import { powersOf, useEntity, useIndex, type Entity, type Row } from './entity';
import { partsAhead } from './registry';
import { SavedViews, useSavedViews } from './SavedViews';
import { Siblings } from './Siblings';
import { Table, type Marks } from './Table';
import './views.css';

export { nameOf } from './columns';

const Board = lazy(() => import('./Board').then((m) => ({ default: m.Board })));
const Calendar = lazy(() => import('./Calendar').then((m) => ({ default: m.Calendar })));
const StateMap = lazy(() => import('./StateMap').then((m) => ({ default: m.StateMap })));
const Filter = lazy(() => import('./Filter').then((m) => ({ default: m.Filter })));
const Options = lazy(() => import('./Options').then((m) => ({ default: m.Options })));
const Bulk = lazy(() => import('./Bulk').then((m) => ({ default: m.Bulk })));
const Left = lazy(() => import('./Bulk').then((m) => ({ default: m.Left })));

export function ListPage({ name }: { name: string }) {
  const entity = useEntity(name);
  if (entity.error) return <ProblemBanner problem={entity.error as Problem} />;
  if (!entity.data) return <Loading />;
  return <List key={name} entity={entity.data} />;
}

/** A change of what stands in the address; an empty text takes it out. */
export type Put = (changes: Record<string, string>) => void;

const LOOKS = ['table', 'board', 'calendar', 'map'] as const;
type Look = (typeof LOOKS)[number];
const looksOf = (entity: Entity): readonly Look[] => LOOKS.filter((l) =>
  l === 'table' || (l === 'calendar' ? dateFields(entity).length > 0 : entity.states.length > 1));
export const dateFields = (entity: Entity) => entity.fields.filter((f) => ['date', 'datetime'].includes(f.type) && !f.hidden);

function List({ entity }: { entity: Entity }) {
  const text = useText();
  const { t, pick } = text;
  const me = useUser();
  const powers = powersOf(me.roles, useIndex().data);
  const [search, setSearch] = useSearchParams();
  const view = entity.views.find((v) => v.name === search.get('view'));
  const state = search.get('state') ?? '';
  const f = search.get('f') ?? '';
  const looks = looksOf(entity);
  const look = looks.find((l) => l === search.get('as')) ?? 'table';
  const sort = search.get('sort') ?? (view?.sort || defaultSort(entity));
  const [words, setWords] = useState(search.get('q') ?? '');
  const [open, setOpen] = useState<'filter' | 'options' | ''>('');
  const q = useSettled(words.trim(), 300);
  useTitle(pick(entity.plural));

  const put: Put = (changes) => setSearch((old) => {
    const next = new URLSearchParams(old);
    for (const [k, v] of Object.entries(changes)) if (v) next.set(k, v); else next.delete(k);
    return next;
  }, { replace: true });
  useEffect(() => {
    if (q !== (search.get('q') ?? '')) put({ q });
  });

  const finds = searchField(entity);
  const found = foundBy(entity, q);
  const filter = both(view?.filter, look === 'board' || look === 'map' ? '' : state && `state==${state}`, f, found);
  const saved = useSavedViews(entity.name);
  const asks = [...entity.views.map((v) => v.filter), ...(saved ?? []).map((v) => filterOf(entity, new URLSearchParams(v.query ?? '')) ?? '')];
  const counts = useCounts(entity.name, asks);
  const columns = columnsOf(entity, view, powers, search.get('cols') ?? undefined);
  const filtered = !!(view || state || q || f);
  const clear = () => {
    setWords('');
    put({ view: '', state: '', q: '', f: '', sort: '' });
  };

  return (
    <div className="page list-page" data-keys="" tabIndex={-1} data-density={search.get('dense') === 'loose' ? 'comfortable' : undefined}>
      <Siblings entity={entity.name} />
      <div className="page-head">
        <h1>{pick(entity.plural)}</h1>
        <span className="spring" />
        {looks.length > 1 && (
          <div className="looks" role="group" aria-label={t('list.look')}>
            {looks.map((l) => <Button key={l} small look="quiet" aria-pressed={l === look} onClick={() => put({ as: l === 'table' ? '' : l })}>{t(`list.as_${l}`)}</Button>)}
          </div>
        )}
        <Button small look="quiet" className="wide-only" onClick={() => print()}>{t('act.print')}</Button>
        {mayCreate(me, entity.name) && (
          <>
            <LinkButton href={`/e/${entity.name}/import`} look="quiet">{t('import.open')}</LinkButton>
            <LinkButton href={`/e/${entity.name}/new`} look="primary">
              <Icon name="plus" />{t('list.new', { what: inside(pick(entity.label)) })}
            </LinkButton>
          </>
        )}
      </div>
      <div className="filters">
          <div className="views" role="group" aria-label={t('list.views')}>
            <Button small look="quiet" aria-pressed={!view && !search.get('saved')} onClick={() => { setWords(''); put({ view: '', sort: '', saved: '', state: '', q: '' }); }}>{t('list.all')}</Button>
            {entity.views.map((v) => (
              <Button key={v.name} small look="quiet" aria-pressed={v === view && !search.get('saved')} onClick={() => put({ view: v.name, sort: '', saved: '' })}>{pick(v.label)}<Count of={counts[v.filter]} /></Button>
            ))}
            <SavedViews listed={entity.name} search={search} count={(query) => counts[filterOf(entity, query) ?? '']} onTake={(next) => { setWords(next.get('q') ?? ''); setSearch(next, { replace: true }); }} />
          </div>
        <div className="filter-row">
          {entity.states.length > 0 && look !== 'board' && look !== 'map' && (
            <PlainChoice label={t('field.state')} value={state} none={t('list.any_state')} onChange={(s) => put({ state: s })}
              options={entity.states.map((s) => ({ value: s.name, label: pick(s.label) }))} />
          )}
          {finds && (
            <input className="inp find" type="search" aria-label={t('list.find_in', { field: inside(nameOf(entity, finds.name, text)) })}
              placeholder={t('list.find_in', { field: inside(nameOf(entity, finds.name, text)) })}
              value={words} onChange={(e) => setWords(e.target.value)} />
          )}
          <Button onClick={() => setOpen('filter')} aria-haspopup="dialog"><Icon name="plus" />{t('filter.open')}</Button>
          <Button look="quiet" onClick={() => setOpen('options')} aria-haspopup="dialog">{t('list.options')}</Button>
          {filtered && <Button look="quiet" onClick={clear}>{t('list.clear')}</Button>}
        </div>
        {(f || open === 'filter') && (
          <Suspense fallback={null}>
            <Filter entity={entity} powers={powers} value={f} within={both(view?.filter, found)} adding={open === 'filter'} onChange={(x) => put({ f: x })}
              onDone={() => setOpen('')} />
          </Suspense>
        )}
      </div>
      {open === 'options' && (
        <Suspense fallback={null}>
          <Options entity={entity} powers={powers} columns={columns} sort={sort} loose={search.get('dense') === 'loose'} put={put} onClose={() => setOpen('')} />
        </Suspense>
      )}
      {look === 'table' ? (
        <Rows entity={entity} columns={columns} filter={filter} sort={sort} put={put} filtered={filtered} onClear={clear} />
      ) : (
        <Suspense fallback={<Loading />}>
          {look === 'board' && <Board entity={entity} filter={filter} sort={sort} columns={columns} />}
          {look === 'calendar' && <Calendar entity={entity} filter={filter} put={put} search={search} />}
          {look === 'map' && <StateMap entity={entity} filter={filter} />}
        </Suspense>
      )}
    </div>
  );
}

interface RowsProps {
  entity: Entity;
  columns: string[];
  filter?: string;
  sort: string;
  put: Put;
  filtered: boolean;
  onClear(): void;
}

/** The table with its pages, its count and what can be done with many rows at once. */
function Rows({ entity, columns, filter, sort, put, filtered, onClear }: RowsProps) {
  const { t, pick } = useText();
  const me = useUser();
  const query = { filter, sort, limit: 50, count: true, fields: fieldsFor(entity, columns) };
  const cache = useQueryClient();
  const rows = useList(entity.name, query);
  const [left] = useState(() => recall(`job.${me.id}.${entity.name}`) !== null);
  const items = rows.data?.pages.flatMap((p) => p.items) ?? [];
  const count = rows.data?.pages[0]?.count;
  const marks = useMarks(items, filter ?? '');
  // Who looks at a list will open a row: its page comes while nothing else is to be done.
  useEffect(() => {
    if (!items.length) return;
    const timer = setTimeout(() => (window.requestIdleCallback ?? setTimeout)(() => partsAhead(entity.name)), 500);
    return () => clearTimeout(timer);
  }, [entity.name, items.length > 0]);
  const works = me.grants[entity.name]?.write ?? 'none';

  return (
    <>
      <p className="muted count" aria-live="polite">{count === undefined ? '\u00a0' : t('list.count', { n: String(count) })}</p>
      {left && <Suspense fallback={null}><Left entity={entity} /></Suspense>}
      {rows.error && <ProblemBanner problem={rows.error as Problem} action={<Button small onClick={() => rows.refetch()}>{t('act.retry')}</Button>} />}
      {rows.isPending && <Loading shape="list" />}
      {rows.data && items.length === 0 && (
        <div className="nothing">
          <p>{filtered ? t('list.no_match') : t('list.empty', { what: inside(pick(entity.plural)) })}</p>
          {filtered && <Button onClick={onClear}>{t('list.clear')}</Button>}
        </div>
      )}
      {marks.ids.size > 0 && (
        <Suspense fallback={null}>
          <Bulk entity={entity} rows={marks.rows} columns={columns} onClear={() => marks.all(false)}
            more={rows.hasNextPage && count !== undefined && marks.rows.length === items.length ? { query, count } : undefined} />
        </Suspense>
      )}
      {items.length > 0 && (
        <Table entity={entity} columns={columns.filter((c) => c in items[0])} items={items} sort={sort} onSort={(s) => put({ sort: s })}
          onSortAhead={(s) => void cache.prefetchInfiniteQuery(askList(entity.name, { ...query, sort: s }))}
          stale={rows.isPlaceholderData} marks={works !== 'none' ? marks : undefined} edits={works !== 'none'} />
      )}
      {rows.hasNextPage && (
        <p className="more"><Button busy={rows.isFetchingNextPage} onClick={() => rows.fetchNextPage()}>{t('list.more')}</Button></p>
      )}
    </>
  );
}

/** The marked rows. Another filter is another list: nothing stays marked that is not seen. */
function useMarks(items: Row[], list: string): Marks & { rows: Row[] } {
  const [kept, setKept] = useState<{ list: string; ids: ReadonlySet<number>; last?: number }>({ list, ids: new Set() });
  const ids = kept.list === list ? kept.ids : new Set<number>();
  return {
    ids,
    rows: items.filter((i) => ids.has(i.id)),
    toggle: (id, range) => {
      const next = new Set(ids);
      const from = items.findIndex((i) => i.id === kept.last), to = items.findIndex((i) => i.id === id);
      if (range && from >= 0 && to >= 0) for (const i of items.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(i.id);
      else if (next.has(id)) next.delete(id);
      else next.add(id);
      setKept({ list, ids: next, last: id });
    },
    all: (on) => setKept({ list, ids: new Set(on ? items.map((i) => i.id) : []) }),
  };
}
