/* SPDX-License-Identifier: Apache-2.0
 *
 * watch.c -- warnings before a promise is broken, and what follows when it is (rules C1, C3, C8).
 *
 *     promise or state changed --watch_case--> timer "mark:CLOCK" at the next mark of each running clock
 *     timer --watch_fire--> written in clock_marks --> notices (rules/clock_warning.yaml) --> timer of the next mark
 *                                                 \--> 100 %: breach review, management, the tier moves up (tier.c)
 *
 * Invariants
 *   1. A clock has one timer, for its next mark; a clock that is paused, ended or without a promise has none, or one that
 *      does nothing when it fires.
 *   2. A mark of a promise is told once: it stands in clock_marks.  Of marks that were passed together (a late promise, a
 *      night without a server) the highest is told and the lower ones are left out.
 *   3. Deadlines are not kept: when a timer fires the clock is computed from its facts again.
 *   4. Each round of progress to the customer has its marks; at its end reminders take over (progress.c), so that a round that
 *      is over is not warned of any more.
 *   5. cases.due, by which queues are sorted (C1), is the first due time of the clocks that run, late ones too.  A due time
 *      moves only when a fact or a promise is written, which is when it is computed again; a case that waits has none.
 */
#include "service/watch.h"
#include "engine/event.h"
#include "model/rules.h"
#include "service/management.h"
#include "service/promise.h"
#include "service/review.h"
#include "service/service.h"
#include "service/tier.h"

enum { STEPS_MAX = 8 };

struct mark {                          /* a row of clock_warning */
        int64_t percent;
        struct str to;
        bool review, escalate;
};
struct marks {
        struct mark list[STEPS_MAX];
        int count;
};

/* ---- the rule ---- */

static struct marks
marks_of(struct work *w, const struct clock_decl *c)
{
        const struct rule_table *t = rules_table(w->model->rules, "clock_warning");
        struct marks all = {0};

        for (int i = 1; t != NULL && i <= STEPS_MAX; i++) {
                char step[4] = {(char)('0' + i)};
                const struct rule_input in[] = {{"party", str_of(c->party)}, {"clock", str_of(c->name)}, {"step", str_of(step)}};
                struct mark *m = &all.list[all.count];
                int row = rules_decide(t, in, 3);
                if (row < 0 || !str_to_int(rules_output(t, row, "percent"), &m->percent))
                        break;
                m->to = rules_output(t, row, "to");
                m->review = str_is(rules_output(t, row, "review"), "true");
                m->escalate = str_is(rules_output(t, row, "escalate"), "true");
                all.count++;
        }
        return all;
}

/* ---- what was told ---- */

/* The highest mark told of the promise; 0 when none was. */
static bool
told(struct work *w, const struct record *r, const char *clock, usec since, int64_t *ret)
{
        return sql_one_int(w->ctx, w->conn, ret,
                           SQL("select coalesce(max(mark), 0) from clock_marks where case_id = $1 and clock = $2 and "
                               "since = $3"),
                           "isi", r->id, clock, since);
}

static bool
write_mark(struct work *w, const struct record *r, const char *clock, usec since, int64_t percent, usec due)
{
        return sql_run(w->ctx, w->conn,
                       SQL("insert into clock_marks (case_id, clock, since, mark, due, told_at) values ($1, $2, $3, $4, $5, "
                           "$6) on conflict (case_id, clock, since, mark) do nothing"),
                       "isiiii", r->id, clock, since, percent, due, w->now);
}

/* ---- a clock ---- */

struct watched {                       /* a clock that runs, with its marks */
        const struct clock_view *view;
        usec since;                    /* of the promise that holds, or of the round of one that is kept over and over */
        usec due;                      /* USEC_NONE while it waits */
        struct marks marks;
        int next;                      /* the first mark not told; marks.count when all were */
};

/* False with *ret_runs false: nothing to watch. */
static bool
watch_clock(struct work *w, const struct record *r, const struct clock_view *v, struct watched *ret, bool *ret_runs)
{
        struct clock_result now;
        int64_t done;

        *ret_runs = false;
        *ret = (struct watched){.view = v, .due = USEC_NONE};
        if (v->decl == NULL || v->input.promise_count == 0)
                return true;
        if (!clock_compute(w->ctx, &v->input, w->now, &now))
                return false;
        if (now.promise == NULL || now.stopped != USEC_NONE || now.raw.state == CLOCK_PAUSED)
                return true;
        ret->due = now.raw.due;
        ret->since = now.rounds > 0 && now.started > now.promise->since ? now.started : now.promise->since;
        ret->marks = marks_of(w, v->decl);
        if (!told(w, r, v->name, ret->since, &done))
                return false;
        while (ret->next < ret->marks.count && ret->marks.list[ret->next].percent <= done)
                ret->next++;
        *ret_runs = ret->next < ret->marks.count;
        return true;
}

