/* SPDX-License-Identifier: Apache-2.0
 *
 * review.c -- a broken promise is reviewed afterwards (rule C3).
 *
 *     breach told (watch.c) --review_open--> breach_review, open --close (improvement, person, date)--> done
 *                                                               --waive (reason)--> waived
 *
 * Invariants
 *   1. One review for a clock of a case, however often its promise changes or breaks.
 *   2. It is given to the owner of the case, else to the customer's service manager; work on the case goes on meanwhile.
 *   3. It has a clock of its own, promised by rules/breach_review.yaml.
 */
#include "service/review.h"
#include "base/zone.h"
#include "service/service.h"

static bool
reviewer_of(struct work *w, const struct record *r, int64_t *ret)
{
        int64_t account = record_int(r, FIELD_CASE_ACCOUNT);
        struct record *a;

        *ret = record_int(r, FIELD_CASE_OWNER);
        if (*ret != 0 || account == 0)
                return true;
        a = store_load(w, model_entity(w->model, ENTITY_ACCOUNT), account);
        if (a != NULL)
                *ret = record_int(a, FIELD_ACCOUNT_SERVICE_MANAGER);
        return !ctx_failed(w->ctx);
}

static bool
is_reviewed(struct work *w, const struct record *r, const char *clock, bool *ret)
{
        int64_t one;

        *ret = sql_one_int(w->ctx, w->conn, &one,
                           SQL("select 1 from cases c join breach_review b on b.id = c.id where c.parent = $1 and b.clock = $2 "
                               "limit 1"),
                           "is", r->id, clock);
        return !ctx_failed(w->ctx);
}

bool
review_open(struct work *w, const struct record *r, const struct clock_view *v, const struct clock_promise *held, usec broken_at)
{
        struct record *b;
        int64_t who;
        bool done;

        if (!is_reviewed(w, r, v->name, &done) || done)
                return done;
        if (!reviewer_of(w, r, &who))
                return false;
        b = service_case_under(w, ENTITY_BREACH_REVIEW, r);
        record_set_text(b, FIELD_CASE_TITLE,
                        str_of(arena_printf(w->ctx->arena, "Breach review: %s 违约复盘：%s", v->decl->label.en, v->decl->label.zh)));
        record_set_text(b, FIELD_BREACH_REVIEW_CLOCK, str_of(v->name));
        record_set_text(b, FIELD_BREACH_REVIEW_PARTY, str_of(v->decl->party));
        record_set_int(b, FIELD_BREACH_REVIEW_BROKEN_AT, broken_at);
        if (held != NULL)
                record_set_text(b, FIELD_BREACH_REVIEW_WHY_DUE, str_of(held->row));
        if (who != 0)
                record_set_int(b, FIELD_CASE_HANDLER, who);
        return store_insert(w, b, "create") && promise_make(w, b, PROMISE_INITIAL, false);
}

/* The end of a day where the customer is, else in China. */
static bool
end_of_day(struct work *w, const struct record *r, int64_t day, usec *ret)
{
        int64_t id = record_int(r, FIELD_CASE_ACCOUNT);
        struct record *a = id != 0 ? store_load(w, model_entity(w->model, ENTITY_ACCOUNT), id) : NULL;
        struct str name = a != NULL ? record_text(a, FIELD_ACCOUNT_ZONE) : STR_NONE;
        const struct zone *z = zone_get(name.n > 0 ? str_c(w->ctx->arena, name) : "Asia/Shanghai");

        *ret = (day + 1) * USEC_DAY - (z != NULL ? zone_offset(z, day * USEC_DAY) * USEC_SECOND : 0);
        return !ctx_failed(w->ctx);
}

/* Hook review_done. */
bool
review_done(struct work *w, struct record *r, const struct json *input)
{
        const char *f = FIELD_BREACH_REVIEW_IMPROVEMENT_DUE;
        struct str text = record_text(r, FIELD_BREACH_REVIEW_IMPROVEMENT);
        int64_t day;
        usec due;

        if (!date_parse(record_text(r, f), &day) || !end_of_day(w, r, day, &due))
                return ctx_failed(w->ctx) ? false : fail(w->ctx, E_BAD_FORMAT, f, str_c(w->ctx->arena, record_text(r, f)), "a date");
        if (due < w->now)
                return refuse(w, f, "An improvement is due in the future", "改进完成日期须晚于今天");
        for (text.n = text.n > 150 ? 150 : text.n; text.n > 0 && ((unsigned char)text.p[text.n] & 0xC0) == 0x80;)
                text.n--;
        return service_task(w, r, arena_printf(w->ctx->arena, "Improvement 改进：%.*s", (int)text.n, text.p),
                            record_int(r, FIELD_BREACH_REVIEW_IMPROVEMENT_OWNER), due);
}
