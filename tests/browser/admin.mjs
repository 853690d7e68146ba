// SPDX-License-Identifier: Apache-2.0
//
// admin.mjs -- the administrator in chromium, in Chinese and in English: a new process from its text to the customer's portal,
// with no build and no reload and by keyboard alone; people, rights, rules, audit, health; and the first start of a fresh server.
import { execFileSync } from 'node:child_process';
import { BASE, launch, Person, typeDate } from './browser.mjs';
import { fresh, PROGRAM } from './house.mjs';
import { has, none, report, same, walk } from './walk.mjs';

const WORDS = {
  zh: { check: '检查', publish: '发布版本', note: '说明', made: '量具借用', newOne: '新建', back: '归还', tools: '新建流程', ask: '匹配哪一行', plan: '数据库变更', faults: '处错误', versions: '历史版本', remove: '撤下', testCall: '测试调用', disabled: '已停用', next: '保存并继续', finish: '完成', first: '初始设置' },
  en: { check: 'Check', publish: 'Publish version', note: 'Why (kept', made: 'Gauge loans', newOne: 'New', back: 'Give back', tools: 'New process', ask: 'Which row', plan: 'What happens to the database', faults: 'faults', versions: 'Versions', remove: 'Take out of force', testCall: 'Test call', disabled: 'Disabled', next: 'Save and go on', finish: 'Finish', first: 'First start' },
};
/** The same process under another name in each language, so that both walks find it new. */
const model = (name) => `entity: ${name}
is: case
label: {en: Gauge loan, zh: 量具借用单}
plural: {en: Gauge loans, zh: 量具借用}
number: "${name.slice(-2).toUpperCase()}-{yyyy}-{seq:6}"
nav: {group: request, order: 91}
fields:
  purpose: {type: longtext, required: true, search: true, group: summary, label: {en: Purpose, zh: 用途}}
  size:    {type: enum, of: {small: {en: Small, zh: 小}, large: {en: Large, zh: 大}}, group: summary, label: {en: Size, zh: 尺寸}}
states:
  out:  {stage: handle, customer: in_progress, label: {en: Out, zh: 已借出}}
  back: {stage: close, customer: completed, final: true, label: {en: Back, zh: 已归还}}
transitions:
  give_back: {from: out, to: back, by: [engineers, customers], style: primary, label: {en: Give back, zh: 归还}}
clocks:
  lending: {start: created, stop: back, target: sla.restore}
grants:
  engineers: {read: all, write: all, create: true}
  customers: {read: own_account, create: true, act: own_account}
`;

