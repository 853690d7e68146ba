/* SPDX-License-Identifier: Apache-2.0
 *
 * rules.c -- decision tables and code lists: parsed, checked, and their own tests run at load.
 *
 * A table's rows are asked from the top; the first that matches decides.  A cell of `when` is kept ready: for enum and
 * bool a set of bits, for int a range or a list, for text a list; `not` is folded into the bits where there are bits.
 *
 * What is proved of each table at load:
 *     1. every name and value is one the inputs and outputs declare
 *     2. no row is covered by a single earlier one (it could never match)
 *     3. every combination of its enum and bool inputs finds some row, whatever the other inputs are asked to be
 *     4. its own tests give what they expect, and there is at least one
 *
 * The YAML tree stays in the model's arena: attributes of codes and the JSON for people are read from it.
 *
 * Not here: who asks (service/), the YAML's reading (yaml.c).
 */
#include "model/rules.h"
#include "model/rules_private.h"

/* ---- columns ---- */

static int
index_in(const struct words *w, struct str s)
{
        for (size_t i = 0; i < w->n; i++)
                if (str_is(s, w->v[i]))
                        return (int)i;
        return -1;
}

static void
column_options(struct loader *l, const struct node *n, struct column *c)
{
        c->type = COLUMN_ENUM;
        EACH(item, n) {
                if (!name_of(l, item))
                        continue;
                if (index_in(&c->options, item->text) >= 0)
                        fault(l, item->place, "The option \"%s\" stands here twice.", item->text.p);
                else if (c->options.n == OPTIONS_MAX)
                        fault(l, item->place, "The option \"%s\" is one too many; %d are allowed.", item->text.p, OPTIONS_MAX);
                else
                        words_add(l, &c->options, item->text.p);
        }
        if (c->options.n == 0)
                fault(l, n->place, "\"%s\" needs at least one option.", n->key.p);
}

static void
column_read(struct loader *l, const struct node *n, struct column *c)
{
        static const char *const types[] = {"bool", "int", "text", NULL};

        *c = (struct column){.name = n->key.p, .type = COLUMN_TEXT};
        name_check(l, n->key_place, n->key);
        if (n->type == NODE_LIST) {
                column_options(l, n, c);
                return;
        }
        int type = choice_of(l, n, "type (or a list of options)", types);
        if (type >= 0)
                c->type = (enum column_type)(type + 1);
        if (c->type == COLUMN_BOOL) {
                words_add(l, &c->options, "false");
                words_add(l, &c->options, "true");
        }
}

static struct column *
columns_read(struct loader *l, const struct node *root, const char *key, size_t *ret_count)
{
        const struct node *n = yaml_get(root, key);
        struct column *columns = ARENA_ARRAY(l->arena, struct column, section_count(n) + 1);

        if (n == NULL)
                fault(l, root->place, "A rule table needs `%s:`, a map of names and types.", key);
        else if (section_check(l, n, key))
                for (const struct node *m = n->child; m; m = m->next)
                        column_read(l, m, &columns[(*ret_count)++]);
        return columns;
}

int
column_index(const struct column *c, size_t count, struct str name)
{
        for (size_t i = 0; i < count; i++)
                if (str_is(name, c[i].name))
                        return (int)i;
        return -1;
}

static void
fault_no_column(struct loader *l, const struct node *n, const char *what, const struct column *c, size_t count)
{
        fault_unknown(l, n->key_place, what, n->key, WORDS_OF(l, c, count));
}

/* Is the literal one of the column's? */
static bool
value_check(struct loader *l, const struct node *n, const struct column *c)
{
        int64_t i;

        if (n->type != NODE_TEXT)
                fault(l, n->place, "\"%s\" needs one value, but got %s.", c->name, yaml_type_name(n));
        else if (c->options.n && index_in(&c->options, n->text) < 0)
                fault_unknown(l, n->place, arena_printf(l->ctx->arena, "value of \"%s\"", c->name), n->text, c->options);
        else if (c->type == COLUMN_INT && !str_to_int(n->text, &i))
                fault(l, n->place, "\"%s\" needs a whole number.", c->name);
        else
                return true;
        return false;
}

