/* SPDX-License-Identifier: Apache-2.0
 *
 * open.c -- opening what a command works with, in the one order that is right.
 *
 *     sources --> model --> engine (with the service floor's hooks), db_open          opened_begin
 *     conn_open, patches of the model                                                 opened_connect
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
#include "service/calendar_days.h"
#include "service/calendars.h"

bool
opened_begin(struct opened *x, struct call *c)
{
        const char *site = *c->o.site ? c->o.site : NULL;
        struct source *sources;

        *x = (struct opened){.ctx = c->ctx};
        if (!model_sources(c->ctx, site, &sources, &x->base.count) ||
            !(x->model = models_check(c->ctx, sources, x->base.count)))
                return false;
        x->base.sources = sources;
        x->engine = models_engine(x->model);
        x->db = db_open(c->ctx, c->o.db);
        return x->db != NULL;
}

/* Faults of versions of rule tables stand at "sla v3:12:5": behind them, how each is taken out of force. */
static bool
name_the_way_out(struct opened *x)
{
        const struct error *last = NULL;
        bool named;

        for (const struct error *e = x->ctx->errors; e != NULL; e = e->next)
                last = e;
        for (size_t i = 0; last != NULL && i < x->patches.rule_count; i++) {
                const char *path = x->patches.rules[i].path;
                named = false;
                for (const struct error *e = x->ctx->errors; !named && e != NULL; e = e == last ? NULL : e->next)
                        named = str_starts(str_of(e->field), str_of(arena_printf(x->ctx->arena, "%s:", path)));
                if (named)
                        fail(x->ctx, E_USAGE, path,
                             arena_printf(x->ctx->arena,
                                          "This published version does not pass the check of this program. Start the program that it was "
                                          "published with, or take it out of force: openitr policy withdraw --db %s %s",
                                          db_where(x->db), path));
        }
        return false;
}

/* A database without patches and versions keeps the engine that opened_begin made. */
static bool
take_patches(struct opened *x)
{
        struct model *m;

        usec now = clock_now();

        if (!models_read(x->ctx, x->conn, now, &x->patches) || !models_revision(x->ctx, x->conn, now, &x->revision))
                return false;
        if (x->patches.count == 0 && x->patches.rule_count == 0)
                return true;
        if ((m = models_load(x->ctx, &x->base, &x->patches)) == NULL)
                return name_the_way_out(x);
        x->model = m;
        engine_swap(&x->engine, models_engine(m));
        return true;
}

bool
opened_additions(struct opened *x)
{
        return take_patches(x);
}

static bool
join(struct opened *x, enum conn_use use, bool bare)
{
        x->conn = conn_open(x->ctx, x->db, use);
        if (x->conn == NULL || (!bare && !take_patches(x)))
                return false;
        x->work = (struct work){.ctx = x->ctx,
                                .conn = x->conn,
                                .engine = x->engine,
                                .model = x->model,
                                .actor = &ACTOR_SYSTEM,
                                .now = clock_now()};
        return true;
}

bool
opened_connect(struct opened *x, enum conn_use use)
{
        return join(x, use, false);
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

bool
opened_bare(struct opened *x, struct call *c)
{
        return opened_begin(x, c) && check_file(x, c->o.db) && db_lock(x->ctx, x->db) && join(x, CONN_WRITE, true) &&
               check_tables(x);
}

static bool
check_current(struct opened *x)
{
        struct plan plan;

        if (!plan_make(x->ctx, x->model, x->conn, &plan))
                return false;
        if (plan.count == plan.idle)
                return true;
        return fail(x->ctx, E_DB_SCHEMA, "",
                    arena_printf(x->ctx->arena, "the model asks for %zu changes of it, the first is: %s. Run openitr init",
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
        return calendars_defaults(w) && calendar_days_watch(w);
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
        engine_release(x->engine);
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
