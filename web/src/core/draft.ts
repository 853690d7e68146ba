// SPDX-License-Identifier: Apache-2.0
//
// draft.ts -- what a person is typing into a form: values, what differs from the start, and the server's errors by field.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Problem, type FieldError } from './api';
import { lay, leave, look, taken } from './shelf';

export type Values = Record<string, unknown>;

const same = (a: unknown, b: unknown) => a === b || ((a ?? null) === null && (b ?? null) === null) || JSON.stringify(a) === JSON.stringify(b);

export interface Draft {
  values: Values;
  set(name: string, value: unknown): void;
  /** the fields whose value is not that of the start */
  changed(): Values;
  dirty: boolean;
  errors: Record<string, FieldError>;
  /** what went wrong and belongs to no field of the form */
  problem: Problem | null;
  /** Places a failure: errors whose pointer names one of `fields` go there, the rest to `problem`. */
  fail(e: unknown, fields: readonly string[]): void;
  clear(): void;
  reset(values: Values): void;
}

/** `start` is what the server has, `typed` what the form proposes on top of it. */
export function useDraft(start: Values, typed?: Values): Draft {
  const base = useRef(start);
  const [values, setValues] = useState<Values>({ ...start, ...typed });
  const [errors, setErrors] = useState<Record<string, FieldError>>({});
  const [problem, setProblem] = useState<Problem | null>(null);

  const set = useCallback((name: string, value: unknown) => {
    setValues((v) => ({ ...v, [name]: value }));
    setErrors((e) => {
      if (!(name in e)) return e;
      const { [name]: _gone, ...rest } = e;
      return rest;
    });
  }, []);
  const changed = () => Object.fromEntries(Object.entries(values).filter(([k, v]) => !same(v, base.current[k])));
  const fail = (e: unknown, fields: readonly string[]) => {
    const p = e instanceof Problem ? e : new Problem(0, { title: String(e) });
    const placed: Record<string, FieldError> = {};
    const loose: FieldError[] = [];
    for (const err of p.errors) {
      const name = (err.pointer ?? '').split('/')[1] ?? '';
      if (fields.includes(name)) placed[name] ??= err;
      else loose.push(err);
    }
    setErrors(placed);
    setProblem(loose.length || !Object.keys(placed).length ? Object.assign(p, { errors: loose }) : null);
  };
  const clear = () => {
    setErrors({});
    setProblem(null);
  };
  return {
    values, set, changed, errors, problem, fail, clear,
    dirty: useMemo(() => Object.entries(values).some(([k, v]) => !same(v, base.current[k])), [values]),
    reset: (v) => {
      base.current = v;
      setValues(v);
      clear();
    },
  };
}

/** What was typed and is not kept yet, by name: another draft under the same hands does not lose it. */
const typed = new Map<string, { text: string; timer: number }>();
const draftText = (name: string) => typed.get(name)?.text ?? taken('draft.' + name) ?? '';

function keep(name: string, text: string): void {
  clearTimeout(typed.get(name)?.timer);
  const put = () => {
    typed.delete(name);
    void lay('draft.' + name, text || null);
  };
  if (text) typed.set(name, { text, timer: window.setTimeout(put, 500) });
  else put();
}

// The window closes, or another page comes, before the half second is over.
addEventListener('pagehide', () => typed.forEach(({ text }, name) => leave('draft.' + name, text)));

const holders = new Set<(name: string) => void>();
/** Gives words back to the text that they came from, above what stands there by now. */
export function giveBack(name: string, words: string): void {
  const there = draftText(name);
  keep(name, there ? `${words}\n\n${there}` : words);
  holders.forEach((f) => f(name));
}

/** A text that survives reload, crash and login: kept on this computer half a second after the last key. */
export function useKeptText(name: string): [string, (text: string) => void] {
  const [state, setState] = useState(() => ({ name, text: draftText(name) }));
  useEffect(() => {
    const hear = (which: string) => which === name && setState({ name, text: draftText(name) });
    holders.add(hear);
    // The store opens after the page; another tab may have written since.
    void look('draft.' + name).then(() => typed.has(name) || hear(name));
    return () => void holders.delete(hear);
  }, [name]);
  // Another record under the same component: its own draft.
  if (state.name !== name) setState({ name, text: draftText(name) });
  const set = useCallback((text: string) => {
    setState({ name, text });
    keep(name, text);
  }, [name]);
  return [state.name === name ? state.text : '', set];
}
