/* SPDX-License-Identifier: Apache-2.0
 *
 * filter.c -- the filter language of lists, to a SQL condition with bound values.
 *
 *     or   := and { "," and }
 *     and  := term { ";" term }
 *     term := "(" or ")" | name operator value
 *     value := word | 'quoted' | "quoted" | "(" word { "," word } ")"      (the list only for =in= and =out=)
 *
 * Recursive descent over the text, writing SQL as it goes; depth and number of terms are bounded.  A name is looked
 * up in the entity, never copied into the SQL from the text; every value is bound.
 */
#include "engine/filter.h"
#include <stdio.h>
#include "base/text.h"
#include "engine/access.h"
#include "engine/sqltext.h"
#include "model/bind.h"

enum { FILTER_DEPTH = 16, FILTER_TERMS = 100, FILTER_LIST = 500 };

struct parser {
        struct work *w;
        const struct entity *e;
        struct str text;
        size_t at;
        int depth, terms;
        struct sql_text *s;
};

/* What a name stands for. */
struct column {
        const struct field *field;     /* NULL: a system column */
        const char *sql;               /* system column's expression */
        bool is_time, is_text, is_kind;
};

void
sql_text_value(struct work *w, struct sql_text *s, struct val v)
{
        *ARENA_PUSH(w->ctx->arena, s->values, s->count) = v;
        buf_printf(&s->text, "$%zu", s->count);
}

void
sql_text_field(const struct entity *e, const struct field *f, struct sql_text *s)
{
        sqltext_field(e, f, &s->text);
        s->own = s->own || (e->kind == KIND_CASE && !f->shared);
}

static bool
fault(struct parser *p, const char *what)
{
        char at[24];

        snprintf(at, sizeof at, "%zu", p->at);
        return fail(p->w->ctx, E_FILTER, "filter", what, at);
}

static bool
eat(struct parser *p, const char *token)
{
        size_t n = strlen(token);

        if (p->text.n - p->at < n || memcmp(p->text.p + p->at, token, n) != 0)
                return false;
        p->at += n;
        return true;
}

static struct str
take_name(struct parser *p)
{
        size_t from = p->at;

        while (p->at < p->text.n) {
                char c = p->text.p[p->at];
                if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.'))
                        break;
                p->at++;
        }
        return (struct str){p->text.p + from, p->at - from};
}

static bool
take_quoted(struct parser *p, char quote, struct str *ret)
{
        char *out = arena_alloc(p->w->ctx->arena, p->text.n + 1);
        size_t n = 0;

        for (p->at++; p->at < p->text.n && p->text.p[p->at] != quote; p->at++) {
                if (p->text.p[p->at] == '\\' && p->at + 1 < p->text.n)
                        p->at++;
                out[n++] = p->text.p[p->at];
        }
        if (p->at >= p->text.n)
                return fault(p, "the quotation is not closed");
        p->at++;
        *ret = (struct str){out, n};
        return true;
}

static bool
take_value(struct parser *p, struct str *ret)
{
        size_t from = p->at;

        if (p->at < p->text.n && (p->text.p[p->at] == '\'' || p->text.p[p->at] == '"'))
                return take_quoted(p, p->text.p[p->at], ret);
        while (p->at < p->text.n && strchr(";,()'\"", p->text.p[p->at]) == NULL)
                p->at++;
        *ret = (struct str){p->text.p + from, p->at - from};
        return ret->n > 0 || fault(p, "a value is needed here");
}

/* ---- names ---- */

static bool
find_system(const struct entity *e, struct str name, struct column *ret)
{
        static const struct {
                const char *name;
                enum system_column col;
                bool is_time, is_text;
        } known[] = {{"id", COL_ID, false, false}, {"version", COL_VERSION, false, false},
                     {"created_at", COL_CREATED_AT, true, false}, {"created_by", COL_CREATED_BY, false, false},
                     {"updated_at", COL_UPDATED_AT, true, false}, {"updated_by", COL_UPDATED_BY, false, false},
                     {"state", COL_STATE, false, true}, {"number", COL_NUMBER, false, true},
                     {"case_id", COL_CASE_ID, false, false}, {"entity", COL_ENTITY, false, true}};

        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
                if (str_is(name, known[i].name)) {
                        ret->sql = sqltext_system(e, known[i].col);
                        ret->is_time = known[i].is_time;
                        ret->is_text = known[i].is_text;
                        return strcmp(ret->sql, "null") != 0;
                }
        if (e->kind == KIND_CASE && str_is(name, "stage")) {
                *ret = (struct column){.sql = "c.stage", .is_text = true};
                return true;
        }
        *ret = (struct column){.is_kind = true, .sql = "c.state"};
        return (e->state_count > 0 || e->abstract) && str_is(name, "state.kind");
}

