/* SPDX-License-Identifier: Apache-2.0
 *
 * json_bytes.h -- for json.c and json_write.c alone: which bytes of a text need care, eight looked at together.
 */
#ifndef BASE_JSON_BYTES_H
#define BASE_JSON_BYTES_H
#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The bytes of `w` that do not stand for themselves within a text have their high bit set in the result.
 * Only the lowest bit set is exact: a borrow may mark bytes above it. */
static inline uint64_t
special(uint64_t w)
{
        const uint64_t ones = UINT64_MAX / 255, highs = ones * 0x80;
        uint64_t quote = w ^ ones * '"', slash = w ^ ones * '\\';

        return (((w - ones * ' ') & ~w) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash) | w) & highs;
}

/* The same for one byte. */
static inline bool
is_special(char c)
{
        return (unsigned char)c < ' ' || (unsigned char)c >= 0x80 || c == '"' || c == '\\';
}

/* Eight bytes, the first one lowest. */
static inline uint64_t
load8(const char *p)
{
        uint64_t w;

        memcpy(&w, p, sizeof w);
        return le64toh(w);
}
#endif
