// SPDX-License-Identifier: Apache-2.0
//
// gates.mjs -- what every page must keep (ui.md 7.2): axe finds nothing in {zh, en} × {light, dark} × {1366×768, 390×844} ×
// {filled, empty, error, dialog}; no page is wider than its window; Tab walks through it with a focus that is seen, in the
// order of the page, and never gets stuck; no request leaves the house, no policy is broken, no script fails.
//
// A page is a row of PAGES.  Empty: every list that the server sends has its rows taken out on the way; error: the server's
// answers become a fault.  Desktop and phone are walked side by side; language and theme change without a reload.
import { BASE, launch, Person } from './browser.mjs';
import { none, report, walk } from './walk.mjs';

/** Of any record of a kind: its address. */
const one = (entity, filter = '') => async (p) => {
  const { items } = await p.api(`/${entity}?limit=1${filter && `&filter=${filter}`}`);
  if (!items.length) throw new Error(`no ${entity} ${filter}`);
  return items[0];
};
const record = (entity, filter) => async (p) => `/e/${entity}/${(await one(entity, filter)(p)).id}`;

/** who: the login; at: the address; opens: what to click for a dialog; stays: it shows no lists;
 *  wide: what opens is elsewhere on a phone. */
const PAGES = [
  { name: 'list', who: 'hotline', at: '/e/technical_request' },
  { name: 'form', who: 'hotline', at: '/e/technical_request/new' },
  { name: 'search', who: 'hotline', at: '/search?q=FS6800' },
  { name: 'inbox', who: 'hotline', at: '/inbox' },
  { name: 'board', who: 'duty', at: '/e/technical_request?as=board' },
  { name: 'calendar', who: 'duty', at: '/e/technical_request?as=calendar&by=reported_at' },
  { name: 'map', who: 'duty', at: '/e/technical_request?as=map' },
  { name: 'my work', who: 't1', at: '/my' },
  { name: 'case', who: 't1', at: async (p) => `/c/${(await one('technical_request', 'state==in_progress;handler==me')(p)).number}`, opens: '[data-move=escalate], [data-move=locate], [data-move=pause]', wide: true },
  { name: 'history', who: 't1', at: async (p) => `${await record('technical_request', 'state==in_progress')(p)}/history` },
  { name: 'work order', who: 't1', at: record('work_order') },
  { name: 'account', who: 'manager', at: record('account') },
  { name: 'import', who: 'data', at: '/e/account/import', stays: true },
  { name: 'people', who: 'admin', at: '/admin/people' },
  { name: 'rights', who: 'admin', at: '/admin/rights' },
  { name: 'models', who: 'admin', at: '/admin/models' },
  { name: 'model', who: 'admin', at: '/admin/models/callback' },
  { name: 'rules', who: 'admin', at: '/admin/rules' },
  { name: 'rule table', who: 'admin', at: '/admin/rules/priority' },
  { name: 'audit', who: 'admin', at: '/admin/audit' },
  { name: 'health', who: 'admin', at: '/admin/health' },
  { name: 'portal home', who: 'customer', at: '/p' },
  { name: 'portal new', who: 'customer', at: '/p/new' },
  { name: 'portal request', who: 'customer', at: async (p) => `/p/r/${(await one('technical_request')(p)).id}` },
  { name: 'portal units', who: 'customer', at: '/p/units' },
  { name: 'portal contracts', who: 'customer', at: '/p/contracts' },
  { name: 'portal bulletins', who: 'customer', at: '/p/bulletins' },
  { name: 'portal changes', who: 'customer', at: '/p/changes', opens: '.acts .btn.primary' },
  { name: 'portal parts', who: 'customer', at: '/p/parts', opens: '.acts .btn.danger' },
  { name: 'portal answers', who: 'customer', at: '/p/know' },
  { name: 'portal me', who: 'customer', at: '/p/me', stays: true },
];
/** What the shell itself asks for: without it there is no page to look at. */
const SHELL = /\/api\/v1\/(me|model|rules|events|live|presence)(\/|\?|$)/;

const emptied = async (route) => {
  if (route.request().method() !== 'GET' || SHELL.test(route.request().url())) return route.continue();
  const answer = await route.fetch().catch(() => null);
  if (!answer) return route.abort();
  const body = await answer.json().catch(() => null);
  if (body && Array.isArray(body.items)) return route.fulfill({ response: answer, json: { ...body, items: [], next: null, ...(body.count !== undefined && { count: 0 }) } });
  return route.fulfill({ response: answer });
};
const failing = (route) => (route.request().method() !== 'GET' || SHELL.test(route.request().url()) ? route.continue()
  : route.fulfill({ status: 500, contentType: 'application/problem+json', json: { title: 'Fault', status: 500, code: 'internal', detail: { en: 'Something broke.', zh: '出错了。' }, request_id: 'gate-1' } }));
const STATES = { filled: null, empty: emptied, error: failing };

/** Waits until the page has drawn what it has; the login instead of it is no page. */
async function settled(page) {
  await page.waitForLoadState('load');
  await page.locator('h1, [role=alert], .banner').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.loading, [aria-busy=true]'), null, { timeout: 5000 }).catch(() => {});
  await page.waitForTimeout(150);
  if (/\/login$/.test(new URL(page.url()).pathname)) throw new Error('the login came instead of the page');
}

