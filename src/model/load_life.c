/* SPDX-License-Identifier: Apache-2.0
 *
 * load_life.c -- states and transitions, and whether the lifecycle they make can be lived.
 *
 * States are bits in the order of declaration; a transition holds the bits it starts from.  What life_check
 * proves of each entity with states:
 *
 *     1. every state can be reached from the first
 *     2. every state that is not final can be left
 *     3. every transition may be taken by somebody (after the grants added their roles)
 *
 * Not here: clocks (load_clocks.c); taking a transition (engine/life.c).
 */
#include "model/cond.h"
#include "model/load.h"

enum { STATES_MAX = 62 };

/* ---- states ---- */

struct state_nodes {
        struct label label;
        const struct node *stage, *kind, *customer;
        bool final;
};
static const struct key state_keys[] = {
        {"label", read_label, offsetof(struct state_nodes, label)},
        {"stage", read_node, offsetof(struct state_nodes, stage)},
        {"kind", read_node, offsetof(struct state_nodes, kind)},
        {"customer", read_node, offsetof(struct state_nodes, customer)},
        {"final", read_flag, offsetof(struct state_nodes, final)},
};
LEVEL(state);
static const char *const stage_names[] = {"accept", "handle", "close", NULL};
static const char *const kind_names[] = {"open", "waiting", "closed", NULL};
static const char *const customer_names[] = {"received",       "being_assigned", "in_progress", "needs_reply",
                                             "please_confirm", "completed",      "withdrawn",   NULL};

static void
state_fill(struct loader *l, const struct draft *d, const struct node *n, const struct state_nodes *nodes, struct state *s)
{
        int stage = nodes->stage ? choice_of(l, nodes->stage, "stage", stage_names) : -1;
        int kind = nodes->kind ? choice_of(l, nodes->kind, "kind of state", kind_names) : -1;
        int customer = nodes->customer ? choice_of(l, nodes->customer, "state for the customer", customer_names) : -1;

        if (d->e->kind == KIND_CASE && !nodes->stage)
                fault(l, n->key_place, "The state \"%s\" of a case needs `stage:` accept, handle or close.", s->name);
        s->stage = (enum stage)(stage + 1);
        s->kind = kind >= 0 ? (enum state_kind)kind : nodes->final ? STATE_CLOSED : STATE_OPEN;
        s->customer = customer >= 0 ? customer_names[customer] : NULL;
        if (nodes->final && s->kind != STATE_CLOSED)
                fault(l, nodes->kind->place, "The state \"%s\" is final: its kind can only be closed.", s->name);
}

static void
state_read(struct loader *l, struct draft *d, const struct node *n)
{
        struct entity *e = d->e;
        struct state_nodes nodes = {0};

        if (e->state_count == STATES_MAX) {
                fault(l, n->key_place, "The state \"%s\" is one too many; %d states are allowed.", n->key.p, STATES_MAX);
                return;
        }
        if (!member_read(l, n, "state", &level_state, &nodes))
                return;
        struct state *s = &d->states[e->state_count];
        *s = (struct state){.name = n->key.p, .index = (int)e->state_count, .label = nodes.label, .final = nodes.final,
                            .place = n->key_place};
        label_check(l, n->key_place, "state", s->name, true, &s->label);
        state_fill(l, d, n, &nodes, s);
        if (map_put(&e->state_map, n->key, s))
                e->state_count++;
        else
                fault(l, n->key_place, "The state \"%s\" exists already.", s->name);
}

void
states_load(struct loader *l, struct draft *d)
{
        struct entity *e = d->e;

        d->states = ARENA_ARRAY(l->arena, struct state, STATES_MAX + 1);
        e->states = d->states;
        map_init(&e->state_map, l->arena);
        if (e->kind == KIND_SYSTEM || e->abstract)
                return;
        EACH_MEMBER(l, n, d, states, i)
                state_read(l, d, n);
        if (e->kind == KIND_CASE && e->state_count == 0)
                fault(l, e->place, "The case \"%s\" needs `states:`.", e->name);
}

static void
fault_no_state(struct loader *l, const struct draft *d, const struct node *n, const char *also)
{
        struct words known = WORDS_OF(l, d->states, d->e->state_count);

        words_add(l, &known, also);
        fault_unknown(l, n->place, "state", n->text, known);
}

static uint64_t
open_states(const struct draft *d)
{
        uint64_t mask = 0;

        for (size_t i = 0; i < d->e->state_count; i++)
                if (!d->states[i].final)
                        mask |= (uint64_t)1 << i;
        return mask;
}

