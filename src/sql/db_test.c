/* SPDX-License-Identifier: Apache-2.0
 *
 * db_test.c -- the database floor, the same facts on both engines.
 */
#include "sql/test_store.h"
#include <pthread.h>
#include <sys/stat.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static enum db_engine engine; /* of the group that runs */

struct world {
        struct test_store store;
        struct ctx *ctx;
        struct db *db;
        struct conn *c;
};

static const char TABLES[] =
        "create table id_blocks (name text not null primary key, next_value bigint not null);"
        "create table item (id bigint not null primary key, code text, weight double precision,"
        " version bigint not null default 1);"
        "create unique index item_code on item (code)";

static void
must(struct world *w, bool ok)
{
        if (!ok)
                ctx_print_errors(w->ctx, stderr);
        assert_true(ok);
}

static int
setup(void **state)
{
        struct world *w = calloc(1, sizeof *w);

        test_store_open(&w->store, engine);
        w->ctx = &w->store.ctx;
        w->db = w->store.db;
        w->c = conn_open(w->ctx, w->db, CONN_WRITE);
        must(w, w->c != NULL);
        must(w, sql_script(w->ctx, w->c, TABLES));
        must(w, sql_script(w->ctx, w->c,
                           arena_printf(w->ctx->arena, "create table scan (id bigint not null, body %s)",
                                        db_blob_type(engine))));
        *state = w;
        return 0;
}

static int
teardown(void **state)
{
        struct world *w = *state;

        conn_close(w->c);
        test_store_close(&w->store);
        free(w);
        return 0;
}

/* The only error in ctx is `code`; forgets it. */
static void
expect_error(struct world *w, enum err_code code, const char *field)
{
        assert_non_null(w->ctx->errors);
        if (w->ctx->errors->code != code)
                ctx_print_errors(w->ctx, stderr);
        assert_string_equal(err_name(w->ctx->errors->code), err_name(code));
        assert_string_equal(w->ctx->errors->field, field);
        ctx_clear(w->ctx);
}

static bool
add(struct world *w, int64_t id, const char *code)
{
        return sql_run(w->ctx, w->c, SQL("insert into item (id, code) values ($1, $2)"), "is", id, code);
}

static int64_t
items(struct world *w)
{
        int64_t n = -1;

        must(w, sql_one_int(w->ctx, w->c, &n, SQL("select count(*) from item"), ""));
        return n;
}

/* ---- values ---- */

static void
values_of_every_letter_come_back(void **state)
{
        struct world *w = *state;
        int64_t seven = 7;

        must(w, sql_run(w->ctx, w->c,
                        SQL("insert into item (id, code, weight, version) values ($1, $2, $3, $4)"), "itdI",
                        INT64_MIN, STR("上海 \"x\""), 0.1, &seven));
        struct rows *r = sql_query(w->ctx, w->c, SQL("select id, code, weight, version from item"), "");
        assert_non_null(r);
        assert_int_equal(rows_columns(r), 4);
        assert_true(rows_next(r));
        assert_true(rows_int(r, 0) == INT64_MIN);
        assert_true(str_is(rows_text(r, 1), "上海 \"x\""));
        assert_true(rows_real(r, 2) == 0.1);
        assert_int_equal(rows_int(r, 3), 7);
        assert_true(str_is(rows_text(r, 3), "7"));
        assert_false(rows_next(r));
        assert_true(rows_close(r));
}

static void
null_by_every_letter(void **state)
{
        struct world *w = *state;
        struct rows *r = sql_query(
                w->ctx, w->c,
                SQL("select cast($1 as bigint), cast($2 as text), cast($3 as text), cast($4 as text)"),
                "ItsN", (const int64_t *)NULL, STR_NONE, (const char *)NULL);

        assert_non_null(r);
        assert_true(rows_next(r));
        for (int i = 0; i < 4; i++)
                assert_true(rows_null(r, i));
        assert_int_equal(rows_int(r, 0), 0);
        assert_null(rows_text(r, 1).p);
        assert_true(rows_close(r));
}

static void
empty_text_is_not_null(void **state)
{
        struct world *w = *state;
        struct rows *r = sql_query(w->ctx, w->c, SQL("select cast($1 as text)"), "s", "");

        assert_true(rows_next(r));
        assert_false(rows_null(r, 0));
        assert_non_null(rows_text(r, 0).p);
        assert_int_equal(rows_text(r, 0).n, 0);
        assert_true(rows_close(r));
}

