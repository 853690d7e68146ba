/* SPDX-License-Identifier: Apache-2.0
 *
 * policies.c -- versions of rule tables: drafted, checked, published by a second person, in force from a date on.
 *
 *     draft --check--> checked --publish (not the author)--> published --its date, the next one's date--> superseded
 *       ^                |                                       |
 *       '-----revise-----'                                       |--withdraw, before its date--> withdrawn
 *                                                                '--take_out, offline: it no longer passes--> withdrawn
 *
 * A version holds a whole text and stands among the model's sources like a site's file: so the check is the one of files, and
 * whoever asks a table need not know of versions.  A server loads the model anew when versions changed (cmd/in_force.c).
 *
 * Invariants
 *   1. In force at an instant is, table by table, the published version with the latest effective_from not after it, else the
 *      file.  Dates of published versions of a table rise with the order of their publication and never lie in the past
 *      when they are published: what was in force once is for ever what was in force then.
 *   2. What is in force passed the check together with all else that is in force, on each date on which something changes.
 *   3. Whoever wrote the text does not publish it.
 *   4. A version that is no draft is not changed.
 *   5. What was in force may be taken out only while it keeps a server from starting, or its day from being asked.
 *
 * Not here: what a promise does with it (promise.c), trying it on closed requests (simulate.c).
 */
#include "service/policies.h"
#include <stdio.h>
#include <stdlib.h>
#include "engine/timer.h"
#include "gen/names.h"
#include "model/yaml.h"
#include "service/budget.h"
#include "service/hooks.h"
#include "service/notices.h"
#include "service/promise.h"
#include "service/service.h"

/* ---- what is in force ---- */

/* "sla v3": no file is called so. */
static const char *
version_path(struct arena *a, struct str table, int64_t number)
{
        return arena_printf(a, "%.*s v%lld", (int)table.n, table.p, (long long)number);
}

static bool
is_version(const struct source *s)
{
        size_t n = strlen(s->path);

        return n < 5 || strcmp(s->path + n - 5, ".yaml") != 0;
}

static const char in_force_at[] =
        SQL("select v.rule_table, v.version_no, v.text from rule_version v where v.state in ('published', 'superseded') and "
            "v.effective_from = (select max(x.effective_from) from rule_version x where x.rule_table = v.rule_table and "
            "x.state in ('published', 'superseded') and x.effective_from <= $1 and x.id <> $2) order by v.rule_table");

static bool
add_versions(struct ctx *ctx, struct conn *conn, usec at, int64_t but, struct source **list, size_t *count)
{
        struct rows *rows = sql_query(ctx, conn, in_force_at, "ii", at, but);

        if (rows == NULL)
                return false;
        while (rows_next(rows)) {
                struct str text = rows_text(rows, 2);
                *ARENA_PUSH(ctx->arena, *list, *count) =
                        (struct source){.path = version_path(ctx->arena, rows_text(rows, 0), rows_int(rows, 1)),
                                        .text = {arena_strndup(ctx->arena, text.p, text.n), text.n},
                                        .kind = "rules",
                                        .site = true};
        }
        return rows_close(rows);
}

/* The earliest date after `at` on which something changes. */
static bool
next_change(struct ctx *ctx, struct conn *conn, usec at, usec *ret)
{
        *ret = USEC_NONE;
        if (sql_one_int(ctx, conn, ret,
                        SQL("select effective_from from rule_version where state in ('published', 'superseded') and "
                            "effective_from > $1 order by effective_from limit 1"),
                        "i", at))
                return true;
        *ret = USEC_NONE;
        return !ctx_failed(ctx);
}

/* As policies_sources, without the version `but`. */
static bool
sources_but(struct ctx *ctx, struct conn *conn, const struct source *given, size_t given_count, usec at, int64_t but,
            struct source **ret, size_t *ret_count, usec *ret_next)
{
        *ret = NULL;
        *ret_count = 0;
        for (size_t i = 0; i < given_count; i++)
                if (!is_version(&given[i]))
                        *ARENA_PUSH(ctx->arena, *ret, *ret_count) = given[i];
        return add_versions(ctx, conn, at, but, ret, ret_count) && next_change(ctx, conn, at, ret_next);
}

