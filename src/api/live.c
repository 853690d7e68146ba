/* SPDX-License-Identifier: Apache-2.0
 *
 * live.c -- live events: one reader of the log, many listeners.
 *
 * One thread reads what was committed since its last look (event_since), whenever a commit wakes it and once
 * a second anyway (another node's commits), and writes each event into the buffers of those who may read its
 * record.  Nobody's slowness holds up anybody: a buffer is bounded, and who lets it overflow gets `resync`
 * and is hung up on.
 *
 *     commit --wake--> look: event_since --each--> may read? --> client's buffer --resume--> reader, on its
 * HTTP thread
 *
 * Invariants
 *   1. An event may be sent twice, never not at all.  On PostgreSQL transactions commit out of the order of
 * their times, so each look goes OVERLAP back and a small table knows what was sent of late.
 *   2. A client is in the list from before its backlog is read, so nothing falls between backlog and stream.
 *   3. The list's lock is never held during a query.
 *   4. A stream ends after STREAM_MAX and when its session ends; the browser comes back by itself with
 * Last-Event-ID, and is then looked at afresh: what a changed role may see changes within that time.
 *
 *   5. Presence (presence.c) goes the same way, to staff alone; it has no id, for it is not worth resuming.
 *   6. Notices go to whom they were told; they have no id either, but of those that came since Last-Event-ID one is told anew.
 *
 * Not here: what an event means; who may read (engine/access.c).
 */
#include "api/live.h"
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include "api/auth.h"
#include "api/handlers.h"
#include "api/presence.h"
#include "engine/access.h"
#include "engine/event.h"
#include "engine/store.h"

enum { BUFFER_MAX = 256 * 1024, PAGE = 5000, SEEN = 8192, WAYS = 8, BACKLOG_MAX = 1000, BLOCK = 4096 };
#define BEAT (15 * USEC_SECOND)
#define OVERLAP (5 * USEC_SECOND)
#define STREAM_MAX (15 * USEC_MINUTE)
#define LAST_ID_MAX USEC_DAY
#define PAUSE 20000 /* microseconds between two looks: a burst of commits is one look */

struct client {
        struct live *live;
        struct client *next, **at;
        struct MHD_Connection *connection;
        struct session *session;
        const struct actor *actor;
        bool staff;
        struct buf out;
        size_t sent;
        bool waiting, closing; /* waiting: suspended until something is in `out` */
        usec opened;
};
struct live {
        struct server *server;
        pthread_t thread;
        pthread_mutex_t lock; /* all below, and the clients */
        pthread_cond_t wake;
        struct client *clients;
        _Atomic int count;
        bool woken, closed, stopping;
        /* the thread's own */
        struct arena *arena;
        struct ctx ctx;
        struct work work;
        struct conn *conn;
        usec since, present_since, notices_since, beat_at;
        struct engine *engine;         /* held since the last look */
        char told[DIGEST_HEX_MAX];     /* the version of the Model that the browsers know */
        struct seen { uint64_t key; usec at; } seen[SEEN + WAYS];      /* what was sent, and when it was last met */
};

/* ---- a client's buffer; under the lock ---- */

static void
client_kick(struct client *c)
{
        if (!c->waiting)
                return;
        c->waiting = false;
        MHD_resume_connection(c->connection);
}

static void
client_put(struct client *c, struct str text)
{
        if (c->closing)
                return;
        if (c->out.n - c->sent + text.n > BUFFER_MAX) {
                buf_reset(&c->out);
                c->sent = 0;
                text = STR("event: resync\ndata: {}\n\n");
                c->closing = true;
        }
        buf_str(&c->out, text);
        client_kick(c);
}

static void
client_close(struct client *c)
{
        c->closing = true;
        client_kick(c);
}

