// SPDX-License-Identifier: Apache-2.0
//
// browser.mjs -- a person at the browser: signs in, fills forms, takes transitions; and what must never happen meanwhile.
//
// A Person is one context of chromium with one page.  It notes every fault that the page shows only to itself (script
// errors, violations of the content security policy, requests to another origin); `faults` must stay empty.
import { chromium } from 'playwright-core';
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const BASE = process.env.OPENITR_URL.replace(/\/$/, '');
const LOGINS = JSON.parse(readFileSync(process.env.OPENITR_LOGINS, 'utf8'));
const SHOTS = fileURLToPath(new URL('../../build/screenshots/', import.meta.url));
const AXE = readFileSync(fileURLToPath(new URL('node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8');
mkdirSync(SHOTS, { recursive: true });

export const launch = (...more) => chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', ...more],
});

/** A date 2026-03-01, or with time 2026-03-01T10:20 in the reader's zone, typed part by part into the n-th control of a field. */
export async function typeDate(box, value, n = 0) {
  const control = box.locator('.date-field').nth(n);
  await control.waitFor();
  const parts = /^(\d+)-(\d+)-(\d+)(?:T(\d+):(\d+))?/.exec(value);
  for (const [i, part] of ['year', 'month', 'day', 'hour', 'minute'].entries()) {
    if (!parts[i + 1]) continue;
    await control.locator(`.date-segment[data-type=${part}]`).focus();
    await box.page().keyboard.type(parts[i + 1]);
  }
}

/** Tab until the focus is where it is wanted, as one goes there without a mouse: a trap, or what Tab never reaches, fails. */
export async function tabTo(page, selector) {
  const at = () => page.evaluate((s) => {
    const e = document.activeElement;
    window.__still = e && e === window.__stop && e !== document.body ? window.__still + 1 : 0;
    window.__stop = e;
    return { there: !!e?.matches(s), still: window.__still, what: e?.outerHTML.slice(0, 200) };
  }, selector);
  let now;
  for (let i = 0; i < 150; i++) {
    now = await at();
    if (now.there) return;
    // The parts of a date are stops inside one element.
    if (now.still > 9) throw new Error(`Tab is caught at ${now.what}`);
    await page.keyboard.press('Tab');
  }
  throw new Error(`${selector} is not reached by Tab; the focus is at ${now.what}`);
}
/** In a text that has the focus: these words instead of what stands there. */
export async function retype(page, text) {
  await page.keyboard.press('Control+a');
  if (text) await page.keyboard.type(text);
  else await page.keyboard.press('Delete');
}

export class Person {
  faults = [];

