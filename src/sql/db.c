/* SPDX-License-Identifier: Apache-2.0
 *
 * db.c -- the part of the database floor that both engines share: which engine, prepared statements by text,
 * signatures, one-line queries, transactions.
 *
 * A statement is found in two steps.  The address of its text picks a hint, and when the hinted statement has
 * the same text (one strcmp) we are done: literals and model-made texts stand still, so that this is the
 * rule.  Else the text is hashed and looked up; only a text that was never seen is prepared.
 *
 *     absent --prepare--> cached --statement_take--> in use --statement_give--> cached
 *     cached --evicted: the oldest of 512--> absent
 *     in use --wanted again--> a second, temporary preparation, gone at its rows_close
 *
 * Transactions count their depth:
 *
 *     0 --tx_begin--> 1 --tx_savepoint--> 2 --tx_savepoint--> 3 ...
 *     0 <--tx_commit, tx_rollback-- 1 <--tx_release, tx_undo-- 2
 *     0 <-------- tx_rollback from any depth
 *
 * Invariants
 *   1. A statement in use is never evicted, and never started a second time.
 *   2. Nothing is allocated for a statement that is cached and not in use.
 *   3. tx_commit leaves depth 0 whatever it returns: a failed commit has been rolled back, or is in doubt.
 *   4. tx_rollback and tx_undo cannot fail: when the engine has lost the transaction there is nothing to
 *      undo.
 *
 * Not here: how an engine does any of it (db_sqlite.c, db_pg.c), sequences (seq.c), the catalog (catalog.c),
 * who runs what when (exec.c).
 */
#include "sql/db_backend.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

enum { SIG_MAX = 64 }; /* parameters by signature; sql_run_vals takes any number */

void *
db_alloc(size_t n)
{
        void *p = calloc(1, n ? n : 1);

        if (!p)
                abort();
        return p;
}

char *
db_strdup(const char *s)
{
        size_t n = strlen(s) + 1;

        return memcpy(db_alloc(n), s, n);
}

/* ---- the store ---- */

static bool
is_conninfo(const char *where)
{
        static const char *const marks[] = {"postgresql://", "postgres://", "host=", "dbname=", "service="};

        for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
                const char *at = strstr(where, marks[i]);
                if (at && (at == where || (i >= 2 && at[-1] == ' ')))
                        return true;
        }
        return false;
}

struct db *
db_open(struct ctx *ctx, const char *where)
{
        if (!where || !*where || strcmp(where, ":memory:") == 0) {
                fail(ctx, E_SETTING, "database", "database", where ? where : "",
                     "the path of a file, or postgresql://...");
                return NULL;
        }
        struct db *db = db_alloc(sizeof *db);
        db->backend = is_conninfo(where) ? &db_pg : &db_sqlite;
        db->where = db_strdup(where);
        db->shown = db->backend->engine == DB_PG ? db_pg_shown(where) : db_strdup(where);
        db->lock_fd = -1;
        return db;
}

void
db_close(struct db *db)
{
        if (!db)
                return;
        if (db->lock_fd >= 0)
                close(db->lock_fd);
        free(db->shown);
        free(db->where);
        free(db);
}

enum db_engine
db_engine(const struct db *db)
{
        return db->backend->engine;
}

const char *
db_where(const struct db *db)
{
        return db->shown;
}

/* The lock file stays when the process ends; only the lock on it counts, and that goes with the process. */
bool
db_lock(struct ctx *ctx, struct db *db)
{
        if (db->backend->engine != DB_SQLITE || db->lock_fd >= 0)
                return true;
        const char *path = arena_printf(ctx->arena, "%s.lock", db->where);
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0)
                return fail(ctx, E_IO, "", path, strerror(errno));
        if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
                close(fd);
                return fail(ctx, E_DB_LOCKED, "", db->where);
        }
        db->lock_fd = fd;
        return true;
}

const char *
db_blob_type(enum db_engine e)
{
        return e == DB_PG ? db_pg.blob_type : db_sqlite.blob_type;
}

/* ---- prepared statements ---- */

static struct stmt **
hint_of(struct cache *k, const char *sql)
{
        uintptr_t a = (uintptr_t)sql;

        return &k->hint[(a >> 3 ^ a >> 11) % STATEMENT_HINTS];
}

static void
cache_unlink(struct cache *k, struct stmt *s)
{
        *(s->newer ? &s->newer->older : &k->newest) = s->older;
        *(s->older ? &s->older->newer : &k->oldest) = s->newer;
}

