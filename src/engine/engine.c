/* SPDX-License-Identifier: Apache-2.0
 *
 * engine.c -- the Model in force with what the engine derives from it once: statements and hooks.
 *
 * Invariants
 *   1. An engine never changes after engine_new (calendars only remembers what is immutable, timer_hint and outbox_count are no part of it); a
 *      new Model makes a new engine.
 *   2. engine_take and engine_swap exclude each other, so that nobody takes an engine that is already gone; the slot holds
 *      its engine like any other holder.
 *   3. Identifiers in statements come from the checked Model and stand in double quotes; values are always bound.
 */
#include "engine/engine.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include "engine/calendar_store.h"
#include "engine/hooks.h"
#include "engine/sqltext.h"

struct engine {
        const struct model *model;
        struct arena *arena;
        struct entity_sql *sql;        /* by entity index */
        const char **start_clocks;     /* by the number of clocks */
        const struct hook *hooks;
        size_t hook_count;
        const struct record_hook *record_hooks;
        size_t record_hook_count;
        struct calendars *calendars;   /* fills itself as versions are asked for; under its own lock */
        _Atomic usec timer_hint;       /* USEC_NONE: none */
        int holders;                   /* under slots.lock */
        _Atomic int64_t outbox_count;
};
static struct {
        pthread_mutex_t lock;
} slots = {PTHREAD_MUTEX_INITIALIZER};

/* ---- statements ---- */

void
sqltext_field(const struct entity *e, const struct field *f, struct buf *out)
{
        bool own = e->kind == KIND_CASE && !e->abstract && !f->shared;

        buf_text(out, own ? "t.\"" : "c.\"");
        buf_text(out, f->name);
        buf_char(out, '"');
}

const char *
sqltext_system(const struct entity *e, enum system_column col)
{
        static const char *const all[] = {"c.id", "c.version", "c.event_count", "c.event_hash", "c.created_at",
                                          "c.created_by", "c.updated_at", "c.updated_by"};

        switch (col) {
        case COL_STATE:
                return e->state_count > 0 || e->kind == KIND_CASE ? "c.state" : "null";
        case COL_NUMBER:
                return e->kind == KIND_CASE ? "c.number" : "null";
        case COL_CASE_ID:
                return e->kind == KIND_CHILD ? "c.case_id" : "null";
        case COL_ENTITY:
                return e->abstract ? "c.entity" : "null";
        case COL_EVENT_COUNT:
        case COL_EVENT_HASH:
                return e->kind == KIND_CHILD ? "null" : all[col];
        default:
                return all[col];
        }
}

static const char *
text_take(struct arena *a, struct buf *b)
{
        const char *s = arena_strndup(a, b->p, b->n);

        buf_reset(b);
        return s;
}

static const char *
make_from(struct arena *a, const struct entity *e)
{
        if (e->kind == KIND_CASE && !e->abstract)
                return arena_printf(a, "cases c join \"%s\" t on t.id = c.id", e->table);
        return arena_printf(a, "\"%s\" c", e->table);
}

static const char *
make_select(struct arena *a, const struct entity *e, struct entity_sql *s, struct buf *b)
{
        int col = COL_FIELDS;

        buf_text(b, "select ");
        for (int i = 0; i < COL_FIELDS; i++)
                buf_printf(b, "%s%s", i > 0 ? ", " : "", sqltext_system(e, i));
        for (size_t i = 0; i < e->field_count; i++) {
                s->column[i] = e->fields[i].storage == STORE_NONE ? -1 : col++;
                if (s->column[i] < 0)
                        continue;
                buf_text(b, ", ");
                sqltext_field(e, &e->fields[i], b);
        }
        buf_printf(b, " from %s", s->from);
        return text_take(a, b);
}

static void
add_place(struct buf *names, struct buf *places, const char *name, int *n)
{
        buf_printf(names, "%s\"%s\"", *n > 0 ? ", " : "", name);
        buf_printf(places, "%s$%d", *n > 0 ? ", " : "", *n + 1);
        ++*n;
}

static const char *
finish_insert(struct arena *a, const char *table, struct buf *names, struct buf *places)
{
        return arena_printf(a, "insert into \"%s\" (%s) values (%s)", table, buf_c(names), buf_c(places));
}

