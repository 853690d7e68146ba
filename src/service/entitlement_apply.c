/* SPDX-License-Identifier: Apache-2.0
 *
 * entitlement_apply.c -- what rule B means for a request: outcome, line, tier and the kept explanation.
 *
 *     authorise --entitlement_apply--> computed outcome --agent chose none--> it holds
 *                                                       --agent chose another, with a reason--> the agent's holds
 *                                      no service, nothing interrupted --> refused (B5)
 *                                      no data --> task to complete the data, 2 working days (B3)
 *
 * Invariants
 *   1. What was computed is kept (entitlement_explain) even where a person chose otherwise; so is the choice, with its reason.
 *   2. The terms in the explanation are what promises are made from, then and later: contracts that change afterwards
 *      change nothing (snapshot).  Asking anew is an own step (promise_anew).
 *   3. Data that arrives later is reported by comparison (GET .../entitlement), never put into the request.
 */
#include "engine/calendar_store.h"
#include "service/budget.h"
#include "service/entitlement.h"
#include "service/hooks.h"
#include "service/policies.h"
#include "service/promise.h"
#include "service/service.h"

#define DATA_TASK "Complete the entitlement data 补全鉴权数据"
enum { DATA_TASK_DAYS = 2 };

/* ---- the kept terms ---- */

static const char *
text_or(struct work *w, const struct json *o, const char *key, const char *otherwise)
{
        struct str s = json_get_text(o, key);

        return s.n > 0 ? str_c(w->ctx->arena, s) : otherwise;
}

bool
entitlement_terms(struct work *w, const struct record *r, struct entitlement_term **ret, size_t *ret_count)
{
        struct str text = record_text(r, FIELD_TECHNICAL_REQUEST_ENTITLEMENT_EXPLAIN);
        const struct json *kept, *terms;

        *ret = NULL;
        *ret_count = 0;
        if (text.n == 0)
                return true;
        kept = json_parse(w->ctx, arena_strndup(w->ctx->arena, text.p, text.n), text.n, 10000);
        terms = json_get(kept, "agreed");
        for (const struct json *t = terms ? terms->child : NULL; t != NULL; t = t->next) {
                const struct json *line = json_get(t, "line");
                *ARENA_PUSH(w->ctx->arena, *ret, *ret_count) = (struct entitlement_term){
                        line && line->type == JSON_INT ? line->i : 0, text_or(w, t, "tier", "basic"), text_or(w, t, "calendar", ""),
                        text_or(w, t, "sla_set", ""), text_or(w, t, "ola_override", "")};
        }
        return kept != NULL;
}

/* ---- what the agent chose ---- */

/* The terms of the contract line that the agent named. */
static bool
term_of_line(struct work *w, int64_t id, struct entitlement_term *ret)
{
        struct record *l = store_load(w, model_entity(w->model, ENTITY_CONTRACT_LINE), id);
        struct record *k = l ? store_load(w, model_entity(w->model, ENTITY_CONTRACT), record_int(l, FIELD_CONTRACT_LINE_CONTRACT)) : NULL;

        if (k == NULL)
                return false;
        *ret = (struct entitlement_term){id, str_c(w->ctx->arena, record_text(l, FIELD_CONTRACT_LINE_TIER)),
                                         str_c(w->ctx->arena, record_text(k, FIELD_CONTRACT_CALENDAR)),
                                         str_c(w->ctx->arena, record_text(k, FIELD_CONTRACT_SLA_SET)),
                                         str_c(w->ctx->arena, record_text(k, FIELD_CONTRACT_OLA_OVERRIDE))};
        return true;
}

/* Terms for an outcome that a person chose: the computed ones where they fit, else the named line's, else basic. */
static bool
choose_terms(struct work *w, const struct record *r, const struct entitlement_facts *f, struct entitlement *e)
{
        const struct code_list *codes = rules_codes(w->model->rules, "entitlement_outcome");
        struct str targets = codes ? codes_attr(codes, record_text(r, FIELD_TECHNICAL_REQUEST_ENTITLEMENT), "targets") : STR_NONE;
        int64_t line = record_int(r, FIELD_TECHNICAL_REQUEST_CONTRACT_LINE);
        struct entitlement_term term = {.tier = "basic", .calendar = f->calendar};

        if (targets.p == NULL || str_is(targets, "none")) {
                e->term_count = 0;
                e->service_tier = NULL;
                return true;
        }
        if (!str_is(targets, "basic") && line == 0 && e->term_count > 0)
                return true;
        if (!str_is(targets, "basic") && line != 0 && !term_of_line(w, line, &term))
                return false;
        e->terms = ARENA_NEW(w->ctx->arena, struct entitlement_term);
        *e->terms = term;
        e->term_count = 1;
        e->service_tier = term.tier;
        return true;
}

static bool
check_choice(struct work *w, const struct record *r, const struct entitlement *e)
{
        struct str chosen = record_text(r, FIELD_TECHNICAL_REQUEST_ENTITLEMENT);
        struct arena *a = w->ctx->arena;

        if (str_eq(chosen, e->outcome) || service_is_set(r, FIELD_TECHNICAL_REQUEST_ENTITLEMENT_REASON))
                return true;
        return refuse(w, FIELD_TECHNICAL_REQUEST_ENTITLEMENT_REASON,
                      arena_printf(a, "The rules say %s (%s): give the reason for another choice", str_c(a, e->outcome),
                                   str_c(a, e->rule)),
                      arena_printf(a, "按规则应为 %s（%s），另选须说明理由", str_c(a, e->outcome), str_c(a, e->rule)));
}

