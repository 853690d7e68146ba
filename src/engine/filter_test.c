/* SPDX-License-Identifier: Apache-2.0
 *
 * filter_test.c -- the filter language: each operator on real rows, each fault with its position, and texts that would
 * like to be SQL.
 */
#include "engine/test_engine.h"
#include "engine/filter.h"

/* ---- rows ---- */

/* Samples A to E; their titles are these letters, so that an expectation reads as a word. */
static void
fill(struct test_engine *t)
{
        static const char *const rows[] = {
                "{'title':'A','colour':'red','kinds':['a','b'],'weight':1.5,'amount':-5,'ready':true,"
                "'on_day':'2026-01-31','at_time':'2026-03-01T08:00:00+08:00','remark':'Power 100% lost','handler':null}",
                "{'title':'B','colour':'green','kinds':['ab'],'weight':-2.25,'amount':0,'ready':false,"
                "'on_day':'2026-02-28','at_time':'2026-03-01T00:00:01Z','remark':'power_supply'}",
                "{'title':'C','colour':'blue','weight':10,'amount':5,'remark':'\\u4e2d\\u6587 it\\u0027s'}",
                "{'title':'D','colour':'red','kinds':['b'],'code':'x;y,(z)'}",
                "{'title':'E','remark':'\\u00c4rger \\uff21\\uff22'}",
        };
        struct record *last = NULL;
        int64_t n = 0;

        sql_one_int(t->ctx, t->conn, &n, "select count(*) from sample", "");
        for (size_t i = 0; n == 0 && i < sizeof rows / sizeof *rows; i++)
                last = test_sample(t, rows[i]);
        if (last == NULL)
                return;
        record_set_int(last, "handler", 7);
        record_set_int(last, "team", 70);
        record_set_int(last, "account", 700);
        test_must(t, store_save(&t->w, last, "test"));
}

/* The titles of what a filter finds, in order; NULL when it is refused. */
static const char *
found_by(struct test_engine *t, struct work *w, const char *filter)
{
        struct list_options o = {.filter = str_of(filter), .sort = STR("title"), .limit = 200};
        struct jw jw = {0};
        struct buf titles = {0};
        const char *s = NULL;

        if (store_list_json(w, test_entity(t, "sample"), &o, &jw)) {
                const struct json *list = json_parse(t->ctx, arena_strndup(t->ctx->arena, jw.b.p, jw.b.n), jw.b.n, 100000);
                const struct json *items = json_get(list, "items");
                for (const struct json *j = items->child; j; j = j->next)
                        buf_str(&titles, json_get_text(j, "title"));
                s = arena_strdup(t->ctx->arena, buf_c(&titles));
        }
        buf_free(&titles);
        jw_free(&jw);
        return s;
}

static const char *
found(struct test_engine *t, const char *filter)
{
        const char *s;

        fill(t);
        s = found_by(t, &t->w, filter);
        test_must(t, s != NULL);
        return s;
}
#define FINDS(filter, titles) assert_string_equal(found(t, filter), titles)

static void
test_no_filter_finds_all(void **state)
{
        struct test_engine *t = *state;

        FINDS("", "ABCDE");
}

static void
test_equal_and_unequal(void **state)
{
        struct test_engine *t = *state;

        FINDS("colour==red", "AD");
        FINDS("colour!=red", "BCE");           /* what has no colour is not red */
        FINDS("amount==-5", "A");
        FINDS("ready==true", "A");
        FINDS("ready!=true", "BCDE");
        FINDS("title==A", "A");
        FINDS("title==\"A\"", "A");
        FINDS("title=='A'", "A");
}

static void
test_null(void **state)
{
        struct test_engine *t = *state;

        FINDS("colour==null", "E");
        FINDS("colour!=null", "ABCD");
        FINDS("title=='null'", "");            /* quoted it is a text */
}

