// SPDX-License-Identifier: Apache-2.0
//
// shell.mjs -- what stands around every page of the staff's app, in chromium, in Chinese and in English: the palette and the
// keys.
import { launch, Person } from './browser.mjs';
import { anyFailed, has, none, report, same, walk } from './walk.mjs';

const WORDS = {
  zh: { title: '前门网关整夜离线', palette: '搜索与命令', sheet: '本页按键', edit: '编辑字段' },
  en: { title: 'Front gateway offline all night', palette: 'Search and commands', sheet: 'Keys on this page', edit: 'Edit' },
};

async function keys(browser, lang) {
  const w = WORDS[lang];
  const p = await Person.at(browser, { lang, name: 'keys', dark: lang === 'en' });
  const { page } = p;
  const shot = (name) => p.shot(`${lang}-shell-${name}`);
  const focus = () => page.evaluate(() => document.activeElement?.className + ' ' + document.activeElement?.tagName);
  const palette = page.getByRole('dialog', { name: w.palette });
  const sheet = page.getByRole('dialog', { name: w.sheet });
  let path = '';
  await walk(`keys ${lang}`, [
    ['the palette opens by Ctrl K and finds places by their names', async () => {
      await p.signIn('t1_engineer');
      const made = await p.api('/technical_request', { title: w.title, symptom: w.title });
      path = `/e/technical_request/${made.id}`;
      await p.open(path);
      await page.keyboard.press('Control+k');
      await palette.waitFor();
      none(await p.axe(true), 'axe of the palette');
      await shot('palette');
      await page.keyboard.type(lang === 'zh' ? '工单' : 'work order');
      await palette.getByRole('menuitem').first().waitFor();
      await shot('palette-words');
      await page.keyboard.press('Escape');
    }],
    ['a number and Enter open the request; the empty palette knows what was open last', async () => {
      const { number } = await p.api(path.replace('/e', ''));
      await p.open('/e/account');
      await page.keyboard.press('Control+k');
      await palette.waitFor();
      await palette.getByRole('menuitem', { name: w.title }).first().waitFor();
      await page.keyboard.type(number.toLowerCase());
      await palette.getByRole('menuitem', { name: number }).first().waitFor();
      await page.keyboard.press('Enter');
      await page.locator('.record .number', { hasText: number }).waitFor();
    }],
    ['the palette takes a transition of the record on the page, by keyboard alone', async () => {
      await page.waitForSelector('.moves [data-move]');
      const words = await page.locator('.moves [data-move=register]').innerText();
      await page.keyboard.press('Control+k');
      await palette.waitFor();
      await page.keyboard.type(words.split('\n')[0].trim());
      await palette.getByRole('menuitem').first().waitFor();
      await page.keyboard.press('Enter');
      await page.locator('.dialog button[type=submit]').waitFor();
      await page.keyboard.press('Escape');
      await page.locator('.dialog').waitFor({ state: 'detached' });
    }],
    ['the ? sheet lists the keys, changes one, and switches all off', async () => {
      await page.locator('.page.record').focus();
      await page.keyboard.press('?');
      await sheet.waitFor();
      none(await p.axe(true), 'axe of the sheet');
      await shot('keys');
      const edit = sheet.locator('li', { hasText: w.edit }).locator('.key-btn').first();
      await edit.focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('z');
      await sheet.locator('li', { hasText: w.edit }).locator('kbd', { hasText: 'Z' }).waitFor();
      await page.keyboard.press('Escape');
      await sheet.waitFor({ state: 'detached' });
      await page.locator('.page.record').focus();
      await page.keyboard.press('z');
      await page.locator('.dialog button[type=submit]').waitFor();
      await page.keyboard.press('Escape');
      await page.locator('.dialog').waitFor({ state: 'detached' });
    }],
    ['the own key comes along to another browser; switched off it sleeps, and letters in a text stay letters', async () => {
      const other = await Person.at(browser, { lang });
      await other.signIn('t1_engineer');
      await other.open(path);
      await other.page.locator('.page.record').focus();
      await other.page.waitForTimeout(500);
      await other.page.keyboard.press('z');
      await other.page.locator('.dialog button[type=submit]').waitFor();
      await other.page.keyboard.press('Escape');
      await other.page.locator('.dialog').waitFor({ state: 'detached' });
      await other.page.locator('.page.record').focus();
      await other.page.keyboard.press('?');
      await other.page.locator('.keys-off input').click();
      await other.page.locator('.dialog .banner').waitFor();
      await other.page.keyboard.press('Escape');
      await other.page.locator('.page.record').focus();
      await other.page.keyboard.press('z');
      await other.page.waitForTimeout(300);
      same(await other.page.locator('.dialog').count(), 0, 'dialogs');
      none(await other.wrongs(), 'faults');
      await other.api('/me').then(() => other.page.evaluate(async () => {
        const { csrf } = await (await fetch('/api/v1/me')).json();
        await fetch('/api/v1/me/settings', { method: 'PUT', body: '{}', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf } });
      }));
      await other.context.close();
    }],
    ['no page broke its policy, called another origin or failed', async () => none(await p.wrongs(), 'faults')],
  ]);
  if (anyFailed()) await shot('failed-keys').catch(() => {});
  await p.context.close();
}

const browser = await launch();
for (const lang of ['zh', 'en']) await keys(browser, lang);
await browser.close();
report('shell');