uint64_t
states_mask(struct loader *l, const struct draft *d, const struct node *list)
{
        uint64_t mask = 0;

        EACH(item, list) {
                const struct state *s = item->type == NODE_TEXT ? map_get(&d->e->state_map, item->text) : NULL;
                if (yaml_is(item, "any_open"))
                        mask |= open_states(d);
                else if (s)
                        mask |= (uint64_t)1 << s->index;
                else if (name_of(l, item))
                        fault_no_state(l, d, item, "any_open");
        }
        return mask;
}

/* ---- transitions ---- */

struct transition_draft {
        struct transition t;
        const struct node *from, *to, *by, *when, *needs, *may, *sets, *call, *style, *key;
};
#define MOVE(x) offsetof(struct transition_draft, x)
static const struct key transition_keys[] = {
        {"from", read_node, MOVE(from)},
        {"to", read_node, MOVE(to)},
        {"by", read_node, MOVE(by)},
        {"when", read_node, MOVE(when)},
        {"why", read_label, MOVE(t.why)},
        {"needs", read_node, MOVE(needs)},
        {"may", read_node, MOVE(may)},
        {"reason", read_flag, MOVE(t.reason)},
        {"sets", read_node, MOVE(sets)},
        {"call", read_node, MOVE(call)},
        {"label", read_label, MOVE(t.label)},
        {"style", read_node, MOVE(style)},
        {"confirm", read_label, MOVE(t.confirm)},
        {"oneway", read_flag, MOVE(t.oneway)},
        {"key", read_text, MOVE(t.key)},
};
LEVEL(transition);
static const char *const style_names[] = {"primary", "normal", "danger", NULL};

static void
ends_read(struct loader *l, struct draft *d, const struct node *n, struct transition_draft *td)
{
        struct error **before = l->ctx->errors_tail;

        if (td->from == NULL)
                fault(l, n->key_place, "The transition \"%s\" needs `from:`, a state, a list of states or any_open.", n->key.p);
        td->t.from = states_mask(l, d, td->from);
        if (td->to == NULL)
                fault(l, n->key_place, "The transition \"%s\" needs `to:`, a state or `same`.", n->key.p);
        else if (name_of(l, td->to) && !yaml_is(td->to, "same")) {
                td->t.to = map_get(&d->e->state_map, td->to->text);
                if (td->t.to == NULL)
                        fault_no_state(l, d, td->to, "same");
        }
        d->ends_bad |= *before != NULL;
}

/* Fields that a request may carry: computed ones too, for this is how a transition takes a value that nobody may patch. */
static const struct field **
field_list(struct loader *l, const struct entity *e, const struct node *list, size_t *ret_count)
{
        const struct field **fields = NULL;

        EACH(item, list) {
                const struct field *f = field_of(l, e, item);
                if (f && f->storage == STORE_NONE)
                        fault(l, item->place, "\"%s\" cannot be given here: a field of type %s is read-only.", f->name,
                              type_name(f->type));
                else if (f)
                        *ARENA_PUSH(l->arena, fields, *ret_count) = f;
        }
        return fields;
}

static void
guard_read(struct loader *l, const struct draft *d, struct transition_draft *td, const char *name)
{
        struct transition *t = &td->t;

        if (td->when && name_of(l, td->when))
                t->when = cond_parse(l->ctx, l->arena, d->e, td->when->text, place_text(l->ctx->arena, td->when->place));
        if (td->when && (!t->why.en || !t->why.zh))
                fault(l, td->when->key_place, "The transition \"%s\" has `when` and so needs `why: {en: ..., zh: ...}`, the "
                      "sentence shown when it does not hold.", name);
}

static void
sets_read(struct loader *l, const struct draft *d, const struct node *sets, struct transition *t)
{
        struct setter *list = NULL;

        for (const struct node *n = section_check(l, sets, "sets") ? sets->child : NULL; n; n = n->next) {
                const struct node name = {.type = NODE_TEXT, .text = n->key, .place = n->key_place};
                const struct field *f = field_of(l, d->e, &name);
                struct setter s;
                if (f && setter_read(l, f, n, &s))
                        *ARENA_PUSH(l->arena, list, t->sets_count) = s;
        }
        t->sets = list;
}

static void
call_read(struct loader *l, const struct node *call, struct transition *t)
{
        t->hook = -1;
        if (call == NULL || !name_of(l, call))
                return;
        t->call = call->text.p;
        for (size_t i = 0; i < l->hook_count; i++)
                if (strcmp(l->hooks[i], t->call) == 0)
                        t->hook = (int)i;
        if (t->hook < 0 && !l->any_hook)
                fault_unknown(l, call->place, "hook", call->text, WORDS_OF(l, l->hooks, l->hook_count));
}

