// SPDX-License-Identifier: Apache-2.0
//
// recent.ts -- the records that a person opened last, on this computer, for the palette.
import { recall, remember } from './keep';

export interface Visit {
  path: string;
  title: string;
}
const MAX = 12;

export function visits(person: number): Visit[] {
  try {
    const list: unknown = JSON.parse(recall(`recent.${person}`) ?? '[]');
    return Array.isArray(list) ? list.filter((v) => typeof v?.path === 'string' && typeof v?.title === 'string') : [];
  } catch {
    return [];
  }
}

export function visited(person: number, visit: Visit): void {
  const list = [visit, ...visits(person).filter((v) => v.path !== visit.path)].slice(0, MAX);
  remember(`recent.${person}`, JSON.stringify(list));
}