static bool
mark_time(struct work *w, const struct watched *c, int i, usec *ret)
{
        return clock_mark(w->ctx, &c->view->input, w->now, (int)c->marks.list[i].percent, ret);
}

static const char *
timer_name(struct work *w, const char *clock)
{
        return arena_printf(w->ctx->arena, "mark:%s", clock);
}

/* The timer of the clock's next mark, which may have passed already. */
static bool
arm(struct work *w, const struct record *r, const struct watched *c)
{
        struct timer t = {.case_id = r->id, .name = timer_name(w, c->view->name), .clock = c->view->name};

        if (!mark_time(w, c, c->next, &t.due))
                return false;
        t.step = c->marks.list[c->next].percent;
        return t.due == USEC_NONE ? timer_clear(w, r->id, t.name) : timer_set(w, &t);
}

bool
watch_case(struct work *w, struct record *r)
{
        usec first = USEC_NONE;
        struct clock_view *list;
        size_t n;

        if (r->e->clock_count == 0)
                return true;
        if (!promise_clocks(w, r, &list, &n))
                return false;
        for (size_t i = 0; i < n; i++) {
                struct watched c;
                bool runs;
                if (!watch_clock(w, r, &list[i], &c, &runs))
                        return false;
                if (!w->muted && (runs ? !arm(w, r, &c) : !timer_clear(w, r->id, timer_name(w, list[i].name))))
                        return false;
                if (c.due != USEC_NONE && (first == USEC_NONE || c.due < first))
                        first = c.due;
        }
        return store_note_due(w, r, first) && (w->muted || management_watch(w, r, list, n));
}

/* Every kind of case promises by its tables as it is made and as it changes; the technical request says itself when. */
static bool
promises_itself(const struct record *r)
{
        return r->e->clock_count > 0 && strcmp(r->e->name, ENTITY_TECHNICAL_REQUEST) != 0 && !r->state->final;
}

/* What tables may ask (promise.c). */
static bool
is_asked_anew(const struct record *r)
{
        for (size_t i = 0; i < r->e->field_count; i++) {
                const struct field *f = &r->e->fields[i];
                if ((f->type == TYPE_ENUM || f->type == TYPE_INT || f->type == TYPE_BOOL) && record_changed(r, f->name))
                        return true;
        }
        return false;
}

bool
watch_saved(struct work *w, struct record *r)
{
        if (w->muted || r->e->kind != KIND_CASE || r->state == NULL)
                return true;
        if (promises_itself(r) && (r->old_state == NULL || is_asked_anew(r)))
                return promise_make(w, r, r->old_state == NULL ? PROMISE_INITIAL : PROMISE_SEVERITY, false);
        if (r->old_state == NULL || (r->state == r->old_state && !r->clocks_moved))
                return true;
        if (r->state->final)
                return timer_clear_kind(w, r->id, NULL) && store_note_due(w, r, USEC_NONE);
        return watch_case(w, r);
}

/* ---- firing ---- */

static struct str
mark_data(struct work *w, const struct watched *c, const struct mark *m)
{
        return str_of(arena_printf(w->ctx->arena, "{\"clock\":\"%s\",\"percent\":%lld}", c->view->name,
                                   (long long)m->percent));
}

/* "handler lead duty_manager"; the team hears it while nobody handles the case. */
static bool
tell(struct work *w, const struct record *r, const struct mark *m, struct str data)
{
        const char *template = arena_printf(w->ctx->arena, "clock_warning_%lld", (long long)m->percent);
        struct str rest = m->to;

        while (rest.n > 0) {
                struct str to = str_cut(rest, ' ', &rest);
                if (str_is(to, "handler") && !service_is_set(r, FIELD_CASE_HANDLER))
                        to = STR("team");
                if (!timers_notice(w, r, str_c(w->ctx->arena, to), template, data))
                        return false;
        }
        return true;
}

/* Afterwards (C3); nobody argues it meanwhile. */
static bool
review(struct work *w, const struct record *r, const struct watched *c)
{
        struct clock_result now;

        return clock_compute(w->ctx, &c->view->input, w->now, &now) &&
               review_open(w, r, c->view, now.promise, now.raw.breached_at != USEC_NONE ? now.raw.breached_at : w->now);
}

