/* SPDX-License-Identifier: Apache-2.0
 *
 * candidates_test.c -- ranking by rules/dispatch.yaml: who comes first, who is left out, and that the reasons add up.
 */
#include "engine/test_engine.h"
#include "service/candidates.h"
#include <stdio.h>
#include <stdlib.h>

static struct ctx c;
static struct model *model;

static int
begin(void **state)
{
        ctx_init(&c, arena_new(0));
        model = test_model(&c);
        return model == NULL;
}

static int
end(void **state)
{
        model_free(model);
        arena_free(c.arena);
        return 0;
}

static const char *const T1[] = {"t1_engineer"};

static struct candidate
person(int64_t id)
{
        return (struct candidate){.id = id, .name = "P", .team_name = "T", .roles = (const char **)T1, .role_count = 1, .tier = 1,
                                  .last = USEC_NONE};
}

static struct candidates
question(struct candidate *list, size_t n, const char *severity, const char *way)
{
        return (struct candidates){.severity = str_of(severity), .way = str_of(way), .line = STR("Network"), .tier = 1,
                                   .list = list, .count = n};
}

/* What the sentences of a person add up to: the numbers in their last brackets. */
static int64_t
sum(const struct candidate *p)
{
        int64_t total = 0;

        for (size_t i = 0; i < p->why_count; i++) {
                const char *open = strrchr(p->why[i].en, '(');
                if (open != NULL && (open[1] == '+' || open[1] == '-'))
                        total += strtoll(open + 1, NULL, 10);
        }
        return total;
}

static void
skill_region_and_duty_decide(void **state)
{
        struct candidate list[] = {person(1), person(2), person(3)};
        struct candidates q = question(list, 3, "major", "onsite");

        list[0].skill = 5;
        list[0].region = REGION_OTHER;
        list[1].skill = 3;
        list[1].region = REGION_SAME;
        list[2].skill = 3;
        list[2].region = REGION_SAME;
        list[2].duty = DUTY_OFF;
        candidates_rank(c.arena, model, &q);
        assert_int_equal(q.fit, 3);
        assert_int_equal(list[0].id, 2);
        assert_int_equal(list[1].id, 3);       /* 24 + 40 - 40 + 20 against 40 - 30 + 20 */
        assert_int_equal(list[2].id, 1);
        for (int i = 0; i < 3; i++)
                assert_int_equal(sum(&list[i]), list[i].score);
}

static void
who_is_idle_longest_wins_a_tie(void **state)
{
        struct candidate list[] = {person(1), person(2), person(3), person(4)};
        struct candidates q = question(list, 4, "minor", "remote");

        list[0].last = 300;
        list[1].last = 200;
        list[2].last = 200;
        candidates_rank(c.arena, model, &q);
        assert_int_equal(list[0].id, 4);       /* never had one */
        assert_int_equal(list[1].id, 2);
        assert_int_equal(list[2].id, 3);
        assert_int_equal(list[3].id, 1);
}

static void
who_is_left_out_says_why(void **state)
{
        static const char *const partner[] = {"partner_engineer"}, *const both[] = {"hotline_engineer", "t1_engineer"};
        struct candidate list[] = {person(1), person(2), person(3), person(4), person(5)};
        struct candidates q = question(list, 5, "critical", "remote");

        list[0].duty = DUTY_OFF;
        list[1].away = true;
        list[2].offered = true;
        list[3].roles = (const char **)partner;
        list[4].duty = DUTY_CALL;
        candidates_rank(c.arena, model, &q);
        assert_int_equal(q.fit, 1);
        assert_int_equal(list[0].id, 5);
        for (int i = 1; i < 5; i++) {
                assert_true(list[i].out);
                assert_true(list[i].why_count > 0 && list[i].why[0].zh[0] != '\0');
        }
        /* On site the partner goes; who is hotline and first line goes as well. */
        q = question(list, 5, "minor", "onsite");
        for (int i = 0; i < 5; i++) {
                list[i] = person(i + 1);
                list[i].roles = (const char **)(i == 0 ? partner : both);
                list[i].role_count = i == 0 ? 1 : 2;
        }
        candidates_rank(c.arena, model, &q);
        assert_int_equal(q.fit, 5);
}

/* Thrown facts in any order give one order. */
static void
the_order_does_not_depend_on_where_one_stands(void **state)
{
        enum { N = 40 };
        struct candidate list[N], turned[N];
        struct candidates a = question(list, N, "major", "remote"), b = question(turned, N, "major", "remote");
        uint32_t dice = 7;

        for (int round = 0; round < 50; round++) {
                for (int i = 0; i < N; i++) {
                        list[i] = person(i + 1);
                        dice = dice * 1664525 + 1013904223;
                        list[i].skill = dice >> 8 & 3;
                        list[i].load = dice >> 12 & 3;
                        list[i].duty = dice >> 16 & 3;
                        list[i].last = dice >> 20 & 3;
                        list[i].offered = (dice >> 24 & 7) == 0;
                }
                for (int i = 0; i < N; i++)
                        turned[N - 1 - i] = list[i];
                candidates_rank(c.arena, model, &a);
                candidates_rank(c.arena, model, &b);
                for (int i = 0; i < N; i++)
                        assert_int_equal(list[i].id, turned[i].id);
                for (int i = 1; i < N; i++)
                        assert_true(list[i].out || (!list[i - 1].out && list[i - 1].score >= list[i].score));
        }
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(skill_region_and_duty_decide, begin, end),
                cmocka_unit_test_setup_teardown(who_is_idle_longest_wins_a_tie, begin, end),
                cmocka_unit_test_setup_teardown(who_is_left_out_says_why, begin, end),
                cmocka_unit_test_setup_teardown(the_order_does_not_depend_on_where_one_stands, begin, end),
        };

        return cmocka_run_group_tests_name("candidates", tests, NULL, NULL);
}
