/* SPDX-License-Identifier: Apache-2.0
 *
 * deliver_private.h -- what the threads of deliver.c share.
 */
#ifndef CHANNEL_DELIVER_PRIVATE_H
#define CHANNEL_DELIVER_PRIVATE_H
#include <pthread.h>
#include <stdatomic.h>
#include "channel/deliver.h"
#include "service/webhooks.h"

struct worker {
        struct deliver *deliver;
        const char *name;
        bool (*round)(struct worker *k);       /* true: there may be more at once */
        pthread_t thread;
        pthread_mutex_t lock;          /* guards woken and stopping */
        pthread_cond_t wake;
        bool woken, stopping, started;
        /* the thread's own */
        struct arena *arena;           /* of one round */
        struct ctx ctx;
        struct conn *conn;             /* for looking */
        usec count_at, claim_at;       /* by clock_monotonic: when to look again */
        int batch;
        bool begun;
};
enum deliver_outcome { DELIVER_SENT, DELIVER_FAILED, DELIVER_RETRIED, DELIVER_OUTCOMES };
struct deliver {
        struct deliver_options o;
        struct worker workers[DELIVER_CHANNELS];
        struct mail_session *session;
        struct webhook_out *webhooks;
        _Atomic int64_t outbox_seen, queued[DELIVER_CHANNELS], tally[DELIVER_CHANNELS][DELIVER_OUTCOMES];
};

bool worker_stopping(struct worker *k);
/* A live connection for reading; errors in k->ctx. */
bool worker_reads(struct worker *k);
/* Runs as a write job and waits; what goes wrong is logged. */
bool worker_write(struct worker *k, bool (*run)(struct work *w, void *arg), void *arg);
void deliver_wake(struct deliver *d, enum deliver_channel c);
void deliver_tally(struct deliver *d, enum deliver_channel c, enum deliver_outcome o, int64_t n);
#endif
