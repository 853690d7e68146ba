// SPDX-License-Identifier: Apache-2.0
//
// entity.ts -- the model as the screens use it.
//
// The server publishes an index (GET /model) and each entity (GET /model/{entity}); both change rarely and come with an
// ETag.  `entityOf` fills in what the text leaves out, so that no screen asks twice whether a list is there.
import { queryOptions, useQuery } from '@tanstack/react-query';
import { get, seg } from '../core/api';
import type { Label } from '../core/i18n';
import type { CheckItem, Measure } from './measure';

export interface Option {
  name: string;
  label: Label;
}
/** A condition as the server writes it: one test of one field, or and/or/not of others. */
export type When =
  | { field: string; eq?: unknown; ne?: unknown; lt?: number; le?: number; gt?: number; ge?: number; in?: unknown[]; not_in?: unknown[]; set?: boolean }
  | { and: When[] } | { or: When[] } | { not: When };
export interface Field {
  name: string;
  type: string;
  label: Label;
  help?: Label;
  group: string;
  required: boolean;
  max?: number;
  min?: number;
  scale: number;
  options: Option[];
  to?: string;
  fixed: boolean;
  computed: boolean;
  hidden: boolean;
  when?: When;
  /** roles that may write it; absent: whoever may write the record */
  write?: string[];
  read?: string[];
  /** what a form begins with */
  preset?: unknown;
  unique: boolean;
  /** its last digit is a check digit */
  check?: 'gs1';
  /** of readings: what is to be measured */
  measures: Measure[];
  /** of a checklist: what is to be done */
  items: CheckItem[];
  /** the server fills it in when nothing is given: "now", "actor", … */
  filled: boolean;
}
export interface State {
  name: string;
  label: Label;
  stage: string;
  kind: string;
  final: boolean;
  customer?: string;
}
export interface Transition {
  name: string;
  label: Label;
  from: string[];
  to: string | null;
  needs: string[];
  may: string[];
  reason: boolean;
  style: 'primary' | 'normal' | 'danger';
  confirm?: Label;
  oneway: boolean;
  /** one letter, for the keyboard */
  key?: string;
}
/** A clock as the model declares it. */
export interface ClockKind {
  name: string;
  label: Label;
  party: string;
  /** in these states it waits */
  pause: string[];
}
export interface View {
  name: string;
  label: Label;
  filter: string;
  sort: string;
  columns: string[];
}
export interface Entity {
  name: string;
  kind: string;
  label: Label;
  plural: Label;
  help?: Label;
  display: string;
  fields: Field[];
  field: Map<string, Field>;
  groups: Record<string, Label>;
  states: State[];
  state: Map<string, State>;
  transitions: Map<string, Transition>;
  views: View[];
  list: string[];
  layout: { detail?: [string, number][]; side?: string[] };
  /** do its records have service clocks? */
  clocks: boolean;
  clockKinds: ClockKind[];
}
export interface IndexEntry {
  name: string;
  kind: string;
  label: Label;
  plural: Label;
  group: string | null;
  order: number;
}
export interface ModelIndex {
  version: string;
  entities: IndexEntry[];
  groups: Record<string, Label>;
  roles: Record<string, { label: Label; groups: string[] }>;
}

/** A row of records, or one: what the server sends. */
export interface Row {
  id: number;
  _v?: number;
  _labels?: Record<string, string | Record<string, string>>;
  _can?: Can;
  [field: string]: unknown;
}
export interface Can {
  fields?: Record<string, string>;
  transitions?: { name: string; ok: boolean; why?: Label }[];
}
/** What a search found. */
export interface Hit {
  entity: string;
  id: number;
  number?: string;
  title?: string;
  /** a part of the text that was hit; places of the hits in it: [from, length] */
  snippet?: { text: string; hits: [number, number][] } | null;
}

type Raw = Record<string, any>;

/** Labels stand as {label: {en, zh}} or as {en, zh} beside the name. */
const labelOf = (r: Raw | undefined, fallback = ''): Label =>
  r?.label ?? (r?.en || r?.zh ? { en: r.en, zh: r.zh } : { en: fallback, zh: fallback });
const named = (list: unknown): Raw[] =>
  Array.isArray(list) ? list.map((x) => (typeof x === 'string' ? { name: x } : x))
    : Object.entries((list ?? {}) as Record<string, Raw>).map(([name, r]) => ({ name, ...r }));
const texts = (v: unknown): string[] => (v == null ? [] : Array.isArray(v) ? v.map(String) : [String(v)]);

function fieldOf(r: Raw): Field {
  return {
    name: r.name, type: r.type, label: labelOf(r, r.name), help: r.help, group: r.group ?? '',
    required: !!r.required, max: r.max, min: r.min, scale: r.scale ?? 0,
    options: named(r.options ?? r.of).map((o) => ({ name: o.name, label: labelOf(o, o.name) })),
    to: r.to ?? (r.type === 'person' ? 'user' : r.type === 'team' ? 'team' : undefined),
    fixed: !!r.fixed, computed: !!r.computed, hidden: !!r.hidden, when: r.when ?? undefined,
    write: r.write ? texts(r.write) : undefined, read: r.read ? texts(r.read) : undefined, preset: r.preset, unique: !!r.unique,
    filled: !!r.preset_from, check: r.check, measures: named(r.measures).map((m) => ({ name: m.name, label: labelOf(m, m.name), unit: m.unit, min: m.min, max: m.max })),
    items: named(r.items).map((i) => ({ name: i.name, label: labelOf(i, i.name), required: !!i.required })),
  };
}

