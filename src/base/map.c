/* SPDX-License-Identifier: Apache-2.0
 *
 * map.c -- a hash map from text to a pointer, in an arena.
 *
 * DESIGN
 *   The entries stand in an array in order of insertion; beside it a table of slots, open addressing with
 *   linear probing, holds index + 1 of an entry, or 0.  The table's size is a power of two and at
 *   most half of it is taken, so that a probe ends soon.  Growing makes a table of twice the size and leaves
 *   the old one to the arena; all tables together are smaller than twice the last.
 *
 * Invariants
 *   1. entries[0..count) have different keys, and each has exactly one slot.
 *   2. 2 * count <= slot_count.
 *   3. An entry never moves in order; the array itself may move at map_put.
 *
 * A small map (most have under eight entries) does without the table: up to SMALL entries are compared one
 * after the other.
 *
 * Not here: removal; locking (readers of a map that no longer changes need none).
 */
#include "base/map.h"

enum { SMALL = 8, SLOTS_FIRST = 32 };

void
map_init(struct map *m, struct arena *a)
{
        *m = (struct map){.arena = a};
}

/* The slot of `key`, or the empty one where it belongs. */
static uint32_t *
slot_of(const struct map *m, struct str key)
{
        size_t mask = m->slot_count - 1;

        for (size_t i = str_hash(key) & mask;; i = (i + 1) & mask) {
                uint32_t *slot = &m->slots[i];
                if (*slot == 0 || str_eq(m->entries[*slot - 1].key, key))
                        return slot;
        }
}

static struct map_entry *
find(const struct map *m, struct str key)
{
        if (m->slot_count) {
                uint32_t slot = *slot_of(m, key);
                return slot ? &m->entries[slot - 1] : NULL;
        }
        for (size_t i = 0; i < m->count; i++)
                if (str_eq(m->entries[i].key, key))
                        return &m->entries[i];
        return NULL;
}

/* Makes room for one entry more. */
static void
slots_grow(struct map *m)
{
        m->slot_count = m->slot_count ? 2 * m->slot_count : SLOTS_FIRST;
        m->slots = ARENA_ARRAY(m->arena, uint32_t, m->slot_count);
        for (size_t i = 0; i < m->count; i++)
                *slot_of(m, m->entries[i].key) = (uint32_t)i + 1;
}

/* Adds an entry whose key is not there. */
static void
add(struct map *m, struct str key, void *value)
{
        if (m->count >= SMALL && 2 * (m->count + 1) > m->slot_count)
                slots_grow(m);
        struct map_entry *e = ARENA_PUSH(m->arena, m->entries, m->count);
        e->key = (struct str){arena_strndup(m->arena, key.p, key.n), key.n};
        e->value = value;
        if (m->slot_count)
                *slot_of(m, key) = (uint32_t)m->count;
}

void *
map_get(const struct map *m, struct str key)
{
        const struct map_entry *e = find(m, key);

        return e ? e->value : NULL;
}

void *
map_get_c(const struct map *m, const char *key)
{
        return map_get(m, str_of(key));
}

bool
map_put(struct map *m, struct str key, void *value)
{
        if (find(m, key))
                return false;
        add(m, key, value);
        return true;
}

void
map_set(struct map *m, struct str key, void *value)
{
        struct map_entry *e = find(m, key);

        if (e)
                e->value = value;
        else
                add(m, key, value);
}
