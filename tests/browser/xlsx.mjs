// SPDX-License-Identifier: Apache-2.0
//
// xlsx.mjs -- makes workbooks for tests: a zip of what a workbook is made of, as spreadsheets write it.
import { deflateRawSync } from 'node:zlib';

const TABLE = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n >>> 0;
});
const crc = (b) => {
  let c = 0xffffffff;
  for (const x of b) c = TABLE[(c ^ x) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
};

/** {name: text or bytes} → a zip; `claim` overrides the size that the directory gives for a name. */
export function zip(files, claim = {}) {
  const parts = [], directory = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const raw = Buffer.from(content), data = deflateRawSync(raw), path = Buffer.from(name);
    const head = Buffer.alloc(30), entry = Buffer.alloc(46), size = claim[name] ?? raw.length;
    head.writeUInt32LE(0x04034b50, 0); head.writeUInt16LE(20, 4); head.writeUInt16LE(8, 8);
    head.writeUInt32LE(crc(raw), 14); head.writeUInt32LE(data.length, 18); head.writeUInt32LE(size, 22); head.writeUInt16LE(path.length, 26);
    entry.writeUInt32LE(0x02014b50, 0); entry.writeUInt16LE(20, 4); entry.writeUInt16LE(20, 6); entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(crc(raw), 16); entry.writeUInt32LE(data.length, 20); entry.writeUInt32LE(size, 24); entry.writeUInt16LE(path.length, 28); entry.writeUInt32LE(at, 42);
    parts.push(head, path, data);
    directory.push(entry, path);
    at += 30 + path.length + data.length;
  }
  const list = Buffer.concat(directory), end = Buffer.alloc(22), n = Object.keys(files).length;
  end.writeUInt32LE(0x06054b50, 0); end.writeUInt16LE(n, 8); end.writeUInt16LE(n, 10); end.writeUInt32LE(list.length, 12); end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, list, end]);
}

const safe = (s) => String(s).replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);
const letter = (i) => (i < 26 ? '' : String.fromCharCode(64 + Math.floor(i / 26))) + String.fromCharCode(65 + (i % 26));
/** Styles by name: a day, a day with its hour, five digits with zeros in front, per cent. */
const STYLES = { day: 1, hour: 2, digits: 3, percent: 4 };

/** sheets: {name: rows}; a cell is a text, a number, {v, style} or {error}. */
export function workbook(sheets, more = {}) {
  const texts = [];
  const cell = (c, place) => {
    if (c === '' || c == null) return '';
    if (typeof c === 'string') return `<c r="${place}" t="s"><v>${texts.push(c) - 1}</v></c>`;
    if (typeof c === 'number') return `<c r="${place}"><v>${c}</v></c>`;
    return c.error ? `<c r="${place}" t="e"><v>${c.error}</v></c>` : `<c r="${place}" s="${STYLES[c.style]}"><v>${c.v}</v></c>`;
  };
  const pages = Object.values(sheets).map((rows) => `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${
    rows.map((r, i) => `<row r="${i + 1}">${r.map((c, k) => cell(c, letter(k) + (i + 1))).join('')}</row>`).join('')}</sheetData></worksheet>`);
  const names = Object.keys(sheets);
  return zip({
    '[Content_Types].xml': '<Types/>',
    'xl/workbook.xml': `<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>${
      names.map((n, i) => `<sheet name="${safe(n)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${names.map((_, i) => `<Relationship Id="rId${i + 1}" Type="x/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`).join('')}</Relationships>`,
    'xl/styles.xml': '<styleSheet><numFmts count="2"><numFmt numFmtId="164" formatCode="00000"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts><cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="165"/><xf numFmtId="164"/><xf numFmtId="10"/></cellXfs></styleSheet>',
    'xl/sharedStrings.xml': `<sst>${texts.map((s) => `<si><r><t xml:space="preserve">${safe(s)}</t></r><rPh sb="0" eb="1"><t>aloud</t></rPh></si>`).join('')}</sst>`,
    ...Object.fromEntries(pages.map((p, i) => [`xl/worksheets/sheet${i + 1}.xml`, p])), ...more,
  });
}
