/* SPDX-License-Identifier: Apache-2.0
 *
 * search_index.c -- which texts a case is found by, and the indexer behind the commits.
 *
 *     a change --search_touch--> search_pending --search_index_pending--> the index
 *
 * Naming a case is one row in the transaction of the change; reading its texts and cutting them is the
 * indexer's work, later and in batches.  A batch is one transaction: the rows it takes from search_pending
 * are gone exactly when the documents are there, so that after a crash it starts over.
 *
 * Texts of a case
 *     title      number, title, serials and bar codes that everybody may read; four times the weight
 *     body       the other searched fields that everybody may read, public messages
 *     internal   searched fields that only staff may read, internal messages
 * "Everybody" and "staff" are the roles that have a grant to read the entity; a field that only some of the
 * staff may read is left out, for a search would tell the others that it holds a word.
 *
 * A case that the database refuses to index (a defect) must not stop the others: when a batch fails, the next
 * pending case is tried alone, and when that fails too it is dropped from the list, with a line in the log.
 *
 * Not here: how an index stores documents (search_sqlite.c, search_pg.c).
 */
#include "engine/search_backend.h"
#include "base/log.h"
#include "engine/access.h"
#include "engine/engine.h"
#include "engine/store.h"
#include "gen/names.h"
#include <stdlib.h>

enum { REBUILD_BATCH = 100 };

bool
search_schema(struct ctx *ctx, struct conn *c)
{
        return sql_script(ctx, c, search_backend_of(c)->schema);
}

bool
search_touch(struct work *w, int64_t case_id)
{
        return sql_run(w->ctx, w->conn, search_backend_of(w->conn)->touch, "i", case_id);
}

/* ---- the texts of a case ---- */

struct readers { /* roles with a grant to read an entity */
        role_mask staff, others;
};

static role_mask
staff_roles(const struct model *m)
{
        role_mask staff = 0;

        for (size_t i = 0; i < m->role_count; i++)
                staff |= m->roles[i].staff ? m->roles[i].bit : 0;
        return staff;
}

static struct readers
readers_of(const struct model *m, const struct entity *e)
{
        struct readers r = {0};
        role_mask staff = staff_roles(m);

        for (size_t i = 0; i < e->grant_count; i++)
                if (e->grants[i].read != SCOPE_NONE)
                        *(e->grants[i].role & staff ? &r.staff : &r.others) |= e->grants[i].role;
        return r;
}

/* Whether a field is searched, and where. */
static bool
column_of(const struct readers *r, const struct field *f, enum search_column *ret)
{
        bool serial = f->type == TYPE_SERIAL || f->type == TYPE_BARCODE;

        if (!f->search || (f->read & r->staff) != r->staff)
                return false;
        if ((f->read & r->others) != r->others)
                *ret = SEARCH_INTERNAL;
        else
                *ret = serial || strcmp(f->name, FIELD_CASE_TITLE) == 0 ? SEARCH_TITLE : SEARCH_BODY;
        return true;
}

bool
search_differs(const struct model *old, const struct entity *was, const struct model *next, const struct entity *is)
{
        struct readers before = readers_of(old, was), after = readers_of(next, is);

        for (size_t i = 0; i < is->field_count; i++) {
                const struct field *f = &is->fields[i], *g = entity_field(was, f->name);
                enum search_column old_place = SEARCH_BODY, place = SEARCH_BODY;
                bool found = column_of(&after, f, &place), old_found = g && column_of(&before, g, &old_place);
                if (found != old_found || (found && place != old_place))
                        return true;
        }
        for (size_t i = 0; i < was->field_count; i++)
                if (was->fields[i].search && entity_field(is, was->fields[i].name) == NULL)
                        return true;
        return false;
}

const char *
search_reindex_sql(struct arena *a, struct conn *c, const struct entity *e)
{
        return arena_printf(a, "INSERT INTO search_pending (case_id) SELECT id FROM cases WHERE entity = '%s'%s", e->name,
                            search_backend_of(c)->again);
}

static void
add_text(struct arena *a, struct search_texts *t, struct str text, enum search_column column)
{
        if (text.n > 0)
                *ARENA_PUSH(a, t->list, t->count) = (struct search_text){text, column};
}

static void
add_fields(struct work *w, const struct record *r, struct search_texts *t)
{
        struct readers readers = readers_of(w->model, r->e);
        enum search_column column;

        for (size_t i = 0; i < r->e->field_count; i++)
                if (r->v[i].type == VAL_TEXT && column_of(&readers, &r->e->fields[i], &column))
                        add_text(w->ctx->arena, t, r->v[i].s, column);
}

