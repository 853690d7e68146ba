// SPDX-License-Identifier: Apache-2.0
//
// Card.tsx -- a request in a list: what it is about, its state in words, how far it is, and what it waits for.
import { Link } from 'wouter';
import { useText } from '../core/i18n';
import { Icon } from '../kit/Icon';
import { useClocks, type Row } from './data';
import { mine, nextWords, notSent, plainState, promises, stateWord, stepOf, WAY } from './words';

/** `promise`: ask for the promised time too. */
export function Card({ row, promise: ask }: { row: Row; promise?: boolean }) {
  const text = useText();
  const { t, clock } = text;
  const state = plainState(row);
  const promise = promises(useClocks(row.id, !!ask).data, text)[0];
  return (
    <li className={`card request-card${mine(row) ? ' mine' : ''}`}>
      <div className="card-head">
        <h3><Link href={`/p/r/${row.number ?? row.id}`}>{String(row.title ?? '')}</Link></h3>
        <span className="number">{row.number}</span>
      </div>
      <p><strong>{notSent(row) ? t('portal.not_sent') : stateWord(state, text)}</strong>{t('list.colon')}{nextWords(row, text)}</p>
      {promise && <p className="promise">{promise}</p>}
      {!notSent(row) && !['completed', 'withdrawn'].includes(state) && <Progress row={row} />}
      <p className="muted">
        {t('portal.reported', { at: clock(String(row.reported_at)) })}
        {row._labels?.owner && <> · {t('portal.owner', { name: row._labels.owner })}</>}
      </p>
      {mine(row) && (
        <Link className="btn primary wide" href={`/p/r/${row.number ?? row.id}`}>
          {t(state === 'please_confirm' ? 'portal.act.answer_confirm' : state === 'needs_reply' ? 'portal.act.reply_now' : 'portal.act.send_now')}
        </Link>
      )}
    </li>
  );
}

/** A bar and its five words; the words say what the bar shows. */
export function Progress({ row }: { row: Row }) {
  const text = useText();
  const at = stepOf(row);
  const state = plainState(row);
  const done = state === 'completed' || state === 'withdrawn';
  return (
    <div className={`way at-${at}`}>
      <div className="bar" aria-hidden="true"><span /></div>
      <ol aria-label={text.t('portal.way', { n: at + 1, of: WAY.length })}>
        {WAY.map((s, i) => {
          const now = i === at;
          return (
            <li key={s} aria-current={now ? 'step' : undefined} className={i < at || (now && done) ? 'done' : undefined}>
              {(i < at || (now && done)) && <Icon name="check" />}
              <span>{stateWord(now ? state : s, text)}</span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
