/* SPDX-License-Identifier: Apache-2.0
 *
 * management.c -- management escalation (domain.md 6.9, matrix and acknowledgement 8.4).
 *
 *     request, not restored --timer "level:restore"--> M1, M2 ... as rules/management_escalation.yaml says
 *     request, fix open     --timer "level:resolve"--> M2, M3, M4
 *     broken promise, second reopen, last tier, a person --management_call--> the trigger's level at least
 *                                        |
 *               none open: a case, raised ---- one open: raised to the level, when that is higher
 *                     |
 *               raised --timer "acknowledge": nobody accepted--> one level up, to M5; there the notice is repeated
 *               accepted ... monitored --timer "management_update", each update_every without a message--> the level's owner
 *                     is reminded, from the second time in a row the duty manager too
 *
 * Invariants
 *   1. A request has at most one management escalation open.
 *   2. Levels rise by themselves and never fall; it ends with the customer's agreement (the model).  One that the customer
 *      agreed to end and that waits for its review stays for the clock alone: a new reason opens a new one.
 *   3. Nothing here touches the request's handler, tier or clocks.
 *   4. Nobody calls in vain: a call that raises nothing is told to the level that has it, one that is rejected to its caller.
 */
#include "service/management.h"
#include "engine/event.h"
#include "model/rules.h"
#include "service/hooks.h"
#include "service/service.h"

enum { LEVEL_MAX = 5 };

static struct str
number(struct work *w, int64_t n)
{
        return str_of(arena_printf(w->ctx->arena, "%lld", (long long)n));
}

/* ---- levels ---- */

static struct str
level_says(struct work *w, const struct record *r, int64_t level, const char *output)
{
        const struct rule_table *t = rules_table(w->model->rules, "management_level");
        const struct rule_input in[] = {{"level", number(w, level)},
                                        {"severity", record_text(r, FIELD_CASE_SEVERITY)},
                                        {"priority", record_text(r, FIELD_CASE_PRIORITY)}};
        int row = t != NULL ? rules_decide(t, in, 3) : -1;

        return row >= 0 ? rules_output(t, row, output) : STR_NONE;
}

/* Whose turn it is hears of it: all of "a b/c d" (management_people.c). */
static bool
tell_level(struct work *w, const struct record *r, int64_t level, const char *template)
{
        struct str data = str_of(arena_printf(w->ctx->arena, "{\"level\":%lld}", (long long)level));
        const char **to;
        size_t n;

        if (!management_people(w, r, level_says(w, r, level, "to"), &to, &n))
                return false;
        for (size_t i = 0; i < n; i++)
                if (!timers_notice(w, r, to[i], template, data))
                        return false;
        return true;
}

static bool
wait_for_acknowledgement(struct work *w, const struct record *r)
{
        struct timer t = {.case_id = r->id, .name = "acknowledge", .step = record_int(r, FIELD_MANAGEMENT_ESCALATION_LEVEL)};
        struct str within = level_says(w, r, t.step, "acknowledge");

        if (within.n == 0)
                return true;
        return timers_due(w, r, within, w->now, &t.due) && timer_set(w, &t);
}

/* ---- opening and raising ---- */

/* The one that is not ended; NULL when there is none. */
static bool
find_open(struct work *w, const struct record *request, struct record **ret)
{
        int64_t id;

        *ret = NULL;
        if (!sql_one_int(w->ctx, w->conn, &id,
                         SQL("select id from cases where parent = $1 and entity = 'management_escalation' and state not in "
                             "('closed', 'rejected') order by case when state = 'de_escalated' then 1 else 0 end, id limit 1"),
                         "i", request->id))
                return !ctx_failed(w->ctx);
        return (*ret = store_load_case(w, id)) != NULL;
}

/* One more reason, for those who have it already: who leads it, else its level. */
static bool
tell_again(struct work *w, struct record *e, struct str trigger)
{
        int64_t level = record_int(e, FIELD_MANAGEMENT_ESCALATION_LEVEL);
        struct str data = str_of(arena_printf(w->ctx->arena, "{\"level\":%lld,\"trigger\":\"%.*s\"}", (long long)level,
                                              (int)trigger.n, trigger.p));

        if (!event_note(w, e, "notice", "called_again", data))
                return false;
        return service_is_set(e, FIELD_CASE_HANDLER)
                       ? timers_notice(w, e, "handler", "management_again", data)
                       : tell_level(w, e, level, "management_again");
}

