/* SPDX-License-Identifier: Apache-2.0
 *
 * exec.c -- who runs a job against the database.
 *
 * Two queues (writes, reads), first come, first served, bounded; workers with a connection each.
 *
 * The SQLite writer takes at most 64 jobs that queued while the last commit was syncing:
 *
 *     waiting --group_run--> BEGIN IMMEDIATE --group_job, each--> run()
 *                                |                                  |
 *                             refused                      COMMIT (fsync), unless the engine
 *                                |                         undid all (disk full) meanwhile
 *                                v                               |                |
 *                     group_fail: all jobs fail <--- failed -----'                '--> committed(), done()
 *
 * A savepoint for each job would cost a fifth of it, for SQLite then copies every page before it changes.  So the
 * jobs run bare first: most that fail were refused before they changed anything, and nothing is to be undone.  When
 * one fails later, the whole is rolled back and run again with a savepoint around each job; a job that was alone
 * is just rolled back.
 *
 * An executor (PostgreSQL) and a reader take one job:
 *
 *     waiting --perform_once--> BEGIN, run(), COMMIT --> done()        (a reader: run() alone)
 *                  ^                |
 *                  |                +-- E_DB_RETRY, up to 12 times
 *                  '----------------+-- connection lost before COMMIT was sent: once, on a new connection
 *
 * Invariants
 *   1. A job accepted is finished exactly once: done() is called once, or its waiter woken.
 *   2. job->ok is true only when the commit is on disk; then the job's ctx holds no error of ours.
 *   3. No transaction is open between two jobs or groups, nor when idle() is called.
 *   4. A job whose commit may have happened is never run again.
 *   5. exec_stop finishes what was accepted.
 *
 * Not here: what a job does; who waits for it (api/).
 */
#include "sql/exec.h"
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { GROUP_MAX = 64, RETRIES_MAX = 12, LISTENERS_MAX = 4 };
#define IDLE_EVERY USEC_SECOND /* PostgreSQL */
#define IDLE_SOON (10 * USEC_SECOND / 1000)
#define IDLE_QUIET (200 * USEC_SECOND / 1000) /* SQLite: so long after the last job, to gather what comes one by one */
enum { IDLE_SHARE = 32 };                   /* SQLite: while jobs keep coming, one part in so many of the time */

struct queue {
        struct job *head, **tail;
        int length, sleepers;
        pthread_cond_t more;
};

struct worker {
        struct exec *exec;
        struct queue *queue;
        int take;   /* jobs at once */
        bool idles; /* it is the one that calls idle() */
        void (*perform)(struct worker *w, struct job *jobs);
        struct conn *conn;
        bool spoilt; /* a job of the group failed and left changes behind */
        struct arena *arena;
        struct ctx ctx; /* errors that concern no single job */
        pthread_t thread;
        char name[24]; /* the system keeps 15 characters */
};

struct waiter { /* stands on the stack of exec_write_wait */
        struct waiter *next;
        const struct job *job;
        bool finished;
};

struct exec {
        struct db *db;
        pthread_mutex_t lock; /* guards all up to `telling` */
        struct queue writes, reads;
        struct waiter *waiters;
        pthread_cond_t finished;
        bool stopping;
        bool idle_wanted; /* SQLite: something happened since idle() had nothing to do */
        usec quiet_at;    /* SQLite: when it counts as quiet, by clock_monotonic */
        usec idle_at;     /* next time, quiet or not */
        bool (*idle)(void *arg, struct conn *c);
        void *idle_arg;
        struct listener {
                void (*committed)(void *arg);
                void *arg;
        } listeners[LISTENERS_MAX]; /* told of commits; a free place has no `committed` */
        int telling;                /* executors that tell them just now */
        int queue_max;
        struct worker *workers;
        int worker_count;
        _Atomic int64_t commits, jobs, failed, waiting;
};

/* ---- queues ---- */

static void
cond_init(pthread_cond_t *cond)
{
        pthread_condattr_t attr;

        pthread_condattr_init(&attr);
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
        pthread_cond_init(cond, &attr);
        pthread_condattr_destroy(&attr);
}

