/* SPDX-License-Identifier: Apache-2.0
 *
 * timer_bench.c -- a million timers: how soon a server is ready, how late they fire while 64 clients write.
 *
 *     make -f tests/programs.mk build/tests/bench/timer_bench && build/tests/bench/timer_bench [TIMERS] [SECONDS]
 *
 * On SQLite in /tmp, and on the PostgreSQL that OPENITR_TEST_PG names.  The store holds TIMERS timers (1,000,000), all but a
 * few due in a year; RATE a second fall due during SECONDS (20).  Meanwhile 64 clients create requests, each as soon as
 * its last one is on disk.  A timer that fires writes an event and a notice, as a reminder does.  Its lateness runs from its
 * due time to the commit that holds it.
 *
 *     ready     from timers_start to the commit of a timer that was due already
 *     p50, p99  lateness
 *     memory    what timers_start and the firing added, anonymous pages
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/log.h"
#include "base/secret.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "engine/notice.h"
#include "engine/search.h"
#include "engine/store.h"
#include "engine/timer.h"
#include "model/plan.h"
#include "service/hooks.h"
#include "sql/test_store.h"

enum { CLIENTS = 64, CASES = 1000, RATE = 200, FIRED_MAX = 1 << 20 };

struct bench {
        struct test_store store;
        struct model *model;
        struct engine *engine;
        struct exec *exec;
        int64_t cases[CASES];
        usec dues[FIRED_MAX], lateness[FIRED_MAX];
        _Atomic int fired, told;       /* fired: handler ran; told: its commit was seen */
        pthread_mutex_t lock;          /* of telling */
        _Atomic bool stopping;
        _Atomic int64_t creates;
};
static struct bench *the;              /* handlers have no argument of their own */

static void
must(struct ctx *ctx, bool ok)
{
        if (ok)
                return;
        ctx_print_errors(ctx, stderr);
        exit(1);
}

static struct work
work_on(struct ctx *ctx, struct conn *c)
{
        return (struct work){.ctx = ctx, .conn = c, .engine = the->engine, .model = the->model, .actor = &ACTOR_SYSTEM,
                             .now = clock_now()};
}

/* ---- firing ---- */

static bool
fire(struct work *w, struct record *r, const struct timer *t)
{
        int i = atomic_fetch_add(&the->fired, 1);

        if (i < FIRED_MAX)
                the->dues[i] = t->due;
        return event_note(w, r, "notice", "reminder", STR("{}")) && outbox_add(w, "notice", r->id, STR("{}"));
}

static const struct timer_handler HANDLERS[] = {{"bench", NULL, fire}};

/* What was fired before this commit is on disk with it. */
static void
committed(void *arg)
{
        usec now = clock_now();
        int n = atomic_load(&the->fired);

        pthread_mutex_lock(&the->lock);
        for (int i = the->told; i < n && i < FIRED_MAX; i++)
                the->lateness[i] = now - the->dues[i];
        if (n > the->told)
                the->told = n;
        pthread_mutex_unlock(&the->lock);
}

/* ---- writing ---- */

struct client {
        struct job job;
        struct arena *arena;
        struct ctx ctx;
};

static bool
create(struct job *job, struct conn *c)
{
        struct work w = work_on(job->ctx, c);
        struct record *r = record_new(&w, model_entity(the->model, "technical_request"));

        record_set_text(r, "title", STR("The pump does not start"));
        record_set_text(r, "description", STR("Since this morning it hums and does not turn."));
        return store_insert(&w, r, "create");
}

static void
created(struct job *job)
{
        struct client *x = (struct client *)job;

        atomic_fetch_add(&the->creates, 1);
        if (the->stopping)
                return;
        arena_reset(x->arena);
        ctx_init(&x->ctx, x->arena);
        exec_write(the->exec, job);
}

static struct client *
clients_start(void)
{
        struct client *all = calloc(CLIENTS, sizeof *all);

        for (int i = 0; i < CLIENTS; i++) {
                all[i].arena = arena_new(0);
                ctx_init(&all[i].ctx, all[i].arena);
                all[i].job = (struct job){.ctx = &all[i].ctx, .run = create, .done = created};
                exec_write(the->exec, &all[i].job);
        }
        return all;
}

/* ---- the store ---- */

static void
make_store(enum db_engine engine)
{
        struct ctx *ctx = &the->store.ctx;
        const char *names[256];
        struct source *sources;
        struct plan plan;
        size_t n;

        test_store_open(&the->store, engine);
        for (size_t i = 0; i < SERVICE_HOOK_COUNT; i++)
                names[i] = SERVICE_HOOKS[i].name;
        must(ctx, model_sources(ctx, NULL, &sources, &n));
        the->model = model_load(ctx, sources, n, names, SERVICE_HOOK_COUNT);
        must(ctx, the->model != NULL);
        the->engine = engine_new(the->model, SERVICE_HOOKS, SERVICE_HOOK_COUNT, SERVICE_RECORD_HOOKS, SERVICE_RECORD_HOOK_COUNT);
        struct conn *c = conn_open(ctx, the->store.db, CONN_WRITE);
        must(ctx, c && plan_make(ctx, the->model, c, &plan) && plan_apply(ctx, c, &plan) && search_schema(ctx, c));
        conn_close(c);
}

