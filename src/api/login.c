/* SPDX-License-Identifier: Apache-2.0
 *
 * login.c -- passwords: logging in and out, changing one.
 *
 * All of it runs on worker threads: an Argon2id hash takes 10 ms of a core.  Every try leaves a row in
 * login_events, and these rows are the lock-out too, so that neither a restart nor another node forgets it:
 *
 *     wrong tries since the last right one, within a day, n >= free  ->  locked for 2, 4, 8 ... 900 s after
 * the last
 *
 * counted for the login (5 free tries) and, within an hour, for the address (20: an office behind one address
 * is many people).  A try while locked is refused without looking at the password and does not make the lock
 * longer.
 *
 * Invariants
 *   1. An unknown login costs the same hash as a known one, and is answered with the same words.
 *   2. The row of a try is on disk before its answer leaves.
 *   3. A new password ends every other session of the person, and the cache forgets them after the commit.
 */
#include <stdio.h>
#include "api/auth.h"
#include "api/handlers.h"
#include "api/server.h"
#include "base/secret.h"
#include "base/text.h"
#include "engine/actor.h"

enum {
        FREE_LOGIN = 5,
        FREE_ADDRESS = 20,
        LOCK_MAX = 900,
        PASSWORD_MIN = 8,
        PASSWORD_MAX = 200,
        LOGIN_MAX = 80
};

struct attempt {
        struct request *q;
        const char *login, *address, *outcome;
        int64_t person;
        char token[64], csrf[40], digest[DIGEST_HEX_MAX];
        bool logged_in;
};

/* ---- the lock-out ---- */

/* Seconds still to wait after `wrong` wrong tries, the last of them at `last`. */
static int64_t
lock_left(int64_t wrong, int64_t free_tries, usec last, usec now)
{
        int64_t over = wrong - free_tries, seconds;
        usec until;

        if (over < 0)
                return 0;
        seconds = over >= 9 ? LOCK_MAX : (int64_t)2 << over;
        until = last + (seconds < LOCK_MAX ? seconds : LOCK_MAX) * USEC_SECOND;
        return until > now ? (until - now + USEC_SECOND - 1) / USEC_SECOND : 0;
}

static bool
count_wrong(struct work *w, const char *sql, const char *key, usec since, int64_t *ret_wrong, usec *ret_last)
{
        struct rows *r = sql_query(w->ctx, w->conn, sql, "si", key, since);

        if (r && rows_next(r)) {
                *ret_wrong = rows_int(r, 0);
                *ret_last = rows_int(r, 1);
        }
        return r && rows_close(r);
}

/* The longer of both locks. */
static bool
lockout(struct work *w, const char *login, const char *address, int64_t *ret_seconds)
{
        int64_t wrong = 0, left;
        usec last = 0;

        if (!count_wrong(w,
                         SQL("SELECT count(*), max(at) FROM login_events WHERE login = $1 AND outcome = "
                             "'wrong' AND at > coalesce("
                             "(SELECT max(at) FROM login_events WHERE login = $1 AND outcome = 'ok' AND at > "
                             "$2), $2)"),
                         login, w->now - USEC_DAY, &wrong, &last))
                return false;
        *ret_seconds = lock_left(wrong, FREE_LOGIN, last, w->now);
        wrong = last = 0;
        if (!count_wrong(w,
                         SQL("SELECT count(*), max(at) FROM login_events WHERE address = $1 AND outcome = "
                             "'wrong' AND at > $2"),
                         address, w->now - USEC_HOUR, &wrong, &last))
                return false;
        left = lock_left(wrong, FREE_ADDRESS, last, w->now);
        if (left > *ret_seconds)
                *ret_seconds = left;
        return true;
}

static bool
record_event(struct work *w, const struct attempt *a)
{
        int64_t id, *person = a->person ? &(int64_t){a->person} : NULL;

        return seq_next(w->ctx, w->conn, "login_events", 1, &id) &&
               sql_run(w->ctx, w->conn,
                       SQL("INSERT INTO login_events (id, at, login, person, outcome, address) VALUES ($1, "
                           "$2, $3, $4, $5, $6)"),
                       "iisIss", id, w->now, a->login, person, a->outcome, a->address);
}

