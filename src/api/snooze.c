/* SPDX-License-Identifier: Apache-2.0
 *
 * snooze.c -- "not before": rows of My work that a person has put aside for a while.
 *
 *     GET    /api/v1/me/snoozes                    what I have put aside, and what has come back and why
 *     PUT    /api/v1/me/snoozes/{entity}/{id}      put it aside: {"until": time}, at most UNTIL_MAX ahead
 *     DELETE /api/v1/me/snoozes/{entity}/{id}      bring it back, or let go of the mark that it came back
 *
 * A row is a case, by its entity, or a task of a case, by the entity `task`.  It hides from nobody but its person, and
 * stops no clock.  It is back, whatever was asked, when
 *
 *     time       the moment has come
 *     late       what is due first is late now, and was not when the row was put aside
 *     message    a customer has written since
 *
 * A case that belongs to another stands in that one's row (a work order in its request's): it comes back with it, too.
 *
 * That is worked out by each GET from what is true by then, so that no timer has to wake anybody and none can be missed.
 *
 * Not here: the list itself, which leaves out what is told here (web/src/role/engineer).  What has been back for
 * SNOOZE_KEEP is forgotten by the keeper.
 */
#include "api/handlers.h"
#include "api/own.h"
#include "api/server.h"
#include "engine/store.h"
#include "gen/names.h"

enum { SNOOZES_MAX = 200 };
#define UNTIL_MAX (90 * USEC_DAY)
#define SNOOZE_KEEP (7 * USEC_DAY)

struct snooze {
        struct str entity;
        int64_t record;
        bool task, has_due;
        usec due;
};

/* {entity}/{id} of the path; a case, or a task. */
static bool
snooze_named(struct request *q, struct work *w, struct snooze *ret)
{
        const char *name = str_c(q->arena, q->arg[0]);
        const struct entity *e = model_entity(w->model, name);

        *ret = (struct snooze){.entity = q->arg[0], .task = strcmp(name, ENTITY_TASK) == 0};
        if (!e || (e->kind != KIND_CASE && !ret->task) || e->abstract)
                return fail(w->ctx, E_NOT_FOUND, "", "entity", name);
        return (str_to_int(q->arg[1], &ret->record) && ret->record > 0) ||
               fail(w->ctx, E_BAD_FORMAT, "id", str_c(q->arena, q->arg[1]), "the id of a record");
}

static struct rows *
ask_due(struct work *w, const struct snooze *z)
{
        return z->task ? sql_query(w->ctx, w->conn,
                                   SQL("SELECT c.entity, c.id, t.due_at FROM task t JOIN cases c ON c.id = t.case_id WHERE t.id = $1"),
                                   "i", z->record)
                       : sql_query(w->ctx, w->conn, SQL("SELECT c.entity, c.id, CASE WHEN c.due IS NULL OR p.due < c.due THEN p.due ELSE c.due END "
                                       "FROM cases c LEFT JOIN cases p ON p.id = c.parent WHERE c.id = $1"), "i",
                                   z->record);
}

/* What is due first of it now; fails for what is not there, or is out of the person's sight. */
static bool
due_now(struct work *w, struct snooze *z)
{
        struct rows *rows = ask_due(w, z);
        const struct entity *e = NULL;
        int64_t id = 0;

        if (rows && rows_next(rows)) {
                e = model_entity_str(w->model, rows_text(rows, 0));
                id = rows_int(rows, 1);
                z->due = rows_int(rows, 2);
                z->has_due = !rows_null(rows, 2);
        }
        if (!rows || !rows_close(rows))
                return false;
        if (!e || (!z->task && !str_is(z->entity, e->name)))
                return fail(w->ctx, E_NOT_FOUND, "", str_c(w->ctx->arena, z->entity),
                            arena_printf(w->ctx->arena, "%lld", (long long)z->record));
        return store_get(w, e, id) != NULL;
}

static bool
until_given(struct request *q, struct work *w, usec *ret)
{
        struct str text;

        if (!body_text(q, "until", 40, &text))
                return false;
        if (!time_parse(text, ret))
                return fail(w->ctx, E_BAD_FORMAT, "until", str_c(q->arena, text), "an RFC 3339 time");
        if (*ret <= w->now)
                return fail(w->ctx, E_TOO_SMALL, "until", str_c(q->arena, text), "a time that lies ahead");
        return *ret <= w->now + UNTIL_MAX ||
               fail(w->ctx, E_TOO_LARGE_VALUE, "until", str_c(q->arena, text), "90 days from now");
}

