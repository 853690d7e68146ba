// SPDX-License-Identifier: Apache-2.0
//
// Widget.tsx -- the control of a field, by its type (ui.md 2.2). An unknown type gets a line of text and a warning in the
// console: never a blank screen.
//
// A control holds what the API takes: null for nothing, numbers as numbers, instants in UTC.
import { useState, type ReactNode } from 'react';
import { get, seg, type FieldError } from '../core/api';
import { mayRead, useUser } from '../core/auth';
import { useText } from '../core/i18n';
import { Button } from '../kit/Button';
import { Choice } from '../kit/Choice';
import { CodeInput } from '../kit/CodeInput';
import { Combo, type Pick } from '../kit/Combo';
import { DateField, DateSpan, type Span } from '../kit/DateField';
import { Field as Labelled, type Wiring } from '../kit/Field';
import { RadioRow } from '../kit/RadioRow';
import { SeverityShape } from '../kit/Tag';
import { labelIn, useIndex, type Field, type Row } from './entity';
import { FileBox } from './FileBox';
import { limitsOf, outside, wrongDigit, type Checked, type CheckItem, type Measure, type Reading } from './measure';

interface Props {
  field: Field;
  value: unknown;
  onChange(value: unknown): void;
  error?: FieldError;
  required?: boolean;
  /** the record, for the words of links that it has already */
  row?: Row;
  wide?: boolean;
}

const WIDE = new Set(['score', 'signature', 'longtext', 'markdown', 'json', 'checklist', 'readings', 'multi_enum', 'multi_link']);

