/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_token.c -- openitr token create.
 */
#include <stdio.h>
#include "cmd/open.h"
#include "cmd/person.h"

struct wish {
        const struct options *o;
        const char *token;
};

static bool
create(struct work *w, void *arg)
{
        struct wish *wish = arg;
        int64_t id;

        if (!person_find(w, wish->o->user, &id))
                return false;
        wish->token = person_new_token(w, id, wish->o->name, wish->o->days);
        return wish->token != NULL;
}

enum outcome
cmd_token_create(struct call *c)
{
        struct wish wish = {.o = &c->o};
        struct opened x = {0};

        if (*c->o.user == '\0') {
                fail(c->ctx, E_USAGE, "--user", "Name the login of the person for whom the program acts.");
                return unable(c);
        }
        bool ok = opened_store(&x, c, CONN_WRITE) && opened_write(&x, create, &wish);
        opened_end(&x);
        if (!ok)
                return unable(c);
        puts(wish.token);
        return DONE;
}
