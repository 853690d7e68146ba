/* SPDX-License-Identifier: Apache-2.0
 *
 * sheet.h -- a table of values (CSV) as records of an entity: a row is a record that is made, or one that is changed.
 *
 * Each row goes through store_create or store_update under the rights of the actor: nothing may be written by a sheet that
 * could not be typed into a form.  The caller puts a savepoint around each row and decides what stays.
 */
#ifndef CHANNEL_SHEET_H
#define CHANNEL_SHEET_H
#include "channel/csv.h"
#include "engine/work.h"

enum { SHEET_ROWS = 1000 };

enum sheet_deed { SHEET_CREATE, SHEET_UPDATE, SHEET_SAME };
const char *sheet_deed_name(enum sheet_deed d);        /* "create", "update", "same" */

struct sheet {
        const struct entity *e;
        struct inflate *in;
        struct csv csv;
        struct str *head;              /* the names of the columns */
        size_t width;
        const struct field **field;    /* by column; NULL: not taken, or the system column that is the key */
        size_t key;                    /* the column that tells which record a row is; SIZE_MAX: every row is a new one */
        int64_t line;                  /* of the row in hand, from 1 */
};

/* Reads the heading.  columns: {"heading": "field"}, NULL: headings are names of fields; what is not named is passed over.
 * `id` and `number` may be named too: they find records.  key: the field by which a row finds its record; empty: id or
 * number where they are named, else the first unique field, else none.  False: no such field, not writable, named twice. */
bool sheet_open(struct work *w, struct sheet *s, const struct entity *e, struct str text, char separator,
                const struct json *columns, struct str key);
/* The next row that is no empty line; false at the end, and on a fault, which is an error in ctx. */
bool sheet_next(struct ctx *ctx, struct sheet *s);
/* Does what the row in hand says.  An empty cell gives nothing: it clears no value. */
bool sheet_apply(struct work *w, struct sheet *s, enum sheet_deed *ret_deed, int64_t *ret_id);
void sheet_close(struct sheet *s);
#endif
