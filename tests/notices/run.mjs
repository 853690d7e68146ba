// SPDX-License-Identifier: Apache-2.0
//
// run.mjs -- what leaves the house.  See `run` beside it.
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import {Cluster, House, ROOT, sleep} from "../flow/house.mjs";
import {Post} from "./post.mjs";

const argv = process.argv.slice(2);
const engines = argv.includes("-e") ? [argv[argv.indexOf("-e") + 1]] : ["sqlite", "postgresql"];
const wanted = argv.filter((a, i) => !a.startsWith("-") && argv[i - 1] !== "-e");
const STORM = Number(process.env.NOTICES ?? 1000);
const API = "/api/v1";

/* ---- a house with people in it ---- */

const must = (r, ...statuses) => {
        if (!(statuses.length ? statuses : [200, 201, 202, 204]).includes(r.status))
                throw new Error(`answered ${r.status} ${r.text}`);
        return r.body;
};
const expect = (ok, what) => {
        if (!ok)
                throw new Error(typeof what === "function" ? what() : what);
};
async function soon(what, look, seconds = 15) {
        for (let i = 0; i < seconds * 10; i++) {
                const found = await look();
                if (found)
                        return found;
                await sleep(100);
        }
        throw new Error(`not within ${seconds} s: ${typeof what === "function" ? what() : what}`);
}

class Company {
        static async found(engine, cluster, args, site) {
                const c = new Company();
                c.h = await House.build({engine, cluster, args, site, people: {hotline: "hotline_agent", field: "t1_engineer", duty: "duty_manager", wang: "customer_contact", anna: "customer_contact"}});
                await c.h.serve();
                for (const p of ["admin", "hotline", "field", "duty", "wang", "anna"])
                        await c.h.token(p);
                c.grid = must(await c.post("admin", "account", {code: "G", name: "East Grid 华东电网", grade: "B"})).id;
                c.wang = must(await c.post("admin", "contact", {name: "王芳", account: c.grid, email: "wang@example.test"})).id;
                c.anna = must(await c.post("admin", "contact", {name: "Anna Berg", account: c.grid, email: "anna@example.test", language: "en"})).id;
                await c.patch("admin", `user/${c.h.ids.get("wang")}`, {account: c.grid, contact: c.wang, email: "wang@example.test"});
                await c.patch("admin", `user/${c.h.ids.get("anna")}`, {account: c.grid, contact: c.anna, language: "en", zone: "Europe/Berlin"});
                c.team = must(await c.post("admin", "team", {code: "N1", name: "Field North", kind: "t1", tier: 1})).id;
                await c.patch("admin", `user/${c.h.ids.get("field")}`, {team: c.team, email: "field@example.test", language: "en"});
                return c;
        }
        post(as, path, body = {}) {
                return this.h.send("POST", `${API}/${path}`, {as, body});
        }
        get(as, path) {
                return this.h.send("GET", `${API}/${path}`, {as});
        }
        async patch(as, path, body) {
                return must(await this.h.send("PATCH", `${API}/${path}`, {as, body}));
        }
        /** What the clock of the house says. */
        async now() {
                return Date.parse(must(await this.h.raw("POST", `${API}/test/clock`, {body: {advance: 0}})).now);
        }
        /** Quiet hours of a reader in Shanghai that hold now and for an hour yet. */
        async quiet_now() {
                const at = async (hours) => new Date(await this.now() + (8 + hours) * 3600000).toISOString().slice(11, 16);
                return {quiet_from: await at(-1), quiet_until: await at(2)};
        }
        /** Away from the turn of an hour, where what was held would leave at once. */
        async early_in_hour() {
                const minute = new Date(await this.now()).getUTCMinutes();
                if (minute >= 55)
                        await this.advance((65 - minute) * 60);
        }
        async advance(seconds) {
                must(await this.h.raw("POST", `${API}/test/clock`, {body: {advance: seconds}}));
        }
        async request(title, contact = this.wang, more = {}) {
                const r = must(await this.post("hotline", "technical_request", {title, account: this.grid, contact, ...more}));
                must(await this.post("hotline", `technical_request/${r.id}/register`));
                return r;
        }
        async trail(r) {
                return must(await this.get("hotline", `technical_request/${r.id}/notices`)).items;
        }
        /** The mail's row in the trail, when it is as wanted. */
        mailed(r, fits) {
                let seen;
                return soon(() => `no such mail in ${JSON.stringify(seen)}`, async () => (seen = await this.trail(r)).find((t) => t.channel === "mail" && fits(t)));
        }
}

