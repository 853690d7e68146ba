/* SPDX-License-Identifier: Apache-2.0
 *
 * engine.h -- the engine as a whole: the Model in force, its ready-made SQL, the hooks.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H
#include "engine/work.h"

/* What a model calls by name.  check: may this be done now?  False with fail(E_HOOK, field, en, zh) and nothing changed; it is
 * also asked for `_can`, so it must be quick and look at the record only; NULL: always.  effect: acts inside the
 * transaction, after fields and state are set and before the record is saved; NULL: nothing to do.
 * input: the request's JSON object (never NULL). */
struct hook {
        const char *name;
        bool (*check)(struct work *w, const struct record *r);
        bool (*effect)(struct work *w, struct record *r, const struct json *input);
};
/* Around creations and changes of an entity's records (entity NULL: of all); each may be NULL.
 * before: fields are bound, nothing is written: fills computed fields or refuses.  after: the row is there.
 * change: as before, for a change of fields (not for transitions, which have hooks of their own).
 * saved: row, event and clock facts of a creation, change or transition are written; r->old and r->old_state still tell what
 * was.  It writes what follows (timers, children), never r itself. */
struct record_hook {
        const char *entity;
        bool (*before)(struct work *w, struct record *r, const struct json *input);
        bool (*after)(struct work *w, struct record *r, const struct json *input);
        bool (*change)(struct work *w, struct record *r, const struct json *input);
        bool (*saved)(struct work *w, struct record *r);
};

struct engine *engine_new(const struct model *m, const struct hook *hooks, size_t hook_count,
                          const struct record_hook *record_hooks, size_t record_hook_count);
void engine_free(struct engine *e);

/* The engine in force stands in a slot; a changed Model puts another there.  Who works with one holds it, so that it stays
 * until the last has finished.  Thread-safe. */
struct engine *engine_take(struct engine *const *slot);
void engine_release(struct engine *e);                 /* the last one frees the engine and its Model; NULL: nothing */
void engine_swap(struct engine **slot, struct engine *next);
const struct model *engine_model(const struct engine *e);
const struct hook *engine_hook(const struct engine *e, int index);
struct calendars *engine_calendars(const struct engine *e);            /* engine/calendar_store.h */
/* A timer that is due then was set, in a transaction that may not have ended.  The earliest such hint, or USEC_NONE; it
 * stays until it is taken back.  Thread-safe. */
void engine_timer_hint(struct engine *e, usec due);
usec engine_timer_hinted(struct engine *e);
void engine_timer_unhint(struct engine *e, usec hint);
/* How many rows were added to the outbox on this node, in transactions that may not have ended.  Thread-safe. */
void engine_outbox_added(struct engine *e);
int64_t engine_outbox_count(struct engine *e);
#endif
