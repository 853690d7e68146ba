// SPDX-License-Identifier: Apache-2.0
//
// Cell.tsx -- a value as text, by the type of its field: in a list (short) and on the page of a record.
import { lazy, Suspense, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useText, type Text } from '../core/i18n';
import { fileAddress, seg } from '../core/api';
import { useUser, mayRead } from '../core/auth';
import { Severity, Tag } from '../kit/Tag';
import { seen, Words } from '../kit/Said';
import { doneOf, limitsOf, outside, type Checked, type Reading } from './measure';
import { labelIn, type Entity, type Field, type Row } from './entity';

const ClockCell = lazy(() => import('./ClockCell').then((m) => ({ default: m.ClockCell })));

export const empty = (v: unknown) => v == null || v === '' || (Array.isArray(v) && v.length === 0);
export const optionLabel = (f: Field, value: unknown, text: Text) =>
  text.pick(f.options.find((o) => o.name === value)?.label, String(value));
export const rightAligned = (f: Field | undefined) => !!f && ['int', 'decimal', 'money', 'percent', 'duration'].includes(f.type);

/** Plain text of a value: for titles and for the timeline, where links are not worth following. */
export function plain(f: Field | undefined, v: unknown, text: Text, row?: Row): string {
  if (empty(v)) return '–';
  if (!f) return typeof v === 'object' ? JSON.stringify(v) : String(v);
  switch (f.type) {
    case 'enum': return optionLabel(f, v, text);
    case 'multi_enum': return (v as unknown[]).map((x) => optionLabel(f, x, text)).join(text.t('list.comma'));
    case 'bool': return text.t(v ? 'value.yes' : 'value.no');
    case 'date': return text.date(String(v));
    case 'datetime': return text.dateTime(String(v));
    case 'period': {
      const p = v as { from?: string; to?: string };
      return `${p.from ? text.date(p.from) : '…'} – ${p.to ? text.date(p.to) : '…'}`;
    }
    case 'int': return text.number(Number(v));
    case 'decimal': case 'money': return text.number(Number(v), f.scale);
    case 'percent': return `${text.number(Number(v))} %`;
    case 'duration': return text.duration(Number(v));
    case 'rating': return `${v}/5`;
    case 'score': return `${v}/10`;
    case 'link': case 'person': case 'team':
      return (row && row[f.name] === v && labelIn(row, f.name, v)) || `#${v}`;
    case 'multi_link': return (v as unknown[]).map((x) => (row && labelIn(row, f.name, x)) || `#${x}`).join(text.t('list.comma'));
    case 'checklist': return doneOf(f.items, v as Checked[]);
    case 'geo': return `${(v as { lat: number }).lat}, ${(v as { lon: number }).lon}`;
    default: return typeof v === 'object' ? JSON.stringify(v) : String(v);
  }
}

interface Props {
  entity: Entity;
  row: Row;
  name: string;
  /** in a list: one line, short times */
  short?: boolean;
}

/** A value on the screen. Names that are no field (state, stage, number, created_at) are known here too. */
export function Cell({ entity, row, name, short }: Props): ReactNode {
  const text = useText();
  const me = useUser();
  const f = entity.field.get(name);
  const v = row[name];
  if (name === 'state' || f?.type === 'state') {
    if (!empty(v)) return <StateTag entity={entity} row={row} />;
  }
  if (name === 'customer_state' && v) return <Tag>{customerWord(String(v), text)}</Tag>;
  if (empty(v)) return <span className="muted">–</span>;
  if (name === '_clocks' || f?.type === 'clock') return <Suspense fallback={null}><ClockCell entity={entity} value={v} /></Suspense>;
  if (name === 'severity' && f) return <Severity value={String(v)} label={optionLabel(f, v, text)} />;
  if (!f && /_at$/.test(name)) return <Time iso={String(v)} short={short} />;
  switch (f?.type) {
    case 'enum': return short ? <Tag>{optionLabel(f, v, text)}</Tag> : optionLabel(f, v, text);
    case 'datetime': return <Time iso={String(v)} short={short} />;
    case 'link': case 'person': case 'team': {
      const words = plain(f, v, text, row);
      return !short && f.to && mayRead(me, f.to) ? <Link href={`/e/${f.to}/${v}`}>{words}</Link> : words;
    }
    case 'phone': return short ? String(v) : <a href={'tel:' + String(v).replace(/[^+\d]/g, '')}>{String(v)}</a>;
    case 'geo': {
      const { lat, lon } = v as { lat: number; lon: number };
      return short ? plain(f, v, text) : <a href={`https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=16/${lat}/${lon}`} target="_blank" rel="noreferrer">{lat}, {lon}</a>;
    }
    case 'file': case 'audio': case 'image': case 'signature': {
      const at = fileAddress(`/${seg(entity.name)}/${row.id}/attachment/${v}/content`);
      if (short) return '1';
      return f.type === 'image' || f.type === 'signature' ? <a href={at} download><img className="thumb" src={at} alt={text.pick(f.label)} /></a>
        : <a href={at} download>{text.t('file.there', { id: String(v) })}</a>;
    }
    case 'email': return short ? String(v) : <a href={'mailto:' + String(v)}>{String(v)}</a>;
    case 'serial': case 'barcode': return <span className="mono">{String(v)}</span>;
    case 'text': return <Words>{String(v)}</Words>;
    case 'longtext': case 'markdown': return short ? <Words>{String(v)}</Words> : <p className="prose">{seen(String(v))}</p>;
    case 'checklist':
      return short ? plain(f, v, text) : (
        <ul className="checked">
          {f.items.map((i) => <li key={i.name}>{(v as Checked[]).some((x) => x.item === i.name && x.done) ? '☑' : '☐'} {text.pick(i.label, i.name)}</li>)}
          {(v as Checked[]).map((x, k) => !x.item && <li key={k}>{x.done ? '☑' : '☐'} {x.text}</li>)}
        </ul>
      );
    case 'readings':
      return short ? String((v as unknown[]).length) : (
        <ul>{(v as Reading[]).map((r, k) => {
          const m = f.measures.find((x) => x.name === r.name);
          return (
            <li key={k} className={outside(m, r.value) ? 'outside' : undefined}>
              {m ? text.pick(m.label) : r.name}{text.t('list.colon')}{r.value} {r.unit}
              {outside(m, r.value) && <> (! {limitsOf(m!, (n) => text.number(n))}{r.reason && `${text.t('list.colon')}${r.reason}`})</>}
            </li>
          );
        })}</ul>
      );
    default: return plain(f, v, text, row);
  }
}

export function Time({ iso, short }: { iso: string; short?: boolean }) {
  const text = useText();
  return <time dateTime={iso} title={text.dateTime(iso)}>{short ? text.clock(iso) : text.dateTime(iso)}</time>;
}

const CUSTOMER = ['received', 'being_assigned', 'in_progress', 'needs_reply', 'please_confirm', 'completed', 'withdrawn'] as const;
export type CustomerState = (typeof CUSTOMER)[number];
export const customerWord = (state: string, text: Text): string =>
  (CUSTOMER as readonly string[]).includes(state) ? text.t(`customer.${state as CustomerState}`) : state;

export function StateTag({ entity, row }: { entity: Entity; row: Row }) {
  const text = useText();
  const s = entity.state.get(String(row.state));
  if (!s) return <Tag>{row.customer_state ? customerWord(String(row.customer_state), text) : String(row.state)}</Tag>;
  return <Tag tone={`state-${s.kind}`}>{text.pick(s.label)}</Tag>;
}
