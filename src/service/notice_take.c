/* SPDX-License-Identifier: Apache-2.0
 *
 * notice_take.c -- notices from the outbox to deliveries.
 *
 *     due --taken: UPDATE ... RETURNING--> sent, its deliveries written in the same transaction
 *      ^                |
 *      |                | failed: undone to the savepoint
 *      '-- put back, after 2 s, 4 s ... an hour --'-- the 12th time, or no such template --> failed, with the error
 *
 * Invariants
 *   1. A row is taken and its deliveries are written in one transaction: after a crash both are there or neither, so each
 *      person's inbox has each notice exactly once.  Nothing here touches the network.
 *   2. Two servers cannot both take a row: whoever comes second finds that it is no longer due.
 *   3. Who did it is not told of it, and nobody is told of what it may not read: a customer hears of a work order's parent
 *      where it cannot see the order itself.  Either is noted as skipped, so that "why was I not told" has an answer.
 *   4. The same words about the same record, of one cause, reach a person once (owner and handler are one).
 */
#include <stdlib.h>
#include "base/log.h"
#include "base/text.h"
#include "engine/access.h"
#include "engine/store.h"
#include "gen/names.h"
#include "service/notices.h"

#define PAUSE_MIN (2 * USEC_SECOND)
#define PAUSE_MAX USEC_HOUR

struct taken {                         /* a row of the outbox */
        int64_t id, about, tries;
        usec at;
        struct str data;
};

/* ---- one delivery ---- */

struct delivery {
        const char *channel, *state, *reason;
        bool gather;
        usec next_at;                  /* USEC_NONE: nothing to do any more */
};

static bool
write_delivery(struct work *w, const struct notice_cause *c, const struct record *r, const struct receiver *to,
               const struct notice_plan *p, const struct delivery *d, struct str facts)
{
        bool inbox = strcmp(d->channel, "inbox") == 0;
        int64_t id, *next = d->next_at != USEC_NONE ? (int64_t[]){d->next_at} : NULL;
        usec now = w->now;

        return seq_next(w->ctx, w->conn, "notice_delivery", 256, &id) &&
               sql_run(w->ctx, w->conn,
                       SQL("insert into notice_delivery (id, cause, at, about, entity, template, kind, audience, why, person, contact, "
                           "reader, language, zone, channel, address, state, reason, gather, critical, tries, next_at, sent_at, "
                           "unread, facts) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, "
                           "$19, $20, 0, $21, $22, $23, $24)"),
                       "iiiisssssIIsssssssiiIIIt", id, c->id, now, r->id, r->e->name, c->t->name, c->t->kind,
                       audience_name(to->audience), to->why, to->person ? &to->person : NULL, to->contact ? &to->contact : NULL,
                       to->name, to->lang == LANG_EN ? "en" : "zh", to->zone, d->channel, inbox ? NULL : to->address, d->state,
                       d->reason, (int64_t)d->gather, (int64_t)p->critical, next, inbox ? &now : NULL, inbox ? &to->person : NULL,
                       facts);
}

static bool
write_skipped(struct work *w, const struct notice_cause *c, const struct record *r, const struct receiver *to, const char *reason)
{
        struct notice_plan p = {0};

        return write_delivery(w, c, r, to, &p, &(struct delivery){"none", "skipped", reason, false, USEC_NONE}, STR("{}"));
}

static bool
write_planned(struct work *w, const struct notice_cause *c, const struct record *r, const struct receiver *to,
              const struct notice_plan *p, struct str facts)
{
        struct delivery inbox = {"inbox", "sent", NULL, false, USEC_NONE};
        struct delivery mail = {"mail", p->mail_reason ? "skipped" : "due", p->mail_reason ? p->mail_reason : p->reason, p->gather,
                                p->mail_reason ? USEC_NONE : p->mail_at};

        return (!p->inbox || write_delivery(w, c, r, to, p, &inbox, facts)) &&
               (!p->mail || write_delivery(w, c, r, to, p, &mail, facts));
}

/* ---- one receiver ---- */

