/* SPDX-License-Identifier: Apache-2.0
 *
 * simulate.c -- closed requests judged again under another policy, from the facts of their clocks.
 *
 *     ids of the requests closed in the period
 *         --chunks of CHUNK, taken by threads--> fields and terms, facts and promises (promise_clocks_of)
 *         before: the promises as they were made                               --clock_compute--> result, due time
 *         after:  each of them as the draft would have made it: same moment,
 *                 same severity, same agreed terms                             --clock_compute--> result, due time
 *
 * Invariants
 *   1. Only reads; each thread on a connection of its own.  Three statements a chunk, whatever the requests hold.
 *   2. What was promised counts as before, not what the tables in force would say: so the figures are those of the reports.
 *   3. Facts stay what they were: who would have worked otherwise under another promise is not guessed.
 *   4. Equal questions are asked of the tables once (memo): the tables are pure.
 *
 * Not here: reading drafts (policies.c), how the outcome looks (simulate_report.c).
 */
#include "service/simulate.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include "engine/calendar_store.h"
#include "engine/sqltext.h"
#include "gen/names.h"
#include "service/promise.h"

enum { CHUNK = 512, THREADS_MAX = 8, INPUTS_MAX = 40 };

struct calendar_name {                 /* whose version is it? */
        int64_t version;
        const char *code;
};
struct trial {                         /* what all threads read */
        const struct simulate_wish *wish;
        const struct entity *e;
        const struct field *fields[INPUTS_MAX];        /* what the tables ask of requests */
        size_t field_count;
        const char *sql;               /* a chunk's requests */
        int64_t *ids;
        size_t id_count;
        struct calendar_name *names;
        size_t name_count;
        _Atomic size_t next;           /* the first id that nobody took */
        usec now;
};
struct runner {                        /* a thread */
        struct trial *t;
        pthread_t thread;
        struct arena *keep, *chunk;    /* results; a chunk's rows */
        struct ctx keep_ctx, ctx;
        struct work w;
        struct map memo;               /* question -> struct target */
        struct map groups;             /* clock, tier, severity -> index in out.groups + 1 */
        struct simulation out;
        bool ok;
};
struct request {                       /* of a chunk */
        const char *number, *tier, *severity, *current;
        struct rule_input in[INPUTS_MAX];
        struct entitlement_term *terms;
        size_t term_count;
        const char *terms_key;
};

/* ---- what the tables ask ---- */

static void
add_field(struct trial *t, const char *name)
{
        const struct field *f = entity_field(t->e, name);

        if (f == NULL || f->storage == STORE_NONE || t->field_count == INPUTS_MAX)
                return;
        for (size_t i = 0; i < t->field_count; i++)
                if (t->fields[i] == f)
                        return;
        t->fields[t->field_count++] = f;
}

static void
collect_fields(struct arena *a, struct trial *t)
{
        add_field(t, FIELD_CASE_SEVERITY);
        add_field(t, FIELD_TECHNICAL_REQUEST_SEVERITY_CURRENT);
        add_field(t, FIELD_TECHNICAL_REQUEST_SERVICE_TIER);
        for (size_t i = 0; i < t->e->clock_count; i++) {
                const char *target = t->e->clocks[i].target, *dot = target ? strchr(target, '.') : NULL;
                const char *table = dot ? arena_strndup(a, target, (size_t)(dot - target)) : "sla";
                for (const char *const *name = rules_inputs(a, rules_table(t->wish->rules, table)); *name; name++)
                        add_field(t, *name);
        }
}

static const char *
chunk_sql(struct arena *a, const struct trial *t)
{
        struct buf b = {0};
        const char *sql;

        buf_text(&b, "select c.id, c.number, ");
        sqltext_field(t->e, entity_field(t->e, FIELD_TECHNICAL_REQUEST_ENTITLEMENT_EXPLAIN), &b);
        for (size_t i = 0; i < t->field_count; i++) {
                buf_text(&b, ", ");
                sqltext_field(t->e, t->fields[i], &b);
        }
        buf_printf(&b, " from cases c join \"%s\" t on t.id = c.id where c.entity = $1 and ((c.closed_at >= $2 and "
                       "c.closed_at < $3) or (c.closed_at is null and $7 = 1)) and ($4 = '' or c.source = $4) and c.id >= $5 and "
                       "c.id <= $6 order by c.id", t->e->table);
        sql = arena_strndup(a, b.p, b.n);
        buf_free(&b);
        return sql;
}

