/* SPDX-License-Identifier: Apache-2.0
 *
 * calendar_test.c -- working time against recorded answers, against a walk minute by minute, and against its own laws.
 *
 * The recorded answers stand in $OPENITR_SHARED/data/business_time, or ../shared/data/business_time; without them those
 * tests are skipped, and say so.  The walk knows nothing of spans or years: it asks for each minute what the wall clock
 * of the zone shows and whether a shift of that day, or a shift of the day before that lasts beyond midnight, covers it.
 */
#include "base/test_ctx.h"
#include "engine/calendar.h"
#include "base/map.h"

static void
drop(void *calendar)
{
        calendar_free(calendar);
}

static const struct calendar *
keep(struct calendar *k)
{
        assert_non_null(k);
        arena_defer(c.arena, drop, k);
        return k;
}

static struct json *
parse(const char *text)
{
        struct json *v = json_parse(&c, arena_strdup(c.arena, text), strlen(text), 1000000);

        assert_non_null(v);
        return v;
}

static const struct calendar *
calendar(const char *json)
{
        return keep(calendar_from_json(&c, parse(json)));
}

static usec
at(const char *text)
{
        usec t;

        assert_true(time_parse(str_of(text), &t));
        return t;
}

/* ---- recorded answers ---- */

/* The file's text; skips the test when it is not there. */
static char *
shared(const char *name)
{
        const char *dir = getenv("OPENITR_SHARED");
        char *path = arena_printf(c.arena, "%s/data/business_time/%s", dir ? dir : "../shared", name), *text;
        FILE *f = fopen(path, "r");
        long size;

        if (f == NULL) {
                print_message("%s is not there\n", path);
                skip();
        }
        fseek(f, 0, SEEK_END);
        size = ftell(f);
        rewind(f);
        text = arena_zalloc(c.arena, (size_t)size + 1);
        assert_int_equal(fread(text, 1, (size_t)size, f), size);
        fclose(f);
        return text;
}

static struct map
shared_calendars(void)
{
        struct map m;

        map_init(&m, c.arena);
        for (const struct json *v = parse(shared("calendars.json"))->child; v != NULL; v = v->next)
                map_set(&m, json_get_text(v, "id"), (void *)keep(calendar_from_json(&c, v)));
        return m;
}

static usec
field_time(const struct json *v, const char *name)
{
        usec t;

        assert_true(time_parse(json_get_text(v, name), &t));
        return t;
}

static int64_t
field_int(const struct json *v, const char *name)
{
        const struct json *n = json_get(v, name);

        assert_non_null(n);
        assert_int_equal(n->type, JSON_INT);
        return n->i;
}

static void
agrees(const struct calendar *k, const struct json *v)
{
        usec from = field_time(v, "from"), due;

        if (str_is(json_get_text(v, "op"), "between")) {
                assert_int_equal(calendar_between(k, from, field_time(v, "to")), field_int(v, "expect_seconds") * USEC_SECOND);
                return;
        }
        assert_true(calendar_add(&c, k, from, field_int(v, "minutes") * USEC_MINUTE, &due));
        assert_int_equal(due, field_time(v, "expect"));
}

static void
file_agrees(const char *name, int least)
{
        struct map calendars = shared_calendars();
        struct str rest = str_of(shared(name));
        int lines = 0;

        while (rest.n > 0) {
                struct str line = str_trim(str_cut(rest, '\n', &rest));
                if (line.n == 0)
                        continue;
                const struct json *v = json_parse(&c, arena_strndup(c.arena, line.p, line.n), line.n, 100);
                assert_non_null(v);
                agrees(map_get(&calendars, json_get_text(v, "calendar")), v);
                lines++;
        }
        assert_true(lines >= least);
}

static void
what_two_programs_agree_on(void **state)
{
        file_agrees("vectors_agreed_dev.jsonl", 1900);
}

/* Where they differ we hold: real time passes over a change of the clock, and a due time is the end of a shift. */
static void
what_they_differ_on_is_decided(void **state)
{
        file_agrees("vectors_divergent.jsonl", 125);
}

