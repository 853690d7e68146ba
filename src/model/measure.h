/* SPDX-License-Identifier: Apache-2.0
 *
 * measure.h -- what a value must be beyond its type: the check digit of a number, the limits of a reading, the
 * items of a checklist.
 */
#ifndef MODEL_MEASURE_H
#define MODEL_MEASURE_H
#include "base/json.h"
#include "model/model.h"
/* A field with `check: gs1`: digits only, as many as GS1 has, and the last one right.  Nothing is no fault. */
bool measure_check_digit(struct ctx *ctx, const struct field *f, const char *pointer, struct str value);
/* A reading by name and value: its unit is the declared one when it is left out, and outside the declared limits it has a
 * reason.  Names that are not declared are as free as before. */
bool measure_reading(struct ctx *ctx, const struct field *f, const char *pointer, const struct json *name,
                     const struct json *value, const struct json *reason, struct str *unit);
/* The name of an item stands in the field's `items`; E_NOT_ALLOWED_VALUE with those that do. */
bool measure_item(struct ctx *ctx, const struct field *f, const char *pointer, struct str name);
/* The required items of a checklist that are not done in a stored value, as a list of words in both languages; NULL when all
 * are, or the field has none. */
const char *measure_undone(struct ctx *ctx, const struct field *f, const struct val *v);
#endif
