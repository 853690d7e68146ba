/* SPDX-License-Identifier: Apache-2.0
 *
 * db_pg.c -- PostgreSQL 15 behind db.h.
 *
 * The connection stays in libpq's pipeline mode.  A statement is sent, its outcome noted in `sent`; pg_flush
 * sends a sync, then reads all outcomes up to it.  Within a transaction sql_run sends only, so that BEGIN,
 * five inserts and COMMIT cost one round trip; everything that needs an answer flushes (a query,
 * conn_changes, a savepoint, a commit).  Never a pipeline without BEGIN: outside a transaction each statement
 * is flushed at once.
 *
 *     ready --send_statement--> queued --send_statement--> queued ... (at most 256)
 *     queued --pg_flush--> ready, or ready in a failed transaction (only a rollback helps), or lost
 *     lost --conn_reopen--> ready
 *
 * A statement is prepared under a name by the first call that sends it, in the same round trip.  After an
 * error the server skips all up to the sync, preparations too: the statement then stays unprepared and is
 * sent again next time.
 *
 * Values go as text, byte strings as binary, results come as text and whole.
 *
 * Invariants
 *   1. Outcomes come in the order of sending; sent[0 .. sent_count) are those not read yet.
 *   2. Nothing of a transaction is told to be on disk before the outcome of its COMMIT was read and is
 *      "COMMIT".
 *   3. Once COMMIT was sent and its outcome was not read, the commit is in doubt, never "failed".
 *   4. Errors are classed by SQLSTATE only; a lost connection by its status.
 */
#include "sql/db_backend.h"
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum {
        SENT_MAX = 256,
        NUMBER_MAX = 32, /* bytes of the longest number as text */
        OID_BOOL = 16,
        OID_BYTEA = 17
};

struct pg_stmt {
        struct stmt base;
        char name[24];
        bool prepared; /* or its preparation is on the way */
};

struct sent {
        struct pg_stmt *stmt;
        bool preparation;
};

struct pg {
        struct conn base;
        PGconn *handle;
        struct sent sent[SENT_MAX];
        int sent_count;
        int64_t named; /* statements so far; makes their names */
        int64_t changes;
        bool lost;  /* to be reopened, though libpq may not know it yet */
        bool begun; /* BEGIN was sent (its outcome may be on the way) */
        bool committing;
        bool commit_doubted; /* the server warned that a synchronous wait was cancelled */
        const char **values; /* the parameters of the statement being sent */
        int *lengths, *formats;
        size_t params_cap;
        struct buf text;
};

struct decoded { /* a byte string of the current row */
        struct decoded *next;
        int col;
        size_t n;
        unsigned char *bytes;
};

static struct pg *
pg_of(const struct conn *c)
{
        return (struct pg *)c;
}

static bool
pg_alive(const struct conn *c)
{
        return pg_of(c)->handle && !pg_of(c)->lost && PQstatus(pg_of(c)->handle) == CONNECTION_OK;
}

/* ---- errors ---- */

/* "Key (code, site)=(a, b) already exists." names "code, site", in whatever language. */
static const char *
unique_columns(struct arena *a, const PGresult *res)
{
        const char *detail = PQresultErrorField(res, PG_DIAG_MESSAGE_DETAIL);
        const char *from = detail ? strchr(detail, '(') : NULL, *to = from ? strstr(from, ")=(") : NULL;

        return to ? arena_strndup(a, from + 1, (size_t)(to - from - 1)) : "";
}

static bool
fail_unique(struct ctx *ctx, const PGresult *res)
{
        const char *columns = unique_columns(ctx->arena, res);
        const char *constraint = PQresultErrorField(res, PG_DIAG_CONSTRAINT_NAME);

        if (!constraint)
                constraint = "a unique field";
        return fail(ctx, E_NOT_UNIQUE, columns, *columns ? columns : constraint);
}

/* The first line of a libpq message. */
static const char *
first_line(struct arena *a, const char *message)
{
        return arena_strndup(a, message, strcspn(message, "\n"));
}

