/* SPDX-License-Identifier: Apache-2.0
 *
 * exemption.c -- exemptions of clocks: proposed, decided once, in time, by somebody else (rule C11).
 *
 *     proposed --approve | refuse (service director)--> approved | refused        --withdraw--> withdrawn
 *        \------------------- timer "lapse": the time is over --> lapsed
 *
 * Invariants
 *   1. The raw result never knows an exemption; the adjusted one is the same computation without the exempt time.
 *   2. Who proposes does not decide.
 *   3. Nothing is proposed or decided later than rules/exemption.yaml allows after the close of the case; reopening the case
 *      opens the time again, and its next close counts.
 *   4. Of one clock no moment is proposed twice, unless the first proposal was withdrawn or lapsed: what was decided stands.
 */
#include "service/exemption.h"
#include "engine/event.h"
#include "model/rules.h"
#include "service/service.h"

#define FOREVER INT64_MAX

/* ---- how long ---- */

static struct str
allowed(struct work *w, struct str reason_code)
{
        const struct rule_table *t = rules_table(w->model->rules, "exemption");
        const struct rule_input in = {"reason_code", reason_code};
        int row = t != NULL ? rules_decide(t, &in, 1) : -1;
        struct str within = row >= 0 ? rules_output(t, row, "within") : STR_NONE;

        return within.n > 0 ? within : STR("5 WD");
}

/* USEC_NONE while the case is open. */
static bool
decide_by(struct work *w, const struct record *of, struct str reason_code, usec *ret)
{
        struct str within = allowed(w, reason_code);

        *ret = USEC_NONE;
        if (!of->state->final || !service_is_set(of, FIELD_CASE_CLOSED_AT))
                return true;
        return timers_due(w, of, within, record_int(of, FIELD_CASE_CLOSED_AT), ret);
}

static bool
in_time(struct work *w, const struct record *of, struct str reason_code)
{
        struct str within = allowed(w, reason_code);
        struct arena *a = w->ctx->arena;
        usec until;

        if (!decide_by(w, of, reason_code, &until))
                return false;
        return until == USEC_NONE || w->now <= until ||
               refuse(w, "", arena_printf(a, "%s was closed too long ago: exemptions are decided within %.*s of it", of->number,
                                          (int)within.n, within.p),
                      arena_printf(a, "%s 关闭已过 %.*s，豁免须在此前决定", of->number, (int)within.n, within.p));
}

static bool
set_lapse(struct work *w, struct record *x, const struct record *of)
{
        struct timer t = {.case_id = x->id, .name = "lapse"};

        if (!decide_by(w, of, record_text(x, FIELD_EXEMPTION_REASON_CODE), &t.due))
                return false;
        return t.due == USEC_NONE ? timer_clear(w, x->id, t.name) : timer_set(w, &t);
}

/* ---- proposing ---- */

static struct record *
case_of(struct work *w, const struct record *x)
{
        int64_t id = record_int(x, FIELD_CASE_PARENT);
        struct record *of = id != 0 ? store_load_case(w, id) : NULL;

        if (of == NULL && !ctx_failed(w->ctx))
                refuse(w, FIELD_CASE_PARENT, "Say of which case a clock is to be exempt", "请选择要豁免时钟的单据");
        return of;
}

/* It has such a clock, and something is promised for it. */
static bool
has_clock(struct work *w, const struct record *of, struct str name)
{
        struct buf known = {0};
        struct clock_view *list;
        size_t n;
        bool found = false;

        if (!promise_clocks(w, of, &list, &n))
                return false;
        for (size_t i = 0; i < n && !found; i++) {
                if (list[i].decl == NULL || list[i].input.promise_count == 0)
                        continue;
                found = str_is(name, list[i].name);
                buf_printf(&known, "%s%s", known.n > 0 ? ", " : "", list[i].name);
        }
        if (!found) {
                const char *names = arena_strdup(w->ctx->arena, known.n > 0 ? buf_c(&known) : "-");
                refuse(w, FIELD_EXEMPTION_CLOCK,
                       arena_printf(w->ctx->arena, "%s has no promised clock of that name; it has: %s", of->number, names),
                       arena_printf(w->ctx->arena, "%s 没有该名称的承诺时钟，可选：%s", of->number, names));
        }
        buf_free(&known);
        return found;
}

