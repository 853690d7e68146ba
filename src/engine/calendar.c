/* SPDX-License-Identifier: Apache-2.0
 *
 * calendar.c -- working time.
 *
 * A calendar says when a promise runs: weekly shifts in a time zone, holidays that close a day and make-up workdays
 * that open one (调休).  An instant is working when its local wall-clock time lies in [start, end) of a shift of its day: an
 * hour that the zone repeats counts twice, one that it skips not at all.
 *
 * How: a year's working time is laid out once as spans of instants (sorted, disjoint, each knowing how much lies before
 * it) and kept.  Both questions are then a binary search in one or two years and a sum over the years between:
 *
 *     2026  [....]--[....]--[..  ]          span i: start, end, before = sum of the spans 0..i-1
 *
 * Invariants
 *   1. calendar_between(c, t, calendar_add(c, t, b)) == b, for every t and b >= 0.
 *   2. Both are monotonic in every argument.
 *   3. A calendar never changes; laying out a year only remembers what is determined already, under a lock, and is
 *      published by one atomic store, so that readers never wait for one another.
 *
 * Not here: which calendar a promise uses, pauses, versions with effective dates.
 */
#include "engine/calendar.h"
#include "engine/wall.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_YEAR = 1900, LAST_YEAR = 2400, YEARS = LAST_YEAR - FIRST_YEAR + 1 };

struct span {
        usec start, end, before;
};
struct year {
        usec from, to, total;          /* instants of the local new years, working time of the whole year */
        struct span *spans;
        size_t count;
};
struct calendar {
        const struct zone *zone;
        struct day_hours week[7];
        struct calendar_day *exceptions;       /* by day */
        size_t exception_count;
        pthread_mutex_t lock;
        _Atomic(struct year *) years[YEARS];
};

/* ---- making ---- */

static int
by_day(const void *a, const void *b)
{
        int64_t x = ((const struct calendar_day *)a)->day, y = ((const struct calendar_day *)b)->day;

        return x < y ? -1 : x > y;
}

static bool
check_hours(struct ctx *ctx, const struct day_hours *h)
{
        for (int i = 0; i < h->count; i++) {
                const struct shift *s = &h->shift[i];
                if (s->start < 0 || s->start >= USEC_DAY || s->end <= s->start || s->end > 2 * USEC_DAY)
                        return fail(ctx, E_CALENDAR, "", "a shift must begin in its day, end after it began and within 48 hours");
                if (i > 0 && s->start < h->shift[i - 1].end)
                        return fail(ctx, E_CALENDAR, "", "the shifts of a day must stand in order and not overlap");
        }
        return true;
}

/* Keeps the last one given for each day (the sort is made stable by place). */
static void
take_exceptions(struct calendar *c, const struct calendar_day *list, size_t n)
{
        c->exceptions = calloc(n ? n : 1, sizeof *list);
        if (c->exceptions == NULL)
                abort();
        for (size_t i = 0; i < n; i++) {
                size_t at = 0;
                while (at < c->exception_count && c->exceptions[at].day != list[i].day)
                        at++;
                c->exceptions[at] = list[i];
                if (at == c->exception_count)
                        c->exception_count++;
        }
        qsort(c->exceptions, c->exception_count, sizeof *c->exceptions, by_day);
}

struct calendar *
calendar_new(struct ctx *ctx, const struct zone *zone, const struct day_hours week[7],
             const struct calendar_day *exceptions, size_t exception_count)
{
        struct calendar *c;

        for (int i = 0; i < 7; i++)
                if (!check_hours(ctx, &week[i]))
                        return NULL;
        for (size_t i = 0; i < exception_count; i++)
                if (!check_hours(ctx, &exceptions[i].hours))
                        return NULL;
        c = calloc(1, sizeof *c);
        if (c == NULL)
                abort();
        c->zone = zone;
        memcpy(c->week, week, sizeof c->week);
        take_exceptions(c, exceptions, exception_count);
        pthread_mutex_init(&c->lock, NULL);
        return c;
}

