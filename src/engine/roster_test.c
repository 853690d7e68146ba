/* SPDX-License-Identifier: Apache-2.0
 *
 * roster_test.c -- rosters by hand, and against a walk minute by minute over the edges of daylight saving.
 *
 * The walk knows nothing of spans: it asks for each minute what the wall clock of the zone shows, whether a shift of that
 * day or of the day before is on then, whose turn the week is, and who is away.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "engine/roster.h"
#include <stdlib.h>
#include <string.h>

enum { WEEKDAYS = 31, ALL_DAYS = 127, PEOPLE = 6 };
static struct arena *arena;

static int
begin(void **state)
{
        arena = arena_new(0);
        return 0;
}

static int
end(void **state)
{
        arena_free(arena);
        return 0;
}

static usec
at(const char *text)
{
        usec t;

        assert_true(time_parse(str_of(text), &t));
        return t;
}

static int64_t
day(const char *text)
{
        int64_t d;

        assert_true(date_parse(str_of(text), &d));
        return d;
}

static const int64_t ABC[] = {11, 12, 13};

static struct roster_shift
shift(unsigned days, int from, int to)
{
        return (struct roster_shift){.id = 1, .days = days, .start = from * USEC_HOUR, .end = to * USEC_HOUR, .people = ABC,
                                     .count = 3, .from_day = ROSTER_FIRST_DAY, .to_day = ROSTER_LAST_DAY};
}

static struct roster
roster(const char *zone, const struct roster_shift *shifts, size_t n)
{
        return (struct roster){.zone = zone_get(zone), .first_week = day("2026-01-05"), .from_day = ROSTER_FIRST_DAY,
                               .to_day = ROSTER_LAST_DAY, .shifts = shifts, .shift_count = n};
}

static int64_t
first_at(const struct roster *r, const char *when)
{
        struct roster_duty *list;
        size_t n;

        roster_expand(arena, r, at(when), at(when) + 1, &list, &n);
        return n > 0 ? list[0].person : 0;
}

/* ---- by hand ---- */

static void
the_list_turns_each_week(void **state)
{
        struct roster_shift s = shift(ALL_DAYS, 0, 24);
        struct roster r = roster("Asia/Shanghai", &s, 1);

        s.weekly = true;
        s.at_once = 1;
        assert_int_equal(first_at(&r, "2026-01-05T00:00:00+08:00"), 11);
        assert_int_equal(first_at(&r, "2026-01-11T23:59:00+08:00"), 11);
        assert_int_equal(first_at(&r, "2026-01-12T00:00:00+08:00"), 12);
        assert_int_equal(first_at(&r, "2026-01-26T00:00:00+08:00"), 11);
        assert_int_equal(first_at(&r, "2026-01-04T12:00:00+08:00"), 13);       /* the week before the first */
}

static void
a_night_belongs_to_the_day_it_begins(void **state)
{
        struct roster_shift s = shift(64, 22, 30);
        struct roster r = roster("Asia/Shanghai", &s, 1);

        s.weekly = true;
        s.at_once = 1;
        assert_int_equal(first_at(&r, "2026-01-11T22:00:00+08:00"), 11);
        assert_int_equal(first_at(&r, "2026-01-12T05:59:00+08:00"), 11);
        assert_int_equal(first_at(&r, "2026-01-12T06:00:00+08:00"), 0);
}

static void
the_substitute_takes_the_place(void **state)
{
        struct roster_shift s = shift(ALL_DAYS, 0, 24);
        struct roster_absence away[] = {{7, 11, 13, at("2026-01-06T00:00:00+08:00"), at("2026-01-07T00:00:00+08:00")},
                                        {8, 12, 0, at("2026-01-06T00:00:00+08:00"), at("2026-01-06T12:00:00+08:00")}};
        struct roster r = roster("Asia/Shanghai", &s, 1);
        struct roster_duty *list;
        size_t n;

        r.absences = away;
        r.absence_count = 2;
        roster_expand(arena, &r, at("2026-01-06T08:00:00+08:00"), at("2026-01-06T09:00:00+08:00"), &list, &n);
        assert_int_equal(n, 2);
        assert_int_equal(list[0].person, 13);
        assert_int_equal(list[0].instead_of, 11);
        assert_int_equal(list[0].absence, 7);
        assert_int_equal(list[0].place, 0);
        assert_int_equal(list[1].place, 2);
}

static struct wall_span
hole_of(const struct roster *r, const char *from, const char *to)
{
        struct wall_span h;

        assert_true(roster_hole(arena, r, at(from), at(to), &h));
        return h;
}

