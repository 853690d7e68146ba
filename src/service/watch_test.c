/* SPDX-License-Identifier: Apache-2.0
 *
 * watch_test.c -- clocks that are watched: marks told once, breaches, lines that go up, management; on both engines.
 *
 * A request of a platinum customer: critical is restored within 2 h, major within 8 h; the first line has 20 min or 2 h.
 */
#include "engine/test_engine.h"
#include "engine/life.h"
#include "service/calendars.h"
#include "service/hooks.h"
#include "service/management.h"
#include "service/service.h"
#include "service/timers.h"
#include "service/watch.h"

enum { ALL = 64 };
static int64_t account, product, team, experts;

/* ---- a house ---- */

static int64_t
make(struct test_engine *t, const char *entity, const char *json)
{
        char *text = arena_strdup(t->ctx->arena, json);
        struct record *r;

        for (char *p = text; *p; p++)
                if (*p == '\'')
                        *p = '"';
        r = store_create(&t->w, test_entity(t, entity), test_json(t, text));
        test_must(t, r != NULL);
        return r->id;
}

static struct record *
step(struct test_engine *t, const char *entity, int64_t id, const char *name, const char *json)
{
        char *text = arena_strdup(t->ctx->arena, json);
        struct record *r = store_load(&t->w, test_entity(t, entity), id);

        for (char *p = text; *p; p++)
                if (*p == '\'')
                        *p = '"';
        test_must(t, r != NULL && life_transition(&t->w, r, str_of(name), test_json(t, text), 0));
        return r;
}

static void
furnish(struct test_engine *t)
{
        struct arena *a = t->ctx->arena;
        int64_t sp, contract;

        test_must(t, calendars_defaults(&t->w));
        team = make(t, "team", "{'code':'T1','name':'First','kind':'t1','tier':1}");
        experts = make(t, "team", "{'code':'T2','name':'Second','kind':'t2','tier':2}");
        account = make(t, "account", "{'code':'A','name':'A','grade':'A'}");
        product = make(t, "product", "{'code':'P','name':'P'}");
        sp = make(t, "service_product", "{'code':'S','name':'S','family':'maintenance'}");
        contract = make(t, "contract", arena_printf(a, "{'code':'K','name':'K','account':%lld,'tier':'platinum',"
                                                       "'starts_on':'2020-01-01','ends_on':'2099-12-31'}", (long long)account));
        make(t, "contract_line", arena_printf(a, "{'contract':%lld,'line_no':1,'account':%lld,'service_product':%lld,"
                                                 "'tier':'platinum','product':%lld,'starts_on':'2020-01-01',"
                                                 "'ends_on':'2099-12-31'}",
                                              (long long)contract, (long long)account, (long long)sp, (long long)product));
        step(t, "contract", contract, "sign", "{}");
        step(t, "contract", contract, "check_data", "{}");
        step(t, "contract", contract, "activate", "{}");
}

static void
open_house(struct test_engine *t, enum db_engine engine)
{
        const char **names;
        struct source *sources;
        size_t n;

        test_engine_open(t, engine);
        engine_free(t->engine);
        model_free(t->model);
        names = ARENA_ARRAY(t->ctx->arena, const char *, SERVICE_HOOK_COUNT);
        for (size_t i = 0; i < SERVICE_HOOK_COUNT; i++)
                names[i] = SERVICE_HOOKS[i].name;
        test_must(t, model_sources(t->ctx, NULL, &sources, &n));
        t->model = model_load(t->ctx, sources, n, names, SERVICE_HOOK_COUNT);
        test_must(t, t->model != NULL);
        t->engine = engine_new(t->model, SERVICE_HOOKS, SERVICE_HOOK_COUNT, SERVICE_RECORD_HOOKS, SERVICE_RECORD_HOOK_COUNT);
        t->w.engine = t->engine;
        t->w.model = t->model;
        furnish(t);
}

/* ---- a request ---- */

/* In progress since t->w.now. */
static int64_t
request(struct test_engine *t, const char *severity)
{
        struct arena *a = t->ctx->arena;
        int64_t id = make(t, "technical_request",
                          arena_printf(a, "{'title':'Dark','account':%lld,'product':%lld}", (long long)account, (long long)product));

        step(t, "technical_request", id, "register", "{}");
        step(t, "technical_request", id, "authorise",
             arena_printf(a, "{'kind':'fault','severity':'%s','scope_category':'S1'}", severity));
        step(t, "technical_request", id, "dispatch", arena_printf(a, "{'team':%lld,'service_mode':'remote'}", (long long)team));
        step(t, "technical_request", id, "accept", "{'first_contact':'Called'}");
        return id;
}

