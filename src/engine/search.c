/* SPDX-License-Identifier: Apache-2.0
 *
 * search.c -- asking the index: from what a person typed to a list of cases.
 *
 *     "电源模块 S12700-2102 swit"
 *         (电源模块)  (s12700 2102, or s127002102)  (swit...)
 *
 * A query is cut by the same tokenizer as the documents.  Tokens that follow each other there (a run of CJK
 * characters, the parts of a serial, what stands in quotes) make one term; all terms must be found, in any
 * order and field.  The last word may still be being typed: from three letters on, and when it does not fill
 * the list as it stands, it also stands for longer words, whose cases come behind.  When nothing has all
 * terms, the query is asked again loosely: any word, any two neighbouring characters, but quotes as they
 * stand; ranking puts first what has most of them.
 *
 * Before all of these come the cases whose number begins with what was typed.
 *
 * Invariants
 *   1. What a person may not read never leaves the database: the row scopes stand in the statement, as a
 *      condition.
 *   2. People outside staff are answered from public words only.
 *   3. A query costs at most SEARCH_TERMS_MAX terms; more are left out, never an error.
 *   4. Of many matches the newest SEARCH_RANKED_MAX are ranked, so that a common word costs no more than a
 *      rare one.  The beginning of many words has no such bound on either engine, which is why a word that is
 *      one by itself is asked for alone first.
 *
 * Not here: what a document is (search_index.c), the statement's engine-made part (search_sqlite.c,
 * search_pg.c), the words around a hit (search_snippet.c).
 */
#include "engine/search_backend.h"
#include "base/text.h"
#include "engine/access.h"
#include "gen/names.h"

enum { QUERY_MAX = 2000, LIMIT_MAX = 50, PREFIX_LETTERS = 3, NUMBER_MAX = 60, NUMBER_SCORE = 1000 };

/* ---- the query ---- */

static struct term *
add_term(struct search_query *q, const struct token *tokens, size_t count)
{
        if (q->count == SEARCH_TERMS_MAX)
                return NULL;
        if (count > SEARCH_TERM_TOKENS_MAX)
                count = SEARCH_TERM_TOKENS_MAX;
        q->terms[q->count] = (struct term){.tokens = tokens, .count = count};
        return &q->terms[q->count++];
}

/* Words outside quotes: each token that follows another belongs to its term. */
static void
add_words(const struct tokens *t, struct search_query *q)
{
        for (size_t i = 0, n; i < t->count; i += n) {
                bool joined = false;
                for (n = 1; i + n < t->count && t->list[i + n].follows && !joined; n++)
                        joined = t->list[i + n].kind == TOKEN_JOINED;
                struct term *term = add_term(q, &t->list[i], n - joined);
                if (term && joined)
                        term->joined = t->list[i + n - 1].word;
        }
}

static void
add_phrase(const struct tokens *t, struct search_query *q)
{
        struct term *term = t->count > 0 ? add_term(q, t->list, t->count) : NULL;

        if (term)
                term->quoted = true;
}

/* The word at the very end of the query may be the beginning of one. */
static void
allow_prefix(struct str text, struct search_query *q)
{
        struct term *last = &q->terms[q->count - 1];
        const struct token *token = &last->tokens[last->count - 1];

        last->prefix = token->kind == TOKEN_WORD && token->to == text.n &&
                       (last->count > 1 || token->word.n >= PREFIX_LETTERS);
}

/* Every second piece between quotes is a phrase. */
static void
query_parse(struct arena *a, struct str text, struct search_query *q)
{
        struct str rest = text;

        *q = (struct search_query){0};
        for (bool quoted = false; rest.p; quoted = !quoted) {
                struct str piece = str_cut(rest, '"', &rest);
                struct tokens t = {0};
                tokens_add(a, piece, &t);
                if (quoted)
                        add_phrase(&t, q);
                else
                        add_words(&t, q);
                if (!quoted && !rest.p && t.count > 0)
                        allow_prefix(piece, q);
        }
}

