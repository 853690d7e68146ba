/* SPDX-License-Identifier: Apache-2.0
 *
 * http.c -- libmicrohttpd (epoll, a pool of threads, suspend and resume), hardened.
 *
 * The life of a request, and the function that walks each edge:
 *
 *     (none) --on_uri--> HEAD --no body--> WHOLE --handle_head--> run --send_answer--> SENT --on_completed-->
 * (pool)
 *                          |
 *                          +--handle_head--> BODY --body_bytes*--> run --send_answer--> SENT
 *                          |                                        +--VERDICT_WAIT--> RUN_WAIT --resume-->
 * SENT
 *                          +--VERDICT_WAIT--> HEAD_WAIT --resume--> BODY or SENT
 *
 * Invariants
 *   1. A request without a body is handled at the library's second call: what is answered at the first closes
 * the connection (the library takes it for a refusal of the body).
 *   2. The answer's bytes stay in the request's own buffer until on_completed, so that the library neither
 * copies nor frees them (MHD_RESPMEM_PERSISTENT).
 *   3. Every wait for the client has a total deadline, kept in its peer: the head, the body (by its length),
 * the answer (by its length), rest between requests.  The library's own time-out is of inactivity only.  The
 * watcher looks once a second and shuts the socket down; the library then sees its end.
 *   4. A suspended connection has no deadline: its job answers always.
 *   5. What is ambiguous is refused before any handler: doubled Host or Content-Length, Content-Length beside
 *      Transfer-Encoding, a coding other than chunked, NUL and control characters in the path.  (A NUL inside
 * a header's value ends the value: the library hides it.)
 *
 * Not here: routes and rights (route.c, auth.c), what an answer says.
 */
#include "api/http.h"
#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include "api/pack.h"
#include "base/log.h"
#include "base/secret.h"

#define HEAD_DEADLINE (15 * USEC_SECOND)
#define BODY_DEADLINE (30 * USEC_SECOND)
#define SEND_DEADLINE (60 * USEC_SECOND)
#define SLOWEST_BYTES 16384          /* per second, beyond those */
#define KEEP_BUFFER (256 * 1024)     /* a resting request keeps no more */
#define THROW_AWAY (8 * 1024 * 1024) /* of a body that is too large, before the connection is cut */
#define CONNECTION_MEMORY 16384      /* of the library: the head and the answer's; cleared after each request */
#define REQUEST_MEMORY ((size_t)512 * 1024 * 1024)

struct peer { /* one connection */
        struct peer *next, **at;
        int fd;
        bool loopback;
        char address[INET6_ADDRSTRLEN];
        _Atomic usec deadline; /* monotonic; INT64_MAX: none */
};
struct http {
        struct MHD_Daemon *daemon;
        struct http_app app;
        usec idle;
        pthread_mutex_t lock; /* peers, threads */
        pthread_cond_t wake;
        struct peer *peers;
        _Atomic(struct http_thread *) threads;
        pthread_t watcher;
        bool stopping;
        _Atomic int suspended;
};
static _Thread_local struct http_thread *self;

static const char *const HEADER_NAMES[H_COUNT] = {
        [H_HOST] = "host",
        [H_CONTENT_LENGTH] = "content-length",
        [H_TRANSFER_ENCODING] = "transfer-encoding",
        [H_CONTENT_TYPE] = "content-type",
        [H_EXPECT] = "expect",
        [H_AUTHORIZATION] = "authorization",
        [H_COOKIE] = "cookie",
        [H_IF_MATCH] = "if-match",
        [H_IF_NONE_MATCH] = "if-none-match",
        [H_IF_RANGE] = "if-range",
        [H_IDEMPOTENCY_KEY] = "idempotency-key",
        [H_REQUEST_ID] = "x-request-id",
        [H_CSRF_TOKEN] = "x-csrf-token",
        [H_ACCEPT_LANGUAGE] = "accept-language",
        [H_ACCEPT_ENCODING] = "accept-encoding",
        [H_RANGE] = "range",
        [H_LAST_EVENT_ID] = "last-event-id",
        [H_FORWARDED_FOR] = "x-forwarded-for",
        [H_FORWARDED_PROTO] = "x-forwarded-proto",
};
static unsigned char header_length[H_COUNT];

