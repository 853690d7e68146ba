/* SPDX-License-Identifier: Apache-2.0
 *
 * roster_check.c -- what may be written into rosters: hours that can be read, people who are there, cover without a hole.
 *
 * Cover is asked after the row is written, in its transaction: the hole is looked for in what would be in force, and what
 * tears one is refused and undone, with the first hole named in local time.
 *
 * Invariants
 *   1. A published roster that demands cover has none of its hours empty, from now for CHECK_DAYS days.
 *   2. Who is made inactive leaves no hole either.
 *   3. An absence is asked about its own time only: it is not refused for a hole that somebody else made.
 */
#include <stdio.h>
#include "service/rosters.h"
#include "service/service.h"

enum { CHECK_DAYS = 400 };
#define HORIZON (CHECK_DAYS * USEC_DAY)

/* ---- the hole ---- */

static const char *
local_text(struct work *w, const struct zone *z, usec t, bool zh)
{
        static const char *const days[2][7] = {{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"},
                                               {"周一", "周二", "周三", "周四", "周五", "周六", "周日"}};
        struct civil c = zone_civil(z, t);
        int64_t day = time_of_civil((struct civil){c.year, c.month, c.day, 0, 0, 0, 0}) / USEC_DAY;
        int weekday = 0;

        while (!(roster_weekday(day) & 1u << weekday))
                weekday++;
        return arena_printf(w->ctx->arena, "%s %04d-%02d-%02d %02d:%02d", days[zh][weekday], c.year, c.month, c.day, c.hour,
                            c.minute);
}

static bool
name_hole(struct work *w, const struct roster_one *one, struct wall_span hole, const char *zone)
{
        struct arena *a = w->ctx->arena;
        const struct zone *z = one->r.zone;

        return refuse(w, "",
                      arena_printf(a, "Nobody is there from %s to %s (%s) in the roster \"%s\", which must cover day and night",
                                   local_text(w, z, hole.start, false), local_text(w, z, hole.end, false), zone, one->name),
                      arena_printf(a, "值班表“%s”要求 7×24 覆盖，但 %s 至 %s（%s）无人值守", one->name, local_text(w, z, hole.start, true),
                                   local_text(w, z, hole.end, true), zone));
}

static bool
check_cover(struct work *w, const struct roster_one *one, usec from, usec to)
{
        struct wall_span hole;
        struct str zone = STR_NONE;

        if (from < w->now)
                from = w->now;
        if (!one->always || !roster_hole(w->ctx->arena, &one->r, from, to, &hole))
                return true;
        return sql_one_text(w->ctx, w->conn, &zone, SQL("select zone from roster where id = $1"), "i", one->id) &&
               name_hole(w, one, hole, str_c(w->ctx->arena, zone));
}

/* CHECK_DAYS from now, or from the roster's beginning where that lies ahead. */
static bool
check_ahead(struct work *w, const struct roster_one *one)
{
        usec from = one->r.from_day * USEC_DAY - USEC_DAY;

        return check_cover(w, one, from, (from > w->now ? from : w->now) + HORIZON);
}

/* The published roster of this id, with every absence to come; NULL when it is none. */
static bool
find_roster(struct work *w, int64_t id, const struct roster_one **ret)
{
        struct roster_book b;

        *ret = NULL;
        if (!rosters_load(w, 0, w->now, INT64_MAX, &b))
                return false;
        for (size_t i = 0; i < b.count; i++)
                if (b.list[i].id == id)
                        *ret = &b.list[i];
        return true;
}

/* ---- rosters ---- */

bool
rosters_before(struct work *w, struct record *r, const struct json *input)
{
        struct str zone = record_text(r, FIELD_ROSTER_ZONE), from = record_text(r, FIELD_ROSTER_EFFECTIVE_FROM),
                   to = record_text(r, FIELD_ROSTER_EFFECTIVE_TO);

        if (zone.n > 0 && zone_get(str_c(w->ctx->arena, zone)) == NULL)
                return fail(w->ctx, E_BAD_FORMAT, FIELD_ROSTER_ZONE, str_c(w->ctx->arena, zone), "an IANA time zone such as Asia/Shanghai");
        return to.n == 0 || from.n == 0 || strncmp(from.p, to.p, from.n) <= 0 ||
               refuse(w, FIELD_ROSTER_EFFECTIVE_TO, "It ends before it begins", "失效日期早于生效日期");
}

bool
rosters_saved(struct work *w, struct record *r)
{
        const struct roster_one *one;

        if (strcmp(r->state->name, STATE_ROSTER_PUBLISHED) != 0)
                return true;
        if (!find_roster(w, r->id, &one) || one == NULL)
                return !ctx_failed(w->ctx);
        if (one->r.shift_count == 0)
                return refuse(w, "", "The roster has no shift yet", "该值班表尚无班次");
        return check_ahead(w, one);
}

/* ---- rows ---- */

/* "hh:mm", an end up to 24:00. */
static bool
check_time(struct work *w, const struct record *r, const char *field, int most)
{
        struct str s = record_text(r, field), rest, hour = str_cut(s, ':', &rest);
        int64_t h = -1, m = -1;

        if (s.n == 0)
                return true;
        if (hour.n == 2 && rest.n == 2 && str_to_int(hour, &h) && str_to_int(rest, &m) && h >= 0 && m >= 0 && m <= 59 &&
            h * 60 + m <= most)
                return true;
        return fail(w->ctx, E_BAD_FORMAT, field, str_c(w->ctx->arena, s),
                    most > 1439 ? "a time of day from 00:00 to 24:00" : "a time of day from 00:00 to 23:59");
}

static bool
refuse_person(struct work *w, struct str name, const char *en, const char *zh)
{
        const char *who = str_c(w->ctx->arena, name);

        return refuse(w, FIELD_ROSTER_SHIFT_PEOPLE, arena_printf(w->ctx->arena, "%s %s", who, en),
                      arena_printf(w->ctx->arena, "%s%s", who, zh));
}

/* Of any team: a neighbour may be on call for the night. */
static bool
check_person(struct work *w, int64_t person)
{
        struct record *u = store_load(w, model_entity(w->model, ENTITY_USER), person);

        if (u == NULL)
                return false;
        if (record_int(u, FIELD_USER_ACTIVE) == 0)
                return refuse_person(w, record_text(u, FIELD_USER_NAME), "is not active", "已停用");
        return !service_is_set(u, FIELD_USER_ACCOUNT) ||
               refuse_person(w, record_text(u, FIELD_USER_NAME), "is a customer", "是客户账号");
}

static bool
check_people(struct work *w, const struct record *r)
{
        size_t n;
        int64_t *ids = service_ids(w, record_text(r, FIELD_ROSTER_SHIFT_PEOPLE), &n);

        for (size_t i = 0; i < n; i++)
                if (!check_person(w, ids[i]))
                        return false;
        return !ctx_failed(w->ctx);
}

bool
rosters_shift_before(struct work *w, struct record *r, const struct json *input)
{
        struct str since = record_text(r, FIELD_ROSTER_SHIFT_SINCE), until = record_text(r, FIELD_ROSTER_SHIFT_UNTIL);

        if (!check_time(w, r, FIELD_ROSTER_SHIFT_FROM_TIME, 1439) || !check_time(w, r, FIELD_ROSTER_SHIFT_TO_TIME, 1440))
                return false;
        if (since.n > 0 && until.n > 0 && strncmp(since.p, until.p, since.n) > 0)
                return refuse(w, FIELD_ROSTER_SHIFT_UNTIL, "It ends before it begins", "截止日期早于起始日期");
        return check_people(w, r);
}

bool
rosters_shift_saved(struct work *w, struct record *r)
{
        const struct roster_one *one;

        if (!find_roster(w, record_int(r, FIELD_ROSTER_SHIFT_ROSTER), &one))
                return false;
        return one == NULL || check_ahead(w, one);
}

/* ---- away ---- */

bool
rosters_absence_before(struct work *w, struct record *r, const struct json *input)
{
        if (service_is_set(r, FIELD_ROSTER_ABSENCE_TO_AT) && service_is_set(r, FIELD_ROSTER_ABSENCE_FROM_AT) &&
            record_int(r, FIELD_ROSTER_ABSENCE_TO_AT) <= record_int(r, FIELD_ROSTER_ABSENCE_FROM_AT))
                return refuse(w, FIELD_ROSTER_ABSENCE_TO_AT, "It ends before it begins", "结束时间须晚于开始时间");
        return !service_is_set(r, FIELD_ROSTER_ABSENCE_SUBSTITUTE) ||
               record_int(r, FIELD_ROSTER_ABSENCE_SUBSTITUTE) != record_int(r, FIELD_ROSTER_ABSENCE_PERSON) ||
               refuse(w, FIELD_ROSTER_ABSENCE_SUBSTITUTE, "Nobody stands in for himself", "替班人员不能是本人");
}

bool
rosters_absence_saved(struct work *w, struct record *r)
{
        usec from = record_int(r, FIELD_ROSTER_ABSENCE_FROM_AT), to = record_int(r, FIELD_ROSTER_ABSENCE_TO_AT);
        struct roster_book b;

        if (to <= w->now)
                return true;
        if (!rosters_load(w, 0, from < w->now ? w->now : from, to, &b))
                return false;
        for (size_t i = 0; i < b.count; i++)
                if (!check_cover(w, &b.list[i], from, to < from + HORIZON ? to : from + HORIZON))
                        return false;
        return true;
}

/* Who stands in a list that must not have a hole is taken out of it before the login ends. */
bool
rosters_user_saved(struct work *w, struct record *r)
{
        const struct val *was = &r->old[entity_field(r->e, FIELD_USER_ACTIVE)->index];
        struct roster_book b;

        if (record_int(r, FIELD_USER_ACTIVE) != 0 || was->type != VAL_INT || was->i == 0)
                return true;
        if (!rosters_load(w, 0, w->now, INT64_MAX, &b))
                return false;
        for (size_t i = 0; i < b.count; i++)
                if (rosters_names(&b.list[i], r->id) && !check_ahead(w, &b.list[i]))
                        return false;
        return true;
}
