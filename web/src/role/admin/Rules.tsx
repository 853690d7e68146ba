// SPDX-License-Identifier: Apache-2.0
//
// Rules.tsx -- rule tables read as a grid: the first row that matches decides. The test pane asks the server which row that is
// for what is given, and why the rows before it are not; the table's own tests stand below. Columns and values are said in the
// words of the fields that have these names; the name of a column, which the text of the table uses, stands beside them.
import { useState } from 'react';
import { Link } from 'wouter';
import { call, seg } from '../../core/api';
import { useText, type Label } from '../../core/i18n';
import { useTitle } from '../../core/title';
import { Banner, ProblemBanner } from '../../kit/Banner';
import { useEntity } from '../../model/entity';
import { Answer, Ask, SelectField, Table, TextField, useDeed } from './parts';
import { useAdmin } from './data';
import { Versions } from './Policies';

type Kind = 'bool' | 'int' | 'text' | string[];
type Cell = unknown;
interface RulesOf {
  name: string;
  kind: 'rules' | 'codes';
  file: string;
  label: Label;
  source?: string;
  inputs: Record<string, Kind>;
  outputs: Record<string, Kind>;
  rows: { when: Record<string, Cell>; then: Record<string, Cell>; note?: string; line: number }[];
  tests: { given: Record<string, Cell>; expect: Record<string, Cell>; line?: number }[];
}
interface Hit {
  row: number | null;
  place: string | null;
  then: Record<string, unknown> | null;
  trace: { line: number; hit: boolean; input?: string; asked?: Cell; given?: unknown }[];
}

export function Rules() {
  const { t, pick } = useText();
  const list = useAdmin<{ name: string; kind: string; label: Label }[]>('/rules');
  useTitle(t('admin.page.rules'));
  return (
    <>
      <div className="page-head"><h1>{t('admin.page.rules')}</h1></div>
      <p className="muted">{t('admin.rules.about')}</p>
      <Answer of={list}>{(d) => (
        <ul className="columns-list">{d.filter((r) => r.kind === 'rules').map((r) => (
          <li key={r.name}><Link href={`/admin/rules/${r.name}`}>{pick(r.label)}</Link> <span className="muted mono">{r.name}</span></li>
        ))}</ul>
      )}</Answer>
    </>
  );
}

export function RuleTable({ name }: { name: string }) {
  const { pick } = useText();
  const table = useAdmin<RulesOf>(`/rules/${seg(name)}`);
  useTitle(pick(table.data?.label, name));
  return <Answer of={table}>{(d) => <Grid table={d} />}</Answer>;
}

interface Words {
  /** a column */
  of(name: string): string;
  /** a value of a column */
  say(name: string, v: unknown): string;
}
const SPOKEN = ['technical_request', 'account', 'contract', 'installed_unit', 'work_order'];

function useWords(): Words {
  const { t, pick } = useText();
  const all = [useEntity(SPOKEN[0]).data, useEntity(SPOKEN[1]).data, useEntity(SPOKEN[2]).data, useEntity(SPOKEN[3]).data, useEntity(SPOKEN[4]).data];
  const field = (n: string) => all.map((e) => e?.field.get(n)).find(Boolean);
  const say = (n: string, v: unknown): string => {
    if (typeof v === 'boolean') return t(v ? 'value.yes' : 'value.no');
    return v == null ? '–' : pick(field(n)?.options.find((o) => o.name === v)?.label, String(v));
  };
  return { of: (n) => pick(field(n)?.label, n), say };
}

function Grid({ table }: { table: RulesOf }) {
  const { t, pick } = useText();
  const words = useWords();
  const head = (n: string, arrow = '') => <>{arrow}{words.of(n)} {words.of(n) !== n && <span className="mono muted">{n}</span>}</>;
  const tests = t('admin.rules.tests', { n: table.tests.length });
  const [hit, setHit] = useState<Hit | null>(null);
  const inputs = Object.keys(table.inputs ?? {});
  const outputs = Object.keys(table.outputs ?? {});
  const at = hit?.trace.find((x) => x.hit)?.line;
  return (
    <>
      <div className="page-head"><h1>{pick(table.label)}</h1><span className="muted mono">{table.file}</span></div>
      <div className="desk">
        <section className="desk-text">
          <Table name={pick(table.label)} nums={[0]} heads={['#', ...inputs.map((n) => head(n)), ...outputs.map((n) => head(n, '→ ')), t('admin.rules.note')]}>
            {table.rows.map((r, i) => (
              <tr key={r.line} className={r.line === at ? 'hit' : undefined} aria-current={r.line === at || undefined}>
                <td className="num">{r.line === at ? <b>{t('admin.rules.hit', { n: i + 1 })}</b> : i + 1}</td>
                {inputs.map((n) => <td key={n}>{shown(n, r.when[n], t('admin.rules.any'), t, words)}</td>)}
                {outputs.map((n) => <td key={n}><b>{shown(n, r.then[n], '–', t, words)}</b></td>)}
                <td className="muted">{r.note}</td>
              </tr>
            ))}
          </Table>
          <details className="card" open={table.tests.length <= FEW}>
            <summary><h2>{tests}</h2></summary>
            <Table name={tests} heads={[t('admin.rules.given'), t('admin.rules.expect')]}>
              {table.tests.map((x, i) => <tr key={i}><td>{pairs(x.given, words)}</td><td>{x.expect ? pairs(x.expect, words) : t('admin.rules.no_row')}</td></tr>)}
            </Table>
          </details>
          <Versions name={table.name} />
        </section>
        <section className="desk-side"><Try table={table} hit={hit} onHit={setHit} words={words} /></section>
      </div>
    </>
  );
}

