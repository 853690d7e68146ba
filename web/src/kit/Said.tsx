// SPDX-License-Identifier: Apache-2.0
//
// Said.tsx -- words that came from outside, shown so that they can do nothing (ui.md 4 S5).
//
//   a direction of its own   each text is isolated (bdi): right-to-left tricks end with it
//   what cannot be seen      controls, overrides of direction, zero-width characters stand as marks with their code
//   HTML                     of a mail becomes text: no element, picture, style or script of it reaches the page
//   long                     is folded; an endless line breaks anywhere
import { useState, type ReactNode } from 'react';
import { useText } from '../core/i18n';
import { Button } from './Button';

// Joiners (200C, 200D) belong to scripts and signs that need them; line feed and tab are layout.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** The text with marks where it has characters that nobody sees. */
export function seen(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const m of text.matchAll(UNSEEN)) {
    const code = m[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    parts.push(text.slice(from, m.index), <span key={m.index} className="unseen" title={`U+${code}`}>{code}</span>);
    from = m.index + 1;
  }
  return from ? [...parts, text.slice(from)] : [text];
}

/** One line from outside: a title, a name. */
export const Words = ({ children }: { children: string }) => <bdi>{seen(children)}</bdi>;

const MOST = 200_000;
const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ', middot: '·', hellip: '…', mdash: '—', ndash: '–' };
const letter = (code: number) => (code > 0 && code < 0x110000 ? String.fromCodePoint(code) : '');
const unescape = (text: string) => text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (all, dec, hex, name) =>
  dec ? letter(Number(dec)) : hex ? letter(parseInt(hex, 16)) : ENTITIES[name.toLowerCase()] ?? all);

/** Does a text of a mail look like HTML? */
export const isHtml = (text: string, mail: boolean) =>
  /^\s*<(!doctype html|html|head|body)[\s>]/i.test(text) || (mail && /<\/(p|div|table|td|span|a|font|b|li|h\d|script|style)\s*>|<br\s*\/?>/i.test(text));

/** The words of an HTML text; where a link leads is told. */
export function wordsOfHtml(html: string): string {
  const text = html.slice(0, MOST)
    .replace(/<!--[^]*?(-->|$)/g, '')
    .replace(/<(script|style|head|title|template|svg|object|iframe)\b[^>]*>[^]*?(<\/\1\s*>|$)/gi, '')
    .replace(/<a\b[^>]*?href\s*=\s*["']?(https?:[^"'\s>]+)[^>]*>([^]*?)<\/a\s*>/gi, (_all, to, words) => `${words} ‹${to}›`)
    .replace(/<li\b[^>]*>/gi, '\n• ')
    .replace(/<(br|\/p|\/div|\/tr|\/h\d|\/ul|\/ol|\/table|hr)\b[^>]*>/gi, '\n')
    .replace(/<\/t[dh]\s*>/gi, '\t')
    .replace(/<[^>]*>/g, '');
  return unescape(text).replace(/[ \t]+\n/g, '\n').replace(/\n{3,}/g, '\n\n').trim();
}

/** As much as is shown before somebody asks for more. */
const SHORT = { characters: 1800, lines: 24 };

/** What somebody said. */
export function Said({ text: given, mail = false }: { text: string; mail?: boolean }) {
  const { t } = useText();
  const [all, setAll] = useState(false);
  const [source, setSource] = useState(false);
  const html = isHtml(given, mail);
  const text = (html && !source ? wordsOfHtml(given) : given).replace(/\r\n?/g, '\n');
  const lines = text.split('\n');
  const long = text.length > SHORT.characters || lines.length > SHORT.lines;
  const shown = long && !all ? lines.slice(0, SHORT.lines).join('\n').slice(0, SHORT.characters) + '…' : text;
  return (
    <>
      <p className="prose said" dir="auto">{seen(shown)}</p>
      {(long || html) && (
        <p className="said-more">
          {long && <Button small look="quiet" aria-expanded={all} onClick={() => setAll(!all)}>{t(all ? 'said.less' : 'said.all', { n: text.length })}</Button>}
          {html && <><span className="muted">{t('said.html')}</span> <Button small look="quiet" aria-pressed={source} onClick={() => setSource(!source)}>{t('said.source')}</Button></>}
        </p>
      )}
    </>
  );
}
