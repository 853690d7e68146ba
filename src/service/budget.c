/* SPDX-License-Identifier: Apache-2.0
 *
 * budget.c -- a promise's time as rule tables write it, and comparing times of different kinds.
 *
 *     NUMBER UNIT [24x7]          min, h, d: wall clock     WH, WD: working time of the contract's calendar
 *
 * A working day is 8 working hours by definition (domain.md 8.2), whatever the calendar opens: so 1 WD from 14:00 on a 9x5
 * calendar ends at 13:00 of the next working day.  "24x7" behind a wall-clock time says nothing new, and is allowed for
 * readers; behind WH or WD it contradicts itself and is a fault.
 *
 * Two kinds are compared by length: 8 working hours last about one day.  That is exact enough for "whichever is stricter":
 * 1 WD against 1 d is a tie that the first one wins.
 */
#include "service/budget.h"
#include <stdio.h>

enum { BUDGET_DAYS_MAX = 3660 };
static const struct unit {
        const char *name;
        usec length;
        bool working;
} UNITS[] = {
        {"min", USEC_MINUTE, false},       {"h", USEC_HOUR, false}, {"d", USEC_DAY, false},
        {"WH", USEC_HOUR, true}, {"WD", BUDGET_WORKING_DAY, true},
};

static bool
bad(struct ctx *ctx, const char *field, struct str text, const char *wanted)
{
        return fail(ctx, E_BAD_FORMAT, field, str_c(ctx->arena, text), wanted);
}

static const struct unit *
unit_find(struct str name)
{
        for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
                if (str_is(name, UNITS[i].name))
                        return &UNITS[i];
        return NULL;
}

bool
budget_parse(struct ctx *ctx, const char *field, struct str text, struct budget *ret)
{
        struct str rest, number = str_cut(str_trim(text), ' ', &rest), name = str_cut(rest, ' ', &rest);
        const struct unit *unit = unit_find(name);
        int64_t n;

        if (!str_to_int(number, &n) || n <= 0)
                return bad(ctx, field, text, "a time such as 30 min: it begins with a whole number above 0");
        if (unit == NULL)
                return bad(ctx, field, text, "a time such as 30 min: its unit is min, h, d, WH or WD");
        if (n > BUDGET_DAYS_MAX * (USEC_DAY / unit->length))
                return bad(ctx, field, text, "a time of at most ten years");
        if (rest.p != NULL && !str_is(rest, "24x7"))
                return bad(ctx, field, text, "a time such as 30 min 24x7: nothing else follows the unit");
        if (rest.p != NULL && unit->working)
                return bad(ctx, field, text, "a working time: WH and WD cannot run 24x7");
        *ret = (struct budget){n * unit->length, unit->working};
        return true;
}

struct budget
budget_share(struct budget b, int percent)
{
        usec amount = b.amount / 100 * percent;

        return (struct budget){amount < USEC_SECOND ? USEC_SECOND : amount, b.working};
}

usec
budget_length(struct budget b)
{
        return b.working ? b.amount * (USEC_DAY / BUDGET_WORKING_DAY) : b.amount;
}

const char *
budget_text(struct arena *a, struct budget b)
{
        usec left = b.amount;
        const char *text = "";
        static const struct { usec length; const char *wall, *working; } parts[] = {
                {USEC_DAY, "d", NULL}, {USEC_HOUR, "h", "WH"}, {USEC_MINUTE, "min", "working min"},
                {USEC_SECOND, "s", "working s"},
        };

        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
                const char *name = b.working ? parts[i].working : parts[i].wall;
                if (name == NULL || left < parts[i].length)
                        continue;
                text = arena_printf(a, "%s%s%lld %s", text, *text ? " " : "", (long long)(left / parts[i].length), name);
                left %= parts[i].length;
        }
        return text;
}
