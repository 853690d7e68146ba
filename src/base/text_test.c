/* SPDX-License-Identifier: Apache-2.0
 *
 * text_test.c -- Unicode text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/text.h"

static void
valid_text_is_accepted(void **state)
{
        assert_true(text_valid(STR("")));
        assert_true(text_valid(STR_NONE));
        assert_true(text_valid(STR("plain ASCII that is longer than eight bytes\n")));
        assert_true(text_valid(STR("Ünïcödé 客户服务 😀 and on")));
        assert_true(text_valid(STR("\xf4\x8f\xbf\xbf")));
}

static void
invalid_text_is_refused(void **state)
{
        static const struct str BAD[] = {{"a\0b", 3},
                                         {"12345678\0", 9},
                                         {"\x80", 1},
                                         {"\xc0\xaf", 2},
                                         {"\xe0\x80\xaf", 3},
                                         {"\xed\xa0\x80", 3},
                                         {"\xf4\x90\x80\x80", 4},
                                         {"\xf5\x80\x80\x80", 4},
                                         {"abc\xe4\xb8", 5},
                                         {"\xe4\xb8z", 3},
                                         {"\xff", 1},
                                         {"\xf0\x8f\xbf\xbf", 4}};

        for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
                assert_false(text_valid(BAD[i]));
}

static void
every_code_point_is_put_and_read_back(void **state)
{
        char out[4];

        for (uint32_t c = 1; c <= 0x10ffff; c++) {
                size_t pos = 0, n = text_put(c, out);
                assert_int_equal(text_sequence(out, n), c >= 0xd800 && c <= 0xdfff ? 0 : n);
                assert_int_equal(text_next((struct str){out, n}, &pos), c);
                assert_int_equal(pos, n);
        }
}

static void
length_counts_characters(void **state)
{
        assert_int_equal(text_length(STR("")), 0);
        assert_int_equal(text_length(STR("aé中😀")), 4);
}

static void
next_walks_to_the_end(void **state)
{
        struct str s = STR("a中");
        size_t pos = 0;

        assert_int_equal(text_next(s, &pos), 'a');
        assert_int_equal(text_next(s, &pos), 0x4e2d);
        assert_int_equal(text_next(s, &pos), 0);
}

static void
assert_folded(const char *from, const char *want)
{
        struct arena *a = arena_new(0);
        struct str once = text_fold(a, str_of(from));

        assert_string_equal(once.p, want);
        assert_int_equal(once.n, strlen(want));
        assert_true(str_eq(text_fold(a, once), once));
        arena_free(a);
}

static void
fold_drops_case_and_form(void **state)
{
        assert_folded("", "");
        assert_folded("Hello, WORLD [@`{~", "hello, world [@`{~");
        assert_folded("STRASSE straße", "strasse strasse");
        assert_folded("ＡＢＣ１２３", "abc123");
        assert_folded("E\xcc\x81t\xc3\x89", "été");
        assert_folded("ΣΊΣΥΦΟΣ", "σίσυφοσ");
        assert_folded("客户㈱", "客户(株)");
}

static void
fold_of_ascii_agrees_with_the_long_way(void **state)
{
        char text[4];

        for (char c = 1; c < 127; c++) {
                struct arena *a = arena_new(0);
                memcpy(text, (char[]){c, "é"[0], "é"[1], 0}, 4);
                assert_int_equal(text_fold(a, (struct str){text, 3}).p[0],
                                 text_fold(a, (struct str){text, 1}).p[0]);
                arena_free(a);
        }
}

static void
cjk_is_han_kana_hangul(void **state)
{
        static const uint32_t CJK[] = {0x4e2d, 0x3042, 0x30ab, 0xd55c, 0x20000, 0xff76, 0x3400};

        for (size_t i = 0; i < sizeof CJK / sizeof CJK[0]; i++)
                assert_true(text_is_cjk(CJK[i]));
        assert_false(text_is_cjk('a'));
        assert_false(text_is_cjk(0x3002)); /* 。 */
        assert_false(text_is_cjk(0xff0c)); /* ， */
        assert_false(text_is_cjk(0x1f600));
}

static void
words_are_letters_digits_and_marks(void **state)
{
        assert_true(text_is_word('a') && text_is_word('Z') && text_is_word('7'));
        assert_true(text_is_word(0xe9) && text_is_word(0x4e2d) && text_is_word(0x301));
        assert_false(text_is_word(' ') || text_is_word('-') || text_is_word('@') || text_is_word(0x3002));
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(valid_text_is_accepted),
                cmocka_unit_test(invalid_text_is_refused),
                cmocka_unit_test(every_code_point_is_put_and_read_back),
                cmocka_unit_test(length_counts_characters),
                cmocka_unit_test(next_walks_to_the_end),
                cmocka_unit_test(fold_drops_case_and_form),
                cmocka_unit_test(fold_of_ascii_agrees_with_the_long_way),
                cmocka_unit_test(cjk_is_han_kana_hangul),
                cmocka_unit_test(words_are_letters_digits_and_marks),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
