/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_clock.c -- openitr clock run SCENARIO.yaml...: holds the service clocks against conformance scenarios.
 *
 * docs/clocks.md has the format.  Prints each failure as file:line:column: sentence, and `N passed, M failed`.  Exit 0, 1
 * when a scenario failed, 2 when a page cannot be read (every page is tried first).
 */
#include <stdio.h>
#include "cmd/command.h"
#include "cmd/file.h"
#include "engine/scenario.h"

/* The faults of a page are printed at once, so that those of the next one can be told too. */
static bool
run_page(const struct call *c, const char *path, struct scenario_report *report)
{
        struct scenario_file *f;
        struct str text;

        if (file_text(c->ctx, path, &text) && (f = scenario_read(c->ctx, text, path)) != NULL && scenario_run(c->ctx, f, report))
                return true;
        unable(c);
        ctx_clear(c->ctx);
        return false;
}

enum outcome
cmd_clock_run(struct call *c)
{
        struct scenario_report report = {0};
        bool readable = true;

        for (int i = 0; i < c->argc; i++)
                readable = run_page(c, c->argv[i], &report) && readable;
        for (size_t i = 0; i < report.failure_count; i++)
                printf("%s: %s\n", report.failures[i].place, report.failures[i].sentence);
        printf("%d passed, %d failed\n", report.passed, report.failed);
        if (!readable)
                return UNABLE;
        return report.failed > 0 ? FOUND_FAULTS : DONE;
}
