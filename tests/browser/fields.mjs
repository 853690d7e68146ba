// SPDX-License-Identifier: Apache-2.0
//
// fields.mjs -- controls that ask for more than a key: codes that are scanned, by a wedge that types them and by the camera where
// the browser can; checklists whose items the model declares.
//
// The camera is chromium's own made-up one, and a real stream in a real video element; only the reading of codes is played,
// because no chromium on Linux brings it.
import { launch, Person } from './browser.mjs';
import { has, none, report, same, walk } from './walk.mjs';

const model = (lang) => `entity: scan_${lang}
is: record
display: name
label: {en: Swap, zh: 换件}
plural: {en: Swaps, zh: 换件}
nav: {group: made, order: 1}
fields:
  name: {type: text, required: true, label: {en: Name, zh: 名称}}
  old_serial: {type: serial, label: {en: Old serial, zh: 旧件序列号}}
  code: {type: barcode, check: gs1, label: {en: Code, zh: 条码}}
  checks:
    type: checklist
    label: {en: Checks, zh: 检查单}
    items:
      isolated: {required: true, label: {en: Power is off, zh: 已断电}}
      strap:    {required: true, label: {en: Wrist strap on, zh: 已戴防静电手环}}
      photo:    {label: {en: Photo taken, zh: 已拍照}}
      label:    {label: {en: Label matches, zh: 标签一致}}
states:
  open: {label: {en: Open, zh: 进行中}}
  done: {final: true, label: {en: Done, zh: 已完成}}
transitions:
  finish: {from: open, to: done, by: [administrator], needs: [checks, code], label: {en: Finish, zh: 完成}, style: primary}
list: [name, old_serial, checks]
grants: {administrator: {read: all, write: all, create: true}}
`;
const detector = (code) => {
  window.BarcodeDetector = class {
    async detect(source) {
      return source instanceof HTMLVideoElement && source.videoWidth > 0 && source.srcObject?.active ? [{ rawValue: code }] : [];
    }
  };
};

/** The form of a new record, with all its fields. */
async function whole(p, entity) {
  await p.open(`/e/${entity}/new`);
  await p.page.waitForSelector('form.form-page');
  await p.page.locator('form.form-page details.card > summary').click();
  await p.page.locator('[name=old_serial]').waitFor();
}

/** A wedge: the code in quick keys, and Enter. */
async function wedge(page, box, code) {
  await box.focus();
  await page.keyboard.type(code, { delay: 2 });
  await page.keyboard.press('Enter');
}

