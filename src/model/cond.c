/* SPDX-License-Identifier: Apache-2.0
 *
 * cond.c -- conditions: comparison, in, is set, and, or, not.
 *
 *     condition = term   { "or" term }
 *     term      = factor { "and" factor }
 *     factor    = "not" factor | "(" condition ")" | test
 *     test      = field op literal | field ["not"] "in" "[" literal {"," literal} "]"
 *               | field "is" ["not"] "set" | field                  (a bool by itself: it is true)
 *     op        = "==" "!=" "<" "<=" ">" ">="
 *     literal   = word | "quoted" | 'quoted'
 *
 * The text becomes a tree once, at load: names are field indices, literals are stored values, so that asking is a
 * walk without allocation or failure.
 *
 * Invariants
 *   1. Every test names a field of the entity that has a column, and literals of that field's type.
 *   2. Order (< <= > >=) is asked only of numbers, dates and times.
 *   3. A comparison with NULL is false, != and not in too; only `is not set` and `not (...)` are true of NULL.
 *   4. A text has at most TEXT_MAX characters and DEPTH_MAX parentheses, so that walks may recurse.
 *
 * Not here: what is done when a condition does not hold.
 */
#include "model/cond.h"
#include <stdarg.h>
#include <stdio.h>
#include "model/bind.h"
#include "model/load.h"

enum { DEPTH_MAX = 32, WORD_MAX = 200, TEXT_MAX = 2000 };
enum op { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_IN, OP_NOT_IN, OP_SET, OP_NOT_SET, OP_AND, OP_OR, OP_NOT };

struct cond {
        enum op op;
        const struct field *field;     /* of a test */
        const struct val *values;      /* its literals */
        size_t count;
        const struct cond *left, *right;       /* and, or; not: left */
};

/* ---- words ---- */

enum token { T_END, T_WORD, T_QUOTED, T_OP, T_PUNCT, T_BAD };
struct parser {
        struct ctx *ctx;
        struct arena *arena;
        const struct entity *e;
        const char *place;
        struct str text;
        size_t at, start;              /* start: of the word in hand */
        enum token token;
        struct str word;
        int depth;
        bool bad;
};