static const char *
source_of(const struct trial *t)
{
        return t->wish->source ? t->wish->source : "";
}

static bool
read_ids(struct work *w, struct trial *t)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select id from cases where entity = $1 and ((closed_at >= $2 and closed_at < $3) or "
                                          "(closed_at is null and $5 = 1)) and ($4 = '' or source = $4) order by id"),
                                      "siisi", t->e->name, t->wish->from, t->wish->to, source_of(t), (int64_t)t->wish->open);

        while (rows != NULL && rows_next(rows))
                *ARENA_PUSH(w->ctx->arena, t->ids, t->id_count) = rows_int(rows, 0);
        return rows != NULL && rows_close(rows);
}

static bool
read_calendar_names(struct work *w, struct trial *t)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select v.id, c.code from calendar_version v join calendar c on c.id = v.calendar"), "");

        while (rows != NULL && rows_next(rows)) {
                struct str code = rows_text(rows, 1);
                *ARENA_PUSH(w->ctx->arena, t->names, t->name_count) =
                        (struct calendar_name){rows_int(rows, 0), arena_strndup(w->ctx->arena, code.p, code.n)};
        }
        return rows != NULL && rows_close(rows);
}

static const char *
code_of(const struct trial *t, int64_t version)
{
        for (size_t i = 0; i < t->name_count; i++)
                if (t->names[i].version == version)
                        return t->names[i].code;
        return "";
}

/* ---- a chunk's requests ---- */

static const char *
keep_text(struct arena *a, struct str s)
{
        return s.p ? arena_strndup(a, s.p, s.n) : "";
}

/* The terms that were agreed, and a text that is equal where they are; without terms the tier of the wish. */
static bool
read_terms(struct runner *r, struct request *q, struct str explain)
{
        struct arena *a = r->chunk;
        const struct json *kept, *terms;

        q->terms_key = "";
        if (explain.n == 0 && r->t->wish->tier == NULL)
                return true;
        if (explain.n == 0) {
                *ARENA_PUSH(a, q->terms, q->term_count) = (struct entitlement_term){.tier = r->t->wish->tier, .calendar = ""};
                q->tier = r->t->wish->tier;
                return true;
        }
        kept = json_parse(&r->ctx, arena_strndup(a, explain.p, explain.n), explain.n, 10000);
        terms = json_get(kept, "agreed");
        for (const struct json *t = terms ? terms->child : NULL; t != NULL; t = t->next) {
                struct str tier = json_get_text(t, "tier"), calendar = json_get_text(t, "calendar");
                struct str set = json_get_text(t, "sla_set"), ola = json_get_text(t, "ola_override");
                *ARENA_PUSH(a, q->terms, q->term_count) =
                        (struct entitlement_term){.tier = tier.n ? keep_text(a, tier) : "basic", .calendar = keep_text(a, calendar),
                                                  .sla_set = keep_text(a, set), .ola_override = keep_text(a, ola)};
                q->terms_key = arena_printf(a, "%s|%s,%s,%s,%s", q->terms_key, keep_text(a, tier), keep_text(a, calendar),
                                            keep_text(a, set), keep_text(a, ola));
        }
        return kept != NULL;
}

static struct str
input_text(struct runner *r, const struct field *f, struct rows *rows, int col)
{
        int64_t i;

        if (rows_null(rows, col))
                return STR_NONE;
        if (f->storage == STORE_TEXT)
                return str_of(keep_text(r->chunk, rows_text(rows, col)));
        i = rows_int(rows, col);
        if (f->type == TYPE_BOOL)
                return i ? STR("true") : STR("false");
        return str_of(arena_printf(r->chunk, "%lld", (long long)i));
}

static bool
read_request(struct runner *r, struct rows *rows, struct request *q)
{
        q->number = keep_text(r->chunk, rows_text(rows, 1));
        q->tier = q->severity = q->current = "";
        for (size_t i = 0; i < r->t->field_count; i++) {
                const char *name = r->t->fields[i]->name;
                q->in[i] = (struct rule_input){name, input_text(r, r->t->fields[i], rows, (int)i + 3)};
                const char *text = q->in[i].value.p ? q->in[i].value.p : "";
                if (strcmp(name, FIELD_CASE_SEVERITY) == 0)
                        q->severity = text;
                else if (strcmp(name, FIELD_TECHNICAL_REQUEST_SEVERITY_CURRENT) == 0)
                        q->current = text;
                else if (strcmp(name, FIELD_TECHNICAL_REQUEST_SERVICE_TIER) == 0)
                        q->tier = text;
        }
        return read_terms(r, q, rows_text(rows, 2));
}

