// SPDX-License-Identifier: Apache-2.0
//
// customer.ts -- what a customer sees differently: the seven plain states instead of ours (ui.md S1).
//
//     received → being assigned → in progress → please confirm → completed
//                                 needs your reply                withdrawn
import { isCustomer } from '../core/auth';
import { customerWord } from '../model/Cell';
import { registerPath, registerProposals } from '../model/registry';

const WAY = ['received', 'being_assigned', 'in_progress', 'please_confirm', 'completed'];
const INSTEAD: Record<string, string> = { needs_reply: 'in_progress', withdrawn: 'completed' };

registerPath((me, _entity, row, text) => {
  if (!isCustomer(me) || typeof row.customer_state !== 'string') return null;
  const now = row.customer_state;
  const at = WAY.indexOf(INSTEAD[now] ?? now);
  if (at < 0) return null;
  return { at, steps: WAY.map((s, i) => ({ name: s, label: customerWord(i === at ? now : s, text) })) };
});

registerProposals((me, entity) =>
  isCustomer(me) && entity.field.get('channel')?.options.some((o) => o.name === 'portal') ? { channel: 'portal' } : {});
