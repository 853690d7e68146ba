// SPDX-License-Identifier: Apache-2.0
//
// Filter.tsx -- the conditions of a list: each a chip that can be changed or taken out, and a dialog that asks by the type of
// the field (ui.md 2.2): contains, from and to, boxes with counts, days with quick ranges, a combobox for links.
import { useState } from 'react';
import { dayOf } from '../core/format';
import { useText, type MessageId, type Text } from '../core/i18n';
import { serverTime } from '../core/clock';
import { Button } from '../kit/Button';
import { Choice } from '../kit/Choice';
import { FormDialog } from '../kit/Dialog';
import { Field as Labelled } from '../kit/Field';
import { Icon } from '../kit/Icon';
import { RadioRow } from '../kit/RadioRow';
import { both, nameOf } from './columns';
import * as cond from './conditions';
import type { Conditions, Term } from './conditions';
import { useNames, useStats } from './data';
import { readableBy, type Entity, type Field, type Option } from './entity';
import { LinkBox } from './Widget';

interface Props {
  entity: Entity;
  powers: string[];
  value: string;
  /** the conditions that hold anyway, for the counts */
  within?: string;
  adding: boolean;
  onChange(filter: string): void;
  onDone(): void;
}

type Kind = 'text' | 'range' | 'days' | 'options' | 'link' | 'presence';
const KINDS: Record<string, Kind> = {
  text: 'text', longtext: 'text', markdown: 'text', phone: 'text', email: 'text', address: 'text', serial: 'text', barcode: 'text',
  int: 'range', decimal: 'range', money: 'range', percent: 'range', duration: 'range', rating: 'range', score: 'range',
  date: 'days', datetime: 'days', enum: 'options', multi_enum: 'options', bool: 'options',
  link: 'link', person: 'link', team: 'link', multi_link: 'link',
};
const UNFILTERED = new Set(['formula', 'clock', 'ref', 'state', 'bytes']);

/** A field, or one of the columns that every record has. */
function target(entity: Entity, name: string, text: Text): Field | undefined {
  const f = entity.field.get(name);
  if (f) return f;
  const plain = { name, label: {}, group: '', required: true, scale: 0, options: [] as Option[], fixed: true, computed: true, hidden: false, filled: false, unique: false, measures: [], items: [] };
  if (name === 'state') return { ...plain, type: 'enum', options: entity.states.map((s) => ({ name: s.name, label: s.label })) };
  if (name === 'state.kind')
    return { ...plain, type: 'enum', options: ['open', 'waiting', 'closed'].map((k) => ({ name: k, label: { [text.lang]: text.t(`filter.kind_${k}` as MessageId) } })) };
  if (name === 'created_at' || name === 'updated_at') return { ...plain, type: 'datetime' };
  return undefined;
}
const targetName = (entity: Entity, name: string, text: Text) => (name === 'state.kind' ? text.t('filter.kind') : nameOf(entity, name, text));

export function Filter({ entity, powers, value, within, adding, onChange, onDone }: Props) {
  const text = useText();
  const { t } = text;
  const [editing, setEditing] = useState('');
  const c = cond.conditionsOf(value);
  const names = useNames(linksIn(entity, c, text));
  const put = (next: Conditions) => onChange(cond.filterOf(next));
  const done = () => {
    setEditing('');
    onDone();
  };
  return (
    <>
      {value && (
        <ul className="chips filter-chips" aria-label={t('filter.chips')}>
          {[...c.fields].map(([name, terms]) => {
            const words = `${targetName(entity, name, text)}${t('list.colon')}${said(target(entity, name, text), terms, text, names)}`;
            return (
              <li key={name}>
                <button type="button" className="chip" data-filter={name} onClick={() => setEditing(name)}>{words}</button>
                <button type="button" className="icon-btn" aria-label={t('filter.remove', { what: words })} onClick={() => put(cond.changed(c, name, []))}><Icon name="x" /></button>
              </li>
            );
          })}
          {c.rest.map((r, i) => (
            <li key={r}>
              <span className="mono chip">{r}</span>
              <button type="button" className="icon-btn" aria-label={t('filter.remove', { what: r })}
                onClick={() => put({ ...c, rest: c.rest.filter((_, k) => k !== i) })}><Icon name="x" /></button>
            </li>
          ))}
        </ul>
      )}
      {(adding || editing) && (
        <Ask key={editing} entity={entity} powers={powers} start={editing} conditions={c} within={within} names={names} onClose={done} onPut={(next) => {
          put(next);
          done();
        }} />
      )}
    </>
  );
}

