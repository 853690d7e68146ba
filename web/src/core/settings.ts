// SPDX-License-Identifier: Apache-2.0
//
// settings.ts -- a person's own choices (keys, …): kept with the person on the server, and here for the next start.
//
// One JSON object; who changes a part sends the whole.  The copy on this computer is used until the server has answered.
import { call, get } from './api';
import { recall, remember } from './keep';
import { chooseKeys, type KeyChoices } from './keys';

export interface Settings {
  keys?: KeyChoices;
  [part: string]: unknown;
}
let held: Settings = {};
let owner = 0;

function take(settings: Settings): void {
  held = settings;
  chooseKeys(settings.keys ?? {});
}

/** Called once the person is known. */
export async function loadSettings(person: number): Promise<void> {
  if (owner === person) return;
  owner = person;
  try {
    take(JSON.parse(recall(`settings.${person}`) ?? '{}') as Settings);
    const fresh = await get<Settings>('/me/settings');
    if (owner === person) keep(fresh);
  } catch {
    // Without an answer the copy holds.
  }
}

function keep(settings: Settings): void {
  take(settings);
  remember(`settings.${owner}`, JSON.stringify(settings));
}

export const settings = (): Settings => held;
/** Changes one part; throws what the server refuses, and then nothing is changed. */
export async function saveSetting(part: string, value: unknown): Promise<void> {
  const next = { ...held, [part]: value };
  await call('PUT', '/me/settings', { body: next });
  keep(next);
}
