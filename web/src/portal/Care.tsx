// SPDX-License-Identifier: Apache-2.0
//
// Care.tsx -- what the service asks of a customer beside requests: bulletins to acknowledge, changes to authorise, parts on
// their way. One kind of card for all: what it is, where it stands in words, the facts, and the steps that are the reader's.
//
// A step is offered when the server says so (`_can`); what it asks for is one field or a sentence to agree to.
import { useState, type ReactNode } from 'react';
import type { Problem } from '../core/api';
import { useText, type MessageId, type Text } from '../core/i18n';
import { useTitle } from '../core/title';
import { Banner, Loading, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { Field } from '../kit/Field';
import { PlainDialog } from '../kit/plain/Dialog';
import { asProblem, can, useMove, useThings, type Row } from './data';
import { Way } from './Way';

interface Step {
  name: string;
  /** the field that is asked for; absent: nothing, the step is taken at once */
  asks?: { field: string; as: 'text' | 'line' | 'date'; must: boolean };
  /** a sentence to agree to before it is taken */
  agree?: boolean;
  look?: 'danger';
}
interface Kind {
  entity: string;
  fields: string;
  filter: string;
  steps: Step[];
  facts(row: Row, text: Text): [MessageId, ReactNode][];
  /** the way of a part, drawn as five words */
  way?: { states: string[][]; words: MessageId[] };
}

const line = (v: unknown) => (v == null || v === '' ? null : String(v));
const when = (v: unknown, text: Text) => (v ? text.dateTime(String(v)) : null);

const BULLETINS: Kind = {
  entity: 'bulletin_notice',
  filter: 'state=in=(notified,acknowledged,action_done,exempted)',
  fields: 'title,grade,bulletin_no,risk,action,units,unit_list,planned_on,reported_at',
  steps: [
    { name: 'acknowledge' },
    { name: 'plan', asks: { field: 'planned_on', as: 'date', must: true } },
    { name: 'report_done', asks: { field: 'done_note', as: 'text', must: true } },
    { name: 'exempt', asks: { field: 'exempt_reason', as: 'text', must: true } },
  ],
  facts: (r, text) => [
    ['portal.care.grade', text.t(`portal.care.grade.${String(r.grade)}` as MessageId)],
    ['portal.care.risk', line(r.risk)],
    ['portal.care.action', line(r.action)],
    ['portal.care.units', r.unit_list ? `${String(r.units)}: ${String(r.unit_list)}` : line(r.units)],
    ['portal.care.planned', r.planned_on ? text.date(String(r.planned_on)) : null],
  ],
};

const CHANGES: Kind = {
  entity: 'change_request',
  filter: 'state=out=(draft,tech_review,mgmt_approval)',
  fields: 'title,purpose,customer_effect,way_back,window_from,window_to,escort,customer_by,customer_at,result,reported_at',
  steps: [
    { name: 'authorise', agree: true },
    { name: 'decline', asks: { field: 'reason', as: 'text', must: true } },
  ],
  facts: (r, text) => [
    ['portal.care.why', line(r.purpose)],
    ['portal.care.effect', line(r.customer_effect)],
    ['portal.care.window', r.window_from ? `${text.dateTime(String(r.window_from))} – ${text.dateTime(String(r.window_to))}` : null],
    ['portal.care.way_back', line(r.way_back)],
    ['portal.care.escort', line(r.escort)],
    ['portal.care.authorised', r.customer_at ? `${String(r.customer_by)} · ${text.dateTime(String(r.customer_at))}` : null],
    ['portal.care.result', line(r.result)],
  ],
};

const PARTS: Kind = {
  entity: 'spare_delivery',
  filter: 'state=out=(cancelled)',
  fields: 'title,kind,part,quantity,old_serial,new_serial,ship_to,carrier,waybill,expected_at,delivered_at,return_due_on,return_waybill,reported_at',
  way: {
    states: [['requested', 'entitled'], ['rma_approved', 'backordered', 'allocated'], ['shipped'], ['delivered', 'installed', 'defective_due', 'defective_overdue'], ['defective_received', 'closed']],
    words: ['portal.part.requested', 'portal.part.approved', 'portal.part.shipped', 'portal.part.delivered', 'portal.part.returned'],
  },
  steps: [
    { name: 'deliver', asks: { field: 'received_by', as: 'line', must: true } },
    { name: 'install' },
    { name: 'send_back', asks: { field: 'return_waybill', as: 'line', must: true } },
    { name: 'cancel', look: 'danger', asks: { field: 'reason', as: 'text', must: true } },
  ],
  facts: (r, text) => [
    ['portal.part.part', [line(r.part), Number(r.quantity) > 1 ? `× ${String(r.quantity)}` : null].filter(Boolean).join(' ')],
    ['portal.part.waybill', [line(r.carrier), line(r.waybill)].filter(Boolean).join(' · ') || null],
    ['portal.part.expected', when(r.expected_at, text)],
    ['portal.part.arrived', when(r.delivered_at, text)],
    ['portal.part.new_serial', line(r.new_serial)],
    ['portal.part.old_serial', line(r.old_serial)],
    ['portal.part.return_due', r.return_due_on ? text.date(String(r.return_due_on)) : null],
    ['portal.part.return_waybill', line(r.return_waybill)],
  ],
};

export const BulletinsPage = () => <Things kind={BULLETINS} title="portal.care.bulletins" none="portal.care.no_bulletins" />;
export const ChangesPage = () => <Things kind={CHANGES} title="portal.care.changes" none="portal.care.no_changes" />;
export const PartsPage = () => <Things kind={PARTS} title="portal.care.parts" none="portal.care.no_parts" />;

function Things({ kind, title, none }: { kind: Kind; title: MessageId; none: MessageId }) {
  const { t } = useText();
  const things = useThings(kind.entity, { filter: kind.filter, sort: '-reported_at', limit: 100, fields: kind.fields, can: true });
  useTitle(t(title));
  return (
    <div className="page portal-page">
      <h1>{t(title)}</h1>
      {things.error && <ProblemBanner problem={things.error as Problem} action={<Button onClick={() => things.refetch()}>{t('act.retry')}</Button>} />}
      {things.isPending && <Loading />}
      {things.data?.items.length === 0 && <p className="card muted">{t(none)}</p>}
      <ul className="cards">{things.data?.items.map((r) => <Thing key={r.id} kind={kind} row={r} />)}</ul>
    </div>
  );
}

function Thing({ kind, row }: { kind: Kind; row: Row }) {
  const text = useText();
  const { t } = text;
  const [asked, setAsked] = useState<Step | null>(null);
  const [busy, setBusy] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const move = useMove(kind.entity);
  const steps = kind.steps.filter((s) => can(row, s.name));
  const at = kind.way?.states.findIndex((s) => s.includes(row.state)) ?? -1;
  const take = async (step: Step) => {
    setBusy(step.name);
    setProblem(null);
    try {
      await move(row.id, step.name);
    } catch (e) {
      setProblem(asProblem(e));
    } finally {
      setBusy('');
    }
  };
  return (
    <li className={`card request-card${steps.length > 0 && row.customer_state === 'needs_reply' ? ' mine' : ''}`} id={`r${row.id}`}>
      <div className="card-head"><h2>{String(row.title)}</h2><span className="number">{row.number}</span></div>
      <p role="status"><strong>{t(`portal.state.${kind.entity}.${row.state}` as MessageId)}</strong></p>
      {at >= 0 && <Way at={at} over={row.state === 'closed'} words={kind.way!.words.map((w) => t(w))} />}
      <dl className="facts">
        {kind.facts(row, text).map(([word, value]) => value && <div key={word} className="tall"><dt>{t(word)}</dt><dd className="prose">{value}</dd></div>)}
      </dl>
      {problem && <ProblemBanner problem={problem} />}
      {steps.length > 0 && (
        <div className="acts">
          {steps.map((s, i) => (
            <Button key={s.name} look={s.look ?? (i === 0 ? 'primary' : undefined)} busy={busy === s.name}
              onClick={() => (s.asks || s.agree ? setAsked(s) : void take(s))}>{t(`portal.act.${kind.entity}.${s.name}` as MessageId)}</Button>
          ))}
        </div>
      )}
      {asked && <Ask kind={kind} row={row} step={asked} onClose={() => setAsked(null)} />}
    </li>
  );
}

/** Asks for the one field of a step, or for the reader's yes. */
function Ask({ kind, row, step, onClose }: { kind: Kind; row: Row; step: Step; onClose(): void }) {
  const { t, pick } = useText();
  const move = useMove(kind.entity);
  const [value, setValue] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const word = (end: string) => t(`portal.ask.${kind.entity}.${step.name}${end}` as MessageId);
  const submit = async () => {
    if (step.asks?.must && !value.trim()) return setError(t('portal.need_this'));
    setBusy(true);
    setProblem(null);
    try {
      await move(row.id, step.name, step.asks ? { [step.asks.field]: value.trim() } : {});
      onClose();
    } catch (e) {
      const p = asProblem(e);
      const placed = step.asks && p.errors.find((x) => x.pointer === `/${step.asks?.field}`);
      if (placed) setError(pick(placed.text));
      else setProblem(p);
      setBusy(false);
    }
  };
  const change = (v: string) => {
    setValue(v);
    setError('');
  };
  return (
    <PlainDialog title={String(row.title)} act={t(`portal.act.${kind.entity}.${step.name}` as MessageId)} look={step.look} busy={busy} onClose={onClose} onSubmit={() => void submit()}
      notice={problem && <Banner tone="bad"><p>{problem.code === 'network' ? t('problem.network') : pick(problem.detail, problem.message)}</p></Banner>}>
      {step.agree && <p>{word('')}</p>}
      {step.asks && (
        <Field label={word('')} error={error} required={step.asks.must} name={step.asks.field}>
          {({ labelId: _l, ...w }) => step.asks?.as === 'text'
            ? <textarea className="inp" {...w} rows={3} maxLength={2000} value={value} onChange={(e) => change(e.target.value)} />
            : <input className="inp" {...w} type={step.asks?.as === 'date' ? 'date' : 'text'} maxLength={80} value={value} onChange={(e) => change(e.target.value)} />}
        </Field>
      )}
    </PlainDialog>
  );
}
