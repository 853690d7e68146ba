/* SPDX-License-Identifier: Apache-2.0
 *
 * tier.c -- the clock decides (rule C1; domain.md 6.1, 6.6, 8.3).
 *
 *     tier_1 of a request, tier of an escalation: used up --> the request goes one line up by itself, by the system, with
 *         the package as it is; from T3 there is no line, management is called
 *     accept of a request, a work order or an escalation: used up --> offer.c
 *
 * Timer: "tier_up" on the request.
 *
 * Invariants
 *   1. A line goes up only from the tier whose time was used up: one that was escalated by hand meanwhile stays.
 *   2. A request that cannot go up just now (nobody accepted it, it waits) is tried again every UP_AGAIN until it can or
 *      has left that tier.
 */
#include "service/tier.h"
#include "service/management.h"
#include "service/offer.h"
#include "service/promise.h"
#include "service/service.h"

#define UP_AGAIN (10 * USEC_MINUTE)

static bool
is(const struct record *r, const char *entity)
{
        return strcmp(r->e->name, entity) == 0;
}

/* ---- one line up ---- */

static bool
up_at(struct work *w, const struct record *request, int64_t tier, usec due)
{
        return timer_set(w, &(struct timer){.case_id = request->id, .name = "tier_up", .due = due, .step = tier});
}

static bool
last_tier(struct work *w, struct record *request)
{
        return timers_notice(w, request, "duty_manager", "last_tier_used_up", STR_NONE) &&
               management_call(w, request, "tier_end");
}

/* timer step: the tier whose time was used up. */
bool
tier_fire_up(struct work *w, struct record *r, const struct timer *t)
{
        int64_t tier = record_int(r, FIELD_CASE_TIER) > 0 ? record_int(r, FIELD_CASE_TIER) : 1;

        if (!is(r, ENTITY_TECHNICAL_REQUEST) || tier != t->step || r->state->final || r->state->stage == STAGE_CLOSE)
                return true;
        if (tier >= 3)
                return last_tier(w, r);
        if (strcmp(r->state->name, STATE_TECHNICAL_REQUEST_IN_PROGRESS) != 0)
                return up_at(w, r, tier, w->now + UP_AGAIN);
        record_set_text(r, FIELD_TECHNICAL_REQUEST_ESCALATION_TRIGGER, STR("ola_end"));
        return life_step(w, r, MOVE_TECHNICAL_REQUEST_ESCALATE);
}

/* ---- which clock ---- */

bool
tier_breached(struct work *w, struct record *r, const char *clock)
{
        bool request = is(r, ENTITY_TECHNICAL_REQUEST), escalation = is(r, ENTITY_TECHNICAL_ESCALATION);

        if (w->quiet)                  /* work changes hands only when somebody is told */
                return true;
        if (strcmp(clock, "accept") == 0)
                return offer_breached(w, r);
        if (request && strcmp(clock, "tier_1") == 0)
                return up_at(w, r, 1, w->now);
        if (escalation && strcmp(clock, "tier") == 0 && service_is_set(r, FIELD_CASE_PARENT))
                return timer_set(w, &(struct timer){.case_id = record_int(r, FIELD_CASE_PARENT), .name = "tier_up",
                                                    .due = w->now,
                                                    .step = record_int(r, FIELD_TECHNICAL_ESCALATION_TO_TIER)});
        return true;
}
