/* SPDX-License-Identifier: Apache-2.0
 *
 * promise_test.c -- times by the tables: tiers, the strictest of several, stages derived, policies that are refused.
 */
#include "engine/test_engine.h"
#include "service/promise.h"

static struct target
sla(struct test_engine *t, const char *metric, const char *severity, const struct entitlement_term *terms, size_t n)
{
        struct rule_input in = {"severity", str_of(severity)};
        struct target ret;

        test_must(t, target_sla(t->ctx, t->model->rules, "sla", metric, &in, 1, terms, n, &ret));
        return ret;
}

static struct target
ola(struct test_engine *t, const char *stage, const char *tier, const char *severity)
{
        struct rule_input in = {"severity", str_of(severity)};
        struct entitlement_term term = {.tier = tier, .calendar = ""};
        struct target ret;

        test_must(t, target_ola(t->ctx, t->model->rules, "ola", stage, stage, &in, 1, &term, tier ? 1 : 0, &ret));
        return ret;
}

static void
is(struct target t, usec amount, bool working)
{
        if (t.budget.amount != amount)
                fprintf(stderr, "%lld min by %s\n", (long long)(t.budget.amount / USEC_MINUTE), t.row);
        assert_true(t.found);
        assert_int_equal(t.budget.amount, amount);
        assert_int_equal(t.budget.working, working);
}

/* ---- the customer's promises ---- */

static void
test_a_tier_and_a_severity_give_the_tables_time(void **state)
{
        struct entitlement_term gold = {.line = 7, .tier = "gold", .calendar = "5x8"};
        struct target t = sla(*state, "restore", "critical", &gold, 1);

        is(t, 4 * USEC_HOUR, false);
        assert_string_equal(t.calendar, "5x8");
        assert_non_null(strstr(t.row, "rules/sla.yaml:"));
        assert_non_null(strstr(t.row, "restore 4 h (gold critical, contract line 7)"));
        is(sla(*state, "restore", "minor", &gold, 1), 40 * USEC_HOUR, true);
}

static void
test_without_terms_nothing_is_promised(void **state)
{
        assert_false(sla(*state, "restore", "critical", NULL, 0).found);
}

static void
test_a_consultation_has_no_restore(void **state)
{
        struct entitlement_term gold = {.tier = "gold", .calendar = ""};

        assert_false(sla(*state, "restore", "consultation", &gold, 1).found);
        is(sla(*state, "resolve", "consultation", &gold, 1), 16 * USEC_HOUR, true);
}

static void
test_of_several_terms_the_strictest_counts_for_each_metric(void **state)
{
        const struct entitlement_term both[] = {{.line = 1, .tier = "silver", .calendar = "7x9"}, {.line = 2, .tier = "platinum", .calendar = "5x9"}};
        struct target t = sla(*state, "restore", "major", both, 2);

        is(t, 8 * USEC_HOUR, false);
        assert_string_equal(t.tier, "platinum");
        is(sla(*state, "response", "minor", both, 2), USEC_HOUR, false);
        /* The first wins a tie: resolve of a critical fault is 15 d for silver and basic alike. */
        const struct entitlement_term tie[] = {{.line = 1, .tier = "basic", .calendar = "a"}, {.line = 2, .tier = "silver", .calendar = "b"}};
        assert_string_equal(sla(*state, "resolve", "critical", tie, 2).calendar, "a");
}

/* ---- stages ---- */

static void
test_gold_has_the_tables_times(void **state)
{
        is(ola(*state, "acceptance", "gold", "critical"), 5 * USEC_MINUTE, false);
        is(ola(*state, "tier_1", "gold", "critical"), 20 * USEC_MINUTE, false);
        is(ola(*state, "tier_2", "gold", "critical"), 40 * USEC_MINUTE, false);
        is(ola(*state, "tier_3", "gold", "critical"), 60 * USEC_MINUTE, false);
        is(ola(*state, "tier_1", "gold", "major"), 2 * USEC_HOUR, false);
}

static void
test_a_tighter_promise_gives_shares(void **state)
{
        is(ola(*state, "tier_3", "platinum", "critical"), 30 * USEC_MINUTE, false);    /* 25 % of 2 h, table 60 min */
        is(ola(*state, "tier_1", "platinum", "critical"), 20 * USEC_MINUTE, false);    /* table, under 30 min */
        is(ola(*state, "tier_2", "platinum", "major"), 168 * USEC_MINUTE, false);      /* 35 % of 8 h */
}

static void
test_the_response_path_of_platinum_critical(void **state)
{
        is(ola(*state, "acceptance", "platinum", "critical"), 150 * USEC_SECOND, false);
        is(ola(*state, "accept", "platinum", "critical"), 120 * USEC_SECOND, false);
}

static void
test_a_longer_promise_gives_shares_alone(void **state)
{
        is(ola(*state, "tier_1", "silver", "critical"), 2 * USEC_HOUR, false);         /* 25 % of 8 h, table 20 min */
        is(ola(*state, "tier_1", "silver", "major"), 4 * USEC_HOUR, true);             /* 25 % of 2 WD */
        is(ola(*state, "tier_2", "basic", "minor"), 56 * USEC_HOUR, true);             /* 35 % of 20 WD */
}

static void
test_consultations_count_from_the_answer(void **state)
{
        is(ola(*state, "tier_1", "gold", "consultation"), 4 * USEC_HOUR, true);        /* table, 25 % of 16 WH */
        is(ola(*state, "tier_1", "platinum", "consultation"), 2 * USEC_HOUR, true);    /* 25 % of 8 WH */
}

static void
test_without_a_customers_promise_the_table_counts(void **state)
{
        is(ola(*state, "tier_1", NULL, "critical"), 20 * USEC_MINUTE, false);
}

