/* SPDX-License-Identifier: Apache-2.0
 *
 * wait.c -- reasons of waits: with evidence, changed while they last, found false (rule C6, domain.md 7.C).
 *
 *     in_progress --wait--> waiting --change_wait, PATCH pause_code--> waiting, for another reason
 *                              \---------- void_wait, also long after: the wait counts as work
 *
 * Invariants
 *   1. A wait has a reason of the closed list, evidence of its own and attempts to reach the customer where the reason asks
 *      for them (attempts.c); another reason does not live on the evidence of the one before.
 *   2. Escalations below a request that waits wait with it, where the reason may pause our own stages.
 *   3. A false wait is a row beside the fact (clock_voids): who, when, why, by what evidence.  It reaches all clocks that
 *      waited at that moment, of the request and of its escalations.
 *   4. Clocks that are late because of it are told late once, also those that had ended.
 * Not here: which clocks a state or reason pauses (engine/clockfact.c), what they say then (engine/clock.c).
 */
#include "engine/clockfact.h"
#include "model/rules.h"
#include "service/attempts.h"
#include "service/hooks.h"
#include "service/service.h"
#include "service/watch.h"

static bool
is_waiting(const struct state *s)
{
        return s != NULL && strcmp(s->name, STATE_TECHNICAL_REQUEST_WAITING) == 0;
}

/* ---- the reason ---- */

bool
wait_check(struct work *w, const struct record *r)
{
        const struct code_list *codes = rules_codes(w->model->rules, "pause_code");
        struct str code = record_text(r, FIELD_TECHNICAL_REQUEST_PAUSE_CODE);

        return code.n == 0 || codes == NULL || !codes_flag(codes, code, "evidence") ||
               service_is_set(r, FIELD_TECHNICAL_REQUEST_PAUSE_EVIDENCE) ||
               refuse(w, FIELD_TECHNICAL_REQUEST_PAUSE_EVIDENCE, "This code needs evidence", "该暂停原因须填写证据");
}

bool
wait_change_check(struct work *w, const struct record *r)
{
        const struct code_list *codes = rules_codes(w->model->rules, "pause_code");
        struct str code = record_text(r, FIELD_TECHNICAL_REQUEST_PAUSE_CODE);

        if (!record_changed(r, FIELD_TECHNICAL_REQUEST_PAUSE_CODE))
                return wait_check(w, r);
        if (code.n == 0)
                return refuse(w, FIELD_TECHNICAL_REQUEST_PAUSE_CODE, "What waits has a reason; resume it instead",
                              "等待中的请求须有暂停原因，如无须等待请恢复处理");
        return (codes != NULL && codes_flag(codes, code, "evidence") && !record_changed(r, FIELD_TECHNICAL_REQUEST_PAUSE_EVIDENCE))
                       ? refuse(w, FIELD_TECHNICAL_REQUEST_PAUSE_EVIDENCE, "The new reason needs evidence of its own",
                                "新的暂停原因须另附证据")
                       : wait_check(w, r);
}

static bool
ends_ahead(struct work *w, const struct record *r)
{
        const char *f = FIELD_TECHNICAL_REQUEST_WAITING_UNTIL;

        return !service_is_set(r, f) || !record_changed(r, f) || record_int(r, f) > w->now ||
               refuse(w, f, "A wait ends in the future", "等待截止时间须晚于当前时间");
}

/* What a check may not ask, for it may look at the record only. */
bool
wait_begin(struct work *w, struct record *r, const struct json *input)
{
        return ends_ahead(w, r) && attempts_suffice(w, r, record_text(r, FIELD_TECHNICAL_REQUEST_PAUSE_CODE));
}

bool
wait_turn(struct work *w, struct record *r, const struct json *input)
{
        return ends_ahead(w, r) && (!record_changed(r, FIELD_TECHNICAL_REQUEST_PAUSE_CODE) || wait_begin(w, r, input));
}

/* A change of fields may change the reason too. */
bool
wait_change(struct work *w, struct record *r, const struct json *input)
{
        return !is_waiting(r->state) || (wait_change_check(w, r) && wait_turn(w, r, input));
}

