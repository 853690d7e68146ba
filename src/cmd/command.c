/* SPDX-License-Identifier: Apache-2.0
 *
 * command.c -- the table of subcommands, and how one is found and run.
 *
 *     argv --command_find--> row --options_read--> settings and operands --run--> 0 done, 1 found faults, 2
 * could not run
 *
 * A command is a row here and a function in cmd_*.c.  --help, the manual page and shell completion are made
 * from the rows (cmd_help.c).  Results go to standard output, faults to standard error, one a line.
 */
#include "cmd/command.h"
#include <stdio.h>
#include "base/clock.h"
#include "base/log.h"

#define STORE (FOR_ALL | FOR_DB | FOR_MODEL)

const struct command COMMANDS[] = {
        {"init", "", 0, 0, STORE | FOR_INIT | FOR_PASSWORD, cmd_init, "Makes the tables of a new database.",
         "Creates what the model wants and the database lacks, and the first administrator, whose password "
         "is printed "
         "once. On a database that has them already it does only what is missing. Refused while a server has "
         "the "
         "SQLite file."},
        {"serve", "", 0, 0, STORE | FOR_SERVE, cmd_serve, "Runs the server until SIGTERM or SIGINT.",
         "Makes the database when there is none, adds tables and columns that the model has and the database lacks, and refuses to "
         "start when the model contradicts the data. A database without an administrator waits for its first start at the "
         "address that is printed, with a code of this start alone. A second server on the same SQLite file is refused; on PostgreSQL several "
         "may run."},
        {"plan", "", 0, 0, STORE, cmd_plan,
         "Prints the statements that the model wants and the database lacks.",
         "Changes nothing. Also lists columns that the model no longer names, as comments."},
        {"check", "[DIR]", 0, 1, FOR_ALL, cmd_check,
         "Checks the model and its rule tables, and reports every fault.",
         "Without DIR the built-in model; with DIR a site's folder on top of it, or, when DIR holds its own "
         "roles or "
         "case entity, that model alone."},
        {"doc", "DIR", 1, 1, FOR_ALL | FOR_MODEL, cmd_doc,
         "Writes the model's pages, with state diagrams, openapi.json and model.schema.json to a folder.", ""},
        {"calendar check", "CALENDARS.json VECTORS.jsonl", 2, 2, FOR_ALL, cmd_calendar_check,
         "Holds the working time of calendars against recorded answers.",
         "Prints each difference and `N agreed, M differ`."},
        {"calendar import-holidays", "FILE...", 1, -1, STORE, cmd_calendar_import,
         "Reads holidays and make-up workdays from files.",
         "Takes holiday-cn and chinese-days JSON, date-holidays CSV and iCalendar. Publishes a new version, from "
         "now on, of each calendar whose days change; promises that were made keep theirs. The same file read "
         "again changes nothing. Safe while a server runs."},
        {"calendar import-ics", "FILE...", 1, -1, STORE, cmd_calendar_import,
         "Reads whole days off from iCalendar files.",
         "The holiday set is the file's name without its ending, in capitals; a calendar takes it up when its "
         "holiday set names it."},
        {"clock run", "SCENARIO.yaml...", 1, -1, FOR_ALL, cmd_clock_run,
         "Holds the service clocks against conformance scenarios.",
         "Prints each failure with its place and `N passed, M failed`. The scenarios are in tests/clock-scenarios, their "
         "format in docs/clocks.md."},
        {"import", "FILE...", 1, -1, STORE | FOR_IMPORT, cmd_import,
         "Reads cases from files of another system.",
         "The same file read again changes nothing. Safe while a server runs."},
        {"export", "FILE", 1, 1, STORE | FOR_EXPORT, cmd_export, "Writes an imported source to a file.", ""},
        {"report facts", "", 0, 0, STORE | FOR_REPORT, cmd_report_facts,
         "Prints the facts of every imported source.", ""},
        {"report time", "", 0, 0, STORE | FOR_REPORT, cmd_report_time,
         "Prints what requests spend their time with.",
         "Elapsed time of our own requests and of every imported source: queued, assigned, working, waiting for the user, "
         "waiting for others, awaiting closure."},
        {"policy check", "FILE...", 1, -1, STORE, cmd_policy_check,
         "Checks rule tables, code lists and calendars as if they were published now.",
         "Every fault is told as file:line:column. What else is in force is that of the database. Changes nothing."},
        {"policy simulate", "", 0, 0, STORE | FOR_POLICY, cmd_policy_simulate,
         "Tries a rule table or a calendar on closed requests.",
         "Judges every request that was closed in the period again, from the facts of its clocks, and prints which would have "
         "been late, and which not. Without --policy: by the tables in force. Changes nothing; safe while a server runs."},
        {"policy withdraw", "TABLE VERSION", 2, 2, STORE, cmd_policy_withdraw,
         "Takes a version of a rule table out of force that keeps the server from starting.",
         "For a published version that does not pass the check of a newer program: what was in force before it counts again, "
         "as if it had never been. A version that passes is not taken out. Stop the servers first; on SQLite it is refused "
         "while one has the file."},
        {"verify", "", 0, 0, STORE, cmd_verify,
         "Walks the chain of every record's events and reports each break.", ""},
        {"user create", "LOGIN", 1, 1, STORE | FOR_USER | FOR_PASSWORD, cmd_user_create,
         "Makes a person who can log in; prints the password if it made one up.", ""},
        {"user password", "LOGIN", 1, 1, STORE | FOR_PASSWORD, cmd_user_password,
         "Gives a person a new password and ends that person's sessions.", ""},
        {"user list", "", 0, 0, STORE, cmd_user_list, "Lists logins, names and roles.", ""},
        {"token create", "", 0, 0, STORE | FOR_TOKEN, cmd_token_create,
         "Prints a bearer token with which a program acts for a person.",
         "The token is shown this once; the database keeps only its digest. Safe while a server runs."},
        {"index rebuild", "", 0, 0, STORE, cmd_index_rebuild, "Makes the search index anew.",
         "Refused while a server has the SQLite file."},
        {"help", "[COMMAND]", 0, 2, FOR_ALL | FOR_HELP, cmd_help, "Says what the program or a command does.",
         ""},
};
const size_t COMMAND_COUNT = sizeof COMMANDS / sizeof *COMMANDS;

