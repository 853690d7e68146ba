/* SPDX-License-Identifier: Apache-2.0
 *
 * store_read.c -- loading records, and writing them as JSON.
 *
 * Two ways out of a row: into a struct record (whoever changes or decides), and straight into JSON (store_read_json and
 * lists: the hot path, no copy of a value).  Both ask the same questions of access.
 */
#include <stdio.h>
#include "base/text.h"
#include "engine/access.h"
#include "engine/life.h"
#include "engine/row.h"
#include "engine/sqltext.h"
#include "engine/store.h"
#include "model/bind.h"

/* ---- into a record ---- */

static struct val
column_value(struct arena *a, const struct field *f, struct rows *rows, int col)
{
        if (rows_null(rows, col))
                return VAL_OF_NULL;
        if (f->storage == STORE_INT)
                return VAL_OF_INT(rows_int(rows, col));
        struct str s = rows_text(rows, col);
        return VAL_OF_TEXT(((struct str){arena_strndup(a, s.p, s.n), s.n}));
}

static struct record *
row_record(struct work *w, const struct entity *e, struct rows *rows)
{
        const struct entity_sql *sql = engine_sql(w->engine, e);
        struct record *r = ARENA_NEW(w->ctx->arena, struct record);
        struct str hash = rows_text(rows, COL_EVENT_HASH);

        r->e = e;
        r->id = rows_int(rows, COL_ID);
        r->version = rows_int(rows, COL_VERSION);
        r->event_count = rows_int(rows, COL_EVENT_COUNT);
        if (hash.n == 32)
                memcpy(r->event_hash, hash.p, 32);
        r->created_at = rows_int(rows, COL_CREATED_AT);
        r->created_by = rows_int(rows, COL_CREATED_BY);
        r->updated_at = rows_int(rows, COL_UPDATED_AT);
        r->updated_by = rows_int(rows, COL_UPDATED_BY);
        r->state = r->old_state = e->state_count > 0 ? entity_state_str(e, rows_text(rows, COL_STATE)) : NULL;
        r->number = rows_null(rows, COL_NUMBER) ? "" : str_c(w->ctx->arena, rows_text(rows, COL_NUMBER));
        r->case_id = rows_int(rows, COL_CASE_ID);
        r->v = ARENA_ARRAY(w->ctx->arena, struct val, e->field_count + 1);
        r->old = ARENA_ARRAY(w->ctx->arena, struct val, e->field_count + 1);
        for (size_t i = 0; i < e->field_count; i++)
                if (sql->column[i] >= 0)
                        r->v[i] = column_value(w->ctx->arena, &e->fields[i], rows, sql->column[i]);
        memcpy(r->old, r->v, e->field_count * sizeof *r->v);
        return r;
}

static struct record *
load(struct work *w, const struct entity *e, const char *sql, const struct val *v, size_t n)
{
        struct rows *rows = sql_query_vals(w->ctx, w->conn, sql, v, n);
        struct record *r = NULL;

        if (rows == NULL)
                return NULL;
        if (rows_next(rows))
                r = row_record(w, e, rows);
        return rows_close(rows) ? r : NULL;
}

struct record *
store_load(struct work *w, const struct entity *e, int64_t id)
{
        struct val v = VAL_OF_INT(id);

        return load(w, e, engine_sql(w->engine, e)->read, &v, 1);
}

struct record *
store_load_case(struct work *w, int64_t id)
{
        struct str name;
        const struct entity *e;

        if (!sql_one_text(w->ctx, w->conn, &name, SQL("select entity from cases where id = $1"), "i", id))
                return NULL;
        e = model_entity_str(w->model, name);
        return e != NULL ? store_load(w, e, id) : NULL;
}

static struct record *
not_found(struct work *w, const struct entity *e, struct str key)
{
        if (!ctx_failed(w->ctx))
                fail(w->ctx, E_NOT_FOUND, "", e->name, str_c(w->ctx->arena, key));
        return NULL;
}

static bool
number_to_id(struct work *w, const struct entity *e, struct str key, int64_t *id)
{
        return e->kind == KIND_CASE && text_valid(key) &&
               sql_one_int(w->ctx, w->conn, id, SQL("select id from cases where number = $1"), "t", key);
}

