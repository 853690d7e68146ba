// SPDX-License-Identifier: Apache-2.0
//
// storm.mjs -- rounds of kill -9 while timers fire.  See `storm` beside it for what a round is.
//
// A server that was killed wakes up at the real time, so the test turns its clock on to where it was; `ahead` keeps count.
import http from "node:http";
import {Cluster, House, sleep} from "../flow/house.mjs";

const API = "/api/v1/technical_request";
const [roundsSqlite, roundsPg, REQUESTS] = [2, 3, 4].map((i) => Number(process.argv[i] ?? [20, 9, 300][i - 2]));
const PEOPLE = {boss: "duty_manager,hotline_agent,t1_engineer,administrator"};
const as = "boss";

class Broken extends Error {}
const must = (ok, message) => {
        if (!ok)
                throw new Broken(message);
};

async function call(house, method, where, body) {
        const r = await house.send(method, where, {as, body});
        must(r.status < 300, `${method} ${where} is answered ${r.status} ${r.text?.slice(0, 300)}`);
        return r.body;
}

/** At most 16 at once. */
async function each(list, run) {
        const rest = [...list];
        await Promise.all(Array.from({length: 16}, async () => {
                for (let x; (x = rest.pop()) !== undefined;)
                        await run(x);
        }));
}

class Storm {
        constructor(house) {
                Object.assign(this, {house, ahead: 0, requests: [], rounds: 0, cut: 0});
        }
        async turn(seconds) {
                await call(this.house, "POST", "/api/v1/test/clock", {advance: seconds});
        }
        async prepare() {
                const team = await call(this.house, "POST", "/api/v1/team", {code: "T1", name: "Field", kind: "t1", tier: 1});
                await each(Array.from({length: REQUESTS}, (_, i) => i), async (i) => {
                        const r = await call(this.house, "POST", API, {title: `Storm ${i}`, caller_unknown: true});
                        await call(this.house, "POST", `${API}/${r.id}/register`, {});
                        await call(this.house, "POST", `${API}/${r.id}/authorise`, {kind: "fault", severity: "major", scope_category: "S1"});
                        await call(this.house, "POST", `${API}/${r.id}/dispatch`, {team: team.id, service_mode: "remote"});
                        await call(this.house, "POST", `${API}/${r.id}/accept`, {first_contact: "Called"});
                        this.requests.push(r.id);
                });
        }
        /** All wait until one hour from now. */
        async wait() {
                const until = new Date(Date.now() + (this.ahead + 3600) * 1000).toISOString();
                await each(this.requests, (id) => call(this.house, "POST", `${API}/${id}/wait`,
                        {pause_code: "site_access", pause_evidence: "Locked", waiting_until: until}));
        }
        async die(n) {
                const which = this.house.engine === "sqlite" ? "server" : ["server", "database", "both"][n % 3];
                if (which !== "server")
                        await this.house.cluster.kill();
                if (which !== "database")
                        await this.house.stop("SIGKILL");
                if (which !== "server")
                        await this.house.cluster.again();
                return which !== "database";
        }
        async recover(served) {
                if (served)
                        await this.house.serve();
                for (let i = 0; i < 200; i++) {
                        if ((await this.house.send("GET", `${API}?limit=1`, {as})).status === 200)
                                break;
                        await sleep(50);
                }
                if (!served)
                        return;
                this.cut += await this.waiting();
                await this.turn(this.ahead);
        }
        async waiting() {
                const r = await call(this.house, "GET", `${API}?filter=${encodeURIComponent("state==waiting")}&count=true&limit=1`);
                return r.count;
        }
        async settle() {
                for (let i = 0; i < 600; i++) {
                        if ((await this.waiting()) === 0)
                                return;
                        await sleep(50);
                }
                throw new Broken(`${await this.waiting()} requests wait for ever`);
        }
        async check(id) {
                const events = (await call(this.house, "GET", `${API}/${id}/timeline?limit=200`)).items;
                const resumed = events.filter((e) => e.name === "resume").length;
                must(resumed === this.rounds, `${id} was resumed ${resumed} times in ${this.rounds} rounds`);
                const children = async (entity) => (await call(this.house, "GET", `/api/v1/${entity}?filter=${encodeURIComponent(`parent==${id}`)}`)).items;
                const tiers = (await children("technical_escalation")).map((e) => e.to_tier);
                must(new Set(tiers).size === tiers.length, `${id} was handed up to ${tiers}`);
                must((await children("management_escalation")).length <= 1, `${id} called management twice`);
        }
        async round() {
                await this.wait();
                this.ahead += 2 * 3600;
                await this.turn(2 * 3600);
                await sleep(Math.random() * 40);
                const served = await this.die(this.rounds);
                this.rounds++;
                await this.recover(served);
                await this.settle();
                await each(this.requests, (id) => this.check(id));
        }
        async end() {
                await sleep(1000);
                await each(this.requests, (id) => this.check(id));
                await this.house.stop();
                await this.house.command(["verify", "--db", this.house.db]);
        }
}

