// SPDX-License-Identifier: Apache-2.0
//
// wire.mjs -- below HTTP: requests that are no requests, lengths that contradict each other, clients that never finish.
// What could be read as two different requests by two programs must be refused, and the connection closed.
import net from "node:net";
import {sleep} from "../house.mjs";
import {furnish} from "../stage.mjs";
import {must} from "./must.mjs";

export const engines = ["sqlite"];

/** Sends bytes and collects what comes until the end, or until `wait` milliseconds passed: {text, closed}. */
function talk(house, bytes, wait = 1500) {
        return new Promise((resolve) => {
                const s = net.connect(house.port, "127.0.0.1");
                let text = "", closed = false;
                const end = () => (s.destroy(), resolve({text, closed, statuses: [...text.matchAll(/HTTP\/1\.1 (\d\d\d) /g)].map((m) => Number(m[1]))}));
                s.on("data", (d) => (text += d));
                s.on("error", () => {});
                s.on("close", () => ((closed = true), end()));
                s.write(bytes);
                setTimeout(end, wait).unref();
        });
}

const HEAD = "Host: x\r\nContent-Type: application/json\r\n";
const POST = `POST /api/v1/login HTTP/1.1\r\n${HEAD}`;

/** Name, bytes: each is refused (libmicrohttpd writes the head of its own refusals twice) or not answered at all, and the
 *  connection is closed: the request that stands behind it is never served. */
const BROKEN = [
        ["two lengths", `${POST}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`],
        ["two different lengths", `${POST}Content-Length: 2\r\nContent-Length: 20\r\n\r\n{}`],
        ["length with chunked", `${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
        ["chunked with length", `${POST}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n`],
        ["chunked twice", `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
        ["another coding", `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
        ["coding in disguise", `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
        ["negative length", `${POST}Content-Length: -1\r\n\r\n`],
        ["length with a sign", `${POST}Content-Length: +2\r\n\r\n{}`],
        ["length in hex", `${POST}Content-Length: 0x2\r\n\r\n{}`],
        ["length with a blank inside", `${POST}Content-Length: 1 2\r\n\r\n{}`],
        ["length without bounds", `${POST}Content-Length: 99999999999999999999\r\n\r\n{}`],
        ["bad chunk size", `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
        ["endless chunk size", `${POST}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n0\r\n\r\n`],
        ["no host", "GET /health HTTP/1.1\r\n\r\n"],
        ["two hosts", "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"],
        ["a blank before the colon", "GET /health HTTP/1.1\r\nHost : x\r\n\r\n"],
        ["no version", "GET /health\r\n\r\n"],
        ["another version", "GET /health HTTP/3.0\r\nHost: x\r\n\r\n"],
        ["garbage", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n"],
        ["a path without slash", "GET health HTTP/1.1\r\nHost: x\r\n\r\n"],
];

async function broken(house, bytes) {
        const r = await talk(house, bytes + "GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
        must(!r.statuses.includes(200), `answered ${r.statuses.join(", ")}: what stood behind was taken for a request`);
        must(r.statuses.length === 0 || (r.statuses[0] >= 400 && r.statuses[0] < 600 && r.statuses[0] !== 500), `answered ${r.statuses[0]}`);
        must(r.closed, "the connection stayed open");
}

/** The head, or the body, comes a byte at a time and never ends: the server must hang up, and serve others meanwhile. */
async function dribble(house, start, seconds) {
        const s = net.connect(house.port, "127.0.0.1");
        const begun = Date.now();
        let closed = 0;
        s.on("close", () => (closed = Date.now()));
        s.on("error", () => {});
        s.on("data", () => {});
        s.write(start);
        while (!closed && Date.now() - begun < seconds * 1000) {
                s.write("x");
                await sleep(200);
                const r = await house.raw("GET", "/health");
                must(r.status === 200, `others are not served: ${r.status}`);
        }
        s.destroy();
        must(closed, `still open after ${seconds} s`);
}

/** Many who connect and say nothing do not keep out one who asks. */
async function silent(house) {
        const crowd = await Promise.all(Array.from({length: 200}, () => new Promise((resolve) => {
                const s = net.connect(house.port, "127.0.0.1", () => resolve(s));
                s.on("error", () => resolve(s));
        })));
        const r = await house.raw("GET", "/health");
        crowd.forEach((s) => s.destroy());
        must(r.status === 200, `answered ${r.status} ${r.broken}`);
}

export async function test(count, engine, cluster) {
        const house = await furnish(engine, cluster);
        for (const [name, bytes] of BROKEN)
                await count.test(`wire: ${name}`, () => broken(house, bytes));
        await count.test("wire: two requests in one packet are two answers", async () => {
                const one = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
                must((await talk(house, one + one)).statuses.join() === "200,200", "not two");
        });
        await count.test("wire: a chunked body is a body", async () => {
                const r = await talk(house, `${POST}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`);
                must(r.statuses[0] === 422, `answered ${r.statuses}`);
        });
        await count.test("wire: a client that leaves in the middle", async () => {
                for (let i = 0; i < 50; i++) {
                        const s = net.connect(house.port, "127.0.0.1");
                        s.on("error", () => {});
                        s.write(`${POST}Content-Length: 100\r\n\r\n{"logi`);
                        await sleep(2);
                        s.destroy();
                }
                must((await house.raw("GET", "/health")).status === 200, "not well");
        });
        await count.test("wire: many silent connections", () => silent(house));
        await Promise.all([
                count.test("wire: a head that never ends", () => dribble(house, "GET /health HTTP/1.1\r\nHost: x\r\nX-A: ", 45)),
                count.test("wire: a body that never ends", () => dribble(house, `${POST}Content-Length: 1000\r\n\r\n{`, 45)),
        ]);
        await count.test("wire: the server is well", async () => must(!house.unwell(), house.unwell()));
        await house.close();
}
