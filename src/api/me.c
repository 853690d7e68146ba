/* SPDX-License-Identifier: Apache-2.0
 *
 * me.c -- what a person may know of the own login: who I am, what I may do, my API tokens; and the login
 * audit.
 *
 * The grants come from the Model and the roles alone, so that `me` needs no query but the count of the inbox.  They tell the browser
 * which menus to show; every call is checked again when it is made.  A token's secret leaves the server once,
 * in the answer that made it.
 */
#include "api/auth.h"
#include "api/handlers.h"
#include "api/server.h"
#include "base/secret.h"
#include "base/text.h"
#include "engine/access.h"
#include "service/notices.h"

enum { TOKEN_DAYS_MAX = 3650, TOKENS_MAX = 50 };

static const char *
scope_word(enum scope s)
{
        static const char *const words[] = {[SCOPE_NONE] = "none",
                                            [SCOPE_OWN] = "own",
                                            [SCOPE_TEAM] = "team",
                                            [SCOPE_OWN_ACCOUNT] = "own_account",
                                            [SCOPE_ALL] = "all"};

        return words[s];
}

static void
write_scope(struct jw *out, const char *key, enum scope s)
{
        if (s == SCOPE_NONE)
                return;
        jw_key(out, key);
        jw_text(out, scope_word(s));
}

/* Entities where the actor may do anything at all. */
static void
write_grants(struct work *w, struct jw *out)
{
        jw_key(out, "grants");
        jw_open(out, '{');
        for (size_t i = 0; i < w->model->entity_count; i++) {
                const struct entity *e = &w->model->entities[i];
                enum scope read = access_scope(w->actor, e, DEED_READ),
                           write = access_scope(w->actor, e, DEED_WRITE);
                bool create = access_may_create(w->actor, e);
                if (e->kind == KIND_SYSTEM || e->abstract ||
                    (read == SCOPE_NONE && write == SCOPE_NONE && !create))
                        continue;
                jw_key(out, e->name);
                jw_open(out, '{');
                write_scope(out, "read", read);
                write_scope(out, "write", write);
                write_scope(out, "act", access_scope(w->actor, e, DEED_ACT));
                jw_key(out, "create");
                jw_bool(out, create);
                jw_key(out, "delete");
                jw_bool(out, access_may_remove(w->actor, e));
                jw_close(out, '}');
        }
        jw_close(out, '}');
}

static void
write_id(struct jw *out, const char *key, int64_t id)
{
        jw_key(out, key);
        if (id)
                jw_int(out, id);
        else
                jw_null(out);
}

static void
write_roles(struct work *w, struct jw *out)
{
        jw_key(out, "roles");
        jw_open(out, '[');
        for (size_t i = 0; i < w->model->role_count; i++)
                if (w->actor->given & w->model->roles[i].bit)
                        jw_text(out, w->model->roles[i].name);
        jw_close(out, ']');
}

void
me_write(struct work *w, struct jw *out, const struct me_session *s)
{
        const struct actor *a = w->actor;
        int64_t unread;

        jw_open(out, '{');
        write_id(out, "id", a->id);
        jw_key(out, "login");
        jw_text(out, a->login);
        jw_key(out, "name");
        jw_text(out, a->name);
        write_roles(w, out);
        write_id(out, "tier", a->tier);
        write_id(out, "team", a->team);
        jw_key(out, "teams");
        jw_open(out, '[');
        for (size_t i = 0; i < a->team_count; i++)
                jw_int(out, a->teams[i]);
        jw_close(out, ']');
        write_id(out, "account", a->account);
        write_id(out, "contact", a->contact);
        jw_key(out, "language");
        jw_text(out, a->lang == LANG_EN ? "en" : "zh");
        jw_key(out, "zone");
        jw_text(out, s->zone);
        if (s->csrf && s->csrf[0]) {
                jw_key(out, "csrf");
                jw_text(out, s->csrf);
        }
        if (s->ends_at) {
                jw_key(out, "session_ends");
                jw_time(out, s->ends_at);
        }
        if (s->hotline) {
                jw_key(out, "hotline");
                jw_text(out, s->hotline);
        }
        if (inbox_unread(w, &unread)) {
                jw_key(out, "unread_notices");
                jw_int(out, unread);
        }
        write_grants(w, out);
        jw_close(out, '}');
}

