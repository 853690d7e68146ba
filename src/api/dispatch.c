/* SPDX-License-Identifier: Apache-2.0
 *
 * dispatch.c -- from a request to its handler and back, on the right thread.
 *
 * Order of the checks, cheapest first:
 *
 *     readable -> rate of the address -> route -> size and type of the body -> who -> CSRF -> rate of the
 * person
 *     -> (body read, JSON parsed) -> handler
 *
 * A handler always runs in perform(), with a connection.  Where that happens is the route's mode:
 *
 *     READ_INLINE  SQLite: on the HTTP thread with its own connection, no hop; PostgreSQL: read pool
 *     READ_POOL    read pool                    WRITE    writer, inside the transaction
 *     WORKER       worker pool                  UPLOAD   perform() before the body, upload.c after it
 *
 * Invariants
 *   1. While suspended the request belongs to the other thread; nothing here touches it until the resume.
 *   2. perform() may run more than once (the writer retries): it starts with an empty answer and fresh `now`.
 *   3. An answer that tells of a write is made known only in done(), after the commit; a failed commit
 * replaces it.
 *   4. A request keeps the Model that was in force when it came, until it is over.
 *   5. A refusal before the body waits for a body of up to 8 MiB, because most clients read nothing before
 * they have sent all; before a larger one, or when the client asked first (Expect), it goes out at once and
 * closes.
 */
#include <stdio.h>
#include <strings.h>
#include "api/auth.h"
#include "api/handlers.h"
#include "api/idempotency.h"
#include "api/live.h"
#include "api/problem.h"
#include "api/route.h"
#include "api/server.h"
#include "api/upload.h"
#include "base/log.h"

enum { BODY_LIMIT = 1 << 20, NODES_MAX = 20000, PATIENCE = 8 << 20 };

const char *
request_address(const struct request *q)
{
        struct str list = q->header[H_FORWARDED_FOR], last = list;

        if (!q->server->o.trust_proxy || !list.p)
                return http_address(q);
        while (list.p)
                last = str_cut(list, ',', &list);
        last = str_trim(last);
        return last.n && last.n < 46 ? str_c(q->arena, last) : http_address(q);
}

bool
request_secure(const struct request *q)
{
        return q->server->o.secure_cookies ||
               (q->server->o.trust_proxy && str_is(q->header[H_FORWARDED_PROTO], "https"));
}

/* ---- running a handler ---- */

static bool
authenticated(struct request *q, struct work *w)
{
        if (q->session)
                return true;
        if (!auth_load(q->server->auth, q, w) || !auth_check_csrf(q))
                return false;
        q->retry_after = rate_take(q->server->rate_actor, (uint64_t)w->actor->id, q->started);
        return !q->retry_after ||
               fail(w->ctx, E_RATE, "", arena_printf(q->arena, "%lld", (long long)q->retry_after));
}

static void
next_model_drop(struct request *q)
{
        engine_release(q->next_engine);
        q->next_engine = NULL;
}

/* Everything a handler needs, then the handler. */
static bool
perform(struct request *q, struct conn *c)
{
        struct work *w = &q->work;
        bool ok;

        response_clear(q);
        next_model_drop(q);
        w->conn = c;
        w->now = clock_now();
        if (!c && !(q->route->flags & ROUTE_PLAIN))
                return fail(w->ctx, E_DB_AWAY, "", "no connection");
        if (!(q->route->flags & ROUTE_PUBLIC) && !authenticated(q, w))
                return false;
        if (q->route->flags & ROUTE_ONCE && q->header[H_IDEMPOTENCY_KEY].p)
                ok = idempotency_run(q, w, q->route->run);
        else
                ok = q->route->run(q, w, &q->response);
        if (ok && q->response.status == 0 && !q->upload)
                q->response.status = 200;
        return ok;
}

static bool
job_run(struct job *job, struct conn *c)
{
        return perform((struct request *)job, c);
}

