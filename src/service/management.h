/* SPDX-License-Identifier: Apache-2.0
 *
 * management.h -- management escalation: called by the clock, by events, by people.
 */
#ifndef SERVICE_MANAGEMENT_H
#define SERVICE_MANAGEMENT_H
#include "service/promise.h"
#include "service/timers.h"
/* Calls the level that the trigger asks for, for the request that `r` is or belongs to. */
bool management_call(struct work *w, const struct record *r, const char *trigger);
/* Timers of the matrix for a request, by its clocks. */
bool management_watch(struct work *w, const struct record *r, const struct clock_view *list, size_t count);
/* Saved hooks: of the request (second reopen), of the escalation (acknowledgement). */
bool management_request_saved(struct work *w, struct record *r);
bool management_saved(struct work *w, struct record *r);
bool management_message_saved(struct work *w, struct record *m);
/* management_people.c: whom "duty_manager lead" means, as notices say it: a role, lead, person:7.  Nobody stands twice. */
bool management_people(struct work *w, const struct record *r, struct str to, const char ***ret, size_t *ret_count);
TIMER_FIRE(management_fire_level);
TIMER_FIRE(management_fire_acknowledge);
TIMER_FIRE(management_fire_update);
#endif