void
calendar_free(struct calendar *c)
{
        if (c == NULL)
                return;
        for (int i = 0; i < YEARS; i++) {
                struct year *y = atomic_load(&c->years[i]);
                if (y != NULL)
                        free(y->spans);
                free(y);
        }
        pthread_mutex_destroy(&c->lock);
        free(c->exceptions);
        free(c);
}

/* ---- laying out a year ---- */

static const struct day_hours *
hours_of(const struct calendar *c, int64_t day)
{
        struct calendar_day key = {.day = day};
        const struct calendar_day *e =
                bsearch(&key, c->exceptions, c->exception_count, sizeof *c->exceptions, by_day);

        return e != NULL ? &e->hours : &c->week[((day + 3) % 7 + 7) % 7];      /* 1970-01-01 was a Thursday */
}

static int64_t
day_of_new_year(int year)
{
        int64_t y = year - 1;

        return y * 365 + y / 4 - y / 100 + y / 400 - 719162;
}

struct layout {
        const struct calendar *c;
        struct year *y;
        size_t cap;
        struct wall wall;              /* around the year */
};

/* Spans come sorted but for shifts beyond midnight and repeated hours: each is put in its place, joined where they meet. */
static void
add_span(struct layout *l, usec start, usec end)
{
        struct year *y = l->y;
        size_t i;

        if (start < y->from)
                start = y->from;
        if (end > y->to)
                end = y->to;
        if (start >= end)
                return;
        for (i = y->count; i > 0 && y->spans[i - 1].end >= start; i--) {
                if (y->spans[i - 1].start > end)
                        continue;
                start = y->spans[i - 1].start < start ? y->spans[i - 1].start : start;
                end = y->spans[i - 1].end > end ? y->spans[i - 1].end : end;
                memmove(&y->spans[i - 1], &y->spans[i], (y->count - i) * sizeof *y->spans);
                y->count--;
        }
        if (y->count == l->cap) {
                l->cap = l->cap ? l->cap * 2 : 512;
                y->spans = realloc(y->spans, l->cap * sizeof *y->spans);
                if (y->spans == NULL)
                        abort();
        }
        memmove(&y->spans[i + 1], &y->spans[i], (y->count - i) * sizeof *y->spans);
        y->spans[i] = (struct span){.start = start, .end = end};
        y->count++;
}

static void
add_wall(struct layout *l, usec from, usec to)
{
        struct wall_span pieces[WALL_SPANS];
        size_t n = wall_spans(&l->wall, from, to, pieces);

        for (size_t i = 0; i < n; i++)
                add_span(l, pieces[i].start, pieces[i].end);
}

static struct year *
lay_out(const struct calendar *c, int year)
{
        int64_t first = day_of_new_year(year), last = day_of_new_year(year + 1);
        struct layout l = {.c = c, .y = calloc(1, sizeof(struct year))};
        struct civil new_year = {year, 1, 1, 0, 0, 0, 0}, next = {year + 1, 1, 1, 0, 0, 0, 0};

        if (l.y == NULL)
                abort();
        l.y->from = zone_instant(c->zone, new_year);
        l.y->to = zone_instant(c->zone, next);
        wall_init(&l.wall, c->zone, (first - 4) * USEC_DAY, (last + 4) * USEC_DAY);
        for (int64_t day = first - 2; day <= last; day++) {
                const struct day_hours *h = hours_of(c, day);
                for (int i = 0; i < h->count; i++)
                        add_wall(&l, day * USEC_DAY + h->shift[i].start, day * USEC_DAY + h->shift[i].end);
        }
        for (size_t i = 0; i < l.y->count; i++) {
                l.y->spans[i].before = l.y->total;
                l.y->total += l.y->spans[i].end - l.y->spans[i].start;
        }
        return l.y;
}

static const struct year *
year_at(const struct calendar *c, int index)
{
        struct calendar *mine = (struct calendar *)c;
        struct year *y = atomic_load_explicit(&mine->years[index], memory_order_acquire);

        if (y != NULL)
                return y;
        pthread_mutex_lock(&mine->lock);
        y = atomic_load_explicit(&mine->years[index], memory_order_acquire);
        if (y == NULL) {
                y = lay_out(c, FIRST_YEAR + index);
                atomic_store_explicit(&mine->years[index], y, memory_order_release);
        }
        pthread_mutex_unlock(&mine->lock);
        return y;
}

