// SPDX-License-Identifier: Apache-2.0
//
// badges.mjs -- the clock in the row of a list goes with what others do and with time: it pauses, goes on, and turns late before
// the eyes of a person who only looks.
//
// The server's clock is turned for all, so this walk comes after the others.
import { BASE, launch, Person } from './browser.mjs';
import { anyFailed, has, none, report, same, walk } from './walk.mjs';

const E = 'technical_request';

async function badges(browser, lang) {
  const [agent, t1, duty] = await Promise.all(['agent', 't1', 'duty'].map((name) => Person.at(browser, { lang, name, dark: lang === 'en' })));
  const { page } = duty;
  let id;
  const badge = (look) => page.locator(`tr[data-id="${id}"] td[data-col=_clocks] .ck-${look}`);
  const said = () => page.locator(`tr[data-id="${id}"] td[data-col=_clocks]`).innerText();

  await walk(`${lang} badges`, [
    ['a request with a promise stands in a list that somebody looks at', async () => {
      await agent.signIn('hotline_agent');
      await t1.signIn('t1_engineer');
      await duty.signIn('duty_manager');
      const account = (await agent.api(`/account?limit=1&filter=${encodeURIComponent('active==true')}`)).items[0].id;
      const { team, id: me } = await t1.api('/me');
      ({ id } = await agent.api(`/${E}`, { title: `Badge ${lang} ${Date.now()}`, account, symptom: 'Its clock is looked at', reporter_name: 'Zhao' }));
      await agent.api(`/${E}/${id}/register`, {});
      await agent.api(`/${E}/${id}/authorise`, { kind: 'fault', severity: 'major', scope_category: 'S1', entitlement: 'standard', entitlement_reason: 'Contract on paper', interrupted: false });
      await agent.api(`/${E}/${id}/dispatch`, { team, service_mode: 'remote', handler: me });
      await t1.api(`/${E}/${id}/accept`, { first_contact: 'Spoke with Zhao' });
      await duty.open(`/e/${E}?cols=number,title,_clocks&f=id==${id}`);
      await badge('open').or(badge('ok')).first().waitFor();
      await duty.shot(`${lang}-badge-running`);
    }],
    ['somebody else lets it wait: the row shows it, without a click', async () => {
      await t1.api(`/${E}/${id}/wait`, { pause_code: 'site_access', pause_evidence: 'The guard has no key before ten.' });
      await badge('paused').waitFor();
      await duty.shot(`${lang}-badge-paused`);
      none(await duty.axe(true), 'axe');
    }],
    ['and that it goes on', async () => {
      await t1.api(`/${E}/${id}/resume`, {});
      await badge('paused').waitFor({ state: 'detached' });
      await badge('open').or(badge('ok')).first().waitFor();
    }],
    ['time goes by: the row turns late by itself', async () => {
      const { _clocks } = (await duty.api(`/${E}?filter=id==${id}&fields=_clocks`)).items[0];
      const due = _clocks.map((c) => c.due).filter(Boolean).sort()[0], before = await said();
      const now = Date.parse((await fetch(`${BASE}/api/v1/model`)).headers.get('Date'));
      const turned = await fetch(`${BASE}/api/v1/test/clock`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ advance: Math.round((Date.parse(due) - now) / 1000) + 120 }) });
      same(turned.status, 200, 'the clock turns');
      // The stream says the server's time each 15 seconds.
      await badge('late').waitFor({ timeout: 45_000 });
      if (await said() === before) throw new Error(`it still says ${before}`);
      await duty.shot(`${lang}-badge-late`);
      none(await duty.axe(true), 'axe');
    }],
    ['no page broke a rule', async () => {
      for (const p of [agent, t1, duty]) none(await p.wrongs(), `faults of ${p.name}`);
    }],
  ]);
  if (anyFailed()) await duty.shot(`failed-${lang}-badges`).catch(() => {});
  for (const p of [agent, t1, duty]) await p.context.close();
}

const browser = await launch();
for (const lang of ['zh', 'en']) await badges(browser, lang);
await browser.close();
report('badges');
