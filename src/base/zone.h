/* SPDX-License-Identifier: Apache-2.0
 *
 * zone.h -- IANA time zones, by GLib's GTimeZone.  Thread-safe; zones are cached for the process.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H
#include "base/clock.h"
struct zone;
/* NULL when there is no such zone ("Europe/Berlin", "UTC", "+08:00"). */
const struct zone *zone_get(const char *name);
/* Seconds east of UTC at t. */
int zone_offset(const struct zone *z, usec t);
/* The instant of a wall-clock time; a time that a spring-forward gap skips maps to the instant after the gap,
 * one that occurs twice to the first. */
usec zone_instant(const struct zone *z, struct civil local);
struct civil zone_civil(const struct zone *z, usec t);
/* Reads `s` by a strptime-like pattern of %d %m %Y %H %M %S %f (numbers may lack leading zeros; %% literal). */
bool zone_parse(const struct zone *z, struct str s, const char *pattern, usec *ret);
#endif
