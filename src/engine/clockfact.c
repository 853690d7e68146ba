/* SPDX-License-Identifier: Apache-2.0
 *
 * clockfact.c -- the facts of clocks (table clock_segments, key (case_id, clock, seq)).
 *
 *     none --started--> running --paused--> paused --resumed--> running --stopped--> stopped
 *                        ^                                                       |
 *                        +------------- resumed, by a hook (a reopen) -----------+
 *
 * Invariants
 *   1. Facts are only inserted.
 *   2. For one clock the kinds alternate as the diagram says; stopping a paused clock is one fact, "stopped";
 *      a clock that still runs when a final state is reached is "cancelled".
 *   3. What a state does not say (business restored, handed over, reopened) a hook says by clockfact_mark.
 *   4. A started clock never starts anew: it is resumed.  A promise that is kept over and over (progress) begins a new round
 *      by "restarted"; a report that proved earlier is another "started", numbered before the first.
 *   5. Which states start, stop and pause stands in the model; `start: created` counts from reported_at (rule C4).
 *   6. Another reason for a wait that lasts is another wait: a clock that the new reason may not pause goes on from then,
 *      one that it may pause begins to wait (C6).  So does a change of priority.
 *   7. The present is never before the fact recorded last: a server's time may be set back, or run behind another
 *      server's, and the facts of a clock must follow one another all the same.
 * Not here: budgets, calendars, deadlines, which code may pause which clock.
 */
#include "engine/clockfact.h"
#include <stdio.h>
#include "engine/sqltext.h"
#include "model/rules.h"

struct fact {
        int64_t seq;                   /* 0: the clock has not started */
        usec at;
        char kind[12];                 /* started, paused, resumed, stopped, cancelled */
};

static const char *
optional_text(struct work *w, const struct record *r, const char *field)
{
        const struct field *f = entity_field(r->e, field);

        if (f == NULL || r->v[f->index].type != VAL_TEXT)
                return NULL;
        return str_c(w->ctx->arena, r->v[f->index].s);
}

static bool
write_row(struct work *w, struct record *r, const struct clock_decl *c, struct fact *f, const char *kind, usec at,
          const struct clock_wait *wait)
{
        snprintf(f->kind, sizeof f->kind, "%s", kind);
        r->clocks_moved = true;
        f->at = at == w->now && at < f->at ? f->at : at;
        return sql_run(w->ctx, w->conn,
                       SQL("insert into clock_segments (case_id, clock, seq, kind, at, code, evidence, event_seq) "
                           "values ($1, $2, $3, $4, $5, $6, $7, $8)"),
                       "isisissi", r->id, c->name, ++f->seq, kind, f->at, wait != NULL ? wait->code : NULL,
                       wait != NULL ? wait->evidence : NULL, r->event_count);
}

static bool
write_fact(struct work *w, struct record *r, const struct clock_decl *c, struct fact *f, const char *kind, usec at)
{
        struct clock_wait wait = {optional_text(w, r, "pause_code"), optional_text(w, r, "pause_evidence")};

        return write_row(w, r, c, f, kind, at, strcmp(kind, "paused") == 0 ? &wait : NULL);
}

static bool
last_fact(struct work *w, const struct record *r, const struct clock_decl *c, struct fact *ret)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select seq, kind, at from clock_segments where case_id = $1 and clock = $2 "
                                          "order by seq desc limit 1"),
                                      "is", r->id, c->name);

        *ret = (struct fact){0};
        if (rows == NULL)
                return false;
        if (rows_next(rows)) {
                struct str kind = rows_text(rows, 1);
                ret->seq = rows_int(rows, 0);
                ret->at = rows_int(rows, 2);
                snprintf(ret->kind, sizeof ret->kind, "%.*s", (int)kind.n, kind.p);
        }
        return rows_close(rows);
}

