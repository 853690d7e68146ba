/* SPDX-License-Identifier: Apache-2.0
 *
 * zone_test.c -- time zones, where the clock is put forward and back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/zone.h"

static usec
utc(const char *text)
{
        usec t;

        assert_true(time_parse(str_of(text), &t));
        return t;
}

/* The instant of a wall-clock time given as "2026-03-29T02:30:00". */
static usec
local(const char *zone, const char *text)
{
        usec t;

        assert_true(zone_parse(zone_get(zone), str_of(text), "%Y-%m-%dT%H:%M:%S", &t));
        return t;
}

static void
unknown_zones_are_null(void **state)
{
        assert_null(zone_get("Europe/Nowhere"));
        assert_null(zone_get(""));
        assert_null(zone_get(NULL));
        assert_null(zone_get("../../etc/passwd"));
        assert_null(zone_get("/etc/localtime"));
        assert_null(zone_get("Europe"));
}

static void
a_zone_is_read_once(void **state)
{
        assert_non_null(zone_get("Europe/Berlin"));
        assert_ptr_equal(zone_get("Europe/Berlin"), zone_get("Europe/Berlin"));
        assert_ptr_not_equal(zone_get("Europe/Berlin"), zone_get("UTC"));
}

static void
offsets_follow_the_season(void **state)
{
        const struct zone *z = zone_get("Europe/Berlin");

        assert_int_equal(zone_offset(z, utc("2026-01-01T00:00:00Z")), 3600);
        assert_int_equal(zone_offset(z, utc("2026-07-01T00:00:00Z")), 7200);
        assert_int_equal(zone_offset(z, utc("2026-03-29T00:59:59.999999Z")), 3600);
        assert_int_equal(zone_offset(z, utc("2026-03-29T01:00:00Z")), 7200);
        assert_int_equal(zone_offset(zone_get("+08:00"), 0), 8 * 3600);
        assert_int_equal(zone_offset(zone_get("UTC"), 0), 0);
}

static void
offsets_are_known_far_ahead(void **state)
{
        assert_int_equal(zone_offset(zone_get("Europe/Berlin"), utc("2045-07-01T00:00:00Z")), 7200);
}

static void
plain_times_are_shifted(void **state)
{
        assert_int_equal(local("Asia/Shanghai", "2026-11-21T08:00:00"), utc("2026-11-21T00:00:00Z"));
        assert_int_equal(local("America/New_York", "2026-07-01T00:00:00"), utc("2026-07-01T04:00:00Z"));
}

static void
a_skipped_time_is_the_end_of_the_gap(void **state)
{
        assert_int_equal(local("Europe/Berlin", "2026-03-29T02:00:00"), utc("2026-03-29T01:00:00Z"));
        assert_int_equal(local("Europe/Berlin", "2026-03-29T02:59:59"), utc("2026-03-29T01:00:00Z"));
        assert_int_equal(local("Europe/Berlin", "2026-03-29T03:00:00"), utc("2026-03-29T01:00:00Z"));
        assert_int_equal(local("Europe/Berlin", "2026-03-29T01:59:59"), utc("2026-03-29T00:59:59Z"));
}

static void
a_time_that_occurs_twice_is_the_first(void **state)
{
        assert_int_equal(local("Europe/Berlin", "2026-10-25T02:30:00"), utc("2026-10-25T00:30:00Z"));
        assert_int_equal(local("Europe/Berlin", "2026-10-25T03:00:00"), utc("2026-10-25T02:00:00Z"));
}

static void
a_skipped_day_ends_at_the_next(void **state)
{
        assert_int_equal(local("Pacific/Apia", "2011-12-30T12:00:00"), utc("2011-12-30T10:00:00Z"));
        assert_int_equal(local("Pacific/Apia", "2011-12-31T00:00:00"), utc("2011-12-30T10:00:00Z"));
}

static void
civil_and_instant_are_inverse_but_for_repeated_hours(void **state)
{
        const struct zone *z = zone_get("America/New_York");

        for (usec t = utc("2026-01-01T00:00:00Z"); t < utc("2027-01-01T00:00:00Z"); t += 20 * USEC_MINUTE) {
                usec back = zone_instant(z, zone_civil(z, t));
                assert_true(back == t || back == t - USEC_HOUR);
        }
}

static void
patterns_take_numbers_without_leading_zeros(void **state)
{
        usec t;

        assert_true(zone_parse(zone_get("UTC"), STR("29/2/2016 1:16"), "%d/%m/%Y %H:%M", &t));
        assert_int_equal(t, utc("2016-02-29T01:16:00Z"));
        assert_true(zone_parse(zone_get("UTC"), STR("100% 2016 .25"), "100%% %Y .%f", &t));
        assert_int_equal(t, utc("2016-01-01T00:00:00.25Z"));
}

static void
patterns_refuse_what_does_not_fit(void **state)
{
        static const struct {
                const char *text, *pattern;
        } BAD[] = {{"30/2/2016", "%d/%m/%Y"},
                   {"29/2/16", "%d/%m/%Y"},
                   {"29/2/2016 ", "%d/%m/%Y"},
                   {"29/2", "%d/%m/%Y"},
                   {"2016", "%Y%"},
                   {"2016", "%y"},
                   {"24:00", "%H:%M"},
                   {"", "%Y"}};
        usec t;

        for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
                assert_false(zone_parse(zone_get("UTC"), str_of(BAD[i].text), BAD[i].pattern, &t));
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(unknown_zones_are_null),
                cmocka_unit_test(a_zone_is_read_once),
                cmocka_unit_test(offsets_follow_the_season),
                cmocka_unit_test(offsets_are_known_far_ahead),
                cmocka_unit_test(plain_times_are_shifted),
                cmocka_unit_test(a_skipped_time_is_the_end_of_the_gap),
                cmocka_unit_test(a_time_that_occurs_twice_is_the_first),
                cmocka_unit_test(a_skipped_day_ends_at_the_next),
                cmocka_unit_test(civil_and_instant_are_inverse_but_for_repeated_hours),
                cmocka_unit_test(patterns_take_numbers_without_leading_zeros),
                cmocka_unit_test(patterns_refuse_what_does_not_fit),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