static usec
time_or(const struct record *x, const char *field, usec otherwise)
{
        return service_is_set(x, field) ? record_int(x, field) : otherwise;
}

static bool
span_fits(struct work *w, const struct record *x, const struct record *of)
{
        usec from = time_or(x, FIELD_EXEMPTION_EXEMPT_FROM, INT64_MIN), to = time_or(x, FIELD_EXEMPTION_EXEMPT_UNTIL, FOREVER);
        struct exemption *list;
        size_t n;

        if (to <= from)
                return refuse(w, FIELD_EXEMPTION_EXEMPT_UNTIL, "It must end after it begins", "结束须晚于开始");
        if (!exemption_list(w, of->id, &list, &n))
                return false;
        for (size_t i = 0; i < n; i++) {
                const struct exemption *o = &list[i];
                usec begins = o->from == USEC_NONE ? INT64_MIN : o->from, ends = o->to == USEC_NONE ? FOREVER : o->to;
                if (strcmp(o->state, STATE_EXEMPTION_WITHDRAWN) == 0 || strcmp(o->state, STATE_EXEMPTION_LAPSED) == 0 ||
                    !str_is(record_text(x, FIELD_EXEMPTION_CLOCK), o->clock) || to <= begins || ends <= from)
                        continue;
                return refuse(w, FIELD_EXEMPTION_EXEMPT_FROM,
                              arena_printf(w->ctx->arena, "%s speaks of that time already", o->number),
                              arena_printf(w->ctx->arena, "%s 已涉及该时段", o->number));
        }
        return true;
}

bool
exemption_before(struct work *w, struct record *x, const struct json *input)
{
        static const char *const same[] = {FIELD_CASE_ACCOUNT, FIELD_CASE_SITE, FIELD_CASE_UNIT, FIELD_CASE_PRODUCT,
                                           FIELD_CASE_SEVERITY, FIELD_CASE_PRIORITY, FIELD_CASE_RESTRICTED};
        struct record *of = case_of(w, x);
        usec until;

        if (of == NULL || !has_clock(w, of, record_text(x, FIELD_EXEMPTION_CLOCK)) || !span_fits(w, x, of) ||
            !in_time(w, of, record_text(x, FIELD_EXEMPTION_REASON_CODE)) ||
            !decide_by(w, of, record_text(x, FIELD_EXEMPTION_REASON_CODE), &until))
                return false;
        for (size_t i = 0; i < sizeof same / sizeof *same; i++)
                record_set(x, same[i], *record_get(of, same[i]));
        if (w->actor->id != 0)
                record_set_int(x, FIELD_CASE_OWNER, w->actor->id);
        if (until != USEC_NONE)
                record_set_int(x, FIELD_EXEMPTION_DECIDE_BY, until);
        if (!service_is_set(x, FIELD_CASE_TITLE))
                record_set_text(x, FIELD_CASE_TITLE,
                                str_of(arena_printf(w->ctx->arena, "%s: %s", of->number, str_c(w->ctx->arena, record_text(of, FIELD_CASE_TITLE)))));
        return true;
}

/* Told in the timeline of the case that it is about. */
static bool
tell(struct work *w, struct record *x, struct record *of)
{
        struct jw jw = {0};
        bool ok;

        jw_open(&jw, '{');
        jw_key(&jw, "exemption"), jw_text(&jw, x->number);
        jw_key(&jw, "clock"), jw_str(&jw, record_text(x, FIELD_EXEMPTION_CLOCK));
        jw_close(&jw, '}');
        ok = event_note(w, of, "notice", arena_printf(w->ctx->arena, "exemption_%s", x->state->name),
                        str_of(arena_strdup(w->ctx->arena, buf_c(&jw.b))));
        jw_free(&jw);
        return ok;
}

