/* SPDX-License-Identifier: Apache-2.0
 *
 * bind.c -- JSON to stored values and back, by the field table.
 *
 * Every type has one function that checks and takes a JSON value (`takers`), and falls into one of few shapes on the
 * way out (bind_write).  Text from imports and filters is made a JSON node first and then takes the same way, so
 * that a value is checked in one place.
 *
 *     JSON     --bind_value-->  struct val  --SQL-->  column  --bind_write_column-->  JSON
 *     text     --bind_text--^
 *
 * Invariants
 *   1. What bind_value accepts, bind_write answers, and that binds again to an equal value.
 *   2. Decimals are whole numbers times 10^scale all the way; no double is made of them.
 *   3. A STORE_JSON column holds one finished JSON value, written by the JSON writer: it is answered verbatim.
 *   4. Nothing is kept: texts of a val point into the JSON (or arena) they came from.
 *
 * bind_write_column runs for every column of every row of every list: one switch on the type, no allocation.
 *
 * Not here: `required`, rights, whether a link's target exists (engine/store.c).
 */
#include "model/bind.h"
#include "model/measure.h"
#include <stdio.h>
#include "base/decimal.h"
#include "base/text.h"
#include "model/load.h"

enum { JSON_MAX_BYTES = 64 << 10, ITEM_CHARS = 500, UNIT_CHARS = 40, LIST_MAX = 10000 };

struct taking {                        /* one call of bind_value */
        struct ctx *ctx;
        const struct field *f;
        const char *pointer;
};
typedef bool taker(const struct taking *t, const struct json *v, struct val *ret);

/* ---- taking a value ---- */

static bool
wrong_type(const struct taking *t, const char *needs, const struct json *v)
{
        return fail(t->ctx, E_TYPE, t->pointer, needs, json_type_name(v->type));
}

static bool
bad_format(const struct taking *t, struct str s, const char *as)
{
        struct str shown = {s.p, s.n < 80 && text_valid(s) ? s.n : 0};

        return fail(t->ctx, E_BAD_FORMAT, t->pointer, str_c(t->ctx->arena, shown), as);
}

/* The limit in the way a person writes it. */
static const char *
limit_text(const struct taking *t, int64_t limit)
{
        char out[DECIMAL_TEXT_MAX];

        decimal_write(limit, t->f->scale, out);
        return arena_strdup(t->ctx->arena, out);
}

static bool
in_range(const struct taking *t, int64_t v)
{
        if (t->f->has_min && v < t->f->min)
                return fail(t->ctx, E_TOO_SMALL, t->pointer, limit_text(t, v), limit_text(t, t->f->min));
        if (t->f->has_max && v > t->f->max)
                return fail(t->ctx, E_TOO_LARGE_VALUE, t->pointer, limit_text(t, v), limit_text(t, t->f->max));
        return true;
}

static bool
length_fits(const struct taking *t, struct str s, int64_t max)
{
        if ((int64_t)s.n <= max)
                return true;
        int64_t n = (int64_t)text_length(s);
        return n <= max || fail(t->ctx, E_TOO_LONG, t->pointer, arena_printf(t->ctx->arena, "%lld", (long long)n),
                                arena_printf(t->ctx->arena, "%lld", (long long)max));
}

static bool
text_check(const struct taking *t, struct str s)
{
        if (!text_valid(s))
                return fail(t->ctx, E_UTF8, t->pointer);
        if (t->f->has_max && !length_fits(t, s, t->f->max))
                return false;
        if (t->f->has_min && s.n && (int64_t)text_length(s) < t->f->min)
                return fail(t->ctx, E_TOO_SMALL, t->pointer, "The number of characters", limit_text(t, t->f->min));
        return true;
}

/* Nothing but blanks, also ideographic ones: no value, or else a blank would be evidence. */
static bool
is_blank(struct str s)
{
        static const struct str wide = STR("\xE3\x80\x80");

        for (s = str_trim(s); str_starts(s, wide); s = str_trim(s))
                s = (struct str){s.p + wide.n, s.n - wide.n};
        return s.n == 0;
}

static bool
take_longtext(const struct taking *t, const struct json *v, struct val *ret)
{
        if (v->type != JSON_TEXT)
                return wrong_type(t, "a text", v);
        *ret = is_blank(v->text) ? VAL_OF_NULL : VAL_OF_TEXT(v->text);
        return text_check(t, v->text);
}

