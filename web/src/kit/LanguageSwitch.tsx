// SPDX-License-Identifier: Apache-2.0
//
// LanguageSwitch.tsx -- 中文 or English, at once and without a reload. Each language is named in its own words.
import { setLang, useText } from '../core/i18n';

export function LanguageSwitch() {
  const { lang, t } = useText();
  const other = lang === 'zh' ? 'en' : 'zh';
  return (
    <button type="button" className="lang" onClick={() => void setLang(other)} title={t('shell.language')}>
      <span lang="zh-CN" className={lang === 'zh' ? 'on' : undefined}>中</span>/<span lang="en" className={lang === 'en' ? 'on' : undefined}>EN</span>
    </button>
  );
}

/** The bar over a page that one sees before signing in. */
export const OutsideBar = () => <header className="login-top"><span className="product">OpenITR</span><span className="spring" /><LanguageSwitch /></header>;
