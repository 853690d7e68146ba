/* SPDX-License-Identifier: Apache-2.0
 *
 * timers.h -- what happens on its own: the verbs that timers fire, by kind, and what sets them.
 */
#ifndef SERVICE_TIMERS_H
#define SERVICE_TIMERS_H
#include "engine/timer.h"
#include "service/budget.h"

extern const struct timer_handlers SERVICE_TIMERS;

#define TIMER_FIRE(name) bool name(struct work *w, struct record *r, const struct timer *t)

/* When a time that a rule table names ("1 WD", "30 min") is used up, counted from `from`: working time on the calendar of
 * the customer, else on 5x9. */
bool timers_due(struct work *w, const struct record *r, struct str budget, usec from, usec *ret);
bool timers_after(struct work *w, const struct record *r, struct budget b, usec from, usec *ret);
/* A notice to a person of the record, or a role, by template (outbox). */
bool timers_notice(struct work *w, const struct record *r, const char *to, const char *template, struct str more);

/* follow.c: reminders to customers, the ends of waiting */
bool follow_saved(struct work *w, struct record *r);
TIMER_FIRE(follow_fire);
TIMER_FIRE(follow_wait_end);

/* progress.c: the customer hears of progress */
bool progress_saved(struct work *w, struct record *r);
bool progress_message_saved(struct work *w, struct record *m);
TIMER_FIRE(progress_fire);
/* Is clock `update` of the request asked for by another (an accident's notices)?  Then nobody is warned of it. */
bool progress_is_elsewhere(struct work *w, const struct record *r, const char *clock, bool *ret);

/* renewal.c: contracts near their end */
bool renewal_saved(struct work *w, struct record *r);
TIMER_FIRE(renewal_fire);
#endif
