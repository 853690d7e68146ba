/* SPDX-License-Identifier: Apache-2.0
 *
 * rules.h -- decision tables and code lists of rules/ files: parsed, checked, and their own tests run at load.
 */
#ifndef MODEL_RULES_H
#define MODEL_RULES_H
#include "base/json.h"
#include "model/model.h"
struct rule_input {
        const char *name;
        struct str value;              /* "true"/"false" for bool, digits for int; p == NULL: unknown, matches only rows that do not ask */
};
/* First matching row.  Output texts by rule_output; -1 when the table is missing or no row matches. */
struct rule_table;
const struct rule_table *rules_table(const struct rules *r, const char *name);
int rules_decide(const struct rule_table *t, const struct rule_input *in, size_t count);       /* row index */
size_t rules_row_count(const struct rule_table *t);
struct str rules_output(const struct rule_table *t, int row, const char *output);              /* STR_NONE when not set */
const char *rules_row_place(const struct rule_table *t, int row);      /* "rules/priority.yaml:14" for "explain" */
/* "rules/sla.yaml:17:60": the cell of a row that sets an output; the row's place when it sets none. */
const char *rules_cell_place(struct arena *a, const struct rule_table *t, int row, const char *output);

struct code_list;
const struct code_list *rules_codes(const struct rules *r, const char *name);
const struct option *codes_options(const struct code_list *c, size_t *ret_count);
bool codes_has(const struct code_list *c, struct str code);
/* Another attribute of an item as text ("true", "3 WD"); STR_NONE when absent. */
struct str codes_attr(const struct code_list *c, struct str code, const char *attr);
bool codes_flag(const struct code_list *c, struct str code, const char *attr);
/* Is there a table or list of this name?  *ret_file: where its text stands, as in faults. */
bool rules_exists(const struct rules *r, const char *name, const char **ret_file);
/* "sla, ola, ...": every table and list. */
const char *rules_names(struct arena *a, const struct rules *r);

/* rules_version.c: may the table or list `name` of `after` take the place of that of `before`?  Every fault has its place.
 * more: names of inputs besides those of before that somebody gives, NULL-ended; NULL: none. */
bool rules_may_replace(struct ctx *ctx, const struct rules *before, const struct rules *after, const char *name,
                       const char *const *more);
const char *const *rules_inputs(struct arena *a, const struct rule_table *t);  /* NULL-ended */
/* A JSON object of inputs for a question; null: not known.  False with every fault at "given/NAME". */
bool rules_given(struct ctx *ctx, const struct rule_table *t, const struct json *given, struct rule_input **ret, size_t *ret_count);
/* {"row","place","then","trace":[{"line","hit","when","input","asked","given"}]}: each row up to the one that is hit, with
 * the first input that did not fit. */
void rules_trace(const struct rule_table *t, const struct rule_input *in, size_t count, struct jw *w);
/* GET /api/v1/rules/{name}: the table or list as JSON with labels, rows, tests and places. */
void rules_json_names(const struct rules *r, struct jw *w);
bool rules_json(const struct rules *r, const char *name, struct jw *w);
#endif
