/* SPDX-License-Identifier: Apache-2.0
 *
 * inflate.c -- a text out of a file that may be packed.
 *
 * A packing is one row of `packings`: the magic bytes it starts with and four functions over its library's stream
 * (zlib, liblzma, libzstd).  inflate_read asks the row's step() until it yields text:
 *
 *              refill              step               step
 *     file  ----------->  in[]  ----------->  out  ----------->  ... FINISHED | fault
 *
 * step() takes what it can from `in`, puts what it can into `out` and says
 *     GOING      there may be more; with no output made and no input left it needs a refill
 *     ENDED      a member is complete; what follows must start the next one or be the end of the file
 *     BROKEN     the bytes are not what the format allows
 *
 * Invariants
 *   1. The end of the file is the end of the text only between members: anywhere else the archive was cut off.
 *   2. After a fault every further read is the same fault's -1; nothing more is given out.
 *   3. Memory is bounded by the formats' windows (xz: XZ_MEMORY; zstd: its default limit of 128 MiB), whatever the
 *      archive asks for.  How much text comes out is for the caller to bound (inflate_total).
 *
 * Not here: what the text means (csv.c, xes.c).
 */
#include "channel/inflate.h"
#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { INPUT = 64 * 1024, XZ_MEMORY = 256 << 20 };
enum step { GOING, ENDED, BROKEN };

struct packing {
        const char *name;
        struct str magic;
        void (*start)(struct inflate *in);
        /* Moves in->at and *n_out on. */
        enum step (*step)(struct inflate *in, char *out, size_t *n_out);
        void (*stop)(struct inflate *in);
};

struct inflate {
        const struct packing *packing;
        const char *name;
        int fd;           /* -1: all input is in `bytes` */
        struct str bytes; /* what is left of a memory */
        bool at_end;      /* of the file */
        bool between;     /* before the first byte of a member */
        bool failed;
        int64_t total;
        struct digest *digest; /* of the text */
        size_t at, end;        /* unread input: in[at..end) */
        union {
                z_stream z;
                lzma_stream xz;
                ZSTD_DStream *zstd;
        };
        char in[INPUT];
};

/* ---- the packings ---- */

static void
plain_start(struct inflate *in)
{
}

/* Every byte of a plain file may be its last one. */
static enum step
plain_step(struct inflate *in, char *out, size_t *n_out)
{
        size_t n = in->end - in->at < *n_out ? in->end - in->at : *n_out;

        if (n)
                memcpy(out, in->in + in->at, n);
        in->at += n;
        *n_out = n;
        return ENDED;
}

static void
gzip_start(struct inflate *in)
{
        in->z = (z_stream){0};
        if (inflateInit2(&in->z, 16 + MAX_WBITS) != Z_OK)
                abort();
}

static enum step
gzip_step(struct inflate *in, char *out, size_t *n_out)
{
        in->z.next_in = (unsigned char *)in->in + in->at;
        in->z.avail_in = (unsigned)(in->end - in->at);
        in->z.next_out = (unsigned char *)out;
        in->z.avail_out = (unsigned)*n_out;
        int r = inflate(&in->z, Z_NO_FLUSH);
        in->at = in->end - in->z.avail_in;
        *n_out -= in->z.avail_out;
        if (r == Z_STREAM_END)
                return inflateReset(&in->z) == Z_OK ? ENDED : BROKEN;
        return r == Z_OK || r == Z_BUF_ERROR ? GOING : BROKEN;
}

static void
gzip_stop(struct inflate *in)
{
        inflateEnd(&in->z);
}

static void
xz_start(struct inflate *in)
{
        in->xz = (lzma_stream)LZMA_STREAM_INIT;
        if (lzma_stream_decoder(&in->xz, XZ_MEMORY, 0) != LZMA_OK)
                abort();
}

static enum step
xz_step(struct inflate *in, char *out, size_t *n_out)
{
        in->xz.next_in = (unsigned char *)in->in + in->at;
        in->xz.avail_in = in->end - in->at;
        in->xz.next_out = (unsigned char *)out;
        in->xz.avail_out = *n_out;
        lzma_ret r = lzma_code(&in->xz, LZMA_RUN);
        in->at = in->end - in->xz.avail_in;
        *n_out -= in->xz.avail_out;
        if (r == LZMA_STREAM_END)
                return lzma_stream_decoder(&in->xz, XZ_MEMORY, 0) == LZMA_OK ? ENDED : BROKEN;
        return r == LZMA_OK || r == LZMA_BUF_ERROR ? GOING : BROKEN;
}

static void
xz_stop(struct inflate *in)
{
        lzma_end(&in->xz);
}

static void
zstd_start(struct inflate *in)
{
        in->zstd = ZSTD_createDStream();
        if (in->zstd == NULL)
                abort();
}

static enum step
zstd_step(struct inflate *in, char *out, size_t *n_out)
{
        ZSTD_inBuffer from = {in->in, in->end, in->at};
        ZSTD_outBuffer to = {out, *n_out, 0};
        size_t r = ZSTD_decompressStream(in->zstd, &to, &from);

        in->at = from.pos;
        *n_out = to.pos;
        return ZSTD_isError(r) ? BROKEN : r == 0 ? ENDED : GOING;
}

static void
zstd_stop(struct inflate *in)
{
        ZSTD_freeDStream(in->zstd);
}