/* ---- cells ---- */

static uint64_t
all_bits(const struct column *c)
{
        return c->options.n >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << c->options.n) - 1;
}

static void
cell_value(struct loader *l, const struct node *n, const struct column *c, struct cell *cell)
{
        if (!value_check(l, n, c))
                return;
        if (c->options.n)
                cell->bits |= (uint64_t)1 << index_in(&c->options, n->text);
        else if (c->type == COLUMN_INT)
                str_to_int(n->text, ARENA_PUSH(l->arena, cell->ints, cell->count));
        else
                words_add(l, &cell->texts, n->text.p);
}

static void
cell_range(struct loader *l, const struct node *n, const struct column *c, struct cell *cell)
{
        *cell = (struct cell){.kind = CELL_RANGE, .min = INT64_MIN, .max = INT64_MAX};
        for (const struct node *m = n->child; m; m = m->next) {
                bool is_min = str_is(m->key, "min");
                if (c->type != COLUMN_INT || (!is_min && !str_is(m->key, "max")))
                        fault(l, m->key_place, "A value of `when` is a literal, a list, {not: ...} or, for int, {min: n, max: n}.");
                else if (!yaml_int(m, is_min ? &cell->min : &cell->max))
                        fault(l, m->place, "\"%s\" needs a whole number.", m->key.p);
        }
        if (cell->min > cell->max)
                fault(l, n->place, "No number lies between this min and max.");
}

static void
cell_read(struct loader *l, const struct node *n, const struct column *c, struct cell *cell)
{
        const struct node *not = yaml_get(n, "not"), *values = not ? not : n;

        if (n->type == NODE_MAP && (!not || n->count > 1)) {
                cell_range(l, n, c, cell);
                return;
        }
        cell->kind = c->options.n ? CELL_BITS : c->type == COLUMN_INT ? CELL_INTS : CELL_TEXTS;
        EACH(item, values)
                cell_value(l, item, c, cell);
        if (not && cell->kind == CELL_BITS)
                cell->bits = all_bits(c) & ~cell->bits;
        else
                cell->negated = not != NULL;
}

static bool
cell_has_int(const struct cell *c, int64_t v)
{
        if (c->kind == CELL_RANGE)
                return v >= c->min && v <= c->max;
        bool found = false;
        for (size_t i = 0; i < c->count; i++)
                found |= c->ints[i] == v;
        return found != c->negated;
}

bool
cell_matches(const struct cell *cell, const struct column *c, struct str value)
{
        int64_t v;
        int option;

        if (cell->kind == CELL_ANY)
                return true;
        if (value.p == NULL)
                return false;
        switch (cell->kind) {
        case CELL_BITS:
                option = index_in(&c->options, value);
                return option >= 0 && (cell->bits >> option & 1);
        case CELL_TEXTS:
                return (index_in(&cell->texts, value) >= 0) != cell->negated;
        default:
                return str_to_int(value, &v) && cell_has_int(cell, v);
        }
}

static bool
texts_within(const struct cell *inner, const struct cell *outer)
{
        for (size_t i = 0; i < inner->texts.n; i++)
                if ((index_in(&outer->texts, str_of(inner->texts.v[i])) >= 0) == outer->negated)
                        return false;
        return true;
}

/* Does `outer` match whatever `inner` matches?  When in doubt: no. */
static bool
cell_covers(const struct cell *outer, const struct cell *inner)
{
        if (outer->kind == CELL_ANY)
                return true;
        if (inner->kind == CELL_ANY)
                return false;
        if (outer->kind == CELL_BITS)
                return (inner->bits & ~outer->bits) == 0;
        if (outer->kind == CELL_RANGE && inner->kind == CELL_RANGE)
                return outer->min <= inner->min && outer->max >= inner->max;
        if (inner->negated)
                return false;
        if (outer->kind == CELL_TEXTS)
                return texts_within(inner, outer);
        if (inner->kind != CELL_INTS)
                return false;
        for (size_t i = 0; i < inner->count; i++)
                if (!cell_has_int(outer, inner->ints[i]))
                        return false;
        return true;
}

