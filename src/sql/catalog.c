/* SPDX-License-Identifier: Apache-2.0
 *
 * catalog.c -- what tables, columns and indexes are there now, for plans.
 *
 * The texts are the engine's own (struct backend), so that they are not among the SQL literals that run on
 * both.  Only the connection's own schema is looked at: the search path on PostgreSQL, the main file on
 * SQLite.
 */
#include "sql/db_backend.h"
#include <ctype.h>

/* Types are told in the words that plans use. */
static const char *
type_word(struct arena *a, struct str type)
{
        char *word = arena_strndup(a, type.p ? type.p : "", type.n);

        for (char *p = word; *p; p++)
                *p = (char)tolower((unsigned char)*p);
        return strcmp(word, "bytea") == 0 ? "blob" : word;
}

static bool
any_row(struct ctx *ctx, struct conn *c, const char *sql, const char *name, bool *ret)
{
        int64_t count;

        if (!sql_one_int(ctx, c, &count, sql, "s", name))
                return false;
        *ret = count > 0;
        return true;
}

bool
db_table_exists(struct ctx *ctx, struct conn *c, const char *table, bool *ret)
{
        return any_row(ctx, c, c->backend->table_exists, table, ret);
}

bool
db_index_exists(struct ctx *ctx, struct conn *c, const char *index, bool *ret)
{
        return any_row(ctx, c, c->backend->index_exists, index, ret);
}

bool
db_index_unique(struct ctx *ctx, struct conn *c, const char *index, bool *ret)
{
        return any_row(ctx, c, c->backend->index_unique, index, ret);
}

bool
db_columns(struct ctx *ctx, struct conn *c, const char *table, struct db_column **ret, size_t *ret_count)
{
        struct db_column *list = NULL;
        size_t count = 0;
        struct rows *r = sql_query(ctx, c, c->backend->columns, "s", table);

        if (!r)
                return false;
        while (rows_next(r)) {
                struct db_column *col = ARENA_PUSH(ctx->arena, list, count);
                col->name = str_c(ctx->arena, rows_text(r, 0));
                col->type = type_word(ctx->arena, rows_text(r, 1));
                col->not_null = rows_int(r, 2) != 0;
        }
        if (!rows_close(r))
                return false;
        *ret = list;
        *ret_count = count;
        return true;
}

bool
db_indexes(struct ctx *ctx, struct conn *c, const char *table, struct db_index **ret, size_t *ret_count)
{
        struct db_index *list = NULL, *x = NULL;
        size_t count = 0;
        struct rows *r = sql_query(ctx, c, c->backend->indexes, "s", table);

        if (!r)
                return false;
        while (rows_next(r)) {
                if (x == NULL || !str_is(rows_text(r, 0), x->name)) {
                        x = ARENA_PUSH(ctx->arena, list, count);
                        *x = (struct db_index){.name = str_c(ctx->arena, rows_text(r, 0)), .unique = rows_int(r, 1) != 0};
                }
                *ARENA_PUSH(ctx->arena, x->columns, x->column_count) = str_c(ctx->arena, rows_text(r, 2));
        }
        if (!rows_close(r))
                return false;
        *ret = list;
        *ret_count = count;
        return true;
}

bool
db_analyse(struct ctx *ctx, struct conn *c)
{
        return !c->backend->analyse || sql_script(ctx, c, c->backend->analyse);
}
