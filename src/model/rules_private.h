/* SPDX-License-Identifier: Apache-2.0
 *
 * rules_private.h -- what a rule table is inside: shared by rules.c and rules_version.c.
 */
#ifndef MODEL_RULES_PRIVATE_H
#define MODEL_RULES_PRIVATE_H
#include "model/load.h"
#include "model/rules.h"

enum { OPTIONS_MAX = 64 };
enum cell_kind { CELL_ANY, CELL_BITS, CELL_INTS, CELL_RANGE, CELL_TEXTS };
enum column_type { COLUMN_ENUM, COLUMN_BOOL, COLUMN_INT, COLUMN_TEXT };

struct column {                        /* an input or an output */
        const char *name;
        enum column_type type;
        struct words options;          /* enum; for bool false, true */
};
struct cell {                          /* what a row asks of an input */
        enum cell_kind kind;
        bool negated;                  /* ints, texts */
        uint64_t bits;
        int64_t min, max;
        int64_t *ints;
        struct words texts;
        size_t count;
};
struct rule_row {
        struct cell *cells;            /* by input */
        struct str *outputs;           /* by output; p == NULL: not set */
        struct place *cells_at;        /* by output: where it is set */
        const char *place;
        struct place at;
};
struct rule_table {
        const char *name;
        const struct node *root;
        struct column *inputs, *outputs;
        size_t input_count, output_count;
        struct rule_row *rows;
        size_t row_count;
        bool site;
};
struct code_list {
        const char *name;
        const struct node *root, *items;
        struct option *options;
        size_t option_count;
        bool site;
};
struct rules {
        struct map tables, codes;
};

/* Does the value meet what the row asks?  An unknown value meets only what asks nothing. */
bool cell_matches(const struct cell *cell, const struct column *c, struct str value);
/* -1: there is none of that name. */
int column_index(const struct column *c, size_t count, struct str name);
/* STR_NONE: not given. */
struct str input_value(const struct rule_input *in, size_t count, const char *name);
#endif
