/* SPDX-License-Identifier: Apache-2.0
 *
 * import_private.h -- what the importer's files share; nobody else includes it.
 *
 *     import_read.c    files -> struct log: rows gathered by case, every value checked     (nothing is written)
 *     import_case.c    one case -> record, events, order book
 *     import_clock.c   the facts of its clocks
 *     import_name.c    teams, people, products ... found or created by name
 *     import.c         units, progress, the report
 *
 * What a file has beside its rows is kept as JSON in import_file.header and read again by export.c:
 *     CSV   {"separator", "bom", "crlf", "open_end", "columns": [...], "quoted": QUOTED}
 *     XES   {"head", "tail", "style": [six texts], "shapes": [[[type, key], ...], ...], "columns": [...]}
 * What a row has is kept as JSON in its event's data (or, where a newer file says otherwise, in import_row.data):
 *     {"team", "tier", "substate", ... what was understood, and then one of
 *      "v": [values of the CSV row], "quoted": QUOTED
 *      "s": shape, "v": [values]                   an XES event whose attributes have no children
 *      "a": [[type, key, value, [children]], ...]  any other XES event}
 * QUOTED tells which values stood in quotes without need: "all", or a list of indices; left out when none did.
 */
#ifndef CHANNEL_IMPORT_PRIVATE_H
#define CHANNEL_IMPORT_PRIVATE_H
#include "channel/import.h"
#include "channel/inflate.h"
#include "channel/mapping.h"
#include "channel/xes.h"

/* A text that occurs in many rows, kept once. */
struct word {
        struct str text;
        int64_t id;                    /* of the record that bears the name; 0: not looked for yet */
        int tier;                      /* of a team, by its first event */
};
enum word_kind { WORD_TEAM, WORD_ACTOR, WORD_ACCOUNT, WORD_CONTACT, WORD_PRODUCT, WORD_VALUE, WORD_KINDS };

struct log_row {
        struct log_row *next;          /* of the same case */
        usec at;
        struct word *name;             /* the log's word for the state: the event's name */
        const struct state *state;     /* NULL: as before */
        struct str code;               /* of a wait; empty: none is told */
        int span;                      /* how the time behind it is spent (enum span); -1: as the state says */
        struct word *team, *actor;     /* NULL: unknown */
        struct str data;
        uint32_t number;               /* in the file, from 1 */
        int tier;                      /* 0: unknown */
};
struct log_trace {
        struct log_trace *next;        /* of the same case, or without a case */
        uint32_t number, first_row, row_count;
        struct str data, gap;
};
struct log_case {
        struct str no;
        struct log_row *rows, **rows_tail;
        struct log_trace *traces, **traces_tail;
        size_t row_count;
        /* The newest row's word on the whole case. */
        struct word *account, *contact, *product, *impact, *urgency, *priority;
        int64_t reassignments, reopens;        /* -1: the log does not say */
        usec reported;                 /* USEC_NONE: by the first event */
        struct str *fields;            /* by mapping->fields */
};
struct log {                           /* one file */
        const char *name;
        enum log_format format;
        char digest[DIGEST_HEX_MAX];
        struct str header;             /* JSON */
        struct map cases;              /* no -> struct log_case, in order of first appearance */
        struct log_trace *lone, **lone_tail;   /* traces without events */
        uint32_t row_count, trace_count;
        int64_t blank_lines;
        bool mixed_ends;
        int64_t file;                  /* its number within the source; 0: the database does not know it yet */
        size_t cases_done;             /* in the database */
};

struct tally {
        int64_t cases_new, cases_grown, cases_known, events_new, events_known, events_changed, lines_down, skipped;
        int64_t created[WORD_KINDS], rows_unplaced, armed;
};

struct import {
        const struct import_options *o;
        struct ctx *ctx;
        struct arena *arena;           /* of the whole run */
        const struct mapping *map;
        struct map words[WORD_KINDS];
        struct log *logs;
        struct tally tally;
        int64_t source;                /* import_source.id; 0: not there yet */
        uint64_t *leads;               /* by state index: states that a transition leads to from there */
        struct work unit;              /* of the unit in hand; its arena is reset after each */
        struct ctx unit_ctx;
};

enum { DEVIATION_DOWN = 1, DEVIATION_SKIP = 2 };

/* import_read.c: false on faults; rows that cannot be placed are printed and counted, and reading goes on. */
bool import_read(struct import *im, const char *path, struct log *ret);
/* NULL for a value that says nothing. */
struct word *import_word(struct import *im, enum word_kind kind, struct str text);

/* import_name.c: the record's id; 0 with an error. */
bool import_name(struct import *im, enum word_kind kind, struct word *word, int64_t account, int64_t *ret);

/* import_clock.c: the facts of a case's clocks */
struct import_clocks;
struct import_move {                   /* an event: the case goes from one state to another, or stays */
        usec at, reported;
        const struct state *from, *to;
        struct str code;               /* why it waits; empty: not told */
        int tier;                      /* 0: unknown */
};
struct import_clocks *import_clocks_new(struct import *im, const struct entity *e);
struct import_clocks *import_clocks_load(struct import *im, const struct record *r);   /* NULL with an error */
bool import_clocks_step(struct import *im, const struct record *r, struct import_clocks *clocks, const struct import_move *m);

/* import_case.c */
bool import_case(struct import *im, struct log *log, struct log_case *c);
/* Counts what import_case would do. */
bool import_case_dry(struct import *im, const struct log *log, const struct log_case *c);
bool import_lone_traces(struct import *im, const struct log *log);
#endif
