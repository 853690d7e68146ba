/* SPDX-License-Identifier: Apache-2.0
 *
 * ics_test.c -- iCalendar: what is written can be read again; faults are named by line.
 */
#include "base/test_ctx.h"
#include "channel/ics.h"

static struct ics_day *days;
static size_t count;
static int64_t passed_over;

static bool
read_text(const char *text)
{
        return ics_read(&c, "f.ics", str_of(text), &days, &count, &passed_over);
}

static int64_t
day(const char *date)
{
        int64_t d;

        assert_true(date_parse(str_of(date), &d));
        return d;
}

static void
test_what_is_written_is_read_again(void **state)
{
        char text[] = "{\"timezone\":\"Asia/Shanghai\",\"holidays\":[\"2026-10-01\",\"2026-12-31\"],"
                      "\"special_hours\":{\"2026-09-20\":[[\"09:00\",\"18:00\"]]}}";
        struct json *definition = json_parse(&c, text, strlen(text), 100);
        struct buf out = {0};

        ics_write(&out, &(struct ics_head){STR("Grid; day, and night 一个很长很长很长很长很长很长很长很长很长很长的日历名称"), STR("5x9"), 0}, definition);
        for (size_t at = 0, from = 0; at < out.n; at++)
                if (out.p[at] == '\n') {
                        assert_true(at - from <= 76);
                        from = at + 1;
                }
        assert_true(read_text(buf_c(&out)));
        assert_int_equal(count, 3);
        assert_int_equal(passed_over, 0);
        assert_int_equal(days[0].day, day("2026-10-01"));
        assert_false(days[0].work);
        assert_int_equal(days[1].day, day("2026-12-31"));
        assert_int_equal(days[2].day, day("2026-09-20"));
        assert_true(days[2].work);
        buf_free(&out);
}

static void
test_an_event_of_several_days_is_each_of_them(void **state)
{
        assert_true(read_text("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20270228\nDTEND;VALUE=DATE:20270302\n"
                              "SUMMARY:Long\n er\\, name\nEND:VEVENT\nEND:VCALENDAR\n"));
        assert_int_equal(count, 2);
        assert_int_equal(days[1].day, day("2027-03-01"));
        assert_true(str_is(days[0].name, "Longer, name"));
}

static void
test_times_and_rules_are_passed_over(void **state)
{
        assert_true(read_text("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270228T090000Z\nDTEND:20270228T100000Z\nEND:VEVENT\n"
                              "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20270228\nRRULE:FREQ=YEARLY\nEND:VEVENT\nEND:VCALENDAR\n"));
        assert_int_equal(count, 0);
        assert_int_equal(passed_over, 2);
}

static void
refused(const char *text, const char *place)
{
        assert_false(read_text(text));
        assert_string_equal(c.errors->field, place);
        ctx_clear(&c);
}

static void
test_faults_are_named_by_line(void **state)
{
        refused("", "f.ics:0");
        refused("<html>", "f.ics:0");
        refused("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20270230\n", "f.ics:3");
        refused("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\n", "f.ics:4");
        refused("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270101\nDTEND:20260101\nEND:VEVENT\n", "f.ics:5");
        refused("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270101\n", "f.ics:3");
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(test_what_is_written_is_read_again),
                TEST(test_an_event_of_several_days_is_each_of_them),
                TEST(test_times_and_rules_are_passed_over),
                TEST(test_faults_are_named_by_line),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
