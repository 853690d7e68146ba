/* SPDX-License-Identifier: Apache-2.0
 *
 * doc.c -- pages for people, made from the model: what `openitr doc` writes.
 *
 *     index.md              all entities by kind
 *     ENTITY.md             fields, lifecycle with its two diagrams, clocks, permissions, REST with examples
 *     ENTITY-en.svg, -zh    the state diagram (diagram.c)
 *
 * Labels stand in both languages, so that one page serves both.  Everything is derived: a page never says what the
 * model does not.
 *
 * Not here: OpenAPI (api/), the language itself (docs/model-language.md).
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include "base/decimal.h"
#include "model/bind.h"
#include "model/load.h"
#include "model/publish.h"

struct page {
        struct arena *a;
        const struct model *m;
        const struct entity *e;
        struct buf b;
};

static const char *const scope_names[] = {"–", "own", "team", "own account", "all"};
static const char *const kind_titles[] = {"Cases 业务单", "Records 档案", "Children of cases 业务单子项", "Internal tables 内部表"};

/* Text in a table cell: no bar, no line end. */
static void
cell(struct buf *b, const char *s)
{
        for (; *s; s++) {
                if (*s == '|')
                        buf_char(b, '\\');
                buf_char(b, (unsigned char)*s < ' ' ? ' ' : *s);
        }
}

static void
cell_label(struct buf *b, const struct label *l)
{
        cell(b, l->en ? l->en : "");
        if (l->zh && l->en && strcmp(l->zh, l->en) != 0) {
                buf_char(b, ' ');
                cell(b, l->zh);
        }
}

/* ---- fields ---- */

static void
field_limits(struct page *p, const struct field *f)
{
        char low[DECIMAL_TEXT_MAX], high[DECIMAL_TEXT_MAX];

        decimal_write(f->min, f->scale, low);
        decimal_write(f->max, f->scale, high);
        if (f->has_min && f->has_max)
                buf_printf(&p->b, ", %s to %s", low, high);
        else if (f->has_min)
                buf_printf(&p->b, ", at least %s", low);
        else if (f->has_max)
                buf_printf(&p->b, ", at most %s", high);
}

static void
field_options(struct page *p, const struct field *f)
{
        for (size_t i = 0; i < f->option_count; i++) {
                buf_printf(&p->b, "%s`%s` ", i ? ", " : ": ", f->options[i].name);
                cell_label(&p->b, &f->options[i].label);
        }
}

static void
field_items(struct page *p, const struct field *f)
{
        for (size_t i = 0; i < f->item_count; i++) {
                buf_printf(&p->b, "%s`%s` ", i ? ", " : ": ", f->items[i].name);
                cell_label(&p->b, &f->items[i].label);
                buf_text(&p->b, f->items[i].required ? " (required)" : "");
        }
}

static void
field_notes(struct page *p, const struct field *f)
{
        const struct {
                bool on;
                const char *word;
        } notes[] = {{f->required, "required"}, {f->unique, "unique"}, {f->fixed, "set on creation only"},
                     {f->computed, "computed"}, {f->hidden, "hidden"}, {f->pii, "personal data"},
                     {f->search, "searched"},   {f->when != NULL, "only under a condition"}};
        const char *between = "";

        for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
                if (notes[i].on) {
                        buf_printf(&p->b, "%s%s", between, notes[i].word);
                        between = ", ";
                }
        if (f->read != ROLE_ALL)
                buf_printf(&p->b, "%sread: %s", between, model_role_names(p->a, p->m, f->read));
        if (f->write != ROLE_ALL)
                buf_printf(&p->b, "%swritten by: %s", f->read != ROLE_ALL ? "; " : between, model_role_names(p->a, p->m, f->write));
}

static void
fields_section(struct page *p)
{
        buf_text(&p->b, "## Fields 字段\n\n| name | label | type | notes |\n| --- | --- | --- | --- |\n");
        for (size_t i = 0; i < p->e->field_count; i++) {
                const struct field *f = &p->e->fields[i];
                buf_printf(&p->b, "| `%s` | ", f->name);
                cell_label(&p->b, &f->label);
                buf_printf(&p->b, " | %s", type_name(f->type));
                if (f->to_name)
                        buf_printf(&p->b, " to [%s](%s.md)", f->to_name, f->to_name);
                field_limits(p, f);
                field_options(p, f);
                field_items(p, f);
                buf_text(&p->b, " | ");
                field_notes(p, f);
                buf_text(&p->b, " |\n");
        }
        buf_char(&p->b, '\n');
}

