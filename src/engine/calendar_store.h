/* SPDX-License-Identifier: Apache-2.0
 *
 * calendar_store.h -- published calendars by code and date, kept ready in the engine.
 */
#ifndef ENGINE_CALENDAR_STORE_H
#define ENGINE_CALENDAR_STORE_H
#include "engine/calendar.h"
#include "engine/work.h"

#define CALENDAR_ALWAYS "24x7"         /* built in: version 0 */
enum { CALENDAR_NONE = -1 };

/* The version of the calendar with this code that is in force at an instant: 0 for 24x7, CALENDAR_NONE when there is no
 * such calendar or no version of it had taken effect.  False on an error of the database. */
bool calendar_in_force(struct work *w, struct str code, usec at, int64_t *ret_version);
/* A version's calendar; it lives at least as long as the work.  NULL with E_NOT_FOUND, or with what is wrong with it. */
const struct calendar *calendar_version(struct work *w, int64_t version);
/* A definition as it is stored, parsed; NULL with an error.  The tree lives in the arena. */
struct json *calendar_definition(struct work *w, int64_t version);

/* The store of one engine; thread-safe. */
struct calendars;
struct calendars *calendars_new(void);
void calendars_free(struct calendars *c);
#endif
