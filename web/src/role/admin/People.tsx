// SPDX-License-Identifier: Apache-2.0
//
// People.tsx -- who can log in, and how. What a person is (name, roles, team) is a record like any other and is changed on its
// page; here stand the ways in: password, invitation, sessions, tokens, teams.
import { useState } from 'react';
import { Link } from 'wouter';
import { call, seg } from '../../core/api';
import { useText } from '../../core/i18n';
import { useTitle } from '../../core/title';
import { Banner, ProblemBanner } from '../../kit/Banner';
import { Button, LinkButton } from '../../kit/Button';
import { Tag } from '../../kit/Tag';
import { useIndex, type Row } from '../../model/entity';
import { Answer, faultAt, Table, TextField, useDeed } from './parts';
import { useAdmin, useChanged, type Session, type Token, type Ways } from './data';

interface Rows {
  items: Row[];
  next: string | null;
}
const quoted = (q: string) => `'*${q.replace(/['\\*]/g, '')}*'`;

export function People() {
  const text = useText();
  const { t } = text;
  const [q, setQ] = useState('');
  const users = useAdmin<Rows>('/user', { limit: 200, sort: 'login', labels: true, filter: q.trim() ? `login=like=${quoted(q)},name=like=${quoted(q)}` : undefined });
  useTitle(t('admin.page.people'));
  return (
    <>
      <div className="page-head">
        <h1>{t('admin.page.people')}</h1>
        <input type="search" className="inp find" aria-label={t('admin.people.find')} placeholder={t('admin.people.find')} value={q} onChange={(e) => setQ(e.target.value)} />
        <span className="spring" />
        <LinkButton href="/e/team">{t('admin.people.teams')}</LinkButton>
        <LinkButton href="/e/user/new" look="primary">{t('admin.people.new')}</LinkButton>
      </div>
      <Answer of={users}>{(d) => (
        <>
          <Table name={t('admin.page.people')} heads={[t('admin.people.login'), t('admin.people.name'), t('admin.people.roles'), t('admin.people.team'), t('admin.people.state')]}>
            {d.items.map((u) => (
              <tr key={u.id}>
                <td><Link href={`/admin/people/${u.id}`}>{String(u.login)}</Link></td>
                <td>{String(u.name ?? '')}</td>
                <td><RoleNames names={u.roles as string[]} /></td>
                <td>{String(u._labels?.team ?? '')}</td>
                <td>{u.active ? t('admin.people.active') : <Tag tone="state-waiting">{t('admin.people.inactive')}</Tag>}</td>
              </tr>
            ))}
          </Table>
          {!d.items.length && <p className="muted">{t('admin.none')}</p>}
          {d.next && <p className="muted">{t('admin.people.more')}</p>}
        </>
      )}</Answer>
      {!q && <AllWays />}
    </>
  );
}

function RoleNames({ names }: { names?: string[] | null }) {
  const { t, pick } = useText();
  const index = useIndex().data;
  return <>{(names ?? []).map((r) => pick(index?.roles[r]?.label, r)).join(t('list.comma'))}</>;
}

/** Every session and token of the house, folded. */
function AllWays() {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const sessions = useAdmin<{ items: Session[] }>('/admin/sessions', undefined, open);
  const tokens = useAdmin<{ items: Token[] }>('/admin/tokens', undefined, open);
  return (
    <details className="card later-card" onToggle={(e) => setOpen((e.target as HTMLDetailsElement).open)}>
      <summary>{t('admin.people.all_ways')}</summary>
      {open && <Answer of={sessions}>{(d) => <Sessions list={d.items} all />}</Answer>}
      {open && <Answer of={tokens}>{(d) => <Tokens list={d.items} all />}</Answer>}
    </details>
  );
}

