/* SPDX-License-Identifier: Apache-2.0
 *
 * event.c -- the append-only timeline and its hash chains.
 *
 *     record row:  event_count, event_hash  ------------------+   the head
 *     events:      seq 1 (hash of zeros + it) <- 2 <- 3 ... <-+
 *
 * Invariants
 *   1. Events are only ever inserted.
 *   2. seq of a record's events is 1..event_count without holes, and the record's event_hash is the last one's.
 *   3. The hash of an event covers everything in its row and the hash before it; changing, removing or reordering one
 *      breaks all that follow, and cutting the tail breaks the head.
 *   4. recorded_at is the server's clock at the change; `at` is when it happened (imports: long before).
 */
#include "engine/event.h"
#include <stdio.h>
#include "base/secret.h"
#include "engine/access.h"
#include "engine/sqltext.h"
#include "engine/store.h"
#include "model/bind.h"

struct event_row {                     /* what is hashed, and the hash */
        int64_t case_id, seq, version, at, recorded_at, actor;
        struct str entity, kind, name, from_state, to_state, data;
        unsigned char hash[32];
};

static struct str
str_int(char out[24], int64_t v)
{
        struct buf b = {.p = out, .cap = 24};

        buf_int(&b, v);
        return buf_view(&b);
}

static void
row_hash(const unsigned char before[32], const struct event_row *e, unsigned char out[32])
{
        char id[24], seq[24], version[24], at[24], recorded[24], actor[24];
        const struct str parts[] = {{(const char *)before, 32},
                                    str_int(id, e->case_id),
                                    str_int(seq, e->seq),
                                    e->entity,
                                    str_int(version, e->version),
                                    str_int(at, e->at),
                                    str_int(recorded, e->recorded_at),
                                    str_int(actor, e->actor),
                                    e->kind,
                                    e->name,
                                    e->from_state,
                                    e->to_state,
                                    e->data};

        chain_hash(parts, sizeof parts / sizeof *parts, out);
}

struct event_row *
event_next(struct work *w, struct record *r, const struct event *ev)
{
        struct event_row *e = ARENA_NEW(w->ctx->arena, struct event_row);

        *e = (struct event_row){.case_id = r->id,
                              .seq = r->event_count + 1,
                              .version = r->version,
                              .at = ev->at,
                              .recorded_at = w->now,
                              .actor = ev->actor < 0 ? w->actor->id : ev->actor,
                              .entity = str_of(r->e->name),
                              .kind = str_of(ev->kind),
                              .name = str_of(ev->name ? ev->name : ""),
                              .from_state = str_of(ev->from_state),
                              .to_state = str_of(ev->to_state),
                              .data = ev->data.n > 0 ? ev->data : STR("{}")};
        row_hash(r->event_hash, e, e->hash);
        r->event_count = e->seq;
        memcpy(r->event_hash, e->hash, 32);
        return e;
}

bool
event_write(struct work *w, const struct event_row *e)
{
        return sql_run(w->ctx, w->conn,
                       SQL("insert into events (case_id, seq, entity, version, at, recorded_at, actor, kind, name, "
                           "from_state, to_state, data, hash) "
                           "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"),
                       "iitiiiitttttb", e->case_id, e->seq, e->entity, e->version, e->at, e->recorded_at, e->actor, e->kind,
                       e->name, e->from_state, e->to_state, e->data, (struct str){(const char *)e->hash, 32});
}

bool
event_append(struct work *w, struct record *r, const struct event *ev)
{
        return event_write(w, event_next(w, r, ev));
}

static const char *
head_table(const struct entity *e)
{
        return e->kind == KIND_CASE ? "cases" : e->table;
}

bool
event_note(struct work *w, struct record *r, const char *kind, const char *name, struct str data)
{
        int64_t before = r->event_count;
        struct event ev = {.at = w->now, .kind = kind, .name = name, .data = data, .actor = -1};
        const char *sql = arena_printf(w->ctx->arena,
                                       "update \"%s\" set event_count = $1, event_hash = $2 where id = $3 and "
                                       "event_count = $4",
                                       head_table(r->e));
        const struct event_row *row = event_next(w, r, &ev);
        struct val v[4];

        v[0] = VAL_OF_INT(r->event_count);
        v[1] = (struct val){.type = VAL_BLOB, .s = {(const char *)r->event_hash, 32}};
        v[2] = VAL_OF_INT(r->id);
        v[3] = VAL_OF_INT(before);
        if (!sql_run_vals(w->ctx, w->conn, sql, v, 4))
                return false;
        if (conn_changes(w->conn) != 1)
                return fail(w->ctx, E_DB_RETRY, "", "the record was changed at the same time");
        return event_write(w, row);
}