for (const lang of ['zh', 'en']) {
  const browser = await launch();
  const p = await Person.at(browser, { lang, dark: lang === 'en' });
  const { page } = p;
  const entity = `scan_${lang}`, words = lang === 'zh' ? { must: '必检', off: '已断电', strap: '已戴防静电手环' } : { must: 'must be done', off: 'Power is off', strap: 'Wrist strap on' };
  const sent = [];
  page.on('request', (r) => r.method() === 'POST' && r.url().includes(`/${entity}`) && sent.push(r.url()));
  const item = (name) => page.locator(`[data-field=checks] [data-item=${name}] input`);
  await walk(`fields ${lang}`, [
    ['a wedge fills its field and does not send the form', async () => {
      await p.signIn('admin');
      await p.api('/model/patches', { text: model(lang) });
      await whole(p, entity);
      same(await page.locator('.scan-btn').count(), 0, 'buttons to scan where the browser cannot');
      const serial = page.locator('input[name=old_serial]'), code = page.locator('input[name=code]');
      await wedge(page, serial, 'SN2102351BTJ');
      same(await serial.inputValue(), 'SN2102351BTJ', 'the field');
      await wedge(page, serial, 'SN7700');
      same(await serial.inputValue(), 'SN7700', 'the field after another scan');
      await wedge(page, code, '6291041500214');
      await page.locator('[data-check]', { hasText: '3' }).waitFor();
      await wedge(page, code, '6291041500213');
      await page.locator('[data-check]').waitFor({ state: 'detached' });
      same(sent.length, 0, 'forms sent');
      same(new URL(page.url()).pathname, `/e/${entity}/new`, 'the page');
    }],
    ['declared items stand there as boxes; what is ticked off is kept', async () => {
      await page.fill('input[name=name]', 'First');
      same(await page.locator('[data-field=checks] [data-item]').count(), 4, 'boxes');
      has(await page.locator('[data-item=isolated]').innerText(), words.must);
      same((await page.locator('[data-item=photo]').innerText()).includes(words.must), false, 'an item that may stay open is marked');
      await item('photo').check();
      await item('isolated').check();
      await page.locator('[data-field=checks] .btn').last().click();
      await page.locator('[data-field=checks] .pair input.inp').fill('Own words');
      none(await p.axe(), 'axe of the form');
      same(await p.tooWide(), 0, 'wider than the window');
      await p.shot(`${lang}-fields-form`);
      await page.locator('form.form-page button[type=submit]').click();
      await page.waitForSelector('.record-head');
      const id = new URL(page.url()).pathname.split('/').pop();
      same(JSON.stringify((await p.api(`/${entity}/${id}`)).checks), JSON.stringify([{ item: 'isolated', done: true }, { item: 'photo', done: true }, { text: 'Own words', done: false }]), 'what is kept');
      has(await page.locator('.facts').first().innerText(), `☑ ${words.off}`);
      has(await page.locator('.facts').first().innerText(), `☐ ${words.strap}`);
      await p.shot(`${lang}-fields-record`);
    }],
    ['a step that needs the list says which items are missing, and takes it when they are done', async () => {
      await page.locator('[data-move=finish]').click();
      await page.locator('[role=dialog] [data-item=strap]').waitFor();
      // The field holds a code already: a click and a scan put another in its place.
      await page.locator('[role=dialog] input[name=code]').click();
      await wedge(page, page.locator('[role=dialog] input[name=code]'), '6291041500213');
      same(await page.locator('[role=dialog] input[name=code]').inputValue(), '6291041500213', 'the field of the step');
      same(await page.locator('[role=dialog]').count(), 1, 'dialogs after a wedge');
      same(sent.filter((x) => x.endsWith('/finish')).length, 0, 'steps taken by a wedge');
      await page.locator('[role=dialog] button[type=submit]').click();
      await page.locator('[role=dialog] [data-field=checks] .error', { hasText: words.strap }).waitFor();
      none(await p.axe(), 'axe of the refusal');
      await p.shot(`${lang}-fields-undone`);
      await page.locator('[role=dialog] [data-item=strap] input').check();
      await page.locator('[role=dialog] button[type=submit]').click();
      await page.locator('[role=dialog]').waitFor({ state: 'detached' });
      await page.locator('.tag.state-closed').first().waitFor();
    }],
    ['the list tells how many are done', async () => {
      await p.open(`/e/${entity}`);
      await page.locator('td[data-col=checks]', { hasText: '3/5' }).waitFor();
      none(await p.wrongs(), 'rules broken');
    }],
  ]);
  await browser.close();

  const eyes = await launch('--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream');
  const q = await Person.at(eyes, { lang, phone: true, dark: lang === 'zh' });
  await walk(`camera ${lang}`, [
    ['where the browser can, a button opens the camera and the label fills the field', async () => {
      await q.context.addInitScript(detector, 'http://openitr.example/p/u/SN%2042');
      await q.signIn('admin');
      await whole(q, entity);
      const field = q.page.locator('[data-field=old_serial]');
      await field.locator('.scan-btn').waitFor();
      same(await q.page.locator('.scan-btn').count(), 2, 'buttons to scan');
      none(await q.axe(), 'axe of the form');
      same(await q.tooWide(), 0, 'wider than the window');
      await q.shot(`${lang}-fields-phone`);
      await field.locator('.scan-btn').click();
      await q.page.waitForFunction(() => document.querySelector('[name=old_serial]').value === 'SN 42');
      await q.page.locator('[role=dialog]').waitFor({ state: 'detached' });
      same(await field.locator('input').evaluate((e) => e === document.activeElement), true, 'the focus is in the field');
      same(new URL(q.page.url()).pathname, `/e/${entity}/new`, 'the page');
    }],
    ['while nothing is read the picture stays; Esc leaves the form as it is', async () => {
      await q.page.evaluate(() => { window.BarcodeDetector = class { detect = async () => []; }; });
      await q.page.locator('[data-field=code] .scan-btn').click();
      await q.page.waitForFunction(() => document.querySelector('[role=dialog] video')?.videoWidth > 0);
      none(await q.axe(), 'axe of the camera');
      await q.shot(`${lang}-fields-camera`);
      await q.page.keyboard.press('Escape');
      await q.page.locator('[role=dialog]').waitFor({ state: 'detached' });
      same(await q.page.locator('[name=old_serial]').inputValue(), 'SN 42', 'the other field');
      await q.page.waitForFunction(() => !document.querySelector('video'));
      none(await q.wrongs(), 'rules broken');
    }],
  ]);
  await eyes.close();
}
report('fields');