/* ---- logging in ---- */

static bool
insert_session(struct work *w, const struct attempt *a)
{
        return sql_run(w->ctx, w->conn,
                       SQL("INSERT INTO sessions (token_hash, person, created_at, seen_at, expires_at, csrf, "
                           "address) "
                           "VALUES ($1, $2, $3, $3, $4, $5, $6)"),
                       "biiiss", auth_digest_bytes(w->ctx->arena, a->digest), a->person, w->now,
                       w->now + SESSION_IDLE, a->csrf, a->address);
}

static bool
write_attempt(struct work *w, void *arg)
{
        struct attempt *a = arg;

        return record_event(w, a) && (!a->logged_in || insert_session(w, a));
}

/* A hash of nobody's password, so that an unknown login takes as long as a known one. */
static const char *
decoy_hash(void)
{
        static _Thread_local char hash[SECRET_HASH_MAX];

        if (!hash[0])
                password_hash(STR("nobody has this password"), hash);
        return hash;
}

/* The person of the login and its password's hash. */
static bool
find_person(struct work *w, const char *login, struct attempt *a, const char **ret_hash, bool *ret_active)
{
        struct rows *r = sql_query(
                w->ctx, w->conn,
                SQL("SELECT u.id, u.active, c.hash FROM users u LEFT JOIN credentials c ON c.person = u.id "
                    "WHERE u.login = $1"),
                "s", login);

        *ret_hash = NULL;
        *ret_active = false;
        if (r && rows_next(r)) {
                a->person = rows_int(r, 0);
                *ret_active = rows_int(r, 1) != 0;
                *ret_hash = rows_null(r, 2) ? NULL : str_c(w->ctx->arena, rows_text(r, 2));
        }
        return r && rows_close(r);
}

/* Decides the outcome of a try that is not locked out. */
static bool
judge(struct work *w, struct attempt *a, struct str password)
{
        const char *hash;
        bool active, right;

        if (!find_person(w, a->login, a, &hash, &active))
                return false;
        right = password_verify(hash ? hash : decoy_hash(), password) && hash;
        a->outcome = !right ? "wrong" : !active ? "inactive" : "ok";
        a->logged_in = right && active;
        return true;
}

static void
make_tokens(struct attempt *a)
{
        token_random(a->token, sizeof a->token, 32);
        token_random(a->csrf, sizeof a->csrf, 24);
        digest_hex(str_of(a->token), a->digest);
}

static void
set_cookie(struct request *q, const char *token, int64_t seconds)
{
        response_header(&q->response, "Set-Cookie",
                        arena_printf(q->arena,
                                     SESSION_COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s",
                                     token, (long long)seconds, request_secure(q) ? "; Secure" : ""));
}

static bool
answer_login(struct request *q, struct work *w, const struct attempt *a)
{
        struct work as = *w;

        as.actor = actor_load(w, a->person, q->arena);
        if (!as.actor)
                return ctx_failed(w->ctx) ? false : fail(w->ctx, E_LOGIN, "");
        jw_open(&q->out, '{');
        jw_key(&q->out, "user");
        me_write(&as, &q->out,
                 &(struct me_session){actor_zone(w, a->person, q->arena), a->csrf, q->server->o.hotline, w->now + SESSION_MAX});
        jw_key(&q->out, "csrf");
        jw_text(&q->out, a->csrf);
        jw_close(&q->out, '}');
        set_cookie(q, a->token, SESSION_MAX / USEC_SECOND);
        return true;
}

static bool
refuse_locked(struct request *q, struct work *w, struct attempt *a)
{
        a->outcome = "locked";
        if (!server_write(q, write_attempt, a))
                return false;
        return fail(w->ctx, E_LOCKED_OUT, "", arena_printf(q->arena, "%lld", (long long)q->retry_after));
}

bool
login_run(struct request *q, struct work *w, struct response *r)
{
        struct attempt a = {.q = q, .address = request_address(q)};
        struct str login, password;

        if (!body_text(q, "login", LOGIN_MAX, &login) || !body_text(q, "password", PASSWORD_MAX, &password))
                return false;
        if (!text_valid(login))
                return fail(w->ctx, E_UTF8, "login");
        a.login = str_c(q->arena, login);
        if (!lockout(w, a.login, a.address, &q->retry_after))
                return false;
        if (q->retry_after)
                return refuse_locked(q, w, &a);
        if (!judge(w, &a, password))
                return false;
        make_tokens(&a);
        if (!server_write(q, write_attempt, &a))
                return false;
        return a.logged_in ? answer_login(q, w, &a) : fail(w->ctx, E_LOGIN, "");
}

