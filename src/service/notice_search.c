/* SPDX-License-Identifier: Apache-2.0
 *
 * notice_search.c -- was I told, when, how: deliveries of all records, newest first.
 *
 * Invariants
 *   1. Administrators, service managers and duty managers search them all; everybody else finds what it was told itself, as a
 *      person or, by mail alone, as the contact behind the login.
 *   2. That somebody was told is no secret to who may search; what about is: number and subject stand only where the searcher
 *      was the reader or may read the record.
 *   3. A search ends: by record and by person it goes by their index, else it walks the index on time between two instants.
 *
 * Not here: notices that could not be taken from the outbox yet; they have no reader, and stand in the trail of their record.
 */
#include "engine/access.h"
#include "engine/actor.h"
#include "engine/store.h"
#include "service/notices.h"
#include "service/service.h"

struct found {
        int64_t id, about, person, contact, tries;
        usec at, next_at, sent_at, read_at;    /* USEC_NONE: none */
        bool critical;
        struct str entity, template, kind, audience, why, reader, language, channel, address, state, reason, error, facts;
};

bool
notice_sees_all(const struct work *w)
{
        return service_has_role(w, "administrator") || service_has_role(w, "service_manager") || service_has_role(w, "duty_manager");
}

/* ---- asking ---- */

static struct rows *
ask_record(struct work *w, const struct notice_search *s)
{
        return sql_query(w->ctx, w->conn,
                         SQL("select id, about, person, contact, tries, at, next_at, sent_at, read_at, critical, entity, template, kind, "
                             "audience, why, reader, language, channel, address, state, reason, error, facts from notice_delivery "
                             "where about = $1 and at >= $2 and at < $3 and (at < $4 or (at = $4 and id < $5)) "
                             "and (cast($6 as text) is null or channel = $6) and (cast($7 as text) is null or state = $7) "
                             "and (cast($8 as text) is null or kind = $8) and (cast($9 as text) is null or address = $9) "
                             "order by at desc, id desc limit $10"),
                         "iiiiitttti", s->about, s->since, s->until, s->before, s->before_id, s->channel, s->state, s->kind, s->address,
                         (int64_t)s->limit);
}

/* Of a person; where a contact stands beside it, what went to that contact by mail alone too. */
static struct rows *
ask_reader(struct work *w, const struct notice_search *s)
{
        return sql_query(w->ctx, w->conn,
                         SQL("select id, about, person, contact, tries, at, next_at, sent_at, read_at, critical, entity, template, kind, "
                             "audience, why, reader, language, channel, address, state, reason, error, facts from notice_delivery "
                             "where (person = $6 or (contact = $7 and ($6 = 0 or person is null))) and (cast($1 as bigint) is null or about = $1) "
                             "and at >= $2 and at < $3 and (at < $4 or (at = $4 and id < $5)) "
                             "and (cast($8 as text) is null or channel = $8) and (cast($9 as text) is null or state = $9) "
                             "and (cast($10 as text) is null or kind = $10) and (cast($11 as text) is null or address = $11) "
                             "order by at desc, id desc limit $12"),
                         "Iiiiiiitttti", s->about ? &s->about : NULL, s->since, s->until, s->before, s->before_id, s->person,
                         s->contact ? s->contact : -1, s->channel, s->state, s->kind, s->address, (int64_t)s->limit);
}

static struct rows *
ask_time(struct work *w, const struct notice_search *s)
{
        return sql_query(w->ctx, w->conn,
                         SQL("select id, about, person, contact, tries, at, next_at, sent_at, read_at, critical, entity, template, kind, "
                             "audience, why, reader, language, channel, address, state, reason, error, facts from notice_delivery "
                             "where at >= $1 and at < $2 and at <= $3 and (at < $3 or id < $4) "
                             "and (cast($5 as text) is null or channel = $5) and (cast($6 as text) is null or state = $6) "
                             "and (cast($7 as text) is null or kind = $7) and (cast($8 as text) is null or address = $8) "
                             "order by at desc, id desc limit $9"),
                         "iiiitttti", s->since, s->until, s->before, s->before_id, s->channel, s->state, s->kind, s->address,
                         (int64_t)s->limit);
}

static struct str
kept(struct work *w, struct rows *rows, int col)
{
        struct str s = rows_text(rows, col);

        return rows_null(rows, col) ? STR_NONE : (struct str){arena_strndup(w->ctx->arena, s.n ? s.p : "", s.n), s.n};
}

static usec
time_at(struct rows *rows, int col)
{
        return rows_null(rows, col) ? USEC_NONE : rows_int(rows, col);
}

