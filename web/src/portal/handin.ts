// SPDX-License-Identifier: Apache-2.0
//
// handin.ts -- a report of a fault while it is written and sent: kept on this computer, handed in exactly once.
//
// Handing in is two calls (create, register) and one for each photo, any of which may be lost on the way.  What was begun
// is kept with the draft: the text that was sent first and its Idempotency-Key, then the record's id.  Going on after a
// lost answer sends the first text again under its key (the server then answers with the record that it made, if it did)
// and hands in the words as they are now with `register`, which takes them.
import { call, newKey } from '../core/api';
import { dropFile, keptFiles } from '../core/files';
import { fromLocalInput } from '../core/format';
import { recall, remember } from '../core/keep';
import { REQUEST, type Row } from './data';

export interface Report {
  text: string;
  severity: string;
  interrupted: boolean;
  unit: number | null;
  /** a serial number that is none of the known units */
  serial: string;
  site: number | null;
  tried: string;
  occurred: string;
  phone: string;
  /** what was begun */
  begun?: { body: object; key: string; id?: number; registerKey?: string };
}

export const BLANK: Report = { text: '', severity: '', interrupted: false, unit: null, serial: '', site: null, tried: '', occurred: '', phone: '' };
const draftName = (person: number) => `draft.${person}.report`;
export const fileScope = (person: number) => `${person}.report`;

/** What was typed into the server's plain form, before a person is known. */
let taken: Partial<Report> | null = null;

export function takeOver(root: HTMLElement): void {
  const form = root.querySelector<HTMLFormElement>('form[data-plain=report]');
  if (!form) return;
  const v = (name: string) => String(new FormData(form).get(name) ?? '');
  if (!v('text') && !v('severity')) return;
  taken = { text: v('text'), severity: v('severity'), interrupted: v('interrupted') === 'true', serial: v('serial'), tried: v('tried'), phone: v('phone') };
}

export function readDraft(person: number): Report {
  let kept: Partial<Report> = {};
  try {
    kept = JSON.parse(recall(draftName(person)) ?? '{}') as Partial<Report>;
  } catch { /* not ours */ }
  const phone = recall(`phone.${person}`) ?? '';
  return { ...BLANK, phone, ...kept, ...taken };
}
export function keepDraft(person: number, report: Report): void {
  taken = null;
  remember(draftName(person), JSON.stringify(report));
}
export function dropDraft(person: number): void {
  taken = null;
  remember(draftName(person), null);
}

/** The title is the first sentence of what is wrong. */
export function titleOf(text: string): string {
  const first = text.trim().split(/[\n。！？!?；;]|\.\s/)[0].trim() || text.trim();
  const chars = [...first];
  return chars.length > 80 ? chars.slice(0, 79).join('') + '…' : first;
}

function bodyOf(r: Report, name: string): Record<string, unknown> {
  const body: Record<string, unknown> = {
    title: titleOf(r.text), symptom: r.text.trim(), severity_reported: r.severity, interrupted: r.interrupted,
    reporter_name: name, channel: 'portal',
  };
  if (r.phone.trim()) body.reporter_phone = r.phone.trim();
  if (r.unit) body.unit = r.unit;
  else if (r.serial.trim()) body.description = `SN ${r.serial.trim()}`;
  if (!r.unit && r.site) body.site = r.site;
  if (r.tried.trim()) body.tried_actions = r.tried.trim();
  const occurred = fromLocalInput(r.occurred);
  if (occurred) body.occurred_at = occurred;
  return body;
}

/** Sends the report; `keep` is called whenever a step is done, so that the next attempt goes on from there. */
export async function handIn(r: Report, name: string, keep: (r: Report) => void): Promise<Row> {
  let now = r;
  const note = (begun: Report['begun']) => keep((now = { ...now, begun }));
  if (!now.begun) note({ body: bodyOf(r, name), key: newKey() });
  if (!now.begun!.id) {
    try {
      const made = await call<Row>('POST', `/${REQUEST}`, { body: now.begun!.body, key: now.begun!.key });
      note({ ...now.begun!, id: made.id, registerKey: newKey() });
    } catch (e) {
      // A refusal made nothing: the next attempt begins anew, with the corrected text.
      if ((e as { status?: number }).status) note(undefined);
      throw e;
    }
  }
  const { channel: _c, severity_reported: _s, ...words } = bodyOf(r, name);
  try {
    return await call<Row>('POST', `/${REQUEST}/${now.begun!.id}/register`, { body: words, key: now.begun!.registerKey });
  } catch (e) {
    // Other words than in the first attempt need a key of their own.
    const status = (e as { status?: number }).status;
    if (status) note({ ...now.begun!, registerKey: newKey() });
    // Handed in already, and only the answer was lost.
    if (status === 409) {
      const row = await call<Row>('GET', `/${REQUEST}/${now.begun!.id}`);
      if (row.state !== 'draft') return row;
    }
    throw e;
  }
}

/** Sends the photos that wait; what cannot be sent stays. Returns how many stay. */
export async function sendFiles(scope: string, id: number): Promise<number> {
  let left = 0;
  for (const f of await keptFiles(scope)) {
    try {
      await call('POST', `/${REQUEST}/${id}/attachment`, { query: { name: f.name, visibility: 'public' }, file: f.bytes });
      await dropFile(f.id);
    } catch {
      left++;
    }
  }
  return left;
}
