/* SPDX-License-Identifier: Apache-2.0
 *
 * roster.c -- from weekly shifts to who is there when.
 *
 *     shift row x day --wall_spans--> instants --list of the week--> places --absences--> pieces of duty
 *
 *     list [A B C], weekly:     week 0: A B C      week 1: B C A      week 2: C A B ...
 *     at_once 1:                       A                  B                  C
 *
 * The days of a shift are those on which it begins: who began on Sunday at 22:00 stays until Monday 06:00, though the week
 * has changed.  Hours are those that the wall clock shows: an hour that the zone repeats is worked twice, one that it skips
 * not at all.
 *
 * Invariants
 *   1. Somebody who is away is not on duty; the substitute takes the same place, unless away as well.
 *   2. Nobody steps in by himself: a place without a substitute is empty.
 *   3. Nothing depends on anything but the arguments.
 *
 * Not here: which rosters count, names (service/rosters.c).
 */
#include "engine/roster.h"
#include <stdlib.h>

static int64_t
floor_div(int64_t a, int64_t b)
{
        return a / b - (a % b < 0);
}

static int64_t
week_of(int64_t day)
{
        return floor_div(day + 3, 7);  /* 1970-01-01 was a Thursday */
}

unsigned
roster_weekday(int64_t day)
{
        return 1u << (unsigned)(day + 3 - 7 * week_of(day));
}

struct expansion {
        struct arena *arena;
        const struct roster *r;
        usec from, to;
        struct wall wall;
        struct roster_duty *list;
        size_t count;
};

/* ---- away ---- */

static bool
is_away(const struct roster *r, int64_t person, usec t)
{
        for (size_t i = 0; i < r->absence_count; i++)
                if (r->absences[i].person == person && r->absences[i].from <= t && t < r->absences[i].to)
                        return true;
        return false;
}

/* The absence that counts at t: the latest made of those with a substitute who is there, else any. */
static const struct roster_absence *
absence_at(const struct roster *r, int64_t person, usec t)
{
        const struct roster_absence *found = NULL;

        for (size_t i = 0; i < r->absence_count; i++) {
                const struct roster_absence *a = &r->absences[i];
                bool helps = a->substitute != 0 && !is_away(r, a->substitute, t);
                if (a->person != person || t < a->from || t >= a->to)
                        continue;
                if (found == NULL || helps)
                        found = a;
        }
        return found;
}

/* The next instant after t at which anybody's absence begins or ends; `end` when none does before. */
static usec
next_edge(const struct roster *r, usec t, usec end)
{
        for (size_t i = 0; i < r->absence_count; i++) {
                if (r->absences[i].from > t && r->absences[i].from < end)
                        end = r->absences[i].from;
                if (r->absences[i].to > t && r->absences[i].to < end)
                        end = r->absences[i].to;
        }
        return end;
}

/* ---- a shift of a day ---- */

static bool
joins(const struct roster_duty *last, const struct roster_duty *d)
{
        return last->end == d->start && last->person == d->person && last->shift == d->shift &&
               last->absence == d->absence && last->place == d->place;
}

static void
add_piece(struct expansion *x, struct roster_duty d, size_t since)
{
        const struct roster_absence *away = absence_at(x->r, d.person, d.start);

        if (away != NULL) {
                if (away->substitute == 0 || is_away(x->r, away->substitute, d.start))
                        return;
                d.absence = away->id;
                d.instead_of = d.person;
                d.person = away->substitute;
        }
        if (x->count > since && joins(&x->list[x->count - 1], &d))
                x->list[x->count - 1].end = d.end;
        else
                *ARENA_PUSH(x->arena, x->list, x->count) = d;
}

/* One place of the list in one span, cut where absences begin and end. */
static void
add_place(struct expansion *x, const struct roster_shift *s, struct wall_span span, int64_t person, int place)
{
        size_t since = x->count;
        usec start = span.start > x->from ? span.start : x->from, end = span.end < x->to ? span.end : x->to;

        while (start < end) {
                usec cut = next_edge(x->r, start, end);
                add_piece(x, (struct roster_duty){.start = start, .end = cut, .person = person, .shift = s->id, .place = place},
                          since);
                start = cut;
        }
}

