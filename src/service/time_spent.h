/* SPDX-License-Identifier: Apache-2.0
 *
 * time_spent.h -- what requests spend their time with: work, waits, queues.
 */
#ifndef SERVICE_TIME_SPENT_H
#define SERVICE_TIME_SPENT_H
#include "base/json.h"
#include "engine/work.h"

/* How a case spends the time behind an event. */
enum span {
        SPAN_QUEUED,                   /* nobody has taken it: before work */
        SPAN_ASSIGNED,                 /* somebody has it and has not begun */
        SPAN_WORKING,
        SPAN_WAITING_USER,
        SPAN_WAITING_OTHER,
        SPAN_AWAITING_CLOSURE,         /* solved; confirmation, call-back and closing to come */
        SPAN_CLOSED,                   /* closed, before it was opened again */
        SPAN_COUNT
};
const char *span_name(enum span s);
/* False: there is none of this name. */
bool span_named(struct str name, enum span *ret);
const char *span_names(struct arena *a);
/* By our state alone; a wait by its pause code. */
enum span span_of_state(const struct state *s, struct str pause_code);

/* {"sources":[{"source": null|"volvo","cases","seconds","spans":[{"span","seconds","percent"}]}]}: our own requests (null)
 * and each imported source; time up to the last event of each case. */
bool time_spent_json(struct work *w, struct jw *out);
#endif
