/* SPDX-License-Identifier: Apache-2.0
 *
 * yaml_test.c -- YAML to the tree, and what is refused.
 */
#include "base/test_ctx.h"
#include "model/yaml.h"

static const struct node *
read_text_of(const char *text)
{
        return yaml_read(&c, c.arena, str_of(text), "a.yaml");
}

/* The text is refused at that place with a sentence that holds `words`. */
static void
refused(const char *text, const char *place, const char *words)
{
        ctx_clear(&c);
        assert_null(read_text_of(text));
        assert_non_null(c.errors);
        assert_int_equal(c.errors->code, E_YAML);
        assert_string_equal(c.errors->field, place);
        if (!strstr(c.errors->en, words))
                fprintf(stderr, "%s: %s\n", text, c.errors->en);
        assert_non_null(strstr(c.errors->en, words));
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
        const struct node *third = yaml_get(b->child->next, "c");
        assert_string_equal(third->text.p, "y");
        assert_false(third->plain);
        assert_int_equal(third->place.column, 9);
        assert_string_equal(place_text(c.arena, third->place), "a.yaml:4:9");
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
        assert_string_equal(str_c(c.arena, jw_view(&w)), "{\"a\":[1,true,null,\"x\",\"1\"],\"b\":{\"c\":\"q\\\"\"}}");
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
        assert_non_null(c.errors->next);
        assert_string_equal(c.errors->next->field, "a.yaml:3:11");
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
        const struct CMUnitTest tests[] = {
                TEST(every_node_knows_its_place), TEST(scalars_are_told_apart),      TEST(a_tree_is_written_as_json),
                TEST(faults_have_places),         TEST(all_duplicates_are_reported), TEST(depth_and_size_are_bounded),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