static usec
start_time(struct work *w, const struct record *r, const struct clock_decl *c)
{
        const struct field *f = entity_field(r->e, "reported_at");

        return c->at_creation && f != NULL && r->v[f->index].type == VAL_INT ? r->v[f->index].i : w->now;
}

/* Which clocks a wait stops depends on its code (rule C6): flags sla and ola of the code list, and flag p1 for the
 * restore promise of a P1.  Without a code or a list every clock that declares the state pauses. */
static bool
code_pauses(struct work *w, const struct record *r, const struct clock_decl *c)
{
        const struct code_list *codes = rules_codes(w->model->rules, "pause_code");
        const char *code = optional_text(w, r, "pause_code");
        const char *priority = optional_text(w, r, "priority");

        if (codes == NULL || code == NULL)
                return true;
        if (c->party != NULL && !codes_flag(codes, str_of(code), c->party))
                return false;
        return strcmp(c->name, "restore") != 0 || priority == NULL || strcmp(priority, "P1") != 0 ||
               codes_flag(codes, str_of(code), "p1");
}

static bool
is_running(const struct fact *f)
{
        return strcmp(f->kind, "started") == 0 || strcmp(f->kind, "resumed") == 0 || strcmp(f->kind, "restarted") == 0;
}

static bool
step(struct work *w, struct record *r, const struct clock_decl *c)
{
        uint64_t now = (uint64_t)1 << r->state->index;
        struct fact last;
        bool running, paused;

        if (!last_fact(w, r, c, &last))
                return false;
        paused = strcmp(last.kind, "paused") == 0;
        running = paused || is_running(&last);
        if (running && (c->stop & now))
                return write_fact(w, r, c, &last, "stopped", w->now);
        if (running && r->state->final)
                return write_fact(w, r, c, &last, "cancelled", w->now);
        if (last.seq == 0 && (c->start & now) && !(c->stop & now))
                return write_fact(w, r, c, &last, "started", w->now);
        if (running && !paused && (c->pause & now) && code_pauses(w, r, c))
                return write_fact(w, r, c, &last, "paused", w->now);
        if (paused && !(c->pause & now))
                return write_fact(w, r, c, &last, "resumed", w->now);
        return true;
}

/* The clock's part in a wait whose reason changed, or whose case became more or less pressing. */
static bool
wait_anew(struct work *w, struct record *r, const struct clock_decl *c)
{
        bool paused, pauses = code_pauses(w, r, c);
        struct fact last;

        if (!last_fact(w, r, c, &last))
                return false;
        paused = strcmp(last.kind, "paused") == 0;
        if ((!paused && !is_running(&last)) || (paused == pauses && !(paused && record_changed(r, "pause_code"))))
                return true;
        if (paused && !write_fact(w, r, c, &last, "resumed", w->now))
                return false;
        return !pauses || write_fact(w, r, c, &last, "paused", w->now);
}

static bool
stay(struct work *w, struct record *r)
{
        uint64_t now = (uint64_t)1 << r->state->index;

        if (!record_changed(r, "pause_code") && !record_changed(r, "priority"))
                return true;
        for (size_t i = 0; i < r->e->clock_count; i++)
                if ((r->e->clocks[i].pause & now) && !wait_anew(w, r, &r->e->clocks[i]))
                        return false;
        return true;
}

bool
clockfact_wait(struct work *w, struct record *r, const struct clock_wait *wait)
{
        for (size_t i = 0; i < r->e->clock_count; i++) {
                const struct clock_decl *c = &r->e->clocks[i];
                struct fact last;
                bool paused;
                if (!last_fact(w, r, c, &last))
                        return false;
                paused = strcmp(last.kind, "paused") == 0;
                if (paused && !write_row(w, r, c, &last, "resumed", w->now, NULL))
                        return false;
                if (wait != NULL && is_running(&last) && !write_row(w, r, c, &last, "paused", w->now, wait))
                        return false;
        }
        return true;
}

