/* SPDX-License-Identifier: Apache-2.0
 *
 * cond_fuzz.c -- any text as a condition: a fault or a tree, and a tree can be asked and written.
 */
#include "model/cond.h"

static const char THING[] = "entity: thing\nis: record\nlabel: {en: T, zh: T}\n"
                            "fields:\n"
                            "  a: {type: int, label: {en: A, zh: A}}\n"
                            "  b: {type: money, label: {en: B, zh: B}}\n"
                            "  c: {type: enum, of: [x, y], label: {en: C, zh: C}}\n"
                            "  d: {type: bool, label: {en: D, zh: D}}\n"
                            "  e: {type: date, label: {en: E, zh: E}}\n"
                            "  f: {type: multi_enum, of: [x, y], label: {en: F, zh: F}}\n"
                            "  g: {type: datetime, label: {en: G, zh: G}}\n"
                            "  h: {type: text, label: {en: H, zh: H}}\n";

static const struct entity *
thing(void)
{
        static struct model *m;
        static struct ctx ctx;
        const struct source source = {"thing.yaml", str_of(THING), "models", false};

        if (m == NULL) {
                ctx_init(&ctx, arena_new(0));
                m = model_load(&ctx, &source, 1, NULL, 0);
        }
        return &m->entities[0];
}

static void
ask(const struct cond *c)
{
        const struct val none[8] = {{0}};
        const struct val some[8] = {VAL_OF_INT(1), VAL_OF_INT(-5), VAL_OF_TEXT(STR("x")), VAL_OF_INT(1), VAL_OF_TEXT(STR("2026-01-01")),
                                    VAL_OF_TEXT(STR("[\"x\"]")), VAL_OF_INT(0), VAL_OF_TEXT(STR("word"))};
        struct jw w = {0};

        cond_holds(c, none);
        cond_holds(c, some);
        cond_json(c, &w);
        jw_free(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const struct entity *e = thing();
        struct arena *a = arena_new(0);
        struct ctx ctx;

        ctx_init(&ctx, a);
        struct str text = {arena_strndup(a, (const char *)data, size), size};
        const struct cond *c = cond_parse(&ctx, a, e, text, "fuzz:1:1");
        if ((c == NULL) != ctx_failed(&ctx))
                __builtin_trap();
        if (c)
                ask(c);
        arena_free(a);
        return 0;
}