/* "select visibility, <searched fields> from message where case_id = $1 order by id", and the fields. */
static const char *
messages_sql(struct arena *a, const struct entity *e, const struct field **fields, size_t *count)
{
        struct buf b = {0};

        buf_printf(&b, "select \"%s\"", FIELD_MESSAGE_VISIBILITY);
        for (size_t i = *count = 0; i < e->field_count; i++)
                if (e->fields[i].search) {
                        buf_printf(&b, ", \"%s\"", e->fields[i].name);
                        fields[(*count)++] = &e->fields[i];
                }
        buf_printf(&b, " from \"%s\" where case_id = $1 order by id", e->table);
        const char *sql = arena_strndup(a, b.p, b.n);
        buf_free(&b);
        return sql;
}

static bool
add_messages(struct work *w, int64_t case_id, struct search_texts *t)
{
        const struct entity *e = model_entity(w->model, ENTITY_MESSAGE);
        struct arena *a = w->ctx->arena;
        enum search_column column;
        size_t count;

        if (!e || !entity_field(e, FIELD_MESSAGE_VISIBILITY))
                return true;
        struct readers readers = readers_of(w->model, e);
        const struct field **fields = ARENA_ARRAY(a, const struct field *, e->field_count);
        struct rows *r = sql_query(w->ctx, w->conn, messages_sql(a, e, fields, &count), "i", case_id);
        while (r && rows_next(r))
                for (size_t i = 0; i < count; i++) {
                        struct str s = rows_text(r, 1 + (int)i);
                        if (!column_of(&readers, fields[i], &column))
                                continue;
                        if (!str_is(rows_text(r, 0), "public"))
                                column = SEARCH_INTERNAL;
                        add_text(a, t, (struct str){arena_strndup(a, s.p ? s.p : "", s.n), s.n}, column);
                }
        return r && rows_close(r);
}

bool
search_texts(struct work *w, const struct record *r, struct search_texts *ret)
{
        *ret = (struct search_texts){0};
        add_text(w->ctx->arena, ret, str_of(r->number), SEARCH_TITLE);
        add_fields(w, r, ret);
        return add_messages(w, r->id, ret);
}

/* ---- indexing ---- */

bool
search_is_open(const struct model *m, const struct entity *e)
{
        role_mask staff = staff_roles(m);

        for (size_t i = 0; i < e->grant_count; i++)
                if (e->grants[i].read == SCOPE_ALL && (e->grants[i].role & ~staff & ~ROLE_SYSTEM))
                        return true;
        return false;
}

static int64_t
account_of(const struct record *r)
{
        const struct field *f = r->e->scope_account;

        return f && r->v[f->index].type == VAL_INT ? r->v[f->index].i : 0;
}

static bool
index_case(struct work *w, int64_t id)
{
        const struct search_backend *backend = search_backend_of(w->conn);
        struct record *r = store_load_case(w, id);
        struct search_texts texts;
        struct search_doc doc = {.case_id = id};

        if (!r)
                return !ctx_failed(w->ctx) && backend->drop(w, id);
        if (!search_texts(w, r, &texts))
                return false;
        doc.stamp = r->event_count;
        doc.open = search_is_open(w->model, r->e);
        doc.account = doc.open ? 0 : account_of(r);
        for (size_t i = 0; i < texts.count; i++) {
                struct tokens *t = &doc.column[texts.list[i].column];
                tokens_break(w->ctx->arena, t);
                tokens_add(w->ctx->arena, texts.list[i].text, t);
        }
        return backend->put(w, &doc);
}

struct ids {
        int64_t *list;
        size_t count;
};

/* Memory of each case goes before the next one is read; that is why the ids lie elsewhere. */
static bool
index_cases(struct work *w, const struct ids *ids)
{
        for (size_t i = 0; i < ids->count; i++) {
                if (!index_case(w, ids->list[i]))
                        return false;
                arena_reset(w->ctx->arena);
                ctx_init(w->ctx, w->ctx->arena);
        }
        return true;
}

static int
compare_ids(const void *a, const void *b)
{
        int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

        return (x > y) - (x < y);
}

/* Sorted, so that two nodes meet rows in the same order, and without doubles. */
static void
sort_ids(struct ids *ids)
{
        size_t n = 0;

        if (ids->count > 1)
                qsort(ids->list, ids->count, sizeof *ids->list, compare_ids);
        for (size_t i = 0; i < ids->count; i++)
                if (n == 0 || ids->list[n - 1] != ids->list[i])
                        ids->list[n++] = ids->list[i];
        ids->count = n;
}

static bool
read_ids(struct arena *a, struct rows *r, struct ids *ret)
{
        *ret = (struct ids){0};
        while (r && rows_next(r))
                *ARENA_PUSH(a, ret->list, ret->count) = rows_int(r, 0);
        return r && rows_close(r);
}

