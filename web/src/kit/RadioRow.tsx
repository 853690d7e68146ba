// SPDX-License-Identifier: Apache-2.0
//
// RadioRow.tsx -- one of a few: radio buttons in a row that wraps.
import type { ReactNode } from 'react';
import type { Wiring } from './Field';

export interface Option {
  value: string;
  label: string;
}

interface Props {
  options: Option[];
  value: string;
  onChange(value: string): void;
  /** the words for "nothing chosen"; absent: something must be chosen */
  none?: string;
  wiring: Wiring;
  mark?(value: string): ReactNode;
}

export function RadioRow({ options, value, onChange, none, wiring, mark }: Props) {
  const all = none === undefined ? options : [...options, { value: '', label: none }];
  return (
    <div role="radiogroup" className="radios" aria-labelledby={wiring.labelId} aria-describedby={wiring['aria-describedby']}
      aria-required={wiring['aria-required']} aria-invalid={wiring['aria-invalid']}>
      {all.map((o) => (
        <label key={o.value} className="radio">
          <input type="radio" name={wiring.id} value={o.value} checked={value === o.value} onChange={() => onChange(o.value)} />
          {mark?.(o.value)}
          <span>{o.label}</span>
        </label>
      ))}
    </div>
  );
}