/* ---- timeline ---- */

/* Staff see a state's name; a customer sees what it means for him. */
static void
write_state(struct work *w, const struct entity *e, struct str name, bool staff, struct jw *out)
{
        const struct state *s = entity_state_str(e, name);

        if (staff || s == NULL)
                name.p == NULL ? jw_null(out) : jw_str(out, name);
        else
                jw_text(out, s->customer);
}

static void
write_event(struct work *w, struct record *r, struct rows *rows, bool staff, struct jw *out)
{
        int64_t actor = rows_int(rows, 3);
        const struct entity *users = model_entity(w->model, "user");

        jw_open(out, '{');
        jw_key(out, "seq"), jw_int(out, rows_int(rows, 0));
        jw_key(out, "at"), jw_time(out, rows_int(rows, 1));
        jw_key(out, "recorded_at"), jw_time(out, rows_int(rows, 2));
        jw_key(out, "actor"), jw_int(out, actor);
        jw_key(out, "actor_name"), jw_text(out, actor == 0 ? "system" : users ? store_label(w, users, actor) : NULL);
        jw_key(out, "kind"), jw_str(out, rows_text(rows, 4));
        jw_key(out, "name"), jw_str(out, rows_text(rows, 5));
        jw_key(out, "from"), write_state(w, r->e, rows_text(rows, 6), staff, out);
        jw_key(out, "to"), write_state(w, r->e, rows_text(rows, 7), staff, out);
        jw_key(out, "data"), jw_raw(out, staff ? rows_text(rows, 8) : STR("{}"));
        jw_close(out, '}');
}

/* A customer's timeline: that it was created, and its steps. */
static bool
event_is_public(struct rows *rows)
{
        struct str kind = rows_text(rows, 4);

        return str_is(kind, "create") || str_is(kind, "transition") || str_is(kind, "import");
}

bool
event_timeline_json(struct work *w, struct record *r, int64_t after_seq, int limit, struct jw *out)
{
        bool staff = access_is_staff(w);
        int64_t last = after_seq, n = 0;
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select seq, at, recorded_at, actor, kind, name, from_state, to_state, data "
                                          "from events where case_id = $1 and seq > $2 order by seq limit $3"),
                                      "iii", r->id, after_seq, (int64_t)limit);

        if (rows == NULL)
                return false;
        jw_open(out, '{');
        jw_key(out, "items"), jw_open(out, '[');
        for (; rows_next(rows); n++) {
                last = rows_int(rows, 0);
                if (staff || event_is_public(rows))
                        write_event(w, r, rows, staff, out);
        }
        jw_close(out, ']');
        jw_key(out, "next");
        n == limit ? jw_int(out, last) : jw_null(out);
        jw_close(out, '}');
        return rows_close(rows);
}

/* ---- live stream ---- */

/* The rows are copied first: the callback loads records on the same connection. */
bool
event_since(struct work *w, usec since, int limit, bool (*each)(void *arg, struct live_event *ev), void *arg)
{
        struct live_event *list = NULL;
        size_t n = 0;
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select case_id, seq, recorded_at, entity, kind, name, version from events "
                                          "where recorded_at >= $1 order by recorded_at, case_id, seq limit $2"),
                                      "ii", since, (int64_t)limit);

        if (rows == NULL)
                return false;
        while (rows_next(rows)) {
                struct live_event *ev = ARENA_PUSH(w->ctx->arena, list, n);
                *ev = (struct live_event){.case_id = rows_int(rows, 0),
                                          .seq = rows_int(rows, 1),
                                          .recorded_at = rows_int(rows, 2),
                                          .e = model_entity_str(w->model, rows_text(rows, 3)),
                                          .kind = str_c(w->ctx->arena, rows_text(rows, 4)),
                                          .name = str_c(w->ctx->arena, rows_text(rows, 5)),
                                          .version = rows_int(rows, 6)};
        }
        if (!rows_close(rows))
                return false;
        for (size_t i = 0; i < n; i++) {
                if (list[i].e == NULL)
                        continue;
                list[i].record = store_load(w, list[i].e, list[i].case_id);
                ctx_clear(w->ctx);
                if (!each(arg, &list[i]))
                        break;
        }
        return true;
}

/* ---- verification ---- */

struct verify {
        struct work *w;
        struct work scratch;           /* with an arena of its own, reset after each chain */
        struct ctx scratch_ctx;
        void (*fault)(void *arg, const char *sentence);
        void *arg;
        struct verify_result *result;
        int64_t case_id, seq;          /* of the chain in hand; 0: none yet */
        char entity[64], last_kind[32];
        unsigned char hash[32];
        bool broken;                   /* this chain's first fault is told, the rest follows from it */
};

