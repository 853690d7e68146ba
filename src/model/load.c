/* SPDX-License-Identifier: Apache-2.0
 *
 * load.c -- sources to a checked, immutable Model.
 *
 * The way of a load; each step needs what the steps before it made:
 *
 *     yaml_read         every text to a tree
 *     roles_load        roles and groups                         load_roles.c
 *     rules_load        rule tables, code lists, their tests     rules.c
 *     drafts_collect    one draft per `entity:`, `extend:` files added to it as parts
 *     fields_load       of `case` first, then of all             load_fields.c
 *     fields_link       link targets, presets, conditions
 *     states_load, transitions_load                              load_life.c
 *     grants_load       which adds roles to transitions          load_roles.c
 *     life_check        reachability, dead ends, nobody's transitions
 *     clocks, notices, views, indexes, lists                     load_clocks.c
 *     templates_load    the words of notices                     templates.c
 *
 * Invariants
 *   1. Every fault is reported in one run, each once, with the place in the source.
 *   2. The model is returned exactly when there was no fault; otherwise its arena is freed.
 *   3. Everything a Model points to is in its arena; the texts of faults are in the context's.
 *   4. Entities stand in the order of the sources; `extend` parts in the order of theirs.
 *
 * Not here: where sources come from (model.c), what YAML is (yaml.c).
 */
#include <stdio.h>
#include "base/secret.h"
#include "model/load.h"

/* A text the loader took in: the tree, and whether it may replace rules of the same name. */
struct document {
        const struct node *root;
        const struct source *source;
};
struct documents {
        struct document *v;
        size_t n;
};

static const char *const kind_names[] = {"case", "record", "child", "system", NULL};

#define PART(field) offsetof(struct part, field)
static const struct key entity_keys[] = {
        {"entity", read_name, PART(root)},
        {"is", read_text, PART(is)},
        {"of", read_text, PART(of)},
        {"table", read_name, PART(table)},
        {"abstract", read_flag, PART(abstract)},
        {"label", read_label, PART(label)},
        {"plural", read_label, PART(plural)},
        {"help", read_label, PART(help)},
        {"number", read_text, PART(number)},
        {"display", read_text, PART(display)},
        {"icon", read_text, PART(icon)},
        {"nav", read_node, PART(nav)},
        {"fields", read_node, PART(fields)},
        {"states", read_node, PART(states)},
        {"transitions", read_node, PART(transitions)},
        {"clocks", read_node, PART(clocks)},
        {"notices", read_node, PART(notices)},
        {"grants", read_node, PART(grants)},
        {"views", read_node, PART(views)},
        {"layout", read_node, PART(layout)},
        {"list", read_node, PART(list)},
        {"index", read_node, PART(index)},
        {"unique", read_node, PART(unique)},
        {"key", read_node, PART(key)},
        {"scope", read_node, PART(scope)},
};
LEVEL(entity);
static const struct key extend_keys[] = {
        {"extend", read_name, PART(root)},
        {"fields", read_node, PART(fields)},
        {"states", read_node, PART(states)},
        {"transitions", read_node, PART(transitions)},
        {"clocks", read_node, PART(clocks)},
        {"notices", read_node, PART(notices)},
        {"grants", read_node, PART(grants)},
        {"views", read_node, PART(views)},
        {"list", read_node, PART(list)},
        {"index", read_node, PART(index)},
        {"unique", read_node, PART(unique)},
};
LEVEL(extend);

/* ---- texts to trees ---- */

/* What a file may begin with, by its folder. */
static const struct {
        const char *kind, *key;
} headings[] = {
        {"models", "entity"}, {"models", "extend"}, {"models", "roles"}, {"models", "groups"},
        {"rules", "rules"},   {"rules", "codes"},  {"notices", "templates"},
};

static bool
heading_check(struct loader *l, const struct document *d)
{
        struct words allowed = {0};

        for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
                if (strcmp(headings[i].kind, d->source->kind) != 0)
                        continue;
                if (yaml_get(d->root, headings[i].key))
                        return true;
                words_add(l, &allowed, headings[i].key);
        }
        fault(l, d->root->place, "A file under %s/ says at its top what it is: one of %s.", d->source->kind,
              words_text(l->ctx->arena, allowed));
        return false;
}

static void
documents_read(struct loader *l, const struct source *sources, size_t count, struct documents *docs)
{
        docs->v = ARENA_ARRAY(l->arena, struct document, count + 1);
        for (size_t i = 0; i < count; i++) {
                struct document d = {.source = &sources[i]};
                d.root = yaml_read(l->ctx, l->arena, sources[i].text, arena_strdup(l->arena, sources[i].path));
                if (d.root && heading_check(l, &d))
                        docs->v[docs->n++] = d;
        }
}

