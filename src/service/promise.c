/* SPDX-License-Identifier: Apache-2.0
 *
 * promise.c -- promises of clocks: made at authorise, made anew when the severity changes, never patched.
 *
 *     terms (entitlement) + fields + tables --target_sla, target_ola--> budget, calendar, row --> clock_promises
 *
 * When
 *     authorise          initial     every clock of the request
 *     work order, escalation, hand-over, call-back made: initial, for theirs; terms are those of the request above
 *     any other kind of case with clocks: initial when it is made, severity when an enum, number or yes/no of it changes
 *                        (watch_saved): a process needs no line of C for its promises
 *     severity changed   severity    clocks that have not ended, from their original start (C10)
 *     business restored  severity    the resolve clock alone, by severity_current (domain.md 4.1)
 *     promise_anew       policy      by hand: contract, policy or calendar changed and the customer was told
 *
 * Invariants
 *   1. Rows are only inserted; one that would say the same as the one before is not.
 *   2. A working-time promise names a calendar's version.  Severity changes keep the version of before; only promise_anew
 *      takes the one in force now.
 *   3. Where the tables promise nothing, the clock is cancelled (restore of a consultation).  Without terms (no data, no
 *      service) the customer's clocks run and measure, with no promise; ours have the table's times.
 *   4. Clocks that ended are left alone.
 *   5. Tables are those in force when the request was reported; promise_anew takes those in force then, also for later
 *      changes of severity (policy_at).
 *
 * Not here: times by the tables (promise_target.c), reading clocks (promise_clocks.c), what a clock says (engine/clock.c).
 */
#include "service/promise.h"
#include <stdio.h>
#include "engine/calendar_store.h"
#include "engine/clockfact.h"
#include "service/hooks.h"
#include "service/policies.h"
#include "service/service.h"
#include "service/watch.h"

static const char *const REASONS[] = {"initial", "severity", "policy"};

/* ---- terms and inputs ---- */

/* The technical request that the case is, or belongs to; NULL without one, or with an error. */
static const struct record *
request_above(struct work *w, const struct record *r)
{
        for (int depth = 0; r != NULL && depth < 8; depth++) {
                int64_t parent = record_int(r, FIELD_CASE_PARENT);
                if (strcmp(r->e->name, ENTITY_TECHNICAL_REQUEST) == 0)
                        return r;
                r = parent ? store_load_case(w, parent) : NULL;
        }
        return NULL;
}

/* Every enum, number and yes/no of the record, by its name: what tables may ask. */
static struct rule_input *
inputs_of(struct work *w, const struct record *r, size_t *ret_count)
{
        struct rule_input *in = NULL;

        *ret_count = 0;
        for (size_t i = 0; i < r->e->field_count; i++) {
                const struct field *f = &r->e->fields[i];
                const struct val *v = &r->v[i];
                struct str value = v->type == VAL_TEXT ? v->s : STR_NONE;
                if (v->type == VAL_INT && f->type == TYPE_BOOL)
                        value = v->i ? STR("true") : STR("false");
                else if (v->type == VAL_INT && f->type == TYPE_INT)
                        value = str_of(arena_printf(w->ctx->arena, "%lld", (long long)v->i));
                else if (f->type != TYPE_ENUM)
                        continue;
                *ARENA_PUSH(w->ctx->arena, in, *ret_count) = (struct rule_input){f->name, value};
        }
        return in;
}

/* The resolve clock looks at the severity that counts since a workaround runs. */
static void
lower_severity(const struct record *r, const struct clock_decl *c, struct rule_input *in, size_t n)
{
        const struct field *f = entity_field(r->e, "severity_current");

        if (f == NULL || strcmp(c->name, "resolve") != 0 || r->v[f->index].type != VAL_TEXT)
                return;
        for (size_t i = 0; i < n; i++)
                if (strcmp(in[i].name, "severity") == 0)
                        in[i].value = r->v[f->index].s;
}

/* Which share of ola_share.yaml a clock has: the upper tiers' by the tier that was asked. */
static const char *
stage_of(struct work *w, const struct record *r, const char *output)
{
        const struct field *tier = entity_field(r->e, "to_tier");

        if (strcmp(output, "solve") != 0 || tier == NULL)
                return output;
        return arena_printf(w->ctx->arena, "tier_%lld", (long long)r->v[tier->index].i);
}

