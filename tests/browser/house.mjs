// SPDX-License-Identifier: Apache-2.0
//
// house.mjs -- a server that nobody has set up yet.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROGRAM = fileURLToPath(new URL('../../build/openitr', import.meta.url));

/** A server on a database that is not there yet; yields its address of the first start. */
export async function fresh() {
  const dir = mkdtempSync(join(tmpdir(), 'openitr-first-'));
  const server = spawn(PROGRAM, ['serve', '--db', join(dir, 'house.db'), '--listen', '127.0.0.1:0', '--log-level', 'warn'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const address = await new Promise((resolve, reject) => {
    let said = '';
    server.stdout.on('data', (d) => {
      said += d;
      const m = /First start: (\S+)/.exec(said);
      if (m) resolve(m[1]);
    });
    server.on('exit', () => reject(new Error(`the server ended: ${said}`)));
  });
  return { address, stop: () => new Promise((done) => {
    server.on('exit', () => { rmSync(dir, { recursive: true, force: true }); done(); });
    server.kill('SIGTERM');
  }) };
}
