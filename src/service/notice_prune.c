/* SPDX-License-Identifier: Apache-2.0
 *
 * notice_prune.c -- what was delivered long ago is not kept for ever.
 *
 *     delivered, failed or skipped --as many days as is set--> deleted, a batch a transaction
 *
 * Invariants
 *   1. Only what has ended goes: nothing that is due, under way or waits for another try.
 *   2. The trail of a case that is still open stays whole, however old; webhook calls go by their age.
 *   3. Timelines (events) are never touched: who was told what went, that it happened stays.
 * The keeper (api/server.c) calls it, batch after batch, so that no transaction holds the writer for long.
 */
#include "service/notices.h"

static bool
deleted(struct ctx *ctx, struct conn *c, bool ok, int64_t most, bool *more)
{
        if (!ok || !sql_flush(ctx, c))
                return false;
        *more |= conn_changes(c) >= most;
        return true;
}

bool
notices_prune(struct ctx *ctx, struct conn *c, usec before, int64_t most, bool *ret_more)
{
        *ret_more = false;
        return deleted(ctx, c,
                       sql_run(ctx, c,
                               SQL("delete from notice_delivery where id in (select d.id from notice_delivery d where d.at < $1 and "
                                   "d.state in ('sent', 'failed', 'skipped') and not exists (select 1 from cases k where "
                                   "k.id = d.about and k.closed_at is null) order by d.at limit $2)"),
                               "ii", before, most),
                       most, ret_more) &&
               deleted(ctx, c,
                       sql_run(ctx, c,
                               SQL("delete from webhook_delivery where id in (select d.id from webhook_delivery d where d.at < $1 "
                                   "and d.state in ('sent', 'failed') order by d.at limit $2)"),
                               "ii", before, most),
                       most, ret_more) &&
               deleted(ctx, c,
                       sql_run(ctx, c,
                               SQL("delete from outbox where id in (select o.id from outbox o where o.state in ('sent', 'failed', "
                                   "'dropped') and o.created_at < $1 and not exists (select 1 from cases k where k.id = o.about and "
                                   "k.closed_at is null) order by o.created_at limit $2)"),
                               "ii", before, most),
                       most, ret_more);
}