/* B5: only an interruption of business is served without entitlement. */
static bool
check_served(struct work *w, const struct record *r)
{
        return !record_is(r, FIELD_TECHNICAL_REQUEST_ENTITLEMENT, "no_service") ||
               record_int(r, FIELD_TECHNICAL_REQUEST_INTERRUPTED) != 0 ||
               refuse(w, FIELD_TECHNICAL_REQUEST_ENTITLEMENT, "There is no entitlement: without it only an interruption is handled here",
                      "无服务权益：仅受理业务中断");
}

/* ---- keeping it ---- */

static void
keep(struct work *w, struct record *r, const struct entitlement_facts *f, const struct entitlement *computed,
     const struct entitlement *agreed)
{
        struct jw out = {0};
        struct str whole;

        entitlement_json(w, f, computed, &out);
        out.b.n--;                     /* one more member before the closing brace */
        out.comma = true;
        jw_key(&out, "chosen"), jw_str(&out, record_text(r, FIELD_TECHNICAL_REQUEST_ENTITLEMENT));
        jw_key(&out, "agreed"), jw_open(&out, '[');
        for (size_t i = 0; i < agreed->term_count; i++) {
                jw_open(&out, '{');
                jw_key(&out, "line"), agreed->terms[i].line ? jw_int(&out, agreed->terms[i].line) : jw_null(&out);
                jw_key(&out, "tier"), jw_text(&out, agreed->terms[i].tier);
                jw_key(&out, "calendar"), jw_text(&out, agreed->terms[i].calendar);
                if (agreed->terms[i].sla_set != NULL && *agreed->terms[i].sla_set)
                        jw_key(&out, "sla_set"), jw_text(&out, agreed->terms[i].sla_set);
                if (agreed->terms[i].ola_override != NULL && *agreed->terms[i].ola_override)
                        jw_key(&out, "ola_override"), jw_text(&out, agreed->terms[i].ola_override);
                jw_close(&out, '}');
        }
        jw_close(&out, ']');
        jw_close(&out, '}');
        whole = (struct str){arena_strndup(w->ctx->arena, out.b.p, out.b.n), out.b.n};
        jw_free(&out);
        record_set_text(r, FIELD_TECHNICAL_REQUEST_ENTITLEMENT_EXPLAIN, whole);
        if (agreed->service_tier != NULL)
                record_set_text(r, FIELD_TECHNICAL_REQUEST_SERVICE_TIER, str_of(agreed->service_tier));
        else
                record_clear(r, FIELD_TECHNICAL_REQUEST_SERVICE_TIER);
        if (!service_is_set(r, FIELD_TECHNICAL_REQUEST_CONTRACT_LINE) && agreed->term_count > 0 && agreed->line != 0)
                record_set_int(r, FIELD_TECHNICAL_REQUEST_CONTRACT_LINE, agreed->line);
}

/* B3: somebody completes what is missing. */
static bool
ask_for_data(struct work *w, struct record *r)
{
        int64_t person = 0, version;
        const struct calendar *c;
        usec due = w->now;

        if (!record_is(r, FIELD_TECHNICAL_REQUEST_ENTITLEMENT, "no_data"))
                return true;
        if (!sql_one_int(w->ctx, w->conn, &person,
                         SQL("select id from users where active = 1 and roles like '%\"service_data_manager\"%' order by id limit 1"), "") &&
            ctx_failed(w->ctx))
                return false;
        if (!calendar_in_force(w, STR("5x9"), w->now, &version) ||
            (c = calendar_version(w, version == CALENDAR_NONE ? 0 : version)) == NULL ||
            !calendar_add(w->ctx, c, w->now, DATA_TASK_DAYS * BUDGET_WORKING_DAY, &due))
                return false;
        return service_task(w, r, DATA_TASK, person, due);
}

static bool
compute(struct work *w, const struct record *r, struct entitlement_facts *f, struct entitlement *e)
{
        const struct rules *rules = policies_at(w, promise_policy_at(r));
        struct entitlement_question q;

        entitlement_question_of(r, &q);
        return rules && entitlement_gather(w, &q, f) && entitlement_decide(w->ctx, rules, f, e);
}

bool
entitlement_apply(struct work *w, struct record *r)
{
        struct entitlement_facts f;
        struct entitlement computed, agreed;

        if (!compute(w, r, &f, &computed))
                return false;
        if (!service_is_set(r, FIELD_TECHNICAL_REQUEST_ENTITLEMENT))
                record_set_text(r, FIELD_TECHNICAL_REQUEST_ENTITLEMENT, computed.outcome);
        agreed = computed;
        if (!check_choice(w, r, &computed) || !check_served(w, r))
                return false;
        if ((!record_is(r, FIELD_TECHNICAL_REQUEST_ENTITLEMENT, str_c(w->ctx->arena, computed.outcome)) ||
             service_is_set(r, FIELD_TECHNICAL_REQUEST_CONTRACT_LINE)) &&
            !choose_terms(w, r, &f, &agreed))
                return false;
        keep(w, r, &f, &computed, &agreed);
        return ask_for_data(w, r);
}
