// SPDX-License-Identifier: Apache-2.0
//
// Inline.tsx -- one field of a row changed in the list itself. Loaded when the pointer or the focus first comes into the table.
//
//     e or F2 on a row    the first of its fields that may be changed; F2 once more keeps it and goes to the next
//     the pencil          the same for the cell under the pointer
//     Enter, Esc          saves, restores (in a text of many lines Ctrl+Enter saves); what is picked from a list is saved at once
//
// Invariants
//   1. What may be changed is asked of the server when one begins (`_can` of the record), not of the rows: lists stay light, and
//      the answer is of now, not of when the list was read.
//   2. One field is one PATCH with the version that was read; 412 is merged or asked (saver.tsx), any refusal stands in the cell.
//   3. The editor is drawn into its cell from here, so that rows which are read again meanwhile leave it alone; when its row goes
//      out of sight it stands below the table, with what was typed.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import { createPortal } from 'react-dom';
import { get, Problem, seg } from '../core/api';
import { useUser } from '../core/auth';
import { useDraft, type Values } from '../core/draft';
import { useText } from '../core/i18n';
import { same } from '../core/merge';
import { toast } from '../core/toast';
import { ProblemBanner } from '../kit/Banner';
import { Icon } from '../kit/Icon';
import { nameOf } from './columns';
import { useChange } from './data';
import { holds, powersOf, titleOf, useIndex, writableBy, type Entity, type Row } from './entity';
import { useSaver } from './saver';
import { deedOf, useUndo, type Deed } from './undo';
import { FieldControl } from './Widget';

/** Values that are no matter of a cell: they are changed on the page of the record. */
const LARGE = new Set(['json', 'checklist', 'readings', 'geo', 'multi_link']);
/** What is picked is meant: there is nothing to type on. */
const PICKED = new Set(['link', 'person', 'team']);

interface At {
  base: Row;
  name: string;
  may: string[];
}
interface Props {
  entity: Entity;
  columns: string[];
  box: RefObject<HTMLDivElement | null>;
  /** the row to begin with; each wish is an object of its own */
  wish: { id: number } | null;
}

export default function Inline({ entity, columns, box, wish }: Props) {
  const text = useText();
  const { t } = text;
  const me = useUser();
  const cache = useQueryClient();
  const powers = powersOf(me.roles, useIndex().data);
  const [at, setAt] = useState<At | null>(null);
  const fields = columns.filter((c) => {
    const f = entity.field.get(c);
    return f && writableBy(f, powers) && !f.fixed && !LARGE.has(f.type);
  });

  const begin = async (id: number, name?: string) => {
    let base: Row;
    try {
      base = await cache.fetchQuery({
        queryKey: ['rec', entity.name, String(id)], staleTime: 0,
        queryFn: ({ signal }) => get<Row>(`/${seg(entity.name)}/${id}`, { labels: true, can: true }, signal),
      });
    } catch (e) {
      return void toast(e instanceof Problem ? text.pick(e.detail) || e.message : String(e), { bad: true });
    }
    const may = fields.filter((c) => base._can?.fields?.[c] === 'rw' && holds(entity.field.get(c)!.when, base));
    const first = name ? may.find((c) => c === name) : may[0];
    const what = titleOf(entity, base);
    if (first) setAt({ base, name: first, may });
    else toast(name ? t('inline.not_now', { field: nameOf(entity, name, text), what }) : t('inline.nothing', { what }), { ms: 4000 });
  };
  const asked = useRef<Props['wish']>(null);
  useEffect(() => {
    if (!wish || wish === asked.current || at) return;
    asked.current = wish;
    void begin(wish.id);
  });

  const done = (row: number, next?: string) => {
    setAt(null);
    if (next) void begin(row, next);
    else box.current?.querySelector<HTMLElement>(`tr[data-id="${row}"] a.row-link`)?.focus();
  };
  return (
    <>
      {!at && fields.length > 0 && <Pencil box={box} names={fields} label={(c) => t('inline.edit', { field: nameOf(entity, c, text) })} onTake={(id, c) => void begin(id, c)} />}
      {at && <Editor key={`${at.base.id} ${at.name}`} entity={entity} box={box} at={at} onDone={(next) => done(at.base.id, next)} />}
    </>
  );
}

/** A pencil in the cell under the pointer. */
function Pencil({ box, names, label, onTake }: { box: Props['box']; names: string[]; label(name: string): string; onTake(id: number, name: string): void }) {
  const [cell, setCell] = useState<HTMLElement | null>(null);
  useEffect(() => {
    const over = (e: Event) => {
      const td = (e.target as Element).closest<HTMLElement>('td[data-col]');
      setCell(td && names.includes(td.dataset.col!) ? td : null);
    };
    const out = () => setCell(null);
    const table = box.current;
    table?.addEventListener('mouseover', over);
    table?.addEventListener('mouseleave', out);
    return () => {
      table?.removeEventListener('mouseover', over);
      table?.removeEventListener('mouseleave', out);
    };
  });
  if (!cell?.isConnected) return null;
  const name = cell.dataset.col!;
  return createPortal(
    <button type="button" className="icon-btn inline-pencil" tabIndex={-1} aria-label={label(name)} title={label(name)}
      onClick={() => onTake(Number(cell.closest('tr')?.dataset.id), name)}><Icon name="edit" /></button>, cell);
}

