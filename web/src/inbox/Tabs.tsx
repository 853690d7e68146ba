// SPDX-License-Identifier: Apache-2.0
//
// Tabs.tsx -- the two pages of notices: what came, and the search through what was told.
import { Link, useLocation } from 'wouter';
import { useText } from '../core/i18n';

export function InboxTabs() {
  const { t } = useText();
  const [place] = useLocation();
  const page = (to: string, words: string) => <Link href={to} aria-current={place === to ? 'page' : undefined}>{words}</Link>;
  return <nav className="siblings" aria-label={t('inbox.title')}>{page('/inbox', t('inbox.title'))}{page('/inbox/told', t('inbox.search.tab'))}</nav>;
}
