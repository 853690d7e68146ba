/* SPDX-License-Identifier: Apache-2.0
 *
 * demo_names.c -- YAML texts with <names> in them become JSON bodies of requests to the engine.
 *
 *     title: Stack split at <site_name>           a name inside a text: its text
 *     site: <site>                                a name alone: its value, a number stays a number
 *
 * What a name means is sought in this order: the names in hand and those above them, the times (<now>,
 * <now+48> in hours, <day-30> as a date), the phrases of the language in hand, of which the dice choose one.
 * Meanings may have names in them again, five deep.
 */
#include <stdio.h>
#include "base/clock.h"
#include "service/demo_play.h"

enum { DEPTH = 5, JSON_NODES = 4000 };

struct meaning {
        int64_t id; /* 0: null; used when neither text nor node is there */
        struct str text;
        const struct node *node;
};

/* ---- dice and spans ---- */

/* splitmix64 */
int64_t
dice_roll(struct demo *d, int64_t below)
{
        uint64_t z = d->dice += 0x9e3779b97f4a7c15u;

        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        z ^= z >> 31;
        return below > 0 ? (int64_t)(z % (uint64_t)below) : 0;
}

usec
dice_around(struct demo *d, usec t)
{
        return t / 2 + dice_roll(d, t / USEC_SECOND + 1) * USEC_SECOND;
}

bool
demo_span(struct demo *d, struct str text, usec *ret)
{
        struct str unit, number = str_cut(str_trim(text), ' ', &unit);
        int64_t n;

        if (!str_to_int(number, &n))
                return fail(&d->ctx, E_BAD_FORMAT, "", str_c(d->ctx.arena, text),
                            "a span such as 20 min, 3 h, 2 d");
        *ret = n * (str_is(unit, "d") ? USEC_DAY : str_is(unit, "h") ? USEC_HOUR : USEC_MINUTE);
        return true;
}

/* ---- names ---- */

void
names_init(struct names *n, struct arena *a, const struct names *up)
{
        map_init(&n->map, a);
        n->up = up;
}

static struct meaning *
meaning_new(struct names *n, const char *name)
{
        struct meaning *m = ARENA_NEW(n->map.arena, struct meaning);

        map_set(&n->map, str_of(name), m);
        return m;
}

void
names_id(struct names *n, const char *name, int64_t id)
{
        meaning_new(n, name)->id = id;
}

void
names_text(struct names *n, const char *name, struct str text)
{
        meaning_new(n, name)->text =
                (struct str){arena_strndup(n->map.arena, text.p ? text.p : "", text.n), text.n};
}

void
names_node(struct names *n, const char *name, const struct node *node)
{
        meaning_new(n, name)->node = node;
}

static const struct meaning *
names_find(const struct names *n, struct str name)
{
        const struct meaning *m = NULL;

        for (; n != NULL && m == NULL; n = n->up)
                m = map_get(&n->map, name);
        return m;
}

int64_t
names_get_id(const struct names *n, const char *name)
{
        const struct meaning *m = names_find(n, str_of(name));

        return m != NULL ? m->id : 0;
}

/* <now>, <now+48>, <day>, <day-30> */
static bool
time_meaning(struct demo *d, struct str name, struct meaning *ret)
{
        char text[TIME_TEXT_MAX];
        struct str base = {name.p, name.n < 3 ? name.n : 3}, rest = {name.p + base.n, name.n - base.n};
        int64_t by = 0;

        if (rest.n > 0 && rest.p[0] == '+')
                rest = (struct str){rest.p + 1, rest.n - 1};
        if ((!str_is(base, "now") && !str_is(base, "day")) || (rest.n > 0 && !str_to_int(rest, &by)))
                return false;
        if (str_is(base, "now"))
                time_format(d->w.now + by * USEC_HOUR, text);
        else
                date_format(d->today / USEC_DAY + by, text);
        *ret = (struct meaning){.text = str_of(arena_strdup(d->ctx.arena, text))};
        return true;
}

static bool
phrase_meaning(struct demo *d, const struct names *n, struct str name, struct meaning *ret)
{
        const struct meaning *lang = names_find(n, STR("lang"));
        const char *key = str_c(d->ctx.arena, name);
        struct str language = lang == NULL ? STR("zh") : lang->node != NULL ? lang->node->text : lang->text;
        const struct node *list = yaml_get(d->phrases, str_c(d->ctx.arena, language));
        const struct node *item = list != NULL ? yaml_get(list, key) : NULL;

        if (item == NULL || item->count == 0)
                return false;
        int64_t skip = dice_roll(d, (int64_t)item->count);
        for (item = item->child; skip > 0; skip--)
                item = item->next;
        *ret = (struct meaning){.node = item};
        return true;
}