/** Two servers on one database: one of them dies in the storm, the other ends it alone; then the dead one is back. */
class TwoNodes extends Storm {
        constructor(house) {
                super(house);
                this.other = Object.assign(Object.create(House.prototype), house, {port: undefined, server: undefined, up: false});
                this.other.agent = new http.Agent({keepAlive: true, maxSockets: 256});
                this.alone = 0;
        }
        /** The clock of each node. */
        async turn(seconds) {
                await Promise.all([this.house, this.other].filter((h) => h.up).map((h) => call(h, "POST", "/api/v1/test/clock", {advance: seconds})));
        }
        async round() {
                const [dies, lives] = this.rounds % 2 ? [this.house, this.other] : [this.other, this.house];
                await this.wait();
                this.ahead += 2 * 3600;
                await this.turn(2 * 3600);
                await sleep(50 + Math.random() * 300);
                await dies.stop("SIGKILL");
                this.rounds++;
                const home = this.house;
                this.house = lives;            // who is asked while the other one is dead
                this.alone += await this.waiting();
                await this.settle();
                await each(this.requests, (id) => this.check(id));
                this.house = home;
                await dies.serve();
                await call(dies, "POST", "/api/v1/test/clock", {advance: this.ahead});
                await each(this.requests, (id) => this.check(id));
        }
        async end() {
                await this.other.stop();
                this.cut = this.alone;
                await super.end();
        }
}

async function nodes(rounds) {
        const tally = {passed: 0, failed: 0};
        const cluster = await Cluster.start({fsync: true});
        const house = await House.build({engine: "postgresql", cluster, people: PEOPLE, args: ["--log-level", "off"]});
        const guarded = async (name, run) => {
                try {
                        await run();
                        tally.passed++;
                } catch (e) {
                        tally.failed++;
                        console.log(`FAILED  two nodes: ${name}\n        ${e instanceof Broken ? e.message : e.stack}`);
                }
        };
        await house.serve();
        await house.token(as);
        const storm = new TwoNodes(house);
        await storm.other.serve();
        await storm.prepare();
        for (let n = 1; n <= rounds; n++)
                await guarded(`round ${n}`, () => storm.round());
        await guarded(`all ${rounds} rounds`, () => storm.end());
        console.log(`  two nodes: ${rounds} rounds, ${rounds * REQUESTS} waits ended, ${storm.cut} of them by the node that lived on`);
        await house.close();
        await cluster.close();
        return tally;
}

async function storms(engine, rounds) {
        const tally = {passed: 0, failed: 0};
        const cluster = engine === "postgresql" ? await Cluster.start({fsync: true}) : undefined;
        const house = await House.build({engine, cluster, people: PEOPLE, args: ["--log-level", "off"]});
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
        const storm = new Storm(house);
        await storm.prepare();
        for (let n = 1; n <= rounds; n++)
                await guarded(`round ${n}`, () => storm.round());
        await guarded(`all ${rounds} rounds`, () => storm.end());
        console.log(`  ${engine}: ${rounds} rounds, ${rounds * REQUESTS} waits ended, ${storm.cut} of them after a kill`);
        await house.close();
        await cluster?.close();
        return tally;
}

const sums = [];
if (roundsSqlite)
        sums.push(await storms("sqlite", roundsSqlite));
if (roundsPg)
        sums.push(await storms("postgresql", roundsPg));
if (roundsPg)
        sums.push(await nodes(Math.min(roundsPg, 4)));
const passed = sums.reduce((n, s) => n + s.passed, 0), failed = sums.reduce((n, s) => n + s.failed, 0);
console.log(`storm: ${passed} passed, ${failed} failed`);
process.exitCode = failed || !passed ? 1 : 0;
