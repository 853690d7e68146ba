// SPDX-License-Identifier: Apache-2.0
//
// Table.tsx -- rows of records: a native table, cards on a phone. Sorting by the heading, j and k (or the arrows) through the
// rows, x to mark one (with Shift: all from the last one), Enter to open, e or F2 to change a field there (Inline.tsx).
//
// Above 200 rows only those near the window are drawn (LongBody.tsx).
import { lazy, memo, Suspense, useMemo, useRef, useState, type KeyboardEvent, type ReactNode, type Ref } from 'react';
import { Link, useLocation } from 'wouter';
import { useText } from '../core/i18n';
import { useActions } from '../core/keys';
import { keepWalk } from '../core/walk';
import { Icon } from '../kit/Icon';
import { Cell, empty, rightAligned } from './Cell';
import { nameOf, sortable } from './columns';
import type { Entity, Row } from './entity';

const LongBody = lazy(() => import('./LongBody').then((m) => ({ default: m.LongBody })));
const Inline = lazy(() => import('./Inline'));
const LONG = 200;

export interface Marks {
  ids: ReadonlySet<number>;
  /** marks or unmarks a row, or all between it and the row that was marked last */
  toggle(id: number, range: boolean): void;
  all(on: boolean): void;
}

interface Props {
  entity: Entity;
  columns: string[];
  items: Row[];
  sort: string;
  onSort(sort: string): void;
  /** somebody is about to sort so */
  onSortAhead(sort: string): void;
  stale: boolean;
  marks?: Marks;
  /** may fields be changed in the rows themselves? */
  edits?: boolean;
}

export function Table({ entity, columns, items, sort, onSort, onSortAhead, stale, marks, edits }: Props) {
  const text = useText();
  const { t } = text;
  const [, go] = useLocation();
  const box = useRef<HTMLDivElement>(null);
  const [by, down] = sort.startsWith('-') ? [sort.slice(1).split(',')[0], true] : [sort.split(',')[0], false];
  const open = (row: Row) => {
    keepWalk(entity.name, items.map((i) => i.id));
    go(`/e/${entity.name}/${row.id}`);
  };

  const links = () => [...(box.current?.querySelectorAll<HTMLElement>('a.row-link') ?? [])];
  const here = (all: HTMLElement[]) => all.findIndex((l) => l.closest('tr')?.contains(document.activeElement));
  const idOf = (l: HTMLElement | undefined) => Number(l?.closest('tr')?.dataset.id);
  const walk = (step: number, range = false) => {
    const all = links(), at = here(all);
    const next = all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + step))];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
    if (range && at >= 0) marks?.toggle(idOf(next), true);
  };
  // The part that changes fields comes with the pointer or the focus.
  const [inline, setInline] = useState<{ wish: { id: number } | null } | null>(null);
  const wake = () => edits && setInline((i) => i ?? { wish: null });
  const edit = () => {
    const all = links(), at = here(all);
    if (at >= 0) setInline({ wish: { id: idOf(all[at]) } });
  };
  const mark = (range: boolean) => {
    const all = links(), at = here(all);
    if (at >= 0) marks?.toggle(idOf(all[at]), range);
  };
  useActions([
    { id: 'list.next', label: t('list.key_next'), key: 'j', group: 'list', hidden: true, run: () => walk(1) },
    { id: 'list.before', label: t('list.key_before'), key: 'k', group: 'list', hidden: true, run: () => walk(-1) },
    { id: 'list.mark', label: t('list.key_mark'), key: 'x', group: 'list', hidden: true, when: !!marks, run: () => mark(false) },
    { id: 'list.edit', label: t('list.key_edit'), key: 'e', group: 'list', hidden: true, when: !!edits, run: edit },
  ]);
  // The arrows, and what Shift does.
  const keys = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.nativeEvent.isComposing || (here(links()) < 0 && document.activeElement !== box.current)) return;
    const step = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : e.shiftKey && e.key === 'J' ? 1 : e.shiftKey && e.key === 'K' ? -1 : 0;
    if (step) walk(step, e.shiftKey);
    else if (e.shiftKey && e.key === 'X') mark(true);
    else if (e.key === 'F2' && edits) edit();
    else return;
    e.preventDefault();
  };

  // What a row can have done to it, behind one object that stays: a row is drawn again when it changes, not when the table does.
  const deeds = useRef({} as Deeds).current;
  Object.assign(deeds, {
    open,
    walk: () => keepWalk(entity.name, items.map((i) => i.id)),
    toggle: (id: number, range: boolean) => marks?.toggle(id, range),
    editing: () => !!box.current?.querySelector('.inline-edit'),
  });
  const names = columns.join();
  const shown = useMemo(() => names.split(','), [names]);
  const line = (row: Row, extra?: object): ReactNode =>
    <Line key={row.id} entity={entity} columns={shown} row={row} marked={marks && marks.ids.has(row.id)} deeds={deeds} {...extra} />;
  const ahead = useSortAhead(onSortAhead);

  const marked = marks ? items.filter((i) => marks.ids.has(i.id)).length : 0;
  return (
    <div className="table-box" ref={box} tabIndex={0} role="region" aria-label={text.pick(entity.plural)} onKeyDown={keys} onMouseEnter={wake} onFocus={wake}>
      <table className={'rows' + (stale ? ' stale' : '')}>
        <thead>
          <tr>
            {marks && (
              <th scope="col" className="mark">
                <label><input type="checkbox" aria-label={t('list.mark_all')} checked={marked > 0 && marked === items.length}
                  ref={(i) => { if (i) i.indeterminate = marked > 0 && marked < items.length; }} onChange={(e) => marks.all(e.target.checked)} /></label>
              </th>
            )}
            {columns.map((c) => (
              <th key={c} scope="col" className={rightAligned(entity.field.get(c)) ? 'num' : c === 'title' ? 'grow' : undefined}
                aria-sort={by === c ? (down ? 'descending' : 'ascending') : undefined}>
                {sortable(entity, c) ? (
                  <button type="button" className="sort" {...ahead(by === c && !down ? '-' + c : c)} onClick={() => onSort(by === c && !down ? '-' + c : c)}>
                    {nameOf(entity, c, text)}{by === c && <Icon name={down ? 'down' : 'up'} />}
                  </button>
                ) : nameOf(entity, c, text)}
              </th>
            ))}
          </tr>
        </thead>
        {items.length > LONG ? (
          <Suspense fallback={<tbody>{items.slice(0, LONG).map((row) => line(row))}</tbody>}>
            <LongBody items={items} line={line} width={columns.length + (marks ? 1 : 0)} />
          </Suspense>
        ) : <tbody>{items.map((row) => line(row))}</tbody>}
      </table>
      {inline && <Suspense><Inline entity={entity} columns={columns} box={box} wish={inline.wish} /></Suspense>}
    </div>
  );
}

