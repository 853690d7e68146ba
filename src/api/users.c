/* SPDX-License-Identifier: Apache-2.0
 *
 * users.c -- what an administrator does about people's logins: passwords, sessions, tokens.
 *
 * Users, roles, teams and memberships are records of the model and are changed as any record is (/api/v1/user,
 * /api/v1/membership).  Here is what is no field: the credentials behind them.
 *
 * Invariants
 *   1. Every deed is an event on the user's record, in the same transaction, under the administrator's name.
 *   2. No secret leaves but an invitation's, once, in the answer that made it.  Sessions and tokens are named by their
 *      row or by the first bytes of a digest, from which nothing can be used.
 *   3. What is taken away ends at once on this node and within a minute on others (auth.c).
 *
 * Not here: using an invitation (invite.c), changing one's own password (login.c).
 */
#include "api/admin.h"
#include "api/auth.h"
#include "api/server.h"
#include "base/secret.h"
#include "engine/event.h"
#include "engine/store.h"
#include "gen/names.h"

enum { SESSION_NAME = 16, LIST_MAX = 200 };
#define INVITE_FOR (7 * USEC_DAY)

/* ---- the person ---- */

static struct record *
path_user(struct request *q, struct work *w)
{
        return store_find(w, model_entity(w->model, ENTITY_USER), q->arg[0]);
}

static bool
note(struct work *w, int64_t user, const char *name, const char *more)
{
        struct record *r = store_load(w, model_entity(w->model, ENTITY_USER), user);

        return r != NULL && event_note(w, r, "access", name, str_of(more));
}

/* ---- lists ---- */

static void
write_session(struct jw *out, const struct rows *r, const char *mine)
{
        static const char digits[] = "0123456789abcdef";
        struct str hash = rows_text(r, 0);
        char name[SESSION_NAME + 1] = "";

        for (int i = 0; i < SESSION_NAME / 2 && (size_t)i < hash.n; i++) {
                name[2 * i] = digits[(unsigned char)hash.p[i] >> 4];
                name[2 * i + 1] = digits[(unsigned char)hash.p[i] & 15];
        }
        jw_open(out, '{');
        jw_key(out, "id");
        jw_text(out, name);
        jw_key(out, "current");
        jw_bool(out, strncmp(name, mine, SESSION_NAME) == 0);
        admin_write_id(out, "person", rows_int(r, 1));
        jw_key(out, "login");
        jw_str(out, rows_text(r, 2));
        jw_key(out, "name");
        jw_str(out, rows_text(r, 3));
        admin_write_time(out, "created_at", rows_int(r, 4));
        admin_write_time(out, "seen_at", rows_int(r, 5));
        admin_write_time(out, "expires_at", rows_int(r, 6));
        jw_key(out, "address");
        jw_str(out, rows_text(r, 7));
        jw_close(out, '}');
}

static bool
write_sessions(struct request *q, struct work *w, int64_t *person)
{
        struct rows *r = sql_query(w->ctx, w->conn,
                                   SQL("SELECT s.token_hash, s.person, u.login, u.name, s.created_at, s.seen_at, s.expires_at, "
                                       "s.address FROM sessions s JOIN users u ON u.id = s.person "
                                       "WHERE s.expires_at > $1 AND (CAST($2 AS bigint) IS NULL OR s.person = $2) "
                                       "ORDER BY s.seen_at DESC LIMIT 200"),
                                   "iI", w->now, person);

        jw_open(&q->out, '[');
        while (r && rows_next(r))
                write_session(&q->out, r, q->credential == CREDENTIAL_COOKIE ? q->digest : "");
        jw_close(&q->out, ']');
        return r && rows_close(r);
}

static void
write_token(struct jw *out, const struct rows *r)
{
        jw_open(out, '{');
        jw_key(out, "id");
        jw_int(out, rows_int(r, 0));
        admin_write_id(out, "person", rows_int(r, 1));
        jw_key(out, "login");
        jw_str(out, rows_text(r, 2));
        jw_key(out, "person_name");
        jw_str(out, rows_text(r, 3));
        jw_key(out, "name");
        jw_str(out, rows_text(r, 4));
        admin_write_time(out, "created_at", rows_int(r, 5));
        admin_write_time(out, "expires_at", rows_int(r, 6));
        admin_write_time(out, "used_at", rows_int(r, 7));
        jw_close(out, '}');
}

