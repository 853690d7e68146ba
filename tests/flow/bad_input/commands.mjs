// SPDX-License-Identifier: Apache-2.0
//
// commands.mjs -- the command line when something is wrong: a second server on the same file, a database that is none,
// models with faults, which are told by file, line and column.
import fs from "node:fs";
import path from "node:path";
import {House, openitr, temporary} from "../house.mjs";
import {must} from "./must.mjs";

export const engines = ["sqlite"];

const GOOD = `entity: loan
is: case
label: {en: Loan, zh: 借用}
number: "LN-{yyyy}-{seq:6}"
fields:
  purpose: {type: text, label: {en: Purpose, zh: 用途}}
states:
  out: {stage: handle, label: {en: Out, zh: 借出}}
  back: {stage: close, final: true, label: {en: Back, zh: 归还}}
transitions:
  give_back: {from: out, to: back, by: [t1_engineer], label: {en: Give back, zh: 归还}}
grants:
  t1_engineer: {read: all, write: all, create: true}
`;

/** What is changed in the good model, and where the fault must be told. */
const FAULTS = [
        ["an unknown type", "type: text", "type: txt", "6:19"],
        ["an unknown key", "is: case", "is: case\ncolour: red", "3:1"],
        ["a tab", "  purpose:", "\tpurpose:", "6:1"],
        ["a bracket left open", "by: [t1_engineer]", "by: [t1_engineer", null],
        ["an unknown role", "by: [t1_engineer]", "by: [emperor]", "11:41"],
        ["an unknown state", "to: back", "to: nowhere", "11:30"],
        ["a key twice", "  back: {stage", "  out: {stage", "9:3"],
        ["a state that nobody reaches", "to: back", "to: same", null],
        ["no label", "label: {en: Loan, zh: 借用}\n", "", null],
        ["a bad condition", "by: [t1_engineer]", "by: [t1_engineer], when: purpose >> 3, why: {en: no, zh: 否}", null],
        ["an unknown hook", "by: [t1_engineer]", "by: [t1_engineer], call: launch", null],
        ["a name with a blank", "entity: loan", "entity: my loan", "1:9"],
        ["an alias", "is: case", "is: *something", "2:5"],
];

async function fault(dir, from, to, place) {
        fs.writeFileSync(path.join(dir, "models/loan.yaml"), GOOD.replace(from, to));
        const r = await openitr(["check", dir]);
        must(r.status === 1, `check ended with ${r.status}: ${r.stderr}`);
        must(/loan\.yaml:\d+:\d+: /.test(r.stderr), `no place: ${r.stderr}`);
        must(!place || r.stderr.includes(`loan.yaml:${place}: `), `not at ${place}: ${r.stderr}`);
}

export async function test(count) {
        const dir = temporary("site");
        fs.mkdirSync(path.join(dir, "models"));
        await count.test("commands: check takes a good model", async () => {
                fs.writeFileSync(path.join(dir, "models/loan.yaml"), GOOD);
                const r = await openitr(["check", dir]);
                must(r.status === 0, r.stderr);
        });
        for (const [name, from, to, place] of FAULTS)
                await count.test(`commands: a model with ${name}`, () => fault(dir, from, to, place));

        const house = await House.build({engine: "sqlite"});
        await house.serve();
        await count.test("commands: a second server on the same file", async () => {
                const r = await openitr(["serve", "--db", house.db, "--listen", "127.0.0.1:0"]);
                must(r.status === 2 && /already served/.test(r.stderr), `${r.status}: ${r.stderr}`);
                must((await house.raw("GET", "/health")).status === 200, "the first one is not well");
        });
        await count.test("commands: a server on a taken port", async () => {
                const other = await House.build({engine: "sqlite"});
                const r = await openitr(["serve", "--db", other.db, "--listen", `127.0.0.1:${house.port}`]);
                must(r.status === 2 && r.stderr.length > 0, `${r.status}: ${r.stderr}`);
                await other.close();
        });
        await count.test("commands: init beside a server is refused", async () => {
                const r = await openitr(["init", "--db", house.db]);
                must(r.status === 2, `${r.status}: ${r.stderr}`);
        });
        await count.test("commands: a server stops at once and cleanly", async () => {
                const begun = Date.now();
                must((await house.stop()) === 0 && Date.now() - begun < 3000, `took ${Date.now() - begun} ms`);
        });
        await count.test("commands: no database, no text, no folder", async () => {
                must((await openitr(["serve", "--db", path.join(dir, "missing/house.db")])).status === 2, "a folder that is not there");
                fs.writeFileSync(path.join(dir, "junk.db"), "this is no database, but it is long enough to look at".repeat(100));
                const junk = await openitr(["serve", "--db", path.join(dir, "junk.db"), "--listen", "127.0.0.1:0"]);
                must(junk.status === 2 && junk.stderr.length > 0, `${junk.status}: ${junk.stderr}`);
                must((await openitr(["serve", "--db", dir])).status === 2, "a folder");
                must((await openitr(["serve", "--db", house.db, "--test-clock", "--listen", "0.0.0.0:0"])).status === 2, "test clock for all");
                must((await openitr(["serve", "--db", house.db, "--test-time", "2026-03-04T02:20:00Z", "--listen", "0.0.0.0:0"])).status === 2, "standing clock for all");
                must((await openitr(["serve", "--db", house.db, "--test-time", "yesterday"])).status === 2, "a time that is none");
                must((await openitr(["nonsense"])).status === 2, "nonsense");
                must((await openitr(["serve", "--db", house.db, "--colour", "red"])).status === 2, "an unknown setting");
        });
        await house.close();
        fs.rmSync(dir, {recursive: true, force: true});
}
