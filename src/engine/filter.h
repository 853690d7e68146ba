/* SPDX-License-Identifier: Apache-2.0
 *
 * filter.h -- the filter language of lists, RSQL-like, to a SQL condition with bound values.
 *
 *     state==in_progress;severity=in=(critical,major)      ; and   , or   ( ) groups
 *     title=like=*power*  reported_at=ge=2026-01-01  handler==me  team==mine  closed_at==null  state.kind!=closed
 *     operators: == != =lt= =le= =gt= =ge= =in= =out= =like= (with * as wildcard, A-Z as a-z) =contains= (multi values)
 *
 * Names are the entity's fields plus id, number, state, stage, state.kind, created_at, created_by, updated_at,
 * updated_by, version; for cases of every kind together also entity.  A field that the actor may not read cannot be filtered by.
 * Faults: E_FILTER with the character position (from 0).
 */
#ifndef ENGINE_FILTER_H
#define ENGINE_FILTER_H
#include "engine/work.h"
struct sql_text {                      /* a statement in the making: text and its values */
        struct buf text;
        struct val *values;
        size_t count;
        bool own;                      /* a case's own table (alias t) is named in it */
};
void sql_text_value(struct work *w, struct sql_text *s, struct val v);         /* appends "$n" and the value */
/* Appends the column of a stored field. */
void sql_text_field(const struct entity *e, const struct field *f, struct sql_text *s);
/* Appends "(condition)". `c` is the alias of the shared or only table, `t` of a case's own table. */
bool filter_sql(struct work *w, const struct entity *e, struct str filter, struct sql_text *s);
#endif
