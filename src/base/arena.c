/* SPDX-License-Identifier: Apache-2.0
 *
 * arena.c -- memory by lifetime: a bump pointer over a chain of blocks.
 *
 * DESIGN
 *   The arena hands out bytes from its newest block by moving `at`.  When the block is full a new
 *   one is chained before it, twice as large as the last, up to BLOCK_MAX; what is larger than a block gets
 *   a block of its own size.  arena_reset keeps the largest block that is no larger than BLOCK_MAX and
 *   frees the rest, so that an arena used over and over soon lives in one block and never asks malloc again.
 *
 *       arena_alloc   the fast path: two comparisons and an addition
 *       block_add     the slow path: one malloc
 *       arena_reset   runs the hooks, newest first, then rewinds
 *
 * Invariants
 *   1. Every address handed out is 16-aligned.
 *   2. `used` is the sum of the sizes asked for, each rounded up to 16, and never exceeds `limit`.
 *   3. Under AddressSanitizer every byte of a block that nobody asked for is poisoned, and GAP poisoned
 *      bytes follow each allocation: an overrun inside the arena is reported like one on the heap.
 *   4. Hooks run while all memory of the arena is still readable.
 *
 * Not here: locking (an arena belongs to one thread) and giving back a single allocation.
 */
#include "base/arena.h"
#include <stdbool.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#endif

#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
enum { GAP = 16 };
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#else
enum { GAP = 0 };
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

enum { ALIGN = 16, BLOCK_FIRST = 16 << 10, BLOCK_MAX = 1 << 20 };
static const size_t LIMIT_DEFAULT = (size_t)1 << 30;

struct block {
        struct block *older;
        size_t size; /* bytes of data */
        _Alignas(ALIGN) char data[];
};

struct hook {
        void (*fn)(void *);
        void *ptr;
        struct hook *older;
};

struct arena {
        char *at, *end; /* what is free in the newest block */
        size_t used, limit;
        struct block *newest;
        struct hook *hooks;
};

/* Ends the program: an arena that runs out is a defect (header). */
static _Noreturn void
die(const char *why, size_t n)
{
        fprintf(stderr, "openitr: an arena cannot give %zu bytes: %s\n", n, why);
        abort();
}

/* Makes the block the one that is handed out from; all of it is free. */
static void
block_use(struct arena *a, struct block *b)
{
        a->newest = b;
        a->at = b->data;
        a->end = b->data + b->size;
        POISON(b->data, b->size);
}

/* Chains a new block with room for `n` bytes at least. */
static void
block_add(struct arena *a, size_t n)
{
        size_t size = a->newest ? 2 * a->newest->size : BLOCK_FIRST;

        if (size > BLOCK_MAX)
                size = BLOCK_MAX;
        if (size < n)
                size = n;
        struct block *b = malloc(sizeof *b + size);
        if (b == NULL)
                die("no memory", n);
        b->older = a->newest;
        b->size = size;
        block_use(a, b);
}

static void
block_free(struct block *b)
{
        UNPOISON(b->data, b->size);
        free(b);
}

/* The first block comes with the first allocation. */
struct arena *
arena_new(size_t limit)
{
        struct arena *a = calloc(1, sizeof *a);

        if (a == NULL)
                die("no memory", sizeof *a);
        a->limit = limit ? limit : LIMIT_DEFAULT;
        return a;
}

/* Newest first; a hook may defer another one, which then runs next. */
static void
hooks_run(struct arena *a)
{
        while (a->hooks) {
                struct hook *h = a->hooks;
                a->hooks = h->older;
                h->fn(h->ptr);
        }
}

void
arena_free(struct arena *a)
{
        if (a == NULL)
                return;
        hooks_run(a);
        for (struct block *b = a->newest, *older; b; b = older) {
                older = b->older;
                block_free(b);
        }
        free(a);
}

/* Frees all blocks but the largest that is no larger than BLOCK_MAX; returns that one, or NULL. */
static struct block *
blocks_shrink(struct block *b)
{
        struct block *keep = NULL;

        for (struct block *older; b; b = older) {
                older = b->older;
                bool fits = b->size <= BLOCK_MAX && (keep == NULL || b->size > keep->size);
                struct block *drop = fits ? keep : b;
                if (fits)
                        keep = b;
                if (drop)
                        block_free(drop);
        }
        return keep;
}

void
arena_reset(struct arena *a)
{
        hooks_run(a);
        struct block *keep = blocks_shrink(a->newest);
        a->newest = NULL;
        a->at = a->end = NULL;
        a->used = 0;
        if (keep) {
                keep->older = NULL;
                block_use(a, keep);
        }
}

size_t
arena_used(const struct arena *a)
{
        return a->used;
}

void *
arena_alloc(struct arena *a, size_t n)
{
        if (n > a->limit - a->used)
                die("its limit is reached", n);
        size_t room = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
        if (room + GAP > (size_t)(a->end - a->at))
                block_add(a, room + GAP);
        char *p = a->at;
        a->at += room + GAP;
        a->used = room < a->limit - a->used ? a->used + room : a->limit;
        UNPOISON(p, n);
        return p;
}

void *
arena_zalloc(struct arena *a, size_t n)
{
        return memset(arena_alloc(a, n), 0, n);
}

char *
arena_strndup(struct arena *a, const char *s, size_t n)
{
        char *p = arena_alloc(a, n + 1);

        if (n)
                memcpy(p, s, n);
        p[n] = '\0';
        return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
        return arena_strndup(a, s, strlen(s));
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
        va_list ap;

        va_start(ap, fmt);
        int n = vsnprintf(NULL, 0, fmt, ap);
        va_end(ap);
        if (n < 0)
                die("a format cannot be written", 0);
        char *p = arena_alloc(a, (size_t)n + 1);
        va_start(ap, fmt);
        vsnprintf(p, (size_t)n + 1, fmt, ap);
        va_end(ap);
        return p;
}

void
arena_defer(struct arena *a, void (*fn)(void *), void *ptr)
{
        struct hook *h = arena_alloc(a, sizeof *h);

        *h = (struct hook){fn, ptr, a->hooks};
        a->hooks = h;
}

/* An array that only arena_grow made has room for 4, 8, 16... elements: it is full exactly when its
 * count is such a number, so that the capacity need not be kept. */
static bool
is_full(size_t count)
{
        return count == 0 || (count >= 4 && (count & (count - 1)) == 0);
}

void *
arena_grow(struct arena *a, void *old, size_t count, size_t elem)
{
        char *list = old;

        if (old == NULL || is_full(count)) {
                size_t capacity = count < 4 ? 4 : 2 * count, bytes;
                if (__builtin_mul_overflow(capacity, elem, &bytes))
                        die("the array is too long", count);
                list = arena_alloc(a, bytes);
                if (count)
                        memcpy(list, old, count * elem);
        }
        memset(list + count * elem, 0, elem);
        return list;
}
