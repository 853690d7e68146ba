/* SPDX-License-Identifier: Apache-2.0
 *
 * load_fields.c -- the fields of an entity: their attributes by type, and what links them to others.
 *
 * Two passes.  fields_load makes the array (a case's begins with the fields of `case`, copied with their indices, so
 * that what was linked for `case` holds for every kind of case) and checks what a field says of itself.
 * fields_link runs when all entities have fields: targets of links, presets, conditions.
 *
 * Limits are kept ready for comparison with the stored value: characters of texts, scaled whole numbers, items of
 * lists.  The rows of types (model.c) say which.
 */
#include "base/decimal.h"
#include "model/bind.h"
#include "model/cond.h"
#include "model/load.h"
#include "model/rules.h"

enum { CHARS_MAX = 1000000, SCALE_DEFAULT = 2, SCALE_MAX = 9 };

struct field_draft {
        struct field f;
        struct field_nodes n;
};
#define FIELD(x) offsetof(struct field_draft, f.x)
#define NODES(x) offsetof(struct field_draft, n.x)
static const struct key field_keys[] = {
        {"type", read_node, NODES(type)},
        {"label", read_label, FIELD(label)},
        {"help", read_label, FIELD(help)},
        {"group", read_text, FIELD(group)},
        {"required", read_flag, FIELD(required)},
        {"unique", read_flag, FIELD(unique)},
        {"index", read_flag, FIELD(indexed)},
        {"search", read_flag, FIELD(search)},
        {"fixed", read_flag, FIELD(fixed)},
        {"computed", read_flag, FIELD(computed)},
        {"hidden", read_flag, FIELD(hidden)},
        {"pii", read_flag, FIELD(pii)},
        {"of", read_node, NODES(of)},
        {"codes", read_node, NODES(codes)},
        {"to", read_node, NODES(to)},
        {"min", read_node, NODES(min)},
        {"max", read_node, NODES(max)},
        {"scale", read_node, NODES(scale)},
        {"preset", read_node, NODES(preset)},
        {"when", read_node, NODES(when)},
        {"read", read_node, NODES(read)},
        {"write", read_node, NODES(write)},
        {"check", read_node, NODES(check)},
        {"measures", read_node, NODES(measures)},
        {"items", read_node, NODES(items)},
};
LEVEL(field);

struct measure_draft {
        struct measure m;
        const struct node *min, *max;
};
static const struct key measure_keys[] = {
        {"label", read_label, offsetof(struct measure_draft, m.label)},
        {"unit", read_text, offsetof(struct measure_draft, m.unit)},
        {"min", read_node, offsetof(struct measure_draft, min)},
        {"max", read_node, offsetof(struct measure_draft, max)},
};
LEVEL(measure);

static const struct key item_keys[] = {
        {"label", read_label, offsetof(struct check_item, label)},
        {"required", read_flag, offsetof(struct check_item, required)},
};
LEVEL(item);

/* ---- names ---- */

/* Columns that the engine keeps; a declared field may not take their place, except one without a column of its own. */
static void
field_name_check(struct loader *l, const struct entity *e, const struct node *n, const struct field *f)
{
        static const char *const kept[] = {"id", "version", "event_count", "event_hash", "created_at", "created_by",
                                           "updated_at", "updated_by", "state", NULL};
        bool is_kept = e->kind == KIND_CHILD && str_is(n->key, "case_id");

        for (const char *const *k = kept; *k && e->kind != KIND_SYSTEM; k++)
                is_kept |= str_is(n->key, *k);
        if (e->kind == KIND_CASE)
                is_kept |= str_is(n->key, "entity") || str_is(n->key, "number") || str_is(n->key, "stage");
        if (is_kept && f->storage != STORE_NONE)
                fault(l, n->key_place, "\"%s\" is a column that every %s has already; give the field another name.", n->key.p,
                      e->kind == KIND_CHILD ? "child" : "case and record");
        else if (sql_reserved(n->key))
                fault(l, n->key_place, "\"%s\" is a word of SQL and cannot be a column; give the field another name.",
                      n->key.p);
}

