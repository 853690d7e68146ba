/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_doc.c -- openitr doc DIR: the model's pages for people, with state diagrams.
 */
#include "cmd/open.h"
#include "model/publish.h"

enum outcome
cmd_doc(struct call *c)
{
        const char *site = *c->o.site ? c->o.site : NULL;
        struct source *sources;
        size_t count;

        if (!model_sources(c->ctx, site, &sources, &count))
                return unable(c);
        struct model *m = opened_model(c->ctx, sources, count);
        bool ok = m && doc_write(c->ctx, m, c->argv[0]);
        if (m)
                model_free(m);
        return ok ? DONE : unable(c);
}