/* ---- rows ---- */

static void
then_read(struct loader *l, const struct node *then, const struct rule_table *t, struct rule_row *r)
{
        for (const struct node *n = then->child; n; n = n->next) {
                int i = column_index(t->outputs, t->output_count, n->key);
                if (i < 0)
                        fault_no_column(l, n, "output", t->outputs, t->output_count);
                else if (value_check(l, n, &t->outputs[i])) {
                        r->outputs[i] = n->text;
                        r->cells_at[i] = n->place;
                }
        }
}

static void
when_read(struct loader *l, const struct node *when, const struct rule_table *t, struct rule_row *r)
{
        for (const struct node *n = when->child; n; n = n->next) {
                int i = column_index(t->inputs, t->input_count, n->key);
                if (i < 0)
                        fault_no_column(l, n, "input", t->inputs, t->input_count);
                else
                        cell_read(l, n, &t->inputs[i], &r->cells[i]);
        }
}

struct row_nodes {
        const struct node *when, *then, *note;
};
static const struct key row_keys[] = {
        {"when", read_node, offsetof(struct row_nodes, when)},
        {"then", read_node, offsetof(struct row_nodes, then)},
        {"note", read_node, offsetof(struct row_nodes, note)},
};
LEVEL(row);

static void
row_read(struct loader *l, const struct node *n, struct rule_table *t)
{
        struct row_nodes nodes = {0};

        if (!KEYS_READ(l, n, "a row", row_keys, &nodes))
                return;
        struct rule_row *r = ARENA_PUSH(l->arena, t->rows, t->row_count);
        r->cells = ARENA_ARRAY(l->arena, struct cell, t->input_count + 1);
        r->outputs = ARENA_ARRAY(l->arena, struct str, t->output_count + 1);
        r->cells_at = ARENA_ARRAY(l->arena, struct place, t->output_count + 1);
        r->at = n->place;
        r->place = arena_printf(l->arena, "%s:%d", n->place.file, n->place.line);
        if (!nodes.when || !nodes.then)
                fault(l, n->place, "A row needs `when:` and `then:`; `when: {}` matches always.");
        if (section_check(l, nodes.when, "when"))
                when_read(l, nodes.when, t, r);
        if (section_check(l, nodes.then, "then"))
                then_read(l, nodes.then, t, r);
}

/* ---- what is proved ---- */

static bool
row_covers(const struct rule_table *t, const struct rule_row *outer, const struct rule_row *inner)
{
        for (size_t i = 0; i < t->input_count; i++)
                if (!cell_covers(&outer->cells[i], &inner->cells[i]))
                        return false;
        return true;
}

static void
check_covered(struct loader *l, const struct rule_table *t)
{
        for (size_t i = 0; i < t->row_count; i++)
                for (size_t j = 0; j < i; j++)
                        if (row_covers(t, &t->rows[j], &t->rows[i])) {
                                fault(l, t->rows[i].at, "This row can never match: the row in line %d covers it.",
                                      t->rows[j].at.line);
                                break;
                        }
}

/* A walk over the combinations of enum and bool inputs, one input a level, with the rows that still match. */
struct gap_search {
        struct loader *l;
        const struct rule_table *t;
        const char **chosen;           /* by input; NULL: not an enum */
        long steps;
};

static bool
asks_later_options(const struct rule_table *t, const struct rule_row *r, size_t from)
{
        for (size_t i = from; i < t->input_count; i++)
                if (t->inputs[i].options.n && r->cells[i].kind == CELL_BITS && r->cells[i].bits != all_bits(&t->inputs[i]))
                        return true;
        return false;
}

