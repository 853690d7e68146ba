/* SPDX-License-Identifier: Apache-2.0
 *
 * sheet_test.c -- rows of a table as records: what cells may say, what is the key, what is told of faults.
 */
#include "engine/test_engine.h"
#include "channel/sheet.h"

static struct sheet sheet;

static bool
open_sheet(struct test_engine *t, const char *csv, const char *columns, const char *key)
{
        struct json *map = columns ? json_parse(t->ctx, arena_strdup(t->ctx->arena, columns), strlen(columns), 100) : NULL;

        return sheet_open(&t->w, &sheet, model_entity(t->model, "sample"), str_of(csv), ',', map, str_of(key));
}

/* The next row done; -1 when it is refused. */
static int
apply(struct test_engine *t, int64_t *ret_id)
{
        enum sheet_deed deed;

        assert_true(sheet_next(t->ctx, &sheet));
        return sheet_apply(&t->w, &sheet, &deed, ret_id) ? (int)deed : -1;
}

static void
test_again_changes_nothing(void **state)
{
        struct test_engine *t = *state;
        const char *csv = "title,code,colour,ready\nOne,A1,red,yes\nOne,A1,,\nTwo,A1,red,是\n";
        int64_t first, id;

        assert_true(open_sheet(t, csv, NULL, NULL));
        assert_int_equal(apply(t, &first), SHEET_CREATE);
        assert_int_equal(apply(t, &id), SHEET_SAME);
        assert_int_equal(id, first);
        assert_int_equal(apply(t, &id), SHEET_UPDATE);
        assert_int_equal(id, first);
        struct record *r = store_load(&t->w, sheet.e, first);
        assert_true(record_is(r, "title", "Two"));
        assert_true(record_is(r, "colour", "red"));
        assert_int_equal(record_int(r, "ready"), 1);
        assert_int_equal(r->version, 2);
        assert_false(sheet_next(t->ctx, &sheet));
        sheet_close(&sheet);
}

static void
test_several_values(void **state)
{
        struct test_engine *t = *state;
        int64_t id;

        assert_true(open_sheet(t, "title,kinds,weight\nOne,a; ab,1.250\n", NULL, NULL));
        assert_int_equal(apply(t, &id), SHEET_CREATE);
        struct record *r = store_load(&t->w, sheet.e, id);
        assert_true(record_is(r, "kinds", "[\"a\",\"ab\"]"));
        assert_int_equal(record_int(r, "weight"), 1250);
        sheet_close(&sheet);
}

static void
test_all_faults_of_a_row(void **state)
{
        struct test_engine *t = *state;
        int64_t id;

        assert_true(open_sheet(t, "title,colour,amount,on_day\nOne,pink,6,tomorrow\n", NULL, NULL));
        assert_int_equal(apply(t, &id), -1);
        size_t n = 0;
        for (const struct error *e = t->ctx->errors; e; e = e->next)
                n++;
        assert_int_equal(n, 3);
        assert_string_equal(t->ctx->errors->field, "colour");
        ctx_clear(t->ctx);
        sheet_close(&sheet);
}

static void
test_headings(void **state)
{
        static const struct {
                const char *csv, *columns, *key;
                enum err_code code;
        } bad[] = {{"title,shade\n", NULL, NULL, E_UNKNOWN_FIELD},
                   {"title,stamp\n", NULL, NULL, E_READ_ONLY},
                   {"a,b\n", "{\"a\":\"title\",\"b\":\"title\"}", NULL, E_DUPLICATE_FIELD},
                   {"a\n", "{\"z\":\"title\"}", NULL, E_NOT_ALLOWED_VALUE},
                   {"title\n", NULL, "code", E_NOT_ALLOWED_VALUE},
                   {"", NULL, NULL, E_REQUIRED}};
        struct test_engine *t = *state;

        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                assert_false(open_sheet(t, bad[i].csv, bad[i].columns, bad[i].key));
                assert_int_equal(t->ctx->errors->code, bad[i].code);
                ctx_clear(t->ctx);
                sheet_close(&sheet);
        }
}

static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_again_changes_nothing),
        cmocka_unit_test(test_several_values),
        cmocka_unit_test(test_all_faults_of_a_row),
        cmocka_unit_test(test_headings),
};
TEST_ENGINE_MAIN(tests)
