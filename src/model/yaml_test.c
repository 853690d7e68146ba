/* SPDX-License-Identifier: Apache-2.0
 *
 * yaml_test.c -- YAML to the tree, and what is refused.
 */
#include "model/test_model.h"
#include "model/yaml.h"

static struct arena *arena;
static struct ctx ctx;

static int
setup(void **state)
{
        arena = arena_new(0);
        ctx_init(&ctx, arena);
        return 0;
}

static int
teardown(void **state)
{
        arena_free(arena);
        return 0;
}

static const struct node *
read_text_of(const char *text)
{
        return yaml_read(&ctx, arena, str_of(text), "a.yaml");
}

/* The text is refused at that place with a sentence that holds `words`. */
static void
refused(const char *text, const char *place, const char *words)
{
        ctx_clear(&ctx);
        assert_null(read_text_of(text));
        assert_non_null(ctx.errors);
        assert_int_equal(ctx.errors->code, E_YAML);
        assert_string_equal(ctx.errors->field, place);
        if (!strstr(ctx.errors->en, words))
                fprintf(stderr, "%s: %s\n", text, ctx.errors->en);
        assert_non_null(strstr(ctx.errors->en, words));
}

static void
every_node_knows_its_place(void **state)
{
        const struct node *root = read_text_of("a: 1\nb:\n  - x\n  - {c: 'y'}\n");
        const struct node *b = yaml_get(root, "b");

        assert_int_equal(root->count, 2);
        assert_int_equal(b->key_place.line, 2);
        assert_int_equal(b->key_place.column, 1);
        assert_int_equal(b->child->next->place.line, 4);
        assert_int_equal(b->child->next->place.column, 5);
        const struct node *c = yaml_get(b->child->next, "c");
        assert_string_equal(c->text.p, "y");
        assert_false(c->plain);
        assert_int_equal(c->place.column, 9);
        assert_string_equal(place_text(arena, c->place), "a.yaml:4:9");
}

static void
scalars_are_told_apart(void **state)
{
        const struct node *root = read_text_of("i: -12\nt: true\nq: 'true'\nn: ~\ne:\ns: 上海\n");
        int64_t i;
        bool b;

        assert_true(yaml_int(yaml_get(root, "i"), &i));
        assert_int_equal(i, -12);
        assert_true(yaml_bool(yaml_get(root, "t"), &b) && b);
        assert_false(yaml_bool(yaml_get(root, "q"), &b));
        assert_true(yaml_null(yaml_get(root, "n")));
        assert_true(yaml_null(yaml_get(root, "e")));
        assert_true(yaml_is(yaml_get(root, "s"), "上海"));
        assert_null(yaml_get(root, "x"));
}

static void
a_tree_is_written_as_json(void **state)
{
        struct jw w = {0};

        yaml_json(read_text_of("{a: [1, true, null, x, '1'], b: {c: \"q\\\"\"}}"), &w);
        assert_string_equal(str_c(arena, jw_view(&w)), "{\"a\":[1,true,null,\"x\",\"1\"],\"b\":{\"c\":\"q\\\"\"}}");
        jw_free(&w);
}

static void
faults_have_places(void **state)
{
        refused("", "a.yaml:1:1", "empty");
        refused("a: [1, 2\nb: 3\n", "a.yaml:2:2", "did not find expected");
        refused("a: 1\na: 2\n", "a.yaml:2:1", "stands here twice; first in line 1");
        refused("a: &x 1\nb: *x\n", "a.yaml:2:1", "anchors and aliases");
        refused("&x [*x]\n", "a.yaml:1:1", "anchors and aliases");
        refused("[a]: 1\n", "a.yaml:1:1", "key must be a name");
        refused("a: 1\n---\nb: 2\n", "a.yaml:3:1", "second one");
        refused("a: \"x\\0y\"\n", "a.yaml:1:4", "NUL");
        refused("a: \xff\n", "a.yaml:1:4", "UTF-8");
        refused("a: \tb\n\tc: 1\n", "a.yaml:2:1", "tab character");
}

static void
all_duplicates_are_reported(void **state)
{
        assert_null(read_text_of("a: 1\na: 2\nb: {c: 1, c: 2}\n"));
        assert_non_null(ctx.errors->next);
        assert_string_equal(ctx.errors->next->field, "a.yaml:3:11");
}

static void
depth_and_size_are_bounded(void **state)
{
        char deep[200] = "";
        struct buf big = {0};

        memset(deep, '[', 40);
        memset(deep + 40, ']', 40);
        refused(deep, "a.yaml:1:33", "nested too deeply");
        for (int i = 0; i < 40000; i++)
                buf_printf(&big, "k%025d: v\n", i);
        refused(buf_c(&big), "a.yaml:1:1", "larger than 1 MiB");
        buf_free(&big);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
        const struct CMUnitTest tests[] = {
                T(every_node_knows_its_place), T(scalars_are_told_apart),      T(a_tree_is_written_as_json),
                T(faults_have_places),         T(all_duplicates_are_reported), T(depth_and_size_are_bounded),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
