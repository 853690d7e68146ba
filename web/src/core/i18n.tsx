// SPDX-License-Identifier: Apache-2.0
//
// i18n.tsx -- the reader's language.
//
// Texts of the app come from the two Lingui catalogs (src/locales/*.po, compiled by tools/catalogs.mjs into
// src/locales/gen); only the catalog in use is loaded, and the texts of an area only with its pages.  Texts of the model come from the server in both languages, so that
// a switch needs no reload and no request.
import { i18n } from '@lingui/core';
import { I18nProvider as Catalogs, useLingui } from '@lingui/react';
import { useMemo, type ComponentType, type ReactNode } from 'react';
import { AREAS } from '../locales/gen/areas';
import type { MessageId } from '../locales/gen/ids';
import { TEXTS, type Lang } from './first';
import { remember } from './keep';
import { lazyPart } from './lazy';
import { clockText, dateText, dateTimeText, durationText, exactText, numberText } from './format';

export { firstLang } from './first';
export type { Lang };
export type Label = { en?: string; zh?: string };
export type { MessageId };

const TAG: Record<Lang, string> = { zh: 'zh-CN', en: 'en' };

export type Area = keyof typeof AREAS;
/** The areas whose pages were opened: a switch of the language brings their texts too. */
const needed = new Set<Area>();

/** Before the first setLang: the whole entry needs this area. */
export const needTexts = (area: Area) => void needed.add(area);

/** A page of an area, loaded with its texts when it is first drawn. */
export const lazyPage = <P,>(area: Area, load: () => Promise<{ default: ComponentType<P> }>) => lazyPart(async () => {
  const fresh = !needed.has(area);
  needed.add(area);
  const lang = currentLang();
  const [page, texts] = await Promise.all([load(), fresh ? AREAS[area][lang]() : null]);
  if (texts) i18n.load(lang, texts.messages);
  return page;
});

/** Loads a language's catalog and makes it the one in use; `keep` remembers it on this computer. */
export async function setLang(lang: Lang, keep = true): Promise<void> {
  const parts = await Promise.all([TEXTS[lang](), ...[...needed].map((a) => AREAS[a][lang]())]);
  i18n.loadAndActivate({ locale: lang, messages: Object.assign({}, ...parts.map((p) => p.messages)) });
  document.documentElement.lang = TAG[lang];
  if (keep) remember('lang', lang);
}

export const currentLang = (): Lang => (i18n.locale === 'zh' ? 'zh' : 'en');

export function Languages({ children }: { children: ReactNode }) {
  return <Catalogs i18n={i18n}>{children}</Catalogs>;
}

/** What a component needs to speak: t for the app's texts, pick for the model's, and the formats of numbers and times. */
/** A label inside a sentence: "New technical request"; initials and other scripts stay as they are. */
export const inside = (label: string) => (/^[A-Z][a-z]/.test(label) ? label[0].toLowerCase() + label.slice(1) : label);

export interface Text {
  lang: Lang;
  t(id: MessageId, values?: Record<string, unknown>): string;
  pick(label: Label | null | undefined, fallback?: string): string;
  date(iso: string): string;
  dateTime(iso: string): string;
  /** short: today as hh:mm, otherwise the date */
  clock(iso: string): string;
  /** hh:mm:ss */
  exact(iso: string): string;
  number(n: number, decimals?: number): string;
  duration(seconds: number): string;
}

function textOf(lang: Lang): Text {
  const t: Text['t'] = (id, values) => i18n._(id, values);
  return {
    lang,
    t,
    pick: (label, fallback = '') => label?.[lang] || label?.en || label?.zh || fallback,
    date: (iso) => dateText(iso, lang),
    dateTime: (iso) => dateTimeText(iso, lang),
    clock: (iso) => clockText(iso, lang),
    exact: (iso) => exactText(iso, lang),
    number: (n, decimals) => numberText(n, lang, decimals),
    duration: (s) => durationText(s, t),
  };
}

export function useText(): Text {
  const { i18n: active } = useLingui();
  return useMemo(() => textOf(active.locale === 'zh' ? 'zh' : 'en'), [active.locale]);
}
