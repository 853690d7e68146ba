/* SPDX-License-Identifier: Apache-2.0
 *
 * clock.c -- what a clock says.
 *
 *     facts    --keep_facts-->  what is known at `now`, checked      none -> running <-> paused -> stopped | cancelled
 *     facts    --take_spans-->  spans in which it ran; a clock that runs has its last one open (FOREVER)
 *     spans    --used_up----->  the instant at which a budget is used up, by one calendar
 *     promises --find_breach->  since when it is late, and whether only a later promise made it so
 *
 * Invariants
 *   1. The result is a function of facts, promises, exemptions and `now`: asked again, or years later, it is the same.
 *   2. Facts are never changed.  A false pause is a pause that counts as running; a report that proved earlier is
 *      another start in front; a stop told later cuts off what was recorded after the moment it names.  A restart ends a round, judged as if
 *      the clock had been stopped there, and begins the next: nothing of a round goes over.
 *   3. The promise that holds (at the end of an ended clock, else at `now`) measures everything from the original start,
 *      by its own calendar and budget: time used under earlier promises is measured anew, pauses stay pauses (C10).
 *      The first promise holds from the start, also when it was made later, even after the stop.
 *   4. A promise made after the end changes nothing, unless the clock goes on.
 *   5. used = working time of all spans; pauses and the time between a stop and a reopening are in none.  The time between
 *      a cancellation and its reversal counts: a dispute on scope never stops a clock (C1).
 *   6. Late is later than the due time: what ends or pauses in that very instant is in time.  The due time is the first
 *      instant at which the budget is used up, the end of a shift rather than the start of the next.
 *   7. A lowered promise may undo a breach, a raised one may make one, at the earliest when it was made.  breached_at is
 *      since when every question was answered with "late", but not before the due time by the promise that holds.
 *      Events keep what was told at the time.
 *   8. raw knows no exemption; adjusted is the same computation over the spans without the exempt times.
 *
 * Not here: which promise (rules), which codes pause which clock (clockfact.c), timers, notices.
 */
#include "engine/clock.h"
#include <string.h>

#define FOREVER INT64_MAX

struct span {
        usec from, to;
};
struct spans {                         /* by time, disjoint, not touching */
        struct span *list;
        size_t count;
};
struct reading {                       /* one computation */
        struct ctx *ctx;
        const struct clock_input *in;
        usec now;
        struct clock_fact *facts;      /* what is known, none cut off */
        size_t fact_count;
        size_t promise_count;          /* how many were made by `now` */
        size_t held;                   /* which one holds; meaningless when there is none */
        const struct calendar *calendar;       /* by which used time is measured */
        usec at;                       /* the end, or now */
        int rounds, late_rounds;
};

/* ---- working time; no calendar is 24x7 ---- */

static usec
between(const struct calendar *c, usec from, usec to)
{
        return c != NULL ? calendar_between(c, from, to) : to - from;
}

static bool
add(struct ctx *ctx, const struct calendar *c, usec from, usec budget, usec *ret)
{
        if (c != NULL)
                return calendar_add(ctx, c, from, budget, ret);
        return !__builtin_add_overflow(from, budget, ret) || fail(ctx, E_CALENDAR_CLOSED, "");
}

/* ---- what is known ---- */

static bool
runs_after(const struct clock_fact *f)
{
        return f->kind == FACT_STARTED || f->kind == FACT_RESUMED || (f->kind == FACT_PAUSED && f->void_);
}

static bool
ends(const struct clock_fact *f)
{
        return f->kind == FACT_STOPPED || f->kind == FACT_CANCELLED;
}

static const struct clock_fact *
last_fact(const struct reading *r)
{
        return r->fact_count ? &r->facts[r->fact_count - 1] : NULL;
}

/* Why the fact cannot follow the one before it (NULL: none); NULL when it can. */
static const char *
misfit(const struct clock_fact *before, const struct clock_fact *f)
{
        bool ended = before != NULL && ends(before);

        if (before == NULL)
                return f->kind == FACT_STARTED ? NULL : "the first one must be a start";
        if (f->at < before->at)
                return "one is dated before the one it follows";
        switch (f->kind) {
        case FACT_STARTED:
                return "it starts a second time";
        case FACT_RESTARTED:
                return ended ? "it starts over after its end" : NULL;
        case FACT_PAUSED:
                return ended ? "it is paused after its end" : before->kind == FACT_PAUSED ? "it is paused while paused" : NULL;
        case FACT_RESUMED:
                return ended || before->kind == FACT_PAUSED ? NULL : "it is resumed while running";
        default:
                return ended ? "it ends a second time" : NULL;
        }
}

