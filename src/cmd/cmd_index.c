/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_index.c -- openitr index rebuild: the search index anew, from the records.
 */
#include "cmd/open.h"
#include "engine/search.h"

enum outcome
cmd_index_rebuild(struct call *c)
{
        struct opened x = {0};
        bool ok = opened_store(&x, c, CONN_WRITE) && db_lock(c->ctx, x.db) &&
                  search_rebuild(x.engine, c->ctx, x.conn);

        opened_end(&x);
        return ok ? DONE : unable(c);
}