interface Deeds {
  open(row: Row): void;
  /** the list is kept, so that one can go on from record to record */
  walk(): void;
  toggle(id: number, range: boolean): void;
  editing(): boolean;
}
interface LineProps {
  entity: Entity;
  columns: string[];
  row: Row;
  /** undefined: rows are not marked here */
  marked?: boolean;
  deeds: Deeds;
  ref?: Ref<HTMLTableRowElement>;
  'data-index'?: number;
}

const Line = memo(function Line({ entity, columns, row, marked, deeds, ...extra }: LineProps) {
  const text = useText();
  return (
    <tr data-id={row.id} aria-selected={marked || undefined} {...extra} onClick={(e) => {
      if ((e.target as HTMLElement).closest('a,button,input,label') || getSelection()?.toString() || deeds.editing()) return;
      if (e.shiftKey && marked !== undefined) deeds.toggle(row.id, true);
      else deeds.open(row);
    }}>
      {marked !== undefined && (
        <td className="mark">
          <label><input type="checkbox" checked={marked} aria-label={text.t('list.mark', { what: String(row[entity.display] ?? row.number ?? row.id) })}
            onChange={(e) => deeds.toggle(row.id, (e.nativeEvent as MouseEvent).shiftKey)} /></label>
        </td>
      )}
      {columns.map((c, i) => (
        <td key={c} data-col={c} className={(rightAligned(entity.field.get(c)) ? 'num ' : '') + (c === 'title' ? 'grow' : '') + (empty(row[c]) ? 'none' : '')}
          title={c === 'title' ? String(row[c] ?? '') : undefined} data-label={nameOf(entity, c, text)}>
          {i === 0
            ? <Link className="row-link" href={`/e/${entity.name}/${row.id}`} onClick={deeds.walk}><Cell entity={entity} row={row} name={c} short /></Link>
            : <Cell entity={entity} row={row} name={c} short />}
        </td>
      ))}
    </tr>
  );
});

/** So long the pointer rests on a heading that it means. */
const REST_MS = 80;

/** Asks for the other order before the button is up: the pointer rests there, the focus comes, the button goes down. */
function useSortAhead(ask: (sort: string) => void) {
  const timer = useRef(0);
  const stop = () => clearTimeout(timer.current);
  return (sort: string) => ({
    onPointerEnter: () => {
      stop();
      timer.current = window.setTimeout(() => ask(sort), REST_MS);
    },
    onPointerLeave: stop,
    onFocus: () => ask(sort),
    onPointerDown: () => ask(sort),
  });
}
