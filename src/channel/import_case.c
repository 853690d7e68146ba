/* SPDX-License-Identifier: Apache-2.0
 *
 * import_case.c -- one case of a log into the database.
 *
 *     unknown (source, source_no)   a record with the state, line, team and times that its last event implies, one
 *                                   event "import" per row, one line of the order book per event
 *     known                         rows are laid beside the events that are there; those without a partner are new
 *                                   events, the others keep their event and take their place in the newer file
 *
 * Two rows are the same event when they are of the same case and instant (the nth of an instant is the nth).  Other
 * values may differ: logs write the latest impact or closing time on every row of a case.  What differs from the
 * event is kept in the order book, so that the log can be written as it last came, while the event stays what it was.
 *
 * A case is walked in the order of the log:
 *
 *     state, line, team  --row-->  state, line, team      counting what departs from our lifecycle:
 *         down           the line is known and lower than the last known one
 *         skip           no transition of the model leads from the state to the new one (none counts as the first
 *                        state)
 *
 * Invariants
 *   1. Importing the same file again changes nothing.
 *   2. Nothing here asks guards, roles or the lifecycle for permission.  Clocks get their facts (import_clock.c), but no
 *      promises.
 *   3. An event that happened before the newest one that we have does not move the case's state, line and team.
 */
#include "channel/import_private.h"
#include "engine/event.h"
#include "engine/store.h"
#include "gen/names.h"
#include "model/bind.h"

struct known { /* an event that an earlier import brought */
        int64_t seq, file, row_no;
        usec at;
        struct str data; /* as the newest file had it */
        bool matched;
};

struct walk {
        const struct state *state;
        int tier;
        struct word *team, *actor;
        usec newest, first, dispatched, responded, resolved, closed;
        int64_t reopens; /* of this walk */
        struct import_clocks *clocks;
};

/* ---- walking ---- */

static bool
is_closing(const struct state *s)
{
        return s && s->stage == STAGE_CLOSE;
}

static int
deviation_of(struct import *im, const struct walk *at, const struct log_row *row)
{
        int d = 0;

        if (row->tier && row->tier < at->tier)
                d |= DEVIATION_DOWN;
        if (row->state && row->state != at->state && !(im->leads[at->state->index] >> row->state->index & 1))
                d |= DEVIATION_SKIP;
        im->tally.lines_down += (d & DEVIATION_DOWN) != 0;
        im->tally.skipped += (d & DEVIATION_SKIP) != 0;
        return d;
}

static void
walk_times(struct walk *at, const struct state *to, usec t)
{
        if (at->first == USEC_NONE)
                at->first = t;
        if (strcmp(to->name, STATE_TECHNICAL_REQUEST_DISPATCHED) == 0 && at->dispatched == USEC_NONE)
                at->dispatched = t;
        if (to->stage == STAGE_HANDLE && at->responded == USEC_NONE)
                at->responded = t;
        if (is_closing(to) && !is_closing(at->state))
                at->resolved = t;
        if (to->final && !at->state->final)
                at->closed = t;
}

static void
walk_row(struct walk *at, const struct log_row *row)
{
        const struct state *to = row->state ? row->state : at->state;

        if (row->at < at->newest && at->newest != USEC_NONE)
                return;
        walk_times(at, to, row->at);
        at->reopens += is_closing(at->state) && !is_closing(to);
        if (row->team)
                at->team = row->team;
        if (row->actor)
                at->actor = row->actor;
        if (row->tier)
                at->tier = row->tier;
        at->state = to;
}

/* ---- the record's fields ---- */

/* Fields that another kind of case may lack. */
static void
set(struct record *r, const char *field, struct val v)
{
        const struct field *f = entity_field(r->e, field);

        if (f)
                r->v[f->index] = v;
}

static void
set_time(struct record *r, const char *field, usec t)
{
        if (t != USEC_NONE)
                set(r, field, VAL_OF_INT(t));
}

