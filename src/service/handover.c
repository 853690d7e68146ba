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
#include "model/rules.h"
#include "service/hooks.h"
#include "service/service.h"

static struct str
scope_target(const struct work *w, const struct record *r)
{
        const struct rule_table *t = rules_table(w->model->rules, "scope");
        struct rule_input in = {"category", record_text(r, FIELD_TECHNICAL_REQUEST_SCOPE_CATEGORY)};
        int row = t != NULL && in.value.n > 0 ? rules_decide(t, &in, 1) : -1;

        return row >= 0 ? rules_output(t, row, "target") : STR_NONE;
}

bool
handover_check(struct work *w, const struct record *r)
{
        struct str target = scope_target(w, r);

        return (target.n > 0 && !str_is(target, ENTITY_TECHNICAL_REQUEST)) ||
               refuse(w, FIELD_TECHNICAL_REQUEST_SCOPE_CATEGORY, "No other process takes this category", "该类别没有接收流程");
}

bool
handover_make(struct work *w, struct record *r, const struct json *input)
{
        struct record *h = service_case_under(w, ENTITY_HAND_OVER, r);

        record_set(h, FIELD_HAND_OVER_CATEGORY, *record_get(r, FIELD_TECHNICAL_REQUEST_SCOPE_CATEGORY));
        record_set_text(h, FIELD_HAND_OVER_TARGET, scope_target(w, r));
        record_set(h, FIELD_HAND_OVER_PAYLOAD, *record_get(r, FIELD_CASE_DESCRIPTION));
        return clockfact_mark(w, r, NULL, "cancelled", w->now) && store_insert(w, h, "create");
}

/* Open hand-overs of a request that is taken back by hand end with it. */
bool
handover_take_back(struct work *w, struct record *r, const struct json *input)
{
        int64_t *ids;
        size_t n;

        if (!service_children(w, ENTITY_HAND_OVER, r->id, &ids, &n))
                return false;
        for (size_t i = 0; i < n; i++) {
                struct record *h = store_load_case(w, ids[i]);
                if (h == NULL)
                        return false;
                if (h->state->final)
                        continue;
                h->state = entity_state(h->e, STATE_HAND_OVER_RETURNED);
                record_set_int(h, FIELD_CASE_CLOSED_AT, w->now);
                if (!store_save(w, h, "taken_back"))
                        return false;
        }
        return clockfact_mark(w, r, NULL, "resumed", w->now);
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
