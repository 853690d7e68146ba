// SPDX-License-Identifier: Apache-2.0
//
// Deliveries.tsx -- "was I told, when, how?" across records: what was sent to whom by which way, newest first. Who oversees
// searches them all, everybody else finds what was told to oneself; what is found can be saved as CSV.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Link, useSearchParams } from 'wouter';
import { get, type Problem } from '../core/api';
import { useUser } from '../core/auth';
import { saveCsv } from '../core/csvfile';
import { useText, type MessageId } from '../core/i18n';
import { useTitle } from '../core/title';
import { Banner, Loading, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { DateField } from '../kit/DateField';
import { Field } from '../kit/Field';
import { Tag } from '../kit/Tag';
import { useHabits, type Told } from './data';
import { InboxTabs } from './Tabs';
import { how, reasonOf, TONE } from './words';
import './inbox.css';

interface Delivery extends Told {
  id: number;
  about: number | null;
  entity: string;
  number: string | null;
  kind: string;
}
const NAMES = ['to', 'record', 'kind', 'channel', 'state', 'since', 'until'] as const;
type Asked = Record<(typeof NAMES)[number], string>;
const CHANNELS = ['inbox', 'mail', 'none'] as const;
const STATES = ['due', 'sending', 'sent', 'failed', 'skipped'] as const;
export const OVERSEERS = ['administrator', 'service_manager', 'duty_manager'];

export default function Deliveries() {
  const { t } = useText();
  const all = useUser().roles.some((r) => OVERSEERS.includes(r));
  const [search, setSearch] = useSearchParams();
  const asked = Object.fromEntries(NAMES.map((n) => [n, search.get(n) ?? ''])) as Asked;
  const list = useInfiniteQuery({
    queryKey: ['inbox', 'deliveries', asked], initialPageParam: '', retry: false,
    queryFn: ({ pageParam, signal }) => get<{ items: Delivery[]; next: string | null }>('/deliveries', { ...asked, limit: 50, cursor: pageParam }, signal),
    getNextPageParam: (p) => p.next ?? undefined,
  });
  const title = t(all ? 'inbox.search.title' : 'inbox.search.title_own');
  useTitle(title);
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  const open = !asked.record && !asked.to && all && !asked.since;
  return (
    <div className="page inbox deliveries">
      <InboxTabs />
      <header className="inbox-head"><h1>{title}</h1><span className="spring" />{items.length > 0 && <Save items={items} />}</header>
      <Ask asked={asked} all={all} busy={list.isFetching} onAsk={(form) => setSearch(new URLSearchParams(Object.entries(form).filter(([, v]) => v.trim()).map(([k, v]) => [k, v.trim()])))} />
      {list.error ? <ProblemBanner problem={list.error as unknown as Problem} action={<Button small onClick={() => list.refetch()}>{t('act.retry')}</Button>} />
        : !list.data ? <Loading />
          : items.length === 0 ? <Banner><p>{t('inbox.search.none')}</p></Banner>
            : <Found items={items} name={title} />}
      {list.hasNextPage && <p><Button onClick={() => void list.fetchNextPage()} busy={list.isFetchingNextPage}>{t('inbox.more')}</Button></p>}
      {open && <p className="muted">{t('inbox.search.span')}</p>}
    </div>
  );
}

function Ask({ asked, all, busy, onAsk }: { asked: Asked; all: boolean; busy: boolean; onAsk(form: Asked): void }) {
  const { t, pick } = useText();
  const [form, setForm] = useState(asked);
  const kinds = useHabits().data?.kinds ?? [];
  const set = (n: keyof Asked) => (v: string) => setForm((f) => ({ ...f, [n]: v }));
  const text = (n: keyof Asked, label: string) => (
    <Field label={label} name={n}>
      {({ labelId: _l, ...w }) => <input className="inp" {...w} name={n} value={form[n]} onChange={(e) => set(n)(e.target.value)} autoCapitalize="none" spellCheck={false} />}
    </Field>
  );
  const day = (n: keyof Asked, label: string) => (
    <Field label={label} name={n} group>
      {(w) => <DateField wiring={w} name={n} value={form[n] || null} onChange={(v) => set(n)(v ?? '')} />}
    </Field>
  );
  const choice = (n: keyof Asked, label: string, options: [string, string][]) => (
    <Field label={label} name={n}>
      {({ labelId: _l, ...w }) => (
        <select className="inp" {...w} name={n} value={form[n]} onChange={(e) => set(n)(e.target.value)}>
          <option value="">{t('inbox.search.any')}</option>
          {options.map(([v, words]) => <option key={v} value={v}>{words}</option>)}
        </select>
      )}
    </Field>
  );
  return (
    <form className="told-ask" noValidate role="search" aria-label={t('inbox.search.form')} onSubmit={(e: FormEvent) => { e.preventDefault(); onAsk(form); }}>
      {all && text('to', t('inbox.search.to'))}
      {text('record', t('inbox.search.record'))}
      {choice('kind', t('inbox.kind'), kinds.map((k) => [k.kind, pick(k.label)]))}
      {choice('channel', t('inbox.channel'), CHANNELS.map((c) => [c, t(`inbox.way.${c}` as MessageId)]))}
      {choice('state', t('inbox.search.state'), STATES.map((s) => [s, t(`inbox.state.${s}` as MessageId)]))}
      {day('since', t('inbox.search.since'))}
      {day('until', t('inbox.search.until'))}
      <div className="told-acts">
        <Button type="submit" look="primary" busy={busy}>{t('inbox.search.act')}</Button>
      </div>
    </form>
  );
}

const placeOf = (x: Delivery) => (x.number ? `/c/${encodeURIComponent(x.number)}` : `/e/${x.entity}/${x.about}`);

function Found({ items, name }: { items: Delivery[]; name: string }) {
  const text = useText();
  const { t, pick, dateTime } = text;
  const heads = [t('inbox.search.at'), t('inbox.search.reader'), t('inbox.search.notice'), t('inbox.channel'), t('inbox.search.state')];
  return (
    <div className="table-box told-table" tabIndex={0} role="region" aria-label={name}>
      <table>
        <thead><tr>{heads.map((h) => <th key={h} scope="col">{h}</th>)}</tr></thead>
        <tbody>
          {items.map((x) => {
            const subject = pick(x.subject, x.about == null ? t('inbox.search.hidden') : x.template);
            const why = reasonOf(x, text);
            return (
              <tr key={x.id}>
                <td className="told-at"><time dateTime={x.sent_at ?? x.at}>{dateTime(x.sent_at ?? x.at)}</time></td>
                <td>{x.reader || '–'}<div className="small muted">{pick(x.why_text)}</div></td>
                <td>{x.about == null ? <span className="muted">{subject}</span> : <Link href={placeOf(x)}>{subject}</Link>}</td>
                <td>{how(x, text) || '–'}</td>
                <td>
                  <Tag tone={TONE[x.state]}>{t(`inbox.state.${x.state}` as MessageId)}</Tag>
                  {x.read_at && <div className="small">{t('inbox.was_read', { at: dateTime(x.read_at) })}</div>}
                  {why && <div className="small muted">{why}</div>}
                  {x.next_at && <div className="small muted">{t('inbox.next_try', { at: dateTime(x.next_at) })}</div>}
                  {x.error && <div className="small told-error">{x.error}</div>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Save({ items }: { items: Delivery[] }) {
  const text = useText();
  const { t, pick } = text;
  const heads = [t('inbox.search.at'), t('inbox.search.reader'), t('inbox.search.why'), t('inbox.search.record'), t('inbox.search.notice'), t('inbox.channel'), t('inbox.search.state'), t('inbox.search.reason'), t('inbox.search.read_at')];
  const save = () => saveCsv('notices', [heads, ...items.map((x) => [
    x.sent_at ?? x.at, x.reader ?? '', pick(x.why_text), x.number ?? '', pick(x.subject, x.template), how(x, text), t(`inbox.state.${x.state}` as MessageId),
    reasonOf(x, text) ?? x.error ?? '', x.read_at ?? '',
  ])]);
  return <Button small onClick={save}>{t('inbox.search.csv')}</Button>;
}
