// SPDX-License-Identifier: Apache-2.0
//
// Other.tsx -- processes of the house's own that its model lets customers see: a plain list, a plain form, and the steps that
// ask for nothing. Nothing here knows a process by name; a new one appears when the model that grants it is in force.
import { useQueries, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Link } from 'wouter';
import { call, get, seg, type Problem } from '../core/api';
import { useUser } from '../core/auth';
import { inside, useText, type Label } from '../core/i18n';
import { useTitle } from '../core/title';
import { Loading, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { Field } from '../kit/Field';
import { asProblem, can, useMove, useThings } from './data';
import { plainState, stateWord } from './words';

/** What the product brings: it has pages of its own, or none on purpose. */
const OURS = new Set(['account', 'attachment', 'bulletin_notice', 'callback', 'case_link', 'change_request', 'contact', 'contract', 'contract_line', 'hand_over',
  'installed_unit', 'knowledge_article', 'message', 'product', 'product_version', 'region', 'service_product', 'site', 'spare_delivery', 'technical_request',
  'user', 'watcher', 'work_order', 'bulletin', 'complaint', 'accident_notice', 'exemption', 'tag', 'task', 'notice_preference', 'notice_delivery']);

interface Said { name: string; en: string; zh: string }
interface Published {
  entity: string;
  kind: string;
  label: Label;
  plural: Label;
  states: (Said & { final: boolean })[];
  transitions: (Said & { needs: string[]; reason: boolean; style: string })[];
  fields: { name: string; type: string; label: Label; required?: boolean; shared?: boolean; computed?: boolean; options?: { name: string; label: Label }[]; max?: number }[];
}

/** The processes beside those of the product, most often none: then nothing is asked. */
export function useOwnProcesses(): Published[] {
  const me = useUser();
  const names = Object.keys(me.grants).filter((n) => !OURS.has(n) && me.grants[n].read);
  return useQueries({
    queries: names.map((n) => ({ queryKey: ['model', n, 'portal'], queryFn: () => get<Published>(`/model/${seg(n)}`), staleTime: Infinity })),
    combine: (all) => all.flatMap((q) => (q.data?.kind === 'case' ? [q.data] : [])),
  });
}

export function OtherLinks() {
  const { t, pick } = useText();
  const all = useOwnProcesses();
  if (!all.length) return null;
  return (
    <nav className="own-links" aria-label={t('portal.other')}>
      {all.map((e) => <Link key={e.entity} href={`/p/o/${e.entity}`}>{pick(e.plural)}</Link>)}
    </nav>
  );
}

export function OtherPage({ name }: { name: string }) {
  const { t, pick } = useText();
  const me = useUser();
  const entity = useOwnProcesses().find((e) => e.entity === name);
  useTitle(entity && pick(entity.plural));
  if (!me.grants[name]) return <div className="page nothing"><h1>{t('shell.no_page')}</h1></div>;
  if (!entity) return <Loading />;
  return (
    <div className="page portal-page">
      <h1>{pick(entity.plural)}</h1>
      {me.grants[name].create && <NewOne entity={entity} />}
      <Existing entity={entity} />
    </div>
  );
}

function Existing({ entity }: { entity: Published }) {
  const text = useText();
  const { t, date, pick } = text;
  const list = useThings(entity.entity, { sort: '-reported_at', limit: 100, can: true });
  const move = useMove(entity.entity);
  const [problem, setProblem] = useState<Problem | null>(null);
  if (list.error) return <ProblemBanner problem={list.error as Problem} />;
  if (!list.data) return <Loading />;
  const word = (row: { customer_state?: string; state: string }) => (row.customer_state ? stateWord(plainState(row as never), text) : pick(entity.states.find((s) => s.name === row.state) ?? null, row.state));
  return (
    <>
      {problem && <ProblemBanner problem={problem} />}
      {!list.data.items.length && <p className="muted">{t('portal.other_none')}</p>}
      <ul className="cards">{list.data.items.map((r) => (
        <li key={r.id} className="card">
          <div className="card-head"><h2>{String(r.title ?? r.number)}</h2><span className="number">{r.number}</span></div>
          <p><strong>{word(r)}</strong></p>
          <p className="muted">{t('portal.reported', { at: date(String(r.reported_at ?? r.created_at)) })}</p>
          <div className="ways">{entity.transitions.filter((m) => can(r, m.name) && !m.needs.length && !m.reason).map((m) => (
            <Button key={m.name} look={m.style === 'danger' ? 'danger' : 'normal'} onClick={() => { setProblem(null); move(r.id, m.name).catch((x) => setProblem(asProblem(x))); }}>{pick(m)}</Button>
          ))}</div>
        </li>
      ))}</ul>
    </>
  );
}

const KINDS: Record<string, string> = { text: 'text', longtext: 'area', date: 'date', int: 'number', phone: 'tel', email: 'email', enum: 'choice' };

/** The title and what must be given, with the plain controls of the browser. */
function NewOne({ entity }: { entity: Published }) {
  const { t, pick } = useText();
  const cache = useQueryClient();
  const [values, setValues] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const asked = entity.fields.filter((f) => KINDS[f.type] && !f.computed && (f.name === 'title' || (!f.shared && f.required)));
  const send = async (e: FormEvent) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const body = Object.fromEntries(asked.filter((f) => values[f.name]?.trim()).map((f) => [f.name, f.type === 'int' ? Number(values[f.name]) : values[f.name].trim()]));
      await call('POST', `/${entity.entity}`, { body });
      setValues({});
      await cache.invalidateQueries({ queryKey: ['list', entity.entity] });
    } catch (x) {
      setProblem(asProblem(x));
    } finally {
      setBusy(false);
    }
  };
  const wrong = (n: string) => pick(problem?.errors.find((e) => e.pointer === `/${n}`)?.text) || undefined;
  return (
    <details className="card">
      <summary>{t('list.new', { what: inside(pick(entity.label)) })}</summary>
      <form onSubmit={send} noValidate className="stack">
        {problem && !problem.errors.length && <ProblemBanner problem={problem} />}
        {asked.map((f) => (
          <Field key={f.name} name={f.name} label={pick(f.label)} error={wrong(f.name)} required={f.required}>
            {({ labelId: _l, ...w }) => {
              const rest = { className: 'inp', name: f.name, value: values[f.name] ?? '', onChange: (e: { target: { value: string } }) => setValues({ ...values, [f.name]: e.target.value }), ...w };
              if (f.type === 'longtext') return <textarea {...rest} rows={3} />;
              if (f.type !== 'enum') return <input {...rest} type={KINDS[f.type]} />;
              return <select {...rest}><option value="" />{f.options?.map((o) => <option key={o.name} value={o.name}>{pick(o.label)}</option>)}</select>;
            }}
          </Field>
        ))}
        <Button type="submit" look="primary" busy={busy}>{t('form.create', { what: inside(pick(entity.label)) })}</Button>
      </form>
    </details>
  );
}
