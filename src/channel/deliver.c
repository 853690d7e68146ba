/* SPDX-License-Identifier: Apache-2.0
 *
 * deliver.c -- the threads that deliver.
 *
 *     itr-notice    outbox -> inboxes and queue of mails   (service/notice_take.c)   no network
 *     itr-mail      queue of mails -> SMTP server          (service/notice_mail.c, channel/mail_out.c)
 *     itr-webhook   events -> receivers                    (channel/webhook_out.c)
 *
 * Each sleeps until it is woken or LOOK has gone by, does a round, and goes on without sleeping while there is more.  A commit
 * that added to the outbox wakes the first, what that one queued wakes the others; rows of other nodes and turned clocks are
 * seen within LOOK.
 *
 * Invariants
 *   1. A dead mail server or a hanging receiver holds up its own channel alone: inboxes go on.
 *   2. All writes are ordinary write jobs; nothing touches the network within one.
 *   3. A round that fails as a whole is followed by rounds of one row, so that one bad row does not stop the others.
 */
#include "channel/deliver.h"
#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include "base/log.h"
#include "base/net.h"
#include "channel/deliver_private.h"
#include "channel/webhook_out.h"

enum { NOTICES_AT_ONCE = 32, MAILS_AT_ONCE = 16 };
#define LOOK (USEC_SECOND / 2)
#define COUNT_EVERY (5 * USEC_SECOND)

const char *const DELIVER_NAMES[DELIVER_CHANNELS] = {"inbox", "mail", "webhook"};

/* ---- a thread ---- */

static void
wake(struct worker *k)
{
        if (!k->started)
                return;
        pthread_mutex_lock(&k->lock);
        k->woken = true;
        pthread_cond_signal(&k->wake);
        pthread_mutex_unlock(&k->lock);
}

void
deliver_wake(struct deliver *d, enum deliver_channel c)
{
        wake(&d->workers[c]);
}

/* False at the end. */
static bool
worker_sleep(struct worker *k, usec most)
{
        usec until = clock_monotonic() + most;
        struct timespec at = {until / USEC_SECOND, until % USEC_SECOND * 1000};
        bool on;

        pthread_mutex_lock(&k->lock);
        while (most > 0 && !k->woken && !k->stopping)
                if (pthread_cond_timedwait(&k->wake, &k->lock, &at) != 0)
                        break;
        k->woken = false;
        on = !k->stopping;
        pthread_mutex_unlock(&k->lock);
        return on;
}

bool
worker_stopping(struct worker *k)
{
        bool stopping;

        pthread_mutex_lock(&k->lock);
        stopping = k->stopping;
        pthread_mutex_unlock(&k->lock);
        return stopping;
}

static void *
worker_main(void *arg)
{
        struct worker *k = arg;
        usec pause = 0;

        pthread_setname_np(pthread_self(), k->name);
        while (worker_sleep(k, pause)) {
                arena_reset(k->arena);
                ctx_init(&k->ctx, k->arena);
                pause = k->round(k) ? 0 : LOOK;
        }
        return NULL;
}

static void
worker_start(struct worker *k, struct deliver *d, const char *name, bool (*round)(struct worker *k))
{
        pthread_condattr_t attr;
        sigset_t all, before;

        *k = (struct worker){.deliver = d, .name = name, .round = round, .batch = INT32_MAX};
        k->arena = arena_new(0);
        pthread_mutex_init(&k->lock, NULL);
        pthread_condattr_init(&attr);
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
        pthread_cond_init(&k->wake, &attr);
        pthread_condattr_destroy(&attr);
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before);
        if (pthread_create(&k->thread, NULL, worker_main, k) != 0)
                abort();
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        k->started = true;
}

static void
worker_stop(struct worker *k)
{
        if (!k->started)
                return;
        pthread_mutex_lock(&k->lock);
        k->stopping = true;
        pthread_cond_signal(&k->wake);
        pthread_mutex_unlock(&k->lock);
        pthread_join(k->thread, NULL);
        conn_close(k->conn);
        pthread_mutex_destroy(&k->lock);
        pthread_cond_destroy(&k->wake);
        arena_free(k->arena);
}

/* ---- reading and writing ---- */

bool
worker_reads(struct worker *k)
{
        if (k->conn == NULL)
                k->conn = conn_open(&k->ctx, k->deliver->o.db, CONN_READ);
        return k->conn != NULL && (conn_alive(k->conn) || conn_reopen(&k->ctx, k->conn));
}

