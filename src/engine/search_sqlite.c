/* SPDX-License-Identifier: Apache-2.0
 *
 * search_sqlite.c -- the full-text index on SQLite: FTS5 over a table of our tokens.
 *
 *     search_docs   case_id, stamp, and per column the tokens separated by blanks
 *     search_fts    FTS5 with search_docs as external content: it keeps the index only
 *
 * The `ascii` tokenizer cuts at ASCII blanks and signs and takes every other byte for a letter.  Our tokens
 * are folded and hold no ASCII sign, so that it gives back exactly what went in, CJK characters one by one;
 * unicode61 would cut at combining marks and strip accents.
 *
 * FTS5 must be told the old words to forget them: they are read from search_docs before the row is replaced.
 * Both are written in one transaction, so that they never differ.
 *
 * Ranking is bm25 with the title at weight 4 (sql/fts_rank.h).  Matches come by id, newest first, and only so
 * many are ranked: a word that every second case has costs no more than a rare one.  People outside staff
 * search the public columns only.
 */
#include "engine/search_backend.h"

/* Stands between two texts of a column; no query can hold it, because it is no letter. */
#define BREAK_WORD "\ue000"
/* Precedes an account's id, for the same reason. */
#define MARK_ACCOUNT "\ue001"

static const char schema[] =
        "create table if not exists search_pending(case_id integer not null primary key);\n"
        "create table if not exists search_docs(case_id integer not null primary key, stamp integer not null,"
        " title text not null, body text not null, internal text not null);\n"
        "create virtual table if not exists search_fts using fts5(title, body, internal,"
        " content='search_docs', content_rowid='case_id', tokenize='ascii')";

/* ---- writing ---- */

static void
write_tokens(const struct tokens *t, struct buf *out)
{
        for (size_t i = 0; i < t->count; i++) {
                if (i > 0)
                        buf_char(out, ' ');
                if (t->list[i].kind == TOKEN_BREAK)
                        buf_text(out, BREAK_WORD);
                else
                        buf_str(out, t->list[i].word);
        }
}

struct old_doc {
        bool exists;
        int64_t stamp;
        struct str text[SEARCH_COLUMNS];
};

static bool
read_old(struct work *w, int64_t case_id, struct old_doc *old)
{
        struct rows *r = sql_query(w->ctx, w->conn,
                                   "select stamp, title, body, internal from search_docs where case_id = $1",
                                   "i", case_id);

        *old = (struct old_doc){0};
        if (r && rows_next(r)) {
                old->exists = true;
                old->stamp = rows_int(r, 0);
                for (int i = 0; i < SEARCH_COLUMNS; i++) {
                        struct str s = rows_text(r, 1 + i);
                        old->text[i] = (struct str){arena_strndup(w->ctx->arena, s.p, s.n), s.n};
                }
        }
        return r && rows_close(r);
}

static bool
forget(struct work *w, int64_t case_id, const struct old_doc *old)
{
        return !old->exists || sql_run(w->ctx, w->conn,
                                       "insert into search_fts(search_fts, rowid, title, body, internal) "
                                       "values ('delete', $1, $2, $3, $4)",
                                       "ittt", case_id, old->text[SEARCH_TITLE], old->text[SEARCH_BODY],
                                       old->text[SEARCH_INTERNAL]);
}

static bool
write_new(struct work *w, const struct search_doc *d, const struct str text[SEARCH_COLUMNS])
{
        return sql_run(w->ctx, w->conn,
                       "insert into search_docs(case_id, stamp, title, body, internal) values ($1, $2, $3, "
                       "$4, $5) "
                       "on conflict (case_id) do update set stamp = excluded.stamp, title = excluded.title, "
                       "body = excluded.body, internal = excluded.internal",
                       "iittt", d->case_id, d->stamp, text[SEARCH_TITLE], text[SEARCH_BODY],
                       text[SEARCH_INTERNAL]) &&
               sql_run(w->ctx, w->conn,
                       "insert into search_fts(rowid, title, body, internal) values ($1, $2, $3, $4)", "ittt",
                       d->case_id, text[SEARCH_TITLE], text[SEARCH_BODY], text[SEARCH_INTERNAL]);
}

static bool
same_texts(const struct old_doc *old, const struct str text[SEARCH_COLUMNS])
{
        for (int i = 0; i < SEARCH_COLUMNS; i++)
                if (!str_eq(old->text[i], text[i]))
                        return false;
        return old->exists;
}