/* A time that holds only while the case is in such a state. */
static void
set_time_while(struct record *r, const char *field, bool holds, usec t)
{
        set(r, field, holds && t != USEC_NONE ? VAL_OF_INT(t) : VAL_OF_NULL);
}

static void
set_link(struct record *r, const char *field, int64_t id)
{
        if (id)
                set(r, field, VAL_OF_INT(id));
}

/* The text with {part} replaced; at most 200 characters are kept by the words' own limits. */
static struct str
title_of(struct import *im, const struct log_case *c)
{
        const struct word *words[PART_COUNT] = {
                [PART_PRODUCT] = c->product, [PART_ACCOUNT] = c->account,   [PART_IMPACT] = c->impact,
                [PART_URGENCY] = c->urgency, [PART_PRIORITY] = c->priority, [PART_STATE] = c->rows->name,
                [PART_TEAM] = c->rows->team, [PART_ACTOR] = c->rows->actor};
        struct buf b = {0};

        for (const char *p = im->map->title; *p;) {
                size_t n = strcspn(p, "{");
                buf_add(&b, p, n);
                if (p[n] == '\0')
                        break;
                struct str name = {p + n + 1, strcspn(p + n + 1, "}")};
                if (str_is(name, part_name(PART_CASE)))
                        buf_str(&b, c->no);
                for (enum part i = 0; i < PART_COUNT; i++)
                        if (words[i] && str_is(name, part_name(i)))
                                buf_str(&b, words[i]->text);
                p = name.p + name.n + (name.p[name.n] == '}');
        }
        struct str s = {arena_strndup(im->unit_ctx.arena, b.p, b.n), b.n};
        buf_free(&b);
        return s;
}

static void
set_option(struct record *r, const char *field, const struct map_table *t, const struct word *word)
{
        const struct map_value *v = word && t->given ? map_find(t, word->text) : NULL;

        if (v && !str_is(v->to, "none"))
                set(r, field, VAL_OF_TEXT(v->to));
}

static bool
set_names(struct import *im, struct record *r, const struct log_case *c, const struct walk *at)
{
        struct word *account = c->account;
        int64_t account_id, contact, product, team, handler;

        if (account == NULL && im->map->account)
                account = import_word(im, WORD_ACCOUNT, str_of(im->map->account));
        if (!import_name(im, WORD_ACCOUNT, account, 0, &account_id))
                return false;
        if (!import_name(im, WORD_CONTACT, account_id ? c->contact : NULL, account_id, &contact) ||
            !import_name(im, WORD_PRODUCT, c->product, 0, &product) ||
            !import_name(im, WORD_TEAM, at->team, 0, &team) ||
            !import_name(im, WORD_ACTOR, at->actor, 0, &handler))
                return false;
        set_link(r, FIELD_CASE_ACCOUNT, account_id);
        set_link(r, FIELD_CASE_CONTACT, contact);
        set_link(r, FIELD_CASE_PRODUCT, product);
        set_link(r, FIELD_CASE_TEAM, team);
        set_link(r, FIELD_CASE_HANDLER, handler);
        return true;
}

/* What is being done in a state, in the words of domain.md 6.1. */
static const char *
activity_of(const struct state *s)
{
        static const char *const of[][2] = {{STATE_TECHNICAL_REQUEST_AUTHORISED, "authorise"},
                                            {STATE_TECHNICAL_REQUEST_DISPATCHED, "dispatch"},
                                            {STATE_TECHNICAL_REQUEST_IN_PROGRESS, "locate"},
                                            {STATE_TECHNICAL_REQUEST_WAITING, "info_request"},
                                            {STATE_TECHNICAL_REQUEST_RESOLVED, "complete"},
                                            {STATE_TECHNICAL_REQUEST_CUSTOMER_CONFIRM, "interact"}};

        for (size_t i = 0; i < sizeof of / sizeof *of; i++)
                if (strcmp(s->name, of[i][0]) == 0)
                        return of[i][1];
        return s->stage == STAGE_CLOSE ? "close" : "register";
}

