/* SPDX-License-Identifier: Apache-2.0
 *
 * export_csv.c -- a source as CSV: one line per event, in the order of the files and their rows.
 *
 * A source of one CSV file is written as it came: header, order, quotes, line ends, byte order mark.  Of several files
 * the newest gives header and looks; columns that only others have follow.  An event that came as XES gives its
 * attributes by name and its trace's with "case:" before it.
 *
 *     columns: the newest CSV file's, then those of the other files, each name once
 */
#include "channel/export_private.h"

struct table {
        struct export *x;
        struct csv_dialect dialect;
        struct map columns; /* name -> index + 1, as a pointer */
        struct str *values; /* of the row in hand */
        bool *quoted;
        const struct stored_file *looks; /* whose header and quotes are kept; NULL: none came as CSV */
        bool first;
        /* XES: attributes of the trace in hand. */
        int64_t trace_file, trace_end;
        struct xes_leaf *leaves;
        size_t leaf_count;
        struct arena *trace_arena;
        struct rows *traces;
        bool have_trace;
        int64_t trace_start;
};

static void
add_columns(struct table *t, const struct stored_file *f)
{
        for (size_t i = 0; i < f->column_count; i++)
                if (!map_get(&t->columns, f->columns[i]))
                        map_put(&t->columns, f->columns[i], (void *)(uintptr_t)(t->columns.count + 1));
}

/* ---- a line ---- */

static void
put_line(struct table *t, const struct str *values, const bool *quoted, size_t n)
{
        struct buf *out = &t->x->buf;

        if (!t->first)
                csv_put_end(out, &t->dialect);
        t->first = false;
        for (size_t i = 0; i < n; i++) {
                if (i)
                        buf_char(out, t->dialect.separator);
                csv_put(out, &t->dialect, values[i], quoted[i]);
        }
        /* A line without a byte would be no line. */
        if (n == 1 && values[0].n == 0 && !quoted[0])
                buf_text(out, "\"\"");
}

static void
put_header(struct table *t)
{
        const struct json *quoted = t->looks ? json_get(t->looks->header, "quoted") : NULL;

        for (size_t i = 0; i < t->columns.count; i++) {
                t->values[i] = t->columns.entries[i].key;
                t->quoted[i] = export_quoted(quoted, i);
        }
        if (t->dialect.bom)
                buf_text(&t->x->buf, "\xef\xbb\xbf");
        put_line(t, t->values, t->quoted, t->columns.count);
}

static void
put_value(struct table *t, struct str name, struct str value, bool quoted)
{
        size_t i = (size_t)(uintptr_t)map_get(&t->columns, name);

        if (i == 0)
                return;
        t->values[i - 1] = value;
        t->quoted[i - 1] = quoted;
}

static void
clear_line(struct table *t)
{
        for (size_t i = 0; i < t->columns.count; i++) {
                t->values[i] = STR("");
                t->quoted[i] = false;
        }
}

/* A row of the file whose header is written has its values in that order. */
static void
put_csv_row(struct table *t, const struct stored_file *f, const struct json *data)
{
        const struct json *values = json_get(data, "v"), *quoted = json_get(data, "quoted");
        size_t i = 0;

        clear_line(t);
        for (const struct json *v = values ? values->child : NULL; v && i < f->column_count;
             v = v->next, i++) {
                if (f == t->looks) {
                        t->values[i] = v->text;
                        t->quoted[i] = export_quoted(quoted, i);
                } else {
                        put_value(t, f->columns[i], v->text, export_quoted(quoted, i));
                }
        }
        put_line(t, t->values, t->quoted, t->columns.count);
}

/* ---- rows that came as XES ---- */

/* Takes the next trace's place and attributes. */
static bool
next_trace(struct table *t)
{
        t->have_trace = rows_next(t->traces);
        if (!t->have_trace)
                return false;
        arena_reset(t->trace_arena);
        struct str text = rows_text(t->traces, 3);
        struct json *v =
                json_parse(t->x->ctx, arena_strndup(t->trace_arena, text.p, text.n), text.n, 1000000);
        t->trace_file = rows_int(t->traces, 0);
        t->trace_start = rows_int(t->traces, 1);
        t->trace_end = t->trace_start + rows_int(t->traces, 2);
        t->leaf_count = 0;
        if (v)
                t->leaves =
                        xes_leaves(t->trace_arena, xes_json_read(t->trace_arena, v), "case:", &t->leaf_count);
        return v != NULL;
}