/* ---- mails ---- */

const mailTests = {
        async "a mail arrives in its reader's language, threaded, marked as made by a program"(c, post) {
                const r = await c.request("走廊没电 \"Dark corridor\"");
                const m = await soon("the mail", () => post.mails().find((x) => x.subject.includes("Dark corridor")));
                expect(m.subject.startsWith("已收到：TR-"), m.subject);
                expect(m.text.includes("wang，您好") && m.text.includes("走廊没电") && m.text.includes(`https://itr.example.test/p/r/${r.number}`), m.text);
                expect(m.text.includes("您是该请求的联系人"), m.text);
                expect(m.headers["auto-submitted"] === "auto-generated" && m.headers["content-language"] === "zh-CN", JSON.stringify(m.headers));
                expect(/^<notice\.\d+@example\.test>$/.test(m.headers["message-id"]), m.headers["message-id"]);
                expect(m.headers.references === `<record.${r.id}@example.test>`, m.headers.references);
                expect(m.headers.from.includes("OpenITR 服务") && m.headers.to.includes("wang@example.test"), JSON.stringify(m.headers));
                await c.mailed(r, (t) => t.state === "sent" && t.sent_at && t.tries === 1);
                const e = await c.request("Second floor", c.anna);
                const n = await soon("the English mail", () => post.mails().find((x) => x.subject.includes("Second floor")));
                expect(n.subject === `Received: ${e.number} Second floor` && n.text.startsWith("Dear anna,"), n.subject + n.text);
                expect(n.headers.to.includes("anna@example.test"), n.headers.to);
        },
        async "a title with line ends and markup stays a title"(c, post) {
                const r = await c.request("Bcc: spy@example.test <b>x</b> {number} =?utf-8?B?eA==?=");
                const m = await soon("the mail", () => post.mails().find((x) => x.headers.references === `<record.${r.id}@example.test>`));
                expect(m.headers.bcc === undefined && m.text.includes("<b>x</b> {number}"), m.raw);
        },
        async "a server that is away: seen, tried again, and the inbox does not wait for it"(c, post) {
                await post.stop();
                const r = await c.request("While the post is closed");
                await soon("the inbox", async () => must(await c.get("wang", "me/notices")).items.some((i) => i.about === r.id));
                const waiting = await c.mailed(r, (t) => t.state === "due" && t.tries === 1 && t.error);
                expect(/connect/i.test(waiting.error) && waiting.next_at, JSON.stringify(waiting));
                await c.advance(70);
                const again = await c.mailed(r, (t) => t.state === "due" && t.tries === 2);
                expect(Date.parse(again.next_at) - Date.parse(waiting.next_at) > 110000, "the pause did not double");
                await post.start();
                await c.advance(3600);
                await c.mailed(r, (t) => t.state === "sent" && t.error === null);
                const found = post.mails().filter((x) => x.headers.references === `<record.${r.id}@example.test>`);
                expect(found.length === 1, `${found.length} mails`);
        },
        async "an address that is refused for good fails, one refused for now comes again"(c) {
                for (const [address, state] of [["nobody@example.test", "failed"], ["x@elsewhere.test", "failed"], ["later@example.test", "due"]]) {
                        const contact = must(await c.post("admin", "contact", {name: "Nowhere", account: c.grid, email: address})).id;
                        const r = await c.request(`To ${address}`, contact);
                        const t = await c.mailed(r, (x) => x.tries >= 1 && x.state !== "sending");
                        expect(t.state === state && /no such person|relay not permitted|come back later/.test(t.error), JSON.stringify(t));
                }
        },
        async "a mail is given up after twelve tries"(c) {
                const contact = must(await c.post("admin", "contact", {name: "Later", account: c.grid, email: "later@example.test"})).id;
                const r = await c.request("Patience", contact);
                for (let i = 1; i <= 12; i++) {
                        await c.mailed(r, (t) => t.tries === i && t.state !== "sending");
                        await c.advance(3700);
                }
                const t = await c.mailed(r, (x) => x.state === "failed");
                expect(t.tries === 12 && t.next_at === null, JSON.stringify(t));
        },
        async "quiet hours and digests hold what is not critical, and gather it"(c, post) {
                await c.early_in_hour();
                await c.patch("wang", "me/notice_preferences", {digest: "hourly"});
                const before = post.mails().length;
                const a = await c.request("Gathered one"), b = await c.request("Gathered two");
                const held = await c.mailed(a, (t) => t.state === "due" && t.reason === "digest");
                expect(held.next_at.slice(14, 16) === "00", held.next_at);
                await c.mailed(b, (t) => t.state === "due" && t.reason === "digest");
                await sleep(1200);
                expect(post.mails().length === before, "a held mail went out");
                await c.advance(3600);
                await c.mailed(a, (t) => t.state === "sent");
                await c.mailed(b, (t) => t.state === "sent");
                const m = await soon("the summary", () => post.mails().find((x) => x.text.includes("Gathered one")));
                expect(m.text.includes("Gathered two") && /您的请求有 \d+ 条通知/.test(m.subject), m.subject + m.text);
                await c.patch("wang", "me/notice_preferences", {digest: "none", ...await c.quiet_now()});
                const q = await c.request("Hush");
                await c.mailed(q, (t) => t.state === "due" && t.reason === "quiet_hours");
                await c.patch("wang", "me/notice_preferences", {quiet_from: null, quiet_until: null});
        },
        async "more mails than the limit become one"(c, post) {
                await c.advance(7200);
                const made = [];
                for (let i = 0; i < 26; i++)
                        made.push(await c.request(`Flood ${i}`, c.anna));
                const rows = [];
                for (const r of made)
                        rows.push(await c.mailed(r, (t) => t.state === "sent" || t.reason === "rate_limit"));
                const held = rows.filter((t) => t.reason === "rate_limit");
                expect(held.length >= 5 && held.length <= 7, `${held.length} held of 26, 20 an hour`);
                await c.advance(1000);
                const m = await soon("the summary", () => post.mails().find((x) => /notices about your requests/.test(x.subject) && x.text.includes("Flood 25")));
                expect(m.subject === `${held.length} notices about your requests`, m.subject);
        },
        async "what is fixed cannot be switched off, the rest can"(c) {
                const refused = await c.h.send("PATCH", `${API}/me/notice_preferences`, {as: "wang", body: {kinds: {answer: "none"}}});
                expect(refused.status === 422 && refused.body.errors[0].code === "not_allowed", refused.text);
                for (const [body, code] of [[{digest: "weekly"}, "not_allowed"], [{quiet_from: "25:00"}, "format"], [{kinds: {nonsense: "mail"}}, "unknown_field"], [{loud: true}, "unknown_field"],
                                            [{kinds: {progress: "pigeon"}}, "not_allowed"], [{kinds: []}, "type"]]) {
                        const x = await c.h.send("PATCH", `${API}/me/notice_preferences`, {as: "wang", body});
                        expect(x.status === 422 && x.body.errors[0].code === code, `${JSON.stringify(body)}: ${x.text}`);
                }
                await c.patch("wang", "me/notice_preferences", {kinds: {progress: "none"}});
                const r = await c.request("Not wanted");
                const t = await soon("the reason", async () => (await c.trail(r)).find((x) => x.state === "skipped"));
                expect(t.reason === "switched_off", JSON.stringify(t));
                await c.patch("wang", "me/notice_preferences", {kinds: {progress: null}});
        },
        async "numbers for the operator"(c) {
                const text = (await c.h.raw("GET", "/metrics")).text;
                expect(/openitr_deliveries_sent_total\{channel="mail"\} [1-9]/.test(text) && /openitr_deliveries_failed_total\{channel="mail"\} [1-9]/.test(text) &&
                       /openitr_deliveries_sent_total\{channel="inbox"\} [1-9]/.test(text), text.match(/openitr_deliver.*/g)?.join("\n") ?? text);
        },
};

