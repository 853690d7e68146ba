/* SPDX-License-Identifier: Apache-2.0
 *
 * entitlement_test.c -- rule B, row by row and at the edges of dates and quotas.
 */
#include "engine/test_engine.h"
#include "service/entitlement.h"

enum { TODAY = 20000 };

struct given {
        struct test_engine *t;
        struct entitlement_facts f;
        struct entitlement_line lines[4];
        struct entitlement e;
};

/* A unit out of warranty, an authorised caller, no line. */
static struct given
begin(void **state)
{
        return (struct given){.t = *state,
                              .f = {.day = TODAY, .account = 1, .unit = 2, .installed_on = TODAY - 800, .warranty_to = TODAY - 400,
                                    .accepted = true, .caller = CALLER_AUTHORISED, .calendar = ""}};
}

static struct entitlement_line *
add_line(struct given *s, const char *tier, int64_t from, int64_t to)
{
        struct entitlement_line *l = &s->lines[s->f.line_count++];

        *l = (struct entitlement_line){.id = 100 + (int64_t)s->f.line_count, .contract = 10, .code = "C", .name = "L", .tier = tier,
                                       .calendar = "", .contract_state = "active", .active = true, .from = TODAY + from,
                                       .to = TODAY + to, .incident_quota = -1, .visit_quota = -1};
        s->f.lines = s->lines;
        return l;
}

static void
gives(struct given *s, const char *outcome, const char *rule, const char *tier)
{
        test_must(s->t, entitlement_decide(s->t->ctx, s->t->model->rules, &s->f, &s->e));
        if (!str_is(s->e.outcome, outcome))
                fprintf(stderr, "wanted %s, got %.*s by %s\n", outcome, (int)s->e.outcome.n, s->e.outcome.p, s->e.row);
        assert_true(str_is(s->e.outcome, outcome));
        assert_true(str_is(s->e.rule, rule));
        assert_non_null(strstr(s->e.row, "rules/entitlement.yaml:"));
        if (tier == NULL)
                assert_null(s->e.service_tier);
        else
                assert_string_equal(s->e.service_tier, tier);
}

static void
test_B1_a_line_in_force(void **state)
{
        struct given s = begin(state);

        add_line(&s, "gold", -10, 10);
        gives(&s, "standard", "B1", "gold");
        assert_int_equal(s.e.line, 101);
        assert_int_equal(s.e.term_count, 1);
}

static void
test_both_days_of_a_line_are_covered(void **state)
{
        struct given s = begin(state);
        struct entitlement_line *l = add_line(&s, "gold", 0, 10);

        gives(&s, "standard", "B1", "gold");
        l->from = TODAY + 1;
        gives(&s, "no_service", "B5", NULL);   /* warranty lapsed, the line not yet in force */
        l->from = TODAY - 10;
        l->to = TODAY;
        gives(&s, "standard", "B1", "gold");
        l->to = TODAY - 1;
        gives(&s, "standard_grace", "B4", "gold");
}

static void
test_B2_warranty_to_its_last_day(void **state)
{
        struct given s = begin(state);

        s.f.warranty_to = TODAY;
        gives(&s, "standard_warranty", "B2", "basic");
        s.f.warranty_to = TODAY - 1;
        gives(&s, "no_service", "B5", NULL);
}

static void
test_B2_dead_on_arrival(void **state)
{
        struct given s = begin(state);

        s.f.warranty_to = DAY_NONE;
        s.f.installed_on = TODAY - 2;
        gives(&s, "standard_warranty", "B2", "basic");
        s.f.installed_on = TODAY - 3;
        gives(&s, "no_data", "B3", NULL);
        s.f.accepted = false;
        gives(&s, "standard_warranty", "B2", "basic");
}

static void
test_B2_warranty_wins_over_an_expired_contract(void **state)
{
        struct given s = begin(state);

        s.f.warranty_to = TODAY + 5;
        add_line(&s, "gold", -400, -100);
        gives(&s, "standard_warranty", "B2", "basic");
}

static void
test_B3_nothing_is_known(void **state)
{
        struct given s = begin(state);

        s.f.unit = 0;
        gives(&s, "no_data", "B3", NULL);
        s.f.account = 0;
        s.f.caller = CALLER_NOBODY;
        gives(&s, "no_data", "B3", NULL);
        assert_int_equal(s.e.term_count, 0);
}

static void
test_B3_a_contract_not_yet_active_is_missing_data(void **state)
{
        struct given s = begin(state);

        s.f.unit = 0;
        add_line(&s, "gold", -10, 10)->contract_state = "data_check";
        gives(&s, "no_data", "B3", NULL);
}

