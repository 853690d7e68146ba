/* SPDX-License-Identifier: Apache-2.0
 *
 * models.c -- the Model changes while the server runs.
 *
 *     base (built-in + site) --+
 *     patches of the database -+--models_load--> Model in force
 *     versions of rule tables -+
 *                                                   |  text, or removal
 *                                                   v
 *                            models_try: readable? whole Model right? stored data still right? which statements?
 *                                                   |
 *                            models_publish: row, tables, columns and indexes, in one transaction --commit--> engine_swap (api/)
 *
 * Invariants
 *   1. Row and columns are written by one transaction: after kill -9 both are there, or neither.
 *   2. A publication is checked against the patches as that transaction reads them, not as a screen showed them.
 *   3. No data are dropped: what a Model no longer names stays in its table, and comes back with its name.
 *   4. A patch that no longer checks (a newer program wrote it, a site's file took its name) never keeps the server from
 *      starting and is never loaded by half: it stands aside as a whole, with its faults, until somebody mends it.
 *
 * Not here: rows (model/patch.c), data (models_fit.c), when the next Model comes into force (api/models.c, api/server.c).
 */
#include "service/models.h"
#include "base/log.h"
#include "engine/search.h"
#include "gen/names.h"
#include "model/yaml.h"
#include "service/hooks.h"
#include "service/notices.h"
#include "service/policies.h"
#include "service/promise.h"

struct model *
models_check(struct ctx *ctx, const struct source *sources, size_t count)
{
        const char **names = ARENA_ARRAY(ctx->arena, const char *, SERVICE_HOOK_COUNT + 1);

        for (size_t i = 0; i < SERVICE_HOOK_COUNT; i++)
                names[i] = SERVICE_HOOKS[i].name;
        struct model *m = model_load(ctx, sources, count, names, SERVICE_HOOK_COUNT);
        bool kept = m == NULL || promise_check(ctx, m->rules), told = m == NULL || notice_check(ctx, m);
        if (kept && told)
                return m;
        model_free(m);
        return NULL;
}

struct engine *
models_engine(const struct model *m)
{
        return engine_new(m, SERVICE_HOOKS, SERVICE_HOOK_COUNT, SERVICE_RECORD_HOOKS, SERVICE_RECORD_HOOK_COUNT);
}

/* ---- base and patches ---- */

bool
models_read(struct ctx *ctx, struct conn *c, usec now, struct patches *ret)
{
        struct source *rules = NULL;
        size_t n = 0;
        usec next;
        bool there;

        if (!patches_read(ctx, c, ret) || !db_table_exists(ctx, c, "rule_version", &there) ||
            (there && !policies_sources(ctx, c, NULL, 0, now, &rules, &n, &next)))
                return false;
        ret->rules = rules;
        ret->rule_count = n;
        return true;
}

bool
models_revision(struct ctx *ctx, struct conn *c, usec now, int64_t *ret)
{
        int64_t rules;
        bool there;

        *ret = 0;
        if (!db_table_exists(ctx, c, "model_patches", &there) || (there && !patches_revision(ctx, c, ret)) ||
            !policies_revision(ctx, c, now, &rules))
                return false;
        *ret += rules;
        return true;
}

static bool
counts(const struct patch *p)
{
        return !p->removed && p->aside == NULL;
}

/* The base and the patches of which `with` says yes. */
static struct model *
load_with(struct ctx *ctx, const struct models_base *b, const struct patches *p, bool (*with)(const struct patch *))
{
        struct source *all = ARENA_ARRAY(ctx->arena, struct source, b->count + p->count + p->rule_count);
        size_t n = b->count;

        memcpy(all, b->sources, b->count * sizeof *all);
        for (size_t i = 0; i < p->count; i++)
                if (with(&p->v[i]))
                        all[n++] = (struct source){patch_path(ctx->arena, p->v[i].name), p->v[i].text, "models", true};
        for (size_t i = 0; i < p->rule_count; i++)
                all[n++] = p->rules[i];
        return models_check(ctx, all, n);
}

/* Every patch is tried on top of those that are right; one that needs another waits for the next round. */
static struct model *
load_one_by_one(struct ctx *ctx, const struct models_base *b, struct patches *p)
{
        struct patches right = {.v = ARENA_ARRAY(ctx->arena, struct patch, p->count), .rules = p->rules, .rule_count = p->rule_count};
        struct model *m = load_with(ctx, b, &right, counts), *next;
        bool *taken = ARENA_ARRAY(ctx->arena, bool, p->count + 1), more = m != NULL;

        while (more) {
                more = false;
                for (size_t i = 0; i < p->count; i++) {
                        if (taken[i] || p->v[i].removed)
                                continue;
                        right.v[right.count] = p->v[i];
                        right.v[right.count++].aside = NULL;
                        if ((next = load_with(ctx, b, &right, counts)) != NULL) {
                                model_free(m);
                                m = next;
                                taken[i] = more = true;
                                p->v[i].aside = NULL;
                                continue;
                        }
                        right.count--;
                        p->v[i].aside = ctx->errors;
                        ctx_clear(ctx);
                }
        }
        return m;
}

struct model *
models_load(struct ctx *ctx, const struct models_base *b, struct patches *p)
{
        struct model *m = load_with(ctx, b, p, counts);

        if (m != NULL || p->count == 0)
                return m;
        ctx_clear(ctx);
        m = load_one_by_one(ctx, b, p);
        for (size_t i = 0; m != NULL && i < p->count; i++)
                if (p->v[i].aside)
                        log_warn("model patch set aside", "patch", p->v[i].name, "stored by", p->v[i].program, "at",
                                 p->v[i].aside->field, "why", p->v[i].aside->en, NULL);
        return m;
}

