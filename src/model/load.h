/* SPDX-License-Identifier: Apache-2.0
 *
 * load.h -- what the files of the loader share (load*.c, rules.c).  Not for other floors.
 *
 * A level of the language is a table of `struct key`: name, reader, where the value goes.  keys_read walks a map by
 * its table and reports what the table does not name, so that an allowed word is typed once.
 */
#ifndef MODEL_LOAD_H
#define MODEL_LOAD_H
#include "model/yaml.h"

/* ---- type rows (model.c) ---- */
enum limit { LIMIT_NONE, LIMIT_CHARS, LIMIT_VALUE, LIMIT_SCALED, LIMIT_ITEMS };
struct type_row {
        const char *name;
        enum field_storage storage;
        enum limit limit;              /* what min and max count */
        int64_t min, max;              /* INT64_MIN / INT64_MAX: none */
};
const struct type_row *type_row(enum field_type t);
/* "id", "state", "created_at" ...: columns that are no declared fields, as read-only fields with index -1; NULL for other names. */
const struct field *system_field(const struct entity *e, struct str name);
bool sql_reserved(struct str word);

/* ---- the loader's state ---- */
struct part {                          /* one file of an entity: its own or an `extend` */
        const struct node *root;
        const char *is, *of, *table, *number, *icon, *display;
        bool abstract;
        struct label label, plural, help;
        const struct node *nav, *fields, *states, *transitions, *clocks, *notices, *grants, *views, *layout, *list,
                *index, *unique, *key, *scope;
};
struct field_nodes {                   /* of one field: what is read when the type, or all fields, are known */
        const struct node *type, *of, *codes, *min, *max, *scale, *preset, *when, *read, *write, *to, *check, *measures,
                *items;
};
struct draft {                         /* an entity in the making */
        struct entity *e;
        struct part *parts;
        size_t part_count;
        struct field *fields;
        struct field_nodes *field_nodes;
        struct state *states;
        struct transition *transitions;
        struct grant *grants;
        struct grant_decl *grant_decls;
        const struct node *fault_at;   /* the `entity:` value */
        bool ends_bad;                 /* a transition's from or to could not be read */
};
struct loader {
        struct ctx *ctx;
        struct arena *arena;           /* the model's */
        struct model *model;
        const char *const *hooks;
        size_t hook_count;
        bool any_hook;
        struct entity *entities;
        struct draft *drafts;
        size_t draft_count;
        const struct draft *now;       /* the entity in hand */
};

