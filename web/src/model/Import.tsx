// SPDX-License-Identifier: Apache-2.0
//
// Import.tsx -- a table of a file into records: the file, which column is which field, what would happen, and then it happens.
//
// The server reads, checks and writes all of it (POST /{entity}/import); a try is the same without keeping anything.
import { useQueryClient } from '@tanstack/react-query';
import { useState, type DragEvent } from 'react';
import { Link } from 'wouter';
import { call, Problem, seg } from '../core/api';
import { mayCreate, useUser } from '../core/auth';
import { useText, type Label, type Text } from '../core/i18n';
import { useTitle } from '../core/title';
import { Banner, Loading, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { Choice } from '../kit/Choice';
import { Field as Labelled } from '../kit/Field';
import { RadioRow } from '../kit/RadioRow';
import { Tag } from '../kit/Tag';
import { countRows, rowsOf, separatorOf, textOf } from './csv';
import { nameOf } from './columns';
import { powersOf, useEntity, useIndex, writableBy, type Entity, type Field } from './entity';

const MOST_ROWS = 1000, MOST_BYTES = 4 << 20;

interface Sheet {
  name: string;
  text: string;
  separator: string;
  head: string[];
  sample: string[];
  rows: number;
}
interface Result {
  rows: { line: number; deed: 'create' | 'update' | 'same' | 'refuse'; id?: number; problem?: { detail?: Label; errors?: { pointer?: string; text?: Label }[] } }[];
  create: number;
  update: number;
  same: number;
  refuse: number;
  dry_run: boolean;
  kept: boolean;
}

export function ImportPage({ name }: { name: string }) {
  const { t } = useText();
  const me = useUser();
  const entity = useEntity(name);
  const index = useIndex();
  if (entity.error) return <ProblemBanner problem={entity.error as Problem} />;
  if (!entity.data || !index.data) return <Loading />;
  if (!mayCreate(me, name)) return <Banner tone="warn"><p>{t('form.may_not_create')}</p></Banner>;
  return <Import entity={entity.data} powers={powersOf(me.roles, index.data)} />;
}

const plainWord = (s: string) => s.toLowerCase().replace(/[\s_\-*:：（(].*$|[\s_\-*]/g, '');
/** The fields that headings mean: by name or label in either language, then by a label that has the heading in it, if only one has. */
function guess(headings: string[], fields: Field[]): Record<string, string> {
  const found: Record<string, string> = Object.fromEntries(headings.map((h) => [h, '']));
  const words = (f: Field) => [f.name, f.label.en, f.label.zh].map((x) => plainWord(x ?? '')).filter(Boolean);
  const free = (f: Field) => !Object.values(found).includes(f.name);
  for (const h of headings) {
    const w = plainWord(h);
    if (w === 'id' || w === 'number') found[h] = w;
    else found[h] = fields.find((f) => free(f) && words(f).includes(w))?.name ?? '';
  }
  for (const h of headings) {
    const w = plainWord(h);
    if (found[h] || w.length < 2) continue;
    const near = fields.filter((f) => free(f) && words(f).some((x) => x.length > 1 && (x.includes(w) || w.includes(x))));
    if (near.length === 1) found[h] = near[0].name;
  }
  return found;
}

function Import({ entity, powers }: { entity: Entity; powers: string[] }) {
  const text = useText();
  const { t, pick } = text;
  const cache = useQueryClient();
  const fields = entity.fields.filter((f) => writableBy(f, powers));
  const [sheet, setSheet] = useState<Sheet | null>(null);
  const [map, setMap] = useState<Record<string, string>>({});
  const [keep, setKeep] = useState('all');
  const [key, setKey] = useState('');
  const [result, setResult] = useState<Result | null>(null);
  const [fault, setFault] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [over, setOver] = useState(false);
  useTitle(t('import.title', { what: pick(entity.plural) }));

  const take = async (file: File | undefined) => {
    setResult(null);
    setProblem(null);
    setFault('');
    setSheet(null);
    if (!file) return;
    if (file.size > MOST_BYTES) return setFault(t('import.too_large', { n: MOST_BYTES >> 20 }));
    if (/\.(xlsx?|ods|numbers)$/i.test(file.name)) return setFault(t('import.workbook'));
    const whole = await textOf(file);
    const separator = separatorOf(whole);
    const [head = [], sample = []] = rowsOf(whole, separator, 2);
    const rows = countRows(whole, separator);
    if (!rows) return setFault(t('import.no_rows'));
    if (rows > MOST_ROWS) return setFault(t('import.too_many', { rows, n: MOST_ROWS }));
    setMap(guess(head.map((x) => x.trim()), fields));
    setSheet({ name: file.name, text: whole, separator, head: head.map((x) => x.trim()), sample, rows });
  };
  const change = (h: string, f: string) => {
    setMap({ ...map, [h]: f });
    setResult(null);
  };
  const run = async (dry: boolean) => {
    if (!sheet || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const columns = Object.fromEntries(Object.entries(map).filter(([, f]) => f));
      setResult(await call<Result>('POST', `/${seg(entity.name)}/import`, {
        query: { dry_run: dry }, body: { csv: sheet.text, separator: sheet.separator, columns, keep, ...(key ? { key } : {}) },
      }));
      if (!dry) void cache.invalidateQueries({ queryKey: ['list', entity.name] });
    } catch (e) {
      setResult(null);
      setProblem(e instanceof Problem ? e : new Problem(0, { title: String(e) }));
    }
    setBusy(false);
  };

  const chosen = Object.values(map).filter(Boolean);
  const missing = fields.filter((f) => f.required && !f.filled && f.preset === undefined && !chosen.includes(f.name));
  const keys = fields.filter((f) => chosen.includes(f.name) && ['text', 'serial', 'barcode', 'email', 'phone', 'int'].includes(f.type));
  return (
    <div className="page form-page import-page">
      <div className="page-head"><h1>{t('import.title', { what: pick(entity.plural) })}</h1></div>
      <section className={`card drop${over ? ' over' : ''}`} onDragOver={(e: DragEvent) => { e.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
        onDrop={(e: DragEvent) => { e.preventDefault(); setOver(false); void take(e.dataTransfer.files[0]); }}>
        <h2>{t('import.file')}</h2>
        <p className="muted">{t('import.limits', { rows: MOST_ROWS, mb: MOST_BYTES >> 20 })}</p>
        <label className="btn normal file-btn"><input type="file" accept=".csv,.tsv,.txt,text/csv" className="hidden-label" onChange={(e) => { void take(e.target.files?.[0]); e.target.value = ''; }} />{t('import.choose')}</label>
        {sheet && <p>{t('import.chosen', { name: sheet.name, rows: sheet.rows })}</p>}
        {fault && <Banner tone="bad"><p>{fault}</p></Banner>}
      </section>
      {sheet && (
        <section className="card">
          <h2>{t('import.columns')}</h2>
          <div className="table-box" tabIndex={0} role="region" aria-label={t('import.columns')}>
            <table className="plain">
              <thead><tr><th scope="col">{t('import.heading')}</th><th scope="col">{t('import.sample')}</th><th scope="col">{t('filter.field')}</th></tr></thead>
              <tbody>
                {sheet.head.map((h, i) => (
                  <tr key={h + i}>
                    <th scope="row">{h || t('import.unnamed', { n: i + 1 })}</th>
                    <td className="muted">{(sheet.sample[i] ?? '').slice(0, 40)}</td>
                    <td data-heading={h}>
                      <Choice label={t('import.field_of', { heading: h })} value={map[h] ?? ''} none={t('import.not_taken')} onChange={(f) => change(h, f)} options={[
                        { value: 'id', label: t('import.by_id') }, ...(entity.kind === 'case' ? [{ value: 'number', label: t('field.number') }] : []),
                        ...fields.map((f) => ({ value: f.name, label: nameOf(entity, f.name, text) }))]} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {missing.length > 0 && <Banner tone="warn"><p>{t('import.missing', { fields: missing.map((f) => pick(f.label, f.name)).join(t('list.comma')) })}</p></Banner>}
          <div className="fields">
            <Labelled name="key" label={t('import.key')} help={t('import.key_help')} group>
              {(w) => <Choice wiring={w} value={key} none={t('import.key_own')} onChange={(k) => { setKey(k); setResult(null); }} options={keys.map((f) => ({ value: f.name, label: pick(f.label, f.name) }))} />}
            </Labelled>
            <Labelled name="keep" label={t('import.keep')} group wide>
              {(w) => <RadioRow wiring={w} value={keep} onChange={(k) => { setKeep(k); setResult(null); }} options={[{ value: 'all', label: t('import.keep_all') }, { value: 'rows', label: t('import.keep_rows') }]} />}
            </Labelled>
          </div>
        </section>
      )}
      {problem && <ProblemBanner problem={problem} />}
      {result && <Outcome entity={entity} result={result} text={text} />}
      {sheet && (
        <div className="actions sticky">
          <Button look={result?.dry_run ? 'normal' : 'primary'} data-import="try" busy={busy} why={chosen.length ? undefined : t('import.no_column')} onClick={() => void run(true)}>{t('import.try')}</Button>
          <Button look={result?.dry_run ? 'primary' : 'normal'} data-import="run" busy={busy} onClick={() => void run(false)}
            why={!result?.dry_run ? t('import.try_first') : keep === 'all' && result.refuse ? t('import.has_faults') : result.create + result.update === 0 ? t('import.nothing') : undefined}>
            {t('import.run', { n: result?.dry_run ? result.create + result.update : sheet.rows })}
          </Button>
          <Link className="btn quiet" href={`/e/${entity.name}`}>{t('record.to_list')}</Link>
        </div>
      )}
    </div>
  );
}

const TONES = { create: 'state-closed', update: 'state-open', same: '', refuse: 'sev-critical' } as const;

function Outcome({ entity, result: r, text }: { entity: Entity; result: Result; text: Text }) {
  const { t, pick } = text;
  const [all, setAll] = useState(false);
  const faults = r.rows.filter((x) => x.deed === 'refuse');
  const shown = (all || !faults.length ? r.rows : faults).slice(0, 200);
  return (
    <section className="card" aria-live="polite">
      <h2 data-import-result={r.dry_run ? 'try' : r.kept ? 'kept' : 'not'}>{t(r.dry_run ? 'import.would' : r.kept ? 'import.done' : 'import.not_kept')}</h2>
      <p>{t('import.sums', { create: r.create, update: r.update, same: r.same, refuse: r.refuse })}</p>
      {faults.length > 0 && faults.length < r.rows.length && <p><Button small look="quiet" aria-pressed={all} onClick={() => setAll(!all)}>{t('import.all_rows')}</Button></p>}
      <div className="table-box" tabIndex={0} role="region" aria-label={t('import.rows')}>
        <table className="plain">
          <thead><tr><th scope="col" className="num">{t('import.line')}</th><th scope="col">{t('import.deed')}</th><th scope="col">{t('import.faults')}</th></tr></thead>
          <tbody>
            {shown.map((x) => (
              <tr key={x.line} data-deed={x.deed}>
                <td className="num">{x.line}</td>
                <td><Tag tone={TONES[x.deed]}>{t(`import.deed_${x.deed}`)}</Tag> {x.id !== undefined && (r.kept || x.deed !== 'create') && <Link href={`/e/${entity.name}/${x.id}`}>#{x.id}</Link>}</td>
                <td className="wrap">
                  {x.problem && (x.problem.errors?.length ? x.problem.errors : [{ pointer: '', text: x.problem.detail }]).map((e, i) => (
                    <p key={i}>{e.pointer ? nameOf(entity, e.pointer.slice(1), text) + t('list.colon') : ''}{pick(e.text) || pick(x.problem?.detail)}</p>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {r.rows.length > shown.length && <p className="muted">{t('import.first', { n: shown.length, all: all || !faults.length ? r.rows.length : faults.length })}</p>}
    </section>
  );
}
