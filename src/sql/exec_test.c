/* SPDX-License-Identifier: Apache-2.0
 *
 * exec_test.c -- jobs from many threads, failures that must stay with their job, a full disk, a lost
 * connection; the same facts on both engines where both have them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail /* cmocka's; ours is base/ctx.h */
#include "sql/exec.h"
#include "sql/test_store.h"
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>

static enum db_engine engine; /* of the group that runs */

struct world {
        struct test_store store;
        struct ctx *ctx;
        struct conn *c; /* the test's own eyes */
        struct exec *e;
};

/* A job of these tests: what it did, and what came of it. */
struct work {
        struct job job;
        struct arena *arena;
        struct ctx ctx;
        int64_t id;
        _Atomic int runs;
        sem_t done;
        int64_t got;
        sem_t *hold;  /* run() waits for it */
        sem_t *begun; /* run() tells that it waits */
};

static const char TABLES[] =
        "create table id_blocks (name text not null primary key, next_value bigint not null);"
        "create table item (id bigint not null primary key, body text)";

static void
must(struct world *w, bool ok)
{
        if (!ok)
                ctx_print_errors(w->ctx, stderr);
        assert_true(ok);
}

static int
setup(void **state)
{
        struct world *w = calloc(1, sizeof *w);

        test_store_open(&w->store, engine);
        w->ctx = &w->store.ctx;
        w->c = conn_open(w->ctx, w->store.db, CONN_WRITE);
        must(w, w->c && sql_script(w->ctx, w->c, TABLES));
        w->e = exec_start(w->ctx, w->store.db, 8, 2, 1000);
        must(w, w->e != NULL);
        *state = w;
        return 0;
}

static int
teardown(void **state)
{
        struct world *w = *state;

        if (w->e)
                exec_stop(w->e);
        conn_close(w->c);
        test_store_close(&w->store);
        free(w);
        return 0;
}

static struct work *
work_of(struct job *job)
{
        return (struct work *)((char *)job - offsetof(struct work, job));
}

static void
work_done(struct job *job)
{
        sem_post(&work_of(job)->done);
}

static struct work *
work_new(int64_t id, bool (*run)(struct job *, struct conn *))
{
        struct work *k = calloc(1, sizeof *k);

        k->arena = arena_new(0);
        ctx_init(&k->ctx, k->arena);
        k->job = (struct job){.ctx = &k->ctx, .run = run, .done = work_done};
        k->id = id;
        sem_init(&k->done, 0, 0);
        return k;
}

static bool
work_await(struct work *k)
{
        while (sem_wait(&k->done) != 0)
                ;
        return k->job.ok;
}

static void
work_free(struct work *k)
{
        sem_destroy(&k->done);
        arena_free(k->arena);
        free(k);
}

static void
expect_code(struct work *k, enum err_code code)
{
        assert_false(k->job.ok);
        assert_non_null(k->ctx.errors);
        assert_string_equal(err_name(k->ctx.errors->code), err_name(code));
}

static int64_t
count(struct world *w)
{
        int64_t n = -1;

        must(w, sql_one_int(w->ctx, w->c, &n, SQL("select count(*) from item"), ""));
        return n;
}

/* ---- what jobs do ---- */

static bool
run_insert(struct job *job, struct conn *c)
{
        struct work *k = work_of(job);

        k->runs++;
        return sql_run(job->ctx, c, SQL("insert into item (id) values ($1)"), "i", k->id);
}

static bool
run_insert_then_refuse(struct job *job, struct conn *c)
{
        return run_insert(job, c) && fail(job->ctx, E_CONFLICT, "", "no");
}

static bool
run_numbered(struct job *job, struct conn *c)
{
        struct work *k = work_of(job);

        k->runs++;
        return seq_next(job->ctx, c, "item", 7, &k->got) &&
               sql_run(job->ctx, c, SQL("insert into item (id) values ($1)"), "i", k->got) &&
               (k->id % 5 || fail(job->ctx, E_CONFLICT, "", "every fifth fails"));
}

static bool
run_held(struct job *job, struct conn *c)
{
        struct work *k = work_of(job);

        sem_post(k->begun);
        while (sem_wait(k->hold) != 0)
                ;
        return run_insert(job, c);
}

