/* SPDX-License-Identifier: Apache-2.0
 *
 * search_pg.c -- the full-text index on PostgreSQL: a tsvector per case under a GIN index.
 *
 * A tsvector is written in its text form, 'word':position, without any of PostgreSQL's own dictionaries.
 *
 *     Characters in pairs.  A CJK character makes one lexeme with its right neighbour, and stands alone only
 *     at the end of a run: 重启后 is 重启, 启后, 后.  A word of two is one lexeme, a longer one is pairs in a row,
 *     and a single character is what any pair begins with.  (Lexemes of one character would be looked for by
 *     position in every row that has them.)
 *
 *     Internal words carry a mark ('~'), so that one column and one index serve everybody: people outside
 *     staff ask for 'word', staff for 'word' or '~word'.
 *
 *     Positions go round after POSITIONS, because a tsvector knows none above 16,383: phrases are found
 *     anywhere, and two words that lie a whole round apart may pass for neighbours.
 *
 * search_pending has no key: naming a case is a plain insert that waits for nobody.  A claim sees committed
 * rows only, and reads the case in later statements: what it took is never older than what it reads.  Two
 * nodes may index the same case at once; the stamp keeps the older reading from replacing the newer one.
 *
 * Matches are listed by the GIN index alone (search_match).  The newest of those that the actor may read are
 * ranked by ts_rank_cd, the title at four times the weight.
 */
#include "engine/search_backend.h"

#define MARK_INTERNAL "~"
#define MARK_ACCOUNT "@"
enum { POSITIONS = 16000 };

/* search_match: the planner knows nothing of the cost of reading a long tsvector, and would often rather read
 * them all than ask the index.  The block makes it idempotent, also when two nodes start at once. */
static const char schema[] =
        "create table if not exists search_pending(case_id bigint not null);\n"
        "create table if not exists search_docs(case_id bigint not null primary key, stamp bigint not null,"
        " words tsvector not null);\n"
        "create index if not exists search_docs_words on search_docs using gin (words);\n"
        "do $$ begin if to_regprocedure('search_match(tsquery)') is null then"
        " create function search_match(q tsquery) returns setof bigint language sql stable"
        " set enable_seqscan = off as 'select case_id from search_docs where words @@ q'; end if;"
        " exception when duplicate_function or unique_violation then null; end $$";

/* ---- writing ---- */

struct lexeme {
        struct str first, second; /* a pair, or one with second empty */
};

/* Tokens are letters and digits; quotes and backslashes are doubled all the same. */
static void
write_escaped(struct str s, struct buf *out)
{
        for (size_t i = 0; i < s.n; i++) {
                if (s.p[i] == '\'' || s.p[i] == '\\')
                        buf_char(out, s.p[i]);
                buf_char(out, s.p[i]);
        }
}

static void
write_lexeme(struct lexeme l, const char *mark, struct buf *out)
{
        buf_char(out, '\'');
        buf_text(out, mark);
        write_escaped(l.first, out);
        write_escaped(l.second, out);
        buf_char(out, '\'');
}

/* The lexeme of a token, of which `next` is the right neighbour, NULL when there is none. */
static struct lexeme
lexeme_of(const struct token *t, const struct token *next)
{
        bool pair = next && t->kind == TOKEN_CHARACTER && next->kind == TOKEN_CHARACTER && next->follows;

        return (struct lexeme){t->word, pair ? next->word : STR_NONE};
}

static void
write_at(struct lexeme l, enum search_column column, int position, struct buf *out)
{
        write_lexeme(l, column == SEARCH_INTERNAL ? MARK_INTERNAL : "", out);
        buf_char(out, ':');
        buf_int(out, position);
        buf_text(out, column == SEARCH_TITLE ? "A " : " ");
}

static void
write_column(const struct tokens *t, enum search_column column, size_t *at, struct buf *out)
{
        for (size_t i = 0; i < t->count; i++, ++*at) {
                const struct token *token = &t->list[i];
                int position = 1 + (int)(*at % POSITIONS);
                if (token->kind == TOKEN_BREAK)
                        continue;
                write_at(lexeme_of(token, i + 1 < t->count ? token + 1 : NULL), column, position, out);
        }
}

static bool
pg_put(struct work *w, const struct search_doc *d)
{
        struct buf b = {0};
        size_t at = 0;

        for (int i = 0; i < SEARCH_COLUMNS; i++, at++)
                write_column(&d->column[i], i, &at, &b);
        if (d->account || d->open)
                buf_printf(&b, "'" MARK_ACCOUNT "%lld'", (long long)d->account);
        bool ok = sql_run(
                w->ctx, w->conn,
                "insert into search_docs(case_id, stamp, words) values ($1, $2, cast($3 as tsvector)) "
                "on conflict (case_id) do update set stamp = excluded.stamp, words = excluded.words "
                "where search_docs.stamp <= excluded.stamp",
                "iit", d->case_id, d->stamp, str_of(buf_c(&b)));
        buf_free(&b);
        return ok;
}

