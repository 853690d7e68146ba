/* SPDX-License-Identifier: Apache-2.0
 *
 * watch.h -- keeping an eye on clocks: the marks of their promises as timers.
 */
#ifndef SERVICE_WATCH_H
#define SERVICE_WATCH_H
#include "service/timers.h"

/* Sets the timers of a case's clocks anew from its facts and promises; call it after either changed.  When the
 * work is muted only the due time is noted. */
bool watch_case(struct work *w, struct record *r);
/* Saved hook: whenever a case with clocks changes its state, or a fact of its clocks was written. */
bool watch_saved(struct work *w, struct record *r);
/* After a correction of facts (a wait found false): clocks that had ended and prove late are told and reviewed, once. */
bool watch_corrected(struct work *w, struct record *r);
TIMER_FIRE(watch_fire);
#endif
