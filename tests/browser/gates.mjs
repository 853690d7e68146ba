// SPDX-License-Identifier: Apache-2.0
//
// gates.mjs -- what every page must keep (ui.md 7.2): axe finds nothing in {zh, en} × {light, dark} × {1366×768, 390×844} ×
// {filled, empty, error, dialog}; no page is wider than its window; Tab walks through it with a focus that is seen, in the
// order of the page, and never gets stuck; no request leaves the house, no policy is broken, no script fails.
//
// A page is a row of PAGES: every address that there is.  Empty: every list that the server sends has its rows taken out on the
// way; error: the server's answers become a fault, or what `wrong` does.  `opens` names each dialog, menu and list that opens
// over the page.  What needs two people or the end of a session is opened elsewhere: the choice between two edits and the login
// over the page in shell.mjs.  Desktop and phone are walked side by side; language and theme change without a reload.
//
// OPENITR_GATES=REGEX looks at the pages of these names alone.
import { BASE, launch, Person } from './browser.mjs';
import { fresh } from './house.mjs';
import { none, report, walk } from './walk.mjs';

/** Of any record of a kind: its address. */
const one = (entity, filter = '') => async (p) => {
  const { items } = await p.api(`/${entity}?limit=1${filter && `&filter=${filter}`}`);
  if (!items.length) throw new Error(`no ${entity} ${filter}`);
  return items[0];
};
const record = (entity, filter) => async (p) => `/e/${entity}/${(await one(entity, filter)(p)).id}`;

const MENU = '.more-moves';
/** A step whose button stands in the bar or in the menu behind it. */
const moved = (name) => async (p) => {
  const button = p.page.locator(`[data-move=${name}]`).filter({ visible: true });
  if (!await button.count()) await p.page.locator(MENU).click();
  await button.first().click();
  await p.page.locator('[role=menu]').waitFor({ state: 'detached' });
};
/** The row that stands first is marked. */
const MARK = 'tbody tr:first-child input[type=checkbox]';
const scanner = (p) => p.context.addInitScript(() => { window.BarcodeDetector = class { detect = async () => []; }; });
const refusedLogin = async (p) => {
  await p.page.fill('[name=login]', 'nobody');
  await p.page.fill('[name=password]', 'wrong');
  await p.page.press('[name=password]', 'Enter');
  await p.page.locator('.banner.bad, .login .error').first().waitFor();
};
const sent = (selector, refused) => async (p) => {
  await p.page.locator(selector).first().click();
  await p.page.locator(refused).first().waitFor();
};

/** who: the login ('' nobody); at: the address; opens: by name, what to click one after the other, or what to do; only: 'phone'
 *  or 'wide', where else the same stands behind another button; stays: it shows no lists; wrong: makes its error. */