static void
test_B4_thirty_days_of_grace(void **state)
{
        struct given s = begin(state);
        struct entitlement_line *l = add_line(&s, "silver", -400, -30);

        gives(&s, "standard_grace", "B4", "silver");
        l->to = TODAY - 31;
        gives(&s, "no_service", "B5", NULL);
        l->to = TODAY - 30;
        l->contract_state = "ended";   /* since; the request is told late */
        gives(&s, "standard_grace", "B4", "silver");
        l->to = TODAY;
        gives(&s, "standard", "B1", "silver");
        l->contract_state = "expired";
        gives(&s, "standard", "B1", "silver");
}

static void
test_B5_expired_suspended_terminated_illegal(void **state)
{
        struct given s = begin(state);
        struct entitlement_line *l = add_line(&s, "gold", -10, 10);

        l->contract_state = "suspended";
        gives(&s, "no_service", "B5", NULL);
        l->contract_state = "terminated";
        gives(&s, "no_service", "B5", NULL);
        l->contract_state = "active";
        l->active = false;
        gives(&s, "no_service", "B5", NULL);
        l->active = true;
        s.f.illegal = true;
        gives(&s, "no_service", "B5", NULL);
}

static void
test_B5_no_grace_after_suspension_or_renewal(void **state)
{
        struct given s = begin(state);
        struct entitlement_line *l = add_line(&s, "gold", -100, -1);

        l->contract_state = "suspended";
        gives(&s, "no_service", "B5", NULL);
        l->contract_state = "renewed";
        gives(&s, "no_service", "B5", NULL);
        l->to = TODAY;                 /* renewed ahead of its end: it covers to its last day */
        gives(&s, "standard", "B1", "gold");
}

static void
test_B6_a_caller_who_is_not_authorised(void **state)
{
        struct given s = begin(state);

        s.f.caller = CALLER_OTHER;
        gives(&s, "no_service", "B5", NULL);
        add_line(&s, "gold", -10, 10);
        gives(&s, "hold", "B6", "gold");
        s.f.caller = CALLER_NOBODY;
        gives(&s, "standard", "B1", "gold");
}

static void
test_B6_holds_warranty_too(void **state)
{
        struct given s = begin(state);

        s.f.caller = CALLER_OTHER;
        s.f.warranty_to = TODAY;
        gives(&s, "hold", "B6", "basic");
}

static void
test_B7_the_quota_is_used(void **state)
{
        struct given s = begin(state);
        struct entitlement_line *l = add_line(&s, "gold", -10, 10);

        l->incident_quota = 3;
        l->incidents = 2;
        gives(&s, "standard", "B1", "gold");
        l->incidents = 3;
        gives(&s, "chargeable", "B7", "gold");
        l->incident_quota = 0;
        l->incidents = 0;
        gives(&s, "chargeable", "B7", "gold");
}

static void
test_B7_visits_count_for_calls_on_site_only(void **state)
{
        struct given s = begin(state);
        struct entitlement_line *l = add_line(&s, "gold", -10, 10);

        l->visit_quota = 2;
        l->visits = 2;
        gives(&s, "standard", "B1", "gold");
        s.f.onsite = true;
        gives(&s, "chargeable", "B7", "gold");
}

static void
test_B7_a_line_with_quota_left_serves(void **state)
{
        struct given s = begin(state);

        add_line(&s, "platinum", -10, 10)->incident_quota = 0;
        add_line(&s, "silver", -10, 10);
        gives(&s, "standard", "B1", "silver");
        assert_int_equal(s.e.line, 102);
        assert_int_equal(s.e.term_count, 1);
}

static void
test_B8_several_lines(void **state)
{
        struct given s = begin(state);

        add_line(&s, "silver", -10, 10);
        add_line(&s, "platinum", -10, 10);
        add_line(&s, "gold", -400, -5);        /* in grace: does not count beside lines in force */
        gives(&s, "best", "B8", "platinum");
        assert_int_equal(s.e.line, 102);
        assert_int_equal(s.e.term_count, 2);
        assert_false(s.lines[2].counts);
}

static void
test_an_active_line_wins_over_a_suspended_one(void **state)
{
        struct given s = begin(state);

        add_line(&s, "platinum", -10, 10)->contract_state = "suspended";
        add_line(&s, "basic", -10, 10);
        gives(&s, "standard", "B1", "basic");
}

static void
test_the_lines_calendar_wins_over_the_customers(void **state)
{
        struct given s = begin(state);

        s.f.calendar = "7x9";
        add_line(&s, "silver", -10, 10);
        gives(&s, "standard", "B1", "silver");
        assert_string_equal(s.e.terms[0].calendar, "7x9");
        s.lines[0].calendar = "5x8";
        gives(&s, "standard", "B1", "silver");
        assert_string_equal(s.e.terms[0].calendar, "5x8");
}

/* ---- gathering ---- */

static int64_t
make(struct test_engine *t, const char *entity, const char *json)
{
        struct record *r;
        char *text = arena_strdup(t->ctx->arena, json);

        for (char *p = text; *p; p++)
                if (*p == '\'')
                        *p = '"';
        r = store_create(&t->w, test_entity(t, entity), test_json(t, text));
        test_must(t, r != NULL);
        return r->id;
}

