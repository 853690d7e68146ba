/* SPDX-License-Identifier: Apache-2.0
 *
 * paging.c -- the person on call is paged at once, beside entitlement and dispatch (domain.md 8.2; rules/paging.yaml).
 *
 *     registered, authorised, become P1 --rule--> timer "page", now
 *     timer: the first of the on-call list who was not paged yet --> event "page", notice roster_page --2.5 min--> the next
 *                 the list is at its end, or there is none      --> event "page_duty_manager", with the reason
 *     acknowledge_page, or work has begun                       --> no timer
 *
 * Whose list: of the region's first line, else of the product's second line, else of any team that has somebody on call.
 *
 * Invariants
 *   1. Nobody is paged twice for one request.
 *   2. Paging never waits for entitlement: at registration what the customer reports and the contracts of today decide.
 *   3. It ends: each firing pages one more person, or the duty manager and nobody after that.
 */
#include "service/paging.h"
#include "engine/event.h"
#include "model/rules.h"
#include "service/entitlement.h"
#include "service/hooks.h"
#include "service/rosters.h"
#include "service/service.h"

/* ---- the rule ---- */

/* As set; else as the matrix would make of what was reported. */
static bool
priority_of(struct work *w, const struct record *r, struct str *ret)
{
        const struct rule_table *t = rules_table(w->model->rules, "priority");
        struct str severity = record_text(r, FIELD_CASE_SEVERITY), grade = STR("D");
        int64_t id = record_int(r, FIELD_CASE_ACCOUNT);
        struct record *a = NULL;
        int row;

        *ret = record_text(r, FIELD_CASE_PRIORITY);
        if (severity.n == 0)
                severity = record_text(r, FIELD_TECHNICAL_REQUEST_SEVERITY_REPORTED);
        if (ret->n > 0 || severity.n == 0 || t == NULL)
                return true;
        if (id != 0 && (a = store_load(w, model_entity(w->model, ENTITY_ACCOUNT), id)) == NULL)
                return !ctx_failed(w->ctx);
        if (a != NULL && service_is_set(a, FIELD_ACCOUNT_GRADE))
                grade = record_text(a, FIELD_ACCOUNT_GRADE);
        row = rules_decide(t, (struct rule_input[]){{"severity", severity}, {"grade", grade},
                                                    {"interrupted", record_int(r, FIELD_TECHNICAL_REQUEST_INTERRUPTED)
                                                                            ? STR("true") : STR("false")}}, 3);
        if (row >= 0)
                *ret = rules_output(t, row, "priority");
        return true;
}

/* As agreed; else as the contracts say today. */
static bool
tier_of(struct work *w, const struct record *r, struct str *ret)
{
        struct entitlement_question asked;
        struct entitlement_facts facts;
        struct entitlement e;

        *ret = record_text(r, FIELD_TECHNICAL_REQUEST_SERVICE_TIER);
        if (ret->n > 0 || service_is_set(r, FIELD_TECHNICAL_REQUEST_AUTHORISED_AT))
                return true;
        entitlement_question_of(r, &asked);
        if (!entitlement_gather(w, &asked, &facts) || !entitlement_decide(w->ctx, w->model->rules, &facts, &e))
                return false;
        *ret = e.service_tier != NULL ? str_of(e.service_tier) : STR_NONE;
        return true;
}

static int64_t
seconds_for(struct work *w, const struct record *r, struct str priority, struct str tier)
{
        const struct rule_table *t = rules_table(w->model->rules, "paging");
        const struct rule_input in[] = {{"priority", priority}, {"service_tier", tier}, {"channel", record_text(r, FIELD_CASE_CHANNEL)}};
        int row = t != NULL ? rules_decide(t, in, 3) : -1;
        int64_t seconds = 0;

        return row >= 0 && str_to_int(rules_output(t, row, "acknowledge"), &seconds) ? seconds : 0;
}

/* Would any tier be paged?  Else the contracts need not be asked. */
static bool
any_tier(struct work *w, const struct record *r, struct str priority)
{
        static const char *const tiers[] = {"platinum", "gold", "silver", "basic"};

        for (size_t i = 0; i < sizeof tiers / sizeof *tiers; i++)
                if (seconds_for(w, r, priority, str_of(tiers[i])) > 0)
                        return true;
        return false;
}

