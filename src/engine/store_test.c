/* SPDX-License-Identifier: Apache-2.0
 *
 * store_test.c -- the one path of every change and the reads: creating, changing, removing, children, versions, numbers,
 * lists and their pages.
 */
#include "engine/test_engine.h"

/* ---- helpers ---- */

static const struct json *
as_json(struct test_engine *t, struct jw *jw)
{
        const struct json *j = test_json(t, str_c(t->ctx->arena, jw_view(jw)));

        jw_free(jw);
        return j;
}

static const struct json *
read_back(struct test_engine *t, struct work *w, const struct entity *e, int64_t id)
{
        struct read_options o = {.labels = true};
        struct jw jw = {0};
        int64_t version;
        char key[24];

        snprintf(key, sizeof key, "%lld", (long long)id);
        test_must(t, store_read_json(w, e, str_of(key), &o, &jw, &version));
        return as_json(t, &jw);
}

static struct record *
create(struct test_engine *t, struct work *w, const char *json)
{
        return store_create(w, test_entity(t, "sample"), test_json(t, json));
}

/* The creation fails, and its first error has this code and field. */
static void
create_fails(struct test_engine *t, const char *json, enum err_code code, const char *field)
{
        assert_null(create(t, &t->w, json));
        assert_non_null(t->ctx->errors);
        if (t->ctx->errors->code != code || strcmp(t->ctx->errors->field, field) != 0)
                fprintf(stderr, "%s: %s: %s\n", json, t->ctx->errors->field, t->ctx->errors->en);
        assert_int_equal(t->ctx->errors->code, code);
        assert_string_equal(t->ctx->errors->field, field);
        ctx_clear(t->ctx);
}

/* ---- creating ---- */

static void
test_what_was_given_is_read_back(void **state)
{
        struct test_engine *t = *state;
        struct record *r = create(t, &t->w,
                                  "{\"title\":\"all\",\"colour\":\"green\",\"kinds\":[\"a\",\"ab\"],\"weight\":-1.125,"
                                  "\"price\":999.99,\"amount\":-5,\"ready\":false,\"on_day\":\"2028-02-29\","
                                  "\"at_time\":\"2026-01-01T00:00:00.5+08:00\",\"remark\":\"\\u4e2d\\n\",\"code\":\"c1\"}");
        const struct json *j;

        test_must(t, r != NULL);
        j = read_back(t, &t->w, r->e, r->id);
        assert_true(str_is(json_get_text(j, "colour"), "green"));
        assert_int_equal(json_get(j, "kinds")->count, 2);
        assert_true(str_is(json_get(j, "weight")->text, "-1.125"));
        assert_true(str_is(json_get(j, "price")->text, "999.99"));
        assert_int_equal(json_get(j, "amount")->i, -5);
        assert_int_equal(json_get(j, "ready")->type, JSON_FALSE);
        assert_true(str_is(json_get_text(j, "on_day"), "2028-02-29"));
        assert_true(str_is(json_get_text(j, "at_time"), "2025-12-31T16:00:00.500000Z"));
        assert_true(str_is(json_get_text(j, "remark"), "\xe4\xb8\xad\n"));
        assert_true(str_is(json_get_text(j, "origin"), "lab"));
        assert_true(str_is(json_get_text(j, "state"), "fresh"));
        assert_int_equal(json_get(j, "_v")->i, 1);
        assert_int_equal(json_get(j, "secret")->type, JSON_NULL);
}

static void
test_limits_at_both_edges(void **state)
{
        struct test_engine *t = *state;

        assert_non_null(create(t, &t->w, "{\"title\":\"e\",\"price\":0,\"amount\":5}"));
        assert_non_null(create(t, &t->w, "{\"title\":\"e\",\"price\":1000,\"amount\":-5}"));
        create_fails(t, "{\"title\":\"e\",\"price\":1000.01}", E_TOO_LARGE_VALUE, "price");
        create_fails(t, "{\"title\":\"e\",\"price\":-0.01}", E_TOO_SMALL, "price");
        create_fails(t, "{\"title\":\"e\",\"amount\":6}", E_TOO_LARGE_VALUE, "amount");
        create_fails(t, "{\"title\":\"e\",\"amount\":-6}", E_TOO_SMALL, "amount");
        assert_non_null(create(t, &t->w, "{\"title\":\"e\",\"code\":\"0123456789\"}"));
        create_fails(t, "{\"title\":\"e\",\"code\":\"01234567890\"}", E_TOO_LONG, "code");
        /* ten characters of three bytes each */
        assert_non_null(create(t, &t->w, "{\"title\":\"e\",\"code\":\"\\u4e2d\\u4e2d\\u4e2d\\u4e2d\\u4e2d\\u4e2d\\u4e2d\\u4e2d\\u4e2d\\u4e2d\"}"));
}

