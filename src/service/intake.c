/* SPDX-License-Identifier: Apache-2.0
 *
 * intake.c -- the one gate: registering, classifying, severity, urging, merging (domain.md 4, 6.1, rules A, C10).
 *
 *     draft --register--> registered --authorise (classify)--> authorised
 *
 * Invariants
 *   1. Missing data never refuses a request (rule A2); what can be derived (customer of the contact, product of the
 *      unit) is filled in and never overwrites what was given.
 *   2. The severity that the customer reported is kept beside the one that the hotline sets.
 *   3. Priority comes from the rule tables alone.
 */
#include "engine/access.h"
#include "engine/clockfact.h"
#include "service/entitlement.h"
#include "service/hooks.h"
#include "service/promise.h"
#include "service/service.h"
#include "service/watch.h"

/* ---- creating and registering ---- */

static void
fill_from(struct record *r, const char *field, const struct record *from, const char *source)
{
        if (!service_is_set(r, field))
                record_set(r, field, *record_get(from, source));
}

/* What the contact and the unit tell: customer, site, product, version. */
static bool
derive(struct work *w, struct record *r)
{
        int64_t contact = record_int(r, FIELD_CASE_CONTACT), unit = record_int(r, FIELD_CASE_UNIT);
        struct record *from;

        if (unit != 0) {
                from = store_load(w, model_entity(w->model, ENTITY_INSTALLED_UNIT), unit);
                if (from == NULL)
                        return !ctx_failed(w->ctx);
                fill_from(r, FIELD_CASE_ACCOUNT, from, FIELD_INSTALLED_UNIT_ACCOUNT);
                fill_from(r, FIELD_CASE_SITE, from, FIELD_INSTALLED_UNIT_SITE);
                fill_from(r, FIELD_CASE_PRODUCT, from, FIELD_INSTALLED_UNIT_PRODUCT);
                fill_from(r, FIELD_TECHNICAL_REQUEST_PRODUCT_VERSION, from, FIELD_INSTALLED_UNIT_PRODUCT_VERSION);
        }
        if (contact != 0 && !service_is_set(r, FIELD_CASE_ACCOUNT)) {
                from = store_load(w, model_entity(w->model, ENTITY_CONTACT), contact);
                if (from == NULL)
                        return !ctx_failed(w->ctx);
                fill_from(r, FIELD_CASE_ACCOUNT, from, FIELD_CONTACT_ACCOUNT);
        }
        return true;
}

/* Calendars count from then on (calendars.c); whoever reports a fault of an earlier day has mistyped the year. */
#define FIRST_REPORT (INT64_C(946684800) * USEC_SECOND)        /* 2000-01-01 */

static bool
check_reported(struct work *w, const struct record *r)
{
        usec at = record_int(r, FIELD_CASE_REPORTED_AT);

        if (at > w->now + USEC_MINUTE)
                return refuse(w, FIELD_CASE_REPORTED_AT, "A request cannot be reported in the future",
                              "报告时间不能晚于当前时间");
        return at == 0 || at >= FIRST_REPORT ||
               refuse(w, FIELD_CASE_REPORTED_AT, "A request is reported in 2000 or later", "报告时间不能早于 2000 年");
}

static bool
check_times(struct work *w, const struct record *r)
{
        const struct field *f = entity_field(r->e, FIELD_TECHNICAL_REQUEST_OCCURRED_AT);
        const struct val *at = &r->v[f->index], *before = &r->old[f->index];
        usec reported = record_int(r, FIELD_CASE_REPORTED_AT);

        if (!check_reported(w, r))
                return false;
        if (at->type != VAL_INT)
                return true;
        if (at->i > w->now + USEC_MINUTE)
                return refuse(w, f->name, "A fault cannot have occurred in the future", "发生时间不能晚于当前时间");
        return reported == 0 || at->i <= reported + USEC_MINUTE || (before->type == VAL_INT && before->i == at->i) ||
               refuse(w, f->name, "A fault occurs before it is reported", "发生时间不能晚于报告时间");
}

/* What was classified is not classified anew by a change of its fields (C2). */
static bool
kind_stands(struct work *w, const struct record *r)
{
        const struct field *f = entity_field(r->e, FIELD_TECHNICAL_REQUEST_KIND);
        const struct val *a = &r->v[f->index], *b = &r->old[f->index];

        return !service_is_set(r, FIELD_TECHNICAL_REQUEST_AUTHORISED_AT) || b->type != VAL_TEXT ||
               (a->type == VAL_TEXT && str_eq(a->s, b->s)) ||
               refuse(w, FIELD_TECHNICAL_REQUEST_KIND, "It is classified already; another kind is another request",
                      "请求已分类，不能更改类型，如属另一类请求请新建");
}