struct record *
store_find(struct work *w, const struct entity *e, struct str key)
{
        struct record *r = NULL;
        int64_t id;

        if (str_to_int(key, &id) || number_to_id(w, e, key, &id))
                r = store_load(w, e, id);
        if (r == NULL || !access_row(w, r, DEED_READ))
                return not_found(w, e, key);
        return r;
}

struct record *
store_get(struct work *w, const struct entity *e, int64_t id)
{
        char key[24];

        snprintf(key, sizeof key, "%lld", (long long)id);
        return store_find(w, e, str_of(key));
}

struct record *
store_get_child(struct work *w, const struct entity *e, const struct record *parent, int64_t id)
{
        struct val v[2] = {VAL_OF_INT(id), VAL_OF_INT(parent->id)};
        struct record *r = load(w, e, engine_sql(w->engine, e)->read, v, 2);
        const struct field *f = access_visibility(w, e);
        bool hidden = r != NULL && f != NULL && !str_is(r->v[f->index].s, "public");

        if (r == NULL || hidden || access_scope(w->actor, e, DEED_READ) == SCOPE_NONE)
                return not_found(w, e, str_of(arena_printf(w->ctx->arena, "%lld", (long long)id)));
        r->parent = (struct record *)parent;
        return r;
}

/* ---- labels ---- */

const char *
store_label(struct work *w, const struct entity *e, int64_t id)
{
        const struct entity_sql *sql = engine_sql(w->engine, e);
        struct val v = VAL_OF_INT(id);
        const char *label = NULL;
        struct rows *rows;

        if (sql->label == NULL || (rows = sql_query_vals(w->ctx, w->conn, sql->label, &v, 1)) == NULL)
                return NULL;
        if (rows_next(rows))
                label = str_c(w->ctx->arena, rows_text(rows, 0));
        rows_close(rows);
        return label;
}

/* The label of what a link names, remembered for the length of the request: lists repeat the same few. */
static const char *
label_of(struct work *w, struct map *seen, const struct entity *e, int64_t id)
{
        char key[64];
        size_t n = (size_t)snprintf(key, sizeof key, "%d/%lld", e->index, (long long)id);
        const char *label = map_get(seen, (struct str){key, n});

        if (label == NULL) {
                label = store_label(w, e, id);
                map_set(seen, (struct str){key, n}, (void *)(label ? label : ""));
        }
        return label;
}

void
row_labels_init(struct row_writer *rw)
{
        map_init(&rw->labels, rw->w->ctx->arena);
}

/* ---- row to JSON ---- */

static void
write_int(struct jw *out, const char *key, int64_t v)
{
        jw_key(out, key);
        jw_int(out, v);
}

/* What kind of record the row is: cases of every kind may stand together. */
static const struct entity *
row_entity(const struct row_writer *rw, struct rows *rows)
{
        const struct entity *e = rw->e->abstract ? model_entity_str(rw->w->model, rows_text(rows, COL_ENTITY)) : rw->e;

        return e ? e : rw->e;
}

static void
write_system(const struct row_writer *rw, struct rows *rows, struct jw *out)
{
        const struct entity *e = row_entity(rw, rows);

        write_int(out, "id", rows_int(rows, COL_ID));
        write_int(out, "_v", rows_int(rows, COL_VERSION));
        if (rw->e->abstract) {
                jw_key(out, "entity");
                jw_str(out, rows_text(rows, COL_ENTITY));
        }
        if (e->kind == KIND_CASE) {
                jw_key(out, "number");
                jw_str(out, rows_text(rows, COL_NUMBER));
        }
        if (e->kind == KIND_CHILD)
                write_int(out, "case_id", rows_int(rows, COL_CASE_ID));
        if (e->state_count > 0) {
                const struct state *s = entity_state_str(e, rows_text(rows, COL_STATE));
                if (s != NULL)
                        jw_key_raw(out, engine_sql(rw->w->engine, e)->state_json[s->index]), out->comma = true;
        }
        if (rw->brief)
                return;
        jw_key(out, "created_at"), jw_time(out, rows_int(rows, COL_CREATED_AT));
        write_int(out, "created_by", rows_int(rows, COL_CREATED_BY));
        jw_key(out, "updated_at"), jw_time(out, rows_int(rows, COL_UPDATED_AT));
        write_int(out, "updated_by", rows_int(rows, COL_UPDATED_BY));
}

