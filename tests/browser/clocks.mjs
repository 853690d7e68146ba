// SPDX-License-Identifier: Apache-2.0
//
// clocks.mjs -- what is put right afterwards, in chromium, in Chinese and English (rules C6, C11): the duty manager finds a
// wait false, with evidence, and its clock counts it; proposes an exemption, which the service director approves; the figure
// stands raw and adjusted.  The server's clock is turned for all, so this walk comes after those that lean on it.  Each dialog under axe, each refusal at its field.
import { BASE, launch, Person } from './browser.mjs';
import { has, none, report, same, walk } from './walk.mjs';

const WORDS = {
  zh: { title: '机柜门锁无法打开', late: '虚假', proof: '门禁记录：当日 09:00 至 18:00 大门开放。', why: '大门当日开放，未到场确认。', flood: '市政洪水预警第 12 号。', reason: '预警属实，同意豁免。' },
  en: { title: 'The door of the rack does not open', late: 'Counted again', proof: 'Log of the gate: open from 09:00 to 18:00 that day.', why: 'The gate was open; nobody went there.', flood: 'Flood warning no. 12 of the city.', reason: 'The warning is proven.' },
};

async function clocks(browser, lang) {
  const w = WORDS[lang];
  const [duty, director, t1] = await Promise.all(['duty', 'director', 't1'].map((name) => Person.at(browser, { lang, name })));
  const { page } = duty;
  const dialog = page.locator('.dialog');
  const shot = (p, name) => p.shot(`${lang}-clocks-${name}`);
  const sound = async (p, what) => {
    none(await p.axe(true), `axe of ${what}`);
    const wide = await p.tooWide();
    if (wide > 0) throw new Error(`${what} is ${wide} px too wide`);
  };
  const clock = async () => (await duty.api(`/technical_request/${request.id}/clocks`)).find((c) => c.clock === 'resolve');
  /** The details of the clock, opened by its badge. */
  const details = async () => {
    await page.locator('.clocks button[data-clock=resolve]').click();
    await dialog.locator('dl.facts').waitFor();
  };
  const fact = (name) => dialog.locator(`[data-fact="${name}"] dd`).innerText();
  let request, before, exemption;

  await walk(`clocks ${lang}`, [
    ['a request waits; its clock says why, and what proves it', async () => {
      await duty.signIn('duty_manager');
      await director.signIn('service_director');
      await t1.signIn('t1_engineer');
      // One of our own: its clocks go around the clock, and it has waited for an hour, whatever the hour and the day.
      const made = await duty.api('/technical_request', { title: w.title, symptom: w.title, reporter_name: 'Zhao', ...await duty.covered() });
      const take = (p, step, body = {}) => p.api(`/technical_request/${made.id}/${step}`, body);
      await take(duty, 'register');
      await take(duty, 'authorise', { kind: 'fault', severity: 'minor', scope_category: 'S1' });
      const me = await t1.api('/me');
      await take(duty, 'dispatch', { team: me.team, service_mode: 'remote', handler: me.id });
      await take(t1, 'accept', { first_contact: 'Spoke with Zhao' });
      await take(t1, 'wait', { pause_code: 'site_access', pause_evidence: 'The guard has no key before ten.' });
      await duty.turnTo(new Date(Date.parse((await duty.page.request.get(BASE + '/api/v1/me')).headers().date) + 3600e3).toISOString());
      request = await duty.api(`/technical_request/${made.id}`);
      before = await clock();
      same(before.state === 'paused' || before.paused_code === 'site_access', true, 'the clock waits');
      await duty.open(`/c/${request.number}`);
      await details();
      await dialog.locator('li.waits').last().waitFor();
      await shot(duty, 'details');
      await sound(duty, 'the details of a clock');
    }],
    ['without evidence or reason the wait is not found false; each is asked for at its field', async () => {
      await dialog.locator('li.waits button').last().click();
      await dialog.locator('[data-field=false_wait_at] .date-field').waitFor();
      await shot(duty, 'false-wait');
      await sound(duty, 'the dialog of a false wait');
      await dialog.locator('button[type=submit]').click();
      await dialog.locator('[data-field=false_wait_evidence] .error').waitFor();
      await sound(duty, 'the refused dialog of a false wait');
      same((await clock()).segments.at(-1).paused, true, 'the wait');
      await dialog.locator('[data-field=reason] .error').waitFor();
      await shot(duty, 'false-wait-refused');
      await dialog.locator('textarea[name=false_wait_evidence]').fill(w.proof);
    }],
    ['with evidence and a reason it counts: the figures of the clock change', async () => {
      await dialog.locator('textarea[name=reason]').fill(w.why);
      await dialog.locator('button[type=submit]').click();
      await dialog.locator('[data-field=false_wait_evidence]').waitFor({ state: 'detached' });
      await dialog.locator('.spans li', { hasText: w.proof }).waitFor();
      const after = await clock();
      if (!(after.used > before.used)) throw new Error(`used ${before.used}, then ${after.used}`);
      has(await dialog.innerText(), w.why);
      has(await dialog.innerText(), w.late);
      await shot(duty, 'found-false');
      await sound(duty, 'a wait that was found false');
    }],
    ['an exemption is proposed from there; what lacks is told at its field', async () => {
      await dialog.locator('a[href^="/e/exemption/new"]').click();
      await page.locator('[data-field=evidence]').waitFor();
      await page.locator('form button[type=submit]').last().click();
      await page.locator('[data-field=evidence] .error').waitFor();
      await page.locator('[data-field=reason_code] .error').waitFor();
      await shot(duty, 'exemption-refused');
      await sound(duty, 'the refused exemption');
      await duty.set('reason_code', 'force_majeure');
      await duty.set('evidence', w.flood);
      await page.locator('form button[type=submit]').last().click();
      await page.waitForURL(/\/e\/exemption\/\d+$/);
      exemption = Number(page.url().split('/').pop());
      await page.locator('.record-state .tag').first().waitFor();
      same((await clock()).exemptions[0]?.state, 'proposed', 'exemption');
      await duty.filled();
      await duty.still();
      await shot(duty, 'exemption');
    }],
    ['who proposed it may not approve it; the director does, with a reason', async () => {
      same(await page.locator('[data-move=approve]').count(), 0, 'approving by who proposed');
      await director.open(`/e/exemption/${exemption}`);
      await director.page.locator('[data-move=approve]').click();
      const asked = director.page.locator('.dialog');
      await asked.locator('textarea[name=reason]').waitFor();
      await sound(director, 'the dialog of the approval');
      await asked.locator('button[type=submit]').click();
      await asked.locator('[data-field=reason] .error').waitFor();
      await asked.locator('textarea[name=reason]').fill(w.reason);
      await shot(director, 'approve');
      await asked.locator('button[type=submit]').click();
      await asked.waitFor({ state: 'detached' });
      same((await clock()).exemptions[0].state, 'approved', 'exemption');
    }],
    ['raw and adjusted stand beside one another', async () => {
      await duty.open(`/c/${request.number}`);
      await details();
      await dialog.locator(`a[href="/e/exemption/${exemption}"]`).waitFor();
      const [raw, adjusted] = [await fact('used'), await fact('adjusted')];
      if (!raw || !adjusted || raw === adjusted) throw new Error(`raw ${raw}, adjusted ${adjusted}`);
      const c = await clock();
      if (!(c.adjusted.used < c.used)) throw new Error(`raw ${c.used}, adjusted ${c.adjusted.used}`);
      await shot(duty, 'adjusted');
      await sound(duty, 'a clock with an exemption');
      await page.emulateMedia({ colorScheme: 'dark' });
      await sound(duty, 'a clock with an exemption, dark');
      await page.emulateMedia({ colorScheme: 'light' });
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }],
    ['no page broke its policy, called another origin or failed', async () => none([...await duty.wrongs(), ...await director.wrongs(), ...await t1.wrongs()], 'faults')],
  ]);
  await Promise.all([duty, director, t1].map((p) => p.context.close()));
}

const browser = await launch();
for (const lang of ['zh', 'en']) await clocks(browser, lang);
await browser.close();
report('clocks');