static void
test_the_row_tells_the_whole_way(void **state)
{
        struct target t = ola(*state, "tier_2", "platinum", "major");

        assert_non_null(strstr(t.row, "rules/ola.yaml:"));
        assert_non_null(strstr(t.row, "35 % of restore = 2 h 48 min by rules/sla.yaml:"));
}

/* No stage of any tier exceeds what domain.md 8.2 leaves it. */
static void
test_all_stages_together_leave_a_tenth(void **state)
{
        static const char *const tiers[] = {"platinum", "gold", "silver", "basic"};
        static const char *const severities[] = {"critical", "major", "minor"};
        static const char *const stages[] = {"acceptance", "tier_1", "tier_2", "tier_3"};

        for (size_t i = 0; i < 4; i++)
                for (size_t j = 0; j < 3; j++) {
                        struct entitlement_term term = {.tier = tiers[i], .calendar = ""};
                        usec sum = 0;
                        for (size_t k = 0; k < 4; k++)
                                sum += budget_length(ola(*state, stages[k], tiers[i], severities[j]).budget);
                        assert_true(sum * 10 <= budget_length(sla(*state, "restore", severities[j], &term, 1).budget) * 9);
                }
}

/* ---- policies that cannot be kept ---- */

static void
check_with(struct test_engine *t, const char *rules, const char *place, const char *words)
{
        struct source *built_in, *all;
        struct model *m;
        size_t n;

        test_must(t, model_sources(t->ctx, NULL, &built_in, &n));
        all = ARENA_ARRAY(t->ctx->arena, struct source, n + 1);
        memcpy(all, built_in, n * sizeof *all);
        all[n] = (struct source){"site/rules/ours.yaml", str_of(rules), "rules", true};
        m = model_load(t->ctx, all, n + 1, NULL, 0);
        test_must(t, m != NULL);
        assert_false(promise_check(t->ctx, m->rules));
        if (strstr(t->ctx->errors->field, place) == NULL || strstr(t->ctx->errors->en, words) == NULL)
                fprintf(stderr, "%s: %s\n", t->ctx->errors->field, t->ctx->errors->en);
        assert_non_null(strstr(t->ctx->errors->field, place));
        assert_non_null(strstr(t->ctx->errors->en, words));
        ctx_clear(t->ctx);
        model_free(m);
}

static void
test_the_built_in_policy_is_possible(void **state)
{
        struct test_engine *t = *state;

        test_must(t, promise_check(t->ctx, t->model->rules));
}

static void
test_stages_that_exceed_the_promise_are_refused(void **state)
{
        check_with(*state,
                   "rules: ola_share\nlabel: {en: S, zh: S}\nsource: test\ninputs: {stage: [acceptance, accept, tier_1, tier_2, tier_3, patch]}\n"
                   "outputs: {restore: int, response: int, resolve: int}\nrows:\n"
                   "  - {when: {stage: [tier_1, tier_2, tier_3]}, then: {restore: 40}}\n  - {when: {}, then: {}}\n"
                   "tests:\n  - {given: {stage: tier_1}, expect: {restore: 40}}\n",
                   "rules/ola.yaml:", "more than 90 % of the promise");
}

static void
test_a_table_that_exceeds_gold_is_refused(void **state)
{
        check_with(*state,
                   "rules: ola\nlabel: {en: O, zh: O}\nsource: test\ninputs: {severity: [critical, major, minor, consultation]}\n"
                   "outputs: {acceptance: text, accept: text, tier_1: text, tier_2: text, tier_3: text}\nrows:\n"
                   "  - {when: {}, then: {acceptance: 5 min, tier_1: 2 h, tier_2: 2 h, tier_3: 1 h}}\n"
                   "tests:\n  - {given: {severity: major}, expect: {tier_1: 2 h}}\n",
                   "site/rules/ours.yaml:7", "The stages of the table of gold critical take 5 h 5 min");
}

static void
test_a_time_that_cannot_be_read_is_refused(void **state)
{
        check_with(*state,
                   "rules: ola\nlabel: {en: O, zh: O}\nsource: test\ninputs: {severity: [critical, major, minor, consultation]}\n"
                   "outputs: {acceptance: text, accept: text}\nrows:\n  - {when: {}, then: {accept: soon}}\n"
                   "tests:\n  - {given: {severity: major}, expect: {accept: soon}}\n",
                   "site/rules/ours.yaml:7", "\"soon\" cannot be read");
}

static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_tier_and_a_severity_give_the_tables_time),
        cmocka_unit_test(test_without_terms_nothing_is_promised),
        cmocka_unit_test(test_a_consultation_has_no_restore),
        cmocka_unit_test(test_of_several_terms_the_strictest_counts_for_each_metric),
        cmocka_unit_test(test_gold_has_the_tables_times),
        cmocka_unit_test(test_a_tighter_promise_gives_shares),
        cmocka_unit_test(test_the_response_path_of_platinum_critical),
        cmocka_unit_test(test_a_longer_promise_gives_shares_alone),
        cmocka_unit_test(test_consultations_count_from_the_answer),
        cmocka_unit_test(test_without_a_customers_promise_the_table_counts),
        cmocka_unit_test(test_the_row_tells_the_whole_way),
        cmocka_unit_test(test_all_stages_together_leave_a_tenth),
        cmocka_unit_test(test_the_built_in_policy_is_possible),
        cmocka_unit_test(test_stages_that_exceed_the_promise_are_refused),
        cmocka_unit_test(test_a_table_that_exceeds_gold_is_refused),
        cmocka_unit_test(test_a_time_that_cannot_be_read_is_refused),
};
TEST_ENGINE_MAIN(tests)
