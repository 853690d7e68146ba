/* SPDX-License-Identifier: Apache-2.0
 *
 * sheet.c -- a table of values as records of an entity.
 *
 *     sheet_open    heading -> columns -> fields, and which column is the key
 *     sheet_next    a row of text
 *     sheet_apply   texts -> values -> the record that has the key's value, or none -> store_update or store_create
 *
 * A cell is read as a person writes it: an option by its name or its label in either language, a link by id, by the label
 * of the record, by the number of a case or by a unique text (a code), yes and no in words, several options with ';'
 * between them.  Everything else is read as the API reads it (model/bind.h).
 *
 * Invariants
 *   1. The same sheet again changes nothing, where it has a key: values that the record has already are not written, so
 *      there is no event and no new version.
 *   2. All faults of a row are told at once.
 *   3. A link's name is looked for among what the actor may see.
 *
 * Not here: savepoints, what becomes of a row that is refused (api/import.c); event logs (import.c).
 */
#include "channel/sheet.h"
#include "engine/access.h"
#include "engine/store.h"
#include "model/bind.h"

const char *
sheet_deed_name(enum sheet_deed d)
{
        static const char *const names[] = {"create", "update", "same"};

        return names[d];
}

/* ---- the heading ---- */

static bool
is_system(struct str name)
{
        return str_is(name, "id") || str_is(name, "number");
}

/* May a sheet fill this field?  Files come as files. */
static bool
is_fillable(const struct work *w, const struct field *f)
{
        return !f->hidden && access_field_write(w->actor, f) && f->type != TYPE_FILE && f->type != TYPE_IMAGE &&
               f->type != TYPE_AUDIO && f->type != TYPE_SIGNATURE;
}

static const char *
fillable_names(struct work *w, const struct entity *e)
{
        struct buf b = {0};
        const char *names;

        for (size_t i = 0; i < e->field_count; i++)
                if (is_fillable(w, &e->fields[i]))
                        buf_printf(&b, "%s%s", b.n ? ", " : "", e->fields[i].name);
        names = arena_strdup(w->ctx->arena, buf_c(&b));
        buf_free(&b);
        return names;
}

/* The field of column i; the columns id and number are the key. */
static bool
take_column(struct work *w, struct sheet *s, size_t i, struct str name)
{
        const struct field *f = entity_field_str(s->e, name);

        if (!f && is_system(name)) {
                if (s->key != SIZE_MAX)
                        return fail(w->ctx, E_DUPLICATE_FIELD, "columns", str_c(w->ctx->arena, name));
                s->key = i;
                return true;
        }
        if (!f || f->hidden || !access_field_read(w->actor, f))
                return fail(w->ctx, E_UNKNOWN_FIELD, "columns", str_c(w->ctx->arena, name), fillable_names(w, s->e));
        if (!is_fillable(w, f))
                return fail(w->ctx, E_READ_ONLY, "columns", f->name);
        for (size_t k = 0; k < i; k++)
                if (s->field[k] == f)
                        return fail(w->ctx, E_DUPLICATE_FIELD, "columns", f->name);
        s->field[i] = f;
        return true;
}

static bool
take_columns(struct work *w, struct sheet *s, const struct json *columns)
{
        bool ok = true;

        for (size_t i = 0; i < s->width; i++) {
                struct str name = columns ? json_get_text(columns, str_c(w->ctx->arena, s->head[i])) : s->head[i];
                if (name.n)
                        ok = take_column(w, s, i, name) && ok;
        }
        for (const struct json *c = columns ? columns->child : NULL; c; c = c->next) {
                size_t i = 0;
                while (i < s->width && !str_eq(s->head[i], c->key))
                        i++;
                if (i == s->width)
                        ok = fail(w->ctx, E_NOT_ALLOWED_VALUE, "columns", str_c(w->ctx->arena, c->key),
                                  "headings of the table");
        }
        return ok;
}

static bool
choose_key(struct work *w, struct sheet *s, struct str key)
{
        size_t i = 0;

        if (s->key != SIZE_MAX)
                return true;
        while (i < s->width && (!s->field[i] || (key.n ? !str_is(key, s->field[i]->name) : !s->field[i]->unique)))
                i++;
        if (i < s->width)
                s->key = i;
        return i < s->width || key.n == 0 ||
               fail(w->ctx, E_NOT_ALLOWED_VALUE, "key", str_c(w->ctx->arena, key), "a field that a column gives");
}

