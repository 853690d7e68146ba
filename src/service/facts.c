/* SPDX-License-Identifier: Apache-2.0
 *
 * facts.c -- facts of imported sources, by SQL over our tables.
 *
 *     cases          the cases themselves, by source
 *     import_row     one line per imported event, in the case's order (seq): line, team, stage
 *     events         the event's name: the source's word for the state
 *     import_case    the source's last word on impact, urgency, priority and its own counts
 *
 * Definitions (docs/import.md has them with the published numbers that they reproduce)
 *     highest line   the highest known line among the case's events; a line that the log does not tell counts for none
 *     moved up       some event stands on a higher known line than an event before it
 *     ping-pong      team A, then another team B, then A again, when runs of one team and events without one are folded
 *     reopened       an event in stage close is followed by one in another stage
 *
 * Each is one statement; nothing is kept, so the facts are always those of the database as it is.
 */
#include "service/facts.h"

static bool
count(struct work *w, int64_t *ret, const char *sql, int64_t source)
{
        return sql_one_int(w->ctx, w->conn, ret, sql, "i", source);
}

static bool
write_count(struct work *w, struct jw *out, const char *key, const char *sql, int64_t source)
{
        int64_t n;

        if (!count(w, &n, sql, source))
                return false;
        jw_key(out, key);
        jw_int(out, n);
        return true;
}

/* ---- lines ---- */

/* Below: the lowest line of the case's events before this one. */
static const char moved_up[] =
        SQL("select count(distinct case_id) from (select case_id, tier, min(tier) over (partition by case_id "
            "order by seq rows between unbounded preceding and 1 preceding) as below "
            "from import_row where source = $1 and tier is not null) x where tier > below");

static bool
write_lines(struct work *w, struct jw *out, int64_t source)
{
        int64_t top[4] = {0};
        struct rows *rows =
                sql_query(w->ctx, w->conn,
                          SQL("select top, count(*) from (select case_id, max(tier) as top from import_row "
                              "where source = $1 group by case_id) x where top between 1 and 3 group by top"),
                          "i", source);

        while (rows && rows_next(rows))
                top[rows_int(rows, 0)] = rows_int(rows, 1);
        if (rows == NULL || !rows_close(rows))
                return false;
        jw_key(out, "highest_line"), jw_open(out, '{');
        jw_key(out, "T1"), jw_int(out, top[1]);
        jw_key(out, "T2"), jw_int(out, top[2]);
        jw_key(out, "T3"), jw_int(out, top[3]);
        jw_close(out, '}');
        return true;
}

/* ---- teams and reopening ---- */

/* Inner: events whose team is another than that of the event before; outer: the same team two changes ago. */
static const char ping_pong[] =
        SQL("select count(distinct case_id) from (select case_id, team, lag(team, 2) over (partition by "
            "case_id order by seq) as earlier from (select case_id, seq, team, lag(team) over "
            "(partition by case_id order by seq) as before from import_row where source = $1 and "
            "team is not null) x where before is null or before <> team) y where team = earlier");

static const char reopened[] = SQL(
        "select count(distinct case_id) from (select case_id, stage, lag(stage) over (partition by case_id "
        "order by seq) as before from import_row where source = $1) x "
        "where before = 'close' and stage <> 'close'");

static const char team_changes[] =
        SQL("select count(*) from (select team, lag(team) over (partition by case_id order by seq) as before "
            "from import_row where source = $1 and team is not null) x where before <> team");

static const char openings[] =
        SQL("select count(*) from (select stage, lag(stage) over (partition by case_id order by seq) as before "
            "from import_row where source = $1) x where before = 'close' and stage <> 'close'");

/* What the source counted itself; where it does not count, the changes that we see. */
static bool
write_reassignments(struct work *w, struct jw *out, int64_t source)
{
        int64_t n;

        if (!count(w, &n, SQL("select count(reassignments) from import_case where source = $1"), source))
                return false;
        return write_count(w, out, "reassignments_total",
                           n ? SQL("select cast(sum(reassignments) as bigint) from import_case where source = $1")
                             : team_changes,
                           source);
}

static bool
write_reopens(struct work *w, struct jw *out, int64_t source)
{
        int64_t n;

        if (!count(w, &n, SQL("select count(reopens) from import_case where source = $1"), source))
                return false;
        return write_count(w, out, "reopens_total",
                           n ? SQL("select cast(sum(reopens) as bigint) from import_case where source = $1") : openings,
                           source);
}

/* ---- states and priorities ---- */

