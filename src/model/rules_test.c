/* SPDX-License-Identifier: Apache-2.0
 *
 * rules_test.c -- decision tables decide, code lists answer, wrong ones are reported line by line.
 */
#include "model/test_model.h"
#include "model/rules.h"

static const char PRIORITY[] =
        "rules: priority\n"
        "label: {en: Priority, zh: 优先级}\n"
        "source: domain.md 4.2\n"
        "inputs: {severity: [critical, major, minor], grade: [A, B, C, D], interrupted: bool, hours: int, word: text}\n"
        "outputs: {priority: [P1, P2, P3], notes: text}\n"
        "rows:\n"
        "  - {when: {severity: critical}, then: {priority: P1}, note: always}\n"
        "  - {when: {severity: major, grade: A, interrupted: true}, then: {priority: P1}}\n"
        "  - {when: {hours: {min: 10, max: 20}}, then: {priority: P2, notes: long}}\n"
        "  - {when: {hours: [30, 31]}, then: {priority: P2}}\n"
        "  - {when: {hours: {not: [1, 2, 30]}, word: {not: [x]}}, then: {priority: P2, notes: odd}}\n"
        "  - {when: {severity: [minor], grade: {not: [A, B]}}, then: {priority: P3}}\n"
        "  - {when: {}, then: {priority: P2}}\n"
        "tests:\n"
        "  - {given: {severity: major, grade: A, interrupted: true}, expect: {priority: P1}}\n"
        "  - {given: {}, expect: {priority: P2, notes: }}\n";
static const char CODES[] =
        "codes: pause_code\n"
        "label: {en: Pause codes, zh: 暂停代码}\n"
        "items:\n"
        "  customer_info: {label: {en: Info, zh: 信息}, evidence: true, limit: 3 WD}\n"
        "  site_access: {label: {en: Access, zh: 进场}, evidence: false}\n";

static struct model *
load(struct test_model *t)
{
        test_model_begin(t);
        test_source(t, "rules/priority.yaml", PRIORITY);
        test_source(t, "rules/codes.yaml", CODES);
        if (!test_load(t, NULL, 0))
                ctx_print_errors(&t->ctx, stderr);
        assert_non_null(t->model);
        return t->model;
}

static int
decide(const struct model *m, const char *severity, const char *grade, const char *interrupted, const char *hours, const char *word)
{
        struct rule_input in[] = {{"severity", str_of(severity)}, {"grade", str_of(grade)}, {"interrupted", str_of(interrupted)},
                                  {"hours", str_of(hours)}, {"word", str_of(word)}};

        return rules_decide(rules_table(m->rules, "priority"), in, 5);
}

static void
the_first_row_that_matches_decides(void **state)
{
        struct test_model t;
        const struct model *m = load(&t);

        assert_int_equal(decide(m, "critical", "A", "true", NULL, NULL), 0);
        assert_int_equal(decide(m, "major", "A", "true", NULL, NULL), 1);
        assert_int_equal(decide(m, "major", "A", "false", NULL, NULL), 6);
        assert_int_equal(decide(m, "minor", "C", NULL, NULL, NULL), 5);
        assert_int_equal(decide(m, "minor", "B", NULL, NULL, NULL), 6);
        assert_int_equal(decide(m, NULL, NULL, NULL, NULL, NULL), 6);
        test_model_end(&t);
}

static void
numbers_and_texts(void **state)
{
        struct test_model t;
        const struct model *m = load(&t);

        assert_int_equal(decide(m, NULL, NULL, NULL, "10", NULL), 2);
        assert_int_equal(decide(m, NULL, NULL, NULL, "20", NULL), 2);
        assert_int_equal(decide(m, NULL, NULL, NULL, "21", NULL), 6);
        assert_int_equal(decide(m, NULL, NULL, NULL, "30", NULL), 3);
        assert_int_equal(decide(m, NULL, NULL, NULL, "9", "y"), 4);
        assert_int_equal(decide(m, NULL, NULL, NULL, "9", "x"), 6);
        assert_int_equal(decide(m, NULL, NULL, NULL, "1", "y"), 6);
        test_model_end(&t);
}

static void
outputs_and_places(void **state)
{
        struct test_model t;
        const struct rule_table *p = rules_table(load(&t)->rules, "priority");

        assert_true(str_is(rules_output(p, 2, "priority"), "P2"));
        assert_true(str_is(rules_output(p, 2, "notes"), "long"));
        assert_null(rules_output(p, 0, "notes").p);
        assert_null(rules_output(p, -1, "notes").p);
        assert_null(rules_output(p, 0, "nothing").p);
        assert_string_equal(rules_row_place(p, 1), "rules/priority.yaml:8");
        assert_null(rules_table(t.model->rules, "none"));
        assert_int_equal(rules_decide(NULL, NULL, 0), -1);
        test_model_end(&t);
}

static void
codes_have_attributes(void **state)
{
        struct test_model t;
        const struct code_list *c = rules_codes(load(&t)->rules, "pause_code");
        size_t n;

        assert_string_equal(codes_options(c, &n)[1].label.zh, "进场");
        assert_int_equal(n, 2);
        assert_true(codes_has(c, STR("site_access")));
        assert_false(codes_has(c, STR("site")));
        assert_true(codes_flag(c, STR("customer_info"), "evidence"));
        assert_false(codes_flag(c, STR("site_access"), "evidence"));
        assert_false(codes_flag(c, STR("site_access"), "limit"));
        assert_true(str_is(codes_attr(c, STR("customer_info"), "limit"), "3 WD"));
        test_model_end(&t);
}

