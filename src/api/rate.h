/* SPDX-License-Identifier: Apache-2.0
 *
 * rate.h -- how many requests a second one address or one person may send.
 */
#ifndef API_RATE_H
#define API_RATE_H
#include "base/clock.h"
struct rate;
/* `per_second` on average, `burst` at once; per_second 0: no limit (NULL is returned, and rate_take(NULL, ...) allows). */
struct rate *rate_new(int64_t per_second, int64_t burst);
void rate_free(struct rate *r);
/* Takes one token of the key's bucket.  0: taken; else the whole seconds after which to try again. */
int64_t rate_take(struct rate *r, uint64_t key, usec now);
uint64_t rate_key(const struct rate *r, struct str text);      /* seeded, so that nobody can aim at another's bucket */
#endif
