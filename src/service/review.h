/* SPDX-License-Identifier: Apache-2.0
 *
 * review.h -- reviews of broken promises (rule C3).
 */
#ifndef SERVICE_REVIEW_H
#define SERVICE_REVIEW_H
#include "service/hooks.h"
#include "service/promise.h"
/* Opens the review of a clock's breach, unless the clock of this case has one.  held: the promise that broke, or NULL. */
bool review_open(struct work *w, const struct record *r, const struct clock_view *v, const struct clock_promise *held,
                 usec broken_at);
HOOK_EFFECT(review_done);
#endif
