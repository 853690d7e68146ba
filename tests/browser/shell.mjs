// SPDX-License-Identifier: Apache-2.0
//
// shell.mjs -- what stands around every page of the staff's app, in chromium, in Chinese and in English: palette and keys; two
// people at one record (presence, merge, conflict, undo); drafts through a crash, another computer and the end of a session;
// one stream for all tabs; input methods.
import { launch, Person, retype, tabTo } from './browser.mjs';
import { anyFailed, becomes, has, none, report, same, walk } from './walk.mjs';

const WORDS = {
  zh: { title: '前门网关整夜离线', palette: '搜索与命令', sheet: '本页按键', edit: '编辑', answer: '回复客户', typing: '输入中', merged: '双方的修改都已保留', saved: '已保存：', undone: '已撤销', reply: '我们正在定位，稍后回复', draft: '正在查日志', kept: '已保存', saveAs: '另存为视图', saveView: '保存视图', view: '我的登记单' },
  en: { title: 'Front gateway offline all night', palette: 'Search and commands', sheet: 'Keys on this page', edit: 'Edit', answer: 'Reply to the customer', typing: '(typing)', merged: 'Both changes are kept', saved: 'Saved: ', undone: 'Taken back', reply: 'We are locating the fault', draft: 'Reading the logs', kept: 'saved ', saveAs: 'Save as a view', saveView: 'Save view', view: 'My registered' },
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
      await palette.getByRole('menuitem').first().filter({ hasText: words.split('\n')[0].trim() }).waitFor();
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
      await sheet.locator('li', { hasText: w.answer }).locator('.key-btn').first().focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('z');
      await sheet.locator('li', { hasText: w.answer }).locator('kbd', { hasText: 'Z' }).waitFor();
      await page.keyboard.press('Escape');
      await sheet.waitFor({ state: 'detached' });
      await page.locator('.page.record').focus();
      await page.keyboard.press('z');
      await page.locator('#composer:focus').waitFor();
    }],
    ['the own key comes along to another browser; switched off it sleeps, and letters in a text stay letters', async () => {
      const other = await Person.at(browser, { lang });
      await other.signIn('t1_engineer');
      // The own keys are there a moment after their answer.
      const own = other.page.waitForResponse((r) => r.url().endsWith('/me/settings') && r.request().method() === 'GET');
      await other.open(path);
      await (await own).finished();
      await other.page.waitForFunction(() => Object.keys(localStorage).some((k) => k.startsWith('openitr.settings.')));
      await other.page.locator('.page.record').focus();
      await other.page.keyboard.press('z');
      await other.page.locator('#composer:focus').waitFor();
      await other.page.keyboard.type('z');
      same(await other.page.locator('#composer').inputValue(), 'z', 'a letter in a text');
      await other.page.locator('#composer').fill('');
      await other.page.locator('.page.record').focus();
      await other.page.keyboard.press('?');
      await other.page.locator('.keys-off input').click();
      await other.page.locator('.dialog .banner').waitFor();
      await other.page.keyboard.press('Escape');
      await other.page.locator('.page.record').focus();
      await other.page.keyboard.press('z');
      await other.page.waitForTimeout(300);
      same(await other.page.locator('#composer:focus').count(), 0, 'focus in the composer');
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

/** What an input method does: composes, and commits with Enter, which no page may take for its own. */
async function compose(page, text) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 229 });
  await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 });
  await page.waitForTimeout(200);
  return { commit: () => cdp.send('Input.insertText', { text }) };
}

/** What stands under a name in the browser's large store. */
const inStore = (page, key) => page.evaluate((k) => new Promise((done, fail) => {
  const ask = indexedDB.open('openitr', 1);
  ask.onerror = () => fail(ask.error);
  ask.onsuccess = () => {
    const found = ask.result.transaction('words').objectStore('words').get(k);
    found.onsuccess = () => { ask.result.close(); done(found.result ?? null); };
  };
}), key);

