// SPDX-License-Identifier: Apache-2.0
//
// History.tsx -- every version of a record: who changed what when, what two versions differ in, and by which row of which rule
// a value was decided, where the server knows.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { get, seg, type Problem } from '../core/api';
import { useText, type Text } from '../core/i18n';
import { useTitle } from '../core/title';
import { Banner, Loading, ProblemBanner } from '../kit/Banner';
import { plain, Time } from './Cell';
import { nameOf } from './columns';
import { linksOfChanges, useNames, useRecord, useTimeline, type Event } from './data';
import { titleOf, useEntity, type Entity, type Row } from './entity';
import { differences, versionsOf, type Version } from './versions';

export function HistoryPage({ name, id }: { name: string; id: string }) {
  const entity = useEntity(name);
  const record = useRecord(name, id);
  const error = (entity.error ?? record.error) as Problem | null;
  if (error) return <ProblemBanner problem={error} />;
  if (!entity.data || !record.data) return <Loading />;
  return <History entity={entity.data} row={record.data} />;
}

type Words = (name: string, value: unknown) => string;

function History({ entity, row }: { entity: Entity; row: Row }) {
  const text = useText();
  const { t, pick } = text;
  const timeline = useTimeline(entity.name, row.id, true);
  const versions = versionsOf(timeline.data ?? [], row);
  const [older, setOlder] = useState<number | null>(null);
  const [newer, setNewer] = useState<number | null>(null);
  const title = [row.number, titleOf(entity, row)].filter((x, i, a) => x && a.indexOf(x) === i).join(' ');
  const names = useNames(linksOfChanges(entity, versions.flatMap((v) => v.changes)));
  useTitle(`${t('history.title')} ${title}`);
  const words: Words = (name, v) => {
    if (name === 'state') return v == null ? '–' : pick(entity.state.get(String(v))?.label, String(v));
    const f = entity.field.get(name);
    return (f?.to && v != null && names(f.to, v)) || plain(f, v, text, row);
  };
  if (timeline.error) return <ProblemBanner problem={timeline.error as Problem} />;
  if (!timeline.data) return <Loading />;
  const at = (seq: number | null, otherwise: number) => versions.find((v) => v.event.seq === seq) ?? versions[otherwise];
  const to = at(newer, 0), from = at(older, Math.min(1, versions.length - 1));
  return (
    <div className="page history-page">
      <div className="page-head"><h1>{t('history.title')} <Link href={`/e/${entity.name}/${row.id}`}>{title}</Link></h1></div>
      {versions.length > 1 && from && to && <Compare entity={entity} from={from.event.seq < to.event.seq ? from : to} to={from.event.seq < to.event.seq ? to : from} words={words} />}
      <Explain entity={entity} row={row} />
      <section className="card">
        <h2>{t('history.versions')}</h2>
        <div className="table-box scrolls" tabIndex={0} role="region" aria-label={t('history.versions')}>
          <table className="plain versions">
            <thead><tr><th scope="col">{t('history.older')}</th><th scope="col">{t('history.newer')}</th><th scope="col">{t('history.when')}</th><th scope="col">{t('history.who')}</th><th scope="col">{t('history.what')}</th></tr></thead>
            <tbody>
              {versions.map((v) => (
                <tr key={v.event.seq} data-seq={v.event.seq} aria-selected={v === from || v === to || undefined}>
                  <td><label className="mark"><input type="radio" name="older" checked={v === from} aria-label={t('history.as_older', { n: v.event.seq })} onChange={() => setOlder(v.event.seq)} /></label></td>
                  <td><label className="mark"><input type="radio" name="newer" checked={v === to} aria-label={t('history.as_newer', { n: v.event.seq })} onChange={() => setNewer(v.event.seq)} /></label></td>
                  <td><Time iso={v.event.at} /></td>
                  <td>{v.event.actor ? v.event.actor_name || t('talk.someone') : t('talk.system')}</td>
                  <td className="wrap"><strong>{deed(v.event, entity, text)}</strong>{v.event.data?.reason && <p className="muted">{v.event.data.reason}</p>}<Changes entity={entity} version={v} words={words} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </div>
  );
}

const DEEDS = ['create', 'update', 'change', 'remove', 'import', 'clock'] as const;
function deed(e: Event, entity: Entity, { t, pick }: Text): string {
  if (e.kind === 'transition') return pick(entity.transitions.get(e.name ?? '')?.label, e.name ?? '');
  const known = DEEDS.find((d) => d === e.kind);
  return known ? t(`event.${known}`) : e.name ?? e.kind;
}

const shownIn = (entity: Entity, name: string) => name === 'state' || (entity.field.has(name) && !entity.field.get(name)!.hidden);

function Changes({ entity, version, words }: { entity: Entity; version: Version; words: Words }) {
  const text = useText();
  const list = version.changes.filter(([n]) => shownIn(entity, n));
  if (!list.length) return null;
  return (
    <ul className="changes">
      {list.map(([name, was, is]) => (
        <li key={name}>
          {nameOf(entity, name, text)}{text.t('list.colon')}
          {was != null && <><del>{words(name, was)}</del> → </>}<ins>{is == null ? text.t('value.none') : words(name, is)}</ins>
        </li>
      ))}
    </ul>
  );
}

function Compare({ entity, from, to, words }: { entity: Entity; from: Version; to: Version; words: Words }) {
  const text = useText();
  const { t } = text;
  const list = differences(from, to, entity.fields.filter((f) => !f.hidden).map((f) => f.name));
  const when = (v: Version) => <><Time iso={v.event.at} /> <span className="muted">{v.event.actor ? v.event.actor_name : t('talk.system')}</span></>;
  return (
    <section className="card" data-compare={`${from.event.seq} ${to.event.seq}`}>
      <h2>{t('history.compare')}</h2>
      {!list.length && <p className="muted">{t('history.same')}</p>}
      {list.length > 0 && (
        <div className="table-box scrolls" tabIndex={0} role="region" aria-label={t('history.compare')}>
          <table className="plain">
            <thead><tr><th scope="col">{t('filter.field')}</th><th scope="col">{when(from)}</th><th scope="col">{when(to)}</th></tr></thead>
            <tbody>
              {list.map((d) => (
                <tr key={d.name} data-differs={d.name}>
                  <th scope="row">{nameOf(entity, d.name, text)}</th>
                  <td className="wrap"><del>{words(d.name, d.before)}</del></td>
                  <td className="wrap"><ins>{words(d.name, d.after)}</ins></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/* ---- which rule decided ---- */

interface Step {
  table: string;
  row: string | null;
  inputs: Record<string, string>;
  output?: string;
}
interface Decision {
  field: string;
  steps: Step[];
  differs: boolean;
}

/** Only requests tell how their values were decided. */
function useDecisions(entity: Entity, id: number, staff: boolean) {
  return useQuery({
    queryKey: ['of', entity.name, String(id), 'decided'],
    queryFn: async ({ signal }): Promise<Decision[]> => {
      const path = `/${seg(entity.name)}/${id}`;
      const [priority, entitled] = await Promise.all([
        get<{ steps: Step[]; differs: boolean }>(`${path}/priority`, undefined, signal),
        get<{ kept: (Step & { outcome: string }) | null; differs: boolean }>(`${path}/entitlement`, undefined, signal),
      ]);
      return [
        { field: 'priority', steps: priority.steps, differs: priority.differs },
        { field: 'entitlement', steps: entitled.kept ? [{ ...entitled.kept, output: entitled.kept.outcome }] : [], differs: entitled.differs },
      ].filter((d) => d.steps.length);
    },
    enabled: staff && entity.name === 'technical_request', retry: false,
  });
}

function Explain({ entity, row }: { entity: Entity; row: Row }) {
  const text = useText();
  const { t } = text;
  const found = useDecisions(entity, row.id, true);
  if (!found.data?.length) return null;
  return (
    <section className="card">
      <h2>{t('history.explain')}</h2>
      {found.data.map((d) => (
        <details key={d.field} data-explain={d.field}>
          <summary>{nameOf(entity, d.field, text)}{t('list.colon')}<strong>{plain(entity.field.get(d.field), row[d.field], text, row)}</strong></summary>
          {d.differs && <Banner tone="warn"><p>{t('history.differs')}</p></Banner>}
          {d.steps.map((s, i) => (
            <dl key={i} className="facts">
              <div><dt>{t('history.rule')}</dt><dd className="mono" lang="en">{s.table}{s.row ? ` · ${s.row}` : ''}</dd></div>
              {Object.entries(s.inputs).filter(([, v]) => v !== '').map(([k, v]) => <div key={k}><dt>{nameOf(entity, k, text)}</dt><dd>{plain(entity.field.get(k), v === 'true' ? true : v === 'false' ? false : v, text)}</dd></div>)}
              {s.output && <div><dt>{t('history.output')}</dt><dd><strong>{plain(entity.field.get(d.field), s.output, text)}</strong></dd></div>}
            </dl>
          ))}
        </details>
      ))}
    </section>
  );
}
