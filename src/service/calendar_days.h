/* SPDX-License-Identifier: Apache-2.0
 *
 * calendar_days.h -- calendars keep step with their holiday sets (calendars.h), and a year without its days is told ahead.
 */
#ifndef SERVICE_CALENDAR_DAYS_H
#define SERVICE_CALENDAR_DAYS_H
#include "engine/timer.h"

/* Sets the timer of each active calendar with a holiday set that has none, a minute from now. */
bool calendar_days_watch(struct work *w);
/* Saved hooks of holiday and calendar; the timer "holidays" on a calendar. */
bool calendar_days_holiday_saved(struct work *w, struct record *r);
bool calendar_days_calendar_saved(struct work *w, struct record *r);
bool calendar_days_fire(struct work *w, struct record *r, const struct timer *t);
#endif
