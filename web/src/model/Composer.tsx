// SPDX-License-Identifier: Apache-2.0
//
// Composer.tsx -- the box to write a reply (the customer sees it) or an internal note, and to attach files.
//
// What is typed is kept under person, record and kind until it is sent (core/kept.ts), and leaves some seconds after the
// button (core/outbox.ts).  Reply and note have a draft each: changing the kind never turns a note into a reply.
import { useEffect, useRef, useState, type ClipboardEvent, type DragEvent, type ReactNode } from 'react';
import { newKey, Problem } from '../core/api';
import { useUser } from '../core/auth';
import { giveBack } from '../core/draft';
import { useText } from '../core/i18n';
import { lay, look } from '../core/shelf';
import { useKeptDraft } from '../core/kept';
import { DELAY_MS, post, sendNow, takeBack, waitingOf } from '../core/outbox';
import { toast } from '../core/toast';
import { ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { Icon } from '../kit/Icon';
import { useChange } from './data';
import { DraftBanner, DraftSaved } from './DraftLine';
import { usePresent } from './Presence';
import type { Entity, Row } from './entity';

/** Whom one writes to; a notice is a form of its own, where a screen has one (Conversation.tsx, Third). */
export type Writing = 'public' | 'internal' | 'notice';

/** What is to be written; `third`: the name of the third kind. */
export function Kinds({ kind, onKind, third }: { kind: Writing; onKind(kind: Writing): void; third?: string }) {
  const { t } = useText();
  return (
    <div className="views" role="group" aria-label={t('talk.kind')}>
      <Button small look="quiet" aria-pressed={kind === 'public'} onClick={() => onKind('public')}><Icon name="send" />{t('talk.reply')}</Button>
      <Button small look="quiet" aria-pressed={kind === 'internal'} onClick={() => onKind('internal')}><Icon name="lock" />{t('talk.note')}</Button>
      {third && <Button small look="quiet" aria-pressed={kind === 'notice'} onClick={() => onKind('notice')}><Icon name="megaphone" />{third}</Button>}
    </div>
  );
}

export function Composer({ entity, row, kind, kinds }: { entity: Entity; row: Row; kind: 'public' | 'internal'; kinds: ReactNode }) {
  const { t, pick } = useText();
  const me = useUser();
  const change = useChange(entity.name);
  const name = `${me.id}.${entity.name}.${row.id}.${kind}`;
  const draft = useKeptDraft(me.id, entity.name, row.id, kind);
  const body = draft.text;
  const of = `${entity.name} ${row.id}`;
  const writers = usePresent(entity.name, row.id).filter((p) => p.state === 'typing');
  const [uploading, setUploading] = useState(0);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [said, setSaid] = useState('');
  const [over, setOver] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const queue = useRef(Promise.resolve());

  const act = async (work: () => Promise<unknown>, done: string) => {
    setProblem(null);
    setSaid('');
    try {
      await work();
      setSaid(done);
    } catch (e) {
      setProblem(e instanceof Problem ? e : new Problem(0, { title: String(e) }));
    }
  };
  // What was on its way when the browser ended was never sent: it is a draft again.
  useEffect(() => {
    void look(`outbox.${name}`).then((lost) => {
      if (!lost || waitingOf(of).some((w) => w.body === lost)) return;
      void lay(`outbox.${name}`, null);
      giveBack(name, lost);
    });
  }, [name]);
  const send = () => {
    if (!body.trim()) return box.current?.focus();
    void lay(`outbox.${name}`, body);
    const end = () => {
      void lay(`outbox.${name}`, null);
      close();
    };
    const key = newKey();
    const id = post({
      of, kind, body,
      send: (lastMoment) => change.addChild(row.id, 'message', { body, visibility: kind }, { key, keepalive: lastMoment }),
      onSent: () => {
        end();
        toast(t(kind === 'internal' ? 'talk.note_saved' : 'talk.sent'), { ms: 4000 });
      },
      onBack: (p) => {
        end();
        giveBack(name, body);
        if (p) toast(t('talk.not_sent', { why: pick(p.detail) || p.message }), { bad: true });
        box.current?.focus();
      },
    });
    const due = Date.now() + DELAY_MS[kind];
    const close = toast(t(kind === 'internal' ? 'talk.note_soon' : 'talk.soon'), {
      count: () => Math.ceil((due - Date.now()) / 1000),
      acts: [{ label: t('toast.undo'), run: () => takeBack(id) }, { label: t('talk.now'), run: () => void sendNow(id) }],
    });
    draft.set('');
    box.current?.focus();
  };
  // Files go up one after the other, whatever else is being sent; the next ones wait for these.
  const attach = (files: Iterable<File>) => {
    const list = [...files];
    if (!list.length) return;
    setUploading((n) => n + list.length);
    queue.current = queue.current.then(() => act(async () => {
      // A file is seen by whom the words beside it are seen.
      for (const f of list) await change.attach(row.id, f, kind);
    }, t('files.done', { n: list.length }))).then(() => setUploading((n) => n - list.length));
  };
  const paste = (e: ClipboardEvent) => {
    if (!e.clipboardData.files.length) return;
    e.preventDefault();
    attach(e.clipboardData.files);
  };
  const drop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    attach(e.dataTransfer.files);
  };

  const internal = kind === 'internal';
  const label = t(internal ? 'talk.note_label' : 'talk.reply_label');
  return (
    <form className={`composer ${internal ? 'internal' : 'public'}${over ? ' over' : ''}`} aria-label={t('talk.compose')}
      onSubmit={(e) => { e.preventDefault(); send(); }}
      onDragOver={(e) => { e.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}>
      {kinds}
      <label className="hidden-label" htmlFor="composer">{label}</label>
      <textarea id="composer" ref={box} className="inp" rows={3} value={body} placeholder={t(internal ? 'talk.note_hint' : 'talk.reply_hint')}
        onChange={(e) => draft.set(e.target.value)} onPaste={paste}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && !e.nativeEvent.isComposing) {
            e.preventDefault();
            send();
          }
          // Out of the text, to where single keys act.
          if (e.key === 'Escape' && !e.nativeEvent.isComposing) e.currentTarget.closest<HTMLElement>('[data-keys]')?.focus({ preventScroll: true });
        }} />
      <DraftBanner draft={draft} onDone={() => box.current?.focus()} />
      {problem && <ProblemBanner problem={problem} />}
      {writers.length > 0 && <p className="soft-lock" role="status">{t('presence.lock', { names: writers.map((p) => p.name).join(t('list.comma')) })}</p>}
      <div className="actions">
        <Button type="submit" look="primary">{t(internal ? 'talk.save_note' : 'talk.send')}</Button>
        <input ref={picker} type="file" multiple hidden aria-hidden="true" tabIndex={-1} onChange={(e) => {
          attach(e.target.files ?? []);
          e.target.value = '';
        }} />
        <Button busy={uploading > 0} onClick={() => picker.current?.click()}><Icon name="clip" />{t('files.attach')}</Button>
        <DraftSaved draft={draft} />
        <span role="status" className="muted">{uploading > 0 ? t('files.sending') : said}</span>
      </div>
    </form>
  );
}
