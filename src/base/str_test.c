/* SPDX-License-Identifier: Apache-2.0
 *
 * str_test.c -- slices and buffers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/str.h"
#include <stdio.h>
#include <string.h>

static void
trim_takes_blanks_off_both_ends(void **state)
{
        assert_true(str_is(str_trim(STR(" \t a b\r\n")), "a b"));
        assert_int_equal(str_trim(STR("  ")).n, 0);
        assert_int_equal(str_trim(STR_NONE).n, 0);
}

static void
cut_splits_at_the_first_separator(void **state)
{
        struct str rest;

        assert_true(str_is(str_cut(STR("a=b=c"), '=', &rest), "a"));
        assert_true(str_is(rest, "b=c"));
}

static void
cut_without_separator_leaves_no_rest(void **state)
{
        struct str rest;

        assert_true(str_is(str_cut(STR("abc"), '=', &rest), "abc"));
        assert_null(rest.p);
}

static void
cut_at_the_end_leaves_an_empty_rest(void **state)
{
        struct str rest;

        str_cut(STR("a="), '=', &rest);
        assert_non_null(rest.p);
        assert_int_equal(rest.n, 0);
}

static void
starts_compares_the_front(void **state)
{
        assert_true(str_starts(STR("abc"), STR("ab")));
        assert_true(str_starts(STR("abc"), STR_NONE));
        assert_false(str_starts(STR("a"), STR("ab")));
}

static void
to_int_reads_the_whole_range(void **state)
{
        int64_t v;

        assert_true(str_to_int(STR("9223372036854775807"), &v) && v == INT64_MAX);
        assert_true(str_to_int(STR("-9223372036854775808"), &v) && v == INT64_MIN);
        assert_true(str_to_int(STR("+7"), &v) && v == 7);
}

static void
to_int_refuses_all_else(void **state)
{
        static const char *const BAD[] = {
                "", "-", "+", "1 ", " 1", "1a", "0x1", "9223372036854775808", "-9223372036854775809"};
        int64_t v = 5;

        for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
                assert_false(str_to_int(str_of(BAD[i]), &v));
        assert_int_equal(v, 5);
}

static void
hash_depends_on_every_byte_and_the_length(void **state)
{
        char text[40] = {0};
        uint64_t before = str_hash((struct str){text, 39});

        assert_true(before != str_hash((struct str){text, 40}));
        for (size_t i = 0; i < 39; i++) {
                text[i] = 1;
                assert_true(before != str_hash((struct str){text, 39}));
                text[i] = 0;
        }
        assert_true(before == str_hash((struct str){text, 39}));
}

static void
buf_collects_what_is_added(void **state)
{
        struct buf b = {0};

        assert_string_equal(buf_c(&b), "");
        buf_text(&b, "a");
        buf_str(&b, STR("bc"));
        buf_char(&b, '-');
        buf_printf(&b, "%03d", 7);
        assert_string_equal(buf_c(&b), "abc-007");
        buf_free(&b);
}

static void
buf_int_writes_the_whole_range(void **state)
{
        static const int64_t VALUES[] = {0, 7, -7, 10, INT64_MAX, INT64_MIN};
        struct buf b = {0};
        char want[32];

        for (size_t i = 0; i < 6; i++) {
                buf_reset(&b);
                buf_int(&b, VALUES[i]);
                snprintf(want, sizeof want, "%lld", (long long)VALUES[i]);
                assert_string_equal(buf_c(&b), want);
        }
        buf_free(&b);
}

static void
buf_grows(void **state)
{
        struct buf b = {0};

        for (int i = 0; i < 100000; i++)
                buf_char(&b, (char)('a' + i % 26));
        assert_int_equal(b.n, 100000);
        assert_int_equal(b.p[99999], 'a' + 99999 % 26);
        buf_free(&b);
}

static void
markup_is_escaped_and_lines_stay(void **state)
{
        struct buf b = {0};

        buf_markup(&b, STR("a<b> & \"c\" 'd'\n\x01" "e"));
        assert_string_equal(buf_c(&b), "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;\n e");
        buf_free(&b);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(markup_is_escaped_and_lines_stay),
                cmocka_unit_test(trim_takes_blanks_off_both_ends),
                cmocka_unit_test(cut_splits_at_the_first_separator),
                cmocka_unit_test(cut_without_separator_leaves_no_rest),
                cmocka_unit_test(cut_at_the_end_leaves_an_empty_rest),
                cmocka_unit_test(starts_compares_the_front),
                cmocka_unit_test(to_int_reads_the_whole_range),
                cmocka_unit_test(to_int_refuses_all_else),
                cmocka_unit_test(hash_depends_on_every_byte_and_the_length),
                cmocka_unit_test(buf_collects_what_is_added),
                cmocka_unit_test(buf_int_writes_the_whole_range),
                cmocka_unit_test(buf_grows),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