static bool
write_states(struct work *w, struct jw *out, int64_t source)
{
        struct rows *rows = sql_query(
                w->ctx, w->conn,
                SQL("select e.name, count(*) as n from import_row r join events e on e.case_id = r.case_id "
                    "and e.seq = r.seq where r.source = $1 group by e.name order by n desc, e.name"),
                "i", source);

        if (rows == NULL)
                return false;
        jw_key(out, "states"), jw_open(out, '{');
        while (rows_next(rows)) {
                jw_key_str(out, rows_text(rows, 0));
                jw_int(out, rows_int(rows, 1));
        }
        jw_close(out, '}');
        return rows_close(rows);
}

/* One member per pair of impact and urgency: how many cases have which priority. */
static void
write_pairs(struct work *w, struct jw *out, struct rows *rows)
{
        struct buf open = {0}, pair = {0};

        while (rows_next(rows)) {
                struct str impact = rows_text(rows, 0), urgency = rows_text(rows, 1);
                buf_reset(&pair);
                buf_printf(&pair, "%.*s,%.*s", (int)impact.n, impact.p, (int)urgency.n, urgency.p);
                if (!str_eq(buf_view(&pair), buf_view(&open))) {
                        if (open.n)
                                jw_close(out, '}');
                        jw_key_str(out, buf_view(&pair));
                        jw_open(out, '{');
                        buf_reset(&open);
                        buf_str(&open, buf_view(&pair));
                }
                jw_key_str(out, rows_text(rows, 2));
                jw_int(out, rows_int(rows, 3));
        }
        if (open.n)
                jw_close(out, '}');
        buf_free(&open);
        buf_free(&pair);
}

static bool
write_priorities(struct work *w, struct jw *out, int64_t source)
{
        struct rows *rows = sql_query(
                w->ctx, w->conn,
                SQL("select impact, urgency, priority, count(*) from import_case where source = $1 and "
                    "impact is not null and urgency is not null and priority is not null "
                    "group by impact, urgency, priority order by impact, urgency, priority"),
                "i", source);

        if (rows == NULL)
                return false;
        jw_key(out, "priority_matrix"), jw_open(out, '{');
        write_pairs(w, out, rows);
        jw_close(out, '}');
        return rows_close(rows);
}

static bool
write_deviations(struct work *w, struct jw *out, int64_t source)
{
        jw_key(out, "deviations"), jw_open(out, '{');
        bool ok =
                write_count(w, out, "line_down",
                            SQL("select count(*) from import_row where source = $1 and deviation in (1, 3)"),
                            source) &&
                write_count(w, out, "skipped_activity",
                            SQL("select count(*) from import_row where source = $1 and deviation in (2, 3)"),
                            source);
        jw_close(out, '}');
        return ok;
}

/* ---- a source ---- */

static const char cases[] =
        SQL("select count(*) from cases c join import_source s on s.source = c.source where s.id = $1");
static const char events[] = SQL("select count(*) from import_row where source = $1");

static bool
write_source(struct work *w, struct jw *out, int64_t id, struct str name)
{
        jw_open(out, '{');
        jw_key(out, "source"), jw_str(out, name);
        bool ok = write_count(w, out, "cases", cases, id) && write_count(w, out, "events", events, id) &&
                  write_count(w, out, "reopened", reopened, id) && write_count(w, out, "moved_up", moved_up, id) &&
                  write_count(w, out, "ping_pong", ping_pong, id) && write_lines(w, out, id) &&
                  write_states(w, out, id) && write_priorities(w, out, id) && write_reassignments(w, out, id) &&
                  write_reopens(w, out, id) && write_deviations(w, out, id);
        jw_close(out, '}');
        return ok;
}

struct source_name {
        int64_t id;
        struct str name;
};

bool
facts_json(struct work *w, struct jw *out)
{
        struct source_name *list = NULL;
        size_t n = 0;
        bool ok = true;
        struct rows *rows =
                sql_query(w->ctx, w->conn, SQL("select id, source from import_source order by source"), "");

        while (rows && rows_next(rows)) {
                struct source_name *s = ARENA_PUSH(w->ctx->arena, list, n);
                struct str name = rows_text(rows, 1);
                *s = (struct source_name){rows_int(rows, 0),
                                          {arena_strndup(w->ctx->arena, name.p, name.n), name.n}};
        }
        if (rows == NULL || !rows_close(rows))
                return false;
        jw_open(out, '{');
        jw_key(out, "sources"), jw_open(out, '[');
        for (size_t i = 0; ok && i < n; i++)
                ok = write_source(w, out, list[i].id, list[i].name);
        jw_close(out, ']');
        jw_close(out, '}');
        return ok;
}
