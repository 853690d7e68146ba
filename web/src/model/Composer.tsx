// SPDX-License-Identifier: Apache-2.0
//
// Composer.tsx -- the box to write a reply (the customer sees it) or an internal note, and to attach files.
//
// What is typed is kept on this computer under person, record and kind until it is sent (core/draft.ts).  Reply and note
// have a draft each: changing the kind never turns a note into a reply.
import { useRef, useState, type ClipboardEvent, type DragEvent } from 'react';
import { Problem } from '../core/api';
import { useUser } from '../core/auth';
import { useKeptText } from '../core/draft';
import { useText } from '../core/i18n';
import { ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { Icon } from '../kit/Icon';
import { useChange } from './data';
import type { Entity, Row } from './entity';

/** Whom one writes to. */
export type Writing = 'public' | 'internal';

export function Composer({ entity, row, kind, onKind }: { entity: Entity; row: Row; kind: Writing; onKind(kind: Writing): void }) {
  const { t } = useText();
  const me = useUser();
  const change = useChange(entity.name);
  const [body, setBody] = useKeptText(`${me.id}.${entity.name}.${row.id}.${kind}`);
  const [sending, setSending] = useState(false);
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
  const send = async () => {
    if (sending) return;
    if (!body.trim()) return box.current?.focus();
    setSending(true);
    await act(async () => {
      await change.addChild(row.id, 'message', { body, visibility: kind });
      setBody('');
      box.current?.focus();
    }, t('talk.sent'));
    setSending(false);
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
      onSubmit={(e) => { e.preventDefault(); void send(); }}
      onDragOver={(e) => { e.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)} onDrop={drop}>
      <div className="views" role="group" aria-label={t('talk.kind')}>
        <Button small look="quiet" aria-pressed={!internal} onClick={() => onKind('public')}><Icon name="send" />{t('talk.reply')}</Button>
        <Button small look="quiet" aria-pressed={internal} onClick={() => onKind('internal')}><Icon name="lock" />{t('talk.note')}</Button>
      </div>
      <label className="hidden-label" htmlFor="composer">{label}</label>
      <textarea id="composer" ref={box} className="inp" rows={3} value={body} placeholder={t(internal ? 'talk.note_hint' : 'talk.reply_hint')}
        onChange={(e) => setBody(e.target.value)} onPaste={paste}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && !e.nativeEvent.isComposing) {
            e.preventDefault();
            void send();
          }
        }} />
      {problem && <ProblemBanner problem={problem} />}
      <div className="actions">
        <Button type="submit" look="primary" busy={sending}>{t(internal ? 'talk.save_note' : 'talk.send')}</Button>
        <input ref={picker} type="file" multiple hidden aria-hidden="true" tabIndex={-1} onChange={(e) => {
          attach(e.target.files ?? []);
          e.target.value = '';
        }} />
        <Button busy={uploading > 0} onClick={() => picker.current?.click()}><Icon name="clip" />{t('files.attach')}</Button>
        <span role="status" className="muted">{uploading > 0 ? t('files.sending') : said}</span>
      </div>
    </form>
  );
}