static struct record *
load(struct test_engine *t, int64_t id)
{
        struct record *r = store_load_case(&t->w, id);

        test_must(t, r != NULL);
        return r;
}

/* Everything that is due happens, also what that makes due. */
static void
fire(struct test_engine *t)
{
        int taken;

        do
                test_must(t, timer_fire_due(&t->w, SERVICE_TIMERS, ALL, &taken));
        while (taken > 0);
}

static void
advance(struct test_engine *t, usec by)
{
        t->w.now += by;
        fire(t);
}

static usec
due_of(struct test_engine *t, int64_t id, const char *name)
{
        struct timer *list;
        size_t n;

        test_must(t, timer_list(&t->w, id, &list, &n));
        for (size_t i = 0; i < n; i++)
                if (strcmp(list[i].name, name) == 0)
                        return list[i].due;
        return USEC_NONE;
}

static int
count(struct test_engine *t, const char *sql, int64_t id)
{
        int64_t n = -1;

        test_must(t, sql_one_int(t->ctx, t->conn, &n, sql, "i", id));
        return (int)n;
}

static int
marks_told(struct test_engine *t, int64_t id)
{
        return count(t, SQL("select count(*) from clock_marks where case_id = $1 and clock = 'restore'"), id);
}

static int
reviews(struct test_engine *t, int64_t id)
{
        return count(t, SQL("select count(*) from cases where parent = $1 and entity = 'breach_review' and title like 'Breach review: Restore%'"), id);
}

static struct record *
escalation(struct test_engine *t, int64_t request_id)
{
        int64_t id;

        if (!sql_one_int(t->ctx, t->conn, &id,
                         SQL("select id from cases where parent = $1 and entity = 'management_escalation'"), "i", request_id))
                return NULL;
        return load(t, id);
}

/* ---- marks ---- */

static void
each_mark_is_told_once(void **state)
{
        struct test_engine *t = *state;
        usec start = t->w.now;
        int64_t id = request(t, "major");

        fire(t);
        assert_int_equal(due_of(t, id, "mark:restore"), start + 4 * USEC_HOUR);
        advance(t, 4 * USEC_HOUR);
        assert_int_equal(marks_told(t, id), 1);
        assert_int_equal(due_of(t, id, "mark:restore"), start + 6 * USEC_HOUR);
        advance(t, USEC_MINUTE);
        assert_int_equal(marks_told(t, id), 1);
        advance(t, 119 * USEC_MINUTE);
        assert_int_equal(marks_told(t, id), 2);
        advance(t, 72 * USEC_MINUTE);
        assert_int_equal(marks_told(t, id), 3);
        assert_int_equal(reviews(t, id), 0);
        advance(t, 48 * USEC_MINUTE);
        assert_int_equal(marks_told(t, id), 4);
        assert_int_equal(due_of(t, id, "mark:restore"), USEC_NONE);
        assert_int_equal(reviews(t, id), 1);
}

static void
of_marks_passed_together_the_highest_is_told(void **state)
{
        struct test_engine *t = *state;
        int64_t id = request(t, "major");

        advance(t, 9 * USEC_HOUR);
        assert_int_equal(marks_told(t, id), 1);
        assert_int_equal(count(t, SQL("select max(mark) from clock_marks where case_id = $1 and clock = 'restore'"), id), 100);
        assert_int_equal(reviews(t, id), 1);
}

static void
a_wait_stops_the_marks_and_they_move(void **state)
{
        struct test_engine *t = *state;
        usec start = t->w.now;
        int64_t id = request(t, "major");

        advance(t, USEC_HOUR);
        step(t, "technical_request", id, "wait", "{'pause_code':'site_access','pause_evidence':'Locked'}");
        assert_int_equal(due_of(t, id, "mark:restore"), USEC_NONE);
        advance(t, 20 * USEC_HOUR);
        assert_int_equal(marks_told(t, id), 0);
        step(t, "technical_request", id, "resume", "{}");
        assert_int_equal(due_of(t, id, "mark:restore"), start + 24 * USEC_HOUR);
}

