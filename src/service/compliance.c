/* SPDX-License-Identifier: Apache-2.0
 *
 * compliance.c -- promises kept and broken, by closing date, as they are computed today (rules C10, C11; domain.md 9).
 *
 *     cases closed in the period, PAGE at a time --promise_clocks_of--> clock_compute --> counted by kind and clock
 *
 * Definitions
 *     judged            a clock that ended with a promise and was not cancelled
 *     raw, adjusted     the two results of the same clock; where a case has no approved exemption they are one
 *     on-time closure   technical requests with at least one clock judged that was promised to the customer, and none of those late
 *     rounds            of a promise that is kept over and over: those that were over before the last one
 *
 * Nothing is stored: a wait found false, a merge or an exemption decided today counts in the report of today.
 */
#include "service/compliance.h"
#include "gen/names.h"
#include "service/exemption.h"
#include "service/promise.h"

enum { PAGE = 200 };

struct figure {
        int64_t met, late, adjusted_met, adjusted_late;
};
struct tally {
        const struct entity *e;
        const struct clock_decl *clock;
        struct figure n;
        int64_t raised_late, rounds, late_rounds;
};
struct report {
        struct work *w;
        struct work page;              /* the same, with the memory of one page */
        usec from, to;
        struct tally *list;
        size_t count;
        struct figure closure;
};

static struct tally *
tally_of(struct report *r, const struct entity *e, const struct clock_decl *c)
{
        for (size_t i = 0; i < r->count; i++)
                if (r->list[i].clock == c)
                        return &r->list[i];
        struct tally *t = ARENA_PUSH(r->w->ctx->arena, r->list, r->count);
        t->e = e;
        t->clock = c;
        return t;
}

static void
add(struct figure *f, bool late, bool adjusted_late)
{
        ++*(late ? &f->late : &f->met);
        ++*(adjusted_late ? &f->adjusted_late : &f->adjusted_met);
}

/* A clock whose facts contradict one another is not judged. */
static void
count_clock(struct report *r, const struct entity *e, const struct clock_view *v, struct figure *of_case)
{
        struct clock_result now;
        struct ctx own;
        struct tally *t;
        bool late, adjusted_late;

        ctx_init(&own, r->page.ctx->arena);
        if (v->decl == NULL || !clock_compute(&own, &v->input, r->w->now, &now) || now.promise == NULL ||
            now.stopped == USEC_NONE || now.raw.state == CLOCK_CANCELLED)
                return;
        late = now.raw.state == CLOCK_BREACHED;
        adjusted_late = now.adjusted.state == CLOCK_BREACHED;
        t = tally_of(r, e, v->decl);
        add(&t->n, late, adjusted_late);
        t->raised_late += now.raised_late;
        t->rounds += now.rounds;
        t->late_rounds += now.late_rounds;
        if (strcmp(v->decl->party, "sla") == 0)
                add(of_case, late, adjusted_late);
}

static bool
exempt(struct report *r, struct case_clocks *c)
{
        struct exemption *list;
        size_t n;

        if (!exemption_list(&r->page, c->case_id, &list, &n))
                return false;
        exemption_apply(&r->page, list, n, c->list, c->count);
        return true;
}

static bool
count_case(struct report *r, struct case_clocks *c, bool exempted)
{
        struct figure sla = {0};

        if (exempted && !exempt(r, c))
                return false;
        for (size_t i = 0; i < c->count; i++)
                count_clock(r, c->e, &c->list[i], &sla);
        if (strcmp(c->e->name, ENTITY_TECHNICAL_REQUEST) == 0 && sla.met + sla.late > 0)
                add(&r->closure, sla.late > 0, sla.adjusted_late > 0);
        return true;
}

/* The next page of cases behind `after`, by id, and which of them have an exemption. */
static bool
next_page(struct report *r, int64_t after, struct case_clocks *page, bool *exempted, size_t *ret)
{
        struct rows *rows = sql_query(r->page.ctx, r->w->conn,
                                      SQL("select c.id, c.entity, (select count(*) from cases x where x.parent = c.id and x.entity = "
                                          "'exemption' and x.state = 'approved') from cases c where c.closed_at >= $1 and "
                                          "c.closed_at < $2 and c.id > $3 order by c.id limit 200"),
                                      "iii", r->from, r->to, after);

        *ret = 0;
        while (rows != NULL && rows_next(rows)) {
                exempted[*ret] = rows_int(rows, 2) > 0;
                page[*ret] = (struct case_clocks){.case_id = rows_int(rows, 0), .e = model_entity_str(r->w->model, rows_text(rows, 1))};
                ++*ret;
        }
        return rows != NULL && rows_close(rows);
}

