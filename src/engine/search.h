/* SPDX-License-Identifier: Apache-2.0
 *
 * search.h -- full text over cases and their messages, Chinese and English (design: one tokenizer, two engines).
 *
 * Tokens: Latin words folded (NFKC, case); CJK by single characters, so that any word and any single character is
 * found by phrase.  SQLite: FTS5 table with our tokens as text (tokenize = unicode61 on prepared tokens), external content;
 * PostgreSQL: tsvector made from the same tokens.  Indexing happens behind the commit: a changed case is named in
 * `search_pending` in the same transaction, the indexer takes it within about a second; after a crash it goes on there.
 */
#ifndef ENGINE_SEARCH_H
#define ENGINE_SEARCH_H
#include "engine/work.h"
/* Tables and indexes beside the model's; idempotent. */
bool search_schema(struct ctx *ctx, struct conn *c);
/* In the transaction of a change that touched searched text. */
bool search_touch(struct work *w, int64_t case_id);
/* Indexes up to `limit` pending cases in a transaction of its own; *more tells whether some are left.  For exec_on_idle. */
bool search_index_pending(struct engine *e, struct conn *c, int limit, bool *more);
bool search_rebuild(struct engine *e, struct ctx *ctx, struct conn *c);
/* {"items":[{"entity","id","number","title","state","score","snippet"}]}, best first (BM25), only what the actor may read; a number or
 * serial prefix comes first.  limit 1..50. */
bool search_json(struct work *w, struct str query, int limit, struct jw *out);
/* The tokens of a text separated by single blanks; for tests and both indexes. */
void search_tokens(struct arena *a, struct str text, struct buf *out);
#endif
