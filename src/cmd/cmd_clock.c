/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_clock.c -- openitr clock run SCENARIO.yaml...: holds the service clocks against conformance scenarios.
 *
 * docs/clocks.md has the format.  Prints each failure as file:line:column: sentence, and `N passed, M failed`.  Exit 0, 1
 * when a scenario failed, 2 when a page cannot be read (every page is tried first).
 */
#include <stdio.h>
#include "cmd/command.h"
#include "engine/scenario.h"

static bool
read_page(struct ctx *ctx, const char *path, struct scenario_file **ret)
{
        struct buf text = {0};
        FILE *f = fopen(path, "r");
        size_t n;

        *ret = NULL;
        if (f == NULL)
                return fail(ctx, E_IO, path, path, "it cannot be opened");
        while ((n = fread(buf_room(&text, 65536), 1, 65536, f)) > 0)
                text.n += n;
        fclose(f);
        *ret = scenario_read(ctx, (struct str){arena_strndup(ctx->arena, buf_c(&text), text.n), text.n}, path);
        buf_free(&text);
        return *ret != NULL;
}

/* The faults of a page are printed at once, so that those of the next one can be told too. */
static bool
run_page(const struct call *c, const char *path, struct scenario_report *report)
{
        struct scenario_file *f;

        if (read_page(c->ctx, path, &f) && scenario_run(c->ctx, f, report))
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
