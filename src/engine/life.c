/* SPDX-License-Identifier: Apache-2.0
 *
 * life.c -- lifecycle: may this transition be taken, and taking it.
 *
 *     access -> version -> state -> role -> given fields -> needs -> when -> hook check -> sets -> state ->
 *     hook effect -> event and row (store_write: clock facts, search) -> notices -> note
 *
 * Invariants
 *   1. What `_can` says and what life_transition does come from the same four questions (state, role, guard, check);
 *      the guard is asked again after the given fields were bound.
 *   2. A transition that is refused has changed nothing: all happens in the caller's savepoint.
 *   3. Every transition is one event of kind "transition" with from, to, the changes and the reason.
 */
#include "engine/life.h"
#include <stdio.h>
#include "base/text.h"
#include "engine/access.h"
#include "engine/engine.h"
#include "engine/hooks.h"
#include "engine/notice.h"
#include "engine/store.h"
#include "engine/store_private.h"
#include "model/bind.h"
#include "model/cond.h"
#include "model/measure.h"

enum { REASON_MAX = 2000 };
static const struct json EMPTY = {.type = JSON_OBJECT};

static const char *
label_text(struct work *w, const struct label *l)
{
        return ctx_both(w->ctx, l->en, l->zh);
}

static const char *
state_names(struct work *w, const struct entity *e, uint64_t mask)
{
        const char *en = "", *zh = "";

        for (size_t i = 0; i < e->state_count; i++)
                if (mask >> i & 1) {
                        const struct state *s = &e->states[i];
                        en = arena_printf(w->ctx->arena, "%s%s%s", en, *en ? ", " : "", s->name);
                        zh = arena_printf(w->ctx->arena, "%s%s%s", zh, *zh ? "、" : "", s->label.zh ? s->label.zh : s->name);
                }
        return ctx_both(w->ctx, en, zh);
}

/* ---- the four questions ---- */

static bool
ask_state(struct work *w, const struct record *r, const struct transition *t)
{
        if (r->state != NULL && (t->from >> r->state->index & 1))
                return true;
        return fail(w->ctx, E_TRANSITION_STATE, "", label_text(w, &t->label), state_names(w, r->e, t->from),
                    r->state ? ctx_both(w->ctx, r->state->name, r->state->label.zh) : "without a state");
}

static bool
ask_role(struct work *w, const struct record *r, const struct transition *t)
{
        if (w->actor->roles & (t->by | ROLE_SYSTEM))
                return true;
        return fail(w->ctx, E_TRANSITION_ROLE, "", label_text(w, &t->label),
                    model_role_names(w->ctx->arena, w->model, t->by),
                    model_role_names(w->ctx->arena, w->model, w->actor->given));
}

static bool
ask_scope(struct work *w, const struct record *r, const struct transition *t)
{
        if (access_row(w, r, DEED_ACT))
                return true;
        return fail(w->ctx, E_DENIED, "", model_role_names(w->ctx->arena, w->model, w->actor->given),
                    ctx_both(w->ctx, arena_printf(w->ctx->arena, "act on this %s: it is outside your scope", r->e->name),
                             arena_printf(w->ctx->arena, "操作该%s：不在您的权限范围内", r->e->label.zh)));
}

/* The guard's own sentence goes to the reader in both languages. */
static bool
ask_guard(struct work *w, const struct record *r, const struct transition *t)
{
        if (t->when == NULL || cond_holds(t->when, r->v))
                return true;
        return fail(w->ctx, E_HOOK, "", t->why.en, t->why.zh ? t->why.zh : t->why.en);
}

static bool
ask_check(struct work *w, const struct record *r, const struct transition *t)
{
        const struct hook *h = engine_hook(w->engine, t->hook);

        return h == NULL || h->check == NULL || h->check(w, r);
}

/* ---- taking it ---- */

/* What the transition takes may be cleared by it, but not what every record must have. */
static bool
check_taken(struct work *w, const struct record *r, const struct field *const *taken, size_t n)
{
        bool ok = true;

        for (size_t i = 0; i < n; i++)
                if (taken[i]->required && r->v[taken[i]->index].type == VAL_NULL)
                        ok = fail(w->ctx, E_REQUIRED, taken[i]->name);
        return ok;
}

static bool
bind_given(struct work *w, struct record *r, const struct transition *t, const struct json *body)
{
        static const char *const skip[] = {"reason", "note", NULL};
        size_t n = t->needs_count + t->may_count;
        const struct field **allowed = ARENA_ARRAY(w->ctx->arena, const struct field *, n + 1);

        for (size_t i = 0; i < t->needs_count; i++)
                allowed[i] = t->needs[i];
        for (size_t i = 0; i < t->may_count; i++)
                allowed[t->needs_count + i] = t->may[i];
        return store_bind(w, r, body, allowed, n, skip) && check_taken(w, r, t->may, t->may_count);
}

