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

/** How long anything is waited for: a machine that has much else to do is slow, not wrong. */
const PATIENCE = 30_000;

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
    p.context.setDefaultTimeout(PATIENCE);
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

  /** Waits until nothing moves: colours that fade would be caught half way.  What moves for ever is not waited for. */
  still = () => this.page.waitForFunction(() => document.getAnimations().every((a) => a.playState !== 'running' || a.effect?.getComputedTiming().endTime === Infinity));

  /** Waits until the page has what it asked for: no outline instead of it, no rows of the question before. */
  async filled() {
    await this.page.locator('h1').first().waitFor();
    await this.page.waitForFunction(() => !document.querySelector('.loading, .stale, main [aria-busy=true]'));
  }

  /** axe's violations of the page, the serious and critical ones or all; the scan runs outside the page's policy.  The window
   *  is made as high as the page meanwhile: what a bar at its edge covers just now is reached by scrolling, and counts.
   *  `rules`: these alone. */
  async axe(all = false, rules = null) {
    const shape = this.page.viewportSize();
    const high = await this.page.evaluate(() => document.documentElement.scrollHeight);
    if (high > shape.height) await this.page.setViewportSize({ width: shape.width, height: Math.min(high, 6000) });
    await this.still();
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

  /** A unit under a platinum contract, around the clock, that was quiet: a second fault on it would raise the priority.  Of that
   *  customer, if one is given. */
  async covered(of = 0) {
    const since = new Date(Date.now() - 40 * 86400e3).toISOString().slice(0, 10);
    const find = (what, filter, more = '') => this.api(`/${what}?${more}filter=${encodeURIComponent(filter)}`);
    for (const line of (await find('contract_line', 'tier==platinum;active==true', 'limit=50&')).items)
      for (const unit of (await find('installed_unit', `contract_line==${line.id};state==in_service${of ? `;account==${of}` : ''}`, 'limit=50&fields=account&')).items)
        if ((await find('technical_request', `unit==${unit.id};reported_at=ge=${since}`, 'limit=1&count=true&')).count === 0) return { unit: unit.id, account: unit.account };
    throw new Error('no unit under a platinum contract');
  }

  /** Turns the server's clock, for everybody, to a minute after that moment. */
  async turnTo(iso) {
    const { status, text } = await this.page.evaluate(async (at) => {
      const now = Date.parse((await fetch('/api/v1/me')).headers.get('Date'));
      const advance = Math.max(1, Math.round((Date.parse(at) - now) / 1000)) + 60;
      const r = await fetch('/api/v1/test/clock', { method: 'POST', body: JSON.stringify({ advance }), headers: { 'Content-Type': 'application/json' } });
      return { status: r.status, text: await r.text() };
    }, iso);
    if (status !== 200) throw new Error(`the clock does not turn: ${status} ${text}`);
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
    if (await box.locator('[role=combobox]').count()) return this.choose(box, String(value));
    if (await box.locator('button.select').count()) {
      await box.locator('button.select').click();
      return this.page.locator(`[role=option][data-key="k${value}"]`).click();
    }
    if (await box.locator('.date-field, [aria-busy]').count()) return typeDate(box, String(value));
    const check = box.locator('input[type=checkbox]');
    if (await check.count()) return value ? check.check() : check.uncheck();
    return box.locator('input,textarea').first().fill(String(value));
  }

  /** Types into a combobox and takes the first record found; with `any`, the first one that is offered.  An answer that comes
   *  while one reaches for an option may take it from under the hand: whoever sees that nothing was taken reaches again. */
  async choose(box, text, any = false) {
    const combo = box.locator('[role=combobox]'), list = this.page.locator('[role=listbox]');
    const option = any ? list.locator('[role=option]').first() : list.locator('[role=option]', { hasText: text }).first();
    for (let i = 0; i < 4; i++) {
      if (i) await combo.fill('');
      await combo.fill(text);
      await option.waitFor();
      await option.click({ timeout: 5000 }).catch(() => {});
      const shut = await list.waitFor({ state: 'detached', timeout: 5000 }).then(() => true, () => false);
      // What is picked may be kept at once, and its field gone.
      if (shut && (!await combo.count() || (any ? ![text, ''].includes(await combo.inputValue()) : (await combo.inputValue()).includes(text)))) return;
    }
    throw new Error(`${text} was not taken from the list`);
  }

  /** The button of a transition, in the bar or in the menu behind it; null when it is not offered now. */
  async #button(name) {
    const button = this.page.locator(`[data-move="${name}"]`);
    if (await button.count()) return button;
    const menu = this.page.locator('.more-moves');
    if (!await menu.count()) return null;
    // The bar is drawn anew when the record changes: then the next look finds what it is.
    if (!await menu.click({ timeout: 5000 }).then(() => this.page.locator('[role=menu]').waitFor({ timeout: 5000 })).then(() => true, () => false)) return null;
    if (await button.count()) return button;
    await this.#shut();
    return null;
  }

  /** Closes a menu; what still goes away is no menu to press in. */
  async #shut() {
    const menu = this.page.locator('[role=menu]');
    for (let i = 0; i < 5 && await menu.count(); i++) {
      await this.page.keyboard.press('Escape');
      await menu.waitFor({ state: 'detached', timeout: 2000 }).catch(() => {});
    }
  }

  /** Takes a transition of the record on the page, filling in what it asks; waits until the page shows it done. */
  async move(name, fields = {}) {
    if (!await this.offered(name)) throw new Error(`${name} is not offered`);
    const dialog = this.page.locator('.dialog');
    for (let i = 0; i < 4 && !await dialog.count(); i++) {
      await (await this.#button(name))?.click({ timeout: 5000 }).catch(() => {});
      await dialog.waitFor({ timeout: 5000 }).catch(() => {});
    }
    await dialog.waitFor();
    for (const [field, value] of Object.entries(fields)) await this.set(field, value);
    await dialog.locator('button[type=submit]').click();
    const refused = dialog.locator('.banner.bad, .field .error').first();
    await Promise.race([dialog.waitFor({ state: 'detached' }), refused.waitFor().catch(() => {})]);
    if (await dialog.count() && await refused.count())
      throw new Error(`${name} was refused: ${(await dialog.locator('.banner, .error').allInnerTexts()).join(' / ')}`);
    await dialog.waitFor({ state: 'detached' });
  }

  /** Does the server offer the step of a record now?  Whether it is asked at all then depends on no page's speed. */
  can = async (entity, id, name) => (await this.api(`/${entity}/${id}?can=true`))._can.transitions.some((x) => x.name === name && x.ok);

  state = () => this.page.locator('.record-state .tag').first().innerText();
  /** Is the transition offered? Live: waits for it to come. */
  async offered(name, timeout = PATIENCE) {
    for (const end = Date.now() + timeout; Date.now() < end; await this.page.waitForTimeout(100)) {
      const button = await this.#button(name);
      if (!button) continue;
      await this.#shut();
      return true;
    }
    return false;
  }
}
