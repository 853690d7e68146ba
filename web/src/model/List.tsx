// SPDX-License-Identifier: Apache-2.0
//
// List.tsx -- the rows of any entity: views, state and text filters, sorting, more by cursor; live.
//
// What one looks at stands in the address (?view=&state=&q=&sort=), so that it can be sent to somebody and the browser's
// Back returns to it. j and k (or the arrows) go through the rows while a row has the focus, Enter opens it.
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import { mayCreate, useUser } from '../core/auth';
import { Problem } from '../core/api';
import { useText, type Text } from '../core/i18n';
import { useSettled } from '../core/settled';
import { useTitle } from '../core/title';
import { Loading, ProblemBanner } from '../kit/Banner';
import { Button, LinkButton } from '../kit/Button';
import { PlainChoice } from '../kit/plain/Choice';
import { Icon } from '../kit/Icon';
import { Cell, empty, rightAligned } from './Cell';
import { useList } from './data';
import { powersOf, readableBy, useEntity, useIndex, type Entity, type Row, type View } from './entity';
import { Siblings } from './Siblings';

const FIXED_NAMES: Record<string, 'field.number' | 'field.state' | 'field.created_at' | 'field.updated_at' | 'field.stage'> = {
  number: 'field.number', state: 'field.state', customer_state: 'field.state', stage: 'field.stage',
  created_at: 'field.created_at', updated_at: 'field.updated_at',
};
/** The heading of a column or a row of details. */
export function nameOf(entity: Entity, name: string, text: Text): string {
  const f = entity.field.get(name);
  if (f) return text.pick(f.label, name);
  return name in FIXED_NAMES ? text.t(FIXED_NAMES[name]) : name;
}

const SORTABLE = new Set(['text', 'int', 'decimal', 'money', 'percent', 'duration', 'enum', 'date', 'datetime', 'serial', 'email', 'bool']);

export function ListPage({ name }: { name: string }) {
  const entity = useEntity(name);
  if (entity.error) return <ProblemBanner problem={entity.error as Problem} />;
  if (!entity.data) return <Loading />;
  return <List key={name} entity={entity.data} />;
}

function List({ entity }: { entity: Entity }) {
  const text = useText();
  const { t, pick } = text;
  const me = useUser();
  const powers = powersOf(me.roles, useIndex().data);
  const [search, setSearch] = useSearchParams();
  const view = entity.views.find((v) => v.name === search.get('view'));
  const state = search.get('state') ?? '';
  const sort = search.get('sort') ?? (view?.sort || defaultSort(entity));
  const [words, setWords] = useState(search.get('q') ?? '');
  const q = useSettled(words.trim(), 300);
  useTitle(pick(entity.plural));

  const put = (changes: Record<string, string>) => setSearch((old) => {
    const next = new URLSearchParams(old);
    for (const [k, v] of Object.entries(changes)) if (v) next.set(k, v); else next.delete(k);
    return next;
  }, { replace: true });
  useEffect(() => {
    if (q !== (search.get('q') ?? '')) put({ q });
  });

  const columns = columnsOf(entity, view, powers);
  const rows = useList(entity.name, {
    filter: filterOf(entity, view, state, q), sort, limit: 50, count: true,
    fields: view?.columns.some((c) => !entity.list.includes(c)) ? columns.filter((c) => entity.field.has(c)).join(',') : undefined,
  });
  const items = rows.data?.pages.flatMap((p) => p.items) ?? [];
  const count = rows.data?.pages[0]?.count;
  const filtered = !!(view || state || q);

  return (
    <div className="page list-page" data-keys="" tabIndex={-1}>
      <Siblings entity={entity.name} />
      <div className="page-head">
        <h1>{pick(entity.plural)}</h1>
        {count !== undefined && <span className="muted" aria-live="polite">{t('list.count', { n: String(count) })}</span>}
        <span className="spring" />
        {mayCreate(me, entity.name) && (
          <LinkButton href={`/e/${entity.name}/new`} look="primary">
            <Icon name="plus" />{t('list.new', { what: pick(entity.label) })}
          </LinkButton>
        )}
      </div>
      <div className="filters">
        {entity.views.length > 0 && (
          <div className="views" role="group" aria-label={t('list.views')}>
            <Button small look="quiet" aria-pressed={!view} onClick={() => put({ view: '', sort: '' })}>{t('list.all')}</Button>
            {entity.views.map((v) => (
              <Button key={v.name} small look="quiet" aria-pressed={v === view} onClick={() => put({ view: v.name, sort: '' })}>{pick(v.label)}</Button>
            ))}
          </div>
        )}
        <div className="filter-row">
          {entity.states.length > 0 && (
            <PlainChoice label={t('field.state')} value={state} none={t('list.any_state')} onChange={(s) => put({ state: s })}
              options={entity.states.map((s) => ({ value: s.name, label: pick(s.label) }))} />
          )}
          {searchField(entity) && (
            <input className="inp find" type="search" aria-label={t('list.find_in', { field: nameOf(entity, searchField(entity)!, text) })}
              placeholder={t('list.find_in', { field: nameOf(entity, searchField(entity)!, text) })}
              value={words} onChange={(e) => setWords(e.target.value)} />
          )}
        </div>
      </div>
      {rows.error && <ProblemBanner problem={rows.error as Problem} action={<Button small onClick={() => rows.refetch()}>{t('act.retry')}</Button>} />}
      {rows.isPending && <Loading />}
      {rows.data && items.length === 0 && (
        <div className="nothing">
          <p>{filtered ? t('list.no_match') : t('list.empty', { what: pick(entity.plural) })}</p>
          {filtered && <Button onClick={() => { setWords(''); put({ view: '', state: '', q: '', sort: '' }); }}>{t('list.clear')}</Button>}
        </div>
      )}
      {items.length > 0 && <Table entity={entity} columns={columns.filter((c) => c in items[0])} items={items} sort={sort} onSort={(s) => put({ sort: s })} stale={rows.isPlaceholderData} />}
      {rows.hasNextPage && (
        <p className="more"><Button busy={rows.isFetchingNextPage} onClick={() => rows.fetchNextPage()}>{t('list.more')}</Button></p>
      )}
    </div>
  );
}