struct write {
        struct job job;
        struct deliver *deliver;
        bool (*run)(struct work *w, void *arg);
        void *arg;
};

static bool
run_write(struct job *job, struct conn *c)
{
        struct write *x = (struct write *)((char *)job - offsetof(struct write, job));
        struct engine *en = engine_take(x->deliver->o.engine);
        struct work w = {.ctx = job->ctx, .conn = c, .engine = en, .model = engine_model(en), .actor = &ACTOR_SYSTEM, .now = clock_now()};
        bool ok = x->run(&w, x->arg);

        engine_release(en);
        return ok;
}

bool
worker_write(struct worker *k, bool (*run)(struct work *w, void *arg), void *arg)
{
        struct write x = {.deliver = k->deliver, .run = run, .arg = arg, .job = {.ctx = &k->ctx, .run = run_write}};

        if (exec_write_wait(k->deliver->o.exec, &x.job))
                return true;
        log_warn("delivery could not write", "thread", k->name, "error", k->ctx.errors ? k->ctx.errors->en : "it gave no reason", NULL);
        ctx_clear(&k->ctx);
        return false;
}

void
deliver_tally(struct deliver *d, enum deliver_channel c, enum deliver_outcome o, int64_t n)
{
        atomic_fetch_add(&d->tally[c][o], n);
}

/* ---- notices ---- */

struct take { int max, taken; int64_t inboxes; };

static bool
take_notices(struct work *w, void *arg)
{
        struct take *t = arg;

        return notice_take_due(w, t->max, &t->taken);
}

/* What waits, for /metrics: looked at now and then. */
static void
count_queues(struct worker *k)
{
        static const struct { enum deliver_channel c; const char *sql; } counts[] = {
                {DELIVER_INBOX, SQL("select count(*) from outbox where state = 'due' and kind = 'notice'")},
                {DELIVER_MAIL, SQL("select count(*) from notice_delivery where next_at is not null and channel = 'mail'")},
        };

        if (clock_monotonic() < k->count_at)
                return;
        k->count_at = clock_monotonic() + COUNT_EVERY;
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
                int64_t n;
                if (sql_one_int(&k->ctx, k->conn, &n, counts[i].sql, ""))
                        atomic_store(&k->deliver->queued[counts[i].c], n);
        }
        ctx_clear(&k->ctx);
}

/* How often the outbox was added to; another Model begins a new count. */
static int64_t
added_to_outbox(struct deliver *d)
{
        struct engine *en = engine_take(d->o.engine);
        int64_t n = engine_outbox_count(en);

        engine_release(en);
        return n;
}

static bool
notice_round(struct worker *k)
{
        struct take t = {.max = k->batch < NOTICES_AT_ONCE ? k->batch : NOTICES_AT_ONCE};
        int64_t added = added_to_outbox(k->deliver);
        usec first;

        if (!worker_reads(k) || !notice_first(&k->ctx, k->conn, &first)) {
                log_warn("notices cannot look", "error", k->ctx.errors ? k->ctx.errors->en : "", NULL);
                return false;
        }
        count_queues(k);
        if (first == USEC_NONE || first > clock_now())
                return atomic_store(&k->deliver->outbox_seen, added), false;
        if (!worker_write(k, take_notices, &t))
                return k->batch = 1, false;
        k->batch = NOTICES_AT_ONCE;
        atomic_store(&k->deliver->outbox_seen, added);
        deliver_tally(k->deliver, DELIVER_INBOX, DELIVER_SENT, t.taken);
        deliver_wake(k->deliver, DELIVER_MAIL);
        deliver_wake(k->deliver, DELIVER_WEBHOOK);
        return t.taken > 0;
}

static void
on_commit(void *arg)
{
        struct deliver *d = arg;

        if (added_to_outbox(d) == atomic_load(&d->outbox_seen))
                return;
        wake(&d->workers[DELIVER_INBOX]);
        wake(&d->workers[DELIVER_WEBHOOK]);
}

/* ---- mails ---- */

struct mails {
        const char *url;
        struct mail *list;
        size_t count;
        const struct mail *one;        /* whose end is told */
        enum mail_end end;
        const char *error;
};

static bool
claim_mails(struct work *w, void *arg)
{
        struct mails *m = arg;

        return mail_claim(w, MAILS_AT_ONCE, m->url, &m->list, &m->count);
}