/* One line: no control characters. */
static bool
take_text(const struct taking *t, const struct json *v, struct val *ret)
{
        if (!take_longtext(t, v, ret))
                return false;
        for (size_t i = 0; i < v->text.n; i++)
                if ((unsigned char)v->text.p[i] < ' ' || v->text.p[i] == 127)
                        return bad_format(t, v->text, "one line of text");
        return measure_check_digit(t->ctx, t->f, t->pointer, v->text);
}

/* Something @ something, no blanks. */
static bool
take_email(const struct taking *t, const struct json *v, struct val *ret)
{
        if (!take_text(t, v, ret))
                return false;
        const char *at = v->text.n ? memchr(v->text.p, '@', v->text.n) : NULL;
        bool good = v->text.n == 0 || (at && at > v->text.p && at + 1 < v->text.p + v->text.n &&
                                       !memchr(v->text.p, ' ', v->text.n) &&
                                       !memchr(at + 1, '@', (size_t)(v->text.p + v->text.n - at - 1)));
        return good || bad_format(t, v->text, "a mail address");
}

static bool
take_phone(const struct taking *t, const struct json *v, struct val *ret)
{
        int digits = 0;

        if (!take_text(t, v, ret))
                return false;
        for (size_t i = 0; i < v->text.n; i++) {
                if (v->text.p[i] >= '0' && v->text.p[i] <= '9')
                        digits++;
                else if (!strchr("+-(). /#*x,", v->text.p[i]))
                        digits = -100;
        }
        return v->text.n == 0 || digits >= 3 || bad_format(t, v->text, "a phone number (digits and + - ( ) . / # * x)");
}

static bool
take_int(const struct taking *t, const struct json *v, struct val *ret)
{
        if (v->type != JSON_INT)
                return wrong_type(t, "a whole number", v);
        *ret = VAL_OF_INT(v->i);
        return in_range(t, v->i);
}

static bool
take_decimal(const struct taking *t, const struct json *v, struct val *ret)
{
        int64_t i;

        if (v->type != JSON_INT && v->type != JSON_REAL)
                return wrong_type(t, "a number", v);
        if (!decimal_read(v->text, t->f->scale, &i))
                return bad_format(t, v->text, arena_printf(t->ctx->arena, "a number with at most %d decimals", t->f->scale));
        *ret = VAL_OF_INT(i);
        return in_range(t, i);
}

static bool
take_bool(const struct taking *t, const struct json *v, struct val *ret)
{
        if (v->type != JSON_TRUE && v->type != JSON_FALSE)
                return wrong_type(t, "true or false", v);
        *ret = VAL_OF_INT(v->type == JSON_TRUE);
        return true;
}

static bool
take_id(const struct taking *t, const struct json *v, struct val *ret)
{
        if (v->type != JSON_INT || v->i <= 0)
                return v->type == JSON_INT ? fail(t->ctx, E_TOO_SMALL, t->pointer, str_c(t->ctx->arena, v->text), "1")
                                           : wrong_type(t, "an id (a whole number)", v);
        *ret = VAL_OF_INT(v->i);
        return true;
}

static const char *
options_text(struct arena *a, const struct field *f)
{
        struct words w = {0};

        for (size_t i = 0; i < f->option_count; i++)
                *ARENA_PUSH(a, w.v, w.n) = f->options[i].name;
        return words_text(a, w);
}

static bool
option_check(const struct taking *t, const struct json *v)
{
        if (v->type != JSON_TEXT)
                return wrong_type(t, "a text", v);
        for (size_t i = 0; i < t->f->option_count; i++)
                if (str_is(v->text, t->f->options[i].name))
                        return true;
        struct str shown = {v->text.p, v->text.n < 80 && text_valid(v->text) ? v->text.n : 0};
        return fail(t->ctx, E_NOT_ALLOWED_VALUE, t->pointer, str_c(t->ctx->arena, shown), options_text(t->ctx->arena, t->f));
}

static bool
take_enum(const struct taking *t, const struct json *v, struct val *ret)
{
        if (v->type == JSON_TEXT && v->text.n == 0) {
                *ret = VAL_OF_NULL;
                return true;
        }
        *ret = VAL_OF_TEXT(v->text);
        return option_check(t, v);
}

static bool
take_date(const struct taking *t, const struct json *v, struct val *ret)
{
        int64_t days;

        if (v->type != JSON_TEXT)
                return wrong_type(t, "a date such as \"2026-11-21\"", v);
        *ret = VAL_OF_TEXT(v->text);
        return date_parse(v->text, &days) || bad_format(t, v->text, "a date such as 2026-11-21");
}