/** Tab until the thing has the focus, as a person without a mouse does. */
async function tabTo(page, thing, most = 120) {
  for (let i = 0; i < most; i++) {
    if (await thing.evaluate((e) => e === document.activeElement).catch(() => false)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${thing}`);
}
const type = async (page, text) => {
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
};

async function newProcess(browser, lang) {
  const w = WORDS[lang];
  const name = `gauge_${lang}`;
  const people = await Promise.all(['administrator', 't1_engineer', lang === 'en' ? 'customer-en' : 'customer_contact'].map((role) => Person.at(browser, { lang, name: role, dark: lang === 'en', phone: role.startsWith('customer') })));
  const [admin, engineer, customer] = people;
  const { page } = admin;
  const area = page.locator('.lines textarea');
  const button = (words) => page.getByRole('button', { name: words }).first();
  let version = 0;
  await walk(`new process ${lang}`, [
    ['three people are at their pages', async () => {
      await admin.signIn('administrator');
      await engineer.signIn('t1_engineer');
      await engineer.open('/e/technical_request');
      await customer.signIn(lang === 'en' ? 'customer-en' : 'customer_contact', '/p/login');
      await customer.page.waitForSelector('.portal h1');
      for (const p of [engineer, customer]) {
        await p.page.evaluate(() => (window.__kept = true));
        same(await p.page.locator(`a[href$="/${name}"]`).count(), 0, 'links to what is not there');
      }
    }],
    ['the administrator reaches the editor by keyboard', async () => {
      await admin.open('/admin/models');
      none(await admin.axe(true), 'axe of the models');
      await admin.shot(`${lang}-admin-models`);
      await tabTo(page, page.getByRole('link', { name: w.tools }));
      await page.keyboard.press('Enter');
      await area.waitFor();
    }],
    ['faults are told with their lines, and each leads there', async () => {
      await tabTo(page, area);
      await type(page, model(name).replace('required: true', 'requierd: true').replace('by: [engineers, customers]', 'by: [nobody_such]'));
      await page.keyboard.press('Control+Enter');
      await page.locator('.fault').first().waitFor();
      has(await page.locator('.desk-side').innerText(), w.faults);
      none(await admin.axe(true), 'axe of the faults');
      await admin.shot(`${lang}-admin-faults`);
      await tabTo(page, page.locator('.fault').first());
      await page.keyboard.press('Enter');
      same(await area.evaluate((e) => document.activeElement === e && e.value.slice(0, e.selectionStart).split('\n').length), 8, 'line of the cursor');
    }],
    ['the right text shows its statements, its states and its form', async () => {
      await type(page, model(name));
      await page.keyboard.press('Control+Enter');
      await page.locator('.sql').waitFor();
      has(await page.locator('.sql').innerText(), `CREATE TABLE "${name}"`);
      await page.locator('.graph [data-state=out]').waitFor();
      await page.locator('[data-field=purpose] textarea').waitFor();
      none(await admin.axe(true), 'axe of the preview');
      await admin.shot(`${lang}-admin-preview`);
    }],
    ['it is published, and is in force', async () => {
      const note = page.locator('input[name=note]');
      await tabTo(page, note);
      await page.keyboard.insertText('Walk');
      await tabTo(page, button(w.publish));
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/admin/models/${name}`);
      await page.getByRole('heading', { name: w.versions }).waitFor();
      ({ version } = (await admin.api('/model/patches')).items.find((x) => x.name === name));
      same(version, 1, 'version');
    }],
    ['the engineer gets list, form, steps and clocks without a reload, by keyboard', async () => {
      const e = engineer.page;
      await e.locator(`.siblings a[href="/e/${name}"]`).waitFor();
      await tabTo(e, e.locator(`.siblings a[href="/e/${name}"]`));
      await e.keyboard.press('Enter');
      await e.getByRole('heading', { name: w.made }).waitFor();
      await tabTo(e, e.locator(`a[href="/e/${name}/new"]`).first());
      await e.keyboard.press('Enter');
      await e.locator('[data-field=purpose] textarea').waitFor();
      await tabTo(e, e.locator('[data-field=title] input'));
      await e.keyboard.insertText('Pressure gauge');
      await tabTo(e, e.locator('[data-field=purpose] textarea'));
      await e.keyboard.insertText('Measuring');
      await e.keyboard.press('Control+Enter');
      await e.waitForURL(new RegExp(`/e/${name}/\\d+$`));
      await e.locator('.moves [data-move=give_back]').waitFor();
      await e.locator('.clocks .clock').first().waitFor();
      await engineer.shot(`${lang}-admin-new-record`);
      await tabTo(e, e.locator('.moves [data-move=give_back]'));
      await e.keyboard.press('Enter');
      const act = e.locator('.dialog button[type=submit]');
      const done = e.locator('.tag.state-closed').first();
      await act.or(done).first().waitFor();
      if (await act.count()) { await tabTo(e, act); await e.keyboard.press('Enter'); }
      await done.waitFor();
      same(await e.evaluate(() => window.__kept), true, 'the page was not loaded again');
    }],
    ['the customer has it in the portal, makes one and gives it back', async () => {
      const c = customer.page;
      await c.locator(`.own-links a[href="/p/o/${name}"]`).click();
      await c.getByRole('heading', { name: w.made }).waitFor();
      await c.locator('summary').first().click();
      await c.fill('input[name=title]', 'Flow gauge');
      await c.locator('form .btn.primary').click();
      await c.locator('.field.bad').waitFor();
      await c.fill('textarea[name=purpose]', 'For the pump');
      none(await customer.axe(true), 'axe of the portal page');
      await c.locator('form .btn.primary').click();
      const card = c.locator('.cards > .card', { hasText: 'Flow gauge' });
      await card.getByRole('button', { name: w.back }).waitFor();
      await customer.shot(`${lang}-admin-portal`);
      await card.getByRole('button', { name: w.back }).click();
      await card.getByRole('button', { name: w.back }).waitFor({ state: 'detached' });
      same(await c.evaluate(() => window.__kept), true, 'the page was not loaded again');
    }],
    ['what would lose data is refused with its line', async () => {
      await tabTo(page, area);
      await type(page, model(name).replace('purpose: {type: longtext, required: true, search: true', 'purpose: {type: int, required: true'));
      await page.keyboard.press('Control+Enter');
      await page.locator('.fault').first().waitFor();
      has(await page.locator('.fault').first().innerText(), '8:');
    }],
    ['nothing broke a rule behind the pages', async () => {
      for (const p of people) none(await p.wrongs(), p.name);
    }],
  ]);
  for (const p of people) await p.context.close();
}