static void
queue_init(struct queue *q)
{
        q->tail = &q->head;
        cond_init(&q->more);
}

static bool
queue_add(struct exec *e, struct queue *q, struct job *job, struct waiter *waiter)
{
        job->next = NULL;
        job->ok = false;
        pthread_mutex_lock(&e->lock);
        bool accepted = !e->stopping && q->length < e->queue_max;
        if (accepted) {
                *q->tail = job;
                q->tail = &job->next;
                q->length++;
                atomic_fetch_add_explicit(&e->waiting, 1, memory_order_relaxed);
        }
        if (accepted && waiter) {
                waiter->next = e->waiters;
                e->waiters = waiter;
        }
        bool wake = accepted && q->sleepers > 0;
        pthread_mutex_unlock(&e->lock);
        if (wake)
                pthread_cond_signal(&q->more);
        return accepted || fail(job->ctx, E_OVERLOAD, "");
}

/* The first jobs of the queue, `max` at most, as a list. */
static struct job *
queue_take(struct exec *e, struct queue *q, int max)
{
        struct job *first = q->head, **end = &q->head;
        int n = 0;

        for (; n < max && *end; n++)
                end = &(*end)->next;
        q->head = *end;
        *end = NULL;
        if (!q->head)
                q->tail = &q->head;
        q->length -= n;
        atomic_fetch_sub_explicit(&e->waiting, n, memory_order_relaxed);
        return n ? first : NULL;
}

static void
queue_sleep(struct exec *e, struct queue *q, usec until)
{
        q->sleepers++;
        if (until == USEC_NONE) {
                pthread_cond_wait(&q->more, &e->lock);
        } else {
                struct timespec at = {until / USEC_SECOND, until % USEC_SECOND * 1000};
                pthread_cond_timedwait(&q->more, &e->lock, &at);
        }
        q->sleepers--;
}

/* ---- outcomes ---- */

static bool
has_error(const struct ctx *ctx, enum err_code code)
{
        for (const struct error *x = ctx->errors; x; x = x->next)
                if (x->code == code)
                        return true;
        return false;
}

static void
wake_waiter(struct exec *e, const struct job *job)
{
        pthread_mutex_lock(&e->lock);
        for (struct waiter **p = &e->waiters; *p; p = &(*p)->next) {
                if ((*p)->job == job) {
                        (*p)->finished = true;
                        *p = (*p)->next;
                        pthread_cond_broadcast(&e->finished);
                        break;
                }
        }
        pthread_mutex_unlock(&e->lock);
}

/* The job is no longer ours behind this. */
static void
job_finish(struct exec *e, struct job *job)
{
        atomic_fetch_add_explicit(&e->jobs, 1, memory_order_relaxed);
        if (!job->ok)
                atomic_fetch_add_explicit(&e->failed, 1, memory_order_relaxed);
        if (job->done)
                job->done(job);
        else
                wake_waiter(e, job);
}

static void
note_commit(struct exec *e)
{
        struct listener all[LISTENERS_MAX];

        atomic_fetch_add_explicit(&e->commits, 1, memory_order_relaxed);
        pthread_mutex_lock(&e->lock);
        memcpy(all, e->listeners, sizeof all);
        e->telling++;
        pthread_mutex_unlock(&e->lock);
        for (int i = 0; i < LISTENERS_MAX; i++)
                if (all[i].committed)
                        all[i].committed(all[i].arg);
        pthread_mutex_lock(&e->lock);
        if (--e->telling == 0)
                pthread_cond_broadcast(&e->finished);
        pthread_mutex_unlock(&e->lock);
}

/* ---- SQLite: group commit ---- */

/* Runs one job in its savepoint.  False when the whole transaction is lost. */
static bool
guarded_job(struct worker *w, struct job *job)
{
        struct conn *c = w->conn;

        if (!tx_savepoint(job->ctx, c))
                return tx_open(c);
        job->ok = job->run(job, c) && tx_release(job->ctx, c);
        while (tx_depth(c) > 1)
                tx_undo(c);
        return tx_open(c);
}