/* ---- threads and the pool of requests ---- */

static struct http_thread *
thread_of(struct http *h)
{
        if (self && self->http == h)
                return self;
        self = calloc(1, sizeof *self);
        if (!self)
                abort();
        self->http = h;
        token_random(self->id_prefix, sizeof self->id_prefix, 6);
        self->next = atomic_load(&h->threads);
        while (!atomic_compare_exchange_weak(&h->threads, &self->next, self))
                ;
        return self;
}

static struct request *
request_take(struct http_thread *t)
{
        struct request *q = t->free;

        if (q) {
                t->free = q->next_free;
                return q;
        }
        q = calloc(1, sizeof *q);
        if (!q)
                abort();
        q->arena = arena_new(REQUEST_MEMORY);
        q->home = t;
        return q;
}

/* Forgets all but the buffers. */
static void
request_rest(struct request *q)
{
        struct request kept = {.arena = q->arena, .home = q->home, .out = q->out, .body = q->body};

        arena_reset(q->arena);
        if (kept.out.b.cap > KEEP_BUFFER)
                jw_free(&kept.out);
        if (kept.body.cap > KEEP_BUFFER)
                buf_free(&kept.body);
        jw_reset(&kept.out);
        buf_reset(&kept.body);
        *q = kept;
        q->next_free = q->home->free;
        q->home->free = q;
}

static void
thread_free(struct http_thread *t)
{
        struct request *q, *next;

        for (q = t->free; q; q = next) {
                next = q->next_free;
                arena_free(q->arena);
                jw_free(&q->out);
                buf_free(&q->body);
                free(q);
        }
        free(t);
}

static void
make_id(struct request *q)
{
        static const char digit[] = "0123456789abcdef";
        struct http_thread *t = q->home;
        uint64_t n = ++t->id_count;
        char *p = q->id + strlen(t->id_prefix);

        memcpy(q->id, t->id_prefix, strlen(t->id_prefix));
        for (int i = 7; i >= 0; i--, n >>= 4)
                p[i] = digit[n & 15];
        p[8] = '\0';
}

/* ---- deadlines ---- */

static void
deadline(struct request *q, usec now, usec after, int64_t bytes)
{
        atomic_store_explicit(&q->peer->deadline, now + after + bytes / SLOWEST_BYTES * USEC_SECOND,
                              memory_order_relaxed);
}

static void
deadline_none(struct request *q)
{
        atomic_store_explicit(&q->peer->deadline, INT64_MAX, memory_order_relaxed);
}

static void
cut_overdue(struct http *h)
{
        usec now = clock_monotonic();

        for (struct peer *p = h->peers; p; p = p->next)
                if (atomic_load_explicit(&p->deadline, memory_order_relaxed) < now)
                        shutdown(p->fd, SHUT_RDWR);
}

static void *
watch(void *arg)
{
        struct http *h = arg;

        pthread_mutex_lock(&h->lock);
        while (!h->stopping) {
                struct timespec until;
                clock_gettime(CLOCK_MONOTONIC, &until);
                until.tv_sec++;
                pthread_cond_timedwait(&h->wake, &h->lock, &until);
                cut_overdue(h);
        }
        pthread_mutex_unlock(&h->lock);
        return NULL;
}

/* ---- connections ---- */

static bool
is_loopback(const struct sockaddr *a)
{
        if (a->sa_family == AF_INET)
                return (ntohl(((const struct sockaddr_in *)a)->sin_addr.s_addr) >> 24) == 127;
        return a->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)a)->sin6_addr);
}

static void
peer_describe(struct peer *p, struct MHD_Connection *c)
{
        const struct sockaddr *a =
                MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;

        p->fd = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        p->loopback = is_loopback(a);
        if (a->sa_family == AF_INET)
                inet_ntop(AF_INET, &((const struct sockaddr_in *)a)->sin_addr, p->address, sizeof p->address);
        else if (a->sa_family == AF_INET6)
                inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)a)->sin6_addr, p->address,
                          sizeof p->address);
}

