/* SPDX-License-Identifier: Apache-2.0
 *
 * str.c -- slices of text, and a growing buffer.
 *
 * A slice is a pointer and a length; nothing here writes through it or keeps it.  An empty slice may
 * have p == NULL, and none of the functions hands such a pointer to memcpy.
 *
 * Invariants
 *   1. buf: n <= cap, and p == NULL only while cap == 0.
 *   2. A buffer at least doubles when it grows: adding n bytes one by one costs O(n).
 *   3. str_hash differs from run to run (it is seeded with what the kernel gives each process), so that
 *      nobody outside can prepare texts that collide.  It must not be stored.
 *
 * Not here: Unicode (text.c), JSON (json.c), anything that fails for a reason other than no memory,
 * on which the program ends.
 */
#include "base/str.h"
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>

bool
str_starts(struct str s, struct str prefix)
{
        return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static bool
is_blank(char c)
{
        return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str
str_trim(struct str s)
{
        while (s.n && is_blank(s.p[0])) {
                s.p++;
                s.n--;
        }
        while (s.n && is_blank(s.p[s.n - 1]))
                s.n--;
        return s;
}

struct str
str_cut(struct str s, char sep, struct str *rest)
{
        const char *at = s.n ? memchr(s.p, sep, s.n) : NULL;

        *rest = STR_NONE;
        if (at == NULL)
                return s;
        size_t before = (size_t)(at - s.p);
        *rest = (struct str){at + 1, s.n - before - 1};
        return (struct str){s.p, before};
}

bool
str_to_int(struct str s, int64_t *ret)
{
        bool minus = s.n && s.p[0] == '-';
        size_t at = s.n && (s.p[0] == '-' || s.p[0] == '+');
        int64_t v = 0;

        if (at == s.n)
                return false;
        for (; at < s.n; at++) {
                int digit = s.p[at] - '0';
                if (digit < 0 || digit > 9)
                        return false;
                if (__builtin_mul_overflow(v, 10, &v) ||
                    __builtin_add_overflow(v, minus ? -digit : digit, &v))
                        return false;
        }
        *ret = v;
        return true;
}

const char *
str_c(struct arena *a, struct str s)
{
        return arena_strndup(a, s.p, s.n);
}

/* ---- hash ---- */

/* The process's seed.  Two threads that come here first together compute the same value. */
static uint64_t
hash_seed(void)
{
        static _Atomic uint64_t seed;
        uint64_t v = atomic_load_explicit(&seed, memory_order_relaxed);

        if (v == 0) {
                memcpy(&v, (const void *)getauxval(AT_RANDOM), sizeof v);
                v |= 1;
                atomic_store_explicit(&seed, v, memory_order_relaxed);
        }
        return v;
}

/* Both halves of the 128-bit product, folded: each input bit reaches every output bit. */
static uint64_t
mix(uint64_t a, uint64_t b)
{
        __uint128_t m = (__uint128_t)a * b;

        return (uint64_t)m ^ (uint64_t)(m >> 64);
}

/* Up to 8 bytes as a number. */
static uint64_t
load(const char *p, size_t n)
{
        uint64_t v = 0;

        memcpy(&v, p, n < 8 ? n : 8);
        return v;
}

uint64_t
str_hash(struct str s)
{
        const uint64_t k1 = 0xa0761d6478bd642fu, k2 = 0xe7037ed1a0b428dbu;
        uint64_t h = hash_seed() ^ mix(s.n ^ k1, k2);

        for (; s.n >= 8; s.p += 8, s.n -= 8)
                h = mix(load(s.p, 8) ^ k1, h ^ k2);
        if (s.n)
                h = mix(load(s.p, s.n) ^ k2, h ^ k1);
        return mix(h, k1);
}

/* ---- buffer ---- */

char *
buf_room(struct buf *b, size_t n)
{
        if (b->cap - b->n < n || b->p == NULL) {
                size_t cap = b->cap < 64 ? 128 : 2 * b->cap;
                if (cap < b->n + n)
                        cap = b->n + n;
                b->p = realloc(b->p, cap);
                if (b->p == NULL || cap < n) {
                        fprintf(stderr, "openitr: no memory for a text of %zu bytes\n", cap);
                        abort();
                }
                b->cap = cap;
        }
        return b->p + b->n;
}

void
buf_add(struct buf *b, const char *p, size_t n)
{
        if (n == 0)
                return;
        memcpy(buf_room(b, n), p, n);
        b->n += n;
}

void
buf_str(struct buf *b, struct str s)
{
        buf_add(b, s.p, s.n);
}

void
buf_text(struct buf *b, const char *s)
{
        buf_add(b, s, strlen(s));
}

void
buf_char(struct buf *b, char c)
{
        *buf_room(b, 1) = c;
        b->n++;
}

void
buf_int(struct buf *b, int64_t v)
{
        char text[20], *end = text + sizeof text, *p = end; /* the longest is -9223372036854775808 */
        uint64_t rest = v < 0 ? -(uint64_t)v : (uint64_t)v;

        do
                *--p = (char)('0' + rest % 10);
        while (rest /= 10);
        if (v < 0)
                *--p = '-';
        buf_add(b, p, (size_t)(end - p));
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
        va_list ap;

        va_start(ap, fmt);
        int n = vsnprintf(NULL, 0, fmt, ap);
        va_end(ap);
        if (n <= 0)
                return;
        char *p = buf_room(b, (size_t)n + 1);
        va_start(ap, fmt);
        vsnprintf(p, (size_t)n + 1, fmt, ap);
        va_end(ap);
        b->n += (size_t)n;
}

const char *
buf_c(struct buf *b)
{
        if (b->n == 0)
                return "";
        *buf_room(b, 1) = '\0';
        return b->p;
}

void
buf_reset(struct buf *b)
{
        b->n = 0;
}

void
buf_free(struct buf *b)
{
        free(b->p);
        *b = (struct buf){0};
}

static const char *
markup_entity(char c)
{
        switch (c) {
        case '&':
                return "&amp;";
        case '<':
                return "&lt;";
        case '>':
                return "&gt;";
        case '"':
                return "&quot;";
        case '\'':
                return "&#39;";
        default:
                return NULL;
        }
}

void
buf_markup(struct buf *b, struct str s)
{
        for (size_t i = 0; i < s.n; i++) {
                char c = s.p[i];
                const char *entity = markup_entity(c);
                if (entity)
                        buf_text(b, entity);
                else
                        buf_char(b, (unsigned char)c < ' ' && c != '\t' && c != '\n' && c != '\r' ? ' ' : c);
        }
}