/* ---- lifecycle ---- */

static void
states_text(struct page *p, uint64_t mask)
{
        const char *between = "";

        for (size_t i = 0; i < p->e->state_count; i++)
                if (mask >> i & 1) {
                        buf_printf(&p->b, "%s%s", between, p->e->states[i].name);
                        between = ", ";
                }
}

static void
states_table(struct page *p)
{
        buf_text(&p->b, "| state | label | stage | kind | the customer sees |\n| --- | --- | --- | --- | --- |\n");
        for (size_t i = 0; i < p->e->state_count; i++) {
                const struct state *s = &p->e->states[i];
                buf_printf(&p->b, "| `%s` | ", s->name);
                cell_label(&p->b, &s->label);
                buf_printf(&p->b, " | %s | %s%s | %s |\n", stage_name(s->stage), state_kind_name(s->kind),
                           s->final ? ", final" : "", s->customer ? s->customer : "");
        }
        buf_char(&p->b, '\n');
}

static void
transition_row(struct page *p, const struct transition *t)
{
        buf_printf(&p->b, "| `%s` | ", t->name);
        cell_label(&p->b, &t->label);
        buf_text(&p->b, " | ");
        states_text(p, t->from);
        buf_printf(&p->b, " | %s | ", t->to ? t->to->name : "same");
        for (size_t i = 0; i < t->needs_count; i++)
                buf_printf(&p->b, "%s%s", i ? ", " : "", t->needs[i]->name);
        if (t->reason)
                buf_printf(&p->b, "%sreason", t->needs_count ? ", " : "");
        buf_text(&p->b, " | ");
        if (t->when)
                cell_label(&p->b, &t->why);
        buf_printf(&p->b, " | %s |\n", model_role_names(p->a, p->m, t->by));
}

static void
clocks_table(struct page *p)
{
        if (p->e->clock_count == 0)
                return;
        buf_text(&p->b, "## Clocks 时钟\n\n| clock | label | party | starts | stops | pauses | target |\n| --- | --- | --- | --- | --- | --- | --- |\n");
        for (size_t i = 0; i < p->e->clock_count; i++) {
                const struct clock_decl *c = &p->e->clocks[i];
                buf_printf(&p->b, "| `%s` | ", c->name);
                cell_label(&p->b, &c->label);
                buf_printf(&p->b, " | %s | ", c->party);
                if (c->at_creation)
                        buf_text(&p->b, "when created");
                states_text(p, c->start);
                buf_text(&p->b, " | ");
                states_text(p, c->stop);
                buf_text(&p->b, " | ");
                states_text(p, c->pause);
                buf_printf(&p->b, " | %s |\n", c->target);
        }
        buf_char(&p->b, '\n');
}

static void
life_section(struct page *p)
{
        if (p->e->state_count == 0)
                return;
        buf_printf(&p->b, "## Lifecycle 生命周期\n\n![States](%s-en.svg)\n\n![状态](%s-zh.svg)\n\n", p->e->name, p->e->name);
        states_table(p);
        buf_text(&p->b, "| transition | label | from | to | needs | only if | by |\n| --- | --- | --- | --- | --- | --- | --- |\n");
        for (size_t i = 0; i < p->e->transition_count; i++)
                transition_row(p, &p->e->transitions[i]);
        buf_char(&p->b, '\n');
        clocks_table(p);
}

/* ---- permissions ---- */

static void
grant_row(struct page *p, const struct grant *g)
{
        const struct role *r = &p->m->roles[__builtin_ctzll(g->role)];
        const char *between = "";

        buf_printf(&p->b, "| %s ", r->name);
        cell_label(&p->b, &r->label);
        buf_printf(&p->b, " | %s | %s | %s | %s | %s | ", scope_names[g->read], scope_names[g->write], scope_names[g->act],
                   g->create ? "yes" : "–", g->remove ? "yes" : "–");
        for (size_t i = 0; i < p->e->transition_count; i++)
                if (p->e->transitions[i].by & g->role) {
                        buf_printf(&p->b, "%s%s", between, p->e->transitions[i].name);
                        between = ", ";
                }
        buf_text(&p->b, " |\n");
}