static void
blobs_hold_any_byte(void **state)
{
        struct world *w = *state;
        char bytes[300];

        for (int i = 0; i < 300; i++)
                bytes[i] = (char)i;
        must(w, sql_run(w->ctx, w->c, SQL("insert into scan (id, body) values ($1, $2)"), "ib", (int64_t)1,
                        (struct str){bytes, 300}));
        must(w, sql_run(w->ctx, w->c, SQL("insert into scan (id, body) values ($1, $2)"), "ib", (int64_t)2,
                        STR("")));
        struct rows *r = sql_query(w->ctx, w->c, SQL("select body, id, body from scan order by id"), "");
        assert_true(rows_next(r));
        struct str first = rows_text(r, 0), second = rows_text(r, 2);
        assert_int_equal(first.n, 300);
        assert_memory_equal(first.p, bytes, 300);
        assert_true(str_eq(first, second));
        assert_true(rows_next(r));
        assert_int_equal(rows_text(r, 0).n, 0);
        assert_false(rows_null(r, 0));
        assert_true(rows_close(r));
}

static void
parameters_go_by_name(void **state)
{
        struct world *w = *state;
        struct str s;

        must(w, sql_one_text(w->ctx, w->c, &s,
                             SQL("select cast($2 as text) || cast($1 as text) || cast($2 as text)"), "ss",
                             "1", "2"));
        assert_true(str_is(s, "212"));
}

static void
a_comparison_reads_as_0_or_1(void **state)
{
        struct world *w = *state;
        int64_t i = -1;

        must(w, sql_one_int(w->ctx, w->c, &i, SQL("select cast($1 as bigint) = 3"), "i", (int64_t)3));
        assert_int_equal(i, 1);
        must(w, sql_one_int(w->ctx, w->c, &i, SQL("select cast($1 as bigint) = 3"), "i", (int64_t)4));
        assert_int_equal(i, 0);
}

static void
a_wrong_number_of_values_is_refused(void **state)
{
        struct world *w = *state;

        assert_false(
                sql_run(w->ctx, w->c, SQL("insert into item (id, code) values ($1, $2)"), "i", (int64_t)1));
        expect_error(w, E_DB, "");
        assert_false(sql_prepares(w->ctx, w->c, "select cast($2 as text)"));
        expect_error(w, E_DB, "");
}

/* ---- queries ---- */

static void
no_row_is_no_error(void **state)
{
        struct world *w = *state;
        int64_t i = 5;
        struct str s = STR("kept");

        assert_false(
                sql_one_int(w->ctx, w->c, &i, SQL("select id from item where id = $1"), "i", (int64_t)1));
        assert_false(
                sql_one_text(w->ctx, w->c, &s, SQL("select code from item where id = $1"), "i", (int64_t)1));
        assert_false(ctx_failed(w->ctx));
        assert_int_equal(i, 5);
        assert_true(str_is(s, "kept"));
}

static void
changes_count_the_rows_touched(void **state)
{
        struct world *w = *state;

        must(w, add(w, 1, "a") && add(w, 2, "b"));
        assert_int_equal(conn_changes(w->c), 1);
        must(w, sql_run(w->ctx, w->c, SQL("update item set version = version + 1"), ""));
        assert_int_equal(conn_changes(w->c), 2);
        must(w, sql_run(w->ctx, w->c, SQL("update item set version = 9 where id = $1 and version = $2"), "ii",
                        (int64_t)1, (int64_t)1));
        assert_int_equal(conn_changes(w->c), 0);
        must(w, sql_run(w->ctx, w->c,
                        SQL("insert into item (id, code) values ($1, 'a') on conflict (code) do nothing"),
                        "i", (int64_t)3));
        assert_int_equal(conn_changes(w->c), 0);
}

static void
a_statement_in_use_can_be_used_again(void **state)
{
        struct world *w = *state;
        static const char sql[] = "select id from item where id > $1 order by id";
        int64_t sum = 0;

        for (int64_t i = 1; i <= 3; i++)
                must(w, add(w, i, NULL));
        struct rows *outer = sql_query(w->ctx, w->c, sql, "i", (int64_t)0);
        while (rows_next(outer)) {
                struct rows *inner = sql_query(w->ctx, w->c, sql, "i", rows_int(outer, 0));
                while (rows_next(inner))
                        sum += 10 * rows_int(outer, 0) + rows_int(inner, 0);
                assert_true(rows_close(inner));
        }
        assert_true(rows_close(outer));
        assert_int_equal(sum, 12 + 13 + 23);
}

