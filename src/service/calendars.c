/* SPDX-License-Identifier: Apache-2.0
 *
 * calendars.c -- publishing calendars (rule C7): what a version may say, the first ones, holidays that make new versions.
 *
 *     draft --publish (calendars_publish)--> published --supersede: a later one took effect--> superseded
 *
 * Invariants
 *   1. A version can be used by whoever finds it: its zone exists, the shifts of a day do not overlap, it opens.
 *      What is wrong is told by field and value.
 *   2. A version that is no draft is not changed; a change is a new version.
 *   3. A definition is complete: the holidays stand in it, so that importing holidays changes no promise that was made.
 *      Which sets it takes its days from stands in the calendar (holiday_set "CN" or "CN,OURS").
 *   4. Importing the same holidays again changes nothing and publishes nothing.  Changed holidays reach the version in force
 *      and those of later dates, each at its own date.
 *   5. What was in force on a day stays so: only a calendar's first version may count from a day that has gone by; another
 *      one counts from its publication at the earliest.
 */
#include "service/calendars.h"
#include <stdio.h>
#include "model/rules.h"
#include "service/hooks.h"
#include "service/service.h"

enum { DEFINITION_NODES = 100000 };
#define FIRST_DAY (INT64_C(946684800) * USEC_SECOND)   /* 2000-01-01: first versions hold for back-dated requests too */

/* ---- what a version may say ---- */

/* Errors of the definition's own fields become pointers into it. */
static bool
name_faults(struct work *w)
{
        for (struct error *e = w->ctx->errors; e != NULL; e = e->next)
                e->field = arena_printf(w->ctx->arena, "%s%s%s", FIELD_CALENDAR_VERSION_DEFINITION, *e->field ? "/" : "", e->field);
        return false;
}

/* One weekday or one special day alone: so that a shift that cannot be is told with its day and its text. */
static bool
check_day(struct work *w, const struct json *zone, const struct json *day, const char *section)
{
        struct json one = *day, hours = {.type = JSON_OBJECT, .count = 1, .key = STR("hours"), .child = &one};
        struct json copy = *zone, all = {.type = JSON_OBJECT, .count = 2, .child = &copy};
        struct calendar *c;
        struct jw text = {0};

        one.next = NULL;
        one.key = strcmp(section, "hours") == 0 ? day->key : STR("mon");
        copy.next = &hours;
        if ((c = calendar_from_json(w->ctx, &all)) != NULL) {
                calendar_free(c);
                return true;
        }
        jw_json(&text, day);
        fail_because(w->ctx, E_BAD_FORMAT, arena_printf(w->ctx->arena, "%s/%s", section, str_c(w->ctx->arena, day->key)),
                     str_c(w->ctx->arena, jw_view(&text)), "shifts such as [[\"09:00\", \"18:00\"]] that do not overlap");
        jw_free(&text);
        return false;
}

static bool
check_days(struct work *w, const struct json *definition, const char *section)
{
        const struct json *days = json_get(definition, section), *zone = json_get(definition, "timezone");

        for (const struct json *d = days && zone ? days->child : NULL; d != NULL; d = d->next)
                if (!check_day(w, zone, d, section))
                        return false;
        return true;
}

static bool
zone_exists(struct work *w, const struct json *definition)
{
        struct str name = json_get_text(definition, "timezone");

        return (name.n > 0 && zone_get(str_c(w->ctx->arena, name)) != NULL) ||
               fail(w->ctx, E_BAD_FORMAT, "timezone", str_c(w->ctx->arena, name), "an IANA time zone such as Asia/Shanghai");
}

static bool
opens(struct work *w, const struct calendar *c, usec from)
{
        usec due;

        return calendar_add(w->ctx, c, from, USEC_SECOND, &due);
}

static bool
known_keys(struct work *w, const struct json *definition)
{
        static const char *const KNOWN[] = {"timezone", "hours", "holidays", "special_hours"};

        for (const struct json *k = definition->type == JSON_OBJECT ? definition->child : NULL; k != NULL; k = k->next) {
                bool known = false;
                for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
                        known |= str_is(k->key, KNOWN[i]);
                if (!known)
                        return fail(w->ctx, E_UNKNOWN_FIELD, "", str_c(w->ctx->arena, k->key), "timezone, hours, holidays, special_hours");
        }
        return definition->type == JSON_OBJECT || fail(w->ctx, E_TYPE, "", "an object", json_type_name(definition->type));
}

