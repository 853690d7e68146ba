// SPDX-License-Identifier: Apache-2.0
//
// page.mjs -- the language of scenario pages (pages/*.flow), and how a page is played against a server.
//
// A page is text that a customer could read: one step a line, "#" begins a comment, "scenario TITLE" begins a test.
//
//     as NAME                                 who does what follows (a person of cast.flow), or: as nobody
//     create ENTITY [on CASE] FIELD=VALUE... [-> NAME]
//     take CASE TRANSITION FIELD=VALUE...     a transition
//     change CASE FIELD=VALUE... [-> NAME]    PATCH
//     remove CASE
//     read CASE [PART] [PARAM=VALUE...]       the record, or what stands below it: timeline, message, attachment ...
//     list ENTITY [PARAM=VALUE...]            filter, sort, limit, cursor, count, fields, labels, can
//     find ENTITY FILTER -> NAME              the one record that the filter finds
//     get|post|put|patch|delete PATH FIELD=VALUE...
//     upload CASE FILE KIND:SIZE [PARAM=VALUE...] [-> NAME]       KIND: png, text, junk
//     login LOGIN "PASSWORD" / logout         a browser's session instead of a token
//     header NAME "VALUE"                     sent with the next step only
//     together N STEP                         the same step N times at once; what follows looks at all answers
//     listen [NAME] / hear FIELD=VALUE... (event=model: another Model) / hear nothing / hang up
//     advance N seconds|minutes|hours|days|working days
//     soon                                    the next expectation may come true within some seconds (search, live)
//
//     refused STATUS [CODE] [FIELD]           the last step was refused so
//     expect FIELD VALUE | is set | is not set | is absent | contains VALUE | matches REGEXP
//     expect items N                          of a list
//     expect each FIELD VALUE...              a field down the list
//     expect header NAME VALUE, expect status N, expect distinct FIELD N (of "together")
//
// A step that is not followed by "refused" must succeed.  FIELD is a path: items.0.title, or
// clock=restore.state (of the first in a list whose clock is restore).  VALUE: a word, "a text",
// a number, true, false, null, [a, b], {"json": 1}, x*201 (a character, 201 times), $NAME (its id), $NAME.field,
// @now, @-31m, @+2h, @-3d (the server's time), @day+90 (the date of a day).  CASE is the name of a record without $.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import {isDeepStrictEqual} from "node:util";
import {sleep} from "./house.mjs";

const API = "/api/v1";
const UNITS = {s: 1, m: 60, h: 3600, d: 86400};

/* ---- reading ---- */

/** The words of a line: blanks part them, but not inside quotes and brackets. */
function words(line) {
        const out = [];
        let word = "", depth = 0, quoted = false;
        for (let i = 0; i < line.length; i++) {
                const c = line[i];
                if (quoted && c === "\\") {
                        word += c + line[++i];
                        continue;
                }
                if (c === '"')
                        quoted = !quoted;
                else if (!quoted && "[{(".includes(c))
                        depth++;
                else if (!quoted && "]})".includes(c))
                        depth--;
                if (!quoted && depth === 0 && /\s/.test(c)) {
                        if (word)
                                out.push(word);
                        word = "";
                } else {
                        word += c;
                }
        }
        if (quoted || depth)
                throw new Error("a quotation or a bracket is not closed");
        return word ? [...out, word] : out;
}

/** A page as {head, scenarios: [{title, steps: [{n, words}]}]}; steps before the first scenario are the head. */
export function readPage(file) {
        const page = {file, head: [], scenarios: []};
        let steps = page.head;
        fs.readFileSync(file, "utf8").split("\n").forEach((line, i) => {
                const text = line.trim();
                if (!text || text.startsWith("#"))
                        return;
                if (text.startsWith("scenario "))
                        page.scenarios.push({title: text.slice(9), steps: (steps = [])});
                else
                        steps.push({n: i + 1, text, words: words(text)});
        });
        return page;
}

