/* SPDX-License-Identifier: Apache-2.0
 *
 * plan_test.c -- tables from models on a real store; planning adds to data, follows with indexes, and is idempotent; misfits are refused.
 */
#include "model/test_model.h"
#include "model/plan.h"
#include "sql/test_store.h"

static const char LOAN[] =
        "entity: loan\nis: case\nlabel: {en: L, zh: L}\nnumber: \"L{seq:4}\"\n"
        "fields:\n"
        "  fee: {type: money, label: {en: F, zh: F}}\n"
        "  code: {type: text, unique: true, label: {en: C, zh: C}}\n"
        "  shown: {type: ref, label: {en: S, zh: S}}\n"
        "states: {done: {stage: close, final: true, label: {en: D, zh: D}}}\n"
        "index: [[fee, code]]\n";
static const char PLACE[] =
        "entity: place\nis: record\ntable: places\nlabel: {en: P, zh: P}\nnumber: \"P{seq:4}\"\n"
        "fields:\n  name: {type: text, index: true, label: {en: N, zh: N}}\n"
        "states:\n  one: {label: {en: O, zh: O}}\n  two: {final: true, label: {en: T, zh: T}}\n"
        "transitions: {go: {from: one, to: two, by: staff, label: {en: G, zh: G}}}\n";
static const char NOTE[] = "entity: note\nis: child\nof: case\nlabel: {en: N, zh: N}\nfields:\n  body: {type: longtext, label: {en: B, zh: B}}\n";
static const char LOG[] = "entity: log\nis: system\nkey: [part, seq]\nfields:\n  part: {type: text}\n  seq: {type: int}\n  raw: {type: bytes}\n";

struct fixture {
        struct test_model t;
        struct test_store s;
        struct conn *c;
        struct plan p;
};

static void
begin(struct fixture *f, enum db_engine engine)
{
        test_model_begin(&f->t);
        test_source(&f->t, "models/roles.yaml", TEST_ROLES);
        test_source(&f->t, "models/case.yaml", TEST_CASE);
        test_source(&f->t, "models/loan.yaml", LOAN);
        test_source(&f->t, "models/place.yaml", PLACE);
        test_source(&f->t, "models/note.yaml", NOTE);
        test_source(&f->t, "models/log.yaml", LOG);
        if (!test_load(&f->t, NULL, 0))
                ctx_print_errors(&f->t.ctx, stderr);
        assert_non_null(f->t.model);
        test_store_open(&f->s, engine);
        f->c = conn_open(&f->s.ctx, f->s.db, CONN_WRITE);
        assert_non_null(f->c);
}

static void
end(struct fixture *f)
{
        conn_close(f->c);
        test_store_close(&f->s);
        test_model_end(&f->t);
}

static bool
make(struct fixture *f)
{
        ctx_clear(&f->s.ctx);
        return plan_make(&f->s.ctx, f->t.model, f->c, &f->p);
}

static bool
plans(const struct fixture *f, const char *sql)
{
        for (size_t i = 0; i < f->p.count; i++)
                if (strcmp(f->p.statements[i], sql) == 0)
                        return true;
        return false;
}

static void
apply(struct fixture *f)
{
        assert_true(make(f));
        if (!plan_apply(&f->s.ctx, f->c, &f->p))
                ctx_print_errors(&f->s.ctx, stderr);
        assert_false(ctx_failed(&f->s.ctx));
}

