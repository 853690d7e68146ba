/* SPDX-License-Identifier: Apache-2.0
 *
 * db_backend.h -- what db.c, seq.c and catalog.c share with the two engines; nobody above sql/ includes it.
 *
 * An engine is one `struct backend`: functions, and the few texts that differ.  It puts its own connection
 * and statement structs around the ones here (the shared part comes first) and tells their size of a
 * connection.
 */
#ifndef SQL_DB_BACKEND_H
#define SQL_DB_BACKEND_H
#include "sql/db.h"

enum {
        STATEMENTS_MAX = 512,          /* kept prepared per connection */
        STATEMENT_BUCKETS = 1024,
        STATEMENT_HINTS = 256,
        ROWS_MAX = 4,                  /* cursors open at once on a connection */
        SAVEPOINTS_MAX = 8,
        SEQUENCE_BUCKETS = 32
};

struct stmt {
        char *sql;
        uint64_t hash;
        struct stmt *chain;            /* next in the bucket */
        struct stmt *newer, *older;    /* by last use */
        bool busy;                     /* a cursor runs over it */
        bool temporary;                /* prepared because the cached one was busy; goes at its end */
};

struct rows {
        struct conn *conn;
        struct stmt *stmt;
        struct ctx *ctx;               /* takes the errors of rows_next and rows_close */
        bool open, failed, ended;
        void *result;                  /* sqlite3_stmt * or PGresult * */
        int row;                       /* PostgreSQL: the current row, and what was decoded of it */
        struct decoded *decoded;
};

struct sequence {
        struct sequence *chain;
        char *name;
        int64_t next, end;             /* numbers in memory: next .. end - 1 */
        int depth;                     /* of the transaction that took them; 0: they are on disk */
};

struct cache {
        struct stmt *bucket[STATEMENT_BUCKETS];
        struct stmt *hint[STATEMENT_HINTS];    /* by address of the text: a guess that is compared before use */
        struct stmt *newest, *oldest;
        int count;
};

struct conn {
        const struct backend *backend;
        struct db *db;
        enum conn_use use;
        int depth;                     /* 0 outside, 1 in a transaction, 1 + n within n savepoints */
        struct ctx *last;              /* of the newest sql_run: takes what conn_changes meets */
        struct arena *scratch_arena;
        struct ctx scratch;            /* by db_scratch */
        struct cache cache;
        struct rows rows[ROWS_MAX];
        struct sequence *sequences[SEQUENCE_BUCKETS];
};

struct db {
        const struct backend *backend;
        char *where, *shown;
        int lock_fd;
};

struct backend {
        enum db_engine engine;
        size_t conn_size;
        bool live_cursors;             /* rows come while the statement runs: it is busy until rows_close */
        const char *blob_type;
        /* The catalog.  $1: the name; columns yields name, type, 0/1 for NOT NULL; indexes (of a table), by name: name, 0/1 for
         * unique, one of its columns (NULL: an expression). */
        const char *table_exists, *columns, *index_exists, *index_unique, *indexes;
        const char *analyse;                           /* a script, or NULL: the engine sees to it */

        bool (*open)(struct ctx *, struct conn *);
        void (*close)(struct conn *);                  /* statements may still be unprepared after it */
        bool (*alive)(const struct conn *);

        /* May leave asking the server to the first use. */
        struct stmt *(*prepare)(struct ctx *, struct conn *, const char *sql);
        void (*unprepare)(struct conn *, struct stmt *);
        bool (*prepares)(struct ctx *, struct conn *, struct stmt *);  /* after prepare: asks the server now */
        bool (*run)(struct ctx *, struct conn *, struct stmt *, const struct val *, size_t);
        int64_t (*changes)(struct conn *);
        int64_t (*touched)(const struct conn *);
        bool (*script)(struct ctx *, struct conn *, const char *sql);
        bool (*flush)(struct ctx *, struct conn *);    /* waits for the outcome of what run() only queued */

        bool (*start)(struct rows *, const struct val *, size_t);
        bool (*next)(struct rows *);                   /* false at the end, and with `failed` set on an error */
        bool (*finish)(struct rows *);                 /* false when ending it met an error of its own */
        int (*columns_of)(const struct rows *);
        bool (*is_null)(const struct rows *, int);
        int64_t (*as_int)(const struct rows *, int);
        bool (*take_int)(const struct rows *, int, int64_t *);
        double (*as_real)(const struct rows *, int);
        struct str (*as_text)(struct rows *, int);

        bool (*begin)(struct ctx *, struct conn *);
        bool (*commit)(struct ctx *, struct conn *);
        void (*rollback)(struct conn *);
        bool (*in_tx)(const struct conn *);            /* an error may have ended it already */
        void (*settle)(struct conn *);                 /* NULL: there is nothing to do */
};

extern const struct backend db_sqlite, db_pg;

/* For messages: the conninfo without its password; malloc'ed. */
char *db_pg_shown(const char *where);

void *db_alloc(size_t n);                              /* cleared; aborts when there is no memory */
char *db_strdup(const char *s);

/* The connection's own ctx, emptied: for steps whose errors are of no use to anybody. */
struct ctx *db_scratch(struct conn *c);

/* Sequences follow the transaction (seq.c): numbers taken at `depth` or deeper are forgotten, or, when it
 * went well, belong to `depth - 1`. */
void seq_forget(struct conn *c, int depth);
void seq_keep(struct conn *c, int depth);
void seq_free(struct conn *c);
#endif
