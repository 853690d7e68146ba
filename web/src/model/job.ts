// SPDX-License-Identifier: Apache-2.0
//
// job.ts -- one deed on very many rows, in parts that the server takes (POST /{entity}/bulk), with its progress.
//
// What is asked, how far it came and what was refused is kept in the browser after each part: a page that was closed or died
// goes on where it stopped (Left, in Bulk.tsx).  The part that was under way then is sent again under its own Idempotency-Key,
// which the server knows for a day; a job that is older is not offered any more.
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { call, newKey, Problem, seg, type FieldError } from '../core/api';
import { serverTime } from '../core/clock';
import type { Values } from '../core/draft';
import type { Label } from '../core/i18n';
import { recall, remember } from '../core/keep';
import { inParts, partsOf } from './parts';

export const PART = 100;
const LIVES_MS = 20 * 3600_000;

export interface Failed {
  id: number;
  /** the sentence of the server, and the field that it is about */
  text?: Label;
  field?: string;
}
export interface Job {
  key: string;
  at: number;
  deed: string;
  title: Label;
  body: Values;
  ids: number[];
  /** parts that are done */
  part: number;
  done: number;
  failed: Failed[];
}
interface Result {
  id: number;
  ok: boolean;
  problem?: { detail?: Label; title?: string; errors?: FieldError[] };
}

const place = (person: number, entity: string) => `job.${person}.${entity}`;

/** What was left undone, if anything. */
export function leftJob(person: number, entity: string): Job | null {
  try {
    const job = JSON.parse(recall(place(person, entity)) ?? 'null') as Job | null;
    return job && serverTime() - job.at < LIVES_MS ? job : null;
  } catch {
    return null;
  }
}
export const dropJob = (person: number, entity: string) => void remember(place(person, entity), null);
export const newJob = (deed: string, title: Label, body: Values, ids: number[]): Job =>
  ({ key: newKey(), at: serverTime(), deed, title, body, ids, part: 0, done: 0, failed: [] });

function failedOf(r: Result): Failed {
  const first = r.problem?.errors?.[0];
  return { id: r.id, text: first?.text ?? r.problem?.detail ?? (r.problem?.title ? { en: r.problem.title, zh: r.problem.title } : undefined), field: first?.pointer?.slice(1) };
}

export type Stage = 'none' | 'running' | 'stopping' | 'stopped' | 'over';

export function useJob(person: number, entity: string) {
  const cache = useQueryClient();
  const [job, setJob] = useState<Job | null>(null);
  const [stage, setStage] = useState<Stage>('none');
  const [problem, setProblem] = useState<Problem | null>(null);
  const stop = useRef(false);

  /** Begins, or goes on where it stopped. */
  const run = async (from: Job) => {
    let now = from;
    const keep = (next: Job) => {
      now = next;
      setJob(next);
      // One part needs no keeping: either it was done or not.
      if (partsOf(next.ids.length, PART) > 1) remember(place(person, entity), next.part * PART < next.ids.length ? JSON.stringify(next) : null);
    };
    stop.current = false;
    setProblem(null);
    setStage('running');
    keep(from);
    try {
      const parts = partsOf(from.ids.length, PART);
      const reached = await inParts(parts, from.part, async (part) => {
        const ids = from.ids.slice(part * PART, (part + 1) * PART);
        const { results } = await call<{ results: Result[] }>('POST', `/${seg(entity)}/bulk`, { body: { ids, do: from.deed, body: from.body }, key: `${from.key}-${part}` });
        const bad = results.filter((r) => !r.ok);
        keep({ ...now, part: part + 1, done: now.done + results.length - bad.length, failed: [...now.failed, ...bad.map(failedOf)] });
      }, () => stop.current);
      setStage(reached < parts ? 'stopped' : 'over');
    } catch (e) {
      setProblem(e instanceof Problem ? e : new Problem(0, { title: String(e) }));
      setStage('stopped');
    }
    void cache.invalidateQueries({ queryKey: ['list', entity] });
    void cache.invalidateQueries({ predicate: (q) => q.queryKey[0] === 'rec' && q.queryKey[1] === entity });
  };
  return {
    job, stage, problem, run,
    stop: () => {
      stop.current = true;
      setStage('stopping');
    },
  };
}
