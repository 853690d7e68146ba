// SPDX-License-Identifier: Apache-2.0
//
// csv.ts -- a CSV text as rows of cells, and rows as CSV text. The server's reader is the strict one (src/channel/csv.h); this
// one has the columns shown and the rows counted, and lets a long table go in parts.

/** A table of a file: headings, and rows with the line or row that each stands on in the file. */
export interface Table {
  head: string[];
  rows: Cell[][];
  lines: number[];
}
/** Text as it will be sent, or a number as a workbook holds it: what it means depends on the field that it goes into. */
export type Cell = string | { number: number; text: string };

/** The text of a file: UTF-8, or what spreadsheets of China write (GB 18030). */
export async function textOf(file: File): Promise<string> {
  const bytes = await file.arrayBuffer();
  const text = new TextDecoder('utf-8').decode(bytes);
  return (text.includes('\ufffd') ? new TextDecoder('gb18030').decode(bytes) : text).replace(/^\ufeff/, '');
}

export const SEPARATORS = [',', ';', '\t', '|'] as const;
/** The separator that the first line has most of. */
export function separatorOf(text: string): string {
  const line = text.slice(0, text.search(/[\r\n]|$/)).replace(/"[^"]*"/g, '');
  return [...SEPARATORS].sort((a, b) => line.split(b).length - line.split(a).length)[0];
}

/** A fault of the file, told in the reader's words by Import.tsx. */
export class FileFault extends Error {
  code: string;
  values: Record<string, string | number>;
  constructor(code: string, values: Record<string, string | number> = {}) {
    super(code);
    this.code = code;
    this.values = values;
  }
}

/** All rows below the headings, empty lines left out; throws for more than `most` and for quotes that are not as they must be. */
export function parseCsv(text: string, most: number): Table {
  const separator = separatorOf(text);
  const all: string[][] = [], lines: number[] = [];
  let row: string[] = [], cell = '', quoted = false, closed = false, line = 1, began = 1, opened = 1;
  for (let i = 0; i <= text.length; i++) {
    const c = text[i];
    if (c === '\n' || (c === '\r' && text[i + 1] !== '\n')) line++;
    if (quoted) {
      if (c === undefined) throw new FileFault('open_quote', { line: opened });
      if (c === '"' && text[i + 1] === '"') cell += text[++i];
      else if (c === '"') [quoted, closed] = [false, true];
      else cell += c;
    } else if (c === '"' && cell === '' && !closed) [quoted, opened] = [true, line];
    else if (c === separator || c === '\n' || c === '\r' || c === undefined) {
      row.push(cell);
      [cell, closed] = ['', false];
      if (c === separator) continue;
      if (c === '\r' && text[i + 1] === '\n') {
        i++;
        line++;
      }
      if (row.some((x) => x !== '')) {
        all.push(row);
        lines.push(began);
      }
      if (all.length > most + 1) throw new FileFault('too_many', { n: most });
      [row, began] = [[], line];
    } else if (c === '"' || closed) throw new FileFault('stray_quote', { line });
    else cell += c;
  }
  const [head = [], ...rows] = all;
  return { head: head.map((h) => h.trim()), rows, lines: lines.slice(1) };
}

const quote = (s: string) => (/[",\n\r]/.test(s) || s !== s.trim() ? `"${s.replace(/"/g, '""')}"` : s);
export const csvText = (rows: string[][]): string => rows.map((r) => (r.length === 1 && r[0] === '' ? '""' : r.map(quote).join())).join('\n') + '\n';

/** Days since the end of 1899 (or 1904), as workbooks count them: a day, with its hour if there is one. 1900 had no 29
 *  February, though they say so. */
export function dayOf(n: number, from1904 = false): string {
  const days = from1904 ? n + 1462 : n < 60 ? n + 1 : n;
  const at = new Date(Math.round((days - 25569) * 86400) * 1000);
  const text = Number.isNaN(at.getTime()) ? '' : at.toISOString();
  return days % 1 === 0 ? text.slice(0, 10) : text.slice(0, 19);
}
