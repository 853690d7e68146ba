/* SPDX-License-Identifier: Apache-2.0
 *
 * mapping_test.c -- mappings: what the shipped ones say, and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail /* cmocka's; ours is base/ctx.h */
#include "channel/mapping.h"
#include <stdio.h>

static struct model *model;
static struct arena *arena;
static struct ctx ctx;

static int
setup(void **state)
{
        struct source *sources;
        size_t n;

        arena = arena_new(0);
        ctx_init(&ctx, arena);
        if (model_sources(&ctx, NULL, &sources, &n))
                model = model_load(&ctx, sources, n, NULL, 0);
        return model == NULL;
}

static int
teardown(void **state)
{
        model_free(model);
        arena_free(arena);
        return 0;
}

static struct mapping *
shipped(const char *name)
{
        struct mapping *m = mapping_load(&ctx, arena, model, name, NULL);

        if (m == NULL)
                ctx_print_errors(&ctx, stderr);
        assert_non_null(m);
        return m;
}

static void
assert_state(const struct mapping *m, const char *state, const char *substate, const char *ours)
{
        const struct map_value *v = map_state(m, str_of(state), str_of(substate));

        assert_non_null(v);
        assert_string_equal(v->state ? v->state->name : "same", ours);
}

static void
volvo_states_are_ours_by_state_and_substate(void **state)
{
        const struct mapping *m = shipped("volvo");

        assert_state(m, "Queued", "Awaiting Assignment", "dispatched");
        assert_state(m, "Accepted", "In Progress", "in_progress");
        assert_state(m, "Accepted", "Wait - Vendor", "waiting");
        assert_state(m, "Completed", "Resolved", "resolved");
        assert_state(m, "Completed", "Closed", "closed");
        assert_state(m, "Completed", "Cancelled", "cancelled");
        assert_state(m, "Unmatched", "Unmatched", "registered");
        assert_null(map_state(m, STR("Dreaming"), STR("Closed")));
}

static void
volvo_lines_stand_in_the_team_name(void **state)
{
        const struct mapping *m = shipped("volvo");

        assert_int_equal(map_team_tier(m, STR("V30"))->tier, 1);
        assert_int_equal(map_team_tier(m, STR("J11 2nd"))->tier, 2);
        assert_int_equal(map_team_tier(m, STR("V5 3rd"))->tier, 3);
        assert_int_equal(map_team_tier(m, STR("V13 2nd 3rd"))->tier, 0);
}

static void
volvo_reads_both_formats(void **state)
{
        const struct mapping *m = shipped("volvo");

        assert_true(str_is(m->column[PART_CASE][LOG_CSV].name, "SR Number"));
        assert_true(str_is(m->column[PART_CASE][LOG_XES].name, "concept:name"));
        assert_true(m->column[PART_CASE][LOG_XES].of_trace);
        assert_false(m->column[PART_STATE][LOG_XES].of_trace);
}

static void
servicenow_times_are_brazilian(void **state)
{
        const struct mapping *m = shipped("servicenow");
        struct civil c = {.year = 2016, .month = 2, .day = 29, .hour = 4, .minute = 16};
        usec t;

        assert_true(mapping_time(m, STR("29/2/2016 01:16"), &t));
        assert_int_equal(t, time_of_civil(c));
        assert_false(mapping_time(m, STR("2/29/2016 01:16"), &t));
        assert_false(mapping_time(m, STR("?"), &t));
}

static void
servicenow_knows_what_is_unknown(void **state)
{
        const struct mapping *m = shipped("servicenow");

        assert_true(mapping_unknown(m, STR("?")));
        assert_true(mapping_unknown(m, STR("")));
        assert_false(mapping_unknown(m, STR("Group 70")));
        assert_state(m, "-100", "", "same");
        assert_true(str_is(map_find(&m->priorities, STR("2 - High"))->to, "P2"));
}

/* Reads a text that must fail, with this place among the faults. */
static void
assert_fault(const char *text, const char *place)
{
        bool found = false;

        assert_null(mapping_read(&ctx, arena, model, str_of(text), "m.yaml"));
        for (const struct error *e = ctx.errors; e; e = e->next)
                found |= strcmp(e->field, place) == 0;
        if (!found)
                ctx_print_errors(&ctx, stderr);
        assert_true(found);
        ctx_clear(&ctx);
}

#define WHOLE "map: m\ncolumns: {case: a, time: b, state: c}\n"

static void
the_least_mapping_is_three_columns_and_states(void **state)
{
        struct mapping *m = mapping_read(&ctx, arena, model, STR(WHOLE "states: {otherwise: same}\n"), "m.yaml");

        assert_non_null(m);
        assert_string_equal(m->name, "m");
        assert_int_equal(m->separator, ',');
        assert_state(m, "anything", "", "same");
}

static void
faults_are_told_with_their_place(void **state)
{
        assert_fault("- a\n", "m.yaml:1:1");
        assert_fault(WHOLE "states: {x: nowhere}\n", "m.yaml:3:13");
        assert_fault(WHOLE "states: {x: closed}\nwhat: 1\n", "m.yaml:4:1");
        assert_fault(WHOLE "states: {x: closed}\ntime: {format: \"%Q\"}\n", "m.yaml:4:16");
        assert_fault(WHOLE "states: {x: closed}\ntime: {zone: Mars/North}\n", "m.yaml:4:14");
        assert_fault(WHOLE "states: {x: closed}\ntitle: \"{nothing}\"\n", "m.yaml:4:8");
        assert_fault(WHOLE "states: {x: closed}\nseparator: x\n", "m.yaml:4:12");
        assert_fault(WHOLE "states: {x: closed}\npriorities: {1: P9}\n", "m.yaml:4:17");
        assert_fault(WHOLE "states: {x: closed}\nfields: {nothing: d}\n", "m.yaml:4:10");
        assert_fault(WHOLE "states: {x: closed}\nentity: account\n", "m.yaml:4:9");
        assert_fault("map: m\ncolumns: {case: a, time: b}\nstates: {x: closed}\n", "m.yaml:1:1");
        assert_fault("map: m\ncolumns: {case: a, time: b, state: c, tier: d}\nstates: {x: closed}\n", "m.yaml:1:1");
        assert_fault("map: m\ncolumns: {case: [a], time: b, state: c}\nstates: {x: closed}\n", "m.yaml:2:17");
        assert_fault("map: a/b\ncolumns: {case: a, time: b, state: c}\nstates: {x: closed}\n", "m.yaml:1:6");
}

static void
an_unknown_name_is_an_error_of_use(void **state)
{
        assert_null(mapping_load(&ctx, arena, model, "nobody", NULL));
        assert_int_equal(ctx.errors->code, E_USAGE);
        ctx_clear(&ctx);
        assert_null(mapping_load(&ctx, arena, model, "/nowhere/m.yaml", NULL));
        assert_int_equal(ctx.errors->code, E_IO);
        ctx_clear(&ctx);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(volvo_states_are_ours_by_state_and_substate),
                cmocka_unit_test(volvo_lines_stand_in_the_team_name),
                cmocka_unit_test(volvo_reads_both_formats),
                cmocka_unit_test(servicenow_times_are_brazilian),
                cmocka_unit_test(servicenow_knows_what_is_unknown),
                cmocka_unit_test(the_least_mapping_is_three_columns_and_states),
                cmocka_unit_test(faults_are_told_with_their_place),
                cmocka_unit_test(an_unknown_name_is_an_error_of_use),
        };

        return cmocka_run_group_tests(tests, setup, teardown);
}
