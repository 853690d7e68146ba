/* SPDX-License-Identifier: Apache-2.0
 *
 * json.c -- JSON is read, strictly (RFC 8259).
 *
 * DESIGN
 *   The reader spends its time in texts, and most texts hold nothing that needs care.  So eight bytes are looked at
 *   together (json_bytes.h), and only where one of them is a quote, a backslash, a control character or not ASCII does a
 *   step for that one character follow.  A text is left where it stands; from its first escape on the rest is moved down.
 *
 *       json_parse -> value -> members -> value ...    at most JSON_DEPTH deep
 *                           -> string -> string_rest -> unescape
 *                           -> number, word
 *
 * Invariants
 *   1. What json_parse accepts, jw_json writes, and json_parse reads as the same tree again.
 *   2. Every number that was read is finite.
 *   3. The reader reads no byte at or behind text + n.
 *
 * Where RFC 8259 leaves the choice to the reader (the i_ files of the JSON test suite)
 *   - A number whose double would be infinite is refused; one that underflows is 0; a whole number that
 *     does not fit 64 bits is a JSON_REAL.  The source text is kept in all cases.
 *   - A lone or misordered surrogate (\ud800) is refused, as are bytes that are not UTF-8, overlong
 *     forms, UTF-16 and a byte order mark.
 *   - Nesting deeper than JSON_DEPTH is refused; so are more values than the caller allows.
 *   - Duplicate names and \u0000 are kept.
 *   A number is whole by how it is written: 1 is a JSON_INT, 1.0 and 1e0 are JSON_REAL.
 *
 * Numbers are read in the "C" locale, which the program never leaves.
 *
 * Not here: writing (json_write.c), what a field must be (model/), problem documents (api/problem.c).
 */
#include "base/json.h"
#include "base/json_bytes.h"
#include "base/text.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct reader {
        struct ctx *ctx;
        char *text, *p; /* where it begins; where we are */
        const char *end;
        size_t max, left;   /* nodes allowed in all; still allowed */
        struct json *spare; /* nodes taken from the arena and not used yet */
        size_t spare_count;
        int depth;
};

static bool value(struct reader *r, struct json *v);

/* Fails at the byte where the reader is. */
static bool
bad(struct reader *r, const char *why)
{
        return fail(r->ctx, E_JSON, "", why, arena_printf(r->ctx->arena, "%td", r->p - r->text));
}

/* A cleared node; they are taken from the arena by the dozen. */
static struct json *
node_new(struct reader *r)
{
        enum { CHUNK = 24 };

        if (r->left == 0) {
                fail(r->ctx, E_TOO_MANY, "", "JSON values", arena_printf(r->ctx->arena, "%zu", r->max));
                return NULL;
        }
        r->left--;
        if (r->spare_count == 0) {
                r->spare_count = r->left < CHUNK ? r->left + 1 : CHUNK;
                r->spare = ARENA_ARRAY(r->ctx->arena, struct json, r->spare_count);
        }
        r->spare_count--;
        return r->spare++;
}

static inline void
skip_blanks(struct reader *r)
{
        while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t'))
                r->p++;
}

/* Steps over `c` if it is next. */
static inline bool
take(struct reader *r, char c)
{
        if (r->p == r->end || *r->p != c)
                return false;
        r->p++;
        return true;
}

/* ---- texts ---- */

/* The first special byte at or behind p, or the end. */
static inline char *
plain_end(char *p, const char *end)
{
        for (; end - p >= 8; p += 8) {
                uint64_t marks = special(load8(p));
                if (marks)
                        return p + __builtin_ctzll(marks) / 8;
        }
        while (p < end && !is_special(*p))
                p++;
        return p;
}

/* The first byte at or behind p that is not text as it stands: a quote, a backslash, a control character,
 * a byte that belongs to no character; or the end. */
static inline char *
run_end(char *p, const char *end)
{
        for (;;) {
                p = plain_end(p, end);
                if (p == end || (unsigned char)*p < 0x80)
                        return p;
                while (p < end && (unsigned char)*p >= 0x80) {
                        size_t n = text_sequence(p, (size_t)(end - p));
                        if (n == 0)
                                return p;
                        p += n;
                }
        }
}

