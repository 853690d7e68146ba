/* SPDX-License-Identifier: Apache-2.0
 *
 * timer_thread.c -- the one thread that fires timers: it sleeps until the first is due.
 *
 *     look (first due) --in the future--> sleep until then, at most SLEEP_MAX
 *       ^   |                               |
 *       |   | due                           | woken: a commit set an earlier one; the test clock was turned; stop
 *       |   v                               |
 *       +-- round: a write job, BATCH <-----'
 *
 * Invariants
 *   1. Each look asks the table; the thread keeps no timers in memory, so its memory does not grow with them.
 *   2. A hint (engine_timer_hint) stays until the look that sees what it promised, or for SLEEP_MAX: on PostgreSQL a hint
 *      is older than the commit of its row, and that commit wakes the thread again.
 *   3. Rows that other nodes and commands set are seen within SLEEP_MAX.
 *   4. Rounds are ordinary write jobs: on SQLite they stand in the one writer's queue like everybody's.
 *   5. A round that fails as a whole is followed by rounds of one timer, so that one bad timer does not stop the others.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include "base/log.h"
#include "engine/engine.h"
#include "engine/timer.h"

enum { BATCH = 64 };
#define SLEEP_MAX USEC_SECOND

struct timers {
        struct exec *exec;
        struct db *db;
        struct engine *const *engine;
        struct timer_handlers handlers;
        pthread_t thread;
        pthread_mutex_t lock;          /* guards woken and stopping */
        pthread_cond_t wake;
        bool woken, stopping;
        _Atomic usec asleep_until;     /* by clock_now: a hint of something earlier wakes; INT64_MAX: any hint */
        /* the thread's own */
        struct conn *conn;
        struct arena *arena, *job_arena;
        struct ctx ctx, job_ctx;
        usec hint_since;               /* since when a hint has not come true, by clock_monotonic */
        int batch;
};

struct round {
        struct job job;
        struct timers *timers;
        bool ran;                      /* false: not even begun, the server has too much to do */
        int taken;
};

/* ---- waking ---- */

static void
wake(struct timers *t)
{
        pthread_mutex_lock(&t->lock);
        t->woken = true;
        pthread_cond_signal(&t->wake);
        pthread_mutex_unlock(&t->lock);
}

static void
on_commit(void *arg)
{
        struct timers *t = arg;
        struct engine *en = engine_take(t->engine);
        usec hint = engine_timer_hinted(en);

        engine_release(en);
        if (hint != USEC_NONE && hint < atomic_load(&t->asleep_until))
                wake(t);
}

static void
on_turn(void *arg)
{
        wake(arg);
}

/* Until `due`, by clock_now, or until woken.  False at the end. */
static bool
sleep_until(struct timers *t, usec due)
{
        usec left = due == USEC_NONE ? SLEEP_MAX : due - clock_now();
        usec until = clock_monotonic() + (left < 0 ? 0 : left < SLEEP_MAX ? left : SLEEP_MAX);
        struct timespec at = {until / USEC_SECOND, until % USEC_SECOND * 1000};
        bool on;

        pthread_mutex_lock(&t->lock);
        while (!t->woken && !t->stopping)
                if (pthread_cond_timedwait(&t->wake, &t->lock, &at) != 0)
                        break;
        t->woken = false;
        on = !t->stopping;
        pthread_mutex_unlock(&t->lock);
        return on;
}

/* ---- a round ---- */

static bool
run_round(struct job *job, struct conn *c)
{
        struct round *round = (struct round *)((char *)job - offsetof(struct round, job));
        struct timers *t = round->timers;
        struct engine *en = engine_take(t->engine);
        struct work w = {.ctx = job->ctx, .conn = c, .engine = en, .model = engine_model(en), .actor = &ACTOR_SYSTEM,
                         .now = clock_now()};

        round->ran = true;
        bool ok = timer_fire_due(&w, t->handlers, t->batch, &round->taken);
        engine_release(en);
        return ok;
}