function defaultSort(entity: Entity): string {
  return entity.field.has('reported_at') ? '-reported_at,id' : entity.kind === 'record' && entity.field.get(entity.display) ? entity.display : '-id';
}

/** A case shows its number and state first, whatever its list says; what may not be read has no column. */
function columnsOf(entity: Entity, view: View | undefined, powers: string[]): string[] {
  const own = (view?.columns.length ? view.columns : entity.list).filter((c) => {
    const f = entity.field.get(c);
    return !f || readableBy(f, powers);
  });
  const first = entity.kind === 'case' ? ['number'] : [];
  const state = entity.states.length && !own.includes('state') ? ['state'] : [];
  const [title, ...rest] = own;
  return [...new Set([...first, ...(title ? [title] : []), ...state, ...rest])];
}

function searchField(entity: Entity): string | null {
  const f = entity.field.get(entity.kind === 'case' ? 'title' : entity.display);
  return f && f.type === 'text' ? f.name : null;
}

function filterOf(entity: Entity, view: View | undefined, state: string, q: string): string | undefined {
  const parts: string[] = [];
  if (view?.filter) parts.push(view.filter.includes(',') ? `(${view.filter})` : view.filter);
  if (state) parts.push(`state==${state}`);
  const field = searchField(entity);
  if (q && field) parts.push(`${field}=like='*${q.replace(/['\\*]/g, ' ')}*'`);
  return parts.join(';') || undefined;
}

interface TableProps {
  entity: Entity;
  columns: string[];
  items: Row[];
  sort: string;
  onSort(sort: string): void;
  stale: boolean;
}

function Table({ entity, columns, items, sort, onSort, stale }: TableProps) {
  const text = useText();
  const [, go] = useLocation();
  const body = useRef<HTMLTableSectionElement>(null);
  const [by, down] = sort.startsWith('-') ? [sort.slice(1).split(',')[0], true] : [sort.split(',')[0], false];

  const keys = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.nativeEvent.isComposing) return;
    const step = e.key === 'j' || e.key === 'ArrowDown' ? 1 : e.key === 'k' || e.key === 'ArrowUp' ? -1 : 0;
    if (!step) return;
    const links = [...(body.current?.querySelectorAll<HTMLElement>('a.row-link') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    e.preventDefault();
    links[Math.max(0, Math.min(links.length - 1, at + step))].focus();
  };

  return (
    <div className="table-box" tabIndex={0} role="region" aria-label={text.pick(entity.plural)}>
      <table className={'rows' + (stale ? ' stale' : '')}>
        <thead>
          <tr>
            {columns.map((c) => {
              const f = entity.field.get(c);
              const sortable = f && SORTABLE.has(f.type);
              return (
                <th key={c} scope="col" className={rightAligned(f) ? 'num' : c === 'title' ? 'grow' : undefined}
                  aria-sort={by === c ? (down ? 'descending' : 'ascending') : undefined}>
                  {sortable ? (
                    <button type="button" className="sort" onClick={() => onSort(by === c && !down ? '-' + c : c)}>
                      {nameOf(entity, c, text)}{by === c && <Icon name={down ? 'down' : 'up'} />}
                    </button>
                  ) : nameOf(entity, c, text)}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={keys}>
          {items.map((row) => (
            <tr key={row.id} onClick={(e) => {
              if (!(e.target as HTMLElement).closest('a,button') && !getSelection()?.toString()) go(`/e/${entity.name}/${row.id}`);
            }}>
              {columns.map((c, i) => (
                <td key={c} className={(rightAligned(entity.field.get(c)) ? 'num ' : '') + (c === 'title' ? 'grow' : '') + (empty(row[c]) ? 'none' : '')}
                  title={c === 'title' ? String(row[c] ?? '') : undefined} data-label={nameOf(entity, c, text)}>
                  {i === 0
                    ? <Link className="row-link" href={`/e/${entity.name}/${row.id}`}><Cell entity={entity} row={row} name={c} short /></Link>
                    : <Cell entity={entity} row={row} name={c} short />}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
