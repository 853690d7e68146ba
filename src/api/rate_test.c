/* SPDX-License-Identifier: Apache-2.0
 *
 * rate_test.c -- token buckets: burst, refill, keys apart.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "api/rate.h"

static void
a_burst_then_the_rate(void **state)
{
        struct rate *r = rate_new(10, 5);
        usec now = 1000 * USEC_SECOND;

        for (int i = 0; i < 5; i++)
                assert_int_equal(rate_take(r, 1, now), 0);
        assert_int_equal(rate_take(r, 1, now), 1);
        assert_int_equal(rate_take(r, 1, now + USEC_SECOND / 10), 0);
        assert_int_equal(rate_take(r, 1, now + USEC_SECOND / 10), 1);
        assert_int_equal(rate_take(r, 1, now + 100 * USEC_SECOND), 0);
        rate_free(r);
}

static void
another_key_has_its_own_bucket(void **state)
{
        struct rate *r = rate_new(1, 1);

        assert_int_equal(rate_take(r, 1, 1000), 0);
        assert_int_not_equal(rate_take(r, 1, 1000), 0);
        assert_int_equal(rate_take(r, 2, 1000), 0);
        rate_free(r);
}

static void
no_rate_is_no_limit(void **state)
{
        assert_null(rate_new(0, 5));
        assert_int_equal(rate_take(NULL, 1, 1000), 0);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_burst_then_the_rate),
                cmocka_unit_test(another_key_has_its_own_bucket),
                cmocka_unit_test(no_rate_is_no_limit),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