static void
grants_section(struct page *p)
{
        buf_text(&p->b, "## Permissions 权限\n\nWho is not listed may do nothing.\n\n| role | read | write | act | create | delete | transitions |\n"
                        "| --- | --- | --- | --- | --- | --- | --- |\n");
        for (size_t i = 0; i < p->e->grant_count; i++)
                grant_row(p, &p->e->grants[i]);
        buf_char(&p->b, '\n');
}

/* ---- REST ---- */

/* A value that the field accepts, as JSON. */
static const char *
example(const struct field *f, struct arena *a)
{
        switch (f->storage) {
        case STORE_INT:
                if (f->type == TYPE_BOOL)
                        return "true";
                return f->type == TYPE_DATETIME                     ? "\"2026-11-21T19:24:00+08:00\""
                       : type_row(f->type)->limit == LIMIT_SCALED   ? "12.5"
                       : f->type == TYPE_DURATION                   ? "3600"
                                                                    : "1";
        case STORE_JSON:
                return f->type == TYPE_MULTI_ENUM && f->option_count ? arena_printf(a, "[\"%s\"]", f->options->name)
                       : f->type == TYPE_PERIOD                      ? "{\"from\": \"2026-01-01\", \"to\": \"2026-12-31\"}"
                       : f->type == TYPE_GEO                         ? "{\"lat\": 31.2, \"lon\": 121.5}"
                                                                     : "[]";
        default:
                return f->type == TYPE_ENUM && f->option_count ? arena_printf(a, "\"%s\"", f->options->name)
                       : f->type == TYPE_DATE                  ? "\"2026-11-21\""
                       : f->type == TYPE_EMAIL                 ? "\"li@example.com\""
                       : f->type == TYPE_PHONE                 ? "\"+86 21 5555 0100\""
                                                               : "\"…\"";
        }
}

static const char *
body_example(struct page *p, const struct field *const *fields, size_t count)
{
        const char *body = "";

        for (size_t i = 0; i < count; i++)
                body = arena_printf(p->a, "%s%s\"%s\": %s", body, i ? ", " : "", fields[i]->name, example(fields[i], p->a));
        return body;
}

static void
create_example(struct page *p, const char *path)
{
        const struct field **fields = NULL;
        size_t n = 0;

        for (size_t i = 0; i < p->e->field_count; i++)
                if (p->e->fields[i].required && p->e->fields[i].when == NULL)
                        *ARENA_PUSH(p->a, fields, n) = &p->e->fields[i];
        buf_printf(&p->b, "```sh\ncurl -X POST https://SERVER/api/v1%s -H 'Authorization: Bearer TOKEN' \\\n"
                          "     -H 'Content-Type: application/json' -H 'Idempotency-Key: any-text-1' \\\n     -d '{%s}'\n```\n\n",
                   path, body_example(p, fields, n));
}

static void
transition_example(struct page *p)
{
        const struct transition *t = p->e->transitions;

        buf_printf(&p->b, "```sh\ncurl -X POST https://SERVER/api/v1/%s/17/%s -H 'Authorization: Bearer TOKEN' \\\n"
                          "     -H 'Content-Type: application/json' -H 'If-Match: \"3\"' \\\n     -d '{%s}'\n```\n\n",
                   p->e->name, t->name, body_example(p, t->needs, t->needs_count));
}

