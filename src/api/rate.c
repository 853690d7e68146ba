/* SPDX-License-Identifier: Apache-2.0
 *
 * rate.c -- token buckets without a lock.
 *
 * A bucket is one number: the instant at which it will be full again (the generic cell rate algorithm).  A
 * request moves it one interval on; when it would lie more than the burst ahead of now, the request is
 * refused and the bucket stays. One compare-and-swap a request, no list, no expiry.  The table has a fixed
 * number of buckets, chosen by a seeded hash: two keys share one by chance (1 in 65,536), which makes the
 * limit stricter for both and never looser.
 *
 * Not here: what counts as a key, the answer 429 (dispatch.c).
 */
#include "api/rate.h"
#include <stdatomic.h>
#include <stdlib.h>
#include "base/secret.h"

enum { BUCKETS = 65536 };

struct rate {
        usec interval, window;
        uint64_t seed;
        _Atomic usec full_at[BUCKETS];
};

struct rate *
rate_new(int64_t per_second, int64_t burst)
{
        struct rate *r = per_second > 0 ? calloc(1, sizeof *r) : NULL;
        char seed[24];

        if (!r)
                return NULL;
        token_random(seed, sizeof seed, 16);
        r->seed = str_hash(str_of(seed));
        r->interval = USEC_SECOND / per_second > 0 ? USEC_SECOND / per_second : 1;
        r->window = r->interval * (burst > 1 ? burst : 1);
        return r;
}

void
rate_free(struct rate *r)
{
        free(r);
}

uint64_t
rate_key(const struct rate *r, struct str text)
{
        return str_hash(text) ^ (r ? r->seed : 0);
}

int64_t
rate_take(struct rate *r, uint64_t key, usec now)
{
        uint64_t mixed = (key ^ key >> 32) * 0x9e3779b97f4a7c15u;
        usec seen, next;

        if (!r)
                return 0;
        _Atomic usec *bucket = &r->full_at[mixed >> 48];
        seen = atomic_load_explicit(bucket, memory_order_relaxed);
        do {
                next = (seen > now ? seen : now) + r->interval;
                if (next > now + r->window)
                        return (next - now - r->window + USEC_SECOND - 1) / USEC_SECOND;
        } while (!atomic_compare_exchange_weak_explicit(bucket, &seen, next, memory_order_relaxed,
                                                        memory_order_relaxed));
        return 0;
}
