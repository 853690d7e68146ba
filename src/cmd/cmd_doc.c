/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_doc.c -- openitr doc DIR: the model's pages for people, with state diagrams, and the API's description for programs.
 */
#include <errno.h>
#include <stdio.h>
#include "api/openapi.h"
#include "cmd/open.h"
#include "model/publish.h"

static bool
write_openapi(struct ctx *ctx, const struct model *m, const char *dir)
{
        const char *path = arena_printf(ctx->arena, "%s/openapi.json", dir);
        FILE *f = fopen(path, "w");
        struct jw w = {0};
        bool ok;

        openapi_write(m, &w);
        ok = f != NULL && fwrite(w.b.p, 1, w.b.n, f) == w.b.n;
        ok = f != NULL && fclose(f) == 0 && ok;
        jw_free(&w);
        return ok || fail(ctx, E_IO, path, path, strerror(errno));
}

enum outcome
cmd_doc(struct call *c)
{
        const char *site = *c->o.site ? c->o.site : NULL;
        struct source *sources;
        size_t count;

        if (!model_sources(c->ctx, site, &sources, &count))
                return unable(c);
        struct model *m = models_check(c->ctx, sources, count);
        bool ok = m && doc_write(c->ctx, m, c->argv[0]) && write_openapi(c->ctx, m, c->argv[0]);
        if (m)
                model_free(m);
        return ok ? DONE : unable(c);
}
