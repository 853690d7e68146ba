/* SPDX-License-Identifier: Apache-2.0
 *
 * bulk.c -- one deed on many records.
 *
 * All rows run in the transaction of the request, each behind a savepoint of its own, so a row that is
 * refused takes nothing with it.  A fault of the database is not a row's matter: it fails the whole request,
 * which then changed nothing and may be sent again.
 */
#include "api/handlers.h"
#include "api/problem.h"
#include "api/server.h"
#include "engine/life.h"
#include "engine/store.h"

enum { BULK_MAX = 500 };

static const struct json NO_BODY = {.type = JSON_OBJECT};

struct bulk {
        const struct entity *e;
        const struct json *ids, *body;
        struct str deed;
};

/* ids, do and body of the request; unknown members are refused. */
static bool
bulk_read(struct request *q, struct work *w, struct bulk *b)
{
        b->ids = json_get(q->json, "ids");
        b->body = json_get(q->json, "body");
        if (!b->body || b->body->type == JSON_NULL)
                b->body = &NO_BODY;
        if (!body_text(q, "do", 100, &b->deed))
                return false;
        if (!b->ids || b->ids->type != JSON_ARRAY)
                return fail(w->ctx, E_TYPE, "ids", "an array of ids",
                            b->ids ? json_type_name(b->ids->type) : "nothing");
        if (b->ids->count > BULK_MAX)
                return fail(w->ctx, E_TOO_MANY, "ids", arena_printf(q->arena, "%u ids", b->ids->count),
                            "500");
        if (b->body->type != JSON_OBJECT)
                return fail(w->ctx, E_TYPE, "body", "an object", json_type_name(b->body->type));
        for (const struct json *i = b->ids->child; i; i = i->next)
                if (i->type != JSON_INT)
                        return fail(w->ctx, E_TYPE, "ids", "an array of ids", json_type_name(i->type));
        if (str_is(b->deed, "update") || str_is(b->deed, "delete") || entity_transition_str(b->e, b->deed))
                return true;
        return fail(w->ctx, E_NOT_ALLOWED_VALUE, "do", str_c(q->arena, b->deed),
                    "update, delete, a transition's name");
}

static bool
bulk_one(struct work *w, const struct bulk *b, int64_t id, int64_t *ret_version)
{
        struct record *r = store_get(w, b->e, id);
        bool ok;

        if (!r)
                return false;
        if (str_is(b->deed, "update"))
                ok = store_update(w, r, b->body, 0);
        else if (str_is(b->deed, "delete"))
                ok = store_remove(w, r, 0);
        else
                ok = life_transition(w, r, b->deed, b->body, 0);
        *ret_version = r->version;
        return ok;
}

static bool
is_fatal(const struct ctx *ctx)
{
        enum err_class c = err_class(ctx->errors->code);

        return c == CLASS_BUSY || c == CLASS_INTERNAL;
}

/* One row of the answer; false when the whole must fail. */
static bool
bulk_row(struct request *q, struct work *w, const struct bulk *b, int64_t id)
{
        int64_t version = 0;
        bool ok;

        if (!tx_savepoint(w->ctx, w->conn))
                return false;
        ok = bulk_one(w, b, id, &version);
        if (ok ? !tx_release(w->ctx, w->conn) : is_fatal(w->ctx))
                return false;
        if (!ok)
                tx_undo(w->conn);
        jw_open(&q->out, '{');
        jw_key(&q->out, "id");
        jw_int(&q->out, id);
        jw_key(&q->out, "ok");
        jw_bool(&q->out, ok);
        if (ok) {
                jw_key(&q->out, "version");
                jw_int(&q->out, version);
        } else {
                jw_key(&q->out, "problem");
                problem_object(&q->out, w->ctx, request_lang(q), q->id, NULL);
                ctx_clear(w->ctx);
        }
        jw_close(&q->out, '}');
        return true;
}

bool
bulk_run(struct request *q, struct work *w, struct response *r)
{
        struct bulk b = {.e = path_entity(q, w)};

        if (!b.e || !bulk_read(q, w, &b))
                return false;
        q->forget_sessions = concerns_rights(b.e);
        jw_open(&q->out, '{');
        jw_key(&q->out, "results");
        jw_open(&q->out, '[');
        for (const struct json *i = b.ids->child; i; i = i->next)
                if (!bulk_row(q, w, &b, i->i))
                        return false;
        jw_close(&q->out, ']');
        jw_close(&q->out, '}');
        return true;
}
