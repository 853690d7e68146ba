// SPDX-License-Identifier: Apache-2.0
//
// pseudo.mjs -- a language that nobody speaks, for finding texts that have no room: English with accents, brackets around it and
// two fifths longer, as another language may be.  And what is cut on a page, whatever it speaks.
//
// It is made on the way to the browser, out of the catalogs that the server sends; the program carries none of it.
const ACCENTS = Object.fromEntries([...'aàeéiíoöuücçnñAÀEÉIÍOÖUÜCÇNÑ'].reduce((pairs, x, i, all) => (i % 2 ? pairs : [...pairs, [x, all[i + 1]]]), []));
const FILLER = ' lörem ipsüm dölor sït amét';

const longer = (text) => {
  const plain = text.replace(/[A-Za-z]/g, (c) => ACCENTS[c] ?? c), more = Math.ceil(text.trim().length * 0.4);
  return plain + Array.from({ length: more }, (_, i) => FILLER[i % FILLER.length]).join('');
};
const words = (text) => (/[A-Za-z]{2}/.test(text) ? longer(text) : text);

/** A message as Lingui has compiled it: a text, or parts of which the texts are words and the lists are what is filled in. */
function message(m, inner = false) {
  if (typeof m === 'string') return inner ? words(m) : /[A-Za-z]{2}/.test(m) ? `〚${words(m)}〛` : m;
  if (!Array.isArray(m)) return m;
  const parts = m.map((part) => {
    if (typeof part === 'string') return words(part);
    const [name, kind, forms] = part;
    if (!forms || typeof forms !== 'object') return part;
    return [name, kind, Object.fromEntries(Object.entries(forms).map(([k, v]) => [k, k === 'offset' ? v : message(v, true)]))];
  });
  return inner ? parts : ['〚', ...parts, '〛'];
}

/** From now on the page speaks it, where its language is English. */
export async function pseudo(page) {
  await page.route(/\/a\/en(_\w+)?-[^/]*\.js$/, async (route) => {
    const answer = await route.fetch();
    const code = await answer.text();
    const { messages } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    if (!messages) throw new Error(`${route.request().url()} is no catalog`);
    const said = JSON.stringify(Object.fromEntries(Object.entries(messages).map(([id, m]) => [id, message(m)])));
    await route.fulfill({ status: 200, contentType: 'text/javascript', body: `export const messages = ${said};\n` });
  });
}

/** Texts that cannot be read whole: what they are and by how much. */
export const cut = (page) => page.evaluate(() => {
  const faults = new Map();
  const what = (e) => `${e.tagName.toLowerCase()}${typeof e.className === 'string' && e.className ? '.' + e.className.trim().split(/\s+/).join('.') : ''} "${(e.innerText ?? '').trim().replace(/\s+/g, ' ').slice(0, 60)}"`;
  const own = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  const told = (e) => e.closest('[title], button[aria-label], a[aria-label]') || e.querySelector('[title]');
  for (const e of document.body.querySelectorAll('*')) {
    if (!e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || e.closest('svg')) continue;
    const s = getComputedStyle(e), box = e.getBoundingClientRect();
    // What is said to screen readers alone is a pixel large; what is scrolled is reached.
    if (s.display === 'inline' || box.width < 3 || box.height < 3 || s.clipPath !== 'none' || !(e.innerText ?? '').trim()) continue;
    const [wide, high] = [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight];
    const hides = ['hidden', 'clip'];
    if (['INPUT', 'TEXTAREA', 'SELECT', 'HTML', 'BODY'].includes(e.tagName)) continue;
    if (wide > 1 && hides.includes(s.overflowX) && !(s.textOverflow === 'ellipsis' && told(e)) && s.webkitLineClamp === 'none') faults.set(what(e), `${wide} px of the width are cut off`);
    else if (high > 2 && hides.includes(s.overflowY) && s.webkitLineClamp === 'none' && own(e)) faults.set(what(e), `${high} px of the height are cut off`);
    else if (wide > 1 && s.overflowX === 'visible' && own(e)) faults.set(what(e), `it is ${wide} px wider than its box`);
  }
  return [...faults].map(([e, why]) => `${e}: ${why}`);
});
