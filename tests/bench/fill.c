/* SPDX-License-Identifier: Apache-2.0
 *
 * fill.c -- fill DATABASE COUNT: a store of COUNT technical requests for measuring, made by the engine itself, muted.
 *
 * 20 teams, 500 customers and 200 engineers share the requests; four of five are closed, the others are spread over the
 * open states, so that each team has a queue.  Texts are put together from words, Chinese and Latin, as unevenly common as
 * those of a language.  A fixed seed: the same COUNT makes the same store.  The search index is filled too.
 *
 * Prints "FIRST LAST": the ids of the first and the last request (ids between them may be other things' or nobody's).
 */
#include <stdio.h>
#include <stdlib.h>
#include "base/secret.h"
#include "engine/engine.h"
#include "engine/search.h"
#include "engine/store.h"
#include "gen/names.h"
#include "model/plan.h"

enum { TEAMS = 20, ACCOUNTS = 500, ENGINEERS = 200, BATCH = 5000, YEAR_DAYS = 730 };

struct filler {
        struct ctx ctx;                /* of the whole run */
        struct ctx batch;              /* of one transaction */
        struct model *model;
        struct work w;
        int64_t teams[TEAMS], accounts[ACCOUNTS], engineers[ENGINEERS];
        int64_t first, last;
        uint64_t seed;
};

static unsigned
dice(struct filler *f, unsigned n)
{
        f->seed ^= f->seed << 13, f->seed ^= f->seed >> 7, f->seed ^= f->seed << 17;
        return (unsigned)(f->seed % n);
}

static void
must(struct filler *f, bool ok)
{
        if (ok)
                return;
        ctx_print_errors(&f->ctx, stderr);
        ctx_print_errors(&f->batch, stderr);
        exit(1);
}

/* ---- texts ---- */

/* Words as a language has them: the k-th is about 1/k as common as the first.  Of 8,000, each third is two Chinese
 * characters, the others two to four syllables. */
static void
put_word(struct filler *f, struct buf *b)
{
        static const char *const syllables[] = {"ka", "ro", "mi", "ten", "sul", "var", "pe", "dol", "ni", "fra", "go", "lix",
                                                "ta", "ber", "on", "zu"};
        unsigned k = 1;
        uint64_t h;

        for (unsigned limit = dice(f, 13); limit > 0; limit--)        /* a random power of two, then anything below it */
                k *= 2;
        h = (k + dice(f, k)) * 0x9e3779b97f4a7c15u;
        h ^= h >> 29;
        if (h % 3 == 0) {
                char utf8[6] = {(char)0xe5, (char)(0x80 + (h >> 8) % 64), (char)(0x80 + (h >> 14) % 64),
                                (char)0xe6, (char)(0x80 + (h >> 20) % 64), (char)(0x80 + (h >> 26) % 64)};
                buf_add(b, utf8, 6);
                return;
        }
        for (unsigned n = 2 + h % 5 / 2; n > 0; n--, h >>= 7)
                buf_text(b, syllables[(h >> 8) % 16]);
}

static void
put_words(struct filler *f, struct buf *b, int n)
{
        for (int i = 0; i < n; i++) {
                put_word(f, b);
                buf_char(b, ' ');
        }
        buf_printf(b, "SN%06u", dice(f, 1000000));
}

static struct str
text(struct filler *f, int words)
{
        struct buf b = {0};
        struct str s;

        put_words(f, &b, words);
        s = (struct str){arena_strndup(f->batch.arena, b.p, b.n), b.n};
        buf_free(&b);
        return s;
}

/* ---- the people and things around ---- */

static struct str
name_of(struct filler *f, const char *what, int i)
{
        return str_of(arena_printf(f->batch.arena, "%s%03d", what, i));
}

static int64_t
add(struct filler *f, struct record *r)
{
        must(f, store_insert(&f->w, r, "import"));
        return r->id;
}

static int64_t
add_team(struct filler *f, int i)
{
        struct record *r = record_new(&f->w, model_entity(f->model, ENTITY_TEAM));

        record_set_text(r, FIELD_TEAM_CODE, name_of(f, "TEAM", i));
        record_set_text(r, FIELD_TEAM_NAME, name_of(f, "Team ", i));
        record_set_text(r, FIELD_TEAM_KIND, STR("t1"));
        return add(f, r);
}

static int64_t
add_account(struct filler *f, int i)
{
        struct record *r = record_new(&f->w, model_entity(f->model, ENTITY_ACCOUNT));

        record_set_text(r, FIELD_ACCOUNT_CODE, name_of(f, "ACC", i));
        record_set_text(r, FIELD_ACCOUNT_NAME, name_of(f, "Customer 客户 ", i));
        return add(f, r);
}