static bool
is_de_escalated(const struct record *e)
{
        return strcmp(e->state->name, STATE_MANAGEMENT_ESCALATION_DE_ESCALATED) == 0;
}

static bool
raise_to(struct work *w, struct record *e, int64_t level)
{
        if (record_int(e, FIELD_MANAGEMENT_ESCALATION_LEVEL) >= level ||
            is_de_escalated(e))
                return true;
        record_set_int(e, FIELD_MANAGEMENT_ESCALATION_LEVEL, level);
        return life_step(w, e, MOVE_MANAGEMENT_ESCALATION_RAISE_LEVEL);
}

static bool
open_case(struct work *w, const struct record *request, int64_t level, struct str trigger, struct str expectation)
{
        struct record *e = service_case_under(w, ENTITY_MANAGEMENT_ESCALATION, request);

        record_set(e, FIELD_CASE_TEAM, *record_get(request, FIELD_CASE_TEAM));
        record_set_int(e, FIELD_MANAGEMENT_ESCALATION_LEVEL, level);
        record_set_text(e, FIELD_MANAGEMENT_ESCALATION_TRIGGER, trigger);
        record_set_int(e, FIELD_MANAGEMENT_ESCALATION_AUTOMATIC, w->actor->id == 0);
        if (expectation.n > 0)
                record_set_text(e, FIELD_MANAGEMENT_ESCALATION_EXPECTATION, expectation);
        return store_insert(w, e, "create");
}

static bool
escalate_to(struct work *w, const struct record *request, int64_t level, struct str trigger, struct str expectation)
{
        bool by_clock = str_is(trigger, "time") || str_is(trigger, "final_fix");
        struct record *open;

        if (!find_open(w, request, &open))
                return false;
        if (open == NULL || (is_de_escalated(open) && !by_clock))
                return open_case(w, request, level, trigger, expectation);
        if (!by_clock && record_int(open, FIELD_MANAGEMENT_ESCALATION_LEVEL) >= level)
                return tell_again(w, open, trigger);
        return raise_to(w, open, level);
}

/* The technical request that the case is, or belongs to; NULL when there is none. */
static const struct record *
request_of(struct work *w, const struct record *r)
{
        for (int depth = 0; r != NULL && depth < 8; depth++) {
                int64_t parent = record_int(r, FIELD_CASE_PARENT);
                if (strcmp(r->e->name, ENTITY_TECHNICAL_REQUEST) == 0)
                        return r;
                r = parent != 0 ? store_load_case(w, parent) : NULL;
        }
        return NULL;
}

static int64_t
trigger_level(struct work *w, struct str trigger)
{
        const struct code_list *codes = rules_codes(w->model->rules, "management_trigger");
        int64_t level;

        return codes != NULL && str_to_int(codes_attr(codes, trigger, "level"), &level) ? level : 1;
}

bool
management_call(struct work *w, const struct record *r, const char *trigger)
{
        const struct record *request = request_of(w, r);

        if (request == NULL || request->state->final)
                return !ctx_failed(w->ctx);
        return escalate_to(w, request, trigger_level(w, str_of(trigger)), str_of(trigger), STR_NONE);
}

/* Hook ask_management: anybody may call; the reason is what is expected. */
bool
management_ask(struct work *w, struct record *r, const struct json *input)
{
        struct str trigger = record_text(r, FIELD_TECHNICAL_REQUEST_MANAGEMENT_TRIGGER);

        if (trigger.n == 0)
                trigger = STR("progress");
        return escalate_to(w, r, trigger_level(w, trigger), trigger, json_get_text(input, "reason"));
}