/* ---- logging out ---- */

bool
logout_run(struct request *q, struct work *w, struct response *r)
{
        struct attempt a = {.login = w->actor->login,
                            .person = w->actor->id,
                            .outcome = "logout",
                            .address = request_address(q)};

        r->status = 204;
        if (q->session->kind != CREDENTIAL_COOKIE)
                return true;
        set_cookie(q, "", 0);
        q->forget_sessions = true;
        return record_event(w, &a) &&
               sql_run(w->ctx, w->conn, SQL("DELETE FROM sessions WHERE token_hash = $1"), "b",
                       auth_digest_bytes(q->arena, q->digest));
}

/* ---- another password ---- */

struct new_password {
        int64_t person;
        char hash[SECRET_HASH_MAX];
        struct str keep; /* the session that stays */
};

static bool
write_password(struct work *w, void *arg)
{
        struct new_password *p = arg;

        return sql_run(w->ctx, w->conn,
                       SQL("UPDATE credentials SET hash = $2, changed_at = $3, must_change = 0 WHERE person "
                           "= $1"),
                       "isi", p->person, p->hash, w->now) &&
               sql_run(w->ctx, w->conn, SQL("DELETE FROM sessions WHERE person = $1 AND token_hash <> $2"),
                       "ib", p->person, p->keep);
}

bool
password_check(struct ctx *ctx, const char *field, struct str password, const char *login)
{
        char length[24];

        if (!text_valid(password))
                return fail(ctx, E_UTF8, field);
        if (text_length(password) < PASSWORD_MIN) {
                snprintf(length, sizeof length, "%zu", text_length(password));
                return fail(ctx, E_TOO_SMALL, field, length, "8 characters");
        }
        if (password.n > PASSWORD_MAX)
                return fail(ctx, E_TOO_LONG, field, arena_printf(ctx->arena, "%zu", password.n), "200");
        return !str_is(password, login) ||
               fail(ctx, E_NOT_ALLOWED_VALUE, field, "…", ctx_both(ctx, "a password other than the login", "与登录名不同的密码"));
}

static bool
check_new(struct work *w, struct str old, struct str new)
{
        return password_check(w->ctx, "new", new, w->actor->login) &&
               (!str_eq(old, new) || fail(w->ctx, E_NOT_ALLOWED_VALUE, "new", "…", "a password other than the old one"));
}

/* The old password, with the same lock-out as a login: a stolen session must not be a place to guess. */
static bool
prove_old(struct request *q, struct work *w, struct str old)
{
        struct attempt a = {.q = q, .login = w->actor->login, .address = request_address(q)};

        if (!lockout(w, a.login, a.address, &q->retry_after))
                return false;
        if (q->retry_after)
                return refuse_locked(q, w, &a);
        if (!judge(w, &a, old))
                return false;
        if (a.logged_in)
                return true;
        if (!server_write(q, write_attempt,
                          &(struct attempt){.login = a.login,
                                            .address = a.address,
                                            .outcome = a.outcome,
                                            .person = a.person}))
                return false;
        return fail(w->ctx, E_NOT_ALLOWED_VALUE, "old", "…", "the present password");
}

bool
password_run(struct request *q, struct work *w, struct response *r)
{
        struct new_password p = {.person = w->actor->id};
        struct str old, new;

        if (!body_text(q, "old", PASSWORD_MAX, &old) || !body_text(q, "new", PASSWORD_MAX, &new) ||
            !check_new(w, old, new) || !prove_old(q, w, old))
                return false;
        if (!password_hash(new, p.hash))
                return fail(w->ctx, E_INTERNAL, "", "no memory for a password hash");
        p.keep = auth_digest_bytes(q->arena, q->digest);
        q->forget_sessions = true;
        r->status = 204;
        return server_write(q, write_password, &p);
}
