// SPDX-License-Identifier: Apache-2.0
//
// csvfile.ts -- what is on the screen, as CSV that spreadsheets open: with a byte order mark, and no cell that they would
// take for a formula.
const cell = (s: string) => {
  const safe = /^[=+\-@\t]/.test(s) && !/^-?\d/.test(s) ? "'" + s : s;
  return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
};

export function saveCsv(name: string, lines: string[][]): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(['\ufeff' + lines.map((l) => l.map(cell).join()).join('\r\n') + '\r\n'], { type: 'text/csv' }));
  link.download = `${name}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
