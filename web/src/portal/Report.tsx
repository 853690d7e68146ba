// SPDX-License-Identifier: Apache-2.0
//
// Report.tsx -- report a fault in a minute, on one page (ui.md S2): what, how bad, which unit; the rest may be left out.
//
// Every key is kept on this computer. Without a network the report waits and is sent when the network is back.
import { useCallback, useEffect, useRef, useState, type FormEvent } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useSearchParams } from 'wouter';
import type { Problem } from '../core/api';
import { useUser } from '../core/auth';
import { dropFile, keepFile, keptFiles, type KeptFile } from '../core/files';
import { fromLocalInput } from '../core/format';
import { useText, type MessageId } from '../core/i18n';
import { recall, remember } from '../core/keep';
import { useTitle } from '../core/title';
import { Banner, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { DateField } from '../kit/DateField';
import { Field } from '../kit/Field';
import { Icon } from '../kit/Icon';
import { useOnline } from '../kit/LiveLine';
import { RadioRow } from '../kit/RadioRow';
import { SeverityShape } from '../kit/Tag';
import { asProblem, REQUEST, useClocks, useThing, useThings, type Row } from './data';
import { BLANK, dropDraft, fileScope, handIn, keepDraft, readDraft, sendFiles, type Report } from './handin';
import { FileButton, Files } from './Photos';
import { UnitField } from './Unit';
import { callAddress, promises, stateWord, plainState } from './words';

const SEVERITIES = ['critical', 'major', 'minor', 'consultation'];
type Wrong = Partial<Record<keyof Report, string>>;
/** The server's fields, and where their errors stand here. */
const PLACES: Record<string, keyof Report> = {
  title: 'text', symptom: 'text', severity_reported: 'severity', interrupted: 'interrupted', unit: 'unit', description: 'unit',
  site: 'site', tried_actions: 'tried', occurred_at: 'occurred', reporter_phone: 'phone',
};

export function ReportPage() {
  const text = useText();
  const { t, pick } = text;
  const me = useUser();
  const cache = useQueryClient();
  const online = useOnline();
  const [search] = useSearchParams();
  const scope = fileScope(me.id);
  const [report, setReport] = useState<Report>(() => {
    const draft = readDraft(me.id);
    if (search.get('unit')) return { ...draft, unit: Number(search.get('unit')) || null, serial: '' };
    return search.get('serial') ? { ...draft, unit: null, serial: search.get('serial')! } : draft;
  });
  const latest = useRef(report);
  const [files, setFiles] = useState<KeptFile[]>([]);
  const [wrong, setWrong] = useState<Wrong>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [more, setMore] = useState(false);
  const [done, setDone] = useState<{ row: Row; left: number } | null>(null);
  const form = useRef<HTMLFormElement>(null);
  useTitle(t('portal.report'));
  useEffect(() => void keptFiles(scope).then(setFiles), [scope]);

  const put = useCallback((r: Report) => {
    latest.current = r;
    setReport(r);
    keepDraft(me.id, r);
  }, [me.id]);
  const set = (part: Partial<Report>) => {
    put({ ...latest.current, ...part });
    setWrong((w) => Object.fromEntries(Object.entries(w).filter(([k]) => !(k in part))));
  };

  const fail = (e: unknown) => {
    const p = asProblem(e);
    const placed: Wrong = {};
    const loose = p.errors.filter((x) => {
      const place = PLACES[(x.pointer ?? '').slice(1)];
      if (place) placed[place] ??= pick(x.text);
      return !place;
    });
    setWrong(placed);
    setProblem(Object.keys(placed).length && !loose.length ? null : Object.assign(p, { errors: loose }));
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('.bad textarea, .bad input')?.focus());
  };

  const send = async () => {
    if (busy) return;
    const r = latest.current;
    const missing: Wrong = {};
    if (!r.text.trim()) missing.text = t('portal.need_text');
    if (!r.severity) missing.severity = t('portal.need_severity');
    setWrong(missing);
    setProblem(null);
    if (Object.keys(missing).length) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('.bad textarea, .bad input')?.focus());
      return;
    }
    setBusy(true);
    try {
      const row = await handIn(r, me.name, put);
      remember(`phone.${me.id}`, r.phone.trim() || null);
      if (r.unit) remember(`unit.${me.id}`, String(r.unit));
      dropDraft(me.id);
      const left = await sendFiles(scope, row.id);
      void cache.invalidateQueries({ queryKey: ['list', REQUEST] });
      latest.current = BLANK;
      setDone({ row, left });
    } catch (e) {
      fail(e);
    } finally {
      setBusy(false);
    }
  };

  // No network when it was sent: go on when there is one again.
  const waits = problem?.code === 'network';
  const again = useRef(send);
  again.current = send;
  useEffect(() => {
    if (waits && online) {
      const timer = setTimeout(() => void again.current(), 3000);
      return () => clearTimeout(timer);
    }
  }, [waits, online]);

  if (done) return <Receipt row={done.row} left={done.left} scope={scope} onLeft={(left) => setDone({ ...done, left })} />;
  return (
    <form className="page portal-page" ref={form} noValidate onSubmit={(e: FormEvent) => { e.preventDefault(); void send(); }}>
      <h1>{t('portal.report')}</h1>
      <Field label={t('portal.what')} error={wrong.text} name="text">
        {({ labelId: _l, ...w }) => (
          <textarea className="inp" {...w} aria-required rows={3} maxLength={20000} value={report.text} placeholder={t('portal.what_hint')}
            onChange={(e) => set({ text: e.target.value })} />
        )}
      </Field>
      <Field label={t('portal.how_bad')} error={wrong.severity} group name="severity">
        {(w) => (
          <div className="severities"><RadioRow wiring={w} value={report.severity} mark={(v) => <SeverityShape value={v} />}
            options={SEVERITIES.map((s) => ({ value: s, label: t(`portal.severity.${s}` as MessageId) }))}
            onChange={(v) => set({ severity: v, interrupted: v === 'critical' })} /></div>
        )}
      </Field>
      {report.severity === 'critical' && <CallNow />}
      {['major', 'minor'].includes(report.severity) && (
        <Field label={t('portal.interrupted')} error={wrong.interrupted} group name="interrupted">
          {(w) => <RadioRow wiring={w} value={String(report.interrupted)} onChange={(v) => set({ interrupted: v === 'true' })}
            options={[{ value: 'true', label: t('value.yes') }, { value: 'false', label: t('value.no') }]} />}
        </Field>
      )}
      <UnitField unit={report.unit} serial={report.serial} scanning={search.has('scan')} fromLabel={search.has('serial')} error={wrong.unit} last={Number(recall(`unit.${me.id}`)) || null}
        onChange={(unit, serial) => set({ unit, serial })} />
      <div className="field">
        <span className="label">{t('portal.photos')}</span>
        <Files files={files} onDrop={(id) => void dropFile(id).then(() => setFiles((f) => f.filter((x) => x.id !== id)))} />
        <FileButton label={t('portal.add_photo')} onPick={async (picked) => {
          for (const f of picked) {
            const kept = await keepFile(scope, f);
            setFiles((all) => [...all, kept]);
          }
        }} />
      </div>
      <Field label={t('portal.phone')} help={t('portal.phone_help')} error={wrong.phone} name="phone">
        {({ labelId: _l, ...w }) => <input className="inp" {...w} type="tel" autoComplete="tel" value={report.phone} onChange={(e) => set({ phone: e.target.value })} />}
      </Field>
      <details onToggle={(e) => setMore(e.currentTarget.open)}>
        <summary className="btn quiet">{t('portal.more_details')}</summary>
        <div className="stack">
          {!report.unit && <SiteField value={report.site} error={wrong.site} onChange={(site) => set({ site })} />}
          <Field label={t('portal.noticed')} help={t('portal.noticed_help')} error={wrong.occurred} name="occurred" group>
            {(w) => more && <DateField time wiring={w} name="occurred" value={fromLocalInput(report.occurred)} onChange={(v) => set({ occurred: v ?? '' })} />}
          </Field>
          <Field label={t('portal.tried')} error={wrong.tried} name="tried">
            {({ labelId: _l, ...w }) => <textarea className="inp" {...w} rows={2} maxLength={20000} value={report.tried} onChange={(e) => set({ tried: e.target.value })} />}
          </Field>
        </div>
      </details>
      <div className="send-bar">
        {problem && (waits ? <Banner tone="warn"><p>{t('portal.waits')}</p></Banner> : <ProblemBanner problem={problem} />)}
        <Button type="submit" look="primary" className="big" busy={busy}>{t(busy ? 'portal.sending' : 'portal.send')}</Button>
        <p className="muted">{t('portal.kept')}</p>
      </div>
    </form>
  );
}

