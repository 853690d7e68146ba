// SPDX-License-Identifier: Apache-2.0
//
// TimeInput.tsx -- a time of day, typed part by part (React Aria). Loaded when a form first shows one (DateField.tsx).
//
// Its value is a text "22:30" and belongs to no zone.
import { parseTime, type Time } from '@internationalized/date';
import { DateInput as Segments, DateSegment, I18nProvider, TimeField } from 'react-aria-components';
import { useText } from '../core/i18n';
import type { TimeProps } from './DateField';

function read(value: string | null): Time | null {
  try {
    return value ? parseTime(value) : null;
  } catch {
    return null;
  }
}

export default function TimeInput({ value, onChange, label, wiring: w, name, disabled }: TimeProps) {
  const { lang } = useText();
  return (
    <I18nProvider locale={lang === 'zh' ? 'zh-CN' : 'en-GB'}>
      <TimeField<Time> className="time-field" data-name={name} value={read(value)} onChange={(v) => onChange(v ? v.toString().slice(0, 5) : null)} granularity="minute" hourCycle={24}
        shouldForceLeadingZeros isDisabled={disabled} aria-label={label} aria-labelledby={w?.labelId} aria-describedby={w?.['aria-describedby']} isInvalid={w?.['aria-invalid']} isRequired={w?.['aria-required']}>
        <Segments className="inp date-group date-segments">{(s) => <DateSegment segment={s} className="date-segment" />}</Segments>
      </TimeField>
    </I18nProvider>
  );
}
