// SPDX-License-Identifier: Apache-2.0
//
// Form.tsx -- fields of an entity as a form, in their groups; and the page on which a record is made.
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { Problem } from '../core/api';
import { mayCreate, useUser } from '../core/auth';
import { useDraft, type Draft } from '../core/draft';
import { inside, useText, type MessageId, type Text } from '../core/i18n';
import { useTitle } from '../core/title';
import { Banner, Loading, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { editable, holds, powersOf, useEntity, useIndex, writableBy, type Entity, type Field, type Row } from './entity';
import { plain } from './Cell';
import { useChange } from './data';
import { proposalsFor } from './registry';
import { FieldControl } from './Widget';

const GROUPS = ['summary', 'customer', 'product', 'classification', 'entitlement', 'handling', 'waiting', 'escalation', 'solution',
  'closing', 'links', 'times', 'origin', 'reach', 'service', 'access', 'admin', 'answer', 'baseline', 'commerce', 'cost', 'cover',
  'lifecycle', 'package', 'plan', 'promise', 'request', 'support', 'visit', 'warranty', 'work'];

/** A group's words: the model's, else ours, else its name. */
export function groupLabel(entity: Entity, group: string, text: Text): string {
  if (entity.groups[group]) return text.pick(entity.groups[group]);
  if (!group) return text.t('group.other');
  return GROUPS.includes(group) ? text.t(`group.${group}` as MessageId) : group;
}

/** The fields by group, in the order of the layout, then of the model. */
export function byGroup(entity: Entity, fields: Field[]): [string, Field[]][] {
  const order = [...(entity.layout.detail?.map(([g]) => g) ?? []), ...entity.fields.map((f) => f.group)];
  return [...new Set(order)]
    .map((g): [string, Field[]] => [g, fields.filter((f) => f.group === g)])
    .filter(([, f]) => f.length > 0);
}

interface FieldsProps {
  fields: Field[];
  draft: Draft;
  required?(f: Field): boolean;
  row?: Row;
  /** the field that gets a whole line, whatever its type */
  wide?: string;
}

/** Controls for fields; those whose `when` does not hold are left out. */
export function Fields({ fields, draft, required, row, wide }: FieldsProps) {
  const all = row ? { ...row, ...draft.values } : draft.values;
  return (
    <div className="fields">
      {fields.filter((f) => holds(f.when, all)).map((f) => (
        <FieldControl key={f.name} field={f} value={draft.values[f.name] ?? null} onChange={(v) => draft.set(f.name, v)}
          error={draft.errors[f.name]} required={required?.(f)} row={row} wide={f.name === wide} />
      ))}
    </div>
  );
}

/** After a refusal the first faulty control gets the focus. */
export function useFirstFault(draft: Draft) {
  const box = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (!Object.keys(draft.errors).length) return;
    const field = (box.current ?? document).querySelector<HTMLElement>('.field.bad,[data-bad]');
    field?.closest('details')?.setAttribute('open', '');
    field?.querySelector<HTMLElement>('input:not([hidden],[type=hidden]),textarea,button,[role=spinbutton]')?.focus();
    field?.scrollIntoView({ block: 'nearest' });
  }, [draft.errors]);
  return box;
}

/** What a form is made of, as far as it can be seen. */
const shapeOf = (e: Entity) => JSON.stringify(e.fields.map(({ name, type, required, max, min, options, items, when, write, hidden }) => [name, type, required, max, min, options, items, when, write, hidden]));

/**
 * The model of an open form: the one that it was opened with, so that nothing moves under one's hands. When an administrator
 * changed it meanwhile, `changed` says so, and the person takes the new one: what was typed stays, what has no place any more is
 * still read there.
 */
export function useFormModel(current: Entity, values: Record<string, unknown>): { entity: Entity; changed: ReactNode } {
  const text = useText();
  const { t, pick } = text;
  const [entity, setEntity] = useState(current);
  const [gone, setGone] = useState<string[]>([]);
  const behind = entity !== current && shapeOf(entity) !== shapeOf(current);
  const named = (fields: Field[]) => fields.map((f) => pick(f.label, f.name)).join(t('list.comma'));
  const fresh = behind ? current.fields.filter((f) => editable(f) && !entity.field.has(f.name)) : [];
  const left = behind ? entity.fields.filter((f) => editable(f) && !current.field.has(f.name)) : [];
  const take = () => {
    setGone([...gone, ...left.filter((f) => values[f.name] != null).map((f) => `${pick(f.label, f.name)}${t('list.colon')}${plain(f, values[f.name], text)}`)]);
    setEntity(current);
  };
  const changed = (behind || gone.length > 0) && (
    <Banner tone="warn" action={behind && <Button small data-model="take" onClick={take}>{t('form.model_take')}</Button>}>
      <p data-model="changed">{t('form.model_changed')}</p>
      {fresh.length > 0 && <p>{t('form.model_new', { fields: named(fresh) })}</p>}
      {(left.length > 0 || gone.length > 0) && <p>{t('form.model_gone', { fields: [...gone, ...left.map((f) => pick(f.label, f.name))].join(t('list.comma')) })}</p>}
    </Banner>
  );
  return { entity, changed };
}

