/* SPDX-License-Identifier: Apache-2.0
 *
 * db_sqlite.c -- SQLite 3.40 behind db.h.
 *
 * The library runs without its own mutexes (a connection belongs to one thread at a time) and without its
 * memory counters (a mutex shared by all threads).  The file is in WAL mode with synchronous=FULL: a commit
 * is on disk when it returns, and readers never wait for the writer.  Savepoints keep what they may have to
 * restore in memory (temp_store).
 *
 * Checkpoints are the writer's own.  A change of a record touches pages that others changed just before, and
 * a checkpoint copies each page once: rare ones copy less.  So the log grows to LOG_PAGES while commits follow
 * each other, and is copied in the first quiet moment (conn_settle) when it is longer than LOG_REST, because
 * readers find a page sooner in the file than in the log.
 *
 * Parameters are written $1, $2 ...; SQLite numbers such names by first appearance.  `place` maps one to the
 * other, made once when the statement is prepared.
 *
 * Invariants
 *   1. Bound texts are not copied: a caller's bytes stay until sql_run returns or rows_close.
 *   2. A statement that is not in use is reset and holds no bindings, so that no read transaction lingers.
 *   3. Errors are classed by (extended) result code only.
 */
#include "sql/db_backend.h"
#include "sql/fts_rank.h"
#include <ctype.h>
#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>

enum { LOG_PAGES = 16000, LOG_REST = 1000 };

struct lite {
        struct conn base;
        sqlite3 *db;
        int logged; /* pages in the log after the newest commit of ours */
};

struct lite_stmt {
        struct stmt base;
        sqlite3_stmt *handle;
        size_t params;
        uint16_t *place; /* place[n - 1]: SQLite's index of $n */
};

static sqlite3 *
handle_of(const struct conn *c)
{
        return ((const struct lite *)c)->db;
}

/* ---- errors ---- */

static bool
is_space_errno(int e)
{
        return e == ENOSPC || e == EDQUOT || e == EFBIG;
}

/* SQLite tells a full disk from other failed writes only for ENOSPC; a quota and a size limit are asked of
 * the system's last error, which a failed commit leaves only with the log's file. */
static bool
out_of_space(sqlite3 *db, int rc)
{
        sqlite3_file *log = NULL;
        int e = 0;

        if ((rc & 0xff) != SQLITE_IOERR)
                return rc == SQLITE_FULL;
        if (sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK && log &&
            log->pMethods)
                log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &e);
        return is_space_errno(sqlite3_system_errno(db)) || is_space_errno(e);
}

/* "UNIQUE constraint failed: account.code, account.site" names the columns "code, site"; an index has no
 * column. */
static const char *
unique_columns(struct arena *a, const char *message)
{
        struct str rest = str_of(strstr(message, ": ")), out = STR_NONE;
        char *text = arena_strdup(a, "");

        if (!rest.p || strncmp(rest.p + 2, "index ", 6) == 0)
                return text;
        rest.p += 2, rest.n -= 2;
        while (rest.p) {
                struct str column, table = str_cut(str_trim(str_cut(rest, ',', &out)), '.', &column);
                if (!column.p)
                        column = table;
                text = arena_printf(a, "%s%s%.*s", text, *text ? ", " : "", (int)column.n, column.p);
                rest = out;
        }
        return text;
}

static bool
fail_unique(struct ctx *ctx, const char *message)
{
        const char *columns = unique_columns(ctx->arena, message);

        return fail(ctx, E_NOT_UNIQUE, columns, *columns ? columns : message);
}

static bool
lite_fail(struct ctx *ctx, sqlite3 *db, int rc)
{
        const char *message = arena_strdup(ctx->arena, sqlite3_errmsg(db));

        if (out_of_space(db, rc))
                return fail(ctx, E_DB_FULL, "");
        switch (rc) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
                return fail_unique(ctx, message);
        default:
                break;
        }
        switch (rc & 0xff) {
        case SQLITE_CONSTRAINT:
                return fail(ctx, E_DB_CONSTRAINT, "", message);
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_INTERRUPT:
                return fail(ctx, E_DB_RETRY, "", message);
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_NOTADB:
                return fail(ctx, E_DB_AWAY, "", message);
        default:
                return fail(ctx, E_DB, "", message);
        }
}