/* Hook raise_management: by hand, too, a level only rises. */
bool
management_raise(struct work *w, struct record *r, const struct json *input)
{
        const char *f = FIELD_MANAGEMENT_ESCALATION_LEVEL;
        const struct val *before = &r->old[entity_field(r->e, f)->index];

        return before->type != VAL_INT || record_int(r, f) > before->i ||
               refuse(w, f, "The new level must be higher than the present one", "新层级须高于当前层级");
}

/* ---- the matrix ---- */

struct row {
        struct str after, percent, act;
};

static struct row
matrix(struct work *w, const struct record *r, const char *of, bool promised, int64_t level)
{
        const struct rule_table *t = rules_table(w->model->rules, "management_escalation");
        const struct rule_input in[] = {{"of", str_of(of)},
                                        {"promised", promised ? STR("true") : STR("false")},
                                        {"service_tier", record_text(r, FIELD_TECHNICAL_REQUEST_SERVICE_TIER)},
                                        {"severity", record_text(r, FIELD_CASE_SEVERITY)},
                                        {"level", number(w, level)}};
        int row = t != NULL ? rules_decide(t, in, 5) : -1;

        if (row < 0)
                return (struct row){0};
        return (struct row){rules_output(t, row, "after"), rules_output(t, row, "percent"), rules_output(t, row, "act")};
}

/* The earlier of the two; USEC_NONE when neither is to be had. */
static bool
row_due(struct work *w, const struct record *r, struct row row, const struct clock_view *v, usec *ret)
{
        usec after = USEC_NONE, share = USEC_NONE;
        int64_t percent;

        if (str_is(row.after, "at once"))
                after = record_int(r, FIELD_CASE_REPORTED_AT);
        else if (row.after.n > 0 && !timers_due(w, r, row.after, record_int(r, FIELD_CASE_REPORTED_AT), &after))
                return false;
        if (v != NULL && str_to_int(row.percent, &percent) && !clock_mark(w->ctx, &v->input, w->now, (int)percent, &share))
                return false;
        *ret = after == USEC_NONE || (share != USEC_NONE && share < after) ? share : after;
        return true;
}

static const struct clock_view *
view_of(const struct clock_view *list, size_t n, const char *name)
{
        for (size_t i = 0; i < n; i++)
                if (strcmp(list[i].name, name) == 0)
                        return &list[i];
        return NULL;
}

/* The timer of the level from `level` on that is due first: where a promise is short, its share may call M4 before the time
 * of M3 has come. */
static bool
set_level(struct work *w, const struct record *r, const char *of, const struct clock_view *v, int64_t level)
{
        struct timer t = {.case_id = r->id, .name = arena_printf(w->ctx->arena, "level:%s", of), .clock = of, .due = USEC_NONE};
        bool promised = v != NULL && v->input.promise_count > 0;

        for (; level <= LEVEL_MAX; level++) {
                struct row row = matrix(w, r, of, promised, level);
                usec due;
                if (row.act.n == 0)
                        continue;
                if (!row_due(w, r, row, v, &due))
                        return false;
                if (due != USEC_NONE && (t.due == USEC_NONE || due < t.due))
                        t.due = due, t.step = level;
        }
        return t.due == USEC_NONE ? timer_clear(w, r->id, t.name) : timer_set(w, &t);
}

static bool
wanted(const struct record *r, const char *of)
{
        bool restore = strcmp(of, "restore") == 0;

        if (r->state->final || r->state->stage == STAGE_CLOSE || !service_is_set(r, FIELD_TECHNICAL_REQUEST_AUTHORISED_AT) ||
            strcmp(r->state->name, STATE_TECHNICAL_REQUEST_HANDED_OVER) == 0)
                return false;
        return !restore || !service_is_set(r, FIELD_TECHNICAL_REQUEST_RESTORED_AT);
}

/* The highest level that the clock has called already, so that a changed promise goes on from there. */
static bool
reached(struct work *w, const struct record *r, const char *of, int64_t *ret)
{
        return sql_one_int(w->ctx, w->conn, ret,
                           SQL("select coalesce(max(mark), 0) from clock_marks where case_id = $1 and clock = $2"), "is",
                           r->id, arena_printf(w->ctx->arena, "level:%s", of));
}

