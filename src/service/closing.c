/* SPDX-License-Identifier: Apache-2.0
 *
 * closing.c -- call-backs and the end of a request (domain.md 6.1, 6.15, rule G).
 *
 *     request: customer_confirm --confirm--> callback --call_back_done--> callback --close--> closed
 *     callback: planned -> attempt (1..3) -> completed | unreachable | declined -> closed
 *
 * Invariants
 *   1. Who calls back did not handle the request.
 *   2. A customer who says "not solved" reopens the request; unreachable is not satisfied.
 *   3. A request closes only when its work orders, escalations and call-backs are ended.
 *   4. What was learned has its words: why nobody asked for an opportunity, which one was found, which risk stays.
 */
#include "base/zone.h"
#include "service/hooks.h"
#include "service/promise.h"
#include "service/service.h"

/* ---- planning (rule G) ---- */

struct plan {
        const char *rule, *method;
        usec within;
        int sample;                    /* of 100 */
};

static struct plan
plan_for(const struct record *r)
{
        if (record_is(r, FIELD_CASE_PRIORITY, "P1"))
                return (struct plan){"G1", "phone", USEC_DAY, 100};
        if (record_is(r, FIELD_TECHNICAL_REQUEST_KIND, "consultation"))
                return (struct plan){"G4", "form", USEC_DAY, 100};
        if (record_is(r, FIELD_TECHNICAL_REQUEST_SERVICE_MODE, "onsite"))
                return (struct plan){"G5", "on_the_spot", USEC_DAY, 100};
        if (record_is(r, FIELD_CASE_PRIORITY, "P2"))
                return (struct plan){"G2", "phone", 2 * USEC_DAY, 100};
        return (struct plan){"G3", "form", 3 * USEC_DAY, 100};
}

/* At most one survey per contact in 14 days, but for P1 (rule G, limits). */
static bool
asked_lately(struct work *w, const struct record *r, bool *ret)
{
        int64_t contact = record_int(r, FIELD_CASE_CONTACT), one;

        *ret = contact != 0 && !record_is(r, FIELD_CASE_PRIORITY, "P1") &&
               sql_one_int(w->ctx, w->conn, &one,
                           SQL("select 1 from cases where contact = $1 and entity = 'callback' and reported_at > $2 limit 1"),
                           "ii", contact, w->now - 14 * USEC_DAY);
        return !ctx_failed(w->ctx);
}

bool
closing_plan_callback(struct work *w, struct record *r, const struct json *input)
{
        struct plan p = plan_for(r);
        struct record *c;
        bool lately;

        if (!asked_lately(w, r, &lately))
                return false;
        if (lately) {
                record_set_text(r, FIELD_TECHNICAL_REQUEST_CALLBACK_OUTCOME, STR("sampled_out"));
                return true;
        }
        c = service_case_under(w, ENTITY_CALLBACK, r);
        record_set_text(c, FIELD_CALLBACK_RULE, str_of(p.rule));
        record_set_text(c, FIELD_CALLBACK_METHOD, str_of(p.method));
        record_set_int(c, FIELD_CALLBACK_DUE_AT, w->now + p.within);
        return store_insert(w, c, "create") && promise_make(w, c, PROMISE_INITIAL, false);
}

/* ---- attempts ---- */

static bool
is_handler(struct work *w, const struct record *r, bool *ret)
{
        struct record *request = service_parent(w, r);

        if (request == NULL)
                return false;
        *ret = w->actor->id != 0 && record_int(request, FIELD_CASE_HANDLER) == w->actor->id;
        return true;
}

static bool
refuse_handler(struct work *w, const struct record *r)
{
        bool same;

        if (!service_is_set(r, FIELD_CASE_PARENT))
                return true;
        if (!is_handler(w, r, &same))
                return false;
        return !same || refuse(w, "", "Who handled the request must not call back", "处理人不得回访本人处理的请求");
}

bool
closing_attempt_check(struct work *w, const struct record *r)
{
        return record_int(r, FIELD_CALLBACK_ATTEMPTS) < 3 ||
               refuse(w, "", "Three attempts were made", "已尝试三次");
}