static bool
tell_end(struct work *w, void *arg)
{
        struct mails *m = arg;

        return mail_done(w, m->one, m->end, m->error);
}

static bool
resume_mails(struct work *w, void *arg)
{
        return mail_resume(w);
}

/* The server that is away costs the mail that met it a try; the others only wait. */
static bool
send_mails(struct worker *k, struct mails *m)
{
        bool away = false;

        for (size_t i = 0; i < m->count; i++) {
                m->one = &m->list[i];
                m->end = away || worker_stopping(k) ? MAIL_DEFERRED
                                                    : mail_send(k->deliver->session, m->one, clock_now(), &m->error);
                if (m->end == MAIL_DEFERRED && !away && !worker_stopping(k))
                        away = true, m->end = MAIL_LATER;
                if (m->end != MAIL_SENT && m->error && *m->error)
                        log_warn("mail not sent", "to", m->one->address, "error", m->error, NULL);
                if (!worker_write(k, tell_end, m))
                        return false;
                if (m->end != MAIL_DEFERRED)
                        deliver_tally(k->deliver, DELIVER_MAIL,
                                      m->end == MAIL_SENT ? DELIVER_SENT
                                      : m->end == MAIL_NEVER || m->one->tries >= MAIL_TRIES ? DELIVER_FAILED : DELIVER_RETRIED, 1);
        }
        mail_session_rest(k->deliver->session);
        return !away;
}

static bool
mail_round(struct worker *k)
{
        struct mails m = {.url = k->deliver->o.url, .error = ""};
        usec first;

        if (!k->begun) {               /* on PostgreSQL another server may be sending them */
                if (db_engine(k->deliver->o.db) == DB_SQLITE && !worker_write(k, resume_mails, NULL))
                        return false;
                k->begun = true;
        }
        if (!worker_reads(k) || !mail_first(&k->ctx, k->conn, &first))
                return ctx_clear(&k->ctx), false;
        if (first == USEC_NONE || first > clock_now() || !worker_write(k, claim_mails, &m) || m.count == 0)
                return false;
        return send_mails(k, &m);
}

/* ---- the whole ---- */

static bool
allow_check(struct ctx *ctx, const char *list)
{
        struct str bad = net_list_fault(str_of(list));

        return bad.p == NULL || fail(ctx, E_SETTING, "--webhook-allow", "webhook-allow", str_c(ctx->arena, bad),
                                     "hosts, addresses and networks such as hooks.intranet, ::1, 10.1.0.0/16, with commas between");
}

struct deliver *
deliver_start(struct ctx *ctx, const struct deliver_options *o)
{
        struct deliver *d;

        if (!mail_settings_check(ctx, &o->mail) || !allow_check(ctx, o->webhook_allow))
                return NULL;
        d = calloc(1, sizeof *d);
        if (d == NULL)
                abort();
        d->o = *o;
        curl_global_init(CURL_GLOBAL_DEFAULT);
        notice_mail_set(*o->mail.server != '\0');
        atomic_store(&d->outbox_seen, -1);
        if (*o->mail.server) {
                d->session = mail_session_open(&o->mail);
                worker_start(&d->workers[DELIVER_MAIL], d, "itr-mail", mail_round);
        }
        webhooks_allow(o->webhook_allow);
        d->webhooks = webhook_out_open(&d->o);
        worker_start(&d->workers[DELIVER_WEBHOOK], d, "itr-webhook", webhook_round);
        worker_start(&d->workers[DELIVER_INBOX], d, "itr-notice", notice_round);
        exec_on_commit(o->exec, on_commit, d);
        return d;
}

void
deliver_stop(struct deliver *d)
{
        exec_off_commit(d->o.exec, d);
        for (int i = 0; i < DELIVER_CHANNELS; i++)
                worker_stop(&d->workers[i]);
        mail_session_close(d->session);
        webhook_out_close(d->webhooks);
        free(d);
}

struct deliver_stats
deliver_stats(const struct deliver *d, enum deliver_channel c)
{
        return (struct deliver_stats){.queued = atomic_load(&d->queued[c]), .sent = atomic_load(&d->tally[c][DELIVER_SENT]),
                                      .failed = atomic_load(&d->tally[c][DELIVER_FAILED]),
                                      .retried = atomic_load(&d->tally[c][DELIVER_RETRIED])};
}
