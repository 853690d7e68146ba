/* SPDX-License-Identifier: Apache-2.0
 *
 * demo_test.c -- the demo company comes to be at any hour of the day, and shows every state.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail /* cmocka's; ours is base/ctx.h */
#include "base/secret.h"
#include "engine/event.h"
#include "engine/search.h"
#include "model/plan.h"
#include "service/demo.h"
#include "service/hooks.h"
#include "sql/test_store.h"

enum { NIGHT_IN_CHINA = 19, MORNING_IN_CHINA = 2, EVENING_IN_CHINA = 12 }; /* hours of UTC */

struct town { /* a database with the demo company in it */
        struct test_store store;
        struct model *model;
        struct engine *engine;
        struct work w;
};

static void
must(struct town *t, bool ok)
{
        if (!ok)
                ctx_print_errors(&t->store.ctx, stderr);
        assert_true(ok);
}

static struct model *
load_model(struct ctx *ctx)
{
        const char **hooks = ARENA_ARRAY(ctx->arena, const char *, SERVICE_HOOK_COUNT + 1);
        struct source *sources;
        size_t count;

        for (size_t i = 0; i < SERVICE_HOOK_COUNT; i++)
                hooks[i] = SERVICE_HOOKS[i].name;
        return model_sources(ctx, NULL, &sources, &count)
                       ? model_load(ctx, sources, count, hooks, SERVICE_HOOK_COUNT)
                       : NULL;
}

static void
say_nothing(void *arg, const char *line)
{
}

static void
town_open(struct town *t, enum db_engine engine, int hour)
{
        struct ctx *ctx = &t->store.ctx;
        struct plan plan;

        test_store_open(&t->store, engine);
        t->model = load_model(ctx);
        must(t, t->model != NULL);
        t->engine = engine_new(t->model, SERVICE_HOOKS, SERVICE_HOOK_COUNT, SERVICE_RECORD_HOOKS,
                               SERVICE_RECORD_HOOK_COUNT);
        t->w = (struct work){.ctx = ctx, .engine = t->engine, .model = t->model, .actor = &ACTOR_SYSTEM};
        t->w.now = time_of_civil((struct civil){2026, 11, 21, hour, 7, 0, 0});
        t->w.conn = conn_open(ctx, t->store.db, CONN_WRITE);
        must(t, plan_make(ctx, t->model, t->w.conn, &plan) && plan_apply(ctx, t->w.conn, &plan) &&
                        search_schema(ctx, t->w.conn));
        must(t, demo_fill(&t->w, say_nothing, NULL));
}

static void
town_close(struct town *t)
{
        conn_close(t->w.conn);
        engine_free(t->engine);
        model_free(t->model);
        test_store_close(&t->store);
}

static int64_t
ask(struct town *t, const char *sql)
{
        int64_t n = 0;

        sql_one_int(&t->store.ctx, t->w.conn, &n, sql, "");
        must(t, !ctx_failed(&t->store.ctx));
        return n;
}

/* ---- one town for the tests that only look ---- */

static struct town town;

static int
setup(void **state)
{
        secret_init();
        town_open(&town, test_pg() ? DB_PG : DB_SQLITE, MORNING_IN_CHINA);
        return 0;
}

static int
teardown(void **state)
{
        town_close(&town);
        return 0;
}

static void
assert_states_shown(const char *entity, const char *const *passing)
{
        const struct entity *e = model_entity(town.model, entity);
        int64_t n;

        for (size_t i = 0; i < e->state_count; i++) {
                bool brief = false;
                for (const char *const *p = passing; *p; p++)
                        brief |= strcmp(*p, e->states[i].name) == 0;
                n = 0;
                sql_one_int(&town.store.ctx, town.w.conn, &n,
                            SQL("select count(*) from cases where entity = $1 and state = $2"), "ss", entity,
                            e->states[i].name);
                if (n == 0 && !brief)
                        fprintf(stderr, "no %s is %s\n", entity, e->states[i].name);
                assert_true(n > 0 || brief);
        }
}

static void
test_every_state_is_shown(void **state)
{
        assert_states_shown("technical_request", (const char *const[]){NULL});
        assert_states_shown("work_order", (const char *const[]){NULL});
        assert_states_shown("technical_escalation", (const char *const[]){NULL});
        assert_states_shown("hand_over", (const char *const[]){NULL});
        assert_states_shown("callback", (const char *const[]){"completed", "declined", NULL});
}

