// SPDX-License-Identifier: Apache-2.0
//
// ClockDetails.tsx -- why this deadline: what is promised, by which row and calendar, what counted and what did not, and how
// the due time comes of it.
import type { ReactNode } from 'react';
import { serverTime } from '../core/clock';
import { useText, type Text } from '../core/i18n';
import { useTick } from '../core/tick';
import { Banner } from './Banner';
import { Button } from './Button';
import { ClockFace, faceOf, partyWord, promiseOf, remainingAt, usedAt, type ClockData, type ClockPromise, type ClockSegment } from './ClockBadge';
import { InfoDialog } from './Dialog';

interface Props {
  clock: ClockData;
  codeLabel(code: string): string;
  onClose(): void;
  /** that a wait was false, may be said here: a moment of it */
  onFalseWait?(at: string): void;
  /** where an exemption of this clock is proposed */
  exempt?: string;
}

/** A budget, or a part of it: days are days around the clock only, so working time is told in hours. */
function amount(seconds: number, promise: ClockPromise | undefined, text: Text): string {
  if (!promise?.calendar_version) return text.duration(seconds);
  const h = Math.floor(seconds / 3600), m = Math.floor((seconds % 3600) / 60);
  const time = h && m ? text.t('span.hm', { h, m }) : h ? text.t('span.h', { h }) : text.duration(seconds);
  return text.t('clock.working', { time });
}

const REASONS = ['initial', 'severity', 'policy', 'calendar'] as const;
const DECISIONS = ['proposed', 'approved', 'refused', 'withdrawn', 'lapsed'] as const;
const RESULTS = ['running', 'paused', 'met', 'breached', 'cancelled'] as const;
const oneOf = <T extends string>(list: readonly T[], word: string): T | undefined => list.find((x) => x === word);
const reasonWord = (reason: string, { t }: Text): string =>
  (REASONS as readonly string[]).includes(reason) ? t(`clock.reason.${reason as (typeof REASONS)[number]}`) : reason;

