// SPDX-License-Identifier: Apache-2.0
//
// first_start.mjs -- a server on an empty database: the code of its terminal, five steps, an interruption, and then no way back.
import {House, sleep, temporary} from "./house.mjs";
import {must} from "./bad_input/must.mjs";
import path from "node:path";

const API = "/api/v1";
const ANSWERS = {
        organisation: {name: "Farstar 远星", zone: "Asia/Shanghai", language: "zh"},
        calendar: {code: "6x10", name: "Six days", days: "mon-sat", from: "08:00", to: "18:00"},
        administrator: {login: "chen", name: "Chen Wei", password: "correct horse 7"},
        data: {choice: "empty"},
        mail: {choice: "later"},
};

/** A house whose database nobody has made. */
async function bare(engine, cluster) {
        const house = new House();
        Object.assign(house, {engine, cluster, args: [], dir: temporary("house"), tokens: new Map(), ids: new Map()});
        house.agent = new (await import("node:http")).Agent({keepAlive: true});
        house.db = engine === "sqlite" ? path.join(house.dir, "house.db") : await cluster.schema(`first_${process.pid}_${Date.now()}`);
        return house;
}

/** Serves and returns the code that the terminal shows, or none. */
async function serve(house) {
        await house.serve();
        let said = "";
        house.server.stdout.on("data", (d) => (said += d));
        await sleep(300);
        return (said + house.said).match(/\/setup#(\S+)/)?.[1];
}

const post = (house, where, body) => house.raw("POST", `${API}${where}`, {body});
const save = (house, code, step, value = ANSWERS[step]) => post(house, "/setup/save", {code, step, value});

async function refusals(house, code, count) {
        await count.test("the first start: a wrong code, and answers that are none", async () => {
                for (const wrong of ["", "x", code.slice(0, -1), code + "x"])
                        must((await post(house, "/setup", {code: wrong})).status === 404, `the code ${wrong} opens`);
                must((await post(house, "/setup/finish", {code: "x"})).status === 404, "finished without the code");
                const early = await post(house, "/setup/finish", {code});
                must(early.status === 422 && early.body.errors[0].pointer === "/organisation", early.text);
                const bad = [["organisation", {...ANSWERS.organisation, zone: "Mars/Olympus"}, "/zone"], ["organisation", {zone: "UTC", language: "zh"}, "/name"],
                        ["organisation", {...ANSWERS.organisation, language: "fr"}, "/language"], ["calendar", {code: "new"}, "/name"],
                        ["calendar", {...ANSWERS.calendar, to: "07:00"}, "/to"], ["calendar", {...ANSWERS.calendar, from: "8"}, "/from"],
                        ["administrator", {login: "chen", name: "Chen", password: "short"}, "/password"], ["administrator", {login: "chen", name: "Chen"}, "/password"],
                        ["administrator", {login: "chen horse", name: "Chen", password: "chen horse"}, "/password"],
                        ["data", {choice: "all"}, "/choice"], ["mail", {}, "/choice"], ["tea", {}, "/step"]];
                for (const [step, value, pointer] of bad) {
                        const r = await save(house, code, step, value);
                        must(r.status === 422 && r.body.errors[0].pointer === pointer && /[\u4e00-\u9fff]/.test(r.body.errors[0].text.zh), `${step} ${JSON.stringify(value)}: ${r.status} ${r.text}`);
                }
        });
}

export async function test(count, engine, cluster) {
        const house = await bare(engine, cluster);
        let code = await serve(house);
        must(code, `no code is printed: ${house.said}`);
        await refusals(house, code, count);
        await count.test("the first start: killed between two steps it goes on, with another code", async () => {
                for (const step of ["organisation", "administrator"])
                        must((await save(house, code, step)).status === 200, step);
                await house.stop("SIGKILL");
                const before = code;
                code = await serve(house);
                must(code && code !== before, "the code is the old one");
                must((await post(house, "/setup", {code: before})).status === 404, "the old code opens");
                const r = await post(house, "/setup", {code});
                must(r.body.organisation.name === ANSWERS.organisation.name && r.body.administrator.login === "chen" && r.body.calendar === null, r.text);
                must(!r.text.includes("argon2") && !r.text.includes("correct horse"), "a secret is told");
        });
        await count.test("the first start: finished once, the administrator logs in, the paths are gone", async () => {
                for (const step of ["calendar", "data", "mail"])
                        must((await save(house, code, step)).status === 200, step);
                const both = await Promise.all([0, 1].map(() => post(house, "/setup/finish", {code})));
                must(both.filter((r) => r.status === 204).length >= 1, both.map((r) => r.text).join("\n"));
                must((await post(house, "/setup", {code})).status === 404, "setup is still open");
                const login = await post(house, "/login", {login: "chen", password: "correct horse 7"});
                must(login.status === 200 && login.body.user.roles[0] === "administrator" && login.body.user.zone === "Asia/Shanghai", login.text);
                const headers = {Cookie: login.headers["set-cookie"][0].split(";")[0]};
                const users = await house.raw("GET", `${API}/user?fields=login`, {headers});
                must(users.body.items.length === 1, `there are ${users.body.items.length} people`);
                const calendars = await house.raw("GET", `${API}/calendar?filter=code==6x10`, {headers});
                must(calendars.body.items[0].zone === "Asia/Shanghai", calendars.text);
                const versions = await house.raw("GET", `${API}/calendar_version?filter=calendar==${calendars.body.items[0].id}&fields=state,definition`, {headers});
                must(versions.body.items[0].state === "published", versions.text);
                await house.stop();
                must((await serve(house)) === undefined, "it begins again");
        });
        const status = await house.close();
        if (status !== 0)
                count.fail("stopping the server", `it ended with ${status}\n${house.log}`);
}
