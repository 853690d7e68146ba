/* SPDX-License-Identifier: Apache-2.0
 *
 * setup.c -- the first start in five steps.
 *
 *     begun --save organisation, calendar, administrator, data, mail (in any order, again and again)--> complete
 *           --finish, one transaction--> done
 *
 * Invariants
 *   1. Until it is done, answers are kept in `settings` and nothing else: an interrupted start goes on where it was.
 *   2. No password is kept: its Argon2id hash stands with the answer and becomes the credential.
 *   3. Who is done cannot begin again: the row `setup` says "done".
 *
 * Not here: who may (the code that `openitr serve` prints, api/setup.c); the mail server's address, which is a setting of
 * the program, because passwords do not belong into the database.
 */
#include "service/setup.h"
#include <stdio.h>
#include "base/text.h"
#include "base/zone.h"
#include "engine/life.h"
#include "engine/store.h"
#include "gen/names.h"
#include "model/rules.h"
#include "service/calendars.h"

static const char *const STEPS[] = {"organisation", "calendar", "administrator", "data", "mail"};
enum { STEP_COUNT = sizeof STEPS / sizeof *STEPS };

/* ---- rows ---- */

static bool
row_get(struct work *w, const char *name, struct str *ret)
{
        *ret = STR_NONE;
        return sql_one_text(w->ctx, w->conn, ret, SQL("SELECT value FROM settings WHERE name = $1"), "s", name) || !ctx_failed(w->ctx);
}

static bool
row_put(struct work *w, const char *name, const char *value)
{
        return sql_run(w->ctx, w->conn,
                       SQL("INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3) "
                           "ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at"),
                       "ssi", name, value, w->now);
}

/* The answer of a step, NULL when there is none. */
static const struct json *
answer_of(struct work *w, const char *step)
{
        struct str text;

        if (!row_get(w, step, &text) || text.n == 0)
                return NULL;
        return json_parse(w->ctx, arena_strndup(w->ctx->arena, text.p, text.n), text.n, 1000);
}

bool
setup_needed(struct work *w, bool *ret)
{
        struct str state;
        int64_t administrators;

        if (!row_get(w, "setup", &state) ||
            !sql_one_int(w->ctx, w->conn, &administrators,
                         SQL("SELECT count(*) FROM users WHERE roles LIKE '%\"administrator\"%'"), ""))
                return false;
        *ret = str_is(state, "\"begun\"") || (state.n == 0 && administrators == 0);
        return true;
}

bool
setup_begin(struct work *w)
{
        return row_put(w, "setup", "\"begun\"");
}

/* ---- what a step may say ---- */

static bool
need_text(struct work *w, const struct json *v, const char *name, size_t max, struct str *ret)
{
        const struct json *t = json_get(v, name);

        if (t == NULL || t->type == JSON_NULL || (t->type == JSON_TEXT && str_trim(t->text).n == 0))
                return fail(w->ctx, E_REQUIRED, name);
        if (t->type != JSON_TEXT)
                return fail(w->ctx, E_TYPE, name, "a text", json_type_name(t->type));
        if (!text_valid(t->text))
                return fail(w->ctx, E_UTF8, name);
        *ret = str_trim(t->text);
        return text_length(*ret) <= max || fail(w->ctx, E_TOO_LONG, name, arena_printf(w->ctx->arena, "%zu", text_length(*ret)),
                                                arena_printf(w->ctx->arena, "%zu", max));
}

static bool
need_word(struct work *w, const struct json *v, const char *name, const char *const *words, const char *allowed)
{
        struct str s;

        if (!need_text(w, v, name, 60, &s))
                return false;
        for (; *words; words++)
                if (str_is(s, *words))
                        return true;
        return fail(w->ctx, E_NOT_ALLOWED_VALUE, name, str_c(w->ctx->arena, s), allowed);
}

static bool
need_zone(struct work *w, const struct json *v, const char *name)
{
        struct str s;

        if (!need_text(w, v, name, 60, &s))
                return false;
        return zone_get(str_c(w->ctx->arena, s)) != NULL ||
               fail(w->ctx, E_BAD_FORMAT, name, str_c(w->ctx->arena, s), "a time zone such as Asia/Shanghai");
}

static bool
check_organisation(struct work *w, const struct json *v)
{
        struct str s;

        return (int)need_text(w, v, "name", 200, &s) & (int)need_zone(w, v, "zone") &
               (int)need_word(w, v, "language", (const char *const[]){"zh", "en", NULL}, "zh, en");
}

/* "09:00" */
static bool
need_hour(struct work *w, const struct json *v, const char *name, int *ret)
{
        struct str s;
        int h, m, n = 0;

        if (!need_text(w, v, name, 5, &s))
                return false;
        if (s.n != 5 || sscanf(str_c(w->ctx->arena, s), "%2d:%2d%n", &h, &m, &n) != 2 || n != 5 || h < 0 || h > 24 || m < 0 || m > 59 ||
            (h == 24 && m > 0))
                return fail(w->ctx, E_BAD_FORMAT, name, str_c(w->ctx->arena, s), ctx_both(w->ctx, "a time such as 09:00", "时间，如 09:00"));
        *ret = h * 60 + m;
        return true;
}

