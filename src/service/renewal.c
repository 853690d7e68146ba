/* SPDX-License-Identifier: Apache-2.0
 *
 * renewal.c -- contracts near their end (domain.md 6.16).
 *
 *     active --90 days before--> expiring: a hand-over to sales (LTC lead) with a task
 *     expiring --60, 30 days before--> a further task, while it is neither renewed nor extended
 *     active, expiring --the day after the last--> expired, in grace --30 days--> ended
 *
 * Timer "renewal" on the contract; step: days before the end (90, 60, 30), 0 the end, -30 the end of grace.  Days begin at
 * midnight of the customer's zone.
 *
 * Invariants
 *   1. A contract has one hand-over for each end that it nears; it is known by source "renewal" and number CODE/DATE.
 *   2. Of steps that were passed together (a contract entered late) only the last is taken.
 */
#include "base/zone.h"
#include "service/promise.h"
#include "service/service.h"
#include "service/timers.h"

enum { GRACE = -ENTITLEMENT_GRACE_DAYS };
static const int64_t STEPS[] = {90, 60, 30, 0};
enum { STEP_COUNT = sizeof STEPS / sizeof *STEPS };

/* ---- days ---- */

static bool
zone_of(struct work *w, const struct record *r, const struct zone **ret)
{
        struct record *a = store_load(w, model_entity(w->model, ENTITY_ACCOUNT), record_int(r, FIELD_CONTRACT_ACCOUNT));
        struct str name = a != NULL ? record_text(a, FIELD_ACCOUNT_ZONE) : STR_NONE;

        *ret = zone_get(name.n > 0 ? str_c(w->ctx->arena, name) : "Asia/Shanghai");
        if (*ret == NULL)
                *ret = zone_get("UTC");
        return !ctx_failed(w->ctx);
}

/* When a step is due: at the start of the day so many days before the end; the end is the day after the last. */
static usec
step_time(const struct zone *z, int64_t last_day, int64_t step)
{
        int64_t day = last_day - step + (step <= 0);

        return zone_instant(z, time_civil(day * USEC_DAY));
}

/* ---- which step ---- */

static bool
is(const struct record *r, const char *state)
{
        return strcmp(r->state->name, state) == 0;
}

/* The next step; of an active contract the last one that was passed, if any was.  due USEC_NONE: there is none. */
static struct timer
next_step(const struct record *r, const struct zone *z, int64_t last_day, usec now)
{
        struct timer t = {.case_id = r->id, .name = "renewal", .due = USEC_NONE};
        bool fresh = is(r, STATE_CONTRACT_ACTIVE);

        if (is(r, STATE_CONTRACT_EXPIRED))
                return t.step = GRACE, t.due = step_time(z, last_day, GRACE), t;
        if (!fresh && !is(r, STATE_CONTRACT_EXPIRING))
                return t;
        for (int i = 0; i < STEP_COUNT; i++) {
                usec at = step_time(z, last_day, STEPS[i]);
                if (at <= now && !fresh && STEPS[i] > 0)
                        continue;
                t.step = STEPS[i];
                t.due = at;
                if (at > now || i + 1 == STEP_COUNT || step_time(z, last_day, STEPS[i + 1]) > now)
                        break;
        }
        return t;
}

static bool
arm(struct work *w, const struct record *r)
{
        const struct zone *z;
        struct timer t;
        int64_t last_day;

        if (!date_parse(record_text(r, FIELD_CONTRACT_ENDS_ON), &last_day) || !zone_of(w, r, &z))
                return !ctx_failed(w->ctx);
        t = next_step(r, z, last_day, w->now);
        return t.due == USEC_NONE ? timer_clear(w, r->id, "renewal") : timer_set(w, &t);
}

bool
renewal_saved(struct work *w, struct record *r)
{
        if (w->muted || (r->state == r->old_state && !record_changed(r, FIELD_CONTRACT_ENDS_ON)))
                return true;
        return arm(w, r);
}

/* ---- the hand-over to sales ---- */

static const char *
renewal_no(struct work *w, const struct record *r)
{
        return arena_printf(w->ctx->arena, "%s/%s", str_c(w->ctx->arena, record_text(r, FIELD_CONTRACT_CODE)),
                            str_c(w->ctx->arena, record_text(r, FIELD_CONTRACT_ENDS_ON)));
}

static int64_t
seller(const struct record *r)
{
        int64_t manager = record_int(r, FIELD_CONTRACT_ACCOUNT_MANAGER);

        return manager != 0 ? manager : record_int(r, FIELD_CONTRACT_SERVICE_MANAGER);
}

static bool
make_lead(struct work *w, const struct record *r, struct record **ret)
{
        struct record *h = record_new(w, model_entity(w->model, ENTITY_HAND_OVER));
        const char *no = renewal_no(w, r);

        *ret = h;
        record_set_text(h, FIELD_CASE_TITLE, str_of(arena_printf(w->ctx->arena, "Renewal of contract %s 合同续约", no)));
        record_set(h, FIELD_CASE_ACCOUNT, *record_get(r, FIELD_CONTRACT_ACCOUNT));
        record_set_text(h, FIELD_CASE_SOURCE, STR("renewal"));
        record_set_text(h, FIELD_CASE_SOURCE_NO, str_of(no));
        record_set_text(h, FIELD_HAND_OVER_CATEGORY, STR("O3"));
        record_set_text(h, FIELD_HAND_OVER_TARGET, STR("ltc_lead"));
        if (seller(r) != 0) {
                record_set_int(h, FIELD_CASE_OWNER, seller(r));
                record_set_int(h, FIELD_HAND_OVER_RECEIVER, seller(r));
        }
        return store_insert(w, h, "create") && promise_make(w, h, PROMISE_INITIAL, false);
}

static bool
lead_of(struct work *w, const struct record *r, struct record **ret)
{
        int64_t id;

        if (sql_one_int(w->ctx, w->conn, &id, SQL("select id from cases where source = 'renewal' and source_no = $1"), "s",
                        renewal_no(w, r)))
                return (*ret = store_load_case(w, id)) != NULL;
        return !ctx_failed(w->ctx) && make_lead(w, r, ret);
}

static bool
ask_for_renewal(struct work *w, struct record *r, int64_t days)
{
        const char *title = arena_printf(w->ctx->arena, "Renew: %lld days left 续约：剩余%lld天", (long long)days, (long long)days);
        struct record *lead = NULL;
        usec due;

        if (!lead_of(w, r, &lead) || !timers_due(w, r, STR("5 WD"), w->now, &due))
                return false;
        if (!lead->state->final && !service_task(w, lead, title, seller(r), due))
                return false;
        return timers_notice(w, r, "account_manager", "contract_renewal", STR_NONE);
}

/* ---- firing ---- */

static bool
take(struct work *w, struct record *r, int64_t step)
{
        if (step == GRACE)
                return life_step(w, r, MOVE_CONTRACT_END_GRACE);
        if (step == 0)
                return life_step(w, r, MOVE_CONTRACT_EXPIRE);
        if (!ask_for_renewal(w, r, step))
                return false;
        return !is(r, STATE_CONTRACT_ACTIVE) || life_step(w, r, MOVE_CONTRACT_NEAR_END);
}

bool
renewal_fire(struct work *w, struct record *r, const struct timer *t)
{
        bool open = is(r, STATE_CONTRACT_ACTIVE) || is(r, STATE_CONTRACT_EXPIRING);

        if (t->step == GRACE ? !is(r, STATE_CONTRACT_EXPIRED) : !open)
                return true;
        return take(w, r, t->step) && (r->state->final || arm(w, r));
}
