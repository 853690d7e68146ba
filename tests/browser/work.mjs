// SPDX-License-Identifier: Apache-2.0
//
// work.mjs -- the small things of an engineer's day in chromium, in Chinese and English: rows put aside and back again, what is
// taken back and what is not, new words further down, where a step leads, ways to other places.
//
// The server's clock is turned here too, so it comes after all that lean on it.
import { launch, Person, retype, tabTo } from './browser.mjs';
import { anyFailed, becomes, has, none, report, same, walk } from './walk.mjs';

const WORDS = {
  zh: { customer: 'customer_contact', undone: '已撤销', changed: '已被他人修改', palette: '偏好设置', last: '最后一单', note: '现场无人，明早再来', below: '下方有 1 条', ends: '不可撤销' },
  en: { customer: 'customer-en', undone: 'Taken back', changed: 'somebody has changed', palette: 'Preferences', last: 'the last one', note: 'Nobody on site, back tomorrow', below: '1 new below', ends: 'cannot be taken back' },
};
const advance = (p, seconds) => p.page.evaluate((s) => fetch('/api/v1/test/clock', { method: 'POST', body: JSON.stringify({ advance: s }), headers: { 'Content-Type': 'application/json' } }).then((r) => r.status), seconds)
  .then((status) => same(status, 200, 'turning the clock'));
const change = (p, path, body) => p.page.evaluate(async ([where, what]) => {
  const { csrf } = await (await fetch('/api/v1/me')).json();
  const { _v } = await (await fetch('/api/v1' + where)).json();
  return (await fetch('/api/v1' + where, { method: 'PATCH', body: JSON.stringify(what), headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf, 'If-Match': `"${_v}"` } })).status;
}, [path, body]).then((status) => same(status, 200, `change of ${path}`));

