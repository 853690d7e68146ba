// SPDX-License-Identifier: Apache-2.0
//
// Request.tsx -- one request: where it stands in words, what happens next, what the customer may do, the conversation.
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import type { Problem } from '../core/api';
import { useUser } from '../core/auth';
import { useText, type MessageId } from '../core/i18n';
import { useTitle } from '../core/title';
import { Banner, Loading, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { Field } from '../kit/Field';
import { PlainDialog } from '../kit/plain/Dialog';
import { SeverityShape } from '../kit/Tag';
import { Words } from '../kit/Said';
import { Progress } from './Card';
import { asProblem, can, offered, REQUEST, useClocks, useMove, useOpenRequests, useRatings, useRequest, type Row } from './data';
import { Talk } from './Talk';
import { mine, nextUpdate, nextWords, notSent, plainState, promises, stateWord } from './words';

const Rating = lazy(() => import('./Rating').then((m) => ({ default: m.Rating })));

export function RequestPage({ reference }: { reference: string }) {
  const text = useText();
  const { t } = text;
  const request = useRequest(reference);
  const row = request.data;
  useTitle(row && `${row.number} ${String(row.title)}`);
  if (request.error && (request.error as Problem).status === 404)
    return <div className="page nothing"><h1>{t('portal.not_found')}</h1><p>{t('portal.not_found_text')}</p></div>;
  if (request.error) return <div className="page"><h1>{t('portal.request')}</h1><ProblemBanner problem={request.error as Problem} action={<Button onClick={() => request.refetch()}>{t('act.retry')}</Button>} /></div>;
  if (!row) return <Loading />;
  return (
    <div className="request-desk">
      <article className="page portal-page request">
        <header>
          <p className="number muted">{row.number}</p>
          <h1><Words>{String(row.title)}</Words></h1>
        </header>
        <State row={row} />
        <RatingOf row={row} />
        <Talk row={row} />
        <Details row={row} />
      </article>
      {wide() && <Beside here={row.id} />}
    </div>
  );
}

const wide = () => matchMedia('(min-width: 1000px)').matches;

/** Where there is room: the open requests beside the one that is read. */
function Beside({ here }: { here: number }) {
  const text = useText();
  const { t } = text;
  const open = useOpenRequests().data?.filter((r) => !['completed', 'withdrawn'].includes(plainState(r)));
  if (!open?.length) return null;
  return (
    <nav className="beside" aria-labelledby="beside">
      <h2 id="beside">{t('portal.open', { n: open.length })}</h2>
      <ul className="card links">{open.sort((a, b) => Number(mine(b)) - Number(mine(a))).map((r) => (
        <li key={r.id}>
          <Link href={`/p/r/${r.number ?? r.id}`} aria-current={r.id === here ? 'page' : undefined}><Words>{String(r.title ?? '')}</Words></Link>
          <span className={mine(r) ? 'yours' : 'muted'}>{notSent(r) ? t('portal.not_sent') : stateWord(plainState(r), text)}</span>
        </li>
      ))}</ul>
    </nav>
  );
}

/** The state, what happens next, the promise, and the buttons that go with them. */
function State({ row }: { row: Row }) {
  const text = useText();
  const { t, pick, clock } = text;
  const move = useMove(REQUEST);
  const clocks = useClocks(row.id).data;
  const [asked, setAsked] = useState<'cancel' | 'reject' | null>(null);
  const [busy, setBusy] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [said, setSaid] = useState('');
  const state = plainState(row);
  // What was said belongs to the state it was said in.
  const told = useRef(row.state);
  if (told.current !== row.state) {
    told.current = row.state;
    if (said) setSaid('');
    if (problem) setProblem(null);
  }
  const act = async (name: string, done: string) => {
    setBusy(name);
    setProblem(null);
    setSaid('');
    try {
      await move(row.id, name);
      setSaid(done);
    } catch (e) {
      setProblem(asProblem(e));
    } finally {
      setBusy('');
    }
  };
  const urged = row.last_urged_at ? clock(String(row.last_urged_at)) : '';
  return (
    <section className={`card state is-${state}`} aria-labelledby="state">
      <h2 id="state" role="status">{notSent(row) ? t('portal.not_sent') : stateWord(state, text)}</h2>
      <p>{nextWords(row, text)}</p>
      {promises(clocks, text).map((p) => <p key={p} className="promise">{p}</p>)}
      {nextUpdate(clocks, text) && !['completed', 'withdrawn'].includes(state) && <p className="muted">{nextUpdate(clocks, text)}</p>}
      {row.waiting_until != null && state === 'needs_reply' && <p>{t('portal.reply_before', { at: clock(String(row.waiting_until)) })}</p>}
      {row.told_customer != null && !['completed', 'withdrawn'].includes(state) && <p className="muted">{t('portal.agreed')}{t('list.colon')}{String(row.told_customer)}</p>}
      {!notSent(row) && state !== 'withdrawn' && <Progress row={row} />}
      <p className="muted">
        {t('portal.reported', { at: clock(String(row.reported_at)) })}
        {row._labels?.owner && <> · {t('portal.owner', { name: row._labels.owner })}</>}
        {row._labels?.handler && <> · {t('portal.engineer', { name: row._labels.handler })}</>}
      </p>
      {problem && <Banner tone="bad"><p>{problem.code === 'network' ? t('problem.network') : pick(problem.detail, problem.message)}</p></Banner>}
      <p role="status" className={said ? 'said' : 'hidden-label'}>{said}</p>
      <div className="acts">
        {can(row, 'confirm') && <Button look="primary" busy={busy === 'confirm'} onClick={() => void act('confirm', t('portal.confirmed'))}>{t('portal.act.confirm')}</Button>}
        {can(row, 'reject') && <Button onClick={() => setAsked('reject')}>{t('portal.act.reject')}</Button>}
        {notSent(row) && can(row, 'register') && <Button look="primary" busy={busy === 'register'} onClick={() => void act('register', t('portal.received'))}>{t('portal.act.send_now')}</Button>}
        {offered(row, 'urge') && <Button busy={busy === 'urge'} onClick={() => void act('urge', t('portal.urged'))}>{t('portal.act.urge')}</Button>}
        {can(row, 'cancel') && <Button look="danger" onClick={() => setAsked('cancel')}>{t('portal.act.withdraw')}</Button>}
      </div>
      {urged && !['completed', 'withdrawn'].includes(state) && <p className="muted">{t('portal.last_urged', { at: urged })}</p>}
      {asked && <Reason key={asked} row={row} move={asked} onClose={() => setAsked(null)} />}
    </section>
  );
}

/** Withdrawing and refusing ask why. */
function Reason({ row, move, onClose }: { row: Row; move: 'cancel' | 'reject'; onClose(): void }) {
  const { t, pick } = useText();
  const take = useMove(REQUEST);
  const [reason, setReason] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const word = move === 'cancel' ? 'withdraw' : 'reject';
  const submit = async () => {
    if (!reason.trim()) return setError(t('portal.need_reason'));
    setBusy(true);
    setProblem(null);
    try {
      await take(row.id, move, { reason: reason.trim() });
      onClose();
    } catch (e) {
      const p = asProblem(e);
      const placed = p.errors.find((x) => x.pointer === '/reason');
      if (placed) setError(pick(placed.text));
      else setProblem(p);
      setBusy(false);
    }
  };
  return (
    <PlainDialog title={t(`portal.${word}_title` as MessageId)} act={t(`portal.act.${word}` as MessageId)} look={move === 'cancel' ? 'danger' : 'primary'}
      busy={busy} onClose={onClose} onSubmit={() => void submit()} notice={problem && <ProblemBanner problem={problem} />}>
      <p>{t(`portal.${word}_text` as MessageId)}</p>
      <Field label={t(`portal.${word}_why` as MessageId)} error={error} name="reason">
        {({ labelId: _l, ...w }) => <textarea className="inp" {...w} aria-required rows={3} maxLength={2000} value={reason} onChange={(e) => { setReason(e.target.value); setError(''); }} />}
      </Field>
    </PlainDialog>
  );
}

/** Only what is finished is rated. */
function RatingOf({ row }: { row: Row }) {
  const asked = useRatings(row.id).data?.[0];
  const [answered, setAnswered] = useState(false);
  const { t } = useText();
  const here = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (asked && location.hash === '#rate') here.current?.scrollIntoView();
  }, [asked]);
  if (answered) return <p className="banner" role="status">{t('portal.rated')}</p>;
  if (!asked || row.state !== 'callback') return null;
  return <div ref={here} id="rate"><Suspense><Rating id={asked.id} onDone={() => setAnswered(true)} /></Suspense></div>;
}