/* The record, or the one above it, that the receiver may read; *ret NULL: none of them. */
static bool
readable(struct work *w, struct record *r, const struct receiver *to, struct record **ret)
{
        struct work as = *w;
        const struct field *parent;

        as.actor = to->actor;
        for (*ret = r; *ret; *ret = store_load_case(w, (*ret)->v[parent->index].i)) {
                if (access_row(&as, *ret, DEED_READ))
                        return true;
                parent = entity_field((*ret)->e, FIELD_CASE_PARENT);
                if (parent == NULL || (*ret)->v[parent->index].type != VAL_INT)
                        return *ret = NULL, true;
        }
        return !ctx_failed(w->ctx);
}

/* Was this person told the same by another row of this cause? */
static bool
told(struct work *w, const struct notice_cause *c, const struct record *r, const struct receiver *to, bool *ret)
{
        int64_t one;

        *ret = to->person != 0 &&
               sql_one_int(w->ctx, w->conn, &one,
                           SQL("select 1 from notice_delivery d join outbox o on o.id = d.cause where d.about = $1 and d.person = $2 "
                               "and d.template = $3 and o.created_at = $4 and o.id <> $5 limit 1"),
                           "iisii", r->id, to->person, c->t->name, c->at, c->id);
        return !ctx_failed(w->ctx);
}

static bool
tell(struct work *w, const struct notice_cause *c, struct record *r, const struct receiver *to)
{
        struct notice_plan p;
        struct record *about;
        struct jw facts = {0};
        bool again, ok;

        if (to->person && to->person == c->actor)
                return write_skipped(w, c, r, to, "own_act");
        if (c->t->by[to->audience].subject.en == NULL)
                return write_skipped(w, c, r, to, "not_for_reader");
        if (!readable(w, r, to, &about))
                return false;
        if (about == NULL)
                return write_skipped(w, c, r, to, "may_not_read");
        if (!told(w, c, about, to, &again) || again)
                return again;
        if (!notice_plan_make(w, r, c, to, &p))
                return false;
        if (!p.inbox && !p.mail)
                return write_skipped(w, c, about, to, p.reason);
        ok = notice_facts(w, about, c, to->audience, &facts) && write_planned(w, c, about, to, &p, jw_view(&facts));
        jw_free(&facts);
        return ok;
}

/* ---- one row ---- */

static bool
find_event(struct work *w, struct notice_cause *c)
{
        struct rows *rows = sql_query(w->ctx, w->conn, SQL("select actor, entity from events where case_id = $1 and seq = $2"), "ii",
                                      c->about, c->event);

        if (rows && rows_next(rows)) {
                c->actor = rows_int(rows, 0);
                c->entity = str_c(w->ctx->arena, rows_text(rows, 1));
        }
        return rows && rows_close(rows);
}

static bool
read_cause(struct work *w, const struct taken *t, struct notice_cause *c)
{
        struct str text = {arena_strndup(w->ctx->arena, t->data.p, t->data.n), t->data.n};
        const struct json *data = json_parse(w->ctx, (char *)text.p, text.n, 1000), *event;
        struct str name, entity;

        if (data == NULL)
                return false;
        *c = (struct notice_cause){.id = t->id, .about = t->about, .at = t->at, .to = json_get_text(data, "to"),
                                   .data = json_get(data, "data"), .event = 0};
        event = json_get(data, "event");
        c->event = event && event->type == JSON_INT ? event->i : 0;
        name = json_get_text(data, "template");
        c->t = template_get(w->model->templates, name);
        if (c->t == NULL)
                return fail(w->ctx, E_NOT_ALLOWED_VALUE, "template", str_c(w->ctx->arena, name), "the templates of notices/");
        if (!find_event(w, c))
                return false;
        entity = json_get_text(data, "entity");
        if (entity.n)
                c->entity = str_c(w->ctx->arena, entity);
        return true;
}

static struct record *
load_about(struct work *w, const struct notice_cause *c)
{
        const struct entity *e = c->entity ? model_entity(w->model, c->entity) : NULL;

        return e && e->kind == KIND_RECORD ? store_load(w, e, c->about) : store_load_case(w, c->about);
}