bool
policies_sources(struct ctx *ctx, struct conn *conn, const struct source *given, size_t given_count, usec at,
                 struct source **ret, size_t *ret_count, usec *ret_next)
{
        return sources_but(ctx, conn, given, given_count, at, 0, ret, ret_count, ret_next);
}

bool
policies_revision(struct ctx *ctx, struct conn *conn, usec now, int64_t *ret)
{
        bool there;

        *ret = 0;
        if (!db_table_exists(ctx, conn, "rule_version", &there) || !there)
                return !ctx_failed(ctx);
        return sql_one_int(ctx, conn, ret,
                           SQL("select count(*) + count(case when state = 'withdrawn' then 1 end) + "
                               "count(case when effective_from <= $1 and state <> 'withdrawn' then 1 end) from rule_version "
                               "where published_at is not null"),
                           "i", now);
}

/* Rules without the entities: what may be asked, but not bound. */
static const struct rules *
load_rules(struct work *w, const struct source *sources, size_t count)
{
        struct source *rules = NULL;
        struct model *m;
        size_t n = 0;

        for (size_t i = 0; i < count; i++)
                if (strcmp(sources[i].kind, "rules") == 0)
                        *ARENA_PUSH(w->ctx->arena, rules, n) = sources[i];
        m = model_load(w->ctx, rules, n, NULL, 0);
        if (m == NULL)
                return NULL;
        arena_defer(w->ctx->arena, (void (*)(void *))model_free, m);
        return m->rules;
}

/* Are the versions among the sources those of the work's model? */
static bool
same_versions(const struct work *w, const struct source *sources, size_t count)
{
        size_t i = 0, j = 0;

        for (;; i++, j++) {
                while (i < count && !is_version(&sources[i]))
                        i++;
                while (j < w->model->source_count && !is_version(&w->model->sources[j]))
                        j++;
                if (i == count || j == w->model->source_count)
                        return i == count && j == w->model->source_count;
                if (strcmp(sources[i].path, w->model->sources[j].path) != 0)
                        return false;
        }
}

const struct rules *
policies_at(struct work *w, usec at)
{
        struct source *sources;
        size_t n;
        usec next;

        if (!policies_sources(w->ctx, w->conn, w->model->sources, w->model->source_count, at, &sources, &n, &next))
                return NULL;
        return same_versions(w, sources, n) ? w->model->rules : load_rules(w, sources, n);
}

/* ---- trying a text ---- */

/* Outputs that hold a time. */
static void
check_times(struct ctx *ctx, const struct rules *rules, const char *name)
{
        static const char *const times[] = {"after", "acknowledge", "due"};
        const struct rule_table *t = rules_table(rules, name);
        struct budget b;

        for (size_t i = 0; t && i < sizeof times / sizeof *times; i++)
                for (size_t row = 0; row < rules_row_count(t); row++) {
                        struct str text = rules_output(t, (int)row, times[i]);
                        if (text.n > 0)
                                budget_parse(ctx, rules_cell_place(ctx->arena, t, (int)row, times[i]), text, &b);
                }
}

/* The inputs that records give to a table that a clock's target names: their fields. */
static const char *const *
fields_given(struct work *w, const char *table)
{
        const char **names = NULL;
        size_t n = 0, length = strlen(table);

        for (size_t i = 0; i < w->model->entity_count; i++) {
                const struct entity *e = &w->model->entities[i];
                bool asks = false;
                for (size_t k = 0; k < e->clock_count; k++)
                        asks |= strncmp(e->clocks[k].target, table, length) == 0 && e->clocks[k].target[length] == '.';
                for (size_t k = 0; asks && k < e->field_count; k++)
                        if (e->fields[k].type == TYPE_ENUM || e->fields[k].type == TYPE_BOOL || e->fields[k].type == TYPE_INT)
                                *ARENA_PUSH(w->ctx->arena, names, n) = e->fields[k].name;
        }
        *ARENA_PUSH(w->ctx->arena, names, n) = NULL;
        return names;
}

