// SPDX-License-Identifier: Apache-2.0
//
// values.mjs -- requests that can be read, but ask for nonsense: wrong types, unknown names, texts that are too long or
// no text, ids that are none, methods and media that are not served.
import {furnish} from "../stage.mjs";
import {must, refused} from "./must.mjs";

const API = "/api/v1";
const as = "hotline";

/** Body of a creation, status, code, pointer. */
const CREATIONS = [
        [{}, 422, "required", "/title"],
        [{title: null}, 422, "required", "/title"],
        [{title: 1}, 422, "type", "/title"],
        [{title: true}, 422, "type", "/title"],
        [{title: ["x"]}, 422, "type", "/title"],
        [{title: {x: 1}}, 422, "type", "/title"],
        [{title: "x".repeat(201)}, 422, "too_long", "/title"],
        [{title: "\u4e2d".repeat(201)}, 422, "too_long", "/title"],
        [{title: "a\nb"}, 422, "format", "/title"],
        [{title: "x", description: "x".repeat(20001)}, 422, "too_long", "/description"],
        [{title: "x", nothing: 1}, 422, "unknown_field", "/nothing"],
        [{title: "x", id: 1}, 422, "unknown_field", "/id"],
        [{title: "x", state: "closed"}, 422, "unknown_field", "/state"],
        [{title: "x", number: "TR-1"}, 422, "unknown_field", "/number"],
        [{title: "x", "a/b~c": 1}, 422, "unknown_field", "/a~1b~0c"],
        [{title: "x", kind: "riot"}, 422, "not_allowed", "/kind"],
        [{title: "x", kind: 3}, 422, "type", "/kind"],
        [{title: "x", interrupted: "yes"}, 422, "type", "/interrupted"],
        [{title: "x", interrupted: 1}, 422, "type", "/interrupted"],
        [{title: "x", account: "1"}, 422, "type", "/account"],
        [{title: "x", account: 1.5}, 422, "type", "/account"],
        [{title: "x", account: 99999999}, 422, "no_such_record", "/account"],
        [{title: "x", account: -1}, 422, null, "/account"],
        [{title: "x", occurred_at: "yesterday"}, 422, "format", "/occurred_at"],
        [{title: "x", occurred_at: "2026-02-30T00:00:00Z"}, 422, "format", "/occurred_at"],
        [{title: "x", occurred_at: "2026-02-03T00:00:00"}, 422, "format", "/occurred_at"],
        [{title: "x", occurred_at: 5}, 422, "type", "/occurred_at"],
        [{title: "x", priority: "P1"}, 422, "read_only", "/priority"],
        [{title: "x", reporter_phone: "call me"}, 422, "format", "/reporter_phone"],
        [[], 422, "type", null],
];

/** Raw bodies, status, code. */
const RAW = [
        [Buffer.from('{"title":"\xff"}', "latin1"), 400, "json"],
        [Buffer.from('{"title":"\xc0\xaf"}', "latin1"), 400, "json"],
        [Buffer.from('{"title":"\\u0000"}'), 422, "utf8"],
        [Buffer.from('{"title":"x","title":"y"}'), 422, "duplicate_field"],
        [Buffer.from(`{"title":"x","interrupted":${"1".repeat(400)}}`), 400, "json"],
        [Buffer.from(`{${Array.from({length: 30000}, (_, i) => `"f${i}":1`).join(",")}}`), 413, "too_many"],
        [Buffer.alloc(1 << 20, " "), 400, "json"],
        [Buffer.alloc((1 << 20) + 1, " "), 413, "body_too_large"],
        [Buffer.alloc(5 << 20, "x"), 413, "body_too_large"],
];

/** Method, path, status, code, headers. */
const REQUESTS = [
        ["GET", `${API}/technical_request/999999999`, 404, "not_found"],
        ["GET", `${API}/technical_request/TR-2026-999999`, 404, "not_found"],
        ["GET", `${API}/technical_request/abc`, 404, "not_found"],
        ["GET", `${API}/technical_request/0`, 404, "not_found"],
        ["GET", `${API}/technical_request/-1`, 404, "not_found"],
        ["GET", `${API}/technical_request/9223372036854775808`, 404, "not_found"],
        ["GET", `${API}/technical_request/1%27%20or%201=1`, 404, "not_found"],
        ["GET", `${API}/technical_request/1?fields=nothing`, 400, "parameter"],
        ["GET", `${API}/technical_request/1?can=perhaps`, 400, "parameter"],
        ["GET", `${API}/technical_request?limit=1e3`, 400, "parameter"],
        ["GET", `${API}/events_`, 404, "no_route"],
        ["GET", `${API}/credentials`, 404, "no_route"],
        ["GET", `${API}/sessions/1`, 404, "no_route"],
        ["GET", `${API}/message`, 404, "no_route"],
        ["GET", `${API}/technical_request/1/nothing`, 404, null],
        ["GET", "/nothing/there.php", 404, null],
        ["GET", `${API}/../../etc/passwd`, 404, null],
        ["GET", "/..%2f..%2fetc%2fpasswd", 404, null],
        ["GET", `${API}/%zz`, 400, null],
        ["GET", `${API}/a%00b`, 400, null],
        ["GET", `${API}/%ff`, 400, null],
        ["PUT", `${API}/technical_request`, 405, null],
        ["DELETE", `${API}/technical_request`, 405, null],
        ["PATCH", `${API}/technical_request`, 405, null],
        ["POST", `${API}/me`, 405, null],
        ["TRACE", `${API}/me`, 405, null],
];

