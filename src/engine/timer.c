/* SPDX-License-Identifier: Apache-2.0
 *
 * timer.c -- the rows of timers, and firing those that are due.
 *
 *     (none) --timer_set--> waiting --timer_clear--> (none)
 *                             |  ^
 *          timer_fire_due: due|  | put_back: fire() failed; due after a pause
 *                             v  |
 *                           taken (row deleted) --fire(), savepoint--> (none), its effects stand
 *
 * The table is the heap: its index on `due` gives the first one, however many there are, and nothing has to be loaded when
 * a server starts.
 *
 * Invariants
 *   1. A timer is set in the transaction of its cause and deleted in the transaction of its effect.  A crash undoes both
 *      or neither, so each fires exactly once in effect; one that came due while nobody was there fires when somebody is.
 *   2. Two servers on one database cannot both take a row: DELETE gives it to one of them.
 *   3. Timers of one round fire in the order of their due times; one that fails holds up none.
 *   4. Whoever sets a timer leaves a hint in the engine, so that the thread need not look at every commit.
 * Not here: the thread (timer_thread.c), what a timer does (service/timers.c).
 */
#include "engine/timer.h"
#include <stdlib.h>
#include "base/log.h"
#include "engine/engine.h"
#include "engine/store.h"

#define PAUSE_MIN (2 * USEC_SECOND)
#define PAUSE_MAX USEC_HOUR
enum { DOUBLINGS_MAX = 11 };           /* 2 s << 11 is more than an hour */

/* ---- rows ---- */

bool
timer_set(struct work *w, const struct timer *t)
{
        if (!sql_run(w->ctx, w->conn,
                     SQL("insert into timers (case_id, name, due, clock, step, data, tries) "
                         "values ($1, $2, $3, $4, $5, $6, $7) on conflict (case_id, name) do update set due = excluded.due, "
                         "clock = excluded.clock, step = excluded.step, data = excluded.data, tries = excluded.tries"),
                     "isisiti", t->case_id, t->name, t->due, t->clock, t->step, t->data, t->tries))
                return false;
        engine_timer_hint(w->engine, t->due);
        return true;
}

bool
timer_clear(struct work *w, int64_t case_id, const char *name)
{
        return sql_run(w->ctx, w->conn, SQL("delete from timers where case_id = $1 and name = $2"), "is", case_id, name);
}

/* ';' follows ':' in ASCII, so the names between are those that begin with "kind:". */
bool
timer_clear_kind(struct work *w, int64_t case_id, const char *kind)
{
        if (kind == NULL)
                return sql_run(w->ctx, w->conn, SQL("delete from timers where case_id = $1"), "i", case_id);
        return sql_run(w->ctx, w->conn,
                       SQL("delete from timers where case_id = $1 and (name = $2 or (name > $3 and name < $4))"), "isss",
                       case_id, kind, arena_printf(w->ctx->arena, "%s:", kind), arena_printf(w->ctx->arena, "%s;", kind));
}

static struct str
copy(struct arena *a, struct str s)
{
        return s.n > 0 ? (struct str){arena_strndup(a, s.p, s.n), s.n} : STR_NONE;
}

/* Of rows (case_id, name, due, clock, step, data, tries). */
static bool
read_rows(struct arena *a, struct rows *rows, struct timer **ret, size_t *ret_count)
{
        *ret = NULL;
        *ret_count = 0;
        if (rows == NULL)
                return false;
        while (rows_next(rows))
                *ARENA_PUSH(a, *ret, *ret_count) = (struct timer){
                        .case_id = rows_int(rows, 0),
                        .name = str_c(a, rows_text(rows, 1)),
                        .due = rows_int(rows, 2),
                        .clock = rows_null(rows, 3) ? NULL : str_c(a, rows_text(rows, 3)),
                        .step = rows_int(rows, 4),
                        .data = copy(a, rows_text(rows, 5)),
                        .tries = rows_int(rows, 6),
                };
        return rows_close(rows);
}

bool
timer_list(struct work *w, int64_t case_id, struct timer **ret, size_t *ret_count)
{
        return read_rows(w->ctx->arena,
                         sql_query(w->ctx, w->conn,
                                   SQL("select case_id, name, due, clock, step, data, tries from timers where case_id = $1 "
                                       "order by name"),
                                   "i", case_id),
                         ret, ret_count);
}

