/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_check.c -- openitr check: every fault of a model and its rule tables, as file:line:column: sentence.
 */
#include <stdio.h>
#include <unistd.h>
#include "cmd/open.h"

/* Does the folder hold a whole model, or only what a site adds to the built-in one? */
static bool
is_whole(struct ctx *ctx, const char *dir)
{
        static const char *const MARKS[] = {"models/roles.yaml", "models/case.yaml"};

        for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++)
                if (access(arena_printf(ctx->arena, "%s/%s", dir, MARKS[i]), F_OK) == 0)
                        return true;
        return false;
}

static bool
check_dir(struct ctx *ctx, const char *dir)
{
        if (access(dir, R_OK | X_OK) == 0)
                return true;
        return fail(ctx, E_USAGE, dir, "There is no folder of this name that can be read.");
}

static bool
find_sources(struct ctx *ctx, const char *dir, struct source **ret, size_t *ret_count)
{
        if (dir && is_whole(ctx, dir))
                return model_sources_dir(ctx, dir, ret, ret_count);
        return model_sources(ctx, dir, ret, ret_count);
}

enum outcome
cmd_check(struct call *c)
{
        const char *dir = c->argc > 0 ? c->argv[0] : NULL;
        struct source *sources;
        size_t count;

        if ((dir && !check_dir(c->ctx, dir)) || !find_sources(c->ctx, dir, &sources, &count))
                return unable(c);
        struct model *m = models_check(c->ctx, sources, count);
        if (!m)
                return faults(c);
        printf("%zu files, %zu entities: no faults\n", count, m->entity_count);
        model_free(m);
        return DONE;
}
