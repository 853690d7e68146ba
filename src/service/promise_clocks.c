/* SPDX-License-Identifier: Apache-2.0
 *
 * promise_clocks.c -- the clocks of a case, read: facts and promises together, and what they say now.
 *
 *     clock_segments, clock_promises, calendar versions --promise_clocks--> clock_input --clock_compute--> verdict --> JSON
 *
 * Nothing is stored of what is computed.  A clock whose facts contradict one another is shown with its facts and a fault, so
 * that one bad row hides no other clock.
 */
#include <stdio.h>
#include "engine/access.h"
#include "engine/calendar_store.h"
#include "service/exemption.h"
#include "service/promise.h"

static const char *const KINDS[] = {"started", "paused", "resumed", "stopped", "cancelled", "restarted"};

/* ---- reading ---- */

static const struct clock_decl *
decl_of(const struct entity *e, const char *name)
{
        for (size_t i = 0; i < e->clock_count; i++)
                if (strcmp(e->clocks[i].name, name) == 0)
                        return &e->clocks[i];
        return NULL;
}

static struct clock_view *
view_of(struct case_clocks *c, struct str name)
{
        for (size_t i = 0; i < c->count; i++)
                if (str_is(name, c->list[i].name))
                        return &c->list[i];
        return NULL;
}

static enum clock_fact_kind
kind_of(struct str s)
{
        for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
                if (str_is(s, KINDS[i]))
                        return (enum clock_fact_kind)i;
        return FACT_STARTED;
}

static const char *
copy(struct work *w, struct str s)
{
        return s.p ? arena_strndup(w->ctx->arena, s.p, s.n) : NULL;
}

/* Columns: case, clock, kind, at, code, evidence; of a false wait when, by whom, why and by what evidence it was found. */
static void
take_fact(struct work *w, struct case_clocks *c, struct rows *rows)
{
        struct clock_view *v = view_of(c, rows_text(rows, 1));
        struct clock_fact *facts;

        if (v == NULL) {
                v = ARENA_PUSH(w->ctx->arena, c->list, c->count);
                v->name = copy(w, rows_text(rows, 1));
                v->decl = decl_of(c->e, v->name);
        }
        size_t n = v->input.fact_count;
        *ARENA_PUSH(w->ctx->arena, v->evidence, n) = copy(w, rows_text(rows, 5));
        facts = (struct clock_fact *)v->input.facts;
        *ARENA_PUSH(w->ctx->arena, facts, v->input.fact_count) = (struct clock_fact){
                .kind = kind_of(rows_text(rows, 2)), .at = rows_int(rows, 3), .code = copy(w, rows_text(rows, 4)),
                .void_ = !rows_null(rows, 6)};
        v->input.facts = facts;
        if (rows_null(rows, 6))
                return;
        *ARENA_PUSH(w->ctx->arena, v->voids, v->void_count) = (struct clock_void){
                v->input.fact_count - 1, rows_int(rows, 6), rows_int(rows, 7), copy(w, rows_text(rows, 8)), copy(w, rows_text(rows, 9))};
}

/* Columns: case, clock, since, budget, calendar_version, row, reason, severity. */
static void
take_promise(struct work *w, struct case_clocks *c, struct rows *rows)
{
        struct clock_view *v = view_of(c, rows_text(rows, 1));
        struct clock_promise *promises;

        if (v == NULL)                 /* promised, not yet started */
                return;
        size_t n = v->input.promise_count, m = n, k = n;
        *ARENA_PUSH(w->ctx->arena, v->versions, n) = rows_int(rows, 4);
        *ARENA_PUSH(w->ctx->arena, v->reasons, m) = copy(w, rows_text(rows, 6));
        *ARENA_PUSH(w->ctx->arena, v->severities, k) = copy(w, rows_text(rows, 7));
        promises = (struct clock_promise *)v->input.promises;
        *ARENA_PUSH(w->ctx->arena, promises, v->input.promise_count) =
                (struct clock_promise){.since = rows_int(rows, 2), .budget = rows_int(rows, 3), .row = copy(w, rows_text(rows, 5))};
        v->input.promises = promises;
}

static bool
take_calendars(struct work *w, struct clock_view *v)
{
        for (size_t i = 0; i < v->input.promise_count; i++) {
                struct clock_promise *p = (struct clock_promise *)&v->input.promises[i];
                p->calendar = calendar_version(w, v->versions[i]);
                if (p->calendar == NULL)
                        return false;
        }
        return true;
}

