/* SPDX-License-Identifier: Apache-2.0
 *
 * ctx_test.c -- errors as values.
 */
#include "base/test_ctx.h"
#include "base/ctx.h"

static void
fail_returns_false_and_fills_the_sentences(void **state)
{
        assert_false(fail(&c, E_TOO_LONG, "title", "300", "255"));
        assert_true(ctx_failed(&c));
        assert_string_equal(c.errors->en, "The text has 300 characters; at most 255 are allowed.");
        assert_string_equal(c.errors->zh, "文本有 300 个字符，最多允许 255 个。");
        assert_string_equal(c.errors->field, "title");
}

static void
order_of_arguments_is_that_of_the_sentence(void **state)
{
        fail(&c, E_JSON, "", "a colon is expected", "17");
        assert_string_equal(c.errors->en, "The text is not valid JSON at byte 17: a colon is expected.");
}

static void
a_missing_argument_is_empty(void **state)
{
        fail(&c, E_INTERNAL, "");
        assert_string_equal(c.errors->en, "The server met a fault of its own: .");
}

static void
placeholders_in_arguments_stay(void **state)
{
        fail(&c, E_USAGE, "", "use {1} and {x}");
        assert_string_equal(c.errors->en, "use {1} and {x}");
}

static void
errors_keep_their_order(void **state)
{
        fail(&c, E_REQUIRED, "a");
        fail(&c, E_REQUIRED, "b");
        assert_string_equal(c.errors->field, "a");
        assert_string_equal(c.errors->next->field, "b");
        assert_null(c.errors->next->next);
}

static void
because_takes_the_last_error_as_cause(void **state)
{
        fail(&c, E_REQUIRED, "a");
        fail(&c, E_IO, "b", "x", "y");
        fail_because(&c, E_MODEL, "m", "The model cannot be read.");
        assert_string_equal(c.errors->field, "a");
        assert_string_equal(c.errors->next->field, "m");
        assert_string_equal(c.errors->next->cause->field, "b");
        fail(&c, E_REQUIRED, "z");
        assert_string_equal(c.errors->next->next->field, "z");
}

static void
because_without_an_error_has_no_cause(void **state)
{
        fail_because(&c, E_MODEL, "m", "x");
        assert_null(c.errors->cause);
}

static void
clear_forgets(void **state)
{
        fail(&c, E_REQUIRED, "a");
        ctx_clear(&c);
        assert_false(ctx_failed(&c));
        fail(&c, E_REQUIRED, "b");
        assert_string_equal(c.errors->field, "b");
}

static void
a_full_list_takes_no_more(void **state)
{
        size_t n = 0;

        for (int i = 0; i < 500; i++)
                fail(&c, E_REQUIRED, "a");
        for (const struct error *e = c.errors; e; e = e->next)
                n++;
        assert_int_equal(n, 100);
}

static void
every_code_has_its_row(void **state)
{
        for (int code = 0; code < E_COUNT; code++)
                assert_non_null(err_name(code));
        assert_string_equal(err_name(E_TOO_LONG), "too_long");
        assert_int_equal(err_class(E_STALE), CLASS_STALE);
}

static void
printing_shows_field_and_causes(void **state)
{
        char *text;
        size_t n;
        FILE *out = open_memstream(&text, &n);

        fail(&c, E_USAGE, "", "low");
        fail_because(&c, E_USAGE, "f", "high");
        fail(&c, E_USAGE, "", "alone");
        ctx_print_errors(&c, out);
        fclose(out);
        assert_string_equal(text, "f: high (because: low)\nalone\n");
        free(text);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(fail_returns_false_and_fills_the_sentences),
                TEST(order_of_arguments_is_that_of_the_sentence),
                TEST(a_missing_argument_is_empty),
                TEST(placeholders_in_arguments_stay),
                TEST(errors_keep_their_order),
                TEST(because_takes_the_last_error_as_cause),
                TEST(because_without_an_error_has_no_cause),
                TEST(clear_forgets),
                TEST(a_full_list_takes_no_more),
                TEST(every_code_has_its_row),
                TEST(printing_shows_field_and_causes),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
