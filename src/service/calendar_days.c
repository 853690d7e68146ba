/* SPDX-License-Identifier: Apache-2.0
 *
 * calendar_days.c -- calendars keep step with their holiday sets, and somebody is told before a year begins without its days.
 *
 *     a holiday is entered or changed, a calendar names another set --timer "holidays", a minute later--> new versions
 *     every day at midnight of the calendar's zone ----------------------------------------------------> the same; year ahead?
 *
 * Invariants
 *   1. Of many days entered together one version is made: each moves the timer.
 *   2. A set that had days in the year before and has none in the year that is AHEAD days off is told once a week, to those
 *      who may import them.  Until then promises that run into that year count every weekday, and their row says so
 *      (promise.c).
 * Not here: what a version says and when it counts (calendars.c), reading files (channel/holidays.c).
 */
#include "service/calendar_days.h"
#include "base/zone.h"
#include "service/calendars.h"
#include "service/service.h"
#include "service/timers.h"

enum { AHEAD = 31, TOLD_EVERY = 7 };
static const char *const TIMER = "holidays";

/* `told`: the day on which a missing year was told last, 0: never. */
static bool
arm(struct work *w, int64_t calendar, usec due, int64_t told)
{
        struct timer t = {.case_id = calendar, .name = TIMER, .due = due, .step = told};

        return timer_set(w, &t);
}

static bool
arm_soon(struct work *w, int64_t calendar)
{
        return w->muted || arm(w, calendar, w->now + USEC_MINUTE, 0);
}

static bool
arm_all(struct work *w, const int64_t *calendars, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (!arm_soon(w, calendars[i]))
                        return false;
        return true;
}

/* ---- causes ---- */

static bool
names_set(struct str sets, struct str set)
{
        while (sets.n > 0)
                if (str_eq(str_trim(str_cut(sets, ',', &sets)), set))
                        return true;
        return false;
}

bool
calendar_days_holiday_saved(struct work *w, struct record *r)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select id, holiday_set from calendar where holiday_set is not null and active = 1 order by id"), "");
        int64_t *ids = NULL;
        size_t n = 0;

        while (rows != NULL && rows_next(rows))
                if (names_set(rows_text(rows, 1), record_text(r, FIELD_HOLIDAY_SET_CODE)))
                        *ARENA_PUSH(w->ctx->arena, ids, n) = rows_int(rows, 0);
        return rows != NULL && rows_close(rows) && arm_all(w, ids, n);
}

bool
calendar_days_watch(struct work *w)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select id from calendar where holiday_set is not null and active = 1 and not exists "
                                          "(select 1 from timers where case_id = calendar.id and name = 'holidays') order by id"), "");
        int64_t *ids = NULL;
        size_t n = 0;

        while (rows != NULL && rows_next(rows))
                *ARENA_PUSH(w->ctx->arena, ids, n) = rows_int(rows, 0);
        return rows != NULL && rows_close(rows) && arm_all(w, ids, n);
}

bool
calendar_days_calendar_saved(struct work *w, struct record *r)
{
        return !service_is_set(r, FIELD_CALENDAR_HOLIDAY_SET) || arm_soon(w, r->id);
}

/* ---- firing ---- */

static bool
count_days(struct work *w, struct str set, int64_t year, int64_t *ret)
{
        return sql_one_int(w->ctx, w->conn, ret, SQL("select count(*) from holiday where set_code = $1 and date >= $2 and date <= $3"),
                           "tss", set, arena_printf(w->ctx->arena, "%lld-01-01", (long long)year),
                           arena_printf(w->ctx->arena, "%lld-12-31", (long long)year));
}

/* The first of the sets that lacks the year; empty when none does. */
static bool
lacking_set(struct work *w, struct str sets, int64_t year, struct str *ret)
{
        *ret = STR_NONE;
        while (sets.n > 0 && ret->n == 0) {
                struct str one = str_trim(str_cut(sets, ',', &sets));
                int64_t before, ahead;
                if (one.n == 0)
                        continue;
                if (!count_days(w, one, year - 1, &before) || !count_days(w, one, year, &ahead))
                        return false;
                if (before > 0 && ahead == 0)
                        *ret = one;
        }
        return true;
}

static bool
tell(struct work *w, const struct record *r, struct str set, int64_t year)
{
        struct jw more = {0};
        const char *days = arena_printf(w->ctx->arena, "%.*s %lld", (int)set.n, set.p, (long long)year);
        bool ok;

        jw_open(&more, '{');
        jw_key(&more, "text"), jw_open(&more, '{');
        jw_key(&more, "en"), jw_text(&more, days);
        jw_key(&more, "zh"), jw_text(&more, days);
        jw_close(&more, '}');
        jw_close(&more, '}');
        ok = timers_notice(w, r, "process_owner administrator", "holidays_missing", jw_view(&more));
        jw_free(&more);
        return ok;
}

static bool
look_ahead(struct work *w, const struct record *r, const struct zone *z, int64_t *told)
{
        struct civil ahead = zone_civil(z, w->now + AHEAD * USEC_DAY);
        int64_t today = w->now / USEC_DAY;
        struct str set;

        if (!lacking_set(w, record_text(r, FIELD_CALENDAR_HOLIDAY_SET), ahead.year, &set))
                return false;
        if (set.n == 0 || (*told != 0 && today < *told + TOLD_EVERY))
                return true;
        *told = today;
        return tell(w, r, set, ahead.year);
}

bool
calendar_days_fire(struct work *w, struct record *r, const struct timer *t)
{
        const struct zone *z = zone_get(str_c(w->ctx->arena, record_text(r, FIELD_CALENDAR_ZONE)));
        const struct field *active = entity_field(r->e, FIELD_CALENDAR_ACTIVE);
        int64_t told = t->step, published = 0;
        struct civil tomorrow;

        if (!service_is_set(r, FIELD_CALENDAR_HOLIDAY_SET) || r->v[active->index].i == 0)
                return true;
        if (z == NULL)
                z = zone_get("UTC");
        tomorrow = zone_civil(z, w->now + USEC_DAY);
        tomorrow.hour = tomorrow.minute = tomorrow.second = tomorrow.micro = 0;
        return calendars_renew_one(w, r->id, record_text(r, FIELD_CALENDAR_HOLIDAY_SET), &published) &&
               look_ahead(w, r, z, &told) && arm(w, r->id, zone_instant(z, tomorrow), told);
}
