// SPDX-License-Identifier: Apache-2.0
//
// Case.tsx -- a technical request as engineers work on it (S5): how bad and how late in the head, what the current step needs,
// what was said and done in the middle, whose it is beside it, and what can be done at the lower edge.
//
// What may be done is the server's answer (`_can`).  The parts are those of the generic page; this screen places them and
// gives them keys.
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Problem } from '../../core/api';
import { useUser } from '../../core/auth';
import { useText } from '../../core/i18n';
import { useActions, type Action } from '../../core/keys';
import { useTitle } from '../../core/title';
import { toast } from '../../core/toast';
import { Button } from '../../kit/Button';
import { Guard } from '../../kit/Guard';
import { Icon } from '../../kit/Icon';
import { Menu } from '../../kit/Menu';
import { Said, Words } from '../../kit/Said';
import { Severity, Tag } from '../../kit/Tag';
import { useAfterStep } from '../../model/after';
import { Cell, empty, optionLabel, StateTag } from '../../model/Cell';
import { Clocks } from '../../model/Clocks';
import { Conversation, useTalkView, type TalkView } from '../../model/Conversation';
import { useChange, useChildren } from '../../model/data';
import { editable, labelIn, titleOf, type Entity, type Row, type Transition } from '../../model/entity';
import { MoveForm, offersOf, type Offer } from '../../model/Moves';
import type { Writing } from '../../model/Composer';
import { Presence } from '../../model/Presence';
import { RecordTools } from '../../model/RecordTools';
import { EditDialog } from '../../model/Record';
import type { DetailProps } from '../../model/registry';
import { Context } from './Context';
import { Next } from './Next';
import { useNotices } from './Notice';
import { Path, StepFacts } from './Path';
import './engineer.css';

type Part = 'talk' | 'context' | 'do';

export default function Case({ entity, row }: DetailProps) {
  const text = useText();
  const { t } = text;
  const [asking, setAsking] = useState<Transition | null>(null);
  const [editing, setEditing] = useState(false);
  const [part, setPart] = useState<Part>('talk');
  const [said, setSaid] = useState('');
  const state = useRef<HTMLParagraphElement>(null);
  const view = useTalkView();
  const after = useAfterStep(entity, row);
  const number = String(row.number ?? row.id);
  const title = titleOf(entity, row);
  useTitle(`${number} ${title}`);
  const offers = ordered(offersOf(entity, row, text));
  const notices = useNotices(entity, row);
  const write = (kind: Writing) => {
    setPart('talk');
    view.setWrite(kind);
    requestAnimationFrame(() => {
      const box = document.getElementById('composer');
      box?.focus();
      box?.scrollIntoView({ block: 'center' });
    });
  };
  const copy = () => void navigator.clipboard?.writeText(number).then(() => setSaid(t('case.copied', { number })), () => setSaid(number));
  const take = (o: Offer | undefined) => {
    if (!o) return;
    if (o.ok) setAsking(o.move);
    else setSaid(o.why || t('record.not_now_plain'));
  };
  const canEdit = entity.fields.some((f) => editable(f) && row._can?.fields?.[f.name] === 'rw');
  useKeys({ row, offers, take, write, notice: !!notices?.form, view, copy, edit: canEdit ? () => setEditing(true) : undefined });
  const tabs: [Part, string][] = [['talk', t('case.tab.talk')], ['context', t('case.tab.context')], ['do', t('case.tab.do')]];

  return (
    <article className="page record case" data-keys="" data-part={part} tabIndex={-1}>
      <header className="record-head">
        <div className="record-title">
          {typeof row.severity === 'string' && <Severity value={row.severity} label={optionLabel(entity.field.get('severity')!, row.severity, text)} />}
          {typeof row.priority === 'string' && <Tag>{row.priority}</Tag>}
          {row.emergency === true && <Tag tone="sev-critical">{text.pick(entity.field.get('emergency')?.label)}</Tag>}
          {row.restricted === true && <Tag tone="tag-internal"><Icon name="lock" />{text.pick(entity.field.get('restricted')?.label)}</Tag>}
          <h1><span className="number">{number}</span> <Words>{title}</Words></h1>
          <span className="spring" />
          <Presence entity={entity.name} id={row.id} />
          {canEdit && <Button small onClick={() => setEditing(true)}><Icon name="edit" />{t('case.edit')}</Button>}
          <Follow entity={entity} row={row} />
          <RecordTools entity={entity} row={row} more={[{ id: 'copy', label: t('case.copy'), act: copy }]} />
        </div>
        <Clocks entity={entity} row={row} />
        <div className="case-line">
        <p className="record-state" ref={state} tabIndex={-1}>
          <span className="muted">{t('field.state')}</span>{' '}<StateTag entity={entity} row={row} />{' '}
          {!empty(row.activity) && <Tag>{optionLabel(entity.field.get('activity')!, row.activity, text)}</Tag>}
          {!empty(row.pause_code) && <> <span className="waits"><Cell entity={entity} row={row} name="pause_code" />{!empty(row.waiting_until) && <> · {t('case.until', { at: text.dateTime(String(row.waiting_until)) })}</>}</span></>}
        </p>
        <People entity={entity} row={row} />
        <Next entity={entity} row={row} />
        <StepFacts entity={entity} row={row} />
        </div>
        <Path entity={entity} row={row} />
      </header>
      <div className="case-tabs" role="group" aria-label={t('case.tabs')}>
        {tabs.map(([name, label]) => <Button key={name} look="quiet" aria-pressed={part === name} onClick={() => setPart(name)}>{label}</Button>)}
      </div>
      <p role="status" className={said ? 'my-said' : 'hidden-label'}>{said}</p>
      <div className="columns">
        <div className="main-column">
          <Told entity={entity} row={row} />
          <Guard><Conversation entity={entity} row={row} withMessages view={view} third={notices} /></Guard>
        </div>
        <Context entity={entity} row={row} />
      </div>
      <Bar offers={offers} row={row} onTake={take} onWrite={write} />
      {asking && <MoveForm entity={entity} row={row} move={asking} onClose={() => setAsking(null)} onMoved={() => { setAsking(null); after(() => state.current?.focus()); }} />}
      {editing && <EditDialog entity={entity} row={row} onClose={() => setEditing(false)} />}
    </article>
  );
}

