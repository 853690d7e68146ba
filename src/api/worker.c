/* SPDX-License-Identifier: Apache-2.0
 *
 * worker.c -- a bounded queue and its threads.
 *
 * Each thread keeps a read connection, opened at its first task and opened again when it broke.  The bound is
 * what keeps a flood of logins (10 ms of CPU each) from becoming a queue of minutes: who finds it full is
 * told to come back.
 */
#include "api/worker.h"
#include <pthread.h>
#include <stdlib.h>

struct workers {
        struct db *db;
        pthread_mutex_t lock;
        pthread_cond_t wake;
        struct task *head, **tail;
        int waiting, queue_max, count;
        bool stopping;
        pthread_t threads[8];
};

/* The next task; NULL when stopping and none is left. */
static struct task *
next_task(struct workers *p)
{
        struct task *t;

        pthread_mutex_lock(&p->lock);
        while (!p->head && !p->stopping)
                pthread_cond_wait(&p->wake, &p->lock);
        t = p->head;
        if (t) {
                p->head = t->next;
                p->waiting--;
                if (!p->head)
                        p->tail = &p->head;
        }
        pthread_mutex_unlock(&p->lock);
        return t;
}

/* The thread's connection, alive; NULL when the database cannot be reached now. */
static struct conn *
ready_conn(struct workers *p, struct arena *a, struct conn *c)
{
        struct ctx ctx;

        arena_reset(a);
        ctx_init(&ctx, a);
        if (!c)
                return conn_open(&ctx, p->db, CONN_READ);
        if (!conn_alive(c))
                conn_reopen(&ctx, c);
        return c;
}

static void *
work_loop(void *arg)
{
        struct workers *p = arg;
        struct arena *a = arena_new(0);
        struct conn *c = NULL;
        struct task *t;

        while ((t = next_task(p))) {
                c = ready_conn(p, a, c);
                t->run(t, c);
        }
        if (c)
                conn_close(c);
        arena_free(a);
        return NULL;
}

struct workers *
workers_start(struct ctx *ctx, struct db *db, int threads, int queue_max)
{
        struct workers *p = calloc(1, sizeof *p);

        if (!p)
                abort();
        p->db = db;
        p->tail = &p->head;
        p->queue_max = queue_max;
        pthread_mutex_init(&p->lock, NULL);
        pthread_cond_init(&p->wake, NULL);
        for (; p->count < threads && p->count < 8; p->count++)
                if (pthread_create(&p->threads[p->count], NULL, work_loop, p) != 0) {
                        fail(ctx, E_INTERNAL, "", "a thread could not be started");
                        workers_stop(p);
                        return NULL;
                }
        return p;
}

bool
workers_submit(struct workers *p, struct task *t)
{
        bool room;

        t->next = NULL;
        pthread_mutex_lock(&p->lock);
        room = p->waiting < p->queue_max && !p->stopping;
        if (room) {
                *p->tail = t;
                p->tail = &t->next;
                p->waiting++;
                pthread_cond_signal(&p->wake);
        }
        pthread_mutex_unlock(&p->lock);
        return room;
}

void
workers_stop(struct workers *p)
{
        pthread_mutex_lock(&p->lock);
        p->stopping = true;
        pthread_cond_broadcast(&p->wake);
        pthread_mutex_unlock(&p->lock);
        for (int i = 0; i < p->count; i++)
                pthread_join(p->threads[i], NULL);
        pthread_mutex_destroy(&p->lock);
        pthread_cond_destroy(&p->wake);
        free(p);
}