static bool
definition_fits(struct work *w, const struct record *r)
{
        struct str text = record_text(r, FIELD_CALENDAR_VERSION_DEFINITION);
        char *copy = arena_strndup(w->ctx->arena, text.p ? text.p : "", text.n);
        struct json *v = json_parse(w->ctx, copy, text.n, DEFINITION_NODES);
        struct calendar *c;
        bool ok;

        if (v == NULL || !known_keys(w, v) || !zone_exists(w, v) || !check_days(w, v, "hours") || !check_days(w, v, "special_hours") ||
            (c = calendar_from_json(w->ctx, v)) == NULL)
                return name_faults(w);
        ok = opens(w, c, record_int(r, FIELD_CALENDAR_VERSION_EFFECTIVE_FROM));
        calendar_free(c);
        return ok || name_faults(w);
}

bool
calendars_before(struct work *w, struct record *r, const struct json *input)
{
        if (r->old_state != NULL && strcmp(r->old_state->name, STATE_CALENDAR_VERSION_DRAFT) != 0)
                return refuse(w, "", "A published version is never changed: publish a new one", "已发布的版本不可修改，请发布新版本");
        return !service_is_set(r, FIELD_CALENDAR_VERSION_DEFINITION) || definition_fits(w, r);
}

bool
calendars_zone(struct work *w, struct record *r, const struct json *input)
{
        const char *f = FIELD_CALENDAR_ZONE;
        struct str code = record_text(r, FIELD_CALENDAR_CODE);

        if (str_is(code, CALENDAR_ALWAYS))
                return fail(w->ctx, E_NOT_ALLOWED_VALUE, FIELD_CALENDAR_CODE, CALENDAR_ALWAYS,
                            "any other code; this one is built in");
        return !service_is_set(r, f) || zone_get(str_c(w->ctx->arena, record_text(r, f))) != NULL ||
               fail(w->ctx, E_BAD_FORMAT, f, str_c(w->ctx->arena, record_text(r, f)), "an IANA time zone such as Asia/Shanghai");
}

/* A contract or customer names a calendar that is there. */
bool
calendars_named(struct work *w, struct record *r, const struct json *input)
{
        const struct field *f = entity_field(r->e, "calendar");
        struct str code = f != NULL && r->v[f->index].type == VAL_TEXT ? r->v[f->index].s : STR_NONE;
        int64_t version;

        if (code.n == 0)
                return true;
        if (!calendar_in_force(w, code, w->now, &version))
                return false;
        return version != CALENDAR_NONE ||
               fail(w->ctx, E_NOT_ALLOWED_VALUE, "calendar", str_c(w->ctx->arena, code), "24x7 or the code of a published calendar");
}

/* ---- publishing ---- */

bool
calendars_publish_check(struct work *w, const struct record *r)
{
        return definition_fits(w, r);
}

/* Published versions that are in force no more, or never will be, now that `r` is published: the earlier ones when `r`
 * counts already, those of the same date always. */
static bool
overtaken(struct work *w, const struct record *r, int64_t **ret, size_t *ret_count)
{
        usec from = record_int(r, FIELD_CALENDAR_VERSION_EFFECTIVE_FROM);
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select id from calendar_version where calendar = $1 and id <> $2 and "
                                          "state = 'published' and effective_from >= $3 and effective_from <= $4 order by id"),
                                      "iiii", record_int(r, FIELD_CALENDAR_VERSION_CALENDAR), r->id,
                                      from > w->now ? from : INT64_MIN, from);

        if (rows == NULL)
                return false;
        while (rows_next(rows))
                *ARENA_PUSH(w->ctx->arena, *ret, *ret_count) = rows_int(rows, 0);
        return rows_close(rows);
}