static int
hex_digit(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        c |= 0x20;
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Takes "\uXXXX"; -1 when that is not what comes next. */
static int32_t
take_unit(struct reader *r)
{
        int32_t unit = 0;

        if (r->end - r->p < 6 || r->p[0] != '\\' || r->p[1] != 'u')
                return -1;
        for (int i = 2; i < 6; i++) {
                int digit = hex_digit(r->p[i]);
                if (digit < 0)
                        return -1;
                unit = unit << 4 | digit;
        }
        r->p += 6;
        return unit;
}

/* Takes "\uXXXX", or the two of a surrogate pair, and writes the character at d.
 * Never longer than what it replaces.  Returns its end, or NULL. */
static char *
unescape_unit(struct reader *r, char *d)
{
        int32_t c = take_unit(r);

        if (c < 0) {
                bad(r, "\\u needs four hexadecimal digits");
                return NULL;
        }
        if (c >= 0xd800 && c <= 0xdfff) {
                int32_t low = c <= 0xdbff ? take_unit(r) : -1;
                if (low < 0xdc00 || low > 0xdfff) {
                        bad(r, "a surrogate stands alone");
                        return NULL;
                }
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        }
        return d + text_put((uint32_t)c, d);
}

/* Takes the escape at the reader's place and writes what it means at d.  Returns its end, or NULL. */
static char *
unescape(struct reader *r, char *d)
{
        static const char MEANS[128] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['n'] = '\n',
                                        ['r'] = '\r', ['t'] = '\t',  ['b'] = '\b', ['f'] = '\f'};
        unsigned char c = r->end - r->p > 1 ? (unsigned char)r->p[1] : 0;

        if (c == 'u')
                return unescape_unit(r, d);
        if (c >= 0x80 || MEANS[c] == 0) {
                bad(r, "there is no such escape");
                return NULL;
        }
        *d++ = MEANS[c];
        r->p += 2;
        return d;
}

/* The rest of the text that began at `start`, from its first escape on; each run moves down by what the
 * escapes before it saved. */
static bool
string_rest(struct reader *r, char *start, struct str *ret)
{
        char *d = r->p;

        while (r->p < r->end && *r->p == '\\') {
                d = unescape(r, d);
                if (d == NULL)
                        return false;
                char *run = r->p;
                r->p = run_end(run, r->end);
                memmove(d, run, (size_t)(r->p - run));
                d += r->p - run;
        }
        *ret = (struct str){start, (size_t)(d - start)};
        if (take(r, '"'))
                return true;
        if (r->p == r->end)
                return bad(r, "a text is not closed");
        return bad(r, (unsigned char)*r->p < ' ' ? "a control character in a text must be escaped"
                                                 : "the bytes are not UTF-8");
}

/* The text whose opening quote is next. */
static inline bool
string(struct reader *r, struct str *ret)
{
        char *start = ++r->p;

        r->p = run_end(start, r->end);
        if (r->p < r->end && *r->p == '"') {
                *ret = (struct str){start, (size_t)(r->p++ - start)};
                return true;
        }
        return string_rest(r, start, ret);
}

/* ---- numbers ---- */

/* The number mantissa * 10^scale, unless digits were lost because there are more than 19. */
struct decimal {
        uint64_t mantissa;
        int digits;
        int64_t scale;
        bool lost;
};

/* Takes digits into the mantissa; false when there is none. */
static bool
take_digits(struct reader *r, struct decimal *n)
{
        const char *from = r->p;

        for (; r->p < r->end && *r->p >= '0' && *r->p <= '9'; r->p++) {
                if (n->digits == 19) {
                        n->lost = true;
                        continue;
                }
                n->mantissa = n->mantissa * 10 + (uint64_t)(*r->p - '0');
                n->digits += n->mantissa != 0;
        }
        return r->p > from;
}

/* Takes the "e-5" behind a number, if there is one. */
static bool
take_exponent(struct reader *r, struct decimal *n)
{
        struct decimal e = {0};

        if (!take(r, 'e') && !take(r, 'E'))
                return true;
        bool minus = take(r, '-');
        if (!minus)
                take(r, '+');
        if (!take_digits(r, &e))
                return bad(r, "an exponent needs digits");
        int64_t by = e.lost || e.mantissa > 100000 ? 100000 : (int64_t)e.mantissa;
        n->scale += minus ? -by : by;
        return true;
}

/* Mantissa and power of ten are both exact as doubles: then one operation gives the right rounding. */
static bool
exact_real(const struct decimal *n, double *ret)
{
        static const double TENS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

        if (n->lost || n->mantissa > (uint64_t)1 << 53 || n->scale < -22 || n->scale > 22)
                return false;
        double m = (double)n->mantissa;
        *ret = n->scale < 0 ? m / TENS[-n->scale] : m * TENS[n->scale];
        return true;
}

/* The double nearest to the number's text, by strtod, which needs a NUL behind it. */
static double
slow_real(struct reader *r, struct str text)
{
        char copy[64];

        if (text.n >= sizeof copy)
                return strtod(str_c(r->ctx->arena, text), NULL);
        memcpy(copy, text.p, text.n);
        copy[text.n] = '\0';
        return strtod(copy, NULL);
}

