/* SPDX-License-Identifier: Apache-2.0
 *
 * problem_test.c -- errors as application/problem+json.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "api/problem.h"

static struct request q;

static struct json *
answer(void)
{
        problem_answer(&q);
        return json_parse(&q.ctx, arena_strndup(q.arena, q.out.b.p, q.out.b.n), q.out.b.n, 1000);
}

static int
fresh(void **state)
{
        if (q.arena)
                arena_free(q.arena);
        jw_free(&q.out);
        q = (struct request){.arena = arena_new(0), .id = "r1"};
        ctx_init(&q.ctx, q.arena);
        return 0;
}

static void
the_first_error_decides_and_all_are_listed(void **state)
{
        fail(&q.ctx, E_REQUIRED, "title");
        fail(&q.ctx, E_NOT_UNIQUE, "/code", "code");
        struct json *v = answer();
        const struct json *errors = json_get(v, "errors");

        assert_int_equal(q.response.status, 422);
        assert_string_equal(q.response.type, "application/problem+json");
        assert_true(str_is(json_get_text(v, "code"), "required"));
        assert_true(str_is(json_get_text(v, "request_id"), "r1"));
        assert_int_equal(errors->count, 2);
        assert_true(str_is(json_get_text(errors->child, "pointer"), "/title"));
        assert_true(str_is(json_get_text(errors->child->next, "pointer"), "/code"));
}

static void
an_error_without_a_field_has_no_list(void **state)
{
        fail(&q.ctx, E_DB_AWAY, "", "refused");
        struct json *v = answer();

        assert_int_equal(q.response.status, 503);
        assert_null(json_get(v, "errors"));
        assert_string_equal(q.response.headers[0].name, "Retry-After");
}

static void
the_title_follows_the_reader(void **state)
{
        q.header[H_ACCEPT_LANGUAGE] = STR("zh");
        fail(&q.ctx, E_NOT_FOUND, "", "case", "7");
        assert_true(str_is(json_get_text(answer(), "title"), "未找到"));
}

static void
only_stale_shows_the_record(void **state)
{
        q.current = "{\"id\":7}";
        fail(&q.ctx, E_STALE, "", "1", "2");
        assert_int_equal(json_get(json_get(answer(), "current"), "id")->i, 7);
        assert_int_equal(q.response.status, 412);
}

static void
no_reason_is_our_fault(void **state)
{
        answer();
        assert_int_equal(q.response.status, 500);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(the_first_error_decides_and_all_are_listed, fresh),
                cmocka_unit_test_setup(an_error_without_a_field_has_no_list, fresh),
                cmocka_unit_test_setup(the_title_follows_the_reader, fresh),
                cmocka_unit_test_setup(only_stale_shows_the_record, fresh),
                cmocka_unit_test_setup(no_reason_is_our_fault, fresh),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
