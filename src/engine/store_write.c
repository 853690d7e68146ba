/* SPDX-License-Identifier: Apache-2.0
 *
 * store_write.c -- the one path of every change.
 *
 *     store_create:  grant -> presets -> bind -> scope -> create hooks -> required -> store_insert -> after hooks
 *     store_insert:  id, number, initial state -> event "create" -> row(s) -> clock facts -> notices -> search -> saved hooks
 *     store_update:  scope -> version -> bind -> change hooks -> required -> store_save
 *     store_save:    what changed -> version + 1 -> event -> row(s) -> clock facts -> search -> saved hooks
 *
 * Invariants
 *   1. No row changes without an event in the same transaction.
 *   2. version counts the changes of the record's own fields and state; a row is updated only where version and head
 *      are still those that were read (two executors on PostgreSQL: the later one is run again).
 *   3. A child's events stand in its case's timeline.
 */
#include <stdio.h>
#include "engine/access.h"
#include "engine/clockfact.h"
#include "engine/event.h"
#include "engine/hooks.h"
#include "engine/notice.h"
#include "engine/number.h"
#include "engine/search.h"
#include "engine/sqltext.h"
#include "engine/store.h"
#include "engine/store_private.h"
#include "model/bind.h"

/* ---- presets ---- */

struct val
setter_value(const struct work *w, const struct setter *s)
{
        int64_t id = 0;

        switch (s->kind) {
        case PRESET_LITERAL:
                return s->literal;
        case PRESET_NOW:
                return VAL_OF_INT(w->now);
        case PRESET_ACTOR:
                id = w->actor->id;
                break;
        case PRESET_ACTOR_TEAM:
                id = w->actor->team;
                break;
        case PRESET_ACTOR_ACCOUNT:
                id = w->actor->account;
                break;
        case PRESET_ACTOR_CONTACT:
                id = w->actor->contact;
                break;
        case PRESET_NONE:
        case PRESET_NULL:
                break;
        }
        return id != 0 ? VAL_OF_INT(id) : VAL_OF_NULL;
}

struct record *
record_new(struct work *w, const struct entity *e)
{
        struct record *r = ARENA_NEW(w->ctx->arena, struct record);

        r->e = e;
        r->state = e->state_count > 0 ? &e->states[0] : NULL;
        r->number = "";
        r->v = ARENA_ARRAY(w->ctx->arena, struct val, e->field_count + 1);
        r->old = ARENA_ARRAY(w->ctx->arena, struct val, e->field_count + 1);
        for (size_t i = 0; i < e->field_count; i++)
                if (e->fields[i].preset.kind != PRESET_NONE)
                        r->v[i] = setter_value(w, &e->fields[i].preset);
        return r;
}

/* ---- rows ---- */

struct values {
        struct val *v;
        size_t n;
};

static void
push(struct values *list, struct val v)
{
        list->v[list->n++] = v;
}

static void
push_hash(struct values *list, const struct record *r)
{
        push(list, (struct val){.type = VAL_BLOB, .s = {(const char *)r->event_hash, 32}});
}

static void
push_stamps(struct values *list, const struct record *r)
{
        push(list, VAL_OF_INT(r->created_at));
        push(list, VAL_OF_INT(r->created_by));
        push(list, VAL_OF_INT(r->updated_at));
        push(list, VAL_OF_INT(r->updated_by));
}

static void
push_fields(struct values *list, const struct record *r, bool own)
{
        for (size_t i = 0; i < r->e->field_count; i++) {
                const struct field *f = &r->e->fields[i];
                if (f->storage != STORE_NONE && (r->e->kind != KIND_CASE || f->shared != own))
                        push(list, r->v[i]);
        }
}

/* Order of the columns: engine.c, make_insert(). */
static void
values_shared(struct values *list, const struct record *r)
{
        const struct entity *e = r->e;

        if (e->kind == KIND_CHILD)
                push(list, VAL_OF_INT(r->case_id));
        push(list, VAL_OF_INT(r->id));
        if (e->kind == KIND_CASE) {
                push(list, VAL_OF_TEXT(str_of(e->name)));
                push(list, VAL_OF_TEXT(str_of(r->number)));
                push(list, r->state ? VAL_OF_TEXT(str_of(r->state->name)) : VAL_OF_NULL);
                push(list, r->state ? VAL_OF_TEXT(str_of(stage_name(r->state->stage))) : VAL_OF_NULL);
        }
        push(list, VAL_OF_INT(r->version));
        if (e->kind != KIND_CHILD) {
                push(list, VAL_OF_INT(r->event_count));
                push_hash(list, r);
        }
        push_stamps(list, r);
        if (e->kind == KIND_RECORD && e->state_count > 0)
                push(list, VAL_OF_TEXT(str_of(r->state->name)));
        push_fields(list, r, false);
}

