/* SPDX-License-Identifier: Apache-2.0
 *
 * store_stats.c -- how many records there are by state, option or yes and no, and the filter that lists each number.
 *
 *     select count(*) from (select 1 from <tables> where <row scope> and <filter> and <column> = $n limit 1001)
 *
 * Invariants
 *   1. A number counts the rows that the list shows under the filter beside it, by the same scope and the same filter.
 *   2. Numbers are bounded as those of lists are: exact up to 1000, else "1000+".
 *   3. Where an index leads to a value (state, indexed fields) each value is asked for alone, and no more rows are
 *      touched than are told.  Else one pass counts all of them.
 *   4. A value stands in the answer although no row has it: a part of a diagram does not vanish.
 */
#include "engine/access.h"
#include "engine/filter.h"
#include "engine/sqltext.h"
#include "engine/store.h"

enum { COUNT_LIMIT = 1000 };

struct stats {
        struct work *w;
        const struct entity *e;
        const struct field *field;     /* NULL: the state */
        struct str filter;
        struct sql_text where;
        struct buf column;
        size_t fixed;                  /* values of `where` */
        bool probes;                   /* see 3 */
        struct str *value;             /* what is counted, in the order of the model; n 0: no value */
        int64_t *number;
        size_t count;
};

static bool
field_counts(const struct work *w, const struct field *f)
{
        return f != NULL && (f->type == TYPE_ENUM || f->type == TYPE_BOOL) && !f->hidden && access_field_read(w->actor, f);
}

static void
add_value(struct stats *s, struct str value)
{
        s->value[s->count++] = value;
}

/* Which column is counted by, and which values it has. */
static bool
choose_group(struct stats *s, struct str group)
{
        struct arena *a = s->w->ctx->arena;
        bool state = str_is(group, "state") && s->e->state_count > 0;

        s->field = state ? NULL : entity_field_str(s->e, group);
        if (!state && !field_counts(s->w, s->field))
                return fail(s->w->ctx, E_PARAMETER, "group", "group", str_c(a, group),
                            "state, or the name of an enum or bool field that you may read");
        size_t n = state ? s->e->state_count : s->field->option_count;
        s->value = ARENA_ARRAY(a, struct str, n + 3);
        s->number = ARENA_ARRAY(a, int64_t, n + 3);
        for (size_t i = 0; i < n; i++)
                add_value(s, str_of(state ? s->e->states[i].name : s->field->options[i].name));
        if (!state && s->field->type == TYPE_BOOL) {
                add_value(s, STR("true"));
                add_value(s, STR("false"));
        }
        if (!state && !s->field->required)
                add_value(s, STR_NONE);
        s->probes = state || s->field->indexed;
        return true;
}

static bool
write_where(struct stats *s)
{
        bool is_case = s->e->kind == KIND_CASE && !s->e->abstract;

        if (access_scope(s->w->actor, s->e, DEED_READ) == SCOPE_NONE)
                return fail(s->w->ctx, E_DENIED, "", model_role_names(s->w->ctx->arena, s->w->model, s->w->actor->given),
                            arena_printf(s->w->ctx->arena, "read %s", s->e->name));
        if (is_case) {
                buf_text(&s->where.text, "c.entity = ");
                sql_text_value(s->w, &s->where, VAL_OF_TEXT(str_of(s->e->name)));
                buf_text(&s->where.text, " and ");
        }
        access_scope_sql(s->w, s->e, DEED_READ, &s->where);
        if (s->filter.n > 0) {
                buf_text(&s->where.text, " and ");
                if (!filter_sql(s->w, s->e, s->filter, &s->where))
                        return false;
        }
        s->fixed = s->where.count;
        if (s->field == NULL)
                buf_text(&s->column, sqltext_system(s->e, COL_STATE));
        else
                sqltext_field(s->e, s->field, &s->column);
        s->where.own = s->where.own || (is_case && s->field != NULL && !s->field->shared);
        return true;
}

static void
write_from(const struct stats *s, struct buf *out)
{
        bool alone = s->e->kind == KIND_CASE && !s->e->abstract && !s->where.own;

        buf_printf(out, " from %s where ", alone ? "cases c" : engine_sql(s->w->engine, s->e)->from);
        buf_str(out, buf_view(&s->where.text));
}

