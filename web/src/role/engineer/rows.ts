// SPDX-License-Identifier: Apache-2.0
//
// rows.ts -- one day's work as one list: cases of every kind, with what belongs to one folded into its row, and tasks.
//
// The server orders cases by the time that is left (C1: then by priority); a work order or an escalation whose request
// stands in the list too is no row of its own, and its clocks count for that request.
import type { Label } from '../../core/i18n';
import { byTimeLeft, type ClockData } from '../../kit/ClockBadge';
import type { Row } from '../../model/entity';

/** A clock as rows of lists carry it (docs/api.md). */
export interface RowClock {
  name: string;
  label: Label;
  party: string;
  state: ClockData['state'];
  started: string;
  due: string | null;
  breached_at: string | null;
  budget: number | null;
  working: boolean;
  used: number;
  remaining: number | null;
  paused_code: string | null;
}

/** The same as the badge takes it; segments and facts are what only the record's own page tells. */
export const clockOf = (c: RowClock, asOf: number): ClockData => ({
  clock: c.name, label: c.label, party: c.party, facts: [], state: c.state, used: c.used, remaining: c.remaining, due: c.due,
  breached_at: c.breached_at, started: c.started, asOf,
  promises: c.budget == null ? [] : [{ budget: c.budget, calendar: '', calendar_version: c.working ? 1 : 0, since: c.started, reason: '' }],
  segments: c.paused_code ? [{ from: c.started, to: null, paused: true, code: c.paused_code, used: c.used }] : [],
});

export interface Task {
  id: number;
  case_id: number;
  entity: string;
  number: string;
  title: string;
  case_title: string;
  severity: string | null;
  priority: string | null;
  due_at: string | null;
}
export interface Item {
  key: string;
  /** where it is: the case, or the case of the task */
  entity: string;
  id: number;
  row: Row | null;
  task: Task | null;
  clocks: ClockData[];
  /** when the nearest clock is over, in milliseconds; Infinity: nothing is due */
  due: number;
  priority: string;
  /** work orders and escalations of this request */
  below: Row[];
}

const dueOf = (clocks: ClockData[]): number => Math.min(...clocks.map((c) => (c.due && c.state !== 'paused' ? Date.parse(c.due) : Infinity)), Infinity);

export function itemsOf(rows: Row[], tasks: Task[], asOf: number): Item[] {
  const here = new Set(rows.map((r) => r.id));
  const parentOf = (r: Row) => (typeof r.parent === 'number' && here.has(r.parent) ? r.parent : 0);
  const clocks = (r: Row) => ((r._clocks as RowClock[] | undefined) ?? []).map((c) => clockOf(c, asOf));
  const items = rows.filter((r) => !parentOf(r)).map((r): Item => {
    const below = rows.filter((x) => parentOf(x) === r.id);
    const all = byTimeLeft([r, ...below].flatMap(clocks));
    return { key: `c${r.id}`, entity: String(r.entity), id: r.id, row: r, task: null, clocks: all, due: dueOf(all), priority: String(r.priority ?? 'P9'), below };
  });
  const more = tasks.map((t): Item => ({
    key: `t${t.id}`, entity: t.entity, id: t.case_id, row: null, task: t, clocks: [], below: [],
    due: t.due_at ? Date.parse(t.due_at) : Infinity, priority: t.priority ?? 'P9',
  }));
  return [...items, ...more].sort((a, b) => (a.due === b.due ? 0 : a.due < b.due ? -1 : 1) || a.priority.localeCompare(b.priority));
}
