/* SPDX-License-Identifier: Apache-2.0
 *
 * db.h -- one SQL text, two engines (SQLite 3.40, PostgreSQL 15; Citus keeps to the same).
 *
 * A `db` names a store: a SQLite file or a PostgreSQL conninfo.  A `conn` belongs to one thread at a
 * time.  Statements are prepared once per connection and kept (least recently used of 512 go).
 *
 * The rules of the text stand in docs/architecture.md ("SQL"): parameters $1, $2 ... bound by name; every
 * SQL literal in our C is written SQL("...") so that the tests find it and prepare it on both engines.
 * Values are never formatted into a text; names come only from the checked model.
 *
 * Values: a signature has one letter per parameter, with its argument:
 *     i  int64_t          I  const int64_t *   (NULL pointer binds NULL)
 *     d  double           t  struct str        (p == NULL binds NULL)
 *     s  const char *     (NULL binds NULL)    b  struct str bytes (blob / bytea)
 *     N  (no argument) NULL
 *
 * Errors (classed by SQLSTATE or SQLite code only): E_NOT_UNIQUE, E_DB_CONSTRAINT, E_DB_RETRY, E_DB_AWAY,
 * E_DB_FULL, E_DB_LOCKED, E_DB_IN_DOUBT, E_DB.  After an error inside a PostgreSQL transaction only a
 * rollback (to a savepoint) helps; callers return false up to whoever holds the transaction.
 */
#ifndef SQL_DB_H
#define SQL_DB_H
#include "base/ctx.h"
#include "base/clock.h"

#define SQL(text) text         /* marks a literal for the tests */

enum db_engine { DB_SQLITE, DB_PG };
enum conn_use { CONN_READ, CONN_WRITE };
struct db;
struct conn;
struct rows;

/* `where` is a file path, ":memory:" is refused; or postgresql://... / "host=... dbname=...".  Does not connect. */
struct db *db_open(struct ctx *ctx, const char *where);
void db_close(struct db *db);
enum db_engine db_engine(const struct db *db);
const char *db_where(const struct db *db);             /* without a password; for messages */
/* Takes the exclusive lock that makes a second serve on the same SQLite file fail with E_DB_LOCKED (a lock file
 * beside it, held until db_close); on PostgreSQL nothing. */
bool db_lock(struct ctx *ctx, struct db *db);

/* SQLite: WAL, synchronous=FULL, foreign_keys off, mmap; CONN_READ is query-only.
 * PostgreSQL: CONN_READ sets default_transaction_read_only.  A CONN_WRITE to a missing SQLite file creates it. */
struct conn *conn_open(struct ctx *ctx, struct db *db, enum conn_use use);
void conn_close(struct conn *c);
enum db_engine conn_engine(const struct conn *c);
/* False when the connection is broken; conn_reopen replaces it in place (statements are prepared again on use). */
bool conn_alive(const struct conn *c);
bool conn_reopen(struct ctx *ctx, struct conn *c);

struct val {                   /* a value of a model-made statement, and of a result */
        enum val_type { VAL_NULL, VAL_INT, VAL_REAL, VAL_TEXT, VAL_BLOB } type;
        union {
                int64_t i;
                double d;
                struct str s;
        };
};
#define VAL_OF_INT(x) ((struct val){.type = VAL_INT, .i = (x)})
#define VAL_OF_TEXT(x) ((struct val){.type = VAL_TEXT, .s = (x)})
#define VAL_OF_NULL ((struct val){.type = VAL_NULL})

/* Runs a statement without result rows; *conn_changes tells how many rows it touched. */
bool sql_run(struct ctx *ctx, struct conn *c, const char *sql, const char *sig, ...);
bool sql_run_vals(struct ctx *ctx, struct conn *c, const char *sql, const struct val *v, size_t n);
int64_t conn_changes(const struct conn *c);
/* A count that grows with every row that is inserted, changed or deleted on this connection; SQLite only, else 0. */
int64_t conn_touched(const struct conn *c);
/* On PostgreSQL sql_run within a transaction only queues: its error surfaces at the next query, conn_changes (in the ctx
 * of that sql_run), savepoint, release or commit.  sql_flush waits for it here.  On SQLite there is nothing to wait for. */
