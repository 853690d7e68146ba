/* SPDX-License-Identifier: Apache-2.0
 *
 * pack.c -- JSON answers compressed where the client takes gzip.
 *
 * Rows repeat their names: a list of fifty is 19 KB as it stands and 3 KB packed, a tenth of a second on a phone's network.
 * The fastest level gives nearly all of it; a window of 8 KB keeps the state under 100 KB.
 *
 * Invariants
 *   1. Only what was read is packed (GET, 200, JSON): no answer to a change, no file, no stream.
 *   2. What has a strong entity tag stays as it is, for the tag of a record is its version and goes back in If-Match; and
 *      so does what is `whole`: an answer with a secret in it, whose size must not tell what stands beside it.
 *   3. Packing never fails a request: what cannot be packed leaves unpacked.
 *
 * Not here: files of the browser app (statics.c), which are packed when it is built.
 */
#include "api/pack.h"
#include <zlib.h>

enum { WORTH_MIN = 1024, WORTH_MAX = 1 << 20, WINDOW_BITS = 13, GZIP = 16, MEMORY = 7 };

static bool
has_strong_tag(const struct response *r)
{
        for (size_t i = 0; i < r->header_count; i++)
                if (strcmp(r->headers[i].name, "ETag") == 0)
                        return r->headers[i].value[0] != 'W';
        return false;
}

static bool
may_pack(const struct request *q, size_t n)
{
        const struct response *r = &q->response;

        return q->method == METHOD_GET && r->status == 200 && !r->type && !r->policy && !r->whole && r->fd < 0 &&
               !r->stream && n >= WORTH_MIN && n <= WORTH_MAX && !has_strong_tag(r);
}

/* STR_NONE when it cannot be, or does not become shorter. */
static struct str
packed(struct arena *a, struct str body)
{
        z_stream z = {.next_in = (Bytef *)(uintptr_t)body.p, .avail_in = (uInt)body.n};
        char *out = arena_alloc(a, body.n);
        int end;

        if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, GZIP + WINDOW_BITS, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
                return STR_NONE;
        z.next_out = (Bytef *)out;
        z.avail_out = (uInt)body.n;
        end = deflate(&z, Z_FINISH);
        deflateEnd(&z);
        return end == Z_STREAM_END ? (struct str){out, body.n - z.avail_out} : STR_NONE;
}

void
response_pack(struct request *q)
{
        struct response *r = &q->response;
        struct str body = r->body.p ? r->body : jw_view(&q->out), small;

        if (!may_pack(q, body.n))
                return;
        response_header(r, "Vary", "Accept-Encoding");
        if (!accept_encoding(q->header[H_ACCEPT_ENCODING], "gzip"))
                return;
        small = packed(q->arena, body);
        if (!small.p)
                return;
        response_header(r, "Content-Encoding", "gzip");
        r->body = small;
}
