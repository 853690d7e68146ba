/* SPDX-License-Identifier: Apache-2.0
 *
 * import_test.c -- from a log to the database and back: what becomes of a case, importing again, growing, refusing,
 * and exporting what came in.
 */
#include "engine/test_engine.h"
#include "channel/export.h"
#include "channel/import.h"
#include "service/facts.h"

/* ---- helpers ---- */

static const char MAP[] = "map: NAME\n"
                          "columns:\n"
                          "  case:     {csv: no, xes: \"trace/concept:name\"}\n"
                          "  time:     {csv: when, xes: \"time:timestamp\"}\n"
                          "  state:    {csv: state, xes: \"concept:name\"}\n"
                          "  team:     {csv: team, xes: \"org:group\"}\n"
                          "  actor:    {csv: who, xes: \"org:resource\"}\n"
                          "states: {New: registered, Work: in_progress, Wait: waiting, Done: resolved, Kept: same}\n"
                          "team_tiers: {\" 2nd\": T2, \" 3rd\": T3, otherwise: T1}\n"
                          "account: Somebody\n";
#define HEAD "no,when,state,team,who\n"
#define AT(minute) "2026-01-01T00:" minute ":00Z"
static const char CSV[] = HEAD "a," AT("00") ",New,T,ann\n"
                               "b," AT("01") ",Work,T,bob\n"
                               "a," AT("02") ",Work,T,ann\n"
                               "a," AT("03") ",Work,U 2nd,cid\n"
                               "b," AT("04") ",Done,T,bob\n"
                               "a," AT("05") ",Work,T,ann\n"
                               "a," AT("06") ",Done,T,ann\n"
                               "a," AT("07") ",Work,T,ann\n"
                               "a," AT("08") ",Kept,,\n";

struct run {
        struct test_engine *t;
        const char *home, *map;
        int outcome;
        char *report;
};

static void
put_file(const char *path, const char *text)
{
        FILE *f = fopen(path, "wb");

        assert_non_null(f);
        assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
        fclose(f);
}

static struct str
get_file(struct arena *a, const char *path)
{
        FILE *f = fopen(path, "rb");
        char *p = arena_alloc(a, 1 << 20);

        assert_non_null(f);
        size_t n = fread(p, 1, 1 << 20, f);
        fclose(f);
        return (struct str){p, n};
}

/* A folder with a mapping whose source bears the given name; every test has its own source. */
static struct run
run_start(struct test_engine *t, const char *name)
{
        char *home = arena_strdup(t->ctx->arena, "/tmp/openitr-import-XXXXXX");
        struct run r = {.t = t, .home = mkdtemp(home)};

        r.map = arena_printf(t->ctx->arena, "%s/map.yaml", home);
        put_file(r.map, arena_printf(t->ctx->arena, "map: %s%s", name, MAP + strlen("map: NAME")));
        if (t->w.now)
                tx_commit(t->ctx, t->conn);
        return r;
}

static void
run_end(struct run *r)
{
        static const char *const files[] = {"map.yaml", "in", "out"};

        for (size_t i = 0; i < 3; i++)
                unlink(arena_printf(r->t->ctx->arena, "%s/%s", r->home, files[i]));
        assert_int_equal(rmdir(r->home), 0);
        free(r->report);
        ctx_clear(r->t->ctx);
        assert_true(tx_begin(r->t->ctx, r->t->conn));
}

static int
run_import(struct run *r, const char *text, bool dry)
{
        const char *path = arena_printf(r->t->ctx->arena, "%s/in", r->home);
        size_t n;

        free(r->report);
        put_file(path, text);
        FILE *out = open_memstream(&r->report, &n);
        struct import_options o = {.work = &r->t->w, .map = r->map, .files = &path, .file_count = 1, .dry_run = dry,
                                   .out = out};
        ctx_clear(r->t->ctx);
        int outcome = import_run(r->t->ctx, &o);
        fclose(out);
        return outcome;
}

static void
must_import(struct run *r, const char *text)
{
        int outcome = run_import(r, text, false);

        if (outcome != 0) {
                ctx_print_errors(r->t->ctx, stderr);
                fprintf(stderr, "%s", r->report);
        }
        assert_int_equal(outcome, 0);
}

static void
assert_reports(const struct run *r, const char *text)
{
        if (strstr(r->report, text) == NULL)
                fprintf(stderr, "%s", r->report);
        assert_non_null(strstr(r->report, text));
}

static struct str
run_export(struct run *r, const char *source, const char *format)
{
        const char *path = arena_printf(r->t->ctx->arena, "%s/out", r->home);
        struct export_options o = {.work = &r->t->w, .format = format, .source = source, .path = path};

        test_must(r->t, export_run(r->t->ctx, &o) == 0);
        return get_file(r->t->ctx->arena, path);
}