bool
calendars_publish(struct work *w, struct record *r, const struct json *input)
{
        int64_t last = 0, *ids = NULL;
        size_t n = 0;

        if (!sql_one_int(w->ctx, w->conn, &last, SQL("select max(version_no) from calendar_version where calendar = $1"), "i",
                         record_int(r, FIELD_CALENDAR_VERSION_CALENDAR)))
                return false;
        record_set_int(r, FIELD_CALENDAR_VERSION_VERSION_NO, last + 1);
        if (last > 0 && record_int(r, FIELD_CALENDAR_VERSION_EFFECTIVE_FROM) < w->now)
                record_set_int(r, FIELD_CALENDAR_VERSION_EFFECTIVE_FROM, w->now);
        if (!overtaken(w, r, &ids, &n))
                return false;
        for (size_t i = 0; i < n; i++) {
                struct record *old = store_load(w, r->e, ids[i]);
                if (old == NULL || !life_step(w, old, MOVE_CALENDAR_VERSION_SUPERSEDE))
                        return false;
        }
        return true;
}

static bool
publish_new(struct work *w, int64_t calendar, usec from, struct str definition, const char *note)
{
        struct record *v = record_new(w, model_entity(w->model, ENTITY_CALENDAR_VERSION));

        record_set_int(v, FIELD_CALENDAR_VERSION_CALENDAR, calendar);
        record_set_int(v, FIELD_CALENDAR_VERSION_EFFECTIVE_FROM, from);
        record_set_text(v, FIELD_CALENDAR_VERSION_DEFINITION, definition);
        record_set_text(v, FIELD_CALENDAR_VERSION_NOTE, str_of(note));
        return store_insert(w, v, "create") && life_step(w, v, MOVE_CALENDAR_VERSION_PUBLISH);
}

/* ---- definitions with the days of holiday sets ---- */

struct day {
        bool work;
        struct str hours;
};

/* The days of one set into the map by date; a day off wins over a working day of another set. */
static bool
read_set(struct work *w, struct str set, struct map *days)
{
        struct rows *rows = sql_query(w->ctx, w->conn, SQL("select date, kind, hours from holiday where set_code = $1 order by date"),
                                      "t", set);

        if (rows == NULL)
                return false;
        while (rows_next(rows)) {
                struct str hours = rows_text(rows, 2);
                struct day *d = ARENA_NEW(w->ctx->arena, struct day);
                d->work = str_is(rows_text(rows, 1), "work");
                d->hours = hours.p ? str_of(arena_strndup(w->ctx->arena, hours.p, hours.n)) : STR_NONE;
                if (!d->work || map_get(days, rows_text(rows, 0)) == NULL)
                        map_set(days, rows_text(rows, 0), d);
        }
        return rows_close(rows);
}

static bool
read_sets(struct work *w, struct str sets, struct map *days)
{
        map_init(days, w->ctx->arena);
        while (sets.n > 0) {
                struct str one = str_trim(str_cut(sets, ',', &sets));
                if (one.n > 0 && !read_set(w, one, days))
                        return false;
        }
        return true;
}

/* The shifts of the first day of the week that has some: those of a make-up workday that names none. */
static const struct json *
ordinary_day(const struct json *hours)
{
        for (const struct json *d = hours ? hours->child : NULL; d != NULL; d = d->next)
                if (d->type == JSON_ARRAY && d->child != NULL)
                        return d;
        return NULL;
}

static void
write_special(struct jw *out, const struct day *d, const struct json *ordinary)
{
        if (d->hours.n > 0)
                jw_raw(out, d->hours);
        else if (ordinary != NULL)
                jw_json(out, ordinary);
        else
                jw_raw(out, STR("[]"));
}

