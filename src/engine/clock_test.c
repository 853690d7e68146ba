/* SPDX-License-Identifier: Apache-2.0
 *
 * clock_test.c -- clocks: the published cases of Zammad, the laws, and what cannot be.
 *
 * What a clock says in each situation stands in tests/clock-scenarios (scenario_test.c runs them); here is what scenarios
 * cannot say: refusals of wrong input, and laws over random lives.  The published cases stand in
 * $OPENITR_SHARED/data/business_time, or ../shared/data/business_time; without them that test is skipped, and says so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "engine/clock.h"
#include <stdio.h>
#include <stdlib.h>
#include "base/map.h"

static struct ctx c, scratch;           /* scratch: of one random life */
static const struct calendar *office;  /* Monday to Friday, nine to six, UTC */

static void
drop(void *calendar)
{
        calendar_free(calendar);
}

static const struct calendar *
keep(struct calendar *k)
{
        assert_non_null(k);
        arena_defer(c.arena, drop, k);
        return k;
}

static int
begin(void **state)
{
        static const char TEXT[] = "{\"timezone\":\"UTC\",\"hours\":{\"mon-fri\":[[\"09:00\",\"18:00\"]]}}";

        ctx_init(&c, arena_new(0));
        ctx_init(&scratch, arena_new(0));
        office = keep(calendar_from_json(&c, json_parse(&c, arena_strdup(c.arena, TEXT), sizeof TEXT - 1, 100)));
        return 0;
}

static int
end(void **state)
{
        arena_free(c.arena);
        arena_free(scratch.arena);
        return 0;
}

static usec
at(const char *text)
{
        usec t;

        assert_true(time_parse(str_of(text), &t));
        return t;
}

/* ---- published cases ---- */

enum { MOST_FACTS = 16 };
struct life {
        struct clock_fact facts[MOST_FACTS];
        struct clock_promise promise;
        struct clock_input in;
};

static void
happens(struct life *l, enum clock_fact_kind kind, usec t)
{
        assert_true(l->in.fact_count < MOST_FACTS);
        l->facts[l->in.fact_count++] = (struct clock_fact){kind, t, kind == FACT_PAUSED ? "pending" : NULL, false};
}

static bool
has(const struct json *v, const char *name)
{
        return json_get_text(v, name).n > 0;
}

static usec
time_of(const struct json *v, const char *name)
{
        usec t;

        assert_true(time_parse(json_get_text(v, name), &t));
        return t;
}

static void
play_states(struct life *l, const struct json *v)
{
        const struct json *list = json_get(v, "transitions");

        if (str_is(json_get_text(v, "state_at_creation"), "pending"))
                happens(l, FACT_PAUSED, l->facts[0].at);
        for (const struct json *t = list ? list->child : NULL; t != NULL; t = t->next) {
                struct str state = t->child->next->text;
                usec when;
                assert_true(time_parse(t->child->text, &when));
                happens(l, str_is(state, "pending") ? FACT_PAUSED : str_is(state, "open") ? FACT_RESUMED : FACT_STOPPED, when);
        }
}

/* The clock of one promise, up to the last thing that happened. */
static struct clock_result
ask(const struct calendar *k, const struct json *v, const char *start, const char *stop, const char *promise)
{
        struct life l = {0};
        struct clock_result r;
        const struct json *budget = json_get(json_get(v, "sla_min"), promise);
        usec now;

        happens(&l, FACT_STARTED, time_of(v, start));
        now = l.facts[0].at;
        play_states(&l, v);
        if (stop != NULL && (l.facts[l.in.fact_count - 1].kind != FACT_STOPPED || l.facts[l.in.fact_count - 1].at != time_of(v, stop)))
                happens(&l, FACT_STOPPED, time_of(v, stop));
        for (size_t i = 0; i < l.in.fact_count; i++)
                now = l.facts[i].at > now ? l.facts[i].at : now;
        l.promise = (struct clock_promise){l.facts[0].at, budget->i * USEC_MINUTE, k, promise};
        l.in = (struct clock_input){l.facts, l.in.fact_count, &l.promise, 1, NULL, 0, NULL};
        assert_true(clock_compute(&c, &l.in, now, &r));
        return r;
}

static void
due_is(const struct json *expect, const char *name, usec due, int *checked)
{
        if (!has(expect, name))
                return;
        assert_int_equal(due, time_of(expect, name));
        ++*checked;
}

static void
minutes_are(const struct json *expect, const char *name, usec got, int *checked)
{
        const struct json *n = json_get(expect, name);

        if (n == NULL)
                return;
        assert_int_equal(got, n->i * USEC_MINUTE);
        ++*checked;
}

static bool
promises(const struct json *v, const char *promise)
{
        return json_get(json_get(v, "sla_min"), promise) != NULL;
}