/* Rows of a table, named s, for some cases, in the order of the cases' ids.  The list is filled up to a power of two with its last id,
 * so that pages of many lengths make few texts. */
static struct rows *
rows_of(struct work *w, const char *columns, const char *order, const struct case_clocks *cases, size_t n)
{
        struct str text;
        struct buf b = {0};
        struct val *v;
        struct rows *rows;
        size_t room = 1;

        while (room < n)
                room *= 2;
        v = ARENA_ARRAY(w->ctx->arena, struct val, room);
        buf_printf(&b, "select s.case_id, %s where s.case_id in (", columns);
        for (size_t i = 0; i < room; i++) {
                v[i] = VAL_OF_INT(cases[i < n ? i : n - 1].case_id);
                buf_printf(&b, i > 0 ? ", $%zu" : "$%zu", i + 1);
        }
        buf_printf(&b, ") order by s.case_id, %s", order);
        text = buf_view(&b);
        rows = sql_query_vals(w->ctx, w->conn, arena_strndup(w->ctx->arena, text.p, text.n), v, room);
        buf_free(&b);
        return rows;
}

static struct case_clocks *
case_of(struct case_clocks *cases, size_t n, int64_t id)
{
        for (size_t i = 0; i < n; i++)
                if (cases[i].case_id == id)
                        return &cases[i];
        return &cases[0];
}

static bool
read_each(struct work *w, struct rows *rows, struct case_clocks *cases, size_t n,
          void (*take)(struct work *w, struct case_clocks *c, struct rows *rows))
{
        struct case_clocks *c = cases;

        while (rows != NULL && rows_next(rows)) {
                if (c->case_id != rows_int(rows, 0))
                        c = case_of(cases, n, rows_int(rows, 0));
                take(w, c, rows);
        }
        return rows != NULL && rows_close(rows);
}

bool
promise_clocks_of(struct work *w, struct case_clocks *cases, size_t n)
{
        if (n == 0)
                return true;
        for (size_t i = 0; i < n; i++)
                cases[i].list = NULL, cases[i].count = 0;
        if (!read_each(w, rows_of(w,
                               "s.clock, s.kind, s.at, s.code, s.evidence, v.at, v.found_by, v.reason, v.evidence from clock_segments s "
                               "left join clock_voids v on v.case_id = s.case_id and v.clock = s.clock and v.seq = s.seq",
                               "s.clock, s.seq", cases, n), cases, n,
                       take_fact) ||
            !read_each(w,
                       rows_of(w, "s.clock, s.since, s.budget, s.calendar_version, s.row, s.reason, s.severity from clock_promises s",
                               "s.clock, s.since, s.seq", cases, n),
                       cases, n, take_promise))
                return false;
        for (size_t i = 0; i < n; i++)
                for (size_t k = 0; k < cases[i].count; k++)
                        if (!take_calendars(w, &cases[i].list[k]))
                                return false;
        return true;
}

bool
promise_clocks(struct work *w, const struct record *r, struct clock_view **ret, size_t *ret_count)
{
        struct case_clocks one = {.case_id = r->id, .e = r->e};

        if (!promise_clocks_of(w, &one, 1))
                return false;
        *ret = one.list;
        *ret_count = one.count;
        return true;
}

/* ---- writing ---- */

/* A person; NULL for the system. */
static const char *
name_of(struct work *w, int64_t person)
{
        return person != 0 ? store_label(w, model_entity(w->model, "user"), person) : NULL;
}

void
promise_json_time(struct jw *out, const char *key, usec t)
{
        jw_key(out, key);
        if (t == USEC_NONE)
                jw_null(out);
        else
                jw_time(out, t);
}

static void
json_seconds(struct jw *out, const char *key, usec t)
{
        jw_key(out, key);
        if (t % USEC_SECOND == 0)
                jw_int(out, t / USEC_SECOND);
        else
                jw_real(out, (double)t / (double)USEC_SECOND);
}