bool
management_watch(struct work *w, const struct record *r, const struct clock_view *list, size_t n)
{
        static const char *const KINDS[] = {"restore", "resolve"};

        if (strcmp(r->e->name, ENTITY_TECHNICAL_REQUEST) != 0)
                return true;
        for (int i = 0; i < 2; i++) {
                int64_t level;
                if (!wanted(r, KINDS[i])) {
                        if (!timer_clear(w, r->id, arena_printf(w->ctx->arena, "level:%s", KINDS[i])))
                                return false;
                } else if (!reached(w, r, KINDS[i], &level) ||
                           !set_level(w, r, KINDS[i], view_of(list, n, KINDS[i]), level + 1)) {
                        return false;
                }
        }
        return true;
}

static bool
note_level(struct work *w, const struct record *r, const struct timer *t)
{
        return sql_run(w->ctx, w->conn,
                       SQL("insert into clock_marks (case_id, clock, since, mark, due, told_at) values ($1, $2, $3, $4, $5, "
                           "$6) on conflict (case_id, clock, since, mark) do nothing"),
                       "isiiii", r->id, t->name, record_int(r, FIELD_CASE_REPORTED_AT), t->step, t->due, w->now);
}

static bool
call_level(struct work *w, struct record *r, const struct timer *t, bool promised)
{
        struct row row = matrix(w, r, t->clock, promised, t->step);
        struct str data = str_of(arena_printf(w->ctx->arena, "{\"level\":%lld,\"of\":\"%s\"}", (long long)t->step, t->clock));

        if (!note_level(w, r, t) || !event_note(w, r, "notice", "management_level", data))
                return false;
        if (!str_is(row.act, "case"))
                return tell_level(w, r, t->step, "management_notice");
        return escalate_to(w, r, t->step, strcmp(t->clock, "restore") == 0 ? STR("time") : STR("final_fix"), STR_NONE);
}

/* timer: clock "restore" or "resolve", step: the level. */
bool
management_fire_level(struct work *w, struct record *r, const struct timer *t)
{
        const struct clock_view *v;
        struct clock_view *list;
        struct row row;
        size_t n;
        usec due;

        if (strcmp(r->e->name, ENTITY_TECHNICAL_REQUEST) != 0 || t->clock == NULL || !wanted(r, t->clock))
                return true;
        if (!promise_clocks(w, r, &list, &n))
                return false;
        v = view_of(list, n, t->clock);
        row = matrix(w, r, t->clock, v != NULL && v->input.promise_count > 0, t->step);
        if (row.act.n == 0)
                return true;
        if (!row_due(w, r, row, v, &due))
                return false;
        if (due == USEC_NONE || due > w->now)          /* paused, or promised anew since */
                return due == USEC_NONE || set_level(w, r, t->clock, v, t->step);
        return set_level(w, r, t->clock, v, t->step + 1) &&
               call_level(w, r, t, v != NULL && v->input.promise_count > 0);
}

/* ---- acknowledgement ---- */

/* Who called hears that nobody took it, and why: the reason stands in the step's event. */
static bool
tell_caller(struct work *w, const struct record *r)
{
        const char *caller = arena_printf(w->ctx->arena, "person:%lld", (long long)record_int(r, FIELD_MANAGEMENT_ESCALATION_RAISED_BY));
        struct str event = STR_NONE;
        struct jw data = {0};
        struct json *v;
        bool ok;

        if (!service_is_set(r, FIELD_MANAGEMENT_ESCALATION_RAISED_BY))
                return true;
        if (!sql_one_text(w->ctx, w->conn, &event, SQL("select data from events where case_id = $1 and name = 'reject' order by seq desc limit 1"),
                          "i", r->id))
                return !ctx_failed(w->ctx);
        v = json_parse(w->ctx, arena_strndup(w->ctx->arena, event.p, event.n), event.n, 1000);
        if (v == NULL)
                return false;
        jw_open(&data, '{');
        jw_key(&data, "text"), jw_str(&data, json_get_text(v, "reason"));
        jw_close(&data, '}');
        ok = timers_notice(w, r, caller, "management_rejected", jw_view(&data));
        jw_free(&data);
        return ok;
}