static bool
take_datetime(const struct taking *t, const struct json *v, struct val *ret)
{
        usec at;

        if (v->type != JSON_TEXT)
                return wrong_type(t, "a time such as \"2026-11-21T19:24:00+08:00\"", v);
        if (!time_parse(v->text, &at))
                return bad_format(t, v->text, "a time with offset such as 2026-11-21T19:24:00+08:00");
        *ret = VAL_OF_INT(at);
        return true;
}

/* Never answered and never asked for: the engine's own, or without a column. */
static bool
take_nothing(const struct taking *t, const struct json *v, struct val *ret)
{
        return fail(t->ctx, E_READ_ONLY, t->pointer, t->f->name);
}

/* ---- values that are stored as JSON ---- */

/* Ends a taker: what the writer holds becomes the value. */
static bool
keep_json(const struct taking *t, struct jw *w, struct val *ret)
{
        struct str s = jw_view(w);
        bool fits = s.n <= JSON_MAX_BYTES;

        if (fits)
                *ret = VAL_OF_TEXT(((struct str){arena_strndup(t->ctx->arena, s.p, s.n), s.n}));
        else
                fail(t->ctx, E_TOO_LONG, t->pointer, arena_printf(t->ctx->arena, "%zu", s.n), "65536");
        jw_free(w);
        return fits;
}

/* An object with exactly the named members, the first `needed` of them not null. Fills `parts` in their order (NULL: absent). */
static bool
members(const struct taking *t, const struct json *v, const char *const *names, size_t count, size_t needed,
        const struct json **parts)
{
        if (v->type != JSON_OBJECT)
                return wrong_type(t, arena_printf(t->ctx->arena, "an object with \"%s\" and \"%s\"", names[0], names[1]), v);
        memset(parts, 0, count * sizeof *parts);
        for (const struct json *m = v->child; m; m = m->next) {
                size_t i = 0;
                while (i < count && !str_is(m->key, names[i]))
                        i++;
                if (i == count)
                        return fail(t->ctx, E_UNKNOWN_FIELD, t->pointer, str_c(t->ctx->arena, m->key),
                                    words_text(t->ctx->arena, (struct words){(const char **)names, count}));
                if (parts[i])
                        return fail(t->ctx, E_DUPLICATE_FIELD, t->pointer, names[i]);
                parts[i] = m;
        }
        for (size_t i = 0; i < needed; i++)
                if (parts[i] == NULL || parts[i]->type == JSON_NULL)
                        return fail(t->ctx, E_REQUIRED, arena_printf(t->ctx->arena, "%s/%s", t->pointer, names[i]));
        return true;
}

static bool
item_text(const struct taking *t, const struct json *v, int64_t max)
{
        if (v->type != JSON_TEXT)
                return wrong_type(t, "a text", v);
        return text_valid(v->text) ? length_fits(t, v->text, max) : fail(t->ctx, E_UTF8, t->pointer);
}

static bool
take_period(const struct taking *t, const struct json *v, struct val *ret)
{
        static const char *const names[] = {"from", "to"};
        const struct json *part[2];
        struct val date;
        struct jw w = {0};

        if (!members(t, v, names, 2, 2, part) || !take_date(t, part[0], &date) || !take_date(t, part[1], &date))
                return false;
        if (memcmp(part[0]->text.p, part[1]->text.p, 10) > 0)
                return bad_format(t, part[1]->text, "the end of the period: it lies before its beginning");
        jw_open(&w, '{');
        for (int i = 0; i < 2; i++) {
                jw_key(&w, names[i]);
                jw_str(&w, part[i]->text);
        }
        jw_close(&w, '}');
        return keep_json(t, &w, ret);
}

static bool
take_geo(const struct taking *t, const struct json *v, struct val *ret)
{
        static const char *const names[] = {"lat", "lon"};
        static const double most[] = {90, 180};
        const struct json *part[2];
        struct jw w = {0};

        if (!members(t, v, names, 2, 2, part))
                return false;
        for (int i = 0; i < 2; i++) {
                if (part[i]->type != JSON_INT && part[i]->type != JSON_REAL)
                        return wrong_type(t, "a number of degrees", part[i]);
                if (!(part[i]->d >= -most[i] && part[i]->d <= most[i]))
                        return bad_format(t, part[i]->text, i ? "a longitude from -180 to 180" : "a latitude from -90 to 90");
        }
        jw_open(&w, '{');
        for (int i = 0; i < 2; i++) {
                jw_key(&w, names[i]);
                jw_raw(&w, part[i]->text);
        }
        jw_close(&w, '}');
        return keep_json(t, &w, ret);
}

