/* SPDX-License-Identifier: Apache-2.0
 *
 * export_xes.c -- a source as XES.
 *
 * A source of one XES file is written as it came: head, traces, events, attributes, tail.  Of several the newest
 * gives head, tail and indentation.  Rows that came as CSV become traces, one per case in the order in which the
 * cases came; an event has the standard attributes that the mapping understood, then every column by its own name:
 *
 *     concept:name  our event's name (the log's state)     org:group     its team
 *     time:timestamp  its instant                          org:resource  its actor
 *
 * A column that bears one of these names already is written once, as it came.
 */
#include "channel/export_private.h"

struct writer {
        struct export *x;
        struct xes_style style;
        int64_t open_case; /* of the trace being written; 0: none is open */
        bool open;
};

static const char standard_head[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<log xes.version=\"1.0\" xes.features=\"\" xmlns=\"http://www.xes-standard.org/\">\n"
        "\t<extension name=\"Concept\" prefix=\"concept\" "
        "uri=\"http://www.xes-standard.org/concept.xesext\"/>\n"
        "\t<extension name=\"Time\" prefix=\"time\" uri=\"http://www.xes-standard.org/time.xesext\"/>\n"
        "\t<extension name=\"Organizational\" prefix=\"org\" "
        "uri=\"http://www.xes-standard.org/org.xesext\"/>\n"
        "\t<global scope=\"trace\">\n"
        "\t\t<string key=\"concept:name\" value=\"UNKNOWN\"/>\n"
        "\t</global>\n"
        "\t<global scope=\"event\">\n"
        "\t\t<string key=\"concept:name\" value=\"UNKNOWN\"/>\n"
        "\t\t<date key=\"time:timestamp\" value=\"1970-01-01T00:00:00Z\"/>\n"
        "\t</global>\n"
        "\t<classifier name=\"Event name\" keys=\"concept:name\"/>";

/* ---- traces ---- */

static void
close_trace(struct writer *o)
{
        if (o->open)
                xes_put_end(&o->x->buf, &o->style);
        o->open = false;
}

static void
open_trace(struct writer *o, int64_t case_id, struct str gap, const struct xes_attr *attrs)
{
        close_trace(o);
        xes_put_start(&o->x->buf, &o->style, gap, attrs);
        o->open = true;
        o->open_case = case_id;
}

/* A trace of which only the case's number is known. */
static void
open_plain_trace(struct writer *o, int64_t case_id, struct str number)
{
        struct xes_attr name = {.type = STR("string"), .key = STR("concept:name"), .value = number};

        open_trace(o, case_id, STR_NONE, &name);
}

/* ---- events that came as CSV ---- */

struct attrs {
        struct arena *arena;
        struct xes_attr *first, **tail;
};

static void
add_attr(struct attrs *l, const char *type, struct str key, struct str value)
{
        struct xes_attr *a = ARENA_NEW(l->arena, struct xes_attr);

        *a = (struct xes_attr){.type = str_of(type), .key = key, .value = value};
        *l->tail = a;
        l->tail = &a->next;
}

static bool
has_column(const struct stored_file *f, struct str name)
{
        for (size_t i = 0; i < f->column_count; i++)
                if (str_eq(f->columns[i], name))
                        return true;
        return false;
}

static void
add_standard(struct attrs *l, const struct stored_file *f, const char *type, struct str key, struct str value)
{
        if (value.p && !has_column(f, key))
                add_attr(l, type, key, value);
}

/* time:timestamp must be a date; whatever else a column holds is a text. */
static const char *
column_type(struct str name, struct str value)
{
        usec t;

        return str_is(name, "time:timestamp") && time_parse(value, &t) ? "date" : "string";
}

struct csv_event {
        struct str name, actor;
        usec at;
};

static const struct xes_attr *
csv_attrs(struct export *x, const struct stored_file *f, const struct json *data, const struct csv_event *e)
{
        struct attrs l = {.arena = x->arena, .tail = &l.first};
        const struct json *values = json_get(data, "v");
        char time[TIME_TEXT_MAX];
        size_t i = 0;

        time_format(e->at, time);
        add_standard(&l, f, "string", STR("concept:name"), e->name);
        add_standard(&l, f, "date", STR("time:timestamp"), str_of(arena_strdup(x->arena, time)));
        add_standard(&l, f, "string", STR("org:group"), json_get_text(data, "team"));
        add_standard(&l, f, "string", STR("org:resource"), e->actor);
        for (const struct json *v = values ? values->child : NULL; v && i < f->column_count; v = v->next, i++)
                add_attr(&l, column_type(f->columns[i], v->text), f->columns[i],
                         v->text.p ? v->text : STR(""));
        return l.first;
}

/* One row; the first of another case opens its trace. */
static bool
put_csv_row(struct writer *o, const struct rows *rows)
{
        struct export *x = o->x;
        const struct stored_file *f = export_file(x, rows_int(rows, 6));
        const struct json *data = export_data(x, rows_text(rows, 1));
        struct csv_event e = {.name = rows_text(rows, 3), .at = rows_int(rows, 4), .actor = rows_text(rows, 5)};

        if (!o->open || o->open_case != rows_int(rows, 0))
                open_plain_trace(o, rows_int(rows, 0), rows_text(rows, 2));
        if (f && data)
                xes_put_event(&x->buf, &o->style, csv_attrs(x, f, data, &e));
        arena_reset(x->arena);
        x->events++;
        return f && data && export_flush(x, false);
}

/* All rows that came as CSV, a case after the other in the order in which they became cases. */
static bool
put_csv_rows(struct writer *o)
{
        struct export *x = o->x;
        bool ok = true;
        struct rows *rows = sql_query(
                x->ctx, x->w->conn,
                SQL("select r.case_id, coalesce(r.data, e.data), c.source_no, e.name, e.at, u.name, r.file "
                    "from import_row r join import_file f on f.source = r.source and f.file = r.file "
                    "join events e on e.case_id = r.case_id and e.seq = r.seq join cases c on c.id = r.case_id "
                    "left join users u on u.id = e.actor and e.actor > 0 "
                    "where r.source = $1 and f.format = 'csv' order by r.case_id, r.file, r.row_no"),
                "i", x->source);

        while (ok && rows && rows_next(rows))
                ok = put_csv_row(o, rows);
        close_trace(o);
        return rows && rows_close(rows) && ok;
}

/* ---- events that came as XES ---- */

struct merge { /* two cursors over one file: its traces, its rows */
        struct rows *traces, *rows;
        bool has_trace, has_row;
};

static bool
put_trace_start(struct writer *o, const struct rows *traces)
{
        const struct json *v = export_data(o->x, rows_text(traces, 2));

        if (v == NULL)
                return false;
        open_trace(o, rows_int(traces, 4), rows_text(traces, 3), xes_json_read(o->x->arena, v));
        return true;
}

static bool
put_event(struct writer *o, const struct stored_file *f, const struct rows *rows)
{
        struct export *x = o->x;
        const struct json *data = export_data(x, rows_text(rows, 1));

        if (data)
                xes_put_event(&x->buf, &o->style, export_attrs(x, f, data));
        arena_reset(x->arena);
        x->events++;
        return data && export_flush(x, false);
}

/* A trace with its rows. */
static bool
put_trace(struct writer *o, const struct stored_file *f, struct merge *m)
{
        int64_t end = rows_int(m->traces, 0) + rows_int(m->traces, 1);

        if (!put_trace_start(o, m->traces))
                return false;
        for (; m->has_row && rows_int(m->rows, 0) < end; m->has_row = rows_next(m->rows))
                if (!put_event(o, f, m->rows))
                        return false;
        close_trace(o);
        m->has_trace = rows_next(m->traces);
        return true;
}

/* A row whose trace a newer file has taken over. */
static bool
put_lone_row(struct writer *o, const struct stored_file *f, struct merge *m)
{
        if (!o->open || o->open_case != rows_int(m->rows, 2))
                open_plain_trace(o, rows_int(m->rows, 2), rows_text(m->rows, 3));
        bool ok = put_event(o, f, m->rows);
        m->has_row = rows_next(m->rows);
        return ok;
}

static bool
merge_open(struct export *x, const struct stored_file *f, struct merge *m)
{
        m->traces = sql_query(x->ctx, x->w->conn,
                              SQL("select first_row, row_count, data, gap, case_id from import_trace "
                                  "where source = $1 and file = $2 order by trace"),
                              "ii", x->source, f->file);
        if (m->traces == NULL)
                return false;
        m->rows = sql_query(
                x->ctx, x->w->conn,
                SQL("select r.row_no, coalesce(r.data, e.data), r.case_id, c.source_no from import_row r "
                    "join events e on e.case_id = r.case_id and e.seq = r.seq join cases c on c.id = "
                    "r.case_id "
                    "where r.source = $1 and r.file = $2 order by r.row_no"),
                "ii", x->source, f->file);
        if (m->rows == NULL)
                return false;
        m->has_trace = rows_next(m->traces);
        m->has_row = rows_next(m->rows);
        return true;
}

static bool
put_xes_file(struct writer *o, const struct stored_file *f)
{
        struct merge m = {0};
        bool ok = merge_open(o->x, f, &m);

        while (ok && (m.has_trace || m.has_row)) {
                bool lone = m.has_row && (!m.has_trace || rows_int(m.rows, 0) < rows_int(m.traces, 0));
                ok = lone ? put_lone_row(o, f, &m) : put_trace(o, f, &m);
        }
        close_trace(o);
        if (m.rows)
                ok = rows_close(m.rows) && ok;
        if (m.traces)
                ok = rows_close(m.traces) && ok;
        return ok;
}

/* ---- the log ---- */

bool
export_xes(struct export *x)
{
        const struct stored_file *looks = export_newest(x, LOG_XES);
        struct writer o = {.x = x, .style = looks ? looks->style : xes_tabs};
        bool ok = true;

        buf_str(&x->buf, looks ? export_header(looks, "head") : STR(standard_head));
        for (size_t i = 0; ok && i < x->file_count; i++)
                if (x->files[i].format == LOG_XES)
                        ok = put_xes_file(&o, &x->files[i]);
        ok = ok && put_csv_rows(&o);
        buf_str(&x->buf, looks ? export_header(looks, "tail") : STR("\n</log>\n"));
        return ok;
}