/** The records that chips name by id. */
function linksIn(entity: Entity, c: Conditions, text: Text): Map<string, Set<number>> {
  const wanted = new Map<string, Set<number>>();
  for (const [name, terms] of c.fields) {
    const f = target(entity, name, text);
    if (!f?.to || f.to === 'case') continue;
    for (const id of cond.chosen(terms).map(Number).filter(Boolean)) wanted.set(f.to, (wanted.get(f.to) ?? new Set()).add(id));
  }
  return wanted;
}

type Names = (entity: string, id: unknown) => string | undefined;
const WORDS = ['me', 'mine', 'now'] as const;

/** A condition in words. */
function said(f: Field | undefined, terms: Term[], text: Text, names: Names): string {
  const { t, pick } = text;
  const has = cond.presence(terms);
  if (has) return t(has === 'set' ? 'filter.set' : 'filter.empty');
  const one = (v: string): string => {
    if ((WORDS as readonly string[]).includes(v)) return t(`filter.${v as (typeof WORDS)[number]}`);
    if (f?.type === 'bool') return t(v === 'true' ? 'value.yes' : 'value.no');
    return (f?.to && names(f.to, Number(v))) || pick(f?.options.find((o) => o.name === v)?.label, v);
  };
  const kind = f && KINDS[f.type];
  if (f && (kind === 'range' || kind === 'days')) {
    const { from, to } = cond.rangeOf(f, terms);
    const show = (v: string) => (kind === 'days' ? text.date(v) : f.type === 'duration' ? text.duration(Number(v) * 3600) : v);
    if (from && to) return from === to ? show(from) : `${show(from)} – ${show(to)}`;
    if (from || to) return `${from ? '≥' : '≤'} ${show(from || to)}`;
  }
  if (kind === 'text' && terms.some((x) => x.op === '=like=')) return t('filter.contains', { text: cond.contained(terms) });
  return terms.map((x) => (x.op === '!=' || x.op === '=out=' ? t('filter.not') + ' ' : '') + x.values.map(one).join(t('list.comma'))).join(t('list.comma'));
}

interface AskProps {
  entity: Entity;
  powers: string[];
  start: string;
  conditions: Conditions;
  within?: string;
  names: Names;
  onPut(c: Conditions): void;
  onClose(): void;
}

function Ask({ entity, powers, start, conditions, within, names, onPut, onClose }: AskProps) {
  const text = useText();
  const { t } = text;
  const [name, setName] = useState(start);
  const [terms, setTerms] = useState<Term[]>(conditions.fields.get(start) ?? []);
  const f = name ? target(entity, name, text) : undefined;
  const all = [...(entity.states.length ? ['state', 'state.kind'] : []), ...entity.fields.filter((x) => readableBy(x, powers) && !UNFILTERED.has(x.type)).map((x) => x.name),
    'created_at', 'updated_at'];
  const choose = (n: string) => {
    setName(n);
    setTerms(conditions.fields.get(n) ?? []);
  };
  return (
    <FormDialog title={t('filter.title')} act={t('filter.apply')} onClose={onClose}
      onSubmit={() => (name ? onPut(cond.changed(conditions, name, terms)) : onClose())}>
      <Labelled name="filter-field" label={t('filter.field')} group>
        {(w) => <Choice wiring={w} value={name} onChange={choose} options={all.map((n) => ({ value: n, label: targetName(entity, n, text) }))} />}
      </Labelled>
      {f && <Editor key={name} entity={entity} field={f} label={targetName(entity, name, text)} terms={terms} onTerms={setTerms} names={names}
        within={both(within, cond.filterOf(cond.changed(conditions, name, [])))} />}
    </FormDialog>
  );
}

interface EditorProps {
  entity: Entity;
  field: Field;
  label: string;
  terms: Term[];
  within?: string;
  names: Names;
  onTerms(terms: Term[]): void;
}

