// SPDX-License-Identifier: Apache-2.0
//
// Bell.tsx -- the way to the inbox, with the number of what is unread; for the top bar.
import { Link } from 'wouter';
import { useText } from '../core/i18n';
import { useUnread } from './data';

export function Bell({ href = '/inbox' }: { href?: string }) {
  const { t } = useText();
  const n = useUnread().data ?? 0;
  const shown = n > 99 ? '99+' : String(n);
  // What is seen is part of the name, also where it is cut short (2.5.3).
  const name = n ? t('bell.unread', { n: shown }) : t('bell.none');
  return (
    <Link href={href} className="top-btn bell" aria-label={name} title={name}>
      <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
        <path d="M3.500 12h9l-1.200-1.800V7a3.300 3.300 0 0 0-6.600 0v3.200zM6.700 14a1.400 1.400 0 0 0 2.600 0" />
      </svg>
      {n > 0 && <span className="unread">{shown}</span>}
    </Link>
  );
}