/* ---- what waits below ---- */

static bool
follow_request(struct work *w, struct record *e, const void *wait)
{
        return clockfact_wait(w, e, wait) && watch_case(w, e);
}

bool
wait_saved(struct work *w, struct record *r)
{
        const struct code_list *codes = rules_codes(w->model->rules, "pause_code");
        struct str code = record_text(r, FIELD_TECHNICAL_REQUEST_PAUSE_CODE);
        struct str evidence = record_text(r, FIELD_TECHNICAL_REQUEST_PAUSE_EVIDENCE);
        struct clock_wait wait = {code.n > 0 ? str_c(w->ctx->arena, code) : NULL,
                                  evidence.n > 0 ? str_c(w->ctx->arena, evidence) : NULL};
        bool now = is_waiting(r->state), before = is_waiting(r->old_state);

        if ((!now && !before) || (now == before && !record_changed(r, FIELD_TECHNICAL_REQUEST_PAUSE_CODE)))
                return true;
        if (codes != NULL && code.n > 0 && !codes_flag(codes, code, "ola"))
                now = false;
        return service_each_open(w, ENTITY_TECHNICAL_ESCALATION, r, follow_request, now ? &wait : NULL);
}

/* ---- found false ---- */

struct finding {
        usec at;                       /* a moment of the wait */
        struct str reason, evidence;
};

/* Marks the waits of a case's clocks that covered the moment; returns in *ret how many there were. */
static bool
void_waits(struct work *w, struct record *r, const struct finding *f, int64_t *ret)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("insert into clock_voids (case_id, clock, seq, at, found_by, reason, evidence, event_seq) "
                                          "select s.case_id, s.clock, s.seq, $3, $4, $5, $6, $7 from clock_segments s "
                                          "where s.case_id = $1 and s.kind = 'paused' and s.at <= $2 and not exists "
                                          "(select 1 from clock_segments n where n.case_id = s.case_id and n.clock = s.clock and "
                                          "n.seq = s.seq + 1 and n.at <= $2) and not exists (select 1 from clock_voids v where "
                                          "v.case_id = s.case_id and v.clock = s.clock and v.seq = s.seq) returning seq"),
                                      "iiiitti", r->id, f->at, w->now, w->actor->id, f->reason, f->evidence, r->event_count);

        *ret = 0;
        while (rows != NULL && rows_next(rows))
                ++*ret;
        if (*ret > 0)
                r->clocks_moved = true;
        return rows != NULL && rows_close(rows);
}

static bool
void_below(struct work *w, const struct record *request, const struct finding *f)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select id from cases where parent = $1 and entity = 'technical_escalation' order by id"),
                                      "i", request->id);
        int64_t *ids = NULL, found;
        size_t n = 0;

        while (rows != NULL && rows_next(rows))
                *ARENA_PUSH(w->ctx->arena, ids, n) = rows_int(rows, 0);
        if (rows == NULL || !rows_close(rows))
                return false;
        for (size_t i = 0; i < n; i++) {
                struct record *e = store_load_case(w, ids[i]);
                if (e == NULL || !void_waits(w, e, f, &found))
                        return false;
                if (found > 0 && (!watch_corrected(w, e) || (!e->state->final && !watch_case(w, e))))
                        return false;
        }
        return true;
}

bool
wait_void(struct work *w, struct record *r, const struct json *input)
{
        struct finding f = {record_int(r, FIELD_TECHNICAL_REQUEST_FALSE_WAIT_AT), json_get_text(input, "reason"),
                            record_text(r, FIELD_TECHNICAL_REQUEST_FALSE_WAIT_EVIDENCE)};
        int64_t found;

        if (!void_waits(w, r, &f, &found))
                return false;
        if (found == 0)
                return refuse(w, FIELD_TECHNICAL_REQUEST_FALSE_WAIT_AT,
                              "At that moment no clock waited, or the wait was found false already",
                              "该时刻没有时钟处于暂停，或该暂停已被认定为虚假");
        return void_below(w, r, &f) && watch_corrected(w, r);
}
