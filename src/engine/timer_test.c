/* SPDX-License-Identifier: Apache-2.0
 *
 * timer_test.c -- timers: rows, rounds, failures; the thread; two servers on one database.  The same on both engines.
 */
#include "engine/test_engine.h"
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>
#include "engine/notice.h"
#include "engine/timer.h"

enum { FIRED_MAX = 2000 };
static char fired[FIRED_MAX][40];
static _Atomic int fired_count;
static _Atomic usec latest;            /* the greatest lateness seen */

/* ---- what the timers of these tests do ---- */

static bool
note(struct work *w, struct record *r, const struct timer *t)
{
        int i = atomic_fetch_add(&fired_count, 1);
        usec late = w->now - t->due;

        assert_true(i < FIRED_MAX);
        snprintf(fired[i], sizeof fired[i], "%s", t->name);
        for (usec was = latest; late > was && !atomic_compare_exchange_weak(&latest, &was, late);)
                ;
        return outbox_add(w, "test", r->id, STR("{}"));
}

static bool
break_it(struct work *w, struct record *r, const struct timer *t)
{
        note(w, r, t);
        return fail(w->ctx, E_HOOK, "", "It is broken", "坏了");
}

static bool
collide(struct work *w, struct record *r, const struct timer *t)
{
        note(w, r, t);
        return fail(w->ctx, E_DB_RETRY, "", "somebody was faster");
}

static bool
chain(struct work *w, struct record *r, const struct timer *t)
{
        struct timer next = *t;

        next.step++;
        next.due = t->due + USEC_MINUTE;
        return note(w, r, t) && (t->step == 3 || timer_set(w, &next));
}

static const struct timer_handler LIST[] = {
        {"note", "sample", note}, {"any", NULL, note}, {"break", "sample", break_it},
        {"chain", "sample", chain}, {"collide", "sample", collide},
};
static const struct timer_handlers HANDLERS = {LIST, sizeof LIST / sizeof *LIST};

/* ---- small things ---- */

static void
set(struct test_engine *t, int64_t id, const char *name, usec after)
{
        test_must(t, timer_set(&t->w, &(struct timer){.case_id = id, .name = name, .due = t->w.now + after, .step = 1}));
}

static int
count_timers(struct test_engine *t)
{
        int64_t n = -1;

        test_must(t, sql_one_int(t->ctx, t->conn, &n, SQL("select count(*) from timers"), ""));
        return (int)n;
}

static int
count_effects(struct test_engine *t)
{
        int64_t n = -1;

        test_must(t, sql_one_int(t->ctx, t->conn, &n, SQL("select count(*) from outbox where kind = 'test'"), ""));
        return (int)n;
}

static void
fresh(struct test_engine *t)
{
        test_must(t, sql_run(t->ctx, t->conn, SQL("delete from timers"), "") &&
                             sql_run(t->ctx, t->conn, SQL("delete from outbox"), ""));
        fired_count = 0;
        latest = 0;
}

static int
round_of(struct test_engine *t, int max)
{
        int taken;

        test_must(t, timer_fire_due(&t->w, HANDLERS, max, &taken));
        return taken;
}

static struct timer
only(struct test_engine *t, int64_t id)
{
        struct timer *list;
        size_t n;

        test_must(t, timer_list(&t->w, id, &list, &n));
        assert_int_equal(n, 1);
        return list[0];
}

/* ---- rows ---- */

static void
setting_again_moves_it(void **state)
{
        struct test_engine *t = *state;
        usec first;

        fresh(t);
        set(t, 7, "note", USEC_HOUR);
        test_must(t, timer_set(&t->w, &(struct timer){.case_id = 7, .name = "note", .due = t->w.now + 5, .clock = "restore",
                                                      .step = 50, .data = STR("{\"a\":1}")}));
        struct timer got = only(t, 7);
        assert_int_equal(got.due, t->w.now + 5);
        assert_int_equal(got.step, 50);
        assert_string_equal(got.clock, "restore");
        assert_true(str_is(got.data, "{\"a\":1}"));
        test_must(t, timer_first(t->ctx, t->conn, &first));
        assert_int_equal(first, t->w.now + 5);
}

static void
clearing_takes_one_a_kind_or_all(void **state)
{
        struct test_engine *t = *state;
        usec first;

        fresh(t);
        set(t, 7, "mark", 1), set(t, 7, "mark:a", 1), set(t, 7, "mark:b", 1), set(t, 7, "marks:a", 1), set(t, 8, "mark:a", 1);
        test_must(t, timer_clear(&t->w, 7, "mark:b") && timer_clear(&t->w, 7, "never"));
        assert_int_equal(count_timers(t), 4);
        test_must(t, timer_clear_kind(&t->w, 7, "mark"));
        assert_int_equal(count_timers(t), 2);
        assert_string_equal(only(t, 7).name, "marks:a");
        test_must(t, timer_clear_kind(&t->w, 7, NULL) && timer_clear_kind(&t->w, 8, NULL));
        assert_int_equal(count_timers(t), 0);
        test_must(t, timer_first(t->ctx, t->conn, &first));
        assert_true(first == USEC_NONE);
}

