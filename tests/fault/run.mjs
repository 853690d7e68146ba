// SPDX-License-Identifier: Apache-2.0
//
// run.mjs -- the rounds of kill -9.  See `run` beside it for what a round is.
//
// A writer knows what it sent and what was answered.  `Case` is what a writer believes of one request: everything in it
// was acknowledged; `pending` is the one thing of which no answer came.
import crypto from "node:crypto";
import path from "node:path";
import {execFileSync} from "node:child_process";
import {Cluster, House, ROOT, sleep} from "../flow/house.mjs";

const API = "/api/v1/technical_request";
const WRITERS = 16;
const CHECK_EVERY = 10;
const [roundsSqlite, roundsPg] = [Number(process.argv[2] ?? 200), Number(process.argv[3] ?? 24)];
const as = "agent";

class Broken extends Error {}
const must = (ok, message) => {
        if (!ok)
                throw new Broken(message);
};

/* ---- writing ---- */

class Writer {
        constructor(house, name) {
                Object.assign(this, {house, name, cases: [], pending: null, n: 0});
        }
        key() {
                return `${this.name}-${++this.n}`;
        }
        /** Sends one thing; when no answer comes, it stays pending. */
        async send(what, method, where, body, then) {
                const key = this.key(), headers = {"Idempotency-Key": key};
                if (Buffer.isBuffer(body))
                        headers["Content-Type"] = "application/octet-stream";
                this.pending = {what, method, where, body, headers, then, key};
                const r = await this.house.send(method, where, {as, body, headers});
                if (r.status === 0 || r.status === 503)
                        return false;
                must(r.status < 300, `${what} was answered ${r.status} ${r.text.slice(0, 300)}`);
                then(r.body);
                this.pending = null;
                return true;
        }
        create() {
                const title = `${this.name} ${this.n}`;
                return this.send("create", "POST", API, {title, caller_unknown: true, description: "d0"}, (b) =>
                        this.cases.push({id: b.id, title, state: "draft", description: "d0", messages: [], files: []}));
        }
        register(c) {
                return this.send("register", "POST", `${API}/${c.id}/register`, {}, () => (c.state = "registered"));
        }
        change(c) {
                const description = `d${this.n}`;
                return this.send("change", "PATCH", `${API}/${c.id}`, {description}, () => (c.description = description));
        }
        message(c) {
                const body = `m${this.n}`;
                return this.send("message", "POST", `${API}/${c.id}/message`, {body, visibility: "public"}, () => c.messages.push(body));
        }
        upload(c) {
                const bytes = crypto.randomBytes(3000 + (this.n % 5) * 20000), name = `f${this.n}.bin`;
                return this.send("upload", "POST", `${API}/${c.id}/attachment?name=${name}`, bytes, (b) => c.files.push({id: b.id, name, bytes}));
        }
        async write(until) {
                while (!until.over) {
                        const c = this.cases.at(-1), dice = Math.random();
                        const ok = !c || dice < 0.45 ? await this.create() : c.state === "draft" && dice < 0.7 ? await this.register(c)
                                : dice < 0.85 ? await this.message(c) : dice < 0.95 ? await this.change(c) : await this.upload(c);
                        if (!ok)
                                return;
                }
        }
}

/* ---- looking ---- */

async function get(house, where) {
        const r = await house.send("GET", where, {as});
        must(r.status === 200, `GET ${where} is answered ${r.status} ${r.text?.slice(0, 200)}`);
        return r;
}
const items = async (house, where) => (await get(house, where)).body.items;

/** All that was acknowledged of a case is there; the pending change may be or not. */
async function checkCase(house, c, pending) {
        const r = (await get(house, `${API}/${c.id}`)).body;
        const mine = pending?.where.startsWith(`${API}/${c.id}`) ? pending : null;
        must(r.title === c.title, `${c.id} has the title ${r.title}`);
        must(r.state === c.state || (mine?.what === "register" && r.state === "registered"), `${c.id} is ${r.state}, acknowledged was ${c.state}`);
        must(r.description === c.description || (mine?.what === "change" && r.description === mine.body.description),
             `${c.id} says ${r.description}, acknowledged was ${c.description}`);
        c.description = r.description;         // from now on exactly this
        if (c.messages.length) {
                const got = (await items(house, `${API}/${c.id}/message?limit=200`)).map((m) => m.body);
                must(c.messages.every((m) => got.filter((g) => g === m).length === 1), `${c.id}: messages ${c.messages} became ${got}`);
        }
        for (const f of c.files) {
                const got = await get(house, `${API}/${c.id}/attachment/${f.id}/content`);
                must(got.bytes.equals(f.bytes), `${c.id}: ${f.name} has other bytes`);
        }
}

