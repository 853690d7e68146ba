/* SPDX-License-Identifier: Apache-2.0
 *
 * route.h -- which handler answers a method and path.
 */
#ifndef API_ROUTE_H
#define API_ROUTE_H
#include "api/request.h"

/* Answers by q->response and q->out.  False: the errors of w->ctx are the answer, and a WRITE leaves nothing behind. */
typedef bool handler(struct request *q, struct work *w, struct response *r);

enum mode {
        READ_INLINE,           /* SQLite: here and now, on the HTTP thread; PostgreSQL: as READ_POOL */
        READ_POOL,             /* may take long: a thread of the read pool */
        WRITE,                 /* inside a transaction of the writer */
        WORKER,                /* CPU or disk for milliseconds: the worker pool, with a read connection */
        UPLOAD,                /* `run` is asked with a read connection before the body is taken, which then streams by */
};
enum route_flag {
        ROUTE_PUBLIC = 1,      /* nobody need be logged in */
        ROUTE_ONCE = 2,        /* a POST that Idempotency-Key covers */
        ROUTE_PLAIN = 4,       /* outside /api: no actor, no database */
        ROUTE_FORM = 8,        /* the body is a plain HTML form, not JSON */
};
enum request_kind { REQUEST_READ, REQUEST_LIST, REQUEST_WRITE, REQUEST_LOGIN, REQUEST_FILE, REQUEST_OTHER };

struct route {
        enum method method;
        const char *pattern;   /* "/api/v1/{entity}/{id}" */
        handler *run;
        enum mode mode;
        unsigned flags;
        enum request_kind kind;        /* for the numbers of /metrics */
        int64_t body_limit;            /* bytes; 0: 1 MiB */
};

/* The first row that fits; earlier rows win.  NULL: *ret_allow is the methods that would fit ("GET, POST") or NULL when none
 * would.  Fills q->arg with what stands for the {names}, in order. */
const struct route *route_find(struct request *q, const struct route *rows, size_t count, const char **ret_allow);
extern const struct route ROUTES[];
extern const size_t ROUTE_COUNT;
extern const struct route PAGES;                       /* what is no API: the browser app */
#endif