static bool
claim(struct work *w, struct arena *a, int limit, struct ids *ret, bool *more)
{
        struct rows *r = sql_query(w->ctx, w->conn, search_backend_of(w->conn)->claim, "i", (int64_t)limit);

        if (!read_ids(a, r, ret))
                return false;
        *more = ret->count == (size_t)limit;
        sort_ids(ret);
        return true;
}

/* The pending rows go with the documents or not at all. */
static bool
index_batch(struct work *w, struct arena *a, int limit, bool (*each)(struct work *, const struct ids *),
            bool *more)
{
        struct ids ids;

        if (!tx_begin(w->ctx, w->conn))
                return false;
        if (claim(w, a, limit, &ids, more) && each(w, &ids) && tx_commit(w->ctx, w->conn))
                return true;
        tx_rollback(w->conn);
        return false;
}

static bool
skip_cases(struct work *w, const struct ids *ids)
{
        for (size_t i = 0; i < ids->count; i++)
                log_error("search skips a case", "id",
                          arena_printf(w->ctx->arena, "%lld", (long long)ids->list[i]), NULL);
        return true;
}

/* Takes over after a failed batch: one case alone, and when the fault is in that case, without it. */
static bool
index_one_or_skip(struct work *w, struct arena *a, bool *more)
{
        ctx_clear(w->ctx);
        if (index_batch(w, a, 1, index_cases, more))
                return true;
        if (!ctx_failed(w->ctx) || err_class(w->ctx->errors->code) == CLASS_BUSY)
                return false;
        ctx_clear(w->ctx);
        return index_batch(w, a, 1, skip_cases, more);
}

static bool
is_passing(const struct ctx *c)
{
        return !ctx_failed(c) || err_class(c->errors->code) == CLASS_BUSY;
}

static struct work
indexer(struct engine *e, struct ctx *ctx, struct conn *c)
{
        return (struct work){.ctx = ctx,
                             .conn = c,
                             .engine = e,
                             .model = engine_model(e),
                             .actor = &ACTOR_SYSTEM,
                             .now = clock_now()};
}

bool
search_index_pending(struct engine *e, struct conn *c, int limit, bool *more)
{
        struct arena *kept = arena_new(0), *passing = arena_new(0);
        struct ctx ctx;
        struct work w = indexer(e, &ctx, c);

        ctx_init(&ctx, passing);
        *more = false;
        bool ok = index_batch(&w, kept, limit, index_cases, more);
        if (!ok && !is_passing(&ctx))
                ok = index_one_or_skip(&w, kept, more);
        if (!ok && ctx_failed(&ctx))
                log_warn("search could not index", "reason", ctx.errors->en, NULL);
        arena_free(passing);
        arena_free(kept);
        return ok;
}

/* ---- rebuilding ---- */

static bool
rebuild_batch(struct work *w, struct arena *a, int64_t *after, bool *more)
{
        struct ids ids;
        struct rows *r =
                sql_query(w->ctx, w->conn, SQL("select id from cases where id > $1 order by id limit $2"),
                          "ii", *after, (int64_t)REBUILD_BATCH);

        if (!read_ids(a, r, &ids))
                return false;
        *more = ids.count > 0;
        if (!*more)
                return true;
        *after = ids.list[ids.count - 1];
        if (tx_begin(w->ctx, w->conn) && index_cases(w, &ids) && tx_commit(w->ctx, w->conn))
                return true;
        tx_rollback(w->conn);
        return false;
}

static bool
clear_index(struct work *w)
{
        if (tx_begin(w->ctx, w->conn) && search_backend_of(w->conn)->clear(w) && tx_commit(w->ctx, w->conn))
                return true;
        tx_rollback(w->conn);
        return false;
}

static void
free_arena(void *a)
{
        arena_free(a);
}

/* The rebuild's memory goes from batch to batch; its errors live as long as the caller's. */
static void
hand_over_errors(struct ctx *from, struct ctx *to)
{
        if (from->errors) {
                *to->errors_tail = from->errors;
                to->errors_tail = from->errors_tail;
        }
        arena_defer(to->arena, free_arena, from->arena);
}

bool
search_rebuild(struct engine *e, struct ctx *ctx, struct conn *c)
{
        struct arena *kept = arena_new(0);
        struct ctx passing;
        struct work w = indexer(e, &passing, c);
        int64_t after = INT64_MIN;
        bool more = true;

        ctx_init(&passing, arena_new(0));
        bool ok = search_schema(&passing, c) && clear_index(&w);
        while (ok && more) {
                ok = rebuild_batch(&w, kept, &after, &more);
                arena_reset(kept);
        }
        ok = ok && search_backend_of(c)->tidy(&w);
        hand_over_errors(&passing, ctx);
        arena_free(kept);
        return ok;
}