static struct str
write_definition(struct work *w, struct str zone, const struct json *hours, const struct map *days)
{
        const struct json *ordinary = ordinary_day(hours);
        struct jw out = {0};
        struct str text;

        jw_open(&out, '{');
        jw_key(&out, "timezone"), jw_str(&out, zone);
        jw_key(&out, "hours"), jw_json(&out, hours);
        jw_key(&out, "holidays"), jw_open(&out, '[');
        for (size_t i = 0; i < days->count; i++)
                if (!((struct day *)days->entries[i].value)->work)
                        jw_str(&out, days->entries[i].key);
        jw_close(&out, ']');
        jw_key(&out, "special_hours"), jw_open(&out, '{');
        for (size_t i = 0; i < days->count; i++) {
                const struct day *d = days->entries[i].value;
                if (!d->work)
                        continue;
                jw_key_str(&out, days->entries[i].key);
                write_special(&out, d, ordinary);
        }
        jw_close(&out, '}');
        jw_close(&out, '}');
        text = (struct str){arena_strndup(w->ctx->arena, out.b.p, out.b.n), out.b.n};
        jw_free(&out);
        return text;
}

/* ---- the first calendars ---- */

static bool
make_default(struct work *w, const struct code_list *list, const struct option *o, struct str code)
{
        struct record *c = record_new(w, model_entity(w->model, ENTITY_CALENDAR));
        struct str item = str_of(o->name), zone = codes_attr(list, item, "zone"), set = codes_attr(list, item, "holidays");
        char *hours = arena_printf(w->ctx->arena, "{\"%s\":[[\"%s\",\"%s\"]]}", str_c(w->ctx->arena, codes_attr(list, item, "days")),
                                   str_c(w->ctx->arena, codes_attr(list, item, "from")),
                                   str_c(w->ctx->arena, codes_attr(list, item, "to")));
        struct json *week = json_parse(w->ctx, hours, strlen(hours), 100);
        struct map days;

        if (week == NULL)
                return false;
        record_set_text(c, FIELD_CALENDAR_CODE, code);
        record_set_text(c, FIELD_CALENDAR_NAME, str_of(o->label.en));
        record_set_text(c, FIELD_CALENDAR_ZONE, zone);
        if (!str_is(set, "none"))
                record_set_text(c, FIELD_CALENDAR_HOLIDAY_SET, set);
        return store_insert(w, c, "create") && read_sets(w, record_text(c, FIELD_CALENDAR_HOLIDAY_SET), &days) &&
               publish_new(w, c->id, FIRST_DAY, write_definition(w, zone, week, &days), "rules/calendars.yaml");
}

bool
calendars_defaults(struct work *w)
{
        const struct code_list *list = rules_codes(w->model->rules, "calendar");
        size_t n = 0;
        const struct option *o = list ? codes_options(list, &n) : NULL;

        for (size_t i = 0; i < n; i++) {
                struct str code = codes_attr(list, str_of(o[i].name), "code");
                int64_t there;
                if (!sql_one_int(w->ctx, w->conn, &there, SQL("select count(*) from calendar where code = $1"), "t", code) ||
                    (there == 0 && !make_default(w, list, &o[i], code)))
                        return false;
        }
        return true;
}

/* ---- holidays ---- */

static bool
add_holiday(struct work *w, const struct holiday *h)
{
        struct record *r = record_new(w, model_entity(w->model, ENTITY_HOLIDAY));

        record_set_text(r, FIELD_HOLIDAY_SET_CODE, h->set);
        record_set_text(r, FIELD_HOLIDAY_DATE, h->date);
        record_set_text(r, FIELD_HOLIDAY_KIND, h->work ? STR("work") : STR("off"));
        record_set_text(r, FIELD_HOLIDAY_NAME, h->name.n > 0 ? h->name : h->date);
        if (h->hours.n > 0)
                record_set_text(r, FIELD_HOLIDAY_HOURS, h->hours);
        return store_insert(w, r, "import");
}

