/* SPDX-License-Identifier: Apache-2.0
 *
 * audit.c -- who changed what when: the events of all records, newest first, for administrators.
 *
 *     GET /admin/audit?person=&entity=&record=&kind=&from=&until=&limit=&cursor=
 *
 * One record's events come by the key of the table; all others walk the index on time from `until` back to `from`, thirty
 * days when nothing is said, so that a search over a large database ends.  kind=login asks login_events instead.
 * `cursor` says where the page before ended: "TIME.CASE.SEQ", or a login's id.
 *
 * Invariants
 *   1. Nothing is written: reading the audit leaves the audit as it is.
 *   2. The administrator sees what was changed also where the roles do not let see the record: that is what an audit is for.
 */
#include "api/admin.h"
#include "engine/engine.h"
#include "engine/store.h"
#include <stdio.h>

#define SPAN (30 * USEC_DAY)
struct search {
        struct request *q;
        int64_t person, record, limit;
        struct str entity, kind;
        usec from, until;
        int64_t last_at, last_case, last_seq;
        bool more;
};

/* ---- what is asked ---- */

static bool
read_cursor(struct search *s)
{
        struct str v = request_param(s->q, "cursor"), part[3] = {STR_NONE, STR_NONE, STR_NONE}, rest = v;

        s->last_at = s->last_case = s->last_seq = INT64_MAX;
        if (v.n == 0)
                return true;
        for (int i = 0; i < 3 && rest.p; i++)
                part[i] = str_cut(rest, '.', &rest);
        return (str_to_int(part[0], &s->last_at) && str_to_int(part[1], &s->last_case) && str_to_int(part[2], &s->last_seq)) ||
               fail(&s->q->ctx, E_PARAMETER, "cursor", "cursor", str_c(s->q->arena, v), "next of the page before");
}

/* A person by id or login; 0: anybody. */
static bool
read_person(struct search *s, struct work *w)
{
        struct str v = request_param(s->q, "person");

        if (v.n == 0 || str_to_int(v, &s->person))
                return true;
        if (sql_one_int(w->ctx, w->conn, &s->person, SQL("SELECT id FROM users WHERE login = $1"), "t", v))
                return true;
        return !ctx_failed(w->ctx) && fail(w->ctx, E_PARAMETER, "person", "person", str_c(s->q->arena, v),
                                           ctx_both(w->ctx, "the id or the login of a person", "人员编号或登录名"));
}

/* A record by id, or a case by number. */
static bool
read_record(struct search *s, struct work *w)
{
        struct str v = request_param(s->q, "record");

        if (v.n == 0 || str_to_int(v, &s->record))
                return true;
        if (sql_one_int(w->ctx, w->conn, &s->record, SQL("SELECT id FROM cases WHERE number = $1"), "t", v))
                return true;
        return !ctx_failed(w->ctx) && fail(w->ctx, E_PARAMETER, "record", "record", str_c(s->q->arena, v),
                                           ctx_both(w->ctx, "an id, or the number of a case", "记录编号或业务单号"));
}

static bool
read_search(struct search *s, struct request *q, struct work *w)
{
        *s = (struct search){.q = q, .entity = request_param(q, "entity"), .kind = request_param(q, "kind")};
        if (!request_params_known(q, (const char *const[]){"person", "entity", "record", "kind", "from", "until", "limit", "cursor", NULL}) ||
            !request_param_int(q, "limit", 1, 200, 50, &s->limit) || !read_cursor(s) || !read_person(s, w) || !read_record(s, w) ||
            !request_param_time(q, "until", true, w->now + 1, &s->until) ||
            !request_param_time(q, "from", false, s->record ? 0 : s->until - SPAN, &s->from))
                return false;
        return s->from <= s->until || fail(w->ctx, E_PARAMETER, "from", "from", str_c(q->arena, request_param(q, "from")),
                                           ctx_both(w->ctx, "a time before `until`", "早于 until 的时间"));
}

/* ---- the answer ---- */

static void
write_text(struct jw *out, const char *key, struct str s)
{
        jw_key(out, key);
        if (s.n)
                jw_str(out, s);
        else
                jw_null(out);
}

static void
write_event(struct search *s, const struct rows *r)
{
        struct jw *out = &s->q->out;
        struct str data = rows_text(r, 9);

        s->last_at = rows_int(r, 0);
        s->last_case = rows_int(r, 1);
        s->last_seq = rows_int(r, 2);
        jw_open(out, '{');
        admin_write_time(out, "at", s->last_at);
        jw_key(out, "record");
        jw_int(out, s->last_case);
        jw_key(out, "seq");
        jw_int(out, s->last_seq);
        write_text(out, "entity", rows_text(r, 3));
        admin_write_id(out, "actor", rows_int(r, 4));
        write_text(out, "actor_name", rows_text(r, 10));
        write_text(out, "kind", rows_text(r, 5));
        write_text(out, "name", rows_text(r, 6));
        write_text(out, "from", rows_text(r, 7));
        write_text(out, "to", rows_text(r, 8));
        write_text(out, "number", rows_text(r, 11));
        jw_key(out, "data");
        jw_raw(out, data.n ? data : STR("{}"));
        jw_close(out, '}');
}

