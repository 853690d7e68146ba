/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_policy.c -- openitr policy check, openitr policy simulate: a changed rule table or calendar before it is published;
 * openitr policy withdraw: a version that a newer program does not take.
 *
 * Exit 0; 1 when a policy has faults, each printed as file:line:column: sentence; 2 when the command could not run.
 */
#include <stdio.h>
#include <unistd.h>
#include "cmd/file.h"
#include "cmd/open.h"
#include "service/policies.h"
#include "service/simulate.h"

/* ---- check ---- */

enum outcome
cmd_policy_check(struct call *c)
{
        struct opened x = {0};
        enum outcome out = DONE;
        struct policy_draft draft;
        struct str text;
        bool ok = opened_store(&x, c, CONN_READ);

        for (int i = 0; ok && i < c->argc; i++) {
                ok = file_text(c->ctx, c->argv[i], &text);
                if (ok && !policies_draft(&x.work, text, c->argv[i], NULL, &draft)) {
                        out = faults(c);
                        ctx_clear(c->ctx);
                } else if (ok) {
                        printf("%s: %s has no faults\n", c->argv[i], draft.name);
                }
        }
        if (!ok)
                out = unable(c);
        opened_end(&x);
        return out;
}

/* ---- simulate ---- */

static int
cores(void)
{
        long n = sysconf(_SC_NPROCESSORS_ONLN);

        return n < 1 ? 1 : n > 8 ? 8 : (int)n;
}

static bool
tier_known(struct ctx *ctx, const char *tier)
{
        static const char *const tiers[] = {"", "platinum", "gold", "silver", "basic"};

        for (size_t i = 0; i < sizeof tiers / sizeof *tiers; i++)
                if (strcmp(tier, tiers[i]) == 0)
                        return true;
        return fail(ctx, E_NOT_ALLOWED_VALUE, "--tier", tier, "platinum, gold, silver, basic");
}

static void
print_simulation(struct call *c, const struct simulate_head *h, const struct simulate_wish *wish, const struct simulation *s)
{
        struct jw json = {0};
        struct buf text = {0};

        if (strcmp(c->o.format, "json") == 0) {
                simulate_json(h, wish, s, &json);
                printf("%.*s\n", (int)json.b.n, json.b.p);
        } else {
                strcmp(c->o.format, "csv") == 0 ? simulate_csv(s, &text) : simulate_text(c->ctx->arena, h, s, &text);
                fwrite(text.p, 1, text.n, stdout);
        }
        jw_free(&json);
        buf_free(&text);
}

static bool
source_known(struct call *c, struct opened *x)
{
        int64_t n = 0;

        if (!*c->o.source)
                return true;
        return sql_one_int(c->ctx, x->work.conn, &n, SQL("select count(*) from import_source where source = $1"), "s", c->o.source) &&
               (n > 0 || fail(c->ctx, E_NOT_ALLOWED_VALUE, "--source", c->o.source, "the name of an imported source (openitr report facts)"));
}

static bool
simulate(struct call *c, struct opened *x, const struct policy_draft *draft)
{
        const struct options *o = &c->o;
        struct simulate_wish wish = {.db = x->db,
                                     .threads = o->threads > 0 ? (int)o->threads : cores(),
                                     .from = o->days ? x->work.now - o->days * USEC_DAY : INT64_MIN,
                                     .to = x->work.now,
                                     .open = o->days == 0,
                                     .source = *o->source ? o->source : NULL,
                                     .tier = *o->tier ? o->tier : NULL,
                                     .rules = draft->rules,
                                     .calendar_code = draft->calendar_code,
                                     .calendar = draft->calendar,
                                     .list_max = strcmp(o->format, "csv") == 0 ? SIZE_MAX : (size_t)o->list};
        struct simulation s;

        if (!simulate_run(&x->work, &wish, &s))
                return false;
        print_simulation(c, &(struct simulate_head){*o->policy ? o->policy : "the tables in force", o->days}, &wish, &s);
        return true;
}

enum outcome
cmd_policy_simulate(struct call *c)
{
        struct opened x = {0};
        struct policy_draft draft = {0};
        enum outcome out = DONE;
        struct str text;
        bool ok = tier_known(c->ctx, c->o.tier) && opened_store(&x, c, CONN_READ) &&
                  (!*c->o.policy || file_text(c->ctx, c->o.policy, &text));

        ok = ok && source_known(c, &x);
        if (ok && *c->o.policy && !policies_draft(&x.work, text, c->o.policy, NULL, &draft)) {
                out = faults(c);
        } else if (ok) {
                if (!*c->o.policy)
                        draft.rules = x.model->rules;
                ok = simulate(c, &x, &draft);
        }
        if (!ok)
                out = unable(c);
        opened_end(&x);
        return out;
}

/* ---- withdraw ---- */

struct unwanted {
        const char *table;
        int64_t version;
};

static bool
take_out(struct work *w, void *arg)
{
        const struct unwanted *u = arg;

        return policies_take_out(w, u->table, u->version);
}

/* "3" or, as faults name it, "v3". */
static bool
read_version(struct call *c, int64_t *ret)
{
        const char *text = c->argv[1];

        return (str_to_int(str_of(text + (*text == 'v')), ret) && *ret > 0) ||
               fail(c->ctx, E_BAD_FORMAT, "VERSION", text, "the number of a version, such as 3");
}

enum outcome
cmd_policy_withdraw(struct call *c)
{
        struct opened x = {0};
        struct unwanted u = {.table = c->argv[0]};
        enum outcome out = DONE;

        if (!read_version(c, &u.version) || !opened_bare(&x, c) || !opened_write(&x, take_out, &u))
                out = unable(c);
        else
                printf("%s v%lld is out of force\n", u.table, (long long)u.version);
        if (out == DONE && !opened_additions(&x))
                out = faults(c);       /* others, which are left */
        opened_end(&x);
        return out;
}
