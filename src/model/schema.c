/* SPDX-License-Identifier: Apache-2.0
 *
 * schema.c -- the JSON Schema (2020-12) of the model language, for editors.
 *
 * Made from the loader's own key tables: each level becomes a definition with the table's keys, and the reader of a
 * key says its type (a flag, a text, a label, a whole number).  Only what the loader reads as a tree needs a row here
 * (`shapes`).  A key that is added to a table is in the schema at once.
 *
 * Not here: what a schema cannot say (unknown names, reachability): that is `openitr check`.
 */
#include "model/load.h"
#include "model/publish.h"

#define REF(name) "{\"$ref\":\"#/$defs/" name "\"}"
#define LIST_OF(item) "{\"type\":\"array\",\"items\":" item "}"
#define MAP_OF(item) "{\"type\":\"object\",\"propertyNames\":" REF("name") ",\"additionalProperties\":" item "}"
#define ONE_OF(a, b) "{\"anyOf\":[" a "," b "]}"
#define NAME REF("name")
#define NAMES ONE_OF(NAME, LIST_OF(NAME))
#define SCALAR "{\"type\":[\"string\",\"number\",\"boolean\"]}"
#define ANY "{}"

/* Trees, by level and key; level NULL: wherever the key stands. */
static const struct {
        const char *level, *key, *json;
} shapes[] = {
        {"entity", "entity", NAME},
        {"entity", "is", "{\"enum\":[\"case\",\"record\",\"child\",\"system\"]}"},
        {"entity", "of", "{\"const\":\"case\"}"},
        {NULL, "nav", REF("nav")},
        {NULL, "fields", MAP_OF(REF("field"))},
        {NULL, "states", MAP_OF(REF("state"))},
        {"grant", "transitions", NAMES},
        {NULL, "transitions", MAP_OF(REF("transition"))},
        {NULL, "clocks", MAP_OF(REF("clock"))},
        {NULL, "notices", LIST_OF(REF("notice"))},
        {NULL, "grants", MAP_OF(REF("grant"))},
        {NULL, "views", MAP_OF(REF("view"))},
        {NULL, "layout", REF("layout")},
        {"entity", "index", LIST_OF(NAMES)},
        {"entity", "unique", LIST_OF(NAMES)},
        {"extend", "index", LIST_OF(NAMES)},
        {"extend", "unique", LIST_OF(NAMES)},
        {NULL, "scope", REF("scope")},
        {"field", "of", ONE_OF(LIST_OF(SCALAR), "{\"const\":\"roles\"},{\"type\":\"object\",\"additionalProperties\":" ONE_OF(REF("label"), "{\"type\":\"null\"}") "}")},
        {"field", "check", "{\"const\":\"gs1\"}"},
        {"field", "measures", MAP_OF(REF("measure"))},
        {"field", "items", MAP_OF(REF("item"))},
        {"measure", "min", "{\"type\":\"number\"}"},
        {"measure", "max", "{\"type\":\"number\"}"},
        {"field", "min", SCALAR},
        {"field", "max", SCALAR},
        {"field", "scale", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":9}"},
        {"field", "preset", ANY},
        {NULL, "stage", "{\"enum\":[\"accept\",\"handle\",\"close\"]}"},
        {"state", "kind", "{\"enum\":[\"open\",\"waiting\",\"closed\"]}"},
        {"state", "customer", "{\"enum\":[\"received\",\"being_assigned\",\"in_progress\",\"needs_reply\",\"please_confirm\",\"completed\",\"withdrawn\"]}"},
        {"field", "when", "{\"type\":\"string\",\"description\":\"a condition\"}"},
        {"transition", "when", "{\"type\":\"string\",\"description\":\"a condition\"}"},
        {"transition", "sets", MAP_OF(ANY)},
        {"transition", "style", "{\"enum\":[\"primary\",\"normal\",\"danger\"]}"},
        {"clock", "party", "{\"enum\":[\"sla\",\"ola\",\"vendor\"]}"},
        {"clock", "target", "{\"type\":\"string\",\"pattern\":\"^[^.]+[.].+$\"}"},
        {"grant", "read", REF("row_scope")},
        {"grant", "write", REF("row_scope")},
        {"grant", "act", REF("row_scope")},
        {"view", "sort", "{\"type\":\"string\"}"},
        {"layout", "detail", LIST_OF("{\"type\":\"array\",\"prefixItems\":[" NAME ",{\"type\":\"integer\"}],\"minItems\":2,\"maxItems\":2}")},
        {"table", "source", "{\"type\":\"string\"}"},
        {"codes", "source", "{\"type\":\"string\"}"},
        {"table", "inputs", MAP_OF(ONE_OF("{\"enum\":[\"bool\",\"int\",\"text\"]}", LIST_OF(SCALAR)))},
        {"table", "outputs", MAP_OF(ONE_OF("{\"enum\":[\"bool\",\"int\",\"text\"]}", LIST_OF(SCALAR)))},
        {"table", "rows", LIST_OF(REF("row"))},
        {"table", "tests", LIST_OF(REF("test"))},
        {"row", NULL, ANY},
        {"test", NULL, ANY},
        {"codes", "items", "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\",\"required\":[\"label\"]}}"},
};

