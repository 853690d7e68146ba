/* SPDX-License-Identifier: Apache-2.0
 *
 * settings.c -- settings as rows: one table, four sources, one setter.
 *
 * DESIGN
 *   Each source finds the row and hands name and text to `assign`, which is the only place that reads a
 *   value, checks its bounds and stores it.  What --help and the man page say about a setting is made
 *   from the same row that checks it.
 *
 *       settings_defaults     the row's preset
 *       settings_file         name = value, one a line; a line whose first mark is '#' is a comment
 *       settings_environment  OPENITR_LOG_LEVEL=debug for log-level
 *       settings_args         --name VALUE, --name=VALUE; --name and --name=no for a bool
 *     (the order in which the program calls them; the later one wins)
 *
 *   Names are written with '-' in the table; '_' is taken for '-' in files and the environment.
 *   A size is a number with K, M or G (of 1024); a span is a number with s, m, h or d, in seconds if bare.
 *
 * Invariants
 *   1. A value that is refused leaves the setting as it was, with E_SETTING naming where it stood and what is
 *      allowed; all bad settings of a source are reported, not only the first.
 *   2. Texts live in the context's arena, or are the table's own.
 *
 * Not here: the table itself and what settings mean (cmd/).
 */
#include "base/settings.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>

#define ENVIRONMENT_PREFIX "OPENITR_"

/* ---- one value ---- */

/* "a number of bytes from 1 to 10", "yes or no", "text|json": for errors and for help. */
static const char *
allowed_text(struct arena *a, const struct setting *s)
{
        switch (s->type) {
        case SET_TEXT:
                return "a text";
        case SET_BOOL:
                return "yes or no";
        case SET_ENUM:
                return s->allowed;
        default:
                return arena_printf(a, "%ld to %ld%s%s", (long)s->min, (long)s->max,
                                    s->unit && *s->unit ? " " : "", s->unit ? s->unit : "");
        }
}

static bool
read_bool(struct str v, bool *ret)
{
        static const char *const WORDS[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};

        for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
                if (str_is(v, WORDS[i])) {
                        *ret = i % 2;
                        return true;
                }
        return false;
}

/* One of the words between the bars. */
static bool
is_one_of(struct str v, const char *allowed)
{
        for (struct str rest = str_of(allowed); rest.p;)
                if (str_eq(str_cut(rest, '|', &rest), v))
                        return true;
        return false;
}

/* What the letter behind a number multiplies by; 0 when the type knows no such letter. */
static int64_t
unit_factor(enum setting_type type, char letter)
{
        static const struct {
                enum setting_type type;
                char letter;
                int64_t factor;
        } UNITS[] = {{SET_SIZE, 'k', 1 << 10}, {SET_SIZE, 'm', 1 << 20}, {SET_SIZE, 'g', 1 << 30},
                     {SET_SECONDS, 's', 1},    {SET_SECONDS, 'm', 60},   {SET_SECONDS, 'h', 3600},
                     {SET_SECONDS, 'd', 86400}};

        for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++)
                if (UNITS[i].type == type && UNITS[i].letter == (letter | 0x20))
                        return UNITS[i].factor;
        return 0;
}

/* A number within the row's bounds, with its unit's letter. */
static bool
read_number(const struct setting *s, struct str v, int64_t *ret)
{
        int64_t factor = v.n > 1 ? unit_factor(s->type, v.p[v.n - 1]) : 0;

        if (factor)
                v.n--;
        if (!str_to_int(v, ret) || __builtin_mul_overflow(*ret, factor ? factor : 1, ret))
                return false;
        return *ret >= s->min && *ret <= s->max;
}

static bool
store(struct ctx *ctx, const struct setting *s, struct str v)
{
        int64_t number;

        switch (s->type) {
        case SET_ENUM:
                if (!is_one_of(v, s->allowed))
                        return false;
                /* fallthrough */
        case SET_TEXT:
                *(const char **)s->where = str_c(ctx->arena, v);
                return true;
        case SET_BOOL:
                return read_bool(v, s->where);
        default:
                if (!read_number(s, v, &number))
                        return false;
                *(int64_t *)s->where = number;
                return true;
        }
}

