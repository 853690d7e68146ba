/* SPDX-License-Identifier: Apache-2.0
 *
 * invite.c -- a link by which a person chooses a password, once.
 *
 *     administrator: POST /admin/users/{id}/invite -> /invite#SECRET     (users.c)
 *     the person:    POST /invite {token}  who is it for?                 POST /invite/password {token, password}
 *
 * The secret stands behind the # of the link, so that no server and no log on the way sees it; here comes its digest's turn.
 * One that is wrong, used or too old is answered alike.
 *
 * Invariants
 *   1. A link works once: the row is taken in the transaction that writes the password.
 *   2. All other sessions of the person end with it.
 */
#include "api/admin.h"
#include "api/auth.h"
#include "api/server.h"
#include "base/secret.h"
#include "engine/actor.h"
#include "engine/event.h"
#include "engine/store.h"
#include "gen/names.h"

struct guest {
        int64_t person;
        struct str digest;
        const char *login, *name;
        char hash[SECRET_HASH_MAX];
};

static bool
fail_invite(struct work *w)
{
        return fail(w->ctx, E_HOOK, "token", "This link is not valid: it was used, replaced, or is older than seven days",
                    "该链接无效：已使用、已被新链接替换，或已超过七天");
}

static bool
find_guest(struct request *q, struct work *w, struct guest *g)
{
        char hex[DIGEST_HEX_MAX];
        struct str token;
        struct rows *r;

        if (!body_text(q, "token", 200, &token))
                return false;
        digest_hex(token, hex);
        *g = (struct guest){.digest = auth_digest_bytes(q->arena, hex)};
        r = sql_query(w->ctx, w->conn,
                      SQL("SELECT u.id, u.login, u.name FROM invites i JOIN users u ON u.id = i.person AND u.active = 1 "
                          "WHERE i.token_hash = $1 AND i.used_at IS NULL AND i.expires_at > $2"),
                      "bi", g->digest, w->now);
        if (r && rows_next(r)) {
                g->person = rows_int(r, 0);
                g->login = str_c(q->arena, rows_text(r, 1));
                g->name = str_c(q->arena, rows_text(r, 2));
        }
        if (!r || !rows_close(r))
                return false;
        return g->person != 0 || fail_invite(w);
}

bool
invite_open(struct request *q, struct work *w, struct response *r)
{
        struct guest g;

        if (!find_guest(q, w, &g))
                return false;
        jw_open(&q->out, '{');
        jw_key(&q->out, "login");
        jw_text(&q->out, g.login);
        jw_key(&q->out, "name");
        jw_text(&q->out, g.name);
        jw_close(&q->out, '}');
        return true;
}

static bool
note_as_guest(struct work *w, int64_t person)
{
        struct work as = *w;
        struct record *r = store_load(w, model_entity(w->model, ENTITY_USER), person);

        as.actor = actor_load(w, person, w->ctx->arena);
        return r != NULL && as.actor != NULL && event_note(&as, r, "access", "invite_used", STR("{}"));
}

static bool
write_password(struct work *w, void *arg)
{
        struct guest *g = arg;

        if (!sql_run(w->ctx, w->conn, SQL("UPDATE invites SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL"), "bi",
                     g->digest, w->now))
                return false;
        if (conn_changes(w->conn) == 0)
                return !ctx_failed(w->ctx) && fail_invite(w);
        return sql_run(w->ctx, w->conn,
                       SQL("INSERT INTO credentials (person, hash, changed_at, must_change) VALUES ($1, $2, $3, 0) "
                           "ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at, must_change = 0"),
                       "isi", g->person, g->hash, w->now) &&
               sql_run(w->ctx, w->conn, SQL("DELETE FROM sessions WHERE person = $1"), "i", g->person) &&
               note_as_guest(w, g->person);
}

bool
invite_accept(struct request *q, struct work *w, struct response *r)
{
        struct guest g;
        struct str password;

        if (!find_guest(q, w, &g) || !body_text(q, "password", 200, &password) ||
            !password_check(w->ctx, "password", password, g.login))
                return false;
        if (!password_hash(password, g.hash))
                return fail(w->ctx, E_INTERNAL, "", "no memory for a password hash");
        q->forget_sessions = true;
        r->status = 204;
        return server_write(q, write_password, &g);
}
