/* SPDX-License-Identifier: Apache-2.0
 *
 * policies_diff.c -- two texts compared by lines: the longest common subsequence, after equal heads and tails are set aside.
 *
 * The table of the middle is bounded; middles that are larger are told as removed and added as a whole.
 */
#include <stdlib.h>
#include "service/policies.h"

enum { CELLS_MAX = 4000000 };

struct lines {
        struct str *v;
        size_t n;
};

static struct lines
lines_of(struct ctx *ctx, struct str text)
{
        struct lines l = {0};

        while (text.n > 0)
                *ARENA_PUSH(ctx->arena, l.v, l.n) = str_cut(text, '\n', &text);
        return l;
}

static void
write_line(struct jw *out, const char *op, size_t number, struct str text)
{
        jw_open(out, '{');
        jw_key(out, "op"), jw_text(out, op);
        jw_key(out, "line"), jw_int(out, (int64_t)number + 1);
        jw_key(out, "text"), jw_str(out, text);
        jw_close(out, '}');
}

/* common[i * (m + 1) + j]: how many lines a[i..] and b[j..] have in common, in order. */
static int *
common_lines(const struct lines *a, const struct lines *b, size_t head, size_t n, size_t m)
{
        int *t = calloc((n + 1) * (m + 1), sizeof *t);

        if (t == NULL)
                abort();
        for (size_t i = n; i-- > 0;)
                for (size_t j = m; j-- > 0;) {
                        int down = t[(i + 1) * (m + 1) + j], right = t[i * (m + 1) + j + 1];
                        t[i * (m + 1) + j] = str_eq(a->v[head + i], b->v[head + j]) ? t[(i + 1) * (m + 1) + j + 1] + 1
                                             : down > right ? down : right;
                }
        return t;
}

static void
write_middle(struct jw *out, const struct lines *a, const struct lines *b, size_t head, size_t n, size_t m)
{
        int *t = (n + 1) * (m + 1) <= CELLS_MAX ? common_lines(a, b, head, n, m) : NULL;
        size_t i = 0, j = 0;

        while (i < n || j < m) {
                if (t && i < n && j < m && str_eq(a->v[head + i], b->v[head + j])) {
                        write_line(out, "same", head + j, b->v[head + j]);
                        i++, j++;
                } else if (i < n && (!t || j == m || t[(i + 1) * (m + 1) + j] >= t[i * (m + 1) + j + 1])) {
                        write_line(out, "removed", head + i, a->v[head + i]);
                        i++;
                } else {
                        write_line(out, "added", head + j, b->v[head + j]);
                        j++;
                }
        }
        free(t);
}

void
policies_diff(struct ctx *ctx, struct str before, struct str after, struct jw *out)
{
        struct lines a = lines_of(ctx, before), b = lines_of(ctx, after);
        size_t head = 0, tail = 0;

        while (head < a.n && head < b.n && str_eq(a.v[head], b.v[head]))
                head++;
        while (tail < a.n - head && tail < b.n - head && str_eq(a.v[a.n - 1 - tail], b.v[b.n - 1 - tail]))
                tail++;
        jw_open(out, '[');
        for (size_t i = 0; i < head; i++)
                write_line(out, "same", i, b.v[i]);
        write_middle(out, &a, &b, head, a.n - head - tail, b.n - head - tail);
        for (size_t i = b.n - tail; i < b.n; i++)
                write_line(out, "same", i, b.v[i]);
        jw_close(out, ']');
}
