/* SPDX-License-Identifier: Apache-2.0
 *
 * health.c -- the state of the house for administrators: servers, model, queues.
 *
 * /health answers machines with yes or no, /metrics with numbers over time; this is one page for a person: what runs, and
 * what waits, with the age of what waits longest.
 *
 * Servers on PostgreSQL write to `nodes` that they live (follow.c); on SQLite there is only this one.
 */
#include "api/admin.h"
#include "api/live.h"
#include "api/server.h"

#define NODE_LOST (2 * USEC_MINUTE)

static bool
write_nodes(struct request *q, struct work *w)
{
        struct jw *out = &q->out;
        struct rows *r = sql_query(w->ctx, w->conn, SQL("SELECT name, program, started_at, seen_at, revision FROM nodes ORDER BY name"), "");

        jw_key(out, "nodes");
        jw_open(out, '[');
        while (r && rows_next(r)) {
                jw_open(out, '{');
                jw_key(out, "name");
                jw_str(out, rows_text(r, 0));
                jw_key(out, "program");
                jw_str(out, rows_text(r, 1));
                admin_write_time(out, "started_at", rows_int(r, 2));
                admin_write_time(out, "seen_at", rows_int(r, 3));
                jw_key(out, "revision");
                jw_int(out, rows_int(r, 4));
                jw_key(out, "alive");
                jw_bool(out, rows_int(r, 3) > w->now - NODE_LOST);
                jw_close(out, '}');
        }
        jw_close(out, ']');
        return r && rows_close(r);
}

/* A queue: how much waits, and since when what waits longest. */
static bool
write_queue(struct request *q, struct work *w, const char *name, const char *en, const char *zh, const char *sql)
{
        struct rows *r = sql_query(w->ctx, w->conn, sql, "i", w->now);
        int64_t n = 0, since = 0;

        if (r && rows_next(r)) {
                n = rows_int(r, 0);
                since = rows_int(r, 1);
        }
        if (!r || !rows_close(r))
                return false;
        jw_open(&q->out, '{');
        jw_key(&q->out, "name");
        jw_text(&q->out, name);
        admin_write_label(&q->out, "label", en, zh);
        jw_key(&q->out, "waiting");
        jw_int(&q->out, n);
        admin_write_time(&q->out, "since", since);
        jw_close(&q->out, '}');
        return true;
}

static bool
write_queues(struct request *q, struct work *w)
{
        jw_key(&q->out, "queues");
        jw_open(&q->out, '[');
        bool ok = write_queue(q, w, "timers", "Timers that are due", "到期未触发的定时器",
                              SQL("SELECT count(*), min(due) FROM timers WHERE due <= $1")) &&
                  write_queue(q, w, "outbox", "Notices to be sent", "待发送通知",
                              SQL("SELECT count(*), min(created_at) FROM outbox WHERE state = 'due' AND created_at <= $1")) &&
                  write_queue(q, w, "outbox_failed", "Notices that failed", "发送失败的通知",
                              SQL("SELECT count(*), min(created_at) FROM outbox WHERE state = 'failed' AND created_at <= $1")) &&
                  write_queue(q, w, "search", "Cases to be indexed", "待建立索引的业务单",
                              SQL("SELECT count(*), 0 FROM search_pending WHERE CAST($1 AS bigint) > 0"));
        jw_close(&q->out, ']');
        return ok;
}

static void
write_server(struct request *q)
{
        struct server *s = q->server;
        struct exec_stats x = exec_stats(s->o.exec);
        struct jw *out = &q->out;
        const struct {
                const char *key;
                int64_t value;
        } numbers[] = {{"up_seconds", (clock_monotonic() - s->started) / USEC_SECOND},
                       {"commits", x.commits},
                       {"jobs", x.jobs},
                       {"jobs_failed", x.failed},
                       {"jobs_waiting", x.waiting},
                       {"live_clients", live_clients(s->live)}};

        jw_key(out, "version");
        jw_text(out, OPENITR_VERSION);
        jw_key(out, "database");
        jw_text(out, db_engine(s->o.db) == DB_PG ? "postgresql" : "sqlite");
        jw_key(out, "where");
        jw_text(out, db_where(s->o.db));
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
                jw_key(out, numbers[i].key);
                jw_int(out, numbers[i].value);
        }
}

static void
write_model(struct request *q, struct work *w)
{
        jw_key(&q->out, "model");
        jw_open(&q->out, '{');
        jw_key(&q->out, "version");
        jw_text(&q->out, w->model->version);
        jw_key(&q->out, "entities");
        jw_int(&q->out, (int64_t)w->model->entity_count);
        jw_key(&q->out, "revision");
        jw_int(&q->out, atomic_load(&q->server->revision));
        jw_close(&q->out, '}');
}

bool
admin_health(struct request *q, struct work *w, struct response *r)
{
        if (!admin_only(w, "health"))
                return false;
        jw_open(&q->out, '{');
        write_server(q);
        write_model(q, w);
        if (!write_nodes(q, w) || !write_queues(q, w))
                return false;
        jw_close(&q->out, '}');
        return true;
}
