// SPDX-License-Identifier: Apache-2.0
//
// Audit.tsx -- who changed what when, newest first.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { get, type Problem } from '../../core/api';
import { useText, type MessageId } from '../../core/i18n';
import { useTitle } from '../../core/title';
import { Loading, ProblemBanner } from '../../kit/Banner';
import { Button } from '../../kit/Button';
import { useIndex } from '../../model/entity';
import { Ask, SelectField, Table, TextField } from './parts';

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
        <TextField label={t('admin.audit.from')} value={form.from} onChange={set('from')} type="date" name="from" />
        <TextField label={t('admin.audit.until')} value={form.until} onChange={set('until')} type="date" name="until" />
      </Ask>
      {list.error && <ProblemBanner problem={list.error as unknown as Problem} />}
      {list.isLoading ? <Loading /> : !items.length ? <p className="muted">{t('admin.none')}</p> : <Found items={items} />}
      {list.hasNextPage && <div className="actions"><Button busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>{t('admin.audit.more')}</Button></div>}
      {!form.from && !form.record && <p className="muted">{t('admin.audit.span')}</p>}
    </>
  );
}

function Found({ items }: { items: Item[] }) {
  const { t, pick, dateTime } = useText();
  const index = useIndex().data;
  const word = (e?: string) => pick(index?.entities.find((x) => x.name === e)?.label, e);
  return (
    <Table name={t('admin.page.audit')} heads={[t('admin.audit.at'), t('admin.audit.person'), t('admin.audit.what'), t('admin.audit.record'), t('admin.audit.changes')]}>
      {items.map((x, i) => (
        <tr key={`${x.at} ${x.record} ${x.seq} ${i}`}>
          <td>{dateTime(x.at)}</td>
          <td>{x.actor_name ?? x.login ?? t('admin.audit.system')}</td>
          <td>{SAID.has(x.kind) ? t(`admin.audit.kind_${x.kind}` as MessageId) : x.kind} {x.name && x.name !== x.kind && <span className="mono muted">{x.name}</span>}</td>
          <td>{x.entity && x.record ? <Link href={`/e/${x.entity}/${x.record}`}>{word(x.entity)} {x.number ?? `#${x.record}`}</Link> : x.address}</td>
          <td><Changes item={x} /></td>
        </tr>
      ))}
    </Table>
  );
}

const shown = (v: unknown) => (v == null || v === '' ? '–' : typeof v === 'object' ? JSON.stringify(v) : String(v).length > 80 ? String(v).slice(0, 79) + '…' : String(v));

function Changes({ item }: { item: Item }) {
  const changes = Object.entries(item.data?.changes ?? {});
  return (
    <>
      {item.from && item.to && item.from !== item.to && <span className="mono">{item.from} → {item.to} </span>}
      {item.data?.reason && <span>{item.data.reason} </span>}
      {changes.length > 0 && (
        <details>
          <summary>{changes.slice(0, 3).map(([f]) => f).join(', ')}{changes.length > 3 ? ` +${changes.length - 3}` : ''}</summary>
          <ul className="changes">{changes.map(([f, [a, b]]) => <li key={f}><span className="mono">{f}</span>: {shown(a)} → {shown(b)}</li>)}</ul>
        </details>
      )}
    </>
  );
}
