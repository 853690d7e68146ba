// SPDX-License-Identifier: Apache-2.0
//
// notices.mjs -- the bell, the inbox and who was told, in chromium, in Chinese and in English, wide and on the phone.
import { launch, Person } from './browser.mjs';
import { anyFailed, becomes, has, none, report, same, walk } from './walk.mjs';

const WORDS = {
  zh: { title: '3 号机房整流模块告警', why: '为什么收到？', because: '它在你的团队', read: '标为已读', all: '全部标为已读', how: '通知方式', fixed: '不可关闭', kept: '已保存', told: '通知记录', offered: '待接单', notice: /^通报/, save: '保存草稿', saved: '草稿已保存', soon: '即将发出', undo: '撤销', now: '立即发送', approved: '已批准', sent: '首次通报已发送' },
  en: { title: 'Rectifier alarm in room 3', why: 'Why did I get this?', because: 'It is with your team', read: 'Mark as read', all: 'Mark all as read', how: 'How you are told', fixed: 'Cannot be switched off', kept: 'Kept', told: 'Who was told', offered: 'To accept', notice: /^Notice/, save: 'Save draft', saved: 'Draft saved', soon: 'goes out in a moment', undo: 'Undo', now: 'Send now', approved: 'Approved', sent: 'First notice sent' },
};