/* ---- rounds ---- */

static void
what_is_due_fires_once_and_in_order(void **state)
{
        struct test_engine *t = *state;
        struct record *r = test_sample(t, "{'title':'T'}");

        fresh(t);
        set(t, r->id, "note:c", -1), set(t, r->id, "note:a", -USEC_DAY), set(t, r->id, "any:b", -USEC_HOUR);
        set(t, r->id, "note:later", 1);
        assert_int_equal(round_of(t, 64), 3);
        assert_int_equal(round_of(t, 64), 0);
        assert_int_equal(fired_count, 3);
        assert_string_equal(fired[0], "note:a");
        assert_string_equal(fired[1], "any:b");
        assert_string_equal(fired[2], "note:c");
        assert_string_equal(only(t, r->id).name, "note:later");
        assert_int_equal(count_effects(t), 3);
}

static void
a_round_takes_the_oldest_only(void **state)
{
        struct test_engine *t = *state;
        struct record *r = test_sample(t, "{'title':'T'}");

        fresh(t);
        for (int i = 0; i < 10; i++)
                set(t, r->id, arena_printf(t->ctx->arena, "note:%d", i), -10 + i);
        assert_int_equal(round_of(t, 4), 4);
        assert_string_equal(fired[3], "note:3");
        assert_int_equal(round_of(t, 64), 6);
        assert_int_equal(fired_count, 10);
}

static void
one_that_fails_comes_back_and_holds_up_none(void **state)
{
        struct test_engine *t = *state;
        struct record *r = test_sample(t, "{'title':'T'}");

        fresh(t);
        set(t, r->id, "break", -3), set(t, r->id, "note:a", -2), set(t, r->id, "nobody:x", -1);
        assert_int_equal(round_of(t, 64), 3);
        assert_int_equal(count_effects(t), 1);
        assert_int_equal(count_timers(t), 2);
        assert_int_equal(round_of(t, 64), 0);
        t->w.now += 2 * USEC_SECOND;
        assert_int_equal(round_of(t, 64), 2);
}

static void
its_pause_doubles_up_to_an_hour(void **state)
{
        struct test_engine *t = *state;
        struct record *r = test_sample(t, "{'title':'T'}");
        usec pause = 0;

        fresh(t);
        set(t, r->id, "break", 0);
        for (int i = 0; i < 14; i++) {
                assert_int_equal(round_of(t, 64), 1);
                struct timer back = only(t, r->id);
                assert_int_equal(back.tries, i + 1);
                assert_true(back.due - t->w.now >= pause);
                pause = back.due - t->w.now;
                t->w.now = back.due;
        }
        assert_int_equal(pause, USEC_HOUR);
        test_must(t, timer_clear(&t->w, r->id, "break"));
}

static void
a_conflict_gives_up_the_round_but_not_the_timer(void **state)
{
        struct test_engine *t = *state;
        struct record *r = test_sample(t, "{'title':'T'}");
        int taken;

        fresh(t);
        set(t, r->id, "collide", 0), set(t, r->id, "note", 0);
        test_must(t, tx_savepoint(t->ctx, t->conn));
        assert_false(timer_fire_due(&t->w, HANDLERS, 64, &taken));
        tx_undo(t->conn);
        assert_int_equal(test_error(t), E_DB_RETRY);
        assert_int_equal(count_timers(t), 2);
        /* Alone it is put back, and the other gets its turn. */
        assert_int_equal(round_of(t, 1), 1);
        assert_int_equal(round_of(t, 1), 1);
        assert_int_equal(count_effects(t), 1);
        assert_int_equal(only(t, r->id).tries, 1);
}

static void
a_timer_of_nothing_is_forgotten(void **state)
{
        struct test_engine *t = *state;

        fresh(t);
        set(t, 987654321, "note", 0), set(t, 987654321, "any", 0);
        assert_int_equal(round_of(t, 64), 2);
        assert_int_equal(fired_count, 0);
        assert_int_equal(count_timers(t), 0);
}

static void
firing_may_set_the_next(void **state)
{
        struct test_engine *t = *state;
        struct record *r = test_sample(t, "{'title':'T'}");

        fresh(t);
        set(t, r->id, "chain", -USEC_HOUR);
        while (round_of(t, 64) > 0)
                ;
        assert_int_equal(fired_count, 3);
        assert_int_equal(count_timers(t), 0);
}

/* ---- the thread ---- */

struct node {
        struct db *db;
        struct exec *exec;
        struct timers *timers;
};

static void
node_up(struct test_engine *t, struct node *n)
{
        n->db = db_open(t->ctx, t->store.where);
        n->exec = exec_start(t->ctx, n->db, 4, 0, 1000);
        test_must(t, n->db && n->exec);
        n->timers = timers_start(n->exec, n->db, &t->engine, HANDLERS);
}