/* The outcome is final: what the answer rests on is on disk, or an error stands in the ctx. */
static void
job_done(struct job *job)
{
        struct request *q = (struct request *)job;

        if (!job->ok && q->early)
                problem_answer(q);
        else if (!job->ok)
                q->response.status = 0;
        else if (q->forget_sessions)
                auth_forget(q->server->auth);
        if (job->ok && q->next_engine) {
                server_put_in_force(q->server, q->next_engine, q->next_revision);
                q->next_engine = NULL;
        }
        http_resume(q);
}

static void
task_run(struct task *t, struct conn *c)
{
        struct request *q = (struct request *)((char *)t - offsetof(struct request, task));

        if (!perform(q, c))
                q->response.status = 0;
        else if (q->forget_sessions)
                auth_forget(q->server->auth);
        http_resume(q);
}

/* Hands q over.  When the queue is full, q is resumed at once and answers 503. */
static enum verdict
hand_over(struct request *q)
{
        struct server *s = q->server;
        bool taken;

        http_suspend(q);
        q->job = (struct job){.ctx = &q->ctx, .run = job_run, .done = job_done};
        q->task.run = task_run;
        if (q->route->mode == WORKER)
                taken = workers_submit(s->workers, &q->task);
        else if (q->route->mode == WRITE)
                taken = exec_write(s->o.exec, &q->job);
        else
                taken = exec_read(s->o.exec, &q->job);
        if (!taken) {
                fail(&q->ctx, E_OVERLOAD, "");
                http_resume(q);
        }
        return VERDICT_WAIT;
}

/* The HTTP thread's own read connection; NULL with an error when the database cannot be reached. */
static struct conn *
inline_conn(struct request *q)
{
        struct http_thread *t = q->home;

        if (!t->conn)
                t->conn = conn_open(&q->ctx, q->server->o.db, CONN_READ);
        else if (!conn_alive(t->conn) && !conn_reopen(&q->ctx, t->conn))
                return NULL;
        return t->conn;
}

static bool
runs_here(const struct request *q)
{
        return q->route->flags & ROUTE_PLAIN ||
               ((q->route->mode == READ_INLINE || q->route->mode == UPLOAD) &&
                db_engine(q->server->o.db) == DB_SQLITE);
}

static enum verdict
start(struct request *q)
{
        struct conn *c;

        if (!runs_here(q))
                return hand_over(q);
        c = q->route->flags & ROUTE_PLAIN ? NULL : inline_conn(q);
        if (ctx_failed(&q->ctx) || !perform(q, c))
                q->response.status = 0;
        return VERDICT_ANSWER;
}

/* ---- the head ---- */

static bool
check_rate(struct request *q, struct rate *r, uint64_t key)
{
        q->retry_after = rate_take(r, key, q->started);
        return !q->retry_after ||
               fail(&q->ctx, E_RATE, "", arena_printf(q->arena, "%lld", (long long)q->retry_after));
}

static bool
find_route(struct request *q)
{
        q->route = route_find(q, ROUTES, ROUTE_COUNT, &q->allow);
        if (!q->route && q->method == METHOD_GET && !str_is(q->segment[0], "api"))
                q->route = &PAGES;
        if (q->route)
                return true;
        if (q->allow)
                return fail(&q->ctx, E_METHOD, "", q->method_name, q->allow);
        return fail(&q->ctx, E_NO_ROUTE, "", str_c(q->arena, q->path));
}

/* Is the media type, without its parameters, this one? */
static bool
is_type(struct str type, const char *wanted)
{
        struct str rest;

        type = str_trim(str_cut(type, ';', &rest));
        return type.n == strlen(wanted) && strncasecmp(type.p, wanted, type.n) == 0;
}

