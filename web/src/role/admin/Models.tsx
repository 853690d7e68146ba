// SPDX-License-Identifier: Apache-2.0
//
// Models.tsx -- the processes that are in force, and what administrators added to them.
import { Link } from 'wouter';
import { useText } from '../../core/i18n';
import { useTitle } from '../../core/title';
import { Banner } from '../../kit/Banner';
import { LinkButton } from '../../kit/Button';
import { Tag } from '../../kit/Tag';
import { useIndex } from '../../model/entity';
import { Answer, Table } from './parts';
import { useAdmin, type Patches } from './data';

export function Models() {
  const { t, pick, dateTime } = useText();
  const index = useIndex();
  const patches = useAdmin<Patches>('/model/patches');
  useTitle(t('admin.page.models'));
  const aside = patches.data?.items.filter((p) => p.aside?.length) ?? [];
  return (
    <>
      <div className="page-head">
        <h1>{t('admin.page.models')}</h1>
        <span className="spring" />
        <LinkButton href="/admin/models/new" look="primary">{t('admin.models.new')}</LinkButton>
      </div>
      {aside.map((p) => (
        <Banner key={p.name} tone="warn" action={<LinkButton href={`/admin/models/${p.name}`}>{t('admin.models.mend')}</LinkButton>}>
          <p>{t('admin.models.aside', { name: p.name, program: p.program })}</p>
          <ul>{p.aside!.map((f, i) => <li key={i}>{f.line}:{f.column} {pick(f.text)}</li>)}</ul>
        </Banner>
      ))}
      <h2>{t('admin.models.patches')}</h2>
      <Answer of={patches}>{(d) => (d.items.length ? (
        <Table name={t('admin.models.patches')} nums={[2]} heads={[t('admin.models.patch'), t('admin.models.about'), t('admin.models.version'), t('admin.models.state'), t('admin.models.who'), t('admin.models.note')]}>
          {d.items.map((p) => (
            <tr key={p.name}>
              <td><Link href={`/admin/models/${p.name}`}>{p.name}</Link></td>
              <td>{p.entity && <Link href={`/e/${p.entity}`}>{pick(index.data?.entities.find((e) => e.name === p.entity)?.label, p.entity)}</Link>}</td>
              <td className="num">{p.version}</td>
              <td><Tag tone={p.in_force ? 'state-closed' : 'state-waiting'}>{t(p.in_force ? 'admin.models.in_force' : p.removed ? 'admin.models.removed' : 'admin.models.set_aside')}</Tag></td>
              <td>{p.author?.name} <span className="muted">{dateTime(p.at)}</span></td>
              <td>{p.note}</td>
            </tr>
          ))}
        </Table>
      ) : <p className="muted">{t('admin.models.none')}</p>)}</Answer>
      <h2>{t('admin.models.all')}</h2>
      <Answer of={index}>{(d) => (
        <ul className="columns-list">{d.entities.map((e) => (
          <li key={e.name}><Link href={`/admin/models/${e.name}`}>{pick(e.label)}</Link> <span className="muted mono">{e.name}</span></li>
        ))}</ul>
      )}</Answer>
    </>
  );
}
