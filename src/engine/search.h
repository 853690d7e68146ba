/* SPDX-License-Identifier: Apache-2.0
 *
 * search.h -- full text over cases and their messages, Chinese and English.  One tokenizer, two engines.
 *
 * Tokens: Latin words folded (NFKC, case); CJK by single characters, so that any word and any single
 * character is found by phrase.  SQLite: FTS5 over our tokens as text (tokenize = ascii: it cuts at blanks
 * only), external content; PostgreSQL: tsvector made from the same tokens.  Indexing happens behind the
 * commit: a changed case is named in `search_pending` in the same transaction, the indexer takes it within
 * about a second; after a crash it goes on there.
 *
 * Invariant: a word is found only by who may read it.  What everybody with a grant on the entity may read is
 * public, what all staff with a grant may read is internal; a field that only some staff may read is not
 * searched at all.
 */
#ifndef ENGINE_SEARCH_H
#define ENGINE_SEARCH_H
#include "engine/work.h"
/* Tables and indexes beside the model's; idempotent. */
bool search_schema(struct ctx *ctx, struct conn *c);
/* In the transaction of a change that touched searched text, or the account that the case belongs to
 * (entity->scope_account). */
bool search_touch(struct work *w, int64_t case_id);
/* Is some text of a case of this entity found otherwise under the next model: searched or not, by everybody or by staff? */
bool search_differs(const struct model *old, const struct entity *was, const struct model *next, const struct entity *is);
/* A statement for a plan: all cases of the entity are to be indexed again. */
const char *search_reindex_sql(struct arena *a, struct conn *c, const struct entity *e);
/* Indexes up to `limit` pending cases in a transaction of its own; *more tells whether some are left.  For
 * exec_on_idle.
 * False, with a line in the log, when the database refuses.  50 is a good limit: the writer
 * waits some milliseconds. */
bool search_index_pending(struct engine *e, struct conn *c, int limit, bool *more);
/* Empties the index and fills it again, 100 cases a transaction; searches meanwhile find what is there
 * already. */
bool search_rebuild(struct engine *e, struct ctx *ctx, struct conn *c);
/* {"items":[{"entity","id","number","title","state","score","snippet"}]}, best first, only what the actor may
 * read; cases whose number begins with the query come first (score 1000).  snippet:
 * {"text":"…","hits":[[start,length],…]} in UTF-16 units (as JavaScript counts), or null.  limit 1..50.  All
 * words of the query must be there ("…" as a phrase, the last one may be the beginning of a word); when no
 * case has them all, or `any` is asked for, cases with some of them are given. */
bool search_json(struct work *w, struct str query, bool any, int limit, struct jw *out);
/* The tokens of a text separated by single blanks; for tests and for whoever compares texts. */
void search_tokens(struct arena *a, struct str text, struct buf *out);
#endif