/** Journey 10: both persons use the keyboard alone. */
async function together(browser, lang) {
  const w = WORDS[lang];
  const [a, b] = await Promise.all(['a', 'b'].map((name, i) => Person.at(browser, { lang, name, dark: (i === 0) === (lang === 'en') })));
  const shot = (p, name) => p.shot(`${lang}-shell-${name}`);
  const box = a.page.locator('#composer');
  const dialog = (p) => p.page.locator('.dialog');
  const press = (p, key) => p.page.keyboard.press(key);
  const type = (p, text) => p.page.keyboard.type(text);
  const save = (p) => press(p, 'Control+Enter');
  const fill = async (p, name, value) => {
    await tabTo(p.page, `[data-field=${name}] input, [data-field=${name}] textarea`);
    await retype(p.page, value);
  };
  /** From the page, by its key. */
  const edit = async (p, fields) => {
    await press(p, 'm');
    await dialog(p).waitFor();
    for (const [name, value] of Object.entries(fields)) await fill(p, name, value);
  };
  const gone = (p) => dialog(p).waitFor({ state: 'detached' });
  /** Into the box for the customer, from the page. */
  const write = async (p) => {
    await press(p, 'r');
    await p.page.locator('#composer:focus').waitFor();
  };
  const leave = async (p) => {
    await press(p, 'Escape');
    await p.page.locator('.page.record:focus').waitFor();
  };
  /** Waits until the server has the draft. */
  const kept = async (p, text) => {
    for (const end = Date.now() + 30000; Date.now() < end; await p.page.waitForTimeout(200)) {
      const { items } = await p.api('/drafts/technical_request/' + path.split('/').pop());
      if (items.some((d) => d.text === text)) return p.page.locator('.composer', { hasText: w.kept }).waitFor();
    }
    throw new Error(`the server has no draft ${text}`);
  };
  const conflict = a.page.locator('.wide-modal');
  let path, nameB;
  await walk(`together ${lang}`, [
    ['two people open one request: each sees the other, and who types', async () => {
      await a.signInByKeys('t1_engineer');
      await b.signInByKeys('hotline_agent');
      nameB = (await b.api('/me')).name;
      const made = await a.api('/technical_request', { title: w.title, symptom: w.title });
      path = `/e/technical_request/${made.id}`;
      await Promise.all([a.open(path), b.open(path)]);
      await a.page.locator('.presence', { hasText: nameB }).waitFor();
      await write(b);
      await b.page.keyboard.type('Dear', { delay: 30 });
      await a.page.locator('.presence', { hasText: w.typing }).waitFor();
      await a.page.locator('.soft-lock', { hasText: nameB }).waitFor();
      none(await a.axe(true), 'axe with presence');
      await shot(a, 'presence');
      await retype(b.page, '');
      await leave(b);
    }],
    ['they change different fields: both are kept without a question', async () => {
      await edit(a, { symptom: `${w.title}. A` });
      await edit(b, { title: `${w.title} B` });
      await save(b);
      await gone(b);
      await a.page.locator('h1', { hasText: `${w.title} B` }).waitFor();
      await save(a);
      await gone(a);
      await a.page.locator('.toast', { hasText: w.merged }).waitFor();
      const row = await a.api(path.replace('/e', ''));
      same(row.title, `${w.title} B`, 'title');
      same(row.symptom, `${w.title}. A`, 'symptom');
    }],
    ['an edit is taken back by the key that its toast names', async () => {
      has(await a.page.locator('.toast', { hasText: w.saved }).locator('kbd').innerText(), 'Alt Z');
      await press(a, 'Alt+z');
      await a.page.locator('.toast', { hasText: w.undone }).waitFor();
      same((await a.api(path.replace('/e', ''))).symptom, w.title, 'symptom');
    }],
    ['they change the same fields: the second chooses, texts are appended, going back loses nothing', async () => {
      await edit(a, { title: 'Title of A', symptom: `${w.title} and what A saw` });
      await edit(b, { title: 'Title of B', symptom: `${w.title} and what B saw` });
      await save(b);
      await gone(b);
      await save(a);
      await conflict.waitFor();
      await conflict.locator('thead', { hasText: nameB }).waitFor();
      none(await a.axe(true), 'axe of the conflict');
      await shot(a, 'conflict');
      await press(a, 'Escape');
      await conflict.waitFor({ state: 'detached' });
      same(await a.page.locator('[data-field=title] input').inputValue(), 'Title of A', 'what was typed');
      await save(a);
      await conflict.waitFor();
      await tabTo(a.page, '[data-clash=title] input');
      await press(a, 'ArrowRight');
      await a.page.locator('[data-clash=title] td:nth-of-type(3) input:checked').waitFor();
      await tabTo(a.page, '.wide-modal .btn.primary');
      await press(a, 'Enter');
      await gone(a);
      const row = await a.api(path.replace('/e', ''));
      same(row.title, 'Title of A', 'title');
      has(row.symptom, 'what A saw');
      has(row.symptom, 'what B saw');
    }],
    ['a reply waits ten seconds and is taken back; then it goes', async () => {
      await write(a);
      await type(a, w.reply);
      await press(a, 'Control+Enter');
      await a.page.locator('.timeline .pending', { hasText: w.reply }).waitFor();
      await press(a, 'Alt+z');
      await a.page.locator('.timeline .pending').waitFor({ state: 'detached' });
      await becomes(() => box.inputValue(), w.reply, 'the text is back');
      same((await a.api(path.replace('/e', '') + '/message')).items.length, 0, 'messages');
      const began = Date.now();
      await a.page.locator('#composer:focus').waitFor();
      await press(a, 'Control+Enter');
      await a.page.locator('.timeline .pending', { hasText: w.reply }).waitFor();
      // Looked at on its way, which no slow machine cuts short: here nothing must be pressed in time.
      await shot(a, 'send-undo');
      none(await a.axe(true), 'axe while it waits');
      await a.page.locator('.timeline li.talk:not(.pending)', { hasText: w.reply }).waitFor();
      if (Date.now() - began < 9000) throw new Error('it did not wait');
      same((await a.api(path.replace('/e', '') + '/message')).items.length, 1, 'messages');
    }],
    ['the buttons of a toast are reached by Tab too, and the focus comes back to the text', async () => {
      await type(a, w.reply);
      await press(a, 'Control+Enter');
      await a.page.locator('.timeline .pending').waitFor();
      await tabTo(a.page, '.toast:has(.toast-count) .btn');
      await press(a, 'Enter');
      await a.page.locator('.timeline .pending').waitFor({ state: 'detached' });
      await a.page.locator('#composer:focus').waitFor();
      await becomes(() => box.inputValue(), w.reply, 'the text is back');
    }],
    ['a draft is kept on the server and stands on another computer', async () => {
      await retype(a.page, w.draft);
      await kept(a, w.draft);
      const other = await Person.at(browser, { lang });
      await other.signInByKeys('t1_engineer');
      await other.open(path);
      await other.page.locator('.composer .banner').waitFor();
      same(await other.page.locator('#composer').inputValue(), w.draft, 'draft');
      none(await other.axe(true), 'axe of the found draft');
      await shot(other, 'draft');
      await write(other);
      await retype(other.page, w.draft + ' 2');
      await kept(other, w.draft + ' 2');
      await other.context.close();
      await retype(a.page, w.draft + ' 3');
      await a.page.locator('.composer .banner.warn').waitFor();
      await shot(a, 'draft-two');
      await tabTo(a.page, '.composer .banner.warn .btn + .btn');
      await press(a, 'Enter');
      await a.page.locator('#composer:focus').waitFor();
    }],
    ['the browser is killed: what was typed a second ago is there', async () => {
      await retype(a.page, w.draft + ' 4');
      const own = `draft.${(await a.api('/me')).id}.technical_request.${path.split('/').pop()}.public`;
      await becomes(() => inStore(a.page, own), w.draft + ' 4', 'the draft in the store');
      const cdp = await a.context.newCDPSession(a.page);
      const dead = a.page.waitForEvent('crash');
      cdp.send('Page.crash').catch(() => {});
      await dead;
      a.page = await a.context.newPage();
      await a.open(path);
      await a.page.locator('.composer .banner').waitFor();
      await becomes(() => a.page.locator('#composer').inputValue(), w.draft + ' 4', 'draft');
    }],
    ['the session ends while typing: one signs in over the page, and goes on in the text', async () => {
      const { page } = a;
      await write(a);
      await a.context.clearCookies();
      await retype(page, w.draft + ' 5');
      await page.locator('.dialog [name=password]:focus').waitFor();
      none(await a.axe(true), 'axe of the login over the page');
      await shot(a, 'session');
      await type(a, 'wrong');
      await press(a, 'Enter');
      await page.locator('.dialog .banner.bad').waitFor();
      await page.locator('.dialog [name=password]:focus').waitFor();
      await retype(page, a.login('t1_engineer').password);
      await press(a, 'Enter');
      await gone(a);
      await page.locator('#composer:focus').waitFor();
      same(await page.locator('#composer').inputValue(), w.draft + ' 5', 'text');
      await retype(page, w.draft + ' 6');
      await kept(a, w.draft + ' 6');
      await retype(page, '');
    }],
    ['an input method composes in composer, search, palette and combobox: its Enter sends nothing, runs nothing', async () => {
      const { page } = a;
      let ime = await compose(page, '故障');
      await ime.commit();
      has(await page.locator('#composer').inputValue(), '故障');
      same(await page.locator('.timeline .pending').count(), 0, 'messages on their way');
      await retype(page, '');
      await tabTo(page, '.q');
      ime = await compose(page, '网关');
      if (page.url().includes('/search')) throw new Error('the search was sent by the Enter of the input method');
      await ime.commit();
      same(await page.locator('.q').inputValue(), '网关', 'search');
      await retype(page, '');
      await press(a, 'Control+k');
      await page.locator('.palette-q:focus').waitFor();
      ime = await compose(page, '工单');
      same(await page.locator('.palette').count(), 1, 'the palette after the Enter of the input method');
      await ime.commit();
      same(await page.locator('.palette-q').inputValue(), '工单', 'question');
      await press(a, 'Escape');
      await page.locator('.palette').waitFor({ state: 'detached' });
      await tabTo(page, '.record .btn');
      await press(a, 'm');
      await dialog(a).waitFor();
      await tabTo(page, '.dialog [role=combobox]');
      const chosen = () => page.evaluate(() => document.activeElement.closest('[data-field]')?.dataset.field);
      const field = await chosen();
      // The list opens with the focus, or when one asks for it.
      if (await page.evaluate(() => document.activeElement.getAttribute('aria-expanded')) !== 'true') await press(a, 'ArrowDown');
      await page.locator('[role=listbox]').waitFor();
      ime = await compose(page, '电网');
      same(await dialog(a).count(), 1, 'the dialog after the Enter of the input method');
      same(await chosen(), field, 'focus');
      await ime.commit();
      has(await page.evaluate(() => document.activeElement.value), '电网');
      await becomes(() => page.evaluate(() => document.activeElement.getAttribute('aria-expanded')), 'true', 'the list of the combobox');
      // The list, what was typed, the dialog: each takes one.
      for (let i = 0; i < 6 && await dialog(a).count(); i++) {
        await press(a, 'Escape');
        await dialog(a).waitFor({ state: 'detached', timeout: 1000 }).catch(() => {});
      }
      await gone(a);
      await compose(page, 'm');
      same(await dialog(a).count(), 0, 'dialogs');
    }],
    ['no page broke its policy, called another origin or failed', async () => none([...await a.wrongs(), ...await b.wrongs()], 'faults')],
  ]);
  await Promise.all([a, b].map(async (p) => {
    if (anyFailed()) await p.shot(`${lang}-failed-${p.name}`).catch(() => {});
    await p.context.close();
  }));
}

