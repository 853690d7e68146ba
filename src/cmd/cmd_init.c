/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_init.c -- openitr init: a database that a server can start with.
 *
 *     lock --> what the model wants and the database lacks
 *          --> with --demo, a demo company, if there is no user yet
 *          --> the first administrator, if there is none yet
 *
 * A second run on the same database adds only what is missing.  The logins that were made are printed, this
 * once, as ROLE LOGIN PASSWORD NAME, one a line; progress goes to standard error.
 */
#include <stdio.h>
#include "cmd/open.h"
#include "cmd/person.h"
#include "service/demo.h"

#define FIRST_ROLE "administrator"

/* ---- the demo company ---- */

static void
say(void *arg, const char *line)
{
        fprintf(stderr, "%s\n", line);
}

static void
print_login(const char *role, const char *login, const char *password, const char *name)
{
        printf("%-22s %-18s %-18s %s\n", role, login, password, name);
}

/* One login of each role: who can be several is shown with the first. */
static void
print_demo(void)
{
        size_t n;
        const struct demo_login *l = demo_logins(&n);

        for (size_t i = 0; i < n; i++)
                print_login(l[i].role, l[i].login, l[i].password, l[i].name);
}

static bool
fill_demo(struct opened *x)
{
        int64_t users;

        if (!sql_one_int(x->ctx, x->conn, &users, SQL("select count(*) from users"), ""))
                return false;
        if (users > 0)
                return true;
        if (!demo_fill(&x->work, say, NULL))
                return false;
        print_demo();
        return true;
}

/* ---- the first administrator ---- */

struct wish {
        const struct call *call;
        const char *password;
        bool made_up;
        bool granted; /* there was no administrator, now there is one */
};

static bool
first_administrator(struct work *w, void *arg)
{
        struct wish *wish = arg;
        const struct options *o = &wish->call->o;
        int64_t there, id;

        if (!sql_one_int(w->ctx, w->conn, &there, SQL("select count(*) from users where roles like $1"), "s",
                         "%\"" FIRST_ROLE "\"%"))
                return false;
        wish->granted = there == 0;
        return !wish->granted || (person_create(w, o->admin, "", FIRST_ROLE, &id) &&
                                  person_set_password(w, id, str_of(wish->password)));
}

static bool
fill_administrator(struct opened *x, struct call *c)
{
        struct wish wish = {.call = c};

        if (!person_choose_password(c, &wish.password, &wish.made_up) ||
            !opened_write(x, first_administrator, &wish))
                return false;
        if (wish.granted)
                print_login(FIRST_ROLE, c->o.admin, wish.made_up ? wish.password : "(as given)", "");
        return true;
}

/* ---- the command ---- */

enum outcome
cmd_init(struct call *c)
{
        struct opened x = {0};
        size_t additions;
        bool ok = opened_begin(&x, c) && db_lock(c->ctx, x.db) && opened_connect(&x, CONN_WRITE) &&
                  opened_upgrade(&x, &additions) && (!c->o.demo || fill_demo(&x)) &&
                  fill_administrator(&x, c);

        opened_end(&x);
        return ok ? DONE : unable(c);
}
