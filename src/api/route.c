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

/* The pattern behind its segment at `p`, if the path's segment is that word; NULL when it is not. */
static const char *
behind_word(const char *p, struct str have)
{
        size_t i = 0;

        while (i < have.n && p[i] && p[i] != '/' && p[i] == have.p[i])
                i++;
        return i == have.n && (p[i] == '/' || !p[i]) ? p + i : NULL;
}

static bool
row_fits(struct request *q, const struct route *row)
{
        const char *p = row->pattern;
        size_t args = 0;

        for (size_t i = 0; i < q->segment_count; i++) {
                struct str have = q->segment[i];
                if (*p++ != '/')
                        return false;
                if (*p == '{' && have.n) {
                        q->arg[args++] = have;
                        p = strchrnul(p, '/');
                } else if (*p == '{' || !(p = behind_word(p, have))) {
                        return false;
                }
        }
        return !*p;
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