static void
set_outcome(struct record *r, const struct log_case *c, const struct walk *at)
{
        int64_t before = entity_field(r->e, FIELD_TECHNICAL_REQUEST_REOPEN_COUNT)
                                 ? record_int(r, FIELD_TECHNICAL_REQUEST_REOPEN_COUNT)
                                 : 0;
        int64_t reopens = c->reopens >= 0 ? c->reopens : before + at->reopens;

        set_time(r, FIELD_TECHNICAL_REQUEST_DISPATCHED_AT, at->dispatched);
        set_time(r, FIELD_TECHNICAL_REQUEST_FIRST_RESPONSE_AT, at->responded);
        set_time_while(r, FIELD_TECHNICAL_REQUEST_RESOLVED_AT, is_closing(at->state), at->resolved);
        set_time_while(r, FIELD_CASE_CLOSED_AT, at->state->final, at->closed);
        set(r, FIELD_TECHNICAL_REQUEST_ACTIVITY, VAL_OF_TEXT(str_of(activity_of(at->state))));
        set(r, FIELD_TECHNICAL_REQUEST_REOPEN_COUNT, VAL_OF_INT(reopens));
        set(r, FIELD_CASE_ROUND_NO, VAL_OF_INT(reopens + 1));
        if (at->tier)
                set(r, FIELD_CASE_TIER, VAL_OF_INT(at->tier));
        if (at->tier && is_closing(at->state))
                set(r, FIELD_TECHNICAL_REQUEST_SOLVED_TIER, VAL_OF_INT(at->tier));
        r->state = at->state;
}

/* Everything that the log says about the case as a whole. */
static bool
set_fields(struct import *im, struct record *r, const struct log_case *c, const struct walk *at)
{
        set(r, FIELD_CASE_TITLE, VAL_OF_TEXT(title_of(im, c)));
        set_option(r, FIELD_CASE_SEVERITY, &im->map->severities, c->impact);
        set_option(r, FIELD_TECHNICAL_REQUEST_SEVERITY_REPORTED, &im->map->severities, c->impact);
        set_option(r, FIELD_TECHNICAL_REQUEST_SEVERITY_CURRENT, &im->map->severities, c->impact);
        set_option(r, FIELD_CASE_PRIORITY, &im->map->priorities, c->priority);
        for (size_t i = 0; i < im->map->field_count; i++)
                if (!mapping_unknown(im->map, c->fields[i]))
                        r->v[im->map->fields[i].field->index] = VAL_OF_TEXT(c->fields[i]);
        set_outcome(r, c, at);
        return set_names(im, r, c, at);
}

static void
set_origin(struct import *im, struct record *r, const struct log_case *c, usec first)
{
        usec reported = c->reported != USEC_NONE ? c->reported : first;

        set(r, FIELD_CASE_SOURCE, VAL_OF_TEXT(str_of(im->map->name)));
        set(r, FIELD_CASE_SOURCE_NO, VAL_OF_TEXT(c->no));
        set(r, FIELD_CASE_CHANNEL, VAL_OF_TEXT(STR("import")));
        set(r, FIELD_CASE_REPORTED_AT, VAL_OF_INT(reported));
        set(r, FIELD_TECHNICAL_REQUEST_REGISTERED_AT, VAL_OF_INT(first));
        set(r, FIELD_TECHNICAL_REQUEST_KIND, VAL_OF_TEXT(STR("fault")));
}

/* ---- events ---- */

