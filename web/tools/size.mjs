// SPDX-License-Identifier: Apache-2.0
//
// size.mjs -- what the first page costs on the wire (gzip -9), against the budgets of ui.md 7.2; fails when one is passed.
import { readdirSync, readFileSync, statSync } from 'node:fs';

const DIST = new URL('../dist/', import.meta.url);
const BUDGET = { js: 170, css: 20, catalog: 25 };
const kb = (name) => statSync(new URL(name + '.gz', DIST)).size / 1024;

// First load: what index.html names, and what those name by a static import.
const first = new Set();
const visit = (name) => {
  if (first.has(name)) return;
  first.add(name);
  if (!name.endsWith('.js')) return;
  for (const m of readFileSync(new URL(name, DIST), 'utf8').matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) visit(`a/${m[1]}`);
};
for (const m of readFileSync(new URL('index.html', DIST), 'utf8').matchAll(/(?:src|href)="\/(a\/[^"]+)"/g)) visit(m[1]);

const sum = (end) => [...first].filter((n) => n.endsWith(end)).reduce((s, n) => s + kb(n), 0);
const catalogs = readdirSync(new URL('a/', DIST)).filter((n) => /^(en|zh)-.*\.js$/.test(n));
const sizes = { js: sum('.js'), css: sum('.css'), catalog: Math.max(0, ...catalogs.map((n) => kb(`a/${n}`))) };
console.log(`web/dist: ${Object.entries(sizes).map(([k, v]) => `${k} ${v.toFixed(1)} of ${BUDGET[k]} KB`).join(', ')} (gzip, first load)`);
for (const [k, v] of Object.entries(sizes))
  if (v > BUDGET[k]) {
    console.error(`web/dist: ${k} is over its budget`);
    process.exitCode = 1;
  }
