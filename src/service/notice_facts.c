/* SPDX-License-Identifier: Apache-2.0
 *
 * notice_facts.c -- what a notice says, as facts in no language.
 *
 * Kept with the delivery, so that a notice reads in the reader's language and time zone whenever it is read, and still says
 * what was true when it was sent.  Names and numbers are texts, states and severities their codes, times microseconds.
 *
 * Customers get what they may see: their own state's plain word, promises made to them (never how we keep them: OLA, teams,
 * tiers), and no promise that is already late.
 */
#include "engine/store.h"
#include "gen/names.h"
#include "service/notices.h"
#include "service/promise.h"

static int64_t
int_of(const struct record *r, const char *field)
{
        const struct field *f = entity_field(r->e, field);

        return f && r->v[f->index].type == VAL_INT ? r->v[f->index].i : 0;
}

static struct str
text_of(const struct record *r, const char *field)
{
        const struct field *f = entity_field(r->e, field);

        return f && r->v[f->index].type == VAL_TEXT ? r->v[f->index].s : STR_NONE;
}

static void
put_text(struct jw *out, const char *key, struct str s)
{
        if (s.n > 0)
                jw_key(out, key), jw_str(out, s);
}

static void
put_label(struct work *w, struct jw *out, const char *key, const char *entity, int64_t id)
{
        if (id != 0)
                put_text(out, key, str_of(store_label(w, model_entity(w->model, entity), id)));
}

/* ---- when it is due ---- */

/* A time that the cause brought: microseconds or RFC 3339. */
static bool
given_time(const struct notice_cause *c, const char *key, usec *ret)
{
        const struct json *v = c->data ? json_get(c->data, key) : NULL;

        if (v && v->type == JSON_INT)
                return *ret = v->i, true;
        return v && v->type == JSON_TEXT && time_parse(v->text, ret);
}

static bool
clock_due(struct work *w, const struct clock_view *v, enum audience a, usec *ret)
{
        struct clock_result res;

        *ret = USEC_NONE;
        if (v->decl == NULL || (a == AUDIENCE_CUSTOMER && strcmp(v->decl->party, "sla") != 0))
                return true;
        if (!clock_compute(w->ctx, &v->input, w->now, &res))
                return ctx_clear(w->ctx), true;
        if (res.promise && res.stopped == USEC_NONE && (a == AUDIENCE_STAFF || res.raw.due > w->now))
                *ret = res.raw.due;
        return true;
}

/* The clock that the cause names, else the one of restoring. */
static bool
due_of(struct work *w, const struct record *r, const struct notice_cause *c, enum audience a, usec *ret)
{
        struct str wanted = c->data ? json_get_text(c->data, "clock") : STR_NONE;
        struct clock_view *list;
        size_t n;

        *ret = USEC_NONE;
        if (given_time(c, "due", ret) || r->e->kind != KIND_CASE || r->e->clock_count == 0)
                return true;
        if (!promise_clocks(w, r, &list, &n))
                return false;
        for (size_t i = 0; i < n; i++)
                if (str_is(wanted.n ? wanted : STR("restore"), list[i].name))
                        return clock_due(w, &list[i], a, ret);
        return true;
}

static void
put_until(struct work *w, const struct record *r, const struct notice_cause *c, struct jw *out)
{
        usec at;

        if (given_time(c, "until", &at) || (at = int_of(r, FIELD_TECHNICAL_REQUEST_WAITING_UNTIL)) != 0)
                jw_key(out, "until"), jw_int(out, at);
        else
                put_text(out, "until", text_of(r, FIELD_HAND_OVER_ANSWER_DUE_ON));
}

/* ---- the parts ---- */

static void
put_record(struct work *w, const struct record *r, struct jw *out)
{
        jw_key(out, "id"), jw_int(out, r->id);
        jw_key(out, "entity"), jw_text(out, r->e->name);
        put_text(out, "number", str_of(r->number));
        put_text(out, "title", r->e->kind == KIND_CASE ? text_of(r, FIELD_CASE_TITLE) : str_of(store_label(w, r->e, r->id)));
        if (r->state)
                jw_key(out, "state"), jw_text(out, r->state->name);
        put_text(out, "severity", text_of(r, FIELD_CASE_SEVERITY));
        put_label(w, out, "owner", ENTITY_USER, int_of(r, FIELD_CASE_OWNER));
        put_label(w, out, "handler", ENTITY_USER, int_of(r, FIELD_CASE_HANDLER));
}

static void
put_inner(struct work *w, const struct record *r, const struct notice_cause *c, struct jw *out)
{
        put_text(out, "priority", text_of(r, FIELD_CASE_PRIORITY));
        put_label(w, out, "customer", ENTITY_ACCOUNT, int_of(r, FIELD_CASE_ACCOUNT));
        put_label(w, out, "team", ENTITY_TEAM, int_of(r, FIELD_CASE_TEAM));
        if (c->actor != 0)
                put_label(w, out, "by", ENTITY_USER, c->actor);
        else
                jw_key(out, "by"), jw_text(out, "");
}

/* What the cause says itself: {"percent":75,"clock":"restore"}, {"text":...}. */
static void
put_data(const struct notice_cause *c, enum audience a, struct jw *out)
{
        static const struct { const char *name; bool inner; } known[] = {{"reminder", false}, {"text", false},  {"clock", true},
                                                                       {"percent", true},   {"level", true},  {"reason", true},
                                                                       {"name", true},      {"title", true},
                                                                       {"notice", false}};

        for (size_t i = 0; c->data && i < sizeof known / sizeof *known; i++) {
                const struct json *v = json_get(c->data, known[i].name);
                if (v && v->type != JSON_NULL && (a == AUDIENCE_STAFF || !known[i].inner))
                        jw_key(out, known[i].name), jw_json(out, v);
        }
}

bool
notice_facts(struct work *w, const struct record *r, const struct notice_cause *c, enum audience a, struct jw *out)
{
        usec due;

        if (!due_of(w, r, c, a, &due))
                return false;
        jw_open(out, '{');
        put_data(c, a, out);           /* first: what the cause says stands above the record */
        put_record(w, r, out);
        if (a == AUDIENCE_STAFF)
                put_inner(w, r, c, out);
        if (due != USEC_NONE)
                jw_key(out, "due"), jw_int(out, due);
        put_until(w, r, c, out);
        jw_close(out, '}');
        return !ctx_failed(w->ctx);
}