/* "update" begins anew with each contact: what is due counts from the last, what was used up to it. */
static void
check_update(const struct calendar *k, const struct json *v, const struct json *expect, int *checked)
{
        const char *contact = has(v, "last_contact_agent_at") ? "last_contact_agent_at" : NULL;
        struct clock_result r;

        if (!promises(v, "update"))
                return;
        due_is(expect, "update_due", ask(k, v, contact ? contact : "created", NULL, "update").raw.due, checked);
        if (contact == NULL)
                return;
        r = ask(k, v, "created", contact, "update");
        minutes_are(expect, "update_in_min", r.raw.used, checked);
        minutes_are(expect, "update_diff_min", r.raw.remaining, checked);
}

static void
check_zammad(const struct calendar *k, const struct json *v, int *checked)
{
        const struct json *expect = json_get(v, "expect");

        if (promises(v, "first")) {
                struct clock_result r = ask(k, v, "created", has(v, "first_response_at") ? "first_response_at" : NULL, "first");
                due_is(expect, "first_due", r.raw.due, checked);
                minutes_are(expect, "first_in_min", r.raw.used, checked);
                minutes_are(expect, "first_diff_min", r.raw.remaining, checked);
        }
        if (promises(v, "solution")) {
                struct clock_result r = ask(k, v, "created", has(v, "close_at") ? "close_at" : NULL, "solution");
                due_is(expect, "solution_due", r.raw.due, checked);
                minutes_are(expect, "close_in_min", r.raw.used, checked);
                minutes_are(expect, "close_diff_min", r.raw.remaining, checked);
        }
        check_update(k, v, expect, checked);
}

static struct json *
published(void)
{
        const char *dir = getenv("OPENITR_SHARED");
        char *path = arena_printf(c.arena, "%s/data/business_time/published_vectors.json", dir ? dir : "../shared");
        char *text = arena_zalloc(c.arena, 1 << 20);
        FILE *f = fopen(path, "r");
        size_t n;

        if (f == NULL) {
                print_message("%s is not there\n", path);
                skip();
        }
        n = fread(text, 1, (1 << 20) - 1, f);
        fclose(f);
        return json_parse(&c, text, n, 100000);
}

static void
cases_of_zammad(void **state)
{
        struct json *page = published();
        const struct json *calendars = json_get(page, "calendars");
        int rows = 0, checked = 0;

        for (const struct json *v = json_get(page, "zammad_test_unit_ticket_sla")->child; v != NULL; v = v->next, rows++) {
                const struct json *k = json_get(calendars, str_c(c.arena, json_get_text(v, "calendar")));
                check_zammad(keep(calendar_from_json(&c, k)), v, &checked);
        }
        assert_int_equal(rows, 21);
        assert_true(checked >= 50);
}

/* ---- laws over random lives ---- */

static uint64_t seed;

static int
pick(int n)
{
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        return (int)((seed >> 33) % (uint64_t)n);
}

enum { EVENTS = 14 };
struct random_life {
        struct clock_fact facts[EVENTS];
        struct clock_promise promises[EVENTS];
        struct clock_exemption exemptions[2];
        struct clock_input in;
        usec from, to;
};

/* A kind that fits behind the last one. */
static enum clock_fact_kind
next_kind(enum clock_fact_kind last)
{
        static const enum clock_fact_kind RUNNING[] = {FACT_PAUSED, FACT_PAUSED, FACT_STOPPED, FACT_CANCELLED};
        static const enum clock_fact_kind PAUSED[] = {FACT_RESUMED, FACT_RESUMED, FACT_STOPPED, FACT_CANCELLED};

        if (last == FACT_STARTED || last == FACT_RESUMED)
                return RUNNING[pick(4)];
        return last == FACT_PAUSED ? PAUSED[pick(4)] : FACT_RESUMED;
}

/* Events on whole half hours, so that a walk by half hours sees all. */
static struct random_life
random_life(void)
{
        struct random_life l = {.from = at("2026-03-02T08:00:00Z")};
        usec t = l.from;
        int facts = 1 + pick(8), promises_made = 1 + pick(4);

        for (int i = 0; i < facts; i++, t += pick(30) * 30 * USEC_MINUTE)
                l.facts[i] = (struct clock_fact){i ? next_kind(l.facts[i - 1].kind) : FACT_STARTED, t, "x", pick(5) == 0};
        l.to = t + USEC_DAY;
        for (t = l.from - USEC_DAY; l.in.promise_count < (size_t)promises_made; t += (1 + pick(60)) * 30 * USEC_MINUTE)
                l.promises[l.in.promise_count++] =
                        (struct clock_promise){t, (1 + pick(40)) * 30 * USEC_MINUTE, pick(3) ? office : NULL, "row"};
        for (int i = 0; i < 2; i++) {
                usec from = l.from + pick(100) * 30 * USEC_MINUTE;
                l.exemptions[i] = (struct clock_exemption){from, from + (1 + pick(20)) * 30 * USEC_MINUTE, "x"};
        }
        l.in.fact_count = (size_t)facts;
        l.in.exemption_count = (size_t)pick(3);
        return l;
}

