// SPDX-License-Identifier: Apache-2.0
//
// Unit.tsx -- which unit: the one used last, one found by typing a serial number, a name or a place, or its label scanned.
//
// A serial number that is not known stays as text: nobody is kept from reporting by a gap in our records.
import { lazy, Suspense, useEffect, useState } from 'react';
import { useText } from '../core/i18n';
import { useSettled } from '../core/settled';
import { Button } from '../kit/Button';
import { Field } from '../kit/Field';
import { canScan, serialOf } from '../kit/scan';
import { useThing, useThings, type Row } from './data';

const ScanDialog = lazy(() => import('../kit/plain/ScanDialog').then((m) => ({ default: m.ScanDialog })));

/** A filter for typed words; quotes and stars mean nothing to a person who types a serial number. */
export function likeFilter(text: string): string {
  const words = text.replace(/["*\\]/g, ' ').trim();
  return `serial=like="*${words}*",name=like="*${words}*"`;
}

const FIELDS = 'serial,name,product,site';
const words = (u: Row) => [u.serial, u._labels?.product, u._labels?.site ?? u.name].filter(Boolean).join(' · ');

interface Props {
  unit: number | null;
  serial: string;
  onChange(unit: number | null, serial: string): void;
  /** the unit of the last report */
  last: number | null;
  /** begin with the camera */
  scanning?: boolean;
  /** the serial number was read from a label */
  fromLabel?: boolean;
  error?: string;
}

export function UnitField({ unit, serial, onChange, last, scanning, fromLabel, error }: Props) {
  const { t } = useText();
  const [scan, setScan] = useState(() => !!scanning && !unit && canScan());
  const asked = useSettled(serial.trim(), 250);
  const chosen = useThing('installed_unit', unit).data;
  const before = useThing('installed_unit', unit ? null : last).data;
  const found = useThings('installed_unit', { filter: likeFilter(asked), limit: 8, fields: FIELDS, sort: 'serial' }, !unit && asked.length >= 2);
  const rows = !unit && asked.length >= 2 ? found.data?.items ?? [] : [];
  // What a label says is no guess: the unit that has exactly this number is the one.
  const [read, setRead] = useState(fromLabel ? serial : '');
  const same = rows.filter((u) => String(u.serial).toUpperCase() === read.trim().toUpperCase());
  const sure = read && read === serial && !found.isPlaceholderData && same.length === 1 ? same[0].id : null;
  useEffect(() => {
    if (sure) onChange(sure, '');
  });

  if (unit)
    return (
      <Field label={t('portal.which_unit')} group error={error} name="unit">
        {(w) => (
          <div className="chosen" role="group" aria-labelledby={w.labelId}>
            <span>{chosen ? words(chosen) : '…'}</span>
            <Button small onClick={() => onChange(null, '')}>{t('portal.other_unit')}</Button>
          </div>
        )}
      </Field>
    );
  return (
    <>
      <Field label={t('portal.which_unit')} help={t('portal.unit_help')} error={error} name="unit">
        {({ labelId: _l, ...w }) => (
          <div className="pair">
            <input className="inp" {...w} value={serial} autoComplete="off" autoCapitalize="characters" spellCheck={false}
              placeholder={t('portal.unit_hint')} onChange={(e) => onChange(null, e.target.value)} />
            {canScan() && <Button onClick={() => setScan(true)}>{t('scan.button')}</Button>}
          </div>
        )}
      </Field>
      <p className="hidden-label" role="status">{asked.length >= 2 && found.data ? t('portal.units_found', { n: rows.length }) : ''}</p>
      {(rows.length > 0 || (before && !serial)) && (
        <ul className="offers">
          {before && !serial && <li><Button onClick={() => onChange(before.id, '')}>{t('portal.last_unit')}{t('list.colon')}{words(before)}</Button></li>}
          {rows.map((u) => <li key={u.id}><Button onClick={() => onChange(u.id, '')}>{words(u)}</Button></li>)}
        </ul>
      )}
      {!unit && asked.length >= 2 && found.data && !found.isPlaceholderData && rows.length === 0 && <p className="muted">{t('portal.unit_unknown')}</p>}
      {scan && <Suspense><ScanDialog onClose={() => setScan(false)} onRead={(code) => {
        setScan(false);
        setRead(serialOf(code));
        onChange(null, serialOf(code));
      }} /></Suspense>}
    </>
  );
}