/* Moves on to the trace that holds this row, if any does. */
static bool
find_trace(struct table *t, int64_t file, int64_t row_no)
{
        while (t->have_trace && (t->trace_file < file || (t->trace_file == file && t->trace_end <= row_no)))
                if (!next_trace(t) && ctx_failed(t->x->ctx))
                        return false;
        return true;
}

static bool
put_xes_row(struct table *t, const struct stored_file *f, const struct json *data, int64_t row_no,
            struct str number)
{
        size_t n;
        struct xes_leaf *leaves = xes_leaves(t->x->arena, export_attrs(t->x, f, data), "", &n);

        clear_line(t);
        if (!find_trace(t, f->file, row_no))
                return false;
        if (t->have_trace && t->trace_file == f->file && t->trace_start <= row_no)
                for (size_t i = 0; i < t->leaf_count; i++)
                        put_value(t, t->leaves[i].name, t->leaves[i].value, false);
        else
                put_value(t, STR("case:concept:name"), number, false);
        for (size_t i = 0; i < n; i++)
                put_value(t, leaves[i].name, leaves[i].value, false);
        put_line(t, t->values, t->quoted, t->columns.count);
        return true;
}

/* ---- the table ---- */

static bool
put_rows(struct table *t)
{
        struct export *x = t->x;
        bool ok = true;
        struct rows *rows = sql_query(
                x->ctx, x->w->conn,
                SQL("select r.file, r.row_no, coalesce(r.data, e.data), c.source_no "
                    "from import_row r join events e on e.case_id = r.case_id and e.seq = r.seq "
                    "join cases c on c.id = r.case_id where r.source = $1 order by r.file, r.row_no"),
                "i", x->source);

        for (; ok && rows && rows_next(rows); x->events++) {
                const struct stored_file *f = export_file(x, rows_int(rows, 0));
                const struct json *data = export_data(x, rows_text(rows, 2));
                ok = f && data;
                if (ok && f->format == LOG_CSV)
                        put_csv_row(t, f, data);
                else if (ok)
                        ok = put_xes_row(t, f, data, rows_int(rows, 1), rows_text(rows, 3));
                arena_reset(x->arena);
                ok = ok && export_flush(x, false);
        }
        return rows && rows_close(rows) && ok;
}

static bool
open_traces(struct table *t)
{
        t->traces = sql_query(t->x->ctx, t->x->w->conn,
                              SQL("select file, first_row, row_count, data from import_trace where source = "
                                  "$1 and row_count > 0 "
                                  "order by file, first_row"),
                              "i", t->x->source);
        return t->traces && (next_trace(t) || !ctx_failed(t->x->ctx));
}

static void
choose_columns(struct table *t)
{
        struct export *x = t->x;

        t->looks = export_newest(x, LOG_CSV);
        t->dialect = t->looks ? t->looks->dialect : (struct csv_dialect){.separator = ','};
        map_init(&t->columns, x->ctx->arena);
        if (t->looks)
                add_columns(t, t->looks);
        for (size_t i = 0; i < x->file_count; i++)
                add_columns(t, &x->files[i]);
        t->values = ARENA_ARRAY(x->ctx->arena, struct str, t->columns.count + 1);
        t->quoted = ARENA_ARRAY(x->ctx->arena, bool, t->columns.count + 1);
}

bool
export_csv(struct export *x)
{
        struct table t = {.x = x, .first = true, .trace_arena = arena_new(0)};

        choose_columns(&t);
        put_header(&t);
        bool ok = open_traces(&t) && put_rows(&t);
        if (t.traces)
                ok = rows_close(t.traces) && ok;
        if (!t.dialect.open_end)
                csv_put_end(&x->buf, &t.dialect);
        arena_free(t.trace_arena);
        return ok;
}