/* ---- what stands in the sources ---- */

const sourceTests = {
        async "every template that a verb names is in the list that is checked"() {
                const dir = path.join(ROOT, "src/service"), listed = new Set([...fs.readFileSync(path.join(dir, "notice_check.c"), "utf8").matchAll(/\{"([a-z_0-9]+)", AUDIENCE/g)].map((m) => m[1]));
                const receiver = /^(contact|kdm|handler|owner|team|lead|watchers|administrator|person:.*|[a-z]+_(manager|director|owner|officer|vp))$/;
                const receivers = {test: (words) => words.split(" ").every((x) => receiver.test(x))};      // several stand with blanks between
                for (const f of fs.readdirSync(dir).filter((x) => x.endsWith(".c") && !x.endsWith("_test.c"))) {
                        const text = fs.readFileSync(path.join(dir, f), "utf8");
                        for (const {index} of text.matchAll(/\b(?:timers_notice|tell_level)\(/g)) {
                                let end = text.indexOf("(", index), depth = 0;
                                do
                                        depth += {"(": 1, ")": -1}[text[end]] ?? 0;
                                while (++end < text.length && depth > 0);
                                for (const [, name] of text.slice(index, end).replace(/say\([^)]*\)|printf\([^)]*\)/g, "").matchAll(/"([^"]*)"/g))
                                        expect(receivers.test(name) || listed.has(name), `${f} names ${name}, which notice_check.c has not`);
                        }
                }
                expect(listed.size > 15, "the list could not be read");
        },
};

