// SPDX-License-Identifier: Apache-2.0
//
// models.mjs -- any valid model has screens: 200 entities are made up, of random fields, states, transitions and views, each in
// a YAML file of its own; real servers run with them, and in chromium each has its list, its form and its page.
//
// Random values are typed into the form as a person types them; what the API then says is held against what was typed, and
// shown on the page.  No page may write an error or a warning to the console; some are looked at by axe.
//
//     OPENITR_SEED=7      other models (the seed is printed)
//     OPENITR_MODELS=20   fewer of them
//     OPENITR_ONLY=154    this one alone, with its text when it fails
//
// 20 entities a server, so that a fault names a small model.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { report, walk } from './walk.mjs';

const PROGRAM = fileURLToPath(new URL('../../build/openitr', import.meta.url));
const SEED = Number(process.env.OPENITR_SEED ?? 20261121);
const MANY = Number(process.env.OPENITR_MODELS ?? 200);
const EACH = 20;

/* ---- chance, the same for the same seed ---- */

let state = SEED >>> 0;
function chance() {
  state = (state + 0x6d2b79f5) >>> 0;
  let x = Math.imul(state ^ (state >>> 15), 1 | state);
  x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
  return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
}
const upTo = (n) => Math.floor(chance() * n);
const between = (a, b) => a + upTo(b - a + 1);
const one = (list) => list[upTo(list.length)];
const some = (list, n) => {
  const rest = [...list];
  return Array.from({ length: Math.min(n, rest.length) }, () => rest.splice(upTo(rest.length), 1)[0]);
};
const odds = (p) => chance() < p;
const WORDS = ['voltage', 'rack', 'filter', 'cable', '风扇', '电池', 'Überspannung', '机柜', 'door', 'fuse', '"quoted"', "it's", 'a;b', '100 %', '<b>bold</b>', '中文 mixed'];
const phrase = (n = 3) => Array.from({ length: between(1, n) }, () => one(WORDS)).join(' ');

/* ---- models ---- */

const TYPES = ['text', 'text', 'longtext', 'markdown', 'phone', 'email', 'address', 'serial', 'barcode', 'int', 'rating', 'score', 'decimal', 'money', 'percent',
  'duration', 'bool', 'enum', 'enum', 'multi_enum', 'date', 'datetime', 'period', 'person', 'team', 'geo', 'checklist', 'readings', 'json'];

function field(i, bools) {
  const f = { name: `f${i}_${one(['alpha', 'beta', 'gamma', 'delta'])}`, type: one(TYPES) };
  f.label = { en: `${one(['Main', 'Second', 'Other', 'A very long name of a'])} ${f.type} ${i}`, zh: `${one(['主要', '第二', '其他', '名称很长的'])}字段${i}` };
  if (odds(0.3)) f.help = { en: `Help of ${i}`, zh: `说明${i}` };
  if (f.type === 'enum' || f.type === 'multi_enum')
    f.of = Object.fromEntries(Array.from({ length: between(2, 9) }, (_, k) => [`o${k}`, { en: `Option ${k}`, zh: `选项${k}` }]));
  if (f.type === 'int' && odds(0.5)) Object.assign(f, { min: -5, max: 5000 });
  if (f.type === 'decimal' && odds(0.5)) f.scale = between(1, 4);
  if (f.type === 'barcode' && odds(0.5)) f.check = 'gs1';
  if (f.type === 'readings' && odds(0.5))
    f.measures = Object.fromEntries(Array.from({ length: between(1, 3) }, (_, k) => [`m${k}`, { label: { en: `Measure ${k}`, zh: `测量${k}` }, unit: one(['V', '°C']), ...(odds(0.7) ? { min: -10 } : {}), ...(odds(0.7) ? { max: 40.5 } : {}) }]));
  if (f.type === 'checklist' && odds(0.6))
    f.items = Object.fromEntries(Array.from({ length: between(1, 5) }, (_, k) => [`i${k}`, { label: { en: `Item ${k} to do`, zh: `检查项${k}` }, ...(odds(0.4) ? { required: true } : {}) }]));
  if (f.type === 'text' && odds(0.3)) f.max = between(20, 60);
  if (odds(0.3)) f.required = true;
  if (odds(0.5)) f.group = one(['handling', 'summary', 'times', 'own_group']);
  if (bools.length && odds(0.15)) f.when = `${one(bools)} == true`;
  if (odds(0.15) && !['json', 'period', 'geo', 'checklist', 'readings', 'multi_enum'].includes(f.type)) f.index = true;
  return f;
}

