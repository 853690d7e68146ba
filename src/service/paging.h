/* SPDX-License-Identifier: Apache-2.0
 *
 * paging.h -- a platinum P1 that nobody took by telephone pages the person on call.
 */
#ifndef SERVICE_PAGING_H
#define SERVICE_PAGING_H
#include "service/timers.h"
/* Saved hook of the request: registered, authorised, or become a P1. */
bool paging_saved(struct work *w, struct record *r);
TIMER_FIRE(paging_fire);
#endif
