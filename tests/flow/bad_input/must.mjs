// SPDX-License-Identifier: Apache-2.0
//
// must.mjs -- what a test of bad input asks.

export function must(condition, message) {
        if (!condition)
                throw Object.assign(new Error(message), {expected: true});
}

/** The answer has this status and, as JSON, this code. */
export function refused(r, status, code) {
        must(r.status === status, `answered ${r.status} instead of ${status}: ${(r.text ?? r.broken ?? "").slice(0, 300)}`);
        must(!code || r.body?.code === code, `the code is ${r.body?.code} instead of ${code}`);
        must(r.status < 400 || /problem\+json/.test(r.headers["content-type"] ?? ""), `answered as ${r.headers["content-type"]}`);
}