static enum err_code
class_of(const char *state)
{
        static const struct {
                const char *prefix;
                enum err_code code;
        } rows[] = {
                {"23", E_DB_CONSTRAINT}, {"40001", E_DB_RETRY}, {"40P01", E_DB_RETRY}, {"55P03", E_DB_RETRY},
                {"08P01", E_DB},         {"08", E_DB_AWAY},     {"57P0", E_DB_AWAY},   {"53100", E_DB_FULL},
        };

        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
                if (strncmp(state, rows[i].prefix, strlen(rows[i].prefix)) == 0)
                        return rows[i].code;
        return E_DB;
}

/* A server that takes no writes any more (25006: it was demoted) is as good as gone for a writer. */
static bool
fail_result(struct ctx *ctx, struct pg *c, const PGresult *res)
{
        const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
        const char *message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

        if (state && strcmp(state, "25006") == 0 && c->base.use == CONN_WRITE)
                c->lost = true;
        if (!state || c->lost || PQstatus(c->handle) == CONNECTION_BAD)
                return fail(ctx, E_DB_AWAY, "", first_line(ctx->arena, PQresultErrorMessage(res)));
        if (strcmp(state, "23505") == 0)
                return fail_unique(ctx, res);
        return fail(ctx, class_of(state), "", message ? message : state);
}

/* libpq could not send or read: the connection is lost, unless it says otherwise. */
static bool
fail_handle(struct ctx *ctx, const struct pg *c)
{
        const char *message = first_line(ctx->arena, PQerrorMessage(c->handle));

        return fail(ctx, PQstatus(c->handle) == CONNECTION_OK ? E_DB : E_DB_AWAY, "", message);
}

/* A commit whose wait for the standby was cancelled stands on this node only. */
static void
notice(void *arg, const PGresult *res)
{
        struct pg *c = arg;
        const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);

        if (c->committing && state && (strcmp(state, "01000") == 0 || strncmp(state, "57P0", 4) == 0))
                c->commit_doubted = true;
}

/* ---- outcomes ---- */

static bool
result_ok(const PGresult *res)
{
        ExecStatusType t = PQresultStatus(res);

        return t == PGRES_COMMAND_OK || t == PGRES_TUPLES_OK;
}

/* The preparation no longer fits: a table's columns changed (0A000), or the server has none of that name
 * (26000). */
static bool
is_outdated(const struct sent *s, const PGresult *res)
{
        const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);

        return s->stmt && !s->preparation && state &&
               (strcmp(state, "0A000") == 0 || strcmp(state, "26000") == 0);
}

static bool
fail_sent(struct ctx *ctx, struct pg *c, const struct sent *s, const PGresult *res)
{
        if (is_outdated(s, res))
                return fail(ctx, E_DB_RETRY, "", PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY));
        return fail_result(ctx, c, res);
}

/* Reads the outcome of one sent statement.  An error is told only when it is the first since the sync
 * (*ok). */
static void
read_outcome(struct ctx *ctx, struct pg *c, const struct sent *s, PGresult **ret_last, bool *ok)
{
        PGresult *res;

        while ((res = PQgetResult(c->handle))) {
                if (!result_ok(res)) {
                        if (s->stmt && (s->preparation || is_outdated(s, res)))
                                s->stmt->prepared = false;
                        if (*ok && PQresultStatus(res) != PGRES_PIPELINE_ABORTED)
                                *ok = fail_sent(ctx, c, s, res);
                } else if (!s->preparation) {
                        c->changes = strtoll(PQcmdTuples(res), NULL, 10);
                }
                PQclear(*ret_last);
                *ret_last = res;
                if (PQstatus(c->handle) == CONNECTION_BAD)
                        return;
        }
}

/* Sends a sync and reads all outcomes up to it; *ret_last is the last statement's (the caller clears it). */
static bool
flush_to(struct ctx *ctx, struct pg *c, PGresult **ret_last)
{
        bool ok = true;
        int n = c->sent_count;

        *ret_last = NULL;
        c->sent_count = 0;
        if (!PQpipelineSync(c->handle))
                return fail_handle(ctx, c);
        for (int i = 0; i < n && PQstatus(c->handle) == CONNECTION_OK; i++)
                read_outcome(ctx, c, &c->sent[i], ret_last, &ok);
        PGresult *sync = PQgetResult(c->handle);
        if (ok && PQresultStatus(sync) != PGRES_PIPELINE_SYNC)
                ok = fail_handle(ctx, c);
        PQclear(sync);
        return ok;
}