/** Both themes in the language that is on. */
async function looked(p, what) {
  const wrong = [];
  for (const scheme of ['light', 'dark']) {
    await p.page.emulateMedia({ colorScheme: scheme });
    wrong.push(...(await p.axe(true)).map((v) => `${what}, ${scheme}: ${v}`));
  }
  await p.page.emulateMedia({ colorScheme: 'light' });
  const wide = await p.tooWide();
  if (wide > 0) wrong.push(`${what}: ${wide} px wider than the window`);
  return wrong;
}

/** In both languages; where the page has no switch of its own (a dialog is open), in the one it is in. */
async function inBoth(p, what) {
  const first = await looked(p, `${what}, ${p.lang}`);
  const other = p.lang === 'zh' ? 'en' : 'zh';
  const button = p.page.locator('.lang').first();
  if (!(await button.count()) || (await p.page.locator('dialog[open], [role=dialog]').count())) return first;
  await button.click();
  await p.page.waitForFunction((l) => document.documentElement.lang.startsWith(l), other);
  p.lang = other;
  return [...first, ...(await looked(p, `${what}, ${other}`))];
}

/** One page in all its states. */
async function gate(p, size, page, at) {
  const wrong = [];
  for (const [state, change] of Object.entries(STATES)) {
    if (page.stays && change) continue;
    if (change) await p.page.route('**/api/v1/**', change);
    await p.page.goto(BASE + at);
    await settled(p.page);
    wrong.push(...await inBoth(p, `${page.name}, ${size}, ${state}`));
    if (change) await p.page.unroute('**/api/v1/**', change);
  }
  return wrong;
}

async function dialogGate(p, size, page, at) {
  const wrong = [];
  for (const lang of ['zh', 'en']) {
    await p.page.evaluate((l) => localStorage.setItem('openitr.lang', l), lang);
    p.lang = lang;
    await p.page.goto(BASE + at);
    await settled(p.page);
    await p.page.locator(page.opens).filter({ visible: true }).first().click();
    await p.page.locator('dialog[open], [role=dialog]').first().waitFor();
    wrong.push(...await looked(p, `${page.name}, ${size}, dialog, ${lang}`));
  }
  return wrong;
}

/** Presses Tab through the page: each stop must be seen, lie behind the one before, and be another one. */
async function tabbed(p, page, at) {
  await p.page.goto(BASE + at);
  await settled(p.page);
  const wrong = [];
  let stuck = 0;
  await p.page.evaluate(() => {
    window.__stops = [];
    document.activeElement?.blur?.();
  });
  for (let i = 0; i < 120; i++) {
    await p.page.keyboard.press('Tab');
    const at = await p.page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) return { end: true };
      const before = window.__stops.at(-1);
      const again = window.__stops.includes(e);
      const style = getComputedStyle(e), shell = e.parentElement ? getComputedStyle(e.parentElement) : style;
      const ring = (s) => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none';
      const box = e.getBoundingClientRect();
      const drawn = [...e.querySelectorAll('rect')].some((r) => parseFloat(getComputedStyle(r).strokeWidth) >= 3);
      const seen = drawn || ring(style) || ring(shell) || (e.labels && [...e.labels].some((l) => ring(getComputedStyle(l)))) || !!e.closest(':focus-within[class]')?.matches('.focus, [data-focus-visible]');
      const behind = !before || before === e || !!(before.compareDocumentPosition(e) & (Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY));
      window.__stops.push(e);
      return { again, same: before === e, seen, behind, there: box.width > 0 && box.height > 0, what: `${e.tagName.toLowerCase()} ${e.getAttribute('class') ?? ''} ${(e.getAttribute('aria-label') ?? e.textContent ?? '').trim().slice(0, 40)}` };
    });
    if (at.end || (at.again && !at.same)) break;
    stuck = at.same ? stuck + 1 : 0;
    // The parts of a date are stops inside one element.
    if (stuck > 8) {
      wrong.push(`${page.name}: Tab is stuck at ${at.what}`);
      break;
    }
    if (!at.seen) wrong.push(`${page.name}: the focus is not seen on ${at.what}`);
    if (!at.behind) wrong.push(`${page.name}: Tab goes back to ${at.what}`);
    if (!at.there) wrong.push(`${page.name}: Tab stops at what is not there: ${at.what}`);
  }
  return wrong;
}

/** All pages of one kind of screen, one person after the other. */
async function side(browser, phone) {
  const size = phone ? '390' : '1366';
  for (const who of new Set(PAGES.map((x) => x.who))) {
    const p = await Person.at(browser, { phone, name: who });
    await p.page.emulateMedia({ reducedMotion: 'reduce' });
    const mine = PAGES.filter((x) => x.who === who);
    const steps = mine.flatMap((page) => {
      let at = '';
      return [
        [`${page.name}`, async () => {
          at = typeof page.at === 'string' ? page.at : await page.at(p);
          none(await gate(p, size, page, at), 'gates');
        }],
        ...(page.opens && !(phone && page.wide) ? [[`${page.name}, dialog`, async () => none(await dialogGate(p, size, page, at), 'gates')]] : []),
        ...(phone ? [] : [[`${page.name}, Tab`, async () => none(await tabbed(p, page, at), 'Tab')]]),
      ];
    });
    await walk(`gates ${size} ${who}`, [['signs in', () => p.signIn(who, who.startsWith('customer') ? '/p/login' : '/login')]]);
    if (!(await p.page.locator('header.top').count())) continue;
    for (const step of steps) await walk(`gates ${size} ${who}`, [step]);
    await walk(`gates ${size} ${who}`, [['nothing went wrong unseen', async () => none(await p.wrongs(), 'faults')]]);
    await p.context.close();
  }
}

const browser = await launch();
await Promise.all([side(browser, false), side(browser, true)]);
await browser.close();
report('gates');