function splitList(text) {
        const inside = text.slice(1, -1).trim();
        const out = [];
        let word = "", depth = 0, quoted = false;
        for (const c of inside) {
                if (c === '"')
                        quoted = !quoted;
                depth += quoted ? 0 : "[{".includes(c) ? 1 : "]}".includes(c) ? -1 : 0;
                if (c === "," && !quoted && depth === 0) {
                        out.push(word.trim());
                        word = "";
                } else {
                        word += c;
                }
        }
        return inside ? [...out, word.trim()] : [];
}

/* ---- playing ---- */

/** What a field of an answer is, by its path. */
function at(body, field) {
        const step = (v, key) => {
                const [name, wanted] = key.split("=");
                return wanted !== undefined && Array.isArray(v) ? v.find((o) => String(o?.[name]) === wanted) : v[key];
        };
        return field.split(".").reduce((v, key) => (v === null || v === undefined ? undefined : step(v, key)), body);
}

const show = (v) => (v === undefined ? "absent" : JSON.stringify(v));

/** The server's time can be turned for all who use it; every player adds to the same account. */
const turned = new WeakMap();

export class Player {
        constructor(house, cast = {}) {
                this.house = house;
                this.names = {...cast};
                this.who = null;
                this.once = {};
                this.answer = null;            // of the last step
                this.open = null;              // the step whose success nobody has yet asked for
                this.ears = [];
        }

        now() {
                return Date.now() + (turned.get(this.house) ?? 0) * 1000;
        }

        value(text) {
                if (text.startsWith('"'))
                        return JSON.parse(text).replace(/\$\{([\w.]+)\}/g, (_, name) => this.named(name));
                if (text.startsWith("["))
                        return splitList(text).map((v) => this.value(v));
                if (text.startsWith("{"))
                        return JSON.parse(text);
                if (text.startsWith("$"))
                        return this.named(text.slice(1));
                if (text.startsWith("@"))
                        return this.time(text.slice(1));
                const repeated = text.match(/^(.)\*(\d+)$/u);
                if (repeated)
                        return repeated[1].repeat(Number(repeated[2]));
                if (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(text))
                        return Number(text);
                return {true: true, false: false, null: null}[text] ?? (text === "null" ? null : text);
        }
        named(name) {
                const [first, ...rest] = name.split(".");
                if (!(first in this.names))
                        throw new Error(`nothing is named ${first}`);
                return rest.length ? at(this.names[first], rest.join(".")) : this.names[first].id;
        }
        time(text) {
                const day = text.match(/^day([+-]\d+)$/);
                if (day)
                        return new Date(this.now() + Number(day[1]) * 86400000).toISOString().slice(0, 10);
                const m = text === "now" ? ["", "+", "0", "s"] : text.match(/^([+-])(\d+)([smhd])$/);
                if (!m)
                        throw new Error(`@${text} is no time`);
                const by = (m[1] === "-" ? -1 : 1) * Number(m[2]) * UNITS[m[3]];
                return new Date(Math.floor((this.now() + by * 1000) / 1000) * 1000).toISOString().replace(".000", "");
        }
        /** FIELD=VALUE... as an object. */
        fields(list) {
                return Object.fromEntries(list.map((w) => {
                        const cut = w.indexOf("=");
                        if (cut < 1)
                                throw new Error(`"${w}" is not FIELD=VALUE`);
                        return [w.slice(0, cut), this.value(w.slice(cut + 1))];
                }));
        }
        query(list) {
                const p = new URLSearchParams(Object.entries(this.fields(list)).map(([k, v]) => [k, Array.isArray(v) ? v.join(",") : String(v)]));
                return list.length ? `?${p}` : "";
        }
        path(name) {
                const r = this.names[name];
                if (!r)
                        throw new Error(`nothing is named ${name}`);
                return `${API}/${r._path}`;
        }

        /* ---- steps ---- */

