/* SPDX-License-Identifier: Apache-2.0
 *
 * csv.c -- CSV, read in two steps per record.
 *
 *     1. find_end   where does the record end?  The first LF with an even number of quotes before it.
 *     2. split      cut it at the separators, check every quote, undouble them in place.
 *
 * Counting quotes finds the right end of every correct record, and cannot run away on a broken one: past
 * CSV_MAX_RECORD the piece is split all the same, which meets the misplaced quote at its own line and column.  Text
 * without quotes costs two memchr per field.
 *
 * Invariants
 *   1. Writing what was read, with the same dialect and the same `quoted`, gives the same bytes, if all lines end
 *      alike and none is empty.
 *   2. Every value given out is valid UTF-8 without NUL.
 *   3. The buffer holds at most one record and one piece of READ_AHEAD.
 *
 * Not here: what columns mean (mapping.c), numbers and times.
 */
#include "channel/csv.h"
#include "base/text.h"
#include <stdlib.h>

enum { READ_AHEAD = 64 * 1024 };

/* ---- finding the record ---- */

/* More bytes behind the unread ones; false at the end (r->at_end) or on a fault (r->failed). */
static bool
more(struct ctx *ctx, struct csv *r)
{
        if (r->at) {
                memmove(r->text.p, r->text.p + r->at, r->text.n - r->at);
                r->text.n -= r->at;
                r->at = 0;
        }
        ptrdiff_t n = inflate_read(ctx, r->in, buf_room(&r->text, READ_AHEAD), READ_AHEAD);
        r->failed = n < 0;
        r->at_end = n == 0;
        if (n > 0)
                r->text.n += (size_t)n;
        return n > 0;
}

static bool
odd_quotes(const char *p, const char *end)
{
        bool odd = false;

        while (p < end && (p = memchr(p, '"', (size_t)(end - p))) != NULL) {
                odd = !odd;
                p++;
        }
        return odd;
}

/* The record at r->at with its line end, as far as it goes: to the end of the file, or past the limit when a quote
 * stays open. */
static struct str
find_end(struct ctx *ctx, struct csv *r)
{
        size_t seen = 0; /* bytes of the record looked at: whole lines */
        bool odd = false;

        for (;;) {
                const char *start = r->text.p + r->at, *p = start + seen;
                size_t left = r->text.n - r->at - seen;
                const char *lf = left ? memchr(p, '\n', left) : NULL;
                if (lf) {
                        odd ^= odd_quotes(p, lf);
                        seen = (size_t)(lf + 1 - start);
                }
                if ((lf && !odd) || seen + (lf ? 0 : left) > CSV_MAX_RECORD)
                        return (struct str){start, lf ? seen : seen + left};
                if (!lf && !more(ctx, r))
                        return (struct str){r->text.p + r->at, r->text.n - r->at};
        }
}

/* ---- splitting it ---- */

/* "line:column" of a byte of the record. */
static const char *
place_of(struct ctx *ctx, const struct csv *r, const char *record, const char *at)
{
        int64_t line = r->line;
        const char *start = record;

        for (const char *p = record; p < at && (p = memchr(p, '\n', (size_t)(at - p))) != NULL; start = ++p)
                line++;
        return arena_printf(ctx->arena, "%lld:%lld", (long long)line, (long long)(at - start + 1));
}

static bool
fault_at(struct ctx *ctx, struct csv *r, const char *record, const char *at, const char *sentence)
{
        r->failed = true;
        return fail(ctx, E_IMPORT,
                    arena_printf(ctx->arena, "%s:%s", inflate_name(r->in), place_of(ctx, r, record, at)),
                    sentence);
}

/* The reader may have passed line ends that were meant to end rows: say where the field began. */
static bool
fault_behind(struct ctx *ctx, struct csv *r, const char *record, const char *start, const char *at)
{
        return fault_at(
                ctx, r, record, at,
                arena_printf(
                        ctx->arena,
                        "Text stands behind the closing quote of the field that starts at %s; a separator "
                        "or the line's end must follow, and a quote within a field must be written twice.",
                        place_of(ctx, r, record, start)));
}

/* Room for one more field; arrays hold the most there may be. */
static bool
add_field(struct ctx *ctx, struct csv *r, const char *record, struct str value, bool quoted)
{
        if (r->count == CSV_MAX_FIELDS)
                return fault_at(ctx, r, record, value.p,
                                "The row has more than 4096 fields; at most 4096 are allowed.");
        r->fields[r->count] = value;
        r->quoted[r->count++] = quoted;
        return true;
}

/* Takes a quoted value from *p (behind its opening quote) and leaves *p behind the closing one. */
static bool
take_quoted(struct ctx *ctx, struct csv *r, char *record, char **p, char *end)
{
        char *from = *p, *to = *p, *start = *p;

        for (;;) {
                char *q = memchr(from, '"', (size_t)(end - from));
                if (q == NULL)
                        return fault_at(ctx, r, record, start - 1,
                                        "A quoted field starts here and its closing quote is missing; "
                                        "a quote within it must be written twice.");
                if (to != from)
                        memmove(to, from, (size_t)(q - from));
                to += q - from;
                from = q + 1;
                if (from == end || *from != '"')
                        break;
                *to++ = '"';
                from++;
        }
        *p = from;
        if (from < end && *from != r->dialect.separator)
                return fault_behind(ctx, r, record, start - 1, from);
        return add_field(ctx, r, record, (struct str){start, (size_t)(to - start)}, true);
}

