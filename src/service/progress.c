/* SPDX-License-Identifier: Apache-2.0
 *
 * progress.c -- the customer hears of progress as often as was promised (metric `update` of rules/sla.yaml).
 *
 *     authorised, accepted, resumed --> timer "update", one interval ahead
 *     our public message            --> one interval from then
 *     timer                         --> the handler is reminded; from the second time in a row the duty manager too
 *     waiting, restored, resolved   --> none
 *     an accident notice is due     --> none: its own clock asks for it (accident.c)
 *
 * Beside the reminders runs clock `update`: each public message of ours ends its round and begins the next, whatever the
 * state; it warns before the end of a round as every clock does (watch.c), and tells which rounds were late.  Reminders never
 * stop a clock.
 */
#include "engine/access.h"
#include "engine/clockfact.h"
#include "engine/event.h"
#include "service/accident.h"
#include "service/policies.h"
#include "service/promise.h"
#include "service/service.h"
#include "service/timers.h"
#include "service/watch.h"

static bool
wants_updates(const struct record *r)
{
        static const char *const SILENT[] = {STATE_TECHNICAL_REQUEST_DRAFT, STATE_TECHNICAL_REQUEST_REGISTERED,
                                             STATE_TECHNICAL_REQUEST_WAITING, STATE_TECHNICAL_REQUEST_HANDED_OVER};

        if (r->state->final || r->state->stage == STAGE_CLOSE || service_is_set(r, FIELD_TECHNICAL_REQUEST_RESTORED_AT))
                return false;
        for (size_t i = 0; i < sizeof SILENT / sizeof *SILENT; i++)
                if (strcmp(r->state->name, SILENT[i]) == 0)
                        return false;
        return true;
}

bool
progress_promise(struct work *w, const struct record *r, const char *metric, struct target *ret)
{
        struct rule_input in[] = {{"severity", record_text(r, FIELD_CASE_SEVERITY)}};
        const struct rules *rules = policies_at(w, promise_policy_at(r));
        struct entitlement_term *terms;
        size_t n;

        *ret = (struct target){0};
        return rules && entitlement_terms(w, r, &terms, &n) &&
               target_sla(w->ctx, rules, "sla", metric, in, 1, terms, n, ret);
}

/* step: how often in a row nobody told the customer. */
static bool
set_update(struct work *w, const struct record *r, int64_t step)
{
        struct timer t = {.case_id = r->id, .name = "update", .step = step};
        struct target every;
        bool accident;

        if (!progress_promise(w, r, "update", &every) || !accident_runs(w, r, &accident))
                return false;
        if (!every.found || accident)
                return timer_clear(w, r->id, t.name);
        return timers_after(w, r, every.budget, w->now, &t.due) && timer_set(w, &t);
}

bool
progress_saved(struct work *w, struct record *r)
{
        bool restored = record_changed(r, FIELD_TECHNICAL_REQUEST_RESTORED_AT);

        if (w->muted || r->old_state == NULL || (r->state == r->old_state && !restored))
                return true;
        return wants_updates(r) ? set_update(w, r, 0) : timer_clear(w, r->id, "update");
}

bool
progress_message_saved(struct work *w, struct record *m)
{
        struct record *r = m->parent;

        if (w->muted || m->version != 1 || r == NULL || strcmp(r->e->name, ENTITY_TECHNICAL_REQUEST) != 0 ||
            !record_is(m, FIELD_MESSAGE_VISIBILITY, "public") || !access_is_staff(w))
                return true;
        return clockfact_restart(w, r, "update") && watch_case(w, r) && (!wants_updates(r) || set_update(w, r, 0));
}

bool
progress_is_elsewhere(struct work *w, const struct record *r, const char *clock, bool *ret)
{
        *ret = false;
        return strcmp(r->e->name, ENTITY_TECHNICAL_REQUEST) != 0 || strcmp(clock, "update") != 0 || accident_runs(w, r, ret);
}

bool
progress_fire(struct work *w, struct record *r, const struct timer *t)
{
        bool accident;

        if (strcmp(r->e->name, ENTITY_TECHNICAL_REQUEST) != 0 || !wants_updates(r))
                return true;
        if (!accident_runs(w, r, &accident) || accident)
                return !ctx_failed(w->ctx);
        return event_note(w, r, "notice", "update_due", STR("{}")) &&
               timers_notice(w, r, service_is_set(r, FIELD_CASE_HANDLER) ? "handler" : "team", "update_due", STR_NONE) &&
               (t->step == 0 || timers_notice(w, r, "duty_manager", "update_due", STR_NONE)) && set_update(w, r, t->step + 1);
}