static void
kinds_become_tables(void **state)
{
        struct fixture f;

        begin(&f, DB_SQLITE);
        assert_true(make(&f));
        assert_string_equal(f.p.statements[0],
                            "CREATE TABLE \"id_blocks\" (\"name\" text NOT NULL, \"next_value\" bigint NOT NULL, PRIMARY KEY (\"name\"))");
        assert_string_equal(
                f.p.statements[1],
                "CREATE TABLE \"cases\" (\"id\" integer NOT NULL, \"entity\" text NOT NULL, \"number\" text, \"state\" text, \"stage\" text, "
                "\"version\" bigint NOT NULL, \"event_count\" bigint NOT NULL, \"event_hash\" blob, \"created_at\" bigint NOT NULL, "
                "\"created_by\" bigint, \"updated_at\" bigint NOT NULL, \"updated_by\" bigint, \"title\" text, \"team\" bigint, "
                "\"handler\" bigint, \"severity\" text, PRIMARY KEY (\"id\"))");
        assert_true(plans(&f, "CREATE TABLE \"loan\" (\"id\" integer NOT NULL, \"fee\" bigint, \"code\" text, PRIMARY KEY (\"id\"))"));
        assert_true(plans(&f, "CREATE TABLE \"note\" (\"case_id\" bigint NOT NULL, \"id\" bigint NOT NULL, \"version\" bigint NOT NULL, "
                              "\"created_at\" bigint NOT NULL, \"created_by\" bigint, \"updated_at\" bigint NOT NULL, \"updated_by\" bigint, "
                              "\"body\" text, PRIMARY KEY (\"case_id\", \"id\")) WITHOUT ROWID"));
        assert_true(plans(&f, "CREATE TABLE \"log\" (\"part\" text NOT NULL, \"seq\" bigint NOT NULL, \"raw\" blob, "
                              "PRIMARY KEY (\"part\", \"seq\")) WITHOUT ROWID"));
        end(&f);
}

static void
indexes_stand_on_their_tables(void **state)
{
        struct fixture f;

        begin(&f, DB_SQLITE);
        assert_true(make(&f));
        assert_true(plans(&f, "CREATE UNIQUE INDEX \"idx_cases_number\" ON \"cases\" (\"number\")"));
        assert_true(plans(&f, "CREATE INDEX \"idx_cases_team_state\" ON \"cases\" (\"team\", \"state\") WHERE \"team\" IS NOT NULL"));
        assert_true(plans(&f, "CREATE UNIQUE INDEX \"idx_loan_code\" ON \"loan\" (\"code\") WHERE \"code\" IS NOT NULL"));
        assert_true(plans(&f, "CREATE INDEX \"idx_loan_fee_code\" ON \"loan\" (\"fee\", \"code\") WHERE \"fee\" IS NOT NULL"));
        assert_true(plans(&f, "CREATE INDEX \"idx_places_name\" ON \"places\" (\"name\") WHERE \"name\" IS NOT NULL"));
        assert_true(plans(&f, "CREATE UNIQUE INDEX \"idx_places_number\" ON \"places\" (\"number\")"));
        end(&f);
}

static void
applying_leaves_nothing_to_do(struct fixture *f)
{
        apply(f);
        assert_true(make(f));
        assert_int_equal(f->p.count, 0);
        assert_int_equal(f->p.hidden_count, 0);
}

static void
a_plan_is_idempotent(void **state)
{
        struct fixture f;

        begin(&f, DB_SQLITE);
        applying_leaves_nothing_to_do(&f);
        end(&f);
        if (test_pg() == NULL)
                return;
        begin(&f, DB_PG);
        applying_leaves_nothing_to_do(&f);
        end(&f);
}

static void
what_is_missing_is_added(void **state)
{
        struct fixture f;

        begin(&f, DB_SQLITE);
        apply(&f);
        assert_true(sql_script(&f.s.ctx, f.c, "DROP INDEX idx_loan_fee_code; ALTER TABLE loan DROP COLUMN fee; "
                                              "ALTER TABLE loan ADD COLUMN old text"));
        assert_true(make(&f));
        assert_int_equal(f.p.count, 2);
        assert_string_equal(f.p.statements[0], "ALTER TABLE \"loan\" ADD COLUMN \"fee\" bigint");
        assert_string_equal(f.p.statements[1], "CREATE INDEX \"idx_loan_fee_code\" ON \"loan\" (\"fee\", \"code\") WHERE \"fee\" IS NOT NULL");
        assert_int_equal(f.p.hidden_count, 1);
        assert_string_equal(f.p.hidden[0], "loan.old");
        end(&f);
}