/* Which year an instant lies in, by its local date; bounded to what is kept. */
static int
year_index(const struct calendar *c, usec t)
{
        int i = (int)(t / (365 * USEC_DAY + USEC_DAY / 4)) + 1970 - FIRST_YEAR;

        i = i < 0 ? 0 : i >= YEARS ? YEARS - 1 : i;
        while (i > 0 && t < year_at(c, i)->from)
                i--;
        while (i < YEARS - 1 && t >= year_at(c, i)->to)
                i++;
        return i;
}

/* ---- the questions ---- */

/* How many spans begin at or before t. */
static size_t
spans_begun(const struct year *y, usec t)
{
        size_t low = 0, high = y->count;

        while (low < high) {
                size_t middle = (low + high) / 2;
                if (y->spans[middle].start <= t)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

/* Working time of the year before t. */
static usec
used_before(const struct year *y, usec t)
{
        size_t n = spans_begun(y, t);
        const struct span *s;

        if (n == 0)
                return 0;
        s = &y->spans[n - 1];
        return s->before + (t < s->end ? t : s->end) - s->start;
}

usec
calendar_between(const struct calendar *c, usec from, usec to)
{
        int a, b;
        usec sum;

        if (to < from)
                return -calendar_between(c, to, from);
        a = year_index(c, from);
        b = year_index(c, to);
        sum = used_before(year_at(c, b), to) - used_before(year_at(c, a), from);
        for (int i = a; i < b; i++)
                sum += year_at(c, i)->total;
        return sum;
}

/* The instant of the year at which `used` working time has passed: the earliest one. */
static usec
instant_of(const struct year *y, usec used)
{
        size_t low = 0, high = y->count;

        while (low < high) {           /* the first span that ends with at least `used` passed */
                size_t middle = (low + high) / 2;
                const struct span *s = &y->spans[middle];
                if (s->before + (s->end - s->start) < used)
                        low = middle + 1;
                else
                        high = middle;
        }
        return y->spans[low].start + used - y->spans[low].before;
}

static bool
first_open(const struct calendar *c, int year, usec from, usec *ret)
{
        int last = year + CALENDAR_HORIZON < YEARS ? year + CALENDAR_HORIZON : YEARS - 1;

        for (; year <= last; year++) {
                const struct year *y = year_at(c, year);
                size_t n = spans_begun(y, from);
                if (n > 0 && from < y->spans[n - 1].end)
                        return *ret = from, true;
                if (n < y->count)
                        return *ret = y->spans[n].start, true;
        }
        return false;
}

bool
calendar_add(struct ctx *ctx, const struct calendar *c, usec start, usec budget, usec *ret_due)
{
        int year = year_index(c, start), idle = 0;
        usec need;

        if (budget == 0)
                return first_open(c, year, start, ret_due) || fail(ctx, E_CALENDAR_CLOSED, "");
        need = budget + used_before(year_at(c, year), start);
        for (; year < YEARS; year++) {
                const struct year *y = year_at(c, year);
                if (y->total >= need)
                        return *ret_due = instant_of(y, need), true;
                need -= y->total;
                idle = y->total == 0 ? idle + 1 : 0;
                if (idle > CALENDAR_HORIZON)
                        break;
        }
        return fail(ctx, E_CALENDAR_CLOSED, "");
}

bool
calendar_lacks_year(const struct calendar *c, usec t, int *ret_year)
{
        int64_t first, next;

        *ret_year = FIRST_YEAR + year_index(c, t);
        first = day_of_new_year(*ret_year);
        next = day_of_new_year(*ret_year + 1);
        for (size_t i = 0; i < c->exception_count; i++)
                if (c->exceptions[i].day >= first && c->exceptions[i].day < next)
                        return false;
        return c->exception_count > 0;
}

bool
calendar_is_open(const struct calendar *c, usec t)
{
        const struct year *y = year_at(c, year_index(c, t));
        size_t n = spans_begun(y, t);

        return n > 0 && t < y->spans[n - 1].end;
}
