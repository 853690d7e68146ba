/* SPDX-License-Identifier: Apache-2.0
 *
 * export.h -- `openitr export`: an imported source written again as XES or CSV.
 *
 * In the format that it came in, the log equals what came in: the same traces, events, attributes, values and order;
 * a CSV byte for byte.  In the other format every value is there (docs/import.md).
 */
#ifndef CHANNEL_EXPORT_H
#define CHANNEL_EXPORT_H
#include <stdio.h>
#include "engine/work.h"

struct export_options {
        struct work *work;             /* of the system, on any connection */
        const char *format;            /* "csv" or "xes" */
        const char *source;
        const char *path;              /* replaced only when all is written; "-": standard output */
        FILE *out;                     /* takes the report; NULL: none */
};
/* 0: done; 2: could not, with errors in ctx. */
int export_run(struct ctx *ctx, const struct export_options *o);
#endif