/* Of a wait that was found false: who found it, when, why. */
static void
json_void(struct work *w, struct jw *out, const struct clock_view *v, size_t fact)
{
        for (size_t i = 0; i < v->void_count; i++) {
                const struct clock_void *x = &v->voids[i];
                if (x->fact != fact)
                        continue;
                jw_key(out, "found_false"), jw_open(out, '{');
                jw_key(out, "at"), jw_time(out, x->at);
                jw_key(out, "by"), jw_text(out, name_of(w, x->by));
                jw_key(out, "reason"), jw_text(out, x->reason);
                jw_key(out, "evidence"), jw_text(out, x->evidence);
                jw_close(out, '}');
        }
}

static void
json_facts(struct work *w, struct jw *out, const struct clock_view *v, bool staff)
{
        jw_key(out, "facts"), jw_open(out, '[');
        for (size_t i = 0; i < v->input.fact_count; i++) {
                const struct clock_fact *f = &v->input.facts[i];
                jw_open(out, '{');
                jw_key(out, "kind"), jw_text(out, KINDS[f->kind]);
                jw_key(out, "at"), jw_time(out, f->at);
                if (f->code != NULL)
                        jw_key(out, "code"), jw_text(out, f->code);
                if (v->evidence[i] != NULL && staff)
                        jw_key(out, "evidence"), jw_text(out, v->evidence[i]);
                if (staff)
                        json_void(w, out, v, i);
                jw_close(out, '}');
        }
        jw_close(out, ']');
}

/* "24x7", or code and number of the version: "5x9 v3". */
static bool
calendar_name(struct work *w, int64_t version, const char **ret)
{
        struct str name = STR_NONE;

        *ret = CALENDAR_ALWAYS;
        if (version == 0)
                return true;
        if (!sql_one_text(w->ctx, w->conn, &name,
                          SQL("select c.code || ' v' || v.version_no from calendar_version v join calendar c on c.id = v.calendar "
                              "where v.id = $1"),
                          "i", version) &&
            ctx_failed(w->ctx))
                return false;
        *ret = str_c(w->ctx->arena, name);
        return true;
}

static bool
json_promise(struct work *w, struct jw *out, const struct clock_view *v, size_t i, bool staff)
{
        const struct clock_promise *p = &v->input.promises[i];
        const char *name;

        if (!calendar_name(w, v->versions[i], &name))
                return false;
        jw_open(out, '{');
        json_seconds(out, "budget", p->budget);
        jw_key(out, "text"), jw_text(out, budget_text(w->ctx->arena, (struct budget){p->budget, v->versions[i] != 0}));
        jw_key(out, "calendar"), jw_text(out, name);
        jw_key(out, "calendar_version"), jw_int(out, v->versions[i]);
        jw_key(out, "since"), jw_time(out, p->since);
        jw_key(out, "reason"), jw_text(out, v->reasons[i]);
        if (staff)
                jw_key(out, "row"), jw_text(out, p->row);
        jw_close(out, '}');
        return true;
}

static void
json_verdict(struct jw *out, const struct clock_verdict *v, bool promised)
{
        jw_key(out, "state"), jw_text(out, clock_state_name(v->state));
        json_seconds(out, "used", v->used);
        jw_key(out, "remaining");
        if (promised)
                jw_real(out, (double)v->remaining / (double)USEC_SECOND);
        else
                jw_null(out);
        promise_json_time(out, "due", v->due);
        promise_json_time(out, "breached_at", v->breached_at);
}

static void
json_segments(struct jw *out, const struct clock_result *res)
{
        jw_key(out, "segments"), jw_open(out, '[');
        for (size_t i = 0; i < res->segment_count; i++) {
                const struct clock_segment *s = &res->segments[i];
                jw_open(out, '{');
                jw_key(out, "from"), jw_time(out, s->from);
                promise_json_time(out, "to", s->to);
                jw_key(out, "paused"), jw_bool(out, s->paused);
                if (s->code != NULL)
                        jw_key(out, "code"), jw_text(out, s->code);
                json_seconds(out, "used", s->used);
                jw_close(out, '}');
        }
        jw_close(out, ']');
}

/* Late now, and in time if the waits that were found false had been true. */
static bool
is_late_by_false_wait(struct work *w, const struct clock_view *v, const struct clock_result *now)
{
        struct clock_fact *facts = ARENA_ARRAY(w->ctx->arena, struct clock_fact, v->input.fact_count + 1);
        struct clock_input as_told = v->input;
        struct clock_result told;

        if (v->void_count == 0 || now->raw.breached_at == USEC_NONE)
                return false;
        for (size_t i = 0; i < v->input.fact_count; i++) {
                facts[i] = v->input.facts[i];
                facts[i].void_ = false;
        }
        as_told.facts = facts;
        return clock_compute(w->ctx, &as_told, w->now, &told) && told.raw.breached_at == USEC_NONE;
}

