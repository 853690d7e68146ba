// SPDX-License-Identifier: Apache-2.0
//
// model_made.mjs -- tests that the models make: every field of every entity, through the API, at both edges of what it
// may hold.  What is at the edge is taken and read back, what is behind it is refused at its own field; what is required
// is missed; what is computed or fixed is not written.
//
// (Every transition from every state by every role is tried in src/engine/life_test.c, without the network between.)
//
// The published model (GET /api/v1/model/{entity}) says what there is; a person who holds all staff roles tries it.
import {isDeepStrictEqual} from "node:util";
import {furnish} from "./stage.mjs";
import {must} from "./bad_input/must.mjs";

const API = "/api/v1";
const as = "everyone";
let serial = 0;

/* ---- values of each type ---- */

const exactly = (n, head = "") => head + "x".repeat(Math.max(n - head.length, 0));
const TEXTS = {text: 200, longtext: 20000, markdown: 100000, address: 500, serial: 100, barcode: 200};
const step = (f) => 10 ** -(f.scale ?? 2);

/** {good: values, bad: [value, code] pairs} of a field. */
function edges(f, ids) {
        if (f.type in TEXTS) {
                const max = f.max ?? TEXTS[f.type];
                return {good: [exactly(max), "\u4e2d".repeat(Math.min(max, 50)), "x"], bad: [[exactly(max + 1), "too_long"], [7, "type"], ["a\0", "utf8"]]};
        }
        switch (f.type) {
        case "phone": return {good: ["+86 571 8888 0001", "1".repeat(Math.min(f.max ?? 40, 15))], bad: [["x", "format"], [1, "type"]]};
        case "email": return {good: ["a@b.example"], bad: [["nobody", "format"], ["a".repeat(300) + "@b.example", "too_long"]]};
        case "int": case "rating": case "score": case "duration": return wholes(f);
        case "decimal": case "money": case "percent": return decimals(f);
        case "bool": return {good: [true, false], bad: [["true", "type"], [1, "type"]]};
        case "enum": return {good: f.options.map((o) => o.name), bad: [["no_such", "not_allowed"], [1, "type"]]};
        case "multi_enum": {
                const all = f.options.map((o) => o.name);
                return {good: [all, [all[0]]], bad: [[["no_such"], "not_allowed"], [[all[0], all[0]], null], [all[0], "type"]]};
        }
        case "date": return {good: ["2028-02-29", "0001-01-01", "9999-12-31"], bad: [["2027-02-29", "format"], ["2027-13-01", "format"], [5, "type"]]};
        case "datetime": return {good: ["2026-01-01T00:00:00Z", "2020-02-29T23:59:59Z"], bad: [["2026-01-01", "format"], ["2026-01-01T25:00:00Z", "format"], [5, "type"]]};
        case "link": case "person": case "team": {
                const to = f.to ?? {person: "user", team: "team"}[f.type];
                return {good: ids[to] ? [ids[to]] : [], bad: [[987654321, "no_such_record"], ["1", "type"], [1.5, "type"]]};
        }
        case "multi_link": return {good: ids[f.to] ? [[ids[f.to]]] : [], bad: [[[987654321], "no_such_record"], [1, "type"]]};
        case "json": return {good: [{a: [1, {b: null}]}, 5], bad: [[{a: "x".repeat(70000)}, null]]};
        case "geo": return {good: [{lat: 90, lon: -180}, {lat: -90, lon: 180}], bad: [[{lat: 90.1, lon: 0}, null], [{lat: 1}, null], [5, "type"]]};
        case "checklist": return {good: [[{text: "a", done: false}]], bad: [[[{text: 1}], null], [5, "type"]]};
        case "readings": return {good: [[{name: "a", value: 1.5, unit: "V"}]], bad: [[[{value: "x"}], null], [5, "type"]]};
        case "period": return {good: [{from: "2026-01-01", to: "2026-01-01"}], bad: [[{from: "2026-01-02", to: "2026-01-01"}, null], [5, "type"]]};
        default: return {good: [], bad: []};
        }
}

