// SPDX-License-Identifier: Apache-2.0
//
// sheets.mjs -- pictures beside each other: on a sheet for the eye, and pixel by pixel.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

/** What part of the pixels differs, 0 to 1, and a picture of it; of another size: all of them. */
export function differs(a, b) {
  const [x, y] = [PNG.sync.read(a), PNG.sync.read(b)];
  if (x.width !== y.width || x.height !== y.height) return { part: 1, picture: b };
  const out = new PNG({ width: x.width, height: x.height });
  const n = pixelmatch(x.data, y.data, out.data, x.width, x.height, { threshold: 0.1 });
  return { part: n / (x.width * x.height), picture: PNG.sync.write(out) };
}

/** NAME.html and NAME.png: a row for each screen, its variants side by side. */
export async function sheet(browser, dir, name, screens, variants) {
  const row = (s) => `<section><h2>${s}</h2><div>${variants.map((v) => `<figure><img src="${s}.${v}.png" alt="${s}, ${v}"><figcaption>${v}</figcaption></figure>`).join('')}</div></section>`;
  const html = (body) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>${name}</title>
<style>body{font:14px sans-serif;margin:16px;background:#888}h2{font-size:15px;margin:16px 0 6px}div{display:flex;gap:12px;align-items:flex-start}figure{margin:0}
img{display:block;max-width:680px;border:1px solid #444}figcaption{color:#fff}</style>${body}</html>\n`;
  const body = screens.map(row).join('\n');
  writeFileSync(join(dir, `${name}.html`), html(body));
  const page = await browser.newPage({ viewport: { width: 1420, height: 900 } });
  // The same page with its pictures inside: it has no folder.
  await page.setContent(html(body.replace(/src="([^"]+)"/g, (_, file) => `src="data:image/png;base64,${readFileSync(join(dir, file)).toString('base64')}"`)));
  await page.waitForFunction(() => [...document.images].every((i) => i.complete));
  await page.screenshot({ path: join(dir, `${name}.png`), fullPage: true });
  await page.close();
}