/* Gives the value to a node whose text is known. */
static bool
number_value(struct reader *r, struct json *v, const struct decimal *n, bool whole, bool minus)
{
        double d;

        if (whole && !n->lost && n->mantissa <= (uint64_t)INT64_MAX + minus) {
                v->type = JSON_INT;
                v->i = (int64_t)(minus ? -n->mantissa : n->mantissa);
                v->d = (double)v->i;
                return true;
        }
        v->type = JSON_REAL;
        v->d = exact_real(n, &d) ? (minus ? -d : d) : slow_real(r, v->text);
        return isfinite(v->d) || bad(r, "the number is too large");
}

static bool
number(struct reader *r, struct json *v)
{
        struct decimal n = {0};
        char *from = r->p;
        bool minus = take(r, '-');
        char *first = r->p;

        if (!take_digits(r, &n))
                return bad(r, minus ? "a number needs digits" : "a value is expected");
        if (*first == '0' && r->p - first > 1)
                return bad(r, "a number starts with a zero too many");
        char *point = r->p;
        if (take(r, '.')) {
                if (!take_digits(r, &n))
                        return bad(r, "a decimal point needs digits behind it");
                n.scale = -(r->p - point - 1);
        }
        if (!take_exponent(r, &n))
                return false;
        v->text = (struct str){from, (size_t)(r->p - from)};
        return number_value(r, v, &n, r->p == point, minus);
}

/* ---- values ---- */

static bool
word(struct reader *r, struct json *v, struct str text, enum json_type type)
{
        if ((size_t)(r->end - r->p) < text.n || memcmp(r->p, text.p, text.n) != 0)
                return bad(r, "a value is expected");
        r->p += text.n;
        v->type = type;
        return true;
}

/* The name of a member and its colon. */
static inline bool
member_name(struct reader *r, struct json *m)
{
        skip_blanks(r);
        if (r->p == r->end || *r->p != '"')
                return bad(r, "a name in quotes is expected");
        if (!string(r, &m->key))
                return false;
        skip_blanks(r);
        return take(r, ':') || bad(r, "a colon is expected");
}

/* An array or object, from its opening bracket to the closing one. */
static bool
members(struct reader *r, struct json *v, enum json_type type, char close)
{
        struct json **link = &v->child;

        if (r->depth == JSON_DEPTH)
                return bad(r, "it is nested too deeply");
        r->depth++;
        r->p++;
        v->type = type;
        skip_blanks(r);
        if (!take(r, close)) {
                do {
                        struct json *m = node_new(r);
                        if (m == NULL || (type == JSON_OBJECT && !member_name(r, m)) || !value(r, m))
                                return false;
                        *link = m;
                        link = &m->next;
                        v->count++;
                        skip_blanks(r);
                } while (take(r, ','));
                if (!take(r, close))
                        return bad(r, "a comma or the closing bracket is expected");
        }
        r->depth--;
        return true;
}

/* The value that comes next, into a cleared node. */
static bool
value(struct reader *r, struct json *v)
{
        skip_blanks(r);
        switch (r->p < r->end ? *r->p : '\0') {
        case '"':
                v->type = JSON_TEXT;
                return string(r, &v->text);
        case '{':
                return members(r, v, JSON_OBJECT, '}');
        case '[':
                return members(r, v, JSON_ARRAY, ']');
        case 't':
                return word(r, v, STR("true"), JSON_TRUE);
        case 'f':
                return word(r, v, STR("false"), JSON_FALSE);
        case 'n':
                return word(r, v, STR("null"), JSON_NULL);
        default:
                return number(r, v);
        }
}

struct json *
json_parse(struct ctx *ctx, char *text, size_t n, size_t max_nodes)
{
        struct reader r = {
                .ctx = ctx, .text = text, .p = text, .end = text + n, .max = max_nodes, .left = max_nodes};
        struct json *v = node_new(&r);

        if (v == NULL || !value(&r, v))
                return NULL;
        skip_blanks(&r);
        if (r.p < r.end) {
                bad(&r, "something follows the value");
                return NULL;
        }
        return v;
}

/* ---- looking into a tree ---- */

/* The first member of that name. */
const struct json *
json_get(const struct json *object, const char *key)
{
        struct str name = str_of(key);

        if (object == NULL || object->type != JSON_OBJECT)
                return NULL;
        for (const struct json *m = object->child; m; m = m->next)
                if (str_eq(m->key, name))
                        return m;
        return NULL;
}

struct str
json_get_text(const struct json *object, const char *key)
{
        const struct json *v = json_get(object, key);

        return v && v->type == JSON_TEXT ? v->text : STR_NONE;
}

const char *
json_type_name(enum json_type t)
{
        static const char *const NAMES[] = {
                [JSON_NULL] = "null",          [JSON_FALSE] = "false",     [JSON_TRUE] = "true",
                [JSON_INT] = "a whole number", [JSON_REAL] = "a number",   [JSON_TEXT] = "a text",
                [JSON_ARRAY] = "an array",     [JSON_OBJECT] = "an object"};

        return NAMES[t];
}