/* An end dated before facts recorded earlier cuts those off. */
static bool
cut_off(struct reading *r, const struct clock_fact *f)
{
        size_t before = r->fact_count;

        while (ends(f) && r->fact_count > 0 && r->facts[r->fact_count - 1].at > f->at)
                r->fact_count--;
        return r->fact_count < before;
}

/* The round that ends with fact i, judged as if the clock stopped there. */
static bool
judge_round(struct reading *r, size_t i)
{
        struct clock_input round = *r->in;
        struct clock_result was;
        struct clock_fact *facts = ARENA_ARRAY(r->ctx->arena, struct clock_fact, i + 1);

        memcpy(facts, r->facts, i * sizeof *facts);
        facts[i] = (struct clock_fact){FACT_STOPPED, r->facts[i].at, NULL, false};
        round.facts = facts;
        round.fact_count = i + 1;
        round.exemption_count = 0;
        if (!clock_compute(r->ctx, &round, r->facts[i].at, &was))
                return false;
        r->rounds++;
        r->late_rounds += was.raw.breached_at != USEC_NONE;
        return true;
}

/* Leaves the facts of the last round, which begins like a clock of its own. */
static bool
take_last_round(struct reading *r)
{
        for (size_t i = 0; i < r->fact_count; i++) {
                if (r->facts[i].kind != FACT_RESTARTED)
                        continue;
                if (!judge_round(r, i))
                        return false;
                r->facts += i;
                r->fact_count -= i;
                r->facts[0].kind = FACT_STARTED;
                i = 0;
        }
        return true;
}

/* The start as it was told first: one that proved earlier stands in front of it. */
static bool
is_later_report(const struct reading *r, const struct clock_fact *f)
{
        return f->kind == FACT_STARTED && r->fact_count == 1 && r->facts[0].kind == FACT_STARTED && f->at > r->facts[0].at;
}

/* When an end cuts off a reopening, the end before that stands; when it cuts off the reversal of a cancellation, the
 * clock is stopped as if it had not been cancelled. */
static bool
keep_facts(struct reading *r)
{
        r->facts = ARENA_ARRAY(r->ctx->arena, struct clock_fact, r->in->fact_count + 1);
        for (size_t i = 0; i < r->in->fact_count; i++) {
                const struct clock_fact *f = &r->in->facts[i], *last;
                const char *why;
                bool cut;
                if (f->at > r->now)
                        continue;
                if (is_later_report(r, f))
                        continue;
                cut = cut_off(r, f);
                last = last_fact(r);
                if (cut && last != NULL && ends(last)) {
                        if (last->kind == FACT_CANCELLED && f->kind == FACT_STOPPED)
                                r->facts[r->fact_count++] = *f;
                        continue;
                }
                why = misfit(last, f);
                if (why != NULL)
                        return fail(r->ctx, E_CLOCK, "", why);
                r->facts[r->fact_count++] = *f;
        }
        return take_last_round(r);
}

/* ---- promises ---- */

static bool
check_agreements(const struct reading *r)
{
        for (size_t i = 0; i < r->in->promise_count; i++) {
                if (r->in->promises[i].budget <= 0)
                        return fail(r->ctx, E_CLOCK, "", "a promise needs some working time");
                if (i > 0 && r->in->promises[i].since < r->in->promises[i - 1].since)
                        return fail(r->ctx, E_CLOCK, "", "the promises must stand in the order they were made");
        }
        for (size_t i = 0; i < r->in->exemption_count; i++)
                if (r->in->exemptions[i].to <= r->in->exemptions[i].from)
                        return fail(r->ctx, E_CLOCK, "", "an exemption must end after it begins");
        return true;
}

/* The first promise, or one made in the same instant, which took its place. */
static bool
is_first(const struct reading *r, size_t k)
{
        return r->in->promises[k].since == r->in->promises[0].since;
}

/* The promise that holds at t, of those known. */
static size_t
promise_at(const struct reading *r, usec t)
{
        size_t held = 0;

        for (size_t i = 1; i < r->promise_count; i++)
                if (r->in->promises[i].since <= t || is_first(r, i))
                        held = i;
        return held;
}

static const struct clock_promise *
held_promise(const struct reading *r)
{
        return r->promise_count ? &r->in->promises[r->held] : NULL;
}

