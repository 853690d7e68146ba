// SPDX-License-Identifier: Apache-2.0
//
// lists.mjs -- what people do in lists beyond looking: a field changed in its row by the keyboard alone, refused, merged and
// taken back; views that are counted and open first; a deed on more rows than one request takes, through the death of
// the page.
//
//     OPENITR_PART=inline   that part alone
import { launch, Person } from './browser.mjs';
import { workbook, zip } from './xlsx.mjs';
import { anyFailed, becomes, has, none, report, same, walk } from './walk.mjs';

const E = 'technical_request';
const zh = (lang, a, b) => (lang === 'zh' ? a : b);

async function inline(browser, lang) {
  const duty = await Person.at(browser, { lang, name: 'duty', dark: lang === 'en' });
  const { page } = duty;
  const editor = page.locator('.inline-edit');
  const cell = (id, c) => page.locator(`tr[data-id="${id}"] td[data-col="${c}"]`);
  const ids = [];
  const patch = (id, body, version) => page.evaluate(async ([u, b, v]) => {
    const { csrf } = await (await fetch('/api/v1/me')).json();
    const r = await fetch('/api/v1' + u, { method: 'PATCH', body: JSON.stringify(b), headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf, ...(v ? { 'If-Match': `"${v}"` } : {}) } });
    if (!r.ok) throw new Error(`${u}: ${r.status} ${await r.text()}`);
  }, [`/${E}/${id}`, body, version]);
  const start = async (n = 0) => {
    await page.locator(`tr[data-id="${ids[n]}"] a.row-link`).focus();
    await page.keyboard.press('e');
    await editor.waitFor();
  };
  const now = async (n, f) => (await duty.api(`/${E}/${ids[n]}`))[f];

  await walk(`${lang} inline`, [
    ['a list with columns that may be changed', async () => {
      await duty.signIn('duty_manager');
      for (const title of ['Inline one', 'Inline two']) ids.push((await duty.api(`/${E}`, { title, symptom: 'Changed in the list', reporter_name: 'Somebody', impact: 'One line' })).id);
      await duty.open(`/e/${E}?cols=number,title,impact,handler&sort=id&f=id=in=(${ids.join()})`);
      await page.locator('tbody tr[data-id]').nth(1).waitFor();
    }],
    ['e opens the first field of the row, Esc restores, and the focus is back on the row', async () => {
      await start();
      same(await editor.getAttribute('data-inline'), 'title', 'field');
      await page.waitForFunction(() => document.activeElement?.closest('.inline-edit .field'));
      await page.keyboard.type('Nothing of this stays');
      none(await duty.axe(true), 'axe');
      await duty.shot(`${lang}-lists-inline`);
      await page.keyboard.press('Escape');
      await editor.waitFor({ state: 'detached' });
      await becomes(() => page.evaluate(() => document.activeElement?.closest('tr')?.dataset.id), String(ids[0]), 'row with the focus');
      same(await now(0, 'title'), 'Inline one', 'title');
    }],
    ['F2 goes on to the next field and keeps what was typed; Enter saves', async () => {
      await start();
      await page.keyboard.press('Control+a');
      await page.keyboard.type('Inline one, again');
      await page.keyboard.press('F2');
      await page.locator('.inline-edit[data-inline=impact]').waitFor();
      same(await now(0, 'title'), 'Inline one, again', 'title');
      await page.waitForFunction(() => document.activeElement?.closest('[data-inline=impact] .field'));
      await page.keyboard.press('Control+a');
      await page.keyboard.type('Two lines');
      await page.keyboard.press('Control+Enter');
      await editor.waitFor({ state: 'detached' });
      same(await now(0, 'impact'), 'Two lines', 'impact');
      await page.waitForFunction((id) => document.querySelector(`tr[data-id="${id}"] td[data-col=impact]`)?.textContent === 'Two lines', ids[0]);
    }],
    ['what was saved is taken back from its toast', async () => {
      await page.locator('.toast button', { hasText: zh(lang, '撤销', 'Undo') }).last().click();
      await page.waitForFunction((id) => document.querySelector(`tr[data-id="${id}"] td[data-col=impact]`)?.textContent === 'One line', ids[0]);
      same(await now(0, 'impact'), 'One line', 'impact');
    }],
    ['a refusal stands in the cell, and what was typed with it', async () => {
      await start(1);
      await page.keyboard.press('Control+a');
      await page.keyboard.press('Delete');
      await page.keyboard.press('Enter');
      await editor.locator('.error').waitFor();
      none(await duty.axe(true), 'axe');
      await duty.shot(`${lang}-lists-inline-refused`);
      await page.keyboard.press('Escape');
      await editor.waitFor({ state: 'detached' });
      same(await now(1, 'title'), 'Inline two', 'title');
    }],
    ['another field changed by somebody else meanwhile is merged; the same one is asked about', async () => {
      await start(1);
      await patch(ids[1], { impact: 'Of another' });
      await page.keyboard.press('Control+a');
      await page.keyboard.type('Mine');
      await page.keyboard.press('Enter');
      await editor.waitFor({ state: 'detached' });
      same(await now(1, 'title'), 'Mine', 'title');
      same(await now(1, 'impact'), 'Of another', 'impact');
      await start(1);
      await patch(ids[1], { title: 'Theirs' });
      await page.keyboard.press('Control+a');
      await page.keyboard.type('Mine again');
      await page.keyboard.press('Enter');
      await page.locator('[data-clash=title]').waitFor();
      await page.locator('[data-clash=title] input[type=radio]').last().check();
      await page.locator('.dialog-foot .btn.primary').click();
      await editor.waitFor({ state: 'detached' });
      same(await now(1, 'title'), 'Mine again', 'title');
    }],
    ['the pencil of a cell does the same, and a person who is picked is saved at once', async () => {
      await cell(ids[0], 'handler').hover();
      await page.locator('.inline-pencil').click();
      await editor.locator('[role=combobox]').waitFor();
      await duty.choose(editor, 'a', true);
      await editor.waitFor({ state: 'detached' });
      if (!(await now(0, 'handler') > 0)) throw new Error('nobody handles it');
    }],
    ['its key can be changed like the others', async () => {
      await page.locator('.table-box').focus();
      await page.keyboard.press('?');
      await page.locator('.dialog', { hasText: zh(lang, '修改该行的字段', 'Change a field of the row') }).waitFor();
      await page.keyboard.press('Escape');
    }],
    ['no page broke a rule', async () => none(await duty.wrongs(), 'faults')],
  ]);
  if (anyFailed()) await duty.shot(`failed-${lang}-lists-${duty.name}`).catch(() => {});
  await duty.context.close();
}

