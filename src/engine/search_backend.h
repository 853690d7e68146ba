/* SPDX-License-Identifier: Apache-2.0
 *
 * search_backend.h -- what search.c, the tokenizer and the two full-text indexes share; for them alone.
 *
 * SQL of one engine only stands here, and is therefore not marked SQL("...").
 */
#ifndef ENGINE_SEARCH_BACKEND_H
#define ENGINE_SEARCH_BACKEND_H
#include "engine/filter.h"
#include "engine/search.h"

enum {
        SEARCH_TOKEN_MAX = 256,         /* bytes of a token */
        SEARCH_TOKENS_MAX = 20000,      /* tokens of a document, */
        SEARCH_BYTES_MAX = 400 * 1024,  /* and their bytes: a tsvector holds less than 1 MiB */
        SEARCH_RANKED_MAX = 1000,       /* of more matches the newest are ranked, */
        SEARCH_RANKED_LOOSE_MAX = 5000, /* of a query with `any` some more */
        SEARCH_TERMS_MAX = 24,
        SEARCH_TERM_TOKENS_MAX = 64
};

/* ---- tokens (search_tokens.c) ---- */

enum token_kind {
        TOKEN_WORD,      /* letters and digits */
        TOKEN_CHARACTER, /* one CJK character */
        TOKEN_JOINED,    /* the parts of a serial without what joined them, behind the parts */
        TOKEN_BREAK      /* end of a text: no phrase reaches over it */
};
struct token {
        struct str word;   /* folded */
        uint32_t from, to; /* where it stands in the text, in bytes */
        enum token_kind kind;
        bool follows; /* goes on from the token before: next part of a serial, next CJK character */
};
struct tokens {
        struct token *list;
        size_t count, bytes;
};
/* Appends the tokens of a text (valid UTF-8), as far as the limits of a document allow. */
void tokens_add(struct arena *a, struct str text, struct tokens *out);
void tokens_break(struct arena *a, struct tokens *out);
/* The tokens separated by single blanks. */
void tokens_write(const struct token *list, size_t count, struct buf *out);

/* ---- texts (search_index.c) ---- */

/* Who may find a word: everybody who may read the case, or staff only. */
enum search_column { SEARCH_TITLE, SEARCH_BODY, SEARCH_INTERNAL, SEARCH_COLUMNS };
struct search_text {
        struct str text;
        enum search_column column;
};
struct search_texts {
        struct search_text *list;
        size_t count;
};
/* The searched texts of a case: its fields, then its messages, oldest first. */
bool search_texts(struct work *w, const struct record *r, struct search_texts *ret);

/* ---- queries (search.c), and what they hit in a text (search_snippet.c) ---- */

struct term { /* tokens that stand behind each other */
        const struct token *tokens;
        size_t count;
        struct str joined; /* or this one token instead; n == 0: none */
        bool prefix;       /* the last token may go on */
        bool quoted;       /* asked for as it stands: never taken apart */
};
struct search_query {
        struct term terms[SEARCH_TERMS_MAX];
        size_t count;
        bool any;        /* one of the terms is enough; else all are needed */
        int64_t account; /* cases of this account and open ones only; 0: all */
};
/* {"text":"…","hits":[[start,length],…]}, or null: the surroundings of the first hit in what the actor may
 * read. */
bool search_snippet(struct work *w, int64_t case_id, const struct search_query *q, bool staff,
                    struct jw *out);

/* Some who are not staff may read all cases of this kind: its documents are open. */
bool search_is_open(const struct model *m, const struct entity *e);

/* ---- the index of an engine ---- */

struct search_doc {
        int64_t case_id;
        int64_t stamp;   /* the case's event_count: an older reading never replaces a newer one */
        int64_t account; /* 0: none; a word of the document that only a query's `account` finds */
        bool open;       /* of no account, and found by every query that names one */
        struct tokens column[SEARCH_COLUMNS];
};

struct search_backend {
        const char *schema; /* statements separated by ';', idempotent */
        const char *touch;  /* names case $1 as pending */
        const char *again;  /* behind "… select id from cases where entity = …": names that are there already are passed over */
        const char *claim;  /* takes at most $1 pending rows away, yields their case ids */
        bool (*put)(struct work *w, const struct search_doc *doc);
        bool (*drop)(struct work *w, int64_t case_id);
        bool (*clear)(struct work *w);
        bool (*tidy)(struct work *w); /* after a rebuild */
        /* A statement that yields SEARCH_HIT_COLUMNS and a score (more is better), best first, is
         * head, a condition over c (cases), tail.  The `ranked` newest of the matches are ranked. */
        void (*head)(struct work *w, const struct search_query *q, bool staff, struct sql_text *s);
        void (*tail)(struct work *w, int ranked, int limit, struct sql_text *s);
};
#define SEARCH_HIT_COLUMNS "c.id, c.entity, c.number, c.title, c.state"
extern const struct search_backend search_sqlite, search_pg;
static inline const struct search_backend *
search_backend_of(const struct conn *c)
{
        return conn_engine(c) == DB_PG ? &search_pg : &search_sqlite;
}
#endif
