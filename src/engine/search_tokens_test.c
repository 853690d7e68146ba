/* SPDX-License-Identifier: Apache-2.0
 *
 * search_tokens_test.c -- which words a text is found by.
 */
#include "engine/search_backend.h"
#include "base/text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void
expect(const char *text, const char *tokens)
{
        struct arena *a = arena_new(0);
        struct buf b = {0};

        search_tokens(a, str_of(text), &b);
        assert_string_equal(buf_c(&b), tokens);
        buf_free(&b);
        arena_free(a);
}

static void
words_are_folded(void **state)
{
        expect("The Router  IS down.", "the router is down");
        expect("ÄRGER in München", "ärger in münchen");
        expect("Straße", "strasse");
        expect("Привет, МИР", "привет мир");
        expect("", "");
        expect(" \t\n!?", "");
}

static void
marks_are_composed(void **state)
{
        expect("Mu\u0308nchen", "münchen");
        expect("が か\u3099", "が が");
        expect("ﬁle ①", "file 1");
}

static void
full_width_forms_are_ascii(void **state)
{
        expect("Ｓ１２７００－Ｘ　（重启）", "s12700 x s12700x 重 启");
}

static void
cjk_characters_stand_alone(void **state)
{
        expect("重启后", "重 启 后");
        expect("电源，模块", "电 源 模 块");
        expect("ルーター再起動", "ル ー タ ー 再 起 動");
        expect("재부팅", "재 부 팅");
        expect("V8版本升级", "v8 版 本 升 级");
        expect("人々", "人 々");
}

static void
serials_have_parts_and_a_whole(void **state)
{
        expect("S12700-2102AB8841", "s12700 2102ab8841 s127002102ab8841");
        expect("TR-2026-000123", "tr 2026 000123 tr2026000123");
        expect("10.0.0.1", "10 0 0 1 10001");
        expect("00:1A:2b", "00 1a 2b 001a2b");
        expect("read-only", "read only");
        expect("a - b", "a b");
        expect("x-", "x");
        expect("-5--6", "5 6");
        expect("A‑1", "a 1 a1"); /* the hyphen that does not break */
}

static void
invisible_characters_do_not_part_a_word(void **state)
{
        expect("trans\u00admit", "transmit");
        expect("葛\U000e0100飾", "葛 飾");
}

static void
every_token_knows_its_place(void **state)
{
        struct arena *a = arena_new(0);
        struct tokens t = {0};
        const char *text = "Zu München: 重启 AB-12";
        static const char *const places[] = {"Zu", "München", "重", "启", "AB", "12", "AB-12"};

        tokens_add(a, str_of(text), &t);
        assert_int_equal(t.count, 7);
        for (size_t i = 0; i < t.count; i++) {
                struct str place = {text + t.list[i].from, t.list[i].to - t.list[i].from};
                assert_true(str_is(place, places[i]));
        }
        assert_true(t.list[3].follows && t.list[5].follows && !t.list[4].follows);
        assert_int_equal(t.list[6].kind, TOKEN_JOINED);
        arena_free(a);
}

static void
long_tokens_are_cut_at_a_character(void **state)
{
        struct arena *a = arena_new(0);
        struct tokens t = {0};
        struct buf b = {0};

        buf_char(&b, 'x');
        for (int i = 0; i < 200; i++)
                buf_text(&b, "я");
        tokens_add(a, buf_view(&b), &t);
        assert_int_equal(t.count, 1);
        assert_int_equal(t.list[0].word.n, SEARCH_TOKEN_MAX - 1);
        assert_true(text_valid(t.list[0].word));
        buf_free(&b);
        arena_free(a);
}

static void
a_document_has_a_limit(void **state)
{
        struct arena *a = arena_new(0);
        struct tokens t = {0};
        struct buf b = {0};

        for (int i = 0; i < SEARCH_TOKENS_MAX; i++)
                buf_text(&b, "ab ");
        tokens_add(a, buf_view(&b), &t);
        tokens_add(a, STR("more"), &t);
        assert_int_equal(t.count, SEARCH_TOKENS_MAX);
        buf_free(&b);
        arena_free(a);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(words_are_folded),
                cmocka_unit_test(marks_are_composed),
                cmocka_unit_test(full_width_forms_are_ascii),
                cmocka_unit_test(cjk_characters_stand_alone),
                cmocka_unit_test(serials_have_parts_and_a_whole),
                cmocka_unit_test(invisible_characters_do_not_part_a_word),
                cmocka_unit_test(every_token_knows_its_place),
                cmocka_unit_test(long_tokens_are_cut_at_a_character),
                cmocka_unit_test(a_document_has_a_limit),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
