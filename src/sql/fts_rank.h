/* SPDX-License-Identifier: Apache-2.0
 *
 * fts_rank.h -- the SQL function that ranks full-text matches on SQLite.
 */
#ifndef SQL_FTS_RANK_H
#define SQL_FTS_RANK_H
#include <sqlite3.h>

/* How many matches of a word are counted before it is just "common". */
enum { FTS_RANK_COUNTED = 4096 };

/* Makes fts_rank(TABLE, OPEN, WEIGHT...) known to a connection: bm25 with a weight for each column, more is better.  Bit n
 * of OPEN says that the query's phrase n (from 0) is the beginning of words.  Returns an SQLite result code. */
int fts_rank_register(sqlite3 *db);
#endif
