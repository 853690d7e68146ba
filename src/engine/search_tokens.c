/* SPDX-License-Identifier: Apache-2.0
 *
 * search_tokens.c -- a text as the words that a search finds it by.
 *
 *     "Switch S12700-2102AB8841 重启"
 *         switch   s12700   2102ab8841   s127002102ab8841   重   启
 *         word     word     word(follows) joined            character  character(follows)
 *
 * Two steps.  First the text is folded (NFKC, case), with the place of every folded byte in the text.  Nearly
 * all text is ASCII, Han, kana, hangul or full-width forms, which fold character by character; only a stretch
 * with other characters goes through text_fold as a whole, because its marks may combine.  Then the folded
 * text is cut: CJK characters one by one, letters and digits in runs.  Runs that are joined by one of JOINERS
 * are the parts of a serial, number, version or address: each part is a token and, when there is a digit in
 * it, the parts without their joiners are one more, so that "S12700-2102AB8841", "s12700 2102ab8841" and
 * "S127002102AB8841" find each other.
 *
 * Invariants
 *   1. A token holds letters, digits and marks only, in folded form: no blank, no quote, nothing an index
 *      would read.
 *   2. from < to, and both are edges of characters of the text; tokens stand in the order of their ends.
 *   3. At most SEARCH_TOKEN_MAX bytes a token, SEARCH_TOKENS_MAX tokens and SEARCH_BYTES_MAX bytes a
 *      document; what lies behind the limit is not found.
 *
 * Not here: which texts a document has (search.c), how an index keeps phrases (search_sqlite.c, search_pg.c).
 */
#include "engine/search_backend.h"
#include "base/text.h"

#define JOINERS "-_./:#@+"
enum { JOINED_MAX = 64, JOINED_PARTS_MAX = 8 };

/* ---- folding ---- */

struct folded {
        char *p;
        uint32_t *from, *to; /* of each byte: the edges of its character, or stretch, in the text */
        size_t n, cap;
};

static void
folded_grow(struct arena *a, struct folded *f, size_t need)
{
        struct folded bigger = {.n = f->n, .cap = f->cap * 2 > need ? f->cap * 2 : need};

        bigger.p = arena_alloc(a, bigger.cap);
        bigger.from = arena_alloc(a, bigger.cap * sizeof *bigger.from);
        bigger.to = arena_alloc(a, bigger.cap * sizeof *bigger.to);
        if (f->n > 0) {
                memcpy(bigger.p, f->p, f->n);
                memcpy(bigger.from, f->from, f->n * sizeof *f->from);
                memcpy(bigger.to, f->to, f->n * sizeof *f->to);
        }
        *f = bigger;
}

static void
folded_add(struct arena *a, struct folded *f, const char *p, size_t n, size_t from, size_t to)
{
        if (f->n + n > f->cap)
                folded_grow(a, f, f->n + n);
        for (size_t i = 0; i < n; i++, f->n++) {
                f->p[f->n] = p[i];
                f->from[f->n] = (uint32_t)from;
                f->to[f->n] = (uint32_t)to;
        }
}

/* What a character folds to whatever stands around it (marks behind it excepted); 0 when that is not known
 * here. */
static uint32_t
plain_fold(uint32_t c)
{
        if (c >= 0xff01 && c <= 0xff5e) /* full-width ASCII */
                c -= 0xff01 - '!';
        if (c < 0x80)
                return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
        if ((c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf))
                return c;
        if ((c >= 0x3041 && c <= 0x3096) || (c >= 0x30a1 && c <= 0x30fa) || c == 0x30fc || c == 0x3005 ||
            c == 0x3007)
                return c;
        if (c >= 0xac00 && c <= 0xd7a3)
                return c;
        if (c == 0x2010 || c == 0x2011)
                return '-';
        if ((c >= 0x2000 && c <= 0x200b) || (c >= 0x2012 && c <= 0x2026) || (c >= 0x3000 && c <= 0x3003) ||
            (c >= 0x3008 && c <= 0x3011))
                return ' ';
        return 0;
}

/* Characters without a look of their own: soft hyphen, joiners, variation selectors. */
static bool
is_invisible(uint32_t c)
{
        return c == 0xad || c == 0x200c || c == 0x200d || c == 0x2060 || c == 0xfeff ||
               (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef);
}

static bool
is_ascii_word(uint32_t c)
{
        return c < 0x80 && text_is_word(c);
}

/* The end of the stretch around a character that does not fold alone: up to a gap or a CJK character. */
static size_t
stretch_end(struct str s, size_t pos)
{
        for (size_t next = pos; pos < s.n; pos = next) {
                uint32_t c = plain_fold(text_next(s, &next));
                if (c != 0 && !is_ascii_word(c))
                        break;
        }
        return pos;
}

static void
fold_stretch(struct arena *a, struct folded *f, struct str s, size_t from, size_t to)
{
        struct str folded = text_fold(a, (struct str){s.p + from, to - from});

        for (size_t pos = 0, at = 0; pos < folded.n; at = pos)
                if (!is_invisible(text_next(folded, &pos)))
                        folded_add(a, f, folded.p + at, pos - at, from, to);
}

/* The unit is what a mark may still combine with: the run of ASCII letters or the CJK character that was
 * folded last. */
