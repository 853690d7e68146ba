/* SPDX-License-Identifier: Apache-2.0
 *
 * cond.h -- conditions: comparison, in, is set, and, or, not.  Nothing else (docs/model-language.md).
 */
#ifndef MODEL_COND_H
#define MODEL_COND_H
#include "base/json.h"
#include "model/model.h"
struct cond;
/* field of the faults = place text.  Names, types and enum values are checked against the entity. `place` is "file:line:column". */
struct cond *cond_parse(struct ctx *ctx, struct arena *a, const struct entity *e, struct str text, const char *place);
/* values: by field index, as stored.  A comparison with NULL is false ("is not set" asks for NULL). */
bool cond_holds(const struct cond *c, const struct val *values);
/* Could it hold once the fields that the transition takes (needs, may) are given?  What it asks of other fields is decided now. */
bool cond_may_hold(const struct cond *c, const struct val *values, const struct transition *t);
void cond_json(const struct cond *c, struct jw *w);    /* the shape of ui.md 2.1 `when`, for the browser */
#endif
