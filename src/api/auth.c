/* SPDX-License-Identifier: Apache-2.0
 *
 * auth.c -- from a token to an actor.
 *
 * A token is 32 random bytes; the tables and the cache know only its SHA-256, so that neither a copy of the
 * database nor a timing of the look-up gives one away.  A hit in the cache costs one digest, one short lock
 * of a shard, and no SQL.
 *
 *     token --digest--> shard --> session (actor, csrf) --refs--> requests, streams
 *
 * Invariants
 *   1. An entry is used for at most TTL after it was loaded: what another node revoked ends here within a
 * minute.
 *   2. Each shard has a generation.  An entry carries the one that was in force before it was read from the
 *      database, and counts only while the shard still has it.  auth_forget raises them after the commit, so
 * a load that raced with the change can never leave the old state in the cache.
 *   3. A session stays in memory while somebody holds it, in the cache or not.
 *   4. A shard holds at most SHARD_MAX entries; a full one is emptied, which costs its users one query each.
 *
 * Not here: passwords (login.c), what an actor may do (engine/access.c).
 */
#include "api/auth.h"
#include <pthread.h>
#include <stdlib.h>
#include <strings.h>
#include "api/server.h"
#include "engine/actor.h"

enum { SHARDS = 64, BUCKETS = 256, SHARD_MAX = 2048 };
#define TTL (60 * USEC_SECOND)
#define TOUCH_AFTER (5 * USEC_MINUTE)

struct shard {
        pthread_mutex_t lock;
        unsigned generation, count;
        struct session *bucket[BUCKETS];
};
struct auth {
        struct shard shard[SHARDS];
};

struct auth *
auth_new(void)
{
        struct auth *a = calloc(1, sizeof *a);

        if (!a)
                abort();
        for (int i = 0; i < SHARDS; i++)
                pthread_mutex_init(&a->shard[i].lock, NULL);
        return a;
}

void
auth_hold(struct session *s)
{
        atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
}

void
auth_release(struct session *s)
{
        struct arena *arena = s->arena;

        if (atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) == 1) {
                arena_free(arena);
                free(s);
        }
}

/* Under the shard's lock. */
static void
shard_empty(struct shard *s)
{
        for (int i = 0; i < BUCKETS; i++) {
                struct session *e = s->bucket[i], *next;
                for (; e; e = next) {
                        next = e->next;
                        auth_release(e);
                }
                s->bucket[i] = NULL;
        }
        s->count = 0;
}

void
auth_forget(struct auth *a)
{
        for (int i = 0; i < SHARDS; i++) {
                pthread_mutex_lock(&a->shard[i].lock);
                a->shard[i].generation++;
                shard_empty(&a->shard[i]);
                pthread_mutex_unlock(&a->shard[i].lock);
        }
}

void
auth_free(struct auth *a)
{
        auth_forget(a);
        for (int i = 0; i < SHARDS; i++)
                pthread_mutex_destroy(&a->shard[i].lock);
        free(a);
}

static unsigned
hex_byte(const char *hex)
{
        unsigned v = 0;

        for (int i = 0; i < 2; i++)
                v = v << 4 | (unsigned)(hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10);
        return v;
}

static struct shard *
shard_of(struct auth *a, const char *digest)
{
        return &a->shard[hex_byte(digest) % SHARDS];
}

static struct session **
bucket_of(struct shard *s, const char *digest)
{
        return &s->bucket[hex_byte(digest + 2)];
}

struct str
auth_digest_bytes(struct arena *a, const char *hex)
{
        char *p = arena_alloc(a, 32);

        for (int i = 0; i < 32; i++)
                p[i] = (char)hex_byte(hex + 2 * i);
        return (struct str){p, 32};
}

/* ---- the token ---- */

