// SPDX-License-Identifier: Apache-2.0
//
// measure.ts -- what a value must be beyond its type, told while one types; the server decides (src/model/measure.c).
import type { Label } from '../core/i18n';

/** What is to be measured, and its limits. */
export interface Measure {
  name: string;
  label: Label;
  unit?: string;
  min?: number;
  max?: number;
}
export interface Reading {
  name: string;
  value: number | null;
  unit?: string;
  reason?: string;
}

/** What is to be done; a step that needs the list needs what is required. */
export interface CheckItem {
  name: string;
  label: Label;
  required: boolean;
}
/** A declared item, or one in words of one's own. */
export interface Checked {
  item?: string;
  text?: string;
  done?: boolean;
}
/** How many are done, of how many: "3/6". */
export function doneOf(items: CheckItem[], value: Checked[]): string {
  const own = value.filter((x) => !x.item).length;
  return `${value.filter((x) => x.done).length}/${items.length + own}`;
}

export const outside = (m: Measure | undefined, value: number | null): boolean =>
  !!m && value !== null && ((m.min !== undefined && value < m.min) || (m.max !== undefined && value > m.max));

/** "207 – 253 V", "≤ 40 °C"; nothing where there are no limits. */
export function limitsOf(m: Measure, number: (n: number) => string): string {
  const { min, max } = m;
  const bare = min !== undefined && max !== undefined ? `${number(min)} – ${number(max)}` : min !== undefined ? `≥ ${number(min)}` : max !== undefined ? `≤ ${number(max)}` : '';
  return [bare, m.unit].filter(Boolean).join(' ');
}

/** The digit that must stand last in a GS1 number; nothing when it is no such number, or right. */
export function wrongDigit(value: string): string | null {
  if (!/^(\d{8}|\d{12,14}|\d{17,18})$/.test(value)) return null;
  const sum = [...value.slice(0, -1)].reverse().reduce((n, d, i) => n + Number(d) * (i % 2 ? 1 : 3), 0);
  const last = String((10 - (sum % 10)) % 10);
  return value.endsWith(last) ? null : last;
}
