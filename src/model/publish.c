/* SPDX-License-Identifier: Apache-2.0
 *
 * publish.c -- the model as the browser gets it.
 *
 * From this JSON the browser makes lists, forms, filters, transition bars and diagrams of an entity it has never heard of
 * (docs/model-language.md says what each key means).  What is false, empty or none is left out of fields, so that the
 * text stays small; states and transitions have all their keys.  Limits are written as a person writes the value.
 * It holds no grants: what a reader may do comes with each record (`_can`).
 *
 * Not here: pages for people (doc.c), the language's schema (schema.c).
 */
#include "model/publish.h"
#include "base/decimal.h"
#include "model/bind.h"
#include "model/cond.h"
#include "model/rules.h"

static void
key_text(struct jw *w, const char *key, const char *text)
{
        jw_key(w, key);
        jw_text(w, text);
}

static void
key_flag(struct jw *w, const char *key, bool flag)
{
        if (!flag)
                return;
        jw_key(w, key);
        jw_bool(w, true);
}

static void
label_members(struct jw *w, const struct label *l)
{
        key_text(w, "zh", l->zh);
        key_text(w, "en", l->en);
}

static void
key_label(struct jw *w, const char *key, const struct label *l)
{
        jw_key(w, key);
        if (l->en == NULL && l->zh == NULL) {
                jw_null(w);
                return;
        }
        jw_open(w, '{');
        label_members(w, l);
        jw_close(w, '}');
}

static void
key_help(struct jw *w, const struct label *help)
{
        if (help->en && (*help->en || *help->zh))
                key_label(w, "help", help);
}

static void
key_fields(struct jw *w, const char *key, const struct field *const *fields, size_t count)
{
        jw_key(w, key);
        jw_open(w, '[');
        for (size_t i = 0; i < count; i++)
                jw_text(w, fields[i]->name);
        jw_close(w, ']');
}

/* ---- index ---- */

static bool
published(const struct entity *e)
{
        return e->kind != KIND_SYSTEM && !e->abstract;
}

static const char *
kind_name(const struct entity *e)
{
        static const char *const names[] = {"case", "record", "child", "system"};

        return names[e->kind];
}

static void
key_nav(struct jw *w, const struct entity *e)
{
        jw_key(w, "nav");
        if (e->nav_group == NULL) {
                jw_null(w);
                return;
        }
        jw_open(w, '{');
        key_text(w, "group", e->nav_group);
        jw_key(w, "order");
        jw_int(w, e->nav_order);
        jw_close(w, '}');
}

/* What index and entity have alike. */
static void
entity_head(const struct entity *e, struct jw *w)
{
        key_text(w, "entity", e->name);
        key_text(w, "kind", kind_name(e));
        key_label(w, "label", &e->label);
        key_label(w, "plural", &e->plural);
        key_text(w, "icon", e->icon);
        key_nav(w, e);
}

static void
index_roles(const struct model *m, struct jw *w)
{
        jw_key(w, "roles");
        jw_open(w, '[');
        for (size_t i = 0; i < m->role_count; i++) {
                const struct role *r = &m->roles[i];
                jw_open(w, '{');
                key_text(w, "name", r->name);
                label_members(w, &r->label);
                jw_key(w, "tier");
                jw_int(w, r->tier);
                jw_key(w, "staff");
                jw_bool(w, r->staff);
                jw_key(w, "groups");
                jw_open(w, '[');
                for (size_t g = 0; g < m->group_count; g++)
                        if (m->groups[g].mask & r->bit)
                                jw_text(w, m->groups[g].name);
                jw_close(w, ']');
                jw_close(w, '}');
        }
        jw_close(w, ']');
}

/* The next published entity of the navigation after (group, order, index) of `last`, or NULL. */
static const struct entity *
nav_next(const struct model *m, const char *group, const struct entity *last)
{
        const struct entity *best = NULL;

        for (size_t i = 0; i < m->entity_count; i++) {
                const struct entity *e = &m->entities[i];
                if (!published(e) || !e->nav_group || strcmp(e->nav_group, group) != 0)
                        continue;
                if (last && (e->nav_order < last->nav_order || (e->nav_order == last->nav_order && e <= last)))
                        continue;
                if (best == NULL || e->nav_order < best->nav_order)
                        best = e;
        }
        return best;
}