/* False when some combination from input `i` on finds none of the `n` rows; `chosen` then holds it. */
static bool
no_gap(struct gap_search *g, size_t i, const struct rule_row *const *rows, size_t n)
{
        const struct rule_table *t = g->t;

        if (n == 0)
                return false;
        for (size_t k = 0; k < n; k++)
                if (!asks_later_options(t, rows[k], i))
                        return true;
        if (g->steps++ > 200000 || i == t->input_count)
                return true;
        const struct rule_row **left = ARENA_ARRAY(g->l->ctx->arena, const struct rule_row *, n);
        for (size_t o = 0; o < t->inputs[i].options.n || o == 0; o++) {
                size_t m = 0;
                for (size_t k = 0; k < n; k++)
                        if (!t->inputs[i].options.n || rows[k]->cells[i].kind != CELL_BITS || (rows[k]->cells[i].bits >> o & 1))
                                left[m++] = rows[k];
                g->chosen[i] = t->inputs[i].options.n ? t->inputs[i].options.v[o] : NULL;
                if (!no_gap(g, i + 1, left, m))
                        return false;
                g->chosen[i] = NULL;
        }
        return true;
}

static void
check_gaps(struct loader *l, const struct rule_table *t)
{
        struct arena *a = l->ctx->arena;
        struct gap_search g = {l, t, ARENA_ARRAY(a, const char *, t->input_count + 1), 0};
        const struct rule_row **rows = ARENA_ARRAY(a, const struct rule_row *, t->row_count + 1);
        const char *text = "";

        for (size_t i = 0; i < t->row_count; i++)
                rows[i] = &t->rows[i];
        if (no_gap(&g, 0, rows, t->row_count))
                return;
        for (size_t i = 0; i < t->input_count; i++)
                if (g.chosen[i])
                        text = arena_printf(a, "%s%s%s: %s", text, *text ? ", " : "", t->inputs[i].name, g.chosen[i]);
        fault(l, t->root->place, "No row of \"%s\" matches {%s}; a last row with `when: {}` would.", t->name, text);
}

/* ---- the table's own tests ---- */

struct test_nodes {
        const struct node *given, *expect;
};
static const struct key test_keys[] = {
        {"given", read_node, offsetof(struct test_nodes, given)},
        {"expect", read_node, offsetof(struct test_nodes, expect)},
};
LEVEL(test);

static struct rule_input *
given_read(struct loader *l, const struct node *given, const struct rule_table *t, size_t *ret_count)
{
        struct rule_input *in = ARENA_ARRAY(l->ctx->arena, struct rule_input, section_count(given) + 1);

        for (const struct node *n = section_check(l, given, "given") ? given->child : NULL; n; n = n->next) {
                int i = column_index(t->inputs, t->input_count, n->key);
                if (i < 0)
                        fault_no_column(l, n, "input", t->inputs, t->input_count);
                else if (!yaml_null(n) && value_check(l, n, &t->inputs[i]))
                        in[(*ret_count)++] = (struct rule_input){t->inputs[i].name, n->text};
        }
        return in;
}

/* Compares the row that was found (-1: none) with what the test expects; `expect: none` expects no row. */
static void
expect_check(struct loader *l, const struct node *expect, const struct rule_table *t, int row)
{
        if (yaml_is(expect, "none") || row < 0) {
                if (!yaml_is(expect, "none"))
                        fault(l, expect->place, "The test expects a row of \"%s\", but none matches.", t->name);
                else if (row >= 0)
                        fault(l, expect->place, "The test expects no row, but the one in line %d matches.", t->rows[row].at.line);
                return;
        }
        for (const struct node *n = section_check(l, expect, "expect") ? expect->child : NULL; n; n = n->next) {
                int i = column_index(t->outputs, t->output_count, n->key);
                if (i < 0) {
                        fault_no_column(l, n, "output", t->outputs, t->output_count);
                        continue;
                }
                struct str got = t->rows[row].outputs[i];
                if (yaml_null(n) ? got.p != NULL : !str_eq(got, n->text))
                        fault(l, n->place, "The test expects %s: %s, but the row in line %d gives %s.", n->key.p,
                              yaml_null(n) ? "nothing" : n->text.p, t->rows[row].at.line, got.p ? got.p : "nothing");
        }
}

