/* SPDX-License-Identifier: Apache-2.0
 *
 * event.h -- the append-only timeline; each event carries the hash of the one before it.
 *
 * Table events: key (case_id, seq); case_id is the id of any case or record, seq counts from 1.
 * hash(seq) = BLAKE2b-256 over hash(seq-1) (32 zero bytes before the first), case_id, seq, entity, version, at, recorded_at,
 * actor, kind, name, from_state, to_state, data.  The head (count and hash) stands in the record's row, so a cut tail shows.
 * kinds: create, update, transition, remove, message, attachment, link, task, watch, tag, import, notice
 */
#ifndef ENGINE_EVENT_H
#define ENGINE_EVENT_H
#include "engine/work.h"
struct event {
        usec at;                       /* when it happened; imports: then */
        const char *kind, *name;
        const char *from_state, *to_state;     /* NULL: none */
        struct str data;               /* JSON object: {"changes":{field:[old,new]},"reason":...}; empty: {} */
        int64_t actor;                 /* -1: the work's actor */
};
/* An event in two steps, for a record that others may change at the same time: event_next moves the record's head
 * (event_count, event_hash) on; the caller updates the row where it still has the head of before, and only then
 * event_write inserts the event.  So who comes second meets the row, waits, and is run again. */
struct event_row *event_next(struct work *w, struct record *r, const struct event *ev);
bool event_write(struct work *w, const struct event_row *row);
/* Both at once: for a record that nobody else can have in hand (a new one, or one that goes). */
bool event_append(struct work *w, struct record *r, const struct event *ev);
/* Appends to a record that is not otherwise changed: updates the head in its row. */
bool event_note(struct work *w, struct record *r, const char *kind, const char *name, struct str data);
/* Timeline as JSON: {"items":[{"seq","at","actor","actor_name","kind","name","from","to","data"}],"next":seq|null}, oldest first,
 * after `after_seq`.  Customers get only customer-visible events, without internal fields. */
bool event_timeline_json(struct work *w, struct record *r, int64_t after_seq, int limit, struct jw *out);

/* Live stream: events recorded at or after `since`, as they are committed, oldest first. */
struct live_event {
        int64_t case_id, seq;
        usec recorded_at;
        const struct entity *e;
        const char *kind, *name;
        int64_t version;
        struct record *record;         /* as it is now, for access_row(); NULL when it was removed since */
};
bool event_since(struct work *w, usec since, int limit, bool (*each)(void *arg, struct live_event *ev), void *arg);

struct verify_result { int64_t records, events, faults; };
/* Walks every chain; calls fault(...) with a sentence for each break. */
bool event_verify(struct work *w, void (*fault)(void *arg, const char *sentence), void *arg, struct verify_result *ret);
#endif
