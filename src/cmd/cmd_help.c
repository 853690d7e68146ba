/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_help.c -- openitr help: the tables of commands and settings, as text, as the manual page and as
 * completion for bash.
 *
 * docs/openitr.1 and packaging/openitr.bash-completion are made here and kept in the repository; ./test
 * compares them. What stands in a row of a table is not said again here.
 */
#include <stdio.h>
#include "cmd/command.h"

/* ---- text ---- */

static void
put_summary(struct buf *out)
{
        buf_text(out, "openitr " OPENITR_VERSION ", a customer service server.\n\n"
                      "Usage: openitr COMMAND [--SETTING VALUE...] [OPERAND...]\n\n");
        for (size_t i = 0; i < COMMAND_COUNT; i++)
                buf_printf(out, "  %-24s %s\n", COMMANDS[i].name, COMMANDS[i].help);
        buf_text(out, "\nMore: openitr help COMMAND, man openitr. Exit status: 0 done, 1 found faults, 2 "
                      "could not run.\n");
}

static void
put_command(struct buf *out, const struct command *k)
{
        struct options o;
        struct setting rows[OPTIONS_MAX];
        size_t n = options_rows(&o, k->takes, true, rows);

        buf_printf(out, "Usage: openitr %s [--SETTING VALUE...] %s\n\n%s%s%s\n\n", k->name, k->operands,
                   k->help, *k->about ? " " : "", k->about);
        settings_help(rows, n, out);
}

/* ---- the manual page ---- */

static const char MAN_HEAD[] = ".SH NAME\n"
                               "openitr \\- customer service server\n"
                               ".SH SYNOPSIS\n"
                               ".B openitr\n"
                               ".I COMMAND\n"
                               "[\\fB\\-\\-\\fISETTING\\fR [\\fIVALUE\\fR]...] [\\fIOPERAND\\fR...]\n"
                               ".br\n"
                               ".B openitr \\-\\-version\n"
                               ".SH DESCRIPTION\n"
                               "OpenITR takes requests, complaints, changes and spare parts of a company's "
                               "customers from intake to closing.\n"
                               "One program holds the server, the browser app and the model that says what a "
                               "case is; the data stands in an\n"
                               "SQLite file or in PostgreSQL.\n"
                               ".SH COMMANDS\n";

static const char MAN_SETTINGS[] =
        ".SH SETTINGS\n"
        "A setting comes from, the later one wins: its default, the file that \\-\\-config names, the "
        "environment,\n"
        "the command line.\n"
        "In the file a line is \\fIname\\fR = \\fIvalue\\fR or, behind a #, a comment; in the environment\n"
        "\\-\\-log\\-level is OPENITR_LOG_LEVEL.\n"
        "A size may end in K, M or G, a time in s, m, h or d; a switch is yes or no.\n";

static const char MAN_TAIL[] =
        ".SH EXIT STATUS\n"
        ".TP\n.B 0\nThe command is done.\n"
        ".TP\n.B 1\nIt ran and found faults; they stand on standard error, one a line.\n"
        ".TP\n.B 2\nIt could not run.\n"
        ".SH FILES\n"
        ".TP\n.I DATABASE\\fR, \\fIDATABASE\\-wal\\fR, \\fIDATABASE\\-shm\n"
        "The SQLite file and what SQLite keeps beside it while it is open.\n"
        ".TP\n.I DATABASE.lock\nHeld by the server that has the file.\n"
        ".TP\n.I DATABASE\\-files\nAttachments, unless \\-\\-files says another folder.\n"
        ".SH EXAMPLES\n"
        ".nf\n"
        "openitr init \\-\\-db service.db \\-\\-demo\n"
        "openitr serve \\-\\-db service.db \\-\\-listen 127.0.0.1:8080\n"
        "openitr init \\-\\-db postgresql://openitr@db.example/openitr\n"
        "openitr check /etc/openitr/site\n"
        "openitr import \\-\\-db service.db \\-\\-map servicenow \\-\\-dry\\-run incidents.csv.gz\n"
        "openitr token create \\-\\-db service.db \\-\\-user robot\n"
        ".fi\n";

/* Text in which a hyphen is a hyphen and a backslash a backslash. */
static void
put_troff(struct buf *out, const char *text)
{
        for (; *text; text++)
                if (*text == '-' || *text == '\\')
                        buf_printf(out, *text == '-' ? "\\-" : "\\e");
                else
                        buf_char(out, *text);
}

static void
put_man_command(struct buf *out, const struct command *k)
{
        struct options o;
        struct setting rows[OPTIONS_MAX], shared[OPTIONS_MAX];
        size_t n = options_rows(&o, k->takes & ~(unsigned)FOR_ALL, true, rows);
        size_t first = options_rows(&o, k->takes & ~(unsigned)FOR_ALL, false, shared);

        buf_printf(out, ".TP\n.B openitr %s\\fR \\fI%s\\fR\n", k->name, k->operands);
        put_troff(out, k->help);
        buf_char(out, '\n');
        put_troff(out, k->about);
        buf_text(out, *k->about ? "\n" : "");
        if (first == n)
                return;
        buf_text(out, ".RS\n");
        settings_man(rows + first, n - first, out);
        buf_text(out, ".RE\n");
}