bool
sheet_open(struct work *w, struct sheet *s, const struct entity *e, struct str text, char separator,
           const struct json *columns, struct str key)
{
        *s = (struct sheet){.e = e, .key = SIZE_MAX};
        s->in = inflate_memory(w->ctx, text, "csv");
        if (!s->in)
                return false;
        csv_open(&s->csv, s->in, separator);
        if (!csv_next(w->ctx, &s->csv))
                return !s->csv.failed && fail(w->ctx, E_REQUIRED, "csv");
        s->width = s->csv.count;
        s->head = ARENA_ARRAY(w->ctx->arena, struct str, s->width);
        s->field = ARENA_ARRAY(w->ctx->arena, const struct field *, s->width);
        for (size_t i = 0; i < s->width; i++)
                s->head[i] = str_of(str_c(w->ctx->arena, str_trim(s->csv.fields[i])));
        return take_columns(w, s, columns) && choose_key(w, s, key);
}

bool
sheet_next(struct ctx *ctx, struct sheet *s)
{
        bool there = csv_next(ctx, &s->csv);

        s->line = s->csv.line;
        return there;
}

void
sheet_close(struct sheet *s)
{
        if (s->in) {
                csv_close(&s->csv);
                inflate_close(s->in);
        }
}

/* ---- names ---- */

/* `field=='text'`, added to others with "or". */
static void
add_equals(struct buf *b, const char *field, struct str text)
{
        buf_printf(b, "%s%s=='", b->n ? "," : "", field);
        for (size_t i = 0; i < text.n; i++) {
                if (text.p[i] == '\'' || text.p[i] == '\\')
                        buf_char(b, '\\');
                buf_char(b, text.p[i]);
        }
        buf_char(b, '\'');
}

/* How many records (0, 1, 2 for more) the filter finds, and the first one's id. */
static bool
find_by(struct work *w, const struct entity *e, struct str filter, size_t *ret_count, int64_t *ret_id)
{
        struct list_options o = {.filter = filter, .sort = STR("id"), .limit = 2};
        struct jw out = {0};
        struct json *page = NULL;

        o.read.fields = ARENA_ARRAY(w->ctx->arena, const struct field *, 1);
        if (store_list_json(w, e, &o, &out))
                page = json_parse(w->ctx, arena_strndup(w->ctx->arena, out.b.p, out.b.n), out.b.n, 200);
        jw_free(&out);
        if (!page)
                return false;
        const struct json *items = json_get(page, "items");
        *ret_count = items->count;
        *ret_id = items->count ? json_get(items->child, "id")->i : 0;
        return true;
}

static void
name_filter(struct work *w, const struct entity *e, struct str name, struct buf *filter)
{
        if (e->display)
                add_equals(filter, e->display->name, name);
        if (e->kind == KIND_CASE)
                add_equals(filter, "number", name);
        for (size_t i = 0; i < e->field_count; i++) {
                const struct field *f = &e->fields[i];
                if (f->unique && f != e->display && f->storage == STORE_TEXT && !f->hidden && access_field_read(w->actor, f))
                        add_equals(filter, f->name, name);
        }
}

/* A link by id or by name. */
static bool
link_value(struct work *w, const struct field *f, struct str text, int64_t *ret)
{
        struct buf filter = {0};
        size_t n = 0;
        bool ok;

        if (str_to_int(text, ret))
                return true;
        name_filter(w, f->to, text, &filter);
        ok = filter.n == 0 || find_by(w, f->to, buf_view(&filter), &n, ret);
        buf_free(&filter);
        if (!ok || n == 1)
                return ok;
        return fail(w->ctx, n ? E_AMBIGUOUS : E_NO_SUCH_NAME, f->name, ctx_both(w->ctx, f->to->label.en, f->to->label.zh),
                    str_c(w->ctx->arena, text));
}

/* An option by its name or a label; what is neither is left as it is, and refused by its type. */
static struct str
option_value(const struct field *f, struct str text)
{
        for (size_t i = 0; i < f->option_count; i++) {
                const struct option *o = &f->options[i];
                if (str_is(text, o->name) || str_is(text, o->label.en) || str_is(text, o->label.zh))
                        return str_of(o->name);
        }
        return text;
}

static struct str
bool_value(struct str text)
{
        static const char *const yes[] = {"yes", "Yes", "YES", "TRUE", "True", "1", "是"},
                                *const no[] = {"no", "No", "NO", "FALSE", "False", "0", "否"};

        for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
                if (str_is(text, yes[i]))
                        return STR("true");
                if (str_is(text, no[i]))
                        return STR("false");
        }
        return text;
}

