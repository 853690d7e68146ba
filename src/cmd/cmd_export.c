/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_export.c -- openitr export: an imported source as a file again (channel/export.h does the work).
 */
#include <stdio.h>
#include "channel/export.h"
#include "cmd/open.h"

/* The report goes where it is not taken for the file. */
static enum outcome
run_export(struct opened *x, const struct call *c)
{
        const struct export_options o = {
                .work = &x->work,
                .format = c->o.format,
                .source = c->o.source,
                .path = c->argv[0],
                .out = strcmp(c->argv[0], "-") == 0 ? stderr : stdout,
        };

        return (enum outcome)export_run(c->ctx, &o);
}

enum outcome
cmd_export(struct call *c)
{
        struct opened x = {0};
        enum outcome outcome = UNABLE;

        if (*c->o.source == '\0')
                fail(c->ctx, E_USAGE, "--source", "Name the imported source. See: openitr report facts");
        else if (opened_store(&x, c, CONN_READ))
                outcome = run_export(&x, c);
        ctx_print_errors(c->ctx, stderr);
        opened_end(&x);
        return outcome;
}
