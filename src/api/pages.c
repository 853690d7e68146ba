/* SPDX-License-Identifier: Apache-2.0
 *
 * pages.c -- /openapi.json, /model, /rules: made from the Model at the first request and kept.
 *
 * A page is copied into the answer, so that the kept texts can go when another Model comes while answers are
 * under way. Its entity tag is the Model's version, weak, for the same text leaves packed or not (pack.c); with
 * ?v=VERSION in the address a browser may keep it for ever.
 */
#include "api/pages.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include "api/handlers.h"
#include "api/server.h"
#include "base/secret.h"
#include "model/publish.h"
#include "model/rules.h"

struct pages {
        pthread_mutex_t lock;
        char version[DIGEST_HEX_MAX]; /* of the Model that the texts belong to; one at an address may have been another */
        struct arena *arena;
        struct map texts; /* key -> struct str */
};
typedef bool make_page(const struct model *m, const char *name, struct jw *w);

struct pages *
pages_new(void)
{
        struct pages *p = calloc(1, sizeof *p);

        if (!p)
                abort();
        pthread_mutex_init(&p->lock, NULL);
        p->arena = arena_new(0);
        map_init(&p->texts, p->arena);
        return p;
}

void
pages_free(struct pages *p)
{
        arena_free(p->arena);
        pthread_mutex_destroy(&p->lock);
        free(p);
}

/* Under the lock: the kept text, made now if need be; NULL when there is no such page. */
static struct str *
page_get(struct pages *p, const struct model *m, const char *key, const char *name, make_page *make)
{
        struct str *text;
        struct jw w = {0};

        if (strcmp(p->version, m->version) != 0) {
                arena_reset(p->arena);
                map_init(&p->texts, p->arena);
                snprintf(p->version, sizeof p->version, "%s", m->version);
        }
        text = map_get_c(&p->texts, key);
        if (text)
                return text;
        if (make(m, name, &w)) {
                text = ARENA_NEW(p->arena, struct str);
                *text = (struct str){arena_strndup(p->arena, w.b.p, w.b.n), w.b.n};
                map_put(&p->texts, str_of(key), text);
        }
        jw_free(&w);
        return text;
}

static bool
answer_page(struct request *q, struct work *w, const char *key, const char *name, make_page *make)
{
        struct pages *p = q->server->pages;
        const char *tag = arena_printf(q->arena, "\"%s\"", w->model->version);
        struct str *text;

        pthread_mutex_lock(&p->lock);
        text = page_get(p, w->model, key, name, make);
        if (text)
                buf_str(&q->out.b, *text);
        pthread_mutex_unlock(&p->lock);
        if (!text)
                return fail(w->ctx, E_NO_ROUTE, "", str_c(q->arena, q->path));
        response_header(&q->response, "ETag", arena_printf(q->arena, "W/%s", tag));
        q->response.cache = str_is(request_param(q, "v"), w->model->version)
                                    ? "private, max-age=31536000, immutable"
                                    : "private, no-cache";
        if (q->header[H_IF_NONE_MATCH].p && etag_matches(q->header[H_IF_NONE_MATCH], tag)) {
                q->response.status = 304;
                jw_reset(&q->out);
        }
        return true;
}

static bool
make_index(const struct model *m, const char *name, struct jw *w)
{
        publish_index(m, w);
        return true;
}

static bool
make_entity(const struct model *m, const char *name, struct jw *w)
{
        const struct entity *e = model_entity(m, name);

        if (!e || e->abstract || e->kind == KIND_SYSTEM)
                return false;
        publish_entity(m, e, w);
        return true;
}

static bool
make_rules_index(const struct model *m, const char *name, struct jw *w)
{
        rules_json_names(m->rules, w);
        return true;
}

static bool
make_rules(const struct model *m, const char *name, struct jw *w)
{
        return rules_json(m->rules, name, w);
}

static bool
make_openapi(const struct model *m, const char *name, struct jw *w)
{
        openapi_write(m, w);
        return true;
}

bool
model_index(struct request *q, struct work *w, struct response *r)
{
        return answer_page(q, w, "model", "", make_index);
}

bool
model_entity_page(struct request *q, struct work *w, struct response *r)
{
        const char *name = str_c(q->arena, q->arg[0]);

        return answer_page(q, w, arena_printf(q->arena, "model/%s", name), name, make_entity);
}

bool
rules_index(struct request *q, struct work *w, struct response *r)
{
        return answer_page(q, w, "rules", "", make_rules_index);
}

bool
rules_page(struct request *q, struct work *w, struct response *r)
{
        const char *name = str_c(q->arena, q->arg[0]);

        return answer_page(q, w, arena_printf(q->arena, "rules/%s", name), name, make_rules);
}

bool
openapi_page(struct request *q, struct work *w, struct response *r)
{
        return answer_page(q, w, "openapi", "", make_openapi);
}
