/* SPDX-License-Identifier: Apache-2.0
 *
 * csv.h -- CSV (RFC 4180): a streaming reader that is strict about quotes, and a writer.
 *
 * A record is fields parted by the separator and ended by LF or CRLF.  A field that starts with a quote ends with one;
 * within it a quote is written twice and line ends are part of the value.  A byte order mark is skipped and remembered.
 * Faults (E_IMPORT, field = "file:line:column", both from 1, column in bytes): a quote inside an unquoted field, text
 * behind a closing quote, a quote never closed, a lone CR, bytes that are not UTF-8 or NUL, a record past
 * CSV_MAX_RECORD bytes or CSV_MAX_FIELDS fields.
 */
#ifndef CHANNEL_CSV_H
#define CHANNEL_CSV_H
#include "base/ctx.h"
#include "channel/inflate.h"

enum { CSV_MAX_RECORD = 1 << 20, CSV_MAX_FIELDS = 4096 };

/* What a file looks like beside its values: enough to write it again byte for byte when it is regular. */
struct csv_dialect {
        char separator;                /* ',' ';' '\t' '|' */
        bool bom, crlf;
        bool open_end;                 /* the last record has no line end */
};

struct csv {
        struct inflate *in;
        struct csv_dialect dialect;    /* bom and crlf hold after the first record, open_end after the last */
        /* The record in hand, until the next csv_next. */
        struct str *fields;
        bool *quoted;                  /* per field: it was written in quotes */
        size_t count;
        int64_t line;                  /* where it starts, from 1 */
        int64_t blank_lines;           /* skipped so far */
        bool mixed_ends;               /* LF and CRLF both occurred */
        bool started, failed;
        struct buf text;               /* unread bytes: text.p[at..n) */
        size_t at;
        int64_t next_line;
        bool at_end;
};

void csv_open(struct csv *r, struct inflate *in, char separator);
/* The next record that is not an empty line.  False at the end, and on a fault with r->failed. */
bool csv_next(struct ctx *ctx, struct csv *r);
void csv_close(struct csv *r);                         /* not the inflate */

/* Must this value be quoted to be read again? */
bool csv_needs_quotes(const struct csv_dialect *d, struct str value);
/* Appends a value, in quotes if it needs them or `quote` asks for it; without a separator. */
void csv_put(struct buf *out, const struct csv_dialect *d, struct str value, bool quote);
void csv_put_end(struct buf *out, const struct csv_dialect *d);
#endif
