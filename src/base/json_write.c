/* SPDX-License-Identifier: Apache-2.0
 *
 * json_write.c -- JSON is written: over one growing buffer, which keeps the commas.
 *
 * DESIGN
 *   Most of what is written is texts, and most texts hold nothing that needs care.  So eight bytes are looked at together
 *   (json_bytes.h) and copied while they are; only where one of them is a quote, a backslash, a control character or not
 *   ASCII does a step for that one character follow.
 *
 * Invariants
 *   1. What is written is valid UTF-8, whatever bytes were given: those that are not become U+FFFD.
 *   2. jw_json writes what json_parse accepted so that it reads as the same tree again (json.c).
 *
 * Numbers are written in the "C" locale, which the program never leaves.
 */
#include "base/json.h"
#include "base/json_bytes.h"
#include "base/text.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* At least n > 0 writable bytes at the end. */
static inline char *
room(struct jw *w, size_t n)
{
        return w->b.cap - w->b.n >= n ? w->b.p + w->b.n : buf_room(&w->b, n);
}

/* What was written ends at `d`. */
static inline void
end_at(struct jw *w, const char *d)
{
        w->b.n = (size_t)(d - w->b.p);
}

/* The comma before a value or key, if one is due; one is due after it. */
static inline void
separate(struct jw *w)
{
        if (w->comma) {
                *room(w, 1) = ',';
                w->b.n++;
        }
        w->comma = true;
}

/* The same, and the bytes behind it. */
static inline void
put(struct jw *w, struct str s)
{
        char *d = room(w, s.n + 1);

        if (w->comma)
                *d++ = ',';
        if (s.n)
                d = mempcpy(d, s.p, s.n);
        end_at(w, d);
        w->comma = true;
}

void
jw_reset(struct jw *w)
{
        buf_reset(&w->b);
        w->comma = false;
}

void
jw_free(struct jw *w)
{
        buf_free(&w->b);
        w->comma = false;
}

void
jw_open(struct jw *w, char bracket)
{
        separate(w);
        *room(w, 1) = bracket;
        w->b.n++;
        w->comma = false;
}

void
jw_close(struct jw *w, char bracket)
{
        *room(w, 1) = bracket;
        w->b.n++;
        w->comma = true;
}

/* Copies up to the first special byte or the end; *s is moved there.  `d` has room for all of it. */
static inline char *
copy_plain(char *d, const char **s, const char *end)
{
        const char *p = *s;

        for (; end - p >= 8; p += 8, d += 8) {
                uint64_t marks = special(load8(p));
                memcpy(d, p, 8);
                if (marks) {
                        int n = __builtin_ctzll(marks) / 8;
                        *s = p + n;
                        return d + n;
                }
        }
        while (p < end && !is_special(*p))
                *d++ = *p++;
        *s = p;
        return d;
}

/* Copies characters above ASCII as long as they are well-formed. */
static inline char *
copy_wide(char *d, const char **s, const char *end)
{
        const char *p = *s;
        size_t n;

        while (p < end && (unsigned char)*p >= 0x80 && (n = text_sequence(p, (size_t)(end - p))) != 0) {
                do
                        *d++ = *p++;
                while (--n);
        }
        *s = p;
        return d;
}

/* Writes what stands for a special byte: at most 6 bytes.  One above ASCII is part of no character. */
static char *
put_escape(char *d, unsigned char c)
{
        static const char SHORT[128] = {['"'] = '"',  ['\\'] = '\\', ['\n'] = 'n', ['\r'] = 'r',
                                        ['\t'] = 't', ['\b'] = 'b',  ['\f'] = 'f'};

        if (c >= 0x80)
                return mempcpy(d, "\xef\xbf\xbd", 3);
        *d++ = '\\';
        if (SHORT[c]) {
                *d++ = SHORT[c];
                return d;
        }
        d = mempcpy(d, "u00", 3);
        *d++ = "0123456789abcdef"[c >> 4];
        *d++ = "0123456789abcdef"[c & 15];
        return d;
}

