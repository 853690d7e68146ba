/* SPDX-License-Identifier: Apache-2.0
 *
 * row.h -- a result row straight to JSON; shared by reads of one and of many (store_read.c, store_list.c).
 */
#ifndef ENGINE_ROW_H
#define ENGINE_ROW_H
#include "engine/sqltext.h"
#include "engine/store.h"
struct row_writer {
        struct work *w;
        const struct entity *e;
        const struct read_options *o;
        const struct entity_sql *sql;
        const struct row_column *columns;
        size_t count;
        bool brief;                    /* a list row: without created_*, updated_* (and the row has them not) */
        struct map labels;
};
/* For rows of entity_sql.select; lists choose their own columns. */
void row_columns_all(struct row_writer *rw);
void row_labels_init(struct row_writer *rw);
/* With options.can the row must be a full one. */
void row_write(struct row_writer *rw, struct rows *rows, struct jw *out);
/* As row_write, and remembers where the record ends. */
struct row_mark row_write_marked(struct row_writer *rw, struct rows *rows, struct jw *out);
/* Puts what options.extra says of them into the records written. */
bool row_extras(struct row_writer *rw, const struct row_mark *marks, size_t n, struct jw *out);
#endif