async function views(browser, lang) {
  const duty = await Person.at(browser, { lang, name: 'duty' });
  const { page } = duty;
  // Counted in the page itself: what is heard of a request outside may come in another order.
  await duty.context.addInitScript((e) => {
    let flying = 0;
    window.__most = 0;
    const real = window.fetch;
    window.fetch = (...all) => {
      const url = String(all[0]?.url ?? all[0]), count = url.includes(`/api/v1/${e}?`) && url.includes('limit=1&');
      const answer = real(...all);
      if (!count) return answer;
      window.__most = Math.max(window.__most, ++flying);
      const end = () => void flying--;
      answer.then(end, end);
      return answer;
    };
  }, E);
  const made = [];
  const save = async (body) => void made.push((await duty.api('/saved_view', { listed: E, ...body })).id);

  await walk(`${lang} counted views`, [
    ['each view says how many it has, counted one after the other', async () => {
      await duty.signIn('duty_manager');
      const model = await duty.api(`/model/${E}`);
      await save({ name_en: 'Major ones', name_zh: '主要的', query: 'f=severity%3D%3Dmajor' });
      await duty.open(`/e/${E}?sort=id`);
      const buttons = page.locator('.views .btn:has(.view-count)');
      await page.waitForFunction((n) => document.querySelectorAll('.views .view-count').length >= n, model.views.length + 1);
      for (const v of model.views) {
        const { count } = await duty.api(`/${E}?limit=1&count=true&filter=${encodeURIComponent(v.filter)}`);
        same(await buttons.filter({ hasText: v[lang] }).first().locator('.view-count').innerText(), String(count), v.name);
      }
      const { count } = await duty.api(`/${E}?limit=1&count=true&filter=severity==major`);
      same(await page.locator('.saved-view .view-count').first().innerText(), String(count), 'the saved view');
      same(await page.evaluate(() => window.__most), 1, 'counts asked for at once');
      none(await duty.axe(true), 'axe');
      await duty.shot(`${lang}-lists-views`);
    }],
    ['what a role opens first is opened; what one chose oneself comes before it', async () => {
      await save({ name_en: 'Of the role', name_zh: '角色的', query: 'state=registered', share: 'role', role: 'duty_manager', standard: true });
      await duty.open(`/e/${E}`);
      await page.waitForURL(new RegExp(`saved=${made[1]}`));
      await save({ name_en: 'My own', name_zh: '我自己的', query: 'state=closed', standard: true });
      await duty.open('/e/account');
      await duty.open(`/e/${E}`);
      await page.waitForURL(new RegExp(`saved=${made[2]}`));
      same(await page.locator('.saved-view[aria-pressed=true] .dirty').count(), 0, 'marks');
    }],
    ['no page broke a rule', async () => none(await duty.wrongs(), 'faults')],
  ]);
  for (const id of made)
    await page.evaluate(async (u) => {
      const { csrf } = await (await fetch('/api/v1/me')).json();
      await fetch('/api/v1' + u, { method: 'DELETE', headers: { 'X-CSRF-Token': csrf } });
    }, `/saved_view/${id}`).catch(() => {});
  if (anyFailed()) await duty.shot(`failed-${lang}-lists-views`).catch(() => {});
  await duty.context.close();
}