static bool
read_input(struct reading *r, struct ctx *ctx, const struct clock_input *in, usec now)
{
        const struct clock_fact *last;

        *r = (struct reading){.ctx = ctx, .in = in, .now = now};
        if (!check_agreements(r) || !keep_facts(r))
                return false;
        while (r->promise_count < in->promise_count && in->promises[r->promise_count].since <= now)
                r->promise_count++;
        last = last_fact(r);
        r->at = last != NULL && ends(last) ? last->at : now;
        r->held = promise_at(r, r->at);
        r->calendar = r->promise_count ? in->promises[r->held].calendar : in->measure;
        return true;
}

/* ---- spans ---- */

static void
add_span(struct arena *a, struct spans *s, usec from, usec to)
{
        if (from >= to)
                return;
        if (s->count > 0 && s->list[s->count - 1].to == from)
                s->list[s->count - 1].to = to;
        else
                *ARENA_PUSH(a, s->list, s->count) = (struct span){from, to};
}

/* Does the clock run between fact i and the next one?  After a cancellation only when that was taken back. */
static bool
runs_from(const struct reading *r, size_t i)
{
        return runs_after(&r->facts[i]) || (r->facts[i].kind == FACT_CANCELLED && i + 1 < r->fact_count);
}

/* The spans in which it ran.  A stopped clock is followed on from its stop, so that a due time can be told that was met. */
static struct spans
take_spans(const struct reading *r)
{
        struct spans s = {0};

        for (size_t i = 0; i < r->fact_count; i++) {
                bool last = i + 1 == r->fact_count;
                if (runs_from(r, i) || (last && r->facts[i].kind == FACT_STOPPED))
                        add_span(r->ctx->arena, &s, r->facts[i].at, last ? FOREVER : r->facts[i + 1].at);
        }
        return s;
}

static struct spans
without_exemptions(const struct reading *r, struct spans all)
{
        for (size_t e = 0; e < r->in->exemption_count; e++) {
                const struct clock_exemption *x = &r->in->exemptions[e];
                struct spans left = {0};
                for (size_t i = 0; i < all.count; i++) {
                        struct span s = all.list[i];
                        add_span(r->ctx->arena, &left, s.from, s.to < x->from ? s.to : x->from);
                        add_span(r->ctx->arena, &left, s.from > x->to ? s.from : x->to, s.to);
                }
                all = left;
        }
        return all;
}

/* Working time of the spans up to the end, or now. */
static usec
used_time(const struct reading *r, const struct spans *s)
{
        usec sum = 0;

        for (size_t i = 0; i < s->count && s->list[i].from < r->at; i++)
                sum += between(r->calendar, s->list[i].from, s->list[i].to < r->at ? s->list[i].to : r->at);
        return sum;
}

/* The first instant within a span at which the budget is used up; USEC_NONE when the spans end before.  A span that ends
 * in the very instant leaves that to the next one: it is used up where working time goes on. */
static bool
used_up(struct ctx *ctx, const struct spans *s, const struct calendar *c, usec budget, usec *ret)
{
        *ret = USEC_NONE;
        for (size_t i = 0; i < s->count; i++) {
                usec worked = s->list[i].to == FOREVER ? budget : between(c, s->list[i].from, s->list[i].to);
                if (worked >= budget) {
                        if (!add(ctx, c, s->list[i].from, budget, ret))
                                return false;
                        if (*ret < s->list[i].to)
                                return true;
                        *ret = USEC_NONE;
                        worked = budget;
                }
                budget -= worked;
        }
        return true;
}

/* ---- since when it is late ---- */

struct reign {                         /* of a promise: how it came to hold */
        usec from;                     /* when it was made; when it was made while the clock stood ended: when that went on */
        size_t before;                 /* the promise that held until then */
};

/* Of a promise that is not the first. */
static struct reign
reign_of(const struct reading *r, size_t k)
{
        usec since = r->in->promises[k].since;

        for (size_t i = 1; i < r->fact_count; i++) {
                usec stopped = r->facts[i - 1].at;
                if (r->facts[i - 1].kind == FACT_STOPPED && stopped < since && since <= r->facts[i].at)
                        return (struct reign){r->facts[i].at, promise_at(r, stopped)};
        }
        return (struct reign){since, promise_at(r, since - 1)};
}

/* Since when the clock, whose budget by the promise that holds was used up at `due`, has been late without a break;
 * *ret_raised when only because that promise, or an earlier one that was already late when it was made, was stricter than
 * the one before. */
