/* SPDX-License-Identifier: Apache-2.0
 *
 * clock.h -- the one clock, and how instants are written.
 *
 * An instant is microseconds since 1970-01-01T00:00:00Z in an int64 (`usec`).
 * clock_now() is the only place that asks the system for the time of day; a test turns it.
 * clock_monotonic() is for measuring and time-outs and cannot be turned.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H
#include <stdbool.h>
#include <stdint.h>
#include "base/str.h"

typedef int64_t usec;
#define USEC_SECOND ((usec)1000000)
#define USEC_MINUTE (60 * USEC_SECOND)
#define USEC_HOUR (60 * USEC_MINUTE)
#define USEC_DAY (24 * USEC_HOUR)
#define USEC_NONE INT64_MIN

usec clock_now(void);
usec clock_monotonic(void);
void clock_advance(usec by);                           /* tests only: clock_now() runs ahead by the sum of these */
void clock_freeze(usec at);                            /* tests only: clock_now() stands still; USEC_NONE lets it go again */
/* Tests only: called after each clock_advance, by whoever turned it.  turned NULL: nobody any more. */
void clock_on_turn(void (*turned)(void *arg), void *arg);

#define TIME_TEXT_MAX 40
/* RFC 3339 in UTC, "2026-11-21T19:24:15Z", with .ffffff only when not a whole second. Returns the length. */
size_t time_format(usec t, char out[TIME_TEXT_MAX]);
/* RFC 3339 with any offset, fraction up to 6 digits, 'T' or blank between; years 0001-9999.
 * A local time without offset is refused (zone_parse takes those). */
bool time_parse(struct str s, usec *ret);
/* "2026-02-29" is refused; *ret_days = days since 1970-01-01. */
bool date_parse(struct str s, int64_t *ret_days);
void date_format(int64_t days, char out[TIME_TEXT_MAX]);
struct civil { int year, month, day, hour, minute, second, micro; };
struct civil time_civil(usec t);                       /* in UTC */
usec time_of_civil(struct civil c);                    /* as UTC; fields in range */
bool civil_valid(struct civil c);                      /* a date that exists, years 0001-9999, and a time of day */
/* Milliseconds-long text for the log. */
size_t time_format_ms(usec t, char out[TIME_TEXT_MAX]);
#endif