/* ---- what is there ---- */

struct standing {                      /* of one clock: its last fact and its last promise */
        bool started, live, cancelled;
        int64_t seq, version;
        usec budget, since;
        bool promised;
};

static bool
standing_facts(struct work *w, const struct record *r, const struct clock_decl *c, struct standing *s)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select kind from clock_segments where case_id = $1 and clock = $2 order by seq desc limit 1"),
                                      "is", r->id, c->name);

        if (rows == NULL)
                return false;
        if (rows_next(rows)) {
                struct str kind = rows_text(rows, 0);
                s->started = true;
                s->cancelled = str_is(kind, "cancelled");
                s->live = !s->cancelled && !str_is(kind, "stopped");
        }
        return rows_close(rows);
}

static bool
standing_promise(struct work *w, const struct record *r, const struct clock_decl *c, struct standing *s)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select seq, budget, calendar_version, since from clock_promises where case_id = $1 and clock = $2 "
                                          "order by seq desc limit 1"),
                                      "is", r->id, c->name);

        if (rows == NULL)
                return false;
        if (rows_next(rows)) {
                s->promised = true;
                s->seq = rows_int(rows, 0);
                s->budget = rows_int(rows, 1);
                s->version = rows_int(rows, 2);
                s->since = rows_int(rows, 3);
        }
        return rows_close(rows);
}

/* ---- one promise ---- */

static struct str
tier_calendar(const struct rules *rules, const char *tier)
{
        const struct rule_table *t = rules_table(rules, "service_calendar");
        struct rule_input in = {"service_tier", str_of(*tier ? tier : "basic")};
        int row = t ? rules_decide(t, &in, 1) : -1;

        return row >= 0 ? rules_output(t, row, "calendar") : STR_NONE;
}

struct str
target_calendar(const struct rules *rules, const struct target *t)
{
        return *t->calendar && strcmp(t->calendar, CALENDAR_ALWAYS) != 0 ? str_of(t->calendar) : tier_calendar(rules, t->tier);
}

/* The calendar's name behind the row, and that its holidays are not known as far as the promise reaches. */
static bool
tell_calendar(struct work *w, struct str code, int64_t version, struct target *t)
{
        const struct calendar *c = calendar_version(w, version);
        usec due;
        int year;

        if (c == NULL || !calendar_add(w->ctx, c, w->now, t->budget.amount, &due))
                return false;
        t->row = arena_printf(w->ctx->arena, "%s on %.*s", t->row, (int)code.n, code.p);
        if (calendar_lacks_year(c, due, &year))
                t->row = arena_printf(w->ctx->arena, "%s, whose holidays of %d are not known yet", t->row, year);
        return true;
}

/* The version that a promise runs on, and its name behind the row. */
static bool
choose_calendar(struct work *w, const struct rules *rules, const struct standing *s, enum promise_reason why, struct target *t, int64_t *ret)
{
        struct str code = target_calendar(rules, t);

        *ret = 0;
        if (!t->budget.working)
                return true;
        if (why == PROMISE_SEVERITY && s->promised && s->version != 0) {
                *ret = s->version;
                return true;
        }
        if (!calendar_in_force(w, code, w->now, ret))
                return false;
        if (*ret != CALENDAR_NONE)
                return tell_calendar(w, code, *ret, t);
        *ret = 0;                      /* no calendar: as if it were always open, and the row says so */
        t->row = arena_printf(w->ctx->arena, "%s; no calendar %.*s in force, so 24x7", t->row, (int)code.n, code.n ? code.p : "");
        return true;
}

static const char *
cut_row(struct work *w, const char *row)
{
        size_t n = strlen(row);

        while (n > 400 || (n > 0 && n < strlen(row) && ((unsigned char)row[n] & 0xC0) == 0x80))
                n--;
        return arena_strndup(w->ctx->arena, row, n);
}

/* Promised anew by hand, and nothing differs but the calendar's version: then that is the reason. */
static const char *
reason_of(const struct standing *s, const struct target *t, enum promise_reason why)
{
        if (!s->promised)
                return REASONS[PROMISE_INITIAL];
        return why == PROMISE_POLICY && s->budget == t->budget.amount && s->version != 0 ? "calendar" : REASONS[why];
}