/** A field of a form: label, control, help, error. */
export function FieldControl({ field, value, onChange, error, required, row, wide }: Props) {
  const { pick, t } = useText();
  const few = field.type === 'enum' && field.options.length <= 5;
  const asked = field.type === 'bool' && (required ?? field.required);
  const group = few || asked || ['date', 'datetime', 'rating', 'score', 'file', 'image', 'audio', 'signature', 'multi_enum', 'period', 'geo', 'checklist', 'readings', 'multi_link', 'duration'].includes(field.type);
  const [words, setWords] = useState<Record<string, string>>({});
  const known = (id: unknown) => words[String(id)] ?? (row && labelIn(row, field.name, id));
  return (
    <Labelled name={field.name} label={pick(field.label, field.name)} help={pick(field.help) || undefined} error={error}
      required={required ?? field.required} group={group} wide={wide || WIDE.has(field.type) || few}>
      {(w) => control(w)}
    </Labelled>
  );

  function line(w: Wiring, type: string, extra: object = {}): ReactNode {
    return (
      <input className="inp" type={type} {...aria(w)} name={field.name} value={value == null ? '' : String(value)}
        maxLength={typeof field.max === 'number' && type !== 'number' ? field.max : undefined}
        onChange={(e) => onChange(e.target.value === '' ? null : e.target.value)} {...extra} />
    );
  }
  function number(w: Wiring, decimals: number): ReactNode {
    return line(w, 'number', {
      step: decimals ? 1 / 10 ** decimals : 1, inputMode: decimals ? 'decimal' : 'numeric',
      onChange: (e: React.ChangeEvent<HTMLInputElement>) => onChange(e.target.value === '' ? null : e.target.valueAsNumber),
    });
  }

  function control(w: Wiring): ReactNode {
    switch (field.type) {
      case 'text': case 'address': case 'serial': case 'barcode': {
        const code = field.type === 'serial' || field.type === 'barcode';
        const digit = field.check && typeof value === 'string' ? wrongDigit(value) : null;
        return (
          <>
            {code ? <CodeInput wiring={w} name={field.name} value={value == null ? '' : String(value)} onChange={onChange} max={typeof field.max === 'number' ? field.max : undefined} serial={field.type === 'serial'} />
              : line(w, 'text', { autoComplete: 'off' })}
            {digit !== null && <p className="help warn" role="status" data-check>{t('form.check_digit', { digit })}</p>}
          </>
        );
      }
      case 'phone': return line(w, 'tel');
      case 'email': return line(w, 'email');
      case 'longtext': case 'markdown':
        return (
          <>
            <textarea className="inp" rows={4} {...aria(w)} name={field.name} value={String(value ?? '')}
              onChange={(e) => onChange(e.target.value === '' ? null : e.target.value)} />
            <Counter text={String(value ?? '')} max={field.max} />
          </>
        );
      case 'int': return number(w, 0);
      case 'decimal': case 'money': case 'percent': return number(w, field.scale);
      case 'rating': case 'score': {
        const [from, to] = field.type === 'rating' ? [1, 5] : [0, 10];
        return <RadioRow wiring={w} value={value == null ? '' : String(value)} onChange={(v) => onChange(v === '' ? null : Number(v))}
          none={required ?? field.required ? undefined : t('value.none')}
          options={Array.from({ length: to - from + 1 }, (_, i) => ({ value: String(from + i), label: String(from + i) }))} />;
      }
      case 'file': case 'image': case 'audio': case 'signature':
        return <FileBox type={field.type} w={w} value={value as number | null} onChange={onChange} />;
      case 'duration': return <Duration w={w} value={value as number | null} onChange={onChange} />;
      case 'bool':
        // An answer that must be given is asked for; a box not ticked is no answer.
        return asked ? (
          <RadioRow wiring={w} value={value == null ? '' : String(value)} onChange={(v) => onChange(v === 'true')}
            options={[{ value: 'true', label: t('value.yes') }, { value: 'false', label: t('value.no') }]} />
        ) : (
          <span className="check"><input type="checkbox" {...aria(w)} name={field.name} checked={value === true}
            onChange={(e) => onChange(e.target.checked)} /></span>
        );
      case 'enum': {
        const options = field.options.map((o) => ({ value: o.name, label: pick(o.label, o.name) }));
        const none = required ?? field.required ? undefined : t('value.none');
        const props = { options, none, value: String(value ?? ''), onChange: (v: string) => onChange(v || null) };
        return options.length <= 5
          ? <RadioRow {...props} wiring={w} mark={field.name === 'severity' ? (v) => <SeverityShape value={v} /> : undefined} />
          : <Choice {...props} wiring={w} />;
      }
      case 'multi_enum': {
        const chosen = (value as string[] | null) ?? [];
        return (
          <div role="group" className="radios" aria-labelledby={w.labelId} aria-describedby={w['aria-describedby']}>
            {field.options.map((o) => (
              <label key={o.name} className="radio">
                <input type="checkbox" checked={chosen.includes(o.name)}
                  onChange={(e) => onChange(e.target.checked ? [...chosen, o.name] : chosen.filter((x) => x !== o.name))} />
                <span>{pick(o.label, o.name)}</span>
              </label>
            ))}
          </div>
        );
      }
      case 'date': return <DateField value={value as string | null} onChange={onChange} wiring={w} name={field.name} />;
      case 'datetime':
        return <DateField time value={value as string | null} onChange={onChange} wiring={w} name={field.name} />;
      case 'period': return <DateSpan value={value as Span | null} onChange={onChange} labelledBy={w.labelId} />;
      case 'link': case 'person': case 'team':
        return <LinkBox to={field.to!} w={w} value={value as number | null} label={known(value)}
          onChange={(id, label) => {
            if (id != null) setWords((x) => ({ ...x, [id]: label }));
            onChange(id);
          }} />;
      case 'multi_link': {
        const chosen = (value as number[] | null) ?? [];
        return (
          <div role="group" aria-labelledby={w.labelId}>
            {chosen.length > 0 && (
              <ul className="chips">
                {chosen.map((id) => (
                  <li key={id}>
                    {known(id) ?? `#${id}`}
                    <Button small look="quiet" aria-label={t('form.remove_one', { name: known(id) ?? `#${id}` })}
                      onClick={() => onChange(chosen.filter((x) => x !== id))}>×</Button>
                  </li>
                ))}
              </ul>
            )}
            <LinkBox key={chosen.length} to={field.to!} w={w} value={null} onChange={(id, label) => {
              if (id == null || chosen.includes(id)) return;
              setWords((x) => ({ ...x, [id]: label }));
              onChange([...chosen, id]);
            }} />
          </div>
        );
      }
      case 'geo': {
        const g = (value as { lat?: number; lon?: number } | null) ?? {};
        const part = (k: 'lat' | 'lon') => (
          <input className="inp" type="number" step="any" aria-label={t(k === 'lat' ? 'form.latitude' : 'form.longitude')} value={g[k] ?? ''}
            onChange={(e) => {
              const next = { ...g, [k]: e.target.value === '' ? undefined : e.target.valueAsNumber };
              onChange(next.lat === undefined && next.lon === undefined ? null : next);
            }} />
        );
        return <div className="pair" role="group" aria-labelledby={w.labelId}>{part('lat')}{part('lon')}</div>;
      }
      case 'checklist': return <Checklist w={w} items={field.items} value={(value as Checked[] | null) ?? []} onChange={onChange} />;
      case 'readings': return <Readings w={w} measures={field.measures} value={(value as Reading[] | null) ?? []} onChange={onChange} />;
      case 'json': return <Json w={w} value={value} onChange={onChange} />;
      default:
        console.warn(`no control for type ${field.type}`);
        return line(w, 'text');
    }
  }
}