static bool
run_count(struct job *job, struct conn *c)
{
        struct work *k = work_of(job);

        k->runs++;
        return sql_one_int(job->ctx, c, &k->got, SQL("select count(*) from item"), "");
}

/* ---- writes ---- */

static void
a_write_is_kept(void **state)
{
        struct world *w = *state;
        struct work *k = work_new(1, run_insert);

        assert_true(exec_write(w->e, &k->job));
        assert_true(work_await(k));
        assert_int_equal(count(w), 1);
        work_free(k);
}

static void
a_waited_write_tells_its_outcome(void **state)
{
        struct world *w = *state;
        struct work *a = work_new(1, run_insert), *b = work_new(1, run_insert);

        assert_true(exec_write_wait(w->e, &a->job));
        assert_false(exec_write_wait(w->e, &b->job));
        expect_code(b, E_NOT_UNIQUE);
        assert_string_equal(b->ctx.errors->field, "id");
        work_free(a);
        work_free(b);
}

/* Holds the writer, so that `n` jobs queue and run as one group. */
struct hold {
        sem_t hold, begun;
        struct work *first;
};

static void
hold_writer(struct world *w, struct hold *h, int64_t id)
{
        sem_init(&h->hold, 0, 0);
        sem_init(&h->begun, 0, 0);
        h->first = work_new(id, run_held);
        h->first->hold = &h->hold;
        h->first->begun = &h->begun;
        assert_true(exec_write(w->e, &h->first->job));
        while (sem_wait(&h->begun) != 0)
                ;
}

static void
let_go(struct hold *h)
{
        sem_post(&h->hold);
        work_await(h->first);
        work_free(h->first);
        sem_destroy(&h->hold);
        sem_destroy(&h->begun);
}

static void
a_failed_job_leaves_the_others(void **state)
{
        struct world *w = *state;
        struct work *k[30];
        struct hold h;

        hold_writer(w, &h, 1000);
        for (int i = 0; i < 30; i++) {
                k[i] = work_new(i, i % 3 ? run_insert : run_insert_then_refuse);
                assert_true(exec_write(w->e, &k[i]->job));
        }
        let_go(&h);
        for (int i = 0; i < 30; i++) {
                assert_int_equal(work_await(k[i]), i % 3 != 0);
                if (i % 3 == 0)
                        expect_code(k[i], E_CONFLICT);
                work_free(k[i]);
        }
        assert_int_equal(count(w), 21);
        struct exec_stats s = exec_stats(w->e);
        assert_int_equal(s.jobs, 31);
        assert_int_equal(s.failed, 10);
        assert_int_equal(s.waiting, 0);
        if (engine == DB_SQLITE)
                assert_int_equal(s.commits, 2);
}

static void
a_full_queue_refuses(void **state)
{
        struct world *w = *state;
        struct work *k[4];
        struct hold h;

        exec_stop(w->e);
        w->e = exec_start(w->ctx, w->store.db, 1, 0, 3);
        hold_writer(w, &h, 1000);
        for (int i = 0; i < 4; i++)
                k[i] = work_new(i, run_insert);
        for (int i = 0; i < 3; i++)
                assert_true(exec_write(w->e, &k[i]->job));
        assert_int_equal(exec_stats(w->e).waiting, 3);
        assert_false(exec_write(w->e, &k[3]->job));
        expect_code(k[3], E_OVERLOAD);
        let_go(&h);
        for (int i = 0; i < 4; i++) {
                assert_true(i == 3 || work_await(k[i]));
                work_free(k[i]);
        }
        assert_int_equal(count(w), 4);
}

static void
stop_finishes_what_was_taken(void **state)
{
        struct world *w = *state;
        struct work *k[200];

        for (int i = 0; i < 200; i++) {
                k[i] = work_new(i, run_insert);
                assert_true(exec_write(w->e, &k[i]->job));
        }
        exec_stop(w->e);
        w->e = NULL;
        for (int i = 0; i < 200; i++) {
                assert_true(work_await(k[i]));
                work_free(k[i]);
        }
        assert_int_equal(count(w), 200);
}

struct client {
        struct world *w;
        pthread_t thread;
        int first, ok;
        int64_t *numbers; /* of jobs that were kept */
};