/* The library asks for bytes: some, or the end, or it is put to sleep until there are some. */
static ssize_t
client_read(void *cls, uint64_t pos, char *to, size_t max)
{
        struct client *c = cls;
        ssize_t n = 0;

        pthread_mutex_lock(&c->live->lock);
        if (c->sent < c->out.n) {
                n = (ssize_t)(c->out.n - c->sent < max ? c->out.n - c->sent : max);
                memcpy(to, c->out.p + c->sent, (size_t)n);
                c->sent += (size_t)n;
                if (c->sent == c->out.n) {
                        buf_reset(&c->out);
                        c->sent = 0;
                }
        } else if (c->closing) {
                n = MHD_CONTENT_READER_END_OF_STREAM;
        } else {
                c->waiting = true;
                MHD_suspend_connection(c->connection);
        }
        pthread_mutex_unlock(&c->live->lock);
        return n;
}

static void
client_free(void *cls)
{
        struct client *c = cls;

        pthread_mutex_lock(&c->live->lock);
        *c->at = c->next;
        if (c->next)
                c->next->at = c->at;
        pthread_mutex_unlock(&c->live->lock);
        atomic_fetch_sub(&c->live->count, 1);
        auth_release(c->session);
        buf_free(&c->out);
        free(c);
}

/* ---- events ---- */

static bool
visible(struct work *w, const struct actor *actor, const struct live_event *ev)
{
        struct work as = *w;

        as.actor = actor;
        if (!ev->record)
                return access_scope(actor, ev->e, DEED_READ) == SCOPE_ALL;
        return access_row(&as, ev->record, DEED_READ);
}

/* Customers learn that a case changed, not by what inner step. */
static struct str
event_text(struct arena *a, const struct live_event *ev, bool staff)
{
        bool open = staff || strcmp(ev->kind, "create") == 0 || strcmp(ev->kind, "transition") == 0;

        return str_of(arena_printf(
                a,
                "event: change\nid: %lld\ndata: {\"e\":\"%s\",\"id\":%lld,\"v\":%lld,\"kind\":\"%s\","
                "\"name\":\"%s\"}\n\n",
                (long long)ev->recorded_at, ev->e->name, (long long)ev->case_id, (long long)ev->version,
                open ? ev->kind : "update", open && ev->name ? ev->name : ""));
}

/* True the first time within OVERLAP: of a record, its nth event, or the instant of a presence.  A key has WAYS places; the
 * one that was not met for the longest time makes room. */
static bool
is_new(struct live *l, int64_t id, int64_t mark)
{
        uint64_t key = ((uint64_t)id << 20 ^ (uint64_t)mark) * 0x9e3779b97f4a7c15u;
        struct seen *place = &l->seen[key >> 51], *oldest = place;

        for (int i = 0; i < WAYS; i++) {
                if (place[i].key == key) {
                        place[i].at = l->work.now;
                        return false;
                }
                if (place[i].at < oldest->at)
                        oldest = &place[i];
        }
        *oldest = (struct seen){key, l->work.now};
        return true;
}

struct look {
        struct live *live;
        int64_t count;
        usec last;
};

static bool
tell_all(void *arg, struct live_event *ev)
{
        struct look *look = arg;
        struct live *l = look->live;

        look->count++;
        look->last = ev->recorded_at;
        if (!is_new(l, ev->case_id, ev->seq))
                return true;
        struct str texts[2] = {event_text(l->ctx.arena, ev, false), event_text(l->ctx.arena, ev, true)};
        pthread_mutex_lock(&l->lock);
        for (struct client *c = l->clients; c; c = c->next)
                if (visible(&l->work, c->actor, ev))
                        client_put(c, texts[c->staff]);
        pthread_mutex_unlock(&l->lock);
        return true;
}

/* Everything since the last look, page by page. */
static bool
look(struct live *l)
{
        usec cursor = l->since, now = clock_now();
        struct look look = {.live = l, .last = l->since};

        do {
                look.count = 0;
                if (!event_since(&l->work, cursor, PAGE, tell_all, &look))
                        return false;
                cursor = look.last > cursor ? look.last : cursor + 1;
        } while (look.count == PAGE);
        l->since = look.last < now ? look.last : now;
        if (db_engine(l->server->o.db) == DB_PG && l->since > now - OVERLAP)
                l->since -= OVERLAP;
        return true;
}

