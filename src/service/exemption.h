/* SPDX-License-Identifier: Apache-2.0
 *
 * exemption.h -- time that is left out of a clock's adjusted result, by decision (rule C11).
 */
#ifndef SERVICE_EXEMPTION_H
#define SERVICE_EXEMPTION_H
#include "service/hooks.h"
#include "service/promise.h"
#include "service/timers.h"

HOOK_EFFECT(exemption_before);
HOOK_EFFECT(exemption_decide);
/* Saved hook of every case: when one ends, its proposals have until so many working days later. */
bool exemption_case_saved(struct work *w, struct record *r);
bool exemption_saved(struct work *w, struct record *r);
TIMER_FIRE(exemption_lapse);

/* The exemptions of a case, whatever became of them, by number. */
struct exemption {
        int64_t id, decided_by;
        const char *number, *state, *clock, *reason, *evidence;
        usec from, to;                 /* USEC_NONE: open */
        usec decided_at;               /* USEC_NONE: not yet */
};
bool exemption_list(struct work *w, int64_t case_id, struct exemption **ret, size_t *ret_count);
/* Puts the approved ones into the clocks' inputs. */
void exemption_apply(struct work *w, const struct exemption *list, size_t n, struct clock_view *clocks, size_t clock_count);
#endif
