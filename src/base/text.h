/* SPDX-License-Identifier: Apache-2.0
 *
 * text.h -- Unicode text: validity, length, folding.  The only user of GLib's Unicode functions.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H
#include "base/str.h"
/* Valid UTF-8 without NUL. */
bool text_valid(struct str s);
size_t text_length(struct str s);                      /* in characters; s is valid */
/* NFKC normalised and case-folded; for search, uniqueness and sorting.  Pure ASCII takes a fast path. */
struct str text_fold(struct arena *a, struct str s);
/* Decodes one character at *pos and moves on; s is valid; 0 at the end. */
uint32_t text_next(struct str s, size_t *pos);
bool text_is_cjk(uint32_t c);                          /* Han, kana, hangul */
bool text_is_word(uint32_t c);                         /* letter, digit or mark that belongs to a word */
size_t text_put(uint32_t c, char out[4]);              /* encodes; returns bytes */
#endif