function lifecycle(kind) {
  const n = between(2, 7);
  const stages = ['accept', 'handle', 'close'];
  const states = Array.from({ length: n }, (_, i) => ({
    name: `s${i}`, label: { en: `State ${i}`, zh: `状态${i}` }, final: i === n - 1,
    ...(kind === 'case' ? { stage: stages[Math.min(2, Math.floor((i * 3) / n))] } : {}), ...(i > 0 && i < n - 1 && odds(0.2) ? { kind: 'waiting' } : {}),
  }));
  const ways = states.slice(0, -1).map((s, i) => ({ name: `t${i}`, from: [s.name], to: states[i + 1].name, style: odds(0.5) ? 'primary' : 'normal' }));
  for (let i = 0; i < upTo(4); i++) ways.push({ name: `x${i}`, from: some(states.slice(0, -1), between(1, 3)).map((s) => s.name), to: odds(0.2) ? 'same' : one(states).name, reason: odds(0.3), style: one(['normal', 'danger']) });
  return { states, ways };
}

function entity(i) {
  const kind = odds(0.5) ? 'case' : 'record';
  const name = `made_${i}`;
  const fields = [];
  for (let k = 0, n = between(2, 6); k < n; k++) fields.push(field(k, fields.filter((f) => f.type === 'bool' && !f.when).map((f) => f.name)));
  if (kind === 'record') fields.unshift({ name: 'name', type: 'text', required: true, label: { en: 'Name', zh: '名称' } });
  const life = kind === 'case' || odds(0.5) ? lifecycle(kind) : { states: [], ways: [] };
  return { name, kind, fields, ...life, list: kind === 'record' ? ['name', ...some(fields.slice(1).map((f) => f.name), 3)] : ['title', ...some(fields.map((f) => f.name), 3)] };
}

const yaml = (v) => JSON.stringify(v);                 // JSON is YAML
function text(e) {
  const fields = Object.fromEntries(e.fields.map(({ name, ...f }) => [name, f]));
  const states = Object.fromEntries(e.states.map(({ name, ...s }) => [name, s]));
  const ways = Object.fromEntries(e.ways.map(({ name, ...t }) => [name, { by: ['administrator'], label: { en: `Do ${name}`, zh: `操作${name}` }, ...t }]));
  return [`entity: ${e.name}`, `is: ${e.kind}`, `label: {en: "Made ${e.name.slice(5)}", zh: "自制${e.name.slice(5)}"}`,
    ...(e.kind === 'case' ? [`number: "M${e.name.slice(5)}-{seq:4}"`] : ['display: name']), 'nav: {group: made, order: 1}',
    `fields: ${yaml(fields)}`, ...(e.states.length ? [`states: ${yaml(states)}`, `transitions: ${yaml(ways)}`] : []),
    `list: ${yaml(e.list)}`, 'grants: {administrator: {read: all, write: all, create: true}}', ''].join('\n');
}

/* ---- values, as one types them and as the API tells them ---- */