bool
clockfact_restart(struct work *w, struct record *r, const char *clock)
{
        for (size_t i = 0; i < r->e->clock_count; i++) {
                const struct clock_decl *c = &r->e->clocks[i];
                struct fact last;
                bool paused;
                if (strcmp(clock, c->name) != 0)
                        continue;
                if (!last_fact(w, r, c, &last))
                        return false;
                paused = strcmp(last.kind, "paused") == 0;
                if ((paused || is_running(&last)) && !write_fact(w, r, c, &last, "restarted", w->now))
                        return false;
                if (paused && !write_fact(w, r, c, &last, "paused", w->now))
                        return false;
        }
        return true;
}

bool
clockfact_earlier(struct work *w, struct record *r, usec at)
{
        for (size_t i = 0; i < r->e->clock_count; i++) {
                const struct clock_decl *c = &r->e->clocks[i];
                int64_t first, began;
                if (!c->at_creation)
                        continue;
                if (!sql_one_int(w->ctx, w->conn, &first,
                                 SQL("select coalesce(min(seq), 0) from clock_segments where case_id = $1 and clock = $2"), "is",
                                 r->id, c->name) ||
                    !sql_one_int(w->ctx, w->conn, &began,
                                 SQL("select coalesce(min(at), 0) from clock_segments where case_id = $1 and clock = $2"), "is",
                                 r->id, c->name))
                        return false;
                struct fact front = {.seq = first - 2};        /* write_row counts on by one */
                if (began != 0 && at < began && !write_row(w, r, c, &front, "started", at, NULL))
                        return false;
        }
        return true;
}

bool
clockfact_mark(struct work *w, struct record *r, const char *clock, const char *kind, usec at)
{
        bool ending = strcmp(kind, "stopped") == 0 || strcmp(kind, "cancelled") == 0;

        for (size_t i = 0; i < r->e->clock_count; i++) {
                const struct clock_decl *c = &r->e->clocks[i];
                struct fact last;
                bool live;
                if (clock != NULL && strcmp(clock, c->name) != 0)
                        continue;
                if (!last_fact(w, r, c, &last))
                        return false;
                live = is_running(&last) || strcmp(last.kind, "paused") == 0;
                if (last.seq > 0 && live == ending && !write_fact(w, r, c, &last, kind, at))
                        return false;
        }
        return true;
}

/* The clocks of a new case, in one statement. */
static bool
start_clocks(struct work *w, const struct record *r)
{
        struct val *v = ARENA_ARRAY(w->ctx->arena, struct val, 2 * r->e->clock_count + 2);
        uint64_t now = (uint64_t)1 << r->state->index;
        size_t n = 0;

        v[n++] = VAL_OF_INT(r->id);
        v[n++] = VAL_OF_INT(r->event_count);
        for (size_t i = 0; i < r->e->clock_count; i++) {
                const struct clock_decl *c = &r->e->clocks[i];
                if (!c->at_creation && !(c->start & now))
                        continue;
                v[n++] = VAL_OF_TEXT(str_of(c->name));
                v[n++] = VAL_OF_INT(start_time(w, r, c));
        }
        return n == 2 || sql_run_vals(w->ctx, w->conn, engine_start_clocks(w->engine, n / 2 - 1), v, n);
}

bool
clockfact_record(struct work *w, struct record *r)
{
        if (r->state == NULL)
                return true;
        if (r->state == r->old_state)
                return stay(w, r);
        if (r->old_state == NULL)
                return start_clocks(w, r);
        for (size_t i = 0; i < r->e->clock_count; i++) {
                const struct clock_decl *c = &r->e->clocks[i];
                uint64_t before = (uint64_t)1 << r->old_state->index;
                uint64_t now = (uint64_t)1 << r->state->index;
                bool touched = ((c->start | c->stop | c->pause) & now) || ((c->pause | c->stop) & before) || r->state->final;

                if (touched && !step(w, r, c))
                        return false;
        }
        return true;
}
