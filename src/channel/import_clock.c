/* SPDX-License-Identifier: Apache-2.0
 *
 * import_clock.c -- the clocks of imported cases, from the states that the log tells.
 *
 *     event: from state -> to state, at, why it waits --import_clocks_step--> facts in clock_segments
 *
 * The same declarations as for our own cases (model, rules C4-C6), with what a log leaves open decided so:
 *     - a case that is completed without the states between is resolved then, unless it was withdrawn
 *     - a wait without a known reason stops every clock that may wait; with one, those whose party the code names
 *     - work on a higher line ends the first line's clock
 *     - leaving a closing state is a reopening: the resolve clock goes on
 *
 * Invariants
 *   1. Facts are only inserted, and their times never go back: an event that is told late stands at the last fact.
 *   2. Nothing is promised: promises that another house gave are not ours to measure.  A policy can be tried on the facts
 *      (openitr policy simulate).
 */
#include "channel/import_private.h"
#include "gen/names.h"
#include "model/rules.h"

enum kind { NOT_STARTED, RUNS, PAUSED, STOPPED, CANCELLED };
struct import_clock {
        const struct clock_decl *c;
        int64_t seq;
        enum kind kind;
        usec at;
};
struct import_clocks {
        struct import_clock *v;
        size_t n;
};

static enum kind
kind_after(struct str fact)
{
        if (str_is(fact, "paused"))
                return PAUSED;
        if (str_is(fact, "stopped"))
                return STOPPED;
        return str_is(fact, "cancelled") ? CANCELLED : RUNS;
}

struct import_clocks *
import_clocks_new(struct import *im, const struct entity *e)
{
        struct import_clocks *k = ARENA_NEW(im->unit_ctx.arena, struct import_clocks);

        k->n = e->clock_count;
        k->v = ARENA_ARRAY(im->unit_ctx.arena, struct import_clock, e->clock_count + 1);
        for (size_t i = 0; i < e->clock_count; i++)
                k->v[i] = (struct import_clock){.c = &e->clocks[i], .at = INT64_MIN};
        return k;
}

struct import_clocks *
import_clocks_load(struct import *im, const struct record *r)
{
        struct import_clocks *k = import_clocks_new(im, r->e);
        struct rows *rows = sql_query(&im->unit_ctx, im->unit.conn,
                                      SQL("select clock, seq, kind, at from clock_segments where case_id = $1 order by clock, seq"), "i",
                                      r->id);

        if (rows == NULL)
                return NULL;
        while (rows_next(rows))
                for (size_t i = 0; i < k->n; i++)
                        if (str_is(rows_text(rows, 0), k->v[i].c->name)) {
                                k->v[i].seq = rows_int(rows, 1);
                                k->v[i].kind = kind_after(rows_text(rows, 2));
                                k->v[i].at = rows_int(rows, 3);
                        }
        return rows_close(rows) ? k : NULL;
}

static bool
write_fact(struct import *im, const struct record *r, struct import_clock *k, const char *kind, usec at, struct str code)
{
        k->at = at > k->at ? at : k->at;
        k->kind = kind_after(str_of(kind));
        return sql_run(&im->unit_ctx, im->unit.conn,
                       SQL("insert into clock_segments (case_id, clock, seq, kind, at, code, event_seq) values ($1, $2, $3, $4, $5, $6, "
                           "$7)"),
                       "isisiti", r->id, k->c->name, ++k->seq, kind, k->at, code, r->event_count);
}

static bool
withdrawn(const struct state *s)
{
        return s->customer != NULL && strcmp(s->customer, "withdrawn") == 0;
}

/* Does the clock stop in some state of a stage? */
static bool
stops_in(const struct entity *e, const struct clock_decl *c, enum stage stage)
{
        for (size_t i = 0; i < e->state_count; i++)
                if ((c->stop >> i & 1) && e->states[i].stage == stage && !withdrawn(&e->states[i]))
                        return true;
        return false;
}

/* Completed, or waiting, without the state before it that stops the clock: it stops all the same. */
static bool
stops(const struct entity *e, const struct clock_decl *c, const struct state *to)
{
        if ((c->stop >> to->index & 1) || withdrawn(to))
                return c->stop >> to->index & 1;
        if (to->kind == STATE_WAITING)
                return c->pause == 0 && stops_in(e, c, STAGE_HANDLE);
        return to->stage == STAGE_CLOSE && (stops_in(e, c, STAGE_CLOSE) || stops_in(e, c, STAGE_HANDLE));
}

static bool
pauses(struct import *im, const struct record *r, const struct clock_decl *c, const struct state *to, struct str code)
{
        const struct code_list *codes = rules_codes(im->unit.model->rules, "pause_code");
        const struct field *priority = entity_field(r->e, FIELD_CASE_PRIORITY);

        if (!(c->pause >> to->index & 1))
                return false;
        if (codes == NULL || code.n == 0)
                return true;
        if (c->party != NULL && !codes_flag(codes, code, c->party))
                return false;
        return strcmp(c->name, "restore") != 0 || priority == NULL || !str_is(r->v[priority->index].s, "P1") ||
               codes_flag(codes, code, "p1");
}

static bool
step_live(struct import *im, const struct record *r, struct import_clock *k, usec at, const struct import_move *m)
{
        bool waits = pauses(im, r, k->c, m->to, m->code);

        if (stops(r->e, k->c, m->to) || (m->tier > 1 && strcmp(k->c->name, "tier_1") == 0))
                return write_fact(im, r, k, "stopped", at, STR_NONE);
        if (m->to->final)
                return write_fact(im, r, k, "cancelled", at, STR_NONE);
        if (k->kind == RUNS && waits)
                return write_fact(im, r, k, "paused", at, m->code);
        if (k->kind == PAUSED && !waits)
                return write_fact(im, r, k, "resumed", at, STR_NONE);
        return true;
}

static bool
step_one(struct import *im, const struct record *r, struct import_clock *k, const struct import_move *m)
{
        bool reopened = m->from->stage == STAGE_CLOSE && m->to->stage != STAGE_CLOSE;
        bool starts = k->c->at_creation || ((k->c->start >> m->to->index & 1) && !stops(r->e, k->c, m->to));

        if (k->kind == NOT_STARTED && !starts)
                return true;
        if (k->kind == NOT_STARTED &&
            !write_fact(im, r, k, "started", k->c->at_creation && m->reported < m->at ? m->reported : m->at, STR_NONE))
                return false;
        if (k->kind == STOPPED && reopened && strcmp(k->c->name, "resolve") == 0 &&
            !write_fact(im, r, k, "resumed", m->at, STR_NONE))
                return false;
        return (k->kind != RUNS && k->kind != PAUSED) || step_live(im, r, k, m->at, m);
}

bool
import_clocks_step(struct import *im, const struct record *r, struct import_clocks *clocks, const struct import_move *m)
{
        for (size_t i = 0; i < clocks->n; i++)
                if (!step_one(im, r, &clocks->v[i], m))
                        return false;
        return true;
}