/** A number whose last digit goes with the others. */
function gs1() {
  const bare = Array.from({ length: one([7, 11, 12, 13, 17]) }, () => upTo(10));
  const sum = [...bare].reverse().reduce((n, d, i) => n + d * (i % 2 ? 1 : 3), 0);
  return [...bare, (10 - (sum % 10)) % 10].join('');
}
/** Some of what is to be measured, within and outside the limits. */
const measured = (f) => some(Object.entries(f.measures), between(1, 3)).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, m]) => {
  const value = between(-300, 900) / 10;
  return { name, value, unit: m.unit, ...((m.min !== undefined && value < m.min) || (m.max !== undefined && value > m.max) ? { reason: phrase(2) } : {}) };
});
const DAY = () => `20${between(10, 39)}-0${between(1, 9)}-${between(10, 28)}`;
function value(f) {
  switch (f.type) {
    case 'text': return phrase(3).slice(0, f.max ?? 200).trim();
    case 'longtext': case 'markdown': return `${phrase(5)}\n${phrase(4)}`;
    case 'phone': return `+86 571 ${between(1000, 9999)} ${between(1000, 9999)}`;
    case 'email': return `a${upTo(1000)}@house.example`;
    case 'address': return `${between(1, 99)} ${phrase(2)}`;
    case 'barcode': if (f.check) return gs1();
    // falls through
    case 'serial': return `SN${between(10000, 99999)}X`;
    case 'int': return f.max ? between(f.min, f.max) : between(-1000, 100000);
    case 'rating': return between(1, 5);
    case 'score': return between(0, 10);
    case 'decimal': case 'money': case 'percent': return between(0, 99999) / 10 ** Math.min(2, f.scale ?? 2);
    case 'duration': return between(0, 50) * 3600 + between(1, 59) * 60;
    case 'bool': return odds(0.6);
    case 'enum': return one(Object.keys(f.of));
    case 'multi_enum': return some(Object.keys(f.of), between(1, 3)).sort();
    case 'date': return DAY();
    case 'datetime': return `${DAY()}T0${between(1, 9)}:${between(10, 59)}`;
    case 'period': return { from: DAY().replace(/^20../, '2021'), to: DAY().replace(/^20../, '2030') };
    case 'geo': return { lat: between(-89, 89) + 0.5, lon: between(-179, 179) + 0.25 };
    case 'checklist':
      if (f.items) {
        const own = Array.from({ length: upTo(2) }, () => ({ text: phrase(2), done: odds(0.5) }));
        return [...some(Object.keys(f.items), between(1, 5)).sort().map((item) => ({ item, done: true })), ...own];
      }
      return Array.from({ length: between(1, 3) }, () => ({ text: phrase(2), done: odds(0.5) }));
    case 'readings': if (f.measures) return measured(f);
      return Array.from({ length: between(1, 2) }, () => ({ name: one(['U', 'I', '温度']), value: between(-99, 999) / 10, unit: one(['V', 'A', '°C']) }));
    case 'json': return { [one(['a', 'b'])]: [between(1, 9), null, phrase(2)] };
    default: return null;
  }
}
/** What the API tells for what was typed. */
const told = (f, v) => (f.type === 'datetime' ? new Date(v + ':00+08:00').toISOString().replace('.000Z', 'Z') : v);

