/* SPDX-License-Identifier: Apache-2.0
 *
 * simulate_bench.c -- simulate_bench DATABASE [COUNT]: how long a policy takes to be tried on COUNT closed requests (default
 * 100,000).
 *
 * A database that is not there is made: requests closed within 90 days, of all tiers and severities, with agreed terms, the
 * promises that the tables make of them, and clocks that ran, waited and stopped.  Then the tables in force, a stricter
 * customer SLA and a shorter calendar are tried, on one thread and on two; the cache is warm.
 *
 *     make -f tests/programs.mk build/tests/bench/simulate_bench && build/tests/bench/simulate_bench build/bench/closed.db
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/secret.h"
#include "engine/engine.h"
#include "engine/search.h"
#include "engine/store.h"
#include "gen/names.h"
#include "model/plan.h"
#include "service/calendars.h"
#include "service/hooks.h"
#include "service/policies.h"
#include "service/promise.h"
#include "service/simulate.h"

enum { BATCH = 2000, DAYS = 90 };

struct bench {
        struct ctx ctx, batch;
        struct model *model;
        struct db *db;
        struct work w;
        uint64_t seed;
};

static unsigned
dice(struct bench *b, unsigned n)
{
        b->seed ^= b->seed << 13, b->seed ^= b->seed >> 7, b->seed ^= b->seed << 17;
        return (unsigned)(b->seed % n);
}

static void
must(struct bench *b, bool ok)
{
        if (ok)
                return;
        ctx_print_errors(&b->ctx, stderr);
        ctx_print_errors(&b->batch, stderr);
        exit(1);
}

static bool
fact(struct bench *b, const struct record *r, const char *clock, int64_t seq, const char *kind, usec at, const char *code)
{
        return sql_run(b->w.ctx, b->w.conn,
                       SQL("insert into clock_segments (case_id, clock, seq, kind, at, code, event_seq) values ($1, $2, $3, $4, $5, $6, 1)"),
                       "isisis", r->id, clock, seq, kind, at, code);
}

/* Started by the creation or here; some wait; all stop. */
static void
run_clock(struct bench *b, const struct record *r, const struct clock_decl *c, usec from, usec took)
{
        bool waits = c->pause != 0 && dice(b, 3) == 0;
        int64_t seq = 0;

        must(b, sql_one_int(b->w.ctx, b->w.conn, &seq,
                            SQL("select coalesce(max(seq), 0) from clock_segments where case_id = $1 and clock = $2"), "is", r->id, c->name));
        if (seq > 1)                   /* cancelled: nothing is promised */
                return;
        if (seq == 0)
                must(b, fact(b, r, c->name, ++seq, "started", from, NULL));
        if (waits) {
                must(b, fact(b, r, c->name, ++seq, "paused", from + took / 4, "customer_info"));
                must(b, fact(b, r, c->name, ++seq, "resumed", from + took / 2, NULL));
        }
        must(b, fact(b, r, c->name, ++seq, "stopped", from + took, NULL));
}

static void
add_request(struct bench *b, int64_t i, int64_t count)
{
        static const char *const severities[] = {"critical", "major", "minor", "consultation"};
        static const char *const tiers[] = {"platinum", "gold", "silver", "basic"};
        static const usec mean[] = {2 * USEC_HOUR, 10 * USEC_HOUR, 3 * USEC_DAY, USEC_DAY};
        unsigned severity = dice(b, 4), tier = dice(b, 4);
        usec now = clock_now(), took = mean[severity] / 4 + (usec)dice(b, 1000) * (mean[severity] / 500);
        usec at = now - DAYS * USEC_DAY + (DAYS - 10) * USEC_DAY / count * i;
        struct record *r = record_new(&b->w, model_entity(b->model, ENTITY_TECHNICAL_REQUEST));

        b->w.now = at;
        r->state = entity_state(r->e, "closed");
        record_set_text(r, FIELD_CASE_TITLE, STR("Closed"));
        record_set_text(r, FIELD_CASE_SEVERITY, str_of(severities[severity]));
        record_set_text(r, FIELD_TECHNICAL_REQUEST_SERVICE_TIER, str_of(tiers[tier]));
        record_set_text(r, FIELD_TECHNICAL_REQUEST_ENTITLEMENT_EXPLAIN,
                        str_of(arena_printf(b->w.ctx->arena,
                                            "{\"outcome\":\"standard\",\"agreed\":[{\"line\":%u,\"tier\":\"%s\",\"calendar\":\"5x9\"}]}",
                                            dice(b, 5000), tiers[tier])));
        record_set_int(r, FIELD_CASE_REPORTED_AT, at);
        record_set_int(r, FIELD_CASE_CLOSED_AT, at + took + USEC_DAY);
        must(b, store_insert(&b->w, r, "import") && promise_make(&b->w, r, PROMISE_INITIAL, false));
        for (size_t k = 0; k < r->e->clock_count; k++)
                run_clock(b, r, &r->e->clocks[k], at, r->e->clocks[k].pause ? took : took / 20);
}

