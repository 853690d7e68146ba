/* SPDX-License-Identifier: Apache-2.0
 *
 * admin.c -- what the administrator's handlers share: who may, members of a body, small pieces of answers.
 *
 * Administration is a role, not a grant: what is asked here concerns the server as a whole and no entity of the Model.
 */
#include "api/admin.h"
#include "base/text.h"
#include "engine/store.h"
#include "gen/names.h"

bool
admin_only(struct work *w, const char *what)
{
        const struct role *r = model_role(w->model, "administrator");

        return (r != NULL && (w->actor->roles & r->bit)) ||
               fail(w->ctx, E_DENIED, "", model_role_names(w->ctx->arena, w->model, w->actor->given), what);
}

bool
body_text_or_none(struct request *q, const char *name, size_t max, const char **ret)
{
        const struct json *v = json_get(q->json, name);

        *ret = "";
        if (!v || v->type == JSON_NULL)
                return true;
        if (v->type != JSON_TEXT)
                return fail(&q->ctx, E_TYPE, name, "a text", json_type_name(v->type));
        if (!text_valid(v->text))
                return fail(&q->ctx, E_UTF8, name);
        if (text_length(v->text) > max)
                return fail(&q->ctx, E_TOO_LONG, name, arena_printf(q->arena, "%zu", text_length(v->text)),
                            arena_printf(q->arena, "%zu", max));
        *ret = str_c(q->arena, v->text);
        return true;
}

bool
body_int_or(struct request *q, const char *name, int64_t preset, int64_t *ret)
{
        const struct json *v = json_get(q->json, name);

        *ret = preset;
        if (!v || v->type == JSON_NULL)
                return true;
        if (v->type != JSON_INT)
                return fail(&q->ctx, E_TYPE, name, "a whole number", json_type_name(v->type));
        *ret = v->i;
        return true;
}

void
admin_write_id(struct jw *out, const char *key, int64_t id)
{
        jw_key(out, key);
        if (id)
                jw_int(out, id);
        else
                jw_null(out);
}

void
admin_write_time(struct jw *out, const char *key, usec t)
{
        jw_key(out, key);
        if (t)
                jw_time(out, t);
        else
                jw_null(out);
}

void
admin_write_label(struct jw *out, const char *key, const char *en, const char *zh)
{
        jw_key(out, key);
        jw_open(out, '{');
        jw_key(out, "en");
        jw_text(out, en);
        jw_key(out, "zh");
        jw_text(out, zh);
        jw_close(out, '}');
}

bool
admin_write_person(struct work *w, struct jw *out, const char *key, int64_t id)
{
        struct str name = STR_NONE;

        if (id != 0 && !sql_one_text(w->ctx, w->conn, &name, SQL("SELECT name FROM users WHERE id = $1"), "i", id) &&
            ctx_failed(w->ctx))
                return false;
        jw_key(out, key);
        if (id == 0) {
                jw_null(out);
                return true;
        }
        jw_open(out, '{');
        jw_key(out, "id");
        jw_int(out, id);
        jw_key(out, "name");
        jw_str(out, name);
        jw_close(out, '}');
        return true;
}
