// SPDX-License-Identifier: Apache-2.0
//
// engineer.mjs -- engineers at work in chromium, in Chinese and English: my work and the case.
//
//   journey 8   T1 by keyboard alone: accepts (the qualified contact stops the response clock), pauses for the customer's
//               information (only the clocks that the code allows wait), goes on by the customer's answer
//   journey 9   T1 to T2 by the package, T2 to T3 as the clock runs out; nothing goes down, and the reason is told
//   the list    live, the row with the cursor stays; several at once; on a phone
//   hostile     what comes from outside does nothing: script, HTML, endless line, right-to-left tricks, a picture of 40 megapixels
//
// The server's clock is turned for all, so this walk is the last one.
import { deflateSync } from 'node:zlib';
import { BASE, launch, Person, retype, tabTo } from './browser.mjs';
import { anyFailed, becomes, has, none, report, same, walk } from './walk.mjs';

const WORDS = {
  zh: { title: '汇聚机房电源告警，机架', impact: '三个站点由电池供电，约 2 小时后中断。', met: /响应 达标/, info: '请求信息', waits: '暂停', goes: '继续', hot: '风机异响，机架', done: '风机异响更换，机架', tier: '层级只升不降', package: '交接包不完整', empty: '暂无待办', customer: 'customer_contact', answer: '照片如下：两块整流模块红灯', megapixels: '百万像素' },
  en: { title: 'Power alarm at the hub site, rack', impact: 'Three sites run on batteries, for some two hours.', met: /Response met/, info: 'Request information', waits: 'pause', goes: 'go on', hot: 'Fan is noisy, rack', done: 'Fan is noisy and replaced, rack', tier: 'Tiers only go up', package: 'package is not complete', empty: 'Nothing due', customer: 'customer-en', answer: 'Here it is: both rectifiers show red', megapixels: 'megapixels' },
};
/** A row of filtered bytes for each line, as a PNG of one colour: 8000 × 5000 pixels in some 40 KB. */
function png(width, height) {
  const table = Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n >>> 0; });
  const crc = (b) => { let c = 0xffffffff; for (const x of b) c = table[(c ^ x) & 255] ^ (c >>> 8); return (c ^ 0xffffffff) >>> 0; };
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]), n = Buffer.alloc(4), c = Buffer.alloc(4);
    n.writeUInt32BE(data.length);
    c.writeUInt32BE(crc(body));
    return Buffer.concat([n, body, c]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([1, 0, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height))), chunk('IEND', Buffer.alloc(0))]);
}