/* The words of a term, and its characters by two; a single character only where it stands alone. */
static void
loosen_term(const struct term *t, struct search_query *ret)
{
        for (size_t i = 0; i < t->count; i++) {
                const struct token *token = &t->tokens[i];
                bool pair = i + 1 < t->count && token[1].follows && token[1].kind == TOKEN_CHARACTER;
                bool end_of_run = token->kind == TOKEN_CHARACTER && token->follows && !pair;
                if (!end_of_run)
                        add_term(ret, token, pair ? 2 : 1);
        }
}

static void
query_loosen(const struct search_query *q, struct search_query *ret)
{
        *ret = (struct search_query){.any = true, .account = q->account};
        for (size_t i = 0; i < q->count; i++)
                if (!q->terms[i].quoted)
                        loosen_term(&q->terms[i], ret);
                else if (ret->count < SEARCH_TERMS_MAX)
                        ret->terms[ret->count++] = q->terms[i];
}

/* ---- the cases it finds ---- */

struct hit {
        int64_t id;
        const char *entity, *number, *state; /* NULL: none */
        struct str title;
        double score;
};
struct hit_list {
        struct hit list[LIMIT_MAX];
        size_t count, limit;
};

/* The account whose cases are all that the actor may read (a customer) beside those that are open to all, 0 when it
 * is not that simple.  The index knows accounts: it then looks at few cases, instead of at all that have the words.
 * access_scope_sql() still decides. */
static int64_t
only_account(const struct work *w)
{
        for (size_t i = 0; i < w->model->entity_count; i++) {
                const struct entity *e = &w->model->entities[i];
                unsigned mask =
                        e->kind == KIND_CASE && !e->abstract ? access_scopes(w->actor, e, DEED_READ) : 0;
                if (!search_is_open(w->model, e) && (mask & ~(1u << SCOPE_OWN_ACCOUNT)))
                        return 0;
        }
        return w->actor->account;
}

static bool
is_listed(const struct hit_list *h, int64_t id)
{
        for (size_t i = 0; i < h->count; i++)
                if (h->list[i].id == id)
                        return true;
        return false;
}

static const char *
copy_text(struct arena *a, struct rows *r, int col)
{
        return rows_null(r, col) ? NULL : str_c(a, rows_text(r, col));
}

static void
add_row(struct arena *a, struct rows *r, struct hit_list *h)
{
        if (h->count == h->limit || is_listed(h, rows_int(r, 0)))
                return;
        h->list[h->count++] = (struct hit){.id = rows_int(r, 0),
                                           .entity = copy_text(a, r, 1),
                                           .number = copy_text(a, r, 2),
                                           .title = str_of(copy_text(a, r, 3)),
                                           .state = copy_text(a, r, 4),
                                           .score = rows_real(r, 5)};
}

/* Runs the statement and adds what it yields behind what is there. */
static bool
add_rows(struct work *w, struct sql_text *s, struct hit_list *h)
{
        struct rows *r = sql_query_vals(w->ctx, w->conn, buf_c(&s->text), s->values, s->count);

        while (r && rows_next(r))
                add_row(w->ctx->arena, r, h);
        return r && rows_close(r);
}

static bool
add_matches(struct work *w, const struct search_query *q, bool staff, struct hit_list *h)
{
        const struct search_backend *backend = search_backend_of(w->conn);
        struct sql_text s = {0};

        if (q->count == 0 || h->count == h->limit)
                return true;
        backend->head(w, q, staff, &s);
        access_scope_sql(w, w->model->case_entity, DEED_READ, &s);
        backend->tail(w, q->any ? SEARCH_RANKED_LOOSE_MAX : SEARCH_RANKED_MAX, (int)h->limit, &s);
        bool ok = add_rows(w, &s, h);
        buf_free(&s.text);
        return ok;
}

/* All terms, the last one as it stands; then, where it may be the beginning of a word and there is room left, as that. */
static bool
add_all(struct work *w, const struct search_query *q, bool staff, struct hit_list *h)
{
        struct search_query whole = *q;

        if (q->count > 0 && q->terms[q->count - 1].prefix) {
                whole.terms[q->count - 1].prefix = false;
                if (!add_matches(w, &whole, staff, h))
                        return false;
        }
        return add_matches(w, q, staff, h);
}