static void
peer_add(struct http *h, struct MHD_Connection *c, void **socket_context)
{
        struct peer *p = calloc(1, sizeof *p);

        if (!p)
                abort();
        peer_describe(p, c);
        p->deadline = clock_monotonic() + h->idle + HEAD_DEADLINE;
        *socket_context = p;
        pthread_mutex_lock(&h->lock);
        p->next = h->peers;
        p->at = &h->peers;
        if (p->next)
                p->next->at = &p->next;
        h->peers = p;
        pthread_mutex_unlock(&h->lock);
}

static void
peer_remove(struct http *h, struct peer *p)
{
        pthread_mutex_lock(&h->lock);
        *p->at = p->next;
        if (p->next)
                p->next->at = p->at;
        pthread_mutex_unlock(&h->lock);
        free(p);
}

static void
on_connection(void *cls, struct MHD_Connection *c, void **socket_context,
              enum MHD_ConnectionNotificationCode code)
{
        if (code == MHD_CONNECTION_NOTIFY_STARTED)
                peer_add(cls, c, socket_context);
        else if (*socket_context)
                peer_remove(cls, *socket_context);
}

/* ---- the head ---- */

/* The request line is read: the raw target, before the library touches it. */
static void *
on_uri(void *cls, const char *uri, struct MHD_Connection *c)
{
        struct http *h = cls;
        struct request *q = request_take(thread_of(h));

        q->connection = c;
        q->peer = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
        q->started = clock_monotonic();
        q->response.fd = -1;
        ctx_init(&q->ctx, q->arena);
        q->ctx.request_id = q->id;
        make_id(q);
        request_parse_uri(q, uri);
        deadline(q, q->started, HEAD_DEADLINE, 0);
        return q;
}

static enum header_id
header_which(const char *name, size_t n)
{
        int first = name[0] | 0x20;

        for (int i = 0; i < H_COUNT; i++)
                if (header_length[i] == n && HEADER_NAMES[i][0] == first &&
                    strcasecmp(HEADER_NAMES[i], name) == 0)
                        return (enum header_id)i;
        return H_COUNT;
}

/* One header line.  A second one of those we read counts only where it may stand twice. */
static enum MHD_Result
on_header(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value,
          size_t value_n)
{
        struct request *q = cls;
        enum header_id id = header_which(name, name_n);

        if (id == H_COUNT || !value)
                return MHD_YES;
        if (!q->header[id].p)
                q->header[id] = (struct str){value, value_n};
        else if (id <= H_AUTHORIZATION || id == H_IDEMPOTENCY_KEY || id == H_IF_MATCH || id == H_CSRF_TOKEN)
                q->defect = "a header stands twice that may stand once";
        return MHD_YES;
}

/* What the head says of the body; doubtful framing is a defect. */
static void
framing(struct request *q)
{
        struct str coding = q->header[H_TRANSFER_ENCODING], length = q->header[H_CONTENT_LENGTH];

        q->chunked = coding.p != NULL;
        if (q->chunked && length.p)
                q->defect = "Content-Length stands beside Transfer-Encoding";
        else if (q->chunked && !(coding.n == 7 && strncasecmp(coding.p, "chunked", 7) == 0))
                q->defect = "the only transfer coding here is chunked";
        else if (length.p &&
                 (!str_to_int(length, &q->body_length) || q->body_length < 0 || length.p[0] == '+'))
                q->defect = "Content-Length is not a number";
        else if (!q->header[H_HOST].p)
                q->defect = "the header Host is missing";
        if (q->chunked)
                q->body_length = -1;
        q->has_body = q->body_length != 0;
}

static enum method
method_of(const char *name)
{
        static const char *const names[] = {[METHOD_GET] = "GET",
                                            [METHOD_POST] = "POST",
                                            [METHOD_PATCH] = "PATCH",
                                            [METHOD_PUT] = "PUT",
                                            [METHOD_DELETE] = "DELETE"};

        for (int i = 0; i < METHOD_OTHER; i++)
                if (strcmp(names[i], name) == 0)
                        return (enum method)i;
        return strcmp(name, "HEAD") == 0 ? METHOD_GET : METHOD_OTHER;
}

