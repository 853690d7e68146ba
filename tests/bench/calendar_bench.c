/* SPDX-License-Identifier: Apache-2.0
 *
 * calendar_bench.c -- how many working weeks one core adds in a second.
 *
 *     make -f tests/programs.mk build/tests/bench/calendar_bench && build/tests/bench/calendar_bench
 *
 * An office calendar with a lunch break, in a zone that changes its clock; forty hours from random instants of four years.
 * Also: working time between such instants, and the computation of a clock with four waits and two promises.  Exit 1 when
 * fewer than a million additions a second were made.
 */
#include <stdio.h>
#include <time.h>
#include "engine/clock.h"

enum { WANTED = 1000000, INSTANTS = 4096 };

static usec instants[INSTANTS];
static volatile usec sink;             /* so that nothing is computed for nothing */

static double
cpu_seconds(void)
{
        struct timespec t;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
choose_instants(void)
{
        uint64_t x = 1;

        for (int i = 0; i < INSTANTS; i++) {
                x = x * 6364136223846793005u + 1442695040888963407u;
                instants[i] = 1704067200 * USEC_SECOND + (usec)(x >> 20) % (4 * 365 * USEC_DAY);
        }
}

static struct calendar *
office(struct ctx *ctx)
{
        char text[] = "{\"timezone\":\"Europe/Berlin\",\"hours\":{\"mon-fri\":[[\"08:30\",\"12:00\"],[\"13:00\",\"17:30\"]]},"
                      "\"holidays\":[\"2024-01-01\",\"2024-12-25\",\"2025-05-01\",\"2026-10-03\"]}";

        return calendar_from_json(ctx, json_parse(ctx, text, sizeof text - 1, 1000));
}

static void
add(struct ctx *ctx, const struct calendar *c, int i)
{
        usec due;

        if (calendar_add(ctx, c, instants[i % INSTANTS], 40 * USEC_HOUR, &due))
                sink = due;
}

static void
between(struct ctx *ctx, const struct calendar *c, int i)
{
        sink = calendar_between(c, instants[i % INSTANTS], instants[i % INSTANTS] + 9 * USEC_DAY);
}

static void
compute(struct ctx *ctx, const struct calendar *c, int i)
{
        usec t = instants[i % INSTANTS];
        struct clock_fact facts[9] = {{FACT_STARTED, t, NULL, false}};
        struct clock_promise promises[] = {{t, 80 * USEC_HOUR, c, "minor"}, {t + USEC_DAY, 40 * USEC_HOUR, c, "major"}};
        struct clock_input in = {facts, 9, promises, 2, NULL, 0, NULL};
        struct clock_result r;

        for (int k = 1; k < 9; k++)
                facts[k] = (struct clock_fact){k % 2 ? FACT_PAUSED : FACT_RESUMED, t + k * 7 * USEC_HOUR, "customer", false};
        if (clock_compute(ctx, &in, t + 9 * USEC_DAY, &r))
                sink = r.raw.used;
        arena_reset(ctx->arena);
}

/* Doubles the number of runs until they fill half a second of this core. */
static double
measure(struct ctx *ctx, const struct calendar *c, const char *what, void (*run)(struct ctx *, const struct calendar *, int))
{
        double took = 0;
        int n;

        for (n = 1000; took < 0.5; n *= 2) {
                double began = cpu_seconds();
                for (int i = 0; i < n; i++)
                        run(ctx, c, i);
                took = cpu_seconds() - began;
        }
        n /= 2;
        printf("%-40s %10.0f a second and core, %6.0f ns each\n", what, n / took, took / n * 1e9);
        return n / took;
}

int
main(void)
{
        struct arena *text = arena_new(0), *scratch = arena_new(0);
        struct ctx ctx;
        struct calendar *c;
        double additions;

        choose_instants();
        ctx_init(&ctx, text);
        c = office(&ctx);
        ctx_init(&ctx, scratch);
        if (c == NULL)
                return 2;
        additions = measure(&ctx, c, "additions of a working week", add);
        measure(&ctx, c, "working time between", between);
        measure(&ctx, c, "clocks of nine facts and two promises", compute);
        calendar_free(c);
        arena_free(text);
        arena_free(scratch);
        return additions < WANTED;
}
