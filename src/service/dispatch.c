/* SPDX-License-Identifier: Apache-2.0
 *
 * dispatch.c -- work orders: made with the dispatch, taken with the acceptance, signed at the end (domain.md 5, 6.1, C5).
 *
 * Invariants
 *   1. A request that is dispatched has a work order offered to the same team and person.
 *   2. Who accepts is in the team that it was offered to (the duty manager always may).
 */
#include "engine/access.h"
#include "service/entitlement.h"
#include "service/hooks.h"
#include "service/offer.h"
#include "service/promise.h"
#include "service/service.h"

static bool
user_in_team(struct work *w, const struct record *user, int64_t team)
{
        int64_t one;

        return record_int(user, FIELD_USER_TEAM) == team ||
               sql_one_int(w->ctx, w->conn, &one, SQL("select 1 from membership where team = $1 and person = $2"), "ii",
                           team, user->id);
}

/* A handler must be there, able and in the team. */
static bool
handler_fits(struct work *w, const struct record *r)
{
        const char *f = FIELD_CASE_HANDLER;
        int64_t id = record_int(r, f);
        struct record *u;

        if (id == 0)
                return true;
        if ((u = store_load(w, model_entity(w->model, ENTITY_USER), id)) == NULL)
                return false;
        if (record_int(u, FIELD_USER_ACTIVE) == 0)
                return refuse(w, f, "This person is not active", "该人员已停用");
        if (!user_in_team(w, u, record_int(r, FIELD_CASE_TEAM)))
                return refuse(w, f, "This person is not in that team", "该人员不在所选团队");
        return true;
}

/* Why this person, beside the others of the team: kept with the dispatch. */
static bool
explain(struct work *w, struct record *r)
{
        struct candidates_question q = {.team = record_int(r, FIELD_CASE_TEAM)};
        struct candidates c;
        struct str why;

        if (w->muted || !service_is_set(r, FIELD_CASE_HANDLER))
                return true;
        if (!candidates_of(w, r, &q, &c))
                return false;
        why = candidates_explain(w->ctx->arena, &c, record_int(r, FIELD_CASE_HANDLER));
        if (why.n > 0)
                record_set_text(r, FIELD_TECHNICAL_REQUEST_DISPATCH_EXPLAIN, why);
        return true;
}

/* Nobody: the first of those left out says why. */
static bool
refuse_empty(struct work *w, const struct candidates *c)
{
        const struct candidate *p = c->count > 0 ? &c->list[0] : NULL;
        const struct reason *why = p != NULL && p->why_count > 0 ? &p->why[p->why_count - 1] : NULL;

        if (why == NULL)
                return refuse(w, FIELD_CASE_TEAM, "There is no engineer for this tier: dispatch it to a team by hand",
                              "该层级没有工程师，请人工派给团队");
        return refuse(w, FIELD_CASE_TEAM,
                      arena_printf(w->ctx->arena, "Nobody can take it now (%s: %s): dispatch it to a team by hand", p->name, why->en),
                      arena_printf(w->ctx->arena, "目前无人可接（%s：%s），请人工派给团队", p->name, why->zh));
}

/* Hook dispatch_by_rule: the best candidate of all, or of the team that was given. */
bool
dispatch_by_rule(struct work *w, struct record *r, const struct json *input)
{
        struct candidates_question q = {.team = record_int(r, FIELD_CASE_TEAM)};
        struct candidates c;

        if (!service_is_set(r, FIELD_TECHNICAL_REQUEST_SERVICE_MODE))
                record_set_text(r, FIELD_TECHNICAL_REQUEST_SERVICE_MODE, STR("remote"));
        if (!candidates_of(w, r, &q, &c))
                return false;
        if (c.fit == 0)
                return refuse_empty(w, &c);
        if (q.team == 0 && c.list[0].team == 0)
                return refuse(w, FIELD_CASE_TEAM, arena_printf(w->ctx->arena, "%s is in no team", c.list[0].name),
                              arena_printf(w->ctx->arena, "%s 没有所属团队", c.list[0].name));
        if (q.team == 0)
                record_set_int(r, FIELD_CASE_TEAM, c.list[0].team);
        record_set_int(r, FIELD_CASE_HANDLER, c.list[0].id);
        return dispatch_make(w, r, input);
}

/* Hook order_declined: not the same again; the next best gets the offer at once. */
bool
dispatch_declined(struct work *w, struct record *o, const struct json *input)
{
        const struct val *was = &o->old[entity_field(o->e, FIELD_CASE_HANDLER)->index];

        if (was->type == VAL_INT)
                record_set_int(o, FIELD_CASE_HANDLER, was->i);
        if (!offer_next(w, o))
                return false;
        return !service_is_set(o, FIELD_CASE_HANDLER) || timers_notice(w, o, "handler", "order_assigned", STR_NONE);
}

/* A visit beyond what the contract includes is paid for: the price is accepted first, but for a P1, which is settled
 * afterwards (rule B7).  Asked when a visit is sent, because the quota may have been used since the request was taken. */
static bool
visit_is_covered(struct work *w, struct record *r)
{
        struct entitlement_question q;
        struct entitlement_facts facts;
        struct entitlement e;

        if (!record_is(r, FIELD_TECHNICAL_REQUEST_SERVICE_MODE, "onsite") || record_int(r, FIELD_TECHNICAL_REQUEST_CONTRACT_LINE) == 0)
                return true;
        entitlement_question_of(r, &q);
        if (!entitlement_gather(w, &q, &facts) || !entitlement_decide(w->ctx, w->model->rules, &facts, &e))
                return false;
        if (!str_is(e.outcome, "chargeable"))
                return true;
        if (record_int(r, FIELD_TECHNICAL_REQUEST_PRICE_ACCEPTED) == 0 && !record_is(r, FIELD_CASE_PRIORITY, "P1"))
                return refuse(w, FIELD_TECHNICAL_REQUEST_PRICE_ACCEPTED,
                              "The visits of the contract are used up: the customer accepts the price first",
                              "合同含上门次数已用完，须客户先接受报价");
        record_set_text(r, FIELD_TECHNICAL_REQUEST_ENTITLEMENT, e.outcome);
        return true;
}

