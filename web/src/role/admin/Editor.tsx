// SPDX-License-Identifier: Apache-2.0
//
// Editor.tsx -- one process as text: its sources, and the patch that an administrator writes. Text left; faults, states, form
// and statements right. Nothing is published that was not checked as it stands.
//
//     text --check--> faults (each leads to its line) | plan, picture, form --publish--> in force, without a reload
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { call, Problem } from '../../core/api';
import { useDraft } from '../../core/draft';
import { useText } from '../../core/i18n';
import { useTitle } from '../../core/title';
import { Banner, Loading, ProblemBanner } from '../../kit/Banner';
import { Button } from '../../kit/Button';
import { Tag } from '../../kit/Tag';
import { byGroup, Fields, groupLabel } from '../../model/Form';
import { entityOf, useEntity, useIndex, type Entity } from '../../model/entity';
import { TextField, useDeed } from './parts';
import { diffLines, useAdmin, useChanged, type Checked, type Fault, type Patch, type Patches } from './data';

const BEGIN = `# A process of your own 自定义流程
entity: loan
is: case
label: {en: Loan of equipment, zh: 设备借用}
plural: {en: Loans of equipment, zh: 设备借用}
number: "LN-{yyyy}-{seq:6}"
nav: {group: request, order: 90}
fields:
  purpose: {type: longtext, required: true, search: true, group: summary, label: {en: Purpose, zh: 用途}}
  due_on:  {type: date, group: summary, label: {en: Due on, zh: 归还日期}}
states:
  out:      {stage: handle, customer: in_progress, label: {en: Out, zh: 已借出}}
  returned: {stage: close, customer: completed, final: true, label: {en: Returned, zh: 已归还}}
transitions:
  give_back: {from: out, to: returned, by: [engineers], style: primary, label: {en: Give back, zh: 归还}}
grants:
  engineers: {read: all, write: all, create: true}
list: [title, due_on, handler]
`;
const extension = (name: string) => `extend: ${name}
fields:
  our_field: {type: text, max: 40, group: summary, label: {en: Our field, zh: 自定义字段}}
`;

const ProcessMap = lazy(() => import('../../model/StateMap').then((m) => ({ default: m.ProcessMap })));

interface Sources {
  items: { file: string; origin: 'built_in' | 'site' | 'patch'; text: string }[];
}

export function Editor({ name }: { name?: string }) {
  const { t, pick } = useText();
  const patches = useAdmin<Patches>('/model/patches');
  const index = useIndex();
  const versions = useAdmin<{ items: Patch[] }>(`/model/patches/${name}`, undefined, !!patches.data?.items.some((p) => p.name === name));
  const known = index.data?.entities.some((e) => e.name === name);
  const sources = useAdmin<Sources>(`/model/${name}/source`, undefined, !!name && !!known);
  const own = patches.data?.items.find((p) => p.name === name);
  useTitle(name ?? t('admin.models.new'));
  if (!patches.data || (own && !versions.data) || (name && known && !sources.data))
    return <Waiting for={patches.error ?? versions.error ?? sources.error} />;
  const list = versions.data?.items ?? [];
  const start = !name ? BEGIN : list.find((v) => !v.removed)?.text ?? extension(name);
  return (
    <>
      <div className="page-head">
        <h1>{name ? pick(index.data?.entities.find((e) => e.name === name)?.label, name) : t('admin.models.new')}</h1>
        {own && <Tag tone={own.in_force ? 'state-closed' : 'state-waiting'}>{t(own.in_force ? 'admin.models.in_force' : own.removed ? 'admin.models.removed' : 'admin.models.set_aside')}</Tag>}
      </div>
      {sources.data && !own && <BuiltIn name={name!} sources={sources.data} />}
      <Desk key={start} start={start} name={own?.name} versions={list} patches={patches.data} removable={!!own && !own.removed} />
    </>
  );
}

const Waiting = ({ for: error }: { for: unknown }) => (error ? <ProblemBanner problem={error as Problem} /> : <Loading />);

/** What an entity is made of besides patches: to be read, and to be extended. */
function BuiltIn({ name, sources }: { name: string; sources: Sources }) {
  const { t } = useText();
  const entity = useEntity(name).data;
  return (
    <>
      {entity && <Process entity={entity} />}
      {sources.items.map((s) => (
        <details key={s.file} className="card later-card">
          <summary>{s.file} <Tag>{t(`admin.models.origin_${s.origin}`)}</Tag></summary>
          <pre className="yaml" tabIndex={0}>{s.text}</pre>
        </details>
      ))}
      <h2>{t('admin.models.extend')}</h2>
    </>
  );
}