/* The roots that have one of two keys at their top. */
static const struct node **
roots_with(struct loader *l, const struct documents *docs, const char *key, const char *or_key, size_t *ret_count)
{
        const struct node **roots = ARENA_ARRAY(l->arena, const struct node *, docs->n + 1);

        *ret_count = 0;
        for (size_t i = 0; i < docs->n; i++)
                if (yaml_get(docs->v[i].root, key) || yaml_get(docs->v[i].root, or_key))
                        roots[(*ret_count)++] = docs->v[i].root;
        return roots;
}

static void
rules_collect(struct loader *l, const struct documents *docs)
{
        struct rules_root *roots = ARENA_ARRAY(l->arena, struct rules_root, docs->n + 1);
        size_t n = 0;

        for (size_t i = 0; i < docs->n; i++)
                if (yaml_get(docs->v[i].root, "rules") || yaml_get(docs->v[i].root, "codes"))
                        roots[n++] = (struct rules_root){docs->v[i].root, docs->v[i].source->site};
        rules_load(l, roots, n);
}

static void
templates_collect(struct loader *l, const struct documents *docs)
{
        struct templates_root *roots = ARENA_ARRAY(l->arena, struct templates_root, docs->n + 1);
        size_t n = 0;

        for (size_t i = 0; i < docs->n; i++)
                if (yaml_get(docs->v[i].root, "templates"))
                        roots[n++] = (struct templates_root){docs->v[i].root, docs->v[i].source->site};
        templates_load(l, roots, n);
}

/* ---- drafts ---- */

static struct draft *
draft_named(struct loader *l, struct str name)
{
        for (size_t i = 0; i < l->draft_count; i++)
                if (str_is(name, l->drafts[i].e->name))
                        return &l->drafts[i];
        return NULL;
}

/* Starts a draft for an `entity:` file; false when the name is bad or taken. */
static bool
draft_begin(struct loader *l, const struct node *root)
{
        const struct node *name = yaml_get(root, "entity");

        if (!name_of(l, name) || !name_check(l, name->place, name->text))
                return false;
        const struct draft *first = draft_named(l, name->text);
        if (first) {
                fault(l, name->place, "The entity \"%s\" exists already (%s); `extend: %s` adds to it.", name->text.p,
                      first->fault_at->place.file, name->text.p);
                return false;
        }
        struct draft *d = &l->drafts[l->draft_count];
        *d = (struct draft){.e = &l->entities[l->draft_count], .fault_at = name};
        d->e->index = (int)l->draft_count++;
        d->e->name = name->text.p;
        d->e->place = name->place;
        struct part *p = ARENA_PUSH(l->arena, d->parts, d->part_count);
        KEYS_READ(l, root, "an entity", entity_keys, p);
        p->root = root;
        return true;
}

static void
draft_extend(struct loader *l, const struct node *root)
{
        const struct node *name = yaml_get(root, "extend");

        if (!name_of(l, name))
                return;
        struct draft *d = draft_named(l, name->text);
        if (d == NULL) {
                fault_unknown(l, name->place, "entity", name->text, WORDS_OF(l, l->entities, l->draft_count));
                return;
        }
        struct part *p = ARENA_PUSH(l->arena, d->parts, d->part_count);
        KEYS_READ(l, root, "an extension", extend_keys, p);
        p->root = root;
}

static void
drafts_collect(struct loader *l, const struct documents *docs)
{
        size_t count;
        const struct node **roots = roots_with(l, docs, "entity", "entity", &count);

        l->entities = ARENA_ARRAY(l->arena, struct entity, count + 1);
        l->drafts = ARENA_ARRAY(l->arena, struct draft, count + 1);
        for (size_t i = 0; i < count; i++)
                draft_begin(l, roots[i]);
        roots = roots_with(l, docs, "extend", "extend", &count);
        for (size_t i = 0; i < count; i++)
                draft_extend(l, roots[i]);
        l->model->entities = l->entities;
        l->model->entity_count = l->draft_count;
        map_init(&l->model->entity_map, l->arena);
        for (size_t i = 0; i < l->draft_count; i++)
                map_put(&l->model->entity_map, str_of(l->entities[i].name), &l->entities[i]);
}

/* ---- what stands at an entity's top ---- */

static void
kind_read(struct loader *l, struct draft *d)
{
        const struct node *is = yaml_get(d->parts->root, "is");
        int kind = is ? choice_of(l, is, "kind of entity", kind_names) : -1;

        if (is == NULL)
                fault(l, d->e->place, "The entity \"%s\" needs `is:` case, record, child or system.", d->e->name);
        d->e->kind = kind < 0 ? KIND_RECORD : (enum entity_kind)kind;
        const struct node *of = yaml_get(d->parts->root, "of");
        if (d->e->kind == KIND_CHILD && !yaml_is(of, "case"))
                fault(l, of ? of->place : d->e->place, "A child says `of: case`: it belongs to a case of any kind.");
        if (d->e->kind != KIND_CHILD && of)
                fault(l, of->key_place, "Only a child has `of`; \"%s\" is a %s.", d->e->name, kind_names[d->e->kind]);
}