static void
test_faults_have_their_field(void **state)
{
        struct test_engine *t = *state;

        create_fails(t, "{}", E_REQUIRED, "title");
        create_fails(t, "{\"title\":\"\"}", E_REQUIRED, "title");
        create_fails(t, "{\"title\":1}", E_TYPE, "title");
        create_fails(t, "{\"title\":\"x\",\"colur\":\"red\"}", E_UNKNOWN_FIELD, "colur");
        create_fails(t, "{\"title\":\"x\",\"title\":\"y\"}", E_DUPLICATE_FIELD, "title");
        create_fails(t, "{\"title\":\"x\",\"colour\":\"pink\"}", E_NOT_ALLOWED_VALUE, "colour");
        create_fails(t, "{\"title\":\"x\",\"stamp\":\"2026-01-01T00:00:00Z\"}", E_READ_ONLY, "stamp");
        create_fails(t, "{\"title\":\"x\",\"account\":999999}", E_NO_SUCH_LINK, "account");
        create_fails(t, "[]", E_TYPE, "");
}

static void
test_all_faults_are_told_at_once(void **state)
{
        struct test_engine *t = *state;
        int n = 0;

        assert_null(create(t, &t->w, "{\"colour\":\"pink\",\"amount\":99,\"nothing\":1}"));
        for (const struct error *e = t->ctx->errors; e; e = e->next)
                n++;
        assert_int_equal(n, 4);                /* these three and the missing title */
        ctx_clear(t->ctx);
}

static void
test_numbers_count_up(void **state)
{
        struct test_engine *t = *state;
        struct record *a = test_sample(t, "{'title':'a'}"), *b = test_sample(t, "{'title':'b'}");

        assert_true(str_starts(str_of(a->number), STR("SM-2027-")));
        assert_int_equal(atoi(b->number + 8), atoi(a->number + 8) + 1);
        assert_int_equal(store_find(&t->w, a->e, str_of(b->number))->id, b->id);
}

static void
test_a_unique_value_stands_once(void **state)
{
        struct test_engine *t = *state;

        test_must(t, create(t, &t->w, "{\"title\":\"x\",\"code\":\"once\"}") != NULL);
        test_must(t, tx_savepoint(t->ctx, t->conn));
        assert_true(create(t, &t->w, "{\"title\":\"y\",\"code\":\"once\"}") == NULL || !sql_flush(t->ctx, t->conn));
        assert_int_equal(test_error(t), E_NOT_UNIQUE);
        tx_undo(t->conn);
}

static void
test_only_who_may_creates(void **state)
{
        struct test_engine *t = *state;
        struct work vendor = test_as(t, "vendor_contact", 9, 0, 0);

        assert_null(create(t, &vendor, "{\"title\":\"x\"}"));
        assert_int_equal(test_error(t), E_DENIED);
        assert_null(store_create(&t->w, test_entity(t, "case"), test_json(t, "{\"title\":\"x\"}")));
        assert_int_equal(test_error(t), E_DENIED);
}

/* What one creates must lie in one's own sight. */
static void
test_nobody_creates_out_of_sight(void **state)
{
        struct test_engine *t = *state;
        struct record *a = store_create(&t->w, test_entity(t, "account"), test_json(t, "{\"code\":\"A1\",\"name\":\"A\"}"));
        struct record *b = store_create(&t->w, test_entity(t, "account"), test_json(t, "{\"code\":\"B1\",\"name\":\"B\"}"));
        struct work customer = test_as(t, "customer_contact", 9, 0, a->id);
        const char *theirs = arena_printf(t->ctx->arena, "{\"title\":\"x\",\"account\":%lld}", (long long)b->id);

        assert_null(create(t, &customer, theirs));
        assert_int_equal(test_error(t), E_NO_SUCH_LINK);
        assert_non_null(create(t, &customer, "{\"title\":\"x\"}"));    /* preset: the own account */
}

/* ---- changing ---- */

