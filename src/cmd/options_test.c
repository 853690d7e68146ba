/* SPDX-License-Identifier: Apache-2.0
 *
 * options_test.c -- which setting a command takes, and from where; how a command is found.
 */
#include "base/test_ctx.h"
#include "cmd/command.h"
#include <unistd.h>

/* Reads words as the arguments of a command that takes `takes`; *left is how many were no settings. */
static bool
read_words(struct options *o, unsigned takes, const char *words, const char *const *environment, int *left)
{
        char *argv[32] = {NULL}, *text = arena_strdup(c.arena, words), *save = NULL;
        int argc = 0;

        for (char *w = strtok_r(text, " ", &save); w; w = strtok_r(NULL, " ", &save))
                argv[argc++] = w;
        bool ok = options_read(&c, o, takes, &argc, argv, environment);
        *left = argc - 1;
        return ok;
}

static void
every_default_is_allowed(void **state)
{
        struct options o;
        int left;

        assert_true(read_words(&o, ~0u, "openitr", NULL, &left));
        assert_string_equal(o.listen, "127.0.0.1:8080");
        assert_string_equal(o.db, "");
}

static void
the_command_line_wins_over_the_environment(void **state)
{
        static const char *const environment[] = {"OPENITR_DB=from-environment", "OPENITR_LISTEN=127.0.0.1:1",
                                                  NULL};
        struct options o;
        int left;

        assert_true(read_words(&o, FOR_DB | FOR_SERVE, "serve --db from-words", environment, &left));
        assert_string_equal(o.db, "from-words");
        assert_string_equal(o.listen, "127.0.0.1:1");
}

static void
the_environment_wins_over_the_file(void **state)
{
        static const char *const environment[] = {"OPENITR_DB=from-environment", NULL};
        char path[] = "/tmp/openitr-options-XXXXXX";
        int fd = mkstemp(path), left;
        struct options o;

        assert_int_equal(write(fd, "db = from-file\nthreads = 3\n", 27), 27);
        close(fd);
        assert_true(read_words(&o, FOR_ALL | FOR_DB, arena_printf(c.arena, "plan --config %s", path),
                               environment, &left));
        unlink(path);
        assert_string_equal(o.db, "from-environment");
        assert_int_equal(o.threads, 3);
}

static void
a_command_takes_only_its_own_settings(void **state)
{
        struct options o;
        int left;

        assert_false(read_words(&o, FOR_ALL | FOR_DB, "plan --listen 127.0.0.1:80", NULL, &left));
        assert_int_equal(c.errors->code, E_UNKNOWN_FIELD);
}

static void
a_flag_of_one_call_is_not_taken_from_the_environment(void **state)
{
        static const char *const environment[] = {"OPENITR_DEMO=yes", "OPENITR_USER=root", "OPENITR_HELP=yes",
                                                  NULL};
        struct options o;
        int left;

        assert_true(read_words(&o, ~0u, "init", environment, &left));
        assert_false(o.demo);
        assert_false(o.help);
        assert_string_equal(o.user, "");
}

static void
two_rows_of_one_name_are_told_apart_by_the_command(void **state)
{
        struct options o;
        int left;

        assert_true(read_words(&o, FOR_EXPORT, "export --format csv out", NULL, &left));
        assert_string_equal(o.format, "csv");
        assert_int_equal(left, 1);
        assert_true(read_words(&o, FOR_REPORT, "facts", NULL, &left));
        assert_string_equal(o.format, "json");
        assert_false(read_words(&o, FOR_REPORT, "facts --format csv", NULL, &left));
}

static void
no_command_takes_two_rows_of_one_name(void **state)
{
        struct setting rows[OPTIONS_MAX];
        struct options o;

        for (size_t k = 0; k < COMMAND_COUNT; k++) {
                size_t n = options_rows(&o, COMMANDS[k].takes, true, rows);
                for (size_t i = 0; i < n; i++)
                        for (size_t j = 0; j < i; j++)
                                assert_string_not_equal(rows[i].name, rows[j].name);
        }
}

static void
a_command_is_found_by_one_or_two_words(void **state)
{
        char *one[] = {"serve", "x", NULL}, *two[] = {"token", "create", NULL}, *none[] = {"token", NULL};
        int words;

        assert_string_equal(command_find(2, one, &words)->name, "serve");
        assert_int_equal(words, 1);
        assert_string_equal(command_find(2, two, &words)->name, "token create");
        assert_int_equal(words, 2);
        assert_null(command_find(1, none, &words));
        assert_null(command_find(0, none, &words));
}


int
main(void)
{
        static const struct CMUnitTest tests[] = {
                TEST(every_default_is_allowed),
                TEST(the_command_line_wins_over_the_environment),
                TEST(the_environment_wins_over_the_file),
                TEST(a_command_takes_only_its_own_settings),
                TEST(a_flag_of_one_call_is_not_taken_from_the_environment),
                TEST(two_rows_of_one_name_are_told_apart_by_the_command),
                TEST(no_command_takes_two_rows_of_one_name),
                TEST(a_command_is_found_by_one_or_two_words),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
