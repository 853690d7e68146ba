/* SPDX-License-Identifier: Apache-2.0
 *
 * model.h -- the Model: entities, fields, states, transitions, grants, roles, rule tables, checked and immutable.
 *
 * docs/model-language.md is the language; model_load reads it, checks all of it and makes what the engine needs at
 * run time ready: role masks, indices, SQL names, JSON keys.  A Model never changes; a new one replaces it and requests in
 * flight keep theirs.  Arrays stand in the order of declaration; case entities have the fields of `case` first.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H
#include "base/ctx.h"
#include "base/map.h"
#include "sql/db.h"

typedef uint64_t role_mask;            /* bit per role; ROLE_SYSTEM is bit 63 */
#define ROLE_SYSTEM ((role_mask)1 << 63)
#define ROLE_ALL (~(role_mask)0)

struct label {
        const char *en, *zh;           /* never NULL after the check; zh falls back to en for system entities */
};
struct place {                         /* where in the YAML */
        const char *file;
        int line, column;
};

struct role {
        const char *name;
        struct label label;
        role_mask bit;
        role_mask acts_as;             /* roles whose rights it has too; its own bit among them */
        int tier;                      /* 1-3, 0: none */
        bool staff;                    /* in group staff */
};
struct role_group {
        const char *name;
        struct label label;
        role_mask mask;
};

enum field_type {
        TYPE_TEXT, TYPE_LONGTEXT, TYPE_MARKDOWN, TYPE_PHONE, TYPE_EMAIL, TYPE_ADDRESS, TYPE_SERIAL, TYPE_BARCODE,
        TYPE_INT, TYPE_RATING, TYPE_SCORE, TYPE_DECIMAL, TYPE_MONEY, TYPE_PERCENT, TYPE_DURATION, TYPE_BOOL,
        TYPE_ENUM, TYPE_MULTI_ENUM, TYPE_DATE, TYPE_DATETIME, TYPE_PERIOD,
        TYPE_LINK, TYPE_PERSON, TYPE_TEAM, TYPE_MULTI_LINK, TYPE_FILE, TYPE_IMAGE, TYPE_AUDIO, TYPE_SIGNATURE,
        TYPE_GEO, TYPE_CHECKLIST, TYPE_READINGS, TYPE_JSON,
        TYPE_FORMULA, TYPE_CLOCK, TYPE_REF, TYPE_STATE, TYPE_BYTES,
        TYPE_COUNT
};
enum field_storage { STORE_TEXT, STORE_INT, STORE_JSON /* text column holding JSON */, STORE_BYTES, STORE_NONE };
const char *type_name(enum field_type t);
enum field_storage type_storage(enum field_type t);

struct option {                        /* of an enum */
        const char *name;
        struct label label;
};
enum preset { PRESET_NONE, PRESET_LITERAL, PRESET_NOW, PRESET_ACTOR, PRESET_ACTOR_TEAM, PRESET_ACTOR_ACCOUNT,
              PRESET_ACTOR_CONTACT, PRESET_NULL };
struct setter {                        /* field <- value */
        const struct field *field;
        enum preset kind;
        struct val literal;
};

struct entity;
struct cond;                           /* model/cond.h */

struct measure {
        const char *name;
        struct label label;
        const char *unit;              /* NULL: any */
        bool has_min, has_max;
        double min, max;
};
struct check_item {                    /* of a checklist */
        const char *name;
        struct label label;
        bool required;                 /* a transition that needs the list needs it done */
};
struct field {
        const char *name;
        int index;                     /* in entity->fields */
        enum field_type type;
        enum field_storage storage;
        struct label label, help;
        const char *group;             /* "" */
        bool required, unique, indexed, search, fixed, computed, hidden, pii;
        bool shared;                   /* declared by `case`: column of table cases */
        bool has_min, has_max;
        int64_t min, max;              /* of the stored value, or characters */
        int scale;
        const struct option *options;  /* enum, multi_enum (also from codes) */
        size_t option_count;
        const char *codes;             /* NULL, or the code list's name */
        const char *to_name;           /* link target's name, NULL when none */
        const struct entity *to;
        struct setter preset;          /* kind PRESET_NONE when none */
        role_mask read, write;         /* ROLE_ALL unless limited */
        const struct cond *when;       /* or NULL */
        bool check_gs1;                /* its last digit is a check digit */
        const struct measure *measures;        /* readings: what is to be measured, and its limits */
        size_t measure_count;
        const struct check_item *items;        /* checklist: what is to be done; none: free items only */
        size_t item_count;
        struct str json_key;           /* `"name":` */
        struct place place;
};

enum state_kind { STATE_OPEN, STATE_WAITING, STATE_CLOSED };
enum stage { STAGE_NONE, STAGE_ACCEPT, STAGE_HANDLE, STAGE_CLOSE };
const char *stage_name(enum stage s);          /* "", "accept", ... */
const char *state_kind_name(enum state_kind k);
struct state {
        const char *name;
        int index;
        struct label label;
        enum stage stage;
        enum state_kind kind;
        bool final;
        const char *customer;          /* NULL when none */
        struct place place;
};

enum scope { SCOPE_NONE, SCOPE_OWN, SCOPE_TEAM, SCOPE_OWN_ACCOUNT, SCOPE_ALL };
struct grant {                         /* of one role, groups are expanded; one per role and entity */
        role_mask role;
        enum scope read, write, act;
        bool create, remove;
};

