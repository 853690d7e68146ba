/* SPDX-License-Identifier: Apache-2.0
 *
 * event_test.c -- the timeline's hash chain: what an honest store looks like to verify, and that every way of
 * tampering with it shows.
 */
#include "engine/test_engine.h"
#include "engine/life.h"

/* ---- a store with some history ---- */

/* A sample with five events: create, update, transition, child, update. */
static struct record *
history(struct test_engine *t)
{
        struct record *r = test_sample(t, "{'title':'with a past','colour':'red'}");

        t->w.now += USEC_MINUTE;
        test_must(t, store_update(&t->w, r, test_json(t, "{\"remark\":\"one\"}"), 0));
        test_must(t, life_transition(&t->w, r, STR("test"), NULL, 0));
        test_must(t, store_create_child(&t->w, test_entity(t, "message"), r,
                                        test_json(t, "{\"body\":\"hello\",\"visibility\":\"public\"}")) != NULL);
        test_must(t, store_update(&t->w, r, test_json(t, "{\"remark\":\"two\"}"), 0));
        assert_int_equal(r->event_count, 5);
        return r;
}

struct told {
        int count;
        char first[256];
};

static void
tell(void *arg, const char *sentence)
{
        struct told *told = arg;

        if (told->count++ == 0)
                snprintf(told->first, sizeof told->first, "%s", sentence);
}

/* How many faults verify finds; the first one's sentence in *told. */
static int
verify(struct test_engine *t, struct told *told)
{
        struct verify_result result;

        *told = (struct told){0};
        test_must(t, event_verify(&t->w, tell, told, &result));
        assert_int_equal(result.faults, told->count);
        return told->count;
}

/* Does one statement behind the engine's back show, as one fault of this record with this word?  Undone afterwards. */
static void
tampering_shows(struct test_engine *t, const char *sql, int64_t id, const char *word)
{
        struct told told;
        char name[64];

        snprintf(name, sizeof name, "sample %lld", (long long)id);
        test_must(t, tx_savepoint(t->ctx, t->conn));
        test_must(t, sql_run(t->ctx, t->conn, sql, "i", id));
        test_must(t, sql_flush(t->ctx, t->conn));
        if (verify(t, &told) != 1)
                fprintf(stderr, "%s: %d faults: %s\n", sql, told.count, told.first);
        assert_int_equal(told.count, 1);
        assert_non_null(strstr(told.first, name));
        if (strstr(told.first, word) == NULL)
                fprintf(stderr, "%s: %s\n", sql, told.first);
        assert_non_null(strstr(told.first, word));
        tx_undo(t->conn);
        assert_int_equal(verify(t, &told), 0);
}

/* ---- honest stores ---- */

static void
test_an_honest_chain_is_sound(void **state)
{
        struct test_engine *t = *state;
        struct told told;
        struct verify_result result;

        history(t);
        assert_int_equal(verify(t, &told), 0);
        test_must(t, event_verify(&t->w, tell, &told, &result));
        assert_true(result.records >= 1 && result.events >= 5);
}

static void
test_each_event_counts_on(void **state)
{
        struct test_engine *t = *state;
        struct record *r = history(t), *loaded;
        int64_t n = 0, sum = 0;

        test_must(t, sql_one_int(t->ctx, t->conn, &n, "select count(*) from events where case_id = $1", "i", r->id));
        test_must(t, sql_one_int(t->ctx, t->conn, &sum, "select sum(seq) from events where case_id = $1", "i", r->id));
        assert_int_equal(n, 5);
        assert_int_equal(sum, 15);
        loaded = store_load(&t->w, r->e, r->id);
        assert_int_equal(loaded->event_count, 5);
        assert_memory_equal(loaded->event_hash, r->event_hash, 32);
}

static void
test_equal_histories_have_different_hashes(void **state)
{
        struct test_engine *t = *state;

        assert_memory_not_equal(history(t)->event_hash, history(t)->event_hash, 32);
}