function Details({ row }: { row: Row }) {
  const { t, dateTime } = useText();
  const me = useUser();
  const [search] = useSearchParams();
  const severity = String(row.severity ?? row.severity_reported ?? '');
  const facts: [MessageId, string | undefined | null][] = [
    ['portal.fact.unit', row._labels?.unit],
    ['portal.fact.product', row._labels?.product],
    ['portal.fact.site', row._labels?.site],
    ['portal.fact.contact', [row._labels?.contact ?? row.reporter_name ?? me.name, row.reporter_phone].filter(Boolean).join(' · ')],
    ['portal.fact.occurred', row.occurred_at ? dateTime(String(row.occurred_at)) : null],
    ['portal.fact.restored', row.restored_at ? dateTime(String(row.restored_at)) : null],
    ['portal.fact.workaround', row.workaround as string | null],
    ['portal.fact.solution', row.solution as string | null],
  ];
  return (
    <details className="card" open={search.has('details')}>
      <summary>{t('portal.details')}</summary>
      <dl className="facts">
        {(row.symptom ?? row.description) != null && <div className="tall"><dt>{t('portal.what')}</dt><dd className="prose">{String(row.symptom ?? row.description)}</dd></div>}
        {severity && <div><dt>{t('portal.how_bad')}</dt><dd><SeverityShape value={severity} /> {t(`portal.severity.${severity}` as MessageId)}</dd></div>}
        {facts.map(([word, value]) => value && <div key={word}><dt>{t(word)}</dt><dd className="prose">{value}</dd></div>)}
      </dl>
    </details>
  );
}