void
auth_read_credential(struct request *q)
{
        struct str bearer = q->header[H_AUTHORIZATION], token;

        if (bearer.n > 7 && strncasecmp(bearer.p, "Bearer ", 7) == 0) {
                token = str_trim((struct str){bearer.p + 7, bearer.n - 7});
                q->credential = CREDENTIAL_BEARER;
        } else {
                token = cookie_get(q->header[H_COOKIE], SESSION_COOKIE);
                q->credential = token.n ? CREDENTIAL_COOKIE : CREDENTIAL_NONE;
        }
        if (token.n == 0 || token.n > 200)
                q->credential = CREDENTIAL_NONE;
        else
                digest_hex(token, q->digest);
}

static void
adopt(struct request *q, struct session *s)
{
        q->session = s;
        q->work.actor = s->actor;
}

bool
auth_cached(struct auth *a, struct request *q)
{
        struct shard *shard = shard_of(a, q->digest);
        struct session *e;

        pthread_mutex_lock(&shard->lock);
        for (e = *bucket_of(shard, q->digest); e; e = e->next)
                if (e->kind == q->credential && memcmp(e->digest, q->digest, sizeof e->digest) == 0)
                        break;
        if (e && (e->generation != shard->generation || q->started - e->loaded_at > TTL ||
                  e->expires_at <= clock_now()))
                e = NULL;
        if (e)
                auth_hold(e);
        pthread_mutex_unlock(&shard->lock);
        if (e)
                adopt(q, e);
        return e != NULL;
}

/* ---- loading ---- */

/* Takes out an older entry of the same token, then puts the new one in. */
static void
cache_put(struct auth *a, struct session *s)
{
        struct shard *shard = shard_of(a, s->digest);
        struct session **at = bucket_of(shard, s->digest);

        pthread_mutex_lock(&shard->lock);
        if (shard->count >= SHARD_MAX)
                shard_empty(shard);
        while (*at && memcmp((*at)->digest, s->digest, sizeof s->digest) != 0)
                at = &(*at)->next;
        if (*at) {
                struct session *old = *at;
                *at = old->next;
                auth_release(old);
                shard->count--;
        }
        at = bucket_of(shard, s->digest);
        auth_hold(s);
        s->next = *at;
        *at = s;
        shard->count++;
        pthread_mutex_unlock(&shard->lock);
}

static unsigned
generation_now(struct auth *a, const char *digest)
{
        struct shard *s = shard_of(a, digest);
        unsigned g;

        pthread_mutex_lock(&s->lock);
        g = s->generation;
        pthread_mutex_unlock(&s->lock);
        return g;
}

struct found { /* what the tables say of a token */
        int64_t person, id, seen_at, created_at, expires_at;
        struct str csrf;
};

/* Cookies are looked up among the sessions, bearer tokens among the API tokens. */
static bool
find_token(struct request *q, struct work *w, struct found *ret)
{
        struct str key = auth_digest_bytes(w->ctx->arena, q->digest);
        struct rows *r;
        bool found;

        if (q->credential == CREDENTIAL_COOKIE)
                r = sql_query(w->ctx, w->conn,
                              SQL("SELECT person, 0, seen_at, created_at, expires_at, csrf FROM sessions "
                                  "WHERE token_hash = $1 AND expires_at > $2"),
                              "bi", key, w->now);
        else
                r = sql_query(w->ctx, w->conn,
                              SQL("SELECT person, id, coalesce(used_at, 0), created_at, coalesce(expires_at, "
                                  "9000000000000000), '' "
                                  "FROM api_tokens "
                                  "WHERE token_hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR "
                                  "expires_at > $2)"),
                              "bi", key, w->now);
        if (!r)
                return false;
        found = rows_next(r);
        if (found)
                *ret = (struct found){rows_int(r, 0), rows_int(r, 1),
                                      rows_int(r, 2), rows_int(r, 3),
                                      rows_int(r, 4), str_of(str_c(w->ctx->arena, rows_text(r, 5)))};
        return rows_close(r) && found;
}

