/* SPDX-License-Identifier: Apache-2.0
 *
 * csv_test.c -- what csv.h promises.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "channel/csv.h"
#include <stdlib.h>

struct fixture {
        struct arena *arena;
        struct ctx ctx;
        struct inflate *in;
        struct csv r;
};

static void
open_text(struct fixture *f, struct str text)
{
        f->arena = arena_new(0);
        ctx_init(&f->ctx, f->arena);
        f->in = inflate_memory(&f->ctx, text, "t.csv");
        assert_non_null(f->in);
        csv_open(&f->r, f->in, ',');
}

static void
close_text(struct fixture *f)
{
        csv_close(&f->r);
        inflate_close(f->in);
        arena_free(f->arena);
}

static void
assert_row(struct fixture *f, const char *const *fields)
{
        size_t n = 0;

        assert_true(csv_next(&f->ctx, &f->r));
        for (; fields[n]; n++)
                assert_true(n < f->r.count && str_is(f->r.fields[n], fields[n]));
        assert_int_equal(f->r.count, n);
}
#define ROW(f, ...) assert_row((f), (const char *const[]){__VA_ARGS__, NULL})

static void
assert_end(struct fixture *f)
{
        assert_false(csv_next(&f->ctx, &f->r));
        assert_false(f->r.failed);
        assert_false(ctx_failed(&f->ctx));
}

/* Reads on to the fault and compares its place. */
static void
assert_fault(const char *text, const char *place)
{
        struct fixture f;

        open_text(&f, str_of(text));
        while (csv_next(&f.ctx, &f.r))
                ;
        assert_true(f.r.failed);
        assert_non_null(f.ctx.errors);
        assert_int_equal(f.ctx.errors->code, E_IMPORT);
        assert_string_equal(f.ctx.errors->field, place);
        assert_false(csv_next(&f.ctx, &f.r));
        close_text(&f);
}

static void
plain_records(void **state)
{
        struct fixture f;

        open_text(&f, STR("a,b\n1,\n,\n"));
        ROW(&f, "a", "b");
        ROW(&f, "1", "");
        ROW(&f, "", "");
        assert_int_equal(f.r.line, 3);
        assert_end(&f);
        assert_false(f.r.dialect.open_end);
        close_text(&f);
}

static void
quoted_values_keep_separators_quotes_and_line_ends(void **state)
{
        struct fixture f;

        open_text(&f, STR("\"a,b\",\"say \"\"hi\"\"\"\r\n\"two\r\nlines\",\"\"\r\nx,y"));
        ROW(&f, "a,b", "say \"hi\"");
        ROW(&f, "two\r\nlines", "");
        assert_true(f.r.quoted[1]);
        ROW(&f, "x", "y");
        assert_int_equal(f.r.line, 4);
        assert_end(&f);
        assert_true(f.r.dialect.crlf);
        assert_true(f.r.dialect.open_end);
        close_text(&f);
}

static void
byte_order_mark_is_skipped(void **state)
{
        struct fixture f;

        open_text(&f, STR("\xef\xbb\xbfname\nx\n"));
        ROW(&f, "name");
        assert_true(f.r.dialect.bom);
        close_text(&f);
}

static void
empty_lines_are_counted_not_read(void **state)
{
        struct fixture f;

        open_text(&f, STR("a\n\n\nb\n"));
        ROW(&f, "a");
        ROW(&f, "b");
        assert_int_equal(f.r.line, 4);
        assert_int_equal(f.r.blank_lines, 2);
        assert_end(&f);
        close_text(&f);
}

static void
one_record_without_a_line_end_is_read_once(void **state)
{
        struct fixture f;

        open_text(&f, STR("\xef\xbb\xbf" "a,b"));
        ROW(&f, "a", "b");
        assert_end(&f);
        close_text(&f);
}

static void
an_empty_file_has_no_record(void **state)
{
        struct fixture f;

        open_text(&f, STR(""));
        assert_end(&f);
        close_text(&f);
}

static void
mixed_line_ends_are_told(void **state)
{
        struct fixture f;

        open_text(&f, STR("a\r\nb\n"));
        ROW(&f, "a");
        ROW(&f, "b");
        assert_true(f.r.mixed_ends);
        close_text(&f);
}

