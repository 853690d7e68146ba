/* SPDX-License-Identifier: Apache-2.0
 *
 * access.c -- who may: grants with row scopes, and field rights.
 *
 * The same rule is said twice, for a row in hand (access_row) and for a list (access_scope_sql); access_test.c
 * holds the two against each other.  Scopes of several roles add up: a row is visible when any scope has it.
 *
 *     all          every row
 *     own          I am in one of the scope's own fields (a person field: my user, a contact link: my contact), or made it
 *     team         its team is one of mine, or own
 *     own_account  its account is mine (the entity `account`: it is my account)
 *
 * A record whose field `visibility` is not "public" is for staff.  One whose field `restricted` is set (rule A6) is for the group `managers` and for who stands in its own fields.
 * The system (ROLE_SYSTEM) may all.
 */
#include "engine/access.h"

static enum scope
grant_scope(const struct grant *g, enum deed deed)
{
        switch (deed) {
        case DEED_READ:
                return g->read;
        case DEED_WRITE:
                return g->write;
        default:
                return g->act;
        }
}

unsigned
access_scopes(const struct actor *a, const struct entity *e, enum deed deed)
{
        unsigned mask = 0;

        if (a->roles & ROLE_SYSTEM)
                return 1u << SCOPE_ALL;
        for (size_t i = 0; i < e->grant_count; i++)
                if (a->roles & e->grants[i].role)
                        mask |= 1u << grant_scope(&e->grants[i], deed);
        return mask & ~(1u << SCOPE_NONE);
}

enum scope
access_scope(const struct actor *a, const struct entity *e, enum deed deed)
{
        unsigned mask = access_scopes(a, e, deed);

        for (int s = SCOPE_ALL; s > SCOPE_NONE; s--)
                if (mask & 1u << s)
                        return s;
        return SCOPE_NONE;
}

bool
access_may_create(const struct actor *a, const struct entity *e)
{
        if (a->roles & ROLE_SYSTEM)
                return true;
        for (size_t i = 0; i < e->grant_count; i++)
                if ((a->roles & e->grants[i].role) && e->grants[i].create)
                        return true;
        return false;
}

bool
access_may_remove(const struct actor *a, const struct entity *e)
{
        if (a->roles & ROLE_SYSTEM)
                return true;
        for (size_t i = 0; i < e->grant_count; i++)
                if ((a->roles & e->grants[i].role) && e->grants[i].remove)
                        return true;
        return false;
}

bool
access_is_staff(const struct work *w)
{
        const struct model *m = w->model;

        if (w->actor->roles & ROLE_SYSTEM)
                return true;
        for (size_t i = 0; i < m->role_count; i++)
                if (m->roles[i].staff && (w->actor->roles & m->roles[i].bit))
                        return true;
        return false;
}

bool
access_field_read(const struct actor *a, const struct field *f)
{
        return (f->read & a->roles) != 0 || (a->roles & ROLE_SYSTEM) != 0;
}

bool
access_field_write(const struct actor *a, const struct field *f)
{
        if (f->computed || f->storage == STORE_NONE)
                return false;
        return access_field_read(a, f) && ((f->write & a->roles) != 0 || (a->roles & ROLE_SYSTEM) != 0);
}

/* The actor's id as this kind of field would hold it: a contact link holds contacts, all else users. */
static int64_t
own_id(const struct actor *a, const struct field *f)
{
        return f->to_name != NULL && strcmp(f->to_name, "contact") == 0 ? a->contact : a->id;
}

static bool
row_own(const struct work *w, const struct record *r)
{
        if (w->actor->id != 0 && r->created_by == w->actor->id)
                return true;
        for (int i = 0; i < 4 && r->e->scope_own[i] != NULL; i++) {
                const struct val *v = &r->v[r->e->scope_own[i]->index];
                int64_t me = own_id(w->actor, r->e->scope_own[i]);
                if (me != 0 && v->type == VAL_INT && v->i == me)
                        return true;
        }
        return strcmp(r->e->name, "user") == 0 && r->id == w->actor->id;
}

