/* SPDX-License-Identifier: Apache-2.0
 *
 * store_list.c -- lists: scope and filter and cursor, sorted, one page, straight to JSON.
 *
 *     select <system columns>, <chosen fields> from <tables>
 *      where <row scope> and <filter> and <behind the cursor> order by <keys>, id limit <page + 1>
 *
 * Invariants
 *   1. The order is total (id is the last key), so a page starts exactly behind the one before, whatever was inserted.
 *   2. NULLs stand last in both directions.
 *   3. The own table of a case entity is joined only when a column of it is chosen, filtered or sorted by: most
 *      queues need `cases` alone.
 *   4. Equal requests make equal texts, so that the statement cache holds them.
 */
#include <stdio.h>
#include "engine/access.h"
#include "engine/filter.h"
#include "engine/row.h"
#include "engine/sqltext.h"
#include "engine/store.h"

enum { SORT_KEYS = 4, COUNT_LIMIT = 1000 };

struct sort_key {
        const struct field *field;     /* NULL: system column */
        const char *sql;
        bool descending, nullable;
};

struct list {
        struct work *w;
        const struct entity *e;
        const struct list_options *o;
        struct sort_key keys[SORT_KEYS];
        int key_count;
        struct sql_text where;         /* scope and filter */
        struct row_writer rw;
        bool walk;                     /* goes through the own table alone, see walk_own_table() */
        int key_col;                   /* the first sort key's column in a row */
};

/* ---- sort keys ---- */

static bool
key_find(struct list *l, struct str name, struct sort_key *k)
{
        static const struct {
                const char *name;
                enum system_column col;
        } known[] = {{"id", COL_ID}, {"number", COL_NUMBER}, {"state", COL_STATE}, {"version", COL_VERSION},
                     {"created_at", COL_CREATED_AT}, {"updated_at", COL_UPDATED_AT}};

        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
                if (str_is(name, known[i].name)) {
                        k->sql = sqltext_system(l->e, known[i].col);
                        return strcmp(k->sql, "null") != 0;
                }
        k->field = entity_field_str(l->e, name);
        if (k->field == NULL || k->field->storage == STORE_NONE || k->field->storage == STORE_JSON || k->field->hidden ||
            !access_field_read(l->w->actor, k->field))
                return false;
        k->nullable = !k->field->required;
        return true;
}

/* All of a case entity by id: its own table holds just these in that order, while an index of `cases` would have to sort. */
static void
walk_own_table(struct list *l)
{
        bool all = access_scopes(l->w->actor, l->e, DEED_READ) & 1u << SCOPE_ALL;

        l->walk = l->e->kind == KIND_CASE && !l->e->abstract && l->key_count == 1 && l->keys[0].field == NULL &&
                  strcmp(l->keys[0].sql, "c.id") == 0 &&
                  l->o->filter.n == 0 && all;
        if (l->walk)
                l->keys[0].sql = "t.id";
}

/* By time left means: then by priority (rule C1), which also orders what nothing is due for. */
static struct str
wanted_order(const struct list *l)
{
        const struct field *f = entity_field(l->e, "priority");

        if (l->e->kind != KIND_CASE)
                return l->o->sort;
        if (l->o->sort.n == 0)
                return STR("-reported_at");
        if (str_is(l->o->sort, "due") && f != NULL && access_field_read(l->w->actor, f))
                return STR("due,priority");
        return l->o->sort;
}

static bool
keys_parse(struct list *l)
{
        struct str rest = wanted_order(l);
        bool has_id = false;

        while (rest.n > 0) {
                struct str name = str_cut(rest, ',', &rest);
                struct sort_key *k = &l->keys[l->key_count];
                if (l->key_count == SORT_KEYS - 1)
                        return fail(l->w->ctx, E_PARAMETER, "sort", "sort", str_c(l->w->ctx->arena, l->o->sort),
                                    "at most 3 fields");
                k->descending = name.n > 0 && name.p[0] == '-';
                if (k->descending)
                        name = (struct str){name.p + 1, name.n - 1};
                if (!key_find(l, name, k))
                        return fail(l->w->ctx, E_PARAMETER, "sort", "sort", str_c(l->w->ctx->arena, l->o->sort),
                                    "fields that you may read, - in front for descending");
                l->key_count++;
                if (str_is(name, "id")) {
                        has_id = true;
                        break;
                }
        }
        if (!has_id) {
                bool down = l->key_count == 0 || l->keys[l->key_count - 1].descending;
                l->keys[l->key_count++] = (struct sort_key){.sql = "c.id", .descending = down};
        }
        walk_own_table(l);
        return true;
}

