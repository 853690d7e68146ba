/* SPDX-License-Identifier: Apache-2.0
 *
 * bind_test.c -- every type at both edges: what is taken, what is refused with which code, what comes back.
 */
#include "model/test_model.h"
#include "sql/test_store.h"

static const char ALL[] =
        "entity: sample\n"
        "is: record\n"
        "label: {en: Sample, zh: 样}\n"
        "fields:\n"
        "  text: {type: text, min: 2, max: 5, label: {en: F, zh: F}}\n"
        "  longtext: {type: longtext, label: {en: F, zh: F}}\n"
        "  markdown: {type: markdown, label: {en: F, zh: F}}\n"
        "  phone: {type: phone, label: {en: F, zh: F}}\n"
        "  email: {type: email, label: {en: F, zh: F}}\n"
        "  address: {type: address, label: {en: F, zh: F}}\n"
        "  serial: {type: serial, label: {en: F, zh: F}}\n"
        "  barcode: {type: barcode, label: {en: F, zh: F}}\n"
        "  int: {type: int, min: -3, max: 7, label: {en: F, zh: F}}\n"
        "  whole: {type: int, label: {en: F, zh: F}}\n"
        "  rating: {type: rating, label: {en: F, zh: F}}\n"
        "  score: {type: score, label: {en: F, zh: F}}\n"
        "  decimal: {type: decimal, scale: 3, min: -1.5, max: 99.999, label: {en: F, zh: F}}\n"
        "  money: {type: money, label: {en: F, zh: F}}\n"
        "  percent: {type: percent, scale: 0, label: {en: F, zh: F}}\n"
        "  duration: {type: duration, label: {en: F, zh: F}}\n"
        "  bool: {type: bool, label: {en: F, zh: F}}\n"
        "  enum: {type: enum, of: [a, b], label: {en: F, zh: F}}\n"
        "  multi_enum: {type: multi_enum, of: [a, b, c], max: 2, label: {en: F, zh: F}}\n"
        "  date: {type: date, label: {en: F, zh: F}}\n"
        "  datetime: {type: datetime, label: {en: F, zh: F}}\n"
        "  period: {type: period, label: {en: F, zh: F}}\n"
        "  link: {type: link, to: sample, label: {en: F, zh: F}}\n"
        "  person: {type: person, label: {en: F, zh: F}}\n"
        "  team: {type: team, label: {en: F, zh: F}}\n"
        "  multi_link: {type: multi_link, to: sample, label: {en: F, zh: F}}\n"
        "  file: {type: file, label: {en: F, zh: F}}\n"
        "  image: {type: image, label: {en: F, zh: F}}\n"
        "  audio: {type: audio, label: {en: F, zh: F}}\n"
        "  signature: {type: signature, label: {en: F, zh: F}}\n"
        "  geo: {type: geo, label: {en: F, zh: F}}\n"
        "  checklist: {type: checklist, label: {en: F, zh: F}}\n"
        "  ticked: {type: checklist, items: {back_up: {label: {en: Back-up, zh: 备份}, required: true}, photo: {label: {en: Photo, zh: 照片}}}, label: {en: F, zh: F}}\n"
        "  readings: {type: readings, label: {en: F, zh: F}}\n"
        "  gtin: {type: barcode, check: gs1, label: {en: F, zh: F}}\n"
        "  limited: {type: readings, measures: {input: {label: {en: Input, zh: 输入电压}, unit: V, min: 207.5, max: 253}, heat: {label: {en: Heat, zh: 温度}, max: 40}}, label: {en: F, zh: F}}\n"
        "  json: {type: json, label: {en: F, zh: F}}\n"
        "  formula: {type: formula, label: {en: F, zh: F}}\n"
        "  clock: {type: clock, label: {en: F, zh: F}}\n"
        "  ref: {type: ref, label: {en: F, zh: F}}\n"
        "  state: {type: state, label: {en: F, zh: F}}\n";
static struct test_model t;
static const struct entity *e;

static int
setup(void **state)
{
        test_entity(&t, ALL);
        e = model_entity(t.model, "sample");
        return 0;
}

