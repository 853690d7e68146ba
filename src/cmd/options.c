/* SPDX-License-Identifier: Apache-2.0
 *
 * options.c -- every setting of the program as a row.
 *
 * A row says the setting's name, type, bounds, default and help, where it is kept in `struct options`, and
 * which commands take it.  --help, the man page, shell completion, the settings file and the environment all
 * read these rows (base/settings.h does the reading).
 *
 * Invariants
 *   1. The file and the environment may hold every setting that is not a flag of one call, whatever the
 * command: one file serves all commands.  An argument must be one that the command takes.
 *   2. A name may stand in two rows (the `format` of a report is not that of an export) if no command takes
 * both.
 */
#include "cmd/options.h"

struct row {
        unsigned takes;
        size_t where;
        struct setting s;
};
#define AT(member) offsetof(struct options, member)
/* clang-format off */
#define TEXT(name, preset, help) {name, SET_TEXT, NULL, 0, 0, preset, "", NULL, help}
#define FLAG(name, help) {name, SET_BOOL, NULL, 0, 0, "no", "", NULL, help}
#define WORD(name, allowed, preset, help) {name, SET_ENUM, NULL, 0, 0, preset, "", allowed, help}
#define COUNT(name, min, max, preset, help) {name, SET_INT, NULL, min, max, preset, "", NULL, help}
#define SPAN(name, min, max, preset, help) {name, SET_SECONDS, NULL, min, max, preset, "seconds", NULL, help}
#define SIZE(name, min, max, preset, help) {name, SET_SIZE, NULL, min, max, preset, "bytes", NULL, help}
/* clang-format on */

