/* SPDX-License-Identifier: Apache-2.0
 *
 * store.h -- the one path of every change and the two of every read.
 *
 * A change: access, version, values, audit event, all in the caller's transaction (the executor's savepoint).  Nothing
 * else in OpenITR writes a modelled table.  Reads check the row scope and the field rights of the actor.
 */
#ifndef ENGINE_STORE_H
#define ENGINE_STORE_H
#include "engine/work.h"

/* Loads what the actor may read; NULL with E_NOT_FOUND when there is none (or none that may be seen). */
struct record *store_get(struct work *w, const struct entity *e, int64_t id);
/* By id ("123") or by number ("TR-2026-000123"). */
struct record *store_find(struct work *w, const struct entity *e, struct str key);
/* Loads without asking for access: for hooks and services acting for the system. */
struct record *store_load(struct work *w, const struct entity *e, int64_t id);
/* Any case by id, of whatever kind. */
struct record *store_load_case(struct work *w, int64_t id);

/* Creates from a JSON object (unknown and forbidden fields are errors with pointers): presets, required, number,
 * create hooks, insert, event "create", clock facts, notices. */
struct record *store_create(struct work *w, const struct entity *e, const struct json *body);
/* A child of a case that the actor may read (store_find before); its event goes to the case's timeline. */
struct record *store_create_child(struct work *w, const struct entity *e, struct record *parent, const struct json *body);
/* Loads a child of a case; NULL with E_NOT_FOUND. */
struct record *store_get_child(struct work *w, const struct entity *e, const struct record *parent, int64_t id);
/* Creates by the system: the caller has set fields on a record from record_new. */
struct record *record_new(struct work *w, const struct entity *e);
bool store_insert(struct work *w, struct record *r, const char *event_name);

/* Changes fields by a JSON object (null clears); version 0: whatever it is. */
bool store_update(struct work *w, struct record *r, const struct json *patch, int64_t version);
/* Saves a record changed in C (hooks on other records): event kind "update" named `event_name`. */
bool store_save(struct work *w, struct record *r, const char *event_name);
bool store_remove(struct work *w, struct record *r, int64_t version);
/* For children, `parent` must be set on the record by store_get_child / store_create_child: changes are noted there. */

/* Fields given in an object, bound and checked (rights, types, links), set on r.  allowed NULL: all writable.
 * Members named in `skip` (NULL-ended) are passed over. */
bool store_bind(struct work *w, struct record *r, const struct json *object, const struct field *const *allowed,
                size_t allowed_count, const char *const *skip);
bool store_check_required(struct work *w, struct record *r);

/* Writes a field that is computed from facts with events of their own (cases.due): neither a change of the record nor an
 * event.  Called in the transaction of those facts. */
bool store_note_due(struct work *w, struct record *r, usec due);       /* USEC_NONE: nothing is due */

/* ---- reads as JSON ---- */
struct row_mark {                      /* a record that was just written as JSON */
        int64_t id;
        const struct entity *e;        /* of a list of cases of every kind too */
        bool final;                    /* in a final state */
        size_t end;                    /* of its object in the text: the closing bracket */
};
struct read_options {
        const struct field **fields;   /* NULL: all readable */
        size_t field_count;
        bool can;                      /* add `_can` */
        bool labels;                   /* add `_labels` of links */
        bool stamps;                   /* lists: with created_* and updated_* (reads of one always have them) */
        /* What a floor above adds to the rows of a page, asked once for all of them: ret[i] is `"key":value` or empty. */
        bool (*extra)(struct work *w, const struct row_mark *rows, size_t n, struct str *ret);
};
/* Writes the object; false with E_NOT_FOUND.  Straight from the row: the hot path. */
bool store_read_json(struct work *w, const struct entity *e, struct str key, const struct read_options *o,
                     struct jw *out, int64_t *ret_version);
void store_record_json(struct work *w, const struct record *r, const struct read_options *o, struct jw *out);
/* "2, label of record 2": the text that names a record, from its display field; arena text. */
const char *store_label(struct work *w, const struct entity *e, int64_t id);

struct list_options {
        struct str filter;             /* RSQL-like (engine/filter.h), empty: all */
        struct str sort;               /* "-reported_at,id"; empty: cases by -reported_at, all else by -id */
        struct str cursor;             /* opaque, from `next`; empty: first page */
        int limit;                     /* 1..200 */
        bool count;                    /* bounded count: exact up to 1000, else "1000+" */
        int64_t case_id;               /* children of this case; 0: no limit */
        struct read_options read;      /* fields NULL: the entity's list */
};
/* {"items":[...],"next":"..."|null,"count":n|"1000+"} */
bool store_list_json(struct work *w, const struct entity *e, const struct list_options *o, struct jw *out);
/* n | "1000+": how many records the filter finds, counted as `count` of a list is. */
bool store_count_json(struct work *w, const struct entity *e, struct str filter, struct jw *out);
/* {"group":"state","groups":[{"value":"x"|null,"count":n|"1000+","filter":"state==x"}]}: how many records of those that
 * `filter` (empty: all) finds have each state, or each value of an enum or bool field. */
bool store_stats_json(struct work *w, const struct entity *e, struct str group, struct str filter, struct jw *out);
#endif