/* One date's sources with the text behind them, as a model; NULL with the faults. */
static struct model *
load_trial(struct work *w, const struct policy_trial *t, usec at, usec *ret_next)
{
        struct arena *a = w->ctx->arena;
        const char **hooks = ARENA_ARRAY(a, const char *, SERVICE_HOOK_COUNT + 1);
        struct source *sources;
        size_t n;

        for (size_t i = 0; i < SERVICE_HOOK_COUNT; i++)
                hooks[i] = SERVICE_HOOKS[i].name;
        if (!sources_but(w->ctx, w->conn, w->model->sources, w->model->source_count, at, t->record, &sources, &n, ret_next))
                return NULL;
        if (t->text.p != NULL)
                *ARENA_PUSH(a, sources, n) = (struct source){.path = t->path, .text = t->text, .kind = "rules", .site = true};
        return model_load(w->ctx, sources, n, hooks, SERVICE_HOOK_COUNT);
}

/* Does the text say that it is this table?  Else it would be checked as another one, and never asked. */
static bool
names_itself(struct work *w, const struct policy_trial *t)
{
        struct arena *a = w->ctx->arena;
        const struct node *root = yaml_read(w->ctx, a, t->text, t->path);
        const struct node *name = yaml_get(root, "rules") ? yaml_get(root, "rules") : yaml_get(root, "codes");

        if (root == NULL)
                return false;
        if (yaml_is(name, t->name))
                return true;
        return fail(w->ctx, E_RULE, place_text(a, name ? name->place : root->place),
                    ctx_both(w->ctx, arena_printf(a, "The text must begin with the name of its table: rules: %s or codes: %s.", t->name, t->name),
                             arena_printf(a, "文本开头须写明所属规则表：rules: %s 或 codes: %s。", t->name, t->name)));
}

static bool
try_on(struct work *w, const struct policy_trial *t, usec at, usec *ret_next, const struct rules **ret_rules)
{
        struct model *m = load_trial(w, t, at, ret_next);
        const char *place;
        bool ok;

        if (m == NULL)
                return false;
        arena_defer(w->ctx->arena, (void (*)(void *))model_free, m);
        ok = rules_exists(m->rules, t->name, &place) &&
             rules_may_replace(w->ctx, w->model->rules, m->rules, t->name, fields_given(w, t->name));
        check_times(w->ctx, m->rules, t->name);
        *ret_rules = m->rules;
        promise_check(w->ctx, m->rules);
        notice_check(w->ctx, m);
        return ok && !ctx_failed(w->ctx) && policies_keep_contracts(w, m->rules, t->path);
}

bool
policies_try(struct work *w, const struct policy_trial *t, const struct rules **ret_rules)
{
        const struct rules *first, *later;
        usec at = t->at, next;

        if ((t->text.p != NULL && !names_itself(w, t)) || !try_on(w, t, at, &next, &first))
                return false;
        for (; next != USEC_NONE; at = next)
                if (!try_on(w, t, next, &next, &later))
                        return false;
        if (ret_rules != NULL)
                *ret_rules = first;
        return true;
}

/* ---- versions as people see them ---- */

static struct str
file_text(struct work *w, const char *name)
{
        struct ctx own;
        struct source *files = NULL;
        struct model *m;
        struct str text = STR_NONE;
        const char *path;
        size_t n = 0;

        for (size_t i = 0; i < w->model->source_count; i++)
                if (!is_version(&w->model->sources[i]) && strcmp(w->model->sources[i].kind, "rules") == 0)
                        *ARENA_PUSH(w->ctx->arena, files, n) = w->model->sources[i];
        ctx_init(&own, w->ctx->arena);
        m = model_load(&own, files, n, NULL, 0);
        if (m != NULL && rules_exists(m->rules, name, &path))
                for (size_t i = 0; i < n; i++)
                        if (strcmp(files[i].path, path) == 0)
                                text = files[i].text;
        model_free(m);
        return text;
}

struct str
policies_text(struct work *w, const char *name, int64_t version)
{
        struct str text = STR_NONE;

        if (version == 0)
                text = file_text(w, name);
        else
                sql_one_text(w->ctx, w->conn, &text, SQL("select text from rule_version where rule_table = $1 and version_no = $2"),
                             "si", name, version);
        if (text.p == NULL && !ctx_failed(w->ctx))
                fail(w->ctx, E_NOT_FOUND, "version", "rule_version", arena_printf(w->ctx->arena, "%s v%lld", name, (long long)version));
        return text;
}

static void
json_time_or_null(struct jw *out, const char *key, struct rows *rows, int col)
{
        jw_key(out, key);
        rows_null(rows, col) ? jw_null(out) : jw_time(out, rows_int(rows, col));
}

