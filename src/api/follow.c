/* SPDX-License-Identifier: Apache-2.0
 *
 * follow.c -- a node takes up what another node has published, and versions of rule tables whose date has come.
 *
 * Several servers may share one PostgreSQL.  Who publishes puts it in force for itself behind its commit; the others find it
 * here: once a second one small query, and when something is newer than what is in force, the Model is loaded and swapped.
 * Its columns are there already: they were made by the transaction that wrote the patch.  On SQLite nobody else publishes,
 * but dates come there too.
 *
 * Invariants
 *   1. What cannot be asked or loaded now is asked again in a second; the Model in force stays.
 *   2. What is told of this node's life (table nodes) is told each half minute; when it cannot be, nothing is lost.
 *   3. A patch of a newer program that does not check here stands aside, as it does at a start (service/models.c).
 */
#include <stdio.h>
#include <unistd.h>
#include "api/server.h"
#include "base/log.h"

#define BEAT (30 * USEC_SECOND)
#define NODE_KEPT USEC_DAY
struct follower {
        struct job job;                /* first: the executor hands it back */
        char name[120];
        usec beat_at, started;
        struct server *server;
        struct conn *conn;
        struct arena *arena;
        struct ctx ctx;
};

/* False at the end. */
static bool
wait_a_second(struct server *s)
{
        struct timespec until;
        bool on;

        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec++;
        pthread_mutex_lock(&s->lock);
        while (!s->stopping)
                if (pthread_cond_timedwait(&s->wake, &s->lock, &until) != 0)
                        break;
        on = !s->stopping;
        pthread_mutex_unlock(&s->lock);
        return on;
}

static bool
connected(struct follower *f)
{
        if (f->conn == NULL)
                f->conn = conn_open(&f->ctx, f->server->o.db, CONN_READ);
        return f->conn != NULL && (conn_alive(f->conn) || conn_reopen(&f->ctx, f->conn));
}

static void
look(struct follower *f)
{
        struct server *s = f->server;
        struct patches patches;
        struct model *m;
        int64_t newest;

        usec now = clock_now();

        if (!connected(f) || !models_revision(&f->ctx, f->conn, now, &newest) || newest <= atomic_load(&s->revision))
                return;
        if (!models_read(&f->ctx, f->conn, now, &patches) || (m = models_load(&f->ctx, s->o.base, &patches)) == NULL) {
                log_warn("model not taken up", "why", f->ctx.errors ? f->ctx.errors->en : "", NULL);
                return;
        }
        log_info("model taken up", "version", m->version, NULL);
        server_put_in_force(s, models_engine(m), newest);
}

/* ---- this node lives ---- */

static bool
run_beat(struct job *job, struct conn *c)
{
        struct follower *f = (struct follower *)job;
        usec now = clock_now();

        return sql_run(job->ctx, c,
                       SQL("INSERT INTO nodes (name, program, started_at, seen_at, revision) VALUES ($1, $2, $3, $4, $5) "
                           "ON CONFLICT (name) DO UPDATE SET program = excluded.program, started_at = excluded.started_at, "
                           "seen_at = excluded.seen_at, revision = excluded.revision"),
                       "ssiii", f->name, OPENITR_VERSION, f->started, now, atomic_load(&f->server->revision)) &&
               sql_run(job->ctx, c, SQL("DELETE FROM nodes WHERE seen_at < $1"), "i", now - NODE_KEPT);
}

static void
beat(struct follower *f)
{
        if (clock_monotonic() < f->beat_at || db_engine(f->server->o.db) == DB_SQLITE)
                return;                /* on SQLite there is one server */
        f->beat_at = clock_monotonic() + BEAT;
        f->job = (struct job){.ctx = &f->ctx, .run = run_beat};
        if (!exec_write_wait(f->server->o.exec, &f->job) && f->ctx.errors)
                log_warn("node not told", "why", f->ctx.errors->en, NULL);
}

void *
follow_models(void *server)
{
        struct follower f = {.server = server, .arena = arena_new(0), .started = clock_now()};
        char host[64] = "";

        gethostname(host, sizeof host - 1);
        snprintf(f.name, sizeof f.name, "%s:%d (%d)", host, server_port(f.server), (int)getpid());
        pthread_setname_np(pthread_self(), "itr-model");
        while (wait_a_second(f.server)) {
                arena_reset(f.arena);
                ctx_init(&f.ctx, f.arena);
                look(&f);
                ctx_clear(&f.ctx);
                beat(&f);
        }
        conn_close(f.conn);
        arena_free(f.arena);
        return NULL;
}
