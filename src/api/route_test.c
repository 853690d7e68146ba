/* SPDX-License-Identifier: Apache-2.0
 *
 * route_test.c -- which row of ROUTES a method and path find, and what is said where none does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "api/route.h"

static struct request q;

static const struct route *
find(enum method m, const char *uri, const char **allow)
{
        if (q.arena)
                arena_free(q.arena);
        q = (struct request){.arena = arena_new(0), .method = m};
        ctx_init(&q.ctx, q.arena);
        assert_true(request_parse_uri(&q, uri));
        return route_find(&q, ROUTES, ROUTE_COUNT, allow);
}

static void
expect(enum method m, const char *uri, const char *pattern)
{
        const char *allow;
        const struct route *r = find(m, uri, &allow);

        assert_non_null(r);
        assert_string_equal(r->pattern, pattern);
}

static void
words_stand_before_names(void **state)
{
        expect(METHOD_GET, "/api/v1/me", "/api/v1/me");
        expect(METHOD_GET, "/api/v1/complaint", "/api/v1/{entity}");
        expect(METHOD_GET, "/api/v1/complaint/pick", "/api/v1/{entity}/pick");
        expect(METHOD_GET, "/api/v1/complaint/7", "/api/v1/{entity}/{id}");
        expect(METHOD_GET, "/api/v1/complaint/7/timeline", "/api/v1/{entity}/{id}/timeline");
        expect(METHOD_POST, "/api/v1/complaint/7/attachment?name=a", "/api/v1/{entity}/{id}/attachment");
        expect(METHOD_POST, "/api/v1/complaint/7/close", "/api/v1/{entity}/{id}/{what}");
        expect(METHOD_GET, "/api/v1/complaint/7/attachment/8/content",
               "/api/v1/{entity}/{id}/attachment/{child}/content");
}

static void
names_are_kept_in_order(void **state)
{
        expect(METHOD_PATCH, "/api/v1/complaint/7/task/9", "/api/v1/{entity}/{id}/{child}/{child id}");
        assert_true(str_is(q.arg[0], "complaint") && str_is(q.arg[1], "7"));
        assert_true(str_is(q.arg[2], "task") && str_is(q.arg[3], "9"));
}

static void
another_method_is_told_what_is_allowed(void **state)
{
        const char *allow;

        assert_null(find(METHOD_PUT, "/api/v1/login", &allow));
        assert_string_equal(allow, "POST");
        assert_null(find(METHOD_PUT, "/api/v1/complaint/7", &allow));
        assert_string_equal(allow, "GET, HEAD, PATCH, DELETE");
}

static void
what_is_not_there_allows_nothing(void **state)
{
        const char *allow;

        assert_null(find(METHOD_GET, "/api/v2/complaint", &allow));
        assert_null(allow);
        assert_null(find(METHOD_GET, "/api/v1//7", &allow));
        assert_null(allow);
        assert_null(find(METHOD_GET, "/api/v1/a/b/c/d/e", &allow));
        assert_null(allow);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(words_stand_before_names),
                cmocka_unit_test(names_are_kept_in_order),
                cmocka_unit_test(another_method_is_told_what_is_allowed),
                cmocka_unit_test(what_is_not_there_allows_nothing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
