// SPDX-License-Identifier: Apache-2.0
//
// generic.mjs -- the screens that every entity has, without a line of their own: table, board, calendar, map of states,
// filter, bulk bar, import, history, print. Once in Chinese with a wide screen and once in English with a phone besides;
// what the keyboard can do is done by the keyboard alone.
import { BASE, launch, Person } from './browser.mjs';
import { anyFailed, becomes, has, none, report, same, walk } from './walk.mjs';

const E = 'technical_request';

async function views(browser, lang) {
  const duty = await Person.at(browser, { lang, name: 'duty' });
  const phone = await Person.at(browser, { lang, name: 'phone', phone: true });
  const admin = await Person.at(browser, { lang, name: 'admin', dark: lang === 'en' });
  const { page } = duty;
  const shot = (p, name) => p.shot(`${lang}-generic-${name}`);
  const focused = (p, what) => p.page.evaluate((w) => { const a = document.activeElement; return w === 'card' ? a?.closest('[data-card]')?.dataset.card : a?.closest('[data-day]')?.dataset.day ?? ''; }, what);
  /** Down the open menu until that step has the focus. */
  const reach = async (step) => {
    for (let i = 0; i < 40 && await page.evaluate(() => document.activeElement?.dataset.move) !== step; i++) await page.keyboard.press('ArrowDown');
    same(await page.evaluate(() => document.activeElement?.dataset.move), step, 'step with the focus');
  };
  const rows = (p = duty) => p.page.locator('table.rows tbody tr[data-id]');
  const settled = (p = duty) => p.filled();
  /** The middle of a month that is over: the demo company has been at work for ninety days, this month perhaps for an hour. */
  const past = (months) => { const d = new Date(); return new Date(Date.UTC(d.getUTCFullYear(), d.getUTCMonth() - months, 15)).toISOString().slice(0, 10); };
  const inMonth = (day) => page.locator(`td[data-day^="${day.slice(0, 8)}"] .entry`);
  let some;

  await walk(`${lang} views`, [
    ['people sign in', async () => {
      await duty.signIn('duty_manager');
      await phone.signIn('duty_manager');
      await admin.signIn('administrator');
    }],
    ['the table shows rows, and is accessible', async () => {
      await duty.open(`/e/${E}`);
      await rows().first().waitFor();
      none(await duty.axe(true), 'axe');
      await shot(duty, 'table');
    }],
    ['j, x and Shift mark rows by the keyboard alone', async () => {
      await page.locator('.table-box').focus();
      await page.keyboard.press('j');
      await page.keyboard.press('x');
      await page.locator('.bulk[data-marked="1"]').waitFor();
      await page.keyboard.press('j');
      await page.keyboard.press('Shift+J');
      await page.locator('.bulk[data-marked="3"]').waitFor();
      await shot(duty, 'marked');
      none(await duty.axe(true), 'axe');
    }],
    ['of many rows only those near the window are drawn, and none is missed', async () => {
      await duty.open(`/e/${E}?sort=id`);
      for (let n = 50; n <= 250; n += 50) {
        await page.waitForFunction((c) => document.querySelectorAll('tbody tr[data-id]').length >= c || Number(document.querySelector('tbody').dataset.long) >= c, n);
        if (n < 250) await page.locator('.more .btn').click();
      }
      const drawn = await rows().count();
      if (drawn >= 200) throw new Error(`${drawn} rows are drawn`);
      const seen = new Set();
      for (let y = 0; seen.size < 250 && y < 14000; y += 600) {
        await page.evaluate((to) => scrollTo(0, to), y);
        // The rows of this place are drawn in a frame that comes after the scrolling.
        await page.waitForFunction(() => {
          const box = document.querySelector('.table-box').getBoundingClientRect();
          const [top, end] = [Math.max(0, box.top) + 80, Math.min(innerHeight, box.bottom) - 40];
          const boxes = [...document.querySelectorAll('tbody tr[data-id]')].map((r) => r.getBoundingClientRect());
          return end <= top || [top, end].every((at) => boxes.some((b) => b.top <= at && b.bottom >= at - 1));
        });
        for (const id of await rows().evaluateAll((all) => all.map((r) => r.dataset.id))) seen.add(id);
      }
      same(seen.size, 250, 'rows seen while scrolling');
      await page.evaluate(() => scrollTo(0, 0));
    }],
    ['a condition with counts: severity, by boxes', async () => {
      await duty.open(`/e/${E}`);
      await page.locator('.filter-row button[aria-haspopup=dialog]').first().click();
      await page.locator('.dialog button.select').click();
      await page.locator('[role=option][data-key="kseverity"]').click();
      const box = page.locator('.filter-options .radio', { has: page.locator('[value=major]') });
      await box.locator('.muted').waitFor();
      none(await duty.axe(true), 'axe');
      await shot(duty, 'filter');
      const n = Number.parseInt(await box.locator('.muted').innerText(), 10);
      await box.locator('input').check();
      await page.locator('.dialog button[type=submit]').click();
      await page.locator('[data-filter=severity]').waitFor();
      await page.waitForFunction((c) => document.querySelector('.count')?.textContent.includes(String(c)), n);
      has(decodeURIComponent(page.url()), 'f=severity==major');
    }],
    ['a quick range of days, and a text; the address brings all of it back', async () => {
      const add = async (field, fill) => {
        await page.locator('.filter-row button[aria-haspopup=dialog]').first().click();
        await page.locator('.dialog button.select').click();
        await page.locator(`[role=option][data-key="k${field}"]`).click();
        await fill();
        await page.locator('.dialog button[type=submit]').click();
        await page.locator(`[data-filter=${field}]`).waitFor();
      };
      await add('reported_at', () => page.locator('.dialog .looks button').nth(3).click());
      await add('title', () => page.locator('.dialog [data-field=filter-text] input').fill('a'));
      await settled();
      const f = new URL(page.url()).searchParams.get('f');
      const { count } = await duty.api(`/${E}?limit=1&count=true&filter=${encodeURIComponent(f)}`);
      const counted = () => page.waitForFunction((c) => document.querySelector('.count')?.textContent.match(/\d[\d,+]*/)?.[0].replaceAll(',', '') === c, String(count));
      await counted();
      await page.reload();
      await page.locator('[data-filter=title]').waitFor();
      await settled();
      same(await page.locator('.chip').count(), 3, 'conditions');
      await counted();
      none(await duty.axe(true), 'axe');
      await shot(duty, 'filtered');
    }],
    ['columns, order and density are chosen, and stand in the address', async () => {
      await duty.open(`/e/${E}`);
      await page.locator('.filter-row button[aria-haspopup=dialog]').nth(1).click();
      await page.locator('.dialog .column-list li').first().waitFor();
      none(await duty.axe(true), 'axe');
      await shot(duty, 'options');
      await page.locator('.dialog button.select').first().click();
      await page.locator('[role=option][data-key="kcreated_at"]').click();
      await page.locator('.dialog input[value=loose]').check();
      await page.locator('.dialog button[type=submit]').click();
      await page.locator('th', { hasText: lang === 'zh' ? '创建' : 'Created' }).waitFor();
      has(page.url(), 'dense=loose');
      has(decodeURIComponent(page.url()), 'created_at');
    }],
    ['the board has cards in columns, and is accessible', async () => {
      await duty.open(`/e/${E}?as=board`);
      await page.locator('[data-card]').first().waitFor();
      await settled();
      none(await duty.axe(true), 'axe');
      await shot(duty, 'board');
    }],
    ['a card is moved by the keyboard, through the dialog that its transition needs', async () => {
      // A request of its own, so that nobody else takes it away.
      const made = await duty.api(`/${E}`, { title: 'Board by keyboard', symptom: 'To be moved', reporter_name: 'Somebody' });
      some = made.id;
      await duty.open(`/e/${E}?as=board&f=id==${some}`);
      await page.locator(`[data-state=draft] [data-card="${some}"] .card-link`).focus();
      await page.keyboard.press('m');
      await page.locator('[role=menuitem][data-move=register]').waitFor();
      none(await duty.axe(true), 'axe');
      await shot(duty, 'move-menu');
      await reach('register');
      await page.keyboard.press('Enter');
      await Promise.race([page.locator('.dialog').waitFor(), page.locator(`[data-state=registered] [data-card="${some}"]`).waitFor()]);
      if (await page.locator('.dialog').count()) await page.keyboard.press('Control+Enter');
      await page.locator(`[data-state=registered] [data-card="${some}"]`).waitFor();
      await page.waitForFunction((id) => document.activeElement?.closest('[data-card]')?.dataset.card === String(id), some);
    }],
    ['arrows go from card to card and from column to column', async () => {
      await duty.open(`/e/${E}?as=board`);
      const lanes = page.locator('.lane:has([data-card])');
      await lanes.nth(1).waitFor();
      await settled();
      await lanes.first().locator('.card-link').first().focus();
      const first = await focused(duty, 'card');
      if (await lanes.first().locator('[data-card]').count() > 1) {
        await page.keyboard.press('ArrowDown');
        if (await focused(duty, 'card') === first) throw new Error('the arrow did not go down');
        await page.keyboard.press('ArrowUp');
      }
      same(await focused(duty, 'card'), first, 'card after down and up');
      await page.keyboard.press('ArrowRight');
      same(await page.evaluate(() => document.activeElement?.closest('[data-state]')?.dataset.state), await lanes.nth(1).getAttribute('data-state'), 'column');
    }],
    ['a card is dragged; a column that it may not go to takes nothing', async () => {
      await duty.open(`/e/${E}?as=board&f=id==${some}`);
      const card = page.locator(`[data-card="${some}"]`);
      await card.waitFor();
      const [from, to] = [await card.boundingBox(), await page.locator('[data-state=closed]').boundingBox()];
      if (from && to) await card.dragTo(page.locator('[data-state=closed]'), { timeout: 5000 }).catch(() => {});
      await page.locator(`[data-state=registered] [data-card="${some}"]`).waitFor();
      const can = await duty.api(`/${E}/${some}?can=true`);
      const entity = await duty.api(`/model/${E}`);
      const way = can._can.transitions.filter((x) => x.ok).map((x) => entity.transitions.find((m) => m.name === x.name)).find((m) => m.to !== 'same' && m.to !== 'registered');
      await card.dragTo(page.locator(`[data-state=${way.to}]`));
      await Promise.race([page.locator('.dialog').waitFor(), page.locator(`[data-state=${way.to}] [data-card="${some}"]`).waitFor()]);
      if (await page.locator('.dialog').count()) await page.keyboard.press('Escape');
    }],
    ['the calendar is a grid for the keyboard', async () => {
      await duty.open(`/e/${E}?as=calendar&by=reported_at&day=${past(1)}`);
      await inMonth(past(1)).first().waitFor();
      await settled();
      none(await duty.axe(true), 'axe');
      await shot(duty, 'calendar');
      const start = page.locator('.calendar [tabindex="0"][data-day]');
      await start.focus();
      const day = await focused(duty, 'day');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('ArrowRight');
      await becomes(() => focused(duty, 'day'), day, 'day after left and right');
      await page.keyboard.press('PageUp');
      await page.waitForFunction((d) => document.activeElement?.dataset?.day && document.activeElement.dataset.day < d, day);
      await inMonth(past(2)).first().waitFor();
      await settled();
      const busy = await page.locator(`td[data-day^="${past(2).slice(0, 8)}"]:has(.entry)`).first().getAttribute('data-day');
      for (let i = 0; i < 60 && await focused(duty, 'day') !== busy; i++) await page.keyboard.press(await focused(duty, 'day') < busy ? 'ArrowRight' : 'ArrowLeft');
      same(await focused(duty, 'day'), busy, 'day with records');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.activeElement?.matches('a.entry'));
      await page.keyboard.press('Escape');
      await becomes(() => focused(duty, 'day'), busy, 'day after Escape');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      await page.locator('.record-head').waitFor();
    }],
    ['the week, and the way to the list of a day', async () => {
      await duty.open(`/e/${E}?as=calendar&by=reported_at&span=week&day=${past(1)}`);
      await page.locator('.calendar.one-week').waitFor();
      await settled();
      await shot(duty, 'week');
      await duty.open(`/e/${E}?as=calendar&by=reported_at&day=${past(1)}`);
      await page.locator('.more-day').first().click();
      await page.locator('[data-filter=reported_at]').waitFor();
      await rows().first().waitFor();
    }],
    ['the map of states has counts; a state leads to its list, as does the table beside it', async () => {
      await duty.open(`/e/${E}?as=map`);
      await page.locator('.graph-node').first().waitFor();
      none(await duty.axe(true), 'axe');
      await shot(duty, 'map');
      if (!await page.locator('.graph-way.back').count()) throw new Error('no way back is drawn');
      const n = await page.locator('.graph-node[data-state=in_progress] .graph-count').textContent();
      await page.locator('.map-twin summary').click();
      none(await duty.axe(true), 'axe of the table');
      await page.locator('.graph-node[data-state=in_progress]').focus();
      await page.keyboard.press('Enter');
      await page.waitForFunction((c) => document.querySelector('.count')?.textContent.includes(c), n);
      has(page.url(), 'state=in_progress');
    }],
    ['many at once: the preview counts, the result tells what failed, and why', async () => {
      const ids = [];
      for (const title of ['Bulk one', 'Bulk two', 'Bulk three']) ids.push((await duty.api(`/${E}`, { title, symptom: 'Many at once', reporter_name: 'Somebody' })).id);
      await duty.api(`/${E}/${ids[0]}/register`, {});
      await duty.open(`/e/${E}?f=id=in=(${ids.join()})`);
      await rows().nth(2).waitFor();
      await page.locator('.table-box').focus();
      for (const key of ['j', 'x', 'j', 'x', 'j', 'x']) await page.keyboard.press(key);
      await page.locator('.bulk[data-marked="3"]').waitFor();
      await page.locator('.bulk-moves').focus();
      await page.keyboard.press('Enter');
      await page.locator('[role=menuitem][data-move=register]').waitFor();
      await reach('register');
      await page.keyboard.press('Enter');
      await page.locator('[data-bulk-preview]').waitFor();
      has(await page.locator('[data-bulk-preview]').innerText(), lang === 'zh' ? '3 条中有 2 条' : '2 of 3');
      none(await duty.axe(true), 'axe');
      // Meanwhile somebody else registers one of them: it fails, and the others do not.
      await duty.api(`/${E}/${ids[1]}/register`, {});
      await shot(duty, 'bulk');
      await page.locator('.dialog button[type=submit]').focus();
      await page.keyboard.press('Enter');
      await page.locator('[data-bulk-result]').waitFor();
      has(await page.locator('[data-bulk-result]').innerText(), lang === 'zh' ? '完成 1 条，失败 1 条' : '1 done, 1 failed');
      await shot(duty, 'bulk-result');
      none(await duty.axe(true), 'axe');
      await page.keyboard.press('Escape');
    }],
    ['a field of many is changed, and rows are written into a file', async () => {
      await page.locator('.bulk [data-bulk=change]').click();
      await page.locator('.dialog [data-field=bulk-field] button.select').click();
      await page.locator('[role=option][data-key="kimpact"]').click();
      await page.locator('[data-bulk-preview]').waitFor();
      await duty.set('impact', 'Changed together');
      await page.locator('.dialog button[type=submit]').click();
      await page.locator('[data-bulk-result]').waitFor();
      has(await page.locator('[data-bulk-result]').innerText(), lang === 'zh' ? '完成 3 条' : '3 done');
      await page.locator('.dialog button[type=submit]').click();
      const [file] = await Promise.all([page.waitForEvent('download'), page.locator('.bulk [data-bulk=export]').click()]);
      const text = (await (await file.createReadStream()).toArray()).join('');
      has(text, 'Bulk two');
      same(text.trim().split('\r\n').length, 4, 'lines of the file');
    }],
    ['a record opened from a list has neighbours', async () => {
      await duty.open('/e/account');
      await rows().nth(1).waitFor();
      await rows().first().locator('a').first().click();
      await page.locator('.walk').waitFor();
      const at = page.url();
      const first = await page.locator('h1').innerText();
      await page.keyboard.press(']');
      await page.waitForURL((u) => u.href !== at);
      await page.waitForFunction((x) => document.querySelector('h1') && document.querySelector('h1').innerText !== x, first);
      await page.locator('.walk').waitFor();
      await page.keyboard.press('[');
      await page.waitForURL(at);
    }],
    ['the history compares versions and says which rule decided', async () => {
      const one = (await duty.api(`/${E}?filter=priority!=null;entitlement!=null;state==closed&limit=1`)).items[0];
      await duty.open(`/e/${E}/${one.id}/history`);
      await page.locator('.versions tbody tr').nth(2).waitFor();
      await page.locator('[data-explain=priority]').waitFor();
      await page.locator('[data-explain=priority] summary').click();
      has(await page.locator('[data-explain=priority]').innerText(), 'rules/priority');
      none(await duty.axe(true), 'axe');
      await shot(duty, 'history');
      const last = page.locator('.versions tbody tr').last();
      await last.locator('input[name=older]').check();
      await page.locator('[data-differs=state]').waitFor();
      await page.locator('[data-differs=severity], [data-differs=priority]').first().waitFor();
    }],
    ['the phone: cards, days below each other, one column at a time', async () => {
      for (const [as, wait] of [['', 'table.rows tbody tr'], ['board', '[data-card]'], ['calendar', '.entry'], ['map', '.graph-node']]) {
        await phone.open(`/e/${E}${as && `?as=${as}${as === 'calendar' ? `&by=reported_at&day=${past(1)}` : ''}`}`);
        await phone.page.locator(wait).first().waitFor();
        await settled(phone);
        none(await phone.axe(true), `axe of ${as || 'table'}`);
        if (await phone.tooWide() > 0) throw new Error(`${as || 'table'} is ${await phone.tooWide()} px wider than the phone`);
        await shot(phone, `phone-${as || 'table'}`);
      }
    }],
    ['print: rows of a list and facts of a record, without what only works on a screen', async () => {
      await duty.open(`/e/${E}`);
      await rows().first().waitFor();
      await page.emulateMedia({ media: 'print' });
      for (const hidden of ['.top', '.rail', '.filters', '.looks']) if (await page.locator(hidden).first().isVisible()) throw new Error(`${hidden} is printed`);
      await shot(duty, 'print-list');
      await page.emulateMedia({ media: null });
      await rows().first().locator('a').first().click();
      await page.locator('.record-head').waitFor();
      await settled();
      await page.emulateMedia({ media: 'print' });
      if (await page.locator('.moves').isVisible()) throw new Error('transitions are printed');
      await shot(duty, 'print-record');
      await page.emulateMedia({ media: null });
    }],
    ['a table is imported: columns are guessed, a try tells the faults, then rows are kept', async () => {
      const { page: p } = admin;
      const n = `${lang}${Date.now()}`.toUpperCase();
      const csv = lang === 'zh' ? `编码,客户名称,等级\n${n}A,导入客户一,A\n${n}B,导入客户二,Z\n` : `Code,Name,Grade\n${n}A,Imported one,A\n${n}B,Imported two,Z\n`;
      await admin.open('/e/account/import');
      none(await admin.axe(true), 'axe');
      await p.setInputFiles('input[type=file]', { name: 'accounts.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
      await p.locator('[data-heading]').first().waitFor();
      const model = await admin.api('/model/account');
      const label = (f) => model.fields.find((x) => x.name === f).label[lang];
      same((await p.locator('[data-heading] button.select').last().innerText()).trim(), label('grade'), 'field of the last column');
      // A heading that no label matches is given by hand.
      for (const [i, f] of ['code', 'name'].entries()) {
        const cell = p.locator('[data-heading]').nth(i);
        if ((await cell.locator('button.select').innerText()).includes(label(f))) continue;
        await cell.locator('button.select').click();
        await p.locator(`[role=option][data-key="k${f}"]`).click();
      }
      await p.locator('[data-import=try]').click();
      await p.locator('[data-import-result=try]').waitFor();
      has(await p.locator('tr[data-deed=refuse]').innerText(), label('grade'));
      await shot(admin, 'import');
      none(await admin.axe(true), 'axe');
      same((await admin.api(`/account?filter=code==${n}A`)).items.length, 0, 'accounts after the try');
      await p.locator('input[value=rows]').check();
      await p.locator('[data-import=try]').click();
      await p.locator('[data-import-result=try]').waitFor();
      await p.locator('[data-import=run]').click();
      await p.locator('[data-import-result=kept]').waitFor();
      same((await admin.api(`/account?filter=code==${n}A`)).items.length, 1, 'accounts after the import');
      await p.setInputFiles('input[type=file]', { name: 'book.xlsx', mimeType: 'application/octet-stream', buffer: Buffer.from('PK') });
      await p.locator('.drop .banner.bad').waitFor();
    }],
    ['no page broke a rule', async () => {
      none([...await duty.wrongs(), ...await phone.wrongs(), ...await admin.wrongs()], 'faults');
    }],
  ]);
  for (const p of [duty, phone, admin]) {
    if (anyFailed()) await p.shot(`failed-${lang}-generic-${p.name}`).catch(() => {});
    await p.context.close();
  }
}

const browser = await launch();
for (const lang of ['zh', 'en']) await views(browser, lang);
await browser.close();
report('generic');