static struct clock_result
compute(struct random_life *l, usec now)
{
        struct clock_result r;

        l->in.facts = l->facts, l->in.promises = l->promises, l->in.exemptions = l->exemptions;
        assert_true(clock_compute(&scratch, &l->in, now, &r));
        return r;
}

/* What breached_at means: asked at every instant since then it said breached, and asked just before it did not, unless
 * the due time by the promise that holds is later.  A false
 * pause is known from the start here, an ended clock keeps what it said; a cancelled one that was taken back is asked only
 * after that. */
static void
late_since_without_a_break(void **state)
{
        seed = 7;
        for (int i = 0; i < 4000; i++) {
                struct random_life l = random_life();
                struct clock_result last = compute(&l, l.to);
                usec since = USEC_NONE;
                bool taken_back = false;
                for (size_t k = 0; k + 1 < l.in.fact_count; k++)
                        taken_back = taken_back || l.facts[k].kind == FACT_CANCELLED;
                if (taken_back || last.raw.state == CLOCK_CANCELLED)
                        continue;
                for (usec t = l.from; t <= l.to; t += 30 * USEC_MINUTE) {
                        bool late = compute(&l, t).raw.state == CLOCK_BREACHED;
                        since = !late ? USEC_NONE : since == USEC_NONE ? t : since;
                }
                if (since != USEC_NONE && since < last.raw.due)
                        since = last.raw.due;
                assert_int_equal(last.raw.breached_at, since);
                arena_reset(scratch.arena);
        }
}

static void
a_verdict_agrees_with_itself(void **state)
{
        seed = 11;
        for (int i = 0; i < 20000; i++) {
                struct random_life l = random_life();
                struct clock_result r = compute(&l, l.from + pick(200) * 30 * USEC_MINUTE);
                usec sum = 0;
                for (size_t k = 0; k < r.segment_count; k++)
                        sum += r.segments[k].used;
                assert_int_equal(sum, r.raw.used);
                assert_true(r.adjusted.used <= r.raw.used);
                assert_int_equal(r.raw.remaining, r.promise->budget - r.raw.used);
                if (r.raw.state == CLOCK_MET)
                        assert_true(r.stopped <= r.raw.due && r.adjusted.state == CLOCK_MET);
                if (r.raw.breached_at != USEC_NONE)
                        assert_true(r.raw.breached_at >= r.raw.due && r.raw.remaining <= 0);
                assert_false(r.raised_late && r.raw.breached_at == USEC_NONE);
        }
}

/* The due time told while it runs is the first instant at which it is late. */
static void
what_is_told_comes_true(void **state)
{
        int told = 0;

        seed = 13;
        for (int i = 0; i < 5000; i++) {
                struct random_life l = random_life();
                usec mark, made = l.promises[l.in.promise_count - 1].since;
                struct clock_result now = compute(&l, l.to = l.to > made ? l.to : made);
                if (now.raw.state != CLOCK_RUNNING)
                        continue;
                assert_true(clock_mark(&c, &l.in, l.to, 100, &mark));
                assert_int_equal(mark, now.raw.due);
                assert_int_equal(compute(&l, now.raw.due - 1).raw.state, CLOCK_RUNNING);
                assert_int_equal(compute(&l, now.raw.due).raw.state, CLOCK_BREACHED);
                told++;
        }
        assert_true(told > 100);
}

/* ---- what cannot be ---- */

static void
refused(const struct clock_fact *facts, size_t n, const char *why)
{
        struct clock_input in = {.facts = facts, .fact_count = n};
        struct clock_result r;

        assert_false(clock_compute(&c, &in, at("2026-03-03T00:00:00Z"), &r));
        assert_int_equal(c.errors->code, E_CLOCK);
        assert_non_null(strstr(c.errors->en, why));
        ctx_clear(&c);
}