static struct rows *
ask_time(struct search *s, struct work *w)
{
        return sql_query(w->ctx, w->conn,
                         SQL("SELECT v.recorded_at, v.case_id, v.seq, v.entity, v.actor, v.kind, v.name, v.from_state, v.to_state, "
                             "v.data, u.name, c.number FROM events v LEFT JOIN users u ON u.id = v.actor "
                             "LEFT JOIN cases c ON c.id = v.case_id "
                             "WHERE v.recorded_at >= $1 AND v.recorded_at < $2 AND v.recorded_at <= $3 "
                             "AND (v.recorded_at, v.case_id, v.seq) < ($3, $4, $5) "
                             "AND (CAST($6 AS bigint) IS NULL OR v.actor = $6) "
                             "AND (CAST($7 AS text) IS NULL OR v.entity = $7) AND (CAST($8 AS text) IS NULL OR v.kind = $8) "
                             "ORDER BY v.recorded_at DESC, v.case_id DESC, v.seq DESC LIMIT $9"),
                         "iiiiiItti", s->from, s->until, s->last_at, s->last_case, s->last_seq, s->person ? &s->person : NULL,
                         s->entity, s->kind, s->limit + 1);
}

static struct rows *
ask_record(struct search *s, struct work *w)
{
        return sql_query(w->ctx, w->conn,
                         SQL("SELECT v.recorded_at, v.case_id, v.seq, v.entity, v.actor, v.kind, v.name, v.from_state, v.to_state, "
                             "v.data, u.name, c.number FROM events v LEFT JOIN users u ON u.id = v.actor "
                             "LEFT JOIN cases c ON c.id = v.case_id "
                             "WHERE v.case_id = $1 AND v.seq < $2 AND v.recorded_at >= $3 AND v.recorded_at < $4 "
                             "AND (CAST($5 AS bigint) IS NULL OR v.actor = $5) "
                             "AND (CAST($6 AS text) IS NULL OR v.entity = $6) AND (CAST($7 AS text) IS NULL OR v.kind = $7) "
                             "ORDER BY v.seq DESC LIMIT $8"),
                         "iiiiItti", s->record, s->last_seq, s->from, s->until, s->person ? &s->person : NULL, s->entity, s->kind,
                         s->limit + 1);
}

static void
write_login(struct search *s, const struct rows *r)
{
        struct jw *out = &s->q->out;

        s->last_case = s->last_seq = 0;
        s->last_at = rows_int(r, 0);
        jw_open(out, '{');
        admin_write_time(out, "at", rows_int(r, 1));
        jw_key(out, "kind");
        jw_text(out, "login");
        admin_write_id(out, "actor", rows_int(r, 2));
        write_text(out, "actor_name", rows_text(r, 6));
        write_text(out, "login", rows_text(r, 3));
        write_text(out, "name", rows_text(r, 4));
        write_text(out, "address", rows_text(r, 5));
        jw_close(out, '}');
}

static struct rows *
ask_logins(struct search *s, struct work *w)
{
        return sql_query(w->ctx, w->conn,
                         SQL("SELECT l.id, l.at, l.person, l.login, l.outcome, l.address, u.name FROM login_events l "
                             "LEFT JOIN users u ON u.id = l.person WHERE l.id < $1 AND l.at >= $2 AND l.at < $3 "
                             "AND (CAST($4 AS bigint) IS NULL OR l.person = $4) ORDER BY l.id DESC LIMIT $5"),
                         "iiiIi", s->last_at, s->from, s->until, s->person ? &s->person : NULL, s->limit + 1);
}

static void
write_next(struct search *s)
{
        jw_key(&s->q->out, "next");
        if (s->more)
                jw_text(&s->q->out, arena_printf(s->q->arena, "%lld.%lld.%lld", (long long)s->last_at, (long long)s->last_case,
                                                 (long long)s->last_seq));
        else
                jw_null(&s->q->out);
}

bool
audit_search(struct request *q, struct work *w, struct response *r)
{
        struct search s;
        int64_t n = 0;

        if (!admin_only(w, "audit") || !read_search(&s, q, w))
                return false;
        bool logins = str_is(s.kind, "login");
        struct rows *rows = logins ? ask_logins(&s, w) : s.record ? ask_record(&s, w) : ask_time(&s, w);
        jw_open(&q->out, '{');
        jw_key(&q->out, "items");
        jw_open(&q->out, '[');
        while (rows && !s.more && rows_next(rows)) {
                if ((s.more = n++ == s.limit))
                        break;
                if (logins)
                        write_login(&s, rows);
                else
                        write_event(&s, rows);
        }
        jw_close(&q->out, ']');
        write_next(&s);
        jw_close(&q->out, '}');
        return rows && rows_close(rows);
}
