/* SPDX-License-Identifier: Apache-2.0
 *
 * budget_test.c -- times of rule tables: units, faults, shares, comparing.
 */
#include "base/test_ctx.h"
#include "service/budget.h"

static struct budget
parse(const char *text)
{
        struct budget b;

        assert_true(budget_parse(&c, "f", str_of(text), &b));
        return b;
}

static void
is(const char *text, usec amount, bool working)
{
        struct budget b = parse(text);

        assert_int_equal(b.amount, amount);
        assert_int_equal(b.working, working);
}

static void
test_every_unit_is_read(void **state)
{
        is("5 min", 5 * USEC_MINUTE, false);
        is("2 h", 2 * USEC_HOUR, false);
        is("7 d", 7 * USEC_DAY, false);
        is("4 WH", 4 * USEC_HOUR, true);
        is("3 WD", 24 * USEC_HOUR, true);
        is("15 min 24x7", 15 * USEC_MINUTE, false);
        is(" 10 d ", 10 * USEC_DAY, false);
}

static void
refused(const char *text, const char *why)
{
        struct budget b;

        assert_false(budget_parse(&c, "rules/sla.yaml:3", str_of(text), &b));
        assert_int_equal(c.errors->code, E_BAD_FORMAT);
        assert_string_equal(c.errors->field, "rules/sla.yaml:3");
        if (strstr(c.errors->en, why) == NULL)
                fprintf(stderr, "%s: %s\n", text, c.errors->en);
        assert_non_null(strstr(c.errors->en, why));
        ctx_clear(&c);
}

static void
test_each_fault_is_named(void **state)
{
        refused("", "whole number");
        refused("min", "whole number");
        refused("0 min", "above 0");
        refused("-5 min", "above 0");
        refused("1.5 h", "whole number");
        refused("5", "unit is min");
        refused("5min", "whole number");
        refused("5 minutes", "unit is min");
        refused("5 wd", "unit is min");
        refused("99999999999 d", "ten years");
        refused("9223372036854775807 min", "ten years");
        refused("5 min 24/7", "nothing else");
        refused("2 WD 24x7", "cannot run 24x7");
}

static void
test_a_share_keeps_the_kind_and_is_never_nothing(void **state)
{
        struct budget b = budget_share(parse("2 h"), 5);

        assert_int_equal(b.amount, 6 * USEC_MINUTE);
        assert_false(b.working);
        assert_true(budget_share(parse("2 WD"), 25).working);
        assert_int_equal(budget_share(parse("1 min"), 1).amount, USEC_SECOND);
        assert_int_equal(budget_share(parse("5 min"), 50).amount, 150 * USEC_SECOND);
}

static void
test_working_days_compare_as_days(void **state)
{
        assert_true(budget_length(parse("3 WD")) < budget_length(parse("80 h")));
        assert_true(budget_length(parse("3 WD")) > budget_length(parse("71 h")));
        assert_int_equal(budget_length(parse("1 WD")), budget_length(parse("1 d")));
}

static void
test_the_text_can_be_read_by_people(void **state)
{
        assert_string_equal(budget_text(c.arena, parse("90 min")), "1 h 30 min");
        assert_string_equal(budget_text(c.arena, parse("3 WD")), "24 WH");
        assert_string_equal(budget_text(c.arena, parse("7 d")), "7 d");
        assert_string_equal(budget_text(c.arena, budget_share(parse("5 min"), 50)), "2 min 30 s");
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(test_every_unit_is_read),
                TEST(test_each_fault_is_named),
                TEST(test_a_share_keeps_the_kind_and_is_never_nothing),
                TEST(test_working_days_compare_as_days),
                TEST(test_the_text_can_be_read_by_people),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
