// SPDX-License-Identifier: Apache-2.0
//
// Audit.tsx -- who changed what when, newest first, in the model's words; its inner names stand in the title of each.
import { useInfiniteQuery, useQueries } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { get, type Problem } from '../../core/api';
import { useText, type MessageId } from '../../core/i18n';
import { useTitle } from '../../core/title';
import { Loading, ProblemBanner } from '../../kit/Banner';
import { Button } from '../../kit/Button';
import { plain } from '../../model/Cell';
import { linksOfChanges, useNames } from '../../model/data';
import { askEntity, useIndex, type Entity } from '../../model/entity';
import { Ask, SelectField, Table, TextField, WhenField } from './parts';

interface Item {
  at: string;
  record?: number;
  seq?: number;
  entity?: string;
  number?: string | null;
  actor: number | null;
  actor_name: string | null;
  kind: string;
  name: string | null;
  from?: string | null;
  to?: string | null;
  login?: string;
  address?: string;
  data?: { changes?: Record<string, [unknown, unknown]>; reason?: string };
}
const KINDS = ['create', 'update', 'transition', 'remove', 'access', 'login'] as const;
/** Kinds that are not asked for, but told. */
const SAID = new Set<string>([...KINDS, 'notice', 'message', 'attachment', 'clock', 'import']);
const NAMES = ['person', 'entity', 'record', 'kind', 'from', 'until'] as const;

export function Audit() {
  const { t, pick } = useText();
  const [search, setSearch] = useSearchParams();
  const [form, setForm] = useState(Object.fromEntries(NAMES.map((n) => [n, search.get(n) ?? ''])) as Record<(typeof NAMES)[number], string>);
  const asked = Object.fromEntries(NAMES.map((n) => [n, search.get(n) ?? '']));
  const index = useIndex().data;
  const list = useInfiniteQuery({
    queryKey: ['admin', '/admin/audit', asked],
    queryFn: ({ pageParam, signal }) => get<{ items: Item[]; next: string | null }>('/admin/audit', { ...asked, limit: 50, cursor: pageParam }, signal),
    initialPageParam: '', getNextPageParam: (last) => last.next || undefined, retry: false,
  });
  useTitle(t('admin.page.audit'));
  const set = (n: (typeof NAMES)[number]) => (v: string) => setForm((f) => ({ ...f, [n]: v }));
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <>
      <div className="page-head"><h1>{t('admin.page.audit')}</h1></div>
      <Ask act={t('admin.audit.search')} busy={list.isFetching} onAsk={() => setSearch(new URLSearchParams(Object.entries(form).filter(([, v]) => v.trim()).map(([k, v]) => [k, v.trim()])))}>
        <TextField label={t('admin.audit.person')} value={form.person} onChange={set('person')} name="person" />
        <SelectField label={t('admin.audit.entity')} value={form.entity} onChange={set('entity')} none={t('admin.audit.any')} name="entity"
          options={(index?.entities ?? []).map((e) => [e.name, pick(e.label)])} />
        <TextField label={t('admin.audit.record')} value={form.record} onChange={set('record')} name="record" />
        <SelectField label={t('admin.audit.kind')} value={form.kind} onChange={set('kind')} none={t('admin.audit.any')} name="kind"
          options={KINDS.map((k) => [k, t(`admin.audit.kind_${k}` as MessageId)])} />
        <WhenField label={t('admin.audit.from')} value={form.from} onChange={set('from')} name="from" />
        <WhenField label={t('admin.audit.until')} value={form.until} onChange={set('until')} name="until" />
      </Ask>
      {list.error && <ProblemBanner problem={list.error as unknown as Problem} />}
      {list.isLoading ? <Loading /> : !items.length ? <p className="muted">{t('admin.none')}</p> : <Found items={items} />}
      {list.hasNextPage && <div className="actions"><Button busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>{t('admin.audit.more')}</Button></div>}
      {!form.from && !form.record && <p className="muted">{t('admin.audit.span')}</p>}
    </>
  );
}

/** Names of events that the model does not know: logins, access, notices of clocks. */
const NAMED = new Set(['ok', 'wrong', 'locked', 'inactive', 'logout', 'token_revoked', 'session_ended', 'password_set', 'invited', 'invite_used',
  'breach', 'clock_warning', 'nobody_accepts', 'reminder', 'page_duty_manager', 'management_level', 'update_due']);

/** A word of the model in the reader's language, with its inner name for who looks it up; the inner name alone where there is none. */
function Word({ name, label }: { name: string; label?: string }) {
  return label && label !== name ? <span title={name}>{label}</span> : <span className="mono">{name}</span>;
}

