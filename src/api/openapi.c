/* SPDX-License-Identifier: Apache-2.0
 *
 * openapi.c -- the API's description (OpenAPI 3.1), made from the Model.
 *
 * Every entity, field, transition and child that the Model has stands in it, so a process added as YAML is
 * described, typed and testable without anybody writing a line.  Two schemas an entity: `x` as it is read,
 * `x.write` as it is sent.  What is the same everywhere (problem, page, parameters, answers) stands once
 * under components and is referred to.
 *
 * Not here: calls that the Model does not make have their few rows in openapi_fixed.c.
 */
#include "api/openapi.h"
#include <stdio.h>

/* ---- small words ---- */

void
oa_text(struct jw *w, const char *key, const char *value)
{
        jw_key(w, key);
        jw_text(w, value);
}

void
oa_open(struct jw *w, const char *key)
{
        jw_key(w, key);
        jw_open(w, '{');
}

void
oa_ref(struct jw *w, const char *kind, const char *name)
{
        char text[200];

        snprintf(text, sizeof text, "#/components/%s/%s", kind, name);
        jw_open(w, '{');
        oa_text(w, "$ref", text);
        jw_close(w, '}');
}

static void
ref_member(struct jw *w, const char *key, const char *kind, const char *name)
{
        jw_key(w, key);
        oa_ref(w, kind, name);
}

static bool
has(const char *text)
{
        return text && text[0];
}

static const char *
joined(char *buf, size_t n, const char *a, const char *b)
{
        snprintf(buf, n, "%s%s", a, b);
        return buf;
}

/* ---- fields ---- */

/* What a type is in JSON (docs/model-language.md), and an example. */
static const struct {
        const char *type, *format, *example; /* example: JSON text */
} TYPES[TYPE_COUNT] = {
        [TYPE_TEXT] = {"string", NULL, "\"Power supply of rack 7\""},
        [TYPE_LONGTEXT] = {"string", NULL, "\"Both feeds are down since 08:40.\""},
        [TYPE_MARKDOWN] = {"string", NULL, "\"Restart **twice**.\""},
        [TYPE_PHONE] = {"string", NULL, "\"+86 21 5555 0100\""},
        [TYPE_EMAIL] = {"string", "email", "\"li.wei@example.com\""},
        [TYPE_ADDRESS] = {"string", NULL, "\"1 Harbour Road, Shanghai\""},
        [TYPE_SERIAL] = {"string", NULL, "\"SN-48213\""},
        [TYPE_BARCODE] = {"string", NULL, "\"4006381333931\""},
        [TYPE_INT] = {"integer", "int64", "3"},
        [TYPE_RATING] = {"integer", NULL, "5"},
        [TYPE_SCORE] = {"integer", NULL, "9"},
        [TYPE_DECIMAL] = {"number", NULL, "12.5"},
        [TYPE_MONEY] = {"number", NULL, "199.9"},
        [TYPE_PERCENT] = {"number", NULL, "99.5"},
        [TYPE_DURATION] = {"integer", "int64", "3600"},
        [TYPE_BOOL] = {"boolean", NULL, "true"},
        [TYPE_ENUM] = {"string", NULL, NULL},
        [TYPE_MULTI_ENUM] = {"array", NULL, NULL},
        [TYPE_DATE] = {"string", "date", "\"2026-11-21\""},
        [TYPE_DATETIME] = {"string", "date-time", "\"2026-11-21T08:40:00Z\""},
        [TYPE_PERIOD] = {"object", NULL, "{\"from\":\"2026-01-01\",\"to\":\"2026-12-31\"}"},
        [TYPE_LINK] = {"integer", "int64", "17"},
        [TYPE_PERSON] = {"integer", "int64", "17"},
        [TYPE_TEAM] = {"integer", "int64", "17"},
        [TYPE_MULTI_LINK] = {"array", NULL, "[17,18]"},
        [TYPE_FILE] = {"integer", "int64", "17"},
        [TYPE_IMAGE] = {"integer", "int64", "17"},
        [TYPE_AUDIO] = {"integer", "int64", "17"},
        [TYPE_SIGNATURE] = {"integer", "int64", "17"},
        [TYPE_GEO] = {"object", NULL, "{\"lat\":31.23,\"lon\":121.47}"},
        [TYPE_CHECKLIST] = {"array", NULL, "[{\"text\":\"Back-up taken\",\"done\":true}]"},
        [TYPE_READINGS] = {"array", NULL, "[{\"name\":\"input\",\"value\":229.5,\"unit\":\"V\"}]"},
};