static void
read_head(struct request *q, const char *method)
{
        q->method_name = method;
        q->method = method_of(method);
        MHD_get_connection_values_n(q->connection, MHD_HEADER_KIND, on_header, q);
        framing(q);
        if (request_id_sane(q->header[H_REQUEST_ID])) {
                memcpy(q->id, q->header[H_REQUEST_ID].p, q->header[H_REQUEST_ID].n);
                q->id[q->header[H_REQUEST_ID].n] = '\0';
        }
}

/* ---- the answer ---- */

static struct MHD_Response *
make_response(struct request *q, int64_t *ret_size)
{
        struct response *r = &q->response;
        struct str body = r->body.p ? r->body : jw_view(&q->out);

        *ret_size = r->fd >= 0 ? r->size : (int64_t)body.n;
        if (r->stream)
                return r->stream;
        if (r->fd >= 0)
                return MHD_create_response_from_fd_at_offset64((uint64_t)r->size, r->fd, (uint64_t)r->offset);
        return MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)body.p, MHD_RESPMEM_PERSISTENT);
}

/* The clock that everything here goes by, not the library's own: browsers count by it, and a test may have turned it. */
static void
date_header(struct MHD_Response *m)
{
        static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
        static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        usec now = clock_now();
        struct civil c = time_civil(now);
        char text[64];

        snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[now / USEC_DAY % 7], c.day, months[c.month - 1],
                 c.year, c.hour, c.minute, c.second);
        MHD_add_response_header(m, "Date", text);
}

/* The headers that every answer has; data may do nothing at all in a browser. */
static void
common_headers(struct request *q, struct MHD_Response *m)
{
        struct response *r = &q->response;

        date_header(m);
        if (r->status != 204 && r->status != 304)
                MHD_add_response_header(m, "Content-Type", r->type ? r->type : "application/json");
        MHD_add_response_header(m, "Cache-Control", r->cache ? r->cache : "no-store");
        MHD_add_response_header(m, "X-Content-Type-Options", "nosniff");
        MHD_add_response_header(m, "X-Request-Id", q->id);
        MHD_add_response_header(m, "Content-Security-Policy",
                                r->policy ? r->policy : "default-src 'none'; frame-ancestors 'none'");
        if (!r->policy)
                return;
        MHD_add_response_header(m, "Referrer-Policy", "same-origin");
        MHD_add_response_header(m, "Cross-Origin-Opener-Policy", "same-origin");
        MHD_add_response_header(m, "Permissions-Policy",
                                "geolocation=(self), camera=(self), microphone=(self)");
}

static enum MHD_Result
send_answer(struct http *h, struct request *q)
{
        int64_t size;
        struct MHD_Response *m;
        enum MHD_Result ok;

        h->app.leaving(h->app.arg, q);
        response_pack(q);
        m = make_response(q, &size);
        if (!m)
                return MHD_NO;
        q->response.fd = -1;
        common_headers(q, m);
        for (size_t i = 0; i < q->response.header_count; i++)
                MHD_add_response_header(m, q->response.headers[i].name, q->response.headers[i].value);
        if (q->phase <= PHASE_HEAD_WAIT && q->has_body)
                MHD_add_response_header(m, "Connection", "close");
        if (q->response.stream)
                deadline_none(q);
        else
                deadline(q, clock_monotonic(), SEND_DEADLINE, size);
        q->phase = PHASE_SENT;
        ok = MHD_queue_response(q->connection, (unsigned)q->response.status, m);
        MHD_destroy_response(m);
        return ok;
}

/* ---- the calls of the library ---- */

static enum MHD_Result
follow(struct http *h, struct request *q, enum verdict v, enum phase waiting)
{
        if (v == VERDICT_ANSWER)
                return send_answer(h, q);
        if (v == VERDICT_WAIT)
                q->phase = waiting;
        return MHD_YES;
}

static enum MHD_Result
go_on_with_body(struct http *h, struct request *q)
{
        q->phase = PHASE_BODY;
        q->early = false;
        if (!q->has_body)
                return follow(h, q, h->app.run(h->app.arg, q), PHASE_RUN_WAIT);
        deadline(q, clock_monotonic(), BODY_DEADLINE, q->body_length > 0 ? q->body_length : q->body_limit);
        return MHD_YES;
}

