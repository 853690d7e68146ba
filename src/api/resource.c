/* SPDX-License-Identifier: Apache-2.0
 *
 * resource.c -- every entity as a resource: list, create, read, change, remove, pick, timeline; and search.
 *
 * Nothing here knows an entity by name.  The path names it, the Model tells whether it is a resource (cases
 * and records are; children stand below their case, system tables nowhere), the engine does the rest.  Reads
 * write their JSON straight into the answer's buffer.
 *
 * ETag is the record's version in quotes.  A conditional read may answer 304 only for the bare record: labels,
 * rights and clocks change without the version.
 */
#include "api/handlers.h"
#include "api/problem.h"
#include "engine/access.h"
#include "engine/event.h"
#include "engine/search.h"
#include "engine/store.h"
#include "service/promise.h"

static const struct json NO_BODY = {.type = JSON_OBJECT};

static const struct json *
body_of(const struct request *q)
{
        return q->json ? q->json : &NO_BODY;
}

/* ---- what the path and the query say ---- */

const struct entity *
path_entity(struct request *q, struct work *w)
{
        const struct entity *e = model_entity_str(w->model, q->arg[0]);

        if (e && !e->abstract && (e->kind == KIND_CASE || e->kind == KIND_RECORD))
                return e;
        fail(w->ctx, E_NO_ROUTE, "", str_c(q->arena, q->path));
        return NULL;
}

struct record *
path_record(struct request *q, struct work *w)
{
        const struct entity *e = path_entity(q, w);

        return e ? store_find(w, e, q->arg[1]) : NULL;
}

bool
wanted_version(struct request *q, struct work *w, int64_t *ret)
{
        return etag_version(q->header[H_IF_MATCH], ret) ||
               fail(w->ctx, E_IF_MATCH, "", str_c(q->arena, q->header[H_IF_MATCH]));
}

bool
concerns_rights(const struct entity *e)
{
        return strcmp(e->name, "user") == 0 || strcmp(e->name, "membership") == 0;
}

/* Columns that every record has: the first few stand in every answer, the stamps are left out of lists unless named. */
static bool
is_system_field(struct str name, bool *stamps)
{
        static const char *const always[] = {"id", "_v", "version", "number", "state", "stage", "customer_state", "case_id"};
        static const char *const stamp[] = {"created_at", "created_by", "updated_at", "updated_by"};

        for (size_t i = 0; i < sizeof always / sizeof *always; i++)
                if (str_is(name, always[i]))
                        return true;
        for (size_t i = 0; i < sizeof stamp / sizeof *stamp; i++)
                if (str_is(name, stamp[i]))
                        return *stamps = true;
        return false;
}

static bool
parse_fields(struct request *q, struct work *w, const struct entity *e, struct read_options *o)
{
        struct str rest = request_param(q, "fields");

        if (!rest.n)
                return true;
        o->fields = ARENA_ARRAY(q->arena, const struct field *, e->field_count + 1);
        while (rest.p) {
                struct str name = str_trim(str_cut(rest, ',', &rest));
                if (e->kind == KIND_CASE && str_is(name, "_clocks")) {
                        o->extra = promise_rows;
                        continue;
                }
                const struct field *f = entity_field_str(e, name);
                if (!f && is_system_field(name, &o->stamps))
                        continue;
                if (!f || f->hidden)
                        return fail(w->ctx, E_PARAMETER, "fields", "fields", str_c(q->arena, name),
                                    "fields of this entity");
                size_t i = 0;
                while (i < o->field_count && o->fields[i] != f)
                        i++;
                if (i == o->field_count)
                        o->fields[o->field_count++] = f;
        }
        return true;
}

bool
read_options_of(struct request *q, struct work *w, const struct entity *e, struct read_options *ret)
{
        bool clocks = false;

        *ret = (struct read_options){0};
        if (q->param_count == 0)
                return true;
        if (!parse_fields(q, w, e, ret) || !request_param_bool(q, "labels", &ret->labels) ||
            !request_param_bool(q, "can", &ret->can) || !request_param_bool(q, "clocks", &clocks))
                return false;
        if (clocks && e->kind == KIND_CASE)
                ret->extra = promise_rows;
        return true;
}