/* Read to their end before anything else is asked. */
static bool
read_found(struct work *w, struct rows *rows, struct found **list, size_t *n)
{
        while (rows && rows_next(rows))
                *ARENA_PUSH(w->ctx->arena, *list, *n) = (struct found){
                        .id = rows_int(rows, 0), .about = rows_int(rows, 1), .person = rows_int(rows, 2), .contact = rows_int(rows, 3),
                        .tries = rows_int(rows, 4), .at = rows_int(rows, 5), .next_at = time_at(rows, 6), .sent_at = time_at(rows, 7),
                        .read_at = time_at(rows, 8), .critical = rows_int(rows, 9) != 0, .entity = kept(w, rows, 10),
                        .template = kept(w, rows, 11), .kind = kept(w, rows, 12), .audience = kept(w, rows, 13), .why = kept(w, rows, 14),
                        .reader = kept(w, rows, 15), .language = kept(w, rows, 16), .channel = kept(w, rows, 17),
                        .address = kept(w, rows, 18), .state = kept(w, rows, 19), .reason = kept(w, rows, 20), .error = kept(w, rows, 21),
                        .facts = kept(w, rows, 22)};
        return rows && rows_close(rows);
}

/* ---- telling ---- */

/* May the searcher know what it was about?  A record that has gone is nobody's any more. */
static bool
may_know(struct work *w, const struct found *f, bool *ret)
{
        const struct entity *e = model_entity_str(w->model, f->entity);
        struct record *r;

        *ret = (f->person != 0 && f->person == w->actor->id) || (f->contact != 0 && f->contact == w->actor->contact);
        if (*ret || e == NULL)
                return true;
        r = e->kind == KIND_CASE ? store_load_case(w, f->about) : store_load(w, e, f->about);
        if (r == NULL && w->ctx->errors != NULL && w->ctx->errors->code == E_NOT_FOUND)
                ctx_clear(w->ctx);
        *ret = r != NULL && access_row(w, r, DEED_READ);
        return !ctx_failed(w->ctx);
}

static void
put_str(struct jw *out, const char *key, struct str s)
{
        jw_key(out, key);
        if (s.n > 0)
                jw_str(out, s);
        else
                jw_null(out);
}

static void
put_at(struct jw *out, const char *key, usec t)
{
        jw_key(out, key);
        if (t != USEC_NONE)
                jw_time(out, t);
        else
                jw_null(out);
}

static void
put_id(struct jw *out, const char *key, int64_t id)
{
        jw_key(out, key);
        if (id != 0)
                jw_int(out, id);
        else
                jw_null(out);
}

static bool
put_found(struct work *w, const struct found *f, const char *zone, struct jw *out)
{
        const struct json *facts = notice_facts_read(w, f->facts);
        bool known;

        if (!may_know(w, f, &known))
                return false;
        jw_open(out, '{');
        jw_key(out, "id"), jw_int(out, f->id);
        put_at(out, "at", f->at);
        put_id(out, "about", known ? f->about : 0);
        put_str(out, "entity", f->entity);
        put_str(out, "number", known ? json_get_text(facts, "number") : STR_NONE);
        put_str(out, "template", f->template);
        put_str(out, "kind", f->kind);
        put_str(out, "audience", f->audience);
        put_id(out, "person", f->person);
        put_id(out, "contact", f->contact);
        put_str(out, "reader", f->reader);
        put_str(out, "language", f->language);
        put_str(out, "channel", f->channel);
        put_str(out, "address", f->address);
        put_str(out, "state", f->state);
        put_str(out, "reason", f->reason);
        put_at(out, "next_at", f->next_at);
        put_at(out, "sent_at", f->sent_at);
        put_at(out, "read_at", f->read_at);
        jw_key(out, "tries"), jw_int(out, f->tries);
        jw_key(out, "critical"), jw_bool(out, f->critical);
        if (access_is_staff(w))
                put_str(out, "error", f->error);
        notice_put_why(w, f->why, out);
        if (known)
                notice_put_words(w, f->template, f->audience, facts, zone, false, out);
        jw_close(out, '}');
        return true;
}

bool
notice_search_json(struct work *w, const struct notice_search *s, struct jw *out)
{
        const char *zone = actor_zone(w, w->actor->id, w->ctx->arena);
        struct found *list = NULL;
        size_t n = 0;

        if (ctx_failed(w->ctx) ||
            !read_found(w, s->person || s->contact ? ask_reader(w, s) : s->about ? ask_record(w, s) : ask_time(w, s), &list, &n))
                return false;
        jw_open(out, '{');
        jw_key(out, "items"), jw_open(out, '[');
        for (size_t i = 0; i < n; i++)
                if (!put_found(w, &list[i], zone, out))
                        return false;
        jw_close(out, ']');
        jw_key(out, "next");
        if (n > 0 && n == (size_t)s->limit)
                jw_text(out, arena_printf(w->ctx->arena, "%lld-%lld", (long long)list[n - 1].at, (long long)list[n - 1].id));
        else
                jw_null(out);
        jw_close(out, '}');
        return true;
}