static bool
write_promise(struct work *w, const struct record *r, const struct clock_decl *c, const struct standing *s,
              const struct target *t, int64_t version, enum promise_reason why, bool pending)
{
        size_t n;
        struct rule_input *in = inputs_of(w, r, &n);
        struct str severity = STR_NONE;

        if (s->promised && s->budget == t->budget.amount && s->version == version)
                return true;
        lower_severity(r, c, in, n);
        for (size_t i = 0; i < n; i++)
                if (strcmp(in[i].name, FIELD_CASE_SEVERITY) == 0)
                        severity = in[i].value;
        return sql_run(w->ctx, w->conn,
                       SQL("insert into clock_promises (case_id, clock, seq, since, budget, calendar_version, row, reason, event_seq, "
                           "severity) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"),
                       "isiiiissit", r->id, c->name, s->seq + 1, w->now < s->since ? s->since : w->now, t->budget.amount, version, cut_row(w, t->row),
                       reason_of(s, t, why), r->event_count + pending, severity);
}

/* What the case's clocks are promised by. */
struct basis {
        const struct rules *rules;     /* as they were when the request was reported, or promised anew */
        const struct entitlement_term *terms;
        size_t term_count;
        bool known;                    /* severity and entitlement are: only then is "nothing" an answer */
};

/* A table that knows no service tier promises the same to everybody, contract or not (a complaint is answered). */
static bool
asks_for_tier(struct work *w, const struct rules *rules, const char *table)
{
        const struct rule_table *t = rules_table(rules, table);

        for (const char *const *i = t != NULL ? rules_inputs(w->ctx->arena, t) : NULL; i != NULL && *i != NULL; i++)
                if (strcmp(*i, "service_tier") == 0)
                        return true;
        return false;
}

static bool
find_target(struct work *w, const struct record *r, const struct clock_decl *c, const struct basis *b, struct target *t)
{
        const char *dot = strchr(c->target, '.'), *output = dot + 1;
        const char *table = arena_strndup(w->ctx->arena, c->target, (size_t)(dot - c->target));
        size_t n;
        struct rule_input *in = inputs_of(w, r, &n);

        lower_severity(r, c, in, n);
        if (strcmp(c->party, "sla") == 0 && asks_for_tier(w, b->rules, table))
                return target_sla(w->ctx, b->rules, table, output, in, n, b->terms, b->term_count, t);
        return target_ola(w->ctx, b->rules, table, output, stage_of(w, r, output), in, n, b->terms, b->term_count, t);
}

/* Nothing is promised: the clock ends, unless that is only because nothing is known yet, or the customer has no terms. */
static bool
cancel(struct work *w, struct record *r, const struct clock_decl *c, const struct basis *b, const struct standing *s)
{
        bool free_of_terms = strcmp(c->party, "sla") == 0 && b->term_count == 0;     /* then it measures */

        if (!b->known || free_of_terms || !s->live)
                return true;
        return clockfact_mark(w, r, c->name, "cancelled", w->now);
}

/* Without a contract working time runs as the customer works, where that is known. */
static bool
customers_calendar(struct work *w, const struct record *r, struct target *t)
{
        int64_t id = record_int(r, FIELD_CASE_ACCOUNT);
        struct record *a = id != 0 ? store_load(w, model_entity(w->model, ENTITY_ACCOUNT), id) : NULL;

        if (a != NULL && service_is_set(a, FIELD_ACCOUNT_CALENDAR))
                t->calendar = str_c(w->ctx->arena, record_text(a, FIELD_ACCOUNT_CALENDAR));
        return !ctx_failed(w->ctx);
}

