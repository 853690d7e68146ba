/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_init.c -- openitr init: a database that a server can start with.
 *
 *     lock --> what the model wants and the database lacks --> the first administrator, if there is no user yet
 *          --> with --demo, a demo company with a login for each role
 *
 * A second run on the same database adds only what is missing.  Logins that were made are printed, this once, as
 * "ROLE LOGIN PASSWORD", one a line.
 */
#include <stdio.h>
#include "cmd/open.h"
#include "cmd/person.h"
#include "gen/names.h"

#define FIRST_ROLE "administrator"

struct wish {
        const struct call *call;
        const char *password;
        bool made;                     /* the password was made up */
        bool wanted;                   /* there was no user, so there is one now */
};

static bool
first_administrator(struct work *w, void *arg)
{
        struct wish *wish = arg;
        const struct options *o = &wish->call->o;
        int64_t users, id;

        if (!sql_one_int(w->ctx, w->conn, &users, SQL("select count(*) from users"), ""))
                return false;
        wish->wanted = users == 0;
        return !wish->wanted || (person_create(w, o->admin, "", FIRST_ROLE, &id) &&
                                 person_set_password(w, id, str_of(wish->password)));
}

static bool
fill(struct opened *x, struct call *c)
{
        struct wish wish = {.call = c};

        if (!person_choose_password(c, &wish.password, &wish.made) || !opened_write(x, first_administrator, &wish))
                return false;
        if (wish.wanted)
                printf("%s %s %s\n", FIRST_ROLE, c->o.admin, wish.made ? wish.password : "(as given)");
        return true;
}

enum outcome
cmd_init(struct call *c)
{
        struct opened x = {0};
        size_t additions;
        bool ok = opened_begin(&x, c) && db_lock(c->ctx, x.db) && opened_connect(&x, CONN_WRITE) &&
                  opened_upgrade(&x, &additions) && fill(&x, c);

        opened_end(&x);
        return ok ? DONE : unable(c);
}