/* The first row whose magic fits; the last fits all. */
static const struct packing packings[] = {
        {"gzip", STR("\x1f\x8b"), gzip_start, gzip_step, gzip_stop},
        {"xz",
         STR("\xfd"
             "7zXZ\0"),
         xz_start, xz_step, xz_stop},
        {"zstd", STR("\x28\xb5\x2f\xfd"), zstd_start, zstd_step, zstd_stop},
        {"plain", STR(""), plain_start, plain_step, plain_start},
};

/* ---- the file ---- */

/* One read: at most n bytes; 0 at the end. */
static ptrdiff_t
take(struct inflate *in, char *out, size_t n)
{
        ptrdiff_t got;

        if (in->fd < 0) {
                n = n < in->bytes.n ? n : in->bytes.n;
                if (n == 0)
                        return 0;
                memcpy(out, in->bytes.p, n);
                in->bytes = (struct str){in->bytes.p + n, in->bytes.n - n};
                return (ptrdiff_t)n;
        }
        do {
                got = read(in->fd, out, n);
        } while (got < 0 && errno == EINTR);
        return got;
}

static bool
refill(struct ctx *ctx, struct inflate *in)
{
        memmove(in->in, in->in + in->at, in->end - in->at);
        in->end -= in->at;
        in->at = 0;
        ptrdiff_t got = take(in, in->in + in->end, INPUT - in->end);
        if (got < 0)
                return fail(ctx, E_IO, in->name, in->name, strerror(errno));
        in->end += (size_t)got;
        in->at_end = got == 0;
        return true;
}

/* Reads on until the longest magic can be compared. */
static bool
sniff(struct ctx *ctx, struct inflate *in)
{
        const struct packing *p = packings;

        while (in->end < 6 && !in->at_end)
                if (!refill(ctx, in))
                        return false;
        while (!str_starts((struct str){in->in, in->end}, p->magic))
                p++;
        in->packing = p;
        in->between = true;
        p->start(in);
        return true;
}

static struct inflate *
start(struct ctx *ctx, int fd, struct str bytes, const char *name)
{
        struct inflate *in = calloc(1, sizeof *in);

        if (in == NULL)
                abort();
        in->fd = fd;
        in->bytes = bytes;
        in->name = arena_strdup(ctx->arena, name);
        in->digest = digest_start(ctx->arena);
        if (sniff(ctx, in))
                return in;
        inflate_close(in);
        return NULL;
}

struct inflate *
inflate_open(struct ctx *ctx, const char *path)
{
        int fd = open(path, O_RDONLY | O_CLOEXEC);

        if (fd < 0) {
                fail(ctx, E_IO, path, path, strerror(errno));
                return NULL;
        }
        posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
        return start(ctx, fd, STR_NONE, path);
}

struct inflate *
inflate_memory(struct ctx *ctx, struct str bytes, const char *name)
{
        return start(ctx, -1, bytes, name);
}

static void
cut_off(struct ctx *ctx, const struct inflate *in)
{
        fail(ctx, E_IMPORT, in->name,
             arena_printf(ctx->arena,
                          "The %s archive is cut off after %lld bytes of text: its end is missing. "
                          "A complete archive is needed.",
                          in->packing->name, (long long)in->total));
}

static void
damaged(struct ctx *ctx, const struct inflate *in)
{
        fail(ctx, E_IMPORT, in->name,
             arena_printf(ctx->arena,
                          "The %s archive is damaged behind %lld bytes of text; "
                          "a whole .gz, .xz or .zst archive, or the plain text, is needed.",
                          in->packing->name, (long long)in->total));
}

/* Bytes behind a complete member: another member, zeros (padding of xz and tapes), or damage. */
static bool
skip_padding(struct inflate *in)
{
        while (in->at < in->end && in->in[in->at] == '\0' && in->packing->magic.n)
                in->at++;
        return in->at < in->end;
}

/* One step: 1 with *n bytes of text (0: ask again), 0 at the end, -1 on a fault. */
static int
advance(struct ctx *ctx, struct inflate *in, char *out, size_t *n)
{
        size_t room = *n;

        *n = 0;
        if (in->at == in->end && !in->at_end && !refill(ctx, in))
                return -1;
        if (in->between && !skip_padding(in))
                return in->at_end ? 0 : 1;
        *n = room;
        enum step s = in->packing->step(in, out, n);
        in->between = s == ENDED;
        if (s == BROKEN)
                damaged(ctx, in);
        else if (s == GOING && *n == 0 && in->at == in->end && in->at_end)
                cut_off(ctx, in);
        else
                return 1;
        return -1;
}

ptrdiff_t
inflate_read(struct ctx *ctx, struct inflate *in, char *out, size_t n)
{
        int going = in->failed ? -1 : 1;
        size_t got = 0;

        while (going == 1 && got == 0) {
                got = n;
                going = advance(ctx, in, out, &got);
        }
        in->failed = going < 0;
        if (in->failed)
                return -1;
        in->total += (int64_t)got;
        digest_add(in->digest, (struct str){out, got});
        return (ptrdiff_t)got;
}

void
inflate_digest(struct inflate *in, char out[DIGEST_HEX_MAX])
{
        digest_end(in->digest, out);
}

int64_t
inflate_total(const struct inflate *in)
{
        return in->total;
}

const char *
inflate_name(const struct inflate *in)
{
        return in->name;
}

const char *
inflate_packing(const struct inflate *in)
{
        return in->packing->name;
}

void
inflate_close(struct inflate *in)
{
        if (in == NULL)
                return;
        if (in->packing)
                in->packing->stop(in);
        if (in->fd >= 0)
                close(in->fd);
        free(in);
}
