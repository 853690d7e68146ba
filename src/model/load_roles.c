/* SPDX-License-Identifier: Apache-2.0
 *
 * load_roles.c -- who: roles and groups, the grants of an entity, the fields its row scopes look at.
 *
 * A role is a bit; a group is the union of its members' bits.  Wherever the language takes a role it takes a group,
 * and what is kept is the mask.  Grants are kept per role: what several entries give one role (by its own name and by
 * its groups') adds up to the wider scope, so that run time asks one row.
 *
 * Not here: deciding (engine/access.c).
 */
#include "model/load.h"

enum { ROLES_MAX = 62 };

/* ---- roles and groups ---- */

struct role_nodes {
        struct label label;
        const struct node *groups, *acts_as;
        int tier;
};
static const struct key role_keys[] = {
        {"label", read_label, offsetof(struct role_nodes, label)},
        {"groups", read_node, offsetof(struct role_nodes, groups)},
        {"acts_as", read_node, offsetof(struct role_nodes, acts_as)},
        {"tier", read_int, offsetof(struct role_nodes, tier)},
};
LEVEL(role);
static const struct key group_keys[] = {{"label", read_label, offsetof(struct role_group, label)}};
LEVEL(group);
static const struct key roles_file_keys[] = {{"roles", read_node, 0}, {"groups", read_node, 0}};

static struct role_group *
group_named(const struct loader *l, struct str name)
{
        for (size_t i = 0; i < l->model->group_count; i++)
                if (str_is(name, l->model->groups[i].name))
                        return (struct role_group *)&l->model->groups[i];
        return NULL;
}

/* A new name of a role or group; false with a fault when it is taken or cannot be one. */
static bool
name_new(struct loader *l, const struct node *n)
{
        if (!name_check(l, n->key_place, n->key))
                return false;
        if (str_is(n->key, "system") || map_get(&l->model->role_map, n->key) || group_named(l, n->key)) {
                fault(l, n->key_place, "There is a role or group \"%s\" already.", n->key.p);
                return false;
        }
        return true;
}

static void
group_read(struct loader *l, const struct node *n, struct role_group *groups)
{
        if (!name_new(l, n))
                return;
        struct role_group *g = &groups[l->model->group_count++];
        g->name = n->key.p;
        KEYS_READ(l, n, "a group", group_keys, g);
        label_check(l, n->key_place, "group", g->name, true, &g->label);
}

static void
role_join(struct loader *l, const struct node *list, struct role *r)
{
        EACH(item, list) {
                if (!name_of(l, item))
                        continue;
                struct role_group *g = group_named(l, item->text);
                if (g) {
                        g->mask |= r->bit;
                        r->staff |= strcmp(g->name, "staff") == 0;
                        continue;
                }
                fault_unknown(l, item->place, "group", item->text, WORDS_OF(l, l->model->groups, l->model->group_count));
        }
}

static void
role_read(struct loader *l, const struct node *n, struct role *roles)
{
        struct role_nodes nodes = {0};

        if (!name_new(l, n))
                return;
        if (l->model->role_count == ROLES_MAX) {
                fault(l, n->key_place, "The role \"%s\" is one too many; %d roles are allowed.", n->key.p, ROLES_MAX);
                return;
        }
        struct role *r = &roles[l->model->role_count];
        KEYS_READ(l, n, "a role", role_keys, &nodes);
        *r = (struct role){.name = n->key.p, .label = nodes.label, .tier = nodes.tier,
                           .bit = (role_mask)1 << l->model->role_count++};
        label_check(l, n->key_place, "role", r->name, true, &r->label);
        if (r->tier < 0 || r->tier > 3)
                fault(l, n->key_place, "The tier of \"%s\" is %d; 1, 2 or 3 are allowed.", r->name, r->tier);
        role_join(l, nodes.groups, r);
        map_put(&l->model->role_map, n->key, r);
}

/* After all roles are known: whose rights each has besides its own. */
static void
acts_as_read(struct loader *l, const struct node *section)
{
        for (const struct node *n = section ? section->child : NULL; n; n = n->next) {
                struct role *r = map_get(&l->model->role_map, n->key);
                if (r)
                        r->acts_as = r->bit | (roles_mask(l, yaml_get(n, "acts_as")) & ~ROLE_SYSTEM);
        }
}

