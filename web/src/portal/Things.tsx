// SPDX-License-Identifier: Apache-2.0
//
// Things.tsx -- what the person's company has: units with their warranty and contract, contracts with what they promise.
import { useState } from 'react';
import { Link } from 'wouter';
import type { Problem } from '../core/api';
import { useText, type MessageId } from '../core/i18n';
import { useSettled } from '../core/settled';
import { useTitle } from '../core/title';
import { Loading, ProblemBanner } from '../kit/Banner';
import { Button } from '../kit/Button';
import { useThings, type Row } from './data';
import { likeFilter } from './Unit';

const today = () => new Date().toISOString().slice(0, 10);

export function UnitsPage() {
  const { t } = useText();
  const [q, setQ] = useState('');
  const [limit, setLimit] = useState(20);
  const asked = useSettled(q.trim(), 300);
  const query: Record<string, string | number | boolean> = {
    sort: 'serial', limit, count: true, fields: 'serial,name,product,product_version,site,warranty_to,contract_line',
  };
  if (asked) query.filter = likeFilter(asked);
  const units = useThings('installed_unit', query);
  const lines = useThings('contract_line', { limit: 200, fields: 'contract,ends_on,active' });
  useTitle(t('portal.nav.units'));
  return (
    <div className="page portal-page">
      <h1>{t('portal.units')}</h1>
      <form role="search" onSubmit={(e) => e.preventDefault()}>
        <input type="search" className="inp" aria-label={t('portal.find_unit')} placeholder={t('portal.find_unit')} value={q} onChange={(e) => setQ(e.target.value)} />
      </form>
      {units.error && <ProblemBanner problem={units.error as Problem} />}
      {units.isPending && <Loading />}
      {units.data && <p className="muted" role="status">{t('portal.units_found', { n: Number(units.data.count) || units.data.items.length })}</p>}
      <ul className="cards">
        {units.data?.items.map((u) => <UnitCard key={u.id} unit={u} line={lines.data?.items.find((l) => l.id === u.contract_line)} />)}
      </ul>
      {units.data?.next && limit < 200 && <Button onClick={() => setLimit(Math.min(200, limit + 40))}>{t('portal.more')}</Button>}
    </div>
  );
}

function UnitCard({ unit, line }: { unit: Row; line?: Row }) {
  const { t, date } = useText();
  const until = unit.warranty_to as string | null;
  return (
    <li className="card">
      <div className="card-head"><h2>{unit._labels?.product ?? String(unit.serial)}</h2><span className="mono">{String(unit.serial)}</span></div>
      {unit._labels?.site && <p>{unit._labels.site}{unit.name ? ` · ${String(unit.name)}` : ''}</p>}
      {unit._labels?.product_version && <p className="muted">{t('portal.version', { v: unit._labels.product_version })}</p>}
      <p>{!until ? t('portal.warranty_unknown') : until >= today() ? t('portal.warranty_until', { at: date(until) }) : t('portal.warranty_over', { at: date(until) })}</p>
      <p>{unit.contract_line ? t('portal.covered', { name: line?._labels?.contract ?? unit._labels?.contract_line ?? '' }) : t('portal.not_covered')}
        {line?.ends_on ? t('portal.until', { at: date(String(line.ends_on)) }) : ''}</p>
      <Link className="btn" href={`/p/new?unit=${unit.id}`}>{t('portal.report_this')}</Link>
    </li>
  );
}

const RUNNING = new Set(['active', 'expiring']);

export function ContractsPage() {
  const { t } = useText();
  const contracts = useThings('contract', {
    sort: '-ends_on', limit: 100, fields: 'code,name,tier,starts_on,ends_on,parts_option,visit_quota,incident_quota,service_manager',
  });
  const lines = useThings('contract_line', { limit: 200, sort: 'line_no', fields: 'contract,service_product,product,site,ends_on,visit_quota,visits_used,active' });
  useTitle(t('portal.nav.contracts'));
  return (
    <div className="page portal-page">
      <h1>{t('portal.contracts')}</h1>
      {contracts.error && <ProblemBanner problem={contracts.error as Problem} />}
      {contracts.isPending && <Loading />}
      {contracts.data?.items.length === 0 && <p className="card muted">{t('portal.no_contracts')}</p>}
      <ul className="cards">
        {contracts.data?.items.map((c) => <ContractCard key={c.id} contract={c} lines={lines.data?.items.filter((l) => l.contract === c.id) ?? []} />)}
      </ul>
    </div>
  );
}

function ContractCard({ contract: c, lines }: { contract: Row; lines: Row[] }) {
  const { t, date, number } = useText();
  const ends = String(c.ends_on);
  const over = ends < today();
  const sentence = RUNNING.has(c.state) && !over ? t('portal.contract_runs', { at: date(ends) })
    : c.state === 'expired' || over ? t('portal.contract_over', { at: date(ends) })
    : c.state === 'suspended' ? t('portal.contract_paused') : t('portal.contract_from', { from: date(String(c.starts_on)), at: date(ends) });
  return (
    <li className="card">
      <div className="card-head"><h2>{String(c.name)}</h2><span className="number">{String(c.code)}</span></div>
      <p><strong>{t(`portal.tier.${String(c.tier)}` as MessageId)}</strong> · {sentence}</p>
      {c.parts_option != null && <p>{t(`portal.parts.${String(c.parts_option)}` as MessageId)}</p>}
      {c.visit_quota != null && <p>{t('portal.visits', { n: number(Number(c.visit_quota)) })}</p>}
      {c.incident_quota != null && <p>{t('portal.incidents', { n: number(Number(c.incident_quota)) })}</p>}
      {c._labels?.service_manager && <p>{t('portal.manager', { name: c._labels.service_manager })}</p>}
      {lines.length > 0 && (
        <>
          <h3>{t('portal.covers')}</h3>
          <ul className="plain-list">
            {lines.map((l) => (
              <li key={l.id}>
                {[l._labels?.service_product, l._labels?.site, l._labels?.product].filter(Boolean).join(' · ')}
                {l.visit_quota != null && <span className="muted"> {t('portal.visits_left', { n: number(Number(l.visit_quota) - Number(l.visits_used ?? 0)) })}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
    </li>
  );
}