/* ---- published cases: calendar questions (those of service clocks are in clock_test.c) ---- */

struct published {
        struct json *page;
        struct map calendars;
};

static struct published
published(void)
{
        struct published p = {.page = parse(shared("published_vectors.json"))};

        map_init(&p.calendars, c.arena);
        for (struct json *v = json_get(p.page, "calendars")->child; v != NULL; v = v->next) {
                struct json *zone = (struct json *)json_get(v, "timezone");
                if (zone_get(str_c(c.arena, zone->text)) == NULL)
                        zone->text = STR("UTC");       /* "local (none stated; use UTC)" */
                map_set(&p.calendars, v->key, (void *)keep(calendar_from_json(&c, v)));
        }
        return p;
}

static const struct calendar *
calendar_of(const struct published *p, const struct json *v)
{
        const struct calendar *k = map_get(&p->calendars, json_get_text(v, "calendar"));

        assert_non_null(k);
        return k;
}

/* Backwards is asked as: does that much lie between, and does an earlier second add to it? */
static void
added(const struct calendar *k, usec from, usec n, usec expect)
{
        usec due;

        if (n < 0) {
                assert_int_equal(calendar_between(k, expect, from), -n);
                assert_int_equal(calendar_between(k, from, expect), n);
                return;
        }
        assert_true(calendar_add(&c, k, from, n, &due));
        assert_int_equal(due, expect);
}

static void
cases_of_working_hours(void **state)
{
        struct published p = published();
        int n = 0;

        for (const struct json *v = json_get(p.page, "working_hours_spec")->child; v != NULL; v = v->next, n++) {
                struct str op = json_get_text(v, "op");
                usec unit = str_is(op, "add_hours") ? USEC_HOUR : str_is(op, "add_minutes") ? USEC_MINUTE : USEC_SECOND;
                added(calendar_of(&p, v), field_time(v, "from"), field_int(v, "n") * unit, field_time(v, "expect"));
        }
        assert_int_equal(n, 16);
}

static void
cases_of_rt(void **state)
{
        struct published p = published();
        int n = 0;

        for (const struct json *v = json_get(p.page, "rt_t_sla")->child; v != NULL; v = v->next, n++) {
                const struct json *expect = json_get(v, "expect");
                const struct calendar *k = calendar_of(&p, v);
                usec created = field_time(v, "created"), due;
                if (json_get(expect, "starts")) {
                        assert_true(calendar_add(&c, k, created, 0, &due));
                        assert_int_equal(due, field_time(expect, "starts"));
                }
                if (json_get(expect, "due")) {
                        assert_true(calendar_add(&c, k, created, field_int(v, "minutes") * USEC_MINUTE, &due));
                        assert_int_equal(due, field_time(expect, "due"));
                }
        }
        assert_int_equal(n, 7);
}

/* Working days are a question of GLPI alone: here a day is a day's hours, and only the calendar is asked. */
static bool
glpi_case(const struct calendar *k, const struct json *v)
{
        struct str op = json_get_text(v, "op");

        if (str_is(op, "working_seconds_between")) {
                usec got = calendar_between(k, field_time(v, "from"), field_time(v, "to"));
                assert_int_equal(got < 0 ? 0 : got, field_int(v, "expect") * USEC_SECOND);     /* GLPI: nought when reversed */
                return true;
        }
        if (!str_is(op, "is_working_instant"))
                return false;
        assert_int_equal(calendar_is_open(k, field_time(v, "at")), json_get(v, "expect")->type == JSON_TRUE);
        return true;
}

static void
cases_of_glpi(void **state)
{
        struct published p = published();
        int n = 0;

        for (const struct json *v = json_get(p.page, "glpi_calendar_test")->child; v != NULL; v = v->next)
                n += glpi_case(calendar_of(&p, v), v);
        assert_int_equal(n, 8);
}