/* One that is there by its code, or a new one. */
static bool
check_calendar(struct work *w, const struct json *v)
{
        struct str code, name;
        int64_t there;
        int from, to;

        if (!need_text(w, v, "code", 60, &code) ||
            !sql_one_int(w->ctx, w->conn, &there, SQL("SELECT count(*) FROM calendar WHERE code = $1"), "t", code))
                return false;
        if (there > 0 || str_is(code, "24x7"))
                return true;
        if (!((int)need_text(w, v, "name", 200, &name) &
              (int)need_word(w, v, "days", (const char *const[]){"mon-fri", "mon-sat", "mon-sun", NULL}, "mon-fri, mon-sat, mon-sun") &
              (int)need_hour(w, v, "from", &from) & (int)need_hour(w, v, "to", &to)))
                return false;
        return from < to || fail(w->ctx, E_BAD_FORMAT, "to", str_c(w->ctx->arena, json_get_text(v, "to")),
                                 ctx_both(w->ctx, "a time after the beginning", "晚于开始的时间"));
}

static bool
check_administrator(struct work *w, const struct json *v, const char *hash)
{
        struct str s;

        return ((int)need_text(w, v, "login", 80, &s) & (int)need_text(w, v, "name", 80, &s)) && (hash != NULL || fail(w->ctx, E_REQUIRED, "password"));
}

static bool
check_step(struct work *w, int step, const struct json *v, const char *hash)
{
        switch (step) {
        case 0:
                return check_organisation(w, v);
        case 1:
                return check_calendar(w, v);
        case 2:
                return check_administrator(w, v, hash);
        case 3:
                return need_word(w, v, "choice", (const char *const[]){"demo", "empty", NULL}, "demo, empty");
        default:
                return need_word(w, v, "choice", (const char *const[]){"later", "set", NULL}, "later, set");
        }
}

/* ---- keeping ---- */

/* The members of an answer as they were given, without what is secret. */
static void
copy_members(struct jw *out, const struct json *v, const char *const *skip)
{
        for (const struct json *m = v->child; m; m = m->next) {
                bool secret = false;
                for (const char *const *k = skip; *k; k++)
                        secret |= str_is(m->key, *k);
                if (secret || m->type == JSON_OBJECT || m->type == JSON_ARRAY)
                        continue;
                jw_key_str(out, m->key);
                jw_json(out, m);
        }
}

bool
setup_save(struct work *w, struct str step, const struct json *value, const char *hash)
{
        struct jw out = {0};
        int i = 0;

        while (i < STEP_COUNT && !str_is(step, STEPS[i]))
                i++;
        if (i == STEP_COUNT)
                return fail(w->ctx, E_NOT_ALLOWED_VALUE, "step", str_c(w->ctx->arena, step),
                            "organisation, calendar, administrator, data, mail");
        if (value == NULL || value->type != JSON_OBJECT)
                return fail(w->ctx, E_TYPE, "value", "an object", value ? json_type_name(value->type) : "nothing");
        if (!check_step(w, i, value, hash))
                return false;
        jw_open(&out, '{');
        copy_members(&out, value, (const char *const[]){"password", "hash", NULL});
        if (hash) {
                jw_key(&out, "hash");
                jw_text(&out, hash);
        }
        jw_close(&out, '}');
        bool ok = row_put(w, STEPS[i], str_c(w->ctx->arena, jw_view(&out)));
        jw_free(&out);
        return ok;
}

static bool
write_calendars(struct work *w, struct jw *out)
{
        struct rows *r = sql_query(w->ctx, w->conn, SQL("SELECT code, name, zone FROM calendar ORDER BY code"), "");

        jw_key(out, "calendars");
        jw_open(out, '[');
        while (r && rows_next(r)) {
                jw_open(out, '{');
                jw_key(out, "code");
                jw_str(out, rows_text(r, 0));
                jw_key(out, "name");
                jw_str(out, rows_text(r, 1));
                jw_key(out, "zone");
                jw_str(out, rows_text(r, 2));
                jw_close(out, '}');
        }
        jw_close(out, ']');
        return r && rows_close(r);
}

bool
setup_write(struct work *w, struct jw *out)
{
        for (int i = 0; i < STEP_COUNT; i++) {
                const struct json *v = answer_of(w, STEPS[i]);
                jw_key(out, STEPS[i]);
                if (v == NULL) {
                        jw_null(out);
                        continue;
                }
                jw_open(out, '{');
                copy_members(out, v, (const char *const[]){"hash", NULL});
                jw_close(out, '}');
        }
        return !ctx_failed(w->ctx) && write_calendars(w, out);
}

bool
setup_complete(struct work *w)
{
        for (int i = 0; i < STEP_COUNT; i++)
                if (answer_of(w, STEPS[i]) == NULL)
                        return !ctx_failed(w->ctx) && fail(w->ctx, E_REQUIRED, STEPS[i]);
        return true;
}

