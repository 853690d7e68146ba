/* SPDX-License-Identifier: Apache-2.0
 *
 * yaml.c -- YAML text to a small tree, by libyaml's document API.
 *
 * libyaml composes the document; this file copies it into the arena as `struct node`s with places and refuses what the
 * models have no use for:
 *
 *     more than YAML_MAX_BYTES, YAML_DEPTH levels or YAML_MAX_NODES nodes      (before anything is built on them)
 *     aliases                 a node met twice on the walk; so the tree stays a tree and cannot be cyclic
 *     keys that are no texts, keys that stand twice in one map
 *     texts that are not UTF-8 or hold NUL
 *     a second document
 *
 * Invariants
 *   1. A returned tree has no shared nodes: a walk of it visits at most YAML_MAX_NODES nodes, YAML_DEPTH deep.
 *   2. Lines and columns count from 1, columns in characters.
 *   3. NULL is returned exactly when an error was added.
 *
 * Not here: what keys mean (load.c and its neighbours).
 */
#include "model/yaml.h"
#include <yaml.h>
#include "base/text.h"

struct copier {
        struct ctx *ctx;
        struct arena *arena;
        yaml_document_t *doc;
        const char *path;
        struct str text;
        bool *seen;                    /* by node id - 1 */
        bool bad;
};

const char *
place_text(struct arena *a, struct place p)
{
        return arena_printf(a, "%s:%d:%d", p.file, p.line, p.column);
}

static struct place
place_of(const struct copier *c, yaml_mark_t m)
{
        return (struct place){c->path, (int)m.line + 1, (int)m.column + 1};
}

static void
fault(struct copier *c, struct place p, const char *sentence)
{
        c->bad = true;
        fail(c->ctx, E_YAML, place_text(c->ctx->arena, p), ctx_both(c->ctx, sentence, fault_zh(sentence)));
}

static struct node *copy_node(struct copier *c, int id, struct place from, int depth);

static void
copy_text(struct copier *c, const yaml_node_t *y, struct node *n)
{
        n->text = (struct str){(const char *)y->data.scalar.value, y->data.scalar.length};
        n->plain = y->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        if (!text_valid(n->text)) {
                fault(c, n->place, "the text is not valid UTF-8 or holds a NUL character");
                n->text = STR_NONE;
        }
        n->text = (struct str){str_c(c->arena, n->text), n->text.n};
}

static void
copy_list(struct copier *c, const yaml_node_t *y, struct node *n, int depth)
{
        struct node **tail = &n->child;

        for (yaml_node_item_t *i = y->data.sequence.items.start; i < y->data.sequence.items.top; i++) {
                *tail = copy_node(c, *i, n->place, depth);
                if (*tail == NULL)
                        continue;
                tail = &(*tail)->next;
                n->count++;
        }
}

/* Reads a key: its text into *ret, its place; false when it is no text or stands in `keys` already. */
static bool
copy_key(struct copier *c, int id, struct map *keys, struct str *ret, struct place *place)
{
        const yaml_node_t *y = yaml_document_get_node(c->doc, id);
        *place = place_of(c, y->start_mark);
        if (y->type != YAML_SCALAR_NODE || y->data.scalar.length == 0) {
                fault(c, *place, "a key must be a name");
                return false;
        }
        struct node *key = copy_node(c, id, *place, 0);
        if (key == NULL)
                return false;
        *ret = key->text;
        if (!map_put(keys, key->text, key)) {
                const struct node *first = map_get(keys, key->text);
                c->bad = true;
                fail(c->ctx, E_YAML, place_text(c->ctx->arena, *place),
                     ctx_both(c->ctx,
                              arena_printf(c->ctx->arena, "the key \"%s\" stands here twice; first in line %d", key->text.p,
                                           first->place.line),
                              arena_printf(c->ctx->arena, "键“%s”重复，首次出现在第 %d 行", key->text.p, first->place.line)));
                return false;
        }
        return true;
}

static void
copy_map(struct copier *c, const yaml_node_t *y, struct node *n, int depth)
{
        struct node **tail = &n->child;
        struct map keys;

        map_init(&keys, c->arena);
        for (yaml_node_pair_t *i = y->data.mapping.pairs.start; i < y->data.mapping.pairs.top; i++) {
                struct place place;
                struct str key;
                if (!copy_key(c, i->key, &keys, &key, &place))
                        continue;
                *tail = copy_node(c, i->value, place, depth);
                if (*tail == NULL)
                        continue;
                (*tail)->key = key;
                (*tail)->key_place = place;
                tail = &(*tail)->next;
                n->count++;
        }
}

/* Copies one node and what is under it; `from` is where it is used.  NULL with a fault when it may not stand there. */
static struct node *
copy_node(struct copier *c, int id, struct place from, int depth)
{
        const yaml_node_t *y = yaml_document_get_node(c->doc, id);

        if (c->seen[id - 1])
                return fault(c, from, "anchors and aliases are not allowed; write the value again"), NULL;
        c->seen[id - 1] = true;
        struct node *n = ARENA_NEW(c->arena, struct node);
        n->place = n->key_place = place_of(c, y->start_mark);
        if (depth >= YAML_DEPTH)
                return fault(c, n->place, "the text is nested too deeply; 32 levels are allowed"), NULL;
        switch (y->type) {
        case YAML_SEQUENCE_NODE:
                n->type = NODE_LIST;
                copy_list(c, y, n, depth + 1);
                break;
        case YAML_MAPPING_NODE:
                n->type = NODE_MAP;
                copy_map(c, y, n, depth + 1);
                break;
        default:
                n->type = NODE_TEXT;
                copy_text(c, y, n);
        }
        return n;
}