/* ---- the connection ---- */

static void
configure_library(void)
{
        sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        sqlite3_initialize();
}

/* mmap: as much as SQLite allows; beyond it pages come by pread, which made a read of a 2.7 GB file 1.4 times as dear. */
#define PRAGMAS_OF_ALL                                                                                       \
        "pragma synchronous=full; pragma foreign_keys=off; pragma temp_store=memory; "                       \
        "pragma mmap_size=2147418112;"
static const char *const pragmas[] = {
        [CONN_READ] = PRAGMAS_OF_ALL "pragma cache_size=-4096; pragma query_only=on;",
        [CONN_WRITE] = "pragma journal_mode=wal;" PRAGMAS_OF_ALL
                       "pragma cache_size=-24576; pragma journal_size_limit=67108864;",
};

/* A checkpoint that did not get through is none: the next commit tries again. */
static int
after_commit(void *arg, sqlite3 *db, const char *name, int pages)
{
        struct lite *c = arg;

        c->logged = pages;
        if (pages >= LOG_PAGES)
                sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        return SQLITE_OK;
}

static void
lite_settle(struct conn *base)
{
        struct lite *c = (struct lite *)base;

        if (c->logged < LOG_REST)
                return;
        sqlite3_wal_checkpoint_v2(c->db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        c->logged = 0;
}

static void
lite_close(struct conn *base)
{
        struct lite *c = (struct lite *)base;

        sqlite3_close_v2(c->db);
        c->db = NULL;
}

static bool
lite_open(struct ctx *ctx, struct conn *base)
{
        static pthread_once_t once = PTHREAD_ONCE_INIT;
        struct lite *c = (struct lite *)base;
        int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;

        pthread_once(&once, configure_library);
        if (base->use == CONN_WRITE)
                flags |= SQLITE_OPEN_CREATE;
        int rc = sqlite3_open_v2(base->db->where, &c->db, flags, NULL);
        if (rc == SQLITE_OK) {
                sqlite3_busy_timeout(c->db, 5000);
                rc = sqlite3_exec(c->db, pragmas[base->use], NULL, NULL, NULL);
        }
        if (rc == SQLITE_OK)
                sqlite3_wal_hook(c->db, after_commit, c);
        if (rc == SQLITE_OK)
                rc = fts_rank_register(c->db);
        if (rc == SQLITE_OK)
                return true;
        fail(ctx, E_DB_AWAY, "", arena_printf(ctx->arena, "%s: %s", base->db->where, sqlite3_errmsg(c->db)));
        lite_close(base);
        return false;
}

static bool
lite_alive(const struct conn *c)
{
        return handle_of(c) != NULL;
}

/* ---- statements ---- */

/* Which $n SQLite gave its index i; 0 when the name is no such thing. */
static size_t
parameter_number(sqlite3_stmt *h, int i)
{
        const char *name = sqlite3_bind_parameter_name(h, i);
        int64_t n;

        return name && name[0] == '$' && str_to_int(str_of(name + 1), &n) && n > 0 ? (size_t)n : 0;
}

/* Fills s->place; false unless the parameters are exactly $1 .. $count. */
static bool
map_parameters(struct lite_stmt *s)
{
        s->params = (size_t)sqlite3_bind_parameter_count(s->handle);
        s->place = db_alloc(s->params * sizeof *s->place);
        for (size_t i = 1; i <= s->params; i++) {
                size_t n = parameter_number(s->handle, (int)i);
                if (n == 0 || n > s->params)
                        return false;
                s->place[n - 1] = (uint16_t)i;
        }
        return true;
}

static void
lite_unprepare(struct conn *c, struct stmt *base)
{
        struct lite_stmt *s = (struct lite_stmt *)base;

        sqlite3_finalize(s->handle);
        free(s->place);
        free(s->base.sql);
        free(s);
}

static bool
all_blank(const char *s)
{
        while (isspace((unsigned char)*s) || *s == ';')
                s++;
        return !*s;
}

static struct stmt *
lite_prepare(struct ctx *ctx, struct conn *c, const char *sql)
{
        const char *tail = "", *wrong = NULL;
        struct lite_stmt *s = db_alloc(sizeof *s);

        s->base.sql = db_strdup(sql);
        int rc = sqlite3_prepare_v3(handle_of(c), s->base.sql, -1, SQLITE_PREPARE_PERSISTENT, &s->handle,
                                    &tail);
        if (rc != SQLITE_OK)
                lite_fail(ctx, handle_of(c), rc);
        else if (!s->handle || !all_blank(tail))
                wrong = "a call takes exactly one statement";
        else if (!map_parameters(s))
                wrong = "the parameters must be $1, $2 ... without a gap";
        if (wrong)
                fail(ctx, E_DB, "", wrong);
        if (rc == SQLITE_OK && !wrong)
                return &s->base;
        lite_unprepare(c, &s->base);
        return NULL;
}

static bool
lite_prepares(struct ctx *ctx, struct conn *c, struct stmt *s)
{
        return true;
}

static int
bind_one(sqlite3_stmt *h, int place, const struct val *v)
{
        switch (v->type) {
        case VAL_INT:
                return sqlite3_bind_int64(h, place, v->i);
        case VAL_REAL:
                return sqlite3_bind_double(h, place, v->d);
        case VAL_TEXT:
                return sqlite3_bind_text64(h, place, v->s.p, v->s.n, SQLITE_STATIC, SQLITE_UTF8);
        case VAL_BLOB:
                return sqlite3_bind_blob64(h, place, v->s.p, v->s.n, SQLITE_STATIC);
        case VAL_NULL:
                break;
        }
        return SQLITE_OK; /* unbound is NULL */
}

static bool
bind_all(struct ctx *ctx, struct conn *c, struct lite_stmt *s, const struct val *v, size_t n)
{
        if (n != s->params)
                return fail(ctx, E_DB, "",
                            arena_printf(ctx->arena, "%zu values for %zu parameters", n, s->params));
        for (size_t i = 0; i < n; i++) {
                int rc = bind_one(s->handle, s->place[i], &v[i]);
                if (rc != SQLITE_OK)
                        return lite_fail(ctx, handle_of(c), rc);
        }
        return true;
}

/* Makes the statement ready for its next use.  Ending a statement may commit, so that it may fail. */
static int
put_back(struct lite_stmt *s)
{
        int rc = sqlite3_reset(s->handle);

        if (s->params)
                sqlite3_clear_bindings(s->handle);
        return rc;
}

static bool
lite_run(struct ctx *ctx, struct conn *c, struct stmt *base, const struct val *v, size_t n)
{
        struct lite_stmt *s = (struct lite_stmt *)base;
        bool ok = bind_all(ctx, c, s, v, n);
        int rc = SQLITE_ROW;

        while (ok && rc == SQLITE_ROW)
                rc = sqlite3_step(s->handle);
        if (ok && rc != SQLITE_DONE)
                ok = lite_fail(ctx, handle_of(c), rc);
        put_back(s);
        return ok;
}

static int64_t
lite_changes(struct conn *c)
{
        return sqlite3_changes64(handle_of(c));
}

static int64_t
lite_touched(const struct conn *c)
{
        return sqlite3_total_changes64(handle_of(c));
}

static bool
lite_script(struct ctx *ctx, struct conn *c, const char *sql)
{
        int rc = sqlite3_exec(handle_of(c), sql, NULL, NULL, NULL);

        return rc == SQLITE_OK || lite_fail(ctx, handle_of(c), rc);
}

static bool
lite_flush(struct ctx *ctx, struct conn *c)
{
        return true;
}

/* ---- rows ---- */

static bool
lite_start(struct rows *r, const struct val *v, size_t n)
{
        struct lite_stmt *s = (struct lite_stmt *)r->stmt;

        if (!bind_all(r->ctx, r->conn, s, v, n)) {
                put_back(s);
                return false;
        }
        r->result = s->handle;
        return true;
}

static bool
lite_next(struct rows *r)
{
        int rc = sqlite3_step(r->result);

        if (rc == SQLITE_ROW)
                return true;
        if (rc != SQLITE_DONE) {
                r->failed = true;
                lite_fail(r->ctx, handle_of(r->conn), rc);
        }
        return false;
}

static bool
lite_finish(struct rows *r)
{
        int rc = put_back((struct lite_stmt *)r->stmt);

        return rc == SQLITE_OK || r->failed || lite_fail(r->ctx, handle_of(r->conn), rc);
}

static int
lite_columns_of(const struct rows *r)
{
        return sqlite3_column_count(r->result);
}

static bool
lite_is_null(const struct rows *r, int col)
{
        return sqlite3_column_type(r->result, col) == SQLITE_NULL;
}

static int64_t
lite_as_int(const struct rows *r, int col)
{
        return sqlite3_column_int64(r->result, col);
}

/* Asking for the value once and it for the rest costs half of asking for the column three times. */
static bool
lite_take_int(const struct rows *r, int col, int64_t *ret)
{
        sqlite3_value *v = sqlite3_column_value(r->result, col);

        if (sqlite3_value_type(v) == SQLITE_NULL)
                return false;
        *ret = sqlite3_value_int64(v);
        return true;
}

static double
lite_as_real(const struct rows *r, int col)
{
        return sqlite3_column_double(r->result, col);
}

static struct str
lite_as_text(struct rows *r, int col)
{
        sqlite3_value *v = sqlite3_column_value(r->result, col);
        const char *p;

        switch (sqlite3_value_type(v)) {
        case SQLITE_NULL:
                return STR_NONE;
        case SQLITE_BLOB:
                p = sqlite3_value_blob(v);
                break;
        default:
                p = (const char *)sqlite3_value_text(v);
        }
        return (struct str){p ? p : "", (size_t)sqlite3_value_bytes(v)};
}

/* ---- transactions ---- */

static bool
lite_in_tx(const struct conn *c)
{
        return !sqlite3_get_autocommit(handle_of(c));
}

static bool
lite_begin(struct ctx *ctx, struct conn *c)
{
        return sql_run_vals(ctx, c, c->use == CONN_WRITE ? "begin immediate" : "begin", NULL, 0);
}

static bool
lite_commit(struct ctx *ctx, struct conn *c)
{
        if (!lite_in_tx(c))
                return fail(ctx, E_DB_RETRY, "", "an earlier error has undone the whole transaction");
        return sql_run_vals(ctx, c, "commit", NULL, 0);
}

static void
lite_rollback(struct conn *c)
{
        if (lite_in_tx(c))
                sqlite3_exec(handle_of(c), "rollback", NULL, NULL, NULL);
}

const struct backend db_sqlite = {
        .engine = DB_SQLITE,
        .conn_size = sizeof(struct lite),
        .live_cursors = true,
        .blob_type = "blob",
        .table_exists = "select count(*) from sqlite_master where type = 'table' and name = $1",
        .analyse = "pragma analysis_limit=1000; analyze",
        .columns = "select name, type, \"notnull\" from pragma_table_info($1) order by cid",
        .index_exists = "select count(*) from sqlite_master where type = 'index' and name = $1",
        .index_unique = "select count(*) from pragma_index_list((select tbl_name from sqlite_master where type = 'index' and name = $1)) "
                        "where name = $1 and \"unique\"",
        .indexes = "select l.name, l.\"unique\", i.name from pragma_index_list($1) as l, pragma_index_info(l.name) as i order by l.name, i.seqno",
        .open = lite_open,
        .close = lite_close,
        .alive = lite_alive,
        .prepare = lite_prepare,
        .unprepare = lite_unprepare,
        .prepares = lite_prepares,
        .run = lite_run,
        .changes = lite_changes,
        .touched = lite_touched,
        .script = lite_script,
        .flush = lite_flush,
        .start = lite_start,
        .next = lite_next,
        .finish = lite_finish,
        .columns_of = lite_columns_of,
        .is_null = lite_is_null,
        .as_int = lite_as_int,
        .take_int = lite_take_int,
        .as_real = lite_as_real,
        .as_text = lite_as_text,
        .begin = lite_begin,
        .commit = lite_commit,
        .rollback = lite_rollback,
        .in_tx = lite_in_tx,
        .settle = lite_settle,
};
