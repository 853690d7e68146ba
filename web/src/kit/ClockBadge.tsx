// SPDX-License-Identifier: Apache-2.0
//
// ClockBadge.tsx -- a service clock as a shape, words and a colour, none of which is needed alone (ui.md 5.1); a button that
// opens why (ClockDetails.tsx).
//
// A badge that runs counts to the instant of its due time.  How much of the budget is used decides shape and colour; where
// the budget is working time, the browser does not know the calendar and takes what the server said last, or the time to
// the due time if that is less: right around the clock, and right within the last shift.
import type { ReactNode } from 'react';
import { serverTime } from '../core/clock';
import { useText, type Label, type Text } from '../core/i18n';
import { useTick } from '../core/tick';

/** A clock as GET /{entity}/{id}/clocks tells it; of one whose facts contradict each other there is only the fault. */
export interface ClockData {
  clock: string;
  label?: Label;
  party?: string;
  facts: { kind: string; at: string; code?: string; evidence?: string; found_false?: { at: string; by: string | null; reason: string; evidence: string } }[];
  promises: ClockPromise[];
  state: 'none' | 'running' | 'paused' | 'met' | 'breached' | 'cancelled' | 'unknown';
  fault?: string;
  used?: number;
  remaining?: number | null;
  due?: string | null;
  breached_at?: string | null;
  started?: string | null;
  stopped?: string | null;
  raised_late?: boolean;
  late_by_false_wait?: boolean;
  /** of a promise that is kept over and over: how often it was, and how often late, before now */
  rounds?: number;
  late_rounds?: number;
  exemptions?: { id: number; number: string; state: string; from: string | null; to: string | null; reason: string; evidence: string; decided_by: string | null }[];
  /** the same without the time of approved exemptions */
  adjusted?: { state: string; used: number; remaining: number | null };
  segments?: ClockSegment[];
  /** when the server said so, in milliseconds of its clock */
  asOf: number;
}
export interface ClockPromise {
  budget: number;
  calendar: string;
  /** 0: around the clock */
  calendar_version: number;
  since: string;
  reason: string;
  row?: string;
}
export interface ClockSegment {
  from: string;
  to: string | null;
  paused: boolean;
  code?: string;
  used: number;
}

export type Look = 'open' | 'ok' | 'warn' | 'hot' | 'late' | 'paused' | 'met' | 'missed' | 'off';
export interface Face {
  look: Look;
  /** of the time promised, while it runs: 0.75 is three quarters used */
  share: number;
  /** what is to go, over or used, by the look */
  seconds: number;
}

const between = (from: number, to: number) => (to - from) / 1000;
/** The promise that holds. */
export const promiseOf = (c: ClockData): ClockPromise | undefined => c.promises[c.promises.length - 1];
/** What it waits in now. */
export function waitOf(c: ClockData): ClockSegment | undefined {
  const last = c.segments?.[c.segments.length - 1];
  return last?.paused && !last.to ? last : undefined;
}

/** What is left of the budget; null where nothing is promised. */
export function remainingAt(c: ClockData, now: number): number | null {
  if (c.remaining == null || c.state !== 'running' || !c.due) return c.remaining ?? null;
  return Math.min(c.remaining, between(now, Date.parse(c.due)));
}

/** What is used, counted as the budget is. */
export function usedAt(c: ClockData, now: number): number {
  const used = c.used ?? 0;
  if (c.state !== 'running') return used;
  const promise = promiseOf(c), left = remainingAt(c, now);
  return promise && left != null ? Math.max(used, promise.budget - left) : used + between(c.asOf, now);
}

export function faceOf(c: ClockData, now: number): Face {
  const over = Math.max(0, -(c.remaining ?? 0));
  switch (c.state) {
    case 'met': return { look: 'met', share: 1, seconds: c.used ?? 0 };
    case 'paused': return { look: 'paused', share: 0, seconds: c.remaining ?? 0 };
    case 'breached': {
      if (c.stopped) return { look: 'missed', share: 1, seconds: over };
      const since = Date.parse(c.breached_at ?? c.due ?? '');
      return { look: 'late', share: 1, seconds: waitOf(c) || Number.isNaN(since) ? over : Math.max(0, between(since, now)) };
    }
    case 'running': {
      const promise = promiseOf(c);
      if (!promise || !c.due) return { look: 'open', share: 0, seconds: usedAt(c, now) };
      const left = between(now, Date.parse(c.due));
      if (left <= 0) return { look: 'late', share: 1, seconds: -left };
      const share = promise.budget ? usedAt(c, now) / promise.budget : 1;
      return { look: share < 0.5 ? 'ok' : share < 0.75 ? 'warn' : 'hot', share, seconds: left };
    }
    default: return { look: 'off', share: 0, seconds: 0 };
  }
}

