/* SPDX-License-Identifier: Apache-2.0
 *
 * simulate_report.c -- the outcome of a simulation as JSON, as text for a terminal, as CSV.
 */
#include <stdio.h>
#include "service/simulate.h"

static void
json_figure(struct jw *out, const char *key, const struct simulated_figure *f)
{
        jw_key(out, key), jw_open(out, '{');
        jw_key(out, "target"), *f->target ? jw_text(out, f->target) : jw_null(out);
        jw_key(out, "due"), f->due == USEC_NONE ? jw_null(out) : jw_time(out, f->due);
        jw_key(out, "result"), jw_text(out, f->result);
        jw_key(out, "late"), jw_bool(out, f->late);
        jw_close(out, '}');
}

static void
json_case(struct jw *out, const struct simulated_case *c)
{
        jw_open(out, '{');
        jw_key(out, "id"), jw_int(out, c->id);
        jw_key(out, "number"), jw_text(out, c->number);
        jw_key(out, "clock"), jw_text(out, c->clock);
        jw_key(out, "tier"), *c->tier ? jw_text(out, c->tier) : jw_null(out);
        jw_key(out, "severity"), *c->severity ? jw_text(out, c->severity) : jw_null(out);
        json_figure(out, "before", &c->before);
        json_figure(out, "after", &c->after);
        jw_key(out, "result_changed"), jw_bool(out, c->result_changed);
        jw_close(out, '}');
}

static void
json_group(struct jw *out, const struct simulated_group *g)
{
        jw_open(out, '{');
        jw_key(out, "clock"), jw_text(out, g->clock);
        jw_key(out, "party"), jw_text(out, g->party);
        jw_key(out, "tier"), *g->tier ? jw_text(out, g->tier) : jw_null(out);
        jw_key(out, "severity"), *g->severity ? jw_text(out, g->severity) : jw_null(out);
        jw_key(out, "clocks"), jw_int(out, g->clocks);
        jw_key(out, "judged_before"), jw_int(out, g->judged_before);
        jw_key(out, "judged_after"), jw_int(out, g->judged_after);
        jw_key(out, "late_before"), jw_int(out, g->late_before);
        jw_key(out, "late_after"), jw_int(out, g->late_after);
        jw_close(out, '}');
}

void
simulate_json(const struct simulate_head *h, const struct simulate_wish *wish, const struct simulation *s, struct jw *out)
{
        jw_open(out, '{');
        jw_key(out, "policy"), jw_text(out, h->policy);
        jw_key(out, "days"), jw_int(out, h->days);
        jw_key(out, "to"), jw_time(out, wish->to);
        jw_key(out, "cases"), jw_int(out, s->cases);
        jw_key(out, "differing"), jw_int(out, s->differing);
        jw_key(out, "changed"), jw_int(out, s->changed);
        jw_key(out, "clocks"), jw_int(out, s->clocks);
        jw_key(out, "faulty"), jw_int(out, s->faulty);
        jw_key(out, "groups"), jw_open(out, '[');
        for (size_t i = 0; i < s->group_count; i++)
                json_group(out, &s->groups[i]);
        jw_close(out, ']');
        jw_key(out, "list"), jw_open(out, '[');
        for (size_t i = 0; i < s->list_count; i++)
                json_case(out, &s->list[i]);
        jw_close(out, ']');
        jw_key(out, "left_out"), jw_int(out, s->left_out);
        jw_key(out, "milliseconds"), jw_int(out, s->took / 1000);
        jw_close(out, '}');
}

/* ---- text ---- */

static void
text_group(struct buf *out, const struct simulated_group *g)
{
        buf_printf(out, "%-12s %-4s %-9s %-13s %9lld %8lld %8lld %+7lld\n", g->clock, g->party, *g->tier ? g->tier : "-",
                   *g->severity ? g->severity : "-", (long long)g->clocks, (long long)g->late_before, (long long)g->late_after,
                   (long long)(g->late_after - g->late_before));
}

static const char *
figure_text(struct arena *a, const struct simulated_figure *f)
{
        char due[TIME_TEXT_MAX] = "-";

        if (f->due != USEC_NONE)
                time_format(f->due, due);
        return arena_printf(a, "%s, due %s, %s", *f->target ? f->target : "nothing", due, f->result);
}

void
simulate_text(struct arena *a, const struct simulate_head *h, const struct simulation *s, struct buf *out)
{
        buf_printf(out, "%s: %lld of %lld requests differ, %lld of them in a result (%lld ms)\n\n", h->policy, (long long)s->differing,
                   (long long)s->cases, (long long)s->changed, (long long)(s->took / 1000));
        buf_printf(out, "%-12s %-4s %-9s %-13s %9s %8s %8s %7s\n", "clock", "", "tier", "severity", "clocks", "late", "would be", "");
        for (size_t i = 0; i < s->group_count; i++)
                text_group(out, &s->groups[i]);
        if (s->list_count)
                buf_text(out, "\n");
        for (size_t i = 0; i < s->list_count; i++) {
                const struct simulated_case *c = &s->list[i];
                buf_printf(out, "%s %s %s: %s -> %s\n", c->number, c->clock, c->severity, figure_text(a, &c->before),
                           figure_text(a, &c->after));
        }
        if (s->left_out)
                buf_printf(out, "... and %lld more\n", (long long)s->left_out);
        if (s->faulty)
                buf_printf(out, "%lld clocks have facts that contradict one another and were not judged\n", (long long)s->faulty);
}

/* ---- CSV ---- */

static void
csv_figure(struct buf *out, const struct simulated_figure *f)
{
        char due[TIME_TEXT_MAX] = "";

        if (f->due != USEC_NONE)
                time_format(f->due, due);
        buf_printf(out, ",%s,%s,%s", f->target, due, f->result);
}

void
simulate_csv(const struct simulation *s, struct buf *out)
{
        buf_text(out, "number,clock,tier,severity,target before,due before,result before,target after,due after,result after\r\n");
        for (size_t i = 0; i < s->list_count; i++) {
                const struct simulated_case *c = &s->list[i];
                buf_printf(out, "%s,%s,%s,%s", c->number, c->clock, c->tier, c->severity);
                csv_figure(out, &c->before);
                csv_figure(out, &c->after);
                buf_text(out, "\r\n");
        }
}