static void
raw(struct jw *w, const char *json)
{
        jw_raw(w, str_of(json));
}

/* The row of `shapes` for a key, or NULL. */
static const char *
shape_of(const char *level, const char *key)
{
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
                if ((!shapes[i].level || strcmp(shapes[i].level, level) == 0) &&
                    (!shapes[i].key || strcmp(shapes[i].key, key) == 0))
                        return shapes[i].json;
        return NULL;
}

static void
types_json(struct jw *w)
{
        jw_open(w, '{');
        jw_key(w, "enum");
        jw_open(w, '[');
        for (int t = 0; t < TYPE_COUNT; t++)
                jw_text(w, type_name((enum field_type)t));
        jw_close(w, ']');
        jw_close(w, '}');
}

/* By the reader of the key; what is read as a tree has a shape, and is names otherwise. */
static void
key_json(const struct level *l, const struct key *k, struct jw *w)
{
        const char *shape = k->read == read_flag || k->read == read_label || k->read == read_int ? NULL : shape_of(l->name, k->name);

        if (strcmp(l->name, "field") == 0 && strcmp(k->name, "type") == 0)
                types_json(w);
        else
                raw(w, shape                   ? shape
                       : k->read == read_flag  ? "{\"type\":\"boolean\"}"
                       : k->read == read_int   ? "{\"type\":\"integer\"}"
                       : k->read == read_label ? REF("label")
                       : k->read == read_text  ? SCALAR
                                               : NAMES);
}

static void
level_json(const struct level *l, struct jw *w)
{
        static const char *const needed[][2] = {{"entity", "entity"}, {"entity", "is"},      {"extend", "extend"},
                                                {"field", "type"},    {"transition", "from"}, {"transition", "to"},
                                                {"clock", "start"},   {"clock", "stop"},      {"clock", "target"},
                                                {"notice", "on"},     {"notice", "to"},       {"notice", "template"},
                                                {"table", "rows"},    {"table", "tests"},     {"row", "when"},
                                                {"row", "then"},      {"test", "given"},      {"test", "expect"},
                                                {"codes", "items"}};

        jw_key(w, l->name);
        jw_open(w, '{');
        jw_key(w, "type");
        jw_text(w, "object");
        jw_key(w, "additionalProperties");
        jw_bool(w, false);
        jw_key(w, "required");
        jw_open(w, '[');
        for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
                if (strcmp(needed[i][0], l->name) == 0)
                        jw_text(w, needed[i][1]);
        jw_close(w, ']');
        jw_key(w, "properties");
        jw_open(w, '{');
        for (size_t i = 0; i < l->count; i++) {
                jw_key(w, l->keys[i].name);
                key_json(l, &l->keys[i], w);
        }
        jw_close(w, '}');
        jw_close(w, '}');
}

/* Which definition a file follows, by the key at its top. */
static void
files_json(struct jw *w)
{
        static const char *const files[][2] = {{"entity", "entity"}, {"extend", "extend"}, {"roles", "roles"},
                                               {"groups", "roles"},  {"rules", "table"},   {"codes", "codes"}};

        jw_key(w, "allOf");
        jw_open(w, '[');
        for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
                struct buf b = {0};
                buf_printf(&b, "{\"if\":{\"required\":[\"%s\"]},\"then\":{\"$ref\":\"#/$defs/%s\"}}", files[i][0], files[i][1]);
                jw_raw(w, buf_view(&b));
                buf_free(&b);
        }
        jw_close(w, ']');
}

void
publish_schema(struct jw *w)
{
        static const struct level *const levels[] = {
                &level_entity, &level_extend, &level_field, &level_state, &level_transition, &level_clock,
                &level_notice, &level_grant,  &level_view,  &level_scope, &level_nav,        &level_layout,
                &level_role,   &level_group,  &level_table, &level_row,   &level_test,       &level_codes,
                &level_measure, &level_item,
        };

        jw_open(w, '{');
        jw_key(w, "$schema");
        jw_text(w, "https://json-schema.org/draft/2020-12/schema");
        jw_key(w, "title");
        jw_text(w, "OpenITR model language");
        jw_key(w, "type");
        jw_text(w, "object");
        files_json(w);
        jw_key(w, "$defs");
        jw_open(w, '{');
        jw_key(w, "name");
        raw(w, "{\"type\":\"string\",\"minLength\":1}");
        jw_key(w, "label");
        raw(w, ONE_OF("{\"type\":\"string\"}", "{\"type\":\"object\",\"properties\":{\"en\":" SCALAR ",\"zh\":" SCALAR
                      "},\"additionalProperties\":false}"));
        jw_key(w, "row_scope");
        raw(w, "{\"enum\":[\"none\",\"own\",\"team\",\"own_account\",\"all\"]}");
        jw_key(w, "roles");
        raw(w, "{\"type\":\"object\",\"properties\":{\"roles\":" MAP_OF(REF("role")) ",\"groups\":" MAP_OF(REF("group"))
               "},\"additionalProperties\":false}");
        for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
                level_json(levels[i], w);
        jw_close(w, '}');
        jw_close(w, '}');
}