        async send(method, where, body, keep) {
                const session = this.who?.session;
                const headers = {...(session ? {Cookie: session.cookie, ...(session.csrf && method !== "GET" ? {"X-CSRF-Token": session.csrf} : {})} : {}),
                                 ...this.once};
                this.once = {};
                const again = () => this.house.send(method, where, {as: session ? undefined : this.who?.login, headers, body});
                const n = this.many ?? 1;
                this.many = null;
                const answers = await Promise.all(Array.from({length: n}, again));
                this.answer = n === 1 ? answers[0] : {status: Math.max(...answers.map((a) => a.status)), headers: {}, body: {answers}, text: answers.map((a) => a.text).join("\n")};
                this.again = again;
                if (this.answer.status === 0)
                        throw new Error(`the connection broke: ${this.answer.broken}`);
                this.open = this.step;
                if (keep && this.answer.status < 300)
                        this.names[keep] = {...this.answer.body, _path: this.answer.headers.location?.replace(`${API}/`, "") ?? this.names[keep]?._path};
        }
        /** Cuts "-> NAME" off. */
        target(w) {
                return w.at(-2) === "->" ? w.splice(-2)[1] : undefined;
        }

        async create(w) {
                const keep = this.target(w), [entity, ...rest] = w;
                const on = rest[0] === "on" ? rest.splice(0, 2)[1] : undefined;
                await this.send("POST", on ? `${this.path(on)}/${entity}` : `${API}/${entity}`, this.fields(rest), keep);
        }
        async take([name, transition, ...rest]) {
                await this.send("POST", `${this.path(name)}/${transition}`, this.fields(rest), name);
        }
        async change(w) {
                const [name, ...rest] = w;
                await this.send("PATCH", this.path(name), this.fields(rest), name);
        }
        async remove([name]) {
                await this.send("DELETE", this.path(name));
        }
        async read([name, ...rest]) {
                const part = rest[0] && !rest[0].includes("=") ? `/${rest.shift()}` : "";
                await this.send("GET", this.path(name) + part + this.query(rest), undefined, part ? undefined : name);
        }
        async list([entity, ...rest]) {
                await this.send("GET", `${API}/${entity}${this.query(rest)}`);
        }
        async find(w) {
                const keep = this.target(w), [entity, filter] = w;
                const text = filter.startsWith('"') ? this.value(filter) : filter.replace(/\$([\w.]+)/g, (_, n) => this.named(n));
                await this.send("GET", `${API}/${entity}?filter=${encodeURIComponent(text)}`);
                const items = this.answer.body?.items ?? [];
                if (items.length !== 1)
                        throw new Error(`${items.length} records are found: ${this.answer.text.slice(0, 400)}`);
                await this.send("GET", `${API}/${entity}/${items[0].id}`);
                if (keep)
                        this.names[keep] = {...this.answer.body, _path: `${entity}/${items[0].id}`};
        }
        async http(method, [where, ...rest]) {
                const keep = this.target(rest), named = where.replace(/\$([\w.]+)/g, (_, n) => this.named(n));
                const target = encodeURI(named).replaceAll("%25", "%");
                const full = target.startsWith("/") ? target : `${API}/${target}`;
                const json = rest.length === 1 && /^[[{]/.test(rest[0]);
                if (method === "GET")
                        await this.send(method, full + this.query(rest), undefined, keep);
                else
                        await this.send(method, full, json ? this.value(rest[0]) : rest.length || method !== "DELETE" ? this.fields(rest) : undefined, keep);
        }
        async upload(w) {
                const keep = this.target(w), [name, file, what, ...rest] = w, [kind, size] = what.split(":");
                const start = {png: Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"), text: Buffer.from("plain text\n"), junk: Buffer.from([0, 1, 2, 3])}[kind];
                const bytes = Buffer.alloc(Number(size), start);
                const query = this.query([`name=${file}`, ...rest]);
                this.once = {"Content-Type": "application/octet-stream", "Content-Length": bytes.length, ...this.once};
                await this.send("POST", `${this.path(name)}/attachment${query}`, bytes, keep);
        }
        async login([login, password]) {
                const r = await this.house.raw("POST", `${API}/login`, {body: {login: this.value(login), password: this.value(password)}, headers: this.once});
                this.once = {};
                this.answer = r;
                this.open = this.step;
                if (r.status === 200)
                        this.who = {login, session: {cookie: r.headers["set-cookie"][0].split(";")[0], csrf: r.body.csrf}};
        }
        async logout() {
                await this.send("POST", `${API}/logout`, {});
        }
        async advance(w) {
                const n = Number(w[0]), unit = w.slice(1).join(" ");
                const each = {second: 1, minute: 60, hour: 3600, day: 86400}[unit.replace(/s$/, "").replace("working day", "day")];
                const seconds = unit.startsWith("working") ? this.workingDays(n) : n * each;
                const r = await this.house.raw("POST", `${API}/test/clock`, {body: {advance: seconds}, headers: {Authorization: `Bearer ${await this.house.token("admin")}`}});
                if (r.status !== 200)
                        throw new Error(`the clock did not turn: ${r.status} ${r.text}`);
                turned.set(this.house, (turned.get(this.house) ?? 0) + seconds);
        }
        /** Seconds until n Mondays-to-Fridays later. */
        workingDays(n) {
                const day = new Date(this.now());
                let days = 0;
                while (n > 0) {
                        days++;
                        day.setUTCDate(day.getUTCDate() + 1);
                        if (day.getUTCDay() % 6 !== 0)
                                n--;
                }
                return days * 86400;
        }

        /* ---- live events ---- */

        async listen([from]) {
                const ear = {events: [], text: "", headers: {}};
                const headers = {Authorization: `Bearer ${await this.house.token(this.who.login)}`, ...(from ? {"Last-Event-ID": this.names[from].lastEvent} : {})};
                await new Promise((resolve, reject) => {
                        ear.request = http.get({host: "127.0.0.1", port: this.house.port, path: `${API}/events`, headers, agent: false}, (r) => {
                                ear.status = r.statusCode;
                                r.setEncoding("utf8");
                                r.on("data", (d) => this.hearText(ear, d));
                                resolve();
                        });
                        ear.request.on("error", (e) => (ear.status ? undefined : reject(e)));
                });
                if (ear.status !== 200)
                        throw new Error(`listening was refused: ${ear.status}`);
                this.ears.push(ear);
                this.ear = ear;
        }
        hearText(ear, text) {
                ear.text += text;
                for (let cut; (cut = ear.text.indexOf("\n\n")) >= 0; ear.text = ear.text.slice(cut + 2)) {
                        const lines = Object.fromEntries(ear.text.slice(0, cut).split("\n").map((l) => [l.split(":")[0], l.slice(l.indexOf(":") + 1).trim()]));
                        if (lines.id)
                                this.names.ear = {lastEvent: lines.id};
                        if (lines.event === "change")
                                ear.events.push(JSON.parse(lines.data));
                        else if (lines.event === "model" || lines.event === "notice")
                                ear.events.push({event: lines.event, ...JSON.parse(lines.data)});
                        else if (lines.event)
                                ear.last = lines.event;
                }
        }
        async hear(w) {
                if (w[0] === "nothing") {
                        await sleep(1500);
                        if (this.ear.events.length)
                                throw new Error(`heard ${show(this.ear.events)}`);
                        return;
                }
                const want = this.fields(w), fits = (e) => Object.entries(want).every(([k, v]) => isDeepStrictEqual(e[k], v));
                for (let i = 0; i < 50; i++) {
                        const found = this.ear.events.findIndex(fits);
                        if (found >= 0)
                                return void this.ear.events.splice(0, found + 1);
                        await sleep(100);
                }
                throw new Error(`did not hear ${show(want)}, but ${show(this.ear.events)}`);
        }
        hangUp() {
                this.ear.request.destroy();
        }

        /* ---- expectations ---- */

        refused([status, code, field]) {
                this.open = null;
                const got = this.answer;
                if (got.status !== Number(status))
                        throw new Error(`answered ${got.status}: ${got.text.slice(0, 600)}`);
                if (code && got.body?.code !== code)
                        throw new Error(`refused as ${got.body?.code}: ${got.text.slice(0, 600)}`);
                if (field && !got.body.errors?.some((e) => e.pointer === `/${field}`))
                        throw new Error(`no error at /${field}: ${got.text.slice(0, 600)}`);
        }
        async expect(w) {
                for (let i = 0; this.soon && i < 40 && this.fault(w); i++) {
                        await sleep(150);
                        this.answer = await this.again();
                }
                this.soon = false;
                const fault = this.fault(w);
                if (fault)
                        throw new Error(`${fault}\n        ${this.answer.text.slice(0, 600)}`);
        }
        /** What is wrong with the last answer, or "". */
        fault([field, ...rest]) {
                const body = this.answer.body;
                if (field === "status")
                        return this.answer.status === Number(rest[0]) ? "" : `the status is ${this.answer.status}`;
                if (field === "header")
                        return this.compare(this.answer.headers[rest[0].toLowerCase()], rest.slice(1), true);
                if (field === "items")
                        return body?.items?.length === this.value(rest[0]) ? "" : `there are ${body?.items?.length} items`;
                if (field === "each") {
                        const got = body?.items?.map((i) => at(i, rest[0])), want = rest.slice(1).map((v) => this.value(v));
                        return isDeepStrictEqual(got, want) ? "" : `${rest[0]} down the list is ${show(got)}`;
                }
                if (field === "distinct") {
                        const n = new Set(body.answers.map((a) => show(rest[0] === "status" ? a.status : at(a.body, rest[0])))).size;
                        return n === Number(rest[1]) ? "" : `${n} values of ${rest[0]}`;
                }
                return this.compare(field === "body" ? this.answer.text : at(body, field), rest, false, field);
        }
        compare(got, rest, text, name = "it") {
                const said = rest.join(" ");
                if (said === "is set")
                        return got !== undefined && got !== null ? "" : `${name} is ${show(got)}`;
                if (said === "is not set")
                        return got === null ? "" : `${name} is ${show(got)}`;
                if (said === "is absent")
                        return got === undefined ? "" : `${name} is ${show(got)}`;
                if (rest[0] === "contains")
                        return (Array.isArray(got) ? got : String(got)).includes(this.value(rest[1])) ? "" : `${name} is ${show(got)}`;
                if (rest[0] === "matches")
                        return new RegExp(rest[1]).test(got) ? "" : `${name} is ${show(got)}`;
                const want = this.value(rest[0]);
                return isDeepStrictEqual(text ? String(got) : got, text ? String(want) : want) ? "" : `${name} is ${show(got)}, not ${show(want)}`;
        }

        /* ---- the whole ---- */

        async play(step) {
                const [verb, ...rest] = step.words;
                const looks = ["expect", "refused", "soon"].includes(verb);
                if (!looks || verb === "expect")
                        this.settle(verb === "expect" && (rest[0] === "status" || rest[0] === "distinct"));
                this.step = step;
                switch (verb) {
                case "as":
                        this.who = rest[0] === "nobody" ? null : {login: rest[0]};
                        return;
                case "header":
                        this.once[rest[0]] = String(this.value(rest[1]));
                        return;
                case "together":
                        this.many = Number(rest[0]);
                        return this.play({...step, words: rest.slice(1)});
                case "soon":
                        this.soon = true;
                        return;
                case "hang":
                        return this.hangUp();
                case "without":
                        this.who.session.csrf = undefined;
                        return;
                case "get": case "post": case "put": case "patch": case "delete":
                        return this.http(verb.toUpperCase(), rest);
                case "create": case "take": case "change": case "remove": case "read": case "list": case "find": case "upload":
                case "login": case "logout": case "advance": case "listen": case "hear": case "refused": case "expect":
                        return this[verb]([...rest]);
                default:
                        throw new Error(`there is no step "${verb}"`);
                }
        }
        /** The step before must have succeeded, unless something asks for its status. */
        settle(asked) {
                const open = this.open;
                this.open = null;
                if (open && !asked && this.answer.status >= 400)
                        throw Object.assign(new Error(`was refused: ${this.answer.status} ${this.answer.text.slice(0, 800)}`), {step: open});
        }
        async run(steps) {
                let step;
                try {
                        for (step of steps)
                                await this.play(step);
                        this.settle(false);
                        return null;
                } catch (e) {
                        const s = e.step ?? step;
                        return {n: s?.n, text: s?.text, message: e.message};
                } finally {
                        this.ears.forEach((e) => e.request.destroy());
                }
        }
}

export function pages(dir, wanted) {
        return fs.readdirSync(dir).filter((f) => f.endsWith(".flow")).sort()
                .filter((f) => wanted.length === 0 || wanted.some((w) => f.includes(w)))
                .map((f) => readPage(path.join(dir, f)));
}
