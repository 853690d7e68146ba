/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_plan.c -- openitr plan: what the model wants and the database lacks, as SQL; changes nothing.
 */
#include <stdio.h>
#include "cmd/open.h"
#include "model/plan.h"

static void
print_plan(const struct plan *p)
{
        for (size_t i = 0; i < p->count; i++)
                printf("%s;\n", p->statements[i]);
        for (size_t i = 0; i < p->hidden_count; i++)
                printf("-- hidden: %s stays, but the model no longer names it\n", p->hidden[i]);
}

/* What the model contradicts is a fault that was found, not a failure to run. */
enum outcome
cmd_plan(struct call *c)
{
        struct opened x = {0};
        struct plan plan;
        enum outcome outcome = DONE;

        if (!opened_begin(&x, c) || !opened_connect(&x, CONN_READ))
                outcome = unable(c);
        else if (!plan_make(c->ctx, x.model, x.conn, &plan))
                outcome = c->ctx->errors->code == E_DB_SCHEMA ? faults(c) : unable(c);
        else
                print_plan(&plan);
        opened_end(&x);
        return outcome;
}
