/* SPDX-License-Identifier: Apache-2.0
 *
 * webhook_queue.c -- events to calls, and what became of each call.
 *
 *     outbox "event" --webhook_take--> webhook_delivery due --webhook_claim--> sending --webhook_done--> sent
 *                                              ^                                  |
 *                                              '-- 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h --' then failed
 *
 * Invariants
 *   1. An event is taken and its calls are written in one transaction, so each webhook gets it in exactly one row; the row may
 *      be sent twice (a crash after the answer), with the same webhook-id.
 *   2. A receiver that has not once answered well for FAILING_MAX is switched off, and administrators are told; one that
 *      answers 410 is switched off at once.  What is due for it waits until it is enabled again.
 *   3. What is restricted (rule A6) is told without its title.
 */
#include "engine/event.h"
#include "base/text.h"
#include "engine/notice.h"
#include "service/service.h"
#include "service/webhooks.h"

#define LEASE (3 * USEC_MINUTE)
#define FAILING_MAX (5 * USEC_DAY)

static const usec SCHEDULE[WEBHOOK_TRIES - 1] = {
        5 * USEC_SECOND, 5 * USEC_MINUTE, 30 * USEC_MINUTE, 2 * USEC_HOUR,  5 * USEC_HOUR,
        10 * USEC_HOUR,  14 * USEC_HOUR,  20 * USEC_HOUR,   24 * USEC_HOUR,
};

static struct str
keep(struct work *w, struct str s)
{
        return (struct str){arena_strndup(w->ctx->arena, s.n ? s.p : "", s.n), s.n};
}

/* ---- the body ---- */

struct happened {                      /* a row of events */
        int64_t about, seq, actor;
        usec at;
        const char *entity, *kind, *name, *from, *to;
        struct str data;
};

static const char *
event_name(const struct happened *h)
{
        return strcmp(h->kind, "transition") == 0 ? h->name : strcmp(h->kind, "create") == 0 ? "create" : "update";
}

static void
put_field(struct work *w, const struct record *r, const char *name, struct jw *out)
{
        const struct field *f = entity_field(r->e, name);
        const struct val *v = f ? &r->v[f->index] : NULL;

        if (v == NULL || v->type == VAL_NULL)
                return;
        jw_key(out, name);
        if (v->type == VAL_TEXT)
                jw_str(out, v->s);
        else if (f->type == TYPE_DATETIME)
                jw_time(out, v->i);
        else
                jw_int(out, v->i);
}

static void
put_changes(struct work *w, const struct happened *h, struct jw *out)
{
        const struct json *data = json_parse(w->ctx, (char *)keep(w, h->data).p, h->data.n, 5000), *changes = data ? json_get(data, "changes") : NULL;

        ctx_clear(w->ctx);
        jw_key(out, "changed"), jw_open(out, '[');
        for (const struct json *m = changes ? changes->child : NULL; m; m = m->next)
                jw_str(out, m->key);
        jw_close(out, ']');
}

static void
put_record(struct work *w, const struct record *r, struct jw *out)
{
        static const char *const fields[] = {FIELD_CASE_SEVERITY, FIELD_CASE_PRIORITY, FIELD_CASE_ACCOUNT, FIELD_CASE_OWNER, FIELD_CASE_HANDLER,
                                             FIELD_CASE_TEAM,     FIELD_CASE_PARENT,   FIELD_CASE_REPORTED_AT};

        jw_key(out, "record"), jw_open(out, '{');
        jw_key(out, "state"), jw_text(out, r->state ? r->state->name : NULL);
        if (record_int(r, FIELD_CASE_RESTRICTED) == 0)
                put_field(w, r, FIELD_CASE_TITLE, out);
        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
                put_field(w, r, fields[i], out);
        jw_close(out, '}');
}

static void
put_body(struct work *w, const struct record *r, const struct happened *h, struct jw *out)
{
        jw_open(out, '{');
        jw_key(out, "type"), jw_text(out, arena_printf(w->ctx->arena, "%s.%s", h->entity, event_name(h)));
        jw_key(out, "timestamp"), jw_time(out, h->at);
        jw_key(out, "version"), jw_int(out, 1);
        jw_key(out, "data"), jw_open(out, '{');
        jw_key(out, "entity"), jw_text(out, h->entity);
        jw_key(out, "id"), jw_int(out, h->about);
        jw_key(out, "number"), jw_text(out, r->number);
        jw_key(out, "event"), jw_int(out, h->seq);
        jw_key(out, "kind"), jw_text(out, h->kind);
        jw_key(out, "name"), jw_text(out, h->name);
        jw_key(out, "from"), jw_text(out, h->from);
        jw_key(out, "to"), jw_text(out, h->to);
        jw_key(out, "actor");
        if (h->actor)
                jw_int(out, h->actor);
        else
                jw_null(out);
        put_changes(w, h, out);
        put_record(w, r, out);
        jw_close(out, '}');
        jw_close(out, '}');
}

/* ---- taking events ---- */

struct hook_row { int64_t id; struct str events; };

