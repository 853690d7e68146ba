/* SPDX-License-Identifier: Apache-2.0
 *
 * worker.h -- a few threads for what takes milliseconds of CPU or disk: password hashes, syncing an upload.
 */
#ifndef API_WORKER_H
#define API_WORKER_H
#include "sql/db.h"
struct task {
        struct task *next;                             /* owned by the pool */
        void (*run)(struct task *t, struct conn *c);   /* c: the thread's read connection, NULL when the database is away */
};
struct workers;
struct workers *workers_start(struct ctx *ctx, struct db *db, int threads, int queue_max);
/* False when the queue is full: run() is then not called. */
bool workers_submit(struct workers *p, struct task *t);
/* Finishes what is queued, then joins. */
void workers_stop(struct workers *p);
#endif