async function screens(browser, lang) {
  const w = WORDS[lang];
  const p = await Person.at(browser, { lang, name: 'admin', dark: lang === 'zh' });
  const { page } = p;
  const clean = async (what) => {
    none(await p.axe(true), `axe of ${what}`);
    same(await p.tooWide(), 0, `${what} is wider than its window`);
    await p.shot(`${lang}-admin-${what}`);
  };
  await walk(`administrator ${lang}`, [
    ['people: found, invited, and the link opens', async () => {
      await p.signIn('administrator');
      await p.open('/admin/people');
      await page.locator('tbody tr').first().waitFor();
      await clean('people');
      await page.fill('input[type=search].find', 't2');
      await page.locator('tbody tr td a', { hasText: /^t2$/ }).click();
      await page.locator('.cards .card').first().waitFor();
      await clean('person');
      await page.locator('.cards .card .btn').first().click();
      const link = await page.locator('.banner input').inputValue();
      const guest = await Person.at(browser, { lang, name: 'guest', phone: true });
      await guest.page.goto(link);
      await guest.page.locator('input[name=password]').fill('t2');
      await guest.page.keyboard.press('Enter');
      await guest.page.locator('.field.bad').waitFor();
      none(await guest.axe(true), 'axe of the invitation');
      await guest.shot(`${lang}-admin-invite`);
      await guest.page.locator('input[name=password]').fill('openitr-demo');
      await guest.page.keyboard.press('Enter');
      await guest.page.waitForURL('**/login');
      none(await guest.wrongs(), 'the guest');
      await guest.context.close();
    }],
    ['rights: the line that decides, and what stands against it', async () => {
      await p.open('/admin/rights?user=customer&entity=technical_request');
      await page.locator('form .btn.primary').click();
      await page.locator('.plain-table tbody tr').first().waitFor();
      has(await page.locator('.admin .banner').innerText(), 'models/technical_request.yaml');
      await clean('rights');
      await page.locator('input[name=user]').fill('nobody-such');
      await page.locator('form .btn.primary').click();
      await page.locator('.banner.bad').waitFor();
    }],
    ['rules: the row that matches, and why not the ones before', async () => {
      await p.open('/admin/rules');
      await clean('rules');
      await page.locator('a[href="/admin/rules/priority"]').click();
      await page.locator('select[name=severity]').selectOption('major');
      await page.locator('select[name=grade]').selectOption('A');
      await page.locator('select[name=interrupted]').selectOption('true');
      await page.getByRole('button', { name: w.ask }).click();
      await page.locator('tr.hit').waitFor();
      has(await page.locator('tr.hit').innerText(), 'P1');
      await clean('rule');
    }],
    ['rules: a change is drafted, checked, tried on what was closed, and kept for a second person', async () => {
      await p.open('/admin/rules/sla');
      await page.locator('a[href="/admin/rules/sla/draft"]').click();
      const area = page.locator('.lines textarea');
      await area.waitFor();
      const text = await area.inputValue();
      await area.fill(text.replaceAll('restore: 4 h', 'restore: 1 h'));
      await page.locator('.desk-text .btn').first().click();
      await page.locator('.faults .fault').first().waitFor();
      has(await page.locator('.banner.bad').innerText(), '90 %');
      await clean('draft with faults');
      await area.fill(text.replaceAll('restore: 24 h', 'restore: 20 h'));
      await page.locator('.desk-text .btn').nth(1).click();
      await page.locator('.desk-side .card h2').waitFor({ timeout: 60_000 });
      await clean('draft tried');
      await p.shot(`${lang}-admin-policy`);
      await page.locator('input[name=note]').fill('A walk');
      same(await page.locator('input.inp[type^=date], input.inp[type=time]').count(), 0, "the browser's own date inputs");
      const year = new Date().getFullYear() + 1;
      await typeDate(page.locator('[data-field=effective_from]'), `${year}-03-01T10:20`);
      await clean('draft with its day');
      await p.shot(`${lang}-admin-policy-from`);
      await page.locator('.desk-side .ask .btn').click();
      await page.waitForURL(/\/e\/rule_version\/\d+/);
      same((await p.api(`/rule_version/${page.url().split('/').pop()}`)).effective_from, new Date(`${year}-03-01T10:20:00+08:00`).toISOString().replace('.000Z', 'Z'), 'effective from');
      await page.locator('h1').first().waitFor();
      await p.open('/admin/rules/sla');
      await page.locator('a[href^="/e/rule_version/"]').first().waitFor();
      await clean('versions');
    }],
    ['webhooks: made with a secret that is shown once, tried, looked at, sent again, switched off', async () => {
      await p.open('/admin/webhooks');
      await page.locator('a[href="/admin/webhooks/new"]').click();
      await page.fill('input[name=name]', `Our ERP ${lang}`);
      await page.fill('input[name=url]', 'http://10.0.0.1/in');
      await page.locator('form .btn.primary').click();
      await page.locator('[data-field=url] .error').waitFor();
      await clean('webhook refused');
      await page.fill('input[name=url]', 'https://erp.invalid/in');
      await page.fill('textarea[name=events]', 'technical_request.close');
      await page.locator('form .btn.primary').click();
      const secret = await page.locator('.banner input').inputValue();
      if (!secret.startsWith('whsec_')) throw new Error(`the secret is ${secret}`);
      await clean('webhook made');
      await page.locator('p > a.btn.primary').click();
      await page.locator('.page-head .btn').first().click();
      const row = page.locator('tbody tr', { hasText: w.testCall });
      await row.waitFor();
      same(await page.locator('body').innerText().then((x) => x.includes(secret)), false, 'the secret is shown again');
      // A machine without a network may ask for the name for long.
      await row.locator('.told-error').waitFor({ timeout: 90_000 });
      await row.locator('summary').click();
      has(await row.locator('pre').first().innerText(), 'webhook.ping');
      await clean('webhook');
      await row.locator('.btn').click();
      await page.locator('.page-head .btn.danger').click();
      await page.locator('.page-head .tag', { hasText: w.disabled }).waitFor();
      await p.open('/admin/webhooks');
      await page.locator('tbody tr', { hasText: `Our ERP ${lang}` }).waitFor();
      await clean('webhooks');
    }],
    ['audit: who did what, page by page', async () => {
      await p.open('/admin/audit');
      await page.locator('tbody tr').first().waitFor();
      await clean('audit');
      await page.locator('select[name=kind]').selectOption('login');
      await page.locator('form .btn.primary').click();
      await page.waitForURL(/kind=login/);
      await page.locator('tbody tr').first().waitFor();
      // Steps and states in the model's words; what they are called inside is their title.
      await page.locator('select[name=kind]').selectOption('transition');
      await page.locator('form .btn.primary').click();
      await page.waitForURL(/kind=transition/);
      const step = page.locator('tbody td:nth-child(3) span[title]').first();
      await step.waitFor();
      same(/^[a-z_]+$/.test(await step.getAttribute('title')) && (await step.innerText()) !== (await step.getAttribute('title')), true, 'a step in words');
      await p.shot(`${lang}-admin-audit`);
      await typeDate(page.locator('[data-field=from]'), '2001-02-03');
      await page.locator('form .btn.primary').click();
      await page.waitForURL(/from=2001-02-03/);
    }],
    ['health: what runs and what waits', async () => {
      await p.open('/admin/health');
      await page.locator('.facts dd').first().waitFor();
      await clean('health');
    }],
    ['a built-in process: its states and its text to read, an addition to write', async () => {
      await p.open('/admin/models/technical_request');
      await page.locator('.graph-way.back').first().waitFor();
      await clean('built-in');
    }],
    ['on the phone nothing is cut', async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      for (const at of ['people', 'rights', 'models', 'models/new', 'rules/priority', 'webhooks', 'webhooks/new', 'audit', 'health']) {
        await p.open(`/admin/${at}`);
        await p.filled();
        same(await p.tooWide(), 0, `${at} is wider than the phone`);
      }
      await p.shot(`${lang}-admin-phone`);
      none(await p.wrongs(), 'the administrator');
    }],
    ['who is no administrator is told so', async () => {
      const other = await Person.at(browser, { lang, name: 'duty' });
      await other.signIn('t1_engineer');
      await other.page.goto(BASE + '/admin/people');
      await other.page.locator('.banner.warn').waitFor();
      await other.context.close();
    }],
  ]);
  await p.context.close();
}

