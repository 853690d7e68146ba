/* SPDX-License-Identifier: Apache-2.0
 *
 * notice_check.c -- the templates that verbs and rule tables name: are they there, and do they speak to those who are told?
 *
 * What a model names is checked by the loader (model/templates.c).  Here stand the names in C; tests/notices looks that the
 * list is whole.
 */
#include <stdio.h>
#include "model/rules.h"
#include "service/notices.h"

static const struct { const char *name; enum audience to; } NAMED[] = {
        {"confirm_by_call", AUDIENCE_STAFF},     {"confirm_reminder", AUDIENCE_CUSTOMER}, {"contract_renewal", AUDIENCE_STAFF},
        {"emergency_declared", AUDIENCE_STAFF},  {"escalation_offered", AUDIENCE_STAFF},  {"information_reminder", AUDIENCE_CUSTOMER},
        {"last_tier_used_up", AUDIENCE_STAFF},   {"mail_frame", AUDIENCE_CUSTOMER},       {"mail_frame", AUDIENCE_STAFF},
        {"management_notice", AUDIENCE_STAFF},   {"management_raised", AUDIENCE_STAFF},   {"nobody_accepts", AUDIENCE_STAFF},
        {"order_assigned", AUDIENCE_STAFF},      {"order_offered", AUDIENCE_STAFF},       {"request_offered", AUDIENCE_STAFF},
        {"roster_page", AUDIENCE_STAFF},         {"summary", AUDIENCE_CUSTOMER},          {"summary", AUDIENCE_STAFF},
        {"update_due", AUDIENCE_STAFF},          {"exemption_proposed", AUDIENCE_STAFF},  {"exemption_decided", AUDIENCE_STAFF},
        {"breach_review_due", AUDIENCE_STAFF},
        {"holidays_missing", AUDIENCE_STAFF},    {"management_again", AUDIENCE_STAFF},
        {"management_rejected", AUDIENCE_STAFF},
};

static bool
there(struct ctx *ctx, const struct templates *t, struct str name, enum audience to, const char *where)
{
        const struct template *found = template_get(t, name);

        if (found && found->by[to].subject.en)
                return true;
        fail(ctx, E_MODEL, where,
             arena_printf(ctx->arena, found ? "The template \"%.*s\" has no words for %s, but is sent to them."
                                            : "There is no template \"%.*s\" in notices/ with words for %s; it is needed here.",
                          (int)name.n, name.p, audience_name(to)));
        return false;
}

/* clock_warning_50 and so on: a site may warn at other marks. */
static bool
warnings_there(struct ctx *ctx, const struct model *m)
{
        const struct rule_table *t = rules_table(m->rules, "clock_warning");
        bool ok = true;

        for (int step = 1; t && step <= 20; step++) {
                char text[16];
                snprintf(text, sizeof text, "%d", step);
                const struct rule_input in[] = {{"party", STR("sla")}, {"step", str_of(text)}};
                int row = rules_decide(t, in, 2);
                struct str percent = row >= 0 ? rules_output(t, row, "percent") : STR_NONE;
                if (percent.n == 0)
                        continue;
                const char *name = arena_printf(ctx->arena, "clock_warning_%.*s", (int)percent.n, percent.p);
                ok = there(ctx, m->templates, str_of(name), AUDIENCE_STAFF, rules_row_place(t, row)) && ok;
        }
        return ok;
}

static bool
accidents_there(struct ctx *ctx, const struct model *m)
{
        static const char *const kinds[] = {"first", "progress", "recovery", "rca_preliminary", "rca_final"};
        const struct rule_table *t = rules_table(m->rules, "accident_notice");
        bool ok = true;

        for (size_t i = 0; t && i < sizeof kinds / sizeof *kinds; i++) {
                const struct rule_input in[] = {{"kind", str_of(kinds[i])}};
                int row = rules_decide(t, in, 1);
                struct str name = row >= 0 ? rules_output(t, row, "template") : STR_NONE;
                for (int a = 0; name.n && a < AUDIENCE_COUNT; a++)
                        ok = there(ctx, m->templates, name, a, rules_row_place(t, row)) && ok;
        }
        return ok;
}

/* A model without any template (a part of one, as in tests) tells nobody. */
bool
notice_check(struct ctx *ctx, const struct model *m)
{
        bool ok = true;

        if (m->templates == NULL || m->templates->count == 0)
                return true;
        for (size_t i = 0; i < sizeof NAMED / sizeof *NAMED; i++)
                ok = there(ctx, m->templates, str_of(NAMED[i].name), NAMED[i].to, "notices") && ok;
        ok = warnings_there(ctx, m) && ok;
        return accidents_there(ctx, m) && ok;
}