static void
test_order(void **state)
{
        struct test_engine *t = *state;

        FINDS("amount=lt=0", "A");
        FINDS("amount=le=0", "AB");
        FINDS("amount=gt=0", "C");
        FINDS("amount=ge=0", "BC");
        FINDS("weight=gt=1.5", "C");
        FINDS("weight=ge=1.500", "AC");
        FINDS("weight=lt=-2.249", "B");
        FINDS("on_day=ge=2026-02-01", "B");
        FINDS("on_day=lt=2026-02-01", "A");
}

static void
test_times(void **state)
{
        struct test_engine *t = *state;

        FINDS("at_time==2026-03-01T00:00:00Z", "A");
        FINDS("at_time=='2026-03-01T08:00:00+08:00'", "A");
        FINDS("at_time=gt=2026-03-01", "B");
        FINDS("at_time=lt=now", "AB");
        FINDS("created_at=le=now", "ABCDE");
        FINDS("created_at=gt=now", "");
}

static void
test_lists(void **state)
{
        struct test_engine *t = *state;

        FINDS("colour=in=(red,blue)", "ACD");
        FINDS("colour=in=(red)", "AD");
        FINDS("colour=out=(red,blue)", "BE");  /* as != does: what has none is not among them */
        FINDS("title=in=('A',\"B\",C)", "ABC");
}

static void
test_like(void **state)
{
        struct test_engine *t = *state;

        FINDS("remark=like=*power*", "AB");
        FINDS("remark=like=POWER*", "AB");
        FINDS("remark=like=*lost", "A");
        FINDS("remark=like=power", "");
        FINDS("remark=like='*100%*'", "A");    /* % and _ stand for themselves */
        FINDS("remark=like=*r%s*", "");
        FINDS("remark=like=*power_s*", "B");
        FINDS("remark=like=*power?s*", "");
        FINDS("remark=like=*\xe4\xb8\xad*", "C");
        FINDS("remark=like=*\xef\xbc\xa1*", "E");      /* fullwidth A, as it stands in the text */
}

static void
test_contains(void **state)
{
        struct test_engine *t = *state;

        FINDS("kinds=contains=a", "A");        /* not "ab" */
        FINDS("kinds=contains=b", "AD");
        FINDS("kinds=contains=ab", "B");
        FINDS("kinds=contains=%", "");
}

static void
test_and_or_groups(void **state)
{
        struct test_engine *t = *state;

        FINDS("colour==red;amount==-5", "A");
        FINDS("colour==green,colour==blue", "BC");
        FINDS("colour==green,colour==red;amount==-5", "AB");   /* and binds closer */
        FINDS("(colour==green,colour==red);amount=le=0", "AB");
        FINDS("((title==A))", "A");
}

static void
test_system_names(void **state)
{
        struct test_engine *t = *state;

        FINDS("state==fresh", "ABCDE");
        FINDS("state!=fresh", "");
        FINDS("stage==accept", "ABCDE");
        FINDS("state.kind==open", "ABCDE");
        FINDS("state.kind!=closed", "ABCDE");
        FINDS("state.kind==waiting", "");
        FINDS("version==2", "E");
        FINDS("number=like=SM-2027-*", "ABCDE");
}

static void
test_me_and_mine(void **state)
{
        struct test_engine *t = *state;
        struct work seven = test_as(t, "duty_manager", 7, 70, 700), nine = test_as(t, "duty_manager", 9, 0, 0);

        fill(t);
        assert_string_equal(found_by(t, &seven, "handler==me"), "E");
        assert_string_equal(found_by(t, &nine, "handler==me"), "");
        assert_string_equal(found_by(t, &seven, "handler!=me"), "ABCD");
        assert_string_equal(found_by(t, &seven, "team==mine"), "E");
        assert_string_equal(found_by(t, &seven, "team!=mine"), "ABCD");
        assert_string_equal(found_by(t, &nine, "team==mine"), "");
        assert_string_equal(found_by(t, &nine, "team!=mine"), "ABCDE");
}

/* ---- refusals ---- */

