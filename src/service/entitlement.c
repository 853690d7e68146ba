/* SPDX-License-Identifier: Apache-2.0
 *
 * entitlement.c -- rule B (domain.md 7.B): from facts to one of eight outcomes, by rules/entitlement.yaml.
 *
 *     gathered facts --entitlement_decide--> status of each line, six inputs --rule table--> outcome, row
 *                                                                             --> terms: what may be promised
 *
 * Status of a line on a day (the contract's state and both their dates)
 *     in force    from its first to its last day, both included; also when it has expired, ended or been renewed since: a
 *                 request told late is judged by its own date
 *     grace       1 to 30 days after the last day, unless renewed
 *     suspended   the contract is suspended and its days are not over
 *     expired     later, or terminated (on whatever day), or the line was switched off
 *     not yet     before the first day; or the contract is not active yet: that is missing data, no lack of service
 *
 * Invariants
 *   1. The decision reads no clock and no table but the rules: the same facts give the same outcome.
 *   2. Lines in force count before lines in grace; of those in force one with quota left before one without.
 *   3. Of several lines all that count are kept as terms; promise.c takes the strictest for each metric.  The line with
 *      the highest tier is the one recorded.
 *   4. Warranty gives the basic tier; no data and no service give no promise.
 *
 * Not here: gathering (entitlement_gather.c), what is done with it on a request (entitlement_apply.c), budgets (promise.c).
 */
#include "service/entitlement.h"
#include <string.h>

static const char *const TIERS[] = {"platinum", "gold", "silver", "basic"};
enum { TIER_COUNT = sizeof TIERS / sizeof *TIERS };

/* ---- lines ---- */

static bool
is_one_of(const char *s, const char *const *list)
{
        for (; *list; list++)
                if (strcmp(s, *list) == 0)
                        return true;
        return false;
}

static enum cover_status
line_status(const struct entitlement_line *l, int64_t day)
{
        static const char *const begun[] = {"active", "expiring", "renewed", "expired", "ended", NULL};
        static const char *const graceless[] = {"renewed", "suspended", NULL};

        if (!l->active || strcmp(l->contract_state, "terminated") == 0)
                return COVER_EXPIRED;
        if (day < l->from)
                return COVER_NOT_YET;
        if (day > l->to && is_one_of(l->contract_state, graceless))
                return COVER_EXPIRED;
        if (strcmp(l->contract_state, "suspended") == 0)
                return COVER_SUSPENDED;
        if (!is_one_of(l->contract_state, begun))
                return COVER_NOT_YET;
        if (day > l->to + ENTITLEMENT_GRACE_DAYS)
                return COVER_EXPIRED;
        return day > l->to ? COVER_GRACE : COVER_IN_FORCE;
}

static bool
is_used_up(const struct entitlement_line *l, bool onsite)
{
        return (l->incident_quota >= 0 && l->incidents >= l->incident_quota) ||
               (onsite && l->visit_quota >= 0 && l->visits >= l->visit_quota);
}

struct cover {
        enum cover_status best;
        size_t lines, left;            /* lines of the best status; those of them with quota left */
        bool any;
};

static struct cover
cover_of(struct entitlement_facts *f)
{
        struct cover c = {0};

        for (size_t i = 0; i < f->line_count; i++) {
                struct entitlement_line *l = &f->lines[i];
                l->status = line_status(l, f->day);
                l->used_up = is_used_up(l, f->onsite);
                if (!c.any || l->status > c.best)
                        c = (struct cover){.best = l->status, .any = true};
                if (l->status != c.best)
                        continue;
                c.lines++;
                c.left += !l->used_up;
        }
        for (size_t i = 0; i < f->line_count; i++) {
                struct entitlement_line *l = &f->lines[i];
                l->counts = l->status == c.best && c.best >= COVER_GRACE && (c.left == 0 || !l->used_up);
        }
        return c;
}