enum { CLIENTS = 8, JOBS_EACH = 150 };

static void *
client_main(void *arg)
{
        struct client *cl = arg;

        for (int i = 0; i < JOBS_EACH; i++) {
                struct work *k = work_new(cl->first + i, run_numbered);
                if (i % 2 ? exec_write_wait(cl->w->e, &k->job)
                          : exec_write(cl->w->e, &k->job) && work_await(k))
                        cl->numbers[cl->ok++] = k->got;
                work_free(k);
        }
        return NULL;
}

static int
by_value(const void *a, const void *b)
{
        int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

        return x < y ? -1 : x > y;
}

/* A fifth of the jobs is undone; what the others got is what stands in the table, and nothing stands there
 * twice. */
static void
numbers_from_many_threads_are_never_doubled(void **state)
{
        struct world *w = *state;
        struct client cl[CLIENTS];
        int64_t numbers[CLIENTS * JOBS_EACH];
        int n = 0;

        for (int i = 0; i < CLIENTS; i++) {
                cl[i] = (struct client){w, .first = i * JOBS_EACH,
                                        .numbers = calloc(JOBS_EACH, sizeof(int64_t))};
                pthread_create(&cl[i].thread, NULL, client_main, &cl[i]);
        }
        for (int i = 0; i < CLIENTS; i++) {
                pthread_join(cl[i].thread, NULL);
                memcpy(numbers + n, cl[i].numbers, (size_t)cl[i].ok * sizeof *numbers);
                n += cl[i].ok;
                free(cl[i].numbers);
        }
        assert_int_equal(n, CLIENTS * JOBS_EACH * 4 / 5);
        qsort(numbers, (size_t)n, sizeof *numbers, by_value);
        for (int i = 1; i < n; i++)
                assert_true(numbers[i - 1] < numbers[i]);
        assert_int_equal(count(w), n);
}

/* ---- callbacks ---- */

struct calls {
        _Atomic int idle, committed;
        _Atomic int more; /* idle() asks to be called again that often */
        struct conn *seen;
        _Atomic bool in_transaction;
};

static bool
on_idle(void *arg, struct conn *c)
{
        struct calls *k = arg;

        k->idle++;
        if (tx_open(c))
                k->in_transaction = true;
        return k->more-- > 0;
}

static void
on_commit(void *arg)
{
        ((struct calls *)arg)->committed++;
}

static bool
reaches(_Atomic int *value, int least)
{
        for (int i = 0; i < 500 && *value < least; i++)
                usleep(10000);
        return *value >= least;
}

static void
idle_is_called_until_it_has_no_more(void **state)
{
        struct world *w = *state;
        struct calls calls = {.more = 3};
        struct work *k = work_new(1, run_insert);

        exec_on_idle(w->e, on_idle, &calls);
        assert_true(reaches(&calls.idle, 4));
        int before = calls.idle;
        assert_true(exec_write_wait(w->e, &k->job));
        assert_true(reaches(&calls.idle, before + 1));
        assert_false(calls.in_transaction);
        exec_stop(w->e);
        w->e = NULL;
        work_free(k);
}

static void
a_commit_is_told_before_done(void **state)
{
        struct world *w = *state;
        struct calls calls = {0};
        struct calls other = {0};
        struct work *a = work_new(1, run_insert), *b = work_new(2, run_insert);

        exec_on_commit(w->e, on_commit, &calls);
        exec_on_commit(w->e, on_commit, &other);
        assert_true(exec_write_wait(w->e, &a->job));
        assert_int_equal(calls.committed, 1);
        assert_int_equal(other.committed, 1);
        exec_off_commit(w->e, &other);
        assert_true(exec_write_wait(w->e, &b->job));
        assert_int_equal(calls.committed, 2);
        assert_int_equal(other.committed, 1);
        exec_stop(w->e);
        w->e = NULL;
        work_free(a);
        work_free(b);
}

/* ---- reads ---- */

static void
a_read_sees_what_was_written(void **state)
{
        struct world *w = *state;
        struct work *a = work_new(1, run_insert), *b = work_new(0, run_count), *c = work_new(2, run_insert);

        assert_true(exec_write_wait(w->e, &a->job));
        assert_true(exec_read(w->e, &b->job));
        assert_true(work_await(b));
        assert_int_equal(b->got, 1);
        assert_true(exec_read(w->e, &c->job));
        assert_false(work_await(c)); /* it writes */
        assert_true(ctx_failed(&c->ctx));
        assert_int_equal(count(w), 1);
        work_free(a);
        work_free(b);
        work_free(c);
}

