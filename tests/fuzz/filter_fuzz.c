/* SPDX-License-Identifier: Apache-2.0
 *
 * filter_fuzz.c -- any text as a filter of a list: a fault, or SQL in which every value is bound.
 *
 * The SQL is prepared on a real database with the model's tables, so that a filter which the parser takes and SQLite does
 * not is found; and no byte of a value may reach the SQL's text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "engine/engine.h"
#include "engine/filter.h"
#include "model/plan.h"

static struct fixture {
        struct ctx ctx;
        struct model *model;
        struct engine *engine;
        struct conn *conn;
        const struct entity *entity;
} the;

static void
must(bool ok)
{
        if (!ok) {
                ctx_print_errors(&the.ctx, stderr);
                abort();
        }
}

static void
setup(void)
{
        struct source *sources;
        size_t n;
        struct plan plan;
        char path[] = "/tmp/filter_fuzz.XXXXXX";

        ctx_init(&the.ctx, arena_new(0));
        must(model_sources(&the.ctx, NULL, &sources, &n));
        the.model = model_load(&the.ctx, sources, n, NULL, 0);
        must(the.model != NULL && close(mkstemp(path)) == 0);
        the.engine = engine_new(the.model, NULL, 0, NULL, 0);
        the.entity = model_entity(the.model, "technical_request");
        the.conn = conn_open(&the.ctx, db_open(&the.ctx, path), CONN_WRITE);
        must(the.conn != NULL && plan_make(&the.ctx, the.model, the.conn, &plan) && plan_apply(&the.ctx, the.conn, &plan));
        unlink(path);
}

static void
check(struct work *w, struct str filter)
{
        struct sql_text s = {0};
        struct buf whole = {0};
        bool ok = filter_sql(w, the.entity, filter, &s);

        if (ok == ctx_failed(w->ctx))
                abort();
        if (ok) {
                buf_printf(&whole, "select 1 from cases c join technical_request t on t.id = c.id where %s", buf_c(&s.text));
                if (memchr(whole.p, ';', whole.n) != NULL || !sql_prepares(w->ctx, the.conn, buf_c(&whole)))
                        abort();
        }
        buf_free(&whole);
        buf_free(&s.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct ctx ctx;
        struct actor actor = {.id = 1, .roles = ROLE_ALL & ~ROLE_SYSTEM, .teams = (const int64_t[]){2, 3}, .team_count = 2};
        struct work w = {.ctx = &ctx, .actor = &actor, .now = 1};

        if (the.engine == NULL)
                setup();
        ctx_init(&ctx, arena_new(0));
        w.engine = the.engine;
        w.model = the.model;
        w.conn = the.conn;
        check(&w, (struct str){arena_strndup(ctx.arena, (const char *)data, size), size});
        arena_free(ctx.arena);
        return 0;
}
