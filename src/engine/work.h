/* SPDX-License-Identifier: Apache-2.0
 *
 * work.h -- the piece of work in hand: who acts, on which connection, under which Model, at which instant.
 *
 * Every engine and service function takes a struct work.  It lives as long as one request (or job), its memory
 * comes from work->ctx->arena.  `now` is read once, so that all that one change writes bears one time.
 */
#ifndef ENGINE_WORK_H
#define ENGINE_WORK_H
#include "base/clock.h"
#include "base/ctx.h"
#include "base/json.h"
#include "model/model.h"
#include "sql/db.h"

enum lang { LANG_EN, LANG_ZH };

struct actor {                         /* immutable; shared by requests of one session */
        int64_t id;                    /* users.id; 0: the system */
        role_mask roles;               /* what it may: the given roles and those that they act as */
        role_mask given;               /* the roles that were given to it, to be named to people */
        int64_t account, contact, team;        /* 0: none */
        const int64_t *teams;          /* all teams, `team` among them */
        size_t team_count;
        int tier;
        const char *login, *name;
        enum lang lang;
};
extern const struct actor ACTOR_SYSTEM;

struct engine;                         /* engine/engine.h */
struct work {
        struct ctx *ctx;
        struct conn *conn;
        struct engine *engine;
        const struct model *model;
        const struct actor *actor;
        usec now;
        int64_t act;                   /* whatever one act tells bears the same number (notice_act); 0: nothing yet */
        bool muted;                    /* imports: no notices, no timers */
        bool quiet;                    /* no notices */
};

/* A record in hand: loaded (old == what the row held) or new. */
struct record {
        const struct entity *e;
        int64_t id, version;
        int64_t case_id;               /* children */
        struct record *parent;         /* children in a change: the case that keeps their events */
        bool clocks_moved;             /* facts of its clocks were written since it was loaded or saved */
        const struct state *state, *old_state;         /* NULL without lifecycle */
        const char *number;            /* cases; "" else */
        int64_t created_at, created_by, updated_at, updated_by;
        int64_t event_count;
        unsigned char event_hash[32];
        struct val *v, *old;           /* by field index; `old` of a new record is all NULL */
};
/* A field's value by name (a name from gen/names.h); aborts on a name that is not there: a defect. */
const struct val *record_get(const struct record *r, const char *field);
int64_t record_int(const struct record *r, const char *field);         /* 0 for NULL */
struct str record_text(const struct record *r, const char *field);     /* STR_NONE for NULL */
bool record_is(const struct record *r, const char *field, const char *text);
/* Is it another value than when the record was loaded or saved?  False where the entity has no such field. */
bool record_changed(const struct record *r, const char *field);
void record_set(struct record *r, const char *field, struct val v);
void record_set_int(struct record *r, const char *field, int64_t v);
void record_set_text(struct record *r, const char *field, struct str s);       /* must live as long as the record */
void record_clear(struct record *r, const char *field);
#endif
