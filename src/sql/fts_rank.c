/* SPDX-License-Identifier: Apache-2.0
 *
 * fts_rank.c -- bm25 for FTS5 whose cost does not grow with the table.
 *
 *     score = sum over the phrases of  idf * tf * (K1 + 1) / (tf + K1 * (1 - B + B * length / average length))
 *     idf   = ln((rows - found + 0.5) / (found + 0.5)), at least 1e-6
 *     tf    = sum over the phrase's hits of the weight of their column
 *
 * Formula: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009; K1 and B as FTS5 has
 * them.  FTS5's own bm25() counts all rows that hold a phrase, each time a query is run: in a million cases that is most
 * of the work for a word that every second one has.  Here counting ends at FTS_RANK_COUNTED; beyond it a word is common,
 * and how common no longer tells.  For the beginning of a word FTS5 first puts the rows of all words together that begin so,
 * and once more for each count: in a table of more rows than that it is taken for common, uncounted.
 *
 * Invariants
 *   1. While the table has no more rows than that, or no phrase is open or in more rows than that, the score is what bm25()
 *      says, with the other sign.
 *   2. What a query needs once (averages, counts) is computed once, with its first match.
 */
#include "sql/fts_rank.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define K1 1.2
#define B 0.75

/* What is the same for all matches of a query. */
struct query {
        double average;                /* words of a row */
        int phrases;
        double idf[];
};

static int
count_row(const Fts5ExtensionApi *api, Fts5Context *f, void *count)
{
        return ++*(sqlite3_int64 *)count < FTS_RANK_COUNTED ? SQLITE_OK : SQLITE_DONE;
}

static int
phrase_idf(const Fts5ExtensionApi *api, Fts5Context *f, int phrase, bool open, sqlite3_int64 rows, double *ret)
{
        sqlite3_int64 found = 0;
        int rc = SQLITE_OK;

        if (open && rows > FTS_RANK_COUNTED)
                found = rows / 4 < FTS_RANK_COUNTED ? rows / 4 : FTS_RANK_COUNTED;
        else
                rc = api->xQueryPhrase(f, phrase, &found, count_row);
        *ret = fmax(log(((double)(rows - found) + 0.5) / ((double)found + 0.5)), 1e-6);
        return rc;
}

static int
query_begin(const Fts5ExtensionApi *api, Fts5Context *f, sqlite3_int64 open, struct query **ret)
{
        sqlite3_int64 rows = 0, words = 0;
        int n = api->xPhraseCount(f), rc;
        struct query *q = calloc(1, sizeof *q + (size_t)n * sizeof *q->idf);

        if (q == NULL)
                return SQLITE_NOMEM;
        q->phrases = n;
        rc = api->xRowCount(f, &rows);
        if (rc == SQLITE_OK)
                rc = api->xColumnTotalSize(f, -1, &words);
        q->average = rows > 0 ? (double)words / (double)rows : 1;
        for (int i = 0; rc == SQLITE_OK && i < n; i++)
                rc = phrase_idf(api, f, i, i < 63 && (open >> i & 1), rows, &q->idf[i]);
        if (rc != SQLITE_OK) {
                free(q);
                return rc;
        }
        *ret = q;
        return api->xSetAuxdata(f, q, free);
}

static double
weight_of(int column, int n, sqlite3_value **weights)
{
        return column < n ? sqlite3_value_double(weights[column]) : 1.0;
}

/* Sums the score of the row that the cursor stands at; tf is room for the phrases of q, all zero. */
static int
row_score(const Fts5ExtensionApi *api, Fts5Context *f, const struct query *q, int n, sqlite3_value **weights, double *tf,
          double *ret)
{
        int hits, words, phrase, column, offset, rc = api->xInstCount(f, &hits);

        for (int i = 0; rc == SQLITE_OK && i < hits; i++) {
                rc = api->xInst(f, i, &phrase, &column, &offset);
                if (rc == SQLITE_OK)
                        tf[phrase] += weight_of(column, n, weights);
        }
        if (rc == SQLITE_OK)
                rc = api->xColumnSize(f, -1, &words);
        *ret = 0;
        for (int i = 0; rc == SQLITE_OK && i < q->phrases; i++)
                *ret += q->idf[i] * tf[i] * (K1 + 1) / (tf[i] + K1 * (1 - B + B * words / q->average));
        return rc;
}

static void
fts_rank(const Fts5ExtensionApi *api, Fts5Context *f, sqlite3_context *out, int n, sqlite3_value **args)
{
        struct query *q = api->xGetAuxdata(f, 0);
        int rc = q != NULL ? SQLITE_OK : query_begin(api, f, n > 0 ? sqlite3_value_int64(args[0]) : 0, &q);
        double *tf = rc == SQLITE_OK ? calloc((size_t)q->phrases + 1, sizeof *tf) : NULL, score;

        if (rc == SQLITE_OK)
                rc = tf != NULL ? row_score(api, f, q, n - 1, args + 1, tf, &score) : SQLITE_NOMEM;
        if (rc == SQLITE_OK)
                sqlite3_result_double(out, score);
        else
                sqlite3_result_error_code(out, rc);
        free(tf);
}

/* FTS5 hands its functions out through a pointer that a statement binds (sqlite.org/fts5.html, "Extending FTS5"). */
static fts5_api *
api_of(sqlite3 *db)
{
        fts5_api *api = NULL;
        sqlite3_stmt *s;

        if (sqlite3_prepare_v2(db, "select fts5(?1)", -1, &s, NULL) != SQLITE_OK)
                return NULL;
        sqlite3_bind_pointer(s, 1, &api, "fts5_api_ptr", NULL);
        sqlite3_step(s);
        sqlite3_finalize(s);
        return api;
}

int
fts_rank_register(sqlite3 *db)
{
        fts5_api *api = api_of(db);

        return api != NULL ? api->xCreateFunction(api, "fts_rank", NULL, fts_rank, NULL) : SQLITE_ERROR;
}