static void
fill(struct bench *b, int64_t count)
{
        for (int64_t i = 0; i < count; i++) {
                if (i % BATCH == 0) {
                        must(b, i == 0 || tx_commit(&b->ctx, b->w.conn));
                        arena_reset(b->batch.arena);
                        must(b, tx_begin(&b->ctx, b->w.conn));
                }
                add_request(b, i, count);
        }
        must(b, tx_commit(&b->ctx, b->w.conn));
}

/* Makes the database, unless it holds requests already. */
static void
prepare(struct bench *b, int64_t count)
{
        struct plan plan;
        int64_t there = 0;

        must(b, plan_make(&b->ctx, b->model, b->w.conn, &plan) && plan_apply(&b->ctx, b->w.conn, &plan) &&
                        search_schema(&b->ctx, b->w.conn));
        must(b, sql_one_int(&b->ctx, b->w.conn, &there, SQL("select count(*) from cases"), ""));
        if (there >= count)
                return;
        must(b, tx_begin(&b->ctx, b->w.conn) && calendars_defaults(&b->w) && tx_commit(&b->ctx, b->w.conn));
        fprintf(stderr, "making %lld closed requests\n", (long long)count);
        fill(b, count);
        b->w.now = clock_now();
        must(b, db_analyse(&b->ctx, b->w.conn));
}

/* The built-in customer SLA with one time made another. */
static struct str
changed_sla(struct bench *b, const char *from, const char *to)
{
        struct str text = policies_text(&b->w, "sla", 0);
        struct buf out = {0};

        for (const char *p = text.p, *hit; p; p = hit ? hit + strlen(from) : NULL) {
                hit = strstr(p, from);
                buf_add(&out, p, hit ? (size_t)(hit - p) : strlen(p));
                if (hit)
                        buf_text(&out, to);
        }
        text = (struct str){arena_strndup(b->ctx.arena, out.p, out.n), out.n};
        buf_free(&out);
        return text;
}

static double
cpu_seconds(void)
{
        struct timespec t;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
try(struct bench *b, const char *what, struct str text, int threads)
{
        struct policy_draft draft = {.rules = b->model->rules};
        struct simulation s;

        b->w.ctx = &b->ctx;
        b->w.now = clock_now();
        must(b, text.n == 0 || policies_draft(&b->w, text, what, NULL, &draft));
        struct simulate_wish wish = {.db = b->db, .threads = threads, .from = b->w.now - 2 * DAYS * USEC_DAY, .to = b->w.now,
                                     .rules = draft.rules, .calendar_code = draft.calendar_code, .calendar = draft.calendar,
                                     .list_max = SIMULATE_LIST};
        double before = cpu_seconds();
        must(b, simulate_run(&b->w, &wish, &s));
        printf("| %s | %d | %lld | %lld | %lld | %lld | %.2f s | %.2f s |\n", what, threads, (long long)s.cases, (long long)s.clocks,
               (long long)s.differing, (long long)s.changed, (double)s.took / USEC_SECOND, cpu_seconds() - before);
}

int
main(int argc, char **argv)
{
        struct bench b = {.seed = 88172645463325252u};
        struct source *sources;
        size_t n;

        if (argc < 2) {
                fprintf(stderr, "usage: simulate_bench DATABASE [COUNT]\n");
                return 2;
        }
        secret_init();
        ctx_init(&b.ctx, arena_new(0));
        ctx_init(&b.batch, arena_new(0));
        must(&b, model_sources(&b.ctx, NULL, &sources, &n) && (b.model = model_load(&b.ctx, sources, n, NULL, 0)));
        must(&b, (b.db = db_open(&b.ctx, argv[1])) != NULL);
        b.w = (struct work){.ctx = &b.batch, .conn = conn_open(&b.ctx, b.db, CONN_WRITE), .model = b.model,
                            .engine = engine_new(b.model, NULL, 0, NULL, 0), .actor = &ACTOR_SYSTEM, .now = clock_now(), .muted = true};
        must(&b, b.w.conn != NULL);
        prepare(&b, argc > 2 ? atoll(argv[2]) : 100000);
        printf("| policy | threads | requests | clocks | differing | in a result | time | CPU |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        struct str sla = changed_sla(&b, "restore: 24 h", "restore: 20 h");
        struct str calendar = STR("calendar: 5x9\ntimezone: Asia/Shanghai\nhours: {mon-fri: [[\"09:00\", \"17:00\"]]}\n");
        for (int threads = 1; threads <= 2; threads++) {
                try(&b, "the tables in force", STR_NONE, threads);
                try(&b, "customer SLA, one restore promise shorter", sla, threads);
                try(&b, "working week an hour a day shorter", calendar, threads);
        }
        conn_close(b.w.conn);
        db_close(b.db);
        return 0;
}