const PAGES = [
  { name: 'login', who: '', at: '/login', stays: true, wrong: refusedLogin },
  { name: 'portal login', who: '', at: '/p/login', stays: true, wrong: refusedLogin },
  { name: 'invitation', who: '', at: () => invited, stays: true, wrong: async (p) => {
    await p.page.fill('[name=password]', 'short');
    await p.page.press('[name=password]', 'Enter');
    await p.page.locator('.field.bad').waitFor();
  } },
  { name: 'list', who: 'hotline', at: '/e/technical_request', opens: {
    'help menu': { via: ['.help-btn'], only: 'wide' },
    'person menu': { via: ['header .top-btn[aria-haspopup=menu]'] },
    'menu of the rail': { via: ['.rail-more'], only: 'phone' },
    palette: { via: (p) => p.page.keyboard.press('Control+k'), only: 'wide' },
    'sheet of keys': { via: (p) => p.page.locator('.list-page').press('?'), only: 'wide' },
    filter: { via: ['.filter-row button[aria-haspopup=dialog] >> nth=0'] },
    columns: { via: ['.filter-row button[aria-haspopup=dialog] >> nth=1'] },
  } },
  { name: 'filtered list', who: 'hotline', at: '/e/technical_request?state=registered', opens: {
    'new view': { via: ['.filters .views .btn:has(.icon) >> nth=-1'] },
    'menu of many': { via: [MARK, '.bulk-moves'], only: 'wide' },
    'step of many': { via: [MARK, '.bulk-moves', '[role=menuitem] >> nth=0'], only: 'wide' },
    'change of many': { via: [MARK, '[data-bulk=change]'], only: 'wide' },
    'assigning of many': { via: [MARK, '[data-bulk=assign]'], only: 'wide' },
  } },
  { name: 'list of a saved view', who: 'hotline', at: async (p) => `/e/technical_request?saved=${(await saved(p)).id}&state=registered`, opens: { 'menu of the view': { via: ['.views > [aria-haspopup=menu]'] } } },
  { name: 'form', who: 'hotline', at: '/e/technical_request/new', opens: {
    // React Aria hides what is around an open list from screen readers; Tab closes the list before it leaves it.
    'records to choose': { via: (p) => p.page.locator('[role=combobox]').first().pressSequentially('a'), but: 'aria-hidden-focus' },
    'days to choose': { via: ['.date-field button >> nth=0'] },
  } },
  { name: 'search', who: 'hotline', at: '/search?q=FS6800' },
  { name: 'inbox', who: 'hotline', at: '/inbox' },
  { name: 'told', who: 'hotline', at: '/inbox/told' },
  { name: 'nothing', who: 'hotline', at: '/nothing-here', stays: true },
  { name: 'board', who: 'duty', at: '/e/technical_request?as=board', opens: { 'moves of a card': { via: ['.lane button[aria-haspopup] >> nth=0'] } } },
  // From registered two steps lead to where a request is not valid.
  { name: 'board of one', who: 'duty', at: async (p) => `/e/technical_request?as=board&f=id==${(await one('technical_request', 'state==registered')(p)).id}`, opens: {
    'choice of moves': { via: async (p) => {
      const dataTransfer = await p.page.evaluateHandle(() => new DataTransfer());
      await p.page.locator('[data-card]').dispatchEvent('dragstart', { dataTransfer });
      for (const what of ['dragover', 'drop']) await p.page.locator('[data-state=invalid]').dispatchEvent(what, { dataTransfer });
      await p.page.locator('.dialog [data-move=merge]').waitFor();
    } },
  } },
  { name: 'calendar', who: 'duty', at: '/e/technical_request?as=calendar&by=reported_at' },
  { name: 'map', who: 'duty', at: '/e/technical_request?as=map' },
  { name: 'record', who: 'duty', at: record('work_order'), opens: {
    edit: { via: (p) => p.page.locator('main .btn.small').filter({ hasText: /编辑|修改|Edit/ }).first().click() },
    'new link beside it': { via: ['section.card > .section-head > .btn >> nth=0'] },
    'new task beside it': { via: ['section.card > .section-head > .btn >> nth=1'] },
  } },
  { name: 'my work', who: 't1', at: '/my', opens: {
    assigning: { via: ['.my-pick input >> nth=0', '.bulk .btn >> nth=0'], only: 'wide' },
    note: { via: ['.my-pick input >> nth=0', '.bulk .btn >> nth=1'], only: 'wide' },
  } },
  { name: 'case', who: 't1', at: async (p) => `/c/${(await one('technical_request', 'state==in_progress;handler==me')(p)).number}`, opens: {
    'its moves': { via: [MENU], only: 'wide' },
    escalation: { via: moved('escalate'), only: 'wide' },
    pause: { via: moved('wait'), only: 'wide' },
    clock: { via: ['.clock-btn >> nth=0'], only: 'wide' },
  } },
  { name: 'history', who: 't1', at: async (p) => `${await record('technical_request', 'state==in_progress')(p)}/history` },
  { name: 'work order', who: 't1', at: record('work_order') },
  { name: 'account', who: 'manager', at: record('account') },
  { name: 'import', who: 'data', at: '/e/account/import', stays: true },
  { name: 'people', who: 'admin', at: '/admin/people' },
  { name: 'person', who: 'admin', at: async (p) => `/admin/people/${(await one('user', 'login==t2')(p)).id}` },
  { name: 'rights', who: 'admin', at: '/admin/rights' },
  { name: 'models', who: 'admin', at: '/admin/models' },
  { name: 'model', who: 'admin', at: '/admin/models/callback' },
  { name: 'new model', who: 'admin', at: '/admin/models/new' },
  { name: 'rules', who: 'admin', at: '/admin/rules' },
  { name: 'rule table', who: 'admin', at: '/admin/rules/priority' },
  { name: 'draft of a table', who: 'admin', at: '/admin/rules/sla/draft' },
  { name: 'webhooks', who: 'admin', at: '/admin/webhooks' },
  { name: 'new webhook', who: 'admin', at: '/admin/webhooks/new', stays: true, wrong: sent('form .btn.primary', '.field.bad') },
  { name: 'webhook', who: 'admin', at: async (p) => `/admin/webhooks/${(await hook(p)).id}` },
  { name: 'audit', who: 'admin', at: '/admin/audit' },
  { name: 'health', who: 'admin', at: '/admin/health' },
  { name: 'portal home', who: 'customer', at: '/p' },
  { name: 'portal new', who: 'customer', at: '/p/new', wrong: sent('form button[type=submit]', '.field.bad') , opens: { scan: { first: scanner, via: ['.pair .btn'] } } },
  { name: 'portal request', who: 'customer', at: async (p) => `/p/r/${(await one('technical_request')(p)).id}` },
  { name: 'portal request to confirm', who: 'customer', at: async (p) => `/p/r/${(await one('technical_request', 'state==customer_confirm')(p)).id}`, opens: { refusal: { via: ['.state .acts .btn:not(.primary) >> nth=0'] } } },
  { name: 'portal request to withdraw', who: 'customer', at: async (p) => `/p/r/${(await one('technical_request', 'state==registered')(p)).id}`, opens: { withdrawal: { via: ['.state .acts .btn.danger'] } } },
  { name: 'portal units', who: 'customer', at: '/p/units' },
  { name: 'portal contracts', who: 'customer', at: '/p/contracts' },
  { name: 'portal bulletins', who: 'customer', at: '/p/bulletins', opens: { plan: { via: ['.acts .btn >> nth=1'] }, done: { via: ['.acts .btn >> nth=2'] }, exemption: { via: ['.acts .btn >> nth=3'] } } },
  { name: 'portal changes', who: 'customer', at: '/p/changes', opens: { authorisation: { via: ['.acts .btn.primary >> nth=0'] }, refusal: { via: ['.acts .btn:not(.primary) >> nth=0'] } } },
  { name: 'portal parts', who: 'customer', at: '/p/parts', opens: { cancelling: { via: ['.acts .btn.danger >> nth=0'] } } },
  { name: 'portal answers', who: 'customer', at: '/p/know' },
  { name: 'portal answer', who: 'customer', at: async (p) => `/p/know/${(await one('knowledge_article')(p)).id}`, opens: { 'did not help': { via: ['main .acts .btn:not(.primary) >> nth=0'] } } },
  { name: 'portal notices', who: 'customer', at: '/p/notices' },
  { name: 'portal me', who: 'customer', at: '/p/me', stays: true },
  { name: 'portal nothing', who: 'customer', at: '/p/nothing-here', stays: true },
].filter((x) => new RegExp(process.env.OPENITR_GATES || '').test(x.name));
let invited = '';
/** The administrator's own webhook. */
async function hook(p) {
  const { items } = await p.api('/webhook?limit=1');
  return items[0] ?? p.api('/webhook', { name: 'Gate', url: 'https://hooks.invalid/in', events: 'technical_request.close' });
}
/** A view that the person has saved. */
async function saved(p) {
  const { items } = await p.api('/saved_view?limit=1&filter=listed==technical_request');
  return items[0] ?? p.api('/saved_view', { listed: 'technical_request', name_en: 'Gate', name_zh: '门', query: 'state=registered' });
}
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
async function settled(page, open) {
  await page.waitForLoadState('load');
  await page.locator('h1, [role=alert], .banner').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.loading, [aria-busy=true]'), null, { timeout: 10_000 }).catch(() => {});
  await page.waitForTimeout(150);
  if (!open && /\/login$/.test(new URL(page.url()).pathname)) throw new Error('the login came instead of the page');
}