static void
verify_fault(struct verify *v, const char *what)
{
        char sentence[256];

        v->result->faults++;
        v->broken = true;
        snprintf(sentence, sizeof sentence, "%s %lld, event %lld: %s", v->entity, (long long)v->case_id, (long long)v->seq,
                 what);
        v->fault(v->arg, sentence);
}

/* The record's row must agree with the end of its chain. */
static void
verify_head(struct verify *v)
{
        const struct entity *e = model_entity(v->w->model, v->entity);
        struct record *r;

        if (v->case_id == 0 || v->broken)
                return;
        v->result->records++;
        if (e == NULL)
                return;
        r = store_load(&v->scratch, e, v->case_id);
        if (r == NULL && strcmp(v->last_kind, "remove") != 0)
                verify_fault(v, "the record is gone, but no event says that it was removed");
        else if (r != NULL && (r->event_count != v->seq || memcmp(r->event_hash, v->hash, 32) != 0))
                verify_fault(v, "the record names another event as its last");
        ctx_clear(&v->scratch_ctx);
        arena_reset(v->scratch_ctx.arena);
}

static void
verify_start(struct verify *v, int64_t case_id, struct str entity)
{
        v->case_id = case_id;
        v->seq = 0;
        v->broken = false;
        memset(v->hash, 0, 32);
        snprintf(v->entity, sizeof v->entity, "%.*s", (int)entity.n, entity.p);
}

static void
verify_row(struct verify *v, struct rows *rows)
{
        struct event_row e = {.case_id = rows_int(rows, 0), .seq = rows_int(rows, 1), .entity = rows_text(rows, 2),
                              .version = rows_int(rows, 3), .at = rows_int(rows, 4), .recorded_at = rows_int(rows, 5),
                              .actor = rows_int(rows, 6), .kind = rows_text(rows, 7), .name = rows_text(rows, 8),
                              .from_state = rows_text(rows, 9), .to_state = rows_text(rows, 10), .data = rows_text(rows, 11)};
        struct str kept = rows_text(rows, 12);
        unsigned char hash[32];

        if (e.case_id != v->case_id) {
                verify_head(v);
                verify_start(v, e.case_id, e.entity);
        }
        v->result->events++;
        row_hash(v->hash, &e, hash);
        if (!v->broken && e.seq != v->seq + 1) {
                v->seq++;
                verify_fault(v, "is missing");
        } else if (!v->broken && (kept.n != 32 || memcmp(hash, kept.p, 32) != 0)) {
                v->seq = e.seq;
                verify_fault(v, "was changed after it was written");
        }
        v->seq = e.seq;
        memcpy(v->hash, hash, 32);
        snprintf(v->last_kind, sizeof v->last_kind, "%.*s", (int)e.kind.n, e.kind.p);
}

/* Records that claim events of which not one is left have no chain to walk. */
static bool
verify_lost(struct verify *v)
{
        const struct model *m = v->w->model;

        for (size_t i = 0; i < m->entity_count; i++) {
                const struct entity *e = &m->entities[i];
                const char *sql = arena_printf(v->w->ctx->arena,
                                               "select c.id from %s where c.event_count > 0 and not exists (select 1 from "
                                               "events e where e.case_id = c.id)",
                                               e->kind == KIND_SYSTEM ? "" : engine_sql(v->w->engine, e)->from);
                struct rows *rows;
                if ((e->kind != KIND_CASE && e->kind != KIND_RECORD) || e->abstract)
                        continue;
                if ((rows = sql_query_vals(v->w->ctx, v->w->conn, sql, NULL, 0)) == NULL)
                        return false;
                while (rows_next(rows)) {
                        verify_start(v, rows_int(rows, 0), str_of(e->name));
                        verify_fault(v, "the record has events, but none is left");
                }
                if (!rows_close(rows))
                        return false;
        }
        return true;
}

bool
event_verify(struct work *w, void (*fault)(void *arg, const char *sentence), void *arg, struct verify_result *ret)
{
        struct verify v = {.w = w, .scratch = *w, .fault = fault, .arg = arg, .result = ret};
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select case_id, seq, entity, version, at, recorded_at, actor, kind, name, "
                                          "from_state, to_state, data, hash from events order by case_id, seq"),
                                      "");
        bool ok;

        *ret = (struct verify_result){0};
        if (rows == NULL)
                return false;
        ctx_init(&v.scratch_ctx, arena_new(0));
        v.scratch.ctx = &v.scratch_ctx;
        while (rows_next(rows))
                verify_row(&v, rows);
        verify_head(&v);
        ok = rows_close(rows) && verify_lost(&v);
        arena_free(v.scratch_ctx.arena);
        return ok;
}