/* The one setter.  `place` says where the value stood, "" when that is plain. */
static bool
assign(struct ctx *ctx, const struct setting *s, struct str v, const char *place)
{
        if (store(ctx, s, v))
                return true;
        return fail(ctx, E_SETTING, place, s->name, str_c(ctx->arena, v), allowed_text(ctx->arena, s));
}

static char
plain(char c)
{
        return c == '_' ? '-' : (char)tolower((unsigned char)c);
}

/* The row of that name, whatever its capitals, '_' for '-'. */
static const struct setting *
find(const struct setting *table, size_t count, struct str name)
{
        for (size_t i = 0; i < count; i++) {
                size_t n = 0;
                while (n < name.n && table[i].name[n] && plain(name.p[n]) == plain(table[i].name[n]))
                        n++;
                if (n == name.n && table[i].name[n] == '\0')
                        return &table[i];
        }
        return NULL;
}

static bool
fail_unknown(struct ctx *ctx, const struct setting *table, size_t count, struct str name, const char *place)
{
        struct buf known = {0};

        for (size_t i = 0; i < count; i++)
                buf_printf(&known, "%s%s", i ? ", " : "", table[i].name);
        fail(ctx, E_UNKNOWN_FIELD, place, str_c(ctx->arena, name), buf_c(&known));
        buf_free(&known);
        return false;
}

/* ---- the four sources ---- */

/* A row without a preset keeps what its variable holds. */
bool
settings_defaults(struct ctx *ctx, const struct setting *table, size_t count)
{
        bool ok = true;

        for (size_t i = 0; i < count; i++)
                if (table[i].preset)
                        ok = assign(ctx, &table[i], str_of(table[i].preset), "default") && ok;
        return ok;
}

/* One line of a file, without its '\n'. */
static bool
assign_line(struct ctx *ctx, const struct setting *table, size_t count, struct str line, const char *place)
{
        struct str value, name;

        line = str_trim(line);
        if (line.n == 0 || line.p[0] == '#')
                return true;
        name = str_trim(str_cut(line, '=', &value));
        const struct setting *s = find(table, count, name);
        if (s == NULL)
                return fail_unknown(ctx, table, count, name, place);
        if (value.p == NULL)
                return fail(ctx, E_BAD_FORMAT, place, str_c(ctx->arena, line), "name = value");
        return assign(ctx, s, str_trim(value), place);
}

/* The whole file; at most 1 MiB, which no settings file reaches. */
static bool
read_file(struct ctx *ctx, const char *path, struct buf *out)
{
        enum { FILE_MAX = 1 << 20 };
        FILE *f = fopen(path, "re");

        if (f == NULL)
                return fail(ctx, E_IO, path, path, strerror(errno));
        errno = 0;
        out->n = fread(buf_room(out, FILE_MAX), 1, FILE_MAX, f);
        bool ok = !ferror(f) || fail(ctx, E_IO, path, path, strerror(errno));
        fclose(f);
        return ok;
}

bool
settings_file(struct ctx *ctx, const struct setting *table, size_t count, const char *path)
{
        struct buf text = {0};
        bool ok = read_file(ctx, path, &text);
        struct str rest = ok ? buf_view(&text) : STR_NONE;

        for (int line = 1; rest.p && rest.n; line++) {
                struct str one = str_cut(rest, '\n', &rest);
                const char *place = arena_printf(ctx->arena, "%s:%d", path, line);
                ok = assign_line(ctx, table, count, one, place) && ok;
        }
        buf_free(&text);
        return ok;
}

/* A variable that begins like ours but names no setting is left alone: a supervisor may set its own. */
bool
settings_environment(struct ctx *ctx, const struct setting *table, size_t count,
                     const char *const *environment)
{
        const struct str prefix = STR(ENVIRONMENT_PREFIX);
        bool ok = true;

        for (; environment && *environment; environment++) {
                struct str value, name = str_cut(str_of(*environment), '=', &value);
                if (!str_starts(name, prefix) || value.p == NULL)
                        continue;
                const char *place = str_c(ctx->arena, name);
                name = (struct str){name.p + prefix.n, name.n - prefix.n};
                const struct setting *s = find(table, count, name);
                if (s)
                        ok = assign(ctx, s, value, place) && ok;
        }
        return ok;
}