/* Set back by hand, or another server's, which runs behind: the case goes on, and nothing is lost. */
static void
a_time_that_was_set_back_holds_nothing_up(void **state)
{
        struct test_engine *t = *state;
        int64_t id = request(t, "major");
        usec ahead = t->w.now + USEC_HOUR;

        advance(t, USEC_HOUR);
        step(t, "technical_request", id, "wait", "{'pause_code':'site_access','pause_evidence':'Locked'}");
        t->w.now -= 59 * USEC_MINUTE;
        step(t, "technical_request", id, "resume", "{}");
        step(t, "technical_request", id, "raise_severity", "{'severity':'critical','reason':'All is dark'}");
        step(t, "technical_request", id, "lower_severity", "{'severity':'major','severity_agreed_by':'Mr A','reason':'Half is back'}");
        fire(t);
        t->w.now = ahead + USEC_MINUTE;
        fire(t);
        assert_int_equal(count(t, SQL("select count(*) from clock_segments a join clock_segments b on b.case_id = a.case_id and "
                                      "b.clock = a.clock and b.seq > a.seq and b.at < a.at where a.case_id = $1"), id), 0);
        assert_int_equal(count(t, SQL("select count(*) from clock_promises a join clock_promises b on b.case_id = a.case_id and "
                                      "b.clock = a.clock and b.seq > a.seq and b.since < a.since where a.case_id = $1"), id), 0);
        assert_int_equal(due_of(t, id, "mark:restore"), ahead + 3 * USEC_HOUR);
}

static void
a_raised_severity_is_warned_of_at_once_and_broken_once(void **state)
{
        struct test_engine *t = *state;
        int64_t id = request(t, "major");

        advance(t, 90 * USEC_MINUTE);
        assert_int_equal(marks_told(t, id), 0);
        step(t, "technical_request", id, "raise_severity", "{'severity':'critical','reason':'All is dark'}");
        fire(t);
        assert_int_equal(marks_told(t, id), 1);
        assert_int_equal(count(t, SQL("select max(mark) from clock_marks where case_id = $1 and clock = 'restore'"), id), 75);
        advance(t, USEC_HOUR);
        assert_int_equal(reviews(t, id), 1);
        step(t, "technical_request", id, "lower_severity",
             "{'severity':'major','severity_agreed_by':'Mr A','reason':'Half is back'}");
        advance(t, 10 * USEC_HOUR);
        assert_int_equal(reviews(t, id), 1);
}

static void
who_restores_in_time_hears_no_more(void **state)
{
        struct test_engine *t = *state;
        int64_t id = request(t, "major");
        char now[TIME_TEXT_MAX];

        advance(t, USEC_HOUR);
        time_format(t->w.now, now);
        step(t, "technical_request", id, "restore",
             arena_printf(t->ctx->arena, "{'restored_at':'%s','restore_agreed_by':'Mr A'}", now));
        fire(t);
        assert_int_equal(due_of(t, id, "level:restore"), USEC_NONE);
        advance(t, 9 * USEC_HOUR);
        assert_int_equal(marks_told(t, id), 0);
        assert_int_equal(reviews(t, id), 0);
}

static void
an_ended_request_has_no_timers(void **state)
{
        struct test_engine *t = *state;
        int64_t id = request(t, "minor"), other = request(t, "minor");

        step(t, "technical_request", id, "merge", arena_printf(t->ctx->arena, "{'merged_into':%lld}", (long long)other));
        assert_int_equal(count(t, SQL("select count(*) from timers where case_id = $1"), id), 0);
}

static void
imports_set_none(void **state)
{
        struct test_engine *t = *state;
        int64_t id;

        t->w.muted = true;
        id = request(t, "critical");
        t->w.muted = false;
        assert_int_equal(count(t, SQL("select count(*) from timers where case_id = $1"), id), 0);
}

/* ---- lines ---- */

static void
a_line_that_used_up_its_time_hands_up(void **state)
{
        struct test_engine *t = *state;
        int64_t id = request(t, "major");

        advance(t, 2 * USEC_HOUR - 1);
        assert_int_equal(record_int(load(t, id), "tier"), 1);
        advance(t, 1);
        struct record *r = load(t, id);
        assert_int_equal(record_int(r, "tier"), 2);
        assert_int_equal(record_int(r, "team"), experts);
        assert_true(record_is(r, "escalation_trigger", "ola_end"));
}