bool
intake_change(struct work *w, struct record *r, const struct json *input)
{
        return check_times(w, r) && kind_stands(w, r);
}

bool
intake_before_create(struct work *w, struct record *r, const struct json *input)
{
        if (!access_is_staff(w) && record_is(r, FIELD_CASE_CHANNEL, "api"))
                record_set_text(r, FIELD_CASE_CHANNEL, STR("portal"));
        return check_times(w, r) && derive(w, r);
}

/* Closed 30 days ago or less: the same fault came back. */
static bool
is_recent(struct work *w, const struct record *before)
{
        int64_t closed = record_int(before, FIELD_CASE_CLOSED_AT);

        return closed == 0 || w->now - closed <= 30 * USEC_DAY;
}

bool
intake_register(struct work *w, struct record *r, const struct json *input)
{
        int64_t before = record_int(r, FIELD_CASE_RECURS_FROM);
        struct record *old;

        if (!check_times(w, r) || !derive(w, r))
                return false;
        if (before == 0)
                return true;
        if ((old = store_load_case(w, before)) == NULL)
                return refuse(w, FIELD_CASE_RECURS_FROM, "There is no such request", "未找到该请求");
        if (is_recent(w, old))
                record_set_int(r, FIELD_TECHNICAL_REQUEST_REPEAT_FAULT, 1);
        return service_link(w, r, "recurs_from", before);
}

/* ---- severity (rule C10) ---- */

static int
severity_rank(struct str s)
{
        static const char *const order[] = {"consultation", "minor", "major", "critical"};

        for (int i = 0; i < 4; i++)
                if (str_is(s, order[i]))
                        return i;
        return -1;
}

static struct str
severity_before(const struct record *r)
{
        const struct val *v = &r->old[entity_field(r->e, FIELD_CASE_SEVERITY)->index];

        return v->type == VAL_TEXT ? v->s : STR_NONE;
}

/* For `_can` nothing has been given yet: then any other severity is still possible. */
static int
severity_change(const struct record *r)
{
        return severity_rank(record_text(r, FIELD_CASE_SEVERITY)) - severity_rank(severity_before(r));
}

/* ---- classifying ---- */

bool
intake_classify_check(struct work *w, const struct record *r)
{
        struct str target = service_scope_target(w, r);

        if (target.n > 0 && !str_is(target, ENTITY_TECHNICAL_REQUEST))
                return refuse(w, FIELD_TECHNICAL_REQUEST_SCOPE_CATEGORY, "This category goes to another process: hand the request over",
                              "该类别属于其他流程，请转出");
        if (service_is_set(r, FIELD_TECHNICAL_REQUEST_AUTHORISED_AT) && severity_before(r).n > 0 && severity_change(r) < 0)
                return refuse(w, FIELD_CASE_SEVERITY, "It was classified higher: only the duty manager lowers it, with the customer's agreement",
                              "该请求此前级别更高，仅值班经理经客户同意后可降级");
        return true;
}

bool
intake_classify(struct work *w, struct record *r, const struct json *input)
{
        record_set(r, FIELD_TECHNICAL_REQUEST_SEVERITY_CURRENT, *record_get(r, FIELD_CASE_SEVERITY));
        if (!service_is_set(r, FIELD_CASE_OWNER) && w->actor->id != 0)
                record_set_int(r, FIELD_CASE_OWNER, w->actor->id);
        return derive(w, r) && entitlement_apply(w, r) && service_priority(w, r) && promise_make(w, r, PROMISE_INITIAL, true);
}

/* ---- raising and lowering ---- */

bool
intake_raise_check(struct work *w, const struct record *r)
{
        return severity_change(r) > 0 ||
               refuse(w, FIELD_CASE_SEVERITY, "The new severity must be higher than the present one", "新级别须高于当前级别");
}

bool
intake_lower_check(struct work *w, const struct record *r)
{
        return severity_change(r) < 0 ||
               refuse(w, FIELD_CASE_SEVERITY, "The new severity must be lower than the present one", "新级别须低于当前级别");
}

static void
one_step_down(struct record *r)
{
        struct str s = record_text(r, FIELD_TECHNICAL_REQUEST_SEVERITY_CURRENT);

        if (str_is(s, "critical"))
                record_set_text(r, FIELD_TECHNICAL_REQUEST_SEVERITY_CURRENT, STR("major"));
        else if (str_is(s, "major"))
                record_set_text(r, FIELD_TECHNICAL_REQUEST_SEVERITY_CURRENT, STR("minor"));
}

