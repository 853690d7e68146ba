/* SPDX-License-Identifier: Apache-2.0
 *
 * server.h -- the API as a whole: what `openitr serve` starts.
 */
#ifndef API_SERVER_H
#define API_SERVER_H
#include "api/http.h"
#include "api/rate.h"
#include "api/worker.h"
#include "engine/engine.h"
#include "engine/files.h"
#include "service/models.h"
#include "sql/exec.h"

struct auth;
struct deliver;
struct live;
struct pages;

struct server_options {
        struct engine **engine;        /* the slot of the one in force; the server puts another in when the Model changes */
        const struct models_base *base;
        int64_t revision;              /* models_revision of what the engine knows */
        struct exec *exec;
        struct db *db;
        struct files *files;           /* NULL: no attachments */
        const char *listen;            /* "127.0.0.1:8080" */
        int threads;                   /* HTTP threads; 0: one per core */
        int connections, per_address;  /* at once; 0: 4096 and 512 */
        int idle_seconds;              /* 0: 30 */
        int worker_threads;            /* password hashes and file syncs; 0: 2 */
        int worker_queue;              /* waiting at most; 0: 64 */
        int64_t rate_address, rate_actor;      /* requests a second; 0: no limit */
        int64_t upload_max;            /* bytes of one attachment; 0: 100 MiB */
        bool trust_proxy;              /* X-Forwarded-For and -Proto of the peer count */
        bool secure_cookies;           /* always mark the cookie Secure (TLS in front) */
        const char *setup_code;        /* for the first start; NULL: it is done */
        bool mail_set;                 /* a mail server is named */
        bool test_clock;               /* POST /api/v1/test/clock turns the clock: for tests, on loopback only */
        bool metrics_open;             /* /metrics for every address, not only this machine's */
        const char *hotline;           /* the number to call at any hour, shown on every page; NULL: none */
        const char *frame_ancestors;   /* for /desk/pop, where a telephone system frames us; NULL: nobody */
        usec keep_deliveries;          /* how long what was delivered is kept; 0: for ever */
        struct deliver *deliver;       /* its numbers stand in /metrics; NULL: none */
};

struct server {
        struct server_options o;
        struct http *http;
        struct workers *workers;
        struct auth *auth;
        struct live *live;
        struct pages *pages;           /* made from the Model: /openapi.json, /model */
        struct rate *rate_address, *rate_actor;
        pthread_t keeper;              /* throws away what has run out */
        pthread_mutex_t lock;
        pthread_cond_t wake;
        bool stopping, turned;         /* turned: a test turned the clock, the keeper has not looked since */
        usec started;
        pthread_t follower;            /* takes up what other nodes publish, and dates that come */
        bool follows;                  /* it was started */
        _Atomic bool setup_over;
        _Atomic int64_t revision;      /* models_revision of what is in force; raised under `lock` */
};

/* NULL with an error: the address is taken, a setting is wrong.  engine, exec and db must outlive the server. */
struct server *server_start(struct ctx *ctx, const struct server_options *o);
/* Stops accepting, lets what was begun finish, then closes.  To be called before exec_stop. */
void server_stop(struct server *s);
/* A test has turned the clock: the keeper looks at once. */
void server_turned(struct server *s);
int server_port(const struct server *s);
/* Puts an engine in force that knows the patches up to `revision`, unless a newer one is; takes the engine over. */
void server_put_in_force(struct server *s, struct engine *next, int64_t revision);
/* For writes that change what is in force: loads it as this transaction sees it, to be put in force behind the commit. */
bool server_next_model(struct request *q, struct work *w);
/* follow.c: asks once a second whether another node has published. */
void *follow_models(void *server);

/* dispatch.c: the three moments of a request */
extern const struct http_app DISPATCH;
/* The client's address: the peer's, or what a trusted proxy says. */
const char *request_address(const struct request *q);
bool request_secure(const struct request *q);
/* Runs `run` in a transaction of the writer and waits: for handlers on worker threads only.  Errors land in q->ctx. */
bool server_write(struct request *q, bool (*run)(struct work *w, void *arg), void *arg);
/* Body members by name, for handlers with fixed bodies; false with E_REQUIRED when it is missing, not a text or too long. */
bool body_text(struct request *q, const char *name, size_t max, struct str *ret);
#endif
