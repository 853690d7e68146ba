/* SPDX-License-Identifier: Apache-2.0
 *
 * models.c -- the administrator changes the Model: check, publish, take away, look back.
 *
 *     POST /model/check            what would happen; changes nothing
 *     POST /model/patches          stores and applies; behind the commit the new Model is in force (api/server.c)
 *     POST /model/patches/{name}/remove
 *     GET  /model/patches          what is in force, and what stands aside and why
 *     GET  /model/patches/{name}   all versions with their texts, newest first: going back is publishing an old text anew
 *     GET  /model/{entity}/source  the file that an entity comes from
 *
 * A check answers 200 with its faults, because finding them is what it is for; publishing a text that has any is refused.
 *
 * Not here: what is checked (service/models.c, service/models_fit.c).
 */
#include "api/admin.h"
#include "api/server.h"
#include "base/log.h"
#include "base/text.h"
#include "model/publish.h"

#define WHAT "model"

/* ---- a wish, read from the body ---- */

/* Is it the first word of a path that the API keeps for itself?  (Entities of the base are refused as taken, elsewhere.) */
static bool
is_word_of_api(const char *name)
{
        static const char *const prefixes[] = {"/api/v1/", "/api/v1/model/"};
        struct str rest;

        for (size_t i = 0; i < ROUTE_COUNT; i++)
                for (size_t k = 0; k < sizeof prefixes / sizeof *prefixes; k++) {
                        size_t n = strlen(prefixes[k]);
                        if (strncmp(ROUTES[i].pattern, prefixes[k], n) == 0 &&
                            str_is(str_cut(str_of(ROUTES[i].pattern + n), '/', &rest), name))
                                return true;
                }
        return false;
}

/* The name that was given, or the one that the text itself suggests. */
static bool
wish_name(struct request *q, const struct patch_head *head, struct models_wish *wish)
{
        if (!body_text_or_none(q, "name", 200, &wish->name))
                return false;
        if (*wish->name == '\0')
                wish->name = head->extends ? arena_printf(q->arena, "%s-more", head->entity) : head->entity;
        return patch_name_check(&q->ctx, str_of(wish->name));
}

static bool
wish_text(struct request *q, struct models_wish *wish)
{
        struct patch_head head = {0};
        const char *given;

        if (!body_text(q, "text", PATCH_TEXT_MAX, &wish->text) || !body_text_or_none(q, "name", 200, &given) ||
            (*given && !patch_name_check(&q->ctx, str_of(given))) ||
            !patch_head(&q->ctx, wish->text, patch_path(q->arena, *given ? given : "patch"), &head) ||
            !wish_name(q, &head, wish))
                return false;
        if (head.extends || !is_word_of_api(head.entity))
                return true;
        return fail(&q->ctx, E_MODEL,
                    arena_printf(q->arena, "%s:%d:%d", patch_path(q->arena, wish->name), head.place.line, head.place.column),
                    ctx_both(&q->ctx,
                             arena_printf(q->arena, "\"%s\" is a path of the API already; give the entity another name.", head.entity),
                             arena_printf(q->arena, "“%s”已是接口路径，请换一个实体名称。", head.entity)));
}

static bool
wish_read(struct request *q, bool remove, struct models_wish *wish)
{
        *wish = (struct models_wish){.remove = remove};
        if (!body_int_or(q, "revision", -1, &wish->revision) || !body_text_or_none(q, "note", PATCH_NOTE_MAX, &wish->note))
                return false;
        if (!remove)
                return wish_text(q, wish);
        wish->name = str_c(q->arena, q->arg[0]);
        wish->text = STR("");
        return true;
}

/* ---- checking ---- */

/* "loan.yaml:12:5" -> its parts; 0 where the field names no place in a text. */
static void
write_place(struct jw *out, struct arena *a, const char *field)
{
        char *copy = arena_strdup(a, field), *column = strrchr(copy, ':'), *line;
        int64_t at[2] = {0, 0};

        if (column != NULL) {
                *column = '\0';
                line = strrchr(copy, ':');
                if (line != NULL && str_to_int(str_of(line + 1), &at[0]) && str_to_int(str_of(column + 1), &at[1]))
                        *line = '\0';
                else
                        *column = ':';
        }
        jw_key(out, "file");
        jw_text(out, copy);
        admin_write_id(out, "line", at[0]);
        admin_write_id(out, "column", at[1]);
}

static void
write_faults(struct jw *out, struct arena *a, const char *key, const struct error *e)
{
        jw_key(out, key);
        jw_open(out, '[');
        for (; e; e = e->next) {
                jw_open(out, '{');
                write_place(out, a, e->field);
                jw_key(out, "code");
                jw_text(out, err_name(e->code));
                admin_write_label(out, "text", e->en, e->zh);
                jw_close(out, '}');
        }
        jw_close(out, ']');
}

