// SPDX-License-Identifier: Apache-2.0
//
// csv.ts -- the headings and first rows of a CSV text, enough to ask which column is which field; the server reads it whole.

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

/** The first `most` rows, quotes taken off. */
export function rowsOf(text: string, separator: string, most: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [], cell = '', quoted = false;
  for (let i = 0; i <= text.length && rows.length < most; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') cell += text[++i];
      else if (c === '"') quoted = false;
      else if (c === undefined) break;
      else cell += c;
    } else if (c === '"' && cell === '') quoted = true;
    else if (c === separator || c === '\n' || c === '\r' || c === undefined) {
      row.push(cell);
      cell = '';
      if (c === separator) continue;
      if (row.length > 1 || row[0] !== '') rows.push(row);
      row = [];
      if (c === '\r' && text[i + 1] === '\n') i++;
    } else cell += c;
  }
  return rows;
}

/** How many rows there are below the headings, empty lines not counted. */
export const countRows = (text: string, separator: string): number => Math.max(0, rowsOf(text, separator, Infinity).length - 1);
