// SPDX-License-Identifier: Apache-2.0
//
// format.ts -- numbers and times as people read them (ui.md 5.3): 2026-03-01 10:20 in Chinese, 1 Mar 2026, 10:20 in
// English, 24 hours, in the reader's time zone.
import type { Lang, MessageId } from './i18n';

let zone: string | undefined;

/** The reader's zone, from /me; a zone that the browser does not know leaves its own. */
export function setZone(name: string | null | undefined): void {
  try {
    zone = name && new Intl.DateTimeFormat('en', { timeZone: name }) ? name : undefined;
  } catch {
    zone = undefined;
  }
  formats.clear();
}

/** The zone in which times are shown and typed. */
export const readerZone = (): string => zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

const formats = new Map<string, Intl.DateTimeFormat>();
function format(key: string, lang: Lang, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const id = lang + key;
  let f = formats.get(id);
  if (!f) formats.set(id, (f = new Intl.DateTimeFormat(lang === 'zh' ? 'sv-SE' : 'en-GB', { timeZone: zone, ...options })));
  return f;
}

const DAY: Record<Lang, Intl.DateTimeFormatOptions> = {
  zh: { year: 'numeric', month: '2-digit', day: '2-digit' },
  en: { year: 'numeric', month: 'short', day: 'numeric' },
};
const TIME: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

/** A calendar date "2026-03-01" stays the day it is in any zone; an instant becomes the reader's day. */
export function dateText(iso: string, lang: Lang): string {
  const plain = /^\d{4}-\d\d-\d\d$/.test(iso);
  const at = new Date(plain ? iso + 'T00:00:00Z' : iso);
  if (Number.isNaN(at.getTime())) return iso;
  return plain
    ? format('plain', lang, { ...DAY[lang], timeZone: 'UTC' }).format(at)
    : format('day', lang, DAY[lang]).format(at);
}

export function dateTimeText(iso: string, lang: Lang): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return format('full', lang, { ...DAY[lang], ...TIME }).format(at);
}

/** The time of day to the second: "09:03:41". */
export function exactText(iso: string, lang: Lang): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : format('exact', lang, { ...TIME, second: '2-digit' }).format(at);
}

export function clockText(iso: string, lang: Lang): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const today = format('day', lang, DAY[lang]).format(new Date()) === format('day', lang, DAY[lang]).format(at);
  return today ? format('time', lang, TIME).format(at) : dateTimeText(iso, lang);
}

/** The reader's calendar day of an instant, or the day that it is already: "2026-03-01". */
export function dayOf(iso: string): string {
  const at = new Date(iso);
  if (/^\d{4}-\d\d-\d\d$/.test(iso) || Number.isNaN(at.getTime())) return iso;
  return format('day', 'zh', DAY.zh).format(at);
}

/** The instant at which a day begins where the reader is. */
export function dayStart(day: string): string {
  const noon = Date.parse(day + 'T12:00:00Z');
  // As many times as an offset may change on that day.
  let at = noon - 12 * 3600e3;
  for (let i = 0; i < 2; i++) {
    const shown = format('whole', 'zh', { ...DAY.zh, ...TIME }).format(new Date(at)).replace(' ', 'T') + ':00Z';
    at -= Date.parse(shown) - Date.parse(day + 'T00:00:00Z');
  }
  return new Date(at).toISOString().replace('.000Z', 'Z');
}

/** A day, some days later. */
export const dayAdd = (day: string, n: number): string => new Date(Date.parse(day + 'T12:00:00Z') + n * 86400e3).toISOString().slice(0, 10);

export function numberText(n: number, lang: Lang, decimals?: number): string {
  return new Intl.NumberFormat(lang === 'zh' ? 'zh-CN' : 'en-GB', {
    minimumFractionDigits: decimals, maximumFractionDigits: decimals ?? 6,
  }).format(n);
}

/** 4 320 s: "1 h 12 min"; the two greatest units. */
export function durationText(seconds: number, t: (id: MessageId, v?: Record<string, unknown>) => string): string {
  const d = Math.floor(seconds / 86400), h = Math.floor((seconds % 86400) / 3600);
  const m = Math.floor((seconds % 3600) / 60), s = Math.floor(seconds % 60);
  if (d) return h ? t('span.dh', { d, h }) : t('span.d', { d });
  if (h) return m ? t('span.hm', { h, m }) : t('span.h', { h });
  if (m) return s && m < 5 ? t('span.ms', { m, s }) : t('span.m', { m });
  return t('span.s', { s });
}

/** For the browser's own <input type=datetime-local>: the instant in the browser's own zone, and back. */
export function toLocalInput(iso: string | null | undefined): string {
  if (!iso) return '';
  const d = new Date(iso);
  if (Number.isNaN(d.getTime())) return '';
  const two = (n: number) => String(n).padStart(2, '0');
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}`;
}
export function fromLocalInput(text: string): string | null {
  const d = new Date(text);
  return text && !Number.isNaN(d.getTime()) ? d.toISOString().replace('.000Z', 'Z') : null;
}

export function bytesText(n: number, lang: Lang): string {
  if (n < 1024) return `${n} B`;
  if (n < 1048576) return `${numberText(Math.round(n / 102.4) / 10, lang)} KB`;
  return `${numberText(Math.round(n / 104857.6) / 10, lang)} MB`;
}