static void
test_a_change_counts_the_version(void **state)
{
        struct test_engine *t = *state;
        struct record *r = test_sample(t, "{'title':'old','remark':'r'}");

        test_must(t, store_update(&t->w, r, test_json(t, "{\"title\":\"new\",\"remark\":null}"), 1));
        assert_int_equal(r->version, 2);
        assert_true(str_is(json_get_text(read_back(t, &t->w, r->e, r->id), "title"), "new"));
        assert_int_equal(json_get(read_back(t, &t->w, r->e, r->id), "remark")->type, JSON_NULL);
}

static void
test_no_change_is_no_event(void **state)
{
        struct test_engine *t = *state;
        struct record *r = test_sample(t, "{'title':'same'}");

        test_must(t, store_update(&t->w, r, test_json(t, "{\"title\":\"same\"}"), 0));
        assert_int_equal(r->version, 1);
        assert_int_equal(r->event_count, 1);
}

static void
test_a_stale_version_is_refused(void **state)
{
        struct test_engine *t = *state;
        struct record *r = test_sample(t, "{'title':'x'}");

        assert_false(store_update(&t->w, r, test_json(t, "{\"title\":\"y\"}"), 2));
        assert_int_equal(test_error(t), E_STALE);
}

/* Two have the record in hand; the row itself refuses the second, and none of its statements holds. */
static void
test_the_row_refuses_the_second_of_two(void **state)
{
        struct test_engine *t = *state;
        struct record *r = test_sample(t, "{'title':'x'}"), *a = store_load(&t->w, r->e, r->id), *b = store_load(&t->w, r->e, r->id);

        test_must(t, store_update(&t->w, a, test_json(t, "{\"title\":\"first\"}"), 0));
        assert_false(store_update(&t->w, b, test_json(t, "{\"title\":\"second\"}"), 0));
        assert_int_equal(test_error(t), E_DB_RETRY);
        assert_true(str_is(json_get_text(read_back(t, &t->w, r->e, r->id), "title"), "first"));
}

/* A message moves the case's head, not its version; a change made from before it is refused too. */
static void
test_the_row_refuses_a_change_that_missed_a_message(void **state)
{
        struct test_engine *t = *state;
        struct record *r = test_sample(t, "{'title':'x'}"), *late = store_load(&t->w, r->e, r->id);

        test_must(t, store_create_child(&t->w, test_entity(t, "message"), r,
                                        test_json(t, "{\"body\":\"hello\",\"visibility\":\"public\"}")) != NULL);
        assert_false(store_update(&t->w, late, test_json(t, "{\"title\":\"y\"}"), 0));
        assert_int_equal(test_error(t), E_DB_RETRY);
}

static void
test_what_cannot_be_changed(void **state)
{
        static const struct {
                const char *patch;
                enum err_code code;
        } refusals[] = {{"{\"origin\":\"other\"}", E_READ_ONLY},   {"{\"stamp\":null}", E_READ_ONLY},
                        {"{\"title\":null}", E_REQUIRED},         {"{\"id\":1}", E_UNKNOWN_FIELD},
                        {"{\"state\":\"gone\"}", E_UNKNOWN_FIELD}, {"{\"_v\":9}", E_UNKNOWN_FIELD},
                        {"{\"number\":\"X\"}", E_UNKNOWN_FIELD},  {"[1]", E_TYPE}};
        struct test_engine *t = *state;

        for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
                struct record *r = test_sample(t, "{'title':'x'}");
                assert_false(store_update(&t->w, r, test_json(t, refusals[i].patch), 0));
                assert_int_equal(test_error(t), refusals[i].code);
        }
}

static void
test_hidden_fields_stay_hidden(void **state)
{
        struct test_engine *t = *state;
        struct record *r = test_sample(t, "{'title':'x'}");
        struct work expert = test_as(t, "t2_expert", 9, 0, 0), boss = test_as(t, "duty_manager", 9, 0, 0);

        record_set_int(r, "handler", 9);
        test_must(t, store_update(&boss, r, test_json(t, "{\"secret\":\"psst\"}"), 0));
        assert_null(json_get(read_back(t, &expert, r->e, r->id), "secret"));
        assert_true(str_is(json_get_text(read_back(t, &boss, r->e, r->id), "secret"), "psst"));
        assert_false(store_update(&expert, r, test_json(t, "{\"secret\":\"known\"}"), 0));
        assert_int_equal(test_error(t), E_UNKNOWN_FIELD);      /* as if it were not there */
}

/* ---- children, removal ---- */