static void
facts_that_do_not_follow_are_refused(void **state)
{
        usec t = at("2026-03-02T09:00:00Z");
        const struct clock_fact no_start[] = {{FACT_PAUSED, t, "x", false}};
        const struct clock_fact twice[] = {{FACT_STARTED, t, NULL, false}, {FACT_STARTED, t, NULL, false}};
        const struct clock_fact running[] = {{FACT_STARTED, t, NULL, false}, {FACT_RESUMED, t, NULL, false}};
        const struct clock_fact paused[] = {{FACT_STARTED, t, NULL, false}, {FACT_PAUSED, t, "x", false}, {FACT_PAUSED, t, "y", false}};
        const struct clock_fact ended[] = {{FACT_STARTED, t, NULL, false}, {FACT_STOPPED, t, NULL, false}, {FACT_PAUSED, t, "x", false}};
        const struct clock_fact again[] = {{FACT_STARTED, t, NULL, false}, {FACT_STOPPED, t, NULL, false}, {FACT_CANCELLED, t, NULL, false}};
        const struct clock_fact before[] = {{FACT_STARTED, t, NULL, false}, {FACT_PAUSED, t - 1, "x", false}};
        const struct clock_fact cut[] = {{FACT_STARTED, t, NULL, false}, {FACT_STOPPED, t - 1, NULL, false}};

        refused(no_start, 1, "a start");
        refused(twice, 2, "a second time");
        refused(running, 2, "while running");
        refused(paused, 3, "while paused");
        refused(ended, 3, "after its end");
        refused(again, 3, "a second time");
        refused(before, 2, "dated before");
        refused(cut, 2, "a start");
}

static void
promises_and_exemptions_are_checked(void **state)
{
        usec t = at("2026-03-02T09:00:00Z");
        const struct clock_fact start = {FACT_STARTED, t, NULL, false};
        const struct clock_promise none = {t, 0, NULL, "row"}, unordered[] = {{t, 1, NULL, "a"}, {t - 1, 1, NULL, "b"}};
        const struct clock_exemption reversed = {t, t, "x"};
        struct clock_input in = {.facts = &start, .fact_count = 1, .promises = &none, .promise_count = 1};
        struct clock_result r;

        assert_false(clock_compute(&c, &in, t, &r));
        in.promises = unordered, in.promise_count = 2;
        assert_false(clock_compute(&c, &in, t, &r));
        in.promise_count = 0, in.exemptions = &reversed, in.exemption_count = 1;
        assert_false(clock_compute(&c, &in, t, &r));
        for (const struct error *e = c.errors; e != NULL; e = e->next)
                assert_int_equal(e->code, E_CLOCK);
}

static void
no_facts_are_no_clock(void **state)
{
        const struct clock_promise p = {at("2026-03-02T09:00:00Z"), USEC_HOUR, office, "row"};
        struct clock_input in = {.promises = &p, .promise_count = 1};
        struct clock_result r;
        usec mark;

        assert_true(clock_compute(&c, &in, p.since + USEC_DAY, &r));
        assert_int_equal(r.raw.state, CLOCK_NONE);
        assert_int_equal(r.raw.remaining, USEC_HOUR);
        assert_true(r.started == USEC_NONE && r.stopped == USEC_NONE && r.raw.due == USEC_NONE);
        assert_ptr_equal(r.promise, &p);
        assert_true(clock_mark(&c, &in, p.since, 50, &mark));
        assert_true(mark == USEC_NONE);
}

static void
a_mark_is_rounded_up(void **state)
{
        usec t = at("2026-03-02T09:00:00Z"), mark;
        const struct clock_fact start = {FACT_STARTED, t, NULL, false};
        const struct clock_promise p = {t, 3, office, "row"};
        struct clock_input in = {.facts = &start, .fact_count = 1, .promises = &p, .promise_count = 1};

        assert_true(clock_mark(&c, &in, t, 1, &mark));
        assert_int_equal(mark, t + 1);
        assert_true(clock_mark(&c, &in, t, 50, &mark));
        assert_int_equal(mark, t + 2);
        assert_true(clock_mark(&c, &in, t, 1000, &mark));
        assert_int_equal(mark, t + 30);
}

static void
states_have_names(void **state)
{
        assert_string_equal(clock_state_name(CLOCK_NONE), "none");
        assert_string_equal(clock_state_name(CLOCK_BREACHED), "breached");
        assert_string_equal(clock_state_name(CLOCK_CANCELLED), "cancelled");
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(cases_of_zammad, begin, end),
                cmocka_unit_test_setup_teardown(late_since_without_a_break, begin, end),
                cmocka_unit_test_setup_teardown(a_verdict_agrees_with_itself, begin, end),
                cmocka_unit_test_setup_teardown(what_is_told_comes_true, begin, end),
                cmocka_unit_test_setup_teardown(facts_that_do_not_follow_are_refused, begin, end),
                cmocka_unit_test_setup_teardown(promises_and_exemptions_are_checked, begin, end),
                cmocka_unit_test_setup_teardown(no_facts_are_no_clock, begin, end),
                cmocka_unit_test_setup_teardown(a_mark_is_rounded_up, begin, end),
                cmocka_unit_test_setup_teardown(states_have_names, begin, end),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