/* ---- what the draft promises ---- */

static void
set_severity(struct rule_input *in, size_t n, const char *severity)
{
        for (size_t i = 0; i < n; i++)
                if (strcmp(in[i].name, FIELD_CASE_SEVERITY) == 0)
                        in[i].value = *severity ? str_of(severity) : STR_NONE;
}

static bool
ask_tables(struct runner *r, const struct request *q, const struct clock_decl *c, const char *severity, struct target *ret)
{
        const char *dot = strchr(c->target, '.'), *table = arena_strndup(r->chunk, c->target, (size_t)(dot - c->target));
        const struct rules *rules = r->t->wish->rules;
        struct rule_input in[INPUTS_MAX];
        size_t n = r->t->field_count;

        memcpy(in, q->in, n * sizeof *in);
        set_severity(in, n, severity);
        if (strcmp(c->party, "sla") == 0)
                return target_sla(&r->keep_ctx, rules, table, dot + 1, in, n, q->terms, q->term_count, ret);
        return target_ola(&r->keep_ctx, rules, table, dot + 1, dot + 1, in, n, q->terms, q->term_count, ret);
}

static const char *
question(struct runner *r, const struct request *q, const struct clock_decl *c, const char *severity)
{
        struct buf b = {0};
        const char *key;

        buf_printf(&b, "%s|%s|%s", c->name, severity, q->terms_key);
        if (r->t->wish->tier)
                buf_printf(&b, "|%zu", q->term_count);
        for (size_t i = 0; i < r->t->field_count; i++)
                if (strcmp(q->in[i].name, FIELD_CASE_SEVERITY) != 0 && q->in[i].value.p)
                        buf_printf(&b, "|%zu=%s", i, q->in[i].value.p);
        key = arena_strndup(r->chunk, b.p, b.n);
        buf_free(&b);
        return key;
}

/* The answer lives as long as the runner; NULL with an error. */
static const struct target *
draft_target(struct runner *r, const struct request *q, const struct clock_decl *c, const char *severity)
{
        const char *key = question(r, q, c, severity);
        struct target *t = map_get_c(&r->memo, key);

        if (t != NULL)
                return t;
        t = ARENA_NEW(r->keep, struct target);
        if (!ask_tables(r, q, c, severity, t))
                return NULL;
        t->calendar = arena_strdup(r->keep, t->calendar);
        t->tier = arena_strdup(r->keep, t->tier);
        map_put(&r->memo, str_of(arena_strdup(r->keep, key)), t);
        return t;
}

/* Working time runs on the version that the promise had, if the draft names the same calendar; else on the one in force. */
static bool
draft_calendar(struct runner *r, const struct target *target, int64_t version, const struct calendar **ret)
{
        struct str code = target_calendar(r->t->wish->rules, target);
        const char *name = str_c(r->chunk, code);

        *ret = calendar_version(&r->w, 0);
        if (!target->budget.working)
                return true;
        if (r->t->wish->calendar_code && strcmp(name, r->t->wish->calendar_code) == 0)
                return (*ret = r->t->wish->calendar) != NULL;
        if (version == 0 || strcmp(code_of(r->t, version), name) != 0)
                if (!calendar_in_force(&r->w, code, r->t->now, &version))
                        return false;
        return (*ret = calendar_version(&r->w, version == CALENDAR_NONE ? 0 : version)) != NULL;
}

static const char *
severity_then(const struct request *q, const struct clock_view *v, size_t i)
{
        if (i < v->input.promise_count && v->severities[i] != NULL)
                return v->severities[i];
        return strcmp(v->name, "resolve") == 0 && *q->current ? q->current : q->severity;
}