function Desk({ start, name, versions, patches, removable }: { start: string; name?: string; versions: Patch[]; patches: Patches; removable: boolean }) {
  const { t } = useText();
  const [, go] = useLocation();
  const [text, setText] = useState(start);
  const [note, setNote] = useState('');
  const [checked, setChecked] = useState<{ text: string; answer: Checked } | null>(null);
  const [said, setSaid] = useState('');
  const [asking, setAsking] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const verdict = useRef<HTMLDivElement>(null);
  const deed = useDeed();
  const changed = useChanged();
  const fresh = checked?.text === text ? checked.answer : null;

  const check = () => deed.run('check', async () => {
    setSaid('');
    const answer = await call<Checked>('POST', '/model/check', { body: { text, name } });
    setChecked({ text, answer });
    requestAnimationFrame(() => verdict.current?.focus());
  });
  const publish = () => deed.run('publish', async () => {
    const made = await call<{ name: string; version: number }>('POST', '/model/patches', { body: { text, name, note, revision: fresh?.revision ?? patches.revision } });
    setSaid(t('admin.models.published', { name: made.name, n: made.version }));
    setNote('');
    await changed();
    if (!name) go(`/admin/models/${made.name}`, { replace: true });
  });
  const remove = () => deed.run('remove', async () => {
    setAsking(false);
    await call('POST', `/model/patches/${name}/remove`, { body: { note } });
    setSaid(t('admin.models.taken_away'));
    await changed();
  });
  return (
    <div className="desk">
      <section className="desk-text" aria-label={t('admin.models.text')}>
        <Lines text={text} onChange={setText} area={area} faults={fresh?.faults ?? []} onCheck={check} />
        <div className="actions">
          <Button look={fresh?.ok ? 'normal' : 'primary'} busy={deed.busy === 'check'} onClick={check}>{t('admin.models.check')}</Button>
          <span className="muted">{t('admin.models.check_key')}</span>
          <span className="spring" />
          {removable && !asking && <Button look="danger" onClick={() => setAsking(true)}>{t('admin.models.remove')}</Button>}
        </div>
        {asking && (
          <Banner tone="warn" action={<span className="pair"><Button look="danger" busy={deed.busy === 'remove'} onClick={remove}>{t('admin.models.remove')}</Button><Button onClick={() => setAsking(false)}>{t('act.cancel')}</Button></span>}>
            <p>{t('admin.models.remove_ask')}</p>
          </Banner>
        )}
        {versions.length > 0 && <Versions list={versions} now={text} onTake={setText} />}
      </section>
      <section className="desk-side" aria-label={t('admin.models.verdict')}>
        <p role="status">{said && <Tag tone="state-closed">{said}</Tag>}</p>
        {deed.problem && <Refused problem={deed.problem} />}
        <div ref={verdict} tabIndex={-1} className="verdict">
          {!fresh && <p className="muted">{checked ? t('admin.models.stale') : t('admin.models.unchecked')}</p>}
          {fresh && !fresh.ok && <Faults list={fresh.faults} onGo={(f) => leadTo(area.current, f)} />}
          {fresh?.ok && (
            <>
              <Banner><p>{t('admin.models.good')}</p></Banner>
              <Plan checked={fresh} />
              <div className="ask">
                <TextField label={t('admin.models.note')} value={note} onChange={setNote} name="note" />
                <Button look="primary" busy={deed.busy === 'publish'} onClick={publish}>{t('admin.models.publish', { n: fresh.version ?? 1 })}</Button>
              </div>
              {fresh.entity && <Preview raw={fresh.entity} />}
            </>
          )}
        </div>
      </section>
    </div>
  );
}

function Refused({ problem }: { problem: Problem }) {
  const { t } = useText();
  return <ProblemBanner problem={problem} action={problem.status === 412 ? <Button small onClick={() => location.reload()}>{t('conflict.reload')}</Button> : undefined} />;
}

/** A text with its line numbers. Lines do not wrap, so that a number stands beside its line. */
export function Lines({ text, onChange, area, faults, onCheck, label }: { text: string; onChange(v: string): void; area: React.RefObject<HTMLTextAreaElement | null>; faults: Fault[]; onCheck(): void; label?: string }) {
  const { t } = useText();
  const gutter = useRef<HTMLPreElement>(null);
  const bad = new Set(faults.map((f) => f.line));
  const count = text.split('\n').length;
  return (
    <div className="lines">
      <pre ref={gutter} aria-hidden="true">{Array.from({ length: count }, (_, i) => <span key={i} className={bad.has(i + 1) ? 'bad-line' : undefined}>{i + 1}{'\n'}</span>)}</pre>
      <textarea ref={area} aria-label={label ?? t('admin.models.text')} aria-invalid={faults.length > 0 || undefined} wrap="off" spellCheck={false} autoCapitalize="none" autoComplete="off"
        value={text} onChange={(e) => onChange(e.target.value)} rows={Math.min(Math.max(count + 1, 16), 30)}
        onScroll={(e) => { if (gutter.current) gutter.current.scrollTop = e.currentTarget.scrollTop; }}
        onKeyDown={(e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) { e.preventDefault(); onCheck(); } }} />
    </div>
  );
}

