// SPDX-License-Identifier: Apache-2.0
//
// Conversation.tsx -- what was said and done on a record, oldest first, and the box to say more.
//
// Messages and events are two lists of the server; here they are one, by time.  A message to or from the customer and an
// internal note look different in colour, edge and words, so that nobody answers in the wrong place.
import { useMemo, useRef, useState, type ReactNode } from 'react';
import { mayRead, useUser } from '../core/auth';
import { fileAddress, seg, type Problem } from '../core/api';
import { useText, type Label, type MessageId, type Text } from '../core/i18n';
import { Loading, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { Tag } from '../kit/Tag';
import { plain, Time } from './Cell';
import { useBelow } from './below';
import { useWaiting } from '../core/outbox';
import { Composer, Kinds, type Writing } from './Composer';
import type { ClockData } from '../kit/ClockBadge';
import { Said, Words } from '../kit/Said';
import { useChildren, useClocks, linksOfChanges, useNames, useTimeline, type Event } from './data';
import { labelIn, useIndex, type Entity, type ModelIndex, type Row } from './entity';
import { nameOf } from './List';

type Kind = 'all' | 'talk' | 'internal' | 'clock' | 'events';
const KINDS: Kind[] = ['all', 'talk', 'internal', 'clock', 'events'];
export interface Entry {
  key: string;
  at: string;
  kind: Exclude<Kind, 'all'>;
  node: ReactNode;
  /** a message of somebody else */
  others?: boolean;
}

/** One more kind of what is written here, that a screen knows of: what it is called, its form, and lines of the timeline. */
export interface Third {
  label: string;
  /** absent: there is nothing to write now */
  form?(kinds: ReactNode): ReactNode;
  entries: Entry[];
}
/** What one looks at and what one writes; a screen that has keys for it holds this itself. */
export interface TalkView {
  only: Kind;
  setOnly(kind: Kind): void;
  /** the next one of the filters */
  turn(): void;
  write: Writing;
  setWrite(kind: Writing): void;
}
export function useTalkView(): TalkView {
  const [only, setOnly] = useState<Kind>('all');
  const [write, setWrite] = useState<Writing>('public');
  return { only, setOnly, turn: () => setOnly((k) => KINDS[(KINDS.indexOf(k) + 1) % KINDS.length]), write, setWrite };
}

export function Conversation({ entity, row, withMessages, view, third }: { entity: Entity; row: Row; withMessages: boolean; view?: TalkView; third?: Third }) {
  const text = useText();
  const { t } = text;
  const me = useUser();
  const own = useTalkView();
  const { only, setOnly, write, setWrite } = view ?? own;
  const messages = useChildren(entity.name, row.id, 'message', withMessages);
  const timeline = useTimeline(entity.name, row.id, true);
  const files = useChildren(entity.name, row.id, 'attachment', withMessages && mayRead(me, 'attachment'));
  const index = useIndex().data;
  const clocks = useClocks(entity.name, row.id, entity.clocks);
  const waiting = useWaiting(`${entity.name} ${row.id}`);
  const names = useNames(useMemo(() => linksOf(entity, row, timeline.data ?? []), [entity, row, timeline.data]));
  const entries = useMemo(
    () => [
      ...(messages.data ?? []).map((m) => ({ ...messageEntry(m, text), others: m.author !== me.id })),
      ...(timeline.data ?? []).flatMap((e) => eventEntry(e, { entity, row, text, index, files: files.data ?? [], names })),
      ...clockEntries(clocks.data ?? [], entity, text),
      ...(third?.entries ?? []),
    ].sort((a, b) => a.at.localeCompare(b.at)),
    [messages.data, timeline.data, files.data, clocks.data, entity, row, text, index, names, me.id, third?.entries],
  );
  const kinds = KINDS.filter((k) => withMessages && (k !== 'clock' || entity.clocks));
  const shown = only === 'all' ? entries : entries.filter((e) => e.kind === only);
  const error = (timeline.error ?? messages.error) as Problem | null;
  const list = useRef<HTMLOListElement>(null);
  const heard = messages.data ? shown.filter((e) => e.others).map((e) => e.key) : null;
  const below = useBelow(list, withMessages ? heard : null);
  const kindsOf = (kind: Writing) => <Kinds kind={kind} onKind={setWrite} third={third?.form && third.label} />;
  return (
    <section className="conversation" aria-labelledby="conversation-title">
      <div className="section-head">
        <h2 id="conversation-title">{t(withMessages ? 'talk.title' : 'talk.history')}</h2>
        {kinds.length > 0 && (
          <div className="views" role="group" aria-label={t('talk.filter')}>
            {kinds.map((k) => (
              <Button key={k} small look="quiet" aria-pressed={only === k} onClick={() => setOnly(k)}>{t(`talk.${k}` as MessageId)}</Button>
            ))}
          </div>
        )}
      </div>
      {error && <ProblemBanner problem={error} />}
      {(timeline.isPending || (withMessages && messages.isPending)) && !error && <Loading />}
      <ol className="timeline" ref={list}>
        {shown.map((e) => <li key={e.key} className={e.kind} data-key={e.others ? e.key : undefined} tabIndex={e.others ? -1 : undefined}>{e.node}</li>)}
        {waiting.map((w) => (
          <li key={`w${w.id}`} className={w.kind === 'internal' ? 'internal pending' : 'talk pending'}>
            <p className="by"><strong>{me.name}</strong> <Tag>{t('talk.pending')}</Tag></p>
            <p className="prose">{w.body}</p>
          </li>
        ))}
      </ol>
      {below}
      {withMessages && mayRead(me, 'message') && (
        write === 'notice' && third?.form ? third.form(kindsOf('notice'))
          : <Composer entity={entity} row={row} kind={write === 'internal' ? 'internal' : 'public'} kinds={kindsOf(write === 'internal' ? 'internal' : 'public')} />
      )}
    </section>
  );
}

function messageEntry(m: Row, text: Text): Entry {
  const internal = m.visibility === 'internal';
  const who = (m.author_name as string) || labelIn(m, 'author', m.author) || text.t('talk.someone');
  const at = String(m.at ?? m.created_at ?? '');
  return {
    key: `m${m.id}`, at, kind: internal ? 'internal' : 'talk',
    node: (
      <>
        <p className="by">
          <strong><Words>{who}</Words></strong> <Time iso={at} short />{' '}
          {internal ? <Tag tone="tag-internal">{text.t('talk.mark_internal')}</Tag>
            : m.direction === 'in' ? <Tag>{text.t('talk.mark_in')}</Tag> : <Tag>{text.t('talk.mark_out')}</Tag>}
        </p>
        <Said text={String(m.body ?? '')} mail={m.channel === 'email'} />
      </>
    ),
  };
}

const FACTS = ['started', 'paused', 'resumed', 'stopped', 'cancelled', 'late'] as const;
type Fact = (typeof FACTS)[number];

/** What clocks did: those that did the same at the same moment stand in one line. */
function clockEntries(clocks: ClockData[], entity: Entity, text: Text): Entry[] {
  const codes = entity.field.get('pause_code');
  const lines = new Map<string, { at: string; kind: Fact; code?: string; names: string[] }>();
  const add = (c: ClockData, at: string, kind: string, code?: string) => {
    if (!(FACTS as readonly string[]).includes(kind)) return;
    const key = `${at} ${kind} ${code ?? ''}`;
    const line = lines.get(key) ?? { at, kind: kind as Fact, code, names: [] };
    line.names.push(text.pick(c.label, c.clock));
    lines.set(key, line);
  };
  for (const c of clocks) {
    for (const f of c.facts) add(c, f.at, f.kind, f.code);
    if (c.breached_at) add(c, c.breached_at, 'late');
  }
  return [...lines].map(([key, l]) => ({
    key: `c${key}`, at: l.at, kind: 'clock',
    node: (
      <p>
        <Time iso={l.at} short /> <strong>{text.t(`talk.clock.${l.kind}`)}</strong> {l.names.join(text.t('list.comma'))}
        {l.code && codes && <> <span className="muted">{plain(codes, l.code, text)}</span></>}
      </p>
    ),
  }));
}

interface Around {
  entity: Entity;
  row: Row;
  text: Text;
  index: ModelIndex | undefined;
  files: Row[];
  names(entity: string, id: unknown): string | undefined;
}

/** Links that changed: the records whose words `_labels` does not have any more. */
const linksOf = (entity: Entity, row: Row, events: Event[]) =>
  linksOfChanges(entity, events.flatMap((e) => Object.entries(e.data?.changes ?? {}).map(([name, values]): [string, ...unknown[]] => [name, ...values.filter((v) => v !== row[name])])));

const DEEDS = new Set(['create', 'update', 'change', 'remove', 'import', 'notice', 'clock']);

/** What was done, in words. An event of a child (task, link, file …) has the child's name as its kind. */
function deed(e: Event, a: Around): ReactNode {
  const { t, pick } = a.text;
  if (e.kind === 'transition') return pick(a.entity.transitions.get(e.name ?? '')?.label, e.name ?? '');
  if (DEEDS.has(e.kind)) return t(`event.${e.kind}` as MessageId);
  const child = a.index?.entities.find((x) => x.name === e.kind);
  const what = child ? pick(child.label) : e.kind;
  return DEEDS.has(e.name ?? '') ? t('event.of_child', { deed: t(`event.${e.name}` as MessageId), what }) : what;
}

/** Why this person: the reasons that a dispatch keeps (docs/rosters.md). */
const whyOf = (e: Event) => (e.data?.changes?.dispatch_explain?.[1] as { why?: Label[] } | null)?.why ?? [];

/** A moment that only repeats when the step was taken: the line begins with it. */
const stamps = (value: unknown, at: string) => typeof value === 'string' && Math.abs(Date.parse(value) - Date.parse(at)) < 2000;

function eventEntry(e: Event, a: Around): Entry[] {
  // The message itself stands in the list.
  if (e.kind === 'message') return [];
  const { entity, row, text } = a;
  const { t } = text;
  const who = e.actor ? e.actor_name || t('talk.someone') : t('talk.system');
  const state = (s: string) => text.pick(entity.state.get(s)?.label, s);
  const file = e.kind === 'attachment' ? a.files.find((f) => f.id === e.data?.id) : undefined;
  const changes = Object.entries(e.data?.changes ?? {}).filter(([name, [, is]]) => {
    const f = entity.field.get(name);
    return f && !f.hidden && f.name !== 'activity' && !(f.type === 'datetime' && stamps(is, e.at));
  });
  return [{
    key: `e${e.seq}`, at: e.at, kind: 'events',
    node: (
      <>
        <p>
          <Time iso={e.at} short /> {who} <strong>{deed(e, a)}</strong>
          {file && <> <a href={fileAddress(`/${seg(entity.name)}/${row.id}/attachment/${file.id}/content`)} download><Words>{String(file.name)}</Words></a></>}
          {e.kind === 'transition' && e.from && e.to && e.from !== e.to && <> <span className="muted">{state(e.from)} → {state(e.to)}</span></>}
        </p>
        {e.data?.text && typeof e.data.text === 'object' && <p className="prose"><Words>{text.pick(e.data.text)}</Words></p>}
        {whyOf(e).length > 0 && <ul className="changes">{whyOf(e).map((w) => <li key={w.en}><Words>{text.pick(w)}</Words></li>)}</ul>}
        {e.data?.reason && <p className="prose">{t('record.reason')}{t('list.colon')}<Words>{e.data.reason}</Words></p>}
        {changes.length > 0 && e.kind !== 'create' && (
          <ul className="changes">
            {changes.map(([name, [was, is]]) => {
              const f = entity.field.get(name);
              const long = ['longtext', 'markdown'].includes(f?.type ?? '');
              const words = (v: unknown) => (f?.to && a.names(f.to, v)) || plain(f, v, text, row);
              return (
                <li key={name}>
                  {nameOf(entity, name, text)}{t('list.colon')}
                  {!long && was != null && <><del><Words>{words(was)}</Words></del> → </>}
                  <ins><Words>{words(is)}</Words></ins>
                </li>
              );
            })}
          </ul>
        )}
      </>
    ),
  }];
}
