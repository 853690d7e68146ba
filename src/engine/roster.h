/* SPDX-License-Identifier: Apache-2.0
 *
 * roster.h -- who works or is on call when: weekly shifts in a zone, people in turn, days away.
 */
#ifndef ENGINE_ROSTER_H
#define ENGINE_ROSTER_H
#include "base/arena.h"
#include "engine/wall.h"

struct roster_shift {                  /* one row: these hours on these days */
        int64_t id;
        unsigned days;                 /* bit 0: Monday ... bit 6: Sunday; the day on which the shift begins */
        usec start, end;               /* wall clock since midnight; end beyond 24 h: into the next day */
        const int64_t *people;         /* in the order of the list */
        size_t count;
        bool weekly;                   /* each week the list begins one further */
        size_t at_once;                /* how many of the list are on it; 0: all */
        int64_t from_day, to_day;      /* days since 1970 on which it may begin, both included */
};
struct roster_absence {                /* somebody is away */
        int64_t id, person, substitute;        /* substitute 0: the place stays empty */
        usec from, to;
};
struct roster {
        const struct zone *zone;
        int64_t first_week;            /* a day of the week in which the lists begin with their first */
        int64_t from_day, to_day;      /* in force, both included */
        const struct roster_shift *shifts;
        size_t shift_count;
        const struct roster_absence *absences;
        size_t absence_count;
};
enum { ROSTER_FIRST_DAY = -700000, ROSTER_LAST_DAY = 2900000 };        /* "always" */

struct roster_duty {                   /* one person, one piece of time */
        usec start, end;
        int64_t person;
        int64_t shift, absence;        /* the rows that say so; absence 0: none */
        int64_t instead_of;            /* 0: nobody */
        int place;                     /* 0 is paged first */
};
/* All duty in [from, to), cut to it, by start, then place, shift and person. */
void roster_expand(struct arena *a, const struct roster *r, usec from, usec to, struct roster_duty **ret, size_t *ret_count);
/* The first time in [from, to), from the roster's first shift to the midnight behind its last day, in which nobody is there;
 * false when there is none. */
bool roster_hole(struct arena *a, const struct roster *r, usec from, usec to, struct wall_span *ret);
/* The bit of a day's weekday. */
unsigned roster_weekday(int64_t day);
#endif
