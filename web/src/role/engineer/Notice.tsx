// SPDX-License-Identifier: Apache-2.0
//
// Notice.tsx -- accident notices on the page of their request: the composer's third kind, and what went out in the timeline.
//
// A notice opens by itself when one is due (models/accident_notice.yaml).  Here it is completed from its draft and, by a
// manager, sent: keeping and approving are the notice's own steps and happen at once; the last step, which the customer reads,
// waits ten seconds and can be taken back: then the notice stays approved, with its text.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { call, get, newKey, Problem } from '../../core/api';
import { mayRead, useUser } from '../../core/auth';
import { useText, type Label, type MessageId, type Text } from '../../core/i18n';
import { useKeptDraft } from '../../core/kept';
import { DELAY_MS, post, sendNow, takeBack, useWaiting } from '../../core/outbox';
import { toast } from '../../core/toast';
import { Trail } from '../../inbox/lazy';
import { ProblemBanner } from '../../kit/Banner';
import { Button } from '../../kit/Button';
import { ClockFace, byTimeLeft } from '../../kit/ClockBadge';
import { Tag } from '../../kit/Tag';
import { optionLabel, Time } from '../../model/Cell';
import type { Entry, Third } from '../../model/Conversation';
import { refresh, useClocks, useList } from '../../model/data';
import { DraftSaved } from '../../model/DraftLine';
import { labelIn, useEntity, type Entity, type Row } from '../../model/entity';

const NOTICE = 'accident_notice';
const FIELDS = 'number,kind,state,text_zh,text_en,reported_at,sent_at,sent_by,on_time';

/** The request's notices: a form for those that are still to be sent, a line for each that was. Nothing where there is none. */
export function useNotices(entity: Entity, row: Row): Third | undefined {
  const text = useText();
  const me = useUser();
  const model = useEntity(mayRead(me, NOTICE) ? NOTICE : undefined).data;
  const list = useList(NOTICE, { filter: `parent==${row.id}`, sort: 'reported_at', fields: FIELDS, limit: 100 }, !!model && (row.emergency === true || row.severity === 'critical'));
  const all = useMemo(() => list.data?.pages.flatMap((p) => p.items) ?? [], [list.data]);
  const entries = useMemo(() => (model ? all.filter((n) => n.sent_at).map((n) => sentEntry(n, model, row.id, text)) : []), [all, model, row.id, text]);
  if (!model) return undefined;
  const due = all.filter((n) => !model.state.get(String(n.state))?.final);
  return {
    label: text.t('case.notice'),
    form: due.length ? (kinds) => <NoticeForm entity={entity} row={row} model={model} due={due} kinds={kinds} /> : undefined,
    entries,
  };
}

const kindOf = (n: Row, model: Entity, text: Text) => optionLabel(model.field.get('kind')!, n.kind, text);

function sentEntry(n: Row, model: Entity, request: number, text: Text): Entry {
  const who = labelIn(n, 'sent_by', n.sent_by) ?? text.t('talk.someone');
  return {
    key: `n${n.id}`, at: String(n.sent_at), kind: 'events',
    node: (
      <>
        <p>
          <Time iso={String(n.sent_at)} short /> {who} <strong>{text.t('case.notice_was_sent', { kind: kindOf(n, model, text) })}</strong>{' '}
          <Link href={`/c/${encodeURIComponent(String(n.number))}`}>{String(n.number)}</Link>{' '}
          {n.on_time === false && <Tag tone="sev-major">{text.t('case.notice_late')}</Tag>}
        </p>
        <Trail entity="technical_request" id={request} notice={String(n.number)} />
      </>
    ),
  };
}

// ---- who will be told ----

interface Reader { reader: string; audience: string; language: string; inbox: boolean; mail: boolean; address: string | null; reason: string | null; why_text: Label }
interface Preview { language: 'en' | 'zh'; may_send: boolean; items: Reader[] }