static bool
nav_seen(const struct model *m, size_t upto)
{
        for (size_t i = 0; i < upto; i++)
                if (published(&m->entities[i]) && m->entities[i].nav_group &&
                    strcmp(m->entities[i].nav_group, m->entities[upto].nav_group) == 0)
                        return true;
        return false;
}

/* The label of a part of the navigation, from the code list nav_group. */
static void
nav_label(const struct model *m, const char *group, struct jw *w)
{
        const struct code_list *list = rules_codes(m->rules, "nav_group");
        size_t n = 0;
        const struct option *names = list ? codes_options(list, &n) : NULL;

        for (size_t i = 0; i < n; i++)
                if (strcmp(names[i].name, group) == 0)
                        key_label(w, "label", &names[i].label);
}

static void
index_nav(const struct model *m, struct jw *w)
{
        jw_key(w, "nav");
        jw_open(w, '[');
        for (size_t i = 0; i < m->entity_count; i++) {
                const char *group = m->entities[i].nav_group;
                if (!published(&m->entities[i]) || group == NULL || nav_seen(m, i))
                        continue;
                jw_open(w, '{');
                key_text(w, "group", group);
                nav_label(m, group, w);
                jw_key(w, "entities");
                jw_open(w, '[');
                for (const struct entity *e = nav_next(m, group, NULL); e; e = nav_next(m, group, e))
                        jw_text(w, e->name);
                jw_close(w, ']');
                jw_close(w, '}');
        }
        jw_close(w, ']');
}

void
publish_index(const struct model *m, struct jw *w)
{
        jw_open(w, '{');
        key_text(w, "version", m->version);
        index_nav(m, w);
        index_roles(m, w);
        jw_key(w, "entities");
        jw_open(w, '[');
        for (size_t i = 0; i < m->entity_count; i++) {
                if (!published(&m->entities[i]))
                        continue;
                jw_open(w, '{');
                entity_head(&m->entities[i], w);
                jw_close(w, '}');
        }
        jw_close(w, ']');
        jw_close(w, '}');
}

/* ---- fields ---- */

static void
key_limit(struct jw *w, const char *key, bool has, const struct field *f, int64_t limit)
{
        char out[DECIMAL_TEXT_MAX];

        if (!has)
                return;
        size_t n = decimal_write(limit, f->scale, out);
        jw_key(w, key);
        jw_raw(w, (struct str){out, n});
}

static void
key_options(struct jw *w, const struct field *f)
{
        if (f->type != TYPE_ENUM && f->type != TYPE_MULTI_ENUM)
                return;
        jw_key(w, "options");
        jw_open(w, '[');
        for (size_t i = 0; i < f->option_count; i++) {
                jw_open(w, '{');
                key_text(w, "name", f->options[i].name);
                label_members(w, &f->options[i].label);
                jw_close(w, '}');
        }
        jw_close(w, ']');
        if (f->codes)
                key_text(w, "codes", f->codes);
}

static void
key_measures(struct jw *w, const struct field *f)
{
        if (f->measure_count == 0)
                return;
        jw_key(w, "measures");
        jw_open(w, '[');
        for (size_t i = 0; i < f->measure_count; i++) {
                const struct measure *m = &f->measures[i];
                jw_open(w, '{');
                key_text(w, "name", m->name);
                label_members(w, &m->label);
                if (m->unit)
                        key_text(w, "unit", m->unit);
                for (int k = 0; k < 2; k++)
                        if (k ? m->has_max : m->has_min) {
                                jw_key(w, k ? "max" : "min");
                                jw_real(w, k ? m->max : m->min);
                        }
                jw_close(w, '}');
        }
        jw_close(w, ']');
}

static void
key_items(struct jw *w, const struct field *f)
{
        if (f->item_count == 0)
                return;
        jw_key(w, "items");
        jw_open(w, '[');
        for (size_t i = 0; i < f->item_count; i++) {
                jw_open(w, '{');
                key_text(w, "name", f->items[i].name);
                label_members(w, &f->items[i].label);
                key_flag(w, "required", f->items[i].required);
                jw_close(w, '}');
        }
        jw_close(w, ']');
}

