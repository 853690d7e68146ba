/* SPDX-License-Identifier: Apache-2.0
 *
 * search_snippet.c -- where a query hits a text: a window around the first hit, and the hits' places.
 *
 * The texts of the case are cut again with the places of their tokens, and the terms are looked for among
 * them just as the index does: a term's tokens one behind the other, or its joined form.  The title is left
 * out, because whoever shows a hit shows the title anyway.  When no text has a hit (it was in the title), the
 * window is the beginning of the first text, without hits.
 *
 * Invariants
 *   1. Only texts that the actor may find are looked at: internal ones for staff only.
 *   2. The window is plain text cut at edges of characters; "…" stands where it was cut.
 *   3. Places are counted in UTF-16 units of the window as it is sent, ascending, not overlapping.
 */
#include "engine/search_backend.h"
#include "base/text.h"
#include "engine/store.h"

#define CUT_MARK "…"
enum { HITS_MAX = 12, COLUMNS_BEFORE = 40, COLUMNS = 200 };

struct span {
        size_t from, to; /* bytes */
};
struct hits {
        struct span list[HITS_MAX];
        size_t count;
};

/* ---- finding ---- */

static bool
same_word(const struct token *t, struct str word, bool prefix)
{
        return prefix ? str_starts(t->word, word) : str_eq(t->word, word);
}

/* How many tokens of the text from `at` on are this term; 0: it does not stand here. */
static size_t
term_at(const struct term *term, const struct tokens *text, size_t at)
{
        if (term->joined.n && same_word(&text->list[at], term->joined, term->prefix))
                return 1;
        if (term->count > text->count - at)
                return 0;
        for (size_t i = 0; i < term->count; i++) {
                bool prefix = term->prefix && i + 1 == term->count;
                if (!same_word(&text->list[at + i], term->tokens[i].word, prefix))
                        return 0;
        }
        return term->count;
}

/* The longest term that stands at this token. */
static size_t
longest_at(const struct search_query *q, const struct tokens *text, size_t at)
{
        size_t best = 0;

        for (size_t i = 0; i < q->count; i++) {
                size_t n = term_at(&q->terms[i], text, at);
                best = n > best ? n : best;
        }
        return best;
}

static void
add_hit(struct hits *h, struct span s)
{
        if (h->count > 0 && s.from < h->list[h->count - 1].to) {
                struct span *last = &h->list[h->count - 1];
                last->from = s.from < last->from ? s.from : last->from;
                last->to = s.to > last->to ? s.to : last->to;
        } else if (h->count < HITS_MAX) {
                h->list[h->count++] = s;
        }
}

static void
find_hits(struct arena *a, struct str text, const struct search_query *q, struct hits *ret)
{
        struct tokens t = {0};

        ret->count = 0;
        tokens_add(a, text, &t);
        for (size_t i = 0; i < t.count; i++) {
                size_t n = longest_at(q, &t, i);
                if (n > 0)
                        add_hit(ret, (struct span){t.list[i].from, t.list[i + n - 1].to});
        }
}

/* ---- the window ---- */

static size_t
previous(struct str s, size_t pos)
{
        do
                pos--;
        while (pos > 0 && ((unsigned char)s.p[pos] & 0xc0) == 0x80);
        return pos;
}

static int
width(uint32_t c)
{
        return text_is_cjk(c) ? 2 : 1;
}

static size_t
window_end(struct str s, size_t start)
{
        size_t pos = start;

        for (int columns = 0; pos < s.n && columns < COLUMNS;)
                columns += width(text_next(s, &pos));
        return pos;
}

static bool
is_letter(uint32_t c)
{
        return text_is_word(c) && !text_is_cjk(c);
}

/* Moves a window's start that lies within a word behind that word. */
static size_t
skip_rest_of_word(struct str s, size_t pos, size_t hit)
{
        size_t before = previous(s, pos), next = pos;

        if (!is_letter(text_next(s, &before)))
                return pos;
        while (pos < hit && is_letter(text_next(s, &next)))
                pos = next;
        return pos;
}

/* A text that fits is shown from its beginning. */
static size_t
window_start(struct str s, size_t hit)
{
        size_t pos = hit;

        if (window_end(s, 0) == s.n)
                return 0;
        for (int columns = 0; pos > 0 && columns < COLUMNS_BEFORE;) {
                size_t at = pos = previous(s, pos);
                columns += width(text_next(s, &at));
        }
        return pos > 0 ? skip_rest_of_word(s, pos, hit) : 0;
}

static size_t
utf16_units(struct str s)
{
        size_t units = 0;

        for (size_t pos = 0; pos < s.n; units++)
                if (text_next(s, &pos) > 0xffff)
                        units++;
        return units;
}

static void
write_hits(struct str s, struct span window, const struct hits *h, struct jw *out)
{
        size_t cut = window.from > 0 ? utf16_units(STR(CUT_MARK)) : 0;

        jw_key(out, "hits");
        jw_open(out, '[');
        for (size_t i = 0; i < h->count && h->list[i].to <= window.to; i++) {
                struct span hit = h->list[i];
                jw_open(out, '[');
                jw_int(out,
                       (int64_t)(cut + utf16_units((struct str){s.p + window.from, hit.from - window.from})));
                jw_int(out, (int64_t)utf16_units((struct str){s.p + hit.from, hit.to - hit.from}));
                jw_close(out, ']');
        }
        jw_close(out, ']');
}

/* Line ends and tabs become blanks, one for one. */
static void
write_window(struct arena *a, struct str s, const struct hits *h, struct jw *out)
{
        size_t start = h->count ? window_start(s, h->list[0].from) : 0;
        struct span window = {start, window_end(s, start)};
        struct str part = {s.p + window.from, window.to - window.from};
        char *text = arena_printf(a, "%s%.*s%s", window.from > 0 ? CUT_MARK : "", (int)part.n, part.p,
                                  window.to < s.n ? CUT_MARK : "");

        for (char *p = text; *p; p++)
                if ((unsigned char)*p < ' ')
                        *p = ' ';
        jw_open(out, '{');
        jw_key(out, "text");
        jw_text(out, text);
        write_hits(s, window, h, out);
        jw_close(out, '}');
}

/* The first text with a hit; else the first one at all; NULL when there is none that may be shown. */
static const struct search_text *
best_text(struct arena *a, const struct search_texts *t, const struct search_query *q, bool staff,
          struct hits *hits)
{
        const struct search_text *first = NULL;

        for (size_t i = 0; i < t->count; i++) {
                enum search_column column = t->list[i].column;
                if (column == SEARCH_TITLE || (column == SEARCH_INTERNAL && !staff))
                        continue;
                find_hits(a, t->list[i].text, q, hits);
                if (hits->count > 0)
                        return &t->list[i];
                if (!first && column == SEARCH_BODY)
                        first = &t->list[i];
        }
        return first;
}

bool
search_snippet(struct work *w, int64_t case_id, const struct search_query *q, bool staff, struct jw *out)
{
        struct record *r = store_load_case(w, case_id);
        struct search_texts texts = {0};
        struct hits hits = {0};

        if (r ? !search_texts(w, r, &texts) : ctx_failed(w->ctx))
                return false;
        const struct search_text *t = best_text(w->ctx->arena, &texts, q, staff, &hits);
        if (t)
                write_window(w->ctx->arena, t->text, &hits, out);
        else
                jw_null(out);
        return true;
}
