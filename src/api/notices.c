/* SPDX-License-Identifier: Apache-2.0
 *
 * notices.c -- the own inbox, the own preferences, who was told what of a record, and across records.
 *
 *     GET   /api/v1/me/notices?unread=true&limit=&cursor=   newest first
 *     POST  /api/v1/me/notices/read {"until": time}         all that are unread (until then; absent: now)
 *     POST  /api/v1/me/notices/{id}/read                    one
 *     GET   /api/v1/me/notice_preferences, PATCH            service/notice_preference.c
 *     GET   /api/v1/{entity}/{id}/notices                   the trail: staff see all, others their own
 *     GET   /api/v1/deliveries?to=&channel=&state=&kind=&since=&until=&record=&limit=&cursor=
 *                                                           who was told, across records (service/notice_search.c)
 *
 *     GET   /api/v1/accident_notice/{id}/preview            who would be told, before it is sent (service/accident.c)
 *
 * `to`: "me", a login, the id of a person, or an e-mail address.  Without a record and a person the last thirty days are searched.
 */
#include <string.h>
#include "api/handlers.h"
#include "gen/names.h"
#include "engine/access.h"
#include "engine/store.h"
#include "model/rules.h"
#include "service/accident.h"
#include "service/notices.h"

/* "1800000000000000-57": what the page before ended with. */
static bool
cursor_of(struct request *q, struct work *w, usec *ret_at, int64_t *ret_id)
{
        struct str text = request_param(q, "cursor"), rest, first;

        *ret_at = INT64_MAX;
        *ret_id = INT64_MAX;
        if (!text.p)
                return true;
        first = str_cut(text, '-', &rest);
        return (str_to_int(first, ret_at) && str_to_int(rest, ret_id)) ||
               fail(w->ctx, E_PARAMETER, "cursor", "cursor", str_c(q->arena, text), "`next` of the page before");
}

bool
inbox_list(struct request *q, struct work *w, struct response *r)
{
        int64_t limit, id;
        bool unread;
        usec at;

        return request_params_known(q, (const char *const[]){"unread", "limit", "cursor", NULL}) &&
               request_param_int(q, "limit", 1, 200, 50, &limit) && request_param_bool(q, "unread", &unread) &&
               cursor_of(q, w, &at, &id) && inbox_json(w, unread, at, id, (int)limit, &q->out);
}

static bool
answer_count(struct request *q, struct work *w, int64_t read)
{
        int64_t unread;

        if (!inbox_unread(w, &unread))
                return false;
        jw_open(&q->out, '{');
        jw_key(&q->out, "read"), jw_int(&q->out, read);
        jw_key(&q->out, "unread"), jw_int(&q->out, unread);
        jw_close(&q->out, '}');
        return true;
}

bool
inbox_read_all(struct request *q, struct work *w, struct response *r)
{
        const struct json *v = json_get(q->json, "until");
        usec until = w->now;
        int64_t n;

        if (v && v->type != JSON_NULL && (v->type != JSON_TEXT || !time_parse(v->text, &until)))
                return fail(w->ctx, E_BAD_FORMAT, "until", str_c(q->arena, v->text), "a time such as 2027-01-31T00:00:00Z");
        return inbox_read(w, 0, until, &n) && answer_count(q, w, n);
}

bool
inbox_read_one(struct request *q, struct work *w, struct response *r)
{
        int64_t id, n;

        if (!str_to_int(q->arg[0], &id) || id <= 0)
                return fail(w->ctx, E_NOT_FOUND, "", "notice", str_c(q->arena, q->arg[0]));
        return inbox_read(w, id, 0, &n) && answer_count(q, w, n);
}

bool
notice_preferences_get(struct request *q, struct work *w, struct response *r)
{
        return notice_preferences_json(w, &q->out);
}

bool
notice_preferences_patch(struct request *q, struct work *w, struct response *r)
{
        return notice_preferences_set(w, q->json) && sql_flush(w->ctx, w->conn) && notice_preferences_json(w, &q->out);
}

/* ---- deliveries of all records ---- */

#define SPAN (30 * USEC_DAY)

/* One of a list's words; STR_NONE: any. */
static bool
param_word(struct request *q, const char *name, const struct option *list, size_t n, struct str *ret)
{
        const char *allowed = "";

        *ret = request_param(q, name);
        if (ret->n == 0)
                return *ret = STR_NONE, true;
        for (size_t i = 0; i < n; i++) {
                if (str_is(*ret, list[i].name))
                        return true;
                allowed = arena_printf(q->arena, "%s%s%s", allowed, i ? ", " : "", list[i].name);
        }
        return fail(&q->ctx, E_PARAMETER, name, name, str_c(q->arena, *ret), allowed);
}