static void
test_a_removed_record_is_no_fault(void **state)
{
        struct test_engine *t = *state;
        struct told told;
        struct record *r = store_create(&t->w, test_entity(t, "region"), test_json(t, "{\"name\":\"North\",\"code\":\"N\"}"));

        test_must(t, r != NULL);
        test_must(t, store_remove(&t->w, r, 0));
        assert_int_equal(verify(t, &told), 0);
}

/* ---- tampering ---- */

static void
test_a_changed_event_shows(void **state)
{
        static const char *const sets[] = {"at = at + 1",      "recorded_at = recorded_at - 1", "actor = actor + 1",
                                           "kind = 'note'",    "name = 'other'",               "from_state = 'fresh'",
                                           "to_state = 'gone'", "data = '{}'",                 "version = version + 1",
                                           "entity = 'sampl'"};
        struct test_engine *t = *state;
        int64_t id = history(t)->id;

        for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
                const char *sql = arena_printf(t->ctx->arena, "update events set %s where case_id = $1 and seq = 2", sets[i]);
                tampering_shows(t, sql, id, "changed");
        }
}

static void
test_a_changed_hash_shows(void **state)
{
        struct test_engine *t = *state;

        tampering_shows(t,
                        "update events set hash = (select e.hash from events e where e.case_id = events.case_id and e.seq = 1) "
                        "where case_id = $1 and seq = 3",
                        history(t)->id, "changed");
}

static void
test_a_removed_event_shows(void **state)
{
        struct test_engine *t = *state;
        int64_t id = history(t)->id;

        tampering_shows(t, "delete from events where case_id = $1 and seq = 1", id, "missing");
        tampering_shows(t, "delete from events where case_id = $1 and seq = 3", id, "missing");
}

static void
test_a_cut_tail_shows(void **state)
{
        struct test_engine *t = *state;
        int64_t id = history(t)->id;

        tampering_shows(t, "delete from events where case_id = $1 and seq = 5", id, "last");
        tampering_shows(t, "delete from events where case_id = $1 and seq >= 2", id, "last");
        tampering_shows(t, "delete from events where case_id = $1", id, "none is left");
}

static void
test_reordered_events_show(void **state)
{
        struct test_engine *t = *state;

        tampering_shows(t, "update events set seq = case seq when 2 then 103 when 3 then 102 else seq end where case_id = $1",
                        history(t)->id, "missing");
}

/* Two events change places, numbers and all. */
static void
test_swapped_events_show(void **state)
{
        struct test_engine *t = *state;
        int64_t id = history(t)->id;
        struct told told;

        test_must(t, tx_savepoint(t->ctx, t->conn));
        test_must(t, sql_run(t->ctx, t->conn, "update events set seq = -seq where case_id = $1 and seq in (2, 3)", "i", id));
        test_must(t, sql_run(t->ctx, t->conn, "update events set seq = 5 + seq where case_id = $1 and seq < 0", "i", id));
        test_must(t, sql_flush(t->ctx, t->conn));
        assert_int_equal(verify(t, &told), 1);
        assert_non_null(strstr(told.first, "changed"));
        tx_undo(t->conn);
}

static void
test_an_added_event_shows(void **state)
{
        struct test_engine *t = *state;

        tampering_shows(t,
                        "insert into events (case_id, seq, entity, version, at, recorded_at, actor, kind, name, from_state, "
                        "to_state, data, hash) select case_id, 6, entity, version, at, recorded_at, actor, kind, name, "
                        "from_state, to_state, data, hash from events where case_id = $1 and seq = 5",
                        history(t)->id, "changed");
}

static void
test_a_removed_row_shows(void **state)
{
        struct test_engine *t = *state;

        tampering_shows(t, "delete from sample where id = $1", history(t)->id, "gone");
}

/* ---- reading it ---- */

static const struct json *
timeline(struct test_engine *t, struct work *w, struct record *r, int64_t after, int limit)
{
        struct jw jw = {0};
        const struct json *j;

        test_must(t, event_timeline_json(w, r, after, limit, &jw));
        j = test_json(t, str_c(t->ctx->arena, jw_view(&jw)));
        jw_free(&jw);
        return j;
}