static bool
find_meaning(struct demo *d, const struct names *n, struct str name, struct meaning *ret)
{
        const struct meaning *m = names_find(n, name);

        if (m != NULL) {
                *ret = *m;
                return true;
        }
        return time_meaning(d, name, ret) || phrase_meaning(d, n, name, ret) ||
               fail(&d->ctx, E_NOT_FOUND, "demo", "name", str_c(d->ctx.arena, name));
}

/* ---- filling in ---- */

static bool
is_name(struct str s)
{
        for (size_t i = 0; i < s.n; i++)
                if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_.+- ", s.p[i]))
                        return false;
        return s.n > 0 && s.p[0] >= 'a' && s.p[0] <= 'z';
}

/* The next <name> in the text: what stands before it, its name, what follows.  False when there is none. */
static bool
cut_name(struct str text, struct str *before, struct str *name, struct str *after)
{
        for (const char *p = text.p, *end = text.p + text.n;
             p < end && (p = memchr(p, '<', (size_t)(end - p))); p++) {
                const char *close = memchr(p, '>', (size_t)(end - p));
                if (close == NULL)
                        return false;
                *name = (struct str){p + 1, (size_t)(close - p - 1)};
                if (!is_name(*name))
                        continue;
                *before = (struct str){text.p, (size_t)(p - text.p)};
                *after = (struct str){close + 1, (size_t)(end - close - 1)};
                return true;
        }
        return false;
}

static bool
fill_in(struct demo *d, const struct names *n, struct str text, struct buf *out, int depth)
{
        struct str before, name, after;
        struct meaning m;

        if (depth > DEPTH)
                return fail(&d->ctx, E_INTERNAL, "demo", "names within names are too deep");
        while (cut_name(text, &before, &name, &after)) {
                buf_str(out, before);
                if (!find_meaning(d, n, name, &m))
                        return false;
                if (m.node == NULL && m.text.p == NULL)
                        buf_int(out, m.id);
                else if (!fill_in(d, n, m.node != NULL ? m.node->text : m.text, out, depth + 1))
                        return false;
                text = after;
        }
        buf_str(out, text);
        return true;
}

bool
demo_text(struct demo *d, const struct names *n, struct str text, struct str *ret)
{
        struct buf b = {0};
        bool ok = fill_in(d, n, text, &b, 0);

        *ret = ok ? (struct str){arena_strndup(d->ctx.arena, buf_c(&b), b.n), b.n} : STR_NONE;
        buf_free(&b);
        return ok;
}

static bool put_node(struct demo *d, const struct names *n, const struct node *node, struct jw *out);

static bool
put_meaning(struct demo *d, const struct names *n, const struct meaning *m, struct jw *out)
{
        struct str text;

        if (m->node != NULL)
                return put_node(d, n, m->node, out);
        if (m->text.p == NULL) {
                if (m->id == 0)
                        jw_null(out);
                else
                        jw_int(out, m->id);
                return true;
        }
        if (!demo_text(d, n, m->text, &text))
                return false;
        jw_str(out, text);
        return true;
}

/* yaml_json knows whole numbers only. */
static bool
is_decimal(const struct node *node)
{
        struct str after, before = str_cut(node->text, '.', &after);
        int64_t n;

        return node->plain && after.n > 0 && after.p[0] >= '0' && str_to_int(before, &n) &&
               str_to_int(after, &n);
}

static bool
put_text(struct demo *d, const struct names *n, const struct node *node, struct jw *out)
{
        struct str before, name, after, text;
        struct meaning m;

        if (!cut_name(node->text, &before, &name, &after)) {
                if (is_decimal(node))
                        jw_raw(out, node->text);
                else
                        yaml_json(node, out);
                return true;
        }
        if (before.n == 0 && after.n == 0)
                return find_meaning(d, n, name, &m) && put_meaning(d, n, &m, out);
        if (!demo_text(d, n, node->text, &text))
                return false;
        jw_str(out, text);
        return true;
}

static bool
put_node(struct demo *d, const struct names *n, const struct node *node, struct jw *out)
{
        bool map = node->type == NODE_MAP, ok = true;

        if (node->type == NODE_TEXT)
                return put_text(d, n, node, out);
        jw_open(out, map ? '{' : '[');
        for (const struct node *m = node->child; m != NULL && ok; m = m->next) {
                if (map && m->key.p[0] == '_')
                        continue;
                if (map)
                        jw_key_str(out, m->key);
                ok = put_node(d, n, m, out);
        }
        jw_close(out, map ? '}' : ']');
        return ok;
}

const struct json *
demo_json(struct demo *d, const struct names *n, const struct node *node)
{
        struct jw jw = {0};
        const struct json *ret = NULL;

        if (node == NULL)
                jw_open(&jw, '{'), jw_close(&jw, '}');
        if (node == NULL || put_node(d, n, node, &jw))
                ret = json_parse(&d->ctx, arena_strndup(d->ctx.arena, jw.b.p, jw.b.n), jw.b.n, JSON_NODES);
        jw_free(&jw);
        return ret;
}
