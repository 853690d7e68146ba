/* SPDX-License-Identifier: Apache-2.0
 *
 * import.c -- a table into records, tried first if one likes.
 *
 *     POST /api/v1/{entity}/import?dry_run=true
 *     {"csv": "...", "separator": ",", "columns": {"heading": "field"}, "key": "code", "keep": "all"|"rows"}
 *
 * All rows run in the transaction of the request, each behind a savepoint of its own.  `keep: all` (what is done when
 * nothing is said) keeps nothing when any row is refused; `rows` keeps what is not.  A dry run does everything that the
 * real run does, hooks too, and then undoes it: what it says is what would happen now.  So it takes its turn among
 * the writes, and a sheet is bounded (SHEET_ROWS) so that others do not wait long.
 *
 * The same file again: rows with a key find what they made; without one the Idempotency-Key tells that it is the same.
 */
#include "api/handlers.h"
#include "api/problem.h"
#include "api/server.h"
#include "channel/sheet.h"
#include "engine/access.h"

enum { ROW_MEMORY = 4 << 20, CSV_MAX = 4 << 20 };

struct import {
        struct request *q;
        struct work row;               /* the request's, with memory for one row */
        struct ctx ctx;
        struct sheet sheet;
        bool dry, all;
        size_t rows, done[SHEET_SAME + 1], refused;
};

static bool
one_of(struct request *q, const char *name, const char *a, const char *b, bool *ret_first)
{
        const struct json *v = json_get(q->json, name);

        *ret_first = true;
        if (!v || v->type == JSON_NULL || (v->type == JSON_TEXT && str_is(v->text, a)))
                return true;
        *ret_first = false;
        return (v->type == JSON_TEXT && str_is(v->text, b)) ||
               fail(&q->ctx, E_NOT_ALLOWED_VALUE, name, v->type == JSON_TEXT ? str_c(q->arena, v->text) : json_type_name(v->type),
                    arena_printf(q->arena, "%s, %s", a, b));
}

static bool
read_separator(struct request *q, char *ret)
{
        struct str s = json_get_text(q->json, "separator");

        *ret = s.n ? s.p[0] : ',';
        return s.n == 0 || (s.n == 1 && strchr(",;\t|", s.p[0])) ||
               fail(&q->ctx, E_NOT_ALLOWED_VALUE, "separator", str_c(q->arena, s), "a comma, a semicolon, a tab, |");
}

static bool
known_members(struct request *q)
{
        static const char *const known[] = {"csv", "separator", "columns", "key", "keep"};

        for (const struct json *m = q->json ? q->json->child : NULL; m; m = m->next) {
                size_t i = 0;
                while (i < sizeof known / sizeof *known && !str_is(m->key, known[i]))
                        i++;
                if (i == sizeof known / sizeof *known)
                        return fail(&q->ctx, E_UNKNOWN_FIELD, str_c(q->arena, m->key), str_c(q->arena, m->key),
                                    "csv, separator, columns, key, keep");
        }
        return true;
}

static bool
import_read(struct import *p, struct work *w, const struct entity *e)
{
        struct request *q = p->q;
        const struct json *columns = json_get(q->json, "columns");
        struct str csv;
        char separator;

        if (!request_params_known(q, (const char *const[]){"dry_run", NULL}) || !request_param_bool(q, "dry_run", &p->dry) ||
            !known_members(q) || !body_text(q, "csv", CSV_MAX, &csv) || !read_separator(q, &separator) ||
            !one_of(q, "keep", "all", "rows", &p->all))
                return false;
        if (columns && columns->type != JSON_OBJECT && columns->type != JSON_NULL)
                return fail(w->ctx, E_TYPE, "columns", "an object", json_type_name(columns->type));
        if (!access_may_create(w->actor, e))
                return fail(w->ctx, E_DENIED, "", model_role_names(w->ctx->arena, w->model, w->actor->given),
                            arena_printf(q->arena, "create %s", e->name));
        return sheet_open(w, &p->sheet, e, csv, separator, columns && columns->type == JSON_OBJECT ? columns : NULL,
                          json_get_text(q->json, "key"));
}

