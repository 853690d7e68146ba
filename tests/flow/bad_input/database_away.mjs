// SPDX-License-Identifier: Apache-2.0
//
// database_away.mjs -- PostgreSQL is stopped, then killed, under a running server, and comes back: meanwhile 503 with
// Retry-After, afterwards all works without a restart, and nothing that was acknowledged is missing.
import {Cluster, House, sleep} from "../house.mjs";
import {must} from "./must.mjs";

export const engines = ["postgresql"];
const API = "/api/v1/technical_request";
const write = (house, title) => house.send("POST", API, {as: "agent", body: {title, caller_unknown: true}});

async function during(house, away, back) {
        const kept = [];
        let stop = false;
        const writers = Array.from({length: 8}, async (_, i) => {
                for (let n = 0; !stop; n++) {
                        const title = `w${i}-${n}-${kept.length}`, r = await write(house, title);
                        if (r.status === 201)
                                kept.push(r.body.id);
                        else
                                must(r.status === 503, `answered ${r.status}: ${r.text.slice(0, 300)}`);
                        if (r.status !== 201)
                                await sleep(50);
                }
        });
        await sleep(500);
        await away();
        await sleep(300);
        const w = await write(house, "away"), r = await house.send("GET", `${API}?limit=1`, {as: "agent"}), h = await house.raw("GET", "/health");
        must(w.status === 503 && w.headers["retry-after"], `a change is answered ${w.status}, Retry-After ${w.headers["retry-after"]}`);
        must(r.status === 503 && r.headers["retry-after"], `a read is answered ${r.status}`);
        must(h.status === 503, `/health answers ${h.status}`);
        await back();
        let well;
        for (let i = 0; i < 60 && well?.status !== 201; i++) {
                await sleep(100);
                well = await write(house, "back");
        }
        must(well.status === 201, `still ${well.status} six seconds after it came back: ${well.text.slice(0, 300)}`);
        await sleep(300);
        stop = true;
        await Promise.all(writers);
        must((await house.raw("GET", "/health")).status === 200, "/health is not well again");
        for (const id of kept)
                must((await house.send("GET", `${API}/${id}`, {as: "agent"})).status === 200, `${id} was acknowledged and is not there`);
        must(!house.unwell(), house.unwell());
        return kept.length;
}

export async function test(count) {
        const cluster = await Cluster.start({fsync: true});
        const house = await House.build({engine: "postgresql", cluster, people: {agent: "hotline_agent"}});
        await house.serve(["--log-level", "off"]);
        await house.token("agent");
        await count.test("database away: stopped and started", () => during(house, () => cluster.pause(), () => cluster.again()));
        await count.test("database away: killed and started", () => during(house, () => cluster.kill(), () => cluster.again()));
        await count.test("database away: verify finds nothing", async () => {
                await house.stop();
                await house.command(["verify", "--db", house.db]);
        });
        await house.close();
        await cluster.close();
}