static void
write_options(const struct field *f, struct jw *w, bool nullable)
{
        jw_key(w, "enum");
        jw_open(w, '[');
        for (size_t i = 0; i < f->option_count; i++)
                jw_text(w, f->options[i].name);
        if (nullable)
                jw_null(w);
        jw_close(w, ']');
}

/* A declared item by its name, or one in words of one's own. */
static void
write_check_items(const struct field *f, struct jw *w)
{
        oa_open(w, "properties");
        oa_open(w, "item");
        oa_text(w, "type", "string");
        jw_key(w, "enum");
        jw_open(w, '[');
        for (size_t i = 0; i < f->item_count; i++)
                jw_text(w, f->items[i].name);
        jw_close(w, ']');
        jw_close(w, '}');
        oa_open(w, "text");
        oa_text(w, "type", "string");
        jw_close(w, '}');
        oa_open(w, "done");
        oa_text(w, "type", "boolean");
        jw_close(w, '}');
        jw_close(w, '}');
}

static void
write_items(const struct field *f, struct jw *w)
{
        oa_open(w, "items");
        if (f->type == TYPE_MULTI_ENUM) {
                oa_text(w, "type", "string");
                write_options(f, w, false);
        } else {
                oa_text(w, "type", f->type == TYPE_MULTI_LINK ? "integer" : "object");
        }
        if (f->item_count > 0)
                write_check_items(f, w);
        jw_close(w, '}');
}

/* min and max of a field are characters of texts, values of numbers (decimals: times 10^scale). */
static void
write_bounds(const struct field *f, struct jw *w)
{
        bool text = f->storage == STORE_TEXT && strcmp(TYPES[f->type].type, "string") == 0 &&
                    f->type != TYPE_DATE;
        double unit = 1;

        if (!text && strcmp(TYPES[f->type].type, "integer") != 0 &&
            strcmp(TYPES[f->type].type, "number") != 0)
                return;
        for (int i = 0; i < f->scale && strcmp(TYPES[f->type].type, "number") == 0; i++)
                unit *= 10;
        if (f->has_min) {
                jw_key(w, text ? "minLength" : "minimum");
                jw_real(w, (double)f->min / unit);
        }
        if (f->has_max) {
                jw_key(w, text ? "maxLength" : "maximum");
                jw_real(w, (double)f->max / unit);
        }
}

static void
write_type(const struct field *f, struct jw *w, bool nullable)
{
        jw_key(w, "type");
        if (!nullable) {
                jw_text(w, TYPES[f->type].type);
                return;
        }
        jw_open(w, '[');
        jw_text(w, TYPES[f->type].type);
        jw_text(w, "null");
        jw_close(w, ']');
}

static void
write_example(const struct field *f, struct jw *w)
{
        bool fits = TYPES[f->type].example && !f->has_min &&
                    !(f->has_max && f->max < 100 && f->type != TYPE_RATING);

        if (!fits)
                return;
        jw_key(w, "examples");
        jw_open(w, '[');
        jw_raw(w, str_of(TYPES[f->type].example));
        jw_close(w, ']');
}

static void
write_field(const struct field *f, struct jw *w, bool nullable, bool read_only)
{
        jw_key(w, f->name);
        jw_open(w, '{');
        if (TYPES[f->type].type) {
                write_type(f, w, nullable);
                if (TYPES[f->type].format)
                        oa_text(w, "format", TYPES[f->type].format);
                if (f->type == TYPE_ENUM)
                        write_options(f, w, nullable);
                if (strcmp(TYPES[f->type].type, "array") == 0)
                        write_items(f, w);
                write_bounds(f, w);
                write_example(f, w);
        }
        if (has(f->label.en))
                oa_text(w, "title", f->label.en);
        if (has(f->help.en))
                oa_text(w, "description", f->help.en);
        if (read_only) {
                jw_key(w, "readOnly");
                jw_bool(w, true);
        }
        jw_close(w, '}');
}

/* ---- schemas ---- */

static bool
is_shown(const struct field *f)
{
        return !f->hidden && f->storage != STORE_NONE && f->type != TYPE_BYTES;
}

