/* SPDX-License-Identifier: Apache-2.0
 *
 * wall.h -- wall-clock times of a zone as instants, exact where the zone changes its offset.
 */
#ifndef ENGINE_WALL_H
#define ENGINE_WALL_H
#include "base/zone.h"

enum { WALL_CHANGES = 64, WALL_SPANS = WALL_CHANGES + 1 };
struct wall {                          /* a zone over some time, with the changes of its offset in it */
        const struct zone *zone;
        usec change[WALL_CHANGES];
        size_t count;
};
struct wall_span {
        usec start, end;               /* instants */
};
/* For instants in [from, to); of more than WALL_CHANGES changes the first ones are known. */
void wall_init(struct wall *w, const struct zone *zone, usec from, usec to);
/* The instants whose wall-clock time lies in [from, to), microseconds since 1970-01-01 local: none in an hour that the zone
 * skips, two spans around one that it repeats.  Sorted.  Returns how many. */
size_t wall_spans(const struct wall *w, usec from, usec to, struct wall_span out[WALL_SPANS]);
#endif