/* {"17": "label of 17", ...} of a list as it is stored: [17,18]. */
static void
write_list_labels(struct work *w, struct map *seen, const struct entity *to, struct str list, struct jw *out)
{
        jw_open(out, '{');
        if (list.n > 2)
                list = (struct str){list.p + 1, list.n - 2};
        while (list.n > 0) {
                struct str one = str_trim(str_cut(list, ',', &list));
                int64_t id;
                const char *label;
                if (!str_to_int(one, &id) || (label = label_of(w, seen, to, id)) == NULL)
                        continue;
                jw_key_str(out, one);
                jw_text(out, label);
        }
        jw_close(out, '}');
}

static void
write_labels(struct row_writer *rw, struct rows *rows, struct jw *out)
{
        jw_key(out, "_labels"), jw_open(out, '{');
        for (size_t i = 0; i < rw->count; i++) {
                const struct field *f = rw->columns[i].field;
                if (f->to == NULL || rows_null(rows, rw->columns[i].col))
                        continue;
                jw_key_raw(out, f->json_key);
                if (f->type == TYPE_MULTI_LINK)
                        write_list_labels(rw->w, &rw->labels, f->to, rows_text(rows, rw->columns[i].col), out);
                else
                        jw_text(out, label_of(rw->w, &rw->labels, f->to, rows_int(rows, rw->columns[i].col)));
        }
        jw_close(out, '}');
}

void
row_write(struct row_writer *rw, struct rows *rows, struct jw *out)
{
        jw_open(out, '{');
        write_system(rw, rows, out);
        for (size_t i = 0; i < rw->count; i++) {
                jw_key_raw(out, rw->columns[i].field->json_key);
                bind_write_column(rw->columns[i].field, rows, rw->columns[i].col, out);
        }
        if (rw->o->labels)
                write_labels(rw, rows, out);
        if (rw->o->can) {
                jw_key(out, "_can");
                life_can_json(rw->w, row_record(rw->w, rw->e, rows), out);
        }
        jw_close(out, '}');
}

struct row_mark
row_write_marked(struct row_writer *rw, struct rows *rows, struct jw *out)
{
        const struct entity *e = row_entity(rw, rows);
        const struct state *s = e->state_count > 0 ? entity_state_str(e, rows_text(rows, COL_STATE)) : NULL;

        row_write(rw, rows, out);
        return (struct row_mark){rows_int(rows, COL_ID), e, s != NULL && s->final, out->b.n - 1};
}

bool
row_extras(struct row_writer *rw, const struct row_mark *marks, size_t n, struct jw *out)
{
        struct str *extra = ARENA_ARRAY(rw->w->ctx->arena, struct str, n + 1), rest;
        size_t from;

        if (n == 0 || rw->o->extra == NULL)
                return true;
        if (!rw->o->extra(rw->w, marks, n, extra))
                return false;
        from = marks[0].end;
        rest = (struct str){arena_strndup(rw->w->ctx->arena, out->b.p + from, out->b.n - from), out->b.n - from};
        out->b.n = from;
        for (size_t i = 0; i < n; i++) {
                size_t until = i + 1 < n ? marks[i + 1].end : from + rest.n;
                if (extra[i].n > 0)
                        buf_char(&out->b, ','), buf_str(&out->b, extra[i]);
                buf_add(&out->b, rest.p + (marks[i].end - from), until - marks[i].end);
        }
        return true;
}

void
row_columns_all(struct row_writer *rw)
{
        const struct read_options *o = rw->o;
        size_t n = o->fields ? o->field_count : rw->sql->shown_count;
        struct row_column *columns;

        if (!o->fields && (rw->w->actor->roles & rw->sql->reads_all)) {
                rw->columns = rw->sql->shown;
                rw->count = n;
                return;
        }
        rw->columns = columns = ARENA_ARRAY(rw->w->ctx->arena, struct row_column, n + 1);
        for (size_t i = 0; i < n; i++) {
                const struct field *f = o->fields ? o->fields[i] : rw->sql->shown[i].field;
                if (f->storage != STORE_NONE && !f->hidden && access_field_read(rw->w->actor, f))
                        columns[rw->count++] = (struct row_column){f, rw->sql->column[f->index]};
        }
}

