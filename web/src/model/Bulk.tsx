// SPDX-License-Identifier: Apache-2.0
//
// Bulk.tsx -- one deed on the marked rows: take a transition, assign, change a field, write them into a file.
//
// Before it is done the server says for how many it can be; afterwards how many it was, why not for the others, and those
// can be tried again.  Each row is all or nothing for itself (POST /{entity}/bulk); many rows go in parts (job.ts).
//
// All rows that match the list's filter can be marked at once, up to MOST: they are read first, so that their number is known
// and the deed is for the rows that one saw counted, not for what matches by the time it is done.
import { useEffect, useState } from 'react';
import { get, Problem, seg, type Query } from '../core/api';
import { useUser } from '../core/auth';
import { saveCsv } from '../core/csvfile';
import { useDraft } from '../core/draft';
import { useText, type Text } from '../core/i18n';
import { toast } from '../core/toast';
import { Banner, Loading, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { Choice } from '../kit/Choice';
import { FormDialog } from '../kit/Dialog';
import { Field as Labelled } from '../kit/Field';
import { Icon } from '../kit/Icon';
import { Menu } from '../kit/Menu';
import { plain } from './Cell';
import { nameOf } from './columns';
import type { Page } from './data';
import { editable, type Entity, type Field, type Row, type Transition } from './entity';
import { Fields } from './Form';
import { dropJob, leftJob, newJob, useJob, type Failed, type Job, type Stage } from './job';
import { deedOf, reversible, useUndo } from './undo';

interface Props {
  entity: Entity;
  rows: Row[];
  columns: string[];
  /** the question of the list, when it has more rows than are loaded, and how many */
  more?: { query: Query; count: number | string };
  onClear(): void;
}

type Deed = { kind: 'move'; move: Transition } | { kind: 'change'; fields: Field[]; assign: boolean };

const MOST = 10_000, PAGE = 200;
/** So many can be taken back, one by one. */
const UNDO_MOST = 100;
const ASSIGNED = ['handler', 'owner', 'assignee', 'team', 'engineer', 'responsible'];
const people = (entity: Entity) => entity.fields.filter((f) => editable(f) && !f.fixed && (f.type === 'person' || f.type === 'team')
  && (ASSIGNED.includes(f.name) || !ASSIGNED.some((n) => entity.field.has(n))));

export function Bulk({ entity, rows: marked, columns, more, onClear }: Props) {
  const text = useText();
  const { t, pick } = text;
  // The dialog has the rows that were marked when it opened.
  const [open, setOpen] = useState<{ deed: Deed; rows: Row[] } | null>(null);
  const [whole, setWhole] = useState<{ marked: number; rows: Row[] } | null>(null);
  const [reading, setReading] = useState<number | null>(null);
  const rows = whole?.marked === marked.length ? whole.rows : marked;
  const setDeed = (deed: Deed) => setOpen({ deed, rows });
  const readAll = async (query: Query) => {
    const all: Row[] = [];
    try {
      for (let cursor: string | null | undefined = ''; cursor != null && all.length < MOST;) {
        setReading(all.length);
        const page: Page = await get(`/${seg(entity.name)}`, { ...query, count: false, labels: true, limit: PAGE, cursor });
        all.push(...page.items);
        cursor = page.next;
        if (cursor && all.length >= MOST) toast(t('bulk.all_most', { n: MOST }));
      }
      setWhole({ marked: marked.length, rows: all });
    } catch (e) {
      toast(e instanceof Problem ? pick(e.detail) || e.message : String(e), { bad: true });
    }
    setReading(null);
  };
  const states = new Set(rows.map((r) => r.state));
  const moves = [...entity.transitions.values()].filter((m) => m.from.some((s) => states.has(s)));
  const who = people(entity);
  return (
    <div className="bulk" role="group" aria-label={t('bulk.title')} data-marked={rows.length}>
      <strong aria-live="polite">{reading === null ? t('bulk.marked', { n: rows.length }) : t('bulk.reading', { n: reading })}</strong>
      {more && rows === marked && <Button look="quiet" data-bulk="all" busy={reading !== null} onClick={() => void readAll(more.query)}>{t('bulk.all', { n: String(more.count) })}</Button>}
      {moves.length > 0 && (
        <Menu className="btn normal bulk-moves" entries={moves.map((m) => ({ id: m.name, move: m.name, label: pick(m.label), act: () => setDeed({ kind: 'move', move: m }) }))}>
          {t('bulk.move')}<Icon name="down" />
        </Menu>
      )}
      {who.length > 0 && <Button data-bulk="assign" onClick={() => setDeed({ kind: 'change', fields: who, assign: true })}>{t('bulk.assign')}</Button>}
      <Button data-bulk="change" onClick={() => setDeed({ kind: 'change', fields: entity.fields.filter((f) => editable(f) && !f.fixed), assign: false })}>{t('bulk.change')}</Button>
      <Button data-bulk="export" onClick={() => save(entity, rows, columns, text)}>{t('bulk.export')}</Button>
      <span className="spring" />
      <Button look="quiet" onClick={onClear}>{t('bulk.clear')}</Button>
      {open && <BulkDialog entity={entity} rows={open.rows} deed={open.deed} onClose={() => setOpen(null)} />}
    </div>
  );
}

/** What is on the screen, as CSV. */
function save(entity: Entity, rows: Row[], columns: string[], text: Text): void {
  const words = (row: Row, c: string) => {
    if (c === 'state') return text.pick(entity.state.get(String(row.state))?.label, String(row.state ?? ''));
    const f = entity.field.get(c);
    if (row[c] == null) return '';
    return f && ['text', 'longtext', 'markdown', 'int', 'decimal', 'money', 'date', 'datetime'].includes(f.type) ? String(row[c]) : plain(f, row[c], text, row);
  };
  const shown = columns.filter((c) => c !== '_clocks');
  saveCsv(entity.name, [shown.map((c) => nameOf(entity, c, text)), ...rows.map((r) => shown.map((c) => words(r, c)))]);
}

function BulkDialog({ entity, rows, deed, onClose }: { entity: Entity; rows: Row[]; deed: Deed; onClose(): void }) {
  const { t, pick, lang } = useText();
  const [which, setWhich] = useState(deed.kind === 'change' ? deed.fields[0]?.name ?? '' : '');
  const take = (names: string[]) => names.flatMap((n) => entity.field.get(n) ?? []);
  const fields = deed.kind === 'move' ? take([...new Set([...deed.move.needs, ...deed.move.may])])
    : deed.assign ? deed.fields : take([which]);
  const may = deed.kind === 'move' ? fields.filter((f) => !deed.move.needs.includes(f.name)) : [];
  const draft = useDraft({ reason: null });
  const me = useUser();
  const [rights, setRights] = useState<Rights | null>(null);
  const [asked, setAsked] = useState(0);
  const { job, stage, problem, run, stop } = useJob(me.id, entity.name);
  const busy = stage === 'running' || stage === 'stopping';
  const undo = useUndo(entity);
  const what = new Map(rows.map((r) => [r.id, String(r.number ?? r[entity.display] ?? `#${r.id}`)]));

  // For how many it can be: the server's word on each, in one question for 200.
  if (!asked) {
    setAsked(1);
    void ask(entity, rows, deed, which, pick, setAsked).then(setRights, () => setRights({ able: rows.map((r) => r.id), not: [], rows: [] }));
  }
  const choose = (name: string) => {
    setWhich(name);
    setAsked(0);
    setRights(null);
  };
  const title = deed.kind === 'move' ? deed.move.label : { en: '', zh: '', [lang]: t(deed.assign ? 'bulk.assign' : 'bulk.change') };
  const begin = async (ids: number[]) => {
    if (!ids.length || busy) return;
    draft.clear();
    const body = Object.fromEntries(Object.entries(draft.values).filter(([k, v]) => v !== null && (k !== 'reason' || deed.kind === 'move')));
    await run(newJob(deed.kind === 'move' ? deed.move.name : 'update', title, body, ids));
  };
  const over = stage === 'over' ? job : null;
  useEffect(() => {
    if (!over || !rights) return;
    const done = rights.rows.filter((r) => over.ids.includes(r.id) && !over.failed.some((f) => f.id === r.id));
    const deeds = done.flatMap((r) => (deed.kind === 'change' ? deedOf(r, Object.keys(over.body), over.body)
      : reversible(entity, deed.move, r) ? deedOf(r, deed.move.needs, over.body, deed.move) : []));
    if (deeds.length) undo(t('undo.stepped_n', { n: done.length }), deeds);
  }, [over]);
  const again = async () => {
    if (!job || busy) return;
    if (stage === 'stopped') return run(job);
    return begin(job.failed.map((f) => f.id));
  };
  const done = job?.done ?? 0, failed = job?.failed ?? [], left = (job?.ids.length ?? 0) - done - failed.length;
  // What the first refusal says of a field stands at that field.
  const fault = failed.find((f) => f.field && fields.some((x) => x.name === f.field) || f.field === 'reason');
  const errors = stage === 'over' && fault ? { [fault.field!]: { text: fault.text } } : {};
  const shown = { ...draft, errors: { ...errors, ...draft.errors } };
  const able = rights?.able ?? [];
  const act = stage === 'stopped' ? t('bulk.go_on', { n: left }) : job && !busy ? (failed.length ? t('bulk.again', { n: failed.length }) : t('act.close')) : t('bulk.do', { n: job ? job.ids.length : able.length });
  return (
    <FormDialog title={pick(title)} busy={busy} look={deed.kind === 'move' && deed.move.style === 'danger' ? 'danger' : 'primary'} act={act}
      onClose={() => { if (busy) stop(); onClose(); }} onSubmit={() => (!job ? void begin(able) : stage === 'over' && !failed.length ? onClose() : void again())}
      notice={problem ? <ProblemBanner problem={problem} /> : undefined}>
      {job ? <Progress entity={entity} job={job} stage={stage} what={what} onStop={stop} /> : !rights ? <><Loading /><p className="muted">{t('bulk.reading', { n: asked })}</p></> : (
        <Banner tone={rights.not.length ? 'warn' : 'info'}>
          <p data-bulk-preview>{t('bulk.preview', { able: able.length, all: rows.length })}</p>
          {rights.not.length > 0 && <ul>{rights.not.slice(0, 8).map((r) => <li key={r.id}>{what.get(r.id) ?? `#${r.id}`}{t('list.colon')}{r.why || t('record.not_now_plain')}</li>)}</ul>}
          {rights.not.length > 8 && <p>{t('bulk.others', { n: rights.not.length - 8 })}</p>}
        </Banner>
      )}
      {deed.kind === 'move' && deed.move.confirm && <p>{pick(deed.move.confirm)}</p>}
      {deed.kind === 'change' && !deed.assign && (
        <Labelled name="bulk-field" label={t('filter.field')} group>
          {(w) => <Choice wiring={w} value={which} onChange={choose} options={deed.fields.map((f) => ({ value: f.name, label: pick(f.label, f.name) }))} />}
        </Labelled>
      )}
      {deed.kind === 'move' ? (
        <>
          <Fields fields={take(deed.move.needs)} draft={shown} required={() => true} />
          {may.length > 0 && <details className="may"><summary>{t('form.more', { n: may.length })}</summary><Fields fields={may} draft={shown} required={() => false} /></details>}
        </>
      ) : <Fields fields={fields} draft={shown} required={() => false} />}
      {deed.kind === 'move' && deed.move.reason && (
        <Labelled name="reason" label={t('record.reason')} required wide error={shown.errors.reason}>
          {({ labelId: _l, ...w }) => <textarea className="inp" rows={3} {...w} name="reason" value={String(draft.values.reason ?? '')} onChange={(e) => draft.set('reason', e.target.value || null)} />}
        </Labelled>
      )}
    </FormDialog>
  );
}

/** How far it came, and in the end what was refused, and why. */
function Progress({ entity, job, stage, what, onStop }: { entity: Entity; job: Job; stage: Stage; what: Map<number, string>; onStop(): void }) {
  const { t, pick } = useText();
  const { done, failed } = job;
  const left = job.ids.length - done - failed.length;
  const busy = stage === 'running' || stage === 'stopping';
  return (
    <Banner tone={failed.length || stage === 'stopped' ? 'warn' : 'info'}>
      {busy ? (
        <>
          <p data-bulk-progress>{t('bulk.progress', { done, failed: failed.length, left })}</p>
          <progress max={job.ids.length} value={job.ids.length - left} aria-label={t('bulk.bar')} />{' '}
          {left > 0 && <Button small data-bulk="stop" busy={stage === 'stopping'} onClick={onStop}>{t(stage === 'stopping' ? 'bulk.stopping' : 'bulk.stop')}</Button>}
        </>
      ) : stage === 'stopped' ? <p data-bulk-stopped>{t('bulk.stopped', { done, failed: failed.length, left })}</p>
        : <p data-bulk-result>{t('bulk.result', { done, failed: failed.length })}</p>}
      {failed.length > 0 && <ul>{failed.slice(0, 50).map((f) => <li key={f.id}>{what.get(f.id) ?? `#${f.id}`}{t('list.colon')}{reasonOf(f, entity, pick)}</li>)}</ul>}
      {failed.length > 50 && <p>{t('bulk.others', { n: failed.length - 50 })}</p>}
    </Banner>
  );
}

/** What an earlier visit left undone, over the list. */
export function Left({ entity }: { entity: Entity }) {
  const { t, pick, dateTime } = useText();
  const me = useUser();
  const { job, stage, problem, run, stop } = useJob(me.id, entity.name);
  const [left, setLeft] = useState(() => leftJob(me.id, entity.name));
  if (job) {
    const rest = job.ids.length - job.done - job.failed.length;
    return (
      <div className="left-job">
        {problem && <ProblemBanner problem={problem} />}
        <Progress entity={entity} job={job} stage={stage} what={new Map()} onStop={stop} />
        {stage === 'stopped' && <Button small onClick={() => void run(job)}>{t('bulk.go_on', { n: rest })}</Button>}
      </div>
    );
  }
  if (!left) return null;
  const rest = left.ids.length - left.done - left.failed.length;
  return (
    <Banner tone="warn" action={
      <span className="acts">
        <Button small data-bulk="go-on" onClick={() => void run(left)}>{t('bulk.go_on', { n: rest })}</Button>{' '}
        <Button small look="quiet" onClick={() => { dropJob(me.id, entity.name); setLeft(null); }}>{t('bulk.drop')}</Button>
      </span>}>
      <p data-bulk-left>{t('bulk.left', { what: pick(left.title), at: dateTime(new Date(left.at).toISOString()), done: left.done, failed: left.failed.length, left: rest })}</p>
    </Banner>
  );
}

type Picker = Text['pick'];

function reasonOf(f: Failed, entity: Entity, pick: Picker): string {
  const field = f.field ? entity.field.get(f.field) : undefined;
  return field ? `${pick(field.label, field.name)} – ${pick(f.text)}` : pick(f.text);
}

interface Rights {
  able: number[];
  not: { id: number; why: string }[];
  /** as they were, for Undo */
  rows: Row[];
}
/** For which of the rows the deed is offered now, and why not for the others. */
async function ask(entity: Entity, rows: Row[], deed: Deed, field: string, pick: Picker, told: (n: number) => void): Promise<Rights> {
  const able: number[] = [], not: Rights['not'] = [], whole: Row[] = [];
  for (let i = 0; i < rows.length; i += PAGE) {
    told(i + 1);
    const ids = rows.slice(i, i + PAGE).map((r) => r.id);
    const page = await get<Page>(`/${seg(entity.name)}`, { filter: `id=in=(${ids.join()})`, limit: PAGE, can: true });
    if (rows.length <= UNDO_MOST) whole.push(...page.items);
    for (const r of page.items) {
      const offer = deed.kind === 'move' ? r._can?.transitions?.find((x) => x.name === deed.move.name) : undefined;
      // A field that is asked for in the dialog is no reason to leave a row out.
      const ok = deed.kind === 'move' ? !!offer && (offer.ok || deed.move.needs.length > 0 && entity.transitions.get(deed.move.name)!.from.includes(String(r.state)))
        : deed.assign ? deed.fields.some((f) => r._can?.fields?.[f.name] === 'rw') : r._can?.fields?.[field] === 'rw';
      if (ok) able.push(r.id);
      else not.push({ id: r.id, why: pick(offer?.why) });
    }
  }
  return { able, not, rows: whole };
}