/* The customer's local time of day decides; without a zone it is China's. */
static bool
local_time(struct work *w, const struct record *r, struct civil *now, struct civil *last)
{
        int64_t id = record_int(r, FIELD_CASE_ACCOUNT);
        struct record *a = id != 0 ? store_load(w, model_entity(w->model, ENTITY_ACCOUNT), id) : NULL;
        struct str name = a != NULL ? record_text(a, FIELD_ACCOUNT_ZONE) : STR_NONE;
        const struct zone *z = zone_get(name.n > 0 ? str_c(w->ctx->arena, name) : "Asia/Shanghai");

        if (ctx_failed(w->ctx))
                return false;
        if (z == NULL)
                z = zone_get("UTC");
        *now = zone_civil(z, w->now);
        *last = zone_civil(z, record_int(r, FIELD_CALLBACK_LAST_ATTEMPT_AT));
        return true;
}

bool
closing_attempt(struct work *w, struct record *r, const struct json *input)
{
        struct civil now, last;

        if (!refuse_handler(w, r) || !local_time(w, r, &now, &last))
                return false;
        if (!record_is(r, FIELD_CASE_PRIORITY, "P1")) {
                if (now.hour < 9 || now.hour >= 18)
                        return refuse(w, "", "The customer is called between 09:00 and 18:00 local time",
                                      "请在客户当地时间 09:00–18:00 之间回访");
                if (service_is_set(r, FIELD_CALLBACK_LAST_ATTEMPT_AT) && now.year == last.year && now.month == last.month &&
                    now.day == last.day)
                        return refuse(w, "", "It was tried today; try on another day", "今日已尝试，请改日再试");
        }
        record_set_int(r, FIELD_CALLBACK_ATTEMPTS, record_int(r, FIELD_CALLBACK_ATTEMPTS) + 1);
        record_set_int(r, FIELD_CALLBACK_LAST_ATTEMPT_AT, w->now);
        return true;
}

/* ---- answers ---- */

static bool
tell_request(struct work *w, struct record *request, const char *outcome)
{
        record_set_text(request, FIELD_TECHNICAL_REQUEST_CALLBACK_OUTCOME, str_of(outcome));
        return life_step(w, request, MOVE_TECHNICAL_REQUEST_CALL_BACK_DONE);
}

static bool
is_satisfied(const struct record *r)
{
        bool cold = service_is_set(r, FIELD_CALLBACK_RECOMMEND) && record_int(r, FIELD_CALLBACK_RECOMMEND) <= 6;

        return record_is(r, FIELD_CALLBACK_SOLVED, "yes") && record_int(r, FIELD_CALLBACK_OVERALL) > 3 && !cold;
}

static bool
follow_up(struct work *w, struct record *request)
{
        int64_t account = record_int(request, FIELD_CASE_ACCOUNT);
        struct record *a = account != 0 ? store_load(w, model_entity(w->model, ENTITY_ACCOUNT), account) : NULL;

        if (ctx_failed(w->ctx))
                return false;
        return service_task(w, request, "Call the dissatisfied customer 致电不满意客户",
                            a != NULL ? record_int(a, FIELD_ACCOUNT_SERVICE_MANAGER) : 0, w->now + USEC_DAY);
}

bool
closing_answer(struct work *w, struct record *r, const struct json *input)
{
        struct record *request;
        bool satisfied = is_satisfied(r);

        record_set_int(r, FIELD_CALLBACK_SATISFIED, satisfied);
        if (!service_is_set(r, FIELD_CASE_PARENT))
                return true;
        if (!refuse_handler(w, r) || (request = service_parent(w, r)) == NULL)
                return false;
        if (strcmp(request->state->name, STATE_TECHNICAL_REQUEST_CALLBACK) != 0)
                return true;
        if (record_is(r, FIELD_CALLBACK_SOLVED, "no"))
                return life_step(w, request, MOVE_TECHNICAL_REQUEST_REOPEN_FROM_CALLBACK);
        if (!satisfied && !follow_up(w, request))
                return false;
        return tell_request(w, request, satisfied ? "satisfied" : "dissatisfied");
}

bool
closing_no_answer(struct work *w, struct record *r, const struct json *input)
{
        bool unreachable = strcmp(r->state->name, STATE_CALLBACK_UNREACHABLE) == 0;
        struct record *request;

        if (unreachable && record_int(r, FIELD_CALLBACK_ATTEMPTS) < 3)
                return refuse(w, "", "Three attempts on different days are needed first", "须先在不同日期尝试三次");
        if (!service_is_set(r, FIELD_CASE_PARENT))
                return true;
        if ((request = service_parent(w, r)) == NULL)
                return false;
        if (strcmp(request->state->name, STATE_TECHNICAL_REQUEST_CALLBACK) != 0)
                return true;
        return tell_request(w, request, unreachable ? "unreachable" : "declined");
}

