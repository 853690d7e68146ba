/* SPDX-License-Identifier: Apache-2.0
 *
 * json_test.c -- the reader and the writer, and the JSON test suite.
 *
 * The suite (github.com/nst/JSONTestSuite) is read from $OPENITR_SHARED/data/json_test_suite, or
 * ../shared/data/json_test_suite; without it that test is skipped, and says so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/json.h"
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static struct ctx c;
static struct jw w;

static int
begin(void **state)
{
        ctx_init(&c, arena_new(0));
        jw_reset(&w);
        return 0;
}

static int
end(void **state)
{
        arena_free(c.arena);
        jw_free(&w);
        return 0;
}

/* Parses a copy that has no byte behind its end, so that AddressSanitizer sees one read there. */
static struct json *
parse_bytes(struct str text)
{
        return json_parse(&c, memcpy(arena_alloc(c.arena, text.n), text.p, text.n), text.n, 100000);
}

static struct json *
parse(const char *text)
{
        return parse_bytes(str_of(text));
}

static void
assert_refused(const char *text, const char *byte, const char *why)
{
        const char *want = arena_printf(c.arena, "The text is not valid JSON at byte %s: %s.", byte, why);

        ctx_clear(&c);
        assert_null(parse(text));
        assert_string_equal(c.errors->en, want);
}

static void
assert_written(const char *want)
{
        buf_char(&w.b, '\0');
        assert_string_equal(w.b.p, want);
        jw_reset(&w);
}

/* ---- reader ---- */

static void
an_object_keeps_its_members_in_order(void **state)
{
        const struct json *v = parse(" { \"a\" : 1 , \"b\" : [ true , null ] , \"a\" : \"x\" } ");

        assert_non_null(v);
        assert_int_equal(v->type, JSON_OBJECT);
        assert_int_equal(v->count, 3);
        assert_true(str_is(v->child->key, "a"));
        assert_true(str_is(v->child->next->key, "b"));
        assert_int_equal(v->child->next->child->next->type, JSON_NULL);
        assert_true(str_is(v->child->next->next->text, "x"));
}

static void
get_finds_the_first_of_that_name(void **state)
{
        const struct json *v = parse("{\"a\":\"1\",\"a\":\"2\",\"n\":3}");

        assert_true(str_is(json_get_text(v, "a"), "1"));
        assert_null(json_get_text(v, "n").p);
        assert_null(json_get(v, "z"));
        assert_null(json_get(v->child, "a"));
        assert_null(json_get(NULL, "a"));
}

static void
escapes_are_resolved(void **state)
{
        const struct json *v = parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u4e2d\\ud83d\\ude00 end\"");

        assert_true(str_is(v->text, "\"\\/\b\f\n\r\tAé中😀 end"));
}

static void
a_text_may_hold_nul(void **state)
{
        const struct json *v = parse("\"a\\u0000b\"");

        assert_true(str_eq(v->text, STR("a\0b")));
}

static void
an_escape_may_stand_at_any_place(void **state)
{
        for (int before = 0; before < 20; before++)
                for (int after = 0; after < 20; after++) {
                        const char *s = arena_printf(c.arena, "\"%.*s\\n%.*s\"", before,
                                                     "aaaaaaaaaaaaaaaaaaaa", after, "中bbbbbbbbbbbbbbbbb");
                        const struct json *v = parse(after == 1 || after == 2 ? "\"\"" : s);
                        assert_non_null(v);
                        if (v->text.n)
                                assert_int_equal(v->text.n, before + 1 + after);
                }
}

static void
whole_numbers_that_fit_are_ints(void **state)
{
        assert_int_equal(parse("0")->i, 0);
        assert_int_equal(parse("-0")->type, JSON_INT);
        assert_int_equal(parse("9223372036854775807")->i, INT64_MAX);
        assert_int_equal(parse("-9223372036854775808")->i, INT64_MIN);
        assert_true(parse("-12")->d == -12.0);
}

