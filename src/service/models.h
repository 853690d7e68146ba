/* SPDX-License-Identifier: Apache-2.0
 *
 * models.h -- the Model with its patches: loading, checking and publishing what administrators add at run time.
 */
#ifndef SERVICE_MODELS_H
#define SERVICE_MODELS_H
#include "engine/engine.h"
#include "model/patch.h"
#include "model/plan.h"

struct models_base {                   /* the built-in and the site's files: they stand still while the program runs */
        const struct source *sources;
        size_t count;
};

/* What the database adds now: the patches, and the versions of rule tables in force.  Without tables: nothing. */
bool models_read(struct ctx *ctx, struct conn *c, usec now, struct patches *ret);
/* Rises whenever either changes, also when the date of a version comes. */
bool models_revision(struct ctx *ctx, struct conn *c, usec now, int64_t *ret);
/* The sources checked with the verbs that the service floor has; NULL with every fault. */
struct model *models_check(struct ctx *ctx, const struct source *sources, size_t count);
struct engine *models_engine(const struct model *m);
/* The base with the patches on top.  A patch that does not check is set aside: `aside` tells why, and the rest is loaded
 * as if it were not there.  NULL when the base itself has faults. */
struct model *models_load(struct ctx *ctx, const struct models_base *b, struct patches *p);

struct models_wish {                   /* what somebody wants to publish */
        const char *name;              /* of the patch */
        struct str text;
        bool remove;
        int64_t revision;              /* the newest that was seen; -1: whatever it is */
        const char *note;
};
/* What would happen: the candidate Model (to be freed) and its plan.  NULL with every fault: of the text, of what stored
 * data would lose, of the revision.  *ret_current: the patches as they are. */
struct model *models_try(struct work *w, const struct models_base *b, const struct models_wish *wish,
                         struct patches *ret_current, struct plan *ret_plan);
/* Does it, in the caller's transaction: row, tables, columns.  The engine is to be put in force after the commit
 * (engine_swap) or released.  NULL with the reason. */
struct engine *models_publish(struct work *w, const struct models_base *b, const struct models_wish *wish,
                              struct patch *ret_patch);

/* models_fit.c: would the data of the old Model's tables still be right under the new one?  False with every reason.
 * `history`: all versions of all patches, for fields that come back. */
bool models_fit(struct work *w, const struct model *old, const struct model *next, const struct patches *history);
#endif
