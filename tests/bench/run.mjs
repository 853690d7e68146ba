// SPDX-License-Identifier: Apache-2.0
//
// run.mjs -- the measuring.  See `run` beside it.
//
// limit/ is the least program that does the same on this machine: HTTP, SQL, JSON and nothing of ours.  It and the server
// are measured in turn, round by round, each for some seconds, and the medians are compared.  CPU microseconds per request
// is what stays put on a busy machine; requests a second are of client and server together, on the same cores.
import {execFileSync, spawn} from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import {PROGRAM, ROOT, openitr, sleep} from "../flow/house.mjs";

const HERE = path.dirname(new URL(import.meta.url).pathname);
const SHARED = process.env.OPENITR_SHARED ?? path.join(ROOT, "../shared");
const BUILD = path.join(ROOT, "build/bench");
const quick = process.argv.includes("-q");
const counts = process.argv.slice(2).filter((a) => /^\d+$/.test(a)).map(Number);
const COUNTS = counts.length ? counts : [100000, 1000000];
const [ROUNDS, SECONDS] = quick ? [1, 2] : [3, 4];
const CONNECTIONS = [1, 64];
const API = "/api/v1/technical_request";
const FILL = path.join(ROOT, "build/tests/bench/fill");

/* ---- servers ---- */

const ticks = () => Number(execFileSync("getconf", ["CLK_TCK"], {encoding: "utf8"}));
const HZ = ticks();

function cpu(pid) {
        const f = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
        return (Number(f[11]) + Number(f[12])) / HZ;
}
const anonymous = (pid) => Number(fs.readFileSync(`/proc/${pid}/status`, "utf8").match(/RssAnon:\s+(\d+)/)[1]) / 1024;

function get(port, where, headers = {}) {
        return new Promise((resolve) => {
                http.get({host: "127.0.0.1", port, path: where, headers, agent: false}, (r) => {
                        let text = "";
                        r.on("data", (d) => (text += d));
                        r.on("end", () => resolve({status: r.statusCode, text}));
                }).on("error", () => resolve({status: 0}));
        });
}

async function until(port, where) {
        for (let i = 0; i < 3000; i++) {
                if ((await get(port, where)).status)
                        return;
                await sleep(10);
        }
        throw new Error(`nobody listens on ${port}`);
}

function buildLimit() {
        const dir = path.join(BUILD, "limit");
        fs.rmSync(dir, {recursive: true, force: true});
        fs.cpSync(path.join(SHARED, "limit"), dir, {recursive: true});
        execFileSync("chmod", ["-R", "u+w", dir]);
        execFileSync("make", ["-s", "-C", dir, "limit"]);
        return dir;
}

async function startLimit(dir, count) {
        const db = path.join(BUILD, "limit.db");
        for (const s of ["", "-wal", "-shm"])
                fs.rmSync(db + s, {force: true});
        const port = 23100, child = spawn(path.join(dir, "limit"), [String(port), db, "2", "FULL", String(Math.min(count, 100000))], {stdio: "ignore"});
        await until(port, "/tickets/1");
        return {name: "limit", child, port, pid: child.pid, dir, first: 1, last: Math.min(count, 100000)};
}

/** The store of this size, made once and kept; {db, first, last}. */
function store(count) {
        const db = path.join(BUILD, `${count}.db`), note = `${db}.ids`;
        if (!fs.existsSync(note)) {
                for (const s of ["", "-wal", "-shm"])
                        fs.rmSync(db + s, {force: true});
                console.log(`filling ${db}`);
                const begun = Date.now();
                const ids = execFileSync(FILL, [db, String(count)], {encoding: "utf8", stdio: ["ignore", "pipe", "inherit"]});
                console.log(`  took ${Math.round((Date.now() - begun) / 1000)} s, ${Math.round(fs.statSync(db).size / 1e6)} MB`);
                fs.writeFileSync(note, ids);
        }
        const [first, last] = fs.readFileSync(note, "utf8").split(" ").map(Number);
        return {db, first, last};
}

async function command(args, input) {
        const r = await openitr(args, input);
        if (r.status !== 0)
                throw new Error(`openitr ${args.join(" ")}: ${r.stderr}`);
        return r.stdout.trim();
}

/** Serves a copy, so that what is measured does not change what is measured next. */
async function startOurs(count) {
        const {db, first, last} = store(count), copy = path.join(BUILD, "run.db");
        for (const s of ["", "-wal", "-shm", ".lock", "-files"])
                fs.rmSync(copy + s, {force: true, recursive: true});
        execFileSync("cp", ["--reflink=auto", db, copy]);
        await command(["init", "--db", copy, "--password-stdin"], "bench bench\n");   // a kept store may be of an earlier model
        await command(["user", "create", "--db", copy, "--roles", "duty_manager,t1_engineer", "--password-stdin", "bench"], "bench bench\n");
        const token = await command(["token", "create", "--db", copy, "--user", "bench"]);
        const port = 23200, begun = process.hrtime.bigint();
        const child = spawn(PROGRAM, ["serve", "--db", copy, "--listen", `127.0.0.1:${port}`, "--log-level", "off"], {stdio: "ignore"});
        await until(port, "/health");
        const start = Number(process.hrtime.bigint() - begun) / 1e6;
        return {name: "openitr", child, port, pid: child.pid, auth: `Bearer ${token}`, first, last, start, db: copy};
}

