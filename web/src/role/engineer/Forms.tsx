// SPDX-License-Identifier: Apache-2.0
//
// Forms.tsx -- the dialogs of transitions that want more than the generic one gives: what a package still lacks, which
// clocks wait, who is free.  They ask for what the model says (`needs`, `may`) and never decide: the server does.
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type ReactNode } from 'react';
import { get, Problem } from '../../core/api';
import { useDraft, type Draft } from '../../core/draft';
import { useText, type Label } from '../../core/i18n';
import { Banner, ProblemBanner } from '../../kit/Banner';
import { FormDialog } from '../../kit/Dialog';
import { Field as Labelled } from '../../kit/Field';
import { Icon } from '../../kit/Icon';
import { empty } from '../../model/Cell';
import { useChange, useClocks } from '../../model/data';
import type { Field } from '../../model/entity';
import { Fields, useFirstFault } from '../../model/Form';
import { Effect, proposals } from '../../model/Moves';
import type { MoveProps } from '../../model/registry';
import { useSaver } from '../../model/saver';
import { Attempts } from './Attempts';
import { deedOf, reversible, useUndo, type Deed } from '../../model/undo';
import { Candidates } from './Candidates';

export interface Filling {
  draft: Draft;
  fields: Field[];
  one(name: string): Field[];
  needed(f: Field): boolean;
  frame(children: ReactNode, more?: { hint?: string; wide?: boolean }): ReactNode;
  refuse(name: string, text: Label): void;
}

/** The draft of a transition and the dialog around it; `check` may refuse before the server is asked, `more`: what the form shows
 *  besides, so that a refusal of it lands there. */
export function useFilling(p: MoveProps, typed: Record<string, unknown>, check?: (draft: Draft, refuse: Filling['refuse']) => boolean, more: string[] = []): Filling {
  const { entity, row, move } = p;
  const { t, pick } = useText();
  const change = useChange(entity.name);
  const names = [...new Set([...move.needs, ...move.may])];
  const fields = names.flatMap((n) => entity.field.get(n) ?? []);
  const needs = fields.filter((f) => move.needs.includes(f.name));
  const start = Object.fromEntries(fields.map((f) => [f.name, row[f.name] ?? null]));
  const draft = useDraft({ ...start, reason: null }, { ...proposals(needs, row), ...typed });
  const [busy, setBusy] = useState(false);
  useFirstFault(draft);
  const known = [...names, 'reason', ...more];
  // What the form began with: the page behind it goes on changing.
  const [base] = useState(row);
  const refused = (e: unknown) => {
    draft.fail(e, known);
    setBusy(false);
  };
  const undo = useUndo(entity);
  const kept = useRef<Deed | null>(null);
  const moved = () => {
    if (kept.current) undo(t('undo.stepped', { step: pick(move.label) }), [kept.current]);
    p.onMoved();
  };
  const saver = useSaver(entity, moved, (values) => Object.entries(values).forEach(([n, v]) => draft.set(n, v)), refused);
  const refuse = (name: string, text: Label) => draft.fail(new Problem(422, { errors: [{ pointer: `/${name}`, text }] }), known);
  const submit = async () => {
    draft.clear();
    if (check && !check(draft, refuse)) return;
    setBusy(true);
    try {
      if (await saver.save(base, draft.changed(), async (version, body, before) => {
        await change.move({ ...base, _v: version }, move.name, body);
        if (reversible(entity, move, before)) kept.current = deedOf(before, move.needs, body, move);
      })) moved();
      else setBusy(false);
    } catch (e) {
      refused(e);
    }
  };
  return {
    draft, fields, refuse,
    one: (name) => entity.field.get(name) ? [entity.field.get(name)!] : [],
    needed: (f) => move.needs.includes(f.name),
    frame: (children, { hint, wide } = {}) => (
      <FormDialog title={pick(move.label)} act={pick(move.label)} look={move.style === 'danger' ? 'danger' : 'primary'} busy={busy} wide={wide} onClose={p.onClose} onSubmit={() => void submit()}
        notice={draft.problem && <ProblemBanner problem={draft.problem} />}>
        {saver.dialog}
        {hint && <p className="muted">{hint}</p>}
        <Effect entity={entity} row={row} move={move} />
        {children}
        {move.reason && (
          <Labelled name="reason" label={t('record.reason')} required wide error={draft.errors.reason}>
            {({ labelId: _l, ...w }) => <textarea className="inp" rows={3} {...w} name="reason" value={String(draft.values.reason ?? '')} onChange={(e) => draft.set('reason', e.target.value || null)} />}
          </Labelled>
        )}
      </FormDialog>
    ),
  };
}

/** A code list of rules/, with what its items say. */
interface Codes {
  items: Record<string, Record<string, unknown> & { label: Label }>;
}
export const useCodes = (name: string) =>
  useQuery({ queryKey: ['model', 'rules', name], queryFn: ({ signal }) => get<Codes>(`/rules/${name}`, undefined, signal), staleTime: Infinity }).data;

/** A field that offers some of its choices only. */
const narrowed = (f: Field, keep: (name: string) => boolean): Field => ({ ...f, options: f.options.filter((o) => keep(o.name)) });

// ---- escalate: the package ----

const PACKAGE = ['symptom', 'topology', 'product_version', 'logs', 'tried_actions', 'articles_checked', 'escalation_question'];

