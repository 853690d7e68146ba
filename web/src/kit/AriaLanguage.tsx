// SPDX-License-Identifier: Apache-2.0
//
// AriaLanguage.tsx -- tells React Aria the reader's language, for its own words, dates and numbers. Not in core, so that
// the portal's first load has no React Aria in it.
import type { ReactNode } from 'react';
import { I18nProvider } from 'react-aria-components';
import { useText } from '../core/i18n';

export function AriaLanguage({ children }: { children: ReactNode }) {
  return <I18nProvider locale={useText().lang === 'zh' ? 'zh-CN' : 'en-US'}>{children}</I18nProvider>;
}
