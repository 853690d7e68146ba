/* SPDX-License-Identifier: Apache-2.0
 *
 * operations.c -- what concerns no single record: the facts of imported sources, and the clock that tests turn.
 *
 *     POST /api/v1/test/clock {"advance": seconds}     only when the server was started with --test-clock
 */
#include "api/handlers.h"
#include "api/server.h"
#include "engine/access.h"
#include "service/compliance.h"
#include "service/facts.h"
#include "service/time_spent.h"

enum { ADVANCE_MAX = 366 * 24 * 3600 };

bool
report_facts(struct request *q, struct work *w, struct response *r)
{
        return facts_json(w, &q->out);
}

bool
report_time(struct request *q, struct work *w, struct response *r)
{
        return (access_is_staff(w) || fail(w->ctx, E_DENIED, "", model_role_names(q->arena, w->model, w->actor->given),
                                           ctx_both(w->ctx, "reports are for staff", "报表仅限员工查看"))) &&
               time_spent_json(w, &q->out);
}

/* A date of the query, its beginning in UTC. */
static bool
day_param(struct request *q, struct work *w, const char *name, usec otherwise, usec *ret)
{
        struct str text = request_param(q, name);
        int64_t day;

        *ret = otherwise;
        if (text.n == 0)
                return true;
        if (!date_parse(text, &day))
                return fail(w->ctx, E_PARAMETER, name, name, str_c(q->arena, text), "a date such as 2026-10-01");
        *ret = day * USEC_DAY;
        return true;
}

bool
report_clocks(struct request *q, struct work *w, struct response *r)
{
        usec from, to, today = w->now / USEC_DAY * USEC_DAY;

        if (!access_is_staff(w))
                return fail(w->ctx, E_DENIED, "", model_role_names(q->arena, w->model, w->actor->given),
                            ctx_both(w->ctx, "reports are for staff", "报表仅限员工查看"));
        if (!request_params_known(q, (const char *const[]){"from", "to", NULL}) ||
            !day_param(q, w, "from", today - 30 * USEC_DAY, &from) || !day_param(q, w, "to", today + USEC_DAY, &to))
                return false;
        return to > from ? compliance_json(w, from, to, &q->out)
                         : fail(w->ctx, E_PARAMETER, "to", "to", str_c(q->arena, request_param(q, "to")), "a date after `from`");
}

bool
test_clock_turn(struct request *q, struct work *w, struct response *r)
{
        const struct json *by = q->json ? json_get(q->json, "advance") : NULL;

        if (!q->server->o.test_clock)
                return fail(&q->ctx, E_NO_ROUTE, "", str_c(q->arena, q->path));
        if (!by || by->type != JSON_INT)
                return fail(&q->ctx, E_REQUIRED, "advance");
        if (by->i < 0 || by->i > ADVANCE_MAX)
                return fail(&q->ctx, E_PARAMETER, "advance", "advance", str_c(q->arena, by->text), "0 to 31622400 seconds");
        clock_advance(by->i * USEC_SECOND);
        server_turned(q->server);
        jw_open(&q->out, '{');
        jw_key(&q->out, "now"), jw_time(&q->out, clock_now());
        jw_close(&q->out, '}');
        return true;
}