static void
tests_run(struct loader *l, const struct node *tests, const struct rule_table *t)
{
        if (tests == NULL || tests->type != NODE_LIST || tests->count == 0)
                fault(l, t->root->place, "The rule table \"%s\" needs `tests:`, a list of {given: {...}, expect: {...}}.", t->name);
        else
                EACH(n, tests) {
                        struct test_nodes nodes = {0};
                        size_t count = 0;
                        if (!KEYS_READ(l, n, "a test", test_keys, &nodes))
                                continue;
                        if (!nodes.given || !nodes.expect) {
                                fault(l, n->place, "A test needs `given:` and `expect:`.");
                                continue;
                        }
                        const struct rule_input *in = given_read(l, nodes.given, t, &count);
                        expect_check(l, nodes.expect, t, rules_decide(t, in, count));
                }
}

/* ---- files ---- */

struct table_nodes {
        const struct node *rules, *source, *inputs, *outputs, *rows, *tests;
        struct label label, help;
};
static const struct key table_keys[] = {
        {"rules", read_node, offsetof(struct table_nodes, rules)},
        {"label", read_label, offsetof(struct table_nodes, label)},
        {"help", read_label, offsetof(struct table_nodes, help)},
        {"source", read_node, offsetof(struct table_nodes, source)},
        {"inputs", read_node, offsetof(struct table_nodes, inputs)},
        {"outputs", read_node, offsetof(struct table_nodes, outputs)},
        {"rows", read_node, offsetof(struct table_nodes, rows)},
        {"tests", read_node, offsetof(struct table_nodes, tests)},
};
LEVEL(table);

static struct rule_table *
table_read(struct loader *l, const struct rules_root *src)
{
        struct table_nodes nodes = {0};
        struct rule_table *t = ARENA_NEW(l->arena, struct rule_table);
        struct error **before = l->ctx->errors_tail;

        KEYS_READ(l, src->root, "a rule table", table_keys, &nodes);
        t->name = nodes.rules->text.p;
        t->root = src->root;
        t->site = src->site;
        label_check(l, nodes.rules->place, "rule table", t->name, true, &nodes.label);
        t->inputs = columns_read(l, src->root, "inputs", &t->input_count);
        t->outputs = columns_read(l, src->root, "outputs", &t->output_count);
        EACH(n, nodes.rows)
                row_read(l, n, t);
        if (t->row_count == 0)
                fault(l, src->root->place, "The rule table \"%s\" needs `rows:`.", t->name);
        else if (*before == NULL) {
                check_covered(l, t);
                check_gaps(l, t);
        }
        tests_run(l, nodes.tests, t);
        return t;
}

struct codes_nodes {
        const struct node *codes, *items, *source;
        struct label label, help;
};
static const struct key codes_keys[] = {
        {"codes", read_node, offsetof(struct codes_nodes, codes)},
        {"label", read_label, offsetof(struct codes_nodes, label)},
        {"help", read_label, offsetof(struct codes_nodes, help)},
        {"source", read_node, offsetof(struct codes_nodes, source)},
        {"items", read_node, offsetof(struct codes_nodes, items)},
};
LEVEL(codes);

static void
item_read(struct loader *l, const struct node *n, struct code_list *c)
{
        struct option *o = ARENA_PUSH(l->arena, c->options, c->option_count);

        o->name = n->key.p;
        if (n->type != NODE_MAP)
                fault(l, n->place, "The code \"%s\" needs a map with `label:`.", o->name);
        else if (yaml_get(n, "label"))
                read_label(l, yaml_get(n, "label"), &o->label);
        label_check(l, n->key_place, "code", o->name, n->type == NODE_MAP, &o->label);
}

