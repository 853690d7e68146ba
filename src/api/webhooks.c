/* SPDX-License-Identifier: Apache-2.0
 *
 * webhooks.c -- what an administrator does with a webhook besides what every record has.
 *
 *     POST /api/v1/webhook/{id}/secret                a new secret: shown in this answer, and never again
 *     POST /api/v1/webhook/{id}/ping                  a test call
 *     GET  /api/v1/webhook/{id}/deliveries            the calls, newest first
 *     POST /api/v1/webhook/{id}/deliveries/{n}/replay one call again
 */
#include "api/handlers.h"
#include "engine/access.h"
#include "engine/store.h"
#include "gen/names.h"
#include "service/webhooks.h"

/* The webhook, for who may change it. */
static struct record *
own_hook(struct request *q, struct work *w)
{
        struct record *r = store_find(w, model_entity(w->model, ENTITY_WEBHOOK), q->arg[0]);

        if (r && !access_row(w, r, DEED_WRITE)) {
                fail(w->ctx, E_DENIED, "", model_role_names(w->ctx->arena, w->model, w->actor->given), "webhooks are for administrators");
                return NULL;
        }
        return r;
}

bool
webhook_secret_run(struct request *q, struct work *w, struct response *r)
{
        struct record *hook = own_hook(q, w);
        struct str secret;

        if (!hook || !webhook_secret(w, hook, &secret))
                return false;
        jw_open(&q->out, '{');
        jw_key(&q->out, "secret"), jw_str(&q->out, secret);
        jw_close(&q->out, '}');
        r->status = 201;
        return true;
}

bool
webhook_ping_run(struct request *q, struct work *w, struct response *r)
{
        struct record *hook = own_hook(q, w);
        int64_t id;

        r->status = 202;
        return hook && webhook_ping(w, hook, &id) && webhook_call_json(w, id, &q->out);
}

bool
webhook_log(struct request *q, struct work *w, struct response *r)
{
        struct record *hook = own_hook(q, w);
        int64_t limit, before;

        return hook && request_params_known(q, (const char *const[]){"limit", "cursor", NULL}) &&
               request_param_int(q, "limit", 1, 200, 50, &limit) && request_param_int(q, "cursor", 1, INT64_MAX, INT64_MAX, &before) &&
               webhook_log_json(w, hook, before, (int)limit, &q->out);
}

bool
webhook_replay_run(struct request *q, struct work *w, struct response *r)
{
        struct record *hook = own_hook(q, w);
        int64_t id;

        if (!hook)
                return false;
        if (!str_to_int(q->arg[1], &id))
                return fail(w->ctx, E_NOT_FOUND, "", "delivery", str_c(q->arena, q->arg[1]));
        r->status = 202;
        return webhook_replay(w, hook, id) && sql_flush(w->ctx, w->conn) && webhook_call_json(w, id, &q->out);
}