static bool
append(struct import *im, struct log *log, struct record *r, struct walk *at, const struct log_row *row)
{
        int deviation = deviation_of(im, at, row);
        const struct state *from = at->state;
        int64_t actor, team, tier = row->tier;

        if (!import_name(im, WORD_ACTOR, row->actor, 0, &actor) ||
            !import_name(im, WORD_TEAM, row->team, 0, &team))
                return false;
        bool told_late = at->newest != USEC_NONE && row->at < at->newest;
        walk_row(at, row);
        const struct state *to = row->state ? row->state : from;
        struct import_move move = {.at = row->at,
                                   .reported = record_int(r, FIELD_CASE_REPORTED_AT),
                                   .from = from,
                                   .to = to,
                                   .code = row->code,
                                   .tier = row->tier};
        struct event ev = {.at = row->at,
                           .kind = "import",
                           .name = row->name->text.p,
                           .from_state = from->name,
                           .to_state = to->name,
                           .data = row->data,
                           .actor = actor};
        im->tally.events_new++;
        return event_append(&im->unit, r, &ev) &&
               sql_run(&im->unit_ctx, im->unit.conn,
                       SQL("insert into import_row (source, file, row_no, case_id, seq, stage, tier, team, "
                           "deviation, span) "
                           "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"),
                       "iiiiisIIis", im->source, log->file, (int64_t)row->number, r->id, r->event_count,
                       stage_name(to->stage), tier ? &tier : NULL, team ? &team : NULL, (int64_t)deviation,
                       span_name(row->span >= 0 ? (enum span)row->span : span_of_state(to, row->code))) &&
               (told_late || import_clocks_step(im, r, at->clocks, &move));
}

/* Writes the end of the chain, and the state that it leads to, into the record's row. */
static bool
save_head(struct import *im, const struct record *r)
{
        return sql_run(&im->unit_ctx, im->unit.conn,
                       SQL("update cases set event_count = $1, event_hash = $2, state = $3, stage = $4 where "
                           "id = $5"),
                       "ibssi", r->event_count, (struct str){(const char *)r->event_hash, 32}, r->state->name,
                       stage_name(r->state->stage), r->id);
}

static struct str
text_or_none(const struct word *w)
{
        return w ? w->text : STR_NONE;
}

/* Counts are those of the log's own columns, NULL where it has none (the facts then count for themselves). */
static bool
save_summary(struct import *im, int64_t id, const struct log_case *c)
{
        return sql_run(
                &im->unit_ctx, im->unit.conn,
                SQL("insert into import_case (source, case_id, impact, urgency, priority, reassignments, "
                    "reopens) "
                    "values ($1, $2, $3, $4, $5, $6, $7) on conflict (source, case_id) do update set "
                    "impact = excluded.impact, urgency = excluded.urgency, priority = excluded.priority, "
                    "reassignments = excluded.reassignments, reopens = excluded.reopens"),
                "iitttII", im->source, id, text_or_none(c->impact), text_or_none(c->urgency),
                text_or_none(c->priority), c->reassignments < 0 ? NULL : &c->reassignments,
                c->reopens < 0 ? NULL : &c->reopens);
}

static bool
save_traces(struct import *im, const struct log *log, const struct log_trace *t, int64_t case_id)
{
        if (case_id &&
            !sql_run(&im->unit_ctx, im->unit.conn,
                     SQL("delete from import_trace where case_id = $1 and source = $2 and file <> $3"), "iii",
                     case_id, im->source, log->file))
                return false;
        for (; t; t = t->next)
                if (!sql_run(&im->unit_ctx, im->unit.conn,
                             SQL("insert into import_trace (source, file, trace, case_id, first_row, "
                                 "row_count, data, gap) "
                                 "values ($1, $2, $3, $4, $5, $6, $7, $8)"),
                             "iiiIiitt", im->source, log->file, (int64_t)t->number, case_id ? &case_id : NULL,
                             (int64_t)t->first_row, (int64_t)t->row_count, t->data, t->gap))
                        return false;
        return true;
}

bool
import_lone_traces(struct import *im, const struct log *log)
{
        return save_traces(im, log, log->lone, 0);
}

/* ---- a case that is new ---- */

static struct walk
walk_start(const struct state *s)
{
        return (struct walk){.state = s,
                             .newest = USEC_NONE,
                             .first = USEC_NONE,
                             .dispatched = USEC_NONE,
                             .responded = USEC_NONE,
                             .resolved = USEC_NONE,
                             .closed = USEC_NONE};
}