static bool
is_sent(const struct field *f)
{
        return is_shown(f) && !f->computed;
}

static bool
is_needed(const struct field *f)
{
        return is_sent(f) && f->required && f->preset.kind == PRESET_NONE && !f->when;
}

static void
write_states(const struct entity *e, struct jw *w)
{
        oa_open(w, "state");
        oa_text(w, "type", "string");
        jw_key(w, "enum");
        jw_open(w, '[');
        for (size_t i = 0; i < e->state_count; i++)
                jw_text(w, e->states[i].name);
        jw_close(w, ']');
        jw_close(w, '}');
}

static const char *const SYSTEM_CASE =
        "\"number\":{\"type\":\"string\"},\"stage\":{\"type\":[\"string\",\"null\"]},"
        "\"customer_state\":{\"type\":[\"string\",\"null\"]},"
        "\"_clocks\":{\"$ref\":\"#/components/schemas/_clocks\"}";
static const char *const SYSTEM_ALL =
        "\"id\":{\"type\":\"integer\",\"format\":\"int64\"},\"_v\":{\"type\":\"integer\",\"description\":"
        "\"Version; the ETag\"},"
        "\"created_at\":{\"type\":\"string\",\"format\":\"date-time\"},\"created_by\":{\"type\":[\"integer\","
        "\"null\"]},"
        "\"updated_at\":{\"type\":\"string\",\"format\":\"date-time\"},\"updated_by\":{\"type\":[\"integer\","
        "\"null\"]},"
        "\"_labels\":{\"type\":\"object\",\"additionalProperties\":{\"type\":[\"string\",\"object\",\"null\"]}},"
        "\"_can\":{\"$ref\":\"#/components/schemas/_can\"}";

static void
raw_members(struct jw *w, const char *members)
{
        if (w->comma)
                buf_char(&w->b, ',');
        buf_text(&w->b, members);
        w->comma = true;
}

static void
write_read_schema(const struct entity *e, struct jw *w)
{
        oa_open(w, e->name);
        oa_text(w, "type", "object");
        oa_text(w, "title", has(e->label.en) ? e->label.en : e->name);
        if (has(e->help.en))
                oa_text(w, "description", e->help.en);
        oa_open(w, "properties");
        raw_members(w, SYSTEM_ALL);
        if (e->kind == KIND_CASE)
                raw_members(w, SYSTEM_CASE);
        if (e->kind == KIND_CHILD)
                raw_members(w, "\"case_id\":{\"type\":\"integer\",\"format\":\"int64\"}");
        if (e->state_count)
                write_states(e, w);
        for (size_t i = 0; i < e->field_count; i++)
                if (is_shown(&e->fields[i]))
                        write_field(&e->fields[i], w, true, e->fields[i].computed);
        jw_close(w, '}');
        raw_members(w, "\"required\":[\"id\",\"_v\"]");
        jw_close(w, '}');
}

static void
write_required(const struct entity *e, struct jw *w)
{
        bool any = false;

        for (size_t i = 0; i < e->field_count; i++) {
                if (!is_needed(&e->fields[i]))
                        continue;
                if (!any) {
                        jw_key(w, "required");
                        jw_open(w, '[');
                }
                any = true;
                jw_text(w, e->fields[i].name);
        }
        if (any)
                jw_close(w, ']');
}

static void
write_write_schema(const struct entity *e, struct jw *w, const char *suffix, bool create)
{
        char name[100];

        oa_open(w, joined(name, sizeof name, e->name, suffix));
        oa_text(w, "type", "object");
        oa_open(w, "properties");
        for (size_t i = 0; i < e->field_count; i++)
                if (is_sent(&e->fields[i]) && (create || !e->fields[i].fixed))
                        write_field(&e->fields[i], w, !create || !is_needed(&e->fields[i]), false);
        jw_close(w, '}');
        if (create)
                write_required(e, w);
        jw_key(w, "additionalProperties");
        jw_bool(w, false);
        jw_close(w, '}');
}

/* ---- operations ---- */

struct operation {
        const char *id, *summary, *tag;
        const char *params; /* names under components/parameters, separated by blanks */
        const char *body;   /* schema, NULL: none */
        const char *answer; /* schema; NULL: no content */
        const char *status; /* "200" */
        bool page;          /* the answer is a page of `answer` */
};