static bool
late_since(const struct reading *r, const struct spans *s, usec due, usec *ret, bool *ret_raised)
{
        size_t k = r->held;

        *ret_raised = false;
        for (;;) {
                struct reign reign;
                const struct clock_promise *before;
                usec earlier;
                *ret = due;
                if (is_first(r, k))
                        return true;
                reign = reign_of(r, k);
                if (due > reign.from)
                        return true;
                before = &r->in->promises[reign.before];
                if (!used_up(r->ctx, s, before->calendar, before->budget, &earlier))
                        return false;
                if (earlier == USEC_NONE || earlier > reign.from) {
                        *ret = reign.from;
                        *ret_raised = true;
                        return true;
                }
                k = reign.before;
                due = earlier;
        }
}

static bool
find_breach(const struct reading *r, const struct spans *s, struct clock_verdict *v, bool *ret_raised)
{
        if (!late_since(r, s, v->due, &v->breached_at, ret_raised))
                return false;
        if (v->breached_at < v->due)
                v->breached_at = v->due;
        return true;
}

/* ---- the verdict ---- */

static enum clock_state
state_of(const struct reading *r, bool late)
{
        const struct clock_fact *last = last_fact(r);

        if (last == NULL)
                return CLOCK_NONE;
        if (last->kind == FACT_CANCELLED)
                return CLOCK_CANCELLED;
        if (late)
                return CLOCK_BREACHED;
        if (last->kind == FACT_STOPPED)
                return r->promise_count ? CLOCK_MET : CLOCK_NONE;
        return runs_after(last) ? CLOCK_RUNNING : CLOCK_PAUSED;
}

static bool
judge(const struct reading *r, const struct spans *s, struct clock_verdict *v, bool *ret_raised)
{
        const struct clock_promise *p = held_promise(r);
        bool ended = r->fact_count && ends(last_fact(r));
        bool late;

        *v = (struct clock_verdict){.used = used_time(r, s), .due = USEC_NONE, .breached_at = USEC_NONE};
        *ret_raised = false;
        if (p != NULL) {
                v->remaining = p->budget - v->used;
                if (!used_up(r->ctx, s, p->calendar, p->budget, &v->due))
                        return false;
        }
        late = v->due != USEC_NONE && (ended ? v->due < r->at : v->due <= r->at);
        if (late && !find_breach(r, s, v, ret_raised))
                return false;
        v->state = state_of(r, late);
        return true;
}

static void
take_segments(const struct reading *r, struct clock_result *ret)
{
        for (size_t i = 0; i < r->fact_count; i++) {
                const struct clock_fact *f = &r->facts[i];
                bool last = i + 1 == r->fact_count, runs = runs_from(r, i);
                usec to = last ? r->now : r->facts[i + 1].at;
                if ((!runs && f->kind != FACT_PAUSED) || (!last && to == f->at))
                        continue;
                *ARENA_PUSH(r->ctx->arena, ret->segments, ret->segment_count) = (struct clock_segment){
                        .from = f->at,
                        .to = last ? USEC_NONE : to,
                        .paused = !runs,
                        .code = f->kind == FACT_PAUSED ? f->code : NULL,
                        .used = runs ? between(r->calendar, f->at, to) : 0,
                };
        }
}

bool
clock_compute(struct ctx *ctx, const struct clock_input *in, usec now, struct clock_result *ret)
{
        struct reading r;
        struct spans raw, adjusted;
        const struct clock_fact *last;
        bool raised_in_adjusted;

        *ret = (struct clock_result){.started = USEC_NONE, .stopped = USEC_NONE};
        if (!read_input(&r, ctx, in, now))
                return false;
        last = last_fact(&r);
        if (last != NULL)
                ret->started = r.facts[0].at;
        if (last != NULL && ends(last))
                ret->stopped = last->at;
        ret->promise = held_promise(&r);
        ret->rounds = r.rounds;
        ret->late_rounds = r.late_rounds;
        take_segments(&r, ret);
        raw = take_spans(&r);
        adjusted = without_exemptions(&r, raw);
        return judge(&r, &raw, &ret->raw, &ret->raised_late) && judge(&r, &adjusted, &ret->adjusted, &raised_in_adjusted);
}

bool
clock_mark(struct ctx *ctx, const struct clock_input *in, usec now, int percent, usec *ret)
{
        struct reading r;
        struct spans s;
        const struct clock_promise *p;

        *ret = USEC_NONE;
        if (!read_input(&r, ctx, in, now))
                return false;
        p = held_promise(&r);
        if (p == NULL || r.fact_count == 0 || !runs_after(last_fact(&r)))
                return true;
        s = take_spans(&r);
        return used_up(ctx, &s, p->calendar, (p->budget * percent + 99) / 100, ret);
}

const char *
clock_state_name(enum clock_state s)
{
        static const char *const NAMES[] = {"none", "running", "paused", "met", "breached", "cancelled"};

        return NAMES[s];
}
