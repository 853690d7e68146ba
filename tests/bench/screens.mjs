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

/** Milliseconds from a deed in the page until each condition holds in it, all seen by the page's own clock. */
const until = (page, deed, conditions, arg) => page.evaluate(([d, list, a]) => new Promise((done) => {
  const hold = list.map((c) => new Function('arg', `return (${c})(arg)`));
  const at = hold.map(() => 0);
  const begun = performance.now();
  const look = () => {
    hold.forEach((h, i) => { at[i] ||= h(a) ? performance.now() - begun : 0; });
    if (at.every(Boolean)) requestAnimationFrame(() => done(at.map((t) => Math.min(t, performance.now() - begun))));
    else requestAnimationFrame(look);
  };
  new Function('arg', `return (${d})(arg)`)(a);
  requestAnimationFrame(look);
}), [String(deed), conditions.map(String), arg]);

/** Runs `once` RUNS times; it answers with one time for each of the names. */
async function times(names, once) {
  const lists = names.map(() => []);
  for (let i = 0; i < RUNS; i++) (await once(i)).forEach((ms, n) => lists[n].push(ms));
  names.forEach(([name, goal], n) => rows.push(`| ${name} | ${Math.round(median(lists[n]))} | ${goal} |`));
}

/** From the address to the first card, with an empty cache and with a full one. */
async function portal(browser) {
  const door = await Person.at(browser, { lang: 'en', phone: true });
  await door.signIn('customer-en', '/p/login');
  const cookies = await door.context.cookies();
  const load = async (p) => {
    const begun = performance.now();
    await p.page.goto(BASE + '/p', { waitUntil: 'commit' });
    await p.page.locator('.cards .card').first().waitFor();
    return performance.now() - begun;
  };
  await times([['portal, first page with an empty cache', '2,500'], ['portal, first page again', '800']], async () => {
    const p = await Person.at(browser, { lang: 'en', phone: true });
    await p.context.addCookies(cookies);
    await slow(p);
    const cold = await load(p);
    const again = await load(p);
    await p.context.close();
    return [cold, again];
  });
  await door.context.close();
}

const CASE = [
  (title) => !document.querySelector('tbody tr') && document.querySelector('main h1')?.innerText.includes(title) && !!document.querySelector('.record-state'),
  () => !document.querySelector('tbody tr') && !!document.querySelector('main h1') && !!document.querySelector('.timeline li, .moves [data-move]') && !document.querySelector('.loading, [aria-busy=true]'),
];
const REST_MS = 400;

/** From a list to cases that were never open: with a bare click, and after the pointer has rested on the link. */
async function opening(p, rest, from, names) {
  await times(names, async (i) => {
    await p.page.goBack();
    await p.page.locator('tbody tr').first().waitFor();
    const link = p.page.locator('tbody tr').nth(from + i).locator('a.row-link');
    const title = await p.page.locator('tbody tr').nth(from + i).locator('td.grow').innerText();
    await p.page.mouse.move(5, 5);
    await p.page.waitForTimeout(REST_MS);
    if (rest) {
      await link.hover();
      await p.page.waitForTimeout(REST_MS);
    }
    return until(p.page, (t) => [...document.querySelectorAll('tbody tr')].find((r) => r.querySelector('td.grow')?.innerText === t).querySelector('a.row-link').click(), CASE, title);
  });
}

/** Each time another heading: nothing of it was read before. */
async function sorting(p, rest, from, name, goal) {
  await times([[name, goal]], async (i) => {
    const before = await p.page.locator('tbody tr').first().innerText();
    const heading = p.page.locator('thead button.sort').nth(from + i);
    await p.page.mouse.move(5, 5);
    if (rest) {
      await heading.hover();
      await p.page.waitForTimeout(REST_MS);
    }
    const ms = await until(p.page, ([n]) => document.querySelectorAll('thead button.sort')[n].click(), [([n, was]) => {
      const row = document.querySelector('tbody tr');
      return row && row.innerText !== was && !document.querySelector('table.stale');
    }], [from + i, before]);
    await p.page.waitForTimeout(REST_MS);
    return ms;
  });
}

/** From the server's answer to the one who made a change, and from the event's arrival here, until the change is on the screen. */
async function live(p, other, id) {
  await p.page.addInitScript(() => {
    const Plain = EventSource;
    window.EventSource = class extends Plain {
      constructor(...a) {
        super(...a);
        this.addEventListener('change', () => { window.__heard ||= Date.now(); });
      }
    };
  });
  await p.open(`/e/technical_request/${id}`);
  await p.page.locator('.timeline li').first().waitFor();
  await p.page.waitForTimeout(1500);
  await times([
    ['a change by somebody else, from its answer to the screen (no throttling)', '100'],
    ['the same, from its event to the screen', '100'],
  ], async (i) => {
    const word = `Live ${i} ${Date.now()}`;
    const seen = p.page.evaluate((t) => new Promise((done) => {
      window.__heard = 0;
      const look = () => (document.querySelector('.timeline')?.textContent.includes(t) ? done({ at: Date.now(), heard: window.__heard }) : requestAnimationFrame(look));
      look();
    }), word);
    const answered = await other.page.evaluate(async ([to, body]) => {
      const { csrf } = await (await fetch('/api/v1/me')).json();
      await fetch(to, { method: 'POST', body: JSON.stringify({ visibility: 'internal', body }), headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf } });
      return Date.now();
    }, [`/api/v1/technical_request/${id}/message`, word]);
    const { at, heard } = await seen;
    await p.page.waitForTimeout(1000);
    return [Math.max(0, at - answered), at - heard];
  });
}

async function staff(browser) {
  const p = await Person.at(browser, { lang: 'en' });
  await p.signIn('duty_manager');
  const { items } = await p.api('/technical_request?limit=20&fields=title&sort=-reported_at');
  await p.open('/e/technical_request?sort=-reported_at');
  await p.page.locator('tbody tr').first().waitFor();
  await p.page.locator(`tbody a`).first().click();
  await p.page.locator('.record-state').first().waitFor();
  await p.page.waitForTimeout(1000);
  await slow(p);
  await opening(p, false, 1, [['from the list to a case that was never open: its head', '300'], ['… all of it', '–']]);
  await opening(p, true, 10, [[`the same after the pointer has rested on it for ${REST_MS} ms: its head`, '300'], ['… all of it', '300']]);
  await p.page.goBack();
  await p.page.locator('tbody tr').first().waitFor();
  await sorting(p, false, 0, 'sort a list, with the answer of the server (150 ms away)', '150 + 150');
  await p.page.goto(BASE + '/e/technical_request?sort=-reported_at&cols=number,title,state,severity,priority,account,team,handler,reported_at,created_at');
  await p.page.locator('tbody tr').first().waitFor();
  await sorting(p, true, 0, `the same after the pointer has rested on the heading for ${REST_MS} ms`, '150');
  await slow(p, false);
  const other = await Person.at(browser, { lang: 'en', name: 'other' });
  await other.signIn('hotline_agent');
  await live(p, other, items[0].id);
  await p.context.close();
  await other.context.close();
}

const browser = await launch();
await walk('screens', [['portal', () => portal(browser)], ['staff', () => staff(browser)]]);
await browser.close();
console.log(['| screen | ms, median of 5 | aim |', '| --- | --- | --- |', ...rows].join('\n'));
report('screens');
