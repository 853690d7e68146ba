/* SPDX-License-Identifier: Apache-2.0
 *
 * scenario.c -- plays scenarios and holds what the clock says against what they expect.
 *
 *     timeline --play: what is known by then--> struct clock_input --clock_compute--> struct clock_result --check--> failures
 *
 * An expectation is a map: at, clock, and any of state, used, remaining, due, breached, raised_late, rounds, late_rounds,
 * started, stopped, promise, marks, segments, adjusted {state, used, remaining, due, breached}, refused.
 *
 * How a line of the timeline becomes facts of one clock
 *   - a word starts, stops, cancels, resumes it or begins a new round when the clock lists the word there and stands so that
 *     it can; a start dated before the start moves that (an earlier report is taken over);
 *   - a wait pauses it when the clock lists the reason; one wait takes the place of another;
 *   - a false wait is known from its line on, like an exemption and a promise.
 *
 * Invariants
 *   1. What is known at the instant asked about decides; later lines are as if they were not there.
 *   2. Every difference is reported with the place of the expected value; a scenario passes when there is none.
 *   3. An expected value that cannot be read is a fault of the page, not a failure.
 */
#include "engine/scenario.h"
#include <stdio.h>

struct player {                        /* one clock, up to one instant */
        struct arena *a;
        const struct scenario_clock *clock;
        struct clock_fact *facts;
        size_t fact_count;
        struct clock_promise *promises;
        size_t promise_count;
        struct clock_exemption *exemptions;
        size_t exemption_count;
};

/* ---- playing ---- */

static void
push_fact(struct player *p, enum clock_fact_kind kind, usec at, const char *code)
{
        *ARENA_PUSH(p->a, p->facts, p->fact_count) = (struct clock_fact){kind, at, code, false};
}

/* A report that proved earlier. */
static void
put_in_front(struct player *p, usec at)
{
        push_fact(p, FACT_STARTED, at, NULL);
        memmove(p->facts + 1, p->facts, (p->fact_count - 1) * sizeof *p->facts);
        p->facts[0] = (struct clock_fact){FACT_STARTED, at, NULL, false};
}

/* A new round; one that waits goes on waiting. */
static void
start_over(struct player *p, usec at)
{
        struct clock_fact last = p->facts[p->fact_count - 1];

        push_fact(p, FACT_RESTARTED, at, NULL);
        if (last.kind == FACT_PAUSED && !last.void_)
                push_fact(p, FACT_PAUSED, at, last.code);
}

static void
play_word(struct player *p, const struct scenario_entry *e)
{
        const struct scenario_clock *c = p->clock;
        enum clock_fact_kind last = p->fact_count ? p->facts[p->fact_count - 1].kind : FACT_CANCELLED;
        bool started = p->fact_count > 0, ended = last == FACT_STOPPED || last == FACT_CANCELLED;

        if (started && scenario_says(c->start, e->word) && e->dated < p->facts[0].at)
                put_in_front(p, e->dated);
        else if (started && !ended && scenario_says(c->again, e->word))
                start_over(p, e->dated);
        else if (!started && scenario_says(c->start, e->word))
                push_fact(p, FACT_STARTED, e->dated, NULL);
        else if (!ended && scenario_says(c->stop, e->word))
                push_fact(p, FACT_STOPPED, e->dated, NULL);
        else if (!ended && scenario_says(c->cancel, e->word))
                push_fact(p, FACT_CANCELLED, e->dated, NULL);
        else if (started && ended && scenario_says(c->resume, e->word))
                push_fact(p, FACT_RESUMED, e->dated, NULL);
}

static bool
is_paused(const struct player *p)
{
        return p->fact_count > 0 && p->facts[p->fact_count - 1].kind == FACT_PAUSED;
}

static void
play_wait(struct player *p, const struct scenario_entry *e)
{
        enum clock_fact_kind last = p->fact_count ? p->facts[p->fact_count - 1].kind : FACT_CANCELLED;

        if (last == FACT_STOPPED || last == FACT_CANCELLED)
                return;
        if (is_paused(p))
                push_fact(p, FACT_RESUMED, e->dated, NULL);
        if (scenario_says(p->clock->waits, e->word))
                push_fact(p, FACT_PAUSED, e->dated, str_c(p->a, e->word));
}