static void
rest_section(struct page *p)
{
        bool child = p->e->kind == KIND_CHILD;
        const char *path = child ? arena_printf(p->a, "/{case}/{id}/%s", p->e->name) : arena_printf(p->a, "/%s", p->e->name);
        const char *one = arena_printf(p->a, "%s/%s", path, child ? "{child id}" : "{id}");

        buf_printf(&p->b, "## REST\n\nPaths begin with `/api/v1`; what holds for all of them stands in docs/api.md.\n\n"
                          "| call | meaning |\n| --- | --- |\n| `GET %s` | list: filter, sort, fields, limit, cursor |\n"
                          "| `POST %s` | create |\n",
                   path, path);
        if (!child)
                buf_printf(&p->b, "| `GET %s` | one record |\n", one);
        buf_printf(&p->b, "| `PATCH %s` | change fields, with `If-Match` |\n", one);
        if (p->e->kind != KIND_CASE)
                buf_printf(&p->b, "| `DELETE %s` | remove, where a grant allows it |\n", one);
        for (size_t i = 0; i < p->e->transition_count; i++) {
                const struct transition *t = &p->e->transitions[i];
                if (t->by == ROLE_SYSTEM)
                        continue;
                buf_printf(&p->b, "| `POST %s/%s` | ", one, t->name);
                cell_label(&p->b, &t->label);
                buf_text(&p->b, " |\n");
        }
        buf_char(&p->b, '\n');
        create_example(p, child ? arena_printf(p->a, "/technical_request/17/%s", p->e->name) : path);
        if (p->e->transition_count)
                transition_example(p);
}

/* ---- files ---- */

static bool
write_file(struct ctx *ctx, const char *path, struct str text)
{
        FILE *f = fopen(path, "wb");

        if (f == NULL)
                return fail(ctx, E_IO, path, path, strerror(errno));
        bool good = fwrite(text.p, 1, text.n, f) == text.n;
        good = fclose(f) == 0 && good;
        return good || fail(ctx, E_IO, path, path, strerror(errno));
}

static bool
write_diagrams(struct ctx *ctx, const struct entity *e, const char *dir)
{
        bool good = true;

        for (const char *const *lang = (const char *const[]){"en", "zh", NULL}; *lang && e->state_count; lang++) {
                struct buf svg = {0};
                doc_diagram_svg(e, *lang, &svg);
                good &= write_file(ctx, arena_printf(ctx->arena, "%s/%s-%s.svg", dir, e->name, *lang), buf_view(&svg));
                buf_free(&svg);
        }
        return good;
}

static bool
write_entity(struct ctx *ctx, const struct model *m, const struct entity *e, const char *dir)
{
        struct page p = {.a = ctx->arena, .m = m, .e = e};

        buf_text(&p.b, "# ");
        cell_label(&p.b, &e->label);
        buf_printf(&p.b, "\n\n`%s`, table `%s`. ", e->name, e->table);
        if (e->help.en)
                cell_label(&p.b, &e->help);
        buf_text(&p.b, "\n\n");
        fields_section(&p);
        life_section(&p);
        if (!e->abstract && e->kind != KIND_SYSTEM) {
                grants_section(&p);
                rest_section(&p);
        }
        bool good = write_file(ctx, arena_printf(ctx->arena, "%s/%s.md", dir, e->name), buf_view(&p.b));
        buf_free(&p.b);
        return write_diagrams(ctx, e, dir) && good;
}

static bool
write_index(struct ctx *ctx, const struct model *m, const char *dir)
{
        struct buf b = {0};

        buf_text(&b, "# The model 模型\n\nMade from `models/` by `openitr doc`.\n");
        for (int kind = KIND_CASE; kind <= KIND_SYSTEM; kind++) {
                buf_printf(&b, "\n## %s\n\n| entity | label | fields | states |\n| --- | --- | --- | --- |\n", kind_titles[kind]);
                for (size_t i = 0; i < m->entity_count; i++) {
                        const struct entity *e = &m->entities[i];
                        if ((int)e->kind != kind)
                                continue;
                        buf_printf(&b, "| [%s](%s.md) | ", e->name, e->name);
                        cell_label(&b, &e->label);
                        buf_printf(&b, " | %zu | %zu |\n", e->field_count, e->state_count);
                }
        }
        bool good = write_file(ctx, arena_printf(ctx->arena, "%s/index.md", dir), buf_view(&b));
        buf_free(&b);
        return good;
}

bool
doc_write(struct ctx *ctx, const struct model *m, const char *dir)
{
        if (mkdir(dir, 0777) != 0 && errno != EEXIST)
                return fail(ctx, E_IO, dir, dir, strerror(errno));
        bool good = write_index(ctx, m, dir);
        for (size_t i = 0; i < m->entity_count; i++)
                good &= write_entity(ctx, m, &m->entities[i], dir);
        return good;
}
