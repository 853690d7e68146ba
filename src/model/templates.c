/* SPDX-License-Identifier: Apache-2.0
 *
 * templates.c -- the words of notices, as data.
 *
 *     templates:
 *       please_confirm:
 *         kind: answer_needed                      a code of rules/notice_kind.yaml
 *         customer: {subject: {en: ..., zh: ...}, text: {en: ..., zh: ...}}
 *         staff:    {...}                          one of the two at least
 *
 * Checked at load, so that a fault shows in `openitr check` and not when somebody should be told:
 *   1. each audience that is there has subject and text in both languages;
 *   2. only known placeholders stand in braces, and none of the staff's in what customers read;
 *   3. no word of rules/notice_words.yaml stands where it may not (tier names to customers ...);
 *   4. every template that a model names is there and speaks to the people it is sent to.
 * A site's template replaces the built-in one of its name, as a whole.
 *
 * Not here: who is told (service/notice_audience.c), filling in (service/notice_text.c).
 */
#include "model/templates.h"
#include "model/load.h"
#include "model/rules.h"

const struct placeholder PLACEHOLDERS[] = {
        {"reader", false},   {"number", false},   {"title", false},  {"entity", false}, {"state", false},
        {"severity", false}, {"owner", false},    {"handler", false}, {"due", false},    {"until", false},
        {"text", false},     {"reminder", false}, {"link", false},   {"why", false},    {"count", false},
        {"customer", true},  {"priority", true},  {"team", true},    {"clock", true},   {"percent", true},
        {"level", true},     {"by", true},        {"reason", true},  {"name", true},
};
const size_t PLACEHOLDER_COUNT = sizeof PLACEHOLDERS / sizeof *PLACEHOLDERS;

struct template_nodes {
        const char *kind;
        bool critical, fixed;
        const struct node *customer, *staff;
};
static const struct key template_keys[] = {
        {"kind", read_name, offsetof(struct template_nodes, kind)},
        {"critical", read_flag, offsetof(struct template_nodes, critical)},
        {"fixed", read_flag, offsetof(struct template_nodes, fixed)},
        {"customer", read_node, offsetof(struct template_nodes, customer)},
        {"staff", read_node, offsetof(struct template_nodes, staff)},
};
static const struct level level_template = {"template", template_keys, sizeof template_keys / sizeof *template_keys};
static const struct key wording_keys[] = {
        {"subject", read_label, offsetof(struct wording, subject)},
        {"text", read_label, offsetof(struct wording, text)},
};

const char *
audience_name(enum audience a)
{
        return a == AUDIENCE_STAFF ? "staff" : "customer";
}

const struct template *
template_get(const struct templates *t, struct str name)
{
        for (size_t i = 0; t && i < t->count; i++)
                if (str_is(name, t->list[i].name))
                        return &t->list[i];
        return NULL;
}

/* ---- one text ---- */

static const struct placeholder *
placeholder_get(struct str name)
{
        for (size_t i = 0; i < PLACEHOLDER_COUNT; i++)
                if (str_is(name, PLACEHOLDERS[i].name))
                        return &PLACEHOLDERS[i];
        return NULL;
}

static void
placeholder_check(struct loader *l, struct place p, struct str name, enum audience a)
{
        const struct placeholder *h = placeholder_get(name);
        struct words known = {0};

        if (h && (a == AUDIENCE_STAFF || !h->staff_only))
                return;
        for (size_t i = 0; i < PLACEHOLDER_COUNT; i++)
                if (a == AUDIENCE_STAFF || !PLACEHOLDERS[i].staff_only)
                        words_add(l, &known, PLACEHOLDERS[i].name);
        fault_unknown(l, p, arena_printf(l->ctx->arena, "placeholder for %s", audience_name(a)), name, known);
}

static void
braces_check(struct loader *l, struct place p, const char *text, enum audience a)
{
        for (const char *at = text; (at = strpbrk(at, "{}")) != NULL;) {
                const char *end = *at == '{' ? strpbrk(at + 1, "{}") : NULL;
                if (end == NULL || *end == '{') {
                        fault(l, p, "The brace in \"%.60s\" has no partner; a placeholder is written {number}.", at);
                        return;
                }
                placeholder_check(l, p, (struct str){at + 1, (size_t)(end - at - 1)}, a);
                at = end + 1;
        }
}

/* Words that this audience is never to read: rules/notice_words.yaml, attribute en or zh, with blanks between. */
static void
words_check(struct loader *l, struct place p, const char *text, enum audience a, const char *lang)
{
        const struct code_list *c = rules_codes(l->model->rules, "notice_words");
        struct str rest = c ? codes_attr(c, str_of(audience_name(a)), lang) : STR_NONE;

        while (rest.n > 0) {
                struct str word = str_cut(rest, ' ', &rest);
                if (word.n && strstr(text, str_c(l->ctx->arena, word)))
                        fault(l, p, "\"%.*s\" is no word for %s (rules/notice_words.yaml).", (int)word.n, word.p,
                              audience_name(a));
        }
}

