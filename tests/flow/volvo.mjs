// SPDX-License-Identifier: Apache-2.0
//
// volvo.mjs -- the Volvo log replayed: what its cases spend their time with, and what a policy would have said of them.
//
// Both are computed here once more, from the CSV alone and without clocks, calendars or rule tables, and must agree.  Needs
// the log (OPENITR_SHARED or ../shared) and xz; without them nothing is tried.
import fs from "node:fs";
import path from "node:path";
import {spawnSync} from "node:child_process";
import {House, ROOT} from "./house.mjs";
import {must} from "./bad_input/must.mjs";

const FOLDER = path.join(process.env.OPENITR_SHARED ?? path.join(ROOT, "../shared"), "data/bpic2013");
const CSV = "VINST_incidents_with_line.csv";

/** Rows of the CSV by case: {at, status, sub, impact}.  No value of these columns is quoted or holds a comma. */
function readCases(text) {
        const [head, ...lines] = text.replace(/^\ufeff/, "").trim().split(/\r?\n/).map((l) => l.split(","));
        const col = (name) => head.indexOf(name);
        const cases = new Map();
        for (const l of lines) {
                const no = l[col("SR Number")];
                const row = {at: Date.parse(l[col("Change Date+Time")]), status: l[col("Status")], sub: l[col("Sub Status")], impact: l[col("SR Latest Impact")]};
                cases.set(no, [...(cases.get(no) ?? []), row]);
        }
        return cases;
}

const SPAN = {
        "Queued/Awaiting Assignment": "queued", "Accepted/Assigned": "assigned", "Accepted/In Progress": "working",
        "Accepted/Wait - User": "waiting_user", "Completed/Resolved": "awaiting_closure",
};

function shares(cases) {
        const spent = {};
        let all = 0;
        for (const rows of cases.values())
                rows.slice(1).forEach((next, i) => {
                        const {at, status, sub} = rows[i];
                        const span = SPAN[`${status}/${sub}`] ?? (status === "Accepted" ? "waiting_other" : status === "Unmatched" ? "queued" : "closed");
                        spent[span] = (spent[span] ?? 0) + next.at - at;
                        all += next.at - at;
                });
        return Object.fromEntries(Object.entries(spent).map(([span, ms]) => [span, Math.round((10000 * ms) / all) / 100]));
}

const HOUR = 3600e3, DAY = 24 * HOUR;
/** What gold promises around the clock: seconds of rules/sla.yaml that need no calendar. */
const PROMISES = {critical: {response: HOUR / 6, restore: 4 * HOUR, resolve: 10 * DAY}, major: {response: HOUR / 2, restore: 24 * HOUR, resolve: 20 * DAY},
                  minor: {response: 2 * HOUR, resolve: 90 * DAY}};
const SEVERITY = {Major: "critical", High: "major", Medium: "minor", Low: "minor"};
const PAUSES = ["Wait", "Wait - User", "Wait - Customer", "Wait - Implementation"];

/** How long a clock ran, and whether it was withdrawn: from the first event to completion, waits left out. */
function ran(rows, clock, now) {
        let used = 0, state = "runs";
        rows.forEach(({at, status, sub}, i) => {
                const until = rows[i + 1]?.at ?? now, completed = status === "Completed";
                if (completed && state === "runs")
                        state = sub === "Cancelled" ? "withdrawn" : "stopped";
                else if (!completed && state === "stopped" && clock === "resolve")
                        state = "runs";                        // reopened: the old clock goes on
                if (clock === "response" && status === "Accepted" && state === "runs")
                        state = "stopped";
                if (state === "runs" && !(clock !== "response" && status === "Accepted" && PAUSES.includes(sub)))
                        used += until - at;
        });
        return {used, withdrawn: state === "withdrawn"};
}

function verdicts(cases, now) {
        const late = {};
        for (const rows of cases.values()) {
                const severity = SEVERITY[rows.at(-1).impact];
                for (const [clock, budget] of Object.entries(PROMISES[severity])) {
                        const {used, withdrawn} = ran(rows, clock, now);
                        late[`${clock} ${severity}`] = (late[`${clock} ${severity}`] ?? 0) + (used > budget && !withdrawn);
                }
        }
        return late;
}

export async function test(count, engine, cluster) {
        if (!fs.existsSync(path.join(FOLDER, `${CSV}.xz`)))
                return console.log(`  note: ${FOLDER} is not there; the Volvo log is not replayed`);
        const unpacked = spawnSync("xz", ["-dc", path.join(FOLDER, `${CSV}.xz`)], {maxBuffer: 1 << 28});
        must(unpacked.status === 0, String(unpacked.stderr));
        const cases = readCases(unpacked.stdout.toString());
        const house = await House.build({engine, cluster});
        const file = path.join(house.dir, CSV);
        fs.writeFileSync(file, unpacked.stdout);
        await house.command(["import", ...house.where(), "--map", "volvo", file]);

        await count.test("Volvo: elapsed time splits as the log says", async () => {
                const report = JSON.parse((await house.command(["report", "time", ...house.where()])).stdout);
                const ours = report.sources.find((s) => s.source === "volvo"), theirs = shares(cases);
                must(ours.cases === cases.size && cases.size === 7554, `${ours.cases} cases of ${cases.size}`);
                for (const {span, percent} of ours.spans)
                        must(Math.abs(percent - (theirs[span] ?? 0)) < 0.011, `${span} is ${percent} %, the log says ${theirs[span]}`);
                const published = {awaiting_closure: 31, waiting_user: 21, working: 15, queued: 14};
                for (const [span, about] of Object.entries(published))
                        must(Math.round(ours.spans.find((s) => s.span === span).percent) === about, `${span} is not about ${about} %`);
        });
        await count.test("Volvo: every case has a verdict for restore and resolve under the policy, by impact", async () => {
                const out = JSON.parse((await house.command(["policy", "simulate", ...house.where(), "--days", "0", "--tier", "gold", "--source", "volvo",
                                                             "--list", "0", "--format", "json"])).stdout);
                const theirs = verdicts(cases, Date.now()), of = (clock) => out.groups.filter((g) => g.clock === clock);
                must(out.cases === 7554 && out.faulty === 0, `${out.cases} cases, ${out.faulty} with contradicting facts`);
                for (const clock of ["restore", "resolve"])
                        must(of(clock).reduce((n, g) => n + g.judged_after, 0) === 7554, `${clock} is not judged for every case`);
                for (const [key, late] of Object.entries(theirs)) {
                        const [clock, severity] = key.split(" ");
                        const ours = of(clock).find((g) => g.severity === severity).late_after;
                        must(ours === late, `${key}: ${ours} late, by the log ${late}`);
                }
        });
        const code = await house.close();
        if (code !== 0)
                count.fail("stopping the server", `it ended with ${code}`);
}