static bool
pg_flush(struct ctx *ctx, struct conn *base)
{
        struct pg *c = pg_of(base);
        PGresult *last;

        if (c->sent_count == 0)
                return true;
        bool ok = flush_to(ctx, c, &last);
        PQclear(last);
        return ok;
}

/* ---- sending ---- */

static void
params_room(struct pg *c, size_t n)
{
        if (n <= c->params_cap)
                return;
        size_t cap = n + 32;
        c->values = realloc(c->values, cap * sizeof *c->values);
        c->lengths = realloc(c->lengths, cap * sizeof *c->lengths);
        c->formats = realloc(c->formats, cap * sizeof *c->formats);
        if (!c->values || !c->lengths || !c->formats)
                abort();
        c->params_cap = cap;
}

static size_t
room_of(const struct val *v)
{
        return v->type == VAL_TEXT ? v->s.n + 1 : v->type == VAL_INT || v->type == VAL_REAL ? NUMBER_MAX : 0;
}

/* Writes `v` as text at `out`; returns the bytes used. */
static size_t
put_text(const struct val *v, char *out)
{
        switch (v->type) {
        case VAL_INT:
                return (size_t)snprintf(out, NUMBER_MAX, "%lld", (long long)v->i) + 1;
        case VAL_REAL:
                return (size_t)snprintf(out, NUMBER_MAX, "%.17g", v->d) + 1;
        default:
                if (v->s.n)
                        memcpy(out, v->s.p, v->s.n);
                out[v->s.n] = '\0';
                return v->s.n + 1;
        }
}

/* Fills values, lengths and formats. */
static bool
put_params(struct ctx *ctx, struct pg *c, const struct val *v, size_t n)
{
        size_t room = 0;

        params_room(c, n);
        for (size_t i = 0; i < n; i++) {
                if (v[i].type == VAL_TEXT && v[i].s.n && memchr(v[i].s.p, '\0', v[i].s.n))
                        return fail(ctx, E_UTF8, "");
                room += room_of(&v[i]);
        }
        buf_reset(&c->text);
        char *out = buf_room(&c->text, room + 1);
        for (size_t i = 0; i < n; i++) {
                bool has_bytes = v[i].type == VAL_TEXT || v[i].type == VAL_BLOB;
                bool null = v[i].type == VAL_NULL || (has_bytes && !v[i].s.p);
                c->formats[i] = v[i].type == VAL_BLOB;
                c->lengths[i] = has_bytes ? (int)v[i].s.n : 0;
                c->values[i] = null ? NULL : v[i].type == VAL_BLOB ? v[i].s.p : out;
                if (!null && v[i].type != VAL_BLOB)
                        out += put_text(&v[i], out);
        }
        return true;
}

static void
note_sent(struct pg *c, struct pg_stmt *s, bool preparation)
{
        c->sent[c->sent_count++] = (struct sent){s, preparation};
}

static bool
send_preparation(struct ctx *ctx, struct pg *c, struct pg_stmt *s)
{
        if (!PQsendPrepare(c->handle, s->name, s->base.sql, 0, NULL))
                return fail_handle(ctx, c);
        s->prepared = true;
        note_sent(c, s, true);
        return true;
}

static bool
send_statement(struct ctx *ctx, struct pg *c, struct pg_stmt *s, const struct val *v, size_t n)
{
        if (c->sent_count + 2 > SENT_MAX && !pg_flush(ctx, &c->base))
                return false;
        if (!put_params(ctx, c, v, n) || (!s->prepared && !send_preparation(ctx, c, s)))
                return false;
        if (!PQsendQueryPrepared(c->handle, s->name, (int)n, c->values, c->lengths, c->formats, 0))
                return fail_handle(ctx, c);
        note_sent(c, s, false);
        return true;
}

/* ---- statements ---- */

static struct stmt *
pg_prepare(struct ctx *ctx, struct conn *base, const char *sql)
{
        struct pg *c = pg_of(base);
        struct pg_stmt *s = db_alloc(sizeof *s);

        s->base.sql = db_strdup(sql);
        snprintf(s->name, sizeof s->name, "s%lld", (long long)++c->named);
        return &s->base;
}

/* Sends that the statement may go.  Where that does not work out (a failed transaction, a full pipeline) the
 * server keeps it until the connection ends; its name is not used again. */