/* What a number may begin with: ASCII without blanks, in capitals, because patterns of numbers are. */
static struct str
number_prefix(struct arena *a, struct str query)
{
        char *p = arena_strndup(a, query.p, query.n);

        if (query.n < 2 || query.n > NUMBER_MAX)
                return STR_NONE;
        for (size_t i = 0; i < query.n; i++) {
                if (p[i] <= ' ' || p[i] > '~')
                        return STR_NONE;
                if (p[i] >= 'a' && p[i] <= 'z')
                        p[i] = (char)(p[i] - ('a' - 'A'));
        }
        return (struct str){p, query.n};
}

/* A range, not LIKE: it goes by the index of numbers on both engines. */
static bool
add_numbers(struct work *w, struct str query, struct hit_list *h)
{
        struct str first = number_prefix(w->ctx->arena, query);
        struct sql_text s = {0};

        if (!first.p)
                return true;
        char *behind = arena_strndup(w->ctx->arena, first.p, first.n);
        behind[first.n - 1]++;
        buf_printf(&s.text,
                   "select " SEARCH_HIT_COLUMNS ", %d from cases c where c.number >= ", NUMBER_SCORE);
        sql_text_value(w, &s, VAL_OF_TEXT(first));
        buf_text(&s.text, " and c.number < ");
        sql_text_value(w, &s, VAL_OF_TEXT(((struct str){behind, first.n})));
        buf_text(&s.text, " and ");
        access_scope_sql(w, w->model->case_entity, DEED_READ, &s);
        buf_text(&s.text, " order by c.number limit ");
        sql_text_value(w, &s, VAL_OF_INT((int64_t)h->limit));
        bool ok = add_rows(w, &s, h);
        buf_free(&s.text);
        return ok;
}

/* ---- the answer ---- */

static bool
write_hit(struct work *w, const struct hit *h, const struct search_query *q, bool staff, struct jw *out)
{
        jw_open(out, '{');
        jw_key(out, "entity");
        jw_text(out, h->entity);
        jw_key(out, "id");
        jw_int(out, h->id);
        jw_key(out, "number");
        jw_text(out, h->number);
        jw_key(out, "title");
        jw_text(out, h->title.p);
        jw_key(out, "state");
        jw_text(out, h->state);
        jw_key(out, "score");
        jw_real(out, h->score);
        jw_key(out, "snippet");
        bool ok = search_snippet(w, h->id, q, staff, out);
        jw_close(out, '}');
        return ok;
}

static struct str
cut_query(struct str s)
{
        s = str_trim(s);
        if (s.n > QUERY_MAX)
                s.n = QUERY_MAX;
        while (s.n > 0 && !text_valid(s))
                s.n--;
        return s;
}

static bool
find(struct work *w, struct str query, bool any, bool staff, struct search_query *q, struct hit_list *hits)
{
        struct search_query loose;

        query_parse(w->ctx->arena, query, q);
        q->account = only_account(w);
        if (!add_numbers(w, query, hits) || (!any && !add_all(w, q, staff, hits)))
                return false;
        if (hits->count > 0 && !any)
                return true;
        query_loosen(q, &loose);
        *q = loose;
        return add_matches(w, q, staff, hits);
}

bool
search_json(struct work *w, struct str query, bool any, int limit, struct jw *out)
{
        struct hit_list hits = {.limit = limit < 1 ? 1 : limit > LIMIT_MAX ? LIMIT_MAX : (size_t)limit};
        bool staff = access_is_staff(w), ok = true;
        struct search_query q;

        if (!text_valid(query))
                return fail(w->ctx, E_UTF8, "q");
        if (!find(w, cut_query(query), any, staff, &q, &hits))
                return false;
        jw_open(out, '{');
        jw_key(out, "items");
        jw_open(out, '[');
        for (size_t i = 0; i < hits.count && ok; i++)
                ok = write_hit(w, &hits.list[i], &q, staff, out);
        jw_close(out, ']');
        jw_close(out, '}');
        return ok;
}
