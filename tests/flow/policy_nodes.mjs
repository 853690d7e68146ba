// SPDX-License-Identifier: Apache-2.0
//
// policy_nodes.mjs -- versions of rule tables beyond one request: kill -9 at any moment of a publication leaves it done or not
// done, what was acknowledged stays, a second node on the same PostgreSQL takes it up, and commands know it.
import fs from "node:fs";
import path from "node:path";
import {House, openitr, sleep} from "./house.mjs";
import {must} from "./bad_input/must.mjs";

const API = "/api/v1";
const author = "admin", second = "owner";
const table = (n) => `rules: service_calendar
label: {en: C, zh: C}
source: ${n}
inputs: {service_tier: [platinum, gold, silver, basic]}
outputs: {calendar: text}
rows:
  - {when: {}, then: {calendar: cal${n}}}
tests:
  - {given: {service_tier: gold}, expect: {calendar: cal${n}}}
`;

async function ask(house, method, path, as, body) {
        const r = await house.send(method, `${API}/${path}`, {as, body});
        must(r.status === 200 || r.status === 201, `${method} ${path}: ${r.status} ${r.text}`);
        return r.body;
}

/** A version that is checked, ready to be published. */
async function checked(house, n) {
        const v = await ask(house, "POST", "rule_version", author, {rule_table: "service_calendar", text: table(n)});
        await ask(house, "POST", `rule_version/${v.id}/check`, author, {});
        return v;
}

const inForce = async (house) => (await ask(house, "GET", "rules/service_calendar", author)).rows.at(-1).then.calendar;

async function killed(house, count, step) {
        await count.test("kill -9 at any moment of a publication leaves it done or not done", async () => {
                let kept = 0, before = "7x9";
                for (let round = 0; round < 8; round++) {
                        const v = await checked(house, round);
                        const answer = house.send("POST", `${API}/rule_version/${v.id}/publish`, {as: second, body: {}});
                        await (round === 7 ? answer : sleep(round * step));    // the last one has all the time it wants
                        await house.stop("SIGKILL");
                        const acknowledged = (await answer).status === 200;
                        await house.serve();
                        const state = (await ask(house, "GET", `rule_version/${v.id}`, author)).state, now = await inForce(house);
                        must(["checked", "published"].includes(state), `it is ${state}`);
                        must(!acknowledged || state === "published", "what was acknowledged is gone");
                        must(now === (state === "published" ? `cal${round}` : before), `${now} is in force, the version is ${state}`);
                        before = now;
                        kept += state === "published";
                }
                must(kept > 0, "no publication ever came through");
                await house.command(["verify", ...house.where()]);
        });
}

async function commandsKnow(house, count) {
        await count.test("commands beside the server know what is in force", async () => {
                const v = await checked(house, 90);
                await ask(house, "POST", `rule_version/${v.id}/publish`, second, {});
                const file = path.join(house.dir, "bad.yaml");
                fs.writeFileSync(file, table(91).replace("cal91}}\n", "cal91}}\n  - {when: {weather: wet}, then: {}}\n"));
                const bad = await openitr(["policy", "check", ...house.where(), file]);
                must(bad.status === 1 && /bad\.yaml:8:\d+: There is no input "weather"/.test(bad.stderr), bad.stderr);
                await house.command(["policy", "simulate", ...house.where()]);
        });
}

async function twoNodes(house, count) {
        const other = Object.assign(Object.create(Object.getPrototypeOf(house)), house, {port: undefined, server: undefined});
        await count.test("another node takes a publication up within seconds", async () => {
                await other.serve();
                const v = await checked(house, 50);
                await ask(house, "POST", `rule_version/${v.id}/publish`, second, {});
                must((await inForce(house)) === "cal50", "the node that published does not know it at once");
                for (let i = 0; i < 60 && (await inForce(other)) !== "cal50"; i++)
                        await sleep(100);
                must((await inForce(other)) === "cal50", `the other has ${await inForce(other)}`);
        });
        await other.stop();
}

export async function test(count, engine, cluster) {
        const house = await House.build({engine, cluster, people: {[second]: "process_owner"}});
        await house.serve();
        await house.token(author);
        await house.token(second);
        must((await inForce(house)) === "7x9", "another table than expected is built in");
        await killed(house, count, cluster ? 25 : 15);
        await commandsKnow(house, count);
        if (cluster)
                await twoNodes(house, count);
        const code = await house.close();
        if (code !== 0)
                count.fail("stopping the server", `it ended with ${code}\n${house.log}`);
}