/* Runs one job without.  False, too, when it failed and left changes: the group is spoilt. */
static bool
bare_job(struct worker *w, struct job *job)
{
        struct conn *c = w->conn;
        int64_t before = conn_touched(c);

        job->ok = job->run(job, c);
        w->spoilt = !job->ok && tx_open(c) && (conn_touched(c) != before || tx_depth(c) > 1);
        return !w->spoilt && tx_open(c);
}

/* Why a group failed, by the errors of whoever met it. */
static enum err_code
group_reason(const struct ctx *ctx)
{
        return has_error(ctx, E_DB_FULL) ? E_DB_FULL : E_DB_RETRY;
}

static void
group_fail(struct job *jobs, enum err_code reason, const char *sentence)
{
        for (struct job *j = jobs; j; j = j->next) {
                if (j->ok || !ctx_failed(j->ctx))
                        fail(j->ctx, reason, "", sentence);
                j->ok = false;
        }
}

/* All jobs in one transaction; their ok is final when it returns, unless the group is spoilt: then nothing has
 * happened. */
static void
group_commit(struct worker *w, struct job *jobs, bool (*job_in)(struct worker *, struct job *))
{
        struct ctx *met = &w->ctx; /* the ctx that holds the reason */

        for (struct job *j = jobs; j; j = j->next)
                ctx_clear(j->ctx);
        w->spoilt = false;
        bool ok = tx_begin(&w->ctx, w->conn);
        for (struct job *j = jobs; ok && j; j = j->next) {
                met = j->ctx;
                ok = job_in(w, j);
        }
        if (ok) {
                met = &w->ctx;
                ok = tx_commit(&w->ctx, w->conn);
        }
        if (ok) {
                note_commit(w->exec);
                return;
        }
        tx_rollback(w->conn);
        if (!w->spoilt)
                group_fail(jobs, group_reason(met), met->errors ? met->errors->en : "the transaction was undone");
}

static void
group_run(struct worker *w, struct job *jobs)
{
        arena_reset(w->arena);
        ctx_init(&w->ctx, w->arena);
        group_commit(w, jobs, bare_job);
        if (w->spoilt && jobs->next)
                group_commit(w, jobs, guarded_job);
        for (struct job *next; jobs; jobs = next) {
                next = jobs->next;
                job_finish(w->exec, jobs);
        }
}

/* ---- one job at a time ---- */

static bool
perform_once(struct worker *w, struct job *job, bool transaction)
{
        ctx_clear(job->ctx);
        if (!conn_alive(w->conn) && !conn_reopen(job->ctx, w->conn))
                return false;
        if (!transaction)
                return job->run(job, w->conn);
        return tx_begin(job->ctx, w->conn) && job->run(job, w->conn) && tx_commit(job->ctx, w->conn);
}

/* Many who change one record meet again and again, and each time one of them wins: the others part for a moment that
 * is random and grows, at most 8 ms. */
static void
step_aside(int retries)
{
        uint64_t longest = 500u << (retries < 4 ? retries : 4);

        usleep((unsigned)((uint64_t)clock_monotonic() * 2654435761u % longest));
}

/* Whether a failed attempt may be made again; counts what it spends. */
static bool
may_repeat(struct worker *w, const struct job *job, int *retries, bool *reconnected)
{
        if (has_error(job->ctx, E_DB_IN_DOUBT))
                return false;
        if (has_error(job->ctx, E_DB_RETRY)) {
                if (*retries == RETRIES_MAX)
                        return false;
                step_aside((*retries)++);
                return true;
        }
        if (conn_alive(w->conn) || *reconnected)
                return false;
        *reconnected = true;
        return true;
}

static void
perform(struct worker *w, struct job *job, bool transaction)
{
        int retries = 0;
        bool reconnected = false;

        do {
                job->ok = perform_once(w, job, transaction);
                tx_rollback(w->conn); /* nothing to do when it went well */
        } while (!job->ok && may_repeat(w, job, &retries, &reconnected));
        if (job->ok && transaction)
                note_commit(w->exec);
        job_finish(w->exec, job);
}

static void
perform_write(struct worker *w, struct job *job)
{
        perform(w, job, true);
}

static void
perform_read(struct worker *w, struct job *job)
{
        perform(w, job, false);
}

