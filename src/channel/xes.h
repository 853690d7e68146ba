/* SPDX-License-Identifier: Apache-2.0
 *
 * xes.h -- event logs in XES (IEEE 1849): a streaming reader and a writer that lose nothing.
 *
 * A log is read as a head (all text before the first trace: declaration, comments, extensions, globals, classifiers,
 * log attributes), traces, and a tail (all text behind the last one).  Head and tail are kept as they stand, in
 * UTF-8; a trace is a list of attributes and a list of events, an event is a list of attributes.  An attribute has
 * its element's name as type (string, date, int, float, boolean, id, list, container, values), a key, a value and
 * children. Faults (E_IMPORT, field "file:line:column"): broken XML, a DOCTYPE, elements that XES does not know, an
 * event outside a trace, attributes deeper than XES_DEPTH, a trace with more than XES_MAX_TRACE bytes.
 */
#ifndef CHANNEL_XES_H
#define CHANNEL_XES_H
#include "base/ctx.h"
#include "base/json.h"
#include "channel/inflate.h"

enum { XES_DEPTH = 16, XES_MAX_TRACE = 64 << 20, XES_MAX_HEAD = 64 << 20 };

struct xes_attr {
        struct str type, key, value;   /* p == NULL: the element has no such XML attribute */
        struct xes_attr *children, *next;
};
struct xes_event {
        struct xes_attr *attrs;
        struct xes_event *next;
        int64_t line;
};
struct xes_trace {
        struct xes_attr *attrs;
        struct xes_event *events;
        size_t event_count;
        int64_t line;
        struct str before;             /* what stood between it and the trace before, if more than blanks */
};

/* The blanks before the first element of each sort, so that a log is written again with the indentation it had. */
struct xes_style {
        struct str trace, trace_attr, event, event_attr, event_end, trace_end;
};
struct xes_log {
        struct str head, tail;
        struct xes_style style;
};

/* Reads the log.  Each trace is handed over when it is complete; its memory goes when `trace` returns, which may refuse
 * it by adding an error and returning false.  Head, tail and style live in ctx->arena. */
struct xes_reader {
        bool (*trace)(void *arg, const struct xes_trace *t);
        void *arg;
};
bool xes_read(struct ctx *ctx, struct inflate *in, const struct xes_reader *r, struct xes_log *ret);

/* What stands at the start of a text: XML, or not (then CSV). */
bool xes_looks_like(struct str head);

/* ---- writing ---- */

extern const struct xes_style xes_tabs;                /* as OpenXES writes */
void xes_put_start(struct buf *out, const struct xes_style *s, struct str before, const struct xes_attr *attrs);
void xes_put_event(struct buf *out, const struct xes_style *s, const struct xes_attr *attrs);
void xes_put_end(struct buf *out, const struct xes_style *s);
/* Text for an XML attribute's value or for character data: & < > " and control characters escaped. */
void xes_escape(struct buf *out, struct str s);

/* ---- as JSON, to be kept in the database: [[type, key, value, [children]], ...] with null for what is absent ---- */
void xes_json_write(struct jw *w, const struct xes_attr *attrs);
struct xes_attr *xes_json_read(struct arena *a, const struct json *list);      /* NULL for an empty list */

/* ---- as columns of a table ---- */

struct xes_leaf {
        struct str name, value;
};
/* Every value of a list, in order: "key", a nested one "parent/key", one that stands there again "key (2)". */
struct xes_leaf *xes_leaves(struct arena *a, const struct xes_attr *attrs, const char *prefix, size_t *ret_count);
#endif
