/* SPDX-License-Identifier: Apache-2.0
 *
 * accident.c -- accident notices: when one is due, and what sending one does (domain.md 6.5).
 *
 *     critical and interrupted, or an emergency declared --> first     (15 min)
 *     first, progress sent, not restored yet             --> progress  (interval `update` of the contract)
 *     restored                                           --> recovery  (15 min), root cause preliminary and final
 *                                                            first and progress that were not sent: dropped
 *     withdrawn, merged                                  --> all that were not sent: dropped
 *     no accident any more (severity lowered)            --> first and progress that were not sent: dropped
 *
 * Each is a case of its own under the request with one clock that counts; the other two are cancelled at its birth.
 *
 * Invariants
 *   1. A request has at most one notice of each kind open; of first, recovery and root cause one at all.
 *   2. What a customer reads was approved by a manager.
 *   3. on_time says what the clock said when the notice was sent, or when it was dropped too late.
 *
 * Not here: the reminder of ordinary progress (progress.c), which rests while a notice asks for it.
 */
#include "service/accident.h"
#include "engine/clockfact.h"
#include "model/rules.h"
#include "service/hooks.h"
#include "service/notices.h"
#include "service/promise.h"
#include "service/timers.h"

static bool
is_set_to(const struct record *r, const char *field, int64_t v)
{
        return record_int(r, field) == v;
}

static bool
is_accident(const struct record *r)
{
        return is_set_to(r, FIELD_TECHNICAL_REQUEST_EMERGENCY, 1) ||
               (record_is(r, FIELD_CASE_SEVERITY, "critical") && is_set_to(r, FIELD_TECHNICAL_REQUEST_INTERRUPTED, 1) &&
                service_is_set(r, FIELD_TECHNICAL_REQUEST_AUTHORISED_AT));
}

/* ---- opening ---- */

static bool
any_of_kind(struct work *w, const struct record *request, const char *kind, bool *ret)
{
        int64_t one;

        *ret = sql_one_int(w->ctx, w->conn, &one,
                           SQL("select c.id from cases c join accident_notice n on n.id = c.id where c.parent = $1 and "
                               "c.entity = 'accident_notice' and n.kind = $2 limit 1"),
                           "is", request->id, kind);
        return !ctx_failed(w->ctx);
}

/* The clock that counts for a kind: the contract's where it has one, else the house's. */
static bool
clock_of(struct work *w, const struct record *request, const char *kind, const char **ret)
{
        struct target t = {0};

        *ret = "send";
        if (strcmp(kind, "progress") == 0 || strcmp(kind, "rca_final") == 0) {
                bool progress = strcmp(kind, "progress") == 0;
                if (!progress_promise(w, request, progress ? "update" : "rca", &t))
                        return false;
                if (t.found)
                        *ret = progress ? "update" : "report";
        }
        return true;
}

static bool
keep_one_clock(struct work *w, struct record *n, const char *clock)
{
        for (size_t i = 0; i < n->e->clock_count; i++)
                if (strcmp(n->e->clocks[i].name, clock) != 0 && !clockfact_mark(w, n, n->e->clocks[i].name, "cancelled", w->now))
                        return false;
        return promise_make(w, n, PROMISE_INITIAL, false);
}

static bool
open_notice(struct work *w, const struct record *request, const char *kind, usec since)
{
        struct record *n = service_case_under(w, ENTITY_ACCIDENT_NOTICE, request);
        const char *clock;

        record_set_text(n, FIELD_ACCIDENT_NOTICE_KIND, str_of(kind));
        record_set(n, FIELD_ACCIDENT_NOTICE_SERVICE_TIER, *record_get(request, FIELD_TECHNICAL_REQUEST_SERVICE_TIER));
        record_set(n, FIELD_CASE_TEAM, *record_get(request, FIELD_CASE_TEAM));
        record_set_int(n, FIELD_CASE_REPORTED_AT, since);
        return clock_of(w, request, kind, &clock) && accident_draft(w, request, n) && store_insert(w, n, "create") &&
               keep_one_clock(w, n, clock);
}

static bool
open_once(struct work *w, const struct record *request, const char *kind, usec since)
{
        bool there;

        return any_of_kind(w, request, kind, &there) && (there || open_notice(w, request, kind, since));
}

/* ---- dropping ---- */

struct dropping {
        bool root_cause;               /* these too */
};