function Editor(p: EditorProps) {
  const { t } = useText();
  const { field: f, label, terms, onTerms } = p;
  const kind = KINDS[f.type] ?? 'presence';
  const has = cond.presence(terms);
  return (
    <>
      {kind === 'text' && !has && (
        <Labelled name="filter-text" label={t('filter.contains_label', { field: label })} wide>
          {({ labelId: _, ...w }) => <input className="inp" {...w} autoComplete="off" value={cond.contained(terms)} onChange={(e) => onTerms(cond.containedTerms(e.target.value))} />}
        </Labelled>
      )}
      {(kind === 'range' || kind === 'days') && !has && <RangeEditor {...p} days={kind === 'days'} />}
      {kind === 'options' && !has && <Options {...p} />}
      {kind === 'link' && !has && <LinkEditor {...p} />}
      {!f.required && (
        <Labelled name="filter-presence" label={t('filter.presence')} group>
          {(w) => <RadioRow wiring={w} value={has} onChange={(v) => onTerms(cond.presenceTerms(v as '' | 'set' | 'empty'))}
            options={[{ value: '', label: t('filter.any') }, { value: 'set', label: t('filter.set') }, { value: 'empty', label: t('filter.empty') }]} />}
        </Labelled>
      )}
    </>
  );
}

function RangeEditor({ field: f, terms, onTerms, days }: EditorProps & { days: boolean }) {
  const { t } = useText();
  const range = cond.rangeOf(f, terms);
  const part = (side: 'from' | 'to') => (
    <Labelled name={`filter-${side}`} label={t(`filter.${side}`) + (f.type === 'duration' ? ` (${t('filter.hours')})` : '')}>
      {({ labelId: _, ...w }) => <input className="inp" type={days ? 'date' : 'number'} step="any" {...w} value={range[side]}
        onChange={(e) => onTerms(cond.rangeTerms(f, { ...range, [side]: e.target.value }))} />}
    </Labelled>
  );
  return (
    <>
      {days && (
        <div className="looks" role="group" aria-label={t('filter.quick')}>
          {cond.quickRanges(dayOf(new Date(serverTime()).toISOString())).map((q) => (
            <Button key={q.name} small look="quiet" aria-pressed={q.range.from === range.from && q.range.to === range.to}
              onClick={() => onTerms(cond.rangeTerms(f, q.range))}>{t(`filter.${q.name}`)}</Button>
          ))}
        </div>
      )}
      <div className="fields">{part('from')}{part('to')}</div>
    </>
  );
}

/** Boxes with how many there are of each; several are "or", of a field with several values "and". */
function Options({ entity, field: f, label, terms, within, onTerms }: EditorProps) {
  const { t, pick } = useText();
  const counts = useStats(entity.name, f.name, within, f.type !== 'multi_enum' && f.name !== 'state.kind');
  const on = cond.chosen(terms);
  const options = f.type === 'bool' ? [{ name: 'true', words: t('value.yes') }, { name: 'false', words: t('value.no') }]
    : f.options.map((o) => ({ name: o.name, words: pick(o.label, o.name) }));
  return (
    <div role="group" className="filter-options" aria-label={label}>
      {options.map((o) => {
        const n = counts.data?.groups.find((g) => g.value === o.name)?.count;
        return (
          <label key={o.name} className="radio">
            <input type="checkbox" value={o.name} checked={on.includes(o.name)}
              onChange={(e) => onTerms(cond.chosenTerms(f, e.target.checked ? [...on, o.name] : on.filter((x) => x !== o.name)))} />
            <span>{o.words}</span>
            {n !== undefined && <span className="muted">{n}</span>}
          </label>
        );
      })}
    </div>
  );
}

function LinkEditor({ field: f, label, terms, onTerms, names }: EditorProps) {
  const { t } = useText();
  const [word] = cond.chosen(terms);
  const [words, setWords] = useState('');
  const id = word && /^\d+$/.test(word) ? Number(word) : null;
  const own = f.type === 'team' ? 'mine' : f.to === 'user' || f.to === 'contact' ? 'me' : '';
  return (
    <>
      <Labelled name="filter-link" label={label} group>
        {(w) => <LinkBox to={f.to!} w={w} value={id} label={words || (id ? names(f.to!, id) : '')} onChange={(x, l) => {
          setWords(l);
          onTerms(x == null ? [] : cond.chosenTerms(f, [String(x)]));
        }} />}
      </Labelled>
      {own && f.type !== 'multi_link' && <Button small aria-pressed={word === own} onClick={() => onTerms([{ op: '==', values: [own] }])}>{t(`filter.${own}`)}</Button>}
    </>
  );
}