static void
face_read(struct loader *l, const struct node *n, struct transition_draft *td)
{
        struct transition *t = &td->t;
        int style = td->style ? choice_of(l, td->style, "style", style_names) : 1;

        t->style = style < 0 ? "normal" : style_names[style];
        label_check(l, n->key_place, "transition", n->key.p, t->by != ROLE_SYSTEM, &t->label);
        if (t->confirm.en || t->confirm.zh)
                label_check(l, n->key_place, "question `confirm` of", n->key.p, true, &t->confirm);
}

/* The roles of `by`.  A wrong name was reported; it shall not be reported again as "nobody". */
static role_mask
takers_read(struct loader *l, const struct node *by)
{
        struct error **before = l->ctx->errors_tail;
        role_mask mask = roles_mask(l, by);

        return mask == 0 && *before != NULL ? ROLE_SYSTEM : mask;
}

static void
transition_read(struct loader *l, struct draft *d, const struct node *n)
{
        struct entity *e = d->e;
        struct transition_draft td = {.t = {.name = n->key.p, .index = (int)e->transition_count, .place = n->key_place}};

        if (!member_read(l, n, "transition", &level_transition, &td)) {
                d->ends_bad = true;
                return;
        }
        ends_read(l, d, n, &td);
        td.t.by = takers_read(l, td.by);
        guard_read(l, d, &td, n->key.p);
        td.t.needs = field_list(l, e, td.needs, &td.t.needs_count);
        td.t.may = field_list(l, e, td.may, &td.t.may_count);
        sets_read(l, d, td.sets, &td.t);
        call_read(l, td.call, &td.t);
        face_read(l, n, &td);
        struct transition *at = &d->transitions[e->transition_count];
        *at = td.t;
        if (map_put(&e->transition_map, n->key, at))
                e->transition_count++;
        else
                fault(l, n->key_place, "The transition \"%s\" exists already.", n->key.p);
}

void
transitions_load(struct loader *l, struct draft *d)
{
        size_t room = 1;

        for (size_t i = 0; i < d->part_count; i++)
                room += section_count(d->parts[i].transitions);
        d->transitions = ARENA_ARRAY(l->arena, struct transition, room);
        d->e->transitions = d->transitions;
        map_init(&d->e->transition_map, l->arena);
        if (d->e->kind == KIND_SYSTEM || d->e->abstract)
                return;
        EACH_MEMBER(l, n, d, transitions, i)
                transition_read(l, d, n);
}

/* ---- can it be lived? ---- */

/* The states that `from` leads to in any number of steps, itself included. */
uint64_t
states_reach(const struct entity *e, uint64_t from)
{
        for (uint64_t before = 0; before != from;) {
                before = from;
                for (size_t i = 0; i < e->transition_count; i++)
                        if (e->transitions[i].to && (e->transitions[i].from & from))
                                from |= (uint64_t)1 << e->transitions[i].to->index;
        }
        return from;
}

static bool
can_leave(const struct entity *e, const struct state *s)
{
        for (size_t i = 0; i < e->transition_count; i++) {
                const struct transition *t = &e->transitions[i];
                if (t->to && t->to != s && (t->from >> s->index & 1))
                        return true;
        }
        return false;
}

static bool
any_final(const struct entity *e)
{
        for (size_t i = 0; i < e->state_count; i++)
                if (e->states[i].final)
                        return true;
        return false;
}

/* Facts 1 and 2; not asked when an end of a transition is missing already. */
static void
reach_check(struct loader *l, const struct entity *e)
{
        uint64_t reached = e->state_count ? states_reach(e, 1) : 0;

        for (size_t i = 0; i < e->state_count; i++) {
                const struct state *s = &e->states[i];
                if (!(reached >> i & 1))
                        fault(l, s->place, "The state \"%s\" can never be reached from \"%s\": no transition leads to it.", s->name,
                              e->states->name);
                if (!s->final && !can_leave(e, s))
                        fault(l, s->place, "The state \"%s\" is not final, but no transition leaves it.", s->name);
        }
}

void
life_check(struct loader *l, struct draft *d)
{
        const struct entity *e = d->e;

        if (!d->ends_bad)
                reach_check(l, e);
        if (e->kind == KIND_CASE && e->state_count && !any_final(e))
                fault(l, e->states->place, "The case \"%s\" has no state with `final: true`.", e->name);
        for (size_t i = 0; i < e->transition_count; i++)
                if (e->transitions[i].by == 0)
                        fault(l, e->transitions[i].place, "Nobody may take the transition \"%s\": give it `by:`, a list of roles.",
                              e->transitions[i].name);
}