static bool
drop_one(struct work *w, struct record *n, const void *arg)
{
        const struct dropping *d = arg;
        bool root_cause = record_is(n, FIELD_ACCIDENT_NOTICE_KIND, "rca_preliminary") ||
                          record_is(n, FIELD_ACCIDENT_NOTICE_KIND, "rca_final");
        bool recovery = record_is(n, FIELD_ACCIDENT_NOTICE_KIND, "recovery");

        return ((root_cause || recovery) && !d->root_cause) || life_step(w, n, MOVE_ACCIDENT_NOTICE_DROP);
}

static bool
restored(struct work *w, const struct record *r)
{
        usec at = record_int(r, FIELD_TECHNICAL_REQUEST_RESTORED_AT);
        struct target rca;
        bool accident;

        if (!any_of_kind(w, r, "first", &accident) || !accident)
                return !ctx_failed(w->ctx);
        if (!service_each_open(w, ENTITY_ACCIDENT_NOTICE, r, drop_one, &(struct dropping){false}) ||
            !open_once(w, r, "recovery", at) || !open_once(w, r, "rca_preliminary", at))
                return false;
        /* Where the contract says nothing of it, the final report is made on request: basic. */
        if (!progress_promise(w, r, "rca", &rca))
                return false;
        return !rca.found || open_once(w, r, "rca_final", at);
}

/* The report went out by hand: its notice is not needed, unless it is just being sent. */
static bool
drop_report(struct work *w, struct record *n, const void *unused)
{
        return !record_is(n, FIELD_ACCIDENT_NOTICE_KIND, "rca_final") ||
               strcmp(n->state->name, STATE_ACCIDENT_NOTICE_APPROVED) == 0 || life_step(w, n, MOVE_ACCIDENT_NOTICE_DROP);
}

static bool
became_set(const struct record *r, const char *field)
{
        const struct field *f = entity_field(r->e, field);

        return r->v[f->index].type == VAL_INT && r->old[f->index].type != VAL_INT;
}

static bool
severity_lowered(const struct record *r)
{
        const struct val *was = &r->old[entity_field(r->e, FIELD_CASE_SEVERITY)->index];

        return was->type == VAL_TEXT && !str_eq(was->s, record_text(r, FIELD_CASE_SEVERITY));
}

static bool
no_longer_interrupted(const struct record *r)
{
        const struct val *was = &r->old[entity_field(r->e, FIELD_TECHNICAL_REQUEST_INTERRUPTED)->index];

        return was->type == VAL_INT && was->i == 1 && record_int(r, FIELD_TECHNICAL_REQUEST_INTERRUPTED) == 0;
}

bool
accident_saved(struct work *w, struct record *r)
{
        bool invalid, there;

        if (w->muted)                  /* while it is imported it has no state yet */
                return true;
        invalid = strcmp(r->state->name, STATE_TECHNICAL_REQUEST_CANCELLED) == 0 ||
                  strcmp(r->state->name, STATE_TECHNICAL_REQUEST_INVALID) == 0;
        if (invalid && r->state != r->old_state)
                return service_each_open(w, ENTITY_ACCIDENT_NOTICE, r, drop_one, &(struct dropping){true});
        if (became_set(r, FIELD_TECHNICAL_REQUEST_RESTORED_AT))
                return restored(w, r);
        if (became_set(r, FIELD_TECHNICAL_REQUEST_RCA_SENT_AT))
                return service_each_open(w, ENTITY_ACCIDENT_NOTICE, r, drop_report, NULL);
        if (!is_accident(r) && (severity_lowered(r) || no_longer_interrupted(r)))
                return service_each_open(w, ENTITY_ACCIDENT_NOTICE, r, drop_one, &(struct dropping){false});
        if (!is_accident(r) || r->state->final || r->state->stage == STAGE_CLOSE ||
            service_is_set(r, FIELD_TECHNICAL_REQUEST_RESTORED_AT))
                return true;
        if (!any_of_kind(w, r, "first", &there) || there)
                return !ctx_failed(w->ctx);
        return open_notice(w, r, "first", w->now) && timers_notice(w, r, "duty_manager", "emergency_declared", STR_NONE);
}

bool
accident_runs(struct work *w, const struct record *request, bool *ret)
{
        int64_t one;

        *ret = sql_one_int(w->ctx, w->conn, &one,
                           SQL("select c.id from cases c join accident_notice n on n.id = c.id where c.parent = $1 and "
                               "c.entity = 'accident_notice' and c.state in ('due', 'drafted', 'approved') and "
                               "n.kind in ('first', 'progress') limit 1"),
                           "i", request->id);
        return !ctx_failed(w->ctx);
}

/* ---- approving ---- */