static int
teardown(void **state)
{
        test_model_end(&t);
        return 0;
}

static bool
bind(const char *field, const char *json, struct val *ret)
{
        char *text = arena_strdup(t.arena, json);

        ctx_clear(&t.ctx);
        struct json *v = json_parse(&t.ctx, text, strlen(text), 100000);
        assert_non_null(v);
        return bind_value(&t.ctx, entity_field(e, field), v, "it", ret);
}

/* Taken, and written back as `back`; and that binds again to the same. */
static void
gives(const char *field, const char *json, const char *back)
{
        struct val v, again;
        struct jw w = {0};

        if (!bind(field, json, &v))
                ctx_print_errors(&t.ctx, stderr);
        assert_false(ctx_failed(&t.ctx));
        bind_write(entity_field(e, field), &v, &w);
        assert_string_equal(buf_c(&w.b), back);
        assert_true(bind(field, buf_c(&w.b), &again));
        assert_true(val_equal(&v, &again));
        jw_free(&w);
}

static void
takes(const char *field, const char *json)
{
        gives(field, json, json);
}

static void
refuses(const char *field, const char *json, enum err_code code)
{
        struct val v;

        if (bind(field, json, &v))
                fprintf(stderr, "%s takes %s\n", field, json);
        assert_true(ctx_failed(&t.ctx));
        if (t.ctx.errors->code != code)
                ctx_print_errors(&t.ctx, stderr);
        assert_int_equal(t.ctx.errors->code, code);
        assert_int_equal(strncmp(t.ctx.errors->field, "it", 2), 0);
}

static const char *
repeat(const char *s, int n)
{
        struct buf b = {0};

        buf_char(&b, '"');
        for (int i = 0; i < n; i++)
                buf_text(&b, s);
        buf_char(&b, '"');
        const char *text = arena_strdup(t.arena, buf_c(&b));
        buf_free(&b);
        return text;
}

static void
texts(void **state)
{
        takes("text", "\"ab\"");
        takes("text", "\"上海浦东新\"");
        takes("text", "null");
        gives("text", "\"\"", "null");
        refuses("text", "\"a\"", E_TOO_SMALL);
        refuses("text", "\"abcdef\"", E_TOO_LONG);
        refuses("text", "\"a\\nb\"", E_BAD_FORMAT);
        refuses("text", "\"a\\u0000b\"", E_UTF8);
        refuses("text", "12", E_TYPE);
        takes("longtext", "\"a\\nb\"");
        takes("longtext", repeat("号", 20000));
        refuses("longtext", repeat("号", 20001), E_TOO_LONG);
        takes("markdown", repeat("x", 100000));
        refuses("markdown", repeat("x", 100001), E_TOO_LONG);
        takes("address", "\"A\\nB\"");
        takes("serial", repeat("S", 100));
        refuses("serial", repeat("S", 101), E_TOO_LONG);
        takes("barcode", "\"6901234567892\"");
        takes("barcode", "\"6901234567893\"");
        /* The examples of the GS1 General Specifications, and neighbours of theirs. */
        takes("gtin", "\"6291041500213\"");
        takes("gtin", "\"96385074\"");
        takes("gtin", "\"036000291452\"");
        takes("gtin", "\"376104250021234569\"");
        refuses("gtin", "\"6291041500214\"", E_CHECK_DIGIT);
        refuses("gtin", "\"6291041502013\"", E_CHECK_DIGIT);
        refuses("gtin", "\"629104150021\"", E_CHECK_DIGIT);
        refuses("gtin", "\"62910415002\"", E_BAD_FORMAT);
        refuses("gtin", "\"629104150021X\"", E_BAD_FORMAT);
}

static void
phones_and_mail(void **state)
{
        takes("phone", "\"+86 (21) 5555-0100\"");
        refuses("phone", "\"call me\"", E_BAD_FORMAT);
        refuses("phone", "\"12\"", E_BAD_FORMAT);
        takes("email", "\"li@example.com\"");
        refuses("email", "\"@example.com\"", E_BAD_FORMAT);
        refuses("email", "\"li@\"", E_BAD_FORMAT);
        refuses("email", "\"li @example.com\"", E_BAD_FORMAT);
        refuses("email", "\"a@b@c\"", E_BAD_FORMAT);
}

