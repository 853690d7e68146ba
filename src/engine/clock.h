/* SPDX-License-Identifier: Apache-2.0
 *
 * clock.h -- what a clock says: from facts and promises to segments, a due time and a result.  A pure function.
 *
 * Facts (table clock_segments) are what happened; promises are what was agreed and since when.  Nothing is patched:
 * a change of severity, policy or calendar is one more promise, a mistake is a correction beside the fact, and all else
 * is computed anew from the original start (rules C4-C6, C10, C11; domain.md 7.C).
 */
#ifndef ENGINE_CLOCK_H
#define ENGINE_CLOCK_H
#include "engine/calendar.h"

enum clock_fact_kind { FACT_STARTED, FACT_PAUSED, FACT_RESUMED, FACT_STOPPED, FACT_CANCELLED };
struct clock_fact {
        enum clock_fact_kind kind;
        usec at;
        const char *code;              /* of a pause; NULL else */
        bool void_;                    /* a pause whose cause proved false (C6): it counts as running */
};
struct clock_promise {
        usec since;                    /* when it was made; the last one not after the instant asked about holds */
        usec budget;                   /* working time; > 0 */
        const struct calendar *calendar;
        const char *row;               /* which row of which table and version decided; for "why" */
};
struct clock_exemption {               /* approved (C11): counts in the adjusted result alone */
        usec from, to;
        const char *reason;
};
struct clock_input {
        const struct clock_fact *facts;        /* by time; equal times in the order given */
        size_t fact_count;
        const struct clock_promise *promises;  /* by `since`; none: no promise, the clock only measures */
        size_t promise_count;
        const struct clock_exemption *exemptions;
        size_t exemption_count;
        const struct calendar *measure;        /* used time when there is no promise; NULL: 24x7 */
};

enum clock_state { CLOCK_NONE, CLOCK_RUNNING, CLOCK_PAUSED, CLOCK_MET, CLOCK_BREACHED, CLOCK_CANCELLED };
const char *clock_state_name(enum clock_state s);
struct clock_segment {
        usec from, to;                 /* to: USEC_NONE while it is open */
        bool paused;
        const char *code;
        usec used;                     /* working time of it, 0 for pauses */
};
struct clock_verdict {
        enum clock_state state;        /* BREACHED from the due time on, also while it still runs or is paused after that */
        usec used;                     /* working time spent, up to stop or `now` */
        usec remaining;                /* budget - used; negative after the breach */
        usec due;                      /* when the budget is (was) used up; USEC_NONE while paused before that, or without a promise */
        usec breached_at;              /* USEC_NONE */
};
struct clock_result {
        struct clock_segment *segments;
        size_t segment_count;
        usec started, stopped;         /* USEC_NONE */
        const struct clock_promise *promise;   /* that holds */
        struct clock_verdict raw, adjusted;    /* adjusted: exemptions taken out */
        bool raised_late;              /* breached only because a later promise was stricter (severity raised) */
};
/* What the clock says at `now`; facts and promises after `now` are left out.  Memory from ctx->arena.
 * E_CLOCK: facts that do not follow one another (paused before started, resumed while running ...), E_CALENDAR_CLOSED. */
bool clock_compute(struct ctx *ctx, const struct clock_input *in, usec now, struct clock_result *ret);
/* When `percent` (1..1000) of the budget will be used up if it runs on from `now`; USEC_NONE while paused, ended or without a
 * promise; in the past when it was. */
bool clock_mark(struct ctx *ctx, const struct clock_input *in, usec now, int percent, usec *ret);
#endif
