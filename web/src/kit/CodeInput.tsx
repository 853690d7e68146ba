// SPDX-License-Identifier: Apache-2.0
//
// CodeInput.tsx -- a line for a serial number or a barcode: typed, read with the camera where the browser can, or scanned with
// a wedge, which types the code and ends it with Enter.  So Enter ends the code here and does not send the form, and what the
// line holds is marked when one comes into it and when a code has ended: a scan takes its place.  (Ctrl+Enter sends the form.)
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useText } from '../core/i18n';
import { Button } from './Button';
import type { Wiring } from './Field';
import { canScan, serialOf } from './scan';

const ScanDialog = lazy(() => import('./ScanDialog'));

export function CodeInput({ wiring: { labelId, ...w }, name, value, onChange, max, serial }: {
  wiring: Wiring; name: string; value: string; onChange(v: string | null): void; max?: number;
  /** a label may say more than the serial number */
  serial?: boolean;
}) {
  const { t } = useText();
  const [scanning, setScanning] = useState(false);
  const line = useRef<HTMLInputElement>(null);
  const entered = useRef(false);
  const able = canScan();
  const close = () => setScanning(false);
  const scanned = useRef(false);
  // Behind the dialog, which keeps the focus while it stands.
  useEffect(() => {
    if (scanned.current && !scanning) line.current?.focus();
    scanned.current = scanning;
  }, [scanning]);
  return (
    <div className={able ? 'pair' : undefined}>
      <input className="inp mono" {...w} ref={line} type="text" name={name} value={value} maxLength={max} autoComplete="off" autoCapitalize="characters" spellCheck={false}
        onChange={(e) => onChange(e.target.value || null)}
        onFocus={(e) => {
          e.currentTarget.select();
          entered.current = true;
        }}
        onClick={(e) => {
          // The click that came into the line has put a caret there.
          if (entered.current) e.currentTarget.select();
          entered.current = false;
        }}
        onKeyDown={(e) => {
          entered.current = false;
          if (e.key !== 'Enter' || e.ctrlKey || e.metaKey || e.nativeEvent.isComposing) return;
          e.preventDefault();
          e.currentTarget.select();
        }} />
      {able && <Button className="scan-btn" aria-describedby={labelId} onClick={() => setScanning(true)}>{t('scan.button')}</Button>}
      {scanning && <Suspense><ScanDialog onClose={close} onRead={(code) => {
        onChange((serial ? serialOf(code) : code.trim()) || null);
        close();
      }} /></Suspense>}
    </div>
  );
}