static void
fold(struct arena *a, struct str s, struct folded *f)
{
        struct {
                size_t at, from;
                bool open, run;
        } unit = {0};

        for (size_t from = 0, pos = 0; pos < s.n; from = pos) {
                char utf8[4];
                uint32_t c = plain_fold(text_next(s, &pos));
                if (c == 0) {
                        from = unit.open ? unit.from : from;
                        f->n = unit.open ? unit.at : f->n;
                        pos = stretch_end(s, pos);
                        fold_stretch(a, f, s, from, pos);
                        unit.open = false;
                        continue;
                }
                bool run = is_ascii_word(c);
                if (!unit.open || !run || !unit.run)
                        unit.at = f->n, unit.from = from;
                unit.run = run;
                unit.open = run || c >= 0x80;
                folded_add(a, f, utf8, text_put(c, utf8), from, pos);
        }
}

/* ---- cutting ---- */

struct cut {
        struct arena *arena;
        const struct folded *f;
        struct str s; /* the folded text */
        struct tokens *out;
};

/* The longest whole characters of s within n bytes. */
static struct str
cut_at_character(struct str s, size_t n)
{
        if (s.n <= n)
                return s;
        while (n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
                n--;
        return (struct str){s.p, n};
}

static bool
is_full(const struct tokens *t)
{
        return t->count >= SEARCH_TOKENS_MAX || t->bytes >= SEARCH_BYTES_MAX - SEARCH_TOKEN_MAX;
}

static void
push(struct arena *a, struct tokens *out, struct token t)
{
        if (is_full(out))
                return;
        t.word = cut_at_character(t.word, SEARCH_TOKEN_MAX);
        out->bytes += t.word.n + 1;
        *ARENA_PUSH(a, out->list, out->count) = t;
}

static void
push_cut(struct cut *c, enum token_kind kind, size_t start, size_t end, bool follows)
{
        push(c->arena, c->out,
             (struct token){.word = {c->s.p + start, end - start},
                            .from = c->f->from[start],
                            .to = c->f->to[end - 1],
                            .kind = kind,
                            .follows = follows});
}

/* Where the run of letters and digits that starts at `pos` ends. */
static size_t
run_end(struct str s, size_t pos)
{
        for (size_t next = pos; pos < s.n; pos = next) {
                uint32_t c = text_next(s, &next);
                if (!text_is_word(c) || text_is_cjk(c))
                        break;
        }
        return pos;
}

/* The run behind `end` belongs to the same serial: one joiner, then a letter or digit. */
static bool
is_joined(struct str s, size_t end)
{
        return end + 1 < s.n && memchr(JOINERS, s.p[end], sizeof JOINERS - 1) &&
               run_end(s, end + 1) > end + 1;
}

static void
push_joined(struct cut *c, size_t start, size_t end)
{
        char *p = arena_alloc(c->arena, JOINED_MAX);
        size_t n = 0;
        bool digit = false;

        for (size_t i = start; i < end; i++) {
                if (memchr(JOINERS, c->s.p[i], sizeof JOINERS - 1))
                        continue;
                if (n == JOINED_MAX)
                        return;
                digit = digit || (c->s.p[i] >= '0' && c->s.p[i] <= '9');
                p[n++] = c->s.p[i];
        }
        if (digit)
                push(c->arena, c->out,
                     (struct token){.word = {p, n},
                                    .from = c->f->from[start],
                                    .to = c->f->to[end - 1],
                                    .kind = TOKEN_JOINED,
                                    .follows = true});
}

/* The run at `start` with what is joined to it; returns where that ends. */
static size_t
cut_serial(struct cut *c, size_t start)
{
        size_t end = run_end(c->s, start), parts = 1;

        push_cut(c, TOKEN_WORD, start, end, false);
        for (size_t part = start; is_joined(c->s, end); parts++) {
                part = end + 1;
                end = run_end(c->s, part);
                push_cut(c, TOKEN_WORD, part, end, true);
        }
        if (parts > 1 && parts <= JOINED_PARTS_MAX)
                push_joined(c, start, end);
        return end;
}

static void
cut(struct cut *c)
{
        size_t cjk_end = SIZE_MAX;

        for (size_t start = 0, pos = 0; pos < c->s.n && !is_full(c->out); start = pos) {
                uint32_t ch = text_next(c->s, &pos);
                if (text_is_cjk(ch)) {
                        push_cut(c, TOKEN_CHARACTER, start, pos, start == cjk_end);
                        cjk_end = pos;
                } else if (text_is_word(ch)) {
                        pos = cut_serial(c, start);
                }
        }
}

void
tokens_add(struct arena *a, struct str text, struct tokens *out)
{
        struct folded f = {0};

        if (text.n == 0 || is_full(out))
                return;
        folded_grow(a, &f, text.n);
        fold(a, text, &f);
        cut(&(struct cut){.arena = a, .f = &f, .s = {f.p, f.n}, .out = out});
}

void
tokens_break(struct arena *a, struct tokens *out)
{
        if (out->count > 0)
                push(a, out, (struct token){.kind = TOKEN_BREAK, .word = STR_NONE});
}

void
tokens_write(const struct token *list, size_t count, struct buf *out)
{
        for (size_t i = 0; i < count; i++) {
                if (i > 0)
                        buf_char(out, ' ');
                buf_str(out, list[i].word);
        }
}

void
search_tokens(struct arena *a, struct str text, struct buf *out)
{
        struct tokens t = {0};

        tokens_add(a, text, &t);
        tokens_write(t.list, t.count, out);
}
