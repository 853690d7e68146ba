/* SPDX-License-Identifier: Apache-2.0
 *
 * halves.c -- halves DATABASE: looks for changes of which only a part is there.
 *
 * A creation writes the shared row, the kind's own row, an event, clock facts and the search queue; a message, its row
 * and an event of its case; a transition, the rows, an event and clock facts.  All in one transaction: so whatever was
 * killed when, no row may be there without the others.  Prints each kind of half with its number; exit status 1 when
 * there is one.
 *
 * Not here: the hash chains (openitr verify).
 */
#include <stdio.h>
#include "base/log.h"
#include "sql/db.h"

/* Each counts what must not be. */
static const struct {
        const char *what, *sql;
} CHECKS[] = {
        {"requests without their own row",
         "select count(*) from cases c where c.entity = 'technical_request' and not exists "
         "(select 1 from technical_request t where t.id = c.id)"},
        {"own rows without a request", "select count(*) from technical_request t where not exists (select 1 from cases c where c.id = t.id)"},
        {"cases without an event of their creation",
         "select count(*) from cases c where not exists (select 1 from events e where e.case_id = c.id and e.seq = 1)"},
        {"cases whose head is not their last event",
         "select count(*) from cases c where c.event_count <> (select max(e.seq) from events e where e.case_id = c.id)"},
        {"events without a record",
         "select count(*) from events e where e.entity = 'technical_request' and not exists (select 1 from cases c where c.id = e.case_id)"},
        {"requests without the facts of their clocks",
         "select count(*) from cases c where c.entity = 'technical_request' and not exists "
         "(select 1 from clock_segments s where s.case_id = c.id and s.clock = 'response' and s.kind = 'started')"},
        {"clock facts without a case", "select count(*) from clock_segments s where not exists (select 1 from cases c where c.id = s.case_id)"},
        {"clock facts of an event that is not there",
         "select count(*) from clock_segments s where not exists (select 1 from events e where e.case_id = s.case_id and e.seq = s.event_seq)"},
        {"registered requests without their transition",
         "select count(*) from cases c where c.entity = 'technical_request' and c.state = 'registered' and not exists "
         "(select 1 from events e where e.case_id = c.id and e.kind = 'transition' and e.to_state = 'registered')"},
        {"drafts with a transition",
         "select count(*) from cases c where c.state = 'draft' and exists "
         "(select 1 from events e where e.case_id = c.id and e.kind = 'transition')"},
        {"messages without an event",
         "select count(*) from (select m.case_id, count(*) n from message m group by m.case_id) x where x.n <> "
         "(select count(*) from events e where e.case_id = x.case_id and e.kind = 'message')"},
        {"attachments without an event",
         "select count(*) from (select m.case_id, count(*) n from attachment m group by m.case_id) x where x.n <> "
         "(select count(*) from events e where e.case_id = x.case_id and e.kind = 'attachment')"},
        {"numbers that stand twice", "select count(*) - count(distinct number) from cases"},
};

static int
look(struct ctx *ctx, struct conn *c)
{
        int found = 0;

        for (size_t i = 0; i < sizeof CHECKS / sizeof *CHECKS; i++) {
                int64_t n = 0;
                if (!sql_one_int(ctx, c, &n, CHECKS[i].sql, "") && ctx_failed(ctx)) {
                        ctx_print_errors(ctx, stderr);
                        return 2;
                }
                if (n != 0) {
                        printf("%lld %s\n", (long long)n, CHECKS[i].what);
                        found = 1;
                }
        }
        return found;
}

int
main(int argc, char **argv)
{
        struct ctx ctx;
        struct db *db;
        struct conn *c;
        int found;

        if (argc != 2) {
                fprintf(stderr, "usage: halves DATABASE\n");
                return 2;
        }
        ctx_init(&ctx, arena_new(0));
        db = db_open(&ctx, argv[1]);
        c = db ? conn_open(&ctx, db, CONN_READ) : NULL;
        if (c == NULL) {
                ctx_print_errors(&ctx, stderr);
                return 2;
        }
        found = look(&ctx, c);
        conn_close(c);
        db_close(db);
        arena_free(ctx.arena);
        return found;
}