static void
send_deallocate(struct pg *c, const struct pg_stmt *s)
{
        char sql[48];

        if (PQtransactionStatus(c->handle) == PQTRANS_INERROR || c->sent_count == SENT_MAX)
                return;
        snprintf(sql, sizeof sql, "deallocate %s", s->name);
        if (!PQsendQueryParams(c->handle, sql, 0, NULL, NULL, NULL, NULL, 0))
                return;
        note_sent(c, NULL, false);
        if (!c->begun)
                pg_flush(db_scratch(&c->base), &c->base);
}

/* The oldest of 512 statements is never among the 256 newest sent, so that `sent` does not point to it. */
static void
pg_unprepare(struct conn *base, struct stmt *stmt)
{
        struct pg_stmt *s = (struct pg_stmt *)stmt;

        if (pg_alive(base) && s->prepared)
                send_deallocate(pg_of(base), s);
        free(s->base.sql);
        free(s);
}

static bool
pg_run(struct ctx *ctx, struct conn *base, struct stmt *s, const struct val *v, size_t n)
{
        struct pg *c = pg_of(base);

        return send_statement(ctx, c, (struct pg_stmt *)s, v, n) && (c->begun || pg_flush(ctx, base));
}

/* An error met here goes to the ctx of the sql_run before: there the caller looks. */
static int64_t
pg_changes(struct conn *base)
{
        return pg_flush(base->last, base) ? pg_of(base)->changes : 0;
}

/* Every job has a transaction of its own here: nobody asks. */
static int64_t
pg_touched(const struct conn *base)
{
        return 0;
}

static bool
pg_prepares(struct ctx *ctx, struct conn *base, struct stmt *s)
{
        return send_preparation(ctx, pg_of(base), (struct pg_stmt *)s) && pg_flush(ctx, base);
}

/* Several statements at once go by the simple protocol, which a pipeline does not allow. */
static bool
pg_script(struct ctx *ctx, struct conn *base, const char *sql)
{
        struct pg *c = pg_of(base);

        if (!pg_flush(ctx, base))
                return false;
        if (!PQexitPipelineMode(c->handle))
                return fail_handle(ctx, c);
        PGresult *res = PQexec(c->handle, sql);
        bool ok = result_ok(res) || PQresultStatus(res) == PGRES_EMPTY_QUERY || fail_result(ctx, c, res);
        PQclear(res);
        if (PQstatus(c->handle) == CONNECTION_OK && !PQenterPipelineMode(c->handle))
                ok = fail_handle(ctx, c);
        return ok;
}

/* ---- the connection ---- */

static void
pg_close(struct conn *base)
{
        struct pg *c = pg_of(base);

        PQfinish(c->handle);
        c->handle = NULL;
        c->sent_count = 0;
        c->lost = c->begun = c->committing = c->commit_doubted = false;
        free(c->values);
        free(c->lengths);
        free(c->formats);
        c->values = NULL, c->lengths = c->formats = NULL, c->params_cap = 0;
        buf_free(&c->text);
}

/* What stands before `dbname` is a default that the conninfo may override. */
static PGconn *
connect_to(const char *where)
{
        const char *const names[] = {"connect_timeout", "tcp_user_timeout", "fallback_application_name",
                                     "dbname",          "client_encoding",  NULL};
        const char *const values[] = {"5", "20000", "openitr", where, "UTF8", NULL};

        return PQconnectdbParams(names, values, 1);
}

static const char SETTINGS[] = "set bytea_output = hex; set extra_float_digits = 1; set timezone = 'UTC';"
                               "set standard_conforming_strings = on; set client_min_messages = warning;"
                               "set datestyle = 'ISO, YMD'";

static bool
pg_settle(struct ctx *ctx, struct conn *base)
{
        struct pg *c = pg_of(base);

        if (PQstatus(c->handle) != CONNECTION_OK)
                return fail(ctx, E_DB_AWAY, "", first_line(ctx->arena, PQerrorMessage(c->handle)));
        PQsetNoticeReceiver(c->handle, notice, c);
        if (!PQenterPipelineMode(c->handle))
                return fail_handle(ctx, c);
        return pg_script(ctx, base, SETTINGS) &&
               (base->use == CONN_WRITE || pg_script(ctx, base, "set default_transaction_read_only = on"));
}

