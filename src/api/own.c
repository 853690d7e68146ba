/* SPDX-License-Identifier: Apache-2.0
 *
 * own.c -- what a person keeps on the server for the browser app: drafts and settings.
 *
 * A draft is a text that was typed and not sent, under person, entity, record and field.  It survives a crash of the
 * browser, the end of a session and the change of computers.  Nobody else ever reads it, so that no right of the record
 * is asked: a draft of a case that is out of sight by now is still its writer's own words.
 *
 * Two windows may write one draft.  Each save says which version it follows; when another came between, it is refused
 * with E_STALE and the draft as it is, and the person decides: no text is lost in silence.
 *
 * Not here: when to save (web/src/core/draft.ts); drafts that nobody touched for DRAFT_KEEP are deleted by the keeper.
 */
#include "api/auth.h"
#include "api/handlers.h"
#include "api/own.h"
#include "api/server.h"
#include "base/text.h"

enum { DRAFT_MAX = 64 << 10, DRAFTS_MAX = 200, SETTINGS_MAX = 16 << 10, FIELD_MAX = 60 };
#define DRAFT_KEEP (90 * USEC_DAY)

struct draft_key {
        const struct entity *e;
        int64_t record;
        struct str field;
};

/* /drafts/{entity}/{id}, and {field} where there is one; "new" is a record that is still to be made. */
static bool
draft_key(struct request *q, struct work *w, struct draft_key *ret)
{
        const char *name = str_c(q->arena, q->arg[0]);

        ret->e = model_entity(w->model, name);
        if (!ret->e || ret->e->kind == KIND_SYSTEM)
                return fail(w->ctx, E_NOT_FOUND, "", "entity", name);
        ret->record = 0;
        if (!str_eq(q->arg[1], STR("new")) && (!str_to_int(q->arg[1], &ret->record) || ret->record <= 0))
                return fail(w->ctx, E_BAD_FORMAT, "id", str_c(q->arena, q->arg[1]), "the id of a record, or new");
        ret->field = q->arg[2];
        if (ret->field.n > FIELD_MAX || !text_valid(ret->field))
                return fail(w->ctx, E_TOO_LONG, "field", arena_printf(q->arena, "%zu", ret->field.n), "60");
        return true;
}

static void
write_draft(struct jw *out, struct str field, struct str text, int64_t version, usec saved_at)
{
        jw_open(out, '{');
        jw_key(out, "field");
        jw_str(out, field);
        jw_key(out, "text");
        jw_str(out, text);
        jw_key(out, "version");
        jw_int(out, version);
        jw_key(out, "saved_at");
        jw_time(out, saved_at);
        jw_close(out, '}');
}

struct draft {
        int64_t version;               /* 0: there is none */
        usec saved_at;
        struct str text;
};

static bool
draft_load(struct work *w, const struct draft_key *k, struct draft *ret)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("SELECT version, saved_at, body FROM drafts "
                                          "WHERE person = $1 AND entity = $2 AND record = $3 AND field = $4"),
                                      "isit", w->actor->id, k->e->name, k->record, k->field);

        *ret = (struct draft){0};
        if (rows && rows_next(rows))
                *ret = (struct draft){rows_int(rows, 0), rows_int(rows, 1),
                                      str_of(str_c(w->ctx->arena, rows_text(rows, 2)))};
        return rows && rows_close(rows);
}

/* All drafts of one record, as its page asks for them when it opens. */
bool
draft_list(struct request *q, struct work *w, struct response *r)
{
        struct draft_key k;
        struct rows *rows;

        q->arg[2] = STR_NONE;
        if (!draft_key(q, w, &k))
                return false;
        rows = sql_query(w->ctx, w->conn,
                         SQL("SELECT field, version, saved_at, body FROM drafts "
                             "WHERE person = $1 AND entity = $2 AND record = $3 ORDER BY field"),
                         "isi", w->actor->id, k.e->name, k.record);
        jw_open(&q->out, '{');
        jw_key(&q->out, "items");
        jw_open(&q->out, '[');
        while (rows && rows_next(rows))
                write_draft(&q->out, rows_text(rows, 0), rows_text(rows, 3), rows_int(rows, 1), rows_int(rows, 2));
        jw_close(&q->out, ']');
        jw_close(&q->out, '}');
        return rows && rows_close(rows);
}

