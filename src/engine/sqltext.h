/* SPDX-License-Identifier: Apache-2.0
 *
 * sqltext.h -- the statements that follow from an entity, made once per Model.
 *
 * Aliases: c is `cases` for a case and the entity's only table else; t is a case's own table.
 * Every full row has the system columns first, in the order of enum system_column, whatever the kind of entity (those a kind
 * has not are null), then the stored fields in the order of entity->fields.
 */
#ifndef ENGINE_SQLTEXT_H
#define ENGINE_SQLTEXT_H
#include "engine/engine.h"

enum system_column {
        COL_ID, COL_VERSION, COL_EVENT_COUNT, COL_EVENT_HASH, COL_CREATED_AT, COL_CREATED_BY, COL_UPDATED_AT,
        COL_UPDATED_BY, COL_STATE, COL_NUMBER, COL_CASE_ID,
        COL_ENTITY,                    /* the kind of a case, where rows of every kind stand together */
        COL_FIELDS
};
struct row_column {
        const struct field *field;
        int col;                       /* in the row; system columns stand at their places of enum system_column */
};
struct entity_sql {
        const char *select;            /* select <all columns> from ... (no where) */
        const char *from;              /* "cases c join x t on t.id = c.id" */
        const char *read;              /* by id $1 (children: and case_id $2) */
        const char *insert_shared;     /* into cases, or the only table */
        const char *insert_own;        /* a case's own table; NULL else */
        const char *label;             /* display of id $1; NULL when there is none */
        const char *exists;            /* 1 where id $1 */
        struct str *state_json;        /* by state index: `"state":"x","stage":"y","customer_state":"z"` */
        int *column;                   /* field index -> column in a full row, -1 not stored */
        struct row_column *shown;      /* the fields that an answer may hold, with their columns */
        size_t shown_count;
        role_mask reads_all;           /* the roles that may read each of them */
};
/* Inserts the facts "started" of n clocks of a new case: $1 case, $2 event, then clock and time of each. */
const char *engine_start_clocks(const struct engine *e, size_t n);
const struct entity_sql *engine_sql(const struct engine *e, const struct entity *entity);
/* `c."name"` or `t."name"` for a stored field. */
void sqltext_field(const struct entity *e, const struct field *f, struct buf *out);
/* The expression of a system column, "null" when the kind has none. */
const char *sqltext_system(const struct entity *e, enum system_column col);
#endif
