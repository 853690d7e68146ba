// SPDX-License-Identifier: Apache-2.0
//
// Invite.tsx -- the page of an invitation: choose a password, then log in. The secret stands behind the # of the address and
// leaves the address bar at once.
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { call, Problem } from '../../core/api';
import { useText } from '../../core/i18n';
import { useTitle } from '../../core/title';
import { Loading, ProblemBanner } from '../../kit/Banner';
import { Button } from '../../kit/Button';
import { OutsideBar } from '../../kit/LanguageSwitch';
import { faultAt, TextField, useDeed } from './parts';

export default function Invite() {
  const { t, pick } = useText();
  const [, go] = useLocation();
  const [token] = useState(() => location.hash.slice(1));
  const [who, setWho] = useState<{ login: string; name: string } | null>(null);
  const [wrong, setWrong] = useState<Problem | null>(null);
  const [password, setPassword] = useState('');
  const deed = useDeed();
  useTitle(t('invite.title'));
  useEffect(() => {
    history.replaceState(null, '', '/invite');
    call<{ login: string; name: string }>('POST', '/invite', { body: { token } }).then(setWho, setWrong);
  }, [token]);
  const choose = () => deed.run('set', async () => {
    await call('POST', '/invite/password', { body: { token, password } });
    go('/login', { replace: true });
  });
  const loose = deed.problem && !faultAt(deed.problem, 'password', pick) ? deed.problem : null;
  return (
    <div className="login">
      <OutsideBar />
      <main>
        <form className="card" noValidate onSubmit={(e) => { e.preventDefault(); void choose(); }}>
          <h1>{t('invite.title')}</h1>
          {wrong && <ProblemBanner problem={wrong} />}
          {!wrong && !who && <Loading />}
          {who && (
            <>
              <p>{t('invite.for', { name: who.name, login: who.login })}</p>
              {loose && <ProblemBanner problem={loose} />}
              <TextField label={t('admin.people.new_password')} help={t('admin.people.password_rule')} type="password" autoComplete="new-password" name="password" autoFocus
                error={faultAt(deed.problem, 'password', pick)} value={password} onChange={setPassword} />
              <Button type="submit" look="primary" busy={!!deed.busy}>{t('invite.act')}</Button>
            </>
          )}
        </form>
      </main>
    </div>
  );
}