/* ---- webhooks ---- */

/** A receiver on loopback: answers as told, keeps what it got. */
class Receiver {
        static async open(answer = () => ({status: 200})) {
                const r = new Receiver();
                r.got = [];
                r.answer = answer;
                r.server = http.createServer((q, s) => {
                        let body = "";
                        q.on("data", (d) => (body += d));
                        q.on("end", () => {
                                const x = {headers: q.headers, body, at: Date.now(), url: q.url};
                                r.got.push(x);
                                const a = r.answer(x, r.got.length);
                                if (a)
                                        s.writeHead(a.status, a.headers ?? {}), s.end(a.body ?? "thank you");
                        });
                });
                await new Promise((resolve) => r.server.listen(0, "127.0.0.1", resolve));
                r.url = `http://127.0.0.1:${r.server.address().port}`;
                return r;
        }
        close() {
                this.server.closeAllConnections();
                this.server.close();
        }
}

async function hook(c, url, events, name = `hook ${Math.random()}`) {
        const w = must(await c.post("admin", "webhook", {name, url, events}));
        const {secret} = must(await c.post("admin", `webhook/${w.id}/secret`));
        must(await c.post("admin", `webhook/${w.id}/enable`));
        return {...w, secret};
}
const calls = async (c, w) => must(await c.get("admin", `webhook/${w.id}/deliveries`)).items;

function verified(w, x) {
        const key = Buffer.from(w.secret.replace(/^whsec_/, ""), "base64");
        const mac = crypto.createHmac("sha256", key).update(`${x.headers["webhook-id"]}.${x.headers["webhook-timestamp"]}.${x.body}`).digest("base64");
        return key.length === 32 && x.headers["webhook-signature"] === `v1,${mac}`;
}

