// SPDX-License-Identifier: Apache-2.0
//
// screens.mjs -- how soon the screens are there on a slow device (ui.md 7.2: CPU / 4, 1.6 Mbit/s, 150 ms).
//
//     OPENITR_WALKS=../bench/screens tests/browser/run
//
// Medians of RUNS, printed as rows of the table in docs/performance.md.  Nothing here passes or fails by a time.
import { BASE, launch, Person } from '../browser/browser.mjs';
import { report, walk } from '../browser/walk.mjs';

const RUNS = 5;
const SLOW = { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 };
const rows = [];
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

async function slow(p, on = true) {
  p.cdp ??= await p.context.newCDPSession(p.page);
  await p.cdp.send('Network.enable');
  await p.cdp.send('Network.emulateNetworkConditions', on ? SLOW : { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await p.cdp.send('Emulation.setCPUThrottlingRate', { rate: on ? 4 : 1 });
}

/** Milliseconds from a deed in the page until the condition holds in it, both seen by the page's own clock. */
const until = (page, deed, condition, arg) => page.evaluate(([d, c, a]) => new Promise((done) => {
  const holds = new Function('arg', `return (${c})(arg)`);
  const begun = performance.now();
  const look = () => (holds(a) ? requestAnimationFrame(() => done(performance.now() - begun)) : requestAnimationFrame(look));
  new Function('arg', `return (${d})(arg)`)(a);
  look();
}), [String(deed), String(condition), arg]);

async function times(name, goal, once) {
  const list = [];
  for (let i = 0; i < RUNS; i++) list.push(await once(i));
  rows.push(`| ${name} | ${Math.round(median(list))} | ${goal} |`);
}

/** From the address to the first card, with an empty cache and with a full one. */
async function portal(browser) {
  const door = await Person.at(browser, { lang: 'en', phone: true });
  await door.signIn('customer-en', '/p/login');
  const cookies = await door.context.cookies();
  const warm = [];
  const load = async (p) => {
    const begun = performance.now();
    await p.page.goto(BASE + '/p', { waitUntil: 'commit' });
    await p.page.locator('.cards .card').first().waitFor();
    return performance.now() - begun;
  };
  await times('portal, first page with an empty cache', '2,500', async () => {
    const p = await Person.at(browser, { lang: 'en', phone: true });
    await p.context.addCookies(cookies);
    await slow(p);
    const cold = await load(p);
    warm.push(await load(p));
    await p.context.close();
    return cold;
  });
  rows.push(`| portal, first page again | ${Math.round(median(warm))} | 800 |`);
  await door.context.close();
}

async function staff(browser) {
  const p = await Person.at(browser, { lang: 'en' });
  await p.signIn('duty_manager');
  const { items } = await p.api('/technical_request?limit=20&fields=title&sort=-reported_at');
  await p.open('/e/technical_request?sort=-reported_at');
  await p.page.locator('tbody tr').first().waitFor();
  await p.page.locator(`tbody a`).first().click();
  await p.page.locator('.record-state, .case-head, main h1').first().waitFor();
  await slow(p);
  await times('from the list to a case that was never open', '300', async (i) => {
    await p.page.goBack();
    await p.page.locator('tbody tr').first().waitFor();
    const links = await p.page.locator('tbody tr td a').evaluateAll((l) => l.map((a) => a.getAttribute('href')));
    const href = [...new Set(links)][i + 1];
    return until(p.page, (h) => document.querySelector(`tbody a[href="${h}"]`).click(), () => !document.querySelector('tbody tr') && !!document.querySelector('main h1') && !document.querySelector('.loading, [aria-busy=true]'), href);
  });
  await p.page.goBack();
  await p.page.locator('tbody tr').first().waitFor();
  await times('sort a list, the answer of the server (150 ms away) and all', '150 + 150', async (i) => {
    const before = await p.page.locator('tbody tr').first().innerText();
    return until(p.page, () => document.querySelector('thead button').click(), (was) => {
      const row = document.querySelector('tbody tr');
      return row && row.innerText !== was;
    }, before);
  });
  await slow(p, false);
  const other = await Person.at(browser, { lang: 'en', name: 'other' });
  await other.signIn('hotline_agent');
  const id = items[0].id;
  await p.open(`/e/technical_request/${id}`);
  await p.page.waitForTimeout(1500);
  await times('a change by somebody else, from its answer to the screen (no throttling)', '100', async (i) => {
    const word = `Live ${Date.now()}`;
    const seen = p.page.waitForFunction((t) => document.body.innerText.includes(t), word, { polling: 'raf' }).then(() => performance.now());
    await other.api(`/technical_request/${id}/message`, { visibility: 'internal', body: word });
    const answered = performance.now();
    return Math.max(0, (await seen) - answered);
  });
  await p.context.close();
  await other.context.close();
}

const browser = await launch();
await walk('screens', [['portal', () => portal(browser)], ['staff', () => staff(browser)]]);
await browser.close();
console.log(['| screen | ms, median of 5 | aim |', '| --- | --- | --- |', ...rows].join('\n'));
report('screens');