static int64_t
add_engineer(struct filler *f, int i)
{
        struct record *r = record_new(&f->w, model_entity(f->model, ENTITY_USER));

        record_set_text(r, FIELD_USER_LOGIN, name_of(f, "engineer", i));
        record_set_text(r, FIELD_USER_NAME, name_of(f, "Engineer ", i));
        record_set_text(r, FIELD_USER_ROLES, STR("[\"t1_engineer\"]"));
        record_set_int(r, FIELD_USER_TEAM, f->teams[i % TEAMS]);
        return add(f, r);
}

static void
add_company(struct filler *f)
{
        must(f, tx_begin(&f->ctx, f->w.conn));
        for (int i = 0; i < TEAMS; i++)
                f->teams[i] = add_team(f, i);
        for (int i = 0; i < ACCOUNTS; i++)
                f->accounts[i] = add_account(f, i);
        for (int i = 0; i < ENGINEERS; i++)
                f->engineers[i] = add_engineer(f, i);
        must(f, tx_commit(&f->ctx, f->w.conn));
}

/* ---- requests ---- */

static const struct state *
pick_state(struct filler *f, const struct entity *e)
{
        static const char *const open[] = {"registered", "authorised", "dispatched", "dispatched", "in_progress", "in_progress",
                                           "waiting", "resolved"};

        return entity_state(e, dice(f, 5) ? "closed" : open[dice(f, sizeof open / sizeof *open)]);
}

static void
add_request(struct filler *f, usec at)
{
        static const char *const severities[] = {"critical", "major", "minor", "minor", "consultation"};
        static const char *const priorities[] = {"P1", "P2", "P3", "P4"};
        struct record *r = record_new(&f->w, model_entity(f->model, ENTITY_TECHNICAL_REQUEST));
        unsigned engineer = dice(f, ENGINEERS);

        f->w.now = at;
        r->state = pick_state(f, r->e);
        record_set_text(r, FIELD_CASE_TITLE, text(f, 5));
        record_set_text(r, FIELD_CASE_DESCRIPTION, text(f, 60));
        record_set_text(r, FIELD_TECHNICAL_REQUEST_SYMPTOM, text(f, 12));
        record_set_int(r, FIELD_CASE_ACCOUNT, f->accounts[dice(f, ACCOUNTS)]);
        record_set_text(r, FIELD_CASE_SEVERITY, str_of(severities[dice(f, 5)]));
        record_set_text(r, FIELD_CASE_PRIORITY, str_of(priorities[dice(f, 4)]));
        record_set_int(r, FIELD_CASE_REPORTED_AT, at);
        record_set_int(r, FIELD_CASE_TEAM, f->teams[engineer % TEAMS]);
        record_set_int(r, FIELD_CASE_HANDLER, f->engineers[engineer]);
        f->last = add(f, r);
        if (f->first == 0)
                f->first = f->last;
}

static void
add_requests(struct filler *f, int64_t count)
{
        usec now = clock_now(), span = YEAR_DAYS * USEC_DAY;

        for (int64_t i = 0; i < count; i++) {
                if (i % BATCH == 0) {
                        must(f, i == 0 || tx_commit(&f->ctx, f->w.conn));
                        must(f, tx_begin(&f->ctx, f->w.conn));
                        if (i % 100000 == 0)
                                fprintf(stderr, "%lld of %lld requests\n", (long long)i, (long long)count);
                }
                add_request(f, now - span + span / count * i);
                arena_reset(f->batch.arena);
        }
        must(f, tx_commit(&f->ctx, f->w.conn));
        fprintf(stderr, "indexing\n");
}

static void
index_all(struct filler *f)
{
        bool more = true;

        while (more)
                must(f, search_index_pending(f->w.engine, f->w.conn, BATCH, &more));
}

int
main(int argc, char **argv)
{
        struct filler f = {.seed = 88172645463325252u};
        struct source *sources;
        struct plan plan;
        size_t n;
        struct db *db;

        if (argc != 3) {
                fprintf(stderr, "usage: fill DATABASE COUNT\n");
                return 2;
        }
        secret_init();
        ctx_init(&f.ctx, arena_new(0));
        ctx_init(&f.batch, arena_new(0));
        must(&f, model_sources(&f.ctx, NULL, &sources, &n) && (f.model = model_load(&f.ctx, sources, n, NULL, 0)));
        must(&f, (db = db_open(&f.ctx, argv[1])) != NULL);
        f.w = (struct work){.ctx = &f.batch, .conn = conn_open(&f.ctx, db, CONN_WRITE), .model = f.model,
                            .engine = engine_new(f.model, NULL, 0, NULL, 0), .actor = &ACTOR_SYSTEM, .now = clock_now(),
                            .muted = true};
        must(&f, f.w.conn != NULL);
        must(&f, plan_make(&f.ctx, f.model, f.w.conn, &plan) && plan_apply(&f.ctx, f.w.conn, &plan));
        must(&f, search_schema(&f.ctx, f.w.conn));
        add_company(&f);
        add_requests(&f, atoll(argv[2]));
        index_all(&f);
        printf("%lld %lld\n", (long long)f.first, (long long)f.last);
        conn_close(f.w.conn);
        db_close(db);
        return 0;
}
