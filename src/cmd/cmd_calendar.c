/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_calendar.c -- openitr calendar check CALENDARS.json VECTORS.jsonl: holds our working time against recorded answers.
 *
 * CALENDARS.json is a list of calendars, each with an "id" (engine/calendar.h says the rest); VECTORS.jsonl has one question
 * a line: {"calendar", "op": "between", "from", "to", "expect_seconds"} or {"calendar", "op": "add", "from", "minutes",
 * "expect"}.  Prints each difference and `N agreed, M differ`.  Exit 0, 1 when some differ, 2 when it could not run.
 */
#include <stdio.h>
#include "base/map.h"
#include "cmd/command.h"
#include "cmd/file.h"
#include "engine/calendar.h"

static bool
load_calendars(struct ctx *ctx, const char *path, struct map *ret)
{
        struct buf text = {0};
        struct json *list;

        map_init(ret, ctx->arena);
        if (!file_add(ctx, path, &text) || (list = json_parse(ctx, text.p, text.n, 1000000)) == NULL)
                return false;
        for (const struct json *v = list->child; v != NULL; v = v->next) {
                struct calendar *c = calendar_from_json(ctx, v);
                if (c == NULL)
                        return fail_because(ctx, E_CALENDAR, path, str_c(ctx->arena, json_get_text(v, "id")));
                map_set(ret, json_get_text(v, "id"), c);
        }
        return true;                   /* the text stays: the parsed tree points into it */
}

static bool
field_time(struct ctx *ctx, const struct json *v, const char *name, usec *ret)
{
        struct str s = json_get_text(v, name);

        return time_parse(s, ret) || fail(ctx, E_BAD_FORMAT, name, str_c(ctx->arena, s), "an RFC 3339 time");
}

static bool
ask_add(struct ctx *ctx, const struct calendar *c, const struct json *v, bool *agrees, usec *got)
{
        const struct json *minutes = json_get(v, "minutes");
        usec from, expect;

        if (minutes == NULL || minutes->type != JSON_INT)
                return fail(ctx, E_REQUIRED, "minutes");
        if (!field_time(ctx, v, "from", &from) || !field_time(ctx, v, "expect", &expect) ||
            !calendar_add(ctx, c, from, minutes->i * USEC_MINUTE, got))
                return false;
        *agrees = *got == expect;
        return true;
}

static bool
ask_between(struct ctx *ctx, const struct calendar *c, const struct json *v, bool *agrees, usec *got)
{
        const struct json *seconds = json_get(v, "expect_seconds");
        usec from, to;

        if (seconds == NULL || seconds->type != JSON_INT)
                return fail(ctx, E_REQUIRED, "expect_seconds");
        if (!field_time(ctx, v, "from", &from) || !field_time(ctx, v, "to", &to))
                return false;
        *got = calendar_between(c, from, to);
        *agrees = *got == seconds->i * USEC_SECOND;
        return true;
}

static void
tell(struct str op, struct str line, usec got)
{
        char text[TIME_TEXT_MAX];

        if (str_is(op, "add"))
                time_format(got, text);
        else
                snprintf(text, sizeof text, "%.6f s", (double)got / (double)USEC_SECOND);
        printf("differs: %.*s got %s\n", (int)line.n, line.p, text);
}

static bool
ask(struct ctx *ctx, const struct map *calendars, struct str line, int *agreed, int *differ)
{
        char *copy = arena_strndup(ctx->arena, line.p, line.n);
        struct json *v = json_parse(ctx, copy, line.n, 1000);
        struct str op = json_get_text(v, "op"), name = json_get_text(v, "calendar");
        const struct calendar *c = v != NULL ? map_get(calendars, name) : NULL;
        bool agrees;
        usec got;

        if (v == NULL)
                return false;
        if (c == NULL)
                return fail(ctx, E_NOT_ALLOWED_VALUE, "calendar", str_c(ctx->arena, name), "an id of the calendars' file");
        if (!str_is(op, "add") && !str_is(op, "between"))
                return fail(ctx, E_NOT_ALLOWED_VALUE, "op", str_c(ctx->arena, op), "add, between");
        if (!(str_is(op, "add") ? ask_add : ask_between)(ctx, c, v, &agrees, &got))
                return false;
        ++*(agrees ? agreed : differ);
        if (!agrees)
                tell(op, line, got);
        return true;
}

static bool
ask_all(struct ctx *ctx, const struct map *calendars, const char *path, struct str rest, int *agreed, int *differ)
{
        for (int number = 1; rest.n > 0; number++) {
                struct str one = str_trim(str_cut(rest, '\n', &rest));
                if (one.n > 0 && !ask(ctx, calendars, one, agreed, differ))
                        return fail_because(ctx, E_USAGE, arena_printf(ctx->arena, "%s:%d", path, number),
                                            "the line cannot be used");
        }
        return true;
}

enum outcome
cmd_calendar_check(struct call *c)
{
        struct map calendars;
        struct buf text = {0};
        int agreed = 0, differ = 0;
        bool ok = load_calendars(c->ctx, c->argv[0], &calendars) && file_add(c->ctx, c->argv[1], &text) &&
                  ask_all(c->ctx, &calendars, c->argv[1], buf_view(&text), &agreed, &differ);

        buf_free(&text);
        if (!ok)
                return unable(c);
        printf("%d agreed, %d differ\n", agreed, differ);
        return differ > 0 ? FOUND_FAULTS : DONE;
}