static struct code_list *
codes_read(struct loader *l, const struct rules_root *src)
{
        struct codes_nodes nodes = {0};
        struct code_list *c = ARENA_NEW(l->arena, struct code_list);

        KEYS_READ(l, src->root, "a code list", codes_keys, &nodes);
        *c = (struct code_list){.name = nodes.codes->text.p, .root = src->root, .items = nodes.items, .site = src->site};
        label_check(l, nodes.codes->place, "code list", c->name, true, &nodes.label);
        for (const struct node *n = section_check(l, nodes.items, "items") ? nodes.items->child : NULL; n; n = n->next)
                item_read(l, n, c);
        if (c->option_count == 0)
                fault(l, src->root->place, "The code list \"%s\" needs `items:`.", c->name);
        return c;
}

void
rules_load(struct loader *l, const struct rules_root *roots, size_t count)
{
        struct rules *r = ARENA_NEW(l->arena, struct rules);

        map_init(&r->tables, l->arena);
        map_init(&r->codes, l->arena);
        l->model->rules = r;
        for (size_t i = 0; i < count; i++) {
                const struct node *name = yaml_get(roots[i].root, "rules");
                bool is_table = name != NULL;
                struct map *map = is_table ? &r->tables : &r->codes;
                name = is_table ? name : yaml_get(roots[i].root, "codes");
                if (!name_of(l, name) || !name_check(l, name->place, name->text))
                        continue;
                if ((map_get(&r->tables, name->text) || map_get(&r->codes, name->text)) && !roots[i].site)
                        fault(l, name->place, "There is a rule table or code list \"%s\" already.", name->text.p);
                else
                        map_set(map, name->text, is_table ? (void *)table_read(l, &roots[i]) : codes_read(l, &roots[i]));
        }
}

/* ---- asking ---- */

const struct rule_table *
rules_table(const struct rules *r, const char *name)
{
        return r ? map_get_c(&r->tables, name) : NULL;
}

struct str
input_value(const struct rule_input *in, size_t count, const char *name)
{
        for (size_t i = 0; i < count; i++)
                if (strcmp(in[i].name, name) == 0)
                        return in[i].value;
        return STR_NONE;
}

int
rules_decide(const struct rule_table *t, const struct rule_input *in, size_t count)
{
        for (size_t row = 0; t && row < t->row_count; row++) {
                size_t i = 0;
                while (i < t->input_count &&
                       cell_matches(&t->rows[row].cells[i], &t->inputs[i], input_value(in, count, t->inputs[i].name)))
                        i++;
                if (i == t->input_count)
                        return (int)row;
        }
        return -1;
}

size_t
rules_row_count(const struct rule_table *t)
{
        return t ? t->row_count : 0;
}

struct str
rules_output(const struct rule_table *t, int row, const char *output)
{
        int i = t && row >= 0 && (size_t)row < t->row_count ? column_index(t->outputs, t->output_count, str_of(output)) : -1;

        return i < 0 ? STR_NONE : t->rows[row].outputs[i];
}

const char *
rules_row_place(const struct rule_table *t, int row)
{
        return t && row >= 0 && (size_t)row < t->row_count ? t->rows[row].place : "";
}

const char *
rules_cell_place(struct arena *a, const struct rule_table *t, int row, const char *output)
{
        int i = t && row >= 0 && (size_t)row < t->row_count ? column_index(t->outputs, t->output_count, str_of(output)) : -1;
        const struct place *at = i < 0 ? NULL : &t->rows[row].cells_at[i];

        if (at == NULL || at->file == NULL)
                return rules_row_place(t, row);
        return arena_printf(a, "%s:%d:%d", at->file, at->line, at->column);
}

const struct code_list *
rules_codes(const struct rules *r, const char *name)
{
        return r ? map_get_c(&r->codes, name) : NULL;
}

const struct option *
codes_options(const struct code_list *c, size_t *ret_count)
{
        *ret_count = c ? c->option_count : 0;
        return c ? c->options : NULL;
}

