// SPDX-License-Identifier: Apache-2.0
//
// columns.ts -- what a list has for columns: which there may be, which stand there unless the reader chose others, and which
// can be sorted by.
import type { Text } from '../core/i18n';
import { readableBy, type Entity, type Field, type View } from './entity';

const FIXED_NAMES: Record<string, 'field.number' | 'field.state' | 'field.created_at' | 'field.updated_at' | 'field.stage' | 'field.clocks'> = {
  number: 'field.number', state: 'field.state', customer_state: 'field.state', stage: 'field.stage',
  created_at: 'field.created_at', updated_at: 'field.updated_at', _clocks: 'field.clocks',
};
/** The heading of a column or a row of details. */
export function nameOf(entity: Entity, name: string, text: Text): string {
  const f = entity.field.get(name);
  if (f) return text.pick(f.label, name);
  return name in FIXED_NAMES ? text.t(FIXED_NAMES[name]) : name;
}

/** Values that are kept as lists or elsewhere have no order. */
const UNSORTED = new Set(['multi_enum', 'multi_link', 'period', 'geo', 'checklist', 'readings', 'json', 'formula', 'clock', 'ref', 'state', 'bytes']);
const SORTED_SYSTEM = new Set(['number', 'state', 'created_at', 'updated_at']);
export const sortable = (entity: Entity, name: string): boolean => {
  const f = entity.field.get(name);
  return f ? !UNSORTED.has(f.type) : SORTED_SYSTEM.has(name);
};

/** What is no field, and yet stands in rows. */
function systemColumns(entity: Entity): string[] {
  return [...(entity.kind === 'case' ? ['number'] : []), ...(entity.states.length ? ['state'] : []), ...(entity.clocks ? ['_clocks'] : []),
    'created_at', 'updated_at'];
}

/** Every column that the reader may choose. */
export const allColumns = (entity: Entity, powers: string[]): string[] =>
  [...new Set([...systemColumns(entity), ...entity.fields.filter((f) => readableBy(f, powers)).map((f) => f.name)])];

/** Those of the address, of the view or of the model, in this order of preference. A case shows its number and state first,
 *  whatever its list says; what may not be read has no column. */
export function columnsOf(entity: Entity, view: View | undefined, powers: string[], chosen?: string): string[] {
  if (chosen) {
    const all = allColumns(entity, powers);
    const own = chosen.split(',').filter((c) => all.includes(c));
    if (own.length) return [...new Set(own)];
  }
  const own = (view?.columns.length ? view.columns : entity.list).filter((c) => {
    const f = entity.field.get(c);
    return !f || readableBy(f, powers);
  });
  const first = entity.kind === 'case' ? ['number'] : [];
  const state = entity.states.length && !own.includes('state') ? ['state'] : [];
  const [title, ...rest] = own;
  return [...new Set([...first, ...(title ? [title] : []), ...state, ...rest])];
}

/** The fields to ask for; undefined: the list of the model has them all. */
export const fieldsFor = (entity: Entity, columns: string[]): string | undefined =>
  columns.every((c) => entity.list.includes(c) || c === 'number' || c === 'state') ? undefined
    : columns.filter((c) => entity.field.has(c) || c === '_clocks' || /_at$/.test(c)).join();

export function defaultSort(entity: Entity): string {
  return entity.field.has('reported_at') ? '-reported_at,id' : entity.kind === 'record' && entity.field.get(entity.display) ? entity.display : '-id';
}

/** The field that the search box over a list looks in. */
export function searchField(entity: Entity): Field | undefined {
  const f = entity.field.get(entity.kind === 'case' ? 'title' : entity.display);
  return f?.type === 'text' ? f : undefined;
}

/** A text within a filter. */
export const quoted = (s: string): string => `'${s.replace(/[\\']/g, '\\$&')}'`;
/** Filters together; each is kept whole. */
export const both = (...parts: (string | undefined | null)[]): string | undefined =>
  parts.filter(Boolean).map((p) => (p!.includes(',') ? `(${p})` : p)).join(';') || undefined;

/** The condition of an address: its view, its quick filters and the rest; a board and a map show every state. */
export function filterOf(entity: Entity, search: URLSearchParams): string | undefined {
  const view = entity.views.find((v) => v.name === search.get('view'));
  const state = /^(board|map)$/.test(search.get('as') ?? '') ? null : search.get('state');
  return both(view?.filter, state && `state==${state}`, search.get('f'), foundBy(entity, search.get('q') ?? ''));
}
export function foundBy(entity: Entity, q: string): string {
  const finds = searchField(entity);
  return finds && q ? `${finds.name}=like=${quoted(`*${q.replace(/\*/g, ' ')}*`)}` : '';
}
