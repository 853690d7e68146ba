// SPDX-License-Identifier: Apache-2.0
//
// StatePath.tsx -- where a record stands on its way: the steps behind it, the one it is in, those to come.
import { Icon } from './Icon';

export interface Step {
  name: string;
  label: string;
  /** more exact words for the step the record is in */
  now?: string;
}

export function StatePath({ steps, at, label }: { steps: Step[]; at: number; label: string }) {
  return (
    <ol className="steps" aria-label={label}>
      {steps.map((s, i) => (
        <li key={s.name} className={i < at ? 'done' : undefined} aria-current={i === at ? 'step' : undefined}>
          {i < at && <Icon name="check" />}
          <span>{s.label}</span>
          {i === at && s.now && <strong>{s.now}</strong>}
        </li>
      ))}
    </ol>
  );
}