static bool
pg_drop(struct work *w, int64_t case_id)
{
        return sql_run(w->ctx, w->conn, "delete from search_docs where case_id = $1", "i", case_id);
}

static bool
pg_clear(struct work *w)
{
        return sql_run(w->ctx, w->conn, "delete from search_docs", "");
}

/* Moves what was inserted last from the index's waiting list into the index, and counts for the planner. */
static bool
pg_tidy(struct work *w)
{
        int64_t pages;

        return sql_one_int(w->ctx, w->conn, &pages, "select gin_clean_pending_list('search_docs_words')",
                           "") &&
               sql_script(w->ctx, w->conn, "analyze search_docs");
}

/* ---- asking ---- */

/* The lexemes of a term one behind the other.  A character at its end is in the pair before; when there is no
 * such pair, it may be the first of any. */
static void
write_phrase(const struct term *t, const char *mark, struct buf *out)
{
        bool paired = false;

        buf_char(out, '(');
        for (size_t i = 0; i < t->count; i++) {
                bool last = i + 1 == t->count;
                struct lexeme l = lexeme_of(&t->tokens[i], last ? NULL : &t->tokens[i + 1]);
                if (last && paired)
                        break;
                buf_text(out, i > 0 ? " <-> " : "");
                write_lexeme(l, mark, out);
                buf_text(out, last && (t->prefix || t->tokens[i].kind == TOKEN_CHARACTER) ? ":*" : "");
                paired = l.second.n > 0;
        }
        buf_char(out, ')');
}

static void
write_term(const struct term *t, const char *mark, struct buf *out)
{
        write_phrase(t, mark, out);
        if (!t->joined.n)
                return;
        buf_text(out, " | ");
        write_lexeme((struct lexeme){t->joined, STR_NONE}, mark, out);
        buf_text(out, t->prefix ? ":*" : "");
}

static struct str
tsquery_text(struct arena *a, const struct search_query *q, bool staff)
{
        struct buf b = {0};

        if (q->account)
                buf_printf(&b, "('" MARK_ACCOUNT "%lld' | '" MARK_ACCOUNT "0') & (", (long long)q->account);
        for (size_t i = 0; i < q->count; i++) {
                buf_text(&b, i == 0 ? "(" : q->any ? " | (" : " & (");
                write_term(&q->terms[i], "", &b);
                if (staff) {
                        buf_text(&b, " | ");
                        write_term(&q->terms[i], MARK_INTERNAL, &b);
                }
                buf_char(&b, ')');
        }
        buf_text(&b, q->account ? ")" : "");
        struct str s = {arena_strndup(a, b.p, b.n), b.n};
        buf_free(&b);
        return s;
}

/* $1, the query, is needed twice: to find, and to rank.  The lateral join walks the matches from the newest
 * on and ends at the limit, whatever the planner thinks of their number. */
static void
pg_head(struct work *w, const struct search_query *q, bool staff, struct sql_text *s)
{
        buf_text(&s->text, "select h.*, ts_rank_cd('{0.25, 0.25, 0.25, 1}', d.words, cast(");
        sql_text_value(w, s, VAL_OF_TEXT(tsquery_text(w->ctx->arena, q, staff)));
        buf_text(&s->text,
                 " as tsquery), 1) as score from (select " SEARCH_HIT_COLUMNS " from (select f.id from "
                 "search_match(cast($1 as tsquery)) f(id) order by f.id desc) m cross join lateral "
                 "(select * from cases x where x.id = m.id offset 0) c where ");
}

static void
pg_tail(struct work *w, int ranked, int limit, struct sql_text *s)
{
        buf_text(&s->text, " order by m.id desc limit ");
        sql_text_value(w, s, VAL_OF_INT(ranked));
        buf_text(&s->text,
                 ") h join search_docs d on d.case_id = h.id order by score desc, h.id desc limit ");
        sql_text_value(w, s, VAL_OF_INT(limit));
}

const struct search_backend search_pg = {
        .schema = schema,
        .touch = "insert into search_pending(case_id) values ($1)",
        .again = "",
        .claim = "delete from search_pending where ctid = any(array("
                 "select ctid from search_pending limit $1 for update skip locked)) returning case_id",
        .put = pg_put,
        .drop = pg_drop,
        .clear = pg_clear,
        .tidy = pg_tidy,
        .head = pg_head,
        .tail = pg_tail,
};
