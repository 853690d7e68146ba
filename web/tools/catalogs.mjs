// SPDX-License-Identifier: Apache-2.0
//
// catalogs.mjs -- compiles src/locales/*.po into src/locales/gen: modules with the messages as Lingui reads them, and ids.ts,
// the type of all ids, so that a wrong id does not compile.
//
// What every page needs is one module per language (en.ts, zh.ts).  The texts of an area (AREAS) are modules of their own,
// loaded with its pages: i18n.tsx, lazyPage() and needTexts().
//
// Fails when a text is missing in a language, stands twice, has no context comment, or names other placeholders than its
// twin.  Writes only what changed.
import { compileMessage } from '@lingui/message-utils/compileMessage';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const HERE = new URL('../src/locales/', import.meta.url);
const faults = [];

/** The entries of a catalog: id → {text, comment}. One line per msgid and msgstr is all that our catalogs use. */
function read(lang) {
  const entries = new Map();
  let comment = '', id = '';
  readFileSync(new URL(`${lang}.po`, HERE), 'utf8').split('\n').forEach((line, i) => {
    const at = `${lang}.po:${i + 1}`;
    if (line.startsWith('#.')) comment = line.slice(2).trim();
    else if (line.startsWith('msgid ')) id = JSON.parse(line.slice(6));
    else if (line.startsWith('msgstr ') && id) {
      const text = JSON.parse(line.slice(7));
      if (entries.has(id)) faults.push(`${at}: ${id} stands twice`);
      if (!text) faults.push(`${at}: ${id} has no text`);
      if (!comment) faults.push(`${at}: ${id} has no comment that says where it stands`);
      entries.set(id, { text, at });
      comment = id = '';
    }
  });
  return entries;
}

const placeholders = (text) => [...new Set([...text.matchAll(/\{(\w+)[,}]/g)].map((m) => m[1]))].sort().join();

function write(name, text) {
  const file = new URL(`gen/${name}`, HERE);
  try {
    if (readFileSync(file, 'utf8') === text) return;
  } catch { /* not there yet */ }
  writeFileSync(file, text);
}

/** An area's name: the first parts of its ids. */
const AREAS = { portal: ['portal'], engineer: ['my', 'case'], inbox: ['inbox'], admin: ['admin', 'invite', 'setup'] };
const areaOf = (id) => Object.keys(AREAS).find((a) => AREAS[a].includes(id.split('.')[0]));

const catalogs = { en: read('en'), zh: read('zh') };
for (const [a, b] of [['en', 'zh'], ['zh', 'en']])
  for (const [id, { text, at }] of catalogs[a]) {
    const twin = catalogs[b].get(id);
    if (!twin) faults.push(`${at}: ${id} is missing in ${b}.po`);
    else if (a === 'en' && placeholders(text) !== placeholders(twin.text)) faults.push(`${twin.at}: ${id} has other placeholders than en.po`);
  }
if (faults.length) {
  console.error(faults.join('\n'));
  process.exit(1);
}

mkdirSync(new URL('gen/', HERE), { recursive: true });
const note = '// SPDX-License-Identifier: Apache-2.0\n// Made by tools/catalogs.mjs; do not edit.\n';
for (const [lang, entries] of Object.entries(catalogs))
  for (const area of [undefined, ...Object.keys(AREAS)]) {
    const messages = Object.fromEntries([...entries].filter(([id]) => areaOf(id) === area).map(([id, { text }]) => [id, compileMessage(text)]));
    write(area ? `${lang}_${area}.ts` : `${lang}.ts`,
      `${note}import type { Messages } from '@lingui/core';\nexport const messages: Messages = JSON.parse(${JSON.stringify(JSON.stringify(messages))});\n`);
  }
write('areas.ts', `${note}export const AREAS = {\n${Object.keys(AREAS).map((a) => `  ${a}: { en: () => import('./en_${a}'), zh: () => import('./zh_${a}') },\n`).join('')}};\n`);
write('ids.ts', `${note}export type MessageId =\n${[...catalogs.en.keys()].map((id) => `  | '${id}'`).join('\n')};\n`);
