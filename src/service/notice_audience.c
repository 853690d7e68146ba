/* SPDX-License-Identifier: Apache-2.0
 *
 * notice_audience.c -- whom a notice means.
 *
 *     contact     the contact's logins; without one, the contact by e-mail
 *     kdm         the same of the customer's key decision makers
 *     handler, owner        the person in that field
 *     team        its members; lead: who leads it, else the deputy
 *     watchers    whoever watches the case
 *     a role      everybody who was given it; service_manager and account_manager: the customer's own, when it has one
 *     person:7, team:7      by id, for verbs that know better (rosters)
 *
 * Invariants
 *   1. Nobody is found twice; the first reason stands.
 *   2. Who is not active, or has left the team, is not found.
 *   3. Only the person is found here: whether it may read the record, and wants to be told, is asked later (notice_take.c).
 */
#include "engine/actor.h"
#include "engine/store.h"
#include "gen/names.h"
#include "service/notices.h"

struct finder {
        struct work *w;
        const struct record *r;
        struct receivers *out;
};

static int64_t
link_of(const struct record *r, const char *field)
{
        const struct field *f = entity_field(r->e, field);

        return f && r->v[f->index].type == VAL_INT ? r->v[f->index].i : 0;
}

static bool
is_staff(const struct model *m, role_mask roles)
{
        for (size_t i = 0; i < m->role_count; i++)
                if (m->roles[i].staff && (roles & m->roles[i].bit))
                        return true;
        return false;
}

static bool
is_found(const struct finder *f, int64_t person, int64_t contact)
{
        for (size_t i = 0; i < f->out->count; i++) {
                const struct receiver *x = &f->out->list[i];
                if ((person && x->person == person) || (!person && contact && x->contact == contact && !x->person))
                        return true;
        }
        return false;
}

/* A list of ids, read to its end before anything else is asked. */
static bool
read_ids(struct work *w, struct rows *rows, int64_t **ret, size_t *ret_count)
{
        *ret = NULL;
        *ret_count = 0;
        while (rows && rows_next(rows))
                *ARENA_PUSH(w->ctx->arena, *ret, *ret_count) = rows_int(rows, 0);
        return rows && rows_close(rows);
}

/* ---- people with a login ---- */

static bool
add_person(struct finder *f, int64_t id, const char *why)
{
        struct work *w = f->w;
        const struct actor *a;
        struct receiver x = {.person = id, .why = why};
        struct rows *rows;

        if (id == 0 || is_found(f, id, 0))
                return true;
        if (!(a = actor_load(w, id, w->ctx->arena)))
                return !ctx_failed(w->ctx);
        rows = sql_query(w->ctx, w->conn,
                         SQL("select coalesce(u.email, c.email), u.zone from users u left join contact c on c.id = u.contact "
                             "where u.id = $1"),
                         "i", id);
        if (rows && rows_next(rows)) {
                x.address = str_c(w->ctx->arena, rows_text(rows, 0));
                x.zone = str_c(w->ctx->arena, rows_text(rows, 1));
        }
        if (!rows || !rows_close(rows))
                return false;
        x.actor = a;
        x.contact = a->contact;
        x.name = a->name;
        x.lang = a->lang;
        x.audience = is_staff(w->model, a->roles) ? AUDIENCE_STAFF : AUDIENCE_CUSTOMER;
        *ARENA_PUSH(w->ctx->arena, f->out->list, f->out->count) = x;
        return true;
}

static bool
add_people(struct finder *f, struct rows *rows, const char *why)
{
        int64_t *ids;
        size_t n;

        if (!read_ids(f->w, rows, &ids, &n))
                return false;
        for (size_t i = 0; i < n; i++)
                if (!add_person(f, ids[i], why))
                        return false;
        return true;
}

/* ---- contacts ---- */

static const struct actor *
contact_actor(struct work *w, int64_t contact, int64_t account, enum lang lang)
{
        struct actor *a = ARENA_NEW(w->ctx->arena, struct actor);
        const struct role *role = model_role(w->model, "customer_contact");

        *a = (struct actor){.roles = role ? role->bit : 0, .given = role ? role->bit : 0, .account = account, .contact = contact,
                            .login = "", .name = "", .lang = lang};
        return a;
}

/* By e-mail alone. */
static bool
add_unnamed(struct finder *f, int64_t id, const char *why)
{
        struct work *w = f->w;
        struct receiver x = {.contact = id, .why = why, .audience = AUDIENCE_CUSTOMER};
        bool found = false;
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select c.name, c.email, c.language, c.account, a.zone from contact c "
                                          "left join account a on a.id = c.account where c.id = $1 and c.active = 1"),
                                      "i", id);

        if (rows && rows_next(rows)) {
                found = true;
                x.name = str_c(w->ctx->arena, rows_text(rows, 0));
                x.address = str_c(w->ctx->arena, rows_text(rows, 1));
                x.lang = str_is(rows_text(rows, 2), "en") ? LANG_EN : LANG_ZH;
                x.actor = contact_actor(w, id, rows_int(rows, 3), x.lang);
                x.zone = str_c(w->ctx->arena, rows_text(rows, 4));
        }
        if (!rows || !rows_close(rows))
                return false;
        if (found && !is_found(f, 0, id))
                *ARENA_PUSH(w->ctx->arena, f->out->list, f->out->count) = x;
        return true;
}

