// SPDX-License-Identifier: Apache-2.0
//
// Rights.tsx -- the rights inspector: may this person do this, and which line of which file says so?
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { get } from '../../core/api';
import { useText, type Label } from '../../core/i18n';
import { useTitle } from '../../core/title';
import { Banner, ProblemBanner } from '../../kit/Banner';
import { Tag } from '../../kit/Tag';
import { useEntity, useIndex } from '../../model/entity';
import { Ask, SelectField, Table, TextField, useDeed } from './parts';

interface Explained {
  allowed: boolean;
  place: string | null;
  why?: Label;
  user: { id: number; login: string; name: string; active: boolean; roles: string };
  record: { id: number; label: string; state: string | null } | null;
  lines: { place: string; roles: string; scope: string | null; holds: boolean; text: Label }[];
  limits: { code: string; text: Label }[];
}

export function Rights() {
  const text = useText();
  const { t, pick } = text;
  const [search] = useSearchParams();
  const [user, setUser] = useState(search.get('user') ?? '');
  const [entity, setEntity] = useState(search.get('entity') ?? 'technical_request');
  const [id, setId] = useState(search.get('id') ?? '');
  const [act, setAct] = useState(search.get('act') ?? 'read');
  const [answer, setAnswer] = useState<Explained | null>(null);
  const index = useIndex().data;
  const model = useEntity(entity).data;
  const deed = useDeed();
  useTitle(t('admin.page.rights'));
  const acts: [string, string][] = [['read', t('admin.rights.read')], ['write', t('admin.rights.write')], ['create', t('admin.rights.create')], ['delete', t('admin.rights.delete')],
    ...[...(model?.transitions.values() ?? [])].map((x): [string, string] => [x.name, pick(x.label)])];
  const ask = () => deed.run('ask', async () => {
    setAnswer(null);
    setAnswer(await get<Explained>('/access/explain', { user: user.trim(), entity, id: id.trim(), act }));
  });
  return (
    <>
      <div className="page-head"><h1>{t('admin.page.rights')}</h1></div>
      <p className="muted">{t('admin.rights.about')}</p>
      <Ask onAsk={ask} act={t('admin.rights.ask')} busy={!!deed.busy}>
        <TextField label={t('admin.rights.user')} value={user} onChange={setUser} name="user" required />
        <SelectField label={t('admin.rights.entity')} value={entity} name="entity" onChange={(v) => { setEntity(v); setAct('read'); }}
          options={(index?.entities ?? []).filter((e) => e.kind !== 'child').map((e) => [e.name, pick(e.label)])} />
        <TextField label={t('admin.rights.record')} help={t('admin.rights.record_help')} value={id} onChange={setId} name="id" />
        <SelectField label={t('admin.rights.act')} value={act} onChange={setAct} options={acts} name="act" />
      </Ask>
      {deed.problem && <ProblemBanner problem={deed.problem} />}
      {answer && <Verdict answer={answer} />}
    </>
  );
}

function Verdict({ answer: a }: { answer: Explained }) {
  const { t, pick } = useText();
  const who = a.user.name || a.user.login;
  return (
    <section aria-live="polite">
      <Banner tone={a.allowed ? 'info' : 'warn'}>
        <h2>{t(a.allowed ? 'admin.rights.yes' : 'admin.rights.no', { who })}{a.record && `${t('list.colon')}${a.record.label}`}</h2>
        {a.why && <p>{pick(a.why)}</p>}
        {a.place && <p className="mono">{a.place}</p>}
        <p className="muted">{t('admin.rights.roles', { roles: a.user.roles })}</p>
      </Banner>
      {a.limits.length > 0 && (
        <>
          <h2>{t('admin.rights.limits')}</h2>
          <ul className="spans">{a.limits.map((l, i) => <li key={i} className="waits">{pick(l.text)}</li>)}</ul>
        </>
      )}
      <h2>{t('admin.rights.lines')}</h2>
      {a.lines.length ? (
        <Table name={t('admin.rights.lines')} heads={[t('admin.rights.holds'), t('admin.rights.says'), t('admin.rights.place')]}>
          {a.lines.map((l, i) => (
            <tr key={i}>
              <td><Tag tone={l.holds ? 'state-closed' : 'state-waiting'}>{t(l.holds ? 'admin.rights.holds_yes' : 'admin.rights.holds_no')}</Tag></td>
              <td>{pick(l.text)}</td><td className="mono">{l.place}</td>
            </tr>
          ))}
        </Table>
      ) : <p className="muted">{t('admin.rights.no_lines')}</p>}
    </section>
  );
}
