/* SPDX-License-Identifier: Apache-2.0
 *
 * mine.c -- what waits for a person below cases: the tasks.
 *
 *     GET /api/v1/me/tasks      open tasks given to me, or to a team of mine and nobody in it; by due time
 *
 * A task is a child: it has no list of its own.  What is told of its case is only what tells it from others, and only when
 * the person may read the case; at most LIMIT rows, the nearest first.  (Cases themselves: GET /api/v1/case.)
 */
#include "api/handlers.h"
#include "engine/filter.h"
#include "engine/store.h"
#include "gen/names.h"

enum { LIMIT = 100 };

static void
write_query(struct work *w, struct sql_text *s)
{
        buf_text(&s->text, "select t.id, t.case_id, t.title, t.due_at, t.assignee, t.version, c.entity, c.number, c.title, c.severity, "
                           "c.priority from task t join cases c on c.id = t.case_id where t.done is distinct from 1 and (t.assignee = ");
        sql_text_value(w, s, VAL_OF_INT(w->actor->id));
        for (size_t i = 0; i < w->actor->team_count; i++) {
                buf_text(&s->text, " or t.assignee is null and t.team = ");
                sql_text_value(w, s, VAL_OF_INT(w->actor->teams[i]));
        }
        buf_text(&s->text, ") order by t.due_at asc nulls last, t.id limit ");
        sql_text_value(w, s, VAL_OF_INT(LIMIT));
}

static bool
may_read_case(struct work *w, struct str entity, int64_t id)
{
        const struct entity *e = model_entity_str(w->model, entity);
        bool may = e && store_get(w, e, id);

        ctx_clear(w->ctx);
        return may;
}

static void
key_text(struct jw *out, const char *key, struct rows *rows, int col)
{
        jw_key(out, key);
        rows_null(rows, col) ? jw_null(out) : jw_str(out, rows_text(rows, col));
}

static void
write_task(struct rows *rows, struct jw *out)
{
        jw_open(out, '{');
        jw_key(out, "id"), jw_int(out, rows_int(rows, 0));
        jw_key(out, "_v"), jw_int(out, rows_int(rows, 5));
        jw_key(out, "case_id"), jw_int(out, rows_int(rows, 1));
        key_text(out, "title", rows, 2);
        jw_key(out, "due_at"), rows_null(rows, 3) ? jw_null(out) : jw_time(out, rows_int(rows, 3));
        jw_key(out, "assignee"), rows_null(rows, 4) ? jw_null(out) : jw_int(out, rows_int(rows, 4));
        key_text(out, "entity", rows, 6);
        key_text(out, "number", rows, 7);
        key_text(out, "case_title", rows, 8);
        key_text(out, "severity", rows, 9);
        key_text(out, "priority", rows, 10);
        jw_close(out, '}');
}

bool
my_tasks(struct request *q, struct work *w, struct response *r)
{
        struct sql_text s = {0};
        struct rows *rows;

        write_query(w, &s);
        rows = sql_query_vals(w->ctx, w->conn, buf_c(&s.text), s.values, s.count);
        buf_free(&s.text);
        if (rows == NULL)
                return false;
        jw_open(&q->out, '{');
        jw_key(&q->out, "items"), jw_open(&q->out, '[');
        while (rows_next(rows))
                if (may_read_case(w, rows_text(rows, 6), rows_int(rows, 1)))
                        write_task(rows, &q->out);
        jw_close(&q->out, ']');
        jw_close(&q->out, '}');
        return rows_close(rows);
}
