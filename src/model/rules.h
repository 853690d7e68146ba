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
struct str rules_output(const struct rule_table *t, int row, const char *output);              /* STR_NONE when not set */
const char *rules_row_place(const struct rule_table *t, int row);      /* "rules/priority.yaml:14" for "explain" */

struct code_list;
const struct code_list *rules_codes(const struct rules *r, const char *name);
const struct option *codes_options(const struct code_list *c, size_t *ret_count);
bool codes_has(const struct code_list *c, struct str code);
/* Another attribute of an item as text ("true", "3 WD"); STR_NONE when absent. */
struct str codes_attr(const struct code_list *c, struct str code, const char *attr);
bool codes_flag(const struct code_list *c, struct str code, const char *attr);
/* GET /api/v1/rules/{name}: the table or list as JSON with labels, rows, tests and places. */
void rules_json_names(const struct rules *r, struct jw *w);
bool rules_json(const struct rules *r, const char *name, struct jw *w);
#endif