bool
dispatch_make(struct work *w, struct record *r, const struct json *input)
{
        struct record *o;

        if (!handler_fits(w, r) || !visit_is_covered(w, r) || !explain(w, r))
                return false;
        o = service_case_under(w, ENTITY_WORK_ORDER, r);
        record_set(o, FIELD_WORK_ORDER_KIND, *record_get(r, FIELD_TECHNICAL_REQUEST_SERVICE_MODE));
        record_set(o, FIELD_CASE_TEAM, *record_get(r, FIELD_CASE_TEAM));
        record_set(o, FIELD_CASE_HANDLER, *record_get(r, FIELD_CASE_HANDLER));
        record_set(o, FIELD_CASE_REPORTED_AT, *record_get(r, FIELD_CASE_REPORTED_AT)); /* arrival counts from the report */
        return store_insert(w, o, "create") && promise_make(w, o, PROMISE_INITIAL, false);
}

/* An order made by hand knows what its request knows. */
bool
dispatch_before_order(struct work *w, struct record *o, const struct json *input)
{
        static const char *const same[] = {FIELD_CASE_ACCOUNT, FIELD_CASE_SITE,     FIELD_CASE_CONTACT,  FIELD_CASE_UNIT,
                                           FIELD_CASE_PRODUCT, FIELD_CASE_SEVERITY, FIELD_CASE_PRIORITY, FIELD_CASE_OWNER};
        const struct record *r = service_is_set(o, FIELD_CASE_PARENT) ? store_load_case(w, record_int(o, FIELD_CASE_PARENT)) : NULL;

        for (size_t i = 0; r != NULL && i < sizeof same / sizeof *same; i++)
                if (!service_is_set(o, same[i]))
                        record_set(o, same[i], *record_get(r, same[i]));
        return !ctx_failed(w->ctx);
}

/* ... and has its own times. */
bool
dispatch_after_order(struct work *w, struct record *o, const struct json *input)
{
        return promise_make(w, o, PROMISE_INITIAL, false);
}

static bool
is_in_team(const struct work *w, int64_t team)
{
        for (size_t i = 0; i < w->actor->team_count; i++)
                if (w->actor->teams[i] == team)
                        return true;
        return team == 0 || service_has_role(w, "duty_manager") || (w->actor->roles & ROLE_SYSTEM);
}

static bool
may_accept(struct work *w, const struct record *r)
{
        int64_t named = r->old[entity_field(r->e, FIELD_CASE_HANDLER)->index].type == VAL_INT
                                ? r->old[entity_field(r->e, FIELD_CASE_HANDLER)->index].i
                                : 0;

        if (named != 0 && named != w->actor->id && !offer_is_open(w, r) && !service_has_role(w, "duty_manager"))
                return refuse(w, FIELD_CASE_HANDLER, "It was offered to another person", "该请求已派给其他人");
        if (named != w->actor->id && !is_in_team(w, record_int(r, FIELD_CASE_TEAM)))
                return refuse(w, FIELD_CASE_TEAM, "It was offered to another team", "该请求已派给其他团队");
        return true;
}

static bool
accept_order(struct work *w, struct record *o, const void *unused)
{
        return strcmp(o->state->name, STATE_WORK_ORDER_OFFERED) != 0 || life_step(w, o, MOVE_WORK_ORDER_ACCEPT);
}

bool
dispatch_accept(struct work *w, struct record *r, const struct json *input)
{
        return may_accept(w, r) && service_each_open(w, ENTITY_WORK_ORDER, r, accept_order, NULL);
}

/* ---- on site ---- */

/* A visit of the line's quota is used (rule B7). */
static bool
count_visit(struct work *w, const struct record *request)
{
        int64_t id = record_int(request, FIELD_TECHNICAL_REQUEST_CONTRACT_LINE);
        struct record *line;

        if (id == 0)
                return true;
        line = store_load(w, model_entity(w->model, ENTITY_CONTRACT_LINE), id);
        if (line == NULL)
                return !ctx_failed(w->ctx);
        record_set_int(line, FIELD_CONTRACT_LINE_VISITS_USED, record_int(line, FIELD_CONTRACT_LINE_VISITS_USED) + 1);
        return store_save(w, line, "visit");
}

bool
dispatch_check_in(struct work *w, struct record *r, const struct json *input)
{
        struct record *request;

        if (!service_is_set(r, FIELD_CASE_PARENT))
                return true;
        if ((request = service_parent(w, r)) == NULL)
                return false;
        if (strcmp(request->e->name, ENTITY_TECHNICAL_REQUEST) != 0)
                return true;
        service_fill_time(request, FIELD_TECHNICAL_REQUEST_ARRIVED_AT, w->now);
        return store_save(w, request, "arrived") && count_visit(w, request);
}

bool
dispatch_finish(struct work *w, struct record *r, const struct json *input)
{
        struct record *request;

        if (!service_is_set(r, FIELD_CASE_PARENT))
                return true;
        request = service_parent(w, r);
        return request != NULL && service_message(w, request, "internal", record_text(r, FIELD_WORK_ORDER_OUTCOME));
}
