/* SPDX-License-Identifier: Apache-2.0
 *
 * promise_target.c -- times by the tables: the strictest of several terms, and stages derived from them (domain.md 8.1, 8.2).
 *
 *     SLA     strictest over the terms of  sla[tier, severity].metric
 *     OLA     table, shares:  length(SLA restore) <= length(gold's restore):  min(table, share x restore)
 *                             longer:                                         share x restore
 *             and at most the share of the response promise, and of the resolve promise, where ola_share.yaml has one
 *     Without a customer's promise (no data, no service) a stage has the table's time.
 *     Consultations have no restore promise: their base is the answer (resolve).
 *     A contract may name an SLA set, a table like sla.yaml whose cells go before it, and an OLA override, a table like ola.yaml
 *     whose times stand as they are; the stages of an override stay under 90 % of the contract's promise (C9).
 *
 * Invariants
 *   1. Pure: tables and terms in, time and reason out.
 *   2. The row tells everything that decided, so that it can be read years later without the tables of then.
 */
#include <stdio.h>
#include "service/promise.h"

enum { INPUTS_MAX = 40 };

static struct str
value_of(const struct rule_input *in, size_t n, const char *name)
{
        for (size_t i = 0; i < n; i++)
                if (strcmp(in[i].name, name) == 0)
                        return in[i].value;
        return STR_NONE;
}

/* The inputs with the service tier in front, which wins over a field of that name. */
static size_t
with_tier(struct rule_input *out, const char *tier, const struct rule_input *in, size_t n)
{
        size_t count = 0;

        if (tier != NULL)
                out[count++] = (struct rule_input){"service_tier", str_of(tier)};
        for (size_t i = 0; i < n && count < INPUTS_MAX; i++)
                if (tier == NULL || strcmp(in[i].name, "service_tier") != 0)
                        out[count++] = in[i];
        return count;
}

/* One cell of a table as a target; found is false when no row matches or the row leaves the output out. */
static bool
look_up(struct ctx *ctx, const struct rules *rules, const char *table, const char *output, const struct rule_input *in,
        size_t n, struct target *ret)
{
        const struct rule_table *t = rules_table(rules, table);
        int row = t ? rules_decide(t, in, n) : -1;
        struct str text = row >= 0 ? rules_output(t, row, output) : STR_NONE;

        *ret = (struct target){.calendar = "", .tier = "", .row = ""};
        if (text.n == 0)
                return true;
        ret->found = true;
        ret->row = arena_printf(ctx->arena, "%s: %s %.*s", rules_row_place(t, row), output, (int)text.n, text.p);
        return budget_parse(ctx, rules_cell_place(ctx->arena, t, row, output), text, &ret->budget);
}

/* The contract's own table in the place of a common one, where it has the cell. */
static bool
look_up_own(struct ctx *ctx, const struct rules *rules, const char *own, const char *table, const char *output,
            const struct rule_input *in, size_t n, struct target *ret)
{
        *ret = (struct target){.calendar = "", .tier = "", .row = ""};
        if (own != NULL && *own && rules_table(rules, own) != NULL && !look_up(ctx, rules, own, output, in, n, ret))
                return false;
        return ret->found || look_up(ctx, rules, table, output, in, n, ret);
}

bool
target_sla(struct ctx *ctx, const struct rules *rules, const char *table, const char *output, const struct rule_input *in,
           size_t count, const struct entitlement_term *terms, size_t term_count, struct target *ret)
{
        struct rule_input all[INPUTS_MAX + 1];
        struct str severity = value_of(in, count, "severity");

        *ret = (struct target){.calendar = "", .tier = "", .row = ""};
        for (size_t i = 0; i < term_count; i++) {
                const char *own = strcmp(table, "sla") == 0 ? terms[i].sla_set : NULL;
                struct target one;
                if (!look_up_own(ctx, rules, own, table, output, all, with_tier(all, terms[i].tier, in, count), &one))
                        return false;
                if (!one.found || (ret->found && budget_length(one.budget) >= budget_length(ret->budget)))
                        continue;
                one.calendar = terms[i].calendar;
                one.tier = terms[i].tier;
                one.row = arena_printf(ctx->arena, "%s (%s %.*s%s)", one.row, terms[i].tier, (int)severity.n,
                                       severity.n ? severity.p : "",
                                       terms[i].line ? arena_printf(ctx->arena, ", contract line %lld", (long long)terms[i].line) : "");
                *ret = one;
        }
        return true;
}