static struct val
value_of(const struct stats *s, size_t i)
{
        if (s->field != NULL && s->field->type == TYPE_BOOL)
                return VAL_OF_INT(str_is(s->value[i], "true"));
        return VAL_OF_TEXT(s->value[i]);
}

/* Asks for one value, no further than is told. */
static bool
probe(struct stats *s, size_t i)
{
        struct buf text = {0};
        struct rows *rows;

        buf_text(&text, "select count(*) from (select 1");
        write_from(s, &text);
        buf_printf(&text, " and %s", buf_c(&s->column));
        if (s->value[i].n == 0) {
                buf_text(&text, " is null");
        } else {
                buf_printf(&text, " = $%zu", s->fixed + 1);
                s->where.count = s->fixed;
                *ARENA_PUSH(s->w->ctx->arena, s->where.values, s->where.count) = value_of(s, i);
        }
        buf_printf(&text, " limit %d) x", COUNT_LIMIT + 1);
        rows = sql_query_vals(s->w->ctx, s->w->conn, buf_c(&text), s->where.values, s->value[i].n ? s->fixed + 1 : s->fixed);
        if (rows != NULL && rows_next(rows))
                s->number[i] = rows_int(rows, 0);
        buf_free(&text);
        return rows != NULL && rows_close(rows);
}

/* The place of a row's value; a value that the model no longer names has none. */
static size_t
place_of(const struct stats *s, struct rows *rows)
{
        struct str v = rows_null(rows, 0) ? STR_NONE
                       : s->field->type == TYPE_BOOL ? rows_int(rows, 0) ? STR("true") : STR("false") : rows_text(rows, 0);
        size_t i = 0;

        while (i < s->count && !str_eq(s->value[i], v))
                i++;
        return i;
}

static bool
count_all(struct stats *s)
{
        struct buf text = {0};
        struct rows *rows;

        buf_printf(&text, "select %s, count(*)", buf_c(&s->column));
        write_from(s, &text);
        buf_text(&text, " group by 1");
        rows = sql_query_vals(s->w->ctx, s->w->conn, buf_c(&text), s->where.values, s->fixed);
        buf_free(&text);
        while (rows != NULL && rows_next(rows)) {
                size_t i = place_of(s, rows);
                if (i < s->count)
                        s->number[i] = rows_int(rows, 1);
        }
        return rows != NULL && rows_close(rows);
}

static bool
count_each(struct stats *s)
{
        if (!s->probes)
                return count_all(s);
        for (size_t i = 0; i < s->count; i++)
                if (!probe(s, i))
                        return false;
        return true;
}

static void
write_filter(const struct stats *s, struct str group, size_t i, struct jw *out)
{
        struct buf text = {0};

        buf_str(&text, group);
        buf_text(&text, "==");
        buf_str(&text, s->value[i].n ? s->value[i] : STR("null"));
        if (s->filter.n > 0) {
                buf_text(&text, ";(");
                buf_str(&text, s->filter);
                buf_text(&text, ")");
        }
        jw_key(out, "filter");
        jw_str(out, buf_view(&text));
        buf_free(&text);
}

static void
write_groups(const struct stats *s, struct str group, struct jw *out)
{
        jw_open(out, '{');
        jw_key(out, "group");
        jw_str(out, group);
        jw_key(out, "groups");
        jw_open(out, '[');
        for (size_t i = 0; i < s->count; i++) {
                jw_open(out, '{');
                jw_key(out, "value");
                s->value[i].n ? jw_str(out, s->value[i]) : jw_null(out);
                jw_key(out, "count");
                s->number[i] > COUNT_LIMIT ? jw_text(out, "1000+") : jw_int(out, s->number[i]);
                write_filter(s, group, i, out);
                jw_close(out, '}');
        }
        jw_close(out, ']');
        jw_close(out, '}');
}

bool
store_stats_json(struct work *w, const struct entity *e, struct str group, struct str filter, struct jw *out)
{
        struct stats s = {.w = w, .e = e, .filter = filter};
        bool ok = choose_group(&s, group) && write_where(&s) && count_each(&s);

        if (ok)
                write_groups(&s, group, out);
        buf_free(&s.where.text);
        buf_free(&s.column);
        return ok;
}