/* The head is read, and the body too if there is none. */
static enum MHD_Result
handle_head(struct http *h, struct request *q)
{
        enum verdict v;

        q->early = true;
        v = h->app.head(h->app.arg, q);
        return v == VERDICT_BODY ? go_on_with_body(h, q) : follow(h, q, v, PHASE_HEAD_WAIT);
}

/* Bytes of the body: to the stream or the buffer, or thrown away when there are too many. */
static enum MHD_Result
body_bytes(struct http *h, struct request *q, const char *p, size_t *n)
{
        struct str bytes = {p, *n};

        q->body_seen += (int64_t)*n;
        *n = 0;
        if (q->body_seen > q->body_limit)
                q->body_too_large = true;
        if (q->body_too_large)
                return q->body_seen > q->body_limit + THROW_AWAY ? MHD_NO : MHD_YES;
        if (q->upload)
                q->body_too_large = !h->app.part(h->app.arg, q, bytes);
        else
                buf_str(&q->body, bytes);
        return MHD_YES;
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method, const char *version,
           const char *data, size_t *size, void **context)
{
        struct http *h = cls;
        struct request *q = *context;

        switch (q->phase) {
        case PHASE_HEAD:
                read_head(q, method);
                q->phase = PHASE_WHOLE;
                return q->has_body ? handle_head(h, q) : MHD_YES;
        case PHASE_WHOLE:
                return handle_head(h, q);
        case PHASE_HEAD_WAIT:
                return q->response.status ? send_answer(h, q) : go_on_with_body(h, q);
        case PHASE_BODY:
                if (*size)
                        return body_bytes(h, q, data, size);
                return follow(h, q, h->app.run(h->app.arg, q), PHASE_RUN_WAIT);
        case PHASE_RUN_WAIT:
                return send_answer(h, q);
        case PHASE_SENT:
                break;
        }
        return MHD_YES;
}

static void
on_completed(void *cls, struct MHD_Connection *c, void **context, enum MHD_RequestTerminationCode why)
{
        struct http *h = cls;
        struct request *q = *context;

        if (!q)
                return;
        *context = NULL;
        deadline(q, clock_monotonic(), h->idle + HEAD_DEADLINE, 0);
        h->app.over(h->app.arg, q);
        if (q->response.fd >= 0)
                close(q->response.fd);
        request_rest(q);
}

/* The library must not decode: request_parse_uri did, strictly. */
static size_t
leave_encoded(void *cls, struct MHD_Connection *c, char *s)
{
        return strlen(s);
}

void
http_suspend(struct request *q)
{
        struct http *h = q->home->http;

        atomic_fetch_add(&h->suspended, 1);
        deadline_none(q);
        MHD_suspend_connection(q->connection);
}

void
http_resume(struct request *q)
{
        struct http *h = q->home->http;

        MHD_resume_connection(q->connection);
        atomic_fetch_sub(&h->suspended, 1);
}

const char *
http_address(const struct request *q)
{
        return q->peer->address;
}

bool
http_loopback(const struct request *q)
{
        return q->peer->loopback;
}

/* ---- starting and stopping ---- */

/* "host:port" to an address; the host is a number or a name of this machine. */
static bool
listen_address(struct ctx *ctx, const char *text, struct sockaddr_storage *ret, socklen_t *ret_size)
{
        struct addrinfo hints = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM}, *found = NULL;
        const char *colon = strrchr(text, ':');
        const char *start = text[0] == '[' ? text + 1 : text;
        size_t n = colon ? (size_t)(colon - start) - (text[0] == '[' && colon > start) : 0;
        const char *host = n ? arena_strndup(ctx->arena, start, n) : NULL;

        if (!colon || getaddrinfo(host, colon + 1, &hints, &found) != 0)
                return fail(ctx, E_SETTING, "listen", "listen", text, "address:port, such as 127.0.0.1:8080");
        memcpy(ret, found->ai_addr, found->ai_addrlen);
        *ret_size = found->ai_addrlen;
        freeaddrinfo(found);
        return true;
}

