/* SPDX-License-Identifier: Apache-2.0
 *
 * arena.h -- memory by lifetime.
 *
 * An arena belongs to one thread and one purpose (a request, a model, a batch of rows).
 * Nothing taken from it is freed alone; all goes at arena_reset or arena_free, after the
 * cleanup hooks ran in reverse order.  Running out of the arena's limit, or of memory,
 * aborts: limits on input are checked before, so that this is a defect, not an input.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H
#include <stddef.h>
#include <stdint.h>

struct arena;

/* `limit` bytes at most over the arena's life since the last reset; 0 means 1 GiB. */
struct arena *arena_new(size_t limit);
void arena_free(struct arena *a);
/* Back to empty; keeps one block, so that a per-thread arena allocates nothing in the steady state. */
void arena_reset(struct arena *a);
size_t arena_used(const struct arena *a);

void *arena_alloc(struct arena *a, size_t n);          /* 16-aligned, not cleared */
void *arena_zalloc(struct arena *a, size_t n);         /* cleared */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);      /* adds the NUL */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Runs fn(ptr) at reset or free. */
void arena_defer(struct arena *a, void (*fn)(void *), void *ptr);

#define ARENA_NEW(a, type) ((type *)arena_zalloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_zalloc((a), sizeof(type) * (size_t)(n)))

/* Grows a plain array kept as pointer + count: ARENA_PUSH(a, list, count) yields the new last element's address.
 * Capacity is the next power of two, so that only the count has to be kept. */
#define ARENA_PUSH(a, ptr, count)                                                                            \
        ((ptr) = arena_grow((a), (ptr), (count), sizeof *(ptr)), &(ptr)[(count)++])
void *arena_grow(struct arena *a, void *old, size_t count, size_t elem);       /* room for count+1; new element cleared */
#endif
