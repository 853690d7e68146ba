// SPDX-License-Identifier: Apache-2.0
//
// LoginOver.tsx -- the session has ended, or ends within two minutes, while somebody is at work: the password once more, over
// the page, which stays as it is with all that was typed. Loaded when it happens.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Problem } from './core/api';
import { leave, loginAgain, useUser } from './core/auth';
import { useText } from './core/i18n';
import { setSessionOver } from './core/session';
import { useTick } from './core/tick';
import { ProblemBanner } from './kit/Banner';
import { Button } from './kit/Button';
import { FormDialog } from './kit/Dialog';
import { Field } from './kit/Field';

/** `ends`: it has not ended yet, and may be put off by the person. */
export default function LoginOver({ ends, onLater }: { ends?: number; onLater(): void }) {
  const { t, duration } = useText();
  const me = useUser();
  const cache = useQueryClient();
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const left = useTick((now) => (ends ? Math.max(0, Math.round((ends - now) / 1000)) : 0));
  const submit = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await loginAgain(cache, me, password);
      onLater();
    } catch (e) {
      setProblem(e instanceof Problem ? e : new Problem(0, { title: String(e) }));
      setBusy(false);
    }
  };
  const other = () => {
    setSessionOver(false);
    leave(cache);
  };
  return (
    <FormDialog title={t(ends ? 'session.ends' : 'session.over')} act={t('session.again')} busy={busy} onSubmit={submit} must={!ends} onClose={() => ends && onLater()}
      notice={problem && <ProblemBanner problem={problem} />}>
      <p>{ends ? t('session.ends_text', { left: duration(left) }) : t('session.over_text')}</p>
      <Field label={t('login.name')}>
        {({ labelId: _l, ...w }) => <input className="inp" {...w} name="login" value={me.login} autoComplete="username" readOnly />}
      </Field>
      <Field label={t('login.password')}>
        {({ labelId: _l, ...w }) => (
          <input className="inp" {...w} name="password" type="password" autoComplete="current-password" autoFocus value={password}
            onChange={(e) => setPassword(e.target.value)} />
        )}
      </Field>
      {!ends && <p><Button small look="quiet" onClick={other}>{t('session.other')}</Button></p>}
    </FormDialog>
  );
}