bool
accident_approve(struct work *w, struct record *n, const struct json *input)
{
        static const char *const both[] = {FIELD_ACCIDENT_NOTICE_TEXT_EN, FIELD_ACCIDENT_NOTICE_TEXT_ZH};

        for (int i = 0; i < 2; i++)
                if (accident_has_gap(record_text(n, both[i])))
                        return refuse(w, both[i], "There is still a gap to be filled in", "文中仍有待填写的内容");
        return true;
}

/* ---- sending ---- */

/* Was it late, by the clock that counts?  It stops with this very step, so it still runs in what is asked here. */
static bool
judge(struct work *w, struct record *n, bool *ret_on_time)
{
        struct clock_view *list;
        size_t count;

        *ret_on_time = true;
        if (!promise_clocks(w, n, &list, &count))
                return false;
        for (size_t i = 0; i < count; i++) {
                struct clock_result now;
                if (list[i].input.promise_count == 0)
                        continue;
                if (!clock_compute(w->ctx, &list[i].input, w->now, &now))
                        return false;
                if (now.raw.breached_at != USEC_NONE)
                        *ret_on_time = false;
        }
        return true;
}

/* When the next one is promised: an interval of the contract, else the house's. */
static bool
next_due(struct work *w, const struct record *request, usec *ret)
{
        const struct rule_table *t = rules_table(w->model->rules, "accident_notice");
        struct rule_input in = {"kind", STR("progress")};
        struct target promise;
        int row = t != NULL ? rules_decide(t, &in, 1) : -1;

        if (!progress_promise(w, request, "update", &promise))
                return false;
        if (promise.found)
                return timers_after(w, request, promise.budget, w->now, ret);
        *ret = w->now;
        return row < 0 || timers_due(w, request, rules_output(t, row, "within"), w->now, ret);
}

static struct str
notice_data(struct work *w, const struct record *n)
{
        struct jw jw = {0};
        struct str text;

        jw_open(&jw, '{');
        jw_key(&jw, "text"), jw_open(&jw, '{');
        jw_key(&jw, "en"), jw_str(&jw, record_text(n, FIELD_ACCIDENT_NOTICE_TEXT_EN));
        jw_key(&jw, "zh"), jw_str(&jw, record_text(n, FIELD_ACCIDENT_NOTICE_TEXT_ZH));
        jw_close(&jw, '}');
        jw_key(&jw, "notice"), jw_text(&jw, n->number);
        if (service_is_set(n, FIELD_ACCIDENT_NOTICE_NEXT_AT))
                jw_key(&jw, "due"), jw_int(&jw, record_int(n, FIELD_ACCIDENT_NOTICE_NEXT_AT));
        jw_close(&jw, '}');
        text = (struct str){arena_strndup(w->ctx->arena, jw.b.p, jw.b.n), jw.b.n};
        jw_free(&jw);
        return text;
}

/* The contact who reported, the customer's key decision makers, and our own people; each once. */
static const char *
audience_of(bool contact)
{
        static const char all[] = "contact kdm watchers owner service_manager duty_manager";

        return contact ? all : strchr(all, ' ') + 1;
}

static bool
tell_all(struct work *w, const struct record *request, const char *template, struct str data, bool contact)
{
        return timers_notice(w, request, audience_of(contact), template, data);
}

/* In the customer's language. */
static bool
public_message(struct work *w, struct record *request, const struct record *n)
{
        int64_t id = record_int(request, FIELD_CASE_ACCOUNT);
        struct record *a = id != 0 ? store_load(w, model_entity(w->model, ENTITY_ACCOUNT), id) : NULL;
        bool en = a != NULL && record_is(a, FIELD_ACCOUNT_LANGUAGE, "en");

        return !ctx_failed(w->ctx) &&
               service_message(w, request, "public", record_text(n, en ? FIELD_ACCIDENT_NOTICE_TEXT_EN : FIELD_ACCIDENT_NOTICE_TEXT_ZH));
}

/* The final root cause is the request's report (clock rca); its own notice tells the contact. */
static bool
send_report(struct work *w, struct record *request, const struct record *n, bool *ret_told)
{
        int64_t id = record_int(request, FIELD_CASE_ACCOUNT);
        struct record *a = id != 0 ? store_load(w, model_entity(w->model, ENTITY_ACCOUNT), id) : NULL;
        bool en = a != NULL && record_is(a, FIELD_ACCOUNT_LANGUAGE, "en");

        *ret_told = false;
        if (ctx_failed(w->ctx) || !record_is(n, FIELD_ACCIDENT_NOTICE_KIND, "rca_final") || request->state->final ||
            service_is_set(request, FIELD_TECHNICAL_REQUEST_RCA_SENT_AT))
                return !ctx_failed(w->ctx);
        record_set_text(request, FIELD_TECHNICAL_REQUEST_RCA_REPORT,
                        record_text(n, en ? FIELD_ACCIDENT_NOTICE_TEXT_EN : FIELD_ACCIDENT_NOTICE_TEXT_ZH));
        *ret_told = true;
        return life_step(w, request, MOVE_TECHNICAL_REQUEST_SEND_RCA);
}