static bool
add_contact(struct finder *f, int64_t id, const char *why)
{
        int64_t *logins;
        size_t n;

        if (id == 0)
                return true;
        if (!read_ids(f->w, sql_query(f->w->ctx, f->w->conn, SQL("select id from users where contact = $1 and active = 1 order by id"),
                                      "i", id), &logins, &n))
                return false;
        for (size_t i = 0; i < n; i++)
                if (!add_person(f, logins[i], why))
                        return false;
        return n > 0 || add_unnamed(f, id, why);
}

static bool
add_deciders(struct finder *f)
{
        int64_t *ids;
        size_t n;

        if (!read_ids(f->w, sql_query(f->w->ctx, f->w->conn,
                                      SQL("select id from contact where account = $1 and active = 1 and functions like '%\"kdm\"%' order by id"),
                                      "i", link_of(f->r, FIELD_CASE_ACCOUNT)), &ids, &n))
                return false;
        for (size_t i = 0; i < n; i++)
                if (!add_contact(f, ids[i], "kdm"))
                        return false;
        return true;
}

/* ---- teams, watchers, roles ---- */

static bool
add_team(struct finder *f, int64_t team)
{
        char today[TIME_TEXT_MAX];

        date_format(f->w->now / USEC_DAY, today);
        return team == 0 ||
               add_people(f, sql_query(f->w->ctx, f->w->conn,
                                       SQL("select id from users where team = $1 and active = 1 union select person from membership "
                                           "where team = $1 and (until is null or until >= $2) order by 1"),
                                       "is", team, today), "team");
}

static bool
add_lead(struct finder *f, int64_t team)
{
        size_t before = f->out->count;
        int64_t *ids;
        size_t n;

        if (team == 0)
                return true;
        if (!read_ids(f->w, sql_query(f->w->ctx, f->w->conn,
                                      SQL("select lead from team where id = $1 and lead is not null union all "
                                          "select deputy from team where id = $1 and deputy is not null"),
                                      "i", team), &ids, &n))
                return false;
        for (size_t i = 0; i < n && f->out->count == before; i++)
                if (is_found(f, ids[i], 0))
                        return true;
                else if (!add_person(f, ids[i], "lead"))
                        return false;
        return true;
}

static bool
add_watchers(struct finder *f)
{
        return add_people(f, sql_query(f->w->ctx, f->w->conn, SQL("select person from watcher where case_id = $1 order by person"),
                                       "i", f->r->id), "watchers");
}

/* The customer's own manager of that role; 0: it has none. */
static bool
own_manager(struct finder *f, const char *role, int64_t *ret)
{
        int64_t account = link_of(f->r, FIELD_CASE_ACCOUNT);
        struct record *a;

        *ret = 0;
        if (account == 0 || (strcmp(role, FIELD_ACCOUNT_SERVICE_MANAGER) != 0 && strcmp(role, FIELD_ACCOUNT_ACCOUNT_MANAGER) != 0))
                return true;
        a = store_load(f->w, model_entity(f->w->model, ENTITY_ACCOUNT), account);
        if (a)
                *ret = link_of(a, role);
        return a != NULL;
}

static bool
add_role(struct finder *f, const char *role)
{
        size_t before = f->out->count;
        int64_t own;

        if (!own_manager(f, role, &own) || !add_person(f, own, role))
                return false;
        if (f->out->count > before || (own && is_found(f, own, 0)))
                return true;
        return add_people(f, sql_query(f->w->ctx, f->w->conn,
                                       SQL("select id from users where active = 1 and roles like $1 order by id"), "s",
                                       arena_printf(f->w->ctx->arena, "%%\"%s\"%%", role)), role);
}

/* "person:7" */
static bool
named(struct str to, const char *what, int64_t *ret)
{
        struct str id, word = str_cut(to, ':', &id);

        return str_is(word, what) && str_to_int(id, ret);
}

static bool
add_word(struct finder *f, struct str to)
{
        const struct role *role;
        int64_t id;

        if (str_is(to, "contact"))
                return add_contact(f, link_of(f->r, FIELD_CASE_CONTACT), "contact");
        if (str_is(to, "kdm"))
                return add_deciders(f);
        if (str_is(to, "handler") || str_is(to, "owner"))
                return add_person(f, link_of(f->r, str_c(f->w->ctx->arena, to)), str_c(f->w->ctx->arena, to));
        if (str_is(to, "team") || str_is(to, "lead"))
                return str_is(to, "team") ? add_team(f, link_of(f->r, FIELD_CASE_TEAM)) : add_lead(f, link_of(f->r, FIELD_CASE_TEAM));
        if (str_is(to, "watchers"))
                return add_watchers(f);
        if (named(to, "person", &id))
                return add_person(f, id, "person");
        if (named(to, "team", &id))
                return add_team(f, id);
        role = model_role(f->w->model, str_c(f->w->ctx->arena, to));
        return role ? add_role(f, role->name)
                    : fail(f->w->ctx, E_NOT_ALLOWED_VALUE, "to", str_c(f->w->ctx->arena, to),
                           "contact, kdm, handler, owner, team, lead, watchers, person:ID, team:ID, or a role");
}

bool
audience_find(struct work *w, const struct record *r, struct str to, struct receivers *ret)
{
        struct finder f = {w, r, ret};

        *ret = (struct receivers){0};
        while (to.n > 0) {
                struct str word = str_cut(to, ' ', &to);
                if (word.n > 0 && !add_word(&f, word))
                        return false;
        }
        return true;
}
