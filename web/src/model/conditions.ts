// SPDX-License-Identifier: Apache-2.0
//
// conditions.ts -- a filter of the API as conditions that a person can change, and back.
//
// A filter is read as terms with "and" between them, those of one field together. What is more than that (an "or", a group)
// is kept as it is and shown as text: nothing that somebody wrote is lost.
import { dayAdd, dayOf, dayStart } from '../core/format';
import { quoted } from './columns';
import type { Field } from './entity';

export interface Term {
  op: string;
  values: string[];
}
export interface Conditions {
  fields: Map<string, Term[]>;
  /** terms that are more than `field operator value` */
  rest: string[];
}

/** Cuts where a sign stands outside quotes and brackets. */
function cut(text: string, sign: string): string[] {
  const parts: string[] = [];
  let depth = 0, quote = '', part = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quote) {
      if (c === '\\') {
        part += c + (text[++i] ?? '');
        continue;
      }
      if (c === quote) quote = '';
    } else if (c === "'" || c === '"') quote = c;
    else if (c === '(') depth++;
    else if (c === ')') depth--;
    if (!quote && depth === 0 && c === sign) {
      parts.push(part);
      part = '';
    } else part += c;
  }
  return [...parts, part].filter((p) => p !== '');
}

const unquoted = (s: string): string => (/^(['"]).*\1$/s.test(s) ? s.slice(1, -1).replace(/\\(.)/gs, '$1') : s);

export function conditionsOf(filter: string): Conditions {
  const found: Conditions = { fields: new Map(), rest: [] };
  for (const term of cut(filter, ';')) {
    const m = /^([a-z0-9_.]+)(==|!=|=[a-z]+=)(.+)$/s.exec(term);
    if (!m || cut(term, ',').length > 1) found.rest.push(term);
    else {
      const [, name, op, value] = m;
      const values = op === '=in=' || op === '=out=' ? cut(value.replace(/^\(|\)$/g, ''), ',').map(unquoted) : [unquoted(value)];
      found.fields.set(name, [...(found.fields.get(name) ?? []), { op, values }]);
    }
  }
  return found;
}

const word = (s: string): string => (/^[\w.:+-]+$/.test(s) ? s : quoted(s));
const termText = (name: string, { op, values }: Term): string =>
  name + op + (op === '=in=' || op === '=out=' ? `(${values.map(word).join()})` : word(values[0] ?? ''));

export const filterOf = (c: Conditions): string =>
  [...[...c.fields].flatMap(([name, terms]) => terms.map((x) => termText(name, x))), ...c.rest].join(';');

/** The same without one field, or with other terms for it. */
export function changed(c: Conditions, name: string, terms: Term[]): Conditions {
  const fields = new Map(c.fields);
  if (terms.length) fields.set(name, terms);
  else fields.delete(name);
  return { ...c, fields };
}

/* ---- a field's terms as what its editor shows ---- */

const valueOf = (terms: Term[], ...ops: string[]): string => terms.find((x) => ops.includes(x.op))?.values[0] ?? '';

/** Has it a value at all: "", "set", "empty". */
export const presence = (terms: Term[]): '' | 'set' | 'empty' =>
  terms.some((x) => x.op === '==' && x.values[0] === 'null') ? 'empty' : terms.some((x) => x.op === '!=' && x.values[0] === 'null') ? 'set' : '';
export const presenceTerms = (p: '' | 'set' | 'empty'): Term[] => (p ? [{ op: p === 'set' ? '!=' : '==', values: ['null'] }] : []);

/** Which of several. */
export const chosen = (terms: Term[]): string[] => terms.filter((x) => ['==', '=in=', '=contains='].includes(x.op)).flatMap((x) => x.values);
export const chosenTerms = (f: { type: string } | undefined, values: string[]): Term[] =>
  f?.type === 'multi_enum' || f?.type === 'multi_link' ? values.map((v) => ({ op: '=contains=', values: [v] }))
    : values.length > 1 ? [{ op: '=in=', values }] : values.map((v) => ({ op: '==', values: [v] }));

export const contained = (terms: Term[]): string => (valueOf(terms, '=like=') || valueOf(terms, '==')).replace(/^\*|\*$/g, '');
export const containedTerms = (text: string): Term[] => (text.trim() ? [{ op: '=like=', values: [`*${text.trim().replace(/\*/g, ' ')}*`] }] : []);

export interface Range {
  from: string;
  to: string;
}
/** Numbers are as typed; a duration is told in hours. Days are the reader's. */
export function rangeOf(f: Field, terms: Term[]): Range {
  const exact = valueOf(terms, '==');
  const from = valueOf(terms, '=ge=') || exact, to = valueOf(terms, '=le=', '=lt=') || exact;
  if (f.type === 'datetime') return { from: from && dayOf(from), to: to && dayAdd(dayOf(to), valueOf(terms, '=lt=') ? -1 : 0) };
  if (f.type === 'duration') return { from: from && String(Number(from) / 3600), to: to && String(Number(to) / 3600) };
  return { from, to };
}
export function rangeTerms(f: Field, { from, to }: Range): Term[] {
  const term = (op: string, v: string): Term[] => (v ? [{ op, values: [v] }] : []);
  if (f.type === 'datetime') return [...term('=ge=', from && dayStart(from)), ...term('=lt=', to && dayStart(dayAdd(to, 1)))];
  if (f.type === 'duration') return [...term('=ge=', from && String(Math.round(Number(from) * 3600))), ...term('=le=', to && String(Math.round(Number(to) * 3600)))];
  return [...term('=ge=', from), ...term('=le=', to)];
}

/** Ranges that are asked for often, from today. */
export function quickRanges(today: string): { name: 'today' | 'yesterday' | 'week' | 'month' | 'last_month' | 'next_week'; range: Range }[] {
  const first = today.slice(0, 8) + '01';
  const before = dayAdd(first, -1);
  return [
    { name: 'today', range: { from: today, to: today } },
    { name: 'yesterday', range: { from: dayAdd(today, -1), to: dayAdd(today, -1) } },
    { name: 'week', range: { from: dayAdd(today, -6), to: today } },
    { name: 'month', range: { from: first, to: today } },
    { name: 'last_month', range: { from: before.slice(0, 8) + '01', to: before } },
    { name: 'next_week', range: { from: today, to: dayAdd(today, 6) } },
  ];
}
