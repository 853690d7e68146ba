// SPDX-License-Identifier: Apache-2.0
//
// Policies.tsx -- versions of a rule table: which there are, and the draft of another one. The text is checked as it stands,
// tried on what was closed in ninety days, and kept as a draft; checking in and publishing are steps of the record itself, so
// that the second person has a page of their own.
//
//     text --check--> faults (each leads to its line) | tried --> who would have been late --keep--> record rule_version
import { useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { call, seg } from '../../core/api';
import { useText, type MessageId } from '../../core/i18n';
import { useTitle } from '../../core/title';
import { Banner, ProblemBanner } from '../../kit/Banner';
import { Button, LinkButton } from '../../kit/Button';
import { Tag } from '../../kit/Tag';
import { Faults, leadTo, Lines } from './Editor';
import { Answer, faultAt, Table, TextField, useDeed, WhenField } from './parts';
import { useAdmin, useChanged, type Fault } from './data';

interface Version {
  version: number;
  id?: number;
  state: 'draft' | 'checked' | 'published' | 'superseded' | 'withdrawn';
  effective_from?: string | null;
  author?: string | null;
  note?: string | null;
  file?: string;
  in_force: boolean;
}
interface Outcome {
  cases: number;
  differing: number;
  changed: number;
  groups: { clock: string; tier: string | null; severity: string | null; clocks: number; late_before: number; late_after: number }[];
}
const DAYS = 90;

export function Versions({ name }: { name: string }) {
  const { t, dateTime } = useText();
  const list = useAdmin<{ items: Version[] }>(`/rules/${seg(name)}/versions`);
  return (
    <>
      <div className="page-head"><h2>{t('admin.policy.versions')}</h2><span className="spring" /><LinkButton href={`/admin/rules/${name}/draft`}>{t('admin.policy.draft')}</LinkButton></div>
      <Answer of={list}>{(d) => (
        <Table name={t('admin.policy.versions')} nums={[0]} heads={[t('admin.models.version'), t('admin.models.state'), t('admin.policy.from'), t('admin.policy.author'), t('admin.models.note')]}>
          {d.items.map((v) => (
            <tr key={v.version}>
              <td className="num">{v.id ? <Link href={`/e/rule_version/${v.id}`}>{v.version}</Link> : v.version}</td>
              <td><Tag tone={v.in_force ? 'state-closed' : 'state-waiting'}>{v.in_force ? t('admin.models.in_force') : t(`admin.policy.state_${v.state}` as MessageId)}</Tag></td>
              <td>{v.effective_from && dateTime(v.effective_from)}</td>
              <td>{v.author ?? <span className="muted mono">{v.file}</span>}</td>
              <td>{v.note}</td>
            </tr>
          ))}
        </Table>
      )}</Answer>
    </>
  );
}

export function DraftPage({ name }: { name: string }) {
  const { t } = useText();
  const versions = useAdmin<{ items: Version[] }>(`/rules/${seg(name)}/versions`);
  const now = versions.data?.items.find((v) => v.in_force)?.version ?? 0;
  const text = useAdmin<{ text: string }>(`/rules/${seg(name)}/text`, { version: now }, !!versions.data);
  useTitle(name);
  return (
    <>
      <div className="page-head"><h1>{t('admin.policy.draft')}</h1><Link href={`/admin/rules/${name}`} className="mono">{name}</Link></div>
      <Answer of={text}>{(d) => <Desk name={name} start={d.text} />}</Answer>
    </>
  );
}

function Desk({ name, start }: { name: string; start: string }) {
  const { t, pick } = useText();
  const [, go] = useLocation();
  const [text, setText] = useState(start);
  const [note, setNote] = useState('');
  const [from, setFrom] = useState('');
  const [checked, setChecked] = useState<{ text: string; faults: Fault[] } | null>(null);
  const [tried, setTried] = useState<{ text: string; answer: Outcome } | null>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const deed = useDeed();
  const changed = useChanged();
  const faults = checked?.text === text ? checked.faults : null;
  const outcome = tried?.text === text ? tried.answer : null;
  const instant = from || null;

  const ask = async () => {
    const answer = await call<{ ok: boolean; faults: Fault[] }>('POST', `/rules/${seg(name)}/check`, { body: { text, effective_from: instant } });
    setChecked({ text, faults: answer.faults });
    return answer.ok;
  };
  const check = () => deed.run('check', ask);
  const tryIt = () => deed.run('try', async () => {
    if (await ask()) setTried({ text, answer: await call<Outcome>('POST', `/rules/${seg(name)}/simulate`, { body: { text, days: DAYS, list: 0 } }) });
  });
  const keep = () => deed.run('keep', async () => {
    const made = await call<{ id: number }>('POST', '/rule_version', { body: { rule_table: name, text, ...(note && { note }), ...(instant && { effective_from: instant }) } });
    await changed();
    go(`/e/rule_version/${made.id}`);
  });
  return (
    <div className="desk">
      <section className="desk-text" aria-label={t('admin.policy.text')}>
        <Lines text={text} onChange={setText} area={area} faults={faults ?? []} onCheck={check} label={t('admin.policy.text')} />
        <div className="actions">
          <Button look={faults?.length === 0 ? 'normal' : 'primary'} busy={deed.busy === 'check'} onClick={check}>{t('admin.models.check')}</Button>
          <span className="muted">{t('admin.models.check_key')}</span>
          <span className="spring" />
          <Button busy={deed.busy === 'try'} onClick={tryIt}>{t('admin.policy.try', { n: DAYS })}</Button>
        </div>
      </section>
      <section className="desk-side" aria-label={t('admin.models.verdict')}>
        {deed.problem && <ProblemBanner problem={deed.problem} />}
        <div aria-live="polite" className="verdict">
          {!faults && <p className="muted">{t('admin.policy.unchecked')}</p>}
          {!!faults?.length && <Faults list={faults} onGo={(f) => leadTo(area.current, f)} />}
          {faults?.length === 0 && <Banner><p>{t('admin.policy.good')}</p></Banner>}
          {outcome && <Tried of={outcome} />}
        </div>
        <div className="ask">
          <TextField label={t('admin.models.note')} value={note} onChange={setNote} name="note" />
          <WhenField time label={t('admin.policy.from')} help={t('admin.policy.from_help')} error={faultAt(deed.problem, 'effective_from', pick)} value={from} onChange={setFrom} name="effective_from" />
          <Button look="primary" busy={deed.busy === 'keep'} onClick={keep}>{t('admin.policy.keep')}</Button>
        </div>
      </section>
    </div>
  );
}

/** Who would have been late: only what is another than it was, else that nothing is. */
function Tried({ of }: { of: Outcome }) {
  const { t } = useText();
  const rows = of.groups.filter((g) => g.late_before !== g.late_after);
  return (
    <section className="card">
      <h2>{t('admin.policy.differ', { n: of.differing, of: of.cases, changed: of.changed })}</h2>
      {rows.length > 0 && (
        <Table name={t('admin.policy.late')} nums={[1, 2]} heads={[t('admin.policy.clock'), t('admin.policy.late'), t('admin.policy.would_be')]}>
          {rows.map((g) => (
            <tr key={`${g.clock} ${g.tier} ${g.severity}`}>
              <td>{[g.clock, g.tier, g.severity].filter(Boolean).join(' · ')}</td>
              <td className="num">{g.late_before}</td>
              <td className="num"><b>{g.late_after}</b></td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}
