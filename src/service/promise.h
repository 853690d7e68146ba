/* SPDX-License-Identifier: Apache-2.0
 *
 * promise.h -- what we promise: from service tier and severity to a budget, a calendar and the row that says so.
 */
#ifndef SERVICE_PROMISE_H
#define SERVICE_PROMISE_H
#include "base/json.h"
#include "engine/clock.h"
#include "engine/store.h"
#include "engine/work.h"
#include "model/rules.h"
#include "service/budget.h"
#include "service/entitlement.h"

enum promise_reason { PROMISE_INITIAL, PROMISE_SEVERITY, PROMISE_POLICY };

/* A time by the tables, and why.  found: is anything promised? */
struct target {
        bool found;
        struct budget budget;
        const char *row;               /* "rules/sla.yaml:17 gold critical: restore 4 h" */
        const char *calendar;          /* code; for working time; "": by tier */
        const char *tier;              /* "": the target has none */
};
/* The customer's promise of one metric (an output of `table`): of several terms the strictest. */
bool target_sla(struct ctx *ctx, const struct rules *rules, const char *table, const char *output, const struct rule_input *in,
                size_t count, const struct entitlement_term *terms, size_t term_count, struct target *ret);
/* A stage's own time by the formula of domain.md 8.2: the table's time against shares of the customer's promises. */
bool target_ola(struct ctx *ctx, const struct rules *rules, const char *table, const char *output, const char *stage,
                const struct rule_input *in, size_t count, const struct entitlement_term *terms, size_t term_count,
                struct target *ret);
/* The code of the calendar that its working time runs on; STR_NONE: of none. */
struct str target_calendar(const struct rules *rules, const struct target *t);
/* A policy that cannot be kept is refused: times that cannot be read; stages that take more than 90 % of the restore
 * promise.  Every fault stands in ctx with its file and line. */
bool promise_check(struct ctx *ctx, const struct rules *rules);
/* The same for the tables of a contract: its SLA set and its OLA override; faults at "sla_set" or "ola_override". */
bool promise_tables_check(struct ctx *ctx, const struct rules *rules, struct entitlement_term term);

/* Promises for each clock of the record that has not ended, where they differ from those made before; a clock with nothing to
 * promise is cancelled.  `pending`: called within the change whose event is yet to be written. */
bool promise_make(struct work *w, struct record *r, enum promise_reason why, bool pending);

struct clock_void {                    /* a wait that was found false */
        size_t fact;                   /* which one */
        usec at;
        int64_t by;
        const char *reason, *evidence;
};
/* The instant whose tables count for a technical request. */
usec promise_policy_at(const struct record *request);
/* The customer's promise of a metric of sla.yaml that is no clock of the request: update, rca (progress.c).  found false: none. */
bool progress_promise(struct work *w, const struct record *request, const char *metric, struct target *ret);

struct clock_view {                    /* a clock with facts, as clock_compute takes it */
        const struct clock_decl *decl; /* NULL: the model no longer has it */
        const char *name;
        struct clock_input input;
        int64_t *versions;             /* by promise: the calendar's version, 0 for 24x7 */
        const char **reasons, **evidence;      /* by promise; by fact, NULL where none */
        struct clock_void *voids;
        size_t void_count;
        const char **severities;       /* by promise; NULL where it is not known */
};
bool promise_clocks(struct work *w, const struct record *r, struct clock_view **ret, size_t *ret_count);
/* The same of many cases; fills list and count of each. */
struct case_clocks {
        int64_t case_id;
        const struct entity *e;
        struct clock_view *list;
        size_t count;
};
bool promise_clocks_of(struct work *w, struct case_clocks *cases, size_t n);
/* [{"clock","label","party","facts",...,"promise","state","due","segments",...}] of a case at w->now; customers see what was
 * promised to them, not how we keep it. */
bool promise_clocks_json(struct work *w, const struct record *r, struct jw *out);
void promise_json_time(struct jw *out, const char *key, usec t);       /* null for USEC_NONE */
/* What rows of a list carry (read_options.extra): `"_clocks":[...]`, the clocks that have not ended, nearest first. */
bool promise_rows(struct work *w, const struct row_mark *rows, size_t n, struct str *ret);
#endif
