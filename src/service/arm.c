/* SPDX-License-Identifier: Apache-2.0
 *
 * arm.c -- timers for open cases that came to be without them.
 *
 *     open case --as if it had come to its state now--> timers --past due?--> fired, oldest first, until none is past due
 *
 * An imported request has no agreed terms, so nothing is promised its customer; our own stages get the tables' times.
 *
 * What such a case's clocks say was true before we had it: nobody is told of it again (work.quiet), but what follows from it
 * happens: marks are noted, a late promise gets its review, management its case.  Only the line stays: work does not change
 * hands without a word (tier.c).  What is due from now on is told as ever.
 *
 * Invariants
 *   1. A timer fires once: it is taken away in the transaction of what it does.
 *   2. A timer that fails is left to the server, which tries it again.
 *   3. Doing it again sets the same timers.
 */
#include "service/arm.h"
#include <stdlib.h>
#include "gen/names.h"
#include "service/management.h"
#include "service/promise.h"
#include "service/service.h"
#include "service/timers.h"
#include "service/watch.h"

enum { AT_ONCE = 50, ROUNDS_MAX = 100, PASSES_MAX = 10 };

/* ---- setting ---- */

/* A state that it may have come from: any other. */
static const struct state *
another_state(const struct record *r)
{
        return &r->e->states[r->state->index == 0 ? 1 : 0];
}

static bool
set_timers(struct work *w, struct record *r)
{
        bool request = strcmp(r->e->name, ENTITY_TECHNICAL_REQUEST) == 0;

        if (r->e->state_count < 2)
                return true;
        if (request && service_is_set(r, FIELD_CASE_SOURCE) && !promise_make(w, r, PROMISE_INITIAL, false))
                return false;
        r->old_state = another_state(r);
        if (!watch_case(w, r))
                return false;
        if (request && (!follow_saved(w, r) || !progress_saved(w, r)))
                return false;
        return strcmp(r->e->name, ENTITY_MANAGEMENT_ESCALATION) != 0 || management_saved(w, r);
}

/* ---- firing ---- */

static int
by_due(const void *a, const void *b)
{
        const struct timer *x = a, *y = b;

        if (x->due != y->due)
                return x->due < y->due ? -1 : 1;
        return strcmp(x->name, y->name);
}

static const struct timer_handler *
handler_of(const struct timer *t)
{
        struct str rest, kind = str_cut(str_of(t->name), ':', &rest);

        for (size_t i = 0; i < SERVICE_TIMERS.count; i++)
                if (str_is(kind, SERVICE_TIMERS.list[i].kind) && SERVICE_TIMERS.list[i].entity == NULL)
                        return &SERVICE_TIMERS.list[i];
        return NULL;
}

/* In a savepoint: what it did is undone when it fails, and the timer stays. */
static bool
fire(struct work *w, int64_t id, const struct timer *t, bool *ret_fired)
{
        const struct timer_handler *h = handler_of(t);
        struct record *r;

        *ret_fired = false;
        if (h == NULL || !tx_savepoint(w->ctx, w->conn))
                return h == NULL;
        r = timer_clear(w, id, t->name) ? store_load_case(w, id) : NULL;
        if (r != NULL && (r->state->final || h->fire(w, r, t)) && tx_release(w->ctx, w->conn))
                return *ret_fired = true;
        if (!tx_open(w->conn))
                return false;
        tx_undo(w->conn);
        ctx_clear(w->ctx);
        return true;
}

/* The first that is past due; each may set further ones. */
static bool
fire_first(struct work *w, int64_t id, bool *ret_fired)
{
        struct timer *list;
        size_t n;

        *ret_fired = false;
        if (!timer_list(w, id, &list, &n))
                return false;
        if (n > 0)
                qsort(list, n, sizeof *list, by_due);
        for (size_t i = 0; i < n && list[i].due <= w->now && !*ret_fired; i++)
                if (!fire(w, id, &list[i], ret_fired))
                        return false;
        return true;
}

struct pass {                          /* over all open cases */
        const char *source;
        bool sets;                     /* the first one: timers are set; the others only fire what cases did to one another */
        int64_t cases, fired;
};

static bool
arm_case(struct work *w, struct record *r, struct pass *p)
{
        bool fired = true;

        p->cases++;
        if (p->sets && !set_timers(w, r))
                return false;
        for (int i = 0; fired && i < ROUNDS_MAX; i++) {
                if (!fire_first(w, r->id, &fired))
                        return false;
                p->fired += fired;
        }
        return true;
}

/* ---- all of them ---- */

static bool
open_after(struct work *w, const char *source, int64_t after, int64_t **ret, size_t *ret_count)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select id from cases where closed_at is null and id > $1 and ($2 = '' or source = $2) "
                                          "order by id limit $3"),
                                      "isi", after, source ? source : "", (int64_t)AT_ONCE);

        *ret = NULL;
        *ret_count = 0;
        while (rows != NULL && rows_next(rows))
                *ARENA_PUSH(w->ctx->arena, *ret, *ret_count) = rows_int(rows, 0);
        return rows != NULL && rows_close(rows);
}

/* Cases of a kind that keeps no closed_at are passed over when they have ended. */
static bool
arm_some(struct work *w, const int64_t *ids, size_t n, struct pass *p)
{
        for (size_t i = 0; i < n; i++) {
                struct record *r = store_load_case(w, ids[i]);
                if (r == NULL || (!r->state->final && !arm_case(w, r, p)))
                        return false;
        }
        return true;
}

static bool
pass_over(struct work *w, struct pass *p)
{
        int64_t *ids, last = 0;
        size_t n;
        bool ok;

        do {
                arena_reset(w->ctx->arena);
                if (!open_after(w, p->source, last, &ids, &n))
                        return false;
                if (n == 0)
                        return true;
                last = ids[n - 1];
                ok = tx_begin(w->ctx, w->conn) && arm_some(w, ids, n, p) && tx_commit(w->ctx, w->conn);
                if (!ok)
                        tx_rollback(w->conn);
        } while (ok && n == AT_ONCE);
        return ok;
}

bool
arm_open(struct work *w, const char *source, int64_t *ret_cases)
{
        struct pass first = {.source = source, .sets = true}, next = {.source = source, .fired = 1};
        struct work own = *w;
        struct ctx ctx;
        bool ok;

        ctx_init(&ctx, arena_new(0));
        own.ctx = &ctx;
        own.actor = &ACTOR_SYSTEM;
        own.muted = false;
        own.quiet = true;
        ok = pass_over(&own, &first);
        for (int i = 0; ok && next.fired > 0 && i < PASSES_MAX; i++) {
                next.fired = 0;
                ok = pass_over(&own, &next);
        }
        *ret_cases = first.cases;
        if (!ok)
                fail(w->ctx, E_INTERNAL, ctx.errors ? arena_strdup(w->ctx->arena, ctx.errors->field) : "",
                     ctx.errors ? arena_strdup(w->ctx->arena, ctx.errors->en) : "timers could not be set");
        arena_free(ctx.arena);
        return ok;
}