static bool
has_room(struct work *w)
{
        int64_t have = 0;

        return sql_one_int(w->ctx, w->conn, &have, SQL("SELECT count(*) FROM snooze WHERE person = $1"), "i", w->actor->id) &&
               (have < SNOOZES_MAX || fail(w->ctx, E_TOO_MANY, "", "rows put aside", "200"));
}

bool
snooze_put(struct request *q, struct work *w, struct response *r)
{
        struct snooze z;
        usec until;

        r->status = 204;
        return snooze_named(q, w, &z) && until_given(q, w, &until) && due_now(w, &z) && has_room(w) &&
               sql_run(w->ctx, w->conn,
                       SQL("INSERT INTO snooze (person, entity, record, until, set_at, due_at) VALUES ($1, $2, $3, $4, $5, $6) "
                           "ON CONFLICT (person, entity, record) DO UPDATE SET until = excluded.until, "
                           "set_at = excluded.set_at, due_at = excluded.due_at"),
                       "itiiiI", w->actor->id, z.entity, z.record, until, w->now, z.has_due ? &z.due : NULL);
}

/* Bringing back what is back already is no error. */
bool
snooze_remove(struct request *q, struct work *w, struct response *r)
{
        struct snooze z;

        r->status = 204;
        return snooze_named(q, w, &z) &&
               sql_run(w->ctx, w->conn, SQL("DELETE FROM snooze WHERE person = $1 AND entity = $2 AND record = $3"), "iti",
                       w->actor->id, z.entity, z.record);
}

/* ---- what is put aside ---- */

enum { COL_ENTITY_NAME, COL_RECORD, COL_UNTIL, COL_SET, COL_DUE_THEN, COL_DUE, COL_WROTE };

static const char *
woken_by(struct rows *rows, usec now)
{
        usec set = rows_int(rows, COL_SET), due = rows_int(rows, COL_DUE), then = rows_int(rows, COL_DUE_THEN);
        bool late = !rows_null(rows, COL_DUE) && due <= now,
             was_late = !rows_null(rows, COL_DUE_THEN) && then == due && then <= set;

        if (!rows_null(rows, COL_WROTE) && rows_int(rows, COL_WROTE) > set)
                return "message";
        if (late && !was_late)
                return "late";
        return rows_int(rows, COL_UNTIL) <= now ? "time" : NULL;
}

static void
write_snooze(struct jw *out, struct rows *rows, usec now)
{
        const char *why = woken_by(rows, now);

        jw_open(out, '{');
        jw_key(out, "entity");
        jw_str(out, rows_text(rows, COL_ENTITY_NAME));
        jw_key(out, "id");
        jw_int(out, rows_int(rows, COL_RECORD));
        jw_key(out, "until");
        jw_time(out, rows_int(rows, COL_UNTIL));
        jw_key(out, "set_at");
        jw_time(out, rows_int(rows, COL_SET));
        jw_key(out, "due_at");
        rows_null(rows, COL_DUE) ? jw_null(out) : jw_time(out, rows_int(rows, COL_DUE));
        jw_key(out, "back");
        why ? jw_text(out, why) : jw_null(out);
        jw_close(out, '}');
}

bool
snooze_list(struct request *q, struct work *w, struct response *r)
{
        struct rows *rows =
                sql_query(w->ctx, w->conn,
                          SQL("SELECT z.entity, z.record, z.until, z.set_at, z.due_at, "
                              "CASE WHEN t.id IS NOT NULL THEN t.due_at WHEN c.due IS NULL OR p.due < c.due THEN p.due ELSE c.due END, "
                              "(SELECT max(m.created_at) FROM message m "
                              "WHERE m.case_id IN (c.id, c.parent) AND m.direction = 'in') "
                              "FROM snooze z LEFT JOIN task t ON z.entity = 'task' AND t.id = z.record "
                              "LEFT JOIN cases c ON z.entity <> 'task' AND c.id = z.record LEFT JOIN cases p ON p.id = c.parent "
                              "WHERE z.person = $1 ORDER BY z.until, z.entity, z.record"),
                          "i", w->actor->id);

        jw_open(&q->out, '{');
        jw_key(&q->out, "items");
        jw_open(&q->out, '[');
        while (rows && rows_next(rows))
                write_snooze(&q->out, rows, w->now);
        jw_close(&q->out, ']');
        jw_close(&q->out, '}');
        return rows && rows_close(rows);
}

bool
snoozes_expire(struct ctx *ctx, struct conn *c, usec now)
{
        return sql_run(ctx, c, SQL("DELETE FROM snooze WHERE until < $1"), "i", now - SNOOZE_KEEP);
}