/* How many of the words are the command's name; 0: it is another. */
static int
words_matched(const struct command *k, int argc, char *const *argv)
{
        struct str rest = str_of(k->name);
        int n = 0;

        for (; rest.p; n++)
                if (n == argc || !str_is(str_cut(rest, ' ', &rest), argv[n]))
                        return 0;
        return n;
}

const struct command *
command_find(int argc, char *const *argv, int *ret_words)
{
        for (size_t i = 0; i < COMMAND_COUNT; i++)
                if ((*ret_words = words_matched(&COMMANDS[i], argc, argv)) > 0)
                        return &COMMANDS[i];
        return NULL;
}

enum outcome
unable(const struct call *c)
{
        ctx_print_errors(c->ctx, stderr);
        return UNABLE;
}

enum outcome
faults(const struct call *c)
{
        ctx_print_errors(c->ctx, stderr);
        return FOUND_FAULTS;
}

static void
start_log(const struct options *o)
{
        static const char *const LEVELS[] = {"debug", "info", "warn", "error", "off"};
        int level = LOG_DEBUG;

        while (strcmp(LEVELS[level], o->log_level) != 0)
                level++;
        log_setup((enum log_level)level, strcmp(o->log_format, "json") == 0);
}

/* Where a test says so, the clock stands before anything is asked of it. */
static bool
start_clock(const struct call *c)
{
        const char *at = c->o.test_time;
        usec time;

        if (at == NULL || *at == '\0')
                return true;
        if (!time_parse(str_of(at), &time))
                return fail(c->ctx, E_BAD_FORMAT, "--test-time", at, "an RFC 3339 time, such as 2026-03-04T02:20:00Z");
        clock_freeze(time);
        return true;
}

/* Are there as many operands as the command wants, and is the database named? */
static bool
call_complete(const struct call *c)
{
        const struct command *k = c->command;
        const char *usage =
                arena_printf(c->ctx->arena, "Usage: openitr %s%s%s. See: openitr help %s", k->name,
                             *k->operands ? " [--SETTING...] " : "", k->operands, k->name);

        if (c->argc < k->least || (k->most >= 0 && c->argc > k->most))
                return fail(c->ctx, E_USAGE, "", usage);
        if (k->takes & FOR_DB && *c->o.db == '\0')
                return fail(c->ctx, E_USAGE, "--db",
                            "Name the database: the path of an SQLite file, or postgresql://...");
        return true;
}

enum outcome
command_run(struct ctx *ctx, int argc, char **argv, const char *const *environment)
{
        struct call c = {.ctx = ctx};
        int words = 0;

        c.command = command_find(argc - 1, argv + 1, &words);
        if (!c.command) {
                fail(ctx, E_USAGE, argv[1] ? argv[1] : "", "There is no such command. See: openitr help");
                return unable(&c);
        }
        c.argc = argc - words;
        c.argv = argv + words;
        if (!options_read(ctx, &c.o, c.command->takes, &c.argc, c.argv, environment))
                return unable(&c);
        c.argc--, c.argv++;
        start_log(&c.o);
        if (c.o.help)
                return cmd_help(&c);
        return start_clock(&c) && call_complete(&c) ? c.command->run(&c) : unable(&c);
}