static bool
pg_open(struct ctx *ctx, struct conn *base)
{
        pg_of(base)->handle = connect_to(base->db->where);
        if (pg_settle(ctx, base))
                return true;
        pg_close(base);
        return false;
}

static void
shown_part(struct buf *b, const PQconninfoOption *o, const char *keyword, const char *before)
{
        for (; o->keyword; o++)
                if (strcmp(o->keyword, keyword) == 0 && o->val && *o->val) {
                        buf_text(b, before);
                        buf_text(b, o->val);
                }
}

char *
db_pg_shown(const char *where)
{
        struct buf b = {0};
        PQconninfoOption *o = PQconninfoParse(where, NULL);

        buf_text(&b, "postgresql:");
        if (o) {
                shown_part(&b, o, "user", " user=");
                shown_part(&b, o, "host", " host=");
                shown_part(&b, o, "port", " port=");
                shown_part(&b, o, "dbname", " dbname=");
        }
        PQconninfoFree(o);
        char *shown = db_strdup(buf_c(&b));
        buf_free(&b);
        return shown;
}

/* ---- rows ---- */

static bool
pg_start(struct rows *r, const struct val *v, size_t n)
{
        struct pg *c = pg_of(r->conn);
        PGresult *res;

        if (!send_statement(r->ctx, c, (struct pg_stmt *)r->stmt, v, n))
                return false;
        if (!flush_to(r->ctx, c, &res)) {
                PQclear(res);
                return false;
        }
        r->result = res;
        return true;
}

static void
drop_decoded(struct rows *r)
{
        while (r->decoded) {
                struct decoded *d = r->decoded;
                r->decoded = d->next;
                PQfreemem(d->bytes);
                free(d);
        }
}

static bool
pg_next(struct rows *r)
{
        drop_decoded(r);
        return ++r->row < PQntuples(r->result);
}

static bool
pg_finish(struct rows *r)
{
        drop_decoded(r);
        PQclear(r->result);
        return true;
}

static int
pg_columns_of(const struct rows *r)
{
        return PQnfields(r->result);
}

static bool
pg_is_null(const struct rows *r, int col)
{
        return PQgetisnull(r->result, r->row, col);
}

/* A truth value comes as "t" or "f"; SQLite has 1 and 0 for it. */
static const char *
cell(const struct rows *r, int col)
{
        const char *s = PQgetvalue(r->result, r->row, col);

        return PQftype(r->result, col) != OID_BOOL ? s : *s == 't' ? "1" : *s ? "0" : "";
}

static int64_t
pg_as_int(const struct rows *r, int col)
{
        return strtoll(cell(r, col), NULL, 10);
}

static bool
pg_take_int(const struct rows *r, int col, int64_t *ret)
{
        *ret = pg_as_int(r, col);
        return !pg_is_null(r, col);
}

static double
pg_as_real(const struct rows *r, int col)
{
        return strtod(cell(r, col), NULL);
}

/* The bytes of a bytea of this row, decoded once. */
static struct str
bytes_of(struct rows *r, int col)
{
        struct decoded *d = r->decoded;

        while (d && d->col != col)
                d = d->next;
        if (!d) {
                d = db_alloc(sizeof *d);
                d->bytes = PQunescapeBytea((const unsigned char *)PQgetvalue(r->result, r->row, col), &d->n);
                if (!d->bytes)
                        abort();
                d->col = col;
                d->next = r->decoded;
                r->decoded = d;
        }
        return (struct str){(const char *)d->bytes, d->n};
}

static struct str
pg_as_text(struct rows *r, int col)
{
        if (PQgetisnull(r->result, r->row, col))
                return STR_NONE;
        if (PQftype(r->result, col) == OID_BYTEA)
                return bytes_of(r, col);
        if (PQftype(r->result, col) == OID_BOOL)
                return str_of(cell(r, col));
        return (struct str){PQgetvalue(r->result, r->row, col), (size_t)PQgetlength(r->result, r->row, col)};
}

/* ---- transactions ---- */

/* What was sent counts, though the server's own state is known only at the next flush. */
static bool
pg_in_tx(const struct conn *c)
{
        return pg_of(c)->begun && pg_alive(c);
}

