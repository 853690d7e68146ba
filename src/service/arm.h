/* SPDX-License-Identifier: Apache-2.0
 *
 * arm.h -- timers for cases that came to be without them: imported ones, and those of the demo.
 */
#ifndef SERVICE_ARM_H
#define SERVICE_ARM_H
#include "engine/work.h"

/* Sets the timers of every open case of an imported source (NULL: of all), and lets those that are past due fire, in order
 * and without telling anybody.  Transactions of its own, some cases each; *ret_cases: how many were open.
 * False with the error of a transaction that failed; those before it stand. */
bool arm_open(struct work *w, const char *source, int64_t *ret_cases);
#endif
