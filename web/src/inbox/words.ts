// SPDX-License-Identifier: Apache-2.0
//
// words.ts -- how a delivery is told in words: by which way, how it stands, why it was not sent.
import type { MessageId, Text } from '../core/i18n';
import type { Told } from './data';

export const TONE: Record<string, string> = { failed: 'sev-critical', due: 'state-waiting', sending: 'state-waiting' };
const REASONS = ['own_act', 'no_address', 'no_mail_server', 'may_not_read', 'switched_off', 'nobody', 'not_for_reader', 'together', 'digest', 'quiet_hours', 'rate_limit'];

/** "Mail wang@example.com", "Inbox"; nothing where no way was taken. */
export function how(x: Told, { t }: Text): string {
  if (x.channel === 'none') return '';
  if (x.channel !== 'mail') return t('inbox.by.inbox_short');
  return x.address ? `${t('inbox.by.mail_short')} ${x.address}` : t('inbox.by.mail_short');
}
/** Why it was not sent, or not yet. */
export const reasonOf = (x: Told, { t }: Text): string | undefined =>
  x.reason && REASONS.includes(x.reason) ? t(`inbox.reason.${x.reason}` as MessageId) : undefined;
