/* SPDX-License-Identifier: Apache-2.0
 *
 * promise_rows.c -- the clocks of a page of cases, for its rows: two statements for the page, whatever its length.
 *
 *     ids of the page --promise_clocks_of--> facts and promises of each case --clock_compute--> "_clocks" of each row
 *
 * Invariants
 *   1. A row has the clocks that have not ended: those with a due time first, the earliest in front (late ones before all),
 *      then those that wait, then those with nothing promised.
 *   2. Customers see what was promised to them, never our own stages.
 *   3. A case that has ended has none, and is not asked for.
 *   4. A clock whose facts contradict one another is left out here; GET .../clocks tells the fault.
 */
#include <stdlib.h>
#include "engine/access.h"
#include "service/promise.h"

struct live {
        const struct clock_view *view;
        struct clock_result now;
};

static int
rank_of(const struct live *l)
{
        if (l->now.promise == NULL)
                return 2;
        return l->now.raw.due == USEC_NONE ? 1 : 0;
}

static usec
key_of(const struct live *l, int rank)
{
        return rank == 0 ? l->now.raw.due : rank == 1 ? l->now.raw.remaining : l->now.started;
}

static int
by_nearness(const void *a, const void *b)
{
        const struct live *x = a, *y = b;
        int rx = rank_of(x), ry = rank_of(y);
        usec kx = key_of(x, rx), ky = key_of(y, ry);

        if (rx != ry)
                return rx - ry;
        return kx != ky ? (kx < ky ? -1 : 1) : strcmp(x->view->name, y->view->name);
}

static bool
is_shown(const struct clock_view *v, bool staff)
{
        return v->decl != NULL && (staff || strcmp(v->decl->party, "sla") == 0);
}

/* The clocks of one case that have not ended, nearest first. */
static size_t
live_clocks(struct work *w, const struct clock_view *list, size_t n, bool staff, struct live *out)
{
        size_t count = 0;

        for (size_t i = 0; i < n; i++) {
                struct ctx own;
                struct live *l = &out[count];
                ctx_init(&own, w->ctx->arena);
                l->view = &list[i];
                if (is_shown(l->view, staff) && clock_compute(&own, &l->view->input, w->now, &l->now) &&
                    l->now.started != USEC_NONE && l->now.stopped == USEC_NONE)
                        count++;
        }
        qsort(out, count, sizeof *out, by_nearness);
        return count;
}

static const char *
waits_for(const struct clock_result *now)
{
        const struct clock_segment *last = now->segment_count > 0 ? &now->segments[now->segment_count - 1] : NULL;

        return last != NULL && last->paused ? last->code : NULL;
}

static bool
is_working(const struct live *l)
{
        return l->now.promise != NULL && l->view->versions[l->now.promise - l->view->input.promises] != 0;
}

static void
json_live(struct jw *out, const struct live *l)
{
        const struct clock_verdict *v = &l->now.raw;

        jw_open(out, '{');
        jw_key(out, "name"), jw_text(out, l->view->name);
        jw_key(out, "label"), jw_open(out, '{');
        jw_key(out, "en"), jw_text(out, l->view->decl->label.en);
        jw_key(out, "zh"), jw_text(out, l->view->decl->label.zh);
        jw_close(out, '}');
        jw_key(out, "party"), jw_text(out, l->view->decl->party);
        jw_key(out, "state"), jw_text(out, clock_state_name(v->state));
        jw_key(out, "started"), jw_time(out, l->now.started);
        promise_json_time(out, "due", v->due);
        promise_json_time(out, "breached_at", v->breached_at);
        jw_key(out, "budget");
        l->now.promise != NULL ? jw_int(out, l->now.promise->budget / USEC_SECOND) : jw_null(out);
        jw_key(out, "working"), jw_bool(out, is_working(l));
        jw_key(out, "used"), jw_int(out, v->used / USEC_SECOND);
        jw_key(out, "remaining");
        l->now.promise != NULL ? jw_int(out, v->remaining / USEC_SECOND) : jw_null(out);
        jw_key(out, "paused_code"), jw_text(out, waits_for(&l->now));
        jw_close(out, '}');
}

/* Text of one row: `"_clocks":[...]`. */
static struct str
row_text(struct work *w, const struct clock_view *list, size_t n, bool staff)
{
        struct live *live = ARENA_ARRAY(w->ctx->arena, struct live, n + 1);
        size_t count = live_clocks(w, list, n, staff, live);
        struct jw out = {0};
        struct str s;

        jw_key(&out, "_clocks"), jw_open(&out, '[');
        for (size_t i = 0; i < count; i++)
                json_live(&out, &live[i]);
        jw_close(&out, ']');
        s = (struct str){arena_strndup(w->ctx->arena, out.b.p, out.b.n), out.b.n};
        jw_free(&out);
        return s;
}

bool
promise_rows(struct work *w, const struct row_mark *rows, size_t n, struct str *ret)
{
        struct case_clocks *open = ARENA_ARRAY(w->ctx->arena, struct case_clocks, n + 1);
        bool staff = access_is_staff(w);
        size_t count = 0, k = 0;

        for (size_t i = 0; i < n; i++)
                if (!rows[i].final)
                        open[count++] = (struct case_clocks){.case_id = rows[i].id, .e = rows[i].e};
        if (!promise_clocks_of(w, open, count))
                return false;
        for (size_t i = 0; i < n; i++) {
                struct case_clocks none = {0}, *c = rows[i].final ? &none : &open[k++];
                ret[i] = row_text(w, c->list, c->count, staff);
        }
        return true;
}
