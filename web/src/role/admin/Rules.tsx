// SPDX-License-Identifier: Apache-2.0
//
// Rules.tsx -- rule tables read as a grid: the first row that matches decides. The test pane asks the server which row that is
// for what is given, and why the rows before it are not; the table's own tests stand below.
import { useState } from 'react';
import { Link } from 'wouter';
import { call, seg } from '../../core/api';
import { useText, type Label } from '../../core/i18n';
import { useTitle } from '../../core/title';
import { Banner, ProblemBanner } from '../../kit/Banner';
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

function Grid({ table }: { table: RulesOf }) {
  const { t, pick } = useText();
  const [hit, setHit] = useState<Hit | null>(null);
  const inputs = Object.keys(table.inputs ?? {});
  const outputs = Object.keys(table.outputs ?? {});
  const at = hit?.trace.find((x) => x.hit)?.line;
  return (
    <>
      <div className="page-head"><h1>{pick(table.label)}</h1><span className="muted mono">{table.file}</span></div>
      {table.source && <p className="muted">{table.source}</p>}
      <div className="desk">
        <section className="desk-text">
          <Table name={pick(table.label)} heads={['#', ...inputs, ...outputs.map((o) => `→ ${o}`), t('admin.rules.note')]}>
            {table.rows.map((r, i) => (
              <tr key={r.line} className={r.line === at ? 'hit' : undefined} aria-current={r.line === at || undefined}>
                <td className="num">{r.line === at ? <b>{t('admin.rules.hit', { n: i + 1 })}</b> : i + 1}</td>
                {inputs.map((n) => <td key={n}>{shown(r.when[n], t('admin.rules.any'), t)}</td>)}
                {outputs.map((n) => <td key={n}><b>{shown(r.then[n], '–', t)}</b></td>)}
                <td className="muted">{r.note}</td>
              </tr>
            ))}
          </Table>
          <h2>{t('admin.rules.tests', { n: table.tests.length })}</h2>
          <Table name={t('admin.rules.tests', { n: table.tests.length })} heads={[t('admin.rules.given'), t('admin.rules.expect')]}>
            {table.tests.map((x, i) => <tr key={i}><td>{pairs(x.given)}</td><td>{x.expect ? pairs(x.expect) : t('admin.rules.no_row')}</td></tr>)}
          </Table>
          <Versions name={table.name} />
        </section>
        <section className="desk-side"><Try table={table} hit={hit} onHit={setHit} /></section>
      </div>
    </>
  );
}

const word = (v: unknown): string => (v === true ? 'true' : v === false ? 'false' : v == null ? '–' : String(v));
const pairs = (o: Record<string, unknown>) => Object.entries(o).map(([k, v]) => `${k}: ${word(v)}`).join(' · ');

/** A condition of one input: a literal, a list, all but some, or a span of numbers. */
function shown(v: Cell, none: string, t: ReturnType<typeof useText>['t']): string {
  if (v === undefined || v === null) return none;
  if (Array.isArray(v)) return v.map(word).join(' | ');
  if (typeof v !== 'object') return word(v);
  const o = v as { not?: Cell; min?: number; max?: number };
  if ('not' in o) return t('admin.rules.not', { what: shown(o.not, '', t) });
  return [o.min !== undefined ? `≥ ${o.min}` : '', o.max !== undefined ? `≤ ${o.max}` : ''].filter(Boolean).join(', ');
}

function Try({ table, hit, onHit }: { table: RulesOf; hit: Hit | null; onHit(h: Hit | null): void }) {
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
          if (kind === 'int' || kind === 'text') return <TextField key={n} name={n} label={n} type={kind === 'int' ? 'number' : 'text'} value={given[n] ?? ''} onChange={set} />;
          return <SelectField key={n} name={n} label={n} value={given[n] ?? ''} onChange={set} none="–" options={(kind === 'bool' ? ['true', 'false'] : kind as string[]).map((o) => [o, o])} />;
        })}
      </Ask>
      {deed.problem && <ProblemBanner problem={deed.problem} />}
      <div aria-live="polite">
        {hit && (
          <>
            <Banner tone={hit.then ? 'info' : 'warn'}>
              <p><b>{hit.then ? t('admin.rules.row_hit', { place: hit.place ?? '' }) : t('admin.rules.no_row')}</b></p>
              {hit.then && <p>{pairs(hit.then)}</p>}
            </Banner>
            <h3>{t('admin.rules.trace')}</h3>
            <ol className="spans">{hit.trace.map((x) => (
              <li key={x.line} className={x.hit ? undefined : 'waits'}>{x.hit ? t('admin.rules.line_hit', { line: x.line })
                : t('admin.rules.line_no', { line: x.line, input: x.input ?? '', asked: shown(x.asked, '', t), given: word(x.given) })}</li>
            ))}</ol>
          </>
        )}
      </div>
    </section>
  );
}