async function creation(house, [body, status, code, pointer]) {
        const r = await house.send("POST", `${API}/technical_request`, {as, body});
        refused(r, status, code);
        must(!pointer || r.body.errors.some((e) => e.pointer === pointer), `no error at ${pointer}: ${r.text.slice(0, 300)}`);
        must(r.body.errors?.every((e) => e.text.en && e.text.zh) ?? true, `a sentence is missing: ${r.text.slice(0, 300)}`);
        must(r.body.detail?.en && r.body.detail?.zh && r.body.request_id, `the problem is not complete: ${r.text.slice(0, 300)}`);
}

async function others(count, house) {
        await count.test("values: a long path", async () =>
                refused(await house.send("GET", `${API}/${"x".repeat(9000)}`, {as}), 414));
        await count.test("values: a long header", async () => {
                const r = await house.send("GET", `${API}/me`, {as, headers: {"X-Long": "x".repeat(60000)}});
                must(r.status === 431 || r.status === 413, `answered ${r.status}`);
        });
        await count.test("values: another media type", async () =>
                refused(await house.send("POST", `${API}/technical_request`, {as, body: "title=x", headers: {"Content-Type": "text/plain"}}), 415));
        await count.test("values: 405 names what is allowed", async () => {
                const r = await house.send("PUT", `${API}/technical_request`, {as});
                must(/GET/.test(r.headers.allow) && /POST/.test(r.headers.allow), `Allow: ${r.headers.allow}`);
        });
        await count.test("values: HEAD and OPTIONS do no harm", async () => {
                must((await house.send("HEAD", `${API}/me`, {as})).status < 500, "HEAD");
                must((await house.send("OPTIONS", `${API}/me`, {as})).status < 500, "OPTIONS");
        });
        await count.test("values: sentences in the reader's language", async () => {
                const body = {title: 1};
                const en = await house.send("POST", `${API}/technical_request`, {as, body, headers: {"Accept-Language": "en"}});
                const zh = await house.send("POST", `${API}/technical_request`, {as, body, headers: {"Accept-Language": "zh-CN,zh;q=0.9"}});
                must(/^[\x20-\x7e]+$/.test(en.body.title) && /[\u4e00-\u9fff]/.test(zh.body.title), `${en.body.title}, ${zh.body.title}`);
        });
        await count.test("values: a transition that is forbidden, unknown, stale", async () => {
                const r = await house.send("POST", `${API}/technical_request`, {as, body: {title: "x", caller_unknown: true}});
                const here = `${API}/technical_request/${r.body.id}`;
                refused(await house.send("POST", `${here}/close`, {as, body: {}}), 409, "wrong_state");
                refused(await house.send("POST", `${here}/explode`, {as, body: {}}), 404, "no_route");
                refused(await house.send("POST", `${here}/register`, {as, body: {reason: 5}}), 422, "type");
                refused(await house.send("POST", `${here}/register`, {as, body: {nothing: 5}}), 422, "unknown_field");
                refused(await house.send("POST", `${here}/register`, {as, body: {}, headers: {"If-Match": '"7"'}}), 412, "stale");
        });
}

export async function test(count, engine, cluster) {
        const house = await furnish(engine, cluster);
        for (const row of CREATIONS)
                await count.test(`values: ${JSON.stringify(row[0]).slice(0, 60)}`, () => creation(house, row));
        for (const [body, status, code] of RAW)
                await count.test(`values: ${body.length} bytes, ${status}`, async () =>
                        refused(await house.send("POST", `${API}/technical_request`, {as, body}), status, code));
        for (const [method, path, status, code] of REQUESTS)
                await count.test(`values: ${method} ${path.slice(0, 60)}`, async () =>
                        refused(await house.send(method, path, {as, body: method === "POST" || method === "PATCH" || method === "PUT" ? {} : undefined}), status, code));
        await others(count, house);
        await count.test("values: the server is well", async () => must(!house.unwell(), house.unwell()));
        await house.close();
}
