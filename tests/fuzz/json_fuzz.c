/* SPDX-License-Identifier: Apache-2.0
 *
 * json_fuzz.c -- what json_parse accepts is written and read again as the same tree, and the
 * second writing equals the first.
 */
#include "base/json.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NODES_MAX = 10000 };

static bool
equal(const struct json *a, const struct json *b)
{
        if (a->type != b->type || a->count != b->count || a->i != b->i || a->d != b->d ||
            !str_eq(a->key, b->key) || !str_eq(a->text, b->text))
                return false;
        for (a = a->child, b = b->child; a && b; a = a->next, b = b->next)
                if (!equal(a, b))
                        return false;
        return a == b;
}

/* Writes the tree, reads that, and compares; `w` holds the text on return. */
static struct json *
round_trip(struct ctx *c, const struct json *v, struct jw *w)
{
        jw_json(w, v);
        struct json *again = json_parse(c, arena_strndup(c->arena, w->b.p, w->b.n), w->b.n, NODES_MAX);
        if (again == NULL || !equal(v, again))
                abort();
        return again;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena *a = arena_new(0);
        struct jw first = {0}, second = {0};
        struct ctx c;

        ctx_init(&c, a);
        char *text = arena_alloc(a, size);
        memcpy(text, data, size);
        const struct json *v = json_parse(&c, text, size, NODES_MAX);
        if ((v == NULL) != ctx_failed(&c))
                abort();
        if (v) {
                round_trip(&c, round_trip(&c, v, &first), &second);
                if (!str_eq(jw_view(&first), jw_view(&second)))
                        abort();
        }
        jw_str(&second, (struct str){(const char *)data, size});
        jw_free(&first);
        jw_free(&second);
        arena_free(a);
        return 0;
}
