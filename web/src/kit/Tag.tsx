// SPDX-License-Identifier: Apache-2.0
//
// Tag.tsx -- a word in a frame; severity has a shape and a colour besides, so that none of the three is needed alone.
import type { ReactNode } from 'react';

export function Tag({ children, tone }: { children: ReactNode; tone?: string }) {
  return <span className={'tag' + (tone ? ' ' + tone : '')}>{children}</span>;
}

const SHAPE: Record<string, ReactNode> = {
  critical: <path d="M6 1l5.2 9.600H.8z" />,
  major: <path d="M6 .6L11.4 6 6 11.4.6 6z" />,
  minor: <circle cx="6" cy="6" r="4.6" />,
  consultation: <circle cx="6" cy="6" r="4" className="hollow" />,
};

/** The shape of a severity; nothing for a value that is none of the four. */
export function SeverityShape({ value }: { value: string }) {
  if (!SHAPE[value]) return null;
  return (
    <svg className={`shape sev-${value}`} viewBox="0 0 12 12" width="11" height="11" aria-hidden="true" focusable="false">
      {SHAPE[value]}
    </svg>
  );
}

export function Severity({ value, label }: { value: string; label: string }) {
  return <Tag tone={SHAPE[value] ? `sev-${value}` : undefined}><SeverityShape value={value} />{label}</Tag>;
}