static void
test_both_languages_and_all_priorities_are_there(void **state)
{
        assert_true(ask(&town, SQL("select count(*) from cases where entity = 'technical_request'")) >= 300);
        assert_true(ask(&town,
                        SQL("select count(distinct title) from cases where entity = 'technical_request'")) >=
                    120);
        assert_int_equal(ask(&town, SQL("select count(distinct priority) from cases")), 4);
        assert_true(ask(&town, SQL("select count(*) from message where direction = 'in'")) > 50);
        assert_true(ask(&town, SQL("select count(*) from technical_request where reopen_count > 0")) > 5);
        assert_true(ask(&town, SQL("select count(*) from case_link where kind = 'recurs_from'")) > 2);
}

/* Invariant 3, and that nothing lies in the future. */
static void
test_nobody_is_notified_and_nothing_is_early(void **state)
{
        assert_int_equal(ask(&town, SQL("select count(*) from outbox")), 0);
        assert_true(ask(&town, SQL("select max(at) from events")) <= town.w.now);
        assert_true(ask(&town, SQL("select max(recorded_at) from events")) <= town.w.now);
        assert_true(ask(&town, SQL("select min(reported_at) from cases")) > town.w.now - 92 * USEC_DAY);
}

static void
count_fault(void *arg, const char *sentence)
{
        fprintf(stderr, "%s\n", sentence);
}

static void
test_the_chains_hold(void **state)
{
        struct verify_result v;

        must(&town, event_verify(&town.w, count_fault, NULL, &v));
        assert_int_equal(v.faults, 0);
        assert_true(v.events > 5000);
}

static void
test_everybody_in_the_table_can_log_in(void **state)
{
        size_t n;
        const struct demo_login *l = demo_logins(&n);

        for (size_t i = 0; i < n; i++) {
                struct str hash;
                must(&town,
                     sql_one_text(&town.store.ctx, town.w.conn, &hash,
                                  SQL("select c.hash from credentials c join users u on u.id = c.person "
                                      "where u.login = $1 and u.name = $2 and u.active = 1"),
                                  "ss", l[i].login, l[i].name));
                assert_true(password_verify(str_c(town.store.arena, hash), str_of(l[i].password)));
        }
}

/* ---- towns of their own ---- */

static void
test_it_comes_to_be_at_any_hour(void **state)
{
        static const int hours[] = {NIGHT_IN_CHINA, EVENING_IN_CHINA};

        for (size_t i = 0; i < sizeof hours / sizeof *hours; i++) {
                struct town t;
                town_open(&t, DB_SQLITE, hours[i]);
                assert_true(ask(&t, SQL("select count(*) from cases where entity = 'technical_request'")) >=
                            300);
                town_close(&t);
        }
}

/* Invariant 2.  The hash of an event covers all that was before it in the case. */
static void
test_the_same_day_makes_the_same_company(void **state)
{
        struct town a, b;

        town_open(&a, DB_SQLITE, MORNING_IN_CHINA);
        town_open(&b, DB_SQLITE, MORNING_IN_CHINA);
        for (int64_t id = ask(&a, SQL("select max(id) from cases")), last = id - 200; id > last; id--) {
                struct str x = STR_NONE, y = STR_NONE;
                sql_one_text(&a.store.ctx, a.w.conn, &x, SQL("select event_hash from cases where id = $1"),
                             "i", id);
                sql_one_text(&b.store.ctx, b.w.conn, &y, SQL("select event_hash from cases where id = $1"),
                             "i", id);
                assert_true(str_eq(x, y));
        }
        town_close(&a);
        town_close(&b);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_state_is_shown),
                cmocka_unit_test(test_both_languages_and_all_priorities_are_there),
                cmocka_unit_test(test_nobody_is_notified_and_nothing_is_early),
                cmocka_unit_test(test_the_chains_hold),
                cmocka_unit_test(test_everybody_in_the_table_can_log_in),
                cmocka_unit_test(test_it_comes_to_be_at_any_hour),
                cmocka_unit_test(test_the_same_day_makes_the_same_company),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