/** To the place of a fault: its line is chosen and in sight. */
export function leadTo(box: HTMLTextAreaElement | null, f: Fault) {
  if (!box || !f.line) return;
  const lines = box.value.split('\n');
  const at = lines.slice(0, f.line - 1).reduce((n, l) => n + l.length + 1, 0);
  box.focus();
  box.setSelectionRange(at + (f.column ?? 1) - 1, at + (lines[f.line - 1]?.length ?? 0));
  box.scrollTop = Math.max(0, (f.line - 6) * 20);
}

export function Faults({ list, onGo }: { list: Fault[]; onGo(f: Fault): void }) {
  const { t, pick } = useText();
  return (
    <Banner tone="bad">
      <h2>{t('admin.models.faults', { n: list.length })}</h2>
      <ol className="faults">{list.map((f, i) => (
        <li key={i}>{f.line ? <button type="button" className="fault" onClick={() => onGo(f)}><span className="mono">{f.line}:{f.column}</span> {pick(f.text)}</button> : <>{pick(f.text)} <span className="muted mono">{f.file}</span></>}</li>
      ))}</ol>
    </Banner>
  );
}

function Plan({ checked }: { checked: Checked }) {
  const { t } = useText();
  return (
    <section className="card">
      <h2>{t('admin.models.plan')}</h2>
      {checked.plan.length ? <pre className="yaml sql" tabIndex={0}>{checked.plan.map((s) => s + ';\n')}</pre> : <p className="muted">{t('admin.models.plan_none')}</p>}
      {!!checked.hidden?.length && <details><summary>{t('admin.models.hidden', { n: checked.hidden.length })}</summary><p className="mono small">{checked.hidden.join(', ')}</p></details>}
    </section>
  );
}

/** The states and the ways between them, where there are ways. */
function Process({ entity }: { entity: Entity }) {
  const { t } = useText();
  if (!entity.transitions.size) return null;
  return (
    <section aria-label={t('admin.models.picture')}>
      <Suspense fallback={<Loading />}><ProcessMap entity={entity} /></Suspense>
    </section>
  );
}

/** The form as people will get it, and the ways between the states as text. */
function Preview({ raw }: { raw: Record<string, unknown> }) {
  const text = useText();
  const { t, pick } = text;
  const entity = useMemo(() => entityOf(raw), [raw]);
  const shared = new Set(((raw.fields as { name: string; shared?: boolean }[] | undefined) ?? []).filter((f) => f.shared).map((f) => f.name));
  const own = entity.fields.filter((f) => !f.computed && !f.hidden && !shared.has(f.name));
  return (
    <>
      <Process entity={entity} />
      <section className="card">
        <h2>{t('admin.models.form', { what: pick(entity.label) })}</h2>
        <Sample entity={entity} fields={own} />
        {entity.transitions.size > 0 && (
          <>
            <h3>{t('admin.models.moves')}</h3>
            <ul className="rows">{[...entity.transitions.values()].map((x) => (
              <li key={x.name}><b>{pick(x.label)}</b>: {x.from.map((s) => pick(entity.state.get(s)?.label, s)).join(t('list.comma'))} → {x.to ? pick(entity.state.get(x.to)?.label, x.to) : '='}</li>
            ))}</ul>
          </>
        )}
      </section>
    </>
  );
}

function Sample({ entity, fields }: { entity: Entity; fields: Entity['fields'] }) {
  const text = useText();
  const draft = useDraft(Object.fromEntries(fields.map((f) => [f.name, f.preset ?? null])));
  return <>{byGroup(entity, fields).map(([g, list]) => <fieldset key={g}><legend>{groupLabel(entity, g, text)}</legend><Fields fields={list} draft={draft} required={(f) => f.required} /></fieldset>)}</>;
}

/** Versions newest first; one is compared with the text in hand, or taken up again. */
function Versions({ list, now, onTake }: { list: Patch[]; now: string; onTake(text: string): void }) {
  const { t, dateTime } = useText();
  const [open, setOpen] = useState(0);
  const shown = list.find((v) => v.revision === open);
  useEffect(() => setOpen(0), [list]);
  return (
    <section className="card">
      <h2>{t('admin.models.versions')}</h2>
      <ul className="rows">{list.map((v) => (
        <li key={v.revision} className="version">
          <span><b>{v.version}</b> {v.removed ? t('admin.models.removed') : ''} {v.author?.name} <span className="muted">{dateTime(v.at)}</span> {v.note}</span>
          {!v.removed && <span className="pair">
            <Button small aria-expanded={open === v.revision} onClick={() => setOpen(open === v.revision ? 0 : v.revision)}>{t('admin.models.compare', { n: v.version })}</Button>
            <Button small onClick={() => onTake(v.text ?? '')}>{t('admin.models.take', { n: v.version })}</Button>
          </span>}
        </li>
      ))}</ul>
      {shown && <pre className="yaml diff" tabIndex={0} aria-label={t('admin.models.compare', { n: shown.version })}>{diffLines(shown.text ?? '', now).map((l, i) => <span key={i} className={l.mark === '+' ? 'plus' : l.mark === '-' ? 'minus' : undefined}>{l.mark} {l.text}{'\n'}</span>)}</pre>}
    </section>
  );
}