static bool fault_at(struct parser *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static bool
fault_at(struct parser *p, const char *fmt, ...)
{
        char en[1024], zh[1024];
        va_list ap, again;

        if (p->bad)
                return false;
        p->bad = true;
        va_start(ap, fmt);
        va_copy(again, ap);
        vsnprintf(en, sizeof en, fmt, ap);
        vsnprintf(zh, sizeof zh, fault_zh(fmt), again);
        va_end(again);
        va_end(ap);
        return fail(p->ctx, E_MODEL, p->place,
                    ctx_both(p->ctx, arena_printf(p->ctx->arena, "The condition is wrong at character %zu: %s", p->start + 1, en),
                             arena_printf(p->ctx->arena, "条件表达式第 %zu 个字符处有误：%s", p->start + 1, zh)));
}

static bool
is_word_char(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("_.+-:/@%", c) ||
               (unsigned char)c >= 128;
}

static void
next_quoted(struct parser *p, char quote)
{
        const char *from = p->text.p + p->at + 1;
        const char *end = memchr(from, quote, p->text.n - p->at - 1);

        p->token = end ? T_QUOTED : T_BAD;
        if (end == NULL) {
                fault_at(p, "the quoted text does not end.");
                return;
        }
        p->word = (struct str){from, (size_t)(end - from)};
        p->at = (size_t)(end - p->text.p) + 1;
}

static void
next_sign(struct parser *p, char c)
{
        bool two = p->at + 1 < p->text.n && p->text.p[p->at + 1] == '=';

        p->word = (struct str){p->text.p + p->at, two ? 2 : 1};
        p->at += p->word.n;
        p->token = strchr("<>", c) || two ? T_OP : T_BAD;
        if (p->token == T_BAD)
                fault_at(p, "\"%c\" cannot stand alone; == and != compare.", c);
}

/* Moves to the next word. */
static void
next(struct parser *p)
{
        while (p->at < p->text.n && strchr(" \t\r\n", p->text.p[p->at]))
                p->at++;
        p->start = p->at;
        p->word = STR_NONE;
        if (p->at == p->text.n) {
                p->token = T_END;
                return;
        }
        char c = p->text.p[p->at];
        if (c == '"' || c == '\'')
                next_quoted(p, c);
        else if (c && strchr("<>=!", c))
                next_sign(p, c);
        else if (c && strchr("()[],", c)) {
                p->token = T_PUNCT;
                p->word = (struct str){p->text.p + p->at++, 1};
        } else if (c && is_word_char(c)) {
                while (p->at < p->text.n && p->text.p[p->at] && is_word_char(p->text.p[p->at]))
                        p->at++;
                p->token = T_WORD;
                p->word = (struct str){p->text.p + p->start, p->at - p->start};
        } else {
                p->token = T_BAD;
                fault_at(p, "the sign \"%c\" has no meaning here.", c < ' ' || c > '~' ? '?' : c);
        }
}

static bool
at_word(const struct parser *p, const char *word)
{
        return p->token == T_WORD && str_is(p->word, word);
}

static bool
at_punct(const struct parser *p, char c)
{
        return p->token == T_PUNCT && p->word.p[0] == c;
}

static bool
skip_word(struct parser *p, const char *word)
{
        if (!at_word(p, word))
                return false;
        next(p);
        return true;
}

/* ---- tests ---- */

static struct cond *condition(struct parser *p);

static const struct field *
field_here(struct parser *p)
{
        const struct field *f = p->token == T_WORD ? entity_field_str(p->e, p->word) : NULL;
        struct words known = {0};

        if (f && f->storage != STORE_NONE && f->storage != STORE_BYTES)
                return f;
        for (size_t i = 0; i < p->e->field_count; i++)
                if (p->e->fields[i].storage != STORE_NONE && p->e->fields[i].storage != STORE_BYTES)
                        *ARENA_PUSH(p->ctx->arena, known.v, known.n) = p->e->fields[i].name;
        if (p->token == T_WORD)
                fault_at(p, "there is no field \"%.*s\" to ask. Allowed: %s.", (int)(p->word.n < WORD_MAX ? p->word.n : WORD_MAX),
                         p->word.p, words_text(p->ctx->arena, known));
        else
                fault_at(p, "a field's name is needed.");
        return NULL;
}

/* A literal as the field stores it. */
static bool
literal(struct parser *p, const struct field *f, struct val *ret)
{
        struct ctx scratch;

        if (p->token != T_WORD && p->token != T_QUOTED)
                return fault_at(p, "a value is needed.");
        ctx_init(&scratch, p->arena);
        if (p->word.n == 0 || !bind_text(&scratch, f, p->word, "", ret))
                return fault_at(p, "the value does not fit the field \"%s\": %s", f->name,
                                scratch.errors ? scratch.errors->en : "it is empty; \"is set\" asks for that.");
        *ret = val_copy(p->arena, ret);
        next(p);
        return true;
}

static bool
has_order(const struct field *f)
{
        switch (f->type) {
        case TYPE_INT:
        case TYPE_RATING:
        case TYPE_SCORE:
        case TYPE_DECIMAL:
        case TYPE_MONEY:
        case TYPE_PERCENT:
        case TYPE_DURATION:
        case TYPE_DATE:
        case TYPE_DATETIME:
                return true;
        default:
                return false;
        }
}

static enum op
op_of(struct str sign)
{
        static const char *const signs[] = {"==", "!=", "<", "<=", ">", ">="};
        enum op op = OP_EQ;

        while (!str_is(sign, signs[op]))
                op++;
        return op;
}

static bool
test_compare(struct parser *p, struct cond *c)
{
        struct val *v = ARENA_NEW(p->arena, struct val);

        c->op = op_of(p->word);
        if (c->op >= OP_LT && !has_order(c->field))
                return fault_at(p, "\"%s\" is of type %s, which has no order; == and != are allowed.", c->field->name,
                                type_name(c->field->type));
        next(p);
        c->values = v;
        c->count = 1;
        return literal(p, c->field, v);
}

static bool
test_in(struct parser *p, struct cond *c)
{
        struct val *values = NULL;

        if (!at_punct(p, '['))
                return fault_at(p, "\"in\" needs a list such as [a, b].");
        do {
                next(p);
                struct val v;
                if (!literal(p, c->field, &v))
                        return false;
                *ARENA_PUSH(p->arena, values, c->count) = v;
        } while (at_punct(p, ','));
        if (!at_punct(p, ']'))
                return fault_at(p, "the list needs \",\" or \"]\" here.");
        next(p);
        c->values = values;
        return true;
}

static bool
test_is(struct parser *p, struct cond *c)
{
        c->op = skip_word(p, "not") ? OP_NOT_SET : OP_SET;
        return skip_word(p, "set") || fault_at(p, "\"is\" needs \"set\" or \"not set\".");
}

/* A field by itself: a bool that is true. */
static bool
test_alone(struct parser *p, struct cond *c)
{
        static const struct val yes = {.type = VAL_INT, .i = 1};

        if (c->field->type != TYPE_BOOL)
                return fault_at(p, "\"%s\" needs ==, !=, <, <=, >, >=, in, not in, is set or is not set behind it.",
                                c->field->name);
        c->op = OP_EQ;
        c->values = &yes;
        c->count = 1;
        return true;
}

static bool
test_rest(struct parser *p, struct cond *c)
{
        if (skip_word(p, "is"))
                return test_is(p, c);
        if (c->field->storage == STORE_JSON)
                return fault_at(p, "\"%s\" is of type %s: only `is set` and `is not set` can be asked.", c->field->name,
                                type_name(c->field->type));
        if (p->token == T_OP)
                return test_compare(p, c);
        c->op = skip_word(p, "not") ? OP_NOT_IN : OP_IN;
        if (skip_word(p, "in"))
                return test_in(p, c);
        return c->op == OP_IN ? test_alone(p, c) : fault_at(p, "\"not\" needs \"in\" behind it.");
}

static struct cond *
test(struct parser *p)
{
        struct cond *c = ARENA_NEW(p->arena, struct cond);

        c->field = field_here(p);
        if (c->field == NULL)
                return NULL;
        next(p);
        return test_rest(p, c) ? c : NULL;
}

/* ---- combinations ---- */

static struct cond *
join(struct parser *p, enum op op, const struct cond *left, const struct cond *right)
{
        struct cond *c = ARENA_NEW(p->arena, struct cond);

        *c = (struct cond){.op = op, .left = left, .right = right};
        return c;
}

static struct cond *
factor(struct parser *p)
{
        struct cond *c = NULL;

        if (++p->depth > DEPTH_MAX)
                fault_at(p, "it is nested too deeply.");
        else if (skip_word(p, "not")) {
                c = factor(p);
                c = c ? join(p, OP_NOT, c, NULL) : NULL;
        } else if (at_punct(p, '(')) {
                next(p);
                c = condition(p);
                if (c && !at_punct(p, ')'))
                        fault_at(p, "\")\" is needed here.");
                next(p);
        } else
                c = test(p);
        p->depth--;
        return p->bad ? NULL : c;
}

/* part { word part } */
static struct cond *
chain(struct parser *p, enum op op, const char *word, struct cond *(*part)(struct parser *))
{
        struct cond *left = part(p);

        while (left && skip_word(p, word)) {
                struct cond *right = part(p);
                left = right ? join(p, op, left, right) : NULL;
        }
        return left;
}

static struct cond *
term(struct parser *p)
{
        return chain(p, OP_AND, "and", factor);
}

static struct cond *
condition(struct parser *p)
{
        return chain(p, OP_OR, "or", term);
}

struct cond *
cond_parse(struct ctx *ctx, struct arena *a, const struct entity *e, struct str text, const char *place)
{
        struct parser p = {.ctx = ctx, .arena = a, .e = e, .place = place, .text = text};

        if (text.n > TEXT_MAX) {
                fault_at(&p, "it has more than 2000 characters.");
                return NULL;
        }
        next(&p);
        struct cond *c = condition(&p);
        if (c && p.token != T_END) {
                fault_at(&p, "\"and\", \"or\" or the end is needed here.");
                c = NULL;
        }
        return p.bad ? NULL : c;
}

/* ---- asking ---- */

static int
order(const struct val *a, const struct val *b)
{
        if (a->type == VAL_INT)
                return (a->i > b->i) - (a->i < b->i);
        size_t n = a->s.n < b->s.n ? a->s.n : b->s.n;
        int c = n ? memcmp(a->s.p, b->s.p, n) : 0;
        return c ? c : (a->s.n > b->s.n) - (a->s.n < b->s.n);
}

static bool
among(const struct cond *c, const struct val *v)
{
        for (size_t i = 0; i < c->count; i++)
                if (val_equal(&c->values[i], v))
                        return true;
        return false;
}

static bool
test_holds(const struct cond *c, const struct val *v)
{
        if (v->type == VAL_NULL)
                return c->op == OP_NOT_SET;
        switch (c->op) {
        case OP_SET:
                return true;
        case OP_NOT_SET:
                return false;
        case OP_EQ:
        case OP_IN:
                return among(c, v);
        case OP_NE:
        case OP_NOT_IN:
                return !among(c, v);
        case OP_LT:
                return order(v, c->values) < 0;
        case OP_LE:
                return order(v, c->values) <= 0;
        case OP_GT:
                return order(v, c->values) > 0;
        default:
                return order(v, c->values) >= 0;
        }
}

bool
cond_holds(const struct cond *c, const struct val *values)
{
        switch (c->op) {
        case OP_AND:
                return cond_holds(c->left, values) && cond_holds(c->right, values);
        case OP_OR:
                return cond_holds(c->left, values) || cond_holds(c->right, values);
        case OP_NOT:
                return !cond_holds(c->left, values);
        default:
                return test_holds(c, &values[c->field->index]);
        }
}

/* ---- before everything is given ---- */

enum { CAN_FAIL = 1, CAN_HOLD = 2 };

static bool
takes(const struct transition *t, const struct field *f)
{
        for (size_t i = 0; i < t->needs_count; i++)
                if (t->needs[i] == f)
                        return true;
        for (size_t i = 0; i < t->may_count; i++)
                if (t->may[i] == f)
                        return true;
        return false;
}

/* Which answers are open: CAN_FAIL, CAN_HOLD or both. */
static int
answers(const struct cond *c, const struct val *values, const struct transition *t)
{
        int a = c->left ? answers(c->left, values, t) : 0, b = c->right ? answers(c->right, values, t) : 0;

        switch (c->op) {
        case OP_AND:
                return (a & b & CAN_HOLD) | ((a | b) & CAN_FAIL);
        case OP_OR:
                return (a & b & CAN_FAIL) | ((a | b) & CAN_HOLD);
        case OP_NOT:
                return (a & CAN_FAIL ? CAN_HOLD : 0) | (a & CAN_HOLD ? CAN_FAIL : 0);
        default:
                return takes(t, c->field) ? CAN_FAIL | CAN_HOLD : test_holds(c, &values[c->field->index]) ? CAN_HOLD : CAN_FAIL;
        }
}

bool
cond_may_hold(const struct cond *c, const struct val *values, const struct transition *t)
{
        return answers(c, values, t) & CAN_HOLD;
}

/* ---- for the browser ---- */

static void
json_values(const struct cond *c, struct jw *w)
{
        jw_open(w, '[');
        for (size_t i = 0; i < c->count; i++)
                bind_write(c->field, &c->values[i], w);
        jw_close(w, ']');
}

static void
json_test(const struct cond *c, struct jw *w)
{
        static const char *const names[] = {"eq", "ne", "lt", "le", "gt", "ge", "in", "not_in", "set", "set"};

        jw_open(w, '{');
        jw_key(w, "field");
        jw_text(w, c->field->name);
        jw_key(w, names[c->op]);
        if (c->op == OP_SET || c->op == OP_NOT_SET)
                jw_bool(w, c->op == OP_SET);
        else if (c->op == OP_IN || c->op == OP_NOT_IN)
                json_values(c, w);
        else
                bind_write(c->field, c->values, w);
        jw_close(w, '}');
}

void
cond_json(const struct cond *c, struct jw *w)
{
        if (c->op < OP_AND) {
                json_test(c, w);
                return;
        }
        jw_open(w, '{');
        jw_key(w, c->op == OP_AND ? "and" : c->op == OP_OR ? "or" : "not");
        if (c->op == OP_NOT)
                cond_json(c->left, w);
        else {
                jw_open(w, '[');
                cond_json(c->left, w);
                cond_json(c->right, w);
                jw_close(w, ']');
        }
        jw_close(w, '}');
}
