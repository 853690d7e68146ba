/* SPDX-License-Identifier: Apache-2.0
 *
 * files_test.c -- attachments on the disk.
 */
#include "engine/files.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#define DIGEST_OF_HELLO "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
enum { BIG = 1 << 20 };

struct fixture {
        struct arena *arena;
        struct ctx ctx;
        char dir[64];
        struct files *files;
};

static int
setup(void **state)
{
        struct fixture *f = calloc(1, sizeof *f);

        secret_init();
        f->arena = arena_new(0);
        ctx_init(&f->ctx, f->arena);
        strcpy(f->dir, "/tmp/openitr-files-XXXXXX");
        assert_non_null(mkdtemp(f->dir));
        f->files = files_open(&f->ctx, f->dir);
        assert_non_null(f->files);
        *state = f;
        return 0;
}

static int
teardown(void **state)
{
        struct fixture *f = *state;
        char command[128];

        arena_free(f->arena);
        files_close(f->files);
        snprintf(command, sizeof command, "rm -rf %s", f->dir);
        assert_int_equal(system(command), 0);
        free(f);
        return 0;
}

/* How many entries a folder below the store has; -1: there is no such folder. */
static int
entries(const struct fixture *f, const char *name)
{
        char path[128];
        int n = 0;

        snprintf(path, sizeof path, "%s/%s", f->dir, name);
        DIR *d = opendir(path);
        if (!d)
                return -1;
        for (struct dirent *e; (e = readdir(d));)
                n += e->d_name[0] != '.';
        closedir(d);
        return n;
}

static bool
has_error(const struct fixture *f, enum err_code code)
{
        return f->ctx.errors && f->ctx.errors->code == code;
}

static void
store(struct fixture *f, struct str bytes, char digest[DIGEST_HEX_MAX])
{
        struct upload *u = upload_start(&f->ctx, f->files, BIG);
        int64_t size;

        assert_non_null(u);
        assert_true(upload_add(&f->ctx, u, bytes));
        assert_true(upload_finish(&f->ctx, u, digest, &size));
        assert_int_equal(size, bytes.n);
}

static void
a_stored_file_is_read_back_by_its_digest(void **state)
{
        struct fixture *f = *state;
        char digest[DIGEST_HEX_MAX], read_back[16] = "";
        int64_t size = 0;

        store(f, STR("hello"), digest);
        assert_string_equal(digest, DIGEST_OF_HELLO);
        int fd = files_read(&f->ctx, f->files, digest, &size);
        assert_true(fd >= 0);
        assert_int_equal(size, 5);
        assert_int_equal(read(fd, read_back, sizeof read_back), 5);
        assert_string_equal(read_back, "hello");
        close(fd);
        assert_int_equal(entries(f, "tmp"), 0);
        assert_int_equal(entries(f, "2c"), 1);
}

static void
parts_make_one_file(void **state)
{
        struct fixture *f = *state;
        struct upload *u = upload_start(&f->ctx, f->files, BIG);
        char digest[DIGEST_HEX_MAX];
        int64_t size;

        assert_true(upload_add(&f->ctx, u, STR("he")));
        assert_true(upload_add(&f->ctx, u, STR("")));
        assert_true(upload_add(&f->ctx, u, STR("llo")));
        assert_true(upload_finish(&f->ctx, u, digest, &size));
        assert_string_equal(digest, DIGEST_OF_HELLO);
}

static void
the_same_bytes_are_kept_once(void **state)
{
        struct fixture *f = *state;
        char digest[DIGEST_HEX_MAX];

        store(f, STR("hello"), digest);
        store(f, STR("hello"), digest);
        assert_int_equal(entries(f, "2c"), 1);
}

static void
an_empty_file_is_a_file(void **state)
{
        struct fixture *f = *state;
        char digest[DIGEST_HEX_MAX];
        int64_t size = -1;

        store(f, STR(""), digest);
        int fd = files_read(&f->ctx, f->files, digest, &size);
        assert_true(fd >= 0);
        assert_int_equal(size, 0);
        close(fd);
}

static void
too_many_bytes_are_refused(void **state)
{
        struct fixture *f = *state;
        struct upload *u = upload_start(&f->ctx, f->files, 8);

        assert_true(upload_add(&f->ctx, u, STR("12345678")));
        assert_false(upload_add(&f->ctx, u, STR("9")));
        assert_true(has_error(f, E_BODY_TOO_LARGE));
        upload_abort(u);
        assert_int_equal(entries(f, "tmp"), 0);
}

