/* SPDX-License-Identifier: Apache-2.0
 *
 * test_ctx.h -- the context and the arena that each test of a file has for itself.  Included by test programs only.
 */
#ifndef BASE_TEST_CTX_H
#define BASE_TEST_CTX_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#undef fail                     /* cmocka's; ours is base/ctx.h */
#include "base/ctx.h"

static struct ctx c;

static int
test_begin(void **state)
{
        ctx_init(&c, arena_new(0));
        return 0;
}

static int
test_end(void **state)
{
        arena_free(c.arena);
        return 0;
}

/* A row of a group of tests. */
#define TEST(f) cmocka_unit_test_setup_teardown(f, test_begin, test_end)
#endif