static void
cache_link_newest(struct cache *k, struct stmt *s)
{
        s->newer = NULL;
        s->older = k->newest;
        *(k->newest ? &k->newest->newer : &k->oldest) = s;
        k->newest = s;
}

static void
cache_remove(struct conn *c, struct stmt *s)
{
        struct cache *k = &c->cache;
        struct stmt **p = &k->bucket[s->hash % STATEMENT_BUCKETS];

        while (*p != s)
                p = &(*p)->chain;
        *p = s->chain;
        for (size_t i = 0; i < STATEMENT_HINTS; i++)
                if (k->hint[i] == s)
                        k->hint[i] = NULL;
        cache_unlink(k, s);
        k->count--;
        c->backend->unprepare(c, s);
}

static void
cache_make_room(struct conn *c)
{
        struct stmt *s = c->cache.oldest;

        while (s && s->busy)
                s = s->newer;
        if (c->cache.count >= STATEMENTS_MAX && s)
                cache_remove(c, s);
}

static void
cache_add(struct conn *c, struct stmt *s)
{
        struct cache *k = &c->cache;

        cache_make_room(c);
        s->chain = k->bucket[s->hash % STATEMENT_BUCKETS];
        k->bucket[s->hash % STATEMENT_BUCKETS] = s;
        cache_link_newest(k, s);
        k->count++;
}

static void
cache_empty(struct conn *c)
{
        while (c->cache.oldest)
                cache_remove(c, c->cache.oldest);
}

/* The cached statement of this text, made the newest, or NULL; *ret_hash is set only when it is NULL. */
static struct stmt *
cache_find(struct cache *k, const char *sql, uint64_t *ret_hash)
{
        struct stmt **hint = hint_of(k, sql), *s = *hint;

        if (!s || strcmp(s->sql, sql) != 0) {
                *ret_hash = str_hash(str_of(sql));
                s = k->bucket[*ret_hash % STATEMENT_BUCKETS];
                while (s && (s->hash != *ret_hash || strcmp(s->sql, sql) != 0))
                        s = s->chain;
                if (!s)
                        return NULL;
                *hint = s;
        }
        if (s != k->newest) {
                cache_unlink(k, s);
                cache_link_newest(k, s);
        }
        return s;
}

/* The statement of this text, prepared and free to run; NULL on error. */
static struct stmt *
statement_take(struct ctx *ctx, struct conn *c, const char *sql)
{
        uint64_t hash = 0;
        struct stmt *cached = cache_find(&c->cache, sql, &hash);

        if (cached && !cached->busy)
                return cached;
        struct stmt *s = c->backend->prepare(ctx, c, sql);
        if (!s)
                return NULL;
        s->hash = hash;
        s->temporary = cached != NULL;
        if (!cached)
                cache_add(c, s);
        return s;
}

static void
statement_give(struct conn *c, struct stmt *s)
{
        s->busy = false;
        if (s->temporary)
                c->backend->unprepare(c, s);
}

bool
sql_prepares(struct ctx *ctx, struct conn *c, const char *sql)
{
        struct stmt *s = c->backend->prepare(ctx, c, sql);

        if (!s)
                return false;
        bool ok = c->backend->prepares(ctx, c, s);
        c->backend->unprepare(c, s);
        return ok;
}

/* ---- connections ---- */

struct conn *
conn_open(struct ctx *ctx, struct db *db, enum conn_use use)
{
        struct conn *c = db_alloc(db->backend->conn_size);

        c->backend = db->backend;
        c->db = db;
        c->use = use;
        c->scratch_arena = arena_new(0);
        ctx_init(&c->scratch, c->scratch_arena);
        if (c->backend->open(ctx, c))
                return c;
        conn_close(c);
        return NULL;
}

void
conn_close(struct conn *c)
{
        if (!c)
                return;
        c->backend->close(c);
        cache_empty(c);
        seq_free(c);
        arena_free(c->scratch_arena);
        free(c);
}

bool
conn_reopen(struct ctx *ctx, struct conn *c)
{
        c->backend->close(c);
        cache_empty(c);
        c->depth = 0;
        seq_forget(c, 1);
        return c->backend->open(ctx, c);
}

enum db_engine
conn_engine(const struct conn *c)
{
        return c->backend->engine;
}

bool
conn_alive(const struct conn *c)
{
        return c->backend->alive(c);
}

struct ctx *
db_scratch(struct conn *c)
{
        arena_reset(c->scratch_arena);
        ctx_init(&c->scratch, c->scratch_arena);
        return &c->scratch;
}

/* ---- values ---- */

static struct val
val_of_bytes(struct str s, enum val_type type)
{
        return s.p ? (struct val){.type = type, .s = s} : VAL_OF_NULL;
}

