// SPDX-License-Identifier: Apache-2.0
//
// Login.tsx -- the door of both entries: name and password; after that, the page that was asked for.
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { Problem } from './core/api';
import { login } from './core/auth';
import { useText } from './core/i18n';
import { useTitle } from './core/title';
import { ProblemBanner } from './kit/Banner';
import { Button } from './kit/Button';
import { Field } from './kit/Field';
import { OutsideBar } from './kit/LanguageSwitch';

const typed = { login: '', password: '' };
/** What was typed into the server's plain form before this program arrived is in ours. */
export function takeTyped(root: ParentNode): void {
  for (const name of ['login', 'password'] as const) typed[name] = root.querySelector<HTMLInputElement>(`input[name=${name}]`)?.value ?? '';
}

/** `home` is where a person goes who asked for nothing else. */
export function LoginPage({ home }: { home: string }) {
  const { t } = useText();
  const cache = useQueryClient();
  const [, go] = useLocation();
  const [search] = useSearchParams();
  const [name, setName] = useState(typed.login);
  const [password, setPassword] = useState(typed.password);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  useTitle(t('login.title'));

  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await login(cache, name.trim(), password);
      const next = search.get('next') ?? home;
      // Only a path of this app: an address from outside must not send anybody elsewhere.
      go(/^\/[^/\\]/.test(next) ? next : home, { replace: true });
    } catch (x) {
      setProblem(x instanceof Problem ? x : new Problem(0, { title: String(x) }));
      setBusy(false);
    }
  };

  return (
    <div className="login">
      <OutsideBar />
      <main>
        <form className="card" onSubmit={submit}>
          <h1>{t('login.title')}</h1>
          {problem && <ProblemBanner problem={problem} />}
          <Field label={t('login.name')}>
            {({ labelId: _l, ...w }) => (
              <input className="inp" {...w} name="login" autoComplete="username" autoFocus autoCapitalize="none" spellCheck={false}
                value={name} onChange={(e) => setName(e.target.value)} required />
            )}
          </Field>
          <Field label={t('login.password')}>
            {({ labelId: _l, ...w }) => (
              <input className="inp" {...w} name="password" type="password" autoComplete="current-password"
                value={password} onChange={(e) => setPassword(e.target.value)} required />
            )}
          </Field>
          <Button type="submit" look="primary" busy={busy}>{t('login.act')}</Button>
        </form>
      </main>
    </div>
  );
}
