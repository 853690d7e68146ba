/* SPDX-License-Identifier: Apache-2.0
 *
 * load_clocks.c -- what stands around fields and lifecycle: clocks, notices, views, indexes, lists, layout.
 *
 * A clock must be able to end: from each of its start states some stop state can be reached, and its target names a
 * rule table that exists.  An index names columns of one table, so that a case's shared and own fields do not mix.
 * Names of SQL indexes are idx_<table>_<columns>, cut to 60 characters with a digest where they would be longer.
 *
 * Not here: running clocks (engine/clock.c), making indexes (plan.c).
 */
#include <stdio.h>
#include "model/load.h"
#include "model/rules.h"

enum { INDEX_NAME_MAX = 60, INDEX_FIELDS_MAX = 8 };

/* ---- clocks ---- */

struct clock_nodes {
        struct label label;
        const struct node *start, *stop, *pause, *party, *target;
};
static const struct key clock_keys[] = {
        {"label", read_label, offsetof(struct clock_nodes, label)},
        {"start", read_node, offsetof(struct clock_nodes, start)},
        {"stop", read_node, offsetof(struct clock_nodes, stop)},
        {"pause", read_node, offsetof(struct clock_nodes, pause)},
        {"party", read_node, offsetof(struct clock_nodes, party)},
        {"target", read_node, offsetof(struct clock_nodes, target)},
};
LEVEL(clock);
static const char *const party_names[] = {"sla", "ola", "vendor", NULL};

/* `table.row`: the table must be one of rules/. */
static void
target_read(struct loader *l, const struct node *n, const char *clock, struct clock_decl *c)
{
        if (!name_of(l, n))
                return;
        c->target = n->text.p;
        const char *dot = strchr(c->target, '.');
        if (dot == NULL || dot[1] == 0)
                fault(l, n->place, "The target of the clock \"%s\" is written table.row.", clock);
        else if (!rules_table(l->model->rules, arena_strndup(l->arena, c->target, (size_t)(dot - c->target))))
                fault(l, n->place, "There is no rule table \"%.*s\" under rules/ for the clock \"%s\".", (int)(dot - c->target),
                      c->target, clock);
}

/* Can a stop be reached from every start? */
static void
clock_check(struct loader *l, const struct draft *d, const struct node *n, const struct clock_decl *c)
{
        uint64_t start = c->at_creation ? 1 : c->start;

        for (size_t i = 0; i < d->e->state_count && !d->ends_bad; i++)
                if ((start >> i & 1) && !(states_reach(d->e, (uint64_t)1 << i) & c->stop))
                        fault(l, n->key_place, "The clock \"%s\" cannot stop: from \"%s\" none of its stop states can be reached.",
                              n->key.p, d->states[i].name);
}

static void
clock_read(struct loader *l, struct draft *d, const struct node *n, struct clock_decl *c)
{
        struct clock_nodes nodes = {0};
        struct error **before = l->ctx->errors_tail;

        if (!member_read(l, n, "clock", &level_clock, &nodes))
                return;
        c->name = n->key.p;
        c->label = nodes.label;
        label_check(l, n->key_place, "clock", c->name, nodes.label.en || nodes.label.zh, &c->label);
        int party = nodes.party ? choice_of(l, nodes.party, "party", party_names) : 0;
        c->party = party_names[party < 0 ? 0 : party];
        if (!nodes.start || !nodes.stop || !nodes.target) {
                fault(l, n->key_place, "The clock \"%s\" needs `start`, `stop` and `target`.", c->name);
                return;
        }
        c->at_creation = yaml_is(nodes.start, "created");
        c->start = c->at_creation ? 0 : states_mask(l, d, nodes.start);
        c->stop = states_mask(l, d, nodes.stop);
        c->pause = states_mask(l, d, nodes.pause);
        target_read(l, nodes.target, c->name, c);
        if (*before == NULL)
                clock_check(l, d, n, c);
}

void
clocks_load(struct loader *l, struct draft *d)
{
        struct clock_decl *clocks = NULL;
        struct map seen;

        map_init(&seen, l->arena);
        if (d->e->kind == KIND_SYSTEM || d->e->abstract)
                return;
        EACH_MEMBER(l, n, d, clocks, i) {
                if (!map_put(&seen, n->key, (void *)n))
                        fault(l, n->key_place, "The clock \"%s\" exists already.", n->key.p);
                else
                        clock_read(l, d, n, ARENA_PUSH(l->arena, clocks, d->e->clock_count));
        }
        d->e->clocks = clocks;
}

