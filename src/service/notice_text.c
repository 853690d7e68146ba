/* SPDX-License-Identifier: Apache-2.0
 *
 * notice_text.c -- wording and facts to a text in the reader's language and time zone.
 *
 * A line of which a placeholder has no value is left out, so that one template serves a request with and without a promise.
 * A placeholder's value is never looked at for placeholders again: what a person typed stays what it is.
 */
#include <stdio.h>
#include "base/zone.h"
#include "gen/names.h"
#include "model/rules.h"
#include "service/notices.h"

struct filler {
        struct work *w;
        const struct json *facts;
        struct notice_reader to;
        const struct notice_extra *extra;
        bool missing;
};

static const char *
in_language(const struct label *l, enum lang lang)
{
        return lang == LANG_EN ? l->en : l->zh;
}

/* ---- times ---- */

static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static const char *
time_words(struct filler *f, usec t)
{
        const struct zone *z = f->to.zone && *f->to.zone ? zone_get(f->to.zone) : NULL;
        struct civil c = zone_civil(z ? z : zone_get("UTC"), t);
        const char *utc = z ? "" : " UTC";

        if (f->to.lang == LANG_EN)
                return arena_printf(f->w->ctx->arena, "%d %s %04d, %02d:%02d%s", c.day, MONTHS[c.month - 1], c.year, c.hour, c.minute,
                                    utc);
        return arena_printf(f->w->ctx->arena, "%04d-%02d-%02d %02d:%02d%s", c.year, c.month, c.day, c.hour, c.minute, utc);
}

/* ---- labels of codes ---- */

static const char *
option_label(const struct option *o, size_t n, struct str code, enum lang lang)
{
        for (size_t i = 0; i < n; i++)
                if (str_is(code, o[i].name))
                        return in_language(&o[i].label, lang);
        return NULL;
}

static const struct entity *
entity_of(const struct filler *f)
{
        return model_entity_str(f->w->model, json_get_text(f->facts, "entity"));
}

/* A customer reads one of seven plain words (rules/customer_state.yaml), staff the state's own label. */
static const char *
state_words(struct filler *f)
{
        const struct entity *e = entity_of(f);
        const struct state *s = e ? entity_state_str(e, json_get_text(f->facts, "state")) : NULL;
        const struct code_list *c = rules_codes(f->w->model->rules, "customer_state");
        size_t n = 0;
        const struct option *o = c ? codes_options(c, &n) : NULL;

        if (s == NULL)
                return NULL;
        if (json_get(f->facts, "by") || s->customer == NULL)   /* `by` stands in the facts of staff alone */
                return in_language(&s->label, f->to.lang);
        return option_label(o, n, str_of(s->customer), f->to.lang);
}

static const char *
severity_words(struct filler *f, struct str code)
{
        const struct entity *e = f->w->model->case_entity;
        const struct field *s = e ? entity_field(e, FIELD_CASE_SEVERITY) : NULL;

        return s ? option_label(s->options, s->option_count, code, f->to.lang) : NULL;
}

static const char *
clock_words(struct filler *f, struct str name)
{
        const struct entity *e = entity_of(f);

        for (size_t i = 0; e && i < e->clock_count; i++)
                if (str_is(name, e->clocks[i].name))
                        return in_language(&e->clocks[i].label, f->to.lang);
        return name.n ? str_c(f->w->ctx->arena, name) : NULL;
}

/* ---- values ---- */

/* A text, a number, or {"en":..., "zh":...}. */
static const char *
plain(struct filler *f, const struct json *v)
{
        if (v && v->type == JSON_OBJECT)
                v = json_get(v, f->to.lang == LANG_EN ? "en" : "zh");
        if (v == NULL || (v->type != JSON_TEXT && v->type != JSON_INT && v->type != JSON_REAL) || v->text.n == 0)
                return NULL;
        return str_c(f->w->ctx->arena, v->text);
}

static const char *
from_extra(struct filler *f, struct str name)
{
        const struct notice_extra *x = f->extra;

        if (x == NULL)
                return NULL;
        if (str_is(name, "count"))
                return x->count ? arena_printf(f->w->ctx->arena, "%lld", (long long)x->count) : NULL;
        return str_is(name, "reader") ? x->reader : str_is(name, "why") ? x->why : str_is(name, "link") ? x->link
               : str_is(name, "text") ? x->text : NULL;
}

static const char *
value(struct filler *f, struct str name)
{
        const struct json *v = json_get(f->facts, str_c(f->w->ctx->arena, name));
        const char *extra = from_extra(f, name);
        const struct entity *e = entity_of(f);

        if (extra && *extra)
                return extra;
        if (str_is(name, "state"))
                return state_words(f);
        if (str_is(name, "entity"))
                return e ? in_language(&e->label, f->to.lang) : NULL;
        if (str_is(name, "severity"))
                return v ? severity_words(f, v->text) : NULL;
        if (str_is(name, "clock"))
                return v ? clock_words(f, v->text) : NULL;
        if (str_is(name, "by") && v && v->text.n == 0)
                return in_language(&model_role(f->w->model, "system")->label, f->to.lang);
        if ((str_is(name, "due") || str_is(name, "until")) && v && v->type == JSON_INT)
                return time_words(f, v->i);
        return plain(f, v);
}

