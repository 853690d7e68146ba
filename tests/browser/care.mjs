// SPDX-License-Identifier: Apache-2.0
//
// care.mjs -- a customer on the phone, beside requests (ui.md 7.1, journey 4): acknowledge a bulletin, authorise a change,
// follow a spare part and send the defective one back, find an answer by search; in Chinese and in English, each page under
// axe in light and dark.
import { BASE, launch, Person } from './browser.mjs';
import { has, none, report, same, walk } from './walk.mjs';

const WORDS = {
  zh: { customer: 'customer_contact', bulletin: 'FS6800', told: '请您确认', known: '已确认', change: '核心交换机升级', open: '待您授权', given: '您已授权', part: '主控板先行更换', waybill: 'SF1390017742216',
    way: '运输中', arrived: '已送达', sign: '刘建国', asks: '告警灯常亮', article: '主控板告警灯常亮的处理', nothing: '量子纠缠', closed: '已收到坏件' },
  en: { customer: 'customer-en', bulletin: 'FS6800', told: 'Please acknowledge', known: 'Acknowledged', change: 'Core switch upgrade', open: 'Needs your authorisation', given: 'Authorised by you', part: 'main control board', waybill: 'NV7741902213',
    way: 'On its way', arrived: 'Delivered', sign: 'Rachel Tan', asks: 'red alarm lamp', article: 'Red alarm lamp on the main control board', nothing: 'quantum entanglement', closed: 'Defective part received' },
};

async function care(browser, lang) {
  const w = WORDS[lang];
  const [c, keeper] = await Promise.all([Person.at(browser, { lang, name: 'customer', phone: true }), Person.at(browser, { lang, name: 'keeper' })]);
  const page = c.page;
  const shot = (name) => c.shot(`${lang}-care-${name}`);
  const card = (text) => page.locator('.cards > .card', { hasText: text }).first();
  const fit = async (what) => {
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      none(await c.axe(true), `axe of ${what}, ${scheme}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    const wide = await c.tooWide();
    if (wide > 0) throw new Error(`${what} is ${wide} px wider than the phone`);
  };
  const dialog = page.locator('dialog[open]');
  const moveButton = (scope, i) => scope.locator('.acts button').nth(i);

  await walk(`care ${lang}`, [
    ['what waits stands on the first page, in one list', async () => {
      await c.signIn(w.customer, '/p/login');
      await page.locator('#todo').waitFor();
      has(await page.locator('section[aria-labelledby=todo]').innerText(), w.change);
      await shot('home');
      await fit('home');
    }],
    ['a bulletin says what may happen, what to do and which units are mine; I acknowledge it and plan the day', async () => {
      await page.locator('section[aria-labelledby=todo] a[href="/p/bulletins"]').first().click();
      const b = card(w.bulletin);
      await b.waitFor();
      has(await b.innerText(), w.told);
      has(await b.innerText(), '21FS6800');
      await fit('bulletins');
      await shot('bulletins');
      await moveButton(b, 0).click();
      await b.locator('strong', { hasText: w.known }).waitFor();
      await moveButton(b, 0).click();
      await dialog.waitFor();
      await dialog.locator('button[type=submit]').click();
      await dialog.locator('.error').waitFor();
      await fit('dialog');
      await dialog.locator('input').fill('2099-01-01');
      await dialog.locator('button[type=submit]').click();
      await dialog.waitFor({ state: 'detached' });
      has(await b.innerText(), '2099');
    }],
    ['a change says what it does to me and how it goes back; I authorise it by my name', async () => {
      await c.open('/p/changes');
      const r = card(w.change);
      has(await r.innerText(), w.open);
      await fit('changes');
      await shot('changes');
      await moveButton(r, 0).click();
      await dialog.waitFor();
      await dialog.locator('button[type=submit]').click();
      await r.locator('strong', { hasText: w.given }).waitFor();
      has(await r.innerText(), w.sign);
      same(await r.locator('.acts button').count(), 0, 'steps that are left');
    }],
    ['a part is followed by its waybill, received, installed, and the defective one goes back', async () => {
      await c.open('/p/parts');
      const p = card(w.part);
      has(await p.innerText(), w.way);
      has(await p.innerText(), w.waybill);
      await fit('parts');
      await shot('parts');
      await moveButton(p, 0).click();
      await dialog.locator('input').fill(w.sign);
      await dialog.locator('button[type=submit]').click();
      await p.locator('strong', { hasText: w.arrived }).waitFor();
      // The next step has another name than this one; only then it is the one to press.
      const step = await moveButton(p, 0).innerText();
      await moveButton(p, 0).click();
      await moveButton(p, 0).filter({ hasNotText: step }).click();
      await dialog.locator('input').fill('RET-77');
      await dialog.locator('button[type=submit]').click();
      await dialog.waitFor({ state: 'detached' });
      await page.waitForFunction(() => document.body.innerText.includes('RET-77'));
    }],
    ['what the warehouse does shows by itself', async () => {
      await keeper.signIn('spares');
      const { items } = await keeper.api(`/spare_delivery?filter=waybill==${w.waybill}&limit=1`);
      await keeper.api(`/spare_delivery/${items[0].id}/receive`, {});
      await card(w.part).locator('strong', { hasText: w.closed }).waitFor();
    }],
    ['an answer is found by words of the symptom', async () => {
      await c.open('/p/know');
      await fit('answers');
      await page.fill('input[type=search]', w.asks);
      await page.locator('.cards a', { hasText: w.article }).first().waitFor();
      await shot('answers');
      await page.locator('.cards a', { hasText: w.article }).first().click();
      await page.locator('#s-resolution').waitFor();
      await fit('article');
      await shot('article');
      const text = await page.locator('main').innerText();
      if (/undefined|null|not_validated/.test(text)) throw new Error(text);
    }],
    ['"still broken" tells the authors and leads to a report', async () => {
      await moveButton(page.locator('section[aria-labelledby=helped]'), 1).click();
      await dialog.locator('textarea').fill('x');
      await dialog.locator('button[type=submit]').click();
      await page.locator('main a.btn[href="/p/new"]').waitFor();
    }],
    ['words that stand nowhere lead to a report, too', async () => {
      await c.open(`/p/know?q=${encodeURIComponent(w.nothing)}`);
      await page.locator('main a.btn[href="/p/new"]').waitFor();
    }],
    ['an article that is not public is not there', async () => {
      await page.goto(`${BASE}/p/know/KB-99999`);
      await page.locator('.nothing h1').waitFor();
      await fit('no article');
    }],
    ['nothing went wrong unseen', async () => {
      none(await c.wrongs(), 'faults');
    }],
  ]);
  await c.context.close();
  await keeper.context.close();
}

const browser = await launch();
for (const lang of ['zh', 'en']) await care(browser, lang);
await browser.close();
report('care');
