/* SPDX-License-Identifier: Apache-2.0
 *
 * command.h -- the table of subcommands, and what one is called with.
 */
#ifndef CMD_COMMAND_H
#define CMD_COMMAND_H
#include "cmd/options.h"

enum outcome {
        DONE = 0,
        FOUND_FAULTS = 1,              /* it ran, and found what is wrong with its input */
        UNABLE = 2,                    /* it could not run */
};

struct call {                          /* one run of the program */
        struct ctx *ctx;
        const struct command *command;
        struct options o;
        int argc;                      /* operands: what is left behind the command's name and the settings */
        char **argv;
};

struct command {
        const char *name;              /* one word, or two: "token create" */
        const char *operands;          /* "[DIR]" */
        int least, most;               /* how many operands; most -1: any number */
        unsigned takes;                /* enum use */
        enum outcome (*run)(struct call *c);
        const char *help;              /* one sentence */
        const char *about;             /* more, for the manual; "" */
};
extern const struct command COMMANDS[];
extern const size_t COMMAND_COUNT;

/* The command that the words name, and of how many words its name is; NULL when there is none. */
const struct command *command_find(int argc, char *const *argv, int *ret_words);
/* Reads the settings and runs the command: argv[0] is the program, then its name and arguments. */
enum outcome command_run(struct ctx *ctx, int argc, char **argv, const char *const *environment);

/* Prints the errors, one a line, on standard error; an outcome, so that a command can end with `return unable(c)`. */
enum outcome unable(const struct call *c);
enum outcome faults(const struct call *c);

/* cmd_*.c */
enum outcome cmd_calendar_check(struct call *c);
enum outcome cmd_calendar_import(struct call *c);
enum outcome cmd_check(struct call *c);
enum outcome cmd_clock_run(struct call *c);
enum outcome cmd_doc(struct call *c);
enum outcome cmd_export(struct call *c);
enum outcome cmd_help(struct call *c);
enum outcome cmd_import(struct call *c);
enum outcome cmd_index_rebuild(struct call *c);
enum outcome cmd_init(struct call *c);
enum outcome cmd_plan(struct call *c);
enum outcome cmd_policy_check(struct call *c);
enum outcome cmd_policy_simulate(struct call *c);
enum outcome cmd_policy_withdraw(struct call *c);
enum outcome cmd_report_facts(struct call *c);
enum outcome cmd_report_time(struct call *c);
enum outcome cmd_serve(struct call *c);
enum outcome cmd_token_create(struct call *c);
enum outcome cmd_user_create(struct call *c);
enum outcome cmd_user_list(struct call *c);
enum outcome cmd_user_password(struct call *c);
enum outcome cmd_verify(struct call *c);
#endif