/* ---- closing ---- */

struct choice {
        const char *field, *value, *words;
        const char *en, *zh;
};
static const struct choice CHOICES[] = {
        {FIELD_TECHNICAL_REQUEST_NEW_RISK_CHECK, "risk_accepted", FIELD_TECHNICAL_REQUEST_NEW_RISK_NOTE,
         "Say which risk the customer accepts", "请填写客户接受的风险"},
        {FIELD_TECHNICAL_REQUEST_NEW_RISK_CHECK, "risk_tracked", FIELD_TECHNICAL_REQUEST_NEW_RISK_NOTE,
         "Say which risk is tracked", "请填写跟踪的风险"},
        {FIELD_TECHNICAL_REQUEST_OPPORTUNITY_ASKED, "skipped", FIELD_TECHNICAL_REQUEST_OPPORTUNITY_NOTE,
         "Say why it was not asked", "请填写未询问的原因"},
        {FIELD_TECHNICAL_REQUEST_OPPORTUNITY_ASKED, "opportunity", FIELD_TECHNICAL_REQUEST_OPPORTUNITY_NOTE,
         "Say which opportunity was found", "请填写发现的机会点"},
        {FIELD_TECHNICAL_REQUEST_OPPORTUNITY_ASKED, "requirement", FIELD_TECHNICAL_REQUEST_OPPORTUNITY_NOTE,
         "Say which requirement was found", "请填写发现的需求"},
        {FIELD_TECHNICAL_REQUEST_OPPORTUNITY_ASKED, "both", FIELD_TECHNICAL_REQUEST_OPPORTUNITY_NOTE,
         "Say which opportunity and which requirement were found", "请填写发现的机会点与需求"},
};

bool
closing_words(struct work *w, const struct record *r)
{
        bool ok = true;

        for (size_t i = 0; i < sizeof CHOICES / sizeof *CHOICES; i++)
                if (record_is(r, CHOICES[i].field, CHOICES[i].value) && !service_is_set(r, CHOICES[i].words))
                        ok = refuse(w, CHOICES[i].words, CHOICES[i].en, CHOICES[i].zh);
        return ok;
}

/* A root-cause report that was promised is not forgotten by closing. */
static bool
rca_sent(struct work *w, const struct record *r)
{
        int64_t one;
        bool owed = sql_one_int(w->ctx, w->conn, &one,
                                SQL("select 1 from clock_promises p where p.case_id = $1 and p.clock = 'rca' and not exists (select 1 "
                                    "from clock_segments s where s.case_id = $1 and s.clock = 'rca' and s.kind in ('stopped', "
                                    "'cancelled')) limit 1"),
                                "i", r->id);

        return !ctx_failed(w->ctx) && (!owed || refuse(w, FIELD_TECHNICAL_REQUEST_RCA_REPORT,
                                                       "The root-cause report was promised: send it first",
                                                       "已承诺根因报告，请先发送"));
}

bool
closing_close(struct work *w, struct record *r, const struct json *input)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select number, state from cases where parent = $1 and entity in ('work_order', "
                                          "'technical_escalation') and state not in ('done', 'cancelled') limit 1"),
                                      "i", r->id);
        const char *open = NULL;

        if (rows == NULL)
                return false;
        if (rows_next(rows))
                open = str_c(w->ctx->arena, rows_text(rows, 0));
        if (!rows_close(rows) || !closing_words(w, r) || !rca_sent(w, r))
                return false;
        return open == NULL || refuse(w, "", arena_printf(w->ctx->arena, "End %s first", open),
                                      arena_printf(w->ctx->arena, "请先结束 %s", open));
}

/* Who ticks a task off did it, now; who takes the tick away undoes both. */
bool
closing_task_tick(struct work *w, struct record *r, const struct json *input)
{
        if (record_int(r, FIELD_TASK_DONE) == 0) {
                record_clear(r, FIELD_TASK_DONE_AT);
                record_clear(r, FIELD_TASK_DONE_BY);
        } else if (!service_is_set(r, FIELD_TASK_DONE_AT)) {
                record_set_int(r, FIELD_TASK_DONE_AT, w->now);
                if (w->actor->id != 0)
                        record_set_int(r, FIELD_TASK_DONE_BY, w->actor->id);
        }
        return true;
}
