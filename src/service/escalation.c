/* SPDX-License-Identifier: Apache-2.0
 *
 * escalation.c -- technical escalation T1 -> T2 -> T3 (domain.md 6.6, 8.3, rules C1 and C2).
 *
 *     request (tier n) --escalate--> tier n + 1, with a technical_escalation that carries the package
 *
 * Invariants
 *   1. Tiers only rise; nothing here lowers one, and nobody gives a request to a team or person of a lower tier (C2).
 *   2. One escalation of a request is open at a time: the next one ends it as handed up.
 *   3. T1 stays as the hands on site.
 *   4. A P1, and the clock itself, go up with an incomplete package; it is marked so.
 */
#include <string.h>
#include "engine/clockfact.h"
#include "model/rules.h"
#include "service/hooks.h"
#include "service/promise.h"
#include "service/service.h"

static struct str
given(const struct record *r, const char *field)
{
        return service_is_set(r, field) ? STR("true") : STR("false");
}

static int
package_row(const struct work *w, const struct record *r, const struct rule_table **ret)
{
        const struct rule_input in[] = {{"symptom", given(r, FIELD_TECHNICAL_REQUEST_SYMPTOM)},
                                        {"topology", given(r, FIELD_TECHNICAL_REQUEST_TOPOLOGY)},
                                        {"version", given(r, FIELD_TECHNICAL_REQUEST_PRODUCT_VERSION)},
                                        {"logs", given(r, FIELD_TECHNICAL_REQUEST_LOGS)},
                                        {"actions", given(r, FIELD_TECHNICAL_REQUEST_TRIED_ACTIONS)},
                                        {"articles", given(r, FIELD_TECHNICAL_REQUEST_ARTICLES_CHECKED)},
                                        {"question", given(r, FIELD_TECHNICAL_REQUEST_ESCALATION_QUESTION)},
                                        {"priority", record_text(r, FIELD_CASE_PRIORITY)},
                                        {"automatic", w->actor->id == 0 ? STR("true") : STR("false")}};

        *ret = rules_table(w->model->rules, "escalation_package");
        return *ret != NULL ? rules_decide(*ret, in, sizeof in / sizeof *in) : -1;
}

static bool
package_says(const struct work *w, const struct record *r, const char *output)
{
        const struct rule_table *t;
        int row = package_row(w, r, &t);

        return row >= 0 && str_is(rules_output(t, row, output), "true");
}

bool
escalation_check(struct work *w, const struct record *r)
{
        if (record_int(r, FIELD_CASE_TIER) >= 3)
                return refuse(w, FIELD_CASE_TIER, "Tier 3 is the last one", "已是最高层级（三线）");
        return package_says(w, r, "allowed") ||
               refuse(w, "",
                      "The package is not complete: symptom, topology, version, logs, actions tried, articles checked "
                      "and a question are needed",
                      "交接包不完整：需要故障现象、组网拓扑、版本、日志、已尝试操作、已查知识和求助问题");
}

static void
copy_package(struct record *e, const struct record *r)
{
        record_set(e, FIELD_TECHNICAL_ESCALATION_TRIGGER, *record_get(r, FIELD_TECHNICAL_REQUEST_ESCALATION_TRIGGER));
        record_set(e, FIELD_TECHNICAL_ESCALATION_SYMPTOM, *record_get(r, FIELD_TECHNICAL_REQUEST_SYMPTOM));
        record_set(e, FIELD_TECHNICAL_ESCALATION_TOPOLOGY, *record_get(r, FIELD_TECHNICAL_REQUEST_TOPOLOGY));
        record_set(e, FIELD_TECHNICAL_ESCALATION_PRODUCT_VERSION, *record_get(r, FIELD_TECHNICAL_REQUEST_PRODUCT_VERSION));
        record_set(e, FIELD_TECHNICAL_ESCALATION_LOGS, *record_get(r, FIELD_TECHNICAL_REQUEST_LOGS));
        record_set(e, FIELD_TECHNICAL_ESCALATION_TRIED_ACTIONS, *record_get(r, FIELD_TECHNICAL_REQUEST_TRIED_ACTIONS));
        record_set(e, FIELD_TECHNICAL_ESCALATION_ARTICLES_CHECKED,
                   *record_get(r, FIELD_TECHNICAL_REQUEST_ARTICLES_CHECKED));
        record_set(e, FIELD_TECHNICAL_ESCALATION_QUESTION, *record_get(r, FIELD_TECHNICAL_REQUEST_ESCALATION_QUESTION));
}

/* The named team, which must be of the next tier; else the first active team of that tier that has one. */
static bool
next_team(struct work *w, const struct record *r, int64_t tier, int64_t *ret)
{
        int64_t one;

        *ret = record_int(r, FIELD_TECHNICAL_REQUEST_ESCALATE_TO);
        if (*ret == 0) {
                sql_one_int(w->ctx, w->conn, ret,
                            SQL("select id from team where tier = $1 and active = 1 order by code limit 1"), "i", tier);
                return !ctx_failed(w->ctx);
        }
        if (sql_one_int(w->ctx, w->conn, &one, SQL("select 1 from team where id = $1 and tier = $2"), "ii", *ret, tier))
                return true;
        return !ctx_failed(w->ctx) && refuse(w, FIELD_TECHNICAL_REQUEST_ESCALATE_TO, "That team is not of the next tier",
                                             "所选团队不属于上一层级");
}