async function work(browser, lang) {
  const w = WORDS[lang];
  const stamp = `W${Date.now() % 1e7}`;
  const [agent, t1, customer] = await Promise.all(['agent', 't1', 'customer'].map((name) => Person.at(browser, { lang, name, dark: name === 't1' && lang === 'en' })));
  const { page } = t1;
  const shot = (name) => t1.shot(`${lang}-work-${name}`);
  const press = (key) => page.keyboard.press(key);
  const toast = (words) => page.locator('.toast', { hasText: words }).waitFor();
  const row = (n) => page.locator('[data-item]', { hasText: `${stamp} ${n}` });
  const quiet = () => page.waitForFunction(() => !document.querySelector('.toast'));
  const gone = () => page.locator('.dialog').waitFor({ state: 'detached' });
  const requests = [];
  const at = (n) => `/technical_request/${requests[n].id}`;
  const read = (n) => t1.api(at(n));
  let me;
  /** The cursor of the list on that row. */
  const cursor = async (n) => {
    const key = await row(n).getAttribute('data-item');
    await tabTo(page, `[data-item=${key}] a.row-link`);
  };

  await walk(`work ${lang}`, [
    ['three requests wait for T1', async () => {
      await agent.signIn('hotline_agent');
      await customer.signIn(w.customer, '/p/login');
      await t1.signInByKeys('t1_engineer');
      me = await t1.api('/me');
      const account = (await customer.api('/me')).account;
      for (const n of [1, 2, 3]) {
        const r = await agent.api('/technical_request', { title: `${stamp} ${n}`, account, symptom: `${stamp} ${n}: ALM-303`, reporter_name: 'Zhao' });
        await agent.api(`/technical_request/${r.id}/register`, {});
        await agent.api(`/technical_request/${r.id}/authorise`, { kind: 'fault', severity: 'minor', scope_category: 'S1', entitlement: 'standard', entitlement_reason: 'Contract on paper', interrupted: false });
        await agent.api(`/technical_request/${r.id}/dispatch`, { team: me.team, service_mode: 'remote', handler: me.id });
        requests.push(await agent.api(`/technical_request/${r.id}`));
      }
      await t1.open(`/my?q=${stamp}`);
      for (const n of [1, 2, 3]) await row(n).waitFor();
    }],

    ['each view has its number, saved ones too, by one question; one that cannot be read has none', async () => {
      const saved = await Promise.all([`q=${stamp}`, 'severity=nonsense'].map((query, i) => t1.api('/saved_view', { listed: 'case', name_en: `${stamp} view ${i}`, name_zh: `${stamp} view ${i}`, share: 'personal', query })));
      const asked = [];
      const note = (r) => /\/case(\/count|\?.*limit=1&)/.test(r.url()) && asked.push(`${r.method()} ${new URL(r.url()).pathname}`);
      const should = (await t1.api(`/case?limit=1&count=true&filter=handler==me;state.kind!=closed;title=like='*${stamp}*'`)).count;
      const mine = await t1.api('/case?limit=1&count=true&filter=handler==me;state.kind!=closed');
      page.on('request', note);
      await t1.open('/my');
      const number = (n) => page.locator('.saved-view', { hasText: `${stamp} view ${n}` }).locator('.view-count');
      await number(0).filter({ hasText: new RegExp(`^${should}$`) }).waitFor();
      await page.locator('[data-view=mine] .count', { hasText: String(mine.count) }).waitFor();
      same(await number(1).count(), 0, 'numbers of a view that cannot be read');
      page.off('request', note);
      same([...new Set(asked)].join(), 'POST /api/v1/case/count', 'what was asked to count');
      await shot('counts');
      await page.locator('.saved-view', { hasText: `${stamp} view 0` }).click();
      for (const n of [1, 2, 3]) await row(n).waitFor();
      for (const v of saved) await page.evaluate(async (id) => {
        const { csrf } = await (await fetch('/api/v1/me')).json();
        const { _v } = await (await fetch(`/api/v1/saved_view/${id}`)).json();
        await fetch(`/api/v1/saved_view/${id}`, { method: 'DELETE', headers: { 'X-CSRF-Token': csrf, 'If-Match': `"${_v}"` } });
      }, v.id);
      await t1.open(`/my?q=${stamp}`);
      for (const n of [1, 2, 3]) await row(n).waitFor();
    }],

    // ---- put aside ----
    ['s puts a row aside, Alt Z brings it back at once', async () => {
      await cursor(1);
      await press('s');
      await page.locator('.dialog input[value=hour]:focus').waitFor();
      await press('ArrowDown');
      await page.locator('.dialog input[value=tomorrow]:checked').waitFor();
      none(await t1.axe(true), 'axe of the dialog');
      await shot('aside');
      await press('Enter');
      await gone();
      await row(1).waitFor({ state: 'detached' });
      await press('Alt+z');
      await toast(w.undone);
      await row(1).waitFor();
    }],
    ['a time of one\'s own must be given, and lie ahead', async () => {
      await cursor(1);
      await press('s');
      await page.locator('.dialog input[value=hour]:focus').waitFor();
      for (let i = 0; i < 3; i++) await press('ArrowDown');
      await page.locator('.dialog input[value=own]:checked').waitFor();
      await press('Control+Enter');
      await page.locator('.dialog .banner.bad').waitFor();
      await press('ArrowUp');
      await press('ArrowUp');
      await press('ArrowUp');
      await page.locator('.dialog input[value=hour]:checked').waitFor();
      await press('Control+Enter');
      await gone();
      await row(1).waitFor({ state: 'detached' });
    }],
    ['it hides from nobody else, and stands in its own view with its time', async () => {
      const all = await agent.api(`/case?filter=${encodeURIComponent(`title=='${stamp} 1';entity==technical_request`)}`);
      same(all.items.length, 1, 'rows of the agent');
      await tabTo(page, '[data-view=snoozed]');
      await press('Enter');
      await row(1).locator('[data-away]').waitFor();
      await becomes(() => page.locator('[data-item]').count(), 1, 'rows put aside');
      none(await t1.axe(true), 'axe of the view');
      await shot('aside-view');
      await tabTo(page, '[data-view=mine]');
      await press('Enter');
      await row(2).waitFor();
      await becomes(() => row(1).count(), 0, 'the row among the others');
    }],
    ['the customer writes: it is back by itself, and says why', async () => {
      await customer.api(`${at(0)}/message`, { body: 'It is worse now', visibility: 'public' });
      await row(1).locator('[data-back=message]').waitFor();
      await page.locator('.my-said', { hasText: requests[0].number }).waitFor();
      await page.locator('[data-view=snoozed] .count', { hasText: /^0$/ }).waitFor();
      await shot('back');
    }],
    ['who opens it has seen it; one hour later the next is back by its time', async () => {
      await cursor(2);
      await press('s');
      await page.locator('.dialog input[value=hour]:focus').waitFor();
      await press('Enter');
      await gone();
      await row(2).waitFor({ state: 'detached' });
      await cursor(1);
      await press('Enter');
      await page.waitForURL(/\/c\/TR-/);
      await advance(t1, 3700);
      await t1.open(`/my?q=${stamp}`);
      await row(2).locator('[data-back]').waitFor();
      same(await row(1).locator('[data-back]').count(), 0, 'marks on what was opened');
    }],

    // ---- taken back, or not ----
    ['following and not following are taken back', async () => {
      await t1.open(`/c/${requests[2].number}`);
      const watchers = async () => (await t1.api(`${at(2)}/watcher`)).items.filter((x) => x.person === me.id).length;
      const before = await watchers();
      await tabTo(page, '.record-title .btn[aria-pressed]');
      await press('Enter');
      await page.locator('.toast .btn').first().waitFor();
      await becomes(watchers, 1 - before, 'watchers');
      await press('Alt+z');
      await toast(w.undone);
      await becomes(watchers, before, 'watchers');
    }],
    ['a tag is put on and taken off by keys, and each is taken back', async () => {
      const tags = async () => (await t1.api(`${at(2)}/tag`)).items.map((x) => x.name).join();
      const be = (words) => becomes(tags, words, 'tags');
      await press('#');
      await page.locator('.tags-line input:focus').waitFor();
      await page.keyboard.type(stamp);
      await press('Enter');
      await page.locator('.tags-line .tag', { hasText: stamp }).waitFor();
      await toast(stamp);
      await press('Alt+z');
      await be('');
      await page.locator('.tags-line .tag').waitFor({ state: 'detached' });
      await press('#');
      await page.locator('.tags-line input:focus').waitFor();
      await page.keyboard.type(stamp);
      await press('Enter');
      await page.locator('.tags-line .tag', { hasText: stamp }).waitFor();
      await quiet();
      await tabTo(page, '.tag-off');
      none(await t1.axe(true), 'axe of a case with a tag');
      await shot('tag');
      await press('Enter');
      await be('');
      await toast(stamp);
      await press('Alt+z');
      await be(stamp);
    }],
    ['an edit that somebody has gone over since is not taken back, and that is told', async () => {
      await press('m');
      await page.locator('.dialog').waitFor();
      await tabTo(page, '[data-field=title] input');
      await retype(page, `${stamp} 3, mine`);
      await press('Control+Enter');
      await gone();
      await page.locator('.toast .btn').first().waitFor();
      await change(agent, at(2), { title: `${stamp} 3, theirs` });
      await press('Alt+z');
      await toast(w.changed);
      same((await read(2)).title, `${stamp} 3, theirs`, 'title');
    }],
    ['what else was changed since does not stand in the way', async () => {
      await page.locator('h1', { hasText: 'theirs' }).waitFor();
      await quiet();
      await press('m');
      await page.locator('.dialog').waitFor();
      await tabTo(page, '[data-field=title] input');
      await retype(page, `${stamp} 3, again`);
      await press('Control+Enter');
      await gone();
      await page.locator('.toast .btn').first().waitFor();
      await change(agent, at(2), { impact: 'One site' });
      await press('Alt+z');
      await toast(w.undone);
      const now = await read(2);
      same(now.title, `${stamp} 3, theirs`, 'title');
      same(now.impact, 'One site', 'impact');
    }],
    ['a reassigned request is given back to whom it had', async () => {
      const other = (await agent.api(`/user?filter=${encodeURIComponent(`team==${me.team};active==true;id!=${me.id}`)}&limit=20`)).items.find((u) => u.roles?.includes('t1_engineer'));
      if (!other) throw new Error('nobody else in the team of T1');
      const team = (await agent.api(`/team/${me.team}`)).name;
      await agent.open(`/c/${requests[2].number}`);
      await agent.move('reassign', { team, handler: other.name, reason: 'Knows the site' });
      same((await read(2)).handler, other.id, 'handler');
      await agent.page.locator('.toast .btn').first().waitFor();
      await agent.page.keyboard.press('Alt+z');
      await agent.page.locator('.toast', { hasText: w.undone }).waitFor();
      await becomes(async () => (await read(2)).handler, me.id, 'handler');
    }],
    ['a field of many is taken back for each', async () => {
      await agent.open(`/e/technical_request?f=${encodeURIComponent(`title=like='${stamp}*'`)}`);
      await agent.page.locator('tbody tr[data-id]').nth(2).waitFor();
      await agent.page.locator('thead th.mark input').check();
      await agent.page.locator('[data-bulk=change]').click();
      await agent.page.locator('[data-bulk-preview]').waitFor();
      await agent.page.locator('[data-field=bulk-field] button.select').click();
      await agent.page.locator('[role=option][data-key=kcustomer_ref]').click();
      await agent.page.locator('[data-bulk-preview]').waitFor();
      await agent.set('customer_ref', 'PO-77');
      await agent.page.locator('.dialog button[type=submit]').click();
      await agent.page.locator('[data-bulk-result]').waitFor();
      for (const n of [0, 1, 2]) same((await read(n)).customer_ref, 'PO-77', 'reference');
      await agent.page.keyboard.press('Escape');
      await agent.page.locator('.dialog').waitFor({ state: 'detached' });
      await agent.page.keyboard.press('Alt+z');
      for (const n of [0, 1, 2]) await becomes(async () => (await read(n)).customer_ref ?? null, null, 'reference');
    }],
    ['a note on several waits, and is taken back', async () => {
      await t1.open(`/my?q=${stamp}`);
      await cursor(1);
      await press('x');
      await press('j');
      await press('x');
      await tabTo(page, '.bulk .btn:nth-of-type(2)');
      await press('Enter');
      await tabTo(page, '.dialog textarea[name=body]');
      await page.keyboard.type(w.note);
      await press('Control+Enter');
      await gone();
      await page.locator('.toast:has(.toast-count)').waitFor();
      await press('Alt+z');
      await quiet();
      for (const n of [0, 1, 2]) same((await t1.api(`${at(n)}/message`)).items.filter((m) => m.body === w.note).length, 0, 'notes');
    }],

    // ---- further down ----
    ['new words further down are told, the page does not jump, b goes there', async () => {
      for (let i = 0; i < 14; i++) await agent.api(`${at(0)}/message`, { body: `Step ${i}\n\nfor the record`, visibility: 'internal' });
      await t1.open(`/c/${requests[0].number}`);
      await page.locator('.timeline li', { hasText: 'Step 13' }).waitFor();
      await page.evaluate(() => scrollTo(0, 0));
      const before = await page.evaluate(() => scrollY);
      await customer.api(`${at(0)}/message`, { body: 'Any news?', visibility: 'public' });
      await page.locator('.below .btn', { hasText: w.below }).waitFor();
      same(await page.evaluate(() => scrollY), before, 'place of the page');
      await shot('below');
      await press('b');
      await page.locator('.timeline li:focus', { hasText: 'Any news?' }).waitFor();
      await page.locator('.below .btn').waitFor({ state: 'detached' });
      none(await t1.axe(true), 'axe with the new words');
    }],

    // ---- where a step leads ----
    ['the person says where a step leads; the dialog says that it cannot be taken back', async () => {
      await press('Control+k');
      await page.locator('.palette-q:focus').waitFor();
      await page.keyboard.type(w.palette);
      await page.locator('.palette [role=menuitem]').first().waitFor();
      await press('Enter');
      await tabTo(page, '.dialog input[name=after]');
      await press('ArrowDown');
      await page.locator('.dialog input[value=next]:checked').waitFor();
      await page.locator('.dialog [role=status]:not(:empty)').waitFor();
      none(await t1.axe(true), 'axe of the preferences');
      await shot('preferences');
      await press('Escape');
      await gone();
      await t1.open(`/my?q=${stamp}`);
      for (const n of [1, 2, 3]) await row(n).waitFor();
      const order = await page.locator('[data-item] a.row-link').allInnerTexts();
      await page.locator('[data-item] a.row-link').first().waitFor();
      await press('j');
      await press('k');
      await press('Enter');
      await page.locator('.record .number', { hasText: order[0] }).waitFor();
      await page.locator('.moves [data-move=accept]').waitFor();
      await press('c');
      await page.locator('.dialog').waitFor();
      has(await page.locator('.dialog').innerText(), w.ends);
      await tabTo(page, 'textarea[name=first_contact]');
      await page.keyboard.type('Spoke with Zhao');
      await press('Control+Enter');
      await page.locator('.record .number', { hasText: order[1] }).waitFor();
      await gone();
      await press('[');
      await page.locator('.record .number', { hasText: order[0] }).waitFor();
      await press(']');
      await page.locator('.record .number', { hasText: order[1] }).waitFor();
      await press(']');
      await page.locator('.record .number', { hasText: order[2] }).waitFor();
    }],
    ['at the last one it goes back to the list', async () => {
      await page.locator('.moves [data-move=accept]').waitFor();
      await press('c');
      await page.locator('.dialog').waitFor();
      await tabTo(page, 'textarea[name=first_contact]');
      await page.keyboard.type('Spoke with Zhao');
      await press('Control+Enter');
      await page.waitForURL(/\/my\?/);
      await toast(w.last);
      await page.evaluate(async () => {
        const { csrf } = await (await fetch('/api/v1/me')).json();
        await fetch('/api/v1/me/settings', { method: 'PUT', body: '{}', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf } });
      });
    }],

    // ---- ways ----
    ['g and a letter go where there is something, and nowhere else; the sheet names them', async () => {
      await row(1).waitFor();
      await press('g');
      await press('b');
      await press('g');
      await press('i');
      await press('g');
      await press('n');
      await page.waitForURL(/\/inbox$/);
      await page.locator('h1').waitFor();
      await press('g');
      await press('r');
      await page.waitForURL(/\/e\/technical_request$/);
      await press('?');
      await page.locator('.keys').waitFor();
      has(await page.locator('.keys').innerText(), 'G W');
      same(await page.locator('.keys kbd', { hasText: /^G [BI]$/ }).count(), 0, 'ways to places that are not there');
      await press('Escape');
      await gone();
      await press('g');
      await press('w');
      await page.waitForURL(/\/my$/);
    }],
    ['no page broke its policy, called another origin or failed', async () => none((await Promise.all([agent, t1, customer].map((p) => p.wrongs()))).flat(), 'faults')],
  ]);
  await Promise.all([agent, t1, customer].map(async (p) => {
    if (anyFailed()) await p.shot(`${lang}-work-failed-${p.name}`).catch(() => {});
    await p.context.close();
  }));
}

const browser = await launch();
for (const lang of process.env.OPENITR_LANGS?.split(' ') ?? ['zh', 'en']) await work(browser, lang);
await browser.close();
report('work');
