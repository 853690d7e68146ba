// SPDX-License-Identifier: Apache-2.0
//
// ahead.mjs -- nobody waits for what could be foreseen: a page's first questions are put once and early, a record is asked for
// as its link is reached for and begins with its row, another order is there before the heading is pressed. No time is
// measured here (tests/bench/screens.mjs does): each step holds an answer back, or waits for a question.
import { BASE, launch, Person } from './browser.mjs';
import { anyFailed, none, report, same, walk } from './walk.mjs';

const E = 'technical_request';

async function ahead(browser) {
  const duty = await Person.at(browser, { lang: 'en', name: 'duty' });
  const customer = await Person.at(browser, { lang: 'en', name: 'customer', phone: true });
  const other = await Person.at(browser, { lang: 'en', name: 'other' });
  const { page } = duty;
  const rows = page.locator('table.rows tbody tr[data-id]');
  const isRead = (id) => (r) => r.method() === 'GET' && new URL(r.url()).pathname === `/api/v1/${E}/${id}`;
  /** The questions to the API while a page is opened, those that match. */
  const askedBy = async (p, path, ready, match) => {
    const list = [];
    const note = (r) => match.test(r.url()) && list.push(r);
    p.page.on('request', note);
    await p.page.goto(BASE + path);
    await p.page.locator(ready).first().waitFor();
    p.page.off('request', note);
    return list;
  };
  let id, title;

  await walk('ahead', [
    ['people sign in', async () => {
      await duty.signIn('duty_manager');
      await other.signIn('hotline_agent');
      await customer.signIn('customer-en', '/p/login');
    }],
    ['a page asks once who one is, before its program is there', async () => {
      for (const [p, path, ready] of [[duty, `/e/${E}`, 'tbody tr'], [customer, '/p', '.cards .card']]) {
        // The entry's own script is held back until the question is out; the stream stays silent, for a notice would have the bell ask again.
        let free;
        const out = new Promise((r) => { free = r; });
        await p.page.route(/\/a\/(index|p)-[^/]*\.js$/, async (route) => { await out; await route.continue(); });
        await p.page.route(/\/api\/v1\/events/, () => {});
        const early = p.page.waitForRequest(/\/api\/v1\/me$/).then(free);
        same((await askedBy(p, path, ready, /\/api\/v1\/me$/)).length, 1, `${path}: times that it is asked who one is`);
        await early;
        await p.page.unrouteAll({ behavior: 'ignoreErrors' });
      }
    }],
    ['the first answers are of one session: who logs in anew sees nothing of before', async () => {
      const p = await Person.at(browser, { lang: 'en', phone: true });
      await p.page.goto(`${BASE}/p`);
      await p.page.fill('[name=login]', p.login('customer-en').login);
      await p.page.fill('[name=password]', p.login('customer-en').password);
      await p.page.press('[name=password]', 'Enter');
      await p.page.locator('.cards .card').first().waitFor();
      none(await p.wrongs(), 'faults');
      await p.context.close();
    }],
    ['where the pointer rests on a row, its record is asked for', async () => {
      await duty.open(`/e/${E}?sort=id`);
      await rows.first().waitFor();
      await page.mouse.move(2, 2);
      const to = await rows.nth(2).getAttribute('data-id');
      const read = page.waitForRequest(isRead(to));
      await rows.nth(2).locator('td.grow').hover();
      await read;
    }],
    ['a record begins with its row, and nothing can be done with it before it is here', async () => {
      const row = rows.nth(5);
      id = await row.getAttribute('data-id');
      title = await row.locator('td.grow').innerText();
      let free;
      const held = new Promise((r) => { free = r; });
      await page.route(`**/api/v1/${E}/${id}?*`, async (route) => { await held; await route.continue(); });
      await row.locator('a.row-link').click();
      await page.locator('main h1', { hasText: title }).waitFor();
      await page.locator('.record-state .tag').first().waitFor();
      same(await page.locator('[data-move]').count(), 0, 'transitions of a record that is not here yet');
      const here = page.waitForResponse((r) => isRead(id)(r.request()));
      free();
      await here;
      await page.locator('section.told').waitFor();
      await page.unrouteAll({ behavior: 'ignoreErrors' });
    }],
    ['a record that is gone is told so, whatever its row said', async () => {
      await duty.open(`/e/${E}?sort=id`);
      await rows.first().waitFor();
      const gone = await rows.nth(8).getAttribute('data-id');
      const no = { status: 404, contentType: 'application/problem+json', body: JSON.stringify({ status: 404, code: 'not_found', title: 'Not found' }) };
      await page.route(`**/api/v1/${E}/${gone}?*`, (route) => route.fulfill(no));
      await rows.nth(8).locator('a.row-link').click();
      await page.locator('.nothing h1').waitFor();
      await page.unrouteAll({ behavior: 'ignoreErrors' });
    }],
    ['the other order is asked for as its heading is reached for', async () => {
      await duty.open(`/e/${E}?sort=id`);
      await rows.first().waitFor();
      const asked = page.waitForRequest((r) => new URL(r.url()).searchParams.get('sort') === 'title');
      const heading = page.locator('th.grow button.sort');
      await heading.hover();
      await (await asked).response();
      await heading.click();
      await page.locator('th.grow[aria-sort=ascending]').waitFor();
      await page.waitForFunction(() => !document.querySelector('.stale'));
      const server = (await duty.api(`/${E}?sort=title&limit=5&fields=title`)).items.map((i) => String(i.id));
      same((await rows.evaluateAll((all) => all.slice(0, 5).map((r) => r.dataset.id))).join(), server.join(), 'the order is the server\'s');
    }],
    ['of many changes in a row the last one is shown, and so is the one after', async () => {
      const made = await other.api(`/${E}`, { title: 'Many changes', symptom: 'They come quickly', reporter_name: 'Somebody' });
      await duty.open(`/e/${E}/${made.id}`);
      await page.locator('.conversation').waitFor();
      for (let i = 1; i <= 12; i++) await other.api(`/${E}/${made.id}/message`, { visibility: 'internal', body: `Quick ${i}.` });
      await page.locator('.timeline li', { hasText: 'Quick 12.' }).waitFor();
      await other.api(`/${E}/${made.id}/message`, { visibility: 'internal', body: 'One more.' });
      await page.locator('.timeline li', { hasText: 'One more.' }).waitFor();
      same(await page.locator('.timeline li.internal').count(), 13, 'notes');
    }],
    ['no page broke a rule', async () => {
      none([...await duty.wrongs(), ...await customer.wrongs(), ...await other.wrongs()], 'faults');
    }],
  ]);
  for (const p of [duty, customer, other]) {
    if (anyFailed()) await p.shot(`failed-ahead-${p.name}`).catch(() => {});
    await p.context.close();
  }
}

const browser = await launch();
await ahead(browser);
await browser.close();
report('ahead');