/* step: the level that was to accept. */
bool
management_fire_acknowledge(struct work *w, struct record *r, const struct timer *t)
{
        if (strcmp(r->e->name, ENTITY_MANAGEMENT_ESCALATION) != 0 ||
            strcmp(r->state->name, STATE_MANAGEMENT_ESCALATION_RAISED) != 0 ||
            record_int(r, FIELD_MANAGEMENT_ESCALATION_LEVEL) != t->step)
                return true;
        if (t->step < LEVEL_MAX)
                return raise_to(w, r, t->step + 1);
        return tell_level(w, r, t->step, "management_raised") && wait_for_acknowledgement(w, r);
}

/* ---- repeated updates ---- */

static bool
is_led(const struct record *r)
{
        static const char *const LED[] = {STATE_MANAGEMENT_ESCALATION_ACCEPTED, STATE_MANAGEMENT_ESCALATION_PLAN_AGREED,
                                          STATE_MANAGEMENT_ESCALATION_EXECUTING, STATE_MANAGEMENT_ESCALATION_MONITORED};

        for (size_t i = 0; i < sizeof LED / sizeof *LED; i++)
                if (strcmp(r->state->name, LED[i]) == 0)
                        return service_is_set(r, FIELD_MANAGEMENT_ESCALATION_UPDATE_EVERY);
        return false;
}

/* step: how often in a row nobody wrote one. */
static bool
set_update(struct work *w, const struct record *r, int64_t step)
{
        struct timer t = {.case_id = r->id, .name = "management_update", .step = step};

        t.due = w->now + record_int(r, FIELD_MANAGEMENT_ESCALATION_UPDATE_EVERY) * USEC_SECOND;
        return is_led(r) ? timer_set(w, &t) : timer_clear(w, r->id, t.name);
}

/* A message on the escalation is an update, whoever reads it. */
bool
management_message_saved(struct work *w, struct record *m)
{
        struct record *r = m->parent;

        if (w->muted || m->version != 1 || r == NULL || strcmp(r->e->name, ENTITY_MANAGEMENT_ESCALATION) != 0)
                return true;
        return set_update(w, r, 0);
}

bool
management_fire_update(struct work *w, struct record *r, const struct timer *t)
{
        if (strcmp(r->e->name, ENTITY_MANAGEMENT_ESCALATION) != 0 || !is_led(r))
                return true;
        return event_note(w, r, "notice", "update_due", STR("{}")) && timers_notice(w, r, "handler", "update_due", STR_NONE) &&
               (t->step == 0 || timers_notice(w, r, "duty_manager", "update_due", STR_NONE)) && set_update(w, r, t->step + 1);
}

static bool
updates_saved(struct work *w, const struct record *r)
{
        return (r->state == r->old_state && !record_changed(r, FIELD_MANAGEMENT_ESCALATION_UPDATE_EVERY)) || set_update(w, r, 0);
}

bool
management_saved(struct work *w, struct record *r)
{
        bool raised = strcmp(r->state->name, STATE_MANAGEMENT_ESCALATION_RAISED) == 0;

        if (w->muted)
                return true;
        if (!updates_saved(w, r))
                return false;
        if (r->state == r->old_state && !record_changed(r, FIELD_MANAGEMENT_ESCALATION_LEVEL))
                return true;
        if (strcmp(r->state->name, STATE_MANAGEMENT_ESCALATION_REJECTED) == 0 && !tell_caller(w, r))
                return false;
        if (!raised)
                return timer_clear(w, r->id, "acknowledge");
        return tell_level(w, r, record_int(r, FIELD_MANAGEMENT_ESCALATION_LEVEL), "management_raised") &&
               wait_for_acknowledgement(w, r);
}

bool
management_request_saved(struct work *w, struct record *r)
{
        const struct field *count = entity_field(r->e, FIELD_TECHNICAL_REQUEST_REOPEN_COUNT);
        const struct val *now = &r->v[count->index], *was = &r->old[count->index];

        if (w->muted || now->type != VAL_INT || now->i < 2 || (was->type == VAL_INT && was->i == now->i))
                return true;
        return management_call(w, r, "second_reopen");
}
