/* SPDX-License-Identifier: Apache-2.0
 *
 * budget.h -- "5 min", "2 h", "7 d", "4 WH", "3 WD", "15 min 24x7": a promise's time as rule tables write it.
 */
#ifndef SERVICE_BUDGET_H
#define SERVICE_BUDGET_H
#include "base/clock.h"
#include "base/ctx.h"

#define BUDGET_WORKING_DAY (8 * USEC_HOUR)     /* 1 WD = 8 WH (domain.md 8.2) */
struct budget {
        usec amount;                   /* > 0 */
        bool working;                  /* of the contract's calendar; else of the wall clock */
};
/* False with E_BAD_FORMAT at `field`, naming the text and what is wrong with it. */
bool budget_parse(struct ctx *ctx, const char *field, struct str text, struct budget *ret);
/* A share of it, of the same kind; never less than a second. */
struct budget budget_share(struct budget b, int percent);
/* How long it lasts, roughly, on the wall clock: to compare times of different kinds.  A working day lasts a day. */
usec budget_length(struct budget b);
/* "2 h 30 min", "4 WH": arena text. */
const char *budget_text(struct arena *a, struct budget b);
#endif