/* A record that has gone needs no notice. */
static bool
deliver(struct work *w, const struct taken *t)
{
        static const struct receiver nobody = {.name = "", .address = "", .zone = "", .why = "nobody", .audience = AUDIENCE_STAFF};
        struct notice_cause c;
        struct receivers to;
        struct record *r;

        if (!read_cause(w, t, &c))
                return false;
        if (!(r = load_about(w, &c))) {
                bool gone = w->ctx->errors == NULL || w->ctx->errors->code == E_NOT_FOUND;
                return gone ? (ctx_clear(w->ctx), true) : false;
        }
        if (!audience_find(w, r, c.to, &to))
                return false;
        for (size_t i = 0; i < to.count; i++)
                if (!tell(w, &c, r, &to.list[i]))
                        return false;
        return to.count > 0 || write_skipped(w, &c, r, &nobody, "nobody");
}

/* ---- taking ---- */

static int
by_age(const void *a, const void *b)
{
        const struct taken *x = a, *y = b;

        return x->at != y->at ? (x->at < y->at ? -1 : 1) : x->id < y->id ? -1 : x->id > y->id;
}

static bool
take_rows(struct work *w, int max, struct taken **ret, size_t *ret_count)
{
        struct rows *rows = sql_query(w->ctx, w->conn,
                                      SQL("update outbox set state = 'sent', sent_at = $1 where state = 'due' and id in (select id from "
                                          "outbox where state = 'due' and next_at <= $1 and kind = 'notice' order by next_at, id limit $2) "
                                          "returning id, about, tries, created_at, data"),
                                      "ii", w->now, (int64_t)max);

        *ret = NULL;
        *ret_count = 0;
        while (rows && rows_next(rows)) {
                struct str data = rows_text(rows, 4);
                *ARENA_PUSH(w->ctx->arena, *ret, *ret_count) =
                        (struct taken){rows_int(rows, 0), rows_int(rows, 1), rows_int(rows, 2), rows_int(rows, 3),
                                       {arena_strndup(w->ctx->arena, data.n ? data.p : "", data.n), data.n}};
        }
        if (!rows || !rows_close(rows))
                return false;
        if (*ret_count > 1)
                qsort(*ret, *ret_count, sizeof **ret, by_age);
        return true;
}

static bool
is_fatal(const struct work *w, int max)
{
        for (const struct error *e = w->ctx->errors; e; e = e->next)
                if (e->code == E_DB_AWAY || e->code == E_DB_FULL || e->code == E_DB_IN_DOUBT || (e->code == E_DB_RETRY && max > 1))
                        return true;
        return !tx_open(w->conn);
}

static bool
put_back(struct work *w, const struct taken *t)
{
        const char *why = w->ctx->errors ? w->ctx->errors->en : "it gave no reason";
        bool hopeless = t->tries + 1 >= OUTBOX_TRIES || (w->ctx->errors && w->ctx->errors->code == E_NOT_ALLOWED_VALUE);
        usec pause = PAUSE_MIN << t->tries;
        char error[500];

        text_copy(error, sizeof error, why);
        log_warn("notice failed", "outbox", arena_printf(w->ctx->arena, "%lld", (long long)t->id), "error", why, NULL);
        ctx_clear(w->ctx);
        return sql_run(w->ctx, w->conn,
                       SQL("update outbox set state = $2, sent_at = null, tries = $3, next_at = $4, error = $5 where id = $1"), "isiis", t->id,
                       hopeless ? "failed" : "due", t->tries + 1, w->now + (pause < PAUSE_MAX ? pause : PAUSE_MAX), error);
}

static bool
take_one(struct work *w, const struct taken *t, int max)
{
        if (!tx_savepoint(w->ctx, w->conn))
                return false;
        if (deliver(w, t) && tx_release(w->ctx, w->conn))
                return true;
        if (!tx_open(w->conn))
                return false;
        tx_undo(w->conn);
        return !is_fatal(w, max) && put_back(w, t);
}

bool
notice_take_due(struct work *w, int max, int *ret_taken)
{
        struct taken *list;
        size_t n;

        *ret_taken = 0;
        if (!take_rows(w, max, &list, &n))
                return false;
        for (size_t i = 0; i < n; i++)
                if (!take_one(w, &list[i], max))
                        return false;
        *ret_taken = (int)n;
        return true;
}

bool
notice_first(struct ctx *ctx, struct conn *c, usec *ret)
{
        if (sql_one_int(ctx, c, ret, SQL("select next_at from outbox where state = 'due' and kind = 'notice' order by next_at limit 1"), ""))
                return true;
        *ret = USEC_NONE;
        return !ctx_failed(ctx);
}
