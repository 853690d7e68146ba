// SPDX-License-Identifier: Apache-2.0
//
// Board.tsx -- records as cards in columns, one column a state.
//
// A card is moved by the menu on it (m), by dragging it, or on its page: each way takes a transition that the server offers
// for this record (`_can`), with its dialog if it asks for anything.  The arrows go from card to card.
// Empty states are narrow; a column loads more when asked.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type DragEvent, type KeyboardEvent } from 'react';
import { Link } from 'wouter';
import { get, Problem, seg } from '../core/api';
import { useText, type Text } from '../core/i18n';
import { useActions } from '../core/keys';
import { keepWalk } from '../core/walk';
import { Loading, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { InfoDialog } from '../kit/Dialog';
import { Severity } from '../kit/Tag';
import { Words } from '../kit/Said';
import { Cell, empty, optionLabel } from './Cell';
import { both, fieldsFor, nameOf } from './columns';
import { useChange, useList, useStats } from './data';
import type { Entity, Row, State, Transition } from './entity';
import { MoveForm, offersOf } from './Moves';
import { MoveMenu } from './MoveMenu';

interface Props {
  entity: Entity;
  filter?: string;
  sort: string;
  columns: string[];
}

/** What is being done: a choice between several transitions, a transition's dialog. */
interface Doing {
  row: Row;
  moves: Transition[];
}

const leads = (entity: Entity, row: Row, text: Text): Transition[] =>
  offersOf(entity, row, text).filter((o) => o.ok && o.move.to && o.move.to !== row.state).map((o) => o.move);
const asks = (m: Transition) => m.needs.length > 0 || m.may.length > 0 || m.reason || !!m.confirm || m.oneway;

export function Board({ entity, filter, sort, columns }: Props) {
  const text = useText();
  const { t, pick } = text;
  const cache = useQueryClient();
  const change = useChange(entity.name);
  const stats = useStats(entity.name, 'state', filter);
  const board = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ row: Row; moves: Transition[] | null } | null>(null);
  const lifted = useRef<Promise<Row | null>>(Promise.resolve(null));
  const [choice, setChoice] = useState<Doing | null>(null);
  const [asking, setAsking] = useState<Doing | null>(null);
  const [said, setSaid] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const back = useRef<{ id: number; to: string } | null>(null);

  /** The record as it is now, with what may be done. */
  const whole = (id: number) => cache.fetchQuery({
    queryKey: ['rec', entity.name, String(id)], staleTime: 0,
    queryFn: ({ signal }) => get<Row>(`/${seg(entity.name)}/${id}`, { labels: true, can: true }, signal),
  });
  const moved = (row: Row, move: Transition) => {
    back.current = { id: row.id, to: move.to ?? '' };
    setAsking(null);
    setSaid(t('board.moved', { what: String(row.number ?? row[entity.display] ?? row.id), state: pick(entity.state.get(move.to ?? '')?.label, move.to ?? '') }));
  };
  const take = async (row: Row, move: Transition) => {
    setChoice(null);
    setProblem(null);
    if (asks(move)) return setAsking({ row, moves: [move] });
    try {
      await change.move(row, move.name, {});
      moved(row, move);
    } catch (e) {
      setProblem(e instanceof Problem ? e : new Problem(0, { title: String(e) }));
    }
  };
  const drop = async (state: State) => {
    const row = await lifted.current;
    setDrag(null);
    if (!row || row.state === state.name) return;
    const moves = leads(entity, row, text).filter((m) => m.to === state.name);
    if (moves.length === 1) void take(row, moves[0]);
    else if (moves.length) setChoice({ row, moves });
    else setSaid(t('board.not_there', { state: pick(state.label) }));
  };
  // What may be done with the card is asked for while it is in the air; who drops it sooner waits.
  const lift = (row: Row) => {
    setDrag({ row, moves: null });
    setProblem(null);
    lifted.current = whole(row.id).catch((e) => (setProblem(e instanceof Problem ? e : new Problem(0, { title: String(e) })), null));
    void lifted.current.then((full) => setDrag((now) => (now?.row.id === row.id && full ? { row: full, moves: leads(entity, full, text) } : now)));
  };

  // The card that was moved has the focus again in its new column.
  useEffect(() => {
    if (!back.current || asking) return;
    const wait = setInterval(() => {
      const { id, to } = back.current ?? {};
      // Not where it was: there it goes away with the next reading, and the focus with it.
      const card = board.current?.querySelector<HTMLElement>(`[data-state="${to}"] [data-card="${id}"] .card-link`);
      if (card) card.focus({ preventScroll: false });
      if (card || !id) clearInterval(wait);
      if (card) back.current = null;
    }, 60);
    const end = setTimeout(() => clearInterval(wait), 5000);
    return () => { clearInterval(wait); clearTimeout(end); };
  }, [said, asking]);

  const link = (c: Element | null | undefined) => c?.querySelector<HTMLElement>('.card-link');
  const here = () => (document.activeElement as HTMLElement | null)?.closest<HTMLElement>('[data-card]');
  const focus = (to: HTMLElement | null | undefined) => {
    to?.focus();
    to?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };
  const along = (step: 1 | -1) => {
    const card = here();
    const next = step > 0 ? card?.nextElementSibling : card?.previousElementSibling;
    focus(link(card ? (next?.matches('[data-card]') ? next : null) : board.current?.querySelector('[data-card]')));
  };
  const across = (step: 1 | -1) => {
    const card = here(), column = card?.closest('[data-state]');
    if (!card || !column) return;
    const at = [...column.querySelectorAll('[data-card]')].indexOf(card);
    const all = [...(board.current?.querySelectorAll('[data-state]') ?? [])].filter((c) => c === column || c.querySelector('[data-card]'));
    const cards = all[all.indexOf(column) + step]?.querySelectorAll('[data-card]');
    if (cards?.length) focus(link(cards[Math.min(at, cards.length - 1)]));
  };
  useActions([
    { id: 'list.next', label: t('list.key_next'), key: 'j', group: 'list', hidden: true, run: () => along(1) },
    { id: 'list.before', label: t('list.key_before'), key: 'k', group: 'list', hidden: true, run: () => along(-1) },
    { id: 'board.move', label: t('board.key_move'), key: 'm', group: 'list', hidden: true, run: () => here()?.querySelector<HTMLElement>('.move-to')?.click() },
  ]);
  const keys = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.nativeEvent.isComposing || !(e.target as Element).matches('.card-link')) return;
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') along(e.key === 'ArrowDown' ? 1 : -1);
    else if (e.key === 'ArrowRight' || e.key === 'ArrowLeft') across(e.key === 'ArrowRight' ? 1 : -1);
    else return;
    e.preventDefault();
  };

  if (stats.error) return <ProblemBanner problem={stats.error as Problem} action={<Button small onClick={() => stats.refetch()}>{t('act.retry')}</Button>} />;
  if (!stats.data) return <Loading />;
  const count = new Map(stats.data.groups.map((g) => [g.value, g.count]));
  return (
    <>
      {problem && <ProblemBanner problem={problem} />}
      <p className="hidden-label" role="status">{said}</p>
      <p className="muted small board-hint">{t('board.hint')}</p>
      <div className="board" ref={board} role="region" aria-label={pick(entity.plural)} tabIndex={0} onKeyDown={keys}>
        {entity.states.map((s) => (
          <section key={s.name} data-state={s.name} aria-label={pick(s.label)}
            className={`lane${count.get(s.name) ? '' : ' bare'}${drag?.moves ? (drag.moves.some((m) => m.to === s.name) ? ' may' : ' may-not') : ''}`}
            onDragOver={(e) => { if (drag && (!drag.moves || drag.moves.some((m) => m.to === s.name))) e.preventDefault(); }}
            onDrop={(e) => { e.preventDefault(); void drop(s); }}>
            <h2><Link href={`/e/${entity.name}?${new URLSearchParams({ state: s.name, ...(filter ? { f: filter } : {}) })}`}>{pick(s.label)}</Link> <span className="lane-count">{count.get(s.name) ?? 0}</span></h2>
            {count.get(s.name) ? (
              <Lane entity={entity} state={s} filter={filter} sort={sort} columns={columns} whole={whole} onTake={take} onLift={lift} onLand={() => setDrag(null)}
                leadsOf={(row) => leads(entity, row, text)} />
            ) : null}
          </section>
        ))}
      </div>
      {choice && (
        <InfoDialog title={t('board.which')} onClose={() => setChoice(null)}>
          <div className="rows">{choice.moves.map((m) => <Button key={m.name} data-move={m.name} onClick={() => void take(choice.row, m)}>{pick(m.label)}</Button>)}</div>
        </InfoDialog>
      )}
      {asking && <MoveForm entity={entity} row={asking.row} move={asking.moves[0]} onClose={() => { back.current = { id: asking.row.id, to: String(asking.row.state) }; setAsking(null); }}
        onMoved={() => moved(asking.row, asking.moves[0])} />}
    </>
  );
}

