// SPDX-License-Identifier: Apache-2.0
//
// Me.tsx -- who is signed in, the language, and the way out.
import { useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { logout, useUser } from '../core/auth';
import { setLang, useText } from '../core/i18n';
import { useTitle } from '../core/title';
import { Button } from '../kit/Button';
import { Field } from '../kit/Field';
import { RadioRow } from '../kit/RadioRow';
import { useThing } from './data';

export function MePage() {
  const { t, lang } = useText();
  const me = useUser();
  const cache = useQueryClient();
  const company = useThing('account', me.account ?? null).data;
  useTitle(t('portal.nav.me'));
  return (
    <div className="page portal-page">
      <h1>{t('portal.nav.me')}</h1>
      <div className="card">
        <p><strong>{me.name}</strong></p>
        {company && <p className="muted">{String(company.name)}</p>}
        <p className="links"><Link href="/p/notices">{t('bell.none')}</Link></p>
      </div>
      <Field label={t('portal.language')} group>
        {(w) => <RadioRow wiring={w} value={lang} onChange={(v) => void setLang(v === 'zh' ? 'zh' : 'en')}
          options={[{ value: 'zh', label: '中文' }, { value: 'en', label: 'English' }]} />}
      </Field>
      <Button onClick={() => void logout(cache)}>{t('shell.log_out')}</Button>
    </div>
  );
}
