/* SPDX-License-Identifier: Apache-2.0
 *
 * str.h -- slices of text, and a growing buffer.
 *
 * A str does not own its bytes and need not end in NUL.  A buf grows on the heap (buf_free)
 * because it lives as long as its thread or its reply; text from a buf is valid until the next add.
 */
#ifndef BASE_STR_H
#define BASE_STR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "base/arena.h"

struct str {
        const char *p;
        size_t n;
};
#define STR(lit) ((struct str){(lit), sizeof(lit) - 1})
#define STR_NONE ((struct str){NULL, 0})

static inline struct str
str_of(const char *s)
{
        return (struct str){s, s ? strlen(s) : 0};
}
static inline bool
str_eq(struct str a, struct str b)
{
        return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
static inline bool
str_is(struct str a, const char *lit)
{
        return str_eq(a, str_of(lit));
}
bool str_starts(struct str s, struct str prefix);
struct str str_trim(struct str s);                     /* ASCII blanks at both ends */
/* Cuts at the first `sep`: returns the part before, leaves the part behind in *rest (p == NULL when there was none). */
struct str str_cut(struct str s, char sep, struct str *rest);
bool str_to_int(struct str s, int64_t *ret);           /* whole text, decimal, sign allowed; false on overflow */
const char *str_c(struct arena *a, struct str s);      /* NUL-ended copy */
uint64_t str_hash(struct str s);

struct buf {
        char *p;
        size_t n, cap;
};
char *buf_room(struct buf *b, size_t n);               /* at least n writable bytes at p + n(used) */
void buf_add(struct buf *b, const char *p, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_text(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_int(struct buf *b, int64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Escaped for the text and the attributes of XML and HTML; control characters but tab and line end become blanks. */
void buf_markup(struct buf *b, struct str s);
const char *buf_c(struct buf *b);                      /* NUL-ended view, "" when empty */
static inline struct str
buf_view(const struct buf *b)
{
        return (struct str){b->p, b->n};
}
void buf_reset(struct buf *b);                         /* length 0, keeps the memory */
void buf_free(struct buf *b);
#endif
