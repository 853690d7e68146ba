/* SPDX-License-Identifier: Apache-2.0
 *
 * import.h -- `openitr import`: event logs become cases and events of ours.
 *
 * Imported events are facts: they are mapped to our states and lines and never refused by our guards; where they depart
 * from our lifecycle they are counted as deviations.  docs/import.md is the reference.
 */
#ifndef CHANNEL_IMPORT_H
#define CHANNEL_IMPORT_H
#include <stdio.h>
#include "engine/work.h"

struct import_options {
        struct work *work;             /* of the system, outside any transaction; a write connection (dry run: any) */
        const char *map;               /* name of a mapping, or a file that ends in .yaml */
        const char *site;              /* the site's directory, or NULL */
        const char *const *files;
        size_t file_count;
        bool dry_run;                  /* reads and compares, writes nothing */
        FILE *out;                     /* takes the report and every row that cannot be placed */
};

/* 0: done; 1: the input has faults and nothing was imported; 2: could not run, or broke off: what whole units had been
 * committed stays, and the same command goes on behind them.  For 1 and 2 the reasons are errors in ctx, which must be
 * the work's. */
int import_run(struct ctx *ctx, const struct import_options *o);
#endif
