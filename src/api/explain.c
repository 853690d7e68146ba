/* SPDX-License-Identifier: Apache-2.0
 *
 * explain.c -- the rights inspector: may this person do this, and which line of which file says so?
 *
 *     GET /access/explain?user=LOGIN or id&entity=NAME&id=KEY&act=read|write|create|delete|TRANSITION
 *
 * The answer names every line of the model that speaks for the person, whether it holds for this record, and every
 * limit that stands against it.  It is found by the same functions that decide (access.h, life.h), so that the inspector
 * cannot say one thing and the server do another: `allowed` is their answer, the lines are its reasons.
 *
 * Not here: rights to single fields (GET ...?can=true tells them).
 */
#include "api/admin.h"
#include "engine/access.h"
#include "engine/actor.h"
#include "engine/life.h"
#include "engine/store.h"
#include "gen/names.h"
#include "model/yaml.h"

enum act { ACT_READ, ACT_WRITE, ACT_CREATE, ACT_DELETE, ACT_MOVE };
struct question {
        struct request *q;
        struct work as;                /* the person's work: errors of asking go to `ctx` */
        struct ctx ctx;
        const struct entity *e;
        struct record *r;              /* NULL: of the kind as a whole */
        enum act act;
        const char *act_name;
        const struct transition *t;
        const char *decides;           /* the place of the line that decides */
        const char *why_en, *why_zh;
};

static const char *const act_says_zh[] = {"查看", "修改", "新建", "删除", "流转"};
static const char *const scope_words[] = {"none", "own", "team", "own_account", "all"};
static const struct {
        const char *en, *zh;
} scope_says[] = {
        {"no record", "无记录"},
        {"records in which the person stands", "本人参与的记录"},
        {"records of the person's teams", "本人所在团队的记录"},
        {"records of the person's customer", "本人所属客户的记录"},
        {"all records", "全部记录"},
};

/* ---- what is asked ---- */

static bool
find_user(struct question *x, struct work *w, int64_t *ret)
{
        struct str user = request_param(x->q, "user");

        if (str_to_int(user, ret))
                return true;
        if (sql_one_int(w->ctx, w->conn, ret, SQL("SELECT id FROM users WHERE login = $1"), "t", user))
                return true;
        return !ctx_failed(w->ctx) && fail(w->ctx, E_NOT_FOUND, "user", "user", str_c(x->q->arena, user));
}

static bool
find_act(struct question *x, struct work *w)
{
        static const char *const words[] = {"read", "write", "create", "delete"};
        struct str act = request_param(x->q, "act");
        const char *allowed = "read, write, create, delete";

        x->act_name = act.n ? str_c(x->q->arena, act) : "read";
        for (x->act = ACT_READ; x->act < ACT_MOVE; x->act++)
                if (strcmp(words[x->act], x->act_name) == 0)
                        return true;
        x->t = entity_transition_str(x->e, act);
        if (x->t != NULL)
                return true;
        for (size_t i = 0; i < x->e->transition_count; i++)
                allowed = arena_printf(x->q->arena, "%s, %s", allowed, x->e->transitions[i].name);
        return fail(w->ctx, E_PARAMETER, "act", "act", x->act_name, allowed);
}

static bool
find_record(struct question *x, struct work *w)
{
        struct work system = *w;
        struct str id = request_param(x->q, "id");

        system.actor = &ACTOR_SYSTEM;
        if (id.n == 0)
                return true;
        return (x->r = store_find(&system, x->e, id)) != NULL;
}

static bool
find_entity(struct question *x, struct work *w)
{
        struct str name = request_param(x->q, "entity");

        x->e = model_entity_str(w->model, name);
        return (x->e != NULL && !x->e->abstract && (x->e->kind == KIND_CASE || x->e->kind == KIND_RECORD)) ||
               fail(w->ctx, E_PARAMETER, "entity", "entity", str_c(x->q->arena, name),
                    ctx_both(w->ctx, "a case or record of the model", "模型中的业务单或记录"));
}

/* The person as an actor; one that is not active has no roles in force. */
static bool
find_actor(struct question *x, struct work *w, int64_t *ret_id)
{
        struct actor *actor;

        if (!find_user(x, w, ret_id))
                return false;
        x->as = *w;
        x->as.ctx = &x->ctx;
        ctx_init(&x->ctx, x->q->arena);
        actor = actor_load(w, *ret_id, x->q->arena);
        if (actor == NULL && !ctx_failed(w->ctx)) {
                actor = ARENA_NEW(x->q->arena, struct actor);
                actor->id = *ret_id;
                actor->login = actor->name = "";
        }
        x->as.actor = actor;
        return actor != NULL;
}

/* ---- the lines that speak for it ---- */

static enum scope
scope_of(const struct question *x, const struct grant_decl *g)
{
        switch (x->act) {
        case ACT_READ:
                return g->read;
        case ACT_WRITE:
                return g->write;
        case ACT_MOVE:
                return g->act;
        default:
                return SCOPE_NONE;
        }
}

