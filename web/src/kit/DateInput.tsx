// SPDX-License-Identifier: Apache-2.0
//
// DateInput.tsx -- a date, or a date with time, typed part by part or taken from a calendar (React Aria). Loaded when a form
// first shows one (DateField.tsx).
//
// A date is a text "2026-03-01" and belongs to no zone; a time is an instant in UTC, shown in the reader's zone.
import { parseAbsolute, parseDate, type CalendarDate, type ZonedDateTime } from '@internationalized/date';
import { useState } from 'react';
import {
  Button, Calendar, CalendarCell, CalendarGrid, DateInput as Segments, DatePicker, DateSegment, Dialog, Group, Heading, I18nProvider, Popover,
} from 'react-aria-components';
import { readerZone } from '../core/format';
import { useText } from '../core/i18n';
import type { DateProps } from './DateField';
import { Icon } from './Icon';

function read(time: boolean, value: string | null): CalendarDate | ZonedDateTime | null {
  try {
    if (!value) return null;
    return time ? parseAbsolute(value, readerZone()) : parseDate(value.slice(0, 10));
  } catch {
    return null;
  }
}

export default function DateInput({ time, value, onChange, label, wiring: w, name }: DateProps) {
  const { lang, t } = useText();
  // What is not typed (seconds) comes from here: a whole minute.
  const [now] = useState(() => parseAbsolute(new Date(Math.floor(Date.now() / 60000) * 60000).toISOString(), readerZone()));
  const write = (v: CalendarDate | ZonedDateTime | null) =>
    onChange(!v ? null : 'toAbsoluteString' in v ? v.toAbsoluteString().replace('.000Z', 'Z') : v.toString());
  return (
    <I18nProvider locale={lang === 'zh' ? 'zh-CN' : 'en-GB'}>
      <DatePicker<CalendarDate | ZonedDateTime> className="date-field" data-name={name} value={read(!!time, value)} onChange={write}
        placeholderValue={time ? now : undefined}
        granularity={time ? 'minute' : 'day'} hideTimeZone hourCycle={24} shouldForceLeadingZeros
        aria-label={label} aria-labelledby={w?.labelId} aria-describedby={w?.['aria-describedby']} isInvalid={w?.['aria-invalid']} isRequired={w?.['aria-required']}>
        <Group className="inp date-group">
          <Segments className="date-segments">{(s) => <DateSegment segment={s} className="date-segment" />}</Segments>
          {value && <button type="button" className="icon-btn" aria-label={t('date.clear')} onClick={() => onChange(null)}><Icon name="x" /></button>}
          <Button className="icon-btn" aria-label={t('date.open')}><Icon name="calendar" /></Button>
        </Group>
        <Popover className="pop date-pop">
          <Dialog className="dialog">
            <Calendar>
              <header className="date-head">
                <Button slot="previous" className="icon-btn"><Icon name="back" /></Button>
                <Heading />
                <Button slot="next" className="icon-btn date-next"><Icon name="back" /></Button>
              </header>
              <CalendarGrid>{(d) => <CalendarCell date={d} className="date-cell" />}</CalendarGrid>
            </Calendar>
          </Dialog>
        </Popover>
      </DatePicker>
    </I18nProvider>
  );
}