/* What a form begins with: a word such as "now" or "actor", or the literal. */
static void
key_preset(struct jw *w, const struct field *f)
{
        static const char *const words[] = {[PRESET_NOW] = "now", [PRESET_ACTOR] = "actor", [PRESET_ACTOR_TEAM] = "actor.team",
                                            [PRESET_ACTOR_ACCOUNT] = "actor.account", [PRESET_ACTOR_CONTACT] = "actor.contact"};

        if (f->preset.kind == PRESET_LITERAL) {
                jw_key(w, "preset");
                bind_write(f, &f->preset.literal, w);
        } else if (f->preset.kind != PRESET_NONE && f->preset.kind != PRESET_NULL)
                key_text(w, "preset_from", words[f->preset.kind]);
}

static void
field_flags(struct jw *w, const struct field *f)
{
        const struct {
                const char *key;
                bool flag;
        } flags[] = {{"required", f->required}, {"unique", f->unique},     {"index", f->indexed}, {"search", f->search},
                     {"fixed", f->fixed},       {"computed", f->computed}, {"hidden", f->hidden}, {"pii", f->pii},
                     {"shared", f->shared},     {"read_only", f->computed || f->storage == STORE_NONE}};

        for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
                key_flag(w, flags[i].key, flags[i].flag);
}

/* Who may, by role; a role that acts as one of them is named too, so that a browser need not work it out. */
static void
key_roles(struct jw *w, const char *key, const struct model *m, role_mask mask)
{
        if (mask == ROLE_ALL)
                return;
        jw_key(w, key);
        jw_open(w, '[');
        for (size_t i = 0; i < m->role_count; i++)
                if (m->roles[i].acts_as & mask)
                        jw_text(w, m->roles[i].name);
        jw_close(w, ']');
}

static void
field_json(const struct model *m, const struct field *f, struct jw *w)
{
        jw_open(w, '{');
        key_text(w, "name", f->name);
        key_text(w, "type", type_name(f->type));
        key_label(w, "label", &f->label);
        key_help(w, &f->help);
        if (*f->group)
                key_text(w, "group", f->group);
        field_flags(w, f);
        key_limit(w, "min", f->has_min, f, f->min);
        key_limit(w, "max", f->has_max, f, f->max);
        if (f->scale) {
                jw_key(w, "scale");
                jw_int(w, f->scale);
        }
        key_options(w, f);
        if (f->check_gs1)
                key_text(w, "check", "gs1");
        key_measures(w, f);
        key_items(w, f);
        if (f->to_name)
                key_text(w, "to", f->to_name);
        key_preset(w, f);
        key_roles(w, "read", m, f->read);
        key_roles(w, "write", m, f->write);
        if (f->when) {
                jw_key(w, "when");
                cond_json(f->when, w);
        }
        jw_close(w, '}');
}

/* ---- lifecycle ---- */

static void
state_json(const struct state *s, struct jw *w)
{
        jw_open(w, '{');
        key_text(w, "name", s->name);
        label_members(w, &s->label);
        key_text(w, "stage", s->stage == STAGE_NONE ? NULL : stage_name(s->stage));
        jw_key(w, "order");
        jw_int(w, 10 * (s->index + 1));
        key_text(w, "kind", state_kind_name(s->kind));
        jw_key(w, "final");
        jw_bool(w, s->final);
        key_text(w, "customer", s->customer);
        jw_close(w, '}');
}

static void
key_states(struct jw *w, const char *key, const struct entity *e, uint64_t mask)
{
        jw_key(w, key);
        jw_open(w, '[');
        for (size_t i = 0; i < e->state_count; i++)
                if (mask >> i & 1)
                        jw_text(w, e->states[i].name);
        jw_close(w, ']');
}

