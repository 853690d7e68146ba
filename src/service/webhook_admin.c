/* SPDX-License-Identifier: Apache-2.0
 *
 * webhook_admin.c -- what an administrator does with a webhook: a secret, a test, a look at the calls, one call again.
 *
 * Who may do it is asked before (api/webhooks.c).  The secret leaves in the answer that made it and never again.
 */
#include "base/secret.h"
#include "service/service.h"
#include "service/webhooks.h"

bool
webhook_secret(struct work *w, const struct record *hook, struct str *ret)
{
        char key[KEY_TEXT_MAX];

        key_random(key);
        *ret = str_of(arena_printf(w->ctx->arena, "whsec_%s", key));
        return sql_run(w->ctx, w->conn,
                       SQL("insert into webhook_key (webhook, secret, made_at) values ($1, $2, $3) on conflict (webhook) do update set "
                           "secret = excluded.secret, made_at = excluded.made_at, failing_since = null"),
                       "isi", hook->id, key, w->now);
}

bool
webhook_ping(struct work *w, const struct record *hook, int64_t *ret_id)
{
        struct jw body = {0};
        bool ok;

        if (strcmp(hook->state->name, STATE_WEBHOOK_ENABLED) != 0)
                return refuse(w, "", "A disabled webhook is not called; enable it first", "已停用的回调不会被调用，请先启用");
        jw_open(&body, '{');
        jw_key(&body, "type"), jw_text(&body, "webhook.ping");
        jw_key(&body, "timestamp"), jw_time(&body, w->now);
        jw_key(&body, "version"), jw_int(&body, 1);
        jw_key(&body, "data"), jw_open(&body, '{');
        jw_key(&body, "webhook"), jw_int(&body, hook->id);
        jw_close(&body, '}');
        jw_close(&body, '}');
        ok = seq_next(w->ctx, w->conn, "webhook_delivery", 64, ret_id) &&
             sql_run(w->ctx, w->conn,
                     SQL("insert into webhook_delivery (id, webhook, type, about, seq, at, state, tries, next_at, body) "
                         "values ($1, $2, 'webhook.ping', $2, 0, $3, 'due', 0, $3, $4)"),
                     "iiit", *ret_id, hook->id, w->now, jw_view(&body)) &&
             sql_flush(w->ctx, w->conn);
        jw_free(&body);
        return ok;
}

/* Again from the beginning of the schedule, with the same webhook-id and body. */
bool
webhook_replay(struct work *w, const struct record *hook, int64_t id)
{
        struct str state;

        if (!sql_one_text(w->ctx, w->conn, &state, SQL("select state from webhook_delivery where id = $1 and webhook = $2"), "ii", id, hook->id))
                return !ctx_failed(w->ctx) &&
                       fail(w->ctx, E_NOT_FOUND, "", "delivery", arena_printf(w->ctx->arena, "%lld", (long long)id));
        if (str_is(state, "sending"))
                return refuse(w, "", "It is being sent just now", "正在发送");
        return sql_run(w->ctx, w->conn, SQL("update webhook_delivery set state = 'due', tries = 0, next_at = $2 where id = $1"), "ii", id, w->now);
}

static void
put_time(struct jw *out, const char *key, struct rows *rows, int col)
{
        jw_key(out, key);
        if (rows_null(rows, col))
                jw_null(out);
        else
                jw_time(out, rows_int(rows, col));
}

static void
put_call(struct rows *rows, struct jw *out)
{
        static const char *const names[] = {"id", "type", "about", "at", "state", "tries", "next_at", "sent_at", "code", "excerpt", "error"};

        jw_open(out, '{');
        for (int i = 0; i < 11; i++) {
                if (i == 3 || i == 6 || i == 7) {
                        put_time(out, names[i], rows, i);
                        continue;
                }
                jw_key(out, names[i]);
                if (rows_null(rows, i))
                        jw_null(out);
                else if (i == 0 || i == 2 || i == 5 || i == 8)
                        jw_int(out, rows_int(rows, i));
                else
                        jw_str(out, rows_text(rows, i));
        }
        jw_key(out, "body"), jw_raw(out, rows_text(rows, 11));
        jw_close(out, '}');
}

bool
webhook_call_json(struct work *w, int64_t id, struct jw *out)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select id, type, about, at, state, tries, next_at, sent_at, code, excerpt, error, body from "
                                          "webhook_delivery where id = $1"),
                                      "i", id);

        if (rows && rows_next(rows))
                put_call(rows, out);
        return rows && rows_close(rows);
}

bool
webhook_log_json(struct work *w, const struct record *hook, int64_t before, int limit, struct jw *out)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select id, type, about, at, state, tries, next_at, sent_at, code, excerpt, error, body from "
                                          "webhook_delivery where webhook = $1 and id < $2 order by id desc limit $3"),
                                      "iii", hook->id, before, (int64_t)limit);
        int64_t last = 0, n = 0;

        jw_open(out, '{');
        jw_key(out, "items"), jw_open(out, '[');
        for (; rows && rows_next(rows); n++) {
                last = rows_int(rows, 0);
                put_call(rows, out);
        }
        jw_close(out, ']');
        jw_key(out, "next");
        if (n == limit)
                jw_text(out, arena_printf(w->ctx->arena, "%lld", (long long)last));
        else
                jw_null(out);
        jw_close(out, '}');
        return rows && rows_close(rows);
}
