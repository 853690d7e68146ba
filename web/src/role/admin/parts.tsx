// SPDX-License-Identifier: Apache-2.0
//
// parts.tsx -- small things that the administrator's screens share.
import { useState, type FormEvent, type ReactNode } from 'react';
import { Problem } from '../../core/api';
import { useText } from '../../core/i18n';
import { Loading, ProblemBanner } from '../../kit/Banner';
import { Button } from '../../kit/Button';
import { DateField, TimeField } from '../../kit/DateField';
import { Field } from '../../kit/Field';

interface Asked<T> {
  data?: T;
  error: unknown;
  refetch(): unknown;
}

/** What was asked for, or why it is not there. */
export function Answer<T>({ of, children }: { of: Asked<T>; children(data: T): ReactNode }) {
  const { t } = useText();
  if (of.error) return <ProblemBanner problem={of.error as Problem} action={<Button small onClick={() => of.refetch()}>{t('act.retry')}</Button>} />;
  return of.data === undefined ? <Loading /> : <>{children(of.data)}</>;
}

/** A deed that takes a while and may be refused. */
export function useDeed() {
  const [busy, setBusy] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = async (name: string, act: () => Promise<unknown>) => {
    if (busy) return false;
    setBusy(name);
    setProblem(null);
    try {
      await act();
      return true;
    } catch (x) {
      setProblem(x instanceof Problem ? x : new Problem(0, { title: String(x) }));
      return false;
    } finally {
      setBusy('');
    }
  };
  return { busy, problem, run, clear: () => setProblem(null) };
}

/** The sentence of a refusal that belongs to one field. */
export function faultAt(problem: Problem | null, name: string, pick: ReturnType<typeof useText>['pick']): string | undefined {
  const e = problem?.errors.find((x) => x.pointer === `/${name}`);
  return e && pick(e.text);
}

export function TextField({ label, help, error, value, onChange, type = 'text', required, ...rest }: {
  label: string; help?: string; error?: string; value: string; onChange(v: string): void; type?: string; required?: boolean;
  name?: string; autoComplete?: string; list?: string; placeholder?: string; autoFocus?: boolean;
}) {
  return (
    <Field label={label} help={help} error={error} required={required} name={rest.name}>
      {({ labelId: _l, ...w }) => <input className="inp" {...w} {...rest} type={type} value={value} onChange={(e) => onChange(e.target.value)} autoCapitalize="none" spellCheck={false} />}
    </Field>
  );
}

/** A day, an instant (`time`), or a time of day (`clock`); "" is none. */
export function WhenField({ label, help, error, value, onChange, name, time, clock }: {
  label: string; help?: string; error?: string; value: string; onChange(v: string): void; name: string; time?: boolean; clock?: boolean;
}) {
  return (
    <Field label={label} help={help} error={error} name={name} group>
      {(w) => clock ? <TimeField wiring={w} name={name} value={value || null} onChange={(v) => onChange(v ?? '')} />
        : <DateField wiring={w} name={name} time={time} value={value || null} onChange={(v) => onChange(v ?? '')} />}
    </Field>
  );
}

/** The browser's own select: a closed list of words. */
export function SelectField({ label, error, value, onChange, options, none, name }: {
  label: string; error?: string; value: string; onChange(v: string): void; options: [string, string][]; none?: string; name?: string;
}) {
  return (
    <Field label={label} error={error} name={name}>
      {({ labelId: _l, ...w }) => (
        <select className="inp" {...w} name={name} value={value} onChange={(e) => onChange(e.target.value)}>
          {none !== undefined && <option value="">{none}</option>}
          {options.map(([v, words]) => <option key={v} value={v}>{words}</option>)}
        </select>
      )}
    </Field>
  );
}

export function Ask({ onAsk, children, act, busy }: { onAsk(): void; children: ReactNode; act: string; busy?: boolean }) {
  return (
    <form className="ask" noValidate onSubmit={(e: FormEvent) => { e.preventDefault(); onAsk(); }}>
      {children}
      <Button type="submit" look="primary" busy={busy}>{act}</Button>
    </form>
  );
}

/** A table that scrolls by itself when it is wider than the page; the columns in `nums` hold numbers. */
export function Table({ name, heads, nums = [], children }: { name: string; heads: ReactNode[]; nums?: number[]; children: ReactNode }) {
  return (
    <div className="table-box plain-table" tabIndex={0} role="region" aria-label={name}>
      <table>
        <thead><tr>{heads.map((h, i) => <th key={i} scope="col" className={nums.includes(i) ? 'num' : undefined}>{h}</th>)}</tr></thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
