/* SPDX-License-Identifier: Apache-2.0
 *
 * test_store.h -- an empty store for a test: a file in a new folder, or a new schema of the PostgreSQL that
 * OPENITR_TEST_PG names.  Included by test programs only.
 */
#ifndef SQL_TEST_STORE_H
#define SQL_TEST_STORE_H
#include "sql/db.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct test_store {
        struct arena *arena;
        struct ctx ctx;
        struct db *db;
        const char *where;
        const char *home;              /* the folder, or the schema */
};

/* The conninfo of PostgreSQL tests, or NULL. */
static inline const char *
test_pg(void)
{
        const char *pg = getenv("OPENITR_TEST_PG");

        return pg && *pg ? pg : NULL;
}

/* Runs a script on the database that OPENITR_TEST_PG names. */
static inline void
test_pg_script(struct test_store *t, const char *sql)
{
        struct db *db = db_open(&t->ctx, test_pg());
        struct conn *c = db ? conn_open(&t->ctx, db, CONN_WRITE) : NULL;

        if (!c || !sql_script(&t->ctx, c, sql)) {
                ctx_print_errors(&t->ctx, stderr);
                abort();
        }
        conn_close(c);
        db_close(db);
}

static inline const char *
test_pg_with_schema(struct arena *a, const char *pg, const char *schema)
{
        if (strncmp(pg, "postgres", 8) != 0)
                return arena_printf(a, "%s options='-csearch_path=%s'", pg, schema);
        return arena_printf(a, "%s%coptions=-csearch_path%%3D%s", pg, strchr(pg, '?') ? '&' : '?', schema);
}

static inline void
test_store_open(struct test_store *t, enum db_engine engine)
{
        static int number;

        t->arena = arena_new(0);
        ctx_init(&t->ctx, t->arena);
        if (engine == DB_PG) {
                t->home = arena_printf(t->arena, "test_%d_%d", (int)getpid(), ++number);
                test_pg_script(t, arena_printf(t->arena, "create schema %s", t->home));
                t->where = test_pg_with_schema(t->arena, test_pg(), t->home);
        } else {
                char *home = arena_strdup(t->arena, "/tmp/openitr-test-XXXXXX");
                t->home = mkdtemp(home);
                t->where = arena_printf(t->arena, "%s/test.db", home);
        }
        t->db = db_open(&t->ctx, t->where);
        assert(t->db);
}

static inline void
test_store_close(struct test_store *t)
{
        static const char *const suffix[] = {"", "-wal", "-shm", ".lock"};

        if (db_engine(t->db) == DB_PG)
                test_pg_script(t, arena_printf(t->arena, "set client_min_messages = error; drop schema %s cascade",
                                               t->home));
        else
                for (size_t i = 0; i < sizeof suffix / sizeof *suffix; i++)
                        unlink(arena_printf(t->arena, "%s%s", t->where, suffix[i]));
        if (db_engine(t->db) == DB_SQLITE)
                rmdir(t->home);
        db_close(t->db);
        arena_free(t->arena);
}
#endif
