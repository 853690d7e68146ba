/* SPDX-License-Identifier: Apache-2.0
 *
 * idempotency.c -- Idempotency-Key: done once, answered alike, for a day.
 *
 * The answer is kept in the same transaction as the change it tells of, so one cannot be without the other.
 * The key belongs to the person; the request is told apart by the digest of method, target and body.  What
 * failed is not kept: nothing was changed, and sending it again is how it can succeed.
 *
 * Two nodes that get the same key at once: the second insert breaks the table's key, its whole transaction is
 * undone and run again, and then finds the first one's answer.
 */
#include "api/idempotency.h"

#define KEPT USEC_DAY

static bool
key_sane(struct str key)
{
        for (size_t i = 0; i < key.n; i++)
                if (key.p[i] <= ' ' || key.p[i] > '~')
                        return false;
        return key.n > 0 && key.n <= 100;
}

/* 32 bytes that tell requests apart.  The body's digest is taken before json_parse wrote into it. */
static struct str
request_hash(struct request *q)
{
        struct str parts[3] = {str_of(q->method_name), q->uri, str_of(q->body_digest)};
        unsigned char *out = arena_alloc(q->arena, 32);

        chain_hash(parts, 3, out);
        return (struct str){(const char *)out, 32};
}

/* Location and ETag of a kept answer follow from its body. */
static void
replay_headers(struct request *q, struct response *r, struct str body)
{
        struct json *v =
                body.n ? json_parse(&q->ctx, arena_strndup(q->arena, body.p, body.n), body.n, 20000) : NULL;
        const struct json *id = json_get(v, "id"), *version = json_get(v, "_v");

        ctx_clear(&q->ctx);
        if (version && version->type == JSON_INT)
                response_etag(q, version->i);
        if (r->status == 201 && id && id->type == JSON_INT)
                response_header(
                        r, "Location",
                        arena_printf(q->arena, "%.*s/%lld", (int)q->path.n, q->path.p, (long long)id->i));
        response_header(r, "Idempotency-Replayed", "true");
}

/* 1: answered from what is kept; 0: new; -1: an error. */
static int
replay(struct request *q, struct work *w, struct response *r, struct str hash)
{
        struct str key = q->header[H_IDEMPOTENCY_KEY];
        bool same = false, found;
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("SELECT request_hash, status, body FROM idempotency "
                                          "WHERE \"key\" = $1 AND person = $2 AND created_at > $3"),
                                      "tii", key, w->actor->id, w->now - KEPT);

        if (!rows)
                return -1;
        found = rows_next(rows);
        if (found) {
                same = str_eq(rows_text(rows, 0), hash);
                r->status = (int)rows_int(rows, 1);
                buf_str(&q->out.b, rows_text(rows, 2));
        }
        if (!rows_close(rows))
                return -1;
        if (found && !same) {
                fail(w->ctx, E_IDEMPOTENCY_REUSED, "", str_c(q->arena, key));
                return -1;
        }
        if (found)
                replay_headers(q, r, jw_view(&q->out));
        return found;
}

static bool
keep(struct request *q, struct work *w, struct response *r, struct str hash)
{
        struct str body = r->body.p ? r->body : jw_view(&q->out), key = q->header[H_IDEMPOTENCY_KEY];

        if (!sql_run(w->ctx, w->conn,
                     SQL("DELETE FROM idempotency WHERE \"key\" = $1 AND person = $2 AND created_at <= $3"),
                     "tii", key, w->actor->id, w->now - KEPT))
                return false;
        if (sql_run(w->ctx, w->conn,
                    SQL("INSERT INTO idempotency (\"key\", person, request_hash, status, body, created_at) "
                        "VALUES ($1, $2, $3, $4, $5, $6)"),
                    "tibiti", key, w->actor->id, hash, (int64_t)(r->status ? r->status : 200), body, w->now) &&
            sql_flush(w->ctx, w->conn))        /* PostgreSQL only queues it: who comes second must know here */
                return true;
        if (w->ctx->errors->code != E_NOT_UNIQUE)
                return false;
        ctx_clear(w->ctx);
        return fail(w->ctx, E_DB_RETRY, "", "the same request runs elsewhere at this moment");
}

bool
idempotency_run(struct request *q, struct work *w, handler *run)
{
        struct str hash;
        int kept;

        if (!key_sane(q->header[H_IDEMPOTENCY_KEY]))
                return fail(w->ctx, E_IDEMPOTENCY_KEY, "");
        hash = request_hash(q);
        kept = replay(q, w, &q->response, hash);
        if (kept != 0)
                return kept > 0;
        return run(q, w, &q->response) && keep(q, w, &q->response, hash);
}

bool
idempotency_expire(struct ctx *ctx, struct conn *c, usec now)
{
        return sql_run(ctx, c, SQL("DELETE FROM idempotency WHERE created_at < $1"), "i", now - KEPT);
}
