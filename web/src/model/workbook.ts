// SPDX-License-Identifier: Apache-2.0
//
// workbook.ts -- the sheets of an XLSX file as tables (csv.ts). Loaded when a workbook is dropped.
//
// fflate opens the archive, saxen reads the XML (no DTD, no entities of the file's own); what they mean in SpreadsheetML stands
// here, because what people lose in workbooks is lost there: a number under the format 00000 gets its zeros back, 35 % stays 35,
// a date comes out as a date, and a number is kept beside its text so that Import.tsx can say what a column of codes has lost.
//
// Invariants
//   1. Nothing is unpacked that is larger than it may be: sizes are read from the archive's directory first, and what is unpacked
//      has the size that stands there, not the one that it would like to have (zip bombs).
//   2. No macro, formula or link is followed: a formula counts by the value that was saved with it.
//   3. A file that is no workbook, or one that cannot be read right, is refused with the reason; nothing is guessed.
import { unzipSync } from 'fflate';
import { Parser } from 'saxen';
import { dayOf, FileFault, type Cell, type Table } from './csv';

const MOST_UNPACKED = 256 << 20, MOST_COLUMNS = 500;

export interface Workbook {
  sheets: string[];
  read(sheet: number, mostRows: number): Table;
}

const starts = (bytes: Uint8Array, magic: number[]) => magic.every((b, i) => bytes[i] === b);

export async function openWorkbook(file: File): Promise<Workbook> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  // The container of the years before 2007; a workbook with a password is put into one, too.
  if (starts(bytes, [0xd0, 0xcf, 0x11, 0xe0])) throw new FileFault('old_or_locked');
  if (!starts(bytes, [0x50, 0x4b])) throw new FileFault('no_workbook');
  const names = new Set<string>();
  const take = (wanted: (name: string) => boolean) => {
    let size = 0;
    try {
      return unzipSync(bytes, { filter: (f) => {
        names.add(f.name);
        if (!wanted(f.name)) return false;
        size += f.originalSize;
        if (size > MOST_UNPACKED) throw new FileFault('too_large_inside', { n: MOST_UNPACKED >> 20 });
        return true;
      } });
    } catch (e) {
      throw e instanceof FileFault ? e : new FileFault('broken');
    }
  };
  const frame = take((n) => /^(xl\/workbook\.xml|xl\/_rels\/workbook\.xml\.rels|xl\/styles\.xml)$/.test(n));
  if (names.has('content.xml') || names.has('mimetype')) throw new FileFault('other_workbook');
  if (!frame['xl/workbook.xml']) throw new FileFault(names.has('xl/workbook.bin') ? 'binary' : 'no_workbook');
  if ([...names].some((n) => /vbaProject\.bin$/.test(n))) throw new FileFault('macros');

  const rels = new Map<string, string>();
  walk(frame['xl/_rels/workbook.xml.rels'], { Relationship: (a) => void rels.set(a.Id, a.Target.replace(/^\/?(xl\/)?/, 'xl/')) });
  const sheets: { name: string; path: string; hidden: boolean }[] = [];
  let from1904 = false;
  walk(frame['xl/workbook.xml'], {
    workbookPr: (a) => void (from1904 = a.date1904 === '1' || a.date1904 === 'true'),
    sheet: (a) => void sheets.push({ name: a.name, path: rels.get(a['r:id'] ?? Object.entries(a).find(([k]) => k.endsWith(':id'))?.[1] ?? '') ?? '', hidden: !!a.state && a.state !== 'visible' }),
  });
  const shown = sheets.some((s) => !s.hidden) ? sheets.filter((s) => !s.hidden) : sheets;
  const formats = formatsOf(frame['xl/styles.xml']);
  return {
    sheets: shown.map((s) => s.name),
    read(sheet, mostRows) {
      const { path } = shown[sheet];
      const parts = take((n) => n === path || n === 'xl/sharedStrings.xml');
      if (!parts[path]) throw new FileFault('broken');
      return readSheet(parts[path], sharedTexts(parts['xl/sharedStrings.xml']), formats, from1904, mostRows);
    },
  };
}

