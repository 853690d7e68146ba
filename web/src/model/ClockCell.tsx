// SPDX-License-Identifier: Apache-2.0
//
// ClockCell.tsx -- the service clocks of a row as badges: the most urgent, and how many more there are.
import { serverTime } from '../core/clock';
import { ClockFace, type ClockData } from '../kit/ClockBadge';
import { useText } from '../core/i18n';
import type { Label } from '../core/i18n';
import { optionLabel } from './Cell';
import type { Entity } from './entity';

/** A clock as a list row tells it (docs/api.md, `_clocks`). */
interface Brief {
  name: string;
  label?: Label;
  party?: string;
  state: ClockData['state'];
  started?: string | null;
  due?: string | null;
  breached_at?: string | null;
  budget?: number | null;
  working?: boolean;
  used?: number;
  remaining?: number | null;
  paused_code?: string | null;
}

const whole = (b: Brief, asOf: number): ClockData => ({
  clock: b.name, label: b.label, party: b.party, facts: [], state: b.state, used: b.used, remaining: b.remaining, due: b.due,
  breached_at: b.breached_at, started: b.started, asOf,
  promises: b.budget == null ? [] : [{ budget: b.budget, calendar: '', calendar_version: b.working ? 1 : 0, since: b.started ?? '', reason: 'initial' }],
  segments: b.paused_code ? [{ from: b.started ?? '', to: null, paused: true, code: b.paused_code, used: 0 }] : [],
});

const asOf = new WeakMap<object, number>();

/** `value`: one clock or several, the most urgent first. */
export function ClockCell({ entity, value }: { entity: Entity; value: unknown }) {
  const text = useText();
  const list = (Array.isArray(value) ? value : [value]) as Brief[];
  const [first] = list;
  if (!first || typeof first !== 'object') return <span className="muted">–</span>;
  // The instant at which this answer was drawn first stands for that at which it was given.
  if (!asOf.has(first)) asOf.set(first, serverTime());
  const code = entity.field.get('pause_code');
  return (
    <>
      <ClockFace clock={whole(first, asOf.get(first)!)} codeLabel={(c) => (code ? optionLabel(code, c, text) : c)} />
      {list.length > 1 && <span className="muted small"> +{list.length - 1}</span>}
    </>
  );
}