static bool
find_column(struct parser *p, struct str name, struct column *ret)
{
        *ret = (struct column){0};
        if (find_system(p->e, name, ret))
                return true;
        *ret = (struct column){.field = entity_field_str(p->e, name)};
        if (ret->field != NULL && ret->field->storage != STORE_NONE && !ret->field->hidden &&
            access_field_read(p->w->actor, ret->field))
                return true;
        p->at -= name.n;
        return fault(p, name.n == 0 ? "the name of a field is needed here"
                                    : arena_printf(p->w->ctx->arena, "%s has no field \"%.*s\"", p->e->name, (int)name.n,
                                                   name.p));
}

static void
write_column(struct parser *p, const struct column *c)
{
        if (c->field != NULL)
                sql_text_field(p->e, c->field, p->s);
        else
                buf_text(&p->s->text, c->sql);
}

/* ---- values ---- */

static bool
system_value(struct parser *p, const struct column *c, struct str text, struct val *ret)
{
        if (c->is_text || c->is_kind) {
                *ret = VAL_OF_TEXT(text);
                return text_valid(text) || fault(p, "the value is not valid UTF-8");
        }
        ret->type = VAL_INT;
        if (c->is_time && str_is(text, "now"))
                return ret->i = p->w->now, true;
        if (c->is_time ? time_parse(text, &ret->i) : str_to_int(text, &ret->i))
                return true;
        if (!c->is_time && str_is(text, "me"))
                return ret->i = p->w->actor->id, true;
        return fault(p, c->is_time ? "an RFC 3339 time is needed" : "a whole number is needed");
}

static bool
column_value(struct parser *p, const struct column *c, struct str text, struct val *ret)
{
        const struct field *f = c->field;

        if (f == NULL)
                return system_value(p, c, text, ret);
        if (str_is(text, "me") && f->to_name != NULL) {
                bool contact = strcmp(f->to_name, "contact") == 0;
                *ret = VAL_OF_INT(contact ? p->w->actor->contact : p->w->actor->id);
                return true;
        }
        if (str_is(text, "now") && f->type == TYPE_DATETIME) {
                *ret = VAL_OF_INT(p->w->now);
                return true;
        }
        if (f->storage == STORE_JSON) {
                *ret = VAL_OF_TEXT(text);
                return true;
        }
        if (f->type == TYPE_DATETIME && text.n == 10)
                text = str_of(arena_printf(p->w->ctx->arena, "%.*sT00:00:00Z", (int)text.n, text.p));
        return bind_text(p->w->ctx, f, text, "filter", ret);
}

/* ---- terms ---- */

/* What has no value is not among the values: =out= finds it, as != does. */
static bool
list_term(struct parser *p, const struct column *c, bool out)
{
        int n = 0;

        if (!eat(p, "("))
                return fault(p, "a list in parentheses is needed here");
        if (out) {
                buf_text(&p->s->text, "(");
                write_column(p, c);
                buf_text(&p->s->text, " is null or ");
        }
        write_column(p, c);
        buf_text(&p->s->text, out ? " not in (" : " in (");
        do {
                struct str text;
                struct val v;
                if (!take_value(p, &text) || !column_value(p, c, text, &v))
                        return false;
                if (n++ > 0)
                        buf_text(&p->s->text, ", ");
                sql_text_value(p->w, p->s, v);
        } while (n < FILTER_LIST && eat(p, ","));
        buf_text(&p->s->text, out ? "))" : ")");
        return eat(p, ")") || fault(p, "\",\" or \")\" is needed here (at most 500 values)");
}

