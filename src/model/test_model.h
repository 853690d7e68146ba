/* SPDX-License-Identifier: Apache-2.0
 *
 * test_model.h -- a small model from texts, for the tests of this folder.  Included by test programs only.
 */
#ifndef MODEL_TEST_MODEL_H
#define MODEL_TEST_MODEL_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include "model/bind.h"
#include "model/model.h"

struct test_model {
        struct arena *arena;
        struct ctx ctx;
        struct source sources[16];
        size_t count;
        struct model *model;
};

static const char TEST_ROLES[] =
        "groups:\n"
        "  staff: {label: {en: Staff, zh: 员工}}\n"
        "  customers: {label: {en: Customers, zh: 客户}}\n"
        "roles:\n"
        "  agent: {label: {en: Agent, zh: 坐席}, groups: [staff], tier: 1}\n"
        "  expert: {label: {en: Expert, zh: 专家}, groups: [staff], tier: 2}\n"
        "  customer: {label: {en: Customer, zh: 客户}, groups: [customers]}\n";
static const char TEST_CASE[] =
        "entity: case\n"
        "is: case\n"
        "abstract: true\n"
        "label: {en: Case, zh: 业务单}\n"
        "fields:\n"
        "  title: {type: text, required: true, search: true, label: {en: Title, zh: 标题}}\n"
        "  team: {type: team, label: {en: Team, zh: 团队}}\n"
        "  handler: {type: person, label: {en: Handler, zh: 处理人}}\n"
        "  severity: {type: enum, of: [critical, major, minor], preset: minor, label: {en: Severity, zh: 级别}}\n"
        "index: [[team, state], [handler]]\n";

static inline void
test_model_begin(struct test_model *t)
{
        *t = (struct test_model){.arena = arena_new(0)};
        ctx_init(&t->ctx, t->arena);
}

static inline void
test_source(struct test_model *t, const char *path, const char *text)
{
        t->sources[t->count++] = (struct source){path, str_of(text), strncmp(path, "rules", 5) == 0 ? "rules" : strncmp(path, "notices", 7) == 0 ? "notices" : "models", false};
}

/* Loads what was added; the model, or NULL. */
static inline struct model *
test_load(struct test_model *t, const char *const *hooks, size_t hook_count)
{
        return t->model = model_load(&t->ctx, t->sources, t->count, hooks, hook_count);
}

/* Loads roles, `case` and one more entity, which must be right. */
static inline const struct entity *
test_entity(struct test_model *t, const char *text)
{
        test_model_begin(t);
        test_source(t, "models/roles.yaml", TEST_ROLES);
        test_source(t, "models/case.yaml", TEST_CASE);
        test_source(t, "models/it.yaml", text);
        if (!test_load(t, NULL, 0))
                ctx_print_errors(&t->ctx, stderr);
        assert_non_null(t->model);
        return &t->model->entities[1];
}

static inline void
test_model_end(struct test_model *t)
{
        model_free(t->model);
        arena_free(t->arena);
}

/* Every line of `text` that ends in `#! a ;; b` must have exactly the faults whose sentences hold a and b, in the
 * file `path`; no other line may have any. */
static inline void
test_faults(const struct test_model *t, const char *path, const char *text)
{
        int line = 1, bad = 0;

        for (const char *p = text; *p; line++) {
                const char *end = strchr(p, '\n'), *mark = strstr(p, "#! ");
                end = end ? end : p + strlen(p);
                char wanted[400] = "", prefix[100], *rest = wanted;
                if (mark && mark < end)
                        snprintf(wanted, sizeof wanted, "%.*s", (int)(end - mark - 3), mark + 3);
                snprintf(prefix, sizeof prefix, "%s:%d:", path, line);
                for (const struct error *e = t->ctx.errors; e; e = e->next) {
                        if (strncmp(e->field, prefix, strlen(prefix)) != 0)
                                continue;
                        char *next = rest ? strstr(rest, " ;; ") : NULL;
                        if (next)
                                *next = 0;
                        if (rest == NULL || *rest == 0 || strstr(e->en, rest) == NULL) {
                                fprintf(stderr, "%s %s (wanted: %s)\n", e->field, e->en, rest ? rest : "nothing");
                                bad++;
                        }
                        rest = next ? next + 4 : NULL;
                }
                if (rest && *rest) {
                        fprintf(stderr, "%s nothing reported (wanted: %s)\n", prefix, rest);
                        bad++;
                }
                p = *end ? end + 1 : end;
        }
        assert_int_equal(bad, 0);
}
#endif