bool
draft_get(struct request *q, struct work *w, struct response *r)
{
        struct draft_key k;
        struct draft d;

        if (!draft_key(q, w, &k) || !draft_load(w, &k, &d))
                return false;
        if (!d.version)
                return fail(w->ctx, E_NOT_FOUND, "", "draft", str_c(q->arena, k.field));
        write_draft(&q->out, k.field, d.text, d.version, d.saved_at);
        return true;
}

/* A new draft needs room; a save that does not follow what is there is refused. */
static bool
may_save(struct request *q, struct work *w, const struct draft *d, struct str text)
{
        const struct json *v = json_get(q->json, "version");
        int64_t have = 0;

        if (v && v->type != JSON_INT)
                return fail(w->ctx, E_TYPE, "version", "a whole number", json_type_name(v->type));
        if (v && v->i != d->version && !str_eq(text, d->text))
                return fail(w->ctx, E_STALE, "version", arena_printf(q->arena, "%lld", (long long)v->i),
                            arena_printf(q->arena, "%lld", (long long)d->version));
        if (d->version)
                return true;
        return sql_one_int(w->ctx, w->conn, &have, SQL("SELECT count(*) FROM drafts WHERE person = $1"), "i",
                           w->actor->id) &&
               (have < DRAFTS_MAX || fail(w->ctx, E_TOO_MANY, "", "drafts", "200"));
}

bool
draft_put(struct request *q, struct work *w, struct response *r)
{
        struct draft_key k;
        struct draft d;
        struct str text;

        if (!draft_key(q, w, &k) || !body_text(q, "text", DRAFT_MAX, &text))
                return false;
        if (!text_valid(text))
                return fail(w->ctx, E_UTF8, "text");
        if (!draft_load(w, &k, &d) || !may_save(q, w, &d, text))
                return false;
        if (!sql_run(w->ctx, w->conn,
                     SQL("INSERT INTO drafts (person, entity, record, field, body, version, saved_at) "
                         "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (person, entity, record, field) "
                         "DO UPDATE SET body = excluded.body, version = excluded.version, saved_at = excluded.saved_at"),
                     "isittii", w->actor->id, k.e->name, k.record, k.field, text, d.version + 1, w->now))
                return false;
        write_draft(&q->out, k.field, text, d.version + 1, w->now);
        return true;
}

/* Deleting what is not there is no error: the text was sent, that is all. */
bool
draft_remove(struct request *q, struct work *w, struct response *r)
{
        struct draft_key k;

        r->status = 204;
        return draft_key(q, w, &k) &&
               sql_run(w->ctx, w->conn,
                       SQL("DELETE FROM drafts WHERE person = $1 AND entity = $2 AND record = $3 AND field = $4"),
                       "isit", w->actor->id, k.e->name, k.record, k.field);
}

bool
drafts_expire(struct ctx *ctx, struct conn *c, usec now)
{
        return sql_run(ctx, c, SQL("DELETE FROM drafts WHERE saved_at < $1"), "i", now - DRAFT_KEEP);
}

/* ---- settings ---- */

bool
settings_get(struct request *q, struct work *w, struct response *r)
{
        struct rows *rows = sql_query(w->ctx, w->conn, SQL("SELECT value FROM user_settings WHERE person = $1"),
                                      "i", w->actor->id);

        jw_raw(&q->out, rows && rows_next(rows) ? str_of(str_c(q->arena, rows_text(rows, 0))) : STR("{}"));
        return rows && rows_close(rows);
}

bool
settings_put(struct request *q, struct work *w, struct response *r)
{
        struct jw value = {0};
        bool kept;

        if (!q->json)
                return fail(w->ctx, E_REQUIRED, "");
        jw_json(&value, q->json);
        kept = value.b.n > SETTINGS_MAX
                       ? fail(w->ctx, E_BODY_TOO_LARGE, "", "16384")
                       : sql_run(w->ctx, w->conn,
                                 SQL("INSERT INTO user_settings (person, value, saved_at) VALUES ($1, $2, $3) "
                                     "ON CONFLICT (person) DO UPDATE SET value = excluded.value, "
                                     "saved_at = excluded.saved_at"),
                                 "iti", w->actor->id, str_of(str_c(q->arena, jw_view(&value))), w->now);
        jw_free(&value);
        r->status = 204;
        return kept;
}