/** Of what was typed, what has a place in the form. */
export const ofForm = (values: Record<string, unknown>, entity: Entity) => Object.fromEntries(Object.entries(values).filter(([k]) => entity.field.has(k)));

export function NewPage({ name }: { name: string }) {
  const { t } = useText();
  const me = useUser();
  const entity = useEntity(name);
  const index = useIndex();
  if (entity.error) return <ProblemBanner problem={entity.error as Problem} />;
  if (!entity.data || !index.data) return <Loading />;
  if (!mayCreate(me, name)) return <Banner tone="warn"><p>{t('form.may_not_create')}</p></Banner>;
  return <NewForm entity={entity.data} powers={powersOf(me.roles, index.data)} />;
}

/** Nobody else gives it. */
const mustGive = (f: Field) => f.required && !f.filled;

/** What is asked first: what must be given, and what the first step of the record's way takes. */
function askedFirst(entity: Entity, f: Field): boolean {
  const start = entity.states[0]?.name;
  if (!start) return true;
  const steps = [...entity.transitions.values()].filter((x) => x.from.includes(start) && x.style === 'primary');
  const named = steps.flatMap((x) => [...x.needs, ...x.may]);
  return mustGive(f) || !named.length || named.includes(f.name);
}

/** What the address says of the new record: ?parent=17&clock=restore. */
function fromAddress(fields: Field[]): Record<string, unknown> {
  const said = new URLSearchParams(location.search);
  return Object.fromEntries(fields.filter((f) => said.has(f.name))
    .map((f) => [f.name, /^(link|person|team|int)$/.test(f.type) ? Number(said.get(f.name)) : said.get(f.name)]));
}

function NewForm({ entity: current, powers }: { entity: Entity; powers: string[] }) {
  const typed = useRef<Record<string, unknown>>({});
  const { entity, changed } = useFormModel(current, typed.current);
  const text = useText();
  const { t, pick } = text;
  const [, go] = useLocation();
  const change = useChange(entity.name);
  const fields = entity.fields.filter((f) => writableBy(f, powers));
  // What stays as preset is not sent: the server sets it.
  const me = useUser();
  const draft = useDraft(Object.fromEntries(fields.map((f) => [f.name, f.preset ?? null])), { ...proposalsFor(me, entity), ...fromAddress(fields) });
  typed.current = draft.values;
  const form = useFirstFault(draft);
  const [busy, setBusy] = useState(false);
  const first = fields.filter((f) => askedFirst(entity, f));
  const rest = fields.filter((f) => !first.includes(f));
  useTitle(t('list.new', { what: inside(pick(entity.label)) }));

  const save = async (e: FormEvent) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    draft.clear();
    try {
      const row = await change.create(ofForm(draft.changed(), entity));
      go(`/e/${entity.name}/${row.id}`);
    } catch (x) {
      draft.fail(x, fields.map((f) => f.name));
      setBusy(false);
    }
  };

  return (
    <form className="page form-page" onSubmit={save} noValidate ref={form} onKeyDown={(e) => {
      if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && !e.nativeEvent.isComposing) e.currentTarget.requestSubmit();
    }}>
      <div className="page-head"><h1>{t('list.new', { what: inside(pick(entity.label)) })}</h1></div>
      {entity.help && <p className="muted">{pick(entity.help)}</p>}
      {changed}
      {draft.problem && <ProblemBanner problem={draft.problem} />}
      {byGroup(entity, first).map(([g, list]) => (
        <fieldset key={g} className="card">
          <legend>{groupLabel(entity, g, text)}</legend>
          <Fields fields={list} draft={draft} required={mustGive} wide={entity.display} />
        </fieldset>
      ))}
      {rest.length > 0 && (
        <details className="card">
          <summary>{t('form.more', { n: rest.length })}</summary>
          {byGroup(entity, rest).map(([g, list]) => (
            <fieldset key={g}>
              <legend>{groupLabel(entity, g, text)}</legend>
              <Fields fields={list} draft={draft} required={mustGive} />
            </fieldset>
          ))}
        </details>
      )}
      <div className="actions sticky">
        <Button type="submit" look="primary" busy={busy}>{t('form.create', { what: inside(pick(entity.label)) })}</Button>
        <Button onClick={() => history.back()}>{t('act.cancel')}</Button>
      </div>
    </form>
  );
}
