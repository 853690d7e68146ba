/* SPDX-License-Identifier: Apache-2.0
 *
 * store_bind.c -- a JSON object's members onto a record's fields: known, writable, of the right type, linked to something
 * that exists.  All faults of the object are collected, each with its pointer.
 */
#include <stdio.h>
#include "engine/access.h"
#include "engine/sqltext.h"
#include "engine/store.h"
#include "model/bind.h"
#include "model/cond.h"

static const char *
field_names(struct work *w, const struct entity *e, const struct field *const *allowed, size_t count)
{
        struct buf b = {0};
        const char *s;

        for (size_t i = 0; i < (allowed ? count : e->field_count); i++) {
                const struct field *f = allowed ? allowed[i] : &e->fields[i];
                if (f->hidden || (allowed == NULL && !access_field_write(w->actor, f)))
                        continue;
                buf_printf(&b, "%s%s", b.n > 0 ? ", " : "", f->name);
        }
        s = arena_strndup(w->ctx->arena, b.n ? b.p : "none", b.n ? b.n : 4);
        buf_free(&b);
        return s;
}

static bool
is_allowed(const struct field *f, const struct field *const *allowed, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (allowed[i] == f)
                        return true;
        return false;
}

static bool
is_skipped(struct str name, const char *const *skip)
{
        for (; skip != NULL && *skip != NULL; skip++)
                if (str_is(name, *skip))
                        return true;
        return false;
}

/* Staff may link to whatever exists; others only to what they may read. */
static bool
link_exists(struct work *w, const struct entity *to, int64_t id)
{
        struct ctx own;
        struct work quiet = *w;        /* a miss is told by the caller, not by the load */
        struct record *r;
        int64_t one;

        if (access_is_staff(w) || to->kind == KIND_CHILD)
                return sql_one_int(w->ctx, w->conn, &one, engine_sql(w->engine, to)->exists, "i", id);
        ctx_init(&own, w->ctx->arena);
        quiet.ctx = &own;
        r = to->abstract ? store_load_case(&quiet, id) : store_load(&quiet, to, id);
        return r != NULL && access_row(&quiet, r, DEED_READ);
}

static bool
check_links(struct work *w, const struct field *f, const struct val *v, const struct json *json, const char *pointer)
{
        const struct json *item = json->type == JSON_ARRAY ? json->child : json;
        bool ok = true;

        if (f->to == NULL || v->type == VAL_NULL)
                return true;
        for (; item != NULL; item = json->type == JSON_ARRAY ? item->next : NULL) {
                char id[24];
                if (link_exists(w, f->to, item->i))
                        continue;
                snprintf(id, sizeof id, "%lld", (long long)item->i);
                ok = fail(w->ctx, E_NO_SUCH_LINK, pointer, f->to->name, id);
        }
        return ok;
}

/* A transition that names a field takes it from whoever may take the transition, computed and fixed ones too. */
static bool
may_bind(struct work *w, const struct record *r, const struct field *f, const struct field *const *allowed, size_t count)
{
        if (allowed != NULL)
                return is_allowed(f, allowed, count);
        return access_field_write(w->actor, f) && (!f->fixed || r->version == 0);
}

/* A member's name as a step of a JSON pointer (RFC 6901): ~ and / are written ~0 and ~1. */
static const char *
pointer_step(struct work *w, struct str key)
{
        char *out = arena_alloc(w->ctx->arena, key.n * 2 + 1), *d = out;

        for (size_t i = 0; i < key.n; i++) {
                if (key.p[i] == '~' || key.p[i] == '/') {
                        *d++ = '~';
                        *d++ = key.p[i] == '~' ? '0' : '1';
                } else {
                        *d++ = key.p[i];
                }
        }
        *d = '\0';
        return out;
}

static bool
bind_member(struct work *w, struct record *r, const struct json *m, const struct field *const *allowed, size_t count)
{
        const struct field *f = entity_field_str(r->e, m->key);
        const char *name = str_c(w->ctx->arena, m->key), *pointer = pointer_step(w, m->key);
        struct val v;

        if (f == NULL || f->hidden || (allowed == NULL && !access_field_read(w->actor, f)))
                return fail(w->ctx, E_UNKNOWN_FIELD, pointer, name, field_names(w, r->e, allowed, count));
        if (!may_bind(w, r, f, allowed, count))
                return fail(w->ctx, E_READ_ONLY, pointer, name);
        if (!bind_value(w->ctx, f, m, pointer, &v) || !check_links(w, f, &v, m, pointer))
                return false;
        r->v[f->index] = v;
        return true;
}

static bool
is_repeated(const struct json *object, const struct json *m)
{
        for (const struct json *o = object->child; o != m; o = o->next)
                if (str_eq(o->key, m->key))
                        return true;
        return false;
}

bool
store_bind(struct work *w, struct record *r, const struct json *object, const struct field *const *allowed,
           size_t allowed_count, const char *const *skip)
{
        bool ok = true;

        if (object->type != JSON_OBJECT)
                return fail(w->ctx, E_TYPE, "", "an object", json_type_name(object->type));
        for (const struct json *m = object->child; m != NULL; m = m->next) {
                const char *pointer = pointer_step(w, m->key);
                if (is_repeated(object, m))
                        ok = fail(w->ctx, E_DUPLICATE_FIELD, pointer, str_c(w->ctx->arena, m->key));
                else if (!is_skipped(m->key, skip))
                        ok = bind_member(w, r, m, allowed, allowed_count) && ok;
        }
        return ok;
}

/* Was this field's value told to be at fault already? */
static bool
is_told(const struct work *w, const struct field *f)
{
        for (const struct error *e = w->ctx->errors; e != NULL; e = e->next)
                if (strcmp(e->field, f->name) == 0)
                        return true;
        return false;
}

bool
store_check_required(struct work *w, struct record *r)
{
        bool ok = true;

        for (size_t i = 0; i < r->e->field_count; i++) {
                const struct field *f = &r->e->fields[i];
                bool empty = r->v[i].type == VAL_NULL || (r->v[i].type == VAL_TEXT && r->v[i].s.n == 0);
                if (f->required && empty && (f->when == NULL || cond_holds(f->when, r->v)) && !is_told(w, f))
                        ok = fail(w->ctx, E_REQUIRED, f->name);
        }
        return ok;
}