/* ---- load_keys.c: faults, words, values ---- */
/* Adds "place: sentence" to the faults. */
void fault(struct loader *l, struct place p, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
struct words {                         /* the names that are allowed somewhere */
        const char **v;
        size_t n;
};
void words_add(struct loader *l, struct words *w, const char *word);
/* The names of an array whose elements begin with their name: roles, states, fields ... */
struct words words_of(struct loader *l, const void *array, size_t count, size_t size);
#define WORDS_OF(l, array, count) words_of(l, array, count, sizeof *(array))
/* `there is no <what> "<given>"; did you mean "x"? Allowed: a, b, c` */
void fault_unknown(struct loader *l, struct place p, const char *what, struct str given, struct words allowed);
const char *words_text(struct arena *a, struct words w);

typedef void key_reader(struct loader *l, const struct node *n, void *at);
struct key {
        const char *name;
        key_reader *read;
        size_t offset;
};
/* False, with a fault, when n is no map.  `what` names the level: "field \"title\"". */
bool keys_read(struct loader *l, const struct node *n, const char *what, const struct key *keys, size_t count,
               void *target);
/* The tables, for the published schema (schema.c). */
struct level {
        const char *name;
        const struct key *keys;
        size_t count;
};
#define LEVEL(what) const struct level level_##what = {#what, what##_keys, sizeof what##_keys / sizeof *what##_keys}
extern const struct level level_entity, level_extend, level_field, level_state, level_transition, level_clock, level_notice,
        level_grant, level_view, level_scope, level_nav, level_layout, level_role, level_group, level_table, level_row,
        level_test, level_codes, level_measure, level_item;
#define KEYS_READ(l, n, what, keys, target) keys_read(l, n, what, keys, sizeof(keys) / sizeof *(keys), target)
/* A named member of a section: its name, and its map read by the table; `what` is "state", "clock" ... */
bool member_read(struct loader *l, const struct node *n, const char *what, const struct level *level, void *target);
key_reader read_flag, read_text, read_name, read_label, read_int, read_node;
/* A text's characters, or NULL with a fault. */
const char *name_of(struct loader *l, const struct node *n);
/* Names that we make columns, paths and JSON keys of: a-z, 0-9, _; begins with a letter; at most 40. */
bool name_check(struct loader *l, struct place p, struct str name);
/* Index of a word in a NULL-ended list, or -1 with a fault. */
int choice_of(struct loader *l, const struct node *n, const char *what, const char *const *choices);
/* Fills what is missing from `name` when it is not needed, else reports it. */
void label_check(struct loader *l, struct place p, const char *what, const char *name, bool needed, struct label *label);

/* A text counts as a list of one.  EACH(item, list) visits the items; a NULL list has none. */
static inline const struct node *
list_first(const struct node *list)
{
        return list && list->type == NODE_LIST ? list->child : list;
}
static inline const struct node *
list_next(const struct node *list, const struct node *item)
{
        return list->type == NODE_LIST ? item->next : NULL;
}
#define EACH(item, list)                                                                                     \
        for (const struct node *list_ = (list), *item = list_first(list_); item; item = list_next(list_, item))
/* The members of a section in every part of the draft. */
#define EACH_MEMBER(l, n, d, section, part_index)                                                            \
        for (size_t part_index = 0; part_index < (d)->part_count; part_index++)                              \
                if (section_check((l), (d)->parts[part_index].section, #section))                            \
                        for (const struct node *n = (d)->parts[part_index].section->child; n; n = n->next)
/* Is it there, and a map?  A fault when it is something else. */
bool section_check(struct loader *l, const struct node *section, const char *name);
size_t section_count(const struct node *section);

/* ---- load_roles.c ---- */
void roles_load(struct loader *l, const struct node *const *roots, size_t count);
/* The union of the named roles and groups. */
role_mask roles_mask(struct loader *l, const struct node *list);
void grants_load(struct loader *l, struct draft *d);
void scope_load(struct loader *l, struct draft *d);

/* ---- load_fields.c ---- */
void fields_load(struct loader *l, struct draft *d, const struct entity *shared);
void fields_link(struct loader *l, struct draft *d);   /* targets, presets, conditions: when all entities have fields */
/* The field of that name, or NULL with a fault. */
const struct field *field_of(struct loader *l, const struct entity *e, const struct node *n);
/* Also system columns. */
const struct field *column_of(struct loader *l, const struct entity *e, const struct node *n);
bool setter_read(struct loader *l, const struct field *f, const struct node *n, struct setter *ret);

/* ---- load_life.c ---- */
void states_load(struct loader *l, struct draft *d);
void transitions_load(struct loader *l, struct draft *d);
void life_check(struct loader *l, struct draft *d);    /* after the grants, which add to `by` */
uint64_t states_reach(const struct entity *e, uint64_t from);  /* with all that follow */
/* ---- load_clocks.c ---- */
void clocks_load(struct loader *l, struct draft *d);
void notices_load(struct loader *l, struct draft *d);
void views_load(struct loader *l, struct draft *d);
void indexes_load(struct loader *l, struct draft *d);
void lists_load(struct loader *l, struct draft *d);    /* list, display, key, layout, nav */
uint64_t states_mask(struct loader *l, const struct draft *d, const struct node *list);

/* ---- rules.c ---- */
struct rules_root {
        const struct node *root;
        bool site;
};
void rules_load(struct loader *l, const struct rules_root *roots, size_t count);

/* ---- templates.c ---- */
struct templates_root {
        const struct node *root;
        bool site;
};
void templates_load(struct loader *l, const struct templates_root *roots, size_t count);
#endif