static void
it_hands_up_when_it_is_taken_up_again(void **state)
{
        struct test_engine *t = *state;
        int64_t id = request(t, "major");

        advance(t, USEC_HOUR);
        step(t, "technical_request", id, "raise_severity", "{'severity':'critical','reason':'All is dark'}");
        step(t, "technical_request", id, "wait", "{'pause_code':'customer_request','pause_evidence':'Mail'}");
        t->w.now += USEC_MINUTE;
        fire(t);
        struct record *r = load(t, id);
        assert_string_equal(r->state->name, "waiting");
        assert_int_equal(record_int(r, "tier"), 1);
        step(t, "technical_request", id, "resume", "{}");
        advance(t, 11 * USEC_MINUTE);
        assert_int_equal(record_int(load(t, id), "tier"), 2);
}

/* ---- management ---- */

static void
levels_rise_with_time_and_without_an_answer(void **state)
{
        struct test_engine *t = *state;
        int64_t id = request(t, "critical");
        struct record *m;

        advance(t, 14 * USEC_MINUTE);
        assert_null(escalation(t, id));
        advance(t, USEC_MINUTE);
        m = escalation(t, id);
        assert_non_null(m);
        assert_int_equal(record_int(m, "level"), 2);
        /* Nobody answers: M3 after fifteen minutes, and so on to M5, where it stays. */
        for (int level = 3; level <= 5; level++) {
                advance(t, 15 * USEC_MINUTE);
                assert_int_equal(record_int(escalation(t, id), "level"), level);
        }
        advance(t, 3 * USEC_HOUR);
        assert_int_equal(record_int(escalation(t, id), "level"), 5);
        assert_int_equal(count(t, SQL("select count(*) from cases where parent = $1 and entity = 'management_escalation'"), id), 1);
}

static void
who_accepts_is_not_passed_over(void **state)
{
        struct test_engine *t = *state;
        int64_t id = request(t, "critical");
        struct record *m;

        advance(t, 15 * USEC_MINUTE);
        m = escalation(t, id);
        step(t, "management_escalation", m->id, "accept", "{}");
        advance(t, 30 * USEC_MINUTE);
        assert_int_equal(record_int(escalation(t, id), "level"), 2);
        /* One hour after the report it is M3's turn all the same, and M4's: half of what platinum was promised. */
        advance(t, 15 * USEC_MINUTE);
        m = escalation(t, id);
        assert_int_equal(record_int(m, "level"), 4);
        assert_string_equal(m->state->name, "raised");
}

/* 40 minutes are promised: half of them call M4 long before the hour of M3. */
static void
a_short_promise_calls_the_higher_level_first(void **state)
{
        struct test_engine *t = *state;
        int64_t id = request(t, "critical");

        test_must(t, sql_run(t->ctx, t->conn, SQL("update clock_promises set budget = $2 where case_id = $1 and clock = 'restore'"),
                             "ii", id, 40 * USEC_MINUTE));
        advance(t, 15 * USEC_MINUTE);
        step(t, "management_escalation", escalation(t, id)->id, "accept", "{}");
        advance(t, 4 * USEC_MINUTE);
        assert_int_equal(record_int(escalation(t, id), "level"), 2);
        advance(t, USEC_MINUTE);
        assert_int_equal(record_int(escalation(t, id), "level"), 4);
        advance(t, 20 * USEC_MINUTE);
        assert_int_equal(record_int(escalation(t, id), "level"), 5);
}

