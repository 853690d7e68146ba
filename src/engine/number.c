/* SPDX-License-Identifier: Apache-2.0
 *
 * number.c -- numbers that people read.
 *
 * A pattern is text with {yyyy}, {mm} and {seq:N}.  The sequence counts per entity, and per year when {yyyy} stands in the
 * pattern.  Numbers may have holes (a block of NUMBER_BLOCK is taken at once), never doubles.
 */
#include "engine/number.h"
#include <stdio.h>
#include <stdlib.h>

enum { NUMBER_BLOCK = 16 };

static bool
sequence(struct work *w, const struct entity *e, int year, int64_t *ret)
{
        char name[96];

        if (strstr(e->number, "{yyyy}") != NULL)
                snprintf(name, sizeof name, "number.%s.%d", e->name, year);
        else
                snprintf(name, sizeof name, "number.%s", e->name);
        return seq_next(w->ctx, w->conn, name, NUMBER_BLOCK, ret);
}

const char *
number_next(struct work *w, const struct entity *e)
{
        struct civil c = time_civil(w->now);
        char out[128];
        size_t n = 0;
        int64_t seq;

        if (e->number == NULL)
                return "";
        if (!sequence(w, e, c.year, &seq))
                return NULL;
        for (const char *p = e->number; *p != '\0' && n < sizeof out - 24; p++) {
                if (strncmp(p, "{yyyy}", 6) == 0)
                        n += sprintf(out + n, "%04d", c.year), p += 5;
                else if (strncmp(p, "{mm}", 4) == 0)
                        n += sprintf(out + n, "%02d", c.month), p += 3;
                else if (strncmp(p, "{seq:", 5) == 0 && strchr(p, '}') != NULL)
                        n += sprintf(out + n, "%0*lld", atoi(p + 5) % 20, (long long)seq), p = strchr(p, '}');
                else
                        out[n++] = *p;
        }
        return arena_strndup(w->ctx->arena, out, n);
}