static const char *
cover_name(const struct cover *c)
{
        if (!c->any || c->best == COVER_NOT_YET)
                return "none";
        switch (c->best) {
        case COVER_IN_FORCE:
                return (c->left ? c->left : c->lines) > 1 ? "lines" : "line";
        case COVER_GRACE:
                return "grace";
        case COVER_SUSPENDED:
                return "suspended";
        default:
                return "expired";
        }
}

/* ---- warranty ---- */

static bool
is_dead_on_arrival(const struct entitlement_facts *f)
{
        return !f->accepted || (f->installed_on != DAY_NONE && f->day >= f->installed_on &&
                                f->day <= f->installed_on + ENTITLEMENT_DOA_DAYS);
}

static bool
in_warranty(const struct entitlement_facts *f)
{
        return f->unit != 0 && ((f->warranty_to != DAY_NONE && f->day <= f->warranty_to) || is_dead_on_arrival(f));
}

static bool
warranty_lapsed(const struct entitlement_facts *f)
{
        return f->unit != 0 && f->warranty_to != DAY_NONE && !in_warranty(f);
}

/* ---- terms ---- */

static int
tier_rank(const char *tier)
{
        for (int i = 0; i < TIER_COUNT; i++)
                if (strcmp(TIERS[i], tier) == 0)
                        return i;
        return TIER_COUNT;
}

static void
add_term(struct ctx *ctx, struct entitlement *e, struct entitlement_term t)
{
        *ARENA_PUSH(ctx->arena, e->terms, e->term_count) = t;
        if (e->service_tier != NULL && tier_rank(t.tier) >= tier_rank(e->service_tier))
                return;
        e->service_tier = t.tier;
        e->line = t.line;
}

static const char *
line_calendar(const struct entitlement_facts *f, const struct entitlement_line *l)
{
        return *l->calendar ? l->calendar : f->calendar;
}

static void
make_terms(struct ctx *ctx, const struct rules *rules, const struct entitlement_facts *f, struct entitlement *e)
{
        const struct code_list *codes = rules_codes(rules, "entitlement_outcome");
        struct str targets = codes ? codes_attr(codes, e->outcome, "targets") : STR_NONE;

        if (targets.p == NULL || str_is(targets, "none"))
                return;
        for (size_t i = 0; i < f->line_count && !str_is(targets, "basic"); i++)
                if (f->lines[i].counts)
                        add_term(ctx, e,
                                 (struct entitlement_term){f->lines[i].id, f->lines[i].tier, line_calendar(f, &f->lines[i]),
                                                           f->lines[i].sla_set, f->lines[i].ola_override});
        if (e->term_count == 0)
                add_term(ctx, e, (struct entitlement_term){.tier = "basic", .calendar = f->calendar});
}

/* ---- deciding ---- */

static struct str
truth(bool b)
{
        return b ? STR("true") : STR("false");
}

bool
entitlement_decide(struct ctx *ctx, const struct rules *rules, struct entitlement_facts *f, struct entitlement *ret)
{
        static const char *const callers[] = {"nobody", "authorised", "other"};
        const struct rule_table *t = rules_table(rules, "entitlement");
        struct cover cover = cover_of(f);
        const struct rule_input inputs[ENTITLEMENT_INPUTS] = {
                {"cover", str_of(cover_name(&cover))},
                {"warranty", truth(in_warranty(f))},
                {"lapsed", truth(warranty_lapsed(f))},
                {"quota", cover.any && cover.best >= COVER_GRACE && cover.left == 0 ? STR("used") : STR("left")},
                {"caller", str_of(callers[f->caller])},
                {"illegal", truth(f->illegal)},
        };
        int row = t ? rules_decide(t, inputs, ENTITLEMENT_INPUTS) : -1;

        *ret = (struct entitlement){0};
        if (row < 0)
                return fail(ctx, E_RULE, "", "No row of the rule table \"entitlement\" decides this");
        memcpy(ret->inputs, inputs, sizeof inputs);
        ret->outcome = rules_output(t, row, "outcome");
        ret->rule = rules_output(t, row, "rule");
        ret->row = rules_row_place(t, row);
        make_terms(ctx, rules, f, ret);
        return true;
}
