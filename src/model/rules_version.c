/* SPDX-License-Identifier: Apache-2.0
 *
 * rules_version.c -- one text of a rule table or code list beside another: may it take its place, and why a row was hit.
 *
 * C asks a table by the names of its inputs and outputs, and records hold the codes of a list.  So a version may change rows,
 * tests, labels and attributes as it likes, but
 *     1. it has every output of the table before, and no other, of the same type and with its options
 *     2. its inputs are among those that somebody gives: the table's before, and `more` (fields of the records it is asked for)
 *     3. an input has every option that it had: else a value that occurs would match no row
 *     4. a code list has every code that it had: records hold them
 * Every fault is told at its place.
 *
 * Not here: what a table says by itself (rules.c), when which version counts (service/policies.c).
 */
#include "model/rules_private.h"

/* ---- may it take the place? ---- */

struct comparison {
        struct ctx *ctx;
        const char *name;
};

static bool
tell(struct comparison *c, struct place p, const char *en, const char *zh)
{
        return fail(c->ctx, E_RULE, place_text(c->ctx->arena, p), ctx_both(c->ctx, en, zh));
}

static struct place
column_place(const struct rule_table *t, const char *section, const char *name)
{
        const struct node *columns = yaml_get(t->root, section), *one = yaml_get(columns, name);

        return one ? one->key_place : columns ? columns->place : t->root->place;
}

static const char *
column_names(struct arena *a, const struct column *c, size_t n)
{
        const char *text = "";

        for (size_t i = 0; i < n; i++)
                text = arena_printf(a, "%s%s%s", text, *text ? ", " : "", c[i].name);
        return text;
}

static bool
has_option(const struct column *c, const char *option)
{
        for (size_t i = 0; i < c->options.n; i++)
                if (strcmp(c->options.v[i], option) == 0)
                        return true;
        return false;
}

static void
compare_column(struct comparison *c, const struct rule_table *after, const char *section, const struct column *was,
               const struct column *is)
{
        struct arena *a = c->ctx->arena;
        struct place at = column_place(after, section, is->name);

        if (was->type != is->type)
                tell(c, at, arena_printf(a, "\"%s\" has another type than in the table before.", is->name),
                     arena_printf(a, "“%s”的类型与原规则表不同。", is->name));
        for (size_t i = 0; i < was->options.n; i++)
                if (!has_option(is, was->options.v[i]))
                        tell(c, at, arena_printf(a, "\"%s\" lacks the option \"%s\", which occurs.", is->name, was->options.v[i]),
                             arena_printf(a, "“%s”缺少选项“%s”，该值仍会出现。", is->name, was->options.v[i]));
}

static void
compare_inputs(struct comparison *c, const struct rule_table *before, const struct rule_table *after, const char *const *more)
{
        struct arena *a = c->ctx->arena;

        for (size_t i = 0; i < after->input_count; i++) {
                const struct column *is = &after->inputs[i];
                int was = column_index(before->inputs, before->input_count, str_of(is->name));
                size_t k = 0;
                while (more && more[k] && strcmp(more[k], is->name) != 0)
                        k++;
                if (was >= 0)
                        compare_column(c, after, "inputs", &before->inputs[was], is);
                else if (!more || !more[k])
                        tell(c, column_place(after, "inputs", is->name),
                             arena_printf(a, "Nobody gives the input \"%s\" to \"%s\". Known: %s.", is->name, c->name,
                                          column_names(a, before->inputs, before->input_count)),
                             arena_printf(a, "没有环节向“%s”提供输入“%s”。可用输入：%s。", c->name, is->name,
                                          column_names(a, before->inputs, before->input_count)));
        }
}

static void
compare_outputs(struct comparison *c, const struct rule_table *before, const struct rule_table *after)
{
        struct arena *a = c->ctx->arena;
        const char *known = column_names(a, before->outputs, before->output_count);

        for (size_t i = 0; i < after->output_count; i++) {
                const struct column *is = &after->outputs[i];
                int was = column_index(before->outputs, before->output_count, str_of(is->name));
                if (was >= 0)
                        compare_column(c, after, "outputs", &before->outputs[was], is);
                else
                        tell(c, column_place(after, "outputs", is->name),
                             arena_printf(a, "Nobody reads the output \"%s\" of \"%s\". Known: %s.", is->name, c->name, known),
                             arena_printf(a, "没有环节读取“%s”的输出“%s”。可用输出：%s。", c->name, is->name, known));
        }
        for (size_t i = 0; i < before->output_count; i++)
                if (column_index(after->outputs, after->output_count, str_of(before->outputs[i].name)) < 0)
                        tell(c, column_place(after, "outputs", ""),
                             arena_printf(a, "The output \"%s\" is missing; others read it.", before->outputs[i].name),
                             arena_printf(a, "缺少输出“%s”，其他环节会读取它。", before->outputs[i].name));
}

static void
compare_codes(struct comparison *c, const struct code_list *before, const struct code_list *after)
{
        struct arena *a = c->ctx->arena;

        for (size_t i = 0; i < before->option_count; i++)
                if (!codes_has(after, str_of(before->options[i].name)))
                        tell(c, after->items ? after->items->place : after->root->place,
                             arena_printf(a, "The code \"%s\" is missing; records may hold it.", before->options[i].name),
                             arena_printf(a, "缺少代码“%s”，已有记录可能使用它。", before->options[i].name));
}