/* What it says now; a contradiction among its facts is told, and is no failure of the request. */
static void
json_now(struct work *w, struct jw *out, const struct clock_view *v)
{
        struct ctx own;
        struct clock_result res;

        ctx_init(&own, w->ctx->arena);
        if (!clock_compute(&own, &v->input, w->now, &res)) {
                jw_key(out, "state"), jw_text(out, "unknown");
                jw_key(out, "fault"), jw_text(out, w->actor->lang == LANG_ZH ? own.errors->zh : own.errors->en);
                return;
        }
        json_verdict(out, &res.raw, res.promise != NULL);
        jw_key(out, "adjusted"), jw_open(out, '{');
        json_verdict(out, &res.adjusted, res.promise != NULL);
        jw_close(out, '}');
        promise_json_time(out, "started", res.started);
        promise_json_time(out, "stopped", res.stopped);
        if (res.rounds > 0) {
                jw_key(out, "rounds"), jw_int(out, res.rounds);
                jw_key(out, "late_rounds"), jw_int(out, res.late_rounds);
        }
        jw_key(out, "raised_late"), jw_bool(out, res.raised_late);
        jw_key(out, "late_by_false_wait"), jw_bool(out, is_late_by_false_wait(w, v, &res));
        json_segments(out, &res);
}

/* What was proposed and decided about leaving time out of it. */
static void
json_exemptions(struct work *w, struct jw *out, const char *clock, const struct exemption *list, size_t n)
{
        jw_key(out, "exemptions"), jw_open(out, '[');
        for (size_t i = 0; i < n; i++) {
                const struct exemption *x = &list[i];
                if (strcmp(x->clock, clock) != 0)
                        continue;
                jw_open(out, '{');
                jw_key(out, "id"), jw_int(out, x->id);
                jw_key(out, "number"), jw_text(out, x->number);
                jw_key(out, "state"), jw_text(out, x->state);
                promise_json_time(out, "from", x->from);
                promise_json_time(out, "to", x->to);
                jw_key(out, "reason"), jw_text(out, x->reason);
                jw_key(out, "evidence"), jw_text(out, x->evidence);
                promise_json_time(out, "decided_at", x->decided_at);
                jw_key(out, "decided_by"), jw_text(out, name_of(w, x->decided_by));
                jw_close(out, '}');
        }
        jw_close(out, ']');
}

static bool
json_clock(struct work *w, struct jw *out, const struct clock_view *v, bool staff)
{
        jw_key(out, "clock"), jw_text(out, v->name);
        if (v->decl != NULL) {
                jw_key(out, "label"), jw_open(out, '{');
                jw_key(out, "en"), jw_text(out, v->decl->label.en);
                jw_key(out, "zh"), jw_text(out, v->decl->label.zh);
                jw_close(out, '}');
                jw_key(out, "party"), jw_text(out, v->decl->party);
        }
        json_facts(w, out, v, staff);
        jw_key(out, "promises"), jw_open(out, '[');
        for (size_t i = 0; i < v->input.promise_count; i++)
                if (!json_promise(w, out, v, i, staff))
                        return false;
        jw_close(out, ']');
        json_now(w, out, v);
        return true;
}

bool
promise_clocks_json(struct work *w, const struct record *r, struct jw *out)
{
        bool staff = access_is_staff(w);
        struct exemption *exemptions;
        struct clock_view *list;
        size_t n, exempt;

        if (!promise_clocks(w, r, &list, &n) || !exemption_list(w, r->id, &exemptions, &exempt))
                return false;
        exemption_apply(w, exemptions, exempt, list, n);
        jw_open(out, '[');
        for (size_t i = 0; i < n; i++) {
                bool ours = list[i].decl != NULL && strcmp(list[i].decl->party, "sla") != 0;
                if (!staff && ours)
                        continue;
                jw_open(out, '{');
                if (!json_clock(w, out, &list[i], staff))
                        return false;
                if (staff)
                        json_exemptions(w, out, list[i].name, exemptions, exempt);
                jw_close(out, '}');
        }
        jw_close(out, ']');
        return true;
}