static void
write_params(struct jw *w, const char *names)
{
        struct str rest = str_of(names);

        if (rest.n == 0)
                return;
        jw_key(w, "parameters");
        jw_open(w, '[');
        while (rest.p) {
                char name[60];
                struct str one = str_cut(rest, ' ', &rest);
                snprintf(name, sizeof name, "%.*s", (int)one.n, one.p);
                oa_ref(w, "parameters", name);
        }
        jw_close(w, ']');
}

static void
write_content(struct jw *w, const char *schema, bool page)
{
        oa_open(w, "content");
        oa_open(w, "application/json");
        jw_key(w, "schema");
        if (page) {
                jw_open(w, '{');
                oa_text(w, "type", "object");
                oa_open(w, "properties");
                oa_open(w, "items");
                oa_text(w, "type", "array");
                ref_member(w, "items", "schemas", schema);
                jw_close(w, '}');
                raw_members(w, "\"next\":{\"type\":[\"string\",\"null\"]},\"count\":{\"type\":[\"integer\","
                               "\"string\"]}");
                jw_close(w, '}');
                jw_close(w, '}');
        } else {
                oa_ref(w, "schemas", schema);
        }
        jw_close(w, '}');
        jw_close(w, '}');
}

static void
write_answers(struct jw *w, const struct operation *o)
{
        oa_open(w, "responses");
        oa_open(w, o->status);
        oa_text(w, "description", o->answer ? "Done" : "Done, without content");
        if (o->answer)
                write_content(w, o->answer, o->page);
        jw_close(w, '}');
        ref_member(w, "4XX", "responses", "problem");
        ref_member(w, "5XX", "responses", "problem");
        jw_close(w, '}');
}

static void
write_operation(struct jw *w, const char *method, const struct operation *o)
{
        oa_open(w, method);
        oa_text(w, "operationId", o->id);
        oa_text(w, "summary", o->summary);
        jw_key(w, "tags");
        jw_open(w, '[');
        jw_text(w, o->tag);
        jw_close(w, ']');
        write_params(w, o->params);
        if (o->body) {
                oa_open(w, "requestBody");
                write_content(w, o->body, false);
                jw_close(w, '}');
        }
        write_answers(w, o);
        jw_close(w, '}');
}

/* One operation whose id and summary are made from the entity. */
static void
entity_operation(struct jw *w, const struct entity *e, const char *method, const char *verb,
                 const char *summary, struct operation o)
{
        char id[160], text[200];

        o.id = joined(id, sizeof id, verb, e->name);
        snprintf(text, sizeof text, "%s: %s", has(e->label.en) ? e->label.en : e->name, summary);
        o.summary = text;
        o.tag = e->name;
        write_operation(w, method, &o);
}

static void
open_path(struct jw *w, const struct entity *e, const char *rest)
{
        char path[200];

        snprintf(path, sizeof path, "/api/v1/%s%s", e->name, rest);
        oa_open(w, path);
}

static void
write_collection(const struct entity *e, struct jw *w)
{
        char create[100];

        joined(create, sizeof create, e->name, ".create");
        open_path(w, e, "");
        entity_operation(w, e, "get", "list_", "list",
                         (struct operation){.params = "filter sort fields limit cursor count labels can clocks",
                                            .answer = e->name,
                                            .status = "200",
                                            .page = true});
        entity_operation(
                w, e, "post", "create_", "create",
                (struct operation){
                        .params = "Idempotency-Key", .body = create, .answer = e->name, .status = "201"});
        jw_close(w, '}');
        open_path(w, e, "/bulk");
        entity_operation(w, e, "post", "bulk_", "one deed on many",
                         (struct operation){.params = "Idempotency-Key",
                                            .body = "_bulk",
                                            .answer = "_bulk_results",
                                            .status = "200"});
        jw_close(w, '}');
        open_path(w, e, "/import");
        entity_operation(w, e, "post", "import_", "a table into",
                         (struct operation){.params = "dry_run Idempotency-Key",
                                            .body = "_import",
                                            .answer = "_import_results",
                                            .status = "200"});
        jw_close(w, '}');
        open_path(w, e, "/stats");
        entity_operation(w, e, "get", "stats_", "how many by state or option",
                         (struct operation){.params = "group filter", .answer = "_stats", .status = "200"});
        jw_close(w, '}');
        open_path(w, e, "/count");
        entity_operation(w, e, "post", "count_", "how many each of several filters finds of",
                         (struct operation){.body = "_filters", .answer = "_counts", .status = "200"});
        jw_close(w, '}');
        if (!e->display)
                return;
        open_path(w, e, "/pick");
        entity_operation(w, e, "get", "pick_", "a few by their label",
                         (struct operation){.params = "q pick_limit", .answer = "_choices", .status = "200"});
        jw_close(w, '}');
}

