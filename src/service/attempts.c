/* SPDX-License-Identifier: Apache-2.0
 *
 * attempts.c -- attempts to reach the customer are facts (rule C6, domain.md 7.C).
 *
 *     child contact_attempt        a call, a visit ...: when, how, by whom
 *     public message of our staff  we wrote on the case
 *     transition request_info      the customer was asked, and told so
 *
 * Invariants
 *   1. Only what came after the customer's last word stands: a message of the customer, or the transitions answer, reject and
 *      urge; before the first of these, after the report.
 *   2. How many a reason needs stands in rules/pause_codes.yaml (`attempts`); they are asked for when a wait begins for that
 *      reason or changes to it, not again while it lasts.
 *   3. What the system sends by itself (receipts, reminders) is no attempt.
 * Times are typed to the minute, so what is listed counts from the minute of the last word on.
 */
#include "service/attempts.h"
#include "model/rules.h"
#include "service/hooks.h"
#include "service/service.h"

static usec
minute_of(usec t)
{
        return t - t % USEC_MINUTE;
}

/* ---- what is listed ---- */

/* False with an error too; ctx_failed tells apart. */
static bool
is_listed(struct work *w, const struct record *a)
{
        int64_t there;

        return sql_one_int(w->ctx, w->conn, &there,
                           SQL("select 1 from contact_attempt where case_id = $1 and at = $2 and way = $3"), "iit", a->case_id,
                           record_int(a, FIELD_CONTACT_ATTEMPT_AT), record_text(a, FIELD_CONTACT_ATTEMPT_WAY));
}

bool
attempts_before(struct work *w, struct record *a, const struct json *input)
{
        usec at = record_int(a, FIELD_CONTACT_ATTEMPT_AT);

        if (at > w->now + USEC_MINUTE)
                return refuse(w, FIELD_CONTACT_ATTEMPT_AT, "An attempt cannot lie in the future", "联系时间不能晚于当前时间");
        if (at < minute_of(record_int(a->parent, FIELD_CASE_REPORTED_AT)))
                return refuse(w, FIELD_CONTACT_ATTEMPT_AT, "Nobody can be tried before it was reported",
                              "联系时间不能早于报告时间");
        if (is_listed(w, a))
                return refuse(w, FIELD_CONTACT_ATTEMPT_AT, "This attempt is listed already", "该次联系已登记");
        return !ctx_failed(w->ctx);
}

/* ---- what stands ---- */

static bool
last_word(struct work *w, const struct record *r, usec *ret)
{
        int64_t at;

        if (!sql_one_int(w->ctx, w->conn, &at,
                         SQL("select coalesce(max(x.at), 0) from (select at from message where case_id = $1 and direction = 'in' "
                             "union all select at from events where case_id = $1 and kind = 'transition' and name in "
                             "('answer', 'reject', 'urge')) x"),
                         "i", r->id))
                return false;
        *ret = at > record_int(r, FIELD_CASE_REPORTED_AT) ? at : record_int(r, FIELD_CASE_REPORTED_AT);
        return true;
}

static struct str
keep(struct work *w, const struct rows *rows, int col)
{
        struct str s = rows_text(rows, col);

        return s.p != NULL ? str_of(str_c(w->ctx->arena, s)) : STR_NONE;
}

bool
attempts_read(struct work *w, const struct record *r, struct attempts *ret)
{
        struct rows *rows;

        *ret = (struct attempts){0};
        if (!last_word(w, r, &ret->since))
                return false;
        rows = sql_query(w->ctx, w->conn,
                         SQL("select x.at, x.source, x.way, x.note, u.name from ("
                             "select at, 'listed' as source, way, note, tried_by as who from contact_attempt "
                             "where case_id = $1 and at >= $3 union all "
                             "select at, 'message', null, null, author from message "
                             "where case_id = $1 and direction = 'out' and visibility = 'public' and author > 0 and at > $2 union all "
                             "select at, 'asked', null, null, actor from events where case_id = $1 and kind = 'transition' "
                             "and name = 'request_info' and at > $2) x left join users u on u.id = x.who order by x.at, x.source"),
                         "iii", r->id, ret->since, minute_of(ret->since));
        while (rows != NULL && rows_next(rows))
                *ARENA_PUSH(w->ctx->arena, ret->v, ret->n) =
                        (struct attempt){rows_int(rows, 0), keep(w, rows, 1), keep(w, rows, 2), keep(w, rows, 3), keep(w, rows, 4)};
        return rows != NULL && rows_close(rows);
}

bool
attempts_suffice(struct work *w, const struct record *r, struct str code)
{
        const struct code_list *codes = rules_codes(w->model->rules, "pause_code");
        struct str text = codes != NULL && code.n > 0 ? codes_attr(codes, code, "attempts") : STR_NONE;
        struct attempts there;
        int64_t needed;

        if (text.n == 0 || !str_to_int(text, &needed) || needed <= 0)
                return true;
        if (!attempts_read(w, r, &there))
                return false;
        if ((int64_t)there.n >= needed)
                return true;
        return refuse(w, ENTITY_CONTACT_ATTEMPT,
                      arena_printf(w->ctx->arena,
                                   "This reason needs %lld attempts to reach the customer since the last word from there; %zu listed "
                                   "or written so far",
                                   (long long)needed, there.n),
                      arena_printf(w->ctx->arena, "该暂停原因须在客户最近一次回复后联系客户至少 %lld 次，目前已有 %zu 次",
                                   (long long)needed, there.n));
}