/* False when nothing could be done: then the thread waits a little. */
static bool
fire_round(struct timers *t)
{
        struct round round = {.timers = t, .job = {.ctx = &t->job_ctx, .run = run_round}};

        arena_reset(t->job_arena);
        ctx_init(&t->job_ctx, t->job_arena);
        if (exec_write_wait(t->exec, &round.job)) {
                if (round.taken < t->batch)
                        t->batch = BATCH;
                return true;
        }
        log_warn("timers failed", "batch", t->batch > 1 ? "many" : "one", "error",
                 t->job_ctx.errors ? t->job_ctx.errors->en : "it gave no reason", NULL);
        if (round.ran)
                t->batch = 1;
        return false;
}

/* ---- the thread ---- */

static bool
connect_again(struct timers *t)
{
        arena_reset(t->arena);
        ctx_init(&t->ctx, t->arena);
        if (t->conn == NULL)
                t->conn = conn_open(&t->ctx, t->db, CONN_READ);
        return t->conn != NULL && (conn_alive(t->conn) || conn_reopen(&t->ctx, t->conn));
}

/* A hint that came true, or did not for too long, is forgotten; one on an engine that is no longer in force is lost, and its
 * timer is seen within SLEEP_MAX. */
static void
settle_hint_of(struct timers *t, struct engine *en, usec first)
{
        usec hint = engine_timer_hinted(en);

        if (hint == USEC_NONE) {
                t->hint_since = USEC_NONE;
                return;
        }
        if (t->hint_since == USEC_NONE)
                t->hint_since = clock_monotonic();
        if ((first != USEC_NONE && first <= hint) || clock_monotonic() - t->hint_since > SLEEP_MAX) {
                engine_timer_unhint(en, hint);
                t->hint_since = USEC_NONE;
        }
}

static void
settle_hint(struct timers *t, usec first)
{
        struct engine *en = engine_take(t->engine);

        settle_hint_of(t, en, first);
        engine_release(en);
}

static bool
look(struct timers *t, usec *ret_first)
{
        *ret_first = USEC_NONE;
        if (!connect_again(t) || !timer_first(&t->ctx, t->conn, ret_first)) {
                log_warn("timers cannot look", "error", t->ctx.errors ? t->ctx.errors->en : "", NULL);
                return false;
        }
        settle_hint(t, *ret_first);
        return true;
}

static void *
thread_main(void *arg)
{
        struct timers *t = arg;
        usec first = USEC_NONE;
        bool busy = false;

        pthread_setname_np(pthread_self(), "itr-timer");
        while (sleep_until(t, busy ? clock_now() : first)) {
                atomic_store(&t->asleep_until, INT64_MAX);
                bool due = look(t, &first) && first != USEC_NONE && first <= clock_now();
                busy = due && fire_round(t);
                if (due)
                        first = USEC_NONE;
                else if (first != USEC_NONE)
                        atomic_store(&t->asleep_until, first);
        }
        return NULL;
}

struct timers *
timers_start(struct exec *exec, struct db *db, struct engine *const *engine, struct timer_handlers h)
{
        struct timers *t = calloc(1, sizeof *t);
        pthread_condattr_t attr;
        sigset_t all, before;

        if (t == NULL)
                abort();
        *t = (struct timers){.exec = exec, .db = db, .engine = engine, .handlers = h, .batch = BATCH, .woken = true,
                             .asleep_until = INT64_MAX, .hint_since = USEC_NONE};
        t->arena = arena_new(0);
        t->job_arena = arena_new(0);
        pthread_mutex_init(&t->lock, NULL);
        pthread_condattr_init(&attr);
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
        pthread_cond_init(&t->wake, &attr);
        pthread_condattr_destroy(&attr);
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before);
        if (pthread_create(&t->thread, NULL, thread_main, t) != 0)
                abort();
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        exec_on_commit(exec, on_commit, t);
        clock_on_turn(on_turn, t);
        return t;
}

void
timers_stop(struct timers *t)
{
        clock_on_turn(NULL, NULL);
        exec_off_commit(t->exec, t);
        pthread_mutex_lock(&t->lock);
        t->stopping = true;
        pthread_cond_signal(&t->wake);
        pthread_mutex_unlock(&t->lock);
        pthread_join(t->thread, NULL);
        conn_close(t->conn);
        pthread_mutex_destroy(&t->lock);
        pthread_cond_destroy(&t->wake);
        arena_free(t->job_arena);
        arena_free(t->arena);
        free(t);
}