/** So many tests are shown without being asked for. */
const FEW = 8;
const pairs = (o: Record<string, unknown>, words: Words) => Object.entries(o).map(([k, v]) => `${words.of(k)}: ${words.say(k, v)}`).join(' · ');

/** A condition of one input: a literal, a list, all but some, or a span of numbers. */
function shown(name: string, v: Cell, none: string, t: ReturnType<typeof useText>['t'], words: Words): string {
  if (v === undefined || v === null) return none;
  if (Array.isArray(v)) return v.map((x) => words.say(name, x)).join(' | ');
  if (typeof v !== 'object') return words.say(name, v);
  const o = v as { not?: Cell; min?: number; max?: number };
  if ('not' in o) return t('admin.rules.not', { what: shown(name, o.not, '', t, words) });
  return [o.min !== undefined ? `≥ ${o.min}` : '', o.max !== undefined ? `≤ ${o.max}` : ''].filter(Boolean).join(', ');
}

function Try({ table, hit, onHit, words }: { table: RulesOf; hit: Hit | null; onHit(h: Hit | null): void; words: Words }) {
  const { t } = useText();
  const [given, setGiven] = useState<Record<string, string>>({});
  const deed = useDeed();
  const ask = () => deed.run('try', async () => {
    onHit(null);
    const body: Record<string, unknown> = {};
    for (const [n, kind] of Object.entries(table.inputs)) {
      const v = given[n]?.trim() ?? '';
      if (v !== '') body[n] = kind === 'bool' ? v === 'true' : kind === 'int' ? Number(v) : v;
    }
    onHit(await call<Hit>('POST', `/rules/${seg(table.name)}/test`, { body: { given: body } }));
  });
  return (
    <section className="card">
      <h2>{t('admin.rules.try')}</h2>
      <Ask onAsk={ask} act={t('admin.rules.ask')} busy={!!deed.busy}>
        {Object.entries(table.inputs).map(([n, kind]) => {
          const set = (v: string) => setGiven((g) => ({ ...g, [n]: v }));
          if (kind === 'int' || kind === 'text') return <TextField key={n} name={n} label={words.of(n)} type={kind === 'int' ? 'number' : 'text'} value={given[n] ?? ''} onChange={set} />;
          return <SelectField key={n} name={n} label={words.of(n)} value={given[n] ?? ''} onChange={set} none="–"
            options={kind === 'bool' ? [['true', words.say(n, true)], ['false', words.say(n, false)]] : (kind as string[]).map((o) => [o, words.say(n, o)])} />;
        })}
      </Ask>
      {deed.problem && <ProblemBanner problem={deed.problem} />}
      <div aria-live="polite">
        {hit && (
          <>
            <Banner tone={hit.then ? 'info' : 'warn'}>
              <p><b>{hit.then ? t('admin.rules.row_hit', { place: hit.place ?? '' }) : t('admin.rules.no_row')}</b></p>
              {hit.then && <p>{pairs(hit.then, words)}</p>}
            </Banner>
            <h3>{t('admin.rules.trace')}</h3>
            <ol className="spans">{hit.trace.map((x) => (
              <li key={x.line} className={x.hit ? undefined : 'waits'}>{x.hit ? t('admin.rules.line_hit', { line: x.line })
                : t('admin.rules.line_no', { line: x.line, input: words.of(x.input ?? ''), asked: shown(x.input ?? '', x.asked, '', t, words), given: words.say(x.input ?? '', x.given) })}</li>
            ))}</ol>
          </>
        )}
      </div>
    </section>
  );
}