/* ---- presence ---- */

static void
tell_presence(struct live *l, const struct presence_change *p)
{
        struct live_event ev = {.e = p->e, .case_id = p->id, .record = store_load(&l->work, p->e, p->id)};
        struct jw out = {0};

        if (ev.record && presence_write(&l->work, p->e, p->id, &out)) {
                struct str text = str_of(arena_printf(l->arena, "event: presence\ndata: %s\n\n", str_c(l->arena, jw_view(&out))));
                pthread_mutex_lock(&l->lock);
                for (struct client *c = l->clients; c; c = c->next)
                        if (c->staff && visible(&l->work, c->actor, &ev))
                                client_put(c, text);
                pthread_mutex_unlock(&l->lock);
        }
        jw_free(&out);
}

static bool
look_present(struct live *l)
{
        usec now = l->work.now;
        struct presence_change *list;
        size_t n;

        if (!presence_since(&l->work, l->present_since, &list, &n))
                return false;
        for (size_t i = 0; i < n; i++)
                if (is_new(l, list[i].id, list[i].at))
                        tell_presence(l, &list[i]);
        l->present_since = now - OVERLAP;
        return true;
}

/* ---- notices ---- */

static struct str
notice_text(struct arena *a, int64_t id)
{
        return str_of(arena_printf(a, "event: notice\ndata: {\"id\":%lld}\n\n", (long long)id));
}

static void
tell_person(struct live *l, int64_t person, int64_t id)
{
        struct str text = notice_text(l->ctx.arena, id);

        pthread_mutex_lock(&l->lock);
        for (struct client *c = l->clients; c; c = c->next)
                if (c->actor->id == person)
                        client_put(c, text);
        pthread_mutex_unlock(&l->lock);
}

/* What came into inboxes since the last look: whose it is hears that there is something. */
static bool
look_notices(struct live *l)
{
        struct rows *rows = sql_query(&l->ctx, l->conn,
                                      SQL("SELECT person, id, at FROM notice_delivery WHERE at >= $1 AND channel = 'inbox' ORDER BY at "
                                          "LIMIT $2"),
                                      "ii", l->notices_since, (int64_t)PAGE);

        while (rows && rows_next(rows)) {
                if (rows_int(rows, 2) - OVERLAP > l->notices_since)
                        l->notices_since = rows_int(rows, 2) - OVERLAP;
                if (is_new(l, rows_int(rows, 1), -1))       /* no event has this number */
                        tell_person(l, rows_int(rows, 0), rows_int(rows, 1));
        }
        return rows && rows_close(rows);
}

/* ---- beats ---- */

static void
tell_everyone(struct live *l, struct str text)
{
        pthread_mutex_lock(&l->lock);
        for (struct client *c = l->clients; c; c = c->next) {
                client_put(c, text);
                if (clock_monotonic() - c->opened > STREAM_MAX)
                        client_close(c);
        }
        pthread_mutex_unlock(&l->lock);
}

/* Hangs up on those whose session is over.  Sessions are held while they are asked about, outside the lock.
 */
static void
check_sessions(struct live *l)
{
        struct session **list = NULL;
        size_t n = 0;

        pthread_mutex_lock(&l->lock);
        for (struct client *c = l->clients; c; c = c->next) {
                auth_hold(c->session);
                *ARENA_PUSH(l->arena, list, n) = c->session;
        }
        pthread_mutex_unlock(&l->lock);
        for (size_t i = 0; i < n; i++) {
                bool good = auth_still_good(list[i], &l->work);
                pthread_mutex_lock(&l->lock);
                for (struct client *c = l->clients; c && !good; c = c->next)
                        if (c->session == list[i])
                                client_close(c);
                pthread_mutex_unlock(&l->lock);
                auth_release(list[i]);
        }
}

static struct str
now_text(struct arena *a)
{
        char text[TIME_TEXT_MAX];

        time_format(clock_now(), text);
        return str_of(arena_printf(a, "event: now\ndata: {\"now\":\"%s\"}\n\n", text));
}

