/* SPDX-License-Identifier: Apache-2.0
 *
 * demo.c -- filling in the demo company.
 *
 *     demo_company: maker, customers, care         demo_plan: every request's people, steps and times
 *                                                             |
 *     demo_live: the earliest step of all, again and again <--'   until today
 *
 * Steps are taken in the order of their times, whatever request they belong to, so that numbers rise with
 * time and each rule that looks at other requests (repeated fault, one survey in two weeks) sees what it
 * would have seen.
 *
 * Invariants
 *   1. Everything is done by the engine as it is for a person at a browser; only passwords are rows of a
 * system table.
 *   2. The dice are thrown from one seed: the same day, the same company.
 *   3. Nobody gets a notice of what the demo does.
 */
#include "service/arm.h"
#include "service/demo.h"
#include "engine/store.h"
#include "service/demo_play.h"
#include "service/watch.h"

enum { STEPS_AT_ONCE = 200, SEED = 20260101 };

#define PASSWORD "openitr-demo"
static const struct demo_login LOGINS[] = {
        {"hotline_agent", "hotline", PASSWORD, "林晓雯"},
        {"hotline_engineer", "remote", PASSWORD, "周子昂"},
        {"t1_engineer", "t1", PASSWORD, "陈立强"},
        {"t2_expert", "t2", PASSWORD, "王思远"},
        {"t3_rd", "t3", PASSWORD, "许文博"},
        {"partner_engineer", "partner", PASSWORD, "马建军"},
        {"duty_manager", "duty", PASSWORD, "赵敏"},
        {"incident_commander", "commander", PASSWORD, "Daniel Okafor"},
        {"service_manager", "manager", PASSWORD, "孙丽华"},
        {"service_director", "director", PASSWORD, "Helen Brandt"},
        {"complaint_officer", "complaints", PASSWORD, "Grace Lim"},
        {"account_manager", "sales", PASSWORD, "郑凯"},
        {"requirement_manager", "requirements", PASSWORD, "何静怡"},
        {"config_manager", "config", PASSWORD, "唐志远"},
        {"service_data_manager", "data", PASSWORD, "曹雪"},
        {"knowledge_engineer", "knowledge", PASSWORD, "Maria Santos"},
        {"maintenance_planner", "planner", PASSWORD, "秦岚"},
        {"change_manager", "changes", PASSWORD, "秦朗"},
        {"spares_planner", "spares", PASSWORD, "龚伟"},
        {"process_owner", "process", PASSWORD, "韩国庆"},
        {"customer_contact", "customer", PASSWORD, "刘建国"},
        {"customer_contact", "customer-en", PASSWORD, "Rachel Tan"},
        {"administrator", "admin", PASSWORD, "系统管理员 Administrator"},
};

const struct demo_login *
demo_logins(size_t *ret_count)
{
        *ret_count = sizeof LOGINS / sizeof *LOGINS;
        return LOGINS;
}

/* ---- transactions ---- */

static bool
commit(struct demo *d)
{
        bool ok = tx_commit(&d->ctx, d->w.conn);

        if (ok)
                arena_reset(d->ctx.arena);
        return ok;
}

static bool
load_files(struct demo *d)
{
        d->phrases = demo_file(d, "demo/phrases.yaml");
        d->stories = d->phrases != NULL ? demo_file(d, "demo/stories.yaml") : NULL;
        d->lives = d->stories != NULL ? demo_file(d, "demo/lives.yaml") : NULL;
        return d->lives != NULL;
}

static bool
fill_company(struct demo *d)
{
        return tx_begin(&d->ctx, d->w.conn) && demo_company(d, "demo/company.yaml") &&
               demo_company(d, "demo/customers.yaml") && demo_company(d, "demo/care.yaml") && commit(d);
}

/* ---- requests ---- */

/* The life whose next step is the earliest; NULL when none has a step before today. */
static struct life *
earliest(const struct demo *d, struct life **lives, size_t count)
{
        struct life *first = NULL;

        for (size_t i = 0; i < count; i++) {
                struct life *l = lives[i];
                if (l->next == l->count || l->steps[l->next].at > d->today)
                        continue;
                if (first == NULL || l->steps[l->next].at < first->steps[first->next].at)
                        first = l;
        }
        return first;
}

static bool
live_some(struct demo *d, struct life **lives, size_t count, size_t *ret_taken)
{
        struct life *l;

        *ret_taken = 0;
        if (!tx_begin(&d->ctx, d->w.conn))
                return false;
        while (*ret_taken < STEPS_AT_ONCE && (l = earliest(d, lives, count)) != NULL) {
                if (!demo_live(d, l))
                        return false;
                ++*ret_taken;
        }
        return commit(d);
}

static bool
fill_requests(struct demo *d, size_t *ret_requests, size_t *ret_steps)
{
        struct life **lives;
        size_t taken;

        *ret_steps = 0;
        if (!demo_plan(d, &lives, ret_requests))
                return false;
        do {
                if (!live_some(d, lives, *ret_requests, &taken))
                        return false;
                *ret_steps += taken;
        } while (taken == STEPS_AT_ONCE);
        return true;
}

/* Living was muted: the clocks of what is open in the end get their timers, and what is due first is noted. */
static bool
arm(struct demo *d)
{
        int64_t cases;

        d->w.now = d->today;
        return arm_open(&d->w, NULL, &cases);
}

/* ---- all of it ---- */

/* The demo's errors live in an arena that ends with it. */
static void
hand_errors(struct ctx *to, const struct error *e)
{
        for (; e != NULL; e = e->next) {
                struct arena *a = to->arena;
                if (e->cause != NULL)
                        fail(to, E_HOOK, arena_strdup(a, e->cause->field), arena_strdup(a, e->cause->en),
                             arena_strdup(a, e->cause->zh));
                ctx_fail_because(to, e->file, e->line, E_HOOK, arena_strdup(a, e->field),
                                 (const char *const[]){arena_strdup(a, e->en), arena_strdup(a, e->zh), NULL});
        }
}

static bool
fill_all(struct demo *d, void (*say)(void *arg, const char *line), void *arg)
{
        size_t requests, steps;

        if (!load_files(d))
                return false;
        say(arg, "Founding the demo company and its customers");
        if (!fill_company(d))
                return false;
        say(arg, "Living through ninety days of requests");
        if (!fill_requests(d, &requests, &steps) || !arm(d))
                return false;
        say(arg, arena_printf(d->ctx.arena, "%zu records, %zu requests, %zu steps", d->thing_count, requests,
                              steps));
        return true;
}

bool
demo_fill(struct work *w, void (*say)(void *arg, const char *line), void *arg)
{
        struct demo d = {.w = *w, .keep = arena_new(0), .dice = SEED, .today = w->now};
        bool ok;

        ctx_init(&d.ctx, arena_new(0));
        d.w.ctx = &d.ctx;
        d.w.muted = true;
        names_init(&d.world, d.keep, NULL);
        map_init(&d.actors, d.keep);
        ok = fill_all(&d, say, arg);
        if (!ok) {
                tx_rollback(d.w.conn);
                hand_errors(w->ctx, d.ctx.errors);
        }
        arena_free(d.ctx.arena);
        arena_free(d.keep);
        return ok;
}
