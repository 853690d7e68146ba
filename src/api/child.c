/* SPDX-License-Identifier: Apache-2.0
 *
 * child.c -- what stands below a case: messages, links, tasks, watchers, tags, attachments' rows; and
 * transitions.
 *
 * A third segment of a POST is a child's entity or else a transition's name; a model in which a case had a
 * transition named as a child entity would lose the transition, so such names are not given.  The case must
 * be readable for anything below it to be there at all: its absence and its children's look alike.
 */
#include "api/handlers.h"
#include "api/server.h"
#include "engine/life.h"
#include "engine/store.h"
#include "gen/names.h"

static const struct json NO_BODY = {.type = JSON_OBJECT};

/* The child entity that the path names; NULL when it is none. */
static const struct entity *
child_entity(struct request *q, struct work *w)
{
        const struct entity *e = model_entity_str(w->model, q->arg[2]);

        return e && e->kind == KIND_CHILD ? e : NULL;
}

static bool
no_route(struct request *q, struct work *w)
{
        return fail(w->ctx, E_NO_ROUTE, "", str_c(q->arena, q->path));
}

/* The case of the path when it may have children; NULL with an error. */
static struct record *
path_parent(struct request *q, struct work *w, const struct entity *child)
{
        const struct entity *e = path_entity(q, w);

        if (!e)
                return NULL;
        if (!child || e->kind != KIND_CASE) {
                no_route(q, w);
                return NULL;
        }
        return store_find(w, e, q->arg[1]);
}

static struct record *
path_child(struct request *q, struct work *w)
{
        const struct entity *e = child_entity(q, w);
        struct record *parent = path_parent(q, w, e);
        int64_t id;

        if (!parent)
                return NULL;
        if (str_to_int(q->arg[3], &id))
                return store_get_child(w, e, parent, id);
        fail(w->ctx, E_NOT_FOUND, "", e->name, str_c(q->arena, q->arg[3]));
        return NULL;
}

bool
child_list(struct request *q, struct work *w, struct response *r)
{
        static const char *const known[] = {"filter", "sort",   "fields", "limit", "cursor",
                                            "count",  "labels", "can",    NULL};
        const struct entity *e = child_entity(q, w);
        struct record *parent = path_parent(q, w, e);
        struct list_options o = {.filter = request_param(q, "filter"),
                                 .sort = request_param(q, "sort"),
                                 .cursor = request_param(q, "cursor")};
        int64_t limit;

        if (!parent || !request_params_known(q, known) ||
            !request_param_int(q, "limit", 1, 200, 50, &limit) || !request_param_bool(q, "count", &o.count) ||
            !read_options_of(q, w, e, &o.read))
                return false;
        o.limit = (int)limit;
        o.case_id = parent->id;
        return store_list_json(w, e, &o, &q->out);
}

bool
child_read(struct request *q, struct work *w, struct response *r)
{
        struct record *child = path_child(q, w);
        struct read_options o;

        if (!child || !read_options_of(q, w, child->e, &o))
                return false;
        answer_record(q, w, child, &o);
        return true;
}

static bool
child_create(struct request *q, struct work *w, const struct entity *e)
{
        struct record *parent = path_parent(q, w, e);
        struct record *child = parent ? store_create_child(w, e, parent, q->json ? q->json : &NO_BODY) : NULL;

        if (!child)
                return false;
        q->response.status = 201;
        response_header(&q->response, "Location",
                        arena_printf(q->arena, "/api/v1/%s/%lld/%s/%lld", parent->e->name,
                                     (long long)parent->id, e->name, (long long)child->id));
        answer_record(q, w, child, NULL);
        return true;
}

/* Is another version of a rule table in force now, or on some later day? */
static bool
changes_rules(const struct record *r)
{
        return strcmp(r->e->name, ENTITY_RULE_VERSION) == 0 &&
               (strcmp(r->state->name, STATE_RULE_VERSION_PUBLISHED) == 0 || strcmp(r->state->name, STATE_RULE_VERSION_WITHDRAWN) == 0);
}

static bool
transition(struct request *q, struct work *w)
{
        const struct entity *e = path_entity(q, w);
        struct record *record;
        int64_t version;

        if (!e)
                return false;
        if (!entity_transition_str(e, q->arg[2]))
                return no_route(q, w);
        if (!wanted_version(q, w, &version))
                return false;
        record = store_find(w, e, q->arg[1]);
        if (!record)
                return false;
        if (!life_transition(w, record, q->arg[2], q->json ? q->json : &NO_BODY, version))
                return stale_with_current(q, w, e, record->id);
        q->forget_sessions = concerns_rights(e);
        if (changes_rules(record) && !server_next_model(q, w))
                return false;
        answer_record(q, w, record, NULL);
        return true;
}

bool
child_or_transition(struct request *q, struct work *w, struct response *r)
{
        const struct entity *child = child_entity(q, w);

        return child ? child_create(q, w, child) : transition(q, w);
}

bool
child_update(struct request *q, struct work *w, struct response *r)
{
        int64_t version;
        struct record *child = wanted_version(q, w, &version) ? path_child(q, w) : NULL;

        if (!child || !store_update(w, child, q->json ? q->json : &NO_BODY, version))
                return false;
        answer_record(q, w, child, NULL);
        return true;
}

bool
child_remove(struct request *q, struct work *w, struct response *r)
{
        int64_t version;
        struct record *child = wanted_version(q, w, &version) ? path_child(q, w) : NULL;

        r->status = 204;
        return child && store_remove(w, child, version);
}