export function entityOf(r: Raw): Entity {
  const fields = named(r.fields).map(fieldOf);
  const field = new Map(fields.map((f) => [f.name, f]));
  const states = named(r.states).map((s): State => ({
    name: s.name, label: labelOf(s, s.name), stage: s.stage ?? '', final: !!s.final,
    kind: s.kind ?? (s.final ? 'closed' : 'open'), customer: s.customer ?? undefined,
  }));
  const transitions = named(r.transitions).map((x): Transition => ({
    name: x.name, label: labelOf(x, x.name), from: texts(x.from), to: x.to && x.to !== 'same' ? x.to : null,
    needs: texts(x.needs), may: texts(x.may), reason: !!x.reason, style: x.style ?? 'normal', confirm: x.confirm ?? undefined,
    oneway: !!x.oneway, key: x.key || undefined,
  }));
  const display = r.display ?? ['name', 'title', 'number'].find((n) => field.has(n)) ?? fields[0]?.name ?? 'id';
  const list = texts(r.list);
  const kind = r.is ?? r.kind ?? 'record';
  return {
    name: r.entity ?? r.name, kind, label: labelOf(r, r.entity ?? r.name),
    plural: r.plural ?? labelOf(r, r.entity ?? r.name), help: r.help, display, fields, field,
    groups: Object.fromEntries(named(r.groups).map((g) => [g.name, labelOf(g, g.name)])),
    states, state: new Map(states.map((s) => [s.name, s])), transitions: new Map(transitions.map((x) => [x.name, x])),
    views: named(r.views).map((v) => ({
      name: v.name, label: labelOf(v, v.name), filter: v.filter ?? '', sort: v.sort ?? '', columns: texts(v.columns),
    })),
    list: list.length ? list : [...(kind === 'case' ? ['number'] : []), display],
    layout: r.layout ?? {}, clocks: named(r.clocks).length > 0,
    clockKinds: named(r.clocks).map((c) => ({ name: c.name, label: labelOf(c, c.name), party: c.party ?? '', pause: texts(c.pause) })),
  };
}

function indexOf(r: Raw): ModelIndex {
  return {
    version: r.version ?? '',
    entities: named(r.entities).map((e) => ({
      name: e.entity ?? e.name, kind: e.is ?? e.kind ?? 'record', label: labelOf(e, e.entity ?? e.name),
      plural: e.plural ?? labelOf(e, e.entity ?? e.name), group: e.nav?.group ?? null, order: e.nav?.order ?? 999,
    })),
    groups: Object.fromEntries(named(r.nav).filter((g) => g.label || g.en).map((g) => [g.group ?? g.name, labelOf(g)])),
    roles: Object.fromEntries(named(r.roles).map((x) => [x.name, { label: labelOf(x, x.name), groups: texts(x.groups) }])),
  };
}

export const useIndex = () =>
  useQuery({ queryKey: ['model'], queryFn: ({ signal }) => get<Raw>('/model', undefined, signal).then(indexOf), staleTime: Infinity });

export const askEntity = (name: string) => queryOptions({
  queryKey: ['model', name],
  queryFn: ({ signal }) => get<Raw>(`/model/${seg(name)}`, undefined, signal).then(entityOf),
  staleTime: Infinity,
});
export const useEntity = (name: string | undefined) => useQuery({ ...askEntity(name ?? ''), enabled: !!name });

/** Is a field to be shown now? Only hides early: the server decides again. What is not understood is shown. */
export function holds(when: When | undefined, values: Record<string, unknown>): boolean {
  if (!when || typeof when !== 'object') return true;
  if ('and' in when) return when.and.every((w) => holds(w, values));
  if ('or' in when) return when.or.some((w) => holds(w, values));
  if ('not' in when) return !holds(when.not, values);
  if (!('field' in when)) return true;
  const v = values[when.field] ?? null;
  const n = Number(v);
  if ('eq' in when) return v === when.eq;
  if ('ne' in when) return v !== when.ne;
  if (when.in) return when.in.includes(v);
  if (when.not_in) return !when.not_in.includes(v);
  if (when.set !== undefined) return (v !== null) === when.set;
  if (when.lt !== undefined) return n < when.lt;
  if (when.le !== undefined) return n <= when.le;
  if (when.gt !== undefined) return n > when.gt;
  if (when.ge !== undefined) return n >= when.ge;
  return true;
}

const READ_ONLY = new Set(['formula', 'clock', 'ref', 'state', 'bytes']);
/** They become attachments of a record that is there already. */
const FILES = new Set(['file', 'image', 'audio', 'signature']);
/** Can the field be typed into at all? */
export const editable = (f: Field) => !f.computed && !f.hidden && !READ_ONLY.has(f.type);
/** The person's roles and the groups of those roles: the model's lists name either. */
export const powersOf = (roles: string[], index: ModelIndex | undefined): string[] =>
  [...roles, ...roles.flatMap((r) => index?.roles[r]?.groups ?? [])];
/** May one with these powers give it on creation? */
export const writableBy = (f: Field, powers: string[]) => editable(f) && !FILES.has(f.type) && (!f.write || f.write.some((r) => powers.includes(r)));
export const readableBy = (f: Field, powers: string[]) => !f.hidden && (!f.read || f.read.some((r) => powers.includes(r)));

/** The words of a link's value, from `_labels`. */
export function labelIn(row: Row, field: string, id?: unknown): string | undefined {
  const l = row._labels?.[field];
  if (l && typeof l === 'object') return id == null ? undefined : l[String(id)];
  return l ?? undefined;
}

/** What the record is called in a heading: its display field, else its id. */
export const titleOf = (e: Entity, row: Row): string => String(row[e.display] ?? row.title ?? row.name ?? `#${row.id}`);
