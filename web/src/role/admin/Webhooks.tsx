// SPDX-License-Identifier: Apache-2.0
//
// Webhooks.tsx -- other programs that are told of events: the list, a new one, and one with its calls (docs/notices.md).
//
// A secret is shown once, in the answer that made it; this page forgets it when it is left.
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Link } from 'wouter';
import { call, get, seg, type Problem } from '../../core/api';
import { useText, type MessageId } from '../../core/i18n';
import { useTitle } from '../../core/title';
import { Banner, Loading, ProblemBanner } from '../../kit/Banner';
import { Button, LinkButton } from '../../kit/Button';
import { Field } from '../../kit/Field';
import { Tag } from '../../kit/Tag';
import type { Row } from '../../model/entity';
import { Answer, faultAt, Table, TextField, useDeed } from './parts';
import { useAdmin, useChanged } from './data';

interface Call {
  id: number;
  type: string;
  about: number;
  at: string;
  state: string;
  tries: number;
  next_at: string | null;
  sent_at: string | null;
  code: number | null;
  excerpt: string | null;
  error: string | null;
  body: unknown;
}
const PING = 'webhook.ping';
const TONE: Record<string, string> = { sent: 'state-closed', failed: 'sev-critical' };

export function Webhooks() {
  const { t } = useText();
  const hooks = useAdmin<{ items: Row[] }>('/webhook', { limit: 200, sort: 'name' });
  useTitle(t('admin.page.webhooks'));
  return (
    <>
      <div className="page-head">
        <h1>{t('admin.page.webhooks')}</h1>
        <span className="spring" />
        <LinkButton href="/admin/webhooks/new" look="primary">{t('admin.hook.new')}</LinkButton>
      </div>
      <p className="muted">{t('admin.hook.intro')}</p>
      <Answer of={hooks}>{(d) => (d.items.length ? (
        <Table name={t('admin.page.webhooks')} heads={[t('admin.hook.name'), t('admin.hook.url'), t('admin.hook.events'), t('admin.hook.state')]}>
          {d.items.map((h) => (
            <tr key={h.id}>
              <td><Link href={`/admin/webhooks/${h.id}`}>{String(h.name)}</Link></td>
              <td className="mono">{String(h.url)}</td>
              <td className="mono">{String(h.events)}</td>
              <td><Enabled hook={h} /></td>
            </tr>
          ))}
        </Table>
      ) : <p className="card muted">{t('admin.hook.none')}</p>)}</Answer>
    </>
  );
}

function Enabled({ hook }: { hook: Row }) {
  const { t } = useText();
  const on = hook.state === 'enabled';
  return <Tag tone={on ? 'state-closed' : 'state-waiting'}>{t(on ? 'admin.hook.on' : 'admin.hook.off')}</Tag>;
}

const EMPTY = { name: '', url: '', events: '*.create technical_request.*', note: '' };

/** Made, given a secret and, when wished, switched on: the secret stands here and nowhere else. */
export function NewWebhook() {
  const { t, pick } = useText();
  const [form, setForm] = useState(EMPTY);
  const [made, setMade] = useState<{ id: number; secret: string } | null>(null);
  // What was made before a later part failed is gone on with, not made twice.
  const begun = useRef(0);
  const deed = useDeed();
  const changed = useChanged();
  useTitle(t('admin.hook.new'));
  const set = (n: keyof typeof EMPTY) => (v: string) => setForm((f) => ({ ...f, [n]: v }));
  const make = () => deed.run('make', async () => {
    begun.current ||= (await call<{ id: number }>('POST', '/webhook', { body: { ...form, note: form.note || undefined } })).id;
    const id = begun.current;
    const { secret } = await call<{ secret: string }>('POST', `/webhook/${id}/secret`);
    await call('POST', `/webhook/${id}/enable`, { body: {} });
    setMade({ id, secret });
    await changed();
  });
  const loose = deed.problem && !['name', 'url', 'events'].some((n) => faultAt(deed.problem, n, pick)) ? deed.problem : null;
  return (
    <>
      <div className="page-head"><h1>{t('admin.hook.new')}</h1></div>
      {loose && <ProblemBanner problem={loose} />}
      {made ? (
        <>
          <Secret secret={made.secret} />
          <p><LinkButton href={`/admin/webhooks/${made.id}`} look="primary">{t('admin.hook.to_page', { name: form.name })}</LinkButton></p>
        </>
      ) : (
        <form className="hook-form card" noValidate onSubmit={(e) => { e.preventDefault(); void make(); }}>
          <TextField label={t('admin.hook.name')} name="name" required value={form.name} onChange={set('name')} error={faultAt(deed.problem, 'name', pick)} />
          <TextField label={t('admin.hook.url')} help={t('admin.hook.url_help')} name="url" type="url" required value={form.url} onChange={set('url')} error={faultAt(deed.problem, 'url', pick)} />
          <Field label={t('admin.hook.events')} help={t('admin.hook.events_help')} name="events" required error={faultAt(deed.problem, 'events', pick)}>
            {({ labelId: _l, ...w }) => <textarea className="inp mono" {...w} name="events" rows={3} spellCheck={false} value={form.events} onChange={(e) => set('events')(e.target.value)} />}
          </Field>
          <TextField label={t('admin.hook.note')} name="note" value={form.note} onChange={set('note')} />
          <div className="actions"><Button type="submit" look="primary" busy={deed.busy === 'make'}>{t('admin.hook.make')}</Button><LinkButton href="/admin/webhooks">{t('act.cancel')}</LinkButton></div>
        </form>
      )}
    </>
  );
}

