/* SPDX-License-Identifier: Apache-2.0
 *
 * access.h -- who may: grants with row scopes, field rights.
 */
#ifndef ENGINE_ACCESS_H
#define ENGINE_ACCESS_H
#include "engine/filter.h"
#include "engine/work.h"
enum deed { DEED_READ, DEED_WRITE, DEED_ACT };
/* The widest scope that the actor's roles give; SCOPE_NONE when none. */
enum scope access_scope(const struct actor *a, const struct entity *e, enum deed deed);
/* All scopes that the roles give, as bits 1 << SCOPE_x. */
unsigned access_scopes(const struct actor *a, const struct entity *e, enum deed deed);
/* Appends the same as access_row(), as "(condition)" over the alias c (cases, or the entity's only table): "(1=1)" for all.
 * For the abstract case: the cases of every kind that the actor may read, over `cases` alone. */
void access_scope_sql(struct work *w, const struct entity *e, enum deed deed, struct sql_text *s);
/* Has the actor a role of the group `staff`?  Others see only what is marked public. */
bool access_is_staff(const struct work *w);
bool access_may_create(const struct actor *a, const struct entity *e);
bool access_may_remove(const struct actor *a, const struct entity *e);
/* Does this record lie in the actor's scopes?  (Scopes of several roles add up.) */
bool access_row(struct work *w, const struct record *r, enum deed deed);
/* The field `visibility` when it limits the actor to what is "public"; NULL: it does not. */
const struct field *access_visibility(const struct work *w, const struct entity *e);
/* Does it lie in this one scope?  Without restriction and visibility. */
bool access_row_in(struct work *w, const struct record *r, enum scope s);
/* The field that keeps what is not public from this actor; NULL: none does. */
const struct field *access_visibility(const struct work *w, const struct entity *e);
/* The field that, when set, hides a record from this actor but for its own people (rule A6); NULL: none does. */
const struct field *access_restriction(const struct work *w, const struct entity *e);
bool access_field_read(const struct actor *a, const struct field *f);
bool access_field_write(const struct actor *a, const struct field *f);
#endif