static bool
json_same(const struct json *a, const struct json *b)
{
        return a->type == b->type && str_eq(a->text, b->text);
}

/* An item of an array: checked and written. */
typedef bool item_taker(const struct taking *t, const struct json *v, struct jw *w);

static bool
item_option(const struct taking *t, const struct json *v, struct jw *w)
{
        if (!option_check(t, v))
                return false;
        jw_str(w, v->text);
        return true;
}

static bool
item_id(const struct taking *t, const struct json *v, struct jw *w)
{
        struct val id = VAL_OF_NULL;

        if (!take_id(t, v, &id))
                return false;
        jw_int(w, id.i);
        return true;
}

/* A declared item by its name, or one in words of one's own. */
static bool
item_check(const struct taking *t, const struct json *v, struct jw *w)
{
        static const char *const free_names[] = {"text", "done"}, *const declared_names[] = {"item", "done"};
        bool declared = t->f->item_count > 0 && json_get(v, "item") != NULL;
        const char *const *names = declared ? declared_names : free_names;
        const struct json *part[2];
        struct val done = {0};

        if (!members(t, v, names, 2, 1, part) || !item_text(t, part[0], ITEM_CHARS) ||
            (declared && !measure_item(t->ctx, t->f, t->pointer, part[0]->text)) || (part[1] && !take_bool(t, part[1], &done)))
                return false;
        jw_open(w, '{');
        jw_key(w, names[0]);
        jw_str(w, part[0]->text);
        jw_key(w, "done");
        jw_bool(w, part[1] && done.i);
        jw_close(w, '}');
        return true;
}

static bool
item_reading(const struct taking *t, const struct json *v, struct jw *w)
{
        static const char *const names[] = {"name", "value", "unit", "reason"};
        const struct json *part[4];

        if (!members(t, v, names, 4, 2, part) || !item_text(t, part[0], ITEM_CHARS) ||
            (part[2] && !item_text(t, part[2], UNIT_CHARS)) || (part[3] && !item_text(t, part[3], ITEM_CHARS)))
                return false;
        if (part[1]->type != JSON_INT && part[1]->type != JSON_REAL)
                return wrong_type(t, "a number", part[1]);
        struct str unit = part[2] ? part[2]->text : STR("");
        if (!measure_reading(t->ctx, t->f, t->pointer, part[0], part[1], part[3], &unit))
                return false;
        jw_open(w, '{');
        jw_key(w, "name");
        jw_str(w, part[0]->text);
        jw_key(w, "value");
        jw_raw(w, part[1]->text);
        jw_key(w, "unit");
        jw_str(w, unit);
        if (part[3] && part[3]->text.n) {
                jw_key(w, names[3]);
                jw_str(w, part[3]->text);
        }
        jw_close(w, '}');
        return true;
}

static bool
no_doubles(const struct taking *t, const struct json *v)
{
        for (const struct json *a = v->child; a; a = a->next)
                for (const struct json *b = v->child; b != a; b = b->next)
                        if (json_same(a, b))
                                return fail(t->ctx, E_DUPLICATE_FIELD, t->pointer, str_c(t->ctx->arena, a->text));
        return true;
}

/* The number of items against the field's limits. */
static bool
count_fits(const struct taking *t, const struct json *v)
{
        int64_t max = t->f->has_max ? t->f->max : LIST_MAX;

        if (v->count > max)
                return fail(t->ctx, E_TOO_LARGE_VALUE, t->pointer, arena_printf(t->ctx->arena, "%u", v->count),
                            limit_text(t, max));
        if (t->f->has_min && v->count && v->count < t->f->min)
                return fail(t->ctx, E_TOO_SMALL, t->pointer, arena_printf(t->ctx->arena, "%u", v->count),
                            limit_text(t, t->f->min));
        return true;
}

static bool
take_array(const struct taking *t, const struct json *v, item_taker *take, struct val *ret)
{
        struct jw w = {0};
        bool good = true;

        if (v->type != JSON_ARRAY)
                return wrong_type(t, "an array", v);
        *ret = VAL_OF_NULL;
        if (v->count == 0)
                return true;
        if (!count_fits(t, v))
                return false;
        jw_open(&w, '[');
        for (const struct json *m = v->child; m && good; m = m->next)
                good = take(t, m, &w);
        jw_close(&w, ']');
        if (good)
                return keep_json(t, &w, ret);
        jw_free(&w);
        return false;
}