function wholes(f) {
        const min = f.min ?? {rating: 1, score: 0, duration: 0}[f.type], max = f.max ?? {rating: 5, score: 10}[f.type];
        return {good: [min ?? -7, max ?? 7], bad: [[1.5, "type"], ["1", "type"],
                ...(min !== undefined ? [[min - 1, "too_small"]] : []), ...(max !== undefined ? [[max + 1, "too_large"]] : [])]};
}

function decimals(f) {
        const min = f.min, max = f.max, places = f.scale ?? 2;
        return {good: [min ?? -1.5, max ?? 1.5], bad: [["1", "type"], [Number(`1.${"1".repeat(places + 1)}`), null],
                ...(min !== undefined ? [[min - step(f), "too_small"]] : []), ...(max !== undefined ? [[max + step(f), "too_large"]] : [])]};
}

/* ---- records ---- */

/** Something for a required field; texts differ every time, for those that must be unique. */
function filler(f, ids) {
        if (f.type in TEXTS)
                return `t${++serial}`;
        if (f.type === "int")
                return Math.min((f.min ?? 0) + ++serial, f.max ?? Infinity);
        if (f.type === "date")
                return /(_to|ends_on|until)$/.test(f.name) ? "2027-12-31" : "2026-01-01";
        return edges(f, ids).good[0];
}

const isGiven = (f) => f.required && !f.computed && f.preset === undefined && !f.preset_from;

/** What must make sense beyond its field's limits. */
const SENSIBLE = {
        "calendar_version.definition": {timezone: "Asia/Shanghai", hours: {"mon-fri": [["09:00", "18:00"]]}},
        "rule_version.rule_table": "sla",
        "roster_shift.from_time": "08:00",
        "roster_shift.to_time": "16:00",
        "roster_absence.to_at": "2029-01-01T00:00:00Z",
        "webhook.url": "https://hooks.example.com/in",
        "webhook.events": "technical_request.register work_order.*",
};

/** What only follows from a story that must be told first; its page tries its fields. */
const TOLD_IN_PAGES = new Set(["exemption"]);   // of a clock that was promised: 62_exemptions

function base(model, ids) {
        return Object.fromEntries(model.fields.filter(isGiven).map((f) => [f.name, SENSIBLE[`${model.entity}.${f.name}`] ?? filler(f, ids)]));
}

/** One record of each entity to which links point; entities that link to each other are made in this order. */
const ORDER = ["region", "account", "site", "contact", "product", "product_version", "service_product", "contract", "contract_line", "installed_unit", "team", "user", "calendar", "roster", "bulletin"];

async function create(house, entity, body) {
        return house.send("POST", `${API}/${entity}`, {as, body});
}

/* ---- the tests of a field ---- */

const told = (r, f) => r.body?.errors?.some((e) => e.pointer === `/${f.name}` || e.pointer.startsWith(`/${f.name}/`));
const sent = (v) => JSON.stringify(v).slice(0, 40);
const isTaken = (got, v) => isDeepStrictEqual(got, v) || (typeof v === "string" && got !== undefined && Date.parse(got) === Date.parse(v));

/** Writes a value: by PATCH of a record, or by a creation when the field is fixed. */
async function write(house, model, ids, record, f, value) {
        if (f.fixed)
                return create(house, model.entity, {...base(model, ids), [f.name]: value});
        return house.send("PATCH", `${API}/${model.entity}/${record.id}`, {as, body: {[f.name]: value}});
}

/** Was it a rule of the service that refused (a text that is no time zone, a time that lies ahead), not the field's limits? */
const isRuled = (r, f) => (r.status === 409 && ["refused", "not_unique"].includes(r.body.code)) ||
        (r.status === 422 && f.type in TEXTS && told(r, f) && ["format", "not_allowed"].includes(r.body.errors[0].code));