bool
escalation_make(struct work *w, struct record *r, const struct json *input)
{
        int64_t from = record_int(r, FIELD_CASE_TIER) > 0 ? record_int(r, FIELD_CASE_TIER) : 1, team;
        struct record *e;

        if (!next_team(w, r, from + 1, &team) || !service_end_escalations(w, r, "handed_up"))
                return false;
        e = service_case_under(w, ENTITY_TECHNICAL_ESCALATION, r);
        copy_package(e, r);
        record_set_int(e, FIELD_TECHNICAL_ESCALATION_FROM_TIER, from);
        record_set_int(e, FIELD_TECHNICAL_ESCALATION_TO_TIER, from + 1);
        record_set_int(e, FIELD_TECHNICAL_ESCALATION_AUTOMATIC, w->actor->id == 0);
        record_set_int(e, FIELD_TECHNICAL_ESCALATION_COMPLETE, package_says(w, r, "complete"));
        if (team != 0) {
                record_set_int(e, FIELD_CASE_TEAM, team);
                record_set_int(r, FIELD_CASE_TEAM, team);
        }
        if (from == 1)
                record_set(r, FIELD_TECHNICAL_REQUEST_HANDS_ON, *record_get(r, FIELD_CASE_HANDLER));
        record_clear(r, FIELD_CASE_HANDLER);
        record_clear(r, FIELD_TECHNICAL_REQUEST_ESCALATE_TO);
        record_set_int(r, FIELD_CASE_TIER, from + 1);
        return clockfact_mark(w, r, "tier_1", "stopped", w->now) && store_insert(w, e, "create") &&
               promise_make(w, e, PROMISE_INITIAL, false);
}

/* Refuses a team or person of a tier below; who has none (a partner, an office) is of no tier. */
static bool
not_below(struct work *w, const struct record *r, const char *field, const char *sql, int64_t tier)
{
        int64_t id = record_int(r, field), of;

        if (id == 0 || !sql_one_int(w->ctx, w->conn, &of, sql, "i", id))
                return !ctx_failed(w->ctx);
        return of == 0 || of >= tier ||
               refuse(w, field, arena_printf(w->ctx->arena, "Tiers only go up: this is with tier %lld, that is tier %lld", (long long)tier, (long long)of),
                      arena_printf(w->ctx->arena, "层级只升不降：当前为 %lld 线，所选为 %lld 线", (long long)tier, (long long)of));
}

bool
escalation_reassign_check(struct work *w, const struct record *r)
{
        int64_t tier = record_int(r, FIELD_CASE_TIER);

        return not_below(w, r, FIELD_CASE_TEAM, SQL("select coalesce(tier, 0) from team where id = $1"), tier) &&
               not_below(w, r, FIELD_CASE_HANDLER, SQL("select coalesce(tier, 0) from users where id = $1"), tier);
}

bool
escalation_transfer_check(struct work *w, const struct record *r)
{
        return not_below(w, r, FIELD_CASE_TEAM, SQL("select coalesce(tier, 0) from team where id = $1"),
                         record_int(r, FIELD_TECHNICAL_ESCALATION_TO_TIER));
}

bool
escalation_accept_check(struct work *w, const struct record *r)
{
        int64_t to = record_int(r, FIELD_TECHNICAL_ESCALATION_TO_TIER);

        return w->actor->tier >= to || service_has_role(w, "duty_manager") || (w->actor->roles & ROLE_SYSTEM) ||
               refuse(w, "", "Only the tier that it was escalated to may accept it", "只能由升级到的层级接受");
}

bool
escalation_accept(struct work *w, struct record *r, const struct json *input)
{
        struct record *request = service_parent(w, r);

        if (request == NULL)
                return false;
        record_set(request, FIELD_CASE_HANDLER, *record_get(r, FIELD_CASE_HANDLER));
        record_set(request, FIELD_CASE_TEAM, *record_get(r, FIELD_CASE_TEAM));
        return store_save(w, request, "escalation_accepted");
}

bool
escalation_ask(struct work *w, struct record *r, const struct json *input)
{
        struct record *request = service_parent(w, r);
        struct str reason = json_get_text(input, "reason");

        if (request == NULL)
                return false;
        if (record_is(request, FIELD_CASE_PRIORITY, "P1"))
                return refuse(w, "", "A P1 is not sent back for its form", "P1 升级不得因形式退回");
        return reason.n == 0 || service_message(w, request, "internal", reason);
}

static void
fill(struct record *to, const char *field, const struct record *from)
{
        if (!service_is_set(to, field) && service_is_set(from, FIELD_TECHNICAL_ESCALATION_GUIDANCE))
                record_set(to, field, *record_get(from, FIELD_TECHNICAL_ESCALATION_GUIDANCE));
}

bool
escalation_done(struct work *w, struct record *r, const struct json *input)
{
        struct record *request = service_parent(w, r);

        if (request == NULL)
                return false;
        fill(request, FIELD_TECHNICAL_REQUEST_CAUSE_ANALYSIS, r);
        fill(request, FIELD_TECHNICAL_REQUEST_SOLUTION, r);
        return store_save(w, request, "escalation_done");
}