bool
timer_first(struct ctx *ctx, struct conn *c, usec *ret)
{
        if (sql_one_int(ctx, c, ret, SQL("select due from timers order by due limit 1"), ""))
                return true;
        *ret = USEC_NONE;
        return !ctx_failed(ctx);
}

/* ---- firing ---- */

static int
by_due(const void *a, const void *b)
{
        const struct timer *x = a, *y = b;

        if (x->due != y->due)
                return x->due < y->due ? -1 : 1;
        if (x->case_id != y->case_id)
                return x->case_id < y->case_id ? -1 : 1;
        return strcmp(x->name, y->name);
}

/* Takes the rows away; DELETE returns them in any order. */
static bool
take_due(struct work *w, int max, struct timer **ret, size_t *ret_count)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("delete from timers where (case_id, name) in (select case_id, name from timers "
                                          "where due <= $1 order by due limit $2) "
                                          "returning case_id, name, due, clock, step, data, tries"),
                                      "ii", w->now, (int64_t)max);

        if (!read_rows(w->ctx->arena, rows, ret, ret_count))
                return false;
        if (*ret_count > 1)
                qsort(*ret, *ret_count, sizeof **ret, by_due);
        return true;
}

static const struct timer_handler *
handler_of(struct timer_handlers h, const char *name)
{
        struct str rest, kind = str_cut(str_of(name), ':', &rest);

        for (size_t i = 0; i < h.count; i++)
                if (str_is(kind, h.list[i].kind))
                        return &h.list[i];
        return NULL;
}

static struct record *
load(struct work *w, const char *entity, int64_t id)
{
        if (entity == NULL)
                return store_load_case(w, id);
        return store_load(w, model_entity(w->model, entity), id);
}

static bool
gone(const struct work *w)
{
        return w->ctx->errors == NULL || w->ctx->errors->code == E_NOT_FOUND;
}

static bool
fire(struct work *w, struct timer_handlers h, const struct timer *t)
{
        const struct timer_handler *to = handler_of(h, t->name);
        struct record *r;

        if (to == NULL)
                return fail(w->ctx, E_INTERNAL, "", arena_printf(w->ctx->arena, "nobody fires timers named %s", t->name));
        r = load(w, to->entity, t->case_id);
        if (r != NULL)
                return to->fire(w, r, t);
        if (!gone(w))
                return false;
        ctx_clear(w->ctx);
        log_debug("timer of nothing", "name", t->name, NULL);
        return true;
}

/* Does what went wrong concern more than the one timer? */
static bool
is_fatal(const struct work *w, int max)
{
        for (const struct error *e = w->ctx->errors; e; e = e->next) {
                if (e->code == E_DB_AWAY || e->code == E_DB_FULL || e->code == E_DB_IN_DOUBT)
                        return true;
                if (e->code == E_DB_RETRY && max > 1)
                        return true;
        }
        return !tx_open(w->conn);
}

static bool
put_back(struct work *w, const struct timer *t)
{
        struct timer again = *t;
        usec pause = PAUSE_MIN << (t->tries < DOUBLINGS_MAX ? t->tries : DOUBLINGS_MAX);

        again.tries++;
        again.due = w->now + (pause < PAUSE_MAX ? pause : PAUSE_MAX);
        log_warn("timer failed", "name", t->name, "case", arena_printf(w->ctx->arena, "%lld", (long long)t->case_id), "tries",
                 arena_printf(w->ctx->arena, "%lld", (long long)again.tries), "error",
                 w->ctx->errors ? w->ctx->errors->en : "it gave no reason", NULL);
        ctx_clear(w->ctx);
        return timer_set(w, &again);
}

static bool
fire_one(struct work *w, struct timer_handlers h, const struct timer *t, int max)
{
        bool ok;

        if (!tx_savepoint(w->ctx, w->conn))
                return false;
        w->act = 0;                    /* each timer is an act of its own */
        ok = fire(w, h, t) && tx_release(w->ctx, w->conn);
        if (ok)
                return true;
        if (!tx_open(w->conn))
                return false;
        tx_undo(w->conn);
        return !is_fatal(w, max) && put_back(w, t);
}

bool
timer_fire_due(struct work *w, struct timer_handlers h, int max, int *ret_taken)
{
        struct timer *list;
        size_t n;

        *ret_taken = 0;
        if (!take_due(w, max, &list, &n))
                return false;
        for (size_t i = 0; i < n; i++)
                if (!fire_one(w, h, &list[i], max))
                        return false;
        *ret_taken = (int)n;
        return true;
}
