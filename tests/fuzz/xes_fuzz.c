/* SPDX-License-Identifier: Apache-2.0
 *
 * xes_fuzz.c -- any bytes as XES: traces or a fault with a place; what was read and written again, by way of the JSON
 * that the database keeps, is read the same.
 */
#include "channel/xes.h"
#include <stdlib.h>

struct again {
        struct ctx *ctx;
        struct xes_log *log;
        struct buf *out;
};

/* Through JSON and back. */
static struct xes_attr *
kept(struct ctx *ctx, const struct xes_attr *attrs)
{
        struct jw w = {0};

        xes_json_write(&w, attrs);
        struct json *v = json_parse(ctx, arena_strndup(ctx->arena, w.b.p, w.b.n), w.b.n, 1000000);
        jw_free(&w);
        if (v == NULL)
                abort();
        return xes_json_read(ctx->arena, v);
}

static bool
take_trace(void *arg, const struct xes_trace *t)
{
        struct again *a = arg;
        size_t n;

        xes_put_start(a->out, &xes_tabs, t->before, kept(a->ctx, t->attrs));
        for (const struct xes_event *e = t->events; e; e = e->next) {
                xes_put_event(a->out, &xes_tabs, kept(a->ctx, e->attrs));
                xes_leaves(a->ctx->arena, e->attrs, "", &n);
        }
        xes_put_end(a->out, &xes_tabs);
        return true;
}

/* The log written again with our indentation; false when the text is not XES. */
static bool
rewrite(struct str text, struct buf *out)
{
        struct arena *arena = arena_new(0);
        struct buf traces = {0};
        struct ctx ctx;
        struct xes_log log;
        struct again a = {&ctx, &log, &traces};
        struct xes_reader to = {take_trace, &a};

        ctx_init(&ctx, arena);
        struct inflate *in = inflate_memory(&ctx, text, "fuzz");
        bool ok = in && xes_read(&ctx, in, &to, &log);
        if (ok == ctx_failed(&ctx))
                abort();
        if (ok) {
                buf_str(out, log.head);
                buf_str(out, buf_view(&traces));
                buf_str(out, log.tail);
        }
        inflate_close(in);
        buf_free(&traces);
        arena_free(arena);
        return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct buf once = {0}, twice = {0};

        if (rewrite((struct str){(const char *)data, size}, &once)) {
                if (!rewrite(buf_view(&once), &twice) || !str_eq(buf_view(&once), buf_view(&twice)))
                        abort();
        }
        buf_free(&once);
        buf_free(&twice);
        return 0;
}
