// SPDX-License-Identifier: Apache-2.0
//
// house.mjs -- a real OpenITR server with its database, for tests: made, served, killed, served again, taken down.
//
//     house = await House.build({engine: "sqlite"})     init, people who can log in
//     await house.serve()                               the program runs; house.port
//     await house.send("GET", "/api/v1/me", {as: "duty"})
//     await house.close()                               nothing is left
//
// People have the token of their login, taken once: it outlives a turned clock, as a session would not.
// A server that ends by itself, or writes more than a log, is a fault of every test that used it: see `unwell`.
import {execFile, execFileSync, spawn} from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import {gunzipSync} from "node:zlib";
import {fileURLToPath} from "node:url";
import {promisify} from "node:util";

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const PROGRAM = process.env.OPENITR ?? path.join(ROOT, "build/openitr");
export const PASSWORD = "correct horse 1";
const run = promisify(execFile);

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export function temporary(name) {
        return fs.mkdtempSync(path.join(os.tmpdir(), `openitr-${name}-`));
}

/** Runs the program and waits, two minutes at most; {status, stdout, stderr}. */
export async function openitr(args, input = "") {
        return new Promise((resolve) => {
                const child = spawn(PROGRAM, args, {stdio: ["pipe", "pipe", "pipe"], timeout: 120000, killSignal: "SIGKILL"});
                const out = {status: null, stdout: "", stderr: ""};
                child.stdout.on("data", (d) => (out.stdout += d));
                child.stderr.on("data", (d) => (out.stderr += d));
                child.on("close", (status, signal) => resolve({...out, status: status ?? signal}));
                child.stdin.on("error", () => {});
                child.stdin.end(input);
        });
}

/** A private PostgreSQL (tools/pg-temp), or the one that OPENITR_TEST_PG names. */
export class Cluster {
        static async start({fsync = false} = {}) {
                const c = new Cluster();
                c.dir = temporary("pg");
                c.fsync = fsync;
                fs.chmodSync(c.dir, 0o755);
                await c.again();
                return c;
        }
        async again() {
                const args = ["start", this.dir, ...(this.fsync ? [] : ["--no-fsync"])];
                this.url = (await run(path.join(ROOT, "tools/pg-temp"), args)).stdout.trim();
        }
        async pause() {
                await run(path.join(ROOT, "tools/pg-temp"), ["stop", this.dir]);
        }
        async kill() {
                await run(path.join(ROOT, "tools/pg-temp"), ["kill", this.dir]);
        }
        async schema(name) {
                await run("psql", [this.url, "-qc", `create schema ${name}`]);
                return `${this.url}&options=-csearch_path%3D${name}`;
        }
        async close() {
                await this.pause().catch(() => {});
                fs.rmSync(this.dir, {recursive: true, force: true});
        }
}

let houses = 0;

export class House {
        /** engine: "sqlite" or "postgresql" (then `cluster`); people: {login: "role,role"}; site: a folder. */
        static async build({engine, cluster, people = {}, site, args = [], dir}) {
                const h = new House();
                Object.assign(h, {engine, cluster, site, args, dir: dir ?? temporary("house"), tokens: new Map(), ids: new Map()});
                h.agent = new http.Agent({keepAlive: true, maxSockets: 256});
                h.db = engine === "sqlite" ? path.join(h.dir, "house.db")
                                           : await cluster.schema(`house_${process.pid}_${++houses}`);
                await h.command(["init", ...h.where(), "--admin", "admin", "--password-stdin"], PASSWORD + "\n");
                for (const [login, roles] of Object.entries(people))
                        await h.command(["user", "create", ...h.where(), "--roles", roles, "--password-stdin", login], PASSWORD + "\n");
                return h;
        }
        where() {
                return ["--db", this.db, ...(this.site ? ["--site", this.site] : [])];
        }
        async command(args, input) {
                const out = await openitr(args, input);
                if (out.status !== 0)
                        throw new Error(`openitr ${args.join(" ")}: ${out.status}\n${out.stderr}`);
                return out;
        }