static void
tables_are_written_as_json(void **state)
{
        struct test_model t;
        const struct model *m = load(&t);
        struct jw w = {0};

        rules_json_names(m->rules, &w);
        assert_non_null(strstr(buf_c(&w.b), "{\"name\":\"pause_code\",\"kind\":\"codes\",\"label\":{\"en\":\"Pause codes\",\"zh\":\"暂停代码\"}}"));
        jw_reset(&w);
        assert_true(rules_json(m->rules, "priority", &w));
        assert_non_null(strstr(buf_c(&w.b), "{\"when\":{\"severity\":\"critical\"},\"then\":{\"priority\":\"P1\"},\"note\":\"always\",\"line\":7}"));
        assert_false(rules_json(m->rules, "none", &w));
        jw_free(&w);
        test_model_end(&t);
}

static void
faulty(const char *text)
{
        struct test_model t;

        test_model_begin(&t);
        test_source(&t, "rules/bad.yaml", text);
        assert_null(test_load(&t, NULL, 0));
        test_faults(&t, "rules/bad.yaml", text);
        test_model_end(&t);
}

static void
wrong_names_and_values_are_reported(void **state)
{
        faulty("rules: bad                        #! needs zh in its label ;; needs `tests:`\n"
               "label: {en: Bad}\n"
               "inputs: {severity: [a, b, b], n: int, x: number}  #! stands here twice ;; no type\n"
               "outputs: {p: [P1, P2]}\n"
               "rows:\n"
               "  - {when: {severity: c}, then: {p: P1}}         #! no value of \"severity\" \"c\"\n"
               "  - {when: {sevrity: a}, then: {p: P3}}          #! did you mean \"severity\"? ;; did you mean \"P1\"?\n"
               "  - {when: {n: {min: 4, max: 3}}, then: {p: P1}}  #! No number lies between\n"
               "  - {when: {n: {least: 4}}, then: {q: P1}}       #! {min: n, max: n} ;; no output \"q\"\n"
               "  - {when: {n: one}}                             #! needs `when:` and `then:` ;; needs a whole number\n"
               "tests: []\n");
}

static void
rows_that_never_match_and_gaps_are_reported(void **state)
{
        faulty("rules: bad                                       #! No row of \"bad\" matches {a: y, b: true}\n"
               "label: {en: Bad, zh: 坏}\n"
               "inputs: {a: [x, y, z], b: bool, n: int}\n"
               "outputs: {p: text}\n"
               "rows:\n"
               "  - {when: {a: [x, z]}, then: {p: one}}\n"
               "  - {when: {a: x, b: true}, then: {p: two}}      #! the row in line 6 covers it\n"
               "  - {when: {a: {not: [x, y]}}, then: {p: two}}   #! the row in line 6 covers it\n"
               "  - {when: {a: y, b: false, n: {min: 1}}, then: {p: two}}\n"
               "  - {when: {a: y, b: false, n: {min: 2, max: 5}}, then: {p: two}}   #! the row in line 9 covers it\n"
               "tests:\n"
               "  - {given: {a: x}, expect: {p: two}}            #! gives one\n"
               "  - {given: {a: y}, expect: {p: two}}            #! but none matches\n"
               "  - {given: {a: x}, expect: none}                #! expects no row\n"
               "  - {given: {a: q, c: 1}, expect: {}}            #! no value of \"a\" ;; no input \"c\" ;; but none matches\n"
               "  - {given: {a: x}}                              #! needs `given:` and `expect:`\n");
}

static void
a_table_needs_rows_and_tests(void **state)
{
        faulty("rules: bad                          #! needs `rows:` ;; needs `tests:`\n"
               "label: {en: Bad, zh: 坏}\ninputs: {a: int}\noutputs: {p: text}\n");
        faulty("codes: bad                          #! needs `items:`\nlabel: {en: Bad, zh: 坏}\n");
        faulty("codes: bad\nlabel: {en: Bad, zh: 坏}\nitems:\n  a: {}       #! needs label\n  b: x        #! needs a map\n");
}

static void
a_site_replaces_a_table(void **state)
{
        static const char other[] = "codes: pause_code\nlabel: {en: P, zh: P}\nitems: {one: {label: {en: One, zh: 一}}}\n";
        struct test_model t;
        size_t n;

        test_model_begin(&t);
        test_source(&t, "rules/codes.yaml", CODES);
        test_source(&t, "rules/site.yaml", other);
        t.sources[1].site = true;
        assert_non_null(test_load(&t, NULL, 0));
        codes_options(rules_codes(t.model->rules, "pause_code"), &n);
        assert_int_equal(n, 1);
        test_model_end(&t);

}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_first_row_that_matches_decides), cmocka_unit_test(numbers_and_texts),
                cmocka_unit_test(outputs_and_places),                 cmocka_unit_test(codes_have_attributes),
                cmocka_unit_test(tables_are_written_as_json),         cmocka_unit_test(wrong_names_and_values_are_reported),
                cmocka_unit_test(rows_that_never_match_and_gaps_are_reported),
                cmocka_unit_test(a_table_needs_rows_and_tests),       cmocka_unit_test(a_site_replaces_a_table),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