static void
node_down(struct node *n)
{
        timers_stop(n->timers);
        exec_stop(n->exec);
        db_close(n->db);
}

struct write {
        struct job job;
        struct test_engine *t;
        int64_t id;
        const char *name;
        usec after;
};

static bool
run_set(struct job *job, struct conn *c)
{
        struct write *x = (struct write *)job;
        struct work w = x->t->w;

        w.ctx = job->ctx;
        w.conn = c;
        return timer_set(&w, &(struct timer){.case_id = x->id, .name = x->name, .due = clock_now() + x->after, .step = 1});
}

static void
write_timer(struct test_engine *t, struct node *n, int64_t id, const char *name, usec after)
{
        struct write x = {.job = {.ctx = t->ctx, .run = run_set}, .t = t, .id = id, .name = name, .after = after};

        test_must(t, exec_write_wait(n->exec, &x.job));
}

static bool
wait_for(int n)
{
        usec until = clock_monotonic() + 20 * USEC_SECOND;

        while (fired_count < n && clock_monotonic() < until)
                usleep(2000);
        return fired_count >= n;
}

static struct record *
committed_sample(struct test_engine *t)
{
        struct record *r;

        fresh(t);
        t->w.now = clock_now();
        r = test_sample(t, "{'title':'T'}");
        test_must(t, tx_commit(t->ctx, t->conn));
        return r;
}

static void
the_thread_fires_in_time_and_when_the_clock_is_turned(void **state)
{
        struct test_engine *t = *state;
        struct record *r = committed_sample(t);
        struct node n;

        node_up(t, &n);
        write_timer(t, &n, r->id, "note:far", USEC_HOUR);
        write_timer(t, &n, r->id, "note:near", 300 * USEC_SECOND / 1000);
        assert_true(wait_for(1));
        assert_true(latest < 500 * USEC_SECOND / 1000);
        clock_advance(2 * USEC_HOUR);
        assert_true(wait_for(2));
        node_down(&n);
        assert_string_equal(fired[0], "note:near");
        assert_string_equal(fired[1], "note:far");
        test_must(t, tx_begin(t->ctx, t->conn));
        assert_int_equal(count_effects(t), 2);
}

static void
what_came_due_while_nobody_was_there_fires_once(void **state)
{
        struct test_engine *t = *state;
        struct record *r = committed_sample(t);
        struct node n;

        test_must(t, tx_begin(t->ctx, t->conn));
        for (int i = 0; i < 300; i++)
                set(t, r->id, arena_printf(t->ctx->arena, "note:%03d", i), i - USEC_DAY);
        test_must(t, tx_commit(t->ctx, t->conn));
        node_up(t, &n);
        assert_true(wait_for(300));
        node_down(&n);
        for (int i = 0; i < 300; i++)
                assert_string_equal(fired[i], arena_printf(t->ctx->arena, "note:%03d", i));
        test_must(t, tx_begin(t->ctx, t->conn));
        assert_int_equal(count_effects(t), 300);
        assert_int_equal(count_timers(t), 0);
}

static void
two_nodes_fire_each_once(void **state)
{
        struct test_engine *t = *state;
        struct record *r = committed_sample(t);
        struct node a, b;

        if (db_engine(t->store.db) == DB_PG) {
                test_must(t, tx_begin(t->ctx, t->conn));
                for (int i = 0; i < 500; i++)
                        set(t, r->id, arena_printf(t->ctx->arena, "note:%03d", i), i - USEC_DAY);
                test_must(t, tx_commit(t->ctx, t->conn));
                node_up(t, &a);
                node_up(t, &b);
                assert_true(wait_for(500));
                node_down(&a);
                node_down(&b);
        }
        test_must(t, tx_begin(t->ctx, t->conn));
        if (db_engine(t->store.db) == DB_PG)
                assert_int_equal(count_effects(t), 500);
        assert_int_equal(count_timers(t), 0);
}

static const struct CMUnitTest tests[] = {
        cmocka_unit_test(setting_again_moves_it),
        cmocka_unit_test(clearing_takes_one_a_kind_or_all),
        cmocka_unit_test(what_is_due_fires_once_and_in_order),
        cmocka_unit_test(a_round_takes_the_oldest_only),
        cmocka_unit_test(one_that_fails_comes_back_and_holds_up_none),
        cmocka_unit_test(its_pause_doubles_up_to_an_hour),
        cmocka_unit_test(a_conflict_gives_up_the_round_but_not_the_timer),
        cmocka_unit_test(a_timer_of_nothing_is_forgotten),
        cmocka_unit_test(firing_may_set_the_next),
        cmocka_unit_test(the_thread_fires_in_time_and_when_the_clock_is_turned),
        cmocka_unit_test(what_came_due_while_nobody_was_there_fires_once),
        cmocka_unit_test(two_nodes_fire_each_once),
};
TEST_ENGINE_MAIN(tests)