/* Seven working days of GLPI's default calendar, said in its working time: at the same hour, or at the end of the day. */
static void
working_days_as_working_time(void **state)
{
        const struct calendar *g1 = calendar("{\"timezone\":\"UTC\",\"hours\":{\"mon-fri\":[[\"08:00\",\"20:00\"]]}}");
        const struct calendar *g2 = calendar("{\"timezone\":\"UTC\",\"hours\":{\"mon-fri\":[[\"00:00\",\"24:00\"]]}}");
        usec from = at("2018-11-19T10:00:00Z");

        added(g1, from, 7 * 12 * USEC_HOUR, at("2018-11-28T10:00:00Z"));
        added(g2, from, 7 * 24 * USEC_HOUR, at("2018-11-28T10:00:00Z"));
        added(g1, from, (7 * 12 + 10) * USEC_HOUR, at("2018-11-28T20:00:00Z"));
        added(g2, from, (7 * 24 + 14) * USEC_HOUR, at("2018-11-29T00:00:00Z"));
        added(g1, from, -7 * 12 * USEC_HOUR, at("2018-11-08T10:00:00Z"));
}

/* ---- the walk ---- */

struct plan {                          /* a calendar as the walk reads it */
        const struct zone *zone;
        struct day_hours week[7];
        struct calendar_day days[12];
        size_t day_count;
};

static const struct day_hours *
plan_hours(const struct plan *p, int64_t day)
{
        const struct day_hours *h = &p->week[((day + 3) % 7 + 7) % 7];

        for (size_t i = 0; i < p->day_count; i++)
                if (p->days[i].day == day)
                        h = &p->days[i].hours;
        return h;
}

static bool
covered(const struct day_hours *h, usec since_midnight)
{
        for (int i = 0; i < h->count; i++)
                if (h->shift[i].start <= since_midnight && since_midnight < h->shift[i].end)
                        return true;
        return false;
}

static bool
walk_open(const struct plan *p, usec t)
{
        usec wall = t + zone_offset(p->zone, t) * USEC_SECOND;
        int64_t day = (wall - (wall % USEC_DAY + USEC_DAY) % USEC_DAY) / USEC_DAY;

        return covered(plan_hours(p, day), wall - day * USEC_DAY) || covered(plan_hours(p, day - 1), wall - (day - 1) * USEC_DAY);
}

static usec
walk_between(const struct plan *p, usec from, usec to)
{
        usec sum = 0;

        for (usec t = from; t < to; t += USEC_MINUTE)
                sum += walk_open(p, t) ? USEC_MINUTE : 0;
        return sum;
}

/* A generator of our own: the same numbers on every machine. */
static uint64_t seed;

static int
pick(int n)
{
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        return (int)((seed >> 33) % (uint64_t)n);
}

static struct day_hours
random_day(bool whole)
{
        struct day_hours h = {0};
        usec from = 0;
        int shifts = pick(4);

        if (whole) {
                h.shift[h.count++] = (struct shift){0, USEC_DAY};
                return h;
        }
        for (int i = 0; i < shifts && from < 22 * USEC_HOUR; i++) {
                struct shift *s = &h.shift[h.count];
                s->start = from + pick(240) * USEC_MINUTE;
                s->end = s->start + (1 + pick(i + 1 == shifts ? 700 : 300)) * USEC_MINUTE;
                if (s->start >= USEC_DAY || s->end > 2 * USEC_DAY)
                        break;
                from = s->end;
                h.count++;
        }
        return h;
}

/* Zones of both hemispheres, of half and quarter hours, with changes at midnight and of half an hour, and a day left out;
 * the months around their changes. */
