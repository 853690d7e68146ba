/* SPDX-License-Identifier: Apache-2.0
 *
 * recovery.c -- restoring, resolving, reopening (domain.md 6.1, rule C5).
 *
 *     in_progress --restore--> (flag restored_at)   --resolve--> resolved   --reject--> in_progress (round + 1)
 *
 * Invariants
 *   1. restored_at is written once, and lies between the report and now.
 *   2. A reopen continues the old clocks (engine/clockfact.c); recovery_reopen resumes, nothing restarts one.
 */
#include "engine/clockfact.h"
#include "service/hooks.h"
#include "service/promise.h"
#include "service/service.h"

static bool
was_set(const struct record *r, const char *field)
{
        return r->old[entity_field(r->e, field)->index].type != VAL_NULL;
}

bool
recovery_restore_check(struct work *w, const struct record *r)
{
        const char *f = FIELD_TECHNICAL_REQUEST_RESTORED_AT;
        usec at = record_int(r, f);

        if (was_set(r, f))
                return refuse(w, f, "The business is restored already", "业务已恢复");
        if (!service_is_set(r, f))
                return true;
        if (at < record_int(r, FIELD_CASE_REPORTED_AT))
                return refuse(w, f, "It cannot be restored before it was reported", "恢复时间不能早于报告时间");
        return at <= w->now + USEC_MINUTE || refuse(w, f, "It cannot be restored in the future", "恢复时间不能晚于当前时间");
}

/* One step down: what counts for the resolve clock once a workaround runs (domain.md 4.1). */
bool
recovery_restore(struct work *w, struct record *r, const struct json *input)
{
        usec at = record_int(r, FIELD_TECHNICAL_REQUEST_RESTORED_AT);

        if (!clockfact_mark(w, r, "restore", "stopped", at) || !clockfact_mark(w, r, "update", "stopped", at))
                return false;
        intake_severity_counts(r);
        return promise_make(w, r, PROMISE_SEVERITY, true);
}

/* Orders under way must be finished; those only offered or accepted end with the request. */
static bool
end_order(struct work *w, struct record *o, const void *unused)
{
        if (strcmp(o->state->name, STATE_WORK_ORDER_UNDER_WAY) == 0 || strcmp(o->state->name, STATE_WORK_ORDER_WORKING) == 0)
                return refuse(w, "", arena_printf(w->ctx->arena, "Finish work order %s first", o->number),
                              arena_printf(w->ctx->arena, "请先完成工单 %s", o->number));
        return life_step(w, o, MOVE_WORK_ORDER_CANCEL);
}

bool
recovery_resolve(struct work *w, struct record *r, const struct json *input)
{
        if (!closing_words(w, r) || !service_each_open(w, ENTITY_WORK_ORDER, r, end_order, NULL) ||
            !service_end_escalations(w, r, "solved"))
                return false;
        service_fill_time(r, FIELD_TECHNICAL_REQUEST_RESTORED_AT, w->now);
        service_fill_time(r, FIELD_TECHNICAL_REQUEST_FIRST_RESPONSE_AT, w->now);
        record_set(r, FIELD_TECHNICAL_REQUEST_SOLVED_TIER, *record_get(r, FIELD_CASE_TIER));
        return true;
}

static void
add_one(struct record *r, const char *field)
{
        record_set_int(r, field, record_int(r, field) + 1);
}

bool
recovery_reopen(struct work *w, struct record *r, const struct json *input)
{
        add_one(r, FIELD_CASE_ROUND_NO);
        add_one(r, FIELD_TECHNICAL_REQUEST_REOPEN_COUNT);
        record_clear(r, FIELD_TECHNICAL_REQUEST_RESOLVED_AT);
        record_clear(r, FIELD_TECHNICAL_REQUEST_CONFIRMED_AT);
        record_clear(r, FIELD_TECHNICAL_REQUEST_CALLBACK_OUTCOME);
        return service_priority(w, r) && clockfact_mark(w, r, "resolve", "resumed", w->now);
}

/* ---- the root-cause report (C5: the clock stops when it is sent) ---- */

bool
recovery_rca_check(struct work *w, const struct record *r)
{
        return service_is_set(r, FIELD_TECHNICAL_REQUEST_RESTORED_AT) ||
               refuse(w, "", "Restore the business first; its cause is told afterwards", "请先恢复业务，再发送根因报告");
}

bool
recovery_rca(struct work *w, struct record *r, const struct json *input)
{
        return clockfact_mark(w, r, "rca", "stopped", w->now);
}