/* Is it refused with E_FILTER, and does the sentence name this position? */
static void
refused(struct test_engine *t, struct work *w, const char *filter, int position)
{
        char at[24];

        fill(t);
        assert_null(found_by(t, w, filter));
        assert_non_null(t->ctx->errors);
        if (position >= 0) {
                snprintf(at, sizeof at, "%d", position);
                assert_int_equal(t->ctx->errors->code, E_FILTER);
                if (strstr(t->ctx->errors->en, at) == NULL)
                        fprintf(stderr, "%s: %s\n", filter, t->ctx->errors->en);
                assert_non_null(strstr(t->ctx->errors->en, at));
        }
        ctx_clear(t->ctx);
}

static void
test_faults_name_their_position(void **state)
{
        static const struct {
                const char *filter;
                int position;
        } faults[] = {
                {"==red", 0},          {"nothing==1", 0},      {"colour", 6},          {"colour=red", 6},
                {"colour==", 8},       {"colour==red;", 12},   {"colour==red)", 11},   {"(colour==red", 12},
                {"colour=in=red", 10}, {"colour=in=(red", 14}, {"colour=in=()", 11},   {"title=='A", 9},
                {"colour==red extra==1", -1},                  {"amount=like=*5*", 15}, {"title=contains=A", 16},
                {"state.kind==odd", 15}, {"state.kind=lt=open", 18}, {"created_at==soon", 16}, {"id==abc", 7},
                {"Colour==red", 0},    {"colour ==red", 6},    {"a.b==1", 0},
        };

        for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
                refused(*state, &((struct test_engine *)*state)->w, faults[i].filter, faults[i].position);
}

static void
test_values_must_fit_the_field(void **state)
{
        static const char *const faults[] = {"amount==many", "colour==pink", "ready==perhaps", "on_day==2026-02-30",
                                             "at_time==yesterday", "weight==1.2345", "handler==somebody"};

        for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
                refused(*state, &((struct test_engine *)*state)->w, faults[i], -1);
}

static void
test_hidden_fields_are_unknown(void **state)
{
        struct test_engine *t = *state;
        struct work t1 = test_as(t, "t2_expert", 8, 0, 0), boss = test_as(t, "duty_manager", 9, 0, 0);

        refused(t, &t1, "secret==x", 0);
        assert_string_equal(found_by(t, &boss, "secret==x"), "");
}

static void
test_bounds(void **state)
{
        struct test_engine *t = *state;
        struct buf deep = {0}, many = {0};

        for (int i = 0; i < 40; i++)
                buf_char(&deep, '(');
        refused(t, &t->w, buf_c(&deep), -1);
        for (int i = 0; i < 101; i++)
                buf_printf(&many, "%sid==%d", i ? "," : "", i);
        refused(t, &t->w, buf_c(&many), -1);
        buf_free(&deep);
        buf_free(&many);
}

static void
test_nothing_becomes_sql(void **state)
{
        struct test_engine *t = *state;

        FINDS("title==\"A' or '1'='1\"", "");
        FINDS("title==\"x'; drop table sample; --\"", "");
        FINDS("code==\"x;y,(z)\"", "D");
        FINDS("remark=like=\"*it's*\"", "C");
        FINDS("title==\"\\\"\"", "");
        FINDS("title==$1", "");
        refused(t, &t->w, "title\"--==A", -1);
        refused(t, &t->w, "1;drop==A", -1);
        refused(t, &t->w, "title==\xff", -1);
        refused(t, &t->w, "remark=like=*\xc3", -1);
        FINDS("", "ABCDE");
}

static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_filter_finds_all),
        cmocka_unit_test(test_equal_and_unequal),
        cmocka_unit_test(test_null),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_like),
        cmocka_unit_test(test_contains),
        cmocka_unit_test(test_and_or_groups),
        cmocka_unit_test(test_system_names),
        cmocka_unit_test(test_me_and_mine),
        cmocka_unit_test(test_faults_name_their_position),
        cmocka_unit_test(test_values_must_fit_the_field),
        cmocka_unit_test(test_hidden_fields_are_unknown),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_nothing_becomes_sql),
};
TEST_ENGINE_MAIN(tests)