static void
other_numbers_are_reals_and_keep_their_text(void **state)
{
        static const char *const REALS[] = {"9223372036854775808",
                                            "-9223372036854775809",
                                            "1.0",
                                            "1e2",
                                            "-0.0",
                                            "100000000000000000000",
                                            "0.1000",
                                            "1E-400",
                                            "123456789012345678901e-5"};

        for (size_t i = 0; i < sizeof REALS / sizeof REALS[0]; i++) {
                const struct json *v = parse(REALS[i]);
                assert_int_equal(v->type, JSON_REAL);
                assert_true(str_is(v->text, REALS[i]));
                assert_true(v->d == strtod(REALS[i], NULL) &&
                            signbit(v->d) == signbit(strtod(REALS[i], NULL)));
        }
}

static void
reals_are_rounded_like_strtod(void **state)
{
        unsigned seed = 1;

        for (int i = 0; i < 20000; i++) {
                const char *s = arena_printf(c.arena, "%d.%0*de%d", rand_r(&seed) % 1000,
                                             rand_r(&seed) % 14 + 1, rand_r(&seed), rand_r(&seed) % 60 - 30);
                assert_true(parse(s)->d == strtod(s, NULL));
        }
}

static void
what_is_wrong_is_said_with_its_place(void **state)
{
        assert_refused("", "0", "a value is expected");
        assert_refused("[1,]", "3", "a value is expected");
        assert_refused("[1 2]", "3", "a comma or the closing bracket is expected");
        assert_refused("{\"a\" 1}", "5", "a colon is expected");
        assert_refused("{a:1}", "1", "a name in quotes is expected");
        assert_refused("\"abc", "4", "a text is not closed");
        assert_refused("\"a\nb\"", "2", "a control character in a text must be escaped");
        assert_refused("\"a\xff\"", "2", "the bytes are not UTF-8");
        assert_refused("\"a\\x\"", "2", "there is no such escape");
        assert_refused("1e400", "5", "the number is too large");
        assert_refused("1 1", "2", "something follows the value");
}

static void
depth_is_bounded(void **state)
{
        char text[100000];

        memset(text, '[', sizeof text);
        assert_null(json_parse(&c, text, sizeof text, 1000000));
        memset(text, '[', JSON_DEPTH);
        memset(text + JSON_DEPTH, ']', JSON_DEPTH);
        assert_non_null(json_parse(&c, text, 2 * JSON_DEPTH, 1000));
        memset(text, '[', JSON_DEPTH + 1);
        memset(text + JSON_DEPTH + 1, ']', JSON_DEPTH + 1);
        assert_null(json_parse(&c, text, 2 * JSON_DEPTH + 2, 1000));
}

static void
nodes_are_bounded(void **state)
{
        char text[] = "[1,2,3]";

        assert_non_null(json_parse(&c, text, 7, 4));
        assert_null(json_parse(&c, text, 7, 3));
        assert_int_equal(c.errors->code, E_TOO_MANY);
}

/* ---- writer ---- */

static void
commas_stand_between(void **state)
{
        jw_open(&w, '{');
        jw_key(&w, "a");
        jw_open(&w, '[');
        jw_int(&w, -1);
        jw_bool(&w, true);
        jw_null(&w);
        jw_open(&w, '{');
        jw_close(&w, '}');
        jw_close(&w, ']');
        jw_key_raw(&w, STR("\"b\":"));
        jw_text(&w, NULL);
        jw_key_str(&w, STR("c\""));
        jw_raw(&w, STR("[1]"));
        jw_key(&w, "t");
        jw_time(&w, 0);
        jw_close(&w, '}');
        assert_written("{\"a\":[-1,true,null,{}],\"b\":null,\"c\\\"\":[1],\"t\":\"1970-01-01T00:00:00Z\"}");
}

static void
texts_are_escaped(void **state)
{
        jw_str(&w, STR("a\"b\\c\n\r\t\b\f\x01\x1f/\x7f中😀"));
        assert_written("\"a\\\"b\\\\c\\n\\r\\t\\b\\f\\u0001\\u001f/\x7f中😀\"");
        jw_str(&w, STR("a\0b"));
        assert_written("\"a\\u0000b\"");
        jw_str(&w, STR_NONE);
        assert_written("\"\"");
}