/* ---- type ---- */

static bool
type_read(struct loader *l, const struct node *field, const struct node *n, struct field *f)
{
        const char *names[TYPE_COUNT + 1] = {0};

        for (int t = 0; t < TYPE_COUNT; t++)
                names[t] = type_name((enum field_type)t);
        if (n == NULL) {
                fault(l, field->key_place, "The field \"%s\" needs `type:`.", field->key.p);
                return false;
        }
        int t = choice_of(l, n, "type", names);
        if (t < 0)
                return false;
        f->type = (enum field_type)t;
        f->storage = type_storage(f->type);
        return true;
}

/* ---- options of an enum ---- */

static bool
option_name_valid(struct str s)
{
        for (size_t i = 0; i < s.n; i++) {
                char c = s.p[i];
                bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                if (!good && (i == 0 || !strchr("_.+-", c)))
                        return false;
        }
        return s.n > 0 && s.n <= 60;
}

/* One option, from a list's item or a map's member; its label may be {en, zh}, {label: {en, zh}} or nothing. */
static void
option_read(struct loader *l, const struct node *n, bool keyed, struct field *f)
{
        struct str name = keyed ? n->key : n->text;
        struct option *options = (struct option *)f->options;

        if (!keyed && !name_of(l, n))
                return;
        if (!option_name_valid(name)) {
                fault(l, n->key_place, "\"%s\" cannot be an option: letters, digits and _ . + - are allowed, at most 60.", name.p);
                return;
        }
        for (size_t i = 0; i < f->option_count; i++)
                if (str_is(name, options[i].name)) {
                        fault(l, n->key_place, "The option \"%s\" stands here twice.", name.p);
                        return;
                }
        struct option *o = ARENA_PUSH(l->arena, options, f->option_count);
        f->options = options;
        o->name = name.p;
        if (keyed && !yaml_null(n))
                read_label(l, n, &o->label);
        label_check(l, n->key_place, "option", o->name, keyed && !yaml_null(n), &o->label);
}

/* `of: roles`: the roles themselves, so that their list stands in one place. */
static void
options_roles(struct loader *l, struct field *f)
{
        struct option *options = ARENA_ARRAY(l->arena, struct option, l->model->role_count + 1);

        for (size_t i = 0; i < l->model->role_count; i++)
                options[i] = (struct option){l->model->roles[i].name, l->model->roles[i].label};
        f->options = options;
        f->option_count = l->model->role_count;
}

static void
options_of(struct loader *l, const struct node *of, struct field *f)
{
        for (const struct node *n = of->type == NODE_TEXT ? of : of->child; n; n = of->type == NODE_TEXT ? NULL : n->next)
                option_read(l, n, of->type == NODE_MAP, f);
        if (of->type == NODE_TEXT && str_is(of->text, "roles"))
                options_roles(l, f);
        if (f->option_count == 0)
                fault(l, of->place, "\"of\" needs at least one option.");
}

static void
options_codes(struct loader *l, const struct node *codes, struct field *f)
{
        if (!name_of(l, codes))
                return;
        const struct code_list *list = rules_codes(l->model->rules, codes->text.p);
        if (list == NULL) {
                fault(l, codes->place, "There is no code list \"%s\" under rules/.", codes->text.p);
                return;
        }
        f->codes = codes->text.p;
        f->options = codes_options(list, &f->option_count);
}

static void
options_read(struct loader *l, const struct node *field, const struct field_nodes *n, struct field *f)
{
        bool is_enum = f->type == TYPE_ENUM || f->type == TYPE_MULTI_ENUM;

        if (!is_enum && (n->of || n->codes))
                fault(l, (n->of ? n->of : n->codes)->key_place, "Only enum and multi_enum have options; \"%s\" is of type %s.",
                      f->name, type_name(f->type));
        else if (is_enum && !n->of == !n->codes)
                fault(l, field->key_place, "The field \"%s\" needs either `of:` (its options) or `codes:` (a code list).", f->name);
        else if (n->of)
                options_of(l, n->of, f);
        else if (n->codes)
                options_codes(l, n->codes, f);
}

