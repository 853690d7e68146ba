/* SPDX-License-Identifier: Apache-2.0
 *
 * request_test.c -- what a client sends as text: targets, parameters, cookies, ranges, ids.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "api/request.h"

static struct request *
parsed(const char *uri)
{
        static struct request q;

        if (q.arena)
                arena_free(q.arena);
        q = (struct request){.arena = arena_new(0)};
        ctx_init(&q.ctx, q.arena);
        request_parse_uri(&q, uri);
        return &q;
}

static void
a_path_is_split_and_decoded(void **state)
{
        struct request *q = parsed("/api/v1/a%20b/%E5%9B%BE?x=1&y=a+b%26c&z");

        assert_null(q->defect);
        assert_int_equal(q->segment_count, 4);
        assert_true(str_is(q->segment[2], "a b"));
        assert_true(str_is(q->segment[3], "图"));
        assert_true(str_is(request_param(q, "y"), "a b&c"));
        assert_true(request_param(q, "z").p && request_param(q, "z").n == 0);
        assert_null(request_param(q, "w").p);
}

static void
an_encoded_slash_stays_in_its_segment(void **state)
{
        struct request *q = parsed("/a%2Fb/c");

        assert_int_equal(q->segment_count, 2);
        assert_true(str_is(q->segment[0], "a/b"));
}

static void
what_is_ambiguous_has_a_defect(void **state)
{
        static const char *const bad[] = {"",
                                          "a",
                                          "*",
                                          "http://x/",
                                          "/%00",
                                          "/%",
                                          "/%4",
                                          "/%zz",
                                          "/%ff",
                                          "/%0a",
                                          "/?a=%00",
                                          "/?a=%ff",
                                          "/a/b/c/d/e/f/g/h/i/j/k/l/m"};

        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                assert_non_null(parsed(bad[i])->defect);
}

static void
a_cookie_is_found_by_its_whole_name(void **state)
{
        struct str header = STR("xopenitr=1; openitr=2;openitrx=3; empty=");

        assert_true(str_is(cookie_get(header, "openitr"), "2"));
        assert_true(str_is(cookie_get(header, "empty"), ""));
        assert_null(cookie_get(header, "none").p);
        assert_null(cookie_get(STR_NONE, "openitr").p);
}

static void
languages_by_weight(void **state)
{
        assert_int_equal(accept_language(STR_NONE), LANG_EN);
        assert_int_equal(accept_language(STR("zh-CN,zh;q=0.9,en;q=0.8")), LANG_ZH);
        assert_int_equal(accept_language(STR("de, en;q=0.5, zh;q=0.4")), LANG_EN);
        assert_int_equal(accept_language(STR("zh;q=0")), LANG_EN);
}

static void
encodings_with_weight_zero_are_refused(void **state)
{
        assert_true(accept_encoding(STR("gzip, br"), "br"));
        assert_false(accept_encoding(STR("gzip, br;q=0"), "br"));
        assert_false(accept_encoding(STR_NONE, "br"));
}

static void
expect_range(const char *header, int64_t length, enum range_verdict verdict, int64_t first, int64_t count)
{
        int64_t have_first = -1, have_count = -1;

        assert_int_equal(range_parse(str_of(header), length, &have_first, &have_count), verdict);
        if (verdict == RANGE_OK) {
                assert_int_equal(have_first, first);
                assert_int_equal(have_count, count);
        }
}

static void
ranges(void **state)
{
        expect_range("bytes=0-0", 10, RANGE_OK, 0, 1);
        expect_range("bytes=3-", 10, RANGE_OK, 3, 7);
        expect_range("bytes=3-99", 10, RANGE_OK, 3, 7);
        expect_range("bytes=-4", 10, RANGE_OK, 6, 4);
        expect_range("bytes=-99", 10, RANGE_OK, 0, 10);
        expect_range("bytes=10-", 10, RANGE_BAD, 0, 0);
        expect_range("bytes=-0", 10, RANGE_BAD, 0, 0);
        expect_range("bytes=0-", 0, RANGE_BAD, 0, 0);
        expect_range("bytes=5-3", 10, RANGE_NONE, 0, 0);
        expect_range("bytes=0-1,3-4", 10, RANGE_NONE, 0, 0);
        expect_range("bytes=-", 10, RANGE_NONE, 0, 0);
        expect_range("bytes=+1-2", 10, RANGE_NONE, 0, 0);
        expect_range("rows=0-1", 10, RANGE_NONE, 0, 0);
        expect_range("", 10, RANGE_NONE, 0, 0);
}

static void
entity_tags(void **state)
{
        int64_t v;

        assert_true(etag_matches(STR("\"1\", W/\"3\""), "\"3\""));
        assert_true(etag_matches(STR("*"), "\"3\""));
        assert_false(etag_matches(STR("\"33\""), "\"3\""));
        assert_true(etag_version(STR("\"3\""), &v) && v == 3);
        assert_true(etag_version(STR_NONE, &v) && v == 0);
        assert_false(etag_version(STR("3"), &v));
        assert_false(etag_version(STR("\"-3\""), &v));
        assert_false(etag_version(STR("\"x\""), &v));
}

static void
request_ids(void **state)
{
        assert_true(request_id_sane(STR("a-Z_0.9")));
        assert_false(request_id_sane(STR("a b")));
        assert_false(request_id_sane(STR("a\"b")));
        assert_false(request_id_sane(STR_NONE));
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_path_is_split_and_decoded),
                cmocka_unit_test(an_encoded_slash_stays_in_its_segment),
                cmocka_unit_test(what_is_ambiguous_has_a_defect),
                cmocka_unit_test(a_cookie_is_found_by_its_whole_name),
                cmocka_unit_test(languages_by_weight),
                cmocka_unit_test(encodings_with_weight_zero_are_refused),
                cmocka_unit_test(ranges),
                cmocka_unit_test(entity_tags),
                cmocka_unit_test(request_ids),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
