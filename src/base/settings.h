/* SPDX-License-Identifier: Apache-2.0
 *
 * settings.h -- settings as rows: one table gives name, type, bounds, default, unit and help.
 *
 * A value comes from, later wins: default, file (`name = value` lines, # comments), environment
 * (OPENITR_NAME in capitals), command line (--name VALUE or --name=VALUE; bare --name for a bool).
 * The table is given by the user of this module (cmd/), which also prints --help and the man page from it.
 */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H
#include "base/ctx.h"
enum setting_type { SET_TEXT, SET_INT, SET_BOOL, SET_ENUM, SET_SIZE /* 10M, 1G */, SET_SECONDS /* 30, 5m, 2h */ };
struct setting {
        const char *name;              /* "listen" */
        enum setting_type type;
        void *where;                   /* const char ** | int64_t * | bool * */
        int64_t min, max;              /* SET_INT, SET_SIZE, SET_SECONDS */
        const char *preset;            /* default, as text; NULL: none */
        const char *unit;              /* "", "bytes", "seconds" */
        const char *allowed;           /* SET_ENUM: "text|json" */
        const char *help;              /* one sentence */
};
bool settings_defaults(struct ctx *ctx, const struct setting *table, size_t count);
bool settings_file(struct ctx *ctx, const struct setting *table, size_t count, const char *path);
bool settings_environment(struct ctx *ctx, const struct setting *table, size_t count, const char *const *environ);
/* Takes the settings out of argv; what is left (positional words, "--" ends options) stays in order. Unknown --names fail. */
bool settings_args(struct ctx *ctx, const struct setting *table, size_t count, int *argc, char **argv);
void settings_help(const struct setting *table, size_t count, struct buf *out);        /* aligned text for --help */
void settings_man(const struct setting *table, size_t count, struct buf *out);         /* troff rows for the man page */
#endif