/* ---- limits ---- */

static void
scale_read(struct loader *l, const struct node *n, struct field *f)
{
        bool scaled = type_row(f->type)->limit == LIMIT_SCALED;
        int64_t v = SCALE_DEFAULT;

        if (n && !scaled)
                fault(l, n->key_place, "Only decimal, money and percent have a scale; \"%s\" is of type %s.", f->name,
                      type_name(f->type));
        else if (n && (!yaml_int(n, &v) || v < 0 || v > SCALE_MAX))
                fault(l, n->place, "A scale is a whole number from 0 to %d.", SCALE_MAX);
        else
                f->scale = scaled ? (int)v : 0;
}

/* One limit as it is stored; false when it was not given or is bad. */
static bool
limit_read(struct loader *l, const struct node *n, const struct field *f, int64_t *ret)
{
        enum limit kind = type_row(f->type)->limit;

        if (n == NULL)
                return false;
        if (kind == LIMIT_NONE)
                fault(l, n->key_place, "A field of type %s has no `%s`.", type_name(f->type), n->key.p);
        else if (kind == LIMIT_SCALED && n->type == NODE_TEXT && decimal_read(n->text, f->scale, ret))
                return true;
        else if (kind == LIMIT_SCALED)
                fault(l, n->place, "\"%s\" needs a number with at most %d decimals.", n->key.p, f->scale);
        else if (!yaml_int(n, ret))
                fault(l, n->place, "\"%s\" needs a whole number.", n->key.p);
        else if (kind != LIMIT_VALUE && (*ret < 0 || *ret > CHARS_MAX))
                fault(l, n->place, "\"%s\" counts characters or items: 0 to %d is allowed.", n->key.p, CHARS_MAX);
        else
                return true;
        return false;
}

static void
limits_read(struct loader *l, const struct field_nodes *n, struct field *f)
{
        const struct type_row *row = type_row(f->type);

        f->has_min = row->min != INT64_MIN;
        f->has_max = row->max != INT64_MAX;
        f->min = row->min;
        f->max = row->max;
        if (limit_read(l, n->min, f, &f->min))
                f->has_min = true;
        if (limit_read(l, n->max, f, &f->max))
                f->has_max = true;
        if (f->has_min && f->has_max && f->min > f->max)
                fault(l, (n->min ? n->min : n->max ? n->max : n->type)->place, "The smallest value of \"%s\" is larger than its largest.",
                      f->name);
}

/* ---- check digits, limits of readings, items of checklists ---- */

static void
check_read(struct loader *l, const struct node *n, struct field *f)
{
        static const char *const kinds[] = {"gs1", NULL};

        if (n == NULL)
                return;
        if (f->type != TYPE_BARCODE && f->type != TYPE_SERIAL && f->type != TYPE_TEXT)
                fault(l, n->key_place, "Only barcode, serial and text have a check digit; \"%s\" is of type %s.", f->name,
                      type_name(f->type));
        else
                f->check_gs1 = choice_of(l, n, "check", kinds) == 0;
}

/* A limit is a number with at most six decimals. */
static bool
measure_limit(struct loader *l, const struct node *n, double *ret)
{
        int64_t millionths;

        if (n == NULL)
                return false;
        if (n->type != NODE_TEXT || !decimal_read(n->text, 6, &millionths)) {
                fault(l, n->place, "\"%s\" needs a number with at most %d decimals.", n->key.p, 6);
                return false;
        }
        *ret = (double)millionths / 1e6;
        return true;
}

