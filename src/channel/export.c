/* SPDX-License-Identifier: Apache-2.0
 *
 * export.c -- an imported source as a file.
 *
 * What is written comes from the order book (import_row), the events' data, and the files' headers.  The output goes to
 * a new file beside the wanted one, is synced and renamed: a file that is there is replaced by a whole one or not at
 * all.
 *
 * Not here: the two formats (export_csv.c, export_xes.c).
 */
#include "channel/export.h"
#include <errno.h>
#include <unistd.h>
#include "channel/export_private.h"

enum { FLUSH = 256 * 1024, NODES_MAX = 1000000 };

/* ---- output ---- */

bool
export_flush(struct export *x, bool all)
{
        if (x->buf.n < FLUSH && !all)
                return true;
        if (x->buf.n && fwrite(x->buf.p, 1, x->buf.n, x->to) != x->buf.n)
                return fail(x->ctx, errno == ENOSPC ? E_DB_FULL : E_IO, x->o->path, x->o->path,
                            strerror(errno));
        buf_reset(&x->buf);
        return true;
}

static bool
to_stdout(const struct export *x)
{
        return strcmp(x->o->path, "-") == 0;
}

static bool
open_output(struct export *x, const char *path)
{
        x->to = to_stdout(x) ? stdout : fopen(path, "wbe");
        if (x->to)
                return true;
        return fail(x->ctx, E_IO, x->o->path, path, strerror(errno));
}

static bool
close_output(struct export *x, const char *path, bool ok)
{
        if (to_stdout(x))
                return fflush(stdout) == 0 && ok;
        ok = ok && fflush(x->to) == 0 && fsync(fileno(x->to)) == 0;
        ok = fclose(x->to) == 0 && ok && rename(path, x->o->path) == 0;
        if (ok)
                return true;
        if (!ctx_failed(x->ctx))
                fail(x->ctx, E_IO, x->o->path, x->o->path, strerror(errno));
        unlink(path);
        return false;
}

/* ---- what is stored ---- */

const struct stored_file *
export_file(const struct export *x, int64_t file)
{
        for (size_t i = 0; i < x->file_count; i++)
                if (x->files[i].file == file)
                        return &x->files[i];
        return NULL;
}

const struct stored_file *
export_newest(const struct export *x, enum log_format f)
{
        for (size_t i = x->file_count; i > 0; i--)
                if (x->files[i - 1].format == f)
                        return &x->files[i - 1];
        return NULL;
}

struct str
export_header(const struct stored_file *f, const char *key)
{
        return json_get_text(f->header, key);
}

const struct json *
export_data(struct export *x, struct str text)
{
        return json_parse(x->ctx, arena_strndup(x->arena, text.p, text.n), text.n, NODES_MAX);
}

static bool
is_true(const struct json *header, const char *key)
{
        const struct json *v = json_get(header, key);

        return v && v->type == JSON_TRUE;
}

static struct str *
texts_of(struct arena *a, const struct json *list, size_t *ret_count)
{
        struct str *s = ARENA_ARRAY(a, struct str, list ? list->count + 1 : 1);

        *ret_count = 0;
        for (const struct json *v = list ? list->child : NULL; v; v = v->next)
                s[(*ret_count)++] = v->type == JSON_TEXT ? v->text : STR_NONE;
        return s;
}

static void
load_shape(struct arena *a, const struct json *list, struct stored_shape *s)
{
        s->types = ARENA_ARRAY(a, struct str, list->count + 1);
        s->keys = ARENA_ARRAY(a, struct str, list->count + 1);
        for (const struct json *pair = list->child; pair; pair = pair->next, s->count++) {
                s->types[s->count] = pair->child->text;
                s->keys[s->count] = pair->child->next->text;
        }
}

static void
load_xes(struct arena *a, struct stored_file *f)
{
        const struct json *shapes = json_get(f->header, "shapes");
        struct str *style = (struct str *)&f->style;
        const struct str *usual = (const struct str *)&xes_tabs;
        size_t n;
        struct str *given = texts_of(a, json_get(f->header, "style"), &n);

        for (size_t i = 0; i < sizeof f->style / sizeof *style; i++)
                style[i] = i < n && given[i].p ? given[i] : usual[i];
        f->shapes = ARENA_ARRAY(a, struct stored_shape, shapes ? shapes->count + 1 : 1);
        for (const struct json *s = shapes ? shapes->child : NULL; s; s = s->next)
                load_shape(a, s, &f->shapes[f->shape_count++]);
}