struct grant_decl {                    /* a line under `grants`, as it stands in the file: for explanations */
        role_mask roles;
        enum scope read, write, act;
        bool create, remove;
        const char **transitions;      /* that the line adds its roles to */
        size_t transition_count;
        struct place place;
};

struct transition {
        const char *name;
        int index;
        struct label label;
        uint64_t from;                 /* bit per state index */
        const struct state *to;        /* NULL: same */
        role_mask by;
        const struct cond *when;
        struct label why;
        const struct field **needs, **may;
        size_t needs_count, may_count;
        bool reason, oneway;
        const struct setter *sets;
        size_t sets_count;
        const char *call;              /* hook name or NULL */
        int hook;                      /* index in the hook list given to model_load, -1 none */
        const char *style, *key;       /* "primary".. ; NULL */
        struct label confirm;          /* en NULL when none */
        struct place place;
};

struct clock_decl {
        const char *name;
        struct label label;
        bool at_creation;              /* start: created */
        uint64_t start, stop, pause;   /* bits of states */
        const char *party, *target;
};
struct notice_decl {
        const char *template;
        const struct transition *on;   /* NULL: on create */
        const char *to;
        struct place place;
};
struct view_decl {
        const char *name, *filter, *sort;
        struct label label;
        const char **columns;
        size_t column_count;
};

enum entity_kind { KIND_CASE, KIND_RECORD, KIND_CHILD, KIND_SYSTEM };
struct index_decl {
        const char *name;              /* of the SQL index */
        const struct field **fields;
        size_t count;
        bool unique;
};
struct entity {
        const char *name;
        int index;                     /* in model->entities */
        enum entity_kind kind;
        bool abstract;
        const char *table;             /* own table; "cases" for `case` itself */
        const char *zh_help;
        struct label label, plural, help;
        const char *icon, *nav_group;
        int nav_order;
        const char *number;            /* pattern or NULL */
        const struct field *display;   /* or NULL */
        const struct field *fields;    /* all, shared ones first */
        size_t field_count, shared_count;
        const struct state *states;
        size_t state_count;            /* 0: no lifecycle */
        const struct transition *transitions;
        size_t transition_count;
        const struct clock_decl *clocks;
        size_t clock_count;
        const struct notice_decl *notices;
        size_t notice_count;
        const struct grant *grants;
        size_t grant_count;
        const struct grant_decl *grant_decls;
        size_t grant_decl_count;
        const struct view_decl *views;
        size_t view_count;
        const struct field **list;     /* columns of a list row */
        size_t list_count;
        const struct index_decl *indexes;
        size_t index_count;
        const struct field **key;      /* system entities */
        size_t key_count;
        const struct field *scope_own[4], *scope_account, *scope_team;   /* NULL where none */
        const char *layout_json;       /* the layout key as JSON text, or NULL */
        struct map field_map, state_map, transition_map;
        struct place place;
};

struct source;
struct rules;                          /* model/rules.h */
struct templates;                      /* model/templates.h */
struct model {
        struct arena *arena;
        const char *version;           /* hex digest of all sources: the ETag of /model */
        const struct entity *entities;
        size_t entity_count;
        struct map entity_map;
        const struct entity *case_entity;      /* the abstract `case`, NULL when no case.yaml is loaded */
        const struct role *roles;
        size_t role_count;
        const struct role_group *groups;
        size_t group_count;
        struct map role_map;
        const struct rules *rules;
        const struct templates *templates;
        const struct source *sources;  /* what it was made of, so that a change of one text can be tried */
        size_t source_count;
};

struct source {                        /* one YAML text */
        const char *path;              /* as shown in faults */
        struct str text;
        const char *kind;              /* "models", "rules", "notices" */
        bool site;                     /* a site's own: its rule tables, code lists and templates replace built-in ones of the same name */
};
/* Reads the embedded models/, rules/ and notices/ and, when site is not NULL, those folders of the site. */
bool model_sources(struct ctx *ctx, const char *site, struct source **ret, size_t *ret_count);
/* Only the files under dir/models and dir/rules (for `openitr check DIR` when DIR holds a whole model with case.yaml or roles.yaml). */
bool model_sources_dir(struct ctx *ctx, const char *dir, struct source **ret, size_t *ret_count);
/* NULL with every fault in ctx (field = "file:line:column"), E_MODEL / E_YAML / E_RULE.
 * hooks: names that `call` may use; NULL: any. */
struct model *model_load(struct ctx *ctx, const struct source *sources, size_t count, const char *const *hooks,
                         size_t hook_count);
void model_free(struct model *m);

const struct entity *model_entity(const struct model *m, const char *name);
const struct entity *model_entity_str(const struct model *m, struct str name);
const struct field *entity_field(const struct entity *e, const char *name);
const struct field *entity_field_str(const struct entity *e, struct str name);
const struct state *entity_state(const struct entity *e, const char *name);
const struct state *entity_state_str(const struct entity *e, struct str name);
const struct transition *entity_transition_str(const struct entity *e, struct str name);
const struct role *model_role(const struct model *m, const char *name);
/* "t1_engineer, t2_expert" for messages. */
const char *model_role_names(struct arena *a, const struct model *m, role_mask mask);
#endif
