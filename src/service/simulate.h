/* SPDX-License-Identifier: Apache-2.0
 *
 * simulate.h -- a policy tried on closed requests: which would have been late, and which not.
 */
#ifndef SERVICE_SIMULATE_H
#define SERVICE_SIMULATE_H
#include "base/json.h"
#include "engine/clock.h"
#include "engine/work.h"
#include "model/rules.h"

enum { SIMULATE_LIST = 200 };          /* differing requests that are named where nothing is said */
struct simulate_wish {
        struct db *db;                 /* connections of its own; one for each thread */
        int threads;                   /* 1 to 8 */
        usec from, to;                 /* closed in [from, to) */
        bool open;                     /* those that are not closed too, as they stand now */
        const char *source;            /* only of this imported source; NULL: all */
        const char *tier;              /* of requests without agreed terms; NULL: nothing is promised them */
        const struct rules *rules;     /* the tables after: the draft among those in force */
        const char *calendar_code;     /* the calendar that is tried; NULL: none */
        const struct calendar *calendar;
        size_t list_max;
};

struct simulated_figure {              /* of a clock before or after */
        const char *result;            /* a clock state; "none": nothing was promised */
        const char *target;            /* "4 h"; "" */
        usec due;                      /* USEC_NONE */
        bool late;
};
struct simulated_case {                /* a clock of a request that would have come out otherwise */
        int64_t id;
        const char *number, *clock, *tier, *severity;
        struct simulated_figure before, after;
        bool result_changed;           /* else only the due time or the target */
};
struct simulated_group {
        const char *clock, *party, *tier, *severity;
        int64_t clocks, judged_before, judged_after, late_before, late_after;
};
struct simulation {
        int64_t cases, differing, changed;     /* differing: some target or due time; changed: some result */
        int64_t clocks;
        struct simulated_group *groups;        /* by clock, tier, severity */
        size_t group_count;
        struct simulated_case *list;   /* changed results first, then by id */
        size_t list_count;
        int64_t left_out;              /* differing clocks that the list has no room for */
        int64_t faulty;                /* clocks whose facts contradict one another: not judged */
        usec took;
};
/* Results live in the work's arena.  False with an error. */
bool simulate_run(struct work *w, const struct simulate_wish *wish, struct simulation *ret);

/* simulate_report.c */
struct simulate_head {                 /* what was tried, for people */
        const char *policy;
        int64_t days;                  /* 0: all */
};
void simulate_json(const struct simulate_head *h, const struct simulate_wish *wish, const struct simulation *s, struct jw *out);
void simulate_text(struct arena *a, const struct simulate_head *h, const struct simulation *s, struct buf *out);
void simulate_csv(const struct simulation *s, struct buf *out);
#endif