/** What the customer told, over the conversation. */
function Told({ entity, row }: { entity: Entity; row: Row }) {
  const { pick } = useText();
  const shown = ['symptom', 'impact', 'description'].filter((n) => !empty(row[n]) && entity.field.has(n));
  if (!shown.length) return null;
  return (
    <section className="card told">
      {shown.map((n) => <div key={n} className="long"><h2>{pick(entity.field.get(n)!.label)}</h2><Said text={String(row[n])} /></div>)}
    </section>
  );
}

/** Who faces the customer, who works on it. */
function People({ entity, row }: { entity: Entity; row: Row }) {
  const { t, pick } = useText();
  const one = (name: string) => {
    const words = labelIn(row, name, row[name]);
    return words ? <span><span className="muted">{pick(entity.field.get(name)?.label)}</span> {words}</span> : null;
  };
  return (
    <span className="people">
      {one('owner')}{row.handler == null ? one('team') : one('handler')}
      {typeof row.tier === 'number' && <Tag>{t('case.tier', { n: row.tier })}</Tag>}
    </span>
  );
}

function Follow({ entity, row }: { entity: Entity; row: Row }) {
  const { t, pick } = useText();
  const me = useUser();
  const change = useChange(entity.name);
  const watchers = useChildren(entity.name, row.id, 'watcher', true).data;
  const mine = watchers?.find((w) => w.person === me.id);
  const [busy, setBusy] = useState(false);
  const act = async () => {
    setBusy(true);
    const off = () => change.removeChild(row.id, 'watcher', id), on = () => change.addChild(row.id, 'watcher', {});
    let id = mine?.id ?? 0;
    const fail = (e: Problem) => void toast(pick(e.detail) || e.message, { bad: true });
    await (mine ? off() : on().then((made) => { id = made.id; })).then(() => toast(t(mine ? 'case.follow_off' : 'case.follow_on'), {
      acts: [{ label: t('toast.undo'), run: () => void (mine ? on() : off()).then(() => toast(t('toast.undone')), fail) }],
    }), fail);
    setBusy(false);
  };
  return <Button small aria-pressed={!!mine} busy={busy} onClick={() => void act()}>{t(mine ? 'case.unfollow' : 'case.follow')}</Button>;
}

// ---- what can be done ----

/** What engineers reach for, in this order; '' is where other steps that lead on stand, all else is behind. */
const ORDER = ['escalate', 'wait', 'locate', '', 'restore', 'request_info', 'search_cases', 'reassign'];
const rank = (o: Offer) => (o.move.style === 'primary' ? 1 + ORDER.indexOf('') : ORDER.includes(o.move.name) ? 1 + ORDER.indexOf(o.move.name) : o.move.style === 'danger' ? 99 : 50);
const ordered = (offers: Offer[]) => [...offers].sort((a, b) => rank(a) - rank(b));
/** The transition that leads on from this activity: offered now, else the one that says what is missing. */
function mainOf(offers: Offer[], row: Row): Offer | undefined {
  const onward = offers.filter((o) => o.move.style === 'primary');
  const next = onward.slice(1 + onward.findIndex((o) => o.move.name === row.activity));
  return next.find((o) => o.ok) ?? onward.find((o) => o.ok) ?? onward[0];
}
const IN_BAR = 4;