/* `abstract` stands at the entity `case` and nowhere else. */
static void
abstract_read(struct loader *l, struct draft *d)
{
        struct entity *e = d->e;
        bool is_case = e->kind == KIND_CASE && strcmp(e->name, "case") == 0;

        e->abstract = d->parts->abstract && is_case;
        if (d->parts->abstract && !is_case)
                fault(l, e->place, "Only the entity \"case\" can be abstract.");
        if (is_case && !e->abstract)
                fault(l, e->place, "The entity \"case\" needs `is: case` and `abstract: true`: it holds what every case has.");
        if (is_case)
                l->model->case_entity = e;
}

/* A table's name: the entity's unless `table` says otherwise; no word of SQL and no table twice. */
static void
table_read(struct loader *l, struct draft *d)
{
        struct entity *e = d->e;
        const char *given = d->parts->table;

        e->table = given ? given : e->abstract ? "cases" : e->name;
        if (sql_reserved(str_of(e->table)))
                fault(l, e->place, "\"%s\" is a word of SQL and cannot be a table; give another, such as `table: %ss`.",
                      e->table, e->name);
        if (strcmp(e->table, "id_blocks") == 0)
                fault(l, e->place, "The table \"id_blocks\" is the engine's own; give another with `table:`.");
        for (const struct entity *o = l->entities; o < e; o++)
                if (strcmp(o->table, e->table) == 0)
                        fault(l, e->place, "The entity \"%s\" has the table \"%s\" already.", o->name, e->table);
}

/* {yyyy}, {mm} and one {seq:N} with N from 1 to 12; other text as it stands. */
static bool
number_valid(struct str s)
{
        int seqs = 0;

        for (const char *p = s.p; (p = strpbrk(p, "{}")) != NULL;) {
                char close;
                int digits;
                if (strncmp(p, "{yyyy}", 6) == 0)
                        p += 6;
                else if (strncmp(p, "{mm}", 4) == 0)
                        p += 4;
                else if (sscanf(p, "{seq:%2d%c", &digits, &close) == 2 && close == '}' && digits >= 1 && digits <= 12) {
                        p = strchr(p, '}') + 1;
                        seqs++;
                } else
                        return false;
        }
        return seqs == 1 && s.n <= 40;
}

static void
number_read(struct loader *l, struct draft *d)
{
        struct entity *e = d->e;
        const struct node *n = yaml_get(d->parts->root, "number");

        e->number = d->parts->number;
        if (e->number && !number_valid(str_of(e->number)))
                fault(l, n->place, "The number \"%s\" cannot be used: text, {yyyy}, {mm} and exactly one {seq:N} with N from 1 "
                      "to 12 are allowed.", e->number);
        if (e->kind == KIND_CASE && !e->abstract && n == NULL)
                fault(l, e->place, "The case \"%s\" needs `number:`, such as \"XX-{yyyy}-{seq:6}\".", e->name);
        if (n && (e->abstract || e->kind == KIND_CHILD || e->kind == KIND_SYSTEM))
                fault(l, n->key_place, "Only concrete cases and records have a `number`.");
}

/* Keys that a kind has no use for. */
static void
kind_check(struct loader *l, const struct draft *d)
{
        static const char *const of_life[] = {"states", "transitions", "clocks", "notices", NULL};
        static const char *const of_face[] = {"grants", "views", "layout", "nav", "icon", NULL};
        const struct entity *e = d->e;
        bool bare = e->abstract || e->kind == KIND_SYSTEM;

        for (size_t i = 0; bare && i < d->part_count; i++) {
                for (const char *const *k = of_life; *k; k++)
                        if (yaml_get(d->parts[i].root, *k))
                                fault(l, yaml_get(d->parts[i].root, *k)->key_place, "%s cannot have `%s`.",
                                      e->abstract ? "The abstract case" : "A system entity", *k);
                for (const char *const *k = of_face; *k && e->kind == KIND_SYSTEM; k++)
                        if (yaml_get(d->parts[i].root, *k))
                                fault(l, yaml_get(d->parts[i].root, *k)->key_place, "A system entity cannot have `%s`.", *k);
        }
        const struct node *key = yaml_get(d->parts->root, "key");
        if (key && e->kind != KIND_SYSTEM)
                fault(l, key->key_place, "Only a system entity has `key`; the key of a %s is fixed.", kind_names[e->kind]);
        if (!key && e->kind == KIND_SYSTEM)
                fault(l, e->place, "A system entity needs `key:`, a list of its fields.");
}

