/* SPDX-License-Identifier: Apache-2.0
 *
 * notice_preference.c -- how a person wants to be told.
 *
 *     {"digest": "none|hourly|daily", "quiet_from": "22:00", "quiet_until": "07:00",
 *      "kinds": [{"kind": "work", "label": ..., "channel": "inbox", "preset": "inbox", "fixed": false}, ...]}
 *
 * A change names what it changes: {"digest": "daily", "kinds": {"survey": "none"}}; null takes a choice back.  Kinds that
 * are fixed take nothing less than their preset; that is said here, when it is chosen, and seen to again when a notice goes.
 */
#include <stdio.h>
#include "engine/access.h"
#include "gen/names.h"
#include "model/rules.h"
#include "service/notices.h"

static const char *const CHANNELS[] = {"none", "inbox", "mail"};
static const char *const DIGESTS[] = {"none", "hourly", "daily"};
enum { DAY_MINUTES = 24 * 60 };

int
notice_channel_rank(const char *channel)
{
        for (int i = 0; i < 3; i++)
                if (strcmp(channel, CHANNELS[i]) == 0)
                        return i;
        return -1;
}

const char *
notice_preset(const struct model *m, const char *kind, enum audience a, bool *ret_fixed)
{
        const struct code_list *c = rules_codes(m->rules, "notice_kind");
        struct str preset = c ? codes_attr(c, str_of(kind), audience_name(a)) : STR_NONE;

        *ret_fixed = c && codes_flag(c, str_of(kind), "fixed");
        for (int i = 0; i < 3; i++)
                if (str_is(preset, CHANNELS[i]))
                        return CHANNELS[i];
        return "inbox";
}

/* ---- reading ---- */

static const char *
one_of(const char *const *words, struct str s)
{
        for (int i = 0; i < 3; i++)
                if (str_is(s, words[i]))
                        return words[i];
        return NULL;
}

bool
notice_habits(struct work *w, int64_t person, const char *kind, struct notice_habits *ret)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select kind, channel, digest, quiet_from, quiet_until from notice_preference "
                                          "where person = $1 and (kind = $2 or kind = '*')"),
                                      "is", person, kind);

        *ret = (struct notice_habits){NULL, "none", 0, 0};
        while (rows && rows_next(rows)) {
                if (!str_is(rows_text(rows, 0), "*")) {
                        ret->channel = one_of(CHANNELS, rows_text(rows, 1));
                        continue;
                }
                const char *digest = one_of(DIGESTS, rows_text(rows, 2));
                ret->digest = digest ? digest : "none";
                ret->quiet_from = rows_int(rows, 3);
                ret->quiet_until = rows_int(rows, 4);
        }
        return rows && rows_close(rows);
}

static void
put_minute(struct jw *out, const char *key, bool there, int64_t minute)
{
        char text[24];

        jw_key(out, key);
        snprintf(text, sizeof text, "%02d:%02d", (int)(minute / 60), (int)(minute % 60));
        there ? jw_text(out, text) : jw_null(out);
}

static bool
put_kind(struct work *w, const struct option *o, enum audience a, struct jw *out)
{
        struct notice_habits h;
        bool fixed;
        const char *preset = notice_preset(w->model, o->name, a, &fixed);

        if (!notice_habits(w, w->actor->id, o->name, &h))
                return false;
        jw_open(out, '{');
        jw_key(out, "kind"), jw_text(out, o->name);
        jw_key(out, "label"), jw_open(out, '{');
        jw_key(out, "en"), jw_text(out, o->label.en);
        jw_key(out, "zh"), jw_text(out, o->label.zh);
        jw_close(out, '}');
        jw_key(out, "channel"), jw_text(out, h.channel ? h.channel : preset);
        jw_key(out, "preset"), jw_text(out, preset);
        jw_key(out, "fixed"), jw_bool(out, fixed);
        jw_close(out, '}');
        return true;
}

/* Does any template of this kind speak to the audience?  Others are not offered. */
static bool
concerns(const struct work *w, const char *kind, enum audience a)
{
        const struct templates *t = w->model->templates;

        for (size_t i = 0; t && i < t->count; i++)
                if (strcmp(t->list[i].kind, kind) == 0 && t->list[i].by[a].subject.en)
                        return true;
        return false;
}

bool
notice_preferences_json(struct work *w, struct jw *out)
{
        enum audience a = access_is_staff(w) ? AUDIENCE_STAFF : AUDIENCE_CUSTOMER;
        const struct code_list *c = rules_codes(w->model->rules, "notice_kind");
        struct notice_habits h;
        size_t n = 0;
        const struct option *o = c ? codes_options(c, &n) : NULL;

        if (!notice_habits(w, w->actor->id, "*", &h))
                return false;
        jw_open(out, '{');
        jw_key(out, "digest"), jw_text(out, h.digest);
        put_minute(out, "quiet_from", h.quiet_from != h.quiet_until, h.quiet_from);
        put_minute(out, "quiet_until", h.quiet_from != h.quiet_until, h.quiet_until);
        jw_key(out, "kinds"), jw_open(out, '[');
        for (size_t i = 0; i < n; i++)
                if (concerns(w, o[i].name, a) && !put_kind(w, &o[i], a, out))
                        return false;
        jw_close(out, ']');
        jw_close(out, '}');
        return true;
}

/* ---- changing ---- */