static bool
read_words(struct request *q, struct work *w, struct notice_search *s)
{
        const struct entity *e = model_entity(w->model, ENTITY_NOTICE_DELIVERY);
        const struct field *channel = entity_field(e, "channel"), *state = entity_field(e, "state");
        const struct code_list *kinds = rules_codes(w->model->rules, "notice_kind");
        size_t n = 0;
        const struct option *list = kinds ? codes_options(kinds, &n) : NULL;

        return param_word(q, "channel", channel->options, channel->option_count, &s->channel) &&
               param_word(q, "state", state->options, state->option_count, &s->state) && param_word(q, "kind", list, n, &s->kind);
}

static bool
read_to(struct request *q, struct work *w, struct notice_search *s)
{
        struct str to = request_param(q, "to");

        if (!notice_sees_all(w) && to.n > 0 && !str_is(to, "me") && !str_is(to, w->actor->login))
                return fail(w->ctx, E_DENIED, "", model_role_names(q->arena, w->model, w->actor->given),
                            ctx_both(w->ctx, "what others were told is for administrators, service managers and duty managers",
                                     "查看他人的通知仅限系统管理员、服务经理和值班经理"));
        if (!notice_sees_all(w) || str_is(to, "me")) {
                s->person = w->actor->id;
                s->contact = w->actor->contact;
                return true;
        }
        if (to.n > 0 && memchr(to.p, '@', to.n) != NULL)
                return s->address = to, true;
        if (to.n == 0 || sql_one_int(w->ctx, w->conn, &s->person, SQL("select id from users where login = $1"), "t", to) ||
            (!ctx_failed(w->ctx) && str_to_int(to, &s->person) && s->person > 0))
                return true;
        return !ctx_failed(w->ctx) && fail(w->ctx, E_PARAMETER, "to", "to", str_c(q->arena, to),
                                           ctx_both(w->ctx, "me, a login, the id of a person, or an e-mail address",
                                                    "me、登录名、人员编号或邮箱地址"));
}

/* By id, or a case by its number. */
static bool
read_about(struct request *q, struct work *w, struct notice_search *s)
{
        struct str v = request_param(q, "record");

        if (v.n == 0 || (str_to_int(v, &s->about) && s->about > 0) ||
            sql_one_int(w->ctx, w->conn, &s->about, SQL("select id from cases where number = $1"), "t", v))
                return true;
        return !ctx_failed(w->ctx) && fail(w->ctx, E_PARAMETER, "record", "record", str_c(q->arena, v),
                                           ctx_both(w->ctx, "an id, or the number of a case", "记录编号或业务单号"));
}

bool
deliveries_list(struct request *q, struct work *w, struct response *r)
{
        static const char *const known[] = {"to", "channel", "state", "kind", "since", "until", "record", "limit", "cursor", NULL};
        struct notice_search s = {0};
        int64_t limit;

        if (!request_params_known(q, known) || !request_param_int(q, "limit", 1, 200, 50, &limit) ||
            !cursor_of(q, w, &s.before, &s.before_id) || !read_words(q, w, &s) || !read_to(q, w, &s) || !read_about(q, w, &s) ||
            !request_param_time(q, "until", true, w->now + 1, &s.until) ||
            !request_param_time(q, "since", false, s.person || s.about ? 0 : s.until - SPAN, &s.since))
                return false;
        if (s.since > s.until)
                return fail(w->ctx, E_PARAMETER, "since", "since", str_c(q->arena, request_param(q, "since")),
                            ctx_both(w->ctx, "a time before `until`", "早于 until 的时间"));
        s.limit = (int)limit;
        return notice_search_json(w, &s, &q->out);
}

bool
accident_preview(struct request *q, struct work *w, struct response *r)
{
        struct record *n;

        if (!access_is_staff(w))
                return fail(w->ctx, E_DENIED, "", model_role_names(q->arena, w->model, w->actor->given),
                            ctx_both(w->ctx, "who will be told is for staff", "接收人预览仅限员工"));
        return (n = store_find(w, model_entity(w->model, ENTITY_ACCIDENT_NOTICE), q->arg[0])) != NULL &&
               accident_preview_json(w, n, &q->out);
}

bool
resource_notices(struct request *q, struct work *w, struct response *r)
{
        struct record *record = path_record(q, w);

        return record && notice_trail_json(w, record, &q->out);
}