void
roles_load(struct loader *l, const struct node *const *roots, size_t count)
{
        struct model *m = l->model;
        struct role *roles = ARENA_ARRAY(l->arena, struct role, ROLES_MAX);
        size_t groups = 0;

        for (size_t i = 0; i < count; i++)
                groups += section_count(yaml_get(roots[i], "groups"));
        struct role_group *group_list = ARENA_ARRAY(l->arena, struct role_group, groups + 1);
        m->roles = roles;
        m->groups = group_list;
        map_init(&m->role_map, l->arena);
        for (size_t i = 0; i < count; i++) {
                const struct node *ignored, *section = yaml_get(roots[i], "groups");
                KEYS_READ(l, roots[i], "the roles' file", roles_file_keys, &ignored);
                for (const struct node *n = section_check(l, section, "groups") ? section->child : NULL; n; n = n->next)
                        group_read(l, n, group_list);
        }
        for (size_t i = 0; i < count; i++) {
                const struct node *section = yaml_get(roots[i], "roles");
                for (const struct node *n = section_check(l, section, "roles") ? section->child : NULL; n; n = n->next)
                        role_read(l, n, roles);
        }
        for (size_t i = 0; i < count; i++)
                acts_as_read(l, yaml_get(roots[i], "roles"));
}

/* Bits of one role or group; 0 with a fault. */
static role_mask
role_or_group(struct loader *l, struct place place, struct str name)
{
        const struct role *r = map_get(&l->model->role_map, name);
        const struct role_group *g = group_named(l, name);

        if (str_is(name, "system"))
                return ROLE_SYSTEM;
        if (r || g)
                return r ? r->bit : g->mask;
        struct words known = WORDS_OF(l, l->model->roles, l->model->role_count);
        for (size_t i = 0; i < l->model->group_count; i++)
                words_add(l, &known, l->model->groups[i].name);
        words_add(l, &known, "system");
        fault_unknown(l, place, "role or group", name, known);
        return 0;
}

role_mask
roles_mask(struct loader *l, const struct node *list)
{
        role_mask mask = 0;

        EACH(item, list)
                if (name_of(l, item))
                        mask |= role_or_group(l, item->place, item->text);
        return mask;
}

/* ---- grants ---- */

static const char *const scope_names[] = {"none", "own", "team", "own_account", "all", NULL};

struct grant_nodes {
        const struct node *read, *write, *act, *transitions;
        bool create, remove;
};
static const struct key grant_keys[] = {
        {"read", read_node, offsetof(struct grant_nodes, read)},
        {"write", read_node, offsetof(struct grant_nodes, write)},
        {"act", read_node, offsetof(struct grant_nodes, act)},
        {"create", read_flag, offsetof(struct grant_nodes, create)},
        {"delete", read_flag, offsetof(struct grant_nodes, remove)},
        {"transitions", read_node, offsetof(struct grant_nodes, transitions)},
};
LEVEL(grant);

/* A scope that the entity has the field for. */
static enum scope
scope_read(struct loader *l, const struct draft *d, const struct node *n)
{
        const struct entity *e = d->e;
        int s = choice_of(l, n, "scope", scope_names);

        if (s < 0 || e->kind == KIND_CHILD)
                return s < 0 ? SCOPE_NONE : (enum scope)s;
        if (s == SCOPE_OWN_ACCOUNT && !e->scope_account && strcmp(e->name, "account") != 0)
                fault(l, n->place, "own_account needs a field `account` or `scope: {own_account: field}`; \"%s\" has neither.",
                      e->name);
        if (s == SCOPE_TEAM && !e->scope_team)
                fault(l, n->place, "team needs a field `team` or `scope: {team: field}`; \"%s\" has neither.", e->name);
        return (enum scope)s;
}

static enum scope
wider(enum scope a, enum scope b)
{
        return a > b ? a : b;
}

static void
grant_add(struct draft *d, const struct model *m, role_mask roles, struct grant g)
{
        for (size_t i = 0; i < m->role_count; i++) {
                size_t j = 0;
                if (!(roles & m->roles[i].bit))
                        continue;
                while (j < d->e->grant_count && d->grants[j].role != m->roles[i].bit)
                        j++;
                if (j == d->e->grant_count)
                        d->e->grant_count++;
                struct grant *have = &d->grants[j];
                *have = (struct grant){m->roles[i].bit,        wider(have->read, g.read),    wider(have->write, g.write),
                                       wider(have->act, g.act), have->create || g.create, have->remove || g.remove};
        }
}

