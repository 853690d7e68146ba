// SPDX-License-Identifier: Apache-2.0
//
// Import.tsx -- a table of a file into records: the file, which column is which field, what would happen, and then it happens.
//
// The server reads, checks and writes all of it (POST /{entity}/import); a try is the same without keeping anything.  A long
// table goes in parts (parts.ts), each under an Idempotency-Key that stays the same until the import has ended: the same file
// chosen again after a crash goes on where it stopped, and makes no row twice.  Where nothing is to be kept when a row is refused,
// all parts are tried once more right before the first is written, so that a fault in the last row keeps nothing of the first.
// What is left: the world may change between the two passes, or rows rely on each other.  Then it stops at that part, says which
// rows that are and what is kept, and offers to go on.  A workbook is read here, in the browser (workbook.ts), and goes the same way.
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type DragEvent } from 'react';
import { Link } from 'wouter';
import { call, newKey, Problem, seg } from '../core/api';
import { mayCreate, useUser } from '../core/auth';
import { useText, type Label, type MessageId, type Text } from '../core/i18n';
import { recall, remember } from '../core/keep';
import { useTitle } from '../core/title';
import { Banner, Loading, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { Choice } from '../kit/Choice';
import { Field as Labelled } from '../kit/Field';
import { RadioRow } from '../kit/RadioRow';
import { Tag } from '../kit/Tag';
import { readerZone } from '../core/format';
import { csvText, dayOf, FileFault, parseCsv, textOf, type Cell, type Table } from './csv';
import { nameOf } from './columns';
import { inParts, partsOf } from './parts';
import { powersOf, useEntity, useIndex, writableBy, type Entity, type Field } from './entity';

const MOST_ROWS = 50_000, MOST_BYTES = 32 << 20;
/** What goes in one request, whole or not at all; more goes in parts. */
const ONE = 1000, PART = 500;

interface Sheet {
  name: string;
  table: Table;
  /** of a workbook: its sheets, which one this is, and how to take another */
  sheets?: string[];
  at: number;
  read(at: number): Table;
}
interface Result {
  rows: { line: number; deed: 'create' | 'update' | 'same' | 'refuse'; id?: number; problem?: { detail?: Label; errors?: { pointer?: string; text?: Label }[] } }[];
  create: number;
  update: number;
  same: number;
  refuse: number;
  dry_run: boolean;
  kept: boolean;
  /** it ended before its last part */
  stopped?: boolean;
  /** of the part that was refused while it was written: its first row and its last */
  part?: [number, number];
}
const DEEDS = ['create', 'update', 'same', 'refuse'] as const;
/** A part that was refused is another wish when it is sent again: how often it was, by part. */
interface Begun {
  salt: string;
  refused: Record<number, number>;
}
function begunOf(kept: string | null): Begun {
  try {
    return { salt: newKey(), refused: {}, ...JSON.parse(kept ?? '{}') };
  } catch {
    return { salt: kept ?? newKey(), refused: {} };
  }
}
const faultsOf = (rows: Result['rows']) => rows.filter((r) => r.deed === 'refuse');
function add(sum: Result, rows: Result['rows']) {
  sum.rows.push(...rows);
  for (const r of rows) sum[r.deed]++;
}
/** A result that begins with rows that were told already. */
const blank = (rows: Result['rows'], dry: boolean): Result => ({
  rows, ...(Object.fromEntries(DEEDS.map((d) => [d, rows.filter((r) => r.deed === d).length])) as Record<(typeof DEEDS)[number], number>), dry_run: dry, kept: !dry,
});

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
  const [reached, setReached] = useState<{ done: number; all: number; over: boolean; checking?: boolean } | null>(null);
  const stop = useRef(false);
  useTitle(t('import.title', { what: pick(entity.plural) }));

  const show = (sheet: Sheet) => {
    setFault('');
    setResult(null);
    if (!sheet.table.rows.length) setFault(t('import.no_rows'));
    setMap(guess(sheet.table.head, fields));
    setSheet(sheet);
  };
  /** Reads, or says why not. */
  const reading = async (read: () => Promise<void> | void) => {
    try {
      await read();
    } catch (e) {
      if (!(e instanceof FileFault)) throw e;
      setFault(text.t(`import.fault_${e.code}` as MessageId, e.values));
    }
  };
  const take = async (file: File | undefined) => {
    setResult(null);
    setProblem(null);
    setFault('');
    setSheet(null);
    setReached(null);
    if (!file) return;
    if (file.size > MOST_BYTES) return setFault(t('import.too_large', { n: MOST_BYTES >> 20 }));
    const isBook = /\.(xlsx|xlsm|xlsb|xls|ods|numbers)$/i.test(file.name) || new TextDecoder('latin1').decode(await file.slice(0, 4).arrayBuffer()).startsWith('PK\x03\x04');
    return reading(async () => {
      if (!isBook) {
        const table = parseCsv(await textOf(file), MOST_ROWS);
        return show({ name: file.name, table, at: 0, read: () => table });
      }
      const { openWorkbook } = await import('./workbook');
      const book = await openWorkbook(file);
      const read = (at: number) => book.read(at, MOST_ROWS);
      const table = book.sheets.length ? read(0) : { head: [], rows: [], lines: [] };
      show({ name: file.name, table, sheets: book.sheets, at: 0, read });
    });
  };
  const change = (h: string, f: string) => {
    setMap({ ...map, [h]: f });
    setResult(null);
  };
  const run = async (dry: boolean, from = 0) => {
    if (!sheet || busy) return;
    setBusy(true);
    setProblem(null);
    stop.current = false;
    const { table } = sheet;
    const kept = table.head.map((h, i) => ({ h, i, f: map[h] })).filter((c) => c.f);
    const write = await cellWriter(kept.map((c) => entity.field.get(c.f)));
    const each = table.rows.length > ONE ? PART : ONE;
    const parts = partsOf(table.rows.length, each);
    const before = from ? result!.rows.slice(0, from * each) : [];
    const was = { result, reached };
    const place = `import.${digest(JSON.stringify([entity.name, map, keep, key, table]))}`;
    const begun = begunOf(recall(place));
    const keyOf = (part: number) => [begun.salt, part, begun.refused[part]].filter((x) => x !== undefined).join('-');

    /** One pass over the parts; adds what became of the rows to `sum`. The part that was refused, if one was. */
    const pass = async (trying: boolean, sum: Result): Promise<number | null> => {
      let refused: number | null = null;
      const tell = (done: number) => setReached({ done, all: table.rows.length, over: done >= table.rows.length, checking: trying && !dry });
      tell(from * each);
      await inParts(parts, from, async (part) => {
        const rows = table.rows.slice(part * each, (part + 1) * each);
        const csv = csvText([kept.map((c) => c.h), ...rows.map((r) => kept.map((c, k) => write(r[c.i], k)))]);
        const body = { csv, columns: Object.fromEntries(kept.map((c) => [c.h, c.f])), keep, ...(key ? { key } : {}) };
        const answer = await call<Result>('POST', `/${seg(entity.name)}/import`, { query: { dry_run: trying }, body, key: trying ? undefined : keyOf(part) });
        const told = answer.rows.map((x, i) => ({ ...x, line: table.lines[part * each + i] ?? x.line }));
        add(sum, trying || answer.kept || part === 0 ? told : faultsOf(told));
        if (trying || answer.kept) return tell(Math.min(table.rows.length, (part + 1) * each));
        refused = part;
        begun.refused[part] = (begun.refused[part] ?? 0) + 1;
        remember(place, JSON.stringify(begun));
      }, () => stop.current || refused !== null);
      return refused;
    };
    let sum = blank([...before], dry), writing = false;
    try {
      if (!dry && keep === 'all' && parts > 1) {
        const found = blank([...before], false);
        await pass(true, found);
        if (stop.current || found.refuse) {
          // Nothing was written: what was there before the check is there still.
          setReached(from || !found.refuse ? was.reached : { done: 0, all: table.rows.length, over: true });
          setResult(!found.refuse ? was.result : from ? { ...blank([...before, ...faultsOf(found.rows.slice(before.length))], false), stopped: true } : { ...found, kept: false });
          return;
        }
      }
      writing = !dry;
      if (writing) remember(place, JSON.stringify(begun));
      const refused = await pass(dry, sum);
      if (refused !== null) sum = { ...sum, kept: refused > 0, stopped: parts > 1, part: [refused * each + 1, Math.min(table.rows.length, (refused + 1) * each)] };
      // It has come to an end, or nothing of it is kept; the same file again is another wish.
      if (refused === null ? !stop.current : refused === 0) remember(place, null);
      setResult(sum);
    } catch (e) {
      if (!dry && !writing) {
        setReached(was.reached);
        setResult(was.result);
      } else setResult(writing && sum.rows.length ? { ...sum, stopped: true } : null);
      setProblem(e instanceof Problem ? e : new Problem(0, { title: String(e) }));
    } finally {
      if (!dry) void cache.invalidateQueries({ queryKey: ['list', entity.name] });
      setBusy(false);
    }
  };

  const chosen = Object.values(map).filter(Boolean);
  const halted = !!result && !result.dry_run && !!reached && !reached.over && reached.all > ONE;
  const missing = fields.filter((f) => f.required && !f.filled && f.preset === undefined && !chosen.includes(f.name));
  const keys = fields.filter((f) => chosen.includes(f.name) && ['text', 'serial', 'barcode', 'email', 'phone', 'int'].includes(f.type));
  return (
    <div className="page form-page import-page">
      <div className="page-head"><h1>{t('import.title', { what: pick(entity.plural) })}</h1></div>
      <section className={`card drop${over ? ' over' : ''}`} onDragOver={(e: DragEvent) => { e.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
        onDrop={(e: DragEvent) => { e.preventDefault(); setOver(false); void take(e.dataTransfer.files[0]); }}>
        <h2>{t('import.file')}</h2>
        <p className="muted">{t('import.limits', { rows: MOST_ROWS, mb: MOST_BYTES >> 20 })}</p>
        <label className="btn normal file-btn"><input type="file" accept=".csv,.tsv,.txt,.xlsx,text/csv" className="hidden-label" onChange={(e) => { void take(e.target.files?.[0]); e.target.value = ''; }} />{t('import.choose')}</label>
        {sheet && <p>{t('import.chosen', { name: sheet.name, rows: sheet.table.rows.length })}</p>}
        {sheet?.sheets && sheet.sheets.length > 1 && (
          <Labelled name="sheet" label={t('import.sheet')} group>
            {(w) => <Choice wiring={w} value={String(sheet.at)} onChange={(v) => void reading(() => show({ ...sheet, at: Number(v), table: sheet.read(Number(v)) }))}
              options={sheet.sheets!.map((x, i) => ({ value: String(i), label: x }))} />}
          </Labelled>
        )}
        {fault && <Banner tone="bad"><p>{fault}</p></Banner>}
      </section>
      {sheet && sheet.table.rows.length > 0 && (
        <section className="card">
          <h2>{t('import.columns')}</h2>
          <div className="table-box" tabIndex={0} role="region" aria-label={t('import.columns')}>
            <table className="plain">
              <thead><tr><th scope="col">{t('import.heading')}</th><th scope="col">{t('import.sample')}</th><th scope="col">{t('filter.field')}</th></tr></thead>
              <tbody>
                {sheet.table.head.map((h, i) => (
                  <tr key={h + i}>
                    <th scope="row">{h || t('import.unnamed', { n: i + 1 })}</th>
                    <td className="muted">{wordsOf(sheet.table.rows[0]?.[i]).slice(0, 40)}</td>
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
          {sheet && warnings(sheet.table, map, entity).map((w) => (
            <Banner key={w.heading} tone="warn"><p data-import-warning={w.heading}>{w.kind === 'zeros' ? t('import.zeros', { heading: w.heading, n: w.n }) : t('import.dates', { heading: w.heading, from: w.from, to: w.to })}</p></Banner>
          ))}
          <div className="fields">
            <Labelled name="key" label={t('import.key')} help={t('import.key_help')} group>
              {(w) => <Choice wiring={w} value={key} none={t('import.key_own')} onChange={(k) => { setKey(k); setResult(null); }} options={keys.map((f) => ({ value: f.name, label: pick(f.label, f.name) }))} />}
            </Labelled>
            <Labelled name="keep" label={t('import.keep')} help={sheet.table.rows.length > ONE ? t(keep === 'all' ? 'import.keep_whole' : 'import.keep_parts', { most: ONE, part: PART }) : undefined} group wide>
              {(w) => <RadioRow wiring={w} value={keep} onChange={(k) => { setKeep(k); setResult(null); }} options={[{ value: 'all', label: t('import.keep_all') }, { value: 'rows', label: t('import.keep_rows') }]} />}
            </Labelled>
          </div>
        </section>
      )}
      {problem && <ProblemBanner problem={problem} />}
      {busy && reached && reached.all > ONE && (
        <Banner action={<Button small data-import="stop" onClick={() => void (stop.current = true)}>{t('import.stop')}</Button>}>
          <p data-import-progress={reached.checking ? 'check' : 'write'}>{t(reached.checking ? 'import.checking' : 'import.progress', { done: reached.done, all: reached.all })}</p>
          <progress max={reached.all} value={reached.done} aria-label={t('bulk.bar')} />
        </Banner>
      )}
      {result && !busy && halted && (
        <Banner tone="warn">
          <p data-import-stopped>{t('import.stopped', { done: reached!.done, all: reached!.all })}</p>
          {result.part && keep === 'all' && <p data-import-part>{t('import.part_refused', { from: result.part[0], to: result.part[1] })}</p>}
        </Banner>
      )}
      {result && <Outcome entity={entity} result={result} text={text} />}
      {sheet && sheet.table.rows.length > 0 && (
        <div className="actions sticky">
          <Button look={result?.dry_run || halted ? 'normal' : 'primary'} data-import="try" busy={busy} why={chosen.length ? undefined : t('import.no_column')} onClick={() => void run(true)}>{t('import.try')}</Button>
          {halted ? <Button look="primary" data-import="go-on" busy={busy} onClick={() => void run(false, reached!.done / PART)}>{t('import.go_on', { n: reached!.all - reached!.done })}</Button> : (
            <Button look={result?.dry_run ? 'primary' : 'normal'} data-import="run" busy={busy} onClick={() => void run(false)}
              why={!result?.dry_run || !reached?.over ? t('import.try_first') : keep === 'all' && result.refuse ? t('import.has_faults') : result.create + result.update === 0 ? t('import.nothing') : undefined}>
              {t('import.run', { n: result?.dry_run ? result.create + result.update : sheet.table.rows.length })}
            </Button>
          )}
          <Link className="btn quiet" href={`/e/${entity.name}`}>{t('record.to_list')}</Link>
        </div>
      )}
    </div>
  );
}

const wordsOf = (c: Cell | undefined) => (c === undefined ? '' : typeof c === 'string' ? c : c.text);

interface Warning {
  kind: 'zeros' | 'dates';
  heading: string;
  n: number;
  from: string;
  to: string;
}
/** What a workbook has lost of codes and dates, as far as it can be seen. */
function warnings(table: Table, map: Record<string, string>, entity: Entity): Warning[] {
  return table.head.flatMap((heading, i): Warning[] => {
    const type = entity.field.get(map[heading] ?? '')?.type ?? '';
    const kind = ['text', 'serial', 'barcode', 'phone'].includes(type) ? 'zeros' : ['date', 'datetime'].includes(type) ? 'dates' : '';
    if (!kind) return [];
    const numbers = table.rows.map((r) => r[i]).filter((c) => typeof c === 'object');
    return numbers.length ? [{ kind, heading, n: numbers.length, from: numbers[0].text, to: dayOf(numbers[0].number) }] : [];
  });
}

/** A time that says no zone is one of the reader's. */
const LOCAL_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(:\d\d)?)$/;
/** How cells of these columns are written for the server. */
async function cellWriter(fields: (Field | undefined)[]): Promise<(c: Cell | undefined, column: number) => string> {
  const dates = fields.some((f) => f?.type === 'datetime') ? await import('@internationalized/date') : null;
  return (c, column) => {
    const type = fields[column]?.type;
    const day = type === 'date' || type === 'datetime';
    const s = typeof c === 'object' && day ? dayOf(c.number) : wordsOf(c);
    if (type === 'date') return /^\d{4}-\d\d-\d\dT00:00:00$/.test(s) ? s.slice(0, 10) : s;
    const local = type === 'datetime' && dates ? LOCAL_TIME.exec(/^\d{4}-\d\d-\d\d$/.test(s) ? `${s}T00:00` : s) : null;
    return local ? dates!.toZoned(dates!.parseDateTime(`${local[1]}T${local[2]}`), readerZone()).toAbsoluteString() : s;
  };
}

/** Tells texts apart; the server compares them whole all the same. */
function digest(s: string): string {
  let a = 0x9e3779b9, b = 0x85ebca6b;
  for (let i = 0; i < s.length; i++) {
    a = Math.imul(a ^ s.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ s.charCodeAt(i), 0x5bd1e995) ^ (b >>> 15);
  }
  return (a >>> 0).toString(16) + (b >>> 0).toString(16);
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
