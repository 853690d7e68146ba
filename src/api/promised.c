/* SPDX-License-Identifier: Apache-2.0
 *
 * promised.c -- why we promise what we promise: clocks, entitlement, calendars as a feed.
 *
 *     GET  /api/v1/{entity}/{id}/clocks                      each clock: facts, promises, what they say now
 *     GET  /api/v1/{entity}/{id}/timers                      staff: what will happen by itself, and when (docs/timers.md)
 *     GET  /api/v1/technical_request/{id}/attempts           staff: how often the customer was tried since the last word (rule C6)
 *     GET  /api/v1/technical_request/{id}/entitlement        as it was kept, and as it would be computed now
 *     GET  /api/v1/technical_request/{id}/priority           which rows of which tables make it
 *     POST /api/v1/entitlement/check                         the same for a question, without any request; changes nothing
 *     GET  /api/v1/calendar/{id}/calendar.ics                the days of the version in force, for other calendars
 */
#include "api/handlers.h"
#include "channel/ics.h"
#include "engine/access.h"
#include "engine/calendar_store.h"
#include "engine/store.h"
#include "gen/names.h"
#include "service/attempts.h"
#include "service/entitlement.h"
#include "service/promise.h"
#include "service/service.h"

bool
resource_clocks(struct request *q, struct work *w, struct response *r)
{
        struct record *record = path_record(q, w);

        return record && promise_clocks_json(w, record, &q->out);
}

/* ---- entitlement ---- */

static bool
staff_only(struct work *w)
{
        return access_is_staff(w) || fail(w->ctx, E_DENIED, "", model_role_names(w->ctx->arena, w->model, w->actor->given),
                                          "how it was decided is for staff");
}

static bool
answer_now(struct request *q, struct work *w, const struct entitlement_question *asked, struct str *ret_outcome)
{
        struct entitlement_facts facts;
        struct entitlement e;

        if (!entitlement_gather(w, asked, &facts) || !entitlement_decide(w->ctx, w->model->rules, &facts, &e))
                return false;
        entitlement_json(w, &facts, &e, &q->out);
        *ret_outcome = e.outcome;
        return true;
}

bool
resource_timers(struct request *q, struct work *w, struct response *r)
{
        struct record *record = staff_only(w) ? path_record(q, w) : NULL;
        struct rows *rows;

        if (record == NULL || (rows = sql_query(w->ctx, w->conn,
                                                SQL("select name, due, step from timers where case_id = $1 order by due, name limit 100"),
                                                "i", record->id)) == NULL)
                return false;
        jw_open(&q->out, '[');
        while (rows_next(rows)) {
                jw_open(&q->out, '{');
                jw_key(&q->out, "name"), jw_str(&q->out, rows_text(rows, 0));
                jw_key(&q->out, "due"), jw_time(&q->out, rows_int(rows, 1));
                jw_key(&q->out, "step"), jw_int(&q->out, rows_int(rows, 2));
                jw_close(&q->out, '}');
        }
        jw_close(&q->out, ']');
        return rows_close(rows);
}

static void
text_or_null(struct jw *w, const char *key, struct str s)
{
        jw_key(w, key), s.n > 0 ? jw_str(w, s) : jw_null(w);
}

bool
attempts_of_request(struct request *q, struct work *w, struct response *r)
{
        struct record *record = staff_only(w) ? store_find(w, model_entity(w->model, ENTITY_TECHNICAL_REQUEST), q->arg[0]) : NULL;
        struct attempts there;

        if (record == NULL || !attempts_read(w, record, &there))
                return false;
        jw_open(&q->out, '{');
        jw_key(&q->out, "since"), jw_time(&q->out, there.since);
        jw_key(&q->out, "items"), jw_open(&q->out, '[');
        for (size_t i = 0; i < there.n; i++) {
                jw_open(&q->out, '{');
                jw_key(&q->out, "at"), jw_time(&q->out, there.v[i].at);
                jw_key(&q->out, "source"), jw_str(&q->out, there.v[i].source);
                text_or_null(&q->out, "way", there.v[i].way);
                text_or_null(&q->out, "note", there.v[i].note);
                text_or_null(&q->out, "who", there.v[i].who);
                jw_close(&q->out, '}');
        }
        jw_close(&q->out, ']');
        jw_close(&q->out, '}');
        return true;
}

/* Back-fill: what the data say today about the day of the report.  It is told, not put into the request. */
bool
entitlement_of_request(struct request *q, struct work *w, struct response *r)
{
        struct record *record;
        struct entitlement_question asked;
        struct str kept, now;

        if (!staff_only(w) || (record = store_find(w, model_entity(w->model, ENTITY_TECHNICAL_REQUEST), q->arg[0])) == NULL)
                return false;
        kept = record_text(record, FIELD_TECHNICAL_REQUEST_ENTITLEMENT_EXPLAIN);
        entitlement_question_of(record, &asked);
        jw_open(&q->out, '{');
        jw_key(&q->out, "kept"), kept.n > 0 ? jw_raw(&q->out, kept) : jw_null(&q->out);
        jw_key(&q->out, "now");
        if (!answer_now(q, w, &asked, &now))
                return false;
        jw_key(&q->out, "differs");
        jw_bool(&q->out, kept.n > 0 && !record_is(record, FIELD_TECHNICAL_REQUEST_ENTITLEMENT, str_c(q->arena, now)));
        jw_close(&q->out, '}');
        return true;
}

