/* SPDX-License-Identifier: Apache-2.0
 *
 * server.c -- starting and stopping the API, and its housekeeping.
 *
 * Order matters at the end only: first the streams are told to close, then the port, then what is suspended
 * is waited for (its jobs still run), then the HTTP threads go, and only then what they used.
 *
 *     stop: live_close -> http_quiesce -> workers_stop -> http_stop -> live_stop -> caches
 *
 * The keeper wakes every ten minutes, and when a test turns the clock, and has what ran out deleted: answers under idempotency
 * keys, sessions, tries to log in that are older than a year, deliveries as old as is set.
 */
#include "api/server.h"
#include <stdlib.h>
#include "api/auth.h"
#include "api/idempotency.h"
#include "api/own.h"
#include "api/presence.h"
#include "api/live.h"
#include "api/pages.h"
#include "base/log.h"
#include "service/notices.h"

enum { KEEP_SECONDS = 600, PRUNED_AT_ONCE = 500, PRUNINGS = 200, DEFAULT_WORKERS = 2, DEFAULT_QUEUE = 64, BURST_SECONDS = 5 };
#define LOGIN_EVENTS_KEPT (365 * USEC_DAY)
#define UPLOAD_MAX ((int64_t)100 << 20)

static bool
keep_run(struct job *job, struct conn *c)
{
        usec now = clock_now();

        return idempotency_expire(job->ctx, c, now) && drafts_expire(job->ctx, c, now) &&
               presence_expire(job->ctx, c, now) && snoozes_expire(job->ctx, c, now) &&
               sql_run(job->ctx, c, SQL("DELETE FROM sessions WHERE expires_at < $1"), "i", now) &&
               sql_run(job->ctx, c, SQL("DELETE FROM login_events WHERE at < $1"), "i",
                       now - LOGIN_EVENTS_KEPT);
}

struct pruning {
        struct job job;                /* first: the executor hands it back */
        usec kept;
        bool more;
};

static bool
prune_run(struct job *job, struct conn *c)
{
        struct pruning *p = (struct pruning *)job;

        return notices_prune(job->ctx, c, clock_now() - p->kept, PRUNED_AT_ONCE, &p->more);
}

static void
keep_done(struct job *job)
{
}

/* False when it could not be done. */
static bool
keep_write(struct server *s, struct job *job)
{
        struct arena *a = arena_new(0);
        struct ctx ctx;
        bool ok;

        ctx_init(&ctx, a);
        job->ctx = &ctx;
        job->done = keep_done;
        ok = exec_write_wait(s->o.exec, job) && job->ok;
        if (!ok && ctx.errors)
                log_warn("keeper", "text", ctx.errors->en, NULL);
        arena_free(a);
        return ok;
}

static void
keep_once(struct server *s)
{
        struct job job = {.run = keep_run};
        struct pruning p;
        int n = 0;

        if (!keep_write(s, &job) || s->o.keep_deliveries == 0)
                return;
        do
                p = (struct pruning){.job = {.run = prune_run}, .kept = s->o.keep_deliveries};
        while (keep_write(s, &p.job) && p.more && ++n < PRUNINGS);
}

static void *
keep(void *arg)
{
        struct server *s = arg;
        struct timespec until;

        pthread_mutex_lock(&s->lock);
        while (!s->stopping) {
                clock_gettime(CLOCK_REALTIME, &until);
                until.tv_sec += KEEP_SECONDS;
                if (!s->turned && pthread_cond_timedwait(&s->wake, &s->lock, &until) == 0 && !s->turned)
                        continue;
                s->turned = false;
                pthread_mutex_unlock(&s->lock);
                keep_once(s);
                pthread_mutex_lock(&s->lock);
        }
        pthread_mutex_unlock(&s->lock);
        return NULL;
}

void
server_turned(struct server *s)
{
        pthread_mutex_lock(&s->lock);
        s->turned = true;
        pthread_cond_broadcast(&s->wake);
        pthread_mutex_unlock(&s->lock);
}

