// SPDX-License-Identifier: Apache-2.0
//
// Conversation.tsx -- what was said and done on a record, oldest first, and the box to say more.
//
// Messages and events are two lists of the server; here they are one, by time.  A message to or from the customer and an
// internal note look different in colour, edge and words, so that nobody answers in the wrong place.
import { useMemo, useState, type ReactNode } from 'react';
import { isCustomer, mayRead, useUser } from '../core/auth';
import type { Problem } from '../core/api';
import { useText, type MessageId, type Text } from '../core/i18n';
import { Loading, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { Tag } from '../kit/Tag';
import { plain, Time } from './Cell';
import { Composer } from './Composer';
import { useChildren, useTimeline, type Event } from './data';
import { labelIn, type Entity, type Row } from './entity';
import { nameOf } from './List';

type Kind = 'all' | 'talk' | 'internal' | 'events';
interface Entry {
  key: string;
  at: string;
  kind: Exclude<Kind, 'all'>;
  node: ReactNode;
}

export function Conversation({ entity, row, withMessages }: { entity: Entity; row: Row; withMessages: boolean }) {
  const text = useText();
  const { t } = text;
  const me = useUser();
  const [only, setOnly] = useState<Kind>('all');
  const messages = useChildren(entity.name, row.id, 'message', withMessages);
  const timeline = useTimeline(entity.name, row.id, true);
  const entries = useMemo(
    () => [
      ...(messages.data ?? []).map((m) => messageEntry(m, text)),
      ...(timeline.data ?? []).flatMap((e) => eventEntry(entity, row, e, text, messages.data !== undefined)),
    ].sort((a, b) => a.at.localeCompare(b.at)),
    [messages.data, timeline.data, entity, row, text],
  );
  const kinds: Kind[] = isCustomer(me) || !withMessages ? [] : ['all', 'talk', 'internal', 'events'];
  const shown = only === 'all' ? entries : entries.filter((e) => e.kind === only);
  const error = (timeline.error ?? messages.error) as Problem | null;
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
      <ol className="timeline">
        {shown.map((e) => <li key={e.key} className={e.kind}>{e.node}</li>)}
      </ol>
      {withMessages && mayRead(me, 'message') && <Composer entity={entity} row={row} />}
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
          <strong>{who}</strong> <Time iso={at} short />{' '}
          {internal ? <Tag tone="tag-internal">{text.t('talk.mark_internal')}</Tag>
            : m.direction === 'in' ? <Tag>{text.t('talk.mark_in')}</Tag> : <Tag>{text.t('talk.mark_out')}</Tag>}
        </p>
        <p className="prose">{String(m.body ?? '')}</p>
      </>
    ),
  };
}

function eventEntry(entity: Entity, row: Row, e: Event, text: Text, messagesShown: boolean): Entry[] {
  // The message itself stands in the list.
  if (e.kind === 'message' && messagesShown) return [];
  const { t, pick } = text;
  const who = e.actor_name || t('talk.system');
  const state = (s: string | null | undefined) => (s ? pick(entity.state.get(s)?.label, s) : '');
  const move = e.name ? entity.transitions.get(e.name) : undefined;
  const changes = Object.entries(e.data?.changes ?? {}).filter(([name]) => {
    const f = entity.field.get(name);
    return f && !f.hidden && f.name !== 'activity';
  });
  const what = e.kind === 'transition' ? pick(move?.label, e.name ?? '')
    : KINDS.has(e.kind) ? t(`event.${e.kind}` as MessageId) : e.kind;
  const detail = e.kind === 'attachment' || e.kind === 'tag' || e.kind === 'task' ? nameIn(e.data) : '';
  return [{
    key: `e${e.seq}`, at: e.at, kind: 'events',
    node: (
      <>
        <p>
          <Time iso={e.at} short /> {who} <strong>{what}</strong>{detail && ` ${detail}`}
          {e.kind === 'transition' && e.from && e.to && e.from !== e.to && <> <span className="muted">{state(e.from)} → {state(e.to)}</span></>}
        </p>
        {typeof e.data?.reason === 'string' && <p className="prose">{t('record.reason')}{t('list.colon')}{e.data.reason}</p>}
        {changes.length > 0 && e.kind !== 'create' && (
          <ul className="changes">
            {changes.map(([name, [was, is]]) => {
              const f = entity.field.get(name);
              const long = ['longtext', 'markdown'].includes(f?.type ?? '');
              return (
                <li key={name}>
                  {nameOf(entity, name, text)}{t('list.colon')}
                  {!long && was != null && <><del>{plain(f, was, text, row)}</del> → </>}
                  <ins>{plain(f, is, text, row)}</ins>
                </li>
              );
            })}
          </ul>
        )}
      </>
    ),
  }];
}

const KINDS = new Set(['create', 'update', 'remove', 'message', 'attachment', 'link', 'task', 'watch', 'tag', 'import', 'notice', 'clock']);
const nameIn = (d: Event['data']) => {
  const v = d?.name ?? d?.title ?? d?.tag;
  return typeof v === 'string' ? v : '';
};