/** How many of them a bar of this width holds in one line. */
function useFit(most: number, words: string) {
  const bar = useRef<HTMLDivElement>(null);
  const [fit, setFit] = useState(most);
  const [of, setOf] = useState(words);
  if (of !== words) {
    setOf(words);
    setFit(most);
  }
  useLayoutEffect(() => {
    const shown = [...(bar.current?.children ?? [])].filter((c) => !c.matches('[open]')) as HTMLElement[];
    if (fit > 0 && getComputedStyle(bar.current!).display === 'flex' && shown.some((c) => c.offsetTop > shown[0].offsetTop + 8)) setFit(fit - 1);
  });
  useEffect(() => {
    let width = bar.current!.offsetWidth;
    const sight = new ResizeObserver(() => {
      if (bar.current && bar.current.offsetWidth !== width) setFit(most);
      width = bar.current?.offsetWidth ?? width;
    });
    sight.observe(bar.current!);
    return () => sight.disconnect();
  }, [most]);
  return { bar, fit };
}

function Bar({ offers, row, onTake, onWrite }: { offers: Offer[]; row: Row; onTake(o: Offer): void; onWrite(kind: 'public' | 'internal'): void }) {
  const { t, pick } = useText();
  const main = mainOf(offers, row);
  const rest = offers.filter((o) => o !== main);
  const now = rest.filter((o) => o.ok);
  const later = rest.filter((o) => !o.ok);
  const { bar, fit } = useFit(IN_BAR, offers.map((o) => `${o.ok}${pick(o.move.label)}`).join());
  const shown = now.slice(0, fit);
  const menu = now.slice(fit);
  const words = (o: Offer, key?: string) => <>{pick(o.move.label)}{key && <kbd>{key.toUpperCase()}</kbd>}</>;
  return (
    <div ref={bar} className="moves" role="group" aria-label={t('record.moves')}>
      {main && <Button look="primary" data-move={main.ok ? main.move.name : undefined} why={main.ok ? undefined : main.why || t('record.not_now_plain')} onClick={() => onTake(main)}>{words(main, main.ok ? 'n' : undefined)}</Button>}
      <Button className="write" onClick={() => onWrite('public')}>{t('case.reply')}<kbd>R</kbd></Button>
      <Button className="write" onClick={() => onWrite('internal')}>{t('talk.note')}<kbd>I</kbd></Button>
      {shown.map((o) => <Button key={o.move.name} look={o.move.style === 'primary' ? 'normal' : o.move.style} data-move={o.move.name} onClick={() => onTake(o)}>{words(o, o.move.style === 'primary' ? undefined : o.move.key)}</Button>)}
      {menu.length > 0 && (
        <Menu className="btn normal more-moves" entries={menu.map((o) => ({ id: o.move.name, move: o.move.name, label: pick(o.move.label), act: () => onTake(o) }))}>
          {t('record.more_moves', { n: menu.length })}<Icon name="down" />
        </Menu>
      )}
      {later.length > 0 && (
        <details className="later">
          <summary className="btn quiet">{t('record.not_now', { n: later.length })}</summary>
          <ul className="later-list">
            {later.map((o) => <li key={o.move.name}><Button small why={o.why || t('record.not_now_plain')}>{pick(o.move.label)}</Button> <span>{o.why}</span></li>)}
          </ul>
        </details>
      )}
    </div>
  );
}

interface Keyed {
  row: Row;
  offers: Offer[];
  take(o: Offer | undefined): void;
  write(kind: Writing): void;
  /** is there a notice to be sent? */
  notice: boolean;
  view: TalkView;
  copy(): void;
  /** absent: the person may change nothing */
  edit?(): void;
}
function useKeys({ row, offers, take, write, notice, view, copy, edit }: Keyed) {
  const { t, pick } = useText();
  const main = mainOf(offers, row);
  const moves = offers.filter((o) => o !== main).map((o): Action => ({
    id: `case.${o.move.name}`, label: pick(o.move.label), group: 'case', when: o.ok || !!o.move.key,
    key: o.move.style === 'primary' ? undefined : o.move.key, run: () => take(o),
  }));
  useActions([
    ...(main ? [{ id: 'case.main', label: pick(main.move.label), key: main.move.key === 'c' ? 'c' : 'n', group: 'case' as const, run: () => take(main) }] : []),
    ...moves,
    { id: 'case.reply', label: t('talk.reply'), key: 'r', group: 'case', run: () => write('public') },
    { id: 'case.note', label: t('talk.note'), key: 'i', group: 'case', run: () => write('internal') },
    { id: 'case.notice', label: t('case.notice_compose'), group: 'case', when: notice, run: () => write('notice') },
    { id: 'case.filter', label: t('talk.turn'), key: 't', group: 'case', run: view.turn },
    { id: 'case.edit', label: t('case.edit'), key: 'm', group: 'case', when: !!edit, run: () => edit?.() },
    { id: 'case.copy', label: t('case.copy'), key: 'y', group: 'case', run: copy },
  ]);
  // N is the way on, whatever letter the model gives it.
  useActions([{ id: 'case.on', label: main ? pick(main.move.label) : '', key: 'n', group: 'case', hidden: true, when: !!main && main.move.key === 'c', run: () => take(main) }]);
  // A dialogless page begins with the focus in its region, so that the keys are heard at once.
  useEffect(() => {
    if (document.activeElement === document.body) document.querySelector<HTMLElement>('#main')?.focus({ preventScroll: true });
  }, [row.id]);
}
