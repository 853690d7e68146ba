// SPDX-License-Identifier: Apache-2.0
//
// Health.tsx -- what runs and what waits; read again every ten seconds while one looks.
import { useQuery } from '@tanstack/react-query';
import { get } from '../../core/api';
import { useText, type Label } from '../../core/i18n';
import { useTitle } from '../../core/title';
import { Tag } from '../../kit/Tag';
import { Answer, Table } from './parts';

interface State {
  version: string;
  database: string;
  where: string;
  up_seconds: number;
  commits: number;
  jobs_failed: number;
  jobs_waiting: number;
  live_clients: number;
  model: { version: string; entities: number; revision: number };
  nodes: { name: string; program: string; started_at: string; seen_at: string; alive: boolean }[];
  queues: { name: string; label: Label; waiting: number; since: string | null }[];
}

export function Health() {
  const { t, pick, number, dateTime, duration } = useText();
  const state = useQuery({ queryKey: ['admin', '/admin/health'], queryFn: ({ signal }) => get<State>('/admin/health', undefined, signal), refetchInterval: 10000 });
  useTitle(t('admin.page.health'));
  return (
    <>
      <div className="page-head"><h1>{t('admin.page.health')}</h1></div>
      <Answer of={state}>{(s) => (
        <>
          <dl className="facts card">
            <div><dt>{t('admin.health.version')}</dt><dd>{s.version}</dd></div>
            <div><dt>{t('admin.health.up')}</dt><dd>{duration(s.up_seconds)}</dd></div>
            <div><dt>{t('admin.health.database')}</dt><dd>{s.database} <span className="muted mono">{s.where}</span></dd></div>
            <div><dt>{t('admin.health.model')}</dt><dd>{t('admin.health.model_says', { n: s.model.entities, rev: s.model.revision })} <span className="muted mono">{s.model.version.slice(0, 12)}</span></dd></div>
            <div><dt>{t('admin.health.commits')}</dt><dd>{number(s.commits)}</dd></div>
            <div><dt>{t('admin.health.jobs')}</dt><dd>{number(s.jobs_waiting)}</dd></div>
            <div><dt>{t('admin.health.failed')}</dt><dd>{number(s.jobs_failed)}</dd></div>
            <div><dt>{t('admin.health.live')}</dt><dd>{number(s.live_clients)}</dd></div>
          </dl>
          <h2>{t('admin.health.queues')}</h2>
          <Table name={t('admin.health.queues')} heads={[t('admin.health.queue'), t('admin.health.waiting'), t('admin.health.since')]} nums={[1]}>
            {s.queues.map((q) => <tr key={q.name}><td>{pick(q.label)}</td><td className="num">{number(q.waiting)}</td><td>{q.waiting && q.since ? dateTime(q.since) : ''}</td></tr>)}
          </Table>
          {s.nodes.length > 0 && <h2>{t('admin.health.nodes')}</h2>}
          {s.nodes.length > 0 && <Table name={t('admin.health.nodes')} heads={[t('admin.health.node'), t('admin.health.version'), t('admin.health.started'), t('admin.health.seen')]}>
            {s.nodes.map((n) => (
              <tr key={n.name}>
                <td>{n.name} {!n.alive && <Tag tone="state-waiting">{t('admin.health.lost')}</Tag>}</td>
                <td>{n.program}</td><td>{dateTime(n.started_at)}</td><td>{dateTime(n.seen_at)}</td>
              </tr>
            ))}
          </Table>}
        </>
      )}</Answer>
    </>
  );
}
