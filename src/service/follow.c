/* SPDX-License-Identifier: Apache-2.0
 *
 * follow.c -- following up a customer who was asked: reminders, and what silence means (domain.md 6.1).
 *
 *     waiting (customer_info) --1 WD--> remind --> remind --> remind --> resume, with a task for the handler
 *     waiting (waiting_until) --------------------------------------> resume
 *     customer_confirm        --1 WD--> remind --> remind --> remind --> auto_confirm; P1: the owner is told to call
 *
 * Steps and times stand in rules/follow_up.yaml.  Timers: "follow" (step: the one it takes, clock: "info" or "confirm") and
 * "wait_end".
 *
 * Invariants
 *   1. Whoever enters one of these states starts at step 1; who leaves it has no such timer any more.
 *   2. Silence never confirms a P1.
 */
#include "engine/event.h"
#include "model/rules.h"
#include "service/service.h"
#include "service/timers.h"

/* ---- the rule ---- */

struct step {
        struct str after, act;         /* act empty: there is no such step */
};

static struct step
step_of(struct work *w, const struct record *r, const char *of, int64_t step)
{
        const struct rule_table *t = rules_table(w->model->rules, "follow_up");
        const struct rule_input in[] = {{"of", str_of(of)},
                                        {"step", str_of(arena_printf(w->ctx->arena, "%lld", (long long)step))},
                                        {"priority", record_text(r, FIELD_CASE_PRIORITY)}};
        int row = t != NULL ? rules_decide(t, in, 3) : -1;

        if (row < 0)
                return (struct step){0};
        return (struct step){rules_output(t, row, "after"), rules_output(t, row, "act")};
}

static bool
set_step(struct work *w, const struct record *r, const char *of, int64_t step)
{
        struct step s = step_of(w, r, of, step);
        struct timer t = {.case_id = r->id, .name = "follow", .clock = of, .step = step};

        if (s.act.n == 0)
                return timer_clear(w, r->id, "follow");
        return timers_due(w, r, s.after, w->now, &t.due) && timer_set(w, &t);
}

/* ---- what is waited for ---- */

static bool
is_state(const struct state *s, const char *name)
{
        return s != NULL && strcmp(s->name, name) == 0;
}

/* "info", "confirm" or NULL. */
static const char *
followed(const struct record *r)
{
        if (is_state(r->state, STATE_TECHNICAL_REQUEST_CUSTOMER_CONFIRM))
                return "confirm";
        if (is_state(r->state, STATE_TECHNICAL_REQUEST_WAITING) &&
            record_is(r, FIELD_TECHNICAL_REQUEST_PAUSE_CODE, "customer_info"))
                return "info";
        return NULL;
}

static bool
set_wait_end(struct work *w, const struct record *r)
{
        struct timer t = {.case_id = r->id, .name = "wait_end"};

        if (!is_state(r->state, STATE_TECHNICAL_REQUEST_WAITING) || !service_is_set(r, FIELD_TECHNICAL_REQUEST_WAITING_UNTIL))
                return timer_clear(w, r->id, t.name);
        t.due = record_int(r, FIELD_TECHNICAL_REQUEST_WAITING_UNTIL);
        return timer_set(w, &t);
}

static bool
waits(const struct state *s)
{
        return is_state(s, STATE_TECHNICAL_REQUEST_WAITING) || is_state(s, STATE_TECHNICAL_REQUEST_CUSTOMER_CONFIRM);
}

bool
follow_saved(struct work *w, struct record *r)
{
        const char *of = followed(r);

        if (w->muted || (!waits(r->state) && !waits(r->old_state)))
                return true;
        if (r->state == r->old_state && !record_changed(r, FIELD_TECHNICAL_REQUEST_PAUSE_CODE))
                return !record_changed(r, FIELD_TECHNICAL_REQUEST_WAITING_UNTIL) || set_wait_end(w, r);
        if (!set_wait_end(w, r))
                return false;
        return of != NULL ? set_step(w, r, of, 1) : timer_clear(w, r->id, "follow");
}

/* ---- firing ---- */

static bool
go_on(struct work *w, struct record *r)
{
        return life_step(w, r, MOVE_TECHNICAL_REQUEST_RESUME) &&
               service_task(w, r, "No answer after three reminders: go on without it, or close 三次提醒未答复：继续处理或关闭",
                            record_int(r, FIELD_CASE_HANDLER), w->now + USEC_DAY);
}

static bool
remind(struct work *w, struct record *r, const struct timer *t)
{
        bool info = strcmp(t->clock, "info") == 0;
        struct str more = str_of(arena_printf(w->ctx->arena, "{\"reminder\":%lld}", (long long)t->step));

        return event_note(w, r, "notice", "reminder", more) &&
               timers_notice(w, r, "contact", info ? "information_reminder" : "confirm_reminder", more);
}

bool
follow_fire(struct work *w, struct record *r, const struct timer *t)
{
        const char *of = followed(r);
        struct str act;

        if (of == NULL || t->clock == NULL || strcmp(of, t->clock) != 0)
                return true;
        act = step_of(w, r, of, t->step).act;
        if (str_is(act, "resume"))
                return go_on(w, r);
        if (str_is(act, "confirm"))
                return life_step(w, r, MOVE_TECHNICAL_REQUEST_AUTO_CONFIRM);
        if (str_is(act, "tell"))
                return timers_notice(w, r, "owner", "confirm_by_call", STR_NONE) && set_step(w, r, of, t->step + 1);
        return remind(w, r, t) && set_step(w, r, of, t->step + 1);
}

bool
follow_wait_end(struct work *w, struct record *r, const struct timer *t)
{
        if (!is_state(r->state, STATE_TECHNICAL_REQUEST_WAITING) ||
            record_int(r, FIELD_TECHNICAL_REQUEST_WAITING_UNTIL) > w->now)
                return true;
        return life_step(w, r, MOVE_TECHNICAL_REQUEST_RESUME);
}