bool
me_get(struct request *q, struct work *w, struct response *r)
{
        r->whole = true; /* the token of changes stands in it */
        me_write(w, &q->out,
                 &(struct me_session){q->session->zone, q->session->csrf, q->server->o.hotline, q->session->ends_at});
        return true;
}

/* ---- API tokens ---- */

static void
write_time_or_null(struct jw *out, const char *key, const struct rows *rows, int col)
{
        jw_key(out, key);
        if (rows_null(rows, col))
                jw_null(out);
        else
                jw_time(out, rows_int(rows, col));
}

bool
me_tokens_list(struct request *q, struct work *w, struct response *r)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("SELECT id, name, created_at, expires_at FROM api_tokens "
                                          "WHERE person = $1 AND revoked_at IS NULL ORDER BY id"),
                                      "i", w->actor->id);

        jw_open(&q->out, '{');
        jw_key(&q->out, "items");
        jw_open(&q->out, '[');
        while (rows && rows_next(rows)) {
                jw_open(&q->out, '{');
                jw_key(&q->out, "id");
                jw_int(&q->out, rows_int(rows, 0));
                jw_key(&q->out, "name");
                jw_str(&q->out, rows_text(rows, 1));
                write_time_or_null(&q->out, "created_at", rows, 2);
                write_time_or_null(&q->out, "expires_at", rows, 3);
                jw_close(&q->out, '}');
        }
        jw_close(&q->out, ']');
        jw_key(&q->out, "next");
        jw_null(&q->out);
        jw_close(&q->out, '}');
        return rows && rows_close(rows);
}

/* "expires_at", optional: a time to come, at most ten years away.  0: never. */
static bool
token_expiry(struct request *q, struct work *w, usec *ret)
{
        const struct json *v = json_get(q->json, "expires_at");

        *ret = 0;
        if (!v || v->type == JSON_NULL)
                return true;
        if (v->type != JSON_TEXT || !time_parse(v->text, ret))
                return fail(w->ctx, E_BAD_FORMAT, "expires_at",
                            v->type == JSON_TEXT ? str_c(q->arena, v->text) : "value",
                            "a time such as 2027-01-31T00:00:00Z");
        if (*ret <= w->now)
                return fail(w->ctx, E_TOO_SMALL, "expires_at", str_c(q->arena, v->text), "a time to come");
        return *ret <= w->now + TOKEN_DAYS_MAX * USEC_DAY ||
               fail(w->ctx, E_TOO_LARGE_VALUE, "expires_at", str_c(q->arena, v->text), "ten years");
}

static bool
room_for_token(struct work *w)
{
        int64_t have = 0;

        return sql_one_int(w->ctx, w->conn, &have,
                           SQL("SELECT count(*) FROM api_tokens WHERE person = $1 AND revoked_at IS NULL"),
                           "i", w->actor->id) &&
               (have < TOKENS_MAX || fail(w->ctx, E_TOO_MANY, "", "API tokens", "50"));
}

static void
write_new_token(struct request *q, int64_t id, struct str name, const char *token, usec expires)
{
        jw_open(&q->out, '{');
        jw_key(&q->out, "id");
        jw_int(&q->out, id);
        jw_key(&q->out, "name");
        jw_str(&q->out, name);
        jw_key(&q->out, "token");
        jw_text(&q->out, token);
        jw_key(&q->out, "expires_at");
        if (expires)
                jw_time(&q->out, expires);
        else
                jw_null(&q->out);
        jw_close(&q->out, '}');
}

