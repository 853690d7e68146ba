// SPDX-License-Identifier: Apache-2.0
//
// used.mjs OPENAPI OUT -- the part of the server's OpenAPI text that the app's code calls by name, with the schemas it needs.
//
// The whole text has every entity of the model, and its types would be a megabyte that changes with every field; generic
// screens learn entities at run time and need none of it.  A path is in use when src/ says api.GET('/path' or another method.
// A path that the server does not have is a fault.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const [from, to] = process.argv.slice(2);
const SRC = new URL('../../src/', import.meta.url);
const whole = JSON.parse(readFileSync(from, 'utf8'));
const used = new Set();
for (const name of readdirSync(SRC, { recursive: true }))
  if (/\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    for (const m of readFileSync(new URL(name, SRC), 'utf8').matchAll(/\bapi\.(?:GET|POST|PUT|PATCH|DELETE)\('([^']+)'/g)) used.add(m[1]);

const part = { openapi: whole.openapi, info: { title: whole.info.title, version: '1' }, paths: {}, components: {} };
for (const path of [...used].sort()) {
  const name = whole.paths[path] ? path : '/api/v1' + path;
  if (!whole.paths[name]) {
    console.error(`${from}: the server has no path ${path}, which src/ calls`);
    process.exit(1);
  }
  part.paths[name] = whole.paths[name];
}
// What is referred to, and what that refers to.
const refs = (v) => [...JSON.stringify(v).matchAll(/"#\/components\/(\w+)\/([^"]+)"/g)].map((m) => [m[1], m[2]]);
for (let todo = refs(part.paths); todo.length;) {
  const [kind, name] = todo.pop();
  const group = (part.components[kind] ??= {});
  if (group[name] || !whole.components[kind]?.[name]) continue;
  group[name] = whole.components[kind][name];
  todo.push(...refs(group[name]));
}
writeFileSync(to, JSON.stringify(part, null, 1) + '\n');
