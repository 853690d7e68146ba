// SPDX-License-Identifier: Apache-2.0
//
// Bulk.tsx -- one deed on the marked rows: take a transition, assign, change a field, write them into a file.
//
// Before it is done the server says for how many it can be; afterwards how many it was, why not for the others, and those
// can be tried again.  Each row is all or nothing for itself (POST /{entity}/bulk).
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call, get, Problem, seg } from '../core/api';
import { useDraft } from '../core/draft';
import { useText, type Label, type Text } from '../core/i18n';
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

interface Props {
  entity: Entity;
  rows: Row[];
  columns: string[];
  onClear(): void;
}

type Deed = { kind: 'move'; move: Transition } | { kind: 'change'; fields: Field[]; assign: boolean };

const MOST = 500;
const ASSIGNED = ['handler', 'owner', 'assignee', 'team', 'engineer', 'responsible'];
const people = (entity: Entity) => entity.fields.filter((f) => editable(f) && !f.fixed && (f.type === 'person' || f.type === 'team')
  && (ASSIGNED.includes(f.name) || !ASSIGNED.some((n) => entity.field.has(n))));

export function Bulk({ entity, rows, columns, onClear }: Props) {
  const text = useText();
  const { t, pick } = text;
  const [deed, setDeed] = useState<Deed | null>(null);
  const states = new Set(rows.map((r) => r.state));
  const moves = [...entity.transitions.values()].filter((m) => m.from.some((s) => states.has(s)));
  const who = people(entity);
  return (
    <div className="bulk" role="group" aria-label={t('bulk.title')} data-marked={rows.length}>
      <strong aria-live="polite">{t('bulk.marked', { n: rows.length })}</strong>
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
      {deed && <BulkDialog entity={entity} rows={rows} deed={deed} onClose={() => setDeed(null)} />}
    </div>
  );
}

