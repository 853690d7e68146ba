// SPDX-License-Identifier: Apache-2.0
//
// portal.mjs -- customers at the portal, on a phone of 390 × 844, once in Chinese and once in English (ui.md 7.1, journeys
// 1 to 3): report a fault, follow it live, reply, urge, refuse the solution, confirm, rate, withdraw; drafts that survive a
// reload and an expired login; a lost network; the plain form without JavaScript; each page × light and dark under axe.
//
// The staff act by the API, in sessions of their own: their screens are walked in journey.mjs.
import { readFileSync } from 'node:fs';
import { BASE, launch, Person } from './browser.mjs';
import { anyFailed, becomes, has, none, report, same, walk } from './walk.mjs';

const BUDGET = JSON.parse(readFileSync(new URL('../../web/size.json', import.meta.url), 'utf8'))['p.html'];

/** A picture of a board with its alarm light on, made here. */
async function photo(browser) {
  const page = await browser.newPage({ viewport: { width: 320, height: 200 } });
  await page.setContent(`<body style="margin:0;background:#39424e"><div style="margin:40px 30px;height:90px;border:4px solid #8b95a3;background:#20262e;
    font:14px monospace;color:#c9d1db;padding:10px">MPU 2 &nbsp; <b style="color:#ff4040">&#9679; ALM</b> &nbsp; <span style="color:#3c4">&#9679; PWR</span><br><br>SN 21DS5500309</div>`);
  const png = await page.screenshot();
  await page.close();
  return png;
}

const WORDS = {
  zh: {
    customer: 'customer_contact', text: '核心交换机主控板告警，业务中断。9:40 起多个站点掉线', title: '核心交换机主控板告警，业务中断',
    received: '已收到', assigning: '安排', progress: '处理中', reply: '待您回复', confirm: '请您确认', done: '已完成', withdrawn: '已撤回',
    found: '已定位原因：主控板版本不匹配，正在准备恢复方案。', file: '面板 1.png', ask: '请提供设备序列号照片。', answer: '照片已上传，请查收', still: '告警仍在，业务未恢复', other: 'Requests', allRead: '全部标为已读', search: '主控板',
  },
  en: {
    customer: 'customer-en', text: 'Core switch control board alarm, business down. Several sites off since 9:40', title: 'Core switch control board alarm, business down',
    received: 'Received', assigning: 'assigned', progress: 'In progress', reply: 'Needs your reply', confirm: 'Please confirm', done: 'Completed', withdrawn: 'Withdrawn',
    found: 'We found the cause: the version of the control board. We prepare the repair.', file: 'panel 1.png', ask: 'Please send a photo of the serial number.', answer: 'The photo is there now', still: 'The alarm is back', other: '请求', allRead: 'Mark all as read', search: 'control board',
  },
};
/** Words of the house that no customer should read. */
const INTERNAL = /\b(T1|T2|T3|OLA|P1|P2|tier|dispatch\w*|escalat\w*|entitle\w*|triage|ticket|state|null|undefined)\b|派单|鉴权|升级|一线|二线|三线|工单|热线坐席/i;