static void
the_first_hole_is_named(void **state)
{
        struct roster_shift s[] = {shift(ALL_DAYS, 8, 20), shift(WEEKDAYS, 20, 32)};
        struct roster r = roster("Europe/Berlin", s, 2);
        struct wall_span h = hole_of(&r, "2026-03-02T09:00:00Z", "2026-05-01T00:00:00Z"), none;

        assert_int_equal(h.start, at("2026-03-07T20:00:00+01:00"));
        assert_int_equal(h.end, at("2026-03-08T08:00:00+01:00"));
        s[1].days = ALL_DAYS;
        assert_false(roster_hole(arena, &r, at("2026-03-02T09:00:00Z"), at("2027-03-01T00:00:00Z"), &none));
        r.to_day = day("2026-03-10");
        assert_false(roster_hole(arena, &r, at("2026-03-02T09:00:00Z"), at("2027-03-01T00:00:00Z"), &none));
        s[1].to_day = day("2026-03-04");
        h = hole_of(&r, "2026-03-02T09:00:00Z", "2026-05-01T00:00:00Z");
        assert_int_equal(h.start, at("2026-03-05T20:00:00+01:00"));
}

/* Twelve hours from the clock's point of view: the night in which it springs has eleven, and one of 23 hours leaves no hole. */
static void
a_night_of_the_change_has_no_hole(void **state)
{
        struct roster_shift s[] = {shift(ALL_DAYS, 3, 26), shift(ALL_DAYS, 2, 3)};
        struct roster r = roster("Europe/Berlin", s, 2);
        struct wall_span h;

        assert_false(roster_hole(arena, &r, at("2026-03-20T00:00:00Z"), at("2026-11-10T00:00:00Z"), &h));
        r.shift_count = 1;             /* 02:00 to 03:00 is nobody's: twice as long on the day that repeats it, gone on the other */
        h = hole_of(&r, "2026-03-29T00:00:00Z", "2026-11-10T00:00:00Z");
        assert_int_equal(h.start, at("2026-03-30T02:00:00+02:00"));
        h = hole_of(&r, "2026-10-25T00:00:00Z", "2026-11-10T00:00:00Z");
        assert_int_equal(h.start, at("2026-10-25T02:00:00+02:00"));
        assert_int_equal(h.end, at("2026-10-25T03:00:00+01:00"));
}

/* ---- the walk ---- */

static uint64_t dice = 42;

static int
throw_dice(int sides)
{
        dice = dice * 6364136223846793005u + 1442695040888963407u;
        return (int)((dice >> 33) % (uint64_t)sides);
}

static bool
away_at(const struct roster *r, int64_t person, usec t)
{
        bool away = false;

        for (size_t i = 0; i < r->absence_count; i++)
                away |= r->absences[i].person == person && r->absences[i].from <= t && t < r->absences[i].to;
        return away;
}

/* Who sits in a place then; 0: nobody. */
static int64_t
sits(const struct roster *r, int64_t person, usec t)
{
        if (!away_at(r, person, t))
                return person;
        for (size_t i = r->absence_count; i > 0; i--) {
                const struct roster_absence *a = &r->absences[i - 1];
                if (a->person == person && a->from <= t && t < a->to && a->substitute && !away_at(r, a->substitute, t))
                        return a->substitute;
        }
        return 0;
}

static usec
local_at(const struct zone *z, usec t)
{
        return time_of_civil(zone_civil(z, t));
}

/* Marks by place who is there; people[shift][place]. */
static void
walk(const struct roster *r, usec t, int64_t people[4][PEOPLE])
{
        usec local = local_at(r->zone, t);
        int64_t today = local / USEC_DAY;

        memset(people, 0, sizeof(int64_t[4][PEOPLE]));
        for (size_t i = 0; i < r->shift_count; i++)
                for (int64_t d = today - 1; d <= today; d++) {
                        const struct roster_shift *s = &r->shifts[i];
                        int64_t monday = d, turn = 0;
                        usec since = local - d * USEC_DAY;
                        if (since < s->start || since >= s->end || d < s->from_day || d > s->to_day || d < r->from_day ||
                            d > r->to_day || !(s->days >> ((d + 3) % 7) & 1))
                                continue;
                        while ((monday + 3) % 7 != 0)
                                monday--;
                        for (int64_t m = r->first_week; s->weekly && m < monday; m += 7)
                                turn++;
                        for (size_t p = 0; p < (s->at_once ? s->at_once : s->count); p++)
                                people[i][p] = sits(r, s->people[((size_t)turn + p) % s->count], t);
                }
}

static void
compare(const struct roster *r, const struct roster_duty *list, size_t n, usec t)
{
        int64_t want[4][PEOPLE], got[4][PEOPLE] = {0};

        walk(r, t, want);
        for (size_t i = 0; i < n; i++)
                if (list[i].start <= t && t < list[i].end)
                        got[list[i].shift][list[i].place] = list[i].person;
        assert_memory_equal(got, want, sizeof got);
}