static void
play_false_wait(struct player *p, const struct scenario_entry *e)
{
        for (size_t i = 0; i < p->fact_count; i++)
                if (p->facts[i].kind == FACT_PAUSED && p->facts[i].at == e->from)
                        p->facts[i].void_ = true;
}

/* In the order of the time from which they hold, not in which they were told. */
static void
play_promise(struct player *p, const struct scenario_entry *e)
{
        size_t i;

        if (e->clock != p->clock)
                return;
        ARENA_PUSH(p->a, p->promises, p->promise_count);
        for (i = p->promise_count - 1; i > 0 && p->promises[i - 1].since > e->promise.since; i--)
                p->promises[i] = p->promises[i - 1];
        p->promises[i] = e->promise;
}

static void
play_exemption(struct player *p, const struct scenario_entry *e)
{
        if (e->clock == NULL || e->clock == p->clock)
                *ARENA_PUSH(p->a, p->exemptions, p->exemption_count) = (struct clock_exemption){e->from, e->to, NULL};
}

static void
play_goes_on(struct player *p, const struct scenario_entry *e)
{
        if (is_paused(p))
                push_fact(p, FACT_RESUMED, e->dated, NULL);
}

static struct clock_input
play(struct arena *a, const struct scenario *s, const struct scenario_clock *clock, usec now)
{
        static void (*const PLAY[])(struct player *, const struct scenario_entry *) = {
                [SCENARIO_WORD] = play_word,         [SCENARIO_WAITS] = play_wait,
                [SCENARIO_GOES_ON] = play_goes_on,   [SCENARIO_PROMISES] = play_promise,
                [SCENARIO_EXEMPTS] = play_exemption, [SCENARIO_FALSE_WAIT] = play_false_wait,
        };
        struct player p = {.a = a, .clock = clock};

        for (size_t i = 0; i < s->entry_count; i++)
                if (s->entries[i].at <= now)
                        PLAY[s->entries[i].verb](&p, &s->entries[i]);
        return (struct clock_input){p.facts,      p.fact_count,      p.promises,    p.promise_count,
                                    p.exemptions, p.exemption_count, clock->measure};
}

/* ---- checking ---- */

struct check {                         /* one expectation */
        struct ctx *ctx;
        const struct scenario_file *file;
        const struct scenario *s;
        struct scenario_report *report;
        const struct scenario_clock *clock;
        struct clock_input in;
        struct clock_result got;
        usec now;
};

static bool
fault(struct check *c, const struct node *n, const char *sentence)
{
        return fail(c->ctx, E_YAML, place_text(c->ctx->arena, n->place), sentence);
}

/* Always true: a difference is no fault. */
static bool
differs(struct check *c, const struct node *n, const char *what, const char *expected, const char *got)
{
        struct scenario_failure *f = ARENA_PUSH(c->ctx->arena, c->report->failures, c->report->failure_count);

        f->place = place_text(c->ctx->arena, n->place);
        f->sentence = arena_printf(c->ctx->arena, "%s: %s at %s: %s is %s, expected %s", c->s->name, c->clock->name,
                                   scenario_time_text(c->ctx->arena, c->s->zone, c->now), what, got, expected);
        return true;
}

static bool
check_text(struct check *c, const struct node *n, const char *what, const char *got)
{
        if (n->type != NODE_TEXT)
                return fault(c, n, "a text is needed");
        return str_is(n->text, got) || differs(c, n, what, str_c(c->ctx->arena, n->text), got);
}

/* `none` is the word for "there is none". */
static bool
check_time(struct check *c, const struct node *n, const char *what, usec got, const char *none)
{
        struct str rest = n->text;
        usec want = USEC_NONE;
        const char *why = NULL;

        if (n->type != NODE_TEXT)
                return fault(c, n, "a time is needed");
        if (!yaml_is(n, none))
                why = scenario_time(c->ctx, c->s->zone, &rest, &want);
        if (why != NULL || (want != USEC_NONE && rest.n > 0))
                return fault(c, n, why ? why : "too many words");
        return got == want || differs(c, n, what, str_c(c->ctx->arena, n->text),
                                      got == USEC_NONE ? none : scenario_time_text(c->ctx->arena, c->s->zone, got));
}