        /** Starts the server and waits until it says where it listens. */
        async serve(more = []) {
                const args = ["serve", ...this.where(), "--files", path.join(this.dir, "files"), "--listen",
                              `127.0.0.1:${this.port ?? 0}`, "--test-clock", "--log-level", "warn", ...this.args, ...more];
                this.log = "";
                this.server = spawn(PROGRAM, args, {stdio: ["ignore", "pipe", "pipe"]});
                this.ended = new Promise((resolve) => this.server.on("exit", (code, signal) => resolve(signal ?? code)));
                this.server.stderr.on("data", (d) => (this.log = (this.log + d).slice(-100000)));
                let said = "";
                await new Promise((resolve, reject) => {
                        this.server.stdout.on("data", (d) => {
                                said += d;
                                this.said = said;
                                const m = said.match(/http:\/\/[^ ]+:(\d+)\n/);
                                if (m)
                                        resolve((this.port = Number(m[1])));
                        });
                        this.ended.then((code) => reject(new Error(`openitr serve ended (${code})\n${this.log}`)));
                });
                this.up = true;
                this.ended.then((code) => (this.up = false) || (this.code = code));
                return this;
        }
        /** Ends it by a signal and waits; returns the exit status or the signal. */
        async stop(signal = "SIGTERM") {
                if (this.up)
                        this.server.kill(signal);
                const code = await this.ended;
                this.agent.destroy();
                this.agent = new http.Agent({keepAlive: true, maxSockets: 256});
                return code;
        }
        /** Why the server is not well, or "". */
        unwell() {
                if (!this.up)
                        return `the server ended (${this.code})\n${this.log}`;
                const m = this.log.match(/.*(?:Sanitizer|runtime error|assert|abort).*/i);
                return m ? m[0] : "";
        }
        memory() {
                const m = fs.readFileSync(`/proc/${this.server.pid}/status`, "utf8").match(/RssAnon:\s+(\d+)/);
                return Number(m[1]) * 1024;
        }
        async close() {
                const code = this.server ? await this.stop() : 0;
                fs.rmSync(this.dir, {recursive: true, force: true});
                return code;
        }

        async token(login) {
                if (!this.tokens.has(login)) {
                        const r = await this.raw("POST", "/api/v1/login", {body: {login, password: PASSWORD}});
                        if (r.status !== 200)
                                throw new Error(`${login} could not log in: ${r.status} ${r.text}`);
                        const headers = {Cookie: r.headers["set-cookie"][0].split(";")[0], "X-CSRF-Token": r.body.csrf};
                        const t = await this.raw("POST", "/api/v1/me/tokens", {body: {name: "test"}, headers});
                        if (t.status !== 201)
                                throw new Error(`${login} got no token: ${t.status} ${t.text}`);
                        this.tokens.set(login, t.body.token);
                        this.ids.set(login, r.body.user.id);
                }
                return this.tokens.get(login);
        }
        /** A request as somebody (`as`: a login), or as nobody. */
        async send(method, path, {as, headers = {}, ...rest} = {}) {
                const auth = as ? {Authorization: `Bearer ${await this.token(as)}`} : {};
                return this.raw(method, path, {headers: {...auth, ...headers}, ...rest});
        }
        /** {status, headers, text, body: the JSON, bytes}; a connection that breaks is {status: 0, broken: message}. */
        raw(method, path, {headers = {}, body, timeout = 30000} = {}) {
                const bytes = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
                const all = {...(bytes ? {"Content-Type": "application/json", "Content-Length": bytes.length} : {}), ...headers};
                return new Promise((resolve) => {
                        const q = http.request({host: "127.0.0.1", port: this.port, agent: this.agent, method, path, headers: all, timeout}, (r) => {
                                const parts = [];
                                r.on("data", (d) => parts.push(d));
                                r.on("error", (e) => resolve({status: 0, broken: e.message}));
                                r.on("end", () => resolve(answer(r, Buffer.concat(parts))));
                        });
                        q.on("timeout", () => q.destroy(new Error("no answer in time")));
                        q.on("error", (e) => resolve({status: 0, broken: e.message, headers: {}, text: e.message}));
                        q.end(bytes);
                });
        }
}

function answer(r, bytes) {
        const text = (r.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString();
        let body;
        if (/json/.test(r.headers["content-type"] ?? "") && text)
                body = JSON.parse(text);
        return {status: r.statusCode, headers: r.headers, bytes, text, body};
}

export function installed(program) {
        try {
                execFileSync("which", [program], {stdio: "ignore"});
                return true;
        } catch {
                return false;
        }
}
