// SPDX-License-Identifier: Apache-2.0
//
// scenes.mjs -- forty pictures that are the same each time (ui.md 7.2): twenty screens of a company made of fixed data, in
// Chinese and in English; a release is looked at by comparing them with those of the release before.
//
//     tests/browser/run scenes                 takes them into build/scenes/, with contact sheets; what is cut fails
//     tests/browser/run scenes --keep DIR      and keeps them in DIR as what others are held against
//     tests/browser/run scenes --against DIR   and names those that differ in more than 0.1 % of their pixels: a person must look
//
// What makes them the same: the server's clock stands (--test-time) when the company is founded and while it is looked at, and
// so does the browser's; one person after the other acts, so that numbers are given in the same order; one family of fonts is
// there (run); nothing moves; and a picture is taken when nothing is on its way any more and two in a row agree.
//
// OPENITR_SCENES=REGEX takes those of these names alone.
import { mkdirSync, readFileSync, rmSync, writeFileSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BASE, launch, Person } from './browser.mjs';
import { cut, pseudo } from './pseudo.mjs';
import { differs, sheet } from './sheets.mjs';

const AT = new Date(process.env.OPENITR_TEST_TIME);
const OUT = fileURLToPath(new URL('../../build/scenes/', import.meta.url));
/** Of the pixels of a picture: so many may differ without a person looking. */
const MOST = 0.001;

/** The first record of a kind that a filter finds, the oldest of them. */
const first = (entity, filter = '') => async (p) => {
  const { items } = await p.api(`/${entity}?limit=1&sort=id${filter && `&filter=${encodeURIComponent(filter)}`}`);
  if (!items.length) throw new Error(`no ${entity} ${filter}`);
  return items[0];
};
const record = (entity, filter) => async (p) => `/e/${entity}/${(await first(entity, filter)(p)).id}`;
const press = (selector) => async (p) => {
  await p.page.locator(selector).filter({ visible: true }).first().click();
};

/** who: the login, '' nobody; at: the address; ready: what must be there; dark, phone; opens: what is done then. */
const SCREENS = [
  { name: 'login', who: '', at: '/login', ready: 'form [name=login]', dark: true },
  { name: 'my-work', who: 't1', at: '/my', ready: '[data-item]' },
  { name: 'case', who: 't1', at: (p, made) => `/c/${made.number}`, ready: '.timeline li.talk' },
  { name: 'case-phone', who: 't1', at: (p, made) => `/c/${made.number}`, ready: '.case-tabs', phone: true, dark: true },
  { name: 'wait', who: 't1', at: (p, made) => `/c/${made.number}`, ready: '.timeline li.talk', opens: async (p) => {
    await p.page.locator('main').press('p');
    await p.page.locator('.dialog [data-field=pause_code]').waitFor();
  } },
  { name: 'list', who: 'duty', at: '/e/technical_request', ready: 'tbody tr[data-id]', dark: true },
  { name: 'list-phone', who: 'duty', at: '/e/technical_request?state=in_progress', ready: 'tbody tr[data-id]', phone: true },
  { name: 'board', who: 'duty', at: '/e/technical_request?as=board', ready: '[data-card]' },
  { name: 'inbox-phone', who: 't1', at: '/inbox', ready: '.notice', phone: true, dark: true },
  { name: 'portal-home', who: 'customer', at: '/p', ready: '.cards .card', phone: true },
  { name: 'portal-new', who: 'customer', at: '/p/new', ready: '[data-field=text]', phone: true, dark: true },
  { name: 'portal-request', who: 'customer', at: (p, made) => `/p/r/${made.number}`, ready: '.talk li' },
  // Eight processes as their YAML files say them: forms, lists and pages without a line of their own.
  { name: 'new-technical-request', who: 'hotline', at: '/e/technical_request/new', ready: 'form.form-page' },
  { name: 'work-order', who: 't1', at: async (p, made) => record('work_order', `parent==${made.id}`)(p), ready: 'article.record' },
  { name: 'change-requests', who: 'changes', at: '/e/change_request', ready: 'tbody tr[data-id]', dark: true },
  { name: 'bulletin', who: 'duty', at: record('bulletin'), ready: 'article.record', phone: true },
  { name: 'knowledge-article', who: 'knowledge', at: record('knowledge_article'), ready: 'article.record', dark: true },
  { name: 'contract', who: 'manager', at: record('contract'), ready: 'article.record' },
  { name: 'callbacks-phone', who: 'hotline', at: '/e/callback', ready: 'tbody tr[data-id]', phone: true, dark: true },
  { name: 'rule-table', who: 'admin', at: '/admin/rules/priority', ready: 'table' },
].filter((s) => new RegExp(process.env.OPENITR_SCENES || '').test(s.name));