static void
key_write(struct list *l, const struct sort_key *k, struct sql_text *s)
{
        if (k->field != NULL)
                sql_text_field(l->e, k->field, s);
        else
                buf_text(&s->text, k->sql);
}

static void
order_write(struct list *l, struct sql_text *s)
{
        buf_text(&s->text, " order by ");
        for (int i = 0; i < l->key_count; i++) {
                buf_text(&s->text, i > 0 ? ", " : "");
                key_write(l, &l->keys[i], s);
                buf_text(&s->text, l->keys[i].descending ? " desc" : " asc");
                buf_text(&s->text, l->keys[i].nullable ? " nulls last" : "");
        }
}

/* ---- cursor: the last row's sort values as JSON, in hex ---- */

static void
cursor_make(struct list *l, struct rows *rows, struct buf *out)
{
        struct jw jw = {0};

        jw_open(&jw, '[');
        for (int i = 0; i < l->key_count; i++) {
                const struct sort_key *k = &l->keys[i];
                int col = l->key_col + i;
                bool text = k->field ? k->field->storage == STORE_TEXT
                                     : strcmp(k->sql, "c.number") == 0 || strcmp(k->sql, "c.state") == 0;
                if (rows_null(rows, col))
                        jw_null(&jw);
                else if (text)
                        jw_str(&jw, rows_text(rows, col));
                else
                        jw_int(&jw, rows_int(rows, col));
        }
        jw_close(&jw, ']');
        buf_reset(out);
        for (size_t i = 0; i < jw.b.n; i++)
                buf_printf(out, "%02x", (unsigned char)jw.b.p[i]);
        jw_free(&jw);
}

static bool
cursor_bad(struct list *l)
{
        ctx_clear(l->w->ctx);
        return fail(l->w->ctx, E_PARAMETER, "cursor", "cursor", str_c(l->w->ctx->arena, l->o->cursor),
                    "the `next` of the page before, with the same sort");
}

static struct json *
cursor_read(struct list *l)
{
        struct str hex = l->o->cursor;
        char *text = arena_alloc(l->w->ctx->arena, hex.n / 2 + 1);
        struct json *v;

        for (size_t i = 0; i + 1 < hex.n; i += 2) {
                unsigned byte;
                if (sscanf(str_c(l->w->ctx->arena, (struct str){hex.p + i, 2}), "%2x", &byte) != 1)
                        return NULL;
                text[i / 2] = (char)byte;
        }
        v = json_parse(l->w->ctx, text, hex.n / 2, 64);
        return v != NULL && v->type == JSON_ARRAY && v->count == (uint32_t)l->key_count ? v : NULL;
}

static bool
cursor_value(struct list *l, const struct sort_key *k, const struct json *j, struct val *ret)
{
        bool text = k->field ? k->field->storage == STORE_TEXT
                             : strcmp(k->sql, "c.number") == 0 || strcmp(k->sql, "c.state") == 0;

        if (j->type == JSON_NULL && k->nullable)
                *ret = VAL_OF_NULL;
        else if (j->type == JSON_TEXT && text)
                *ret = VAL_OF_TEXT(j->text);
        else if (j->type == JSON_INT && !text)
                *ret = VAL_OF_INT(j->i);
        else
                return false;
        return true;
}

/* All keys never null and in one direction: one comparison of rows, which an index answers. */
static bool
cursor_simple(const struct list *l)
{
        for (int i = 0; i < l->key_count; i++)
                if (l->keys[i].nullable || l->keys[i].descending != l->keys[0].descending)
                        return false;
        return true;
}

static void
cursor_row(struct list *l, const struct val *v, struct sql_text *s)
{
        buf_text(&s->text, " and (");
        for (int i = 0; i < l->key_count; i++) {
                buf_text(&s->text, i > 0 ? ", " : "");
                key_write(l, &l->keys[i], s);
        }
        buf_text(&s->text, l->keys[0].descending ? ") < (" : ") > (");
        for (int i = 0; i < l->key_count; i++) {
                buf_text(&s->text, i > 0 ? ", " : "");
                sql_text_value(l->w, s, v[i]);
        }
        buf_text(&s->text, ")");
}

