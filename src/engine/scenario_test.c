/* SPDX-License-Identifier: Apache-2.0
 *
 * scenario_test.c -- all pages of tests/clock-scenarios pass; faults of a page are told by their place.
 */
#include "base/test_ctx.h"
#include "engine/scenario.h"
#include <glob.h>

/* ---- the pages ---- */

static struct str
file(const char *path)
{
        char *text = arena_zalloc(c.arena, YAML_MAX_BYTES);
        FILE *f = fopen(path, "r");
        size_t n;

        assert_non_null(f);
        n = fread(text, 1, YAML_MAX_BYTES - 1, f);
        fclose(f);
        return (struct str){text, n};
}

static void
run_file(const char *path, struct scenario_report *report)
{
        const struct scenario_file *f = scenario_read(&c, file(path), path);

        if (f == NULL || !scenario_run(&c, f, report))
                ctx_print_errors(&c, stderr);
        assert_false(ctx_failed(&c));
}

static void
all_pages_pass(void **state)
{
        struct scenario_report report = {0};
        glob_t pages;

        assert_int_equal(glob("tests/clock-scenarios/*.yaml", 0, NULL, &pages), 0);
        for (size_t i = 0; i < pages.gl_pathc; i++)
                run_file(pages.gl_pathv[i], &report);
        globfree(&pages);
        for (size_t i = 0; i < report.failure_count; i++)
                print_message("%s: %s\n", report.failures[i].place, report.failures[i].sentence);
        assert_int_equal(report.failed, 0);
        assert_true(report.passed >= 250);
}

/* ---- failures and faults ---- */

static const char HEAD[] = "zone: Europe/Berlin\n"
                           "calendars:\n"
                           "  day: {timezone: Europe/Berlin, hours: {mon-fri: [[\"09:00\", \"17:00\"]]}}\n"
                           "clocks: {a: {start: begins, stop: ends, waits: reason}}\n"
                           "scenarios:\n";

/* One scenario, on lines 6 to 10. */
static const struct scenario_file *
page(const char *timeline, const char *expect)
{
        const char *text = arena_printf(c.arena,
                                        "%s  - {name: n, situation: s, elsewhere: e, promise: {a: 2h day},\n"
                                        "     timeline: [%s],\n"
                                        "     expect: [%s]}\n",
                                        HEAD, timeline, expect);

        return scenario_read(&c, str_of(text), "p.yaml");
}

static void
a_difference_has_its_place(void **state)
{
        struct scenario_report report = {0};
        const struct scenario_file *f = page("Mon 2026-03-02 09:00 begins", "{at: Mon 2026-03-02 10:00, used: 1h, due: Mon 2026-03-02 12:00}");

        assert_non_null(f);
        assert_true(scenario_run(&c, f, &report));
        assert_int_equal(report.failed, 1);
        assert_int_equal(report.failure_count, 1);
        assert_string_equal(report.failures[0].place, "p.yaml:8:57");
        assert_string_equal(report.failures[0].sentence,
                            "n: a at Mon 2026-03-02 10:00: due is Mon 2026-03-02 11:00, expected Mon 2026-03-02 12:00");
}

static void
fault_in(const char *timeline, const char *expect, const char *place, const char *why)
{
        struct scenario_report report = {0};
        const struct scenario_file *f = page(timeline, expect);

        assert_false(f != NULL && scenario_run(&c, f, &report));
        assert_non_null(c.errors);
        assert_non_null(strstr(c.errors->field, place));
        assert_non_null(strstr(c.errors->en, why));
        ctx_clear(&c);
}

