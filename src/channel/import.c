/* SPDX-License-Identifier: Apache-2.0
 *
 * import.c -- `openitr import` as a whole.
 *
 *     mapping -> all files read and checked -> [dry run: compared, told]
 *                                           -> source, file registered -> units of UNIT cases -> file finished -> told
 *
 * Nothing is written before every file was read to its end without a fault.  Then each unit is one transaction: its
 * cases with all their events, and how far the file has come (import_file.cases_done).  A run that is killed leaves
 * whole units; the same command skips them and goes on, and the result is the same as that of one run.
 *
 * Invariants
 *   1. A unit's cases, events, order book and progress are committed together.
 *   2. A file whose text was imported already (same digest) changes nothing.
 *   3. Work is muted: no notices, no timers.  When all is in, the cases that are open get theirs (service/arm.c).
 *
 * Not here: reading (import_read.c), what one case becomes (import_case.c).
 */
#include "channel/import.h"
#include "channel/import_private.h"
#include "service/arm.h"
#include "engine/engine.h"

enum { UNIT = 200, EXIT_FAULTS = 1, EXIT_UNABLE = 2 };

static const char *const word_names[WORD_KINDS] = {
        [WORD_TEAM] = "teams",       [WORD_ACTOR] = "people",     [WORD_ACCOUNT] = "customers",
        [WORD_CONTACT] = "contacts", [WORD_PRODUCT] = "products", [WORD_VALUE] = NULL};

/* ---- a unit's work ---- */

static void
free_arena(void *a)
{
        arena_free(a);
}

/* A unit has memory of its own, so that a log of any length takes no more than its largest unit. */
static void
unit_start(struct import *im)
{
        im->unit = *im->o->work;
        ctx_init(&im->unit_ctx, arena_new(0));
        im->unit.ctx = &im->unit_ctx;
        im->unit.muted = true;
        im->unit.now = clock_now();
        arena_defer(im->ctx->arena, free_arena, im->unit_ctx.arena);
}

static void
unit_reset(struct import *im)
{
        ctx_clear(&im->unit_ctx);
        arena_reset(im->unit_ctx.arena);
        im->unit.now = clock_now();
}

/* The unit's errors become the run's; their memory stays until the run's goes. */
static bool
unit_failed(struct import *im)
{
        if (im->unit_ctx.errors) {
                *im->ctx->errors_tail = im->unit_ctx.errors;
                im->ctx->errors_tail = im->unit_ctx.errors_tail;
        }
        return false;
}

static bool
unit_undo(struct import *im)
{
        tx_rollback(im->unit.conn);
        return unit_failed(im);
}

/* ---- source and files ---- */

static bool
find_source(struct import *im)
{
        return sql_one_int(&im->unit_ctx, im->unit.conn, &im->source,
                           SQL("select id from import_source where source = $1"), "s", im->map->name) ||
               !ctx_failed(&im->unit_ctx);
}

/* Where the database stands with this text: log->file stays 0 when it does not know it. */
static bool
find_file(struct import *im, struct log *log)
{
        struct rows *rows =
                sql_query(&im->unit_ctx, im->unit.conn,
                          SQL("select file, cases_done from import_file where source = $1 and digest = $2"),
                          "is", im->source, log->digest);

        if (rows == NULL)
                return false;
        if (rows_next(rows)) {
                log->file = rows_int(rows, 0);
                log->cases_done = (size_t)rows_int(rows, 1);
        }
        return rows_close(rows);
}

static bool
add_source(struct import *im)
{
        struct ctx *ctx = &im->unit_ctx;

        if (im->source)
                return sql_run(ctx, im->unit.conn,
                               SQL("update import_source set updated_at = $1 where id = $2"), "ii",
                               im->unit.now, im->source);
        return seq_next(ctx, im->unit.conn, "import_source", 1, &im->source) &&
               sql_run(ctx, im->unit.conn,
                       SQL("insert into import_source (id, source, mapping, entity, created_at, updated_at) "
                           "values ($1, $2, $3, $4, $5, $6)"),
                       "isssii", im->source, im->map->name, im->map->file, im->map->entity->name,
                       im->unit.now, im->unit.now);
}