static const struct row ROWS[] = {
        {FOR_ALL | ONLY_ARGUMENT, AT(help), FLAG("help", "Says what the command does and what it takes.")},
        {FOR_ALL, AT(config), TEXT("config", "", "A file of settings, one 'name = value' a line.")},
        {FOR_ALL, AT(log_level),
         WORD("log-level", "debug|info|warn|error|off", "info", "The least that is logged.")},
        {FOR_ALL, AT(log_format), WORD("log-format", "text|json", "text", "How log lines are written.")},
        {FOR_DB, AT(db), TEXT("db", "", "The database: the path of an SQLite file, or postgresql://...")},
        {FOR_MODEL, AT(site), TEXT("site", "", "A folder with a site's own models, rules and maps.")},

        {FOR_SERVE, AT(listen),
         TEXT("listen", "127.0.0.1:8080", "Address and port; port 0 takes a free one.")},
        {FOR_SERVE, AT(files),
         TEXT("files", "",
              "Folder of attachments; the SQLite file's name with -files behind it, "
              "or openitr-files, when not given.")},
        {FOR_SERVE, AT(threads), COUNT("threads", 0, 256, "0", "HTTP threads; 0: one per core.")},
        {FOR_SERVE, AT(writers), COUNT("writers", 1, 64, "4", "Connections that write, on PostgreSQL.")},
        {FOR_SERVE, AT(readers), COUNT("readers", 1, 64, "2", "Threads for reads that take long.")},
        {FOR_SERVE, AT(workers), COUNT("workers", 1, 8, "2", "Threads for password hashes and uploads.")},
        {FOR_SERVE, AT(queue),
         COUNT("queue", 1, 100000, "4096", "Changes waiting before new ones are refused.")},
        {FOR_SERVE, AT(connections), COUNT("connections", 1, 1000000, "4096", "Connections at once.")},
        {FOR_SERVE, AT(per_address),
         COUNT("connections-per-address", 1, 1000000, "512", "Connections at once of one address.")},
        {FOR_SERVE, AT(idle),
         SPAN("idle-timeout", 1, 3600, "30", "A silent connection is closed after this time.")},
        {FOR_SERVE, AT(upload_limit),
         SIZE("upload-limit", 1024, INT64_C(1) << 40, "100M", "Largest attachment.")},
        {FOR_SERVE, AT(rate_address),
         COUNT("rate-address", -1, 1000000, "-1",
               "Requests a second of one address, on average; 0: no limit; -1: 500, but "
               "no limit when only this machine is served without a proxy.")},
        {FOR_SERVE, AT(rate_actor),
         COUNT("rate-person", -1, 1000000, "-1",
               "Requests a second of one person, on average; 0: no limit; -1: 100, or none "
               "as for an address.")},
        {FOR_SERVE, AT(secure), FLAG("secure", "Browsers come by https: cookies are marked Secure.")},
        {FOR_SERVE, AT(proxy),
         FLAG("proxy", "Requests come through a proxy on this machine, whose X-Forwarded-For "
                       "and X-Forwarded-Proto are believed.")},
        {FOR_SERVE, AT(metrics_open),
         FLAG("metrics-open", "Every address may read /metrics, not only this machine's.")},
        {FOR_SERVE, AT(frames),
         TEXT("frame-ancestors", "",
              "Origins that may show /desk/pop in a frame, for a "
              "telephone system.")},
        {FOR_SERVE, AT(url),
         TEXT("public-url", "",
              "Where people reach this server, such as https://itr.example.com; for links in mails.")},
        {FOR_SERVE, AT(mail_server),
         TEXT("mail-server", "",
              "Where mail goes out: smtp://HOST:PORT or smtps://HOST:PORT; no mail when not given.")},
        {FOR_SERVE, AT(mail_from),
         TEXT("mail-from", "", "Who sends the mails, such as OpenITR <itr@example.com>.")},
        {FOR_SERVE, AT(mail_tls),
         WORD("mail-tls", "required|optional|no", "required", "STARTTLS with the mail server.")},
        {FOR_SERVE, AT(mail_user), TEXT("mail-user", "", "Login at the mail server.")},
        {FOR_SERVE, AT(mail_password),
         TEXT("mail-password", "",
              "Password at the mail server; better in the file or in OPENITR_MAIL_PASSWORD than "
              "as an argument, which others on the machine can read.")},
        {FOR_SERVE, AT(mail_ca),
         TEXT("mail-ca", "", "A file of certificates to trust at the mail server, instead of the system's.")},
        {FOR_SERVE, AT(mail_timeout),
         SPAN("mail-timeout", 1, 600, "30", "How long one mail may take.")},
        {FOR_SERVE, AT(webhook_allow),
         TEXT("webhook-allow", "",
              "Hosts and networks that webhooks may reach although they are private, and by http: "
              "hooks.intranet,10.1.0.0/16.")},
        {FOR_SERVE, AT(webhook_timeout),
         SPAN("webhook-timeout", 1, 120, "15", "How long one call of a webhook may take.")},
        {FOR_SERVE, AT(keep_deliveries),
         COUNT("keep-deliveries", 0, 36500, "400",
               "Days that notices and webhook calls which have ended are kept, those of open cases longer; 0: for ever.")},
        {FOR_SERVE, AT(hotline), TEXT("hotline", "", "The number to call at any hour; stands on every page.")},
        {FOR_SERVE, AT(test_clock),
         FLAG("test-clock", "Lets tests turn the server's clock; on loopback only.")},

        {FOR_INIT | FOR_SERVE | ONLY_ARGUMENT, AT(test_time),
         TEXT("test-time", "",
              "The instant at which the clock stands, such as 2026-03-04T02:20:00Z: for tests, on "
              "loopback only.")},
        {FOR_INIT | ONLY_ARGUMENT, AT(demo),
         FLAG("demo", "Fills in a demo company with a login for each role.")},
        {FOR_INIT | ONLY_ARGUMENT, AT(admin), TEXT("admin", "admin", "Login of the first administrator.")},
        {FOR_IMPORT | ONLY_ARGUMENT, AT(map),
         TEXT("map", "",
              "How columns become fields: the name of a built-in map "
              "or a file that ends in .yaml.")},
        {FOR_IMPORT | ONLY_ARGUMENT, AT(dry_run),
         FLAG("dry-run", "Reads and checks all of it and keeps nothing.")},
        {FOR_EXPORT | ONLY_ARGUMENT, AT(format), WORD("format", "xes|csv", "xes", "The form of the file.")},
        {FOR_EXPORT | ONLY_ARGUMENT, AT(source), TEXT("source", "", "The imported source to write.")},
        {FOR_REPORT | ONLY_ARGUMENT, AT(format), WORD("format", "json", "json", "The form of the report.")},
        {FOR_POLICY | ONLY_ARGUMENT, AT(policy),
         TEXT("policy", "", "The file to try: a rule table, a code list or a calendar.")},
        {FOR_POLICY | ONLY_ARGUMENT, AT(days),
         COUNT("days", 0, 36500, "90", "Requests that were closed in so many days; 0: all, also those that are open.")},
        {FOR_POLICY | ONLY_ARGUMENT, AT(tier),
         TEXT("tier", "",
              "The service tier of requests without agreed terms, such as imported ones; without it nothing is promised "
              "them.")},
        {FOR_POLICY | ONLY_ARGUMENT, AT(source), TEXT("source", "", "Only requests of this imported source.")},
        {FOR_POLICY | ONLY_ARGUMENT, AT(list),
         COUNT("list", 0, 1000000, "200", "How many differing clocks are named.")},
        {FOR_POLICY | ONLY_ARGUMENT, AT(threads), COUNT("threads", 0, 8, "0", "Threads; 0: one per core.")},
        {FOR_POLICY | ONLY_ARGUMENT, AT(format),
         WORD("format", "text|json|csv", "text", "The form of the outcome; csv names every differing clock.")},
        {FOR_USER | ONLY_ARGUMENT, AT(name),
         TEXT("name", "", "The person's name; the login when not given.")},
        {FOR_USER | ONLY_ARGUMENT, AT(roles), TEXT("roles", "", "The person's roles, with commas between.")},
        {FOR_PASSWORD | ONLY_ARGUMENT, AT(password_stdin),
         FLAG("password-stdin",
              "Takes the password from the first line of standard input; else one is made up.")},
        {FOR_TOKEN | ONLY_ARGUMENT, AT(user),
         TEXT("user", "", "The login of the person for whom a program acts.")},
        {FOR_TOKEN | ONLY_ARGUMENT, AT(name), TEXT("name", "command line", "What the token is for.")},
        {FOR_TOKEN | ONLY_ARGUMENT, AT(days),
         COUNT("days", 0, 3650, "365", "How long it is good for; 0: for ever.")},
        {FOR_HELP | ONLY_ARGUMENT, AT(format),
         WORD("format", "text|man|bash", "text",
              "The form of the help: a text, the manual page, completion for bash.")},
};
enum { ROW_COUNT = sizeof ROWS / sizeof *ROWS };
_Static_assert((int)ROW_COUNT <= (int)OPTIONS_MAX, "options_rows() has room for all rows");