static bool
breach(struct work *w, struct record *r, const struct watched *c, const struct mark *m)
{
        if (m->review && !review(w, r, c))
                return false;
        if (m->escalate && !management_call(w, r, "sla_breach"))
                return false;
        return tier_breached(w, r, c->view->name);
}

/* Was this clock's breach told under an earlier promise?  Then it is not made twice. */
static bool
broken_before(struct work *w, const struct record *r, const char *clock, bool *ret)
{
        int64_t one;

        *ret = sql_one_int(w->ctx, w->conn, &one,
                           SQL("select 1 from clock_marks where case_id = $1 and clock = $2 and mark >= 100 limit 1"), "is",
                           r->id, clock);
        return !ctx_failed(w->ctx);
}

/* The mark of the whole budget; -1 when the rule has none. */
static int
last_mark(const struct marks *m)
{
        for (int i = m->count - 1; i >= 0; i--)
                if (m->list[i].percent == 100)
                        return i;
        return -1;
}

static bool
is_moot(struct work *w, const struct record *r, const struct watched *c, bool *ret)
{
        *ret = last_mark(&c->marks) < 0 && c->due != USEC_NONE && c->due <= w->now;
        return *ret || progress_is_elsewhere(w, r, c->view->name, ret);
}

static bool
pass(struct work *w, struct record *r, struct watched *c, int i, usec due)
{
        const struct mark *m = &c->marks.list[i];
        struct str data = mark_data(w, c, m);
        bool again, moot;

        if (!is_moot(w, r, c, &moot) || !broken_before(w, r, c->view->name, &again) ||
            !write_mark(w, r, c->view->name, c->since, m->percent, due))
                return false;
        if (c->next <= i)
                c->next = i + 1;
        if (c->next < c->marks.count && !arm(w, r, c))
                return false;
        if (moot)
                return true;
        if (!event_note(w, r, "notice", m->percent >= 100 ? "breach" : "clock_warning", data) || !tell(w, r, m, data))
                return false;
        return m->percent < 100 || again || breach(w, r, c, m);
}

bool
watch_fire(struct work *w, struct record *r, const struct timer *t)
{
        struct clock_view *list;
        struct watched c;
        int passed = -1;
        usec due = 0, at;
        size_t n, k = 0;
        bool runs;

        if (t->clock == NULL || !promise_clocks(w, r, &list, &n))
                return t->clock == NULL;
        while (k < n && strcmp(list[k].name, t->clock) != 0)
                k++;
        if (k == n)
                return true;
        if (!watch_clock(w, r, &list[k], &c, &runs))
                return false;
        if (!runs)
                return true;
        for (int i = c.next; i < c.marks.count; i++) {
                if (!mark_time(w, &c, i, &at))
                        return false;
                if (at == USEC_NONE || at > w->now)
                        break;
                passed = i;
                due = at;
        }
        return passed < 0 ? arm(w, r, &c) : pass(w, r, &c, passed, due);
}

/* The clock ended, and by what is known now it had been late. */
static bool
is_found_late(struct work *w, const struct clock_view *v, struct watched *c, usec *ret_due, bool *ret)
{
        struct clock_result now;

        *ret = false;
        if (v->decl == NULL || v->input.promise_count == 0)
                return true;
        if (!clock_compute(w->ctx, &v->input, w->now, &now))
                return false;
        *c = (struct watched){.view = v, .due = USEC_NONE, .marks = marks_of(w, v->decl)};
        if (now.promise != NULL)
                c->since = now.promise->since;
        *ret_due = now.raw.due;
        *ret = now.stopped != USEC_NONE && now.raw.state == CLOCK_BREACHED;
        return true;
}

bool
watch_corrected(struct work *w, struct record *r)
{
        struct clock_view *list;
        size_t n;

        if (w->muted || !promise_clocks(w, r, &list, &n))
                return w->muted;
        for (size_t i = 0; i < n; i++) {
                struct watched c;
                bool late, told_late;
                int mark;
                usec due;
                if (!is_found_late(w, &list[i], &c, &due, &late))
                        return false;
                mark = late ? last_mark(&c.marks) : -1;
                if (mark < 0)
                        continue;
                if (!broken_before(w, r, list[i].name, &told_late))
                        return false;
                c.next = c.marks.count;
                if (!told_late && !pass(w, r, &c, mark, due))
                        return false;
        }
        return true;
}