static bool
make_one(struct work *w, struct record *r, const struct clock_decl *c, const struct basis *b, enum promise_reason why, bool pending)
{
        struct standing s = {0};
        struct target t;
        int64_t version;

        if (!standing_facts(w, r, c, &s) || !standing_promise(w, r, c, &s) || !find_target(w, r, c, b, &t))
                return false;
        if (!t.found)
                return cancel(w, r, c, b, &s);
        if (!*t.calendar && b->term_count == 0 && !customers_calendar(w, r, &t))
                return false;
        if (s.started && !s.live && !(s.cancelled && why == PROMISE_SEVERITY && !s.promised))
                return true;
        if (s.cancelled && !clockfact_mark(w, r, c->name, "resumed", w->now))
                return false;
        return choose_calendar(w, b->rules, &s, why, &t, &version) && write_promise(w, r, c, &s, &t, version, why, pending);
}

/* The tables that count for the case (docs/promises.md): of the day of the report, so that a request that is told late, or
 * becomes more severe, is promised by what was in force when it began. */
static const struct rules *
rules_of(struct work *w, const struct record *r, const struct record *request)
{
        const struct record *from = request ? request : r;
        const struct field *reported = entity_field(from->e, FIELD_CASE_REPORTED_AT);
        usec at = request ? promise_policy_at(request) : reported && from->v[reported->index].type == VAL_INT ? from->v[reported->index].i : w->now;

        return policies_at(w, at);
}

usec
promise_policy_at(const struct record *request)
{
        usec anew = record_int(request, FIELD_TECHNICAL_REQUEST_POLICY_AT);

        return anew ? anew : record_int(request, FIELD_CASE_REPORTED_AT);
}

static bool
find_basis(struct work *w, const struct record *r, struct basis *b)
{
        const struct record *request = request_above(w, r);
        const struct field *severity = entity_field(r->e, FIELD_CASE_SEVERITY);
        struct entitlement_term *terms = NULL;

        *b = (struct basis){0};
        if (ctx_failed(w->ctx) || (b->rules = rules_of(w, r, request)) == NULL)
                return false;
        if (request != NULL && !entitlement_terms(w, request, &terms, &b->term_count))
                return false;
        b->terms = terms;
        b->known = severity != NULL && r->v[severity->index].type == VAL_TEXT && b->term_count > 0;
        return true;
}

bool
promise_make(struct work *w, struct record *r, enum promise_reason why, bool pending)
{
        struct basis b;

        if (!find_basis(w, r, &b))
                return false;
        for (size_t i = 0; i < r->e->clock_count; i++)
                if (!make_one(w, r, &r->e->clocks[i], &b, why, pending))
                        return false;
        return watch_case(w, r);
}

/* Hook promise_anew: entitlement is asked again, and every open clock gets what the tables say today. */
bool
promise_anew(struct work *w, struct record *r, const struct json *input)
{
        record_clear(r, FIELD_TECHNICAL_REQUEST_ENTITLEMENT);
        record_clear(r, FIELD_TECHNICAL_REQUEST_CONTRACT_LINE);
        record_set_int(r, FIELD_TECHNICAL_REQUEST_POLICY_AT, w->now);
        return entitlement_apply(w, r) && promise_make(w, r, PROMISE_POLICY, true);
}

/* Of a contract: what tables it names are there, and can be kept (C9). */
bool
promise_tables_named(struct work *w, struct record *r, const struct json *input)
{
        const char *const fields[] = {FIELD_CONTRACT_SLA_SET, FIELD_CONTRACT_OLA_OVERRIDE, FIELD_CONTRACT_TIER};
        struct entitlement_term term = {.calendar = ""};
        const struct rules *rules;
        bool changed = false;

        for (size_t i = 0; i < 3; i++)
                changed |= record_changed(r, fields[i]);
        if (!changed || (!service_is_set(r, fields[0]) && !service_is_set(r, fields[1])) || !service_is_set(r, fields[2]))
                return true;
        term.sla_set = str_c(w->ctx->arena, record_text(r, fields[0]));
        term.ola_override = str_c(w->ctx->arena, record_text(r, fields[1]));
        term.tier = str_c(w->ctx->arena, record_text(r, fields[2]));
        rules = policies_at(w, w->now);
        if (rules == NULL || promise_tables_check(w->ctx, rules, term))
                return rules != NULL;
        const struct error why = *w->ctx->errors;
        if (why.code != E_RULE)
                return false;
        ctx_clear(w->ctx);             /* a table that cannot be kept is refused at the field that names it */
        return refuse(w, why.field, why.en, why.zh);
}
