// SPDX-License-Identifier: Apache-2.0
//
// register.ts -- the engineers' screens: the case (S5) in place of the generic page, and the dialogs of its transitions.
// All of it comes when it is first needed.
import type { ComponentType } from 'react';
import { lazyPage } from '../../core/i18n';
import { moveForm, onAhead, screen, type DetailProps, type MoveProps } from '../../model/registry';

const CASE = 'technical_request';
const page = lazyPage<DetailProps>('engineer', () => import('./Case'));
screen(CASE, 'detail', page);
onAhead((entity) => entity === CASE && page.preload());

type Form = 'EscalateForm' | 'WaitForm' | 'RestoreForm' | 'DispatchForm';
type Ending = 'ResolveForm' | 'CloseForm';
const form = (name: Form) => lazyPage<MoveProps>('engineer', () => import('./Forms').then((m) => ({ default: m[name] as ComponentType<MoveProps> })));
const ending = (name: Ending) => lazyPage<MoveProps>('engineer', () => import('./Endings').then((m) => ({ default: m[name] as ComponentType<MoveProps> })));
const dispatch = form('DispatchForm');
for (const [move, dialog] of Object.entries({
  escalate: form('EscalateForm'), wait: form('WaitForm'), restore: form('RestoreForm'), resolve: ending('ResolveForm'), close: ending('CloseForm'),
  dispatch, reassign: dispatch,
})) moveForm(CASE, move, dialog);