const OVER = 'dialog[open], [role=dialog], [role=menu], [role=listbox], [role=alertdialog]';

/** What depends on the theme, which changes colours and nothing else: asked again in the dark. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/** Both themes in the language that is on. */
async function looked(p, what) {
  const wrong = [];
  for (const scheme of ['light', 'dark']) {
    await p.page.emulateMedia({ colorScheme: scheme });
    wrong.push(...(await p.axe(true, scheme === 'dark' ? COLOURS : null)).map((v) => `${what}, ${scheme}: ${v}`));
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
  if (!(await button.count()) || (await p.page.locator(OVER).count())) return first;
  await button.click();
  await p.page.waitForFunction((l) => document.documentElement.lang.startsWith(l), other);
  p.lang = other;
  return [...first, ...(await looked(p, `${what}, ${other}`))];
}

/** One page in all its states. */
async function gate(p, size, page, at) {
  const wrong = [];
  for (const [state, change] of Object.entries(STATES)) {
    const own = state === 'error' && page.wrong;
    if (page.stays && change && !own) continue;
    if (change && !own) await p.page.route('**/api/v1/**', change);
    await p.page.goto(BASE + at);
    await settled(p.page, !page.who);
    if (own) await page.wrong(p);
    wrong.push(...await inBoth(p, `${page.name}, ${size}, ${state}`));
    if (change && !own) await p.page.unrouteAll({ behavior: 'ignoreErrors' });
  }
  return wrong;
}

/** Opens one thing over the page, which is there or is loaded again. */
async function open(p, at, { via }) {
  if (await p.page.locator(OVER).count()) {
    await p.page.goto(BASE + at);
    await settled(p.page);
  }
  const before = await p.page.locator(OVER).count();
  if (typeof via === 'function') await via(p);
  else for (const [i, s] of via.entries()) {
    if (i) await p.page.locator(s).filter({ visible: true }).first().waitFor();
    const what = p.page.locator(s).filter({ visible: true }).first();
    if (/checkbox|my-pick/.test(s)) await what.check();
    else await what.click();
  }
  await p.page.waitForFunction(([s, n]) => document.querySelectorAll(s).length > n, [OVER, before]);
  await p.page.waitForFunction(() => !document.querySelector('.loading, [aria-busy=true]'), null, { timeout: 5000 }).catch(() => {});
}

/** What opens over a page, one after the other, in both languages and themes. */
async function dialogGate(p, size, page, at) {
  const wrong = [];
  const mine = Object.entries(page.opens).filter(([, o]) => !o.only || o.only === (size === '390' ? 'phone' : 'wide'));
  for (const lang of ['zh', 'en']) {
    await p.page.evaluate((l) => localStorage.setItem('openitr.lang', l), lang);
    p.lang = lang;
    for (const [, o] of mine) await o.first?.(p);
    await p.page.goto(BASE + at);
    await settled(p.page);
    for (const [what, o] of mine) {
      try {
        await open(p, at, o);
        wrong.push(...(await looked(p, `${page.name}, ${what}, ${size}, ${lang}`)).filter((x) => !o.but || !x.includes(o.but)));
      } catch (e) {
        wrong.push(`${page.name}, ${what}, ${size}, ${lang}: ${String(e).split('\n').slice(0, 3).join(' ')}`);
        await p.page.goto(BASE + at);
        await settled(p.page);
      }
      for (let i = 0; i < 3 && await p.page.locator(OVER).count(); i++) await p.page.keyboard.press('Escape');
    }
  }
  return wrong;
}

/** Presses Tab through the page: each stop must be seen, lie behind the one before, and be another one. */
async function tabbed(p, page, at, base = BASE) {
  await p.page.goto(base + at);
  await settled(p.page, !page.who);
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
      // A row that was read again meanwhile is another element: where it stood cannot be said.
      const behind = !before || before === e || !before.isConnected || !!(before.compareDocumentPosition(e) & (Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY));
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
    const p = await Person.at(browser, { phone, name: who || 'nobody' });
    await p.page.emulateMedia({ reducedMotion: 'reduce' });
    const mine = PAGES.filter((x) => x.who === who);
    const steps = mine.flatMap((page) => {
      let at = '';
      return [
        [`${page.name}`, async () => {
          at = typeof page.at === 'string' ? page.at : await page.at(p);
          none(await gate(p, size, page, at), 'gates');
        }],
        ...(page.opens ? [[`${page.name}, what opens`, async () => none(await dialogGate(p, size, page, at), 'gates')]] : []),
        ...(phone ? [] : [[`${page.name}, Tab`, async () => none(await tabbed(p, page, at), 'Tab')]]),
      ];
    });
    if (who) await walk(`gates ${size} ${who || 'nobody'}`, [['signs in', () => p.signIn(who, who.startsWith('customer') ? '/p/login' : '/login')]]);
    if (who && !(await p.page.locator('header.top').count())) continue;
    for (const step of steps) await walk(`gates ${size} ${who || 'nobody'}`, [step]);
    await walk(`gates ${size} ${who || 'nobody'}`, [['nothing went wrong unseen', async () => none(await p.wrongs(), 'faults')]]);
    await p.context.close();
  }
}