static void
measure_read(struct loader *l, const struct node *n, struct field *f)
{
        struct measure_draft d = {.m = {.name = n->key.p}};
        struct measure *all = (struct measure *)f->measures;

        if (!member_read(l, n, "measure", &level_measure, &d))
                return;
        label_check(l, n->key_place, "measure", d.m.name, true, &d.m.label);
        d.m.has_min = measure_limit(l, d.min, &d.m.min);
        d.m.has_max = measure_limit(l, d.max, &d.m.max);
        if (d.m.has_min && d.m.has_max && d.m.min > d.m.max)
                fault(l, d.min->place, "The smallest value of \"%s\" is larger than its largest.", d.m.name);
        *ARENA_PUSH(l->arena, all, f->measure_count) = d.m;
        f->measures = all;
}

static void
measures_read(struct loader *l, const struct node *n, struct field *f)
{
        if (n == NULL)
                return;
        if (f->type != TYPE_READINGS)
                fault(l, n->key_place, "Only readings have measures; \"%s\" is of type %s.", f->name, type_name(f->type));
        else if (n->type != NODE_MAP)
                fault(l, n->place, "\"measures\" needs a map such as {input: {label: {en: …, zh: …}, unit: V, min: 207, max: 253}}.");
        else
                for (const struct node *m = n->child; m; m = m->next)
                        measure_read(l, m, f);
}

static void
item_read(struct loader *l, const struct node *n, struct field *f)
{
        struct check_item item = {.name = n->key.p};
        struct check_item *all = (struct check_item *)f->items;

        if (!member_read(l, n, "item", &level_item, &item))
                return;
        label_check(l, n->key_place, "item", item.name, true, &item.label);
        *ARENA_PUSH(l->arena, all, f->item_count) = item;
        f->items = all;
}

static void
items_read(struct loader *l, const struct node *n, struct field *f)
{
        if (n == NULL)
                return;
        if (f->type != TYPE_CHECKLIST)
                fault(l, n->key_place, "Only a checklist has items; \"%s\" is of type %s.", f->name, type_name(f->type));
        else if (n->type != NODE_MAP || n->child == NULL)
                fault(l, n->place, "\"items\" needs a map such as {backup: {label: {en: …, zh: …}, required: true}}.");
        else
                for (const struct node *m = n->child; m; m = m->next)
                        item_read(l, m, f);
        if (f->has_max && (int64_t)f->item_count > f->max)
                fault(l, n->place, "\"%s\" has %zu items, but at most %lld have room in it.", f->name, f->item_count, (long long)f->max);
}

/* ---- a field ---- */

/* Attributes that do not go with a type or with each other. */
static void
field_check(struct loader *l, const struct entity *e, const struct node *n, const struct field *f)
{
        if (f->storage == STORE_NONE && (f->required || f->unique || f->indexed || f->search))
                fault(l, n->key_place, "A field of type %s has no column: it cannot be required, unique, index or search.",
                      type_name(f->type));
        if (f->type == TYPE_BYTES && e->kind != KIND_SYSTEM)
                fault(l, n->key_place, "Only system entities have fields of type bytes; use file.");
        if (f->storage == STORE_JSON && (f->unique || f->indexed))
                fault(l, n->key_place, "A field of type %s cannot be unique or index.", type_name(f->type));
        if (f->search && f->storage != STORE_TEXT)
                fault(l, n->key_place, "Only texts can be search; \"%s\" is of type %s.", f->name, type_name(f->type));
        if (f->required && f->computed)
                fault(l, n->key_place, "\"%s\" cannot be both required and computed: nobody could fill it in.", f->name);
}