static void
load_csv(struct stored_file *f)
{
        struct str separator = export_header(f, "separator");

        f->dialect = (struct csv_dialect){.separator = separator.n ? *separator.p : ',',
                                          .bom = is_true(f->header, "bom"),
                                          .crlf = is_true(f->header, "crlf"),
                                          .open_end = is_true(f->header, "open_end")};
}

static bool
load_file(struct export *x, struct rows *rows)
{
        struct arena *a = x->ctx->arena;
        struct stored_file *f = ARENA_PUSH(a, x->files, x->file_count);
        struct str header = rows_text(rows, 2);

        f->file = rows_int(rows, 0);
        f->format = str_is(rows_text(rows, 1), "xes") ? LOG_XES : LOG_CSV;
        f->header = json_parse(x->ctx, arena_strndup(a, header.p, header.n), header.n, NODES_MAX);
        if (f->header == NULL)
                return false;
        f->columns = texts_of(a, json_get(f->header, "columns"), &f->column_count);
        if (f->format == LOG_XES)
                load_xes(a, f);
        else
                load_csv(f);
        return true;
}

static bool
load_files(struct export *x)
{
        bool ok = true;
        struct rows *rows =
                sql_query(x->ctx, x->w->conn,
                          SQL("select file, format, header from import_file where source = $1 order by file"),
                          "i", x->source);

        while (ok && rows && rows_next(rows))
                ok = load_file(x, rows);
        return rows && rows_close(rows) && ok;
}

static const char *
source_names(struct export *x)
{
        struct buf b = {0};
        struct rows *rows =
                sql_query(x->ctx, x->w->conn, SQL("select source from import_source order by source"), "");

        while (rows && rows_next(rows)) {
                struct str s = rows_text(rows, 0);
                buf_printf(&b, "%s%.*s", b.n ? ", " : "", (int)s.n, s.p);
        }
        if (rows)
                rows_close(rows);
        const char *names = arena_strdup(x->ctx->arena, b.n ? buf_c(&b) : "none; nothing was imported yet");
        buf_free(&b);
        return names;
}

static bool
find_source(struct export *x)
{
        if (sql_one_int(x->ctx, x->w->conn, &x->source, SQL("select id from import_source where source = $1"),
                        "s", x->o->source))
                return true;
        return !ctx_failed(x->ctx)
                       ? fail(x->ctx, E_PARAMETER, "source", "source", x->o->source, source_names(x))
                       : false;
}

/* ---- rows ---- */

struct xes_attr *
export_attrs(struct export *x, const struct stored_file *f, const struct json *data)
{
        const struct json *list = json_get(data, "a"), *shape = json_get(data, "s"),
                          *values = json_get(data, "v");
        struct xes_attr *first = NULL, **tail = &first;

        if (list)
                return xes_json_read(x->arena, list);
        if (shape == NULL || values == NULL || (size_t)shape->i >= f->shape_count)
                return NULL;
        const struct stored_shape *s = &f->shapes[shape->i];
        const struct json *v = values->child;
        for (size_t i = 0; i < s->count && v; i++, v = v->next) {
                struct xes_attr *a = ARENA_NEW(x->arena, struct xes_attr);
                *a = (struct xes_attr){
                        .type = s->types[i], .key = s->keys[i], .value = v->text.p ? v->text : STR("")};
                *tail = a;
                tail = &a->next;
        }
        return first;
}

bool
export_quoted(const struct json *quoted, size_t i)
{
        if (quoted == NULL || quoted->type == JSON_TEXT)
                return quoted != NULL;
        for (const struct json *v = quoted->child; v; v = v->next)
                if (v->i == (int64_t)i)
                        return true;
        return false;
}

/* ---- the run ---- */

static bool
run(struct export *x)
{
        bool csv = strcmp(x->o->format, "csv") == 0;
        const char *path = arena_printf(x->ctx->arena, "%s.part", x->o->path);

        if (!csv && strcmp(x->o->format, "xes") != 0)
                return fail(x->ctx, E_PARAMETER, "format", "format", x->o->format, "xes, csv");
        if (!find_source(x) || !load_files(x) || !open_output(x, path))
                return false;
        return close_output(x, path, (csv ? export_csv(x) : export_xes(x)) && export_flush(x, true));
}

int
export_run(struct ctx *ctx, const struct export_options *o)
{
        struct export x = {.o = o, .ctx = ctx, .w = o->work, .arena = arena_new(0)};
        bool ok = run(&x);

        if (ok && o->out)
                fprintf(o->out, "%s: %lld events\n", o->path, (long long)x.events);
        arena_free(x.arena);
        buf_free(&x.buf);
        return ok ? 0 : 2;
}