/** The words of a face: "2 h left". */
export function faceWords(c: ClockData, face: Face, text: Text, codeLabel: (code: string) => string): string {
  const { t } = text;
  const time = text.duration(face.seconds);
  const wait = waitOf(c);
  const why = wait?.code ? codeLabel(wait.code) : '';
  switch (face.look) {
    case 'ok': case 'warn': case 'hot': return t('clock.left', { time });
    case 'late': return wait ? t('clock.late_paused', { time, why }) : t('clock.late', { time });
    case 'paused': return t('clock.paused', { why });
    case 'met': return t('clock.met', { time });
    case 'missed': return face.seconds >= 1 ? t('clock.missed', { time }) : t('clock.missed_plain');
    case 'open': return t('clock.open', { time });
    case 'off': return t(c.state === 'cancelled' ? 'clock.cancelled' : c.state === 'unknown' ? 'clock.unknown' : 'clock.none');
  }
}

/** As badges stand: what is late or runs by its due time, then what waits, what nothing is promised for, what has ended. */
export function byTimeLeft(list: ClockData[]): ClockData[] {
  const rank = (c: ClockData): number => {
    switch (c.state) {
      case 'running': return c.due ? 0 : 2;
      case 'breached': return c.stopped ? 3 : 0;
      case 'paused': return 1;
      case 'met': return 4;
      default: return 5;
    }
  };
  const left = (c: ClockData) => (rank(c) === 0 ? Date.parse(c.due ?? c.breached_at ?? '') || 0 : rank(c) === 1 ? c.remaining ?? Infinity : 0);
  return [...list].sort((a, b) => rank(a) - rank(b) || (left(a) < left(b) ? -1 : left(a) > left(b) ? 1 : 0));
}

/** Slices of the ring: used less than a half, less than three quarters, more. */
const SLICE: Partial<Record<Look, string>> = { ok: 'M8 8V2a6 6 0 0 1 6 6z', warn: 'M8 8V2a6 6 0 0 1 0 12z', hot: 'M8 8V2a6 6 0 1 1-6 6z' };
const LINES: Partial<Record<Look, string>> = {
  late: 'M8 2v7M8 13v.01', paused: 'M5 3v10M11 3v10', met: 'M2 8l4 4 8-9', missed: 'M3 3l10 10M13 3L3 13', off: 'M4 8h8',
};

function ClockShape({ look }: { look: Look }): ReactNode {
  return (
    <svg className="ck-shape" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" focusable="false">
      {LINES[look] ? <path d={LINES[look]} /> : <><circle cx="8" cy="8" r="6" /><path className="slice" d={SLICE[look]} /></>}
    </svg>
  );
}

/** Whose promise: ours to the customer, or our own stage. */
export const partyWord = (c: ClockData, { t }: Text): string =>
  (c.party === 'sla' || c.party === 'ola' || c.party === 'vendor' ? t(`clock.party.${c.party}`) : c.party ?? '');

interface Props {
  clock: ClockData;
  /** the words of a pause code */
  codeLabel(code: string): string;
}

/** Whose clock it is, and which. */
export const clockName = (c: ClockData, text: Text): string => `${partyWord(c, text)} ${text.pick(c.label, c.clock)}`.trim();

/** Shape and words, alone; `brief`: its name stands elsewhere. */
export function ClockFace({ clock: c, codeLabel, brief }: Props & { brief?: boolean }) {
  const text = useText();
  const say = (now: number) => faceWords(c, faceOf(c, now), text, codeLabel);
  // Draws again when the words or the look change, not each second.
  useTick((now) => `${faceOf(c, now).look} ${faceOf(c, now).share >= 0.9} ${say(now)}`);
  const now = serverTime();
  const { look, share } = faceOf(c, now);
  return (
    <span className={`clock ck-${look}${share >= 0.9 && look === 'hot' ? ' ck-soon' : ''}${c.party === 'sla' ? '' : ' ck-inner'}`}>
      <ClockShape look={look} />
      <span>{!brief && <span className="ck-name" title={clockName(c, text)}>{`${clockName(c, text)} `}</span>}<span className="ck-time">{say(now)}</span></span>
    </span>
  );
}

export function ClockBadge({ clock, codeLabel, onPress }: Props & { onPress(): void }) {
  const text = useText();
  return (
    <button type="button" className="clock-btn" data-clock={clock.clock} aria-haspopup="dialog" onClick={onPress}>
      <ClockFace clock={clock} codeLabel={codeLabel} />
      {clock.due && !clock.stopped && <span className="hidden-label"> {text.t('clock.due_at', { at: text.dateTime(clock.due) })}</span>}
    </button>
  );
}
