// SPDX-License-Identifier: Apache-2.0
//
// journey.mjs -- a request from registration to closure in chromium, once in Chinese and once in English, by the people who
// do it: the agent registers, authorises and dispatches, the engineer accepts, works and solves, the customer reads,
// answers and confirms, the agent makes the call-back and closes.  On the way: live update, conflict, drafts, attachments,
// both languages without reload, 390 px, dark, axe.
// The portal has a walk of its own (portal.mjs).
//
// Steps depend on each other; the first that fails ends its language, the rest is counted as skipped.
import { BASE, launch, Person } from './browser.mjs';
import { anyFailed, becomes, has, none, report, same, walk } from './walk.mjs';

const WORDS = {
  zh: { draft: '草稿', progress: '处理中', closed: '已关闭', title: '核心交换机主控板告警后业务中断', plain: '处理中', other: 'Requests', restore: /SLA 恢复 剩 \d/, why: 'SLA 时钟：恢复' },
  en: { draft: 'Draft', progress: 'In progress', closed: 'Closed', title: 'Core switch: business down after a control board alarm', plain: 'In progress', other: '请求', restore: /SLA Restore .*\d (d|h|min|s) left/, why: 'SLA clock: Restore' },
};

async function journey(browser, lang) {
  const w = WORDS[lang];
  const [agent, engineer, customer] = await Promise.all(
    ['agent', 'engineer', 'customer'].map((name) => Person.at(browser, { lang, name, dark: name === 'engineer', phone: name === 'customer' })));
  const everybody = [agent, engineer, customer];
  const shot = (p, name) => p.shot(`${lang}-${name}`);
  let path = '';
  const api = (p, url, options) => p.page.evaluate(async ([u, o]) => (await fetch('/api/v1' + u, o)).json(), [url, options]);
  let account, team, engineerId;
  const id = () => path.split('/').pop();

  await walk(lang, [
    ['the login page is accessible', async () => {
      await agent.page.goto(BASE + '/login');
      await agent.page.waitForSelector('form');
      none(await agent.axe(), 'axe');
      await shot(agent, 'login');
    }],
    ['a wrong password is refused in words', async () => {
      await agent.page.fill('[name=login]', 'nobody-of-this-name');
      await agent.page.fill('[name=password]', 'wrong');
      await agent.page.press('[name=password]', 'Enter');
      await agent.page.locator('.banner.bad').waitFor();
    }],
    ['three people sign in', async () => {
      await agent.signIn('hotline_agent');
      await engineer.signIn('t1_engineer');
      await customer.signIn('customer_contact');
      const me = await api(engineer, '/me');
      engineerId = me.name;
      const c = await api(customer, '/me');
      const teams = me.team ? await api(agent, `/team/${me.team}`) : (await api(agent, '/team?limit=1')).items[0];
      team = teams.name;
      account = (await api(agent, `/account/${c.account}`)).name;
    }],
    ['the list is accessible, sorts and filters', async () => {
      await agent.open('/e/technical_request');
      await agent.page.waitForSelector('table.rows tbody tr, .nothing');
      none(await agent.axe(), 'axe');
      await shot(agent, 'list');
    }],
    ['a form without its title is refused at the title', async () => {
      await agent.open('/e/technical_request/new');
      await agent.page.locator('form.form-page button[type=submit]').click();
      await agent.page.locator('[data-field=title] .error').waitFor();
      none(await agent.axe(), 'axe');
      await shot(agent, 'new');
    }],
    ['the agent makes a request', async () => {
      await agent.set('title', w.title);
      await agent.set('symptom', '07:58 ALM-303 control board, 双机未切换');
      await agent.set('account', account);
      await agent.set('reporter_name', '赵工');
      await agent.page.locator('form.form-page button[type=submit]').click();
      await agent.page.waitForURL(/\/e\/technical_request\/\d+$/);
      await agent.page.waitForSelector('article.record');
      path = new URL(agent.page.url()).pathname;
      same(await agent.state(), w.draft, 'state');
    }],
    ['registers it', async () => {
      await agent.move('register');
      await agent.offered('authorise');
    }],
    ['the language changes without a reload', async () => {
      await agent.page.evaluate(() => void (window.__same = true));
      await agent.page.locator('.lang').click();
      await agent.page.locator('.rail', { hasText: w.other }).waitFor();
      await agent.page.locator('.lang').click();
      await agent.page.locator('.rail', { hasText: w.other }).waitFor({ state: 'detached' });
      same(await agent.page.evaluate(() => window.__same), true, 'the page was loaded again');
    }],
    ['authorises and classifies it', async () => {
      await agent.move('authorise', { kind: 'fault', severity: 'major', scope_category: 'S1', entitlement: 'standard', entitlement_reason: 'Contract on paper' });
      await agent.offered('dispatch');
      none(await agent.axe(), 'axe of the record');
    }],
    ['the engineer has the record open when the agent dispatches: it changes by itself', async () => {
      await engineer.open(path);
      await agent.move('dispatch', { team, service_mode: 'remote' });
      if (!await engineer.offered('accept')) throw new Error('the change did not come by itself');
    }],
    ['the engineer accepts after the first contact', async () => {
      await engineer.move('accept', { first_contact: '与赵工通话，确认现象' });
      await engineer.offered('locate');
      same(await engineer.state(), w.progress, 'state');
      await shot(engineer, 'record-dark');
      none(await engineer.axe(), 'axe in the dark');
    }],
    ['the strip of clocks shows what restore has left, and opens why by keyboard', async () => {
      const badge = engineer.page.locator('.clocks [data-clock=restore]');
      await badge.locator('.ck-ok, .ck-warn, .ck-hot').waitFor();
      const words = await badge.innerText();
      if (!w.restore.test(words)) throw new Error(`the badge says ${words}`);
      await engineer.page.locator('.clocks [data-clock=response] .ck-met').waitFor();
      same(await engineer.page.locator('.clocks [data-clock]').first().locator('.ck-met, .ck-missed, .ck-off').count(), 0, 'ended clocks before those that run');
      await badge.focus();
      await engineer.page.keyboard.press('Enter');
      const dialog = engineer.page.getByRole('dialog', { name: w.why });
      await dialog.waitFor();
      has(await dialog.innerText(), 'rules/sla.yaml');
      same(await dialog.locator('.spans li').count(), 1, 'spans');
      await shot(engineer, 'clock');
      none(await engineer.axe(true), 'axe of the details');
      await engineer.page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      // The focus comes back a frame after the dialog has gone.
      await engineer.page.waitForFunction(() => document.activeElement?.getAttribute('data-clock') === 'restore');
    }],
    ['an internal note and a reply differ, a draft survives a reload', async () => {
      const box = engineer.page.locator('#composer');
      await engineer.page.locator('.composer .views button').nth(1).click();
      await box.fill('内部：备板 FPGA 版本不匹配');
      await engineer.page.locator('.composer button[type=submit]').click();
      await engineer.page.locator('.timeline li.internal', { hasText: 'FPGA' }).waitFor();
      await engineer.page.locator('.composer .views button').nth(0).click();
      await box.fill('We are locating the fault. 正在定位。');
      await engineer.open(path);
      await becomes(() => engineer.page.locator('#composer').inputValue(), 'We are locating the fault. 正在定位。', 'draft');
      await engineer.page.locator('.composer button[type=submit]').click();
      await engineer.page.locator('.timeline li.talk', { hasText: 'locating' }).waitFor();
    }],
    ['a file goes up and comes down', async () => {
      await engineer.page.setInputFiles('.composer input[type=file]', { name: '日志 1.txt', mimeType: 'text/plain', buffer: Buffer.from('ALM-303\n') });
      const link = engineer.page.locator('.files a', { hasText: '日志 1.txt' });
      await link.waitFor();
      const [download] = await Promise.all([engineer.page.waitForEvent('download'), link.click()]);
      const stream = await download.createReadStream();
      let text = '';
      for await (const part of stream) text += part;
      same(text, 'ALM-303\n', 'file');
    }],
    ['the customer reads it on a phone: plain words, no internal note', async () => {
      await customer.open(path);
      await customer.page.locator('.talk li', { hasText: 'locating' }).waitFor();
      const text = await customer.page.locator('main').innerText();
      has(text, w.plain);
      if (text.includes('FPGA')) throw new Error('the customer sees an internal note');
      const wide = await customer.tooWide();
      if (wide > 0) throw new Error(`the page is ${wide} px wider than the phone`);
      await shot(customer, 'customer-phone');
      none(await customer.axe(), 'axe on the phone');
    }],
    ['the customer answers, the engineer sees it at once', async () => {
      await customer.page.locator('#answer').fill('Thank you, 请尽快');
      await customer.page.locator('.answer button[type=submit]').click();
      await engineer.page.locator('.timeline li.talk', { hasText: '请尽快' }).waitFor();
    }],
    ['two people edit: the second is told and nothing is lost', async () => {
      await engineer.page.locator('.moves [data-move=locate]').click();
      await engineer.set('cause_analysis', '主控板 FPGA 版本不匹配');
      // The other's change, under the dialog: by the same session, straight to the API.
      const status = await engineer.page.evaluate(async (i) => {
        const { csrf } = await (await fetch('/api/v1/me')).json();
        return (await fetch(`/api/v1/technical_request/${i}/search_cases`, {
          method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf },
        })).status;
      }, id());
      same(status, 200, 'status of the other change');
      await engineer.page.locator('.dialog button[type=submit]').click();
      const notice = engineer.page.locator('.dialog .banner.warn');
      // The live stream may have brought the new version before the button was pressed; then there is no conflict.
      await Promise.race([notice.waitFor(), engineer.page.locator('.dialog').waitFor({ state: 'detached' })]);
      if (await notice.count()) {
        await shot(engineer, 'conflict');
        await notice.locator('button').click();
        await notice.waitFor({ state: 'detached' });
        await becomes(() => engineer.page.locator('[data-field=cause_analysis] textarea').inputValue(), '主控板 FPGA 版本不匹配', 'what was typed');
        await engineer.page.locator('.dialog button[type=submit]').click();
        await engineer.page.locator('.dialog').waitFor({ state: 'detached' });
      }
    }],
    ['the engineer prepares and delivers the solution', async () => {
      await engineer.move('prepare', { solution: '强制倒换后升级 FPGA' });
      await engineer.move('deliver', { side_effects: '倒换期间中断 3 秒', touches_network: 'false' });
    }],
    ['and finishes the work order, where there is one', async () => {
      await engineer.open(path);
      const [order] = (await engineer.api(`/work_order?filter=parent==${id()}`)).items;
      if (!order) return;
      await engineer.page.locator('[data-below=work_order]').first().click();
      await engineer.page.waitForURL(/\/e\/work_order\/\d+$/);
      await engineer.page.waitForSelector('article.record');
      for (const step of ['accept', 'start']) if (await engineer.can('work_order', order.id, step)) await engineer.move(step);
      await engineer.move('finish', { outcome: await firstOption(engineer, 'work_order', 'outcome') });
      await engineer.open(path);
    }],
    ['solves it and asks for confirmation', async () => {
      if (await engineer.can('technical_request', id(), 'restore')) await engineer.move('restore', { restore_agreed_by: '赵工' });
      await engineer.move('resolve', {
        solution: '强制倒换后升级 FPGA', root_cause: 'software_defect', resolution_code: 'patch_installed', new_risk_check: 'none_found',
      });
      await engineer.move('ask_confirm');
    }],
    ['the customer confirms on the phone', async () => {
      await customer.page.locator('.state.is-please_confirm .btn.primary').click();
      await customer.page.locator('.state.is-completed').waitFor();
    }],
    ['the agent makes the call-back, where one is due', async () => {
      await agent.open(path);
      const [back] = (await agent.api(`/callback?filter=parent==${id()}`)).items;
      if (!back) return;
      await agent.page.locator('[data-below=callback]').first().click();
      await agent.page.waitForURL(/\/e\/callback\/\d+$/);
      await agent.page.waitForSelector('article.record');
      await agent.move('complete', { solved: await firstOption(agent, 'callback', 'solved'), overall: 5 });
      if (await agent.can('callback', back.id, 'close')) await agent.move('close');
      await agent.open(path);
    }],
    ['and closes the request', async () => {
      if (!await agent.offered('close')) throw new Error('close is not offered');
      await agent.move('close', { root_cause: 'software_defect', knowledge_action: 'none', opportunity_asked: 'nothing' });
      await agent.page.locator('.record-state', { hasText: w.closed }).waitFor();
      same(await agent.state(), w.closed, 'state');
      await shot(agent, 'record-closed');
      none(await agent.axe(), 'axe of the closed record');
    }],
    ['it is found by search', async () => {
      await agent.page.locator('.q').fill(w.title);
      await agent.page.locator('.q').press('Enter');
      await agent.page.locator('.hits a', { hasText: w.title }).first().waitFor();
      await shot(agent, 'search');
    }],
    ['no page broke its policy, called another origin or failed', async () => {
      none((await Promise.all(everybody.map((p) => p.wrongs()))).flat(), 'faults');
    }],
    ['signing out ends it', async () => {
      await agent.page.locator('.top-btn:not(.bell)').click();
      await agent.page.locator('[role=menuitem]').last().click();
      await agent.page.waitForURL(/\/login/);
    }],
  ]);
  await Promise.all(everybody.map(async (p) => {
    if (anyFailed()) await p.shot(`${lang}-failed-${p.name}`).catch(() => {});
    await p.context.close();
  }));
}

/** The first choice of a field, or `true` for a yes-or-no. */
async function firstOption(p, entity, field) {
  const f = await p.page.evaluate(async ([e, n]) => (await (await fetch(`/api/v1/model/${e}`)).json()).fields.find((x) => x.name === n), [entity, field]);
  return f.type === 'bool' ? 'true' : f.options?.[0].name ?? '1';
}

const browser = await launch();
for (const lang of ['zh', 'en']) await journey(browser, lang);
await browser.close();
report('staff');