static bool
check_duration(struct check *c, const struct node *n, const char *what, usec got)
{
        usec want;

        if (n->type != NODE_TEXT || !scenario_duration(n->text, &want))
                return fault(c, n, "a time such as 1h30m is needed");
        return got == want || differs(c, n, what, str_c(c->ctx->arena, n->text), scenario_duration_text(c->ctx->arena, got));
}

static bool
check_state(struct check *c, const struct node *n, const char *what, enum clock_state got)
{
        bool known = false;

        for (int i = CLOCK_NONE; i <= CLOCK_CANCELLED; i++)
                known = known || yaml_is(n, clock_state_name((enum clock_state)i));
        return known ? check_text(c, n, what, clock_state_name(got))
                     : fault(c, n, "a state is none, running, paused, met, breached or cancelled");
}

/* Keys of a verdict; *ret_known: it was one. */
static bool
check_verdict(struct check *c, const struct node *n, const struct clock_verdict *v, const char *of, bool *ret_known)
{
        const char *what = arena_printf(c->ctx->arena, "%s%.*s", of, (int)n->key.n, n->key.p);

        *ret_known = true;
        if (str_is(n->key, "state"))
                return check_state(c, n, what, v->state);
        if (str_is(n->key, "used"))
                return check_duration(c, n, what, v->used);
        if (str_is(n->key, "remaining"))
                return check_duration(c, n, what, v->remaining);
        if (str_is(n->key, "due"))
                return check_time(c, n, what, v->due, "none");
        if (str_is(n->key, "breached"))
                return check_time(c, n, what, v->breached_at, "no");
        return *ret_known = false, true;
}

static bool
check_adjusted(struct check *c, const struct node *map)
{
        bool known, good = true;

        if (map->type != NODE_MAP)
                return fault(c, map, "a map is needed");
        for (const struct node *n = map->child; n != NULL; n = n->next) {
                good = check_verdict(c, n, &c->got.adjusted, "adjusted ", &known) && good;
                if (!known)
                        good = fault(c, n, "only state, used, remaining, due and breached are adjusted");
        }
        return good;
}

static bool
check_bool(struct check *c, const struct node *n, const char *what, bool got)
{
        bool want;

        return yaml_bool(n, &want) ? check_text(c, n, what, got ? "true" : "false") : fault(c, n, "true or false is needed");
}

/* "8h office". */
static bool
check_promise(struct check *c, const struct node *n)
{
        struct str rest = n->text, budget = scenario_word(&rest);
        usec want;

        if (c->got.promise == NULL || yaml_is(n, "none"))
                return check_text(c, n, "promise", c->got.promise ? c->got.promise->row : "none");
        if (!scenario_duration(budget, &want))
                return fault(c, n, "a promise is a time and a calendar, such as 8h office");
        return want == c->got.promise->budget && str_is(rest, strchr(c->got.promise->row, ' ') + 1)
                       ? true
                       : differs(c, n, "promise", str_c(c->ctx->arena, n->text), c->got.promise->row);
}

/* {50: TIME, 75: TIME}: when so much of the budget will be used up. */
static bool
check_marks(struct check *c, const struct node *map)
{
        bool good = true;

        if (map->type != NODE_MAP)
                return fault(c, map, "a map is needed");
        for (const struct node *n = map->child; n != NULL; n = n->next) {
                int64_t percent;
                usec at;
                if (!str_to_int(n->key, &percent) || percent < 1 || percent > 1000)
                        return fault(c, n, "a mark is a number of percent, 1 to 1000");
                if (!clock_mark(c->ctx, &c->in, c->now, (int)percent, &at))
                        return false;
                good = check_time(c, n, arena_printf(c->ctx->arena, "mark %d", (int)percent), at, "none") && good;
        }
        return good;
}

/* "TIME to TIME runs 2h", "TIME to now waits for customer", "TIME to TIME runs 1h, false wait for customer". */
static const char *
segment_text(struct check *c, const struct clock_segment *g)
{
        struct arena *a = c->ctx->arena;
        const char *what = g->paused ? arena_printf(a, "waits for %s", g->code)
                                     : arena_printf(a, "runs %s%s%s", scenario_duration_text(a, g->used),
                                                    g->code ? ", false wait for " : "", g->code ? g->code : "");

        return arena_printf(a, "%s to %s %s", scenario_time_text(a, c->s->zone, g->from),
                            g->to == USEC_NONE ? "now" : scenario_time_text(a, c->s->zone, g->to), what);
}