bool
codes_has(const struct code_list *c, struct str code)
{
        for (size_t i = 0; c && i < c->option_count; i++)
                if (str_is(code, c->options[i].name))
                        return true;
        return false;
}

struct str
codes_attr(const struct code_list *c, struct str code, const char *attr)
{
        for (const struct node *n = c && c->items ? c->items->child : NULL; n; n = n->next) {
                if (!str_eq(n->key, code))
                        continue;
                const struct node *value = yaml_get(n, attr);
                return value && value->type == NODE_TEXT && !yaml_null(value) ? value->text : STR_NONE;
        }
        return STR_NONE;
}

bool
codes_flag(const struct code_list *c, struct str code, const char *attr)
{
        return str_is(codes_attr(c, code, attr), "true");
}

bool
rules_exists(const struct rules *r, const char *name, const char **ret_file)
{
        const struct rule_table *t = rules_table(r, name);
        const struct code_list *c = rules_codes(r, name);

        if (t || c)
                *ret_file = t ? t->root->place.file : c->root->place.file;
        return t || c;
}

static const char *
names_of(struct arena *a, const char *text, const struct map *m)
{
        for (size_t i = 0; i < m->count; i++)
                text = arena_printf(a, "%s%s%.*s", text, *text ? ", " : "", (int)m->entries[i].key.n, m->entries[i].key.p);
        return text;
}

const char *
rules_names(struct arena *a, const struct rules *r)
{
        return r ? names_of(a, names_of(a, "", &r->tables), &r->codes) : "";
}

/* ---- as JSON ---- */

static void
json_names(const struct map *m, const char *kind, struct jw *w)
{
        for (size_t i = 0; i < m->count; i++) {
                const struct node *root = strcmp(kind, "rules") == 0 ? ((const struct rule_table *)m->entries[i].value)->root
                                                                     : ((const struct code_list *)m->entries[i].value)->root;
                jw_open(w, '{');
                jw_key(w, "name");
                jw_str(w, m->entries[i].key);
                jw_key(w, "kind");
                jw_text(w, kind);
                jw_key(w, "label");
                yaml_json(yaml_get(root, "label"), w);
                jw_close(w, '}');
        }
}

void
rules_json_names(const struct rules *r, struct jw *w)
{
        jw_open(w, '[');
        json_names(&r->tables, "rules", w);
        json_names(&r->codes, "codes", w);
        jw_close(w, ']');
}

/* The members of a list of maps, each with its place. */
static void
json_placed(const struct node *list, struct jw *w)
{
        jw_open(w, '[');
        EACH(n, list) {
                jw_open(w, '{');
                for (const struct node *m = n->child; m; m = m->next) {
                        jw_key_str(w, m->key);
                        yaml_json(m, w);
                }
                jw_key(w, "line");
                jw_int(w, n->place.line);
                jw_close(w, '}');
        }
        jw_close(w, ']');
}

/* The file's own keys as JSON; rows and tests with their lines; `name`, `kind`, `file` before them. */
static void
json_root(const struct node *root, const char *name, const char *kind, struct jw *w)
{
        jw_open(w, '{');
        jw_key(w, "name");
        jw_text(w, name);
        jw_key(w, "kind");
        jw_text(w, kind);
        jw_key(w, "file");
        jw_text(w, root->place.file);
        for (const struct node *n = root->child; n; n = n->next) {
                if (str_is(n->key, kind))
                        continue;
                jw_key_str(w, n->key);
                if (str_is(n->key, "rows") || str_is(n->key, "tests"))
                        json_placed(n, w);
                else
                        yaml_json(n, w);
        }
        jw_close(w, '}');
}

bool
rules_json(const struct rules *r, const char *name, struct jw *w)
{
        const struct rule_table *t = rules_table(r, name);
        const struct code_list *c = rules_codes(r, name);

        if (t)
                json_root(t->root, name, "rules", w);
        else if (c)
                json_root(c->root, name, "codes", w);
        return t || c;
}