static bool
insert_rows(struct work *w, const struct record *r)
{
        const struct entity_sql *sql = engine_sql(w->engine, r->e);
        struct values list = {ARENA_ARRAY(w->ctx->arena, struct val, r->e->field_count + 16), 0};

        values_shared(&list, r);
        if (!sql_run_vals(w->ctx, w->conn, sql->insert_shared, list.v, list.n))
                return false;
        if (sql->insert_own == NULL)
                return true;
        list.n = 0;
        push(&list, VAL_OF_INT(r->id));
        push_fields(&list, r, true);
        return sql_run_vals(w->ctx, w->conn, sql->insert_own, list.v, list.n);
}

static void
settle(struct record *r)
{
        memcpy(r->old, r->v, r->e->field_count * sizeof *r->v);
        r->old_state = r->state;
        r->clocks_moved = false;
}

static bool
touches_search(const struct record *r)
{
        if (r->e->kind != KIND_CASE)
                return false;
        for (size_t i = 0; i < r->e->field_count; i++)
                if ((r->e->fields[i].search || &r->e->fields[i] == r->e->scope_account) && !val_equal(&r->v[i], &r->old[i]))
                        return true;
        return false;
}

static bool
number_take(struct work *w, struct record *r)
{
        if (r->number[0] != '\0')
                return true;
        r->number = number_next(w, r->e);
        return r->number != NULL;
}

static struct str
child_data(struct work *w, const struct record *r, const char *deed)
{
        return str_of(arena_printf(w->ctx->arena, "{\"%s\":\"%s\",\"id\":%lld}", deed, r->e->name, (long long)r->id));
}

/* A child's doings are told in its case; its words may be searched. */
static bool
child_event(struct work *w, struct record *r, const char *deed)
{
        if (!event_note(w, r->parent, r->e->name, deed, child_data(w, r, deed)))
                return false;
        for (size_t i = 0; i < r->e->field_count; i++)
                if (r->e->fields[i].search)
                        return search_touch(w, r->case_id);
        return true;
}

static bool
insert_effects(struct work *w, struct record *r)
{
        if (r->e->kind == KIND_CHILD)
                return child_event(w, r, "add");
        if (r->e->kind == KIND_CASE && (!clockfact_record(w, r) || !notice_record(w, r, NULL)))
                return false;
        return r->e->kind != KIND_CASE || search_touch(w, r->id);
}

bool
store_insert(struct work *w, struct record *r, const char *event_name)
{
        struct event ev = {.at = w->now, .kind = "create", .name = event_name, .actor = -1,
                           .to_state = r->state ? r->state->name : NULL};

        if (!seq_next(w->ctx, w->conn, "id", 1024, &r->id) || (r->e->kind == KIND_CASE && !number_take(w, r)))
                return false;
        r->version = 1;
        r->created_at = r->updated_at = w->now;
        r->created_by = r->updated_by = w->actor->id;
        r->old_state = NULL;
        if (r->e->kind != KIND_CHILD && !event_append(w, r, &ev))
                return false;
        if (!insert_rows(w, r) || !insert_effects(w, r) || !hooks_saved(w, r))
                return false;
        settle(r);
        return true;
}

/* ---- creating ---- */

static bool
deny(struct work *w, const struct entity *e, const char *deed)
{
        return fail(w->ctx, E_DENIED, "", model_role_names(w->ctx->arena, w->model, w->actor->given),
                    arena_printf(w->ctx->arena, "%s %s", deed, e->name));
}

/* Who is not staff writes and sees what is public only (docs/model-language.md, `visibility`). */
static bool
check_visibility(struct work *w, struct record *r)
{
        const struct field *f = entity_field(r->e, "visibility");

        if (f == NULL || access_is_staff(w))
                return true;
        if (r->v[f->index].type == VAL_NULL)
                r->v[f->index] = VAL_OF_TEXT(STR("public"));
        if (str_is(r->v[f->index].s, "public"))
                return true;
        return fail(w->ctx, E_NOT_ALLOWED_VALUE, f->name, str_c(w->ctx->arena, r->v[f->index].s), "public");
}

static bool
fill(struct work *w, struct record *r, const struct json *body)
{
        bool bound = store_bind(w, r, body, NULL, 0, NULL);

        r->created_by = w->actor->id;
        if (!bound) {
                store_check_required(w, r);    /* tell all faults at once */
                return false;
        }
        if (!check_visibility(w, r) || !hooks_before_create(w, r, body) || !store_check_required(w, r))
                return false;
        if (r->e->kind != KIND_CHILD && !access_row(w, r, DEED_READ))
                return deny(w, r->e, "create, outside what your roles may see, a");
        return true;
}

