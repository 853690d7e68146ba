/* SPDX-License-Identifier: Apache-2.0
 *
 * clock_test.c -- instants and how they are written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/clock.h"

static usec
parsed(const char *text)
{
        usec t;

        assert_true(time_parse(str_of(text), &t));
        return t;
}

static void
assert_written(usec t, const char *want)
{
        char text[TIME_TEXT_MAX];

        assert_int_equal(time_format(t, text), strlen(want));
        assert_string_equal(text, want);
}

static void
whole_seconds_have_no_fraction(void **state)
{
        assert_written(0, "1970-01-01T00:00:00Z");
        assert_written(1795289055 * USEC_SECOND, "2026-11-21T19:24:15Z");
}

static void
microseconds_are_written_in_full(void **state)
{
        assert_written(1, "1970-01-01T00:00:00.000001Z");
        assert_written(-1, "1969-12-31T23:59:59.999999Z");
}

static void
the_log_form_has_milliseconds(void **state)
{
        char text[TIME_TEXT_MAX];

        time_format_ms(1999, text);
        assert_string_equal(text, "1970-01-01T00:00:00.001Z");
}

static void
what_was_written_reads_back(void **state)
{
        char text[TIME_TEXT_MAX];
        usec first = parsed("0001-01-01T00:00:00Z"), last = parsed("9999-12-31T23:59:59.999999Z");

        for (usec t = first; t <= last - 86399123457; t += 777 * USEC_DAY + 86399123457) {
                time_format(t, text);
                assert_int_equal(parsed(text), t);
        }
}

static void
offsets_are_taken_off(void **state)
{
        assert_int_equal(parsed("1970-01-01T08:00:00+08:00"), 0);
        assert_int_equal(parsed("1969-12-31 18:30:00-05:30"), 0);
        assert_int_equal(parsed("1970-01-01t00:00:00.5z"), 500000);
}

static void
bad_times_are_refused(void **state)
{
        static const char *const BAD[] = {
                "",
                "2026-11-21",
                "2026-11-21T19:24:15",
                "2026-11-21T19:24Z",
                "2026-11-21T24:00:00Z",
                "2026-11-21T19:60:00Z",
                "2026-11-21T19:24:60Z",
                "2026-02-30T00:00:00Z",
                "2026-13-01T00:00:00Z",
                "2026-00-01T00:00:00Z",
                "0000-01-01T00:00:00Z",
                "0001-01-01T00:00:00+01:00",
                "2026-11-21T19:24:15.Z",
                "2026-11-21T19:24:15.1234567Z",
                "2026-11-21T19:24:15Z ",
                "2026-11-21T19:24:15+0800",
                "2026-11-21T19:24:15+24:00",
                "2026-1-21T19:24:15Z",
                "-026-11-21T19:24:15Z",
        };
        usec t;

        for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
                if (time_parse(str_of(BAD[i]), &t))
                        fail_msg("accepted: %s", BAD[i]);
}

static void
leap_days_are_those_of_the_calendar(void **state)
{
        int64_t days;

        assert_true(date_parse(STR("2024-02-29"), &days));
        assert_int_equal(days, 19782);
        assert_true(date_parse(STR("2000-02-29"), &days));
        assert_false(date_parse(STR("2026-02-29"), &days));
        assert_false(date_parse(STR("1900-02-29"), &days));
        assert_false(date_parse(STR("2026-04-31"), &days));
        assert_true(date_parse(STR("2026-08-31"), &days));
}

static void
every_day_reads_back(void **state)
{
        char text[TIME_TEXT_MAX];
        int64_t days;

        for (int64_t day = -150000; day < 150000; day += 7) {
                date_format(day, text);
                assert_true(date_parse(str_of(text), &days));
                assert_int_equal(days, day);
        }
}

static void
civil_and_instant_are_inverse(void **state)
{
        for (usec t = -9000000 * USEC_HOUR; t < 9000000 * USEC_HOUR; t += 12345 * USEC_HOUR + 678901)
                assert_int_equal(time_of_civil(time_civil(t)), t);
}

static void
the_extremes_are_written_without_overflow(void **state)
{
        char text[TIME_TEXT_MAX];

        assert_in_range(time_format(INT64_MIN, text), 20, TIME_TEXT_MAX - 1);
        assert_in_range(time_format(INT64_MAX, text), 20, TIME_TEXT_MAX - 1);
}

static void
a_frozen_clock_stands_until_advanced(void **state)
{
        clock_freeze(1000);
        assert_int_equal(clock_now(), 1000);
        clock_advance(USEC_HOUR);
        assert_int_equal(clock_now(), 1000 + USEC_HOUR);
        clock_advance(-USEC_HOUR);
        clock_freeze(USEC_NONE);
        assert_true(clock_now() > 1000 + USEC_HOUR);
}

static void
an_advanced_clock_runs_ahead(void **state)
{
        usec before = clock_now();

        clock_advance(USEC_DAY);
        assert_in_range(clock_now() - before, USEC_DAY, USEC_DAY + USEC_MINUTE);
        clock_advance(-USEC_DAY);
}

static void
the_monotonic_clock_is_not_turned(void **state)
{
        usec before = clock_monotonic();

        clock_advance(USEC_DAY);
        assert_in_range(clock_monotonic() - before, 0, USEC_MINUTE);
        clock_advance(-USEC_DAY);
}

static void
note_turn(void *arg)
{
        ++*(int *)arg;
}

static void
who_asked_is_told_that_the_clock_was_turned(void **state)
{
        int turns = 0;

        clock_on_turn(note_turn, &turns);
        clock_advance(USEC_SECOND);
        clock_on_turn(NULL, NULL);
        clock_advance(USEC_SECOND);
        assert_int_equal(turns, 1);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(whole_seconds_have_no_fraction),
                cmocka_unit_test(microseconds_are_written_in_full),
                cmocka_unit_test(the_log_form_has_milliseconds),
                cmocka_unit_test(what_was_written_reads_back),
                cmocka_unit_test(offsets_are_taken_off),
                cmocka_unit_test(bad_times_are_refused),
                cmocka_unit_test(leap_days_are_those_of_the_calendar),
                cmocka_unit_test(every_day_reads_back),
                cmocka_unit_test(civil_and_instant_are_inverse),
                cmocka_unit_test(the_extremes_are_written_without_overflow),
                cmocka_unit_test(a_frozen_clock_stands_until_advanced),
                cmocka_unit_test(an_advanced_clock_runs_ahead),
                cmocka_unit_test(the_monotonic_clock_is_not_turned),
                cmocka_unit_test(who_asked_is_told_that_the_clock_was_turned),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
