/* SPDX-License-Identifier: Apache-2.0
 *
 * yaml.h -- YAML as a small tree whose every node knows its line and column.
 *
 * What the models need of YAML and no more: maps with plain names as keys, lists, scalars.  Anchors, aliases, a
 * second document and duplicate keys are faults.  The tree lives in the arena; texts end in NUL.
 */
#ifndef MODEL_YAML_H
#define MODEL_YAML_H
#include "base/json.h"
#include "model/model.h"

enum { YAML_DEPTH = 32, YAML_MAX_BYTES = 1 << 20, YAML_MAX_NODES = 200000 };
enum node_type { NODE_TEXT, NODE_LIST, NODE_MAP };
struct node {
        enum node_type type;
        bool plain;                    /* a text that was not quoted */
        struct str text;               /* NODE_TEXT */
        struct str key;                /* of a map's member; else empty */
        struct place place, key_place; /* key_place: of the key; of the node itself when it has none */
        size_t count;                  /* members of a list or map */
        struct node *child, *next;
};

/* NULL with E_YAML, field "path:line:column".  All duplicate keys, aliases and bad texts are reported at once; libyaml
 * stops at the first fault of syntax. */
struct node *yaml_read(struct ctx *ctx, struct arena *a, struct str text, const char *path);
const struct node *yaml_get(const struct node *map, const char *key);  /* NULL when absent or not a map */
bool yaml_null(const struct node *n);                  /* NULL, empty, ~ or null, not quoted */
bool yaml_int(const struct node *n, int64_t *ret);     /* a plain whole number */
bool yaml_bool(const struct node *n, bool *ret);       /* plain true or false */
bool yaml_is(const struct node *n, const char *text);  /* a text of exactly these characters */
const char *yaml_type_name(const struct node *n);      /* "a text", "a list", "a map" */
void yaml_json(const struct node *n, struct jw *w);    /* plain whole numbers, true, false, null as such; else text */
/* The sentence, or the format of one, in Chinese (faults.def); itself when there is none.  In load_keys.c. */
const char *fault_zh(const char *en);
const char *place_text(struct arena *a, struct place p);       /* "file:line:column" */
#endif