/* ---- the disk is full (SQLite) ---- */

static void
limit_file_size(rlim_t bytes)
{
        struct rlimit l;

        getrlimit(RLIMIT_FSIZE, &l);
        l.rlim_cur = bytes;
        setrlimit(RLIMIT_FSIZE, &l);
}

/* The log of the file may not grow while the group commits: all fail, their numbers are forgotten, the next
 * works. */
static void
a_commit_on_a_full_disk_fails_the_group(void **state)
{
        struct world *w = *state;
        struct work *k[10];
        struct hold h;

        if (engine != DB_SQLITE)
                return;
        signal(SIGXFSZ, SIG_IGN);
        hold_writer(w, &h, 1000);
        for (int i = 0; i < 10; i++) {
                k[i] = work_new(i + 1, i == 9 ? run_insert_then_refuse : run_numbered);
                assert_true(exec_write(w->e, &k[i]->job));
        }
        limit_file_size(100);
        let_go(&h);
        for (int i = 0; i < 10; i++) {
                work_await(k[i]);
                if (i != 4) /* refused by itself */
                        expect_code(k[i], i == 9 ? E_CONFLICT : E_DB_FULL);
                work_free(k[i]);
        }
        limit_file_size(RLIM_INFINITY);
        assert_int_equal(count(w), 0);
        struct work *after = work_new(1, run_numbered);
        assert_true(exec_write_wait(w->e, &after->job));
        assert_int_equal(after->got, 1);
        assert_int_equal(count(w), 1);
        work_free(after);
}

static bool
run_bulk(struct job *job, struct conn *c)
{
        struct work *k = work_of(job);
        char body[4000];

        memset(body, 'x', sizeof body);
        for (int i = 0; i < 50; i++)
                if (!sql_run(job->ctx, c, SQL("insert into item (id, body) values ($1, $2)"), "it",
                             10000 * k->id + i, (struct str){body, sizeof body}))
                        return false;
        return true;
}

static bool
run_page_limit(struct job *job, struct conn *c)
{
        return sql_script(job->ctx, c,
                          work_of(job)->id ? "pragma max_page_count = 30" : "pragma max_page_count = 100000");
}

static void
a_full_file_fails_the_job_and_the_writer_goes_on(void **state)
{
        struct world *w = *state;
        struct work *limit = work_new(1, run_page_limit), *big = work_new(1, run_bulk),
                    *small = work_new(5, run_insert), *lift = work_new(0, run_page_limit),
                    *again = work_new(1, run_bulk);

        if (engine == DB_SQLITE) {
                assert_true(exec_write_wait(w->e, &limit->job));
                assert_false(exec_write_wait(w->e, &big->job));
                expect_code(big, E_DB_FULL);
                assert_true(exec_write_wait(w->e, &small->job));
                assert_int_equal(count(w), 1);
                assert_true(exec_write_wait(w->e, &lift->job));
                assert_true(exec_write_wait(w->e, &again->job));
                assert_int_equal(count(w), 51);
        }
        work_free(limit);
        work_free(big);
        work_free(small);
        work_free(lift);
        work_free(again);
}

/* ---- PostgreSQL: retries and lost connections ---- */

/* Fails with the SQLSTATE of a serialisation failure until its run number `id`. */
static bool
run_conflict(struct job *job, struct conn *c)
{
        struct work *k = work_of(job);

        if (++k->runs < k->id)
                return sql_run(job->ctx, c, "do $$ begin raise exception sqlstate '40001'; end $$", "") &&
                       sql_flush(job->ctx, c);
        return sql_run(job->ctx, c, SQL("insert into item (id) values ($1)"), "i", k->id);
}