/* key i behind its value, or equal and the rest behind theirs */
static void
cursor_chain(struct list *l, const struct val *v, int i, struct sql_text *s)
{
        const struct sort_key *k = &l->keys[i];

        buf_text(&s->text, "(");
        if (v[i].type == VAL_NULL) {
                buf_text(&s->text, "1=0");
        } else {
                key_write(l, k, s);
                buf_text(&s->text, k->descending ? " < " : " > ");
                sql_text_value(l->w, s, v[i]);
                if (k->nullable) {
                        buf_text(&s->text, " or ");
                        key_write(l, k, s);
                        buf_text(&s->text, " is null");
                }
        }
        if (i + 1 < l->key_count) {
                buf_text(&s->text, " or (");
                key_write(l, k, s);
                if (v[i].type == VAL_NULL) {
                        buf_text(&s->text, " is null and ");
                } else {
                        buf_text(&s->text, " = ");
                        sql_text_value(l->w, s, v[i]);
                        buf_text(&s->text, " and ");
                }
                cursor_chain(l, v, i + 1, s);
                buf_text(&s->text, ")");
        }
        buf_text(&s->text, ")");
}

static bool
cursor_write(struct list *l, struct sql_text *s)
{
        struct val v[SORT_KEYS];
        struct json *values, *j;

        if (l->o->cursor.n == 0)
                return true;
        if ((values = cursor_read(l)) == NULL)
                return cursor_bad(l);
        j = values->child;
        for (int i = 0; i < l->key_count; i++, j = j->next)
                if (!cursor_value(l, &l->keys[i], j, &v[i]))
                        return cursor_bad(l);
        if (cursor_simple(l)) {
                cursor_row(l, v, s);
        } else {
                buf_text(&s->text, " and ");
                cursor_chain(l, v, 0, s);
        }
        return true;
}

/* ---- the statement ---- */

static void
where_child(struct list *l, struct sql_text *s)
{
        const struct field *f = l->e->kind == KIND_CHILD ? access_visibility(l->w, l->e) : NULL;

        if (l->o->case_id != 0) {
                buf_text(&s->text, " and c.case_id = ");
                sql_text_value(l->w, s, VAL_OF_INT(l->o->case_id));
        }
        if (f != NULL) {
                buf_text(&s->text, " and ");
                sql_text_field(l->e, f, s);
                buf_text(&s->text, " = 'public'");
        }
}

/* A child listed under its case needs only some read grant: the case was asked for already. */
static bool
where_scope(struct list *l, struct sql_text *s)
{
        bool under_case = l->e->kind == KIND_CHILD && l->o->case_id != 0;

        if (!l->e->abstract && access_scope(l->w->actor, l->e, DEED_READ) == SCOPE_NONE)
                return fail(l->w->ctx, E_DENIED, "", model_role_names(l->w->ctx->arena, l->w->model, l->w->actor->given),
                            arena_printf(l->w->ctx->arena, "read %s", l->e->name));
        if (under_case)
                buf_text(&s->text, "(1=1)");
        else
                access_scope_sql(l->w, l->e, DEED_READ, s);
        if (l->e->kind == KIND_CHILD)
                where_child(l, s);
        if (l->o->filter.n == 0)
                return true;
        buf_text(&s->text, " and ");
        return filter_sql(l->w, l->e, l->o->filter, s);
}

static void
choose_columns(struct list *l)
{
        const struct read_options *o = &l->o->read;
        size_t n = o->fields ? o->field_count : l->e->list_count;
        struct row_column *columns;

        l->rw.columns = columns = ARENA_ARRAY(l->w->ctx->arena, struct row_column, n + 1);
        for (size_t i = 0; i < n; i++) {
                const struct field *f = o->fields ? o->fields[i] : l->e->list[i];
                int col = o->can ? l->rw.sql->column[f->index] : COL_FIELDS + (int)l->rw.count;
                if (f->storage != STORE_NONE && !f->hidden && access_field_read(l->w->actor, f))
                        columns[l->rw.count++] = (struct row_column){f, col};
        }
}

static bool
is_brief(enum system_column col)
{
        return col == COL_ID || col == COL_VERSION || col == COL_STATE || col == COL_NUMBER || col == COL_CASE_ID ||
               col == COL_ENTITY;
}

static void
write_select(struct list *l, struct sql_text *s)
{
        int n = COL_FIELDS;

        buf_text(&s->text, "select ");
        for (int i = 0; i < COL_FIELDS; i++) {
                buf_text(&s->text, i > 0 ? ", " : "");
                buf_text(&s->text, l->rw.brief && !is_brief(i) ? "null" : sqltext_system(l->e, i));
        }
        for (size_t i = 0; i < (l->o->read.can ? l->e->field_count : l->rw.count); i++) {
                const struct field *f = l->o->read.can ? &l->e->fields[i] : l->rw.columns[i].field;
                if (f->storage == STORE_NONE)
                        continue;
                buf_text(&s->text, ", ");
                sql_text_field(l->e, f, s);
                n++;
        }
        l->key_col = n;
        for (int i = 0; i < l->key_count; i++) {
                buf_text(&s->text, ", ");
                key_write(l, &l->keys[i], s);
        }
}