static bool
count_page(struct report *r, int64_t *after, size_t *ret)
{
        struct case_clocks *page = ARENA_ARRAY(r->page.ctx->arena, struct case_clocks, PAGE);
        bool exempted[PAGE];

        if (!next_page(r, *after, page, exempted, ret) || !promise_clocks_of(&r->page, page, *ret))
                return false;
        for (size_t i = 0; i < *ret; i++)
                if (page[i].e != NULL && !count_case(r, &page[i], exempted[i]))
                        return false;
        *after = *ret > 0 ? page[*ret - 1].case_id : *after;
        return true;
}

/* Page by page, in memory that each page leaves behind. */
static bool
count_all(struct report *r)
{
        struct arena *memory = arena_new(0);
        size_t n = PAGE;
        int64_t after = 0;
        bool ok = true;

        while (ok && n == PAGE) {
                struct ctx own;
                arena_reset(memory);
                ctx_init(&own, memory);
                r->page.ctx = &own;
                ok = count_page(r, &after, &n) || fail(r->w->ctx, E_INTERNAL, "", own.errors != NULL ? own.errors->en : "the report failed");
        }
        arena_free(memory);
        return ok;
}

/* ---- writing ---- */

static void
json_rate(struct jw *out, int64_t good, int64_t bad)
{
        jw_key(out, "rate");
        if (good + bad == 0)
                jw_null(out);
        else
                jw_real(out, (double)(good * 10000 / (good + bad)) / 100);
}

static void
json_tally(struct jw *out, const struct tally *t)
{
        jw_open(out, '{');
        jw_key(out, "entity"), jw_text(out, t->e->name);
        jw_key(out, "clock"), jw_text(out, t->clock->name);
        jw_key(out, "label"), jw_open(out, '{');
        jw_key(out, "en"), jw_text(out, t->clock->label.en);
        jw_key(out, "zh"), jw_text(out, t->clock->label.zh);
        jw_close(out, '}');
        jw_key(out, "party"), jw_text(out, t->clock->party);
        jw_key(out, "judged"), jw_int(out, t->n.met + t->n.late);
        jw_key(out, "met"), jw_int(out, t->n.met);
        jw_key(out, "late"), jw_int(out, t->n.late);
        json_rate(out, t->n.met, t->n.late);
        jw_key(out, "adjusted"), jw_open(out, '{');
        jw_key(out, "met"), jw_int(out, t->n.adjusted_met);
        jw_key(out, "late"), jw_int(out, t->n.adjusted_late);
        json_rate(out, t->n.adjusted_met, t->n.adjusted_late);
        jw_close(out, '}');
        jw_key(out, "raised_late"), jw_int(out, t->raised_late);
        jw_key(out, "rounds"), jw_int(out, t->rounds);
        jw_key(out, "late_rounds"), jw_int(out, t->late_rounds);
        jw_close(out, '}');
}

static void
json_closure(struct jw *out, const struct figure *f)
{
        jw_key(out, "on_time_closure"), jw_open(out, '{');
        jw_key(out, "closed"), jw_int(out, f->met + f->late);
        jw_key(out, "kept"), jw_int(out, f->met);
        json_rate(out, f->met, f->late);
        jw_key(out, "adjusted"), jw_open(out, '{');
        jw_key(out, "kept"), jw_int(out, f->adjusted_met);
        json_rate(out, f->adjusted_met, f->adjusted_late);
        jw_close(out, '}');
        jw_close(out, '}');
}

bool
compliance_json(struct work *w, usec from, usec to, struct jw *out)
{
        struct report r = {.w = w, .page = *w, .from = from, .to = to};

        if (!count_all(&r))
                return false;
        jw_open(out, '{');
        jw_key(out, "from"), jw_time(out, from);
        jw_key(out, "to"), jw_time(out, to);
        jw_key(out, "clocks"), jw_open(out, '[');
        for (size_t i = 0; i < r.count; i++)
                json_tally(out, &r.list[i]);
        jw_close(out, ']');
        json_closure(out, &r.closure);
        jw_close(out, '}');
        return true;
}