static struct val
val_of_int_or_null(const int64_t *i)
{
        return i ? VAL_OF_INT(*i) : VAL_OF_NULL;
}

/* The values that a signature announces; returns how many. */
static size_t
vals_read(const char *sig, va_list *ap, struct val v[SIG_MAX])
{
        size_t n = 0;

        for (; sig[n]; n++) {
                assert(n < SIG_MAX);
                switch (sig[n]) {
                case 'i':
                        v[n] = VAL_OF_INT(va_arg(*ap, int64_t));
                        break;
                case 'I':
                        v[n] = val_of_int_or_null(va_arg(*ap, const int64_t *));
                        break;
                case 'd':
                        v[n] = (struct val){.type = VAL_REAL, .d = va_arg(*ap, double)};
                        break;
                case 't':
                        v[n] = val_of_bytes(va_arg(*ap, struct str), VAL_TEXT);
                        break;
                case 's':
                        v[n] = val_of_bytes(str_of(va_arg(*ap, const char *)), VAL_TEXT);
                        break;
                case 'b':
                        v[n] = val_of_bytes(va_arg(*ap, struct str), VAL_BLOB);
                        break;
                case 'N':
                        v[n] = VAL_OF_NULL;
                        break;
                default:
                        assert(!"a signature has the letters i I d t s b N");
                }
        }
        return n;
}

/* ---- statements without rows ---- */

bool
sql_run_vals(struct ctx *ctx, struct conn *c, const char *sql, const struct val *v, size_t n)
{
        struct stmt *s = statement_take(ctx, c, sql);

        if (!s)
                return false;
        c->last = ctx;
        bool ok = c->backend->run(ctx, c, s, v, n);
        statement_give(c, s);
        return ok;
}

bool
sql_run(struct ctx *ctx, struct conn *c, const char *sql, const char *sig, ...)
{
        struct val v[SIG_MAX];
        va_list ap;

        va_start(ap, sig);
        size_t n = vals_read(sig, &ap, v);
        va_end(ap);
        return sql_run_vals(ctx, c, sql, v, n);
}

int64_t
conn_changes(const struct conn *c)
{
        return c->backend->changes((struct conn *)c);
}

int64_t
conn_touched(const struct conn *c)
{
        return c->backend->touched(c);
}

void
conn_settle(struct conn *c)
{
        if (c->backend->settle && conn_alive(c) && c->depth == 0)
                c->backend->settle(c);
}

bool
sql_script(struct ctx *ctx, struct conn *c, const char *sql)
{
        return c->backend->script(ctx, c, sql);
}

bool
sql_flush(struct ctx *ctx, struct conn *c)
{
        return c->backend->flush(ctx, c);
}

/* ---- queries ---- */

static struct rows *
rows_free_slot(struct ctx *ctx, struct conn *c)
{
        for (size_t i = 0; i < ROWS_MAX; i++)
                if (!c->rows[i].open)
                        return &c->rows[i];
        fail(ctx, E_INTERNAL, "", "more than four queries are open on one connection");
        return NULL;
}

struct rows *
sql_query_vals(struct ctx *ctx, struct conn *c, const char *sql, const struct val *v, size_t n)
{
        struct rows *r = rows_free_slot(ctx, c);
        struct stmt *s = r ? statement_take(ctx, c, sql) : NULL;

        if (!s)
                return NULL;
        *r = (struct rows){.conn = c, .stmt = s, .ctx = ctx, .row = -1};
        if (!c->backend->start(r, v, n)) {
                statement_give(c, s);
                return NULL;
        }
        s->busy = c->backend->live_cursors;
        r->open = true;
        return r;
}

struct rows *
sql_query(struct ctx *ctx, struct conn *c, const char *sql, const char *sig, ...)
{
        struct val v[SIG_MAX];
        va_list ap;

        va_start(ap, sig);
        size_t n = vals_read(sig, &ap, v);
        va_end(ap);
        return sql_query_vals(ctx, c, sql, v, n);
}

bool
rows_next(struct rows *r)
{
        if (r->ended)
                return false;
        if (r->conn->backend->next(r))
                return true;
        r->ended = true;
        return false;
}

bool
rows_close(struct rows *r)
{
        assert(r->open);
        bool ok = r->conn->backend->finish(r) && !r->failed;
        statement_give(r->conn, r->stmt);
        r->open = false;
        return ok;
}

int
rows_columns(const struct rows *r)
{
        return r->conn->backend->columns_of(r);
}

bool
rows_null(const struct rows *r, int col)
{
        return r->conn->backend->is_null(r, col);
}

