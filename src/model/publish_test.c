/* SPDX-License-Identifier: Apache-2.0
 *
 * publish_test.c -- the JSON for the browser, the language's schema, the pages and diagrams.
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "model/test_model.h"
#include "model/publish.h"

static const char LOAN[] =
        "entity: loan\nis: case\nlabel: {en: Loan <&>, zh: 借用}\nplural: {en: Loans, zh: 借用}\nnumber: \"L{seq:4}\"\nicon: box\n"
        "nav: {group: request, order: 30}\n"
        "fields:\n"
        "  fee: {type: money, max: 99.5, group: claim, pii: true, when: \"severity in [critical, major]\", label: {en: Fee, zh: 费用},\n"
        "        help: {en: How much, zh: 多少}}\n"
        "  done_by: {type: person, computed: true, label: {en: D, zh: D}}\n"
        "states:\n"
        "  out: {stage: handle, label: {en: Out, zh: 已借出}, customer: received}\n"
        "  back: {stage: close, final: true, label: {en: Back, zh: 已归还}}\n"
        "transitions:\n"
        "  give: {from: out, to: back, by: staff, needs: [fee], style: primary, oneway: true, key: n, label: {en: Give, zh: 归还},\n"
        "         confirm: {en: Sure?, zh: 确定？}}\n"
        "  note: {from: any_open, to: same, by: staff, reason: true, label: {en: Note, zh: 备注}}\n"
        "  undo: {from: back, to: out, by: expert, label: {en: Undo, zh: 撤回}}\n"
        "views:\n  mine: {label: {en: Mine, zh: 我的}, filter: \"handler==me\", sort: \"-number\", columns: [number, fee]}\n"
        "layout: {detail: [[claim, 2]], side: [links]}\n"
        "list: [title, fee]\n"
        "grants:\n  staff: {read: all, create: true}\n";

static struct test_model t;
static const struct entity *e;
static struct jw w;

static int
setup(void **state)
{
        test_entity(&t, LOAN);
        e = model_entity(t.model, "loan");
        return 0;
}

static int
teardown(void **state)
{
        jw_free(&w);
        test_model_end(&t);
        return 0;
}

/* What was written is JSON; its tree. */
static const struct json *
parsed(void)
{
        const struct json *v = json_parse(&t.ctx, arena_strndup(t.arena, w.b.p, w.b.n), w.b.n, 100000);

        if (v == NULL)
                ctx_print_errors(&t.ctx, stderr);
        assert_non_null(v);
        return v;
}

static void
has(const char *json)
{
        if (!strstr(buf_c(&w.b), json))
                fprintf(stderr, "no %s\nin %s\n", json, buf_c(&w.b));
        assert_non_null(strstr(buf_c(&w.b), json));
}

static void
the_index_lists_what_people_see(void **state)
{
        publish_index(t.model, &w);
        const struct json *v = parsed();

        assert_int_equal(json_get(v, "entities")->count, 1);
        has("\"nav\":[{\"group\":\"request\",\"entities\":[\"loan\"]}]");
        has("{\"name\":\"agent\",\"zh\":\"坐席\",\"en\":\"Agent\",\"tier\":1,\"staff\":true,\"groups\":[\"staff\"]}");
        has("{\"entity\":\"loan\",\"kind\":\"case\",\"label\":{\"zh\":\"借用\",\"en\":\"Loan <&>\"},\"plural\":{\"zh\":\"借用\",\"en\":\"Loans\"},"
            "\"icon\":\"box\",\"nav\":{\"group\":\"request\",\"order\":30}}");
        assert_true(str_is(json_get_text(v, "version"), t.model->version));
}