static const struct {
        const char *zone, *near;
} PLACES[] = {
        {"Europe/Berlin", "2026-03-29T00:00:00Z"},      {"Europe/Berlin", "2026-10-25T00:00:00Z"},
        {"America/New_York", "2026-03-08T00:00:00Z"},   {"America/New_York", "2026-11-01T00:00:00Z"},
        {"Australia/Sydney", "2026-04-04T00:00:00Z"},   {"Australia/Sydney", "2026-10-03T00:00:00Z"},
        {"Australia/Lord_Howe", "2026-04-04T00:00:00Z"}, {"Australia/Lord_Howe", "2026-10-03T00:00:00Z"},
        {"America/Santiago", "2026-04-04T00:00:00Z"},   {"America/Santiago", "2026-09-05T00:00:00Z"},
        {"Africa/Cairo", "2026-04-23T00:00:00Z"},       {"Africa/Cairo", "2026-10-29T00:00:00Z"},
        {"Africa/Casablanca", "2026-02-14T00:00:00Z"},  {"Asia/Kathmandu", "2026-01-01T00:00:00Z"},
        {"Asia/Shanghai", "2026-01-01T00:00:00Z"},      {"Pacific/Apia", "2011-12-30T00:00:00Z"},
        {"Pacific/Kiritimati", "1994-12-31T00:00:00Z"}, {"Europe/Dublin", "2026-12-31T00:00:00Z"},
        {"America/St_Johns", "2026-03-08T00:00:00Z"},   {"Asia/Tehran", "2022-09-21T00:00:00Z"},
};
enum { PLACE_COUNT = sizeof PLACES / sizeof *PLACES };

static struct plan
random_plan(int place)
{
        struct plan p = {.zone = zone_get(PLACES[place].zone)};
        int64_t near = at(PLACES[place].near) / USEC_DAY;
        bool whole = pick(4) == 0;

        assert_non_null(p.zone);
        for (int i = 0; i < 7; i++)
                p.week[i] = random_day(whole);
        p.week[pick(7)] = random_day(true);
        for (p.day_count = 0; p.day_count < (size_t)pick(8); p.day_count++)
                p.days[p.day_count] = (struct calendar_day){near - 8 + pick(16), random_day(false)};
        return p;
}

/* For random windows around the change: as the walk says, add is the inverse of between, and both are monotonic. */
static void
laws_hold(const struct plan *p, const struct calendar *k, usec near)
{
        for (int i = 0; i < 12; i++) {
                usec from = near + (pick(12 * 1440) - 6 * 1440) * USEC_MINUTE, to = from + pick(6 * 1440) * USEC_MINUTE;
                usec worked = calendar_between(k, from, to), budget = pick(3000) * USEC_MINUTE, due, later;
                assert_int_equal(worked, walk_between(p, from, to));
                assert_int_equal(calendar_between(k, to, from), -worked);
                assert_int_equal(calendar_is_open(k, from), walk_open(p, from));
                assert_true(calendar_add(&c, k, from, budget, &due));
                assert_true(due >= from);
                assert_int_equal(calendar_between(k, from, due), budget);
                assert_true(calendar_add(&c, k, from, budget + 1, &later));
                assert_true(later > due || budget == 0);
                assert_true(calendar_add(&c, k, from + USEC_MINUTE, budget, &later));
                assert_true(later >= due);
                assert_true(calendar_between(k, from, to + USEC_HOUR) >= worked);
        }
}

static void
equal_to_a_walk_minute_by_minute(void **state)
{
        seed = 42;
        for (int i = 0; i < PLACE_COUNT * 12; i++) {
                struct plan p = random_plan(i % PLACE_COUNT);
                struct calendar *k = calendar_new(&c, p.zone, p.week, p.days, p.day_count);
                assert_non_null(k);
                laws_hold(&p, k, at(PLACES[i % PLACE_COUNT].near));
                calendar_free(k);
        }
}

/* The first instant, not just one of them: a microsecond earlier something was left. */
static void
a_due_time_is_the_first_instant(void **state)
{
        const struct calendar *k = calendar("{\"timezone\":\"Europe/Berlin\",\"hours\":{\"mon-fri\":[[\"09:00\",\"17:00\"]]}}");
        usec from = at("2026-03-06T15:00:00Z"), due;

        for (usec budget = USEC_HOUR; budget < 40 * USEC_HOUR; budget += 17 * USEC_MINUTE) {
                assert_true(calendar_add(&c, k, from, budget, &due));
                assert_int_equal(calendar_between(k, from, due - 1), budget - 1);
        }
}

static void
a_budget_of_nought_is_the_next_opening(void **state)
{
        const struct calendar *k = calendar("{\"timezone\":\"UTC\",\"hours\":{\"mon-fri\":[[\"09:00\",\"17:00\"]]}}");

        added(k, at("2026-03-06T12:00:00Z"), 0, at("2026-03-06T12:00:00Z"));
        added(k, at("2026-03-06T17:00:00Z"), 0, at("2026-03-09T09:00:00Z"));
        added(k, at("2026-03-06T08:00:00Z"), 0, at("2026-03-06T09:00:00Z"));
}