static bool
take_plain(struct ctx *ctx, struct csv *r, char *record, char **p, char *end)
{
        char *start = *p, *sep = memchr(start, r->dialect.separator, (size_t)(end - start));
        size_t n = (size_t)((sep ? sep : end) - start);
        const char *bad = n ? memchr(start, '"', n) : NULL;

        if (bad)
                return fault_at(
                        ctx, r, record, bad,
                        "A quote stands inside a field that does not start with one; put the whole field "
                        "in quotes and write the quote twice.");
        bad = n ? memchr(start, '\r', n) : NULL;
        if (bad)
                return fault_at(ctx, r, record, bad,
                                "A carriage return stands alone; lines end with LF or CRLF.");
        *p = start + n;
        return add_field(ctx, r, record, (struct str){start, n}, false);
}

/* The first byte at which the text stops being UTF-8 without NUL; NULL when it is. */
static const char *
bad_byte(struct str s)
{
        const char *p = s.p, *end = s.p + s.n;

        while (p < end) {
                size_t n = *p ? text_sequence(p, (size_t)(end - p)) : 0;
                if (n == 0)
                        return p;
                p += n;
        }
        return NULL;
}

/* A record past the limit may end within a character: its own fault follows. */
static bool
check_text(struct ctx *ctx, struct csv *r, struct str record)
{
        if (record.n > CSV_MAX_RECORD || text_valid(record))
                return true;
        return fault_at(ctx, r, record.p, bad_byte(record),
                        "The bytes here are not UTF-8 text; convert the file to UTF-8 first.");
}

static bool
split(struct ctx *ctx, struct csv *r, char *record, char *end)
{
        char *p = record;

        if (!check_text(ctx, r, (struct str){record, (size_t)(end - record)}))
                return false;
        for (r->count = 0;; p++) {
                bool ok = p < end && *p == '"' ? (p++, take_quoted(ctx, r, record, &p, end))
                                               : take_plain(ctx, r, record, &p, end);
                if (!ok || p == end)
                        return ok;
        }
}

/* ---- records ---- */

void
csv_open(struct csv *r, struct inflate *in, char separator)
{
        *r = (struct csv){.in = in, .dialect = {.separator = separator}, .next_line = 1};
        r->fields = malloc(CSV_MAX_FIELDS * sizeof *r->fields);
        r->quoted = malloc(CSV_MAX_FIELDS * sizeof *r->quoted);
        if (r->fields == NULL || r->quoted == NULL)
                abort();
}

void
csv_close(struct csv *r)
{
        free(r->fields);
        free(r->quoted);
        buf_free(&r->text);
        r->fields = NULL;
        r->quoted = NULL;
}

static void
skip_bom(struct ctx *ctx, struct csv *r)
{
        while (r->text.n < 3 && more(ctx, r))
                ;
        r->dialect.bom = str_starts(buf_view(&r->text), STR("\xef\xbb\xbf"));
        r->at = r->dialect.bom ? 3 : 0;
        r->started = true;
}

/* Cuts the line end off the record and learns from it. */
static char *
trim_end(struct csv *r, char *record, size_t n, bool first)
{
        bool lf = n && record[n - 1] == '\n', crlf = lf && n > 1 && record[n - 2] == '\r';

        r->dialect.open_end = !lf;
        if (lf && first)
                r->dialect.crlf = crlf;
        else if (lf && crlf != r->dialect.crlf)
                r->mixed_ends = true;
        return record + n - (size_t)lf - (size_t)crlf;
}

static int64_t
lines_in(const char *p, const char *end)
{
        int64_t n = 0;

        while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
                n++;
                p++;
        }
        return n;
}

bool
csv_next(struct ctx *ctx, struct csv *r)
{
        if (!r->started)
                skip_bom(ctx, r);
        while (!r->failed) {
                struct str s = find_end(ctx, r);
                char *record = r->text.p + r->at;
                if (r->failed || s.n == 0)
                        return false;
                r->line = r->next_line;
                r->next_line += lines_in(s.p, s.p + s.n);
                r->at += s.n;
                char *end = trim_end(r, record, s.n, r->line == 1);
                if (end > record && !split(ctx, r, record, end))
                        return false;
                if (end > record && s.n > CSV_MAX_RECORD)
                        return fault_at(ctx, r, record, record,
                                        "The row is longer than 1 MiB; at most 1 MiB is allowed.");
                if (end > record)
                        return true;
                r->blank_lines++;
        }
        return false;
}

/* ---- writing ---- */

bool
csv_needs_quotes(const struct csv_dialect *d, struct str value)
{
        for (size_t i = 0; i < value.n; i++) {
                char c = value.p[i];
                if (c == d->separator || c == '"' || c == '\n' || c == '\r')
                        return true;
        }
        return false;
}

void
csv_put(struct buf *out, const struct csv_dialect *d, struct str value, bool quote)
{
        const char *p = value.p, *end = value.p + value.n, *q;

        if (!quote && !csv_needs_quotes(d, value)) {
                buf_str(out, value);
                return;
        }
        buf_char(out, '"');
        while (p < end && (q = memchr(p, '"', (size_t)(end - p))) != NULL) {
                buf_add(out, p, (size_t)(q + 1 - p));
                buf_char(out, '"');
                p = q + 1;
        }
        if (p < end)
                buf_add(out, p, (size_t)(end - p));
        buf_char(out, '"');
}

void
csv_put_end(struct buf *out, const struct csv_dialect *d)
{
        buf_text(out, d->crlf ? "\r\n" : "\n");
}