static void
head_read(struct loader *l, struct draft *d)
{
        struct entity *e = d->e;
        struct part *p = d->parts;

        kind_read(l, d);
        abstract_read(l, d);
        table_read(l, d);
        number_read(l, d);
        kind_check(l, d);
        e->label = p->label;
        label_check(l, e->place, "entity", e->name, e->kind != KIND_SYSTEM, &e->label);
        e->plural = p->plural;
        label_check(l, e->place, "plural of", e->label.en, false, &e->plural);
        if (p->plural.zh == NULL)
                e->plural.zh = e->label.zh;
        e->help = p->help;
        label_check(l, e->place, "help of", "", false, &e->help);
        e->zh_help = e->help.zh;
        e->icon = p->icon;
}

/* ---- the whole ---- */

/* The step for every draft, `case` first because the others take its fields. */
static void
fields_load_all(struct loader *l)
{
        const struct entity *shared = l->model->case_entity;

        for (size_t i = 0; i < l->draft_count && !shared; i++)
                if (l->entities[i].kind == KIND_CASE)
                        fault(l, l->entities[i].place, "The case \"%s\" needs the abstract entity \"case\" beside it.",
                              l->entities[i].name);

        if (shared)
                fields_load(l, &l->drafts[shared->index], NULL);
        for (size_t i = 0; i < l->draft_count; i++)
                if (l->drafts[i].e != shared)
                        fields_load(l, &l->drafts[i], l->drafts[i].e->kind == KIND_CASE ? shared : NULL);
}

static void
entity_load(struct loader *l, struct draft *d)
{
        l->now = d;
        states_load(l, d);
        transitions_load(l, d);
        scope_load(l, d);
        grants_load(l, d);
        life_check(l, d);
        clocks_load(l, d);
        notices_load(l, d);
        indexes_load(l, d);
        lists_load(l, d);
        views_load(l, d);
}

static void
drafts_load(struct loader *l)
{
        for (size_t i = 0; i < l->draft_count; i++)
                head_read(l, &l->drafts[i]);
        fields_load_all(l);
        if (l->model->case_entity)
                fields_link(l, &l->drafts[l->model->case_entity->index]);
        for (size_t i = 0; i < l->draft_count; i++)
                if (!l->drafts[i].e->abstract)
                        fields_link(l, &l->drafts[i]);
        for (size_t i = 0; i < l->draft_count; i++)
                entity_load(l, &l->drafts[i]);
}

/* The digest of all paths and texts. */
static const char *
version_of(struct arena *a, const struct source *sources, size_t count)
{
        struct digest *d = digest_start(a);
        char hex[DIGEST_HEX_MAX];

        for (size_t i = 0; i < count; i++) {
                digest_add(d, (struct str){sources[i].path, strlen(sources[i].path) + 1});
                digest_add(d, sources[i].text);
                digest_add(d, (struct str){"", 1});
        }
        digest_end(d, hex);
        return arena_strdup(a, hex);
}

static const struct source *
sources_kept(struct arena *a, const struct source *sources, size_t count)
{
        struct source *kept = ARENA_ARRAY(a, struct source, count + 1);

        for (size_t i = 0; i < count; i++) {
                kept[i] = sources[i];
                kept[i].path = arena_strdup(a, sources[i].path);
                kept[i].kind = arena_strdup(a, sources[i].kind);
                kept[i].text.p = arena_strndup(a, sources[i].text.p, sources[i].text.n);
        }
        return kept;
}

struct model *
model_load(struct ctx *ctx, const struct source *sources, size_t count, const char *const *hooks, size_t hook_count)
{
        struct arena *a = arena_new(0);
        struct error **before = ctx->errors_tail;
        struct model *m = ARENA_NEW(a, struct model);
        struct loader l = {.ctx = ctx, .arena = a, .model = m, .hooks = hooks, .hook_count = hook_count,
                           .any_hook = hooks == NULL};
        struct documents docs = {0};
        size_t n;

        m->arena = a;
        documents_read(&l, sources, count, &docs);
        const struct node **roots = roots_with(&l, &docs, "roles", "groups", &n);
        roles_load(&l, roots, n);
        rules_collect(&l, &docs);
        drafts_collect(&l, &docs);
        drafts_load(&l);
        templates_collect(&l, &docs);
        if (*before != NULL) {
                arena_free(a);
                return NULL;
        }
        m->version = version_of(a, sources, count);
        m->sources = sources_kept(a, sources, count);
        m->source_count = count;
        return m;
}

void
model_free(struct model *m)
{
        if (m)
                arena_free(m->arena);
}
