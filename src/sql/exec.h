/* SPDX-License-Identifier: Apache-2.0
 *
 * exec.h -- who runs a job against the database.
 *
 * Writes (exec_write):
 *   SQLite: one writer thread.  It takes what queued while the last commit was syncing (at most 64 jobs), opens one
 *   transaction, commits once, then calls done() of all: group commit.  What a job did whose run() returns false is
 *   undone, the others stand; they may have been run a second time for it.  A failed commit marks every job failed
 *   with a retryable error.
 *   PostgreSQL: a pool of executors, each with its connection: a transaction per job; E_DB_RETRY (serialisation,
 *   deadlock) is run again up to 12 times; a broken connection is reopened before the next job, and the job that met it
 *   is run again unless its commit was already sent (then E_DB_IN_DOUBT).
 * Reads that may block or take long (exec_read): a pool of threads with read connections.
 *
 * run() may be called more than once (a retry) and must then start afresh: the executor resets nothing of the
 * job's but calls ctx_clear(job->ctx) before.  done() is called exactly once, after the commit is on disk or the failure is
 * final; it runs on the executor's thread and must be short (resume a connection, signal a waiter).
 * job->ok tells the outcome; errors stand in job->ctx.
 */
#ifndef SQL_EXEC_H
#define SQL_EXEC_H
#include "sql/db.h"

struct job {
        struct job *next;                              /* owned by the executor */
        struct ctx *ctx;
        bool (*run)(struct job *job, struct conn *c);
        void (*done)(struct job *job);
        bool ok;
};

struct exec;
/* writers: executors on PostgreSQL (SQLite always has one); readers: threads of the read pool;
 * queue_max: jobs waiting before exec_write/exec_read refuse (they then return false with E_OVERLOAD in job->ctx, and
 * done() is not called). */
struct exec *exec_start(struct ctx *ctx, struct db *db, int writers, int readers, int queue_max);
bool exec_write(struct exec *e, struct job *job);
bool exec_read(struct exec *e, struct job *job);
/* Runs a write and waits; for commands, timers and tests, never on an executor's own thread.  Sets job->done to NULL. */
bool exec_write_wait(struct exec *e, struct job *job);
/* Finishes what is queued, then joins the threads. */
void exec_stop(struct exec *e);
/* Called by a writer, outside any transaction, with a write connection: background work such as indexing.  On SQLite
 * when no job came for two milliseconds, and while jobs keep coming for some three hundredths of the time; on
 * PostgreSQL about once a second.  Returns true when there is more to do. */
void exec_on_idle(struct exec *e, bool (*idle)(void *arg, struct conn *c), void *arg);
/* After every successful commit of a group or transaction, on the executor's thread, before done(): live events, timers.
 * At most four listeners.  exec_off_commit waits until none is being told any more, so that its arg may then go. */
void exec_on_commit(struct exec *e, void (*committed)(void *arg), void *arg);
void exec_off_commit(struct exec *e, const void *arg);
struct exec_stats { int64_t commits, jobs, failed, waiting; };
struct exec_stats exec_stats(const struct exec *e);
#endif