/** What was typed and not sent, on this computer: its store, what an older version left, and a browser without one. */
async function drafts(browser, lang) {
  const w = WORDS[lang];
  const p = await Person.at(browser, { lang, name: 'drafts' });
  const { page } = p;
  const box = page.locator('#composer');
  let path, name;
  const write = async (text) => {
    await page.keyboard.press('r');
    await page.locator('#composer:focus').waitFor();
    await retype(page, text);
  };
  const stored = (key, text) => becomes(() => inStore(page, key), text, key);
  const forget = async () => {
    await retype(page, '');
    await stored(name, null);
  };
  await walk(`drafts ${lang}`, [
    ['a text is in the browser\'s large store within a second, and nowhere else', async () => {
      await p.signInByKeys('t1_engineer');
      const me = await p.api('/me');
      const made = await p.api('/technical_request', { title: w.title, symptom: w.title });
      path = `/e/technical_request/${made.id}`;
      name = `draft.${me.id}.technical_request.${made.id}.public`;
      await p.open(path);
      await write(w.draft);
      await stored(name, w.draft);
      same(await page.evaluate((k) => localStorage.getItem('openitr.' + k), name), null, 'the small store');
    }],
    ['who leaves within half a second of the last key finds the text again', async () => {
      await page.keyboard.type('!');
      await page.reload();
      await page.locator('.composer .banner').waitFor();
      await becomes(() => box.inputValue(), w.draft + '!', 'text');
      await stored(name, w.draft + '!');
      await write('');
      await forget();
    }],
    ['drafts of the version before are taken over', async () => {
      await p.open('/e/account');
      await page.evaluate(([k, text]) => localStorage.setItem('openitr.' + k, text), [name, w.draft + ' old']);
      await p.open(path);
      await page.locator('.composer .banner').waitFor();
      await becomes(() => box.inputValue(), w.draft + ' old', 'text');
      await stored(name, w.draft + ' old');
      await page.waitForFunction((k) => localStorage.getItem('openitr.' + k) === null, name);
      await write('');
      await forget();
    }],
    ['what the store refuses is told at once, and kept elsewhere', async () => {
      await page.evaluate(() => { IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }; });
      await write(w.draft + ' full');
      await page.locator('.draft-shelf').waitFor();
      none(await p.axe(true), 'axe of the refusal');
      await p.shot(`${lang}-shell-draft-refused`);
      await page.reload();
      await page.locator('.composer .banner').waitFor();
      await becomes(() => box.inputValue(), w.draft + ' full', 'text');
    }],
    ['a browser without a store says so, and keeps the text as long as it can', async () => {
      const poor = await Person.at(browser, { lang, name: 'poor' });
      await poor.context.addInitScript(() => Object.defineProperty(window, 'indexedDB', { get: () => undefined }));
      await poor.signInByKeys('t1_engineer');
      const made = await poor.api('/technical_request', { title: w.title, symptom: w.title });
      await poor.open(`/e/technical_request/${made.id}`);
      await poor.page.keyboard.press('r');
      await poor.page.locator('#composer:focus').waitFor();
      await poor.page.keyboard.type(w.draft);
      await poor.page.locator('.draft-shelf').waitFor();
      await poor.shot(`${lang}-shell-draft-poor`);
      await poor.page.waitForFunction(() => Object.keys(localStorage).some((k) => k.startsWith('openitr.draft.')));
      await poor.page.reload();
      await poor.page.locator('.composer .banner').waitFor();
      await becomes(() => poor.page.locator('#composer').inputValue(), w.draft, 'text');
      none(await poor.wrongs(), 'faults');
      await poor.context.close();
    }],
    ['no page broke its policy, called another origin or failed', async () => none(await p.wrongs(), 'faults')],
  ]);
  if (anyFailed()) await p.shot(`${lang}-failed-drafts`).catch(() => {});
  await p.context.close();
}

