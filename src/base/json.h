/* SPDX-License-Identifier: Apache-2.0
 *
 * json.h -- JSON: a writer over one growing buffer, and a strict reader (RFC 8259).
 *
 * The reader accepts exactly the grammar: valid UTF-8 only, no trailing bytes, no BOM, depth <= JSON_DEPTH.
 * Lone surrogates are refused.  It unescapes strings in place in the text it is given (which must stay)
 * and takes nodes from the arena.  Numbers keep their text, so that a decimal loses nothing;
 * whole numbers that fit are JSON_INT.  A string may hold NUL (as \u0000): who binds it decides.
 * Members keep their order and duplicates: who binds them decides.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H
#include "base/ctx.h"
#include "base/clock.h"

enum { JSON_DEPTH = 64 };
enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_INT, JSON_REAL, JSON_TEXT, JSON_ARRAY, JSON_OBJECT };
struct json {
        enum json_type type;
        uint32_t count;                /* members of an array or object */
        struct str key;                /* of a member; else empty */
        struct str text;               /* JSON_TEXT: unescaped; numbers: their source text */
        int64_t i;                     /* JSON_INT */
        double d;                      /* JSON_INT and JSON_REAL */
        struct json *child, *next;     /* first member; next sibling */
};
/* NULL with E_JSON (byte position, 0-based) when not JSON, E_TOO_MANY past `max_nodes`.  text[n] need not be writable. */
struct json *json_parse(struct ctx *ctx, char *text, size_t n, size_t max_nodes);
const struct json *json_get(const struct json *object, const char *key);       /* NULL when absent or not an object */
struct str json_get_text(const struct json *object, const char *key);          /* STR_NONE when absent or not text */
const char *json_type_name(enum json_type t);                                  /* "a text", "an array"... for E_TYPE */

/* ---- json_write.c ---- */
struct jw {                            /* the writer keeps the commas */
        struct buf b;
        bool comma;
};
void jw_reset(struct jw *w);
void jw_free(struct jw *w);
void jw_open(struct jw *w, char bracket);              /* '{' or '[' */
void jw_close(struct jw *w, char bracket);             /* '}' or ']' */
void jw_key(struct jw *w, const char *name);           /* name must need no escaping */
void jw_key_str(struct jw *w, struct str name);        /* escapes */
void jw_str(struct jw *w, struct str s);               /* bytes that are not UTF-8 become U+FFFD */
void jw_text(struct jw *w, const char *s);             /* NULL writes null */
void jw_int(struct jw *w, int64_t v);
void jw_real(struct jw *w, double v);                  /* shortest text that reads back the same; null when not finite */
void jw_bool(struct jw *w, bool v);
void jw_null(struct jw *w);
void jw_time(struct jw *w, usec t);                    /* RFC 3339 text */
void jw_raw(struct jw *w, struct str json);            /* a finished value, verbatim */
/* A key made ready once: `"name":` with quotes and colon, no comma; for hot loops. */
void jw_key_raw(struct jw *w, struct str quoted_with_colon);
static inline struct str
jw_view(const struct jw *w)
{
        return (struct str){w->b.p, w->b.n};
}
/* Writes a parsed tree again. */
void jw_json(struct jw *w, const struct json *v);
#endif