async function firstStart(browser, lang) {
  const w = WORDS[lang];
  const house = await fresh();
  const p = await Person.at(browser, { lang, name: 'first', phone: lang === 'zh' });
  const { page } = p;
  const base = new URL(house.address).origin;
  const go = async (words) => {
    await tabTo(page, page.getByRole('button', { name: words }));
    await page.keyboard.press('Enter');
  };
  const step = (n) => page.locator(`.steps li:nth-child(${n})[aria-current]`).waitFor();
  await walk(`first start ${lang}`, [
    ['without the code there is nothing', async () => {
      await page.goto(`${base}/setup#wrong`);
      await page.locator('.banner.bad').waitFor();
    }],
    ['the organisation, by keyboard; what is missing is told at its field', async () => {
      await page.goto(`${base}/login`);
      await page.goto(house.address);
      await step(1);
      none(await p.axe(true), 'axe of the first step');
      await go(w.next);
      await page.locator('[data-field=name].bad').waitFor();
      await p.shot(`${lang}-setup-1`);
      await tabTo(page, page.locator('input[name=name]'));
      await page.keyboard.insertText('Farstar 远星');
      await page.keyboard.press('Enter');
      await step(2);
    }],
    ['a calendar of its own', async () => {
      await tabTo(page, page.locator('select[name=calendar]'));
      await page.keyboard.press('Home');
      await page.locator('input[name=code]').waitFor();
      await tabTo(page, page.locator('input[name=code]'));
      await page.keyboard.insertText('6x10');
      await tabTo(page, page.locator('input[name=name]'));
      await page.keyboard.insertText('Six days');
      for (const [part, typed] of [['hour', '08'], ['minute', '30']]) {
        await page.locator(`[data-field=from] .date-segment[data-type=${part}]`).focus();
        await page.keyboard.type(typed);
      }
      none(await p.axe(true), 'axe of the calendar');
      await p.shot(`${lang}-setup-2`);
      await go(w.next);
      await step(3);
    }],
    ['interrupted: a reload goes on where it was', async () => {
      await page.reload();
      await step(3);
      await tabTo(page, page.locator('input[name=name]'));
      await page.keyboard.insertText('Chen Wei');
      await tabTo(page, page.locator('input[name=password]'));
      await page.keyboard.insertText('short');
      await go(w.next);
      await page.locator('[data-field=password].bad').waitFor();
      await p.shot(`${lang}-setup-3`);
      await tabTo(page, page.locator('input[name=password]'));
      await type(page, 'correct horse 7');
      await go(w.next);
      await step(4);
    }],
    ['data and mail', async () => {
      if (lang === 'en') {
        await tabTo(page, page.locator('input[name][value=empty]'));
        await page.keyboard.press('ArrowRight');
        same(await page.locator('input[value=demo]').isChecked(), true, 'the demo company is chosen');
      }
      await go(w.next);
      await step(5);
      none(await p.axe(true), 'axe of the last step');
      await p.shot(`${lang}-setup-5`);
      same(await p.tooWide(), 0, 'wider than the window');
      await go(w.finish);
      await page.waitForURL(`${base}/login`, { timeout: 180_000 });
    }],
    ['the administrator logs in; the first start is over', async () => {
      await page.fill('[name=login]', 'admin');
      await page.fill('[name=password]', 'correct horse 7');
      await page.keyboard.press('Enter');
      await page.waitForSelector('header.top');
      const users = (await p.api('/user?limit=200&fields=login')).items.length;
      if (lang === 'en' ? users < 10 : users !== 1) throw new Error(`there are ${users} people`);
      await page.goto(`${base}/login`);
      await page.goto(house.address);
      await page.locator('.banner.bad').waitFor();
      none((await p.wrongs()).filter((x) => !x.startsWith(`another origin: ${base}`)), 'the first start');
    }],
  ]);
  await p.context.close();
  await house.stop();
}

execFileSync(PROGRAM, ['help'], { stdio: 'ignore' });
const browser = await launch();
for (const lang of ['zh', 'en']) {
  await newProcess(browser, lang);
  await screens(browser, lang);
  await firstStart(browser, lang);
}
await browser.close();
report('admin');
