// SPDX-License-Identifier: Apache-2.0
//
// lazy.ts -- the parts of the inbox that other pages hold, loaded when they are drawn.
import { lazyPage } from '../core/i18n';

export const Told = lazyPage<{ entity: string; id: number }>('inbox', () => import('./Told'));
export const Trail = lazyPage<{ entity: string; id: number; notice: string }>('inbox', () => import('./Trail'));