static bool
check_body(struct request *q)
{
        const char *type = q->route->flags & ROUTE_FORM ? "application/x-www-form-urlencoded" : "application/json";

        q->body_limit = q->route->body_limit ? q->route->body_limit : BODY_LIMIT;
        if (q->route->mode == UPLOAD)
                q->body_limit = q->server->o.upload_max;
        if (q->body_length > q->body_limit)
                return fail(&q->ctx, E_BODY_TOO_LARGE, "",
                            arena_printf(q->arena, "%lld", (long long)q->body_limit));
        if (q->has_body && q->method != METHOD_GET && q->route->mode != UPLOAD &&
            !is_type(q->header[H_CONTENT_TYPE], type))
                return fail(&q->ctx, E_MEDIA, "",
                            q->header[H_CONTENT_TYPE].p ? str_c(q->arena, q->header[H_CONTENT_TYPE]) : "",
                            type);
        return true;
}

/* Who, as far as it can be told without the database. */
static bool
check_who(struct request *q)
{
        if (q->route->flags & ROUTE_PUBLIC)
                return true;
        auth_read_credential(q);
        if (q->credential == CREDENTIAL_NONE)
                return fail(&q->ctx, E_UNAUTHENTICATED, "");
        if (!auth_cached(q->server->auth, q))
                return true;
        return auth_check_csrf(q) && check_rate(q, q->server->rate_actor, (uint64_t)q->session->actor->id);
}

static void
prepare_work(struct request *q, struct server *s)
{
        struct engine *en = engine_take(s->o.engine);

        q->server = s;
        q->work = (struct work){.ctx = &q->ctx,
                                .engine = en,
                                .model = engine_model(en),
                                .actor = &ACTOR_SYSTEM,
                                .now = clock_now()};
}

static bool
admit(struct request *q)
{
        if (q->server->rate_address &&
            !check_rate(q, q->server->rate_address,
                        rate_key(q->server->rate_address, str_of(request_address(q)))))
                return false;
        return find_route(q) && check_body(q) && check_who(q);
}

/* A refusal is answered behind the body or before it (invariant 5). */
static enum verdict
refuse(struct request *q)
{
        problem_answer(q);
        if (!q->has_body || q->chunked || q->body_length > PATIENCE || q->header[H_EXPECT].p)
                return VERDICT_ANSWER;
        q->body_limit = 0;
        q->body_too_large = true;
        return VERDICT_BODY;
}

static enum verdict
on_head(void *arg, struct request *q)
{
        struct server *s = arg;

        prepare_work(q, s);
        if (q->defect) {
                problem_unreadable(q, q->defect);
                q->has_body = true; /* nobody knows where the next request begins */
                return VERDICT_ANSWER;
        }
        if (!admit(q))
                return refuse(q);
        if (q->route->mode != UPLOAD)
                return VERDICT_BODY;
        enum verdict v = start(q);
        if (v == VERDICT_ANSWER)
                return q->upload ? VERDICT_BODY : refuse(q);
        return v;
}

static bool
on_part(void *arg, struct request *q, struct str bytes)
{
        return upload_part(q, bytes);
}

/* ---- the body is here ---- */

static bool
parse_body(struct request *q)
{
        if (q->body_too_large)
                return fail(&q->ctx, E_BODY_TOO_LARGE, "",
                            arena_printf(q->arena, "%lld", (long long)q->body_limit));
        if (q->route->flags & ROUTE_ONCE && q->header[H_IDEMPOTENCY_KEY].p)
                digest_hex(buf_view(&q->body), q->body_digest);
        if (q->body.n == 0)
                return true;
        if (q->route->flags & ROUTE_FORM)
                return (q->json = form_parse(q)) != NULL;
        q->json = json_parse(&q->ctx, q->body.p, q->body.n, NODES_MAX);
        if (q->json && q->json->type != JSON_OBJECT)
                return fail(&q->ctx, E_TYPE, "", "an object", json_type_name(q->json->type));
        return q->json != NULL;
}

