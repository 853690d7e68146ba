/* SPDX-License-Identifier: Apache-2.0
 *
 * decimal_test.c -- decimals at their edges; what they are in JSON stands in model/bind_test.c.
 */
#include "base/test_ctx.h"
#include "base/decimal.h"

static void
what_is_no_decimal_is_refused(void **state)
{
        static const char *const bad[] = {"", ".", "-", "1.", ".5", "1.2.3", "1e", "e5", "0x1", " 1", "1e99999999999"};
        int64_t v;

        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                assert_false(decimal_read(str_of(bad[i]), 2, &v));
}

static void
decimals_reach_the_ends_of_the_number(void **state)
{
        char out[DECIMAL_TEXT_MAX];
        int64_t v;

        assert_true(decimal_read(STR("0e300"), 2, &v) && v == 0);
        assert_true(decimal_read(STR("-0.005e1"), 2, &v) && v == -5);
        decimal_write(INT64_MIN, 0, out);
        assert_string_equal(out, "-9223372036854775808");
        decimal_write(5, 9, out);
        assert_string_equal(out, "0.000000005");
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(what_is_no_decimal_is_refused),
                TEST(decimals_reach_the_ends_of_the_number),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