const browser = await launch();
async function many(browser, lang) {
  const admin = await Person.at(browser, { lang, name: 'admin', dark: lang === 'en' });
  const { page } = admin;
  const n = 230, code = `MANY${lang}${Date.now()}`.toUpperCase();
  const listed = `/e/account?cols=code,name,grade&f=code=like='${code}*'&sort=code`;
  const all = async () => {
    const rows = [];
    for (let cursor = ''; cursor != null;) {
      const p = await admin.api(`/account?limit=200&fields=code,grade&filter=${encodeURIComponent(`code=like='${code}*'`)}&cursor=${cursor}`);
      rows.push(...p.items);
      cursor = p.next;
    }
    return rows;
  };
  const markAll = async () => {
    await page.locator('tbody tr[data-id]').nth(49).waitFor();
    // Rows that are read again just then may take a mark away.
    const all = page.locator('th.mark input'), rest = page.locator('[data-bulk=all]');
    for (let i = 0; i < 10 && !await rest.isVisible(); i++) {
      if (!await all.isChecked()) await all.click();
      await rest.waitFor({ timeout: 2000 }).catch(() => {});
    }
    await rest.click();
    await page.locator(`.bulk[data-marked="${n}"]`).waitFor();
  };
  const grade = async (to) => {
    await page.locator('[data-bulk=change]').click();
    await page.locator('.dialog [data-field=bulk-field] button.select').click();
    await page.locator('[role=option][data-key="kgrade"]').click();
    await page.locator('[data-bulk-preview]').waitFor();
    has(await page.locator('[data-bulk-preview]').innerText(), String(n));
    await admin.set('grade', to);
    await page.locator('.dialog button[type=submit]').click();
  };

  await walk(`${lang} many`, [
    ['all rows that match are marked, also those not loaded, with their number first', async () => {
      await admin.signIn('administrator');
      const csv = 'code,name\n' + Array.from({ length: n }, (_, i) => `${code}${String(i).padStart(4, '0')},Many ${i}\n`).join('');
      await admin.api('/account/import', { csv, key: 'code' });
      await admin.open(listed);
      await markAll();
      none(await admin.axe(true), 'axe');
    }],
    ['the page dies after a part was done and before its answer came', async () => {
      let parts = 0;
      const lost = new Promise((done) => {
        void page.route('**/api/v1/account/bulk', async (route) => {
          if (++parts < 2) return route.continue();
          await route.fetch();
          done();
        });
      });
      await grade('A');
      await lost;
      await page.locator('[data-bulk-progress]', { hasText: '100' }).waitFor();
      none(await admin.axe(true), 'axe');
      await admin.shot(`${lang}-lists-many`);
      await admin.open(listed);
      await page.unrouteAll({ behavior: 'ignoreErrors' });
    }],
    ['the list offers to go on, and in the end each row was changed once', async () => {
      await page.locator('[data-bulk-left]').waitFor();
      has(await page.locator('[data-bulk-left]').innerText(), String(n - 100));
      none(await admin.axe(true), 'axe');
      await admin.shot(`${lang}-lists-left`);
      await page.locator('[data-bulk=go-on]').click();
      await page.locator('[data-bulk-result]').waitFor();
      has(await page.locator('[data-bulk-result]').innerText(), String(n));
      const rows = await all();
      same(rows.length, n, 'rows');
      same(rows.filter((r) => r.grade === 'A' && r._v === rows[0]._v).length, n, 'rows changed once');
      same((await admin.api(`/account/${rows[150].id}/timeline`)).items.filter((e) => e.kind === 'update').length, 1, 'changes of a row of the lost part');
      await admin.open(listed);
      await page.locator('tbody tr[data-id]').first().waitFor();
      same(await page.locator('[data-bulk-left]').count(), 0, 'offers');
    }],
    ['it can be stopped, and goes on from there', async () => {
      let first;
      const held = new Promise((done) => {
        void page.route('**/api/v1/account/bulk', (route) => { first = route; done(); }, { times: 1 });
      });
      await markAll();
      await grade('B');
      await held;
      await page.locator('[data-bulk=stop]').click();
      await first.continue();
      await page.locator('[data-bulk-stopped]').waitFor();
      same((await all()).filter((r) => r.grade === 'B').length, 100, 'rows done');
      await page.locator('.dialog button[type=submit]').click();
      await page.locator('[data-bulk-result]').waitFor();
      same((await all()).filter((r) => r.grade === 'B').length, n, 'rows done');
      await page.keyboard.press('Escape');
    }],
    ['a server that is away for a moment is waited for', async () => {
      let asked = 0;
      await page.route('**/api/v1/account/bulk', (route) => (++asked === 1 ? route.abort() : route.continue()));
      await admin.open(listed);
      await markAll();
      await grade('C');
      await page.locator('[data-bulk-result]').waitFor();
      same((await all()).filter((r) => r.grade === 'C').length, n, 'rows done');
      await page.unrouteAll({ behavior: 'ignoreErrors' });
    }],
    ['no page broke a rule', async () => none(await admin.wrongs(), 'faults')],
  ]);
  if (anyFailed()) await admin.shot(`failed-${lang}-lists-many`).catch(() => {});
  await admin.context.close();
}

