/* SPDX-License-Identifier: Apache-2.0
 *
 * rules_version_test.c -- which text may take a table's place, and why a row is hit.
 */
#include "model/test_model.h"
#include "model/rules.h"

#define HEAD "rules: due\nlabel: {en: D, zh: D}\nsource: test\n"
#define TESTS "tests:\n  - {given: {kind: a}, expect: {after: 1 d}}\n"
static const char BEFORE[] = HEAD "inputs: {kind: [a, b], hours: int}\noutputs: {after: text}\nrows:\n"
                                  "  - {when: {kind: b}, then: {after: 2 d}}\n  - {when: {hours: {min: 5}}, then: {after: 3 d}}\n"
                                  "  - {when: {}, then: {after: 1 d}}\n" TESTS;

static struct model *
load(struct test_model *t, const char *text)
{
        test_model_begin(t);
        test_source(t, "rules/due.yaml", text);
        test_load(t, NULL, 0);
        assert_non_null(t->model);
        return t->model;
}

/* How many faults there are; the first has this place and these words. */
static size_t
faults(const char *after, const char *const *more, const char *place, const char *words)
{
        struct test_model t, u;
        const struct model *m = load(&t, BEFORE), *n = load(&u, after);
        size_t count = 0;

        rules_may_replace(&t.ctx, m->rules, n->rules, "due", more);
        for (const struct error *e = t.ctx.errors; e; e = e->next)
                count++;
        if (place) {
                assert_string_equal(t.ctx.errors->field, place);
                assert_non_null(strstr(t.ctx.errors->en, words));
        }
        test_model_end(&t);
        test_model_end(&u);
        return count;
}

static void
rows_and_tests_may_change(void **state)
{
        assert_int_equal(faults(BEFORE, NULL, NULL, NULL), 0);
        assert_int_equal(faults(HEAD "inputs: {kind: [a, b, c]}\noutputs: {after: text}\nrows:\n  - {when: {}, then: {after: 1 d}}\n" TESTS,
                                NULL, NULL, NULL), 0);
}

static void
what_nobody_gives_or_reads_is_refused(void **state)
{
        static const char *const more[] = {"weather", NULL};
        static const char text[] = HEAD "inputs: {kind: [a, b], weather: text}\noutputs: {after: text}\nrows:\n"
                                        "  - {when: {}, then: {after: 1 d}}\n" TESTS;

        assert_int_equal(faults(text, NULL, "rules/due.yaml:4:24", "Nobody gives the input \"weather\""), 1);
        assert_int_equal(faults(text, more, NULL, NULL), 0);
        assert_int_equal(faults(HEAD "inputs: {kind: [a, b]}\noutputs: {later: text}\nrows:\n  - {when: {}, then: {later: 1 d}}\n"
                                     "tests:\n  - {given: {}, expect: {later: 1 d}}\n",
                                NULL, "rules/due.yaml:5:11", "Nobody reads the output \"later\""), 2);
}

static void
options_that_occur_must_stay(void **state)
{
        assert_int_equal(faults(HEAD "inputs: {kind: [a]}\noutputs: {after: text}\nrows:\n  - {when: {}, then: {after: 1 d}}\n" TESTS, NULL,
                                "rules/due.yaml:4:10", "lacks the option \"b\""), 1);
        assert_int_equal(faults(HEAD "inputs: {kind: text}\noutputs: {after: text}\nrows:\n  - {when: {}, then: {after: 1 d}}\n" TESTS, NULL,
                                "rules/due.yaml:4:10", "another type"), 3);
}

static void
a_trace_tells_the_first_obstacle_of_each_row(void **state)
{
        struct test_model t;
        const struct rule_table *due = rules_table(load(&t, BEFORE)->rules, "due");
        char question[] = "{\"kind\":\"a\",\"hours\":4}", wrong[] = "{\"kind\":\"c\",\"hours\":\"x\",\"colour\":1}";
        struct rule_input *in;
        struct jw out = {0};
        size_t n;

        assert_true(rules_given(&t.ctx, due, json_parse(&t.ctx, question, strlen(question), 20), &in, &n));
        rules_trace(due, in, n, &out);
        assert_string_equal(buf_c(&out.b),
                            "{\"row\":3,\"place\":\"rules/due.yaml:9\",\"then\":{\"after\":\"1 d\"},\"trace\":["
                            "{\"line\":7,\"hit\":false,\"when\":{\"kind\":\"b\"},\"input\":\"kind\",\"asked\":\"b\",\"given\":\"a\"},"
                            "{\"line\":8,\"hit\":false,\"when\":{\"hours\":{\"min\":5}},\"input\":\"hours\",\"asked\":{\"min\":5},\"given\":\"4\"},"
                            "{\"line\":9,\"hit\":true,\"when\":{}}]}");
        jw_free(&out);
        assert_false(rules_given(&t.ctx, due, json_parse(&t.ctx, wrong, strlen(wrong), 20), &in, &n));
        assert_string_equal(t.ctx.errors->field, "given/kind");
        assert_string_equal(t.ctx.errors->next->field, "given/hours");
        assert_string_equal(t.ctx.errors->next->next->field, "given/colour");
        test_model_end(&t);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rows_and_tests_may_change),
                cmocka_unit_test(what_nobody_gives_or_reads_is_refused),
                cmocka_unit_test(options_that_occur_must_stay),
                cmocka_unit_test(a_trace_tells_the_first_obstacle_of_each_row),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