static bool
check_segments(struct check *c, const struct node *list)
{
        size_t i = 0;

        if (list->type != NODE_LIST)
                return fault(c, list, "a list is needed");
        if (list->count != c->got.segment_count)
                differs(c, list, "the number of segments", arena_printf(c->ctx->arena, "%zu", list->count),
                        arena_printf(c->ctx->arena, "%zu", c->got.segment_count));
        for (const struct node *n = list->child; n != NULL && i < c->got.segment_count; n = n->next, i++)
                if (!check_text(c, n, "the segment", segment_text(c, &c->got.segments[i])))
                        return false;
        return true;
}

static bool
check_key(struct check *c, const struct node *n)
{
        bool known;

        if (str_is(n->key, "at") || str_is(n->key, "clock"))
                return true;
        if (str_is(n->key, "adjusted"))
                return check_adjusted(c, n);
        if (str_is(n->key, "raised_late"))
                return check_bool(c, n, "raised_late", c->got.raised_late);
        if (str_is(n->key, "rounds"))
                return check_text(c, n, "rounds", arena_printf(c->ctx->arena, "%d", c->got.rounds));
        if (str_is(n->key, "late_rounds"))
                return check_text(c, n, "late_rounds", arena_printf(c->ctx->arena, "%d", c->got.late_rounds));
        if (str_is(n->key, "started"))
                return check_time(c, n, "started", c->got.started, "none");
        if (str_is(n->key, "stopped"))
                return check_time(c, n, "stopped", c->got.stopped, "none");
        if (str_is(n->key, "promise"))
                return check_promise(c, n);
        if (str_is(n->key, "marks"))
                return check_marks(c, n);
        if (str_is(n->key, "segments"))
                return check_segments(c, n);
        if (str_is(n->key, "refused"))
                return differs(c, n, "the clock", "refused", "answered");
        return check_verdict(c, n, &c->got.raw, "", &known) && (known || fault(c, n, "this key has no meaning here"));
}

/* `refused: calendar_closed`: the clock must say that it cannot be computed. */
static bool
check_refusal(struct check *c, const struct node *map)
{
        const struct node *n = yaml_get(map, "refused");
        const char *code = err_name(c->ctx->errors->code);

        ctx_clear(c->ctx);
        if (n == NULL)
                return differs(c, map, "the clock", "an answer", code);
        return check_text(c, n, "the refusal", code);
}

static bool
read_question(struct check *c, const struct node *map)
{
        const struct node *at = yaml_get(map, "at"), *clock = yaml_get(map, "clock");
        struct str rest = at != NULL ? at->text : STR_NONE;
        const char *why;

        if (at == NULL || at->type != NODE_TEXT)
                return fault(c, map, "\"at\" is needed");
        why = scenario_time(c->ctx, c->s->zone, &rest, &c->now);
        if (why != NULL || rest.n > 0)
                return fault(c, at, why ? why : "too many words");
        c->clock = clock != NULL ? scenario_clock_named(c->file, clock->text) : c->s->clock;
        return c->clock != NULL || fault(c, map, clock ? "there is no such clock" : "say which clock is meant");
}

static bool
check_expectation(struct check *c, const struct node *map)
{
        bool good = true;

        if (!read_question(c, map))
                return false;
        c->in = play(c->ctx->arena, c->s, c->clock, c->now);
        if (!clock_compute(c->ctx, &c->in, c->now, &c->got))
                return check_refusal(c, map);
        for (const struct node *n = map->child; n != NULL; n = n->next)
                good = check_key(c, n) && good;
        return good;
}

bool
scenario_run(struct ctx *ctx, const struct scenario_file *f, struct scenario_report *ret)
{
        bool good = true;

        for (size_t i = 0; i < f->scenario_count; i++) {
                size_t before = ret->failure_count;
                for (const struct node *n = f->scenarios[i].expect->child; n != NULL && good; n = n->next) {
                        struct check c = {.ctx = ctx, .file = f, .s = &f->scenarios[i], .report = ret};
                        good = check_expectation(&c, n);
                }
                ++*(ret->failure_count > before ? &ret->failed : &ret->passed);
        }
        return good;
}