/* ---- shares ---- */

struct share {
        int restore, response, resolve;        /* per cent; 0: none */
};

static int
percent(const struct rule_table *t, int row, const char *output)
{
        int64_t n;

        return str_to_int(rules_output(t, row, output), &n) && n > 0 && n <= 100 ? (int)n : 0;
}

static struct share
share_of(const struct rules *rules, const char *stage)
{
        const struct rule_table *t = rules_table(rules, "ola_share");
        struct rule_input in = {"stage", str_of(stage)};
        int row = t ? rules_decide(t, &in, 1) : -1;

        if (row < 0)
                return (struct share){0};
        return (struct share){percent(t, row, "restore"), percent(t, row, "response"), percent(t, row, "resolve")};
}

static const char *
base_metric(const struct rule_input *in, size_t n)
{
        return str_is(value_of(in, n, "severity"), "consultation") ? "resolve" : "restore";
}

static void
take(struct ctx *ctx, struct target *t, int part, const char *metric, const struct target *of, bool even_if_longer)
{
        struct budget b;

        if (part == 0 || !of->found)
                return;
        b = budget_share(of->budget, part);
        if (!even_if_longer && budget_length(b) >= budget_length(t->budget))
                return;
        t->budget = b;
        t->calendar = of->calendar;
        t->tier = of->tier;
        t->row = arena_printf(ctx->arena, "%s; %d %% of %s = %s by %s", t->row, part, metric, budget_text(ctx->arena, b), of->row);
}

/* The project's own time for the stage, as it stands; ret->found: it has one. */
static bool
override(struct ctx *ctx, const struct rules *rules, const struct entitlement_term *term, const char *output,
         const struct rule_input *in, size_t count, struct target *ret)
{
        const char *own = term->ola_override;

        *ret = (struct target){.calendar = "", .tier = "", .row = ""};
        if (own == NULL || !*own || rules_table(rules, own) == NULL)
                return true;
        if (!look_up(ctx, rules, own, output, in, count, ret))
                return false;
        ret->calendar = term->calendar;
        ret->tier = term->tier;
        return true;
}

bool
target_ola(struct ctx *ctx, const struct rules *rules, const char *table, const char *output, const char *stage,
           const struct rule_input *in, size_t count, const struct entitlement_term *terms, size_t term_count, struct target *ret)
{
        static const struct entitlement_term GOLD = {.tier = "gold", .calendar = ""};
        struct share share = share_of(rules, stage);
        const char *base = base_metric(in, count);
        struct target restore, response, resolve, gold;

        if (term_count > 0 && strcmp(table, "ola") == 0) {
                if (!override(ctx, rules, &terms[0], output, in, count, ret) || ret->found)
                        return ret->found;
        }
        if (!look_up(ctx, rules, table, output, in, count, ret))
                return false;
        if (!ret->found || term_count == 0)
                return true;
        ret->calendar = terms[0].calendar;
        ret->tier = terms[0].tier;
        if (!target_sla(ctx, rules, "sla", base, in, count, terms, term_count, &restore) ||
            !target_sla(ctx, rules, "sla", "response", in, count, terms, term_count, &response) ||
            !target_sla(ctx, rules, "sla", "resolve", in, count, terms, term_count, &resolve) ||
            !target_sla(ctx, rules, "sla", base, in, count, &GOLD, 1, &gold))
                return false;
        take(ctx, ret, share.restore, base, &restore,
             restore.found && gold.found && budget_length(restore.budget) > budget_length(gold.budget));
        take(ctx, ret, share.response, "response", &response, false);
        take(ctx, ret, share.resolve, "resolve", &resolve, false);
        return true;
}

