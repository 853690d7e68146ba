// SPDX-License-Identifier: Apache-2.0
//
// registry.ts -- where dedicated screens (role/*) take the place of generic parts, by entity and name.
//
// Generic screens ask here; role folders register at start. Thus the generic floor never imports a role.
import type { ComponentType } from 'react';
import type { Step } from '../kit/StatePath';
import type { Text } from '../core/i18n';
import type { Me } from '../core/auth';
import type { Entity, Row, Transition } from './entity';

export interface Path {
  steps: Step[];
  at: number;
}
const STAGES = ['accept', 'handle', 'close'] as const;

/** The way of a record: the stages of a case, or the states of a record in their declared order; null: not known. */
export function pathOf(entity: Entity, row: Row, text: Text): Path | null {
  const now = entity.state.get(String(row.state));
  if (!now) return null;
  if (now.stage) {
    const at = STAGES.indexOf(now.stage as (typeof STAGES)[number]);
    const steps = STAGES.map((s) => ({ name: s, label: text.t(`stage.${s}`), now: s === now.stage ? text.pick(now.label) : undefined }));
    // A case that has ended has its last stage behind it, and the words of its end stand there.
    if (now.final) return { steps: steps.map((s) => (s.now ? { ...s, label: s.now } : s)), at: at + 1 };
    return { steps, at };
  }
  const main = entity.states.filter((s) => s === now || s.kind !== 'waiting');
  return { steps: main.map((s) => ({ name: s.name, label: text.pick(s.label) })), at: main.indexOf(now) };
}

/** What a person's role proposes for a new record. */
export type Proposals = (me: Me, entity: Entity) => Record<string, unknown>;
const proposers: Proposals[] = [];
export const registerProposals = (f: Proposals) => void proposers.push(f);
export const proposalsFor: Proposals = (me, entity) => Object.assign({}, ...proposers.map((f) => f(me, entity)));

/** The page of one record, already loaded. */
export interface DetailProps {
  entity: Entity;
  row: Row;
}
/** The dialog that takes a transition. */
export interface MoveProps extends DetailProps {
  move: Transition;
  /** what is known already where it is asked */
  given?: Record<string, unknown>;
  onClose(): void;
  onMoved(): void;
}
const screens = new Map<string, ComponentType<DetailProps>>();
/** A dedicated screen of an entity; without one the generic page stands. Both may embed the same parts. */
export const screen = (entity: string, kind: 'detail', page: ComponentType<DetailProps>) => void screens.set(`${entity} ${kind}`, page);
export const screenOf = (entity: string, kind: 'detail') => screens.get(`${entity} ${kind}`);

/** What brings a page that will be needed soon (ahead.ts). */
const comings: ((entity: string) => void)[] = [];
export const onAhead = (f: (entity: string) => void) => void comings.push(f);
export const partsAhead = (entity: string) => comings.forEach((f) => f(entity));

const forms = new Map<string, ComponentType<MoveProps>>();
/** A dedicated dialog of a transition, wherever it is offered; without one the generic dialog asks what the model says. */
export const moveForm = (entity: string, move: string, dialog: ComponentType<MoveProps>) => void forms.set(`${entity} ${move}`, dialog);
export const moveFormOf = (entity: string, move: string) => forms.get(`${entity} ${move}`);
