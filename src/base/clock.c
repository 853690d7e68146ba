/* SPDX-License-Identifier: Apache-2.0
 *
 * clock.c -- the one clock, and how instants are written.
 *
 * Dates are of the proleptic Gregorian calendar, without leap seconds: every day has 86400 seconds, as
 * POSIX counts.  Days and dates are turned into each other by Howard Hinnant's formulas
 * (http://howardhinnant.github.io/date_algorithms.html), which count years from March so that the leap day
 * is the last of its year; they need neither a table nor a loop.
 *
 * The test clock
 *     system --clock_advance--> system + offset
 *     system --clock_freeze(at)--> `at`, moved only by clock_advance
 *     frozen --clock_freeze(USEC_NONE)--> system + offset
 *   Both words are atomic: a test turns the clock while worker threads read it.
 *
 * Invariants
 *   1. time_parse(time_format(t)) == t for every t in the years 0001 to 9999.
 *   2. time_of_civil(time_civil(t)) == t for every t but those of the first and last day that fit.
 *
 * Not here: time zones (zone.c), working time (engine/calendar.c).
 */
#include "base/clock.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

static _Atomic int64_t offset;
static _Atomic int64_t frozen = USEC_NONE;
static pthread_mutex_t turn_lock = PTHREAD_MUTEX_INITIALIZER;  /* the two below; held while told */
static void (*on_turn)(void *arg);
static void *on_turn_arg;

static usec
system_time(clockid_t id)
{
        struct timespec ts;

        clock_gettime(id, &ts);
        return ts.tv_sec * USEC_SECOND + ts.tv_nsec / 1000;
}

usec
clock_now(void)
{
        usec at = atomic_load_explicit(&frozen, memory_order_relaxed);

        if (at != USEC_NONE)
                return at;
        return system_time(CLOCK_REALTIME) + atomic_load_explicit(&offset, memory_order_relaxed);
}

usec
clock_monotonic(void)
{
        return system_time(CLOCK_MONOTONIC);
}

void
clock_advance(usec by)
{
        if (atomic_load(&frozen) != USEC_NONE)
                atomic_fetch_add(&frozen, by);
        atomic_fetch_add(&offset, by);
        pthread_mutex_lock(&turn_lock);
        if (on_turn != NULL)
                on_turn(on_turn_arg);
        pthread_mutex_unlock(&turn_lock);
}

void
clock_on_turn(void (*turned)(void *arg), void *arg)
{
        pthread_mutex_lock(&turn_lock);
        on_turn = turned;
        on_turn_arg = arg;
        pthread_mutex_unlock(&turn_lock);
}

void
clock_freeze(usec at)
{
        atomic_store(&frozen, at);
}

/* ---- civil time ---- */

/* Quotient rounded down, also below zero. */
static int64_t
floor_div(int64_t a, int64_t b)
{
        return a / b - (a % b < 0);
}

