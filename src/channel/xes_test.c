/* SPDX-License-Identifier: Apache-2.0
 *
 * xes_test.c -- what xes.h promises.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "channel/xes.h"
#include <stdlib.h>

struct fixture {
        struct arena *arena;
        struct ctx ctx;
        struct xes_log log;
        struct buf traces;             /* written again */
        size_t trace_count, event_count;
        bool through_json;
};

static const struct xes_attr *
again(struct fixture *f, struct jw *w, const struct xes_attr *attrs)
{
        if (!f->through_json)
                return attrs;
        jw_reset(w);
        xes_json_write(w, attrs);
        struct json *v = json_parse(&f->ctx, arena_strndup(f->arena, w->b.p, w->b.n), w->b.n, 100000);
        assert_non_null(v);
        return xes_json_read(f->arena, v);
}

/* All styles are known at the end of the first trace only; these logs have each sort of element in it. */
static bool
take_trace(void *arg, const struct xes_trace *t)
{
        struct fixture *f = arg;
        struct jw w = {0};

        f->trace_count++;
        f->event_count += t->event_count;
        xes_put_start(&f->traces, &f->log.style, t->before, again(f, &w, t->attrs));
        for (const struct xes_event *e = t->events; e; e = e->next)
                xes_put_event(&f->traces, &f->log.style, again(f, &w, e->attrs));
        xes_put_end(&f->traces, &f->log.style);
        jw_free(&w);
        return true;
}

static bool
read_text(struct fixture *f, struct str text)
{
        struct xes_reader to = {.trace = take_trace, .arg = f};

        f->arena = arena_new(0);
        ctx_init(&f->ctx, f->arena);
        struct inflate *in = inflate_memory(&f->ctx, text, "t.xes");
        bool ok = xes_read(&f->ctx, in, &to, &f->log);
        inflate_close(in);
        return ok;
}

static void
done(struct fixture *f)
{
        buf_free(&f->traces);
        arena_free(f->arena);
}