function Secret({ secret }: { secret: string }) {
  const { t } = useText();
  const [copied, setCopied] = useState(false);
  return (
    <Banner>
      <p>{t('admin.hook.secret_once')}</p>
      <span className="pair">
        <input className="inp mono" readOnly aria-label={t('admin.hook.secret')} value={secret} onFocus={(e) => e.target.select()} />
        <Button onClick={() => void navigator.clipboard?.writeText(secret).then(() => setCopied(true))}>{t('admin.hook.copy')}</Button>
      </span>
      <p role="status" className="muted">{copied ? t('admin.hook.copied') : ''}</p>
    </Banner>
  );
}

export function WebhookPage({ id }: { id: string }) {
  const { t } = useText();
  const hook = useAdmin<Row>(`/webhook/${seg(id)}`);
  useTitle(hook.data ? String(hook.data.name) : t('admin.page.webhooks'));
  return <Answer of={hook}>{(h) => <One hook={h} />}</Answer>;
}

function One({ hook }: { hook: Row }) {
  const { t } = useText();
  const deed = useDeed();
  const changed = useChanged();
  const cache = useQueryClient();
  const [secret, setSecret] = useState('');
  const [asking, setAsking] = useState(false);
  const on = hook.state === 'enabled';
  const step = (name: string) => deed.run(name, async () => {
    await call('POST', `/webhook/${hook.id}/${name}`, { body: {} });
    await changed();
  });
  const renew = () => deed.run('secret', async () => {
    setAsking(false);
    setSecret((await call<{ secret: string }>('POST', `/webhook/${hook.id}/secret`)).secret);
  });
  const ping = () => deed.run('ping', async () => {
    await call('POST', `/webhook/${hook.id}/ping`);
    await cache.invalidateQueries({ queryKey: ['admin', 'calls', hook.id] });
  });
  return (
    <>
      <div className="page-head">
        <h1>{String(hook.name)}</h1>
        <Enabled hook={hook} />
        <span className="spring" />
        {on && <Button busy={deed.busy === 'ping'} onClick={() => void ping()}>{t('admin.hook.ping')}</Button>}
        <Button onClick={() => setAsking(true)}>{t('admin.hook.renew')}</Button>
        <LinkButton href={`/e/webhook/${hook.id}`}>{t('admin.hook.edit')}</LinkButton>
        {on ? <Button look="danger" busy={deed.busy === 'disable'} onClick={() => void step('disable')}>{t('admin.hook.disable')}</Button>
          : <Button look="primary" busy={deed.busy === 'enable'} onClick={() => void step('enable')}>{t('admin.hook.enable')}</Button>}
      </div>
      {deed.problem && <ProblemBanner problem={deed.problem} />}
      {asking && (
        <Banner tone="warn" action={<span className="pair"><Button look="danger" busy={deed.busy === 'secret'} onClick={() => void renew()}>{t('admin.hook.renew')}</Button><Button onClick={() => setAsking(false)}>{t('act.cancel')}</Button></span>}>
          <p>{t('admin.hook.renew_ask')}</p>
        </Banner>
      )}
      {secret && <Secret secret={secret} />}
      <dl className="facts card">
        <div><dt>{t('admin.hook.url')}</dt><dd className="mono">{String(hook.url)}</dd></div>
        <div><dt>{t('admin.hook.events')}</dt><dd className="mono prose">{String(hook.events)}</dd></div>
        {hook.note != null && <div><dt>{t('admin.hook.note')}</dt><dd className="prose">{String(hook.note)}</dd></div>}
      </dl>
      <Calls id={hook.id} />
    </>
  );
}