export function EscalateForm(p: MoveProps) {
  const { t, pick } = useText();
  const { row } = p;
  const f = useFilling(p, {});
  const triggers = useCodes('escalation_trigger');
  const tier = typeof row.tier === 'number' ? row.tier : 1;
  const there = PACKAGE.filter((n) => !empty(f.draft.values[n]));
  const missing = PACKAGE.filter((n) => !there.includes(n));
  const trigger = f.one('escalation_trigger').map((x) => narrowed(x, (n) => [undefined, 'both', tier].includes(triggers?.items[n]?.from as string | number | undefined)));
  return f.frame(
    <>
      <section className="package" aria-label={t('case.package')}>
        <p>
          <strong>{t('case.package_n', { n: there.length, of: PACKAGE.length })}</strong>{' '}
          <meter min={0} max={PACKAGE.length} value={there.length} aria-label={t('case.package')} />
        </p>
        <ul>
          {PACKAGE.map((n) => (
            <li key={n} className={there.includes(n) ? 'is-there' : 'is-missing'}>
              <Icon name={there.includes(n) ? 'check' : 'open'} />{pick(f.one(n)[0]?.label)}<span className="hidden-label"> {t(there.includes(n) ? 'case.there' : 'case.missing')}</span>
            </li>
          ))}
        </ul>
        {missing.length > 0 && <Banner tone={row.priority === 'P1' ? 'warn' : 'info'}><p>{t(row.priority === 'P1' ? 'case.package_p1' : 'case.package_missing')}</p></Banner>}
      </section>
      <Fields fields={trigger} draft={f.draft} row={row} required={() => true} />
      <div className="package-fields"><Fields fields={PACKAGE.flatMap(f.one)} draft={f.draft} row={row} required={() => row.priority !== 'P1'} /></div>
      <Fields fields={f.one('escalate_to')} draft={f.draft} row={row} required={() => false} />
    </>,
    { hint: t('case.escalate_hint', { from: tier, to: tier + 1 }), wide: true },
  );
}

// ---- wait: which clocks stop ----

export function WaitForm(p: MoveProps) {
  const { t, pick } = useText();
  const { entity, row } = p;
  const codes = useCodes('pause_code');
  const clocks = useClocks(entity.name, row.id);
  const code = (values: Record<string, unknown>) => codes?.items[String(values.pause_code ?? '')];
  const f = useFilling(p, {}, (draft, refuse) => {
    if (code(draft.values)?.evidence !== true || !empty(draft.values.pause_evidence)) return true;
    refuse('pause_evidence', { en: t('case.evidence_needed'), zh: t('case.evidence_needed') });
    return false;
  }, ['contact_attempt']);
  const chosen = code(f.draft.values);
  const waits = (name: string, party: string) =>
    entity.clockKinds.find((k) => k.name === name)?.pause.includes('waiting') && chosen?.[party === 'sla' ? 'sla' : 'ola'] !== false
    && !(row.priority === 'P1' && name === 'restore' && chosen?.p1 === false);
  const running = (clocks.data ?? []).filter((c) => !c.stopped && ['running', 'breached'].includes(c.state));
  const words = (waiting: boolean) => running.filter((c) => !!waits(c.clock, c.party ?? '') === waiting).map((c) => pick(c.label, c.clock)).join(t('list.comma'));
  const attempts = Number(chosen?.attempts ?? 0);
  return f.frame(
    <>
      <Fields fields={f.one('pause_code')} draft={f.draft} row={row} required={() => true} />
      {chosen && (
        <section className="effect" aria-live="polite">
          <h3>{t('case.effect')}</h3>
          <ul>
            {words(true) && <li><span className="clock ck-paused">{t('case.will_pause')}</span> {words(true)}</li>}
            {words(false) && <li><span className="clock ck-ok">{t('case.will_run')}</span> {words(false)}</li>}
          </ul>
        </section>
      )}
      {attempts > 0 && <Attempts entity={entity} row={row} needed={attempts} draft={f.draft} />}
      <Fields fields={f.one('pause_evidence')} draft={f.draft} row={row} required={() => chosen?.evidence === true} />
      <Fields fields={['info_needed', 'waiting_until'].flatMap(f.one)} draft={f.draft} row={row} required={() => false} />
    </>,
    { hint: t('case.wait_hint') },
  );
}

// ---- restore: agreed with the customer ----

export function RestoreForm(p: MoveProps) {
  const { t } = useText();
  const { row } = p;
  const f = useFilling(p, { restore_agreed_by: row.restore_agreed_by ?? row.reporter_name ?? null });
  return f.frame(
    <>
      <Banner tone="warn"><p>{t('case.restore_effect')}</p></Banner>
      <Fields fields={f.fields.filter(f.needed)} draft={f.draft} row={row} required={() => true} />
      <Fields fields={f.fields.filter((x) => !f.needed(x))} draft={f.draft} row={row} required={() => false} />
    </>,
    { hint: t('case.restore_hint') },
  );
}

// ---- dispatch, reassign: who ----

export function DispatchForm(p: MoveProps) {
  const { row } = p;
  const f = useFilling(p, {});
  const people = f.fields.filter((x) => ['team', 'handler'].includes(x.name));
  return f.frame(
    <>
      <Candidates row={row} mode={String(f.draft.values.service_mode ?? row.service_mode ?? '')} chosen={f.draft.values.handler as number | null} onChoose={(c) => {
        f.draft.set('handler', c.user);
        if (c.team != null) f.draft.set('team', c.team);
      }} />
      <Fields fields={people} draft={f.draft} row={row} required={f.needed} />
      <Fields fields={f.fields.filter((x) => !people.includes(x))} draft={f.draft} row={row} required={f.needed} />
    </>,
    { wide: true },
  );
}
