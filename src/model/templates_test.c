/* SPDX-License-Identifier: Apache-2.0
 *
 * templates_test.c -- words of notices: what is refused at load, and that the built-in ones are sound.
 */
#include "model/templates.h"
#include "model/test_model.h"

static const char KINDS[] = "codes: notice_kind\nlabel: {en: K, zh: K}\nitems:\n  work: {label: {en: W, zh: W}, staff: inbox}\n";
static const char WORDS[] =
        "codes: notice_words\nlabel: {en: W, zh: W}\nitems:\n"
        "  customer: {label: {en: C, zh: C}, never_en: \"OLA tier\", never_zh: \"你\"}\n"
        "  staff: {label: {en: S, zh: S}, never_zh: \"您\"}\n";
#define GOOD "{subject: {en: \"{number}\", zh: \"{number}\"}, text: {en: Yes, zh: 是}}"

static struct model *
load(struct test_model *t, const char *templates)
{
        test_model_begin(t);
        test_source(t, "roles.yaml", TEST_ROLES);
        test_source(t, "case.yaml", TEST_CASE);
        test_source(t, "rules/kinds.yaml", KINDS);
        test_source(t, "rules/words.yaml", WORDS);
        test_source(t, "notices/x.yaml", templates);
        return test_load(t, NULL, 0);
}

/* The one fault that this text makes. */
static void
refused(const char *templates, const char *with)
{
        struct test_model t;

        assert_null(load(&t, templates));
        assert_non_null(t.ctx.errors);
        if (!strstr(t.ctx.errors->en, with) || t.ctx.errors->next)
                ctx_print_errors(&t.ctx, stderr);
        assert_non_null(strstr(t.ctx.errors->en, with));
        assert_null(t.ctx.errors->next);
        assert_memory_equal(t.ctx.errors->field, "notices/x.yaml:", 15);
        arena_free(t.arena);
}

static void
test_a_sound_template(void **state)
{
        struct test_model t;
        struct model *m = load(&t, "templates:\n  told:\n    kind: work\n    critical: true\n    staff: " GOOD "\n");
        const struct template *x;

        assert_non_null(m);
        x = template_get(m->templates, STR("told"));
        assert_non_null(x);
        assert_true(x->critical && !x->fixed);
        assert_string_equal(x->by[AUDIENCE_STAFF].text.zh, "是");
        assert_null(x->by[AUDIENCE_CUSTOMER].subject.en);
        assert_null(template_get(m->templates, STR("other")));
        model_free(m);
        arena_free(t.arena);
}

static void
test_what_is_refused(void **state)
{
        refused("templates:\n  a:\n    kind: work\n    staff: {subject: {en: \"{nummer}\", zh: x}, text: {en: x, zh: x}}\n", "did you mean \"number\"?");
        refused("templates:\n  a:\n    kind: work\n    staff: {subject: {en: \"{number\", zh: x}, text: {en: x, zh: x}}\n", "has no partner");
        refused("templates:\n  a:\n    kind: work\n    staff: {subject: {en: \"x}\", zh: x}, text: {en: x, zh: x}}\n", "has no partner");
        refused("templates:\n  a:\n    kind: work\n    customer: {subject: {en: \"{team}\", zh: x}, text: {en: x, zh: x}}\n", "no placeholder for customer \"team\"");
        refused("templates:\n  a:\n    kind: work\n    customer: {subject: {en: x, zh: 你好}, text: {en: x, zh: x}}\n", "no word for customer");
        refused("templates:\n  a:\n    kind: work\n    customer: {subject: {en: x, zh: x}, text: {en: The OLA ends, zh: x}}\n", "\"OLA\" is no word for customer");
        refused("templates:\n  a:\n    kind: work\n    staff: {subject: {en: x, zh: x}, text: {en: x, zh: 您好}}\n", "no word for staff");
        refused("templates:\n  a:\n    kind: work\n    staff: {subject: {en: x}, text: {en: x, zh: x}}\n", "needs both languages");
        refused("templates:\n  a:\n    kind: work\n    staff: {subject: {en: x, zh: x}}\n", "The text for staff needs both languages");
        refused("templates:\n  a:\n    kind: play\n    staff: " GOOD "\n", "no kind of notice \"play\"");
        refused("templates:\n  a:\n    staff: " GOOD "\n", "needs `kind`");
        refused("templates:\n  a:\n    kind: work\n", "needs `customer` or `staff`");
        refused("templates:\n  a:\n    kind: work\n    stuff: " GOOD "\n    staff: " GOOD "\n", "did you mean \"staff\"?");
        refused("templates:\n  a:\n    kind: work\n    staff: " GOOD "\n---\n", "one document");
}

static void
test_what_a_model_names_must_be_there(void **state)
{
        static const char loan[] =
                "entity: loan\nis: case\nlabel: {en: L, zh: L}\nnumber: \"L{seq:4}\"\nstates:\n  on: {stage: accept, label: {en: B, zh: B}}\n"
                "  off: {stage: close, final: true, label: {en: S, zh: S}}\ntransitions:\n"
                "  stop: {from: on, to: off, by: staff, label: {en: G, zh: G}}\nnotices:\n"
                "  - {on: stop, to: handler, template: gone}\n  - {on: stop, to: customer, template: told}\n  - {on: stop, to: lead, template: told}\n";
        struct test_model t;

        test_model_begin(&t);
        test_source(&t, "roles.yaml", TEST_ROLES);
        test_source(&t, "case.yaml", TEST_CASE);
        test_source(&t, "loan.yaml", loan);
        test_source(&t, "rules/kinds.yaml", KINDS);
        test_source(&t, "notices/x.yaml", "templates:\n  told:\n    kind: work\n    staff: " GOOD "\n");
        assert_null(test_load(&t, NULL, 0));
        assert_non_null(strstr(t.ctx.errors->en, "no template \"gone\""));
        assert_non_null(strstr(t.ctx.errors->next->en, "has no words for customer"));
        assert_null(t.ctx.errors->next->next);
        arena_free(t.arena);
}

static void
test_a_site_says_it_otherwise(void **state)
{
        struct test_model t;
        struct model *m;

        test_model_begin(&t);
        test_source(&t, "roles.yaml", TEST_ROLES);
        test_source(&t, "case.yaml", TEST_CASE);
        test_source(&t, "rules/kinds.yaml", KINDS);
        test_source(&t, "notices/x.yaml", "templates:\n  told:\n    kind: work\n    staff: " GOOD "\n");
        test_source(&t, "notices/y.yaml", "templates:\n  told:\n    kind: work\n    staff: {subject: {en: Ours, zh: 我们的}, text: {en: x, zh: x}}\n");
        t.sources[t.count - 1].site = true;
        m = test_load(&t, NULL, 0);
        assert_non_null(m);
        assert_string_equal(template_get(m->templates, STR("told"))->by[AUDIENCE_STAFF].subject.en, "Ours");
        assert_int_equal(m->templates->count, 1);
        model_free(m);
        arena_free(t.arena);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_sound_template),
                cmocka_unit_test(test_what_is_refused),
                cmocka_unit_test(test_what_a_model_names_must_be_there),
                cmocka_unit_test(test_a_site_says_it_otherwise),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