/* ---- XML ---- */

type Attrs = Record<string, string>;
const plainName = (name: string) => name.slice(name.indexOf(':') + 1);
/** `ms_x000D_` stands for signs that XML cannot hold. */
const unescape = (s: string) => (s.includes('_x') ? s.replace(/_x([0-9A-Fa-f]{4})_/g, (_, h: string) => String.fromCharCode(Number.parseInt(h, 16))) : s);

interface Heard {
  open(name: string, attrs: () => Attrs): boolean | void;
  text?(text: string): void;
  close?(name: string): void;
}
function parse(bytes: Uint8Array | undefined, h: Heard): void {
  if (!bytes) return;
  const parser = new Parser();
  parser.on('openTag', (name: string, attrs: () => Attrs, decode: (s: string) => string) => {
    if (h.open(plainName(name), () => Object.fromEntries(Object.entries(attrs()).map(([k, v]) => [k, decode(v)]))) === false) parser.stop();
  });
  parser.on('closeTag', (name: string) => h.close?.(plainName(name)));
  parser.on('text', (text: string, decode: (s: string) => string) => h.text?.(decode(text)));
  parser.on('cdata', (text: string) => h.text?.(text));
  let bad = false;
  parser.on('error', () => void (bad = true));
  parser.parse(new TextDecoder().decode(bytes).replace(/^\ufeff/, ''));
  if (bad) throw new FileFault('broken');
}
const walk = (bytes: Uint8Array | undefined, on: Record<string, (a: Attrs) => void>) => parse(bytes, { open: (name, attrs) => on[name]?.(attrs()) });

/** Texts that cells share; what stands over them for reading aloud (rPh) is none of theirs. */
function sharedTexts(bytes: Uint8Array | undefined): string[] {
  const all: string[] = [];
  let here = '', aloud = false, on = false;
  parse(bytes, {
    open: (name) => {
      if (name === 'si') here = '';
      else if (name === 'rPh') aloud = true;
      else if (name === 't') on = !aloud;
    },
    text: (s) => {
      if (on) here += s;
    },
    close: (name) => {
      if (name === 'si') all.push(unescape(here));
      else if (name === 'rPh') aloud = false;
      else if (name === 't') on = false;
    },
  });
  return all;
}

/* ---- formats ---- */