static void
put_man(struct buf *out)
{
        struct options o;
        struct setting rows[OPTIONS_MAX];
        size_t n = options_rows(&o, ~0u, false, rows);

        buf_text(out, ".\\\" Made by: openitr help --format man\n"
                      ".TH OPENITR 1 \"\" \"OpenITR " OPENITR_VERSION "\" \"User Commands\"\n");
        buf_text(out, MAN_HEAD);
        for (size_t i = 0; i < COMMAND_COUNT; i++)
                put_man_command(out, &COMMANDS[i]);
        buf_text(out, MAN_SETTINGS);
        settings_man(rows, n, out);
        buf_text(out, MAN_TAIL);
}

/* ---- completion ---- */

static const char BASH_HEAD[] =
        "# SPDX-License-Identifier: Apache-2.0\n"
                      "# openitr.bash-completion -- made by: openitr help --format bash\n"
        "_openitr()\n"
        "{\n"
        "        local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} name= words=\n\n"
        "        case \"${COMP_WORDS[*]:1:COMP_CWORD-1} \" in\n";

static const char BASH_TAIL[] = "        esac\n"
                                "        if [[ -z $words ]]; then\n"
                                "                COMPREPLY=($(compgen -f -- \"$cur\"))\n"
                                "        else\n"
                                "                COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                                "        fi\n"
                                "}\n"
                                "complete -o filenames -F _openitr openitr\n";

/* Behind nothing: the first words of all commands.  Commands of one first word stand together in the table.
 */
static void
put_bash_first(struct buf *out)
{
        struct str last = STR_NONE, second;

        buf_text(out, "        ' ') words='--help --version");
        for (size_t i = 0; i < COMMAND_COUNT; i++) {
                struct str first = str_cut(str_of(COMMANDS[i].name), ' ', &second);
                if (!str_eq(first, last))
                        buf_printf(out, " %.*s", (int)first.n, first.p);
                last = first;
        }
        buf_text(out, "' ;;\n");
}

/* Behind the first word of a command of two: the second; ";;&" goes on to the next line that fits. */
static void
put_bash_second(struct buf *out, const struct command *k)
{
        struct str second, first = str_cut(str_of(k->name), ' ', &second);

        if (second.p)
                buf_printf(out, "        '%.*s ') words+=' %.*s' ;;&\n", (int)first.n, first.p, (int)second.n,
                           second.p);
}

/* Behind a command's name: its settings. */
static void
put_bash_settings(struct buf *out, const struct command *k)
{
        struct options o;
        struct setting rows[OPTIONS_MAX];
        size_t n = options_rows(&o, k->takes, true, rows);

        buf_printf(out, "        '%s '*) name='%s' words='", k->name, k->name);
        for (size_t i = 0; i < n; i++)
                buf_printf(out, "%s--%s", i ? " " : "", rows[i].name);
        buf_text(out, "' ;;\n");
}

/* Behind a setting with a choice: its words. */
static void
put_bash_choices(struct buf *out, const struct command *k)
{
        struct options o;
        struct setting rows[OPTIONS_MAX];
        size_t n = options_rows(&o, k->takes, true, rows);

        for (size_t i = 0; i < n; i++) {
                if (rows[i].type != SET_ENUM)
                        continue;
                buf_printf(out, "        '%s --%s') words='", k->name, rows[i].name);
                for (const char *p = rows[i].allowed; *p; p++)
                        buf_char(out, *p == '|' ? ' ' : *p);
                buf_text(out, "' ;;\n");
        }
}

/* Behind any other setting that wants a value: a file, for want of better. */
static void
put_bash_texts(struct buf *out)
{
        struct options o;
        struct setting rows[OPTIONS_MAX];
        size_t n = options_rows(&o, ~0u, true, rows), put = 0;

        buf_text(out, "        ");
        for (size_t i = 0; i < n; i++)
                if (rows[i].type != SET_ENUM && rows[i].type != SET_BOOL)
                        buf_printf(out, "%s*' --%s'", put++ ? " | " : "", rows[i].name);
        buf_text(out, ") words= ;;\n");
}

static void
put_bash(struct buf *out)
{
        buf_text(out, BASH_HEAD);
        put_bash_first(out);
        for (size_t i = 0; i < COMMAND_COUNT; i++)
                put_bash_second(out, &COMMANDS[i]);
        for (size_t i = 0; i < COMMAND_COUNT; i++)
                put_bash_settings(out, &COMMANDS[i]);
        buf_text(out, "        esac\n"
                      "        [[ -n $name && -n $cur && $cur != -* ]] && words=\n"
                      "        case \"$name $prev\" in\n");
        for (size_t i = 0; i < COMMAND_COUNT; i++)
                put_bash_choices(out, &COMMANDS[i]);
        put_bash_texts(out);
        buf_text(out, BASH_TAIL);
}

/* ---- the command ---- */

static bool
put_help(struct call *c, struct buf *out)
{
        const struct command *k = c->o.help ? c->command : NULL;
        int words;

        if (!k && c->argc > 0 && !(k = command_find(c->argc, c->argv, &words)))
                return fail(c->ctx, E_USAGE, c->argv[0], "There is no such command. See: openitr help");
        if (k)
                put_command(out, k);
        else if (strcmp(c->o.format, "man") == 0)
                put_man(out);
        else if (strcmp(c->o.format, "bash") == 0)
                put_bash(out);
        else
                put_summary(out);
        return true;
}

enum outcome
cmd_help(struct call *c)
{
        struct buf out = {0};
        bool ok = put_help(c, &out);

        fputs(buf_c(&out), stdout);
        buf_free(&out);
        return ok ? DONE : unable(c);
}