/* ---- the Model in force ---- */

void
server_put_in_force(struct server *s, struct engine *next, int64_t revision)
{
        pthread_mutex_lock(&s->lock);
        if (revision > atomic_load(&s->revision)) {
                atomic_store(&s->revision, revision);
                engine_swap(s->o.engine, next);
                next = NULL;
        }
        pthread_mutex_unlock(&s->lock);
        engine_release(next);
}

bool
server_next_model(struct request *q, struct work *w)
{
        struct patches patches;
        struct model *m;

        if (!models_read(w->ctx, w->conn, w->now, &patches) || (m = models_load(w->ctx, q->server->o.base, &patches)) == NULL)
                return false;
        engine_release(q->next_engine);
        q->next_engine = models_engine(m);
        return models_revision(w->ctx, w->conn, w->now, &q->next_revision);
}

static void
start_follower(struct server *s)
{
        if (pthread_create(&s->follower, NULL, follow_models, s) != 0)
                abort();
        s->follows = true;
}

static void
set_defaults(struct server_options *o)
{
        if (o->worker_threads <= 0)
                o->worker_threads = DEFAULT_WORKERS;
        if (o->worker_queue <= 0)
                o->worker_queue = DEFAULT_QUEUE;
        if (o->upload_max <= 0)
                o->upload_max = UPLOAD_MAX;
}

static bool
start_http(struct ctx *ctx, struct server *s)
{
        struct http_options o = {.listen = s->o.listen,
                                 .threads = s->o.threads,
                                 .connections = s->o.connections,
                                 .per_address = s->o.per_address,
                                 .idle_seconds = s->o.idle_seconds};
        struct http_app app = DISPATCH;

        app.arg = s;
        s->http = http_start(ctx, &o, &app);
        return s->http != NULL;
}

static void
free_parts(struct server *s)
{
        if (s->live)
                live_stop(s->live);
        auth_free(s->auth);
        pages_free(s->pages);
        rate_free(s->rate_address);
        rate_free(s->rate_actor);
        pthread_mutex_destroy(&s->lock);
        pthread_cond_destroy(&s->wake);
        free(s);
}

struct server *
server_start(struct ctx *ctx, const struct server_options *o)
{
        struct server *s = calloc(1, sizeof *s);

        if (!s)
                abort();
        s->o = *o;
        set_defaults(&s->o);
        s->started = clock_monotonic();
        atomic_store(&s->revision, o->revision);
        pthread_mutex_init(&s->lock, NULL);
        pthread_cond_init(&s->wake, NULL);
        s->auth = auth_new();
        s->pages = pages_new();
        s->rate_address = rate_new(o->rate_address, o->rate_address * BURST_SECONDS);
        s->rate_actor = rate_new(o->rate_actor, o->rate_actor * BURST_SECONDS);
        s->workers = workers_start(ctx, o->db, s->o.worker_threads, s->o.worker_queue);
        s->live = s->workers ? live_start(ctx, s) : NULL;
        if (!s->live || !start_http(ctx, s)) {
                if (s->workers)
                        workers_stop(s->workers);
                free_parts(s);
                return NULL;
        }
        if (pthread_create(&s->keeper, NULL, keep, s) != 0)
                abort();
        start_follower(s);
        return s;
}

static void
stop_keeper(struct server *s)
{
        pthread_mutex_lock(&s->lock);
        s->stopping = true;
        pthread_cond_broadcast(&s->wake);
        pthread_mutex_unlock(&s->lock);
        pthread_join(s->keeper, NULL);
        if (s->follows)
                pthread_join(s->follower, NULL);
}

void
server_stop(struct server *s)
{
        stop_keeper(s);
        live_close(s->live);
        http_quiesce(s->http);
        workers_stop(s->workers);
        http_stop(s->http);
        free_parts(s);
}

int
server_port(const struct server *s)
{
        return http_port(s->http);
}