/** What was not acknowledged is sent again under its key and is then there once. */
async function checkPending(house, w) {
        const p = w.pending;
        if (!p || p.method === "PATCH")
                return;
        const before = p.what === "create" ? await items(house, `${API}?filter=${encodeURIComponent(`title=='${p.body.title}'`)}`) : [];
        must(before.length <= 1, `"${p.body.title}" is there ${before.length} times`);
        const r = await house.send(p.method, p.where, {as, body: p.body, headers: p.headers});
        must(r.status < 300, `${p.what}, sent again, is answered ${r.status} ${r.text?.slice(0, 300)}`);
        if (before.length)
                must(r.headers["idempotency-replayed"] === "true" && r.body.id === before[0].id, `${p.what} was done, but not replayed`);
        p.then(r.body);
        const list = {
                create: () => items(house, `${API}?filter=${encodeURIComponent(`title=='${p.body.title}'`)}`),
                register: async () => (await items(house, `${p.where.replace("/register", "")}/timeline?limit=200`)).filter((e) => e.name === "register"),
                message: async () => (await items(house, `${p.where}?limit=200`)).filter((m) => m.body === p.body.body),
                upload: async () => (await items(house, `${p.where.split("?")[0]}?limit=200`)).filter((a) => p.where.endsWith(`=${a.name}`)),
        };
        const n = (await list[p.what]()).length;
        must(n === 1, `${p.what}, sent twice under one key, is there ${n} times`);
}

async function checkWriter(house, w) {
        for (const c of w.cases)
                await checkCase(house, c, w.pending);
        await checkPending(house, w);
}

/** With the server down: chains and halves. */
async function checkStore(house) {
        await house.command(["verify", "--db", house.db]);
        try {
                execFileSync(path.join(ROOT, "build/tests/fault/halves"), [house.db], {encoding: "utf8"});
        } catch (e) {
                throw new Broken(`halves: ${e.stdout}${e.stderr}`);
        }
}

/* ---- rounds ---- */

/** What dies in this round: on SQLite the server, on PostgreSQL each in turn. */
async function die(house, n) {
        const which = house.engine === "sqlite" ? "server" : ["server", "database", "both"][n % 3];
        if (which !== "server")
                await house.cluster.kill();
        if (which !== "database")
                await house.stop("SIGKILL");
        if (which !== "server")
                await house.cluster.again();
        return which !== "database";
}

async function recover(house, served) {
        if (served)
                await house.serve();
        for (let i = 0; i < 100; i++) {
                const r = await house.send("GET", `${API}?limit=1`, {as});
                if (r.status === 200)
                        return;
                await sleep(50);
        }
        throw new Broken("the server does not come back");
}

async function round(house, n, all) {
        const writers = Array.from({length: WRITERS}, (_, i) => new Writer(house, `r${n}w${i}`));
        const until = {over: false};
        const work = Promise.all(writers.map((w) => w.write(until)));
        await sleep(10 + Math.random() * 240);
        const down = await die(house, n);
        until.over = true;
        await work;
        if (down && n % CHECK_EVERY === 0)
                await checkStore(house);
        await recover(house, down);
        await Promise.all(writers.map((w) => checkWriter(house, w)));
        all.push(...writers.flatMap((w) => w.cases));
        return writers.filter((w) => w.pending).length;
}

/** After all rounds nothing of the earlier ones was lost by the later. */
async function checkAll(house, all) {
        for (let i = 0; i < all.length; i += WRITERS)
                await Promise.all(all.slice(i, i + WRITERS).map((c) => checkCase(house, c, null)));
        await house.stop();
        await checkStore(house);
}

async function rounds(engine, count) {
        const tally = {passed: 0, failed: 0}, all = [];
        const cluster = engine === "postgresql" ? await Cluster.start({fsync: true}) : undefined;
        const house = await House.build({engine, cluster, people: {agent: "hotline_agent"}, args: ["--log-level", "off"]});
        let pending = 0;
        const guarded = async (name, run) => {
                try {
                        await run();
                        tally.passed++;
                } catch (e) {
                        tally.failed++;
                        console.log(`FAILED  ${engine}: ${name}\n        ${e instanceof Broken ? e.message : e.stack}`);
                        if (!house.up)
                                await house.serve();
                }
        };
        await house.serve();
        await house.token(as);
        for (let n = 1; n <= count; n++)
                await guarded(`round ${n}`, async () => (pending += await round(house, n, all)));
        if (count)
                await guarded(`all ${count} rounds`, () => checkAll(house, all));
        console.log(`  ${engine}: ${count} rounds, ${all.length} requests, ${pending} changes were cut off`);
        await house.close();
        await cluster?.close();
        return tally;
}

const sums = [await rounds("sqlite", roundsSqlite), await rounds("postgresql", roundsPg)];
const failed = sums[0].failed + sums[1].failed;
console.log(`fault: ${sums[0].passed + sums[1].passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
