/* SPDX-License-Identifier: Apache-2.0
 *
 * clock.h -- what a clock says: from facts and promises to segments, a due time and a result.  A pure function.
 *
 * Facts (table clock_segments) are what happened; promises are what was agreed and since when.  Nothing is patched:
 * a change of severity, policy or calendar is one more promise, a mistake is a correction beside the fact, and all else
 * is computed anew from the original start (rules C4-C6, C10, C11; domain.md 7.C).  docs/clocks.md tells it in words,
 * with the public scenarios that hold it.
 */
#ifndef ENGINE_CLOCK_H
#define ENGINE_CLOCK_H
#include "engine/calendar.h"

/* A report that proved earlier is a start put in front of the first one.  RESTARTED begins a new round of a promise that is
 * kept over and over (progress is told every so often). */
enum clock_fact_kind { FACT_STARTED, FACT_PAUSED, FACT_RESUMED, FACT_STOPPED, FACT_CANCELLED, FACT_RESTARTED };
struct clock_fact {
        enum clock_fact_kind kind;
        usec at;
        const char *code;              /* of a pause; NULL else */
        bool void_;                    /* a pause whose cause proved false (C6): it counts as running */
};
struct clock_promise {
        usec since;                    /* when it was made; the last one not after the instant asked about holds, the first
                                        * one from the start of the clock, however late it was made */
        usec budget;                   /* working time; > 0 */
        const struct calendar *calendar;       /* NULL: 24x7 */
        const char *row;               /* which row of which table and version decided; for "why" */
};
struct clock_exemption {               /* approved (C11): counts in the adjusted result alone */
        usec from, to;                 /* from < to */
        const char *reason;
};
struct clock_input {
        const struct clock_fact *facts;        /* in the order they were recorded; a stop or cancellation dated before facts
                                                * recorded earlier (restored at ten, told at noon) cuts those off; none
                                                * else is dated before its predecessor */
        size_t fact_count;
        const struct clock_promise *promises;  /* by `since`; none: no promise, the clock only measures */
        size_t promise_count;
        const struct clock_exemption *exemptions;      /* in any order, may overlap */
        size_t exemption_count;
        const struct calendar *measure;        /* used time when there is no promise; NULL: 24x7 */
};

enum clock_state {
        CLOCK_NONE,                    /* not started, or ended without a promise: nothing to judge */
        CLOCK_RUNNING, CLOCK_PAUSED, CLOCK_MET, CLOCK_BREACHED,
        CLOCK_CANCELLED,               /* the promise was withdrawn; breached_at still tells whether it was late by then */
};
const char *clock_state_name(enum clock_state s);
struct clock_segment {                 /* one for each fact that does not end the clock; none of no length unless open */
        usec from, to;                 /* to: USEC_NONE while it is open */
        bool paused;
        const char *code;              /* of a pause, also of a void one (paused false) */
        usec used;                     /* working time of it up to `now`, 0 for pauses */
};
struct clock_verdict {
        enum clock_state state;        /* BREACHED from the due time on, also while it still runs or is paused after that;
                                        * a stop or pause in the very instant of the due time is in time */
        usec used;                     /* working time spent, up to the end or `now` */
        usec remaining;                /* budget - used; negative after the breach; 0 without a promise */
        usec due;                      /* when the budget is (was) used up, counting on from `now`, or from the stop of a clock
                                        * that met it; USEC_NONE while paused or when cancelled before that, or without a
                                        * promise */
        usec breached_at;              /* since when it has been late without a break, but not before `due`; USEC_NONE */
};
struct clock_result {
        struct clock_segment *segments;
        size_t segment_count;
        usec started, stopped;         /* USEC_NONE; started: this round; stopped: also by cancellation */
        int rounds, late_rounds;       /* that were over before this one; how many of those were late */
        const struct clock_promise *promise;   /* that holds: at the end of an ended clock, else at `now`; or NULL */
        struct clock_verdict raw, adjusted;    /* adjusted: exemptions taken out */
        bool raised_late;              /* late from the moment a stricter promise was made, whose due time had passed by then,
                                        * and in time until then (severity raised) */
};
/* What the clock says at `now`; facts and promises after `now` are left out.  Memory from ctx->arena.
 * E_CLOCK: facts that do not follow one another (paused before started, resumed while running ...), promises out of order
 * or without a budget, exemptions that end before they begin.  E_CALENDAR_CLOSED. */
bool clock_compute(struct ctx *ctx, const struct clock_input *in, usec now, struct clock_result *ret);
/* When `percent` (1..1000) of the budget will be used up if it runs on from `now`; USEC_NONE while paused, ended, not
 * started or without a promise; in the past when it was.  100 is the due time. */
bool clock_mark(struct ctx *ctx, const struct clock_input *in, usec now, int percent, usec *ret);
#endif