/** Near its limit a text says how long it is; the server counts characters, not UTF-16 units. */
function Counter({ text, max }: { text: string; max?: number }) {
  const { t, number } = useText();
  const n = max !== undefined && text.length > max * 0.8 ? [...text].length : 0;
  return max !== undefined && n > max * 0.8 ? <p className={n > max ? 'error' : 'help'} role="status" data-counter>{t('form.counter', { n: number(n), max: number(max) })}</p> : null;
}

const aria = ({ labelId: _l, ...w }: Wiring) => w;

async function pick(to: string, q: string, signal: AbortSignal): Promise<Pick[]> {
  return get<Pick[]>(`/${seg(to)}/pick`, { q, limit: 20 }, signal);
}

/** A link to `case` may go to any kind of case: all kinds that the person may read are asked. */
export function LinkBox({ to, w, value, label, onChange }: {
  to: string; w: Wiring; value: number | null; label?: string; onChange(id: number | null, label: string): void;
}) {
  const me = useUser();
  const index = useIndex().data;
  const kinds = to !== 'case' ? [to] : (index?.entities ?? []).filter((e) => e.kind === 'case' && mayRead(me, e.name)).map((e) => e.name);
  const find = async (q: string, signal: AbortSignal) => (await Promise.all(kinds.map((k) => pick(k, q, signal)))).flat();
  return <Combo value={value} label={label} onChange={onChange} source={to} find={find} wiring={w} />;
}

/** Hours and minutes for whole seconds. */
function Duration({ w, value, onChange }: { w: Wiring; value: number | null; onChange(v: unknown): void }) {
  const { t } = useText();
  const h = value == null ? '' : String(Math.floor(value / 3600));
  const m = value == null ? '' : String(Math.floor((value % 3600) / 60));
  const set = (hours: string, minutes: string) =>
    onChange(hours === '' && minutes === '' ? null : (Number(hours) || 0) * 3600 + (Number(minutes) || 0) * 60);
  return (
    <div className="pair" role="group" aria-labelledby={w.labelId} aria-describedby={w['aria-describedby']}>
      <input className="inp" id={w.id} type="number" min={0} aria-label={t('form.hours')} placeholder={t('form.hours')} value={h}
        onChange={(e) => set(e.target.value, m)} />
      <input className="inp" type="number" min={0} max={59} aria-label={t('form.minutes')} placeholder={t('form.minutes')} value={m}
        onChange={(e) => set(h, e.target.value)} />
    </div>
  );
}

/** Declared items stand there from the beginning, a box for each; what is not ticked off is not in the value. Others can be added. */
function Checklist({ w, items, value, onChange }: { w: Wiring; items: CheckItem[]; value: Checked[]; onChange(v: unknown): void }) {
  const { t, pick } = useText();
  const put = (next: Checked[]) => onChange(next.length ? next : null);
  const tick = (name: string, done: boolean) =>
    put([...items.flatMap((i) => (i.name === name ? (done ? [{ item: name, done }] : []) : value.filter((x) => x.item === i.name))), ...value.filter((x) => !x.item)]);
  const own = (i: number) => value.slice(0, i + 1).filter((x) => !x.item).length;
  const set = (i: number, item: Checked | null) => put(value.flatMap((x, k) => (k === i ? (item ? [item] : []) : [x])));
  return (
    <div role="group" className="rows" aria-labelledby={w.labelId} aria-describedby={w['aria-describedby']}>
      {items.map((i) => (
        <label className="check" key={i.name} data-item={i.name}>
          <input type="checkbox" checked={value.some((x) => x.item === i.name && x.done)} onChange={(e) => tick(i.name, e.target.checked)} />
          <span>{pick(i.label, i.name)}{i.required && <span className="must">{t('form.item_must')}</span>}</span>
        </label>
      ))}
      {value.map((item, i) => !item.item && (
        <div className="pair" key={i}>
          <input type="checkbox" aria-label={t('form.item_done', { n: own(i) })} checked={!!item.done}
            onChange={(e) => set(i, { ...item, done: e.target.checked })} />
          <input className="inp" aria-label={t('form.item', { n: own(i) })} value={item.text ?? ''} onChange={(e) => set(i, { ...item, text: e.target.value })} />
          <Button small look="quiet" aria-label={t('form.remove_one', { name: item.text ?? '' })} onClick={() => set(i, null)}>×</Button>
        </div>
      ))}
      <Button small onClick={() => put([...value, { text: '', done: false }])}>{t('form.add_row')}</Button>
    </div>
  );
}