bool
exemption_saved(struct work *w, struct record *x)
{
        struct record *of;

        if (x->state == x->old_state)
                return true;
        if ((of = case_of(w, x)) == NULL || !tell(w, x, of))
                return false;
        return x->state->final || set_lapse(w, x, of);
}

/* ---- deciding ---- */

bool
exemption_decide(struct work *w, struct record *x, const struct json *input)
{
        struct record *of;

        if (x->created_by == w->actor->id)
                return refuse(w, "", "Who proposed it does not decide it", "提出人不得自行决定");
        of = case_of(w, x);
        return of != NULL && in_time(w, of, record_text(x, FIELD_EXEMPTION_REASON_CODE));
}

bool
exemption_lapse(struct work *w, struct record *x, const struct timer *t)
{
        if (strcmp(x->e->name, ENTITY_EXEMPTION) != 0 || strcmp(x->state->name, STATE_EXEMPTION_PROPOSED) != 0)
                return true;
        return life_step(w, x, MOVE_EXEMPTION_LAPSE);
}

static bool
case_ended(struct work *w, struct record *x, const void *of)
{
        usec until;

        if (!decide_by(w, of, record_text(x, FIELD_EXEMPTION_REASON_CODE), &until))
                return false;
        if (until != USEC_NONE)
                record_set_int(x, FIELD_EXEMPTION_DECIDE_BY, until);
        return store_save(w, x, "case_ended") && set_lapse(w, x, of);
}

bool
exemption_case_saved(struct work *w, struct record *r)
{
        if (w->muted || r->e->clock_count == 0 || r->state == r->old_state || !r->state->final || r->old_state == NULL)
                return true;
        return service_each_open(w, ENTITY_EXEMPTION, r, case_ended, r);
}

/* ---- reading ---- */

static const char *
text_of(struct work *w, struct rows *rows, int col)
{
        return str_c(w->ctx->arena, rows_text(rows, col));
}

bool
exemption_list(struct work *w, int64_t case_id, struct exemption **ret, size_t *ret_count)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select c.id, c.number, c.state, x.clock, x.reason_code, x.evidence, x.exempt_from, "
                                          "x.exempt_until, x.decided_at, x.decided_by from cases c join exemption x on x.id = c.id "
                                          "where c.parent = $1 and c.entity = 'exemption' order by c.id"),
                                      "i", case_id);

        *ret = NULL;
        *ret_count = 0;
        while (rows != NULL && rows_next(rows))
                *ARENA_PUSH(w->ctx->arena, *ret, *ret_count) = (struct exemption){
                        .id = rows_int(rows, 0), .number = text_of(w, rows, 1), .state = text_of(w, rows, 2),
                        .clock = text_of(w, rows, 3), .reason = text_of(w, rows, 4), .evidence = text_of(w, rows, 5),
                        .from = rows_null(rows, 6) ? USEC_NONE : rows_int(rows, 6),
                        .to = rows_null(rows, 7) ? USEC_NONE : rows_int(rows, 7),
                        .decided_at = rows_null(rows, 8) ? USEC_NONE : rows_int(rows, 8),
                        .decided_by = rows_null(rows, 9) ? 0 : rows_int(rows, 9)};
        return rows != NULL && rows_close(rows);
}

void
exemption_apply(struct work *w, const struct exemption *list, size_t n, struct clock_view *clocks, size_t clock_count)
{
        for (size_t i = 0; i < n; i++)
                for (size_t k = 0; k < clock_count; k++) {
                        struct clock_input *in = &clocks[k].input;
                        struct clock_exemption *held = (struct clock_exemption *)in->exemptions;
                        if (strcmp(list[i].state, STATE_EXEMPTION_APPROVED) != 0 || strcmp(list[i].clock, clocks[k].name) != 0)
                                continue;
                        *ARENA_PUSH(w->ctx->arena, held, in->exemption_count) = (struct clock_exemption){
                                list[i].from == USEC_NONE ? INT64_MIN + 1 : list[i].from,
                                list[i].to == USEC_NONE ? FOREVER : list[i].to, list[i].reason};
                        in->exemptions = held;
                }
}