static void
json_version(struct jw *out, struct rows *rows, bool in_force)
{
        jw_open(out, '{');
        jw_key(out, "version"), jw_int(out, rows_int(rows, 0));
        jw_key(out, "id"), jw_int(out, rows_int(rows, 1));
        jw_key(out, "state"), jw_str(out, rows_text(rows, 2));
        json_time_or_null(out, "effective_from", rows, 3);
        jw_key(out, "author"), jw_str(out, rows_text(rows, 4));
        jw_key(out, "published_by"), rows_null(rows, 5) ? jw_null(out) : jw_str(out, rows_text(rows, 5));
        json_time_or_null(out, "published_at", rows, 6);
        jw_key(out, "note"), rows_null(rows, 7) ? jw_null(out) : jw_str(out, rows_text(rows, 7));
        jw_key(out, "in_force"), jw_bool(out, in_force);
        jw_close(out, '}');
}

static void
json_file(struct jw *out, const char *file, bool in_force)
{
        jw_open(out, '{');
        jw_key(out, "version"), jw_int(out, 0);
        jw_key(out, "state"), jw_text(out, in_force ? "published" : "superseded");
        jw_key(out, "file"), jw_text(out, file);
        jw_key(out, "in_force"), jw_bool(out, in_force);
        jw_close(out, '}');
}

/* The number of the version of a table that is in force now; 0: the file. */
static bool
number_in_force(struct work *w, const char *name, int64_t *ret)
{
        *ret = 0;
        return sql_one_int(w->ctx, w->conn, ret,
                           SQL("select version_no from rule_version where rule_table = $1 and state in ('published', 'superseded') and "
                               "effective_from <= $2 order by effective_from desc limit 1"),
                           "si", name, w->now) ||
               !ctx_failed(w->ctx);
}

bool
policies_json(struct work *w, const char *name, struct jw *out)
{
        int64_t now;
        const char *file = "";
        struct rows *rows;

        if (!number_in_force(w, name, &now))
                return false;
        rules_exists(w->model->rules, name, &file);
        rows = sql_query(w->ctx, w->conn,
                         SQL("select v.version_no, v.id, v.state, v.effective_from, a.name, p.name, v.published_at, v.note "
                             "from rule_version v left join users a on a.id = v.author left join users p on p.id = v.published_by "
                             "where v.rule_table = $1 order by v.version_no desc"),
                         "s", name);
        if (rows == NULL)
                return false;
        jw_open(out, '{');
        jw_key(out, "items"), jw_open(out, '[');
        while (rows_next(rows))
                json_version(out, rows, rows_int(rows, 0) == now);
        json_file(out, now == 0 ? file : arena_printf(w->ctx->arena, "rules/%s.yaml", name), now == 0);
        jw_close(out, ']');
        jw_close(out, '}');
        return rows_close(rows);
}

/* ---- the hooks of models/rule_version.yaml ---- */

static struct policy_trial
trial_of(struct work *w, const struct record *r)
{
        usec from = record_int(r, FIELD_RULE_VERSION_EFFECTIVE_FROM);

        return (struct policy_trial){
                .name = str_c(w->ctx->arena, record_text(r, FIELD_RULE_VERSION_RULE_TABLE)),
                .text = record_text(r, FIELD_RULE_VERSION_TEXT),
                .record = r->id,
                .path = version_path(w->ctx->arena, record_text(r, FIELD_RULE_VERSION_RULE_TABLE), record_int(r, FIELD_RULE_VERSION_VERSION_NO)),
                .at = from > w->now ? from : w->now};
}

static bool
table_exists(struct work *w, const struct record *r)
{
        struct str name = record_text(r, FIELD_RULE_VERSION_RULE_TABLE);
        const char *place;

        return rules_exists(w->model->rules, str_c(w->ctx->arena, name), &place) ||
               fail(w->ctx, E_NOT_ALLOWED_VALUE, FIELD_RULE_VERSION_RULE_TABLE, str_c(w->ctx->arena, name),
                    rules_names(w->ctx->arena, w->model->rules));
}

