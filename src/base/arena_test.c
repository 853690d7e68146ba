/* SPDX-License-Identifier: Apache-2.0
 *
 * arena_test.c -- what arena.h promises.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/arena.h"
#include <string.h>

static void
allocations_are_16_aligned(void **state)
{
        struct arena *a = arena_new(0);

        for (size_t n = 0; n < 100; n++)
                assert_int_equal((uintptr_t)arena_alloc(a, n) % 16, 0);
        arena_free(a);
}

static void
allocations_do_not_overlap(void **state)
{
        struct arena *a = arena_new(0);
        unsigned char *list[500];

        for (size_t i = 0; i < 500; i++)
                list[i] = memset(arena_alloc(a, i), (int)(i & 0xff), i);
        for (size_t i = 0; i < 500; i++)
                for (size_t k = 0; k < i; k++)
                        assert_int_equal(list[i][k], i & 0xff);
        arena_free(a);
}

static void
zalloc_clears_memory_used_before(void **state)
{
        struct arena *a = arena_new(0);

        memset(arena_alloc(a, 1000), 0xff, 1000);
        arena_reset(a);
        char *p = arena_zalloc(a, 1000);
        for (size_t i = 0; i < 1000; i++)
                assert_int_equal(p[i], 0);
        arena_free(a);
}

static void
larger_than_a_block_is_given(void **state)
{
        struct arena *a = arena_new(0);

        memset(arena_alloc(a, 5 << 20), 1, 5 << 20);
        assert_string_equal(arena_strdup(a, "behind"), "behind");
        arena_free(a);
}

static void
reset_starts_the_account_anew(void **state)
{
        struct arena *a = arena_new(1000);

        for (int i = 0; i < 10; i++) {
                arena_alloc(a, 900);
                assert_in_range(arena_used(a), 900, 1000);
                arena_reset(a);
                assert_int_equal(arena_used(a), 0);
        }
        arena_free(a);
}

static void
reset_keeps_a_block(void **state)
{
        struct arena *a = arena_new(0);
        void *first = arena_alloc(a, 10);

        arena_reset(a);
        assert_ptr_equal(arena_alloc(a, 10), first);
        arena_free(a);
}

static char order[8];

static void
note(void *ptr)
{
        strcat(order, ptr);
}

static void
hooks_run_newest_first(void **state)
{
        struct arena *a = arena_new(0);

        order[0] = '\0';
        arena_defer(a, note, "1");
        arena_defer(a, note, "2");
        arena_reset(a);
        assert_string_equal(order, "21");
        arena_defer(a, note, "3");
        arena_free(a);
        assert_string_equal(order, "213");
}

static void
strndup_adds_the_nul(void **state)
{
        struct arena *a = arena_new(0);

        assert_string_equal(arena_strndup(a, "abcdef", 3), "abc");
        assert_string_equal(arena_strndup(a, NULL, 0), "");
        arena_free(a);
}

static void
printf_takes_any_length(void **state)
{
        struct arena *a = arena_new(0);

        assert_int_equal(strlen(arena_printf(a, "%10000d", 1)), 10000);
        assert_string_equal(arena_printf(a, "%s-%d", "a", 7), "a-7");
        arena_free(a);
}

static void
push_keeps_what_is_there_and_clears_what_is_new(void **state)
{
        struct arena *a = arena_new(0);
        int *list = NULL;
        size_t count = 0;

        for (int i = 0; i < 1000; i++) {
                int *p = ARENA_PUSH(a, list, count);
                assert_int_equal(*p, 0);
                *p = i;
        }
        assert_int_equal(count, 1000);
        for (int i = 0; i < 1000; i++)
                assert_int_equal(list[i], i);
        arena_free(a);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(allocations_are_16_aligned),
                cmocka_unit_test(allocations_do_not_overlap),
                cmocka_unit_test(zalloc_clears_memory_used_before),
                cmocka_unit_test(larger_than_a_block_is_given),
                cmocka_unit_test(reset_starts_the_account_anew),
                cmocka_unit_test(reset_keeps_a_block),
                cmocka_unit_test(hooks_run_newest_first),
                cmocka_unit_test(strndup_adds_the_nul),
                cmocka_unit_test(printf_takes_any_length),
                cmocka_unit_test(push_keeps_what_is_there_and_clears_what_is_new),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
