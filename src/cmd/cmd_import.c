/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_import.c -- openitr import: event logs of another system become cases (channel/import.h does the work).
 */
#include <stdio.h>
#include "channel/import.h"
#include "cmd/open.h"

static enum outcome
run_import(struct opened *x, const struct call *c)
{
        const struct import_options o = {
                .work = &x->work,
                .map = c->o.map,
                .site = *c->o.site ? c->o.site : NULL,
                .files = (const char *const *)c->argv,
                .file_count = (size_t)c->argc,
                .dry_run = c->o.dry_run,
                .out = stdout,
        };

        return (enum outcome)import_run(c->ctx, &o);
}

enum outcome
cmd_import(struct call *c)
{
        struct opened x = {0};
        enum outcome outcome = UNABLE;

        if (*c->o.map == '\0')
                fail(c->ctx, E_USAGE, "--map",
                     "Name the map that says how columns become fields: volvo, servicenow, FILE.yaml.");
        else if (opened_store(&x, c, c->o.dry_run ? CONN_READ : CONN_WRITE))
                outcome = run_import(&x, c);
        ctx_print_errors(c->ctx, stderr);
        opened_end(&x);
        return outcome;
}
