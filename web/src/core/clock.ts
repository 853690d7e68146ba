// SPDX-License-Identifier: Apache-2.0
//
// clock.ts -- the server's time, as its answers tell it (to the second): a computer whose clock is wrong must not have its
// times refused.
let offset = 0;
let began = 0;

export function heardTime(httpDate: string | null): void {
  const at = httpDate ? Date.parse(httpDate) : NaN;
  if (Number.isNaN(at)) return;
  offset = at - Date.now();
  began ||= at;
}

/** The server's time at its first answer, in milliseconds; 0: it has not answered yet. */
export const firstHeard = (): number => began;

/** Now, in milliseconds. */
export const serverTime = (): number => Date.now() + offset;

/** Now, for the API: "2026-11-21T20:19:30Z". */
export const serverNow = (): string => new Date(Math.floor(serverTime() / 1000) * 1000).toISOString().replace('.000Z', 'Z');
