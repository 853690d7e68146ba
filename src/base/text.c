/* SPDX-License-Identifier: Apache-2.0
 *
 * text.c -- Unicode text: validity, length, folding.
 *
 * Nearly all text that the server looks at is ASCII or CJK.  Validity, length and decoding are therefore
 * done here, byte by byte; only folding and the question what is a letter go to GLib, and
 * folding only for text that is not pure ASCII.
 *
 * Invariants
 *   1. text_fold(text_fold(s)) == text_fold(s) for what people write: the text is normalised
 *      (NFKC), case-folded, and normalised again because folding may take a text out of its normal form.
 *   2. The ASCII path of text_fold gives what the long path would give.
 *   3. Except text_valid and text_sequence, everything here expects valid UTF-8.
 *
 * Not here: collation by language, word segmentation (the search index cuts words by text_is_word and
 * CJK characters by pairs).
 */
#include "base/text.h"
#include <glib.h>

/* How many bytes at the front are ASCII other than NUL. */
static size_t
ascii_run(struct str s)
{
        const uint64_t ones = UINT64_MAX / 255, highs = ones * 0x80;
        size_t i = 0;

        for (uint64_t w; s.n - i >= 8; i += 8) {
                memcpy(&w, s.p + i, 8);
                if ((w | (w - ones)) & highs)
                        break;
        }
        while (i < s.n && (unsigned char)(s.p[i] - 1) < 0x7f)
                i++;
        return i;
}

bool
text_valid(struct str s)
{
        while (s.n) {
                size_t n = ascii_run(s);
                if (n == 0)
                        n = s.p[0] ? text_sequence(s.p, s.n) : 0;
                if (n == 0)
                        return false;
                s = (struct str){s.p + n, s.n - n};
        }
        return true;
}

/* Every byte but the continuation bytes (10xxxxxx) starts a character. */
size_t
text_length(struct str s)
{
        size_t n = 0;

        for (size_t i = 0; i < s.n; i++)
                n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
        return n;
}

static struct str
fold_ascii(struct arena *a, struct str s)
{
        char *p = arena_alloc(a, s.n + 1);

        for (size_t i = 0; i < s.n; i++)
                p[i] = (char)(s.p[i] + (s.p[i] >= 'A' && s.p[i] <= 'Z' ? 'a' - 'A' : 0));
        p[s.n] = '\0';
        return (struct str){p, s.n};
}

/* The folded text is NUL-ended. */
struct str
text_fold(struct arena *a, struct str s)
{
        if (ascii_run(s) == s.n)
                return fold_ascii(a, s);
        char *normal = g_utf8_normalize(s.p, (gssize)s.n, G_NORMALIZE_NFKC);
        char *folded = normal ? g_utf8_casefold(normal, -1) : NULL;
        char *again = folded ? g_utf8_normalize(folded, -1, G_NORMALIZE_NFKC) : NULL;
        struct str r = again ? str_of(again) : s;
        r.p = arena_strndup(a, r.p, r.n);
        g_free(again);
        g_free(folded);
        g_free(normal);
        return r;
}

uint32_t
text_next(struct str s, size_t *pos)
{
        if (*pos >= s.n)
                return 0;
        const unsigned char *p = (const unsigned char *)s.p + *pos;
        size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
        uint32_t c = n == 1 ? p[0] : p[0] & (0xffu >> (n + 1));

        if (n > s.n - *pos)
                n = s.n - *pos;
        for (size_t i = 1; i < n; i++)
                c = c << 6 | (p[i] & 0x3fu);
        *pos += n;
        return c;
}

bool
text_is_cjk(uint32_t c)
{
        static const struct {
                uint32_t first, last;
        } RANGES[] = {
                {0x1100, 0x11ff},   /* hangul jamo */
                {0x2e80, 0x2fdf},   /* radicals */
                {0x3005, 0x3007},   /* iteration mark, closing mark, zero */
                {0x3021, 0x3029},   /* Hangzhou numerals */
                {0x3031, 0x3035},   /* kana repeat marks */
                {0x3041, 0x30ff},   /* hiragana, katakana */
                {0x3105, 0x318e},   /* bopomofo, hangul compatibility jamo */
                {0x31a0, 0x31ff},   /* bopomofo, strokes, katakana */
                {0x3400, 0x4dbf},   /* Han, extension A */
                {0x4e00, 0x9fff},   /* Han */
                {0xa960, 0xa97f},   /* hangul jamo */
                {0xac00, 0xd7ff},   /* hangul */
                {0xf900, 0xfaff},   /* Han, compatibility */
                {0xff66, 0xffdc},   /* half-width kana, hangul */
                {0x1b000, 0x1b16f}, /* kana */
                {0x20000, 0x323af}, /* Han, extensions B to H */
        };

        for (size_t i = 0; i < sizeof RANGES / sizeof RANGES[0] && c >= RANGES[i].first; i++)
                if (c <= RANGES[i].last)
                        return true;
        return false;
}

bool
text_is_word(uint32_t c)
{
        if (c < 0x80)
                return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        return g_unichar_isalnum(c) || g_unichar_ismark(c);
}

size_t
text_put(uint32_t c, char out[4])
{
        size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

        if (n == 1) {
                out[0] = (char)c;
                return 1;
        }
        for (size_t i = n - 1; i > 0; i--, c >>= 6)
                out[i] = (char)(0x80 | (c & 0x3f));
        out[0] = (char)(0xf00u >> n | c);
        return n;
}

void
text_copy(char *out, size_t size, const char *s)
{
        size_t n = strlen(s);

        if (n >= size)
                for (n = size - 1; n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80;)
                        n--;
        memcpy(out, s, n);
        out[n] = '\0';
}