static void
a_conflict_is_run_again(void **state)
{
        struct world *w = *state;
        struct work *k = work_new(3, run_conflict), *never = work_new(99, run_conflict);

        if (engine == DB_PG) {
                assert_true(exec_write_wait(w->e, &k->job));
                assert_int_equal(k->runs, 3);
                assert_false(ctx_failed(&k->ctx));
                assert_false(exec_write_wait(w->e, &never->job));
                assert_int_equal(never->runs, 13);
                expect_code(never, E_DB_RETRY);
                assert_int_equal(count(w), 1);
        }
        work_free(k);
        work_free(never);
}

static void
cut_all_connections(struct world *w)
{
        struct rows *r = sql_query(w->ctx, w->c,
                                   "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
                                   "where datname = current_database() and pid <> pg_backend_pid()",
                                   "");
        must(w, r && rows_close(r));
}

static void
a_cut_connection_is_opened_again(void **state)
{
        struct world *w = *state;

        if (engine != DB_PG)
                return;
        for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 16; i++) {
                        struct work *k = work_new(100 * round + i, run_insert), *r = work_new(0, run_count);
                        assert_true(exec_write(w->e, &k->job) && exec_read(w->e, &r->job));
                        assert_true(work_await(k) && work_await(r));
                        assert_false(ctx_failed(&k->ctx) || ctx_failed(&r->ctx));
                        work_free(k);
                        work_free(r);
                }
                cut_all_connections(w);
        }
        assert_int_equal(count(w), 32);
}

static bool
run_cut_once(struct job *job, struct conn *c)
{
        struct work *k = work_of(job);
        int64_t one;

        if (k->runs++ == 0)
                return sql_one_int(job->ctx, c, &one,
                                   "select case when pg_terminate_backend(pg_backend_pid()) then 1 end", "");
        return sql_run(job->ctx, c, SQL("insert into item (id) values ($1)"), "i", k->id);
}

static void
a_job_cut_before_its_commit_is_run_again(void **state)
{
        struct world *w = *state;
        struct work *k = work_new(1, run_cut_once);

        if (engine == DB_PG) {
                assert_true(exec_write_wait(w->e, &k->job));
                assert_int_equal(k->runs, 2);
                assert_false(ctx_failed(&k->ctx));
                assert_int_equal(count(w), 1);
        }
        work_free(k);
}

/* A trigger that runs at the very commit ends the connection: whether it was kept cannot be known. */
static void
a_job_cut_in_its_commit_is_in_doubt(void **state)
{
        struct world *w = *state;
        struct work *k = work_new(1, run_insert), *next = work_new(2, run_insert);

        if (engine == DB_PG) {
                must(w,
                     sql_script(w->ctx, w->c,
                                "create function cut() returns trigger language plpgsql as $$ begin "
                                "if new.id = 1 then perform pg_terminate_backend(pg_backend_pid()); end if; "
                                "return null; end $$;"
                                "create constraint trigger cut after insert on item deferrable initially "
                                "deferred "
                                "for each row execute function cut()"));
                assert_false(exec_write_wait(w->e, &k->job));
                expect_code(k, E_DB_IN_DOUBT);
                assert_int_equal(k->runs, 1);
                assert_true(exec_write_wait(w->e, &next->job));
                assert_int_equal(count(w), 1);
        }
        work_free(k);
        work_free(next);
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
        const struct CMUnitTest facts[] = {
                FACT(a_write_is_kept),
                FACT(a_waited_write_tells_its_outcome),
                FACT(a_failed_job_leaves_the_others),
                FACT(a_full_queue_refuses),
                FACT(stop_finishes_what_was_taken),
                FACT(numbers_from_many_threads_are_never_doubled),
                FACT(idle_is_called_until_it_has_no_more),
                FACT(a_commit_is_told_before_done),
                FACT(a_read_sees_what_was_written),
                FACT(a_commit_on_a_full_disk_fails_the_group),
                FACT(a_full_file_fails_the_job_and_the_writer_goes_on),
                FACT(a_conflict_is_run_again),
                FACT(a_cut_connection_is_opened_again),
                FACT(a_job_cut_before_its_commit_is_run_again),
                FACT(a_job_cut_in_its_commit_is_in_doubt),
        };

        engine = DB_SQLITE;
        int bad = cmocka_run_group_tests_name("sqlite", facts, NULL, NULL);
        engine = DB_PG;
        if (test_pg())
                bad += cmocka_run_group_tests_name("postgresql", facts, NULL, NULL);
        return bad;
}