static const char LOG[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n"
        "<!-- kept -->\n"
        "<log xes.version=\"1.0\" xmlns=\"http://www.xes-standard.org/\">\n"
        "\t<extension name=\"Time\" prefix=\"time\" uri=\"http://www.xes-standard.org/time.xesext\"/>\n"
        "\t<global scope=\"trace\">\n"
        "\t\t<string key=\"concept:name\" value=\"UNKNOWN\"/>\n"
        "\t</global>\n"
        "\t<classifier name=\"Activity\" keys=\"concept:name\"/>\n"
        "\t<float key=\"mean\" value=\"7.60\">\n"
        "\t\t<float key=\"K\xc3\xa5re\" value=\"0.10\"/>\n"
        "\t</float>\n"
        "\t<trace>\n"
        "\t\t<string key=\"concept:name\" value=\"1-2 &lt;a&gt; &amp; &quot;b&quot;\"/>\n"
        "\t\t<event>\n"
        "\t\t\t<string key=\"concept:name\" value=\"Accepted\"/>\n"
        "\t\t\t<date key=\"time:timestamp\" value=\"2010-03-31T16:59:42+02:00\"/>\n"
        "\t\t\t<list key=\"l\">\n"
        "\t\t\t\t<values>\n"
        "\t\t\t\t\t<int key=\"x\" value=\"1\"/>\n"
        "\t\t\t\t\t<int key=\"x\" value=\"2&#10;3\"/>\n"
        "\t\t\t\t</values>\n"
        "\t\t\t</list>\n"
        "\t\t</event>\n"
        "\t\t<event>\n"
        "\t\t\t<string key=\"concept:name\" value=\"\"/>\n"
        "\t\t</event>\n"
        "\t</trace>\n"
        "\t<!-- between -->\n"
        "\t<trace>\n"
        "\t\t<boolean key=\"b\" value=\"true\"/>\n"
        "\t</trace>\n"
        "\t<string key=\"late\" value=\"x\"/>\n"
        "</log>\n";

static void
assert_same(bool through_json)
{
        struct fixture f = {.through_json = through_json};
        struct buf all = {0};

        assert_true(read_text(&f, STR(LOG)));
        buf_str(&all, f.log.head);
        buf_str(&all, buf_view(&f.traces));
        buf_str(&all, f.log.tail);
        assert_int_equal(f.trace_count, 2);
        assert_int_equal(f.event_count, 2);
        assert_string_equal(buf_c(&all), LOG);
        buf_free(&all);
        done(&f);
}

static void
written_again_it_is_the_same(void **state)
{
        assert_same(false);
}

static void
kept_as_json_it_is_the_same(void **state)
{
        assert_same(true);
}

static void
a_log_without_traces_is_all_head(void **state)
{
        struct fixture f = {0};

        assert_true(read_text(&f, STR("<log><string key=\"a\" value=\"b\"/></log>")));
        assert_int_equal(f.trace_count, 0);
        assert_true(str_is(f.log.head, "<log><string key=\"a\" value=\"b\"/></log>"));
        done(&f);
}

static void
another_encoding_becomes_utf8(void **state)
{
        struct fixture f = {0};

        assert_true(read_text(&f, STR("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"
                                      "<log><string key=\"n\" value=\"\xe9\"/>"
                                      "<trace><string key=\"k\" value=\"\xe5\"/></trace></log>")));
        assert_true(str_is(f.log.head, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
                                       "<log><string key=\"n\" value=\"\xc3\xa9\"/>"));
        assert_string_equal(buf_c(&f.traces), "<trace><string key=\"k\" value=\"\xc3\xa5\"/></trace>");
        done(&f);
}

static void
assert_fault(const char *text, const char *at)
{
        struct fixture f = {0};

        assert_false(read_text(&f, str_of(text)));
        assert_non_null(f.ctx.errors);
        assert_int_equal(f.ctx.errors->code, E_IMPORT);
        assert_string_equal(f.ctx.errors->field, at);
        assert_null(f.ctx.errors->next);
        done(&f);
}

static void
faults_tell_their_place(void **state)
{
        assert_fault("", "t.xes:1:1");
        assert_fault("<log>\n<trace></log>", "t.xes:2:10");
        assert_fault("<log>\n<trace>\n", "t.xes:3:1");
        assert_fault("<log><trace>\n text</trace></log>", "t.xes:2:1");
        assert_fault("<log><trace>\n<thing/></trace></log>", "t.xes:2:1");
        assert_fault("<log>\n <event/></log>", "t.xes:2:2");
        assert_fault("<html/>", "t.xes:1:1");
        assert_fault("<!DOCTYPE log [<!ENTITY a \"b\">]>\n<log/>", "t.xes:1:15");
        assert_fault("<log><trace>\n<event><event/></event></trace></log>", "t.xes:2:8");
}

static void
nesting_is_limited(void **state)
{
        struct buf text = {0};

        buf_text(&text, "<log><trace>\n");
        for (int i = 0; i < 100; i++)
                buf_text(&text, "<list key=\"a\">");
        assert_fault(buf_c(&text), "t.xes:2:225");
        buf_free(&text);
}

static bool
refuse(void *arg, const struct xes_trace *t)
{
        int *count = arg;

        return ++*count < 2;
}

static void
a_refused_trace_ends_the_reading(void **state)
{
        int count = 0;
        struct arena *a = arena_new(0);
        struct ctx ctx;
        struct xes_log log;
        struct xes_reader to = {.trace = refuse, .arg = &count};

        ctx_init(&ctx, a);
        struct inflate *in = inflate_memory(&ctx, STR("<log><trace/><trace/><trace/></log>"), "t.xes");
        assert_false(xes_read(&ctx, in, &to, &log));
        assert_int_equal(count, 2);
        inflate_close(in);
        arena_free(a);
}

static void
xml_is_told_from_csv(void **state)
{
        assert_true(xes_looks_like(STR("\xef\xbb\xbf<?xml")));
        assert_true(xes_looks_like(STR("\n <log>")));
        assert_false(xes_looks_like(STR("a,b\n")));
        assert_false(xes_looks_like(STR("\xef\xbb\xbfSR Number,")));
        assert_false(xes_looks_like(STR("")));
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(written_again_it_is_the_same),
                cmocka_unit_test(kept_as_json_it_is_the_same),
                cmocka_unit_test(a_log_without_traces_is_all_head),
                cmocka_unit_test(another_encoding_becomes_utf8),
                cmocka_unit_test(faults_tell_their_place),
                cmocka_unit_test(nesting_is_limited),
                cmocka_unit_test(a_refused_trace_ends_the_reading),
                cmocka_unit_test(xml_is_told_from_csv),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