/* ---- what cannot be ---- */

static void
a_calendar_that_never_opens(void **state)
{
        const struct calendar *k = calendar("{\"timezone\":\"UTC\",\"hours\":{}}");
        usec due;

        assert_int_equal(calendar_between(k, at("2026-01-01T00:00:00Z"), at("2030-01-01T00:00:00Z")), 0);
        assert_false(calendar_is_open(k, at("2026-01-05T12:00:00Z")));
        assert_false(calendar_add(&c, k, at("2026-01-01T00:00:00Z"), USEC_HOUR, &due));
        assert_int_equal(c.errors->code, E_CALENDAR_CLOSED);
        ctx_clear(&c);
        assert_false(calendar_add(&c, k, at("2026-01-01T00:00:00Z"), 0, &due));
        assert_int_equal(c.errors->code, E_CALENDAR_CLOSED);
}

static void
refused(const char *json, enum err_code code)
{
        assert_null(calendar_from_json(&c, parse(json)));
        assert_int_equal(c.errors->code, code);
        ctx_clear(&c);
}

static void
impossible_shifts_are_refused(void **state)
{
        struct day_hours week[7] = {{.shift = {{10 * USEC_HOUR, 9 * USEC_HOUR}}, .count = 1}};

        assert_null(calendar_new(&c, zone_get("UTC"), week, NULL, 0));
        assert_int_equal(c.errors->code, E_CALENDAR);
        ctx_clear(&c);
        week[0].shift[0] = (struct shift){USEC_HOUR, 49 * USEC_HOUR};
        assert_null(calendar_new(&c, zone_get("UTC"), week, NULL, 0));
        ctx_clear(&c);
        week[0].shift[0] = (struct shift){25 * USEC_HOUR, 26 * USEC_HOUR};
        assert_null(calendar_new(&c, zone_get("UTC"), week, NULL, 0));
        ctx_clear(&c);
        refused("{\"timezone\":\"UTC\",\"hours\":{\"mon\":[[\"09:00\",\"12:00\"],[\"11:00\",\"13:00\"]]}}", E_CALENDAR);
        refused("{\"timezone\":\"UTC\",\"hours\":{\"mon\":[[\"09:60\",\"12:00\"]]}}", E_BAD_FORMAT);
        refused("{\"timezone\":\"Europe/Nowhere\",\"hours\":{}}", E_BAD_FORMAT);
        refused("{\"timezone\":\"UTC\",\"hours\":{\"monday\":[]}}", E_BAD_FORMAT);
        refused("{\"timezone\":\"UTC\",\"hours\":{},\"holidays\":[\"2026-02-29\"]}", E_BAD_FORMAT);
}

/* Twelve years without a shift are the horizon; one day in eight is found. */
static void
a_single_day_is_found(void **state)
{
        const struct calendar *k =
                calendar("{\"timezone\":\"UTC\",\"hours\":{},\"special_hours\":{\"2034-05-06\":[[\"09:00\",\"10:00\"]]}}");

        added(k, at("2026-01-01T00:00:00Z"), 30 * USEC_MINUTE, at("2034-05-06T09:30:00Z"));
        assert_int_equal(calendar_between(k, at("2026-01-01T00:00:00Z"), at("2040-01-01T00:00:00Z")), USEC_HOUR);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(what_two_programs_agree_on),
                TEST(what_they_differ_on_is_decided),
                TEST(cases_of_working_hours),
                TEST(cases_of_rt),
                TEST(cases_of_glpi),
                TEST(working_days_as_working_time),
                TEST(equal_to_a_walk_minute_by_minute),
                TEST(a_due_time_is_the_first_instant),
                TEST(a_budget_of_nought_is_the_next_opening),
                TEST(a_calendar_that_never_opens),
                TEST(impossible_shifts_are_refused),
                TEST(a_single_day_is_found),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