/* "a; b" as a JSON array; a text that is one already stays. */
static bool
several_value(struct work *w, const struct field *f, struct str text, struct str *ret)
{
        struct jw out = {0};
        bool ok = true;

        *ret = text;
        if (text.p[0] == '[')
                return true;
        jw_open(&out, '[');
        for (struct str rest = text; rest.p;) {
                struct str one = str_trim(str_cut(rest, ';', &rest));
                int64_t id = 0;
                if (one.n && f->type == TYPE_MULTI_ENUM)
                        jw_str(&out, option_value(f, one));
                else if (one.n && (ok = link_value(w, f, one, &id) && ok))
                        jw_int(&out, id);
        }
        jw_close(&out, ']');
        *ret = (struct str){arena_strndup(w->ctx->arena, out.b.p, out.b.n), out.b.n};
        jw_free(&out);
        return ok;
}

static bool
cell_value(struct work *w, const struct field *f, struct str text, struct val *ret)
{
        switch (f->type) {
        case TYPE_ENUM:
                text = option_value(f, text);
                break;
        case TYPE_BOOL:
                text = bool_value(text);
                break;
        case TYPE_MULTI_ENUM:
        case TYPE_MULTI_LINK:
                if (!several_value(w, f, text, &text))
                        return false;
                break;
        case TYPE_LINK:
        case TYPE_PERSON:
        case TYPE_TEAM:
                *ret = VAL_OF_INT(0);
                return link_value(w, f, text, &ret->i);
        default:
                break;
        }
        return bind_text(w->ctx, f, text, f->name, ret);
}

/* ---- a row ---- */

/* The record that the key's cell names; *ret NULL: none has that value. */
static bool
find_record(struct work *w, struct sheet *s, const struct val *values, struct record **ret)
{
        struct str text = s->key == SIZE_MAX ? STR_NONE : str_trim(s->csv.fields[s->key]);
        struct buf filter = {0};
        size_t n = 0;
        int64_t id = 0;
        bool ok;

        *ret = NULL;
        if (text.n == 0)
                return true;
        const struct field *f = s->field[s->key];
        if (!f)
                return (*ret = store_find(w, s->e, text)) != NULL;
        add_equals(&filter, f->name, bind_to_text(w->ctx->arena, f, &values[s->key]));
        ok = find_by(w, s->e, buf_view(&filter), &n, &id);
        buf_free(&filter);
        if (!ok || n == 0)
                return ok;
        if (n > 1)
                return fail(w->ctx, E_AMBIGUOUS, f->name, ctx_both(w->ctx, s->e->label.en, s->e->label.zh),
                            str_c(w->ctx->arena, text));
        return (*ret = store_get(w, s->e, id)) != NULL;
}

/* The cells as values, null where a cell is empty. */
static bool
read_values(struct work *w, struct sheet *s, struct val *values)
{
        bool ok = true;

        if (s->csv.count != s->width)
                return fail(w->ctx, E_TYPE, "", arena_printf(w->ctx->arena, "%zu cells, as the heading has", s->width),
                            arena_printf(w->ctx->arena, "%zu", s->csv.count));
        for (size_t i = 0; i < s->width; i++) {
                struct str text = str_trim(s->csv.fields[i]);
                values[i] = VAL_OF_NULL;
                if (s->field[i] && text.n)
                        ok = cell_value(w, s->field[i], text, &values[i]) && ok;
        }
        return ok;
}

/* What the row gives, as the body of a request; for a record only what it has not already. */
static const struct json *
row_body(struct work *w, const struct sheet *s, const struct val *values, const struct record *r)
{
        struct jw out = {0};
        const struct json *body;

        jw_open(&out, '{');
        for (size_t i = 0; i < s->width; i++) {
                const struct field *f = s->field[i];
                if (!f || values[i].type == VAL_NULL || (r && val_equal(&values[i], &r->v[f->index])))
                        continue;
                jw_key(&out, f->name);
                bind_write(f, &values[i], &out);
        }
        jw_close(&out, '}');
        body = json_parse(w->ctx, arena_strndup(w->ctx->arena, out.b.p, out.b.n), out.b.n, 100000);
        jw_free(&out);
        return body;
}

bool
sheet_apply(struct work *w, struct sheet *s, enum sheet_deed *ret_deed, int64_t *ret_id)
{
        struct val *values = ARENA_ARRAY(w->ctx->arena, struct val, s->width);
        struct record *r = NULL;
        const struct json *body;

        *ret_id = 0;
        *ret_deed = SHEET_CREATE;
        if (!read_values(w, s, values) || !find_record(w, s, values, &r) || !(body = row_body(w, s, values, r)))
                return false;
        if (r) {
                *ret_id = r->id;
                *ret_deed = body->count ? SHEET_UPDATE : SHEET_SAME;
                return body->count == 0 || store_update(w, r, body, 0);
        }
        r = store_create(w, s->e, body);
        if (r)
                *ret_id = r->id;
        return r != NULL;
}