/* ---- answers ---- */

void
answer_record(struct request *q, struct work *w, const struct record *r, const struct read_options *o)
{
        static const struct read_options all;

        store_record_json(w, r, o ? o : &all, &q->out);
        response_etag(q, r->version);
}

bool
stale_with_current(struct request *q, struct work *w, const struct entity *e, int64_t id)
{
        static const struct read_options all;
        struct error *errors = w->ctx->errors, **tail = w->ctx->errors_tail;
        int64_t version;

        if (!errors || errors->code != E_STALE || e->kind == KIND_CHILD)
                return false;
        ctx_clear(w->ctx);
        jw_reset(&q->out);
        if (store_read_json(w, e, str_of(arena_printf(q->arena, "%lld", (long long)id)), &all, &q->out,
                            &version))
                q->current = arena_strndup(q->arena, q->out.b.p, q->out.b.n);
        w->ctx->errors = errors;
        w->ctx->errors_tail = tail;
        return false;
}

/* ---- handlers ---- */

bool
resource_read(struct request *q, struct work *w, struct response *r)
{
        const struct entity *e = path_entity(q, w);
        struct read_options o;
        int64_t version = 0;

        if (!e || !request_params_known(q, (const char *const[]){"fields", "labels", "can", "clocks", NULL}) ||
            !read_options_of(q, w, e, &o) || !store_read_json(w, e, q->arg[1], &o, &q->out, &version))
                return false;
        response_etag(q, version);
        if (q->header[H_IF_NONE_MATCH].p && !o.labels && !o.can && !o.extra &&
            etag_matches(q->header[H_IF_NONE_MATCH], r->headers[r->header_count - 1].value)) {
                jw_reset(&q->out);
                r->status = 304;
        }
        return true;
}

/* Cases of every kind together can be listed: what all of them have. */
static const struct entity *
list_entity(struct request *q, struct work *w)
{
        const struct entity *cases = w->model->case_entity;

        return cases && str_is(q->arg[0], cases->name) ? cases : path_entity(q, w);
}

static const char *const LIST_PARAMS[] = {"filter", "sort",   "fields", "limit", "cursor",
                                          "count",  "labels", "can",    "clocks", NULL};

bool
resource_list(struct request *q, struct work *w, struct response *r)
{
        const struct entity *e = list_entity(q, w);
        struct list_options o = {.filter = request_param(q, "filter"),
                                 .sort = request_param(q, "sort"),
                                 .cursor = request_param(q, "cursor")};
        int64_t limit;

        if (!e || !request_params_known(q, LIST_PARAMS) ||
            !request_param_int(q, "limit", 1, 200, 50, &limit) || !request_param_bool(q, "count", &o.count) ||
            !read_options_of(q, w, e, &o.read))
                return false;
        if (e->abstract && o.read.can)
                return fail(w->ctx, E_PARAMETER, "can", "can", "true", "no member of a list of every kind of case");
        o.limit = (int)limit;
        return store_list_json(w, e, &o, &q->out);
}

bool
resource_create(struct request *q, struct work *w, struct response *r)
{
        const struct entity *e = path_entity(q, w);
        struct record *record = e ? store_create(w, e, body_of(q)) : NULL;

        if (!record)
                return false;
        q->forget_sessions = concerns_rights(e);
        r->status = 201;
        response_header(r, "Location",
                        arena_printf(q->arena, "/api/v1/%s/%lld", e->name, (long long)record->id));
        answer_record(q, w, record, NULL);
        return true;
}

