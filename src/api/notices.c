/* SPDX-License-Identifier: Apache-2.0
 *
 * notices.c -- the own inbox, the own preferences, and who was told what of a record.
 *
 *     GET   /api/v1/me/notices?unread=true&limit=&cursor=   newest first
 *     POST  /api/v1/me/notices/read {"until": time}         all that are unread (until then; absent: now)
 *     POST  /api/v1/me/notices/{id}/read                    one
 *     GET   /api/v1/me/notice_preferences, PATCH            service/notice_preference.c
 *     GET   /api/v1/{entity}/{id}/notices                   the trail: staff see all, others their own
 */
#include "api/handlers.h"
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

bool
resource_notices(struct request *q, struct work *w, struct response *r)
{
        struct record *record = path_record(q, w);

        return record && notice_trail_json(w, record, &q->out);
}