/* Takes the option argv[*i], and the word behind it if that is its value; *i is moved to the last word taken.
 */
static bool
assign_option(struct ctx *ctx, const struct setting *table, size_t count, char **argv, int *i)
{
        struct str value, name = str_cut(str_of(argv[*i] + 2), '=', &value);
        const char *place = str_c(ctx->arena, (struct str){argv[*i], name.n + 2});
        const struct setting *s = find(table, count, name);

        if (s == NULL)
                return fail_unknown(ctx, table, count, name, place);
        if (value.p == NULL && s->type == SET_BOOL)
                value = STR("yes");
        if (value.p == NULL && argv[*i + 1])
                value = str_of(argv[++*i]);
        if (value.p == NULL)
                return fail(ctx, E_REQUIRED, place);
        return assign(ctx, s, value, place);
}

/* argv[0] stays; so does everything behind "--", which itself is dropped. */
bool
settings_args(struct ctx *ctx, const struct setting *table, size_t count, int *argc, char **argv)
{
        bool ok = true, options = true;
        int kept = 0;

        for (int i = 0; i < *argc; i++) {
                if (i == 0 || !options || strncmp(argv[i], "--", 2) != 0)
                        argv[kept++] = argv[i];
                else if (argv[i][2] == '\0')
                        options = false;
                else
                        ok = assign_option(ctx, table, count, argv, &i) && ok;
        }
        *argc = kept;
        argv[kept] = NULL;
        return ok;
}

/* ---- documentation ---- */

/* What stands for the value behind the option: "" for a bool. */
static const char *
placeholder(const struct setting *s)
{
        static const char *const WORDS[] = {
                [SET_TEXT] = " TEXT", [SET_INT] = " N",     [SET_BOOL] = "",
                [SET_ENUM] = " WORD", [SET_SIZE] = " SIZE", [SET_SECONDS] = " TIME"};

        return WORDS[s->type];
}

/* "1 to 10 bytes; default 4" in parentheses; nothing for a text without a preset. */
static void
put_bounds(const struct setting *s, struct buf *out)
{
        struct arena *a = arena_new(0);
        const char *allowed = s->type == SET_TEXT || s->type == SET_BOOL ? "" : allowed_text(a, s);
        bool has_preset = s->preset && *s->preset;

        if (*allowed || has_preset)
                buf_printf(out, " (%s%s%s%s)", allowed, *allowed && has_preset ? "; " : "",
                           has_preset ? "default " : "", has_preset ? s->preset : "");
        arena_free(a);
}

void
settings_help(const struct setting *table, size_t count, struct buf *out)
{
        int width = 0;

        for (size_t i = 0; i < count; i++) {
                int n = (int)(strlen(table[i].name) + strlen(placeholder(&table[i])));
                width = n > width ? n : width;
        }
        for (size_t i = 0; i < count; i++) {
                const char *word = placeholder(&table[i]);
                buf_printf(out, "  --%s%-*s  %s", table[i].name, width - (int)strlen(table[i].name), word,
                           table[i].help);
                put_bounds(&table[i], out);
                buf_char(out, '\n');
        }
}

/* Text for troff: '\' and '-' are written so that they stay what they are, a line never starts with a
 * request. */
static void
put_troff(struct buf *out, const char *text)
{
        for (; *text; text++) {
                if (*text == '\\')
                        buf_text(out, "\\e");
                else if (*text == '-')
                        buf_text(out, "\\-");
                else
                        buf_char(out, *text);
        }
}

void
settings_man(const struct setting *table, size_t count, struct buf *out)
{
        for (size_t i = 0; i < count; i++) {
                struct buf bounds = {0};
                put_bounds(&table[i], &bounds);
                buf_text(out, ".TP\n\\fB");
                put_troff(out, "--");
                put_troff(out, table[i].name);
                buf_text(out, "\\fR\\fI");
                put_troff(out, placeholder(&table[i]));
                buf_text(out, "\\fR\n\\&");
                put_troff(out, table[i].help);
                put_troff(out, buf_c(&bounds));
                buf_char(out, '\n');
                buf_free(&bounds);
        }
}