async function stop(s) {
        s.child.kill();
        await new Promise((resolve) => s.child.on("exit", resolve));
}

/* ---- what is measured ---- */

const BODY = JSON.stringify({
        title: "Mail gateway rejects outbound messages from the Shanghai office",
        description: "Since 08:40 outbound mail from the \u4e0a\u6d77 office is rejected with 451 4.7.1. Users affected: about 120.\nGateway \"mx2\" shows queue growth. ".repeat(4),
        channel: "portal", interrupted: false, reporter_name: "Wang Fang", customer_ref: "X-5512",
});

const query = (o) => `${API}?${new URLSearchParams(o)}`;
const lists = async (s, filter, sort, entity, n) => {
        const r = await get(s.port, `/api/v1/${entity}?limit=${n}&fields=name`, {Authorization: s.auth});
        return JSON.parse(r.text).items.map((i) => query({filter: filter.replace("$", i.id), sort, limit: 50})).join("\n");
};

/** name, what of limit it is compared with, script and environment for either. */
const OPERATIONS = [
        {name: "read one", limit: "read", script: "get.lua", env: async () => ({PATHS: `${API}/%d`})},
        {name: "queue of a team, 50", limit: "list", script: "get.lua", env: async (s) => ({PATHS: await lists(s, "team==$;state==dispatched", "reported_at", "team", 20)})},
        {name: "requests of a customer, 50", limit: "list", script: "get.lua", env: async (s) => ({PATHS: await lists(s, "account==$", "-reported_at", "account", 50)})},
        {name: "search, 20", limit: "list", script: "get.lua", env: async (s) => ({PATHS: await words(s)})},
        {name: "create, on disk", limit: "create", script: "post.lua", env: async () => ({POST_PATH: API, BODY})},
        {name: "transition, on disk", limit: "create", script: "post.lua", env: async (s) => ({POST_PATH: `${API}/%d/search_cases`, IDS: await inProgress(s), BODY: JSON.stringify({articles_checked: "KB-17"})})},
];

/** Searches as people do: two words of some request's title, or its number. */
async function words(s) {
        const r = await get(s.port, query({fields: "title", limit: 100, sort: "reported_at"}), {Authorization: s.auth});
        return JSON.parse(r.text).items.map((i, n) => {
                const w = i.title.split(" ");
                return `/api/v1/search?q=${encodeURIComponent(n % 5 === 0 ? i.number : n % 5 === 1 ? w.at(-1) : `${w[0]} ${w[2]}`)}`;
        }).join("\n");
}

/** Ids of requests in progress, for a transition that can be taken again and again. */
async function inProgress(s) {
        const file = path.join(BUILD, "ids"), ids = [];
        let cursor = "";
        while (ids.length < 2000) {
                const r = JSON.parse((await get(s.port, query({filter: "state==in_progress", sort: "reported_at", limit: 200, fields: "title", ...(cursor && {cursor})}), {Authorization: s.auth})).text);
                ids.push(...r.items.map((i) => i.id));
                if (!(cursor = r.next))
                        break;
        }
        fs.writeFileSync(file, ids.join("\n") + "\n");
        return file;
}

const LIMIT_ENV = {
        read: {script: "read.lua"},
        list: {script: "list.lua"},
        create: {script: "create.lua"},
};

/* ---- wrk ---- */

const micro = (text) => {
        const m = text.match(/([\d.]+)(us|ms|s|m)/);
        return Number(m[1]) * {us: 1, ms: 1e3, s: 1e6, m: 6e7}[m[2]];
};