static void
an_aborted_upload_leaves_nothing(void **state)
{
        struct fixture *f = *state;
        struct upload *u = upload_start(&f->ctx, f->files, BIG);

        assert_true(upload_add(&f->ctx, u, STR("hello")));
        assert_int_equal(entries(f, "tmp"), 1);
        upload_abort(u);
        upload_abort(u);
        assert_int_equal(entries(f, "tmp"), 0);
}

static void
a_forgotten_upload_goes_with_its_arena(void **state)
{
        struct fixture *f = *state;

        assert_non_null(upload_start(&f->ctx, f->files, BIG));
        assert_int_equal(entries(f, "tmp"), 1);
        arena_reset(f->arena);
        ctx_init(&f->ctx, f->arena);
        assert_int_equal(entries(f, "tmp"), 0);
}

static void
opening_sweeps_what_a_crash_left_and_spares_the_living(void **state)
{
        struct fixture *f = *state;
        char left[128];
        struct upload *u = upload_start(&f->ctx, f->files, BIG);

        snprintf(left, sizeof left, "%s/tmp/left", f->dir);
        close(open(left, O_CREAT | O_WRONLY, 0600));
        assert_int_equal(entries(f, "tmp"), 2);
        struct files *second = files_open(&f->ctx, f->dir);
        assert_non_null(second);
        files_close(second);
        assert_int_equal(entries(f, "tmp"), 1);
        assert_int_equal(access(left, F_OK), -1);
        upload_abort(u);
}

static void
a_name_that_is_no_digest_is_not_found(void **state)
{
        struct fixture *f = *state;
        static const char *const names[] = {"", "../../etc/passwd", "2CF24DBA", DIGEST_OF_HELLO "0",
                                            DIGEST_OF_HELLO};
        int64_t size;

        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
                assert_int_equal(files_read(&f->ctx, f->files, names[i], &size), -1);
                assert_true(has_error(f, E_NOT_FOUND));
                ctx_clear(&f->ctx);
        }
}

static void
a_folder_that_cannot_be_made_is_an_error(void **state)
{
        struct fixture *f = *state;

        assert_null(files_open(&f->ctx, "/proc/nothing/here"));
        assert_true(has_error(f, E_IO));
}

/* A limit on the size of files stands in for a full disk: both end write() early. */
static void
a_full_disk_is_said_clearly(void **state)
{
        struct fixture *f = *state;
        struct rlimit old, small;
        struct upload *u = upload_start(&f->ctx, f->files, BIG);
        static char bytes[8192];

        assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
        small = (struct rlimit){4096, old.rlim_max};
        signal(SIGXFSZ, SIG_IGN);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        bool ok = upload_add(&f->ctx, u, (struct str){bytes, sizeof bytes});
        setrlimit(RLIMIT_FSIZE, &old);
        assert_false(ok);
        assert_true(has_error(f, E_DB_FULL));
        upload_abort(u);
        assert_int_equal(entries(f, "tmp"), 0);
}