static void
label_texts_check(struct loader *l, struct place p, const char *what, const struct label *label, enum audience a)
{
        if (!label->en || !label->zh) {
                fault(l, p, "The %s for %s needs both languages, en and zh.", what, audience_name(a));
                return;
        }
        braces_check(l, p, label->en, a);
        braces_check(l, p, label->zh, a);
        words_check(l, p, label->en, a, "never_en");
        words_check(l, p, label->zh, a, "never_zh");
}

static void
wording_read(struct loader *l, const struct node *n, enum audience a, struct wording *ret)
{
        if (n == NULL || !KEYS_READ(l, n, audience_name(a), wording_keys, ret))
                return;
        label_texts_check(l, n->place, "subject", &ret->subject, a);
        label_texts_check(l, n->place, "text", &ret->text, a);
        if (!ret->subject.en || !ret->text.en)
                *ret = (struct wording){0};
}

/* ---- templates ---- */

static void
kind_check(struct loader *l, const struct node *n, const char *kind)
{
        const struct code_list *c = rules_codes(l->model->rules, "notice_kind");
        struct words known = {0};
        size_t count = 0;
        const struct option *o = c ? codes_options(c, &count) : NULL;

        if (kind == NULL) {
                fault(l, n->place, "The template \"%s\" needs `kind`.", n->key.p);
                return;
        }
        if (c == NULL || codes_has(c, str_of(kind)))
                return;
        for (size_t i = 0; i < count; i++)
                words_add(l, &known, o[i].name);
        fault_unknown(l, n->place, "kind of notice", str_of(kind), known);
}

/* The place for a template of this name; NULL when it is taken. */
static struct template *
template_place(struct loader *l, struct templates *t, const struct node *n, bool site)
{
        struct template *first = (struct template *)template_get(t, n->key);

        if (first && (first->site || !site)) {
                fault(l, n->key_place, "The template \"%s\" is here twice; the other is at %s.", n->key.p,
                      place_text(l->ctx->arena, first->place));
                return NULL;
        }
        return first ? first : ARENA_PUSH(l->arena, t->list, t->count);
}

static void
template_read(struct loader *l, struct templates *t, const struct node *n, bool site)
{
        struct template_nodes nodes = {0};
        struct template *to;

        if (!member_read(l, n, "template", &level_template, &nodes) || !(to = template_place(l, t, n, site)))
                return;
        *to = (struct template){.name = n->key.p, .kind = nodes.kind, .critical = nodes.critical, .fixed = nodes.fixed,
                                .place = n->key_place, .site = site};
        kind_check(l, n, nodes.kind);
        if (!nodes.customer && !nodes.staff)
                fault(l, n->place, "The template \"%s\" needs `customer` or `staff`.", n->key.p);
        wording_read(l, nodes.customer, AUDIENCE_CUSTOMER, &to->by[AUDIENCE_CUSTOMER]);
        wording_read(l, nodes.staff, AUDIENCE_STAFF, &to->by[AUDIENCE_STAFF]);
}

/* ---- the templates that models name ---- */

static bool
to_customer(const struct loader *l, const char *to)
{
        const struct role *r = model_role(l->model, to);

        return strcmp(to, "contact") == 0 || (r && !r->staff);
}

static void
named_check(struct loader *l, const struct templates *t, const struct notice_decl *n)
{
        const struct template *named = n->template ? template_get(t, str_of(n->template)) : NULL;
        enum audience a;

        if (n->template == NULL || n->to == NULL)
                return;
        if (named == NULL) {
                fault(l, n->place, "There is no template \"%s\" in notices/; a site writes its own in a folder of that name.", n->template);
                return;
        }
        a = to_customer(l, n->to) ? AUDIENCE_CUSTOMER : AUDIENCE_STAFF;
        if (named->by[a].subject.en == NULL)
                fault(l, n->place, "The template \"%s\" has no words for %s, but is sent to %s.", n->template, audience_name(a),
                      n->to);
}

/* Without any notices/ file (a model alone, as in tests) there is nothing to look up. */
void
templates_load(struct loader *l, const struct templates_root *roots, size_t count)
{
        struct templates *t = ARENA_NEW(l->arena, struct templates);

        for (int site = 0; site < 2; site++)
                for (size_t i = 0; i < count; i++) {
                        const struct node *section = yaml_get(roots[i].root, "templates");
                        if (roots[i].site != site || !section_check(l, section, "templates"))
                                continue;
                        for (const struct node *n = section->child; n; n = n->next)
                                template_read(l, t, n, site);
                }
        l->model->templates = t;
        for (size_t i = 0; count > 0 && i < l->model->entity_count; i++)
                for (size_t k = 0; k < l->model->entities[i].notice_count; k++)
                        named_check(l, t, &l->model->entities[i].notices[k]);
}