/* ---- is the policy possible? ---- */

static const char *const TIERS[] = {"platinum", "gold", "silver", "basic"};
static const char *const SEVERITIES[] = {"critical", "major", "minor", "consultation"};
static const char *const CHAIN[] = {"acceptance", "tier_1", "tier_2", "tier_3"};       /* one after the other */
enum { MOST_OF_SLA = 90 };

static void
refuse_sum(struct ctx *ctx, const char *place, const char *tier, const char *severity, const char *most, usec sum,
           const struct target *sla, bool raw)
{
        struct arena *a = ctx->arena;
        const char *time = budget_text(a, (struct budget){sum, false});
        int percent = (int)(sum / (budget_length(sla->budget) / 100));

        fail(ctx, E_RULE, place,
             ctx_both(ctx,
                      arena_printf(a, "The stages %s of %s %s take %s together, %d %% and more than %d %% of the promise (%s); most takes %s.",
                                   raw ? "of the table" : "as derived", tier, severity, time, percent, MOST_OF_SLA, sla->row, most),
                      arena_printf(a, "%s %s 各环节（%s）合计 %s，占承诺的 %d %%，超过 %d %%（%s）；占用最多的环节：%s。", tier, severity,
                                   raw ? "表中时限" : "推导时限", time, percent, MOST_OF_SLA, sla->row, most)));
}

static bool
exceeds(usec sum, const struct target *sla)
{
        return sum > budget_length(sla->budget) / 100 * MOST_OF_SLA;
}

/* The cell of the stage that takes most. */
static const char *
ola_place(struct ctx *ctx, const struct rules *rules, const struct rule_input *severity, const char *stage)
{
        const struct rule_table *t = rules_table(rules, "ola");
        int row = t ? rules_decide(t, severity, 1) : -1;

        return row >= 0 ? rules_cell_place(ctx->arena, t, row, stage) : "rules/ola.yaml";
}

/* The stages of one tier and severity; `raw`: the table's own times instead of the derived ones. */
static bool
check_chain(struct ctx *ctx, const struct rules *rules, struct entitlement_term term, const char *severity, bool raw)
{
        struct rule_input in = {"severity", str_of(severity)};
        const char *tier = term.tier;
        struct target sla, stage;
        const char *most = CHAIN[0];
        usec sum = 0, longest = 0, length;

        if (!target_sla(ctx, rules, "sla", base_metric(&in, 1), &in, 1, &term, 1, &sla))
                return false;
        for (size_t i = 0; i < sizeof CHAIN / sizeof *CHAIN; i++) {
                if (!target_ola(ctx, rules, "ola", CHAIN[i], CHAIN[i], &in, 1, &term, raw ? 0 : 1, &stage))
                        return false;
                length = stage.found ? budget_length(stage.budget) : 0;
                sum += length;
                if (length > longest)
                        most = CHAIN[i], longest = length;
        }
        if (sla.found && exceeds(sum, &sla))
                refuse_sum(ctx, ola_place(ctx, rules, &in, most), tier, severity, most, sum, &sla, raw);
        return true;
}

static void
check_times(struct ctx *ctx, const struct rules *rules, const char *table, const char *const *outputs, const char *tier,
            const char *severity, const struct rule_input *more)
{
        struct rule_input in[3] = {{"severity", str_of(severity)}, *more, {"service_tier", str_of(tier)}};
        struct target t;

        for (; *outputs; outputs++)
                look_up(ctx, rules, table, *outputs, in, 3, &t);
}