function wrk(s, script, env, connections) {
        return new Promise((resolve, reject) => {
                const before = cpu(s.pid);
                const child = spawn("wrk", ["-t1", `-c${connections}`, `-d${SECONDS}`, "--latency", "-s", script, `http://127.0.0.1:${s.port}`],
                                    {env: {...process.env, FIRST: s.first, LAST: s.last, N: s.last, ...(s.auth && {AUTH: s.auth}), ...env}});
                let out = "";
                child.stdout.on("data", (d) => (out += d));
                child.stderr.on("data", (d) => (out += d));
                child.on("close", () => {
                        const n = Number(out.match(/(\d+) requests in/)?.[1]);
                        if (!n)
                                return reject(new Error(`wrk: ${out}`));
                        const bad = out.match(/Non-2xx.*|Socket errors.*/);
                        if (bad)
                                console.log(`  ! ${s.name} ${script}: ${bad[0]}`);
                        const at = (p) => micro(out.match(new RegExp(`\\n\\s+${p}%\\s+(\\S+)`))[1]);
                        resolve({rate: Number(out.match(/Requests\/sec:\s+([\d.]+)/)[1]), p50: at(50), p99: at(99), cpu: ((cpu(s.pid) - before) / n) * 1e6});
                });
        });
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const middle = (runs) => Object.fromEntries(["rate", "p50", "p99", "cpu"].map((k) => [k, median(runs.map((r) => r[k]))]));

/** Ours and limit's in turn. */
async function compare(ours, limit, op, connections) {
        const runs = {ours: [], limit: []};
        for (let i = 0; i < ROUNDS; i++) {
                runs.limit.push(await wrk(limit, path.join(limit.dir, LIMIT_ENV[op.limit].script), {}, connections));
                runs.ours.push(await wrk(ours, path.join(HERE, op.script), await op.env(ours), connections));
        }
        return {ours: middle(runs.ours), limit: middle(runs.limit)};
}

/* ---- the table ---- */

const rate = (n) => (n >= 10000 ? `${Math.round(n / 1000)}k` : n >= 1000 ? `${(n / 1000).toFixed(1)}k` : n.toFixed(0));
const time = (us) => (us >= 10000 ? `${(us / 1000).toFixed(0)} ms` : us >= 1000 ? `${(us / 1000).toFixed(1)} ms` : `${us.toFixed(0)} µs`);

/** The machine's load at each row: the measuring's own is two or three. */
const loads = [];

function row(cells) {
        loads.push(os.loadavg()[0]);
        const line = `| ${cells.join(" | ")} |`;
        console.log(line);
        return line;
}

async function measure(limitDir, count, table) {
        const limit = await startLimit(limitDir, count);
        let ours = await startOurs(count);
        const start = ours.start;
        for (const op of OPERATIONS)
                for (const c of CONNECTIONS) {
                        const r = await compare(ours, limit, op, c);
                        table.push(row([count.toLocaleString("en"), op.name, c, rate(r.ours.rate), rate(r.limit.rate), (r.ours.rate / r.limit.rate).toFixed(2),
                                        r.ours.cpu.toFixed(1), r.limit.cpu.toFixed(1), time(r.ours.p50), time(r.ours.p99)]));
                }
        const memory = anonymous(ours.pid);
        await stop(ours);
        await stop(limit);
        return {start, memory, size: fs.statSync(ours.db).size / 1e6};
}

async function importRate() {
        const file = path.join(SHARED, "data/bpic2013/bpi_challenge_2013_incidents.xes.gz"), db = path.join(BUILD, "import.db");
        if (!fs.existsSync(file))
                return "";
        for (const s of ["", "-wal", "-shm", ".lock"])
                fs.rmSync(db + s, {force: true});
        await command(["init", "--db", db, "--password-stdin"], "bench bench\n");
        const begun = Date.now();
        const r = await openitr(["import", "--db", db, "--map", "volvo", file]);
        if (r.status !== 0)
                return `The import of BPI 2013 failed: ${r.stderr.split("\n")[0]}`;
        const seconds = (Date.now() - begun) / 1000;
        return `Import of BPI Challenge 2013 (65,533 events in 7,554 cases): ${seconds.toFixed(1)} s, ${Math.round(65533 / seconds).toLocaleString("en")} events a second.`;
}

async function main() {
        fs.mkdirSync(BUILD, {recursive: true});
        const limitDir = buildLimit(), table = [], facts = [];
        table.push(row(["requests in the store", "what", "connections", "req/s", "limit", "ratio", "CPU µs", "limit's", "p50", "p99"]));
        table.push(row(Array(10).fill("---")));
        for (const count of COUNTS) {
                const m = await measure(limitDir, count, table);
                facts.push(`${count.toLocaleString("en")} requests: ${m.size.toFixed(0)} MB on disk; the server answers ${m.start.toFixed(0)} ms after its start; ${m.memory.toFixed(0)} MB of its own memory after 64 connections.`);
        }
        facts.push(await importRate());
        const cpuName = fs.readFileSync("/proc/cpuinfo", "utf8").match(/model name\s*:\s*(.*)/)?.[1] ?? "";
        const text = [`Made by \`tests/bench/run\` on ${new Date().toISOString().slice(0, 10)}: ${os.cpus().length} cores (${cpuName}), client and server on the same cores, SQLite with \`synchronous=FULL\`, medians of ${ROUNDS} rounds of ${SECONDS} s.  Load average ${Math.min(...loads).toFixed(0)} to ${Math.max(...loads).toFixed(0)}, the measuring itself being two or three of it.`,
                      "", ...table, "", ...facts.filter(Boolean).map((f) => `- ${f}`)].join("\n");
        console.log(facts.join("\n"));
        if (!quick)
                write(text);
}

/** Between the markers of docs/performance.md. */
function write(text) {
        const file = path.join(ROOT, "docs/performance.md"), page = fs.readFileSync(file, "utf8");
        fs.writeFileSync(file, page.replace(/(<!-- bench -->)[^]*(<!-- \/bench -->)/, (_, a, b) => `${a}\n${text}\n${b}`));
}

await main();