/* ---- notices ---- */

struct notice_nodes {
        const struct node *on, *to;
        const char *template;
};
static const struct key notice_keys[] = {
        {"on", read_node, offsetof(struct notice_nodes, on)},
        {"to", read_node, offsetof(struct notice_nodes, to)},
        {"template", read_name, offsetof(struct notice_nodes, template)},
};
LEVEL(notice);

static void
notice_on(struct loader *l, const struct entity *e, const struct node *n, struct notice_decl *ret)
{
        if (!name_of(l, n) || yaml_is(n, "create"))
                return;
        ret->on = map_get(&e->transition_map, n->text);
        if (ret->on == NULL) {
                struct words known = WORDS_OF(l, e->transitions, e->transition_count);
                words_add(l, &known, "create");
                fault_unknown(l, n->place, "transition", n->text, known);
        }
}

static void
notice_to(struct loader *l, const struct node *n, struct notice_decl *ret)
{
        static const char *const people[] = {"contact", "kdm", "handler", "owner", "team", "lead", "watchers"};
        struct words known = WORDS_OF(l, l->model->roles, l->model->role_count);

        if (!name_of(l, n))
                return;
        ret->to = n->text.p;
        for (size_t i = 0; i < sizeof people / sizeof *people; i++)
                words_add(l, &known, people[i]);
        for (size_t i = 0; i < known.n; i++)
                if (strcmp(known.v[i], ret->to) == 0)
                        return;
        fault_unknown(l, n->place, "receiver", n->text, known);
}

static void
notice_read(struct loader *l, const struct entity *e, const struct node *n, struct notice_decl *ret)
{
        struct notice_nodes nodes = {0};

        if (!KEYS_READ(l, n, "a notice", notice_keys, &nodes))
                return;
        ret->template = nodes.template;
        ret->place = n->place;
        if (!nodes.on || !nodes.to || !yaml_get(n, "template")) {
                fault(l, n->place, "A notice needs `on`, `to` and `template`.");
                return;
        }
        notice_on(l, e, nodes.on, ret);
        notice_to(l, nodes.to, ret);
}

void
notices_load(struct loader *l, struct draft *d)
{
        struct notice_decl *notices = NULL;

        for (size_t i = 0; i < d->part_count && d->e->kind != KIND_SYSTEM && !d->e->abstract; i++)
                EACH(n, d->parts[i].notices)
                        notice_read(l, d->e, n, ARENA_PUSH(l->arena, notices, d->e->notice_count));
        d->e->notices = notices;
}

/* ---- views ---- */

struct view_nodes {
        struct label label;
        const char *filter, *sort;
        const struct node *columns, *sort_node;
};
static const struct key view_keys[] = {
        {"label", read_label, offsetof(struct view_nodes, label)},
        {"filter", read_text, offsetof(struct view_nodes, filter)},
        {"sort", read_node, offsetof(struct view_nodes, sort_node)},
        {"columns", read_node, offsetof(struct view_nodes, columns)},
};
LEVEL(view);

/* A field, a system column, a clock, or `due`: what a list can show. */
static bool
shown_check(struct loader *l, const struct entity *e, const struct node *n, struct str name)
{
        const struct node named = {.type = NODE_TEXT, .text = name, .place = n->place};

        for (size_t i = 0; i < e->clock_count; i++)
                if (str_is(name, e->clocks[i].name))
                        return true;
        return str_is(name, "due") || column_of(l, e, &named) != NULL;
}

/* "-reported_at,id" */
static void
sort_check(struct loader *l, const struct entity *e, const struct node *n, struct view_decl *v)
{
        struct str rest, word;

        if (!name_of(l, n))
                return;
        v->sort = n->text.p;
        for (rest = n->text; rest.p;) {
                word = str_trim(str_cut(rest, ',', &rest));
                if (word.n && (word.p[0] == '-' || word.p[0] == '+'))
                        word = (struct str){word.p + 1, word.n - 1};
                shown_check(l, e, n, (struct str){str_c(l->arena, word), word.n});
        }
}

