/* SPDX-License-Identifier: Apache-2.0
 *
 * presence.h -- who has a record open.
 */
#ifndef API_PRESENCE_H
#define API_PRESENCE_H
#include "engine/work.h"

/* A record where somebody's presence changed. */
struct presence_change {
        const struct entity *e;
        int64_t id;
        usec at;                       /* the newest of its changes */
};
/* What changed after `since`, the newest last; false with an error. */
bool presence_since(struct work *w, usec since, struct presence_change **ret, size_t *ret_count);
/* {"e":…,"id":…,"at":…,"who":[{"id":…,"name":…,"state":…,"until":…}]}: who is there now. */
bool presence_write(struct work *w, const struct entity *e, int64_t id, struct jw *out);
/* Deletes what has run out. */
bool presence_expire(struct ctx *ctx, struct conn *c, usec now);
#endif