/* The clock's input under the draft, and the text of what it promises at the end. */
static bool
draft_input(struct runner *r, const struct request *q, const struct clock_view *v, struct clock_input *ret, const struct target **ret_target)
{
        size_t n = v->input.promise_count ? v->input.promise_count : v->input.fact_count ? 1 : 0;
        struct clock_promise *p = ARENA_ARRAY(r->chunk, struct clock_promise, n + 1);

        *ret = v->input;
        ret->promises = p;
        ret->promise_count = 0;
        *ret_target = NULL;
        for (size_t i = 0; i < n; i++) {
                const struct target *t = draft_target(r, q, v->decl, severity_then(q, v, i));
                int64_t version = i < v->input.promise_count ? v->versions[i] : 0;
                const struct calendar *calendar;
                if (t == NULL || (t->found && !draft_calendar(r, t, version, &calendar)))
                        return false;
                *ret_target = t;
                if (t->found)
                        p[ret->promise_count++] = (struct clock_promise){
                                .since = i < v->input.promise_count ? v->input.promises[i].since : v->input.facts[0].at,
                                .budget = t->budget.amount,
                                .calendar = calendar};
        }
        return true;
}

/* ---- judging ---- */

static bool
judge(struct runner *r, const struct clock_input *in, struct simulated_figure *ret)
{
        struct clock_result res;

        *ret = (struct simulated_figure){.result = "none", .target = "", .due = USEC_NONE};
        if (in->promise_count == 0)
                return true;
        if (!clock_compute(&r->ctx, in, r->t->now, &res))
                return false;
        ret->result = clock_state_name(res.raw.state);
        ret->due = res.raw.due;
        ret->late = res.raw.state == CLOCK_BREACHED;
        return true;
}

static bool
same_promises(const struct clock_input *a, const struct clock_input *b)
{
        if (a->promise_count != b->promise_count)
                return false;
        for (size_t i = 0; i < a->promise_count; i++)
                if (a->promises[i].budget != b->promises[i].budget || a->promises[i].calendar != b->promises[i].calendar)
                        return false;
        return true;
}

static struct simulated_group *
group_of(struct runner *r, const struct request *q, const struct clock_view *v, const char *severity)
{
        struct simulated_group *g;
        char key[200];

        snprintf(key, sizeof key, "%s|%s|%s", v->name, q->tier, severity);
        uintptr_t found = (uintptr_t)map_get_c(&r->groups, key);
        if (found)
                return &r->out.groups[found - 1];
        g = ARENA_PUSH(r->keep, r->out.groups, r->out.group_count);
        *g = (struct simulated_group){.clock = arena_strdup(r->keep, v->name),
                                      .party = v->decl->party,
                                      .tier = arena_strdup(r->keep, q->tier),
                                      .severity = arena_strdup(r->keep, severity)};
        map_put(&r->groups, str_of(arena_strdup(r->keep, key)), (void *)(uintptr_t)r->out.group_count);
        return g;
}

static const char *
last_budget(struct runner *r, const struct clock_view *v)
{
        size_t n = v->input.promise_count;

        if (n == 0)
                return "";
        return budget_text(r->chunk, (struct budget){v->input.promises[n - 1].budget, v->versions[n - 1] != 0});
}

static void
note_difference(struct runner *r, int64_t id, const struct request *q, const struct clock_view *v, const char *severity,
                struct simulated_figure before, struct simulated_figure after, bool changed)
{
        if (!changed && r->out.list_count >= r->t->wish->list_max) {
                r->out.left_out++;
                return;
        }
        before.target = arena_strdup(r->keep, before.target);
        after.target = arena_strdup(r->keep, after.target);
        *ARENA_PUSH(r->keep, r->out.list, r->out.list_count) =
                (struct simulated_case){.id = id,
                                        .number = arena_strdup(r->keep, q->number),
                                        .clock = arena_strdup(r->keep, v->name),
                                        .tier = arena_strdup(r->keep, q->tier),
                                        .severity = arena_strdup(r->keep, severity),
                                        .before = before,
                                        .after = after,
                                        .result_changed = changed};
}