static bool
create_case(struct import *im, struct log *log, const struct log_case *c)
{
        struct record *r = record_new(&im->unit, im->map->entity);
        struct walk end = walk_start(r->state), at = end;

        for (const struct log_row *row = c->rows; row; row = row->next)
                walk_row(&end, row);
        set_origin(im, r, c, end.first);
        if (!set_fields(im, r, c, &end))
                return false;
        r->state = NULL; /* until save_head: clocks start by the log, not by today */
        if (!store_insert(&im->unit, r, "import"))
                return false;
        r->state = end.state;
        at.clocks = import_clocks_new(im, r->e);
        for (const struct log_row *row = c->rows; row; row = row->next)
                if (!append(im, log, r, &at, row))
                        return false;
        im->tally.cases_new++;
        return save_head(im, r) && save_summary(im, r->id, c) && save_traces(im, log, c->traces, r->id);
}

/* ---- a case that is there ---- */

static bool
load_known(struct import *im, int64_t case_id, struct known **ret, size_t *ret_count)
{
        struct arena *a = im->unit_ctx.arena;
        struct rows *rows = sql_query(
                &im->unit_ctx, im->unit.conn,
                SQL("select r.seq, r.file, r.row_no, e.at, coalesce(r.data, e.data) from import_row r "
                    "join events e on e.case_id = r.case_id and e.seq = r.seq "
                    "where r.case_id = $1 order by r.seq"),
                "i", case_id);

        *ret = NULL;
        *ret_count = 0;
        if (rows == NULL)
                return false;
        while (rows_next(rows)) {
                struct known *k = ARENA_PUSH(a, *ret, *ret_count);
                struct str data = rows_text(rows, 4);
                *k = (struct known){.seq = rows_int(rows, 0),
                                    .file = rows_int(rows, 1),
                                    .row_no = rows_int(rows, 2),
                                    .at = rows_int(rows, 3),
                                    .data = {arena_strndup(a, data.p, data.n), data.n}};
        }
        return rows_close(rows);
}

/* The first event of that instant without a partner. */
static struct known *
partner_of(struct known *list, size_t count, usec at)
{
        for (size_t i = 0; i < count; i++)
                if (!list[i].matched && list[i].at == at) {
                        list[i].matched = true;
                        return &list[i];
                }
        return NULL;
}

/* The event takes its place in the newer file. */
static bool
move_row(struct import *im, const struct log *log, const struct known *k, const struct log_row *row)
{
        bool same = str_eq(k->data, row->data);

        im->tally.events_known++;
        im->tally.events_changed += !same;
        if (same)
                return sql_run(&im->unit_ctx, im->unit.conn,
                               SQL("update import_row set file = $1, row_no = $2 where source = $3 and file "
                                   "= $4 and row_no = $5"),
                               "iiiii", log->file, (int64_t)row->number, im->source, k->file, k->row_no);
        return sql_run(&im->unit_ctx, im->unit.conn,
                       SQL("update import_row set file = $1, row_no = $2, data = $6 "
                           "where source = $3 and file = $4 and row_no = $5"),
                       "iiiiit", log->file, (int64_t)row->number, im->source, k->file, k->row_no, row->data);
}

static usec
time_in(const struct record *r, const char *field)
{
        const struct field *f = entity_field(r->e, field);

        return f && r->v[f->index].type == VAL_INT ? r->v[f->index].i : USEC_NONE;
}

/* Where the case stands: the walk goes on from there. */
static struct walk
walk_resumed(const struct record *r, const struct known *list, size_t count)
{
        struct walk at = walk_start(r->state);

        at.tier = (int)record_int(r, FIELD_CASE_TIER);
        at.first = time_in(r, FIELD_CASE_REPORTED_AT);
        at.dispatched = time_in(r, FIELD_TECHNICAL_REQUEST_DISPATCHED_AT);
        at.responded = time_in(r, FIELD_TECHNICAL_REQUEST_FIRST_RESPONSE_AT);
        at.resolved = time_in(r, FIELD_TECHNICAL_REQUEST_RESOLVED_AT);
        at.closed = time_in(r, FIELD_CASE_CLOSED_AT);
        for (size_t i = 0; i < count; i++)
                if (at.newest == USEC_NONE || list[i].at > at.newest)
                        at.newest = list[i].at;
        return at;
}