/* from and where; the join only when something of the own table is named, the entity always (indexes begin with it). */
static bool
write_from(struct list *l, struct sql_text *s)
{
        struct sql_text probe = {0};
        bool join = s->own, ok;

        ok = where_scope(l, &probe);
        for (int i = 0; i < l->key_count; i++)
                key_write(l, &l->keys[i], &probe);
        join = join || probe.own;
        buf_free(&probe.text);
        if (!ok)
                return false;
        if (l->e->kind != KIND_CASE || l->e->abstract || l->walk) {
                buf_printf(&s->text, " from %s where ", l->rw.sql->from);
                return where_scope(l, s);
        }
        buf_printf(&s->text, " from %s where c.entity = ", join ? l->rw.sql->from : "cases c");
        sql_text_value(l->w, s, VAL_OF_TEXT(str_of(l->e->name)));
        buf_text(&s->text, " and ");
        return where_scope(l, s);
}

static bool
write_count(struct list *l, struct jw *out)
{
        struct sql_text s = {0};
        int64_t n = 0;
        struct rows *rows;

        buf_text(&s.text, "select count(*) from (select 1");
        if (!write_from(l, &s)) {
                buf_free(&s.text);
                return false;
        }
        buf_printf(&s.text, " limit %d) x", COUNT_LIMIT + 1);
        rows = sql_query_vals(l->w->ctx, l->w->conn, buf_c(&s.text), s.values, s.count);
        if (rows != NULL && rows_next(rows))
                n = rows_int(rows, 0);
        buf_free(&s.text);
        if (rows == NULL || !rows_close(rows))
                return false;
        n > COUNT_LIMIT ? jw_text(out, "1000+") : jw_int(out, n);
        return true;
}

bool
store_count_json(struct work *w, const struct entity *e, struct str filter, struct jw *out)
{
        struct list_options o = {.filter = filter};
        struct list l = {.w = w, .e = e, .o = &o, .rw = {.sql = engine_sql(w->engine, e)}};

        return write_count(&l, out);
}

static bool
write_page(struct list *l, struct rows *rows, struct jw *out)
{
        struct row_mark *marks = ARENA_ARRAY(l->w->ctx->arena, struct row_mark, (size_t)l->o->limit + 1);
        struct buf cursor = {0};
        int n = 0;
        bool more = false;

        jw_key(out, "items"), jw_open(out, '[');
        while (rows_next(rows)) {
                if (n == l->o->limit) {
                        more = true;
                        break;
                }
                marks[n] = row_write_marked(&l->rw, rows, out);
                if (++n == l->o->limit)
                        cursor_make(l, rows, &cursor);
        }
        jw_close(out, ']');
        jw_key(out, "next");
        more ? jw_str(out, buf_view(&cursor)) : jw_null(out);
        buf_free(&cursor);
        return rows_close(rows) && row_extras(&l->rw, marks, (size_t)n, out);
}

static struct rows *
list_query(struct list *l)
{
        struct sql_text s = {0};
        struct rows *rows = NULL;

        write_select(l, &s);
        if (write_from(l, &s) && cursor_write(l, &s)) {
                order_write(l, &s);
                buf_text(&s.text, " limit ");
                sql_text_value(l->w, &s, VAL_OF_INT(l->o->limit + 1));
                rows = sql_query_vals(l->w->ctx, l->w->conn, buf_c(&s.text), s.values, s.count);
        }
        buf_free(&s.text);
        return rows;
}

bool
store_list_json(struct work *w, const struct entity *e, const struct list_options *o, struct jw *out)
{
        struct list l = {.w = w, .e = e, .o = o};
        struct rows *rows;

        l.rw = (struct row_writer){.w = w, .e = e, .o = &o->read, .sql = engine_sql(w->engine, e), .brief = !o->read.can && !o->read.stamps};
        if (!keys_parse(&l))
                return false;
        choose_columns(&l);
        if (o->read.labels)
                row_labels_init(&l.rw);
        if ((rows = list_query(&l)) == NULL)
                return false;
        jw_open(out, '{');
        if (!write_page(&l, rows, out))
                return false;
        if (o->count) {
                jw_key(out, "count");
                if (!write_count(&l, out))
                        return false;
        }
        jw_close(out, '}');
        return true;
}
