// SPDX-License-Identifier: Apache-2.0
//
// json.mjs -- bodies that are not JSON, or are and should not be: the JSONTestSuite, when it is there
// (OPENITR_SHARED or ../shared), and a few of our own.  Whatever comes, the server answers and lives on.
import fs from "node:fs";
import path from "node:path";
import {ROOT} from "../house.mjs";
import {furnish} from "../stage.mjs";
import {must} from "./must.mjs";

export const engines = ["sqlite"];

const SUITE = path.join(process.env.OPENITR_SHARED ?? path.join(ROOT, "../shared"), "data/json_test_suite/test_parsing");

const OWN = {
        "n_empty": "", "n_blank": " ", "n_word": "hello", "n_single_quotes": "{'title':'x'}", "n_comment": '{"title":"x"/**/}',
        "n_trailing_comma": '{"title":"x",}', "n_two_values": '{"title":"x"}{}', "n_unclosed": '{"title":"x"', "n_bom": '\ufeff{"title":"x"}',
        "n_nul_byte": '{"title":"x\u0000"}', "n_control": '{"title":"a\nb"}', "n_half_surrogate": '{"title":"\\ud800"}',
        "n_nan": '{"title":NaN}', "n_leading_zero": '{"amount":01}', "n_plus": '{"amount":+1}', "n_deep": "[".repeat(100000),
        "n_deep_objects": '{"a":'.repeat(1000) + "1" + "}".repeat(1000),
        "y_object": '{"nothing":1}', "y_array": "[]", "y_text": '"x"', "y_number": "1", "y_true": "true",
};

function* bodies() {
        for (const [name, text] of Object.entries(OWN))
                yield [name, Buffer.from(text)];
        if (fs.existsSync(SUITE))
                for (const f of fs.readdirSync(SUITE).sort())
                        yield [f, fs.readFileSync(path.join(SUITE, f))];
        else
                console.log(`  note: ${SUITE} is not there; only our own bodies are tried`);
}

/** n_: cannot be read, 400.  y_: can be, so the fields are judged.  i_: as the server likes, but never a fault of its own. */
async function tryBody(house, name, bytes) {
        const r = await house.send("POST", "/api/v1/technical_request", {as: "hotline", body: bytes});
        if (name.startsWith("n_") && bytes.length)
                must(r.status === 400 || r.status === 413, `${name}: ${r.status} ${r.text?.slice(0, 200)}`);
        else if (name.startsWith("y_"))
                must(r.status === 422 || r.status === 201, `${name}: ${r.status} ${r.text?.slice(0, 200)}`);
        else
                must(r.status >= 400 && r.status < 500, `${name}: ${r.status} ${r.text?.slice(0, 200)}`);
        must(r.status === 201 || /problem\+json/.test(r.headers["content-type"]), `${name}: answered as ${r.headers["content-type"]}`);
}

export async function test(count, engine, cluster) {
        const house = await furnish(engine, cluster);
        for (const [name, bytes] of bodies())
                await count.test(`json ${name}`, () => tryBody(house, name, bytes));
        await count.test("json: the server lives on", async () => {
                const r = await house.send("POST", "/api/v1/technical_request", {as: "hotline", body: {title: "alive"}});
                must(r.status === 201 && !house.unwell(), `${r.status} ${house.unwell()}`);
        });
        await house.close();
}
