/* SPDX-License-Identifier: Apache-2.0
 *
 * calendar_json.c -- a calendar from JSON, each fault named by its place.
 */
#include "engine/calendar.h"

static const char *const DAYS[7] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static bool
bad(struct ctx *ctx, const char *field, struct str value, const char *wanted)
{
        return fail(ctx, E_BAD_FORMAT, field, str_c(ctx->arena, value), wanted);
}

/* "09:00" or "09:00:30"; "24:00" and, for an end beyond midnight, up to "48:00". */
static bool
parse_clock_time(struct str s, usec *ret)
{
        struct str rest, hour = str_cut(s, ':', &rest), minute = str_cut(rest, ':', &rest);
        int64_t h, m, sec = 0;

        if (!str_to_int(hour, &h) || !str_to_int(minute, &m) || (rest.p != NULL && !str_to_int(rest, &sec)))
                return false;
        if (h < 0 || h > 48 || m < 0 || m > 59 || sec < 0 || sec > 59)
                return false;
        *ret = h * USEC_HOUR + m * USEC_MINUTE + sec * USEC_SECOND;
        return *ret <= 2 * USEC_DAY;
}

static bool
parse_shift(struct ctx *ctx, const struct json *v, const char *field, struct shift *ret)
{
        const struct json *from = v->type == JSON_ARRAY ? v->child : NULL;
        const struct json *to = from != NULL ? from->next : NULL;

        if (to == NULL || to->next != NULL || from->type != JSON_TEXT || to->type != JSON_TEXT)
                return fail(ctx, E_TYPE, field, "a pair such as [\"09:00\", \"18:00\"]", json_type_name(v->type));
        if (!parse_clock_time(from->text, &ret->start))
                return bad(ctx, field, from->text, "a time of day such as 09:00");
        if (!parse_clock_time(to->text, &ret->end))
                return bad(ctx, field, to->text, "a time of day such as 18:00");
        if (ret->end <= ret->start)    /* 22:00 to 06:00: into the next day */
                ret->end += USEC_DAY;
        return true;
}

static bool
parse_hours(struct ctx *ctx, const struct json *v, const char *field, struct day_hours *ret)
{
        ret->count = 0;
        if (v->type != JSON_ARRAY)
                return fail(ctx, E_TYPE, field, "a list of shifts", json_type_name(v->type));
        for (const struct json *s = v->child; s != NULL; s = s->next) {
                if (ret->count == CALENDAR_SHIFTS)
                        return fail(ctx, E_TOO_MANY, field, "shifts a day", "8");
                if (!parse_shift(ctx, s, field, &ret->shift[ret->count++]))
                        return false;
        }
        return true;
}

/* "mon", or a run of days: "mon-fri". */
static bool
parse_days(struct str name, int *first, int *last)
{
        struct str rest, from = str_cut(name, '-', &rest);

        *first = *last = -1;
        for (int i = 0; i < 7; i++) {
                if (str_is(from, DAYS[i]))
                        *first = i;
                if (str_is(rest.p != NULL ? rest : from, DAYS[i]))
                        *last = i;
        }
        return *first >= 0 && *last >= *first;
}

static bool
parse_week(struct ctx *ctx, const struct json *v, struct day_hours week[7])
{
        unsigned given = 0;

        if (v == NULL || v->type != JSON_OBJECT)
                return fail(ctx, E_REQUIRED, "hours");
        for (const struct json *d = v->child; d != NULL; d = d->next) {
                int first, last;
                struct day_hours h;
                if (!parse_days(d->key, &first, &last))
                        return bad(ctx, "hours", d->key, "mon, tue, wed, thu, fri, sat, sun or a run such as mon-fri");
                if (!parse_hours(ctx, d, str_c(ctx->arena, d->key), &h))
                        return false;
                for (int i = first; i <= last; i++) {
                        if (given & 1u << i)
                                return bad(ctx, "hours", d->key, "days that stand in no other run");
                        given |= 1u << i;
                        week[i] = h;
                }
        }
        return true;
}

struct exceptions {
        struct calendar_day *list;
        size_t count;
};

static bool
add_exception(struct ctx *ctx, struct exceptions *e, struct str date, const struct json *hours)
{
        struct calendar_day *d = ARENA_PUSH(ctx->arena, e->list, e->count);

        if (!date_parse(date, &d->day))
                return bad(ctx, hours ? "special_hours" : "holidays", date, "a date such as 2026-10-01");
        return hours == NULL || parse_hours(ctx, hours, str_c(ctx->arena, date), &d->hours);
}

static bool
parse_exceptions(struct ctx *ctx, const struct json *v, struct exceptions *e)
{
        const struct json *holidays = json_get(v, "holidays"), *special = json_get(v, "special_hours");

        if (holidays != NULL && holidays->type != JSON_ARRAY)
                return fail(ctx, E_TYPE, "holidays", "a list of dates", json_type_name(holidays->type));
        if (special != NULL && special->type != JSON_OBJECT)
                return fail(ctx, E_TYPE, "special_hours", "shifts by date", json_type_name(special->type));
        for (const struct json *h = holidays ? holidays->child : NULL; h != NULL; h = h->next)
                if (!add_exception(ctx, e, h->text, NULL))
                        return false;
        for (const struct json *s = special ? special->child : NULL; s != NULL; s = s->next)
                if (!add_exception(ctx, e, s->key, s))
                        return false;
        return true;
}

struct calendar *
calendar_from_json(struct ctx *ctx, const struct json *v)
{
        struct str name = json_get_text(v, "timezone");
        const struct zone *zone = name.n > 0 ? zone_get(str_c(ctx->arena, name)) : NULL;
        struct day_hours week[7] = {0};
        struct exceptions e = {0};

        if (zone == NULL) {
                bad(ctx, "timezone", name, "an IANA time zone such as Asia/Shanghai");
                return NULL;
        }
        if (!parse_week(ctx, json_get(v, "hours"), week) || !parse_exceptions(ctx, v, &e))
                return NULL;
        return calendar_new(ctx, zone, week, e.list, e.count);
}
