// SPDX-License-Identifier: Apache-2.0
//
// walk.mjs -- steps in order, and what they check.
//
// Steps depend on each other; the first that fails ends its walk, the rest is counted as skipped.
let passed = 0, failed = 0, skipped = 0;

/** Runs steps in order. */
export async function walk(title, steps) {
  let broken = false;
  for (const [name, act] of steps) {
    if (broken) {
      skipped++;
      continue;
    }
    try {
      await act();
      passed++;
      console.log(`ok   ${title}: ${name}`);
    } catch (e) {
      failed++;
      broken = true;
      console.log(`FAILED  ${title}: ${name}\n     ${String(e.stack ?? e).split('\n').slice(0, 12).join('\n     ')}`);
    }
  }
}
export function same(is, should, what) {
  if (is !== should) throw new Error(`${what}: is ${JSON.stringify(is)}, should be ${JSON.stringify(should)}`);
}
export function none(list, what) {
  if (list.length) throw new Error(`${what}:\n${list.join('\n')}`);
}
export const has = (text, part) => {
  if (!text.includes(part)) throw new Error(`${JSON.stringify(part)} does not stand in ${JSON.stringify(text.slice(0, 400))}`);
};

/** Asks again until the answer is the right one: what comes by itself comes when it comes. */
export async function becomes(ask, should, what, timeout = 30_000) {
  let is = await ask();
  for (const end = Date.now() + timeout; is !== should && Date.now() < end;) {
    await new Promise((go) => setTimeout(go, 100));
    is = await ask();
  }
  same(is, should, what);
}

export const anyFailed = () => failed > 0;
export function report(what) {
  if (skipped) console.log(`${skipped} steps were not reached`);
  console.log(`browser, ${what}: ${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}
