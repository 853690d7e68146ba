/* SPDX-License-Identifier: Apache-2.0
 *
 * tier.h -- what our own broken times do: nobody accepted, a line used up its time.
 */
#ifndef SERVICE_TIER_H
#define SERVICE_TIER_H
#include "service/timers.h"
/* A clock of the case is used up. */
bool tier_breached(struct work *w, struct record *r, const char *clock);
TIMER_FIRE(tier_fire_up);
#endif
