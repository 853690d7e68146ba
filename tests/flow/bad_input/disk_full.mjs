// SPDX-License-Identifier: Apache-2.0
//
// disk_full.mjs -- the disk of an SQLite store is full: changes are answered 503, reads go on, and when there is room again
// the server works as before, without a restart and without a lost row.
//
// As root the store lies on a small tmpfs; else the size of the server's files is limited (prlimit), which is alike.
import {execFileSync} from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import {temporary} from "../house.mjs";
import {House} from "../house.mjs";
import {must} from "./must.mjs";

export const engines = ["sqlite"];
const API = "/api/v1/technical_request";

function mount(dir, size) {
        try {
                execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "openitr-test", dir], {stdio: "ignore"});
                return true;
        } catch {
                return false;
        }
}

const write = (house, n) => house.send("POST", API, {as: "agent", body: {title: `t${n}`, description: "x".repeat(15000), caller_unknown: true}});

/** Writes until it is refused; how many were taken. */
async function fill(house, most) {
        for (let n = 0; n < most; n++) {
                const r = await write(house, n);
                if (r.status !== 201) {
                        must(r.status === 503, `answered ${r.status}: ${r.text.slice(0, 300)}`);
                        must(r.headers["retry-after"], "no Retry-After");
                        return n;
                }
        }
        throw new Error("the disk did not fill");
}

async function check(house, makeRoom) {
        const taken = await fill(house, 4000);
        must(taken > 0, "nothing was taken at all");
        const list = await house.send("GET", `${API}?limit=1`, {as: "agent"});
        must(list.status === 200, `reading answers ${list.status} ${list.text.slice(0, 200)}`);
        for (let i = 0; i < 5; i++)
                must((await write(house, "again")).status === 503, "taken although there is no room");
        makeRoom();
        for (let i = 0; i < 20; i++) {
                const r = await write(house, "after");
                must(r.status === 201 || i < 3, `${i}: answered ${r.status} although there is room: ${r.text.slice(0, 300)}`);
        }
        must(!house.unwell(), house.unwell());
        await house.stop();
        const verify = await house.command(["verify", "--db", house.db]);
        must(verify.status === 0, verify.stderr);
        return taken;
}

export async function test(count) {
        const dir = temporary("full"), mounted = mount(dir, "16m");
        const house = await House.build({engine: "sqlite", dir: mounted ? dir : undefined, people: {agent: "hotline_agent"}});
        await house.serve();
        await count.test(`disk full (${mounted ? "tmpfs" : "limited file size"}): 503, then well again`, async () => {
                await house.token("agent");
                if (mounted) {
                        const ballast = path.join(dir, "ballast");
                        fs.writeFileSync(ballast, Buffer.alloc(8 << 20));
                        await check(house, () => fs.rmSync(ballast));
                } else {
                        const limit = (n) => execFileSync("prlimit", ["--pid", String(house.server.pid), `--fsize=${n}:unlimited`]);
                        limit(fs.statSync(house.db).size + (6 << 20));
                        await check(house, () => limit("unlimited"));
                }
        });
        await house.stop().catch(() => {});
        if (mounted)
                execFileSync("umount", ["-l", dir]);
        fs.rmSync(dir, {recursive: true, force: true});
        fs.rmSync(house.dir, {recursive: true, force: true});
}