static void
a_fifth_open_query_is_refused(void **state)
{
        struct world *w = *state;
        struct rows *r[4];

        for (int i = 0; i < 4; i++)
                assert_non_null(r[i] = sql_query(w->ctx, w->c, SQL("select count(*) from item"), ""));
        assert_null(sql_query(w->ctx, w->c, SQL("select count(*) from item"), ""));
        expect_error(w, E_INTERNAL, "");
        for (int i = 0; i < 4; i++)
                assert_true(rows_close(r[i]));
        assert_int_equal(items(w), 0);
}

/* More texts than the cache keeps, each twice, and two that share an address. */
static void
statements_come_and_go(void **state)
{
        struct world *w = *state;
        char sql[64];
        int64_t i;

        for (int round = 0; round < 2; round++) {
                for (int n = 0; n < 1100; n++) {
                        snprintf(sql, sizeof sql, "select %d + cast($1 as bigint)", n);
                        must(w, sql_one_int(w->ctx, w->c, &i, sql, "i", (int64_t)round));
                        assert_int_equal(i, n + round);
                }
        }
}

static void
a_returning_row_is_a_change(void **state)
{
        struct world *w = *state;
        int64_t id;

        must(w, sql_one_int(w->ctx, w->c, &id, SQL("insert into item (id) values ($1) returning id"), "i",
                            (int64_t)8));
        assert_int_equal(id, 8);
        assert_int_equal(items(w), 1);
}

/* ---- errors ---- */

static void
unique_names_its_column(void **state)
{
        struct world *w = *state;

        must(w, add(w, 1, "a"));
        assert_false(add(w, 2, "a"));
        expect_error(w, E_NOT_UNIQUE, "code");
        assert_false(add(w, 1, "b"));
        expect_error(w, E_NOT_UNIQUE, "id");
}

static void
other_constraints(void **state)
{
        struct world *w = *state;

        assert_false(sql_run(w->ctx, w->c, SQL("insert into item (id, version) values (1, null)"), ""));
        expect_error(w, E_DB_CONSTRAINT, "");
}

static void
nonsense_is_a_plain_error(void **state)
{
        struct world *w = *state;

        assert_false(sql_run(w->ctx, w->c, "selec 1", ""));
        expect_error(w, E_DB, "");
        assert_false(sql_prepares(w->ctx, w->c, "select nothing from nowhere"));
        expect_error(w, E_DB, "");
        assert_true(sql_prepares(w->ctx, w->c, "select id from item where code = $1"));
        assert_false(sql_run(w->ctx, w->c, "delete from item; delete from item", ""));
        expect_error(w, E_DB, "");
        assert_false(sql_script(w->ctx, w->c, "create table x (id bigint); create tabel y"));
        expect_error(w, E_DB, "");
        assert_int_equal(items(w), 0);
}

static void
a_read_connection_cannot_write(void **state)
{
        struct world *w = *state;
        struct conn *reader = conn_open(w->ctx, w->db, CONN_READ);
        int64_t n = -1;

        assert_non_null(reader);
        assert_false(sql_run(w->ctx, reader, SQL("delete from item"), ""));
        assert_true(ctx_failed(w->ctx));
        ctx_clear(w->ctx);
        must(w, sql_one_int(w->ctx, reader, &n, SQL("select count(*) from item"), ""));
        assert_int_equal(n, 0);
        conn_close(reader);
}

static void
a_missing_store_is_away(void **state)
{
        struct world *w = *state;
        struct db *db = db_open(w->ctx, engine == DB_SQLITE ? "/nowhere/at/all.db"
                                                            : "postgresql://u:secret@127.0.0.1:1/none");

        assert_null(conn_open(w->ctx, db, CONN_WRITE));
        expect_error(w, E_DB_AWAY, "");
        assert_null(strstr(db_where(db), "secret"));
        db_close(db);
        assert_null(db_open(w->ctx, ":memory:"));
        expect_error(w, E_SETTING, "database");
}

static void
a_reopened_connection_serves_again(void **state)
{
        struct world *w = *state;

        must(w, add(w, 1, "a"));
        assert_true(conn_alive(w->c));
        must(w, conn_reopen(w->ctx, w->c));
        must(w, add(w, 2, "b"));
        assert_int_equal(items(w), 2);
}

/* ---- transactions ---- */

