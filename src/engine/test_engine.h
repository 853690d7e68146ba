/* SPDX-License-Identifier: Apache-2.0
 *
 * test_engine.h -- a Model, an engine and an empty store for a test: the built-in models and, on top of them, one
 * entity of every field type that the test may bend to its wishes.  Included by test programs only.
 *
 * `w` acts for the system and is inside a transaction; test_as() lets somebody else act.
 */
#ifndef ENGINE_TEST_ENGINE_H
#define ENGINE_TEST_ENGINE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#undef fail /* cmocka's; ours is base/ctx.h */
#include "base/secret.h"
#include "engine/access.h"
#include "engine/engine.h"
#include "engine/event.h"
#include "engine/search.h"
#include "engine/store.h"
#include "model/plan.h"
#include "sql/test_store.h"

struct test_engine {
        struct test_store store;
        struct ctx *ctx;
        struct model *model;
        struct engine *engine;
        struct conn *conn;
        struct work w;
};

/* A case with a field of each type and a life of three states. */
static const char TEST_SAMPLE[] =
        "entity: sample\n"
        "is: case\n"
        "label: {en: Sample, zh: Sample}\n"
        "number: \"SM-{yyyy}-{seq:4}\"\n"
        "scope: {own: [handler, owner], own_account: account, team: team}\n"
        "fields:\n"
        "  colour:  {type: enum, of: [red, green, blue], label: {en: Colour, zh: Colour}}\n"
        "  kinds:   {type: multi_enum, of: [a, b, ab], label: {en: Kinds, zh: Kinds}}\n"
        "  people:  {type: multi_link, to: user, label: {en: People, zh: People}}\n"
        "  weight:  {type: decimal, scale: 3, label: {en: Weight, zh: Weight}}\n"
        "  price:   {type: money, min: 0, max: 1000, label: {en: Price, zh: Price}}\n"
        "  amount:  {type: int, min: -5, max: 5, label: {en: Amount, zh: Amount}}\n"
        "  ready:   {type: bool, label: {en: Ready, zh: Ready}}\n"
        "  on_day:  {type: date, label: {en: Day, zh: Day}}\n"
        "  at_time: {type: datetime, label: {en: Time, zh: Time}}\n"
        "  remark:  {type: longtext, max: 50, search: true, label: {en: Remark, zh: Remark}}\n"
        "  code:    {type: text, max: 10, unique: true, label: {en: Code, zh: Code}}\n"
        "  origin:  {type: text, fixed: true, preset: lab, label: {en: Origin, zh: Origin}}\n"
        "  secret:  {type: text, read: [duty_manager], write: [duty_manager], label: {en: Secret, zh: Secret}}\n"
        "  stamp:   {type: datetime, computed: true, label: {en: Stamp, zh: Stamp}}\n"
        "states:\n"
        "  fresh:  {stage: accept, customer: received, label: {en: Fresh, zh: Fresh}}\n"
        "  tested: {stage: handle, kind: waiting, customer: in_progress, label: {en: Tested, zh: Tested}}\n"
        "  gone:   {stage: close, final: true, customer: completed, label: {en: Gone, zh: Gone}}\n"
        "transitions:\n"
        "  test:   {from: fresh, to: tested, by: [t1_engineer], needs: [colour], may: [title, remark], sets: {stamp: now}, label: {en: Test, zh: Test}}\n"
        "  repeat: {from: tested, to: fresh, by: [t1_engineer], reason: true, sets: {stamp: null}, label: {en: Repeat, zh: Repeat}}\n"
        "  drop:   {from: any_open, to: gone, by: [t1_engineer, duty_manager], when: colour == red, "
        "why: {en: Only red ones are dropped., zh: 仅红色可弃。}, label: {en: Drop, zh: Drop}}\n"
        "clocks:\n"
        "  work: {start: created, stop: gone, pause: tested, party: sla, target: sla.resolve, label: {en: Work, zh: Work}}\n"
        "grants:\n"
        "  t1_engineer:      {read: team, write: team, act: team, create: true}\n"
        "  t2_expert:        {read: all, write: own, act: own, create: true}\n"
        "  duty_manager:     {read: all, write: all, act: all, create: true}\n"
        "  customer_contact: {read: own_account, write: none, act: none, create: true}\n"
        "list: [title, colour]\n";

static inline void
test_must(struct test_engine *t, bool ok)
{
        if (!ok)
                ctx_print_errors(t->ctx, stderr);
        assert_true(ok);
}

/* The built-in sources and the sample. */
static inline struct model *
test_model(struct ctx *ctx)
{
        struct source *builtin, *all;
        size_t n;

        if (!model_sources(ctx, NULL, &builtin, &n))
                return NULL;
        all = ARENA_ARRAY(ctx->arena, struct source, n + 1);
        memcpy(all, builtin, n * sizeof *all);
        all[n] = (struct source){.path = "sample.yaml", .text = STR(TEST_SAMPLE), .kind = "models", .site = true};
        return model_load(ctx, all, n + 1, NULL, 0);
}