export function ClockDetails({ clock: c, codeLabel, onClose, onFalseWait, exempt }: Props) {
  const text = useText();
  const { t } = text;
  const promise = promiseOf(c);
  const left = (now: number) => {
    const n = remainingAt(c, now);
    return n == null ? '' : n < 0 ? t('clock.over', { time: amount(-n, promise, text) }) : amount(n, promise, text);
  };
  useTick((now) => amount(usedAt(c, now), promise, text) + left(now) + faceOf(c, now).look);
  const now = serverTime();
  const used = usedAt(c, now);
  const lateSince = c.breached_at ?? (faceOf(c, now).look === 'late' ? c.due : null);
  const fact = (word: string, value: ReactNode, name?: string) => value ? <div data-fact={name}><dt>{word}</dt><dd>{value}</dd></div> : null;
  return (
    <InfoDialog title={t('clock.title', { party: partyWord(c, text), name: text.pick(c.label, c.clock) })} onClose={onClose}>
      <p><ClockFace clock={c} codeLabel={codeLabel} /></p>
      {c.state === 'unknown' && <Banner tone="warn"><p>{c.fault}</p></Banner>}
      {!promise && c.state !== 'unknown' && <p>{t(c.state === 'cancelled' ? 'clock.not_promised' : 'clock.no_promise_yet')}</p>}
      <section>
        <h3>{t('clock.why')}</h3>
        <dl className="facts">
          {promise && (
            <>
              {fact(t('clock.budget'), amount(promise.budget, promise, text))}
              {fact(t('clock.calendar'), promise.calendar_version ? promise.calendar : t('clock.always'))}
              {promise.row && <div className="tall"><dt>{t('clock.row')}</dt><dd className="mono" lang="en">{promise.row}</dd></div>}
              {fact(t('clock.made'), `${text.dateTime(promise.since)} · ${reasonWord(promise.reason, text)}`)}
            </>
          )}
          {fact(t('clock.started'), c.started && text.dateTime(c.started))}
          {fact(t('clock.used'), c.used != null && amount(used, promise, text), 'used')}
          {fact(t('clock.remaining'), left(now))}
          {fact(t('clock.due'), c.due ? <strong>{text.dateTime(c.due)}</strong> : c.state === 'paused' && t('clock.due_paused'))}
          {fact(t('clock.late_since'), lateSince && text.dateTime(lateSince))}
          {fact(t('clock.stopped'), c.stopped && text.dateTime(c.stopped))}
          {!!c.rounds && fact(t('clock.rounds'), t('clock.rounds_late', { n: c.rounds, late: c.late_rounds ?? 0 }))}
          {c.adjusted && c.adjusted.state !== c.state && oneOf(RESULTS, c.adjusted.state)
            && fact(t('clock.adjusted_result'), t(`clock.result.${oneOf(RESULTS, c.adjusted.state)!}`))}
          {c.adjusted && c.adjusted.used !== c.used && fact(t('clock.adjusted'), amount(c.adjusted.used, promise, text), 'adjusted')}
        </dl>
        {c.raised_late && <p className="muted">{t('clock.raised_late')}</p>}
        {c.late_by_false_wait && <p className="muted">{t('clock.late_by_false_wait')}</p>}
      </section>
      {!!c.segments?.length && (
        <section>
          <h3>{t('clock.segments')}</h3>
          <ol className="spans">
            {c.segments.map((s, i) => <Span key={i} clock={c} span={s} counted={s.to ? s.used : used - sum(c.segments!.slice(0, i))} codeLabel={codeLabel} onFalseWait={onFalseWait} />)}
          </ol>
        </section>
      )}
      {(!!c.exemptions?.length || exempt) && (
        <section>
          <h3>{t('clock.exemptions')}</h3>
          <ul className="spans">
            {c.exemptions?.map((x) => (
              <li key={x.id}>
                <a href={`/e/exemption/${x.id}`}>{x.number}</a> <strong>{oneOf(DECISIONS, x.state) ? t(`clock.exemption.${oneOf(DECISIONS, x.state)!}`) : x.state}</strong>
                {' · '}{x.from || x.to ? <>{x.from ? text.dateTime(x.from) : '…'} – {x.to ? text.dateTime(x.to) : '…'}</> : t('clock.exemption_whole')}
                {x.decided_by && <> · {x.decided_by}</>}
                <p>{t('clock.evidence', { text: x.evidence })}</p>
              </li>
            ))}
          </ul>
          {exempt && <p><a href={exempt}>{t('clock.exempt')}</a></p>}
        </section>
      )}
      {c.promises.length > 1 && (
        <section>
          <h3>{t('clock.earlier')}</h3>
          <ol className="spans">
            {c.promises.slice(0, -1).map((p, i) => (
              <li key={i}>
                <strong>{amount(p.budget, p, text)}</strong> · {p.calendar_version ? p.calendar : t('clock.always')} · {text.dateTime(p.since)} · {reasonWord(p.reason, text)}
                {p.row && <p className="mono" lang="en">{p.row}</p>}
              </li>
            ))}
          </ol>
        </section>
      )}
    </InfoDialog>
  );
}

const sum = (spans: ClockSegment[]) => spans.reduce((n, s) => n + s.used, 0);

/** A span in which the clock ran or waited, with what proves the wait. */
function Span({ clock, span, counted, codeLabel, onFalseWait }: { clock: ClockData; span: ClockSegment; counted: number } & Pick<Props, 'codeLabel' | 'onFalseWait'>) {
  const text = useText();
  const { t } = text;
  const why = span.code ? codeLabel(span.code) : '';
  // A wait that proved false keeps its code, and counts.
  const pause = span.code ? clock.facts.find((f) => f.kind === 'paused' && f.code === span.code && f.at === span.from) : undefined;
  const proof = pause?.evidence, found = pause?.found_false;
  return (
    <li className={span.paused ? 'waits' : undefined}>
      <strong>{span.paused ? t('clock.paused', { why }) : why ? t('clock.false_wait', { why }) : t('clock.ran')}</strong>
      {' · '}<time dateTime={span.from}>{text.dateTime(span.from)}</time> – {span.to ? <time dateTime={span.to}>{text.dateTime(span.to)}</time> : t('clock.now')}
      {!span.paused && <> · {t('clock.counted', { time: amount(Math.max(0, counted), promiseOf(clock), text) })}</>}
      {(span.paused || found) && <p>{proof ? t('clock.evidence', { text: proof }) : t('clock.no_evidence')}</p>}
      {found && <p>{t('clock.found_false', { who: found.by ?? '', at: text.dateTime(found.at), why: found.reason })}<br />{t('clock.evidence', { text: found.evidence })}</p>}
      {span.paused && onFalseWait && <Button small onClick={() => onFalseWait(span.from)}>{t('clock.say_false')}</Button>}
    </li>
  );
}
