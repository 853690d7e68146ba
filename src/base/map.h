/* SPDX-License-Identifier: Apache-2.0
 *
 * map.h -- a hash map from text to a pointer, in an arena; keeps the order of insertion.
 * Keys are copied into the arena.  No removal: lifetimes end with the arena.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H
#include "base/arena.h"
#include "base/str.h"

struct map_entry {
        struct str key;
        void *value;
};
struct map {
        struct arena *arena;
        struct map_entry *entries;     /* in order of insertion: iterate 0..count */
        size_t count;
        uint32_t *slots;               /* index + 1 into entries, 0 empty */
        size_t slot_count;
};
void map_init(struct map *m, struct arena *a);
void *map_get(const struct map *m, struct str key);    /* NULL when absent */
void *map_get_c(const struct map *m, const char *key);
/* Returns false and changes nothing when the key is there already. */
bool map_put(struct map *m, struct str key, void *value);
void map_set(struct map *m, struct str key, void *value);      /* puts or replaces */
#endif
