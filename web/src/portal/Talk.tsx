// SPDX-License-Identifier: Apache-2.0
//
// Talk.tsx -- the conversation of a request: messages, pictures and changes of the plain state in one line of time, newest
// last, and the box to answer. The server shows a customer public messages only.
import { useEffect, useMemo, useRef, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { call, fileAddress, type Problem } from '../core/api';
import { useUser } from '../core/auth';
import { useKeptText } from '../core/draft';
import { bytesText } from '../core/format';
import { useText } from '../core/i18n';
import { Banner, Loading, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { Icon } from '../kit/Icon';
import { seen } from '../kit/Said';
import { asProblem, REQUEST, useFiles, useMessages, useSteps, type Row, type Step } from './data';
import { FileButton } from './Photos';
import { plainState, stateWord } from './words';

type Entry = { at: string; key: string } & ({ kind: 'message' | 'file'; row: Row } | { kind: 'step'; step: Step });

export function Talk({ row }: { row: Row }) {
  const { t } = useText();
  const me = useUser().id;
  const messages = useMessages(row.id);
  const files = useFiles(row.id);
  const steps = useSteps(row.id);
  const entries = useMemo<Entry[]>(() => [
    ...(messages.data ?? []).map((m): Entry => ({ at: String(m.at), key: `m${m.id}`, kind: 'message', row: m })),
    ...(files.data ?? []).map((f): Entry => ({ at: String(f.at), key: `f${f.id}`, kind: 'file', row: f })),
    ...(steps.data ?? []).filter((s) => s.to && s.from !== s.to).map((s): Entry => ({ at: s.at, key: `s${s.seq}`, kind: 'step', step: s })),
  ].sort((a, b) => a.at.localeCompare(b.at)), [messages.data, files.data, steps.data]);
  const error = (messages.error ?? files.error ?? steps.error) as Problem | null;
  const ended = ['completed', 'withdrawn'].includes(plainState(row));
  return (
    <section aria-labelledby="talk">
      <h2 id="talk">{t('portal.talk')}</h2>
      {error && <ProblemBanner problem={error} />}
      {messages.isPending && !error && <Loading />}
      {messages.data && entries.length === 0 && <p className="muted">{t('portal.no_messages')}</p>}
      <ol className="talk" aria-live="polite" aria-relevant="additions">
        {entries.map((e) => <li key={e.key} className={classOf(e, me)}><EntryView entry={e} request={row} /></li>)}
      </ol>
      {ended ? <p className="muted">{t('portal.talk_over')}</p> : <Answer row={row} />}
    </section>
  );
}

const classOf = (e: Entry, me: number) => (e.kind === 'step' ? 'step' : e.row.direction === 'in' || e.row.author === me ? 'in' : 'out');

function EntryView({ entry, request }: { entry: Entry; request: Row }) {
  const text = useText();
  const me = useUser();
  const { t, clock } = text;
  if (entry.kind === 'step') return <p><time dateTime={entry.at}>{clock(entry.at)}</time> {stateWord(String(entry.step.to), text)}</p>;
  const r = entry.row;
  const who = r.author === me.id ? t('portal.you') : (r.author_name as string) || r._labels?.author || t('portal.service');
  if (entry.kind === 'message')
    return (
      <>
        <p className="by"><strong>{who}</strong> <time dateTime={entry.at}>{clock(entry.at)}</time></p>
        <p className="prose" dir="auto">{seen(String(r.body ?? ''))}</p>
      </>
    );
  return (
    <>
      <p className="by"><strong>{who}</strong> <time dateTime={entry.at}>{clock(entry.at)}</time></p>
      <FileView file={r} request={request} />
    </>
  );
}

/** Pictures that the server knows as such are shown, as long as they are small enough for a phone. */
const SHOWN_MAX = 12 << 20;

function FileView({ file, request }: { file: Row; request: Row }) {
  const { lang } = useText();
  const address = fileAddress(`/${REQUEST}/${request.id}/attachment/${file.id}/content`);
  const picture = /^image\/(png|jpeg|webp|gif)$/.test(String(file.media_type)) && Number(file.size) <= SHOWN_MAX;
  return (
    <a className="file" href={address} download>
      {picture ? <img src={address} alt="" loading="lazy" decoding="async" /> : <Icon name="clip" />}
      <span>{String(file.name)} <span className="muted">{bytesText(Number(file.size ?? 0), lang)}</span></span>
    </a>
  );
}

function Answer({ row }: { row: Row }) {
  const { t } = useText();
  const me = useUser();
  const cache = useQueryClient();
  const [body, setBody] = useKeptText(`${me.id}.${REQUEST}.${row.id}.public`);
  const [sending, setSending] = useState(false);
  const [uploading, setUploading] = useState(0);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [said, setSaid] = useState('');
  const box = useRef<HTMLTextAreaElement>(null);
  // From a card's "Reply".
  useEffect(() => {
    if (location.hash === '#answer') box.current?.focus();
  }, []);
  const fresh = () => cache.invalidateQueries({ queryKey: ['of', REQUEST, String(row.id)] });

  const act = async (work: () => Promise<unknown>, done: string) => {
    setProblem(null);
    setSaid('');
    try {
      await work();
      setSaid(done);
    } catch (e) {
      setProblem(asProblem(e));
    }
  };
  const send = () => act(async () => {
    const words = body.trim();
    if (!words) return box.current?.focus();
    setSending(true);
    try {
      await call('POST', `/${REQUEST}/${row.id}/message`, { body: { body: words, visibility: 'public' } });
      setBody('');
      // The server lets work go on that waited for this answer; the live stream tells of it.
      await fresh();
    } finally {
      setSending(false);
    }
  }, t('talk.sent'));
  const attach = (files: File[]) => act(async () => {
    setUploading(files.length);
    try {
      for (const f of files) await call('POST', `/${REQUEST}/${row.id}/attachment`, { query: { name: f.name || 'photo', visibility: 'public' }, file: f });
    } finally {
      setUploading(0);
      await fresh();
    }
  }, t('files.done', { n: files.length }));

  return (
    <form className="answer" onSubmit={(e) => { e.preventDefault(); if (!sending) void send(); }}>
      <label htmlFor="answer" className="hidden-label">{t('talk.message_label')}</label>
      <textarea id="answer" ref={box} className="inp" rows={2} maxLength={20000} value={body} placeholder={t('talk.message_label')} onChange={(e) => setBody(e.target.value)} />
      {problem && (problem.code === 'network' ? <Banner tone="warn"><p>{t('portal.message_waits')}</p></Banner> : <ProblemBanner problem={problem} />)}
      <div className="acts">
        <Button type="submit" look="primary" busy={sending}>{t('portal.act.send')}</Button>
        <FileButton label={t('portal.add_photo')} busy={uploading > 0} onPick={(f) => void attach(f)} />
      </div>
      <p role="status" className="muted">{uploading > 0 ? t('files.sending') : said}</p>
    </form>
  );
}