struct record *
store_create(struct work *w, const struct entity *e, const struct json *body)
{
        struct record *r;

        if (e->abstract || e->kind == KIND_SYSTEM || !access_may_create(w->actor, e)) {
                deny(w, e, "create");
                return NULL;
        }
        r = record_new(w, e);
        if (!fill(w, r, body) || !store_insert(w, r, "create") || !hooks_after_create(w, r, body))
                return NULL;
        return r;
}

struct record *
store_create_child(struct work *w, const struct entity *e, struct record *parent, const struct json *body)
{
        struct record *r;

        if (!access_may_create(w->actor, e)) {
                deny(w, e, "create");
                return NULL;
        }
        r = record_new(w, e);
        r->parent = parent;
        r->case_id = parent->id;
        if (!fill(w, r, body) || !store_insert(w, r, "create") || !hooks_after_create(w, r, body))
                return NULL;
        return r;
}

/* ---- changing ---- */

struct str
changes_json(struct work *w, const struct record *r)
{
        struct jw jw = {0};
        struct str s = STR_NONE;
        bool any = false;

        jw_open(&jw, '{');
        jw_key(&jw, "changes"), jw_open(&jw, '{');
        for (size_t i = 0; i < r->e->field_count; i++) {
                const struct field *f = &r->e->fields[i];
                if (f->storage == STORE_NONE || val_equal(&r->v[i], &r->old[i]))
                        continue;
                any = true;
                jw_key(&jw, f->name), jw_open(&jw, '[');
                bind_write(f, &r->old[i], &jw);
                bind_write(f, &r->v[i], &jw);
                jw_close(&jw, ']');
        }
        jw_close(&jw, '}');
        jw_close(&jw, '}');
        if (any)
                s = (struct str){arena_strndup(w->ctx->arena, jw.b.p, jw.b.n), jw.b.n};
        jw_free(&jw);
        return s;
}

/* The words before a parameter, and its place: the newest of the list. */
static void
put_parameter(struct buf *b, const char *before, const struct values *list)
{
        buf_text(b, before);
        buf_int(b, (int64_t)list->n);
}

static void
begin_update(struct buf *b, const char *table)
{
        buf_text(b, "update \"");
        buf_text(b, table);
        buf_text(b, "\" set ");
}

static void
set_value(struct buf *b, struct values *list, const char *column, struct val v)
{
        push(list, v);
        buf_text(b, list->n > 1 ? ", \"" : "\"");
        buf_text(b, column);
        put_parameter(b, "\" = $", list);
}

static void
set_changed(struct buf *b, struct values *list, const struct record *r, bool own)
{
        for (size_t i = 0; i < r->e->field_count; i++) {
                const struct field *f = &r->e->fields[i];
                bool here = r->e->kind != KIND_CASE || f->shared != own;
                if (f->storage != STORE_NONE && here && !val_equal(&r->v[i], &r->old[i]))
                        set_value(b, list, f->name, r->v[i]);
        }
}

static void
set_system(struct buf *b, struct values *list, const struct record *r)
{
        set_value(b, list, "version", VAL_OF_INT(r->version));
        set_value(b, list, "updated_at", VAL_OF_INT(r->updated_at));
        set_value(b, list, "updated_by", VAL_OF_INT(r->updated_by));
        if (r->e->kind == KIND_CHILD)
                return;
        set_value(b, list, "event_count", VAL_OF_INT(r->event_count));
        push_hash(list, r);
        put_parameter(b, ", event_hash = $", list);
        if (r->state != NULL && r->state != r->old_state) {
                set_value(b, list, "state", VAL_OF_TEXT(str_of(r->state->name)));
                if (r->e->kind == KIND_CASE)
                        set_value(b, list, "stage", VAL_OF_TEXT(str_of(stage_name(r->state->stage))));
        }
}

static bool
run_text(struct work *w, struct buf *b, const struct values *list)
{
        const char *sql = arena_strndup(w->ctx->arena, b->p, b->n);

        buf_free(b);
        return sql_run_vals(w->ctx, w->conn, sql, list->v, list->n);
}

static bool
update_shared(struct work *w, const struct record *r, int64_t old_version)
{
        struct values list = {ARENA_ARRAY(w->ctx->arena, struct val, r->e->field_count + 20), 0};
        struct buf b = {0};

        begin_update(&b, r->e->kind == KIND_CASE ? "cases" : r->e->table);
        set_system(&b, &list, r);
        set_changed(&b, &list, r, false);
        push(&list, VAL_OF_INT(r->id));
        put_parameter(&b, " where id = $", &list);
        push(&list, VAL_OF_INT(old_version));
        put_parameter(&b, " and version = $", &list);
        push(&list, VAL_OF_INT(r->e->kind == KIND_CHILD ? r->case_id : r->event_count - 1));
        put_parameter(&b, r->e->kind == KIND_CHILD ? " and case_id = $" : " and event_count = $", &list);
        if (!run_text(w, &b, &list))
                return false;
        if (conn_changes(w->conn) != 1)
                return fail(w->ctx, E_DB_RETRY, "", "the record was changed at the same time");
        return true;
}