async function type(page, f, v) {
  const box = page.locator(`[data-field="${f.name}"]`);
  const fill = (i, x) => box.locator('input,textarea').nth(i).fill(String(x));
  switch (f.type) {
    case 'enum': case 'rating': case 'score':
      if (await box.locator(`input[type=radio][value="${v}"]`).count()) return box.locator(`input[type=radio][value="${v}"]`).check();
      await box.locator('button.select').click();
      return page.locator(`[role=option][data-key="k${v}"]`).click();
    case 'bool':
      if (await box.locator('input[type=radio]').count()) return box.locator(`input[type=radio][value="${v}"]`).check();
      return box.locator('input').setChecked(v);
    case 'multi_enum':
      for (const x of v) await box.locator('label.radio').nth(Object.keys(f.of).indexOf(x)).locator('input').check();
      return;
    case 'duration': await fill(0, Math.floor(v / 3600)); return fill(1, (v % 3600) / 60);
    case 'date': case 'datetime': return typeDate(box, v);
    case 'period': await typeDate(box, v.from, 0); return typeDate(box, v.to, 1);
    case 'geo': await fill(0, v.lat); return fill(1, v.lon);
    case 'checklist':
      for (const x of v.filter((x) => x.item)) await box.locator(`[data-item="${x.item}"] input`).check();
      for (const [i, x] of v.filter((x) => !x.item).entries()) {
        await box.locator('button').last().click();
        await box.locator('.pair').nth(i).locator('input').nth(1).fill(x.text);
        await box.locator('.pair').nth(i).locator('input').nth(0).setChecked(x.done);
      }
      return;
    case 'readings':
      for (const x of f.measures ? v : []) {
        const row = box.locator(`[data-measure="${x.name}"]`);
        await row.locator('input').first().fill(String(x.value));
        if (x.reason) await row.locator('input.reason').fill(x.reason);
      }
      for (const [i, x] of f.measures ? [] : v.entries()) {
        await box.locator('button').last().click();
        for (const [k, part] of [x.name, x.value, x.unit].entries()) await box.locator('.pair').nth(i).locator('input').nth(k).fill(String(part));
      }
      return;
    case 'person': case 'team': {
      // Answers may come while one reaches for an option: whoever sees that nothing was taken reaches again.
      const asked = f.type === 'person' ? 'a' : 'Made', combo = box.locator('[role=combobox]');
      for (let i = 0; i < 3; i++) {
        if (i) await combo.fill('');
        await combo.fill(asked);
        await page.locator('[role=listbox] [role=option]').first().click({ timeout: 5000 }).catch(() => {});
        await page.locator('[role=listbox]').waitFor({ state: 'detached', timeout: 5000 }).catch(() => {});
        if (await combo.inputValue() !== asked && await combo.inputValue() !== '') return;
      }
      return;
    }
    case 'json': return fill(0, JSON.stringify(v));
    default: return fill(0, v);
  }
}

/* ---- servers ---- */