static bool
check_needs(struct work *w, const struct record *r, const struct transition *t)
{
        bool ok = true;

        for (size_t i = 0; i < t->needs_count; i++) {
                const struct val *v = &r->v[t->needs[i]->index];
                const char *undone = measure_undone(w->ctx, t->needs[i], v);
                if (undone)
                        ok = fail(w->ctx, E_UNDONE, t->needs[i]->name, label_text(w, &t->label),
                                  label_text(w, &t->needs[i]->label), undone);
                else if (v->type == VAL_NULL || (v->type == VAL_TEXT && v->s.n == 0))
                        ok = fail(w->ctx, E_TRANSITION_NEEDS, t->needs[i]->name, label_text(w, &t->label),
                                  t->needs[i]->name);
        }
        return ok;
}

/* A free text that goes with the transition; *ret stays empty when it is not given. */
static bool
take_text(struct work *w, const struct json *body, const char *name, struct str *ret)
{
        const struct json *j = json_get(body, name);
        char length[24];

        *ret = STR_NONE;
        if (j == NULL || j->type == JSON_NULL)
                return true;
        if (j->type != JSON_TEXT)
                return fail(w->ctx, E_TYPE, name, "a text", json_type_name(j->type));
        if (!text_valid(j->text))
                return fail(w->ctx, E_UTF8, name);
        snprintf(length, sizeof length, "%zu", text_length(j->text));
        if (text_length(j->text) > REASON_MAX)
                return fail(w->ctx, E_TOO_LONG, name, length, "2000");
        *ret = j->text;
        return true;
}

static bool
take_reason(struct work *w, const struct transition *t, const struct json *body, struct str *ret)
{
        if (!take_text(w, body, "reason", ret))
                return false;
        if (t->reason && str_trim(*ret).n == 0 && !(w->actor->roles & ROLE_SYSTEM))
                return fail(w->ctx, E_TRANSITION_NEEDS, "reason", label_text(w, &t->label), "reason");
        return true;
}

static void
apply(struct work *w, struct record *r, const struct transition *t)
{
        for (size_t i = 0; i < t->sets_count; i++)
                r->v[t->sets[i].field->index] = setter_value(w, &t->sets[i]);
        if (t->to != NULL)
                r->state = t->to;
}

static struct str
event_data(struct work *w, const struct record *r, struct str reason)
{
        struct str changes = changes_json(w, r), s;
        struct jw jw = {0};

        if (reason.n == 0)
                return changes;
        jw_open(&jw, '{');
        jw_key(&jw, "reason"), jw_str(&jw, reason);
        jw_close(&jw, '}');
        if (changes.n > 0) {           /* {"reason":..} and {"changes":..} become one object */
                jw.b.p[jw.b.n - 1] = ',';
                buf_add(&jw.b, changes.p + 1, changes.n - 1);
        }
        s = (struct str){arena_strndup(w->ctx->arena, jw.b.p, jw.b.n), jw.b.n};
        jw_free(&jw);
        return s;
}

static bool
run_effect(struct work *w, struct record *r, const struct transition *t, const struct json *body)
{
        const struct hook *h = engine_hook(w->engine, t->hook);

        return h == NULL || h->effect == NULL || h->effect(w, r, body);
}

static bool
write_note(struct work *w, struct record *r, struct str note)
{
        const struct entity *e = model_entity(w->model, "message");
        struct record *m;

        if (str_trim(note).n == 0 || e == NULL || r->e->kind != KIND_CASE)
                return true;
        m = record_new(w, e);
        m->parent = r;
        m->case_id = r->id;
        record_set_text(m, "visibility", access_is_staff(w) ? STR("internal") : STR("public"));
        record_set_text(m, "body", note);
        return hooks_before_create(w, m, &EMPTY) && store_insert(w, m, "create");
}

static bool
take(struct work *w, struct record *r, const struct transition *t, const struct json *body)
{
        struct event ev = {.at = w->now, .kind = "transition", .name = t->name, .actor = -1};
        struct str reason, note;

        if (!bind_given(w, r, t, body))
                return false;
        bool why = take_reason(w, t, body, &reason), noted = take_text(w, body, "note", &note), there = check_needs(w, r, t);
        if (!why || !noted || !there || !ask_guard(w, r, t) || !ask_check(w, r, t))    /* all that lacks is told at once */
                return false;
        ev.from_state = r->state->name;
        apply(w, r, t);
        ev.to_state = r->state->name;
        if (!run_effect(w, r, t, body))
                return false;
        ev.data = event_data(w, r, reason);
        return store_write(w, r, &ev) && notice_record(w, r, t) && write_note(w, r, note);
}