static const char *
template_of(struct work *w, const struct record *n)
{
        const struct rule_table *t = rules_table(w->model->rules, "accident_notice");
        struct rule_input in = {"kind", record_text(n, FIELD_ACCIDENT_NOTICE_KIND)};
        int row = t != NULL ? rules_decide(t, &in, 1) : -1;
        struct str name = row >= 0 ? rules_output(t, row, "template") : STR_NONE;

        return name.n > 0 ? str_c(w->ctx->arena, name) : "accident_progress";
}

bool
accident_send(struct work *w, struct record *n, const struct json *input)
{
        struct record *request = service_parent(w, n);
        bool before = record_is(n, FIELD_ACCIDENT_NOTICE_KIND, "first") || record_is(n, FIELD_ACCIDENT_NOTICE_KIND, "progress");
        bool goes_on, on_time, told;
        usec due = 0;

        if (request == NULL || !judge(w, n, &on_time))
                return false;
        goes_on = before && is_accident(request) && !request->state->final && !service_is_set(request, FIELD_TECHNICAL_REQUEST_RESTORED_AT);
        if (goes_on && !next_due(w, request, &due))
                return false;
        record_set_int(n, FIELD_ACCIDENT_NOTICE_ON_TIME, on_time);
        if (goes_on)
                record_set_int(n, FIELD_ACCIDENT_NOTICE_NEXT_AT, due);
        return public_message(w, request, n) && send_report(w, request, n, &told) &&
               tell_all(w, request, template_of(w, n), notice_data(w, n), !told) &&
               (!goes_on || open_notice(w, request, "progress", w->now));
}

/* ---- before it is sent ---- */

/* Who would be told now, as sending will: the same words, receivers and plans; nothing is written. */
static bool
gather(struct work *w, struct record *request, const char *to, const char *template, struct tellings *all)
{
        struct notice_cause *c = ARENA_NEW(w->ctx->arena, struct notice_cause);

        *c = (struct notice_cause){.about = request->id, .actor = w->actor->id, .entity = request->e->name, .at = w->now,
                                   .to = str_of(to), .t = template_get(w->model->templates, str_of(template))};
        return c->t == NULL ? fail(w->ctx, E_INTERNAL, "", template) : notice_gather(w, c, request, all);
}

static bool
may_send(const struct work *w, const struct record *n)
{
        const struct transition *approve = entity_transition_str(n->e, STR(MOVE_ACCIDENT_NOTICE_APPROVE)),
                                *send = entity_transition_str(n->e, STR(MOVE_ACCIDENT_NOTICE_SEND));

        return (approve->by & w->actor->roles) != 0 && (send->by & w->actor->roles) != 0;
}

bool
accident_preview_json(struct work *w, struct record *n, struct jw *out)
{
        struct record *request = service_parent(w, n), *a;
        struct tellings all = {0};
        bool report, en;

        if (request == NULL || n->state->final)
                return request != NULL && refuse(w, "", "It was sent or dropped already", "该通报已发送或无需发送");
        report = record_is(n, FIELD_ACCIDENT_NOTICE_KIND, "rca_final") && !request->state->final &&
                 !service_is_set(request, FIELD_TECHNICAL_REQUEST_RCA_SENT_AT);
        a = service_is_set(request, FIELD_CASE_ACCOUNT)
                    ? store_load(w, model_entity(w->model, ENTITY_ACCOUNT), record_int(request, FIELD_CASE_ACCOUNT)) : NULL;
        if (ctx_failed(w->ctx) || (report && !gather(w, request, "contact", "rca_sent", &all)) ||
            !gather(w, request, audience_of(!report), template_of(w, n), &all))
                return false;
        en = a != NULL && record_is(a, FIELD_ACCOUNT_LANGUAGE, "en");
        jw_open(out, '{');
        jw_key(out, "language"), jw_text(out, en ? "en" : "zh");
        jw_key(out, "may_send"), jw_bool(out, may_send(w, n));
        notice_preview_json(w, &all, out);
        jw_close(out, '}');
        return true;
}

bool
accident_drop(struct work *w, struct record *n, const struct json *input)
{
        bool on_time;

        if (!judge(w, n, &on_time))
                return false;
        if (!on_time)
                record_set_int(n, FIELD_ACCIDENT_NOTICE_ON_TIME, 0);
        return true;
}