static void
test_children(void **state)
{
        struct test_engine *t = *state;
        struct record *r = test_sample(t, "{'title':'x'}"), *other = test_sample(t, "{'title':'y'}"), *c;
        const struct entity *task = test_entity(t, "task");

        c = store_create_child(&t->w, task, r, test_json(t, "{\"title\":\"call\"}"));
        test_must(t, c != NULL);
        assert_int_equal(r->event_count, 2);
        assert_int_equal(r->version, 1);
        test_must(t, store_update(&t->w, c, test_json(t, "{\"done\":true}"), 1));
        assert_int_equal(c->version, 2);
        assert_non_null(store_get_child(&t->w, task, r, c->id));
        assert_null(store_get_child(&t->w, task, other, c->id));
        assert_int_equal(test_error(t), E_NOT_FOUND);
}

static void
test_customers_see_public_children_only(void **state)
{
        struct test_engine *t = *state;
        struct record *r = test_sample(t, "{'title':'x'}"), *in, *out;
        const struct entity *message = test_entity(t, "message");
        struct work customer = test_as(t, "customer_contact", 9, 0, 1);

        in = store_create_child(&t->w, message, r, test_json(t, "{\"body\":\"inside\",\"visibility\":\"internal\"}"));
        out = store_create_child(&t->w, message, r, test_json(t, "{\"body\":\"outside\",\"visibility\":\"public\"}"));
        assert_null(store_get_child(&customer, message, r, in->id));
        assert_int_equal(test_error(t), E_NOT_FOUND);
        assert_non_null(store_get_child(&customer, message, r, out->id));
        assert_null(store_create_child(&customer, message, r,
                                       test_json(t, "{\"body\":\"mine\",\"visibility\":\"internal\"}")));
        assert_int_equal(test_error(t), E_NOT_ALLOWED_VALUE);
}

static void
test_removal(void **state)
{
        struct test_engine *t = *state;
        struct record *r = test_sample(t, "{'title':'x'}"), *tag;
        struct work t1 = test_as(t, "t1_engineer", 9, 0, 0), vendor = test_as(t, "vendor_contact", 9, 0, 0);

        tag = store_create_child(&t1, test_entity(t, "tag"), r, test_json(t, "{\"name\":\"urgent\"}"));
        test_must(t, tag != NULL);
        assert_false(store_remove(&t->w, r, 0));               /* a case never */
        assert_int_equal(test_error(t), E_DENIED);
        assert_false(store_remove(&vendor, tag, 0));
        assert_int_equal(test_error(t), E_DENIED);
        test_must(t, store_remove(&t1, tag, 0));
        assert_null(store_get_child(&t->w, tag->e, r, tag->id));
        assert_int_equal(test_error(t), E_NOT_FOUND);
}

/* ---- lists ---- */

static const struct json *
list(struct test_engine *t, const char *filter, const char *sort, struct str cursor, int limit)
{
        struct list_options o = {.filter = str_of(filter), .sort = str_of(sort), .cursor = cursor, .limit = limit, .count = true};
        struct jw jw = {0};

        test_must(t, store_list_json(&t->w, test_entity(t, "sample"), &o, &jw));
        return as_json(t, &jw);
}

/* Walks all pages of a sort while rows are added between them: what was there before comes once and in order. */
static void
walk(struct test_engine *t, const char *sort)
{
        const char *filter = "origin==lab;title=like=page*";
        const struct json *expect = json_get(list(t, filter, sort, STR_NONE, 200), "items")->child;
        int64_t newest = test_sample(t, "{'title':'not of the list'}")->id;
        struct str cursor = STR_NONE;
        int added = 0;

        do {
                const struct json *page = list(t, filter, sort, cursor, 3);
                for (const struct json *j = json_get(page, "items")->child; j; j = j->next) {
                        int64_t id = json_get(j, "id")->i;
                        if (id > newest)
                                continue;      /* came meanwhile */
                        assert_non_null(expect);
                        assert_int_equal(id, json_get(expect, "id")->i);
                        expect = expect->next;
                }
                cursor = json_get_text(page, "next");
                if (added++ < 3)
                        test_sample(t, "{'title':'page new'}");
        } while (cursor.n > 0);
        assert_null(expect);
}

static void
test_pages_are_whole_and_in_order(void **state)
{
        static const char *const sorts[] = {"", "id", "-id", "title", "-title,id", "amount", "-amount", "amount,-title",
                                            "colour,amount", "-created_at", "-weight,colour,title", "number", "-updated_at,id"};
        struct test_engine *t = *state;

        for (int i = 0; i < 11; i++) {
                char *row = arena_printf(t->ctx->arena, "{'title':'page %d'%s%s}", i % 4,
                                         i % 3 ? arena_printf(t->ctx->arena, ",'amount':%d", i % 5) : "",
                                         i % 2 ? ",'colour':'red','weight':1.5" : "");
                test_sample(t, row);
        }
        for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
                walk(t, sorts[i]);
}

