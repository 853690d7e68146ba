/* SPDX-License-Identifier: Apache-2.0
 *
 * people.c -- who is there, and who could take it.
 *
 *     GET /api/v1/team/{id}/on_duty?at=                            by the rosters, now and next
 *     GET /api/v1/technical_request/{id}/candidates?team=&tier=&mode=   ranked, with reasons; changes nothing
 */
#include "api/handlers.h"
#include "engine/access.h"
#include "engine/store.h"
#include "gen/names.h"
#include "model/rules.h"
#include "service/candidates.h"
#include "service/rosters.h"

static bool
staff_only(struct work *w)
{
        return access_scope(w->actor, model_entity(w->model, ENTITY_USER), DEED_READ) == SCOPE_ALL ||
               fail(w->ctx, E_DENIED, "", model_role_names(w->ctx->arena, w->model, w->actor->given),
                    "rosters and dispatch are for those who may see all people");
}

bool
team_on_duty(struct request *q, struct work *w, struct response *r)
{
        static const char *const known[] = {"at", NULL};
        struct str at = request_param(q, "at");
        struct record *team;
        usec t = w->now;

        if (!staff_only(w) || !request_params_known(q, known))
                return false;
        if (at.n > 0 && !time_parse(at, &t))
                return fail(w->ctx, E_PARAMETER, "at", "at", str_c(q->arena, at), "a time such as 2026-11-21T08:00:00Z");
        team = store_find(w, model_entity(w->model, ENTITY_TEAM), q->arg[0]);
        return team != NULL && rosters_json(w, team->id, t, &q->out);
}

static bool
take_mode(struct request *q, struct work *w, struct str *ret)
{
        *ret = request_param(q, "mode");
        return ret->n == 0 || str_is(*ret, "remote") || str_is(*ret, "onsite") || str_is(*ret, "parts") ||
               fail(w->ctx, E_PARAMETER, "mode", "mode", str_c(q->arena, *ret), "remote, onsite, parts");
}

bool
request_candidates(struct request *q, struct work *w, struct response *r)
{
        static const char *const known[] = {"team", "tier", "mode", NULL};
        struct candidates_question asked = {0};
        struct candidates c;
        struct record *record;

        if (!staff_only(w) || !request_params_known(q, known) ||
            !request_param_int(q, "team", 0, INT64_MAX, 0, &asked.team) || !request_param_int(q, "tier", 0, 3, 0, &asked.tier) ||
            !take_mode(q, w, &asked.way))
                return false;
        record = store_find(w, model_entity(w->model, ENTITY_TECHNICAL_REQUEST), q->arg[0]);
        if (record == NULL || !candidates_of(w, record, &asked, &c))
                return false;
        candidates_json(&c, &q->out);
        return true;
}