static void
whole_numbers(void **state)
{
        takes("int", "-3");
        takes("int", "7");
        refuses("int", "-4", E_TOO_SMALL);
        refuses("int", "8", E_TOO_LARGE_VALUE);
        refuses("int", "1.0", E_TYPE);
        refuses("int", "\"1\"", E_TYPE);
        takes("whole", "9223372036854775807");
        takes("whole", "-9223372036854775808");
        refuses("whole", "9223372036854775808", E_TYPE);
        takes("rating", "1");
        takes("rating", "5");
        refuses("rating", "0", E_TOO_SMALL);
        refuses("rating", "6", E_TOO_LARGE_VALUE);
        takes("score", "0");
        takes("score", "10");
        refuses("score", "11", E_TOO_LARGE_VALUE);
        takes("duration", "0");
        refuses("duration", "-1", E_TOO_SMALL);
}

static void
decimals_are_exact(void **state)
{
        gives("decimal", "99.999", "99.999");
        gives("decimal", "-1.5", "-1.500");
        gives("decimal", "0", "0.000");
        gives("decimal", "1e1", "10.000");
        gives("decimal", "12345e-3", "12.345");
        refuses("decimal", "100", E_TOO_LARGE_VALUE);
        refuses("decimal", "-1.501", E_TOO_SMALL);
        refuses("decimal", "1.2345", E_BAD_FORMAT);
        gives("money", "1.10", "1.10");
        gives("money", "1.1000", "1.10");
        gives("money", "-0.05", "-0.05");
        gives("money", "92233720368547758.07", "92233720368547758.07");
        gives("money", "-92233720368547758.08", "-92233720368547758.08");
        refuses("money", "92233720368547758.08", E_BAD_FORMAT);
        refuses("money", "1e300", E_BAD_FORMAT);
        refuses("money", "\"1\"", E_TYPE);
        gives("percent", "100", "100");
        refuses("percent", "0.5", E_BAD_FORMAT);
}

static void
choices(void **state)
{
        takes("bool", "true");
        takes("bool", "false");
        refuses("bool", "1", E_TYPE);
        takes("enum", "\"a\"");
        gives("enum", "\"\"", "null");
        refuses("enum", "\"z\"", E_NOT_ALLOWED_VALUE);
        refuses("enum", "1", E_TYPE);
        takes("multi_enum", "[\"a\",\"c\"]");
        gives("multi_enum", "[]", "null");
        refuses("multi_enum", "[\"a\",\"a\"]", E_DUPLICATE_FIELD);
        refuses("multi_enum", "[\"z\"]", E_NOT_ALLOWED_VALUE);
        refuses("multi_enum", "[\"a\",\"b\",\"c\"]", E_TOO_LARGE_VALUE);
        refuses("multi_enum", "\"a\"", E_TYPE);
}

static void
times(void **state)
{
        takes("date", "\"2024-02-29\"");
        refuses("date", "\"2026-02-29\"", E_BAD_FORMAT);
        refuses("date", "\"21.11.2026\"", E_BAD_FORMAT);
        refuses("date", "20260101", E_TYPE);
        gives("datetime", "\"2026-11-21T19:24:00+08:00\"", "\"2026-11-21T11:24:00Z\"");
        gives("datetime", "\"1969-12-31T23:59:59.000001Z\"", "\"1969-12-31T23:59:59.000001Z\"");
        refuses("datetime", "\"2026-11-21T19:24:00\"", E_BAD_FORMAT);
        refuses("datetime", "1", E_TYPE);
        takes("period", "{\"from\":\"2026-01-01\",\"to\":\"2026-01-01\"}");
        refuses("period", "{\"from\":\"2026-01-02\",\"to\":\"2026-01-01\"}", E_BAD_FORMAT);
        refuses("period", "{\"from\":\"2026-01-02\"}", E_REQUIRED);
        refuses("period", "{\"from\":\"2026-01-02\",\"until\":\"2026-01-03\"}", E_UNKNOWN_FIELD);
        refuses("period", "{\"from\":\"2026-01-02\",\"from\":\"2026-01-03\"}", E_DUPLICATE_FIELD);
        refuses("period", "[]", E_TYPE);
}

