/* SPDX-License-Identifier: Apache-2.0
 *
 * text.h -- Unicode text: validity, length, folding.  The only user of GLib's Unicode functions.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H
#include "base/str.h"
/* Bytes (1 to 4) of the well-formed UTF-8 sequence at p, of which `left` >= 1 may be read; 0 when there is none.
 * Overlong forms, surrogates and what lies above U+10FFFF are not well-formed. */
static inline size_t
text_sequence(const char *s, size_t left)
{
        const unsigned char *p = (const unsigned char *)s;
        unsigned c = p[0];
        size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
        unsigned low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
        unsigned high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;

        if (n < 2)
                return n;
        if (n > left || p[1] < low || p[1] > high)
                return 0;
        for (size_t i = 2; i < n; i++)
                if ((p[i] & 0xc0) != 0x80)
                        return 0;
        return n;
}
/* Valid UTF-8 without NUL. */
bool text_valid(struct str s);
size_t text_length(struct str s);                      /* in characters; s is valid */
/* NFKC normalised and case-folded; for search, uniqueness and sorting.  Pure ASCII takes a fast path. */
struct str text_fold(struct arena *a, struct str s);
/* Decodes one character at *pos and moves on; s is valid; 0 at the end. */
uint32_t text_next(struct str s, size_t *pos);
bool text_is_cjk(uint32_t c);                          /* Han, kana, hangul */
bool text_is_word(uint32_t c);                         /* letter, digit or mark that belongs to a word */
/* A NUL-ended copy that fits; cut between characters.  s is valid. */
void text_copy(char *out, size_t size, const char *s);
size_t text_put(uint32_t c, char out[4]);              /* encodes; returns bytes */
#endif
