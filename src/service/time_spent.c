/* SPDX-License-Identifier: Apache-2.0
 *
 * time_spent.c -- elapsed time of requests, split by what it was spent with (docs/import.md, "Time").
 *
 *     imported    the order book says of each event how the time behind it is spent (import_row.span)
 *     our own     the state that an event leads to says it; a wait, by its pause code: customer_... is the user
 *
 * The time behind an event ends with the next event of the case; what follows the last one is not counted.  One statement
 * for a source; nothing is kept.
 */
#include "service/time_spent.h"
#include "gen/names.h"

static const char *const SPANS[SPAN_COUNT] = {"queued", "assigned", "working", "waiting_user", "waiting_other", "awaiting_closure",
                                              "closed"};

const char *
span_name(enum span s)
{
        return SPANS[s];
}

bool
span_named(struct str name, enum span *ret)
{
        for (int i = 0; i < SPAN_COUNT; i++)
                if (str_is(name, SPANS[i]))
                        return *ret = (enum span)i, true;
        return false;
}

const char *
span_names(struct arena *a)
{
        const char *text = SPANS[0];

        for (int i = 1; i < SPAN_COUNT; i++)
                text = arena_printf(a, "%s, %s", text, SPANS[i]);
        return text;
}

enum span
span_of_state(const struct state *s, struct str pause_code)
{
        if (s == NULL || s->stage == STAGE_ACCEPT || strcmp(s->name, STATE_TECHNICAL_REQUEST_DISPATCHED) == 0)
                return SPAN_QUEUED;
        if (s->final)
                return SPAN_CLOSED;
        if (s->stage == STAGE_CLOSE)
                return SPAN_AWAITING_CLOSURE;
        if (s->kind != STATE_WAITING)
                return SPAN_WORKING;
        return str_starts(pause_code, STR("customer_")) ? SPAN_WAITING_USER : SPAN_WAITING_OTHER;
}

struct spent {
        int64_t cases;
        usec spans[SPAN_COUNT];
};

static void
write_spent(struct jw *out, const char *source, const struct spent *s)
{
        usec all = 0;

        for (int i = 0; i < SPAN_COUNT; i++)
                all += s->spans[i];
        jw_open(out, '{');
        jw_key(out, "source"), jw_text(out, source);
        jw_key(out, "cases"), jw_int(out, s->cases);
        jw_key(out, "seconds"), jw_int(out, all / USEC_SECOND);
        jw_key(out, "spans"), jw_open(out, '[');
        for (int i = 0; i < SPAN_COUNT; i++) {
                jw_open(out, '{');
                jw_key(out, "span"), jw_text(out, SPANS[i]);
                jw_key(out, "seconds"), jw_int(out, s->spans[i] / USEC_SECOND);
                jw_key(out, "percent"), jw_real(out, all ? (double)(int64_t)(10000.0 * (double)s->spans[i] / (double)all + 0.5) / 100 : 0);
                jw_close(out, '}');
        }
        jw_close(out, ']');
        jw_close(out, '}');
}

static const char imported[] =
        SQL("select x.span, cast(sum(x.next - x.at) as bigint) from (select r.span, e.at, lead(e.at) over (partition by r.case_id "
            "order by e.at, e.seq) as next from import_row r join events e on e.case_id = r.case_id and e.seq = r.seq "
            "where r.source = $1) x where x.next is not null and x.span is not null group by x.span");

static bool
spent_of_source(struct work *w, int64_t id, const char *name, struct spent *ret)
{
        enum span span;
        struct rows *rows = sql_query(w->ctx, w->conn, imported, "i", id);

        while (rows != NULL && rows_next(rows))
                if (span_named(rows_text(rows, 0), &span))
                        ret->spans[span] += rows_int(rows, 1);
        return rows != NULL && rows_close(rows) &&
               sql_one_int(w->ctx, w->conn, &ret->cases, SQL("select count(*) from cases where source = $1"), "s", name);
}

static const char own[] =
        SQL("select x.to_state, x.code, cast(sum(x.next - x.at) as bigint) from (select e.to_state, e.at, "
            "case when e.to_state = 'waiting' then (select min(s.code) from clock_segments s where s.case_id = e.case_id and "
            "s.kind = 'paused' and s.at = e.at) end as code, lead(e.at) over (partition by e.case_id order by e.seq) as next "
            "from events e join cases c on c.id = e.case_id where c.entity = $1 and c.source is null and e.to_state is not null) x "
            "where x.next is not null group by x.to_state, x.code");

static bool
spent_of_own(struct work *w, struct spent *ret)
{
        const struct entity *e = model_entity(w->model, ENTITY_TECHNICAL_REQUEST);
        struct rows *rows = sql_query(w->ctx, w->conn, own, "s", e->name);

        while (rows != NULL && rows_next(rows))
                ret->spans[span_of_state(entity_state_str(e, rows_text(rows, 0)), rows_text(rows, 1))] += rows_int(rows, 2);
        return rows != NULL && rows_close(rows) &&
               sql_one_int(w->ctx, w->conn, &ret->cases, SQL("select count(*) from cases where entity = $1 and source is null"), "s",
                           e->name);
}

struct source_name {
        int64_t id;
        const char *name;
};

bool
time_spent_json(struct work *w, struct jw *out)
{
        struct source_name *list = NULL;
        struct spent spent = {0};
        size_t n = 0;
        bool ok = spent_of_own(w, &spent);
        struct rows *rows = ok ? sql_query(w->ctx, w->conn, SQL("select id, source from import_source order by source"), "") : NULL;

        while (rows != NULL && rows_next(rows)) {
                struct str name = rows_text(rows, 1);
                *ARENA_PUSH(w->ctx->arena, list, n) =
                        (struct source_name){rows_int(rows, 0), arena_strndup(w->ctx->arena, name.p, name.n)};
        }
        if (rows == NULL || !rows_close(rows))
                return false;
        jw_open(out, '{');
        jw_key(out, "sources"), jw_open(out, '[');
        write_spent(out, NULL, &spent);
        for (size_t i = 0; ok && i < n; i++) {
                spent = (struct spent){0};
                if ((ok = spent_of_source(w, list[i].id, list[i].name, &spent)))
                        write_spent(out, list[i].name, &spent);
        }
        jw_close(out, ']');
        jw_close(out, '}');
        return ok;
}
