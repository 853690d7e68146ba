/* SPDX-License-Identifier: Apache-2.0
 *
 * cond_test.c -- conditions: what holds, what NULL means, what is refused.
 */
#include "model/test_model.h"
#include "model/cond.h"

static const char THING[] =
        "entity: thing\n"
        "is: record\n"
        "label: {en: Thing, zh: 物}\n"
        "fields:\n"
        "  color: {type: enum, of: [red, green, blue], label: {en: C, zh: C}}\n"
        "  size: {type: int, label: {en: S, zh: S}}\n"
        "  price: {type: money, label: {en: P, zh: P}}\n"
        "  open: {type: bool, label: {en: O, zh: O}}\n"
        "  day: {type: date, label: {en: D, zh: D}}\n"
        "  note: {type: text, label: {en: N, zh: N}}\n"
        "  tags: {type: multi_enum, of: [a, b], label: {en: T, zh: T}}\n"
        "  shown: {type: ref, label: {en: R, zh: R}}\n";
static struct test_model t;
static const struct entity *e;

static int
setup(void **state)
{
        test_entity(&t, THING);
        e = model_entity(t.model, "thing");
        return e ? 0 : -1;
}

static int
teardown(void **state)
{
        test_model_end(&t);
        return 0;
}

/* Does the condition hold for red, 10, 12.50, true, 2026-02-01, "a b", NULL? */
static bool
holds(const char *text)
{
        struct val v[8] = {
                VAL_OF_TEXT(STR("red")),        VAL_OF_INT(10),          VAL_OF_INT(1250), VAL_OF_INT(1),
                VAL_OF_TEXT(STR("2026-02-01")), VAL_OF_TEXT(STR("a b")),
        };
        const struct cond *c = cond_parse(&t.ctx, t.arena, e, str_of(text), "m.yaml:1:1");

        if (c == NULL)
                ctx_print_errors(&t.ctx, stderr);
        assert_non_null(c);
        return cond_holds(c, v);
}

static void
refused(const char *text, const char *words)
{
        ctx_clear(&t.ctx);
        assert_null(cond_parse(&t.ctx, t.arena, e, str_of(text), "m.yaml:7:9"));
        assert_int_equal(t.ctx.errors->code, E_MODEL);
        assert_string_equal(t.ctx.errors->field, "m.yaml:7:9");
        assert_null(t.ctx.errors->next);
        if (!strstr(t.ctx.errors->en, words))
                fprintf(stderr, "%s: %s\n", text, t.ctx.errors->en);
        assert_non_null(strstr(t.ctx.errors->en, words));
}

/* Of a step that takes color and size. */
static bool
may_hold(const char *text)
{
        static const struct val v[8] = {{0}};
        const struct field *takes[] = {&e->fields[0], &e->fields[1]};
        struct transition step = {.needs = takes, .may = takes + 1, .needs_count = 1, .may_count = 1};

        return cond_may_hold(cond_parse(&t.ctx, t.arena, e, str_of(text), "m.yaml:1:1"), v, &step);
}

static void
what_is_given_later_may_hold(void **state)
{
        assert_string_equal(e->fields[0].name, "color");
        assert_true(may_hold("color == red and size > 3"));
        assert_true(may_hold("not color == red"));
        assert_true(may_hold("color == red or open == true"));
        assert_false(may_hold("open == true"));
        assert_false(may_hold("color == red and open == true"));
        assert_true(may_hold("note is not set"));
        assert_false(may_hold("not (color == red or note is not set)"));
}

static void
comparisons(void **state)
{
        assert_true(holds("color == red"));
        assert_false(holds("color != red"));
        assert_true(holds("color == \"red\""));
        assert_true(holds("size >= 10 and size <= 10"));
        assert_false(holds("size < 10 or size > 10"));
        assert_true(holds("price == 12.5"));
        assert_true(holds("price > 12.49"));
        assert_true(holds("open == true"));
        assert_true(holds("open"));
        assert_true(holds("day < 2026-02-02"));
        assert_true(holds("note == 'a b'"));
}