static bool
update_own(struct work *w, const struct record *r)
{
        struct values list = {ARENA_ARRAY(w->ctx->arena, struct val, r->e->field_count + 20), 0};
        struct buf b = {0};

        if (r->e->kind != KIND_CASE)
                return true;
        begin_update(&b, r->e->table);
        set_changed(&b, &list, r, true);
        if (list.n == 0) {
                buf_free(&b);
                return true;
        }
        push(&list, VAL_OF_INT(r->id));
        put_parameter(&b, " where id = $", &list);
        return run_text(w, &b, &list);
}

/* Writes the record with an event; the shared end of updates and transitions. */
bool
store_write(struct work *w, struct record *r, const struct event *ev)
{
        int64_t old_version = r->version++;
        bool searched = touches_search(r);

        r->updated_at = w->now;
        r->updated_by = w->actor->id;
        if (r->e->kind == KIND_CHILD) {
                if (!child_event(w, r, "change") || !update_shared(w, r, old_version))
                        return false;
        } else {
                const struct event_row *row = event_next(w, r, ev);
                if (!update_shared(w, r, old_version) || !event_write(w, row) || !update_own(w, r))
                        return false;
        }
        if (r->e->kind == KIND_CASE && (!clockfact_record(w, r) || (searched && !search_touch(w, r->id))))
                return false;
        if (!hooks_saved(w, r))
                return false;
        settle(r);
        return true;
}

bool
store_save(struct work *w, struct record *r, const char *event_name)
{
        struct event ev = {.at = w->now, .kind = "update", .name = event_name, .actor = -1};

        ev.data = changes_json(w, r);
        if (ev.data.n == 0 && r->state == r->old_state)
                return true;
        if (r->state != r->old_state) {
                ev.from_state = r->old_state ? r->old_state->name : NULL;
                ev.to_state = r->state->name;
        }
        return store_write(w, r, &ev);
}

bool
store_check_version(struct work *w, const struct record *r, int64_t version)
{
        char sent[24], now[24];

        if (version == 0 || version == r->version)
                return true;
        snprintf(sent, sizeof sent, "%lld", (long long)version);
        snprintf(now, sizeof now, "%lld", (long long)r->version);
        return fail(w->ctx, E_STALE, "", sent, now);
}

bool
store_is_settled(const struct record *r)
{
        return r->e->kind == KIND_CASE && r->state != NULL && r->state->final;
}

bool
store_update(struct work *w, struct record *r, const struct json *patch, int64_t version)
{
        if (!access_row(w, r, DEED_WRITE))
                return deny(w, r->e, "change this");
        if (store_is_settled(r))
                return fail(w->ctx, E_HOOK, "", arena_printf(w->ctx->arena, "%s is closed; its fields stand", r->number),
                            arena_printf(w->ctx->arena, "%s 已关闭，字段不可再改", r->number));
        if (!store_check_version(w, r, version) || !store_bind(w, r, patch, NULL, 0, NULL) ||
            !check_visibility(w, r) || !hooks_before_change(w, r, patch) || !store_check_required(w, r))
                return false;
        return store_save(w, r, "update");
}

bool
store_remove(struct work *w, struct record *r, int64_t version)
{
        struct event ev = {.at = w->now, .kind = "remove", .name = "remove", .actor = -1};
        const char *sql = arena_printf(w->ctx->arena, "delete from \"%s\" where id = $1%s", r->e->table,
                                       r->e->kind == KIND_CHILD ? " and case_id = $2" : "");
        struct val v[2] = {VAL_OF_INT(r->id), VAL_OF_INT(r->case_id)};

        if (r->e->kind == KIND_CASE || !access_may_remove(w->actor, r->e) || !access_row(w, r, DEED_WRITE))
                return deny(w, r->e, "remove this");
        if (!store_check_version(w, r, version))
                return false;
        if (r->e->kind == KIND_CHILD ? !child_event(w, r, "remove") : !event_append(w, r, &ev))
                return false;
        return sql_run_vals(w->ctx, w->conn, sql, v, r->e->kind == KIND_CHILD ? 2 : 1);
}

bool
store_note_due(struct work *w, struct record *r, usec due)
{
        const struct field *f = entity_field(r->e, "due");
        struct val v = due == USEC_NONE ? VAL_OF_NULL : VAL_OF_INT(due);

        if (f == NULL || r->e->kind != KIND_CASE || val_equal(&r->v[f->index], &v))
                return true;
        r->v[f->index] = r->old[f->index] = v;
        return sql_run(w->ctx, w->conn, SQL("update cases set due = $1 where id = $2"), "Ii", due == USEC_NONE ? NULL : &due,
                       r->id);
}