async function tryField(house, model, ids, record, f) {
        const sensible = SENSIBLE[`${model.entity}.${f.name}`];
        const {good, bad} = sensible ? {good: [sensible], bad: [[5, null]]} : edges(f, ids);
        for (const v of good) {
                const r = await write(house, model, ids, record, f, f.unique && typeof v === "string" && v.length === 1 ? `u${++serial}` : v);
                if (isRuled(r, f))
                        continue;
                must(r.status === 200 || r.status === 201, `${sent(v)}: ${r.status} ${r.text.slice(0, 300)}`);
                must((f.unique && typeof v === "string") || isTaken(r.body[f.name], v), `${sent(v)} is read back as ${sent(r.body[f.name])}`);
        }
        for (const [v, code] of bad) {
                const r = await write(house, model, ids, record, f, v);
                must(r.status === 422 && told(r, f), `${sent(v)} is answered ${r.status} ${r.text.slice(0, 300)}`);
                must(!code || r.body.errors.some((e) => e.code === code), `${sent(v)} is refused as ${r.body.errors[0].code}, not ${code}`);
        }
}

async function tryRequired(house, model, ids, record, f) {
        const body = base(model, ids);
        delete body[f.name];
        const r = await create(house, model.entity, body);
        must(r.status === 422 && told(r, f) && r.body.errors.some((e) => e.code === "required"), `missing: ${r.status} ${r.text.slice(0, 300)}`);
        if (!f.fixed) {
                const p = await house.send("PATCH", `${API}/${model.entity}/${record.id}`, {as, body: {[f.name]: null}});
                must(p.status === 422 && told(p, f), `cleared: ${p.status} ${p.text.slice(0, 300)}`);
        }
}

async function tryReadOnly(house, model, ids, record, f) {
        const v = edges(f, ids).good[0];
        if (v === undefined)
                return;
        const r = await house.send("PATCH", `${API}/${model.entity}/${record.id}`, {as, body: {[f.name]: v}});
        must(r.status === 422 && told(r, f) && r.body.errors[0].code === "read_only", `written: ${r.status} ${r.text.slice(0, 300)}`);
}

async function tryEntity(count, house, model, ids) {
        const first = await create(house, model.entity, base(model, ids));
        if (first.status === 403)
                return;                        // nobody makes one of these by hand
        must(first.status === 201, `${model.entity}: ${first.status} ${first.text.slice(0, 300)}`);
        const can = (await house.send("GET", `${API}/${model.entity}/${first.body.id}?can=true`, {as})).body._can.fields;
        for (const f of model.fields) {
                if (f.hidden || !(f.name in can))
                        continue;
                const name = `model made: ${model.entity}.${f.name}`;
                if (f.computed || (can[f.name] === "r" && f.fixed))
                        await count.test(`${name} is not changed`, () => tryReadOnly(house, model, ids, first.body, f));
                if (!f.computed && (can[f.name] === "rw" || f.fixed))
                        await count.test(`${name} at its edges`, () => tryField(house, model, ids, first.body, f));
                if (isGiven(f) && can[f.name] === "rw")
                        await count.test(`${name} is required`, () => tryRequired(house, model, ids, first.body, f));
        }
}

export async function test(count, engine, cluster) {
        const house = await furnish(engine, cluster);
        const index = (await house.send("GET", `${API}/model`, {as})).body;
        const names = index.entities.map((e) => e.entity), ids = {};
        const models = {};
        for (const n of names)
                models[n] = (await house.send("GET", `${API}/model/${n}`, {as})).body;
        for (const n of [...ORDER, "technical_request"].filter((x) => models[x])) {
                const r = await create(house, n, base(models[n], ids));
                must(r.status === 201, `${n}: ${r.status} ${r.text.slice(0, 300)}`);
                ids[n] = r.body.id;
        }
        ids.case = ids.technical_request;
        for (const n of names.filter((x) => models[x].kind !== "child" && !TOLD_IN_PAGES.has(x)))
                await count.test(`model made: ${n} can be made`, () => tryEntity(count, house, models[n], ids));
        await count.test("model made: the server is well", async () => must(!house.unwell(), house.unwell()));
        await house.close();
}
