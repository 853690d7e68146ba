/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_serve.c -- openitr serve: brings the floors up in order, waits for a signal, takes them down in
 * reverse.
 *
 *     lock --> tables, or what the model adds to them; first start? --> executors --> attachments --> deliveries, timers --> HTTP --> SIGTERM,
 * SIGINT
 *                                                                                                   |
 *     exit <-- close the database <-- finish what is queued <-- timers, deliveries <-- finish the requests begun <-'
 *
 * Invariants
 *   1. All threads are started with the signals blocked; only this one takes them, in sigwait.
 *   2. A second signal while stopping ends the process at once: what was answered is on disk.
 *   3. The test clock, turned or standing, is never to be had from another machine.
 *
 * Not here: requests (api/), who may write beside a server (open.c).
 */
#include <signal.h>
#include <stdio.h>
#include "api/server.h"
#include "base/log.h"
#include "channel/deliver.h"
#include "cmd/open.h"
#include "engine/search.h"
#include "base/secret.h"
#include "service/setup.h"
#include "service/timers.h"

enum { INDEX_AT_ONCE = 50 };
#define ANALYSE_EVERY (15 * USEC_MINUTE)

struct house { /* what stands while the server runs */
        struct opened x;
        struct exec *exec;
        struct files *files;
        struct timers *timers;
        struct deliver *deliver;
        struct server *server;
        char setup_code[32];           /* of the first start; "": it is done */
};

/* ---- what is asked of the settings ---- */

static bool
is_loopback(const char *listen)
{
        static const char *const LOCAL[] = {"127.", "[::1]:", "localhost:"};

        for (size_t i = 0; i < sizeof LOCAL / sizeof *LOCAL; i++)
                if (str_starts(str_of(listen), str_of(LOCAL[i])))
                        return true;
        return false;
}

static bool
check_settings(struct call *c)
{
        if ((c->o.test_clock || *c->o.test_time) && !is_loopback(c->o.listen))
                return fail(c->ctx, E_USAGE, c->o.test_clock ? "--test-clock" : "--test-time",
                            "A server whose clock can be turned may listen on 127.0.0.1 or [::1] only.");
        return true;
}

static const char *
files_dir(struct call *c, const struct db *db)
{
        if (*c->o.files)
                return c->o.files;
        if (db_engine(db) == DB_SQLITE)
                return arena_printf(c->ctx->arena, "%s-files", c->o.db);
        return "openitr-files";
}

/* Programs on this machine (imports, tests) are not slowed down; the world is, also behind a proxy. */
static int64_t
rate_or(const struct options *o, int64_t set, int64_t preset)
{
        if (set >= 0)
                return set;
        return is_loopback(o->listen) && !o->proxy ? 0 : preset;
}

static struct server_options
server_settings(struct house *h, const struct options *o)
{
        return (struct server_options){
                .engine = &h->x.engine,
                .base = &h->x.base,
                .revision = h->x.revision,
                .exec = h->exec,
                .db = h->x.db,
                .files = h->files,
                .listen = o->listen,
                .threads = (int)o->threads,
                .connections = (int)o->connections,
                .per_address = (int)o->per_address,
                .idle_seconds = (int)o->idle,
                .worker_threads = (int)o->workers,
                .rate_address = rate_or(o, o->rate_address, 500),
                .rate_actor = rate_or(o, o->rate_actor, 100),
                .upload_max = o->upload_limit,
                .trust_proxy = o->proxy,
                .secure_cookies = o->secure,
                .setup_code = *h->setup_code ? h->setup_code : NULL,
                .mail_set = *o->mail_server != 0,
                .test_clock = o->test_clock,
                .metrics_open = o->metrics_open,
                .hotline = *o->hotline ? o->hotline : NULL,
                .frame_ancestors = *o->frames ? o->frames : NULL,
                .deliver = h->deliver,
                .keep_deliveries = o->keep_deliveries * USEC_DAY,
        };
}

static struct deliver_options
deliver_settings(struct house *h, const struct options *o)
{
        return (struct deliver_options){
                .exec = h->exec,
                .db = h->x.db,
                .engine = &h->x.engine,
                .mail = {o->mail_server, o->mail_from, o->mail_tls, o->mail_user, o->mail_password, o->mail_ca,
                         o->mail_timeout},
                .url = o->url,
                .webhook_allow = o->webhook_allow,
                .webhook_timeout = o->webhook_timeout,
        };
}

