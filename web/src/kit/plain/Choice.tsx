// SPDX-License-Identifier: Apache-2.0
//
// plain/Choice.tsx -- one of a closed list by the browser's own select: the twin of kit/Choice.tsx for pages that must not
// wait for React Aria.
import type { Option } from '../RadioRow';

interface Props {
  options: Option[];
  value: string;
  onChange(value: string): void;
  /** the words for "nothing chosen" */
  none: string;
  label: string;
}

export function PlainChoice({ options, value, onChange, none, label }: Props) {
  return (
    <select className="inp plain-select" aria-label={label} value={value} onChange={(e) => onChange(e.target.value)}>
      <option value="">{none}</option>
      {options.map((o) => <option key={o.value} value={o.value}>{o.label}</option>)}
    </select>
  );
}
