/* SPDX-License-Identifier: Apache-2.0
 *
 * wall.c -- wall-clock times of a zone as instants.
 *
 *     offset   +1h ------------.               .------------ +1h
 *                              '---- +2h ------'
 *     pieces   [      0       )[       1       )[     2     )       in each the offset is one number
 *
 * Invariant: an instant lies in a span of [from, to) exactly when the wall clock shows a time in [from, to) then.
 *
 * Not here: shifts, days and weeks (calendar.c, roster.c).
 */
#include "engine/wall.h"

/* The instant in (low, high] at which the offset stops being `before`, to the second. */
static usec
change_between(const struct zone *z, int before, usec low, usec high)
{
        while (high - low > USEC_SECOND) {
                usec middle = low + (high - low) / 2 / USEC_SECOND * USEC_SECOND;
                if (zone_offset(z, middle) == before)
                        low = middle;
                else
                        high = middle;
        }
        return high;
}

/* At most one change a day. */
void
wall_init(struct wall *w, const struct zone *zone, usec from, usec to)
{
        int before = zone_offset(zone, from);

        *w = (struct wall){.zone = zone};
        for (usec t = from; t < to && w->count < WALL_CHANGES; t += USEC_DAY) {
                int after = zone_offset(zone, t + USEC_DAY);
                if (after == before)
                        continue;
                w->change[w->count++] = change_between(zone, before, t, t + USEC_DAY);
                before = after;
        }
}

size_t
wall_spans(const struct wall *w, usec from, usec to, struct wall_span out[WALL_SPANS])
{
        usec piece_from = INT64_MIN;
        size_t n = 0;

        for (size_t i = 0; i <= w->count; i++) {
                usec piece_to = i < w->count ? w->change[i] : INT64_MAX;
                usec probe = i < w->count ? piece_to - USEC_SECOND : piece_from;
                usec offset = zone_offset(w->zone, w->count ? probe : from) * USEC_SECOND;
                usec start = from - offset, end = to - offset;
                if (start < piece_from)
                        start = piece_from;
                if (end > piece_to)
                        end = piece_to;
                if (start < end)
                        out[n++] = (struct wall_span){start, end};
                piece_from = piece_to;
        }
        return n;
}