const hookTests = {
        async "an event is told, signed by Standard Webhooks, to who wants it"(c) {
                const r = await Receiver.open(), w = await hook(c, r.url + "/in", "technical_request.register work_order.*");
                const q = await c.request("Hook me");
                const x = await soon("the call", () => r.got[0]);
                expect(verified(w, x), JSON.stringify(x.headers));
                expect(Math.abs(Number(x.headers["webhook-timestamp"]) * 1000 - Date.now()) < 86400000 * 40, "timestamp");
                const body = JSON.parse(x.body);
                expect(body.type === "technical_request.register" && body.version === 1 && body.data.id === q.id && body.data.to === "acceptance" | body.data.to !== null && body.data.record.title === "Hook me", x.body);
                await sleep(1000);
                expect(r.got.length === 1, `${r.got.length} calls: create was not asked for`);
                const log = await soon("the log", async () => (await calls(c, w)).find((d) => d.state === "sent"));
                expect(log.code === 200 && log.excerpt === "thank you" && log.tries === 1, JSON.stringify(log));
                must(await c.post("admin", `webhook/${w.id}/ping`));
                await soon("the ping", () => r.got.find((g) => JSON.parse(g.body).type === "webhook.ping" && verified(w, g)));
                must(await c.post("admin", `webhook/${w.id}/deliveries/${log.id}/replay`));
                await soon("the replay", () => r.got.filter((g) => g.headers["webhook-id"] === x.headers["webhook-id"]).length === 2);
                must(await c.post("admin", `webhook/${w.id}/disable`));
                await sleep(1200);
                await c.request("Not any more");
                await sleep(1200);
                expect(r.got.length === 3, `${r.got.length} calls`);
                r.close();
        },
        async "a receiver that fails is called again by the schedule, with the same id"(c) {
                const r = await Receiver.open((x, n) => ({status: n < 3 ? 503 : 204, body: "not now \u0001\u00ff"})), w = await hook(c, r.url, "technical_request.create");
                await c.request("Again");
                const first = await soon("a failure", async () => (await calls(c, w)).find((d) => d.state === "due" && d.tries === 1));
                expect(first.code === 503 && first.error === "it answered 503" && first.excerpt.startsWith("not now"), JSON.stringify(first));
                await c.advance(6);
                await soon("a second", async () => (await calls(c, w)).find((d) => d.state === "due" && d.tries === 2));
                await c.advance(301);
                await soon("success", async () => (await calls(c, w)).find((d) => d.state === "sent" && d.tries === 3));
                expect(new Set(r.got.map((g) => g.headers["webhook-id"])).size === 1 && r.got.every((g) => verified(w, g)), "ids or signatures differ");
                must(await c.post("admin", `webhook/${w.id}/disable`));
                r.close();
        },
        async "a redirect to an address inside is not followed"(c) {
                const inside = await Receiver.open(), r = await Receiver.open(() => ({status: 302, headers: {Location: inside.url + "/secret"}}));
                const w = await hook(c, r.url, "technical_request.create");
                await c.request("Redirected");
                const d = await soon("a failure", async () => (await calls(c, w)).find((x) => x.tries === 1 && x.state === "due"));
                expect(d.code === 302 && /redirects are not followed/.test(d.error), JSON.stringify(d));
                await sleep(500);
                expect(inside.got.length === 0, "the redirect was followed");
                must(await c.post("admin", `webhook/${w.id}/disable`));
                r.close(), inside.close();
        },
        async "a receiver that hangs is cut off, and holds up nobody else"(c) {
                const slow = await Receiver.open(() => null), quick = await Receiver.open();
                const s = await hook(c, slow.url, "technical_request.create"), w = await hook(c, quick.url, "technical_request.create");
                const began = Date.now();
                for (let i = 0; i < 6; i++)
                        await c.request(`Hang ${i}`);
                await soon("the quick one", () => quick.got.length >= 6, 4);
                const d = await soon("the cut", async () => (await calls(c, s)).find((x) => x.tries >= 1 && x.state === "due"));
                expect(/time/i.test(d.error) && Date.now() - began < 9000, JSON.stringify(d));
                for (const x of [s, w])
                        must(await c.post("admin", `webhook/${x.id}/disable`));
                slow.close(), quick.close();
        },
        async "bad URLs and patterns are refused with a sentence"(c) {
                for (const url of ["http://example.com/", "https://user:pw@example.com/", "ftp://example.com/", "file:///etc/passwd", "https://10.0.0.1/", "https://192.168.1.1/x", "https://[::1]/",
                                   "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest", "https://2130706434/", "https://0x7f000002/", "https://localhost/", "https://localhost./", "https://127.0.0.1./", "nonsense", "https://example.com/#x",
                                   "https://[fe80::1]/", "https://224.0.0.1/", "gopher://example.com"]) {
                        const x = await c.post("admin", "webhook", {name: url, url, events: "*.*"});
                        expect(x.status === 409 && x.body.errors[0].pointer === "/url" && x.body.errors[0].text.zh, `${url}: ${x.status} ${x.text}`);
                }
                for (const events of ["technical_request", "nothing.create", "technical_request.fly", "user.create", ".", "*."]) {
                        const x = await c.post("admin", "webhook", {name: events, url: "https://example.com/", events});
                        expect(x.status === 422 && x.body.errors[0].pointer === "/events", `${events}: ${x.status} ${x.text}`);
                }
                for (const who of ["duty", "hotline", "wang"])
                        expect((await c.post(who, "webhook", {name: "x", url: "https://example.com/", events: "*.*"})).status === 403, `${who} may make webhooks`);
                const w = must(await c.post("admin", "webhook", {name: "no secret", url: "https://example.com/", events: "*.*"}));
                expect((await c.post("admin", `webhook/${w.id}/enable`)).status === 409, "enabled without a secret");
                expect((await c.post("duty", `webhook/${w.id}/secret`)).status === 404, "a secret for the duty manager");
                expect(!JSON.stringify(must(await c.get("admin", `webhook/${w.id}`))).includes("secret\":"), "the secret shows");
                must(await c.post("admin", `webhook/${w.id}/secret`));
                expect((await c.post("admin", `webhook/${w.id}/deliveries/999/replay`)).status === 404, "replay of nothing");
                expect((await c.post("admin", `webhook/${w.id}/ping`)).status === 409, "ping of a disabled one");
        },
        async "after long failure it is switched off, and administrators are told"(c) {
                const r = await Receiver.open(() => ({status: 500, body: "broken"})), w = await hook(c, r.url, "technical_request.create", "the broken one");
                await c.request("Fails for days");
                await soon("a failure", async () => (await calls(c, w)).find((d) => d.tries === 1 && d.state === "due"));
                await c.advance(5 * 86400 + 60);
                await soon("switched off", async () => must(await c.get("admin", `webhook/${w.id}`)).state === "disabled");
                await soon("told", async () => must(await c.get("admin", "me/notices?limit=5")).items.some((i) => i.template === "webhook_disabled" && i.subject.en.includes("the broken one")));
                const gone = await Receiver.open(() => ({status: 410})), g = await hook(c, gone.url, "technical_request.create");
                await c.request("Gone");
                await soon("switched off at once", async () => must(await c.get("admin", `webhook/${g.id}`)).state === "disabled");
                r.close(), gone.close();
        },
        async "what was delivered long ago is deleted; what belongs to an open case, or waits, stays"(c) {
                const receiver = await Receiver.open();
                try {
                        const w = await hook(c, receiver.url, "technical_request.register");
                        const open = await c.request("Open for years"), closed = await c.request("Over soon");
                        must(await c.post("hotline", `technical_request/${closed.id}/cancel`, {reason: "Withdrawn by phone"}));
                        await soon("both calls", async () => (await calls(c, w)).filter((x) => x.state === "sent").length === 2, 60);
                        const told = async (r) => (await c.trail(r)).filter((t) => t.template === "request_received" && t.channel === "inbox").length;
                        await soon("both receipts", async () => await told(open) === 1 && await told(closed) === 1, 60);
                        await c.advance(390 * 86400 / 2);
                        await c.advance(390 * 86400 / 2);
                        const late = await c.request("A year later");
                        await soon("the third call", async () => (await calls(c, w)).length === 3, 60);
                        expect(await told(closed) === 1, "gone before its time");
                        await c.advance(11 * 86400);
                        await soon("the old calls to go", async () => (await calls(c, w)).length === 1, 60);
                        await soon("the closed case's trail to go", async () => await told(closed) === 0, 60);
                        expect(await told(open) === 1 && await told(late) === 1, "what is open or young went as well");
                        const {items} = must(await c.get("hotline", `technical_request/${closed.id}/timeline?limit=200`));
                        expect(items.some((e) => e.name === "register"), "the timeline is not whole");
                        must(await c.post("admin", `webhook/${w.id}/disable`));
                } finally {
                        receiver.close();
                }
        },
};