static void
assert_exports(struct run *r, const char *source, const char *format, const char *text)
{
        struct str s = run_export(r, source, format);

        if (!str_is(s, text))
                fprintf(stderr, "%.*s", (int)s.n, s.p);
        assert_true(str_is(s, text));
}

static const struct json *
facts_of(struct test_engine *t, const char *source)
{
        struct jw w = {0};

        test_must(t, facts_json(&t->w, &w));
        const struct json *all = test_json(t, str_c(t->ctx->arena, jw_view(&w)));
        jw_free(&w);
        for (const struct json *s = json_get(all, "sources")->child; s; s = s->next)
                if (str_is(json_get_text(s, "source"), source))
                        return s;
        return NULL;
}

static int64_t
fact(struct test_engine *t, const char *source, const char *name)
{
        return json_get(facts_of(t, source), name)->i;
}

static struct record *
case_of(struct test_engine *t, const char *source, const char *no)
{
        int64_t id;

        test_must(t, sql_one_int(t->ctx, t->conn, &id,
                                 SQL("select id from cases where source = $1 and source_no = $2"), "ss", source, no));
        return store_load(&t->w, test_entity(t, "technical_request"), id);
}

/* ---- what becomes of a log ---- */

static void
test_a_case_ends_as_its_last_event_says(void **state)
{
        struct run r = run_start(*state, "ends");

        must_import(&r, CSV);
        struct record *a = case_of(r.t, "ends", "a"), *b = case_of(r.t, "ends", "b");
        assert_string_equal(a->state->name, "in_progress");
        assert_int_equal(record_int(a, "tier"), 1);
        assert_int_equal(record_int(a, "reopen_count"), 1);
        assert_int_equal(record_get(a, "resolved_at")->type, VAL_NULL);
        assert_string_equal(b->state->name, "resolved");
        assert_int_equal(record_int(b, "resolved_at") - record_int(b, "reported_at"), 3 * USEC_MINUTE);
        assert_int_equal(b->event_count, 3);
        run_end(&r);
}

static void
test_facts_are_counted_from_the_tables(void **state)
{
        struct run r = run_start(*state, "facts");

        must_import(&r, CSV);
        assert_int_equal(fact(r.t, "facts", "cases"), 2);
        assert_int_equal(fact(r.t, "facts", "events"), 9);
        assert_int_equal(fact(r.t, "facts", "moved_up"), 1);
        assert_int_equal(fact(r.t, "facts", "ping_pong"), 1);
        assert_int_equal(fact(r.t, "facts", "reopened"), 1);
        assert_int_equal(fact(r.t, "facts", "reassignments_total"), 2);
        assert_int_equal(fact(r.t, "facts", "reopens_total"), 1);
        const struct json *lines = json_get(facts_of(r.t, "facts"), "highest_line");
        assert_int_equal(json_get(lines, "T1")->i, 1);
        assert_int_equal(json_get(lines, "T2")->i, 1);
        const struct json *states = json_get(facts_of(r.t, "facts"), "states");
        assert_int_equal(json_get(states, "Work")->i, 5);
        run_end(&r);
}

static void
test_departures_from_our_lifecycle_are_counted(void **state)
{
        struct run r = run_start(*state, "departs");

        must_import(&r, CSV);
        assert_reports(&r, "moves down a line 1, skipped activities 3");
        run_end(&r);
}

static void
test_clocks_have_facts_nothing_is_promised_and_nobody_told(void **state)
{
        struct run r = run_start(*state, "quiet");
        int64_t started, promises, notices;

        must_import(&r, CSV);
        test_must(r.t, sql_one_int(r.t->ctx, r.t->conn, &started,
                                   SQL("select count(*) from cases c where not exists (select 1 from clock_segments s where "
                                       "s.case_id = c.id and s.clock = 'resolve' and s.seq = 1 and s.kind = 'started' and s.at = "
                                       "c.reported_at) and c.source is not null"),
                                   ""));
        test_must(r.t, sql_one_int(r.t->ctx, r.t->conn, &promises, SQL("select count(*) from clock_promises where clock in ('response', 'restore', 'resolve')"), ""));
        test_must(r.t, sql_one_int(r.t->ctx, r.t->conn, &notices, SQL("select count(*) from outbox"), ""));
        assert_int_equal(started + promises + notices, 0);
        run_end(&r);
}

static void
count_fault(void *arg, const char *sentence)
{
        fprintf(stderr, "%s\n", sentence);
}