/* One clock under both policies.  A clock whose facts contradict one another is counted, and hides no other. */
static bool
try_clock(struct runner *r, int64_t id, const struct request *q, const struct clock_view *v, bool *ret_differs, bool *ret_changed)
{
        size_t n = v->input.promise_count;
        const char *severity = severity_then(q, v, n ? n - 1 : 0);
        struct simulated_figure before, after;
        struct clock_input draft;
        const struct target *target;
        struct simulated_group *g;

        if (!draft_input(r, q, v, &draft, &target))
                return false;
        bool same = same_promises(&v->input, &draft);
        if (!judge(r, &v->input, &before) || (!same && !judge(r, &draft, &after))) {
                if (r->ctx.errors->code != E_CLOCK && r->ctx.errors->code != E_CALENDAR_CLOSED)
                        return false;
                ctx_clear(&r->ctx);
                r->out.faulty++;
                return true;
        }
        if (same)
                after = before;
        g = group_of(r, q, v, severity);
        g->clocks++;
        g->judged_before += v->input.promise_count > 0;
        g->judged_after += draft.promise_count > 0;
        g->late_before += before.late;
        g->late_after += after.late;
        r->out.clocks++;
        if (same)
                return true;
        before.target = last_budget(r, v);
        after.target = target && target->found ? budget_text(r->chunk, target->budget) : "";
        bool changed = strcmp(before.result, after.result) != 0;
        *ret_differs = true;
        *ret_changed |= changed;
        note_difference(r, id, q, v, severity, before, after, changed);
        return true;
}

static bool
try_case(struct runner *r, const struct request *q, const struct case_clocks *c)
{
        bool differs = false, changed = false;

        for (size_t i = 0; i < c->count; i++)
                if (c->list[i].decl != NULL && c->list[i].decl->target != NULL &&
                    !try_clock(r, c->case_id, q, &c->list[i], &differs, &changed))
                        return false;
        r->out.cases++;
        r->out.differing += differs;
        r->out.changed += changed;
        return true;
}

static bool
try_chunk(struct runner *r, size_t first, size_t n)
{
        struct trial *t = r->t;
        struct request *requests = ARENA_ARRAY(r->chunk, struct request, n);
        struct case_clocks *clocks = ARENA_ARRAY(r->chunk, struct case_clocks, n);
        const struct val v[] = {VAL_OF_TEXT(str_of(t->e->name)), VAL_OF_INT(t->wish->from), VAL_OF_INT(t->wish->to),
                                VAL_OF_TEXT(str_of(source_of(t))), VAL_OF_INT(t->ids[first]), VAL_OF_INT(t->ids[first + n - 1]),
                                VAL_OF_INT(t->wish->open)};
        struct rows *rows = sql_query_vals(&r->ctx, r->w.conn, t->sql, v, 7);
        size_t count = 0;
        bool ok = rows != NULL;

        while (ok && count < n && rows_next(rows)) {
                clocks[count] = (struct case_clocks){.case_id = rows_int(rows, 0), .e = t->e};
                ok = read_request(r, rows, &requests[count++]);
        }
        if (rows == NULL || !rows_close(rows) || !ok || !promise_clocks_of(&r->w, clocks, count))
                return false;
        for (size_t i = 0; i < count; i++)
                if (!try_case(r, &requests[i], &clocks[i]))
                        return false;
        return true;
}

/* ---- threads ---- */

static void *
runner_main(void *arg)
{
        struct runner *r = arg;
        size_t first;

        r->w.conn = conn_open(&r->ctx, r->t->wish->db, CONN_READ);
        r->ok = r->w.conn != NULL;
        while (r->ok && (first = atomic_fetch_add(&r->t->next, CHUNK)) < r->t->id_count) {
                size_t left = r->t->id_count - first;
                r->ok = try_chunk(r, first, left < CHUNK ? left : CHUNK);
                if (r->ok)
                        arena_reset(r->chunk);
        }
        conn_close(r->w.conn);
        return NULL;
}

static void
runner_start(struct runner *r, struct trial *t, const struct work *w)
{
        *r = (struct runner){.t = t, .keep = arena_new(0), .chunk = arena_new(0), .w = *w};
        ctx_init(&r->keep_ctx, r->keep);
        ctx_init(&r->ctx, r->chunk);
        r->w.ctx = &r->ctx;
        map_init(&r->memo, r->keep);
        map_init(&r->groups, r->keep);
        if (pthread_create(&r->thread, NULL, runner_main, r) != 0)
                abort();
}