bool
life_transition(struct work *w, struct record *r, struct str name, const struct json *body, int64_t version)
{
        const struct transition *t = entity_transition_str(r->e, name);

        if (body == NULL)
                body = &EMPTY;
        if (t == NULL)
                return fail(w->ctx, E_NO_ROUTE, "",
                            arena_printf(w->ctx->arena, "%s/%lld/%.*s", r->e->name, (long long)r->id, (int)name.n, name.p));
        return ask_scope(w, r, t) && store_check_version(w, r, version) && ask_role(w, r, t) && ask_state(w, r, t) &&
               take(w, r, t, body);
}

bool
life_step(struct work *w, struct record *r, const char *name)
{
        struct actor as = *w->actor;
        struct work system = *w;
        const struct transition *t = entity_transition_str(r->e, str_of(name));

        as.roles |= ROLE_SYSTEM;
        system.actor = &as;
        if (t == NULL)
                return fail(w->ctx, E_INTERNAL, "", arena_printf(w->ctx->arena, "%s has no step %s", r->e->name, name));
        bool ok = ask_state(&system, r, t) && take(&system, r, t, &EMPTY);
        w->act = system.act;
        return ok;
}

/* ---- what may be done ---- */

static void
can_fields(struct work *w, const struct record *r, struct jw *out)
{
        bool row = access_row(w, r, DEED_WRITE) && !store_is_settled(r);

        jw_key(out, "fields"), jw_open(out, '{');
        for (size_t i = 0; i < r->e->field_count; i++) {
                const struct field *f = &r->e->fields[i];
                if (f->hidden || !access_field_read(w->actor, f))
                        continue;
                jw_key_raw(out, f->json_key);
                jw_text(out, row && !f->fixed && access_field_write(w->actor, f) ? "rw" : "r");
        }
        jw_close(out, '}');
}

static void
can_why(const struct error *e, struct jw *out)
{
        jw_key(out, "why"), jw_open(out, '{');
        jw_key(out, "en"), jw_text(out, e->en);
        jw_key(out, "zh"), jw_text(out, e->zh);
        jw_close(out, '}');
}

/* What a guard asks of fields that the transition itself takes cannot be judged before they are given. */
static bool
guard_may_yet_hold(const struct record *r, const struct transition *t)
{
        return t->when == NULL || cond_may_hold(t->when, r->v, t);
}

static bool
can_take(struct work *w, const struct record *r, const struct transition *t)
{
        return ask_scope(w, r, t) && (guard_may_yet_hold(r, t) || ask_guard(w, r, t)) &&
               (t->needs_count > 0 || ask_check(w, r, t));
}

bool
life_ask(struct work *w, const struct record *r, const struct transition *t, enum life_question q)
{
        switch (q) {
        case LIFE_SCOPE:
                return ask_scope(w, r, t);
        case LIFE_ROLE:
                return ask_role(w, r, t);
        case LIFE_STATE:
                return ask_state(w, r, t);
        case LIFE_GUARD:
                return guard_may_yet_hold(r, t) || ask_guard(w, r, t);
        default:
                return t->needs_count > 0 || ask_check(w, r, t);
        }
}

/* A person's transitions that start here; those of other roles are not offered at all. */
void
life_can_json(struct work *w, const struct record *r, struct jw *out)
{
        struct ctx own;
        struct work quiet = *w;

        ctx_init(&own, w->ctx->arena);
        quiet.ctx = &own;
        jw_open(out, '{');
        can_fields(w, r, out);
        jw_key(out, "transitions"), jw_open(out, '[');
        for (size_t i = 0; i < r->e->transition_count; i++) {
                const struct transition *t = &r->e->transitions[i];
                bool ok;
                if (r->state == NULL || !(t->from >> r->state->index & 1) || !(t->by & w->actor->roles))
                        continue;
                ok = can_take(&quiet, r, t);
                jw_open(out, '{');
                jw_key(out, "name"), jw_text(out, t->name);
                jw_key(out, "ok"), jw_bool(out, ok);
                if (!ok && own.errors != NULL)
                        can_why(own.errors, out);
                jw_close(out, '}');
                ctx_clear(&own);
        }
        jw_close(out, ']');
        jw_close(out, '}');
}
