// SPDX-License-Identifier: Apache-2.0
//
// DateField.tsx -- a date, a time, a time of day, or a span of two dates, in forms and filters. The control comes when the first
// is shown; so long its place is kept.  Where it cannot come (no network), the browser's own stands in its place.
import { lazy, Suspense } from 'react';
import { fromLocalInput, toLocalInput } from '../core/format';
import { useText } from '../core/i18n';
import type { Wiring } from './Field';

export interface DateProps {
  /** with hours and minutes: the value is an instant, "2026-03-01T02:20:00Z"; else a day, "2026-03-01" */
  time?: boolean;
  value: string | null;
  onChange(value: string | null): void;
  /** its name, where no label stands beside it */
  label?: string;
  wiring?: Partial<Wiring>;
  name?: string;
}
const Control = lazy(() => import('./DateInput').catch(() => ({ default: Plain })));
const Clock = lazy(() => import('./TimeInput').catch(() => ({ default: PlainClock })));

const plain = (w: DateProps['wiring']) => ({ className: 'inp', id: w?.id, 'aria-describedby': w?.['aria-describedby'], 'aria-invalid': w?.['aria-invalid'], 'aria-labelledby': w?.labelId });
function Plain({ time, value, onChange, label, wiring, name }: DateProps) {
  return <input {...plain(wiring)} type={time ? 'datetime-local' : 'date'} aria-label={label} data-name={name} value={time ? toLocalInput(value) : value ?? ''}
    onChange={(e) => onChange((time ? fromLocalInput(e.target.value) : e.target.value) || null)} />;
}
function PlainClock({ value, onChange, label, wiring, name, disabled }: TimeProps) {
  return <input {...plain(wiring)} type="time" aria-label={label} data-name={name} disabled={disabled} value={value ?? ''} onChange={(e) => onChange(e.target.value || null)} />;
}

export function DateField(props: DateProps) {
  return <Suspense fallback={<div className="inp" aria-busy="true" />}><Control {...props} /></Suspense>;
}

/** A time of day: "22:30". */
export interface TimeProps extends Omit<DateProps, 'time'> {
  disabled?: boolean;
}
export function TimeField(props: TimeProps) {
  return <Suspense fallback={<div className="inp" aria-busy="true" />}><Clock {...props} /></Suspense>;
}

export interface Span {
  from?: string;
  to?: string;
}
/** From one day to another; either may stay open. */
export function DateSpan({ value, onChange, labelledBy }: { value: Span | null; onChange(value: Span | null): void; labelledBy?: string }) {
  const { t } = useText();
  const put = (part: Span) => {
    const next = { ...value, ...part };
    onChange(next.from || next.to ? next : null);
  };
  return (
    <div className="pair date-pair" role="group" aria-labelledby={labelledBy}>
      <DateField label={t('form.from')} value={value?.from ?? null} onChange={(v) => put({ from: v ?? undefined })} />
      <DateField label={t('form.to')} value={value?.to ?? null} onChange={(v) => put({ to: v ?? undefined })} />
    </div>
  );
}