/* ---- idle work ---- */

/* When idle() is to be called next, if no job comes; USEC_NONE: only after one. */
static usec
idle_next(const struct worker *w)
{
        const struct exec *e = w->exec;

        if (!w->idles || !e->idle || e->stopping)
                return USEC_NONE;
        if (db_engine(e->db) == DB_PG)
                return e->idle_at;
        if (!e->idle_wanted)
                return USEC_NONE;
        return e->quiet_at < e->idle_at ? e->quiet_at : e->idle_at;
}

/* Jobs that wait go first until idle_at: a busy writer is not quiet. */
static bool
idle_due(const struct worker *w)
{
        usec at = w->queue->head && db_engine(w->exec->db) == DB_SQLITE ? w->exec->idle_at : idle_next(w);

        return idle_next(w) != USEC_NONE && clock_monotonic() >= at;
}

/* Called with the lock held, which is let go meanwhile.  When it is quiet and nothing is left to do, the store settles. */
static void
idle_run(struct worker *w)
{
        struct exec *e = w->exec;
        bool (*idle)(void *, struct conn *) = e->idle;
        void *arg = e->idle_arg;
        usec began = clock_monotonic();
        bool more = false, quiet = began >= e->quiet_at;

        e->idle_wanted = false;
        pthread_mutex_unlock(&e->lock);
        arena_reset(w->arena);
        ctx_init(&w->ctx, w->arena);
        if (conn_alive(w->conn) || conn_reopen(&w->ctx, w->conn))
                more = idle(arg, w->conn);
        tx_rollback(w->conn);
        if (quiet && !more)
                conn_settle(w->conn);
        pthread_mutex_lock(&e->lock);
        e->idle_wanted |= more;
        usec now = clock_monotonic();
        if (db_engine(e->db) == DB_SQLITE)
                e->idle_at = now + IDLE_SHARE * (now - began);
        else
                e->idle_at = now + (more ? IDLE_SOON : IDLE_EVERY);
}

/* ---- workers ---- */

/* Waits for work.  NULL when the executor stops and the queue is empty. */
static struct job *
worker_wait(struct worker *w)
{
        struct exec *e = w->exec;
        struct job *jobs;

        pthread_mutex_lock(&e->lock);
        if (w->idles)
                e->quiet_at = clock_monotonic() + IDLE_QUIET;
        for (;;) {
                if (idle_due(w))
                        idle_run(w);
                jobs = queue_take(e, w->queue, w->take);
                if (jobs || e->stopping)
                        break;
                if (!idle_due(w))
                        queue_sleep(e, w->queue, idle_next(w));
        }
        if (jobs && w->idles)
                e->idle_wanted = true;
        pthread_mutex_unlock(&e->lock);
        return jobs;
}

static void *
worker_main(void *arg)
{
        struct worker *w = arg;
        struct job *jobs;

        pthread_setname_np(pthread_self(), w->name);
        while ((jobs = worker_wait(w)))
                w->perform(w, jobs);
        return NULL;
}

static bool
worker_init(struct ctx *ctx, struct exec *e, struct worker *w, bool reads, int number)
{
        bool group = !reads && db_engine(e->db) == DB_SQLITE;

        *w = (struct worker){
                .exec = e,
                .queue = reads ? &e->reads : &e->writes,
                .take = group ? GROUP_MAX : 1,
                .idles = !reads && number == 0,
                .perform = group   ? group_run
                           : reads ? perform_read
                                   : perform_write,
                .arena = arena_new(0),
        };
        ctx_init(&w->ctx, w->arena);
        snprintf(w->name, sizeof w->name, "itr-%s-%d", reads ? "read" : "write", number);
        w->conn = conn_open(ctx, e->db, reads ? CONN_READ : CONN_WRITE);
        return w->conn != NULL;
}

/* The workers take no signals: those are for the thread that called exec_start. */
static void
workers_start(struct exec *e)
{
        sigset_t all, before;

        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before);
        for (int i = 0; i < e->worker_count; i++)
                if (pthread_create(&e->workers[i].thread, NULL, worker_main, &e->workers[i]) != 0)
                        abort();
        pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void
