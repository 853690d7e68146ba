/* SPDX-License-Identifier: Apache-2.0
 *
 * embed.c -- files that are part of the program.
 *
 * tools/embed writes the table as assembler text; the Makefile hands it the files sorted by their bytes,
 * which is the order of strcmp.  Both look-ups are one binary search: the first path not less than
 * what is sought is either the file itself or the first of those that start so.
 *
 * Invariant: paths are sorted by strcmp and differ.
 *
 * Not here: files on disk.
 */
#include "base/embed.h"

/* Ended by embed_table_count, not by a marker. */
extern const struct embedded embed_table[];
extern const uint64_t embed_table_count;

/* The index of the first path that is not less than `path`; embed_table_count when all are. */
static size_t
lower_bound(const char *path)
{
        size_t low = 0, high = embed_table_count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (strcmp(embed_table[middle].path, path) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

const struct embedded *
embed_get(const char *path)
{
        size_t i = lower_bound(path);

        return i < embed_table_count && strcmp(embed_table[i].path, path) == 0 ? &embed_table[i] : NULL;
}

/* *ret_count counts the first one too; NULL and 0 when there is none. */
const struct embedded *
embed_under(const char *prefix, size_t *ret_count)
{
        size_t first = lower_bound(prefix), n = strlen(prefix), end = first;

        while (end < embed_table_count && strncmp(embed_table[end].path, prefix, n) == 0)
                end++;
        *ret_count = end - first;
        return end > first ? &embed_table[first] : NULL;
}
