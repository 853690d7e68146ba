/* SPDX-License-Identifier: Apache-2.0
 *
 * timers.c -- the table that joins kinds of timers to verbs in C, and what several of those verbs need.
 *
 * A timer's name is its kind, or "kind:what".  Each verb asks the record as it is now; a timer whose reason has gone does
 * nothing.  docs/timers.md lists the kinds.
 */
#include "service/timers.h"
#include "engine/calendar_store.h"
#include "engine/notice.h"
#include "service/calendar_days.h"
#include "service/exemption.h"
#include "service/management.h"
#include "service/offer.h"
#include "service/paging.h"
#include "service/policies.h"
#include "service/service.h"
#include "service/tier.h"
#include "service/watch.h"

static const struct timer_handler HANDLERS[] = {
        {"mark", NULL, watch_fire},
        {"level", NULL, management_fire_level},
        {"acknowledge", NULL, management_fire_acknowledge},
        {"management_update", NULL, management_fire_update},
        {"tier_up", NULL, tier_fire_up},
        {"offer", NULL, offer_fire},
        {"page", NULL, paging_fire},
        {"follow", NULL, follow_fire},
        {"wait_end", NULL, follow_wait_end},
        {"update", NULL, progress_fire},
        {"lapse", NULL, exemption_lapse},
        {"renewal", ENTITY_CONTRACT, renewal_fire},
        {"holidays", ENTITY_CALENDAR, calendar_days_fire},
        {"in_force", ENTITY_RULE_VERSION, policies_fire},
};
const struct timer_handlers SERVICE_TIMERS = {HANDLERS, sizeof HANDLERS / sizeof *HANDLERS};

/* ---- working time ---- */

static const char *const ORDINARY = "5x9";

/* The customer's own calendar, where it names one that is in force. */
static bool
calendar_of(struct work *w, const struct record *r, usec at, int64_t *ret_version)
{
        int64_t id = record_int(r, FIELD_CASE_ACCOUNT);
        struct record *a = id != 0 ? store_load(w, model_entity(w->model, ENTITY_ACCOUNT), id) : NULL;
        struct str code = a != NULL ? record_text(a, FIELD_ACCOUNT_CALENDAR) : STR_NONE;

        if (ctx_failed(w->ctx))
                return false;
        *ret_version = CALENDAR_NONE;
        if (code.n > 0 && !calendar_in_force(w, code, at, ret_version))
                return false;
        return *ret_version != CALENDAR_NONE || calendar_in_force(w, str_of(ORDINARY), at, ret_version);
}

static bool
working_due(struct work *w, const struct record *r, usec amount, usec from, usec *ret)
{
        const struct calendar *c;
        int64_t version;

        if (!calendar_of(w, r, from, &version))
                return false;
        if (version == CALENDAR_NONE)          /* no calendar at all: 1 WD is a day */
                return *ret = from + amount / BUDGET_WORKING_DAY * USEC_DAY + amount % BUDGET_WORKING_DAY, true;
        c = calendar_version(w, version);
        return c != NULL && calendar_add(w->ctx, c, from, amount, ret);
}

bool
timers_after(struct work *w, const struct record *r, struct budget b, usec from, usec *ret)
{
        if (b.working)
                return working_due(w, r, b.amount, from, ret);
        *ret = from + b.amount;
        return true;
}

bool
timers_due(struct work *w, const struct record *r, struct str budget, usec from, usec *ret)
{
        struct budget b;

        return budget_parse(w->ctx, "after", budget, &b) && timers_after(w, r, b, from, ret);
}

/* ---- notices ---- */

bool
timers_notice(struct work *w, const struct record *r, const char *to, const char *template, struct str more)
{
        struct jw jw = {0};
        int64_t act;
        bool ok;

        if (w->muted)
                return true;
        if (!notice_act(w, &act))
                return false;
        jw_open(&jw, '{');
        jw_key(&jw, "template"), jw_text(&jw, template);
        jw_key(&jw, "to"), jw_text(&jw, to);
        jw_key(&jw, "event"), jw_int(&jw, r->event_count);
        jw_key(&jw, "entity"), jw_text(&jw, r->e->name);
        jw_key(&jw, "act"), jw_int(&jw, act);
        if (more.n > 0)
                jw_key(&jw, "data"), jw_raw(&jw, more);
        jw_close(&jw, '}');
        ok = outbox_add(w, "notice", r->id, jw_view(&jw));
        jw_free(&jw);
        return ok;
}