static void
field_read(struct loader *l, struct draft *d, const struct node *n)
{
        struct entity *e = d->e;
        struct field_draft fd = {.f = {.name = n->key.p, .group = "", .read = ROLE_ALL, .write = ROLE_ALL}};
        struct field *f = &fd.f;

        if (!member_read(l, n, "field", &level_field, &fd) || !type_read(l, n, fd.n.type, f))
                return;
        field_name_check(l, e, n, f);
        label_check(l, n->key_place, "field", f->name, e->kind != KIND_SYSTEM && !f->hidden, &f->label);
        label_check(l, n->key_place, "help of", "", false, &f->help);
        options_read(l, n, &fd.n, f);
        scale_read(l, fd.n.scale, f);
        limits_read(l, &fd.n, f);
        check_read(l, fd.n.check, f);
        measures_read(l, fd.n.measures, f);
        items_read(l, fd.n.items, f);
        field_check(l, e, n, f);
        f->read = fd.n.read ? roles_mask(l, fd.n.read) : ROLE_ALL;
        f->write = fd.n.write ? roles_mask(l, fd.n.write) : ROLE_ALL;
        f->shared = e->abstract;
        f->place = n->key_place;
        f->index = (int)e->field_count;
        f->json_key = str_of(arena_printf(l->arena, "\"%s\":", f->name));
        struct field *at = &d->fields[e->field_count];
        *at = *f;
        if (!map_put(&e->field_map, n->key, at)) {
                const struct field *first = map_get(&e->field_map, n->key);
                fault(l, n->key_place, "The field \"%s\" exists already (%s:%d).", f->name, first->place.file,
                      first->place.line);
                return;
        }
        d->field_nodes[e->field_count++] = fd.n;
}

void
fields_load(struct loader *l, struct draft *d, const struct entity *shared)
{
        struct entity *e = d->e;
        size_t room = (shared ? shared->field_count : 0) + 1;

        for (size_t i = 0; i < d->part_count; i++)
                room += section_count(d->parts[i].fields);
        d->fields = ARENA_ARRAY(l->arena, struct field, room);
        d->field_nodes = ARENA_ARRAY(l->arena, struct field_nodes, room);
        e->fields = d->fields;
        map_init(&e->field_map, l->arena);
        for (size_t i = 0; shared && i < shared->field_count; i++) {
                d->fields[i] = shared->fields[i];
                map_put(&e->field_map, str_of(d->fields[i].name), &d->fields[i]);
        }
        e->field_count = e->shared_count = shared ? shared->field_count : 0;
        EACH_MEMBER(l, n, d, fields, i)
                field_read(l, d, n);
        if (e->abstract)
                e->shared_count = e->field_count;
}

/* ---- looking fields up ---- */

const struct field *
field_of(struct loader *l, const struct entity *e, const struct node *n)
{
        if (!name_of(l, n))
                return NULL;
        const struct field *f = entity_field_str(e, n->text);
        if (f == NULL)
                fault_unknown(l, n->place, "field", n->text, WORDS_OF(l, e->fields, e->field_count));
        return f;
}

const struct field *
column_of(struct loader *l, const struct entity *e, const struct node *n)
{
        const struct field *f = n->type == NODE_TEXT ? system_field(e, n->text) : NULL;

        return f ? f : field_of(l, e, n);
}

/* ---- presets and setters ---- */

static const struct {
        const char *word;
        enum preset kind;
} preset_words[] = {
        {"now", PRESET_NOW},
        {"actor", PRESET_ACTOR},
        {"actor.team", PRESET_ACTOR_TEAM},
        {"actor.account", PRESET_ACTOR_ACCOUNT},
        {"actor.contact", PRESET_ACTOR_CONTACT},
};

/* Does the word give what the field holds? */
static bool
preset_fits(enum preset kind, const struct field *f)
{
        switch (kind) {
        case PRESET_NOW:
                return f->type == TYPE_DATETIME || f->type == TYPE_DATE;
        case PRESET_ACTOR:
                return f->type == TYPE_PERSON || f->type == TYPE_LINK;
        case PRESET_ACTOR_TEAM:
                return f->type == TYPE_TEAM || f->type == TYPE_LINK;
        default:
                return f->type == TYPE_LINK;
        }
}