static void
test_nulls_come_last(void **state)
{
        struct test_engine *t = *state;
        const struct json *j;

        test_sample(t, "{'title':'null a','amount':1}");
        test_sample(t, "{'title':'null b'}");
        test_sample(t, "{'title':'null c','amount':2}");
        for (int down = 0; down < 2; down++) {
                j = json_get(list(t, "title=like=null*", down ? "-amount" : "amount", STR_NONE, 10), "items")->child;
                assert_true(str_is(json_get_text(j, "title"), down ? "null c" : "null a"));
                assert_true(str_is(json_get_text(j->next->next, "title"), "null b"));
        }
}

static void
test_bad_cursors_and_sorts(void **state)
{
        static const struct {
                const char *sort, *cursor;
        } bad[] = {{"nothing", ""}, {"secret!", ""}, {"kinds", ""},     {"a,b,c,d", ""}, {"-", ""},
                   {"", "zz"},      {"", "5b"},      {"", "5b225d"},    {"", "5b5d"},    {"title", "5b315d"},
                   {"", "5b2278225d"}, {"id", "5b6e756c6c5d"}};
        struct test_engine *t = *state;

        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                struct list_options o = {.sort = str_of(bad[i].sort), .cursor = str_of(bad[i].cursor), .limit = 10};
                struct jw jw = {0};
                bool taken = store_list_json(&t->w, test_entity(t, "sample"), &o, &jw);
                if (taken || t->ctx->errors->code != E_PARAMETER)
                        fprintf(stderr, "sort %s, cursor %s: %s\n", bad[i].sort, bad[i].cursor,
                                taken ? "was taken" : t->ctx->errors->en);
                assert_int_equal(test_error(t), E_PARAMETER);
                jw_free(&jw);
        }
}

static void
test_the_count_is_bounded(void **state)
{
        struct test_engine *t = *state;

        for (int i = 0; i < 1000; i++)
                test_sample(t, "{'title':'many'}");
        assert_int_equal(json_get(list(t, "title==many", "", STR_NONE, 1), "count")->i, 1000);
        test_sample(t, "{'title':'many'}");
        assert_true(str_is(json_get_text(list(t, "title==many", "", STR_NONE, 1), "count"), "1000+"));
}

static void
test_labels_name_links(void **state)
{
        struct test_engine *t = *state;
        struct record *a = store_create(&t->w, test_entity(t, "account"), test_json(t, "{\"code\":\"L1\",\"name\":\"Label Ltd\"}"));
        struct record *r = test_sample(t, arena_printf(t->ctx->arena, "{'title':'x','account':%lld}", (long long)a->id));

        assert_true(str_is(json_get_text(json_get(read_back(t, &t->w, r->e, r->id), "_labels"), "account"), "Label Ltd"));
}

static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_given_is_read_back),
        cmocka_unit_test(test_limits_at_both_edges),
        cmocka_unit_test(test_faults_have_their_field),
        cmocka_unit_test(test_all_faults_are_told_at_once),
        cmocka_unit_test(test_numbers_count_up),
        cmocka_unit_test(test_a_unique_value_stands_once),
        cmocka_unit_test(test_only_who_may_creates),
        cmocka_unit_test(test_nobody_creates_out_of_sight),
        cmocka_unit_test(test_a_change_counts_the_version),
        cmocka_unit_test(test_no_change_is_no_event),
        cmocka_unit_test(test_a_stale_version_is_refused),
        cmocka_unit_test(test_the_row_refuses_the_second_of_two),
        cmocka_unit_test(test_the_row_refuses_a_change_that_missed_a_message),
        cmocka_unit_test(test_what_cannot_be_changed),
        cmocka_unit_test(test_hidden_fields_stay_hidden),
        cmocka_unit_test(test_children),
        cmocka_unit_test(test_customers_see_public_children_only),
        cmocka_unit_test(test_removal),
        cmocka_unit_test(test_pages_are_whole_and_in_order),
        cmocka_unit_test(test_nulls_come_last),
        cmocka_unit_test(test_bad_cursors_and_sorts),
        cmocka_unit_test(test_the_count_is_bounded),
        cmocka_unit_test(test_labels_name_links),
};
TEST_ENGINE_MAIN(tests)