  static async at(browser, { lang = 'zh', dark = false, phone = false, name = '', script = true } = {}) {
    const p = new Person();
    p.lang = lang;
    p.name = name;
    p.context = await browser.newContext({
      viewport: phone ? { width: 390, height: 844 } : { width: 1366, height: 768 },
      isMobile: phone, hasTouch: phone, colorScheme: dark ? 'dark' : 'light', locale: lang === 'zh' ? 'zh-CN' : 'en-GB',
      timezoneId: 'Asia/Shanghai', javaScriptEnabled: script,
    });
    p.context.setDefaultTimeout(15000);
    await p.context.addInitScript((l) => {
      localStorage.getItem('openitr.lang') ?? localStorage.setItem('openitr.lang', l);
      window.__csp = [];
      addEventListener('securitypolicyviolation', (e) => window.__csp.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}`));
    }, lang);
    p.page = await p.context.newPage();
    p.page.on('pageerror', (e) => p.faults.push(`script: ${e.stack ?? e}`));
    p.page.on('console', (m) => /content security policy|trusted ?type/i.test(m.text()) && p.faults.push(`policy: ${m.text()}`));
    p.page.on('request', (r) => {
      const url = r.url();
      if (!url.startsWith(BASE + '/') && !url.startsWith('data:') && !url.startsWith('blob:')) p.faults.push(`another origin: ${url}`);
    });
    return p;
  }

  /** Everything the page did wrong so far. */
  async wrongs() {
    const policy = await this.page.evaluate(() => window.__csp).catch(() => []);
    return [...this.faults, ...policy.map((x) => `policy: ${x}`)];
  }

  shot = (name) => this.page.screenshot({ path: `${SHOTS}${name}.png` });

  /** axe's violations of the page, the serious and critical ones or all; the scan runs outside the page's policy.  The window
   *  is made as high as the page meanwhile: what a bar at its edge covers just now is reached by scrolling, and counts.
   *  `rules`: these alone. */
  async axe(all = false, rules = null) {
    const shape = this.page.viewportSize();
    const high = await this.page.evaluate(() => document.documentElement.scrollHeight);
    if (high > shape.height) await this.page.setViewportSize({ width: shape.width, height: Math.min(high, 6000) });
    // Colours that fade would be caught half way; where nothing moves there is nothing to wait for.
    if (!await this.page.evaluate(() => matchMedia('(prefers-reduced-motion: reduce)').matches)) await this.page.waitForTimeout(250);
    if (!await this.page.evaluate(() => 'axe' in window)) await this.page.evaluate(AXE + ';0');
    const { violations } = await this.page.evaluate((only) => window.axe.run(document, {
      resultTypes: ['violations'], runOnly: only ? { type: 'rule', values: only } : ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    }), rules);
    if (high > shape.height) await this.page.setViewportSize(shape);
    return violations.filter((v) => all || ['serious', 'critical'].includes(v.impact))
      .map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target} ${n.failureSummary?.split('\n')[1] ?? ''}`).join(' | ')}`);
  }

  login(role) {
    const who = LOGINS[role];
    if (!who) throw new Error(`OPENITR_LOGINS has no ${role}`);
    return who;
  }

  async signIn(role, door = '/login') {
    const who = this.login(role);
    await this.page.goto(BASE + door);
    await this.page.fill('[name=login]', who.login);
    await this.page.fill('[name=password]', who.password);
    await this.page.press('[name=password]', 'Enter');
    await this.page.waitForSelector('header.top');
  }

  /** The same by the keyboard alone, from the first field on, which has the focus. */
  async signInByKeys(role, door = '/login') {
    const who = this.login(role);
    await this.page.goto(BASE + door);
    await this.page.locator('[name=login]:focus').waitFor();
    await this.page.keyboard.type(who.login);
    await tabTo(this.page, '[name=password]');
    await this.page.keyboard.type(who.password);
    await this.page.keyboard.press('Enter');
    await this.page.waitForSelector('header.top');
  }

  /** How many pixels the page is wider than its window; innerWidth of a phone grows with what is too wide. */
  tooWide = () => this.page.evaluate((width) => document.documentElement.scrollWidth - width, this.page.viewportSize().width);

  /** A call to the API by the person's own session; throws what the server refuses. */
  async api(path, body) {
    const { status, answer } = await this.page.evaluate(async ([u, b]) => {
      const { csrf } = await (await fetch('/api/v1/me')).json();
      const r = await fetch('/api/v1' + u, b && { method: 'POST', body: JSON.stringify(b), headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf } });
      return { status: r.status, answer: await r.json() };
    }, [path, body]);
    if (status >= 400) throw new Error(`${path}: ${status} ${JSON.stringify(answer.detail ?? answer)} ${JSON.stringify(answer.errors ?? '')}`);
    return answer;
  }

  async open(path) {
    await this.page.goto(BASE + path);
    await this.page.waitForSelector('h1');
  }

  /** Gives a field of the open form or dialog a value, whatever its control is. */
  async set(name, value) {
    const box = this.page.locator(`[data-field="${name}"]`);
    const folded = this.page.locator(`details:not([open]):has([data-field="${name}"]) > summary`);
    if (await folded.count()) await folded.first().click();
    await box.waitFor();
    const radio = box.locator(`input[type=radio][value="${value}"]`);
    if (await radio.count()) return radio.check();
    if (await box.locator('[role=combobox]').count()) return this.#choose(box, String(value));
    if (await box.locator('button.select').count()) {
      await box.locator('button.select').click();
      return this.page.locator(`[role=option][data-key="k${value}"]`).click();
    }
    if (await box.locator('.date-field, [aria-busy]').count()) return typeDate(box, String(value));
    const check = box.locator('input[type=checkbox]');
    if (await check.count()) return value ? check.check() : check.uncheck();
    return box.locator('input,textarea').first().fill(String(value));
  }

  /** Types into a combobox and takes the first record found. */
  async #choose(box, text) {
    await box.locator('[role=combobox]').fill(text);
    const option = this.page.locator('[role=listbox] [role=option]', { hasText: text }).first();
    await option.waitFor();
    await option.click();
  }

  /** The button of a transition, in the bar or in the menu behind it; null when it is not offered now. */
  async #button(name) {
    const button = this.page.locator(`[data-move="${name}"]`);
    if (await button.count()) return button;
    const menu = this.page.locator('.more-moves');
    if (!await menu.count()) return null;
    await menu.click();
    await this.page.locator('[role=menu]').waitFor();
    if (await button.count()) return button;
    await this.page.keyboard.press('Escape');
    return null;
  }

  /** Takes a transition of the record on the page, filling in what it asks; waits until the page shows it done. */
  async move(name, fields = {}) {
    if (!await this.offered(name)) throw new Error(`${name} is not offered`);
    await (await this.#button(name)).click();
    const dialog = this.page.locator('.dialog');
    await dialog.waitFor();
    for (const [field, value] of Object.entries(fields)) await this.set(field, value);
    await dialog.locator('button[type=submit]').click();
    const refused = dialog.locator('.banner.bad, .field .error').first();
    await Promise.race([dialog.waitFor({ state: 'detached' }), refused.waitFor().catch(() => {})]);
    if (await dialog.count() && await refused.count())
      throw new Error(`${name} was refused: ${(await dialog.locator('.banner, .error').allInnerTexts()).join(' / ')}`);
    await dialog.waitFor({ state: 'detached' });
  }

  state = () => this.page.locator('.record-state .tag').first().innerText();
  /** Is the transition offered? Live: waits for it to come. */
  async offered(name, timeout = 10000) {
    for (const end = Date.now() + timeout; Date.now() < end; await this.page.waitForTimeout(100)) {
      const button = await this.#button(name);
      if (!button) continue;
      if (await this.page.locator('[role=menu]').count()) await this.page.keyboard.press('Escape');
      return true;
    }
    return false;
  }
}