function Sessions({ list, all }: { list: Session[]; all?: boolean }) {
  const { t, dateTime } = useText();
  const deed = useDeed();
  const changed = useChanged();
  const end = (s: Session) => deed.run(s.id, async () => {
    await call('DELETE', `/admin/sessions/${s.id}`);
    await changed();
  });
  return (
    <section>
      <h2>{t('admin.people.sessions', { n: list.length })}</h2>
      {deed.problem && <ProblemBanner problem={deed.problem} />}
      {list.length > 0 && (
        <Table name={t('admin.people.sessions', { n: list.length })} heads={[...(all ? [t('admin.people.login')] : []), t('admin.people.since'), t('admin.people.seen'), t('admin.people.address'), '']}>
          {list.map((s) => (
            <tr key={s.id}>
              {all && <td>{s.login}</td>}
              <td>{dateTime(s.created_at)}</td><td>{dateTime(s.seen_at)}</td><td>{s.address}</td>
              <td>{s.current ? <Tag>{t('admin.people.this_one')}</Tag>
                : <Button small busy={deed.busy === s.id} onClick={() => end(s)} aria-label={t('admin.people.end_of', { who: s.login, from: s.address })}>{t('admin.people.end')}</Button>}</td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

function Tokens({ list, all }: { list: Token[]; all?: boolean }) {
  const { t, date } = useText();
  const deed = useDeed();
  const changed = useChanged();
  const revoke = (x: Token) => deed.run(String(x.id), async () => {
    await call('DELETE', `/admin/tokens/${x.id}`);
    await changed();
  });
  return (
    <section>
      <h2>{t('admin.people.tokens', { n: list.length })}</h2>
      {deed.problem && <ProblemBanner problem={deed.problem} />}
      {list.length > 0 && (
        <Table name={t('admin.people.tokens', { n: list.length })} heads={[...(all ? [t('admin.people.login')] : []), t('admin.people.token_name'), t('admin.people.since'), t('admin.people.until'), t('admin.people.used'), '']}>
          {list.map((x) => (
            <tr key={x.id}>
              {all && <td>{x.login}</td>}
              <td>{x.name}</td><td>{date(x.created_at)}</td><td>{x.expires_at ? date(x.expires_at) : t('admin.people.forever')}</td><td>{x.used_at ? date(x.used_at) : t('admin.people.never')}</td>
              <td><Button small look="danger" busy={deed.busy === String(x.id)} onClick={() => revoke(x)} aria-label={t('admin.people.revoke_of', { what: x.name, who: x.login })}>{t('admin.people.revoke')}</Button></td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

export function PersonPage({ id }: { id: string }) {
  const text = useText();
  const { t } = text;
  const user = useAdmin<Row>(`/user/${seg(id)}`, { labels: true });
  const ways = useAdmin<Ways>(`/admin/users/${seg(id)}/login`);
  useTitle(user.data ? String(user.data.name) : t('admin.page.people'));
  return (
    <Answer of={user}>{(u) => (
      <>
        <div className="page-head">
          <h1>{String(u.name)}</h1>
          <Tag>{String(u.login)}</Tag>
          {!u.active && <Tag tone="state-waiting">{t('admin.people.inactive')}</Tag>}
          <span className="spring" />
          <LinkButton href={`/admin/rights?user=${encodeURIComponent(String(u.login))}`}>{t('admin.people.why')}</LinkButton>
          <LinkButton href={`/admin/audit?person=${encodeURIComponent(String(u.login))}`}>{t('admin.people.deeds')}</LinkButton>
          <LinkButton href={`/e/user/${u.id}`} look="primary">{t('admin.people.edit')}</LinkButton>
        </div>
        <p><RoleNames names={u.roles as string[]} /></p>
        <div className="cards">
          <Answer of={ways}>{(w) => <WayIn id={u.id} ways={w} />}</Answer>
          <Teams id={u.id} home={String(u._labels?.team ?? '')} />
        </div>
        <Answer of={ways}>{(w) => <><Sessions list={w.sessions} /><Tokens list={w.tokens} /></>}</Answer>
      </>
    )}</Answer>
  );
}

/** A password set by hand, or a link by which the person chooses one. */
function WayIn({ id, ways }: { id: number; ways: Ways }) {
  const { t, dateTime, pick } = useText();
  const deed = useDeed();
  const changed = useChanged();
  const [password, setPassword] = useState('');
  const [link, setLink] = useState<{ path: string; expires_at: string } | null>(null);
  const [done, setDone] = useState('');
  const set = () => deed.run('password', async () => {
    await call('POST', `/admin/users/${id}/password`, { body: { password } });
    setPassword('');
    setDone(t('admin.people.password_set'));
    await changed();
  });
  const invite = () => deed.run('invite', async () => {
    setLink(await call<{ path: string; expires_at: string }>('POST', `/admin/users/${id}/invite`, { body: {} }));
    await changed();
  });
  const loose = deed.problem && !faultAt(deed.problem, 'password', pick) ? deed.problem : null;
  return (
    <section className="card">
      <h2>{t('admin.people.way_in')}</h2>
      <p>{ways.password_changed_at ? t('admin.people.has_password', { when: dateTime(ways.password_changed_at) }) : t('admin.people.no_password')}</p>
      {ways.invited_until && !link && <p>{t('admin.people.invited', { when: dateTime(ways.invited_until) })}</p>}
      {loose && <ProblemBanner problem={loose} />}
      {link && (
        <Banner>
          <p>{t('admin.people.link', { when: dateTime(link.expires_at) })}</p>
          <input className="inp mono" readOnly aria-label={t('admin.people.link_label')} value={location.origin + link.path} onFocus={(e) => e.target.select()} />
        </Banner>
      )}
      <div className="actions"><Button busy={deed.busy === 'invite'} onClick={invite}>{t('admin.people.invite')}</Button></div>
      <form className="ask" onSubmit={(e) => { e.preventDefault(); void set(); }}>
        <TextField label={t('admin.people.new_password')} help={t('admin.people.password_rule')} type="password" autoComplete="new-password" name="password"
          error={faultAt(deed.problem, 'password', pick)} value={password} onChange={(v) => { setPassword(v); setDone(''); }} />
        <Button type="submit" busy={deed.busy === 'password'} why={password ? undefined : t('admin.people.password_first')}>{t('admin.people.set_password')}</Button>
      </form>
      <p role="status" className="muted">{done}</p>
    </section>
  );
}

function Teams({ id, home }: { id: number; home: string }) {
  const { t } = useText();
  const list = useAdmin<Rows>('/membership', { filter: `person==${id}`, labels: true, limit: 100 });
  return (
    <section className="card">
      <h2>{t('admin.people.teams')}</h2>
      <p>{home ? t('admin.people.home_team', { team: home }) : t('admin.people.no_home_team')}</p>
      <Answer of={list}>{(d) => (
        <ul className="rows">{d.items.map((m) => <li key={m.id}><Link href={`/e/membership/${m.id}`}>{String(m._labels?.team ?? m.team)}</Link></li>)}</ul>
      )}</Answer>
      <div className="actions"><LinkButton href="/e/membership/new">{t('admin.people.add_team')}</LinkButton></div>
    </section>
  );
}
