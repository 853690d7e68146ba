/* SPDX-License-Identifier: Apache-2.0
 *
 * holidays_test.c -- holiday files of each format, the calendars that follow them, and the versions in force.
 */
#include "engine/test_engine.h"
#include "channel/holidays.h"
#include "service/calendar_days.h"
#include "service/hooks.h"

static struct holiday_counts counts;
static int64_t passed_over;

/* The test's store with the hooks of the service floor: publishing is one. */
static void
with_hooks(struct test_engine *t)
{
        const char **names = ARENA_ARRAY(t->ctx->arena, const char *, SERVICE_HOOK_COUNT + 1);
        struct source *sources;
        size_t n;

        for (size_t i = 0; i < SERVICE_HOOK_COUNT; i++)
                names[i] = SERVICE_HOOKS[i].name;
        test_must(t, model_sources(t->ctx, NULL, &sources, &n));
        engine_free(t->engine);
        model_free(t->model);
        t->model = model_load(t->ctx, sources, n, names, SERVICE_HOOK_COUNT);
        test_must(t, t->model != NULL);
        t->engine = engine_new(t->model, SERVICE_HOOKS, SERVICE_HOOK_COUNT, SERVICE_RECORD_HOOKS, SERVICE_RECORD_HOOK_COUNT);
        t->w.model = t->model;
        t->w.engine = t->engine;
}

static bool
import(struct test_engine *t, const char *name, const char *text)
{
        const char *path = arena_printf(t->ctx->arena, "/tmp/%d-%s", (int)getpid(), name);
        FILE *f = fopen(path, "w");
        bool ok;

        assert_non_null(f);
        fputs(text, f);
        fclose(f);
        counts = (struct holiday_counts){0};
        passed_over = 0;
        ok = holidays_import(&t->w, path, &counts, &passed_over);
        unlink(path);
        return ok;
}

static bool
is_open(struct test_engine *t, const char *code, const char *time)
{
        const struct calendar *c;
        int64_t version;
        usec at;

        assert_true(time_parse(str_of(time), &at));
        test_must(t, calendar_in_force(&t->w, str_of(code), t->w.now, &version));
        c = calendar_version(&t->w, version);
        test_must(t, c != NULL);
        return calendar_is_open(c, at);
}

static const char NOTICE[] = "{\"year\":2026,\"days\":[{\"name\":\"国庆节\",\"date\":\"2026-10-01\",\"isOffDay\":true},"
                             "{\"name\":\"国庆节\",\"date\":\"2026-10-10\",\"isOffDay\":false}]}";

static void
test_first_calendars_open_by_their_weekdays(void **state)
{
        struct test_engine *t = *state;

        with_hooks(t);
        test_must(t, calendars_defaults(&t->w));
        test_must(t, calendars_defaults(&t->w));        /* again: nothing more */
        assert_true(is_open(t, "5x9", "2026-10-01T10:00:00+08:00"));
        assert_false(is_open(t, "5x9", "2026-10-10T10:00:00+08:00"));
        assert_true(is_open(t, "7x9", "2026-10-10T10:00:00+08:00"));
        assert_true(is_open(t, "24x7", "2026-10-10T03:00:00+08:00"));
}

static void
test_a_notice_closes_days_and_opens_others(void **state)
{
        struct test_engine *t = *state;
        int64_t published;

        test_must(t, import(t, "2026.json", NOTICE));
        assert_int_equal(counts.added, 2);
        test_must(t, calendars_renew(&t->w, &published));
        assert_int_equal(published, 2);        /* 5x9 and 5x8 */
        t->w.now += USEC_SECOND;
        assert_false(is_open(t, "5x9", "2026-10-01T10:00:00+08:00"));
        assert_true(is_open(t, "5x9", "2026-10-10T10:00:00+08:00"));
        assert_false(is_open(t, "5x9", "2026-10-10T18:00:00+08:00"));
        assert_true(is_open(t, "7x9", "2026-10-01T10:00:00+08:00"));
}

static void
test_the_same_again_changes_nothing(void **state)
{
        struct test_engine *t = *state;
        int64_t published;

        test_must(t, import(t, "2026.json", NOTICE));
        assert_int_equal(counts.added + counts.changed, 0);
        assert_int_equal(counts.same, 2);
        test_must(t, calendars_renew(&t->w, &published));
        assert_int_equal(published, 0);
}

static void
test_the_other_json_says_the_same(void **state)
{
        struct test_engine *t = *state;

        test_must(t, import(t, "days.json",
                            "{\"holidays\":{\"2026-10-01\":\"National Day,国庆节,3\"},\"workdays\":{\"2026-10-10\":\"National Day,国庆节,3\"}}"));
        assert_int_equal(counts.same, 2);
}