interface LaneProps extends Props {
  state: State;
  whole(id: number): Promise<Row>;
  leadsOf(row: Row): Transition[];
  onTake(row: Row, move: Transition): void;
  onLift(row: Row): void;
  onLand(): void;
}

function Lane({ entity, state, filter, sort, columns, whole, leadsOf, onTake, onLift, onLand }: LaneProps) {
  const text = useText();
  const { t, pick } = text;
  const shown = columns.filter((c) => c !== 'state');
  const rows = useList(entity.name, { filter: both(`state==${state.name}`, filter), sort, limit: 30, fields: fieldsFor(entity, [...shown, ...(entity.field.has(entity.display) ? [entity.display] : [])]) });
  const items = rows.data?.pages.flatMap((p) => p.items) ?? [];
  if (!rows.data) return <Loading />;
  const facts = shown.filter((c) => !['number', 'severity', 'priority', entity.display].includes(c)).slice(0, 3);
  return (
    <ul className="cards">
      {items.map((row) => {
        const title = String(row[entity.display] ?? row.number ?? `#${row.id}`);
        return (
          <li key={row.id} data-card={row.id} className="card" draggable onDragStart={(e: DragEvent) => {
            e.dataTransfer.effectAllowed = 'move';
            e.dataTransfer.setData('text/plain', String(row.number ?? row.id));
            onLift(row);
          }} onDragEnd={onLand}>
            <div className="card-head">
              {typeof row.severity === 'string' && entity.field.has('severity')
                && <Severity value={row.severity} label={optionLabel(entity.field.get('severity')!, row.severity, text)} />}
              {typeof row.priority === 'string' && <span className="muted small">{row.priority}</span>}
              {row.number != null && <span className="number muted small"><span className="number-head">{String(row.number).slice(0, -6)}</span>{String(row.number).slice(-6)}</span>}
              <span className="spring" />
              <MoveMenu label={t('board.move', { what: title })} load={async () => {
                const full = await whole(row.id);
                return leadsOf(full).map((m) => ({
                  id: m.name, label: `${pick(m.label)} → ${pick(entity.state.get(m.to!)?.label, m.to!)}`, act: () => onTake(full, m),
                }));
              }} />
            </div>
            <Link className="card-link" href={`/e/${entity.name}/${row.id}`} onClick={() => keepWalk(entity.name, items.map((i) => i.id))}><Words>{title}</Words></Link>
            {facts.filter((c) => !empty(row[c])).map((c) => (
              <p key={c} className="small" title={nameOf(entity, c, text)}><Cell entity={entity} row={row} name={c} short /></p>
            ))}
          </li>
        );
      })}
      {rows.hasNextPage && <li><Button small look="quiet" busy={rows.isFetchingNextPage} onClick={() => rows.fetchNextPage()}>{t('list.more')}</Button></li>}
    </ul>
  );
}
