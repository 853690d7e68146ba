// SPDX-License-Identifier: Apache-2.0
//
// My.tsx -- my work (S4): one list for the day, what is due first in front; beside it, if one likes, the case.
//
// What one looks at stands in the address (?view=&severity=&late=&q=&open=).  One row has the cursor: j and k move it, and it
// stays where it is on the screen, whatever comes in above it.  What has come in since one began to look is marked as new.
import { useQuery } from '@tanstack/react-query';
import { Fragment, lazy, Suspense, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { get, type Problem } from '../../core/api';
import { mayRead, useUser } from '../../core/auth';
import { serverTime } from '../../core/clock';
import { useText } from '../../core/i18n';
import { recall, remember } from '../../core/keep';
import { useActions } from '../../core/keys';
import { usePhone } from '../../core/phone';
import { useSettled } from '../../core/settled';
import { useTitle } from '../../core/title';
import { toast } from '../../core/toast';
import { keepMixedWalk } from '../../core/walk';
import { Loading, ProblemBanner } from '../../kit/Banner';
import { Button } from '../../kit/Button';
import { Choice } from '../../kit/Choice';
import { ClockFace } from '../../kit/ClockBadge';
import { useList, type Page } from '../../model/data';
import { powersOf, useEntity, useIndex } from '../../model/entity';
import { SavedViews, useSavedViews } from '../../model/SavedViews';
import { BulkBar } from './Bulk';
import { useCounts } from './counts';
import { Below, ClockName, customerOf, handlerOf, hrefOf, Kind, Nearest, Number as CaseNumber, State, Title, titleOfItem, useCodeWords, useSeverity } from './Line';
import { QuickMove, type Quick } from './Quick';
import { itemsOf, type Item, type Task } from './rows';
import { snoozeOf, useSnoozes, useSnoozing, type Back, type Snooze } from './snooze';
import { askedBy, filterOf, viewsOf } from './views';
import './engineer.css';

const SnoozeDialog = lazy(() => import('./SnoozeDialog'));
const RecordPage = lazy(() => import('../../model/Record').then((m) => ({ default: m.RecordPage })));

const FIELDS = 'title,severity,priority,account,handler,owner,team,tier,parent,due,reported_at,_clocks';
const NONE: Task[] = [];
/** The view of what is put aside; all others leave that out. */
const SNOOZED = 'snoozed';

/** What was there when one began to look at this view; what is not, is new. */
function useNew(view: string, items: Item[], loaded: boolean): (key: string) => boolean {
  const first = useRef<{ view: string; keys: Set<string> } | null>(null);
  if (loaded && first.current?.view !== view) first.current = { view, keys: new Set(items.map((i) => i.key)) };
  return (key) => !!first.current && first.current.view === view && !first.current.keys.has(key);
}

export default function MyPage() {
  const text = useText();
  const { t } = text;
  const me = useUser();
  const index = useIndex().data;
  const snoozes = useSnoozes();
  const away = useMemo(() => snoozes.filter((s) => !s.back), [snoozes]);
  const views = useMemo(() => {
    const ids = away.filter((s) => s.entity !== 'task').map((s) => s.id).join();
    const own = viewsOf(powersOf(me.roles, index)).map((v) => (ids ? { ...v, filter: `(${v.filter});id=out=(${ids})` } : v));
    return [...own, { name: SNOOZED, label: 'my.view.snoozed' as const, filter: `id=in=(${ids || 0})`, tasks: true }];
  }, [me.roles, index, away]);
  const [search, setSearch] = useSearchParams();
  const [, go] = useLocation();
  const view = views.find((v) => v.name === search.get('view')) ?? views[0];
  const severity = search.get('severity') ?? '';
  const late = search.get('late') === '1';
  const open = search.get('open') ?? '';
  const phone = usePhone();
  const [wished, setSplit] = useState(recall('my.split') === '1');
  const split = wished && !phone;
  const [words, setWords] = useState(search.get('q') ?? '');
  const q = useSettled(words.trim(), 250);
  useTitle(t('my.title'));

  const put = useCallback((changes: Record<string, string>) => setSearch((old) => {
    const next = new URLSearchParams(old);
    for (const [k, v] of Object.entries(changes)) if (v) next.set(k, v); else next.delete(k);
    return next;
  }, { replace: true }), [setSearch]);
  useEffect(() => {
    if (q !== (search.get('q') ?? '')) put({ q });
  });

  const filter = filterOf(view, { severity, late, q });
  const rows = useList('case', { filter, sort: 'due', limit: 100, count: true, fields: FIELDS });
  const tasks = useQuery({
    queryKey: ['list', 'case', 'tasks'], enabled: mayRead(me, 'task'),
    queryFn: ({ signal }) => get<{ items: Task[] }>('/me/tasks', undefined, signal).then((x) => x.items),
  });
  const asOf = rows.dataUpdatedAt + (serverTime() - Date.now());
  const items = useMemo(() => {
    const gone = new Set(away.filter((s) => s.entity === 'task').map((s) => s.id));
    const shown = view.tasks && !late ? (tasks.data ?? NONE).filter((x) => gone.has(x.id) === (view.name === SNOOZED) && (!severity || x.severity === severity)
      && (!q || `${x.title} ${x.case_title} ${x.number}`.toLowerCase().includes(q.toLowerCase()))) : NONE;
    return itemsOf(rows.data?.pages.flatMap((p) => p.items) ?? [], shown, asOf);
    // asOf moves with dataUpdatedAt alone; the difference of the clocks is not to draw the list anew.
  }, [rows.data, rows.dataUpdatedAt, tasks.data, view, late, severity, q, away]);
  const counts = useCounts(views, useSavedViews('case'), rows.isSuccess);
  const isNew = useNew(`${view.name} ${severity} ${late} ${q}`, items, rows.isSuccess && !rows.isPlaceholderData && !tasks.isPending);

  const [cursor, setCursor] = useState('');
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [wide, setWide] = useState('');
  const [quick, setQuick] = useState<Quick | null>(null);
  const [said, setSaid] = useState('');
  const [putting, setPutting] = useState<Item[]>([]);
  const snoozing = useSnoozing();
  useReturned(snoozes, items, useCallback((words) => setSaid(words), []));
  const chosen = items.filter((i) => picked.has(i.key) && i.row);
  const list = useRef<HTMLDivElement>(null);
  const find = useRef<HTMLInputElement>(null);
  const here = items.find((i) => i.key === cursor) ?? items.find((i) => open && i.row?.number === open) ?? items[0];
  usePinned(list, here?.key ?? '', items);

  const rowLink = (key: string) => list.current?.querySelector<HTMLElement>(`[data-item="${key}"] a.row-link`);
  const move = (by: number, extend = false) => {
    const at = here ? items.indexOf(here) : -1;
    const next = items[Math.max(0, Math.min(items.length - 1, at + by))];
    if (!next) return;
    if (extend) setPicked((p) => new Set([...p, ...(here?.row ? [here.key] : []), ...(next.row ? [next.key] : [])]));
    setCursor(next.key);
    rowLink(next.key)?.focus();
    if (split && open) show(next);
  };
  const leave = (i: Item | undefined) => {
    keepMixedWalk(items);
    // Who opens what has come back has seen it.
    if (i && snoozeOf(snoozes, i)?.back) void snoozing.back([i]).catch(() => {});
  };
  const show = (i: Item) => {
    setCursor(i.key);
    leave(i);
    if (split) put({ open: i.task ? i.task.number : String(i.row!.number ?? i.id) });
    else go(hrefOf(i));
  };
  const pick = (i: Item | undefined) => i?.row && setPicked((p) => {
    const next = new Set(p);
    if (!next.delete(i.key)) next.add(i.key);
    return next;
  });
  const snooze = () => {
    const which = chosen.length ? chosen : here ? [here] : [];
    if (!which.length) return;
    if (view.name !== SNOOZED) return setPutting(which);
    void snoozing.back(which).then(() => toast(t('my.snooze.is_back', { n: which.length })), told);
  };
  const told = (e: Problem) => void toast(text.pick(e.detail) || e.message, { bad: true });
  const putAway = async (until: string) => {
    const which = putting;
    const after = items[items.indexOf(which[which.length - 1]) + 1] ?? items[items.indexOf(which[0]) - 1];
    await snoozing.away(which, until);
    setPutting([]);
    setPicked(new Set());
    if (after) setCursor(after.key);
    toast(t('my.snooze.done', { n: which.length, at: text.dateTime(until) }), {
      acts: [{ label: t('toast.undo'), run: () => void snoozing.back(which).then(() => toast(t('toast.undone')), told) }],
    });
  };
  const takeNext = async () => {
    const accept = views.find((v) => v.name === 'accept')!;
    const page = await get<Page>('/case', { filter: accept.filter, sort: 'due', fields: FIELDS, limit: 1 });
    const [first] = page.items;
    if (!first) return setSaid(t('my.none_to_take'));
    setQuick({ entity: String(first.entity), id: first.id, moves: ['accept', 'register', 'authorise', 'dispatch'] });
  };
  const toggleSplit = () => {
    remember('my.split', split ? null : '1');
    setSplit(!split);
    if (!split && here) put({ open: here.task ? here.task.number : String(here.row!.number ?? here.id) });
    else put({ open: '' });
  };
  const at = here?.row ? here : undefined;
  useActions([
    { id: 'my.down', label: t('my.key.down'), key: 'j', group: 'list', hidden: true, run: () => move(1) },
    { id: 'my.up', label: t('my.key.up'), key: 'k', group: 'list', hidden: true, run: () => move(-1) },
    { id: 'my.pick', label: t('my.key.pick'), key: 'x', group: 'list', hidden: true, when: !!at, run: () => pick(at) },
    { id: 'my.accept', label: t('my.accept'), key: 'c', group: 'list', when: !!at && !open, run: () => setQuick({ entity: at!.entity, id: at!.id, moves: ['accept'] }) },
    { id: 'my.assign', label: t('my.assign'), key: 'a', group: 'list', when: !!at && !open, run: () => setQuick({ entity: at!.entity, id: at!.id, moves: ['dispatch', 'reassign', 'assign', 'transfer'] }) },
    { id: 'my.snooze', label: t(view.name === SNOOZED ? 'my.snooze.bring' : 'my.snooze'), key: 's', group: 'list', when: !!here && !open, run: snooze },
    { id: 'my.find', label: t('my.find'), key: '/', group: 'list', run: () => find.current?.focus() },
    { id: 'my.next', label: t('my.take_next'), key: 'n', group: 'list', when: !open, run: () => void takeNext() },
    { id: 'my.split', label: t('my.split'), key: 'v', group: 'list', run: toggleSplit },
    { id: 'walk.before', label: t('walk.before'), key: '[', group: 'list', when: split && !!open, run: () => move(-1) },
    { id: 'walk.after', label: t('walk.after'), key: ']', group: 'list', when: split && !!open, run: () => move(1) },
  ]);
  const keys = (e: KeyboardEvent) => {
    const target = e.target as HTMLElement;
    if (e.ctrlKey || e.altKey || e.metaKey || e.nativeEvent.isComposing || target.closest('input:not([type=checkbox]),textarea,[role=dialog]')) return;
    const by = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : e.shiftKey && e.key === 'J' ? 1 : e.shiftKey && e.key === 'K' ? -1 : 0;
    if (by) move(by, e.shiftKey);
    else if (e.key === 'ArrowRight' && here && items.includes(here)) setWide(here.key);
    else if (e.key === 'ArrowLeft') setWide('');
    else return;
    e.preventDefault();
  };

  // A saved view is what one asks for, not the case that stands beside it.
  const asked = useMemo(() => { const s = new URLSearchParams(search); s.delete('open'); return s; }, [search]);
  const count = rows.data?.pages[0]?.count;
  const filtered = !!(severity || late || q);
  const toTake = counts(views.find((v) => v.name === 'accept')!.filter);
  return (
    <div className={`page my${split ? ' is-split' : ''}${split && open ? ' has-open' : ''}`}>
      <section className="my-list" data-keys="" onKeyDown={keys} aria-label={t('my.title')}>
        <div className="page-head">
          <h1>{t('my.title')}</h1>
          <span className="muted" aria-live="polite">{count !== undefined && t('my.count', { n: String(count) })}</span>
          <span className="spring" />
          <Button small look="quiet" className="my-split" aria-pressed={split} onClick={toggleSplit}><span className="split-word">{t('my.split')}</span><kbd>V</kbd></Button>
        </div>
        <div className="views" role="group" aria-label={t('my.views')}>
          {views.map((v) => (
            <Button key={v.name} small look="quiet" data-view={v.name} aria-pressed={v === view} onClick={() => { setPicked(new Set()); put({ view: v === views[0] ? '' : v.name, open: '' }); }}>
              {t(v.label)}{counts(v.filter) !== undefined && <span className="count">{v.name === SNOOZED ? away.length : counts(v.filter)}</span>}
            </Button>
          ))}
        </div>
        <SavedViews listed="case" search={asked} count={(query) => counts(askedBy(views, query))} onTake={(query) => { setWords(query.get('q') ?? ''); setSearch(query, { replace: true }); }} />
        <div className="filter-row">
          <input ref={find} className="inp find" type="search" aria-label={t('my.find')} placeholder={t('my.find')} value={words}
            onChange={(e) => setWords(e.target.value)} onKeyDown={(e) => {
              if (e.nativeEvent.isComposing || (e.key !== 'Escape' && e.key !== 'Enter')) return;
              e.preventDefault();
              if (e.key === 'Escape') setWords('');
              rowLink(here?.key ?? '')?.focus();
            }} />
          <SeverityChoice value={severity} onChange={(v) => put({ severity: v })} />
          <Button small aria-pressed={late} look="quiet" onClick={() => put({ late: late ? '' : '1' })}>{t('my.late')}</Button>
        </div>
        {chosen.length > 0 && <BulkBar items={chosen} onDone={() => setPicked(new Set())} onSnooze={snooze} />}
        <p role="status" className={said ? 'my-said' : 'hidden-label'}>{said}</p>
        {rows.error && <ProblemBanner problem={rows.error as Problem} action={<Button small onClick={() => rows.refetch()}>{t('act.retry')}</Button>} />}
        {rows.isPending && <Loading />}
        {rows.data && !items.length && (
          <div className="nothing">
            <p>{filtered ? t('list.no_match') : t('my.empty', { n: String(toTake ?? 0) })}</p>
            {filtered ? <Button onClick={() => { setWords(''); put({ q: '', severity: '', late: '' }); }}>{t('list.clear')}</Button>
              : toTake !== 0 && <Button look="primary" onClick={() => void takeNext()}>{t('my.take_next')}<kbd>N</kbd></Button>}
          </div>
        )}
        {items.length > 0 && (
          <div ref={list} className={rows.isPlaceholderData ? 'stale' : undefined} onClickCapture={(e) => {
            const link = (e.target as HTMLElement).closest('a.row-link');
            if (link) leave(items.find((i) => i.key === link.closest<HTMLElement>('[data-item]')?.dataset.item));
          }}>
            <Lines items={items} narrow={split || phone} back={(i) => { const s = snoozeOf(snoozes, i); return s && (s.back ?? s.until); }} cursor={here?.key ?? ''} wide={wide} picked={picked} isNew={isNew}
              onCursor={setCursor} onPick={pick} onOpen={split || phone ? show : undefined} onWide={(k) => setWide(wide === k ? '' : k)} />
          </div>
        )}
        {rows.hasNextPage && <p className="more"><Button busy={rows.isFetchingNextPage} onClick={() => rows.fetchNextPage()}>{t('list.more')}</Button></p>}
      </section>
      {split && (
        <section className="my-case" aria-label={t('my.beside')}>
          {open ? <Beside key={open} reference={open} /> : <div className="nothing"><p>{t('my.choose_one')}</p></div>}
        </section>
      )}
      {putting.length > 0 && <Suspense fallback={null}><SnoozeDialog n={putting.length} onClose={() => setPutting([])} onTake={putAway} /></Suspense>}
      {quick && <QuickMove quick={quick} onClose={() => setQuick(null)} onDone={() => setQuick(null)} onRefused={(why) => { setQuick(null); setSaid(why); }} />}
    </div>
  );
}

/** The row with the cursor stays at its place on the screen when others come or go above it. */
function usePinned(box: React.RefObject<HTMLElement | null>, key: string, items: Item[]) {
  const last = useRef<{ key: string; top: number; focus: boolean } | null>(null);
  useLayoutEffect(() => {
    const row = box.current?.querySelector<HTMLElement>(`[data-item="${key}"]`);
    const before = last.current;
    if (row && before?.key === key) {
      if (before.focus && !row.contains(document.activeElement) && document.activeElement === document.body)
        row.querySelector<HTMLElement>('a.row-link')?.focus({ preventScroll: true });
      const by = row.getBoundingClientRect().top + scrollY - before.top;
      if (by && scrollY > 0) scrollBy(0, by);
    }
    last.current = row ? { key, top: row.getBoundingClientRect().top + scrollY, focus: row.contains(document.activeElement) } : null;
  }, [box, key, items]);
  useEffect(() => {
    const focus = () => {
      if (last.current) last.current.focus = !!box.current?.querySelector(`[data-item="${last.current.key}"]`)?.contains(document.activeElement);
    };
    addEventListener('focusin', focus);
    return () => removeEventListener('focusin', focus);
  }, [box]);
}

/** What comes back while one looks is said. */
function useReturned(snoozes: Snooze[], items: Item[], say: (words: string) => void) {
  const { t } = useText();
  const away = useRef<Set<string> | null>(null);
  useEffect(() => {
    const came = snoozes.filter((s) => s.back && away.current?.has(`${s.entity} ${s.id}`));
    for (const s of came) {
      const item = items.find((i) => snoozeOf([s], i));
      if (!item) return;
      say(t('my.snooze.came', { what: item.task ? item.task.title : String(item.row!.number ?? item.id), why: t(`my.back.${s.back!}`) }));
    }
    away.current = new Set(snoozes.filter((s) => !s.back).map((s) => `${s.entity} ${s.id}`));
  }, [snoozes, items]);
}

function SeverityChoice({ value, onChange }: { value: string; onChange(v: string): void }) {
  const { t, pick } = useText();
  const field = useEntity('technical_request').data?.field.get('severity');
  return field ? (
    <Choice label={pick(field.label)} value={value} none={t('my.any_severity')} onChange={onChange}
      options={field.options.map((o) => ({ value: o.name, label: pick(o.label) }))} />
  ) : null;
}

function Beside({ reference }: { reference: string }) {
  const found = useQuery({
    queryKey: ['case', reference], retry: false,
    queryFn: ({ signal }) => get<Page>('/case', { filter: `number==${reference}`, fields: 'title', limit: 1 }, signal).then((p) => p.items[0] ?? null),
  });
  if (!found.data) return <Loading />;
  return <Suspense fallback={<Loading />}><RecordPage name={String(found.data.entity)} id={String(found.data.id)} /></Suspense>;
}

interface LinesProps {
  items: Item[];
  narrow: boolean;
  cursor: string;
  wide: string;
  picked: ReadonlySet<string>;
  isNew(key: string): boolean;
  /** why it has come back, or until when it is away */
  back(i: Item): Back | string | undefined;
  onCursor(key: string): void;
  onPick(i: Item): void;
  onOpen?(i: Item): void;
  onWide(key: string): void;
}

function Lines({ items, narrow, cursor, wide, picked, isNew, back, onCursor, onPick, onOpen, onWide }: LinesProps) {
  const { t, clock } = useText();
  const severity = useSeverity();
  const codeLabel = useCodeWords();
  const fresh = (i: Item) => {
    const b = back(i);
    if (b) return ['time', 'late', 'message'].includes(b) ? <span className="tag tag-new" data-back={b}>{t(`my.back.${b as Back}`)}</span> : <span className="tag" data-away>{t('my.snooze.away', { at: clock(b) })}</span>;
    return isNew(i.key) && <span className="tag tag-new">{t('my.new')}</span>;
  };
  const attrs = (i: Item) => ({
    'data-item': i.key, onFocus: () => onCursor(i.key),
    className: [i.key === cursor && 'is-cursor', picked.has(i.key) && 'is-picked', isNew(i.key) && 'is-new'].filter(Boolean).join(' ') || undefined,
  });
  const all = (i: Item) => i.key === wide && (
    <ul className="all-clocks" aria-label={t('my.all_clocks')}>
      {i.clocks.length ? i.clocks.map((c, k) => <li key={k}><ClockFace clock={c} codeLabel={codeLabel} /></li>) : <li className="muted">{t('my.no_clock')}</li>}
    </ul>
  );
  if (narrow)
    return (
      <ul className="my-cards">
        {items.map((i) => (
          <li key={i.key} {...attrs(i)} onClick={(e) => !(e.target as HTMLElement).closest('a,button') && onOpen?.(i)}>
            <p>{severity(i.task ? i.task.severity : i.row!.severity)}<Nearest item={i} brief />{fresh(i)}</p>
            <p className="my-title"><Title item={i} /></p>
            <p className="my-facts muted"><CaseNumber item={i} onOpen={onOpen && (() => onOpen(i))} /><Kind item={i} />{customerOf(i) && <span>{customerOf(i)}</span>}<ClockName item={i} />{i.row && <span className="tag-box"><State row={i.row} entity={i.entity} /></span>}</p>
            {all(i)}
          </li>
        ))}
      </ul>
    );
  return (
    <div className="table-box" role="region" aria-label={t('my.title')} tabIndex={-1}>
      <table className="rows my-table">
        <thead>
          <tr>
            <th scope="col"><span className="hidden-label">{t('my.col.pick')}</span></th>
            <th scope="col">{t('my.col.clock')}</th>
            <th scope="col">{t('my.col.severity')}</th>
            <th scope="col" className="grow">{t('my.col.case')}</th>
            <th scope="col">{t('my.col.customer')}</th>
            <th scope="col">{t('field.state')}</th>
            <th scope="col">{t('my.col.handler')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((i) => (
            <Fragment key={i.key}>
            <tr {...attrs(i)}>
              <td className="my-pick">{i.row && <input type="checkbox" aria-label={t('my.pick_one', { what: String(i.row.number ?? i.id) })} checked={picked.has(i.key)} onChange={() => onPick(i)} />}</td>
              <td data-label={t('my.col.clock')} className="my-clock">
                <Nearest item={i} />
                {i.clocks.length > 1 && (
                  <button type="button" className="icon-btn my-more" aria-expanded={i.key === wide} aria-label={t('my.more_clocks', { n: i.clocks.length - 1 })} onClick={() => onWide(i.key)}>+{i.clocks.length - 1}</button>
                )}
              </td>
              <td data-label={t('my.col.severity')}>{severity(i.task ? i.task.severity : i.row!.severity)}{i.row?.priority != null && <span className="my-priority">{String(i.row.priority)}</span>}</td>
              <td className="grow" data-label={t('my.col.case')} title={[titleOfItem(i), i.task?.case_title].filter(Boolean).join(' · ')}>
                <span className="my-line"><CaseNumber item={i} /><Kind item={i} />{fresh(i)}<span className="my-words"><Title item={i} />{i.task && <span className="muted"> {i.task.case_title}</span>}</span><Below item={i} brief /></span>
              </td>
              <td data-label={t('my.col.customer')} className={customerOf(i) ? undefined : 'none'}>{customerOf(i)}</td>
              <td data-label={t('field.state')}>{i.row && <State row={i.row} entity={i.entity} />}</td>
              <td data-label={t('my.col.handler')} className={handlerOf(i) ? undefined : 'none'}>{handlerOf(i)}</td>
            </tr>
            {i.key === wide && <tr className="my-wide"><td /><td colSpan={6}>{all(i)}</td></tr>}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}
