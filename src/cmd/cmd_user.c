/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_user.c -- openitr user create, user password, user list.
 */
#include <stdio.h>
#include "cmd/open.h"
#include "cmd/person.h"

struct wish {
        const struct call *call;
        const char *password;
        bool made;
};

static bool
create(struct work *w, void *arg)
{
        const struct wish *wish = arg;
        const struct call *c = wish->call;
        int64_t id;

        return person_create(w, c->argv[0], c->o.name, c->o.roles, &id) &&
               person_set_password(w, id, str_of(wish->password));
}

static bool
set_password(struct work *w, void *arg)
{
        const struct wish *wish = arg;
        int64_t id;

        return person_find(w, wish->call->argv[0], &id) && person_set_password(w, id, str_of(wish->password));
}

/* A made-up password is printed, once: nobody can read it later. */
static enum outcome
with_password(struct call *c, bool (*run)(struct work *w, void *arg))
{
        struct wish wish = {.call = c};
        struct opened x = {0};
        bool ok = person_choose_password(c, &wish.password, &wish.made) && opened_store(&x, c, CONN_WRITE) &&
                  opened_write(&x, run, &wish);

        opened_end(&x);
        if (!ok)
                return unable(c);
        if (wish.made)
                puts(wish.password);
        return DONE;
}

enum outcome
cmd_user_create(struct call *c)
{
        if (*c->o.roles == '\0') {
                fail(c->ctx, E_USAGE, "--roles", "Name the roles. See: openitr help user create");
                return unable(c);
        }
        return with_password(c, create);
}

enum outcome
cmd_user_password(struct call *c)
{
        return with_password(c, set_password);
}

static bool
print_users(struct opened *x)
{
        struct rows *r = sql_query(x->ctx, x->conn,
                                   SQL("select login, name, roles, active from users order by login"), "");

        while (r && rows_next(r)) {
                struct str login = rows_text(r, 0), name = rows_text(r, 1), roles = rows_text(r, 2);
                printf("%.*s\t%.*s\t%.*s\t%s\n", (int)login.n, login.p, (int)name.n, name.p, (int)roles.n,
                       roles.p, rows_int(r, 3) ? "active" : "inactive");
        }
        return r && rows_close(r);
}

enum outcome
cmd_user_list(struct call *c)
{
        struct opened x = {0};
        bool ok = opened_store(&x, c, CONN_READ) && print_users(&x);

        opened_end(&x);
        return ok ? DONE : unable(c);
}
