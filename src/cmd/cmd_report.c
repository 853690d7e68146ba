/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_report.c -- openitr report facts: what every imported source is, as JSON.
 */
#include <stdio.h>
#include "cmd/open.h"
#include "service/facts.h"

enum outcome
cmd_report_facts(struct call *c)
{
        struct opened x = {0};
        struct jw out = {0};
        bool ok = opened_store(&x, c, CONN_READ) && facts_json(&x.work, &out);

        if (ok)
                printf("%.*s\n", (int)out.b.n, out.b.p);
        jw_free(&out);
        opened_end(&x);
        return ok ? DONE : unable(c);
}