/* `transitions: [names]` of a grant adds its roles to theirs. */
static void
grant_transitions(struct loader *l, struct draft *d, const struct node *list, struct grant_decl *decl)
{
        role_mask roles = decl->roles;

        EACH(item, list) {
                if (!name_of(l, item))
                        continue;
                const struct transition *t = map_get(&d->e->transition_map, item->text);
                if (t) {
                        d->transitions[t->index].by |= roles;
                        *ARENA_PUSH(l->arena, decl->transitions, decl->transition_count) = t->name;
                } else
                        fault_unknown(l, item->place, "transition", item->text, WORDS_OF(l, d->transitions, d->e->transition_count));
        }
}

static void
grant_read(struct loader *l, struct draft *d, const struct node *n)
{
        struct grant_nodes nodes = {0};
        role_mask roles = role_or_group(l, n->key_place, n->key);
        struct grant g = {0};

        if (!KEYS_READ(l, n, "a grant", grant_keys, &nodes))
                return;
        if (roles == ROLE_SYSTEM)
                fault(l, n->key_place, "\"system\" needs no grant: the engine may do everything.");
        g.read = nodes.read ? scope_read(l, d, nodes.read) : SCOPE_NONE;
        g.write = nodes.write ? scope_read(l, d, nodes.write) : SCOPE_NONE;
        g.act = nodes.act ? scope_read(l, d, nodes.act) : nodes.write ? g.write : g.read;
        g.create = nodes.create;
        g.remove = nodes.remove;
        grant_add(d, l->model, roles, g);
        struct grant_decl *decl = ARENA_PUSH(l->arena, d->grant_decls, d->e->grant_decl_count);
        *decl = (struct grant_decl){.roles = roles, .read = g.read, .write = g.write, .act = g.act, .create = g.create,
                                    .remove = g.remove, .place = n->key_place};
        grant_transitions(l, d, nodes.transitions, decl);
        d->e->grant_decls = d->grant_decls;
}

void
grants_load(struct loader *l, struct draft *d)
{
        d->grants = ARENA_ARRAY(l->arena, struct grant, l->model->role_count + 1);
        d->e->grants = d->grants;
        EACH_MEMBER(l, n, d, grants, i)
                grant_read(l, d, n);
}

/* ---- scope ---- */

struct scope_nodes {
        const struct node *own, *own_account, *team;
};
static const struct key scope_keys[] = {
        {"own", read_node, offsetof(struct scope_nodes, own)},
        {"own_account", read_node, offsetof(struct scope_nodes, own_account)},
        {"team", read_node, offsetof(struct scope_nodes, team)},
};
LEVEL(scope);

/* A field that holds one id. */
static const struct field *
scope_field(struct loader *l, const struct entity *e, const struct node *n)
{
        const struct field *f = field_of(l, e, n);

        if (f && f->type != TYPE_LINK && f->type != TYPE_PERSON && f->type != TYPE_TEAM)
                fault(l, n->place, "A scope looks at a link, a person or a team; \"%s\" is of type %s.", f->name,
                      type_name(f->type));
        return f;
}

static void
scope_own(struct loader *l, struct entity *e, const struct node *list)
{
        size_t n = 0;

        EACH(item, list) {
                if (n == sizeof e->scope_own / sizeof *e->scope_own) {
                        fault(l, item->place, "At most 4 fields can be `own`.");
                        return;
                }
                const struct field *f = scope_field(l, e, item);
                if (f)
                        e->scope_own[n++] = f;
        }
}

/* What holds when the entity does not say: fields by their usual names. */
static void
scope_defaults(struct entity *e, const struct scope_nodes *given)
{
        size_t n = 0;

        for (const char *const *name = (const char *const[]){"handler", "owner", NULL}; *name && !given->own; name++) {
                const struct field *f = entity_field(e, *name);
                if (f && f->storage == STORE_INT)
                        e->scope_own[n++] = f;
        }
        if (!given->own_account)
                e->scope_account = entity_field(e, "account");
        if (!given->team)
                e->scope_team = entity_field(e, "team");
}

void
scope_load(struct loader *l, struct draft *d)
{
        struct scope_nodes nodes = {0};

        if (d->parts->scope)
                KEYS_READ(l, d->parts->scope, "a scope", scope_keys, &nodes);
        scope_defaults(d->e, &nodes);
        scope_own(l, d->e, nodes.own);
        if (nodes.own_account)
                d->e->scope_account = scope_field(l, d->e, nodes.own_account);
        if (nodes.team)
                d->e->scope_team = scope_field(l, d->e, nodes.team);
}