/* libyaml gives the place of bytes that it cannot decode as an offset only. */
static yaml_mark_t
mark_at(struct str text, size_t offset)
{
        yaml_mark_t m = {0};

        for (size_t i = 0; i < offset && i < text.n; i++) {
                m.column++;
                if (text.p[i] == '\n') {
                        m.line++;
                        m.column = 0;
                }
        }
        return m;
}

/* Reports what libyaml could not read. */
static void
fault_syntax(struct copier *c, const yaml_parser_t *p)
{
        yaml_mark_t mark = p->error == YAML_READER_ERROR ? mark_at(c->text, p->problem_offset) : p->problem_mark;
        const char *problem = p->problem ? p->problem : "out of memory";

        struct place at = place_of(c, mark);
        const char *en = p->context ? arena_printf(c->ctx->arena, "%s, %s", problem, p->context) : problem;

        c->bad = true;
        fail(c->ctx, E_YAML, place_text(c->ctx->arena, at), ctx_both(c->ctx, en, fault_zh(problem)));
}

/* A second document, if any, is a fault. */
static void
check_end(struct copier *c, yaml_parser_t *p)
{
        yaml_document_t more;

        if (!yaml_parser_load(p, &more)) {
                fault_syntax(c, p);
                return;
        }
        const yaml_node_t *root = yaml_document_get_root_node(&more);
        if (root)
                fault(c, place_of(c, root->start_mark), "a file holds one document; this is a second one");
        yaml_document_delete(&more);
}

static struct node *
copy_document(struct copier *c, yaml_parser_t *p)
{
        size_t nodes = (size_t)(c->doc->nodes.top - c->doc->nodes.start);
        struct place start = {c->path, 1, 1};
        struct node *root = NULL;

        if (nodes == 0)
                fault(c, start, "the file is empty");
        else if (nodes > YAML_MAX_NODES)
                fault(c, start, "the file has too many values; 200000 are allowed");
        else {
                c->seen = ARENA_ARRAY(c->arena, bool, nodes);
                root = copy_node(c, 1, start, 0);
                check_end(c, p);
        }
        return root;
}

struct node *
yaml_read(struct ctx *ctx, struct arena *a, struct str text, const char *path)
{
        yaml_document_t doc;
        yaml_parser_t parser;
        struct copier c = {.ctx = ctx, .arena = a, .doc = &doc, .path = path, .text = text};
        struct node *root = NULL;

        if (text.n > YAML_MAX_BYTES) {
                fault(&c, (struct place){path, 1, 1}, "the file is larger than 1 MiB");
                return NULL;
        }
        if (!yaml_parser_initialize(&parser)) {
                fault(&c, (struct place){path, 1, 1}, "out of memory");
                return NULL;
        }
        yaml_parser_set_input_string(&parser, (const unsigned char *)(text.p ? text.p : ""), text.n);
        if (yaml_parser_load(&parser, &doc)) {
                root = copy_document(&c, &parser);
                yaml_document_delete(&doc);
        } else {
                fault_syntax(&c, &parser);
        }
        yaml_parser_delete(&parser);
        return c.bad ? NULL : root;
}

const struct node *
yaml_get(const struct node *map, const char *key)
{
        if (map == NULL || map->type != NODE_MAP)
                return NULL;
        for (const struct node *n = map->child; n; n = n->next)
                if (str_is(n->key, key))
                        return n;
        return NULL;
}

bool
yaml_is(const struct node *n, const char *text)
{
        return n && n->type == NODE_TEXT && str_is(n->text, text);
}

bool
yaml_null(const struct node *n)
{
        return n == NULL || (n->type == NODE_TEXT && n->plain &&
                             (n->text.n == 0 || str_is(n->text, "~") || str_is(n->text, "null")));
}

bool
yaml_int(const struct node *n, int64_t *ret)
{
        return n && n->type == NODE_TEXT && n->plain && str_to_int(n->text, ret);
}

bool
yaml_bool(const struct node *n, bool *ret)
{
        if (n == NULL || !n->plain || (!yaml_is(n, "true") && !yaml_is(n, "false")))
                return false;
        *ret = yaml_is(n, "true");
        return true;
}

const char *
yaml_type_name(const struct node *n)
{
        return yaml_null(n) ? "nothing" : n->type == NODE_TEXT ? "a text" : n->type == NODE_LIST ? "a list" : "a map";
}

static void
text_json(const struct node *n, struct jw *w)
{
        int64_t i;
        bool b;

        if (yaml_null(n))
                jw_null(w);
        else if (yaml_int(n, &i))
                jw_int(w, i);
        else if (yaml_bool(n, &b))
                jw_bool(w, b);
        else
                jw_str(w, n->text);
}

void
yaml_json(const struct node *n, struct jw *w)
{
        if (n->type == NODE_TEXT) {
                text_json(n, w);
                return;
        }
        jw_open(w, n->type == NODE_LIST ? '[' : '{');
        for (const struct node *m = n->child; m; m = m->next) {
                if (n->type == NODE_MAP)
                        jw_key_str(w, m->key);
                yaml_json(m, w);
        }
        jw_close(w, n->type == NODE_LIST ? ']' : '}');
}
