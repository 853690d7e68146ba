/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_report.c -- openitr report facts, openitr report time: what every imported source is, and what requests spend their
 * time with; as JSON.
 */
#include <stdio.h>
#include "cmd/open.h"
#include "service/facts.h"
#include "service/time_spent.h"

static enum outcome
report(struct call *c, bool (*write)(struct work *w, struct jw *out))
{
        struct opened x = {0};
        struct jw out = {0};
        bool ok = opened_store(&x, c, CONN_READ) && write(&x.work, &out);

        if (ok)
                printf("%.*s\n", (int)out.b.n, out.b.p);
        jw_free(&out);
        opened_end(&x);
        return ok ? DONE : unable(c);
}

enum outcome
cmd_report_facts(struct call *c)
{
        return report(c, facts_json);
}

enum outcome
cmd_report_time(struct call *c)
{
        return report(c, time_spent_json);
}