static void
fill(int64_t timers)
{
        struct arena *a = arena_new(0);
        struct ctx ctx;

        ctx_init(&ctx, a);
        struct conn *c = conn_open(&ctx, the->store.db, CONN_WRITE);
        struct work w = work_on(&ctx, c);
        must(&ctx, c && tx_begin(&ctx, c));
        for (int i = 0; i < CASES; i++) {
                struct record *r = record_new(&w, model_entity(the->model, "technical_request"));
                record_set_text(r, "title", STR("The pump does not start"));
                must(&ctx, store_insert(&w, r, "create"));
                the->cases[i] = r->id;
        }
        for (int64_t i = 0; i < timers; i++) {
                char name[40];
                snprintf(name, sizeof name, "bench:%lld", (long long)i);
                must(&ctx, timer_set(&w, &(struct timer){.case_id = the->cases[i % CASES], .name = name,
                                                         .due = w.now + 365 * USEC_DAY + i % 1000 * USEC_MINUTE}));
                if (i % 20000 == 19999)
                        must(&ctx, tx_commit(&ctx, c) && tx_begin(&ctx, c));
        }
        must(&ctx, tx_commit(&ctx, c));
        conn_close(c);
        arena_free(a);
}

/* RATE a second, from half a second ago (one is due at once). */
static int
fall_due(int seconds)
{
        struct arena *a = arena_new(0);
        struct ctx ctx;

        ctx_init(&ctx, a);
        struct conn *c = conn_open(&ctx, the->store.db, CONN_WRITE);
        struct work w = work_on(&ctx, c);
        int n = RATE * seconds;
        must(&ctx, c && tx_begin(&ctx, c));
        for (int i = 0; i < n; i++) {
                char name[40];
                snprintf(name, sizeof name, "bench:due%d", i);
                must(&ctx, timer_set(&w, &(struct timer){.case_id = the->cases[i % CASES], .name = name,
                                                         .due = w.now + 3 * USEC_SECOND + i * (USEC_SECOND / RATE)}));
        }
        must(&ctx, timer_set(&w, &(struct timer){.case_id = the->cases[0], .name = "bench:first", .due = w.now}));
        must(&ctx, tx_commit(&ctx, c));
        conn_close(c);
        arena_free(a);
        return n + 1;
}

/* ---- measuring ---- */

static long
memory_kb(void)
{
        FILE *f = fopen("/proc/self/status", "r");
        char line[200];
        long kb = 0;

        while (f && fgets(line, sizeof line, f))
                if (sscanf(line, "RssAnon: %ld", &kb) == 1)
                        break;
        if (f)
                fclose(f);
        return kb;
}

static int
by_size(const void *a, const void *b)
{
        usec x = *(const usec *)a, y = *(const usec *)b;

        return x < y ? -1 : x > y;
}

static bool
wait_told(int n, int seconds)
{
        usec until = clock_monotonic() + seconds * USEC_SECOND;

        while (the->told < n && clock_monotonic() < until)
                usleep(500);
        return the->told >= n;
}

static bool
measure(const char *name, int64_t timers, int seconds)
{
        struct timer_handlers handlers = {HANDLERS, 1};
        int n = fall_due(seconds);
        long before = memory_kb();
        usec start = clock_monotonic();

        the->exec = exec_start(&the->store.ctx, the->store.db, 8, 0, 1000);
        must(&the->store.ctx, the->exec != NULL);
        exec_on_commit(the->exec, committed, the);
        struct timers *t = timers_start(the->exec, the->store.db, &the->engine, handlers);
        bool ok = wait_told(1, 30);
        usec ready = clock_monotonic() - start;
        struct client *clients = clients_start();
        ok = wait_told(n, seconds + 30) && ok;
        the->stopping = true;
        usec took = clock_monotonic() - start;
        int64_t creates = the->creates;
        timers_stop(t);
        exec_stop(the->exec);
        qsort(the->lateness + 1, (size_t)the->told - 1, sizeof *the->lateness, by_size);
        usec p50 = the->lateness[1 + the->told / 2], p99 = the->lateness[the->told * 99LL / 100], max = the->lateness[the->told - 1];
        bool good = ok && the->fired == n && ready < 2 * USEC_SECOND && p99 < USEC_SECOND;
        printf("%s: %lld timers; ready in %.3f s; %d of %d fired, late p50 %.1f ms, p99 %.1f ms, at most %.1f ms; "
               "%.0f creates/s beside; memory +%.1f MB: %s\n",
               name, (long long)timers, (double)ready / 1e6, the->fired, n, (double)p50 / 1e3, (double)p99 / 1e3,
               (double)max / 1e3, (double)creates * 1e6 / (double)took, (double)(memory_kb() - before) / 1024,
               good ? "good" : "NOT GOOD");
        for (int i = 0; i < CLIENTS; i++)
                arena_free(clients[i].arena);
        free(clients);
        return good;
}

static bool
run(enum db_engine engine, int64_t timers, int seconds)
{
        the = calloc(1, sizeof *the);
        pthread_mutex_init(&the->lock, NULL);
        make_store(engine);
        fill(timers);
        bool good = measure(engine == DB_PG ? "postgresql" : "sqlite", timers, seconds);
        engine_free(the->engine);
        model_free(the->model);
        test_store_close(&the->store);
        free(the);
        return good;
}

int
main(int argc, char **argv)
{
        int64_t timers = argc > 1 ? atoll(argv[1]) : 1000000;
        int seconds = argc > 2 ? atoi(argv[2]) : 20;

        secret_init();
        bool good = run(DB_SQLITE, timers, seconds);
        if (test_pg())
                good = run(DB_PG, timers, seconds) && good;
        return good ? 0 : 1;
}
