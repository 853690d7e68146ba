/* SPDX-License-Identifier: Apache-2.0
 *
 * zone.c -- IANA time zones, by GLib's GTimeZone.
 *
 * A zone is read from the system's zone files at its first use and kept until the process ends.  The
 * list of zones only grows, at its head, by one atomic store: readers take no lock, and a zone's
 * address stays good.  A GTimeZone is immutable, so that asking one needs no lock either.
 *
 * GLib takes a name as part of a path and also reads POSIX rules ("CET-1CEST,M3.5.0"), so names are checked
 * first: they come from users.  At most ZONES_MAX zones are kept; the IANA database has about 600.
 *
 * Invariants
 *   1. zone_civil(z, zone_instant(z, c)) == c for every wall-clock time c that occurs in z.
 *   2. zone_instant is monotonic except across the second pass of an hour that occurs twice.
 *   3. Two changes of a zone's offset lie more than two days apart (true of the IANA data since 1970);
 *      zone_instant looks one day to either side.
 *
 * Not here: working time (engine/calendar.c), UTC text (clock.c).
 */
#include "base/zone.h"
#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { ZONES_MAX = 2048, NAME_MAX_BYTES = 64 };

struct zone {
        GTimeZone *tz;
        const struct zone *next;
        int ordinal; /* how many are behind it, and itself */
        char name[];
};

static const struct zone *_Atomic zones;
static pthread_mutex_t adding = PTHREAD_MUTEX_INITIALIZER;

/* Letters, digits and "_+-/:", no path out of the zone directory. */
static bool
name_allowed(const char *name)
{
        size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/:");

        return n > 0 && n < NAME_MAX_BYTES && name[n] == '\0' && name[0] != '/' && name[0] != ':';
}

static const struct zone *
find(const struct zone *z, const char *name)
{
        while (z && strcmp(z->name, name) != 0)
                z = z->next;
        return z;
}

/* Reads the zone and puts it at the head of the list; the lock is held. */
static const struct zone *
load(const char *name)
{
        const struct zone *head = atomic_load(&zones);
        int ordinal = head ? head->ordinal + 1 : 1;
        GTimeZone *tz = ordinal <= ZONES_MAX ? g_time_zone_new_identifier(name) : NULL;

        if (tz == NULL)
                return NULL;
        struct zone *z = malloc(sizeof *z + strlen(name) + 1);
        if (z == NULL)
                abort();
        *z = (struct zone){.tz = tz, .next = head, .ordinal = ordinal};
        strcpy(z->name, name);
        atomic_store(&zones, z);
        return z;
}

const struct zone *
zone_get(const char *name)
{
        const struct zone *z;

        if (name == NULL || !name_allowed(name))
                return NULL;
        z = find(atomic_load_explicit(&zones, memory_order_acquire), name);
        if (z)
                return z;
        pthread_mutex_lock(&adding);
        z = find(atomic_load(&zones), name);
        if (z == NULL)
                z = load(name);
        pthread_mutex_unlock(&adding);
        return z;
}

/* Whole seconds, rounded down. */
static int64_t
seconds_of(usec t)
{
        return t / USEC_SECOND - (t % USEC_SECOND < 0);
}

int
zone_offset(const struct zone *z, usec t)
{
        gint i = g_time_zone_find_interval(z->tz, G_TIME_TYPE_UNIVERSAL, seconds_of(t));

        return g_time_zone_get_offset(z->tz, i);
}

/* The first instant in (before, after] at which the offset is no longer that of `before`. */
static usec
change_between(const struct zone *z, usec before, usec after)
{
        int64_t low = seconds_of(before), high = seconds_of(after);
        int old = zone_offset(z, before);

        while (high - low > 1) {
                int64_t middle = low + (high - low) / 2;
                if (zone_offset(z, middle * USEC_SECOND) == old)
                        low = middle;
                else
                        high = middle;
        }
        return high * USEC_SECOND;
}

/* The offset a day before and a day after decide: of the two instants that they give, the earlier is right if
 * it has the earlier offset (also when both are: the time occurs twice), else the later if it
 * has the later offset; if neither is, the time falls into the gap between them. */
usec
zone_instant(const struct zone *z, struct civil local)
{
        usec wall = time_of_civil(local);
        int old = zone_offset(z, wall - USEC_DAY), new = zone_offset(z, wall + USEC_DAY);
        usec by_old = wall - old * USEC_SECOND, by_new = wall - new *USEC_SECOND;

        if (old == new || zone_offset(z, by_old) == old)
                return by_old;
        if (zone_offset(z, by_new) == new)
                return by_new;
        return change_between(z, by_new, by_old);
}

struct civil
zone_civil(const struct zone *z, usec t)
{
        return time_civil(t + zone_offset(z, t) * USEC_SECOND);
}

/* ---- patterns ---- */

/* Takes `least` to `most` digits off the front of *s; *ret_digits says how many there were. */
static bool
take_number(struct str *s, int least, int most, int *ret, int *ret_digits)
{
        int n = 0, v = 0;

        for (; n < most && s->n && *s->p >= '0' && *s->p <= '9'; n++, s->p++, s->n--)
                v = v * 10 + *s->p - '0';
        *ret = v;
        *ret_digits = n;
        return n >= least;
}

/* Takes what one conversion letter stands for.  A year has four digits: "16" is not the year 16. */
static bool
take_field(struct str *s, char letter, struct civil *c)
{
        int digits;

        switch (letter) {
        case 'Y':
                return take_number(s, 4, 4, &c->year, &digits);
        case 'm':
                return take_number(s, 1, 2, &c->month, &digits);
        case 'd':
                return take_number(s, 1, 2, &c->day, &digits);
        case 'H':
                return take_number(s, 1, 2, &c->hour, &digits);
        case 'M':
                return take_number(s, 1, 2, &c->minute, &digits);
        case 'S':
                return take_number(s, 1, 2, &c->second, &digits);
        case 'f':
                if (!take_number(s, 1, 6, &c->micro, &digits))
                        return false;
                for (; digits < 6; digits++)
                        c->micro *= 10;
                return true;
        default:
                return false;
        }
}

static bool
take_literal(struct str *s, char c)
{
        if (s->n == 0 || *s->p != c)
                return false;
        s->p++;
        s->n--;
        return true;
}

/* What the pattern does not name is that of 1970-01-01 00:00:00. */
bool
zone_parse(const struct zone *z, struct str s, const char *pattern, usec *ret)
{
        struct civil c = {.year = 1970, .month = 1, .day = 1};

        for (const char *p = pattern; *p; p++) {
                bool is_field = p[0] == '%' && p[1] != '%';
                if (*p == '%' && *++p == '\0')
                        return false;
                if (is_field ? !take_field(&s, *p, &c) : !take_literal(&s, *p))
                        return false;
        }
        if (s.n != 0 || !civil_valid(c))
                return false;
        *ret = zone_instant(z, c);
        return true;
}