/* ---- a wish ---- */

static bool
check_revision(struct work *w, const struct models_wish *wish, const struct patches *current)
{
        return wish->revision < 0 || wish->revision == current->revision ||
               fail(w->ctx, E_STALE, "revision", arena_printf(w->ctx->arena, "%lld", (long long)wish->revision),
                    arena_printf(w->ctx->arena, "%lld", (long long)current->revision));
}

/* The current patches with the wish in its place; NULL with an error. */
static struct patches *
patches_as_wished(struct work *w, const struct patches *current, const struct models_wish *wish)
{
        struct patches *next = ARENA_NEW(w->ctx->arena, struct patches);
        struct patch *p;

        next->v = ARENA_ARRAY(w->ctx->arena, struct patch, current->count + 1);
        next->count = current->count;
        next->rules = current->rules;
        next->rule_count = current->rule_count;
        memcpy(next->v, current->v, current->count * sizeof *next->v);
        p = patches_named(next, wish->name);
        if (wish->remove && (p == NULL || p->removed)) {
                fail(w->ctx, E_NOT_FOUND, "name", ctx_both(w->ctx, "model patch", "模型补丁"), wish->name);
                return NULL;
        }
        if (p == NULL && next->count == PATCHES_MAX) {
                fail(w->ctx, E_TOO_MANY, "name", ctx_both(w->ctx, "model patches", "模型补丁"), "500");
                return NULL;
        }
        if (p == NULL)
                *(p = &next->v[next->count++]) = (struct patch){.name = wish->name};
        p->version++;
        p->removed = wish->remove;
        p->text = wish->text;
        p->aside = NULL;
        return next;
}

/* A patch makes or extends what belongs to people; the tables of the engine are not its business. */
static bool
check_subject(struct work *w, const struct patch_head *head, const struct model *next)
{
        const struct entity *e = model_entity(next, head->entity);

        return e->kind != KIND_SYSTEM ||
               fail(w->ctx, E_MODEL, place_text(w->ctx->arena, head->place),
                    ctx_both(w->ctx, "A patch cannot make or extend a system entity: its table belongs to the engine.",
                             "补丁不能新建或扩展系统实体：其数据表属于引擎。"));
}

/* What is searched otherwise is read again by the indexer, behind the commit: the cases are named in the same transaction. */
static void
plan_search(struct work *w, const struct model *now, const struct model *next, struct plan *plan)
{
        bool messages = search_differs(now, model_entity(now, ENTITY_MESSAGE), next, model_entity(next, ENTITY_MESSAGE));

        for (size_t i = 0; i < next->entity_count; i++) {
                const struct entity *is = &next->entities[i], *was = model_entity(now, is->name);
                if (was && is->kind == KIND_CASE && !is->abstract && (messages || search_differs(now, was, next, is)))
                        *ARENA_PUSH(w->ctx->arena, plan->statements, plan->count) = search_reindex_sql(w->ctx->arena, w->conn, is);
        }
}

struct model *
models_try(struct work *w, const struct models_base *b, const struct models_wish *wish, struct patches *ret_current,
           struct plan *ret_plan)
{
        struct patches *next, history;
        struct patch_head head;
        struct model *m;

        if (!wish->remove && !patch_head(w->ctx, wish->text, patch_path(w->ctx->arena, wish->name), &head))
                return NULL;
        if (!models_read(w->ctx, w->conn, w->now, ret_current) || !check_revision(w, wish, ret_current) ||
            (next = patches_as_wished(w, ret_current, wish)) == NULL)
                return NULL;
        struct model *now = models_load(w->ctx, b, ret_current);       /* tells which stand aside */
        if (now == NULL)
                return NULL;
        for (size_t i = 0; i < ret_current->count; i++)
                if (strcmp(next->v[i].name, wish->name) != 0)
                        next->v[i].aside = ret_current->v[i].aside;
        m = load_with(w->ctx, b, next, counts);
        bool ok = m != NULL && (wish->remove || check_subject(w, &head, m)) &&
                  patches_history(w->ctx, w->conn, NULL, true, &history) && models_fit(w, now, m, &history) &&
                  plan_make(w->ctx, m, w->conn, ret_plan);
        if (ok)
                plan_search(w, now, m, ret_plan);
        model_free(now);
        if (ok)
                return m;
        model_free(m);
        return NULL;
}

static bool
apply(struct work *w, const struct plan *p)
{
        for (size_t i = 0; i < p->count; i++)
                if (!sql_script(w->ctx, w->conn, p->statements[i]))
                        return false;
        return true;
}

static bool
insert(struct work *w, struct patch *p)
{
        if (patch_insert(w->ctx, w->conn, p) && sql_flush(w->ctx, w->conn))
                return true;
        if (w->ctx->errors->code != E_NOT_UNIQUE)
                return false;
        return fail_because(w->ctx, E_DB_RETRY, "", "somebody else published a change of the model at the same moment");
}

struct engine *
models_publish(struct work *w, const struct models_base *b, const struct models_wish *wish, struct patch *ret_patch)
{
        struct patches current;
        struct plan plan;
        struct model *m = models_try(w, b, wish, &current, &plan);
        const struct patch *before;

        if (m == NULL)
                return NULL;
        before = patches_named(&current, wish->name);
        *ret_patch = (struct patch){.revision = current.revision + 1,
                                    .version = before ? before->version + 1 : 1,
                                    .name = wish->name,
                                    .removed = wish->remove,
                                    .text = wish->text,
                                    .note = wish->note,
                                    .author = w->actor->id,
                                    .at = w->now,
                                    .program = OPENITR_VERSION};
        if (insert(w, ret_patch) && apply(w, &plan))
                return models_engine(m);
        model_free(m);
        return NULL;
}