static void
an_entity_has_fields_and_lifecycle(void **state)
{
        publish_entity(t.model, e, &w);
        const struct json *v = parsed();

        assert_int_equal(json_get(v, "fields")->count, 6);
        has("{\"name\":\"fee\",\"type\":\"money\",\"label\":{\"zh\":\"费用\",\"en\":\"Fee\"},\"help\":{\"zh\":\"多少\",\"en\":\"How much\"},"
            "\"group\":\"claim\",\"pii\":true,\"max\":99.50,\"scale\":2,\"when\":{\"field\":\"severity\",\"in\":[\"critical\",\"major\"]}}");
        has("\"computed\":true,\"read_only\":true,\"to\":\"user\"");
        has("\"options\":[{\"name\":\"critical\",\"zh\":\"critical\",\"en\":\"critical\"}");
        has("\"preset\":\"minor\"");
        has("{\"name\":\"out\",\"zh\":\"已借出\",\"en\":\"Out\",\"stage\":\"handle\",\"order\":10,\"kind\":\"open\",\"final\":false,\"customer\":\"received\"}");
        has("{\"name\":\"give\",\"zh\":\"归还\",\"en\":\"Give\",\"from\":[\"out\"],\"to\":\"back\",\"needs\":[\"fee\"],\"may\":[],\"style\":\"primary\","
            "\"confirm\":{\"zh\":\"确定？\",\"en\":\"Sure?\"},\"oneway\":true,\"key\":\"n\",\"reason\":false}");
        has("\"from\":[\"out\"],\"to\":\"same\"");
        has("\"views\":[{\"name\":\"mine\",\"zh\":\"我的\",\"en\":\"Mine\",\"filter\":\"handler==me\",\"sort\":\"-number\",\"columns\":[\"number\",\"fee\"],\"group\":null}]");
        has("\"layout\":{\"detail\":[[\"claim\",2]],\"side\":[\"links\"]},\"list\":[\"title\",\"fee\"]");
}

static void
the_schema_has_every_level(void **state)
{
        static const char *const levels[] = {"entity", "extend", "field", "state", "transition", "clock", "notice", "grant",
                                             "view", "scope", "nav", "layout", "role", "group", "table", "codes", "roles"};

        publish_schema(&w);
        const struct json *defs = json_get(parsed(), "$defs");
        for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
                assert_non_null(json_get(defs, levels[i]));
        const struct json *field = json_get(json_get(defs, "field"), "properties");
        assert_int_equal(json_get(json_get(field, "type"), "enum")->count, TYPE_COUNT);
        assert_true(str_is(json_get_text(json_get(field, "required"), "type"), "boolean"));
}

static void
the_diagram_shows_every_transition_once(void **state)
{
        struct buf svg = {0};

        doc_diagram_svg(e, "en", &svg);
        const char *text = buf_c(&svg);
        assert_non_null(strstr(text, "<title>Loan &lt;&amp;&gt;</title>"));
        assert_non_null(strstr(text, ">Give</text>"));
        assert_non_null(strstr(text, ">Undo</text>"));
        assert_non_null(strstr(text, "move back"));
        assert_non_null(strstr(text, "<title>Note"));
        assert_null(strstr(strstr(text, ">Give</text>") + 1, ">Give</text>"));
        buf_reset(&svg);
        doc_diagram_svg(e, "zh", &svg);
        assert_non_null(strstr(buf_c(&svg), ">归还</text>"));
        buf_free(&svg);
}

static void
pages_are_written(void **state)
{
        static const char *const files[] = {"index.md", "case.md", "loan.md", "loan-en.svg", "loan-zh.svg"};
        char *dir = arena_strdup(t.arena, "/tmp/openitr-doc-XXXXXX");
        struct stat st;

        assert_non_null(mkdtemp(dir));
        assert_true(doc_write(&t.ctx, t.model, dir));
        for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
                const char *path = arena_printf(t.arena, "%s/%s", dir, files[i]);
                assert_int_equal(stat(path, &st), 0);
                assert_true(st.st_size > 100);
                unlink(path);
        }
        rmdir(dir);
        assert_false(doc_write(&t.ctx, t.model, "/nowhere/at/all"));
        assert_int_equal(t.ctx.errors->code, E_IO);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
        const struct CMUnitTest tests[] = {
                T(the_index_lists_what_people_see), T(an_entity_has_fields_and_lifecycle),
                T(the_schema_has_every_level),      T(the_diagram_shows_every_transition_once),
                T(pages_are_written),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