/* On creation: the next number, and the text in force where none is given. */
bool
policies_before(struct work *w, struct record *r, const struct json *input)
{
        const char *name;
        int64_t last = 0, now;

        if (!service_is_set(r, FIELD_RULE_VERSION_RULE_TABLE))
                return true;           /* told as missing */
        if (!table_exists(w, r))
                return false;
        name = str_c(w->ctx->arena, record_text(r, FIELD_RULE_VERSION_RULE_TABLE));
        if (!sql_one_int(w->ctx, w->conn, &last, SQL("select max(version_no) from rule_version where rule_table = $1"), "s", name) &&
            ctx_failed(w->ctx))
                return false;
        record_set_int(r, FIELD_RULE_VERSION_VERSION_NO, last + 1);
        record_set_int(r, FIELD_RULE_VERSION_AUTHOR, w->actor->id);
        if (service_is_set(r, FIELD_RULE_VERSION_TEXT))
                return true;
        if (!number_in_force(w, name, &now))
                return false;
        record_set_text(r, FIELD_RULE_VERSION_TEXT, policies_text(w, name, now));
        return !ctx_failed(w->ctx);
}

bool
policies_change(struct work *w, struct record *r, const struct json *input)
{
        if (strcmp(r->old_state->name, STATE_RULE_VERSION_DRAFT) != 0)
                return refuse(w, "", "Only a draft is changed: revise it, or make a new version", "仅草稿可修改：请先修订，或新建版本");
        record_set_int(r, FIELD_RULE_VERSION_AUTHOR, w->actor->id);
        return true;
}

bool
policies_check(struct work *w, struct record *r, const struct json *input)
{
        struct policy_trial t = trial_of(w, r);

        record_set_int(r, FIELD_RULE_VERSION_CHECKED_AT, w->now);
        return policies_try(w, &t, NULL);
}

bool
policies_revise(struct work *w, struct record *r, const struct json *input)
{
        record_set_int(r, FIELD_RULE_VERSION_AUTHOR, w->actor->id);
        record_clear(r, FIELD_RULE_VERSION_CHECKED_AT);
        return true;
}

bool
policies_publish_check(struct work *w, const struct record *r)
{
        usec from = record_int(r, FIELD_RULE_VERSION_EFFECTIVE_FROM);

        if (w->actor->id == record_int(r, FIELD_RULE_VERSION_AUTHOR) || w->actor->id == r->created_by)
                return refuse(w, FIELD_RULE_VERSION_AUTHOR, "The author cannot publish: a second person does", "作者不能发布：须由另一人审批发布");
        return from == 0 || from >= w->now ||
               refuse(w, FIELD_RULE_VERSION_EFFECTIVE_FROM,
                      "The date lies in the past: promises were made by then; leave it empty to publish from now on",
                      "生效时间已过，届时承诺已作出；留空即自发布时起生效");
}

/* Dates rise with publication, so that periods never overlap. */
static bool
after_all(struct work *w, const struct record *r)
{
        const char *name = str_c(w->ctx->arena, record_text(r, FIELD_RULE_VERSION_RULE_TABLE));
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select version_no, effective_from from rule_version where rule_table = $1 and "
                                          "state in ('published', 'superseded') and effective_from >= $2 order by effective_from limit 1"),
                                      "si", name, record_int(r, FIELD_RULE_VERSION_EFFECTIVE_FROM));
        bool clash;
        int64_t number = 0;
        char at[TIME_TEXT_MAX] = "";

        if (rows == NULL)
                return false;
        if ((clash = rows_next(rows))) {
                number = rows_int(rows, 0);
                time_format(rows_int(rows, 1), at);
        }
        if (!rows_close(rows))
                return false;
        return !clash ||
               refuse(w, FIELD_RULE_VERSION_EFFECTIVE_FROM,
                      arena_printf(w->ctx->arena, "Version %lld of %s takes effect at %s: choose a later date, or withdraw that one",
                                   (long long)number, name, at),
                      arena_printf(w->ctx->arena, "%s 的第 %lld 版已定于 %s 生效：请选择更晚的时间，或先撤回该版", name, (long long)number, at));
}

