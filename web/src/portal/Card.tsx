// SPDX-License-Identifier: Apache-2.0
//
// Card.tsx -- a request in a list: what it is about, its state in words, how far it is, what it waits for, and the two things
// that one does with it most: reply, urge.
import { useState } from 'react';
import { Link } from 'wouter';
import type { Problem } from '../core/api';
import { useText } from '../core/i18n';
import { Banner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { Words } from '../kit/Said';
import { asProblem, offered, REQUEST, useClocks, useMove, type Row } from './data';
import { Way } from './Way';
import { doneWord, mine, nextUpdate, nextWords, notSent, plainState, promises, stateWord, stepOf, WAY } from './words';

/** `promise`: ask for the promised time too. */
export function Card({ row, promise: ask }: { row: Row; promise?: boolean }) {
  const text = useText();
  const { t, clock } = text;
  const state = plainState(row);
  const clocks = useClocks(row.id, !!ask).data;
  const promise = promises(clocks, text)[0];
  const update = nextUpdate(clocks, text);
  const ended = ['completed', 'withdrawn'].includes(state);
  return (
    <li className={`card request-card${mine(row) ? ' mine' : ''}`}>
      <div className="card-head">
        <h3><Link href={`/p/r/${row.number ?? row.id}`}><Words>{String(row.title ?? '')}</Words></Link></h3>
        <span className="number">{row.number}</span>
      </div>
      <p><strong>{notSent(row) ? t('portal.not_sent') : stateWord(state, text)}</strong>{t('list.colon')}{nextWords(row, text)}</p>
      {promise && <p className="promise">{promise}</p>}
      {!notSent(row) && !ended && <Progress row={row} />}
      <p className="muted">
        {t('portal.reported', { at: clock(String(row.reported_at)) })}
        {row._labels?.owner && <> · {t('portal.owner', { name: row._labels.owner })}</>}
        {update && <> · {update}</>}
      </p>
      {!mine(row) && !ended && <Acts row={row} />}
      {mine(row) && (
        <Link className="btn primary wide" href={`/p/r/${row.number ?? row.id}`}>
          {t(state === 'please_confirm' ? 'portal.act.answer_confirm' : state === 'needs_reply' ? 'portal.act.reply_now' : 'portal.act.send_now')}
        </Link>
      )}
    </li>
  );
}

/** Reply and urge, without opening the request. */
function Acts({ row }: { row: Row }) {
  const { t, pick } = useText();
  const move = useMove(REQUEST);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const urge = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await move(row.id, 'urge');
      setSaid(t('portal.urged'));
    } catch (e) {
      setProblem(asProblem(e));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <div className="acts">
        <Link className="btn" href={`/p/r/${row.number ?? row.id}#answer`} aria-label={t('portal.act.reply_to', { title: String(row.title) })}>{t('portal.act.reply')}</Link>
        {offered(row, 'urge') && <Button busy={busy} aria-label={t('portal.act.urge_for', { title: String(row.title) })} onClick={() => void urge()}>{t('portal.act.urge')}</Button>}
      </div>
      {problem && <Banner tone="bad"><p>{problem.code === 'network' ? t('problem.network') : pick(problem.detail, problem.message)}</p></Banner>}
      <p role="status" className={said ? 'said' : 'hidden-label'}>{said}</p>
    </>
  );
}

/** The five plain states, and where the request is. */
export function Progress({ row }: { row: Row }) {
  const text = useText();
  const at = stepOf(row);
  const state = plainState(row);
  return <Way at={at} over={['completed', 'withdrawn'].includes(state)} words={WAY.map((s, i) => (i < at ? doneWord(s, text) : stateWord(i === at ? state : s, text)))} />;
}
