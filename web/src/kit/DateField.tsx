// SPDX-License-Identifier: Apache-2.0
//
// DateField.tsx -- a date, a time, or a span of two dates, in forms and filters. The control comes when the first is shown; so
// long its place is kept.
import { lazy, Suspense } from 'react';
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
const Control = lazy(() => import('./DateInput'));

export function DateField(props: DateProps) {
  return <Suspense fallback={<div className="inp" aria-busy="true" />}><Control {...props} /></Suspense>;
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