/* Order of the values: engine/store_write.c, values_shared() and values_own(). */
static const char *
make_insert(struct arena *a, const struct entity *e, bool own)
{
        static const char *const head_case[] = {"id", "entity", "number", "state", "stage", "version", "event_count",
                                                "event_hash", "created_at", "created_by", "updated_at", "updated_by"};
        static const char *const head_record[] = {"id", "version", "event_count", "event_hash", "created_at",
                                                  "created_by", "updated_at", "updated_by"};
        static const char *const head_child[] = {"case_id", "id", "version", "created_at", "created_by",
                                                 "updated_at", "updated_by"};
        struct buf names = {0}, places = {0};
        int n = 0;
        const char *sql;

        if (own)
                add_place(&names, &places, "id", &n);
        else if (e->kind == KIND_CASE)
                for (size_t i = 0; i < sizeof head_case / sizeof *head_case; i++)
                        add_place(&names, &places, head_case[i], &n);
        else if (e->kind == KIND_CHILD)
                for (size_t i = 0; i < sizeof head_child / sizeof *head_child; i++)
                        add_place(&names, &places, head_child[i], &n);
        else
                for (size_t i = 0; i < sizeof head_record / sizeof *head_record; i++)
                        add_place(&names, &places, head_record[i], &n);
        if (e->kind == KIND_RECORD && e->state_count > 0)
                add_place(&names, &places, "state", &n);
        for (size_t i = 0; i < e->field_count; i++) {
                const struct field *f = &e->fields[i];
                if (f->storage != STORE_NONE && (e->kind != KIND_CASE || f->shared != own))
                        add_place(&names, &places, f->name, &n);
        }
        sql = finish_insert(a, own || e->kind != KIND_CASE ? e->table : "cases", &names, &places);
        buf_free(&names);
        buf_free(&places);
        return sql;
}

static void
make_state_json(struct arena *a, const struct entity *e, struct entity_sql *s)
{
        s->state_json = ARENA_ARRAY(a, struct str, e->state_count + 1);
        for (size_t i = 0; i < e->state_count; i++) {
                const struct state *st = &e->states[i];
                struct buf b = {0};
                buf_printf(&b, "\"state\":\"%s\"", st->name);
                if (st->stage != STAGE_NONE)
                        buf_printf(&b, ",\"stage\":\"%s\"", stage_name(st->stage));
                if (st->customer != NULL)
                        buf_printf(&b, ",\"customer_state\":\"%s\"", st->customer);
                s->state_json[i] = str_of(text_take(a, &b));
                buf_free(&b);
        }
}

static void
make_shown(struct arena *a, const struct entity *e, struct entity_sql *s)
{
        s->shown = ARENA_ARRAY(a, struct row_column, e->field_count + 1);
        s->reads_all = ROLE_ALL;
        for (size_t i = 0; i < e->field_count; i++) {
                const struct field *f = &e->fields[i];
                if (s->column[i] < 0 || f->hidden)
                        continue;
                s->shown[s->shown_count++] = (struct row_column){f, s->column[i]};
                s->reads_all &= f->read | ROLE_SYSTEM;
        }
}

static const char *
make_start_clocks(struct arena *a, size_t n)
{
        struct buf b = {0};
        const char *sql;

        buf_text(&b, "insert into clock_segments (case_id, clock, seq, kind, at, event_seq) values ");
        for (size_t i = 0; i < n; i++)
                buf_printf(&b, "%s($1, $%zu, 1, 'started', $%zu, $2)", i ? ", " : "", 2 * i + 3, 2 * i + 4);
        sql = text_take(a, &b);
        buf_free(&b);
        return sql;
}

static void
make_all_start_clocks(struct engine *en)
{
        size_t most = 0;

        for (size_t i = 0; i < en->model->entity_count; i++)
                if (en->model->entities[i].clock_count > most)
                        most = en->model->entities[i].clock_count;
        en->start_clocks = ARENA_ARRAY(en->arena, const char *, most + 1);
        for (size_t n = 1; n <= most; n++)
                en->start_clocks[n] = make_start_clocks(en->arena, n);
}

static void
make_sql(struct arena *a, const struct entity *e, struct entity_sql *s)
{
        struct buf b = {0};

        s->column = ARENA_ARRAY(a, int, e->field_count + 1);
        s->from = make_from(a, e);
        s->select = make_select(a, e, s, &b);
        s->read = arena_printf(a, "%s where c.id = $1%s", s->select, e->kind == KIND_CHILD ? " and c.case_id = $2" : "");
        s->insert_shared = make_insert(a, e, false);
        s->insert_own = e->kind == KIND_CASE && !e->abstract ? make_insert(a, e, true) : NULL;
        s->exists = arena_printf(a, "select 1 from \"%s\" where id = $1", e->table);
        if (e->kind == KIND_CASE)
                s->label = "select number || ' ' || coalesce(title, '') from cases where id = $1";
        else if (e->display != NULL)
                s->label = arena_printf(a, "select \"%s\" from \"%s\" where id = $1", e->display->name, e->table);
        make_state_json(a, e, s);
        make_shown(a, e, s);
        buf_free(&b);
}

