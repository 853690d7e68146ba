/* SPDX-License-Identifier: Apache-2.0
 *
 * plan.h -- tables and columns: what the model wants against what the catalog has.
 *
 * Data are only added to: CREATE TABLE, ADD COLUMN.  Indexes follow the model: CREATE INDEX, anew where it becomes unique or
 * ceases to be, DROP INDEX where none is asked for.  A column whose type differs, or a NOT NULL that existing rows cannot meet,
 * is refused (E_DB_SCHEMA); a column that the model no longer names stays and is listed as hidden.
 * Identifiers are the model's names, quoted with "".
 */
#ifndef MODEL_PLAN_H
#define MODEL_PLAN_H
#include "model/model.h"
struct plan {
        const char **statements;       /* in order; each one statement */
        size_t count;
        size_t idle;                   /* of them: drop an index that forbids nothing; a store is current without */
        const char **hidden;           /* "table.column" that the model no longer names */
        size_t hidden_count;
};
bool plan_make(struct ctx *ctx, const struct model *m, struct conn *c, struct plan *ret);
bool plan_apply(struct ctx *ctx, struct conn *c, const struct plan *p);        /* in one transaction */
#endif