static void
write_texts(struct jw *out, const char *key, const char *const *v, size_t n)
{
        jw_key(out, key);
        jw_open(out, '[');
        for (size_t i = 0; i < n; i++)
                jw_text(out, v[i]);
        jw_close(out, ']');
}

/* The entity that the text is about, as the browser would get it: for a preview of list, form and states. */
static void
write_preview(struct jw *out, const struct model *m, const char *entity)
{
        const struct entity *e = entity ? model_entity(m, entity) : NULL;

        jw_key(out, "entity");
        if (e == NULL || e->abstract || e->kind == KIND_SYSTEM)
                jw_null(out);
        else
                publish_entity(m, e, out);
}

/* A fault of the text or of what it would do to the data: the answer.  Anything else: an error. */
static bool
is_finding(const struct error *e)
{
        return e->code == E_MODEL || e->code == E_YAML || e->code == E_RULE || e->code == E_DB_SCHEMA;
}

static bool
write_findings(struct request *q, struct work *w)
{
        if (!is_finding(w->ctx->errors))
                return false;
        jw_open(&q->out, '{');
        jw_key(&q->out, "ok");
        jw_bool(&q->out, false);
        write_faults(&q->out, q->arena, "faults", w->ctx->errors);
        jw_key(&q->out, "plan");
        jw_raw(&q->out, STR("[]"));
        jw_close(&q->out, '}');
        ctx_clear(w->ctx);
        return true;
}

static void
write_check(struct request *q, const struct models_wish *wish, const struct patches *now, const struct model *next,
            const struct plan *plan)
{
        const struct patch *before = patches_named(now, wish->name);
        struct patch_head head = {0};

        if (!wish->remove)
                patch_head(&q->ctx, wish->text, "patch", &head);
        jw_open(&q->out, '{');
        jw_key(&q->out, "ok");
        jw_bool(&q->out, true);
        write_faults(&q->out, q->arena, "faults", NULL);
        jw_key(&q->out, "name");
        jw_text(&q->out, wish->name);
        jw_key(&q->out, "version");
        jw_int(&q->out, before ? before->version + 1 : 1);
        jw_key(&q->out, "revision");
        jw_int(&q->out, now->revision);
        write_texts(&q->out, "plan", plan->statements, plan->count);
        write_texts(&q->out, "hidden", plan->hidden, plan->hidden_count);
        write_preview(&q->out, next, head.entity);
        jw_close(&q->out, '}');
}

bool
model_check(struct request *q, struct work *w, struct response *r)
{
        const struct json *remove = json_get(q->json, "remove");
        struct models_wish wish;
        struct patches now;
        struct model *next;
        struct plan plan;

        if (!admin_only(w, WHAT))
                return false;
        if (!wish_read(q, false, &wish) && !(remove && remove->type == JSON_TRUE))
                return write_findings(q, w);
        wish.remove = remove && remove->type == JSON_TRUE;
        if (wish.remove)
                ctx_clear(w->ctx);
        if (wish.remove && !body_text_or_none(q, "name", PATCH_NAME_MAX, &wish.name))
                return false;
        next = models_try(w, q->server->o.base, &wish, &now, &plan);
        if (next == NULL)
                return write_findings(q, w);
        write_check(q, &wish, &now, next, &plan);
        model_free(next);
        return true;
}

/* ---- publishing ---- */

/* The object of a patch, begun with which one it is. */
static void
open_patch(struct jw *out, const struct patch *p)
{
        jw_open(out, '{');
        jw_key(out, "name");
        jw_text(out, p->name);
        jw_key(out, "version");
        jw_int(out, p->version);
        jw_key(out, "revision");
        jw_int(out, p->revision);
        jw_key(out, "removed");
        jw_bool(out, p->removed);
}

static void
write_published(struct jw *out, const struct patch *p, const struct model *m)
{
        open_patch(out, p);
        jw_key(out, "model");
        jw_text(out, m->version);
        jw_close(out, '}');
}

static bool
publish(struct request *q, struct work *w, bool remove)
{
        struct models_wish wish;
        struct patch stored;

        if (!admin_only(w, WHAT) || !wish_read(q, remove, &wish))
                return false;
        q->next_engine = models_publish(w, q->server->o.base, &wish, &stored);
        if (q->next_engine == NULL)
                return false;
        if (!models_revision(w->ctx, w->conn, w->now, &q->next_revision))
                return false;
        log_info("model patch", "name", stored.name, "deed", remove ? "remove" : "publish", "by", w->actor->login, NULL);
        write_published(&q->out, &stored, engine_model(q->next_engine));
        return true;
}

bool
model_patch_publish(struct request *q, struct work *w, struct response *r)
{
        r->status = 201;
        return publish(q, w, false);
}

bool
model_patch_remove(struct request *q, struct work *w, struct response *r)
{
        return publish(q, w, true);
}