/* Seconds until the next one is paged; 0: nobody is. */
static bool
rule(struct work *w, const struct record *r, int64_t *ret)
{
        struct str priority, tier = STR_NONE;

        *ret = 0;
        if (!priority_of(w, r, &priority))
                return false;
        if (priority.n == 0 || !any_tier(w, r, priority))
                return true;
        if (!tier_of(w, r, &tier))
                return false;
        *ret = seconds_for(w, r, priority, tier);
        return true;
}

/* ---- when ---- */

/* Nobody works on it yet. */
static bool
is_wanted(const struct record *r)
{
        static const char *const WAITING[] = {STATE_TECHNICAL_REQUEST_REGISTERED, STATE_TECHNICAL_REQUEST_AUTHORISED,
                                              STATE_TECHNICAL_REQUEST_DISPATCHED};

        for (size_t i = 0; i < sizeof WAITING / sizeof *WAITING; i++)
                if (strcmp(r->state->name, WAITING[i]) == 0)
                        return !service_is_set(r, FIELD_TECHNICAL_REQUEST_PAGE_ACKNOWLEDGED_AT);
        return false;
}

bool
paging_saved(struct work *w, struct record *r)
{
        struct timer t = {.case_id = r->id, .name = "page", .due = w->now};
        int64_t seconds;

        if (w->muted || !is_wanted(r) || service_is_set(r, FIELD_TECHNICAL_REQUEST_PAGED_AT) ||
            (r->state == r->old_state && !record_changed(r, FIELD_CASE_PRIORITY) && !record_changed(r, FIELD_TECHNICAL_REQUEST_INTERRUPTED)))
                return true;
        return rule(w, r, &seconds) && (seconds == 0 || timer_set(w, &t));
}

/* ---- whom ---- */

struct search {
        const struct record *r;
        int64_t product_team, region;
};

static bool
read_search(struct work *w, struct search *s)
{
        int64_t product = record_int(s->r, FIELD_CASE_PRODUCT), site = record_int(s->r, FIELD_CASE_SITE),
                account = record_int(s->r, FIELD_CASE_ACCOUNT);

        return (product == 0 || sql_one_int(w->ctx, w->conn, &s->product_team, SQL("select t2_team from product where id = $1"),
                                            "i", product) || !ctx_failed(w->ctx)) &&
               (site == 0 || sql_one_int(w->ctx, w->conn, &s->region, SQL("select region from site where id = $1"), "i", site) ||
                !ctx_failed(w->ctx)) &&
               (s->region != 0 || account == 0 || sql_one_int(w->ctx, w->conn, &s->region,
                                                              SQL("select region from account where id = $1"), "i", account) ||
                !ctx_failed(w->ctx));
}

/* 0 is the best; -1: no such team. */
static bool
team_rank(struct work *w, const struct search *s, int64_t team, int *ret)
{
        struct record *t = store_load(w, model_entity(w->model, ENTITY_TEAM), team);

        if (t == NULL)
                return false;
        *ret = record_is(t, FIELD_TEAM_KIND, "t1") && s->region != 0 && record_int(t, FIELD_TEAM_REGION) == s->region ? 0
               : team == s->product_team                                                                             ? 1
               : record_int(t, FIELD_TEAM_TIER) == 1                                                                 ? 2
                                                                                                                     : 3;
        return true;
}

/* The on-call list that counts now, in order; team 0: nobody is on call anywhere. */
static bool
find_list(struct work *w, const struct record *r, int64_t *ret_team, int64_t **ret, size_t *ret_count)
{
        struct search s = {.r = r};
        struct roster_book b;
        struct duty *duty;
        size_t n;
        int best = 9, rank = 9;

        *ret_team = 0;
        *ret_count = 0;
        if (!read_search(w, &s) || !rosters_load(w, 0, w->now, w->now + 1, &b))
                return false;
        rosters_duty(w, &b, w->now, w->now + 1, &duty, &n);
        for (size_t i = 0; i < n && duty[i].roster->call; i++) {
                if (!team_rank(w, &s, duty[i].roster->team, &rank))
                        return false;
                if (rank < best || (rank == best && duty[i].roster->team < *ret_team)) {
                        best = rank;
                        *ret_team = duty[i].roster->team;
                }
        }
        return *ret_team == 0 || rosters_on_call(w, *ret_team, w->now, ret, ret_count);
}