static bool
names_transition(const struct question *x, const struct grant_decl *g)
{
        for (size_t i = 0; i < g->transition_count; i++)
                if (x->t && strcmp(g->transitions[i], x->t->name) == 0)
                        return true;
        return false;
}

static void
decide(struct question *x, const char *place, const char *en, const char *zh)
{
        if (x->decides != NULL)
                return;
        x->decides = place;
        x->why_en = en;
        x->why_zh = zh;
}

static void
write_line(struct question *x, const char *place, role_mask roles, const char *scope, bool holds, const char *en, const char *zh)
{
        struct jw *out = &x->q->out;

        jw_open(out, '{');
        jw_key(out, "place");
        jw_text(out, place);
        jw_key(out, "roles");
        jw_text(out, model_role_names(x->q->arena, x->as.model, roles));
        jw_key(out, "scope");
        jw_text(out, scope);
        jw_key(out, "holds");
        jw_bool(out, holds);
        admin_write_label(out, "text", en, zh);
        jw_close(out, '}');
}

static void
write_grant(struct question *x, const struct grant_decl *g, role_mask held)
{
        struct arena *a = x->q->arena;
        const char *place = place_text(a, g->place), *en, *zh, *roles = model_role_names(a, x->as.model, held);
        enum scope s = scope_of(x, g);
        bool flag = x->act == ACT_CREATE ? g->create : x->act == ACT_DELETE ? g->remove : false;
        bool holds = flag || (s != SCOPE_NONE && (x->r == NULL || access_row_in(&x->as, x->r, s)));

        if (!flag && s == SCOPE_NONE)
                return;
        en = arena_printf(a, "%s: %s %s%s", roles, x->act == ACT_MOVE ? "act on" : x->act_name, flag ? "is granted" : scope_says[s].en,
                          holds ? "" : "; this record is not among them");
        zh = arena_printf(a, "%s：%s%s%s", roles, act_says_zh[x->act], flag ? "已授权" : scope_says[s].zh,
                          holds ? "" : "；此记录不在其中");
        write_line(x, place, held, flag ? NULL : scope_words[s], holds, en, zh);
        if (holds && x->act != ACT_MOVE)
                decide(x, place, en, zh);
}

/* Who may take the transition: its own `by`, or a grant that names it. */
static void
write_by(struct question *x)
{
        struct arena *a = x->q->arena;
        role_mask held = x->t->by & x->as.actor->roles;
        const char *place = place_text(a, x->t->place), *who = model_role_names(a, x->as.model, x->t->by), *en, *zh;

        for (size_t i = 0; i < x->e->grant_decl_count; i++)
                if (names_transition(x, &x->e->grant_decls[i]) && (x->e->grant_decls[i].roles & x->as.actor->roles))
                        place = place_text(a, x->e->grant_decls[i].place);
        en = arena_printf(a, "\"%s\" may be taken by %s", x->t->label.en, who);
        zh = arena_printf(a, "“%s”可由 %s 执行", x->t->label.zh, who);
        write_line(x, place, held, NULL, held != 0, en, zh);
        if (held)
                decide(x, place, en, zh);
}

static void
write_lines(struct question *x)
{
        jw_key(&x->q->out, "lines");
        jw_open(&x->q->out, '[');
        for (size_t i = 0; i < x->e->grant_decl_count; i++) {
                role_mask held = x->e->grant_decls[i].roles & x->as.actor->roles;
                if (held)
                        write_grant(x, &x->e->grant_decls[i], held);
        }
        if (x->t)
                write_by(x);
        jw_close(&x->q->out, ']');
}

/* ---- what stands against it ---- */

static void
write_limit(struct question *x, const char *code, const char *en, const char *zh)
{
        struct jw *out = &x->q->out;

        jw_open(out, '{');
        jw_key(out, "code");
        jw_text(out, code);
        admin_write_label(out, "text", en, zh);
        jw_close(out, '}');
}

/* A question of the lifecycle; its refusal is the limit. */
static bool
ask(struct question *x, enum life_question q)
{
        static const char *const codes[] = {"scope", "role", "state", "guard", "check"};
        bool ok = life_ask(&x->as, x->r, x->t, q);

        if (!ok)
                write_limit(x, codes[q], x->ctx.errors->en, x->ctx.errors->zh);
        ctx_clear(&x->ctx);
        return ok;
}

static bool
limits_of_row(struct question *x)
{
        const struct field *restricted = access_restriction(&x->as, x->e), *shown = access_visibility(&x->as, x->e);
        bool good = true;

        if (restricted && x->r->v[restricted->index].type == VAL_INT && x->r->v[restricted->index].i &&
            !access_row_in(&x->as, x->r, SCOPE_OWN)) {
                write_limit(x, "restricted", "The record is restricted: only managers and its own people see it.",
                            "该记录已限制查看：仅管理者与当事人可见。");
                good = false;
        }
        if (shown && !str_is(x->r->v[shown->index].s, "public")) {
                write_limit(x, "visibility", "The record is not public, and the person is no staff.", "该记录未公开，且此人不是员工。");
                good = false;
        }
        return good;
}