static void
test_staff_read_all_of_it(void **state)
{
        struct test_engine *t = *state;
        struct record *r = history(t);
        struct work boss = test_as(t, "duty_manager", 9, 0, 0);
        const struct json *items = json_get(timeline(t, &boss, r, 0, 50), "items"), *move = items->child->next->next;

        assert_int_equal(items->count, 5);
        assert_true(str_is(json_get_text(move, "kind"), "transition"));
        assert_true(str_is(json_get_text(move, "from"), "fresh"));
        assert_true(str_is(json_get_text(move, "to"), "tested"));
        assert_non_null(json_get(json_get(json_get(move, "data"), "changes"), "stamp"));
}

/* A customer learns that it was made and which steps it took, in the words for customers, and no values. */
static void
test_customers_read_the_public_part(void **state)
{
        struct test_engine *t = *state;
        struct record *r = history(t);
        struct work customer = test_as(t, "customer_contact", 9, 0, 1);
        const struct json *items = json_get(timeline(t, &customer, r, 0, 50), "items");

        assert_int_equal(items->count, 2);
        assert_true(str_is(json_get_text(items->child->next, "to"), "in_progress"));
        assert_int_equal(json_get(items->child->next, "data")->count, 0);
}

static void
test_pages_follow_each_other(void **state)
{
        struct test_engine *t = *state;
        struct record *r = history(t);
        const struct json *first = timeline(t, &t->w, r, 0, 2), *next = json_get(first, "next");

        assert_int_equal(json_get(first, "items")->count, 2);
        assert_int_equal(next->i, 2);
        assert_int_equal(json_get(timeline(t, &t->w, r, 2, 50), "items")->count, 3);
        assert_int_equal(json_get(timeline(t, &t->w, r, 2, 50), "next")->type, JSON_NULL);
}

struct heard {
        int count;
        int64_t last_case, last_seq;
        usec last;
        int stop_after;
};

static bool
hear(void *arg, struct live_event *ev)
{
        struct heard *h = arg;

        assert_true(ev->recorded_at >= h->last);
        assert_non_null(ev->record);
        h->last = ev->recorded_at;
        h->last_case = ev->case_id;
        h->last_seq = ev->seq;
        return ++h->count != h->stop_after;
}

static void
test_the_live_stream_begins_where_asked(void **state)
{
        struct test_engine *t = *state;
        struct heard h = {0};
        struct record *r;

        t->w.now += USEC_HOUR;
        r = history(t);
        test_must(t, event_since(&t->w, t->w.now, 100, hear, &h));
        assert_int_equal(h.count, 4);          /* all but the creation, a minute before */
        assert_int_equal(h.last_case, r->id);
        assert_int_equal(h.last_seq, 5);
        h = (struct heard){.stop_after = 2};
        test_must(t, event_since(&t->w, t->w.now, 100, hear, &h));
        assert_int_equal(h.count, 2);
}

static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_honest_chain_is_sound),
        cmocka_unit_test(test_each_event_counts_on),
        cmocka_unit_test(test_equal_histories_have_different_hashes),
        cmocka_unit_test(test_a_removed_record_is_no_fault),
        cmocka_unit_test(test_a_changed_event_shows),
        cmocka_unit_test(test_a_changed_hash_shows),
        cmocka_unit_test(test_a_removed_event_shows),
        cmocka_unit_test(test_a_cut_tail_shows),
        cmocka_unit_test(test_reordered_events_show),
        cmocka_unit_test(test_swapped_events_show),
        cmocka_unit_test(test_an_added_event_shows),
        cmocka_unit_test(test_a_removed_row_shows),
        cmocka_unit_test(test_staff_read_all_of_it),
        cmocka_unit_test(test_customers_read_the_public_part),
        cmocka_unit_test(test_pages_follow_each_other),
        cmocka_unit_test(test_the_live_stream_begins_where_asked),
};
TEST_ENGINE_MAIN(tests)
