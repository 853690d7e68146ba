/* SPDX-License-Identifier: Apache-2.0
 *
 * notice_plan.c -- how and when one person is told.
 *
 *     what the kind presets for the audience (rules/notice_kind.yaml)
 *       -> what the person chose instead; where it is fixed, P1, or the template says so: never less than the preset
 *       -> inbox: at once, always
 *       -> mail:  critical: now;  else held by quiet hours, digest or the limit of mails, and gathered with what is held then
 *
 * Invariants
 *   1. A reason is noted for whatever is not sent or sent later.
 *   2. What is critical is never held: templates that say so, and all about a P1.
 *   3. Held mails of a person go out together: the next one joins those that wait.
 */
#include <stdatomic.h>
#include "base/zone.h"
#include "gen/names.h"
#include "model/rules.h"
#include "service/budget.h"
#include "service/notices.h"

static struct { _Atomic bool mail; } here;

void
notice_mail_set(bool there)
{
        atomic_store(&here.mail, there);
}

/* ---- which channels ---- */

static bool
is_p1(const struct record *r)
{
        const struct field *f = entity_field(r->e, FIELD_CASE_PRIORITY);

        return f && r->v[f->index].type == VAL_TEXT && str_is(r->v[f->index].s, "P1");
}

static void
choose(struct work *w, const struct record *r, const struct notice_cause *c, const struct receiver *to,
       const struct notice_habits *habits, struct notice_plan *p)
{
        bool fixed;
        int rank = notice_channel_rank(notice_preset(w->model, c->t->kind, to->audience, &fixed));
        int chosen = habits->channel ? notice_channel_rank(habits->channel) : rank;

        if (chosen > rank || !(fixed || c->t->fixed || c->t->critical || p->critical))
                rank = chosen;
        p->inbox = rank >= 1 && to->person != 0;
        p->mail = rank >= 2 || (rank >= 1 && to->person == 0);
        if (p->mail && *to->address == '\0')
                p->mail_reason = "no_address";
        else if (p->mail && !atomic_load(&here.mail))
                p->mail_reason = "no_mail_server";
        if (!p->inbox && !p->mail)
                p->reason = "switched_off";
}

/* ---- when ---- */

static struct civil
local(const struct receiver *to, usec t)
{
        const struct zone *z = *to->zone ? zone_get(to->zone) : NULL;

        return zone_civil(z ? z : zone_get("UTC"), t);
}

static usec
instant(const struct receiver *to, struct civil c)
{
        const struct zone *z = *to->zone ? zone_get(to->zone) : NULL;

        return zone_instant(z ? z : zone_get("UTC"), c);
}

/* The next time that the wall clock shows this minute of the day, after `t`. */
static usec
next_minute_of_day(const struct receiver *to, usec t, int64_t minute)
{
        struct civil c = local(to, t);
        usec at;

        c.hour = (int)(minute / 60), c.minute = (int)(minute % 60), c.second = 0, c.micro = 0;
        at = instant(to, c);
        if (at > t)
                return at;
        c = time_civil(time_of_civil(c) + USEC_DAY);
        return instant(to, c);
}

static bool
is_quiet(const struct receiver *to, const struct notice_habits *h, usec t)
{
        struct civil c = local(to, t);
        int64_t m = c.hour * 60 + c.minute;

        if (h->quiet_from == h->quiet_until)
                return false;
        return h->quiet_from < h->quiet_until ? m >= h->quiet_from && m < h->quiet_until : m >= h->quiet_from || m < h->quiet_until;
}

enum { DAILY_AT = 8 * 60 };            /* a daily digest comes at eight in the morning */

static void
hold(struct notice_plan *p, usec until, const char *reason)
{
        if (until <= p->mail_at)
                return;
        p->mail_at = until;
        p->gather = true;
        p->reason = reason;
}

static void
hold_by_habits(struct work *w, const struct receiver *to, const struct notice_habits *h, struct notice_plan *p)
{
        if (strcmp(h->digest, "hourly") == 0)
                hold(p, w->now - w->now % USEC_HOUR + USEC_HOUR, "digest");
        else if (strcmp(h->digest, "daily") == 0)
                hold(p, next_minute_of_day(to, w->now, DAILY_AT), "digest");
        if (is_quiet(to, h, p->mail_at))
                hold(p, next_minute_of_day(to, p->mail_at, h->quiet_until), "quiet_hours");
}

/* ---- limits ---- */

static bool
count_mails(struct work *w, const struct record *r, const struct receiver *to, int64_t *ret_person, int64_t *ret_case,
            usec *ret_waiting)
{
        struct rows *rows = to->person
                ? sql_query(w->ctx, w->conn,
                            SQL("select count(*), coalesce(sum(case when about = $3 then 1 else 0 end), 0), "
                                "max(case when gather = 1 and state = 'due' then next_at end) from notice_delivery "
                                "where person = $1 and at > $2 and channel = 'mail' and state <> 'skipped'"),
                            "iii", to->person, w->now - USEC_HOUR, r->id)
                : sql_query(w->ctx, w->conn,
                            SQL("select count(*), coalesce(sum(case when about = $3 then 1 else 0 end), 0), "
                                "max(case when gather = 1 and state = 'due' then next_at end) from notice_delivery "
                                "where contact = $1 and person is null and at > $2 and channel = 'mail' and state <> 'skipped'"),
                            "iii", to->contact, w->now - USEC_HOUR, r->id);

        *ret_person = *ret_case = 0;
        *ret_waiting = USEC_NONE;
        if (rows && rows_next(rows)) {
                *ret_person = rows_int(rows, 0);
                *ret_case = rows_int(rows, 1);
                if (!rows_null(rows, 2))
                        *ret_waiting = rows_int(rows, 2);
        }
        return rows && rows_close(rows);
}

static bool
hold_by_limit(struct work *w, const struct record *r, const struct receiver *to, struct notice_plan *p)
{
        const struct rule_table *t = rules_table(w->model->rules, "notice_limit");
        const struct rule_input in[] = {{"audience", str_of(audience_name(to->audience))}};
        int row = t ? rules_decide(t, in, 1) : -1;
        int64_t person, about, most, most_case;
        struct budget gather;
        usec waiting;

        if (row < 0 || !str_to_int(rules_output(t, row, "person"), &most) || !str_to_int(rules_output(t, row, "case"), &most_case) ||
            !budget_parse(w->ctx, "gather", rules_output(t, row, "gather"), &gather))
                return !ctx_failed(w->ctx);
        if (!count_mails(w, r, to, &person, &about, &waiting))
                return false;
        if (person >= most || about >= most_case)
                hold(p, waiting != USEC_NONE && waiting > w->now ? waiting : w->now + budget_length(gather), "rate_limit");
        return true;
}

bool
notice_plan_make(struct work *w, const struct record *r, const struct notice_cause *c, const struct receiver *to,
                 struct notice_plan *ret)
{
        struct notice_habits habits = {NULL, "none", 0, 0};

        *ret = (struct notice_plan){.critical = c->t->critical || is_p1(r), .mail_at = w->now};
        if (to->person && !notice_habits(w, to->person, c->t->kind, &habits))
                return false;
        choose(w, r, c, to, &habits, ret);
        if (!ret->mail || ret->mail_reason || ret->critical)
                return true;
        hold_by_habits(w, to, &habits, ret);
        return ret->gather || hold_by_limit(w, r, to, ret);
}