/* Notices a connection that the server closed meanwhile before anything is sent on it, so that its first
 * transaction is not taken for one in doubt. */
static bool
still_there(struct pg *c)
{
        struct pollfd p = {.fd = PQsocket(c->handle), .events = POLLIN | POLLRDHUP};

        if (poll(&p, 1, 0) > 0)
                c->lost = (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0 || !PQconsumeInput(c->handle);
        return pg_alive(&c->base);
}

static bool
pg_begin(struct ctx *ctx, struct conn *base)
{
        struct pg *c = pg_of(base);

        if (!pg_alive(base) || !still_there(c))
                return fail(ctx, E_DB_AWAY, "", "the server closed the connection");
        c->begun = true;
        if (sql_run_vals(ctx, base, "begin", NULL, 0))
                return true;
        c->begun = false;
        return false;
}

/* Reads the outcome of a COMMIT that was sent, with all before it. */
static bool
commit_outcome(struct ctx *ctx, struct pg *c)
{
        PGresult *res;
        bool told = flush_to(ctx, c, &res);
        bool committed =
                res && PQresultStatus(res) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(res), "COMMIT") == 0;

        PQclear(res);
        if (told && committed && !c->commit_doubted)
                return true;
        if (c->commit_doubted || PQstatus(c->handle) == CONNECTION_BAD)
                return fail_because(ctx, E_DB_IN_DOUBT, "");
        return told ? fail(ctx, E_DB, "", "the transaction had failed before its commit") : false;
}

static bool
pg_commit(struct ctx *ctx, struct conn *base)
{
        struct pg *c = pg_of(base);

        c->committing = true;
        c->commit_doubted = false;
        bool ok = sql_run_vals(ctx, base, "commit", NULL, 0) && commit_outcome(ctx, c);
        c->committing = false;
        if (ok || PQtransactionStatus(c->handle) == PQTRANS_IDLE)
                c->begun = false;
        return ok;
}

static void
pg_rollback(struct conn *base)
{
        struct pg *c = pg_of(base);

        if (pg_alive(base)) {
                struct ctx *ctx = db_scratch(base);
                pg_flush(ctx, base);
                c->begun = false;
                if (pg_alive(base) && PQtransactionStatus(c->handle) != PQTRANS_IDLE)
                        sql_run_vals(ctx, base, "rollback", NULL, 0);
        }
        c->begun = false;
}

const struct backend db_pg = {
        .engine = DB_PG,
        .conn_size = sizeof(struct pg),
        .live_cursors = false,
        .blob_type = "bytea",
        .table_exists = "select count(*) from pg_class where oid = to_regclass(quote_ident($1)) and relkind "
                        "in ('r', 'p')",
        .columns = "select cast(attname as text), format_type(atttypid, atttypmod), attnotnull from "
                   "pg_attribute "
                   "where attrelid = to_regclass(quote_ident($1)) and attnum > 0 and not attisdropped order "
                   "by attnum",
        .index_exists = "select count(*) from pg_class where oid = to_regclass(quote_ident($1)) and relkind "
                        "in ('i', 'I')",
        .index_unique = "select count(*) from pg_index where indexrelid = to_regclass(quote_ident($1)) and indisunique",
        .indexes = "select cast(c.relname as text), case when i.indisunique then 1 else 0 end, cast(a.attname as text) from pg_index as i "
                   "join pg_class as c on c.oid = i.indexrelid "
                   "left join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any (i.indkey) "
                   "where i.indrelid = to_regclass(quote_ident($1)) order by 1, 3",
        .open = pg_open,
        .close = pg_close,
        .alive = pg_alive,
        .prepare = pg_prepare,
        .unprepare = pg_unprepare,
        .prepares = pg_prepares,
        .run = pg_run,
        .changes = pg_changes,
        .touched = pg_touched,
        .script = pg_script,
        .flush = pg_flush,
        .start = pg_start,
        .next = pg_next,
        .finish = pg_finish,
        .columns_of = pg_columns_of,
        .is_null = pg_is_null,
        .as_int = pg_as_int,
        .take_int = pg_take_int,
        .as_real = pg_as_real,
        .as_text = pg_as_text,
        .begin = pg_begin,
        .commit = pg_commit,
        .rollback = pg_rollback,
        .in_tx = pg_in_tx,
};
