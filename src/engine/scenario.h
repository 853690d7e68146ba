/* SPDX-License-Identifier: Apache-2.0
 *
 * scenario.h -- conformance scenarios of service clocks: what happened, what was promised, what the clock must say.
 *
 * The format is public and knows no word of OpenITR (docs/clocks.md); the pages stand in tests/clock-scenarios/.
 *
 *     text --scenario_read--> struct scenario_file --scenario_run--> failures, each with file:line:column
 */
#ifndef ENGINE_SCENARIO_H
#define ENGINE_SCENARIO_H
#include "engine/clock.h"
#include "base/map.h"
#include "model/yaml.h"

struct scenario_clock {
        const char *name;
        const struct node *start, *stop, *resume, *cancel, *again;     /* words of the timeline; a text, a list, or NULL */
        const struct node *waits;      /* reasons that pause it */
        const struct calendar *measure;        /* without a promise; NULL: 24x7 */
};
enum scenario_verb { SCENARIO_WORD, SCENARIO_WAITS, SCENARIO_GOES_ON, SCENARIO_PROMISES, SCENARIO_EXEMPTS, SCENARIO_FALSE_WAIT };
struct scenario_entry {                /* a line of the timeline */
        enum scenario_verb verb;
        usec at;                       /* when it became known */
        usec dated;                    /* what it is dated to: at, or "as of" */
        struct str word;               /* the event, or the reason of a wait */
        const struct scenario_clock *clock;    /* of a promise; of an exemption, NULL: of all */
        struct clock_promise promise;
        usec from, to;                 /* of an exemption; from: of the wait that was false */
};
struct scenario {
        const char *name;
        struct place place;
        const struct zone *zone;       /* of wall-clock times */
        struct scenario_entry *entries;        /* by `at` */
        size_t entry_count;
        const struct scenario_clock *clock;    /* of expectations that name none; NULL: they must */
        const struct node *expect;     /* a list of maps */
};
struct scenario_file {
        struct map calendars;          /* name -> struct calendar */
        struct scenario_clock *clocks;
        size_t clock_count;
        struct scenario *scenarios;
        size_t scenario_count;
};

/* NULL with E_YAML, field "path:line:column", for each fault.  Memory, calendars too, lives as long as ctx->arena. */
struct scenario_file *scenario_read(struct ctx *ctx, struct str text, const char *path);

struct scenario_failure {
        const char *place;             /* of the expectation */
        const char *sentence;
};
struct scenario_report {
        int passed, failed;            /* scenarios */
        struct scenario_failure *failures;
        size_t failure_count;
};
/* Adds what came of the file's scenarios to `ret`.  False with E_YAML when an expectation cannot be read. */
bool scenario_run(struct ctx *ctx, const struct scenario_file *f, struct scenario_report *ret);

/* ---- the words of the format, shared by reading and running ---- */

/* "Mon 2026-03-02 09:00" in the zone, or RFC 3339, at the front of *s, and takes it off; the weekday may be left out, but if
 * given must be right.  NULL, or why it cannot be read. */
const char *scenario_time(struct ctx *ctx, const struct zone *zone, struct str *s, usec *ret);
bool scenario_duration(struct str s, usec *ret);       /* "8h", "1h30m", "-45m", "20s" */
const char *scenario_time_text(struct arena *a, const struct zone *zone, usec t);      /* USEC_NONE: "none" */
const char *scenario_duration_text(struct arena *a, usec d);
/* Cuts the first word off. */
struct str scenario_word(struct str *s);
const struct scenario_clock *scenario_clock_named(const struct scenario_file *f, struct str name);
/* Is the word this text, or one of this list? */
bool scenario_says(const struct node *n, struct str word);
#endif