static void
states_of_kind(struct parser *p, const struct entity *e, struct str kind)
{
        int n = 0;

        for (size_t i = 0; i < e->state_count; i++) {
                if (!str_is(kind, state_kind_name(e->states[i].kind)))
                        continue;
                buf_text(&p->s->text, n++ > 0 ? ", " : "");
                sql_text_value(p->w, p->s, VAL_OF_TEXT(str_of(e->states[i].name)));
        }
        buf_text(&p->s->text, n == 0 ? "'')" : ")");
}

/* The same name may be a state of several kinds of case, open in one and closed in another. */
static void
states_of_each(struct parser *p, struct str kind, bool negate)
{
        buf_text(&p->s->text, negate ? "not (1=0" : "(1=0");
        for (size_t i = 0; i < p->w->model->entity_count; i++) {
                const struct entity *e = &p->w->model->entities[i];
                if (e->kind != KIND_CASE || e->abstract)
                        continue;
                buf_text(&p->s->text, " or c.entity = ");
                sql_text_value(p->w, p->s, VAL_OF_TEXT(str_of(e->name)));
                buf_text(&p->s->text, " and c.state in (");
                states_of_kind(p, e, kind);
        }
        buf_text(&p->s->text, ")");
}

static bool
state_kind_term(struct parser *p, struct str text, bool negate)
{
        if (p->e->abstract) {
                states_of_each(p, text, negate);
        } else {
                buf_printf(&p->s->text, "c.state %s (", negate ? "not in" : "in");
                states_of_kind(p, p->e, text);
        }
        return str_is(text, "open") || str_is(text, "waiting") || str_is(text, "closed") ||
               fault(p, "state.kind is open, waiting or closed");
}

/* "*power*" to "%power%", what LIKE would take for itself escaped. */
static struct str
like_pattern(struct work *w, struct str text)
{
        char *out = arena_alloc(w->ctx->arena, text.n * 2 + 1);
        size_t n = 0;

        for (size_t i = 0; i < text.n; i++) {
                if (text.p[i] == '*') {
                        out[n++] = '%';
                        continue;
                }
                if (strchr("%_\\", text.p[i]) != NULL)
                        out[n++] = '\\';
                out[n++] = text.p[i];
        }
        return (struct str){out, n};
}

/* As lower() does it in both engines: the 26 letters alone. */
static struct str
lower_ascii(struct work *w, struct str text)
{
        char *out = arena_strndup(w->ctx->arena, text.p, text.n);

        for (size_t i = 0; i < text.n; i++)
                if (out[i] >= 'A' && out[i] <= 'Z')
                        out[i] = (char)(out[i] + 'a' - 'A');
        return (struct str){out, text.n};
}

static bool
like_term(struct parser *p, const struct column *c, struct str text)
{
        bool textual = c->field ? c->field->storage == STORE_TEXT : c->is_text;

        if (!textual)
                return fault(p, "=like= needs a text field");
        if (!text_valid(text))
                return fault(p, "the value is not valid UTF-8");
        buf_text(&p->s->text, "lower(");
        write_column(p, c);
        buf_text(&p->s->text, ") like ");
        sql_text_value(p->w, p->s, VAL_OF_TEXT(like_pattern(p->w, lower_ascii(p->w, text))));
        buf_text(&p->s->text, " escape '\\'");
        return true;
}

static bool
contains_term(struct parser *p, const struct column *c, struct str text)
{
        bool numeric = c->field && c->field->type == TYPE_MULTI_LINK;
        const char *q = numeric ? "" : "\"";
        char *pattern;

        if (c->field == NULL || c->field->storage != STORE_JSON)
                return fault(p, "=contains= needs a field of several values");
        if (!text_valid(text))
                return fault(p, "the value is not valid UTF-8");
        text = like_pattern(p->w, text);
        pattern = arena_printf(p->w->ctx->arena, "%%%s%s%.*s%s%s%%", numeric ? "," : "", q, (int)text.n, text.p, q,
                               numeric ? "," : "");
        buf_text(&p->s->text, numeric ? "(',' || replace(replace(" : "(");
        write_column(p, c);
        buf_text(&p->s->text, numeric ? ", '[', ''), ']', '') || ',') like " : ") like ");
        sql_text_value(p->w, p->s, VAL_OF_TEXT(str_of(pattern)));
        buf_text(&p->s->text, " escape '\\'");
        return true;
}