/* The notice of a year comes late in the year before: who may import it hears of it, once a week, until it is there. */
static void
test_a_year_that_lacks_its_days_is_told_ahead(void **state)
{
        struct test_engine *t = *state;
        struct timer_handler holidays = {"holidays", "calendar", calendar_days_fire};
        struct timer_handlers h = {&holidays, 1};
        usec present = t->w.now;
        int64_t told;
        int taken;
        static const struct { const char *at; int64_t told; } DAYS[] = {
                {"2026-11-30T00:00:00Z", 0}, {"2026-12-02T00:00:00Z", 1}, {"2026-12-03T00:00:00Z", 1}, {"2026-12-10T00:00:00Z", 2}};

        assert_true(time_parse(STR("2026-11-29T00:00:00Z"), &t->w.now));
        test_must(t, sql_run(t->ctx, t->conn, "delete from timers", ""));
        test_must(t, calendar_days_watch(&t->w));
        for (size_t i = 0; i < sizeof DAYS / sizeof *DAYS; i++) {
                assert_true(time_parse(str_of(DAYS[i].at), &t->w.now));
                test_must(t, timer_fire_due(&t->w, h, 10, &taken));
                assert_int_equal(taken, 2);
                test_must(t, sql_one_int(t->ctx, t->conn, &told, "select count(*) from outbox where data like '%holidays_missing%'", ""));
                assert_int_equal(told, 2 * DAYS[i].told);
        }
        test_must(t, import(t, "2027.json", "{\"days\":[{\"name\":\"元旦\",\"date\":\"2027-01-01\",\"isOffDay\":true}]}"));
        assert_true(time_parse(STR("2026-12-20T00:00:00Z"), &t->w.now));
        test_must(t, timer_fire_due(&t->w, h, 10, &taken));
        test_must(t, sql_one_int(t->ctx, t->conn, &told, "select count(*) from outbox where data like '%holidays_missing%'", ""));
        assert_int_equal(told, 4);
        assert_false(is_open(t, "5x9", "2027-01-01T02:00:00Z"));
        t->w.now = present;
}

static void
test_computed_days_never_overrule_a_notice(void **state)
{
        struct test_engine *t = *state;

        test_must(t, import(t, "many.csv",
                            "country,date,start,end,name,type,substitute\n"
                            "CN,2026-06-01,2026-05-31T16:00:00.000Z,2026-06-01T16:00:00.000Z,\"六一\",public,0\n"
                            "DE,2026-10-03,2026-10-02T22:00:00.000Z,2026-10-03T22:00:00.000Z,\"Tag der Einheit\",public,0\n"
                            "DE,2026-12-31,2026-12-31T13:00:00.000Z,2026-12-31T23:00:00.000Z,Silvester,bank,0\n"
                            "ZZ,2026-12-24,2026-12-24T12:00:00.000Z,2026-12-24T23:00:00.000Z,Half,public,0\n"));
        assert_int_equal(counts.added, 1);
        assert_int_equal(passed_over, 3);
}

static void
test_an_icalendar_file_is_its_own_set(void **state)
{
        struct test_engine *t = *state;
        int64_t n;

        test_must(t, import(t, "acme.ics", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261224\r\n"
                                           "DTEND;VALUE=DATE:20261227\r\nSUMMARY:Works closed\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"));
        assert_int_equal(counts.added, 3);
        test_must(t, sql_one_int(t->ctx, t->conn, &n, "select count(*) from holiday where set_code like '%ACME'", ""));
        assert_int_equal(n, 3);
}

static void
refused(struct test_engine *t, const char *text, const char *words)
{
        assert_false(import(t, "bad", text));
        assert_non_null(t->ctx->errors);
        if (strstr(t->ctx->errors->en, words) == NULL)
                fprintf(stderr, "%s: %s\n", t->ctx->errors->field, t->ctx->errors->en);
        assert_non_null(strstr(t->ctx->errors->en, words));
        ctx_clear(t->ctx);
}

static void
test_what_is_no_holiday_file_is_refused(void **state)
{
        refused(*state, "", "no holiday file");
        refused(*state, "hello,world\n", "no holiday file");
        refused(*state, "{\"days\":", "cannot be read");
        refused(*state, "{}", "neither holiday-cn");
        refused(*state, "{\"days\":[{\"date\":\"2026-01-01\"}]}", "isOffDay");
        refused(*state, "{\"days\":[{\"name\":\"x\",\"date\":\"2026-02-30\",\"isOffDay\":true}]}", "cannot be kept");
        refused(*state, "country,date,start,end,name,type\nDE,2026-01-01\n", "fewer than");
}

static void
test_a_calendar_that_nobody_made_is_not_in_force(void **state)
{
        struct test_engine *t = *state;
        int64_t version;

        test_must(t, calendar_in_force(&t->w, STR("nowhere"), t->w.now, &version));
        assert_int_equal(version, CALENDAR_NONE);
        assert_null(calendar_version(&t->w, 987654321));
        assert_int_equal(test_error(t), E_NOT_FOUND);
}

static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_calendars_open_by_their_weekdays),
        cmocka_unit_test(test_a_notice_closes_days_and_opens_others),
        cmocka_unit_test(test_the_same_again_changes_nothing),
        cmocka_unit_test(test_the_other_json_says_the_same),
        cmocka_unit_test(test_a_year_that_lacks_its_days_is_told_ahead),
        cmocka_unit_test(test_computed_days_never_overrule_a_notice),
        cmocka_unit_test(test_an_icalendar_file_is_its_own_set),
        cmocka_unit_test(test_what_is_no_holiday_file_is_refused),
        cmocka_unit_test(test_a_calendar_that_nobody_made_is_not_in_force),
};
TEST_ENGINE_MAIN(tests)