void
intake_severity_counts(struct record *r)
{
        record_set(r, FIELD_TECHNICAL_REQUEST_SEVERITY_CURRENT, *record_get(r, FIELD_CASE_SEVERITY));
        if (service_is_set(r, FIELD_TECHNICAL_REQUEST_RESTORED_AT))
                one_step_down(r);
}

static bool
severity_changed(struct work *w, struct record *r)
{
        intake_severity_counts(r);
        return service_priority(w, r) && promise_make(w, r, PROMISE_SEVERITY, true);
}

bool
intake_raise(struct work *w, struct record *r, const struct json *input)
{
        record_set_int(r, FIELD_TECHNICAL_REQUEST_SEVERITY_RAISED, 1);
        return severity_changed(w, r);
}

/* The customer agrees to this step: what was agreed to an earlier one does not do. */
bool
intake_lower(struct work *w, struct record *r, const struct json *input)
{
        const char *f = FIELD_TECHNICAL_REQUEST_SEVERITY_AGREED_BY;

        if (str_trim(json_get_text(input, f)).n == 0)
                return refuse(w, f, "Say who of the customer agreed to lower it this time", "请填写本次同意降级的客户人员");
        return severity_changed(w, r);
}

/* ---- urging ---- */

bool
intake_urge_check(struct work *w, const struct record *r)
{
        usec last = record_int(r, FIELD_TECHNICAL_REQUEST_LAST_URGED_AT);

        return last == 0 || w->now - last >= 30 * USEC_MINUTE ||
               refuse(w, "", "It was urged less than 30 minutes ago", "30 分钟内已催促过");
}

bool
intake_urge(struct work *w, struct record *r, const struct json *input)
{
        record_set_int(r, FIELD_TECHNICAL_REQUEST_URGE_COUNT, record_int(r, FIELD_TECHNICAL_REQUEST_URGE_COUNT) + 1);
        record_set_int(r, FIELD_TECHNICAL_REQUEST_LAST_URGED_AT, w->now);
        return true;
}

/* ---- merging (rule A3) ---- */

static bool
merge_fits(struct work *w, const struct record *r, const struct record *into)
{
        const char *f = FIELD_CASE_MERGED_INTO;

        if (into->id == r->id)
                return refuse(w, f, "A request cannot be merged into itself", "不能合并到自身");
        if (into->e != r->e)
                return refuse(w, f, "Only a technical request can take it up", "只能合并到技术服务请求");
        if (into->state->final || service_is_set(into, f))
                return refuse(w, f, "The other request is closed or merged itself", "目标请求已关闭或已被合并");
        if (record_int(into, FIELD_CASE_ACCOUNT) != record_int(r, FIELD_CASE_ACCOUNT))
                return refuse(w, f, "The other request belongs to another customer", "目标请求属于其他客户");
        return true;
}

static bool
order_inherits(struct work *w, struct record *o, const void *at)
{
        if (!clockfact_earlier(w, o, *(const usec *)at))
                return false;
        record_set_int(o, FIELD_CASE_REPORTED_AT, *(const usec *)at);
        return store_save(w, o, "merge_in") && watch_corrected(w, o) && watch_case(w, o);
}

/* The one that goes on counts from the earliest report: its clocks have a fact that says so, those of its orders too, and what
 * had been kept may prove late. */
static bool
inherit_report(struct work *w, struct record *into, usec at)
{
        if (at >= record_int(into, FIELD_CASE_REPORTED_AT))
                return true;
        record_set_int(into, FIELD_CASE_REPORTED_AT, at);
        return clockfact_earlier(w, into, at) && watch_corrected(w, into) &&
               service_each_open(w, ENTITY_WORK_ORDER, into, order_inherits, &at);
}

bool
intake_merge(struct work *w, struct record *r, const struct json *input)
{
        struct record *into = store_load_case(w, record_int(r, FIELD_CASE_MERGED_INTO));

        if (into == NULL)
                return ctx_failed(w->ctx) ? false
                                          : refuse(w, FIELD_CASE_MERGED_INTO, "There is no such request", "未找到该请求");
        if (!merge_fits(w, r, into))
                return false;
        if (!inherit_report(w, into, record_int(r, FIELD_CASE_REPORTED_AT)))
                return false;
        return store_save(w, into, "merge_in") && service_link(w, into, "duplicates", r->id) &&
               service_link(w, r, "duplicates", into->id);
}