static bool
add_file(struct import *im, struct log *log)
{
        static const char *const formats[LOG_FORMATS] = {"csv", "xes"};
        struct ctx *ctx = &im->unit_ctx;

        return sql_one_int(ctx, im->unit.conn, &log->file,
                           SQL("select coalesce(max(file), 0) + 1 from import_file where source = $1"), "i",
                           im->source) &&
               sql_run(ctx, im->unit.conn,
                       SQL("insert into import_file (source, file, name, digest, format, header, case_count, "
                           "row_count, "
                           "cases_done, started_at) values ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9)"),
                       "iissstiii", im->source, log->file, log->name, log->digest, formats[log->format],
                       log->header, (int64_t)log->cases.count, (int64_t)log->row_count, im->unit.now) &&
               import_lone_traces(im, log);
}

static bool
register_file(struct import *im, struct log *log)
{
        unit_reset(im);
        if (!tx_begin(&im->unit_ctx, im->unit.conn))
                return unit_failed(im);
        if (!add_source(im) || !find_file(im, log) || (log->file == 0 && !add_file(im, log)) ||
            !tx_commit(&im->unit_ctx, im->unit.conn))
                return unit_undo(im);
        return true;
}

/* ---- importing ---- */

static bool
save_progress(struct import *im, const struct log *log)
{
        usec now = im->unit.now;
        bool finished = log->cases_done == log->cases.count;

        return sql_run(&im->unit_ctx, im->unit.conn,
                       SQL("update import_file set cases_done = $1, finished_at = $2 where source = $3 and "
                           "file = $4"),
                       "iIii", (int64_t)log->cases_done, finished ? &now : NULL, im->source, log->file);
}

/* The next UNIT cases in one transaction. */
static bool
import_unit(struct import *im, struct log *log)
{
        size_t end = log->cases_done + UNIT < log->cases.count ? log->cases_done + UNIT : log->cases.count;

        unit_reset(im);
        if (!tx_begin(&im->unit_ctx, im->unit.conn))
                return unit_failed(im);
        for (size_t i = log->cases_done; i < end; i++)
                if (!import_case(im, log, log->cases.entries[i].value))
                        return unit_undo(im);
        log->cases_done = end;
        return (save_progress(im, log) && tx_commit(&im->unit_ctx, im->unit.conn)) || unit_undo(im);
}

static void
count_done(struct import *im, const struct log *log)
{
        im->tally.cases_known += (int64_t)log->cases_done;
        for (size_t i = 0; i < log->cases_done; i++)
                im->tally.events_known +=
                        (int64_t)((struct log_case *)log->cases.entries[i].value)->row_count;
}

static bool
import_log(struct import *im, struct log *log)
{
        if (!register_file(im, log))
                return false;
        count_done(im, log);
        if (log->cases.count == 0)
                return true;
        while (log->cases_done < log->cases.count)
                if (!import_unit(im, log))
                        return false;
        return true;
}

static bool
compare_log(struct import *im, struct log *log)
{
        unit_reset(im);
        if (!find_source(im) || (im->source && !find_file(im, log)))
                return unit_failed(im);
        count_done(im, log);
        for (size_t i = log->cases_done; i < log->cases.count; i++) {
                if (!import_case_dry(im, log, log->cases.entries[i].value))
                        return unit_failed(im);
                arena_reset(im->unit_ctx.arena);
        }
        return true;
}

/* ---- the report ---- */

static void
report_logs(const struct import *im)
{
        for (size_t i = 0; i < im->o->file_count; i++) {
                const struct log *l = &im->logs[i];
                fprintf(im->o->out, "%s: %s, %zu cases, %u events\n", l->name,
                        l->format == LOG_CSV ? "CSV" : "XES", l->cases.count, l->row_count);
                if (l->blank_lines)
                        fprintf(im->o->out, "%s: %lld empty lines were skipped\n", l->name,
                                (long long)l->blank_lines);
                if (l->mixed_ends)
                        fprintf(im->o->out,
                                "%s: lines end with LF and with CRLF; exported again they will end alike\n",
                                l->name);
        }
}

static void
report_names(const struct import *im)
{
        for (enum word_kind k = 0; k < WORD_KINDS; k++) {
                if (word_names[k] == NULL || im->words[k].count == 0)
                        continue;
                fprintf(im->o->out, "%-10s %8zu", word_names[k], im->words[k].count);
                if (im->o->dry_run)
                        fprintf(im->o->out, "\n");
                else
                        fprintf(im->o->out, "  new %lld\n", (long long)im->tally.created[k]);
        }
}

