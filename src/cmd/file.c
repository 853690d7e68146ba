/* SPDX-License-Identifier: Apache-2.0
 *
 * file.c -- a file that a command was given, whole.  Not for files that may be large: imports read theirs as they go.
 */
#include "cmd/file.h"
#include <stdio.h>

bool
file_add(struct ctx *ctx, const char *path, struct buf *out)
{
        FILE *f = fopen(path, "r");
        size_t n;

        if (f == NULL)
                return fail(ctx, E_IO, path, path, "it cannot be opened");
        while ((n = fread(buf_room(out, 65536), 1, 65536, f)) > 0)
                out->n += n;
        fclose(f);
        return true;
}

bool
file_text(struct ctx *ctx, const char *path, struct str *ret)
{
        struct buf text = {0};
        bool ok = file_add(ctx, path, &text);

        if (ok)
                *ret = (struct str){arena_strndup(ctx->arena, buf_c(&text), text.n), text.n};
        buf_free(&text);
        return ok;
}