/* ---- filling ---- */

static void
fill_line(struct filler *f, struct str line, struct buf *b)
{
        for (size_t i = 0; i < line.n;) {
                const char *open = memchr(line.p + i, '{', line.n - i);
                size_t at = open ? (size_t)(open - line.p) : line.n;
                buf_add(b, line.p + i, at - i);
                if (!open)
                        return;
                const char *close = memchr(open, '}', line.n - at);
                const char *v = close ? value(f, (struct str){open + 1, (size_t)(close - open - 1)}) : NULL;
                f->missing |= v == NULL;
                buf_text(b, v ? v : "");
                i = close ? (size_t)(close - line.p) + 1 : line.n;
        }
}

struct str
notice_fill(struct work *w, const char *wording, const struct json *facts, struct notice_reader to, const struct notice_extra *extra)
{
        struct filler f = {w, facts, to, extra, false};
        struct str rest = str_of(wording), ret;
        bool single = strchr(wording, '\n') == NULL;
        struct buf b = {0};

        while (rest.p) {
                struct str line = str_cut(rest, '\n', &rest);
                size_t before = b.n;
                f.missing = false;
                if (before)
                        buf_char(&b, '\n');
                fill_line(&f, line, &b);
                if (f.missing && !single)
                        b.n = before;
        }
        ret = (struct str){arena_strndup(w->ctx->arena, b.n ? b.p : "", b.n), b.n};
        buf_free(&b);
        return ret;
}

/* ---- a notice and what was told with it ---- */

static bool
has_line(struct str text, struct str line)
{
        while (text.p)
                if (str_eq(str_trim(str_cut(text, '\n', &text)), line))
                        return true;
        return false;
}

/* The lines that are not said above. */
static struct str
new_lines(struct work *w, struct str said, struct str text)
{
        struct buf b = {0};
        struct str ret;

        while (text.p) {
                struct str line = str_trim(str_cut(text, '\n', &text));
                if (line.n == 0 || has_line(said, line))
                        continue;
                if (b.n)
                        buf_char(&b, '\n');
                buf_str(&b, line);
        }
        ret = (struct str){arena_strndup(w->ctx->arena, b.n ? b.p : "", b.n), b.n};
        buf_free(&b);
        return ret;
}

static const struct wording *
wording_of(struct work *w, struct str template, enum audience a)
{
        const struct template *t = template_get(w->model->templates, template);

        return t && t->by[a].subject.en ? &t->by[a] : NULL;
}

static void
say_also(struct work *w, const struct json *part, enum audience a, struct notice_reader to, struct notice_said *ret)
{
        const struct wording *said = wording_of(w, json_get_text(part, "template"), a);
        const struct json *facts = json_get(part, "facts");
        struct str *list = (struct str *)ret->also;
        struct str text, subject;

        if (said == NULL || facts == NULL)
                return;
        text = new_lines(w, ret->text, notice_fill(w, in_language(&said->text, to.lang), facts, to, NULL));
        if (text.n == 0)
                return;
        subject = notice_fill(w, in_language(&said->subject, to.lang), facts, to, NULL);
        *ARENA_PUSH(w->ctx->arena, list, ret->also_count) = subject;
        ret->also = list;
        ret->text = str_of(arena_printf(w->ctx->arena, "%.*s\n\n%.*s\n%.*s", (int)ret->text.n, ret->text.p, (int)subject.n, subject.p,
                                        (int)text.n, text.p));
}

bool
notice_say(struct work *w, struct str template, enum audience a, const struct json *facts, struct notice_reader to,
           struct notice_said *ret)
{
        const struct wording *said = wording_of(w, template, a);
        const struct json *also = json_get(facts, "also");

        *ret = (struct notice_said){STR_NONE, STR_NONE, NULL, 0};
        if (said == NULL)
                return false;
        ret->subject = notice_fill(w, in_language(&said->subject, to.lang), facts, to, NULL);
        ret->text = notice_fill(w, in_language(&said->text, to.lang), facts, to, NULL);
        for (const struct json *part = also && also->type == JSON_ARRAY ? also->child : NULL; part; part = part->next)
                say_also(w, part, a, to, ret);
        return true;
}

const char *
notice_why(const struct model *m, struct str code, enum lang lang)
{
        const struct code_list *c = rules_codes(m->rules, "notice_why");
        size_t n = 0;
        const struct option *o = c ? codes_options(c, &n) : NULL;
        const char *words = option_label(o, n, code, lang);

        for (size_t i = 0; words == NULL && i < m->role_count; i++)
                if (str_is(code, m->roles[i].name))
                        words = in_language(&m->roles[i].label, lang);
        return words ? words : "";
}

const struct json *
notice_facts_read(struct work *w, struct str text)
{
        static const struct json none = {.type = JSON_OBJECT};
        struct ctx own;
        const struct json *v = NULL;

        ctx_init(&own, w->ctx->arena);
        if (text.n)
                v = json_parse(&own, arena_strndup(w->ctx->arena, text.p, text.n), text.n, 1000);
        return v && v->type == JSON_OBJECT ? v : &none;
}