static inline void
test_engine_open(struct test_engine *t, enum db_engine engine)
{
        struct plan plan;

        secret_init();
        test_store_open(&t->store, engine);
        t->ctx = &t->store.ctx;
        t->model = test_model(t->ctx);
        test_must(t, t->model != NULL);
        t->engine = engine_new(t->model, NULL, 0, NULL, 0);
        t->conn = conn_open(t->ctx, t->store.db, CONN_WRITE);
        test_must(t, t->conn != NULL);
        test_must(t, plan_make(t->ctx, t->model, t->conn, &plan) && plan_apply(t->ctx, t->conn, &plan));
        test_must(t, search_schema(t->ctx, t->conn));
        t->w = (struct work){.ctx = t->ctx,
                             .conn = t->conn,
                             .engine = t->engine,
                             .model = t->model,
                             .actor = &ACTOR_SYSTEM,
                             .now = 1800000000 * USEC_SECOND};
        test_must(t, tx_begin(t->ctx, t->conn));
}

static inline void
test_engine_close(struct test_engine *t)
{
        tx_rollback(t->conn);
        conn_close(t->conn);
        engine_free(t->engine);
        model_free(t->model);
        test_store_close(&t->store);
}

/* A person with these roles ("t1_engineer duty_manager"), of team and account 0 or more. */
static inline struct actor *
test_actor(struct test_engine *t, const char *roles, int64_t id, int64_t team, int64_t account)
{
        struct actor *a = ARENA_NEW(t->ctx->arena, struct actor);
        struct str rest = str_of(roles);

        a->id = id;
        a->team = team;
        a->account = account;
        a->login = a->name = "somebody";
        a->tier = 1;
        if (team != 0) {
                int64_t *teams = ARENA_ARRAY(t->ctx->arena, int64_t, 1);
                teams[0] = team;
                a->teams = teams;
                a->team_count = 1;
        }
        while (rest.n > 0) {
                const struct role *role = model_role(t->model, str_c(t->ctx->arena, str_cut(rest, ' ', &rest)));
                assert_non_null(role);
                a->roles |= role->bit;
        }
        return a;
}

static inline struct work
test_as(struct test_engine *t, const char *roles, int64_t id, int64_t team, int64_t account)
{
        struct work w = t->w;

        w.actor = test_actor(t, roles, id, team, account);
        return w;
}

static inline const struct json *
test_json(struct test_engine *t, const char *text)
{
        const struct json *j = json_parse(t->ctx, arena_strdup(t->ctx->arena, text), strlen(text), 10000);

        test_must(t, j != NULL);
        return j;
}

static inline const struct entity *
test_entity(struct test_engine *t, const char *name)
{
        const struct entity *e = model_entity(t->model, name);

        assert_non_null(e);
        return e;
}

/* A sample made by the system from a JSON object with ' for ". */
static inline struct record *
test_sample(struct test_engine *t, const char *fields)
{
        char *text = arena_strdup(t->ctx->arena, fields);
        struct record *r;

        for (char *p = text; *p; p++)
                if (*p == '\'')
                        *p = '"';
        r = store_create(&t->w, test_entity(t, "sample"), test_json(t, text));
        test_must(t, r != NULL);
        return r;
}

/* The code of the first error, then forgotten; E_COUNT when there is none. */
static inline enum err_code
test_error(struct test_engine *t)
{
        enum err_code code = t->ctx->errors ? t->ctx->errors->code : E_COUNT;

        ctx_clear(t->ctx);
        return code;
}

/* A program's groups on SQLite and, when OPENITR_TEST_PG names one, on PostgreSQL. */
#define TEST_ENGINE_MAIN(tests)                                                                             \
        static enum db_engine test_engine_kind;                                                             \
        static int setup(void **state)                                                                      \
        {                                                                                                   \
                struct test_engine *t = calloc(1, sizeof *t);                                               \
                test_engine_open(t, test_engine_kind);                                                      \
                *state = t;                                                                                 \
                return 0;                                                                                   \
        }                                                                                                   \
        static int teardown(void **state)                                                                   \
        {                                                                                                   \
                test_engine_close(*state);                                                                  \
                free(*state);                                                                               \
                return 0;                                                                                   \
        }                                                                                                   \
        int main(void)                                                                                      \
        {                                                                                                   \
                int failed = cmocka_run_group_tests_name("SQLite", tests, setup, teardown);                 \
                test_engine_kind = DB_PG;                                                                   \
                return test_pg() ? failed + cmocka_run_group_tests_name("PostgreSQL", tests, setup, teardown) : failed; \
        }
#endif