/** Who begins: the five steps of the first start, each before and after it was refused or filled in, in both widths. */
async function firstStart(browser) {
  const house = await fresh();
  const p = await Person.at(browser, { name: 'first' });
  const { page } = p;
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const both = async (what) => {
    for (const width of [1366, 390]) {
      await page.setViewportSize({ width, height: width === 390 ? 844 : 768 });
      none(await inBoth(p, `first start, ${what}, ${width}`), 'gates');
    }
  };
  const at = (n) => page.locator(`.steps li:nth-child(${n})[aria-current]`).waitFor();
  const next = () => page.locator('form .btn.primary').click();
  const refused = async (n) => {
    await next();
    await page.locator('.field.bad').first().waitFor();
    await both(`step ${n} refused`);
  };
  const origin = new URL(house.address).origin;
  await walk('gates first start', [
    ['without its code', async () => {
      await page.goto(`${origin}/setup#wrong`);
      await page.locator('.banner.bad').waitFor();
      await both('no code');
    }],
    ['the organisation', async () => {
      await page.goto(`${origin}/login`);
      await page.goto(house.address);
      await at(1);
      await both('step 1');
      await refused(1);
      none(await tabbed(p, { name: 'first start' }, house.address.slice(origin.length), origin), 'Tab');
      await page.fill('input[name=name]', 'Farstar');
      await next();
      await at(2);
    }],
    ['the calendar', async () => {
      await both('step 2');
      await page.locator('select[name=calendar]').selectOption('');
      await refused(2);
      await page.locator('select[name=calendar]').selectOption('24x7');
      await next();
      await at(3);
    }],
    ['the administrator', async () => {
      await both('step 3');
      await refused(3);
      await page.fill('input[name=name]', 'Chen Wei');
      await page.fill('input[name=password]', 'correct horse 7');
      await next();
      await at(4);
    }],
    ['the data', async () => {
      await both('step 4');
      await next();
      await at(5);
    }],
    ['the mail', () => both('step 5')],
  ]);
  await p.context.close();
  await house.stop();
}