async function serve(dir, entities, listen = '127.0.0.1:0') {
  const again = listen !== '127.0.0.1:0';
  const site = join(dir, 'site'), db = join(dir, 'made.db');
  mkdirSync(join(site, 'models'), { recursive: true });
  for (const e of entities) writeFileSync(join(site, 'models', `${e.name}.yaml`), text(e));
  execFileSync(PROGRAM, ['check', site], { stdio: 'pipe' });
  execFileSync(PROGRAM, ['init', '--db', db, '--site', site], { stdio: 'pipe' });
  if (!again) execFileSync(PROGRAM, ['user', 'create', '--db', db, '--site', site, '--roles', 'administrator', '--password-stdin', 'maker'], { input: 'maker maker maker\n', stdio: ['pipe', 'pipe', 'pipe'] });
  const child = spawn(PROGRAM, ['serve', '--db', db, '--site', site, '--listen', listen, '--log-level', 'warn'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const base = await new Promise((done, no) => {
    let said = '';
    const hear = (b) => {
      said += b;
      const m = /^OpenITR serves (http\S+?)\/?$/m.exec(said);
      if (m) done(m[1]);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('exit', () => no(new Error(`the server ended: ${said}`)));
  });
  return { base, stop: () => new Promise((done) => { child.once('exit', done); child.kill(); }) };
}

process.env.OPENITR_URL ??= 'http://127.0.0.1:1';
process.env.OPENITR_LOGINS ??= fileURLToPath(new URL('package.json', import.meta.url));
const { launch, typeDate } = await import('./browser.mjs');
const AXE = readFileSync(fileURLToPath(new URL('node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8');

/** A page that is signed in and remembers what the console was told. */
async function person(browser, base, lang) {
  const context = await browser.newContext({ viewport: { width: 1366, height: 2000 }, locale: lang === 'zh' ? 'zh-CN' : 'en-GB', timezoneId: 'Asia/Shanghai' });
  context.setDefaultTimeout(30_000);
  await context.addInitScript((l) => localStorage.setItem('openitr.lang', l), lang);
  const page = await context.newPage();
  const wrongs = [];
  page.on('pageerror', (e) => wrongs.push(String(e.stack ?? e)));
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && wrongs.push(`${m.type()}: ${m.text()}`));
  await page.goto(base + '/login');
  await page.fill('[name=login]', 'maker');
  await page.fill('[name=password]', 'maker maker maker');
  await page.press('[name=password]', 'Enter');
  await page.waitForSelector('header.top');
  // Signed out, /me answers 401, which the browser tells its console.
  wrongs.length = 0;
  const get = (path, body) => page.evaluate(async ([p, b]) => {
    const { csrf } = b ? await (await fetch('/api/v1/me')).json() : {};
    return (await fetch('/api/v1' + p, b && { method: 'POST', body: JSON.stringify(b), headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf } })).json();
  }, [path, body]);
  const go = (path) => page.evaluate((p) => { history.pushState(null, '', p); dispatchEvent(new PopStateEvent('popstate')); }, path);
  const axe = async () => {
    await page.waitForTimeout(200);
    await page.evaluate(AXE + ';0');
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
    return violations.map((v) => `axe ${v.id}: ${v.nodes.slice(0, 2).map((n) => n.target).join(' | ')}`);
  };
  return { page, wrongs, get, go, axe, close: () => context.close() };
}

const shown = (f, values) => !f.when || values[f.when.split(' ')[0]] === true;

/** What is typed into the form of an entity. */
function typed(e) {
  state = (SEED + 7919 * Number(e.name.slice(5))) >>> 0;
  const values = e.kind === 'case' ? { title: phrase(3) } : {};
  for (const f of e.fields) if (shown(f, values)) values[f.name] = ['person', 'team'].includes(f.type) ? 'any' : value(f);
  return values;
}

/** The form, the page and the list of one entity; throws at the first thing that is not right. */
async function round(p, e, look) {
  const { page } = p;
  const values = typed(e);
  await p.go(`/e/${e.name}/new`);
  await page.waitForSelector('form.form-page');
  const more = page.locator('form.form-page details.card > summary');
  if (await more.count()) await more.click();
  for (const f of [...(e.kind === 'case' ? [{ name: 'title', type: 'text' }] : []), ...e.fields]) if (f.name in values) await type(page, f, values[f.name]);
  const faults = look ? await p.axe() : [];
  await page.locator('form.form-page button[type=submit]').click();
  await page.waitForSelector('.record-head, .field .error, .banner.bad');
  if (!await page.locator('.record-head').count()) throw new Error(`refused: ${(await page.locator('.error, .banner.bad').allInnerTexts()).join(' / ')}`);
  const id = new URL(page.url()).pathname.split('/').pop();
  const kept = await p.get(`/${e.name}/${id}`);
  for (const f of e.fields) {
    if (!(f.name in values)) continue;
    // A box that was not ticked is no answer.
    if (f.type === 'bool' && !f.required && !values[f.name] && !kept[f.name]) continue;
    const is = f.type === 'multi_enum' ? [...(kept[f.name] ?? [])].sort() : kept[f.name];
    if (['person', 'team'].includes(f.type) ? !(is > 0) : !isDeepStrictEqual(is, told(f, values[f.name])))
      throw new Error(`${f.name} (${f.type}): typed ${JSON.stringify(values[f.name])}, kept ${JSON.stringify(is)}`);
    // What is not so has no row on the page.
    if (is !== false && f.name !== 'name' && !await page.getByText(f.label[p.lang], { exact: true }).count() && f.type !== 'longtext') throw new Error(`${f.name} (${f.type}) does not stand on the page`);
  }
  if (look) faults.push(...await p.axe());
  await p.go(`/e/${e.name}`);
  await page.locator(`tr[data-id="${id}"]`).waitFor();
  if (look) {
    faults.push(...await p.axe());
    for (const as of e.states.length ? ['board', 'map'] : []) {
      await p.go(`/e/${e.name}?as=${as}`);
      await page.locator(as === 'board' ? `[data-card="${id}"]` : '.graph-node').first().waitFor();
      faults.push(...await p.axe());
    }
  }
  if (faults.length) throw new Error(faults.join('\n'));
  if (p.wrongs.length) throw new Error(p.wrongs.splice(0).join('\n'));
}

const ONLY = process.env.OPENITR_ONLY;
// The values that are typed come from a chance of their own for each entity, so that one alone gets what it got among all.
const all = Array.from({ length: MANY }, (_, i) => entity(i)).filter((e) => !ONLY || e.name === `made_${ONLY}`);
console.log(`models: seed ${SEED}, ${all.length} entities with ${all.reduce((n, e) => n + e.fields.length, 0)} fields`);
const browser = await launch();
const begun = Date.now();
const chunks = Array.from({ length: Math.ceil(all.length / EACH) }, (_, i) => all.slice(i * EACH, (i + 1) * EACH));
for (const [n, entities] of chunks.entries()) {
  const dir = mkdtempSync(join(tmpdir(), 'openitr-models.'));
  let server, people = [];
  await walk(`models ${n + 1}`, [
    ['a server runs with them', async () => {
      server = await serve(dir, entities);
      people = await Promise.all(['zh', 'en'].map(async (lang) => ({ ...await person(browser, server.base, lang), lang })));
      await people[0].get('/team', { code: 'MADE', name: 'Made team', kind: 't1', tier: 1 });
    }],
    ['each has a form, a page and a list, and keeps what is typed', async () => {
      const faults = [];
      await Promise.all(people.map(async (p, k) => {
        for (let i = k; i < entities.length; i += people.length)
          await round(p, entities[i], i < people.length).catch((x) => faults.push(`${entities[i].name}: ${String(x.message).split("\n").slice(0, 6).join("\n")}${ONLY ? "\n" + text(entities[i]) : ""}`));
      }));
      if (faults.length) throw new Error(`${faults.length} of ${entities.length}:\n${faults.join('\n')}`);
    }],
  ]);
  await Promise.all(people.map((p) => p.close()));
  await server?.stop();
  rmSync(dir, { recursive: true, force: true });
}
/* ---- a model that changes under an open form ---- */

{
  const dir = mkdtempSync(join(tmpdir(), 'openitr-models.'));
  const plain = (name, more = {}) => ({ name, type: 'text', label: { en: `Field ${name}`, zh: `字段${name}` }, ...more });
  const before = { name: 'made_0', kind: 'record', states: [], ways: [], list: ['name'], fields: [plain('name', { required: true }), plain('going'), plain('staying')] };
  const after = { ...before, fields: [plain('name', { required: true }), plain('staying', { max: 5 }), plain('coming', { required: true })] };
  let server, p;
  const box = (f) => p.page.locator(`[data-field="${f}"]`);
  await walk('models change', [
    ['a form is being filled in', async () => {
      server = await serve(dir, [before]);
      p = await person(browser, server.base, 'en');
      await p.go('/e/made_0/new');
      for (const [f, v] of [['name', 'Kept'], ['going', 'gone soon'], ['staying', 'long enough']]) await box(f).locator('input').fill(v);
    }],
    ['meanwhile the model changes; the form stands, and what was typed with it', async () => {
      await server.stop();
      server = await serve(dir, [after], new URL(server.base).host);
      // The stream comes back and brings the new model.
      await p.page.locator('[data-model=changed]').waitFor({ timeout: 30_000 });
      if (await box('going').locator('input').inputValue() !== 'gone soon') throw new Error('what was typed is lost');
      if (await box('coming').count()) throw new Error('a field came under the hands');
    }],
    ['what the new model does not take is told at its field; what it wants besides, above the form', async () => {
      p.wrongs.length = 0;
      await p.page.locator('form.form-page button[type=submit]').click();
      await box('going').locator('.error').waitFor();
      const said = await p.page.locator('form.form-page').innerText();
      await box('staying').locator('.error').waitFor();
      if (!/coming/.test(said)) throw new Error(`the new field is not named: ${said}`);
      if (await box('name').locator('input').inputValue() !== 'Kept') throw new Error('what was typed is lost');
    }],
    ['the new form is taken: what was typed stays, what has no place is still read, and it saves', async () => {
      await p.page.locator('[data-model=take]').click();
      await box('coming').waitFor();
      if (await box('going').count()) throw new Error('the field that went is still asked for');
      if (!/gone soon/.test(await p.page.locator('[data-model=changed]').locator('..').innerText())) throw new Error('what was typed is lost');
      if (await box('name').locator('input').inputValue() !== 'Kept') throw new Error('what was typed is lost');
      const faults = await p.axe();
      if (faults.length) throw new Error(faults.join('\n'));
      await box('staying').locator('input').fill('short');
      await box('coming').locator('input').fill('new');
      await p.page.locator('form.form-page button[type=submit]').click();
      await p.page.waitForSelector('.record-head');
      const kept = await p.get(`/made_0/${new URL(p.page.url()).pathname.split('/').pop()}`);
      if (kept.name !== 'Kept' || kept.staying !== 'short' || kept.coming !== 'new') throw new Error(JSON.stringify(kept));
    }],
    ['a record that is being edited while an administrator publishes: live, and the new field is there', async () => {
      await p.page.locator('.record-title button', { hasText: 'Edit' }).click();
      await p.page.locator('.dialog [data-field=staying] input').fill('typed');
      const text = 'extend: made_0\nfields:\n  later: {type: text, label: {en: Field later, zh: 字段later}}\n';
      await p.get('/model/patches', { text });
      await p.page.locator('.dialog [data-model=take]').click();
      await p.page.locator('.dialog [data-field=later] input').fill('at once');
      if (await p.page.locator('.dialog [data-field=staying] input').inputValue() !== 'typed') throw new Error('what was typed is lost');
      await p.page.locator('.dialog button[type=submit]').click();
      await p.page.locator('.dialog').waitFor({ state: 'detached' });
      const kept = await p.get(`/made_0/${new URL(p.page.url()).pathname.split('/').pop()}`);
      if (kept.later !== 'at once' || kept.staying !== 'typed') throw new Error(JSON.stringify(kept));
    }],
  ]);
  await p?.close();
  await server?.stop();
  rmSync(dir, { recursive: true, force: true });
}

/* ---- check digits, limits of readings ---- */

{
  const dir = mkdtempSync(join(tmpdir(), 'openitr-models.'));
  const label = (en, zh) => ({ en, zh });
  const made = { name: 'made_0', kind: 'record', states: [], ways: [], list: ['name', 'code', 'found'], fields: [
    { name: 'name', type: 'text', required: true, label: label('Name', '名称') },
    { name: 'story', type: 'longtext', max: 20, label: label('Story', '经过') },
    { name: 'code', type: 'barcode', check: 'gs1', label: label('Code', '条码') },
    { name: 'found', type: 'readings', label: label('Found', '测量'), measures: { input: { label: label('Input', '输入'), unit: 'V', min: 207, max: 253 }, heat: { label: label('Heat', '温度'), unit: '°C', max: 40 } } }] };
  let server, p;
  await walk('models measures', [
    ['a digit that was mistyped is told at once, and refused', async () => {
      server = await serve(dir, [made]);
      p = await person(browser, server.base, 'en');
      await p.go('/e/made_0/new');
      await p.page.locator('[data-field=name] input').fill('Measured');
      await p.page.locator('[data-field=code] input').fill('6291041500214');
      await p.page.locator('[data-check]', { hasText: '3' }).waitFor();
      await p.page.locator('[data-field=story] textarea').fill('short');
      if (await p.page.locator('[data-counter]').count()) throw new Error('a short text is counted');
      await p.page.locator('[data-field=story] textarea').fill('机房温度过高，已通知客户，请尽快处理');
      await p.page.locator('[data-counter]', { hasText: '18 of 20' }).waitFor();
      await p.page.locator('form.form-page button[type=submit]').click();
      await p.page.locator('[data-field=code] .error', { hasText: '3' }).waitFor();
      await p.page.locator('[data-field=code] input').fill('6291041500213');
      await p.page.locator('[data-check]').waitFor({ state: 'detached' });
    }],
    ['a reading outside its limits asks why, and is refused without it', async () => {
      const input = p.page.locator('[data-measure=input]');
      await input.locator('input').first().fill('230');
      if (await input.locator('.reason').count()) throw new Error('a reason is asked for within the limits');
      await input.locator('input').first().fill('180');
      await input.locator('.reason').waitFor();
      await p.page.locator('[data-measure=heat] input').first().fill('21.5');
      p.wrongs.length = 0; // a refusal is told to the console
      await p.page.locator('form.form-page button[type=submit]').click();
      await p.page.locator('[data-field=found] .error', { hasText: '207' }).waitFor();
      const faults = await p.axe();
      if (faults.length) throw new Error(faults.join('\n'));
      await input.locator('.reason').fill('Generator only');
      await p.page.locator('form.form-page button[type=submit]').click();
      await p.page.waitForSelector('.record-head');
      const text = await p.page.locator('.facts').first().innerText();
      if (!/Input/.test(text) || !/207/.test(text) || !/Generator only/.test(text)) throw new Error(`the page does not tell it: ${text}`);
      const kept = await p.get(`/made_0/${new URL(p.page.url()).pathname.split('/').pop()}`);
      if (!isDeepStrictEqual(kept.found, [{ name: 'input', value: 180, unit: 'V', reason: 'Generator only' }, { name: 'heat', value: 21.5, unit: '°C' }])) throw new Error(JSON.stringify(kept.found));
    }],
  ]);
  await p?.close();
  await server?.stop();
  rmSync(dir, { recursive: true, force: true });
}

/* ---- files, photos and signatures are fields of a case that is there already ---- */

{
  const dir = mkdtempSync(join(tmpdir(), 'openitr-models.'));
  const of = (type) => ({ name: `a_${type}`, type, label: { en: `A ${type}`, zh: `一个${type}` } });
  const made = { name: 'made_0', kind: 'case', fields: ['file', 'image', 'signature'].map(of), list: ['title'], states: [{ name: 's0', label: { en: 'New', zh: '新' }, stage: 'accept' }, { name: 's1', label: { en: 'Done', zh: '完成' }, stage: 'close', final: true }],
    ways: [{ name: 't0', from: ['s0'], to: 's1' }] };
  const dot = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
  let server, p, id;
  await walk('models files', [
    ['a form for a new case does not ask for them', async () => {
      server = await serve(dir, [made]);
      p = await person(browser, server.base, 'en');
      await p.go('/e/made_0/new');
      await p.page.locator('[data-field=title] input').fill('With files');
      if (await p.page.locator('[data-field=a_image]').count()) throw new Error('a photo is asked for');
      await p.page.locator('form.form-page button[type=submit]').click();
      await p.page.waitForSelector('.record-head');
      id = new URL(p.page.url()).pathname.split('/').pop();
    }],
    ['in its page they are chosen, taken and signed, and shown', async () => {
      const { page } = p;
      await page.locator('.record-title button', { hasText: 'Edit' }).click();
      await page.locator('[data-field=a_file] input[type=file]').setInputFiles({ name: 'log.txt', mimeType: 'text/plain', buffer: Buffer.from('a log') });
      await page.locator('[data-field=a_file] a[download]').waitFor();
      await page.locator('[data-field=a_image] input[type=file]').setInputFiles({ name: 'dot.png', mimeType: 'image/png', buffer: dot });
      await page.locator('[data-field=a_image] img.thumb').waitFor();
      await page.locator('[data-field=a_signature] input.inp').fill('Wang Fang');
      await page.locator('[data-field=a_signature] button').first().click();
      await page.locator('[data-field=a_signature] img.thumb').waitFor();
      const faults = await p.axe();
      if (faults.length) throw new Error(faults.join('\n'));
      await page.locator('.dialog button[type=submit]').click();
      await page.locator('.dialog').waitFor({ state: 'detached' });
      await page.locator('.facts img.thumb').nth(1).waitFor();
      if (!await page.locator('.facts img.thumb').first().evaluate((i) => i.complete && i.naturalWidth > 0)) throw new Error('the picture is not shown');
      const kept = await p.get(`/made_0/${id}`);
      for (const f of made.fields) if (!(kept[f.name] > 0)) throw new Error(`${f.name} is not kept`);
      if (p.wrongs.length) throw new Error(p.wrongs.join('\n'));
    }],
  ]);
  await p?.close();
  await server?.stop();
  rmSync(dir, { recursive: true, force: true });
}

await browser.close();
console.log(`models: ${Math.round((Date.now() - begun) / 1000)} s`);
report('models');