static void
ids(void **state)
{
        static const char *const one[] = {"link", "person", "team", "file", "image", "audio", "signature"};

        for (size_t i = 0; i < sizeof one / sizeof *one; i++) {
                takes(one[i], "9223372036854775807");
                refuses(one[i], "0", E_TOO_SMALL);
                refuses(one[i], "\"1\"", E_TYPE);
        }
        takes("multi_link", "[1,2]");
        refuses("multi_link", "[1,1]", E_DUPLICATE_FIELD);
        refuses("multi_link", "[0]", E_TOO_SMALL);
        refuses("multi_link", "[1.5]", E_TYPE);
}

static void
structures(void **state)
{
        takes("geo", "{\"lat\":-90,\"lon\":180.0}");
        refuses("geo", "{\"lat\":90.1,\"lon\":0}", E_BAD_FORMAT);
        refuses("geo", "{\"lat\":0,\"lon\":-181}", E_BAD_FORMAT);
        refuses("geo", "{\"lat\":\"0\",\"lon\":0}", E_TYPE);
        gives("longtext", "\" \\n\\t\\u3000 \"", "null");
        takes("checklist", "[{\"text\":\"x\",\"done\":true}]");
        gives("checklist", "[{\"text\":\"x\"}]", "[{\"text\":\"x\",\"done\":false}]");
        refuses("checklist", "[{\"done\":true}]", E_REQUIRED);
        refuses("checklist", "[{\"text\":\"x\",\"done\":1}]", E_TYPE);
        refuses("checklist", "[{\"item\":\"back_up\",\"done\":true}]", E_UNKNOWN_FIELD);
        gives("ticked", "[{\"item\":\"photo\",\"done\":true},{\"text\":\"x\"}]", "[{\"item\":\"photo\",\"done\":true},{\"text\":\"x\",\"done\":false}]");
        refuses("ticked", "[{\"item\":\"backup\",\"done\":true}]", E_NOT_ALLOWED_VALUE);
        refuses("ticked", "[{\"item\":\"photo\",\"done\":\"yes\"}]", E_TYPE);
        refuses("ticked", "[{\"item\":\"photo\",\"done\":true},{\"item\":\"photo\"}]", E_DUPLICATE_FIELD);
        refuses("ticked", "[{\"item\":\"photo\",\"text\":\"x\"}]", E_UNKNOWN_FIELD);
        refuses("ticked", "[{\"item\":5}]", E_TYPE);
        takes("readings", "[{\"name\":\"U\",\"value\":-1.50,\"unit\":\"V\"}]");
        gives("readings", "[{\"name\":\"U\",\"value\":1e3}]", "[{\"name\":\"U\",\"value\":1e3,\"unit\":\"\"}]");
        refuses("readings", "[{\"name\":\"U\",\"value\":\"1\"}]", E_TYPE);
        gives("limited", "[{\"name\":\"input\",\"value\":207.5},{\"name\":\"own\",\"value\":999}]",
              "[{\"name\":\"input\",\"value\":207.5,\"unit\":\"V\"},{\"name\":\"own\",\"value\":999,\"unit\":\"\"}]");
        takes("limited", "[{\"name\":\"input\",\"value\":253,\"unit\":\"V\"},{\"name\":\"heat\",\"value\":-273,\"unit\":\"\"}]");
        refuses("limited", "[{\"name\":\"input\",\"value\":207.4}]", E_OUT_OF_LIMITS);
        refuses("limited", "[{\"name\":\"input\",\"value\":253.1,\"reason\":\"  \"}]", E_OUT_OF_LIMITS);
        refuses("limited", "[{\"name\":\"heat\",\"value\":41}]", E_OUT_OF_LIMITS);
        takes("limited", "[{\"name\":\"heat\",\"value\":41,\"unit\":\"\",\"reason\":\"Summer\"}]");
        refuses("limited", "[{\"name\":\"input\",\"value\":230,\"unit\":\"kV\"}]", E_NOT_ALLOWED_VALUE);
        takes("json", "{\"a\":[1,2.50,\"\\\"\",null]}");
        takes("json", repeat("x", 65534));
        refuses("json", repeat("x", 65535), E_TOO_LONG);
}