const usePreview = (n: Row) => useQuery({
  queryKey: ['of', NOTICE, String(n.id), 'preview'], retry: false,
  queryFn: ({ signal }) => get<Preview>(`/${NOTICE}/${n.id}/preview`, undefined, signal),
});
const isTold = (r: Reader) => r.inbox || r.mail;

function Readers({ of }: { of: Preview }) {
  const { t } = useText();
  const told = of.items.filter(isTold);
  const count = (audience: string) => told.filter((r) => r.audience === audience).length;
  const ways = (r: Reader) => [r.inbox && t('case.notice_inbox'), r.mail && `${t('case.notice_mail')} ${r.address}`].filter(Boolean).join(t('list.comma'));
  return (
    <details className="notice-readers">
      <summary>{t('case.notice_goes', { customers: count('customer'), staff: count('staff'), language: t(`case.notice_lang_${of.language}`) })}</summary>
      <ul>
        {of.items.map((r, i) => (
          <li key={`${r.reader} ${i}`}>
            <strong>{r.reader}</strong> <span className="muted">{t(r.audience === 'customer' ? 'case.notice_customer' : 'case.notice_staff')} · {t(`case.notice_lang_${r.language}` as MessageId)}</span>{' '}
            {isTold(r) ? ways(r) : <span className="muted">{t(r.reason === 'own_act' ? 'case.notice_self' : r.reason === 'no_address' || r.reason === 'no_mail_server' ? 'case.notice_no_mail' : 'case.notice_not_told')}</span>}
          </li>
        ))}
      </ul>
    </details>
  );
}

// ---- the form ----

interface FormProps { entity: Entity; row: Row; model: Entity; due: Row[]; kinds: ReactNode }

function NoticeForm({ entity, row, model, due, kinds }: FormProps) {
  const text = useText();
  const { t } = text;
  const [chosen, setChosen] = useState(due[0].id);
  const n = due.find((x) => x.id === chosen) ?? due[0];
  return (
    <section className="composer public notice-form" aria-label={t('case.notice_compose')}>
      {kinds}
      <div className="notice-which">
        {due.length > 1 ? (
          <label>{t('case.notice_which')} <select className="inp" name="notice" value={n.id} onChange={(e) => setChosen(Number(e.target.value))}>
            {due.map((x) => <option key={x.id} value={x.id}>{kindOf(x, model, text)} · {String(x.number)}</option>)}
          </select></label>
        ) : <strong>{kindOf(n, model, text)}</strong>}
        <Link href={`/c/${encodeURIComponent(String(n.number))}`}>{String(n.number)}</Link>
        <Tag>{text.pick(model.state.get(String(n.state))?.label, String(n.state))}</Tag>
        <Due notice={n} />
      </div>
      <Words key={n.id} entity={entity} row={row} model={model} notice={n} />
    </section>
  );
}

function Due({ notice: n }: { notice: Row }) {
  const clock = byTimeLeft((useClocks(NOTICE, n.id).data ?? []).filter((c) => c.promises.length > 0))[0];
  return clock ? <ClockFace clock={clock} codeLabel={(c) => c} /> : null;
}

