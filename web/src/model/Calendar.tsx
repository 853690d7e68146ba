// SPDX-License-Identifier: Apache-2.0
//
// Calendar.tsx -- records by a date of theirs, a month or a week at a time; days of the reader's own zone.
//
// The days are a grid with one stop for Tab: arrows go by day and week, PageUp and PageDown by month (or week), Home and End to
// the week's ends, Enter into the day's records, Escape back to the day.  On a phone the days stand below each other.
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { Link } from 'wouter';
import { seg, type Problem } from '../core/api';
import { serverTime } from '../core/clock';
import { dayAdd, dayOf, dayStart } from '../core/format';
import { useText } from '../core/i18n';
import { keepWalk } from '../core/walk';
import { Loading, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { Choice } from '../kit/Choice';
import { Icon } from '../kit/Icon';
import { both, nameOf } from './columns';
import { conditionsOf, changed, filterOf, rangeTerms } from './conditions';
import { useList } from './data';
import type { Entity, Field, Row } from './entity';

interface Props {
  entity: Entity;
  filter?: string;
  search: URLSearchParams;
  put(changes: Record<string, string>): void;
}

/** Monday is the first. */
const weekday = (day: string) => (new Date(day + 'T12:00:00Z').getUTCDay() + 6) % 7;
const IN_CELL = 3, MOST = 600;
const monthOf = (day: string, n: number): string => {
  const [y, m] = day.split('-').map(Number);
  return new Date(Date.UTC(y, m - 1 + n, 1, 12)).toISOString().slice(0, 10);
};

export function Calendar({ entity, filter, search, put }: Props) {
  const text = useText();
  const { t, lang } = text;
  const fields = entity.fields.filter((f) => ['date', 'datetime'].includes(f.type) && !f.hidden);
  const by = fields.find((f) => f.name === search.get('by'))
    ?? fields.find((f) => ['planned_start', 'starts_at', 'due', 'due_on', 'reported_at'].includes(f.name)) ?? fields[0];
  const week = search.get('span') === 'week';
  const today = dayOf(new Date(serverTime()).toISOString());
  const asked = search.get('day') ?? '';
  const anchor = /^\d{4}-\d\d-\d\d$/.test(asked) ? asked : today;
  const first = week ? dayAdd(anchor, -weekday(anchor)) : dayAdd(anchor.slice(0, 8) + '01', -weekday(anchor.slice(0, 8) + '01'));
  const weeks = week ? 1 : Math.ceil((weekday(anchor.slice(0, 8) + '01') + new Date(Date.parse(monthOf(anchor, 1)) - 86400e3).getUTCDate()) / 7);
  const days = Array.from({ length: weeks * 7 }, (_, i) => dayAdd(first, i));
  const found = useDays(entity, by, days, filter);
  const grid = useRef<HTMLTableElement>(null);
  const [at, setAt] = useState(anchor);
  const follow = useRef(false);
  const here = days.includes(at) ? at : anchor;

  const jump = (day: string, focus = false) => {
    setAt(day);
    follow.current = focus;
    if (!days.includes(day) || (!week && day.slice(0, 7) !== anchor.slice(0, 7))) put({ day });
  };
  useEffect(() => {
    if (!follow.current) return;
    follow.current = false;
    grid.current?.querySelector<HTMLElement>(`[data-day="${here}"]`)?.focus();
  });

  const keys = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.altKey || e.metaKey) return;
    const cell = (e.target as HTMLElement).closest<HTMLElement>('[data-day]');
    if (!cell) return;
    if (e.target !== cell) {
      if (e.key === 'Escape') cell.focus();
      return;
    }
    const day = cell.dataset.day!;
    const to = { ArrowRight: dayAdd(day, 1), ArrowLeft: dayAdd(day, -1), ArrowDown: dayAdd(day, 7), ArrowUp: dayAdd(day, -7),
      Home: dayAdd(day, -weekday(day)), End: dayAdd(day, 6 - weekday(day)),
      PageDown: week ? dayAdd(day, 7) : monthOf(day, 1), PageUp: week ? dayAdd(day, -7) : monthOf(day, -1) }[e.key];
    if (to) jump(to, true);
    else if (e.key === 'Enter') cell.querySelector<HTMLElement>('a')?.focus();
    else return;
    e.preventDefault();
  };

  const names = Array.from({ length: 7 }, (_, i) => new Intl.DateTimeFormat(lang === 'zh' ? 'zh-CN' : 'en-GB', { weekday: 'short', timeZone: 'UTC' }).format(Date.UTC(2024, 0, 1 + i)));
  const title = new Intl.DateTimeFormat(lang === 'zh' ? 'zh-CN' : 'en-GB', { year: 'numeric', month: 'long', timeZone: 'UTC' }).format(Date.parse((week ? days[0] : anchor) + 'T12:00:00Z'));
  const step = (n: number) => { const day = week ? dayAdd(anchor, 7 * n) : monthOf(anchor, n); setAt(day); put({ day }); };
  return (
    <>
      <div className="calendar-head">
        <Button small aria-label={t(week ? 'calendar.week_before' : 'calendar.month_before')} onClick={() => step(-1)}><Icon name="back" /></Button>
        <h2 aria-live="polite">{week ? `${text.date(days[0])} – ${text.date(days[6])}` : title}</h2>
        <Button small aria-label={t(week ? 'calendar.week_after' : 'calendar.month_after')} onClick={() => step(1)}><span className="flip"><Icon name="back" /></span></Button>
        <Button small onClick={() => { setAt(today); put({ day: '' }); }}>{t('calendar.today')}</Button>
        <span className="spring" />
        <div className="looks" role="group" aria-label={t('calendar.span')}>
          <Button small look="quiet" aria-pressed={!week} onClick={() => put({ span: '' })}>{t('calendar.month')}</Button>
          <Button small look="quiet" aria-pressed={week} onClick={() => put({ span: 'week' })}>{t('calendar.week')}</Button>
        </div>
        {fields.length > 1 && <Choice label={t('calendar.by')} value={by.name} onChange={(v) => put({ by: v })} options={fields.map((f) => ({ value: f.name, label: nameOf(entity, f.name, text) }))} />}
      </div>
      {found.error && <ProblemBanner problem={found.error} />}
      {found.more && <p className="muted">{t('calendar.more', { n: MOST })}</p>}
      {found.pending && <Loading />}
      <table className={`calendar${week ? ' one-week' : ''}`} role="grid" ref={grid} aria-label={`${text.pick(entity.plural)} · ${nameOf(entity, by.name, text)} · ${title}`} onKeyDown={keys}>
        <thead><tr>{names.map((n) => <th key={n} scope="col">{n}</th>)}</tr></thead>
        <tbody>
          {Array.from({ length: weeks }, (_, w) => (
            <tr key={w}>
              {days.slice(7 * w, 7 * w + 7).map((day) => {
                const rows = found.by.get(day) ?? [];
                const most = week ? 30 : IN_CELL;
                const beside = !week && day.slice(0, 7) !== anchor.slice(0, 7);
                return (
                  <td key={day} role="gridcell" data-day={day} tabIndex={day === here ? 0 : -1} onFocus={(e) => e.target === e.currentTarget && setAt(day)}
                    aria-current={day === today ? 'date' : undefined}
                    className={(beside ? 'beside ' : '') + (rows.length ? '' : 'bare')}>
                    <span className="hidden-label">{text.date(day)}{t('list.colon')}{t('list.count', { n: String(rows.length) })}</span>
                    <span className="day" aria-hidden="true"><span className="day-number">{Number(day.slice(8))}</span><span className="day-long">{text.date(day)} {names[weekday(day)]}</span></span>
                    <ul>
                      {rows.slice(0, most).map((r) => (
                        <li key={r.id}><Entry entity={entity} row={r} by={by} tab={day === here} onOpen={() => keepWalk(entity.name, rows.map((x) => x.id))} /></li>
                      ))}
                      {rows.length > most && (
                        <li><Link tabIndex={day === here ? 0 : -1} className="more-day" href={dayHref(entity, by, day, search)}>{t('calendar.others', { n: rows.length - most })}</Link></li>
                      )}
                    </ul>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** The table of a day's records, under the same conditions. */
function dayHref(entity: Entity, by: Field, day: string, search: URLSearchParams): string {
  const next = new URLSearchParams(search);
  for (const k of ['as', 'day', 'span', 'by']) next.delete(k);
  next.set('f', filterOf(changed(conditionsOf(search.get('f') ?? ''), by.name, rangeTerms(by, { from: day, to: day }))));
  return `/e/${seg(entity.name)}?${next}`;
}

function Entry({ entity, row, by, tab, onOpen }: { entity: Entity; row: Row; by: Field; tab: boolean; onOpen(): void }) {
  const text = useText();
  const s = entity.state.get(String(row.state));
  const words = String(row[entity.display] ?? row.number ?? `#${row.id}`);
  return (
    <Link tabIndex={tab ? 0 : -1} className={`entry${s ? ` state-${s.kind}` : ''}`} href={`/e/${entity.name}/${row.id}`} title={s ? `${words} · ${text.pick(s.label)}` : words} onClick={onOpen}>
      {by.type === 'datetime' && <time>{text.dateTime(String(row[by.name])).slice(-5)}</time>} {words}
    </Link>
  );
}

/** All records of the days shown, page by page as far as `MOST`. */
function useDays(entity: Entity, by: Field, days: string[], filter: string | undefined) {
  const [from, to] = [days[0], dayAdd(days[days.length - 1], 1)];
  const range = by.type === 'datetime' ? `${by.name}=ge=${dayStart(from)};${by.name}=lt=${dayStart(to)}` : `${by.name}=ge=${from};${by.name}=lt=${to}`;
  const fields = [...new Set([by.name, ...(entity.field.has(entity.display) ? [entity.display] : [])])].join();
  const rows = useList(entity.name, { filter: both(range, filter), sort: by.name, limit: 200, fields });
  const items = rows.data?.pages.flatMap((p) => p.items) ?? [];
  const wants = !!rows.hasNextPage && items.length < MOST;
  const { isFetchingNextPage: busy, fetchNextPage: next } = rows;
  useEffect(() => {
    if (wants && !busy) void next();
  }, [wants, busy, next]);
  const map = new Map<string, Row[]>();
  for (const r of items) {
    const day = dayOf(String(r[by.name]));
    map.set(day, [...(map.get(day) ?? []), r]);
  }
  return { by: map, pending: rows.isPending, error: rows.error as Problem | null, more: !!rows.hasNextPage && !wants };
}
