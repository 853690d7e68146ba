/* SPDX-License-Identifier: Apache-2.0
 *
 * options.h -- every setting of the program, and which commands take it.
 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H
#include "base/settings.h"

/* Who takes a setting; a command names the groups that it takes. */
enum use {
        FOR_ALL = 1 << 0,
        FOR_DB = 1 << 1,               /* works on a database */
        FOR_MODEL = 1 << 2,            /* reads the model */
        FOR_SERVE = 1 << 3,
        FOR_INIT = 1 << 4,
        FOR_IMPORT = 1 << 5,
        FOR_EXPORT = 1 << 6,
        FOR_REPORT = 1 << 7,
        FOR_USER = 1 << 8,
        FOR_PASSWORD = 1 << 9,
        FOR_TOKEN = 1 << 10,
        FOR_HELP = 1 << 11,
        FOR_POLICY = 1 << 12,
        ONLY_ARGUMENT = 1 << 30,       /* a flag of one call: not taken from the file or the environment */
};

struct options {
        bool help;
        const char *config;            /* "": none */
        const char *log_level, *log_format;
        const char *db;                /* "": not said */
        const char *site;              /* "": the built-in model alone */
        /* serve */
        const char *listen, *files;
        int64_t threads, writers, readers, workers, queue;
        int64_t connections, per_address, idle;
        int64_t upload_limit, rate_address, rate_actor;
        bool secure, proxy, metrics_open, test_clock;
        const char *frames;            /* "": none */
        const char *url, *mail_server, *mail_from, *mail_tls, *mail_user, *mail_password, *mail_ca, *webhook_allow;
        int64_t mail_timeout, webhook_timeout, keep_deliveries;
        const char *hotline;           /* "": none */
        /* the flags of single commands */
        bool demo, dry_run, password_stdin;
        const char *test_time;         /* "": the clock goes */
        const char *admin, *map, *source, *format, *user, *name, *roles;
        int64_t days, list;
        const char *policy, *tier;     /* "": none */
};

enum { OPTIONS_MAX = 80 };
/* The rows for one use of them, pointing into `o`; returns how many.  `only_argument`: also flags of one call. */
size_t options_rows(struct options *o, unsigned takes, bool only_argument, struct setting out[OPTIONS_MAX]);
/* Defaults, file, environment, arguments; takes the settings out of argv. */
bool options_read(struct ctx *ctx, struct options *o, unsigned takes, int *argc, char **argv,
                  const char *const *environment);
#endif