bool
setup_wants_demo(struct work *w, bool *ret)
{
        int64_t users;

        *ret = str_is(json_get_text(answer_of(w, "data"), "choice"), "demo");
        if (ctx_failed(w->ctx) || !sql_one_int(w->ctx, w->conn, &users, SQL("SELECT count(*) FROM users"), ""))
                return false;
        *ret &= users == 0;            /* an interrupted start has them already */
        return true;
}

/* ---- finishing ---- */

static const struct json *
body_of(struct work *w, struct jw *out)
{
        char *text = arena_strndup(w->ctx->arena, out->b.p, out->b.n);
        size_t n = out->b.n;

        jw_free(out);
        return json_parse(w->ctx, text, n, 1000);
}

static void
put(struct jw *out, const char *key, struct str value)
{
        jw_key(out, key);
        jw_str(out, value);
}

static bool
make_calendar(struct work *w, const struct json *v, struct str zone)
{
        struct jw out = {0};
        struct record *c, *version;

        jw_open(&out, '{');
        put(&out, FIELD_CALENDAR_CODE, json_get_text(v, "code"));
        put(&out, FIELD_CALENDAR_NAME, json_get_text(v, "name"));
        put(&out, FIELD_CALENDAR_ZONE, zone);
        jw_close(&out, '}');
        if ((c = store_create(w, model_entity(w->model, ENTITY_CALENDAR), body_of(w, &out))) == NULL)
                return false;
        out = (struct jw){0};
        jw_open(&out, '{');
        jw_key(&out, FIELD_CALENDAR_VERSION_CALENDAR);
        jw_int(&out, c->id);
        jw_key(&out, FIELD_CALENDAR_VERSION_DEFINITION);
        jw_open(&out, '{');
        put(&out, "timezone", zone);
        jw_key(&out, "hours");
        jw_open(&out, '{');
        jw_key_str(&out, json_get_text(v, "days"));
        jw_open(&out, '[');
        jw_open(&out, '[');
        jw_str(&out, json_get_text(v, "from"));
        jw_str(&out, json_get_text(v, "to"));
        jw_close(&out, ']');
        jw_close(&out, ']');
        jw_close(&out, '}');
        jw_close(&out, '}');
        jw_close(&out, '}');
        version = store_create(w, model_entity(w->model, ENTITY_CALENDAR_VERSION), body_of(w, &out));
        return version != NULL && life_step(w, version, MOVE_CALENDAR_VERSION_PUBLISH);
}

static bool
finish_calendar(struct work *w, struct str zone)
{
        const struct json *v = answer_of(w, "calendar");
        struct str code = json_get_text(v, "code");
        int64_t there;

        if (str_is(code, "24x7"))
                return true;
        if (!sql_one_int(w->ctx, w->conn, &there, SQL("SELECT count(*) FROM calendar WHERE code = $1"), "t", code))
                return false;
        return there > 0 || make_calendar(w, v, zone);
}

/* Somebody of the demo company may have the login already: then it becomes this person's. */
static bool
find_or_make_person(struct work *w, const struct json *v, const struct json *house, int64_t *ret)
{
        struct str login = json_get_text(v, "login");
        struct jw out = {0};
        struct record *r = NULL;

        if (!sql_one_int(w->ctx, w->conn, ret, SQL("SELECT id FROM users WHERE login = $1"), "t", login) && ctx_failed(w->ctx))
                return false;
        jw_open(&out, '{');
        if (*ret == 0)
                put(&out, FIELD_USER_LOGIN, login);
        put(&out, FIELD_USER_NAME, json_get_text(v, "name"));
        put(&out, FIELD_USER_LANGUAGE, json_get_text(house, "language"));
        put(&out, FIELD_USER_ZONE, json_get_text(house, "zone"));
        jw_key(&out, FIELD_USER_ROLES);
        jw_raw(&out, STR("[\"administrator\"]"));
        jw_close(&out, '}');
        const struct json *body = body_of(w, &out);
        if (*ret == 0)
                r = store_create(w, model_entity(w->model, ENTITY_USER), body);
        else if ((r = store_load(w, model_entity(w->model, ENTITY_USER), *ret)) != NULL && !store_update(w, r, body, 0))
                r = NULL;
        *ret = r ? r->id : 0;
        return r != NULL;
}

static bool
finish_administrator(struct work *w, const struct json *house)
{
        const struct json *v = answer_of(w, "administrator");
        int64_t id = 0;

        return find_or_make_person(w, v, house, &id) &&
               sql_run(w->ctx, w->conn,
                       SQL("INSERT INTO credentials (person, hash, changed_at, must_change) VALUES ($1, $2, $3, 0) "
                           "ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at"),
                       "iti", id, json_get_text(v, "hash"), w->now) &&
               sql_run(w->ctx, w->conn, SQL("DELETE FROM settings WHERE name = 'administrator'"), "");
}

bool
setup_finish(struct work *w)
{
        const struct json *house = answer_of(w, "organisation");

        return setup_complete(w) && finish_calendar(w, json_get_text(house, "zone")) && finish_administrator(w, house) &&
               row_put(w, "setup", "\"done\"");
}
