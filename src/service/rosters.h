/* SPDX-License-Identifier: Apache-2.0
 *
 * rosters.h -- who is on duty and on call, by the rosters in force.
 */
#ifndef SERVICE_ROSTERS_H
#define SERVICE_ROSTERS_H
#include "base/json.h"
#include "engine/roster.h"
#include "engine/work.h"

struct roster_one {                    /* a roster with its rows */
        int64_t id, team;
        bool call;                     /* on call; else shifts */
        bool always;                   /* somebody at every hour */
        const char *name;
        struct roster r;
};
struct roster_book {
        struct roster_one *list;
        size_t count;
        struct roster_absence *absences;       /* of everybody, whatever the roster */
        size_t absence_count;
};
struct duty {                          /* somebody's piece of duty, and the rows that say so */
        struct roster_duty d;
        const struct roster_one *roster;
};

/* The published rosters of a team (0: of all), with the absences that touch [from, to). */
bool rosters_load(struct work *w, int64_t team, usec from, usec to, struct roster_book *ret);
/* Does the person stand in one of its lists? */
bool rosters_names(const struct roster_one *one, int64_t person);
/* All duty in [from, to), on call first, then by start and place. */
void rosters_duty(struct work *w, const struct roster_book *b, usec from, usec to, struct duty **ret, size_t *ret_count);
/* Who of the team is to be paged at an instant, in order; none: ret_count 0. */
bool rosters_on_call(struct work *w, int64_t team, usec at, int64_t **ret, size_t *ret_count);
/* {"team","at","rosters","shift":[...],"on_call":[...],"next":{"shift":[...],"on_call":[...]}} */
bool rosters_json(struct work *w, int64_t team, usec at, struct jw *out);

/* Record hooks. */
bool rosters_before(struct work *w, struct record *r, const struct json *input);
bool rosters_saved(struct work *w, struct record *r);
bool rosters_shift_before(struct work *w, struct record *r, const struct json *input);
bool rosters_shift_saved(struct work *w, struct record *r);
bool rosters_absence_before(struct work *w, struct record *r, const struct json *input);
bool rosters_absence_saved(struct work *w, struct record *r);
bool rosters_user_saved(struct work *w, struct record *r);
#endif