struct engine *
engine_new(const struct model *m, const struct hook *hooks, size_t hook_count, const struct record_hook *record_hooks,
           size_t record_hook_count)
{
        struct engine *en = calloc(1, sizeof *en);

        if (en == NULL)
                abort();
        en->model = m;
        en->holders = 1;
        en->arena = arena_new(0);
        en->hooks = hooks;
        en->hook_count = hook_count;
        en->record_hooks = record_hooks;
        en->record_hook_count = record_hook_count;
        en->calendars = calendars_new();
        en->timer_hint = USEC_NONE;
        en->sql = ARENA_ARRAY(en->arena, struct entity_sql, m->entity_count);
        for (size_t i = 0; i < m->entity_count; i++)
                if (m->entities[i].kind != KIND_SYSTEM)
                        make_sql(en->arena, &m->entities[i], &en->sql[i]);
        make_all_start_clocks(en);
        return en;
}

void
engine_free(struct engine *e)
{
        if (e == NULL)
                return;
        calendars_free(e->calendars);
        arena_free(e->arena);
        free(e);
}

struct engine *
engine_take(struct engine *const *slot)
{
        struct engine *e;

        pthread_mutex_lock(&slots.lock);
        e = *slot;
        e->holders++;
        pthread_mutex_unlock(&slots.lock);
        return e;
}

void
engine_release(struct engine *e)
{
        bool last;

        if (e == NULL)
                return;
        pthread_mutex_lock(&slots.lock);
        last = --e->holders == 0;
        pthread_mutex_unlock(&slots.lock);
        if (!last)
                return;
        model_free((struct model *)e->model);
        engine_free(e);
}

void
engine_swap(struct engine **slot, struct engine *next)
{
        struct engine *before;

        pthread_mutex_lock(&slots.lock);
        before = *slot;
        *slot = next;
        pthread_mutex_unlock(&slots.lock);
        engine_release(before);
}

const struct model *
engine_model(const struct engine *e)
{
        return e->model;
}

const struct hook *
engine_hook(const struct engine *e, int index)
{
        return index >= 0 && (size_t)index < e->hook_count ? &e->hooks[index] : NULL;
}

struct calendars *
engine_calendars(const struct engine *e)
{
        return e->calendars;
}

/* ---- timers ---- */

void
engine_timer_hint(struct engine *e, usec due)
{
        usec was = atomic_load(&e->timer_hint);

        while ((was == USEC_NONE || due < was) && !atomic_compare_exchange_weak(&e->timer_hint, &was, due))
                ;
}

usec
engine_timer_hinted(struct engine *e)
{
        return atomic_load(&e->timer_hint);
}

void
engine_timer_unhint(struct engine *e, usec hint)
{
        atomic_compare_exchange_strong(&e->timer_hint, &hint, USEC_NONE);
}

/* ---- the outbox ---- */

void
engine_outbox_added(struct engine *e)
{
        atomic_fetch_add(&e->outbox_count, 1);
}

int64_t
engine_outbox_count(struct engine *e)
{
        return atomic_load(&e->outbox_count);
}

const char *
engine_start_clocks(const struct engine *e, size_t n)
{
        return e->start_clocks[n];
}

const struct entity_sql *
engine_sql(const struct engine *e, const struct entity *entity)
{
        return &e->sql[entity->index];
}

enum moment { BEFORE, AFTER, CHANGE };

static bool
call_one(const struct record_hook *h, enum moment m, struct work *w, struct record *r, const struct json *input)
{
        bool (*call)(struct work *, struct record *, const struct json *) = m == BEFORE ? h->before
                                                                           : m == AFTER ? h->after
                                                                                        : h->change;

        if (call == NULL || (h->entity != NULL && strcmp(h->entity, r->e->name) != 0))
                return true;
        return call(w, r, input);
}

static bool
call_all(enum moment m, struct work *w, struct record *r, const struct json *input)
{
        for (size_t i = 0; i < w->engine->record_hook_count; i++)
                if (!call_one(&w->engine->record_hooks[i], m, w, r, input))
                        return false;
        return true;
}

bool
hooks_before_create(struct work *w, struct record *r, const struct json *input)
{
        return call_all(BEFORE, w, r, input);
}

bool
hooks_after_create(struct work *w, struct record *r, const struct json *input)
{
        return call_all(AFTER, w, r, input);
}

bool
hooks_before_change(struct work *w, struct record *r, const struct json *input)
{
        return call_all(CHANGE, w, r, input);
}

bool
hooks_saved(struct work *w, struct record *r)
{
        const struct engine *en = w->engine;

        for (size_t i = 0; i < en->record_hook_count; i++) {
                const struct record_hook *h = &en->record_hooks[i];
                if (h->saved != NULL && (h->entity == NULL || strcmp(h->entity, r->e->name) == 0) && !h->saved(w, r))
                        return false;
        }
        return true;
}
