// SPDX-License-Identifier: Apache-2.0
//
// stage.mjs -- what every test of this folder stands on: the count of what passed, and a house with the cast in it.
import path from "node:path";
import {House} from "./house.mjs";
import {Player, readPage} from "./page.mjs";

const HERE = path.dirname(new URL(import.meta.url).pathname);

/** The tests' book-keeping: each test is a name and a function that throws. */
export class Count {
        passed = 0;
        failed = 0;
        constructor(where, verbose = false) {
                this.where = where;
                this.verbose = verbose;
        }
        pass(name) {
                this.passed++;
                if (this.verbose)
                        console.log(`  ok    ${this.where}: ${name}`);
        }
        fail(name, why) {
                this.failed++;
                console.log(`FAILED  ${this.where}: ${name}\n        ${why}`);
        }
        async test(name, run) {
                try {
                        await run();
                        this.pass(name);
                } catch (e) {
                        this.fail(name, e.expected ? e.message : e.stack ?? e);
                }
        }
}

/** The people of the play: "person LOGIN ROLE[,ROLE]" lines of cast.flow. */
function castOf(page) {
        const people = {};
        page.head = page.head.filter((s) => {
                if (s.words[0] !== "person")
                        return true;
                people[s.words[1]] = s.words[2];
                return false;
        });
        return people;
}

/** A house with the cast in it; `site`: folder of a site's own models. */
export async function furnish(engine, cluster, site) {
        const cast = readPage(path.join(HERE, "cast.flow")), people = castOf(cast);
        const house = await House.build({engine, cluster, people, site: site && path.join(HERE, site)});
        await house.serve();
        const names = {};
        for (const login of ["admin", ...Object.keys(people)]) {
                await house.token(login);
                names[login] = {id: house.ids.get(login), _path: `user/${house.ids.get(login)}`};
        }
        const player = new Player(house, names), fault = await player.run(cast.head);
        if (fault)
                throw Object.assign(new Error(`cast.flow:${fault.n}: ${fault.text}\n        ${fault.message}`), {expected: true});
        house.cast = player.names;
        return house;
}
