// SPDX-License-Identifier: Apache-2.0
//
// agent.ts -- what the hotline does differently: what it registers came by telephone, unless said otherwise.
import { registerProposals } from '../model/registry';

const HOTLINE = ['hotline_agent', 'hotline_engineer'];

registerProposals((me, entity) =>
  me.roles.some((r) => HOTLINE.includes(r)) && entity.field.get('channel')?.options.some((o) => o.name === 'hotline')
    ? { channel: 'hotline' } : {});