/* The text in quotes.  At each turn of the loop the room left is enough for the bytes left and a quote. */
static void
put_quoted(struct jw *w, struct str s)
{
        const char *p = s.n ? s.p : "", *end = p + s.n;
        char *d = room(w, s.n + 2);

        *d++ = '"';
        for (;;) {
                d = copy_plain(d, &p, end);
                d = copy_wide(d, &p, end);
                if (p == end)
                        break;
                if (!is_special(*p))
                        continue;
                end_at(w, d);
                d = put_escape(room(w, (size_t)(end - p) + 6), (unsigned char)*p);
                p++;
        }
        *d++ = '"';
        end_at(w, d);
}

void
jw_key(struct jw *w, const char *name)
{
        size_t n = strlen(name);

        separate(w);
        char *d = room(w, n + 3);
        *d++ = '"';
        d = mempcpy(d, name, n);
        *d++ = '"';
        *d++ = ':';
        end_at(w, d);
        w->comma = false;
}

void
jw_key_str(struct jw *w, struct str name)
{
        separate(w);
        put_quoted(w, name);
        buf_char(&w->b, ':');
        w->comma = false;
}

void
jw_key_raw(struct jw *w, struct str quoted_with_colon)
{
        put(w, quoted_with_colon);
        w->comma = false;
}

void
jw_raw(struct jw *w, struct str json)
{
        put(w, json);
}

void
jw_str(struct jw *w, struct str s)
{
        separate(w);
        put_quoted(w, s);
}

void
jw_text(struct jw *w, const char *s)
{
        if (s)
                jw_str(w, str_of(s));
        else
                jw_null(w);
}

void
jw_int(struct jw *w, int64_t v)
{
        separate(w);
        buf_int(&w->b, v);
}

/* 15 digits are enough for what people enter; 17 for every double. */
void
jw_real(struct jw *w, double v)
{
        char text[32];
        int digits = 15;

        if (!isfinite(v)) {
                jw_null(w);
                return;
        }
        do
                snprintf(text, sizeof text, "%.*g", digits, v);
        while (++digits <= 17 && strtod(text, NULL) != v);
        jw_raw(w, str_of(text));
}

void
jw_bool(struct jw *w, bool v)
{
        jw_raw(w, v ? STR("true") : STR("false"));
}

void
jw_null(struct jw *w)
{
        put(w, STR("null"));
}

void
jw_time(struct jw *w, usec t)
{
        separate(w);
        char *d = room(w, TIME_TEXT_MAX + 2);
        *d++ = '"';
        d += time_format(t, d);
        *d++ = '"';
        end_at(w, d);
}

static void
write_members(struct jw *w, const struct json *v, const char *brackets)
{
        jw_open(w, brackets[0]);
        for (const struct json *m = v->child; m; m = m->next) {
                if (v->type == JSON_OBJECT)
                        jw_key_str(w, m->key);
                jw_json(w, m);
        }
        jw_close(w, brackets[1]);
}

/* A number is written as it was read; one made by hand, without text, by its value. */
void
jw_json(struct jw *w, const struct json *v)
{
        switch (v->type) {
        case JSON_NULL:
                jw_null(w);
                break;
        case JSON_FALSE:
        case JSON_TRUE:
                jw_bool(w, v->type == JSON_TRUE);
                break;
        case JSON_INT:
                v->text.n ? jw_raw(w, v->text) : jw_int(w, v->i);
                break;
        case JSON_REAL:
                v->text.n ? jw_raw(w, v->text) : jw_real(w, v->d);
                break;
        case JSON_TEXT:
                jw_str(w, v->text);
                break;
        case JSON_ARRAY:
                write_members(w, v, "[]");
                break;
        case JSON_OBJECT:
                write_members(w, v, "{}");
                break;
        }
}