static void
on_library_log(void *cls, const char *fmt, va_list args)
{
        char text[300];
        size_t n;

        vsnprintf(text, sizeof text, fmt, args);
        for (n = strlen(text); n && text[n - 1] == '\n'; n--)
                text[n - 1] = '\0';
        log_debug("http", "text", text, NULL);
}

static struct MHD_Daemon *
start_daemon(struct http *h, const struct http_options *o, const struct sockaddr_storage *at)
{
        unsigned cores = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
        unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;

        if (at->ss_family == AF_INET6)
                flags |= MHD_USE_DUAL_STACK;
        return MHD_start_daemon(
                flags, 0, NULL, NULL, on_request, h, MHD_OPTION_EXTERNAL_LOGGER, on_library_log, NULL,
                MHD_OPTION_SOCK_ADDR, at, MHD_OPTION_THREAD_POOL_SIZE,
                o->threads > 0 ? (unsigned)o->threads : cores, MHD_OPTION_CONNECTION_LIMIT,
                o->connections > 0 ? (unsigned)o->connections : 4096u, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
                o->per_address > 0 ? (unsigned)o->per_address : 512u, MHD_OPTION_CONNECTION_TIMEOUT,
                (unsigned)(h->idle / USEC_SECOND), MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1,
                MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024u, MHD_OPTION_URI_LOG_CALLBACK, on_uri, h,
                MHD_OPTION_NOTIFY_COMPLETED, on_completed, h, MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
                MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, NULL, MHD_OPTION_END);
}

static bool
start_watcher(struct http *h)
{
        pthread_condattr_t attr;

        pthread_mutex_init(&h->lock, NULL);
        pthread_condattr_init(&attr);
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
        pthread_cond_init(&h->wake, &attr);
        pthread_condattr_destroy(&attr);
        return pthread_create(&h->watcher, NULL, watch, h) == 0;
}

struct http *
http_start(struct ctx *ctx, const struct http_options *o, const struct http_app *app)
{
        struct sockaddr_storage at;
        socklen_t size;
        struct http *h;

        if (!listen_address(ctx, o->listen, &at, &size))
                return NULL;
        for (int i = 0; i < H_COUNT; i++)
                header_length[i] = (unsigned char)strlen(HEADER_NAMES[i]);
        h = calloc(1, sizeof *h);
        if (!h)
                abort();
        h->app = *app;
        h->idle = (o->idle_seconds > 0 ? o->idle_seconds : 30) * USEC_SECOND;
        if (!start_watcher(h))
                abort();
        h->daemon = start_daemon(h, o, &at);
        if (h->daemon)
                return h;
        fail(ctx, E_IO, "listen", o->listen, strerror(errno));
        http_stop(h);
        return NULL;
}

void
http_quiesce(struct http *h)
{
        int fd = h->daemon ? MHD_quiesce_daemon(h->daemon) : -1;

        if (fd >= 0)
                close(fd);
        for (int i = 0; i < 1000 && atomic_load(&h->suspended) > 0; i++)
                usleep(10000);
}

void
http_stop(struct http *h)
{
        struct http_thread *t, *next;

        pthread_mutex_lock(&h->lock);
        h->stopping = true;
        pthread_cond_signal(&h->wake);
        pthread_mutex_unlock(&h->lock);
        pthread_join(h->watcher, NULL);
        if (h->daemon)
                MHD_stop_daemon(h->daemon);
        for (t = atomic_load(&h->threads); t; t = next) {
                next = t->next;
                h->app.thread_over(h->app.arg, t);
                thread_free(t);
        }
        pthread_mutex_destroy(&h->lock);
        pthread_cond_destroy(&h->wake);
        free(h);
}

int
http_port(const struct http *h)
{
        const union MHD_DaemonInfo *i = MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT);

        return i ? i->port : 0;
}

int
http_suspended(const struct http *h)
{
        return atomic_load(&h->suspended);
}

struct http_thread *
http_threads(struct http *h)
{
        return atomic_load(&h->threads);
}