/** Business stands still: the telephone is faster than any form. */
function CallNow() {
  const { t } = useText();
  const { hotline } = useUser();
  if (!hotline) return null;
  return (
    <div className="banner warn call-now">
      <p>{t('portal.call_text')}</p>
      <a className="btn danger" href={callAddress(hotline)}><Icon name="phone" />{t('portal.call', { number: hotline })}</a>
    </div>
  );
}

function SiteField({ value, error, onChange }: { value: number | null; error?: string; onChange(site: number | null): void }) {
  const { t } = useText();
  const sites = useThings('site', { limit: 200, sort: 'name', fields: 'name' });
  if (!sites.data?.items.length) return null;
  return (
    <Field label={t('portal.site')} error={error} name="site">
      {({ labelId: _l, ...w }) => (
        <select className="inp" {...w} value={value ?? ''} onChange={(e) => onChange(Number(e.target.value) || null)}>
          <option value="">{t('portal.no_site')}</option>
          {sites.data.items.map((s) => <option key={s.id} value={s.id}>{String(s.name)}</option>)}
        </select>
      )}
    </Field>
  );
}

/** Handed in: the number, what happens next, and the promise where there is one. */
function Receipt({ row, left, scope, onLeft }: { row: Row; left: number; scope: string; onLeft(left: number): void }) {
  const text = useText();
  const { t } = text;
  const now = useThing(REQUEST, row.id).data ?? row;
  const clocks = useClocks(row.id).data;
  const heading = useRef<HTMLHeadingElement>(null);
  const [busy, setBusy] = useState(false);
  useTitle(t('portal.received'));
  useEffect(() => {
    window.scrollTo(0, 0);
    heading.current?.focus();
  }, []);
  return (
    <div className="page portal-page receipt">
      <h1 ref={heading} tabIndex={-1}>{t('portal.received')}</h1>
      <div className="card">
        <p className="receipt-number">{row.number}</p>
        <p>{String(row.title)}</p>
        <p><strong>{stateWord(plainState(now), text)}</strong>{t('list.colon')}{t('portal.receipt_next')}</p>
        {promises(clocks, text).map((p) => <p key={p} className="promise">{p}</p>)}
      </div>
      {now.severity_reported === 'critical' && <CallNow />}
      {left > 0 && (
        <Banner tone="warn" action={<Button busy={busy} onClick={async () => {
          setBusy(true);
          onLeft(await sendFiles(scope, row.id));
          setBusy(false);
        }}>{t('act.retry')}</Button>}><p>{t('portal.photos_left', { n: left })}</p></Banner>
      )}
      <Link className="btn primary big" href={`/p/r/${row.number}`}>{t('portal.follow')}</Link>
      <Link className="btn" href="/p">{t('portal.to_requests')}</Link>
    </div>
  );
}
