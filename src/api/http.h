/* SPDX-License-Identifier: Apache-2.0
 *
 * http.h -- the HTTP server: libmicrohttpd, hardened; requests in, answers out.
 *
 * Knows nothing of routes or of the product: an http_app tells what to do at three moments.
 */
#ifndef API_HTTP_H
#define API_HTTP_H
#include <pthread.h>
#include "api/request.h"

enum verdict {
        VERDICT_BODY,          /* head: go on with the body, then run() */
        VERDICT_ANSWER,        /* q->response is ready */
        VERDICT_WAIT,          /* suspended by http_suspend; somebody calls http_resume */
};
struct http_app {
        void *arg;
        /* The head is read and sound.  May refuse (ANSWER: the connection closes if a body is under way), set
         * q->body_limit, start an upload. */
        enum verdict (*head)(void *arg, struct request *q);
        /* A part of the body of a streaming request; false: the rest is thrown away. */
        bool (*part)(void *arg, struct request *q, struct str bytes);
        /* All is read: answer or suspend. */
        enum verdict (*run)(void *arg, struct request *q);
        /* Just before an answer leaves, on the HTTP thread: counting, logging. */
        void (*leaving)(void *arg, struct request *q);
        /* The request is over, answered or broken off. */
        void (*over)(void *arg, struct request *q);
        /* The thread has ended: whatever it kept. */
        void (*thread_over)(void *arg, struct http_thread *t);
};
struct http_options {
        const char *listen;            /* "127.0.0.1:8080", "[::1]:8080"; port 0: any free one */
        int threads;                   /* 0: one per core */
        int connections;               /* at once; 0: 4096 */
        int per_address;               /* connections of one address; 0: 512 */
        int idle_seconds;              /* between requests and between bytes; 0: 30 */
};

enum { LATENCY_BUCKETS = 12, STATUS_CLASSES = 6, KIND_CLASSES = 6 };
struct tally {                         /* counted by one thread, summed up by /metrics; relaxed atomics */
        _Atomic int64_t answers[KIND_CLASSES][STATUS_CLASSES];
        _Atomic int64_t latency[KIND_CLASSES][LATENCY_BUCKETS];
        _Atomic int64_t latency_sum[KIND_CLASSES];
};
struct http_thread {                   /* of one HTTP thread, or of the pool beside them */
        struct http *http;
        struct http_thread *next;
        struct request *free;          /* resting requests */
        struct conn *conn;             /* inline reads; opened at first use by the user of this floor */
        char id_prefix[12];
        uint64_t id_count;
        struct tally tally;
};

struct http;
struct http *http_start(struct ctx *ctx, const struct http_options *o, const struct http_app *app);
/* Stops accepting, waits for what is suspended (at most ten seconds), then closes. */
void http_quiesce(struct http *h);
void http_stop(struct http *h);
int http_port(const struct http *h);
int http_suspended(const struct http *h);
struct http_thread *http_threads(struct http *h);      /* for sums; grows at the head only */

void http_suspend(struct request *q);                  /* before handing q to another thread */
void http_resume(struct request *q);                   /* q belongs to its HTTP thread again */
const char *http_address(const struct request *q);     /* of the peer, as text */
bool http_loopback(const struct request *q);           /* the peer is this machine */
#endif