static void
bytes_that_are_not_utf8_become_fffd(void **state)
{
        jw_str(&w, STR("a\xff"
                       "b\xe4\xb8"
                       "c\xed\xa0\x80\xc0\xaf"));
        assert_written("\"a\xef\xbf\xbd"
                       "b\xef\xbf\xbd\xef\xbf\xbd"
                       "c\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
                       "\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void
the_buffer_grows_for_a_text_of_escapes(void **state)
{
        char text[5000];

        memset(text, 1, sizeof text);
        jw_str(&w, (struct str){text, sizeof text});
        assert_int_equal(w.b.n, 6 * sizeof text + 2);
}

static void
reals_are_as_short_as_they_can_be(void **state)
{
        static const struct {
                double v;
                const char *text;
        } CASES[] = {
                {0.1, "0.1"},      {3, "3"},      {-0.0, "-0"},       {1.0 / 3, "0.3333333333333333"},
                {1e300, "1e+300"}, {NAN, "null"}, {INFINITY, "null"}, {0.1 + 0.2, "0.30000000000000004"}};

        for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
                jw_real(&w, CASES[i].v);
                assert_written(CASES[i].text);
        }
}

static void
a_tree_is_written_as_it_was_read(void **state)
{
        const char *text = "{\"a\":[1,-2.50,\"x\\n\",true,false,null,{}],\"b\":1e2}";

        jw_json(&w, parse(text));
        assert_written(text);
}

/* ---- the test suite ---- */

static const char *
suite_path(void)
{
        const char *shared = getenv("OPENITR_SHARED");

        return arena_printf(c.arena, "%s/data/json_test_suite/test_parsing", shared ? shared : "../shared");
}

static struct str
read_whole(const char *folder, const char *name)
{
        enum { FILE_MAX = 1 << 20 };
        FILE *f = fopen(arena_printf(c.arena, "%s/%s", folder, name), "r");
        char *p = arena_alloc(c.arena, FILE_MAX);

        assert_non_null(f);
        size_t n = fread(p, 1, FILE_MAX, f);
        fclose(f);
        return (struct str){p, n};
}

/* The i_ files that we accept; the others are refused (header of json.c). */
static bool
accepted_by_choice(const char *name)
{
        static const char *const NAMES[] = {"i_number_double_huge_neg_exp.json",
                                            "i_number_real_underflow.json", "i_number_too_big_neg_int.json",
                                            "i_number_too_big_pos_int.json",
                                            "i_number_very_big_negative_int.json"};

        for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
                if (strcmp(name, NAMES[i]) == 0)
                        return true;
        return false;
}

static void
the_suite_is_decided_as_it_says(void **state)
{
        const char *folder = suite_path();
        DIR *d = opendir(folder);
        int files = 0, wrong = 0;

        if (d == NULL) {
                print_message("skipped: there is no %s\n", folder);
                skip();
        }
        for (struct dirent *e; (e = readdir(d));) {
                if (e->d_name[0] == '.')
                        continue;
                files++;
                ctx_clear(&c);
                bool accepted = parse_bytes(read_whole(folder, e->d_name)) != NULL;
                if (accepted == (e->d_name[0] == 'y' || accepted_by_choice(e->d_name)))
                        continue;
                print_error("%s %s\n", accepted ? "accepted" : "refused", e->d_name);
                wrong++;
        }
        closedir(d);
        assert_int_equal(wrong, 0);
        assert_true(files > 300);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
int
main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(an_object_keeps_its_members_in_order),
                TEST(get_finds_the_first_of_that_name),
                TEST(escapes_are_resolved),
                TEST(a_text_may_hold_nul),
                TEST(an_escape_may_stand_at_any_place),
                TEST(whole_numbers_that_fit_are_ints),
                TEST(other_numbers_are_reals_and_keep_their_text),
                TEST(reals_are_rounded_like_strtod),
                TEST(what_is_wrong_is_said_with_its_place),
                TEST(depth_is_bounded),
                TEST(nodes_are_bounded),
                TEST(commas_stand_between),
                TEST(texts_are_escaped),
                TEST(bytes_that_are_not_utf8_become_fffd),
                TEST(the_buffer_grows_for_a_text_of_escapes),
                TEST(reals_are_as_short_as_they_can_be),
                TEST(a_tree_is_written_as_it_was_read),
                TEST(the_suite_is_decided_as_it_says),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