static bool
allowed_by_grants(struct question *x)
{
        const struct actor *a = x->as.actor;

        if (x->act == ACT_CREATE)
                return access_may_create(a, x->e);
        if (x->act == ACT_DELETE && (x->e->kind == KIND_CASE || !access_may_remove(a, x->e)))
                return false;
        enum deed deed = x->act == ACT_READ ? DEED_READ : x->act == ACT_MOVE ? DEED_ACT : DEED_WRITE;
        if (x->r != NULL && x->act != ACT_READ && !access_row(&x->as, x->r, DEED_READ))
                return false;
        return x->r ? access_row(&x->as, x->r, deed) : access_scope(a, x->e, deed) != SCOPE_NONE;
}

/* `limits`, and with them the answer. */
static bool
write_limits(struct question *x, bool active)
{
        bool good = active && allowed_by_grants(x);

        jw_key(&x->q->out, "limits");
        jw_open(&x->q->out, '[');
        if (!active)
                write_limit(x, "inactive", "The person is not active and cannot log in.", "此人已停用，无法登录。");
        else if (x->act != ACT_MOVE && !x->decides)
                write_limit(x, "no_grant", "None of the person's roles has a grant for this.", "此人的任何角色都没有这项授权。");
        if (x->r && x->act != ACT_CREATE)
                good &= limits_of_row(x);
        if (x->t && !x->r)
                good = good && (x->t->by & x->as.actor->roles);
        for (int q = LIFE_SCOPE; x->t && x->r && q < LIFE_QUESTIONS; q++)
                good &= ask(x, q);
        jw_close(&x->q->out, ']');
        return good;
}

/* ---- the answer ---- */

static bool
write_user(struct question *x, struct work *w, int64_t id, bool *ret_active)
{
        struct rows *r = sql_query(w->ctx, w->conn, SQL("SELECT login, name, active FROM users WHERE id = $1"), "i", id);
        struct jw *out = &x->q->out;
        bool there = r && rows_next(r);

        *ret_active = there && rows_int(r, 2);
        jw_key(out, "user");
        jw_open(out, '{');
        admin_write_id(out, "id", id);
        jw_key(out, "login");
        jw_str(out, there ? rows_text(r, 0) : STR(""));
        jw_key(out, "name");
        jw_str(out, there ? rows_text(r, 1) : STR(""));
        jw_key(out, "active");
        jw_bool(out, *ret_active);
        jw_key(out, "roles");
        jw_text(out, model_role_names(x->q->arena, w->model, x->as.actor->given));
        jw_close(out, '}');
        if (!r || !rows_close(r))
                return false;
        return there || fail(w->ctx, E_NOT_FOUND, "user", "user", arena_printf(x->q->arena, "%lld", (long long)id));
}

static void
write_record(struct question *x, struct work *w)
{
        struct jw *out = &x->q->out;

        jw_key(out, "record");
        if (x->r == NULL) {
                jw_null(out);
                return;
        }
        jw_open(out, '{');
        jw_key(out, "id");
        jw_int(out, x->r->id);
        jw_key(out, "label");
        jw_text(out, store_label(w, x->e, x->r->id));
        jw_key(out, "state");
        jw_text(out, x->r->state ? x->r->state->name : NULL);
        jw_close(out, '}');
}

static void
write_decision(struct question *x, bool allowed)
{
        struct jw *out = &x->q->out;

        jw_key(out, "allowed");
        jw_bool(out, allowed);
        jw_key(out, "place");
        jw_text(out, allowed ? x->decides : NULL);
        if (allowed && x->decides)
                admin_write_label(out, "why", x->why_en, x->why_zh);
}

bool
access_explain(struct request *q, struct work *w, struct response *r)
{
        struct question x = {.q = q};
        int64_t user = 0;
        bool active;

        if (!admin_only(w, "access/explain") ||
            !request_params_known(q, (const char *const[]){"user", "entity", "id", "act", NULL}) || !find_entity(&x, w) ||
            !find_act(&x, w) || !find_record(&x, w) || !find_actor(&x, w, &user))
                return false;
        jw_open(&q->out, '{');
        if (!write_user(&x, w, user, &active))
                return false;
        jw_key(&q->out, "entity");
        jw_text(&q->out, x.e->name);
        jw_key(&q->out, "act");
        jw_text(&q->out, x.act_name);
        write_record(&x, w);
        write_lines(&x);
        write_decision(&x, write_limits(&x, active));
        jw_close(&q->out, '}');
        return true;
}
