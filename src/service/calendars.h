/* SPDX-License-Identifier: Apache-2.0
 *
 * calendars.h -- publishing calendars: what a version may say, the first ones, holidays that make new versions.
 */
#ifndef SERVICE_CALENDARS_H
#define SERVICE_CALENDARS_H
#include "engine/calendar_store.h"

/* Makes the calendars of rules/calendars.yaml that the database lacks, each with a first version. */
bool calendars_defaults(struct work *w);

struct holiday {
        struct str set, date, name;    /* "CN", "2026-10-01" */
        bool work;                     /* a make-up workday (调休) */
        struct str hours;              /* JSON [["09:00","12:00"]]; empty: those of an ordinary working day */
        bool only_new;                 /* a lesser source: a row that is there stands */
};
struct holiday_counts { int64_t added, changed, same; };
/* Adds the holiday to its set, or changes the row of that date. */
bool calendars_holiday(struct work *w, const struct holiday *h, struct holiday_counts *counts);
/* Publishes a new version, from now on, of each active calendar whose holidays differ from its latest version's. */
bool calendars_renew(struct work *w, int64_t *ret_published);
/* The same for one calendar, whose days come from these sets ("CN,OURS"): its version in force, and those of later dates at
 * their dates.  Adds to *published. */
bool calendars_renew_one(struct work *w, int64_t calendar, struct str sets, int64_t *published);
#endif
