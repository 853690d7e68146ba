/* SPDX-License-Identifier: Apache-2.0
 *
 * export_private.h -- what the exporter's files share; nobody else includes it.
 *
 *     export.c         source and files, the output file, the choice of writer
 *     export_csv.c     rows in the order of the files
 *     export_xes.c     traces and events
 */
#ifndef CHANNEL_EXPORT_PRIVATE_H
#define CHANNEL_EXPORT_PRIVATE_H
#include "channel/csv.h"
#include "channel/export.h"
#include "channel/mapping.h"
#include "channel/xes.h"

struct stored_shape {
        struct str *types, *keys;
        size_t count;
};
struct stored_file {                   /* a row of import_file; import_private.h says what its header holds */
        int64_t file;
        enum log_format format;
        const struct json *header;
        struct str *columns;
        size_t column_count;
        struct csv_dialect dialect;    /* CSV */
        struct stored_shape *shapes;   /* XES */
        size_t shape_count;
        struct xes_style style;
};

struct export {
        const struct export_options *o;
        struct ctx *ctx;
        struct work *w;
        int64_t source;
        struct stored_file *files;
        size_t file_count;
        FILE *to;
        struct buf buf;                /* output not yet written */
        struct arena *arena;           /* of the row in hand */
        int64_t events;                /* written */
};

bool export_csv(struct export *x);
bool export_xes(struct export *x);

/* Writes the buffer out when it is large, or when `all` asks for it. */
bool export_flush(struct export *x, bool all);
/* The file with this number. */
const struct stored_file *export_file(const struct export *x, int64_t file);
/* The newest file of a format; NULL when none came in it. */
const struct stored_file *export_newest(const struct export *x, enum log_format f);
/* A text of the header, STR_NONE when it is not there. */
struct str export_header(const struct stored_file *f, const char *key);
/* An event's data, parsed into x->arena; NULL with an error. */
const struct json *export_data(struct export *x, struct str text);
/* The attributes of an event that came as XES. */
struct xes_attr *export_attrs(struct export *x, const struct stored_file *f, const struct json *data);
/* Was value i written in quotes without need? */
bool export_quoted(const struct json *quoted, size_t i);
#endif