/* ---- the company ---- */

/** What the ninety days of the demo company lack: a request with a talk, and what somebody was told of it. */
async function begin(as) {
  const { hotline, t1, customer } = as;
  const me = await t1.api('/me'), reporter = await customer.api('/me');
  const unit = await first('installed_unit', `account==${reporter.account};state==in_service`)(hotline);
  const contact = await first('contact', 'name==刘建国')(hotline);
  const made = await hotline.api('/technical_request', { title: '核心机房整流模块告警 Rectifier alarm in the core room', account: contact.account, contact: contact.id, unit: unit.id,
    symptom: '两块整流模块红灯常亮，母线电压 51.2 V。Both rectifiers show a red lamp, the bus is at 51.2 V.', impact: '三个站点由电池供电。Three sites run on batteries.' });
  const take = (p, step, body = {}) => p.api(`/technical_request/${made.id}/${step}`, body);
  await take(hotline, 'register');
  await take(hotline, 'authorise', { kind: 'fault', severity: 'major', scope_category: 'S1', entitlement: 'standard', entitlement_reason: 'Contract on paper' });
  await take(hotline, 'dispatch', { team: me.team, service_mode: 'remote', handler: me.id });
  await take(t1, 'accept', { first_contact: '与刘工通话，确认现象。Spoke with Liu, confirmed the symptom.' });
  await take(t1, 'message', { visibility: 'public', body: '我们正在定位，请发送显示屏照片。\nWe are locating the fault; please send a photo of the display.' });
  await take(customer, 'message', { visibility: 'public', body: '照片已发，请查收。The photo is on its way.' });
  await take(t1, 'message', { visibility: 'internal', body: '固件 2.1 与 2.3 混用，先核对。Firmware 2.1 and 2.3 are mixed, check that first.' });
  return hotline.api(`/technical_request/${made.id}`);
}

/** Everybody signs in, one after the other. */
async function everybody(browser) {
  const as = {};
  for (const who of [...new Set(['hotline', 't1', 'customer', ...SCREENS.map((s) => s.who)])].filter(Boolean)) {
    as[who] = await Person.at(browser, { name: who });
    await as[who].page.clock.setFixedTime(AT);
    await as[who].signIn(who, who === 'customer' ? '/p/login' : '/login');
  }
  return as;
}

/* ---- a picture ---- */

/** Counts what the page waits for; the stream of what happens never ends. */
function wire(page) {
  const open = new Set();
  let last = Date.now();
  page.on('request', (r) => r.resourceType() !== 'eventsource' && (open.add(r), last = Date.now()));
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (r) => (open.delete(r), last = Date.now()));
  return { quiet: () => open.size === 0 && Date.now() - last > 1200 };
}

/** The picture that stays: two in a row that agree, with nothing under way. */
async function still(p, line) {
  const { page } = p;
  await p.filled();
  await page.evaluate(async () => {
    document.activeElement?.matches('body') || document.querySelector('.dialog, [role=dialog]') || document.activeElement?.blur();
    await document.fonts.ready;
    await Promise.all([...document.images].map((i) => i.decode().catch(() => {})));
  });
  let before = null;
  for (let i = 0; i < 60; i++) {
    if (line.quiet()) {
      const now = await page.screenshot({ animations: 'disabled', caret: 'hide' });
      if (before?.equals(now)) return now;
      before = now;
    }
    await page.waitForTimeout(300);
  }
  throw new Error('the page does not come to rest');
}

