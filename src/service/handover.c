/* SPDX-License-Identifier: Apache-2.0
 *
 * handover.c -- what is not ours goes to the process that owns it, and comes back with an answer (domain.md 4.3, A5).
 *
 *     request: registered --hand_over--> handed_over --answered--> closed
 *                   ^------------------- take_back <-+
 *     hand_over: sent -> accepted -> answered (the request is answered) | returned (the request is taken back)
 *
 * Invariant: a request that is handed over stays open and visible until the receiving process has answered.
 */
#include "engine/clockfact.h"
#include "service/hooks.h"
#include "service/promise.h"
#include "service/service.h"

bool
handover_check(struct work *w, const struct record *r)
{
        struct str target = service_scope_target(w, r);

        return (target.n > 0 && !str_is(target, ENTITY_TECHNICAL_REQUEST)) ||
               refuse(w, FIELD_TECHNICAL_REQUEST_SCOPE_CATEGORY, "No other process takes this category", "该类别没有接收流程");
}

bool
handover_make(struct work *w, struct record *r, const struct json *input)
{
        struct record *h = service_case_under(w, ENTITY_HAND_OVER, r);

        record_set(h, FIELD_HAND_OVER_CATEGORY, *record_get(r, FIELD_TECHNICAL_REQUEST_SCOPE_CATEGORY));
        record_set_text(h, FIELD_HAND_OVER_TARGET, service_scope_target(w, r));
        record_set(h, FIELD_HAND_OVER_PAYLOAD, *record_get(r, FIELD_CASE_DESCRIPTION));
        return clockfact_mark(w, r, NULL, "cancelled", w->now) && store_insert(w, h, "create") &&
               promise_make(w, h, PROMISE_INITIAL, false);
}

static bool
end_hand_over(struct work *w, struct record *h, const void *unused)
{
        h->state = entity_state(h->e, STATE_HAND_OVER_RETURNED);
        record_set_int(h, FIELD_CASE_CLOSED_AT, w->now);
        return store_save(w, h, "taken_back");
}

/* Open hand-overs of a request that is taken back by hand end with it. */
bool
handover_take_back(struct work *w, struct record *r, const struct json *input)
{
        return service_each_open(w, ENTITY_HAND_OVER, r, end_hand_over, NULL) && clockfact_mark(w, r, NULL, "resumed", w->now);
}

bool
handover_answered(struct work *w, struct record *r, const struct json *input)
{
        struct record *request;

        if (!service_is_set(r, FIELD_CASE_PARENT))
                return true;
        request = service_parent(w, r);
        if (request == NULL || !service_message(w, request, "public", record_text(r, FIELD_HAND_OVER_CUSTOMER_ANSWER)))
                return false;
        return life_step(w, request, MOVE_TECHNICAL_REQUEST_ANSWERED);
}

/* The hand-over itself is not yet saved: it ends by its own transition, so take_back must not see it as open. */
bool
handover_returned(struct work *w, struct record *r, const struct json *input)
{
        struct record *request;

        if (!service_is_set(r, FIELD_CASE_PARENT))
                return true;
        if ((request = service_parent(w, r)) == NULL)
                return false;
        request->state = entity_state(request->e, STATE_TECHNICAL_REQUEST_REGISTERED);
        record_clear(request, FIELD_TECHNICAL_REQUEST_SCOPE_CATEGORY);
        record_set_text(request, FIELD_TECHNICAL_REQUEST_ACTIVITY, STR("register"));
        return clockfact_mark(w, request, NULL, "resumed", w->now) &&
               store_save(w, request, MOVE_TECHNICAL_REQUEST_TAKE_BACK);
}
