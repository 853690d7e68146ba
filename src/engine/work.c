/* SPDX-License-Identifier: Apache-2.0
 *
 * work.c -- reading and setting a record's fields by name.
 *
 * Names come from gen/names.h, so a wrong one does not compile; one that is right but not of this entity is a defect
 * and aborts.
 */
#include <stdio.h>
#include <stdlib.h>
#include "engine/work.h"
#include "model/bind.h"

const struct actor ACTOR_SYSTEM = {.roles = ROLE_SYSTEM, .login = "system", .name = "system"};

static const struct field *
field_of(const struct record *r, const char *name)
{
        const struct field *f = entity_field(r->e, name);

        if (f == NULL) {
                fprintf(stderr, "entity %s has no field %s\n", r->e->name, name);
                abort();
        }
        return f;
}

const struct val *
record_get(const struct record *r, const char *field)
{
        return &r->v[field_of(r, field)->index];
}

int64_t
record_int(const struct record *r, const char *field)
{
        const struct val *v = record_get(r, field);

        return v->type == VAL_INT ? v->i : 0;
}

struct str
record_text(const struct record *r, const char *field)
{
        const struct val *v = record_get(r, field);

        return v->type == VAL_TEXT ? v->s : STR_NONE;
}

bool
record_is(const struct record *r, const char *field, const char *text)
{
        return str_is(record_text(r, field), text);
}

bool
record_changed(const struct record *r, const char *field)
{
        const struct field *f = entity_field(r->e, field);

        return f != NULL && !val_equal(&r->v[f->index], &r->old[f->index]);
}

void
record_set(struct record *r, const char *field, struct val v)
{
        r->v[field_of(r, field)->index] = v;
}

void
record_set_int(struct record *r, const char *field, int64_t v)
{
        record_set(r, field, VAL_OF_INT(v));
}

void
record_set_text(struct record *r, const char *field, struct str s)
{
        record_set(r, field, VAL_OF_TEXT(s));
}

void
record_clear(struct record *r, const char *field)
{
        record_set(r, field, VAL_OF_NULL);
}
