/* SPDX-License-Identifier: Apache-2.0
 *
 * clockfact.h -- the facts of clocks: started, paused, resumed, stopped; never a deadline.
 */
#ifndef ENGINE_CLOCKFACT_H
#define ENGINE_CLOCKFACT_H
#include "engine/work.h"
/* Writes the facts that follow from the record's change of state (old_state NULL: created).  Call after the event was
 * appended: facts name its seq. */
bool clockfact_record(struct work *w, struct record *r);
/* A fact that follows from a hook, not from a state: "stopped" or "cancelled" for clocks that run or are paused,
 * "resumed" for those that ended.  clock NULL: all of the record.  A clock that the fact does not fit is passed over. */
bool clockfact_mark(struct work *w, struct record *r, const char *clock, const char *kind, usec at);
/* A new round of a clock that runs or waits; one that waits goes on waiting. */
bool clockfact_restart(struct work *w, struct record *r, const char *clock);
/* The report proved earlier: clocks that count from it count from then, ended ones too.  `at` not earlier: nothing changes. */
bool clockfact_earlier(struct work *w, struct record *r, usec at);
/* All clocks of a record that run begin to wait, for another reason than before if they waited; wait NULL: they go on.  For
 * what waits because the case above it does. */
struct clock_wait {
        const char *code, *evidence;   /* evidence: NULL for none */
};
bool clockfact_wait(struct work *w, struct record *r, const struct clock_wait *wait);
#endif