static void
rollback_undoes(void **state)
{
        struct world *w = *state;

        must(w, tx_begin(w->ctx, w->c) && add(w, 1, "a"));
        assert_true(tx_open(w->c));
        tx_rollback(w->c);
        tx_rollback(w->c);
        assert_false(tx_open(w->c));
        assert_int_equal(items(w), 0);
        must(w, tx_begin(w->ctx, w->c) && add(w, 1, "a") && tx_commit(w->ctx, w->c));
        assert_int_equal(items(w), 1);
}

static void
savepoints_nest(void **state)
{
        struct world *w = *state;

        must(w, tx_begin(w->ctx, w->c) && add(w, 1, "a"));
        must(w, tx_savepoint(w->ctx, w->c) && add(w, 2, "b"));
        must(w, tx_savepoint(w->ctx, w->c) && add(w, 3, "c"));
        tx_undo(w->c);
        must(w, tx_savepoint(w->ctx, w->c) && add(w, 4, "d") && tx_release(w->ctx, w->c));
        must(w, tx_release(w->ctx, w->c));
        must(w, tx_savepoint(w->ctx, w->c) && add(w, 5, "e"));
        tx_undo(w->c);
        must(w, tx_commit(w->ctx, w->c));
        int64_t sum;
        must(w, sql_one_int(w->ctx, w->c, &sum, SQL("select sum(id) from item"), ""));
        assert_int_equal(sum, 1 + 2 + 4);
}

static void
an_error_in_a_savepoint_leaves_the_rest(void **state)
{
        struct world *w = *state;

        must(w, tx_begin(w->ctx, w->c) && add(w, 1, "a") && tx_savepoint(w->ctx, w->c));
        assert_false(add(w, 2, "a") && tx_release(w->ctx, w->c));
        expect_error(w, E_NOT_UNIQUE, "code");
        tx_undo(w->c);
        must(w, add(w, 3, "c") && tx_commit(w->ctx, w->c));
        assert_int_equal(items(w), 2);
}

/* Wherever the error of a queued write surfaces: nothing of the transaction stays, and it is told. */
static void
an_error_is_told_at_the_commit_at_latest(void **state)
{
        struct world *w = *state;

        must(w, tx_begin(w->ctx, w->c) && add(w, 1, "a"));
        assert_false(add(w, 2, "a") && add(w, 3, "c") && tx_commit(w->ctx, w->c));
        tx_rollback(w->c);
        expect_error(w, E_NOT_UNIQUE, "code");
        assert_int_equal(items(w), 0);
}

static void
an_error_is_told_by_changes_and_flush(void **state)
{
        struct world *w = *state;

        must(w, add(w, 1, "a"));
        must(w, tx_begin(w->ctx, w->c));
        if (add(w, 2, "a"))
                assert_int_equal(conn_changes(w->c), 0);
        expect_error(w, E_NOT_UNIQUE, "code");
        tx_rollback(w->c);
        must(w, tx_begin(w->ctx, w->c));
        assert_false(add(w, 2, "a") && sql_flush(w->ctx, w->c));
        expect_error(w, E_NOT_UNIQUE, "code");
        tx_rollback(w->c);
}

/* A caller that swallows an error must not be told that its transaction was kept. */
static void
a_failed_transaction_never_commits_in_part(void **state)
{
        struct world *w = *state;

        if (engine == DB_SQLITE)
                return;
        must(w, tx_begin(w->ctx, w->c) && add(w, 1, "a"));
        assert_false(add(w, 1, "b") && sql_flush(w->ctx, w->c));
        ctx_clear(w->ctx);
        assert_false(tx_commit(w->ctx, w->c));
        expect_error(w, E_DB, "");
        assert_int_equal(items(w), 0);
}

static void
many_queued_writes_all_arrive(void **state)
{
        struct world *w = *state;

        must(w, tx_begin(w->ctx, w->c));
        for (int64_t i = 0; i < 3000; i++)
                must(w, add(w, i, NULL));
        must(w, tx_commit(w->ctx, w->c));
        assert_int_equal(items(w), 3000);
}

/* ---- sequences ---- */

static int64_t
next(struct world *w, struct conn *c)
{
        int64_t n = -1;

        must(w, seq_next(w->ctx, c, "case", 10, &n));
        return n;
}

static void
sequences_start_at_1_and_run_on(void **state)
{
        struct world *w = *state;

        for (int64_t i = 1; i <= 25; i++)
                assert_int_equal(next(w, w->c), i);
        struct conn *other = conn_open(w->ctx, w->db, CONN_WRITE);
        assert_int_equal(next(w, other), 31);
        assert_int_equal(next(w, w->c), 26);
        conn_close(other);
}