/* ---- looking ---- */

static bool
write_patch(struct request *q, struct work *w, const struct patch *p, bool text)
{
        struct jw *out = &q->out;

        open_patch(out, p);
        admin_write_time(out, "at", p->at);
        jw_key(out, "note");
        jw_text(out, p->note);
        jw_key(out, "program");
        jw_text(out, p->program);
        if (text) {
                jw_key(out, "text");
                jw_str(out, p->text);
        }
        return admin_write_person(w, out, "author", p->author);
}

/* What a stored text is about; null when it can no longer be read. */
static void
write_head(struct request *q, const struct patch *p)
{
        struct patch_head head;
        struct ctx scratch;
        bool known;

        ctx_init(&scratch, q->arena);
        known = !p->removed && patch_head(&scratch, p->text, "patch", &head);
        jw_key(&q->out, "entity");
        jw_text(&q->out, known ? head.entity : NULL);
        jw_key(&q->out, "extends");
        jw_bool(&q->out, known && head.extends);
}

bool
model_patches(struct request *q, struct work *w, struct response *r)
{
        struct patches all;
        struct model *m;

        if (!admin_only(w, WHAT) || !models_read(w->ctx, w->conn, w->now, &all) ||
            (m = models_load(w->ctx, q->server->o.base, &all)) == NULL)
                return false;
        model_free(m);
        jw_open(&q->out, '{');
        jw_key(&q->out, "revision");
        jw_int(&q->out, all.revision);
        jw_key(&q->out, "model");
        jw_text(&q->out, w->model->version);
        jw_key(&q->out, "items");
        jw_open(&q->out, '[');
        for (size_t i = 0; i < all.count; i++) {
                const struct patch *p = &all.v[i];
                if (!write_patch(q, w, p, false))
                        return false;
                write_head(q, p);
                jw_key(&q->out, "in_force");
                jw_bool(&q->out, !p->removed && p->aside == NULL);
                write_faults(&q->out, q->arena, "aside", p->aside);
                jw_close(&q->out, '}');
        }
        jw_close(&q->out, ']');
        jw_close(&q->out, '}');
        return true;
}

bool
model_patch_versions(struct request *q, struct work *w, struct response *r)
{
        const char *name = str_c(q->arena, q->arg[0]);
        struct patches all;

        if (!admin_only(w, WHAT) || !patches_history(w->ctx, w->conn, name, true, &all))
                return false;
        if (all.count == 0)
                return fail(w->ctx, E_NOT_FOUND, "", ctx_both(w->ctx, "model patch", "模型补丁"), name);
        jw_open(&q->out, '{');
        jw_key(&q->out, "items");
        jw_open(&q->out, '[');
        for (size_t i = 0; i < all.count; i++) {
                if (!write_patch(q, w, &all.v[i], true))
                        return false;
                jw_close(&q->out, '}');
        }
        jw_close(&q->out, ']');
        jw_close(&q->out, '}');
        return true;
}

/* ---- sources ---- */

static void
write_source(struct jw *out, const char *path, const char *origin, struct str text)
{
        jw_open(out, '{');
        jw_key(out, "file");
        jw_text(out, path);
        jw_key(out, "origin");
        jw_text(out, origin);
        jw_key(out, "text");
        jw_str(out, text);
        jw_close(out, '}');
}

static bool
is_about(struct arena *a, struct str text, const char *entity)
{
        struct patch_head head;
        struct ctx scratch;

        ctx_init(&scratch, a);
        return patch_head(&scratch, text, "source", &head) && strcmp(head.entity, entity) == 0;
}

/* All texts that make an entity what it is: built-in, site, patches. */
bool
model_source(struct request *q, struct work *w, struct response *r)
{
        const char *name = str_c(q->arena, q->arg[0]);
        const struct models_base *b = q->server->o.base;
        struct patches all;

        if (!admin_only(w, WHAT) || !patches_read(w->ctx, w->conn, &all))
                return false;
        if (model_entity(w->model, name) == NULL)
                return fail(w->ctx, E_NO_ROUTE, "", str_c(q->arena, q->path));
        jw_open(&q->out, '{');
        jw_key(&q->out, "items");
        jw_open(&q->out, '[');
        for (size_t i = 0; i < b->count; i++)
                if (strcmp(b->sources[i].kind, "models") == 0 && is_about(q->arena, b->sources[i].text, name))
                        write_source(&q->out, b->sources[i].path, b->sources[i].site ? "site" : "built_in", b->sources[i].text);
        for (size_t i = 0; i < all.count; i++)
                if (!all.v[i].removed && is_about(q->arena, all.v[i].text, name))
                        write_source(&q->out, all.v[i].name, "patch", all.v[i].text);
        jw_close(&q->out, ']');
        jw_close(&q->out, '}');
        return true;
}