async function engineer(browser, lang) {
  const w = WORDS[lang];
  // In every title of this run: the name of a rack.
  const stamp = `R${Date.now() % 1e7}`;
  const [agent, t1, t2, t3, customer] = await Promise.all(['agent', 't1', 't2', 't3', 'customer']
    .map((name) => Person.at(browser, { lang, name, dark: name === 't2' })));
  const everybody = [agent, t1, t2, t3, customer];
  const shot = (p, name) => p.shot(`${lang}-engineer-${name}`);
  const { page } = t1;
  const fit = async (p, what) => {
    // What a bar at the edge covers just now can be scrolled from under it (2.5.8): that alone is no fault.
    none((await p.axe(true)).filter((x) => !(x.startsWith('target-size') && x.includes('partially obscured'))), `axe of ${what}`);
    const wide = await p.tooWide();
    if (wide > 0) throw new Error(`${what} is ${wide} px too wide`);
  };
  /** A request as the hotline makes it, dispatched to T1's team. */
  const make = async (title, severity, more = {}, to = {}) => {
    const r = await agent.api('/technical_request', { title, account, symptom: `${title}: ALM-303`, reporter_name: 'Zhao', ...more });
    await agent.api(`/technical_request/${r.id}/register`, {});
    await agent.api(`/technical_request/${r.id}/authorise`, { kind: 'fault', severity, scope_category: 'S1', ...(more.unit ? {} : { entitlement: 'standard', entitlement_reason: 'Contract on paper' }), interrupted: severity === 'critical' });
    await agent.api(`/technical_request/${r.id}/dispatch`, { team, service_mode: 'remote', ...to });
    return r;
  };
  const read = (p, id) => p.api(`/technical_request/${id}`);
  let account, theirs, team, me, hot, low;

  await walk(`engineer ${lang}`, [
    ['everybody signs in; My work is the engineers\' first page', async () => {
      await agent.signIn('hotline_agent');
      await t1.signIn('t1_engineer');
      await t2.signIn('t2_expert');
      await t3.signIn('t3_rd');
      await customer.signIn(w.customer, '/p/login');
      theirs = (await customer.api('/me')).account;
      await page.waitForURL(/\/my$/);
      me = await t1.api('/me');
      team = me.team;
      account = (await agent.api('/account?limit=1&filter=' + encodeURIComponent("active==true"))).items[0].id;
      await page.waitForSelector('[data-item], .my .nothing');
      await fit(t1, 'my work');
    }],

    // ---- journey 8, by keyboard alone ----
    ['8: what is dispatched to me comes in by itself, at its place and marked as new', async () => {
      await page.locator('[data-item]').first().waitFor();
      await page.keyboard.press('j');
      await page.locator('.is-cursor').waitFor();
      const [before, at] = await page.evaluate(() => { const r = document.querySelector('.is-cursor'); return [r.dataset.item, r.getBoundingClientRect().top + scrollY]; });
      hot = await make(`${w.title} ${stamp}`, 'critical', { ...await agent.covered(theirs), impact: w.impact }, { handler: me.id });
      const row = page.locator('[data-item]', { hasText: stamp });
      await row.waitFor();
      await row.locator('.tag-new').waitFor();
      await row.scrollIntoViewIfNeeded();
      await shot(t1, 'my');
      same(await page.evaluate(() => document.querySelector('.is-cursor').dataset.item), before, 'the row with the cursor');
      if (at < 0) throw new Error('the cursor has no place');
    }],
    ['8: the row shows the nearest clock, → all of them', async () => {
      await page.keyboard.press('/');
      await page.keyboard.type(stamp);
      await page.waitForFunction(() => document.querySelectorAll('[data-item]').length === 1);
      await page.keyboard.press('Enter');
      await page.keyboard.press('ArrowRight');
      await page.locator('.all-clocks li').nth(3).waitFor();
      const due = await page.evaluate(() => [...document.querySelectorAll('.all-clocks .ck-time')].length);
      if (due < 4) throw new Error(`${due} clocks`);
      await shot(t1, 'my-clocks');
      await page.keyboard.press('ArrowLeft');
      await page.locator('.all-clocks').waitFor({ state: 'detached' });
    }],
    ['8: c accepts, with the first contact; the response clock stops', async () => {
      await page.keyboard.press('c');
      await page.locator('.dialog').waitFor();
      await tabTo(page, 'textarea[name=first_contact]');
      await page.keyboard.type('Spoke with Zhao: two rectifiers are down. 与赵工通话');
      await page.keyboard.press('Control+Enter');
      await page.locator('.dialog').waitFor({ state: 'detached' });
      await page.locator('[data-item] a.row-link').first().waitFor();
      await tabTo(page, 'a.row-link');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/c\/TR-/);
      const met = page.locator('.clocks [data-clock=response] .ck-met');
      await met.waitFor();
      if (!w.met.test(await met.innerText())) throw new Error(`the badge says ${await met.innerText()}`);
      same((await read(t1, hot.id)).state, 'in_progress', 'state');
      await fit(t1, 'the case');
    }],
    ['8: the customer is asked, from the palette', async () => {
      await page.keyboard.press('Control+k');
      await page.locator('[role=dialog] input').waitFor();
      await page.keyboard.type(w.info);
      await page.locator('[role=option], [role=menuitem]').filter({ hasText: w.info }).first().waitFor();
      await page.keyboard.press('Enter');
      await tabTo(page, 'textarea[name=info_needed]');
      await page.keyboard.type('Photo of the rectifier display, please.');
      await page.keyboard.press('Control+Enter');
      await page.locator('.dialog').waitFor({ state: 'detached' });
      same((await read(t1, hot.id)).activity, 'info_request', 'activity');
    }],
    ['8: p says before sending which clocks wait: of a P1 resolve waits, restore goes on', async () => {
      await tabTo(page, '.moves button');
      await page.keyboard.press('p');
      await page.locator('.dialog').waitFor();
      await tabTo(page, '[data-field=pause_code] button');
      await page.keyboard.press('Enter');
      await page.locator('[role=option][data-key=kcustomer_info]').waitFor();
      same(await page.locator('[role=option]').count(), 12, 'codes of the closed list');
      for (let i = 0; i < 12 && !await page.locator('[role=option][data-key=kcustomer_info][data-focused]').count(); i++) await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      const effect = page.locator('.effect li');
      await effect.first().waitFor();
      await effect.nth(1).waitFor();
      const [waits, goes] = await effect.allInnerTexts();
      const names = await page.evaluate(async () => (await (await fetch('/api/v1/model/technical_request')).json()).clocks.map((c) => [c.name, c]));
      const word = (name) => Object.fromEntries(names)[name][lang];
      has(waits, w.waits);
      has(waits, word('resolve'));
      has(goes, w.goes);
      has(goes, word('restore'));
      await shot(t1, 'pause');
      await fit(t1, 'the dialog to wait');
    }],
    ['8: without evidence it is refused at its field, nothing sent', async () => {
      await tabTo(page, 'textarea[name=pause_evidence]');
      await page.keyboard.press('Control+Enter');
      await page.locator('[data-field=pause_evidence] .error').waitFor();
      await becomes(() => page.evaluate(() => document.activeElement.name), 'pause_evidence', 'focus');
      await page.keyboard.type('Asked by phone 10:05 and 10:20, Zhao is on his way to the site.');
    }],
    ['8: two attempts to reach the customer are needed; one is there, another is listed', async () => {
      await page.keyboard.press('Control+Enter');
      await page.locator('.attempts .error').waitFor();
      await becomes(() => page.evaluate(() => !!document.activeElement.closest('[data-field=contact_attempt]')), true, 'focus among the attempts');
      same(await page.locator('.attempts [data-count]').getAttribute('data-count'), '1', 'attempts that stand');
      await shot(t1, 'attempts');
      await fit(t1, 'the attempts that are missing');
      await tabTo(page, '.attempts [data-field=way] input');
      await page.keyboard.press('Space');
      await tabTo(page, '.attempts input[name=note]');
      await page.keyboard.type('No answer, left a message. 未接听。');
      await tabTo(page, '.attempts .another > button');
      await page.keyboard.press('Enter');
      await page.locator('.attempts [data-count="2"]').waitFor();
      await becomes(() => page.locator('.attempts .error').count(), 0, 'the refusal still there');
      await shot(t1, 'attempts-two');
      await fit(t1, 'the attempts that stand');
      await tabTo(page, 'textarea[name=pause_evidence]');
      await page.keyboard.press('Control+Enter');
      await page.locator('.dialog').waitFor({ state: 'detached' });
      await page.locator('.clocks [data-clock=resolve] .ck-paused').waitFor();
      await becomes(() => page.locator('.clocks [data-clock=restore] .ck-paused').count(), 0, 'restore of a P1 waits');
      await page.locator('[data-timer=follow]').waitFor();
      await shot(t1, 'waiting');
      await fit(t1, 'the case that waits');
    }],
    ['8: the customer\'s answer ends the wait, and the clocks show it', async () => {
      const { number } = await read(t1, hot.id);
      await customer.open(`/p/r/${number}`);
      await tabTo(customer.page, '#answer');
      await customer.page.keyboard.type(w.answer);
      await tabTo(customer.page, 'form.answer button[type=submit]');
      await customer.page.keyboard.press('Enter');
      await customer.page.locator('ol.talk li.in', { hasText: w.answer }).waitFor();
      await page.locator('.timeline li.talk', { hasText: w.answer }).waitFor();
      await page.locator('.clocks [data-clock=resolve] .ck-paused').waitFor({ state: 'detached' });
      await becomes(async () => (await read(t1, hot.id)).state, 'in_progress', 'state after the customer\'s answer');
      await tabTo(page, '.case button');
      for (let i = 0; i < 3; i++) await page.keyboard.press('t');
      await page.locator('.timeline li.clock').first().waitFor();
      await becomes(() => page.locator('.timeline > li:not(.clock)').count(), 0, 'others in the filter of clocks');
    }],
    ['8: R and I open the right box, and each keeps its draft', async () => {
      await page.keyboard.press('r');
      await page.waitForFunction(() => document.activeElement?.id === 'composer' && !!document.querySelector('.composer.public'));
      await page.keyboard.type('We work on it. 正在处理。');
      await page.keyboard.press('Escape');
      await page.locator('.page.record:focus').waitFor();
      await page.keyboard.press('i');
      await page.waitForFunction(() => document.activeElement?.id === 'composer' && !!document.querySelector('.composer.internal'));
      same(await page.inputValue('#composer'), '', 'the note');
      await page.keyboard.type('rectifier firmware differs');
      await page.keyboard.press('Control+Enter');
      await page.waitForFunction(() => document.activeElement?.id === 'composer' && document.activeElement.value === '');
      await page.keyboard.press('Escape');
      await page.locator('.page.record:focus').waitFor();
      await page.keyboard.press('r');
      await page.waitForFunction(() => document.activeElement?.id === 'composer' && document.activeElement.value.startsWith('We work on it'));
      await page.keyboard.press('Control+Enter');
      await page.waitForFunction(() => document.activeElement?.id === 'composer' && document.activeElement.value === '');
    }],
    ['8: nobody touched the mouse, and a single letter in a text does nothing', async () => {
      await page.keyboard.type('cnpe');
      same(await page.locator('.dialog').count(), 0, 'dialogs');
      same(await page.inputValue('#composer'), 'cnpe', 'the text');
      await retype(page, '');
    }],

    ['side by side: the list stays, the case stands beside it', async () => {
      await t1.open(`/my?open=${(await read(t1, hot.id)).number}`);
      await page.locator('[data-item]', { hasText: stamp }).waitFor();
      await page.keyboard.press('v');
      await page.locator('.my-case .case .timeline li').first().waitFor();
      has(await page.locator('.my-case h1').innerText(), stamp);
      await page.evaluate(() => document.activeElement.blur());
      await t1.filled();
      await t1.still();
      await shot(t1, 'split');
      await fit(t1, 'side by side');
      await page.emulateMedia({ colorScheme: 'dark' });
      await shot(t1, 'split-dark');
      await fit(t1, 'side by side in the dark');
      await page.emulateMedia({ colorScheme: 'light' });
      await page.keyboard.press('v');
      await page.locator('.my-case').waitFor({ state: 'detached' });
    }],

    // ---- journey 9 ----
    ['9: an incomplete package of a lower priority is refused, and says what is missing', async () => {
      const version = (await agent.api('/product_version?limit=1')).items[0];
      // A unit under a contract around the clock: its times do not wait for Monday.
      low = await make(`${w.hot} ${stamp}`, 'major', { product_version: version.id, ...await agent.covered() }, { handler: me.id });
      await t1.api(`/technical_request/${low.id}/accept`, { first_contact: 'Spoke with Zhao' });
      const { number } = await read(t1, low.id);
      low.number = number;
      await t1.open(`/c/${number}`);
      await page.locator('.moves [data-move=escalate]').waitFor();
      await tabTo(page, '.case button');
      await page.keyboard.press('e');
      await page.locator('.package').waitFor();
      await becomes(() => page.locator('.package .is-missing').count(), 5, 'missing parts');
      await t1.set('escalation_trigger', 'no_article');
      await page.locator('.dialog button[type=submit]').click();
      await page.locator('.dialog .banner.bad', { hasText: w.package }).waitFor();
      await shot(t1, 'package');
      await fit(t1, 'the package');
    }],
    ['9: the complete one goes up, and T2 sees it come in', async () => {
      await t2.open('/my?view=accept');
      for (const [field, text] of Object.entries({ topology: 'Hub, two rectifiers', logs: 'rect-1.log', tried_actions: 'Restarted', articles_checked: 'KB-5120', escalation_question: 'Why does the fan not stop?' }))
        await t1.set(field, text);
      await becomes(() => page.locator('.package .is-missing').count(), 0, 'missing parts');
      await page.locator('.dialog button[type=submit]').click();
      await page.locator('.dialog').waitFor({ state: 'detached' });
      same((await read(t1, low.id)).tier, 2, 'tier');
      await t2.page.locator('[data-item]', { hasText: stamp }).first().waitFor();
      await shot(t2, 'my-dark');
      await fit(t2, 'my work in the dark');
    }],
    ['9: T2 accepts from the list', async () => {
      const found = await t2.api(`/technical_escalation?filter=${encodeURIComponent(`parent==${low.id}`)}`);
      low.escalation = found.items[0];
      // The request's row has the escalation folded in; then it is opened there.  While the one becomes the other the focus goes
      // with the row that goes.
      const dialog = t2.page.locator('.dialog');
      for (let i = 0; i < 5 && !await dialog.count(); i++) {
        await t2.page.locator(`[data-item=c${low.escalation.id}] a.row-link, [data-item=c${low.id}] a.row-link`).first().focus();
        await t2.page.keyboard.press('c');
        await dialog.waitFor({ timeout: 5000 }).catch(() => {});
      }
      await dialog.waitFor();
      await t2.page.keyboard.press('Control+Enter');
      await dialog.waitFor({ state: 'detached' });
      await becomes(async () => (await read(t2, low.id)).handler, (await t2.api('/me')).id, 'handler of the request');
    }],
    ['9: it does not go down again: refused, with the reason', async () => {
      const p = t2;
      await p.open(`/c/${low.number}`);
      const t1team = (await p.api(`/team/${team}`)).name;
      if (!await p.offered('reassign')) throw new Error('reassign is not offered');
      await p.page.locator('.case').waitFor();
      const error = await p.move('reassign', { team: t1team, handler: me.name, reason: 'Let them do it' }).then(() => null, (e) => e);
      if (!error) throw new Error('it went down');
      has(error.message, w.tier);
      await shot(p, 'down');
      // The fault's box has the focus and shows its choices: the first Escape closes those.
      for (let i = 0; i < 6 && await p.page.locator('.dialog').count(); i++) {
        await p.page.keyboard.press('Escape');
        await p.page.locator('.dialog').waitFor({ state: 'detached', timeout: 1000 }).catch(() => {});
      }
      await p.page.locator('.dialog').waitFor({ state: 'detached' });
      await fit(p, 'the case in the dark');
      same((await read(p, low.id)).tier, 2, 'tier');
    }],
    ['9: T2\'s time runs out: the clock itself takes it to T3, who has it in the list', async () => {
      await t3.open('/my?view=escalated');
      const clocks = await agent.api(`/technical_escalation/${low.escalation.id}/clocks`);
      await agent.turnTo(clocks.find((c) => c.clock === 'tier').due);
      await becomes(async () => (await read(agent, low.id)).tier, 3, 'tier', 60_000);
      await t3.page.locator('[data-item]', { hasText: stamp }).first().waitFor();
      await t2.page.locator('.timeline li', { hasText: /→|3/ }).last().waitFor();
    }],

    // ---- the list ----
    ['several at once: each for itself, and how it went', async () => {
      await t1.open('/my');
      await page.locator('[data-item] input[type=checkbox]').first().waitFor();
      // Tasks have no boxes.
      await page.locator('tr:has(input[type=checkbox]) + tr:has(input[type=checkbox]) a.row-link').first().focus();
      await page.keyboard.press('x');
      await page.locator('.bulk').waitFor();
      await page.keyboard.press('Shift+K');
      await page.locator('.is-picked').nth(1).waitFor();
      const picked = await page.locator('.is-picked').count();
      await page.locator('.bulk button').nth(1).click();
      await page.locator('.dialog textarea[name=body]').fill(`handover note ${stamp}`);
      await page.locator('.dialog button[type=submit]').click();
      await page.locator('.bulk .banner').waitFor();
      has(await page.locator('.bulk .banner').innerText(), String(picked));
      await fit(t1, 'my work with rows picked');
    }],
    ['nothing found, nothing due: words and a way on', async () => {
      await t1.open('/my?q=nothing-like-this');
      await page.locator('.nothing button').waitFor();
      await fit(t1, 'my work without rows');
      await t1.open('/c/TR-0000-000000');
      await page.locator('.nothing h1').waitFor();
    }],

    // ---- hostile content ----
    ['what comes from outside does nothing', async () => {
      const evil = await make(`\u202egnp.exe\u202c <img src=x onerror=window.__hit=1> ${stamp}`, 'minor', { symptom: `${'A'.repeat(4000)} <script>window.__hit=2</script>` }, { handler: me.id });
      await t1.api(`/technical_request/${evil.id}/message`, { visibility: 'public', body: '<html><head><style>*{display:none}</style></head><body><p>Dear team,</p><script>window.__hit=3</script><a href="https://evil.example/x" onclick="window.__hit=4">see</a><img src="https://evil.example/p.gif"><table><tr><td>cell</td></tr></table></body></html>' });
      await t1.api(`/technical_request/${evil.id}/message`, { visibility: 'public', body: `\u202Ereversed\u202C \u0007 \u200bzero\n${'long'.repeat(2000)}` });
      const { number } = await read(t1, evil.id);
      await t1.open(`/c/${number}`);
      await page.locator('.said', { hasText: 'Dear team' }).waitFor();
      const said = await page.locator('.timeline').innerText();
      has(said, '‹https://evil.example/x›');
      if (said.includes('window.__hit=3') || said.includes('display:none')) throw new Error('script or style of the mail is shown as its words');
      same(await page.evaluate(() => window.__hit ?? 0), 0, 'script that ran');
      same(await page.locator('main script, main style, main iframe, main img[src*="evil"], main a[href*="evil"]').count(), 0, 'elements from outside');
      if (await page.locator('h1 .unseen').count() < 2) throw new Error('the overrides in the title are not shown');
      await page.locator('.unseen[title="U+0007"]').waitFor();
      same(await t1.tooWide(), 0, 'px too wide');
      await page.setInputFiles('.composer input[type=file]', [
        { name: '\u202egnp.exe.png', mimeType: 'image/png', buffer: png(8000, 5000) },
        { name: 'small.png', mimeType: 'image/png', buffer: png(64, 48) },
        { name: 'page.html', mimeType: 'text/html', buffer: Buffer.from('<script>window.__hit=9</script>') },
      ]);
      await page.locator('.files li').nth(2).waitFor();
      await page.locator('.files .thumb').waitFor();
      await page.locator('.files', { hasText: w.megapixels }).waitFor();
      same(await page.locator('.files img').count(), 1, 'pictures that are decoded');
      const sizes = await page.evaluate(() => [...document.images].map((i) => i.naturalWidth * i.naturalHeight));
      if (Math.max(...sizes) > 6e6) throw new Error(`a picture of ${Math.max(...sizes)} pixels was decoded`);
      same(await page.evaluate(() => window.__hit ?? 0), 0, 'script that ran');
      await shot(t1, 'hostile');
      await fit(t1, 'the hostile case');
      await t1.open('/my?q=' + stamp);
      await page.locator('[data-item]').first().waitFor();
      same(await page.evaluate(() => window.__hit ?? 0), 0, 'script that ran in the list');
      await t1.open(`/e/technical_request?q=${stamp}`);
      await page.locator('tbody [data-col=title] .unseen[title="U+202E"]').first().waitFor();
      same(await t1.tooWide(), 0, 'px too wide');
    }],

    ['resolved: what a choice calls for is asked below it, and nothing is sent without it', async () => {
      const done = await make(`${w.done} ${stamp}`, 'minor', {}, { handler: me.id });
      const step = (name, body = {}) => t1.api(`/technical_request/${done.id}/${name}`, body);
      await step('accept', { first_contact: 'Spoke with Zhao' });
      await step('prepare', { cause_analysis: 'Bearing is worn', solution: 'Fan tray replaced' });
      await t1.open(`/c/${(await read(t1, done.id)).number}`);
      // Before it is delivered it is not offered; the way on is the next step.
      await page.locator('.moves .btn.primary[data-move=deliver]').waitFor();
      same(await page.locator('[data-move=resolve]').count(), 0, 'resolve before it is delivered');
      await step('deliver', { side_effects: 'none', touches_network: false });
      await page.locator('.moves .btn.primary[data-move=resolve]').waitFor();
      // What helped before stands beside it.
      await page.locator('.suggestions li a').first().waitFor();
      const sent = [];
      page.on('request', (r) => r.method() === 'POST' && r.url().endsWith('/resolve') && sent.push(r.url()));
      await tabTo(page, '.case button');
      await page.keyboard.press('n');
      const dialog = page.locator('.dialog');
      await dialog.waitFor();
      await t1.set('root_cause', 'hardware_wear');
      await t1.set('resolution_code', 'patch_installed');
      await t1.set('new_risk_check', 'risk_tracked');
      await t1.set('opportunity_asked', 'skipped');
      const send = dialog.locator('button[type=submit]');
      await send.click();
      await dialog.locator('[data-field=new_risk_note] .error').waitFor();
      await fit(t1, 'the dialog to resolve');
      await t1.set('new_risk_note', 'The other tray is as old: task to replace it');
      await send.click();
      await dialog.locator('[data-field=opportunity_note] .error').waitFor();
      await dialog.locator('[data-field=opportunity_note]').scrollIntoViewIfNeeded();
      await shot(t1, 'resolve');
      same(sent.length, 0, 'what was sent before');
      await t1.set('opportunity_note', 'The customer had no time');
      await send.click();
      await dialog.waitFor({ state: 'detached' });
      const row = await read(t1, done.id);
      same(row.state, 'resolved', 'state');
      same(row.opportunity_note, 'The customer had no time', 'why it was skipped');
    }],
    ['every page is fit, in light and dark, wide and on a phone', async () => {
      for (const dark of [false, true]) {
        await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
        for (const path of ['/my', '/my?view=team', `/c/${low.number}`]) {
          await t1.open(path);
          await page.waitForSelector('[data-item], .nothing, .timeline li');
          await fit(t1, `${path} ${dark ? 'dark' : 'light'}`);
        }
        const phone = await Person.at(browser, { lang, dark, phone: true, name: 'phone' });
        await phone.context.addCookies(await t1.context.cookies());
        for (const path of ['/my', '/my?view=accept']) {
          await phone.open(path);
          await phone.page.waitForSelector('[data-item], .nothing');
          await fit(phone, `${path} on a phone, ${dark ? 'dark' : 'light'}`);
        }
        if (!dark) await shot(phone, 'phone-my');
        await phone.open(`/c/${low.number}`);
        await phone.page.waitForSelector('.timeline li');
        for (const tab of [0, 1, 2]) {
          await phone.page.locator('.case-tabs .btn').nth(tab).click();
          await fit(phone, `tab ${tab} of the case on a phone, ${dark ? 'dark' : 'light'}`);
          if (!dark) await shot(phone, `phone-case-${tab}`);
        }
        none(await phone.wrongs(), 'faults on the phone');
        await phone.context.close();
      }
      await page.emulateMedia({ colorScheme: 'light' });
    }],
    ['no page broke its policy, called another origin or failed', async () => none((await Promise.all(everybody.map((p) => p.wrongs()))).flat(), 'faults')],
  ]);
  await Promise.all(everybody.map(async (p) => {
    if (anyFailed()) await p.shot(`${lang}-engineer-failed-${p.name}`).catch(() => {});
    await p.context.close();
  }));
}

const browser = await launch();
for (const lang of process.env.OPENITR_LANGS?.split(' ') ?? ['zh', 'en']) await engineer(browser, lang);
await browser.close();
report('engineer');