static void
test_chains_of_imported_events_are_whole(void **state)
{
        struct run r = run_start(*state, "chains");
        struct verify_result v;

        must_import(&r, CSV);
        must_import(&r, HEAD "a," AT("00") ",New,T,ann\n" "a," AT("30") ",Done,T,ann\n");
        test_must(r.t, event_verify(&r.t->w, count_fault, NULL, &v));
        assert_int_equal(v.faults, 0);
        run_end(&r);
}

/* ---- again ---- */

static void
test_the_same_file_again_changes_nothing(void **state)
{
        struct run r = run_start(*state, "again");

        must_import(&r, CSV);
        must_import(&r, CSV);
        assert_reports(&r, "new 0, known 9");
        assert_int_equal(fact(r.t, "again", "events"), 9);
        run_end(&r);
}

static void
test_a_longer_file_brings_only_what_is_new(void **state)
{
        struct run r = run_start(*state, "longer");

        must_import(&r, HEAD "b," AT("01") ",Work,T,bob\n" "a," AT("00") ",New,T,ann\n");
        must_import(&r, CSV);
        assert_reports(&r, "new 7, known 2, of these with other values 0");
        assert_int_equal(case_of(r.t, "longer", "a")->event_count, 9); /* created, 7 of the log, changed */
        assert_string_equal(case_of(r.t, "longer", "b")->state->name, "resolved");
        assert_exports(&r, "longer", "csv", CSV);
        run_end(&r);
}

static void
test_values_that_changed_are_exported_as_they_last_came(void **state)
{
        static const char later[] = HEAD "a," AT("00") ",New,T,ann-marie\n" "a," AT("09") ",Work,T,ann\n";
        struct run r = run_start(*state, "changed");

        must_import(&r, HEAD "a," AT("00") ",New,T,ann\n");
        must_import(&r, later);
        assert_reports(&r, "of these with other values 1");
        assert_exports(&r, "changed", "csv", later);
        run_end(&r);
}

static void
test_two_events_of_one_instant_are_two(void **state)
{
        static const char twice[] = HEAD "a," AT("00") ",Work,T,ann\n" "a," AT("00") ",Work,T,ann\n";
        struct run r = run_start(*state, "twice");

        must_import(&r, twice);
        must_import(&r, HEAD "a," AT("00") ",Work,T,ann\n" "a," AT("00") ",Work,T,ann\n" "a," AT("00") ",Done,T,ann\n");
        assert_int_equal(fact(r.t, "twice", "events"), 3);
        run_end(&r);
}

static void
test_a_dry_run_writes_nothing(void **state)
{
        struct run r = run_start(*state, "dry");

        assert_int_equal(run_import(&r, CSV, true), 0);
        assert_reports(&r, "new 9, known 0");
        assert_null(facts_of(r.t, "dry"));
        run_end(&r);
}

/* ---- refused ---- */

static void
test_rows_that_cannot_be_placed_are_all_told(void **state)
{
        struct run r = run_start(*state, "unplaced");

        assert_int_equal(run_import(&r,
                                    HEAD "a," AT("00") ",New,T,ann\n"
                                         "a,yesterday,New,T,ann\n"
                                         "," AT("00") ",New,T,ann\n"
                                         "a," AT("01") ",Sleep,T,ann\n"
                                         "a," AT("01") ",New,T\n",
                                    false),
                         1);
        assert_reports(&r, "in:3: column \"when\": \"yesterday\" cannot be read as a time; allowed: a time such as");
        assert_reports(&r, "in:4: column \"no\": \"\" cannot number a case");
        assert_reports(&r, "in:5: column \"state\": \"Sleep\" is not in the mapping; allowed: New, Work, Wait, Done");
        assert_reports(&r, "in:6: the row has 4 fields, but the header has 5");
        assert_null(facts_of(r.t, "unplaced"));
        run_end(&r);
}

static void
test_a_broken_file_leaves_nothing(void **state)
{
        struct run r = run_start(*state, "broken");

        assert_int_equal(run_import(&r, HEAD "a," AT("00") ",New,T,ann\na,\"x\n", false), 1);
        assert_int_equal(run_import(&r, "no,when,state,team\n", false), 1);
        assert_int_equal(run_import(&r, "<log><trace><event></trace></log>", false), 1);
        assert_int_equal(run_import(&r, "", false), 1);
        assert_null(facts_of(r.t, "broken"));
        run_end(&r);
}

/* ---- back ---- */