static void
lists_and_presence(void **state)
{
        assert_true(holds("color in [green, red]"));
        assert_false(holds("color not in [green, red]"));
        assert_true(holds("size not in [1, 2]"));
        assert_true(holds("color is set"));
        assert_true(holds("tags is not set"));
        assert_false(holds("tags is set"));
}

static void
and_binds_more_than_or(void **state)
{
        assert_true(holds("color == red or size == 1 and size == 2"));
        assert_false(holds("(color == red or size == 1) and size == 2"));
        assert_true(holds("not size == 1 and open"));
        assert_true(holds("not (size == 1 or color == blue)"));
        assert_true(holds("not not open"));
}

static void
null_compares_false(void **state)
{
        struct val none[8] = {{0}};
        static const char *const texts[] = {"size == 1", "size != 1", "size < 1", "size >= 1", "color in [red]",
                                            "color not in [red]", "open", "note is set"};

        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
                assert_false(cond_holds(cond_parse(&t.ctx, t.arena, e, str_of(texts[i]), ""), none));
        assert_true(cond_holds(cond_parse(&t.ctx, t.arena, e, STR("size is not set"), ""), none));
        assert_true(cond_holds(cond_parse(&t.ctx, t.arena, e, STR("not size == 1"), ""), none));
}

static void
faults_say_what_is_allowed(void **state)
{
        refused("", "a field's name is needed");
        refused("colour == red", "there is no field \"colour\" to ask. Allowed: color, size");
        refused("shown == 1", "no field \"shown\" to ask");
        refused("color == pink", "\"pink\" is not allowed. Allowed: red, green, blue");
        refused("color < red", "has no order");
        refused("size == many", "does not fit the field \"size\"");
        refused("size = 1", "\"=\" cannot stand alone");
        refused("size == 1 size == 2", "\"and\", \"or\" or the end");
        refused("(size == 1", "\")\" is needed");
        refused("size in 1", "needs a list");
        refused("size in [1 2]", "\",\" or \"]\"");
        refused("tags == a", "only `is set` and `is not set`");
        refused("size", "needs ==");
        refused("size is 1", "\"is\" needs \"set\"");
        refused("size not 1", "\"not\" needs \"in\"");
        refused("note == 'a", "does not end");
        refused("size == 1 & open", "no meaning here");
        refused("note == \"\"", "\"is set\" asks for that");
        refused("price == 1.001", "at most 2 decimals");
}

static void
depth_and_length_are_bounded(void **state)
{
        char deep[300];

        memset(deep, '(', 40);
        strcpy(deep + 40, "open");
        refused(deep, "nested too deeply");
        char *text = arena_zalloc(t.arena, 2102);
        memset(text, ' ', 2100);
        refused(text, "2000 characters");
}

static void
the_browser_gets_json(void **state)
{
        struct jw w = {0};

        cond_json(cond_parse(&t.ctx, t.arena, e,
                             STR("color in [red, blue] and (not price < 1.5 or tags is not set) and open"), ""), &w);
        assert_string_equal(str_c(t.arena, jw_view(&w)),
                            "{\"and\":[{\"and\":[{\"field\":\"color\",\"in\":[\"red\",\"blue\"]},{\"or\":[{\"not\":{\"field\":\"price\","
                            "\"lt\":1.50}},{\"field\":\"tags\",\"set\":false}]}]},{\"field\":\"open\",\"eq\":true}]}");
        jw_free(&w);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
        const struct CMUnitTest tests[] = {
                T(comparisons),        T(lists_and_presence),         T(and_binds_more_than_or),
                T(what_is_given_later_may_hold),
                T(null_compares_false), T(faults_say_what_is_allowed), T(depth_and_length_are_bounded),
                T(the_browser_gets_json),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