static void
broken_quotes_are_faults_with_their_place(void **state)
{
        assert_fault("a,b\n1,x\"y\n", "t.csv:2:4");
        assert_fault("a,b\n1,\"x\"y\n", "t.csv:2:6");
        assert_fault("a,b\n1,\"x\n2,y\n", "t.csv:2:3");
        assert_fault("a,b\n1,\"x\n2,\"y\"\n", "t.csv:3:4");
        assert_fault("\"", "t.csv:1:1");
}

static void
other_faults(void **state)
{
        assert_fault("a\rb\n", "t.csv:1:2");
        assert_fault("a,b\nx,\xff\n", "t.csv:2:3");
        assert_fault("a\n\xc3", "t.csv:2:1");
}

static void
a_nul_is_a_fault(void **state)
{
        struct fixture f;

        open_text(&f, STR("a\0b\n"));
        assert_false(csv_next(&f.ctx, &f.r));
        assert_true(f.r.failed);
        close_text(&f);
}

static void
a_row_past_the_limit_is_a_fault(void **state)
{
        char *text = malloc(3 * CSV_MAX_RECORD);

        memset(text, 'x', 3 * CSV_MAX_RECORD);
        text[3 * CSV_MAX_RECORD - 1] = '\0';
        assert_fault(text, "t.csv:1:1");
        text[5] = '"';
        assert_fault(text, "t.csv:1:6");
        free(text);
}

static void
more_fields_than_allowed_are_a_fault(void **state)
{
        char *text = malloc(CSV_MAX_FIELDS + 1);

        memset(text, ',', CSV_MAX_FIELDS);
        text[CSV_MAX_FIELDS] = '\0';
        assert_fault(text, "t.csv:1:4097");
        free(text);
}

static void
values_are_quoted_only_when_they_must(void **state)
{
        struct csv_dialect d = {.separator = ',', .crlf = true};
        struct buf out = {0};

        csv_put(&out, &d, STR("plain text"), false);
        csv_put(&out, &d, STR("a,b"), false);
        csv_put(&out, &d, STR("\"x\""), false);
        csv_put(&out, &d, STR("y"), true);
        csv_put(&out, &d, STR(""), true);
        csv_put_end(&out, &d);
        assert_string_equal(buf_c(&out), "plain text\"a,b\"\"\"\"x\"\"\"\"y\"\"\"\r\n");
        buf_free(&out);
}

/* Reads a text and writes it with what was learnt. */
static void
assert_same_again(struct str text)
{
        struct fixture f;
        struct buf out = {0};

        open_text(&f, text);
        while (csv_next(&f.ctx, &f.r)) {
                for (size_t i = 0; i < f.r.count; i++) {
                        if (i)
                                buf_char(&out, f.r.dialect.separator);
                        csv_put(&out, &f.r.dialect, f.r.fields[i], f.r.quoted[i]);
                }
                if (!f.r.dialect.open_end)
                        csv_put_end(&out, &f.r.dialect);
        }
        assert_true(str_eq(buf_view(&out), text));
        buf_free(&out);
        close_text(&f);
}

static void
written_again_it_is_the_same(void **state)
{
        assert_same_again(STR("a,b\r\n\"x,y\",\"\"\"\"\r\n,\"\"\r\n"));
        assert_same_again(STR("\"a\",\"b\"\n1,2\n3,\"4\n5\""));
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(plain_records),
                cmocka_unit_test(quoted_values_keep_separators_quotes_and_line_ends),
                cmocka_unit_test(byte_order_mark_is_skipped),
                cmocka_unit_test(empty_lines_are_counted_not_read),
                cmocka_unit_test(one_record_without_a_line_end_is_read_once),
                cmocka_unit_test(an_empty_file_has_no_record),
                cmocka_unit_test(mixed_line_ends_are_told),
                cmocka_unit_test(broken_quotes_are_faults_with_their_place),
                cmocka_unit_test(other_faults),
                cmocka_unit_test(a_nul_is_a_fault),
                cmocka_unit_test(a_row_past_the_limit_is_a_fault),
                cmocka_unit_test(more_fields_than_allowed_are_a_fault),
                cmocka_unit_test(values_are_quoted_only_when_they_must),
                cmocka_unit_test(written_again_it_is_the_same),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