/* The first of the list who was not paged; 0: none is left. */
static int64_t
next_of(struct work *w, const struct record *r, const int64_t *list, size_t count)
{
        size_t n;
        int64_t *before = service_ids(w, record_text(r, FIELD_TECHNICAL_REQUEST_PAGED_PEOPLE), &n);

        for (size_t i = 0; i < count; i++) {
                bool was = false;
                for (size_t k = 0; k < n; k++)
                        was |= before[k] == list[i];
                if (!was)
                        return list[i];
        }
        return 0;
}

/* ---- paging ---- */

static struct str
say(struct work *w, const char *en, const char *zh)
{
        return str_of(arena_printf(w->ctx->arena, "{\"text\":{\"en\":\"%s\",\"zh\":\"%s\"}}", en, zh));
}

static bool
page_person(struct work *w, struct record *r, int64_t person, int64_t seconds)
{
        struct str before = record_text(r, FIELD_TECHNICAL_REQUEST_PAGED_PEOPLE);
        struct timer t = {.case_id = r->id, .name = "page", .due = w->now + seconds * USEC_SECOND};
        const char *to = arena_printf(w->ctx->arena, "person:%lld", (long long)person);
        const char *list = before.n > 2 ? arena_printf(w->ctx->arena, "%.*s,%lld]", (int)before.n - 1, before.p, (long long)person)
                                        : arena_printf(w->ctx->arena, "[%lld]", (long long)person);

        record_set_int(r, FIELD_TECHNICAL_REQUEST_PAGED, person);
        record_set_int(r, FIELD_TECHNICAL_REQUEST_PAGED_AT, w->now);
        record_set_text(r, FIELD_TECHNICAL_REQUEST_PAGED_PEOPLE, str_of(list));
        return store_save(w, r, "page") &&
               timers_notice(w, r, to, "roster_page",
                             say(w, "Acknowledge within minutes, or the next one is paged.", "请在数分钟内确认，否则将呼叫下一位。")) &&
               timer_set(w, &t);
}

static bool
page_manager(struct work *w, struct record *r, bool nobody)
{
        struct str why = nobody ? say(w, "No on-call roster names anybody for this request.", "没有适用于本请求的待命值班人员。")
                                : say(w, "Nobody on call acknowledged the page.", "待命人员均未确认呼叫。");

        if (!service_is_set(r, FIELD_TECHNICAL_REQUEST_PAGED_AT)) {
                record_set_int(r, FIELD_TECHNICAL_REQUEST_PAGED_AT, w->now);
                if (!store_save(w, r, "page"))
                        return false;
        }
        return event_note(w, r, "notice", "page_duty_manager", why) && timers_notice(w, r, "duty_manager", "roster_page", why);
}

bool
paging_fire(struct work *w, struct record *r, const struct timer *t)
{
        int64_t seconds, team, person, *list = NULL;
        size_t n;

        if (strcmp(r->e->name, ENTITY_TECHNICAL_REQUEST) != 0 || !is_wanted(r))
                return true;
        if (!rule(w, r, &seconds) || seconds == 0)     /* entitlement or severity turned out otherwise */
                return !ctx_failed(w->ctx);
        if (!find_list(w, r, &team, &list, &n))
                return false;
        person = next_of(w, r, list, n);
        return person != 0 ? page_person(w, r, person, seconds)
                           : page_manager(w, r, !service_is_set(r, FIELD_TECHNICAL_REQUEST_PAGED_PEOPLE));
}

/* ---- acknowledging ---- */

bool
paging_acknowledge_check(struct work *w, const struct record *r)
{
        size_t n;
        int64_t *ids = service_ids(w, record_text(r, FIELD_TECHNICAL_REQUEST_PAGED_PEOPLE), &n);

        for (size_t i = 0; i < n; i++)
                if (ids[i] == w->actor->id)
                        return true;
        return service_has_role(w, "duty_manager") || refuse(w, "", "Somebody else was paged", "被呼叫的是其他人");
}

bool
paging_acknowledge(struct work *w, struct record *r, const struct json *input)
{
        return timer_clear(w, r->id, "page");
}
