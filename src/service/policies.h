/* SPDX-License-Identifier: Apache-2.0
 *
 * policies.h -- versions of rule tables in the database: which are in force when, and checking a text before it is.
 */
#ifndef SERVICE_POLICIES_H
#define SERVICE_POLICIES_H
#include "engine/calendar.h"
#include "engine/timer.h"
#include "engine/work.h"
#include "model/rules.h"

/* The given sources (files, and what models else are made of) with the versions in force at `at` behind them; versions among
 * the given are left out.  *ret_next: when the next published version takes effect; USEC_NONE. */
bool policies_sources(struct ctx *ctx, struct conn *conn, const struct source *given, size_t given_count, usec at,
                      struct source **ret, size_t *ret_count, usec *ret_next);
/* A figure that rises whenever a version is published or withdrawn, and when its date comes: for servers that look. */
bool policies_revision(struct ctx *ctx, struct conn *conn, usec now, int64_t *ret);
/* The rules that were in force at an instant, as long as the work's arena; NULL with an error. */
const struct rules *policies_at(struct work *w, usec at);

/* policy_contracts.c: can every running contract that names tables be kept by the rules on trial, as by those in force?  False
 * with a fault for each at "path:1:1". */
bool policies_keep_contracts(struct work *w, const struct rules *trial, const char *path);

/* A text tried in the place of a table or list. */
struct policy_trial {
        const char *name;              /* of the table */
        struct str text;               /* p NULL: without the version `record` */
        int64_t record;                /* its version, 0: none */
        const char *path;              /* as faults name it: "sla v3", or a file's */
        usec at;                       /* what else is in force then */
};
/* What `openitr check` asks of files, and rules_may_replace; on its date and on every later date that changes something.
 * False with every fault at "path:line:column".  ret_rules NULL, or the rules of the trial's date with the arena's life. */
bool policies_try(struct work *w, const struct policy_trial *t, const struct rules **ret_rules);

/* policy_draft.c: what a file or text says is to be tried. */
struct policy_draft {
        const char *name;
        const struct rules *rules;     /* the tables with the draft among them */
        const char *calendar_code;     /* NULL: it is no calendar */
        const struct calendar *calendar;
};
/* wanted: the table that it must be; NULL: what the text says, also a calendar.  False with every fault at its place. */
bool policies_draft(struct work *w, struct str text, const char *path, const char *wanted, struct policy_draft *ret);

/* The text in force for a version number of a table: 0 is the file's.  STR_NONE with E_NOT_FOUND. */
struct str policies_text(struct work *w, const char *name, int64_t version);
/* {"items":[{"version","state","effective_from","author","note","in_force"}]}, the file as version 0. */
bool policies_json(struct work *w, const char *name, struct jw *out);
/* Two texts by lines: [{"op": "same"|"removed"|"added", "line", "text"}]; `line` of the text that has it. */
void policies_diff(struct ctx *ctx, struct str before, struct str after, struct jw *out);

/* Takes a version out of force that does not pass the check of this program: as if it had never been published. */
bool policies_take_out(struct work *w, const char *table, int64_t version);
bool policies_fire(struct work *w, struct record *r, const struct timer *t);   /* a date has come */
#endif