type EntityMap = Map<string, Entity>;

/** The model of each kind of record on the page. */
function useEntities(items: Item[]): EntityMap {
  const names = [...new Set(items.flatMap((x) => x.entity ?? []))].sort();
  return useQueries({
    queries: names.map((n) => ({ ...askEntity(n), retry: false })),
    combine: (found) => new Map(found.flatMap((q) => (q.data ? [[q.data.name, q.data] as const] : []))),
  });
}

/** The records that changed links named or name. */
function linksOf(items: Item[], entities: EntityMap): Map<string, Set<number>> {
  const wanted = new Map<string, Set<number>>();
  for (const x of items) {
    const entity = entities.get(x.entity ?? '');
    if (entity) linksOfChanges(entity, Object.entries(x.data?.changes ?? {}).map(([name, values]): [string, ...unknown[]] => [name, ...values]), wanted);
  }
  return wanted;
}

function Found({ items }: { items: Item[] }) {
  const { t, pick, dateTime } = useText();
  const index = useIndex().data;
  const entities = useEntities(items);
  const names = useNames(useMemo(() => linksOf(items, entities), [items, entities]));
  const entry = (e?: string) => index?.entities.find((x) => x.name === e);
  const word = (e?: string) => pick(entry(e)?.label, e);
  /** A child (task, link ...) has its own name as the kind of event. */
  const kind = (x: Item) => (SAID.has(x.kind) ? t(`admin.audit.kind_${x.kind}` as MessageId) : entry(x.kind) ? <Word name={x.kind} label={word(x.kind)} /> : x.kind);
  const called = (x: Item) => {
    if (!x.name || x.name === x.kind) return null;
    const step = entities.get(x.entity ?? '')?.transitions.get(x.name);
    const label = step ? pick(step.label) : NAMED.has(x.name) ? t(`admin.audit.name_${x.name}` as MessageId)
      : SAID.has(x.name) ? t(`admin.audit.kind_${x.name}` as MessageId) : undefined;
    return <Word name={x.name} label={label} />;
  };
  return (
    <Table name={t('admin.page.audit')} heads={[t('admin.audit.at'), t('admin.audit.col_person'), t('admin.audit.what'), t('admin.audit.col_record'), t('admin.audit.changes')]}>
      {items.map((x, i) => {
        const name = called(x);
        return (
          <tr key={`${x.at} ${x.record} ${x.seq} ${i}`}>
            <td>{dateTime(x.at)}</td>
            <td>{x.actor_name ?? x.login ?? t('admin.audit.system')}</td>
            <td>{kind(x)}{name && <>{t('list.colon')}{name}</>}</td>
            <td>{x.entity && x.record ? <Link href={`/e/${x.entity}/${x.record}`}>{word(x.entity)} {x.number ?? `#${x.record}`}</Link> : x.address}</td>
            <td><Changes item={x} entity={entities.get(x.entity ?? '')} names={names} /></td>
          </tr>
        );
      })}
    </Table>
  );
}

const short = (s: string) => (s.length > 80 ? s.slice(0, 79) + '…' : s);

function Changes({ item, entity, names }: { item: Item; entity?: Entity; names(entity: string, id: unknown): string | undefined }) {
  const text = useText();
  const { t, pick } = text;
  const changes = Object.entries(item.data?.changes ?? {});
  const called = (f: string) => (entity?.field.has(f) ? pick(entity.field.get(f)!.label) : undefined);
  const state = (s: string) => <Word name={s} label={pick(entity?.state.get(s)?.label)} />;
  const shown = (name: string, v: unknown) => {
    const f = entity?.field.get(name);
    return short((f?.to && v != null && names(f.to, v)) || plain(f, v, text));
  };
  return (
    <>
      {item.from && item.to && item.from !== item.to && <span>{state(item.from)} → {state(item.to)} </span>}
      {item.data?.reason && <span>{item.data.reason} </span>}
      {changes.length > 0 && (
        <details>
          <summary>{changes.slice(0, 3).map(([f]) => called(f) || f).join(t('list.comma'))}{changes.length > 3 ? ` +${changes.length - 3}` : ''}</summary>
          <ul className="changes">{changes.map(([f, [a, b]]) => <li key={f}><Word name={f} label={called(f)} />{t('list.colon')}{shown(f, a)} → {shown(f, b)}</li>)}</ul>
        </details>
      )}
    </>
  );
}
