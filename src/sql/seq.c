/* SPDX-License-Identifier: Apache-2.0
 *
 * seq.c -- numbers that are given once.
 *
 * A named sequence is a row of id_blocks(name, next_value).  seq_next takes a block of it by one upsert in
 * the current transaction and serves the block from the connection's memory.  The row is locked until that
 * transaction ends, so that two connections never take the same block.
 *
 * Invariants
 *   1. A number in memory belongs to a block whose taking is on disk (depth 0) or stands in the open
 *      transaction at `depth`; an undo of that depth forgets it (seq_forget), a success moves it one out
 *      (seq_keep).
 *   2. No two successful transactions are given the same number.  Numbers of a transaction that was undone
 *      may come again, and may be missing for ever.
 */
#include "sql/db_backend.h"
#include <stdlib.h>

static struct sequence *
seq_named(struct conn *c, const char *name)
{
        struct sequence **bucket = &c->sequences[str_hash(str_of(name)) % SEQUENCE_BUCKETS];

        for (struct sequence *s = *bucket; s; s = s->chain)
                if (strcmp(s->name, name) == 0)
                        return s;
        struct sequence *s = db_alloc(sizeof *s);
        s->name = db_strdup(name);
        s->chain = *bucket;
        *bucket = s;
        return s;
}

static bool
seq_take(struct ctx *ctx, struct conn *c, struct sequence *s, int64_t block)
{
        int64_t end;

        if (!sql_one_int(
                    ctx, c, &end,
                    SQL("insert into id_blocks (name, next_value) values ($1, cast($2 as bigint) + 1) "
                        "on conflict (name) do update "
                        "set next_value = id_blocks.next_value + cast($2 as bigint) returning next_value"),
                    "si", s->name, block))
                return false;
        s->end = end;
        s->next = end - block;
        s->depth = c->depth;
        return true;
}

bool
seq_next(struct ctx *ctx, struct conn *c, const char *name, int block, int64_t *ret)
{
        struct sequence *s = seq_named(c, name);

        if (s->next == s->end && !seq_take(ctx, c, s, block > 0 ? block : 1))
                return false;
        *ret = s->next++;
        return true;
}

#define EACH_SEQUENCE(c, s)                                                                                  \
        for (size_t b_ = 0; b_ < SEQUENCE_BUCKETS; b_++)                                                     \
                for (struct sequence *s = (c)->sequences[b_]; s; s = s->chain)

void
seq_forget(struct conn *c, int depth)
{
        EACH_SEQUENCE(c, s)
        {
                if (s->depth >= depth)
                        s->next = s->end = s->depth = 0;
        }
}

void
seq_keep(struct conn *c, int depth)
{
        EACH_SEQUENCE(c, s)
        {
                if (s->depth >= depth)
                        s->depth = depth - 1;
        }
}

void
seq_free(struct conn *c)
{
        for (size_t b = 0; b < SEQUENCE_BUCKETS; b++) {
                while (c->sequences[b]) {
                        struct sequence *s = c->sequences[b];
                        c->sequences[b] = s->chain;
                        free(s->name);
                        free(s);
                }
        }
}