static void
beat(struct live *l)
{
        l->beat_at = clock_monotonic() + BEAT;
        tell_everyone(l, now_text(l->arena));
        check_sessions(l);
}

/* Holds the engine in force, and lets go of the one before. */
static void
take_engine(struct live *l)
{
        struct engine *before = l->engine;

        l->engine = engine_take(l->server->o.engine);
        engine_release(before);
}

static void
note_told(struct live *l)
{
        snprintf(l->told, sizeof l->told, "%s", engine_model(l->engine)->version);
}

static void
check_model(struct live *l)
{
        if (strcmp(l->told, l->work.model->version) != 0)
                tell_everyone(l, str_of(arena_printf(l->arena, "event: model\ndata: {\"version\":\"%s\"}\n\n",
                                                     l->work.model->version)));
        note_told(l);
}

/* ---- the thread ---- */

/* Sleeps until a commit, a second has gone by, or the end; false at the end. */
static bool
wait_for_news(struct live *l)
{
        struct timespec until;
        bool on;

        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec++;
        pthread_mutex_lock(&l->lock);
        while (!l->woken && !l->stopping)
                if (pthread_cond_timedwait(&l->wake, &l->lock, &until) != 0)
                        break;
        l->woken = false;
        on = !l->stopping;
        pthread_mutex_unlock(&l->lock);
        return on;
}

static bool
prepare(struct live *l)
{
        arena_reset(l->arena);
        ctx_init(&l->ctx, l->arena);
        if (!l->conn)
                l->conn = conn_open(&l->ctx, l->server->o.db, CONN_READ);
        else if (!conn_alive(l->conn) && !conn_reopen(&l->ctx, l->conn))
                return false;
        take_engine(l);
        l->work = (struct work){.ctx = &l->ctx,
                                .conn = l->conn,
                                .engine = l->engine,
                                .model = engine_model(l->engine),
                                .actor = &ACTOR_SYSTEM,
                                .now = clock_now()};
        return l->conn != NULL;
}

/* One round; nothing to do while nobody listens. */
static void
round_of(struct live *l)
{
        bool idle;

        pthread_mutex_lock(&l->lock);
        idle = !l->clients;
        if (idle)
                l->since = l->present_since = l->notices_since = clock_now() - OVERLAP;
        pthread_mutex_unlock(&l->lock);
        if (idle) {
                take_engine(l);
                note_told(l);
        }
        if (idle || !prepare(l))
                return;
        check_model(l);
        if (look(l))
                look_present(l);
        look_notices(l);
        if (clock_monotonic() >= l->beat_at)
                beat(l);
}

static void *
live_loop(void *arg)
{
        struct live *l = arg;

        while (wait_for_news(l)) {
                round_of(l);
                usleep(PAUSE);
        }
        if (l->conn)
                conn_close(l->conn);
        engine_release(l->engine);
        return NULL;
}

static void
on_commit(void *arg)
{
        struct live *l = arg;

        if (atomic_load_explicit(&l->count, memory_order_relaxed) == 0)
                return;
        pthread_mutex_lock(&l->lock);
        l->woken = true;
        pthread_cond_signal(&l->wake);
        pthread_mutex_unlock(&l->lock);
}

struct live *
live_start(struct ctx *ctx, struct server *s)
{
        struct live *l = calloc(1, sizeof *l);
        pthread_condattr_t attr;

        if (!l)
                abort();
        l->server = s;
        l->arena = arena_new(0);
        l->since = l->present_since = l->notices_since = clock_now();
        take_engine(l);
        note_told(l);
        pthread_mutex_init(&l->lock, NULL);
        pthread_condattr_init(&attr);
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
        pthread_cond_init(&l->wake, &attr);
        pthread_condattr_destroy(&attr);
        if (pthread_create(&l->thread, NULL, live_loop, l) != 0)
                abort();
        exec_on_commit(s->o.exec, on_commit, l);
        return l;
}