static void
a_rollback_forgets_the_block(void **state)
{
        struct world *w = *state;

        must(w, tx_begin(w->ctx, w->c));
        assert_int_equal(next(w, w->c), 1);
        tx_rollback(w->c);
        assert_int_equal(next(w, w->c), 1);
        assert_int_equal(next(w, w->c), 2);
        int64_t stored;
        must(w, sql_one_int(w->ctx, w->c, &stored,
                            SQL("select next_value from id_blocks where name = 'case'"), ""));
        assert_int_equal(stored, 11);
}

static void
an_undo_forgets_only_its_own_block(void **state)
{
        struct world *w = *state;

        must(w, tx_begin(w->ctx, w->c));
        for (int64_t i = 1; i <= 9; i++)
                assert_int_equal(next(w, w->c), i);
        must(w, tx_savepoint(w->ctx, w->c));
        assert_int_equal(next(w, w->c), 10);
        tx_undo(w->c); /* the block is older than the savepoint: 10 is a hole */
        must(w, tx_savepoint(w->ctx, w->c));
        assert_int_equal(next(w, w->c), 11);
        tx_undo(w->c); /* the block went with it */
        must(w, tx_savepoint(w->ctx, w->c));
        assert_int_equal(next(w, w->c), 11);
        must(w, tx_release(w->ctx, w->c));
        assert_int_equal(next(w, w->c), 12);
        must(w, tx_commit(w->ctx, w->c));
        assert_int_equal(next(w, w->c), 13);
}

/* ---- catalog ---- */

static void
the_catalog_tells_what_is_there(void **state)
{
        struct world *w = *state;
        struct db_column *col = NULL;
        size_t n = 0;
        bool there;

        must(w, db_table_exists(w->ctx, w->c, "item", &there));
        assert_true(there);
        must(w, db_table_exists(w->ctx, w->c, "items", &there));
        assert_false(there);
        must(w, db_index_exists(w->ctx, w->c, "item_code", &there));
        assert_true(there);
        must(w, db_index_exists(w->ctx, w->c, "item", &there));
        assert_false(there);
        must(w, db_index_unique(w->ctx, w->c, "item_code", &there));
        assert_true(there);
        must(w, sql_script(w->ctx, w->c, "create index item_plain on item (code)"));
        must(w, db_index_unique(w->ctx, w->c, "item_plain", &there));
        assert_false(there);
        must(w, db_index_unique(w->ctx, w->c, "item", &there));
        assert_false(there);
        struct db_index *x = NULL;
        must(w, db_indexes(w->ctx, w->c, "item", &x, &n));
        size_t seen = 0;
        for (size_t i = 0; i < n; i++) {
                bool plain = strcmp(x[i].name, "item_plain") == 0;
                if (!plain && strcmp(x[i].name, "item_code") != 0)
                        continue;
                seen++;
                assert_int_equal(x[i].unique, !plain);
                assert_int_equal(x[i].column_count, 1);
                assert_string_equal(x[i].columns[0], "code");
        }
        assert_int_equal(seen, 2);
        must(w, sql_script(w->ctx, w->c, "drop index item_plain"));
        must(w, db_columns(w->ctx, w->c, "item", &col, &n));
        assert_int_equal(n, 4);
        assert_string_equal(col[0].name, "id");
        assert_string_equal(col[0].type, "bigint");
        assert_true(col[0].not_null);
        assert_string_equal(col[1].type, "text");
        assert_false(col[1].not_null);
        assert_string_equal(col[2].type, "double precision");
        must(w, db_columns(w->ctx, w->c, "scan", &col, &n));
        assert_string_equal(col[1].type, "blob");
        must(w, db_columns(w->ctx, w->c, "nowhere", &col, &n));
        assert_int_equal(n, 0);
}

static void
a_column_added_meanwhile_is_seen(void **state)
{
        struct world *w = *state;

        must(w, add(w, 1, "a"));
        must(w, sql_script(w->ctx, w->c, "alter table item add column note text"));
        must(w, add(w, 2, "b"));
        must(w, sql_run(w->ctx, w->c, "update item set note = $1", "s", "x"));
        assert_int_equal(conn_changes(w->c), 2);
}

/* ---- one file, one server ---- */

static void
a_second_server_on_the_file_is_refused(void **state)
{
        struct world *w = *state;
        struct db *second = db_open(w->ctx, w->store.where);

        must(w, db_lock(w->ctx, w->db));
        if (engine == DB_SQLITE) {
                assert_false(db_lock(w->ctx, second));
                assert_non_null(strstr(w->ctx->errors->en, w->store.where));
                expect_error(w, E_DB_LOCKED, "");
        } else {
                must(w, db_lock(w->ctx, second));
        }
        db_close(second);
}

