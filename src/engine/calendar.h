/* SPDX-License-Identifier: Apache-2.0
 *
 * calendar.h -- working time: when a promise is due, and how much working time lies between two instants.
 */
#ifndef ENGINE_CALENDAR_H
#define ENGINE_CALENDAR_H
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "base/zone.h"

enum { CALENDAR_SHIFTS = 8 };          /* a day, at most */

struct shift {                         /* wall-clock microseconds since local midnight; end may lie beyond 24 h, up to 48 h */
        usec start, end;
};
struct day_hours {
        struct shift shift[CALENDAR_SHIFTS];
        int count;                     /* 0: closed */
};
struct calendar_day {                  /* an exception: holiday, shortened day, make-up workday (调休) */
        int64_t day;                   /* days since 1970-01-01 */
        struct day_hours hours;
};

struct calendar;
/* Copies all it is given.  week[0] is Monday; exceptions may stand in any order, the last one of a day counts.
 * E_CALENDAR: a shift that ends before it starts, lies outside 0-48 h or overlaps another of its day. */
struct calendar *calendar_new(struct ctx *ctx, const struct zone *zone, const struct day_hours week[7],
                              const struct calendar_day *exceptions, size_t exception_count);
void calendar_free(struct calendar *c);

/* The first instant at which `budget` microseconds (>= 0) of working time, counted from `start`, are used up; the end of a
 * shift rather than the start of the next.  A zero budget ends at the first working instant at or after `start`.
 * False with E_CALENDAR_CLOSED when the calendar does not open for CALENDAR_HORIZON years, or past the year 2400. */
enum { CALENDAR_HORIZON = 12 };
bool calendar_add(struct ctx *ctx, const struct calendar *c, usec start, usec budget, usec *ret_due);
/* Working microseconds in [from, to); negative when to < from. */
usec calendar_between(const struct calendar *c, usec from, usec to);
bool calendar_is_open(const struct calendar *c, usec t);
/* Has it exceptions (holidays, make-up workdays) in some year, but none in the local year of t? */
bool calendar_lacks_year(const struct calendar *c, usec t, int *ret_year);

/* {"timezone": "Asia/Shanghai", "hours": {"mon": [["09:00","18:00"]], ...}, "holidays": ["2024-01-01"],
 *  "special_hours": {"2024-02-04": [["09:00","18:00"]]}}: special hours win over holidays, holidays over weekdays. */
struct calendar *calendar_from_json(struct ctx *ctx, const struct json *v);
#endif