static bool
is_fatal(const struct ctx *ctx)
{
        enum err_class c = err_class(ctx->errors->code);

        return c == CLASS_BUSY || c == CLASS_INTERNAL;
}

static void
write_row(struct import *p, bool ok, enum sheet_deed deed, int64_t id)
{
        struct jw *out = &p->q->out;

        jw_open(out, '{');
        jw_key(out, "line");
        jw_int(out, p->sheet.line);
        jw_key(out, "deed");
        jw_text(out, ok ? sheet_deed_name(deed) : "refuse");
        if (id && !(deed == SHEET_CREATE && p->dry)) {
                jw_key(out, "id");
                jw_int(out, id);
        }
        if (!ok) {
                jw_key(out, "problem");
                problem_object(out, &p->ctx, request_lang(p->q), p->q->id, NULL);
        }
        jw_close(out, '}');
}

/* Errors that end the request stand in the row's memory: they are told again in the request's. */
static bool
whole_fails(struct import *p, struct work *w)
{
        return fail(w->ctx, p->ctx.errors->code, p->ctx.errors->field, arena_strdup(p->q->arena, p->ctx.errors->en));
}

static bool
import_row(struct import *p, struct work *w)
{
        enum sheet_deed deed;
        int64_t id;
        bool ok;

        if (!tx_savepoint(&p->ctx, w->conn))
                return whole_fails(p, w);
        ok = sheet_apply(&p->row, &p->sheet, &deed, &id);
        if (ok ? !tx_release(&p->ctx, w->conn) : is_fatal(&p->ctx))
                return whole_fails(p, w);
        if (!ok)
                tx_undo(w->conn);
        write_row(p, ok, deed, id);
        ok ? p->done[deed]++ : p->refused++;
        return true;
}

static bool
import_rows(struct import *p, struct work *w)
{
        while (sheet_next(w->ctx, &p->sheet)) {
                if (p->rows++ == SHEET_ROWS)
                        return fail(w->ctx, E_TOO_MANY, "csv", "rows", "1000");
                arena_reset(p->ctx.arena);
                ctx_clear(&p->ctx);
                if (!import_row(p, w))
                        return false;
        }
        return !p->sheet.csv.failed;
}

static void
write_sums(struct import *p, bool kept)
{
        struct jw *out = &p->q->out;

        for (int d = 0; d <= SHEET_SAME; d++) {
                jw_key(out, sheet_deed_name(d));
                jw_int(out, (int64_t)p->done[d]);
        }
        jw_key(out, "refuse");
        jw_int(out, (int64_t)p->refused);
        jw_key(out, "dry_run");
        jw_bool(out, p->dry);
        jw_key(out, "kept");
        jw_bool(out, kept);
        jw_close(out, '}');
}

/* Behind a savepoint around all rows. */
static bool
import_all(struct import *p, struct work *w)
{
        bool kept;

        if (!tx_savepoint(w->ctx, w->conn))
                return false;
        jw_open(&p->q->out, '{');
        jw_key(&p->q->out, "rows");
        jw_open(&p->q->out, '[');
        if (!import_rows(p, w))
                return false;
        jw_close(&p->q->out, ']');
        kept = !p->dry && !(p->all && p->refused);
        if (kept && !tx_release(w->ctx, w->conn))
                return false;
        if (!kept)
                tx_undo(w->conn);
        write_sums(p, kept);
        return true;
}

bool
import_post(struct request *q, struct work *w, struct response *r)
{
        const struct entity *e = path_entity(q, w);
        struct import p = {.q = q, .row = *w};
        bool ok;

        if (!e)
                return false;
        ctx_init(&p.ctx, arena_new(ROW_MEMORY));
        p.ctx.request_id = w->ctx->request_id;
        p.row.ctx = &p.ctx;
        ok = import_read(&p, w, e) && import_all(&p, w);
        q->forget_sessions = ok && concerns_rights(e);
        sheet_close(&p.sheet);
        arena_free(p.ctx.arena);
        return ok;
}