static void
the_type_is_found_from_the_content(void **state)
{
        static const struct {
                struct str head;
                const char *type;
        } rows[] = {
                {{"\x89PNG\r\n\x1a\n....", 12}, "image/png"},
                {{"\xff\xd8\xff\xe0", 4}, "image/jpeg"},
                {{"GIF89a..", 8}, "image/gif"},
                {{"RIFF\x10\0\0\0WEBPVP8 ", 16}, "image/webp"},
                {{"RIFF\x10\0\0\0WAVEfmt ", 16}, "audio/wav"},
                {{"RIFF\x10\0\0\0AVI LIST", 16}, NULL},
                {{"%PDF-1.7\n", 9}, "application/pdf"},
                {{"\x1f\x8b\x08\0", 4}, "application/gzip"},
                {{"ID3\x04\0", 5}, "audio/mpeg"},
                {{"\xff\xfb\x90\x64", 4}, "audio/mpeg"},
                {{"OggS\0", 5}, "audio/ogg"},
                {{"\0\0\0\x20"
                  "ftypM4A ",
                  12},
                 "audio/mp4"},
                {{"\0\0\0\x20"
                  "ftypisom",
                  12},
                 "video/mp4"},
                {{"\0\0\0\x20"
                  "ftypheic",
                  12},
                 NULL},
                {{"PK\x05\x06\0\0", 6}, "application/zip"},
                {{"name,city\nA,Berlin\n", 19}, "text/plain"},
                {{"{\"a\": 1}", 8}, "text/plain"},
                {{"2026-11-21 \x1b[31mfault\x1b[0m \xe9\x87\x8d\xe5\x90\xaf\n", 33}, "text/plain"},
                {{"<html><script>", 14}, "text/plain"},
                {{"<svg onload=x>", 14}, "text/plain"},
                {{"#!/bin/sh\nrm", 12}, NULL},
                {{"\x7f"
                  "ELF\x02",
                  5},
                 NULL},
                {{"MZ\x90\0", 4}, NULL},
                {{"\xff\xfeh\0i\0", 6}, NULL},
                {{"\xb0\xa1\xb0\xa2", 4}, NULL}, /* GB 18030 */
                {{"a\0b", 3}, NULL},
                {{"", 0}, NULL},
        };

        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                const char *type = files_sniff(rows[i].head);
                if (rows[i].type)
                        assert_string_equal(type ? type : "unknown", rows[i].type);
                else
                        assert_null(type);
        }
}

/* A zip entry's header with a name. */
static size_t
entry(char *out, const char *name)
{
        memset(out, 0, 30);
        memcpy(out, "PK\x03\x04", 4);
        out[26] = (char)strlen(name);
        memcpy(out + 30, name, strlen(name));
        return 30 + strlen(name);
}

static void
office_documents_are_told_from_other_zips(void **state)
{
        static const struct {
                const char *entry, *type;
        } rows[] = {
                {"word/document.xml",
                 "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
                {"xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
                {"ppt/slides/1.xml",
                 "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
                {"logs/word/a.txt", "application/zip"},
                {"xl", "application/zip"},
        };

        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
                char zip[200];
                size_t n = entry(zip, "[Content_Types].xml");
                n += entry(zip + n, rows[i].entry);
                assert_string_equal(files_sniff((struct str){zip, n}), rows[i].type);
                for (size_t cut = 4; cut < n; cut++)
                        assert_non_null(files_sniff((struct str){zip, cut}));
        }
}

static void
text_may_be_cut_within_a_character_by_the_end_of_the_head(void **state)
{
        char text[FILES_HEAD + 8];

        memset(text, 'a', sizeof text);
        memcpy(text + FILES_HEAD - 2, "\xe9\x87\x8d", 3);
        assert_string_equal(files_sniff((struct str){text, sizeof text}), "text/plain");
        assert_null(files_sniff((struct str){text + 1, FILES_HEAD - 1}));
}

static void
an_upload_knows_its_type(void **state)
{
        struct fixture *f = *state;
        struct upload *u = upload_start(&f->ctx, f->files, BIG);
        char digest[DIGEST_HEX_MAX];
        int64_t size;

        assert_string_equal(upload_type(u), FILES_UNKNOWN_TYPE);
        assert_true(upload_add(&f->ctx, u, STR("%PD")));
        assert_true(upload_add(&f->ctx, u, STR("F-1.4")));
        assert_true(upload_finish(&f->ctx, u, digest, &size));
        assert_string_equal(upload_type(u), "application/pdf");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        const struct CMUnitTest tests[] = {
                TEST(a_stored_file_is_read_back_by_its_digest),
                TEST(parts_make_one_file),
                TEST(the_same_bytes_are_kept_once),
                TEST(an_empty_file_is_a_file),
                TEST(too_many_bytes_are_refused),
                TEST(an_aborted_upload_leaves_nothing),
                TEST(a_forgotten_upload_goes_with_its_arena),
                TEST(opening_sweeps_what_a_crash_left_and_spares_the_living),
                TEST(a_name_that_is_no_digest_is_not_found),
                TEST(a_folder_that_cannot_be_made_is_an_error),
                TEST(a_full_disk_is_said_clearly),
                TEST(an_upload_knows_its_type),
                cmocka_unit_test(the_type_is_found_from_the_content),
                cmocka_unit_test(office_documents_are_told_from_other_zips),
                cmocka_unit_test(text_may_be_cut_within_a_character_by_the_end_of_the_head),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