bool
resource_update(struct request *q, struct work *w, struct response *r)
{
        int64_t version;
        struct record *record = wanted_version(q, w, &version) ? path_record(q, w) : NULL;

        if (!record)
                return false;
        if (!store_update(w, record, body_of(q), version))
                return stale_with_current(q, w, record->e, record->id);
        q->forget_sessions = concerns_rights(record->e);
        answer_record(q, w, record, NULL);
        return true;
}

bool
resource_remove(struct request *q, struct work *w, struct response *r)
{
        int64_t version;
        struct record *record = wanted_version(q, w, &version) ? path_record(q, w) : NULL;

        if (!record)
                return false;
        if (!store_remove(w, record, version))
                return stale_with_current(q, w, record->e, record->id);
        q->forget_sessions = concerns_rights(record->e);
        r->status = 204;
        return true;
}

bool
resource_timeline(struct request *q, struct work *w, struct response *r)
{
        int64_t after, limit;
        struct record *record;

        if (!request_params_known(q, (const char *const[]){"after", "limit", NULL}) ||
            !request_param_int(q, "after", 0, INT64_MAX, 0, &after) ||
            !request_param_int(q, "limit", 1, 200, 50, &limit))
                return false;
        record = path_record(q, w);
        return record && event_timeline_json(w, record, after, (int)limit, &q->out);
}

bool
resource_search(struct request *q, struct work *w, struct response *r)
{
        struct str text = request_param(q, "q");
        int64_t limit;
        bool any = false;

        if (!request_params_known(q, (const char *const[]){"q", "limit", "any", NULL}) ||
            !request_param_int(q, "limit", 1, 50, 20, &limit) || !request_param_bool(q, "any", &any))
                return false;
        if (!text.n || text.n > 1000)
                return fail(w->ctx, E_PARAMETER, "q", "q", str_c(q->arena, text),
                            "a text of 1 to 1000 bytes");
        return search_json(w, text, any, (int)limit, &q->out);
}

bool
resource_stats(struct request *q, struct work *w, struct response *r)
{
        const struct entity *e = path_entity(q, w);

        return e && request_params_known(q, (const char *const[]){"group", "filter", NULL}) &&
               store_stats_json(w, e, request_param(q, "group"), request_param(q, "filter"), &q->out);
}

/* ---- count: how many records each of several filters finds ---- */

enum { COUNTS_MAX = 60 };

/* {"count":n} or, for a filter that cannot be read, {"problem":…}: a view that somebody saved long ago spoils no other's. */
static bool
count_one(struct request *q, struct work *w, const struct entity *e, struct str filter)
{
        struct jw n = {0};
        bool ok = store_count_json(w, e, filter, &n);
        enum err_class c = ok ? CLASS_SYNTAX : err_class(w->ctx->errors->code);

        if (c != CLASS_SYNTAX && c != CLASS_INVALID) {
                jw_free(&n);
                return false;
        }
        jw_open(&q->out, '{');
        jw_key(&q->out, ok ? "count" : "problem");
        if (ok) {
                jw_raw(&q->out, buf_view(&n.b));
        } else {
                problem_object(&q->out, w->ctx, request_lang(q), q->id, NULL);
                ctx_clear(w->ctx);
        }
        jw_close(&q->out, '}');
        jw_free(&n);
        return true;
}

static bool
filters_given(struct request *q, struct work *w, const struct json **ret)
{
        const struct json *filters = *ret = json_get(q->json, "filters");

        if (!filters || filters->type != JSON_ARRAY)
                return fail(w->ctx, E_TYPE, "filters", "an array of filters", filters ? json_type_name(filters->type) : "nothing");
        if (filters->count > COUNTS_MAX)
                return fail(w->ctx, E_TOO_MANY, "filters", arena_printf(q->arena, "%u filters", filters->count), "60");
        for (const struct json *i = filters->child; i; i = i->next)
                if (i->type != JSON_TEXT)
                        return fail(w->ctx, E_TYPE, "filters", "an array of filters", json_type_name(i->type));
        return true;
}

