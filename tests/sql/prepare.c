/* SPDX-License-Identifier: Apache-2.0
 *
 * prepare.c -- every statement of the program is one that both engines understand.
 *
 * Standard input holds the SQL literals of the sources, one a line (tools/sql-literals); to them come the statements that
 * the engine floor makes from the model.  Each is prepared, not run, on a store that has the model's tables: on SQLite,
 * and on the PostgreSQL that OPENITR_TEST_PG names.
 *
 * Ends with "sql: N passed, N failed".  Statements put together at run time (filters, lists, updates) are the business of
 * the tests that run them.
 */
#include "engine/engine.h"
#include "engine/search.h"
#include "engine/sqltext.h"
#include "model/plan.h"
#include "service/hooks.h"
#include "sql/test_store.h"

static int passed, failed;

struct literals {
        char **v;
        size_t n;
};

static struct literals
read_literals(struct arena *a)
{
        struct literals all = {0};
        char *line = NULL;
        size_t room = 0;

        for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;)
                *ARENA_PUSH(a, all.v, all.n) = arena_strndup(a, line, (size_t)n - (line[n - 1] == '\n'));
        free(line);
        return all;
}

static void
try_statement(struct test_store *t, struct conn *c, const char *sql)
{
        if (sql == NULL)
                return;
        if (sql_prepares(&t->ctx, c, sql)) {
                passed++;
                return;
        }
        failed++;
        fprintf(stderr, "FAILED  %s: %s\n", db_engine(t->db) == DB_PG ? "PostgreSQL" : "SQLite", sql);
        ctx_print_errors(&t->ctx, stderr);
        ctx_clear(&t->ctx);
}

static void
try_model(struct test_store *t, struct conn *c, const struct engine *en)
{
        const struct model *m = engine_model(en);

        for (size_t i = 0; i < m->entity_count; i++) {
                if (m->entities[i].kind == KIND_SYSTEM)
                        continue;
                const struct entity_sql *s = engine_sql(en, &m->entities[i]);
                const char *const all[] = {s->select, s->read, s->insert_shared, s->insert_own, s->exists, s->label};
                for (size_t k = 0; k < sizeof all / sizeof *all; k++)
                        try_statement(t, c, all[k]);
        }
}

static struct model *
load_model(struct ctx *ctx)
{
        struct source *sources;
        size_t count;

        return model_sources(ctx, NULL, &sources, &count) ? model_load(ctx, sources, count, NULL, 0) : NULL;
}

static bool
make_tables(struct ctx *ctx, const struct model *m, struct conn *c)
{
        struct plan plan;

        return plan_make(ctx, m, c, &plan) && plan_apply(ctx, c, &plan) && search_schema(ctx, c);
}

static bool
try_engine(enum db_engine which, const struct literals *all)
{
        struct test_store t;

        test_store_open(&t, which);
        struct model *m = load_model(&t.ctx);
        struct conn *c = conn_open(&t.ctx, t.db, CONN_WRITE);
        bool ok = m && c && make_tables(&t.ctx, m, c);
        if (ok) {
                struct engine *en = engine_new(m, SERVICE_HOOKS, SERVICE_HOOK_COUNT, NULL, 0);
                for (size_t i = 0; i < all->n; i++)
                        try_statement(&t, c, all->v[i]);
                try_model(&t, c, en);
                engine_free(en);
        }
        ctx_print_errors(&t.ctx, stderr);
        conn_close(c);
        if (m)
                model_free(m);
        test_store_close(&t);
        return ok;
}

int
main(void)
{
        struct arena *a = arena_new(0);
        struct literals all = read_literals(a);
        bool ok = all.n > 0 && test_pg() && try_engine(DB_SQLITE, &all) && try_engine(DB_PG, &all);

        arena_free(a);
        if (!ok) {
                fprintf(stderr, "It needs literals on standard input, a PostgreSQL in OPENITR_TEST_PG, and a sound model.\n");
                return 2;
        }
        printf("sql: %d passed, %d failed\n", passed, failed);
        return failed > 0;
}