/* No address is allowed here. */
const insideTests = {
        async "a name that leads inside is refused when it is called"(c) {
                const w = await hook(c, `https://${os.hostname()}:1/`, "technical_request.create");
                await c.request("Inside by name");
                const d = await soon("the refusal", async () => (await calls(c, w)).find((x) => x.tries === 1 && x.state === "due"));
                expect(/private, local or reserved/.test(d.error), JSON.stringify(d));
                must(await c.post("admin", `webhook/${w.id}/disable`));
        },
};

/* ---- kill -9 in a storm ---- */

async function inboxOf(c, who) {
        const all = [];
        for (let cursor = ""; ;) {
                const page = must(await c.get(who, `me/notices?limit=200${cursor && `&cursor=${cursor}`}`));
                all.push(...page.items);
                if (!(cursor = page.next ?? ""))
                        return all;
        }
}

async function storm(c, post) {
        await c.patch("wang", "me/notice_preferences", {});
        const acknowledged = new Set();
        let kills = 0, made = 0, running = true;
        const writer = async (n) => {
                while (running && made < STORM) {
                        const title = `Storm ${made++}`;
                        const body = {title, account: c.grid, contact: c.wang, severity: "critical"};
                        for (let key = 0; key < 200; key++) {
                                const r = await c.h.send("POST", `${API}/technical_request`, {as: "hotline", body, headers: {"Idempotency-Key": title.replace(" ", "-")}, timeout: 5000});
                                if (r.status === 201) {
                                        for (let again = 0; again < 200; again++) {
                                                const t = await c.h.send("POST", `${API}/technical_request/${r.body.id}/register`, {as: "hotline", body: {}, headers: {"Idempotency-Key": `${title.replace(" ", "-")}-r`}, timeout: 5000});
                                                if (t.status === 200)
                                                        break;
                                                await sleep(50);
                                        }
                                        acknowledged.add(r.body.id);
                                        break;
                                }
                                await sleep(50);
                        }
                }
        };
        const writers = Promise.all(Array.from({length: 8}, (_, i) => writer(i)));
        while (acknowledged.size < STORM) {
                const at = acknowledged.size;
                await soon("the storm goes on", () => acknowledged.size >= STORM || acknowledged.size > at + STORM / 5, 60);
                if (acknowledged.size >= STORM || kills >= 4)
                        break;
                await c.h.stop("SIGKILL");
                kills++;
                await c.h.serve();
        }
        await writers;
        running = false;
        await c.h.stop("SIGKILL");
        await c.h.serve();
        await c.advance(300);                  // a lease of the killed server ends; the mails beyond the limit are gathered
        await c.advance(1200);
        const inbox = await soon("the inbox", async () => {
                const list = (await inboxOf(c, "wang")).filter((i) => acknowledged.has(i.about) && i.template === "request_received");
                return list.length >= acknowledged.size && list;
        }, 60);
        const seen = new Map();
        for (const i of inbox)
                seen.set(i.about, (seen.get(i.about) ?? 0) + 1);
        expect([...acknowledged].every((id) => seen.get(id) === 1), `of ${acknowledged.size} notices some are missing or there twice: ${[...seen].filter(([, n]) => n !== 1).length}`);
        // Whatever waits for the clock is let go: leases of the killed, pauses after failures, what is gathered.
        await soon("all mails", async () => {
                const left = Number((await c.h.raw("GET", "/metrics")).text.match(/queued\{channel="mail"\} (\d+)/)?.[1] ?? 1);
                await sleep(left ? 2000 : 6000);
                await c.advance(300);
                return left === 0 && /queued\{channel="mail"\} 0/.test((await c.h.raw("GET", "/metrics")).text);
        }, 60);
        const texts = post.mails().map((m) => m.text).join("\n"), lost = [];
        for (const i of inbox)
                if (!texts.includes(i.number))
                        lost.push(i.number);
        expect(lost.length === 0, `${lost.length} mails are lost: ${lost.slice(0, 5)}`);
        const ids = post.mails().map((m) => m.headers["message-id"]);
        console.log(`  ${c.h.engine}: ${acknowledged.size} notices, ${kills + 1} kills, each once in the inbox; ${ids.length} mails, ${ids.length - new Set(ids).size} of them twice`);
}

