/* SPDX-License-Identifier: Apache-2.0
 *
 * presence.c -- who of the staff has a record open: viewing it, typing, or idle.
 *
 * A browser says so every 20 seconds, and at once when it changes; what is older than PRESENCE_LIVES counts no more.
 * Nobody is told of an end by time: each entry bears the instant until which it holds, and who shows it lets it go then.
 *
 * It stands in a table, on both engines: so it is the same on every node behind one PostgreSQL, whose live threads read
 * the table as they read the events (live.c), and a restarted server knows it still.  A beat is one small row in the
 * group commit of its moment.
 *
 * Invariants
 *   1. Only staff says and sees presence; a customer never learns who looks at a request.
 *   2. Who may not read a record neither is present there nor hears who is.
 *   3. Presence locks nothing: it is a hint to people, the version decides (If-Match).
 */
#include "api/presence.h"
#include "api/handlers.h"
#include "api/server.h"
#include "engine/access.h"
#include "engine/store.h"

#define PRESENCE_LIVES (45 * USEC_SECOND)
#define PRESENCE_KEPT USEC_HOUR

bool
presence_write(struct work *w, const struct entity *e, int64_t id, struct jw *out)
{
        struct rows *rows = sql_query(
                w->ctx, w->conn,
                SQL("SELECT p.person, u.name, p.state, p.at FROM presence p JOIN users u ON u.id = p.person "
                    "WHERE p.entity = $1 AND p.record = $2 AND p.at > $3 AND p.state <> 'gone' ORDER BY p.person"),
                "sii", e->name, id, w->now - PRESENCE_LIVES);

        jw_open(out, '{');
        jw_key(out, "e");
        jw_text(out, e->name);
        jw_key(out, "id");
        jw_int(out, id);
        jw_key(out, "at");
        jw_time(out, w->now);
        jw_key(out, "who");
        jw_open(out, '[');
        while (rows && rows_next(rows)) {
                jw_open(out, '{');
                jw_key(out, "id");
                jw_int(out, rows_int(rows, 0));
                jw_key(out, "name");
                jw_str(out, rows_text(rows, 1));
                jw_key(out, "state");
                jw_str(out, rows_text(rows, 2));
                jw_key(out, "until");
                jw_time(out, rows_int(rows, 3) + PRESENCE_LIVES);
                jw_close(out, '}');
        }
        jw_close(out, ']');
        jw_close(out, '}');
        return rows && rows_close(rows);
}

/* The record that the body names, as far as the actor may read it. */
static struct record *
named_record(struct request *q, struct work *w)
{
        const struct json *id = json_get(q->json, "id");
        struct str name;
        const struct entity *e;

        if (!body_text(q, "entity", 60, &name))
                return NULL;
        e = model_entity(w->model, str_c(q->arena, name));
        if (!e || e->kind == KIND_SYSTEM || e->kind == KIND_CHILD || e->abstract) {
                fail(w->ctx, E_NO_SUCH_NAME, "entity", "entity", str_c(q->arena, name));
                return NULL;
        }
        if (!id || id->type != JSON_INT) {
                fail(w->ctx, id ? E_TYPE : E_REQUIRED, "id", "a whole number", id ? json_type_name(id->type) : "");
                return NULL;
        }
        return store_get(w, e, id->i);
}

static bool
body_state(struct request *q, struct str *ret)
{
        if (!body_text(q, "state", 20, ret))
                return false;
        return str_is(*ret, "viewing") || str_is(*ret, "typing") || str_is(*ret, "idle") || str_is(*ret, "gone") ||
               fail(&q->ctx, E_NOT_ALLOWED_VALUE, "state", str_c(q->arena, *ret), "viewing, typing, idle, gone");
}

/* A beat; answers who is there, oneself among them. */
bool
presence_beat(struct request *q, struct work *w, struct response *r)
{
        struct str state;
        struct record *record;

        if (!access_is_staff(w))
                return fail(w->ctx, E_DENIED, "", model_role_names(q->arena, w->model, w->actor->given), "presence");
        if (!body_state(q, &state) || !(record = named_record(q, w)))
                return false;
        return sql_run(w->ctx, w->conn,
                       SQL("INSERT INTO presence (entity, record, person, state, at) VALUES ($1, $2, $3, $4, $5) "
                           "ON CONFLICT (entity, record, person) DO UPDATE SET state = excluded.state, at = excluded.at"),
                       "siiti", record->e->name, record->id, w->actor->id, state, w->now) &&
               presence_write(w, record->e, record->id, &q->out);
}

bool
presence_since(struct work *w, usec since, struct presence_change **ret, size_t *ret_count)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("SELECT entity, record, max(at) FROM presence WHERE at > $1 "
                                          "GROUP BY entity, record ORDER BY 3"),
                                      "i", since);

        *ret = NULL;
        *ret_count = 0;
        while (rows && rows_next(rows)) {
                const struct entity *e = model_entity(w->model, str_c(w->ctx->arena, rows_text(rows, 0)));
                if (e)
                        *ARENA_PUSH(w->ctx->arena, *ret, *ret_count) =
                                (struct presence_change){e, rows_int(rows, 1), rows_int(rows, 2)};
        }
        return rows && rows_close(rows);
}

bool
presence_expire(struct ctx *ctx, struct conn *c, usec now)
{
        return sql_run(ctx, c, SQL("DELETE FROM presence WHERE at < $1"), "i", now - PRESENCE_KEPT);
}