static void
transition_json(const struct entity *e, const struct transition *t, struct jw *w)
{
        jw_open(w, '{');
        key_text(w, "name", t->name);
        label_members(w, &t->label);
        key_states(w, "from", e, t->from);
        key_text(w, "to", t->to ? t->to->name : "same");
        key_fields(w, "needs", t->needs, t->needs_count);
        key_fields(w, "may", t->may, t->may_count);
        key_text(w, "style", t->style);
        key_label(w, "confirm", &t->confirm);
        jw_key(w, "oneway");
        jw_bool(w, t->oneway);
        key_text(w, "key", t->key);
        jw_key(w, "reason");
        jw_bool(w, t->reason);
        jw_close(w, '}');
}

static void
clock_json(const struct entity *e, const struct clock_decl *c, struct jw *w)
{
        jw_open(w, '{');
        key_text(w, "name", c->name);
        label_members(w, &c->label);
        key_text(w, "party", c->party);
        if (c->at_creation)
                key_text(w, "start", "created");
        else
                key_states(w, "start", e, c->start);
        key_states(w, "stop", e, c->stop);
        key_states(w, "pause", e, c->pause);
        jw_close(w, '}');
}

static void
view_json(const struct view_decl *v, struct jw *w)
{
        jw_open(w, '{');
        key_text(w, "name", v->name);
        label_members(w, &v->label);
        key_text(w, "filter", v->filter);
        key_text(w, "sort", v->sort);
        jw_key(w, "columns");
        jw_open(w, '[');
        for (size_t i = 0; i < v->column_count; i++)
                jw_text(w, v->columns[i]);
        jw_close(w, ']');
        key_text(w, "group", NULL);
        jw_close(w, '}');
}

static void
entity_life(const struct entity *e, struct jw *w)
{
        jw_key(w, "states");
        jw_open(w, '[');
        for (size_t i = 0; i < e->state_count; i++)
                state_json(&e->states[i], w);
        jw_close(w, ']');
        jw_key(w, "transitions");
        jw_open(w, '[');
        for (size_t i = 0; i < e->transition_count; i++)
                transition_json(e, &e->transitions[i], w);
        jw_close(w, ']');
        jw_key(w, "clocks");
        jw_open(w, '[');
        for (size_t i = 0; i < e->clock_count; i++)
                clock_json(e, &e->clocks[i], w);
        jw_close(w, ']');
}

static bool
uses_group(const struct entity *e, const char *group)
{
        for (size_t i = 0; i < e->field_count; i++)
                if (strcmp(e->fields[i].group, group) == 0)
                        return true;
        return false;
}

/* Names of the entity's field groups, from the code list field_group; a group that it lacks is shown by its own word. */
static void
entity_groups(const struct model *m, const struct entity *e, struct jw *w)
{
        const struct code_list *list = rules_codes(m->rules, "field_group");
        size_t n = 0;
        const struct option *names = list ? codes_options(list, &n) : NULL;

        jw_key(w, "groups");
        jw_open(w, '[');
        for (size_t i = 0; i < n; i++) {
                if (!uses_group(e, names[i].name))
                        continue;
                jw_open(w, '{');
                key_text(w, "name", names[i].name);
                key_label(w, "label", &names[i].label);
                jw_close(w, '}');
        }
        jw_close(w, ']');
}

void
publish_entity(const struct model *m, const struct entity *e, struct jw *w)
{
        jw_open(w, '{');
        entity_head(e, w);
        key_help(w, &e->help);
        key_text(w, "number", e->number);
        key_text(w, "display", e->display ? e->display->name : NULL);
        jw_key(w, "fields");
        jw_open(w, '[');
        for (size_t i = 0; i < e->field_count; i++)
                field_json(m, &e->fields[i], w);
        jw_close(w, ']');
        entity_groups(m, e, w);
        entity_life(e, w);
        jw_key(w, "views");
        jw_open(w, '[');
        for (size_t i = 0; i < e->view_count; i++)
                view_json(&e->views[i], w);
        jw_close(w, ']');
        jw_key(w, "layout");
        if (e->layout_json)
                jw_raw(w, str_of(e->layout_json));
        else
                jw_null(w);
        key_fields(w, "list", e->list, e->list_count);
        jw_close(w, '}');
}