const browser = await launch();
if (/setup|^$/.test(process.env.OPENITR_GATES ?? '')) await firstStart(browser);
const admin = await Person.at(browser, { name: 'admin' });
await walk('gates', [['somebody is invited', async () => {
  await admin.signIn('admin');
  invited = (await admin.api(`/admin/users/${(await one('user', 'login==t3')(admin)).id}/invite`, {})).path;
}]]);
await admin.context.close();
/** What the demo company need not have at this hour: requests of the customer that wait for the customer's word, or for us. */
const hotline = await Person.at(browser, { name: 'remote' });
await walk('gates', [['a customer is to confirm, and has something to withdraw', async () => {
  await hotline.signIn('remote');
  const contact = await one('contact', 'name==刘建国')(hotline);
  const reported = async () => {
    const made = await hotline.api('/technical_request', { title: '风扇噪声大 Noisy fan', symptom: 'FAN', account: contact.account, contact: contact.id });
    const take = (step, body = {}) => hotline.api(`/technical_request/${made.id}/${step}`, body);
    await take('register');
    return take;
  };
  await reported();
  const take = await reported();
  await take('authorise', { kind: 'fault', severity: 'minor', scope_category: 'S1', entitlement: 'standard', entitlement_reason: 'Contract on paper' });
  await take('solve_on_spot', { first_contact: '电话指导' });
  await take('prepare', { solution: '清洁滤网', cause_analysis: '积灰' });
  await take('deliver', { side_effects: '无', touches_network: false });
  await take('resolve', { root_cause: 'hardware_wear', resolution_code: 'hardware_repaired', new_risk_check: 'none_found' });
  await take('ask_confirm');
}]]);
await hotline.context.close();
await Promise.all([side(browser, false), side(browser, true)]);
await browser.close();
report('gates');
