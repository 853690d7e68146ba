/* SPDX-License-Identifier: Apache-2.0
 *
 * patch.h -- what was added to the Model at run time: YAML texts in the table model_patches.
 */
#ifndef MODEL_PATCH_H
#define MODEL_PATCH_H
#include "model/model.h"

enum { PATCH_NAME_MAX = 60, PATCH_TEXT_MAX = 256 * 1024, PATCH_NOTE_MAX = 500, PATCHES_MAX = 500 };

struct patch {                         /* one version of one patch */
        int64_t revision;              /* counts over all patches */
        int64_t version;               /* counts within the name */
        const char *name;
        bool removed;                  /* it says that nothing of this name is in force */
        struct str text;
        const char *note, *program;    /* program: the version of OpenITR that stored it */
        int64_t author;
        usec at;
        struct error *aside;           /* why it is not in force although it should be; NULL: nothing is wrong */
};
struct patches {
        struct patch *v;
        size_t count;
        int64_t revision;              /* of the newest row; 0: none */
        const struct source *rules;    /* versions of rule tables in force (service/models.c); not read here */
        size_t rule_count;
};

/* The newest version of every name, in the order in which the names came first.  No table: none. */
bool patches_read(struct ctx *ctx, struct conn *c, struct patches *ret);
/* Every version ever, newest first; name NULL: of all names.  Without the texts unless `texts`. */
bool patches_history(struct ctx *ctx, struct conn *c, const char *name, bool texts, struct patches *ret);
bool patches_revision(struct ctx *ctx, struct conn *c, int64_t *ret);
/* One row more; E_CONFLICT when another stands at this revision already. */
bool patch_insert(struct ctx *ctx, struct conn *c, const struct patch *p);

/* The newest of this name, NULL when there is none. */
struct patch *patches_named(const struct patches *p, const char *name);
/* a-z, 0-9, _ and -, beginning with a letter; else false with E_BAD_FORMAT at `name`. */
bool patch_name_check(struct ctx *ctx, struct str name);
struct patch_head {
        const char *entity;            /* that the text makes or extends */
        bool extends;
        struct place place;            /* of its name */
};
/* What stands at the top of a text.  False with E_YAML or E_MODEL when it is no patch; `path` stands in the faults. */
bool patch_head(struct ctx *ctx, struct str text, const char *path, struct patch_head *ret);
/* The type that a stored text gave a field, "" when it does not say; for fields that come back. */
const char *patch_field_type(struct ctx *ctx, const struct patch *p, const char *entity, const char *field);
/* The path that faults in a patch bear: "loan.yaml". */
const char *patch_path(struct arena *a, const char *name);
#endif