static void
what_has_no_column_is_read_only(void **state)
{
        static const char *const fields[] = {"formula", "clock", "ref", "state"};

        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
                refuses(fields[i], "1", E_READ_ONLY);
}

/* From text, and as a person reads it. */
static void
reads(const char *field, const char *text, const char *shown)
{
        struct val v;

        ctx_clear(&t.ctx);
        if (!bind_text(&t.ctx, entity_field(e, field), str_of(text), "it", &v))
                ctx_print_errors(&t.ctx, stderr);
        assert_false(ctx_failed(&t.ctx));
        assert_string_equal(str_c(t.arena, bind_to_text(t.arena, entity_field(e, field), &v)), shown);
}

static void
texts_of_imports(void **state)
{
        struct val v;

        reads("text", "abc", "abc");
        reads("int", "-3", "-3");
        reads("money", "12.5", "12.50");
        reads("bool", "true", "true");
        reads("date", "2026-11-21", "2026-11-21");
        reads("datetime", "2026-11-21 19:24:00+08:00", "2026-11-21T11:24:00Z");
        reads("link", "17", "17");
        reads("multi_enum", "a, b", "[\"a\",\"b\"]");
        reads("multi_link", "3,4", "[3,4]");
        reads("json", "{\"a\": 1}", "{\"a\":1}");
        reads("enum", "", "");
        ctx_clear(&t.ctx);
        assert_false(bind_text(&t.ctx, entity_field(e, "int"), STR("x"), "it", &v));
        assert_false(bind_text(&t.ctx, entity_field(e, "bool"), STR("yes"), "it", &v));
        assert_false(bind_text(&t.ctx, entity_field(e, "money"), STR("1,5"), "it", &v));
        assert_false(bind_text(&t.ctx, entity_field(e, "json"), STR("{"), "it", &v));
}

/* A value that goes through a column comes back as bind_write writes it. */
static void
columns_are_written_like_values(void **state)
{
        static const char *const rows[][2] = {{"money", "-12.05"}, {"bool", "true"}, {"datetime", "\"2026-11-21T11:24:00Z\""},
                                              {"text", "\"a\\\"b\""}, {"geo", "{\"lat\":1,\"lon\":2}"}, {"whole", "7"},
                                              {"enum", "null"}, {"whole", "null"}};
        struct test_store s;

        test_store_open(&s, DB_SQLITE);
        struct conn *c = conn_open(&s.ctx, s.db, CONN_WRITE);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                struct jw w = {0};
                struct val v;
                assert_true(bind(rows[i][0], rows[i][1], &v));
                struct rows *r = sql_query_vals(&s.ctx, c, SQL("SELECT $1"), &v, 1);
                assert_true(r && rows_next(r));
                bind_write_column(entity_field(e, rows[i][0]), r, 0, &w);
                assert_string_equal(buf_c(&w.b), rows[i][1]);
                rows_close(r);
                jw_free(&w);
        }
        conn_close(c);
        test_store_close(&s);
}

static void
values_are_compared_and_copied(void **state)
{
        char text[] = "abc";
        struct val a = VAL_OF_TEXT(str_of(text)), b = val_copy(t.arena, &a), n = VAL_OF_NULL, i = VAL_OF_INT(0);

        assert_true(val_equal(&a, &b));
        text[0] = 'x';
        assert_false(val_equal(&a, &b));
        assert_true(val_equal(&n, &n));
        assert_false(val_equal(&n, &i));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
        const struct CMUnitTest tests[] = {
                T(texts),  T(phones_and_mail), T(whole_numbers), T(decimals_are_exact), T(choices), T(times), T(ids), T(structures), T(what_has_no_column_is_read_only),
                T(texts_of_imports), T(columns_are_written_like_values), T(values_are_compared_and_copied),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