/** What is on the screen, as CSV that spreadsheets open: with a byte order mark, and no cell that they would take for a formula. */
function save(entity: Entity, rows: Row[], columns: string[], text: Text): void {
  const cell = (s: string) => {
    const safe = /^[=+\-@\t]/.test(s) && !/^-?\d/.test(s) ? "'" + s : s;
    return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };
  const words = (row: Row, c: string) => {
    if (c === 'state') return text.pick(entity.state.get(String(row.state))?.label, String(row.state ?? ''));
    const f = entity.field.get(c);
    if (row[c] == null) return '';
    return f && ['text', 'longtext', 'markdown', 'int', 'decimal', 'money', 'date', 'datetime'].includes(f.type) ? String(row[c]) : plain(f, row[c], text, row);
  };
  const shown = columns.filter((c) => c !== '_clocks');
  const lines = [shown.map((c) => nameOf(entity, c, text)), ...rows.map((r) => shown.map((c) => words(r, c)))];
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(['\ufeff' + lines.map((l) => l.map(cell).join()).join('\r\n') + '\r\n'], { type: 'text/csv' }));
  link.download = `${entity.name}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

interface Result {
  id: number;
  ok: boolean;
  problem?: { detail?: Label; title?: string; errors?: { pointer?: string; text?: Label }[] };
}

function BulkDialog({ entity, rows, deed, onClose }: { entity: Entity; rows: Row[]; deed: Deed; onClose(): void }) {
  const { t, pick } = useText();
  const cache = useQueryClient();
  const [which, setWhich] = useState(deed.kind === 'change' ? deed.fields[0]?.name ?? '' : '');
  const take = (names: string[]) => names.flatMap((n) => entity.field.get(n) ?? []);
  const fields = deed.kind === 'move' ? take([...new Set([...deed.move.needs, ...deed.move.may])])
    : deed.assign ? deed.fields : take([which]);
  const may = deed.kind === 'move' ? fields.filter((f) => !deed.move.needs.includes(f.name)) : [];
  const draft = useDraft({ reason: null });
  const [rights, setRights] = useState<{ able: number[]; not: { id: number; why: string }[] } | null>(null);
  const [asked, setAsked] = useState(false);
  const [results, setResults] = useState<Result[] | null>(null);
  const [busy, setBusy] = useState(false);
  const what = new Map(rows.map((r) => [r.id, String(r.number ?? r[entity.display] ?? `#${r.id}`)]));

  // For how many it can be: the server's word on each, in one question for 200.
  if (!asked) {
    setAsked(true);
    void ask(entity, rows.slice(0, MOST), deed, which, pick).then(setRights, () => setRights({ able: rows.map((r) => r.id), not: [] }));
  }
  const choose = (name: string) => {
    setWhich(name);
    setAsked(false);
    setRights(null);
  };

  const run = async (ids: number[]) => {
    if (!ids.length || busy) return;
    setBusy(true);
    draft.clear();
    const body = Object.fromEntries(Object.entries(draft.values).filter(([k, v]) => v !== null && (k !== 'reason' || deed.kind === 'move')));
    try {
      const answer = await call<{ results: Result[] }>('POST', `/${seg(entity.name)}/bulk`,
        { body: { ids, do: deed.kind === 'move' ? deed.move.name : 'update', body } });
      const failed = answer.results.filter((r) => !r.ok);
      setResults((before) => [...(before ?? []).filter((r) => r.ok), ...answer.results]);
      if (failed.length) draft.fail(new Problem(422, { errors: failed[0].problem?.errors ?? [] }), fields.map((f) => f.name).concat('reason'));
      void cache.invalidateQueries({ queryKey: ['list', entity.name] });
      for (const r of answer.results) void cache.invalidateQueries({ queryKey: ['rec', entity.name, String(r.id)] });
    } catch (e) {
      draft.fail(e, fields.map((f) => f.name));
    }
    setBusy(false);
  };

  const done = results?.filter((r) => r.ok).length ?? 0;
  const failed = results?.filter((r) => !r.ok) ?? [];
  const title = deed.kind === 'move' ? pick(deed.move.label) : t(deed.assign ? 'bulk.assign' : 'bulk.change');
  const able = rights?.able ?? [];
  return (
    <FormDialog title={title} busy={busy} look={deed.kind === 'move' && deed.move.style === 'danger' ? 'danger' : 'primary'}
      act={results ? (failed.length ? t('bulk.again', { n: failed.length }) : t('act.close')) : t('bulk.do', { n: able.length })}
      onClose={onClose} onSubmit={() => (results && !failed.length ? onClose() : void run(results ? failed.map((r) => r.id) : able))}
      notice={draft.problem && draft.problem.status !== 422 ? <ProblemBanner problem={draft.problem} /> : undefined}>
      {results ? (
        <Banner tone={failed.length ? 'warn' : 'info'}>
          <p data-bulk-result>{t('bulk.result', { done, failed: failed.length })}</p>
          {failed.length > 0 && <ul>{failed.slice(0, 50).map((r) => <li key={r.id}>{what.get(r.id) ?? `#${r.id}`}{t('list.colon')}{reasonOf(r, entity, pick)}</li>)}</ul>}
        </Banner>
      ) : !rights ? <Loading /> : (
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
          <Fields fields={take(deed.move.needs)} draft={draft} required={() => true} />
          {may.length > 0 && <details className="may"><summary>{t('form.more', { n: may.length })}</summary><Fields fields={may} draft={draft} required={() => false} /></details>}
        </>
      ) : <Fields fields={fields} draft={draft} required={() => false} />}
      {deed.kind === 'move' && deed.move.reason && (
        <Labelled name="reason" label={t('record.reason')} required wide error={draft.errors.reason && pick(draft.errors.reason.text)}>
          {({ labelId: _l, ...w }) => <textarea className="inp" rows={3} {...w} name="reason" value={String(draft.values.reason ?? '')} onChange={(e) => draft.set('reason', e.target.value || null)} />}
        </Labelled>
      )}
    </FormDialog>
  );
}

type Picker = Text['pick'];

function reasonOf(r: Result, entity: Entity, pick: Picker): string {
  const first = r.problem?.errors?.[0];
  const field = first?.pointer ? entity.field.get(first.pointer.slice(1)) : undefined;
  const words = pick(first?.text) || pick(r.problem?.detail) || r.problem?.title || '';
  return field ? `${pick(field.label, field.name)} – ${words}` : words;
}

/** For which of the rows the deed is offered now, and why not for the others. */
async function ask(entity: Entity, rows: Row[], deed: Deed, field: string, pick: Picker) {
  const able: number[] = [], not: { id: number; why: string }[] = [];
  for (let i = 0; i < rows.length; i += 200) {
    const ids = rows.slice(i, i + 200).map((r) => r.id);
    const page = await get<Page>(`/${seg(entity.name)}`, { filter: `id=in=(${ids.join()})`, limit: 200, can: true });
    for (const r of page.items) {
      const offer = deed.kind === 'move' ? r._can?.transitions?.find((x) => x.name === deed.move.name) : undefined;
      // A field that is asked for in the dialog is no reason to leave a row out.
      const ok = deed.kind === 'move' ? !!offer && (offer.ok || deed.move.needs.length > 0 && entity.transitions.get(deed.move.name)!.from.includes(String(r.state)))
        : deed.assign ? deed.fields.some((f) => r._can?.fields?.[f.name] === 'rw') : r._can?.fields?.[field] === 'rw';
      if (ok) able.push(r.id);
      else not.push({ id: r.id, why: pick(offer?.why) });
    }
  }
  return { able, not };
}
