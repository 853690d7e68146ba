// SPDX-License-Identifier: Apache-2.0
//
// run.mjs -- runs everything of tests/flow on each engine and counts.  See `run` beside it.
import fs from "node:fs";
import path from "node:path";
import {Cluster, PROGRAM} from "./house.mjs";
import {Player, pages} from "./page.mjs";
import {Count, furnish} from "./stage.mjs";

const HERE = path.dirname(new URL(import.meta.url).pathname);
const argv = process.argv.slice(2);
const verbose = argv.includes("-v");
const engines = argv.includes("-e") ? [argv[argv.indexOf("-e") + 1]] : ["sqlite", "postgresql"];
const wanted = argv.filter((a, i) => !a.startsWith("-") && argv[i - 1] !== "-e");

async function playPage(count, house, page) {
        const name = path.basename(page.file);
        for (const s of page.scenarios) {
                const fault = await new Player(house, house.cast).run([...page.head.filter((x) => x.words[0] !== "site"), ...s.steps]);
                const unwell = house.unwell();
                if (fault)
                        count.fail(`${name}: ${s.title}`, `${path.relative(process.cwd(), page.file)}:${fault.n}: ${fault.text}\n        ${fault.message}`);
                else if (unwell)
                        count.fail(`${name}: ${s.title}`, unwell);
                else
                        count.pass(`${name}: ${s.title}`);
                if (!house.up)
                        await house.serve();
        }
}

/** Pages that ask for another site get a house of their own. */
async function playPages(count, engine, cluster) {
        const bySite = new Map();
        for (const page of pages(path.join(HERE, "pages"), wanted)) {
                const site = page.head.find((s) => s.words[0] === "site")?.words[1] ?? "";
                bySite.set(site, [...(bySite.get(site) ?? []), page]);
        }
        for (const [site, list] of bySite) {
                const house = await furnish(engine, cluster, site);
                for (const page of list)
                        await playPage(count, house, page);
                const code = await house.close();
                if (code !== 0)
                        count.fail("stopping the server", `it ended with ${code}\n${house.log}`);
        }
}

/** Tests that are programs: each exports `test(count, engine, cluster)` and the engines that it is for. */
async function playPrograms(count, engine, cluster) {
        const files = ["model_made.mjs", "model_nodes.mjs", "policy_nodes.mjs", "volvo.mjs", "first_start.mjs", ...fs.readdirSync(path.join(HERE, "bad_input")).filter((f) => f.endsWith(".mjs") && f !== "must.mjs").sort().map((f) => `bad_input/${f}`)];
        for (const file of files) {
                if (wanted.length && !wanted.some((w) => file.includes(w)))
                        continue;
                const program = await import(`./${file}`);
                if ((program.engines ?? ["sqlite", "postgresql"]).includes(engine))
                        await program.test(count, engine, cluster);
        }
}

async function main() {
        let passed = 0, failed = 0;
        for (const engine of engines) {
                const count = new Count(engine, verbose);
                let cluster;
                try {
                        cluster = engine === "postgresql" ? await Cluster.start() : undefined;
                        await playPages(count, engine, cluster);
                        await playPrograms(count, engine, cluster);
                } catch (e) {
                        count.fail("the run itself", e.expected ? e.message : (e.stack ?? e));
                } finally {
                        await cluster?.close();
                }
                passed += count.passed;
                failed += count.failed;
        }
        console.log(`flow: ${passed} passed, ${failed} failed`);
        process.exitCode = failed || !passed ? 1 : 0;
}

if (!fs.existsSync(PROGRAM)) {
        console.log(`flow: ${PROGRAM} is not there; run make first`);
        process.exitCode = 2;
} else {
        await main();
}
