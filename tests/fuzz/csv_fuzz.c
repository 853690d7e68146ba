/* SPDX-License-Identifier: Apache-2.0
 *
 * csv_fuzz.c -- any bytes as CSV: records or a fault with a place; what was read and written again is read the same.
 */
#include "channel/csv.h"
#include <stdlib.h>

/* Blank lines are passed over, so a text with the bytes of a byte order mark may come to stand first: then quotes keep it. */
static bool
like_bom(const struct buf *out, struct str field)
{
        return out->n == 0 && str_starts(field, STR("\xef\xbb\xbf"));
}

/* All records written again, with quotes where they were; false when the text is not CSV. */
static bool
rewrite(struct str text, char separator, struct buf *out, size_t *ret_records)
{
        struct arena *a = arena_new(0);
        struct ctx ctx;
        struct csv r;

        ctx_init(&ctx, a);
        struct inflate *in = inflate_memory(&ctx, text, "fuzz");
        bool ok = in != NULL;
        if (ok) {
                csv_open(&r, in, separator);
                for (*ret_records = 0; csv_next(&ctx, &r); ++*ret_records) {
                        if (*ret_records == 0 && r.dialect.bom)
                                buf_text(out, "\xef\xbb\xbf");
                        for (size_t i = 0; i < r.count; i++) {
                                if (i)
                                        buf_char(out, separator);
                                csv_put(out, &r.dialect, r.fields[i], r.quoted[i] || like_bom(out, r.fields[i]));
                        }
                        csv_put_end(out, &r.dialect);
                }
                ok = !r.failed;
                if (ok == ctx_failed(&ctx))
                        abort();
                csv_close(&r);
        }
        inflate_close(in);
        arena_free(a);
        return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct buf once = {0}, twice = {0};
        size_t records, again;
        char separator = size && data[0] % 2 ? ',' : ';';

        if (rewrite((struct str){(const char *)data, size}, separator, &once, &records)) {
                if (!rewrite(buf_view(&once), separator, &twice, &again) || again != records)
                        abort();
                if (!str_eq(buf_view(&once), buf_view(&twice)))
                        abort();
        }
        buf_free(&once);
        buf_free(&twice);
        return 0;
}
