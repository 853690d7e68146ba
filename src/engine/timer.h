/* SPDX-License-Identifier: Apache-2.0
 *
 * timer.h -- what is to happen on its own: rows with a due time, and who fires them.
 */
#ifndef ENGINE_TIMER_H
#define ENGINE_TIMER_H
#include "engine/work.h"
#include "sql/exec.h"

struct timer {
        int64_t case_id;               /* of the case or record that it is about */
        const char *name;              /* "kind" or "kind:what"; one of each name per record */
        usec due;
        const char *clock;             /* NULL: of none */
        int64_t step;
        struct str data;               /* a JSON object, or empty */
        int64_t tries;                 /* how often firing it failed */
};

/* In the caller's transaction.  Setting one that exists moves it; clearing one that does not exist does nothing. */
bool timer_set(struct work *w, const struct timer *t);
bool timer_clear(struct work *w, int64_t case_id, const char *name);
/* All whose name is `kind` or begins with "kind:"; NULL: all of the record. */
bool timer_clear_kind(struct work *w, int64_t case_id, const char *kind);
/* All of a record, by name; arena memory. */
bool timer_list(struct work *w, int64_t case_id, struct timer **ret, size_t *ret_count);
/* When the first one is due; USEC_NONE when there is none. */
bool timer_first(struct ctx *ctx, struct conn *c, usec *ret);

/* Who fires timers of a kind.  w acts for the system at the present, r is the record as it is now.  What fire() does is a
 * savepoint; false undoes it, and the timer comes again after a pause that doubles (2 s to 1 h).  The row is gone when it is
 * called: it may set the next one.  A timer whose record is not there any more is forgotten. */
struct timer_handler {
        const char *kind;
        const char *entity;            /* of the record; NULL: a case of any kind */
        bool (*fire)(struct work *w, struct record *r, const struct timer *t);
};
struct timer_handlers {
        const struct timer_handler *list;
        size_t count;
};
/* One round in the caller's transaction: takes at most `max` timers that are due at w->now and fires them, oldest first.
 * False when the transaction cannot go on (a conflict, a lost connection): then nothing has fired.  With max 1 a conflict
 * is a failure of that timer like any other. */
bool timer_fire_due(struct work *w, struct timer_handlers h, int max, int *ret_taken);

/* The thread of a server (timer_thread.c).  All must outlive it but *engine, which may be replaced. */
struct timers;
struct timers *timers_start(struct exec *exec, struct db *db, struct engine *const *engine, struct timer_handlers h);
void timers_stop(struct timers *t);    /* before exec_stop */
#endif