static bool
write_tokens(struct request *q, struct work *w, int64_t *person)
{
        struct rows *r = sql_query(w->ctx, w->conn,
                                   SQL("SELECT t.id, t.person, u.login, u.name, t.name, t.created_at, t.expires_at, t.used_at "
                                       "FROM api_tokens t JOIN users u ON u.id = t.person "
                                       "WHERE t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $1) "
                                       "AND (CAST($2 AS bigint) IS NULL OR t.person = $2) ORDER BY t.id DESC LIMIT 200"),
                                   "iI", w->now, person);

        jw_open(&q->out, '[');
        while (r && rows_next(r))
                write_token(&q->out, r);
        jw_close(&q->out, ']');
        return r && rows_close(r);
}

static bool
answer_list(struct request *q, struct work *w, bool (*write)(struct request *, struct work *, int64_t *))
{
        jw_open(&q->out, '{');
        jw_key(&q->out, "items");
        if (!write(q, w, NULL))
                return false;
        jw_key(&q->out, "next");
        jw_null(&q->out);
        jw_close(&q->out, '}');
        return true;
}

bool
admin_sessions(struct request *q, struct work *w, struct response *r)
{
        return admin_only(w, "sessions") && answer_list(q, w, write_sessions);
}

bool
admin_tokens(struct request *q, struct work *w, struct response *r)
{
        return admin_only(w, "tokens") && answer_list(q, w, write_tokens);
}

/* How a person gets in: has a password, is invited, sessions, tokens. */
bool
admin_user_login(struct request *q, struct work *w, struct response *r)
{
        struct record *user;
        usec changed = 0, invited = 0;

        if (!admin_only(w, "users") || (user = path_user(q, w)) == NULL)
                return false;
        sql_one_int(w->ctx, w->conn, &changed, SQL("SELECT changed_at FROM credentials WHERE person = $1"), "i", user->id);
        sql_one_int(w->ctx, w->conn, &invited,
                    SQL("SELECT expires_at FROM invites WHERE person = $1 AND used_at IS NULL AND expires_at > $2"), "ii",
                    user->id, w->now);
        if (ctx_failed(w->ctx))
                return false;
        jw_open(&q->out, '{');
        jw_key(&q->out, "login");
        jw_str(&q->out, record_text(user, FIELD_USER_LOGIN));
        jw_key(&q->out, "active");
        jw_bool(&q->out, record_int(user, FIELD_USER_ACTIVE) != 0);
        admin_write_time(&q->out, "password_changed_at", changed);
        admin_write_time(&q->out, "invited_until", invited);
        jw_key(&q->out, "sessions");
        if (!write_sessions(q, w, &user->id))
                return false;
        jw_key(&q->out, "tokens");
        if (!write_tokens(q, w, &user->id))
                return false;
        jw_close(&q->out, '}');
        return true;
}

/* ---- taking away ---- */

bool
admin_token_revoke(struct request *q, struct work *w, struct response *r)
{
        int64_t id = 0, person = 0;

        r->status = 204;
        q->forget_sessions = true;
        str_to_int(q->arg[0], &id);
        if (!admin_only(w, "tokens"))
                return false;
        if (!sql_one_int(w->ctx, w->conn, &person, SQL("SELECT person FROM api_tokens WHERE id = $1 AND revoked_at IS NULL"), "i", id))
                return !ctx_failed(w->ctx) && fail(w->ctx, E_NOT_FOUND, "", "API token", str_c(q->arena, q->arg[0]));
        return sql_run(w->ctx, w->conn, SQL("UPDATE api_tokens SET revoked_at = $2 WHERE id = $1"), "ii", id, w->now) &&
               note(w, person, "token_revoked", arena_printf(q->arena, "{\"token\":%lld}", (long long)id));
}