async function shell(browser, lang) {
  const w = WORDS[lang];
  const p = await Person.at(browser, { lang, name: 'shell', dark: lang === 'zh' });
  const { page } = p;
  const shot = (name) => p.shot(`${lang}-shell-${name}`);
  await walk(`shell ${lang}`, [
    ['a view is saved, marked when changed, saved again, and opened from the palette', async () => {
      await p.signIn('t1_engineer');
      await p.open('/e/technical_request?state=registered');
      await page.locator('.filters .views .btn', { hasText: w.saveAs }).click();
      await page.locator('.dialog [data-field=share]').waitFor();
      await p.set(`name_${lang}`, w.view);
      none(await p.axe(true), 'axe of the dialog');
      await shot('view-dialog');
      await page.locator('.dialog button[type=submit]').click();
      const tab = page.locator('.saved-view', { hasText: w.view });
      await tab.waitFor();
      await becomes(() => tab.getAttribute('aria-pressed'), 'true', 'the view is open');
      await becomes(() => tab.locator('.dirty').count(), 0, 'marks');
      await page.locator('.plain-select').selectOption('in_progress');
      await tab.locator('.dirty').waitFor();
      await shot('view-dirty');
      none(await p.axe(true), 'axe of the list');
      await page.locator('.filters .views .btn', { hasText: w.saveView }).first().click();
      await tab.locator('.dirty').waitFor({ state: 'detached' });
      await p.open('/e/technical_request');
      await tab.waitFor();
      await page.keyboard.press('Control+k');
      await page.locator('.palette').waitFor();
      await page.keyboard.type(w.view);
      await page.locator('.palette [role=menuitem]', { hasText: w.view }).first().waitFor();
      await page.keyboard.press('Enter');
      await page.waitForURL(/state=in_progress/);
      await page.locator('.views > .btn[aria-haspopup]').click();
      await page.locator('[role=menuitem]').last().click();
      await tab.waitFor({ state: 'detached' });
    }],
    ['a date is typed part by part, in the order of the language, and taken from the calendar by keyboard', async () => {
      await page.goto(page.url());
      await p.open('/e/technical_request/new');
      const more = page.locator('details:not([open]):has([data-field=occurred_at]) > summary');
      if (await more.count()) await more.click();
      await p.set('occurred_at', '2026-03-05T10:20');
      const box = page.locator('[data-field=occurred_at]');
      const words = (await box.locator('.date-segments').innerText()).replace(/[^\d/:]/g, '');
      has(words, lang === 'zh' ? '2026/03/05' : '05/03/2026');
      has(words, '10:20');
      await box.locator('.icon-btn').last().focus();
      await page.keyboard.press('Enter');
      await page.locator('.date-pop .date-cell:not([data-outside-month])').first().waitFor();
      none(await p.axe(true), 'axe of the calendar');
      await shot('calendar');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      await page.locator('.date-pop').waitFor({ state: 'detached' });
      has((await box.locator('.date-segments').innerText()).replace(/[^\d/:]/g, ''), lang === 'zh' ? '2026/03/06' : '06/03/2026');
    }],
    ['what is not there offers the search; what takes long says so and can be stopped', async () => {
      await page.goto(page.url().replace(/\/e\/.*/, '/e/technical_request/99999999'));
      await page.locator('.nothing h1').waitFor();
      none(await p.axe(true), 'axe of the missing record');
      same(await page.locator('.nothing a[href*="/search"]').count(), 1, 'ways to the search');
      let answer = () => {};
      const held = new Promise((go) => { answer = go; });
      await page.route(/\/api\/v1\/account\?/, async (route) => { await held; await route.continue().catch(() => {}); });
      await page.goto(page.url().replace(/\/e\/.*/, '/e/account'));
      await page.locator('.as-list .outline').waitFor();
      none(await p.axe(true), 'axe of the outline');
      await shot('outline');
      await page.locator('.as-list .slow').waitFor();
      await shot('slow');
      await page.locator('.as-list .btn').click();
      await page.locator('.banner').waitFor();
      answer();
      await page.unroute(/\/api\/v1\/account\?/);
      await page.locator('.banner .btn').click();
      await page.locator('table.rows tbody tr').first().waitFor();
    }],
    ['two minutes before its end the session is told of, and can be renewed over the page', async () => {
      // The server's answer, but for the end, which lies seven days ahead.
      await page.route('**/api/v1/me', async (route) => {
        try {
          const answer = await route.fetch();
          await route.fulfill({ response: answer, json: { ...await answer.json(), session_ends: new Date(Date.now() + 100_000).toISOString() } });
        } catch { /* the page went on meanwhile */ }
      });
      await p.open('/e/account');
      await page.locator('.dialog [name=password]').waitFor();
      none(await p.axe(true), 'axe of the warning');
      await shot('session-ends');
      await page.fill('.dialog [name=password]', p.login('t1_engineer').password);
      await page.keyboard.press('Enter');
      await page.locator('.dialog').waitFor({ state: 'detached' });
      await page.unrouteAll({ behavior: 'ignoreErrors' });
    }],
    ['each page has one h1, the landmarks, help at its place; the skip link leads to the content', async () => {
      for (const path of ['/e/technical_request', '/e/account', '/search?q=x']) {
        await p.open(path);
        same(await page.locator('h1').count(), 1, `h1 of ${path}`);
        for (const mark of ['header', 'main', 'nav.rail']) same(await page.locator(mark).count(), 1, `${mark} of ${path}`);
        await becomes(() => page.locator('header .help-btn').count(), 1, `help of ${path}`);
      }
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await becomes(() => page.evaluate(() => document.activeElement?.id), 'main', 'focus after the skip link');
    }],
    ['on a phone the parts stand at the bottom edge, four and more; nothing is wider than the screen', async () => {
      const phone = await Person.at(browser, { lang, phone: true });
      await phone.signIn('t1_engineer');
      await phone.open('/e/technical_request');
      await phone.filled();
      same(await phone.tooWide(), 0, 'pixels too wide');
      const bar = await phone.page.locator('nav.rail').boundingBox();
      if (!bar || bar.y < 700) throw new Error('the bar is not at the bottom');
      none(await phone.axe(true), 'axe on the phone');
      await phone.shot(`${lang}-shell-phone`);
      none(await phone.wrongs(), 'faults');
      await phone.context.close();
    }],
    ['forced colours, less motion and print leave the page readable', async () => {
      await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
      await p.open('/e/technical_request');
      await page.locator('table.rows tbody tr').first().waitFor();
      await shot('forced');
      await page.emulateMedia({ forcedColors: 'none', media: 'print' });
      same(await page.locator('.rail').isVisible(), false, 'rail in print');
      same(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'light', 'colours on paper');
      await shot('print');
      await page.emulateMedia({ media: 'screen', reducedMotion: 'no-preference' });
    }],
    ['no page broke its policy, called another origin or failed', async () => none(await p.wrongs(), 'faults')],
  ]);
  if (anyFailed()) await shot('failed-shell').catch(() => {});
  await p.context.close();
}

