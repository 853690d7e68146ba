/* SPDX-License-Identifier: Apache-2.0
 *
 * attempts.h -- how often the customer was tried before a wait (rule C6).
 */
#ifndef SERVICE_ATTEMPTS_H
#define SERVICE_ATTEMPTS_H
#include "engine/work.h"

struct attempt {
        usec at;
        struct str source;             /* "listed", "message" or "asked" (transition request_info) */
        struct str way, note;          /* of what is listed */
        struct str who;
};
struct attempts {
        usec since;                    /* the customer's last word, at least the report */
        struct attempt *v;             /* those that stand, oldest first */
        size_t n;
};
bool attempts_read(struct work *w, const struct record *r, struct attempts *ret);
/* Refuses when fewer stand than the pause code asks for. */
bool attempts_suffice(struct work *w, const struct record *r, struct str code);
#endif