bool
rules_may_replace(struct ctx *ctx, const struct rules *before, const struct rules *after, const char *name, const char *const *more)
{
        const struct rule_table *t = rules_table(before, name), *u = rules_table(after, name);
        const struct code_list *k = rules_codes(before, name), *l = rules_codes(after, name);
        struct comparison c = {ctx, name};
        struct error **tail = ctx->errors_tail;

        if (t && u) {
                compare_inputs(&c, t, u, more);
                compare_outputs(&c, t, u);
        } else if (k && l) {
                compare_codes(&c, k, l);
        }
        return ctx->errors_tail == tail;
}

/* ---- asking with reasons ---- */

const char *const *
rules_inputs(struct arena *a, const struct rule_table *t)
{
        const char **names = ARENA_ARRAY(a, const char *, (t ? t->input_count : 0) + 1);

        for (size_t i = 0; t && i < t->input_count; i++)
                names[i] = t->inputs[i].name;
        return names;
}

static bool
given_fits(struct ctx *ctx, const struct column *c, struct str value)
{
        const char *allowed = "";
        int64_t i;

        if (c->options.n == 0)
                return c->type != COLUMN_INT || str_to_int(value, &i) ||
                       fail(ctx, E_BAD_FORMAT, arena_printf(ctx->arena, "given/%s", c->name), str_c(ctx->arena, value), "a whole number");
        for (size_t k = 0; k < c->options.n; k++) {
                if (str_is(value, c->options.v[k]))
                        return true;
                allowed = arena_printf(ctx->arena, "%s%s%s", allowed, k ? ", " : "", c->options.v[k]);
        }
        return fail(ctx, E_NOT_ALLOWED_VALUE, arena_printf(ctx->arena, "given/%s", c->name), str_c(ctx->arena, value), allowed);
}

bool
rules_given(struct ctx *ctx, const struct rule_table *t, const struct json *given, struct rule_input **ret, size_t *ret_count)
{
        bool ok = true;

        *ret = NULL;
        *ret_count = 0;
        for (const struct json *m = given ? given->child : NULL; m; m = m->next) {
                int i = column_index(t->inputs, t->input_count, m->key);
                struct str value = m->type == JSON_TRUE ? STR("true") : m->type == JSON_FALSE ? STR("false") : m->text;
                const char *field = arena_printf(ctx->arena, "given/%s", str_c(ctx->arena, m->key));
                if (m->type == JSON_NULL)
                        continue;
                if (i < 0)
                        ok = fail(ctx, E_UNKNOWN_FIELD, field, str_c(ctx->arena, m->key),
                                  column_names(ctx->arena, t->inputs, t->input_count));
                else if (m->type == JSON_ARRAY || m->type == JSON_OBJECT)
                        ok = fail(ctx, E_TYPE, field, "one value", json_type_name(m->type));
                else if (given_fits(ctx, &t->inputs[i], value))
                        *ARENA_PUSH(ctx->arena, *ret, *ret_count) = (struct rule_input){t->inputs[i].name, value};
                else
                        ok = false;
        }
        return ok;
}

/* The first input for which the row asks something else; -1: it matches. */
static int
obstacle(const struct rule_table *t, const struct rule_row *r, const struct rule_input *in, size_t count)
{
        for (size_t i = 0; i < t->input_count; i++)
                if (!cell_matches(&r->cells[i], &t->inputs[i], input_value(in, count, t->inputs[i].name)))
                        return (int)i;
        return -1;
}

static const struct node *
row_node(const struct rule_table *t, size_t row)
{
        const struct node *rows = yaml_get(t->root, "rows");
        size_t i = 0;

        EACH(n, rows)
                if (i++ == row)
                        return n;
        return NULL;
}

static void
trace_row(const struct rule_table *t, size_t row, int stopped, const struct rule_input *in, size_t count, struct jw *w)
{
        const struct node *when = yaml_get(row_node(t, row), "when");

        jw_open(w, '{');
        jw_key(w, "line"), jw_int(w, t->rows[row].at.line);
        jw_key(w, "hit"), jw_bool(w, stopped < 0);
        jw_key(w, "when"), yaml_json(when, w);
        if (stopped >= 0) {
                const char *name = t->inputs[stopped].name;
                jw_key(w, "input"), jw_text(w, name);
                jw_key(w, "asked"), yaml_json(yaml_get(when, name), w);
                jw_key(w, "given"), input_value(in, count, name).p ? jw_str(w, input_value(in, count, name)) : jw_null(w);
        }
        jw_close(w, '}');
}

void
rules_trace(const struct rule_table *t, const struct rule_input *in, size_t count, struct jw *w)
{
        int hit = rules_decide(t, in, count);

        jw_open(w, '{');
        jw_key(w, "row"), hit < 0 ? jw_null(w) : jw_int(w, hit + 1);
        jw_key(w, "place"), hit < 0 ? jw_null(w) : jw_text(w, t->rows[hit].place);
        jw_key(w, "then"), hit < 0 ? jw_null(w) : yaml_json(yaml_get(row_node(t, (size_t)hit), "then"), w);
        jw_key(w, "trace"), jw_open(w, '[');
        for (size_t i = 0; i < t->row_count && (hit < 0 || i <= (size_t)hit); i++)
                trace_row(t, i, obstacle(t, &t->rows[i], in, count), in, count, w);
        jw_close(w, ']');
        jw_close(w, '}');
}