static int64_t
days_of_date(int64_t year, int month, int day)
{
        int64_t y = year - (month <= 2);
        int64_t era = floor_div(y, 400);
        int64_t year_of_era = y - era * 400;
        int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

        return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

/* Sets year, month and day. */
static void
date_of_days(int64_t days, struct civil *c)
{
        int64_t z = days + 719468;
        int64_t era = floor_div(z, 146097);
        uint32_t day_of_era = (uint32_t)(z - era * 146097);
        uint32_t year_of_era =
                (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
        uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        uint32_t m = (5 * day_of_year + 2) / 153;

        c->day = (int)(day_of_year - (153 * m + 2) / 5 + 1);
        c->month = (int)(m < 10 ? m + 3 : m - 9);
        c->year = (int)(year_of_era + era * 400 + (c->month <= 2));
}

struct civil
time_civil(usec t)
{
        struct civil c;
        int64_t days = floor_div(t, USEC_DAY);
        int64_t rest = t % USEC_DAY + (t % USEC_DAY < 0 ? USEC_DAY : 0);
        uint32_t second = (uint32_t)(rest / USEC_SECOND);

        date_of_days(days, &c);
        c.micro = (int)(rest % USEC_SECOND);
        c.hour = (int)(second / 3600);
        c.minute = (int)(second / 60 % 60);
        c.second = (int)(second % 60);
        return c;
}

usec
time_of_civil(struct civil c)
{
        int64_t second = c.hour * 3600 + c.minute * 60 + c.second;

        return days_of_date(c.year, c.month, c.day) * USEC_DAY + second * USEC_SECOND + c.micro;
}

static int
days_in_month(int year, int month)
{
        bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

        return month == 2 ? 28 + leap : 30 + (month + month / 8) % 2;
}

bool
civil_valid(struct civil c)
{
        return c.year >= 1 && c.year <= 9999 && c.month >= 1 && c.month <= 12 && c.day >= 1 &&
               c.day <= days_in_month(c.year, c.month) && c.hour >= 0 && c.hour <= 23 && c.minute >= 0 &&
               c.minute <= 59 && c.second >= 0 && c.second <= 59 && c.micro >= 0 && c.micro <= 999999;
}

/* ---- writing ---- */

/* Writes `width` decimal digits of v; returns the end. */
static char *
put_digits(char *p, int v, int width)
{
        for (int i = width - 1; i >= 0; i--, v /= 10)
                p[i] = (char)('0' + v % 10);
        return p + width;
}

/* "2026-11-21"; a year outside 0..9999, which nobody may enter, is written as long as it is. */
static char *
put_date(char *p, struct civil c)
{
        if (c.year < 0 || c.year > 9999)
                p += sprintf(p, "%d", c.year);
        else
                p = put_digits(p, c.year, 4);
        *p++ = '-';
        p = put_digits(p, c.month, 2);
        *p++ = '-';
        return put_digits(p, c.day, 2);
}

/* The whole instant with `places` digits of the second's fraction (0, 3 or 6). */
static size_t
put_time(char *out, usec t, int places)
{
        struct civil c = time_civil(t);
        char *p = put_date(out, c);

        *p++ = 'T';
        p = put_digits(p, c.hour, 2);
        *p++ = ':';
        p = put_digits(p, c.minute, 2);
        *p++ = ':';
        p = put_digits(p, c.second, 2);
        if (places) {
                *p++ = '.';
                p = put_digits(p, places == 3 ? c.micro / 1000 : c.micro, places);
        }
        *p++ = 'Z';
        *p = '\0';
        return (size_t)(p - out);
}

size_t
time_format(usec t, char out[TIME_TEXT_MAX])
{
        return put_time(out, t, t % USEC_SECOND ? 6 : 0);
}

size_t
time_format_ms(usec t, char out[TIME_TEXT_MAX])
{
        return put_time(out, t, 3);
}

void
date_format(int64_t days, char out[TIME_TEXT_MAX])
{
        struct civil c;

        date_of_days(days, &c);
        *put_date(out, c) = '\0';
}

/* ---- reading ---- */

/* Takes exactly `width` digits off the front of *s. */
static bool
take_digits(struct str *s, int width, int *ret)
{
        int v = 0;

        if (s->n < (size_t)width)
                return false;
        for (int i = 0; i < width; i++) {
                if (s->p[i] < '0' || s->p[i] > '9')
                        return false;
                v = v * 10 + s->p[i] - '0';
        }
        *s = (struct str){s->p + width, s->n - (size_t)width};
        *ret = v;
        return true;
}

/* Takes one character of `any` off the front of *s; returns it, or 0. */
static char
take_char(struct str *s, const char *any)
{
        if (s->n == 0 || s->p[0] == '\0' || strchr(any, s->p[0]) == NULL)
                return 0;
        s->n--;
        return *s->p++;
}

static bool
take_date(struct str *s, struct civil *c)
{
        return take_digits(s, 4, &c->year) && take_char(s, "-") && take_digits(s, 2, &c->month) &&
               take_char(s, "-") && take_digits(s, 2, &c->day);
}

/* The optional ".ffffff": 1 to 6 digits. */
static bool
take_fraction(struct str *s, int *ret_micro)
{
        int digits = 0;

        *ret_micro = 0;
        if (!take_char(s, "."))
                return true;
        for (int digit; digits < 6 && take_digits(s, 1, &digit); digits++)
                *ret_micro = *ret_micro * 10 + digit;
        for (int i = digits; i < 6; i++)
                *ret_micro *= 10;
        return digits > 0;
}

/* 'Z', or "+08:00"; in seconds east. */
static bool
take_offset(struct str *s, int *ret_seconds)
{
        int hours, minutes;

        *ret_seconds = 0;
        if (take_char(s, "Zz"))
                return true;
        char sign = take_char(s, "+-");
        if (!sign || !take_digits(s, 2, &hours) || !take_char(s, ":") || !take_digits(s, 2, &minutes))
                return false;
        *ret_seconds = (hours * 3600 + minutes * 60) * (sign == '-' ? -1 : 1);
        return hours <= 23 && minutes <= 59;
}

/* The instant, too, must lie in the years 0001 to 9999, so that what was read can be written and read again.
 */
bool
time_parse(struct str s, usec *ret)
{
        struct civil c = {0};
        int east;

        if (!take_date(&s, &c) || !take_char(&s, "Tt ") || !take_digits(&s, 2, &c.hour) ||
            !take_char(&s, ":") || !take_digits(&s, 2, &c.minute) || !take_char(&s, ":") ||
            !take_digits(&s, 2, &c.second) || !take_fraction(&s, &c.micro) || !take_offset(&s, &east) ||
            s.n != 0 || !civil_valid(c))
                return false;
        usec t = time_of_civil(c) - east * USEC_SECOND;
        if (!civil_valid(time_civil(t)))
                return false;
        *ret = t;
        return true;
}

bool
date_parse(struct str s, int64_t *ret_days)
{
        struct civil c = {0};

        if (!take_date(&s, &c) || s.n != 0 || !civil_valid(c))
                return false;
        *ret_days = days_of_date(c.year, c.month, c.day);
        return true;
}
