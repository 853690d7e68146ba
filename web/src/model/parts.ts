// SPDX-License-Identifier: Apache-2.0
//
// parts.ts -- a long deed as many short ones: one request after the other, each whole or not at all on the server.
//
// A part that got no answer (network, a server that starts again, 5xx, 429) is sent again under the same Idempotency-Key, a few
// times by itself and then when the person says so.  So a part is never done twice, whatever died in between, and others' writes
// find room between two parts.
import { Problem } from '../core/api';

const TRIES = 5;
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const passes = (e: unknown) => e instanceof Problem && (e.status === 0 || e.status === 429 || e.status >= 500);

/** Sends the parts from `from` on; the number of the first that was not done: it was stopped before. Throws what will not pass. */
export async function inParts(count: number, from: number, send: (part: number) => Promise<void>, stopped: () => boolean): Promise<number> {
  for (let part = from; part < count; part++) {
    for (let tries = 1; ; tries++) {
      if (stopped()) return part;
      try {
        await send(part);
        break;
      } catch (e) {
        if (!passes(e) || tries === TRIES) throw e;
        await pause(Math.max(500 * 2 ** tries, ((e as Problem).retryAfter ?? 0) * 1000));
      }
    }
  }
  return count;
}

export const partsOf = (rows: number, each: number) => Math.ceil(rows / each);