static void
the_engine_is_told_by_the_name(void **state)
{
        struct world *w = *state;
        static const struct {
                const char *where;
                enum db_engine engine;
        } cases[] = {
                {"var/openitr.db", DB_SQLITE},
                {"/srv/site=a/openitr.db", DB_SQLITE},
                {"postgresql://localhost/itr", DB_PG},
                {"postgres:///itr", DB_PG},
                {"host=/run/postgresql dbname=itr", DB_PG},
                {"user=x dbname=itr password=secret", DB_PG},
        };

        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
                struct db *db = db_open(w->ctx, cases[i].where);
                assert_int_equal(db_engine(db), cases[i].engine);
                assert_null(strstr(db_where(db), "secret"));
                db_close(db);
        }
}

/* ---- quiet moments ---- */

static int64_t
file_size(struct world *w)
{
        struct stat st;

        assert_int_equal(stat(w->store.where, &st), 0);
        return st.st_size;
}

/* Rows of a page each; the log holds them until it is settled, or is as long as it may be. */
static void
add_pages(struct world *w, int64_t from, int64_t n)
{
        char *body = memset(arena_alloc(w->ctx->arena, 4000), 'x', 4000);

        must(w, tx_begin(w->ctx, w->c));
        for (int64_t id = from; id < from + n; id++)
                must(w, sql_run(w->ctx, w->c, SQL("insert into item (id, code) values ($1, $2)"), "it", id,
                                (struct str){arena_printf(w->ctx->arena, "%lld%.4000s", (long long)id, body), 4000}));
        must(w, tx_commit(w->ctx, w->c));
}

static void
a_quiet_moment_brings_a_long_log_into_the_file(void **state)
{
        struct world *w = *state;

        if (engine == DB_PG) {
                conn_settle(w->c);
                return;
        }
        conn_settle(w->c);
        int64_t empty = file_size(w);
        add_pages(w, 1, 100);
        conn_settle(w->c);
        assert_true(file_size(w) == empty);
        add_pages(w, 1000, 1500);
        assert_true(file_size(w) == empty);
        conn_settle(w->c);
        assert_true(file_size(w) > 1500 * 4096);
        assert_int_equal(items(w), 1600);
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
        const struct CMUnitTest facts[] = {
                FACT(values_of_every_letter_come_back),
                FACT(null_by_every_letter),
                FACT(empty_text_is_not_null),
                FACT(blobs_hold_any_byte),
                FACT(parameters_go_by_name),
                FACT(a_comparison_reads_as_0_or_1),
                FACT(a_wrong_number_of_values_is_refused),
                FACT(no_row_is_no_error),
                FACT(changes_count_the_rows_touched),
                FACT(a_statement_in_use_can_be_used_again),
                FACT(a_fifth_open_query_is_refused),
                FACT(statements_come_and_go),
                FACT(a_returning_row_is_a_change),
                FACT(unique_names_its_column),
                FACT(other_constraints),
                FACT(nonsense_is_a_plain_error),
                FACT(a_read_connection_cannot_write),
                FACT(a_missing_store_is_away),
                FACT(a_reopened_connection_serves_again),
                FACT(rollback_undoes),
                FACT(savepoints_nest),
                FACT(an_error_in_a_savepoint_leaves_the_rest),
                FACT(an_error_is_told_at_the_commit_at_latest),
                FACT(an_error_is_told_by_changes_and_flush),
                FACT(a_failed_transaction_never_commits_in_part),
                FACT(many_queued_writes_all_arrive),
                FACT(sequences_start_at_1_and_run_on),
                FACT(a_rollback_forgets_the_block),
                FACT(an_undo_forgets_only_its_own_block),
                FACT(the_catalog_tells_what_is_there),
                FACT(a_column_added_meanwhile_is_seen),
                FACT(a_second_server_on_the_file_is_refused),
                FACT(the_engine_is_told_by_the_name),
                FACT(a_quiet_moment_brings_a_long_log_into_the_file),
        };

        engine = DB_SQLITE;
        int bad = cmocka_run_group_tests_name("sqlite", facts, NULL, NULL);
        engine = DB_PG;
        if (test_pg())
                bad += cmocka_run_group_tests_name("postgresql", facts, NULL, NULL);
        return bad;
}