async function workbooks(browser, lang) {
  const admin = await Person.at(browser, { lang, name: 'admin' });
  const { page } = admin;
  const code = `X${lang}${Date.now()}`.toUpperCase();
  const give = (name, buffer) => page.setInputFiles('input[type=file]', { name, mimeType: 'application/octet-stream', buffer });
  const listed = (filter) => admin.api(`/account?limit=200&count=true&filter=${encodeURIComponent(filter)}`);
  const field = async (heading, f) => {
    await page.locator(`[data-heading="${heading}"] button.select`).click();
    await page.locator(`[role=option][data-key="k${f}"]`).click();
  };
  const refused = async (name, buffer, words) => {
    await give(name, buffer);
    await page.locator('.drop .banner.bad', { hasText: words }).waitFor();
  };
  const head = ['Code', 'Name', 'Guaranteed from', 'Grade'];
  const large = (n) => 'code,name\n' + Array.from({ length: n }, (_, i) => `${code}L${i},"Long, ${i}"\n`).join('');
  const people = (n, house) => 'name,account\n' + Array.from({ length: n }, (_, i) => `${code}P${String(i).padStart(4, '0')},${house(i)}\n`).join('');
  let twin;

  await walk(`${lang} workbooks`, [
    ['a workbook with two sheets: the second is taken, zeros, dates and signs come through', async () => {
      await admin.signIn('administrator');
      await admin.open('/e/account/import');
      const rows = [head, [{ v: 42, style: 'digits' }, `${code} 甲 & <b>`, { v: 46082.4375, style: 'hour' }, 'A'], [], [`${code}-2`, `${code} two`, { v: 46083, style: 'day' }, 'B']];
      await give('book.xlsx', workbook({ Notes: [['Nothing here']], 'Accounts & more': rows }));
      await page.locator('.drop .banner.bad').waitFor();
      await page.locator('.drop [data-field=sheet] button.select').click();
      await page.locator('[role=option]', { hasText: 'Accounts & more' }).click();
      await page.locator('[data-heading="Code"]').waitFor();
      for (const [i, f] of ['code', 'name', 'guarantee_from', 'grade'].entries()) await field(head[i], f);
      none(await admin.axe(true), 'axe');
      await page.locator('[data-import=try]').click();
      await page.locator('[data-import-result=try]').waitFor();
      await admin.shot(`${lang}-lists-workbook`);
      same(await page.locator('tr[data-deed=create]').count(), 2, 'rows that would be new');
      has(await page.locator('tr[data-deed]').last().innerText(), '4');
      same((await listed(`name=like='${code}*'`)).items.length, 0, 'accounts after the try');
      await page.locator('[data-import=run]').click();
      await page.locator('[data-import-result=kept]').waitFor();
      const { items } = await listed(`name=like='${code}*'`);
      const one = await admin.api(`/account/${items.find((r) => r.name.includes('&')).id}`), two = await admin.api(`/account/${items.find((r) => r.name.endsWith('two')).id}`);
      same(one.code, '00042', 'code');
      same(one.name, `${code} 甲 & <b>`, 'name');
      // The hour of the workbook is one of the reader's zone, Shanghai.
      same(new Date(one.guarantee_from).toISOString(), '2026-03-01T02:30:00.000Z', 'time');
      same(new Date(two.guarantee_from).toISOString(), '2026-03-01T16:00:00.000Z', 'day');
      // Free again for the other language.
      await page.evaluate(async (u) => {
        const { csrf } = await (await fetch('/api/v1/me')).json();
        await fetch('/api/v1' + u, { method: 'PATCH', body: JSON.stringify({ code: `GONE${Date.now()}` }), headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf } });
      }, `/account/${one.id}`);
    }],
    ['codes that lost their zeros and dates that are bare numbers are told', async () => {
      await give('lost.xlsx', workbook({ One: [head, [42, 'Lost', 46082, 'A']] }));
      await page.locator('[data-heading="Code"]').waitFor();
      for (const [i, f] of ['code', 'name', 'guarantee_from', 'grade'].entries()) await field(head[i], f);
      await page.locator('[data-import-warning="Code"]').waitFor();
      has(await page.locator('[data-import-warning="Guaranteed from"]').innerText(), '2026-03-01');
      none(await admin.axe(true), 'axe');
    }],
    ['what is no workbook that can be read says why', async () => {
      const plain = { One: [['Code'], ['A']] };
      const words = lang === 'zh'
        ? { old: '.xls', no: '不是工作簿', macros: '宏', cell: '单元格 A2', many: '50', damaged: '损坏', other: 'OpenDocument', bomb: '解压后', quote: '没有闭合', none: '没有' }
        : { old: '.xls', no: 'no workbook', macros: 'macros', cell: 'Cell A2', many: '50', damaged: 'damaged', other: 'OpenDocument', bomb: 'Unpacked', quote: 'never closed', none: 'no rows' };
      await refused('old.xls', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0, 0, 0, 0]), words.old);
      await refused('no.xlsx', Buffer.from('Code,Name\n1,2\n'), words.no);
      await refused('cut.xlsx', Buffer.from('PK\x03\x04 cut'), words.damaged);
      await refused('macros.xlsm', workbook(plain, { 'xl/vbaProject.bin': 'x' }), words.macros);
      await refused('fault.xlsx', workbook({ One: [['Code'], [{ error: '#N/A' }]] }), words.cell);
      await refused('other.ods', zip({ mimetype: 'application/vnd.oasis.opendocument.spreadsheet', 'content.xml': '<x/>' }), words.other);
      await refused('bomb.xlsx', zip({ 'xl/workbook.xml': '<workbook/>', 'xl/styles.xml': 'x' }, { 'xl/styles.xml': 2 ** 30 }), words.bomb);
      await refused('xml.xlsx', workbook(plain, { 'xl/worksheets/sheet1.xml': '<worksheet><sheetData><row r="1"><c' }), words.damaged);
      await refused('long.xlsx', workbook({ One: [['Code'], ...Array.from({ length: 50_010 }, (_, i) => [i])] }), words.many);
      await refused('empty.xlsx', workbook({ One: [['Code']] }), words.none);
      await refused('open.csv', Buffer.from('code,name\nA,"never\nclosed\n'), words.quote);
    }],
    ['a table of more rows than one request takes is tried and imported in parts; the page dies meanwhile', async () => {
      await admin.open('/e/account/import');
      const file = () => give('long.csv', Buffer.from(large(1203)));
      await file();
      await page.locator('[data-import=try]').click();
      await page.locator('[data-import-result=try]').waitFor();
      same((await listed(`code=like='${code}L*'`)).count, 0, 'accounts after the try');
      let parts = 0;
      const lost = new Promise((done) => {
        void page.route('**/account/import?dry_run=false', async (route) => {
          if (++parts < 2) return route.continue();
          await route.fetch();
          done();
        });
      });
      await page.locator('[data-import=run]').click();
      await lost;
      await page.locator('[data-import-progress]', { hasText: '500' }).waitFor();
      await admin.open('/e/account/import');
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      same((await listed(`code=like='${code}L*'`)).count, 1000, 'accounts when the page died');
      await file();
      await page.locator('[data-import=try]').click();
      await page.locator('[data-import-result=try]').waitFor();
      await page.locator('[data-import=run]').click();
      await page.locator('[data-import-result=kept]').waitFor();
      has(await page.locator('section[aria-live]').innerText(), '1203');
      same((await listed(`code=like='${code}L*'`)).count, '1000+', 'accounts in the end');
      same((await listed(`code=='${code}L1202'`)).items[0].name, 'Long, 1202', 'the last name');
    }],
    ['nothing is kept of 2,500 rows when the last part has a bad one: seen by the try', async () => {
      await admin.api('/account', { code: `${code}W`, name: `House ${code}` });
      await admin.open('/e/contact/import');
      await give('bad.csv', Buffer.from(people(2500, (i) => (i === 2480 ? 'No such house' : `House ${code}`))));
      await page.locator('[data-import=try]').click();
      await page.locator('[data-import-result=try]').waitFor({ timeout: 60000 });
      same(await page.locator('tr[data-deed=refuse]').count(), 1, 'rows refused');
      same(await page.locator('[data-import=run]').getAttribute('aria-disabled'), 'true', 'it cannot be begun');
      same((await admin.api(`/contact?filter=name=like='${code}P*'&count=true`)).count, 0, 'contacts after the try');
    }],
    ['... and by the check before the first part is written, when something changed since the try', async () => {
      await give('good.csv', Buffer.from(people(2500, (i) => (i > 2450 ? `Late ${code}` : `House ${code}`))));
      await admin.api('/account', { code: `${code}X`, name: `Late ${code}` });
      await page.locator('[data-import=try]').click();
      await page.locator('[data-import-result=try]').waitFor({ timeout: 60000 });
      same(await page.locator('tr[data-deed=refuse]').count(), 0, 'rows refused by the try');
      // Two houses of that name: which one is meant?
      twin = (await admin.api('/account', { code: `${code}Y`, name: `Late ${code}` })).id;
      let written = 0;
      await page.route('**/contact/import?dry_run=false', (route) => (written++, route.continue()));
      await page.locator('[data-import=run]').click();
      await page.locator('[data-import-result=not]').waitFor({ timeout: 60000 });
      same(written, 0, 'parts written');
      same(await page.locator('tr[data-deed=refuse]').count(), 49, 'rows refused by the check');
      same((await admin.api(`/contact?filter=name=like='${code}P*'&count=true`)).count, 0, 'contacts after the check');
      none(await admin.axe(), 'axe');
      await admin.shot(`${lang}-lists-import-checked`);
      await page.unroute('**/contact/import?dry_run=false');
    }],
    ['a part that is refused after the check is named; what is mended goes on, and no row is made twice', async () => {
      const name = (x) => page.evaluate(async ([id, to]) => {
        const { csrf } = await (await fetch('/api/v1/me')).json();
        return (await fetch(`/api/v1/account/${id}`, { method: 'PATCH', body: JSON.stringify({ name: to }), headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf } })).status;
      }, [twin, x]);
      same(await name(`Other ${code}`), 200, 'the twin has another name');
      await page.locator('[data-import=try]').click();
      await page.locator('[data-import-result=try]').waitFor({ timeout: 60000 });
      let written = 0;
      await page.route('**/contact/import?dry_run=false', async (route) => {
        if (++written === 1) same(await name(`Late ${code}`), 200, 'the twin is back');
        await route.continue();
      });
      await page.locator('[data-import=run]').click();
      await page.locator('[data-import-part]').waitFor({ timeout: 60000 });
      has(await page.locator('[data-import-part]').innerText(), '2001');
      has(await page.locator('[data-import-stopped]').innerText(), '2000');
      has(await page.locator('section[aria-live] p').first().innerText(), lang === 'zh' ? '新增 2000' : '2000 new');
      same(await page.locator('tr[data-deed]:not([data-deed=refuse])').count(), 0, 'rows shown as kept that are not');
      none(await admin.axe(), 'axe');
      await admin.shot(`${lang}-lists-import-part`);
      const many = () => admin.api(`/contact?filter=name=like='${code}P24*'&count=true`);
      same((await many()).count, 0, 'contacts of the part');
      same(await name(`Other ${code}`), 200, 'mended');
      await page.locator('[data-import=go-on]').click();
      await page.locator('[data-import=go-on]').waitFor({ state: 'detached', timeout: 60000 });
      await page.locator('[data-import-result=kept]').waitFor({ timeout: 60000 });
      has(await page.locator('section[aria-live]').innerText(), '2500');
      same(written, 6, 'parts sent');
      same((await many()).count, 100, 'contacts of the part in the end');
      same((await admin.api(`/contact?filter=name=='${code}P0001'`)).items.length, 1, 'contacts of the first part');
      await page.unroute('**/contact/import?dry_run=false');
    }],
    ['no page broke a rule', async () => none(await admin.wrongs(), 'faults')],
  ]);
  if (anyFailed()) await admin.shot(`failed-${lang}-lists-workbooks`).catch(() => {});
  await admin.context.close();
}

const PARTS = { inline, views, many, workbooks };
for (const lang of ['zh', 'en']) for (const [name, part] of Object.entries(PARTS)) if (!process.env.OPENITR_PART || process.env.OPENITR_PART === name) await part(browser, lang);
await browser.close();
report('lists');
