/* SPDX-License-Identifier: Apache-2.0
 *
 * offer.c -- nobody accepts: it is offered to the next best, and in the end the duty manager hears of it (rule C1).
 *
 *     acceptance time used up --> the next best of the team by name --same time again--> the next ... --> duty manager
 *                                  how often: rules/dispatch_policy.yaml (offers)
 *
 * Who it was offered to stands in offered_to and is not asked again.  From the second offer on anybody of the team may take
 * it: the name says whose turn it is, not that the others must wait.  An escalation is offered to its team as a whole.
 * Timer "offer", step: the offer that runs.
 *
 * Invariants
 *   1. A work order of a request that itself waits for acceptance follows the request: one offer, one name.
 *   2. The explanation of each choice stands in the event of the offer.
 */
#include "service/offer.h"
#include "engine/event.h"
#include "service/promise.h"
#include "service/service.h"

static bool
is(const struct record *r, const char *entity)
{
        return strcmp(r->e->name, entity) == 0;
}

static bool
in_state(const struct record *r, const char *state)
{
        return strcmp(r->state->name, state) == 0;
}

/* ---- the next best ---- */

static void
add_offered(struct work *w, struct record *r, int64_t person)
{
        struct str list = record_text(r, "offered_to");
        const char *more = arena_printf(w->ctx->arena, list.n > 2 ? ",%lld]" : "%lld]", (long long)person);
        size_t n;
        int64_t *ids = service_ids(w, list, &n);

        for (size_t i = 0; i < n; i++)
                if (ids[i] == person)
                        return;
        if (person == 0)
                return;
        if (list.n == 0)
                list = STR("[]");
        record_set_text(r, "offered_to",
                        str_of(arena_printf(w->ctx->arena, "%.*s%s", (int)list.n - 1, list.p, more)));
}

bool
offer_is_open(struct work *w, const struct record *r)
{
        return record_text(r, "offered_to").n > 2;
}

bool
offer_next(struct work *w, struct record *r)
{
        struct candidates_question q = {.team = record_int(r, FIELD_CASE_TEAM)};
        struct candidates c;

        add_offered(w, r, record_int(r, FIELD_CASE_HANDLER));
        if (is(r, ENTITY_WORK_ORDER))
                q.way = record_text(r, FIELD_WORK_ORDER_KIND);
        if (!candidates_of(w, r, &q, &c))
                return false;
        if (c.fit == 0) {
                record_clear(r, FIELD_CASE_HANDLER);
                return true;
        }
        record_set_int(r, FIELD_CASE_HANDLER, c.list[0].id);
        record_set_text(r, "dispatch_explain", candidates_explain(w->ctx->arena, &c, c.list[0].id));
        add_offered(w, r, c.list[0].id);
        return true;
}

/* ---- offering again ---- */

static bool
same_for_order(struct work *w, struct record *o, const void *request)
{
        const struct record *r = request;

        if (!in_state(o, STATE_WORK_ORDER_OFFERED) || record_int(o, FIELD_CASE_TEAM) != record_int(r, FIELD_CASE_TEAM))
                return true;
        record_set(o, FIELD_CASE_HANDLER, *record_get(r, FIELD_CASE_HANDLER));
        record_set(o, "offered_to", *record_get(r, "offered_to"));
        return store_save(w, o, "offered_again");
}

static bool
tell(struct work *w, const struct record *r)
{
        bool named = service_is_set(r, FIELD_CASE_HANDLER);

        if (is(r, ENTITY_TECHNICAL_ESCALATION))
                return timers_notice(w, r, "team", "escalation_offered", STR_NONE);
        if (is(r, ENTITY_WORK_ORDER))
                return timers_notice(w, r, named ? "handler" : "team", named ? "order_assigned" : "order_offered", STR_NONE);
        return timers_notice(w, r, named ? "handler" : "team", "request_offered", STR_NONE);
}

static bool
choose(struct work *w, struct record *r)
{
        if (!is(r, ENTITY_TECHNICAL_ESCALATION))
                return offer_next(w, r);
        record_clear(r, FIELD_CASE_HANDLER);
        return true;
}

static bool
offer_again(struct work *w, struct record *r, usec wait, int64_t step)
{
        struct timer t = {.case_id = r->id, .name = "offer", .due = w->now + wait, .step = step};

        if (!choose(w, r) || !store_save(w, r, "offered_again"))
                return false;
        if (is(r, ENTITY_TECHNICAL_REQUEST) && !service_each_open(w, ENTITY_WORK_ORDER, r, same_for_order, r))
                return false;
        return tell(w, r) && timer_set(w, &t);
}

/* The acceptance time once more. */
static bool
accept_budget(struct work *w, const struct record *r, usec *ret)
{
        *ret = 15 * USEC_MINUTE;
        return sql_one_int(w->ctx, w->conn, ret,
                           SQL("select budget from clock_promises where case_id = $1 and clock = 'accept' order by seq desc "
                               "limit 1"),
                           "i", r->id) ||
               !ctx_failed(w->ctx);
}

/* Does it wait for somebody by itself?  (An order under a request that waits does not.) */
static bool
waits_for_acceptance(struct work *w, const struct record *r, bool *ret)
{
        int64_t parent = record_int(r, FIELD_CASE_PARENT);
        const struct record *request;

        *ret = (is(r, ENTITY_TECHNICAL_REQUEST) && in_state(r, STATE_TECHNICAL_REQUEST_DISPATCHED)) ||
               (is(r, ENTITY_TECHNICAL_ESCALATION) && in_state(r, STATE_TECHNICAL_ESCALATION_REQUESTED)) ||
               (is(r, ENTITY_WORK_ORDER) && in_state(r, STATE_WORK_ORDER_OFFERED));
        if (!*ret || !is(r, ENTITY_WORK_ORDER) || parent == 0)
                return true;
        if ((request = store_load_case(w, parent)) == NULL)
                return false;
        *ret = !is(request, ENTITY_TECHNICAL_REQUEST) || !in_state(request, STATE_TECHNICAL_REQUEST_DISPATCHED);
        return true;
}

bool
offer_breached(struct work *w, struct record *r)
{
        bool waits;
        usec wait;

        if (!waits_for_acceptance(w, r, &waits))
                return false;
        return !waits || (accept_budget(w, r, &wait) && offer_again(w, r, wait, 2));
}

/* step: the offer that nobody took. */
bool
offer_fire(struct work *w, struct record *r, const struct timer *t)
{
        bool waits;
        usec wait;

        if (!waits_for_acceptance(w, r, &waits) || !waits)
                return !ctx_failed(w->ctx);
        if (is(r, ENTITY_TECHNICAL_ESCALATION) ||
            t->step >= candidates_offers(w->model, record_text(r, FIELD_CASE_SEVERITY)))
                return event_note(w, r, "notice", "nobody_accepts", STR("{}")) &&
                       timers_notice(w, r, "duty_manager", "nobody_accepts", STR_NONE);
        return accept_budget(w, r, &wait) && offer_again(w, r, wait, t->step + 1);
}