function Words({ entity, row, model, notice: n }: Omit<FormProps, 'due' | 'kinds'> & { notice: Row }) {
  const text = useText();
  const { t, pick } = text;
  const me = useUser();
  const cache = useQueryClient();
  const preview = usePreview(n);
  const drafts = { text_zh: useKeptDraft(me.id, NOTICE, n.id, 'text_zh'), text_en: useKeptDraft(me.id, NOTICE, n.id, 'text_en') };
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [said, setSaid] = useState('');
  const of = `${entity.name} ${row.id}`;
  const now = useRef(n);
  useEffect(() => { now.current = n; }, [n]);
  // The customer's language first.
  const order = preview.data?.language === 'en' ? (['text_en', 'text_zh'] as const) : (['text_zh', 'text_en'] as const);
  const value = (f: 'text_zh' | 'text_en') => drafts[f].text || String(n[f] ?? '');
  const changed = n.state === 'due' || order.some((f) => value(f) !== String(n[f] ?? ''));
  const onItsWay = useWaiting(of).some((w) => w.body === value(order[0]));
  const step = async (name: string, body: object = {}) => {
    now.current = await call<Row>('POST', `/${NOTICE}/${n.id}/${name}`, { body, version: now.current._v });
  };
  const again = () => Promise.all([refresh(cache, NOTICE, n.id), refresh(cache, entity.name, row.id)]);

  const keep = async () => {
    if (changed) {
      await step('draft', { text_zh: value('text_zh'), text_en: value('text_en') });
      drafts.text_zh.set('');
      drafts.text_en.set('');
    }
  };
  const act = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(null);
    setSaid('');
    try {
      await work();
    } catch (e) {
      setProblem(e instanceof Problem ? e : new Problem(0, { title: String(e) }));
    } finally {
      await again();
      setBusy(false);
    }
  };
  const save = () => act(async () => {
    await keep();
    setSaid(t('case.notice_saved'));
  });
  const send = () => act(async () => {
    const body = value(order[0]);
    await keep();
    if (now.current.state !== 'approved') await step('approve');
    go(body);
  });
  const go = (body: string) => {
    const key = newKey();
    const kind = kindOf(n, model, text);
    const id = post({
      of, kind: 'public', body,
      send: (lastMoment) => call('POST', `/${NOTICE}/${n.id}/send`, { body: {}, key, keepalive: lastMoment }),
      onSent: () => {
        close();
        toast(t('case.notice_was_sent', { kind }), { ms: 4000 });
        void again();
      },
      onBack: (p) => {
        close();
        if (p) toast(t('case.notice_not_sent', { why: pick(p.detail) || p.message }), { bad: true });
        void again();
      },
    });
    const at = Date.now() + DELAY_MS.public;
    const close = toast(t('case.notice_soon', { kind }), {
      count: () => Math.ceil((at - Date.now()) / 1000),
      acts: [{ label: t('toast.undo'), run: () => takeBack(id) }, { label: t('talk.now'), run: () => void sendNow(id) }],
    });
  };

  const may = preview.data?.may_send;
  return (
    <form className="notice-words" onSubmit={(e) => { e.preventDefault(); void (may ? send() : save()); }}>
      {preview.error ? <ProblemBanner problem={preview.error as unknown as Problem} /> : preview.data && <Readers of={preview.data} />}
      <div className="notice-texts">
        {order.map((f, i) => (
          <label key={f}>{pick(model.field.get(f)!.label)}
            <textarea id={i === 0 ? 'composer' : undefined} name={f} className="inp" rows={4} maxLength={model.field.get(f)!.max} value={value(f)} readOnly={onItsWay}
              onChange={(e) => drafts[f].set(e.target.value)}
              onKeyDown={(e) => {
                // Out of the text, to where single keys act.
                if (e.key === 'Escape' && !e.nativeEvent.isComposing) e.currentTarget.closest<HTMLElement>('[data-keys]')?.focus({ preventScroll: true });
              }} />
          </label>
        ))}
      </div>
      {problem && <ProblemBanner problem={problem} />}
      <div className="actions">
        {may && <Button type="submit" look="primary" busy={busy} why={onItsWay ? t('case.notice_on_its_way') : undefined}>{t('case.notice_send')}</Button>}
        <Button type={may ? 'button' : 'submit'} look={may ? 'normal' : 'primary'} busy={busy} onClick={may ? () => void save() : undefined} why={!changed ? t('case.notice_unchanged') : undefined}>{t('case.notice_save')}</Button>
        <DraftSaved draft={drafts[order[0]]} />
        <span role="status" className="muted">{said || (may === false ? t('case.notice_manager') : '')}</span>
      </div>
    </form>
  );
}