async function portal(browser, lang) {
  const PHOTO = await photo(browser);
  const w = WORDS[lang];
  const c = await Person.at(browser, { lang, name: 'customer', phone: true });
  const [agent, engineer] = await Promise.all(['agent', 'engineer'].map((name) => Person.at(browser, { lang, name })));
  const page = c.page;
  const shot = (name) => c.shot(`${lang}-portal-${name}`);
  const tap = (selector) => page.locator(selector).first().click();
  const state = (word) => page.locator('.state h2', { hasText: word }).waitFor();
  /** The page must be fit for a phone and for everybody. */
  const fit = async (what) => {
    none(await c.axe(true), `axe of ${what}`);
    const wide = await c.tooWide();
    if (wide > 0) throw new Error(`${what} is ${wide} px wider than the phone`);
    none(await page.evaluate(() => [...document.querySelectorAll('main button, main a.btn, main input:not([type=radio],[type=checkbox],[hidden]), main textarea, main select, main summary, main label.radio, .tabs a, header button')]
      .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.5).map((e) => `${e.outerHTML.slice(0, 90)} ${e.getBoundingClientRect().height}`)), `targets of ${what} below 44 px`);
  };
  let number = '', id = 0, team = 0, order = 0;
  const fill = async () => {
    await page.fill('[data-field=text] textarea', w.text);
    await tap('[data-field=severity] input[value=critical]');
  };
  const request = () => agent.api(`/technical_request/${id}`);
  const solve = async () => {
    await engineer.api(`/technical_request/${id}/prepare`, { solution: 'Switched over, updated the board.' });
    await engineer.api(`/technical_request/${id}/deliver`, { side_effects: 'none', touches_network: false });
    if (order) {
      await engineer.api(`/work_order/${order}/start`, {});
      await engineer.api(`/work_order/${order}/finish`, { outcome: 'done' });
      order = 0;
    }
    await engineer.api(`/technical_request/${id}/resolve`, { root_cause: 'software_defect', resolution_code: 'patch_installed', new_risk_check: 'none_found' });
    await engineer.api(`/technical_request/${id}/ask_confirm`, {});
  };

  await walk(`portal ${lang}`, [
    ['an address without a session leads to the login, and back', async () => {
      await page.goto(BASE + '/p/contracts');
      await page.waitForURL(/\/p\/login\?next=/);
      await page.waitForSelector('form [name=login]');
      await fit('login');
      await shot('login');
      await c.signIn(w.customer, '/p/login');
      await page.waitForSelector('h1');
      same(new URL(page.url()).pathname, '/p', 'path after the login');
    }],
    ['a name typed before the app arrived is in the app', async () => {
      const s = await Person.at(browser, { lang, name: 'early', phone: true });
      let come;
      const wait = new Promise((done) => (come = done));
      await s.page.route('**/a/p-*.js', async (r) => { await wait; await r.continue(); });
      await s.page.goto(BASE + '/p/login', { waitUntil: 'commit' });
      await s.page.fill('[name=login]', 'somebody');
      come();
      await s.page.locator('.login .login-top').waitFor();
      await becomes(() => s.page.inputValue('[name=login]'), 'somebody', 'name');
      await s.context.close();
    }],
    ['a customer at the staff entry lands on the portal, staff at the portal in their app', async () => {
      await c.open('/');
      await page.waitForURL(/\/p$/);
      await agent.signIn('hotline_agent');
      await engineer.signIn('t1_engineer');
      await agent.page.goto(BASE + '/p');
      await agent.page.waitForURL((u) => !u.pathname.startsWith('/p'));
      team = (await engineer.api('/me')).team;
    }],
    ['the first page shows my requests in plain words', async () => {
      await page.locator('.cards .card').first().waitFor();
      await fit('home');
      await shot('home');
    }],
    ['the first load keeps its budget', async () => {
      const bytes = await page.evaluate(() => performance.getEntriesByType('resource').filter((r) => r.name.endsWith('.js')).reduce((s, r) => s + r.encodedBodySize, 0));
      if (!bytes || bytes > BUDGET.js * 1024) throw new Error(`${bytes} bytes of JavaScript, allowed ${BUDGET.js} KB`);
    }],
    ['the language changes without a reload', async () => {
      await page.evaluate(() => void (window.__same = true));
      await tap('.lang');
      await page.locator('.tabs', { hasText: w.other }).waitFor();
      await tap('.lang');
      await page.locator('.tabs', { hasText: w.other }).waitFor({ state: 'detached' });
      same(await page.evaluate(() => window.__same), true, 'the page was loaded again');
    }],
    ['an empty report is refused beside its fields', async () => {
      await tap('a.btn.big');
      await page.waitForSelector('[data-field=text]');
      await tap('form button[type=submit]');
      await page.locator('[data-field=text] .error').waitFor();
      await page.locator('[data-field=severity] .error').waitFor();
      await fit('form with errors');
    }],
    ['a report survives a reload and an expired login, photo and all', async () => {
      await fill();
      await page.setInputFiles('input[type=file]', { name: w.file, mimeType: 'image/png', buffer: PHOTO });
      await page.locator('.photos li').waitFor();
      await page.reload();
      await page.locator('.photos li').waitFor();
      await becomes(() => page.inputValue('[data-field=text] textarea'), w.text, 'text after the reload');
      const cookies = await c.context.cookies();
      await c.context.clearCookies({ name: 'openitr_session' });
      await page.fill('[data-field=phone] input', '+86 571 8800 100');
      await tap('form button[type=submit]');
      await page.waitForURL(/\/p\/login\?next=%2Fp%2Fnew/);
      await c.context.addCookies(cookies);
      await page.reload();
      await page.goto(BASE + '/p/new');
      await page.locator('.photos li').waitFor();
      await becomes(() => page.inputValue('[data-field=text] textarea'), w.text, 'text after the login');
      same(await page.inputValue('[data-field=phone] input'), '+86 571 8800 100', 'phone after the login');
    }],
    ['a fault is reported with four taps, in less than a minute', async () => {
      await page.fill('[data-field=text] textarea', '');
      await tap(`.photos button[aria-label*="${w.file}"]`);
      await page.locator('.photos li').waitFor({ state: 'detached' });
      await c.open('/p');
      const began = Date.now();
      let taps = 0;
      const count = (s) => (taps++, tap(s));
      await count('a.btn.big');
      await page.locator('[data-field=text] textarea').pressSequentially(w.text, { delay: 20 });
      await count('[data-field=severity] input[value=critical]');
      const serial = (await c.api('/installed_unit?limit=1')).items[0].serial;
      await page.fill('[data-field=unit] input', serial);
      await count('.offers button');
      await page.locator('.chosen', { hasText: serial }).waitFor();
      await page.setInputFiles('input[type=file]', { name: w.file, mimeType: 'image/png', buffer: PHOTO });
      await page.locator('.photos li').waitFor();
      await fit('filled form');
      await shot('new');
      await count('form button[type=submit]');
      await page.locator('.receipt-number').waitFor();
      if (Date.now() - began > 60000 || taps > 4) throw new Error(`${taps} taps, ${Date.now() - began} ms`);
      number = await page.locator('.receipt-number').innerText();
      await fit('receipt');
      await shot('receipt');
    }],
    ['it was handed in once, as it was written', async () => {
      const row = await agent.api(`/technical_request/${number}`);
      id = row.id;
      same(row.state, 'registered', 'state');
      same(row.title, w.title, 'title');
      same(row.channel, 'portal', 'channel');
      same(row.severity_reported, 'critical', 'severity');
      same(row.interrupted, true, 'interrupted');
      if (!row.unit) throw new Error('no unit');
      const files = await agent.api(`/technical_request/${id}/attachment`);
      same(files.items.length, 1, 'attachments');
      const twins = await c.api(`/technical_request?filter=title=="${encodeURIComponent(w.title)}"`);
      same(twins.items.length, 1, 'requests of this title');
    }],
    ['its page says what happens next, in no word of the house', async () => {
      await tap('a.btn.primary.big');
      await state(w.received);
      await page.locator('.talk .file img').waitFor();
      await fit('request');
      const text = await page.locator('main').innerText();
      const word = INTERNAL.exec(text);
      if (word) throw new Error(`${word[0]} stands in ${text.slice(0, 600)}`);
    }],
    ['what is promised stands there in words, ours alone do not', async () => {
      const due = (h) => new Date(Date.now() + h * 3600e3).toISOString();
      await page.route('**/clocks', (r) => r.fulfill({ json: [
        { clock: 'restore', party: 'sla', facts: [], state: 'running', due: due(2) }, { clock: 'accept', party: 'ola', facts: [], state: 'running', due: due(1) },
        { clock: 'resolve', party: 'sla', facts: [], state: 'paused', due: due(9) }] }));
      await page.reload();
      await page.locator('.promise').waitFor();
      same(await page.locator('.promise').count(), 1, 'promises');
      await page.unroute('**/clocks');
    }],
    ['the state changes by itself when the staff act', async () => {
      await agent.api(`/technical_request/${id}/authorise`, { kind: 'fault', severity: 'critical', scope_category: 'S1', entitlement: 'standard' });
      await state(w.assigning);
      await agent.api(`/technical_request/${id}/dispatch`, { team, service_mode: 'remote' });
      order = (await agent.api(`/work_order?filter=parent==${id}`)).items[0]?.id ?? 0;
      await engineer.api(`/technical_request/${id}/accept`, { first_contact: 'Spoke with the customer.' });
      await state(w.progress);
    }],
    ['a message of the engineer appears by itself, a note does not', async () => {
      await engineer.api(`/technical_request/${id}/message`, { visibility: 'internal', body: 'FPGA mismatch, ask T3' });
      await engineer.api(`/technical_request/${id}/message`, { visibility: 'public', body: w.found });
      await page.locator('.talk li.out', { hasText: w.found }).waitFor();
      if ((await page.locator('main').innerText()).includes('FPGA')) throw new Error('the customer sees an internal note');
      await shot('request');
    }],
    ['the bell rings by itself; its page says what, and leads to the request', async () => {
      await page.locator('.bell .unread').waitFor();
      await tap('.bell');
      const mine = page.locator('.notice.fresh', { hasText: number }).first();
      await mine.waitFor();
      await fit('notices');
      await shot('notices');
      const text = await page.locator('.notices').innerText();
      const word = INTERNAL.exec(text);
      if (word) throw new Error(`${word[0]} stands in ${text.slice(0, 600)}`);
      await page.getByRole('button', { name: w.allRead }).click();
      await page.locator('.bell .unread').waitFor({ state: 'detached' });
      await page.locator('.notice', { hasText: number }).first().getByRole('link').click();
      await page.locator('.state h2').waitFor();
    }],
    ['urging works once, then tells when it was', async () => {
      const urge = () => page.locator('.state .acts button').first().click();
      await urge();
      await page.locator('.state .said').waitFor();
      await becomes(async () => (await request()).urge_count, 1, 'urges');
      await urge();
      await page.locator('.state .banner.bad').waitFor();
      same((await request()).urge_count, 1, 'urges after the second');
      await fit('request, urge refused');
      await shot('urged');
    }],
    ['a question waits for the answer; the answer lets the work go on', async () => {
      await engineer.api(`/technical_request/${id}/request_info`, { info_needed: w.ask });
      await engineer.api(`/technical_request/${id}/contact_attempt`, { way: 'phone' });
      await engineer.api(`/technical_request/${id}/wait`, { pause_code: 'customer_info', pause_evidence: 'Asked by phone', info_needed: w.ask });
      await state(w.reply);
      await page.locator('.state', { hasText: w.ask }).waitFor();
      await fit('request that waits');
      await page.fill('#answer', w.answer);
      await page.reload();
      await becomes(() => page.locator('#answer').inputValue(), w.answer, 'draft of the message');
      await page.setInputFiles('.answer input[type=file]', { name: 'label.png', mimeType: 'image/png', buffer: PHOTO });
      await page.locator('.talk .file', { hasText: 'label.png' }).waitFor();
      await tap('.answer button[type=submit]');
      await page.locator('.talk li.in', { hasText: w.answer }).waitFor();
      await state(w.progress);
      await becomes(async () => (await request()).state, 'in_progress', 'state');
    }],
    ['a solution is refused with a reason: round two, and the reason is there', async () => {
      await solve();
      await state(w.confirm);
      await fit('request to confirm');
      await page.evaluate(() => scrollTo(0, 0));
      await shot('confirm');
      await tap('.state .acts .btn:not(.primary)');
      await page.locator('dialog[open]').waitFor();
      await tap('dialog button[type=submit]');
      await page.locator('dialog .error').waitFor();
      none(await c.axe(true), 'axe of the dialog');
      await shot('reject');
      await page.fill('dialog textarea', w.still);
      await tap('dialog button[type=submit]');
      await page.locator('dialog').waitFor({ state: 'detached' });
      await state(w.progress);
      const row = await request();
      same(row.round_no, 2, 'round');
      same(row.reopen_count, 1, 'reopened');
    }],
    ['the second solution is confirmed and rated', async () => {
      await solve();
      await state(w.confirm);
      await tap('.state .acts .btn.primary');
      await state(w.done);
      await page.locator('.rating').waitFor();
      await tap('.rating button[type=submit]');
      await page.locator('.rating .error').first().waitFor();
      await fit('rating');
      await tap('.rating [data-field=solved] input[value=yes]');
      await tap('.rating [data-field=overall] input[value="5"]');
      await shot('rate');
      await tap('.rating button[type=submit]');
      await page.locator('.rating').waitFor({ state: 'detached' });
      const back = (await agent.api(`/callback?filter=parent==${id}&fields=overall,solved,state`)).items[0];
      same(back.overall, 5, 'rating');
      await becomes(async () => (await request()).callback_outcome, 'satisfied', 'outcome');
    }],
    ['without a network the report waits, and goes out when there is one', async () => {
      await c.open('/p/new');
      await page.fill('[data-field=text] textarea', `${w.text} 2`);
      await tap('[data-field=severity] input[value=minor]');
      await c.context.setOffline(true);
      await page.locator('.live-line').waitFor();
      await tap('form button[type=submit]');
      await page.locator('.banner.warn').waitFor();
      await fit('form without a network');
      await shot('offline');
      await c.context.setOffline(false);
      await page.locator('.receipt-number').waitFor();
      number = await page.locator('.receipt-number').innerText();
    }],
    ['and is withdrawn; a hostile message is words', async () => {
      await c.open(`/p/r/${number}`);
      await state(w.received);
      const hostile = '<img src=x onerror="document.title=1"><b>bold</b> \u202e' + 'W'.repeat(3000);
      await page.fill('#answer', hostile);
      await tap('.answer button[type=submit]');
      await page.locator('.talk li.in', { hasText: '<b>bold</b>' }).waitFor();
      await page.locator('.talk li.in .unseen[title="U+202E"]').waitFor();
      await fit('request with a hostile message');
      await tap('.state .btn.danger');
      await page.fill('dialog textarea', w.still);
      await tap('dialog button[type=submit]');
      await state(w.withdrawn);
      await page.locator('.talk .step', { hasText: w.withdrawn }).waitFor();
    }],
    ['search finds a request of mine', async () => {
      await c.open('/p');
      await page.fill('input[type=search]', w.search);
      await page.locator('#found').waitFor();
      await page.locator('.cards .card', { hasText: w.title }).first().waitFor();
      await fit('search');
    }],
    ['a label leads to the form with its unit', async () => {
      await page.goto(BASE + '/p/u/2102-QR');
      await page.waitForURL(/serial=2102-QR/);
      await becomes(() => page.inputValue('[data-field=unit] input'), '2102-QR', 'serial');
    }],
    ['every page is fit, in light and dark', async () => {
      for (const dark of [false, true]) {
        await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
        for (const path of ['/p', '/p/new', `/p/r/${number}`, '/p/units', '/p/contracts', '/p/me', '/p/r/TR-0', '/p/nothing']) {
          await c.open(path);
          await c.filled();
          await fit(`${path} ${dark ? 'dark' : 'light'}`);
          if (!dark && ['/p/units', '/p/contracts'].includes(path)) await shot(path.slice(3));
          if (dark && path === '/p') await shot('home-dark');
        }
      }
      await page.emulateMedia({ colorScheme: 'light' });
    }],
    ['no page broke its policy, called another origin or failed', async () => none(await c.wrongs(), 'faults')],
    ['signing out ends it', async () => {
      await c.open('/p/me');
      await tap('main > * > .btn');
      await page.waitForURL(/\/p\/login/);
    }],
  ]);
  await Promise.all([c, agent, engineer].map(async (p) => {
    if (anyFailed()) await p.shot(`${lang}-portal-failed-${p.name}`).catch(() => {});
    await p.context.close();
  }));
  await plain(browser, lang, w);
}