static int64_t
make_line(struct test_engine *t, int64_t account, const char *code, const char *scope)
{
        struct arena *a = t->ctx->arena;
        int64_t product = make(t, "service_product", arena_printf(a, "{'code':'S%s','name':'S','family':'maintenance'}", code));
        int64_t contract = make(t, "contract",
                                arena_printf(a, "{'code':'%s','name':'K','account':%lld,'tier':'gold','starts_on':'2026-01-01',"
                                             "'ends_on':'2027-12-31'}", code, (long long)account));

        test_must(t, sql_run(t->ctx, t->conn, "update contract set state = 'active' where id = $1", "i", contract));
        return make(t, "contract_line",
                    arena_printf(a, "{'contract':%lld,'line_no':1,'account':%lld,'service_product':%lld,'tier':'gold',"
                                 "'starts_on':'2027-01-01','ends_on':'2027-12-31'%s}",
                                 (long long)contract, (long long)account, (long long)product, scope));
}

static void
test_lines_are_found_by_unit_and_by_scope(void **state)
{
        struct test_engine *t = *state;
        struct arena *a = t->ctx->arena;
        int64_t account = make(t, "account", "{'code':'EA','name':'A','zone':'Asia/Shanghai'}");
        int64_t site = make(t, "site", arena_printf(a, "{'name':'S','account':%lld}", (long long)account));
        int64_t product = make(t, "product", "{'code':'EP','name':'P'}");
        int64_t by_unit = make_line(t, account, "EK1", "");
        int64_t by_site = make_line(t, account, "EK2", arena_printf(a, ",'site':%lld", (long long)site));
        int64_t unit = make(t, "installed_unit",
                            arena_printf(a, "{'serial':'E1','product':%lld,'account':%lld,'site':%lld,'contract_line':%lld,"
                                         "'warranty_to':'2027-01-14'}",
                                         (long long)product, (long long)account, (long long)site, (long long)by_unit));
        struct entitlement_question q = {.unit = unit, .at = t->w.now};
        struct entitlement_facts f;

        make_line(t, account, "EK3", "");      /* covers nothing by itself */
        test_must(t, entitlement_gather(&t->w, &q, &f));
        assert_int_equal(f.line_count, 2);
        assert_int_equal(f.lines[0].id, by_unit);
        assert_true(f.lines[0].by_unit);
        assert_int_equal(f.lines[1].id, by_site);
        assert_int_equal(f.account, account);
        assert_int_equal(f.lines[0].to - f.lines[0].from, 364);
        assert_int_equal(f.day, t->w.now / USEC_DAY);  /* 16:00 in Shanghai */
        assert_int_equal(f.warranty_to, f.day - 1);
        q.at += 9 * USEC_HOUR;         /* 01:00 of the next day there */
        test_must(t, entitlement_gather(&t->w, &q, &f));
        assert_int_equal(f.day, t->w.now / USEC_DAY + 1);
}

static void
test_an_unknown_customer_has_no_lines(void **state)
{
        struct test_engine *t = *state;
        struct entitlement_question q = {.at = t->w.now};
        struct entitlement_facts f;

        test_must(t, entitlement_gather(&t->w, &q, &f));
        assert_int_equal(f.line_count, 0);
        assert_int_equal(f.caller, CALLER_NOBODY);
}

static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_B1_a_line_in_force),
        cmocka_unit_test(test_both_days_of_a_line_are_covered),
        cmocka_unit_test(test_B2_warranty_to_its_last_day),
        cmocka_unit_test(test_B2_dead_on_arrival),
        cmocka_unit_test(test_B2_warranty_wins_over_an_expired_contract),
        cmocka_unit_test(test_B3_nothing_is_known),
        cmocka_unit_test(test_B3_a_contract_not_yet_active_is_missing_data),
        cmocka_unit_test(test_B4_thirty_days_of_grace),
        cmocka_unit_test(test_B5_expired_suspended_terminated_illegal),
        cmocka_unit_test(test_B5_no_grace_after_suspension_or_renewal),
        cmocka_unit_test(test_B6_a_caller_who_is_not_authorised),
        cmocka_unit_test(test_B6_holds_warranty_too),
        cmocka_unit_test(test_B7_the_quota_is_used),
        cmocka_unit_test(test_B7_visits_count_for_calls_on_site_only),
        cmocka_unit_test(test_B7_a_line_with_quota_left_serves),
        cmocka_unit_test(test_B8_several_lines),
        cmocka_unit_test(test_an_active_line_wins_over_a_suspended_one),
        cmocka_unit_test(test_the_lines_calendar_wins_over_the_customers),
        cmocka_unit_test(test_lines_are_found_by_unit_and_by_scope),
        cmocka_unit_test(test_an_unknown_customer_has_no_lines),
};
TEST_ENGINE_MAIN(tests)
