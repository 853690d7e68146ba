// SPDX-License-Identifier: Apache-2.0
//
// Context.tsx -- whose case it is: customer and contract, the unit with its warranty and what failed on it before, what hangs
// on the case, and every other field.  Each card loads, fails and is tried again by itself.
import { useQuery } from '@tanstack/react-query';
import { Suspense, type ReactNode } from 'react';
import { Link } from 'wouter';
import { get, type Problem } from '../../core/api';
import { mayCreate, mayRead, useUser } from '../../core/auth';
import { serverTime } from '../../core/clock';
import { useText } from '../../core/i18n';
import { Told } from '../../inbox/lazy';
import { ProblemBanner } from '../../kit/Banner';
import { Button } from '../../kit/Button';
import { Guard } from '../../kit/Guard';
import { Words } from '../../kit/Said';
import { Tag } from '../../kit/Tag';
import { Cell, empty, optionLabel } from '../../model/Cell';
import { useRecord, type Page } from '../../model/data';
import { useEntity, type Entity, type Row } from '../../model/entity';
import { byGroup, groupLabel } from '../../model/Form';
import { nameOf } from '../../model/List';
import { Facts } from '../../model/Record';
import { Below, Related } from '../../model/Side';
import { Tags } from '../../model/Tags';
import { State } from './Line';
import { Pictures } from './Pictures';
import { Suggestions } from './Suggestions';

const DAY = 86_400_000;

export function Context({ entity, row }: { entity: Entity; row: Row }) {
  const text = useText();
  const { t } = text;
  const me = useUser();
  const shown = entity.fields.filter((f) => !f.hidden && f.name in row && !empty(row[f.name]) && row[f.name] !== false);
  return (
    <aside className="side" aria-label={t('record.side')}>
      <Guard><Tags entity={entity} row={row} /></Guard>
      <Guard><Customer entity={entity} row={row} /></Guard>
      {typeof row.unit === 'number' && <Guard><Unit id={row.unit} row={row} /></Guard>}
      <Guard><Suggestions row={row} /></Guard>
      <Guard><Pictures entity={entity} row={row} /></Guard>
      <Guard><Below row={row} /></Guard>
      {mayRead(me, 'case_link') && <Guard><Related entity={entity} row={row} child="case_link" title={t('record.links')} add={mayCreate(me, 'case_link')} /></Guard>}
      {mayRead(me, 'task') && <Guard><Related entity={entity} row={row} child="task" title={t('record.tasks')} add={mayCreate(me, 'task')} /></Guard>}
      <Guard><Suspense><Told entity={entity.name} id={Number(row.id)} /></Suspense></Guard>
      <details className="card all-fields">
        <summary>{t('case.all_fields')}</summary>
        {byGroup(entity, shown).map(([g, list]) => <Facts key={g} title={groupLabel(entity, g, text)} entity={entity} row={row} list={list} />)}
      </details>
    </aside>
  );
}

const fact = (word: string, value: ReactNode) => <div><dt>{word}</dt><dd>{value}</dd></div>;

function Customer({ entity, row }: { entity: Entity; row: Row }) {
  const text = useText();
  const { t } = text;
  const account = useEntity('account').data;
  const own = typeof row.account === 'number' ? String(row.account) : '';
  const customer = useRecord('account', own, !!own);
  const grade = customer.data && account?.field.get('grade');
  const line = (name: string) => !empty(row[name]) && row[name] !== false && fact(nameOf(entity, name, text), <Cell entity={entity} row={row} name={name} />);
  const lines = ['contact', 'reporter_name', 'reporter_phone', 'site', 'customer_ref', 'entitlement', 'service_tier', 'contract_line', 'product', 'product_version', 'told_customer'];
  if ([...lines, 'account'].every((n) => empty(row[n]) || row[n] === false)) return <section className="card"><h2>{t('case.customer')}</h2><p className="muted">{t('case.customer_none')}</p></section>;
  return (
    <section className="card">
      <h2>{t('case.customer')}</h2>
      <dl className="facts">
        {!empty(row.account) && fact(nameOf(entity, 'account', text), <>
          <Cell entity={entity} row={row} name="account" /> {grade && !empty(customer.data!.grade) && <Tag>{optionLabel(grade, customer.data!.grade, text)}</Tag>}
        </>)}
        {lines.map((n) => <Line key={n}>{line(n)}</Line>)}
      </dl>
      {customer.error && <ProblemBanner problem={customer.error as Problem} action={<Button small onClick={() => customer.refetch()}>{t('act.retry')}</Button>} />}
    </section>
  );
}
const Line = ({ children }: { children: ReactNode }) => <>{children}</>;

function Unit({ id, row }: { id: number; row: Row }) {
  const text = useText();
  const { t } = text;
  const model = useEntity('installed_unit').data;
  const unit = useRecord('installed_unit', String(id));
  const since = new Date(serverTime() - 30 * DAY).toISOString().slice(0, 10);
  const repeats = useQuery({
    queryKey: ['list', 'technical_request', 'repeats', id, since],
    queryFn: ({ signal }) => get<Page>('/technical_request', { filter: `unit==${id};reported_at=ge=${since};kind==fault`, limit: 20, fields: 'title' }, signal),
  });
  const others = (repeats.data?.items ?? []).filter((r) => r.id !== row.id);
  const u = unit.data;
  const days = typeof u?.warranty_to === 'string' ? Math.ceil((Date.parse(u.warranty_to) + DAY - serverTime()) / DAY) : null;
  return (
    <section className="card">
      <h2>{t('case.unit')}</h2>
      {(unit.error ?? repeats.error) && <ProblemBanner problem={(unit.error ?? repeats.error) as Problem} action={<Button small onClick={() => { void unit.refetch(); void repeats.refetch(); }}>{t('act.retry')}</Button>} />}
      {u && model && (
        <dl className="facts">
          {fact(nameOf(model, 'serial', text), <Link className="mono" href={`/e/installed_unit/${id}`}>{String(u.serial)}</Link>)}
          {!empty(u.name) && fact(nameOf(model, 'name', text), <Words>{String(u.name)}</Words>)}
          {!empty(u.product) && fact(nameOf(model, 'product', text), <Cell entity={model} row={u} name="product" />)}
          {!empty(u.product_version) && fact(nameOf(model, 'product_version', text), <Cell entity={model} row={u} name="product_version" />)}
          {fact(t('case.warranty'), days == null ? t('case.warranty_unknown') : days > 0 ? t('case.warranty_left', { n: days }) : t('case.warranty_over', { on: text.date(String(u.warranty_to)) }))}
          {repeats.data && fact(t('case.repeats'), others.length ? <strong>{t('case.repeats_n', { n: others.length })}</strong> : t('case.repeats_none'))}
        </dl>
      )}
      {others.length > 0 && (
        <ul className="related">
          {others.slice(0, 5).map((r) => <li key={r.id}><Link href={`/c/${String(r.number)}`}>{String(r.number)}</Link> <State row={r} entity="technical_request" /></li>)}
        </ul>
      )}
    </section>
  );
}