/* ---- up and down ---- */

/* A database without an administrator waits for its first start, behind a code that only this terminal shows. */
static bool
begin_setup(struct work *w, void *arg)
{
        struct house *h = arg;
        bool needed;

        if (!setup_needed(w, &needed) || (needed && !setup_begin(w)))
                return false;
        if (needed)
                token_random(h->setup_code, sizeof h->setup_code, 15);
        return true;
}

/* Additive changes are made here, so that a new version of the program needs no other command. */
static bool
ready_store(struct house *h, struct call *c)
{
        size_t additions;

        if (!opened_begin(&h->x, c) || !db_lock(c->ctx, h->x.db) || !opened_connect(&h->x, CONN_WRITE) ||
            !opened_upgrade(&h->x, &additions) || !opened_write(&h->x, begin_setup, h))
                return false;
        if (additions > 0)
                log_info("upgraded", "statements", arena_printf(c->ctx->arena, "%zu", additions), NULL);
        conn_close(h->x.conn);
        h->x.conn = NULL;
        return true;
}

/* How indexes are filled changes slowly: looked at when the server starts and each quarter of an hour. */
static void
analyse_now_and_then(struct conn *c)
{
        static usec next;              /* the idle work has one thread */
        struct ctx ctx;

        if (clock_monotonic() < next)
                return;
        next = clock_monotonic() + ANALYSE_EVERY;
        ctx_init(&ctx, arena_new(0));
        if (!db_analyse(&ctx, c))
                log_warn("not analysed", "why", ctx.errors->en, NULL);
        arena_free(ctx.arena);
}

static bool
idle_work(void *arg, struct conn *c)
{
        struct engine *en = engine_take(arg);
        bool more = false;

        analyse_now_and_then(c);
        bool ok = search_index_pending(en, c, INDEX_AT_ONCE, &more);
        engine_release(en);
        return ok && more;
}

static bool
house_up(struct house *h, struct call *c)
{
        if (!ready_store(h, c))
                return false;
        h->exec = exec_start(c->ctx, h->x.db, (int)c->o.writers, (int)c->o.readers, (int)c->o.queue);
        if (!h->exec)
                return false;
        exec_on_idle(h->exec, idle_work, &h->x.engine);
        h->files = files_open(c->ctx, files_dir(c, h->x.db));
        if (!h->files)
                return false;
        struct deliver_options out = deliver_settings(h, &c->o);
        h->deliver = deliver_start(c->ctx, &out);
        if (!h->deliver)
                return false;
        struct server_options o = server_settings(h, &c->o);
        h->timers = timers_start(h->exec, h->x.db, &h->x.engine, SERVICE_TIMERS);
        h->server = server_start(c->ctx, &o);
        return h->server != NULL;
}

static void
house_down(struct house *h)
{
        if (h->server)
                server_stop(h->server);
        if (h->timers)
                timers_stop(h->timers);
        if (h->deliver)
                deliver_stop(h->deliver);
        if (h->exec)
                exec_stop(h->exec);
        if (h->files)
                files_close(h->files);
        opened_end(&h->x);
}

/* The address as one opens it: with the port that was taken when the setting says 0. */
static void
announce(const struct house *h, const char *listen)
{
        int host = (int)(strrchr(listen, ':') - listen);

        printf("OpenITR serves http://%.*s:%d\n", host, listen, server_port(h->server));
        if (*h->setup_code)
                printf("First start: http://%.*s:%d/setup#%s\n", host, listen, server_port(h->server), h->setup_code);
        fflush(stdout);
        log_info("serving", "listen", listen, "database", db_where(h->x.db), "version", OPENITR_VERSION,
                 NULL);
}

/* ---- the command ---- */

enum outcome
cmd_serve(struct call *c)
{
        struct house h = {0};
        sigset_t stop;
        int which;

        if (!check_settings(c))
                return unable(c);
        sigemptyset(&stop);
        sigaddset(&stop, SIGTERM);
        sigaddset(&stop, SIGINT);
        pthread_sigmask(SIG_BLOCK, &stop, NULL);
        bool up = house_up(&h, c);
        if (up) {
                announce(&h, c->o.listen);
                sigwait(&stop, &which);
                log_info("stopping", "signal", which == SIGINT ? "SIGINT" : "SIGTERM", NULL);
        }
        pthread_sigmask(SIG_UNBLOCK, &stop, NULL);
        house_down(&h);
        return up ? DONE : unable(c);
}