static bool
take_multi_enum(const struct taking *t, const struct json *v, struct val *ret)
{
        return take_array(t, v, item_option, ret) && no_doubles(t, v);
}

static bool
take_multi_link(const struct taking *t, const struct json *v, struct val *ret)
{
        return take_array(t, v, item_id, ret) && no_doubles(t, v);
}

static bool
no_item_twice(const struct taking *t, const struct json *v)
{
        for (const struct json *a = v->child; a; a = a->next)
                for (const struct json *b = v->child; b != a; b = b->next) {
                        struct str name = json_get_text(a, "item");
                        if (name.n && str_eq(name, json_get_text(b, "item")))
                                return fail(t->ctx, E_DUPLICATE_FIELD, t->pointer, str_c(t->ctx->arena, name));
                }
        return true;
}

static bool
take_checklist(const struct taking *t, const struct json *v, struct val *ret)
{
        return take_array(t, v, item_check, ret) && no_item_twice(t, v);
}

static bool
take_readings(const struct taking *t, const struct json *v, struct val *ret)
{
        return take_array(t, v, item_reading, ret);
}

static bool
take_json(const struct taking *t, const struct json *v, struct val *ret)
{
        struct jw w = {0};

        jw_json(&w, v);
        return keep_json(t, &w, ret);
}

static taker *const takers[TYPE_COUNT] = {
        [TYPE_TEXT] = take_text,         [TYPE_LONGTEXT] = take_longtext,     [TYPE_MARKDOWN] = take_longtext,
        [TYPE_PHONE] = take_phone,       [TYPE_EMAIL] = take_email,           [TYPE_ADDRESS] = take_longtext,
        [TYPE_SERIAL] = take_text,       [TYPE_BARCODE] = take_text,          [TYPE_INT] = take_int,
        [TYPE_RATING] = take_int,        [TYPE_SCORE] = take_int,             [TYPE_DECIMAL] = take_decimal,
        [TYPE_MONEY] = take_decimal,     [TYPE_PERCENT] = take_decimal,       [TYPE_DURATION] = take_int,
        [TYPE_BOOL] = take_bool,         [TYPE_ENUM] = take_enum,             [TYPE_MULTI_ENUM] = take_multi_enum,
        [TYPE_DATE] = take_date,         [TYPE_DATETIME] = take_datetime,     [TYPE_PERIOD] = take_period,
        [TYPE_LINK] = take_id,           [TYPE_PERSON] = take_id,             [TYPE_TEAM] = take_id,
        [TYPE_MULTI_LINK] = take_multi_link, [TYPE_FILE] = take_id,           [TYPE_IMAGE] = take_id,
        [TYPE_AUDIO] = take_id,          [TYPE_SIGNATURE] = take_id,          [TYPE_GEO] = take_geo,
        [TYPE_CHECKLIST] = take_checklist, [TYPE_READINGS] = take_readings,   [TYPE_JSON] = take_json,
        [TYPE_FORMULA] = take_nothing,   [TYPE_CLOCK] = take_nothing,         [TYPE_REF] = take_nothing,
        [TYPE_STATE] = take_nothing,     [TYPE_BYTES] = take_nothing,
};

bool
bind_value(struct ctx *ctx, const struct field *f, const struct json *v, const char *pointer, struct val *ret)
{
        struct taking t = {ctx, f, pointer};

        *ret = VAL_OF_NULL;
        if (v->type == JSON_NULL && f->storage != STORE_NONE)
                return true;
        return takers[f->type](&t, v, ret);
}

/* ---- text ---- */

/* "a, b" as an array of texts or ids, so that the array's taker reads it. */
static struct json *
split_list(struct arena *a, struct str s, enum json_type item)
{
        struct json *array = ARENA_NEW(a, struct json), **tail = &array->child;

        array->type = JSON_ARRAY;
        for (struct str rest = s, word; rest.p;) {
                word = str_trim(str_cut(rest, ',', &rest));
                struct json *v = ARENA_NEW(a, struct json);
                bool number = item == JSON_INT && str_to_int(word, &v->i);
                v->type = number ? JSON_INT : JSON_TEXT;
                v->text = word;
                *tail = v;
                tail = &v->next;
                array->count++;
        }
        return array;
}