bool
me_tokens_create(struct request *q, struct work *w, struct response *r)
{
        char token[64] = "oitr_", digest[DIGEST_HEX_MAX];
        struct str name;
        usec expires;
        int64_t id;

        if (!body_text(q, "name", 80, &name) || !token_expiry(q, w, &expires))
                return false;
        if (!text_valid(name))
                return fail(w->ctx, E_UTF8, "name");
        if (!room_for_token(w))
                return false;
        token_random(token + 5, sizeof token - 5, 32);
        digest_hex(str_of(token), digest);
        if (!seq_next(w->ctx, w->conn, "api_tokens", 1, &id) ||
            !sql_run(w->ctx, w->conn,
                     SQL("INSERT INTO api_tokens (id, token_hash, person, name, created_at, expires_at) "
                         "VALUES ($1, $2, $3, $4, $5, $6)"),
                     "ibitiI", id, auth_digest_bytes(q->arena, digest), w->actor->id, name, w->now,
                     expires ? &expires : NULL))
                return false;
        write_new_token(q, id, name, token, expires);
        r->status = 201;
        response_header(r, "Location", arena_printf(q->arena, "/api/v1/me/tokens/%lld", (long long)id));
        return true;
}

bool
me_tokens_revoke(struct request *q, struct work *w, struct response *r)
{
        int64_t id = 0;

        r->status = 204;
        q->forget_sessions = true;
        str_to_int(q->arg[0], &id);
        if (!sql_run(w->ctx, w->conn,
                     SQL("UPDATE api_tokens SET revoked_at = $3 WHERE id = $1 AND person = $2 AND revoked_at "
                         "IS NULL"),
                     "iii", id, w->actor->id, w->now))
                return false;
        return conn_changes(w->conn) > 0 ||
               fail(w->ctx, E_NOT_FOUND, "", "API token", str_c(q->arena, q->arg[0]));
}

/* ---- the login audit ---- */

static void
write_login_event(struct jw *out, const struct rows *rows)
{
        static const char *const texts[] = {"login", "outcome", "address"};

        jw_open(out, '{');
        jw_key(out, "id");
        jw_int(out, rows_int(rows, 0));
        jw_key(out, "at");
        jw_time(out, rows_int(rows, 1));
        write_id(out, "person", rows_int(rows, 2));
        for (int i = 0; i < 3; i++) {
                jw_key(out, texts[i]);
                jw_str(out, rows_text(rows, 3 + i));
        }
        jw_close(out, '}');
}

/* Newest first; cursor is the last id seen; login narrows. */
bool
login_event_list(struct request *q, struct work *w, struct response *r)
{
        const struct role *administrator = model_role(w->model, "administrator");
        int64_t limit, cursor, last = 0, count = 0;
        struct str login = request_param(q, "login");
        struct rows *rows;

        if (!administrator || !(w->actor->roles & administrator->bit))
                return fail(w->ctx, E_DENIED, "", model_role_names(q->arena, w->model, w->actor->given),
                            "login_event");
        if (!request_params_known(q, (const char *const[]){"limit", "cursor", "login", NULL}) ||
            !request_param_int(q, "limit", 1, 200, 50, &limit) ||
            !request_param_int(q, "cursor", 1, INT64_MAX, INT64_MAX, &cursor))
                return false;
        rows = sql_query(
                w->ctx, w->conn,
                SQL("SELECT id, at, person, login, outcome, address FROM login_events "
                    "WHERE id < $1 AND (CAST($2 AS text) IS NULL OR login = $2) ORDER BY id DESC LIMIT $3"),
                "iti", cursor, login, limit);
        jw_open(&q->out, '{');
        jw_key(&q->out, "items");
        jw_open(&q->out, '[');
        for (; rows && rows_next(rows); count++) {
                last = rows_int(rows, 0);
                write_login_event(&q->out, rows);
        }
        jw_close(&q->out, ']');
        jw_key(&q->out, "next");
        if (count == limit)
                jw_str(&q->out, str_of(arena_printf(q->arena, "%lld", (long long)last)));
        else
                jw_null(&q->out);
        jw_close(&q->out, '}');
        return rows && rows_close(rows);
}