async function tabs(browser) {
  const p = await Person.at(browser, { lang: 'en', name: 'tabs' });
  await p.context.addInitScript(() => {
    window.__streams = 0;
    const Native = window.EventSource;
    window.EventSource = class extends Native {
      constructor(...all) {
        super(...all);
        window.__streams++;
      }
    };
  });
  const streams = async (page) => page.evaluate(() => window.__streams);
  let second, path;
  const rename = (page, title) => page.evaluate(async ([where, body]) => {
    const { csrf } = await (await fetch('/api/v1/me')).json();
    const { _v } = await (await fetch('/api/v1' + where)).json();
    await fetch('/api/v1' + where, { method: 'PATCH', body, headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf, 'If-Match': `"${_v}"` } });
  }, [path, JSON.stringify({ title })]);
  await walk('tabs', [
    ['two tabs, one stream; what is heard reaches both', async () => {
      await p.signIn('t1_engineer');
      const made = await p.api('/technical_request', { title: 'One stream', symptom: 'x', caller_unknown: true });
      path = `/technical_request/${made.id}`;
      await p.open('/e' + path);
      second = await p.context.newPage();
      await second.goto(p.page.url());
      await second.waitForSelector('h1');
      await becomes(async () => await streams(p.page) + await streams(second), 1, 'streams');
      // A second stream would come late: here a wait can only hide a fault, never make one.
      await second.waitForTimeout(800);
      same(await streams(p.page) + await streams(second), 1, 'streams');
      await rename(p.page, 'Heard by both');
      for (const page of [p.page, second]) await page.locator('h1', { hasText: 'Heard by both' }).waitFor();
    }],
    ['the tab with the stream closes: the other takes over and misses nothing', async () => {
      const leads = await streams(p.page) ? p.page : second, stays = leads === second ? p.page : second;
      await leads.close();
      await rename(stays, 'One stream, other title');
      await stays.locator('h1', { hasText: 'other title' }).waitFor();
      same(await streams(stays), 1, 'streams');
    }],
  ]);
  await p.context.close();
}

// OPENITR_PARTS=together walks only that part, OPENITR_LANGS=zh only in that language.
const PARTS = { keys, together, drafts, shell };
const wanted = process.env.OPENITR_PARTS?.split(' ') ?? [...Object.keys(PARTS), 'tabs'];
const browser = await launch();
for (const lang of process.env.OPENITR_LANGS?.split(' ') ?? ['zh', 'en'])
  for (const [name, part] of Object.entries(PARTS)) if (wanted.includes(name)) await part(browser, lang);
if (wanted.includes('tabs')) await tabs(browser);
await browser.close();
report('shell');