bool sql_flush(struct ctx *ctx, struct conn *c);
/* For a writer's quiet moment, outside a transaction: SQLite brings a long log into the file. */
void conn_settle(struct conn *c);
/* Runs several statements separated by ';' without parameters (DDL).  Not cached. */
bool sql_script(struct ctx *ctx, struct conn *c, const char *sql);

/* A query.  NULL on error.  Rows must be closed before another query on the same conn (a cursor per conn may be
 * nested up to 4 deep); rows_close returns false when an error ended them.  Texts stay valid until the next
 * rows_next or rows_close.  The bytes of bound texts must stay until rows_close (SQLite reads them in place).
 * Do not write, while a cursor is open, to the table that it reads: SQLite may show the new rows, PostgreSQL never. */
struct rows *sql_query(struct ctx *ctx, struct conn *c, const char *sql, const char *sig, ...);
struct rows *sql_query_vals(struct ctx *ctx, struct conn *c, const char *sql, const struct val *v, size_t n);
bool rows_next(struct rows *r);
bool rows_close(struct rows *r);
int rows_columns(const struct rows *r);
bool rows_null(const struct rows *r, int col);
int64_t rows_int(const struct rows *r, int col);       /* 0 for NULL */
bool rows_take_int(const struct rows *r, int col, int64_t *ret);  /* false for NULL */
double rows_real(const struct rows *r, int col);
struct str rows_text(const struct rows *r, int col);   /* STR_NONE for NULL; bytes of a blob too */

/* First row's first column (0 and STR_NONE for NULL).  Return false on error AND when there is no row; ctx_failed tells
 * apart: no row is not an error in ctx. */
bool sql_one_int(struct ctx *ctx, struct conn *c, int64_t *ret, const char *sql, const char *sig, ...);
bool sql_one_text(struct ctx *ctx, struct conn *c, struct str *ret /* copied into ctx->arena */, const char *sql,
                  const char *sig, ...);

bool tx_begin(struct ctx *ctx, struct conn *c);        /* SQLite: BEGIN IMMEDIATE on a write conn, BEGIN on a read conn */
bool tx_commit(struct ctx *ctx, struct conn *c);       /* when it returns true the change is on disk; false ends it too */
void tx_rollback(struct conn *c);                      /* nothing to do outside a transaction */
int tx_depth(const struct conn *c);                    /* 0 outside, 1 in a transaction, 1 + n within n savepoints */
bool tx_open(const struct conn *c);                    /* false also when an error has undone the whole (disk full) */
bool tx_savepoint(struct ctx *ctx, struct conn *c);    /* nested by depth: sp1, sp2 ... */
bool tx_release(struct ctx *ctx, struct conn *c);
void tx_undo(struct conn *c);                          /* rolls back to the newest savepoint and releases it */

/* The next number of a named sequence (table id_blocks(name, next_value)); sequences start at 1.
 * A block is taken in the current transaction and served from memory; a rollback that undoes the taking forgets it.
 * Holes may appear, doubles never.  `block`: how many to take at once. */
bool seq_next(struct ctx *ctx, struct conn *c, const char *name, int block, int64_t *ret);

/* The catalog, for plans: what is there now. */
bool db_table_exists(struct ctx *ctx, struct conn *c, const char *table, bool *ret);
struct db_column {
        const char *name;
        const char *type;      /* normalised: "bigint", "text", "double precision", "integer", "blob" or the engine's word */
        bool not_null;
};
bool db_columns(struct ctx *ctx, struct conn *c, const char *table, struct db_column **ret, size_t *ret_count);
bool db_index_exists(struct ctx *ctx, struct conn *c, const char *index, bool *ret);
bool db_index_unique(struct ctx *ctx, struct conn *c, const char *index, bool *ret);
struct db_index {
        const char *name;
        bool unique;
        const char **columns;  /* "" is an expression; in no order */
        size_t column_count;
};
bool db_indexes(struct ctx *ctx, struct conn *c, const char *table, struct db_index **ret, size_t *ret_count); /* by name */
/* Lets the engine look at how its indexes are filled, so that it chooses among them well: a sample, some milliseconds on a
 * million rows.  PostgreSQL does so by itself. */
bool db_analyse(struct ctx *ctx, struct conn *c);
/* The engine's word for a byte string column. */
const char *db_blob_type(enum db_engine e);

/* Prepares without running: for tests and for `check` against a database. */
bool sql_prepares(struct ctx *ctx, struct conn *c, const char *sql);
#endif