static const char XES[] = "<?xml version=\"1.0\"?>\n"
                          "<log>\n"
                          "\t<string key=\"a\" value=\"b\"/>\n"
                          "\t<trace>\n"
                          "\t\t<string key=\"concept:name\" value=\"x1\"/>\n"
                          "\t\t<event>\n"
                          "\t\t\t<string key=\"concept:name\" value=\"Work\"/>\n"
                          "\t\t\t<date key=\"time:timestamp\" value=\"2026-01-01T01:00:00+01:00\"/>\n"
                          "\t\t\t<string key=\"org:group\" value=\"T\"/>\n"
                          "\t\t\t<string key=\"org:resource\" value=\"ann\"/>\n"
                          "\t\t</event>\n"
                          "\t\t<event>\n"
                          "\t\t\t<string key=\"concept:name\" value=\"Done\"/>\n"
                          "\t\t\t<date key=\"time:timestamp\" value=\"2026-01-01T02:00:00+01:00\"/>\n"
                          "\t\t\t<int key=\"cost\" value=\"7\">\n"
                          "\t\t\t\t<string key=\"unit\" value=\"&lt;EUR&gt;\"/>\n"
                          "\t\t\t</int>\n"
                          "\t\t</event>\n"
                          "\t</trace>\n"
                          "\t<trace>\n"
                          "\t\t<string key=\"concept:name\" value=\"empty\"/>\n"
                          "\t</trace>\n"
                          "</log>\n";

static void
test_xes_comes_out_as_it_came(void **state)
{
        struct run r = run_start(*state, "xes");

        must_import(&r, XES);
        assert_exports(&r, "xes", "xes", XES);
        assert_exports(&r, "xes", "csv",
                       "case:concept:name,concept:name,time:timestamp,org:group,org:resource,cost,cost/unit\n"
                       "x1,Work,2026-01-01T01:00:00+01:00,T,ann,,\n"
                       "x1,Done,2026-01-01T02:00:00+01:00,,,7,<EUR>\n");
        run_end(&r);
}

static void
test_csv_comes_out_as_it_came(void **state)
{
        static const char odd[] = "\xef\xbb\xbfno,when,\"state\",team,who\r\n"
                                  "a," AT("00") ",New,\"T,x\",\"ann\"\r\n"
                                  "\"b\",\"" AT("01") "\",\"New\",\"T\",\"\"\"ann\"\"\"";
        struct run r = run_start(*state, "csv");

        must_import(&r, odd);
        assert_exports(&r, "csv", "csv", odd);
        run_end(&r);
}

static void
test_csv_goes_out_as_xes(void **state)
{
        struct run r = run_start(*state, "across");

        must_import(&r, HEAD "a," AT("00") ",New,T,ann\n");
        struct str s = run_export(&r, "across", "xes");
        const char *p = str_c(r.t->ctx->arena, s);
        assert_non_null(strstr(p, "\t<trace>\n\t\t<string key=\"concept:name\" value=\"a\"/>\n\t\t<event>\n"
                                  "\t\t\t<string key=\"concept:name\" value=\"New\"/>\n"
                                  "\t\t\t<date key=\"time:timestamp\" value=\"2026-01-01T00:00:00Z\"/>\n"
                                  "\t\t\t<string key=\"org:group\" value=\"T\"/>\n"
                                  "\t\t\t<string key=\"org:resource\" value=\"ann\"/>\n"
                                  "\t\t\t<string key=\"no\" value=\"a\"/>\n"));
        run_end(&r);
}

static void
test_a_source_that_is_not_there_is_told(void **state)
{
        struct run r = run_start(*state, "nothing");
        struct export_options o = {.work = &r.t->w, .format = "csv", .source = "elsewhere",
                                   .path = "/tmp/openitr-never"};

        assert_int_equal(export_run(r.t->ctx, &o), 2);
        assert_int_equal(test_error(r.t), E_PARAMETER);
        assert_int_equal(access("/tmp/openitr-never", F_OK), -1);
        run_end(&r);
}

static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_case_ends_as_its_last_event_says),
        cmocka_unit_test(test_facts_are_counted_from_the_tables),
        cmocka_unit_test(test_departures_from_our_lifecycle_are_counted),
        cmocka_unit_test(test_clocks_have_facts_nothing_is_promised_and_nobody_told),
        cmocka_unit_test(test_chains_of_imported_events_are_whole),
        cmocka_unit_test(test_the_same_file_again_changes_nothing),
        cmocka_unit_test(test_a_longer_file_brings_only_what_is_new),
        cmocka_unit_test(test_values_that_changed_are_exported_as_they_last_came),
        cmocka_unit_test(test_two_events_of_one_instant_are_two),
        cmocka_unit_test(test_a_dry_run_writes_nothing),
        cmocka_unit_test(test_rows_that_cannot_be_placed_are_all_told),
        cmocka_unit_test(test_a_broken_file_leaves_nothing),
        cmocka_unit_test(test_xes_comes_out_as_it_came),
        cmocka_unit_test(test_csv_comes_out_as_it_came),
        cmocka_unit_test(test_csv_goes_out_as_xes),
        cmocka_unit_test(test_a_source_that_is_not_there_is_told),
};

TEST_ENGINE_MAIN(tests)
