// SPDX-License-Identifier: Apache-2.0
//
// scan.ts -- whether this browser reads codes with its camera, and what a code says.
export const canScan = () => 'BarcodeDetector' in window && !!navigator.mediaDevices?.getUserMedia;

/** A label may hold a link to /p/u/SERIAL, the bare serial number, or "SN: …"; all three give the serial number. */
export function serialOf(code: string): string {
  const link = /\/p\/u\/([^/?#\s]+)/.exec(code)?.[1];
  if (link) return decodeURIComponent(link);
  return (/\bS\/?N[:：\s]\s*([\w-]+)/i.exec(code)?.[1] ?? code).trim().slice(0, 80);
}