static void
faults_of_the_timeline(void **state)
{
        const char *e = "{at: Mon 2026-03-02 10:00, used: 1h}";

        fault_in("Tue 2026-03-02 09:00 begins", e, "p.yaml:7:", "that day is a Mon");
        fault_in("Mon 2026-03-02 9 begins", e, "p.yaml:7:", "a time of day");
        fault_in("2026-02-30 09:00 begins", e, "p.yaml:7:", "a time such as");
        fault_in("Mon 2026-03-02 09:00 starts", e, "p.yaml:7:", "no clock knows the event: \"starts\"");
        fault_in("Mon 2026-03-02 09:00 begins again", e, "p.yaml:7:", "too many words");
        fault_in("Mon 2026-03-02 09:00 promises b 2h day", e, "p.yaml:7:", "there is no clock: \"b\"");
        fault_in("Mon 2026-03-02 09:00 promises a 2h night", e, "p.yaml:7:", "there is no calendar: \"night\"");
        fault_in("Mon 2026-03-02 09:00 promises a 0h day", e, "p.yaml:7:", "a promise is a time and a calendar");
        fault_in("Mon 2026-03-02 09:00 exempts Mon 2026-03-02 11:00 to Mon 2026-03-02 10:00", e, "p.yaml:7:", "ends after it begins");
        fault_in("Mon 2026-03-02 09:00 begins, Mon 2026-03-02 08:00 ends", e, "p.yaml:7:", "in order of time");
        fault_in("\"Mon 2026-03-02 09:00 begins, as of Mon 2026-03-02 10:00\"", e, "p.yaml:7:", "before it happens");
        fault_in("Mon 2026-03-02 09:00 false wait since Mon 2026-03-02 08:00", e, "p.yaml:7:", "no wait began");
        fault_in("Sun 2026-03-29 02:30 begins", e, "p.yaml:7:", "skips");
        fault_in("Sun 2026-10-25 02:30 begins", e, "p.yaml:7:", "repeats");
        fault_in("", e, "p.yaml:7:", "nothing happens");
}

static void
faults_of_expectations(void **state)
{
        const char *t = "Mon 2026-03-02 09:00 begins";

        fault_in(t, "{used: 1h}", "p.yaml:8:", "\"at\" is needed");
        fault_in(t, "{at: noon, used: 1h}", "p.yaml:8:", "a time such as");
        fault_in(t, "{at: Mon 2026-03-02 10:00, used: 1}", "p.yaml:8:", "a time such as 1h30m");
        fault_in(t, "{at: Mon 2026-03-02 10:00, used: 1hh}", "p.yaml:8:", "a time such as 1h30m");
        fault_in(t, "{at: Mon 2026-03-02 10:00, state: late}", "p.yaml:8:", "a state is");
        fault_in(t, "{at: Mon 2026-03-02 10:00, colour: red}", "p.yaml:8:", "no meaning");
        fault_in(t, "{at: Mon 2026-03-02 10:00, clock: b, used: 1h}", "p.yaml:8:", "no such clock");
        fault_in(t, "{at: Mon 2026-03-02 10:00, marks: {0: none}}", "p.yaml:8:", "a mark is");
        fault_in(t, "{at: Mon 2026-03-02 10:00, adjusted: {colour: red}}", "p.yaml:8:", "adjusted");
        fault_in(t, "", "p.yaml:8:", "nothing is expected");
}

static void
what_a_scenario_needs(void **state)
{
        static const char *const PAGES[] = {
                "[]",
                "scenarios: {}",
                "scenarios: [{name: n}]",
                "clocks: {a: {start: b}}\nscenarios: []",
                "calendars: {a: {timezone: Nowhere, hours: {}}}\nscenarios: []",
                "colour: red\nscenarios: []",
        };

        for (size_t i = 0; i < sizeof PAGES / sizeof *PAGES; i++) {
                assert_null(scenario_read(&c, str_of(PAGES[i]), "p.yaml"));
                assert_int_equal(c.errors->code, E_YAML);
                ctx_clear(&c);
        }
}

/* ---- words ---- */

static void
times_are_read_as_they_are_written(void **state)
{
        static const char *const DURATIONS[] = {"0h", "8h", "1h30m", "45m", "20s", "1m20s", "4h1s", "-45m", "-1h", "720h"};
        usec d;

        for (size_t i = 0; i < sizeof DURATIONS / sizeof *DURATIONS; i++) {
                assert_true(scenario_duration(str_of(DURATIONS[i]), &d));
                assert_string_equal(scenario_duration_text(c.arena, d), DURATIONS[i]);
        }
        assert_false(scenario_duration(STR(""), &d));
        assert_false(scenario_duration(STR("-"), &d));
        assert_false(scenario_duration(STR("8"), &d));
        assert_false(scenario_duration(STR("h"), &d));
        assert_false(scenario_duration(STR("99999999999999999999h"), &d));
        assert_string_equal(scenario_time_text(c.arena, zone_get("UTC"), USEC_NONE), "none");
        assert_string_equal(scenario_time_text(c.arena, zone_get("Asia/Shanghai"), 0), "Thu 1970-01-01 08:00");
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(all_pages_pass),
                TEST(a_difference_has_its_place),
                TEST(faults_of_the_timeline),
                TEST(faults_of_expectations),
                TEST(what_a_scenario_needs),
                TEST(times_are_read_as_they_are_written),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
