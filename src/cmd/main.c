/* SPDX-License-Identifier: Apache-2.0
 *
 * main.c -- the program `openitr`.
 *
 * Here only what is said before any command: --version, --help, and what holds for the whole process.  The
 * commands stand in a table (command.c), the settings in another (options.c), each command in a file of its
 * own (cmd_*.c).
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "base/secret.h"
#include "cmd/command.h"

static bool
is_one_of(const char *word, const char *a, const char *b)
{
        return word && (strcmp(word, a) == 0 || strcmp(word, b) == 0);
}

int
main(int argc, char **argv)
{
        static char help[] = "help";
        struct arena *a = arena_new(0);
        struct ctx ctx;

        signal(SIGPIPE, SIG_IGN);
        secret_init();
        ctx_init(&ctx, a);
        if (is_one_of(argv[1], "--version", "-V")) {
                puts("openitr " OPENITR_VERSION);
                return DONE;
        }
        if (is_one_of(argv[1], "--help", "-h"))
                argv[1] = help;
        enum outcome outcome = command_run(&ctx, argc, argv, (const char *const *)environ);
        if (fflush(stdout) != 0 && outcome == DONE)
                outcome = UNABLE;
        arena_free(a);
        return outcome;
}
