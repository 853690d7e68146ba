/* SPDX-License-Identifier: Apache-2.0
 *
 * offer.h -- offering a request or a work order to one person after the other.
 */
#ifndef SERVICE_OFFER_H
#define SERVICE_OFFER_H
#include "service/candidates.h"
#include "service/timers.h"

/* The acceptance time of the case is used up. */
bool offer_breached(struct work *w, struct record *r);
TIMER_FIRE(offer_fire);
/* Names the next best of the team on r (handler, offered_to, dispatch_explain); nobody is left: the handler is cleared and it
 * is the team's.  The caller saves. */
bool offer_next(struct work *w, struct record *r);
/* Was it offered by the clock, so that whoever of the team takes it first has it? */
bool offer_is_open(struct work *w, const struct record *r);
#endif