/* A text that is stored as JSON is either JSON itself or, for lists, words between commas. */
static bool
text_json(const struct taking *t, struct str s, struct val *ret)
{
        struct arena *a = t->ctx->arena;
        bool list = t->f->type == TYPE_MULTI_ENUM || t->f->type == TYPE_MULTI_LINK;

        if (list && s.p[0] != '[')
                return bind_value(t->ctx, t->f, split_list(a, s, t->f->type == TYPE_MULTI_LINK ? JSON_INT : JSON_TEXT),
                                  t->pointer, ret);
        struct json *v = json_parse(t->ctx, arena_strndup(a, s.p, s.n), s.n, LIST_MAX);
        return v && bind_value(t->ctx, t->f, v, t->pointer, ret);
}

/* What a text means as JSON for a type that is not stored as JSON. */
static struct json
json_of_text(const struct field *f, struct str s)
{
        struct json v = {.type = JSON_TEXT, .text = s};

        if (f->storage != STORE_INT || f->type == TYPE_DATETIME)
                return v;
        if (f->type == TYPE_BOOL)
                v.type = str_is(s, "true") ? JSON_TRUE : str_is(s, "false") ? JSON_FALSE : JSON_TEXT;
        else if (type_row(f->type)->limit == LIMIT_SCALED)
                v.type = JSON_REAL;
        else if (str_to_int(s, &v.i))
                v.type = JSON_INT;
        return v;
}

bool
bind_text(struct ctx *ctx, const struct field *f, struct str s, const char *pointer, struct val *ret)
{
        struct taking t = {ctx, f, pointer};

        *ret = VAL_OF_NULL;
        if (s.n == 0)
                return true;
        if (f->storage == STORE_JSON)
                return text_json(&t, s, ret);
        struct json v = json_of_text(f, s);
        return bind_value(ctx, f, &v, pointer, ret);
}

/* ---- writing ---- */

static void
write_decimal(int64_t v, int scale, struct jw *w)
{
        char out[DECIMAL_TEXT_MAX];
        size_t n = decimal_write(v, scale, out);

        jw_raw(w, (struct str){out, n});
}

static inline void
write_int(const struct field *f, int64_t v, struct jw *w)
{
        switch (f->type) {
        case TYPE_DATETIME:
                jw_time(w, v);
                return;
        case TYPE_BOOL:
                jw_bool(w, v != 0);
                return;
        case TYPE_DECIMAL:
        case TYPE_MONEY:
        case TYPE_PERCENT:
                write_decimal(v, f->scale, w);
                return;
        default:
                jw_int(w, v);
        }
}

static inline void
write_text(const struct field *f, struct str s, struct jw *w)
{
        if (s.p == NULL)
                jw_null(w);
        else if (f->storage == STORE_TEXT)
                jw_str(w, s);
        else if (f->storage == STORE_JSON)
                jw_raw(w, s);
        else
                jw_null(w);            /* bytes are not for JSON */
}

void
bind_write(const struct field *f, const struct val *v, struct jw *w)
{
        switch (v->type) {
        case VAL_INT:
                write_int(f, v->i, w);
                break;
        case VAL_TEXT:
                write_text(f, v->s, w);
                break;
        default:
                jw_null(w);
        }
}

void
bind_write_column(const struct field *f, struct rows *r, int col, struct jw *w)
{
        int64_t v;

        if (f->storage != STORE_INT)
                write_text(f, rows_text(r, col), w);
        else if (rows_take_int(r, col, &v))
                write_int(f, v, w);
        else
                jw_null(w);
}

struct str
bind_to_text(struct arena *a, const struct field *f, const struct val *v)
{
        char out[TIME_TEXT_MAX];

        if (v->type == VAL_TEXT)
                return v->s;
        if (v->type != VAL_INT)
                return STR("");
        if (f->type == TYPE_DATETIME)
                time_format(v->i, out);
        else if (f->type == TYPE_BOOL)
                return v->i ? STR("true") : STR("false");
        else
                decimal_write(v->i, f->scale, out);
        return str_of(arena_strdup(a, out));
}

/* ---- values ---- */

bool
val_equal(const struct val *a, const struct val *b)
{
        if (a->type != b->type)
                return false;
        switch (a->type) {
        case VAL_INT:
                return a->i == b->i;
        case VAL_REAL:
                return a->d == b->d;
        case VAL_TEXT:
        case VAL_BLOB:
                return str_eq(a->s, b->s);
        default:
                return true;
        }
}

struct val
val_copy(struct arena *a, const struct val *v)
{
        struct val copy = *v;

        if (v->type == VAL_TEXT || v->type == VAL_BLOB)
                copy.s.p = arena_strndup(a, v->s.p, v->s.n);
        return copy;
}