/** One screen in one language; `texts` changes what the page says on its way. */
async function take(browser, as, made, screen, lang, texts) {
  const { name, who, at, ready, dark, phone, opens } = screen;
  const p = await Person.at(browser, { lang, dark, phone, name });
  try {
    await p.page.clock.setFixedTime(AT);
    await p.page.emulateMedia({ reducedMotion: 'reduce' });
    if (who) await p.context.addCookies(await as[who].context.cookies());
    await texts?.(p.page);
    const line = wire(p.page);
    await p.page.goto(BASE + (typeof at === 'string' ? at : await at(as[who], made)));
    await p.page.locator(ready).first().waitFor();
    await opens?.(p);
    const picture = await still(p, line);
    const faults = [...await cut(p.page), ...(await p.tooWide() > 0 ? [`the page is ${await p.tooWide()} px wider than its window`] : []), ...await p.wrongs()];
    return { picture, faults: faults.map((f) => `${name}, ${texts ? 'lengthened' : lang}: ${f}`) };
  } finally {
    await p.context.close();
  }
}

/* ---- the command ---- */

function settings(args) {
  const found = {};
  for (let i = 0; i < args.length; i += 2) {
    if (!['--keep', '--against'].includes(args[i]) || !args[i + 1]) throw new Error(`scenes: what is ${args.slice(i).join(' ')}?  There are --keep DIR and --against DIR.`);
    found[args[i].slice(2)] = args[i + 1];
  }
  return found;
}

/** Holds what was taken against what was kept: the names of those that differ. */
function compare(names, dir) {
  const wrong = [];
  for (const name of names) {
    let old;
    try {
      old = readFileSync(join(dir, `${name}.png`));
    } catch {
      wrong.push(`${name}: there is none in ${dir}`);
      continue;
    }
    const { part, picture } = differs(old, readFileSync(join(OUT, `${name}.png`)));
    if (part > MOST) {
      writeFileSync(join(OUT, `${name}.differs.png`), picture);
      wrong.push(`${name}: ${(100 * part).toFixed(2)} % of the pixels differ, see build/scenes/${name}.differs.png`);
    }
  }
  return wrong;
}

const { keep, against } = settings(process.argv.slice(2));
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
const browser = await launch('--font-render-hinting=none', '--disable-lcd-text', '--force-color-profile=srgb');
const as = await everybody(browser);
const made = await begin(as);
const names = [], faults = [];
for (const screen of SCREENS)
  for (const [lang, texts] of [['zh'], ['en'], ['en', pseudo]]) {
    const name = `${screen.name}.${texts ? 'pseudo' : lang}`;
    const { picture, faults: found } = await take(browser, as, made, screen, lang, texts);
    writeFileSync(join(OUT, `${name}.png`), picture);
    faults.push(...found);
    if (!texts) names.push(name);
    console.log(`${found.length ? 'FAILED ' : 'ok  '} ${name}`);
  }
await sheet(browser, OUT, 'sheet', SCREENS.map((s) => s.name), ['zh', 'en']);
await sheet(browser, OUT, 'pseudo', SCREENS.map((s) => s.name), ['en', 'pseudo']);
await browser.close();
if (keep) {
  mkdirSync(keep, { recursive: true });
  for (const n of names) copyFileSync(join(OUT, `${n}.png`), join(keep, `${n}.png`));
}
const different = against ? compare(names, against) : [];
if (faults.length) console.log(`\nCut or wrong:\n${faults.join('\n')}`);
if (different.length) console.log(`\nA difference needs a person:\n${different.join('\n')}`);
console.log(`\nscenes: ${names.length} pictures, ${faults.length} faults${against ? `, ${different.length} differ` : ''}; look at build/scenes/sheet.html and pseudo.html`);
process.exitCode = faults.length || different.length ? 1 : 0;