static bool
row_team(const struct work *w, const struct record *r)
{
        const struct field *f = r->e->scope_team;
        const struct val *v;

        if (f == NULL)
                return false;
        v = &r->v[f->index];
        for (size_t i = 0; v->type == VAL_INT && i < w->actor->team_count; i++)
                if (w->actor->teams[i] == v->i)
                        return true;
        return false;
}

static bool
row_account(const struct work *w, const struct record *r)
{
        const struct field *f = r->e->scope_account;
        int64_t mine = w->actor->account;

        if (mine == 0)
                return false;
        if (strcmp(r->e->name, "account") == 0)
                return r->id == mine;
        return f != NULL && r->v[f->index].type == VAL_INT && r->v[f->index].i == mine;
}

const struct field *
access_restriction(const struct work *w, const struct entity *e)
{
        const struct field *f = entity_field(e, "restricted");

        if (f == NULL || (w->actor->roles & ROLE_SYSTEM))
                return NULL;
        for (size_t i = 0; i < w->model->group_count; i++)
                if (strcmp(w->model->groups[i].name, "managers") == 0 && (w->model->groups[i].mask & w->actor->roles))
                        return NULL;
        return f;
}

const struct field *
access_visibility(const struct work *w, const struct entity *e)
{
        const struct field *f = entity_field(e, "visibility");

        return f == NULL || access_is_staff(w) || (w->actor->roles & ROLE_SYSTEM) ? NULL : f;
}

bool
access_row_in(struct work *w, const struct record *r, enum scope s)
{
        switch (s) {
        case SCOPE_ALL:
                return true;
        case SCOPE_OWN:
                return row_own(w, r);
        case SCOPE_TEAM:
                return row_own(w, r) || row_team(w, r);
        case SCOPE_OWN_ACCOUNT:
                return row_account(w, r);
        default:
                return false;
        }
}

bool
access_row(struct work *w, const struct record *r, enum deed deed)
{
        unsigned mask = access_scopes(w->actor, r->e, deed);
        const struct field *f = access_restriction(w, r->e), *shown = access_visibility(w, r->e);

        if (shown != NULL && !str_is(r->v[shown->index].s, "public"))
                return false;
        if (f != NULL && r->v[f->index].type == VAL_INT && r->v[f->index].i != 0 && !row_own(w, r))
                return false;
        for (int s = SCOPE_ALL; s > SCOPE_NONE; s--)
                if ((mask & 1u << s) && access_row_in(w, r, s))
                        return true;
        return false;
}

/* ---- the same as SQL ---- */

static void
sql_equals(struct work *w, const struct entity *e, const struct field *f, int64_t id, struct sql_text *s)
{
        buf_text(&s->text, " or ");
        sql_text_field(e, f, s);
        buf_text(&s->text, " = ");
        sql_text_value(w, s, VAL_OF_INT(id));
}

static void
sql_own(struct work *w, const struct entity *e, struct sql_text *s)
{
        if (w->actor->id != 0) {
                buf_text(&s->text, " or c.created_by = ");
                sql_text_value(w, s, VAL_OF_INT(w->actor->id));
        }
        for (int i = 0; i < 4 && e->scope_own[i] != NULL; i++) {
                int64_t me = own_id(w->actor, e->scope_own[i]);
                if (me != 0)
                        sql_equals(w, e, e->scope_own[i], me, s);
        }
        if (strcmp(e->name, "user") == 0) {
                buf_text(&s->text, " or c.id = ");
                sql_text_value(w, s, VAL_OF_INT(w->actor->id));
        }
}

static void
sql_account(struct work *w, const struct entity *e, struct sql_text *s)
{
        if (w->actor->account == 0)
                return;
        if (strcmp(e->name, "account") == 0) {
                buf_text(&s->text, " or c.id = ");
                sql_text_value(w, s, VAL_OF_INT(w->actor->account));
        } else if (e->scope_account != NULL) {
                sql_equals(w, e, e->scope_account, w->actor->account, s);
        }
}

