/* SPDX-License-Identifier: Apache-2.0
 *
 * inflate_test.c -- what inflate.h promises.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "channel/inflate.h"
#include <lzma.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

enum { TEXT_SIZE = 300 * 1000 };

/* A text of many lines, longer than the buffers. */
static struct str
long_text(struct arena *a)
{
        char *p = arena_alloc(a, TEXT_SIZE);

        for (size_t i = 0; i < TEXT_SIZE; i++)
                p[i] = i % 61 == 60 ? '\n' : (char)('!' + (i * i / 7) % 90);
        return (struct str){p, TEXT_SIZE};
}

static struct str
packed_gzip(struct arena *a, struct str s)
{
        size_t cap = s.n + 1000;
        char *out = arena_alloc(a, cap);
        z_stream z = {0};

        assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
        z.next_in = (unsigned char *)s.p;
        z.avail_in = (unsigned)s.n;
        z.next_out = (unsigned char *)out;
        z.avail_out = (unsigned)cap;
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        deflateEnd(&z);
        return (struct str){out, cap - z.avail_out};
}

static struct str
packed_xz(struct arena *a, struct str s)
{
        size_t cap = s.n + 10000, n = 0;
        uint8_t *out = arena_alloc(a, cap);

        assert_int_equal(lzma_easy_buffer_encode(3, LZMA_CHECK_CRC64, NULL, (const uint8_t *)s.p, s.n, out, &n, cap),
                         LZMA_OK);
        return (struct str){(char *)out, n};
}

static struct str
packed_zstd(struct arena *a, struct str s)
{
        size_t cap = ZSTD_compressBound(s.n);
        char *out = arena_alloc(a, cap);
        ZSTD_CCtx *z = ZSTD_createCCtx();

        ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
        size_t n = ZSTD_compress2(z, out, cap, s.p, s.n);
        ZSTD_freeCCtx(z);
        assert_false(ZSTD_isError(n));
        return (struct str){out, n};
}

static struct str
packed_not(struct arena *a, struct str s)
{
        return s;
}

static const struct {
        const char *name;
        struct str (*pack)(struct arena *a, struct str s);
} packers[] = {{"gzip", packed_gzip}, {"xz", packed_xz}, {"zstd", packed_zstd}, {"plain", packed_not}};
enum { PACKERS = sizeof packers / sizeof *packers, PACKED = PACKERS - 1 };

static struct str
joined(struct arena *a, struct str x, struct str y)
{
        char *p = arena_alloc(a, x.n + y.n + 1);

        if (x.n)
                memcpy(p, x.p, x.n);
        if (y.n)
                memcpy(p + x.n, y.p, y.n);
        return (struct str){p, x.n + y.n};
}

/* All text in pieces of `piece` bytes; -1 when it ended with a fault. */
static ptrdiff_t
read_all(struct ctx *ctx, struct str bytes, size_t piece, struct buf *out, const char *packing)
{
        struct inflate *in = inflate_memory(ctx, bytes, "t");
        ptrdiff_t n;

        assert_non_null(in);
        assert_string_equal(inflate_packing(in), packing);
        while ((n = inflate_read(ctx, in, buf_room(out, piece), piece)) > 0)
                out->n += (size_t)n;
        assert_int_equal(inflate_total(in), out->n);
        assert_int_equal(inflate_read(ctx, in, buf_room(out, piece), piece), n);
        inflate_close(in);
        return n;
}

static void
assert_text(struct arena *a, int i, struct str bytes, size_t piece, struct str text)
{
        struct buf out = {0};
        struct ctx ctx;

        ctx_init(&ctx, a);
        assert_int_equal(read_all(&ctx, bytes, piece, &out, packers[i].name), 0);
        assert_true(str_eq(buf_view(&out), text));
        assert_false(ctx_failed(&ctx));
        buf_free(&out);
}

static void
assert_broken(struct arena *a, int i, struct str bytes)
{
        struct buf out = {0};
        struct ctx ctx;

        ctx_init(&ctx, a);
        assert_int_equal(read_all(&ctx, bytes, 4096, &out, packers[i].name), -1);
        assert_int_equal(ctx.errors->code, E_IMPORT);
        assert_string_equal(ctx.errors->field, "t");
        buf_free(&out);
}

static void
every_packing_gives_the_text(void **state)
{
        struct arena *a = arena_new(0);
        struct str text = long_text(a);

        for (int i = 0; i < PACKERS; i++) {
                struct str bytes = packers[i].pack(a, text);
                assert_text(a, i, bytes, 1, text);
                assert_text(a, i, bytes, 70000, text);
        }
        arena_free(a);
}

static void
members_follow_each_other(void **state)
{
        struct arena *a = arena_new(0);
        struct str text = long_text(a);

        for (int i = 0; i < PACKERS; i++) {
                struct str bytes = packers[i].pack(a, text);
                assert_text(a, i, joined(a, bytes, bytes), 5000, joined(a, text, text));
        }
        arena_free(a);
}

static void
an_archive_of_nothing_is_empty(void **state)
{
        struct arena *a = arena_new(0);

        for (int i = 0; i < PACKERS; i++)
                assert_text(a, i, packers[i].pack(a, STR("")), 100, STR(""));
        arena_free(a);
}

static void
a_truncated_archive_is_a_fault(void **state)
{
        struct arena *a = arena_new(0);
        struct str text = long_text(a);

        for (int i = 0; i < PACKED; i++) {
                struct str bytes = packers[i].pack(a, text);
                for (size_t cut = 1; cut < bytes.n - 8; cut = cut * 3 + 1)
                        assert_broken(a, i, (struct str){bytes.p, bytes.n - cut});
        }
        arena_free(a);
}

static void
damage_and_what_stands_behind_are_faults(void **state)
{
        struct arena *a = arena_new(0);
        struct str text = long_text(a);

        for (int i = 0; i < PACKED; i++) {
                struct str bytes = packers[i].pack(a, text);
                assert_broken(a, i, joined(a, bytes, STR("garbage, not a member")));
                char *copy = arena_strndup(a, bytes.p, bytes.n);
                for (size_t k = 0; k < 64; k++)
                        copy[bytes.n / 2 + k] = (char)~copy[bytes.n / 2 + k];
                assert_broken(a, i, (struct str){copy, bytes.n});
        }
        arena_free(a);
}

static void
a_missing_file_is_an_error(void **state)
{
        struct arena *a = arena_new(0);
        struct ctx ctx;

        ctx_init(&ctx, a);
        assert_null(inflate_open(&ctx, "/nowhere/at/all"));
        assert_int_equal(ctx.errors->code, E_IO);
        ctx_clear(&ctx);
        struct inflate *in = inflate_open(&ctx, "/");
        assert_null(in);
        assert_int_equal(ctx.errors->code, E_IO);
        arena_free(a);
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_packing_gives_the_text),
                cmocka_unit_test(members_follow_each_other),
                cmocka_unit_test(an_archive_of_nothing_is_empty),
                cmocka_unit_test(a_truncated_archive_is_a_fault),
                cmocka_unit_test(damage_and_what_stands_behind_are_faults),
                cmocka_unit_test(a_missing_file_is_an_error),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
