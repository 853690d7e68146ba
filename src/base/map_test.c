/* SPDX-License-Identifier: Apache-2.0
 *
 * map_test.c -- the hash map, small and large.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/map.h"

/* A map of `count` entries "k0", "k1"... whose values are &values[i]. */
static int values[5000];

static struct map
filled(struct arena *a, int count)
{
        struct map m;

        map_init(&m, a);
        for (int i = 0; i < count; i++)
                assert_true(map_put(&m, str_of(arena_printf(a, "k%d", i)), &values[i]));
        return m;
}

static void
every_entry_is_found(void **state)
{
        static const int COUNTS[] = {1, 8, 9, 16, 17, 5000};
        struct arena *a = arena_new(0);

        for (int c = 0; c < 6; c++) {
                struct map m = filled(a, COUNTS[c]);
                for (int i = 0; i < COUNTS[c]; i++)
                        assert_ptr_equal(map_get_c(&m, arena_printf(a, "k%d", i)), &values[i]);
                assert_null(map_get_c(&m, "k"));
        }
        arena_free(a);
}

static void
an_empty_map_holds_nothing(void **state)
{
        struct arena *a = arena_new(0);
        struct map m;

        map_init(&m, a);
        assert_null(map_get_c(&m, ""));
        assert_null(map_get_c(&m, "a"));
        arena_free(a);
}

static void
put_leaves_what_is_there(void **state)
{
        struct arena *a = arena_new(0);
        struct map m = filled(a, 20);

        assert_false(map_put(&m, STR("k3"), NULL));
        assert_ptr_equal(map_get_c(&m, "k3"), &values[3]);
        arena_free(a);
}

static void
set_replaces_or_adds(void **state)
{
        struct arena *a = arena_new(0);
        struct map m = filled(a, 2);

        map_set(&m, STR("k1"), &values[9]);
        map_set(&m, STR("new"), &values[8]);
        assert_ptr_equal(map_get_c(&m, "k1"), &values[9]);
        assert_ptr_equal(map_get_c(&m, "new"), &values[8]);
        assert_int_equal(m.count, 3);
        arena_free(a);
}

static void
order_is_that_of_insertion(void **state)
{
        struct arena *a = arena_new(0);
        struct map m = filled(a, 100);

        for (int i = 0; i < 100; i++)
                assert_ptr_equal(m.entries[i].value, &values[i]);
        arena_free(a);
}

static void
keys_are_copied(void **state)
{
        struct arena *a = arena_new(0);
        char key[] = "key";
        struct map m;

        map_init(&m, a);
        map_put(&m, str_of(key), &values[0]);
        key[0] = 'x';
        assert_ptr_equal(map_get_c(&m, "key"), &values[0]);
        arena_free(a);
}

static void
an_empty_key_is_a_key(void **state)
{
        struct arena *a = arena_new(0);
        struct map m = filled(a, 20);

        assert_true(map_put(&m, STR_NONE, &values[21]));
        assert_ptr_equal(map_get_c(&m, ""), &values[21]);
        arena_free(a);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_entry_is_found),       cmocka_unit_test(an_empty_map_holds_nothing),
                cmocka_unit_test(put_leaves_what_is_there),   cmocka_unit_test(set_replaces_or_adds),
                cmocka_unit_test(order_is_that_of_insertion), cmocka_unit_test(keys_are_copied),
                cmocka_unit_test(an_empty_key_is_a_key),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