/** The same report with JavaScript switched off. */
async function plain(browser, lang, w) {
  const c = await Person.at(browser, { lang, name: 'plain', phone: true, script: false });
  const page = c.page;
  await walk(`portal ${lang}, no JavaScript`, [
    ['the login leads back to the form', async () => {
      await page.goto(BASE + '/p/new');
      await page.waitForURL(/\/p\/login/);
      await page.fill('[name=login]', 'customer');
      await page.fill('[name=password]', 'wrong');
      await page.click('button[type=submit]');
      await page.locator('.banner.bad').waitFor();
      await page.fill('[name=login]', c.login(w.customer).login);
      await page.fill('[name=password]', c.login(w.customer).password);
      await page.click('button[type=submit]');
      await page.waitForURL(/\/p\/new/);
    }],
    ['a wrong value is told beside its field, and nothing is lost', async () => {
      await page.fill('[name=text]', w.text);
      await page.check('[name=severity][value=major]');
      await page.fill('[name=phone]', 'no number');
      await page.click('button[type=submit]');
      await page.locator('#phone-error').waitFor();
      same(await page.inputValue('[name=text]'), w.text, 'text');
      same(await page.isChecked('[value=major]'), true, 'severity');
      await c.shot(`${lang}-portal-plain-error`);
    }],
    ['the report is handed in and the receipt has its number', async () => {
      await page.fill('[name=phone]', '+86 571 8800 100');
      await page.click('button[type=submit]');
      await page.waitForURL(/done=TR-/);
      has(await page.locator('.receipt-number').innerText(), 'TR-');
      await c.shot(`${lang}-portal-plain`);
    }],
    ['its pages are accessible and fit the phone', async () => {
      // axe is a script: the same pages with scripts allowed, and the app kept from starting.
      const s = await Person.at(browser, { lang, name: 'axe', phone: true });
      await s.context.addCookies(await c.context.cookies());
      await s.page.route('**/a/*.js', (r) => r.abort());
      for (const path of ['/p/new', '/p/login', new URL(page.url()).pathname + new URL(page.url()).search]) {
        await s.open(path);
        none(await s.axe(true), `axe of plain ${path}`);
        same(await s.tooWide(), 0, `px too wide: ${path}`);
      }
      await s.context.close();
    }],
    ['what was typed before the app arrived is in the app', async () => {
      const s = await Person.at(browser, { lang, name: 'late', phone: true });
      await s.context.addCookies(await c.context.cookies());
      let go;
      const wait = new Promise((done) => (go = done));
      await s.page.route('**/a/p-*.js', async (r) => { await wait; await r.continue(); });
      await s.page.goto(BASE + '/p/new', { waitUntil: 'commit' });
      await s.page.fill('[name=text]', w.text);
      go();
      await s.page.locator('[data-field=text] textarea').waitFor();
      await becomes(() => s.page.inputValue('[data-field=text] textarea'), w.text, 'text');
      await s.context.close();
    }],
  ]);
  await c.context.close();
}

const browser = await launch();
for (const lang of ['zh', 'en']) await portal(browser, lang);
await browser.close();
report('portal');