interface Format {
  date?: 'date' | 'time';
  percent?: boolean;
  /** 00000: so many digits at least */
  digits?: number;
}
const BUILT_IN: Record<number, string> = { 9: '0%', 10: '0.00%', 14: 'y-m-d', 15: 'y-m-d', 16: 'y-m-d', 17: 'y-m-d', 18: 'h:m', 19: 'h:m', 20: 'h:m', 21: 'h:m', 22: 'y-m-d h:m', 45: 'm:s', 46: 'h:m', 47: 'm:s' };
function formatOf(id: number, own: Map<number, string>): Format {
  // 27 to 36 and 50 to 58 are dates of East Asia, which have no code in the file.
  const code = own.get(id) ?? BUILT_IN[id] ?? ((id >= 27 && id <= 36) || (id >= 50 && id <= 58) ? 'y-m-d' : '');
  const bare = code.split(';')[0].replace(/"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]|_./gi, '');
  if (/^0+$/.test(bare)) return { digits: bare.length };
  if (bare.includes('%')) return { percent: true };
  if (/[yd年月日]/i.test(bare)) return { date: /h/i.test(bare) ? 'time' : 'date' };
  return {};
}
function formatsOf(bytes: Uint8Array | undefined): Format[] {
  const own = new Map<number, string>(), cells: Format[] = [];
  let inCells = false;
  parse(bytes, {
    open: (name, attrs) => {
      if (name === 'numFmt') own.set(Number(attrs().numFmtId), attrs().formatCode);
      else if (name === 'cellXfs') inCells = true;
      else if (name === 'xf' && inCells) cells.push(formatOf(Number(attrs().numFmtId ?? 0), own));
    },
    close: (name) => void (name === 'cellXfs' && (inCells = false)),
  });
  return cells;
}

/** A number as people see it: 15 digits, no exponent. */
function numberText(n: number): string {
  const s = String(Number(n.toPrecision(15)));
  return !s.includes('e') ? s : Math.abs(n) >= 1 ? BigInt(n).toString() : n.toFixed(15).replace(/0+$/, '');
}
function numberCell(raw: string, f: Format, from1904: boolean): Cell {
  const n = Number(raw);
  if (raw === '' || Number.isNaN(n)) return raw;
  if (f.date) return f.date === 'time' || n % 1 ? dayOf(n, from1904) : dayOf(n, from1904).slice(0, 10);
  if (f.percent) return { number: n, text: numberText(n * 100) };
  if (f.digits && Number.isInteger(n)) return String(Math.abs(n)).padStart(f.digits, '0').replace(/^/, n < 0 ? '-' : '');
  return { number: n, text: numberText(n) };
}

/* ---- a sheet ---- */

/** The number of a column: A is 0, AB is 27. */
const columnOf = (place: string): number => [...place.replace(/\d/g, '')].reduce((n, c) => n * 26 + c.charCodeAt(0) - 64, 0) - 1;
const isBlank = (c: Cell | undefined) => c === undefined || c === '';

/** Its first row with anything in it is the headings. */
function readSheet(bytes: Uint8Array, shared: string[], formats: Format[], from1904: boolean, most: number): Table {
  const rows: Cell[][] = [], lines: number[] = [];
  let row: Cell[] = [], line = 0, at = -1, type = '', style = 0, value = '', on = false, aloud = false, place = '';
  const cell = (): Cell => {
    switch (type) {
      case 's': return (shared[Number(value)] ?? '').trim();
      case 'b': return value === '1' ? 'true' : 'false';
      case 'e': throw new FileFault('error_value', { cell: place || `${line}`, value });
      case 'inlineStr': case 'str': return unescape(value).trim();
      case 'd': return value.replace(/T00:00:00(\.0+)?Z?$/, '').replace(/(\.\d+)?Z?$/, '');
      default: return numberCell(value, formats[style] ?? {}, from1904);
    }
  };
  parse(bytes, {
    open: (name, attrs) => {
      if (name === 'row') {
        line = Number(attrs().r) || line + 1;
        [row, at] = [[], -1];
      } else if (name === 'c') {
        const a = attrs();
        place = a.r ?? '';
        at = place ? columnOf(place) : at + 1;
        [type, style, value] = [a.t ?? 'n', Number(a.s ?? 0), ''];
      } else if (name === 'rPh') aloud = true;
      else if (name === 'v' || name === 't') on = !aloud;
      return rows.length <= most + 1;
    },
    text: (s) => {
      if (on) value += s;
    },
    close: (name) => {
      if (name === 'v' || name === 't') on = false;
      else if (name === 'rPh') aloud = false;
      else if (name === 'c' && at >= 0 && at < MOST_COLUMNS && value !== '') row[at] = cell();
      else if (name === 'row' && row.some((c) => !isBlank(c))) {
        rows.push(row);
        lines.push(line);
      }
    },
  });
  if (rows.length > most + 1) throw new FileFault('too_many', { n: most });
  const [first = [], ...rest] = rows;
  const width = first.length;
  const words = (c: Cell | undefined) => (c === undefined ? '' : typeof c === 'string' ? c : c.text);
  return {
    head: Array.from({ length: width }, (_, i) => words(first[i]).trim()),
    rows: rest.map((r) => Array.from({ length: width }, (_, i) => r[i] ?? '')), lines: lines.slice(1),
  };
}