const CONTROLS = 'input:not([type=radio]),input[type=radio]:checked,textarea,button.select,[role=spinbutton]';

function Editor({ entity, box, at, onDone }: { entity: Entity; box: Props['box']; at: At; onDone(next?: string): void }) {
  const text = useText();
  const { t } = text;
  const { base, name } = at;
  const field = entity.field.get(name)!;
  const draft = useDraft({ [name]: base[name] ?? null });
  const [busy, setBusy] = useState(false);
  const deed = useRef<Deed | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const [, again] = useState(0);

  const refused = (e: unknown) => {
    draft.fail(e, [name]);
    setBusy(false);
  };
  const change = useChange(entity.name);
  const undo = useUndo(entity);
  const send = async (version: number | undefined, body: Values, before: Row) => {
    const names = Object.keys(body);
    if (names.length) deed.current = deedOf(before, names, await change.update({ ...base, _v: version }, body));
  };
  const saved = (next?: string) => {
    if (deed.current) undo(t('toast.saved', { fields: nameOf(entity, name, text) }), [deed.current]);
    onDone(next);
  };
  const saver = useSaver(entity, () => saved(), () => onDone(), refused);
  const save = async (mine: Values, next?: string) => {
    if (busy) return;
    if (!(name in mine) || same(mine[name], base[name])) return onDone(next);
    setBusy(true);
    draft.clear();
    try {
      if (await saver.save(base, mine, send)) saved(next);
      else setBusy(false);
    } catch (e) {
      refused(e);
    }
  };
  const picks = PICKED.has(field.type) || (field.type === 'enum' && field.options.length > 5);
  const choose = (value: unknown) => {
    draft.set(name, value);
    if (picks && value !== null) void save({ [name]: value });
  };

  // The cell is found anew whenever something was drawn; the control may come later than its place (dates).
  const cell = box.current?.querySelector<HTMLElement>(`tr[data-id="${base.id}"] td[data-col="${CSS.escape(name)}"]`) ?? box.current;
  useLayoutEffect(() => {
    if (!cell || cell === box.current) return;
    cell.dataset.editing = '';
    return () => void delete cell.dataset.editing;
  }, [cell, box]);
  useEffect(() => {
    const watch = new MutationObserver(() => !form.current?.isConnected && again((n) => n + 1));
    if (box.current) watch.observe(box.current, { childList: true, subtree: true });
    return () => watch.disconnect();
  }, [box]);
  useEffect(() => {
    const reach = () => {
      const control = form.current?.querySelector<HTMLElement>(`.field :is(${CONTROLS})`) ?? form.current?.querySelector<HTMLElement>('.field input');
      control?.focus();
      if (control instanceof HTMLInputElement && control.type !== 'radio') control.select();
      return !!control;
    };
    if (reach() || !form.current) return;
    const watch = new MutationObserver(() => reach() && watch.disconnect());
    watch.observe(form.current, { childList: true, subtree: true });
    return () => watch.disconnect();
  }, []);

  const keys = (e: KeyboardEvent) => {
    // The list's own letters and arrows sleep while one types here.
    if (!e.ctrlKey && !e.altKey && !e.metaKey) e.stopPropagation();
    if (e.nativeEvent.isComposing || e.defaultPrevented) return;
    const target = e.target as HTMLElement;
    const open = target.getAttribute('aria-expanded') === 'true';
    if (e.key === 'Escape' && !open) onDone();
    else if (e.key === 'F2') void save(draft.changed(), at.may[(at.may.indexOf(name) + 1) % at.may.length]);
    else if (e.key === 'Enter' && !open && target.tagName !== 'BUTTON' && (target.tagName !== 'TEXTAREA' || e.ctrlKey || e.metaKey)) void save(draft.changed());
    else return;
    e.preventDefault();
  };
  return (
    <>
      {cell && createPortal(
        <form className="inline-edit" ref={form} noValidate data-inline={name} onKeyDown={keys} onSubmit={(e) => { e.preventDefault(); void save(draft.changed()); }}>
          <FieldControl field={field} value={draft.values[name]} onChange={choose} error={draft.errors[name]} row={base} />
          <button type="submit" className="icon-btn" aria-label={t('inline.save')} title={t('inline.save')} aria-busy={busy || undefined}><Icon name="check" /></button>
          <button type="button" className="icon-btn" aria-label={t('inline.restore')} title={t('inline.restore')} onClick={() => onDone()}><Icon name="x" /></button>
          {draft.problem && <ProblemBanner problem={draft.problem} />}
        </form>, cell)}
      {saver.dialog}
    </>
  );
}