exec_free(struct exec *e)
{
        for (int i = 0; i < e->worker_count; i++) {
                conn_close(e->workers[i].conn);
                arena_free(e->workers[i].arena);
        }
        pthread_cond_destroy(&e->writes.more);
        pthread_cond_destroy(&e->reads.more);
        pthread_cond_destroy(&e->finished);
        pthread_mutex_destroy(&e->lock);
        free(e->workers);
        free(e);
}

struct exec *
exec_start(struct ctx *ctx, struct db *db, int writers, int readers, int queue_max)
{
        struct exec *e = calloc(1, sizeof *e);

        if (db_engine(db) == DB_SQLITE || writers < 1)
                writers = 1;
        if (!e || !(e->workers = calloc((size_t)(writers + readers), sizeof *e->workers)))
                abort();
        e->db = db;
        e->queue_max = queue_max;
        pthread_mutex_init(&e->lock, NULL);
        queue_init(&e->writes);
        queue_init(&e->reads);
        cond_init(&e->finished);
        for (int i = 0; i < writers + readers; i++) {
                bool reads = i >= writers;
                e->worker_count++;
                if (!worker_init(ctx, e, &e->workers[i], reads, reads ? i - writers : i)) {
                        exec_free(e);
                        return NULL;
                }
        }
        workers_start(e);
        return e;
}

void
exec_stop(struct exec *e)
{
        pthread_mutex_lock(&e->lock);
        e->stopping = true;
        pthread_cond_broadcast(&e->writes.more);
        pthread_cond_broadcast(&e->reads.more);
        pthread_mutex_unlock(&e->lock);
        for (int i = 0; i < e->worker_count; i++)
                pthread_join(e->workers[i].thread, NULL);
        exec_free(e);
}

/* ---- the calls ---- */

bool
exec_write(struct exec *e, struct job *job)
{
        assert(job->done);
        return queue_add(e, &e->writes, job, NULL);
}

bool
exec_read(struct exec *e, struct job *job)
{
        assert(job->done);
        return queue_add(e, &e->reads, job, NULL);
}

bool
exec_write_wait(struct exec *e, struct job *job)
{
        struct waiter waiter = {.job = job};

        job->done = NULL;
        if (!queue_add(e, &e->writes, job, &waiter))
                return false;
        pthread_mutex_lock(&e->lock);
        while (!waiter.finished)
                pthread_cond_wait(&e->finished, &e->lock);
        pthread_mutex_unlock(&e->lock);
        return job->ok;
}

void
exec_on_idle(struct exec *e, bool (*idle)(void *arg, struct conn *c), void *arg)
{
        pthread_mutex_lock(&e->lock);
        e->idle = idle;
        e->idle_arg = arg;
        e->idle_wanted = true;
        e->idle_at = clock_monotonic();
        pthread_cond_broadcast(&e->writes.more);
        pthread_mutex_unlock(&e->lock);
}

void
exec_on_commit(struct exec *e, void (*committed)(void *arg), void *arg)
{
        int i = 0;

        pthread_mutex_lock(&e->lock);
        while (i < LISTENERS_MAX && e->listeners[i].committed)
                i++;
        assert(i < LISTENERS_MAX);
        e->listeners[i] = (struct listener){committed, arg};
        pthread_mutex_unlock(&e->lock);
}

void
exec_off_commit(struct exec *e, const void *arg)
{
        pthread_mutex_lock(&e->lock);
        for (int i = 0; i < LISTENERS_MAX; i++)
                if (e->listeners[i].arg == arg)
                        e->listeners[i] = (struct listener){0};
        while (e->telling > 0)
                pthread_cond_wait(&e->finished, &e->lock);
        pthread_mutex_unlock(&e->lock);
}

struct exec_stats
exec_stats(const struct exec *e)
{
        return (struct exec_stats){
                .commits = atomic_load_explicit(&e->commits, memory_order_relaxed),
                .jobs = atomic_load_explicit(&e->jobs, memory_order_relaxed),
                .failed = atomic_load_explicit(&e->failed, memory_order_relaxed),
                .waiting = atomic_load_explicit(&e->waiting, memory_order_relaxed),
        };
}