/** A site in which nobody's mails are gathered, so that each notice is a mail of its own. */
function unlimited(dir) {
        const built = fs.readFileSync(path.join(ROOT, "rules/notice_limit.yaml"), "utf8");
        fs.mkdirSync(path.join(dir, "site/rules"), {recursive: true});
        fs.writeFileSync(path.join(dir, "site/rules/notice_limit.yaml"), built.replace(/(person|case): (20|40|6|8)\b/g, "$1: 1000000"));
        return path.join(dir, "site");
}

/* ---- running ---- */

let passed = 0, failed = 0;
async function test(engine, name, run) {
        if (wanted.length && !wanted.some((w) => name.includes(w)))
                return;
        try {
                await run();
                passed++;
        } catch (e) {
                failed++;
                console.log(`FAILED  ${engine}: ${name}\n        ${e.stack ?? e}`);
        }
}

async function group(engine, cluster, tests, args, post, site) {
        const c = await Company.found(engine, cluster, args, site);
        for (const [name, run] of Object.entries(tests))
                await test(engine, name, async () => {
                        await run(c, post);
                        expect(c.h.up, () => c.h.log);
                });
        const code = await c.h.close();
        await test(engine, "the server ends well", () => expect(code === 0, `it ended with ${code}\n${c.h.log}`));
}

for (const [name, run] of Object.entries(sourceTests))
        await test("sources", name, run);
for (const engine of engines) {
        let cluster, post;
        try {
                cluster = engine === "postgresql" ? await Cluster.start() : undefined;
                post = await Post.open();
                await group(engine, cluster, mailTests, post.settings(["--mail-timeout", "5"]), post);
                await group(engine, cluster, hookTests, ["--webhook-allow", "127.0.0.1", "--webhook-timeout", "3"]);
                await group(engine, cluster, insideTests, []);
                await post.close();
                post = await Post.open();
                await group(engine, cluster, {"kill -9 in a storm of notices": storm}, post.settings(), post, unlimited(post.dir));
        } catch (e) {
                failed++;
                console.log(`FAILED  ${engine}: the run itself\n        ${e.stack ?? e}`);
        } finally {
                await post?.close();
                await cluster?.close();
        }
}
console.log(`notices: ${passed} passed, ${failed} failed`);
process.exitCode = failed || !passed ? 1 : 0;