struct merge {
        const struct log_row **fresh; /* rows without a partner */
        size_t fresh_count, changed;
        struct known *known;
        size_t known_count;
};

/* Lays the rows beside the events that are there. */
static bool
merge_rows(struct import *im, struct log *log, const struct log_case *c, struct merge *m)
{
        m->fresh = ARENA_ARRAY(im->unit_ctx.arena, const struct log_row *, c->row_count + 1);
        for (const struct log_row *row = c->rows; row; row = row->next) {
                struct known *k = partner_of(m->known, m->known_count, row->at);
                if (k == NULL) {
                        m->fresh[m->fresh_count++] = row;
                        continue;
                }
                m->changed += !str_eq(k->data, row->data);
                if (!move_row(im, log, k, row))
                        return false;
        }
        return true;
}

/* New events, then the record as they and the newest values leave it. */
static bool
grow_case(struct import *im, struct log *log, const struct log_case *c, int64_t id, const struct merge *m)
{
        struct record *r = store_load(&im->unit, im->map->entity, id);

        if (r == NULL)
                return fail(&im->unit_ctx, E_CONFLICT, "source",
                            "The source was imported with another kind of case.");
        struct walk at = walk_resumed(r, m->known, m->known_count);
        if ((at.clocks = import_clocks_load(im, r)) == NULL)
                return false;
        for (size_t i = 0; i < m->fresh_count; i++)
                if (!append(im, log, r, &at, m->fresh[i]))
                        return false;
        if (!set_fields(im, r, c, &at))
                return false;
        if (!save_head(im, r))
                return false;
        r->old_state = r->state; /* the events told of it already */
        return save_summary(im, id, c) && store_save(&im->unit, r, "import");
}

static bool
merge_case(struct import *im, struct log *log, const struct log_case *c, int64_t id)
{
        struct merge m = {0};

        if (!load_known(im, id, &m.known, &m.known_count) || !merge_rows(im, log, c, &m) ||
            !save_traces(im, log, c->traces, id))
                return false;
        *(m.fresh_count ? &im->tally.cases_grown : &im->tally.cases_known) += 1;
        return (m.fresh_count == 0 && m.changed == 0) || grow_case(im, log, c, id, &m);
}

/* ---- entry ---- */

static bool
find_case(struct import *im, const struct log_case *c, int64_t *ret)
{
        *ret = 0;
        return sql_one_int(&im->unit_ctx, im->unit.conn, ret,
                           SQL("select id from cases where source = $1 and source_no = $2"), "st",
                           im->map->name, c->no) ||
               !ctx_failed(&im->unit_ctx);
}

bool
import_case(struct import *im, struct log *log, struct log_case *c)
{
        int64_t id;

        if (!find_case(im, c, &id))
                return false;
        return id ? merge_case(im, log, c, id) : create_case(im, log, c);
}

static void
count_walk(struct import *im, const struct log_case *c)
{
        struct walk at = walk_start(&im->map->entity->states[0]);

        for (const struct log_row *row = c->rows; row; row = row->next) {
                deviation_of(im, &at, row);
                walk_row(&at, row);
        }
}

bool
import_case_dry(struct import *im, const struct log *log, const struct log_case *c)
{
        struct known *list;
        size_t count;
        int64_t id, fresh = 0;

        if (!find_case(im, c, &id))
                return false;
        if (id == 0) {
                im->tally.cases_new++;
                im->tally.events_new += (int64_t)c->row_count;
                count_walk(im, c);
                return true;
        }
        if (!load_known(im, id, &list, &count))
                return false;
        for (const struct log_row *row = c->rows; row; row = row->next) {
                const struct known *k = partner_of(list, count, row->at);
                fresh += k == NULL;
                im->tally.events_changed += k && !str_eq(k->data, row->data);
        }
        im->tally.events_new += fresh;
        im->tally.events_known += (int64_t)c->row_count - fresh;
        *(fresh ? &im->tally.cases_grown : &im->tally.cases_known) += 1;
        return true;
}