/* The versions of the table that are no longer in force at the work's instant. */
static bool
supersede(struct work *w, const struct record *r)
{
        int64_t *ids = NULL;
        size_t n = 0;
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select id from rule_version where rule_table = $1 and state = 'published' and "
                                          "effective_from < $2 and id <> $3 order by id"),
                                      "tii", record_text(r, FIELD_RULE_VERSION_RULE_TABLE),
                                      record_int(r, FIELD_RULE_VERSION_EFFECTIVE_FROM), r->id);

        while (rows != NULL && rows_next(rows))
                *ARENA_PUSH(w->ctx->arena, ids, n) = rows_int(rows, 0);
        if (rows == NULL || !rows_close(rows))
                return false;
        for (size_t i = 0; i < n; i++) {
                struct record *old = store_load(w, r->e, ids[i]);
                if (old == NULL || !life_step(w, old, MOVE_RULE_VERSION_SUPERSEDE))
                        return false;
        }
        return true;
}

bool
policies_publish(struct work *w, struct record *r, const struct json *input)
{
        struct policy_trial t;
        usec from;

        if (!service_is_set(r, FIELD_RULE_VERSION_EFFECTIVE_FROM))
                record_set_int(r, FIELD_RULE_VERSION_EFFECTIVE_FROM, w->now);
        from = record_int(r, FIELD_RULE_VERSION_EFFECTIVE_FROM);
        record_set_int(r, FIELD_RULE_VERSION_PUBLISHED_BY, w->actor->id);
        record_set_int(r, FIELD_RULE_VERSION_PUBLISHED_AT, w->now);
        t = trial_of(w, r);
        if (!after_all(w, r) || !policies_try(w, &t, NULL))
                return false;
        if (from <= w->now)
                return supersede(w, r);
        return timer_set(w, &(struct timer){.case_id = r->id, .name = "in_force", .due = from});
}

bool
policies_fire(struct work *w, struct record *r, const struct timer *t)
{
        return strcmp(r->state->name, STATE_RULE_VERSION_PUBLISHED) != 0 || supersede(w, r);
}

bool
policies_withdraw_check(struct work *w, const struct record *r)
{
        bool in_force = strcmp(r->old_state->name, STATE_RULE_VERSION_PUBLISHED) == 0 &&
                        record_int(r, FIELD_RULE_VERSION_EFFECTIVE_FROM) <= w->now;

        return !in_force || refuse(w, FIELD_RULE_VERSION_EFFECTIVE_FROM, "It is in force: publish another version instead",
                                   "该版本已生效：请发布新版本代替");
}

bool
policies_withdraw(struct work *w, struct record *r, const struct json *input)
{
        struct policy_trial t = trial_of(w, r);

        t.text = STR_NONE;
        if (service_is_set(r, FIELD_RULE_VERSION_PUBLISHED_AT) && !policies_try(w, &t, NULL))
                return false;
        return timer_clear(w, r->id, "in_force");
}

bool
policies_take_out_done(struct work *w, struct record *r, const struct json *input)
{
        return timer_clear(w, r->id, "in_force");
}

/* Does what is in force at an instant load?  Its faults are left in ctx. */
static bool
loads_at(struct work *w, usec at)
{
        struct source *sources;
        size_t n;
        usec next;
        const struct rules *rules;

        if (!policies_sources(w->ctx, w->conn, w->model->sources, w->model->source_count, at, &sources, &n, &next))
                return false;
        rules = load_rules(w, sources, n);
        return rules != NULL && promise_check(w->ctx, rules);
}

static struct record *
find_version(struct work *w, const char *table, int64_t version)
{
        int64_t id;

        if (sql_one_int(w->ctx, w->conn, &id, SQL("select id from rule_version where rule_table = $1 and version_no = $2"), "si", table,
                        version))
                return store_load(w, model_entity(w->model, ENTITY_RULE_VERSION), id);
        if (!ctx_failed(w->ctx))
                fail(w->ctx, E_NOT_FOUND, "VERSION", "rule_version", arena_printf(w->ctx->arena, "%s v%lld", table, (long long)version));
        return NULL;
}

bool
policies_take_out(struct work *w, const char *table, int64_t version)
{
        struct record *r = find_version(w, table, version);
        bool stands;

        if (r == NULL)
                return false;
        stands = loads_at(w, w->now) && loads_at(w, record_int(r, FIELD_RULE_VERSION_EFFECTIVE_FROM));
        ctx_clear(w->ctx);
        if (stands)
                return refuse(w, "VERSION", "It passes the check: publish another version instead, or withdraw it before its date",
                              "该版本校验通过：请发布新版本代替，或在生效前撤回");
        return life_step(w, r, MOVE_RULE_VERSION_TAKE_OUT);
}