/** What is to be measured stands there from the beginning; a value outside its limits asks why. Others can be added. */
function Readings({ w, measures, value, onChange }: { w: Wiring; measures: Measure[]; value: Reading[]; onChange(v: unknown): void }) {
  const { t, pick, number } = useText();
  const known = new Map(measures.map((m) => [m.name, m]));
  const put = (m: Measure, change: Partial<Reading>) => {
    const old = value.find((r) => r.name === m.name);
    const { reason, ...next }: Reading = { name: m.name, value: null, unit: m.unit ?? '', ...old, ...change };
    const kept = next.value === null ? [] : [reason && outside(m, next.value) ? { ...next, reason } : next];
    const at = old ? value.indexOf(old) : value.filter((r) => known.has(r.name)).length;
    onChange([...value.slice(0, at), ...kept, ...value.slice(old ? at + 1 : at)]);
  };
  const set = (i: number, r: Reading | null) => onChange(value.flatMap((x, k) => (k === i ? (r ? [r] : []) : [x])));
  return (
    <div role="group" className="rows" aria-labelledby={w.labelId}>
      {measures.map((m) => {
        const r = value.find((x) => x.name === m.name);
        const limits = limitsOf(m, (n) => number(n));
        const out = outside(m, r?.value ?? null);
        return (
          <div className="measure" key={m.name} data-measure={m.name}>
            <span>{pick(m.label, m.name)}</span>
            <input className="inp" type="number" step="any" aria-label={limits ? t('form.reading_of', { name: pick(m.label, m.name), limits }) : pick(m.label, m.name)}
              aria-invalid={out && !r?.reason ? true : undefined} value={r?.value ?? ''} onChange={(e) => put(m, { value: e.target.value === '' ? null : e.target.valueAsNumber })} />
            <span className="muted">{limits}</span>
            {out && <input className="inp reason" aria-label={`${pick(m.label, m.name)}${t('list.colon')}${t('form.reading_reason')}`} aria-required placeholder={t('form.reading_reason')} maxLength={500}
              value={r?.reason ?? ''} onChange={(e) => put(m, { reason: e.target.value })} />}
          </div>
        );
      })}
      {value.map((r, i) => !known.has(r.name) && (
        <div className="pair" key={i}>
          <input className="inp" aria-label={t('form.reading_name')} placeholder={t('form.reading_name')} value={r.name} onChange={(e) => set(i, { ...r, name: e.target.value })} />
          <input className="inp" type="number" step="any" aria-label={t('form.reading_value')} value={r.value ?? ''}
            onChange={(e) => set(i, { ...r, value: e.target.value === '' ? null : e.target.valueAsNumber })} />
          <input className="inp" aria-label={t('form.reading_unit')} placeholder={t('form.reading_unit')} value={r.unit ?? ''} onChange={(e) => set(i, { ...r, unit: e.target.value })} />
          <Button small look="quiet" aria-label={t('form.remove_one', { name: r.name })} onClick={() => set(i, null)}>×</Button>
        </div>
      ))}
      <Button small onClick={() => onChange([...value, { name: '', value: null, unit: '' }])}>{t('form.add_row')}</Button>
    </div>
  );
}

/** Text that is JSON; while it is not, the text stays and the value does not change. */
function Json({ w, value, onChange }: { w: Wiring; value: unknown; onChange(v: unknown): void }) {
  const { t } = useText();
  const [text, setText] = useState(value == null ? '' : JSON.stringify(value, null, 2));
  const [bad, setBad] = useState(false);
  return (
    <>
      <textarea className="inp mono" rows={4} {...aria(w)} value={text} onChange={(e) => {
        setText(e.target.value);
        try {
          onChange(e.target.value.trim() ? JSON.parse(e.target.value) : null);
          setBad(false);
        } catch {
          setBad(true);
        }
      }} />
      {bad && <p className="error">{t('form.bad_json')}</p>}
    </>
  );
}