static void
write_item(const struct entity *e, struct jw *w)
{
        char update[100];

        joined(update, sizeof update, e->name, ".update");
        open_path(w, e, "/{id}");
        entity_operation(w, e, "get", "read_", "read",
                         (struct operation){.params = "id fields labels can clocks If-None-Match",
                                            .answer = e->name,
                                            .status = "200"});
        entity_operation(
                w, e, "patch", "update_", "change fields",
                (struct operation){
                        .params = "id If-Match", .body = update, .answer = e->name, .status = "200"});
        if (e->kind == KIND_RECORD)
                entity_operation(w, e, "delete", "remove_", "remove",
                                 (struct operation){.params = "id If-Match", .status = "204"});
        jw_close(w, '}');
        open_path(w, e, "/{id}/timeline");
        entity_operation(
                w, e, "get", "timeline_", "events, oldest first",
                (struct operation){
                        .params = "id after limit", .answer = "_event", .status = "200", .page = true});
        jw_close(w, '}');
}

/* ---- transitions ---- */

static void
write_move_fields(const struct transition *t, struct jw *w)
{
        for (size_t i = 0; i < t->needs_count; i++)
                write_field(t->needs[i], w, true, false);
        for (size_t i = 0; i < t->may_count; i++)
                write_field(t->may[i], w, true, false);
        raw_members(w, "\"reason\":{\"type\":\"string\"},\"note\":{\"type\":\"string\",\"description\":"
                       "\"Kept as an internal message\"}");
}

static void
write_move_schema(const struct entity *e, const struct transition *t, struct jw *w)
{
        char name[160];

        snprintf(name, sizeof name, "%s.%s", e->name, t->name);
        oa_open(w, name);
        oa_text(w, "type", "object");
        oa_open(w, "properties");
        write_move_fields(t, w);
        jw_close(w, '}');
        if (t->reason)
                raw_members(w, "\"required\":[\"reason\"]");
        jw_close(w, '}');
}

static void
write_move(const struct entity *e, const struct transition *t, struct jw *w)
{
        char rest[120], verb[120], body[160];

        snprintf(rest, sizeof rest, "/{id}/%s", t->name);
        snprintf(verb, sizeof verb, "%s_", t->name);
        snprintf(body, sizeof body, "%s.%s", e->name, t->name);
        open_path(w, e, rest);
        entity_operation(w, e, "post", verb, has(t->label.en) ? t->label.en : t->name,
                         (struct operation){.params = "id If-Match Idempotency-Key",
                                            .body = body,
                                            .answer = e->name,
                                            .status = "200"});
        jw_close(w, '}');
}

/* ---- children ---- */

static void
write_upload(const struct entity *e, struct jw *w)
{
        char id[120];

        snprintf(id, sizeof id, "create_attachment_of_%s", e->name);
        oa_open(w, "post");
        oa_text(w, "operationId", id);
        oa_text(w, "summary", "Upload a file: the body is its bytes");
        jw_key(w, "tags");
        jw_open(w, '[');
        jw_text(w, e->name);
        jw_close(w, ']');
        write_params(w, "id file_name Idempotency-Key");
        raw_members(w, "\"requestBody\":{\"required\":true,\"content\":{\"application/"
                       "octet-stream\":{\"schema\":{\"type\":\"string\","
                       "\"format\":\"binary\"}}}}");
        write_answers(w, &(struct operation){.answer = "attachment", .status = "201"});
        jw_close(w, '}');
}