size_t
options_rows(struct options *o, unsigned takes, bool only_argument, struct setting out[OPTIONS_MAX])
{
        size_t n = 0;

        for (size_t i = 0; i < ROW_COUNT; i++) {
                if (!(ROWS[i].takes & takes) || (!only_argument && ROWS[i].takes & ONLY_ARGUMENT))
                        continue;
                out[n] = ROWS[i].s;
                out[n++].where = (char *)o + ROWS[i].where;
        }
        return n;
}

/* The defaults of all rows, those that the command takes last: two rows may share a place. */
static bool
read_defaults(struct ctx *ctx, struct options *o, unsigned takes)
{
        struct setting rows[OPTIONS_MAX];

        return settings_defaults(ctx, rows, options_rows(o, ~0u, true, rows)) &&
               settings_defaults(ctx, rows, options_rows(o, takes, true, rows));
}

static bool
read_environment(struct ctx *ctx, struct options *o, const char *const *environment)
{
        struct setting rows[OPTIONS_MAX];

        return settings_environment(ctx, rows, options_rows(o, ~0u, false, rows), environment);
}

static bool
read_args(struct ctx *ctx, struct options *o, unsigned takes, int *argc, char **argv)
{
        struct setting rows[OPTIONS_MAX];

        return settings_args(ctx, rows, options_rows(o, takes, true, rows), argc, argv);
}

/* The file that the environment or the arguments name: they are read once only for that. */
static bool
read_file(struct ctx *ctx, struct options *o, unsigned takes, int argc, char **argv,
          const char *const *environment)
{
        struct options first = *o;
        struct setting rows[OPTIONS_MAX];
        char **copy = ARENA_ARRAY(ctx->arena, char *, argc + 1);

        memcpy(copy, argv, (size_t)argc * sizeof *argv);
        if (!read_environment(ctx, &first, environment) || !read_args(ctx, &first, takes, &argc, copy))
                return false;
        if (*first.config == '\0')
                return true;
        return settings_file(ctx, rows, options_rows(o, ~0u, false, rows), first.config);
}

bool
options_read(struct ctx *ctx, struct options *o, unsigned takes, int *argc, char **argv,
             const char *const *environment)
{
        *o = (struct options){0};
        return read_defaults(ctx, o, takes) && read_file(ctx, o, takes, *argc, argv, environment) &&
               read_environment(ctx, o, environment) && read_args(ctx, o, takes, argc, argv);
}