static bool
set_channel(struct work *w, const struct json *m)
{
        const struct code_list *c = rules_codes(w->model->rules, "notice_kind");
        enum audience a = access_is_staff(w) ? AUDIENCE_STAFF : AUDIENCE_CUSTOMER;
        const char *kind = str_c(w->ctx->arena, m->key), *field = arena_printf(w->ctx->arena, "kinds/%s", kind), *channel, *preset;
        bool fixed;

        if (c == NULL || !codes_has(c, m->key) || !concerns(w, kind, a))
                return fail(w->ctx, E_UNKNOWN_FIELD, field, kind, "the kinds that GET lists");
        if (m->type == JSON_NULL)
                return sql_run(w->ctx, w->conn, SQL("delete from notice_preference where person = $1 and kind = $2"), "is",
                               w->actor->id, kind);
        channel = m->type == JSON_TEXT ? one_of(CHANNELS, m->text) : NULL;
        if (channel == NULL)
                return fail(w->ctx, E_NOT_ALLOWED_VALUE, field, str_c(w->ctx->arena, m->text), "none, inbox, mail");
        preset = notice_preset(w->model, kind, a, &fixed);
        if (fixed && notice_channel_rank(channel) < notice_channel_rank(preset))
                return fail(w->ctx, E_NOT_ALLOWED_VALUE, field, channel,
                            ctx_both(w->ctx, arena_printf(w->ctx->arena, "%s; notices of this kind cannot be switched off", preset),
                                     arena_printf(w->ctx->arena, "%s；此类通知不可关闭", preset)));
        return sql_run(w->ctx, w->conn,
                       SQL("insert into notice_preference (person, kind, channel) values ($1, $2, $3) "
                           "on conflict (person, kind) do update set channel = excluded.channel"),
                       "iss", w->actor->id, kind, channel);
}

static bool
set_channels(struct work *w, const struct json *kinds)
{
        if (kinds == NULL)
                return true;
        if (kinds->type != JSON_OBJECT)
                return fail(w->ctx, E_TYPE, "kinds", "an object", json_type_name(kinds->type));
        for (const struct json *m = kinds->child; m; m = m->next)
                if (!set_channel(w, m))
                        return false;
        return true;
}

/* "22:00"; null: none. */
static bool
take_minute(struct work *w, const struct json *body, const char *name, int64_t *ret, bool *ret_there)
{
        const struct json *v = json_get(body, name);
        int h, m;
        char more;

        if (v == NULL)
                return true;
        *ret_there = v->type != JSON_NULL;
        if (v->type == JSON_NULL)
                return *ret = 0, true;
        if (v->type != JSON_TEXT || v->text.n != 5 || sscanf(str_c(w->ctx->arena, v->text), "%2d:%2d%c", &h, &m, &more) != 2 ||
            h < 0 || h > 23 || m < 0 || m > 59)
                return fail(w->ctx, E_BAD_FORMAT, name, str_c(w->ctx->arena, v->text), "a time of day such as 22:00");
        *ret = h * 60 + m;
        return true;
}

static bool
take_digest(struct work *w, const struct json *body, const char **ret)
{
        const struct json *v = json_get(body, "digest");

        if (v == NULL)
                return true;
        *ret = v->type == JSON_TEXT ? one_of(DIGESTS, v->text) : NULL;
        return *ret || fail(w->ctx, E_NOT_ALLOWED_VALUE, "digest", str_c(w->ctx->arena, v->text), "none, hourly, daily");
}

static bool
names_known(struct work *w, const struct json *body)
{
        static const char *const known[] = {"digest", "quiet_from", "quiet_until", "kinds", NULL};

        if (body == NULL || body->type != JSON_OBJECT)
                return fail(w->ctx, E_TYPE, "", "an object", body ? json_type_name(body->type) : "nothing");
        for (const struct json *m = body->child; m; m = m->next) {
                size_t i = 0;
                while (known[i] && !str_is(m->key, known[i]))
                        i++;
                if (!known[i])
                        return fail(w->ctx, E_UNKNOWN_FIELD, str_c(w->ctx->arena, m->key), str_c(w->ctx->arena, m->key),
                                    "digest, quiet_from, quiet_until, kinds");
        }
        return true;
}

bool
notice_preferences_set(struct work *w, const struct json *body)
{
        struct notice_habits h;
        bool from = false, until = false;

        if (!names_known(w, body) || !notice_habits(w, w->actor->id, "*", &h) || !take_digest(w, body, &h.digest) ||
            !take_minute(w, body, "quiet_from", &h.quiet_from, &from) ||
            !take_minute(w, body, "quiet_until", &h.quiet_until, &until))
                return false;
        if (from != until && json_get(body, "quiet_from") && json_get(body, "quiet_until"))
                return fail(w->ctx, E_REQUIRED, from ? "quiet_until" : "quiet_from");
        return sql_run(w->ctx, w->conn,
                       SQL("insert into notice_preference (person, kind, digest, quiet_from, quiet_until) values ($1, '*', $2, $3, $4) "
                           "on conflict (person, kind) do update set digest = excluded.digest, quiet_from = excluded.quiet_from, "
                           "quiet_until = excluded.quiet_until"),
                       "isii", w->actor->id, h.digest, h.quiet_from % DAY_MINUTES, h.quiet_until % DAY_MINUTES) &&
               set_channels(w, json_get(body, "kinds"));
}