static bool
mine_term(struct parser *p, const struct column *c, bool negate)
{
        buf_text(&p->s->text, "(");
        write_column(p, c);
        buf_text(&p->s->text, negate ? " is null or not (1=0" : " is not null and (1=0");
        for (size_t i = 0; i < p->w->actor->team_count; i++) {
                buf_text(&p->s->text, " or ");
                write_column(p, c);
                buf_text(&p->s->text, " = ");
                sql_text_value(p->w, p->s, VAL_OF_INT(p->w->actor->teams[i]));
        }
        buf_text(&p->s->text, "))");
        return true;
}

static bool
compare_term(struct parser *p, const struct column *c, const char *op, struct str text, bool quoted)
{
        bool equal = op[0] == '=', differs = strcmp(op, "<>") == 0;
        struct val v;

        if (c->is_kind)
                return equal || differs ? state_kind_term(p, text, differs) : fault(p, "state.kind takes == or !=");
        if (!quoted && str_is(text, "null") && (equal || differs)) {
                write_column(p, c);
                buf_text(&p->s->text, equal ? " is null" : " is not null");
                return true;
        }
        if (c->field && c->field->to_name && strcmp(c->field->to_name, "team") == 0 && str_is(text, "mine"))
                return mine_term(p, c, differs);
        if (!column_value(p, c, text, &v))
                return false;
        write_column(p, c);
        buf_printf(&p->s->text, differs ? " is distinct from " : " %s ", op);
        sql_text_value(p->w, p->s, v);
        return true;
}

static bool
term(struct parser *p)
{
        static const struct {
                const char *token, *sql;
        } ops[] = {{"==", "="}, {"!=", "<>"}, {"=lt=", "<"}, {"=le=", "<="}, {"=gt=", ">"}, {"=ge=", ">="}};
        struct column c;
        struct str value;

        if (++p->terms > FILTER_TERMS)
                return fault(p, "more than 100 comparisons");
        if (!find_column(p, take_name(p), &c))
                return false;
        if (eat(p, "=in="))
                return list_term(p, &c, false);
        if (eat(p, "=out="))
                return list_term(p, &c, true);
        if (eat(p, "=like="))
                return take_value(p, &value) && like_term(p, &c, value);
        if (eat(p, "=contains="))
                return take_value(p, &value) && contains_term(p, &c, value);
        for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
                if (eat(p, ops[i].token)) {
                        bool quoted = p->at < p->text.n && (p->text.p[p->at] == '"' || p->text.p[p->at] == '\'');
                        return take_value(p, &value) && compare_term(p, &c, ops[i].sql, value, quoted);
                }
        return fault(p, "==, !=, =lt=, =le=, =gt=, =ge=, =in=, =out=, =like= or =contains= is needed here");
}

static bool either(struct parser *p);

static bool
factor(struct parser *p)
{
        bool ok;

        if (!eat(p, "("))
                return term(p);
        if (++p->depth > FILTER_DEPTH)
                return fault(p, "parentheses are nested too deep");
        ok = either(p);
        p->depth--;
        return ok && (eat(p, ")") || fault(p, "\")\" is needed here"));
}

static bool
both(struct parser *p)
{
        do {
                if (!factor(p))
                        return false;
        } while (eat(p, ";") && (buf_text(&p->s->text, " and "), true));
        return true;
}

static bool
either(struct parser *p)
{
        buf_text(&p->s->text, "(");
        do {
                if (!both(p))
                        return false;
        } while (eat(p, ",") && (buf_text(&p->s->text, " or "), true));
        buf_text(&p->s->text, ")");
        return true;
}

bool
filter_sql(struct work *w, const struct entity *e, struct str filter, struct sql_text *s)
{
        struct parser p = {.w = w, .e = e, .text = filter, .s = s};

        return either(&p) && (p.at == filter.n || fault(&p, "\";\", \",\" or the end is expected here"));
}
