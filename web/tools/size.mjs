// SPDX-License-Identifier: Apache-2.0
//
// size.mjs -- what the first page of each entry costs on the wire (gzip -9), against the budgets of size.json; fails when one
// is passed.  `js` is all that the page loads before it can be used: its scripts, and the texts of one language (size.json: `areas`).
import { readdirSync, readFileSync, statSync } from 'node:fs';

const DIST = new URL('../dist/', import.meta.url);
const { '//': _, ...budgets } = JSON.parse(readFileSync(new URL('../size.json', import.meta.url), 'utf8'));
const kb = (name) => statSync(new URL(name + '.gz', DIST)).size / 1024;
const largest = (area) => Math.max(0, ...readdirSync(new URL('a/', DIST)).filter((n) => new RegExp(`^(en|zh)${area ? '_' + area : ''}-.*\\.js$`).test(n)).map((n) => kb(`a/${n}`)));

/** What a page names, and what those name by a static import. */
function firstLoad(page) {
  const first = new Set();
  const visit = (name) => {
    if (first.has(name)) return;
    first.add(name);
    if (!name.endsWith('.js')) return;
    for (const m of readFileSync(new URL(name, DIST), 'utf8').matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) visit(`a/${m[1]}`);
  };
  for (const m of readFileSync(new URL(page, DIST), 'utf8').matchAll(/(?:src|href)="\/(a\/[^"]+)"/g)) visit(m[1]);
  return first;
}

for (const [page, { areas = [], ...budget }] of Object.entries(budgets)) {
  const catalog = largest() + areas.reduce((s, a) => s + largest(a), 0);
  const first = [...firstLoad(page)];
  const sum = (end) => first.filter((n) => n.endsWith(end)).reduce((s, n) => s + kb(n), 0);
  const sizes = { js: sum('.js') + catalog, css: sum('.css'), catalog };
  console.log(`web/dist/${page}: ${Object.entries(sizes).map(([k, v]) => `${k} ${v.toFixed(1)} of ${budget[k]} KB`).join(', ')} (gzip, first load)`);
  for (const [k, v] of Object.entries(sizes))
    if (v > budget[k]) {
      console.error(`web/dist/${page}: ${k} is over its budget`);
      process.exitCode = 1;
    }
}