static void
sql_restriction(struct work *w, const struct entity *e, struct sql_text *s)
{
        const struct field *f = access_restriction(w, e);

        if (f == NULL)
                return;
        buf_text(&s->text, " and (");
        sql_text_field(e, f, s);
        buf_text(&s->text, " is distinct from 1");
        sql_own(w, e, s);
        buf_text(&s->text, ")");
}

static void
sql_visibility(struct work *w, const struct entity *e, struct sql_text *s)
{
        const struct field *f = access_visibility(w, e);

        if (f == NULL)
                return;
        buf_text(&s->text, " and ");
        sql_text_field(e, f, s);
        buf_text(&s->text, " = 'public'");
}

static void
sql_scopes(struct work *w, const struct entity *e, unsigned mask, struct sql_text *s)
{
        if (mask & 1u << SCOPE_ALL) {
                buf_text(&s->text, "(1=1)");
                return;
        }
        buf_text(&s->text, "(1=0");
        if (mask & (1u << SCOPE_OWN | 1u << SCOPE_TEAM))
                sql_own(w, e, s);
        if ((mask & 1u << SCOPE_TEAM) && e->scope_team != NULL)
                for (size_t i = 0; i < w->actor->team_count; i++)
                        sql_equals(w, e, e->scope_team, w->actor->teams[i], s);
        if (mask & 1u << SCOPE_OWN_ACCOUNT)
                sql_account(w, e, s);
        buf_text(&s->text, ")");
}

/* Scope fields may stand in the case's own table, which a walk over all cases does not join: then it is looked up. */
static bool
has_own_scope_field(const struct entity *e)
{
        const struct field *const others[] = {e->scope_account, e->scope_team, entity_field(e, "visibility")};

        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
                if (others[i] && !others[i]->shared)
                        return true;
        for (size_t i = 0; i < sizeof e->scope_own / sizeof *e->scope_own; i++)
                if (e->scope_own[i] && !e->scope_own[i]->shared)
                        return true;
        return false;
}

static void
sql_kind(struct work *w, const struct entity *e, enum deed deed, struct sql_text *s)
{
        bool own = s->own, lookup = has_own_scope_field(e);

        buf_text(&s->text, " or (c.entity = ");
        sql_text_value(w, s, VAL_OF_TEXT(str_of(e->name)));
        buf_text(&s->text, " and ");
        if (lookup)
                buf_printf(&s->text, "exists (select 1 from \"%s\" t where t.id = c.id and ", e->table);
        access_scope_sql(w, e, deed, s);
        buf_text(&s->text, lookup ? "))" : ")");
        s->own = own;
}

/* Cases of every kind: "(1=0 or (c.entity = 'x' and ...) or ...)". */
static void
sql_kinds(struct work *w, enum deed deed, struct sql_text *s)
{
        if (w->actor->roles & ROLE_SYSTEM) {
                buf_text(&s->text, "(1=1)");
                return;
        }
        buf_text(&s->text, "(1=0");
        for (size_t i = 0; i < w->model->entity_count; i++) {
                const struct entity *e = &w->model->entities[i];
                if (e->kind == KIND_CASE && !e->abstract && access_scopes(w->actor, e, deed) != 0)
                        sql_kind(w, e, deed, s);
        }
        buf_text(&s->text, ")");
}

void
access_scope_sql(struct work *w, const struct entity *e, enum deed deed, struct sql_text *s)
{
        if (e->abstract) {
                sql_kinds(w, deed, s);
                return;
        }
        buf_text(&s->text, "(");
        sql_scopes(w, e, access_scopes(w->actor, e, deed), s);
        sql_restriction(w, e, s);
        sql_visibility(w, e, s);
        buf_text(&s->text, ")");
}
