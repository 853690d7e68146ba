// SPDX-License-Identifier: Apache-2.0
//
// hours.mjs -- does a page that is left open for a day grow?
//
//     OPENITR_WALKS=../bench/hours tests/browser/run
//
// A list, a board and a case stand open while somebody else changes what they show, CHANGES times, and while their clocks
// beat as often as in eight hours (the beat of a second comes four times in 4 ms).  Printed is what is left after the garbage is
// collected; nothing here passes or fails by a figure.
import { launch, Person } from '../browser/browser.mjs';
import { report, walk } from '../browser/walk.mjs';

const CHANGES = 600, STEPS = 4, BEATS = 8 * 3600;
const rows = [];

async function left(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.enable');
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters');
  await cdp.detach();
  return { heap: usedSize / 1e6, nodes, jsEventListeners };
}

async function open(browser, path) {
  const p = await Person.at(browser, { lang: 'en' });
  await p.page.addInitScript(() => {
    const plain = window.setInterval;
    window.__beats = 0;
    window.setInterval = (f, ms, ...more) => (ms === 1000 ? plain(() => { for (let i = 0; i < 4; i++, window.__beats++) f(); }, 4) : plain(f, ms, ...more));
  });
  await p.signIn('duty_manager');
  await p.open(path);
  await p.page.locator('tbody tr, [data-card], .timeline li').first().waitFor();
  await p.page.waitForTimeout(3000);
  return p;
}

async function hours(browser) {
  const other = await Person.at(browser, { lang: 'en' });
  await other.signIn('hotline_agent');
  const { items } = await other.api('/technical_request?limit=20&fields=title&sort=-reported_at&filter=state.kind!=closed');
  for (const path of ['/e/technical_request', '/e/technical_request?as=board', `/e/technical_request/${items[0].id}`]) {
    const p = await open(browser, path);
    const say = async (n) => {
      const { heap, nodes, jsEventListeners } = await left(p.page);
      rows.push(`| ${path.replace(/\d+$/, '{id}')} | ${n} | ${heap.toFixed(1)} | ${nodes} | ${jsEventListeners} |`);
    };
    await say(0);
    for (let s = 1; s <= STEPS; s++) {
      await other.page.evaluate(async ([ids, n, first]) => {
        const { csrf } = await (await fetch('/api/v1/me')).json();
        const send = (method, to, body) => fetch('/api/v1' + to, { method, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf } });
        for (let i = 0; i < n; i++) {
          // What a case says of itself is overwritten: only what is kept for each change can grow.
          const answer = await send('PATCH', `/technical_request/${ids[i % ids.length]}`, { title: `Changed ${first + i}` });
          if (answer.status === 429) await new Promise((r) => setTimeout(r, 1000));
          await new Promise((r) => setTimeout(r, 30));
        }
      }, [path.endsWith(String(items[0].id)) ? items.slice(0, 1).map((x) => x.id) : items.map((x) => x.id), CHANGES / STEPS, s * CHANGES]);
      await p.page.waitForFunction((n) => !window.__beats || window.__beats >= n, BEATS / STEPS * s, { timeout: 120000, polling: 1000 });
      await p.page.waitForTimeout(1500);
      await say(CHANGES / STEPS * s);
    }
    await p.context.close();
  }
  await other.context.close();
}

const browser = await launch();
await walk('hours', [['a list, a board and a case stay open', () => hours(browser)]]);
await browser.close();
console.log(['| page | changes | heap, MB | nodes | listeners |', '| --- | --- | --- | --- | --- |', ...rows].join('\n'));
report('hours');