/* It is not enough that an index of the name is there. */
static void
an_index_becomes_unique(enum db_engine engine)
{
        struct fixture f;

        begin(&f, engine);
        apply(&f);
        assert_true(sql_script(&f.s.ctx, f.c, "DROP INDEX idx_loan_code") &&
                    sql_script(&f.s.ctx, f.c, "CREATE INDEX idx_loan_code ON loan (code)"));
        assert_true(make(&f));
        assert_int_equal(f.p.count, 2);
        assert_string_equal(f.p.statements[0], "DROP INDEX \"idx_loan_code\"");
        assert_non_null(strstr(f.p.statements[1], "CREATE UNIQUE INDEX \"idx_loan_code\""));
        apply(&f);
        assert_true(make(&f));
        assert_int_equal(f.p.count, 0);
        end(&f);
}

static void
indexes_become_unique(void **state)
{
        an_index_becomes_unique(DB_SQLITE);
        if (test_pg() != NULL)
                an_index_becomes_unique(DB_PG);
}

/* A field is not unique any more, an index not asked for; other people's indexes, and those over hidden columns, stay. */
static void
an_index_goes(enum db_engine engine)
{
        struct fixture f;

        begin(&f, engine);
        apply(&f);
        assert_true(sql_script(&f.s.ctx, f.c, "CREATE UNIQUE INDEX idx_loan_fee ON loan (fee)") &&
                    sql_script(&f.s.ctx, f.c, "CREATE INDEX idx_loan_code_fee ON loan (code, fee)") &&
                    sql_script(&f.s.ctx, f.c, "CREATE INDEX by_hand ON loan (fee)") &&
                    sql_script(&f.s.ctx, f.c, "ALTER TABLE loan ADD COLUMN old text") &&
                    sql_script(&f.s.ctx, f.c, "CREATE UNIQUE INDEX idx_loan_old_fee ON loan (old, fee)"));
        assert_true(make(&f));
        assert_int_equal(f.p.count, 2);
        assert_int_equal(f.p.idle, 1);
        assert_true(plans(&f, "DROP INDEX \"idx_loan_fee\""));
        assert_true(plans(&f, "DROP INDEX \"idx_loan_code_fee\""));
        apply(&f);
        assert_true(sql_script(&f.s.ctx, f.c, "INSERT INTO loan (id, fee) VALUES (1, 5), (2, 5)"));
        assert_true(make(&f));
        assert_int_equal(f.p.count, 0);
        end(&f);
}

static void
indexes_go(void **state)
{
        an_index_goes(DB_SQLITE);
        if (test_pg() != NULL)
                an_index_goes(DB_PG);
}

static void
misfits_are_refused_all_at_once(void **state)
{
        struct fixture f;

        begin(&f, DB_SQLITE);
        assert_true(sql_script(&f.s.ctx, f.c, "CREATE TABLE loan (id bigint NOT NULL PRIMARY KEY, fee text, extra text NOT NULL); "
                                              "CREATE TABLE log (part text NOT NULL PRIMARY KEY)"));
        assert_false(make(&f));
        const struct error *e = f.s.ctx.errors;
        assert_int_equal(e->code, E_DB_SCHEMA);
        assert_non_null(strstr(e->en, "loan.fee is of type text, but the model needs bigint"));
        assert_non_null(strstr(e->next->en, "loan.extra is NOT NULL"));
        assert_non_null(strstr(e->next->next->en, "log.seq is missing"));
        assert_null(e->next->next->next);
        end(&f);
}

static void
a_plan_that_fails_changes_nothing(void **state)
{
        static const char *statements[] = {"CREATE TABLE good (a text)", "CREATE TABLE bad ("};
        const struct plan p = {.statements = statements, .count = 2};
        struct fixture f;
        bool there = true;

        begin(&f, DB_SQLITE);
        assert_false(plan_apply(&f.s.ctx, f.c, &p));
        ctx_clear(&f.s.ctx);
        assert_true(db_table_exists(&f.s.ctx, f.c, "good", &there));
        assert_false(there);
        end(&f);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(kinds_become_tables),      cmocka_unit_test(indexes_stand_on_their_tables),
                cmocka_unit_test(a_plan_is_idempotent),     cmocka_unit_test(what_is_missing_is_added),
                cmocka_unit_test(misfits_are_refused_all_at_once), cmocka_unit_test(a_plan_that_fails_changes_nothing),
                cmocka_unit_test(indexes_become_unique),    cmocka_unit_test(indexes_go),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
