/* SPDX-License-Identifier: Apache-2.0
 *
 * bind.h -- JSON to stored values and back, by the field table.
 */
#ifndef MODEL_BIND_H
#define MODEL_BIND_H
#include "base/json.h"
#include "model/model.h"
/* An empty text and an empty list are no value: they are bound as VAL_NULL. */
/* One value.  Adds an error with field = pointer and returns false when it does not fit.  JSON null becomes VAL_NULL.
 * Checks type, length, range, options, UTF-8 without NUL, decimals; not `required`, not that a link's target exists. */
bool bind_value(struct ctx *ctx, const struct field *f, const struct json *v, const char *pointer, struct val *ret);
/* From text, for imports and filters: "12.50", "true", "2026-11-21". */
bool bind_text(struct ctx *ctx, const struct field *f, struct str s, const char *pointer, struct val *ret);
/* Writes the stored value as JSON (not the key). */
void bind_write(const struct field *f, const struct val *v, struct jw *w);
/* Same, straight from a result column: the hot path of reads. */
void bind_write_column(const struct field *f, struct rows *r, int col, struct jw *w);
/* The stored value as a person reads it in messages and conditions ("12.50", "critical"). */
struct str bind_to_text(struct arena *a, const struct field *f, const struct val *v);
bool val_equal(const struct val *a, const struct val *b);
/* Copies texts into the arena. */
struct val val_copy(struct arena *a, const struct val *v);
#endif
