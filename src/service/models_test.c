/* SPDX-License-Identifier: Apache-2.0
 *
 * models_test.c -- patches on top of a base: what stands aside and what not; engines that are held while others come.
 */
#include "engine/test_engine.h"
#include "service/models.h"

static struct models_base
base_of(struct ctx *ctx)
{
        struct source *sources;
        struct models_base b = {0};

        assert_true(model_sources(ctx, NULL, &sources, &b.count));
        b.sources = sources;
        return b;
}

static struct patch
patch(const char *name, const char *text)
{
        return (struct patch){.name = name, .text = str_of(text), .program = "test", .note = ""};
}

#define TOOL                                                                                                 \
        "entity: tool\nis: record\nlabel: {en: Tool, zh: 工具}\nfields:\n  name: {type: text, label: {en: N, zh: 名}}\n"  \
        "grants:\n  staff: {read: all}\n"
#define TOOL_MORE "extend: tool\nfields:\n  weight: {type: int, label: {en: W, zh: 重}}\n"

static void
begin(struct ctx *ctx)
{
        ctx_init(ctx, arena_new(0));
}

/* What a later patch makes, an earlier one may extend. */
static void
order_is_no_matter(void **state)
{
        struct ctx ctx;

        begin(&ctx);
        struct models_base b = base_of(&ctx);
        struct patch v[] = {patch("more", TOOL_MORE), patch("tool", TOOL), patch("bad", "entity: 7")};
        struct patches p = {.v = v, .count = 3, .revision = 3};
        struct model *m = models_load(&ctx, &b, &p);
        assert_non_null(m);
        assert_non_null(entity_field(model_entity(m, "tool"), "weight"));
        assert_null(v[0].aside);
        assert_null(v[1].aside);
        assert_non_null(v[2].aside);
        assert_false(ctx_failed(&ctx));
        model_free(m);
        arena_free(ctx.arena);
}

/* Who extends what stands aside stands aside too, and the rest is there. */
static void
what_hangs_on_it_goes_too(void **state)
{
        struct ctx ctx;

        begin(&ctx);
        struct models_base b = base_of(&ctx);
        struct patch v[] = {patch("tool", TOOL "states: 5\n"), patch("more", TOOL_MORE),
                            patch("team", "extend: team\nfields:\n  extra: {type: text, label: {en: E, zh: 额外}}\n")};
        struct patches p = {.v = v, .count = 3, .revision = 3};
        struct model *m = models_load(&ctx, &b, &p);
        assert_non_null(m);
        assert_null(model_entity(m, "tool"));
        assert_non_null(v[0].aside);
        assert_non_null(strstr(v[1].aside->zh, "没有实体“tool”"));
        assert_non_null(entity_field(model_entity(m, "team"), "extra"));
        model_free(m);
        arena_free(ctx.arena);
}

static void
an_engine_stays_while_it_is_held(void **state)
{
        struct ctx ctx;

        begin(&ctx);
        struct models_base b = base_of(&ctx);
        struct patches none = {0};
        struct engine *slot = models_engine(models_load(&ctx, &b, &none)), *held = engine_take(&slot);
        struct engine *next = models_engine(models_load(&ctx, &b, &none));
        engine_swap(&slot, next);
        assert_ptr_equal(slot, next);
        assert_non_null(model_entity(engine_model(held), "user"));     /* under the address sanitizer: still there */
        engine_release(held);
        engine_release(slot);
        arena_free(ctx.arena);
}

static void
names_of_patches(void **state)
{
        static const char *const bad[] = {"", "../x", "Loan", "1a", "a b", "a.yaml", "-a",
                                          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
        struct ctx ctx;

        begin(&ctx);
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
                assert_false(patch_name_check(&ctx, str_of(bad[i])));
        assert_false(patch_name_check(&ctx, (struct str){"a\0b", 3}));
        ctx_clear(&ctx);
        assert_true(patch_name_check(&ctx, STR("loan-2_more")));
        assert_false(ctx_failed(&ctx));
        arena_free(ctx.arena);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(order_is_no_matter),
                cmocka_unit_test(what_hangs_on_it_goes_too),
                cmocka_unit_test(an_engine_stays_while_it_is_held),
                cmocka_unit_test(names_of_patches),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
