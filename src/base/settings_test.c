/* SPDX-License-Identifier: Apache-2.0
 *
 * settings_test.c -- settings from their four sources.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/settings.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct {
        const char *listen, *format;
        int64_t threads, body, timeout;
        bool verbose;
} v;

static const struct setting TABLE[] = {
        {"listen", SET_TEXT, &v.listen, 0, 0, "127.0.0.1:8080", "", NULL, "Address and port to serve."},
        {"log-format", SET_ENUM, &v.format, 0, 0, "text", "", "text|json", "How log lines are written."},
        {"threads", SET_INT, &v.threads, 1, 64, "4", "", NULL, "Worker threads."},
        {"body-max", SET_SIZE, &v.body, 1024, 1 << 30, "10M", "bytes", NULL, "Largest body."},
        {"timeout", SET_SECONDS, &v.timeout, 1, 86400, "30", "seconds", NULL, "Longest wait."},
        {"verbose", SET_BOOL, &v.verbose, 0, 0, "no", "", NULL, "Says more."},
};
enum { COUNT = sizeof TABLE / sizeof TABLE[0] };

static struct ctx c;

static int
begin(void **state)
{
        ctx_init(&c, arena_new(0));
        return settings_defaults(&c, TABLE, COUNT) ? 0 : -1;
}

static int
end(void **state)
{
        arena_free(c.arena);
        return 0;
}

/* Hands the words to settings_args; returns what is left, joined by blanks. */
static const char *
args(bool want_ok, const char *words)
{
        struct buf left = {0};
        char *argv[16] = {"program"};
        int argc = 1;

        for (struct str rest = str_of(words); rest.p && rest.n;)
                argv[argc++] = (char *)str_c(c.arena, str_cut(rest, ' ', &rest));
        assert_int_equal(settings_args(&c, TABLE, COUNT, &argc, argv), want_ok);
        assert_string_equal(argv[0], "program");
        assert_null(argv[argc]);
        for (int i = 1; i < argc; i++)
                buf_printf(&left, "%s%s", i > 1 ? " " : "", argv[i]);
        const char *text = arena_strdup(c.arena, buf_c(&left));
        buf_free(&left);
        return text;
}

static bool
from_file(const char *text)
{
        char path[] = "/tmp/openitr_settings_XXXXXX";
        int fd = mkstemp(path);

        assert_int_equal(write(fd, text, strlen(text)), strlen(text));
        close(fd);
        bool ok = settings_file(&c, TABLE, COUNT, path);
        unlink(path);
        return ok;
}

static void
defaults_are_the_presets(void **state)
{
        assert_string_equal(v.listen, "127.0.0.1:8080");
        assert_string_equal(v.format, "text");
        assert_int_equal(v.threads, 4);
        assert_int_equal(v.body, 10 << 20);
        assert_int_equal(v.timeout, 30);
        assert_false(v.verbose);
}

static void
a_file_has_lines_and_comments(void **state)
{
        assert_true(
                from_file("# comment\n\n listen = [::]:80 \nlog_format=json\nverbose = yes\r\ntimeout=5m"));
        assert_string_equal(v.listen, "[::]:80");
        assert_string_equal(v.format, "json");
        assert_int_equal(v.timeout, 300);
        assert_true(v.verbose);
}

static void
all_bad_lines_of_a_file_are_reported(void **state)
{
        assert_false(from_file("threads = 0\nnonsense = 1\nlisten\n"));
        assert_int_equal(c.errors->code, E_SETTING);
        assert_non_null(strstr(c.errors->field, ":1"));
        assert_int_equal(c.errors->next->code, E_UNKNOWN_FIELD);
        assert_int_equal(c.errors->next->next->code, E_BAD_FORMAT);
        assert_int_equal(v.threads, 4);
}

static void
a_missing_file_fails(void **state)
{
        assert_false(settings_file(&c, TABLE, COUNT, "/nonexistent/openitr.conf"));
        assert_int_equal(c.errors->code, E_IO);
}

static void
the_environment_is_read_by_prefix(void **state)
{
        const char *const variables[] = {"PATH=/bin", "OPENITR_LOG_FORMAT=json", "OPENITR_OTHER=1", NULL};

        assert_true(settings_environment(&c, TABLE, COUNT, variables));
        assert_string_equal(v.format, "json");
}

static void
a_bad_variable_is_named(void **state)
{
        const char *const variables[] = {"OPENITR_THREADS=65", NULL};

        assert_false(settings_environment(&c, TABLE, COUNT, variables));
        assert_string_equal(c.errors->field, "OPENITR_THREADS");
        assert_string_equal(c.errors->en, "The setting \"threads\" has the value \"65\"; allowed: 1 to 64.");
}

static void
options_are_taken_out_and_words_stay(void **state)
{
        assert_string_equal(args(true, "serve --threads 8 x --body-max=1g --verbose y -z -- --threads"),
                            "serve x y -z --threads");
        assert_int_equal(v.threads, 8);
        assert_int_equal(v.body, 1 << 30);
        assert_true(v.verbose);
}

static void
a_bool_may_be_said_no(void **state)
{
        args(true, "--verbose --verbose=no");
        assert_false(v.verbose);
}

static void
bad_options_fail(void **state)
{
        args(false, "--nonsense");
        assert_int_equal(c.errors->code, E_UNKNOWN_FIELD);
        ctx_clear(&c);
        args(false, "--threads");
        assert_int_equal(c.errors->code, E_REQUIRED);
        ctx_clear(&c);
        args(false, "--log-format xml --timeout 5k --body-max 99999999999G --threads 4m");
        assert_non_null(c.errors->next->next->next);
}

static void
help_is_aligned_and_tells_bounds(void **state)
{
        struct buf out = {0};

        settings_help(TABLE, COUNT, &out);
        assert_non_null(strstr(buf_c(&out), "  --threads N        Worker threads. (1 to 64; default 4)\n"));
        assert_non_null(strstr(
                buf_c(&out), "  --log-format WORD  How log lines are written. (text|json; default text)\n"));
        assert_non_null(strstr(buf_c(&out), "  --verbose          Says more. (default no)\n"));
        buf_free(&out);
}

static void
man_rows_are_troff(void **state)
{
        struct buf out = {0};

        settings_man(TABLE, COUNT, &out);
        assert_non_null(strstr(buf_c(&out), ".TP\n\\fB\\-\\-log\\-format\\fR\\fI WORD\\fR\n\\&How log"));
        buf_free(&out);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
int
main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(defaults_are_the_presets),
                TEST(a_file_has_lines_and_comments),
                TEST(all_bad_lines_of_a_file_are_reported),
                TEST(a_missing_file_fails),
                TEST(the_environment_is_read_by_prefix),
                TEST(a_bad_variable_is_named),
                TEST(options_are_taken_out_and_words_stay),
                TEST(a_bool_may_be_said_no),
                TEST(bad_options_fail),
                TEST(help_is_aligned_and_tells_bounds),
                TEST(man_rows_are_troff),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