static void
each_level_calls_its_people(void **state)
{
        struct test_engine *t = *state;
        struct arena *a = t->ctx->arena;
        int64_t director = make(t, "user", "{'login':'dir','name':'Dir','roles':['service_director']}");
        int64_t lead = make(t, "user", "{'login':'lead','name':'Lead','roles':['t3_rd']}");
        int64_t north = make(t, "region", "{'code':'N','name':'North'}");
        int64_t city = make(t, "region", arena_printf(a, "{'code':'C','name':'City','parent':%lld}", (long long)north));
        int64_t third = make(t, "team", arena_printf(a, "{'code':'T3','name':'Third','kind':'t3','lead':%lld}", (long long)lead));
        struct record *p = store_load(&t->w, test_entity(t, "product"), product), *c = store_load(&t->w, test_entity(t, "account"), account);
        struct record *n = store_load(&t->w, test_entity(t, "region"), north);
        const char **to;
        size_t count_to;
        int64_t id;

        id = request(t, "critical");
        test_must(t, management_people(&t->w, load(t, id), STR("region_director/service_director product_director t3_lead"), &to, &count_to));
        assert_int_equal(count_to, 1);
        assert_string_equal(to[0], "service_director");
        record_set_int(p, "t3_team", third);
        record_set_int(p, "director", director);
        record_set_int(c, "region", city);
        record_set_int(n, "head", director);   /* of the region above */
        test_must(t, store_save(&t->w, p, "x") && store_save(&t->w, c, "x") && store_save(&t->w, n, "x"));
        test_must(t, management_people(&t->w, load(t, id), STR("region_director/service_director product_director t3_lead"), &to, &count_to));
        assert_int_equal(count_to, 2);         /* who is both is told once */
        assert_string_equal(to[0], arena_printf(a, "person:%lld", (long long)director));
        assert_string_equal(to[1], arena_printf(a, "person:%lld", (long long)lead));
        /* M1 of a critical fault at once, to two; M2 after a quarter of an hour, to both owners. */
        fire(t);
        assert_int_equal(count(t, SQL("select count(*) from outbox where about = $1 and data like '%management_notice%'"), id), 2);
        advance(t, 15 * USEC_MINUTE);
        assert_int_equal(count(t, SQL("select count(*) from outbox where about = $1 and data like '%management_raised%' and "
                                      "(data like '%service_manager%' or data like '%account_manager%')"), escalation(t, id)->id), 2);
}

static void
updates_of_management_are_asked_for(void **state)
{
        struct test_engine *t = *state;
        int64_t id = request(t, "critical"), m;

        advance(t, 15 * USEC_MINUTE);
        m = escalation(t, id)->id;
        step(t, "management_escalation", m, "accept", "{}");
        step(t, "management_escalation", m, "agree_plan", "{'plan':'Two experts','update_every':600}");
        advance(t, 9 * USEC_MINUTE);
        assert_int_equal(count(t, SQL("select count(*) from outbox where about = $1 and data like '%update_due%'"), m), 0);
        advance(t, USEC_MINUTE);
        assert_int_equal(count(t, SQL("select count(*) from outbox where about = $1 and data like '%update_due%'"), m), 1);
        advance(t, 10 * USEC_MINUTE);          /* a second time in a row: the duty manager too */
        assert_int_equal(count(t, SQL("select count(*) from outbox where about = $1 and data like '%update_due%'"), m), 3);
        advance(t, 5 * USEC_MINUTE);
        test_must(t, service_message(&t->w, load(t, m), "internal", STR("The part is on its way")));
        advance(t, 9 * USEC_MINUTE);
        assert_int_equal(count(t, SQL("select count(*) from outbox where about = $1 and data like '%update_due%'"), m), 3);
}

static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mark_is_told_once),
        cmocka_unit_test(of_marks_passed_together_the_highest_is_told),
        cmocka_unit_test(a_wait_stops_the_marks_and_they_move),
        cmocka_unit_test(a_time_that_was_set_back_holds_nothing_up),
        cmocka_unit_test(a_raised_severity_is_warned_of_at_once_and_broken_once),
        cmocka_unit_test(who_restores_in_time_hears_no_more),
        cmocka_unit_test(an_ended_request_has_no_timers),
        cmocka_unit_test(imports_set_none),
        cmocka_unit_test(a_line_that_used_up_its_time_hands_up),
        cmocka_unit_test(it_hands_up_when_it_is_taken_up_again),
        cmocka_unit_test(levels_rise_with_time_and_without_an_answer),
        cmocka_unit_test(who_accepts_is_not_passed_over),
        cmocka_unit_test(a_short_promise_calls_the_higher_level_first),
        cmocka_unit_test(each_level_calls_its_people),
        cmocka_unit_test(updates_of_management_are_asked_for),
};

/* ---- on both engines; each test begins at the same instant with the furnished house ---- */

static enum db_engine kind;

static int
setup_house(void **state)
{
        struct test_engine *t = calloc(1, sizeof *t);

        open_house(t, kind);
        *state = t;
        return 0;
}

static int
teardown_house(void **state)
{
        test_engine_close(*state);
        free(*state);
        return 0;
}

int
main(void)
{
        int failed = cmocka_run_group_tests_name("SQLite", tests, setup_house, teardown_house);

        kind = DB_PG;
        return test_pg() ? failed + cmocka_run_group_tests_name("PostgreSQL", tests, setup_house, teardown_house) : failed;
}