int64_t
rows_int(const struct rows *r, int col)
{
        return r->conn->backend->as_int(r, col);
}

bool
rows_take_int(const struct rows *r, int col, int64_t *ret)
{
        return r->conn->backend->take_int(r, col, ret);
}

double
rows_real(const struct rows *r, int col)
{
        return r->conn->backend->as_real(r, col);
}

struct str
rows_text(const struct rows *r, int col)
{
        return r->conn->backend->as_text((struct rows *)r, col);
}

bool
sql_one_int(struct ctx *ctx, struct conn *c, int64_t *ret, const char *sql, const char *sig, ...)
{
        struct val v[SIG_MAX];
        va_list ap;

        va_start(ap, sig);
        size_t n = vals_read(sig, &ap, v);
        va_end(ap);
        struct rows *r = sql_query_vals(ctx, c, sql, v, n);
        if (!r)
                return false;
        bool found = rows_next(r);
        int64_t value = found ? rows_int(r, 0) : 0;
        if (!rows_close(r) || !found)
                return false;
        *ret = value;
        return true;
}

bool
sql_one_text(struct ctx *ctx, struct conn *c, struct str *ret, const char *sql, const char *sig, ...)
{
        struct val v[SIG_MAX];
        va_list ap;

        va_start(ap, sig);
        size_t n = vals_read(sig, &ap, v);
        va_end(ap);
        struct rows *r = sql_query_vals(ctx, c, sql, v, n);
        if (!r)
                return false;
        bool found = rows_next(r);
        struct str value = STR_NONE;
        if (found && !rows_null(r, 0)) {
                value = rows_text(r, 0);
                value.p = str_c(ctx->arena, value);
        }
        if (!rows_close(r) || !found)
                return false;
        *ret = value;
        return true;
}

/* ---- transactions ---- */

#define PER_SAVEPOINT(verb)                                                                                  \
        {                                                                                                    \
                verb " sp1", verb " sp2", verb " sp3", verb " sp4", verb " sp5", verb " sp6", verb " sp7",   \
                        verb " sp8"                                                                          \
        }
static const char *const savepoint_text[SAVEPOINTS_MAX] = PER_SAVEPOINT("savepoint");
static const char *const release_text[SAVEPOINTS_MAX] = PER_SAVEPOINT("release savepoint");
static const char *const undo_text[SAVEPOINTS_MAX] = PER_SAVEPOINT("rollback to savepoint");

int
tx_depth(const struct conn *c)
{
        return c->depth;
}

bool
tx_open(const struct conn *c)
{
        return c->depth > 0 && c->backend->in_tx(c);
}

bool
tx_begin(struct ctx *ctx, struct conn *c)
{
        assert(c->depth == 0);
        if (!c->backend->begin(ctx, c))
                return false;
        c->depth = 1;
        return true;
}

bool
tx_commit(struct ctx *ctx, struct conn *c)
{
        assert(c->depth == 1);
        if (!c->backend->commit(ctx, c)) {
                tx_rollback(c);
                return false;
        }
        c->depth = 0;
        seq_keep(c, 1);
        return true;
}

void
tx_rollback(struct conn *c)
{
        if (c->depth == 0)
                return;
        c->backend->rollback(c);
        c->depth = 0;
        seq_forget(c, 1);
}

/* What was queued before a savepoint must fail before it, not within. */
bool
tx_savepoint(struct ctx *ctx, struct conn *c)
{
        assert(c->depth >= 1 && c->depth <= SAVEPOINTS_MAX);
        if (!c->backend->flush(ctx, c) || !sql_run_vals(ctx, c, savepoint_text[c->depth - 1], NULL, 0))
                return false;
        c->depth++;
        return true;
}

bool
tx_release(struct ctx *ctx, struct conn *c)
{
        assert(c->depth >= 2);
        if (!sql_run_vals(ctx, c, release_text[c->depth - 2], NULL, 0) || !c->backend->flush(ctx, c))
                return false;
        seq_keep(c, c->depth);
        c->depth--;
        return true;
}

void
tx_undo(struct conn *c)
{
        struct ctx *ctx = db_scratch(c);

        assert(c->depth >= 2);
        if (c->backend->in_tx(c)) {
                c->backend->flush(ctx, c);
                sql_run_vals(ctx, c, undo_text[c->depth - 2], NULL, 0);
                sql_run_vals(ctx, c, release_text[c->depth - 2], NULL, 0);
                c->backend->flush(ctx, c);
        }
        seq_forget(c, c->depth);
        c->depth--;
}
