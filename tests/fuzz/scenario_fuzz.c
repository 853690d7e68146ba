/* SPDX-License-Identifier: Apache-2.0
 *
 * scenario_fuzz.c -- any text as a page of scenarios: faults, or clocks that obey their laws whatever happened.
 *
 * Beside the page itself the bytes are played as facts and promises of one clock: a result or a refusal, and of a result
 * that used time does not shrink as time passes, that what is left is what was promised without what was used, and that
 * asking twice gives the same.
 */
#include "engine/scenario.h"

static void
run_page(struct str text)
{
        struct arena *a = arena_new(0);
        struct ctx ctx;
        struct scenario_report report = {0};
        const struct scenario_file *f;

        ctx_init(&ctx, a);
        f = scenario_read(&ctx, (struct str){arena_strndup(a, text.p, text.n), text.n}, "fuzz.yaml");
        if ((f == NULL) != ctx_failed(&ctx))
                __builtin_trap();
        if (f != NULL && !scenario_run(&ctx, f, &report) && !ctx_failed(&ctx))
                __builtin_trap();
        arena_free(a);
}

static const struct calendar *
office(void)
{
        static struct calendar *c;
        static struct ctx ctx;
        static char text[] = "{\"timezone\":\"Europe/Berlin\",\"hours\":{\"mon-fri\":[[\"09:00\",\"12:00\"],[\"20:00\",\"02:00\"]]}}";

        if (c == NULL) {
                ctx_init(&ctx, arena_new(0));
                c = calendar_from_json(&ctx, json_parse(&ctx, text, sizeof text - 1, 100));
        }
        return c;
}

enum { EVENTS = 32 };
struct life {
        struct clock_fact facts[EVENTS];
        struct clock_promise promises[EVENTS];
        struct clock_exemption exemptions[EVENTS];
        struct clock_input in;
        usec now;
};

/* Two bytes are one event: what, and how many half hours after the one before. */
static void
live(struct life *l, const uint8_t *data, size_t size)
{
        l->now = 1774000800 * USEC_SECOND;
        for (size_t i = 0; i + 1 < size && i < 2 * EVENTS; i += 2) {
                unsigned what = data[i] % 8;
                l->now += data[i + 1] % 64 * 30 * USEC_MINUTE;
                if (what <= FACT_CANCELLED)
                        l->facts[l->in.fact_count++] = (struct clock_fact){what, l->now - (data[i] & 128 ? USEC_DAY : 0), "x", data[i] & 64};
                else if (what < 7)
                        l->promises[l->in.promise_count++] = (struct clock_promise){
                                l->now, (1 + data[i] / 8) * USEC_HOUR, what == 5 ? office() : NULL, "row"};
                else
                        l->exemptions[l->in.exemption_count++] =
                                (struct clock_exemption){l->now, l->now + (1 + data[i] / 8) * USEC_HOUR, "x"};
        }
        l->in.facts = l->facts, l->in.promises = l->promises, l->in.exemptions = l->exemptions;
}

static void
check_verdict(const struct clock_result *r, const struct clock_verdict *v)
{
        if (v->used < 0 || (r->promise != NULL && v->remaining != r->promise->budget - v->used))
                __builtin_trap();
        if ((v->state == CLOCK_BREACHED) != (v->breached_at != USEC_NONE) && v->state != CLOCK_CANCELLED)
                __builtin_trap();
        if (v->breached_at != USEC_NONE && (v->due == USEC_NONE || v->breached_at < v->due))
                __builtin_trap();
        if (v->state == CLOCK_MET && (v->remaining < 0 || v->due < r->stopped))
                __builtin_trap();
}

static void
run_clock(const uint8_t *data, size_t size)
{
        struct arena *a = arena_new(0);
        struct life l = {0};
        struct clock_result r, again, later;
        struct ctx ctx;
        usec sum = 0;

        ctx_init(&ctx, a);
        live(&l, data, size);
        if (clock_compute(&ctx, &l.in, l.now, &r)) {
                if (!clock_compute(&ctx, &l.in, l.now, &again) || again.raw.due != r.raw.due || again.raw.used != r.raw.used)
                        __builtin_trap();
                check_verdict(&r, &r.raw);
                check_verdict(&r, &r.adjusted);
                for (size_t i = 0; i < r.segment_count; i++)
                        sum += r.segments[i].used;
                if (sum != r.raw.used || r.adjusted.used > r.raw.used)
                        __builtin_trap();
                if (!clock_compute(&ctx, &l.in, l.now + 400 * USEC_DAY, &later) || later.raw.used < r.raw.used)
                        __builtin_trap();
        } else if (!ctx_failed(&ctx)) {
                __builtin_trap();
        }
        arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        run_clock(data, size);
        run_page((struct str){(const char *)data, size});
        return 0;
}