static bool
lite_put(struct work *w, const struct search_doc *d)
{
        struct buf b[SEARCH_COLUMNS] = {0};
        struct str text[SEARCH_COLUMNS];
        struct old_doc old;
        bool ok = read_old(w, d->case_id, &old);

        for (int i = 0; i < SEARCH_COLUMNS; i++) {
                write_tokens(&d->column[i], &b[i]);
                if (i == SEARCH_BODY && (d->account || d->open))
                        buf_printf(&b[i], " " MARK_ACCOUNT "%lld", (long long)d->account);
                text[i] = str_of(buf_c(&b[i]));
        }
        if (ok && old.stamp <= d->stamp && !same_texts(&old, text))
                ok = forget(w, d->case_id, &old) && write_new(w, d, text);
        for (int i = 0; i < SEARCH_COLUMNS; i++)
                buf_free(&b[i]);
        return ok;
}

static bool
lite_drop(struct work *w, int64_t case_id)
{
        struct old_doc old;

        return read_old(w, case_id, &old) && forget(w, case_id, &old) &&
               sql_run(w->ctx, w->conn, "delete from search_docs where case_id = $1", "i", case_id);
}

static bool
lite_clear(struct work *w)
{
        return sql_run(w->ctx, w->conn, "insert into search_fts(search_fts) values ('delete-all')", "") &&
               sql_run(w->ctx, w->conn, "delete from search_docs", "");
}

static bool
lite_tidy(struct work *w)
{
        return sql_run(w->ctx, w->conn, "insert into search_fts(search_fts) values ('optimize')", "");
}

/* ---- asking ---- */

static void
write_term(const struct term *t, struct buf *out)
{
        buf_text(out, t->joined.n ? "(\"" : "\"");
        tokens_write(t->tokens, t->count, out);
        buf_text(out, t->prefix ? "\" *" : "\"");
        if (t->joined.n)
                buf_printf(out, " OR \"%.*s\"%s)", (int)t->joined.n, t->joined.p, t->prefix ? " *" : "");
}

static struct str
match_text(struct arena *a, const struct search_query *q, bool staff)
{
        struct buf b = {0};

        buf_text(&b, staff ? "((" : "{title body} : ((");
        for (size_t i = 0; i < q->count; i++) {
                if (i > 0)
                        buf_text(&b, q->any ? " OR " : " AND ");
                write_term(&q->terms[i], &b);
        }
        buf_char(&b, ')');
        if (q->account)
                buf_printf(&b, " AND (\"" MARK_ACCOUNT "%lld\" OR \"" MARK_ACCOUNT "0\")", (long long)q->account);
        buf_char(&b, ')');
        struct str s = {arena_strndup(a, b.p, b.n), b.n};
        buf_free(&b);
        return s;
}

/* Which phrases of match_text() are beginnings of words, one bit for each. */
static int64_t
open_phrases(const struct search_query *q)
{
        int64_t mask = 0;
        int n = 0;

        for (size_t i = 0; i < q->count; i++)
                for (int k = 0; k < 1 + (q->terms[i].joined.n > 0); k++, n++)
                        mask |= (int64_t)q->terms[i].prefix << n;
        return mask;
}

/* The cross join keeps the index outside: its matches come in order of rowid, and end at the limit. */
static void
lite_head(struct work *w, const struct search_query *q, bool staff, struct sql_text *s)
{
        buf_text(&s->text, "select h.* from (select " SEARCH_HIT_COLUMNS ", fts_rank(search_fts, ");
        sql_text_value(w, s, VAL_OF_INT(open_phrases(q)));
        buf_text(&s->text, ", 4.0, 1.0, 1.0) as score from search_fts f cross join cases c on c.id = f.rowid "
                           "where search_fts match ");
        sql_text_value(w, s, VAL_OF_TEXT(match_text(w->ctx->arena, q, staff)));
        buf_text(&s->text, " and ");
}

static void
lite_tail(struct work *w, int ranked, int limit, struct sql_text *s)
{
        buf_text(&s->text, " order by f.rowid desc limit ");
        sql_text_value(w, s, VAL_OF_INT(ranked));
        buf_text(&s->text, ") h order by h.score desc, h.id desc limit ");
        sql_text_value(w, s, VAL_OF_INT(limit));
}

const struct search_backend search_sqlite = {
        .schema = schema,
        .touch = "insert into search_pending(case_id) values ($1) on conflict (case_id) do nothing",
        .again = " on conflict (case_id) do nothing",
        .claim = "delete from search_pending where case_id in "
                 "(select case_id from search_pending order by case_id limit $1) returning case_id",
        .put = lite_put,
        .drop = lite_drop,
        .clear = lite_clear,
        .tidy = lite_tidy,
        .head = lite_head,
        .tail = lite_tail,
};