static bool
read_hooks(struct work *w, struct hook_row **ret, size_t *n)
{
        struct rows *rows = sql_query(w->ctx, w->conn, SQL("select id, events from webhook where state = 'enabled' order by id"), "");

        *ret = NULL;
        *n = 0;
        while (rows && rows_next(rows))
                *ARENA_PUSH(w->ctx->arena, *ret, *n) = (struct hook_row){rows_int(rows, 0), keep(w, rows_text(rows, 1))};
        return rows && rows_close(rows);
}

static const char *
text_or_null(struct work *w, struct rows *rows, int col)
{
        return rows_null(rows, col) ? NULL : str_c(w->ctx->arena, rows_text(rows, col));
}

static bool
read_event(struct work *w, int64_t about, int64_t seq, struct happened *h, bool *ret_there)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select entity, kind, name, from_state, to_state, actor, at, data from events where case_id = $1 "
                                          "and seq = $2"),
                                      "ii", about, seq);

        *ret_there = rows && rows_next(rows);
        if (*ret_there)
                *h = (struct happened){.about = about, .seq = seq, .entity = text_or_null(w, rows, 0), .kind = text_or_null(w, rows, 1),
                                       .name = text_or_null(w, rows, 2), .from = text_or_null(w, rows, 3), .to = text_or_null(w, rows, 4),
                                       .actor = rows_int(rows, 5), .at = rows_int(rows, 6), .data = keep(w, rows_text(rows, 7))};
        return rows && rows_close(rows);
}

static bool
write_call(struct work *w, int64_t webhook, const struct happened *h, struct str body)
{
        int64_t id;
        const char *type = arena_printf(w->ctx->arena, "%s.%s", h->entity, event_name(h));

        return seq_next(w->ctx, w->conn, "webhook_delivery", 64, &id) &&
               sql_run(w->ctx, w->conn,
                       SQL("insert into webhook_delivery (id, webhook, type, about, seq, at, state, tries, next_at, body) "
                           "values ($1, $2, $3, $4, $5, $6, 'due', 0, $6, $7)"),
                       "iisiiit", id, webhook, type, h->about, h->seq, w->now, body);
}

static bool
fan_out(struct work *w, const struct hook_row *hooks, size_t n, int64_t about, int64_t seq)
{
        struct happened h;
        struct record *r = NULL;
        struct jw body = {0};
        bool there, ok = true;

        if (!read_event(w, about, seq, &h, &there))
                return false;
        for (size_t i = 0; ok && there && i < n; i++) {
                if (!webhook_wants(hooks[i].events, h.entity, event_name(&h)))
                        continue;
                if (r == NULL) {
                        r = store_load_case(w, about);
                        if (r == NULL)
                                break;
                        put_body(w, r, &h, &body);
                }
                ok = write_call(w, hooks[i].id, &h, keep(w, jw_view(&body)));
        }
        jw_free(&body);
        if (there && r == NULL && ctx_failed(w->ctx) && w->ctx->errors->code == E_NOT_FOUND)
                ctx_clear(w->ctx);
        return ok && !ctx_failed(w->ctx);
}

struct taken { int64_t about, seq; };

bool
webhook_take(struct work *w, int max, int *ret_taken)
{
        struct taken *list = NULL;
        struct hook_row *hooks;
        size_t n = 0, hook_count;
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("update outbox set state = 'sent', sent_at = $1 where state = 'due' and id in (select id from "
                                          "outbox where state = 'due' and next_at <= $1 and kind = 'event' order by next_at, id limit $2) "
                                          "returning about, data"),
                                      "ii", w->now, (int64_t)max);

        while (rows && rows_next(rows)) {
                struct str text = keep(w, rows_text(rows, 1));
                const struct json *data = json_parse(w->ctx, (char *)text.p, text.n, 100), *seq = data ? json_get(data, "event") : NULL;
                *ARENA_PUSH(w->ctx->arena, list, n) = (struct taken){rows_int(rows, 0), seq ? seq->i : 0};
        }
        if (!rows || !rows_close(rows) || !read_hooks(w, &hooks, &hook_count))
                return false;
        for (size_t i = 0; i < n; i++)
                if (!fan_out(w, hooks, hook_count, list[i].about, list[i].seq))
                        return false;
        *ret_taken = (int)n;
        return true;
}

bool
webhook_first(struct ctx *ctx, struct conn *c, usec *ret_event, usec *ret_call)
{
        if (!sql_one_int(ctx, c, ret_event, SQL("select next_at from outbox where state = 'due' and kind = 'event' order by next_at limit 1"), "")) {
                *ret_event = USEC_NONE;
                if (ctx_failed(ctx))
                        return false;
        }
        if (!sql_one_int(ctx, c, ret_call, SQL("select next_at from webhook_delivery where next_at is not null order by next_at limit 1"), "")) {
                *ret_call = USEC_NONE;
                return !ctx_failed(ctx);
        }
        return true;
}

/* ---- claiming ---- */

struct ready { int64_t webhook; const char *url, *secret; };