static struct session *
session_new(struct request *q, struct work *w, const struct found *f)
{
        struct session *s = calloc(1, sizeof *s);

        if (!s)
                abort();
        s->arena = arena_new(1 << 20);
        atomic_store(&s->refs, 1);
        memcpy(s->digest, q->digest, sizeof s->digest);
        s->kind = q->credential;
        s->token_id = f->id;
        s->csrf = str_c(s->arena, f->csrf);
        s->expires_at = f->expires_at;
        s->ends_at = q->credential == CREDENTIAL_COOKIE ? f->created_at + SESSION_MAX : 0;
        s->loaded_at = clock_monotonic();
        s->actor = actor_load(w, f->person, s->arena);
        if (s->actor) {
                s->zone = actor_zone(w, f->person, s->arena);
                return s;
        }
        auth_release(s);
        return NULL;
}

/* ---- a session that is used lives on ---- */

struct touch {
        struct job job;
        struct ctx ctx;
        struct arena *arena;
        struct str key;
        enum credential kind;
        usec now, until;
};

static bool
touch_run(struct job *job, struct conn *c)
{
        struct touch *t = (struct touch *)job;

        if (t->kind == CREDENTIAL_BEARER)
                return sql_run(job->ctx, c, SQL("UPDATE api_tokens SET used_at = $2 WHERE token_hash = $1"),
                               "bi", t->key, t->now);
        return sql_run(job->ctx, c,
                       SQL("UPDATE sessions SET seen_at = $2, expires_at = $3 WHERE token_hash = $1"), "bii",
                       t->key, t->now, t->until);
}

static void
touch_done(struct job *job)
{
        arena_free(((struct touch *)job)->arena);
}

/* Notes the use, and moves a session's end on; behind the request's back. */
static void
touch_session(struct request *q, struct work *w, const struct found *f)
{
        struct arena *a = arena_new(1 << 20);
        struct touch *t = ARENA_NEW(a, struct touch);
        usec until = w->now + SESSION_IDLE;

        ctx_init(&t->ctx, a);
        t->arena = a;
        t->job = (struct job){.ctx = &t->ctx, .run = touch_run, .done = touch_done};
        t->key = auth_digest_bytes(a, q->digest);
        t->kind = q->credential;
        t->now = w->now;
        t->until = until < f->created_at + SESSION_MAX ? until : f->created_at + SESSION_MAX;
        if (!exec_write(q->server->o.exec, &t->job))
                arena_free(a);
}

bool
auth_load(struct auth *a, struct request *q, struct work *w)
{
        unsigned generation = generation_now(a, q->digest);
        struct found f = {0};
        struct session *s = NULL;

        if (q->credential != CREDENTIAL_NONE && find_token(q, w, &f))
                s = session_new(q, w, &f);
        if (!s)
                return ctx_failed(w->ctx) ? false : fail(w->ctx, E_UNAUTHENTICATED, "");
        s->generation = generation;
        cache_put(a, s);
        adopt(q, s);
        if (w->now - f.seen_at > TOUCH_AFTER)
                touch_session(q, w, &f);
        return true;
}

bool
auth_check_csrf(struct request *q)
{
        if (q->method == METHOD_GET || q->session->kind != CREDENTIAL_COOKIE)
                return true;
        return secret_equal(q->header[H_CSRF_TOKEN], str_of(q->session->csrf)) || fail(&q->ctx, E_CSRF, "");
}

bool
auth_still_good(struct session *s, struct work *w)
{
        struct str key = auth_digest_bytes(w->ctx->arena, s->digest);
        int64_t person = 0;
        bool there;

        if (s->kind == CREDENTIAL_COOKIE)
                there = sql_one_int(w->ctx, w->conn, &person,
                                    SQL("SELECT s.person FROM sessions s JOIN users u ON u.id = s.person AND "
                                        "u.active = 1 "
                                        "WHERE s.token_hash = $1 AND s.expires_at > $2"),
                                    "bi", key, w->now);
        else
                there = sql_one_int(w->ctx, w->conn, &person,
                                    SQL("SELECT s.person FROM api_tokens s JOIN users u ON u.id = s.person "
                                        "AND u.active = 1 "
                                        "WHERE s.token_hash = $1 AND s.revoked_at IS NULL "
                                        "AND (s.expires_at IS NULL OR s.expires_at > $2)"),
                                    "bi", key, w->now);
        return there || ctx_failed(w->ctx);
}
