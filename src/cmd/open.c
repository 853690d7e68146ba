/* SPDX-License-Identifier: Apache-2.0
 *
 * open.c -- opening what a command works with, in the one order that is right.
 *
 *     sources --opened_model--> model --> engine (with the service floor's hooks)     opened_begin
 *     db_open, conn_open                                                              opened_connect
 *     has somebody made it?                                                           opened_made
 *     plan: what the model wants and the database lacks                               opened_store refuses it
 *                                                                                     opened_upgrade adds it
 *
 * Who may write beside a running server
 *   On SQLite a second server is refused by the lock of db_lock; so are init and the rebuilding of the search
 * index, which change what a server believes to stand still.  Other commands may write: each change is a
 * transaction of its own, SQLite lets one writer in at a time and the other waits up to five seconds, ids
 * come from blocks that are taken inside transactions, and what the server keeps in memory of people and
 * tokens is only what it has seen to be good, for a minute at most.
 */
#include "cmd/open.h"
#include <unistd.h>
#include "engine/search.h"
#include "gen/names.h"
#include "model/plan.h"
#include "service/calendars.h"
#include "service/hooks.h"
#include "service/promise.h"

struct model *
opened_model(struct ctx *ctx, const struct source *sources, size_t count)
{
        const char **names = ARENA_ARRAY(ctx->arena, const char *, SERVICE_HOOK_COUNT + 1);

        for (size_t i = 0; i < SERVICE_HOOK_COUNT; i++)
                names[i] = SERVICE_HOOKS[i].name;
        struct model *m = model_load(ctx, sources, count, names, SERVICE_HOOK_COUNT);
        if (m == NULL || promise_check(ctx, m->rules))
                return m;
        model_free(m);
        return NULL;
}

bool
opened_begin(struct opened *x, struct call *c)
{
        const char *site = *c->o.site ? c->o.site : NULL;
        struct source *sources;
        size_t count;

        *x = (struct opened){.ctx = c->ctx};
        if (!model_sources(c->ctx, site, &sources, &count) ||
            !(x->model = opened_model(c->ctx, sources, count)))
                return false;
        x->engine = engine_new(x->model, SERVICE_HOOKS, SERVICE_HOOK_COUNT, SERVICE_RECORD_HOOKS,
                               SERVICE_RECORD_HOOK_COUNT);
        x->db = db_open(c->ctx, c->o.db);
        return x->db != NULL;
}

bool
opened_connect(struct opened *x, enum conn_use use)
{
        x->conn = conn_open(x->ctx, x->db, use);
        x->work = (struct work){.ctx = x->ctx,
                                .conn = x->conn,
                                .engine = x->engine,
                                .model = x->model,
                                .actor = &ACTOR_SYSTEM,
                                .now = clock_now()};
        return x->conn != NULL;
}

static bool
fail_not_made(struct opened *x)
{
        return fail(x->ctx, E_USAGE, db_where(x->db),
                    "There is no OpenITR database here. Make one: openitr init --db ...");
}

/* A file that is not there is not made by opening it: its name may be mistyped. */
static bool
check_file(struct opened *x, const char *where)
{
        return db_engine(x->db) != DB_SQLITE || access(where, F_OK) == 0 || fail_not_made(x);
}

static bool
check_tables(struct opened *x)
{
        bool there;

        return db_table_exists(x->ctx, x->conn, model_entity(x->model, ENTITY_USER)->table, &there) &&
               (there || fail_not_made(x));
}

bool
opened_made(struct opened *x, struct call *c, enum conn_use use)
{
        return opened_begin(x, c) && check_file(x, c->o.db) && opened_connect(x, use) && check_tables(x);
}

static bool
check_current(struct opened *x)
{
        struct plan plan;

        if (!plan_make(x->ctx, x->model, x->conn, &plan))
                return false;
        if (plan.count == 0)
                return true;
        return fail(x->ctx, E_DB_SCHEMA, "",
                    arena_printf(x->ctx->arena, "it lacks %zu things, the first is: %s. Run openitr init",
                                 plan.count, plan.statements[0]));
}

bool
opened_store(struct opened *x, struct call *c, enum conn_use use)
{
        return opened_made(x, c, use) && check_current(x);
}

static bool
fill_calendars(struct work *w, void *unused)
{
        return calendars_defaults(w);
}

bool
opened_upgrade(struct opened *x, size_t *ret_count)
{
        struct plan plan;

        if (!plan_make(x->ctx, x->model, x->conn, &plan) || !plan_apply(x->ctx, x->conn, &plan))
                return false;
        *ret_count = plan.count;
        return search_schema(x->ctx, x->conn) && opened_write(x, fill_calendars, NULL);
}

void
opened_end(struct opened *x)
{
        conn_close(x->conn);
        db_close(x->db);
        engine_free(x->engine);
        if (x->model)
                model_free(x->model);
}

bool
opened_write(struct opened *x, bool (*run)(struct work *w, void *arg), void *arg)
{
        if (!tx_begin(x->ctx, x->conn))
                return false;
        if (run(&x->work, arg) && tx_commit(x->ctx, x->conn))
                return true;
        tx_rollback(x->conn);
        return false;
}