async function inbox(browser, lang, phone) {
  const w = WORDS[lang];
  const hotline = await Person.at(browser, { lang, name: 'hotline' });
  const p = await Person.at(browser, { lang, phone, dark: lang === 'en', name: 'engineer' });
  const duty = await Person.at(browser, { lang, phone, dark: lang === 'en', name: 'duty' });
  const { page } = p;
  const fresh = page.locator('.notice.fresh');
  let id = 0, number = '', accident;
  await walk(`notices ${lang}${phone ? ' phone' : ''}`, [
    ['a dispatched request rings the bell of the team without a reload', async () => {
      await p.signIn('t1_engineer');
      const { team } = await p.api('/me');
      await page.waitForSelector('.bell');
      await hotline.signIn('hotline_agent');
      const contact = (await hotline.api('/contact?limit=1')).items[0];
      ({ id, number } = await hotline.api('/technical_request', { title: w.title, account: contact.account, contact: contact.id }));
      const take = (name, body = {}) => hotline.api(`/technical_request/${id}/${name}`, body);
      await take('register');
      await take('authorise', { kind: 'fault', severity: 'major', scope_category: 'S1', entitlement_reason: 'agreed' });
      await take('dispatch', { team, service_mode: 'remote' });
      ({ number } = await hotline.api(`/technical_request/${id}`));
      await page.locator('.bell .unread').waitFor();
    }],
    ['the inbox says what, of which request, and why', async () => {
      await page.locator('.bell').click();
      const mine = fresh.filter({ hasText: w.title }).filter({ hasText: number }).filter({ hasText: w.offered }).first();
      await mine.waitFor();
      has(await mine.innerText(), w.offered);
      await mine.getByText(w.why).click();
      has(await mine.innerText(), w.because);
      none(await p.axe(true), 'axe of the inbox');
      same(await p.tooWide() <= 0, true, 'the inbox fits its window');
      await p.shot(`${lang}-inbox${phone ? '-phone' : ''}`);
    }],
    ['one is read by its button, by keyboard; another by opening its request', async () => {
      // Of this request, by its number: others may come in meanwhile.
      const mine = fresh.filter({ hasText: number });
      const before = await mine.count();
      await mine.first().getByRole('button', { name: w.read }).focus();
      await page.keyboard.press('Enter');
      await becomes(() => mine.count(), before - 1, 'unread notices of the request');
      await page.locator('.notice').filter({ hasText: number }).first().getByRole('link').click();
      await page.locator('.record').waitFor();
    }],
    // On the phone the panel stands behind the page's tabs, which engineer.mjs walks.
    ...(phone ? [] : [['the page of the request tells who was told', async () => {
      const told = page.locator('.told');
      await told.getByText(w.told).click();
      await told.locator('li').filter({ hasText: w.offered }).first().waitFor();
      none(await p.axe(), 'axe of who was told');
    }]]),
    ['all are read at once; the bell is silent', async () => {
      await p.open('/inbox');
      await page.getByRole('button', { name: w.all }).click();
      await page.locator('.bell .unread').waitFor({ state: 'detached' });
      await becomes(() => fresh.filter({ hasText: number }).count(), 0, 'unread notices of the request');
    }],
    ['how one is told: what is fixed offers nothing less, a choice is kept at once and stays', async () => {
      await page.getByText(w.how).click();
      const rows = page.locator('.kinds tbody tr');
      await rows.first().waitFor();
      const fixed = rows.filter({ hasText: w.fixed }).first();
      same(await fixed.locator('option').count() < 3, true, 'a fixed kind offers less');
      const free = rows.filter({ hasNotText: w.fixed }).first();
      const kept = async (choice) => {
        const answer = page.waitForResponse((r) => r.request().method() !== 'GET' && /notice_preference|habit/.test(r.url()));
        await free.locator('select').selectOption(choice);
        await answer;
        await page.getByRole('status').filter({ hasText: w.kept }).waitFor();
      };
      await kept('none');
      none(await p.axe(true), 'axe of the habits');
      await p.open('/inbox');
      await page.getByText(w.how).click();
      await becomes(() => free.locator('select').inputValue(), 'none', 'the choice after a reload');
      await kept('inbox');
    }],
    ['what one was told is searched across records; others cannot be asked for', async () => {
      await p.open('/inbox');
      await page.locator('.siblings a[href="/inbox/told"]').click();
      await page.locator('.told-ask').waitFor();
      same(await page.locator('[name=to]').count(), 0, 'recipients to choose');
      await page.locator('[name=record]').fill(number);
      await page.locator('[name=record]').press('Enter');
      await page.waitForURL(/record=TR-/);
      await page.locator('.told-table tbody tr').filter({ hasText: w.title }).first().waitFor();
      none(await p.axe(true), 'axe of the search');
      same(await p.tooWide() <= 0, true, 'the search fits its window');
      await p.shot(`${lang}-told-own${phone ? '-phone' : ''}`);
    }],
    ['who oversees finds all who were told of a request, narrows it down, and takes it along as CSV', async () => {
      await duty.signIn('duty_manager');
      await duty.open(`/inbox/told?record=${number}`);
      const rows = duty.page.locator('.told-table tbody tr');
      await rows.filter({ hasText: w.offered }).first().waitFor();
      const all = await rows.count();
      none(await duty.axe(true), 'axe of the search');
      same(await duty.tooWide() <= 0, true, 'the search fits its window');
      await duty.shot(`${lang}-told${phone ? '-phone' : ''}`);
      const [file] = await Promise.all([duty.page.waitForEvent('download'), duty.page.getByRole('button', { name: 'CSV' }).click()]);
      same(file.suggestedFilename(), 'notices.csv', 'the name of the file');
      await duty.page.locator('[name=channel]').selectOption('inbox');
      await duty.page.locator('.told-ask .btn.primary').click();
      await duty.page.waitForURL(/channel=inbox/);
      await duty.page.waitForFunction((n) => { const now = document.querySelectorAll('.told-table tbody tr').length; return now > 0 && now < n; }, all);
      await duty.page.locator('[name=record]').fill('TR-1900-1');
      await duty.page.locator('[name=record]').press('Enter');
      await duty.page.locator('.banner').filter({ hasText: 'TR-1900-1' }).waitFor();
    }],
    ['an accident: who may only draft keeps the draft, beside the reply', async () => {
      const contact = (await hotline.api('/contact?limit=1')).items[0];
      accident = await hotline.api('/technical_request', { title: `${w.title} !`, account: contact.account, contact: contact.id, symptom: 'Dark' });
      await hotline.api(`/technical_request/${accident.id}/register`, {});
      await hotline.api(`/technical_request/${accident.id}/authorise`, { kind: 'fault', severity: 'critical', interrupted: true, scope_category: 'S1', entitlement_reason: 'agreed' });
      await p.open(`/c/${accident.number}`);
      await page.locator('.composer .views .btn').filter({ hasText: w.notice }).click();
      await page.locator('.notice-readers summary').waitFor();
      await page.locator('[name=text_en]').fill('Dark since 09:30; we are on it.');
      same(await page.locator('.notice-words .btn.primary').innerText(), w.save, 'what an engineer may do');
      await page.locator('.notice-words .btn.primary').click();
      await page.locator('.notice-words [role=status]').filter({ hasText: w.saved }).waitFor();
    }],
    ['a manager sees to whom it goes; a gap is refused, Undo keeps it, the second time it goes and stands with its trail', async () => {
      const form = duty.page.locator('.notice-form');
      const send = form.locator('.btn.primary');
      await duty.open(`/c/${accident.number}`);
      await duty.page.locator('.composer .views .btn').filter({ hasText: w.notice }).click();
      await form.locator('.notice-readers summary').click();
      await form.locator('.notice-readers li').first().waitFor();
      same(await form.locator('[name=text_en]').inputValue(), 'Dark since 09:30; we are on it.', 'the draft of the engineer');
      await send.click();
      await form.locator('.banner.bad, .banner[role=alert]').first().waitFor();
      await form.locator('[name=text_zh]').fill('09:30 起全部中断，正在抢修。');
      await send.click();
      const toast = duty.page.locator('.toast').filter({ hasText: w.soon });
      await toast.waitFor();
      await toast.getByRole('button', { name: w.undo }).click();
      await toast.waitFor({ state: 'detached' });
      await form.locator('.tag').filter({ hasText: w.approved }).waitFor();
      none(await duty.axe(true), 'axe of the notice');
      same(await duty.tooWide() <= 0, true, 'the notice fits its window');
      await form.scrollIntoViewIfNeeded();
      await duty.shot(`${lang}-notice${phone ? '-phone' : ''}`);
      await send.click();
      await toast.waitFor();
      await toast.getByRole('button', { name: w.now }).click();
      const line = duty.page.locator('.timeline li').filter({ hasText: /AN-/ }).filter({ hasText: w.sent }).first();
      await line.waitFor();
      await line.locator('summary').click();
      await line.locator('.trail li').first().waitFor();
      await duty.page.locator('.timeline li.talk').filter({ hasText: /Dark since|全部中断/ }).first().waitFor();
      await line.scrollIntoViewIfNeeded();
      await duty.shot(`${lang}-notice-sent${phone ? '-phone' : ''}`);
      none(await duty.axe(true), 'axe of the trail');
    }],
    // A record that is not there is refused, and the browser notes that.
    ['the pages did nothing wrong', async () => none([...await p.wrongs(), ...await hotline.wrongs(), ...(await duty.wrongs()).filter((x) => !/40[09]/.test(x))], 'faults')],
  ]);
  await duty.context.close();
  await p.context.close();
  await hotline.context.close();
}

const browser = await launch();
await inbox(browser, 'zh', false);
await inbox(browser, 'en', false);
await inbox(browser, 'zh', true);
await browser.close();
report('notices');
process.exitCode = anyFailed() ? 1 : 0;