static void
view_read(struct loader *l, const struct entity *e, const struct node *n, struct view_decl *v)
{
        struct view_nodes nodes = {0};

        if (!member_read(l, n, "view", &level_view, &nodes))
                return;
        *v = (struct view_decl){.name = n->key.p, .filter = nodes.filter ? nodes.filter : "", .sort = "", .label = nodes.label};
        label_check(l, n->key_place, "view", v->name, true, &v->label);
        if (nodes.sort_node)
                sort_check(l, e, nodes.sort_node, v);
        EACH(item, nodes.columns)
                if (name_of(l, item) && shown_check(l, e, item, item->text))
                        *ARENA_PUSH(l->arena, v->columns, v->column_count) = item->text.p;
}

void
views_load(struct loader *l, struct draft *d)
{
        struct view_decl *views = NULL;
        struct map seen;

        map_init(&seen, l->arena);
        EACH_MEMBER(l, n, d, views, i) {
                if (!map_put(&seen, n->key, (void *)n))
                        fault(l, n->key_place, "The view \"%s\" exists already.", n->key.p);
                else
                        view_read(l, d->e, n, ARENA_PUSH(l->arena, views, d->e->view_count));
        }
        d->e->views = views;
}

/* ---- indexes ---- */

/* Columns of `cases` rather than of the entity's own table? */
static bool
in_shared(const struct entity *e, const struct field *f)
{
        return e->kind == KIND_CASE && (f->shared || f->index < 0);
}

static const char *
index_name(struct arena *a, const struct entity *e, const struct field **fields, size_t n)
{
        char *name = arena_printf(a, "idx_%s", in_shared(e, fields[0]) ? "cases" : e->table);

        for (size_t i = 0; i < n; i++)
                name = arena_printf(a, "%s_%s", name, fields[i]->name);
        if (strlen(name) > INDEX_NAME_MAX)
                snprintf(name + INDEX_NAME_MAX - 8, 9, "%08x", (unsigned)str_hash(str_of(name)));
        return name;
}

static void
index_add(struct loader *l, struct draft *d, const struct field **fields, size_t n, bool unique)
{
        struct entity *e = d->e;
        const char *name = index_name(l->arena, e, fields, n);
        struct index_decl *indexes = (struct index_decl *)e->indexes;

        for (size_t i = 0; i < e->index_count; i++)
                if (strcmp(indexes[i].name, name) == 0) {
                        indexes[i].unique |= unique;
                        return;
                }
        *ARENA_PUSH(l->arena, indexes, e->index_count) = (struct index_decl){name, fields, n, unique};
        e->indexes = indexes;
}

/* One `[a, b]` of `index` or `unique`. */
static void
index_read(struct loader *l, struct draft *d, const struct node *list, bool unique)
{
        const struct field **fields = ARENA_ARRAY(l->arena, const struct field *, INDEX_FIELDS_MAX);
        size_t n = 0;

        EACH(item, list) {
                const struct field *f = column_of(l, d->e, item);
                if (f == NULL)
                        return;
                if (f->storage == STORE_NONE || f->storage == STORE_JSON)
                        fault(l, item->place, "A field of type %s cannot be in an index.", type_name(f->type));
                else if (n && in_shared(d->e, fields[0]) != in_shared(d->e, f))
                        fault(l, item->place, "\"%s\" is in another table than \"%s\"; an index holds fields that every case has, "
                              "or the entity's own.", f->name, fields[0]->name);
                else if (n < INDEX_FIELDS_MAX)
                        fields[n++] = f;
        }
        if (n)
                index_add(l, d, fields, n, unique);
}

static void
index_lists(struct loader *l, struct draft *d, const struct node *lists, bool unique)
{
        if (lists && lists->type != NODE_LIST)
                fault(l, lists->place, "\"%s\" needs a list of field lists, such as [[team, state], [handler]].", lists->key.p);
        else
                EACH(list, lists)
                        index_read(l, d, list, unique);
}

void
indexes_load(struct loader *l, struct draft *d)
{
        struct entity *e = d->e;

        for (size_t i = e->abstract ? 0 : e->shared_count; i < e->field_count; i++) {
                const struct field *f = &e->fields[i];
                if (!f->unique && !f->indexed)
                        continue;
                const struct field **one = ARENA_ARRAY(l->arena, const struct field *, 1);
                *one = f;
                index_add(l, d, one, 1, f->unique);
        }
        for (size_t i = 0; i < d->part_count; i++) {
                index_lists(l, d, d->parts[i].index, false);
                index_lists(l, d, d->parts[i].unique, true);
        }
}