static void
check_pair(struct ctx *ctx, const struct rules *rules, const char *tier, const char *severity)
{
        static const char *const sla[] = {"response", "remote", "restore", "resolve", "update", "rca", NULL};
        static const char *const ola[] = {"accept", "patch", "change_review", "parts_release", "expert_answer", NULL};
        static const char *const arrival[] = {"arrive", NULL}, *const upper[] = {"accept", "solve", NULL};
        const struct rule_input onsite = {"kind", STR("onsite")}, second = {"to_tier", STR("2")}, third = {"to_tier", STR("3")};

        struct error **before = ctx->errors_tail;
        bool gold = strcmp(tier, "gold") == 0; /* the tables that know no tier are read once */

        check_times(ctx, rules, "sla", sla, tier, severity, &onsite);
        check_times(ctx, rules, "arrival", arrival, tier, severity, &onsite);
        if (gold) {
                check_times(ctx, rules, "ola", ola, tier, severity, &onsite);
                check_times(ctx, rules, "ola_escalation", upper, tier, severity, &second);
                check_times(ctx, rules, "ola_escalation", upper, tier, severity, &third);
        }
        struct entitlement_term term = {.tier = tier, .calendar = ""};

        if (ctx->errors_tail == before && check_chain(ctx, rules, term, severity, false) && gold)
                check_chain(ctx, rules, term, severity, true);
}

/* ---- a contract's own tables ---- */

static bool
asks(struct ctx *ctx, const struct rule_table *t, const char *input)
{
        const char *const *i = t != NULL ? rules_inputs(ctx->arena, t) : NULL;

        while (i != NULL && *i != NULL && strcmp(*i, input) != 0)
                i++;
        return i != NULL && *i != NULL;
}

static bool
is_no_table(struct ctx *ctx, const char *field, const char *name, const char *like)
{
        return fail(ctx, E_NOT_ALLOWED_VALUE, field, name, arena_printf(ctx->arena, "a rule table with the inputs and outputs of %s", like));
}

/* Does the table say a time for any of these, for any severity? */
static bool
says(const struct rule_table *t, const char *tier, const char *const *outputs, size_t n)
{
        for (size_t s = 0; t != NULL && s < sizeof SEVERITIES / sizeof *SEVERITIES; s++) {
                const struct rule_input in[] = {{"severity", str_of(SEVERITIES[s])}, {"service_tier", str_of(tier)}};
                int row = rules_decide(t, in, 2);
                for (size_t i = 0; row >= 0 && i < n; i++)
                        if (rules_output(t, row, outputs[i]).n > 0)
                                return true;
        }
        return false;
}

bool
promise_tables_check(struct ctx *ctx, const struct rules *rules, struct entitlement_term term)
{
        static const char *const outputs[] = {"response", "remote", "restore", "resolve", "update", "rca", NULL};
        const struct rule_input none = {"kind", STR("remote")};
        bool set = term.sla_set != NULL && *term.sla_set, own = term.ola_override != NULL && *term.ola_override;
        const struct rule_table *t = set ? rules_table(rules, term.sla_set) : NULL, *o = own ? rules_table(rules, term.ola_override) : NULL;

        if (set && (!asks(ctx, t, "service_tier") || !asks(ctx, t, "severity") || !says(t, term.tier, outputs, 6)))
                return is_no_table(ctx, "sla_set", term.sla_set, "sla");
        if (own && (!asks(ctx, o, "severity") || !says(o, term.tier, CHAIN, sizeof CHAIN / sizeof *CHAIN)))
                return is_no_table(ctx, "ola_override", term.ola_override, "ola");
        for (size_t s = 0; (set || own) && s < sizeof SEVERITIES / sizeof *SEVERITIES; s++) {
                if (set)
                        check_times(ctx, rules, term.sla_set, outputs, term.tier, SEVERITIES[s], &none);
                if (!check_chain(ctx, rules, term, SEVERITIES[s], false))
                        return false;
        }
        for (struct error *e = ctx->errors; e != NULL; e = e->next)
                e->field = own ? "ola_override" : "sla_set";
        return !ctx_failed(ctx);
}

bool
promise_check(struct ctx *ctx, const struct rules *rules)
{
        if (rules_table(rules, "sla") == NULL || rules_table(rules, "ola") == NULL)
                return true;
        for (size_t t = 0; t < sizeof TIERS / sizeof *TIERS; t++)
                for (size_t s = 0; s < sizeof SEVERITIES / sizeof *SEVERITIES; s++)
                        check_pair(ctx, rules, TIERS[t], SEVERITIES[s]);
        return !ctx_failed(ctx);
}