static void
merge_group(struct arena *a, struct simulation *to, const struct simulated_group *g)
{
        for (size_t i = 0; i < to->group_count; i++) {
                struct simulated_group *h = &to->groups[i];
                if (strcmp(g->clock, h->clock) != 0 || strcmp(g->tier, h->tier) != 0 || strcmp(g->severity, h->severity) != 0)
                        continue;
                h->clocks += g->clocks;
                h->judged_before += g->judged_before, h->judged_after += g->judged_after;
                h->late_before += g->late_before, h->late_after += g->late_after;
                return;
        }
        struct simulated_group *copy = ARENA_PUSH(a, to->groups, to->group_count);
        *copy = *g;
        copy->clock = arena_strdup(a, g->clock);
        copy->tier = arena_strdup(a, g->tier);
        copy->severity = arena_strdup(a, g->severity);
}

static void
merge_case(struct arena *a, struct simulation *to, const struct simulated_case *c)
{
        struct simulated_case *copy = ARENA_PUSH(a, to->list, to->list_count);

        *copy = *c;
        copy->number = arena_strdup(a, c->number);
        copy->clock = arena_strdup(a, c->clock);
        copy->tier = arena_strdup(a, c->tier);
        copy->severity = arena_strdup(a, c->severity);
        copy->before.target = arena_strdup(a, c->before.target);
        copy->after.target = arena_strdup(a, c->after.target);
}

static bool
runner_join(struct runner *r, struct ctx *ctx, struct simulation *ret)
{
        bool ok;

        pthread_join(r->thread, NULL);
        ok = r->ok;
        ret->cases += r->out.cases, ret->differing += r->out.differing, ret->changed += r->out.changed;
        ret->clocks += r->out.clocks, ret->faulty += r->out.faulty, ret->left_out += r->out.left_out;
        for (size_t i = 0; i < r->out.group_count; i++)
                merge_group(ctx->arena, ret, &r->out.groups[i]);
        for (size_t i = 0; i < r->out.list_count; i++)
                merge_case(ctx->arena, ret, &r->out.list[i]);
        if (!ok) {
                const struct error *e = r->ctx.errors ? r->ctx.errors : r->keep_ctx.errors;
                fail(ctx, E_INTERNAL, "simulate", e ? arena_strdup(ctx->arena, e->en) : "a thread ended");
        }
        arena_free(r->chunk);
        arena_free(r->keep);
        return ok;
}

/* ---- the whole ---- */

static int
by_group(const void *a, const void *b)
{
        const struct simulated_group *x = a, *y = b;
        int d = strcmp(x->clock, y->clock);

        d = d ? d : strcmp(x->tier, y->tier);
        return d ? d : strcmp(x->severity, y->severity);
}

static int
by_weight(const void *a, const void *b)
{
        const struct simulated_case *x = a, *y = b;

        if (x->result_changed != y->result_changed)
                return x->result_changed ? -1 : 1;
        if (x->id != y->id)
                return x->id < y->id ? -1 : 1;
        return strcmp(x->clock, y->clock);
}

static void
finish(const struct simulate_wish *wish, struct simulation *s)
{
        if (s->group_count)
                qsort(s->groups, s->group_count, sizeof *s->groups, by_group);
        if (s->list_count)
                qsort(s->list, s->list_count, sizeof *s->list, by_weight);
        if (s->list_count > wish->list_max) {
                s->left_out += (int64_t)(s->list_count - wish->list_max);
                s->list_count = wish->list_max;
        }
}

bool
simulate_run(struct work *w, const struct simulate_wish *wish, struct simulation *ret)
{
        struct trial t = {.wish = wish, .e = model_entity(w->model, ENTITY_TECHNICAL_REQUEST), .now = w->now};
        int threads = wish->threads < 1 ? 1 : wish->threads > THREADS_MAX ? THREADS_MAX : wish->threads;
        struct runner *runners = ARENA_ARRAY(w->ctx->arena, struct runner, threads);
        usec begun = clock_monotonic();
        bool ok = true;

        *ret = (struct simulation){0};
        collect_fields(w->ctx->arena, &t);
        t.sql = chunk_sql(w->ctx->arena, &t);
        if (!read_ids(w, &t) || !read_calendar_names(w, &t))
                return false;
        if (t.id_count <= CHUNK)
                threads = 1;
        for (int i = 0; i < threads; i++)
                runner_start(&runners[i], &t, w);
        for (int i = 0; i < threads; i++)
                ok = runner_join(&runners[i], w->ctx, ret) && ok;
        finish(wish, ret);
        ret->took = clock_monotonic() - begun;
        return ok;
}
