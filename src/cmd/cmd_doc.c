/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_doc.c -- openitr doc DIR: the model's pages for people, with state diagrams; the API's description for programs; the
 *      model language as JSON Schema for editors.
 */
#include <errno.h>
#include <stdio.h>
#include "api/openapi.h"
#include "cmd/open.h"
#include "model/publish.h"

static bool
write_file(struct ctx *ctx, const char *dir, const char *name, const struct jw *w)
{
        const char *path = arena_printf(ctx->arena, "%s/%s", dir, name);
        FILE *f = fopen(path, "w");
        bool ok = f != NULL && fwrite(w->b.p, 1, w->b.n, f) == w->b.n;

        ok = f != NULL && fclose(f) == 0 && ok;
        return ok || fail(ctx, E_IO, path, path, strerror(errno));
}

static bool
write_openapi(struct ctx *ctx, const struct model *m, const char *dir)
{
        struct jw w = {0};
        bool ok;

        openapi_write(m, &w);
        ok = write_file(ctx, dir, "openapi.json", &w);
        jw_free(&w);
        return ok;
}

static bool
write_schema(struct ctx *ctx, const char *dir)
{
        struct jw w = {0};
        bool ok;

        publish_schema(&w);
        ok = write_file(ctx, dir, "model.schema.json", &w);
        jw_free(&w);
        return ok;
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
        bool ok = m && doc_write(c->ctx, m, c->argv[0]) && write_openapi(c->ctx, m, c->argv[0]) && write_schema(c->ctx, c->argv[0]);
        if (m)
                model_free(m);
        return ok ? DONE : unable(c);
}