/* Who may read all rows may read this one, unless it is restricted (rule A6): the hot path makes no record of it. */
static bool
is_open_row(struct work *w, const struct entity *e, struct rows *rows)
{
        const struct field *f = entity_field(e, "restricted");

        return (access_scopes(w->actor, e, DEED_READ) & 1u << SCOPE_ALL) && access_visibility(w, e) == NULL &&
               (f == NULL || rows_int(rows, engine_sql(w->engine, e)->column[f->index]) == 0);
}

bool
store_read_json(struct work *w, const struct entity *e, struct str key, const struct read_options *o, struct jw *out,
                int64_t *ret_version)
{
        struct row_writer rw = {.w = w, .e = e, .o = o, .sql = engine_sql(w->engine, e)};
        struct row_mark mark;
        struct val v;
        struct rows *rows;
        bool found;

        if (!str_to_int(key, &v.i) && !number_to_id(w, e, key, &v.i))
                return not_found(w, e, key) != NULL;
        v.type = VAL_INT;
        row_columns_all(&rw);
        if (o->labels)
                row_labels_init(&rw);
        if ((rows = sql_query_vals(w->ctx, w->conn, rw.sql->read, &v, 1)) == NULL)
                return false;
        found = rows_next(rows) && (is_open_row(w, e, rows) || access_row(w, row_record(w, e, rows), DEED_READ));
        if (found) {
                *ret_version = rows_int(rows, COL_VERSION);
                mark = row_write_marked(&rw, rows, out);
        }
        if (!rows_close(rows))
                return false;
        return found ? row_extras(&rw, &mark, 1, out) : not_found(w, e, key) != NULL;
}

/* ---- record to JSON ---- */

static void
record_system(const struct record *r, const struct entity_sql *sql, struct jw *out)
{
        write_int(out, "id", r->id);
        write_int(out, "_v", r->version);
        if (r->e->kind == KIND_CASE)
                jw_key(out, "number"), jw_text(out, r->number);
        if (r->e->kind == KIND_CHILD)
                write_int(out, "case_id", r->case_id);
        if (r->state != NULL)
                jw_key_raw(out, sql->state_json[r->state->index]), out->comma = true;
        jw_key(out, "created_at"), jw_time(out, r->created_at);
        write_int(out, "created_by", r->created_by);
        jw_key(out, "updated_at"), jw_time(out, r->updated_at);
        write_int(out, "updated_by", r->updated_by);
}

static void
record_labels(struct work *w, const struct record *r, struct jw *out)
{
        struct map seen;

        map_init(&seen, w->ctx->arena);
        jw_key(out, "_labels"), jw_open(out, '{');
        for (size_t i = 0; i < r->e->field_count; i++) {
                const struct field *f = &r->e->fields[i];
                bool many = f->type == TYPE_MULTI_LINK;
                if (f->to == NULL || r->v[i].type != (many ? VAL_TEXT : VAL_INT) || !access_field_read(w->actor, f))
                        continue;
                jw_key_raw(out, f->json_key);
                if (many)
                        write_list_labels(w, &seen, f->to, r->v[i].s, out);
                else
                        jw_text(out, label_of(w, &seen, f->to, r->v[i].i));
        }
        jw_close(out, '}');
}

void
store_record_json(struct work *w, const struct record *r, const struct read_options *o, struct jw *out)
{
        jw_open(out, '{');
        record_system(r, engine_sql(w->engine, r->e), out);
        for (size_t i = 0; i < (o->fields ? o->field_count : r->e->field_count); i++) {
                const struct field *f = o->fields ? o->fields[i] : &r->e->fields[i];
                if (f->storage == STORE_NONE || f->hidden || !access_field_read(w->actor, f))
                        continue;
                jw_key_raw(out, f->json_key);
                bind_write(f, &r->v[f->index], out);
        }
        if (o->labels)
                record_labels(w, r, out);
        if (o->can)
                jw_key(out, "_can"), life_can_json(w, r, out);
        jw_close(out, '}');
}