/* The session whose digest begins so; among those that are alive there are few enough to look at. */
static bool
find_session(struct work *w, struct str name, struct str *ret_hash, int64_t *ret_person)
{
        struct rows *r = sql_query(w->ctx, w->conn, SQL("SELECT token_hash, person FROM sessions WHERE expires_at > $1"), "i", w->now);
        bool found = false;

        while (r && rows_next(r)) {
                struct str hash = rows_text(r, 0);
                char hex[SESSION_NAME + 1] = "";
                for (size_t i = 0; i < SESSION_NAME / 2 && i < hash.n; i++)
                        for (int half = 0; half < 2; half++)
                                hex[2 * i + half] = "0123456789abcdef"[(unsigned char)hash.p[i] >> (half ? 0 : 4) & 15];
                if (str_is(name, hex)) {
                        *ret_hash = (struct str){arena_strndup(w->ctx->arena, hash.p, hash.n), hash.n};
                        *ret_person = rows_int(r, 1);
                        found = true;
                }
        }
        if (!r || !rows_close(r))
                return false;
        return found || fail(w->ctx, E_NOT_FOUND, "", ctx_both(w->ctx, "session", "会话"), str_c(w->ctx->arena, name));
}

bool
admin_session_end(struct request *q, struct work *w, struct response *r)
{
        int64_t person = 0;
        struct str hash = STR_NONE;

        r->status = 204;
        q->forget_sessions = true;
        return admin_only(w, "sessions") && find_session(w, q->arg[0], &hash, &person) &&
               sql_run(w->ctx, w->conn, SQL("DELETE FROM sessions WHERE token_hash = $1"), "b", hash) &&
               note(w, person, "session_ended", "{}");
}

/* ---- giving a way in ---- */

struct reset {
        int64_t person;
        char hash[SECRET_HASH_MAX];
};

static bool
write_reset(struct work *w, void *arg)
{
        struct reset *p = arg;

        return sql_run(w->ctx, w->conn,
                       SQL("INSERT INTO credentials (person, hash, changed_at, must_change) VALUES ($1, $2, $3, 0) "
                           "ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at, must_change = 0"),
                       "isi", p->person, p->hash, w->now) &&
               sql_run(w->ctx, w->conn, SQL("DELETE FROM sessions WHERE person = $1"), "i", p->person) &&
               sql_run(w->ctx, w->conn, SQL("DELETE FROM invites WHERE person = $1"), "i", p->person) &&
               note(w, p->person, "password_set", "{}");
}

bool
admin_user_password(struct request *q, struct work *w, struct response *r)
{
        struct reset p;
        struct str password;
        struct record *user;

        if (!admin_only(w, "users") || (user = path_user(q, w)) == NULL || !body_text(q, "password", 200, &password) ||
            !password_check(w->ctx, "password", password, str_c(q->arena, record_text(user, FIELD_USER_LOGIN))))
                return false;
        p.person = user->id;
        if (!password_hash(password, p.hash))
                return fail(w->ctx, E_INTERNAL, "", "no memory for a password hash");
        q->forget_sessions = true;
        r->status = 204;
        return server_write(q, write_reset, &p);
}

bool
admin_user_invite(struct request *q, struct work *w, struct response *r)
{
        char token[64], digest[DIGEST_HEX_MAX];
        usec until = w->now + INVITE_FOR;
        struct record *user;

        if (!admin_only(w, "users") || (user = path_user(q, w)) == NULL)
                return false;
        if (record_int(user, FIELD_USER_ACTIVE) == 0)
                return fail(w->ctx, E_HOOK, "active", "The person is not active", "此人已停用");
        token_random(token, sizeof token, 32);
        digest_hex(str_of(token), digest);
        if (!sql_run(w->ctx, w->conn,
                     SQL("INSERT INTO invites (person, token_hash, created_at, created_by, expires_at) VALUES ($1, $2, $3, $4, $5) "
                         "ON CONFLICT (person) DO UPDATE SET token_hash = excluded.token_hash, created_at = excluded.created_at, "
                         "created_by = excluded.created_by, expires_at = excluded.expires_at, used_at = NULL"),
                     "ibiii", user->id, auth_digest_bytes(q->arena, digest), w->now, w->actor->id, until) ||
            !note(w, user->id, "invited", "{}"))
                return false;
        r->status = 201;
        jw_open(&q->out, '{');
        jw_key(&q->out, "path");
        jw_text(&q->out, arena_printf(q->arena, "/invite#%s", token));
        admin_write_time(&q->out, "expires_at", until);
        jw_close(&q->out, '}');
        return true;
}