static void
report(const struct import *im, usec took)
{
        const struct tally *t = &im->tally;
        FILE *out = im->o->out;
        int64_t cases = t->cases_new + t->cases_grown + t->cases_known,
                events = t->events_new + t->events_known;

        fprintf(out, "%s\n", im->o->dry_run ? "dry run: nothing was written" : "imported");
        report_logs(im);
        fprintf(out, "%-10s %8lld  new %lld, with new events %lld, known %lld\n", "cases", (long long)cases,
                (long long)t->cases_new, (long long)t->cases_grown, (long long)t->cases_known);
        fprintf(out, "%-10s %8lld  new %lld, known %lld, of these with other values %lld\n", "events",
                (long long)events, (long long)t->events_new, (long long)t->events_known,
                (long long)t->events_changed);
        report_names(im);
        fprintf(out, "%-10s %8lld  moves down a line %lld, skipped activities %lld\n", "deviations",
                (long long)(t->lines_down + t->skipped), (long long)t->lines_down, (long long)t->skipped);
        if (!im->o->dry_run)
                fprintf(out, "%-10s %8lld  their clocks go on\n", "open", (long long)t->armed);
        fprintf(out, "%-10s %8lld\n", "not placed", (long long)t->rows_unplaced);
        fprintf(out, "%-10s %8.1f s, %lld events a second\n", "time", (double)took / USEC_SECOND,
                (long long)(took > 0 ? events * USEC_SECOND / took : 0));
}

/* ---- the run ---- */

/* By state index, the states that some transition leads to. */
static void
find_leads(struct import *im)
{
        const struct entity *e = im->map->entity;

        im->leads = ARENA_ARRAY(im->arena, uint64_t, e->state_count + 1);
        for (size_t t = 0; t < e->transition_count; t++)
                for (size_t s = 0; s < e->state_count; s++)
                        if (e->transitions[t].to && (e->transitions[t].from >> s & 1))
                                im->leads[s] |= (uint64_t)1 << e->transitions[t].to->index;
}

static bool
prepare(struct import *im)
{
        im->map = mapping_load(im->ctx, im->arena, im->o->work->model, im->o->map, im->o->site);
        if (im->map == NULL)
                return false;
        find_leads(im);
        for (int k = 0; k < WORD_KINDS; k++)
                map_init(&im->words[k], im->arena);
        im->logs = ARENA_ARRAY(im->arena, struct log, im->o->file_count);
        unit_start(im);
        if (!find_source(im))
                return unit_failed(im);
        return true;
}

/* All files, so that one answer tells all that is wrong. */
static bool
read_all(struct import *im)
{
        bool ok = true;

        for (size_t i = 0; i < im->o->file_count; i++)
                ok = import_read(im, im->o->files[i], &im->logs[i]) && ok;
        return ok;
}

static bool
all_placed(struct import *im)
{
        if (im->tally.rows_unplaced == 0)
                return true;
        return fail(im->ctx, E_IMPORT, im->map->name,
                    arena_printf(im->ctx->arena, "%lld rows cannot be placed; nothing was imported.",
                                 (long long)im->tally.rows_unplaced));
}

/* The input's faults are told from ours by the first error. */
static int
outcome_of(const struct ctx *ctx)
{
        if (ctx->errors == NULL)
                return 0;
        return ctx->errors->code == E_IMPORT || ctx->errors->code == E_YAML ? EXIT_FAULTS : EXIT_UNABLE;
}

/* The clocks of cases that the log leaves open go on here. */
static bool
arm(struct import *im)
{
        unit_reset(im);
        return arm_open(&im->unit, im->map->name, &im->tally.armed) || unit_failed(im);
}

/* A dry run tells its counts even when rows cannot be placed. */
static bool
run(struct import *im)
{
        usec start = clock_monotonic();
        bool dry = im->o->dry_run;

        if (!prepare(im) || !read_all(im) || (!dry && !all_placed(im)))
                return false;
        for (size_t i = 0; i < im->o->file_count; i++)
                if (!(dry ? compare_log(im, &im->logs[i]) : import_log(im, &im->logs[i])))
                        return false;
        if (!dry && im->tally.events_new > 0 && !arm(im))
                return false;
        report(im, clock_monotonic() - start);
        return all_placed(im);
}

int
import_run(struct ctx *ctx, const struct import_options *o)
{
        struct import im = {.o = o, .ctx = ctx, .arena = arena_new((size_t)1 << 40)};

        run(&im);
        int outcome = outcome_of(ctx);
        arena_free(im.arena);
        return outcome;
}