void
live_close(struct live *l)
{
        pthread_mutex_lock(&l->lock);
        l->closed = true;
        for (struct client *c = l->clients; c; c = c->next)
                client_close(c);
        pthread_mutex_unlock(&l->lock);
}

void
live_stop(struct live *l)
{
        exec_off_commit(l->server->o.exec, l);
        pthread_mutex_lock(&l->lock);
        l->stopping = true;
        pthread_cond_signal(&l->wake);
        pthread_mutex_unlock(&l->lock);
        pthread_join(l->thread, NULL);
        pthread_mutex_destroy(&l->lock);
        pthread_cond_destroy(&l->wake);
        arena_free(l->arena);
        free(l);
}

int
live_clients(struct live *l)
{
        return atomic_load(&l->count);
}

/* ---- subscribing ---- */

struct backlog {
        struct client *client;
        struct work *w;
        int64_t count;
};

static void
tell_client(struct client *c, struct str text)
{
        pthread_mutex_lock(&c->live->lock);
        client_put(c, text);
        pthread_mutex_unlock(&c->live->lock);
}

static bool
tell_one(void *arg, struct live_event *ev)
{
        struct backlog *b = arg;
        struct client *c = b->client;

        b->count++;
        if (visible(b->w, c->actor, ev))
                tell_client(c, event_text(b->w->ctx->arena, ev, c->staff));
        return true;
}

/* The last notice that came meanwhile speaks for all: the inbox is read again once. */
static bool
tell_missed_notice(struct work *w, struct client *c, usec since)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("SELECT id FROM notice_delivery WHERE person = $1 AND at >= $2 AND channel = 'inbox' "
                                          "AND read_at IS NULL ORDER BY at DESC LIMIT 1"),
                                      "ii", c->actor->id, since);

        if (rows && rows_next(rows))
                tell_client(c, notice_text(w->ctx->arena, rows_int(rows, 0)));
        return rows && rows_close(rows);
}

/* What was missed since Last-Event-ID, or since `after`, which a window says that takes over another's stream; too long ago or too much: resync. */
static bool
send_backlog(struct request *q, struct work *w, struct client *c)
{
        struct backlog b = {.client = c, .w = w};
        int64_t last;

        if (!str_to_int(q->header[H_LAST_EVENT_ID].p ? q->header[H_LAST_EVENT_ID] : request_param(q, "after"), &last))
                return true;
        if (last >= w->now - LAST_ID_MAX && !event_since(w, last - OVERLAP, BACKLOG_MAX, tell_one, &b))
                return false;
        if (last >= w->now - LAST_ID_MAX && b.count < BACKLOG_MAX)
                return tell_missed_notice(w, c, last - OVERLAP);
        tell_client(c, STR("event: resync\ndata: {}\n\n"));
        return true;
}

static struct client *
client_add(struct request *q, struct work *w, struct live *l)
{
        struct client *c = calloc(1, sizeof *c);

        if (!c)
                abort();
        c->live = l;
        c->connection = q->connection;
        c->session = q->session;
        c->actor = q->session->actor;
        c->staff = access_is_staff(w);
        c->opened = clock_monotonic();
        auth_hold(c->session);
        atomic_fetch_add(&l->count, 1);
        buf_text(&c->out, "retry: 3000\n\n");
        buf_str(&c->out, now_text(q->arena));
        pthread_mutex_lock(&l->lock);
        c->closing = l->closed;
        c->next = l->clients;
        c->at = &l->clients;
        if (c->next)
                c->next->at = &c->next;
        l->clients = c;
        pthread_mutex_unlock(&l->lock);
        return c;
}

bool
live_subscribe(struct request *q, struct work *w, struct response *r)
{
        struct client *c = client_add(q, w, q->server->live);

        if (!send_backlog(q, w, c)) {
                client_free(c);
                return false;
        }
        r->type = "text/event-stream";
        response_header(r, "X-Accel-Buffering", "no");
        r->stream = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, client_read, c, client_free);
        if (r->stream)
                return true;
        client_free(c);
        return fail(w->ctx, E_INTERNAL, "", "no memory for a stream");
}