/* A literal of the YAML as a stored value; what does not fit is a fault here. */
static bool
literal_read(struct loader *l, const struct field *f, const struct node *n, struct val *ret)
{
        struct ctx scratch;

        ctx_init(&scratch, l->arena);
        if (n->type == NODE_TEXT && n->text.n && bind_text(&scratch, f, n->text, "", ret)) {
                *ret = val_copy(l->arena, ret);
                return true;
        }
        if (n->type != NODE_TEXT && f->storage == STORE_JSON) {
                struct jw w = {0};
                yaml_json(n, &w);
                bool good = bind_text(&scratch, f, jw_view(&w), "", ret);
                if (good)
                        *ret = val_copy(l->arena, ret);
                jw_free(&w);
                if (good)
                        return true;
        }
        fault(l, n->place, "The value does not fit the field \"%s\": %s", f->name,
              scratch.errors ? scratch.errors->en : "a text or number is needed.");
        return false;
}

bool
setter_read(struct loader *l, const struct field *f, const struct node *n, struct setter *ret)
{
        *ret = (struct setter){.field = f, .kind = PRESET_LITERAL};
        if (f->storage == STORE_NONE) {
                fault(l, n->place, "The field \"%s\" is of type %s and cannot be set.", f->name, type_name(f->type));
                return false;
        }
        if (yaml_null(n)) {
                ret->kind = PRESET_NULL;
                return true;
        }
        for (size_t i = 0; i < sizeof preset_words / sizeof *preset_words; i++) {
                if (!n->plain || !yaml_is(n, preset_words[i].word) || (f->storage == STORE_TEXT && f->type != TYPE_DATE))
                        continue;
                ret->kind = preset_words[i].kind;
                if (!preset_fits(ret->kind, f))
                        fault(l, n->place, "\"%s\" does not fit the field \"%s\" of type %s.", n->text.p, f->name,
                              type_name(f->type));
                return true;
        }
        return literal_read(l, f, n, &ret->literal);
}

/* ---- links ---- */

static void
target_link(struct loader *l, const struct field_nodes *n, struct field *f)
{
        bool links = f->type == TYPE_LINK || f->type == TYPE_MULTI_LINK;

        f->to_name = f->type == TYPE_PERSON ? "user" : f->type == TYPE_TEAM ? "team" : NULL;
        if (n->to && !links)
                fault(l, n->to->key_place, "Only link and multi_link have `to`; \"%s\" is of type %s.", f->name, type_name(f->type));
        else if (links && !n->to)
                fault(l, f->place, "The field \"%s\" needs `to:`, the entity that it links to.", f->name);
        else if (links && name_of(l, n->to)) {
                f->to_name = n->to->text.p;
                if (model_entity_str(l->model, n->to->text) == NULL)
                        fault_unknown(l, n->to->place, "entity", n->to->text, WORDS_OF(l, l->entities, l->draft_count));
        }
        f->to = f->to_name ? model_entity(l->model, f->to_name) : NULL;
}

static void
field_link(struct loader *l, struct draft *d, struct field *f, const struct field_nodes *n)
{
        struct ctx *ctx = l->ctx;

        target_link(l, n, f);
        if (n->preset)
                setter_read(l, f, n->preset, &f->preset);
        if (n->when && name_of(l, n->when))
                f->when = cond_parse(ctx, l->arena, d->e, n->when->text, place_text(ctx->arena, n->when->place));
}

void
fields_link(struct loader *l, struct draft *d)
{
        struct entity *e = d->e;
        size_t i = 0;

        for (; !e->abstract && i < e->shared_count; i++) {
                const struct field *f = &l->model->case_entity->fields[i];
                d->fields[i] = *f;
                if (f->preset.kind != PRESET_NONE)
                        d->fields[i].preset.field = &d->fields[i];
        }
        for (; i < e->field_count; i++)
                field_link(l, d, &d->fields[i], &d->field_nodes[i]);
}