/* ---- list, display, key, layout, nav ---- */

static void
list_read(struct loader *l, struct draft *d, const struct node *list)
{
        EACH(item, list) {
                const struct field *f = column_of(l, d->e, item);
                if (f && f->index >= 0)
                        *ARENA_PUSH(l->arena, d->e->list, d->e->list_count) = f;
        }
}

/* When no list is given: the first fields that a row can show. */
static void
list_default(struct loader *l, struct draft *d)
{
        struct entity *e = d->e;

        for (size_t i = 0; i < e->field_count && e->list_count < 8; i++) {
                const struct field *f = &e->fields[i];
                if (!f->hidden && f->storage != STORE_JSON && f->storage != STORE_BYTES && f->storage != STORE_NONE &&
                    f->type != TYPE_LONGTEXT && f->type != TYPE_MARKDOWN)
                        *ARENA_PUSH(l->arena, e->list, e->list_count) = f;
        }
}

static const struct field *
display_default(const struct entity *e)
{
        for (const char *const *name = (const char *const[]){"name", "title", "number", NULL}; *name; name++)
                if (entity_field(e, *name))
                        return entity_field(e, *name);
        for (size_t i = 0; i < e->field_count; i++)
                if (e->fields[i].type == TYPE_TEXT)
                        return &e->fields[i];
        return NULL;
}

/* The fields of a system entity's key; each has a column. */
static void
key_read(struct loader *l, struct draft *d)
{
        EACH(item, d->e->kind == KIND_SYSTEM ? d->parts->key : NULL) {
                const struct field *f = field_of(l, d->e, item);
                if (f && (f->storage == STORE_NONE || f->storage == STORE_JSON))
                        fault(l, item->place, "A field of type %s cannot be in a key.", type_name(f->type));
                else if (f)
                        *ARENA_PUSH(l->arena, d->e->key, d->e->key_count) = f;
        }
}

struct nav {
        const char *group;
        int order;
};
static const struct key nav_keys[] = {
        {"group", read_name, offsetof(struct nav, group)},
        {"order", read_int, offsetof(struct nav, order)},
};
LEVEL(nav);
struct layout {
        const struct node *detail, *side, *phone;
};
static const struct key layout_keys[] = {
        {"detail", read_node, offsetof(struct layout, detail)},
        {"side", read_node, offsetof(struct layout, side)},
        {"phone", read_node, offsetof(struct layout, phone)},
};
LEVEL(layout);

static void
layout_read(struct loader *l, struct draft *d)
{
        struct layout layout = {0};
        struct jw w = {0};
        int64_t columns;

        if (!KEYS_READ(l, d->parts->layout, "a layout", layout_keys, &layout))
                return;
        EACH(pair, layout.detail)
                if (pair->type != NODE_LIST || pair->count != 2 || pair->child->type != NODE_TEXT ||
                    !yaml_int(pair->child->next, &columns) || columns < 1 || columns > 4)
                        fault(l, pair->place, "\"detail\" lists pairs of a group and its columns from 1 to 4, such as [summary, 2].");
        EACH(panel, layout.side)
                name_of(l, panel);
        EACH(panel, layout.phone)
                name_of(l, panel);
        yaml_json(d->parts->layout, &w);
        d->e->layout_json = str_c(l->arena, jw_view(&w));
        jw_free(&w);
}

void
lists_load(struct loader *l, struct draft *d)
{
        struct entity *e = d->e;
        const struct node *display = yaml_get(d->parts->root, "display");
        struct nav nav = {.order = 1000};

        for (size_t i = 0; i < d->part_count; i++)
                list_read(l, d, d->parts[i].list);
        if (e->list_count == 0)
                list_default(l, d);
        e->display = display ? column_of(l, e, display) : display_default(e);
        key_read(l, d);
        if (d->parts->nav)
                KEYS_READ(l, d->parts->nav, "nav", nav_keys, &nav);
        e->nav_group = nav.group;
        e->nav_order = nav.order;
        if (d->parts->layout)
                layout_read(l, d);
}
