/* SPDX-License-Identifier: Apache-2.0
 *
 * fts_rank_test.c -- the rank is bm25 while words are rare, and orders by the rare word when others are common.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "sql/fts_rank.h"
#include <stdio.h>

static sqlite3 *db;

static void
must(int rc)
{
        if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW)
                fprintf(stderr, "%s\n", sqlite3_errmsg(db));
        assert_true(rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW);
}

/* A table of rows made of few words, some of them often: the n-th row holds the word m when m divides n. */
static int
begin(void **state)
{
        must(sqlite3_open(":memory:", &db));
        must(fts_rank_register(db));
        must(sqlite3_exec(db, "create virtual table t using fts5(title, body)", NULL, NULL, NULL));
        return 0;
}

static int
end(void **state)
{
        return sqlite3_close(db) == SQLITE_OK ? 0 : -1;
}

static void
fill(int rows)
{
        char sql[400];

        sqlite3_snprintf(sizeof sql, sql,
                         "with recursive n(i) as (select 1 union all select i + 1 from n where i < %d) "
                         "insert into t(rowid, title, body) select i, iif(i %% 3, 'one', 'one three three'), "
                         "'all ' || iif(i %% 7, '', 'seven ') || iif(i %% 1000, '', 'rare ') || 'end' from n", rows);
        must(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static double
number(const char *sql)
{
        sqlite3_stmt *s;
        double ret;

        must(sqlite3_prepare_v2(db, sql, -1, &s, NULL));
        assert_int_equal(sqlite3_step(s), SQLITE_ROW);
        ret = sqlite3_column_double(s, 0);
        must(sqlite3_finalize(s));
        return ret;
}

/* How many matches of the words the condition on their rank holds for. */
static double
count_where(const char *words, const char *condition)
{
        char sql[300];

        sqlite3_snprintf(sizeof sql, sql, "select count(*) from t where t match '%q' and %s", words, condition);
        return number(sql);
}

static void
a_rare_word_counts_as_in_bm25(void **state)
{
        static const char *const WORDS[] = {"three", "one AND seven", "rare OR three", "title : three", "\"three three\" OR sev*"};

        fill(FTS_RANK_COUNTED - 1);
        for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
                assert_true(count_where(WORDS[i], "fts_rank(t, 0, 4.0, 1.0) > 0") > 0);
                assert_true(count_where(WORDS[i], "abs(fts_rank(t, 0, 4.0, 1.0) + bm25(t, 4.0, 1.0)) > 1e-9") == 0);
        }
}

static void
a_common_word_counts_less_than_a_rare_one(void **state)
{
        fill(4 * FTS_RANK_COUNTED);
        assert_true(number("select rowid % 1000 from t where t match 'rare OR all' order by fts_rank(t, 0, 1.0, 1.0) desc limit 1") == 0);
        assert_true(number("select count(*) from (select fts_rank(t, 0, 1.0, 1.0) as score from t where t match 'all') where score <= 0") == 0);
}

static void
the_beginning_of_a_word_counts_as_common(void **state)
{
        fill(FTS_RANK_COUNTED);
        assert_true(count_where("rar*", "abs(fts_rank(t, 1, 1.0, 1.0) + bm25(t)) > 1e-9") == 0);
        must(sqlite3_exec(db, "delete from t", NULL, NULL, NULL));
        fill(40 * FTS_RANK_COUNTED);
        assert_true(count_where("rar*", "fts_rank(t, 1, 1.0, 1.0) > 0") == 40 * FTS_RANK_COUNTED / 1000);
        assert_true(number("select fts_rank(t, 1, 1.0, 1.0) from t where t match 'rar*' limit 1") <
                    number("select fts_rank(t, 0, 1.0, 1.0) from t where t match 'rare' limit 1"));
}

static void
an_empty_table_has_no_rank(void **state)
{
        assert_true(number("select count(fts_rank(t)) from t where t match 'one'") == 0);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_rare_word_counts_as_in_bm25, begin, end),
                cmocka_unit_test_setup_teardown(a_common_word_counts_less_than_a_rare_one, begin, end),
                cmocka_unit_test_setup_teardown(the_beginning_of_a_word_counts_as_common, begin, end),
                cmocka_unit_test_setup_teardown(an_empty_table_has_no_rank, begin, end),
        };

        return cmocka_run_group_tests_name("fts_rank", tests, NULL, NULL);
}