static enum verdict
on_run(void *arg, struct request *q)
{
        if (q->response.status) /* refused at the head */
                return VERDICT_ANSWER;
        if (q->route->mode == UPLOAD)
                return upload_close(q);
        return parse_body(q) ? start(q) : VERDICT_ANSWER;
}

/* ---- the answer leaves ---- */

static void
count(struct request *q, usec took)
{
        static const usec edges[LATENCY_BUCKETS - 1] = {100,   250,   500,    1000,   2500,   5000,
                                                        10000, 25000, 100000, 500000, 2500000};
        struct tally *t = &q->home->tally;
        int kind = q->route ? (int)q->route->kind : REQUEST_OTHER, bucket = 0;

        while (bucket < LATENCY_BUCKETS - 1 && took > edges[bucket])
                bucket++;
        atomic_fetch_add_explicit(&t->answers[kind][q->response.status / 100], 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&t->latency[kind][bucket], 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&t->latency_sum[kind], took, memory_order_relaxed);
}

static void
log_request(struct request *q, usec took)
{
        char status[12], micros[24], person[24];

        snprintf(status, sizeof status, "%d", q->response.status);
        snprintf(micros, sizeof micros, "%lld", (long long)took);
        snprintf(person, sizeof person, "%lld", q->session ? (long long)q->session->actor->id : 0LL);
        log_event(LOG_INFO, "request", "id", q->id, "method", q->method_name, "path",
                  str_c(q->arena, q->path), "status", status, "us", micros, "person", person, "address",
                  request_address(q), NULL);
}

static void
on_leaving(void *arg, struct request *q)
{
        usec took;

        if (q->response.status == 0)
                problem_answer(q);
        took = clock_monotonic() - q->started;
        count(q, took);
        if (log_wants(LOG_INFO))
                log_request(q, took);
}

static void
on_over(void *arg, struct request *q)
{
        if (q->upload)
                upload_drop(q);
        if (q->session)
                auth_release(q->session);
        q->session = NULL;
        next_model_drop(q);
        engine_release(q->work.engine);
        q->work.engine = NULL;
}

static void
on_thread_over(void *arg, struct http_thread *t)
{
        if (t->conn)
                conn_close(t->conn);
}

const struct http_app DISPATCH = {.head = on_head,
                                  .part = on_part,
                                  .run = on_run,
                                  .leaving = on_leaving,
                                  .over = on_over,
                                  .thread_over = on_thread_over};

/* ---- for handlers ---- */

struct write {
        struct job job;
        struct work work;
        bool (*run)(struct work *w, void *arg);
        void *arg;
};

static bool
write_run(struct job *job, struct conn *c)
{
        struct write *write = (struct write *)job;

        write->work.conn = c;
        return write->run(&write->work, write->arg);
}

static void
write_done(struct job *job)
{
}

bool
server_write(struct request *q, bool (*run)(struct work *w, void *arg), void *arg)
{
        struct write write = {.job = {.ctx = &q->ctx, .run = write_run, .done = write_done},
                              .work = q->work,
                              .run = run,
                              .arg = arg};

        return exec_write_wait(q->server->o.exec, &write.job) && write.job.ok;
}

bool
body_text(struct request *q, const char *name, size_t max, struct str *ret)
{
        const struct json *v = json_get(q->json, name);

        if (!v || v->type == JSON_NULL)
                return fail(&q->ctx, E_REQUIRED, name);
        if (v->type != JSON_TEXT)
                return fail(&q->ctx, E_TYPE, name, "a text", json_type_name(v->type));
        if (v->text.n == 0)
                return fail(&q->ctx, E_REQUIRED, name);
        if (v->text.n > max)
                return fail(&q->ctx, E_TOO_LONG, name, arena_printf(q->arena, "%zu", v->text.n),
                            arena_printf(q->arena, "%zu", max));
        *ret = v->text;
        return true;
}