static void
add_day(struct expansion *x, const struct roster_shift *s, int64_t day)
{
        struct wall_span spans[WALL_SPANS];
        size_t n = wall_spans(&x->wall, day * USEC_DAY + s->start, day * USEC_DAY + s->end, spans);
        size_t there = s->at_once > 0 && s->at_once < s->count ? s->at_once : s->count;
        int64_t turn = s->weekly ? week_of(day) - week_of(x->r->first_week) : 0;

        for (size_t i = 0; i < n; i++)
                for (size_t place = 0; place < there; place++) {
                        int64_t at = turn + (int64_t)place;
                        at -= (int64_t)s->count * floor_div(at, (int64_t)s->count);
                        add_place(x, s, spans[i], s->people[at], (int)place);
                }
}

static void
add_shift(struct expansion *x, const struct roster_shift *s, int64_t first, int64_t last)
{
        const struct roster *r = x->r;

        if (first < r->from_day)
                first = r->from_day;
        if (first < s->from_day)
                first = s->from_day;
        if (last > r->to_day)
                last = r->to_day;
        if (last > s->to_day)
                last = s->to_day;
        for (int64_t day = first; day <= last && s->count > 0; day++)
                if (s->days & roster_weekday(day))
                        add_day(x, s, day);
}

/* ---- the questions ---- */

static int
by_start(const void *a, const void *b)
{
        const struct roster_duty *x = a, *y = b;

        if (x->start != y->start)
                return x->start < y->start ? -1 : 1;
        if (x->place != y->place)
                return x->place - y->place;
        if (x->shift != y->shift)
                return x->shift < y->shift ? -1 : 1;
        return x->person < y->person ? -1 : x->person > y->person;
}

void
roster_expand(struct arena *a, const struct roster *r, usec from, usec to, struct roster_duty **ret, size_t *ret_count)
{
        struct expansion x = {.arena = a, .r = r, .from = from, .to = to};
        int64_t first = floor_div(from, USEC_DAY) - 3, last = floor_div(to, USEC_DAY) + 1;

        if (from < to)
                wall_init(&x.wall, r->zone, (first - 2) * USEC_DAY, (last + 2) * USEC_DAY);
        for (size_t i = 0; from < to && i < r->shift_count; i++)
                add_shift(&x, &r->shifts[i], first, last);
        if (x.count > 0)
                qsort(x.list, x.count, sizeof *x.list, by_start);
        *ret = x.list;
        *ret_count = x.count;
}

/* Midnight before the roster's first day and behind its last: outside nobody is wanted. */
static struct wall_span
in_force(const struct roster *r, usec from, usec to)
{
        if (r->from_day > ROSTER_FIRST_DAY) {
                usec first = zone_instant(r->zone, time_civil(r->from_day * USEC_DAY));
                from = first > from ? first : from;
        }
        if (r->to_day < ROSTER_LAST_DAY) {
                usec last = zone_instant(r->zone, time_civil((r->to_day + 1) * USEC_DAY));
                to = last < to ? last : to;
        }
        return (struct wall_span){from, to};
}

bool
roster_hole(struct arena *a, const struct roster *r, usec from, usec to, struct wall_span *ret)
{
        struct wall_span wanted = in_force(r, from, to);
        struct roster_duty *list;
        size_t n;
        usec covered = wanted.start;

        if (wanted.start >= wanted.end)
                return false;
        roster_expand(a, r, wanted.start, wanted.end, &list, &n);
        if (n > 0 && wanted.start > from && list[0].start < wanted.start + USEC_DAY)
                covered = list[0].start;       /* the night before its first shift is its predecessor's */
        for (size_t i = 0; i < n && list[i].start <= covered; i++)
                if (list[i].end > covered)
                        covered = list[i].end;
        if (covered >= wanted.end)
                return false;
        *ret = (struct wall_span){covered, wanted.end};
        for (size_t i = 0; i < n; i++)
                if (list[i].start > covered) {
                        ret->end = list[i].start;
                        break;
                }
        return true;
}