const SOON_MS = 60_000;
const onItsWay = (c: Call) => c.state === 'sending' || (c.state === 'due' && (!c.next_at || Date.parse(c.next_at) - Date.now() < SOON_MS));

function Calls({ id }: { id: number }) {
  const { t } = useText();
  const list = useInfiniteQuery({
    queryKey: ['admin', 'calls', id],
    queryFn: ({ pageParam, signal }) => get<{ items: Call[]; next: string | null }>(`/webhook/${id}/deliveries`, { limit: 50, cursor: pageParam }, signal),
    initialPageParam: '', getNextPageParam: (last) => last.next || undefined,
    // No event tells of a call; one that is on its way is looked after, and nothing else.
    refetchInterval: (q) => (q.state.data?.pages.some((p) => p.items.some(onItsWay)) ? 1500 : false),
  });
  const deed = useDeed();
  const items = list.data?.pages.flatMap((p) => p.items) ?? [];
  const again = (c: Call) => deed.run(String(c.id), async () => {
    await call('POST', `/webhook/${id}/deliveries/${c.id}/replay`);
    await list.refetch();
  });
  return (
    <>
      <h2>{t('admin.hook.calls')}</h2>
      {deed.problem && <ProblemBanner problem={deed.problem} />}
      {list.error ? <ProblemBanner problem={list.error as unknown as Problem} action={<Button small onClick={() => list.refetch()}>{t('act.retry')}</Button>} />
        : list.isLoading ? <Loading /> : !items.length ? <p className="card muted">{t('admin.hook.no_calls')}</p> : (
          <Table name={t('admin.hook.calls')} heads={[t('admin.hook.at'), t('admin.hook.event'), t('admin.hook.result'), t('admin.hook.answer'), '']}>
            {items.map((c) => <Line key={c.id} of={c} busy={deed.busy === String(c.id)} onAgain={() => void again(c)} />)}
          </Table>
        )}
      {list.hasNextPage && <div className="actions"><Button busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>{t('admin.hook.more')}</Button></div>}
    </>
  );
}

function Line({ of: c, busy, onAgain }: { of: Call; busy: boolean; onAgain(): void }) {
  const { t, dateTime } = useText();
  const entity = c.type.split('.')[0];
  return (
    <tr>
      <td>{dateTime(c.at)}</td>
      <td>{c.type === PING ? t('admin.hook.test_call') : <Link href={`/e/${entity}/${c.about}`} className="mono">{c.type}</Link>}</td>
      <td>
        <Tag tone={TONE[c.state] ?? 'state-waiting'}>{t(`admin.hook.state_${c.state}` as MessageId)}</Tag>{' '}
        <span className="muted small">{c.tries > 1 && t('admin.hook.tries', { n: c.tries })} {c.state === 'due' && c.next_at && c.tries > 0 && t('admin.hook.next', { at: dateTime(c.next_at) })}</span>
      </td>
      <td>
        {c.code ? <span className="mono">{c.code}</span> : null} {c.error && <span className="told-error">{c.error}</span>}
        <details>
          <summary>{t('admin.hook.body')}</summary>
          <pre className="yaml" tabIndex={0}>{JSON.stringify(c.body, null, 1)}</pre>
          {c.excerpt && <pre className="yaml" tabIndex={0}>{c.excerpt}</pre>}
        </details>
      </td>
      <td>{c.state !== 'sending' && <Button small busy={busy} aria-label={t('admin.hook.again_of', { what: c.type, at: dateTime(c.at) })} onClick={onAgain}>{t('admin.hook.again')}</Button>}</td>
    </tr>
  );
}
