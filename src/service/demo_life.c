/* SPDX-License-Identifier: Apache-2.0
 *
 * demo_life.c -- one step of a request: somebody does something, at some time, with some words.
 *
 *     {by: agent, new: technical_request, with: {...}}            reports it
 *     {by: t1, do: accept, with: {...}}                           takes a transition of the request
 *     {by: t1, do: finish, on: work_order, with: {...}}           ... of its newest work order
 *     {by: customer, add: message, with: {...}}                   adds a child to it
 *     {..., optional: true}                                       is passed over when it is not possible
 *
 * Each goes the way of a request over HTTP, as the person who would send it: access, guards and hooks are
 * asked, so the demo cannot show what the product does not allow.
 */
#include "engine/life.h"
#include "engine/store.h"
#include "gen/names.h"
#include "service/demo_play.h"

static const char *
key_text(const struct node *how, const char *key)
{
        const struct node *v = yaml_get(how, key);

        return v != NULL ? v->text.p : NULL;
}

static const struct json *
step_body(struct demo *d, struct life *l, const struct node *how)
{
        if (l->host != NULL)
                names_id(&l->names, "host", l->host->id);
        return demo_json(d, &l->names, yaml_get(how, "with"));
}

static struct record *
load_request(struct demo *d, const struct life *l)
{
        return store_get(&d->w, model_entity(d->w.model, ENTITY_TECHNICAL_REQUEST), l->id);
}

/* The newest case of that kind under the request. */
static struct record *
load_under(struct demo *d, const struct life *l, const char *entity)
{
        int64_t id;

        if (!sql_one_int(
                    &d->ctx, d->w.conn, &id,
                    SQL("select id from cases where parent = $1 and entity = $2 order by id desc limit 1"),
                    "is", l->id, entity)) {
                if (!ctx_failed(&d->ctx))
                        fail(&d->ctx, E_NOT_FOUND, "demo", entity, "under the request");
                return NULL;
        }
        return store_get(&d->w, model_entity(d->w.model, entity), id);
}

static bool
step_new(struct demo *d, struct life *l, const struct node *how)
{
        const struct json *body = step_body(d, l, how);
        struct record *r = body != NULL
                                   ? store_create(&d->w, model_entity(d->w.model, key_text(how, "new")), body)
                                   : NULL;

        if (r == NULL)
                return false;
        l->id = r->id;
        names_id(&l->names, "request", r->id);
        names_text(&l->names, "number", str_of(r->number));
        return true;
}

static bool
step_add(struct demo *d, struct life *l, const struct node *how)
{
        const struct json *body = step_body(d, l, how);
        struct record *r = body != NULL ? load_request(d, l) : NULL;

        return r != NULL &&
               store_create_child(&d->w, model_entity(d->w.model, key_text(how, "add")), r, body) != NULL;
}

static bool
step_do(struct demo *d, struct life *l, const struct node *how)
{
        const char *on = key_text(how, "on");
        const struct json *body = step_body(d, l, how);
        struct record *r = NULL;

        if (body != NULL)
                r = on != NULL ? load_under(d, l, on) : load_request(d, l);
        return r != NULL && life_transition(&d->w, r, yaml_get(how, "do")->text, body, 0);
}

static bool
take(struct demo *d, struct life *l, const struct node *how)
{
        if (yaml_get(how, "new") != NULL)
                return step_new(d, l, how);
        return yaml_get(how, "add") != NULL ? step_add(d, l, how) : step_do(d, l, how);
}

/* A step that may fail leaves nothing behind when it does. */
static bool
take_optional(struct demo *d, struct life *l, const struct node *how)
{
        if (!tx_savepoint(&d->ctx, d->w.conn))
                return false;
        if (take(d, l, how))
                return tx_release(&d->ctx, d->w.conn);
        tx_undo(d->w.conn);
        ctx_clear(&d->ctx);
        return true;
}

bool
demo_live(struct demo *d, struct life *l)
{
        const struct step *s = &l->steps[l->next++];
        const char *by = key_text(s->how, "by");
        int64_t person = names_get_id(&l->names, by);

        if (person == 0 && strcmp(by, "system") != 0)
                return fail(&d->ctx, E_NOT_FOUND, place_text(d->ctx.arena, s->how->place), "person", by);
        if (!demo_act(d, person, s->at))
                return false;
        if (yaml_get(s->how, "optional") != NULL ? take_optional(d, l, s->how) : take(d, l, s->how))
                return true;
        return fail_because(&d->ctx, E_MODEL, place_text(d->ctx.arena, s->how->place),
                            arena_printf(d->ctx.arena, "life \"%s\" could not take its step \"%s\"",
                                         l->way->key.p, s->how->key.p));
}
