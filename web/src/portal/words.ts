// SPDX-License-Identifier: Apache-2.0
//
// words.ts -- a request in plain words: its state, what happens next, and what is promised.
//
//     received → being assigned → in progress → please confirm → completed
//                                 needs your reply               withdrawn
import type { MessageId, Text } from '../core/i18n';
import { can, type Clock, type Row } from './data';

export const WAY = ['received', 'being_assigned', 'in_progress', 'please_confirm', 'completed'] as const;
const INSTEAD: Record<string, string> = { needs_reply: 'in_progress', withdrawn: 'completed' };
const KNOWN = new Set<string>([...WAY, ...Object.keys(INSTEAD)]);

export const plainState = (row: Row) => (KNOWN.has(String(row.customer_state)) ? String(row.customer_state) : 'in_progress');
export const stateWord = (state: string, { t }: Text) => t(`customer.${KNOWN.has(state) ? state : 'in_progress'}` as MessageId);
/** A step that lies behind: assigned, not being assigned. */
export const doneWord = (state: (typeof WAY)[number], { t }: Text) => t(`portal.done.${state}`);

/** Written down here, but never handed in. */
export const notSent = (row: Row) => row.state === 'draft';

/** Where the request stands among the five steps, from 0. */
export const stepOf = (row: Row) => WAY.indexOf((INSTEAD[plainState(row)] ?? plainState(row)) as (typeof WAY)[number]);

/** Waiting for others, or for a time. */
const LATER = new Set(['change_window', 'observation', 'force_majeure', 'vendor', 'excluded_third_party']);

/** Does it wait for the reader? */
export const mine = (row: Row) => plainState(row) === 'please_confirm' || (plainState(row) === 'needs_reply' && !LATER.has(String(row.pause_code))) || (notSent(row) && can(row, 'register'));

/** Waiting for something that no reply of the customer brings. */
const OURS = new Set([...LATER, 'site_access', 'authorisation', 'customer_facility']);

/** What happens next, one sentence. */
export function nextWords(row: Row, text: Text): string {
  const state = plainState(row);
  if (notSent(row)) return text.t('portal.next.not_sent');
  if (state === 'needs_reply') {
    const why = String(row.pause_code ?? '');
    if (OURS.has(why)) return text.t(`portal.wait.${why}` as MessageId);
    return String(row.info_needed || text.t('portal.next.needs_reply'));
  }
  if (row.state === 'invalid') return text.t('portal.next.merged');
  return text.t(`portal.next.${state}` as MessageId);
}

const PROMISES: Record<string, MessageId> = { response: 'portal.promise.response', restore: 'portal.promise.restore', resolve: 'portal.promise.resolve' };

const ahead = (clocks: Clock[] | undefined) => (clocks ?? []).filter((c) => c.state === 'running' && c.due && Date.parse(c.due) > Date.now());

/** The promises that run, the nearest first. One that has passed is no comfort: the state and the messages tell what goes on. */
export function promises(clocks: Clock[] | undefined, text: Text): string[] {
  return ahead(clocks)
    .filter((c) => c.clock in PROMISES)
    .sort((a, b) => String(a.due).localeCompare(String(b.due)))
    .map((c) => text.t(PROMISES[c.clock], { at: text.clock(String(c.due)) }));
}

/** By when we say again how it stands. */
export function nextUpdate(clocks: Clock[] | undefined, text: Text): string {
  const due = ahead(clocks).find((c) => c.clock === 'update')?.due;
  return due ? text.t('portal.promise.update', { at: text.clock(due) }) : '';
}

/** A number as people write it, as a telephone takes it. */
export const callAddress = (number: string) => `tel:${number.replace(/[^+\d]/g, '')}`;