static bool
read_ready(struct work *w, struct ready **ret, size_t *n)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("select h.id, h.url, k.secret from webhook h join webhook_key k on k.webhook = h.id where h.state = "
                                          "'enabled' and exists (select 1 from webhook_delivery d where d.webhook = h.id and d.next_at <= $1) "
                                          "order by h.id"),
                                      "i", w->now);

        *ret = NULL;
        *n = 0;
        while (rows && rows_next(rows))
                *ARENA_PUSH(w->ctx->arena, *ret, *n) = (struct ready){rows_int(rows, 0), text_or_null(w, rows, 1), text_or_null(w, rows, 2)};
        return rows && rows_close(rows);
}

static bool
claim_of(struct work *w, const struct ready *x, int64_t most, struct webhook_call **ret, size_t *ret_count)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("update webhook_delivery set state = 'sending', tries = tries + 1, next_at = $2, tried_at = $1 where "
                                          "next_at <= $1 and state in ('due', 'sending') and id in (select id from webhook_delivery where "
                                          "webhook = $3 and next_at <= $1 and state in ('due', 'sending') order by next_at, id limit $4) "
                                          "returning id, tries, body"),
                                      "iiii", w->now, w->now + LEASE, x->webhook, most);

        while (rows && rows_next(rows))
                *ARENA_PUSH(w->ctx->arena, *ret, *ret_count) =
                        (struct webhook_call){rows_int(rows, 0), x->webhook, rows_int(rows, 1), x->url, x->secret, keep(w, rows_text(rows, 2))};
        return rows && rows_close(rows);
}

bool
webhook_claim(struct work *w, int each, int room, const int64_t *busy, size_t busy_count, struct webhook_call **ret, size_t *ret_count)
{
        struct ready *list;
        size_t n;

        *ret = NULL;
        *ret_count = 0;
        if (!read_ready(w, &list, &n))
                return false;
        for (size_t i = 0; i < n && *ret_count < (size_t)room; i++) {
                int64_t most = each;
                for (size_t k = 0; k < busy_count; k++)
                        most -= busy[k] == list[i].webhook;
                if (most > room - (int64_t)*ret_count)
                        most = room - (int64_t)*ret_count;
                if (most > 0 && !claim_of(w, &list[i], most, ret, ret_count))
                        return false;
        }
        return true;
}

/* ---- what became of it ---- */

/* Since when has the receiver not answered well? */
static bool
note_failing(struct work *w, int64_t webhook, usec *ret_since)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("update webhook_key set failing_since = coalesce(failing_since, $2) where webhook = $1 "
                                          "returning failing_since"),
                                      "ii", webhook, w->now);

        *ret_since = w->now;
        if (rows && rows_next(rows))
                *ret_since = rows_int(rows, 0);
        return rows && rows_close(rows);
}

static bool
switch_off(struct work *w, int64_t webhook)
{
        struct record *r = store_load(w, model_entity(w->model, ENTITY_WEBHOOK), webhook);

        if (r == NULL)
                return !ctx_failed(w->ctx) || w->ctx->errors->code == E_NOT_FOUND ? (ctx_clear(w->ctx), true) : false;
        return strcmp(r->state->name, STATE_WEBHOOK_ENABLED) != 0 || life_step(w, r, MOVE_WEBHOOK_SWITCH_OFF);
}

static bool
failed(struct work *w, const struct webhook_call *c, const struct webhook_result *r)
{
        bool over = c->tries >= WEBHOOK_TRIES || r->code == 410;
        usec since, next = w->now + SCHEDULE[c->tries < WEBHOOK_TRIES ? c->tries - 1 : WEBHOOK_TRIES - 2];
        char error[500], excerpt[500];

        text_copy(error, sizeof error, r->error);
        text_copy(excerpt, sizeof excerpt, r->excerpt);
        if (!sql_run(w->ctx, w->conn,
                     SQL("update webhook_delivery set state = $2, next_at = $3, code = $4, error = $5, excerpt = $6 where id = $1 and "
                         "state = 'sending'"),
                     "isIIss", c->id, over ? "failed" : "due", over ? NULL : &next, r->code ? &r->code : NULL, error, excerpt) ||
            !note_failing(w, c->webhook, &since))
                return false;
        return (r->code != 410 && w->now - since < FAILING_MAX) || switch_off(w, c->webhook);
}

bool
webhook_done(struct work *w, const struct webhook_call *c, const struct webhook_result *r)
{
        char excerpt[500];

        if (!r->ok)
                return failed(w, c, r);
        text_copy(excerpt, sizeof excerpt, r->excerpt);
        return sql_run(w->ctx, w->conn,
                       SQL("update webhook_delivery set state = 'sent', next_at = null, sent_at = $2, code = $3, error = null, excerpt = $4 "
                           "where id = $1 and state = 'sending'"),
                       "iiis", c->id, w->now, r->code, excerpt) &&
               sql_run(w->ctx, w->conn, SQL("update webhook_key set failing_since = null, answered_at = $2 where webhook = $1"), "ii", c->webhook,
                       w->now);
}

bool
webhook_resume(struct work *w)
{
        return sql_run(w->ctx, w->conn, SQL("update webhook_delivery set next_at = $1 where state = 'sending' and next_at > $1"), "i", w->now);
}