static void
write_child(const struct entity *e, const struct entity *child, struct jw *w)
{
        char rest[120], verb[120], schema[120];

        snprintf(rest, sizeof rest, "/{id}/%s", child->name);
        open_path(w, e, rest);
        snprintf(verb, sizeof verb, "list_%s_of_", child->name);
        entity_operation(w, e, "get", verb, child->name,
                         (struct operation){.params = "id filter sort fields limit cursor count labels can",
                                            .answer = child->name,
                                            .status = "200",
                                            .page = true});
        if (strcmp(child->name, "attachment") == 0) {
                write_upload(e, w);
        } else {
                snprintf(verb, sizeof verb, "create_%s_of_", child->name);
                entity_operation(
                        w, e, "post", verb, "add",
                        (struct operation){.params = "id Idempotency-Key",
                                           .body = joined(schema, sizeof schema, child->name, ".create"),
                                           .answer = child->name,
                                           .status = "201"});
        }
        jw_close(w, '}');
        snprintf(rest, sizeof rest, "/{id}/%s/{child_id}", child->name);
        open_path(w, e, rest);
        snprintf(verb, sizeof verb, "read_%s_of_", child->name);
        entity_operation(w, e, "get", verb, "read",
                         (struct operation){.params = "id child_id", .answer = child->name, .status = "200"});
        snprintf(verb, sizeof verb, "update_%s_of_", child->name);
        entity_operation(w, e, "patch", verb, "change",
                         (struct operation){.params = "id child_id If-Match",
                                            .body = joined(schema, sizeof schema, child->name, ".update"),
                                            .answer = child->name,
                                            .status = "200"});
        snprintf(verb, sizeof verb, "remove_%s_of_", child->name);
        entity_operation(w, e, "delete", verb, "remove",
                         (struct operation){.params = "id child_id If-Match", .status = "204"});
        jw_close(w, '}');
}

/* ---- the whole ---- */

static bool
is_resource(const struct entity *e)
{
        return !e->abstract && (e->kind == KIND_CASE || e->kind == KIND_RECORD);
}

static void
write_entity_paths(const struct model *m, const struct entity *e, struct jw *w)
{
        write_collection(e, w);
        write_item(e, w);
        for (size_t i = 0; i < e->transition_count; i++)
                if (e->transitions[i].by & ~ROLE_SYSTEM)
                        write_move(e, &e->transitions[i], w);
        for (size_t i = 0; e->kind == KIND_CASE && i < m->entity_count; i++)
                if (m->entities[i].kind == KIND_CHILD)
                        write_child(e, &m->entities[i], w);
}

static void
write_entity_schemas(const struct entity *e, struct jw *w)
{
        write_read_schema(e, w);
        if (strcmp(e->name, "attachment") != 0)
                write_write_schema(e, w, ".create", true); /* an attachment is sent as its bytes */
        write_write_schema(e, w, ".update", false);
        for (size_t i = 0; i < e->transition_count; i++)
                if (e->transitions[i].by & ~ROLE_SYSTEM)
                        write_move_schema(e, &e->transitions[i], w);
}

static void
write_tags(const struct model *m, struct jw *w)
{
        jw_key(w, "tags");
        jw_open(w, '[');
        for (size_t i = 0; i < m->entity_count; i++) {
                const struct entity *e = &m->entities[i];
                if (!is_resource(e))
                        continue;
                jw_open(w, '{');
                oa_text(w, "name", e->name);
                oa_text(w, "description",
                        has(e->help.en)    ? e->help.en
                        : has(e->label.en) ? e->label.en
                                           : e->name);
                jw_close(w, '}');
        }
        raw_members(w, "{\"name\":\"session\",\"description\":\"Logging in; who I am\"},"
                       "{\"name\":\"service\",\"description\":\"The service itself\"}");
        jw_close(w, ']');
}

void
openapi_write(const struct model *m, struct jw *w)
{
        jw_open(w, '{');
        oa_text(w, "openapi", "3.1.0");
        openapi_info(w);
        write_tags(m, w);
        oa_open(w, "paths");
        openapi_fixed_paths(w);
        for (size_t i = 0; i < m->entity_count; i++)
                if (is_resource(&m->entities[i]))
                        write_entity_paths(m, &m->entities[i], w);
        jw_close(w, '}');
        oa_open(w, "components");
        openapi_fixed_components(w);
        oa_open(w, "schemas");
        openapi_fixed_schemas(w);
        for (size_t i = 0; i < m->entity_count; i++)
                if (is_resource(&m->entities[i]) || m->entities[i].kind == KIND_CHILD)
                        write_entity_schemas(&m->entities[i], w);
        jw_close(w, '}');
        jw_close(w, '}');
        jw_close(w, '}');
}