bool
priority_of_request(struct request *q, struct work *w, struct response *r)
{
        struct record *record;

        return staff_only(w) && (record = store_find(w, model_entity(w->model, ENTITY_TECHNICAL_REQUEST), q->arg[0])) != NULL &&
               service_priority_json(w, record, &q->out);
}

static bool
take_id(struct request *q, struct work *w, const char *name, const char *entity, int64_t *ret)
{
        const struct json *v = json_get(q->json, name);
        const struct entity *e = model_entity(w->model, entity);

        if (v == NULL || v->type == JSON_NULL)
                return true;
        if (v->type != JSON_INT)
                return fail(w->ctx, E_TYPE, name, "an id", json_type_name(v->type));
        *ret = v->i;
        if (store_get(w, e, v->i) != NULL)
                return true;
        ctx_clear(w->ctx);
        return fail(w->ctx, E_NO_SUCH_LINK, name, entity, str_c(q->arena, v->text));
}

static bool
take_bool(struct request *q, struct work *w, const char *name, bool *ret)
{
        const struct json *v = json_get(q->json, name);

        if (v == NULL || v->type == JSON_NULL)
                return true;
        *ret = v->type == JSON_TRUE;
        return v->type == JSON_TRUE || v->type == JSON_FALSE || fail(w->ctx, E_TYPE, name, "true or false", json_type_name(v->type));
}

/* A date is asked at its noon in UTC, which is the same date nearly everywhere. */
static bool
take_date(struct request *q, struct work *w, usec *ret)
{
        const struct json *v = json_get(q->json, "date");
        int64_t day;

        if (v == NULL || v->type == JSON_NULL)
                return true;
        if (v->type != JSON_TEXT || !date_parse(v->text, &day))
                return fail(w->ctx, E_BAD_FORMAT, "date", str_c(q->arena, v->text), "a date such as 2026-10-01");
        *ret = day * USEC_DAY + USEC_DAY / 2;
        return true;
}

static bool
names_known(struct request *q, struct work *w)
{
        static const char *const known[] = {"account", "contact", "unit", "site", "product", "date", "verified", "onsite", NULL};

        if (q->json == NULL || q->json->type != JSON_OBJECT)
                return fail(w->ctx, E_TYPE, "", "an object", q->json ? json_type_name(q->json->type) : "nothing");
        for (const struct json *m = q->json->child; m != NULL; m = m->next) {
                size_t i = 0;
                while (known[i] && !str_is(m->key, known[i]))
                        i++;
                if (!known[i])
                        return fail(w->ctx, E_UNKNOWN_FIELD, str_c(q->arena, m->key), str_c(q->arena, m->key),
                                    "account, contact, unit, site, product, date, verified, onsite");
        }
        return true;
}

bool
entitlement_check(struct request *q, struct work *w, struct response *r)
{
        struct entitlement_question asked = {.at = w->now};
        struct str outcome;

        return staff_only(w) && names_known(q, w) && take_id(q, w, "account", ENTITY_ACCOUNT, &asked.account) &&
               take_id(q, w, "contact", ENTITY_CONTACT, &asked.contact) && take_id(q, w, "unit", ENTITY_INSTALLED_UNIT, &asked.unit) &&
               take_id(q, w, "site", ENTITY_SITE, &asked.site) && take_id(q, w, "product", ENTITY_PRODUCT, &asked.product) &&
               take_bool(q, w, "verified", &asked.verified) && take_bool(q, w, "onsite", &asked.onsite) &&
               take_date(q, w, &asked.at) && answer_now(q, w, &asked, &outcome);
}

/* ---- the calendar's feed ---- */

bool
calendar_feed(struct request *q, struct work *w, struct response *r)
{
        struct record *c = store_find(w, model_entity(w->model, ENTITY_CALENDAR), q->arg[0]);
        int64_t version;
        struct json *definition;

        if (c == NULL || !calendar_in_force(w, record_text(c, FIELD_CALENDAR_CODE), w->now, &version))
                return false;
        if (version == CALENDAR_NONE)
                return fail(w->ctx, E_NOT_FOUND, "", "calendar_version", "in force");
        definition = calendar_definition(w, version);
        if (definition == NULL)
                return false;
        ics_write(&q->out.b, &(struct ics_head){record_text(c, FIELD_CALENDAR_NAME), record_text(c, FIELD_CALENDAR_CODE), w->now},
                  definition);
        r->type = "text/calendar; charset=utf-8";
        return true;
}