static void
throw_shifts(struct roster_shift *s, int64_t *people, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                int64_t *mine = people + i * PEOPLE;
                s[i] = (struct roster_shift){.id = (int64_t)i, .days = (unsigned)throw_dice(128), .people = mine,
                                             .count = 1 + (size_t)throw_dice(4), .weekly = throw_dice(2),
                                             .from_day = ROSTER_FIRST_DAY, .to_day = ROSTER_LAST_DAY};
                s[i].start = throw_dice(48) * 30 * USEC_MINUTE;
                s[i].end = s[i].start + (1 + throw_dice(48)) * 30 * USEC_MINUTE;
                s[i].at_once = throw_dice(2) ? 0 : 1 + (size_t)throw_dice((int)s[i].count);
                for (size_t p = 0; p < s[i].count; p++)
                        mine[p] = 100 + throw_dice(3) + (int64_t)p * 3;
        }
}

static void
throw_absences(struct roster_absence *a, size_t n, usec from)
{
        for (size_t i = 0; i < n; i++) {
                a[i] = (struct roster_absence){.id = (int64_t)i + 1, .person = 100 + throw_dice(12)};
                a[i].substitute = throw_dice(3) ? 100 + throw_dice(14) : 0;
                a[i].from = from + throw_dice(96) * USEC_HOUR;
                a[i].to = a[i].from + (1 + throw_dice(48)) * USEC_HOUR;
                if (a[i].substitute == a[i].person)
                        a[i].substitute = 0;
        }
}

static void
a_walk_agrees(void **state)
{
        static const char *const when[][2] = {
                {"Europe/Berlin", "2026-03-28T00:00:00Z"},      {"Europe/Berlin", "2026-10-24T00:00:00Z"},
                {"America/New_York", "2026-03-07T12:00:00Z"},   {"America/New_York", "2026-10-31T12:00:00Z"},
                {"Australia/Lord_Howe", "2026-04-03T12:00:00Z"}, {"Australia/Lord_Howe", "2026-10-02T12:00:00Z"},
                {"Asia/Shanghai", "2026-02-27T00:00:00Z"},      {"Africa/Casablanca", "2026-03-21T00:00:00Z"},
        };

        for (int round = 0; round < 160; round++) {
                const char *const *w = when[round % 8];
                struct roster_shift s[4];
                struct roster_absence a[4];
                int64_t people[4 * PEOPLE];
                usec from = at(w[1]), to = from + 4 * USEC_DAY;
                struct roster r = roster(w[0], s, 1 + (size_t)throw_dice(4));
                struct roster_duty *list;
                size_t n;
                throw_shifts(s, people, r.shift_count);
                r.absences = a;
                r.absence_count = (size_t)throw_dice(5);
                throw_absences(a, r.absence_count, from);
                if (throw_dice(3) == 0)
                        r.from_day = from / USEC_DAY + 1;
                roster_expand(arena, &r, from, to, &list, &n);
                for (usec t = from; t < to; t += 10 * USEC_MINUTE) {
                        compare(&r, list, n, t);
                        compare(&r, list, n, t + 10 * USEC_MINUTE - USEC_MINUTE < to ? t + 9 * USEC_MINUTE : t);
                }
        }
}

/* The first hole of the walk, looked for minute by minute. */
static void
a_walk_finds_the_same_hole(void **state)
{
        for (int round = 0; round < 60; round++) {
                struct roster_shift s[4];
                struct roster_absence a[4];
                int64_t people[4 * PEOPLE], who[4][PEOPLE];
                usec from = at(round % 2 ? "2026-10-24T00:00:00Z" : "2026-03-28T00:00:00Z"), to = from + 3 * USEC_DAY, t;
                struct roster r = roster("Europe/Berlin", s, 4);
                struct wall_span h;
                throw_shifts(s, people, 4);
                for (int i = 0; i < 4; i++) {          /* nearly always somebody */
                        s[i].days = ALL_DAYS;
                        s[i].end = s[i].start + (8 + throw_dice(8)) * USEC_HOUR;
                }
                r.absences = a;
                r.absence_count = 2;
                throw_absences(a, 2, from);
                for (t = from; t < to; t += USEC_MINUTE) {
                        bool there = false;
                        walk(&r, t, who);
                        for (int i = 0; i < 4 * PEOPLE; i++)
                                there |= who[i / PEOPLE][i % PEOPLE] != 0;
                        if (!there)
                                break;
                }
                assert_int_equal(roster_hole(arena, &r, from, to, &h), t < to);
                if (t < to)
                        assert_int_equal(h.start, t);
        }
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(the_list_turns_each_week, begin, end),
                cmocka_unit_test_setup_teardown(a_night_belongs_to_the_day_it_begins, begin, end),
                cmocka_unit_test_setup_teardown(the_substitute_takes_the_place, begin, end),
                cmocka_unit_test_setup_teardown(the_first_hole_is_named, begin, end),
                cmocka_unit_test_setup_teardown(a_night_of_the_change_has_no_hole, begin, end),
                cmocka_unit_test_setup_teardown(a_walk_agrees, begin, end),
                cmocka_unit_test_setup_teardown(a_walk_finds_the_same_hole, begin, end),
        };

        return cmocka_run_group_tests_name("roster", tests, NULL, NULL);
}