bool
resource_count(struct request *q, struct work *w, struct response *r)
{
        const struct entity *e = list_entity(q, w);
        const struct json *filters;

        if (!e || !filters_given(q, w, &filters))
                return false;
        jw_open(&q->out, '{');
        jw_key(&q->out, "counts");
        jw_open(&q->out, '[');
        for (const struct json *i = filters->child; i; i = i->next)
                if (!count_one(q, w, e, i->text))
                        return false;
        jw_close(&q->out, ']');
        jw_close(&q->out, '}');
        return true;
}

/* ---- pick: a few records by their label, for link fields ---- */

/* `name=like="*text*"`; quotes and stars of the text mean nothing to a person who types a name. */
static void
add_like(struct request *q, struct buf *b, const char *field, struct str text)
{
        if (b->n)
                buf_char(b, ',');
        buf_text(b, field);
        buf_text(b, "=like=\"*");
        for (size_t i = 0; i < text.n; i++)
                buf_char(b, strchr("\"*\\", text.p[i]) ? ' ' : text.p[i]);
        buf_text(b, "*\"");
}

static void
write_choices(struct request *q, const struct entity *e, const struct json *items)
{
        jw_open(&q->out, '[');
        for (const struct json *i = items ? items->child : NULL; i; i = i->next) {
                struct str label = json_get_text(i, e->display->name), number = json_get_text(i, "number");
                jw_open(&q->out, '{');
                jw_key(&q->out, "id");
                jw_int(&q->out, json_get(i, "id")->i);
                jw_key(&q->out, "label");
                if (number.n)
                        jw_text(&q->out, arena_printf(q->arena, "%.*s %.*s", (int)number.n, number.p,
                                                      (int)label.n, label.p));
                else
                        jw_str(&q->out, label);
                jw_close(&q->out, '}');
        }
        jw_close(&q->out, ']');
}

/* The list of the entity, cut down to id and label. */
static bool
pick_list(struct request *q, struct work *w, const struct entity *e, struct list_options *o)
{
        const struct field *fields[1] = {e->display};
        struct json *page;

        o->read = (struct read_options){.fields = fields, .field_count = 1};
        if (!store_list_json(w, e, o, &q->out))
                return false;
        page = json_parse(w->ctx, arena_strndup(q->arena, q->out.b.p, q->out.b.n), q->out.b.n, 5000);
        if (!page)
                return false;
        jw_reset(&q->out);
        write_choices(q, e, json_get(page, "items"));
        return true;
}

/* By the label; a case by its number too, a record by whatever of it is searched (a unit's network name, a phone). */
static void
pick_filter(struct request *q, struct work *w, const struct entity *e, struct str text, struct buf *filter)
{
        add_like(q, filter, e->display->name, text);
        if (e->kind == KIND_CASE)
                add_like(q, filter, "number", text);
        for (size_t i = 0; e->kind == KIND_RECORD && i < e->field_count; i++) {
                const struct field *f = &e->fields[i];
                if (f->search && f != e->display && f->storage == STORE_TEXT && !f->hidden && access_field_read(w->actor, f))
                        add_like(q, filter, f->name, text);
        }
}

bool
resource_pick(struct request *q, struct work *w, struct response *r)
{
        const struct entity *e = path_entity(q, w);
        struct str text = request_param(q, "q");
        struct list_options o = {0};
        struct buf filter = {0};
        int64_t limit;
        bool ok;

        if (!e || !request_params_known(q, (const char *const[]){"q", "limit", NULL}) ||
            !request_param_int(q, "limit", 1, 50, 20, &limit))
                return false;
        if (!e->display)
                return fail(w->ctx, E_NO_ROUTE, "", str_c(q->arena, q->path));
        if (text.n)
                pick_filter(q, w, e, text, &filter);
        o.filter = buf_view(&filter);
        o.sort = e->kind == KIND_CASE ? STR("-reported_at") : str_of(e->display->name);
        o.limit = (int)limit;
        ok = pick_list(q, w, e, &o);
        buf_free(&filter);
        return ok;
}
