/* SPDX-License-Identifier: Apache-2.0
 *
 * route.c -- matching a path against the rows of a table.
 *
 * A row's pattern is compared segment by segment: a word must be equal, {name} takes any segment that is not
 * empty.  The table is some fifty rows and almost every row fails at its third segment, so walking it costs
 * less than the map that would avoid it.
 *
 * Not here: the rows (routes.c).
 */
#include "api/route.h"

/* Cuts the next segment off a pattern that stands behind a '/'. */
static struct str
pattern_next(const char **p)
{
        const char *start = *p, *end = start;

        while (*end && *end != '/')
                end++;
        *p = *end ? end + 1 : NULL;
        return (struct str){start, (size_t)(end - start)};
}

static bool
row_fits(struct request *q, const struct route *row)
{
        const char *p = row->pattern + 1;
        size_t args = 0;

        for (size_t i = 0; i < q->segment_count; i++) {
                if (!p)
                        return false;
                struct str want = pattern_next(&p), have = q->segment[i];
                if (want.n && want.p[0] == '{') {
                        if (have.n == 0)
                                return false;
                        q->arg[args++] = have;
                } else if (!str_eq(want, have)) {
                        return false;
                }
        }
        return p == NULL;
}

static const char *
add_method(struct request *q, const char *list, enum method m)
{
        static const char *const names[] = {"GET, HEAD", "POST", "PATCH", "PUT", "DELETE", ""};

        if (!list)
                return names[m];
        if (strstr(list, names[m]))
                return list;
        return arena_printf(q->arena, "%s, %s", list, names[m]);
}

/* A path that a row names word by word is that row's alone: /login is not an {entity}. */
static bool
same_resource(const struct route *first, const struct route *row)
{
        return strchr(first->pattern, '{') || strcmp(first->pattern, row->pattern) == 0;
}

const struct route *
route_find(struct request *q, const struct route *rows, size_t count, const char **ret_allow)
{
        const struct route *first = NULL;

        *ret_allow = NULL;
        for (size_t i = 0; i < count; i++) {
                if (!row_fits(q, &rows[i]))
                        continue;
                if (!first)
                        first = &rows[i];
                if (!same_resource(first, &rows[i]))
                        continue;
                if (rows[i].method == q->method)
                        return &rows[i];
                *ret_allow = add_method(q, *ret_allow, rows[i].method);
        }
        return NULL;
}
