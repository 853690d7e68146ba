// SPDX-License-Identifier: Apache-2.0
//
// model_nodes.mjs -- patches of the model beyond one server: a second node on the same PostgreSQL takes them up, kill -9 at
// any moment leaves old or new, commands know them, and a patch that no longer checks stands aside and is seen to.
import {House, sleep} from "./house.mjs";
import {must} from "./bad_input/must.mjs";
import {spawnSync} from "node:child_process";

const API = "/api/v1";
const as = "admin";
const names = (n) => Array.from({length: n}, (_, i) => `f${i + 1}`);
/** An extension of `team` with n fields: version n of the patch. */
const extension = (n) => `extend: team\nfields:\n${names(n).map((f) => `  ${f}: {type: text, label: {en: ${f}, zh: ${f}}}\n`).join("")}`;
const record = `entity: gauge
is: record
label: {en: Gauge, zh: 量具}
fields:
  name: {type: text, required: true, label: {en: Name, zh: 名称}}
  weight: {type: decimal, label: {en: Weight, zh: 重量}}
grants:
  administrator: {read: all, write: all, create: true}
`;

async function publish(house, text, more = {}) {
        return house.send("POST", `${API}/model/patches`, {as, body: {text, ...more}});
}

/** Which of f1 .. f9 the published model has, and which a record takes. */
async function fieldsOf(house) {
        const r = await house.send("GET", `${API}/model/team`, {as});
        must(r.status === 200, `model/team is answered ${r.status}`);
        return r.body.fields.map((f) => f.name).filter((n) => /^f\d+$/.test(n)).length;
}

/** Old or new, never between: the model has exactly the fields of the version that stands in the table, and all can be written. */
async function whole(house, acknowledged, tried) {
        const list = (await house.send("GET", `${API}/model/patches`, {as})).body;
        const version = list.items.find((p) => p.name === "team-more")?.version ?? 0;
        must(version === acknowledged || version === tried, `version ${version} is there; acknowledged was ${acknowledged}, tried ${tried}`);
        const n = await fieldsOf(house);
        must(n === version, `the model has ${n} fields, but version ${version} is in force`);
        const body = {code: `T${Date.now()}`, name: "Team", kind: "t1", ...Object.fromEntries(names(n).map((f) => [f, `value of ${f}`]))};
        const made = await house.send("POST", `${API}/team`, {as, body});
        must(made.status === 201 && names(n).every((f) => made.body[f] === body[f]), `a team with ${n} fields: ${made.status} ${made.text.slice(0, 300)}`);
        return version;
}

async function killed(house, count, step) {
        await count.test("kill -9 at any moment of a publication leaves old or new", async () => {
                let version = 0, kept = 0;
                for (let round = 0; round < 12 || (round < 24 && !kept); round++) {
                        const answer = publish(house, extension(version + 1));
                        await sleep(round * (round < 12 ? step : 4 * step));
                        await house.stop("SIGKILL");
                        const r = await answer;
                        await house.serve();
                        const acknowledged = r.status === 201 ? version + 1 : version;
                        version = await whole(house, acknowledged, version + 1);
                        kept += r.status === 201;
                }
                must(version > 0, "no publication ever came through");
                await house.command(["verify", ...house.where()]);
        });
}

async function commandsKnow(house, count) {
        await count.test("commands beside the server know the patches", async () => {
                must((await publish(house, record)).status === 201, "the gauge is not published");
                const plan = await house.command(["plan", ...house.where()]);
                must(!plan.stdout.includes("gauge"), `plan wants ${plan.stdout}`);
                const made = await house.send("POST", `${API}/gauge`, {as, body: {name: "G1", weight: 1.5}});
                must(made.status === 201, made.text);
                await house.command(["verify", ...house.where()]);
        });
}

/** A row as a newer program might have left it. */
function storeAlien(house, cluster) {
        const sql = "insert into model_patches (revision, name, version, deed, source, at, program) select max(revision) + 1, 'alien', 1, 'publish', " +
                "'entity: alien' || chr(10) || 'is: hologram' || chr(10), 1, '99.0' from model_patches";
        const r = cluster ? spawnSync("psql", [house.db, "-qc", sql]) : spawnSync("python3", ["-c", "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()", house.db, sql.replaceAll("chr(10)", "char(10)")]);
        must(r.status === 0, String(r.stderr));
}

async function setAside(house, count, cluster) {
        await count.test("a patch that no longer checks stands aside, as a whole and in sight", async () => {
                await house.stop();
                storeAlien(house, cluster);
                await house.serve();
                const list = (await house.send("GET", `${API}/model/patches`, {as})).body.items;
                const alien = list.find((p) => p.name === "alien");
                must(alien.in_force === false && alien.program === "99.0" && alien.aside[0].line === 2, JSON.stringify(alien));
                must(list.filter((p) => p.in_force).length === list.filter((p) => p.name !== "alien" && !p.removed).length, "others fell with it");
                must((await house.send("GET", `${API}/alien`, {as})).status === 404, "half of it is loaded");
                must(house.log.includes("set aside"), "the log does not tell");
                must((await house.send("GET", `${API}/gauge`, {as})).body.items.length === 1, "the gauge is gone");
                const r = await house.send("POST", `${API}/model/patches/alien/remove`, {as, body: {}});
                must(r.status === 200, r.text);
        });
}

async function twoNodes(house, count, cluster) {
        const other = Object.assign(Object.create(Object.getPrototypeOf(house)), house, {port: undefined, server: undefined});
        await count.test("another node takes a publication up within seconds", async () => {
                await other.serve();
                must((await publish(house, record.replaceAll("gauge", "meter").replace("is: record", "is: record\ntable: meters"))).status === 201, "not published");
                for (let i = 0; i < 40 && (await other.send("GET", `${API}/meter`, {as})).status !== 200; i++)
                        await sleep(100);
                const made = await other.send("POST", `${API}/meter`, {as, body: {name: "M1"}});
                must(made.status === 201, made.text);
                must((await house.send("GET", `${API}/meter`, {as})).body.items[0].name === "M1", "the first node does not see it");
        });
        await count.test("two nodes publish at once: one after the other, nothing lost", async () => {
                const both = await Promise.all([house, other].map((h, i) => publish(h, record.replaceAll("gauge", `dial${i}`))));
                must(both.every((r) => r.status === 201), both.map((r) => r.text).join("\n"));
                for (const h of [house, other])
                        for (const e of ["dial0", "dial1"]) {
                                for (let i = 0; i < 40 && (await h.send("GET", `${API}/${e}`, {as})).status !== 200; i++)
                                        await sleep(100);
                                must((await h.send("GET", `${API}/${e}`, {as})).status === 200, `${e} is missing on a node`);
                        }
        });
        await other.stop();
}

export async function test(count, engine, cluster) {
        const house = await House.build({engine, cluster});
        await house.serve();
        await house.token(as);
        await killed(house, count, cluster ? 40 : 6);
        await commandsKnow(house, count);
        await setAside(house, count, cluster);
        if (cluster)
                await twoNodes(house, count, cluster);
        const code = await house.close();
        if (code !== 0)
                count.fail("stopping the server", `it ended with ${code}\n${house.log}`);
}