bool
calendars_holiday(struct work *w, const struct holiday *h, struct holiday_counts *counts)
{
        int64_t id = 0, days;
        struct record *r;
        struct str kind = h->work ? STR("work") : STR("off");

        if (!date_parse(h->date, &days))
                return fail(w->ctx, E_BAD_FORMAT, "date", str_c(w->ctx->arena, h->date), "a date such as 2026-10-01");
        if (!sql_one_int(w->ctx, w->conn, &id, SQL("select id from holiday where set_code = $1 and date = $2"), "tt", h->set, h->date)) {
                counts->added++;
                return !ctx_failed(w->ctx) && add_holiday(w, h);
        }
        r = store_load(w, model_entity(w->model, ENTITY_HOLIDAY), id);
        if (r == NULL)
                return false;
        if (h->only_new || (str_eq(record_text(r, FIELD_HOLIDAY_KIND), kind) && str_eq(record_text(r, FIELD_HOLIDAY_HOURS), h->hours))) {
                counts->same++;
                return true;
        }
        counts->changed++;
        record_set_text(r, FIELD_HOLIDAY_KIND, kind);
        record_set_text(r, FIELD_HOLIDAY_NAME, h->name.n > 0 ? h->name : h->date);
        if (h->hours.n > 0)
                record_set_text(r, FIELD_HOLIDAY_HOURS, h->hours);
        else
                record_clear(r, FIELD_HOLIDAY_HOURS);
        return store_save(w, r, "import");
}

/* ---- new versions ---- */

struct using {
        int64_t calendar;
        struct str sets;
};

static bool
using_sets(struct work *w, struct using **ret, size_t *ret_count)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select id, holiday_set from calendar where holiday_set is not null and active = 1 order by id"), "");

        if (rows == NULL)
                return false;
        while (rows_next(rows)) {
                struct using *u = ARENA_PUSH(w->ctx->arena, *ret, *ret_count);
                struct str sets = rows_text(rows, 1);
                *u = (struct using){rows_int(rows, 0), {arena_strndup(w->ctx->arena, sets.p, sets.n), sets.n}};
        }
        return rows_close(rows);
}

/* A version that counts, now or from a later date on: with the days that the sets have now it would say `after`. */
struct stale {
        usec from;
        struct str after;
};

/* The calendar's versions in force now and later whose days differ from the sets'. */
static bool
stale_versions(struct work *w, int64_t calendar, const struct map *days, struct stale **ret, size_t *ret_count)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select v.effective_from, v.definition from calendar_version v where v.calendar = $1 and "
                                          "v.state <> 'draft' and v.effective_from >= coalesce((select max(o.effective_from) from "
                                          "calendar_version o where o.calendar = $1 and o.state <> 'draft' and o.effective_from <= $2), 0) "
                                          "and not exists (select 1 from calendar_version n where n.calendar = v.calendar and "
                                          "n.state <> 'draft' and n.effective_from = v.effective_from and n.version_no > v.version_no) "
                                          "order by v.effective_from"),
                                      "ii", calendar, w->now);

        while (rows != NULL && rows_next(rows)) {
                struct str text = rows_text(rows, 1), before = {arena_strndup(w->ctx->arena, text.p, text.n), text.n}, after;
                struct json *v = json_parse(w->ctx, arena_strndup(w->ctx->arena, text.p, text.n), text.n, DEFINITION_NODES);
                if (v == NULL)
                        return rows_close(rows), false;
                after = write_definition(w, json_get_text(v, "timezone"), json_get(v, "hours"), days);
                if (!str_eq(before, after))
                        *ARENA_PUSH(w->ctx->arena, *ret, *ret_count) = (struct stale){rows_int(rows, 0), after};
        }
        return rows != NULL && rows_close(rows);
}

bool
calendars_renew_one(struct work *w, int64_t calendar, struct str sets, int64_t *published)
{
        struct stale *list = NULL;
        struct map days;
        size_t n = 0;

        if (!read_sets(w, sets, &days) || !stale_versions(w, calendar, &days, &list, &n))
                return false;
        for (size_t i = 0; i < n; i++)
                if (!publish_new(w, calendar, list[i].from > w->now ? list[i].from : w->now, list[i].after, "holidays"))
                        return false;
        *published += (int64_t)n;
        return true;
}

bool
calendars_renew(struct work *w, int64_t *ret_published)
{
        struct using *list = NULL;
        size_t n = 0;

        *ret_published = 0;
        if (!using_sets(w, &list, &n))
                return false;
        for (size_t i = 0; i < n; i++)
                if (!calendars_renew_one(w, list[i].calendar, list[i].sets, ret_published))
                        return false;
        return true;
}
